"""Sessions in a signed cookie: what is opened, what is saved, and when."""

import ast
import base64
import copy
import datetime
import hashlib
import inspect
import json
import operator
import pickle
import re
import threading
import warnings
from typing import Any, Callable

import pytest
from hypothesis import given, settings, strategies as st

import cookiecodec
from cookiecodec import (
    CookieError,
    CookieIgnoredWarning,
    CookieRejectedWarning,
    CookieSizeWarning,
    Session,
    SessionCookie,
    parse_cookie,
    parse_set_cookie,
)
from cookiecodec._session.payload import describe_entries

from ..support.strategies import native_headers

KEY = "a secret key of 32 octets or more"
NOW = 1700000000
DAY = 86400

# Values that `tagged_json` writes and reads back unchanged.
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(max_size=8),
    st.binary(max_size=4),
    st.uuids(),
    st.datetimes(
        min_value=datetime.datetime(1970, 1, 1),
        max_value=datetime.datetime(2100, 1, 1),
        timezones=st.just(datetime.timezone.utc),
    ).map(lambda moment: moment.replace(microsecond=0)),
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(st.text(max_size=4), inner, max_size=3),
    ),
    max_leaves=6,
)
contents = st.dictionaries(st.text(max_size=8), values, max_size=4)
headers: "st.SearchStrategy[Any]" = st.one_of(
    st.none(),
    st.text(),
    st.binary(),
    native_headers,
    st.builds("session={}; session.0=0.2.{}".format, st.text(), st.text()),
    st.lists(native_headers, max_size=3),
)
makers: "st.SearchStrategy[Callable[..., SessionCookie]]" = st.sampled_from(
    [SessionCookie, SessionCookie.flask]
)


def cookie(**options: Any) -> SessionCookie:
    return SessionCookie(KEY, **{"clock": lambda: NOW, **options})


def reading(moment: "list[float]") -> "Callable[[], float]":
    """A clock that can be set."""
    return lambda: moment[0]


def sent(lines: "list[tuple[str, str]]") -> "list[str]":
    return [value for name, value in lines if name == "Set-Cookie"]


def header(lines: "list[tuple[str, str]]") -> str:
    """Return the Cookie header of a user agent that received only these lines."""
    pairs = (value.split(";")[0] for value in sent(lines) if "Max-Age=0" not in value)
    return "; ".join(pairs)


def saved(which: SessionCookie, content: "dict[str, Any]") -> str:
    """Return the Cookie header of a request with this session."""
    return header(which.save(Session(content)))


# --- open and save -----------------------------------------------------------------


@given(contents, makers, st.booleans())
def test_a_saved_session_is_opened(
    content: "dict[str, Any]", make: "Callable[..., SessionCookie]", chunked: bool
) -> None:
    which = make(KEY, chunked=chunked, max_size=400, clock=lambda: NOW)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CookieSizeWarning)
        lines = which.save(Session(content))
    opened = which.open(header(lines))
    assert dict(opened) == content
    assert opened.new is (not content)
    assert [name for name, _ in lines][-1:] == (["Vary"] if content else [])


@given(headers, st.booleans())
def test_whatever_a_client_sends_opens_an_empty_session(sent: Any, chunked: bool) -> None:
    which = cookie(chunked=chunked)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        session = which.open(sent)
    assert (session, session.new) == ({}, True)


def test_every_kind_of_header_is_accepted() -> None:
    which = cookie()
    pair = saved(which, {"user": 42})
    kinds: "list[Any]" = [
        pair,
        pair.encode(),
        bytearray(pair.encode()),
        memoryview(pair.encode()),
        f"theme=dark; {pair}; theme=light",
        ["theme=dark", pair.encode()],
        iter(["theme=dark", pair]),
        iter([pair]),
        iter(["session=planted", pair]),
        {"HTTP_COOKIE": pair},
        "théme=é; " + pair,
        b"th\xe9me=\xff; " + pair.encode(),
        pair.replace("=", '="', 1) + '"',
    ]
    for given_header in kinds:
        assert dict(which.open(given_header)) == {"user": 42}
    empty: "list[Any]" = [None, "", b"", [], {}, "session", "session=", "=session"]
    for nothing in empty:
        assert which.open(nothing).new


