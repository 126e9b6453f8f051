"""The judgement on a header: what was read, what would be stored, why it is not kept.

Parse a Cookie and Store a Cookie (layered 5.4.2, 5.4.3) put together, for the jar and for
the explanation alike, so that these two can't differ; and where the two browsers come to
the same end by rules of their own, that is the end.
"""

from __future__ import annotations

from typing import NamedTuple

from .. import set_cookie
from .._core import grammar as _grammar
from .._formats import urls as _urls
from ..limits import MAX_ATTRIBUTE_VALUE
from ..set_cookie import SetCookie
from . import quirks as _browsers
from . import storing as _store
from .storing import PublicSuffix, StoredCookie

#: A code that stands for all causes for which each browser drops the cookie by itself.
BY_BOTH = "by-both"


class Case(NamedTuple):
    """A header, and all that it depends on; `request` is None for a URL without cookies."""

    text: str
    request: _urls.Request | None
    now: float
    http_api: bool = True
    cross_site: bool = False
    is_public_suffix: PublicSuffix = None


class Judgement(NamedTuple):
    """What was read, what would be stored, and the codes of why it is not kept."""

    cookie: SetCookie | None
    stored: StoredCookie | None
    codes: list[str]


def judge(case: Case) -> Judgement:
    """Parse a Cookie and Store a Cookie (layered 5.4.2, 5.4.3), but for the store itself.

    Where the two browsers come to the same end by rules of their own, that is the end.
    """
    judged = judge_by_text(case)
    if judged.stored is None or case.request is None or not _browsers.may_differ(case.text):
        return judged
    chromium, firefox = _by_browsers(case, case.request)
    if chromium is None or firefox is None or not _are_alike(chromium, firefox):
        both_drop = _is_dropped(chromium) and _is_dropped(firefox)
        both_refuse = _is_refused(chromium) and _is_refused(firefox)  # so it deletes nothing
        by_both = (both_drop and not judged.codes) or (both_refuse and not _is_refused(judged))
        return judged._replace(codes=[BY_BOTH]) if by_both else judged
    return (
        judged if judged.codes and chromium.codes else chromium._replace(cookie=judged.cookie)
    )


def _are_alike(one: Judgement, other: Judgement) -> bool:
    """Whether both drop the cookie for the same, or keep the same one."""
    return one.codes == other.codes and bool(one.codes or one.stored == other.stored)


def _is_dropped(judged: Judgement | None) -> bool:
    return judged is None or bool(judged.codes)


def _is_refused(judged: Judgement | None) -> bool:
    """Whether it is dropped for more than being expired, and so deletes nothing."""
    return judged is None or any(code != "expired" for code in judged.codes)


def _by_browsers(
    case: Case, request: _urls.Request
) -> tuple[Judgement | None, Judgement | None]:
    """What becomes of the header as Chromium and as Firefox read it; None: refused."""
    readings = (
        _browsers.as_chromium(case.text, request),
        _browsers.as_firefox(case.text, request),
    )
    chromium, firefox = (
        None if text is None else judge_by_text(case._replace(text=text)) for text in readings
    )
    return chromium, firefox


def judge_by_text(case: Case) -> Judgement:
    """By the text alone, and by the rules in which both browsers agree against it."""
    read = set_cookie._read(case.text, case.now)
    if isinstance(read, str):
        codes = set_cookie._header_refusals(case.text)
        return Judgement(None, None, codes if case.request else ["url", *codes])
    cookie = None if set_cookie._attribute_refusal(read) else read
    request = case.request
    if request is None:
        return Judgement(cookie, None, ["url"])
    host = _store.resolve_host(read, request.host, case.is_public_suffix)
    codes = list(_store.refusals(read, request, host, case.http_api, case.cross_site))
    if isinstance(host, str) or cookie is None:
        return Judgement(cookie, None, codes)
    stored = _store.stored(cookie, request, host, case.now)
    if _store.is_expired(stored.expiry_time, case.now):
        codes.append("expired")
    return Judgement(cookie, stored, codes)


def outcomes(case: Case) -> dict[str, bool]:
    """Whether each browser keeps the cookie, by its own reading of the header."""
    if case.request is None:
        return dict.fromkeys(_browsers.BROWSERS, False)
    judged = _by_browsers(case, case.request)
    return {browser: not _is_dropped(one) for browser, one in zip(_browsers.BROWSERS, judged)}


# --- the attributes, as they are written ---------------------------------------------

FLAGS = {"secure": "Secure", "httponly": "HttpOnly", "partitioned": "Partitioned"}
KNOWN = {
    "expires": "Expires",
    "max-age": "Max-Age",
    "domain": "Domain",
    "path": "Path",
    "samesite": "SameSite",
    **FLAGS,
}


class Attribute(NamedTuple):
    """A cookie-av as it is written, its blanks taken off; `key` is its name in lower case."""

    key: str
    name: str
    value: str


def attributes(text: str) -> list[Attribute]:
    """The attributes of a header, in their order, empty ones left out."""
    found = []
    for piece in text.split(";")[1:]:
        name, equals, value = piece.partition("=")
        name = name.strip(_grammar.WSP)
        if name or equals:
            found.append(Attribute(name.lower(), name, value.strip(_grammar.WSP)))
    return found


def written(text: str) -> dict[str, str]:
    """The last value of each attribute that user agents know, those too long left out."""
    return {
        attribute.key: attribute.value
        for attribute in attributes(text)
        if attribute.key in KNOWN and len(attribute.value) <= MAX_ATTRIBUTE_VALUE
    }
