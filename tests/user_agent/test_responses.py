"""`explain_response`, `explain_cookie_header`, corrected headers, and the words on mistakes."""

from email.message import Message
from typing import Any

import pytest
from hypothesis import given, strategies as st

from cookiecodec import (
    CookieJar,
    Verdict,
    explain_cookie_header,
    explain_response,
    explain_set_cookie,
)
from cookiecodec._formats.responses import read_heads
from cookiecodec._formats.urls import read_url
from cookiecodec._user_agent import suffixes

from ..support.peers import peer
from ..support.strategies import any_text, native_headers, set_cookie_headers
from .test_explain import CODES, codes

URL = "https://www.example.com/"

# --- several lines --------------------------------------------------------------------

OCTETS = [(b"set-cookie", b"a=1"), (b"Set-Cookie", b"b=2; SameSite=None")]
FORMS: "list[Any]" = [
    ["a=1", b"b=2; SameSite=None"],
    ["Set-Cookie: a=1", "Set-Cookie:b=2; SameSite=None"],
    [("Set-Cookie", "a=1"), ("X", "c=3"), ("set-cookie", "b=2; SameSite=None")],
    OCTETS,
    {"X": "c=3", "Set-Cookie": ["a=1", "b=2; SameSite=None"]},
    "HTTP/2 200\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2; SameSite=None\r\n\r\nSet-Cookie: c=3",
    b"Set-Cookie: a=1\nX: c=3\nset-cookie: b=2; SameSite=None",
]


@pytest.mark.parametrize("headers", FORMS, ids=range(len(FORMS)))
def test_headers_come_in_any_usual_form(headers: Any) -> None:
    verdicts = explain_response(headers, URL)
    assert [each.accepted for each in verdicts] == [True, False]
    assert [codes(each) for each in verdicts] == [[], ["samesite-none-insecure"]]


def test_headers_of_libraries_have_several_lines_of_a_name() -> None:
    message = Message()
    lines = [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2; SameSite=None")]
    for name, value in lines:
        message[name] = value
    for headers in (
        message,
        peer("werkzeug.datastructures").Headers(lines),
        peer("httpx").Headers(lines),
        peer("starlette.datastructures").Headers(
            raw=[(b"set-cookie", b"a=1"), (b"set-cookie", b"b=2; SameSite=None")]
        ),
    ):
        assert [each.accepted for each in explain_response(headers)] == [True, False]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["a=1", "a=2"], [["replaced"], []]),
        (["a=1", "a=; Max-Age=0"], [["replaced"], ["expired"]]),
        (["a=; Max-Age=0", "a=1"], [["expired"], []]),
        (["a=1; Path=/x", "a=2"], [["path-elsewhere"], []]),
        (["a=1", "a=2; SameSite=None"], [[], ["samesite-none-insecure"]]),
        (["a=1; Secure", "a=2", "a=3"], [["replaced"], ["replaced"], []]),
    ],
)
def test_a_later_line_replaces_an_earlier_one(lines: "list[str]", expected: Any) -> None:
    assert [codes(each) for each in explain_response(lines, URL)] == expected


def test_a_full_jar_evicts_lines_of_the_same_response() -> None:
    verdicts = explain_response([f"n{number}=1" for number in range(200)], URL)
    evicted = [each for each in verdicts if codes(each) == ["evicted"]]
    assert 20 <= len(evicted) <= 60
    assert not any(each.accepted for each in evicted)


@given(st.binary() | st.text().map(str.encode))
def test_any_text_is_read(text: bytes) -> None:
    dump = (
        b"HTTP/1.1 301 x\r\nLocation: " + text + b"\r\nSet-Cookie: " + text + b"\r\n\r\n" + text
    )
    for head in read_heads(dump, URL) + read_heads(text, URL):
        assert isinstance(explain_response(head.lines, head.url), list)


def test_a_response_is_from_where_the_last_one_redirects_to() -> None:
    for location, expected in [
        ("/x", "https://a.test/x"),
        ("//b.test", "https://b.test"),
        ("http://[", "https://a.test/"),
        ("", "https://a.test/"),
    ]:
        dump = f"HTTP/1.1 302 x\nLocation: {location}\n\nHTTP/1.1 200 OK\nSet-Cookie: a=b\n"
        assert [head.url for head in read_heads(dump.encode(), "https://a.test/")][
            1
        ] == expected


