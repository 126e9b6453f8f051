"""A value that is too large for one cookie, in several.

A value that fits travels as ``key``. A larger one travels as ``key.0``, ``key.1``, ..., and
the value of each is::

    index "." count "." digest "." part

where *index* and *count* are decimal and *digest* is the start of the SHA-256 of the whole
value's UTF-8, in hexadecimal. All four are needed: a part that is lost, swapped, left over
from an older value or taken from another one does not add up to the digest. The digest is
not a signature: a client can make a set of its own, as it can make a single cookie. Sign
the value first.
"""

import binascii as _binascii
import hashlib as _hashlib

from . import _platform, codec, errors
from ._core import attributes, grammar, quotings
from .errors import CookieError
from .limits import MAX_COOKIE_HEADER, MAX_NAME_VALUE, MAX_SET_COOKIE

if _platform.TYPE_CHECKING:
    from . import _types

__all__ = ["dump_cookie_chunks", "join_cookie_chunks"]

#: A value travels in this many chunks at most, whatever their size.
MAX_CHUNKS = 10

# Hexadecimal digits of the digest: 64 bits, against accidents.
_DIGEST_DIGITS = 16


def dump_cookie_chunks(
    key: str,
    value: str,
    max_age: "_types.MaxAge" = None,
    expires: "_types.Expires" = None,
    path: "str | None" = "/",
    domain: "str | None" = None,
    secure: bool = False,
    httponly: bool = False,
    sync_expires: bool = True,
    max_size: int = MAX_SET_COOKIE,
    samesite: "_types.SameSite" = None,
    partitioned: bool = False,
    *,
    quoting: "_types.Quoting" = "octal",
    cookies: "_types.Mapping[str, str] | None" = None,
) -> list[str]:
    """Return the Set-Cookie values that carry *value*: one, or one for each chunk.

    The other arguments are those of `dump_cookie`, in the same order, with the same meaning
    for each chunk. *max_size* is the size at which the next cookie begins (0 or None: 4093).

    *cookies* are those of the request, as `parse_cookie` returns them (``{}`` if it has none).
    What the client still holds of an older value, and is not written now, is deleted in the
    same list: chunks, even broken and foreign ones, or the plain cookie. So is the first chunk,
    without which no older set is whole, whether this request had it or not: another response
    may have set it meanwhile, and the last response has to win. To log out, write ``""`` with
    ``max_age=0``.

    Raises `CookieError` (part ``"value"``) for a value that needs more than 10 chunks or
    more octets than a server accepts in one Cookie header (`MAX_COOKIE_HEADER`), and
    whatever `dump_cookie` raises. In ``"none"`` quoting a value in DQUOTEs can't be split.
    Warns once for all chunks, as `dump_cookie` does, but not about the size.

    >>> for header in dump_cookie_chunks("cart", "apples", cookies={"cart.1": "left over"}):
    ...     print(header)
    cart=apples; Path=/
    cart.0=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/
    cart.1=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/
    >>> for header in dump_cookie_chunks("cart", "apples " * 700):
    ...     print(header[:36], len(header))
    cart.0="0.2.feac8309d82d7ec7.apples  4092
    cart.1="1.2.feac8309d82d7ec7.pples a 884
    """
    name = codec.cookie_name(key)
    options = (path, domain, secure, httponly, samesite, partitioned)
    cookie = attributes.CookieAttributes(name, *options)
    lifetime, problem = codec.lifetime(max_age, expires, sync_expires)
    value = grammar.check_text(value, "value")
    text = quotings.quote(value, quoting)
    written = write_chunks(cookie, value, text, lifetime, max_size or MAX_SET_COOKIE, quoting)
    problem = cookie.problem or problem
    if problem is not None:
        errors.warn(problem.warning(name))
    # In their order, which a `dict` of MicroPython does not keep.
    names = chunk_names(name)
    headers = [written[each] for each in names if each in written]
    if cookies is None:
        return headers
    older = [each for each in names if each == names[1] or each in cookies]
    return headers + [cookie.deletion(each) for each in older if each not in written]


def write_chunks(
    cookie: "_types.CookieAttributes",
    value: str,
    text: str,
    lifetime: str = "",
    max_size: int = MAX_SET_COOKIE,
    quoting: "_types.Quoting" = "octal",
) -> dict[str, str]:
    """Return name and header of each cookie that carries *value*.

    *text* is the value as it travels in *quoting*. If both are the same, parts of it need
    no quoting either.
    """
    name = cookie.name
    header = cookie.header(name, text, lifetime)
    if len(header) <= max_size and len(name + text) <= MAX_NAME_VALUE:
        return {name: header}
    room = max_size - (len(header) - len(name + "=" + text))
    parts = _parts(name, value, text, quoting, room)
    return {each: cookie.header(each, part, lifetime) for each, part in parts.items()}