def test_the_options_determine_the_header() -> None:
    which = cookie(domain="example.com", path="/shop", secure=True, partitioned=True)
    session = which.open(None)
    session["user"] = 42
    (token,) = parse_cookie(header(which.save(session))).values()
    assert which.save(session) == [
        (
            "Set-Cookie",
            f"session={token}; Domain=example.com; Secure; HttpOnly; Path=/shop;"
            " SameSite=Lax; Partitioned",
        ),
        ("Vary", "Cookie"),
    ]
    session.permanent = True
    permanent = parse_set_cookie(sent(which.save(session))[0], now=NOW)
    assert permanent is not None
    assert permanent.expires is not None
    assert permanent.expires.timestamp() == NOW + 31 * DAY
    assert permanent.max_age is None
    opened = which.open(header(which.save(session)))
    opened.clear()
    assert which.save(opened) == [
        (
            "Set-Cookie",
            "session=; Domain=example.com; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0;"
            " Secure; HttpOnly; Path=/shop; SameSite=Lax; Partitioned",
        ),
        ("Vary", "Cookie"),
    ]


def test_flask_mode_writes_the_same_bytes_as_flask() -> None:
    """Flask 3.1.3 wrote the cookie with this key, at this second."""
    session = SessionCookie.flask(KEY, clock=lambda: NOW).open(None)
    session.update(user=42, name="Müller", point=(1, 2))
    assert header(SessionCookie.flask(KEY, clock=lambda: NOW).save(session)) == FLASKS
    assert SessionCookie.flask(KEY, clock=lambda: NOW).open(FLASKS) == session


FLASKS = (
    "session=eyJuYW1lIjoiTVx1MDBmY2xsZXIiLCJwb2ludCI6eyIgdCI6WzEsMl19LCJ1c2VyIjo0Mn0"
    ".ZVPxAA.goeGLkMkuiv7nojjNXzOIrbAPTA"
)


# --- when the cookie is sent --------------------------------------------------------


def test_an_untouched_session_sends_nothing() -> None:
    which = cookie()
    for given_header in (None, "session=junk", saved(which, {"cart": []})):
        assert which.save(which.open(given_header)) == []


def test_every_access_adds_vary() -> None:
    which = cookie()
    reads: "list[Callable[[Any], object]]" = [
        lambda s: s.get("a"),
        lambda s: s.get("a", 1),
        lambda s: "a" in s,
        len,
        bool,
        list,
        dict,
        lambda s: {**s},
        lambda s: s == {},
        lambda s: s == {},
        lambda s: s != {},
        lambda s: s.keys(),
        lambda s: s.values(),
        lambda s: s.items(),
        lambda s: s.copy(),
        lambda s: s | {},
        lambda s: {} | s,
        lambda s: list(reversed(s)),
        lambda s: s.permanent,
        lambda s: s.pop("missing", None),
        sorted,
        copy.deepcopy,
        str,
        format,
        "{}".format,
        lambda s: f"{s}",
        lambda s: "%s" % s,
        lambda s: s.new,
        lambda s: s.signed_at,
        lambda s: s.lifetime,
        {}.update,
    ]
    for read in reads:
        for given_header in (None, saved(which, {"a": 1})):
            session = which.open(given_header)
            assert not session.accessed
            read(session)
            assert session.accessed
            assert not session.modified
            assert which.save(session) == [("Vary", "Cookie")]
    as_json = which.open(saved(which, {"a": 1}))
    json.dumps(as_json)  # (for an empty one, it calls no method)
    assert as_json.accessed
    missing = which.open(None)
    with pytest.raises(KeyError):
        missing["a"]
    assert missing.accessed
    looked_at = which.open(saved(which, {"a": 1}))
    assert repr(looked_at) == f"{looked_at!r}" == "{'a': 1}"
    assert (looked_at.modified, looked_at.accessed) == (False, False)
    assert which.save(looked_at) == []
    looked_at.accessed = True  # as Flask 3.1.3 does, in its `session`
    assert which.save(looked_at) == [("Vary", "Cookie")]


def test_a_union_is_a_dict_on_either_side() -> None:
    session = Session(a=1)
    left, right = {"a": 0, "b": 2} | session, session | {"a": 0, "b": 2}
    assert (left, type(left)) == ({"a": 1, "b": 2}, dict)
    assert (right, type(right)) == ({"a": 0, "b": 2}, dict)
    other: Any = [("b", 2)]
    for operands in ((other, session), (session, other)):
        with pytest.raises(TypeError, match="unsupported operand"):
            operator.or_(*operands)


def test_a_change_is_sent() -> None:
    which = cookie()
    changes: "list[Callable[[Any], object]]" = [
        lambda s: s.__setitem__("a", 1),
        lambda s: s.__delitem__("a"),
        lambda s: s.update(b=2),
        lambda s: s.update({"b": 2}),
        lambda s: s.update([("b", 2)]),
        lambda s: s.setdefault("b", 2),
        lambda s: s.pop("a"),
        lambda s: s.popitem(),
        lambda s: s.__ior__({"b": 2}),
        lambda s: setattr(s, "permanent", True),
        lambda s: setattr(s, "modified", True),
    ]
    for change in changes:
        session = which.open(saved(which, {"a": 1, "c": 3}))
        change(session)
        assert session.modified
        lines = which.save(session)
        assert [name for name, _ in lines] == ["Set-Cookie", "Vary"]
        assert dict(which.open(header(lines))) == dict(session)
    unchanged: "list[Callable[[Any], object]]" = [
        lambda s: s.setdefault("a", 2),
        lambda s: s.pop("missing", None),
    ]
    for harmless in unchanged:
        session = which.open(saved(which, {"a": 1}))
        harmless(session)
        assert not session.modified
        assert which.save(session) == [("Vary", "Cookie")]


