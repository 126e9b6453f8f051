"""domain-match, path-match, default-path (layered 5.3), hosts and URLs."""

import ipaddress

import pytest
from hypothesis import given, strategies as st

from cookiecodec import CookieJar, default_path, domain_match, path_match
from cookiecodec._formats import urls

from ..support.strategies import any_text

HOSTS = st.lists(st.sampled_from(["a", "b", "ab", "x-y", "com"]), min_size=1, max_size=4).map(
    ".".join
)

# Host, domain, whether they match, and why.
DOMAINS = [
    ("example.com", "example.com", True, "equal"),
    ("www.example.com", "example.com", True, "a suffix after a dot"),
    ("badexample.com", "example.com", False, "a suffix after a letter"),
    ("example.com", "www.example.com", False, "a subdomain does not match its parent"),
    ("WWW.Example.COM", "eXample.com", True, "case-insensitive"),
    ("www.example.com", ".example.com", True, "one leading dot"),
    ("www.example.com", "..example.com", False, "two leading dots are an empty label"),
    ("example.com.", "example.com", False, "a trailing dot makes another host"),
    ("www.example.com.", "example.com.", True, "a trailing dot on both sides"),
    ("www.example.com.", "", False, "an empty domain is not a domain"),
    ("", "", False, "an empty host is not a host"),
    ("com", "com", True, "public suffixes are not checked here"),
    ("1.2.3.4", "1.2.3.4", True, "an address matches itself"),
    ("1.2.3.4", "3.4", False, "an address does not match its parts"),
    ("1.2.3.4", "2.3.4", False, "as an address, 2.3.4 means 2.3.0.4"),
    ("127.0.0.1", "2130706433", True, "in any notation"),
    ("127.0.0.1", "0x7F.1", True, "in any notation"),
    ("127.0.0.1", "0177.0.0.01", True, "in any notation"),
    ("a.127.0.0.1", "127.0.0.1", False, "a domain can't end in a number"),
    ("[::1]", "[0:0::1]", True, "IPv6 too"),
    ("[::ffff:1.2.3.4]", "[::ffff:102:304]", True, "IPv6 too"),
    ("[::1]", "::1", True, "without brackets too, as `urlsplit` returns it"),
    ("::1", "0:0::1", True, "without brackets too, as `urlsplit` returns it"),
    ("a:b:c", "a:b:c", False, "not a valid host"),
    ("www.bücher.test", "BÜCHER.test", True, "in Unicode as in A-labels"),
    ("www.bücher.test", "xn--bcher-kva.test", True, "in Unicode as in A-labels"),
    ("www.straße.de", "straße.de", False, "IDNA 2003 and browsers convert it differently"),
    ("www.strasse.de", "straße.de", False, "IDNA 2003 and browsers convert it differently"),
    ("www.exa mple.com", "exa mple.com", False, "not a valid host"),
    ("www.example.com:80", "example.com", False, "not a valid host"),
    ("www.under_score.com", "under_score.com", True, "seen in real names"),
    ("a.-x.com", "-x.com", True, "browsers accept it"),
]


@pytest.mark.parametrize(("host", "domain", "expected", "why"), DOMAINS)
def test_a_host_matches_a_domain(host: str, domain: str, expected: bool, why: str) -> None:
    assert domain_match(host, domain) is expected, why


@given(HOSTS, HOSTS)
def test_a_domain_match_is_a_suffix_of_labels(host: str, domain: str) -> None:
    labels, above = host.split("."), domain.split(".")
    assert domain_match(host, domain) == (labels[-len(above) :] == above)


@given(st.ip_addresses(v=4), st.ip_addresses(v=4))
def test_addresses_match_only_themselves(
    one: ipaddress.IPv4Address, other: ipaddress.IPv4Address
) -> None:
    number = int(other)
    notations = [str(other), str(number), hex(number), "0%o" % number]
    notations.append("%d.%d" % (number >> 24, number & 0xFFFFFF))
    assert {domain_match(str(one), notation) for notation in notations} == {one == other}


