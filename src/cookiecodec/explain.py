"""Why a user agent keeps or drops a cookie, in words for the developer who sets it.

The judgement is the same as the jar's, so that these two can't differ. Each cause has a
code, and a message that says what was found, in which section the rule is, and what to
change.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from . import matching
from ._formats import urls
from ._formats.responses import Headers, set_cookie_lines
from ._user_agent import storing
from ._user_agent.messages import Finding, describe, quoted
from ._user_agent.storing import (
    SENT_WITH,
    PublicSuffix,
    SameSite,
    StoredCookie,
    check_same_site,
)
from ._user_agent.verdict import Verdict
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
    type, and nothing else. See layered 5.4.

    >>> verdict = explain_set_cookie("sid=31d4; SameSite=None", "https://example.com/")
    >>> verdict.accepted, verdict.findings[0].code, verdict.findings[0].suggestion
    (False, 'samesite-none-insecure', 'sid=31d4; SameSite=None; Secure')
    """
    line = Line(url, header, time.time(), cross_site, http_api, embedded)
    return explain_lines([line], is_public_suffix)[0]


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
    return explain_lines(lines, is_public_suffix)


class Sending(NamedTuple):
    """Whether a request has a *cookie*: *sent*, and if not, the *findings* that say why not."""

    cookie: StoredCookie
    sent: bool
    findings: list[Finding]


def explain_cookie_header(
    jar: CookieJar,
    url: str,
    *,
    same_site: SameSite = "strict",
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
    word = check_same_site(same_site)
    word = "none" if cross_site or embedded else word
    request, found = urls.read_url(url), []
    for cookie in sorted(jar, key=lambda cookie: -len(cookie.path)):
        reasons = [describe("url")]
        if request is not None:
            suffixes = jar.is_public_suffix
            reasons = list(why_not_sent(cookie, request, suffixes, http_api, word))
        notes = [_third_party(cookie.partitioned)] if embedded and not reasons else []
        found.append(Sending(cookie, not reasons, reasons + notes))
    return sorted(found, key=lambda each: not each.sent)


def why_not_sent(
    cookie: StoredCookie,
    request: urls.Request,
    given: PublicSuffix,
    http_api: bool = True,
    same_site: str = "strict",
) -> Iterator[Finding]:
    """Yield a finding for each cause not to send a cookie: Retrieve Cookies (layered 5.4.5)."""
    host, domain, samesite = request.host, cookie.domain, cookie.samesite
    is_below = not cookie.host_only and urls.host_matches(host, domain)
    fields = {
        "domain": domain,
        "only": " alone" if cookie.host_only else " and the hosts below it",
        "host": host,
        "path": quoted(cookie.path),
        "request_path": quoted(request.path),
        "samesite": f"SameSite={samesite}" if samesite else "no SameSite (Lax in Chromium)",
    }
    for code, applies in (
        ("unsent-host", host != domain and not is_below),
        ("unsent-suffix", is_below and domain not in storing.site_hosts(host, given)),
        ("unsent-path", not matching.path_match(request.path, cookie.path)),
        ("unsent-secure", cookie.secure and not request.secure),
        ("unsent-httponly", cookie.httponly and not http_api),
        ("unsent-samesite", same_site not in SENT_WITH[samesite]),
        ("unsent-tab", "\t" in cookie.name + cookie.value),
    ):
        if applies:
            yield describe(code, fields)


# --- several lines -----------------------------------------------------------------------


class Line(NamedTuple):
    """A Set-Cookie line, and the circumstances in which it comes."""

    url: str
    header: str | Octets
    now: float
    cross_site: bool = False
    http_api: bool = True
    embedded: bool = False


def explain_lines(lines: Iterable[Line], given: PublicSuffix) -> list[Verdict]:
    """Explain lines, in the order in which one jar receives them."""
    found: list[Verdict] = []
    holders: dict[object, tuple[int, str]] = {}  # which line a cookie of the jar is from
    now = 0.0
    jar = CookieJar(is_public_suffix=given, clock=lambda: now)
    for line in lines:
        now = line.now
        cross_site = line.cross_site or line.embedded
        verdict = jar.receive(
            line.header, line.url, http_api=line.http_api, cross_site=cross_site
        )
        stored = verdict.stored
        if line.embedded and verdict.accepted and stored is not None:
            text = native_string(line.header)
            verdict = verdict.with_finding(_third_party(stored.partitioned, text))
        found.append(verdict)
        if stored is None:
            continue
        number, url = holders.pop(identity(stored), (-1, ""))
        if number >= 0:
            verb = "replaces" if verdict.accepted else "deletes"
            key = "replaced" if url == line.url else "replaced elsewhere"
            later = describe(key, {"verb": verb, "url": quoted(line.url, 60)})
            found[number] = found[number].with_finding(later)
        if verdict.accepted:
            holders[identity(stored)] = len(found) - 1, line.url
    kept = set(map(identity, jar))
    for holder, (number, _) in holders.items():
        stored = found[number].stored
        ended = stored is not None and storing.is_expired(stored.expiry_time, now)
        if holder not in kept and not ended:
            found[number] = found[number].with_finding(describe("evicted"))
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


def _third_party(is_partitioned: bool, text: str = "") -> Finding:
    """Return the finding on a cookie that is kept, or sent, in another site's page."""
    if is_partitioned:
        return describe("third-party partitioned")
    return describe("third-party", suggestion=f"{text}; Partitioned" if text else None)
