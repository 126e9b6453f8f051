"""Tests with real Chromium and Firefox: generated headers, and jars with a history.

`COOKIECODEC_SEED` changes the generated headers. A failure shows the header itself.
"""

import os
import random
import threading
import time
from typing import Any
from urllib.parse import urljoin

import pytest

from cookiecodec import CookieJar

from ..support import live_browsers
from ..support.browser_rules import agree, check, check_sequence, is_public_suffix
from ..support.live_browsers import Case, Outcome
from ..support.peers import COMPLETE

pytestmark = pytest.mark.browser

BROWSERS = ("chromium", "firefox")
SEED = os.environ.get("COOKIECODEC_SEED", "cookies")
HEADER_COUNT = 300
SEQUENCE_COUNT = 40

HOSTS = [
    *["www.example.test"] * 6,
    "example.test",
    "www.example.co.uk",
    "co.uk",
    "localhost",
    "sub.localhost",
    "127.0.0.1",
    "[::1]",
    "www.example.test.",
    "xn--bcher-kva.test",
    "b.s3.amazonaws.com",
    "s3.amazonaws.com",
    "user.github.io",
]
PATHS = [*["/dir/page"] * 4, "/", "/dir/", "/dir/sub/page", "/dir%2Fsub/page", "/d?x=/y/z"]
PREFIXES = [
    *[""] * 8,
    "__Secure-",
    "__Host-",
    "__Http-",
    "__Host-Http-",
    "__hOsT-",
    "__SECURE-",
]
NAMES = [*["a"] * 8, "", " ", "a b", "a,b", '"a"', "a\t", "$a", "é", "\xe9", "a\tb", "%00"]
EQUALS = [*["="] * 10, "", "==", " = ", "=\t"]
VALUES = [
    *["b"] * 8,
    "",
    '"b; c"',
    "b,c=d",
    "\xc3\xa9",
    "\xe9",
    "b\x01",
    "b\tc",
    " b ",
    "__Host-b",
    "v" * 4094,
    "v" * 4096,
    "v" * 4097,
    "\xc3\xa9" * 2047 + "v",
    "\xc3\xa9" * 2048,
]
SEPARATORS = [*["; "] * 8, ";", " ;\t", "; ;", ", "]
DAYS = ["12", "1", "01", "31", "00", "32", "12th", "012", "29"]
MONTHS = ["Aug", "aug", "AUGUST", "Feb", "Aux", "8"]
YEARS = [
    "2027",
    "27",
    "2020",
    "99",
    "099",
    "1600",
    "1601",
    "02027",
    "10000",
    "2027x",
    "7",
    "020",
]
TIMES = [
    "10:18:14",
    "10:18:14",
    "1:2:3",
    "10:18",
    "24:00:00",
    "23:59:60",
    "10:18:14:99",
    "10:18:14 PM",
    "010:18:14",
]
ZONES = [" GMT", " GMT", "", " +0200", " PST", "GMT", " UTC", " -7", " (x)"]
DATE_FORMS = [
    "{0} {1} {2} {3}{4}",
    "Thu, {0}-{1}-{2} {3}{4}",
    "{1} {0} {3} {2}{4}",
    "{3},{0}.{1}.{2}",
]
MAX_AGES = [
    "99",
    "99",
    "0",
    "-1",
    "+5",
    "+0",
    "-",
    "--1",
    "-0.5",
    "5.5",
    "x",
    "",
    '"9"',
    "9" * 30,
]
DOMAINS = [
    "{host}",
    ".{host}",
    "example.test",
    ".Example.TEST",
    "test",
    "co.uk",
    ".",
    "",
    "..example.test",
    "example.test.",
    "example.test:443",
    "sub.{host}",
    "2130706433",
    "localhost",
    "b\xc3\xbccher.test",
    "ex%61mple.test",
    "\xe3\x80\x82{host}",
    "example\xe2\x80\xa4test",
    "{host}\xc2\xa0",
    "amazonaws.com",
    "s3.amazonaws.com",
    "github.io",
]
ATTRIBUTE_PATHS = ["/", "/dir", "/dir/", "/dir/sub", "/d", "dir", "", '"/"', "/di\tr", "/%64ir"]
ATTRIBUTE_PATHS += ["/" + "p" * 1024, "//", "/dir/page2"]
SAMESITES = ["Strict", "lax", "NONE", "None", "x", "", '"Lax"']
FLAGS = ["Secure", "Secure", "Secure", "secure=false", "HttpOnly", "HttpOnly", "httponly=1"]
FLAGS += ["Partitioned", "partitioned=x", "Secured", "Foo=bar", "=x", "Ht\ttpOnly", "x=\x7f"]


