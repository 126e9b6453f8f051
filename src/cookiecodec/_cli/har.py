"""The cookies of a HAR file (HTTP Archive 1.2), as browsers' developer tools export it."""

from __future__ import annotations

import datetime
import json
import re
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from .._core.attributes import split_pair
from .._formats import urls
from .._user_agent import suffixes
from .._user_agent.messages import Finding, describe
from .._user_agent.storing import PublicSuffix, StoredCookie
from ..explain import Line, explain_lines, identity, is_refused, why_not_sent
from ..set_cookie import native_string
from .streams import print_note

_PROGRESS = 1000  # lines
_MAX_REQUESTS = 200  # that are asked why they lack a cookie


class _Entry(NamedTuple):
    """A request and its response. It is of a third party if its page is of another site."""

    url: str
    request: urls.Request
    site: str
    started: float
    is_third_party: bool
    lines: list[str]
    sent: set[str]  # the names of the cookies that the request has


class Item(NamedTuple):
    """A cookie to report: how often it was set so, first by the response from *url*."""

    name: str
    url: str
    times: int
    findings: list[Finding]


class Report(NamedTuple):
    responses: int
    cookies: int
    dropped: list[Item]
    never_sent: list[Item]
    third_party: list[Item]


def report(data: bytes, given: PublicSuffix) -> Report:
    """Return what became of the cookies. Raise ValueError if *data* is not a HAR file."""
    entries = _read_entries(data, given)
    places = [(at, line) for at, entry in enumerate(entries) for line in entry.lines]
    lines = [
        Line(entries[at].url, line, entries[at].started, embedded=entries[at].is_third_party)
        for at, line in places
    ]
    verdicts = explain_lines(_with_progress(lines), given)
    kept: dict[object, tuple[int, Line, StoredCookie]] = {}
    dropped, third_party, never = [], [], []
    for (at, _), line, verdict in zip(places, lines, verdicts):
        stored = verdict.stored
        if stored is None or is_refused(verdict):
            dropped.append((line, verdict.findings))
            continue
        kept.pop(identity(stored), None)  # it is replaced or deleted
        if verdict.accepted:
            kept[identity(stored)] = at, line, stored
            found = [each for each in verdict.findings if each.code == "third-party"]
            third_party += [(line, found)] if line.embedded else []
    for at, line, cookie in kept.values():
        site = suffixes.site(cookie.domain, given)
        later = [entry for entry in entries[at + 1 :] if entry.site == site]
        found = _why_never_sent(cookie, later, given)
        never += [(line, found)] if found else []
    items = map(_items, (dropped, never, third_party))
    return Report(len(entries), len(lines), *items)


def _read_entries(data: bytes, given: PublicSuffix) -> list[_Entry]:
    """Return the entries that have a URL, in the order of time. All else may be missing."""
    try:
        records = [_object(each) for each in json.loads(data)["log"]["entries"]]
    except (KeyError, TypeError, ValueError):
        raise ValueError("this is not a HAR file: JSON with a list log.entries") from None
    entries = list(_entries(records, given))
    if records and not entries:
        raise ValueError("this is not a HAR file: no entry has a request with a URL")
    if entries and not any(entry.lines or entry.sent for entry in entries):
        raise ValueError(
            "the file has no cookies: export it with them (Chrome: 'with sensitive data')"
        )
    return entries


def _entries(records: list[dict[str, Any]], given: PublicSuffix) -> Iterator[_Entry]:
    pages: dict[str, str] = {}
    started = [_second(record.get("startedDateTime")) for record in records]
    default = next(filter(None, started), time.time())
    timed = [(each or default, record) for each, record in zip(started, records)]
    for moment, record in sorted(timed, key=lambda each: each[0]):
        asked, page = _object(record.get("request")), str(record.get("pageref"))
        url = str(asked.get("url"))
        request = urls.read_url(url)
        if request is None:
            continue  # data:, blob:, chrome-extension:
        fields = _headers(asked)
        site, last = suffixes.site(request.host, given), dict(fields)
        dest, accept = last.get("sec-fetch-dest"), last.get("accept", "")
        if page not in pages or dest == "document" or (not dest and accept[:9] == "text/html"):
            pages[page] = site  # the user goes there
        received = _headers(_object(record.get("response")))
        lines = "\n".join(value for name, value in received if name == "set-cookie")
        pairs = ";".join(value for name, value in fields if name == "cookie").split(";")
        sent = {pair.partition("=")[0].strip(" \t") for pair in pairs}
        sent.update(str(each.get("name")) for each in _objects(asked.get("cookies")))
        third_party = site != pages[page]
        yield _Entry(
            url,
            request,
            site,
            moment,
            third_party,
            lines.split("\n") if lines else [],
            sent - {""},
        )


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _objects(values: object) -> list[dict[str, Any]]:
    return [_object(each) for each in values] if isinstance(values, list) else []


def _headers(message: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the names, in lower case, and the values of a message's header fields."""
    fields = [
        (each.get("name"), each.get("value")) for each in _objects(message.get("headers"))
    ]
    return [(str(name).lower(), value) for name, value in fields if isinstance(value, str)]


def _second(text: object) -> float | None:
    """Return the Unix time of a date of ISO 8601, or None."""
    without_fraction = re.sub(r"[.,][0-9]+", "", str(text))
    try:
        moment = datetime.datetime.strptime(without_fraction, "%Y-%m-%dT%H:%M:%S%z")
        return moment.timestamp()
    except (OverflowError, ValueError):
        return None


def _with_progress(lines: list[Line]) -> Iterator[Line]:
    for number, line in enumerate(lines, 1):
        if number % _PROGRESS == 0:
            print_note(f"{number} of {len(lines)} Set-Cookie lines")
        yield line


def _why_never_sent(
    cookie: StoredCookie, later: list[_Entry], given: PublicSuffix
) -> list[Finding]:
    """Return the cause for which most of the *later* requests to the site lack a cookie."""

    def reasons(entry: _Entry) -> list[Finding]:
        same_site = "none" if entry.is_third_party else "strict"
        return list(why_not_sent(cookie, entry.request, given, same_site=same_site))

    if any(cookie.name in entry.sent and not reasons(entry) for entry in later):
        return []
    if not later:
        return [describe("never-sent nowhere")]
    asked = later[:_MAX_REQUESTS]
    first = [(reasons(entry) or [describe("never-sent")])[0] for entry in asked]
    code, times = Counter(finding.code for finding in first).most_common(1)[0]
    finding = next(finding for finding in first if finding.code == code)
    message = f"{finding.message} (Requests: {times} of {len(asked)}.)"
    return [finding._replace(message=message)]


def _items(found: list[tuple[Line, list[Finding]]]) -> list[Item]:
    """Return one item for each cookie and host with the same findings, in order."""
    groups: dict[object, Item] = {}
    for line, findings in found:
        name, _ = split_pair(native_string(line.header).partition(";")[0])
        request, codes = urls.read_url(line.url), [finding.code for finding in findings]
        key = (name, request and request.host, *codes)
        item = groups.get(key, Item(name, line.url, 0, findings))
        groups[key] = item._replace(times=item.times + 1)
    return list(groups.values())
