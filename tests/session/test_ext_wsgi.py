"""Sessions for WSGI applications."""

import copy
import enum
import io
import subprocess
import sys
import threading
import types
import urllib.error
import urllib.request
import wsgiref.handlers
import wsgiref.simple_server
import wsgiref.util
import wsgiref.validate
from collections.abc import Iterator
from typing import Any

import pytest

from cookiecodec import CookieJar, Session, SessionCookie
from cookiecodec.ext import asgi
from cookiecodec.ext._vary import with_cookie
from cookiecodec.ext.wsgi import SessionMiddleware

from ..support.peers import peer
from .test_session import KEY, NOISE, Thing, agent, cookie, request, saved


def respond(app: Any, cookie_header: str = "", path: str = "/") -> "tuple[str, Any, bytes]":
    """Return status, headers, and body. The client checks PEP 3333 on both sides."""
    environ = {"HTTP_COOKIE": cookie_header, "SCRIPT_NAME": "", "PATH_INFO": path}
    environ["QUERY_STRING"] = ""
    wsgiref.util.setup_testing_defaults(environ)
    got: "list[Any]" = []

    def start_response(status: str, headers: Any, exc_info: Any = None) -> Any:
        got[:] = [status, headers]
        return lambda data: None

    checked = wsgiref.validate.validator(app)
    body = checked(environ, start_response)
    try:
        data = b"".join(body)
    finally:
        body.close()  # type: ignore[attr-defined]
    return got[0], got[1], data


PLAIN = ("Content-Type", "text/plain")


def shop(environ: Any, start_response: Any) -> Any:
    start_response("200 OK", [PLAIN])
    if environ["PATH_INFO"] == "/static":
        return [b""]
    session = environ["cookiecodec.session"]  # to look it up is an access
    if environ["PATH_INFO"] == "/login":
        session["user"] = "müller"
    if environ["PATH_INFO"] == "/logout":
        session.clear()
    return [session.get("user", "nobody").encode()]


def test_a_session_lasts_from_login_to_logout() -> None:
    app = SessionMiddleware(shop, cookie())
    status, headers, body = respond(app)
    assert (status, headers, body) == ("200 OK", [PLAIN, ("Vary", "Cookie")], b"nobody")
    _, headers, _ = respond(app, path="/login")
    assert [name for name, _ in headers] == ["Content-Type", "Set-Cookie", "Vary"]
    pair = headers[1][1].split(";")[0]
    assert respond(app, pair)[2] == "müller".encode()
    assert respond(app, pair, "/static")[1] == [PLAIN]
    assert "Max-Age=0" in respond(app, pair, "/logout")[1][1][1]


@pytest.mark.parametrize(
    ("lines", "merged"),
    [
        ([], "Cookie"),
        ([""], "Cookie"),
        (["Accept"], "Accept, Cookie"),
        (["Accept, Origin"], "Accept, Origin, Cookie"),
        (["Accept", "Origin"], "Accept, Origin, Cookie"),
        (["Accept,,Origin,"], "Accept, Origin, Cookie"),
        (["*"], None),
        (["Accept", "*"], None),
        (["cOOKIE"], None),
        (["Accept ,Cookie"], None),
        (["Cookies"], "Cookies, Cookie"),
    ],
)
def test_vary_is_merged(lines: "list[str]", merged: "str | None") -> None:
    """RFC 9110, 12.5.5. A Vary that has Cookie or ``*`` already is not changed."""
    assert with_cookie(lines) == merged

    def app(environ: Any, start_response: Any) -> Any:
        assert environ["cookiecodec.session"] == {}
        headers = [PLAIN, *[("vARY", line) for line in lines], ("X-Last", "1")]
        start_response("200 OK", headers)
        assert len(headers) == len(lines) + 2, "the application's list is not changed"
        return [b""]

    _, headers, _ = respond(SessionMiddleware(app, cookie()))
    found = [line for line in headers if line[0].lower() == "vary"]
    assert found == ([("Vary", merged)] if merged else [("vARY", line) for line in lines])
    assert [line for line in headers if line not in found] == [PLAIN, ("X-Last", "1")]