def expires(choose: random.Random) -> str:
    date = choose.choice(DATE_FORMS).format(
        *[choose.choice(part) for part in (DAYS, MONTHS, YEARS, TIMES, ZONES)]
    )
    return "Expires=" + choose.choice([date] * 6 + ["", "0", "junk", "2027-08-12T10:18:14Z"])


def attribute(choose: random.Random, host: str) -> str:
    kind = choose.randrange(8)
    if kind == 0:
        return expires(choose)
    if kind == 1:
        return "Max-Age=" + choose.choice(MAX_AGES)
    if kind == 2:
        return "Domain=" + choose.choice(DOMAINS).format(host=host)
    if kind == 3:
        return "Path=" + choose.choice(ATTRIBUTE_PATHS)
    if kind == 4:
        return "SameSite=" + choose.choice(SAMESITES)
    return choose.choice(FLAGS)


def generated(number: int) -> Case:
    choose = random.Random(f"{SEED} {number}")
    host = choose.choice(HOSTS)
    url = choose.choice(["http://", "https://", "https://"]) + host + choose.choice(PATHS)
    name = choose.choice(PREFIXES) + choose.choice(NAMES)
    header = name + choose.choice(EQUALS) + choose.choice(VALUES)
    for _ in range(choose.choice([0, 1, 1, 2, 2, 3, 4])):
        header += choose.choice(SEPARATORS) + attribute(choose, host)
    # The three octets that end a line or a response never reach a cookie parser.
    return Case(url, ("".join([char for char in header if char not in "\0\r\n"]),))


# --- sequences: a few names on related hosts, so that cookies meet --------------------------

SEQUENCE_URLS = [
    *["https://www.example.test/dir/page"] * 4,
    *["http://www.example.test/dir/page"] * 2,
    "https://example.test/dir/page",
    "http://sub.www.example.test/dir/page",
    "https://other.example.test/dir/page",
]
SUFFIX_URLS = [
    "https://b.s3.amazonaws.com/dir/page",
    "http://b.s3.amazonaws.com/dir/page",
    "https://www.amazonaws.com/dir/page",
    "https://s3.amazonaws.com/dir/page",
]
SEQUENCE_ATTRIBUTES = ["", "", "; Path=/", "; Path=/dir", "; Secure", "; HttpOnly; Path=/"]
SEQUENCE_ATTRIBUTES += ["; Secure; Partitioned", "; Secure; Partitioned; Path=/", "; Max-Age=0"]
SEQUENCE_ATTRIBUTES += ["; Secure; Partitioned; Max-Age=0", "; Secure; Path=/", "; Max-Age=500"]


def sequence_header(choose: random.Random, domain: str) -> str:
    pair = choose.choice(["a=1", "a=2", "b=1", "b=2", "a=", "a", "=a", "__Secure-a=1"])
    return pair + choose.choice(SEQUENCE_ATTRIBUTES) + choose.choice(["", "", domain])


def crowd(choose: random.Random, first: int, count: int) -> "tuple[str, tuple[str, ...]]":
    """Many cookies of one kind, some of them large."""
    url = choose.choice(SEQUENCE_URLS[:4] + SEQUENCE_URLS[-1:])
    kind = choose.choice(["; Path=/", "; Path=/; Secure"])
    return url, tuple(f"n{first + number:03}=1{kind}" for number in range(count))


def generated_sequence(number: int) -> "tuple[tuple[str, tuple[str, ...]], ...]":
    choose = random.Random(f"{SEED} sequence {number}")
    if number % 8 == 0:  # eviction
        counts = choose.choice([(90, 90, 1), (90, 91, 5), (60, 60, 120), (100, 79, 3)])
        firsts = [0, counts[0], counts[0] + counts[1]]
        return tuple(crowd(choose, *pair) for pair in zip(firsts, counts))
    if number % 8 == 4:  # partitioned, with a limit in octets
        sizes = [choose.choice([100, 2048, 2049, 3002, 4000]) for _ in range(5)]
        headers = [f"p{n}={'v' * size}; Secure; Partitioned" for n, size in enumerate(sizes)]
        return tuple((SEQUENCE_URLS[0], (header,)) for header in headers)
    is_shared = number % 4 == 1
    urls = SUFFIX_URLS if is_shared else SEQUENCE_URLS
    domain = "; Domain=" + ("amazonaws.com" if is_shared else "example.test")
    return tuple(
        (
            choose.choice(urls),
            tuple(sequence_header(choose, domain) for _ in range(choose.choice([1, 1, 2]))),
        )
        for _ in range(choose.choice([2, 3, 3, 4]))
    )