def test_a_failed_change_is_not_a_change() -> None:
    which = cookie()
    fails: "list[Callable[[Any], object]]" = [
        lambda s: s.__delitem__("missing"),
        lambda s: s.pop("missing"),
        lambda s: s.popitem(),
        lambda s: s.__setitem__([], 1),
    ]
    for fail in fails:
        session = which.open(None)
        with pytest.raises((KeyError, TypeError)):
            fail(session)
        assert not session.modified
        assert which.save(session) == [("Vary", "Cookie")]


def test_a_change_to_a_nested_value_is_sent() -> None:
    """pallets/flask 1983, Kludex/starlette 3474."""
    which = cookie()
    content = {"cart": [1, {"fruit": ["apple"]}], "name": "x", "when": (1, [2])}
    changes: "list[Callable[[Any], object]]" = [
        lambda s: s["cart"].append(2),
        lambda s: s["cart"][1]["fruit"].clear(),
        lambda s: s.get("cart").insert(0, 0),
        lambda s: next(iter(s.values())).pop(),
        lambda s: dict(s.items())["when"][1].append(3),
        lambda s: s.copy()["cart"].reverse(),
    ]
    for change in changes:
        session = which.open(saved(which, content))
        change(session)
        assert not session.modified
        lines = which.save(session)
        assert lines == which.save(session), "save may be called twice"
        opened = which.open(header(lines))
        assert dict(opened) == dict(session) != content
        opened["cart"]
        assert which.save(opened) == [("Vary", "Cookie")]


def test_clearing_modified_does_not_undo_a_change() -> None:
    which = cookie()
    for value in (2, [2]):
        session = which.open(saved(which, {"a": 1}))
        session["a"] = value
        session.modified = False
        assert dict(which.open(header(which.save(session)))) == {"a": value}
        session = which.open(saved(which, {"a": value}))
        session["a"] = value
        session.modified = False
        assert which.save(session) == [("Vary", "Cookie")]
        session.clear()
        session.modified = False
        assert "Max-Age=0" in which.save(session)[0][1]
    changes: "list[Callable[[Any], object]]" = [
        lambda s: s.pop("a"),
        lambda s: s.setdefault("c", 3),
        lambda s: s.update(c=3),
    ]
    for change in changes:
        session = which.open(saved(which, {"a": 1, "b": 2}))
        change(session)
        session.modified = False
        assert dict(which.open(header(which.save(session)))) == dict(session)


def test_other_formatting_is_not_a_change() -> None:
    """The comparison encodes the old and the new content with our own serializer."""
    foreign = cookiecodec.Signer(KEY, salt="cookie-session", serializer=json, clock=lambda: NOW)
    token = foreign.for_cookie("session").dumps({"b": [1, 2], "a": "é"})
    session = cookie().open(f"session={token}")
    assert session["b"] == [1, 2]
    assert cookie().save(session) == [("Vary", "Cookie")]
    session["b"].append(3)
    assert cookie().open(header(cookie().save(session))) == {"a": "é", "b": [1, 2, 3]}


def test_a_permanent_session_is_sent_with_each_response() -> None:
    for refresh in (True, False):
        moment: "list[float]" = [NOW]
        which = SessionCookie(
            KEY, refresh_each_request=refresh, clock=reading(moment), lifetime=DAY
        )
        before = saved(which, {"_permanent": True, "user": 42})
        moment[0] += 10
        session = which.open(before)
        lines = which.save(session)
        if not refresh:
            assert lines == []
            continue
        assert [name for name, _ in lines] == ["Set-Cookie", "Vary"]
        assert not session.accessed
        renewed = parse_set_cookie(sent(lines)[0], now=NOW)
        assert renewed is not None
        assert renewed.expires is not None
        assert renewed.expires.timestamp() == NOW + 10 + DAY
        moment[0] = NOW + DAY + 5
        assert which.open(before).new
        assert which.open(header(lines)) == {"_permanent": True, "user": 42}
    session = Session(user=42)
    session.permanent = True
    session.permanent = False
    assert "Expires" not in sent(cookie().save(session))[0]
    assert cookie().open(saved(cookie(), {"a": 1})).permanent is False


