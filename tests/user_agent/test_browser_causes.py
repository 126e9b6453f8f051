"""What Chromium 156.0.8078.108 and Firefox 153.7.0esr did on 2026-11-25, cause by cause.

Each row is a reduced recording of both browsers.
"""

from typing import Union

import pytest

from cookiecodec import CookieJar, StoredCookie, explain_set_cookie

NOW = 1795623000.0  # 2026-11-25T16:10:00Z
HTTP = "http://www.example.test/dir/page"
HTTPS = "https://www.example.test/dir/page"
LONG = "x" * 1025


def is_public_suffix(domain: str) -> bool:
    return "." not in domain or domain in ("s3.amazonaws.com", "github.io")


def utf8(text: str) -> str:
    return text.encode().decode("latin-1")


# --- single headers ----------------------------------------------------------------------

BOTH, NEITHER = {"chromium": True, "firefox": True}, {"chromium": False, "firefox": False}
CHROMIUM = {"chromium": True, "firefox": False}


@pytest.mark.parametrize(
    ("url", "header", "browsers", "differ"),
    [
        # A public suffix between host and Domain
        ("https://b.s3.amazonaws.com/", "a=1; Domain=amazonaws.com", NEITHER, False),
        ("https://s3.amazonaws.com/", "a=1; Domain=amazonaws.com", NEITHER, False),
        ("https://c.b.s3.amazonaws.com/", "a=1; Domain=b.s3.amazonaws.com", BOTH, False),
        ("https://s3.amazonaws.com/", "a=1; Domain=s3.amazonaws.com", BOTH, False),
        ("https://www.amazonaws.com/", "a=1; Domain=amazonaws.com", BOTH, False),
        # Both keep the cookie, for a different time
        (HTTP, "d=1; Expires=2020x 12 Aug 2027 10:18:14 EST", BOTH, True),
        (HTTP, "d=1; Expires=12 Aug 32768 10:18:14 01", BOTH, True),
        # A dot ahead of Domain, which Chromium converts
        (HTTP, utf8("a=1; Domain=\u3002example.test"), CHROMIUM, True),
        (HTTP, utf8("a=1; Domain=\uff61example.test"), CHROMIUM, True),
        (HTTP, utf8("a=1; Domain=exa\ufe0fmple.test"), CHROMIUM, True),
        # What no browser converts to a host
        (HTTP, utf8("a=1; Domain=example\u2024test"), NEITHER, False),
        (HTTP, utf8("a=1; Domain=www.example.test\xa0"), NEITHER, False),
        (HTTP, utf8("a=1; Domain=\u2002example.test"), NEITHER, False),
        ("http://10.1.2.3/", utf8("a=1; Domain=\uff11\uff10.1.2.3"), NEITHER, False),
        (HTTP, "a=1; Domain=example\xfftest", NEITHER, False),
        # -0001 is not an offset for Firefox
        (HTTP, "d=1; Expires=12 Aug 2027 10:18:14 GMT-0001", BOTH, False),
        (HTTP, "d=1; Expires=12 Aug 2027 10:18:14 -0001 -0001", BOTH, False),
        (HTTP, "d=1; Expires=12 Aug 2027 10:18:14 -0001 +0500", BOTH, True),
        (HTTP, "d=1; Expires=12 Aug 2027 10:18:14 -0002", BOTH, True),
        # A long value that changes nothing
        (HTTPS, f"a=b; SameSite={LONG}", BOTH, False),
        (HTTPS, f"a=b; HttpOnly; HttpOnly={LONG}", BOTH, False),
        (HTTPS, f"a=b; SameSite={LONG}; SameSite=Lax", BOTH, False),
        (HTTPS, f"a=b; SameSite=Lax; SameSite={LONG}", BOTH, True),
        (HTTPS, f"a=b; HttpOnly={LONG}", BOTH, True),
        # No Path in a directory of more than 1024 octets
        (f"https://www.example.test/{LONG}/page", "a=1", BOTH, True),
        (f"https://www.example.test/{LONG}/page", "a=1; Path=/", BOTH, False),
    ],
)
def test_a_header_is_handled_as_in_browsers(
    url: str, header: str, browsers: "dict[str, bool]", differ: bool
) -> None:
    jar = CookieJar(is_public_suffix=is_public_suffix, clock=lambda: NOW)
    received = jar.receive(header, url)
    explained = explain_set_cookie(header, url, is_public_suffix=is_public_suffix)
    for verdict in (received, explained):
        said = [finding.browsers for finding in verdict.findings if finding.browsers]
        assert said == ([browsers] if differ else [])
        if browsers in (BOTH, NEITHER):
            assert verdict.accepted == (browsers == BOTH)


