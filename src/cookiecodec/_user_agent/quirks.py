"""What Chromium and Firefox read differently from each other.

These are facts about browsers, from recordings of Chromium 156 and Firefox 153. The tests
ask real ones again. Each browser is a function that rewrites a header into a form that
everybody reads alike, or returns None for a header that this browser refuses. So the rest
of the package's rules need no second form.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from .. import matching
from .._core import grammar, hosts, prefixes
from .._core.attributes import find_keyword, split_pair
from .._formats import urls
from .._formats.cookie_date import USUAL_DATE, chromium_date
from .._formats.firefox_date import firefox_date
from .._formats.urls import Request
from ..dates import LAST_SECOND, format_cookie_date
from ..limits import MAX_AGE_SECONDS, MAX_ATTRIBUTE_VALUE
from ..set_cookie import SetCookie, domain_host, max_age_seconds
from .attributes import FLAGS, Attribute, last_values, read_attributes
from .storing import is_expired

BROWSERS = ("chromium", "firefox")

#: Firefox reads these attributes however long their values are.
UNLIMITED = (*FLAGS, "samesite")


def rewrite_as_chromium(text: str, request: Request) -> str | None:
    """Rewrite *text* as Chromium reads it: no HTAB inside of anything, Domain in Unicode too.

    The only Domain that a cookie with a ``__Host-`` prefix may have is its IP address.
    """
    if has_inner_tab(text):
        return None
    pair = text.partition(";")[0]
    last = last_values(read_attributes(text))
    prefix = prefixes.name_prefix(split_pair(pair)[0])
    domain = last.get("domain", "").lower()
    is_this_address = domain == request.host and urls.is_ip_address(domain)
    if prefix and prefix.host and domain and not is_this_address:
        return None
    return _rewrite(pair, last, chromium_max_age, chromium_second, _ascii_domain)


def rewrite_as_firefox(text: str, request: Request) -> str | None:
    """Rewrite *text* as Firefox reads it: no empty name, and a name if there is no ``=``.

    A default-path of ``/`` is as good as a Path attribute.
    """
    name, _, value = text.partition(";")[0].partition("=")
    if not name.strip(grammar.WSP):
        return None
    last = _firefox_values(read_attributes(text))
    if not last.get("path", "").startswith("/") and matching.default_path(request.path) == "/":
        last["path"] = "/"
    return _rewrite(f"{name}={value}", last, firefox_max_age, firefox_date, str)


def _rewrite(
    pair: str,
    last: dict[str, str],
    max_age: Callable[[str], int | None],
    date: Callable[[str], int | None],
    domain: Callable[[str], str],
) -> str:
    """Write a header with what these functions read in three of the attributes."""
    parts = [pair]
    for key, written in last.items():
        value: object = domain(written) if key == "domain" else written
        if key in ("max-age", "expires"):
            number = max_age(written) if key == "max-age" else date(written)
            value = "" if number is None else number if key == "max-age" else fixdate(number)
        parts.append(f"{key}={value}")
    return ";".join(parts)


def long_flags_differ(attributes: list[Attribute]) -> bool:
    """Whether a flag or SameSite differs if attributes that are too long count as well."""
    if not any(map(is_unlimited, attributes)):
        return False
    chromium, firefox = [
        ([flag in last for flag in FLAGS], find_keyword("samesite", last.get("samesite", "")))
        for last in (last_values(attributes), _firefox_values(attributes))
    ]
    return chromium != firefox


def is_unlimited(attribute: Attribute) -> bool:
    """Whether an attribute is too long for the text, but not for Firefox."""
    return attribute.key in UNLIMITED and attribute.is_too_long


def _firefox_values(attributes: list[Attribute]) -> dict[str, str]:
    return last_values(
        [each._replace(value="x") if is_unlimited(each) else each for each in attributes]
    )


def has_inner_tab(text: str) -> bool:
    """Whether there is a HTAB inside of a name or a value, not only around it."""
    if "\t" not in text:
        return False
    parts = [part for piece in text.split(";") for part in piece.split("=", 1)]
    return any("\t" in part.strip(grammar.WSP) for part in parts)


# Any date before is as long past as this one, and is not read as a year of two digits.
_LONG_PAST = -11644473600  # 1601-01-01T00:00:00Z


def fixdate(second: int) -> str:
    """Return a second that a browser has read in the form that everybody reads alike."""
    return format_cookie_date(max(_LONG_PAST, min(second, LAST_SECOND)))


def _ascii_domain(domain: str) -> str:
    """Return Domain as Chromium converts it, by UTS 46, which keeps ``ß`` and others."""
    try:
        text = domain.encode("latin-1").decode()
    except UnicodeDecodeError:
        return domain
    if text.isascii():
        return domain
    text = _dot(".", text)
    text = text[1:] if text.startswith(".") else text
    converted = ".".join([_a_label(label) for label in text.split(".")])
    host = urls.canonical_host(converted) if urls.is_valid_idn(converted) else None
    return domain if host is None or urls.is_ip_address(host) else host


# The characters that separate labels (RFC 3490, 3.1).
_dot = re.compile("[\u3002\uff0e\uff61]").sub


# What UTS 46 ignores, and what it does not fold as `str.casefold` does.
_ignored = re.compile(
    "[\xad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u2060\u2064\u206a-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0]"
).sub
_sharp_or_final = re.compile("([\xdf\u03c2])").split


def _a_label(label: str) -> str:
    """Return a label in Unicode as an A-label, by UTS 46, or "" if it can't be one."""
    text = unicodedata.normalize("NFKC", _ignored("", label.replace("\u1e9e", "\xdf")))
    parts = _sharp_or_final(text)
    parts[::2] = [part.casefold() for part in parts[::2]]
    text = unicodedata.normalize("NFKC", "".join(parts))
    if (
        "." in text
        or len(text) > hosts.MAX_LABEL
        or (text[:4] == "xn--" and not text.isascii())
    ):
        return ""
    return text if text.isascii() else "xn--" + text.encode("punycode").decode("ascii")


