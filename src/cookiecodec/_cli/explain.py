"""The command ``explain``: verdicts for a terminal, at a glance, or for a program."""

from __future__ import annotations

import argparse
import importlib
import os
import re
import shutil
import sys
import time
from collections.abc import Callable
from textwrap import wrap
from typing import Any

from .. import Finding, SetCookie, Verdict, default_path, format_cookie_date as format_date
from .._core.attributes import ATTRIBUTES, split_pair
from .._formats import urls
from .._formats.responses import Head, is_status_line, read_heads
from .._user_agent.attributes import FLAGS, read_attributes
from ..explain import Explained, Line, explain_lines, is_refused
from ..set_cookie import native_string
from . import har
from .streams import Commands, Shown, escape, read_file, read_standard_input, show_json

_RED, _GREEN, _YELLOW, _BOLD = "31", "32", "33", "1"
_COLORS = {"error": _RED, "warning": _YELLOW, "info": _BOLD}
_MAX_COLUMNS = 88
# A header may have thousands of attributes, and names of thousands of octets.
_MAX_ROWS = 40
_MAX_LABEL = 20
_OF_ANOTHER_HOST = ("domain-mismatch", "domain-public-suffix")

_field_name = re.compile(rb"\A[ \t]*set-cookie[ \t]*:[ \t]*", re.IGNORECASE)
_ASSUMED = "https://example.com/"


def add_to(commands: Commands) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(
        "explain",
        help="say why a browser keeps or drops the cookies of a response",
        description="Explains a Set-Cookie header, a response ('curl -si URL | cookiecodec"
        " explain --url URL'), or a browser's HAR file. Exit status: 0 if all cookies are kept,"
        " 1 if one is dropped.",
    )
    command.add_argument(
        "header",
        nargs="?",
        default="-",
        metavar="HEADER",
        help="the header, or the response ('-', the default: standard input)",
    )
    command.add_argument("--url", help=f"the address of the response (default: {_ASSUMED})")
    command.add_argument("--har", metavar="FILE", help="explain the cookies of a HAR file")
    command.add_argument(
        "--cross-site", action="store_true", help="another site made the request"
    )
    command.add_argument("--script", action="store_true", help="a script sets the cookie")
    command.add_argument(
        "--embedded", action="store_true", help="another site's page embeds the response"
    )
    return command


def run(arguments: argparse.Namespace) -> Shown:
    suffixes = _public_suffixes()
    if arguments.har is not None:
        return _show_har(
            har.report(read_file(arguments.har, "--har"), suffixes), arguments.json
        )
    given, url = arguments.header, arguments.url or _ASSUMED
    if urls.read_url(url) is None:
        raise ValueError("--url needs an http or https address without blanks: https://...")
    octets = read_standard_input() if given == "-" else os.fsencode(given)
    if re.search(rb"^\s*cookie[ \t]*:", octets, re.IGNORECASE | re.MULTILINE):
        raise ValueError(
            "this is a Cookie header, which browsers send: explain needs the Set-Cookie header"
            " of a response; 'cookiecodec parse' shows the cookies"
        )
    text = octets.strip(b"\r\n")
    is_response = is_status_line(text) or (given == "-" and b"\n" in text)
    heads = read_heads(text, url) if is_response else [Head(url, [_field_name.sub(b"", text)])]
    if not heads:
        raise ValueError("there are several lines, and none of them is a header line")
    lines = [
        Line(head.url, line, time.time(), arguments.cross_site, not arguments.script,
             arguments.embedded)
        for head in heads for line in head.lines
    ]  # fmt: skip
    explained = explain_lines(lines, suffixes)
    shown = [_as_json(each, suffixes is not None) for each in explained]
    if not is_response:
        status = 0 if explained[0].verdict.accepted else 1
        if arguments.json:
            return show_json(shown[0], status)
        return Shown(_as_lines(explained[0], arguments.url is None, True), status)
    dropped = sum(is_refused(each.verdict) for each in explained)
    if arguments.json:
        return show_json({"cookies": shown, "dropped": dropped}, min(dropped, 1))
    texts: list[str] = []
    for each in explained:
        texts += [*_as_lines(each, arguments.url is None, False), ""]
    summary = f"{len(lines)} Set-Cookie lines in {len(heads)} responses: {dropped} dropped"
    return Shown([*texts, summary], min(dropped, 1))


