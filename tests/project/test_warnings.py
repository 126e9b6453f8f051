"""Every warning names the first line outside of the package, by every public route."""

import dataclasses
import importlib
import random
import sys
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest

import cookiecodec
from cookiecodec import (
    CookieJar,
    CookieWarning,
    Session,
    SessionCookie,
    check_cookie_header,
    delete_cookie,
    dump_cookie,
    dump_cookie_chunks,
    errors,
)

from ..support.peers import django, peer

PACKAGE = str(Path(cookiecodec.__file__).parent)
KEY = "a secret key of 32 octets or more"
LARGE = "".join(map(chr, random.Random(1).choices(range(48, 123), k=6000)))
LONG_AGO = -12_000_000_000  # before 1601
COOKIES_TXT = "exa mple.com\tTRUE\t/\tFALSE\t0\ta\tb\n"


def a_jar() -> CookieJar:
    jar = CookieJar()
    assert jar.receive("a=b\xff", "https://example.com/").accepted
    return jar


def with_json_of(domain: str) -> str:
    jar = CookieJar()
    jar.receive("a=b", "https://example.com/")
    return jar.to_json().replace("example.com", domain)


#: Each public function that warns, and how to make it.
ROUTES: "dict[str, Callable[[], object]]" = {
    "dump_cookie, rejected": lambda: dump_cookie("k", samesite="None"),
    "dump_cookie, ignored": lambda: dump_cookie("k", path="docs"),
    "dump_cookie, expires": lambda: dump_cookie("k", expires=LONG_AGO),
    "dump_cookie, size": lambda: dump_cookie("k", "x" * 5000),
    "delete_cookie": lambda: delete_cookie("__Host-k"),
    "dump_cookie_chunks": lambda: dump_cookie_chunks("__Host-k", "v"),
    "dump_cookie_chunks, expires": lambda: dump_cookie_chunks("k", "v", expires=LONG_AGO),
    "check_cookie_header": lambda: check_cookie_header("a=" + "b" * 9000),
    "check_cookie_header, count": lambda: check_cookie_header("a=b; " * 60),
    "SessionCookie": lambda: SessionCookie(KEY, name="__Host-s"),
    "SessionCookie.flask": lambda: SessionCookie.flask(KEY, name="__Secure-s"),
    "SessionCookie.save": lambda: SessionCookie(KEY).save(Session(a=LARGE)),
    "CookieJar.to_cookies_txt": lambda: a_jar().to_cookies_txt(),
    "CookieJar.from_cookies_txt": lambda: CookieJar.from_cookies_txt(COOKIES_TXT),
    "CookieJar.update": lambda: CookieJar(max_total=0).update(a_jar()),
    "CookieJar.from_json": lambda: CookieJar.from_json(with_json_of("exa mple")),
}


@dataclasses.dataclass
class Caught:
    """The file and line of one warning."""

    filename: str
    line: int


def caught(call: "Callable[[], object]") -> Caught:
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        call()
    (item,) = [item for item in found if isinstance(item.message, CookieWarning)]
    return Caught(item.filename, item.lineno)


@pytest.mark.parametrize("route", ROUTES)
def test_a_warning_points_at_the_line_of_the_caller(route: str) -> None:
    call = ROUTES[route]
    assert caught(call) == Caught(__file__, call.__code__.co_firstlineno)


def test_every_function_that_warns_has_a_route() -> None:
    """A new one is added above."""
    calls = [
        path.name
        for path in Path(PACKAGE).rglob("*.py")
        for _ in range(path.read_text("utf-8").count("errors.warn("))
    ]
    assert sorted(calls) == [
        *["_weak_keys.py", "chunks.py", "codec.py", "header_size.py", "jar.py", "jar.py"],
        *["lint.py", "lint.py", "session.py", "session.py"],
    ]


def test_names_that_clients_send_do_not_fill_the_registry_of_warnings() -> None:
    """A server deletes the cookies that it was sent: the text is the same for all."""
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        for number in range(100):
            delete_cookie(f"__Host-{number}")
    messages = [item.message for item in found]
    assert len({str(message) for message in messages}) == 1
    names = [message.name for message in messages if isinstance(message, CookieWarning)]
    assert names == [f"__Host-{number}" for number in range(100)]


def test_a_warning_of_the_wsgi_middleware_points_at_the_server() -> None:
    from cookiecodec.ext.wsgi import SessionMiddleware

    def app(environ, start_response):  # type: ignore[no-untyped-def]
        start_response("200 OK", [])
        environ["cookiecodec.session"]["a"] = LARGE
        return [b""]

    middleware = SessionMiddleware(app, SessionCookie(KEY))

    def server() -> object:
        return middleware({}, lambda *_: lambda data: None)

    assert caught(server) == Caught(__file__, server.__code__.co_firstlineno + 1)


def test_a_warning_of_the_flask_interface_points_at_flask() -> None:
    flask = peer("flask")
    extension = importlib.import_module("cookiecodec.ext.flask")
    app = flask.Flask("shop")
    app.secret_key = KEY
    app.session_interface = extension.CookieSessionInterface()
    app.add_url_rule("/", view_func=lambda: flask.session.update(a=LARGE) or "")
    found = caught(lambda: app.test_client().get("/"))
    assert found.filename == sys.modules["flask.app"].__file__


def test_a_warning_of_the_django_engine_points_at_django_or_the_view() -> None:
    django()
    override_settings = peer("django.test").override_settings
    with override_settings(SESSION_ENGINE="cookiecodec.ext.django"):
        store = importlib.import_module("cookiecodec.ext.django").SessionStore()
        store["a"] = LARGE
        assert caught(store.save).filename == __file__


def test_the_line_is_right_in_a_replaced_emit_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    """The stack level counts as in a `warnings.warn` right inside of that function."""

    def emit(warning: CookieWarning, stacklevel: int) -> None:
        warnings.warn(warning, stacklevel=stacklevel)

    monkeypatch.setattr(errors, "emit_warning", emit)
    call = ROUTES["SessionCookie.save"]
    assert caught(call) == Caught(__file__, call.__code__.co_firstlineno)
