"""Sessions that other libraries have written, read and carried on in our format."""

import asyncio
import base64
import pickle
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, strategies as st

from cookiecodec import SessionCookie, parse_cookie_pairs, session_readers

from ..support.peers import django, peer
from .test_session import KEY, NOW

django()
middleware = peer("starlette.middleware.sessions")
signed_cookies = peer("django.contrib.sessions.backends.signed_cookies")
django_signing = peer("django.core.signing")
itsdangerous = peer("itsdangerous")
test = peer("django.test")

pytestmark = pytest.mark.interop

CONTENT = {"user": "müller", "cart": [1, 2]}
SALT = "django.contrib.sessions.backends.signed_cookies"

#: Starlette 1.10 and Django 5.2 wrote these for `CONTENT` at `NOW`.
STARLETTE = (
    "eyJ1c2VyIjogIm1cdTAwZmNsbGVyIiwgImNhcnQiOiBbMSwgMl19.ZVPxAA.4uP9In3m_qIfr3JdkSgsY-TkQXE"
)
DJANGO = (
    "eyJ1c2VyIjoibVx1MDBmY2xsZXIiLCJjYXJ0IjpbMSwyXX0:1r31eq:"
    "9I4ExvHSEDzHqxDpTjpjU2AP0DjjVDGd9JJD8DxuAwk"
)
DJANGO_COMPRESSED = (
    ".eJyrVipJrShRslJKTBoYqFQLAJkdMTQ:1r31eq:A-fREP5h4aEOi5r4V9b9D2Po0q7Y3GdW80boY_qdPhk"
)

Reader = Callable[[str], Any]
READERS: "dict[str, tuple[Any, str]]" = {
    "starlette": (session_readers.starlette, STARLETTE),
    "django": (session_readers.django, DJANGO),
}


@pytest.fixture(name="clock", autouse=True)
def _stopped_clock(monkeypatch: pytest.MonkeyPatch) -> "list[int]":
    moment = [NOW]
    monkeypatch.setattr(time, "time", lambda: moment[0])
    return moment


both = pytest.mark.parametrize(("make", "old"), READERS.values(), ids=READERS)


@both
def test_a_cookie_that_was_written_long_ago_is_read(make: Any, old: str) -> None:
    ((_, value),) = parse_cookie_pairs(f"session={old}")
    assert make(KEY)(value) == CONTENT
    assert make("new", fallbacks=["newer", KEY])(value) == CONTENT
    assert make("new")(value) is None


def test_a_compressed_session_of_django_is_read() -> None:
    assert session_readers.django(KEY)(DJANGO_COMPRESSED) == {"text": "ab" * 60}


@both
def test_a_session_is_as_old_as_its_library_allowed(
    make: Any, old: str, clock: "list[int]"
) -> None:
    clock[0] = NOW + 14 * 86400
    assert make(KEY)(old) == CONTENT
    clock[0] += 1
    assert make(KEY)(old) is None
    assert make(KEY, max_age=None)(old) == CONTENT
    assert make(KEY, max_age=15 * 86400)(old) == CONTENT


@both
def test_each_change_is_refused(make: Any, old: str) -> None:
    read = make(KEY)
    for at in range(len(old)):
        assert read(old[:at]) is None
        changed = "B" if old[at] == "A" else "A"
        assert read(f"{old[:at]}{changed}{old[at + 1 :]}") is None
        assert read(f"{old[:at]}{changed}{old[at:]}") is None


@both
@given(st.text(max_size=60))
def test_nothing_that_a_client_sends_raises(make: Any, old: str, text: str) -> None:
    for value in (text, text + old, old + text, old.replace(".", text), f'"{old}"'):
        assert make(KEY)(value) in (None, CONTENT if value == old else None)


@both
def test_one_library_does_not_read_the_other(make: Any, old: str) -> None:
    for other, _ in READERS.values():
        if other is not make:
            assert other(KEY)(old) is None


content = st.dictionaries(
    st.text(max_size=9),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
        ),
    ),
    max_size=4,
)


@given(content)
def test_every_session_of_the_real_engine_of_django_is_read(values: "dict[str, Any]") -> None:
    with test.override_settings(SECRET_KEY=KEY, SECRET_KEY_FALLBACKS=[]):
        session = signed_cookies.SessionStore()
        session.update(values)
        session.save()
        assert session_readers.django(KEY)(session.session_key) == values


def cookie_of_starlette(secret: str, values: "dict[str, Any]") -> str:
    """Return what Starlette's own middleware sends for a session with *values*."""
    sent: "list[Any]" = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        scope["session"].update(values)
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def send(message: Any) -> None:
        sent.extend(message["headers"])

    scope = {"type": "http", "headers": []}
    asyncio.run(middleware.SessionMiddleware(app, secret)(scope, None, send))
    header: bytes = dict(sent)[b"set-cookie"]
    return header.decode().split(";")[0]


