"""Attacks on a session in a cookie, one test each."""

import gc
import sys
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from cookiecodec import CookieJar, Session, SessionCookie, SetCookie, chunks, parse_set_cookie

from .test_session import KEY, NOISE, NOW, agent, cookie, request, saved, sent

SITE, SIBLING = "https://shop.example.com/", "https://evil.example.com/"


def visit(jar: CookieJar, which: SessionCookie, act: Any = None) -> Session:
    """Send a request to the shop with a browser's cookies, and return the session."""
    session = which.open(jar.cookie_header(SITE))
    if act is not None:
        act(session)
    for line in sent(which.save(session)):
        jar.receive(line, SITE)
    return session


def log_in(session: Session, user: str) -> None:
    """As the documentation advises."""
    session.clear()
    session["user"] = user


def test_session_fixation() -> None:
    """A sibling host plants the attacker's session before the victim logs in.

    The login clears the session (`session.clear()`), so that nothing from the attacker is
    treated as the victim's: not a cart, an address, or a known CSRF token. A cookie with a
    `__Host-` name can't be planted at all.
    """
    for name, plantable in (("session", True), ("__Host-session", False)):
        which = SessionCookie(KEY, name=name, secure=True)
        victim, attacker = CookieJar(), CookieJar()
        visit(attacker, which, lambda s: s.update(csrf="known", address="the attacker's"))
        (own,) = attacker
        planted = f"{own.name}={own.value}; Domain=example.com; Path=/; Secure"
        assert victim.receive(planted, SIBLING).accepted is plantable
        assert bool(visit(victim, which).get("csrf")) is plantable
        visit(victim, which, lambda s: log_in(s, "victim"))
        assert len(victim) == (2 if plantable else 1)
        if not plantable:
            assert visit(victim, which) == {"user": "victim"}
        assert visit(attacker, which) == {"csrf": "known", "address": "the attacker's"}


def test_junk_planted_by_a_sibling_host() -> None:
    """A cookie of this name with a longer path comes first. In Flask, which reads only the
    first cookie, it locks users out."""
    which = cookie()
    held = saved(which, {"user": "victim"})
    for junk in ("session=junk", "session=", 'session="\\054"', "session=" + "." * 4000):
        assert which.open(f"{junk}; {held}") == {"user": "victim"}
        assert which.open(f"{junk}; " * 7 + held) == {"user": "victim"}
        assert which.open(f"{junk}; " * 500 + held) == {"user": "victim"}
        assert which.open(f"{held}; {junk}") == {"user": "victim"}


def test_junk_chunks_planted_by_a_sibling_host() -> None:
    which = cookie(chunked=True)
    held = request(agent({}, which.save(Session(data=NOISE[:5000]))))
    other = request(agent({}, which.save(Session(data=NOISE[1:5001]))))
    first, second = held.split("; ")
    planted = other.split("; ")
    for junk in (
        "session.0=junk",
        "session.1=1.2.0000000000000000.x",
        "session=junk",
        planted[1],
    ):
        assert which.open(f"{junk}; {held}")["data"] == NOISE[:5000]
        assert which.open(f"{first}; {junk}; {second}")["data"] == NOISE[:5000]
    assert which.open(f"{planted[0]}; {held}")["data"] == NOISE[:5000]
    mark = ".".join(first.split("=")[1].split(".")[:3])
    assert which.open(f"session.0={mark}.junk; {held}").new, (
        "an attacker who knows the digest can lock users out"
    )


def test_a_session_moved_to_another_cookie() -> None:
    """The same key signs both, but a user's `session` is not valid as `admin`."""
    for options in ({}, {"chunked": True}):
        user, admin = cookie(**options), cookie(name="admin", **options)
        pair = saved(user, {"user": 42})
        assert user.open(pair) == {"user": 42}
        assert admin.open(pair.replace("session=", "admin=")).new


def test_two_flask_cookies_under_one_key_need_different_salts() -> None:
    """Flask binds values to the salt only. With the same salt, each is valid as the other."""
    user = SessionCookie.flask(KEY, clock=lambda: NOW)
    moved = saved(user, {"user": 42}).replace("session=", "admin=")
    careless = SessionCookie.flask(KEY, name="admin", clock=lambda: NOW)
    assert careless.open(moved) == {"user": 42}
    careful = SessionCookie.flask(KEY, name="admin", salt="admin-session", clock=lambda: NOW)
    assert careful.open(moved).new


def test_chunks_of_two_sessions_mixed() -> None:
    """A mixture is not valid: for example, one order's address with another's payment."""
    which = cookie(chunked=True)
    one = agent({}, which.save(Session(user="one", data=NOISE[:9000][:5500])))
    two = agent({}, which.save(Session(user="two", data=NOISE[:9000][100:5600])))
    assert set(one) == set(two) == {"session.0", "session.1"}
    for mixed in ((one, two), (two, one)):
        cookies = {"session.0": mixed[0]["session.0"], "session.1": mixed[1]["session.1"]}
        assert which.open(request(cookies)).new
    both = f"{request(one)}; {request(two)}"
    assert which.open(both)["user"] == "one"


def test_logout_with_broken_chunks_expires_them_all() -> None:
    which = cookie(chunked=True, domain="example.com", secure=True)
    whole = agent({}, which.save(Session(data=NOISE[:5000])))
    for held in (
        {"session.0": whole["session.0"]},
        {"session.1": whole["session.1"], "session.7": "old", "session": "junk"},
        {**whole, "session.9": "planted"},
    ):
        session = which.open(request(held))
        session.clear()
        lines = which.save(session)
        assert agent(held, lines) == {}
        for line in sent(lines):
            gone = parse_set_cookie(line, now=NOW)
            assert isinstance(gone, SetCookie)
            assert (gone.domain, gone.secure, gone.max_age) == ("example.com", True, 0)


