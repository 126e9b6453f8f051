"""The Flask session interface: it replaces Flask's own, and users stay logged in."""

import base64
import datetime
import decimal
import hashlib
import json
import sys
import time
import warnings
from typing import Any

import pytest

from cookiecodec import CookieError, CookieSizeWarning, Session, SessionCookie

from ..support.peers import peer
from .test_session import KEY, NOISE, Thing

flask = peer("flask")
sessions = peer("flask.sessions")
CookieSessionInterface = peer("cookiecodec.ext.flask").CookieSessionInterface

pytestmark = pytest.mark.interop


def shop(interface: Any = None, **config: Any) -> Any:
    """Return a typical application."""
    app = flask.Flask("shop")
    app.config.update({"SECRET_KEY": KEY, "TESTING": True, **config})
    if interface is not None:
        app.session_interface = interface

    def login(user: str) -> str:
        flask.session.clear()
        flask.session["user"] = user
        flask.session.permanent = True
        flask.flash("welcome")
        return ""

    def index() -> str:
        return str(flask.session.get("user", "nobody"))

    def cart(item: str) -> Any:
        flask.session.setdefault("cart", []).append(item)
        return flask.session["cart"]

    def untouched() -> str:
        return ""

    def logout() -> str:
        flask.session.clear()
        return ""

    app.add_url_rule("/", view_func=index)
    app.add_url_rule("/login/<user>", view_func=login)
    app.add_url_rule("/cart/<item>", view_func=cart)
    app.add_url_rule("/static-page", view_func=untouched)
    app.add_url_rule("/logout", view_func=logout)
    return app


def itsdangerous_by_hand(key: str) -> Any:
    """Return Flask's signer, with a key that is not the application's."""
    return peer("itsdangerous").URLSafeTimedSerializer(
        key, salt="cookie-session", signer_kwargs={"key_derivation": "hmac"}
    )


def set_cookies(answer: Any) -> "list[str]":
    return list(answer.headers.getlist("Set-Cookie"))


def test_users_stay_logged_in_when_the_interface_changes() -> None:
    theirs, ours = shop(), shop(CookieSessionInterface())
    for first, second in ((theirs, ours), (ours, theirs)):
        pair = set_cookies(first.test_client().get("/login/müller"))[0].split(";")[0]
        client = second.test_client(use_cookies=False)
        answer = client.get("/", headers={"Cookie": pair})
        assert answer.text == "müller"
        assert set_cookies(answer)[0].startswith("session=")
        assert client.get("/", headers={"Cookie": pair + "A"}).text == "nobody"


def test_a_session_lasts_from_login_to_logout() -> None:
    client = shop(CookieSessionInterface()).test_client()
    assert client.get("/").text == "nobody"
    assert client.get("/").headers["Vary"] == "Cookie", "CVE-2023-30861"
    client.get("/login/müller")
    assert client.get("/").text == "müller"
    assert client.get("/cart/apples").json == ["apples"]
    assert client.get("/cart/pears").json == ["apples", "pears"], "pallets/flask 1983"
    with client.session_transaction() as session:
        assert isinstance(session, Session)
        assert isinstance(session, sessions.SessionMixin)
        assert session["cart"] == ["apples", "pears"]
        assert session["_flashes"] == [("message", "welcome")]
        assert session.new is False
        session["cart"].pop()
    assert client.get("/cart/plums").json == ["apples", "plums"]
    answer = client.get("/logout")
    assert "Max-Age=0" in set_cookies(answer)[0]
    assert client.get("/").text == "nobody"
    assert "Vary" not in client.get("/static-page").headers


def test_flasks_configuration_is_read_at_each_request() -> None:
    app = shop(CookieSessionInterface(), SESSION_COOKIE_SAMESITE="Strict")
    assert set_cookies(app.test_client().get("/login/a"))[0].endswith("SameSite=Strict")
    app.config.update(
        SESSION_COOKIE_NAME="__Host-sid",
        SESSION_COOKIE_SECURE=True,
        SESSION_COOKIE_PARTITIONED=True,
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=60,
    )
    client = app.test_client()
    (cookie,) = set_cookies(client.get("/login/b", base_url="https://localhost"))
    assert cookie.startswith("__Host-sid=")
    assert "; Secure; HttpOnly; Path=/; SameSite=Strict; Partitioned" in cookie
    assert set_cookies(client.get("/", base_url="https://localhost")) == []
    app.secret_key = "another"
    assert client.get("/", base_url="https://localhost").text == "nobody"
    app.config["SECRET_KEY_FALLBACKS"] = [KEY]
    assert client.get("/", base_url="https://localhost").text == "b"


