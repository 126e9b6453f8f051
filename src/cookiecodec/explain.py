"""Why a user agent keeps or drops a cookie, in words for the developer who sets it.

The judgement is the same as the jar's, so that these two can't differ. Each cause has a
code, and a message that says what was found, in which section the rule is, and what to
change.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import NamedTuple

from ._formats import urls
from ._formats.responses import Headers, set_cookie_lines
from ._user_agent import refusals, sending
from ._user_agent.findings import LAYERED, Finding, quoted
from ._user_agent.judgement import Case, judge
from ._user_agent.remarks import on_third_party
from ._user_agent.storing import PublicSuffix, StoredCookie, is_expired
from ._user_agent.verdict import Verdict, verdict_on
from .jar import CookieJar
from .set_cookie import Octets, native_string

__all__ = ["Finding", "Sending", "Verdict"]
__all__ += ["explain_cookie_header", "explain_response", "explain_set_cookie"]


def explain_set_cookie(
    header: str | Octets,
    url: str = "https://example.com/",
    *,
    is_public_suffix: PublicSuffix = None,
    cross_site: bool = False,
    http_api: bool = True,
    embedded: bool = False,
) -> Verdict:
    """Say what a browser does with a Set-Cookie *header* in a response from *url*, and why.

    - *header*: what `parse_set_cookie` takes.
    - *is_public_suffix*: a function that tells whether a domain is one that sites of many
      owners share. Without it, single labels are, and ``suffix-unchecked`` says what the
      list might change.
    - *cross_site*: whether another site made the request, other than by a link to *url*.
    - *http_api*: false for a cookie that a script sets.
    - *embedded*: whether the response is for a part of another site's page, such as a frame.
      This is cross-site, and the cookie a third-party cookie.

    By default the response belongs to a navigation by the user. The browser has no cookies.
    (A `CookieJar` considers those that it has.) Raises TypeError for a *header* of the wrong
    type, and nothing else.

    >>> verdict = explain_set_cookie("sid=31d4; SameSite=None", "https://example.com/")
    >>> verdict.accepted, verdict.findings[0].code, verdict.findings[0].suggestion
    (False, 'samesite-none-insecure', 'sid=31d4; SameSite=None; Secure')
    """
    line = Line(url, header, time.time(), cross_site, http_api, embedded)
    case = _case(line, is_public_suffix)
    return _in_page(line, verdict_on(case, judge(case)))


def explain_response(
    headers: Headers,
    url: str = "https://example.com/",
    *,
    is_public_suffix: PublicSuffix = None,
    cross_site: bool = False,
    http_api: bool = True,
    embedded: bool = False,
) -> list[Verdict]:
    """Return a `Verdict` on each Set-Cookie line of a response from *url*, in their order.

    *headers* are the response's: pairs of name and value, a mapping, an object with ``items``,
    the values of Set-Cookie alone, or the text of the head, as ``curl -i`` prints it. The
    other arguments are those of `explain_set_cookie`. One jar takes all lines, so a cookie
    that a later line replaces or deletes has the finding ``replaced``, and one for which the
    jar has no room has ``evicted``.

    >>> verdicts = explain_response([("Set-Cookie", "a=1"), ("Set-Cookie", "a=2; Secure")])
    >>> [[finding.code for finding in verdict.findings] for verdict in verdicts]
    [['replaced'], []]
    """
    now = time.time()
    lines = [
        Line(url, header, now, cross_site, http_api, embedded)
        for header in set_cookie_lines(headers)
    ]
    return [each.verdict for each in explain_lines(lines, is_public_suffix)]


class Sending(NamedTuple):
    """Whether a request has a *cookie*: *sent*, and if not, the *findings* that say why not."""

    cookie: StoredCookie
    sent: bool
    findings: list[Finding]


def explain_cookie_header(
    jar: CookieJar,
    url: str,
    *,
    same_site: str = "strict",
    http_api: bool = True,
    cross_site: bool = False,
    embedded: bool = False,
) -> list[Sending]:
    """Say of each cookie of *jar* whether a request to *url* has it, and why not.

    *same_site* and *http_api* are those of `CookieJar.cookie_header`, which has the cookies
    that are ``sent``. *cross_site* and *embedded* are those of `explain_set_cookie`, and mean
    ``same_site="none"``. Those that are sent come first, in the order of the header. The jar
    is not changed: this is no access to its cookies.

    Raises ValueError for another *same_site*. See layered 5.4.5.

    >>> jar = CookieJar()
    >>> verdict = jar.receive("sid=31d4; Path=/docs", "https://example.com/")
    >>> for sending in explain_cookie_header(jar, "https://example.com/"):
    ...     print(sending.cookie.name, sending.sent, sending.findings[0].code)
    sid False unsent-path
    """
    if same_site not in sending.SENT_WITH["None"]:
        raise ValueError("same_site must be 'strict', 'lax', 'unset' or 'none'")
    request = urls.read_url(url)
    found = []
    for cookie in sorted(jar, key=lambda cookie: -len(cookie.path)):
        if request is None:
            case = Case("", None, 0.0)
            found.append(Sending(cookie, False, [refusals.describe("url", case, None)]))
            continue
        word = "none" if cross_site or embedded else same_site
        context = sending.Context(request, jar.is_public_suffix, http_api, word)
        reasons = [
            sending.describe(code, cookie, request)
            for code in sending.find_reasons(cookie, context)
        ]
        sent = not reasons
        if sent and embedded:
            reasons.append(on_third_party(cookie.partitioned))
        found.append(Sending(cookie, sent, reasons))
    return sorted(found, key=lambda each: not each.sent)


# --- several lines -----------------------------------------------------------------------


class Line(NamedTuple):
    """A Set-Cookie line, and the circumstances in which it comes."""

    url: str
    header: str | Octets
    now: float
    cross_site: bool = False
    http_api: bool = True
    embedded: bool = False


class Explained(NamedTuple):
    """A line, the verdict on it, and the cookie as it is stored, if it can be."""

    line: Line
    verdict: Verdict
    stored: StoredCookie | None

    def with_finding(self, finding: Finding) -> Explained:
        accepted = self.verdict.accepted and finding.severity != "error"
        return self._replace(verdict=self.verdict.with_finding(accepted, finding))


def explain_lines(lines: Iterable[Line], given: PublicSuffix) -> list[Explained]:
    """Explain lines, in the order in which one jar receives them."""
    found: list[Explained] = []
    holders: dict[tuple[object, ...], int] = {}  # which line a cookie of the jar is from
    now = [0.0]
    jar = CookieJar(is_public_suffix=given, clock=lambda: now[0])
    for number, line in enumerate(lines):
        now[0] = line.now
        each = _received(jar, line, given)
        found.append(each)
        if each.stored is None or is_refused(each.verdict):
            continue
        key = identity(each.stored)
        if key in holders:
            old = holders.pop(key)
            found[old] = found[old].with_finding(_replaced(found[old], each))
        if each.verdict.accepted:
            holders[key] = number
    kept = {identity(cookie) for cookie in jar}
    for key, number in holders.items():
        line, _, stored = found[number]
        if key not in kept and not is_expired(stored and stored.expiry_time, now[0]):
            evicted = refusals.describe("evicted", _case(line, given), None)
            found[number] = found[number].with_finding(evicted)
    return found


def identity(cookie: StoredCookie) -> tuple[object, ...]:
    """Return what two cookies of which one replaces the other have in common."""
    return cookie.domain, cookie.name, cookie.path, cookie.host_only, cookie.partitioned


def is_refused(verdict: Verdict) -> bool:
    """Whether the cookie is dropped, other than one that is set to be deleted."""
    return not verdict.accepted and any(
        finding.severity == "error" and finding.code != "expired"
        for finding in verdict.findings
    )


def _case(line: Line, given: PublicSuffix) -> Case:
    text, request = native_string(line.header), urls.read_url(line.url)
    cross_site = line.cross_site or line.embedded
    return Case(text, request, line.now, line.http_api, cross_site, given)


def _in_page(line: Line, verdict: Verdict) -> Verdict:
    """Add what is to know about a cookie in another site's page."""
    if not line.embedded or not verdict.accepted or verdict.cookie is None:
        return verdict
    text = native_string(line.header)
    return verdict.with_finding(True, on_third_party(verdict.cookie.partitioned, text))


def _received(jar: CookieJar, line: Line, given: PublicSuffix) -> Explained:
    """Let the jar receive a line."""
    case = _case(line, given)
    cross_site = case.cross_site
    verdict = jar.receive(case.text, line.url, http_api=line.http_api, cross_site=cross_site)
    return Explained(line, _in_page(line, verdict), judge(case).stored)


def _replaced(old: Explained, new: Explained) -> Finding:
    same = old.line.url == new.line.url
    verb = "replaces" if new.verdict.accepted else "deletes"
    where = "of the response" if same else f"from {quoted(new.line.url, 60)}"
    return Finding(
        "replaced",
        "warning" if same else "info",
        f"A later Set-Cookie line {where} {verb} this cookie, which has the same name, host and"
        " path. Send one line for a cookie.",
        LAYERED + "5.4.3",
    )
