"""JSON with tags for what JSON can't express, byte for byte as in Flask's sessions.

A tuple, `bytes`, a `UUID`, a `datetime` or Markup becomes an object with one member, whose
name is a tag: a blank and a letter or two. An object that looks like that by itself is
tagged too (`` di``), so that nothing reads as what it was not.

>>> loads(dumps({"when": (1, 2)}))
{'when': (1, 2)}
"""

from __future__ import annotations

import base64
import datetime
import decimal
import json
import uuid
from collections.abc import Callable, Iterable
from typing import Any

from .dates import format_cookie_date

__all__ = ["dumps", "loads"]

_MAX_DEPTH = 100
_TOO_DEEP = f"nested deeper than {_MAX_DEPTH} levels"

# JSON's own types that contain nothing else: those of most values.
_PLAIN = frozenset([str, int, float, bool, type(None)])


def dumps(obj: object) -> str:
    """Return *obj* as JSON text: ASCII, without blanks, members sorted by name.

    The text is that of Flask's default provider inside an application context. In addition
    to JSON's types, *obj* may contain tuples, `bytes`, `uuid.UUID`, `datetime.datetime` (a
    naive one is in UTC; fractions of a second are lost) and objects with ``__html__``
    (Markup). As in Flask, `datetime.date` and `decimal.Decimal` are written as text, and
    data classes as objects: they read back as such.

    Raises TypeError for anything else, and for members whose names can't be sorted
    together. Raises ValueError for a date outside of the years 1 to 9999, and for more than
    100 levels (a reference cycle has no end of them), which could not be read everywhere.

    >>> dumps({"point": (1, 2), "key": b"\\x00"})
    '{"key":{" b":"AA=="},"point":{" t":[1,2]}}'
    """
    return _encode(tag(obj))


def loads(text: str | bytes) -> Any:
    """Return the object that `dumps` was given.

    Raises ValueError, and nothing else, for a text that `dumps` never wrote. Flask accepts a
    few of those. Without MarkupSafe installed, Markup reads as `str`.

    >>> loads('{"key":{" b":"AA=="},"point":{" t":[1,2]}}')
    {'key': b'\\x00', 'point': (1, 2)}
    """
    try:
        if not isinstance(text, str):
            return untag(json.loads(text))
        # A tag is a name that begins with a blank, which may be escaped.
        may_have_tags = '" ' in text or '"\\' in text
        return (_tagged if may_have_tags else _plain).decode(text)
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError) as error:
        if not isinstance(text, (str, bytes, bytearray)):
            raise
        raise ValueError(f"a tag holds what it can't: {type(error).__name__}") from None


def _default(value: Any) -> object:
    """Return what JSON writes for a value that is not its own and not tagged, as Flask does."""
    if isinstance(value, datetime.date):
        return format_cookie_date(value)
    if isinstance(value, (decimal.Decimal, uuid.UUID)):
        return str(value)
    if hasattr(value, "__html__"):
        return str(value.__html__())
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), default=_default).encode


def is_plain(values: Iterable[object]) -> bool:
    """Whether nothing can have changed inside of *values*, since nothing is inside of them."""
    return _PLAIN.issuperset(map(type, values))


def tag(value: Any, depth: int = _MAX_DEPTH) -> Any:  # noqa: PLR0911 - a row for each tag
    """Return *value* with tags for what JSON can't express. The order is Flask's."""
    if depth < 1 or (depth == 1 and isinstance(value, dict) and value):
        raise ValueError(_TOO_DEEP)
    if type(value) in _PLAIN:
        return value
    below = depth - 1
    if isinstance(value, dict):
        tagged = value
        if type(value) is not dict or not is_plain(value.values()):
            tagged = {name: tag(member, below) for name, member in value.items()}
        return _mark(tagged) if len(tagged) == 1 else tagged
    if isinstance(value, tuple):
        return {" t": [tag(item, below) for item in value]}
    if isinstance(value, list):
        return [tag(item, below) for item in value]
    if isinstance(value, bytes):
        return {" b": base64.b64encode(value).decode("ascii")}
    if callable(getattr(value, "__html__", None)):
        return {" m": str(value.__html__())}
    if isinstance(value, uuid.UUID):
        return {" u": value.hex}
    if isinstance(value, datetime.datetime):
        return {" d": format_cookie_date(value)}
    return _tag_inside(value, depth) if hasattr(type(value), _FIELDS) else value


def _mark(tagged: dict[Any, Any]) -> dict[Any, Any]:
    """Return an object of one member, in a tag of its own if it looks like a tag."""
    (name,) = tagged
    if type(name) is not str:  # an Enum, of which JSON has the text
        name = str.__str__(name) if isinstance(name, str) else ""
    return {" di": {f"{name}__": tagged[name]}} if name in _READERS else tagged


_FIELDS = "__dataclass_fields__"


def _tag_inside(value: Any, depth: int) -> object:
    """Return a data class, or what is in one, with only those tags that nothing looks like.

    Flask writes no tags there: tuples and UUIDs read back as lists and text. But an object
    that looks like a tag, which a client may have chosen, must not read as what it is not.
    """
    if not depth:
        raise ValueError(_TOO_DEEP)
    if hasattr(type(value), _FIELDS):
        import dataclasses

        names = [field.name for field in dataclasses.fields(value)]
        value = {name: getattr(value, name) for name in names}
    if isinstance(value, dict):
        tagged = {name: _tag_inside(member, depth - 1) for name, member in value.items()}
        return _mark(tagged) if len(tagged) == 1 else tagged
    if isinstance(value, (list, tuple)):
        return [_tag_inside(member, depth - 1) for member in value]
    return value


def untag(value: Any) -> Any:
    """Undo `tag`."""
    if isinstance(value, list):
        return [untag(item) for item in value]
    if isinstance(value, dict):
        return _untag_object({name: untag(item) for name, item in value.items()})
    return value


def _untag_object(value: dict[str, Any]) -> Any:
    """Undo the tag of an object whose members have been read."""
    if len(value) == 1:
        (name,) = value
        if name in _READERS:
            return _READERS[name](value[name])
    return value


class _Decoder(json.JSONDecoder):
    """Reads what `dumps` wrote in the quickest way: there are no blanks around it."""

    def decode(self, text: str) -> Any:  # type: ignore[override]
        if text[:1] == "{":
            value, end = self.raw_decode(text)
            if end == len(text):
                return value
        return super().decode(text)


_plain = _Decoder()
_tagged = _Decoder(object_hook=_untag_object)


def _read_dict(value: Any) -> object:
    (name,) = value
    return {name[:-2]: value[name]}


def _read_markup(value: Any) -> object:
    try:
        from markupsafe import Markup
    except ImportError:
        return str(value)
    return Markup(value)  # noqa: S704 - it was Markup when it was signed


def _read_datetime(value: Any) -> object:
    from email.utils import parsedate_to_datetime

    moment = parsedate_to_datetime(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=datetime.timezone.utc)


_READERS: dict[str, Callable[[Any], object]] = {
    " di": _read_dict,
    " t": tuple,
    " b": base64.b64decode,
    " m": _read_markup,
    " u": uuid.UUID,
    " d": _read_datetime,
}
