"""What an explanation is made of, and where its rules are written."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

LAYERED = "draft-ietf-httpbis-layered-cookies, section "
SEEN = "Chromium 156 and Firefox 153 agree, against " + LAYERED


class Finding(NamedTuple):
    """One thing to know about a cookie.

    *code* is a constant word for the cause, *severity* is ``"error"``, ``"warning"`` or
    ``"info"``. *message* says what was found and what to change. Foreign text in it is
    quoted as Python quotes it. *reference* is the section with the rule. *browsers* is None,
    or, where Chromium and Firefox read this differently, whether each of them keeps the
    cookie: ``{"chromium": True, "firefox": False}``. Both may keep it, but with different
    contents. *suggestion* is a corrected header, for which there is no such finding and no
    new problem, as a native string, or None.
    """

    code: str
    severity: str
    message: str
    reference: str
    browsers: dict[str, bool] | None = None
    suggestion: str | None = None


def by_severity(findings: Iterable[Finding]) -> list[Finding]:
    """Return *findings*, the most serious first."""
    order = ("error", "warning", "info")
    return sorted(findings, key=lambda finding: order.index(finding.severity))


def quoted(text: str, characters: int = 40) -> str:
    """Return foreign text for a message: in ASCII, quoted, cut."""
    return ascii(text[:characters])