def test_an_error_page_saves_the_session_too() -> None:
    """`start_response` is called again, with `exc_info`. The session stays the same."""

    def app(environ: Any, start_response: Any) -> Any:
        environ["cookiecodec.session"]["user"] = 42
        start_response("200 OK", [PLAIN, ("X-Good", "1")])
        environ["cookiecodec.session"]["more"] = 1
        try:
            raise KeyError
        except KeyError:
            start_response("500 Internal Server Error", [PLAIN], sys.exc_info())
        return [b"sorry"]

    def too_late(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [PLAIN])(b"sent")
        try:
            raise KeyError("from the application")
        except KeyError:
            start_response("500 Internal Server Error", [PLAIN], sys.exc_info())
        return []

    which = cookie()
    handler = wsgiref.handlers.SimpleHandler(
        io.BytesIO(), io.BytesIO(), io.StringIO(), {"SERVER_PROTOCOL": "HTTP/1.1"}
    )
    handler.run(SessionMiddleware(too_late, which))
    assert "from the application" in handler.get_stderr().getvalue()  # type: ignore[attr-defined]
    status, headers, _ = respond(SessionMiddleware(app, which))
    assert status.startswith("500")
    assert [name for name, _ in headers] == ["Content-Type", "Set-Cookie", "Vary"]
    assert which.open(headers[1][1].split(";")[0]) == {"user": 42, "more": 1}


def test_an_application_may_be_a_generator_or_call_write() -> None:
    def generator(environ: Any, start_response: Any) -> Any:
        environ["cookiecodec.session"]["user"] = 42
        start_response("200 OK", [PLAIN])
        yield b"one"
        environ["cookiecodec.session"]["late"] = True  # the headers are already sent
        yield b"two"

    def writer(environ: Any, start_response: Any) -> Any:
        environ["cookiecodec.session"]["user"] = 42
        start_response("200 OK", [PLAIN])(b"one")
        return []

    for app in (generator, writer):
        which = cookie()
        _, headers, _ = respond(SessionMiddleware(app, which))
        assert which.open(headers[1][1].split(";")[0]) == {"user": 42}


def test_access_after_start_response_is_in_vary() -> None:
    """Many applications create the body after it. A session that is read there must be in
    `Vary` too: another form of CVE-2023-30861."""

    def late(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [PLAIN])
        return [str(environ["cookiecodec.session"].get("user")).encode()]

    def late_generator(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [PLAIN])
        yield str(environ["cookiecodec.session"].get("user")).encode()

    def empty_generator(environ: Any, start_response: Any) -> Any:
        start_response("204 No Content", [])
        environ["cookiecodec.session"].get("user")
        yield from ()

    def late_writer(environ: Any, start_response: Any) -> Any:
        write = start_response("200 OK", [PLAIN])
        write(str(environ["cookiecodec.session"].get("user")).encode())
        return []

    for app in (late, late_generator, empty_generator, late_writer):
        _, headers, _ = respond(SessionMiddleware(app, cookie()), saved(cookie(), {"user": 42}))
        assert headers[-1] == ("Vary", "Cookie")


def test_the_body_is_passed_on_unchanged() -> None:
    """A `wsgi.file_wrapper` is returned as it is, and a generator is closed."""
    closed: "list[bool]" = []
    file = wsgiref.util.FileWrapper(io.BytesIO(b"data"))

    def sends_a_file(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [PLAIN])
        return file

    def generator(environ: Any, start_response: Any) -> Any:
        try:
            start_response("200 OK", [PLAIN])
            yield b"one"
            yield b"two"
        finally:
            closed.append(True)

    def start_response(status: str, headers: Any, exc_info: Any = None) -> Any:
        return lambda data: None

    assert SessionMiddleware(sends_a_file, cookie())({}, start_response) is file

    class Body:
        def __iter__(self) -> "Iterator[bytes]":
            start_response("200 OK", [PLAIN])
            yield b"one"

        def close(self) -> None:
            closed.append(True)

    def fails(environ: Any, start_response: Any) -> Any:
        environ["cookiecodec.session"]["cart"] = [Thing()]
        start_response("200 OK", [PLAIN])
        return Body()

    body: Any = SessionMiddleware(generator, cookie())({}, start_response)
    assert next(iter(body)) == b"one"
    assert not closed
    body.close()
    assert closed.pop()
    body = SessionMiddleware(lambda *_: Body(), cookie())({}, start_response)
    assert list(body) == [b"one"]
    assert closed.pop()
    with pytest.raises(TypeError):
        SessionMiddleware(fails, cookie())({}, start_response)
    assert closed.pop()


