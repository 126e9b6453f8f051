"""The package's own file format for a jar: JSON, with one cookie a line.

It has all fields of `StoredCookie`. An error in a file is a `CookieError` that names the line.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from ..._core.attributes import KEYWORDS
from ...errors import CookieError
from ..storing import PublicSuffix, StoredCookie
from . import Contents
from .disk import kind_of

_VERSION = 1


def dump_json(
    cookies: Iterable[StoredCookie], given: PublicSuffix = None
) -> tuple[str, list[str]]:
    """Write one cookie a line, in ASCII."""
    lines = [json.dumps(cookie._asdict(), allow_nan=False) for cookie in cookies]
    body = "\n" + ",\n".join(lines) + "\n" if lines else ""
    return '{"version": %d, "cookies": [%s]}\n' % (_VERSION, body), []


def parse_json(text: str) -> Any:
    """Return what *text* is in JSON, with an object in the place of NaN and huge numbers."""
    kind = kind_of(text)
    try:
        return json.loads(
            text,
            parse_int=lambda digits: int(digits) if len(digits) <= 20 else object(),
            parse_constant=lambda _: object(),
        )
    except RecursionError:
        raise CookieError("not a jar in JSON: line 1: nested too deeply") from None
    except json.JSONDecodeError as error:
        what = "" if kind in ("", "JSON") else f" (the file is {kind})"
        what = " (this is a path, for CookieJar.load)" if kind == "path" else what
        place = f"line {error.lineno}, column {error.colno}"
        raise CookieError(f"not a jar in JSON{what}: {place}: {error.msg}") from None


def load_json(text: str, now: float) -> Contents:
    """Return each cookie with its line."""
    data = parse_json(text)
    if not isinstance(data, dict) or not isinstance(data.get("cookies"), list):
        raise CookieError('not a jar in JSON: line 1: no object with a list "cookies"')
    if type(data.get("version")) is not int or data["version"] != _VERSION:
        hint = "CookieJar.load reads the files of other programs"
        raise CookieError(f'line 1: the jar\'s "version" is not {_VERSION}. {hint}')
    items, names = data["cookies"], StoredCookie._fields
    lines = item_lines(text, "cookies", len(items))
    for number, (line, item) in enumerate(zip(lines, items), 1):
        optional = StoredCookie._field_defaults.keys()
        if not isinstance(item, dict) or not set(names) - optional <= item.keys() <= set(names):
            problem = "is not an object with the fields " + ", ".join(names)
        else:
            invalid = invalid_field(item)
            problem = f'has an invalid "{invalid}"' if invalid else ""
        if problem:
            raise CookieError(f"line {line}: cookie {number} {problem}")
    return Contents([StoredCookie(**item) for item in items], lines, [])


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


def invalid_field(item: dict[str, Any]) -> str:
    """Return the first field of a cookie that has not the type of its field, or ``""``."""
    for field, value in item.items():
        if value is None:
            valid = field == "expiry_time" or field in KEYWORDS
        elif field in KEYWORDS:
            valid = value in KEYWORDS[field]
        elif field.endswith("_time"):
            valid = type(value) in (int, float) and -1e15 < value < 1e15
        else:
            valid = isinstance(value, bool if field in _FLAGS else str)
        if not valid:
            return field
    return ""


_FLAGS = ("host_only", "secure", "httponly", "partitioned")
