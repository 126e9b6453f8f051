"""Sessions over time: two requests at once, changed attributes and keys, and lifetimes."""

import copy
import dataclasses
import datetime
import itertools
import json
import pickle
import traceback
import uuid
import warnings
from typing import Any, Callable

import pytest

from cookiecodec import CookieJar, CookieSizeWarning, Session, SessionCookie, tagged_json

from .test_session import DAY, KEY, NOISE, NOW, cookie, header, reading, saved, sent

URL = "https://shop.example.com/account/orders"


class Clock:
    """A clock that can be set, and the browser of a user."""

    def __init__(self) -> None:
        self.now: float = NOW
        self.jar = CookieJar(clock=self)

    def __call__(self) -> float:
        return self.now

    def cookie(self, **options: Any) -> SessionCookie:
        return SessionCookie(KEY, **{"clock": self, **options})

    def ask(self, which: SessionCookie) -> Session:
        return which.open(self.jar.cookie_header(URL))

    def answer(self, which: SessionCookie, session: Session) -> "list[str]":
        lines = sent(which.save(session))
        for line in lines:
            self.jar.receive(line, URL)
        return lines

    def visit(self, which: SessionCookie, act: Any = None) -> Session:
        session = self.ask(which)
        if act is not None:
            act(session)
        self.answer(which, session)
        return session


def log_in(user: str) -> "Callable[[Session], None]":
    def act(session: Session) -> None:
        session.clear()
        session["user"] = user

    return act


# --- two requests at once ---------------------------------------------------------------

#: What a request may do to its session, and what another one then reads.
ACTS: "dict[str, Callable[[Session], object]]" = {
    "log out": lambda session: session.clear(),
    "log in": log_in("alice"),
    "small": lambda session: session.update(draft="", role="none"),
    "large": lambda session: session.update(draft=NOISE[:5000]),
    "larger": lambda session: session.update(draft=NOISE[:6500]),
}


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("seconds", [0, 5, -5])
def test_the_last_response_wins(chunked: bool, seconds: int) -> None:
    """Two tabs send the same cookies. The server signs the second response *seconds* after the
    first: a slow one may have been signed before. The browser ends up with the second."""
    for before, first, second in itertools.product(["small", "large"], ACTS, ACTS):
        browser = Clock()
        which = browser.cookie(chunked=chunked, max_size=4093 if chunked else 0)
        browser.visit(which, lambda session: session.update(user="victim", role="admin"))
        browser.visit(which, ACTS[before])
        one, two = browser.ask(which), browser.ask(which)
        assert one["user"] == two["user"] == "victim"
        ACTS[first](one)
        ACTS[second](two)
        browser.answer(which, one)
        browser.now += seconds
        browser.answer(which, two)
        browser.now += 10
        if not chunked and "large" in before + first + second:
            continue  # no browser keeps such a cookie
        assert dict(browser.ask(which)) == dict(two), (before, first, second)


def test_a_logout_expires_every_name_that_the_session_can_have() -> None:
    which = cookie(chunked=True)
    names = {"session", *(f"session.{n}" for n in range(10))}
    for before in ({}, {"a": 1}, {"a": NOISE[:5000]}):
        session = which.open(saved(which, before))
        session["user"] = 42
        session.clear()
        lines = sent(which.save(session))
        assert {line.split("=")[0] for line in lines} == names
        assert all("Max-Age=0" in line for line in lines)
    assert sent(which.save(which.open(None))) == []


# --- cookies of other scopes, other keys, other formats -----------------------------------

SCOPES: "list[dict[str, Any]]" = [
    {},
    {"domain": "example.com"},
    {"domain": "shop.example.com"},
    {"path": "/account"},
    {"partitioned": True},
    {"domain": "example.com", "partitioned": True},
]