def join_cookie_chunks(cookies: "_types.Mapping[str, str]", key: str) -> "str | None":
    """Return the value that `dump_cookie_chunks` wrote under *key*, or None.

    *cookies* are those of the request, as `parse_cookie` returns them. A complete set of
    chunks wins over a plain cookie of that name. An incomplete set is ignored: then the
    plain cookie is the value, if there is one, so that chunks which are left over, or
    planted, don't lock the user out.

    Nothing in the cookies says which of two whole values is newer. Always give
    `dump_cookie_chunks` the request's cookies, so that the last response leaves only one.

    >>> from cookiecodec import parse_cookie
    >>> headers = dump_cookie_chunks("cart", "apples " * 700)
    >>> sent_back = parse_cookie("; ".join(header.split(";")[0] for header in headers))
    >>> join_cookie_chunks(sent_back, "cart") == "apples " * 700
    True
    >>> del sent_back["cart.1"]
    >>> join_cookie_chunks(sent_back, "cart") is None
    True
    """
    value = _join(cookies, key)
    return cookies.get(key) if value is None else value


def _join(cookies: "_types.Mapping[str, str]", key: str) -> "str | None":
    head = cookies.get(key + ".0", "").split(".", 3)
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


_COUNTS = tuple([str(count) for count in range(2, MAX_CHUNKS + 1)])


def complete_sets(pairs: list[tuple[str, str]], key: str) -> list[str]:
    """Return the value of each complete set in *pairs*, which may hold more than one.

    A chunk belongs to the set of its count and digest, so that planted ones break no set,
    unless they carry its digest. Each is looked at once, however many there are.
    """
    sets: dict[tuple[str, ...], dict[str, str]] = {}
    for name, value in pairs:
        sets.setdefault(tuple(value.split(".", 3)[1:3]), {}).setdefault(name, value)
    joined = [_join(own, key) for own in sets.values()]
    return [value for value in joined if value is not None]


def chunk_names(name: str) -> list[str]:
    """Return all names that a value may travel under."""
    return [name] + ["%s.%d" % (name, index) for index in range(MAX_CHUNKS)]


def _digest(data: bytes) -> str:
    digest = _hashlib.sha256(data).digest()
    return _binascii.hexlify(digest).decode()[:_DIGEST_DIGITS]


def _parts(name: str, value: str, text: str, quoting: str, room: int) -> dict[str, str]:
    """Return name and text of each chunk. *room* is what they may take, with the ``=``."""
    mark = "0.%d.%s." % (MAX_CHUNKS, "0" * _DIGEST_DIGITS)
    room = min(room, MAX_NAME_VALUE + len("=")) - len(name + ".0=" + mark)
    if room <= 0 or len(value) > min(room * MAX_CHUNKS, MAX_COOKIE_HEADER):
        raise _too_large()
    plain = text == value and '"' not in text  # nothing to escape
    if plain:
        parts = [value[at : at + room] for at in range(0, len(value), room)]
    else:
        parts = _split(value, quoting, room - len('""'))
    digest = _digest(_platform.to_utf8(value))
    chunks = {}
    for index, part in enumerate(parts):
        marked = "%d.%d.%s.%s" % (index, len(parts), digest, part)
        chunks["%s.%d" % (name, index)] = marked if plain else quotings.quote(marked, quoting)
    sent = "; ".join([chunk + "=" + text for chunk, text in chunks.items()])
    # Some servers count the whole line, with the name of the field and the line's end.
    if len(parts) > MAX_CHUNKS or len("Cookie: " + sent + "\r\n") > MAX_COOKIE_HEADER:
        raise _too_large()
    return chunks


def _split(value: str, quoting: str, room: int) -> list[str]:
    """Split *value* into parts that each take at most *room* octets once escaped.

    By octets: MicroPython would keep each character for good that a loop takes out.
    """
    data = grammar.to_utf8(value, "value")
    plain, escape = _ESCAPES[quoting == "percent"]
    parts = []
    start = taken = 0
    for at, lead in enumerate(data):
        if 0x80 <= lead < 0xC0:
            continue  # inside of a character
        octets = 1 if lead < 0x80 else 2 if lead < 0xE0 else 3 if lead < 0xF0 else 4
        size = 1 if lead in plain else octets * len(escape)
        if lead in b'"\\' and quoting != "percent":
            size = len('\\"')
        if taken + size > room:
            parts.append(data[start:at].decode())
            if size > room:
                raise _too_large()
            start, taken = at, 0
        taken += size
    parts.append(data[start:].decode())
    return parts


# For `octal` and `percent` quoting: what is not escaped, and the escape of an octet.
_ESCAPES = ((grammar.QUOTED_TEXT.encode(), "\\000"), (grammar.URI_UNRESERVED.encode(), "%00"))


def _too_large() -> CookieError:
    message = (
        "value is too large for %d cookies of this size, or for the %d octets that servers"
        " accept in a Cookie header; keep it on the server"
    )
    return CookieError(message % (MAX_CHUNKS, MAX_COOKIE_HEADER), "value")
