"""`CookieJar`: whatever servers set, and however time goes, no cookie goes astray.

After each step, whatever the headers were:

- never a cookie that its host may not set, nor one for another host than its own, or one
  below its Domain; never for another path; never a Secure cookie by http, an HttpOnly one
  to a script, one that is expired;
- never more cookies than the limits, of a site, of its partitioned ones, and in all; and what
  one site sets never costs another one a cookie, unless the jar is full;
- never a cookie that is larger than user agents keep, nor a control character in what is sent;
- a cookie of http never takes the place of a Secure one;
- files carry the jar: JSON all of it, cookies.txt what it has fields for.

An input is a list of steps, cut at LF: an octet for what is done and how, an octet for
where, and a Set-Cookie header. (One with LF is refused as a whole: see `fuzz_set_cookie`.)
"""

from __future__ import annotations

import re
import warnings
from typing import Any

import harness

with harness.instrumented(__name__):
    from cookiecodec import CookieJar, StoredCookie

MAX_PER_HOST, MAX_TOTAL, MAX_PARTITIONED = 5, 12, 10240
HOSTS = (
    "example.com",
    "www.example.com",
    "a.www.example.com",
    "notexample.com",
    "com",
    "localhost",
    "127.0.0.1",
    "1.0.0.127.test",
    "xn--bcher-kva.test",
    "[2001:db8::1]",
    "example.com.",
    "co.uk",
)
PATHS = ("/", "/docs", "/docs/", "/docs/page", "/docsx", "//", "/%64ocs/")
SITES: tuple[Any, ...] = ("strict", "lax", "unset", "none")
STEPS = 24


def is_public_suffix(domain: str) -> bool:
    return "." not in domain or domain == "co.uk"


class Clock:
    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