def _public_suffixes() -> Callable[[str], bool] | None:
    try:
        module = importlib.import_module("publicsuffixlist")
    except ImportError:
        return None
    listed: Callable[[str], bool] = module.PublicSuffixList().is_public
    return listed


def _as_json(each: Explained, with_list: bool) -> dict[str, Any]:
    """Return everything. The texts of the cookie have one character per octet (latin-1)."""
    read, cookie = each.verdict.cookie, None
    if read is not None:
        cookie = read._asdict()
        if read.expires is not None:
            cookie["expires"] = format_date(read.expires)
    text = native_string(each.line.header)
    return {
        "url": each.line.url,
        "accepted": each.verdict.accepted,
        "cookie": cookie,
        "attributes": [[one.name, one.value] for one in read_attributes(text)],
        "findings": [finding._asdict() for finding in each.verdict.findings],
        "public_suffix_list": with_list,
    }


def _as_lines(each: Explained, url_is_assumed: bool, with_table: bool) -> list[str]:
    """Return what happens to the cookie, each finding, and what was read."""
    paint = _painter()
    url, verdict, text = each.line.url, each.verdict, native_string(each.line.header)
    rows = _rows(text, verdict.cookie, url)
    shown = [
        (escape(_readable(label[:_MAX_LABEL])), escape(_readable(value)))
        for label, value in rows[:_MAX_ROWS]
    ]
    name = "" if with_table else f"{shown[0][1][:40]}: "
    lines = [f"{name}{_outcome(verdict, paint)} {escape(url)}"]
    domain_is_wrong = any(each.code in _OF_ANOTHER_HOST for each in verdict.findings)
    if url_is_assumed and domain_is_wrong:
        lines += [f"--url is missing, so {url} was assumed: give the address of the response."]
    for finding in verdict.findings:
        lines += ["", *_finding_lines(finding, paint)]
    if with_table:
        width = max(len(label) for label, _ in shown)
        lines += ["", *[f"  {label:{width}}  {value}" for label, value in shown]]
        if len(rows) > _MAX_ROWS:
            lines.append(f"  and {len(rows) - _MAX_ROWS} more")
    return lines


def _show_har(report: har.Report, as_json: bool) -> Shown:
    """Show the items of a report: the dropped cookies first, the summary last."""
    status = 1 if report.dropped else 0
    parts = ("dropped", "never_sent", "third_party")
    if as_json:
        content: dict[str, Any] = report._asdict()
        for part in parts:
            content[part] = [
                {**item._asdict(), "findings": [each._asdict() for each in item.findings]}
                for item in getattr(report, part)
            ]
        return show_json(content, status)
    paint, lines = _painter(), []
    for part, title in zip(parts, ("DROPPED", "NEVER SENT", "THIRD PARTY")):
        for item in getattr(report, part):
            times = f" ({item.times} times)" if item.times > 1 else ""
            name = escape(item.name or "(nameless)")[:_MAX_COLUMNS]
            lines.append(f"{paint(title, _RED)} {name} by {escape(item.url)[:200]}{times}")
            for finding in item.findings:
                lines += _finding_lines(finding, paint)
            lines.append("")
    counts = ", ".join(
        f"{len(getattr(report, part))} {part.replace('_', ' ')}" for part in parts
    )
    lines.append(f"{report.responses} responses, {report.cookies} Set-Cookie lines: {counts}")
    return Shown(lines, status)


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
        if all(finding.browsers.values()):
            outcomes = ["Both keep it, each as it reads it."]
        parts.insert(1, " ".join(outcomes))
    if finding.suggestion is not None:
        parts.append(f"Try: {_readable(finding.suggestion)}")
    width = max(20, min(_MAX_COLUMNS, shutil.get_terminal_size().columns) - 3)
    for part in parts:
        lines += ["  " + line for line in wrap(escape(part), width, break_on_hyphens=False)]
    return lines