@pytest.mark.parametrize(("old", "new"), list(itertools.permutations(SCOPES, 2)), ids=str)
@pytest.mark.parametrize("chunked", [False, True])
def test_after_a_change_of_scope_the_newest_cookie_counts(
    old: "dict[str, Any]", new: "dict[str, Any]", chunked: bool
) -> None:
    """The browser keeps both cookies (RFC 6265, 5.3), and may send the old one first."""
    browser = Clock()
    before, after = (
        browser.cookie(chunked=chunked, secure=True, **scope) for scope in (old, new)
    )
    browser.visit(before, log_in("alice"))
    browser.now += 60
    assert browser.ask(after)["user"] == "alice", "nobody is logged out"
    browser.visit(after, log_in("bob"))
    browser.now += 60
    assert browser.ask(after)["user"] == "bob"
    assert browser.ask(before)["user"] == "bob"
    browser.visit(after, lambda session: session.clear())
    # Nobody can know which other Domain or Path there was: "change the name", says the page.
    known = old.get("domain") in (None, new.get("domain")) and old.get("path") == new.get(
        "path"
    )
    assert browser.ask(after).get("user") == (None if known else "alice")


def test_only_a_logout_deletes_the_cookie_of_another_scope() -> None:
    which = cookie(domain="example.com")
    newer = cookie(domain="example.com", clock=lambda: NOW + 1)
    twins = saved(which, {"user": "alice"}) + "; " + saved(newer, {"user": "bob"})
    session = newer.open(twins)
    assert session["user"] == "bob"
    session["theme"] = "dark"
    assert len(sent(newer.save(session))) == 1
    session.clear()
    lines = sent(newer.save(session))
    assert ["Domain" in line for line in lines].count(False) == 2
    assert all("Max-Age=0" in line for line in lines)
    alone = newer.open(saved(which, {"user": "alice"}))
    alone.clear()
    assert len(sent(newer.save(alone))) == 1


def test_a_session_of_a_fallback_key_is_signed_again() -> None:
    """Or the old key could never be retired for users who only read."""
    contents: "list[dict[str, Any]]" = [{"user": 42}, {"user": 42, "cart": [1]}]
    for content, make in itertools.product(contents, [SessionCookie, SessionCookie.flask]):
        old = make(KEY, clock=lambda: NOW)
        new = make("new key", fallbacks=["older", KEY], clock=lambda: NOW)
        session = new.open(saved(old, content))
        assert not session.modified
        lines = new.save(session)
        assert [name for name, _ in lines] == ["Set-Cookie", "Vary"]
        assert lines == new.save(session)
        alone = make("new key", clock=lambda: NOW)
        assert alone.open(header(lines)) == content
        assert new.save(new.open(header(lines))) == [], "once"
    emptied = new.open(f"session={old._signer.dumps({})}")
    assert new.save(emptied) == [], "there is nothing to keep"


def test_a_session_that_could_not_be_written_keeps_its_payload_under_the_new_key() -> None:
    deep: Any = 1
    for _ in range(150):
        deep = [deep]
    old = cookie(serializer=json)
    new = SessionCookie("new key", fallbacks=[KEY], clock=lambda: NOW)
    lines = new.save(new.open(saved(old, {"n": deep})))
    assert SessionCookie("new key", clock=lambda: NOW).open(header(lines)) == {"n": deep}


def plain_json(value: str) -> "dict[str, Any] | None":
    """The format of another framework, for the tests: JSON, of which nothing is signed."""
    try:
        content = json.loads(value)
    except ValueError:
        return None
    return content if isinstance(content, dict) else None


