"""`explain_set_cookie`: a code for every cause, and consistent verdicts."""

import copy
import inspect
import pickle
import re
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

import pytest
from hypothesis import given, strategies as st

from cookiecodec import (
    CookieJar,
    Finding,
    Verdict,
    explain,
    explain_set_cookie,
    jar,
    set_cookie,
)
from cookiecodec._core.prefixes import NAME_PREFIXES
from cookiecodec._user_agent import judgement, storing
from cookiecodec._user_agent.messages import TEMPLATES

from ..support.strategies import any_text, native_headers, set_cookie_headers

NOW = 1700000000.5
URLS = st.sampled_from(
    [
        "https://example.com/",
        "http://www.example.com/docs/page",
        "http://localhost/",
        "https://127.0.0.1/",
        "https://example.com./",
        "ftp://example.com/",
    ]
)

# Each code of a verdict: a header that causes it, and the URL if it is not the default.
CODES = {
    "control-character": ("a=b\x1b[31m", ""),
    "empty": ("; Path=/", ""),
    "size": ("a=" + "b" * 4096, ""),
    "nameless-equals": ("=a=b", ""),
    "url": ("a=b", "ftp://example.com/"),
    "domain-invalid": ("a=b; Domain=example.com:443", ""),
    "domain-non-ascii": ("a=b; Domain=b\xfccher.test", ""),
    "domain-mismatch": ("a=b; Domain=example.org", ""),
    "domain-public-suffix": ("a=b; Domain=com", ""),
    "path-tab": ("a=b; Path=/a\tb", ""),
    "secure-insecure": ("a=b; Secure", "http://example.com/"),
    "secure-localhost": ("__Host-a=b; Secure; Path=/", "http://localhost:8000/"),
    "samesite-none-insecure": ("a=b; SameSite=None", ""),
    "partitioned-insecure": ("a=b; Partitioned", ""),
    "prefix-secure": ("__Secure-a=b", ""),
    "prefix-host": ("__Host-a=b; Secure", ""),
    "prefix-http": ("__Http-a=b; Secure", ""),
    "prefix-host-http": ("__Host-Http-a=b; Secure; Path=/", ""),
    "nameless-prefix": ("__Host-a; Secure; Path=/", ""),
    "expired": ("a=; Max-Age=0", ""),
    # These require a jar, or arguments of the caller
    "secure-overlay": ("", ""),
    "httponly-overlay": ("", ""),
    "httponly-not-http": ("", ""),
    "samesite-cross-site": ("", ""),
    "evicted": ("", ""),
    "path-too-long": ("", ""),
    "deletion-differs": ("", ""),
    "eviction-differs": ("", ""),
    # The cookie is kept, with a remark
    "nameless": ("a", ""),
    "tab": ("a=b\tc", ""),
    "not-utf8": ("a=\xe9", ""),
    "max-age-differs": ("a=b; Max-Age=+5", ""),
    "expires-differs": ("a=b; Expires=Thu, 12 Aug 2100 10:18", ""),
    "default-path-long": ("a=b", f"https://example.com/{'p' * 1024}/x"),
    "prefix-differs": ("__Host-a=b; Secure", ""),
    "attribute-too-long": ("a=b; Path=/" + "p" * 1024, ""),
    "attribute-unknown": ("a=b; HttpOnl", ""),
    "attribute-priority": ("a=b; Priority=High", ""),
    "priority-unknown": ("a=b; Priority=x", ""),
    "attribute-long-flag": ("a=b; Secure=" + "x" * 1025, ""),
    "attribute-repeated": ("a=b; Path=/; Path=/", ""),
    "flag-value": ("a=b; Secure=false", ""),
    "joined": ("a=b; Path=/, c=d", ""),
    "path-relative": ("a=b; Path=docs", ""),
    "path-elsewhere": ("a=b; Path=/docs", ""),
    "max-age-invalid": ("a=b; Max-Age=1h", ""),
    "expires-invalid": ("a=b; Expires=tomorrow", ""),
    "expires-before-1601": ("a=b; Expires=Sat, 01 Jan 1600 00:00:00 GMT", ""),
    "expires-overridden": ("a=b; Max-Age=9; Expires=0", ""),
    "lifetime-capped": ("a=b; Max-Age=99999999", ""),
    "samesite-unknown": ("a=b; SameSite=strong", ""),
    "domain-empty": ("a=b; Domain=", ""),
    "domain-host-only": ("a=b; Domain=127.0.0.1", "https://127.0.0.1/"),
    "name-not-token": ("a b=c", ""),
    "value-not-octets": ("a=b c", ""),
    "attribute-swallowed": ("a=b Path=/", ""),
    "value-quoted": ('a="b"', ""),
    "path-unreachable": ("a=b; Path=/my docs", ""),
    "suffix-unchecked": ("a=b; Domain=co.uk", "https://www.co.uk/"),
    # For several lines, for other sites, for what is sent
    "replaced": ("", ""),
    "third-party": ("", ""),
    "never-sent": ("", ""),
    "unsent-host": ("", ""),
    "unsent-suffix": ("", ""),
    "unsent-path": ("", ""),
    "unsent-secure": ("", ""),
    "unsent-httponly": ("", ""),
    "unsent-samesite": ("", ""),
    "unsent-tab": ("", ""),
}


