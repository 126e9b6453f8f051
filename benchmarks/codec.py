"""How long the codec takes, as ratios against named peers in one process.

    python benchmarks/codec.py            # the tables of benchmarks/README.md
    python benchmarks/codec.py --quick    # coarser, in a few seconds

Each row times all its columns in turn, over and over, and takes the best of each,
so that what else the machine does falls on all of them alike. The peers are those of
the group `interop`; one that is missing is left out.
"""

from __future__ import annotations

import argparse
import datetime
import http.cookies
import importlib
import os
import platform
import subprocess
import sys
import time
import warnings
from typing import Any, Callable

from _timing import Call, best, head, row
from cookiecodec import (
    check_cookie_header,
    dump_cookie,
    dump_cookie_chunks,
    join_cookie_chunks,
    parse_cookie,
)
from cookiecodec.compat import http_cookies

TEN = "; ".join(
    [
        "_ga=GA1.1.1555562220.1718000001",
        "_gid=GA1.2.760613036.1718000001",
        "csrftoken=p7Kq2m0eB5wXfYzRp7Kq2m0eB5wXfYzR",
        "sessionid=4q0e8b1c9z7x5v3n2m6l8k4j1h0g9f7d",
        "_fbp=fb.1.1718000001000.1234567890",
        "OptanonConsent=isGpcEnabled=0&datestamp=Mon+Jun+10+2024&version=202405.1.0",
        "cf_clearance=kQ3h9dK2s8fG7aP0-1718000001-1.0.1.1-abcdefgh",
        "lang=en-US",
        "theme=dark",
        "__Host-id=eyJpZCI6NDJ9.ZmZmZg.c2lnbmF0dXJlLW9mLXRoaXM",
    ]
)
HEADERS = {
    "one cookie": "session=eyJpZCI6NDJ9.ZmZmZg.c2lnbmF0dXJlLW9mLXRoaXM",
    "ten cookies": TEN,
    "fifty cookies": "; ".join(f"cookie_{n}=value-{n}-abcdef" for n in range(50)),
    "one of 4 KB": "big=" + "x" * 4092,
    "ten quoted": "; ".join(rf'q{n}="a b, \"c\" \054 \303\251"' for n in range(10)),
}
#: At most this many times the naive reading's time.
PARSE_TARGETS = {
    "one cookie": 1.35,
    "ten cookies": 1.35,
    "fifty cookies": 1.2,
    "one of 4 KB": 0.5,
    "ten quoted": 5.0,
}
DUMPED: dict[str, tuple[Any, ...]] = {
    "plain": ("lang", "en-US"),
    "session flags": (
        "session", "eyJpZCI6NDJ9.ZmZmZg.c2lnbmF0dXJlLW9mLXRoaXM",
        None, None, "/", None, True, True, True, 4093, "Lax",
    ),
    "max_age": ("lang", "en-US", 31536000),
    "max_age, flags, no Expires": (
        "session", "eyJpZCI6NDJ9.ZmZmZg.c2lnbmF0dXJlLW9mLXRoaXM",
        3600, None, "/", None, True, True, False, 4093, "Lax",
    ),
    "timedelta": ("lang", "en-US", datetime.timedelta(days=365)),
    "datetime": ("lang", "en-US", None, datetime.datetime(2030, 6, 9, 10, 18, 14)),
    "aware datetime": (
        "lang", "en-US", None, datetime.datetime(2030, 6, 9, 10, tzinfo=datetime.timezone.utc),
    ),
    "UTF-8": ("name", "Müller & Söhne, Köln"),
    "domain, path": ("lang", "en-US", None, None, "/app/x y", "example.com"),
}  # fmt: skip
#: At most this share of Werkzeug's time.
DUMP_TARGET = 0.4

