"""`Vary: Cookie` for all that reads a session, also C code: with a real cache in between."""

import asyncio
import json
import threading
import time
import wsgiref.simple_server
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Callable

import pytest

from cookiecodec import Session, SessionCookie
from cookiecodec.ext import asgi, wsgi

from ..support.peers import peer
from .test_ext_wsgi import Quiet
from .test_session import KEY, NOW, cookie, saved

PUBLIC = {"Cache-Control": "public, max-age=600"}


def by_orjson(session: Any) -> bytes:
    return bytes(peer("orjson").dumps(session))


def by_msgspec(session: Any) -> bytes:
    return bytes(peer("msgspec.json").encode(session))


#: Ways to make a page of a session. None of them calls a method of an empty one, most of none.
READERS: "dict[str, Callable[[Any], object]]" = {
    "json.dumps": json.dumps,
    "json.dumps, nested": lambda session: json.dumps({"session": session}),
    "orjson": by_orjson,
    "msgspec": by_msgspec,
    "str": str,
    "an f-string": lambda session: f"{session}",
    "format": format,
    "repr": repr,
    "new": lambda session: "login first" if session.new else "welcome back",
    "signed_at": lambda session: session.signed_at is not None,
    "permanent": lambda session: session.permanent,
    "lifetime": lambda session: session.lifetime,
    "get": lambda session: session.get("user"),
    "the dict's own get": lambda session: dict.get(session, "user"),
    "the dict's own items": lambda session: list(dict.items(session)),
}


def page(reader: str, session: Any) -> bytes:
    made = READERS[reader](session)
    return made if isinstance(made, bytes) else str(made).encode()


def wsgi_app(environ: Any, start_response: Any) -> "list[bytes]":
    """`/login` logs in; every other path is the page of the reader in the query."""
    start_response("200 OK", list(PUBLIC.items()))
    if environ["PATH_INFO"] == "/static":
        return [b"the same for all"]
    if environ["PATH_INFO"] == "/login":
        environ["cookiecodec.session"]["user"] = environ["QUERY_STRING"]
        return [b""]
    return [page(environ["QUERY_STRING"].replace("%20", " "), environ["cookiecodec.session"])]


