"""Set-Cookie as a user agent reads it: Parse a Cookie (layered 5.4.2).

Sections of "layered" are those of draft-ietf-httpbis-layered-cookies. This module's rules:

1. Reading never raises an exception, whatever a server sends, and takes linear time.
2. A cookie consists of octets. They are held as a native string, one character per octet
   (latin-1, PEP 3333), never unquoted, never decoded.
3. Where Chromium and Firefox agree with each other against the text, they win, and the line
   says so. Where they differ, the text wins, and `explain` reports it.
"""

from __future__ import annotations

import datetime
import functools
import re
import time
from collections.abc import Callable
from typing import Any, NamedTuple, Union

from . import errors
from ._core import attributes, grammar, invalid
from ._core.attributes import KEYWORDS, split_attribute, split_pair
from ._formats import urls
from ._formats.cookie_date import FAR, cookie_date
from .dates import format_cookie_date
from .limits import MAX_AGE_SECONDS, MAX_ATTRIBUTE_VALUE, MAX_NAME_VALUE

__all__ = ["SetCookie", "parse_set_cookie", "split_set_cookie"]

Octets = Union[bytes, bytearray, memoryview]


class SetCookie(NamedTuple):
    """A cookie with its attributes, as a Set-Cookie header has them.

    - *name*, *value*: native strings. A nameless cookie has the name ``""``.
    - *expires*: the moment in UTC; *max_age*: seconds. Both are limited to the 400 days that
      user agents allow. *max_age* has precedence.
    - *domain*: the canonical host that the Domain attribute names, without a leading dot.
      None if there is none, which makes a host-only cookie.
    - *path*: the Path attribute. None if there is none: then the request's default-path
      counts.
    - *samesite*: ``"Strict"``, ``"Lax"``, ``"None"``, or None for "unset".
    - *priority*: ``"Low"``, ``"Medium"``, ``"High"``, or None. An attribute of Chromium
      (draft-west-cookie-priority), which evicts cookies of low priority first.

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
    priority: str | None = None

    def to_header(self) -> str:
        """Return the value of a Set-Cookie header for this cookie, as a native string.

        `parse_set_cookie` reads the same cookie from it, except that lifetimes of more than
        400 days are written as they are. Raises `errors.CookieError` if a field has what no
        header can express: a control character (HTAB too), ``;``, blanks at its ends, a
        name with ``=``, characters past latin-1, a domain that is not in its canonical
        form, a path that does not start with ``/``, more octets than user agents read.
        Raises TypeError for a field of another type. Whether a browser keeps the cookie is
        for `explain_set_cookie` to say.

        >>> SetCookie("sid", "31d4", path="/", secure=True).to_header()
        'sid=31d4; Secure; Path=/'
        """
        header = write_header(self)
        if "\t" in header:
            part = "name" if "\t" in self.name else "value"
            raise errors.CookieError(part + " must not have a tab", part)
        return header


def parse_set_cookie(header: str | Octets, *, now: float | None = None) -> SetCookie | None:
    """Return the cookie that a Set-Cookie header sets, or None if user agents ignore it.

    *header* is the value of one header line, without the name of the field, as octets or as
    a native string. In a `str` with characters past latin-1 all characters are encoded as
    UTF-8. *now* is the Unix time from which the 400 days of Expires are counted. If it is
    None, the clock is asked.

    The result is None for a header with a control character other than HTAB, for one with
    neither name nor value, with more than 4096 octets of both, with a nameless value that
    contains ``=``, with a Domain that is not a valid host name, or with a HTAB in Path.
    Whether a host may set the cookie is another question: see `CookieJar` and
    `explain_set_cookie`.

    Raises TypeError for a *header* of the wrong type, and nothing else.

    >>> cookie = parse_set_cookie('sid="31d4"; Path=/; HttpOnly; Max-Age=3600')
    >>> cookie.name, cookie.value, cookie.path, cookie.max_age, cookie.httponly
    ('sid', '"31d4"', '/', 3600, True)
    >>> parse_set_cookie("sid=31d4\\x00; Path=/") is None
    True
    """
    cookie = read_header(native_string(header), now)
    return None if cookie is None or attribute_refusal(cookie) else cookie


def split_set_cookie(text: str | Octets) -> list[str]:
    """Return the Set-Cookie headers that a proxy or a client joined by commas.

    *text* is what RFC 9110, section 5.3 warns of, as octets or as a native string. A comma
    ends a header if a name and ``=`` follow, which they never do in a date. A comma in quotes
    is part of the value. Empty parts are left out. Raises TypeError for another type only.

    Some texts have two readings: ``a=1, b=2`` is two cookies, ``a=1,b=2`` is one. A comma
    without a blank ends a header only within an attribute, and if no comma with a blank ends
    any. A nameless cookie stays with the header before it.

    >>> split_set_cookie("a=1; Expires=Wed, 09 Jun 2027 10:18:14 GMT, b=2; Path=/")
    ['a=1; Expires=Wed, 09 Jun 2027 10:18:14 GMT', 'b=2; Path=/']
    """
    text = native_string(text)
    ends = _joints(text, blank=True) or _joints(text, blank=False)
    starts = [0, *[end for _, end in ends]]
    stops = [*[start for start, _ in ends], len(text)]
    parts = [text[start:stop].strip(grammar.WSP) for start, stop in zip(starts, stops)]
    return [part for part in [parts[0].lstrip(" \t,"), *parts[1:]] if part]


# Where a comma is not a joint: in a quoted value, which a ";" ends too.
_QUOTED = r'=[ \t]*"(?:[^"\\;]|\\[^;])*"(?=[ \t]*(?:[;,]|\Z))'
_joint_or_mark = re.compile(_QUOTED + r"|;|,[ \t,]*").finditer
_name_follows = re.compile(r'[^ \t=;,"]+[ \t]*=').match


def _joints(text: str, *, blank: bool) -> list[tuple[int, int]]:
    """Return where the commas start and end that join two headers, with or without a blank."""
    found = []
    in_attribute = False
    for mark in _joint_or_mark(text):
        commas, end = mark.group(), mark.end()
        if commas == ";":
            in_attribute = True
            continue
        joins = commas[0] == "," and (commas.strip(",") if blank else in_attribute)
        if joins and (_name_follows(text, end) or (blank and end == len(text))):
            data = len(commas) - len(commas.lstrip(",")) - 1 if blank else 0  # "Path=/x,"
            found.append((mark.start() + data, end))
            in_attribute = False
    return found


def native_string(header: str | Octets) -> str:
    """Return the octets of *header*, one character each."""
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
    raise TypeError(
        f"header must be str or bytes, not {type(header).__name__}; pass the value of one"
        " Set-Cookie header"
    )


_control = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
#: Finds the first of the CTL bytes excluding HTAB (layered 5.4.2, step 1).
find_control: Callable[[str], re.Match[str] | None] = _control.search


def read_header(text: str, now: float | None) -> SetCookie | None:
    """Parse a Cookie (layered 5.4.2): return the cookie, or None if its header is ignored.

    `header_refusals` says why. A cookie is returned for attributes that make user agents
    ignore it, too: `attribute_refusal` tells. *now* is as in `parse_set_cookie`.
    """
    if not text.isprintable() and find_control(text):
        return None
    pair, _, rest = text.partition(";")
    name, value = split_pair(pair)
    if (not name or len(name) + len(value) > MAX_NAME_VALUE) and _pair_refusal(name, value):
        return None
    if not rest:
        return SetCookie(name, value)
    fields: list[Any] = [name, value, *_UNSET]
    cached = _cache.get
    for cookie_av in rest.split(";"):
        index, meaning = cached(cookie_av) or _read_attribute(cookie_av)
        fields[index] = meaning
    date = fields[_EXPIRES]
    if date is not None:
        moment = (_short_date if len(date) <= _CACHED_CHARACTERS else cookie_date)(date)
        farthest = _farthest_expiry((time.time() if now is None else now) // 1)
        fields[_EXPIRES] = None if moment is None else min(moment, farthest)
    del fields[_IGNORED]
    return tuple.__new__(SetCookie, fields)  # SetCookie(*fields), in a third of the time


def header_refusals(text: str) -> list[str]:
    """Return the codes of all causes for which a header is ignored as a whole."""
    pair = split_pair(text.partition(";")[0])
    codes = ["control-character" if find_control(text) else "", _pair_refusal(*pair)]
    return [code for code in codes if code]


def _pair_refusal(name: str, value: str) -> str:
    """Return the code of the cause for which this pair is ignored, or ""."""
    if not name and not value:
        return "empty"
    if len(name) + len(value) > MAX_NAME_VALUE:
        return "size"
    # The browsers' rule: it would be sent as a named cookie.
    return "nameless-equals" if not name and "=" in value else ""


def attribute_refusal(cookie: SetCookie) -> str:
    """Return the code of the attribute for which the whole cookie is ignored, or ""."""
    if cookie.domain == _INVALID_HOST:
        return "domain-invalid"
    return "path-tab" if has_path_tab(cookie) else ""


def has_path_tab(cookie: SetCookie) -> bool:
    """The browsers' rule: for a HTAB in Path the whole cookie is ignored."""
    return cookie.path is not None and "\t" in cookie.path


