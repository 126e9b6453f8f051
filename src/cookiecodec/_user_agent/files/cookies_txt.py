"""Netscape's cookies.txt, which curl, wget, yt-dlp and `http.cookiejar` read and write.

There is no specification, so the reader takes what these programs and exporters of browsers
write, as far as it has one meaning only.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Callable, Iterable
from typing import Any

from ..._core.attributes import ATTRIBUTES, KEYWORDS, write_attributes
from ..._formats.urls import Request
from ...errors import CookieError
from ...limits import MAX_AGE_SECONDS
from ...set_cookie import read_header
from ..storing import SHARED_FIELDS, CookieHost, StoredCookie, to_stored
from . import Contents, Problem, native_to_text, read_host, text_to_native
from .disk import kind_of

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
_number = re.compile(r"-?[0-9]+(?:[.][0-9]*)?(?:[eE][+]?[0-9]+)?").fullmatch
# What exporters write for a session cookie, beside 0, nothing, and -1.
_NO_EXPIRY = ("", "null", "undefined", "nan", "session")
_FLAGS = {"TRUE": True, "1": True, "FALSE": False, "0": False}


def dump_cookies_txt(cookies: Iterable[StoredCookie]) -> tuple[str, list[str]]:
    """Return the file, and the names of the cookies that it can't hold.

    Those have a tab, or octets that are not UTF-8.
    """
    lines = [_HEADER]
    left_out = []
    for cookie in cookies:
        texts = [native_to_text(text) for text in (cookie.path, cookie.name, cookie.value)]
        if any(text is None or "\t" in text for text in texts):
            left_out.append(cookie.name)
        else:
            lines.append(_write_line(cookie, *[text or "" for text in texts]))
    return "".join(lines), left_out


def _write_line(cookie: StoredCookie, path: str, name: str, value: str) -> str:
    values = {field: getattr(cookie, field) for field, _ in _NOTED}
    note = write_attributes(values).replace(";", "")
    # Without the brackets of an IPv6 address: curl and wget know it only so.
    start = (_HTTPONLY if cookie.httponly else "") + ("" if cookie.host_only else ".")
    fields = (
        start + cookie.domain.strip("[]"),
        "FALSE" if cookie.host_only else "TRUE",
        path,
        "TRUE" if cookie.secure else "FALSE",
        # 0 stands for the end of the session.
        str(0 if cookie.expiry_time is None else math.ceil(cookie.expiry_time)),
        name,
        value,
    )
    return (_NOTE + note + "\n" if note else "") + "\t".join(fields) + "\n"


def load_cookies_txt(text: str, now: float) -> Contents:
    """Return each cookie with its line, and the lines that can't be read.

    Lines end with LF after any number of CR, or with CR in a file without LF, and not with the
    other characters that end a line in Python.
    """
    kind = kind_of(text)
    if kind:
        hint = ". CookieJar.load reads it" if kind == "JSON" else ""
        raise CookieError(f"cookies.txt, line 1: the file is {kind}, not cookies.txt{hint}")
    contents = Contents([], [], [])
    cookies, lines, problems = contents
    read_scope = functools.lru_cache(256)(_read_scope)  # hosts repeat from line to line
    note = None
    end = "\n" if "\n" in text else "\r"
    for number, raw in enumerate(text.lstrip("\ufeff").split(end), 1):
        line = raw.rstrip("\r")
        if line[:1] == "#" and not line.startswith(_HTTPONLY):
            note = _note(line)
            continue
        if not line.strip(" \t"):
            continue
        try:
            cookie, changed = _read_line(line, now, read_scope)
        except ValueError as error:
            problems.append(Problem(number, str(error)))
        else:
            cookies.append(cookie if note is None else cookie._replace(**_read_note(note)))
            lines.append(number)
            if changed:
                problems.append(Problem(number, _CHANGED[changed], changed, cookie.name))
        note = None
    return contents


# What is kept, but not as the file says, by its code.
_CHANGED = {
    "host-only": "a dot before the host, but FALSE after it: only this host gets the cookie",
    "tab": "a tab in the value: the cookie is kept and never sent",
}
_Scope = tuple[str, bool, str]  # domain, host-only, and a code of `_CHANGED` or ""


def _read_scope(domain: str, subdomains: str) -> _Scope:
    host, host_only = read_host(domain.strip(" ")), not _read_flag(subdomains)
    if "." not in host:  # .localhost TRUE is Domain=localhost on the wire
        return host, True, ""
    return host, host_only, "host-only" if host_only and domain.strip(" ")[0] == "." else ""


def _read_line(
    line: str, now: float, read_scope: Callable[[str, str], _Scope]
) -> tuple[StoredCookie, str]:
    """Return the cookie, and the code of what is not kept as the line says, or ``""``."""
    httponly = line.startswith(_HTTPONLY)
    if line[10:11] == ":" and line[:10].lower() == "set-cookie":
        return _read_set_cookie(line[11:], now), ""
    fields = (line[len(_HTTPONLY) :] if httponly else line).split("\t")
    if len(fields) != 7:
        fields = _repair_fields(fields)
    domain, subdomains, path, secure, expiry, name, value = fields
    host, host_only, changed = read_scope(domain, subdomains)
    if not line.isascii():
        name, value, path = [text_to_native(text) for text in (name, value, path)]
    if path != "/":  # empty, or with quotes, which curl keeps: the wire takes the default-path
        path = "/" if path[:1] in ("", '"') else path.strip(" ")
    flag = _FLAGS.get(secure)
    flag = _read_flag(secure) if flag is None else flag
    expires = _read_expiry(expiry)
    if expires is not None and expires > now + MAX_AGE_SECONDS:
        expires = now + MAX_AGE_SECONDS  # `loading` does so too, but takes longer
    given = (name, value, host, path, host_only, flag, httponly)
    # StoredCookie(...), in half of the time
    cookie = tuple.__new__(StoredCookie, (*given, None, False, expires, now, now, None))
    return cookie, "tab" if "\t" in value else changed


def _repair_fields(fields: list[str]) -> list[str]:
    count = len(fields)
    if count == 1:  # blanks in the place of tabs, if the value has none
        fields = re.split(" +", fields[0].strip(" "))
    elif count == 6 and _number(fields[4].strip(" ")):
        fields.append("")  # curl's form of an empty value
    elif count == 6:
        fields.insert(4, "")  # Firebug's form of a session cookie
    elif count > 7:  # wget and http.cookiejar write a tab in a value as it is
        fields[6:] = ["\t".join(fields[6:]).strip("\t")]
    if len(fields) != 7:
        raise ValueError(f"{count} fields, not 7, by tabs")
    return fields


def _read_flag(text: str) -> bool:
    flag = _FLAGS.get(text.strip(" ").upper()) if text.isascii() else None  # not U+017F
    if flag is None:
        raise ValueError("a flag is not TRUE or FALSE")
    return flag


def _read_expiry(text: str) -> float | None:
    """Return the Unix time, or None for a session cookie: also for the -1 of browsers."""
    if not (text.isdigit() and text.isascii()):
        text = text.strip(" ")
        if text.lower() in _NO_EXPIRY:
            return None
        if not _number(text):
            raise ValueError("the expiry is not a Unix time")
    expiry = float(text)
    return expiry if expiry > 0 else None


def _read_note(note: re.Match[str]) -> dict[str, Any]:
    return {
        field: value if field in KEYWORDS else value is not None
        for (field, _), value in zip(_NOTED, note.groups())
    }


def _read_set_cookie(header: str, now: float) -> StoredCookie:
    """Read a line that curl takes too: a Set-Cookie header, which has to name its host."""
    cookie = read_header(text_to_native(header), now)
    if cookie is None or not cookie.domain:
        raise ValueError("a Set-Cookie line without a valid pair and Domain")
    host = CookieHost(cookie.domain, "." not in cookie.domain)
    return to_stored(cookie, Request(True, cookie.domain, "/"), host, now)
