"""The Django session engine, with Django's middleware and test client."""

import asyncio
import datetime
import time
from typing import Any

import pytest

from cookiecodec import CookieSizeWarning

from ..support.peers import django, peer
from .test_session import KEY, NOISE, NOW, Thing

django()
http = peer("django.http")
test = peer("django.test")
urls = peer("django.urls")
engine = peer("cookiecodec.ext.django")

pytestmark = pytest.mark.interop

SETTINGS = {
    "SECRET_KEY": KEY,
    "SECRET_KEY_FALLBACKS": [],
    "SESSION_ENGINE": "cookiecodec.ext.django",
    "MIDDLEWARE": ["django.contrib.sessions.middleware.SessionMiddleware"],
    "ROOT_URLCONF": __name__,
    "USE_TZ": True,
}


def login(request: Any, user: str) -> Any:
    request.session.flush()
    request.session["user"] = user
    if "expiry" in request.GET:
        request.session.set_expiry(int(request.GET["expiry"]))
    return http.HttpResponse()


def index(request: Any) -> Any:
    return http.HttpResponse(request.session.get("user", "nobody"))


def cart(request: Any, item: str) -> Any:
    request.session.setdefault("cart", []).append(item)
    return http.HttpResponse(", ".join(request.session["cart"]))


def act(request: Any) -> Any:
    """Call the function that a test has added to `ACTS`."""
    return http.HttpResponse(str(ACTS.pop()(request)))


ACTS: "list[Any]" = []

urlpatterns = [
    urls.path("", index),
    urls.path("login/<str:user>", login),
    urls.path("cart/<str:item>", cart),
    urls.path("act", act),
    urls.path("logout", lambda request: http.HttpResponse(request.session.flush() or "")),
    urls.path("static-page", lambda request: http.HttpResponse()),
    urls.path("error", lambda request: http.HttpResponse(request.session["user"], status=500)),
]


@pytest.fixture(autouse=True)
def _settings() -> Any:
    """The settings of each test. `override` changes them."""
    with test.override_settings(**SETTINGS):
        yield


def override(**more: Any) -> Any:
    return test.override_settings(**more)


def browser(sessionid: str = "") -> Any:
    client = test.Client()
    if sessionid:
        client.cookies["sessionid"] = sessionid
    return client


def doing(client: Any, what: Any) -> "tuple[str, Any]":
    """Return the text and the session cookie of a view that calls *what*."""
    ACTS.append(what)
    answer = client.get("/act")
    return answer.content.decode(), answer.cookies.get("sessionid")


def test_a_session_lasts_from_login_to_logout() -> None:
    client = browser()
    answer = client.get("/")
    assert (answer.content, answer.headers["Vary"]) == (b"nobody", "Cookie")
    assert not answer.cookies
    cookie = client.get("/login/müller").cookies["sessionid"]
    assert cookie["max-age"] == 14 * 86400
    assert cookie["httponly"]
    assert "müller" not in cookie.value
    assert client.get("/").content.decode() == "müller"
    assert not client.get("/").cookies, "read, but not sent again"
    assert client.get("/cart/apples").cookies
    answer = client.get("/cart/pears")
    assert answer.content == b"apples, pears"
    assert answer.cookies, "a change in a nested list"
    untouched = client.get("/static-page")
    assert not untouched.cookies
    assert "Vary" not in untouched.headers
    gone = client.get("/logout").cookies["sessionid"]
    assert (gone.value, gone["max-age"]) == ("", 0)
    assert client.get("/").content == b"nobody"


@pytest.mark.parametrize("junk", ["junk", "x" * 4000, "a.b.c", "é" * 9, ".a.b.c", '"'])
def test_a_forged_cookie_opens_an_empty_session_and_is_deleted(junk: str) -> None:
    client = browser(junk)
    answer = client.get("/")
    assert (answer.status_code, answer.content) == (200, b"nobody")
    assert answer.cookies["sessionid"]["max-age"] == 0


def test_a_session_is_bound_to_its_cookie_key_and_purpose() -> None:
    first = browser()
    value = first.get("/login/a").cookies["sessionid"].value
    assert browser(value).get("/").content == b"a"
    with override(SECRET_KEY="new", SECRET_KEY_FALLBACKS=[KEY]):
        assert browser(value).get("/").content == b"a"
    with override(SECRET_KEY="new"):
        assert browser(value).get("/").content == b"nobody"
    with override(SESSION_COOKIE_NAME="other"):
        client = test.Client()
        client.cookies["other"] = value
        assert client.get("/").content == b"nobody"
    request = test.RequestFactory().get("/", HTTP_COOKIE=f"sessionid={value}")
    assert engine.get_signed_cookie(request, "sessionid") is None