def test_a_body_is_closed_even_if_the_server_never_asks_for_it() -> None:
    """PEP 3333. For example, the client is gone. A generator that has not started runs no
    `finally`, so what waits for `close` never happened."""
    closed: "list[bool]" = []

    class Body:
        def __iter__(self) -> "Iterator[bytes]":
            raise AssertionError  # the server does not iterate

        def close(self) -> None:
            closed.append(True)

    body: Any = SessionMiddleware(lambda *_: Body(), cookie())({}, lambda *_: print)
    assert not closed
    body.close()
    body.close()
    assert closed == [True], "once"


def test_wrong_arguments_are_refused_when_the_middleware_is_made() -> None:
    """In Starlette, `session_cookie` is the cookie's name, so this is what people write."""
    app: "list[Any]" = [shop, cookie()]
    for arguments, message in (
        ((shop, "sid"), "session_cookie must be a SessionCookie(...), not str"),
        ((shop, None), "session_cookie must be a SessionCookie(...), not NoneType"),
        ((shop, SessionCookie), "session_cookie must be a SessionCookie(...), not the class"),
        ((shop, io.BytesIO()), "session_cookie must be a SessionCookie(...), not BytesIO"),
        (tuple(reversed(app)), "app must be an application, not SessionCookie"),
        ((None, cookie()), "app must be an application, not NoneType"),
    ):
        for middleware in (SessionMiddleware, asgi.SessionMiddleware):
            with pytest.raises(TypeError) as caught:
                middleware(*arguments)
            assert str(caught.value).startswith(message)


def late(environ: Any, start_response: Any) -> Any:
    session = environ["cookiecodec.session"]
    session["user"] = 42
    start_response("200 OK", [PLAIN])
    yield b"one"
    for _ in range(3):
        session["late"] = "SECRET"
    session.pop("late")
    session.setdefault("more", 1)
    session.lifetime = 60
    yield b"two"


def test_a_change_that_comes_too_late_is_logged_once_for_its_line(caplog: Any) -> None:
    """The headers have been sent, and with them the cookie."""
    app = SessionMiddleware(late, cookie())
    for _ in range(3):
        _, headers, _ = respond(app)
        assert cookie().open(headers[1][1].split(";")[0]) == {"user": 42}
    start = late.__code__.co_firstlineno
    assert [(r.name, r.levelname, r.lineno) for r in caplog.records] == [
        ("cookiecodec", "WARNING", start + line) for line in (6, 7, 8, 9)
    ]
    assert all(record.pathname == __file__ for record in caplog.records)
    text = caplog.text
    assert f"{__file__}:{start + 6} changes a session after its response has started" in text
    assert "SECRET" not in text
    assert "user" not in text


def replaced_by(replacement: Any) -> Any:
    def app(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [PLAIN])
        environ["cookiecodec.session"] = replacement
        return [b""]

    return app


class Sentinel(enum.Enum):
    """As Litestar's ``Empty``."""

    EMPTY = 0
    OTHER = 1


def test_a_mapping_in_its_place_is_the_sessions_new_content() -> None:
    which = cookie(chunked=True)
    held = agent({}, which.save(Session(data=NOISE[:5000])))
    new: "list[Any]" = [{}, {"user": 43}, types.MappingProxyType({"user": 43}), Sentinel.EMPTY]
    for replacement in new:
        _, headers, _ = respond(
            SessionMiddleware(replaced_by(replacement), which), request(held)
        )
        content = {} if replacement is Sentinel.EMPTY else dict(replacement)
        assert which.open(request(agent(held, headers))) == content
        assert headers[-1] == ("Vary", "Cookie")


def test_anything_else_in_its_place_is_an_error_before_a_header_is_sent() -> None:
    wrong: "list[Any]" = [None, 42, "user", [("user", 43)], Sentinel.OTHER, object()]
    for replacement in wrong:
        started: "list[Any]" = []
        app = SessionMiddleware(replaced_by(replacement), cookie())
        with pytest.raises(TypeError) as caught:
            app({}, lambda *arguments: started.append(arguments))  # type: ignore[arg-type]  # noqa: B023
        assert str(caught.value) == (
            'environ["cookiecodec.session"] must be a Session or a mapping, not'
            f" {type(replacement).__name__}; to log out, call the session's clear()"
        )
        assert started == []


