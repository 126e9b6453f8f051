"""The command ``explain``: a verdict for a terminal, at a glance, or for a machine."""

from __future__ import annotations

import importlib
import os
import shutil
import sys
from collections.abc import Callable
from textwrap import wrap
from typing import Any

from .. import set_cookie
from .._formats import urls as _urls
from .._user_agent import judgement as _judge
from .._user_agent.findings import Finding
from ..dates import format_cookie_date
from ..explain import Verdict
from ..matching import default_path
from ..set_cookie import SetCookie

_RED, _GREEN, _YELLOW, _BOLD = "31", "32", "33", "1"
_COLOURS = {"error": _RED, "warning": _YELLOW, "info": _BOLD}
_MOST_COLUMNS = 88
# Of a header with thousands of attributes, or with names of thousands of octets.
_MOST_ROWS = 40
_LABEL = 20

_WITHOUT_LIST = (
    "Only a single label is taken for a public suffix here; pip install 'cookiecodec[psl]'"
    " brings the list."
)


def public_suffixes() -> Callable[[str], bool] | None:
    """The list of the extra ``psl``, where it is installed."""
    try:
        module = importlib.import_module("publicsuffixlist")
    except ImportError:
        return None
    known: Callable[[str], bool] = module.PublicSuffixList().is_public
    return known


def as_json(text: str, url: str, verdict: Verdict, with_list: bool) -> dict[str, Any]:
    """All that is known; texts of the cookie have one character per octet (latin-1)."""
    cookie = None
    if verdict.cookie is not None:
        cookie = verdict.cookie._asdict()
        if verdict.cookie.expires is not None:
            cookie["expires"] = format_cookie_date(verdict.cookie.expires)
    return {
        "url": url,
        "accepted": verdict.accepted,
        "cookie": cookie,
        "attributes": [[item.name, item.value] for item in _judge.attributes(text)],
        "findings": [finding._asdict() for finding in verdict.findings],
        "public_suffix_list": with_list,
    }


def as_lines(
    text: str, url: str, verdict: Verdict, with_list: bool, escape: Callable[[str], str]
) -> list[str]:
    """What was understood, what becomes of it, and each finding."""
    paint = _painter()
    rows = _rows(text, verdict.cookie, url)
    shown = [
        (escape(_readable(label[:_LABEL])), escape(_readable(value)))
        for label, value in rows[:_MOST_ROWS]
    ]
    width = max(len(label) for label, _ in shown)
    lines = [f"  {label:{width}}  {value}" for label, value in shown]
    if len(rows) > _MOST_ROWS:
        lines.append(f"  and {len(rows) - _MOST_ROWS} more")
    lines += ["", f"{_outcome(verdict, paint)} {escape(url)}"]
    for finding in verdict.findings:
        lines += ["", *_finding_lines(finding, paint, escape)]
    if not with_list and verdict.cookie is not None and verdict.cookie.domain is not None:
        lines += ["", _WITHOUT_LIST]
    return lines


def _painter() -> Callable[[str, str], str]:
    """A function that colours a text, on a terminal that wants it (no-color.org)."""
    wanted = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    if wanted and sys.stdout.isatty():
        return lambda text, colour: f"\x1b[{colour}m{text}\x1b[0m"
    return lambda text, colour: text


def _outcome(verdict: Verdict, paint: Callable[[str, str], str]) -> str:
    if verdict.accepted:
        return paint("KEPT", _GREEN) + " for"
    deletes = [finding.code for finding in verdict.findings if finding.severity == "error"]
    word = "DROPPED, deleting what was there," if deletes == ["expired"] else "DROPPED"
    return paint(word, _RED) + " for"


_NOT_GIVEN = "(not given)"


def _rows(text: str, cookie: SetCookie | None, url: str) -> list[tuple[str, str]]:
    """Name, value and each attribute: as understood, or as written where all is ignored."""
    if cookie is None:
        name, value = set_cookie._split_pair(text.partition(";")[0])
        rows = [("name", name or "(nameless)"), ("value", value)]
        return rows + [(item.name, item.value) for item in _judge.attributes(text)]
    expires = _NOT_GIVEN if cookie.expires is None else format_cookie_date(cookie.expires)
    max_age = _NOT_GIVEN if cookie.max_age is None else f"{cookie.max_age} s"
    request = _urls.read_url(url)
    path = "/" if request is None else default_path(request.path)
    return [
        ("name", cookie.name or "(nameless)"),
        ("value", cookie.value),
        ("Domain", cookie.domain or f"{_NOT_GIVEN}: for this host alone"),
        ("Path", cookie.path or f"{_NOT_GIVEN}: {path}, from the URL"),
        ("Expires", expires),
        ("Max-Age", max_age),
        ("Secure", "yes" if cookie.secure else "no"),
        ("HttpOnly", "yes" if cookie.httponly else "no"),
        ("SameSite", cookie.samesite or _NOT_GIVEN),
        ("Partitioned", "yes" if cookie.partitioned else "no"),
    ]


def _readable(native: str) -> str:
    return native.encode("latin-1").decode("utf-8", "backslashreplace")


def _finding_lines(
    finding: Finding, paint: Callable[[str, str], str], escape: Callable[[str], str]
) -> list[str]:
    lines = [f"{paint(finding.severity, _COLOURS[finding.severity])}: {finding.code}"]
    told = [finding.message, f"({finding.reference})"]
    if finding.browsers is not None:
        fates = [
            f"{name.title()} {'keeps' if kept else 'drops'} it."
            for name, kept in finding.browsers.items()
        ]
        told.insert(1, " ".join(fates))
    width = min(_MOST_COLUMNS, shutil.get_terminal_size().columns) - 3
    for part in told:
        lines += ["  " + line for line in wrap(escape(part), width, break_on_hyphens=False)]
    return lines
