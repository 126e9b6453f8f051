"""How the time grows with the number of cookies: in a header, in a jar and in a file.

python benchmarks/growth.py            # the tables of benchmarks/README.md
python benchmarks/growth.py --quick    # coarser, in a few seconds
"""

from __future__ import annotations

import argparse
import http.cookiejar
import tempfile
import urllib.request
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Callable

from tornado.httputil import parse_cookie as tornado_parse_cookie
from werkzeug.http import parse_cookie as werkzeug_parse_cookie

from _timing import Call, best, head, row
from cookiecodec import CookieJar, parse_cookie

COUNTS = (1, 10, 100, 1000)


def table(
    title: str, count: str, calls_for: Callable[[int], dict[str, Call]], rounds: int
) -> None:
    """Print microseconds per cookie, which are the same in each row of a linear function."""
    print(f"\n### {title}: microseconds for each cookie\n")
    for number in COUNTS:
        seconds = best(f"{title}, {number}", calls_for(number), rounds)
        if number == COUNTS[0]:
            head(count, *seconds)
        row(f"{number:,}", *[f"{second / number * 1e6:.2f}" for second in seconds.values()])


def in_a_header(number: int) -> dict[str, Call]:
    header = "; ".join(f"cookie_{n}=value-{n}-abcdef" for n in range(number))
    return {
        "cookiecodec": lambda: parse_cookie(header),
        "Tornado": lambda: tornado_parse_cookie(header),
        "Werkzeug": lambda: werkzeug_parse_cookie(header),
        "http.cookies": lambda: SimpleCookie(header),
    }


def url(n: int) -> str:
    return f"https://www.host{n // 20}.example/"


def in_a_jar(number: int) -> dict[str, Call]:
    """A header for one of the hosts; each has 20 cookies."""
    jar = CookieJar()
    for n in range(number):
        jar.receive(f"cookie_{n}=value", url(n))
    standard = standard_jar(number)

    def ask_standard() -> None:
        standard.add_cookie_header(urllib.request.Request(url(number - 1)))

    return {
        "cookiecodec": lambda: jar.cookie_header(url(number - 1)),
        "http.cookiejar": ask_standard,
    }


def standard_jar(number: int) -> http.cookiejar.MozillaCookieJar:
    jar = http.cookiejar.MozillaCookieJar()
    for n in range(number):
        host = f"www.host{n // 20}.example"
        jar.set_cookie(
            http.cookiejar.Cookie(
                0, f"cookie_{n}", "value", None, False, host, False, False, "/", True,
                True, 4102444800, False, None, None, {},
            )
        )  # fmt: skip
    return jar


def in_a_file(number: int) -> dict[str, Call]:
    path = Path(tempfile.gettempdir()) / f"growth-{number}.txt"
    standard_jar(number).save(str(path))
    text = path.read_text("utf-8")
    return {
        "cookiecodec": lambda: CookieJar.from_cookies_txt(text),
        "http.cookiejar": lambda: http.cookiejar.MozillaCookieJar().load(str(path)),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--quick", action="store_true")
    rounds = 3 if parser.parse_args().quick else 40
    table("A header is read", "cookies in the header", in_a_header, rounds)
    table("A jar is asked for a header", "cookies in the jar", in_a_jar, rounds)
    table("cookies.txt is read", "cookies in the file", in_a_file, rounds)


if __name__ == "__main__":
    main()