# --- attributes -------------------------------------------------------------------

# The domain of a cookie whose Domain attribute is not a valid host name.
_INVALID_HOST = ""

# What the fields after name and value are without an attribute. One more field takes what
# is ignored.
_UNSET = [SetCookie._field_defaults[field] for field in SetCookie._fields[2:]] + [None]
_IGNORED = len(SetCookie._fields)
_EXPIRES = SetCookie._fields.index("expires")
_FIELDS = {name.lower(): field for field, name in attributes.ATTRIBUTES}

# The last attributes that were read: they repeat from header to header. Bounded in number
# and in the size of each.
_CACHE_LIMIT = 256
_CACHED_CHARACTERS = 64
_cache: dict[str, tuple[int, Any]] = {}


def _read_attribute(cookie_av: str) -> tuple[int, Any]:
    """Return the index of the field that an attribute sets, and its value (layered 5.4.2).

    The last attribute of a name wins, valid or not (the browsers' rule), so an invalid one
    has a value too: None. One of more than 1024 octets is ignored.
    """
    key, value = split_attribute(cookie_av)
    field = _FIELDS.get(key) if len(value) <= MAX_ATTRIBUTE_VALUE else None
    read: tuple[int, Any] = (_IGNORED, None)
    if field is not None:  # without a reader it is a flag
        meaning = _READERS[field](value) if field in _READERS else True
        read = SetCookie._fields.index(field), meaning
    if len(cookie_av) <= _CACHED_CHARACTERS:
        if len(_cache) >= _CACHE_LIMIT:
            _cache.clear()
        _cache[cookie_av] = read
    return read


