"""A jar that programs edit, merge, and save to disk."""

import json
import os
import signal
import stat
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cookiecodec import (
    CookieError,
    CookieIgnoredWarning,
    CookieJar,
    CookieRejectedWarning,
    StoredCookie,
)

NOW = 1_750_000_000.0
SITE = "https://www.example.com/docs/x"


def clock() -> float:
    return NOW


def filled(*headers: str, url: str = SITE) -> CookieJar:
    jar = CookieJar(clock=clock)
    for header in headers:
        assert jar.receive(header, url).accepted, header
    return jar


def names(jar: CookieJar) -> "list[str]":
    return [cookie.name for cookie in jar]


# --- editing ---------------------------------------------------------------------------


def test_find_by_name_and_by_url() -> None:
    jar = filled("a=1; Path=/", "a=2", "b=3; Domain=example.com; Secure; HttpOnly")
    jar.receive("a=4", "http://example.org/")
    assert [c.value for c in jar.find()] == ["1", "2", "3", "4"]
    assert [c.value for c in jar.find("a")] == ["1", "2", "4"]
    assert [c.value for c in jar.find("a", url=SITE)] == ["2", "1"], "as in the header"
    assert [c.value for c in jar.find(url="https://example.com/docs/")] == ["3"]
    assert jar.find(url="http://example.com/docs/") == [], "Secure"
    assert jar.find("c") == jar.find(url="not a URL") == []


def test_to_look_is_not_an_access() -> None:
    times = iter(range(99))
    jar = CookieJar(clock=lambda: NOW + 61 * next(times))  # sooner again is no access
    jar.receive("a=1", SITE)
    (before,) = jar.find("a", url=SITE)
    assert jar.find("a", url=SITE) == [before]
    jar.cookie_header(SITE)
    assert jar.find("a", url=SITE)[0].last_access_time > before.last_access_time


def test_find_leaves_out_expired_cookies() -> None:
    now = NOW
    jar = CookieJar(clock=lambda: now)
    jar.receive("a=1; Max-Age=10", SITE)
    now += 11
    assert jar.find("a") == jar.find(url=SITE) == []
    assert "a" not in jar


def test_membership() -> None:
    jar = filled("a=1")
    (cookie,) = jar
    assert "a" in jar
    assert cookie in jar
    assert "b" not in jar
    assert cookie._replace(value="2") not in jar
    assert None not in jar


def test_set_stores_what_a_response_could() -> None:
    jar = CookieJar(clock=clock)
    assert jar.set("sid", "31d4", SITE).accepted
    assert jar.set("wide", "1", SITE, domain="example.com", secure=True, path=None).accepted
    assert {c.name: (c.domain, c.path, c.host_only, c.secure) for c in jar} == {
        "sid": ("www.example.com", "/", True, False),
        "wide": ("example.com", "/docs", False, True),
    }
    assert jar.set("sid", "new", SITE, max_age=60).accepted
    assert [(c.value, c.expiry_time) for c in jar.find("sid")] == [("new", NOW + 60)]
    assert jar.set("utf-8", "é".encode(), SITE).accepted  # type: ignore[arg-type] # octets
    assert jar.find("utf-8")[0].value == "\xc3\xa9"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"name": "__Host-a", "secure": True, "domain": "example.com"}, "prefix-host"),
        ({"name": "a", "domain": "example.org"}, "domain-mismatch"),
        ({"name": "a", "samesite": "None"}, "samesite-none-insecure"),
        ({"name": "a", "url": "ftp://example.com/"}, "url"),
        ({"name": "a", "max_age": 0}, "expired"),
    ],
)
def test_set_refuses_what_the_wire_would(arguments: "dict[str, Any]", code: str) -> None:
    jar = CookieJar()
    verdict = jar.set(**{"value": "b", "url": SITE, **arguments})
    assert not verdict.accepted
    assert code in [finding.code for finding in verdict.findings]
    assert len(jar) == 0


@pytest.mark.parametrize("part", ["name", "value"])
@pytest.mark.parametrize("char", ["\r\n", ";", "\0", "\t"])
def test_set_raises_for_what_no_header_can_express(part: str, char: str) -> None:
    jar = CookieJar()
    with pytest.raises(CookieError):
        jar.set(**{"name": "a", "value": "b", "url": SITE, part: f"x{char}y"})
    with pytest.raises(TypeError):
        jar.set("a", 1, SITE)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="samesit"):
        jar.set("a", "b", SITE, samesit="Lax")


COOKIE = StoredCookie(
    "a", "1", "example.com", "/", False, True, True, "Lax", False, NOW + 9, 5, 6
)