# Jars with a history: a description, the visits with one header each, the URL of the request,
# and how the two browsers differ, if they do.
_SECURE = ("https://www.example.test/dir/page", "a=1; Path=/; Secure")
_SECURE_BELOW = ("https://www.example.test/dir/page", "a=1; Path=/dir; Secure")
HISTORIES: "list[tuple[str, list[tuple[str, str]], str, str]]" = [
    (
        "longer paths first, then older cookies",
        [
            ("https://www.example.test/dir/sub/page", header)
            for header in ("a=1; Path=/", "b=2; Path=/dir", "c=3", "d=4; Path=/")
        ],
        "https://www.example.test/dir/sub/x",
        "",
    ),
    (
        "a cookie set again keeps its place",
        [
            ("https://www.example.test/", header)
            for header in ("a=1; Path=/", "b=2; Path=/", "a=3; Path=/")
        ],
        "",
        "Chromium moves it behind the others if its value changes",
    ),
    (
        "a cookie with another lifetime is the same cookie",
        [("https://www.example.test/", header) for header in ("a=1", "a=1; Max-Age=100")],
        "",
        "",
    ),
    (
        "a cookie with Domain is another cookie",
        [
            ("https://www.example.test/", header)
            for header in ("a=1; Domain=www.example.test", "a=2")
        ],
        "",
        "",
    ),
    (
        "a cookie with Partitioned is another cookie",
        [
            ("https://www.example.test/", header)
            for header in ("a=1; Secure", "a=2; Secure; Partitioned")
        ],
        "",
        "",
    ),
    (
        "deleting a cookie keeps the partitioned one",
        [
            ("https://www.example.test/", header)
            for header in ("a=1; Secure", "a=2; Secure; Partitioned", "a=; Max-Age=0")
        ],
        "",
        "",
    ),
    (
        "plain http can't overlay a Secure cookie",
        [_SECURE, ("http://www.example.test/dir/page", "a=2; Path=/")],
        "https://www.example.test/",
        "",
    ),
    (
        "plain http can't delete a Secure cookie",
        [_SECURE, ("http://www.example.test/dir/page", "a=; Path=/; Max-Age=0")],
        "https://www.example.test/",
        "",
    ),
    (
        "plain http can't overlay a Secure cookie from the parent domain",
        [_SECURE, ("http://www.example.test/dir/page", "a=2; Path=/; Domain=example.test")],
        "https://www.example.test/",
        "",
    ),
    (
        "plain http can't overlay a Secure cookie on a path below",
        [_SECURE_BELOW, ("http://www.example.test/dir/page", "a=2; Path=/dir/x")],
        "https://www.example.test/dir/x/y",
        "",
    ),
    (
        "plain http can set a cookie of the same name on a path above",
        [_SECURE_BELOW, ("http://www.example.test/dir/page", "a=2; Path=/")],
        "https://www.example.test/dir/x",
        "",
    ),
    (
        "plain http can't overlay a Secure cookie from a subdomain of its Domain",
        [
            ("https://www.example.test/", "a=1; Secure; Domain=www.example.test"),
            ("http://sub.www.example.test/", "a=2; Path=/"),
        ],
        "",
        "",
    ),
    (
        "plain http can't overlay a Secure cookie from a subdomain of its host",
        [_SECURE, ("http://sub.www.example.test/", "a=2; Path=/")],
        "",
        "Firefox protects only cookies that would be sent to this host",
    ),
    (
        "plain http can set a cookie of the same name from a sibling host",
        [_SECURE, ("http://other.example.test/", "a=2; Path=/")],
        "",
        "",
    ),
    (
        "localhost counts as secure",
        [("https://localhost/", "a=1; Path=/; Secure"), ("http://localhost/", "a=2; Path=/")],
        "",
        "",
    ),
    (
        "dot segments are not part of the default-path",
        [("https://www.example.test/a/%2e%2e/b/./page", "a=1")],
        "https://www.example.test/b/x",
        "",
    ),
]


