"""What `_platform` has on CPython, PyPy and Pyodide; on MicroPython it is not loaded."""

import binascii as _binascii
import codecs as _codecs
import datetime as _datetime
import operator as _operator
import re as _re
import warnings as _warnings
from time import struct_time as struct_time  # noqa: PLC0414 - `_platform` has it

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .. import _types

date, datetime, timedelta = _datetime.date, _datetime.datetime, _datetime.timedelta
isascii = str.isascii
index = _operator.index
#: What stands between the semicolons of a header; the empty ones may be left out.
pieces: "_types.Callable[[str], list[str]]" = _operator.methodcaller("split", ";")
#: Whether a header is ASCII, and all its pieces may be had at once.
may_hurry = str.isascii
#: A text that has ``;``, SP or HTAB where one of these texts has it, for `in`.
together = "".join
WarningBase = UserWarning
TooDeep = RecursionError


def warn(warning: Warning, stacklevel: int) -> None:
    """`warnings.warn`, its *stacklevel* counted from the caller of this."""
    _warnings.warn(warning, stacklevel=stacklevel + 1)


def utc_fields(moment: "_datetime.datetime") -> tuple[int, int, int, int, int, int, int]:
    """Year to second, and the weekday, of *moment* in UTC; OverflowError past year 9999."""
    offset = moment.utcoffset()
    if offset is not None:
        moment = moment.replace(tzinfo=None) - offset
    return (
        moment.year,
        moment.month,
        moment.day,
        moment.hour,
        moment.minute,
        moment.second,
        moment.weekday(),
    )


def only(characters: str) -> "_types.Callable[[str], _types.Any]":
    """A function that is true of a text made of *characters* alone, or empty."""
    return _re.compile("[" + _re.escape(characters) + "]*").fullmatch


#: The octets of a text in UTF-8; UnicodeError where it has a lone surrogate.
to_utf8 = str.encode


def to_utf8_lax(text: str) -> bytes:
    """The octets of *text*; those of a lone surrogate are not UTF-8."""
    return text.encode("utf-8", "surrogatepass")


def from_utf8(data: bytes) -> "str | None":
    """The text that *data* holds in UTF-8, or None."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None


def native_to_text(native: str) -> str:
    """The UTF-8 that a native string holds, U+FFFD for what is none."""
    return native.encode("latin-1").decode("utf-8", "replace")


def to_latin1(text: str) -> "bytes | None":
    """The octets that a native string (PEP 3333) stands for, or None."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return None


def from_latin1(data: bytes) -> str:
    """The native string (PEP 3333) of *data*: one character per octet."""
    return data.decode("latin-1")


def escaper(plain: str, form: str) -> "_types.Callable[[bytes], str]":
    """A function that writes octets as text, each not in *plain* by *form*."""
    table = {octet: form % octet for octet in range(256)}
    table.update({ord(char): char for char in plain})
    look_up = table.__getitem__
    return lambda data: "".join(map(look_up, data))


def percent_octets(value: str) -> "bytes | None":
    """The octets of a percent-encoded value; None where an escape is broken."""
    parts = value.split("%")
    digits = "".join([part[:2] for part in parts[1:]])
    if len(digits) != 2 * (len(parts) - 1):
        return None
    try:
        octets = _binascii.unhexlify(digits)
    except ValueError:
        return None
    data = [to_utf8_lax(parts[0])]
    for at, part in enumerate(parts[1:]):
        data.append(octets[at : at + 1] + to_utf8_lax(part[2:]))
    return b"".join(data)


# A quoted value whose every backslash starts an escape that `octal` quoting
# writes. Each character can match in one way only: linear time.
_regular = _re.compile(r'"[^\\]*(?:\\(?:[0-3][0-7][0-7]|["\\])[^\\]*)*"').fullmatch


def unquote_regular(quoted: str) -> "str | None":
    """A quoted value unwrapped and unescaped in C, or None if it is irregular.

    The escapes that pass the test mean the same in Python's own literals.
    """
    if isascii(quoted) and _regular(quoted) is not None:
        text = _codecs.unicode_escape_decode(quoted[1:-1])[0]
        if isascii(text):
            return text
        return text.encode("latin-1").decode("utf-8", "replace")
    return None