@pytest.mark.parametrize("chunked", [False, True])
def test_sessions_of_another_format_are_read_and_written_in_ours(chunked: bool) -> None:
    which = cookie(readers=[lambda value: None, plain_json], chunked=chunked)
    held = 'theme=dark; session={"user":42,"cart":[1]}'
    session = which.open(held)
    assert (dict(session), session.payload) == ({"user": 42, "cart": [1]}, b"")
    assert not session.modified
    session = which.open(held)
    assert (session.new, session.signed_at) == (False, None)
    lines = which.save(which.open(held))
    assert [name for name, _ in lines] == ["Set-Cookie"] * (2 if chunked else 1) + ["Vary"]
    assert cookie(chunked=chunked).open(header(lines)) == {"user": 42, "cart": [1]}
    own = saved(cookie(), {"user": "ours"})
    for both in (f"{own}; {held}", f"{held}; {own}"):
        assert which.open(both) == {"user": "ours"}, "tried where none of ours verifies"
    for nothing in ("", "session=junk", "session=[1]", "other={}", "x=session", None):
        assert which.open(nothing).new
    empty = which.open("session={}")
    assert (len(empty), sent(which.save(empty))) == (0, [])
    for wrong in ([1], 5, [plain_json, "starlette"]):
        with pytest.raises(TypeError):
            cookie(readers=wrong)


def test_readers_get_each_value_once() -> None:
    seen: "list[str]" = []
    which = cookie(readers=[seen.append])
    assert which.open('session=a; session="b c"; session=a; other=d; session=%20').new
    assert seen == ["a", "b c", "%20"]
    seen.clear()
    which.open("".join(f"session={n}; " for n in range(9000)))
    assert len(seen) == 200


def test_a_logout_deletes_a_cookie_of_another_format_too() -> None:
    """It may have been set without our Domain. It would log the user in again."""
    which = cookie(readers=[plain_json], domain="example.com")
    jar = CookieJar()
    jar.receive('session={"user":42}; Path=/', URL)
    for act in (None, lambda session: session.clear()):
        session = which.open(jar.cookie_header(URL))
        assert session["user"] == 42
        if act is not None:
            act(session)
        for line in sent(which.save(session)):
            jar.receive(line, URL)
    assert which.open(jar.cookie_header(URL)).new


# --- how long it lives ------------------------------------------------------------------


def test_a_stolen_cookie_that_is_used_again_and_again_ends_after_max_lifetime() -> None:
    for lifetime in (12 * 3600, datetime.timedelta(hours=12)):
        thief = Clock()
        which = thief.cookie(lifetime=3600, max_lifetime=lifetime)
        thief.visit(which, lambda session: session.update(user="victim", turns=0))
        hours: float = 0
        while thief.ask(which).get("user") == "victim":
            thief.visit(which, lambda session: session.update(turns=session["turns"] + 1))
            thief.now += 50 * 60
            hours += 50 / 60
        assert 11 < hours < 13


def test_max_lifetime_begins_again_with_a_new_login() -> None:
    for restart in (log_in("alice"), lambda session: session.clear()):
        user = Clock()
        which = user.cookie(lifetime=DAY, max_lifetime=DAY)
        user.visit(which, log_in("alice"))
        user.now += DAY - 10
        user.visit(which, restart)
        user.visit(which, lambda session: session.update(user="alice"))
        user.now += DAY - 10
        assert user.ask(which)["user"] == "alice"
        user.now += 11
        assert user.ask(which).new


def test_max_lifetime_covers_sessions_from_before_it_was_set() -> None:
    """From their last signing on, which is all that is known of them."""
    for content in ({"user": 1}, {"user": 1, "cart": [1]}):
        user = Clock()
        user.visit(user.cookie(), lambda session, content=content: session.update(content))
        which = user.cookie(max_lifetime=3 * DAY)
        for _ in range(3):
            user.visit(which)
            user.now += DAY - 1
            assert dict(user.ask(which)) == content
        user.now += 10
        assert user.ask(which).new
        assert dict(user.ask(user.cookie())) == content, "without it, the lifetime counts"


