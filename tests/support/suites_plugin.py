"""Puts this package's parts in the place of those of a framework, and of `http.cookies`.

`suites.py` loads it into the run of a framework's own tests, before these are imported.
"""

import http
import importlib
import os
import sys
from typing import Any

import cookiecodec
from cookiecodec.compat import http_cookies

sys.modules["http.cookies"] = http.cookies = http_cookies


def replace(holder: Any, name: str, ours: object) -> None:
    assert hasattr(holder, name)
    setattr(holder, name, ours)


def for_werkzeug() -> None:
    """Its two functions, with its arguments and its kind of result."""
    datastructures: Any = importlib.import_module("werkzeug.datastructures")

    def parse_cookie(header: Any = None, cls: Any = None) -> Any:
        return (cls or datastructures.MultiDict)(cookiecodec.parse_cookie_pairs(header))

    ours = {"dump_cookie": cookiecodec.dump_cookie, "parse_cookie": parse_cookie}
    for name, function in ours.items():
        side = "response" if name == "dump_cookie" else "request"
        for module in ("werkzeug.http", f"werkzeug.sansio.{side}", "werkzeug.test"):
            replace(importlib.import_module(module), name, function)


def for_flask() -> None:
    """Werkzeug's functions, and the sessions."""
    for_werkzeug()
    flask: Any = importlib.import_module("flask")
    ours: Any = importlib.import_module("cookiecodec.ext.flask")
    replace(flask.Flask, "session_interface", ours.CookieSessionInterface())


def for_starlette() -> None:
    """Its session middleware: ours with its arguments, and what they mean there."""
    sessions: Any = importlib.import_module("starlette.middleware.sessions")
    ours: Any = importlib.import_module("cookiecodec.ext.asgi")

    def middleware(
        app: Any,
        secret_key: Any,
        session_cookie: str = "session",
        max_age: "int | None" = 14 * 24 * 60 * 60,
        path: str = "/",
        same_site: Any = "lax",
        https_only: bool = False,
        domain: "str | None" = None,
        partitioned: bool = False,
    ) -> Any:
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
        return ours.SessionMiddleware(app, cookie)

    replace(sessions, "SessionMiddleware", middleware)
    replace(sessions, "Session", cookiecodec.Session)


def for_django() -> None:
    """Its engine of signed cookies and its middleware, once Django is set up."""
    settings: Any = importlib.import_module("test_sqlite")  # of Django's own runs
    settings.SESSION_ENGINE = "cookiecodec.ext.django"

    class OnImport:
        """Replaces them just before the tests of sessions are imported."""

        def find_spec(self, name: str, *_: Any) -> None:
            if name != "sessions_tests.tests":
                return
            sys.meta_path.remove(self)
            ours: Any = importlib.import_module("cookiecodec.ext.django")
            sessions = "django.contrib.sessions"
            engine: Any = importlib.import_module(f"{sessions}.backends.signed_cookies")
            middleware: Any = importlib.import_module(f"{sessions}.middleware")
            replace(engine, "SessionStore", ours.SessionStore)
            replace(middleware, "SessionMiddleware", ours.SessionMiddleware)

    sys.meta_path.insert(0, OnImport())


def for_webob() -> None:
    """WebOb has a codec of its own. Its reader is replaced."""
    cookies: Any = importlib.import_module("webob.cookies")

    def parse_cookie(data: bytes) -> "list[tuple[bytes, bytes]]":
        pairs = cookiecodec.parse_cookie_pairs(data)
        octets = [(name.encode("latin-1", "replace"), value.encode()) for name, value in pairs]
        return [pair for pair in octets if cookies._valid_cookie_name(pair[0])]

    cookies.parse_cookie = parse_cookie


def for_itsdangerous() -> None:
    """Signatures are made and checked by our `Signer` where it has the options."""
    import itsdangerous
    import itsdangerous.serializer
    import itsdangerous.signer

    theirs = itsdangerous.Signer

    class Signer(theirs):  # type: ignore[valid-type,misc]
        """The interface of itsdangerous around our signer of the same options."""

        def ours(self, value: Any) -> Any:
            """None for what our `Signer` refuses: other separators, algorithms, octets."""
            if type(self.algorithm) is not itsdangerous.HMACAlgorithm or self.sep != b".":
                return None
            try:
                digest = self.algorithm.digest_method().name
                *older, newest = self.secret_keys
                itsdangerous.want_bytes(value).decode()
                return cookiecodec.Signer(
                    newest, salt=self.salt, fallbacks=older, digest=digest,
                    key_derivation=self.key_derivation, timed=False, compress=False,
                )  # fmt: skip
            except (TypeError, ValueError):
                return None

        def sign(self, value: Any) -> bytes:
            ours = self.ours(value)
            if ours is None:
                return bytes(super().sign(value))
            return bytes(ours.sign(itsdangerous.want_bytes(value).decode()).encode())

        def unsign(self, signed_value: Any) -> bytes:
            ours = self.ours(signed_value)
            if ours is None:
                return bytes(super().unsign(signed_value))
            try:
                return bytes(ours.unsign(signed_value).encode())
            except cookiecodec.BadSignature:
                signed = itsdangerous.want_bytes(signed_value)
                if b"." not in signed:
                    raise itsdangerous.BadSignature("No b'.' found in value") from None
                value, signature = signed.rsplit(b".", 1)
                message = f"Signature {signature!r} does not match"
                raise itsdangerous.BadSignature(message, payload=value) from None

    for module in (itsdangerous, itsdangerous.signer, itsdangerous.serializer):
        setattr(module, "Signer", Signer)  # noqa: B010
    itsdangerous.serializer.Serializer.default_signer = Signer
    itsdangerous.TimestampSigner.__bases__ = (Signer,)


adapter = globals().get("for_" + os.environ.get("COOKIECODEC_SUITE", "").lower())
if adapter is not None:
    adapter()