@pytest.mark.parametrize(
    ("text", "second"),
    [
        # Octets over 0x7F are negative numbers in C; U+FFFD stands for what is not UTF-8.
        ("12 Aug 2027 10:18\xc3\xa9", 1818065880 + 0xC3 - 256 - 48),
        ("12 Aug 2027 10:18\xff", 1818065880 + 0xEF - 256 - 48),
        ("12 Aug 2027 10:18x", 1818065880 + ord("x") - 48),
        # A second of -1 stands for none.
        ("12 Aug 2027 10:18/", 1818065880),
    ],
)
def test_firefox_reads_the_octet_behind_a_minute_as_a_second(text: str, second: int) -> None:
    """NSPR, PR_ParseTimeString: `tmp_sec = rest[0] - '0'`."""
    from cookiecodec._formats.firefox_date import firefox_date

    assert firefox_date(text) == second


def test_a_message_names_the_suffix_between_host_and_domain() -> None:
    verdict = explain_set_cookie(
        "a=1; Domain=amazonaws.com",
        "https://b.s3.amazonaws.com/",
        is_public_suffix=is_public_suffix,
    )
    (finding,) = verdict.findings
    assert finding.code == "domain-public-suffix"
    assert "Domain=amazonaws.com is above that suffix" in finding.message


@pytest.mark.parametrize(
    ("header", "url", "reported"),
    [
        ("a=1; Secure", "http://localhost/", True),
        ("a=1; Secure", "ws://127.0.0.1:8000/", True),
        ("a=1; Secure", "https://localhost/", False),
        ("a=1", "http://localhost/", False),
        ("a=1; Secure", "http://www.example.test/", False),
    ],
)
def test_safari_refuses_secure_cookies_of_localhost(
    header: str, url: str, reported: bool
) -> None:
    """WebKit bug 281149. Over plain http elsewhere nobody keeps them."""
    codes = [finding.code for finding in explain_set_cookie(header, url).findings]
    assert ("secure-localhost" in codes) == reported


# --- jars with a past --------------------------------------------------------------------

Steps = list[tuple[str, Union[str, list[str]]]]


class Past:
    """A jar after visits that are a tenth of a second apart."""

    def __init__(self, steps: Steps) -> None:
        self.now = NOW
        self.jar = CookieJar(is_public_suffix=is_public_suffix, clock=lambda: self.now)
        self.differing: "list[tuple[str, dict[str, bool]]]" = []
        for url, headers in steps:
            self.visit(url, [headers] if isinstance(headers, str) else headers)

    def visit(self, url: str, headers: "list[str]", later: float = 0.1) -> None:
        self.now += later
        self.jar.cookie_header(url)
        for header in headers:
            for finding in self.jar.receive(header, url).findings:
                if finding.browsers:
                    self.differing.append((finding.code, finding.browsers))

    @property
    def names(self) -> "list[str]":
        return [cookie.name for cookie in self.jar]


def numbered(first: int, last: int, attributes: str = "; Path=/") -> "list[str]":
    return [f"n{number:03}={number}{attributes}" for number in range(first, last)]


def names(first: int, last: int) -> "list[str]":
    return [f"n{number:03}" for number in range(first, last)]


def test_a_cookie_of_a_domain_above_a_public_suffix_is_not_sent_below_it() -> None:
    past = Past([("https://amazonaws.com/", "a=1; Domain=amazonaws.com; Path=/")])
    sent = [
        past.jar.cookie_header(f"https://{host}/")
        for host in ("www.amazonaws.com", "s3.amazonaws.com", "b.s3.amazonaws.com")
    ]
    assert sent == ["a=1", "", ""]


def test_a_secure_cookie_above_a_public_suffix_protects_nothing_below_it() -> None:
    past = Past([("https://amazonaws.com/", "a=1; Domain=amazonaws.com; Path=/; Secure")])
    assert past.jar.receive("a=2; Path=/", "http://b.s3.amazonaws.com/").accepted
    assert not past.jar.receive("a=2; Path=/", "http://www.amazonaws.com/").accepted


