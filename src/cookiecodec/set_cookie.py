"""Set-Cookie as a user agent reads it: Parse a Cookie (layered 5.4.2).

Sections of "layered" are those of draft-ietf-httpbis-layered-cookies. Rules of this
room:

1. Nothing that comes over the wire raises, and all of it takes linear time.
2. A cookie is octets. They are held as a native string, one character per octet
   (latin-1, PEP 3333), never unquoted, never decoded.
3. Where Chromium and Firefox agree with each other against the text, they win, and
   the line says so. Where they don't agree, the text wins; `explain` tells.
"""

from __future__ import annotations

import datetime
import functools
import re
import time
from typing import Any, NamedTuple, Union

from . import errors
from ._core import grammar as _grammar
from ._formats import urls as _urls
from ._formats.cookie_date import FAR, cookie_date
from .dates import format_cookie_date
from .limits import MAX_AGE_SECONDS, MAX_ATTRIBUTE_VALUE, MAX_NAME_VALUE

__all__ = ["SetCookie", "parse_set_cookie"]

Octets = Union[bytes, bytearray, memoryview]


class SetCookie(NamedTuple):
    """A cookie with its attributes, as a Set-Cookie header has them.

    - *name*, *value*: native strings. A nameless cookie has the name ``""``.
    - *expires*: the moment in UTC; *max_age*: seconds. Neither is further away than the
      400 days that user agents allow. *max_age* has precedence.
    - *domain*: the canonical host that the Domain attribute names, without a leading
      dot, or None for none, which makes a host-only cookie.
    - *path*: the Path attribute, or None for none, so the request's default-path.
    - *samesite*: ``"Strict"``, ``"Lax"``, ``"None"``, or None for "unset".

    An attribute that user agents ignore is left out.
    """

    name: str
    value: str = ""
    expires: datetime.datetime | None = None
    max_age: int | None = None
    domain: str | None = None
    path: str | None = None
    secure: bool = False
    httponly: bool = False
    samesite: str | None = None
    partitioned: bool = False

    def to_header(self) -> str:
        """The value of the Set-Cookie header that says this, as a native string.

        `parse_set_cookie` reads it back as the same cookie, but that lifetimes of more than
        400 days are written as they are. Raises `errors.CookieError` where no header can say
        what a field holds: a control character (HTAB too), ``;``, outer blanks, a name with
        ``=``, characters past latin-1, a domain that is not in its canonical form, a path
        that does not start with ``/``, more octets than are read; TypeError for a field of
        another type. Whether a browser keeps it, `explain_set_cookie` says.

        >>> SetCookie("sid", "31d4", path="/", secure=True).to_header()
        'sid=31d4; Secure; Path=/'
        """
        header = _written(self)
        if "\t" in header:
            part = "name" if "\t" in self.name else "value"
            raise errors.CookieError(part + " must not have a tab", part)
        return header


def parse_set_cookie(header: str | Octets, *, now: float | None = None) -> SetCookie | None:
    """The cookie that a Set-Cookie header sets, or None where user agents ignore it whole.

    *header* is the value of one header line, without its field name, as octets or as a
    native string; a `str` with characters past latin-1 is read as UTF-8 of these.
    *now* is the Unix time from which the 400 days of Expires are counted: the clock's,
    if it is None.

    None is the answer to a control character other than HTAB anywhere, to no name and
    no value, to more than 4096 octets of both, to a nameless value with ``=``, to a
    Domain that is no host name, and to a Path with a HTAB.
    Whether a host may set the cookie is another question: see `CookieJar` and
    `explain_set_cookie`.

    Only a *header* of the wrong type raises, `TypeError`.

    >>> cookie = parse_set_cookie('sid="31d4"; Path=/; HttpOnly; Max-Age=3600')
    >>> cookie.name, cookie.value, cookie.path, cookie.max_age, cookie.httponly
    ('sid', '"31d4"', '/', 3600, True)
    >>> parse_set_cookie("sid=31d4\\x00; Path=/") is None
    True
    """
    cookie = _read(_native(header), now)
    return None if isinstance(cookie, str) or _attribute_refusal(cookie) else cookie


def _native(header: str | Octets) -> str:
    """The octets of *header*, one character each."""
    if isinstance(header, str):
        if header.isascii():
            return header
        try:
            header.encode("latin-1")
        except UnicodeEncodeError:
            return header.encode("utf-8", "surrogatepass").decode("latin-1")
        return header
    if isinstance(header, (bytes, bytearray, memoryview)):
        return bytes(header).decode("latin-1")
    raise TypeError("header must be str or bytes, not " + type(header).__name__)


# CTL bytes excluding HTAB (layered 5.4.2, step 1)
_has_control = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]").search

# -?DIGITs (layered 5.4.2): no sign but a minus, no other script's digits
_max_age = re.compile(r"-?[0-9]+").match
_INT64 = 2**63 - 1