def test_a_forged_cookie_opens_an_empty_session() -> None:
    which = cookie()
    name, token = saved(which, {"user": 42}).split("=", 1)
    payload, moment, signature = token.split(".")
    for forged in (
        f"{payload}.{moment}.",
        f"{payload}.{moment}",
        f"{payload}..{signature}",
        f".{payload}.{moment}.{signature}",
        f"{payload[:-1]}A.{moment}.{signature}",
        f"{payload}.{moment[:-1]}B.{signature}",
        f"{payload}=.{moment}.{signature}",
        f"{token}=",
        f"{token}é",
        f"{token}\udcff",
        token[::-1],
        "",
        "." * 100,
    ):
        assert which.open(f"{name}={forged}").new


def test_a_signed_value_that_is_not_a_session_opens_an_empty_session() -> None:
    which = cookie()
    signer = which._signer
    for other in ([1, 2], "text", 42, None, True):
        session = which.open(f"session={signer.dumps(other)}")
        assert (session, session.new) == ({}, True)
    assert which.open(f"session={signer.sign('{}')}").new
    held = saved(which, {"user": 42})
    assert which.open(f"session={signer.dumps([])}; {held}") == {"user": 42}
    empty = which.open(f"session={signer.dumps({})}")
    assert (empty, empty.new, empty.modified) == ({}, False, False)
    assert which.save(empty) == [("Vary", "Cookie")], "this test has read it"


@pytest.fixture(params=[False, True], ids=["one cookie", "chunked"])
def attack(request: pytest.FixtureRequest) -> "Iterator[Callable[[int], None]]":
    """A function that opens and saves three hostile headers with a number. It was called a
    hundred times already, with the default warning filters."""
    which = cookie(chunked=request.param)
    held = saved(which, {"user": 42}).split("=")[1]

    def attack(number: int) -> None:
        for header in (
            f"session={number}{held}",
            f"session={held}{number}; session.0=0.2.{number:016}.x; x{number}={number}",
            f"session.0=0.9.{number:016}.x; session.{number}=y; session=\xff{number}",
        ):
            session = which.open(header)
            assert which.save(session) == []

    with warnings.catch_warnings():
        warnings.simplefilter("default")
        for number in range(100):
            attack(number)
        yield attack


def test_ten_thousand_hostile_headers_are_not_remembered(
    attack: "Callable[[int], None]",
) -> None:
    """They are not kept in any warning registry (`__warningregistry__`)."""

    def registries() -> "dict[str, int]":
        return {
            name: len(getattr(module, "__warningregistry__", ()))
            for name, module in list(sys.modules.items())
        }

    before = registries()
    for number in range(100, 3500):
        attack(number)
    assert before == {name: size for name, size in registries().items() if name in before}


@pytest.mark.slow
def test_ten_thousand_hostile_headers_leave_no_memory_taken(
    attack: "Callable[[int], None]", tracemalloc: Any
) -> None:
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for number in range(100, 3500):
        attack(number)
    gc.collect()
    assert tracemalloc.get_traced_memory()[0] - before < 20_000


@pytest.mark.parametrize("chunked", [False, True])
def test_the_work_is_bounded(chunked: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of many cookies of this name at most 200 cost a signature. Each chunk is joined once."""
    which = cookie(chunked=chunked)
    tried: "list[str]" = []
    read = which._signer.read

    def counted(token: str, limit: Any) -> Any:
        tried.append(token)
        return read(token, limit)

    monkeypatch.setattr(which._signer, "read", counted)
    for name in ("session=x.y.z; ", "session.0=0.2.0123456789abcdef.x; ", "session.0=; "):
        assert which.open(name * 20_000).new
        assert tried == [], "none can be a token"
    looks_right = "".join(f"session={n}.ZVPxAA.{'x' * 43}; " for n in range(9000))
    assert which.open(looks_right).new
    assert len(tried) == 200
    tried.clear()
    assert which.open(looks_right[: len(looks_right) // 9000] * 9000).new
    assert len(tried) == 1, "repeated values are tried once"
    joined: "list[str]" = []
    join = chunks._join
    monkeypatch.setattr(chunks, "_join", lambda *a: joined.append(a[1]) or join(*a))  # type: ignore[func-returns-value]
    marks = "".join(f"session.0=0.2.{n:016}.x; session.1=1.2.{n:016}.x; " for n in range(900))
    assert which.open(marks * 10).new
    assert len(joined) == (900 if chunked else 0)


def test_no_cookies_of_a_sibling_host_lock_a_user_out() -> None:
    """They come before the user's own on deeper paths, and have the form of a token. A header
    line that servers accept has no room for so many that the user's is not tried."""
    for which in (cookie(name="s"), cookie(name="s", chunked=True), SessionCookie.flask(
        KEY, name="s", digest="sha256", clock=lambda: NOW)):  # fmt: skip
        own = saved(which, {"user": "victim"})
        junk = "".join(f"s=.{n:04}.{'x' * 43}; " for n in range(8190 // 53))
        assert len(junk + own) > 8190
        assert which.open(junk + own) == {"user": "victim"}
        assert which.open(own + "; " + junk) == {"user": "victim"}
