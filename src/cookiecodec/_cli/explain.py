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
from .._user_agent.attributes import read_attributes
from ..explain import Line, explain_lines, is_refused
from ..set_cookie import native_string
from . import har
from .streams import Commands, Shown, escape, read_file, read_standard_input, show_json

_COLORS = {"error": "31", "warning": "33", "info": "1", "DROPPED": "31", "KEPT": "32"}
_MAX_COLUMNS = 88
# A header may have thousands of attributes, and names of thousands of octets.
_MAX_ROWS = 40
_MAX_LABEL = 20

_ASSUMED = "https://example.com/"
_OF_ANOTHER_HOST = ("domain-mismatch", "domain-public-suffix")
_IGNORE_CASE = re.IGNORECASE | re.MULTILINE
_cookie = re.compile(rb"^[ \t]*cookie[ \t]*:", _IGNORE_CASE).search
_set_cookie = re.compile(rb"^[ \t]*(?:<[ \t]*)?set-cookie[ \t]*:[ \t]*", _IGNORE_CASE)


def add_to(commands: Commands) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(
        "explain",
        help="say why a browser keeps or drops the cookies of a response",
        description="Explains a Set-Cookie header, a response ('curl -si URL | cookiecodec"
        " explain --url URL'), or a browser's HAR file. Exit status: 0 if all cookies are kept,"
        " 1 if one is dropped.",
    )
    text = "the header, or the response ('-', the default: standard input)"
    command.add_argument("header", nargs="?", default="-", metavar="HEADER", help=text)
    command.add_argument("--url", help=f"the address of the response (default: {_ASSUMED})")
    command.add_argument("--har", metavar="FILE", help="explain the cookies of a HAR file")
    for option, text in (
        ("--cross-site", "another site made the request"),
        ("--script", "a script sets the cookie"),
        ("--embedded", "another site's page embeds the response"),
    ):
        command.add_argument(option, action="store_true", help=text)
    return command


def run(arguments: argparse.Namespace) -> Shown:
    suffixes = _public_suffixes()
    if arguments.har is not None:
        report = har.report(read_file(arguments.har, "--har"), suffixes)
        return _show_har(report, arguments.json)
    url = arguments.url or _ASSUMED
    if urls.read_url(url) is None:
        raise ValueError("--url needs an http or https address without blanks: https://...")
    heads, is_header = _read_input(arguments.header, url)
    cross_site, script, embedded = arguments.cross_site, arguments.script, arguments.embedded
    lines = [
        Line(head.url, line, time.time(), cross_site, not script, embedded)
        for head in heads
        for line in head.lines
    ]
    verdicts = explain_lines(lines, suffixes)
    dropped = sum(map(is_refused, verdicts))
    status = int(not verdicts[0].accepted) if is_header else min(dropped, 1)
    if arguments.json:
        shown = [_as_json(*each, suffixes is not None) for each in zip(lines, verdicts)]
        return show_json(
            shown[0] if is_header else {"cookies": shown, "dropped": dropped}, status
        )
    texts: list[str] = []
    for line, verdict in zip(lines, verdicts):
        rows = _rows(line, verdict.cookie)
        name = "" if is_header else rows[0][1][:40] + ": "
        texts.append(f"{name}{_outcome(verdict)} for {escape(line.url)}")
        codes = [finding.code for finding in verdict.findings]
        if not arguments.url and not set(_OF_ANOTHER_HOST).isdisjoint(codes):
            texts.append(
                f"--url is missing, so {url} was assumed: give the response's address."
            )
        for finding in verdict.findings:
            texts += ["", *_finding_lines(finding)]
        texts += _table(rows) if is_header else [""]
    if not is_header:
        if not arguments.url:
            texts.append(f"--url was not given, so {url} was assumed.")
        counts = _count(len(lines), "Set-Cookie line"), _count(len(heads), "response")
        texts.append(f"{' in '.join(counts)}: {dropped} dropped")
    return Shown(texts, status)


def _read_input(header: str, url: str) -> tuple[list[Head], bool]:
    """Return the heads of responses, and whether what is given is one header alone."""
    from_input = header == "-"
    octets = read_standard_input() if from_input else os.fsencode(header)
    text = octets.strip(b"\r\n")
    if from_input and not octets:
        raise ValueError("standard input is empty: did the command before the pipe fail?")
    if b"< HTTP/" not in text:  # a part of what `curl -v` prints
        text = _set_cookie.sub(b"Set-Cookie: ", text)
    is_header = not is_status_line(text) and not (
        b"\n" in text and (from_input or _set_cookie.search(text))
    )
    heads = [Head(url, [_set_cookie.sub(b"", text, 1)])] if is_header else read_heads(text, url)
    if _cookie(text) and not is_status_line(text) and not _set_cookie.search(text):
        raise ValueError(
            "this is a Cookie header, which browsers send: explain needs the Set-Cookie header"
            " of a response; 'cookiecodec parse' shows the cookies"
        )
    if not heads:
        raise ValueError(
            "there are several lines, and none of them is a header line; `curl -i` prints those"
        )
    return heads, is_header


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _public_suffixes() -> Callable[[str], bool] | None:
    try:
        module = importlib.import_module("publicsuffixlist")
    except ImportError:
        return None
    listed: Callable[[str], bool] = module.PublicSuffixList().is_public
    return listed


