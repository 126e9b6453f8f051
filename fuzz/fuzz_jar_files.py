"""`CookieJar.from_json` and `from_cookies_txt`: a file of anybody's, JSON or cookies.txt.

- It makes a jar, or `CookieError`; nothing else is raised.
- A jar of it holds what servers may set and user agents keep, as `fuzz_jar` states it, and no
  more; what is left out is warned about.
- It is written again as what it was.

An input is an octet, odd for JSON and even for cookies.txt, and the file.
"""

from __future__ import annotations

import warnings

import harness

with harness.instrumented(__name__):
    from cookiecodec import CookieError, CookieJar, CookieWarning
import fuzz_jar


def one_input(data: bytes) -> None:
    as_json, text = bool(data[:1] and data[0] & 1), data[1:].decode("utf-8", "replace")
    clock = fuzz_jar.Clock()
    jar = read(text, as_json, clock)
    if jar is None:
        return
    fuzz_jar.check_store(jar, clock)
    for cookie in jar:
        texts = cookie.name + cookie.value + cookie.path + cookie.domain
        assert all(char == "\t" or (char >= " " and char != "\x7f") for char in texts)
        assert cookie.creation_time <= clock.now, "from the future"
        assert cookie.path.startswith("/")
        fuzz_jar.check_requests(jar, cookie.domain, "/", clock)
    again = read(jar.to_json(), True, clock)
    assert again is not None
    assert list(again) == list(jar)
    fuzz_jar.carried(jar, clock, False)


def read(text: str, as_json: bool, clock: fuzz_jar.Clock) -> CookieJar | None:
    reader = CookieJar.from_json if as_json else CookieJar.from_cookies_txt
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        try:
            jar = reader(
                text,
                is_public_suffix=fuzz_jar.is_public_suffix,
                clock=clock,
                max_per_host=fuzz_jar.MAX_PER_HOST,
                max_total=fuzz_jar.MAX_TOTAL,
            )
        except CookieError as error:
            assert str(error).isprintable()
            return None
    assert len(warned) <= 1
    assert all(isinstance(warning.message, CookieWarning) for warning in warned)
    return jar


if __name__ == "__main__":
    harness.fuzz(one_input)