def test_lifetime_limits_every_session() -> None:
    """Permanent or not: a user agent deletes its cookie, but a thief keeps a copy."""
    moment: "list[float]" = [NOW]
    for lifetime in (datetime.timedelta(hours=1), 3600, 3600.0):
        which = SessionCookie(KEY, lifetime=lifetime, clock=lambda: moment[0])
        moment[0] = NOW
        for content in ({"a": 1}, {"a": 1, "_permanent": True}):
            pair = saved(which, content)
            for later, alive in ((0, True), (3600, True), (3601, False), (-61, False)):
                moment[0] = NOW + later
                assert which.open(pair).new is not alive
            moment[0] = NOW


def test_expires_is_limited_to_the_year_9999() -> None:
    for lifetime in (datetime.timedelta.max, 1e300, 10**400):
        session = Session(_permanent=True)
        (line,) = sent(cookie(lifetime=lifetime).save(session))
        assert "Expires=Fri, 31 Dec 9999 23:59:59 GMT" in line


# --- sessions from elsewhere ---------------------------------------------------------


def test_a_session_that_was_created_directly_is_saved() -> None:
    which = cookie()
    assert which.save(Session()) == []
    assert which.open(header(which.save(Session(user=42)))) == {"user": 42}
    assert Session({"a": 1}, b=2) == {"a": 1, "b": 2}
    emptied = Session(user=42)
    emptied.clear()
    assert "Max-Age=0" in which.save(emptied)[0][1]
    for wrong in ({"user": 42}, None, [("user", 42)]):
        with pytest.raises(TypeError, match="must be a Session") as caught:
            which.save(wrong)  # type: ignore[arg-type]
        assert str(caught.value) == f"session must be a Session, not {type(wrong).__name__}"


def test_type_checkers_know_the_same_options_for_both_constructors() -> None:
    """`SessionCookie.flask` takes those of the class, from a `TypedDict` that only they see."""
    tree = ast.parse(inspect.getsource(cookiecodec.session))
    (options,) = [
        {each.target.id: ast.unparse(each.annotation) for each in node.body[1:]}  # type: ignore[attr-defined]
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and node.name == "_Options"
    ]
    parameters = inspect.signature(SessionCookie).parameters.values()
    keywords = [each.name for each in parameters if each.kind is each.KEYWORD_ONLY]
    assert list(options) == keywords


def test_only_a_long_payload_is_compressed() -> None:
    """Flask's are compressed as soon as that is shorter. Each form is read."""
    for size, make, is_compressed in (
        (100, SessionCookie, False),
        (300, SessionCookie, True),
        (100, SessionCookie.flask, True),
    ):
        which: Any = make(KEY, clock=lambda: NOW)
        held = saved(which, {"text": "x" * size})
        assert held.startswith("session=.") is is_compressed
        assert which.open(held) == {"text": "x" * size}
        forced = f"session={which._signer.dumps({'text': 'x' * size})}"
        assert which.open(forced) == {"text": "x" * size}


def test_a_session_can_move_to_another_cookie() -> None:
    """To migrate sessions: open the new cookie, or the old one if it is empty."""
    old, new = SessionCookie.flask(KEY, clock=lambda: NOW), cookie(name="__Host-session",
                                                                   secure=True)  # fmt: skip
    before = saved(old, {"user": 42, "cart": [1]})
    assert new.open(before).new
    opened = old.open(before)
    assert opened["user"] == 42
    assert new.save(opened) == [("Vary", "Cookie")], "unchanged"
    opened.modified = True
    assert dict(new.open(header(new.save(opened)))) == {"user": 42, "cart": [1]}
    by_json = SessionCookie("k", serializer=json, clock=lambda: NOW)
    pair = saved(by_json, {"a": [1], "b": 2})
    assert by_json.save(by_json.open(pair)) == []


class Backwards:
    """A serializer with its own format, which can write values that JSON can't."""

    def dumps(self, obj: Any) -> bytes:
        return repr(obj).encode()[::-1]

    def loads(self, data: bytes) -> Any:
        return ast.literal_eval(data[::-1].decode())


def test_a_session_of_another_serializer_is_written_again() -> None:
    """If it can't be compared, it counts as changed. If it can't be written, that raises."""
    old, new = cookie(serializer=Backwards()), cookie(name="new")
    opened = old.open(saved(old, {"cart": [1]}))
    assert dict(new.open(header(new.save(opened)))) == {"cart": [1]}
    opened = old.open(saved(old, {"cart": [1], "seen": {1, 2}}))
    assert old.save(opened) == []
    with pytest.raises(TypeError, match=r'^session\["seen"\] can\'t be saved'):
        new.save(opened)


