"""`CookieJar`: what is kept, where it is sent, in which order, and for how long.

Layered 5.1 to 5.5.
"""

import copy
import heapq
import os
import pickle
import random
import signal
import sys
import threading
import time
import warnings
from typing import Any, Callable

import pytest
from hypothesis import given, strategies as st

from cookiecodec import CookieJar, CookieRejectedWarning, StoredCookie, jar

from ..support.strategies import set_cookie_headers

HTTPS = "https://www.example.com/"
HTTP = "http://www.example.com/"


class Clock:
    """A clock that a test can set."""

    def __init__(self) -> None:
        self.now = 1_750_000_000.0

    def __call__(self) -> float:
        return self.now


def filled(*headers: str, url: str = HTTPS, **options: Any) -> CookieJar:
    jar = CookieJar(**options)
    for header in headers:
        jar.receive(header, url)
    return jar


# --- where a cookie is sent ------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "url", "sent"),
    [
        # host-only, and Domain
        ("a=b; Path=/", "https://www.example.com/", "a=b"),
        ("a=b; Path=/", "https://example.com/", ""),
        ("a=b; Path=/", "https://sub.www.example.com/", ""),
        ("a=b; Path=/; Domain=example.com", "https://example.com/", "a=b"),
        ("a=b; Path=/; Domain=example.com", "https://other.example.com/", "a=b"),
        ("a=b; Path=/; Domain=example.com", "https://badexample.com/", ""),
        ("a=b; Path=/; Domain=example.com", "https://www.example.com.evil.test/", ""),
        ("a=b; Path=/; Domain=example.com", "https://example.com./", ""),
        ("a=b; Path=/", "https://WWW.Example.COM/", "a=b"),
        # no isolation by port (layered, "Weak Confidentiality")
        ("a=b; Path=/", "https://www.example.com:8443/", "a=b"),
        # Secure, and schemes
        ("a=b; Path=/; Secure", "http://www.example.com/", ""),
        ("a=b; Path=/; Secure", "wss://www.example.com/", "a=b"),
        ("a=b; Path=/; Secure", "ws://www.example.com/", ""),
        ("a=b; Path=/", "ftp://www.example.com/", ""),
        ("a=b; Path=/", "http://www.example.com\\@evil.test/", ""),
        # paths
        ("a=b; Path=/docs", "https://www.example.com/docs", "a=b"),
        ("a=b; Path=/docs", "https://www.example.com/docs/web?x", "a=b"),
        ("a=b; Path=/docs", "https://www.example.com/docsets", ""),
        ("a=b; Path=/docs", "https://www.example.com/", ""),
    ],
)
def test_a_cookie_is_sent_to_matching_urls_only(header: str, url: str, sent: str) -> None:
    assert filled(header).cookie_header(url) == sent


def test_scripts_do_not_get_httponly_cookies() -> None:
    jar = filled("a=1", "b=2; HttpOnly")
    assert jar.cookie_header(HTTPS) == "a=1; b=2"
    assert jar.cookie_header(HTTPS, http_api=False) == "a=1"


def test_samesite_limits_cross_site_requests() -> None:
    """The four same-site values of Retrieve Cookies (layered 5.4.5)."""
    jar = filled(
        "s=1; SameSite=Strict", "l=2; SameSite=Lax", "u=3", "n=4; SameSite=None; Secure"
    )
    sent = {
        degree: jar.cookie_header(HTTPS, same_site=degree)
        for degree in ("strict", "lax", "unset", "none")
    }
    assert sent == {
        "strict": "s=1; l=2; u=3; n=4",
        "lax": "l=2; u=3; n=4",
        "unset": "u=3; n=4",
        "none": "n=4",
    }
    assert jar.cookie_header(HTTPS, same_site="Lax") == jar.cookie_header(
        HTTPS, same_site="LAX"
    )
    for wrong in ("", "Strict ", "\u017ftrict", None, True):  # U+017F is s in upper case
        with pytest.raises(ValueError, match="same_site must be"):
            jar.cookie_header(HTTPS, same_site=wrong)  # type: ignore[arg-type]