def test_a_subclass_can_override_the_methods_of_flask() -> None:
    class PerHost(CookieSessionInterface):  # type: ignore[misc, valid-type]
        salt = "shop"
        digest_method = staticmethod(hashlib.sha512)

        def get_cookie_name(self, app: Any) -> str:
            host = flask.request.host.partition(".")[0]
            return f"session_{host}"

        def get_expiration_time(self, app: Any, session: Any) -> Any:
            return datetime.datetime(2030, 1, 1)

        def should_set_cookie(self, app: Any, session: Any) -> bool:
            return "user" in session and session.modified is True

    client = shop(PerHost()).test_client()
    (cookie,) = set_cookies(client.get("/login/a", base_url="http://one.example"))
    assert cookie.startswith("session_one=")
    assert "Expires=Tue, 01 Jan 2030 00:00:00 GMT" in cookie
    which = SessionCookie.flask(KEY, name="session_one", salt="shop", digest="sha512")
    assert which.open(cookie.split(";")[0])["user"] == "a"
    assert client.get("/", base_url="http://two.example").text == "nobody"
    assert set_cookies(client.get("/cart/a", base_url="http://two.example")) == []


def test_the_json_provider_of_the_application_is_used() -> None:
    """With any `app.json` or serializer, the bytes are the same as from Flask's interface."""

    class Provider(peer("flask.json.provider").DefaultJSONProvider):  # type: ignore[misc]
        @staticmethod
        def default(value: Any) -> Any:
            return "a thing" if isinstance(value, Thing) else Provider.__base__.default(value)

    class Unsorted(Provider):
        sort_keys = False
        ensure_ascii = False

    def plain(app: Any) -> None:
        pass

    def provided(app: Any) -> None:
        app.json = Provider(app)

    def unsorted(app: Any) -> None:
        app.json = Unsorted(app)

    def set_later(app: Any) -> None:
        app.json.sort_keys = False

    def by_function(app: Any) -> None:
        app.json.default = lambda value: "another thing"

    def by_method(app: Any) -> None:
        app.json.dumps = lambda obj, **options: "{}"

    def serializer(app: Any) -> None:
        app.session_interface.serializer = json

    things = {"z": 1, "a": "é", "t": (1,), "u": datetime.datetime(2020, 1, 1)}
    for change, content in (
        (plain, things),
        (provided, {**things, "x": Thing()}),
        (unsorted, {**things, "x": [Thing()]}),
        (set_later, things),
        (by_function, {"x": Thing()}),
        (by_method, things),
        (serializer, {"z": 1, "a": "é"}),
    ):
        written = []
        for interface in (CookieSessionInterface(), sessions.SecureCookieSessionInterface()):
            app = shop(interface)
            with app.test_request_context() as context:
                first = interface.open_session(app, context.request)
                assert first == {}
                change(app)
                session = interface.open_session(app, context.request)
                session.update(content)
                response = app.response_class()
                interface.save_session(app, session, response)
                (cookie,) = set_cookies(response)
                written.append(cookie.split("=")[1].split(".")[-3])
        assert written[0] == written[1]


def test_values_from_the_json_provider_are_not_converted() -> None:
    """A provider may return types that JSON does not have, such as `Decimal`."""

    class Exact(peer("flask.json.provider").DefaultJSONProvider):  # type: ignore[misc]
        def loads(self, text: "str | bytes", **options: Any) -> Any:
            return super().loads(text, parse_float=decimal.Decimal, **options)

    for interface in (CookieSessionInterface(), sessions.SecureCookieSessionInterface()):
        app = shop(interface)
        app.json = Exact(app)
        client = app.test_client()
        with client.session_transaction() as session:
            session.update(price=0.1, cart=[(1, 2.5)])
        with client.session_transaction() as session:
            assert dict(session) == {"price": decimal.Decimal("0.1"), "cart": [(1, 2.5)]}