# --- the request of another site ------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "context", "expected"),
    [
        ("a=b", {"cross_site": True}, ["samesite-cross-site"]),
        ("a=b", {"embedded": True}, ["samesite-cross-site"]),
        ("a=b; SameSite=None; Secure", {"cross_site": True}, []),
        ("a=b; SameSite=None; Secure", {"embedded": True}, ["third-party"]),
        ("a=b; HttpOnly", {"http_api": False}, ["httponly-not-http"]),
    ],
)
def test_the_context_decides(header: str, context: "dict[str, Any]", expected: Any) -> None:
    verdicts = [
        explain_set_cookie(header, URL, **context),
        *explain_response([header], URL, **context),
    ]
    assert [codes(each) for each in verdicts] == [expected, expected]
    assert [each.accepted for each in verdicts] == [expected in ([], ["third-party"])] * 2


def test_a_third_party_cookie_is_best_partitioned() -> None:
    header = "a=b; SameSite=None; Secure"
    (finding,) = explain_set_cookie(header, URL, embedded=True).findings
    assert (finding.severity, finding.suggestion) == ("warning", header + "; Partitioned")
    corrected = finding.suggestion or ""
    (finding,) = explain_set_cookie(corrected, URL, embedded=True).findings
    assert (finding.severity, finding.suggestion) == ("info", None)


# --- what is sent ---------------------------------------------------------------------


def a_jar(*lines: "tuple[str, str]", **options: Any) -> CookieJar:
    jar = CookieJar(**options)
    for url, header in lines:
        assert jar.receive(header, url).accepted
    return jar


@pytest.mark.parametrize(
    ("header", "url", "context", "code"),
    [
        ("a=b; Path=/docs", "https://www.example.com/", {}, "unsent-path"),
        ("a=b", "https://example.com/", {}, "unsent-host"),
        ("a=b", "https://x.www.example.com/", {}, "unsent-host"),
        ("a=b; Domain=example.com", "https://example.org/", {}, "unsent-host"),
        ("a=b; Secure", "http://www.example.com/", {}, "unsent-secure"),
        ("a=b; HttpOnly", URL, {"http_api": False}, "unsent-httponly"),
        ("a=b; SameSite=Strict", URL, {"same_site": "lax"}, "unsent-samesite"),
        ("a=b", URL, {"cross_site": True}, "unsent-samesite"),
        ("a=b; SameSite=Lax", URL, {"embedded": True}, "unsent-samesite"),
        ("a=b\tc", URL, {}, "unsent-tab"),
        ("a=b", "ftp://www.example.com/", {}, "url"),
    ],
)
def test_each_cause_for_which_a_cookie_is_not_sent(
    header: str, url: str, context: "dict[str, Any]", code: str
) -> None:
    jar = a_jar((URL, header))
    (found,) = explain_cookie_header(jar, url, **context)
    assert (found.cookie.name, found.sent) == ("a", False)
    assert [each.code for each in found.findings] == [code]
    assert found.findings[0].message.isascii()


def test_a_third_party_cookie_is_sent_where_browsers_let_it() -> None:
    jar = a_jar((URL, "a=b; SameSite=None; Secure"))
    (found,) = explain_cookie_header(jar, URL, embedded=True)
    assert (found.sent, [each.code for each in found.findings]) == (True, ["third-party"])


def test_a_public_suffix_separates_hosts() -> None:
    def listed(domain: str) -> bool:
        return domain in ("com", "s3.amazonaws.com")

    jar = a_jar(
        ("https://amazonaws.com/", "a=b; Domain=amazonaws.com"), is_public_suffix=listed
    )
    (found,) = explain_cookie_header(jar, "https://b.s3.amazonaws.com/")
    assert [each.code for each in found.findings] == ["unsent-suffix"]
    (found,) = explain_cookie_header(jar, "https://b.amazonaws.com/")
    assert found.sent


HOSTS = st.sampled_from(["example.com", "www.example.com", "a.www.example.com", "127.0.0.1"])
URLS = st.builds("{}://{}{}".format, st.sampled_from(["http", "https"]), HOSTS,
                 st.sampled_from(["/", "/docs", "/docs/a", "/d"]))  # fmt: skip
PARTS = "Secure HttpOnly Domain=example.com Path=/docs Path=/ SameSite=Lax SameSite=None x\ty"
HEADERS = st.builds(
    lambda name, rest: "; ".join([f"{name}=1", *rest]),
    st.sampled_from("abc"),
    st.lists(st.sampled_from(PARTS.split(" "))),
)


@given(st.lists(st.tuples(URLS, HEADERS | set_cookie_headers), max_size=6), URLS, st.booleans(),
       st.sampled_from(["strict", "lax", "unset", "none"]))  # fmt: skip
