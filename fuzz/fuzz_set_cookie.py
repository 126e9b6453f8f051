"""`parse_set_cookie` and `explain_set_cookie`: a Set-Cookie header of any octets.

- Nothing raises, and what is read is what a user agent may hold: within its limits, with no
  control character but HTAB, nothing of another scope.
- Octets and a native string are read alike. `to_header` writes what is read again as the
  same cookie.
- The explanation, the jar and the parser agree on whether the cookie is kept.

An input is an octet for the URL, and the header.
"""

from __future__ import annotations

import harness

with harness.instrumented(__name__):
    from cookiecodec import (
        CookieError,
        CookieJar,
        SetCookie,
        explain_set_cookie,
        parse_set_cookie,
    )

NOW = 1_700_000_000
DAY = 86400
URLS = (
    "https://www.example.com/docs/page",
    "http://www.example.com/docs/page",
    "https://example.com/",
    "http://localhost:8000/a/b",
    "http://127.0.0.1/",
    "https://[2001:db8::1]/",
    "wss://xn--bcher-kva.test/",
    "https://com/",
)


def one_input(data: bytes) -> None:
    url, header = URLS[data[0] % len(URLS)] if data else URLS[0], data[1:]
    native = header.decode("latin-1")
    cookie = parse_set_cookie(header, now=NOW)
    assert parse_set_cookie(native, now=NOW) == cookie
    if cookie is not None:
        check_cookie(cookie, native)
        check_rewriting(cookie)
    check_verdict(cookie, native, url)


def check_cookie(cookie: SetCookie, native: str) -> None:
    name, value = cookie.name, cookie.value
    assert 0 < len(name) + len(value) <= 4096
    assert name or "=" not in value, "sent back, it would be another cookie"
    for text in (name, value, cookie.path or ""):
        assert text == text.strip(" \t"), "blanks are trimmed"
        assert ";" not in text
        assert all(char == "\t" or (char >= " " and char != "\x7f") for char in text)
    # Nothing is made up: all is in the header as it stands.
    assert name in native
    assert value in native
    assert cookie.path is None or cookie.path in native
    assert cookie.path is None or (cookie.path[0] == "/" and len(cookie.path) <= 1024)
    assert "\t" not in (cookie.path or "")
    assert cookie.samesite in (None, "Strict", "Lax", "None")
    assert cookie.max_age is None or abs(cookie.max_age) <= 400 * DAY
    if cookie.expires is not None:
        assert cookie.expires.timestamp() <= NOW + 400 * DAY
        assert cookie.expires.utcoffset() is not None
    if cookie.domain is not None:
        assert cookie.domain == cookie.domain.lower()
        assert cookie.domain[0] != "."
        assert cookie.domain.isascii()


def check_rewriting(cookie: SetCookie) -> None:
    try:
        header = cookie.to_header()
    except CookieError as error:
        assert "\t" in cookie.name + cookie.value, error
        return
    assert parse_set_cookie(header, now=NOW) == cookie
    assert all(char >= " " and char != "\x7f" for char in header)


def check_verdict(cookie: SetCookie | None, native: str, url: str) -> None:
    verdict = explain_set_cookie(native, url)
    errors = [finding for finding in verdict.findings if finding.severity == "error"]
    assert verdict.accepted is not bool(errors)
    assert verdict.accepted or errors, "a refusal has its cause"
    if cookie is None:
        assert not verdict.accepted
    for finding in verdict.findings:
        assert finding.message.isascii()
        assert finding.message.isprintable()
        assert len(finding.message) < 600
    jar = CookieJar()
    assert jar.receive(native, url).accepted is verdict.accepted
    assert len(jar) == verdict.accepted


if __name__ == "__main__":
    harness.fuzz(one_input)