def test_a_session_that_is_put_in_place_again_in_a_later_request_is_saved() -> None:
    which = cookie()
    kept: "list[Session]" = []

    def first(environ: Any, start_response: Any) -> Any:
        kept.append(environ["cookiecodec.session"])
        return replaced_by(kept[0])(environ, start_response)

    kept_session = respond(SessionMiddleware(first, which), saved(which, {"user": 42}))
    assert kept_session[1] == [PLAIN, ("Vary", "Cookie")]
    for _ in range(2):
        _, headers, _ = respond(SessionMiddleware(replaced_by(kept[0]), which))
        assert which.open(headers[1][1].split(";")[0]) == {"user": 42}
        kept[0]["more"] = kept[0]["user"]
        kept[0].pop("more")


def test_the_same_middleware_twice_is_one() -> None:
    which = cookie()
    app = SessionMiddleware(SessionMiddleware(shop, which), which)
    for path, lines in (("/login", 2), ("/", 1), ("/static", 0)):
        _, headers, _ = respond(app, saved(which, {"user": "x"}), path)
        assert len(headers) == 1 + lines


def test_a_second_start_response_without_exc_info_is_an_error() -> None:
    """PEP 3333: `start_response` again without `exc_info` is a fatal error."""

    def twice(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [PLAIN])
        start_response("404 Not Found", [PLAIN])
        return []

    with pytest.raises(AssertionError, match="called already"):
        SessionMiddleware(twice, cookie())({}, lambda *_: print)


def test_a_value_that_cannot_be_saved_raises_before_the_response_starts() -> None:
    def app(environ: Any, start_response: Any) -> Any:
        environ["cookiecodec.session"]["cart"] = [Thing()]
        start_response("200 OK", [PLAIN])
        return [b""]

    started: "list[Any]" = []
    with pytest.raises(TypeError) as caught:
        SessionMiddleware(app, cookie())({}, lambda *arguments: started.append(arguments))  # type: ignore[arg-type]
    assert str(caught.value).startswith('session["cart"][0] can\'t be saved')
    assert started == []


def test_a_session_can_be_replaced_by_another() -> None:
    def app(environ: Any, start_response: Any) -> Any:
        environ["cookiecodec.session"] = Session(user=43)
        start_response("200 OK", [PLAIN])
        return [b""]

    which = cookie()
    _, headers, _ = respond(SessionMiddleware(app, which), saved(which, {"user": 42}))
    assert which.open(headers[1][1].split(";")[0]) == {"user": 43}


def test_an_empty_replacement_logs_out() -> None:
    """All chunks of the old session are expired too, or they would restore it."""

    def app(environ: Any, start_response: Any) -> Any:
        environ["cookiecodec.session"] = Session(**CONTENT)
        start_response("200 OK", [PLAIN])
        return [b""]

    which = cookie(chunked=True)
    held = agent({}, which.save(Session(data=NOISE[:5000])))
    assert len(held) == 2
    for content in ({}, {"user": 43}):
        CONTENT.clear()
        CONTENT.update(content)
        _, headers, _ = respond(SessionMiddleware(app, which), request(held))
        assert which.open(request(agent(held, headers))) == content


CONTENT: "dict[str, int]" = {}


def test_the_replacement_may_be_a_copy_or_another_cookies_session() -> None:
    """Each save writes it, but only the inner middleware uses it."""

    def app(environ: Any, start_response: Any) -> Any:
        session = environ["cookiecodec.session"]
        environ["cookiecodec.session"] = OTHERS[environ["PATH_INFO"]](session, environ)
        environ["cookiecodec.session"]["more"] = 1
        start_response("200 OK", [PLAIN])
        try:
            raise KeyError
        except KeyError:
            start_response("500 Internal Server Error", [PLAIN], sys.exc_info())
        return [b""]

    which, old, outer = cookie(), cookie(name="old"), cookie(name="outer")
    held = saved(which, {"user": 42}) + "; " + saved(old, {"user": 42})
    OTHERS["/copy"] = lambda session, environ: copy.deepcopy(session)
    OTHERS["/old"] = lambda session, environ: old.open(environ)
    stacked = SessionMiddleware(SessionMiddleware(app, which), outer)
    for path in OTHERS:
        _, headers, _ = respond(stacked, held, path)
        (pair,) = [value.split(";")[0] for name, value in headers if name == "Set-Cookie"]
        assert which.open(pair) == {"user": 42, "more": 1}

    def clears(environ: Any, start_response: Any) -> Any:
        environ.clear()
        start_response("200 OK", [PLAIN])
        return [b""]

    environ: "dict[str, Any]" = {"HTTP_COOKIE": held}
    assert SessionMiddleware(clears, which)(environ, lambda *_: print) == [b""]