def _as_json(line: Line, verdict: Verdict, with_list: bool) -> dict[str, Any]:
    """Return everything. The texts of the cookie have one character per octet (latin-1)."""
    cookie = None if verdict.cookie is None else verdict.cookie._asdict()
    if cookie is not None and cookie["expires"] is not None:
        cookie["expires"] = format_date(cookie["expires"])
    attributes = read_attributes(native_string(line.header))
    return {
        "url": line.url,
        "accepted": verdict.accepted,
        "cookie": cookie,
        "attributes": [[each.name, each.value] for each in attributes],
        "findings": [finding._asdict() for finding in verdict.findings],
        "public_suffix_list": with_list,
    }


def _show_har(report: har.Report, as_json: bool) -> Shown:
    """Show the items of a report: the dropped cookies first, the summary last."""
    content: dict[str, Any] = report._asdict()
    lines, counts = [], []
    for part in ("dropped", "never_sent", "third_party"):
        items: list[har.Item] = content[part]
        content[part] = [
            {**item._asdict(), "findings": [each._asdict() for each in item.findings]}
            for item in items
        ]
        title = part.replace("_", " ")
        counts.append(f"{len(items)} {title}")
        for item in items:
            name = escape(_readable(item.name or "(nameless)"))[:_MAX_COLUMNS]
            times = f" ({item.times} times)" if item.times > 1 else ""
            heading = _paint(title.upper(), _COLORS["DROPPED"])
            lines.append(f"{heading} {name} by {escape(item.url)[:200]}{times}")
            for finding in item.findings:
                lines += _finding_lines(finding)
            lines.append("")
    summary = f"{report.responses} responses, {report.cookies} Set-Cookie lines: "
    status = 1 if report.dropped else 0
    if as_json:
        return show_json(content, status)
    return Shown([*lines, summary + ", ".join(counts)], status)


def _paint(text: str, color: str) -> str:
    """Color a text on a terminal that wants it (no-color.org)."""
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return text if plain or not sys.stdout.isatty() else f"\x1b[{color}m{text}\x1b[0m"


def _outcome(verdict: Verdict) -> str:
    if verdict.accepted:
        unchecked = ("suffix-unchecked", "warning") in [each[:2] for each in verdict.findings]
        text, color = ("PROBABLY DROPPED", "warning") if unchecked else ("KEPT", "KEPT")
        return _paint(text, _COLORS[color])
    deletes = "" if is_refused(verdict) else ", deleting what was there,"
    return _paint("DROPPED" + deletes, _COLORS["DROPPED"])


def _rows(line: Line, cookie: SetCookie | None) -> list[tuple[str, str]]:
    """Return name, value and each attribute: as read, or as written if all is ignored."""
    text = native_string(line.header)
    pair = split_pair(text.partition(";")[0]) if cookie is None else cookie[:2]
    rows = [("name", pair[0] or "(nameless)"), ("value", pair[1])]
    if cookie is None:
        rows += [(each.name[:_MAX_LABEL], each.value) for each in read_attributes(text)]
    else:
        rows += [(name, _attribute(cookie, field, line.url)) for field, name in ATTRIBUTES]
    return [(escape(_readable(name)), escape(_readable(value))) for name, value in rows]


def _table(rows: list[tuple[str, str]]) -> list[str]:
    shown, more = rows[:_MAX_ROWS], len(rows) - _MAX_ROWS
    width = max(len(name) for name, _ in shown)
    lines = ["", *[f"  {name:{width}}  {value}" for name, value in shown]]
    return [*lines, f"  and {more} more"] if more > 0 else lines


def _attribute(cookie: SetCookie, field: str, url: str) -> str:
    value = getattr(cookie, field)
    if value is None:
        request = urls.read_url(url)
        path = default_path(request.path) if request is not None else "/"
        notes = {"domain": ": for this host only", "path": f": {path}, from the URL"}
        return "(not given)" + notes.get(field, "")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if field == "expires":
        return format_date(value)
    return f"{value} s" if field == "max_age" else str(value)


def _readable(native: str) -> str:
    return native.encode("latin-1").decode("utf-8", "backslashreplace")


def _finding_lines(finding: Finding) -> list[str]:
    lines = [f"{_paint(finding.severity, _COLORS[finding.severity])}: {finding.code}"]
    parts = [finding.message, f"({finding.reference})"]
    if finding.browsers is not None:
        outcomes = [
            f"{name.title()} {'keeps' if kept else 'drops'} it."
            for name, kept in finding.browsers.items()
        ]
        if all(finding.browsers.values()):
            outcomes = ["Both keep it, each as it reads it."]
        parts.insert(1, " ".join(outcomes))
    width = max(20, min(_MAX_COLUMNS, shutil.get_terminal_size().columns) - 3)
    for part in parts:
        lines += ["  " + line for line in wrap(escape(part), width, break_on_hyphens=False)]
    if finding.suggestion is not None:  # in one line, to be copied
        lines.append(f"  Try: {escape(_readable(finding.suggestion))}")
    return lines
