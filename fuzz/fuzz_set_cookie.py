"""`parse_set_cookie` and `explain_set_cookie`: a Set-Cookie header of any octets.

- Nothing raises. What is read is what the plainest reader there is makes of it, and what a user
  agent may hold: within its limits, with no control character but HTAB.
- Octets and a native string are read alike. `to_header` writes what is read again as the
  same cookie.
- The explanation, the jar and the parser agree on whether the cookie is kept.

An input is an octet for the URL, and the header.
"""

from __future__ import annotations

import datetime
import re
import time

import harness

with harness.instrumented(__name__):
    from cookiecodec import (
        CookieError,
        CookieJar,
        SetCookie,
        explain_set_cookie,
        parse_cookie_date,
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


def plain_pair(pair: bytes) -> tuple[bytes, bytes] | None:
    """Name and value, or None for a pair that makes all of a header ignored."""
    name, value = pair.split(b"=", 1) if b"=" in pair else (b"", pair)
    name, value = name.strip(b" \t"), value.strip(b" \t")
    ignored = not name and (not value or b"=" in value)
    return None if ignored or len(name + value) > 4096 else (name, value)


def plain_attributes(pieces: list[bytes]) -> dict[bytes, bytes]:
    """By their names: the last of each that is no longer than 1024 octets."""
    attributes = {}
    for piece in pieces:
        name, _, value = piece.partition(b"=")
        if len(value.strip(b" \t")) <= 1024:
            attributes[name.strip(b" \t").lower()] = value.strip(b" \t")
    return attributes


def plain_max_age(value: bytes | None) -> int | None:
    """-?DIGITs; past 64 bits whatever follows them (so both browsers); within 400 days."""
    digits = re.match(rb"-?[0-9]+", value or b"")
    if digits is None:
        return None
    seconds = int(digits.group())
    if digits.group() != value and -(2**63) + 1 < seconds < 2**63:
        return None
    return max(-400 * DAY, min(seconds, 400 * DAY))


def check_reading(cookie: SetCookie | None, header: bytes) -> None:
    """Parse a Cookie (layered 5.4.2) once more, in the plainest way."""
    pair, *pieces = header.split(b";")
    plain, attributes = plain_pair(pair), plain_attributes(pieces)
    path, domain = attributes.get(b"path"), attributes.get(b"domain")
    if re.search(rb"[\x00-\x08\x0a-\x1f\x7f]", header) or plain is None:
        assert cookie is None
        return
    if cookie is None:
        assert domain or b"\t" in (path or b""), "only for a Domain that is no host, a tab"
        return
    octets = tuple(text.encode("latin-1") for text in (cookie.name, cookie.value))
    assert octets == plain
    shown = path.decode("latin-1") if path is not None and path[:1] == b"/" else None
    assert cookie.path == shown
    words = {b"strict": "Strict", b"lax": "Lax", b"none": "None"}
    assert cookie.samesite == words.get(attributes.get(b"samesite", b"").lower())
    assert cookie.secure is (b"secure" in attributes)
    assert cookie.httponly is (b"httponly" in attributes)
    assert cookie.partitioned is (b"partitioned" in attributes)
    assert cookie.max_age == plain_max_age(attributes.get(b"max-age"))
    assert (cookie.domain is not None) is bool(domain)
    if re.fullmatch(rb"\.?([a-z]{1,20}\.)*[a-z]{4,20}", domain or b"", re.IGNORECASE):
        assert cookie.domain == (domain or b"").decode().lower().lstrip(".")
    check_expires(cookie.expires, attributes.get(b"expires"))


def check_expires(expires: datetime.datetime | None, value: bytes | None) -> None:
    """What `fuzz_cookie_date` looks into; past the year 9999 it is the farthest date."""
    farthest = datetime.datetime.fromtimestamp(NOW + 400 * DAY, datetime.timezone.utc)
    moment = None if value is None else parse_cookie_date(value)
    if moment is not None:
        assert expires == min(moment, farthest)
    else:
        assert expires is None or (expires == farthest and value)


def one_input(data: bytes) -> None:
    url, header = URLS[data[0] % len(URLS)] if data else URLS[0], data[1:]
    native = header.decode("latin-1")
    cookie = parse_set_cookie(header, now=NOW)
    assert parse_set_cookie(native, now=NOW) == cookie
    check_reading(cookie, header)
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
    now = time.time()  # which stands still: Max-Age=1 is not to end in between
    jar = CookieJar(clock=lambda: now)
    assert jar.receive(native, url).accepted is verdict.accepted
    assert len(jar) == verdict.accepted


if __name__ == "__main__":
    harness.fuzz(one_input)