def test_a_missing_secret_key_raises_the_error_of_flask() -> None:
    app = shop(CookieSessionInterface(), SECRET_KEY=None)
    assert app.test_client().get("/").text == "nobody"
    with pytest.raises(RuntimeError, match="no secret key was set"):
        app.test_client().get("/login/a")


def test_vary_is_merged() -> None:
    app = shop(CookieSessionInterface())
    untouched = app.response_class()
    (pair, _) = SessionCookie.flask(KEY).save(Session(user="a"))
    headers = {"Cookie": pair[1].split(";")[0]}
    with app.test_request_context(headers=headers) as context:
        session = app.session_interface.open_session(app, context.request)
        for _ in range(2):
            app.session_interface.save_session(app, session, untouched)
        assert session == {"user": "a"}
    assert untouched.headers.getlist("Vary") == [], "the interface itself reads `permanent`"
    for own, merged in (("Accept", "Accept, Cookie"), ("*", "*"), ("cookie", "cookie")):
        answer = app.response_class(headers={"Vary": own})
        with app.test_request_context():
            flask.session.get("user")
            app.process_response(answer)
        assert answer.headers.getlist("Vary") == [merged]


def test_a_large_session_warns_or_is_chunked() -> None:
    interface = CookieSessionInterface()
    app = shop(interface)
    app.add_url_rule("/large", view_func=lambda: flask.session.update(data=NOISE[:6000]) or "")
    client = app.test_client()
    with pytest.warns(CookieSizeWarning, match="cookie is too large") as caught:
        client.get("/large")
    warning = caught[0].message
    assert isinstance(warning, CookieSizeWarning)
    assert [key for key, _ in warning.largest] == ["data"]
    interface.chunked = True
    client = app.test_client()
    answer = client.get("/large")
    assert [line.split("=")[0] for line in set_cookies(answer)] == ["session.0", "session.1"]
    with client.session_transaction() as session:
        assert session["data"] == NOISE[:6000]
    assert len(set_cookies(client.get("/logout"))) == 11, "each name that it can have"
    assert client.get_cookie("session.0") is None


def test_the_first_cookie_that_verifies_is_used() -> None:
    """Flask uses the first cookie, so that a planted one locks the user out."""
    app = shop(CookieSessionInterface())
    pair = set_cookies(app.test_client().get("/login/a"))[0].split(";")[0]
    client = app.test_client(use_cookies=False)
    assert client.get("/", headers={"Cookie": f"session=junk; {pair}"}).text == "a"


def test_the_message_names_a_value_that_cannot_be_saved() -> None:
    app = shop(CookieSessionInterface())
    app.add_url_rule("/bad", view_func=lambda: flask.session.update(x=[Thing()]) or "")
    with pytest.raises(TypeError, match=r'session\["x"\]\[0\] can\'t be saved'):
        app.test_client().get("/bad")


@pytest.mark.parametrize(
    ("config", "error"),
    [
        ({"SESSION_COOKIE_NAME": "a b"}, CookieError),
        ({"SESSION_COOKIE_SAMESITE": "lux"}, CookieError),
        ({"PERMANENT_SESSION_LIFETIME": -1}, ValueError),
        ({"SECRET_KEY_FALLBACKS": "old"}, TypeError),
    ],
)
def test_an_invalid_configuration_is_refused(
    config: "dict[str, Any]", error: "type[Exception]"
) -> None:
    with pytest.raises(error):
        shop(CookieSessionInterface(), **config).test_client().get("/login/a")