def domain_host(domain: str) -> str | None:
    """Return the host that a Domain attribute names (layered 5.4.2), or None.

    It is ASCII, with at most one dot ahead of it.
    """
    if not domain.isascii():
        return None
    text = domain[1:] if domain.startswith(".") else domain
    host = urls.canonical_host(text)
    if host is None or (urls.is_ip_address(host) and host != text.lower()):
        return None  # an IP address in an unusual notation: the browsers' rule
    return host


# -?DIGITs (layered 5.4.2): no sign but a minus, no digits of other scripts
_max_age = re.compile(r"-?[0-9]+").match
_INT64 = 2**63 - 1
_FAR = 2**64


def max_age_seconds(text: str, largest: int = _INT64) -> int | None:
    """Return the seconds of a Max-Age attribute (layered 5.4.2), limited to 400 days.

    A number of more than 64 bits counts whatever follows it: neither browser reads on.
    *largest* is the first number that counts as one.
    """
    digits = _max_age(text)
    if digits is None:
        return None
    number = digits.group()
    # No more digits than these matter, and `int` takes quadratic time or refuses.
    seconds = int(number) if len(number) <= 20 else _FAR if number[0] != "-" else -_FAR
    if digits.end() < len(text) and -_INT64 < seconds <= largest:
        return None
    return max(-MAX_AGE_SECONDS, min(seconds, MAX_AGE_SECONDS))