def test_a_session_may_have_a_lifetime_of_its_own() -> None:
    """ "Remember me", and a shorter one for a shared computer. The server enforces both."""
    for own in (60, 60.0, datetime.timedelta(minutes=1), 90 * DAY, 0):
        seconds = own.total_seconds() if isinstance(own, datetime.timedelta) else own
        user = Clock()
        which = user.cookie()
        session = user.ask(which)
        session["user"] = 42
        session.permanent = True
        session.lifetime = own
        assert session.lifetime == seconds
        (line,) = user.answer(which, session)
        expires = datetime.datetime.fromtimestamp(NOW + seconds, datetime.timezone.utc)
        assert expires.strftime("Expires=%a, %d %b %Y %H:%M:%S GMT") in line
        held = line.split(";")[0]
        for later, alive in ((0, True), (seconds, True), (seconds + 1, False)):
            user.now = NOW + later
            assert which.open(held).new is not alive
        user.now = NOW
        again = which.open(held)
        assert again == {"user": 42, "_permanent": True}
        assert (again.lifetime, again.modified) == (seconds, False)
        again["more"] = [1]
        assert which.open(header(which.save(again))).lifetime == seconds, "it is kept"
        again.clear()
        assert again.lifetime is None


def test_a_lifetime_is_a_change_only_if_it_differs() -> None:
    which = cookie()
    session = which.open(None)
    session.lifetime = 60
    assert which.save(session) == [("Vary", "Cookie")], "there is no session yet"
    session["user"] = 42
    session = which.open(header(which.save(session)))
    session.lifetime = datetime.timedelta(minutes=1)
    assert not session.modified
    assert which.save(session) == [("Vary", "Cookie")]
    session.lifetime = None
    assert session.modified
    session = which.open(header(which.save(session)))
    assert (session.lifetime, dict(session)) == (None, {"user": 42})
    mistakes: "list[Any]" = [-1, float("nan"), "1d", True]
    for wrong in mistakes:
        with pytest.raises((ValueError, TypeError), match="lifetime must"):
            session.lifetime = wrong
    session.lifetime = 10**400
    session.permanent = True
    assert "9999" in sent(which.save(session))[0]


def test_max_lifetime_limits_a_lifetime_of_ones_own_and_expires() -> None:
    user = Clock()
    which = user.cookie(max_lifetime=100, permanent=True)
    session = user.ask(which)
    session["user"] = 42
    session.lifetime = 1000
    (line,) = user.answer(which, session)
    assert "Expires=Tue, 14 Nov 2023 22:15:00 GMT" in line  # NOW + 100
    user.now += 60
    (line,) = user.answer(which, user.ask(which))
    assert "Expires=Tue, 14 Nov 2023 22:15:00 GMT" in line
    user.now += 41
    assert which.open(line).new


def test_an_entry_that_looks_like_that_of_lifetimes_is_the_applications() -> None:
    which = cookie()
    for entry in ("1d", [1], [1, 2, 3], ["a", None], [True, None], {"a": 1}, None, [-1, 5],
                  [float("nan"), 5], [1e300, None]):  # fmt: skip
        content = {"_lifetimes": entry}
        opened = which.open(saved(which, content))
        assert repr(dict(opened)) == repr(content)
        assert opened.lifetime is None


def test_sessions_may_be_permanent_by_default() -> None:
    which = cookie(permanent=True)
    session = which.open(None)
    assert session.permanent
    session.permanent = True
    assert which.save(session) == [("Vary", "Cookie")], "it was so already"
    session["user"] = 42
    (line,) = sent(which.save(session))
    assert "Expires" in line
    assert which.open(header(which.save(session))) == {"user": 42}
    assert which.open(header(which.save(session))).permanent
    old = which.open(saved(cookie(), {"user": 42, "cart": [1]}))
    assert old.permanent
    assert "Expires" in sent(which.save(old))[0]
    session.clear()
    session["user"] = 43
    assert "Expires" in sent(which.save(session))[0], "after a login too"
    session.permanent = False
    (line,) = sent(which.save(session))
    assert "Expires" not in line
    assert not which.open(line.split(";")[0]).permanent
    direct = Session(user=42)
    direct.permanent = False
    assert "Expires" not in sent(which.save(direct))[0]
    assert "Expires" in sent(which.save(Session(user=42)))[0]


