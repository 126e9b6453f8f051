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
from . import Contents
from .disk import kind_of

_VERSION = 1


def dump_json(cookies: Iterable[StoredCookie]) -> str:
    """Write one cookie a line, in ASCII."""
    lines = [json.dumps(cookie._asdict(), allow_nan=False) for cookie in cookies]
    body = "\n" + ",\n".join(lines) + "\n" if lines else ""
    return '{"version": %d, "cookies": [%s]}\n' % (_VERSION, body)


def parse_json(text: str) -> Any:
    """Return what *text* is in JSON. Numbers that are valid in no field become objects."""
    kind = kind_of(text)
    try:
        return json.loads(text, parse_int=_parse_integer, parse_constant=_invalid_number)
    except RecursionError:
        raise CookieError("not a jar in JSON: line 1: nested too deeply") from None
    except json.JSONDecodeError as error:
        what = "" if kind in ("", "JSON") else f" (the file is {kind})"
        place = f"line {error.lineno}, column {error.colno}"
        raise CookieError(f"not a jar in JSON{what}: {place}: {error.msg}") from None


def load_json(text: str) -> Contents:
    """Return each cookie with its line."""
    data = parse_json(text)
    if not isinstance(data, dict) or not isinstance(data.get("cookies"), list):
        raise CookieError('not a jar in JSON: line 1: no object with a list "cookies"')
    if type(data.get("version")) is not int or data["version"] != _VERSION:
        hint = "CookieJar.load reads the files of other programs"
        raise CookieError(f'line 1: the jar\'s "version" is not {_VERSION}. {hint}')
    lines = item_lines(text, "cookies", len(data["cookies"]))
    for number, (line, item) in enumerate(zip(lines, data["cookies"]), 1):
        problem = _find_problem(item)
        if problem:
            raise CookieError(f"line {line}: cookie {number} {problem}")
    return Contents([StoredCookie(**item) for item in data["cookies"]], lines, [])


def _invalid_number(text: str) -> object:
    """Return something that is valid in no field: for NaN, infinities, too many digits."""
    return object()


def _parse_integer(digits: str) -> object:
    return int(digits) if len(digits) <= 20 else _invalid_number(digits)


_blanks_and_comma = re.compile(r"[\s,]*").match


def item_lines(text: str, key: str, count: int) -> list[int]:
    """Return the line of each of the *count* items of the array *key* (``""``: of the file).

    They are 1 if another object has the same key, and came first.
    """
    start = re.compile(rf'"{key}"\s*:\s*\[' if key else r"\[").search(text)
    at = 0 if start is None else start.end()
    decoder = json.JSONDecoder(parse_int=str)
    lines, line, counted = [], 1, 0
    try:
        for _ in range(count):
            at = _blanks_and_comma(text, at).end()  # type: ignore[union-attr] # it matches ""
            line, counted = line + text.count("\n", counted, at), at
            lines.append(line)
            at = decoder.raw_decode(text, at)[1]
    except ValueError:
        lines = [1] * count
    return lines


_FLAGS = ("host_only", "secure", "httponly", "partitioned")


def _find_problem(item: Any) -> str:
    fields = StoredCookie._fields
    missing = set(fields) - set(item) if isinstance(item, dict) else fields
    if not set(missing) <= set(StoredCookie._field_defaults) or set(item) - set(fields):
        return "is not an object with the fields " + ", ".join(fields)
    invalid = invalid_field(item)
    return f'has an invalid "{invalid}"' if invalid else ""


def invalid_field(item: dict[str, Any]) -> str:
    """Return the first field of a cookie that has not the type of its field, or ``""``."""
    return next((field for field in item if not _is_valid(field, item[field])), "")


def _is_valid(field: str, value: object) -> bool:
    if value is None:
        return field == "expiry_time" or field in KEYWORDS
    if field in KEYWORDS:
        return value in KEYWORDS[field]
    if field.endswith("_time"):
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        return number and -1e15 < value < 1e15  # type: ignore[operator] # a number
    return isinstance(value, bool if field in _FLAGS else str)