HOSTILE: dict[str, Callable[[int], str]] = {
    "semicolons": lambda size: ";" * size,
    "tiny cookies": lambda size: "a=;" * (size // 3),
    "many names": lambda size: "; ".join(f"{n:06}=" for n in range(size // 9)),
    "blanks": lambda size: "a=" + " " * size,
    "backslashes": lambda size: 'a="' + "\\" * size + '"',
    "escaped quotes": lambda size: 'a="' + '\\"' * (size // 2) + '"',
    "octal": lambda size: 'a="' + r"\134" * (size // 4) + '"',
    "irregular octal": lambda size: 'a="' + r"\400" * (size // 4) + '"',
    "not UTF-8": lambda size: "a=" + "\xe2\x82" * (size // 2),
    "sandwich": lambda size: 'a="; ' * (size // 5),
}


def naive(header: str) -> dict[str, str]:
    """What nobody should use: it validates nothing."""
    return dict([p.split("=", 1) for p in header.split("; ")])


def peers() -> dict[str, Callable[[str], object]]:
    """The readers of other packages, as far as they are installed."""
    sources = {
        "Werkzeug": ("werkzeug.http", "parse_cookie"),
        "Django": ("django.http.cookie", "parse_cookie"),
        "Starlette": ("starlette.requests", "cookie_parser"),
        "Tornado": ("tornado.httputil", "parse_cookie"),
        "Sanic": ("sanic.cookies.request", "parse_cookie"),
        "Falcon": ("falcon.request_helpers", "_parse_cookie_header"),
        "aiohttp": ("aiohttp._cookie_helpers", "parse_cookie_header"),
        "http.cookies": ("http.cookies", "SimpleCookie"),
    }
    found: dict[str, Callable[[str], object]] = {}
    for name, (module, function) in sources.items():
        try:
            found[name] = getattr(importlib.import_module(module), function)
        except (ImportError, AttributeError):
            print(f"{name} is not installed, or has another reader now", file=sys.stderr)
    return found


def parsing(rounds: int) -> None:
    print("\n### `parse_cookie`: time relative to the naive `dict([p.split(...)...])`\n")
    others = peers()
    head("header", "naive", "cookiecodec", "target", *others)
    product, count = 1.0, 0
    for name, header in HEADERS.items():
        calls: dict[str, Call] = {
            "naive": lambda header=header: naive(header),  # type: ignore[misc]
            "cookiecodec": lambda header=header: parse_cookie(header),  # type: ignore[misc]
        }
        for peer, read in others.items():
            calls[peer] = lambda header=header, read=read: read(header)  # type: ignore[misc]
        seconds = best(f"parse_cookie, {name}", calls, rounds)
        ratios = {peer: seconds[peer] / seconds["naive"] for peer in calls}
        if name != "ten quoted":
            product, count = product * ratios["cookiecodec"], count + 1
        shown = [f"{ratios[peer]:.2f}" for peer in others]
        target = f"≤ {PARSE_TARGETS[name]}"
        row(
            name,
            f"{seconds['naive'] * 1e6:.2f} µs",
            f"**{ratios['cookiecodec']:.2f}**",
            target,
            *shown,
        )
    mean = product ** (1 / count)
    row("geometric mean of the first four", "", f"**{mean:.2f}**", "≤ 0.6", *[""] * len(others))


def dumping(rounds: int) -> None:
    print("\n### `dump_cookie`: time relative to Werkzeug\n")
    from werkzeug.http import dump_cookie as werkzeug_dump

    head("cookie", "Werkzeug", "cookiecodec", "target", "http.cookies")

    def standard(key: str, value: str, *_: object) -> str:
        cookies: http.cookies.SimpleCookie = http.cookies.SimpleCookie()
        cookies[key] = value
        cookies[key]["path"] = "/"
        return cookies[key].OutputString()

    for name, arguments in DUMPED.items():
        seconds = best(
            f"dump_cookie, {name}",
            {
                "Werkzeug": lambda arguments=arguments: werkzeug_dump(*arguments),  # type: ignore[misc]
                "cookiecodec": lambda arguments=arguments: dump_cookie(*arguments),  # type: ignore[misc]
                "http.cookies": lambda arguments=arguments: standard(*arguments),  # type: ignore[misc]
            },
            rounds,
        )
        row(
            name,
            f"{seconds['Werkzeug'] * 1e6:.2f} µs",
            f"**{seconds['cookiecodec'] / seconds['Werkzeug']:.2f}**",
            f"≤ {DUMP_TARGET}",
            f"{seconds['http.cookies'] / seconds['Werkzeug']:.2f}"
            if name in ("plain", "UTF-8")
            else "",
        )


def compatible(rounds: int) -> None:
    print("\n### `compat.http_cookies`: share of the time of `http.cookies`\n")
    head("call", "http.cookies", "cookiecodec", "target")

    def flags(cookies: http.cookies.SimpleCookie) -> http.cookies.SimpleCookie:
        cookies["session"] = "eyJpZCI6NDJ9.ZmZmZg.c2lnbmF0dXJlLW9mLXRoaXM"
        attributes: dict[str, Any] = {"path": "/", "samesite": "Lax", "max-age": 3600}
        cookies["session"].update({**attributes, "secure": True, "httponly": True})
        return cookies

    theirs, ours = http.cookies.SimpleCookie, http_cookies.SimpleCookie
    calls: dict[str, tuple[Call, Call, str]] = {
        "`load`, ten cookies": (lambda: theirs(TEN), lambda: ours(TEN), "≤ 0.35"),
        "`output`, one cookie with flags": (
            flags(theirs()).output,
            flags(ours()).output,
            "≤ 0.6",
        ),
        "set and `output`, the same": (
            lambda: flags(theirs()).output(),
            lambda: flags(ours()).output(),
            "",
        ),
    }
    for name, (their_call, our_call, target) in calls.items():
        columns = {"http.cookies": their_call, "cookiecodec": our_call}
        seconds = best(f"http_cookies, {name}", columns, rounds)
        share = seconds["cookiecodec"] / seconds["http.cookies"]
        row(name, f"{seconds['http.cookies'] * 1e6:.2f} µs", f"**{share:.2f}**", target)


def hostile() -> None:
    print("\n### Hostile headers of 256 KB\n")
    head("header", "milliseconds", "relative to 128 KB")
    for name, make in HOSTILE.items():
        header, half = make(2**18), make(2**17)
        seconds = best(
            f"hostile, {name}",
            {
                "all": lambda header=header: parse_cookie(header),  # type: ignore[misc]
                "half": lambda half=half: parse_cookie(half),  # type: ignore[misc]
            },
            10,
        )
        row(name, f"{seconds['all'] * 1e3:.1f}", f"{seconds['all'] / seconds['half']:.2f}")


def others(rounds: int) -> None:
    print("\n### Other functions, in microseconds\n")
    headers = dump_cookie_chunks("s", "x" * 6000)
    cookies = parse_cookie("; ".join(header.split(";")[0] for header in headers))
    head("call", "µs")
    calls: dict[str, Call] = {
        "`check_cookie_header`, ten cookies": lambda: check_cookie_header(TEN),
        "`dump_cookie_chunks`, 6,000 octets": lambda: dump_cookie_chunks("s", "x" * 6000),
        "`join_cookie_chunks`, the same value": lambda: join_cookie_chunks(cookies, "s"),
        '`parse_cookie`, ten cookies, `"percent"`': lambda: parse_cookie(
            TEN, quoting="percent"
        ),
        "`parse_cookie`, ten cookies, as bytes": lambda: parse_cookie(TEN.encode()),
    }
    for name, second in best("other functions", calls, rounds).items():
        row(name, f"{second * 1e6:.1f}")


def importing() -> None:
    print("\n### Import\n")
    environment = {**os.environ}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)

    fastest: dict[str, float] = {}
    standard = "import http.cookies"
    statements = (
        "pass",
        standard,
        "import cookiecodec",
        "import cookiecodec; cookiecodec.parse_cookie; cookiecodec.dump_cookie",
    )
    for _ in range(20):
        for code in statements:
            start = time.perf_counter()
            subprocess.run([sys.executable, "-c", code], check=True, env=environment)
            took = time.perf_counter() - start
            fastest[code] = min(took, fastest.get(code, took))
    bare = fastest.pop("pass")
    head("statement", "milliseconds more than a bare interpreter", "relative to http.cookies")
    for code, took in fastest.items():
        ratio = (took - bare) / (fastest[standard] - bare)
        row(f"`{code}`", f"{(took - bare) * 1e3:.1f}", f"{ratio:.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--quick", action="store_true")
    rounds = 5 if parser.parse_args().quick else 40
    warnings.simplefilter("ignore")
    print(
        f"{platform.python_implementation()} {platform.python_version()}, {platform.machine()}"
    )
    parsing(rounds)
    dumping(rounds)
    compatible(rounds)
    hostile()
    others(rounds)
    importing()


if __name__ == "__main__":
    main()
