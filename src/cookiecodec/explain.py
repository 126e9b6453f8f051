"""Why a user agent keeps or drops a cookie, in words for whoever wrote its header.

The judgement is that of `_judge`, as it is for the jar, so these two can't differ. Each
cause has a code, and words: what was found, in which section its rule stands, what to
change. They are in `_why_dropped`, `_why_differs` and `_remarks`.

A finding is an ``"error"`` where the cookie is not kept (one that deletes another is not
kept either), a ``"warning"`` where it is another cookie than its author may think, and
``"info"`` where all is well but worth knowing.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from . import set_cookie
from ._formats import urls as _urls
from ._user_agent import differences as _why_differs
from ._user_agent import judgement as _judge
from ._user_agent import refusals as _why_dropped
from ._user_agent import remarks as _remarks
from ._user_agent.findings import Finding
from ._user_agent.judgement import Case, Judgement
from ._user_agent.storing import PublicSuffix
from .set_cookie import Octets, SetCookie

__all__ = ["Finding", "Verdict", "explain_set_cookie"]


class Verdict:
    """What becomes of a cookie: ``accepted``, ``cookie`` and ``findings``.

    ``accepted`` is true where a user agent keeps it. ``cookie`` is the `SetCookie` that
    was understood, None where the header is ignored as a whole. ``findings`` is a list of
    `Finding`, the gravest first; one of them is an error if and only if the cookie is
    not accepted. They are worked out when they are first asked for, or compared, shown or
    pickled.
    """

    __slots__ = ("_explain", "_findings", "accepted", "cookie")

    def __init__(
        self, accepted: bool, cookie: SetCookie | None, explain: Callable[[], list[Finding]]
    ) -> None:
        self.accepted = accepted
        self.cookie = cookie
        self._explain = explain
        self._findings: list[Finding] | None = None

    @property
    def findings(self) -> list[Finding]:
        if self._findings is None:
            self._findings = self._explain()
        return self._findings

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Verdict) and self._all() == other._all()

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[Any, ...]:
        return _told, self._all()

    def _all(self) -> tuple[bool, SetCookie | None, list[Finding]]:
        return self.accepted, self.cookie, self.findings

    def __repr__(self) -> str:
        codes = [finding.code for finding in self.findings]
        return f"<Verdict accepted={self.accepted} findings={codes}>"


def _told(accepted: bool, cookie: SetCookie | None, findings: list[Finding]) -> Verdict:
    return Verdict(accepted, cookie, lambda: findings)


def explain_set_cookie(
    header: str | Octets,
    url: str = "https://example.com/",
    *,
    is_public_suffix: PublicSuffix = None,
) -> Verdict:
    """What a browser makes of a Set-Cookie *header* in a response from *url*, and why.

    *header* is what `parse_set_cookie` takes. The response is that to a navigation of
    the user's, to a browser without cookies: nothing is cross-site, and no other cookie
    is in the way; ask a `CookieJar` for those. *is_public_suffix* says whether
    a domain is one that sites of many owners share; without it, those of a single label
    are.

    Only a *header* of the wrong type raises, `TypeError`.

    >>> verdict = explain_set_cookie("sid=31d4; SameSite=None", "https://example.com/")
    >>> verdict.accepted, verdict.findings[0].code
    (False, 'samesite-none-insecure')
    """
    case = Case(
        set_cookie._native(header),
        _urls.read_url(url),
        time.time(),
        is_public_suffix=is_public_suffix,
    )
    return _verdict(case, _judge.judge(case))


def _verdict(case: Case, judged: Judgement) -> Verdict:
    """The verdict on *case*, as it was *judged*."""
    return Verdict(not judged.codes, judged.cookie, lambda: _findings(case, judged))


def _findings(case: Case, judged: Judgement) -> list[Finding]:
    """All that is to be said, the gravest first."""
    found = [
        _why_dropped.error(code, case, judged.cookie)
        for code in judged.codes
        if code != _judge.BY_BOTH
    ]
    if not isinstance(set_cookie._read(case.text, case.now), str):
        found += _why_differs.differences(case, judged)
        found += _remarks.remarks(case, judged)
    order = ("error", "warning", "info")
    return sorted(found, key=lambda finding: order.index(finding.severity))
