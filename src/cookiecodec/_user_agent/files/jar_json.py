"""The package's own file format for a jar: JSON, with one cookie a line.

A file gives and takes plain `StoredCookie` records. Whether a record may be in a jar is for
the jar to say. An error in a file is a `CookieError` that names the line.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from ..._core.attributes import KEYWORDS
from ...errors import CookieError
from ..storing import StoredCookie
from . import Record

_VERSION = 1


def dump_json(cookies: Iterable[StoredCookie]) -> str:
    """Write one cookie a line, in ASCII."""
    lines = [json.dumps(cookie._asdict(), allow_nan=False) for cookie in cookies]
    body = "\n" + ",\n".join(lines) + "\n" if lines else ""
    return '{"version": %d, "cookies": [%s]}\n' % (_VERSION, body)


def load_json(text: str) -> list[Record]:
    """Return each cookie with its place in the file."""
    if not isinstance(text, str):
        raise TypeError("text must be str, not " + type(text).__name__)
    try:
        data = json.loads(text, parse_int=_parse_integer, parse_constant=_invalid_number)
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
        problem = _find_problem(item)
        if problem:
            line = _line_of_cookie(text, number)
            raise CookieError(f"line {line}: cookie {number} {problem}")
        records.append(Record(f"cookie {number}", StoredCookie(**item)))
    return records


def _invalid_number(text: str) -> object:
    """Return something that is valid in no field: for NaN, infinities, too many digits."""
    return object()


def _parse_integer(digits: str) -> object:
    return int(digits) if len(digits) <= 20 else _invalid_number(digits)


_cookies_array = re.compile(r'"cookies"\s*:\s*\[').search
_blanks_and_comma = re.compile(r"[\s,]*").match


def _line_of_cookie(text: str, number: int) -> int:
    found = _cookies_array(text)
    at = 0 if found is None else found.end()
    decoder = json.JSONDecoder(parse_int=str)
    try:
        for _ in range(number - 1):
            at = decoder.raw_decode(text, _skip_blanks(text, at))[1]
    except ValueError:  # another object has "cookies", and came first
        at = 0
    return text.count("\n", 0, _skip_blanks(text, at)) + 1


def _skip_blanks(text: str, at: int) -> int:
    found = _blanks_and_comma(text, at)
    return at if found is None else found.end()


_FLAGS = ("host_only", "secure", "httponly", "partitioned")


def _find_problem(item: Any) -> str:
    fields = StoredCookie._fields
    missing = set(fields) - set(item) if isinstance(item, dict) else fields
    if not set(missing) <= set(StoredCookie._field_defaults) or set(item) - set(fields):
        return "is not an object with the fields " + ", ".join(fields)
    invalid = [field for field in item if not _is_valid(field, item[field])]
    return f'has an invalid "{invalid[0]}"' if invalid else ""


def _is_valid(field: str, value: object) -> bool:
    if value is None:
        return field == "expiry_time" or field in KEYWORDS
    if field in KEYWORDS:
        return value in KEYWORDS[field]
    if field.endswith("_time"):
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        return number and -1e15 < value < 1e15  # type: ignore[operator] # a number
    return isinstance(value, bool if field in _FLAGS else str)