@pytest.mark.parametrize("domain", ["", "; Domain=example.test"])
def test_a_secure_partitioned_cookie_does_not_protect_a_plain_one(domain: str) -> None:
    past = Past([(HTTPS, "a=1; Secure; Partitioned; Path=/"), (HTTP, f"a=2; Path=/{domain}")])
    assert past.jar.cookie_header(HTTPS) == "a=1; a=2"
    assert past.differing == []


def test_of_181_cookies_31_go_and_150_stay() -> None:
    past = Past([(HTTPS, numbered(0, 180))])
    assert past.names == names(0, 180)
    past.visit("https://other.example.test/", ["last=1"])
    assert past.names == [*names(31, 180), "last"]
    past.visit("https://other.example.test/", numbered(180, 211))
    assert len(past.names) == 150, "the limit is that of the site"


def test_cookies_of_another_registrable_domain_are_counted_apart() -> None:
    past = Past([(HTTPS, numbered(0, 180)), ("https://a.github.io/", numbered(0, 180))])
    past.visit("https://b.github.io/", numbered(0, 180))
    assert len(past.names) == 540


def test_insecure_cookies_are_evicted_first() -> None:
    """Firefox evicts no others, if there are any, so the browsers differ."""
    both_kinds = [f"{h}; Secure" if n % 2 else h for n, h in enumerate(numbered(0, 180))]
    past = Past([(HTTPS, both_kinds), (HTTPS, "last=1; Path=/")])
    evicted = [f"n{number:03}" for number in range(0, 62, 2)]
    assert past.names == [name for name in [*names(0, 180), "last"] if name not in evicted]
    assert past.differing == []
    past = Past([(HTTPS, numbered(0, 180, "; Path=/; Secure")), (HTTPS, "last=1; Path=/")])
    assert past.names == names(30, 180)
    assert past.differing == [("eviction-differs", NEITHER)]


@pytest.mark.parametrize(("seconds", "counts"), [(30, False), (59, False), (61, True)])
def test_an_access_counts_if_the_last_one_was_a_minute_ago(seconds: int, counts: bool) -> None:
    headers = numbered(0, 30, "; Path=/used") + numbered(30, 180)
    past = Past([("https://www.example.test/used/x", headers)])
    past.visit("https://www.example.test/used/x", [], later=seconds)
    past.visit("https://www.example.test/", ["last=1"])
    kept = names(0, 30) if counts else []
    # Those with Path=/ were used at the same time.
    first = 31 if not counts else 30
    remaining = [*names(0, 180), "last"]
    assert len(past.names) == 150
    if counts:
        assert set(past.names) < set(remaining)
    else:
        assert past.names == [*kept, *names(first, 180), "last"]


def test_what_was_used_a_minute_ago_outlives_what_was_not() -> None:
    headers = numbered(0, 90, "; Path=/old") + numbered(90, 180, "; Path=/used")
    past = Past([("https://www.example.test/", headers[::-1])])
    past.visit("https://www.example.test/used/x", [], later=61)
    past.visit("https://www.example.test/", ["last=1"])
    assert sorted(past.names) == ["last", *names(0, 59), *names(90, 180)]


def partitioned(name: str, octets: int) -> str:
    return f"{name}={'v' * (octets - len(name))}; Secure; Path=/; Partitioned"


@pytest.mark.parametrize(
    ("sizes", "kept", "differ"),
    [
        ((4096, 4096, 2048), "abc", False),
        ((4096, 4096, 2049), "bc", True),  # Firefox does so from 12,288 octets on
        ((3002, 3002, 3002, 3002), "bcd", True),
        ((3002, 3002, 3002, 3002, 3002), "cde", True),
        ((4096, 4096, 4096, 4096), "cd", True),
    ],
)
def test_the_partitioned_cookies_of_a_site_have_10240_octets(
    sizes: "tuple[int, ...]", kept: str, differ: bool
) -> None:
    headers = [partitioned(name, size) for name, size in zip("abcde", sizes)]
    past = Past([(HTTPS, "plain=1; Path=/"), (HTTPS, headers)])
    assert past.names == ["plain", *kept]
    assert (("eviction-differs", BOTH) in past.differing) == differ


