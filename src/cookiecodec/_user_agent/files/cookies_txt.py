"""Netscape's cookies.txt, which curl, wget, yt-dlp and `http.cookiejar` read and write.

There is no specification, so the reader takes what these programs and exporters of browsers
write, as far as it has one meaning only.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

from ..._core.attributes import write_attributes
from ..._formats.urls import Request
from ...errors import CookieError
from ...set_cookie import read_header
from ..storing import SHARED_FIELDS, CookieHost, PublicSuffix, StoredCookie, to_stored
from . import Contents, Problem, read_host, text_to_native, texts_of
from .disk import kind_of

_HEADER = "# Netscape HTTP Cookie File\n# name and value are UTF-8\n\n"
_HTTPONLY = "#HttpOnly_"

# Fields without a column. A comment before the line, which other readers skip, has their
# attributes, with blanks between them.
_COLUMNS = ("name", "value", "domain", "path", "secure", "httponly")
_NOTED = [field for field in SHARED_FIELDS if field not in _COLUMNS]
_NOTE = "#cookiecodec"
_number = re.compile(r"-?[0-9]+(?:[.][0-9]*)?(?:[eE][+]?[0-9]+)?").fullmatch
# What exporters write for a session cookie, beside 0, nothing, and -1.
_NO_EXPIRY = ("", "null", "undefined", "nan", "session")
_FLAGS = {"TRUE": True, "1": True, "FALSE": False, "0": False}


def dump_cookies_txt(
    cookies: Iterable[StoredCookie], given: PublicSuffix = None
) -> tuple[str, list[str]]:
    """Return the file. A cookie with a tab, or with octets that are not UTF-8, is left out."""
    lines, left_out = [_HEADER], []
    for cookie in cookies:
        texts = texts_of(cookie)
        if not texts or "\t" in "".join(texts):
            left_out.append(cookie.name)
            continue
        note = write_attributes({field: getattr(cookie, field) for field in _NOTED})
        name, value, path = texts
        fields = (
            # Without the brackets of an IPv6 address: curl and wget know it only so.
            ("" if cookie.host_only else ".") + cookie.domain.strip("[]"),
            "FALSE" if cookie.host_only else "TRUE",
            path,
            "TRUE" if cookie.secure else "FALSE",
            # 0 stands for the end of the session.
            str(0 if cookie.expiry_time is None else math.ceil(cookie.expiry_time)),
            name,
            value,
        )
        lines.append(_NOTE + note.replace(";", "") + "\n" if note else "")
        lines.append((_HTTPONLY if cookie.httponly else "") + "\t".join(fields) + "\n")
    return "".join(lines), left_out


def load_cookies_txt(text: str, now: float) -> Contents:
    """Return each cookie with its line, and the lines that can't be read.

    Lines end with LF after any number of CR, or with CR in a file without LF, and not with the
    other characters that end a line in Python.
    """
    kind = kind_of(text)
    if kind:
        hint = ". CookieJar.load reads it" if kind in ("JSON", "path") else ""
        what = "the text is a path" if kind == "path" else f"the file is {kind}"
        raise CookieError(f"cookies.txt, line 1: {what}, not cookies.txt{hint}")
    cookies, lines, problems = contents = Contents([], [], [])
    note = None
    end = "\n" if "\n" in text else "\r"
    for number, raw in enumerate(text.lstrip("\ufeff").split(end), 1):
        line = raw.rstrip("\r")
        if line[:1] == "#" and not line.startswith(_HTTPONLY):
            note = None
            if line.startswith(_NOTE):
                note = read_header("note" + line[len(_NOTE) :].replace(" ", ";"), now)
        elif line.strip(" \t"):
            try:
                cookie, changed = _read_line(line, now)
            except ValueError as error:
                problems.append(Problem(number, str(error)))
            else:
                if note is not None:
                    cookie = cookie._replace(
                        **{field: getattr(note, field) for field in _NOTED}
                    )
                cookies.append(cookie)
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


def _read_line(line: str, now: float) -> tuple[StoredCookie, str]:
    """Return the cookie, and the code of what is not kept as the line says, or ``""``."""
    httponly = line.startswith(_HTTPONLY)
    if line[10:11] == ":" and line[:10].lower() == "set-cookie":
        return _read_set_cookie(line[11:], now), ""
    fields = (line[len(_HTTPONLY) :] if httponly else line).split("\t")
    if len(fields) != 7:
        fields = _repair_fields(fields)
    domain, subdomains, path, flag, expiry, name, value = fields
    if not line.isascii():
        name, value, path = [text_to_native(text) for text in (name, value, path)]
    # Empty, or with quotes, which curl keeps: the wire takes the default-path.
    path = "/" if path[:1] in ("", '"') else path.strip(" ")
    domain, expires, secure = domain.strip(" "), _read_expiry(expiry), _read_flag(flag)
    host, host_only = read_host(domain), not _read_flag(subdomains)
    single = "." not in host  # .localhost TRUE is Domain=localhost on the wire
    changed = "host-only" if host_only and domain[:1] == "." and not single else ""
    scope = name, value, host, path, host_only or single, secure, httponly
    cookie = StoredCookie(*scope, None, False, expires, now, now)
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
    flag = _FLAGS.get(text)
    if flag is None and text.isascii():  # not U+017F, whose upper case is S
        flag = _FLAGS.get(text.strip(" ").upper())
    if flag is None:
        raise ValueError("a flag is not TRUE or FALSE")
    return flag


def _read_expiry(text: str) -> float | None:
    """Return the Unix time, or None for a session cookie: also for the -1 of browsers."""
    text = text.strip(" ")
    if text.lower() in _NO_EXPIRY:
        return None
    if not _number(text):
        raise ValueError("the expiry is not a Unix time")
    expiry = float(text)
    return expiry if expiry > 0 else None


def _read_set_cookie(header: str, now: float) -> StoredCookie:
    """Read a line that curl takes too: a Set-Cookie header, which has to name its host."""
    cookie = read_header(text_to_native(header), now)
    if cookie is None or not cookie.domain:
        raise ValueError("a Set-Cookie line without a valid pair and Domain")
    host = CookieHost(cookie.domain, "." not in cookie.domain)
    return to_stored(cookie, Request(True, cookie.domain, "/"), host, now)
