"""The Django session engine, with Django's middleware and test client."""

import asyncio
import copy
import datetime
import io
import pickle
import time
from typing import Any

import pytest

from cookiecodec import CookieError, CookieSizeWarning, SessionCookie, dump_cookie_chunks

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


# --- the middleware: every cookie of the name, chunks, Vary ----------------------------------

OURS = ["cookiecodec.ext.django.SessionMiddleware"]


@pytest.fixture(name="middleware")
def _our_middleware() -> Any:
    with override(MIDDLEWARE=OURS):
        yield


def token_of(user: str, moment: "float | None" = None) -> str:
    """Return the cookie of a session that was signed at *moment*."""
    with pytest.MonkeyPatch.context() as patch:
        if moment is not None:
            patch.setattr(time, "time", lambda: moment)
        session = engine.SessionStore()
        session["user"] = user
        session.save()
        return str(session.session_key)


def answer_to(cookie: str, path: str = "/") -> Any:
    return test.Client().get(path, HTTP_COOKIE=cookie)


JUNK = ["junk", "x" * 4000, "a.b." + "c" * 43, '"', "", "." * 50, "é" * 60]


@pytest.mark.usefixtures("middleware")
@pytest.mark.parametrize("junk", JUNK)
def test_a_planted_cookie_locks_nobody_out_and_deletes_nothing(junk: str) -> None:
    """Browsers send the one that was planted last last, and Django keeps the last one."""
    good = f"sessionid={token_of('a')}"
    planted = "; ".join([f"sessionid={junk}"] * 20)
    for cookie in (f"{good}; {planted}", f"{planted}; {good}", f"{planted}; {good}; {planted}"):
        answer = answer_to(cookie)
        assert answer.content == b"a"
        assert not answer.cookies
        assert answer.headers["Vary"] == "Cookie"
    answer = answer_to(planted)
    assert answer.content == b"nobody"
    assert not junk or answer.cookies["sessionid"]["max-age"] == 0


@pytest.mark.parametrize("content", [[1], None, "text"])
def test_what_is_not_a_dict_is_not_a_session(content: Any) -> None:
    token = engine.SessionStore().cookie._signer.dumps(content)
    assert answer_to(f"sessionid={token}").content == b"nobody"


@pytest.mark.usefixtures("middleware")
def test_the_newest_cookie_counts_and_logout_deletes_both() -> None:
    """For example, after SESSION_COOKIE_DOMAIN was set: the older host-only one is left."""
    now = int(time.time())
    old, new = (f"sessionid={token_of(user, now - age)}" for user, age in (("a", 50), ("b", 9)))
    for cookie in (f"{old}; {new}", f"{new}; {old}"):
        assert answer_to(cookie).content == b"b"
        with override(SESSION_COOKIE_DOMAIN="example.com", SESSION_COOKIE_SECURE=True):
            answer = answer_to(cookie, "/logout")
        gone = [morsel.OutputString() for morsel in answer.cookies.values()]
        assert len(gone) == 2
        assert all("Max-Age=0" in each and each.startswith("sessionid=") for each in gone)
        assert sorted("Domain=example.com" in each for each in gone) == [False, True]
        assert answer.headers["Vary"] == "Cookie"
        assert len(answer_to(cookie, "/logout").cookies) == 1, "no Domain, so no twin"
    with override(SESSION_COOKIE_DOMAIN="example.com"):
        assert len(answer_to(new, "/logout").cookies) == 1


@pytest.mark.usefixtures("middleware")
def test_an_expired_cookie_does_not_hide_a_good_one() -> None:
    now = int(time.time())
    session = engine.SessionStore()
    session["user"] = "remembered"
    session.set_expiry(datetime.timedelta(days=400))
    session.save()
    expired = token_of("a", now - 15 * 86400)
    assert answer_to(f"sessionid={expired}").content == b"nobody"
    answer = answer_to(f"sessionid={session.session_key}; sessionid={expired}")
    assert answer.content == b"remembered"


@pytest.mark.usefixtures("middleware")
def test_a_session_that_a_fallback_key_verified_is_signed_again() -> None:
    cookie = f"sessionid={token_of('a')}"
    with override(SECRET_KEY="new", SECRET_KEY_FALLBACKS=[KEY]):
        answer = answer_to(cookie)
        assert answer.content == b"a"
        again = answer.cookies["sessionid"].value
        assert not answer_to(f"sessionid={again}").cookies
    with override(SECRET_KEY="new"):
        assert answer_to(f"sessionid={again}").content == b"a"


