"""What a platform lacks, and what is used instead: here, and nowhere else.

CPython, PyPy and Pyodide take the first branch of each block and pay nothing
for the second. MicroPython 1.27 takes the second: it has no ``datetime``,
``operator``, ``warnings``, ``str.isascii`` or ``re.fullmatch``; ``str.encode("latin-1")``
gives UTF-8 there, ``decode(..., "replace")`` raises, a surrogate is encoded,
and the clock may count from the year 2000.
"""

import time as _time

TYPE_CHECKING = False  # type checkers take this name for true
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

MICROPYTHON = not hasattr(str, "isascii")

# Seconds from 1970-01-01 to the platform's own epoch.
_EPOCH = 946684800 if _time.gmtime(0)[0] == 2000 else 0


def now() -> "float":
    """The current Unix time in seconds."""
    return _time.time() + _EPOCH


if TYPE_CHECKING or not MICROPYTHON:
    import codecs as _codecs
    import datetime as _datetime
    import operator as _operator
    import re as _re
    import warnings as _warnings

    date, datetime, timedelta = _datetime.date, _datetime.datetime, _datetime.timedelta
    struct_time = _time.struct_time
    isascii = str.isascii
    index = _operator.index
    WarningBase = UserWarning
    TooDeep = RecursionError

    def warn(warning: "Warning", stacklevel: "int") -> None:
        """`warnings.warn`, its *stacklevel* counted from the caller of this."""
        _warnings.warn(warning, stacklevel=stacklevel + 1)

    def only(characters: "str") -> "Callable[[str], Any]":
        """A function that is true of a text made of *characters* alone, or empty."""
        return _re.compile("[" + _re.escape(characters) + "]*").fullmatch

    #: The octets of a text in UTF-8; UnicodeError where it has a lone surrogate.
    to_utf8 = str.encode

    def to_utf8_lax(text: "str") -> "bytes":
        """The octets of *text*; those of a lone surrogate are not UTF-8."""
        return text.encode("utf-8", "surrogatepass")

    def from_utf8(data: "bytes") -> "str | None":
        """The text that *data* holds in UTF-8, or None."""
        try:
            return data.decode()
        except UnicodeDecodeError:
            return None

    def native_to_text(native: "str") -> "str":
        """The UTF-8 that a native string holds, U+FFFD for what is none."""
        return native.encode("latin-1").decode("utf-8", "replace")

    def to_latin1(text: "str") -> "bytes | None":
        """The octets that a native string (PEP 3333) stands for, or None."""
        try:
            return text.encode("latin-1")
        except UnicodeEncodeError:
            return None

    def from_latin1(data: "bytes") -> "str":
        """The native string (PEP 3333) of *data*: one character per octet."""
        return data.decode("latin-1")

    def escaper(plain: "str", form: "str") -> "Callable[[bytes], str]":
        """A function that writes octets as text, each not in *plain* by *form*."""
        table = {octet: form % octet for octet in range(256)}
        table.update({ord(char): char for char in plain})
        look_up = table.__getitem__
        return lambda data: "".join(map(look_up, data))

    # A quoted value whose every backslash starts an escape that `octal` quoting
    # writes. Each character can match in one way only: linear time.
    _regular = _re.compile(r'"[^\\]*(?:\\(?:[0-3][0-7][0-7]|["\\])[^\\]*)*"').fullmatch

    def unquote_regular(quoted: "str") -> "str | None":
        """A quoted value unwrapped and unescaped in C, or None if it is irregular.

        The escapes that pass the test mean the same in Python's own literals.
        """
        if isascii(quoted) and _regular(quoted) is not None:
            text = _codecs.unicode_escape_decode(quoted[1:-1])[0]
            if isascii(text):
                return text
            return text.encode("latin-1").decode("utf-8", "replace")
        return None

else:
    date = datetime = timedelta = ()
    struct_time = tuple
    WarningBase = Exception
    TooDeep = RuntimeError

    def warn(warning, stacklevel):
        print(type(warning).__name__ + ": " + str(warning))

    def isascii(text):
        return all(char < "\x80" for char in text)

    def index(number):
        if not isinstance(number, int):
            raise TypeError("an integer is needed")
        return number

    def only(characters):
        return lambda text: all(char in characters for char in text)

    def to_utf8(text):
        if any("\ud7ff" < char < "\ue000" for char in text):
            raise UnicodeError("lone surrogate")
        return text.encode()

    def to_utf8_lax(text):
        return text.encode()

    def from_utf8(data):
        at = 0
        while at < len(data):
            length = _sequence(data, at)
            if length < 0:
                return None
            at += length
        return data.decode()

    def native_to_text(native):
        data = to_latin1(native)
        parts = []
        at = done = 0
        while at < len(data):
            length = _sequence(data, at)
            if length < 0:
                parts.append(data[done:at].decode() + "\ufffd")
                done = at = at - length
            else:
                at += length
        return "".join(parts) + data[done:].decode()

    def _sequence(data, at):
        """Octets of the UTF-8 sequence at *at*, or minus those of its broken start.

        The Unicode Standard, table 3-7 (well-formed sequences), and section 3.9
        on U+FFFD for maximal subparts, which is what CPython does.
        """
        lead = data[at]
        if lead < 0x80:
            return 1
        if not 0xC2 <= lead <= 0xF4:
            return -1
        low = {0xE0: 0xA0, 0xF0: 0x90}.get(lead, 0x80)
        high = {0xED: 0x9F, 0xF4: 0x8F}.get(lead, 0xBF)
        length = 2 if lead < 0xE0 else 3 if lead < 0xF0 else 4
        for seen in range(1, length):
            if at + seen >= len(data) or not low <= data[at + seen] <= high:
                return -seen
            low, high = 0x80, 0xBF
        return length

    def to_latin1(text):
        if any(char > "\xff" for char in text):
            return None
        return bytes([ord(char) for char in text])

    def from_latin1(data):
        return "".join([chr(octet) for octet in data])

    def escaper(plain, form):
        return lambda data: "".join(
            [chr(octet) if chr(octet) in plain else form % octet for octet in data]
        )

    def unquote_regular(quoted):
        return None