# The rules of RFC 6265, 5.1.4, and the examples of the note in layered 5.4.3.
PATHS = [
    ("/", "/", True),
    ("/docs", "/docs", True),
    ("/docs/", "/docs", True),
    ("/docs/web", "/docs/", True),
    ("/docs/web", "/docs", True),
    ("/docsets", "/docs", False),
    ("/docs", "/docs/", False),
    ("/Docs", "/docs", False),
    ("/", "/docs", False),
    ("/d%6Fcs", "/docs", False),
    ("/docs", "", False),
    ("docs", "docs", True),
    ("docs/web", "docs", False),
]


@pytest.mark.parametrize(("request_path", "cookie_path", "expected"), PATHS)
def test_a_request_path_matches_a_cookie_path(
    request_path: str, cookie_path: str, expected: bool
) -> None:
    assert path_match(request_path, cookie_path) is expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("", "/"),
        ("/", "/"),
        ("x", "/"),
        ("/x", "/"),
        ("/x/", "/x"),
        ("/x/y", "/x"),
        ("/x//y/z", "/x//y"),
        ("/x?/y/z", "/"),
        ("//", "/"),
        ("*", "/"),
    ],
)
def test_the_default_path_of_a_request_path(path: str, expected: str) -> None:
    assert default_path(path) == expected


@pytest.mark.parametrize(
    ("host", "canonical"),
    [
        ("b\xfccher.test", "xn--bcher-kva.test"),
        ("\u05d0\u05d1.test", "xn--4dbc.test"),
        ("\u0663.test", None),  # a digit of a script from right to left
        ("a\u05d0.test", None),  # letters of both directions
        ("1.\u05d0.test", None),
        ("xn--99999999.\xe9.test", None),  # not valid A-labels
        ("xn--a\xad.test", None),
        ("\u0301a.test", None),  # a mark ahead of a label
        ("\u0378.test", None),  # unassigned
        ("\u115f.test", None),  # invisible
        ("\uab70.test", None),  # folded to another letter since Unicode 8
        ("xn--11b6iy14e.\xe9.test", "xn--11b6iy14e.xn--9ca.test"),  # a joiner behind a virama
    ],
)
def test_a_host_in_unicode_has_to_be_valid(host: str, canonical: "str | None") -> None:
    """As in Chromium 156 and Firefox 153 (UTS 46, 4.1)."""
    assert urls.canonical_host(host) == canonical


@given(any_text, any_text)
def test_matching_never_raises(one: str, other: str) -> None:
    assert domain_match(one, other) in (True, False)
    assert path_match(one, other) in (True, False)
    assert path_match(one, default_path(one)) or not one.startswith("/")
    assert default_path(one).startswith("/")
    request = urls.read_url("http://" + one + "/" + other)
    if request is not None:
        assert request.host == urls.canonical_host(request.host)
        assert request.path.startswith("/")
        assert request.path.isascii()


