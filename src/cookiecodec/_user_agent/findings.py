"""What an explanation is made of, and where its rules stand."""

from __future__ import annotations

from typing import NamedTuple

LAYERED = "draft-ietf-httpbis-layered-cookies, section "
SEEN = "Chromium 156 and Firefox 153 agree, against " + LAYERED


class Finding(NamedTuple):
    """One thing to know about a cookie.

    *code* is a constant word for the cause, *severity* ``"error"``, ``"warning"`` or
    ``"info"``. *message* says what was found and what to change; foreign text in it is
    quoted as Python quotes it. *reference* is the section that has the rule. *browsers*
    is None, or, where Chromium and Firefox read this differently, whether each keeps the
    cookie: ``{"chromium": True, "firefox": False}``; both may, and yet hold another one.
    """

    code: str
    severity: str
    message: str
    reference: str
    browsers: dict[str, bool] | None = None
