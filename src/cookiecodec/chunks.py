"""A value too large for one cookie, in several.

A value that fits travels as ``key``. A larger one travels as ``key.0``,
``key.1``, ..., the value of each being::

    index "." count "." digest "." part

where *index* and *count* are decimal and *digest* is the start of the SHA-256
of the whole value's UTF-8, in hexadecimal. All four are needed: a part that is
lost, swapped, left over from before or taken from another value does not add up
to its digest. The digest is no signature: whoever sends the cookies can make a
set of his own, as he can with a single one. Sign the value first.
"""

import binascii as _binascii
import hashlib as _hashlib

from . import _platform, codec
from ._core import grammar as _grammar
from ._core import quoting as _quoting
from .errors import CookieError
from .limits import MAX_COOKIE_HEADER, MAX_NAME_VALUE, MAX_SET_COOKIE

if _platform.TYPE_CHECKING:
    from . import _types

__all__ = ["dump_cookie_chunks", "join_cookie_chunks"]

#: A value travels in so many chunks at the most, whatever their size.
_MAX_CHUNKS = 10

# Hexadecimal digits of the digest: 64 bits, against accidents.
_DIGEST_DIGITS = 16


def dump_cookie_chunks(
    key: str,
    value: str,
    *args: "_types.Any",
    cookies: "_types.Mapping[str, str] | None" = None,
    **attributes: "_types.Any",
) -> list[str]:
    """The Set-Cookie values that carry *value*: one, or a chunk in each.

    All other arguments are those of `dump_cookie`, in the same order, and mean
    the same for each chunk. *max_size* is where a cookie ends and the next one
    begins (0 or None: 4093).

    *cookies* are those of the request, as `parse_cookie` gives them. What the
    client still holds of the value before, and is not written now, is expired
    in the same list: chunks after the value has shrunk, the plain cookie after
    it has grown, broken and foreign chunks too. To log out, write ``""`` with
    ``max_age=0``.

    Raises `CookieError` (part ``"value"``) for a value that needs more than 10
    chunks, or more octets than a server takes in one Cookie header
    (`MAX_COOKIE_HEADER`), and whatever `dump_cookie` raises; in ``"none"`` quoting
    a value in DQUOTEs can't be split. Warns once for them all as `dump_cookie` does,
    but for the size, which is taken care of.

    >>> for header in dump_cookie_chunks("cart", "apples", cookies={"cart.1": "left over"}):
    ...     print(header)
    cart=apples; Path=/
    cart.1=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/
    >>> for header in dump_cookie_chunks("cart", "apples " * 700):
    ...     print(header[:36], len(header))
    cart.0="0.2.feac8309d82d7ec7.apples  4092
    cart.1="1.2.feac8309d82d7ec7.pples a 884
    """
    quoting, limit, lifetime, scope_of = _settings(*args, **attributes)
    name = codec._cookie_name(key)
    scope = codec._scope(name, *scope_of)
    lives, lifetime_concern = codec._lifetime(*lifetime)
    value = _grammar.check_text(value, "value")
    written = _carry(name, value, quoting, limit, scope, lives)
    concern = scope[3] or lifetime_concern
    if concern is not None:
        from ._core import lint as _concerns  # noqa: PLC0415

        _concerns.warn(concern, name, "", "", 0)
    seen = [seen for seen in _names(name) if cookies and seen in cookies]
    left_over = [seen for seen in seen if seen not in written]
    # In their order, which a `dict` of MicroPython has not.
    ordered = [written[each] for each in _names(name) if each in written]
    return ordered + _expired(left_over, scope)


def _carry(
    name: str, value: str, quoting: str, limit: int, scope: "_types.Scope", lives: str
) -> dict[str, str]:
    """Name and header of each cookie that carries *value*."""
    start, before, after, _ = scope
    tail = before + lives + after
    text = _quoting.quote(value, quoting)
    if len(start + text + tail) <= limit and len(name + text) <= MAX_NAME_VALUE:
        return {name: start + text + tail}
    parts = _chunks(name, value, text, quoting, limit - len(tail))
    return {chunk: chunk + "=" + text + tail for chunk, text in parts.items()}


def _expired(names: list[str], scope: "_types.Scope") -> list[str]:
    """The headers that delete the cookies of these names."""
    _, before, after, _ = scope
    return [name + "=" + before + codec._EXPIRED + after for name in names]


def join_cookie_chunks(cookies: "_types.Mapping[str, str]", key: str) -> "str | None":
    """The value that `dump_cookie_chunks` wrote under *key*, or None.

    *cookies* are those of the request, as `parse_cookie` gives them. A complete
    set of chunks wins over a plain cookie of that name. A set that is not complete
    counts for nothing: then the plain cookie is the value, if there is one, so that
    chunks which are left over, or planted, lock nobody out.

    Nothing in the cookies says which of two whole values is the newer: always give
    `dump_cookie_chunks` the request's cookies, and only one is left.

    >>> from cookiecodec import parse_cookie
    >>> headers = dump_cookie_chunks("cart", "apples " * 700)
    >>> sent_back = parse_cookie("; ".join(header.split(";")[0] for header in headers))
    >>> join_cookie_chunks(sent_back, "cart") == "apples " * 700
    True
    >>> del sent_back["cart.1"]
    >>> join_cookie_chunks(sent_back, "cart") is None
    True
    """
    first = cookies.get(key + ".0")
    if first is not None:
        value = _join(cookies, key, first)
        if value is not None:
            return value
    return cookies.get(key)


