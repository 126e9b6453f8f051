"""The command ``explain``: a verdict for a terminal, at a glance, or for a program."""

from __future__ import annotations

import argparse
import importlib
import os
import re
import shutil
import sys
from collections.abc import Callable
from textwrap import wrap
from typing import Any

from .. import (
    Finding,
    SetCookie,
    Verdict,
    default_path,
    explain_set_cookie,
    format_cookie_date as format_date,
)
from .._core.attributes import ATTRIBUTES, split_pair
from .._formats import urls
from .._user_agent.attributes import FLAGS, read_attributes
from .streams import Commands, Shown, escape, read_standard_input, show_json, without_line_end

_RED, _GREEN, _YELLOW, _BOLD = "31", "32", "33", "1"
_COLORS = {"error": _RED, "warning": _YELLOW, "info": _BOLD}
_MAX_COLUMNS = 88
# A header may have thousands of attributes, and names of thousands of octets.
_MAX_ROWS = 40
_MAX_LABEL = 20

_WITHOUT_LIST = (
    "Only single labels count as public suffixes here; pip install 'cookiecodec[psl]' adds the"
    " list."
)

_field_name = re.compile(rb"\A[ \t]*set-cookie[ \t]*:[ \t]*", re.IGNORECASE)


def add_to(commands: Commands) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(
        "explain",
        help="say why a browser keeps or drops a Set-Cookie header",
        description="Exit status: 0 if the cookie is kept, 1 if it is dropped.",
    )
    command.add_argument(
        "header",
        nargs="?",
        default="-",
        metavar="HEADER",
        help="the header, with or without 'Set-Cookie:' ('-', the default: standard input)",
    )
    command.add_argument(
        "--url",
        default="https://example.com/",
        help="the address whose response has it (default: https://example.com/)",
    )
    return command


def run(arguments: argparse.Namespace) -> Shown:
    given, url = arguments.header, arguments.url
    octets = read_standard_input().strip(b"\r\n") if given == "-" else os.fsencode(given)
    if given == "-" and b"\n" in octets:
        raise ValueError("standard input has more than one line; give one Set-Cookie header")
    text = _field_name.sub(b"", without_line_end(octets)).decode("latin-1")
    if urls.read_url(url) is None:
        raise ValueError("--url needs an http or https address with a host: https://...")
    suffixes = _public_suffixes()
    verdict = explain_set_cookie(text, url, is_public_suffix=suffixes)
    status = 0 if verdict.accepted else 1
    if arguments.json:
        return show_json(_as_json(text, url, verdict, suffixes is not None), status)
    return Shown(_as_lines(text, url, verdict, suffixes is not None), status)


def _public_suffixes() -> Callable[[str], bool] | None:
    try:
        module = importlib.import_module("publicsuffixlist")
    except ImportError:
        return None
    listed: Callable[[str], bool] = module.PublicSuffixList().is_public
    return listed


def _as_json(text: str, url: str, verdict: Verdict, with_list: bool) -> dict[str, Any]:
    """Return everything. The texts of the cookie have one character per octet (latin-1)."""
    cookie = None
    if verdict.cookie is not None:
        cookie = verdict.cookie._asdict()
        if verdict.cookie.expires is not None:
            cookie["expires"] = format_date(verdict.cookie.expires)
    return {
        "url": url,
        "accepted": verdict.accepted,
        "cookie": cookie,
        "attributes": [[each.name, each.value] for each in read_attributes(text)],
        "findings": [finding._asdict() for finding in verdict.findings],
        "public_suffix_list": with_list,
    }


def _as_lines(text: str, url: str, verdict: Verdict, with_list: bool) -> list[str]:
    """Return what was read, what happens to it, and each finding."""
    paint = _painter()
    rows = _rows(text, verdict.cookie, url)
    shown = [
        (escape(_readable(label[:_MAX_LABEL])), escape(_readable(value)))
        for label, value in rows[:_MAX_ROWS]
    ]
    width = max(len(label) for label, _ in shown)
    lines = [f"  {label:{width}}  {value}" for label, value in shown]
    if len(rows) > _MAX_ROWS:
        lines.append(f"  and {len(rows) - _MAX_ROWS} more")
    lines += ["", f"{_outcome(verdict, paint)} {escape(url)}"]
    for finding in verdict.findings:
        lines += ["", *_finding_lines(finding, paint)]
    if not with_list and verdict.cookie is not None and verdict.cookie.domain is not None:
        lines += ["", _WITHOUT_LIST]
    return lines


def _painter() -> Callable[[str, str], str]:
    """Return a function that colors a text, on a terminal that wants it (no-color.org)."""
    wanted = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    if wanted and sys.stdout.isatty():
        return lambda text, color: f"\x1b[{color}m{text}\x1b[0m"
    return lambda text, color: text


def _outcome(verdict: Verdict, paint: Callable[[str, str], str]) -> str:
    if verdict.accepted:
        return paint("KEPT", _GREEN) + " for"
    errors = [finding.code for finding in verdict.findings if finding.severity == "error"]
    word = "DROPPED, deleting what was there," if errors == ["expired"] else "DROPPED"
    return paint(word, _RED) + " for"


_NOT_GIVEN = "(not given)"


def _rows(text: str, cookie: SetCookie | None, url: str) -> list[tuple[str, str]]:
    """Return name, value and each attribute: as read, or as written if all is ignored."""
    if cookie is None:
        name, value = split_pair(text.partition(";")[0])
        rows = [("name", name or "(nameless)"), ("value", value)]
        return rows + [(each.name, each.value) for each in read_attributes(text)]
    rows = [("name", cookie.name or "(nameless)"), ("value", cookie.value)]
    return rows + [(name, _attribute(cookie, field, url)) for field, name in ATTRIBUTES]


def _attribute(cookie: SetCookie, field: str, url: str) -> str:
    value = getattr(cookie, field)
    if field in FLAGS:
        return "yes" if value else "no"
    if value is None and field == "domain":
        return f"{_NOT_GIVEN}: for this host only"
    if value is None and field == "path":
        request = urls.read_url(url)
        path = "/" if request is None else default_path(request.path)
        return f"{_NOT_GIVEN}: {path}, from the URL"
    if value is None:
        return _NOT_GIVEN
    if field == "expires":
        return format_date(value)
    return f"{value} s" if field == "max_age" else str(value)


def _readable(native: str) -> str:
    return native.encode("latin-1").decode("utf-8", "backslashreplace")


def _finding_lines(finding: Finding, paint: Callable[[str, str], str]) -> list[str]:
    lines = [f"{paint(finding.severity, _COLORS[finding.severity])}: {finding.code}"]
    parts = [finding.message, f"({finding.reference})"]
    if finding.browsers is not None:
        outcomes = [
            f"{name.title()} {'keeps' if kept else 'drops'} it."
            for name, kept in finding.browsers.items()
        ]
        parts.insert(1, " ".join(outcomes))
    width = max(20, min(_MAX_COLUMNS, shutil.get_terminal_size().columns) - 3)
    for part in parts:
        lines += ["  " + line for line in wrap(escape(part), width, break_on_hyphens=False)]
    return lines
