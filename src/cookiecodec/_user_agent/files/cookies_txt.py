"""The two files of a jar: JSON, which is ours, and Netscape's cookies.txt.

Both give and take plain `StoredCookie` records; whether a record may be in a jar is for
the jar to say. What a file says wrongly is the file's fault: `CookieError`, with the line.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable
from typing import Any

from ...errors import CookieError
from ..storing import StoredCookie

# --- JSON -------------------------------------------------------------------------

_VERSION = 1


def dump_json(cookies: Iterable[StoredCookie]) -> str:
    """One cookie a line, in ASCII."""
    lines = [json.dumps(cookie._asdict(), allow_nan=False) for cookie in cookies]
    body = "\n" + ",\n".join(lines) + "\n" if lines else ""
    return '{"version": %d, "cookies": [%s]}\n' % (_VERSION, body)


def load_json(text: str) -> list[tuple[str, StoredCookie]]:
    """Each cookie with the place where it stands."""
    if not isinstance(text, str):
        raise TypeError("text must be str, not " + type(text).__name__)
    try:
        data = json.loads(text, parse_int=_integer, parse_constant=_not_a_number)
    except RecursionError:
        raise CookieError("not a jar in JSON: line 1: nested too deeply") from None
    except json.JSONDecodeError as error:
        message = f"not a jar in JSON: line {error.lineno}, column {error.colno}: {error.msg}"
        raise CookieError(message) from None
    if not isinstance(data, dict) or not isinstance(data.get("cookies"), list):
        raise CookieError('not a jar in JSON: line 1: no object with a list "cookies"')
    if type(data.get("version")) is not int or data["version"] != _VERSION:
        raise CookieError(f'line 1: the jar\'s "version" is not {_VERSION}')
    records = []
    for number, item in enumerate(data["cookies"], 1):
        wrong = _wrong(item)
        if wrong:
            raise CookieError(f"line {_line_of_cookie(text, number)}: cookie {number} {wrong}")
        records.append((f"cookie {number}", StoredCookie(**item)))
    return records


def _not_a_number(text: str) -> object:
    """In the place of NaN, an infinity, or more digits than any field has: never right."""
    return object()


def _integer(digits: str) -> object:
    return int(digits) if len(digits) <= 20 else _not_a_number(digits)


def _line_of(text: str, at: int) -> int:
    return text.count("\n", 0, max(at, 0)) + 1


_cookies_array = re.compile(r'"cookies"\s*:\s*\[').search
_blanks_and_comma = re.compile(r"[\s,]*").match


def _line_of_cookie(text: str, number: int) -> int:
    """The line where an item of the array starts, in a text that is JSON."""
    found = _cookies_array(text)
    at = 0 if found is None else found.end()
    decoder = json.JSONDecoder(parse_int=str)
    try:
        for _ in range(number - 1):
            at = decoder.raw_decode(text, _after_blanks(text, at))[1]
    except ValueError:  # another object has "cookies", and came first
        at = 0
    return _line_of(text, _after_blanks(text, at))


def _after_blanks(text: str, at: int) -> int:
    found = _blanks_and_comma(text, at)
    return at if found is None else found.end()


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_flag(value: object) -> bool:
    return isinstance(value, bool)


def _is_time(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return abs(value) < 1e15


# Each field of a record, whether it may be null, and what it has to be.
_FIELDS = {
    "name": (False, _is_text),
    "value": (False, _is_text),
    "domain": (False, _is_text),
    "path": (False, _is_text),
    "host_only": (False, _is_flag),
    "secure": (False, _is_flag),
    "httponly": (False, _is_flag),
    "samesite": (True, ("Strict", "Lax", "None").__contains__),
    "partitioned": (False, _is_flag),
    "expiry_time": (True, _is_time),
    "creation_time": (False, _is_time),
    "last_access_time": (False, _is_time),
}


def _wrong(item: Any) -> str:
    """What is wrong with a record, or ""."""
    if not isinstance(item, dict) or set(item) != set(_FIELDS):
        return "is not an object of " + ", ".join(_FIELDS)
    for field, (optional, is_right) in _FIELDS.items():
        value = item[field]
        if not ((optional and value is None) or is_right(value)):
            return f'has a "{field}" that is not what it has to be'
    return ""


# --- cookies.txt --------------------------------------------------------------------

_HEADER = "# Netscape HTTP Cookie File\n# name and value are UTF-8\n\n"
_HTTPONLY = "#HttpOnly_"

# SameSite and Partitioned have no field; a comment ahead of the line, which other readers
# skip, says them to this one.
_NOTE = "#cookiecodec "
_note = re.compile(r"#cookiecodec(?: SameSite=(Strict|Lax|None))?( Partitioned)?").fullmatch
_number = re.compile(r"-?[0-9]{1,15}(?:[.][0-9]{1,9})?").fullmatch


def dump_cookies_txt(cookies: Iterable[StoredCookie]) -> tuple[str, list[str]]:
    """The file, and the names of the cookies that it can't carry.

    Those have a tab, or octets that are not UTF-8.
    """
    lines = [_HEADER]
    left_out = []
    for cookie in cookies:
        texts = [_as_utf8(text) for text in (cookie.path, cookie.name, cookie.value)]
        if any(text is None or "\t" in text for text in texts):
            left_out.append(cookie.name)
        else:
            lines.append(_line(cookie, *[text or "" for text in texts]))
    return "".join(lines), left_out


def _as_utf8(native: str) -> str | None:
    try:
        return native.encode("latin-1").decode()
    except UnicodeError:
        return None


def _line(cookie: StoredCookie, path: str, name: str, value: str) -> str:
    note = "" if cookie.samesite is None else f" SameSite={cookie.samesite}"
    if cookie.partitioned:
        note += " Partitioned"
    start = (_HTTPONLY if cookie.httponly else "") + ("" if cookie.host_only else ".")
    fields = (
        start + cookie.domain,
        "FALSE" if cookie.host_only else "TRUE",
        path,
        "TRUE" if cookie.secure else "FALSE",
        # 0 is "with the session"
        str(0 if cookie.expiry_time is None else math.ceil(cookie.expiry_time)),
        name,
        value,
    )
    return (_NOTE.rstrip() + note + "\n" if note else "") + "\t".join(fields) + "\n"


def load_cookies_txt(text: str, now: float) -> list[tuple[str, StoredCookie]]:
    """Each cookie with the line where it stands.

    Lines end with LF or CRLF, and with nothing else that Python takes for a line's end.
    """
    records = []
    note = None
    for number, raw in enumerate(text.lstrip("\ufeff").split("\n"), 1):
        line = raw[:-1] if raw.endswith("\r") else raw
        if line.startswith("#") and not line.startswith(_HTTPONLY):
            note = _note(line)
        elif line.strip(" \t"):
            records.append((f"line {number}", _parse_line(line, number, note, now)))
            note = None
    return records


def _parse_line(line: str, number: int, note: re.Match[str] | None, now: float) -> StoredCookie:
    httponly = line.startswith(_HTTPONLY)
    fields = (line[len(_HTTPONLY) :] if httponly else line).split("\t")
    if len(fields) == 6:
        fields.append("")  # curl's form of an empty value
    if len(fields) != 7:
        raise CookieError(f"cookies.txt, line {number}: {len(fields)} fields, not 7, by tabs")
    domain, subdomains, path, secure, expiry, name, value = fields
    if not {subdomains.upper(), secure.upper()} <= {"TRUE", "FALSE"}:
        raise CookieError(f"cookies.txt, line {number}: a flag is not TRUE or FALSE")
    if expiry and not _number(expiry):
        raise CookieError(f"cookies.txt, line {number}: the expiry is no Unix time")
    return StoredCookie(
        name=_as_native(name),
        value=_as_native(value),
        domain=_host(domain),
        path=_as_native(path),
        host_only=subdomains.upper() == "FALSE",
        secure=secure.upper() == "TRUE",
        httponly=httponly,
        samesite=note.group(1) if note else None,
        partitioned=bool(note and note.group(2)),
        expiry_time=float(expiry or 0) or None,
        creation_time=now,
        last_access_time=now,
    )


def _as_native(text: str) -> str:
    return text.encode("utf-8", "surrogatepass").decode("latin-1")


_port = re.compile(r"(.+):[0-9]{1,5}").fullmatch


def _host(domain: str) -> str:
    """The host of a first field: without its dot, and the port that wget writes."""
    port = None if domain.endswith("]") else _port(domain)
    host = domain if port is None else port.group(1)
    return (host[1:] if host.startswith(".") else host).lower()
