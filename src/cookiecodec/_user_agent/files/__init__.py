"""The files that a `CookieJar` reads and writes, a module per format."""

from __future__ import annotations

from typing import NamedTuple

from ..storing import StoredCookie


class Record(NamedTuple):
    """A cookie of a file, and its place there, for messages."""

    place: str
    cookie: StoredCookie