# What is read from a URL: secure, host, path; None for a URL that gets no cookies.
URLS = [
    ("http://example.com", (False, "example.com", "/")),
    ("https://example.com?q=/a/b#/c", (True, "example.com", "/")),
    ("HTTPS://Example.COM:8443/A/B", (True, "example.com", "/A/B")),
    ("ws://example.com/chat", (False, "example.com", "/chat")),
    ("wss://example.com/chat", (True, "example.com", "/chat")),
    ("http://user:secret@example.com/", (False, "example.com", "/")),
    ("http://good.test@evil.test/", (False, "evil.test", "/")),
    ("http://a@b@evil.test/", (False, "evil.test", "/")),
    ("http://localhost:5000/", (True, "localhost", "/")),
    ("http://app.localhost/", (True, "app.localhost", "/")),
    ("http://localhost./", (True, "localhost.", "/")),
    ("http://127.0.0.2/", (True, "127.0.0.2", "/")),
    ("http://[::1]:8080/", (True, "[::1]", "/")),
    ("http://127.0.0.1.example.com/", (False, "127.0.0.1.example.com", "/")),
    ("http://notlocalhost/", (False, "notlocalhost", "/")),
    ("http://0x7f.1/", (True, "127.0.0.1", "/")),
    ("http://bücher.test/", (False, "xn--bcher-kva.test", "/")),
    ("http://example.com/é", (False, "example.com", "/%C3%A9")),
    ("http://example.com/a/./b/../c/", (False, "example.com", "/a/c/")),
    ("http://example.com/a/%2E%2e/b", (False, "example.com", "/b")),
    ("http://example.com/a/..", (False, "example.com", "/")),
    ("http://example.com/../..", (False, "example.com", "/")),
    ("http://example.com//a", (False, "example.com", "//a")),
    (
        'http://example.com/a"b<c>/{d}^`|',
        (False, "example.com", "/a%22b%3Cc%3E/%7Bd%7D%5E%60|"),
    ),
    ("http://example.com/a%2Fb", (False, "example.com", "/a%2Fb")),
    # URL parsers of curl, Node, and others have disagreed about these.
    ("http://good.test\\@evil.test/", None),
    ("http://good.test\t@evil.test/", None),
    ("http://good.test /", None),
    ("http://good.test/a b", None),
    ("http://good.test/\r\nx", None),
    ("http://good.test\x00.evil.test/", None),
    ("http://good.test\u00a0/", None),
    (" http://good.test/", None),
    ("http://good%2etest/", None),
    ("http://good.test:x/", None),
    ("http://good.test:99999/", None),
    ("http://good.test:80:80/", None),
    ("http://[::1/", None),
    ("http://::1/", None),
    ("http://1::2:80/", None),
    ("http://[::1]x/", None),
    ("http://[v1.x]/", None),
    ("http://[fe80::1%25eth0]/", None),
    ("http://1.2.3.4.5/", None),
    ("http://256.1.1.1/", None),
    ("http://1.2.3.08/", None),
    ("http://a..b/", None),
    ("http://.a/", None),
    ("http://" + "a" * 64 + ".test/", None),
    ("http://" + "a." * 127 + "test/", None),
    ("http://straße.de/", None),
    ("http:///", None),
    ("http:example.com", None),
    ("//example.com/", None),
    ("example.com", None),
    ("ftp://example.com/", None),
    ("javascript:alert(1)", None),
    ("file:///etc/passwd", None),
    ("", None),
]


@pytest.mark.parametrize(("url", "expected"), URLS, ids=lambda value: ascii(value)[:50])
def test_a_url_is_read_as_expected(url: str, expected: "tuple[bool, str, str] | None") -> None:
    request = urls.read_url(url)
    assert (None if request is None else request[:3]) == expected
    if request is not None:
        assert request.plain == (not url.lower().startswith(("https:", "wss:")))


@pytest.mark.slow
def test_it_takes_linear_time() -> None:
    """A megabyte of any input finishes."""
    for text in ("1" * 10**6, "1." * 10**6, "0x" + "f" * 10**6, "a." * 10**6, "é" * 10**6):
        assert urls.canonical_host(text) is None
        assert urls.read_url("http://" + text) is None
    for path in ("/." * 10**6, "/.." * 10**6, "/" * 10**6, "/é" * 10**5):
        assert urls.read_url("http://example.com" + path) is not None


@pytest.mark.parametrize(
    ("host", "valid"),
    [
        ("a.b.example", True),
        ("a" * 63 + ".example", True),
        ("a" * 64 + ".example", False),
        (("a" * 49 + ".") * 5 + "abc", True),
        (("a" * 49 + ".") * 5 + "abcd", False),
        ("a..example", False),
    ],
)
def test_labels_and_names_of_a_url_have_the_lengths_of_dns(host: str, valid: bool) -> None:
    """63 octets in a label, 253 in a name (RFC 1034 3.1)."""
    jar = CookieJar()
    assert jar.receive("a=b", f"https://{host}/").accepted is valid