def test_the_middleware_passes_other_engines_by() -> None:
    with override(
        MIDDLEWARE=OURS, SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies"
    ):
        client = browser()
        client.get("/login/a")
        assert client.get("/").content == b"a"
    answer = http.HttpResponse()
    instance = engine.SessionMiddleware(lambda request: answer)
    assert instance.process_response(http.HttpRequest(), answer) is answer


def test_several_cookie_lines_are_read_under_asgi(middleware: Any) -> None:
    """Releases before 6.0 join them with a comma in META."""
    good = token_of("a").encode()
    headers = [(b"cookie", b"theme=dark"), (b"cookie", b"sessionid=" + good)]
    request = test.AsyncRequestFactory()._base_scope(path="/")
    request["headers"] = [*request["headers"], *headers]
    asgi = peer("django.core.handlers.asgi").ASGIRequest(request, io.BytesIO())
    instance = engine.SessionMiddleware(lambda request: http.HttpResponse())
    instance.process_request(asgi)
    assert asgi.session["user"] == "a"


LARGE = NOISE[:6000]


def large(request: Any) -> None:
    request.session["data"] = LARGE


def test_a_large_session_travels_in_chunks(middleware: Any) -> None:
    with override(SESSION_COOKIE_CHUNKED=True, SESSION_COOKIE_SAMESITE="Strict"):
        client = browser()
        client.get("/login/a")
        assert {name for name in client.cookies if client.cookies[name].value} == {"sessionid"}
        ACTS.append(large)
        answer = client.get("/act")
        chunks = [name for name in answer.cookies if answer.cookies[name].value]
        assert chunks == ["sessionid.0", "sessionid.1"]
        assert answer.cookies["sessionid"]["max-age"] == 0, "the plain one is left over"
        for name in chunks:
            text = answer.cookies[name].OutputString()
            assert len(text) <= 4093
            for part in (
                "Max-Age=1209600",
                "HttpOnly",
                "Path=/",
                "SameSite=Strict",
                "Expires=",
            ):
                assert part in text
        assert answer.headers["Vary"] == "Cookie"
        sent = "; ".join(f"{name}={answer.cookies[name].value}" for name in chunks)
        assert answer_to(sent).content == b"a"
        assert not answer_to(sent).cookies
        assert answer_to(f"sessionid.0=x; sessionid.1=y; {sent}; sessionid=z").content == b"a"
        ACTS.append(lambda request: request.session.pop("data") and "")
        shrunk = answer_to(sent, "/act").cookies
        assert shrunk["sessionid"].value
        assert shrunk["sessionid.0"]["max-age"] == shrunk["sessionid.1"]["max-age"] == 0
        for cookie in (sent, f"sessionid={token_of('a')}"):
            gone = answer_to(cookie, "/logout").cookies
            expected = {"sessionid", *(f"sessionid.{index}" for index in range(10))}
            assert set(gone) == expected, "all that another response may have set"
            assert {gone[name]["max-age"] for name in gone} == {0}
        ACTS.append(lambda request: request.session.update({"data": NOISE[:12000]}))
        with pytest.raises(CookieError):
            client.get("/act")
        assert answer_to("sessionid.0=left-over", "/static-page").cookies == {}
        assert answer_to("sessionid.0=left-over").content == b"nobody"
    assert answer_to(sent).content == b"nobody", "chunks are off"


@pytest.mark.usefixtures("middleware")
def test_a_login_that_reads_nothing_deletes_the_chunks_of_the_session_before() -> None:
    """`flush` empties the session without loading it."""
    with override(SESSION_COOKIE_CHUNKED=True, SESSION_COOKIE_SAMESITE="Strict"):
        client = browser()
        doing(client, lambda request: request.session.update({"data": NOISE[:5000]}))
        sent = "; ".join(f"{name}={each.value}" for name, each in client.cookies.items())
        answer = answer_to(sent, "/login/b")
        assert answer.cookies["sessionid"].value
        assert answer.cookies["sessionid.0"]["max-age"] == 0
        assert answer.cookies["sessionid.1"]["max-age"] == 0


def test_every_cookie_that_is_set_varies(middleware: Any) -> None:
    with override(SESSION_SAVE_EVERY_REQUEST=True):
        answer = answer_to(f"sessionid={token_of('a')}", "/static-page")
        assert answer.cookies
        assert answer.headers["Vary"] == "Cookie", "Django 4.2 has none"
    untouched = answer_to(f"sessionid={token_of('a')}", "/static-page")
    assert not untouched.has_header("Vary")


@pytest.mark.usefixtures("middleware")
@pytest.mark.parametrize(
    "read",
    [
        lambda s: s.session_key,
        lambda s: s.is_empty(),
        lambda s: s.get("x"),
        lambda s: "x" in s,
        lambda s: list(s.keys()),
        lambda s: s.get_expiry_age(),
        lambda s: s.has_key("x"),
    ],
)
def test_each_way_to_read_is_an_access(read: Any) -> None:
    for cookie in ("", f"sessionid={token_of('a')}"):
        ACTS.append(lambda request: read(request.session))
        assert answer_to(cookie, "/act").headers["Vary"] == "Cookie"