@pytest.mark.parametrize("code", [code for code, (header, _) in CODES.items() if header])
def test_each_cause_has_its_code(code: str) -> None:
    header, url = CODES[code]
    verdict = explain_set_cookie(header, url or "https://example.com/")
    (finding,) = [f for f in verdict.findings if f.code == code]
    assert finding.message.isascii()
    assert finding.message.isprintable()
    assert re.search(r"section \d", finding.reference)


def test_every_code_is_tested_and_documented() -> None:
    """The table of messages, of which every finding is made, and that in the documentation."""
    assert {rule.code for rule in TEMPLATES.values()} == set(CODES)
    page = (Path(__file__).parents[2] / "docs" / "user-agent.md").read_text("utf-8")
    documented = re.findall(r"^\| `([a-z0-9-]+)` \|", page, re.MULTILINE)
    assert sorted(documented) == sorted(CODES)


def test_every_code_of_a_judgement_has_a_message() -> None:
    """What the rules yield, append or return is a key of the table, or a prefix's code."""
    source = "".join(map(inspect.getsource, (set_cookie, storing, judgement, jar)))
    said = (
        r'(?:yield |refusal=|refused.append\(|seen\[|codes = \[|return )"([a-z]+(?:-[a-z]+)+)"'
    )
    written = set(re.findall(said, source)) | {prefix.code for prefix in NAME_PREFIXES}
    assert {"nameless-equals", "path-too-long", "domain-mismatch"} <= written <= set(TEMPLATES)


def test_no_finding_is_made_elsewhere() -> None:
    sources = (Path(explain.__file__).parent).rglob("*.py")
    made = [path.name for path in sources if "Finding(" in path.read_text("utf-8")]
    assert made == ["messages.py"]


def codes(verdict: Verdict) -> "list[str]":
    return [finding.code for finding in verdict.findings]


def test_codes_that_need_a_jar() -> None:
    jar = CookieJar(clock=lambda: 0.0)
    assert jar.receive("a=1; Path=/; Secure; HttpOnly", "https://example.com/").accepted
    overlay = jar.receive("a=2; Path=/", "http://example.com/")
    assert codes(overlay) == ["secure-overlay"]
    script = jar.receive("a=2; Path=/", "https://example.com/", http_api=False)
    assert codes(script) == ["httponly-overlay"]
    script = jar.receive("b=2; HttpOnly", "https://example.com/", http_api=False)
    assert codes(script) == ["httponly-not-http"]
    cross = jar.receive("b=2; SameSite=Lax", "https://example.com/", cross_site=True)
    assert codes(cross) == ["samesite-cross-site"]
    full = CookieJar(clock=lambda: 0.0, max_per_host=1)
    assert full.receive("a=1; Secure", "https://example.com/").accepted
    assert codes(full.receive("b=2", "https://example.com/")) == ["evicted"]
    directory = f"https://example.com/{'p' * 8190}/"
    assert codes(jar.receive("a=1", directory))[0] == "path-too-long"
    assert jar.receive("=a", "https://example.com/").accepted
    deletion = jar.receive("a; Max-Age=0", "https://example.com/")
    assert codes(deletion)[:2] == ["expired", "deletion-differs"]
    full = CookieJar(clock=lambda: 0.0, max_per_host=6)
    for number in range(6):
        full.receive(f"a{number}=1; Secure", "https://example.com/")
    both_kinds = full.receive("b=1", "https://example.com/")
    assert codes(both_kinds) == ["evicted", "eviction-differs"]
    everything = jar.receive("a=2; Path=/; Secure", "http://example.com/")
    assert codes(everything) == ["secure-insecure", "secure-overlay"]