def test_a_change_at_any_depth_is_saved() -> None:
    content = {"cart": [{"n": 1}], "user": "a"}
    client = browser()
    doing(client, lambda r: r.session.update(content))
    value = client.cookies["sessionid"].value
    for change in (
        lambda r: r.session["cart"][0].update(n=2),
        lambda r: r.session["cart"].append(3),
        lambda r: r.session.pop("user"),
        lambda r: r.session.__delitem__("cart"),
        lambda r: setattr(r.session, "modified", True),
        lambda r: r.session.cycle_key(),
        lambda r: r.session.clear(),
    ):
        assert doing(browser(value), change)[1] is not None
    for harmless in (
        lambda r: r.session["cart"],
        lambda r: r.session.pop("missing", None),
        lambda r: r.session.setdefault("user", 1),
        lambda r: r.session.modified,
        lambda r: dict(r.session.items()),
    ):
        assert doing(browser(value), harmless)[1] is None


def test_reading_modified_is_not_access() -> None:
    client = browser()
    client.get("/login/a")
    session = engine.SessionStore(client.cookies["sessionid"].value)
    assert not session.modified
    assert not session.accessed
    assert session["user"] == "a"
    session.accessed = False
    assert not session.modified
    assert not session.accessed


def test_set_expiry_limits_the_lifetime_on_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """In each of the forms that `set_expiry` accepts."""
    moment = [float(NOW)]
    monkeypatch.setattr(time, "time", lambda: moment[0])
    zone = datetime.timezone.utc
    absolute = datetime.datetime.fromtimestamp(NOW + 500, zone)
    long = 400 * 86400
    for use_tz in (True, False):
        for expiry, lifetime in (
            (None, 14 * 86400),
            (0, 14 * 86400),
            (100, 100),
            (long, long),
            (absolute if use_tz else absolute.astimezone().replace(tzinfo=None), 500),
        ):
            with override(USE_TZ=use_tz):
                moment[0] = NOW
                session = engine.SessionStore()
                session["user"] = "a"
                if isinstance(expiry, datetime.datetime):
                    session["_session_expiry"] = expiry.isoformat()
                else:
                    session.set_expiry(expiry)
                session.save()
                for later, alive in ((0, True), (lifetime, True), (lifetime + 1, False)):
                    moment[0] = NOW + later
                    opened = engine.SessionStore(session.session_key)
                    assert ("user" in opened) is alive
                    assert opened.is_empty() is not alive
    moment[0] = NOW
    session.save()
    moment[0] = NOW - 61
    assert engine.SessionStore(session.session_key).get("user") is None


def test_a_cookie_lasts_for_the_browser_session_or_longer() -> None:
    assert browser().get("/login/a?expiry=0").cookies["sessionid"]["max-age"] == ""
    assert browser().get("/login/a?expiry=77").cookies["sessionid"]["max-age"] == 77
    with override(SESSION_EXPIRE_AT_BROWSER_CLOSE=True):
        assert browser().get("/login/a").cookies["sessionid"]["max-age"] == ""
    with override(SESSION_SAVE_EVERY_REQUEST=True):
        client = browser()
        client.get("/login/a")
        assert client.get("/").cookies["sessionid"].value


def test_an_error_page_does_not_save_the_session() -> None:
    client = browser()
    client.get("/login/a")
    answer = client.get("/error")
    assert (answer.status_code, answer.content) == (500, b"a")
    assert not answer.cookies


def test_the_message_names_a_value_that_cannot_be_saved() -> None:
    client = browser()
    doing(client, lambda r: r.session.__setitem__("cart", [1]))

    def temporarily(request: Any) -> None:
        request.session["cart"].append(Thing())
        request.session.pop("cart")

    assert doing(client, temporarily)[1] is not None
    for change in (
        lambda r: r.session.__setitem__("cart", [1, Thing()]),
        lambda r: r.session.setdefault("cart", [1]).append(Thing()),
    ):
        with pytest.raises(TypeError, match=r'session\["cart"\]\[1\] can\'t be saved'):
            doing(browser(), change)
    client = browser()
    doing(client, lambda r: r.session.__setitem__("cart", []))
    with pytest.raises(TypeError, match=r'session\["cart"\]\[0\] can\'t be saved'):
        doing(client, lambda r: r.session["cart"].append(Thing()))