def test_ip_addresses_do_not_share_cookies() -> None:
    jar = filled("a=1; Domain=1.2.3.4", url="http://1.2.3.4/")
    assert [(cookie.domain, cookie.host_only) for cookie in jar] == [("1.2.3.4", True)]
    assert (
        jar.cookie_header("http://1.2.3.4/") == jar.cookie_header("http://16909060/") == "a=1"
    )
    assert jar.cookie_header("http://5.1.2.3.4/") == jar.cookie_header("http://2.3.4/") == ""


def test_a_cookie_for_a_new_public_suffix_is_not_sent() -> None:
    """The domain became a public suffix after the cookie was set (layered 5.4.5)."""
    suffixes = {"com"}
    jar = CookieJar(is_public_suffix=lambda domain: domain in suffixes)
    jar.receive("a=1; Domain=shared.com", "https://one.shared.com/")
    assert jar.cookie_header("https://two.shared.com/") == "a=1"
    suffixes.add("shared.com")
    assert jar.cookie_header("https://two.shared.com/") == ""


# --- order, identity, time ---------------------------------------------------------


def test_longer_paths_come_first_then_older_cookies() -> None:
    jar = filled("a=1; Path=/", "b=2; Path=/docs", "c=3; Path=/docs/", "d=4; Path=/")
    assert jar.cookie_header(HTTPS + "docs/x") == "c=3; b=2; a=1; d=4"


def test_a_cookie_set_again_keeps_its_creation_time() -> None:
    clock = Clock()
    jar = filled("a=1", "b=2", clock=clock)
    created = clock.now
    clock.now += 10
    assert jar.receive("a=3; HttpOnly", HTTPS).accepted
    assert jar.cookie_header(HTTPS) == "a=3; b=2"
    assert {cookie.creation_time for cookie in jar} == {created}


def test_name_path_host_only_and_partitioned_identify_a_cookie() -> None:
    jar = filled(
        "a=1", "a=2; Path=/x", "a=3; Domain=www.example.com", "a=4; Partitioned; Secure"
    )
    assert len(jar) == 4
    for header in ("a=5", "a=6; HttpOnly; Secure; SameSite=Lax; Max-Age=9"):
        jar.receive(header, HTTPS)
    assert len(jar) == 4


def test_two_nameless_cookies_are_the_same_cookie() -> None:
    jar = filled("=one", "two", "a=b")
    assert jar.cookie_header(HTTPS) == "two; a=b"


def test_a_header_that_both_browsers_refuse_deletes_nothing() -> None:
    """Firefox refuses this nameless cookie, and Chromium refuses the tab."""
    jar = filled("=one")
    verdict = jar.receive("=a\tb; Max-Age=0", HTTPS)
    assert [finding.code for finding in verdict.findings[:2]] == ["nameless", "tab"]
    assert jar.cookie_header(HTTPS) == "one"
    jar.receive("=; Max-Age=0", HTTPS)
    assert jar.cookie_header(HTTPS) == "one", "neither name nor value"
    jar.receive("=two; Max-Age=0", HTTPS)
    assert len(jar) == 0


def test_a_cookie_expires_at_its_expiry_time() -> None:
    clock = Clock()
    jar = filled("a=1; Max-Age=10", "b=2", "c=3; Max-Age=20", clock=clock)
    clock.now += 9.5
    assert jar.cookie_header(HTTPS) == "a=1; b=2; c=3"
    clock.now += 0.5
    assert jar.cookie_header(HTTPS) == "b=2; c=3"
    assert [cookie.name for cookie in jar] == ["b", "c"]
    verdict = jar.receive("c=; Max-Age=0", HTTPS)
    assert not verdict.accepted
    assert jar.cookie_header(HTTPS) == "b=2"


def test_a_refreshed_cookie_leaves_no_old_expiry_times() -> None:
    """And both cookies expire at the time of the last response that set them."""
    clock = Clock()
    jar = filled("short=1; Max-Age=600", clock=clock)
    for seconds in range(1000, 1500):
        jar.receive(f"sid=31d4; Max-Age={seconds}", HTTPS)
        assert len(jar._expiries) < 100
    for passed, held in ((599, ["short", "sid"]), (600, ["sid"]), (1498, ["sid"]), (1499, [])):
        clock.now = Clock().now + passed
        assert [cookie.name for cookie in jar] == held