def test_partitioned_cookies_are_counted_apart() -> None:
    """Chromium evicts one at a time, Firefox 31 at once."""
    past = Past([(HTTPS, numbered(0, 180))])
    past.visit(HTTPS, numbered(200, 380, "; Path=/; Secure; Partitioned"))
    assert past.names == [*names(0, 180), *names(200, 380)]
    past.visit(HTTPS, ["last=1; Path=/; Secure; Partitioned"])
    assert past.names == [*names(0, 180), *names(201, 380), "last"]
    assert past.differing == [("eviction-differs", BOTH)]


@pytest.mark.parametrize(
    ("first", "second", "differ"),
    [
        # Only Chromium protects a host-only cookie from the hosts below, and above.
        ((HTTPS, "a=1; Path=/; Secure"), ("http://sub.www.example.test/", "a=2; Path=/"), True),
        (("https://sub.www.example.test/", "a=1; Path=/; Secure"), (HTTP, "a=2; Path=/"), True),
        (
            (HTTPS, "a=1; Path=/; Secure; Domain=www.example.test"),
            ("http://sub.www.example.test/", "a=2; Path=/"),
            False,
        ),
        ((HTTPS, "a=1; Path=/; Secure"), (HTTP, "a=2; Path=/; Domain=example.test"), False),
        ((HTTPS, "a=1; Path=/; Secure"), (HTTP, "a=2; Path=/"), False),
        # A deletion is not kept by anybody.
        (
            (HTTPS, "a=1; Path=/; Secure"),
            ("http://sub.www.example.test/", "a=; Path=/; Max-Age=0"),
            False,
        ),
    ],
)
def test_plain_http_does_not_overlay_a_secure_cookie(
    first: "tuple[str, str]", second: "tuple[str, str]", differ: bool
) -> None:
    past = Past([first, second])
    assert [cookie.value for cookie in past.jar] == ["1"]
    browsers = {"chromium": False, "firefox": True}
    assert past.differing == ([("secure-overlay", browsers)] if differ else [])


@pytest.mark.parametrize(
    ("first", "header", "url", "deleted"),
    [
        ("a=1", "a; Max-Age=0", HTTPS, "firefox"),
        ("=a", "a; Max-Age=0", HTTPS, "chromium"),
        ("a=1", "a=2\t3; Max-Age=0", HTTPS, "firefox"),
        ("=a", "=a; Max-Age=0", HTTPS, "chromium"),
        ("a=1", "a=; Max-Age=0", HTTPS, ""),
        ("b=1", "a; Max-Age=0", HTTPS, ""),
        ("a=1; Secure", "a; Max-Age=0", HTTP, ""),
        ("a=1; HttpOnly", "a; Max-Age=0", HTTPS, "firefox"),
    ],
)
def test_a_deletion_in_one_browser_only_is_reported(
    first: str, header: str, url: str, deleted: str
) -> None:
    """`browsers` says which of them still has the stored cookie."""
    past = Past([(HTTPS, first), (url, header)])
    found = dict(past.differing).get("deletion-differs")
    assert found == ({n: n != deleted for n in BOTH} if deleted else None)


def test_both_browsers_delete_different_cookies() -> None:
    past = Past([(HTTPS, ["=a", "a=1"]), (HTTPS, "a; Max-Age=0")])
    assert dict(past.differing)["deletion-differs"] == NEITHER
    script = Past([(HTTPS, "a=1; HttpOnly")])
    verdict = script.jar.receive("a; Max-Age=0", HTTPS, http_api=False)
    assert "deletion-differs" not in [finding.code for finding in verdict.findings]


def test_a_jar_of_stored_cookies_is_complete() -> None:
    """What is evicted leaves nothing behind."""
    past = Past([(HTTPS, partitioned("a", 4096)), (HTTPS, partitioned("b", 4096))])
    past.visit(HTTPS, [partitioned("c", 4096), "c=; Max-Age=0; Path=/; Secure; Partitioned"])
    assert [isinstance(cookie, StoredCookie) for cookie in past.jar] == [True]
    past.visit(HTTPS, ["b=; Max-Age=0; Path=/; Secure; Partitioned"])
    assert past.jar._groups == {}