def one_input(data: bytes) -> None:
    clock = Clock()
    jar = new_jar(clock)
    for step in data.split(b"\n", STEPS)[:STEPS]:
        action, where = [*step, 0, 0][:2]
        host, path = HOSTS[where % len(HOSTS)], PATHS[where // 16 % len(PATHS)]
        url = f"{'http' if action & 64 else 'https'}://{host}{path}"
        if action % 8 == 6:
            clock.now += 10.0 ** (action >> 3 & 7)
        elif action % 8 == 7:
            jar = carried(jar, clock, bool(action & 8))
        else:
            received(jar, step[2:], url, action)
        check_store(jar, clock)
        check_requests(jar, host, path, clock)


def new_jar(clock: Clock) -> CookieJar:
    return CookieJar(
        is_public_suffix=is_public_suffix,
        clock=clock,
        max_per_host=MAX_PER_HOST,
        max_total=MAX_TOTAL,
    )


def received(jar: CookieJar, header: bytes, url: str, action: int) -> None:
    before = list(jar)
    http_api, cross_site = not action & 16, bool(action & 32)
    verdict = jar.receive(header, url, http_api=http_api, cross_site=cross_site)
    after = list(jar)
    if verdict.accepted:
        assert verdict.cookie is not None
        assert any(
            (cookie.name, cookie.value) == (verdict.cookie.name, verdict.cookie.value)
            for cookie in after
        ), "accepted, and not there"
    elif verdict.cookie is None:
        assert before == after, "what is refused changes nothing"
    errors = {found.code for found in verdict.findings if found.severity == "error"}
    if errors - {"expired", "evicted"}:
        assert before == after, "what is refused deletes nothing"
    host = url.split("/")[2]
    new = [cookie for cookie in after if cookie not in before]
    assert all(host == cookie.domain or is_below(host, cookie.domain) for cookie in new)
    there = {key(cookie) for cookie in after}
    gone = [cookie for cookie in before if key(cookie) not in there]
    if len(before) < MAX_TOTAL:
        assert all(site(cookie.domain) == site(host) for cookie in gone), "of another site"
    taken = [cookie for cookie in gone if not is_crowded(before, cookie)]
    trusted = ("https://", "http://localhost", "http://127.0.0.1")
    if not url.startswith(trusted):
        assert not any(cookie.secure for cookie in taken), "http took a Secure cookie away"
    if not http_api:
        assert not any(cookie.httponly for cookie in new), "a script made an HttpOnly cookie"
        assert not any(cookie.httponly for cookie in taken), "a script took one away"
    if cross_site:
        assert all(cookie.samesite == "None" for cookie in new)


def is_crowded(before: list[StoredCookie], cookie: StoredCookie) -> bool:
    """Whether one cookie more may evict this one."""
    group = [each for each in before if group_of(each) == group_of(cookie)]
    return (
        len(before) >= MAX_TOTAL
        or len(group) >= MAX_PER_HOST
        or (cookie.partitioned and octets_of(group) + 4096 > MAX_PARTITIONED)
    )


def group_of(cookie: StoredCookie) -> tuple[str, bool]:
    return site(cookie.domain), cookie.partitioned


def octets_of(cookies: list[StoredCookie]) -> int:
    return sum(len(cookie.name) + len(cookie.value) for cookie in cookies)


def site(host: str) -> str:
    """The registrable domain: one label more than the public suffix."""
    above = host.partition(".")[2]
    known = is_ip(host) or is_public_suffix(host.rstrip("."))
    return host if known or is_public_suffix(above.rstrip(".")) else site(above)


def key(cookie: StoredCookie) -> tuple[object, ...]:
    return cookie.name, cookie.domain, cookie.path, cookie.host_only, cookie.partitioned


def carried(jar: CookieJar, clock: Clock, as_json: bool) -> CookieJar:
    """The jar, through a file."""
    cookies = list(jar)
    options: dict[str, Any] = {"is_public_suffix": is_public_suffix, "clock": clock}
    options.update(max_per_host=MAX_PER_HOST, max_total=MAX_TOTAL)
    if as_json:
        copy = CookieJar.from_json(jar.to_json(), **options)
        assert list(copy) == cookies
        assert copy.to_json() == jar.to_json()
        return copy
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        text = jar.to_cookies_txt()
        copy = CookieJar.from_cookies_txt(text, **options)
    carried = {key(cookie): cookie for cookie in copy}
    assert warned or len(carried) == len(cookies)
    for cookie in cookies:
        there = carried.pop(key(cookie), None)
        if there is not None:
            assert (there.value, there.secure, there.httponly, there.samesite) == (
                cookie.value,
                cookie.secure,
                cookie.httponly,
                cookie.samesite,
            )
    assert not carried, "a cookie that was not in the jar"
    return jar


def check_store(jar: CookieJar, clock: Clock) -> None:
    cookies = list(jar)
    assert len(jar) == len(cookies) <= MAX_TOTAL
    assert len({key(cookie) for cookie in cookies}) == len(cookies), "one cookie twice"
    groups: dict[tuple[str, bool], list[StoredCookie]] = {}
    for cookie in cookies:
        groups.setdefault(group_of(cookie), []).append(cookie)
        assert 0 < len(cookie.name) + len(cookie.value) <= 4096
        assert cookie.expiry_time is None or clock.now < cookie.expiry_time
        assert cookie.expiry_time is None or cookie.expiry_time <= clock.now + 400 * 86400
        assert cookie.host_only or not is_public_suffix(cookie.domain)
        assert cookie.secure or not (cookie.partitioned or cookie.samesite == "None")
        check_prefix(cookie)
    for (_, partitioned), group in groups.items():
        assert len(group) <= MAX_PER_HOST
        assert not partitioned or octets_of(group) <= MAX_PARTITIONED


def check_prefix(cookie: StoredCookie) -> None:
    """What a name prefix asks for (bis, 4.1.3), nameless or not."""
    name = (cookie.name or cookie.value).lower()
    if name.startswith(("__secure-", "__host-", "__http-")):
        assert cookie.secure
        assert cookie.name, "nameless, and sent back as another cookie"
    if name.startswith("__host-"):
        assert cookie.host_only
        assert cookie.path == "/"
    if name.startswith(("__http-", "__host-http-")):
        assert cookie.httponly


def check_requests(jar: CookieJar, host: str, path: str, clock: Clock) -> None:
    cookies = list(jar)
    for secure in (True, False):
        url = f"http{'s' * secure}://{host}{path}"
        for http_api in (True, False):
            sites = [jar.cookie_header(url, http_api=http_api, same_site=s) for s in SITES]
            due = [
                cookie
                for cookie in cookies
                if goes(cookie, host, path, secure, http_api, clock.now)
            ]
            for number, header in enumerate(sites):
                near = ("Strict", "Lax", None, "None")[number:]
                check_sent(header, [cookie for cookie in due if cookie.samesite in near])
            for wider, nearer in zip(sites, sites[1:]):
                assert set(nearer.split("; ")) <= {*wider.split("; "), ""}


def check_sent(header: str, due: list[StoredCookie]) -> None:
    """All that is due is sent, and nothing else; the longest path first."""
    assert not re.search(r"[\x00-\x1f\x7f]", header)
    due = [cookie for cookie in due if "\t" not in cookie.name + cookie.value]
    due.sort(key=lambda cookie: -len(cookie.path))
    pairs = [f"{c.name}={c.value}" if c.name else c.value for c in due]
    assert header == "; ".join(pairs)


def goes(
    cookie: StoredCookie, host: str, path: str, secure: bool, http_api: bool, now: float
) -> bool:
    """By the letter of Retrieve Cookies (layered 5.4.5), written once more."""
    return (
        (host == cookie.domain or (not cookie.host_only and is_below(host, cookie.domain)))
        and under(path, cookie.path)
        and (secure or not cookie.secure or host in ("localhost", "127.0.0.1"))
        and (http_api or not cookie.httponly)
        and (cookie.expiry_time is None or now < cookie.expiry_time)
    )


def is_below(host: str, domain: str) -> bool:
    return not is_ip(host) and host.endswith("." + domain)


def is_ip(host: str) -> bool:
    return bool(re.fullmatch(r"[0-9.]+|\[.*\]", host))


def under(path: str, cookie_path: str) -> bool:
    """path-match (layered 5.1.3)"""
    if path == cookie_path:
        return True
    longer = path.startswith(cookie_path)
    return longer and (cookie_path[-1] == "/" or path[len(cookie_path)] == "/")


if __name__ == "__main__":
    harness.fuzz(one_input)
