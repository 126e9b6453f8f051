"""A pytest plugin: cookiecodec's sessions in the place of Starlette's own.

Loaded by `session_suites.py` into the run of Starlette's own tests.
"""

import importlib
from typing import Any

import cookiecodec
from cookiecodec.ext.asgi import SessionMiddleware


def _middleware(
    app: Any,
    secret_key: Any,
    session_cookie: str = "session",
    max_age: "int | None" = 14 * 24 * 60 * 60,
    path: str = "/",
    same_site: Any = "lax",
    https_only: bool = False,
    domain: "str | None" = None,
    partitioned: bool = False,
) -> SessionMiddleware:
    """With the arguments of Starlette's middleware, and what they mean there."""
    cookie = cookiecodec.SessionCookie(
        str(secret_key),
        name=session_cookie,
        lifetime=10**9 if max_age is None else max_age,
        path=path,
        samesite=same_site,
        secure=https_only or partitioned,
        domain=domain,
        partitioned=partitioned,
    )
    return SessionMiddleware(app, cookie)


def pytest_configure() -> None:
    """Before Starlette's tests are imported."""
    theirs: Any = importlib.import_module("starlette.middleware.sessions")
    theirs.SessionMiddleware = _middleware
    theirs.Session = cookiecodec.Session