def test_max_age_has_precedence_and_lifetimes_are_limited_to_400_days() -> None:
    clock = Clock()
    jar = filled(
        "a=1; Max-Age=99; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
        "b=2; Expires=Fri, 31 Dec 9999 23:59:59 GMT",
        "c=3; Max-Age=999999999999",
        clock=clock,
    )
    lifetimes = [(cookie.expiry_time or 0) - clock.now for cookie in jar]
    assert lifetimes == [99, 400 * 86400, 400 * 86400]


def test_clear_removes_all_cookies() -> None:
    jar = filled("a=1", "b=2")
    assert (len(jar), repr(jar)) == (2, "<CookieJar of 2 cookies>")
    jar.clear()
    assert (len(jar), list(jar), jar.cookie_header(HTTPS)) == (0, [], "")


# --- eviction (layered 5.2) -----------------------------------------------------------


def test_a_host_over_its_limit_loses_insecure_cookies_first() -> None:
    clock = Clock()
    jar = CookieJar(max_per_host=3, clock=clock)
    for header in ("a=1; Secure", "b=2", "c=3; Path=/x", "d=4; Secure"):
        clock.now += 1
        jar.receive(header, HTTPS)
    assert [cookie.name for cookie in jar] == ["a", "c", "d"], (
        "b: insecure, least recently used"
    )
    clock.now += 1
    jar.cookie_header(HTTPS + "x", http_api=True)
    jar.receive("e=5; Secure", HTTPS)
    assert [cookie.name for cookie in jar] == ["a", "d", "e"], (
        "c: insecure, though recently used"
    )
    jar.cookie_header(HTTPS)
    clock.now += 1
    assert not jar.receive("f=6", HTTPS).accepted, "f itself: the only insecure one"
    assert jar.receive("g=7; Secure", HTTPS).accepted
    assert len(jar) == 3


def test_the_least_recently_used_cookie_is_evicted() -> None:
    clock = Clock()
    jar = CookieJar(max_per_host=2, clock=clock)
    for header in ("a=1; Path=/a", "b=2; Path=/b"):
        clock.now += 1
        jar.receive(header, HTTPS)
    clock.now += 60
    assert jar.cookie_header(HTTPS + "a") == "a=1"
    assert {cookie.name: clock.now - cookie.last_access_time for cookie in jar} == {
        "a": 0,
        "b": 60,
    }
    jar.receive("c=3", HTTPS)
    assert [cookie.name for cookie in jar] == ["a", "c"]


def test_expired_cookies_are_removed_before_others_are_evicted() -> None:
    clock = Clock()
    jar = CookieJar(max_per_host=2, clock=clock)
    for header in ("a=1", "b=2; Secure; Max-Age=5"):
        jar.receive(header, HTTPS)
    clock.now += 5
    jar.receive("c=3", HTTPS)
    assert [cookie.name for cookie in jar] == ["a", "c"]


def test_a_full_jar_evicts_cookies_of_any_host() -> None:
    clock = Clock()
    jar = CookieJar(max_total=3, clock=clock)
    for number in range(5):
        jar.receive(f"a={number}; Secure", f"https://{number}.example.com/")
    assert [cookie.value for cookie in jar] == ["2", "3", "4"]
    clock.now += 61
    jar.cookie_header("https://2.example.com/")
    jar.receive("a=5", "http://5.example.com/")
    assert [cookie.value for cookie in jar] == ["2", "4", "5"]


# --- any input (`test_jar_machine` compares with a model, step by step) -------------------

URLS = st.sampled_from(
    ["https://example.com/x", "http://example.com/", "https://www.example.com/x/y"]
)


def assert_consistent(checked: CookieJar) -> None:
    """Check that the indexes of the jar agree with each other."""
    entries = [entry for host in checked._hosts.values() for entry in host.values()]
    assert set(entries) == set(checked._recent)
    assert all(checked._hosts.values())
    for entry in entries:
        assert checked._hosts[entry.cookie.domain][entry.key] is entry
        assert entry.key == jar._key(entry.cookie)
        expiry = entry.cookie.expiry_time
        waiting = [item[2] for item in checked._expiries if item[0] == expiry]
        assert expiry is None or entry in waiting
        assert (entry in checked._secure.get(entry.cookie.name, ())) == entry.cookie.secure
    groups = [entry for group in checked._groups.values() for entry in group]
    assert len(groups) == len(entries)
    assert set(groups) == set(entries)
    assert all(checked._groups.values())
    assert all(checked._groups[entry.group] for entry in entries)
    assert all(checked._secure.values())
    assert sum(map(len, checked._secure.values())) <= len(entries)
    assert len(checked._expiries) <= 2 * len(entries) + 64