OTHERS: "dict[str, Any]" = {}


def test_two_middlewares_have_separate_sessions() -> None:
    def app(environ: Any, start_response: Any) -> Any:
        environ["cookiecodec.session"]["inner"] = 1
        start_response("200 OK", [PLAIN])
        return [b""]

    outer, inner = cookie(name="a"), cookie(name="b")
    stacked = SessionMiddleware(SessionMiddleware(app, inner), outer)
    _, headers, _ = respond(stacked, saved(outer, {"outer": 1}))
    (pair,) = [value.split(";")[0] for name, value in headers if name == "Set-Cookie"]
    assert inner.open(pair) == {"inner": 1}
    assert outer.open(pair).new


def test_protocol_code_imports_no_framework() -> None:
    code = """
import sys
for name in ["flask", "werkzeug", "django", "starlette", "itsdangerous"]:
    sys.modules[name] = None
import cookiecodec.ext.wsgi, cookiecodec.ext.asgi
"""
    subprocess.run([sys.executable, "-c", code], check=True)


# --- a shared cache -------------------------------------------------------------------


class Quiet(wsgiref.simple_server.WSGIRequestHandler):
    def log_message(self, *args: object) -> None:
        pass


@pytest.mark.interop
def test_a_shared_cache_never_serves_the_session_of_another_user() -> None:
    """CVE-2023-30861 (Flask before 2.3.2): a session was read or refreshed without `Vary:
    Cookie`. Here, two visitors share a cache (RFC 9111, by CacheControl). Without Vary, the
    second visitor gets the page of the first."""
    cachecontrol, requests = peer("cachecontrol"), peer("requests")

    def account(environ: Any, start_response: Any) -> Any:
        session = environ["cookiecodec.session"]
        if environ["PATH_INFO"] != "/account":
            session["user"] = environ["PATH_INFO"][1:]
            session.permanent = environ["PATH_INFO"] == "/permanent"
        headers = [PLAIN, ("Cache-Control", "public, max-age=600")]
        start_response("200 OK", headers)
        return [str(session.get("user", "nobody")).encode()]

    def careless(environ: Any, start_response: Any) -> Any:
        def start(status: str, headers: Any, exc_info: Any = None) -> Any:
            kept = [line for line in headers if line[0] != "Vary"]
            return start_response(status, kept, exc_info)

        return SessionMiddleware(account, SessionCookie(KEY))(environ, start)

    for app, expected in (
        (SessionMiddleware(account, SessionCookie(KEY)), "two"),
        (careless, "one"),
    ):
        with wsgiref.simple_server.make_server(
            "127.0.0.1", 0, app, handler_class=Quiet
        ) as server:
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            try:
                url = f"http://127.0.0.1:{server.server_port}"
                cache = cachecontrol.cache.DictCache()
                visitors = []
                for name in ("one", "two"):
                    visitor = requests.Session()
                    visitor.get(f"{url}/{name}")
                    visitor.mount("http://", cachecontrol.CacheControlAdapter(cache))
                    visitors.append(visitor)
                one, two = visitors
                assert one.get(f"{url}/account").text == "one"
                again = one.get(f"{url}/account")
                assert (again.text, again.from_cache) == ("one", True)
                assert two.get(f"{url}/account").text == expected
                assert requests.get(f"{url}/account").text == "nobody"
            finally:
                server.shutdown()
                thread.join()


def test_a_jar_keeps_the_session_of_a_real_server() -> None:
    """End to end: `SessionMiddleware`, a socket, and `CookieJar` as the browser."""
    app = SessionMiddleware(shop, SessionCookie(KEY))
    with wsgiref.simple_server.make_server("127.0.0.1", 0, app, handler_class=Quiet) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            jar, answers = CookieJar(), []
            for path in ("/", "/login", "/", "/logout", "/"):
                url = f"http://127.0.0.1:{server.server_port}{path}"
                outgoing = urllib.request.Request(
                    url, headers={"Cookie": jar.cookie_header(url)}
                )
                with urllib.request.urlopen(outgoing) as answer:
                    for line in answer.headers.get_all("Set-Cookie", []):
                        jar.receive(line, url)
                    answers.append(answer.read().decode())
            assert answers == ["nobody", "müller", "müller", "nobody", "nobody"]
            assert list(jar) == []
        finally:
            server.shutdown()
            thread.join()
