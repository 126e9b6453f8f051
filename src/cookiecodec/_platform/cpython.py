"""The platform layer on CPython, PyPy and Pyodide. MicroPython does not load it.

What only some calls need of the standard library is imported there: `re` and `datetime` take
longer to import than all that reads and writes most cookies.
"""

import codecs as _codecs
import sys as _sys
from time import struct_time as struct_time  # noqa: PLC0414 - re-exported

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import (
        date as date,  # noqa: PLC0414 - re-exported
        datetime as datetime,  # noqa: PLC0414 - re-exported
        timedelta as timedelta,  # noqa: PLC0414 - re-exported
    )

    from .. import _types


isascii = str.isascii
#: Whether a text has letters and digits only. May be false without a look.
isalnum = str.isalnum


def index(number: object) -> int:
    """Return *number* as an `int`, or raise TypeError if it is not one or is a `bool`."""
    import operator

    return int(operator.index(None if isinstance(number, bool) else number))  # type: ignore[arg-type] # raises


def split_at_semicolons(header: str) -> list[str]:
    """Return the parts of a header between semicolons. Empty ones may be left out."""
    return header.split(";")


#: Whether a header is ASCII and its parts may all be in memory at once.
can_split_at_once = str.isascii
#: A text that contains ``;``, SP or HTAB if one of the given texts does.
find_separators = "".join
WarningBase = UserWarning
TooDeep = RecursionError

# The folder of the package, with the separator behind it.
_PACKAGE = __file__.rpartition("_platform")[0]


def caller_level() -> int:
    """Return the `stacklevel` of the first frame outside of the package: 1 is the caller.

    From Python 3.12 on, `warnings.warn` does the same with *skip_file_prefixes*.
    """
    level = 1
    frame = _sys._getframe(1)
    while frame.f_back is not None and (
        frame.f_code.co_filename.startswith(_PACKAGE)
        or frame.f_globals.get("__name__") == "functools"  # of a cache, on PyPy
    ):
        frame = frame.f_back
        level += 1
    return level


def warn(warning: Warning, stacklevel: int) -> None:
    """Call `warnings.warn` with a *stacklevel* that counts from the caller of this."""
    import warnings

    warnings.warn(warning, stacklevel=stacklevel + 1)


_epochs: "list[datetime]" = []  # 1970-01-01, naive and in UTC


def utc_second(moment: "datetime") -> int:
    """Return the Unix time of *moment*, rounded down. A naive one is in UTC."""
    if not _epochs:
        from datetime import datetime, timezone

        _epochs[:] = datetime(1970, 1, 1), datetime(1970, 1, 1, tzinfo=timezone.utc)
    since = moment - _epochs[moment.utcoffset() is not None]
    return since.days * 86400 + since.seconds


def charset_matcher(characters: str) -> "_types.Callable[[str], bool]":
    """Return a function that tells whether a text consists of *characters*, all of ASCII."""
    octets = characters.encode()
    includes = frozenset(characters).issuperset

    def matches(text: str) -> bool:
        if len(text) < 16:  # where this is faster
            return includes(text)
        return isascii(text) and not text.encode().translate(None, octets)

    return matches


#: The UTF-8 of a text. UnicodeError if it has a lone surrogate.
to_utf8 = str.encode


def to_utf8_lax(text: str) -> bytes:
    """Return the UTF-8 of *text*. A lone surrogate becomes octets that are not UTF-8."""
    return text.encode("utf-8", "surrogatepass")


def from_utf8(data: bytes) -> "str | None":
    """Return the text that *data* encodes in UTF-8, or None."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None


def native_to_text(native: str) -> str:
    """Decode the UTF-8 in a native string, with U+FFFD for each invalid part."""
    return native.encode("latin-1").decode("utf-8", "replace")


def to_latin1(text: str) -> "bytes | None":
    """Return the octets that a native string (PEP 3333) stands for, or None."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return None


def from_latin1(data: bytes) -> str:
    """Return the native string (PEP 3333) of *data*: one character per octet."""
    return data.decode("latin-1")


def escaper(plain: str, form: str, backslashed: str = "") -> "_types.Callable[[bytes], str]":
    """Return a function that writes octets as text: those in *plain* as they are, those in
    *backslashed* after a backslash, others by the format *form*."""
    table = {octet: form % octet for octet in range(256)}
    table.update({ord(char): char for char in plain})
    table.update({ord(char): "\\" + char for char in backslashed})
    look_up = table.__getitem__
    return lambda data: "".join(map(look_up, data))


def percent_octets(value: str) -> "bytes | None":
    """Return the octets of a percent-encoded value, or None if an escape is broken."""
    import binascii

    first, *parts = to_utf8_lax(value).split(b"%")
    try:
        # Padded, since no digits at all would be valid.
        parts = [binascii.unhexlify(part[:2].ljust(2)) + part[2:] for part in parts]
    except ValueError:
        return None
    return first + b"".join(parts)


def unescape(text: str) -> str:
    """Undo the escapes of the `octal` quoting. What is not UTF-8 then becomes U+FFFD.

    Three octal digits are an octet. Before anything else a backslash is dropped, as in a
    quoted-pair (RFC 9110, 5.6.4). One at the very end stays.
    """
    regular = _unescape_regular(text)
    if regular is not None:
        return regular
    import re

    native = text if isascii(text) else from_latin1(to_utf8_lax(text))
    plain = re.sub(_ESCAPE, lambda match: match[2] or chr(int(match[1], 8)), native)
    return native_to_text(plain)


_ESCAPE = r"(?s)\\(?:([0-3][0-7][0-7])|(.))"
# A text whose every backslash starts an escape that the `octal` quoting writes.
# Each character can match in one way only: linear time.
_REGULAR = r'[^\\]*(?:\\(?:[0-3][0-7][0-7]|["\\])[^\\]*)*'
_is_regular: "_types.Callable[[str], _types.Any] | None" = None


def _unescape_regular(text: str) -> "str | None":
    """Undo the escapes in C, or return None if there are irregular ones.

    The escapes that pass the test mean the same in Python's own literals.
    """
    global _is_regular  # noqa: PLW0603 - compiled when it is first needed
    if _is_regular is None:
        import re

        _is_regular = re.compile(_REGULAR).fullmatch
    if not isascii(text) or _is_regular(text) is None:
        return None
    text = _codecs.unicode_escape_decode(text)[0]
    return text if isascii(text) else native_to_text(text)


def read_quoted(header: str) -> "dict[str, str] | None":
    """Return the cookies of an ASCII header with quoted values, or None if it is irregular.

    It is regular if it is as user agents write it (layered 4.2.1), with all escapes as the
    `octal` quoting writes them. All values are then unescaped at once.
    """
    pairs = header.split("; ")
    cookies = {}
    quoted = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if value[:1] == '"' and value[-1:] == '"' and value != '"':
            quoted[name] = value[1:-1]
            cookies[name] = ""
        elif equals:
            cookies[name] = value
        else:
            return None
    rest = "".join([*cookies, *cookies.values()])
    if " " in rest or "\t" in rest or header.count(";") >= len(pairs):
        return None  # there are blanks to trim, perhaps, or other pairs
    text = "\0".join(quoted.values())
    unescaped = _unescape_regular(text) if "\\" in text else text
    if unescaped is None or len(cookies) < len(pairs) or "" in cookies:
        return None
    values = unescaped.split("\0")
    if quoted and len(values) != len(quoted):
        return None
    cookies.update(zip(quoted, values))
    return cookies
