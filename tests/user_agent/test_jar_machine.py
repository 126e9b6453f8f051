"""Compare `CookieJar` with the simple model in `jar_model`, step by step, as time passes."""

import re
import warnings
from collections import Counter
from typing import Any, Callable, Union

import pytest
from hypothesis import settings, strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from cookiecodec import CookieIgnoredWarning, CookieJar, CookieRejectedWarning, StoredCookie

from ..support.jar_model import Model, Page, Visit, is_address, pair
from ..support.strategies import set_cookie_headers
from .test_jar import assert_consistent
from .test_jar_files import fits_cookies_txt

NOW = 1_750_000_000.0  # Sun, 15 Jun 2025 15:06:40 GMT

# A few related hosts, so that they share cookies. The properties are written by hand.
_RELATED = [
    Page("https://www.example.com/x/y", True, "www.example.com", "/x/y"),
    Page("http://www.example.com/x/y?q=/z/", False, "www.example.com", "/x/y"),
    Page("https://example.com/x", True, "example.com", "/x"),
    Page("http://example.com/xy/", False, "example.com", "/xy/"),
    Page("https://user@WWW.Example.COM:8443/x/./z/../y#/z", True, "www.example.com", "/x/y"),
]
_OTHERS = [
    Page("ws://example.com", False, "example.com", "/"),
    Page("wss://badexample.com/x/", True, "badexample.com", "/x/"),
    Page("https://one.shared.test/x/y", True, "one.shared.test", "/x/y"),
    Page("https://two.shared.test/x/y", True, "two.shared.test", "/x/y"),
    Page("http://shared.test/x", False, "shared.test", "/x"),
    Page("https://example.com./", True, "example.com.", "/"),
    Page("https://com/x", True, "com", "/x"),
    Page("https://a.www.example.com/x", True, "a.www.example.com", "/x"),
    Page("http://a.www.example.com/x/", False, "a.www.example.com", "/x/"),
    # localhost and loopback addresses count as secure
    Page("http://localhost/x/y", True, "localhost", "/x/y"),
    Page("http://127.0.0.1/x", True, "127.0.0.1", "/x"),
    Page("http://0xa.1/x", False, "10.0.0.1", "/x"),
    Page("https://[2001:db8:0::1]/x", True, "[2001:db8::1]", "/x"),
    Page("ftp://example.com/x/y", False, "", ""),
    Page("https://example.com\\@www.example.com/x", False, "", ""),
]
pages = st.one_of(st.sampled_from(_RELATED), st.sampled_from(_RELATED + _OTHERS))

_usual_headers = st.builds(
    "{}={}{}{}{}{}".format,
    st.sampled_from(["a", "a", "b"]),
    st.integers(1, 3),
    st.sampled_from(["", "; Path=/", "; Path=/", "; Path=/x", "; Path=/x/"]),
    st.sampled_from(
        [
            "",
            "",
            "",
            "; Secure",
            "; Secure",
            "; HttpOnly",
            "; SameSite=Lax",
            "; SameSite=Strict",
        ]
        + ["; Secure; SameSite=None", "; Secure; Partitioned"]
    ),
    st.sampled_from(["", "; Domain=example.com"]),
    st.sampled_from(["", "", "; Max-Age=1", "; Max-Age=5", "; Max-Age=60", "; Max-Age=0"]),
)
_prefixed_headers = st.builds(
    "{}{}{}".format,
    st.sampled_from(["__Host-a=1", "__secure-a=2", "__Http-a=3", "__HOST-HTTP-a=4"]),
    st.sampled_from(["; Secure", "; Secure; HttpOnly", "; HttpOnly"]),
    st.sampled_from(["; Path=/", "", "; Path=/x", "; Path=/; Domain=www.example.com"]),
)
_odd_headers = st.builds(
    lambda pair, attributes: "; ".join([pair, *attributes]),
    st.sampled_from(
        ["a=1", "b=", "c=\xc3\xa9", "c=\xe9", "=1", "2", "=a\tb", "a=b\tc", "=", "=b=c"]
        + ["=__Host-a", "__Secure-a"]
    ),
    st.lists(
        st.sampled_from(
            ["Secure", "Secure", "HttpOnly", "Partitioned"]
            + ["SameSite=Strict", "SameSite=lax", "SameSite=None", "SameSite=x"]
            + ["Path=/", "Path=/", "Path=/x/y", "Path=x", "Path=/\t", "Path=/\xe9"]
            + ["Domain=example.com", "Domain=.Example.COM", "Domain=www.example.com"]
            + ["Domain=shared.test", "Domain=com", "Domain=test", "Domain=10.0.0.1"]
            + ["Domain=0.0.1", "Domain=a b", "Domain="]
            + ["Max-Age=2", "Max-Age=-1", "Max-Age=99999999999", "Max-Age=x"]
            + ["Expires=Sun, 15 Jun 2025 15:06:50 GMT", "Expires=Sun, 15 Jun 2025 15:07:40 GMT"]
            + ["Expires=Thu, 01 Jan 1970 00:00:00 GMT", "Expires=1 Jan 2031 1:2:3"]
        ),
        max_size=5,
    ),
)
responses = st.one_of(
    st.tuples(pages, _usual_headers),
    st.tuples(pages, _usual_headers),
    st.tuples(st.sampled_from(_RELATED), _prefixed_headers),
    # Each host's own Domain
    st.sampled_from(_RELATED + _OTHERS).map(lambda page: (page, f"a=1; Domain={page.host}")),
)