@given(st.lists(st.tuples(set_cookie_headers, URLS), max_size=12))
def test_a_jar_never_sends_a_cookie_to_the_wrong_place(
    received: "list[tuple[str, str]]",
) -> None:
    """Never to another host, never Secure over http, and never with a CTL."""
    jar = CookieJar(max_per_host=4, max_total=6)
    for header, url in received:
        jar.receive(header, url)
    assert_consistent(jar)
    assert len(jar) <= 6
    for cookie in jar:
        assert cookie.domain in ("example.com", "www.example.com")
        assert cookie.path.startswith("/")
    assert jar.cookie_header("https://elsewhere.test/") == ""
    assert jar.cookie_header("https://com/") == ""
    secret = {cookie.name for cookie in jar if cookie.secure}
    public = {cookie.name for cookie in jar if not cookie.secure}
    sent = jar.cookie_header("http://example.com/x")
    assert sent.isprintable() or not set(sent) & set("\r\n\0\x7f")
    for pair in sent.split("; ") if sent else []:
        name = pair.partition("=")[0] if "=" in pair else ""
        assert name in public or name not in secret


def test_a_secure_cookie_of_a_subdomain_is_protected_too() -> None:
    """`Domain=example.com` is sent to www.example.com as well (layered 5.4.3)."""
    jar = filled("a=1; Path=/; Secure")
    assert not jar.receive("a=2; Path=/; Domain=example.com", "http://example.com/").accepted
    assert jar.receive("b=2; Path=/; Domain=example.com", "http://example.com/").accepted


def test_a_negative_limit_is_refused() -> None:
    limits: "list[dict[str, Any]]" = [{"max_per_host": -1}, {"max_total": -1}]
    for options in limits:
        with pytest.raises(ValueError, match="must not be negative"):
            CookieJar(**options)
    nothing = CookieJar(max_per_host=0)
    assert not nothing.receive("a=b", HTTPS).accepted


def test_a_jar_cannot_be_copied_or_pickled() -> None:
    """A copy would share the data that the lock guards."""
    for make in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError, match="use to_json and from_json"):
            make(filled("a=1"))


def test_a_cookie_with_a_tab_is_kept_but_not_sent() -> None:
    jar = filled("a=b\tc", "d\te=f", "g=h")
    assert len(jar) == 3
    assert jar.cookie_header(HTTPS) == "g=h"


# --- threads, memory, time --------------------------------------------------------------


def test_threads_share_a_jar() -> None:
    jar = CookieJar(max_per_host=20, max_total=50)
    failures: "list[BaseException]" = []

    def work(seed: int) -> None:
        choose = random.Random(seed)
        try:
            for _ in range(300):
                host = f"https://{choose.randrange(5)}.example.com/"
                jar.receive(f"a{choose.randrange(30)}=1; Max-Age={choose.randrange(3)}", host)
                jar.receive(f"b=1; Domain=example.com; Path=/{choose.randrange(9)}", host)
                assert "\n" not in jar.cookie_header(host)
                assert len(list(jar)) <= 50
                assert len(CookieJar.from_json(jar.to_json())) <= 50
        except BaseException as error:
            failures.append(error)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert failures == []
    assert_consistent(jar)


def test_a_request_does_not_read_cookies_of_other_hosts() -> None:
    """It runs as many lines of Python with 30 hosts as with 300.

    This holds even if a cookie of another host expires in between.
    """
    counted = []
    for hosts in (30, 300):
        clock = Clock()
        jar = CookieJar(clock=clock)
        for number in range(hosts):
            for name in "abcde":
                header = f"{name}={number}; Max-Age={number + (name != 'a') * 1000}"
                jar.receive(header, f"https://www.host{number}.test/")
        lines = 0

        def count(frame: Any, event: str, arg: object) -> Any:
            nonlocal lines
            if frame.f_code.co_filename == heapq.__file__:
                return None  # on PyPy it is in Python, and logarithmic
            lines += 1
            return count

        clock.now += 5  # a cookie of the fifth host expires
        before = sys.gettrace()
        sys.settrace(count)
        try:
            jar.cookie_header("https://www.host7.test/")
        finally:
            sys.settrace(before)
        counted.append(lines)
    assert counted[0] == counted[1]