def test_all_causes_are_reported_together() -> None:
    verdict = explain_set_cookie(
        "__Host-a=b; Domain=example.org; SameSite=None; HttpOnly=no", "http://example.com/"
    )
    assert not verdict.accepted
    assert codes(verdict) == [
        "domain-mismatch",
        "samesite-none-insecure",
        "prefix-host",
        "flag-value",
    ]


def test_findings_say_where_the_browsers_differ() -> None:
    """One keeps what the other drops, or each keeps a different cookie."""
    for header, chromium, firefox in [
        ("a=b\tc", False, True),
        ("=a", True, False),
        ("a", True, True),
        ("a=b; Max-Age=-", True, False),
        ("a=b; Max-Age=+0", False, True),
        ("a=b; Expires=Thu, 12 Aug 2100 10:18", True, True),
        ("__Host-a=b; Secure", False, True),
        ("a=b", None, None),
        ("a=b; Expires=Thu, 12 Aug 2100 10:18:14 GMT", None, None),
        ("a=b; Max-Age=9; Expires=12 Aug 2100", None, None),
        ("a=b; Domain=stra\xc3\x9fe.test", None, None),
        ("a\tb=c; Domain=example.org", None, None),
        ("a=b; Secure=" + "x" * 1025, True, True),
        ("a=b; Partitioned=" + "x" * 1025, True, False),
        ("a; Max-Age=" + "0" * 1025, True, True),
        ("a=\xff; Max-Age=-" + "1" * 1025, True, True),
        ("a=" + "\xff" * 4095, True, True),
        ("a=b; Expires=06 Mar 00027 00:00:00", True, False),
        ("a=b; Max-Age=9223372036854775807x", True, True),
        ("a=b; Max-Age=" + "9" * 30 + "x", None, None),
    ]:
        found = [f.browsers for f in explain_set_cookie(header).findings if f.browsers]
        expected = {"chromium": chromium, "firefox": firefox}
        assert found == ([] if chromium is None else [expected]), header


def test_no_browser_keeps_a_cookie_for_a_url_without_cookies() -> None:
    """So the findings report no difference that exists only for other URLs."""
    for url, expected in (("https://example.com/", {"chromium": False, "firefox": True}),
                      ("ftp://example.com/", None)):  # fmt: skip
        findings = {f.code: f for f in explain_set_cookie("a=b\tc", url).findings}
        assert (findings["tab"].severity, findings["tab"].browsers) == ("warning", expected)
        assert ("url" in findings) == (expected is None)


def test_a_cookie_that_browsers_drop_for_different_reasons_is_dropped() -> None:
    """Each browser accepts what the other refuses, but neither keeps the cookie."""
    for header, expected in [
        ("=a; x=y\tz", ["nameless", "tab"]),
        ("=\xff; x=y\tz", ["nameless", "tab"]),
        ("a=b\tc; Max-Age=-x", ["tab", "max-age-differs"]),
        ("a=b\tc; Expires=1 Jan 2020", ["tab", "expires-differs"]),
    ]:
        verdict = explain_set_cookie(header)
        assert not verdict.accepted
        assert [f.code for f in verdict.findings if f.severity == "error"] == expected
        assert {f.browsers for f in verdict.findings if f.severity == "error"} == {None}


def test_browsers_may_read_different_dates_with_the_same_result() -> None:
    """Chromium reads an hour of three digits. Firefox uses the date without the time."""
    past = explain_set_cookie("a=b; Expires=06 Mar 1960 012:30:45")
    assert (past.accepted, codes(past)[0]) == (False, "expired")
    jar = CookieJar(clock=lambda: 0.0)
    assert jar.receive("a=b; Expires=06 Mar 2095 012:30:45", "https://example.com/").accepted
    assert [cookie.expiry_time for cookie in jar] == [400 * 86400]


def test_a_cookie_that_both_browsers_delete_is_not_in_the_jar() -> None:
    """Chromium reads Max-Age=+0, and Firefox carries 23:59:60 over: both have expired."""
    jar = CookieJar()
    url = "https://example.com/"
    assert jar.receive("a=b", url).accepted
    verdict = jar.receive("a=b; Expires=1 Feb 2020 23:59:60 UTC; Max-Age=+0", url)
    assert (verdict.accepted, len(jar)) == (False, 0)