# Limits for loading files: small, so that cookies are evicted.
fewer = st.sampled_from([(3, 8), (3, 8), (6, 9), (2, 5), (1, 3)])

# How long to wait before a step, so that cookies expire in between, and accesses count.
pauses = st.sampled_from([0.0, 0.0, 0.5, 1.0, 1.0, 5.0, 61.0])
loading_pauses = st.sampled_from([0.0, 0.0, 5.0, -2.0])
limits = st.sampled_from([(3, 8)] * 4 + [(6, 14)] * 3 + [(2, 5), (180, 3300), (0, 8), (5, 1)])


class JarMachine(RuleBasedStateMachine):
    """A user agent that has both a jar and the model."""

    @initialize(limits=limits, has_list=st.booleans())
    def start(self, limits: "tuple[int, int]", has_list: bool) -> None:
        self.now = NOW
        self.has_list = has_list
        self.listed: set[str] = set()
        self.lists = 1
        self.model = Model(*limits, self.listed)
        self.jar = CookieJar(
            max_per_host=limits[0],
            max_total=limits[1],
            is_public_suffix=self.is_public_suffix if has_list else None,
            clock=self.clock,
        )

    def clock(self) -> float:
        return self.now

    def is_public_suffix(self, domain: str) -> bool:
        return "." not in domain or domain in self.listed

    # --- what happens to a jar -------------------------------------------------------

    @rule(pause=pauses, responses=st.lists(responses, min_size=1, max_size=4), requested=pages)
    def browse(
        self, pause: float, responses: "list[tuple[Page, str]]", requested: Page
    ) -> None:
        """Some typical responses, and a request."""
        self.now += pause
        for page, header in responses:
            self.take(header, Visit(page, self.now))
        self.now += pause
        self.ask(Visit(requested, self.now), "strict")

    @rule(
        pause=pauses,
        page=pages,
        header=_odd_headers | set_cookie_headers,
        is_bytes=st.booleans(),
        cross_site=st.sampled_from([False, False, True]),
    )
    def receive_something_odd(
        self, pause: float, page: Page, header: str, is_bytes: bool, cross_site: bool
    ) -> None:
        self.now += pause
        visit = Visit(page, self.now, cross_site=cross_site)
        self.take(header, visit, header.encode("latin-1") if is_bytes else header)

    @rule(
        pause=pauses,
        page=pages,
        headers=st.lists(_usual_headers, min_size=1, max_size=4),
        httponly_first=st.booleans(),
    )
    def run_a_script(
        self, pause: float, page: Page, headers: "list[str]", httponly_first: bool
    ) -> None:
        """Its server may have set the same cookies before, with HttpOnly."""
        self.now += pause
        for header in headers:
            if httponly_first:
                self.take(header + "; HttpOnly", Visit(page, self.now))
            self.take(header, Visit(page, self.now, http_api=False))
        self.ask(Visit(page, self.now, http_api=False), "strict")

    @rule(pause=pauses)
    def come_from_another_site(self, pause: float) -> None:
        self.now += pause
        for page in _RELATED:
            for same_site in ("lax", "unset", "none"):
                self.ask(Visit(page, self.now), same_site)

    def take(self, header: str, visit: Visit, given: "Union[str, bytes, None]" = None) -> None:
        verdict = self.jar.receive(
            header if given is None else given,
            visit.page.url,
            http_api=visit.http_api,
            cross_site=visit.cross_site,
        )
        assert verdict.accepted == self.model.receive(header, visit), verdict

    def ask(self, visit: Visit, same_site: Any) -> None:
        page, http_api = visit.page, visit.http_api
        sent = self.jar.cookie_header(page.url, http_api=http_api, same_site=same_site)
        assert sent == self.model.cookie_header(visit, same_site)
        # Check again, with conditions that prevent attacks.
        allowed = Counter(
            pair(cookie)
            for cookie in self.jar
            if (page.secure or not cookie.secure)
            and (http_api or not cookie.httponly)
            and (same_site == "strict" or cookie.samesite != "Strict")
            and is_for_host(cookie, page.host)
        )
        assert not Counter(sent.split("; ") if sent else []) - allowed

    @rule(seconds=st.sampled_from([1.0, 5.0, 60.0, 1e6, 401 * 86400.0, -1.0, -5.0]))
    def wait(self, seconds: float) -> None:
        """A clock may be set back. Cookies that have been removed as expired stay removed."""
        self.now += seconds

    @precondition(lambda self: len(self.model.store) > 2)
    @rule(page=st.sampled_from(_RELATED))
    def set_one_cookie_over_and_over(self, page: Page) -> None:
        """So that old expiry times have to be removed."""
        for seconds in range(70):
            self.take(f"a=1; Max-Age={seconds + 5}", Visit(page, self.now))

    @precondition(lambda self: len(self.model.store) > 2)
    @rule(
        page=st.sampled_from(_RELATED),
        sizes=st.lists(st.sampled_from([500, 2048, 3002, 4000]), min_size=3, max_size=5),
        pause=pauses,
    )
    def set_large_partitioned_cookies(
        self, page: Page, sizes: "list[int]", pause: float
    ) -> None:
        self.now += pause
        for number, size in enumerate(sizes):
            header = f"p{number}={'v' * size}; Secure; Partitioned"
            self.take(header, Visit(page, self.now))

    @precondition(lambda self: len(self.model.store) > 6)
    @rule()
    def clear(self) -> None:
        self.jar.clear()
        self.model.store.clear()

    @precondition(lambda self: self.has_list and self.model.store)
    @rule(domain=st.sampled_from(["shared.test", "example.com", "www.example.com"]))
    def change_the_list_of_public_suffixes(self, domain: str) -> None:
        self.listed ^= {domain}
        self.lists += 1

    # --- files -----------------------------------------------------------------------

    @precondition(lambda self: self.model.store)
    @rule(pause=loading_pauses, limits=fewer)
    def save_json_and_load(self, pause: float, limits: "tuple[int, int]") -> None:
        """Future times become the current time. Cookies of one second keep their order."""
        text = self.jar.to_json()
        self.load(CookieJar.from_json, text, self.model.cookies(), pause, limits)

    @precondition(lambda self: self.model.store)
    @rule(pause=loading_pauses, limits=fewer)
    def save_cookies_txt_and_load(self, pause: float, limits: "tuple[int, int]") -> None:
        """It can't hold tabs, octets that are not UTF-8, fractions of seconds, or old times."""
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            text = self.jar.to_cookies_txt()
        cookies = self.model.cookies()
        carried = [cookie for cookie in cookies if fits_cookies_txt(cookie)]
        assert [warning.category for warning in caught] == (
            [CookieIgnoredWarning] if carried != cookies else []
        )
        records = [
            cookie._replace(
                expiry_time=None if expiry is None else -(-expiry // 1),
                creation_time=self.now + pause,
                last_access_time=self.now + pause,
            )
            for cookie, expiry in [(cookie, cookie.expiry_time) for cookie in carried]
        ]
        self.load(CookieJar.from_cookies_txt, text, records, pause, limits)

    def load(
        self,
        read: "Callable[..., CookieJar]",
        text: str,
        records: "list[StoredCookie]",
        pause: float,
        limits: "tuple[int, int]",
    ) -> None:
        self.now += pause
        self.model.max_per_host, self.model.max_total = limits
        self.model, left_out = self.model.loaded(records, self.now)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            self.jar = read(
                text,
                max_per_host=self.model.max_per_host,
                max_total=self.model.max_total,
                is_public_suffix=self.is_public_suffix if self.has_list else None,
                clock=self.clock,
            )
        assert [warning.category for warning in caught] == (
            [CookieRejectedWarning] if left_out else []
        )
        for warning in caught:
            assert f"left out ({left_out}), " in str(warning.message)

    # --- after each step -------------------------------------------------------------

    @invariant()
    def the_jar_holds_the_same_cookies_as_the_model(self) -> None:
        self.model.remove_expired(self.now)
        assert list(self.jar) == self.model.cookies()
        assert len(self.jar) == len(self.model.store)

    @invariant()
    def the_jar_keeps_its_limits(self) -> None:
        cookies = list(self.jar)
        assert len(cookies) <= self.model.max_total
        hosts = Counter((cookie.domain, cookie.partitioned) for cookie in cookies)
        # A cookie is counted where it was stored, with the list of that time.
        limit = self.model.max_per_host * self.lists
        assert all(number <= limit for number in hosts.values())
        assert_consistent(self.jar)


def is_for_host(cookie: StoredCookie, host: str) -> bool:
    if cookie.host_only or is_address(host):
        return cookie.domain == host
    return bool(re.search(rf"(?:\A|\.){re.escape(cookie.domain)}\Z", host))


@pytest.mark.slow
def test_a_jar_always_behaves_like_the_model() -> None:
    """Whatever responses contain, and however time passes, the jar holds and sends exactly
    what the RFC requires. Each cookie that it sends is for this host, path, and scheme.
    """
    # Twice as many as for other properties, since a jar has to be filled first.
    examples = 2 * settings().max_examples
    run_state_machine_as_test(
        JarMachine, settings=settings(max_examples=examples, stateful_step_count=40)
    )
