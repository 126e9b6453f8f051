"""How what two browsers did with a header is compared with `CookieJar` and `explain`."""

from collections.abc import Sequence
from typing import Any, Callable, Union

from cookiecodec import CookieJar, StoredCookie, Verdict, explain_set_cookie

#: Public suffixes of the hosts in the cases, as both browsers' lists have them.
SUFFIXES = {"com", "test", "uk", "co.uk", "io", "github.io", "localhost", "s3.amazonaws.com"}


def is_public_suffix(domain: str) -> bool:
    return domain in SUFFIXES or "." not in domain


#: Seconds by which lifetimes may differ: one browser is asked after the other, and the first
#: recordings do not say when. Where an outcome says so (`set_at`), these are 3.
SLACK = 600

Outcome = dict[str, Any]
Fields = Union[tuple[Any, ...], None]


def fields(cookie: "dict[str, Any] | None") -> Fields:
    """What a browser holds of a cookie, but for its lifetime."""
    if cookie is None:
        return None
    names = ("name", "value", "domain", "host_only", "path", "secure", "httpOnly")
    return (*[cookie[name] for name in names], cookie["sameSite"], cookie["partitioned"])


def lifetime(outcome: Outcome) -> "float | None":
    cookie = outcome.get("cookie")
    return None if cookie is None else cookie.get("lifetime_s", outcome.get("lifetime_s"))


def alike(first: "float | None", second: "float | None", later: "float | None" = None) -> bool:
    """Whether two lifetimes are the same, or end at the same time, the second *later*."""
    if first is None or second is None:
        return first is second
    if later is None:
        return abs(first - second) <= (SLACK if max(first, second) > SLACK else 2)
    return abs(first - second) <= 3 or abs(first - second - later) <= 3


def agree(chromium: Outcome, firefox: Outcome) -> bool:
    """Whether the two browsers did the same."""
    one, other = chromium.get("cookie"), firefox.get("cookie")
    later = firefox["set_at"] - chromium["set_at"] if "set_at" in chromium else None
    return (
        chromium["stored"] == firefox["stored"]
        and chromium["sent"] == firefox["sent"]
        and fields(one) == fields(other)
        and alike(lifetime(chromium), lifetime(firefox), later)
    )


def our_fields(cookie: StoredCookie) -> Fields:
    return (
        cookie.name,
        cookie.value,
        cookie.domain,
        cookie.host_only,
        cookie.path,
        cookie.secure,
        cookie.httponly,
        cookie.samesite,
        cookie.partitioned,
    )


def check(
    url: str,
    header: str,
    read_url: str,
    chromium: Outcome,
    firefox: Outcome,
    now: float,
    is_public_suffix: Callable[[str], bool] = is_public_suffix,
) -> None:
    """Jar and explanation do what both browsers do, or say that they differ."""
    jar = CookieJar(is_public_suffix=is_public_suffix, clock=lambda: now)
    received = jar.receive(header, url)
    explained = explain_set_cookie(header, url, is_public_suffix=is_public_suffix)
    assert received.accepted == explained.accepted == bool(list(jar))
    codes = {finding.code for finding in received.findings}
    assert codes == {finding.code for finding in explained.findings}
    differing = [f.browsers for f in received.findings if f.browsers is not None]
    kept = {"chromium": chromium["stored"], "firefox": firefox["stored"]}
    if agree(chromium, firefox):
        assert received.accepted == chromium["stored"]
        assert differing == []
        if received.accepted:
            (cookie,) = jar
            assert our_fields(cookie) == fields(chromium["cookie"])
            expiry = cookie.expiry_time
            ours = None if expiry is None else expiry - now
            assert alike(ours, lifetime(chromium), 0 if "set_at" in chromium else None)
        assert (jar.cookie_header(read_url) or None) == chromium["sent"]
    else:
        assert differing
        assert all(browsers == kept for browsers in differing)
        if chromium["stored"] and firefox["stored"]:
            assert received.accepted
    if "blocked" in chromium:
        check_reasons(received, chromium)


Steps = Sequence[tuple[str, Sequence[str]]]


def check_sequence(
    steps: Steps,
    times: Sequence[float],
    reads: Sequence[str],
    chromium: Outcome,
    firefox: Outcome,
    is_public_suffix: Callable[[str], bool] = is_public_suffix,
) -> None:
    """A jar holds and sends what both browsers do, or a finding says that they differ.

    One difference has no finding: Chromium sends a cookie behind the others after a change
    of its value. Nor are names compared that are not UTF-8, which DevTools shows as "".
    """
    now = 0.0
    jar = CookieJar(is_public_suffix=is_public_suffix, clock=lambda: now)
    differing = False
    for (url, headers), now in zip(steps, times):  # noqa: B007
        jar.cookie_header(url)
        for header in headers:
            findings = jar.receive(header, url).findings
            differing = differing or any(finding.browsers for finding in findings)
    sent = [jar.cookie_header(url) for url in reads]
    by_chromium, by_firefox = (
        [header or "" for header in outcome["sent"]] for outcome in (chromium, firefox)
    )
    if by_chromium == by_firefox:
        assert sent == by_chromium
        held = {fields(cookie) for cookie in firefox["jar"]}
        if {fields(cookie) for cookie in chromium["jar"]} == held:
            assert {our_fields(cookie) for cookie in jar} == held
    elif [set(header.split("; ")) for header in by_chromium] == [
        set(header.split("; ")) for header in by_firefox
    ]:
        assert sent == by_firefox
    else:
        assert differing


#: Chromium's own words for why it blocks a cookie, and our codes for the same. Of several
#: reasons it may name the prefix alone: over http, or in a nameless value with "=", for
#: which it has no word.
REASONS = {
    "DisallowedCharacter": {"control-character", "tab", "path-tab", "nameless-equals"},
    "NoCookieContent": {"empty"},
    "NameValuePairExceedsMaxSize": {"size"},
    "InvalidDomain": {
        "domain-invalid",
        "domain-non-ascii",
        "domain-mismatch",
        "domain-public-suffix",
        "nameless-equals",
    },
    "SecureOnly": {"secure-insecure"},
    "SameSiteNoneInsecure": {"samesite-none-insecure"},
    "InvalidPrefix": {
        "prefix-secure",
        "prefix-host",
        "prefix-http",
        "prefix-host-http",
        "prefix-differs",
        "nameless-prefix",
        "nameless-equals",
        "secure-insecure",
    },
    "OverwriteSecure": {"secure-overlay"},
}

#: What Chromium drops without a word in DevTools.
SILENT = {
    "expired",
    "expires-differs",
    "max-age-differs",
    "nameless-equals",
    "partitioned-insecure",
    "secure-insecure",  # where it is Partitioned
}


def check_reasons(verdict: Verdict, chromium: Outcome) -> None:
    codes = {finding.code for finding in verdict.findings}
    for reason in chromium["blocked"]:
        assert codes & REASONS[reason], reason
    if not chromium["stored"] and not chromium["blocked"]:
        assert codes & SILENT