# What reads the value of an attribute. Keywords have readers of their own, all else is a flag.
_READERS: dict[str, Callable[[str], Any]] = {
    "domain": lambda value: (domain_host(value) or _INVALID_HOST) if value else None,
    "expires": str,  # its text: of many, only the last one is read
    "max_age": max_age_seconds,
    "path": lambda value: value if value.startswith("/") else None,
    **{field: functools.partial(attributes.find_keyword, field) for field in KEYWORDS},
}

_short_date = functools.lru_cache(_CACHE_LIMIT)(cookie_date)

_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


@functools.lru_cache(maxsize=1)
def _farthest_expiry(second: float) -> datetime.datetime:
    try:
        return _EPOCH + datetime.timedelta(0, second + MAX_AGE_SECONDS)
    except (OverflowError, ValueError):  # a time that `datetime` can't express, NaN
        return FAR


# --- written again ----------------------------------------------------------------


def write_header(cookie: SetCookie) -> str:
    """Return the header of `SetCookie.to_header`. It may have a HTAB in name and value."""
    values = cookie._asdict()
    for part in ("domain", "path", *KEYWORDS):
        if values[part] is not None:
            values[part] = _check_field(values[part], part)
    moment, seconds = cookie.expires, cookie.max_age
    if moment is not None:
        if not isinstance(moment, datetime.datetime):
            raise TypeError("expires must be datetime, not " + type(moment).__name__)
        if moment.year < 100:
            raise errors.CookieError("expires must not lie in the years before 100", "expires")
        values["expires"] = format_cookie_date(moment)
    if seconds is not None:
        if not isinstance(seconds, int) or isinstance(seconds, bool):
            raise TypeError("max_age must be int, not " + type(seconds).__name__)
        values["max_age"] = "%d" % seconds
    if not all(
        isinstance(values[flag], bool) for flag in ("secure", "httponly", "partitioned")
    ):
        raise TypeError("secure, httponly and partitioned must be bool")
    name, value = _check_field(cookie.name, "name"), _check_field(cookie.value, "value")
    if "=" in name or not (name or value):
        raise errors.CookieError("cookie-name must not have '=', or be empty alone", "name")
    if not name and "=" in value:
        raise errors.CookieError("the value of a nameless cookie must not have '='", "value")
    # "=" before a nameless value: Firefox reads the bare value as a name.
    header = name + "=" + value + attributes.write_attributes(values)
    _check_reading(cookie, header)
    return header


def _check_reading(cookie: SetCookie, header: str) -> None:
    """Raise CookieError for the first field that is read differently from *header*."""
    reading = read_header(header, 0)
    if reading is None:
        codes = ", ".join(header_refusals(header))
        raise errors.CookieError("user agents ignore this name and value: " + codes, "value")
    if has_path_tab(reading):
        raise errors.CookieError("path must not have a tab", "path")
    for part in ("name", "value", "domain", "path", *KEYWORDS):
        if getattr(cookie, part) != getattr(reading, part):
            message = part + " is not in the form in which user agents hold it"
            raise errors.CookieError(message, part)


def _check_field(text: str, part: str) -> str:
    text = grammar.check_text(text, part)
    for at, char in enumerate(text):
        blank = char in grammar.WSP and at in (0, len(text) - 1)
        if blank or char == ";" or char > "\xff" or find_control(char):
            shown = invalid.show_character(text, at)
            raise errors.CookieError(part + " can't be in a header: " + shown, part)
    return text
