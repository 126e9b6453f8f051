"""Compatibility with Flask's sessions: the same headers, and each side reads the other's."""

import datetime
from typing import Any

import pytest
from hypothesis import given, strategies as st

from cookiecodec import Session, SessionCookie

from ..support.peers import peer
from .test_session import KEY, NOW, contents, values

flask = peer("flask")
flask_sessions = peer("flask.sessions")
itsdangerous_timed = peer("itsdangerous.timed")
ours_in_flask = peer("cookiecodec.ext.flask")

pytestmark = pytest.mark.interop


class Frozen(datetime.datetime):
    """Where Flask gets the time."""

    @classmethod
    def now(cls, tz: Any = None) -> Any:
        return datetime.datetime.fromtimestamp(NOW, tz)


@pytest.fixture(autouse=True)
def _stop_the_clocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flask_sessions, "datetime", Frozen)
    monkeypatch.setattr(itsdangerous_timed.time, "time", lambda: NOW)


def application(**config: Any) -> Any:
    app = flask.Flask("shop")
    app.secret_key = KEY
    app.config.update(config)
    return app


def unnoticed(session: "dict[str, Any]") -> "dict[str, Any]":
    """Return the content without recording access. `iter`, since PyPy reads a view's length."""
    return dict(iter(dict.items(session)))


def in_flask(app: Any, interface: Any, cookie: str, acts: "list[Any]") -> "tuple[Any, ...]":
    """Return the session, Set-Cookie, and Vary after a request with this interface."""
    headers = {"Cookie": cookie} if cookie else {}
    with app.test_request_context(headers=headers) as context:
        session = interface.open_session(app, context.request)
        for act in acts:
            session.accessed = True  # as `flask.session` does
            act(session)
        content = unnoticed(session)
        response = app.response_class()
        interface.save_session(app, session, response)
        return content, response.headers.getlist("Set-Cookie"), response.headers.getlist("Vary")


_keys = st.sampled_from(["a", "b", "user", "cart"])


def _make_permanent(session: Any, lasts: bool) -> None:
    """Where it is so already, Flask counts a change, and we don't."""
    if session.get("_permanent") is not lasts:
        session.permanent = lasts


def _act(name: str, key: str, value: Any) -> Any:
    """Return one operation of a view on its session."""
    acts = {
        "set": lambda s: s.__setitem__(key, value),
        "pop": lambda s: s.pop(key, None),
        "setdefault": lambda s: s.setdefault(key, value),
        "update": lambda s: s.update({key: value}),
        "or": lambda s: s.__ior__({key: value}),
        "clear": lambda s: s.clear(),
        "get": lambda s: s.get(key),
        "permanent": lambda s: _make_permanent(s, True),
        "impermanent": lambda s: _make_permanent(s, False),
        "modified": lambda s: setattr(s, "modified", True),
    }
    return acts[name]


acts = st.lists(
    st.builds(
        _act,
        st.sampled_from(["set", "set", "pop", "setdefault", "update", "or", "clear", "get"]
                        + ["permanent", "impermanent", "modified"]),
        _keys,
        values,
    ),
    max_size=4,
)  # fmt: skip


@given(
    st.lists(acts, min_size=1, max_size=4),
    st.booleans(),
    st.fixed_dictionaries(
        {},
        optional={
            "SESSION_COOKIE_NAME": st.just("sid"),
            "SESSION_COOKIE_DOMAIN": st.just("example.com"),
            "SESSION_COOKIE_PATH": st.just("/shop"),
            "SESSION_COOKIE_HTTPONLY": st.booleans(),
            "SESSION_COOKIE_SECURE": st.booleans(),
            "SESSION_COOKIE_PARTITIONED": st.booleans(),
            "SESSION_COOKIE_SAMESITE": st.sampled_from(["Lax", "Strict"]),
            "PERMANENT_SESSION_LIFETIME": st.integers(min_value=0, max_value=10**8),
            "SECRET_KEY_FALLBACKS": st.just(["old"]),
        },
    ),
)
def test_each_response_has_the_same_headers_as_from_flask(
    requests: "list[Any]", refresh: bool, config: "dict[str, Any]"
) -> None:
    """From Flask, from the interface for Flask, and from `SessionCookie.flask`."""
    known = application().config  # Flask 2.3 and 3.0 don't have all of them
    config = {name: value for name, value in config.items() if name in known}
    app = application(SESSION_REFRESH_EACH_REQUEST=refresh, **config)
    names = {
        "name": "SESSION_COOKIE_NAME",
        "domain": "SESSION_COOKIE_DOMAIN",
        "path": "SESSION_COOKIE_PATH",
        "httponly": "SESSION_COOKIE_HTTPONLY",
        "secure": "SESSION_COOKIE_SECURE",
        "partitioned": "SESSION_COOKIE_PARTITIONED",
        "samesite": "SESSION_COOKIE_SAMESITE",
        "lifetime": "PERMANENT_SESSION_LIFETIME",
        "fallbacks": "SECRET_KEY_FALLBACKS",
    }
    options = {ours: config[theirs] for ours, theirs in names.items() if theirs in config}
    bare = SessionCookie.flask(
        KEY, refresh_each_request=refresh, max_size=0, clock=lambda: NOW, **options
    )
    theirs, ours = flask_sessions.SecureCookieSessionInterface(), CookieSessionInterface()
    app.config["MAX_COOKIE_SIZE"] = 0
    cookie = ""
    for request in requests:
        expected = in_flask(app, theirs, cookie, request)
        assert in_flask(app, ours, cookie, request) == expected
        session = bare.open(cookie)
        for act in request:
            session.accessed = True
            act(session)
        lines = bare.save(session)
        assert (unnoticed(session), *[[value for name, value in lines if name == field]
                                 for field in ("Set-Cookie", "Vary")]) == expected  # fmt: skip
        for header in expected[1]:
            cookie = "" if "Max-Age=0" in header else header.split(";")[0]


CookieSessionInterface = ours_in_flask.CookieSessionInterface


@given(contents)
def test_flask_and_the_interface_read_each_other(content: "dict[str, Any]") -> None:
    app = application(MAX_COOKIE_SIZE=0)
    theirs, ours = flask_sessions.SecureCookieSessionInterface(), CookieSessionInterface()
    for writer, reader in ((theirs, ours), (ours, theirs)):
        _, headers, _ = in_flask(app, writer, "", [lambda s: s.update(content)])
        pair = headers[0].split(";")[0] if headers else ""
        read, again, vary = in_flask(app, reader, pair, [lambda s: s.get("a")])
        assert read == content
        assert (again, vary) == ([], ["Cookie"])


@given(contents)
def test_flask_and_session_cookie_read_each_other(content: "dict[str, Any]") -> None:
    app = application(MAX_COOKIE_SIZE=0)
    theirs = flask_sessions.SecureCookieSessionInterface()
    _, headers, _ = in_flask(app, theirs, "", [lambda s: s.update(content)])
    pair = headers[0].split(";")[0] if headers else ""
    which = SessionCookie.flask(KEY, clock=lambda: NOW, max_size=0)
    assert dict(which.open(pair)) == content
    lines = which.save(Session(content))
    back = lines[0][1].split(";")[0] if lines else ""
    assert in_flask(app, theirs, back, [])[0] == content