@contextmanager
def served(app: Any) -> "Iterator[str]":
    server = wsgiref.simple_server.make_server("127.0.0.1", 0, app, handler_class=Quiet)
    with server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def served_by_uvicorn(app: Any) -> "Iterator[str]":
    uvicorn = peer("uvicorn")
    config = uvicorn.Config(app, port=0, log_level="critical", lifespan="off", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


class Visitors:
    """Two visitors who are logged in and one who is not, behind one cache (RFC 9111)."""

    def __init__(self, url: str) -> None:
        cachecontrol: Any = peer("cachecontrol")
        requests = peer("requests")
        self.url = url
        self.cache = cachecontrol.cache.DictCache()
        self.adapter: Any = lambda: cachecontrol.CacheControlAdapter(self.cache)
        self.visitors: "dict[str, Any]" = {}
        for name in ("one", "two", "nobody"):
            visitor: Any = requests.Session()
            self.visitors[name] = visitor
            if name != "nobody":
                visitor.get(f"{url}/login?{name}")
            visitor.mount("http://", self.adapter())

    def get(self, name: str, path: str) -> Any:
        return self.visitors[name].get(self.url + path)

    def check(self, path: str) -> None:
        """Each sees his own page, in whatever order they come, and his own from the cache."""
        for order in (("one", "two", "nobody"), ("nobody", "one", "two")):
            self.cache.data.clear()
            pages = {name: self.get(name, path).text for name in order}
            fresh = {}
            for name in order:
                self.cache.data.clear()
                fresh[name] = self.get(name, path).text
            assert pages == fresh
            assert pages["nobody"] not in (pages["one"], pages["two"])
            assert self.get(order[-1], path).from_cache


#: What is the same for one and two: only that they are logged in.
SAME_FOR_USERS = {"new", "signed_at"}
SAME_FOR_ALL = {"permanent", "lifetime"}


@pytest.mark.interop
@pytest.mark.parametrize("reader", [name for name in READERS if name not in SAME_FOR_ALL])
def test_a_cache_never_serves_the_page_of_another_visitor(reader: str) -> None:
    """CVE-2026-27205. What reads the session in C used to leave no `Vary`."""
    page(reader, Session())  # skips without the peer
    with served(wsgi.SessionMiddleware(wsgi_app, SessionCookie(KEY))) as url:
        visitors = Visitors(url)
        visitors.check(f"/?{reader}")
        first = visitors.get("one", "/static")
        assert "Vary" not in first.headers
        assert visitors.get("two", "/static").from_cache, "a page without a session is shared"


def vary_of(headers: Any) -> "str | None":
    return next((value for name, value in headers if name.lower() == "vary"), None)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("user", [None, "alice"])
def test_each_reader_leaves_vary(reader: str, user: "str | None") -> None:
    page(reader, Session())
    which = cookie()
    held = saved(which, {"user": user} if user else {})
    started: "list[Any]" = []
    environ = {"HTTP_COOKIE": held, "PATH_INFO": "/", "QUERY_STRING": reader}
    middleware = wsgi.SessionMiddleware(wsgi_app, which)
    middleware(environ, lambda status, headers, exc_info: started.extend(headers))  # type: ignore[arg-type]
    assert vary_of(started) == "Cookie"
    assert type(environ) is dict, "PEP 3333 allows nothing else"

    async def app(scope: Any, receive: Any, send: Any) -> None:
        body = page(reader, scope["session"])
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": body})

    sent: "list[Any]" = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "headers": [(b"cookie", held.encode())]}
    asyncio.run(asgi.SessionMiddleware(app, which)(scope, None, send))  # type: ignore[arg-type]
    assert sent[0]["headers"] == [(b"vary", b"Cookie")]


def test_a_copy_of_the_environ_notes_the_access_too() -> None:
    def app(environ: Any, start_response: Any) -> "list[bytes]":
        copied = {**environ}
        start_response("200 OK", [])
        return [json.dumps(READ[0](copied)).encode()]

    READ: "list[Any]" = []
    touches: "list[Any]" = [
        lambda environ: environ["cookiecodec.session"],
        lambda environ: environ.get("cookiecodec.session"),
        lambda environ: "cookiecodec.session" in environ,
        lambda environ: environ.setdefault("cookiecodec.session", {}),
        lambda environ: environ.pop("cookiecodec.session"),
    ]
    untouched: "list[Any]" = [
        sorted,
        lambda environ: environ.get("cookiecodec.other"),
        lambda environ: environ["HTTP_COOKIE"],
        lambda environ: "a" if environ else "",
    ]
    which = cookie()
    for expected, reads in (("Cookie", touches), (None, untouched)):
        for read in reads:
            READ[:] = [read]
            started: "list[Any]" = []
            environ = {"HTTP_COOKIE": saved(which, {"user": 42})}
            middleware = wsgi.SessionMiddleware(app, which)
            middleware(environ, lambda status, headers, exc_info: started.extend(headers))  # type: ignore[arg-type]  # noqa: B023
            assert vary_of(started) == expected


def test_the_inner_of_two_middlewares_leaves_vary_and_the_outer_does_not() -> None:
    outer, inner = cookie(name="a"), cookie(name="b")
    places: "list[Any]" = []

    def app(environ: Any, start_response: Any) -> Any:
        places.extend(key.session for key in environ if hasattr(key, "session"))
        return middleware(environ, start_response)

    def innermost(environ: Any, start_response: Any) -> "list[bytes]":
        places.extend(key.session for key in environ if hasattr(key, "session"))
        return wsgi_app(environ, start_response)

    middleware = wsgi.SessionMiddleware(innermost, inner)
    environ = {"PATH_INFO": "/", "QUERY_STRING": "json.dumps"}
    stacked = wsgi.SessionMiddleware(app, outer)
    stacked(environ, lambda *_: print)
    assert [session.accessed for session in places] == [False, True]