_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)

_SAMESITES = {"strict": "Strict", "lax": "Lax", "none": "None"}

_WSP = _grammar.WSP


def _read(text: str, now: float | None) -> SetCookie | str:
    """Parse a Cookie (layered 5.4.2), or the code of the reason why it is none.

    The codes are those of `explain`. A Domain that is no host gives the domain ``""``:
    see `_attribute_refusal`. *now* is as in `parse_set_cookie`.
    """
    if not text.isprintable() and _has_control(text):
        return "control-character"
    pair, _, rest = text.partition(";")
    name, value = _split_pair(pair)
    if not name or len(name) + len(value) > MAX_NAME_VALUE:
        refusal = _pair_refusal(name, value)
        if refusal:
            return refusal
    if not rest:
        return SetCookie(name, value)
    fields: list[Any] = [name, value, None, None, None, None, False, False, None, False, None]
    known = _attributes.get
    for piece in rest.split(";"):
        field, meaning = known(piece) or _attribute(piece)
        fields[field] = meaning
    if fields[_EXPIRES] is not None:
        fields[_EXPIRES] = min(fields[_EXPIRES], _farthest(time.time() if now is None else now))
    del fields[_OTHER]
    return tuple.__new__(SetCookie, fields)  # as SetCookie(*fields), in a third of the time


def _split_attribute(piece: str) -> tuple[str, str]:
    """attribute-name in lower case, and attribute-value."""
    name, _, value = piece.partition("=")
    return name.strip(_WSP).lower(), value.strip(_WSP)


def _attribute_refusal(cookie: SetCookie) -> str:
    """The code of what in its attributes makes all of a cookie ignored, or ""."""
    if cookie.domain == "":
        return "domain-invalid"
    return "path-tab" if _has_path_tab(cookie) else ""


def _has_path_tab(cookie: SetCookie) -> bool:
    """The browsers' rule: a HTAB in Path makes all of a cookie ignored."""
    return cookie.path is not None and "\t" in cookie.path


def _header_refusals(text: str) -> list[str]:
    """All the codes of what makes a header ignored as a whole; `_read` gives the first."""
    codes = ["control-character" if _has_control(text) else ""]
    codes.append(_pair_refusal(*_split_pair(text.partition(";")[0])))
    return [code for code in codes if code]


def _pair_refusal(name: str, value: str) -> str:
    """The code of what makes this pair ignored, or ""."""
    if not name and not value:
        return "empty"
    if len(name) + len(value) > MAX_NAME_VALUE:
        return "size"
    # The browsers' rule: it would be sent as a named one.
    return "nameless-equals" if not name and "=" in value else ""


def _split_pair(pair: str) -> tuple[str, str]:
    """cookie-name and cookie-value; what has no ``=`` is all value."""
    name, equals, value = pair.partition("=")
    if equals:
        return name.strip(_WSP), value.strip(_WSP)
    return "", name.strip(_WSP)


# Where an attribute goes in `SetCookie`; what is ignored goes behind its end.
_EXPIRES, _MAX_AGE, _DOMAIN, _PATH, _SECURE, _HTTPONLY, _SAMESITE, _PARTITIONED, _OTHER = range(
    2, 11
)
_FIELDS = {
    "expires": _EXPIRES,
    "max-age": _MAX_AGE,
    "domain": _DOMAIN,
    "path": _PATH,
    "secure": _SECURE,
    "httponly": _HTTPONLY,
    "samesite": _SAMESITE,
    "partitioned": _PARTITIONED,
}

# What the last attributes meant: they repeat from header to header. Bounded in entries
# and in the size of each.
_ATTRIBUTES_LIMIT = 256
_ATTRIBUTE_CHARACTERS = 64
_attributes: dict[str, tuple[int, Any]] = {}


def _attribute(piece: str) -> tuple[int, Any]:
    """The field of `SetCookie` that an attribute sets, and to what (layered 5.4.2).

    The last of one name wins, valid or not (the browsers' rule), so an invalid one has
    a meaning too: none. One of more than 1024 octets was never there.
    """
    name, argument = _split_attribute(piece)
    field = _FIELDS.get(name, _OTHER)
    if len(argument) > MAX_ATTRIBUTE_VALUE:
        field = _OTHER
    meaning = field, _meaning(field, argument)
    if len(piece) <= _ATTRIBUTE_CHARACTERS:
        if len(_attributes) >= _ATTRIBUTES_LIMIT:
            _attributes.clear()
        _attributes[piece] = meaning
    return meaning


