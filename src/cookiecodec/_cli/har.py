"""The cookies of a HAR file (HTTP Archive 1.2), as browsers' developer tools export it."""

from __future__ import annotations

import datetime
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from .._formats import urls
from .._user_agent import domains, sending
from .._user_agent.findings import LAYERED, Finding
from .._user_agent.storing import PublicSuffix
from ..explain import Explained, Line, explain_lines, identity, is_refused
from .streams import print_note

_PROGRESS = 1000  # lines


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
    try:
        entries = list(_entries(json.loads(data)["log"]["entries"], given))
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ValueError(f"this is not a HAR file: {type(error).__name__}") from None
    if entries and not any(entry.lines or entry.sent for entry in entries):
        raise ValueError(
            "the file has no cookies: export it with them (Chrome: 'with sensitive data')"
        )
    places = [at for at, entry in enumerate(entries) for _ in entry.lines]
    explained = explain_lines(_with_progress(entries, len(places)), given)
    kept = {identity(each.stored): (at, each) for at, each in zip(places, explained)
            if each.stored is not None and each.verdict.accepted}  # fmt: skip
    by_site: dict[str, list[tuple[int, _Entry]]] = {}
    for at, entry in enumerate(entries):
        by_site.setdefault(entry.site, []).append((at, entry))
    never = []
    for at, each in kept.values():
        assert each.stored is not None
        site = domains.site(each.stored.domain, given)
        later = [entry for when, entry in by_site.get(site, ()) if when > at]
        finding = _why_never_sent(each, later, given)
        never += [] if finding is None else [(each, [finding])]
    return Report(
        len(entries),
        len(places),
        _items((each, each.verdict.findings) for each in explained if is_refused(each.verdict)),
        _items(never),
        _items(
            (each, [one for one in each.verdict.findings if one.code == "third-party"])
            for each in explained
            if each.line.embedded and each.verdict.accepted
        ),
    )


def _entries(records: list[dict[str, Any]], given: PublicSuffix) -> Iterator[_Entry]:
    pages: dict[object, str] = {}
    for record in sorted(records, key=lambda record: str(record["startedDateTime"])):
        asked, page = record["request"], record.get("pageref")
        request = urls.read_url(asked["url"])
        if request is None:
            continue  # data:, blob:, chrome-extension:
        fields = {str(one["name"]).lower(): str(one["value"]) for one in asked["headers"]}
        site = domains.site(request.host, given)
        dest, accept = fields.get("sec-fetch-dest"), fields.get("accept", "")
        if page not in pages or dest == "document" or (not dest and accept[:9] == "text/html"):
            pages[page] = site  # the user goes there
        moment = re.sub(r"[.][0-9]+", "", record["startedDateTime"]).replace("Z", "+00:00")
        lines = [
            line
            for one in record["response"]["headers"]
            if one["name"].lower() == "set-cookie"
            for line in one["value"].split("\n")
        ]
        pairs = fields.get("cookie", "").split(";") if "cookie" in fields else []
        names = {pair.partition("=")[0].strip(" \t") for pair in pairs}
        started = datetime.datetime.fromisoformat(moment).timestamp()
        yield _Entry(asked["url"], request, site, started, site != pages[page], lines, names)


def _with_progress(entries: list[_Entry], total: int) -> Iterator[Line]:
    number = 0
    for entry in entries:
        for line in entry.lines:
            number += 1
            if number % _PROGRESS == 0:
                print_note(f"{number} of {total} Set-Cookie lines")
            yield Line(entry.url, line, entry.started, embedded=entry.is_third_party)


def _why_never_sent(
    each: Explained, later: list[_Entry], given: PublicSuffix
) -> Finding | None:
    """Return the cause for which most of the *later* requests to the site lack a cookie."""
    cookie = each.stored
    assert cookie is not None
    causes: Counter[str] = Counter()
    first: dict[str, Finding] = {}
    for entry in later:
        word = "none" if entry.is_third_party else "strict"
        context = sending.Context(entry.request, given, same_site=word)
        codes = list(sending.find_reasons(cookie, context))
        if cookie.name in entry.sent and not codes:
            return None
        for code in codes[:1] or ["never-sent"]:
            causes[code] += 1
            if codes:
                first.setdefault(code, sending.describe(code, cookie, entry.request))
    if not causes:
        message = "The file has no later request to this site."
        return Finding("never-sent", "info", message, LAYERED + "5.4.5")
    code, times = causes.most_common(1)[0]
    message = (
        "By the rules these requests have the cookie, but they do not. See whether the browser"
        " blocks third-party cookies, whether fetch has credentials: 'include', and whether a"
        " script removes the cookie."
    )
    finding = first.get(code) or Finding(code, "warning", message, LAYERED + "5.4.5")
    return finding._replace(message=f"{finding.message} (Requests: {times} of {len(later)}.)")


def _items(found: Iterable[tuple[Explained, list[Finding]]]) -> list[Item]:
    """Return one item for each cookie and host with the same findings, in order."""
    groups: dict[tuple[object, ...], Item] = {}
    for each, findings in found:
        cookie = each.verdict.cookie
        pair = each.line.header.partition(";")[0] if isinstance(each.line.header, str) else ""
        name = cookie.name if cookie is not None else pair.partition("=")[0].strip()
        request = urls.read_url(each.line.url)
        key = (name, request and request.host, *[finding.code for finding in findings])
        item = groups.get(key, Item(name, each.line.url, 0, findings))
        groups[key] = item._replace(times=item.times + 1)
    return list(groups.values())