def test_a_session_can_be_copied_and_pickled() -> None:
    which = cookie()
    session = which.open(saved(which, {"cart": [1]}))
    for same in (pickle.loads(pickle.dumps(session)), copy.copy(session)):
        assert type(same) is Session
        assert (dict(same), same.new, same.modified) == (dict(session), False, False)
        assert which.save(same) == [("Vary", "Cookie")]
    session.owner = "a middleware's own"
    assert copy.copy(session).owner is None, "the copy has no owner"
    deep = copy.deepcopy(session)
    deep["cart"].append(2)
    assert session["cart"] == [1]
    with pytest.raises(TypeError):
        pickle.dumps(which)
    with pytest.raises(TypeError):
        hash(session)


def test_a_change_that_fails_halfway_is_sent() -> None:
    which = cookie()
    for change in (Session.update, Session.__ior__):
        session = which.open(saved(which, {"a": 1}))
        with pytest.raises(TypeError):
            change(session, [("a", 99), 5])  # type: ignore[list-item]
        assert not session.modified
        assert which.open(header(which.save(session))) == {"a": 99}


def test_methods_accept_the_same_arguments_as_those_of_dict() -> None:
    session = Session()
    session.update(self=5, other=6)
    assert (session.pop("self"), session.pop("self", default=7)) == (5, 7)
    assert session.get("none", default=8) == session.get("none", 8) == 8
    left, right = Session(), Session()
    assert left == right
    assert right.accessed
    left, right = Session(), Session(a=1)
    assert left != right
    assert right.accessed
    assert operator.ne(Session(a=1), Session(a=1)) is False
    left.mark_accessed()
    assert left.accessed


def test_an_unchanged_session_that_cannot_be_written_stays_valid() -> None:
    """Flask writes more than a hundred nested levels. We read them, but don't write them."""
    deep: Any = 1
    for _ in range(99):
        deep = {"a": deep}
    foreign = cookiecodec.Signer(
        KEY, salt="cookie-session", digest="sha1", serializer=json, clock=lambda: NOW
    )
    which = SessionCookie.flask(KEY, clock=lambda: NOW)
    for permanent in (False, True):
        content = {"l": [1], "n": deep, "_permanent": permanent}
        session = which.open(f"session={foreign.dumps(content)}")
        lines = which.save(session)
        assert [name for name, _ in lines] == (["Set-Cookie", "Vary"] if permanent else [])
        if permanent:
            assert dict(which.open(header(lines))) == content
        session["more"] = 1
        with pytest.raises(ValueError, match=r'session\["n"\] can\'t be saved'):
            which.save(session)


# --- options -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "error", "part"),
    [
        ({"name": "a b"}, CookieError, "name"),
        ({"name": ""}, CookieError, "name"),
        ({"name": b"session"}, TypeError, None),
        ({"path": "/\ud800"}, CookieError, "path"),
        ({"path": 1}, TypeError, None),
        ({"domain": "example.com; Secure"}, CookieError, "domain"),
        ({"samesite": "lux"}, CookieError, "samesite"),
        ({"samesite": True}, TypeError, None),
        ({"lifetime": -1}, ValueError, None),
        ({"lifetime": float("nan")}, ValueError, None),
        ({"lifetime": True}, TypeError, None),
        ({"lifetime": "1d"}, TypeError, None),
        ({"lifetime": None}, TypeError, None),
        ({"max_size": "4093"}, TypeError, None),
        ({"digest": "md5"}, ValueError, None),
        ({"fallbacks": "key"}, TypeError, None),
        ({"salt": 1}, TypeError, None),
        ({"serializer": object()}, TypeError, None),
        ({"clock": 1}, TypeError, None),
        ({"max_size": -1}, ValueError, None),
        ({"chunked": True, "max_size": 60}, ValueError, None),
        ({"chunked": True, "path": "/" + 4000 * "a"}, ValueError, None),
        ({"key_derivation": "none"}, TypeError, None),
    ],
)
@pytest.mark.parametrize("make", [SessionCookie, SessionCookie.flask])
@pytest.mark.filterwarnings("ignore::cookiecodec.CookieIgnoredWarning")
def test_an_invalid_option_is_refused(
    make: Any, options: "dict[str, Any]", error: "type[Exception]", part: "str | None"
) -> None:
    with pytest.raises(error) as caught:
        make(KEY, **options)
    assert getattr(caught.value, "part", None) == part
    assert KEY not in str(caught.value)