def _meaning(field: int, argument: str) -> Any:
    if field == _PATH:
        return argument if argument.startswith("/") else None
    if field == _DOMAIN:  # "" is no host
        return (_attribute_host(argument) or "") if argument else None
    if field == _SAMESITE:
        return _SAMESITES.get(argument.lower())
    if field == _MAX_AGE:
        return _max_age_seconds(argument)
    if field == _EXPIRES:
        return cookie_date(argument)
    return None if field == _OTHER else True


def _attribute_host(domain: str) -> str | None:
    """The host that a Domain attribute names (layered 5.4.2): ASCII, one dot ahead of it."""
    if not domain.isascii():
        return None
    text = domain[1:] if domain.startswith(".") else domain
    host = _urls.canonical_host(text)
    if host is None or (_urls.is_ip_address(host) and host != text.lower()):
        return None  # an IP address in an odd notation: the browsers' rule
    return host


def _max_age_seconds(text: str, largest: int = _INT64) -> int | None:
    """The seconds that a Max-Age attribute says (layered 5.4.2), within 400 days.

    A number past 64 bits counts whatever follows it: neither browser reads on. *largest*
    is what counts as past them.
    """
    digits = _max_age(text)
    if digits is None:
        return None
    seconds = int(digits.group())
    if digits.end() < len(text) and -_INT64 < seconds <= largest:
        return None
    return max(-MAX_AGE_SECONDS, min(seconds, MAX_AGE_SECONDS))


def _farthest(now: float) -> datetime.datetime:
    """The moment until which cookies are kept, from *now* on: 400 days."""
    try:
        return _from_second(int(now) + MAX_AGE_SECONDS)
    except (OverflowError, ValueError):  # a clock that `datetime` can't follow, NaN
        return FAR


@functools.lru_cache(maxsize=1)
def _from_second(second: int) -> datetime.datetime:
    return _EPOCH + datetime.timedelta(0, second)


# --- written again ----------------------------------------------------------------


def _written(cookie: SetCookie) -> str:
    """The header for `SetCookie.to_header`, which may still have a HTAB in name and value."""
    parts = [_pair(cookie.name, cookie.value)]
    if cookie.domain is not None:
        parts.append("Domain=" + _field(cookie.domain, "domain"))
    if cookie.expires is not None:
        parts.append("Expires=" + _expires(cookie.expires))
    if cookie.max_age is not None:
        parts.append("Max-Age=%d" % _integer(cookie.max_age))
    if _flag(cookie.secure):
        parts.append("Secure")
    if _flag(cookie.httponly):
        parts.append("HttpOnly")
    if cookie.path is not None:
        parts.append("Path=" + _field(cookie.path, "path"))
    if cookie.samesite is not None:
        parts.append("SameSite=" + _field(cookie.samesite, "samesite"))
    if _flag(cookie.partitioned):
        parts.append("Partitioned")
    header = "; ".join(parts)
    _check_reading(cookie, _read(header, 0))
    return header


def _pair(name: str, value: str) -> str:
    if "=" in name or not (name or value):
        raise errors.CookieError("cookie-name must not have '=', or be empty alone", "name")
    if not name and "=" in value:
        raise errors.CookieError("the value of a nameless cookie must not have '='", "value")
    # "=" ahead of a nameless value: Firefox takes the bare value for a name.
    return _field(name, "name") + "=" + _field(value, "value")


def _field(text: str, part: str) -> str:
    """*text*, if a header can carry it."""
    for at, char in enumerate(_grammar.check_text(text, part)):
        blank = char in _WSP and at in (0, len(text) - 1)
        if blank or char == ";" or char > "\xff" or _has_control(char):
            shown = "%s at index %d" % (_grammar.show(char), at)
            raise errors.CookieError(part + " can't be in a header: " + shown, part)
    return text


def _expires(moment: datetime.datetime) -> str:
    if not isinstance(moment, datetime.datetime):
        raise TypeError("expires must be datetime, not " + type(moment).__name__)
    if moment.year < 100:
        raise errors.CookieError("expires must not lie in the years before 100", "expires")
    return format_cookie_date(moment)


def _flag(flag: bool) -> bool:
    if not isinstance(flag, bool):
        raise TypeError("secure, httponly and partitioned must be bool")
    return flag


def _integer(seconds: int) -> int:
    if not isinstance(seconds, int) or isinstance(seconds, bool):
        raise TypeError("max_age must be int, not " + type(seconds).__name__)
    return seconds


def _check_reading(cookie: SetCookie, reading: SetCookie | str) -> None:
    """Raise the error for the first text that its reader finds otherwise."""
    if isinstance(reading, str):
        raise errors.CookieError("no user agent keeps name and value: " + reading, "value")
    if _has_path_tab(reading):
        raise errors.CookieError("path must not have a tab", "path")
    for part in ("name", "value", "domain", "path", "samesite"):
        if getattr(cookie, part) != getattr(reading, part):
            message = part + " is not in the form in which user agents hold it"
            raise errors.CookieError(message, part)