def test_what_is_permanent_already_is_not_changed() -> None:
    """Applications say so before each request, which used to send a cookie each time."""
    which = cookie(refresh_each_request=False)
    session = which.open(saved(which, {"user": 42, "_permanent": True}))
    session.permanent = True
    assert not session.modified
    assert which.save(session) == [("Vary", "Cookie")]
    session.permanent = False
    assert session.modified
    session = which.open(header(which.save(session)))
    session.permanent = False
    assert not session.modified


@pytest.mark.parametrize(
    ("after", "days"),
    [(0.5, 5), (0.1, 1), (3 * DAY, 3), (datetime.timedelta(days=9), 9), (0, 0)],
)
def test_a_permanent_session_is_refreshed_after_a_share_of_its_lifetime(
    after: Any, days: int
) -> None:
    for each in (True, False):
        user = Clock()
        which = user.cookie(lifetime=10 * DAY, refresh_after=after, refresh_each_request=each)
        user.visit(which, lambda session: session.update(user=42, _permanent=True))
        user.now += days * DAY - (1 if days else 0)
        assert user.answer(which, user.ask(which)) == [] or not days
        user.now += 1
        assert len(user.answer(which, user.ask(which))) == 1
        user.now += days * DAY - 1
        assert user.answer(which, user.ask(which)) == [] or not days
    ends = cookie(refresh_after=0.5, clock=lambda: NOW + 30 * DAY)
    assert ends.save(ends.open(saved(cookie(), {"user": 42}))) == [], "not permanent"


def test_a_share_is_one_of_the_sessions_own_lifetime() -> None:
    user = Clock()
    which = user.cookie(refresh_after=0.5)

    def remember(session: Session) -> None:
        session["user"], session.permanent, session.lifetime = 42, True, 100

    user.visit(which, remember)
    for later, lines in ((49, 0), (1, 1), (49, 0)):
        user.now += later
        assert len(user.answer(which, user.ask(which))) == lines


def test_leeway_is_an_option() -> None:
    moment: "list[float]" = [NOW]
    for leeway in (0, 60, 600):
        which = SessionCookie(KEY, leeway=leeway, clock=reading(moment))
        moment[0] = NOW
        held = saved(which, {"user": 42})
        moment[0] = NOW - leeway
        assert which.open(held) == {"user": 42}
        moment[0] -= 1
        assert which.open(held).new


def test_signed_at_is_the_time_of_the_cookie() -> None:
    which = cookie()
    session = which.open(saved(which, {"user": 42}))
    assert not session.accessed
    assert (session.signed_at, session.accessed) == (NOW, True)
    assert which.open(None).signed_at is None
    with pytest.raises(AttributeError):
        session.signed_at = 5  # type: ignore[misc]


# --- the object -------------------------------------------------------------------------


def test_a_copy_of_a_session_cookie_is_the_same_object() -> None:
    @dataclasses.dataclass
    class Settings:
        which: SessionCookie

    for which in (cookie(), SessionCookie.flask(KEY)):
        assert copy.copy(which) is copy.deepcopy(which) is which
        assert dataclasses.asdict(Settings(which)) == {"which": which}
        with pytest.raises(TypeError, match="can't be pickled"):
            pickle.dumps(which)


def test_the_traceback_of_an_invalid_option_can_be_shown() -> None:
    for options in ({"name": "a b"}, {"digest": "md5"}, {"path": 5}):
        with pytest.raises((ValueError, TypeError)) as caught:
            cookie(**options)
        error = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
        assert "SessionCookie" in "".join(error.format())
    assert repr(cookie()) == "<SessionCookie name='session', digest='sha256'>"


def test_a_copy_of_a_session_is_independent_of_its_request() -> None:
    which = cookie(max_lifetime=DAY)
    session = which.open(saved(which, {"user": 42}))
    session.lifetime, session.sent, session.owner = 60, True, which
    for same in (copy.copy(session), copy.deepcopy(session), pickle.loads(pickle.dumps(
        which.open(saved(which, {"user": 42}))))):  # fmt: skip
        assert (same.sent, same.owner, same.first_signed_at) == (False, None, NOW)
        assert same == {"user": 42}


