"""Compare `SessionCookie.flask` with Flask's sessions, step by step, for one browser."""

import copy
import datetime
import types
from typing import Any, Callable

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

from cookiecodec import CookieJar, SessionCookie

from ..support.peers import peer
from .test_interop_session import unnoticed
from .test_session import KEY, NOW, sent, values

flask = peer("flask")
flask_sessions = peer("flask.sessions")
itsdangerous_timed = peer("itsdangerous.timed")
markupsafe = peer("markupsafe")

pytestmark = pytest.mark.interop

#: How far in the future a session may be signed. Flask allows no such leeway.
LEEWAY = 60

CLOCK: "list[float]" = [NOW]


def now() -> float:
    return CLOCK[0]


class Frozen(datetime.datetime):
    """Where Flask gets the time."""

    @classmethod
    def now(cls, tz: Any = None) -> Any:
        return datetime.datetime.fromtimestamp(now(), tz)


@pytest.fixture(autouse=True)
def _one_clock_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flask_sessions, "datetime", Frozen)
    monkeypatch.setattr(itsdangerous_timed, "time", types.SimpleNamespace(time=now))


PAGES = [
    "https://www.example.com/shop/cart",
    "https://www.example.com/shop/cart",
    "https://www.example.com/",
    "http://www.example.com/shop",
]
CONFIGURATIONS: "list[dict[str, Any]]" = [
    {},
    {"NAME": "__Host-session", "SECURE": True},
    {"DOMAIN": "example.com", "PATH": "/shop", "SAMESITE": "Lax"},
    {"SECURE": True, "PARTITIONED": True, "HTTPONLY": False, "SAMESITE": "Strict"},
]

keys = st.sampled_from(["a", "b", "cart"])
anything = st.one_of(
    st.integers(0, 3),
    st.sampled_from([[1, 2], {"x": [1]}, ([1],), [{}]]),
    values,
    st.text(max_size=4).map(markupsafe.Markup),
)
# What a view does to its session with methods of dict; `s` is the session on either side.
writes: "st.SearchStrategy[Callable[[Any], object]]" = st.one_of(
    st.builds(lambda k, v: lambda s: s.__setitem__(k, copied(v)), keys, anything),
    st.builds(lambda k, v: lambda s: s.__setitem__(k, copied(v)), keys, anything),
    st.builds(lambda k, v: lambda s: s.update({k: copied(v)}), keys, anything),
    st.builds(lambda k, v: lambda s: s.setdefault(k, copied(v)), keys, anything),
    st.builds(lambda k, v: lambda s: s.__ior__({k: copied(v)}) is s, keys, anything),
    st.builds(lambda k: lambda s: s.__delitem__(k), keys),
    st.builds(lambda k: lambda s: s.pop(k), keys),
    st.builds(lambda k: lambda s: s.pop(k, None), keys),
    st.just(lambda s: s.popitem()),
    st.just(lambda s: s.clear()),
)
reads: "st.SearchStrategy[Callable[[Any], object]]" = st.one_of(
    st.builds(lambda k: lambda s: s.get(k), keys),
    st.builds(lambda k: lambda s: s[k], keys),
    st.builds(lambda k: lambda s: k in s, keys),
    st.sampled_from([len, bool, list, lambda s: list(s.items()), lambda s: s == {"a": 1}]),
    st.just(lambda s: s.permanent),
)


def copied(value: Any) -> Any:
    """Return a separate copy for each session, since views may change nested values."""
    return copy.deepcopy(value)


def outcome(act: "Callable[[Any], object]", session: Any) -> str:
    try:
        return repr(act(session))
    except KeyError as error:
        return repr(error)


def containers(value: Any) -> "list[Any]":
    """Return all lists and dicts in *value*: a session can't detect their changes."""
    if isinstance(value, dict):
        return [value] + [inner for member in value.values() for inner in containers(member)]
    if isinstance(value, (list, tuple)):
        found = [inner for member in value for inner in containers(member)]
        return [value, *found] if isinstance(value, list) else found
    return []


def is_between(machine: "SessionMachine") -> bool:
    return machine.theirs is None


def is_within(machine: "SessionMachine") -> bool:
    return machine.theirs is not None


def has_containers(machine: "SessionMachine") -> bool:
    return machine.theirs is not None and len(containers(dict(machine.theirs))) > 1


def was_served(machine: "SessionMachine") -> bool:
    return machine.theirs is None and bool(machine.issued)