def test_huge_numbers_in_dates_and_lifetimes_are_explained() -> None:
    for text in (
        "a;Expires=1 Jan 2030 00:00:004294967296",
        "a=b;Expires=1 Jan 2030 99999999999999999999:1:1",
        "a;Max-Age=" + "9" * 4301,
        "__Host-a=b; Secure; Max-Age=-" + "9" * 4301,
        "a;Expires=1 Jan " + "9" * 4301 + " 0:0:0",
    ):
        assert explain_set_cookie(text).findings


def test_joined_headers_are_detected() -> None:
    for header in (
        "a=1; Path=/, b=2",
        "a=1, b=2; Path=/",
        "a=1; Expires=Wed, 09 Jun 2100 10:18:14 GMT, b=2",
    ):
        assert "joined" in codes(explain_set_cookie(header)), header
    assert codes(explain_set_cookie("a=1,b=2; Path=/")) == ["value-not-octets"]


@pytest.mark.parametrize(
    ("header", "attribute"),
    [
        ("sid=1 Path=/ Secure", "Path"),
        ("sid=1 Secure; Path=/", "Secure"),
        ("sid=1, Secure", "Secure"),
        ("sid=1; HttpOnly; Secure, Path=/", "Path"),
        ("sid=1; SameSite=Lax,Secure", "Secure"),
        ("sid=1; Path=/; HttpOnly, b=2; Path=/", ""),
        ("sid=1; Path=/docs secure", ""),
        ("sid=Secure", ""),
    ],
)
def test_an_attribute_without_its_semicolon_is_detected(header: str, attribute: str) -> None:
    found = [f for f in explain_set_cookie(header).findings if f.code == "attribute-swallowed"]
    assert [finding.message.split()[0] for finding in found] == (
        [attribute] if attribute else []
    )


def test_a_finding_says_what_a_prefix_requires() -> None:
    for header, missing, change in [
        ("__Secure-a=b", "Secure", "Add Secure"),
        ("__Secure-a=b; Secure=" + "x" * 1025, "Secure", "Add Secure"),
        ("__Host-a=b; Secure", "Path=/", "Add Path=/"),
        ("__Host-a=b; Path=/; Secure; Domain=example.com", "no Domain", "Leave Domain out"),
        (
            "__hOsT-a=b; Domain=example.com; Path=/docs",
            "Secure, Path=/, no Domain",
            "Add Secure, Path=/ and leave Domain out",
        ),
        ("__Http-a=b", "Secure, HttpOnly", "Add Secure, HttpOnly"),
        ("__Host-Http-a=b", "Secure, HttpOnly, Path=/", "Add Secure, HttpOnly, Path=/"),
    ]:
        message = explain_set_cookie(header).findings[0].message
        assert f"has a prefix that requires {missing}. {change}, or use another" in message


# The cited sections of draft-ietf-httpbis-layered-cookies, with their titles.
SECTIONS = {
    "4.1.1": "Syntax",
    "5.1.1": "Cookie Store And Limits",
    "5.2": "Cookie Store Eviction",
    "5.2.1": "Remove Expired Cookies",
    "5.3.1": "Parse a Date",
    "5.3.2": "Domain Matching",
    "5.3.3": "Cookie Default Path",
    "5.3.4": "Path Matching",
    "5.4.2": "Parse a Cookie",
    "5.4.3": "Store a Cookie",
    "5.5.1": "The Set-Cookie Header Field",
}
RULES = {
    "control-character": "5.4.2",
    "domain-mismatch": "5.3.2",
    "domain-public-suffix": "5.4.3",
    "expired": "5.2.1",
    "expires-invalid": "5.3.1",
    "lifetime-capped": "5.1.1",
    "name-not-token": "4.1.1",
    "partitioned-insecure": "5.4.3",
    "path-elsewhere": "5.3.4",
    "path-relative": "5.4.2",
    "prefix-host": "5.4.3",
    "samesite-none-insecure": "5.4.3",
    "secure-insecure": "5.4.3",
    "size": "5.4.2",
    "url": "5.5.1",
}


@pytest.mark.parametrize("code", [code for code, (header, _) in CODES.items() if header])
def test_a_finding_cites_the_right_section(code: str) -> None:
    header, url = CODES[code]
    findings = explain_set_cookie(header, url or "https://example.com/").findings
    (reference,) = [finding.reference for finding in findings if finding.code == code]
    section = reference.rpartition(" ")[2]
    assert section in (*SECTIONS, "5.3") if code != "joined" else section == "5.3"
    assert RULES.get(code, section) == section