def test_every_configuration_that_flask_accepts_is_accepted() -> None:
    for config in (
        {"SESSION_COOKIE_DOMAIN": False},
        {"SESSION_COOKIE_DOMAIN": ""},
        {"SECRET_KEY_FALLBACKS": [None, "", "old"]},
        {"MAX_COOKIE_SIZE": False},
        {"MAX_COOKIE_SIZE": None},
        {"PERMANENT_SESSION_LIFETIME": 0},
    ):
        client = shop(CookieSessionInterface(), **config).test_client()
        (cookie,) = set_cookies(client.get("/login/a"))
        assert "Domain" not in cookie
    forged = SessionCookie.flask(" ").save(Session(user="admin"))[0][1].split(";")[0]
    careless = shop(CookieSessionInterface(), SECRET_KEY_FALLBACKS=[" "])
    client = careless.test_client(use_cookies=False)
    assert client.get("/", headers={"Cookie": forged}).text == "admin", "the key of this test"
    app = shop(CookieSessionInterface(), SECRET_KEY_FALLBACKS=[""])
    client = app.test_client(use_cookies=False)
    empty = itsdangerous_by_hand("").dumps({"user": "admin"})
    assert client.get("/", headers={"Cookie": f"session={empty}"}).text == "nobody"
    assert client.get("/", headers={"Cookie": forged}).text == "nobody"


def test_a_subclass_with_another_signer_uses_the_sessions_of_flask() -> None:
    class PerTenant(CookieSessionInterface):  # type: ignore[misc, valid-type]
        def get_signing_serializer(self, app: Any) -> Any:
            return peer("itsdangerous").URLSafeTimedSerializer("the tenant's own key")

    derived = CookieSessionInterface()
    derived.key_derivation = "django-concat"
    hashed = CookieSessionInterface()
    hashed.digest_method = hashlib.blake2b
    for interface in (PerTenant(), derived, hashed):
        client = shop(interface).test_client()
        (cookie,) = set_cookies(client.get("/login/a"))
        assert client.get("/").text == "a"
        pair = cookie.split(";")[0]
        for other in (CookieSessionInterface(), None):
            stranger = shop(other).test_client(use_cookies=False)
            assert stranger.get("/", headers={"Cookie": pair}).text == "nobody"


def test_hooks_are_called_when_flask_calls_them() -> None:
    """Hooks for attributes run after the view, and only if a cookie is written."""

    class Tenants(CookieSessionInterface):  # type: ignore[misc, valid-type]
        def __init__(self, prefix: str) -> None:  # doesn't call ours
            self.prefix = prefix

        def get_cookie_path(self, app: Any) -> str:
            return f"{self.prefix}{flask.request.view_args['user']}"

        def get_cookie_domain(self, app: Any) -> Any:
            return flask.request.host.partition(":")[0]

    client = shop(Tenants("/for/")).test_client()
    (cookie,) = set_cookies(client.get("/login/a", base_url="http://example.com"))
    assert "; Domain=example.com; " in cookie
    assert "; Path=/for/a" in cookie
    assert client.get("/static-page", headers={"Host": "a*b"}).status_code == 200


def test_a_tag_can_be_registered_on_the_serializer_of_flask() -> None:
    """As the documentation of `flask.json.tag` shows."""
    tags = peer("flask.json.tag")

    class Thingy(tags.JSONTag):  # type: ignore[misc, name-defined]
        __slots__ = ()
        key = " thing"

        def check(self, value: Any) -> bool:
            return isinstance(value, Thing)

        def to_json(self, value: Any) -> Any:
            return "x"

        def to_python(self, value: Any) -> Any:
            return Thing()

    interface = CookieSessionInterface()
    app = shop(interface)
    put, get = "/put", "/get"
    app.add_url_rule(put, put, lambda: flask.session.update(x=[Thing()]) or "")
    app.add_url_rule(get, get, lambda: type(flask.session["x"][0]).__name__)
    client = app.test_client()
    own = interface.serializer
    before = list(own.order), dict(own.tags)
    try:
        own.register(Thingy)
        client.get("/put")
        assert client.get("/get").text == "Thing"
    finally:
        own.order[:], own.tags = before


def test_a_serializer_may_write_different_bytes_each_time() -> None:
    """For example, one that encrypts. The cookie is sent again only after a change."""

    class Salted:
        count = 0

        @classmethod
        def dumps(cls, obj: Any) -> str:
            cls.count += 1
            return json.dumps([cls.count, obj])

        @staticmethod
        def loads(text: str) -> Any:
            return json.loads(text)[1]

    interface = CookieSessionInterface()
    interface.serializer = Salted
    client = shop(interface).test_client()
    assert set_cookies(client.get("/cart/apples"))
    assert client.get("/cart/pears").json == ["apples", "pears"]
    assert set_cookies(client.get("/")) == []