@pytest.mark.parametrize(
    ("message", "options"),
    [
        ("name b'session' must be str, not bytes; decode it first", {"name": b"session"}),
        ("path 1 must be str, not int", {"path": 1}),
        ("domain 1 must be str, not int", {"domain": 1}),
        (
            "samesite True must be str, not bool; pass 'Strict', 'Lax', 'None', or None to"
            " leave it out",
            {"samesite": True},
        ),
        ("lifetime must not be negative", {"lifetime": -1}),
        ("lifetime must be finite", {"lifetime": float("inf")}),
        ("lifetime must be a number of seconds, not str", {"lifetime": "1d"}),
        ("max_size must be a number of octets, not str", {"max_size": "4093"}),
        ("max_size must be a number of octets, not bool", {"max_size": True}),
        ("max_size must not be negative", {"max_size": -1}),
        (
            "max_size leaves no room beside the cookie's attributes",
            {"chunked": True, "max_size": 60},
        ),
        ("a key must be str or bytes, not int", {"fallbacks": [1]}),
        ("salt must be str or bytes, not int", {"salt": 1}),
        ("serializer must have dumps and loads", {"serializer": object()}),
        ("clock must be a function that gives Unix time", {"clock": 1}),
    ],
)
def test_the_message_names_an_invalid_option(message: str, options: "dict[str, Any]") -> None:
    for make in (SessionCookie, SessionCookie.flask):
        with pytest.raises((TypeError, ValueError)) as caught:
            make(KEY, **options)
        assert str(caught.value) == message


def test_the_smallest_size_of_chunks_has_room_for_expires() -> None:
    """Ten chunks must hold as much as one cookie, with all attributes that may be added."""
    attributes = "; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Path=/; SameSite=Lax"
    least = len("session.0=0.10.0123456789abcdef.") + len(attributes) + 12  # a tenth
    session = Session(a=1)
    session.permanent = True
    lines = cookie(chunked=True, max_size=least).save(session)
    assert max(len(value) for value in sent(lines)) <= least
    with pytest.raises(ValueError, match="no room"):
        cookie(chunked=True, max_size=least - 1)


@pytest.mark.parametrize("make", [SessionCookie, SessionCookie.flask])
@pytest.mark.parametrize(
    ("options", "category", "code"),
    [
        ({"samesite": "none"}, CookieRejectedWarning, "samesite-none-insecure"),
        ({"name": "__Host-session"}, CookieRejectedWarning, "prefix-host"),
        ({"path": "shop"}, CookieIgnoredWarning, "path-relative"),
    ],
)
def test_options_warn_once(
    make: Any, options: "dict[str, Any]", category: "type[Warning]", code: str
) -> None:
    for chunked in (False, True):
        with pytest.warns(category) as caught:
            which = make(KEY, chunked=chunked, **options)
        assert len(caught) == 1
        assert caught[0].filename == __file__
        warning = caught[0].message
        assert (getattr(warning, "code", None), getattr(warning, "name", None)) == (
            code,
            options.get("name", "session"),
        )
        assert str(warning).startswith(f"The {options.get('name', 'session')!r} cookie ")
        which.save(Session(user=42))  # doesn't warn again
        emptied = Session()
        emptied.modified = True
        which.save(emptied)


def test_keys_are_never_shown() -> None:
    which = cookie(fallbacks=["another secret"])
    for text in (repr(which), str(which), repr(vars(which))):
        assert "secret" not in text
    with pytest.raises(ValueError, match="not be empty") as caught:
        SessionCookie("", fallbacks=["another secret"])
    assert "secret" not in str(caught.value)


def test_sessions_of_fallback_keys_are_opened() -> None:
    old, new = cookie(), SessionCookie("new", fallbacks=[KEY], clock=lambda: NOW)
    pair = saved(old, {"user": 42})
    assert new.open(pair) == {"user": 42}
    assert SessionCookie("new", clock=lambda: NOW).open(pair).new
    assert old.open(saved(new, {"user": 42})).new


# --- what can't be saved, and large sessions -------------------------------------------


class Thing:
    """A type that JSON does not support."""


class NoRepr:
    """A key without a usable `repr`."""

    def __repr__(self) -> str:
        raise RuntimeError


CIRCLE: "list[Any]" = []
CIRCLE.append(CIRCLE)
DEEP: "list[Any]" = []
for _ in range(150):
    DEEP = [DEEP]