# --- frameworks -------------------------------------------------------------------------


@pytest.mark.interop
def test_falcon_serves_each_visitor_his_own_session() -> None:
    falcon = peer("falcon")

    class Page:
        def on_get(self, req: Any, resp: Any) -> None:
            resp.set_header("Cache-Control", PUBLIC["Cache-Control"])
            if req.path == "/login":
                req.env["cookiecodec.session"]["user"] = req.query_string
            resp.media = req.env["cookiecodec.session"]

    app = falcon.App()
    app.add_route("/", Page())
    app.add_route("/login", Page())
    with served(wsgi.SessionMiddleware(app, SessionCookie(KEY))) as url:
        Visitors(url).check("/")


@pytest.mark.interop
def test_starlette_serves_each_visitor_his_own_session() -> None:
    applications, routing = peer("starlette.applications"), peer("starlette.routing")
    middleware, responses = peer("starlette.middleware"), peer("starlette.responses")

    async def login(request: Any) -> Any:
        request.session["user"] = request.url.query
        return responses.PlainTextResponse("")

    async def account(request: Any) -> Any:
        # As `request.session` was before Starlette 1.0: it marked nothing.
        return responses.JSONResponse(request.scope["session"], headers=PUBLIC)

    async def static(request: Any) -> Any:
        return responses.PlainTextResponse("the same for all", headers=PUBLIC)

    app = applications.Starlette(
        routes=[
            routing.Route("/login", login),
            routing.Route("/", account),
            routing.Route("/static", static),
        ],
        middleware=[
            middleware.Middleware(asgi.SessionMiddleware, session_cookie=SessionCookie(KEY))
        ],
    )
    with served_by_uvicorn(app) as url:
        visitors = Visitors(url)
        visitors.check("/")
        assert "Vary" not in visitors.get("one", "/static").headers
        assert visitors.get("two", "/static").from_cache


@pytest.mark.interop
@pytest.mark.filterwarnings("ignore")  # Litestar's own, about its future
def test_litestar_has_sessions() -> None:
    """Its handlers return the session itself, its routers copy their middleware, and its
    `set_session` and `clear_session` put something else in the session's place."""
    litestar: Any = peer("litestar")
    plugin = peer("litestar.middleware")
    handlers: "dict[str, Any]" = {}

    async def me(request: Any) -> "dict[str, Any]":
        return request.session  # type: ignore[no-any-return]

    async def login(request: Any) -> "dict[str, Any]":
        request.set_session({"user": request.url.query})
        return {}

    async def logout(request: Any) -> "dict[str, Any]":
        request.clear_session()
        return {}

    async def wrong(request: Any) -> "dict[str, Any]":
        request.set_session(42)
        return {}

    async def static() -> "dict[str, Any]":
        return {"the same": "for all"}

    for handler in (me, login, logout, wrong, static):
        handler.__annotations__["request"] = litestar.Request
        handler.__annotations__["return"] = dict
        header = litestar.datastructures.ResponseHeader(
            name="Cache-Control", value=PUBLIC["Cache-Control"]
        )
        handlers[handler.__name__] = litestar.get(
            f"/{handler.__name__}", response_headers=[header]
        )(handler)
    define = plugin.DefineMiddleware(
        asgi.SessionMiddleware, session_cookie=SessionCookie(KEY, clock=lambda: NOW)
    )
    router = litestar.Router("/", route_handlers=list(handlers.values()), middleware=[define])
    app = litestar.Litestar(route_handlers=[router])
    with served_by_uvicorn(app) as url:
        visitors = Visitors(url)
        visitors.check("/me")
        assert visitors.get("one", "/me").json() == {"user": "one"}
        assert "Vary" not in visitors.get("one", "/static").headers
        assert visitors.get("two", "/static").from_cache
        assert visitors.get("one", "/wrong").status_code == 500
        visitors.get("one", "/logout")
        assert not visitors.visitors["one"].cookies
        visitors.cache.data.clear()
        assert visitors.get("one", "/me").json() == {}