def test_each_tenant_may_have_its_own_serializer() -> None:
    """Each request creates one. They are never mixed up, even if an `id` is reused."""

    class Tenant:
        def __init__(self, name: str) -> None:
            self.name = name

        def dumps(self, obj: Any) -> str:
            return json.dumps([self.name, obj])

        def loads(self, text: str) -> Any:
            name, obj = json.loads(text)
            return obj if name == self.name else None

    class Tenants(CookieSessionInterface):  # type: ignore[misc, valid-type]
        @property
        def serializer(self) -> Any:
            return Tenant(flask.request.host)

    app = shop(Tenants())
    for number in range(200):
        base = f"http://tenant{number % 3}"
        client = app.test_client(use_cookies=False)
        pair = set_cookies(client.get("/login/a", base_url=base))[0].split(";")[0]
        headers = {"Cookie": pair}
        assert client.get("/", base_url=base, headers=headers).text == "a"
        assert client.get("/", base_url="http://other", headers=headers).text == "nobody"


def test_app_json_as_the_serializer_writes_no_tags() -> None:
    app = shop(CookieSessionInterface())
    app.json.sort_keys = False
    app.add_url_rule("/put", view_func=lambda: flask.session.update(t=(1, 2)) or "")
    written = []
    for serializer in (None, app.json):
        if serializer is not None:
            app.session_interface = CookieSessionInterface()
            app.session_interface.serializer = serializer
        cookie = set_cookies(app.test_client().get("/put"))[0].split("=")[1]
        written.append(base64.urlsafe_b64decode(cookie.split(".")[0] + "=="))
    assert written == [b'{"t":{" t":[1,2]}}', b'{"t": [1, 2]}']


def test_a_session_of_another_class_is_saved() -> None:
    class Own(CookieSessionInterface):  # type: ignore[misc, valid-type]
        def open_session(self, app: Any, request: Any) -> Any:
            return sessions.SecureCookieSession(super().open_session(app, request))

    client = shop(Own()).test_client()
    client.get("/login/a")
    assert client.get("/").text == "a"
    app = shop(CookieSessionInterface())
    with app.test_request_context():
        flask.session["user"] = "a"
        response = app.response_class()
        app.session_interface.save_session(app, flask.session, response)  # the proxy
        assert set_cookies(response)
        assert flask.session.pop("missing", default=1) == flask.session.get("x", default=1) == 1


def test_the_cache_of_configurations_is_bounded() -> None:
    cached = peer("cookiecodec.ext.flask")._cache
    app = shop(CookieSessionInterface())
    for number in range(200):
        app.config["SESSION_COOKIE_NAME"] = f"s{number}"
        assert app.test_client().get("/login/a").status_code == 200
        assert len(cached) <= 64
    assert set(vars(app.session_interface)) == set()


def test_expiry_follows_the_clock_of_flask(monkeypatch: pytest.MonkeyPatch) -> None:
    """Applications freeze `time.time` in their tests."""
    app = shop(CookieSessionInterface(), PERMANENT_SESSION_LIFETIME=60)
    client = app.test_client(use_cookies=False)
    pair = set_cookies(client.get("/login/a"))[0].split(";")[0]
    later = time.time() + 62
    monkeypatch.setattr(time, "time", lambda: later)
    assert client.get("/", headers={"Cookie": pair}).text == "nobody"


@pytest.mark.parametrize("missing", ["SECRET_KEY_FALLBACKS", "SESSION_COOKIE_PARTITIONED"])
def test_configuration_that_an_older_flask_does_not_have_may_be_missing(missing: str) -> None:
    """Flask 2.3 and 3.0 have neither."""
    app = shop(CookieSessionInterface())
    app.config.pop(missing, None)
    client = app.test_client()
    client.get("/login/a")
    assert client.get("/").text == "a"
    app.config[missing] = [KEY] if missing == "SECRET_KEY_FALLBACKS" else True
    if missing == "SECRET_KEY_FALLBACKS":
        app.secret_key = "new"
    assert client.get("/").text == "a"
    (cookie,) = set_cookies(client.get("/login/b"))
    assert ("Partitioned" in cookie) is (missing == "SESSION_COOKIE_PARTITIONED")