def test_add_keeps_the_cookie_as_it_is() -> None:
    jar = CookieJar(clock=clock)
    assert jar.add(COOKIE).accepted
    assert list(jar) == [COOKIE]
    assert jar.add(COOKIE._replace(value="2")).accepted
    assert [c.value for c in jar] == ["2"]
    assert not jar.add(COOKIE._replace(expiry_time=NOW - 1)).accepted, "an expired one deletes"
    assert len(jar) == 0
    assert jar.add(COOKIE._replace(expiry_time=NOW * 9, creation_time=NOW * 2)).accepted
    assert [(c.expiry_time, c.creation_time) for c in jar] == [(NOW + 400 * 86400, NOW)]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"name": "__Host-a"}, "prefix-host"),
        ({"domain": "co.uk"}, "domain-public-suffix"),
        ({"samesite": "None", "secure": False}, "samesite-none-insecure"),
        ({"name": "", "value": "__Host-a"}, "nameless-prefix"),
    ],
)
def test_add_refuses_what_the_wire_would(changed: "dict[str, Any]", code: str) -> None:
    jar = CookieJar(is_public_suffix={"com", "uk", "co.uk"}.__contains__)
    verdict = jar.add(COOKIE._replace(**changed))
    assert not verdict.accepted
    assert code in [finding.code for finding in verdict.findings]
    with pytest.warns(CookieRejectedWarning, match=code):
        jar.update([COOKIE._replace(**changed)])
    assert len(jar) == 0


@pytest.mark.parametrize(
    "changed",
    [
        {"name": "a\r\nX"},
        {"value": "b; c"},
        {"value": "\u20ac"},
        {"domain": "EXAMPLE.com"},
        {"path": "docs"},
        {"samesite": "lax"},
    ],
)
def test_add_raises_for_what_no_header_can_express(changed: "dict[str, Any]") -> None:
    with pytest.raises(CookieError):
        CookieJar().add(COOKIE._replace(**changed))
    with pytest.raises(TypeError):
        CookieJar().add(COOKIE._replace(secure=1))  # type: ignore[arg-type]


def test_remove_one_cookie() -> None:
    jar = filled("a=1; Path=/", "a=2", "a=3; Domain=example.com; Path=/")
    (second,) = [cookie for cookie in jar if cookie.value == "2"]
    assert jar.remove(second)
    assert not jar.remove(second)
    assert [cookie.value for cookie in jar] == ["1", "3"]
    assert jar.cookie_header(SITE) == "a=1; a=3"


def test_clear_one_host() -> None:
    jar = filled("a=1", "b=2; Domain=example.com")
    jar.receive("c=3", "https://other.test/")
    jar.clear("WWW.example.com")
    assert names(jar) == ["b", "c"]
    jar.clear("nowhere.test")
    assert names(jar) == ["b", "c"]
    for invalid in ("https://example.com/", "", "exa mple.com"):
        with pytest.raises(ValueError, match="host must be"):
            jar.clear(invalid)
    jar.clear()
    assert len(jar) == 0


def test_the_end_of_a_session() -> None:
    """layered 5.1.2: cookies without an expiry-time go."""
    jar = filled("a=1", "b=2; Max-Age=60", "c=3; Secure")
    jar.clear_session_cookies()
    assert names(jar) == ["b"]
    assert jar.receive("c=3", SITE.replace("https", "http")).accepted, "no Secure one is there"


def test_merging_two_jars() -> None:
    live, saved = filled("a=live; Path=/", "b=live; Path=/"), filled("b=saved; Path=/", "c=3")
    live.update(saved)
    assert {c.name: c.value for c in live} == {"a": "live", "b": "saved", "c": "3"}
    live.update(live)
    assert len(live) == 3
    live.update([])
    for wrong in ({"a": "1"}, ["a=1"]):
        with pytest.raises(TypeError, match="StoredCookie"):
            live.update(wrong)  # type: ignore[arg-type]
        with pytest.raises(TypeError, match="StoredCookie"):
            live.add(wrong)  # type: ignore[arg-type]


def test_merging_keeps_limits_and_the_order_of_access() -> None:
    old = COOKIE._replace(name="old", last_access_time=1.0)
    jar = CookieJar(clock=clock, max_total=2)
    jar.add(COOKIE._replace(name="kept", last_access_time=3.0))
    with pytest.warns(CookieRejectedWarning, match="evicted") as caught:
        jar.update([COOKIE._replace(name="new", last_access_time=2.0), old])
    assert caught[0].message.name == "old"  # type: ignore[union-attr]
    assert sorted(names(jar)) == ["kept", "new"]