def test_a_stored_cookie_has_all_fields() -> None:
    clock = Clock()
    jar = CookieJar(clock=clock)
    header = "a=b; Domain=example.com; Path=/x; Secure; HttpOnly; SameSite=Lax; Max-Age=9"
    jar.receive(header, HTTPS)
    assert list(jar) == [
        StoredCookie(
            name="a",
            value="b",
            domain="example.com",
            path="/x",
            host_only=False,
            secure=True,
            httponly=True,
            samesite="Lax",
            partitioned=False,
            expiry_time=clock.now + 9,
            creation_time=clock.now,
            last_access_time=clock.now,
        )
    ]


# --- safety -----------------------------------------------------------------------------


def test_a_site_with_many_hosts_does_not_evict_cookies_of_others() -> None:
    """From a review: twenty labels under evil.com filled the jar."""
    jar = filled(*[f"a{number}=1; Path=/" for number in range(20)])
    for label in range(20):
        for number in range(180):
            jar.receive(f"a{number}=1", f"https://h{label}.evil.com/")
    assert len(jar) <= 200
    assert jar.cookie_header(HTTPS).count("=1") == 20


@pytest.mark.parametrize("partitioned", ["", "; Secure; Partitioned"])
def test_a_full_jar_evicts_from_the_site_that_has_most(partitioned: str) -> None:
    clock = Clock()
    jar = CookieJar(max_total=30, clock=clock)
    for number in range(4):
        jar.receive("a=1; Path=/", f"https://www.site{number}.test/")
    for number in range(100):
        clock.now += 1
        jar.receive(f"a{number}=1{partitioned}", f"https://h{number % 7}.evil.com/")
    assert len(jar) == 30
    for number in range(4):
        assert jar.cookie_header(f"https://www.site{number}.test/") == "a=1"
    # Of sites with as many as each other, the least recently used cookie goes.
    jar = CookieJar(max_total=3, clock=clock)
    for number in (0, 1, 2, 0, 3):
        clock.now += 61
        jar.cookie_header(f"https://www.site{number}.test/")
        jar.receive("a=1; Path=/", f"https://www.site{number}.test/")
    assert [cookie.domain for cookie in jar] == [f"www.site{n}.test" for n in (0, 2, 3)]


def test_functions_of_the_caller_are_called_without_the_lock() -> None:
    """Another thread can use the jar meanwhile, even if one of them takes long."""
    held: "list[bool]" = []

    def is_held() -> bool:
        free: "list[bool]" = []

        def try_it() -> None:
            free.append(tested._lock.acquire(blocking=False))
            if free[0]:
                tested._lock.release()

        thread = threading.Thread(target=try_it)
        thread.start()
        thread.join()
        return not free[0]

    def is_public_suffix(domain: str) -> bool:
        held.append(is_held())
        return "." not in domain

    def clock() -> float:
        held.append(is_held())
        return Clock().now

    tested = CookieJar()
    tested = CookieJar(is_public_suffix=is_public_suffix, clock=clock)
    tested.receive("a=1; Domain=example.com; Secure", HTTPS)
    tested.receive("a=1; Path=/", HTTP)
    tested.cookie_header(HTTPS)
    assert (len(tested), len(list(tested))) == (1, 1)
    assert held
    assert not any(held)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_jar_works_in_the_child_of_a_fork_while_threads_use_it() -> None:
    """The lock could be held by a thread that is not in the child, for ever."""
    jars = [filled("a=1; Path=/"), CookieJar()]
    stop = threading.Event()

    def work() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            jars[0].receive(f"b{number % 50}=1; Max-Age={number % 3 + 1}", HTTPS + "x/")
            jars[0].cookie_header(HTTPS + "x/")

    def use() -> int:
        """What the child does; its exit status."""
        signal.alarm(20)
        good = "a=1" in jars[0].cookie_header(HTTPS + "x/")
        for each in jars:
            good = each.receive("c=1; Path=/", HTTPS).accepted and good
            assert_consistent(each)
        return 0 if good and len(jars[1]) == 1 else 1

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        statuses = [_status_of_fork(use) for _ in range(20)]
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert statuses == [0] * 20
    assert jars[0].receive("d=1", HTTPS).accepted, "the parent's jar works as well"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_fork_waits_for_the_thread_that_changes_a_jar() -> None:
    """The child does not get a jar in the midst of a change."""
    jar = filled("a=1")
    started, done = threading.Event(), threading.Event()

    def change() -> None:
        with jar._lock:
            started.set()
            time.sleep(0.2)
            done.set()

    thread = threading.Thread(target=change)
    thread.start()
    started.wait()
    assert _status_of_fork(lambda: 0 if done.is_set() and len(jar) == 1 else 1) == 0
    thread.join()