@pytest.mark.parametrize("form", [bytes, bytearray, memoryview])
def test_keys_and_the_salt_may_be_any_kind_of_octets(form: Any) -> None:
    key = KEY.encode()
    client = shop(CookieSessionInterface()).test_client()
    client.get("/login/a")
    for config in ({"SECRET_KEY": form(key)}, {"SECRET_KEY_FALLBACKS": [form(key)]}):
        interface = CookieSessionInterface()
        interface.salt = form(b"cookie-session")
        app = shop(interface, **{"SECRET_KEY": "new", **config})
        other = app.test_client(use_cookies=False)
        pair = f"session={client.get_cookie('session').value}"
        assert other.get("/", headers={"Cookie": pair}).text == "a"
    app = shop(CookieSessionInterface(), SECRET_KEY_FALLBACKS=form(key))
    with pytest.raises(TypeError, match="iterable of keys"):
        app.test_client().get("/")


@pytest.mark.parametrize("nothing", [None, False, ""])
def test_every_way_to_say_no_samesite_is_understood(nothing: Any) -> None:
    app = shop(CookieSessionInterface(), SESSION_COOKIE_SAMESITE=nothing)
    (cookie,) = set_cookies(app.test_client().get("/login/a"))
    assert "SameSite" not in cookie


def test_the_text_of_the_cache_does_not_show_the_keys() -> None:
    module = peer("cookiecodec.ext.flask")
    module._cache.clear()
    app = shop(CookieSessionInterface(), SECRET_KEY="T0p", SECRET_KEY_FALLBACKS=["0lder"])
    app.test_client().get("/login/a")
    assert module._cache
    shown = repr(module._cache) + str(module._cache) + repr(list(module._cache))
    assert "T0p" not in shown
    assert "0lder" not in shown


DEEP = {
    "n": 1,
    "cart": [{"id": 1, "size": 1.5, "gift": True}, [None, "x"], (1, 2)],
    "octets": b"\0",
}


@pytest.mark.parametrize("extra", [{}, {"when": datetime.datetime(2020, 1, 1)}])
def test_a_change_at_any_depth_is_saved_and_nothing_else_is(extra: "dict[str, Any]") -> None:
    """With content whose snapshot can be taken, and with some whose can't."""
    app = shop(CookieSessionInterface())
    client = app.test_client()
    with client.session_transaction() as session:
        session.update(DEEP, **extra)
    pair = f"session={client.get_cookie('session').value}"

    def sent_after(act: Any) -> "list[str]":
        with app.test_request_context(headers={"Cookie": pair}):
            act(flask.session)
            return set_cookies(app.process_response(app.response_class()))

    for change in (
        lambda s: s["cart"][0].update(id=True),  # 1 == True == 1.0, and are not the same
        lambda s: s["cart"][0].update(size=1.25),
        lambda s: s["cart"][0].update(gift=1),
        lambda s: s["cart"][0].update(id=1.0),
        lambda s: s["cart"][0].pop("gift"),
        lambda s: s["cart"].append(0),
        lambda s: s["cart"].__setitem__(2, [1, 2]),  # a list in the place of a tuple
        lambda s: s["cart"][1].reverse(),
        lambda s: dict.update(s._get_current_object(), cart=[]),
    ):
        assert len(sent_after(change)) == 1
    for same in (
        lambda s: s["cart"],
        lambda s: s["cart"][0].update(id=s["cart"][0].pop("id")),  # another order
        lambda s: s["cart"].__setitem__(0, dict(s["cart"][0])),
        lambda s: s["cart"][1].append(s["cart"][1].pop()),
    ):
        assert sent_after(same) == []