@pytest.mark.parametrize("values", [CONTENT, {"deep": [{"a": None}]}, {"x": "é" * 700}])
def test_every_session_of_the_real_middleware_of_starlette_is_read(values: Any) -> None:
    ((_, value),) = parse_cookie_pairs(cookie_of_starlette(KEY, values))
    assert session_readers.starlette(KEY)(value) == values


class Pickled:
    """Django's `PickleSerializer`, which Django 5.0 removed."""

    def dumps(self, obj: Any) -> bytes:
        return pickle.dumps(obj)

    def loads(self, data: bytes) -> Any:
        raise AssertionError("a pickle was read")


#: What verifies, and is no session in JSON: each as the octets of a payload.
ODD = [
    b"[]", b"5", b"null", b'"a"', b"{", b"", b"\xff", b'{"a":' * 3000, b"[" * 200_000,
    b'{"a": 1e}', pickle.dumps({"user": "a"}), b'{"a":' + b"9" * 5000 + b"}",
]  # fmt: skip


@pytest.mark.parametrize("payload", ODD, ids=range(len(ODD)))
def test_what_verifies_and_is_no_session_is_refused(payload: bytes) -> None:
    signer = itsdangerous.TimestampSigner(KEY)
    old = signer.sign(base64.b64encode(payload)).decode()
    huge = payload.startswith(b'{"a":9')  # newer releases of Python limit the digits
    assert session_readers.starlette(KEY)(old) is None or huge

    class Raw(Pickled):
        def dumps(self, obj: Any) -> bytes:
            return payload

    for compress in (False, True):
        token = django_signing.dumps(None, KEY, SALT, serializer=Raw, compress=compress)
        assert session_readers.django(KEY)(token) is None or huge


def test_pickles_of_django_are_refused() -> None:
    token = django_signing.dumps({"user": "a"}, KEY, SALT, serializer=Pickled, compress=True)
    assert session_readers.django(KEY)(token) is None


@pytest.mark.parametrize("make", [session_readers.starlette, session_readers.django])
def test_invalid_arguments_are_refused(make: Any) -> None:
    for key, options, error in (
        ("", {}, ValueError),
        (5, {}, TypeError),
        (KEY, {"max_age": -1}, ValueError),
        (KEY, {"max_age": "60"}, TypeError),
        (KEY, {"fallbacks": "old"}, TypeError),
    ):
        with pytest.raises(error):
            make(key, **options)


def test_the_salt_of_another_engine_can_be_given() -> None:
    token = django_signing.dumps(CONTENT, KEY, "own")
    assert session_readers.django(KEY, salt="own")(token) == CONTENT
    assert session_readers.django(KEY)(token) is None


# --- moving without logging anybody out -------------------------------------------------------


@both
def test_nobody_is_logged_out_by_a_change_of_library(make: Any, old: str) -> None:
    """The old cookie is read once, written in our format, and not needed any more."""
    cookie = SessionCookie("a new key of 32 octets or more!!", readers=[make(KEY)])
    for header in (f"session={old}", f"session=junk; session={old}; a=b"):
        session = cookie.open(header)
        assert session == CONTENT
        written = [value for name, value in cookie.save(session) if name == "Set-Cookie"]
        pair = written[0].split(";")[0]
        assert SessionCookie("a new key of 32 octets or more!!").open(pair) == CONTENT
        # A cookie of ours has precedence over one that is left.
        session["user"] = "new"
        newer = cookie.save(session)[0][1].split(";")[0]
        assert cookie.open(f"session={old}; {newer}")["user"] == "new"
        assert cookie.open(f"{newer}; session={old}")["user"] == "new"
    forged = old[:-3] + "AAA"
    assert cookie.open(f"session={forged}") == {}


def test_all_libraries_can_be_left_at_once() -> None:
    readers = [make(KEY) for make, _ in READERS.values()]
    cookie = SessionCookie("a new key of 32 octets or more!!", readers=readers)
    for _, old in READERS.values():
        assert cookie.open(f"session={old}") == CONTENT


def test_a_logout_after_the_move_deletes_the_old_cookie() -> None:
    cookie = SessionCookie(
        "a new key of 32 octets or more!!", readers=[READERS["django"][0](KEY)]
    )
    session = cookie.open(f"session={DJANGO}")
    session.clear()
    headers = [value for name, value in cookie.save(session) if name == "Set-Cookie"]
    assert headers
    assert all("Max-Age=0" in header for header in headers)