def reading_url(case: Case) -> str:
    return case.read_url or urljoin(case.url, "/dir/page2")


@pytest.fixture(scope="module")
def results() -> "tuple[list[Case], dict[str, list[Outcome]], float]":
    """Every case, and its outcomes in both browsers, which run side by side."""
    for browser in BROWSERS:
        reason = live_browsers.available(browser)
        if reason:
            assert not COMPLETE, reason
            pytest.skip(reason)
    cases = [generated(number) for number in range(HEADER_COUNT)]
    for _, visits, read_url, _ in HISTORIES:
        *before, (url, header) = visits
        earlier = tuple((visited, (sent,)) for visited, sent in before)
        cases.append(Case(url, (header,), read_url, earlier))
    for number in range(SEQUENCE_COUNT):
        *first, (url, headers) = generated_sequence(number)
        cases.append(Case(url, headers, before=tuple(first)))
    found: dict[str, list[Outcome]] = {}

    def ask(browser: str) -> None:
        found[browser] = live_browsers.outcomes(browser, cases)

    now = time.time()
    threads = [threading.Thread(target=ask, args=(browser,)) for browser in BROWSERS]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(found) == set(BROWSERS), "a browser failed; see its error above"
    return cases, found, now


Results = tuple[list[Case], dict[str, list[Outcome]], float]


def single(outcome: Outcome) -> "dict[str, Any]":
    """Return the outcome of one header in the form of the recordings."""
    cookie = outcome["cookies"][0] if outcome["cookies"] else None
    return {**outcome, "cookie": cookie}


@pytest.mark.parametrize("number", range(HEADER_COUNT))
def test_a_generated_header_is_handled_as_in_both_browsers(
    results: Results, number: int
) -> None:
    cases, found, now = results
    case = cases[number]
    chromium, firefox = (single(found[browser][number]) for browser in BROWSERS)
    assert chromium["error"] == firefox["error"] == ""
    del firefox["blocked"]
    check(case.url, case.headers[0], reading_url(case), chromium, firefox, now)


@pytest.mark.parametrize("number", range(len(HISTORIES)), ids=[row[0] for row in HISTORIES])
def test_a_jar_with_a_history_sends_what_a_browser_sends(results: Results, number: int) -> None:
    cases, found, now = results
    case = cases[HEADER_COUNT + number]
    _, visits, _, difference = HISTORIES[number]
    jar = CookieJar(is_public_suffix=is_public_suffix, clock=lambda: now)
    for url, header in visits:
        verdict = jar.receive(header, url)
    sent = {found[browser][HEADER_COUNT + number]["sent"] for browser in BROWSERS}
    assert bool(difference) == (len(sent) > 1)
    # If they differ, we follow the RFC, as one of them does.
    assert (jar.cookie_header(reading_url(case)) or None) in sent
    chromium = found["chromium"][HEADER_COUNT + number]
    if "OverwriteSecure" in chromium["blocked"]:
        assert "secure-overlay" in [finding.code for finding in verdict.findings]


@pytest.mark.parametrize("number", range(SEQUENCE_COUNT))
def test_a_generated_sequence_is_handled_as_in_both_browsers(
    results: Results, number: int
) -> None:
    cases, found, now = results
    place = HEADER_COUNT + len(HISTORIES) + number
    chromium, firefox = (
        {"sent": [outcome["sent"]], "jar": outcome["cookies"]}
        for outcome in (found[browser][place] for browser in BROWSERS)
    )
    steps = generated_sequence(number)
    reads = [reading_url(cases[place])]
    check_sequence(steps, [now] * len(steps), reads, chromium, firefox)


def test_the_generated_headers_have_varied_outcomes(results: Results) -> None:
    """Some are kept, some are dropped, and for some the browsers differ."""
    _, found, _ = results
    pairs = [
        tuple(single(found[browser][number]) for browser in BROWSERS)
        for number in range(HEADER_COUNT)
    ]
    kept = sum([chromium["stored"] for chromium, _ in pairs])
    differing = sum([not agree(chromium, firefox) for chromium, firefox in pairs])
    assert HEADER_COUNT // 5 < kept < HEADER_COUNT * 4 // 5
    assert HEADER_COUNT // 10 < differing < HEADER_COUNT // 2