def test_a_pasted_cookie_header() -> None:
    """From "Copy as cURL" of a browser: names and values only."""
    jar = CookieJar()
    text = ' Cookie: sid=31d4; __Host-a="1"; __Http-b=2; bare;; c=x=y\n'
    assert all(verdict.accepted for verdict in jar.add_cookie_header(text, SITE))
    assert jar.cookie_header("https://www.example.com/") == (
        'sid=31d4; __Host-a="1"; __Http-b=2; bare; c=x=y'
    )
    assert jar.cookie_header("http://www.example.com/") == "", "they may have been Secure"
    assert jar.cookie_header("https://example.com/") == ""
    plain = CookieJar()
    plain.add_cookie_header(b"a=1", "http://example.com/")
    assert plain.cookie_header("http://example.com/") == "a=1"
    (refused,) = plain.add_cookie_header("__Host-a=1", "http://example.com/")
    assert not refused.accepted
    with pytest.raises(CookieError):
        plain.add_cookie_header("a=1\r\nHost: x", "http://example.com/")


# --- saving ----------------------------------------------------------------------------

HEADERS = (
    "host=1; Path=/",
    "domain=2; Domain=example.com; Path=/docs; Max-Age=1000",
    "strict=3; SameSite=Strict; Secure; HttpOnly",
    "parted=4; SameSite=None; Secure; Partitioned",
    "utf-8=\xc3\xa9",
    "quoted=\"8, 'x'\"",
    "__Host-id=9; Secure; Path=/",
)
FORMATS = ["cookies.txt", "json", "storage_state", "list"]


@pytest.mark.parametrize("format_", FORMATS)
def test_a_jar_is_saved_and_loaded(format_: Any, tmp_path: Path) -> None:
    jar, path = filled(*HEADERS), tmp_path / "jar.txt"
    jar.save(path, format=format_)
    for given in (None, format_):
        loaded = CookieJar.load(path, format=given, clock=clock)
        assert [c._replace(creation_time=NOW, last_access_time=NOW) for c in jar] == list(
            loaded
        )
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert os.listdir(tmp_path) == ["jar.txt"]


def test_the_suffix_tells_the_format(tmp_path: Path) -> None:
    jar = filled(*HEADERS)
    jar.save(str(tmp_path / "a.TXT"))
    jar.save(tmp_path / "a.json")
    assert (tmp_path / "a.TXT").read_text("utf-8") == jar.to_cookies_txt()
    assert (tmp_path / "a.json").read_text("utf-8") == jar.to_json()
    for name, given in (("a", None), ("a.har", None), ("a.txt", "har"), ("a.txt", "xml")):
        with pytest.raises(ValueError, match=r"format must be one of cookies\.txt, json"):
            jar.save(tmp_path / name, format=given)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="har"):
        CookieJar.load(tmp_path / "a.json", format="xml")  # type: ignore[arg-type]


def test_storage_state_is_as_playwright_writes_it(tmp_path: Path) -> None:
    jar = CookieJar(is_public_suffix={"com", "uk", "co.uk"}.__contains__, clock=clock)
    for header in ("a=1; Max-Age=60; Domain=example.co.uk", "b=2; Secure; Partitioned"):
        assert jar.receive(header, "https://www.example.co.uk/").accepted
    jar.receive("c=3; Secure; Partitioned", "https://127.0.0.1/")
    jar.save(tmp_path / "state.json", format="storage_state")
    common = {"path": "/", "httpOnly": False, "secure": True}
    assert json.loads((tmp_path / "state.json").read_text("utf-8")) == {
        "cookies": [
            {
                **common,
                "name": "a",
                "value": "1",
                "domain": ".example.co.uk",
                "expires": NOW + 60,
                "secure": False,
            },
            {
                **common,
                "name": "b",
                "value": "2",
                "domain": "www.example.co.uk",
                "expires": -1,
                "partitionKey": "https://example.co.uk",
                "_crHasCrossSiteAncestor": False,
            },
            {
                **common,
                "name": "c",
                "value": "3",
                "domain": "127.0.0.1",
                "expires": -1,
                "partitionKey": "https://127.0.0.1",
                "_crHasCrossSiteAncestor": False,
            },
        ],
        "origins": [],
    }


def test_what_a_format_cannot_hold_is_reported(tmp_path: Path) -> None:
    jar = filled("a=\xff", "b=2")
    for format_ in ("storage_state", "cookies.txt"):
        with pytest.warns(CookieIgnoredWarning, match=r"left out \(1\)") as caught:
            jar.save(tmp_path / "x", format=format_)
        assert Path(caught[0].filename) == Path(__file__)
        assert len(CookieJar.load(tmp_path / "x")) == 1