def _join(cookies: "_types.Mapping[str, str]", key: str, first: str) -> "str | None":
    head = first.split(".", 3)
    if len(head) != 4 or head[1] not in _COUNTS:
        return None
    parts = []
    for index in range(int(head[1])):
        chunk = cookies.get("%s.%d" % (key, index), "")
        mark = "%d.%s.%s." % (index, head[1], head[2])
        if not chunk.startswith(mark):
            return None
        parts.append(chunk[len(mark) :])
    value = "".join(parts)
    return value if _digest(_platform.to_utf8_lax(value)) == head[2] else None


def _complete_sets(
    pairs: list[tuple[str, str]], key: str, limit: int
) -> "_types.Iterator[str]":
    """The value of each complete set among *pairs*, which may hold more than one.

    A chunk is looked for among those of its set alone, so that planted ones break none,
    unless they carry its digest. At most *limit* sets are tried.
    """
    firsts = [value for name, value in pairs if name == key + ".0"]
    for first in firsts[:limit]:
        count_and_digest = first.split(".", 3)[1:3]
        own: dict[str, str] = {}
        for name, value in pairs:
            if value.split(".", 3)[1:3] == count_and_digest:
                own.setdefault(name, value)
        joined = _join(own, key, first)
        if joined is not None:
            yield joined


_COUNTS = tuple([str(count) for count in range(2, _MAX_CHUNKS + 1)])


def _settings(
    max_age: "_types.MaxAge" = None,
    expires: "_types.Expires" = None,
    path: "str | None" = "/",
    domain: "str | None" = None,
    secure: bool = False,
    httponly: bool = False,
    sync_expires: bool = True,
    max_size: int = MAX_SET_COOKIE,
    samesite: "str | None" = None,
    partitioned: bool = False,
    *,
    quoting: str = "octal",
) -> "tuple[str, int, tuple[_types.Any, ...], tuple[_types.Any, ...]]":
    """The arguments of `dump_cookie` behind the value, as its parts take them."""
    scope = (path, domain, secure, httponly, samesite, partitioned)
    return quoting, max_size or MAX_SET_COOKIE, (max_age, expires, sync_expires), scope


def _names(name: str) -> list[str]:
    """All names that a value may travel under."""
    return [name] + ["%s.%d" % (name, index) for index in range(_MAX_CHUNKS)]


def _digest(data: bytes) -> str:
    digest = _hashlib.sha256(data).digest()
    return _binascii.hexlify(digest).decode()[:_DIGEST_DIGITS]


def _chunks(name: str, value: str, text: str, quoting: str, room: int) -> dict[str, str]:
    """Name and text of each chunk; *room* is what they may take, with the ``=``."""
    mark = "0.%d.%s." % (_MAX_CHUNKS, "0" * _DIGEST_DIGITS)
    room = min(room, MAX_NAME_VALUE + len("=")) - len(name + ".0=" + mark)
    plain = text == value  # nothing to escape
    parts = _slices(value, room) if plain else _split(value, quoting, room - len('""'))
    digest = _digest(_platform.to_utf8(value))
    chunks = {}
    for index, part in enumerate(parts):
        marked = "%d.%d.%s.%s" % (index, len(parts), digest, part)
        chunks["%s.%d" % (name, index)] = _quoting.quote(marked, quoting)
    sent = "; ".join([chunk + "=" + text for chunk, text in chunks.items()])
    # Some servers count the whole line: its name, and its end too.
    if len("Cookie: " + sent + "\r\n") > MAX_COOKIE_HEADER:
        raise _too_large()
    return chunks


def _slices(value: str, room: int) -> list[str]:
    if room <= 0 or len(value) > room * _MAX_CHUNKS:
        raise _too_large()
    return [value[at : at + room] for at in range(0, len(value), room)]


def _split(value: str, quoting: str, room: int) -> list[str]:
    """*value* in parts that each take at most *room* octets once escaped.

    By octets: MicroPython would keep each character for good that a loop takes out.
    """
    if len(value) > MAX_COOKIE_HEADER:
        raise _too_large()
    data = _grammar.to_utf8(value, "value")
    parts = []
    start = taken = 0
    for at, lead in enumerate(data):
        if 0x80 <= lead < 0xC0:
            continue  # inside of a character
        size = _escaped_size(lead, quoting)
        if taken + size > room:
            parts.append(data[start:at].decode())
            if size > room or len(parts) == _MAX_CHUNKS:
                raise _too_large()
            start, taken = at, 0
        taken += size
    parts.append(data[start:].decode())
    return parts


def _escaped_size(lead: int, quoting: str) -> int:
    """Octets that a character takes in an escaped value; *lead* is the first of its own."""
    octets = 1 if lead < 0x80 else 2 if lead < 0xE0 else 3 if lead < 0xF0 else 4
    if quoting == "percent":
        return 1 if lead in _PERCENT_PLAIN else octets * len("%00")
    if lead in b'"\\':
        return len('\\"')
    return 1 if lead in _OCTAL_PLAIN else octets * len("\\000")


_OCTAL_PLAIN = _grammar.QUOTED_TEXT.encode()
_PERCENT_PLAIN = _grammar.URI_UNRESERVED.encode()


def _too_large() -> "CookieError":
    message = (
        "value is too large for %d cookies of this size, or for the %d octets that"
        " servers take in a Cookie header; keep it on the server"
    )
    return CookieError(message % (_MAX_CHUNKS, MAX_COOKIE_HEADER), "value")