class SessionMachine(RuleBasedStateMachine):
    """A browser, and two servers that must send the same responses."""

    # The session of a request on either server; None between requests.
    ours: Any
    theirs: Any

    @initialize(
        config=st.sampled_from(CONFIGURATIONS),
        lifetime=st.sampled_from([31 * 86400, 31 * 86400, 3600, 60]),
        refresh=st.booleans(),
    )
    def start(self, config: "dict[str, Any]", lifetime: int, refresh: bool) -> None:
        CLOCK[0] = NOW
        self.jar = CookieJar(clock=now)
        self.interface = flask_sessions.SecureCookieSessionInterface()
        self.app = flask.Flask("shop")
        self.app.config.update(
            {f"SESSION_COOKIE_{name}": value for name, value in config.items()},
            SESSION_REFRESH_EACH_REQUEST=refresh,
            PERMANENT_SESSION_LIFETIME=lifetime,
            MAX_COOKIE_SIZE=0,
        )
        self.options = {
            **{name.lower(): value for name, value in config.items()},
            "refresh_each_request": refresh,
            "lifetime": lifetime,
            "max_size": 0,
            "clock": now,
        }
        self.name = config.get("NAME", "session")
        self.keys = [KEY]
        self.use_keys(fallbacks=0)
        self.page = PAGES[0]
        self.ours = self.theirs = None
        self.opened: str | None = None
        self.compared = False
        self.issued: list[str] = []
        self.planted = 0

    def use_keys(self, fallbacks: int) -> None:
        *old, self.app.secret_key = self.keys
        old = old[len(old) - fallbacks :]
        self.app.config["SECRET_KEY_FALLBACKS"] = old
        self.cookie = SessionCookie.flask(self.keys[-1], fallbacks=old, **self.options)

    def open_in_flask(self, header: str) -> Any:
        headers = {"Cookie": header} if header else {}
        request = self.app.test_request_context(self.page, headers=headers).request
        with self.app.app_context():
            return self.interface.open_session(self.app, request)

    def text(self) -> str:
        """Return the content of the session as Flask would sign it."""
        with self.app.app_context():
            return str(self.interface.serializer.dumps(dict(self.theirs)))

    # --- a request -------------------------------------------------------------------

    def open(self, header: str) -> None:
        planted = "".join([f"{self.name}=junk.{number}; " for number in range(self.planted)])
        self.theirs = self.open_in_flask(header)
        self.ours = self.cookie.open(planted + header)
        self.opened = self.text() if self.theirs else None
        self.compared = False
        assert (self.ours.payload is None) is (self.opened is None)

    @precondition(is_between)
    @rule(page=st.sampled_from(PAGES))
    def ask(self, page: str) -> None:
        self.page = page
        self.open(self.jar.cookie_header(page))

    @precondition(is_between)
    @rule(page=st.sampled_from(PAGES), lasts=st.booleans())
    def log_in(self, page: str, lasts: bool) -> None:
        self.ask(page)
        self.do(lambda session: session.clear())
        self.do(lambda session: session.update(user=len(self.issued), cart=[]))
        self.make_it_permanent(lasts)
        self.answer(None)

    @precondition(was_served)
    @rule(page=st.sampled_from(PAGES))
    def request_a_static_page(self, page: str) -> None:
        """No view reads the session."""
        self.ask(page)
        self.answer(None)

    @precondition(was_served)
    @rule(data=st.data())
    def send_an_earlier_cookie(self, data: "st.DataObject") -> None:
        """As a thief does, or a browser after a slow response."""
        self.open(data.draw(st.sampled_from(self.issued)))

    @precondition(is_within)
    @rule(page=st.sampled_from([None, None, *PAGES]))
    def answer(self, page: "str | None") -> None:
        """Both responses are identical. With *page*, another request follows immediately."""
        if self.compared and self.text() != (self.opened or "{}"):
            self.theirs.modified = True
        if self.ours.stale and self.theirs:
            self.theirs.modified = True  # Flask never signs it again with the new key
        response = self.app.response_class()
        with self.app.app_context():
            self.interface.save_session(self.app, self.theirs, response)
        lines = [("Set-Cookie", line) for line in response.headers.getlist("Set-Cookie")]
        lines += [("Vary", line) for line in response.headers.getlist("Vary")]
        assert self.cookie.save(self.ours) == lines
        assert self.cookie.save(self.ours) == lines, "save may be called twice"
        for line in sent(lines):
            self.jar.receive(line, self.page)
            if "Max-Age=0" not in line:
                self.issued.append(line.partition(";")[0])
        self.ours = self.theirs = None
        if page is not None:
            self.ask(page)

    @precondition(is_within)
    @rule()
    def fail(self) -> None:
        """There is no response, and nothing is saved."""
        self.ours = self.theirs = None

    # --- what a view does ------------------------------------------------------------

    def do(self, act: "Callable[[Any], object]") -> None:
        self.theirs.accessed = True  # as `flask.session` does
        assert outcome(act, self.ours) == outcome(act, self.theirs)

    @precondition(is_within)
    @rule(act=writes)
    def write(self, act: "Callable[[Any], object]") -> None:
        self.do(act)

    @precondition(is_within)
    @rule(act=reads)
    def read(self, act: "Callable[[Any], object]") -> None:
        self.do(act)

    @precondition(is_within)
    @rule(lasts=st.booleans())
    def make_it_permanent(self, lasts: bool) -> None:
        """Where it is so already, Flask counts a change. We don't."""
        if self.theirs.get("_permanent") is not lasts:
            self.do(lambda session: setattr(session, "permanent", lasts))

    @precondition(is_within)
    @rule()
    def set_modified(self) -> None:
        self.do(lambda session: setattr(session, "modified", True))
        self.ours.accessed = True  # or only Vary would differ

    # --- deliberate differences from Flask --------------------------------------------

    @precondition(has_containers)
    @rule(data=st.data(), value=st.integers(0, 1))
    def change_a_nested_value(self, data: "st.DataObject", value: int) -> None:
        """We save it. In Flask, the application has to set `modified`."""
        count = len(containers(unnoticed(self.theirs)))
        at = data.draw(st.integers(1, count - 1))

        def change(session: Any) -> None:
            session.get("a")
            inside = containers(unnoticed(session))[at]
            if isinstance(inside, dict):
                inside["deep"] = value
            elif inside and value:
                del inside[-1]
            else:
                inside.append(value)

        self.do(change)
        self.compared = True

    @precondition(is_within)
    @rule()
    def clear_modified(self) -> None:
        """We save the changes anyway. Flask would not."""
        self.do(lambda session: setattr(session, "modified", False))
        self.ours.accessed = True
        self.compared = True

    @precondition(is_between)
    @rule(number=st.integers(0, 7))
    def plant_junk(self, number: int) -> None:
        """Cookies of the same name before the real one don't lock the user out."""
        self.planted = number
        junk = f"{self.name}=junk; "
        header = self.jar.cookie_header(PAGES[0])
        assert not self.open_in_flask(junk + header)

    @precondition(was_served)
    @rule(behind=st.sampled_from([1, LEEWAY, LEEWAY + 1]))
    def send_to_a_server_whose_clock_is_behind(self, behind: int) -> None:
        """Users stay logged in up to a minute. Flask allows no difference."""
        header = self.issued[-1]
        here = unnoticed(self.cookie.open(header))
        signed = self.signed_at(header)
        CLOCK[0] -= behind
        try:
            ours, theirs = self.cookie.open(header), self.open_in_flask(header)
            if signed is None or signed <= int(now()):
                assert repr(unnoticed(ours)) == repr(dict(theirs))
            else:
                assert not theirs
                assert unnoticed(ours) == (here if signed - int(now()) <= LEEWAY else {})
        finally:
            CLOCK[0] += behind

    def signed_at(self, header: str) -> "int | None":
        signer = self.interface.get_signing_serializer(self.app)
        try:
            _, moment = signer.loads(header.partition("=")[2], return_timestamp=True)
        except peer("itsdangerous").BadSignature:
            return None
        return int(moment.timestamp())

    @precondition(was_served)
    @rule(data=st.data(), other=st.sampled_from("Aa0-_."))
    def send_a_forged_cookie(self, data: "st.DataObject", other: str) -> None:
        """Flask accepts another last letter with the same bits. Here, it counts as forged."""
        header = data.draw(st.sampled_from(self.issued))
        at = data.draw(st.integers(len(self.name) + 1, len(header) - 1))
        forged = header[:at] + other + header[at + 1 :]
        if forged in self.issued:
            return
        if at == len(header) - 1:
            assert self.cookie.open(forged).new
        else:
            self.open(forged)
            assert self.ours.payload is None

    # --- between requests -------------------------------------------------------------

    @rule(seconds=st.sampled_from([0.5, 1, 1, 59, 3600, 30 * 86400]))
    def wait(self, seconds: float) -> None:
        CLOCK[0] += seconds

    @precondition(is_between)
    @rule(fallbacks=st.integers(0, 2))
    def change_the_key(self, fallbacks: int) -> None:
        self.keys.append(f"key {len(self.keys)}")
        self.use_keys(min(fallbacks, len(self.keys) - 1))

    @precondition(is_between)
    @rule()
    def close_the_browser(self) -> None:
        if any(cookie.expiry_time is None for cookie in self.jar):
            self.jar.clear()

    # --- after each step -------------------------------------------------------------

    @invariant()
    def both_sessions_are_equal(self) -> None:
        if self.theirs is not None:
            assert repr(unnoticed(self.ours)) == repr(dict(self.theirs))
            assert self.ours.modified is self.theirs.modified
            assert self.ours.accessed is self.theirs.accessed


def test_every_response_is_the_same_as_from_flask() -> None:
    """The headers are identical, whatever an application does to its session and whatever the
    browser sends. The steps for deliberate differences say what differs.
    """
    examples = 2 * settings().max_examples
    run_state_machine_as_test(
        SessionMachine, settings=settings(max_examples=examples, stateful_step_count=50)
    )
