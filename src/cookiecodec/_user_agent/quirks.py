"""What Chromium and Firefox make of a header where they differ from each other.

Facts about browsers, seen in recordings of Chromium 156 and Firefox 153 and asked again
of real ones by the tests. Each browser is a function that says a header again in words
that everybody reads alike, or None for a header that this browser refuses; so the rest
of the package's rules need no second form.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from .. import matching
from .._core import grammar as _grammar
from .._core import hosts as _host
from .._core import prefixes as _prefix
from .._formats import urls as _urls
from .._formats.cookie_date import USUAL_DATE, chromium_date
from .._formats.firefox_date import firefox_date
from .._formats.urls import Request
from ..dates import LAST_SECOND, format_cookie_date
from ..errors import CookieError
from ..limits import MAX_ATTRIBUTE_VALUE
from ..set_cookie import _attribute_host, _max_age_seconds, _split_attribute, _split_pair
from . import storing as _store

BROWSERS = ("chromium", "firefox")

# Of these, Firefox takes no notice of how long they are.
UNLIMITED = ("secure", "httponly", "partitioned", "samesite")


def as_chromium(text: str, request: Request) -> str | None:
    """What Chromium reads in *text*: no HTAB inside of anything; Domain in Unicode too.

    A cookie that asks to be for one host may have no Domain but its IP address.
    """
    pair, *pieces = text.split(";")
    if has_inner_tab(text):
        return None
    prefix = _prefix.name_prefix(_split_pair(pair)[0])
    domain = last_value(pieces, "domain").lower()
    is_this_address = domain == request.host and _urls.is_ip_address(domain)
    if prefix and prefix[3] and domain and not is_this_address:
        return None
    return _say_again(pair, pieces, chromium_max_age, chromium_second, _ascii_domain)


def as_firefox(text: str, request: Request) -> str | None:
    """What Firefox reads in *text*: no empty name, a name in what has no ``=``.

    A default-path of ``/`` is as good as a Path attribute.
    """
    pair, *pieces = text.split(";")
    name, _, value = pair.partition("=")
    if not name.strip(_grammar.WSP):
        return None
    pieces = [_shortened(piece) for piece in pieces]
    path = last_value(pieces, "path")
    if not path.startswith("/") and matching.default_path(request.path) == "/":
        pieces.append("Path=/")
    return _say_again(
        name + "=" + value, pieces, firefox_max_age, firefox_second, lambda host: host
    )


def _shortened(piece: str) -> str:
    """An attribute that is too long for the text and not for Firefox, in a few words."""
    name, value = _split_attribute(piece)
    if name not in UNLIMITED or len(value) <= MAX_ATTRIBUTE_VALUE:
        return piece
    return name + "=x"


def has_inner_tab(text: str) -> bool:
    """Whether there is a HTAB inside of a name or a value, not only around it."""
    if "\t" not in text:
        return False
    parts = [part for piece in text.split(";") for part in piece.split("=", 1)]
    return any("\t" in part.strip(_grammar.WSP) for part in parts)


def utf8_only(text: str) -> str:
    """A native string as Firefox holds values: U+FFFD for each part that is not UTF-8.

    Names it holds as they are.
    """
    return text.encode("latin-1").decode("utf-8", "replace").encode().decode("latin-1")


def last_value(pieces: list[str], wanted: str) -> str:
    """The last value of an attribute, as far as it is not ignored for its length."""
    found = ""
    for piece in pieces:
        name, value = _split_attribute(piece)
        if name == wanted and len(value) <= MAX_ATTRIBUTE_VALUE:
            found = value
    return found


def _say_again(
    pair: str,
    pieces: list[str],
    max_age: Callable[[str], int | None],
    date: Callable[[str], int | None],
    domain: Callable[[str], str],
) -> str:
    said = [pair]
    for piece in pieces:
        name, value = _split_attribute(piece)
        if len(value) > MAX_ATTRIBUTE_VALUE:
            continue
        if name == "max-age":
            seconds = max_age(value)
            said.append("Max-Age=" + ("" if seconds is None else "%d" % seconds))
        elif name == "expires":
            second = date(value)
            said.append("Expires=" + ("" if second is None else fixdate(second)))
        elif name == "domain":
            said.append("Domain=" + domain(value))
        else:
            said.append(piece)
    return ";".join(said)


# Any date before is as long past as this one, and is not read as a year of two digits.
_LONG_PAST = -11644473600  # 1601-01-01T00:00:00Z


def fixdate(second: int) -> str:
    """A second that a browser has read, in the form that all read alike."""
    return format_cookie_date(max(_LONG_PAST, min(second, LAST_SECOND)))


def _ascii_domain(domain: str) -> str:
    """Domain as Chromium converts it, by UTS 46, which keeps ``ß`` and the like."""
    try:
        text = domain.encode("latin-1").decode()
    except UnicodeDecodeError:
        return domain
    if text.isascii():
        return domain
    try:
        return _host.a_labels(text)
    except CookieError:
        labels = unicodedata.normalize("NFKC", text.lower()).split(".")
        return ".".join([_punycode(label) for label in labels])


def _punycode(label: str) -> str:
    return label if label.isascii() else "xn--" + label.encode("punycode").decode("ascii")


def has_unicode_domain(domain: str) -> bool:
    """Whether Domain is in Unicode, and Chromium makes a host of it."""
    return not domain.isascii() and _attribute_host(_ascii_domain(domain)) is not None


# --- Max-Age and Expires --------------------------------------------------------------


def chromium_max_age(text: str) -> int | None:
    """An integer with either sign."""
    unsigned = text[1:] if text[:1] == "+" and text[1:2] != "-" else text
    return _max_age_seconds(unsigned, 2**63 - 2)


def firefox_max_age(text: str) -> int | None:
    """Digits; whatever starts with a minus is in the past."""
    return -1 if text.startswith("-") else _max_age_seconds(text)


def chromium_second(text: str) -> int | None:
    moment = chromium_date(text)
    return None if moment is None else int(moment.timestamp())


def firefox_second(text: str) -> int | None:
    return firefox_date(utf8_only(text))


def is_same_moment(first: int | None, second: int | None, now: float, most: int) -> bool:
    """Whether two expiry seconds come to the same: both past, both capped, or equal."""
    if first is None or second is None:
        return first is second
    if _store.is_expired(first, now) or _store.is_expired(second, now):
        return _store.is_expired(first, now) and _store.is_expired(second, now)
    return min(first, int(now) + most) == min(second, int(now) + most)


# --- a header of which they may differ --------------------------------------------------

# A lifetime that is not written as all read it alike.
_odd_lifetime = re.compile(
    r";[ \t]*(?:max-age[ \t]*=[ \t]*(?![0-9]+[ \t]*(?:;|\Z))"
    r"|expires[ \t]*=[ \t]*(?!%s[ \t]*(?:;|\Z)))" % USUAL_DATE,
    re.IGNORECASE,
).search


def may_differ(text: str) -> bool:
    """Whether it is worth asking what each browser reads in *text*: a quick look."""
    name, equals, _ = text.partition("=")
    if not equals or ";" in name or not name.strip(_grammar.WSP):
        return True
    if "\t" in text or _odd_lifetime(text):
        return True
    return len(text) > MAX_ATTRIBUTE_VALUE or _prefix.name_prefix(name.lstrip()) is not None
