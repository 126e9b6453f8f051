"""The judgement on a header: what was read, what would be stored, why it is not kept.

Parse a Cookie and Store a Cookie (layered 5.4.2, 5.4.3) put together, for the jar and for
the explanation alike, so that these two can't differ. Where both browsers come to the same
end by rules of their own, that is the end.
"""

from __future__ import annotations

from typing import Dict, NamedTuple

from .._formats.urls import Request
from ..set_cookie import SetCookie, attribute_refusal, header_refusals, read_header
from . import quirks, storing
from .storing import PublicSuffix, StoredCookie

#: Stands for all causes for which each browser drops the cookie by its own rules.
BY_BOTH = "by-both"

#: Where the browsers differ because of a jar's other cookies: codes, and who keeps the cookie.
Seen = Dict[str, Dict[str, bool]]


class Case(NamedTuple):
    """A header, and everything that it depends on.

    `request` is None if cookies are not stored for the URL.
    """

    text: str
    request: Request | None
    now: float
    http_api: bool = True
    cross_site: bool = False
    is_public_suffix: PublicSuffix = None

    def may_replace(self, there: StoredCookie) -> bool:
        """Whether a stored cookie is not protected from this response (layered 5.4.3)."""
        secure = self.request is not None and self.request.secure
        return (secure or not there.secure) and (self.http_api or not there.httponly)


class Judgement(NamedTuple):
    """What was read, what would be stored, and the codes of why it is not kept.

    `browsers` is the same for each browser's own reading, where that was worth asking.
    """

    cookie: SetCookie | None
    stored: StoredCookie | None
    codes: list[str]
    seen: Seen = {}  # noqa: RUF012
    browsers: list[Judgement] = []  # noqa: RUF012

    @property
    def is_refused(self) -> bool:
        """Whether the cookie is dropped and deletes nothing, as an expired one does."""
        return any(code != "expired" for code in self.codes)


#: The judgement on a header that a browser refuses as a whole.
_REFUSED = Judgement(None, None, ["refused"])


def judge(case: Case) -> Judgement:
    """Parse a Cookie and Store a Cookie (layered 5.4.2, 5.4.3), but for the store itself."""
    judged = judge_by_text(case)
    if judged.stored is None or not quirks.may_differ(case.text, judged.cookie):
        return judged
    browsers = _judge_by_browsers(case)
    return _in_the_end(judged, *browsers)._replace(browsers=browsers)


def _in_the_end(judged: Judgement, chromium: Judgement, firefox: Judgement) -> Judgement:
    """Return what both browsers come to, each by its own reading, or what the text does."""
    same_end = chromium.codes == firefox.codes != _REFUSED.codes
    if same_end and (chromium.codes or chromium.stored == firefox.stored):
        # Both drop the cookie for the same causes, or store the same one.
        if judged.codes and chromium.codes:
            return judged
        return chromium._replace(cookie=judged.cookie)
    if judged.codes and not (chromium.codes or firefox.codes):
        return chromium  # both keep it, though with different contents
    both_drop = bool(chromium.codes and firefox.codes)
    both_refuse = chromium.is_refused and firefox.is_refused
    if (both_drop and not judged.codes) or (both_refuse and not judged.is_refused):
        return judged._replace(codes=[BY_BOTH])
    return judged


def _judge_by_browsers(case: Case) -> list[Judgement]:
    if case.request is None:
        return [_REFUSED, _REFUSED]
    readings = (
        quirks.rewrite_as_chromium(case.text, case.request),
        quirks.rewrite_as_firefox(case.text, case.request),
    )
    return [
        _REFUSED if text is None else judge_by_text(case._replace(text=text))
        for text in readings
    ]


def find_outcomes(case: Case, judged: Judgement) -> dict[str, bool]:
    """Return whether each browser keeps the cookie, by its own reading of the header."""
    browsers = judged.browsers or _judge_by_browsers(case)
    return {browser: not each.codes for browser, each in zip(quirks.BROWSERS, browsers)}


def find_deletions(case: Case, judged: Judgement) -> list[StoredCookie | None]:
    """Return the cookie that each browser deletes, if none of them stores the new one."""
    if not all(each.codes for each in judged.browsers):
        return []
    return [None if each.is_refused else each.stored for each in judged.browsers]


def judge_by_text(case: Case) -> Judgement:
    """Judge by the text, and by the rules in which both browsers agree against it."""
    read = read_header(case.text, case.now)
    if read is None:
        codes = header_refusals(case.text)
        return Judgement(None, None, codes if case.request else ["url", *codes])
    cookie = None if attribute_refusal(read) else read
    request = case.request
    if request is None:
        return Judgement(cookie, None, ["url"])
    host = storing.resolve_host(read, request.host, case.is_public_suffix)
    codes = list(storing.find_refusals(read, request, host, case.http_api, case.cross_site))
    if host.refusal or cookie is None:
        return Judgement(cookie, None, codes)
    stored = storing.to_stored(cookie, request, host, case.now)
    if storing.is_expired(stored.expiry_time, case.now):
        codes.append("expired")
    return Judgement(cookie, stored, codes)
