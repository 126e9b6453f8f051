"""The verdict on a cookie, with its findings.

A finding is an ``"error"`` if the cookie is not kept (one that deletes another is not kept
either), a ``"warning"`` if it is not the cookie that its author may expect, and ``"info"``
if all is well but worth knowing.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from ..limits import MAX_COOKIE_HEADER
from ..set_cookie import SetCookie, header_refusals
from . import differences, refusals, remarks, suggestions
from .findings import Finding, by_severity
from .judgement import BY_BOTH, Case, Judgement, judge


class Verdict:
    """What happens to a cookie: ``accepted``, ``cookie`` and ``findings``.

    ``accepted`` is true if a user agent keeps it. ``cookie`` is the `SetCookie` that was
    read, or None if the header is ignored as a whole. ``findings`` is a list of `Finding`,
    the most serious first. One of them is an error if and only if the cookie is not accepted.
    They are computed when they are first needed: read, compared, shown or pickled.
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

    def with_finding(self, accepted: bool, finding: Finding) -> Verdict:
        """Return this verdict with one more finding."""
        return Verdict(accepted, self.cookie, lambda: by_severity([*self.findings, finding]))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Verdict) and self._all() == other._all()

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, self._all()

    def _all(self) -> tuple[bool, SetCookie | None, list[Finding]]:
        return self.accepted, self.cookie, self.findings

    def __repr__(self) -> str:
        codes = [finding.code for finding in self.findings]
        return f"<Verdict accepted={self.accepted} findings={codes}>"


def _restore(accepted: bool, cookie: SetCookie | None, findings: list[Finding]) -> Verdict:
    return Verdict(accepted, cookie, lambda: findings)


def verdict_on(case: Case, judged: Judgement) -> Verdict:
    """Return the verdict on *case*, as it was *judged*."""
    return Verdict(not judged.codes, judged.cookie, lambda: _corrected(case, judged))


def _corrected(case: Case, judged: Judgement) -> list[Finding]:
    """Return the findings, with a corrected header for each that has one."""
    found = _all_findings(case, judged)
    if len(case.text) > MAX_COOKIE_HEADER or case.text.count(";") > _MAX_ATTRIBUTES:
        return found  # to judge it again would take too long
    present = _severities(found)
    again = functools.lru_cache(None)(lambda text: _again(case._replace(text=text)))
    corrected = {code: suggestions.correct(code, case, present, again) for code in present}
    return [each._replace(suggestion=corrected[each.code]) for each in found]


_MAX_ATTRIBUTES = 50


def _again(case: Case) -> dict[str, str]:
    return _severities(_all_findings(case, judge(case)))


def _severities(found: list[Finding]) -> dict[str, str]:
    return {finding.code: finding.severity for finding in found}


def _all_findings(case: Case, judged: Judgement) -> list[Finding]:
    codes = [code for code in judged.codes if code != BY_BOTH]
    codes += [code for code in judged.seen if code not in codes]
    found = [
        refusals.describe(code, case, judged.cookie, judged.seen.get(code)) for code in codes
    ]
    if not header_refusals(case.text):
        found += differences.find(case, judged)
        found += remarks.find(case, judged)
    return by_severity(found)
