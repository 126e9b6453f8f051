"""Headers as text and as octets: the one place that knows about encodings.

A header reaches a Python server in many forms: as a native string (latin-1, PEP 3333), as
octets (ASGI), as several lines (HTTP/2, RFC 9113, 8.2.3), in a mapping. This module turns all
of them into lines. Nothing here raises an exception for what a client sent.
"""

from .. import _platform

if _platform.TYPE_CHECKING:
    from .. import _types

# One flat tuple: MicroPython's `isinstance` takes no nested one.
_LINES = (str, bytes, bytearray, memoryview)


def header_lines(header: "_types.Header") -> "list[str | _types.Octets]":
    """Return the lines of *header*, or raise TypeError if it is not a header."""
    if header is None:
        return []
    if isinstance(header, _LINES):
        return [header]
    if hasattr(header, "keys"):
        return _mapping_lines(header)
    octets = _octets(header)
    if octets is not None:
        return [octets]
    try:
        lines = iter(header)
    except TypeError:
        from . import invalid

        raise invalid.wrong_type("header", header, "str, bytes or a list of these") from None
    return [_line(line) for line in lines]


def _mapping_lines(mapping: "_types.Any") -> "list[str | _types.Octets]":
    """Return the Cookie lines of a WSGI environ (PEP 3333) or an ASGI scope.

    An empty mapping, or one with a key of WSGI, is an environ, perhaps without cookies.
    """
    if "HTTP_COOKIE" in mapping:
        return header_lines(mapping["HTTP_COOKIE"])
    keys = [key for key in mapping if isinstance(key, str)]
    if not mapping or "REQUEST_METHOD" in keys or [key for key in keys if key[:5] == "wsgi."]:
        return []
    if "headers" in keys and "type" in keys:
        return [value for name, value in mapping["headers"] if name.lower() == b"cookie"]
    from . import invalid

    raise invalid.mapping()


def _line(line: object) -> "str | _types.Octets":
    octets = line if isinstance(line, _LINES) else _octets(line)
    if octets is None:
        raise TypeError("a header line must be str or bytes, not " + type(line).__name__)
    return octets


def _octets(header: object) -> "bytes | None":
    """Return the octets of other bytes-like objects: an `array.array`, an `mmap.mmap`."""
    try:
        return bytes(memoryview(header))  # type: ignore[arg-type]
    except TypeError:
        return None


def decode_line(line: "str | _types.Octets") -> tuple[str, bool]:
    """Return the text of a line, and whether it is still in latin-1.

    The octets are read as UTF-8. If they are not UTF-8 as a whole, the line stays a native
    string, with one character per octet, and the second value is true: `decode_name` and
    `decode_value` then decode each part of it. A `str` with characters past latin-1 is not
    a native string and is used as it is.
    """
    if isinstance(line, str):
        native = None if _platform.isascii(line) else _platform.to_latin1(line)
        if native is None:
            return line, False
        line = native
    octets = bytes(line)
    text = _platform.from_utf8(octets)
    return (_platform.from_latin1(octets), True) if text is None else (text, False)


def decode_name(native: str) -> str:
    """Decode a cookie-name as UTF-8, or leave it in latin-1 if it is not UTF-8.

    U+FFFD is good enough in a value, but would give many names the same text. (An ``é`` in
    UTF-8 and one in latin-1 still read alike. An ASCII name is only ever read for itself.)
    """
    text = _platform.from_utf8(_platform.to_latin1(native) or b"")
    return native if text is None else text


#: Decodes a cookie-value as UTF-8, with U+FFFD for each invalid part.
decode_value = _platform.native_to_text