def test_what_is_explained_is_what_is_sent(
    received: "list[tuple[str, str]]", url: str, http_api: bool, same_site: Any
) -> None:
    """And the order of eviction is not changed by asking."""
    jar = CookieJar(clock=lambda: 0.0)
    for origin, header in received:
        jar.receive(header, origin)
    before = jar.to_json()
    found = explain_cookie_header(jar, url, http_api=http_api, same_site=same_site)
    assert jar.to_json() == before
    assert all(each.sent != bool(each.findings) for each in found)
    pairs = [
        f"{each.cookie.name}={each.cookie.value}" if each.cookie.name else each.cookie.value
        for each in found
        if each.sent
    ]
    assert "; ".join(pairs) == jar.cookie_header(url, http_api=http_api, same_site=same_site)


@pytest.mark.parametrize("headers", [None, 5, object()], ids=["None", "5", "object"])
def test_what_holds_no_headers_is_refused_with_a_sentence(headers: Any) -> None:
    with pytest.raises(TypeError, match="headers must be the headers of a response"):
        explain_response(headers)


def test_same_site_is_one_of_four_words() -> None:
    with pytest.raises(ValueError, match="same_site must be"):
        explain_cookie_header(CookieJar(), URL, same_site="some")  # type: ignore[arg-type]
    assert explain_cookie_header(CookieJar(), URL, same_site="Strict") == []


# --- corrected headers ----------------------------------------------------------------


def check_suggestions(header: str, url: str, verdict: Verdict) -> None:
    old = {each.code for each in verdict.findings}
    for finding in verdict.findings:
        if finding.suggestion is not None:
            again = explain_set_cookie(finding.suggestion, url).findings
            assert finding.code not in [each.code for each in again], (header, finding)
            new = {each.code for each in again if each.severity != "info"} - old
            assert not new, (header, finding)


@given(set_cookie_headers | native_headers | any_text | HEADERS, URLS)
def test_a_corrected_header_has_no_such_finding(header: str, url: str) -> None:
    check_suggestions(header, url, explain_set_cookie(header, url))


SUGGESTIONS = [
    ("a=b; Domain=*.example.com", "a=b; Domain=example.com"),
    ('a=b; Domain="example.com"', "a=b; Domain=example.com"),
    ("a=b; Domain=https://example.com:443/x", "a=b; Domain=example.com"),
    ("a=b; Domain=localhost", "a=b"),
    ("a=b; Domain=example.org; Path=/", "a=b; Path=/"),
    ("a=b; Domain=b\xc3\xbccher.test", "a=b"),
    ("a=b; SameSite=None", "a=b; SameSite=None; Secure"),
    ("a=b; samesite='lax'", "a=b; SameSite=Lax"),
    ("__Host-a=b; Domain=example.com; Path=/x", "__Host-a=b; Secure; Path=/"),
    ("a=b; Path=/my docs?x", "a=b; Path=/my%20docs"),
    ("a=b; Path=/caf\xc3\xa9", "a=b; Path=/caf%C3%A9"),
    ("a=b; Path=/a/../b", "a=b; Path=/b"),
    ("a=b; Path='docs'", "a=b; Path=/docs"),
    ("a=b; Path=/a\tb", "a=b; Path=/a%09b"),
    ("a=b; HttpOnl", "a=b; HttpOnly"),
    ("a=b; Secure: true", "a=b; Secure"),
    ("a=b; Samsite=Lax", "a=b; SameSite=Lax"),
    ("a=b; Version=1", "a=b"),
    ("a=b; Secure=false", "a=b"),
    ("a=b; Secure=true", "a=b; Secure"),
    ("a=b; Path=/; path=/docs; Path=/", "a=b; Path=/"),
    ("a=b, Path=/ Secure", "a=b; Path=/; Secure"),
    ("a=b; Max-Age=3600.0", "a=b; Max-Age=3600"),
    ("a=b; Max-Age=+5", "a=b; Max-Age=5"),
    ("a=b; Max-Age=1h", None),
    ("a=b; Expires=2100-01-02T03:04:05Z", "a=b; Expires=Sat, 02 Jan 2100 03:04:05 GMT"),
    ("a=b; Expires=2100-01-02 03:04:05+05:00", "a=b; Expires=Fri, 01 Jan 2100 22:04:05 GMT"),
    ("a=b; Expires='2100-01-02'", "a=b; Expires=Sat, 02 Jan 2100 00:00:00 GMT"),
    ("a=b; Expires=4102444800", "a=b; Expires=Fri, 01 Jan 2100 00:00:00 GMT"),
    ("a=b; Expires=never", None),
    ("a=b\tc", "a=b%09c"),
    ("a=\xe9", "a=%C3%A9"),
    ('a="b c"', 'a="b%20c"'),
    ("a=b\x01", "a=b%01"),
    ("=a=b", "a=b"),
    ("", None),
]  # fmt: skip