def test_the_number_of_findings_is_limited() -> None:
    findings = explain_set_cookie("a=b" + "; Path=/" * 1000 + "; x" * 1000).findings
    assert len(findings) == 20
    assert codes(explain_set_cookie("a=b; Secure; Secure; HttpOnly")) == []


def test_a_verdict_is_plain_data() -> None:
    verdict = explain_set_cookie("a=b; SameSite=None", is_public_suffix=lambda domain: True)
    for restored in (pickle.loads(pickle.dumps(verdict)), copy.deepcopy(verdict)):
        assert restored == verdict
        assert restored.findings == verdict.findings
    assert verdict != explain_set_cookie("a=c; SameSite=None")


def test_the_repr_of_a_verdict_hides_the_value() -> None:
    assert repr(explain_set_cookie("a=secret; Max-Age=0")) == (
        "<Verdict accepted=False findings=['expired']>"
    )


@given(st.one_of(set_cookie_headers, native_headers, any_text), URLS)
def test_a_verdict_is_consistent(header: str, url: str) -> None:
    verdict = explain_set_cookie(header, url)
    errors = [finding for finding in verdict.findings if finding.severity == "error"]
    assert verdict.accepted == (not errors)
    assert not verdict.accepted or verdict.cookie is not None
    order = ("error", "warning", "info")
    severities = [order.index(finding.severity) for finding in verdict.findings]
    assert severities == sorted(severities)
    for finding in verdict.findings:
        assert finding.code in CODES
        assert finding.message.isascii()
        assert finding.message.isprintable()
        assert len(finding.message) < 600
        assert finding.browsers is None or set(finding.browsers) == {"chromium", "firefox"}


@given(set_cookie_headers, URLS)
def test_an_empty_jar_gives_the_same_verdict(header: str, url: str) -> None:
    """Both use the same second, or a cookie may expire between the calls."""
    with mock.patch.object(explain, "time", SimpleNamespace(time=lambda: NOW)):
        explained = explain_set_cookie(header, url)
    jar = CookieJar(clock=lambda: NOW)
    received = jar.receive(header, url)
    assert received.accepted == explained.accepted == bool(list(jar))
    assert codes(received) == codes(explained)
    assert received.cookie == explained.cookie


def test_the_caller_determines_public_suffixes() -> None:
    def suffixes(domain: str) -> bool:
        return domain in ("co.uk", "uk")

    header, url = "a=b; Domain=co.uk", "https://www.example.co.uk/"
    assert explain_set_cookie(header, url).accepted
    assert codes(explain_set_cookie(header, url, is_public_suffix=suffixes)) == [
        "domain-public-suffix"
    ]
    assert explain_set_cookie(header, "https://co.uk/", is_public_suffix=suffixes).accepted


def lines_run(text: str) -> int:
    """Return how many lines of Python run to receive *text* and explain it."""
    lines = 0

    def count(frame: Any, event: str, arg: object) -> Any:
        nonlocal lines
        lines += 1
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        verdict = CookieJar().receive(text, "https://example.com/")
        assert len(verdict.findings) <= len(verdict.log_findings())
    finally:
        sys.settrace(before)
    return lines


@pytest.mark.parametrize(
    "piece", [";", "; Path=/", ";a=", "; Expires=1 ", "; x, b=c", "; Secure=1"]
)
def test_twice_the_header_is_at_most_twice_the_work(piece: str) -> None:
    # Both are long enough to run the models of the browsers too.
    once, twice = (lines_run("a=b" + piece * number) for number in (2000, 4000))
    assert once < twice < once * 2.2


@pytest.mark.slow
def test_it_takes_linear_time() -> None:
    for piece in (
        ";",
        "=",
        " ",
        "\t",
        ",",
        "a=b;",
        "; Path=/",
        ";Expires=1 ",
        ",a=",
        "\xe9",
        "-",
    ):
        text = "a=b; Expires=" + piece * (10**5 // len(piece))
        assert isinstance(explain_set_cookie(text).findings, list)
        assert isinstance(explain_set_cookie(piece * 10**5).findings, list)


def test_a_finding_is_plain_data() -> None:
    (finding,) = explain_set_cookie("a=b; SameSite=None").findings
    assert finding == Finding(*finding)
    assert finding._asdict()["code"] == "samesite-none-insecure"