def has_unicode_domain(domain: str) -> bool:
    """Whether Domain is in Unicode, and Chromium reads a host in it."""
    return not domain.isascii() and domain_host(_ascii_domain(domain)) is not None


# --- Max-Age and Expires --------------------------------------------------------------


def chromium_max_age(text: str) -> int | None:
    """Read an integer with either sign."""
    unsigned = text[1:] if text[:1] == "+" and text[1:2] != "-" else text
    return max_age_seconds(unsigned, 2**63 - 2)


def firefox_max_age(text: str) -> int | None:
    """Read digits. A value that starts with a minus is in the past."""
    return -1 if text.startswith("-") else max_age_seconds(text)


def chromium_second(text: str) -> int | None:
    moment = chromium_date(text)
    return None if moment is None else int(moment.timestamp())


def is_same_moment(first: int | None, second: int | None, now: float) -> bool:
    """Whether two expiry seconds have the same effect: both past, both capped, or equal."""
    if first is None or second is None:
        return first is second
    if is_expired(first, now) or is_expired(second, now):
        return is_expired(first, now) and is_expired(second, now)
    farthest = int(now) + MAX_AGE_SECONDS
    return min(first, farthest) == min(second, farthest)


# --- a header of which they may differ --------------------------------------------------

# A lifetime in a form that not everybody reads alike.
_unusual_lifetime = re.compile(
    r";[ \t]*(?:max-age[ \t]*=[ \t]*(?![0-9]+[ \t]*(?:;|\Z))"
    r"|expires[ \t]*=[ \t]*(?!%s[ \t]*(?:;|\Z)))" % USUAL_DATE,
    re.IGNORECASE | re.ASCII,
).search


def may_differ(text: str, cookie: SetCookie | None) -> bool:
    """Whether it is worth asking what each browser reads in *text*: a quick check.

    *cookie* is what the text's algorithm reads.
    """
    name, equals, _ = text.partition("=")
    if not equals or ";" in name or not name.strip(grammar.WSP):
        return True
    if "\t" in text or _unusual_lifetime(text) or len(text) > MAX_ATTRIBUTE_VALUE:
        return True
    prefix = prefixes.name_prefix(name.lstrip())
    if prefix is None or not prefix.host:
        return False
    return cookie is None or cookie.domain is not None or cookie.path != "/"
