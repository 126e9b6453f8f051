"""The verdict on a cookie, with its findings.

A finding is an ``"error"`` if the cookie is not kept (one that deletes another is not kept
either), a ``"warning"`` if it is not the cookie that its author may expect, and ``"info"``
if all is well but worth knowing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from ..set_cookie import SetCookie
from . import corrections, findings
from .judgement import Case, Judgement
from .messages import Finding, by_severity
from .storing import StoredCookie

_Find = Callable[[bool], "list[Finding]"]


class Verdict:
    """What happens to a cookie: ``accepted``, ``cookie`` and ``findings``.

    ``accepted`` is true if a user agent keeps it. ``cookie`` is the `SetCookie` that was
    read, or None if the header is ignored as a whole. ``findings`` is a list of `Finding`,
    the most serious first. One of them is an error if and only if the cookie is not accepted.
    They are computed when they are first needed: read, compared, shown or pickled.
    """

    __slots__ = ("_find", "_findings", "accepted", "cookie", "stored")

    def __init__(
        self,
        accepted: bool,
        cookie: SetCookie | None,
        find: _Find,
        stored: StoredCookie | None = None,
    ) -> None:
        self.accepted: bool = accepted
        self.cookie: SetCookie | None = cookie
        #: For this package: the cookie that is stored, or that deletes a stored one.
        self.stored: StoredCookie | None = stored
        self._find = find
        self._findings: list[Finding] | None = None

    @property
    def findings(self) -> list[Finding]:
        if self._findings is None:
            self._findings = self._find(False)
        return self._findings

    def log_findings(self) -> list[Finding]:
        """Return the findings without the value in a message, and without corrections."""
        return self._find(True)

    def with_finding(self, finding: Finding) -> Verdict:
        """Return this verdict with one more finding."""

        def find(for_log: bool) -> list[Finding]:
            found = self.log_findings() if for_log else self.findings
            return by_severity([*found, finding])

        accepted = self.accepted and finding.severity != "error"
        return Verdict(accepted, self.cookie, find, self.stored)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Verdict) and self._all() == other._all()

    __hash__: ClassVar[None]  # type: ignore[assignment] # it can be changed

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, self._all()

    def _all(self) -> tuple[bool, SetCookie | None, list[Finding]]:
        return self.accepted, self.cookie, self.findings

    def __repr__(self) -> str:
        codes = [finding.code for finding in self.findings]
        return f"<Verdict accepted={self.accepted} findings={codes}>"


def _restore(accepted: bool, cookie: SetCookie | None, found: list[Finding]) -> Verdict:
    return Verdict(accepted, cookie, lambda for_log: found)


def verdict_on(case: Case, judged: Judgement) -> Verdict:
    """Return the verdict on *case*, as it was *judged*."""

    def find(for_log: bool) -> list[Finding]:
        found = findings.find(case, judged, for_log=for_log)
        return found if for_log else corrections.correct(case, found)

    stored = None if judged.is_refused else judged.stored
    return Verdict(not judged.codes, judged.cookie, find, stored)