@pytest.mark.parametrize(
    ("content", "path", "kind"),
    [
        ({"k": {NoRepr(): Thing()}}, 'session["k"]', TypeError),
        ({"a": 1, "cart": [1, 2, 3, Thing()]}, 'session["cart"][3]', TypeError),
        ({"user": {"id": 1, "at": {1}}}, 'session["user"]["at"]', TypeError),
        ({"t": (1, (2, Thing()))}, 'session["t"][1][1]', TypeError),
        ({"k": {("a", 1): 2}}, "session[\"k\"][('a', 1)]", TypeError),
        ({"mixed": {"a": 1, 2: 3}}, 'session["mixed"]', TypeError),
        ({'quo"te': Thing()}, 'session["quo\\"te"]', TypeError),
        ({"ü": Thing()}, 'session["ü"]', TypeError),
        ({"deep": DEEP}, 'session["deep"]', ValueError),
        ({"c": [0, CIRCLE]}, 'session["c"][1]', ValueError),
        ({"ok": 1, "big": "x" * 2**20}, 'session["big"]', ValueError),
        ({str(n): "x" * 2**18 for n in range(5)}, "session can't", ValueError),
        ({"when": datetime.timedelta(1)}, 'session["when"]', TypeError),
    ],
)
def test_the_message_names_a_value_that_cannot_be_saved(
    content: "dict[str, Any]", path: str, kind: "type[Exception]"
) -> None:
    for which in (cookie(), SessionCookie.flask(KEY), cookie(chunked=True)):
        with pytest.raises(kind) as caught:
            which.save(Session(content))
        assert type(caught.value) is kind
        assert str(caught.value).startswith(path)
    session = cookie().open(saved(cookie(), {"cart": [1]}))
    session["cart"].append(Thing())
    with pytest.raises(TypeError, match=r'session\["cart"\]\[1\]'):
        cookie().save(session)


def test_the_message_names_a_lone_surrogate() -> None:
    which = cookie(serializer=NonASCII)
    with pytest.raises(ValueError, match=r'session\["a"\]\[0\]'):
        which.save(Session(a=["\ud800"]))


class NonASCII:
    """JSON that is not ASCII, as `Signer` writes it."""

    @staticmethod
    def dumps(obj: object) -> str:
        return json.dumps(obj, ensure_ascii=False)

    loads = staticmethod(json.loads)


NOISE = base64.b64encode(  # can't be compressed
    b"".join(hashlib.sha256(bytes([n])).digest() for n in range(256))
).decode()


def test_a_large_session_warns() -> None:
    session = Session(user=42, cart=[NOISE[:4000]], note=NOISE[:300])
    with pytest.warns(CookieSizeWarning, match="cookie is too large") as caught:
        lines = cookie().save(session)
    assert len(caught) == 1
    warning = caught[0].message
    assert isinstance(warning, CookieSizeWarning)
    assert [key for key, _ in warning.largest] == ["cart", "note", "user"]
    assert warning.largest[0][1] > 4000
    assert "cart" not in str(warning), "or the registry of warnings would grow"
    assert str(warning.size) not in str(warning), "or the registry of warnings would grow"
    assert NOISE[:20] not in str(warning)
    assert (warning.name, warning.code) == ("session", "size")
    assert (warning.size, warning.limit) == (len(sent(lines)[0]), 4093)
    assert caught[0].filename == __file__
    for none in (0, None):  # no warning
        assert cookie(max_size=none).save(session) == lines
    size = len(sent(lines)[0])
    assert cookie(max_size=size).save(session) == lines
    with pytest.warns(CookieSizeWarning):
        cookie(max_size=size - 1).save(session)
    with pytest.warns(CookieSizeWarning):
        cookie(max_size=50).save(Session(user=42))


@pytest.mark.parametrize(
    ("length", "fate"),
    [
        (10, "Browsers may drop it or other cookies; their limits differ."),
        (4000, "Browsers drop it outright: name and value have over 4096 bytes."),
    ],
)
def test_the_size_warning_says_what_happens_and_what_to_do(length: int, fate: str) -> None:
    with pytest.warns(CookieSizeWarning) as caught:
        cookie(max_size=50).save(Session(data=NOISE[:length]))
    message = str(caught[0].message)
    assert message.startswith("The 'session' cookie is too large: its value has about ")
    assert message.endswith(
        f" bytes, but the limit is 50 bytes. {fate} Store less in it, or keep the data on the"
        " server. The warning's attribute `largest` names the largest entries."
    )


def test_a_pair_of_4096_octets_is_kept() -> None:
    """The warning says `outright` only if name and value exceed 4096 octets."""
    fates = set()
    for length in range(3880, 4000, 2):
        session = Session(d=NOISE[:length])
        pair = header(cookie(max_size=0).save(session))
        with pytest.warns(CookieSizeWarning) as caught:
            cookie(max_size=50).save(session)
        dropped = len(pair) - len("=") > 4096
        assert ("outright" in str(caught[0].message)) == dropped
        fates.add(dropped)
    assert fates == {True, False}


# --- chunks ------------------------------------------------------------------------


def agent(held: "dict[str, str]", lines: "list[tuple[str, str]]") -> "dict[str, str]":
    """The cookies of a user agent after a response."""
    held = dict(held)
    for value in sent(lines):
        name, _, text = value.split(";")[0].partition("=")
        if "Max-Age=0" in value:
            held.pop(name, None)
        else:
            assert len(value) <= 4093
            held[name] = text
    return held