def test_a_deep_change_is_found_without_encoding(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that only reads a nested session does not encode it to compare."""
    client = shop(CookieSessionInterface()).test_client()
    client.get("/cart/apples")
    tagged_json = peer("cookiecodec").tagged_json
    monkeypatch.setattr(tagged_json, "tag", None)
    assert client.get("/").text == "nobody"


@pytest.mark.parametrize("item", ["", "cart/apples"])
def test_a_session_that_a_fallback_key_verified_is_signed_again(item: str) -> None:
    client = shop(CookieSessionInterface()).test_client()
    client.get(f"/{item}" if item else "/login/a")
    with client.session_transaction() as session:
        session.permanent = False
    pair = f"session={client.get_cookie('session').value}"
    app = shop(CookieSessionInterface(), SECRET_KEY="new", SECRET_KEY_FALLBACKS=[KEY])
    rotated = app.test_client(use_cookies=False)
    (again,) = set_cookies(rotated.get("/", headers={"Cookie": pair}))
    assert set_cookies(rotated.get("/", headers={"Cookie": again.split(";")[0]})) == []


def codec_shop() -> Any:
    """Return an application with our `Request` and `Response`."""
    module = peer("cookiecodec.ext.flask")
    app = shop()
    app.request_class, app.response_class = module.Request, module.Response
    return app


@pytest.mark.parametrize(
    ("header", "pairs"),
    [
        ("a=1; b=2; a=3", [("a", "1"), ("b", "2"), ("a", "3")]),
        ('a="1\\073 2"; b=x', [("a", "1; 2"), ("b", "x")]),
        ('a="1; b=2; c=3"', [("a", '"1'), ("b", "2"), ("c", '3"')]),
        ("junk; =x; a=1", [("a", "1")]),
        ("a=m\xc3\xbcller", [("a", "müller")]),
        ("", []),
    ],
)
def test_the_request_has_all_pairs(header: str, pairs: "list[tuple[str, str]]") -> None:
    app = codec_shop()
    with app.test_request_context(headers={"Cookie": header} if header else {}):
        cookies = flask.request.cookies
        assert sorted(cookies.items(multi=True)) == sorted(pairs)
        for name, value in pairs:
            assert value in cookies.getlist(name)
            assert cookies[name] == dict(reversed(pairs))[name]
        with pytest.raises(TypeError):
            cookies["new"] = "as Werkzeug's, it can't be changed"


def test_cookies_of_the_request_are_converted() -> None:
    app = codec_shop()
    with app.test_request_context(headers={"Cookie": "n=5; x=y; n=7"}):
        cookies = flask.request.cookies
        assert cookies.get("n", type=int) == 5
        assert cookies.getlist("n", type=int) == [5, 7]
        assert cookies.get("x", 1, type=int) == 1
        assert cookies is flask.request.cookies


def test_the_response_writes_the_cookies_of_werkzeug() -> None:
    app, plain = codec_shop(), shop()
    moment = datetime.datetime(2030, 1, 1, tzinfo=datetime.timezone.utc)
    for arguments in (
        {"value": "v"},
        {"value": "m ü;"},
        {"value": "v", "max_age": 60, "expires": moment, "path": "/a b", "httponly": True},
        {"value": "v", "expires": 5, "path": None, "secure": True, "samesite": "lax"},
        {"value": "v", "domain": "example.com", "max_age": datetime.timedelta(1), "expires": 0},
    ):
        written = []
        for each in (app, plain):
            with each.app_context():
                response = each.make_response("")
                response.set_cookie("k", **arguments)
                response.delete_cookie("k", "/a", secure=True)
            written.append(set_cookies(response))
        assert written[0] == written[1]
    with app.app_context():
        response = app.make_response("")
        response.set_cookie("k", "v", 5, 6, "/", None, True, True, "None", True)
        response.delete_cookie("a name of @others", samesite="Lax")
    assert set_cookies(response)[0].endswith("HttpOnly; Path=/; SameSite=None; Partitioned")
    assert set_cookies(response)[1].startswith("a name of @others=; Expires=")


def test_the_response_refuses_and_warns_at_the_line_of_the_view() -> None:
    app = codec_shop()
    line = []

    def view() -> Any:
        response = flask.make_response("")
        line.append(sys._getframe().f_lineno + 1)
        response.set_cookie("k", "x" * 100)
        with pytest.raises(CookieError):
            response.set_cookie("k", "v", domain="a\r\nb")
        return response

    app.add_url_rule("/view", view_func=view)
    for limit, warned in ((50, True), (0, False), (None, False), (4093, False)):
        app.config["MAX_COOKIE_SIZE"] = limit
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            assert len(set_cookies(app.test_client().get("/view"))) == 1
        assert [(w.filename, w.lineno) for w in caught] == [(__file__, line[-1])] * warned
