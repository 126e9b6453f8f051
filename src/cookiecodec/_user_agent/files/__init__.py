"""The files that a `CookieJar` reads and writes, a module per format.

A reader returns `StoredCookie` objects with their lines, and the lines that it can't read.
Whether a cookie may be in a jar is for `loading` to say. A `CookieError` is about a whole file.
A writer returns the text, and the names of the cookies that the format can't hold.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from ..._formats import urls
from ..storing import StoredCookie


class Problem(NamedTuple):
    """What a jar does not take from a file, or not as it is there.

    *line* counts from 1. *reason* holds nothing from the file. *code* is that of a finding, or
    ``line-invalid``, ``expired``, ``evicted``, ``host-only``, ``tab``. *name* is the cookie's.
    """

    line: int
    reason: str
    code: str = "line-invalid"
    name: str = ""


class Contents(NamedTuple):
    """The cookies of a file, the line of each, and the problems."""

    cookies: list[StoredCookie]
    lines: list[int]
    problems: list[Problem]


def text_to_native(text: str) -> str:
    """Return the octets of *text* in UTF-8. Escaped octets (PEP 383) become octets again."""
    try:
        return text.encode("utf-8", "surrogateescape").decode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass").decode("latin-1")


def texts_of(cookie: StoredCookie) -> list[str]:
    """Return name, value and path as texts, or nothing if they are not UTF-8."""
    try:
        natives = (cookie.name, cookie.value, cookie.path)
        return [native.encode("latin-1").decode() for native in natives]
    except UnicodeError:
        return []


_port = re.compile(r"(.+):[0-9]{1,5}").fullmatch


def read_host(text: str) -> str:
    """Return the host that *text* is in a file, without its dot and the port that wget writes.

    curl and wget write an IPv6 address without brackets. After the loopback address there is
    always a port, since ::1:8080 as an address is obsolete (RFC 4291, 2.5.5.1).
    """
    host = (text[1:] if text.startswith(".") else text).lower()
    if host == "localhost.local" or host.endswith("].local"):
        return host[: -len(".local")]  # http.cookiejar, for a host without a dot
    if ":" not in host or host.endswith("]"):
        return host
    found = _port(host)
    bare = host if found is None else found.group(1)
    addresses = [urls.canonical_host(f"[{each}]") for each in (host, bare)]
    return (None if bare == "::1" else addresses[0]) or addresses[1] or bare