def test_a_key_that_is_not_text_is_named() -> None:
    """JSON has names only: it works once, and reads back as another key."""
    which = cookie()
    session = which.open(saved(which, {42: "x"}))  # type: ignore[dict-item]
    assert session == {"42": "x"}
    session[42] = "y"  # type: ignore[index]
    with pytest.raises(TypeError) as caught:
        which.save(session)
    assert str(caught.value) == (
        "session[42] can't be saved: this key is of type int, but keys come back as text: use"
        " str for each"
    )
    session = which.open(saved(which, {"counts": {"a": 1}}))
    session["counts"][None] = 2
    with pytest.raises(TypeError, match=r'^session\["counts"\]\[None\] can\'t be saved'):
        which.save(session)


def test_the_sizes_of_small_entries_are_told_in_octets() -> None:
    with pytest.raises(ValueError, match=r"'data' \(9 KB\), 'note' \(\d\d octets\)"):
        cookie(chunked=True).save(Session(data=NOISE[:8000], note="x" * 20))


def test_clients_do_not_fill_the_registry_of_warnings() -> None:
    """Values of any size, under keys that a client chose: the texts are few."""
    which = cookie()
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        for size in range(4000, 6000):
            which.save(Session({f"key {size}": NOISE[:size]}))
    assert {item.category for item in found} == {CookieSizeWarning}
    texts = {str(item.message) for item in found}
    assert len(texts) < 100
    assert not any("key" in text for text in texts)


def test_an_encrypting_serializer_detects_changes() -> None:
    """It never writes the same twice, so that only what it reads can be compared."""
    numbers = itertools.count()

    class Salted:
        dumps = staticmethod(lambda obj: f"{next(numbers)} {tagged_json.dumps(obj)}")
        loads = staticmethod(lambda text: tagged_json.loads(text.partition(" ")[2]))

    which = cookie(serializer=Salted, max_lifetime=DAY)
    session = which.open(saved(which, {"cart": [1]}))
    assert which.save(session) == []
    session["cart"].append(2)
    assert which.open(header(which.save(session))) == {"cart": [1, 2]}


@pytest.mark.parametrize(
    ("before", "after", "is_change"),
    [
        ([1], [True], True),
        ([1], [1.0], True),
        ([0.0], [-0.0], True),
        ([(1, 2)], [[1, 2]], True),
        ([b"a"], ["a"], True),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, False),
        ([uuid.UUID(int=5)], [uuid.UUID(int=5)], False),
        ([uuid.UUID(int=5)], [uuid.UUID(int=6)], True),
        ([[]], [[[]]], True),
    ],
    ids=repr,
)
def test_a_change_inside_is_found_whatever_its_type(
    before: Any, after: Any, is_change: bool
) -> None:
    """Also between values that are equal. The order of the members is none: JSON sorts them."""
    pickled = cookie(serializer=pickle)
    for which in (cookie(), pickled, cookie(lifetime=DAY, max_lifetime=DAY)):
        session = which.open(saved(which, {"inside": before}))
        inside = session["inside"]
        inside.clear()
        inside.extend(after) if isinstance(inside, list) else inside.update(after)
        lines = which.save(session)
        ordered = which is pickled and isinstance(after, dict)
        assert bool(sent(lines)) is (is_change or ordered)
        if is_change:
            assert repr(which.open(header(lines))) == repr({"inside": after})


def test_an_unchanged_session_is_not_encoded_again(monkeypatch: pytest.MonkeyPatch) -> None:
    which = cookie(max_lifetime=DAY)
    session = which.open(None)
    session.update(cart=[{"id": 1}], user=42)
    session.lifetime = 60
    session = which.open(header(which.save(session)))
    monkeypatch.setattr(which, "_encode", None)
    assert session["cart"] == [{"id": 1}]
    assert which.save(session) == [("Vary", "Cookie")]