def request(held: "dict[str, str]") -> str:
    return "; ".join(f"{name}={text}" for name, text in held.items())


@given(st.lists(st.integers(min_value=0, max_value=6500), max_size=6), makers, st.randoms())
def test_a_chunked_session_grows_and_shrinks(
    sizes: "list[int]", make: "Callable[..., SessionCookie]", random: Any
) -> None:
    """After each response, the user agent has exactly the cookies of this session."""
    which = make(KEY, chunked=True, clock=lambda: NOW, serializer=PlainJSON)
    held: "dict[str, str]" = {}
    last = ""
    for size in sizes:
        start = random.randrange(100)
        session = which.open(request(held))
        assert session.get("data", "") == last
        if size:
            session["data"] = NOISE[start : start + size]
        else:
            session.clear()
        last = session.get("data", "")
        held = agent(held, which.save(session))
        counted = [name for name in held if name != "session"]
        assert sorted(counted) == [f"session.{n}" for n in range(len(counted))]
        assert not counted or "session" not in held, "one value, plain or in chunks"
        assert which.open(request(held)).get("data", "") == last


class PlainJSON:
    """Plain JSON, which is fast."""

    dumps = staticmethod(json.dumps)
    loads = staticmethod(json.loads)


def chunks_of(text: str, which: SessionCookie) -> "dict[str, str]":
    return agent({}, which.save(Session(data=text)))


def test_chunks_that_do_not_belong_together_open_an_empty_session() -> None:
    which = cookie(chunked=True)
    one, two = chunks_of(NOISE[:5000], which), chunks_of(NOISE[1:5001], which)
    assert list(one) == ["session.0", "session.1"] == list(two)
    for broken in (
        {**one, "session.1": two["session.1"]},
        {**two, "session.0": one["session.0"]},
        {"session.0": one["session.0"]},
        {"session.1": one["session.1"]},
        {"session.0": one["session.1"], "session.1": one["session.0"]},
        {**one, "session.0": one["session.0"][:-1]},
    ):
        session = which.open(request(broken))
        assert (session, session.new) == ({}, True)


def test_a_session_that_exceeds_a_cookie_header_is_refused() -> None:
    with pytest.raises(CookieError, match=r"too large.*'data' \(9 KB\)") as caught:
        cookie(chunked=True).save(Session(data=NOISE[:8000]))
    assert caught.value.part == "value"


def test_without_chunked_other_cookies_are_not_treated_as_chunks() -> None:
    which = cookie()
    session = which.open("session.0=anothers; " + saved(which, {"a": 1}))
    session.clear()
    assert [line.split("=")[0] for line in sent(which.save(session))] == ["session"]
    session = cookie(chunked=True).open(request(chunks_of(NOISE[:5000], cookie(chunked=True))))
    session.clear()
    assert [line.split("=")[0] for line in sent(which.save(session))] == ["session"]


# --- threads ---------------------------------------------------------------------------


@settings(max_examples=3)
@given(makers)
def test_threads_share_a_session_cookie(make: "Callable[..., SessionCookie]") -> None:
    """The instance keeps no state of a request: each thread reads its own session only."""
    which = make(KEY, chunked=True)
    wrong = []
    start = threading.Barrier(8)

    def hammer(number: int) -> None:
        start.wait()
        held: "dict[str, str]" = {}
        for turn in range(60):
            session = which.open(request(held))
            if session.get("turns", []) != [number] * turn:
                wrong.append((number, turn, session))
            session.setdefault("turns", []).append(number)
            session["noise"] = NOISE[number : number + (5000 if turn % 2 else 10)]
            held = agent(held, which.save(session))

    threads = [threading.Thread(target=hammer, args=(number,)) for number in range(8)]
    before = set(vars(which))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert set(vars(which)) == before


class Unshowable:
    def __repr__(self) -> str:
        raise RuntimeError


@pytest.mark.parametrize(
    ("key", "path"), [("é", 'session["a"]["é"]'), (Unshowable(), 'session["a"][a Unshowable]')]
)
def test_a_key_is_shown_as_it_is_written_in_code(key: Any, path: str) -> None:
    cookie = cookiecodec.SessionCookie("a secret key of 32 octets or more")
    session = cookie.open(None)
    session["a"] = {key: object()}
    with pytest.raises(TypeError, match=re.escape(path + " can't be saved: ")):
        cookie.save(session)


def test_sizes_are_rounded_up_and_keys_are_cut() -> None:
    entries = [("k" * 41, 999), ("a", 1000), ("b", 1001)]
    shown = f"'{'k' * 40}' (999 octets), 'a' (1 KB), 'b' (2 KB)"
    assert describe_entries(entries) == shown