def test_saving_through_a_link_keeps_the_link(tmp_path: Path) -> None:
    target, link = tmp_path / "real.json", tmp_path / "link.json"
    target.write_text("old")
    try:
        link.symlink_to(target)
    except OSError:  # Windows, without the right to
        pytest.skip("this system makes no links")
    filled("a=1").save(link)
    assert link.is_symlink()
    assert names(CookieJar.load(target)) == ["a"]


def test_saving_where_nothing_can_be_written_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="missing"):
        filled("a=1").save(tmp_path / "missing" / "a.json")
    (tmp_path / "folder.json").mkdir()
    with pytest.raises(OSError, match=r"folder\.json"):
        filled("a=1").save(tmp_path / "folder.json")
    assert os.listdir(tmp_path) == ["folder.json"]


@pytest.fixture
def full_disk(tmp_path: Path) -> "Iterator[Path]":
    """A file system of 64 KiB, if this user may mount one."""
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(tmp_path)]
    mounted = False
    if sys.platform == "linux" and os.geteuid() == 0:
        mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    yield tmp_path
    if mounted:
        subprocess.run(["umount", str(tmp_path)], check=True)


def run_python(lines: str, *arguments: object) -> "subprocess.CompletedProcess[bytes]":
    command = [sys.executable, "-c", textwrap.dedent(lines), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, check=False, timeout=60)


def test_a_full_disk_costs_nothing(full_disk: Path) -> None:
    """With a limit for the size of a file too (RLIMIT_FSIZE), for who may not mount a disk."""
    path = full_disk / "jar.json"
    filled("old=1").save(path)
    done = run_python(
        """
        import sys
        from cookiecodec import CookieJar
        try:
            import resource, signal
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))
        except ImportError:
            sys.exit(3)
        jar = CookieJar()
        for number in range(180):
            jar.set(f"a{number}", "x" * 3000, "https://example.com/")
        try:
            jar.save(sys.argv[1])
        except OSError as error:
            print(error)
        """,
        path,
    )
    if done.returncode == 3:
        pytest.skip("this system has no limits for files")
    assert done.stdout, done.stderr
    assert names(CookieJar.load(path)) == ["old"]
    assert os.listdir(full_disk) == ["jar.json"]
    filled("new=1").save(path)
    assert names(CookieJar.load(path)) == ["new"]


@pytest.mark.parametrize("moment", ["fsync", "replace"])
def test_a_kill_costs_nothing(moment: str, tmp_path: Path) -> None:
    path = tmp_path / "jar.json"
    filled("old=1").save(path)
    done = run_python(
        """
        import os, sys
        from cookiecodec import CookieJar
        setattr(os, sys.argv[2], lambda *_: os.kill(os.getpid(), 9))
        jar = CookieJar()
        jar.set("new", "1", "https://example.com/")
        jar.save(sys.argv[1])
        """,
        path,
        moment,
    )
    assert done.returncode in (-getattr(signal, "SIGKILL", 9), 9), done.stderr
    assert names(CookieJar.load(path)) == ["old"]


def test_a_saved_file_is_flushed_before_it_is_renamed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: "list[str]" = []

    def noting(name: str) -> "Callable[..., object]":
        function = getattr(os, name)
        return lambda *arguments: done.append(name) or function(*arguments)  # type: ignore[func-returns-value]

    for name in ("fsync", "replace"):
        monkeypatch.setattr(os, name, noting(name))
    filled("a=1").save(tmp_path / "a.json")
    assert done == ["fsync", "replace"]


# --- large jars --------------------------------------------------------------------------


def test_work_grows_with_the_number_of_cookies_and_no_faster(tmp_path: Path) -> None:
    """500 cookies over 50 hosts, then ten times as many: loaded, asked, merged, saved.

    It counts function calls, which are the same on any machine.
    """
    counts = [_calls(hosts, tmp_path / "jar.txt") for hosts in (50, 500)]
    assert counts[1] < counts[0] * 12


def _calls(hosts: int, path: Path) -> int:
    lines = [
        f"www.h{host}.example\tFALSE\t/\tTRUE\t{int(NOW) + 99}\tname{number}\tvalue\n"
        for host in range(hosts)
        for number in range(10)
    ]
    path.write_text("# Netscape HTTP Cookie File\n" + "".join(lines), "utf-8")
    calls = 0

    def count(*_: object) -> None:
        nonlocal calls
        calls += 1

    sys.setprofile(count)
    try:
        jar = CookieJar.load(path, clock=clock, max_total=60_000)
        for host in range(hosts):
            assert len(jar.find(url=f"https://www.h{host}.example/")) == 10
            assert jar.cookie_header(f"https://www.h{host}.example/")
        jar.save(path)
        other = CookieJar(clock=clock, max_total=60_000)
        other.update(jar)
        other.clear_session_cookies()
    finally:
        sys.setprofile(None)
    assert len(other) == len(lines)
    return calls
