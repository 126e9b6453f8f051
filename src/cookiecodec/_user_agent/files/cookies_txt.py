"""Netscape's cookies.txt, which curl, wget, yt-dlp and `http.cookiejar` read and write.

A file gives and takes plain `StoredCookie` records. Whether a record may be in a jar is for
the jar to say. An error in a file is a `CookieError` that names the line.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Any

from ..._core.attributes import ATTRIBUTES, KEYWORDS, write_attributes
from ...errors import CookieError
from ..storing import SHARED_FIELDS, StoredCookie
from . import Record

_HEADER = "# Netscape HTTP Cookie File\n# name and value are UTF-8\n\n"
_HTTPONLY = "#HttpOnly_"

# Attributes without a column. A comment before the line, which other readers skip, tells them
# to this one.
_COLUMNS = ("domain", "path", "secure", "httponly")
_NOTED = [
    (field, name)
    for field, name in ATTRIBUTES
    if field in SHARED_FIELDS and field not in _COLUMNS
]
_NOTE = "#cookiecodec"


def _note_pattern(field: str, name: str) -> str:
    value = "=(" + "|".join(KEYWORDS[field]) + ")" if field in KEYWORDS else "()"
    return f"(?: {name}{value})?"


_note = re.compile(_NOTE + "".join([_note_pattern(*noted) for noted in _NOTED])).fullmatch
_number = re.compile(r"-?[0-9]{1,15}(?:[.][0-9]{1,9})?").fullmatch


def dump_cookies_txt(cookies: Iterable[StoredCookie]) -> tuple[str, list[str]]:
    """Return the file, and the names of the cookies that it can't hold.

    Those have a tab, or octets that are not UTF-8.
    """
    lines = [_HEADER]
    left_out = []
    for cookie in cookies:
        texts = [_native_to_text(text) for text in (cookie.path, cookie.name, cookie.value)]
        if any(text is None or "\t" in text for text in texts):
            left_out.append(cookie.name)
        else:
            lines.append(_write_line(cookie, *[text or "" for text in texts]))
    return "".join(lines), left_out


def _native_to_text(native: str) -> str | None:
    try:
        return native.encode("latin-1").decode()
    except UnicodeError:
        return None


def _write_line(cookie: StoredCookie, path: str, name: str, value: str) -> str:
    values = {field: getattr(cookie, field) for field, _ in _NOTED}
    note = write_attributes(values).replace(";", "")
    start = (_HTTPONLY if cookie.httponly else "") + ("" if cookie.host_only else ".")
    fields = (
        start + cookie.domain,
        "FALSE" if cookie.host_only else "TRUE",
        path,
        "TRUE" if cookie.secure else "FALSE",
        # 0 stands for the end of the session.
        str(0 if cookie.expiry_time is None else math.ceil(cookie.expiry_time)),
        name,
        value,
    )
    return (_NOTE + note + "\n" if note else "") + "\t".join(fields) + "\n"


def load_cookies_txt(text: str, now: float) -> list[Record]:
    """Return each cookie with its line.

    Lines end with LF or CRLF, and not with the other characters that end a line in Python.
    """
    records = []
    note = None
    for number, raw in enumerate(text.lstrip("\ufeff").split("\n"), 1):
        line = raw[:-1] if raw.endswith("\r") else raw
        if line.startswith("#") and not line.startswith(_HTTPONLY):
            note = _note(line)
        elif line.strip(" \t"):
            records.append(Record(f"line {number}", _read_line(line, number, note, now)))
            note = None
    return records


def _read_line(line: str, number: int, note: re.Match[str] | None, now: float) -> StoredCookie:
    httponly = line.startswith(_HTTPONLY)
    fields = (line[len(_HTTPONLY) :] if httponly else line).split("\t")
    if len(fields) == 6:
        fields.append("")  # curl's form of an empty value
    if len(fields) != 7:
        raise CookieError(f"cookies.txt, line {number}: {len(fields)} fields, not 7, by tabs")
    domain, subdomains, path, secure, expiry, name, value = fields
    # By `isascii`, since the capital of U+017F is an ASCII letter.
    if not (subdomains + secure).isascii() or not {subdomains.upper(), secure.upper()} <= {
        "TRUE",
        "FALSE",
    }:
        raise CookieError(f"cookies.txt, line {number}: a flag is not TRUE or FALSE")
    if expiry and not _number(expiry):
        raise CookieError(f"cookies.txt, line {number}: the expiry is not a Unix time")
    noted = note.groups() if note else [None] * len(_NOTED)
    attributes: dict[str, Any] = {
        field: value if field in KEYWORDS else value is not None
        for (field, _), value in zip(_NOTED, noted)
    }
    return StoredCookie(
        name=_text_to_native(name),
        value=_text_to_native(value),
        domain=_read_host(domain),
        path=_text_to_native(path),
        host_only=subdomains.upper() == "FALSE",
        secure=secure.upper() == "TRUE",
        httponly=httponly,
        expiry_time=float(expiry or 0) or None,
        creation_time=now,
        last_access_time=now,
        **attributes,
    )


def _text_to_native(text: str) -> str:
    return text.encode("utf-8", "surrogatepass").decode("latin-1")


_port = re.compile(r"(.+):[0-9]{1,5}").fullmatch


def _read_host(domain: str) -> str:
    """Return the host of a first field, without its dot and the port that wget writes."""
    port = None if domain.endswith("]") else _port(domain)
    host = domain if port is None else port.group(1)
    return (host[1:] if host.startswith(".") else host).lower()