def test_the_session_key_is_what_the_documentation_says() -> None:
    session: Any = engine.SessionStore()
    session.create()
    assert session.session_key is None
    session["user"] = "a"
    session.save()
    first = str(session.session_key)
    assert len(first) > 40
    session["user"] = "b"
    session.save()
    assert session.session_key != first


# --- any number of cookies ------------------------------------------------------------------


def sent_by(response: Any) -> "list[str]":
    """Return what Django's handlers write."""
    lines = [morsel.OutputString() for morsel in response.cookies.values()]
    assert lines == [morsel.output(header="").strip() for morsel in response.cookies.values()]
    return lines


def test_any_number_of_cookies_can_be_set() -> None:
    response = http.HttpResponse(headers={"Vary": "Accept"})
    response.set_cookie("own", "of Django")
    engine.set_cookie(response, "a", "ä; 1", max_age=5, secure=True, samesite="none")
    engine.set_cookie(response, "b", "2", partitioned=True)
    engine.set_cookie(response, "a", "host", path="/x")
    engine.set_cookie(response, "a", "domain", domain="example.com")
    engine.set_cookie(response, "a", "again", path="/x")
    engine.set_cookie(response, "b", "plain", secure=True)
    names = [line.split(";")[0] for line in sent_by(response)]
    assert names[0] == 'own="of Django"'
    assert names[1:] == [r'a="\303\244\073 1"', "b=2", "a=again", "a=domain", "b=plain"]
    first = response.cookies["a"]
    assert (first.value, first["max-age"], first["secure"], first["samesite"]) == (
        *("ä; 1", 5),
        *(True, "None"),
    )
    assert response.headers["Vary"] == "Accept"
    with pytest.raises(CookieError):
        engine.set_cookie(response, "a b")


def test_header_lines_are_added_and_vary_is_merged() -> None:
    cookie = SessionCookie(KEY, name="sid")
    session = cookie.open(None)
    session["user"] = 42
    for own, merged in (("Accept", "Accept, Cookie"), ("cookie", "cookie"), ("*", "*")):
        response = http.HttpResponse(headers={"Vary": own})
        engine.add_headers(response, cookie.save(session))
        assert response.headers["Vary"] == merged
        assert cookie.open(sent_by(response)[0].split(";")[0]) == {"user": 42}
    chunks = dump_cookie_chunks("cart", LARGE)
    engine.add_headers(response, [("Set-Cookie", header) for header in chunks])
    assert sent_by(response)[1:] == chunks


def test_the_test_client_sends_them_back() -> None:
    client = test.Client()

    def respond(request: Any) -> Any:
        response = http.HttpResponse(request.COOKIES.get("a", "none"))
        engine.set_cookie(response, "a", "1 2;")
        engine.set_cookie(response, "b", "x")
        return response

    client.handler._middleware_chain = respond
    assert client.get("/").content == b"none"
    assert client.get("/").content.decode() == "1 2;"
    assert client.cookies["b"].value == "x"


def test_a_response_with_such_cookies_can_be_cached_and_copied() -> None:
    """The middleware of Django's cache pickles responses."""
    response = http.HttpResponse()
    engine.set_cookie(response, "a", "v", samesite="Lax", partitioned=True)
    expected = sent_by(response)
    for twin in (pickle.loads(pickle.dumps(response)), copy.deepcopy(response.cookies)):
        assert [
            each.OutputString() for each in getattr(twin, "cookies", twin).values()
        ] == expected


def test_the_newest_of_several_signed_cookies_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    values = []
    for age, value in ((50, "old"), (5, "new")):
        monkeypatch.setattr(time, "time", lambda age=age: NOW - age)
        response = http.HttpResponse()
        engine.set_signed_cookie(response, "basket", value)
        values.append(f"basket={response.cookies['basket'].value}")
    monkeypatch.setattr(time, "time", lambda: NOW)
    for cookie in ("; ".join(values), "; ".join(reversed(values)), values[1] + "; basket=junk"):
        request = test.RequestFactory().get("/", HTTP_COOKIE=cookie)
        assert engine.get_signed_cookie(request, "basket") == "new"
        assert engine.get_signed_cookie(request, "basket", max_age=9) == "new"
        assert engine.get_signed_cookie(request, "basket", 7, max_age=4) == 7
    with pytest.raises(ValueError, match="max_age"):
        engine.get_signed_cookie(request, "basket", max_age=-1)