def test_a_session_that_is_too_large_warns() -> None:
    with pytest.warns(CookieSizeWarning, match="cookie is too large") as caught:
        doing(browser(), lambda r: r.session.__setitem__("data", NOISE[:5500]))
    warning = caught[0].message
    assert isinstance(warning, CookieSizeWarning)
    assert [key for key, _ in warning.largest] == ["data"]


def test_secret_key_fallbacks_must_not_be_a_string() -> None:
    with (
        override(SECRET_KEY_FALLBACKS="old"),
        pytest.raises(TypeError, match="iterable of keys"),
    ):
        browser().get("/login/a")
    with override(SECRET_KEY_FALLBACKS=None):
        assert browser().get("/login/a").cookies


def test_a_session_survives_a_change_of_use_tz() -> None:
    for before, after in ((True, False), (False, True)):
        client = browser()
        with override(USE_TZ=before):
            doing(client, lambda r: (r.session.set_expiry(datetime.timedelta(hours=1)),
                                     r.session.update({"user": "a"})))  # fmt: skip
        with override(USE_TZ=after):
            assert client.get("/").content == b"a"


def test_a_session_can_be_loaded_without_a_request() -> None:
    client = browser()
    client.get("/login/a")
    session = engine.SessionStore(client.cookies["sessionid"].value)
    assert session.load() == {"user": "a"}
    assert session.modified is False
    assert engine.SessionStore().load() == {}
    with pytest.raises(KeyError):
        session.pop("missing")
    assert session.pop("missing", 1) == 1


class Reversed:
    """A custom serializer."""

    def dumps(self, obj: Any) -> bytes:
        return repr(obj).encode()[::-1]

    def loads(self, data: bytes) -> Any:
        import ast

        return ast.literal_eval(data[::-1].decode())


def test_a_custom_serializer_is_used() -> None:
    with override(SESSION_SERIALIZER=f"{__name__}.Reversed"):
        client = browser()
        doing(client, lambda r: r.session.__setitem__("point", (1, 2)))
        assert doing(client, lambda r: r.session["point"]) == ("(1, 2)", None)
        value = client.cookies["sessionid"].value
    assert browser(value).get("/").content == b"nobody"


def test_the_other_methods_of_the_engine_work() -> None:
    async def as_coroutines() -> None:
        session = engine.SessionStore()
        await session.acreate()
        assert session.modified
        session["user"] = "a"
        session["code"] = 5
        assert await session.apop("code") == 5
        assert await session.apop("code", 6) == 6
        await session.asave()
        key = session.session_key
        assert await engine.SessionStore(key).aload() == {"user": "a"}
        await session.acycle_key()
        assert not await session.aexists(key)
        await session.adelete()
        assert session.is_empty()
        await engine.SessionStore.aclear_expired()

    asyncio.run(as_coroutines())
    assert not engine.SessionStore().exists("key")
    engine.SessionStore.clear_expired()


def test_a_signed_cookie_is_written_and_read() -> None:
    response = http.HttpResponse()
    engine.set_signed_cookie(response, "basket", ["äpfel", 3], max_age=60, secure=True)
    cookie = response.cookies["basket"]
    assert (cookie["max-age"], cookie["secure"]) == (60, True)
    engine.set_signed_cookie(response, "other", "text")

    def read(name: str = "basket", value: str = cookie.value, **more: Any) -> Any:
        header = f"{name}={value}"
        request = test.RequestFactory().get("/", HTTP_COOKIE=header)
        return engine.get_signed_cookie(request, name, **more)

    assert read() == ["äpfel", 3]
    assert read(max_age=60) == ["äpfel", 3]
    assert read("other", response.cookies["other"].value) == "text"
    assert read("other") is None, "moved from one cookie to another"
    assert read(value=cookie.value[:-1], default="none") == "none"
    assert read(value="é.\x00", default="none") == "none"
    assert engine.get_signed_cookie(test.RequestFactory().get("/"), "basket", 5) == 5
    with override(SECRET_KEY="new", SECRET_KEY_FALLBACKS=[KEY]):
        assert read() == ["äpfel", 3]
    with override(SECRET_KEY="new"):
        assert read() is None


def test_a_signed_cookie_expires(monkeypatch: pytest.MonkeyPatch) -> None:
    response = http.HttpResponse()
    engine.set_signed_cookie(response, "basket", 1)
    value, now = response.cookies["basket"].value, time.time()
    monkeypatch.setattr(time, "time", lambda: now + 62)
    request = test.RequestFactory().get("/", HTTP_COOKIE=f"basket={value}")
    assert engine.get_signed_cookie(request, "basket") == 1
    assert engine.get_signed_cookie(request, "basket", max_age=60) is None
