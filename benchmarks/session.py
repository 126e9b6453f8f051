"""How long a session takes, as a ratio against Flask's own interface.

    python benchmarks/session.py            # the table of benchmarks/README.md
    python benchmarks/session.py --quick    # coarser, in a second

Each row opens the session of the same cookie, reads it, changes it or not, and saves it.
The time that Flask needs to make the request and the response objects, for itself and for
our interface, is taken off both. Whole requests are measured with nothing taken off: an
application of each framework, called by its protocol, with a view that reads or writes.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import io
import platform
from typing import Any

import flask
from flask.sessions import SecureCookieSessionInterface

from _timing import Call, best, head, row
from cookiecodec import SessionCookie
from cookiecodec.ext.flask import CookieSessionInterface

KEY = "a secret key of 32 octets or more"
SESSIONS: dict[str, dict[str, Any]] = {
    "small": {"user_id": 42, "name": "Müller", "csrf": "5d41402abc4b2a76"},
    "with a cart": {"user_id": 42, "name": "Müller", "cart": [{"id": n} for n in range(5)]},
}


def in_flask(app: flask.Flask, interface: Any, pair: str, change: bool) -> Call:
    environ = {
        "HTTP_COOKIE": pair,
        "REQUEST_METHOD": "GET",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "wsgi.url_scheme": "http",
    }

    def call() -> None:
        request, response = app.request_class(environ), app.response_class()
        session = interface.open_session(app, request)
        session.accessed = True
        session["user_id"]
        if change:
            session["user_id"] = 7
        interface.save_session(app, session, response)

    return call


def alone(which: SessionCookie, pair: str, change: bool) -> Call:
    def call() -> None:
        session = which.open(pair)
        session["user_id"]
        if change:
            session["user_id"] = 7
        which.save(session)

    return call


def compare(name: str, content: dict[str, Any], rounds: int) -> None:
    app = flask.Flask("benchmark")
    app.secret_key = KEY
    which, bound = SessionCookie.flask(KEY), SessionCookie(KEY)
    pairs = []
    for cookie in (which, bound):
        session = cookie.open(None)
        session.update(content)
        pairs.append(cookie.save(session)[0][1].split(";")[0])
    theirs, ours = SecureCookieSessionInterface(), CookieSessionInterface()
    with app.app_context():
        environ = {"HTTP_COOKIE": pairs[0]}
        read = theirs.open_session(app, app.request_class(environ))
        if not dict(read or {}) == content == dict(which.open(pairs[0])):
            raise AssertionError("the two do not read each other")
        for change, target in ((False, 0.5), (True, 0.6)):
            calls: dict[str, Call] = {
                "objects": lambda: (app.request_class(environ), app.response_class()),
                "Flask": in_flask(app, theirs, pairs[0], change),
                "cookiecodec interface": in_flask(app, ours, pairs[0], change),
                "cookiecodec for Flask": alone(which, pairs[0], change),
                "cookiecodec": alone(bound, pairs[1], change),
            }
            label = f"session, {name}, {'changed' if change else 'unchanged'}"
            took = best(label, calls, rounds)
            flasks = took["Flask"] - took["objects"]
            row(
                f"{name}, {'changed' if change else 'unchanged'}",
                f"{flasks * 1e6:.1f} µs",
                f"**{took['cookiecodec for Flask'] / flasks:.2f}**",
                f"**{took['cookiecodec'] / flasks:.2f}**",
                f"≤ {target}",
                f"{(took['cookiecodec interface'] - took['objects']) / flasks:.2f}",
            )


ENVIRON = {
    "REQUEST_METHOD": "GET",
    "SCRIPT_NAME": "",
    "SERVER_NAME": "localhost",
    "SERVER_PORT": "80",
    "SERVER_PROTOCOL": "HTTP/1.1",
    "wsgi.url_scheme": "http",
    "wsgi.input": io.BytesIO(),
}


def of_wsgi(app: Any, path: str, pair: str) -> Call:
    environ = {**ENVIRON, "PATH_INFO": path, "HTTP_COOKIE": pair}

    def call() -> None:
        for _ in app(dict(environ), lambda status, headers, exc_info=None: None):
            pass

    return call


def first_cookie(app: Any, path: str) -> str:
    """Return the cookie that a WSGI application sends."""
    sent: list[tuple[str, str]] = []
    environ = {**ENVIRON, "PATH_INFO": path}
    list(app(environ, lambda status, headers, exc_info=None: sent.extend(headers)))
    return dict(sent)["Set-Cookie"].split(";")[0]


def flask_requests(content: dict[str, Any]) -> dict[str, Any]:
    def build(interface: Any) -> Any:
        app = flask.Flask("benchmark")
        app.secret_key = KEY
        app.session_interface = interface
        app.add_url_rule("/login", "login", lambda: flask.session.update(content) or "")
        app.add_url_rule("/read", "read", lambda: str(flask.session["user_id"]))
        app.add_url_rule("/write", "write", lambda: flask.session.update(n=1) or "")
        return app.wsgi_app

    return {
        "framework": build(SecureCookieSessionInterface()),
        "cookiecodec": build(CookieSessionInterface()),
    }


def django_requests(content: dict[str, Any]) -> dict[str, Any]:
    """The same views in Django, whose settings are those of the whole process."""
    names = (
        "http",
        "urls",
        "conf",
        "test",
        "core.handlers.wsgi",
        "contrib.sessions.middleware",
    )
    modules: list[Any] = [importlib.import_module(f"django.{name}") for name in names]
    http, urls, conf, test, handlers, sessions = modules
    ours: Any = importlib.import_module("cookiecodec.ext.django")
    if not conf.settings.configured:
        conf.settings.configure(SECRET_KEY=KEY, ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__)
        importlib.import_module("django").setup()
    views = {
        "login": lambda request: http.HttpResponse(request.session.update(content) or ""),
        "read": lambda request: http.HttpResponse(str(request.session["user_id"])),
        "write": lambda request: http.HttpResponse(request.session.update({"n": 1}) or ""),
    }
    globals()["urlpatterns"] = [urls.path(name, view) for name, view in views.items()]
    urls.clear_url_caches()

    def build(engine: str, middleware: Any) -> Any:
        with test.override_settings(SESSION_ENGINE=engine, MIDDLEWARE=[]):
            handler = handlers.WSGIHandler()
            handler._middleware_chain = middleware(handler._get_response)
        return handler

    theirs = build(
        "django.contrib.sessions.backends.signed_cookies", sessions.SessionMiddleware
    )
    return {
        "framework": theirs,
        "cookiecodec": build("cookiecodec.ext.django", ours.SessionMiddleware),
    }


def starlette_requests(content: dict[str, Any]) -> dict[str, Any]:
    """Applications of WSGI that run one of Starlette: the same loop for both."""
    from starlette.applications import Starlette
    from starlette.middleware import Middleware
    from starlette.middleware.sessions import SessionMiddleware
    from starlette.requests import Request
    from starlette.responses import PlainTextResponse
    from starlette.routing import Route

    from cookiecodec.ext import asgi

    async def login(request: Request) -> PlainTextResponse:
        request.session.update(content)
        return PlainTextResponse()

    async def read(request: Request) -> PlainTextResponse:
        return PlainTextResponse(str(request.session["user_id"]))

    async def write(request: Request) -> PlainTextResponse:
        request.session["n"] = 1
        return PlainTextResponse()

    routes = [Route("/login", login), Route("/read", read), Route("/write", write)]

    def build(middleware: Middleware) -> Any:
        app = Starlette(routes=routes, middleware=[middleware])

        def wsgi(environ: dict[str, Any], start: Any) -> list[bytes]:
            cookie = environ.get("HTTP_COOKIE", "").encode()
            scope = {
                "type": "http",
                "method": "GET",
                "path": environ["PATH_INFO"],
                "query_string": b"",
                "headers": [(b"host", b"localhost"), (b"cookie", cookie)],
            }
            sent: list[tuple[str, str]] = []

            async def send(message: Any) -> None:
                for name, value in message.get("headers", ()):
                    sent.append((name.decode().title(), value.decode()))

            run: Any = app(scope, None, send)  # type: ignore[arg-type]
            with contextlib.suppress(StopIteration):
                run.send(None)  # nothing here waits, so no loop is needed
            start("200 OK", sent)
            return []

        return wsgi

    return {
        "framework": build(Middleware(SessionMiddleware, secret_key=KEY)),
        "cookiecodec": build(
            Middleware(asgi.SessionMiddleware, session_cookie=SessionCookie(KEY))
        ),
    }


def compare_requests(rounds: int) -> None:
    kinds = {
        "Flask": flask_requests,
        "Starlette": starlette_requests,
        "Django": django_requests,
    }
    for name, build in kinds.items():
        for size, content in SESSIONS.items():
            apps = build(content)
            for path in ("/read", "/write"):
                calls = {
                    which: of_wsgi(app, path, first_cookie(app, "/login"))
                    for which, app in apps.items()
                }
                took = best(f"request, {name}, {size}, {path[1:]}", calls, rounds)
                row(
                    f"{name}, {size}, {path[1:]}",
                    f"{took['framework'] * 1e6:.0f} µs",
                    f"**{took['cookiecodec'] / took['framework']:.2f}**",
                    "≤ 0.9" if name == "Starlette" else "",
                )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--quick", action="store_true")
    rounds = 5 if parser.parse_args().quick else 60
    bytes(2**22)  # see `signing.py`
    print(
        f"{platform.python_implementation()} {platform.python_version()}, {platform.machine()}"
    )
    print("\n### `open` and `save`: share of the time of Flask's own session interface\n")
    head(
        "session",
        "Flask",
        "`SessionCookie.flask`",
        "`SessionCookie`",
        "target",
        "`CookieSessionInterface`",
    )
    for name, content in SESSIONS.items():
        compare(name, content, rounds)
    print("\n### Whole requests: time relative to the framework's own sessions\n")
    head("request", "its own", "cookiecodec", "target")
    compare_requests(rounds)


if __name__ == "__main__":
    main()