@pytest.mark.parametrize(("header", "suggestion"), SUGGESTIONS)
def test_a_corrected_header(header: str, suggestion: "str | None") -> None:
    assert explain_set_cookie(header).findings[0].suggestion == suggestion


def test_the_table_of_codes_has_only_corrections_that_work() -> None:
    for header, url in CODES.values():
        verdict = explain_set_cookie(header, url or URL)
        check_suggestions(header, url or URL, verdict)


def test_a_long_header_is_not_corrected() -> None:
    """It would be judged again for each finding."""
    for header in ("a=b; SameSite=None" + ";" * 60, "a=b; SameSite=None; x=" + "x" * 9000):
        assert {each.suggestion for each in explain_set_cookie(header).findings} == {None}


# --- words ----------------------------------------------------------------------------

DOMAINS = {
    "localhost": "is for localhost alone",
    "undefined": "for a variable without a value",
    ".None": "for a variable without a value",
    "[object Object]": "for a variable without a value",
    "${DOMAIN}": "placeholder",
    "{{ domain }}": "placeholder",
    "*.example.com": "wildcard",
    '"example.com"': "quotes",
    "https://example.com": "is a URL",
    "example.com:443": "has a port",
    "example.com/docs": "has a path",
    "a.test,b.test": "a comma or a blank",
    "..example.com": "empty label",
    "exa_mple!.com": "is not a valid host name",
    "com": "is a public suffix",
    "example.org": "neither this host nor a domain above it",
}


@pytest.mark.parametrize("domain", DOMAINS)
def test_each_mistake_in_domain_has_its_own_sentence(domain: str) -> None:
    finding = explain_set_cookie(f"a=b; Domain={domain}").findings[0]
    assert finding.severity == "error"
    assert DOMAINS[domain] in finding.message


def test_localhost_may_name_itself() -> None:
    assert explain_set_cookie("a=b; Domain=localhost", "http://localhost/").accepted
    finding = explain_set_cookie("a=b; Domain=localhost", "http://localhost/").findings[0]
    assert "localhost is a single label" in finding.message


SEGMENTS = st.sampled_from(["a", ".", "..", "%2e", ".a", "b c", "\xc3\xa9", "?", "#", "\\", "|",
                            "^", "`", "{}", "'", "~", "", "%41", "a:b"])  # fmt: skip


@given(st.lists(SEGMENTS, min_size=1).map(lambda parts: "/" + "/".join(parts)))
def test_a_path_is_unreachable_if_no_url_has_it(path: str) -> None:
    finding = "path-unreachable" in codes(explain_set_cookie(f"a=b; Path={path}"))
    request = read_url("https://example.com" + path)
    assert finding == (request is None or request.path != path)


def test_common_suffixes_are_on_the_list() -> None:
    listed = peer("publicsuffixlist").PublicSuffixList().is_public
    assert all(listed(suffix) and "." in suffix for suffix in suffixes.COMMON_SUFFIXES)


@pytest.mark.parametrize(
    ("header", "url", "expected"),
    [
        ("a=b; Domain=co.uk", "https://www.example.co.uk/", [("suffix-unchecked", "warning")]),
        ("a=b; Domain=github.io.", "https://me.github.io./", [("suffix-unchecked", "warning")]),
        ("a=b; Domain=example.com", URL, [("suffix-unchecked", "info")]),
        ("a=b", "https://www.example.co.uk/", []),
        ("a=b; Domain=localhost", "http://localhost/", [("domain-host-only", "info")]),
    ],
)
def test_a_verdict_says_that_the_list_is_missing(header: str, url: str, expected: Any) -> None:
    verdict = explain_set_cookie(header, url)
    assert verdict.accepted
    assert [(each.code, each.severity) for each in verdict.findings] == expected
    for listed in (lambda domain: "." not in domain, lambda domain: True):
        again = explain_set_cookie(header, url, is_public_suffix=listed)
        assert "suffix-unchecked" not in codes(again)


def test_the_site_of_a_host() -> None:
    for host, site in [
        ("a.b.example.com", "example.com"),
        ("www.example.co.uk", "example.co.uk"),
        ("co.uk", "co.uk"),
        ("shop.localhost", "shop.localhost"),
        ("localhost", "localhost"),
        ("127.0.0.1", "127.0.0.1"),
    ]:
        assert suffixes.site(host, None) == site
    assert suffixes.site("a.example.co.uk", lambda domain: domain == "uk") == "co.uk"
