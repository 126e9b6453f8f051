"""The platform layer on MicroPython 1.27. Other Pythons do not load it.

MicroPython has no ``datetime``, ``operator``, ``warnings``, ``str.isascii`` or
``re.fullmatch``. There ``str.encode("latin-1")`` gives UTF-8, ``decode(..., "replace")``
raises an exception, and a surrogate is encoded.

Rules for this module and for all code that runs on MicroPython:

1. Take nothing out of a text by index or in a loop. MicroPython keeps each such character
   for good, so a client that may send any character could fill the heap. Use octets: they
   cost nothing, since ``encode`` shares them with the text.
2. Need no multiple of the memory of the input, apart from the result.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .. import _types

date = datetime = timedelta = ()
struct_time: type = tuple
WarningBase = Exception
TooDeep = RuntimeError


def caller_level() -> int:
    return 1


def warn(warning: Exception, stacklevel: int) -> None:
    print(type(warning).__name__ + ": " + str(warning))


def isascii(text: str) -> bool:
    return len(text) == len(text.encode())


def isalnum(text: str) -> bool:
    return False


def index(number: object) -> int:
    if not isinstance(number, int) or isinstance(number, bool):
        raise TypeError("an integer is needed")
    return number


def can_split_at_once(header: str) -> bool:
    # Thousands of parts at once would fill the heap: more are read one by one.
    return len(header) == len(header.encode()) and header.count(";") < 64


def find_separators(texts: list[str]) -> str:
    for text in texts:
        if ";" in text or " " in text or "\t" in text:
            return text
    return ""


def split_at_semicolons(text: str) -> "_types.Iterator[str]":
    data = text.encode()
    at, end = 0, data.find(b";")
    while end >= 0:
        if end > at:
            yield data[at:end].decode()
        at = end + 1
        end = data.find(b";", at)
    yield data[at:].decode()


def charset_matcher(characters: str) -> "_types.Callable[[str], bool]":
    return lambda text: not text.strip(characters)


def to_utf8(text: str) -> bytes:
    data = text.encode()
    at = data.find(b"\xed")
    while at >= 0:
        if data[at + 1] >= 0xA0:  # U+D800 and on
            start = len(data[:at].decode())
            raise UnicodeError("utf-8", text, start, start + 1, "surrogates not allowed")
        at = data.find(b"\xed", at + 1)
    return data


def to_utf8_lax(text: str) -> bytes:
    return text.encode()


def from_utf8(data: "bytes | bytearray") -> "str | None":
    try:
        text = data.decode()
    except UnicodeError:
        return None
    if len(text) != len(data):  # MicroPython decodes more than UTF-8
        for size in _sequences(data):
            if size < 0:
                return None
    return text


def native_to_text(native: str) -> str:
    return _lax_text(to_latin1(native) or b"")


def _lax_text(data: "bytes | bytearray") -> str:
    """Decode UTF-8, with U+FFFD for each invalid part."""
    text = from_utf8(data)
    if text is not None:
        return text
    # At once: growing would copy it again and again.
    octets = bytearray(sum(max(size, 0) or 3 for size in _sequences(data)))
    to = at = 0
    for size in _sequences(data):
        for octet in data[at : at + size] if size > 0 else b"\xef\xbf\xbd":
            octets[to] = octet
            to += 1
        at += abs(size)
    return octets.decode()


def _sequences(data: "bytes | bytearray") -> "_types.Iterator[int]":
    """Yield the size of each UTF-8 sequence, or minus that of each broken start.

    The Unicode Standard, table 3-7 (well-formed sequences), and section 3.9 on U+FFFD for
    maximal subparts, which CPython follows.
    """
    at = 0
    while at < len(data):
        lead = data[at]
        low = 0xA0 if lead == 0xE0 else 0x90 if lead == 0xF0 else 0x80
        high = 0x9F if lead == 0xED else 0x8F if lead == 0xF4 else 0xBF
        if not 0xC2 <= lead <= 0xF4:
            high = 0  # nothing may follow
        size = 1 if lead < 0x80 else 2 if lead < 0xE0 else 3 if lead < 0xF0 else 4
        seen = 1
        while seen < size and at + seen < len(data) and low <= data[at + seen] <= high:
            low, high = 0x80, 0xBF
            seen += 1
        yield seen if seen == size else -seen
        at += seen


def to_latin1(text: str) -> "bytes | bytearray | None":
    data = text.encode()
    if len(data) == len(text):
        return data
    octets = bytearray(len(text))
    lead = at = 0
    for octet in data:
        if octet > 0xC3:
            return None
        if octet >= 0xC0:
            lead = octet & 3
        else:
            octets[at] = octet if octet < 0x80 else lead << 6 | octet & 0x3F
            at += 1
    return octets


def from_latin1(data: "bytes | bytearray") -> str:
    text = bytearray()
    for octet in data:
        if octet >= 0x80:
            text.append(0xC0 | octet >> 6)
        text.append(octet if octet < 0x80 else 0x80 | octet & 0x3F)
    return text.decode()


def escaper(plain: str, form: str, backslashed: str = "") -> "_types.Callable[[bytes], str]":
    octets, after_backslash = plain.encode(), backslashed.encode()

    def escape(data: bytes) -> str:
        text = bytearray()
        for octet in data:
            if octet in after_backslash:
                text.append(0x5C)
            if octet in octets:
                text.append(octet)
            else:
                text.extend(form % octet)  # type: ignore[arg-type] # takes a text
        return text.decode()

    return escape


def read_quoted(header: str) -> None:
    """The values are unescaped one by one: all at once would take more heap."""


def unescape(text: str) -> str:
    data = text.encode()
    end = len(data)
    octets = bytearray(end)
    at, to = 0, 0
    while at < end:
        octet = data[at]
        at += 1
        if octet == 0x5C and at < end:
            octet = data[at]
            at += 1
            if 0x30 <= octet <= 0x33 and at + 1 < end:
                second, third = data[at] - 0x30, data[at + 1] - 0x30
                if 0 <= second < 8 and 0 <= third < 8:
                    octet = (octet - 0x30) << 6 | second << 3 | third
                    at += 2
        octets[to] = octet
        to += 1
    return _lax_text(octets[:to])


def percent_octets(value: str) -> "bytearray | None":
    import binascii

    data = value.encode()
    octets = bytearray(len(data))
    at = to = 0
    while at < len(data):
        octet = data[at]
        at += 1
        if octet == 0x25:
            try:
                octet = binascii.unhexlify(data[at : at + 2])[0]
            except (ValueError, IndexError):
                return None
            at += 2
        octets[to] = octet
        to += 1
    return octets[:to]