def _status_of_fork(use: "Callable[[], int]") -> int:
    with warnings.catch_warnings():
        # Python 3.12 warns of a fork beside threads, which is what is tested.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        status = 2
        try:
            status = use()
        finally:
            os._exit(status)
    return os.waitpid(child, 0)[1]


def test_a_default_path_has_a_bound() -> None:
    """From a review: 3,300 cookies could hold 65 KB each. Servers refuse such requests."""
    jar = CookieJar()
    longest = "/" + "p" * 8189
    assert jar.receive("a=1", f"https://example.com{longest}/x").accepted
    too_long = jar.receive("a=2", f"https://example.com{longest}p/x")
    assert not too_long.accepted
    assert next(finding.code for finding in too_long.findings) == "path-too-long"
    assert jar.receive("a=2; Path=/", f"https://example.com{longest}p/x").accepted
    assert {len(cookie.path) for cookie in jar} == {1, 8190}
    data = jar.to_json().replace(longest, longest + "p")
    with pytest.warns(CookieRejectedWarning, match="path-invalid"):
        assert len(CookieJar.from_json(data)) == 1


# --- mistakes of the developer ----------------------------------------------------


@pytest.mark.parametrize(
    ("header", "url", "sentence"),
    [
        ("a=1", "www.example.com", "'www.example.com' has no scheme"),
        ("a=1", "www.example.com/login?token=s3cret", "'www.example.com/login' has no scheme"),
        ("a=1", "localhost:8000/", "'localhost:8000/' has no scheme"),
        ("a=1", "//www.example.com/", "has no scheme"),
        ("a=1", "/login", "'/login' has no scheme"),
        (HTTPS, "a=1; Path=/", "Swap the two arguments"),
        (HTTPS.encode(), "a=1", "Swap the two arguments"),
        (HTTP, "a; Secure", "Swap the two arguments"),
        ("a=1", "ftp://www.example.com/", "must start with http://"),
        ("a=1", "", "must start with http://"),
        ("a=1", "https://www.example.com/a b", "must not contain a blank"),
    ],
)
def test_a_finding_says_what_is_wrong_with_the_url(
    header: Any, url: str, sentence: str
) -> None:
    jar = CookieJar()
    verdict = jar.receive(header, url)
    assert not verdict.accepted
    assert not list(jar)
    messages = [finding.message for finding in verdict.findings if finding.code == "url"]
    assert len(messages) == 1
    assert sentence in messages[0]
    assert "s3cret" not in messages[0]
    assert pickle.loads(pickle.dumps(verdict)) == verdict


@pytest.mark.parametrize("wrong", [None, 1, ["a=1"], object()])
def test_an_argument_of_the_wrong_type_is_named(wrong: Any) -> None:
    jar = CookieJar()
    present: Any = wrong or 1  # None: without a URL
    with pytest.raises(TypeError, match="header must be str or bytes, not "):
        jar.receive(wrong, HTTPS)
    calls: "list[Callable[[], object]]" = [
        lambda: jar.receive("a=1", wrong),
        lambda: jar.cookie_header(wrong),
        lambda: jar.set("a", "1", wrong),
        lambda: jar.add_cookie_header("a=1", wrong),
        lambda: jar.find(url=present),
    ]
    for call in calls:
        with pytest.raises(TypeError, match=r"url must be str, not .* the address of the req"):
            call()
