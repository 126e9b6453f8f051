"""Flask's sessions: the same cookies, the same configuration, in less time.

    app.session_interface = CookieSessionInterface()

is the whole change. Who is logged in stays so, in both directions.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, NamedTuple

from flask.json.provider import DefaultJSONProvider
from flask.sessions import (
    SecureCookieSessionInterface,
    SessionMixin,
    session_json_serializer,
)

from .. import tagged_json
from .._platform.crypto import DIGESTS
from ..session import Session, SessionCookie
from ._vary import with_cookie

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta

    from flask import Flask, Request, Response
    from flask.json.provider import JSONProvider

__all__ = ["CookieSessionInterface"]

SessionMixin.register(Session)


class CookieSessionInterface(SecureCookieSessionInterface):
    """For ``app.session_interface``, in place of Flask's own.

    It reads Flask's configuration (``SECRET_KEY``, ``SECRET_KEY_FALLBACKS``,
    ``SESSION_COOKIE_...``, ``PERMANENT_SESSION_LIFETIME``,
    ``SESSION_REFRESH_EACH_REQUEST``, ``MAX_COOKIE_SIZE``) when Flask does, by the
    methods that Flask has for it (``get_cookie_domain``, ``get_expiration_time``,
    ``should_set_cookie``, ...), so that a subclass may override them; and writes with
    ``app.json``. ``salt``, ``digest_method`` and ``serializer`` may be set as in Flask's
    class, tags may be registered with the latter. A subclass that signs in another way
    (``get_signing_serializer``, another ``key_derivation``, a hash that `Signer` has not)
    gets Flask's sessions, unchanged.

    More than Flask's: what is changed deep inside (``session["cart"].append(1)``) is
    saved, whatever ``modified`` is set to; of several cookies of the name the first that
    verifies counts; ``new`` is true to its name. ``flask.session`` is a
    `cookiecodec.Session`; ``session_class`` and ``Response.set_cookie`` are not asked.
    Set ``chunked = True``, on the instance or in a subclass, for sessions that are too large
    for one cookie.

    Raises `CookieError`, ValueError or TypeError at the first request for a
    configuration that can't be: a name that is no token, a negative lifetime, a text as
    ``SECRET_KEY_FALLBACKS``, each of whose letters would be a key.

    >>> import flask
    >>> app = flask.Flask("shop")
    >>> app.secret_key = "a secret key of 32 octets or more"
    >>> app.session_interface = CookieSessionInterface()
    """

    #: Whether large sessions travel in several cookies.
    chunked = False

    session_class = Session  # type: ignore[assignment] # shown, and not asked

    def open_session(self, app: Flask, request: Request) -> Any:
        """The request's session; None without a secret key, as Flask wants it."""
        if self._signs_in_another_way():
            return super().open_session(app, request)
        if not app.secret_key:
            return None
        return self._session_cookie(app, _ANY_SCOPE).open(request.environ)

    def save_session(self, app: Flask, session: Any, response: Response) -> None:
        """Add the session's headers to *response*, as `SessionCookie.save` does."""
        if hasattr(session, "_get_current_object"):  # `flask.session` itself
            session = session._get_current_object()
        if self._signs_in_another_way() or not isinstance(session, Session):
            super().save_session(app, session, response)
            return
        accessed = session.accessed
        headers = self._headers(app, session)
        session.accessed = accessed  # what decided has looked at `permanent`
        for header in headers:
            response.headers.add("Set-Cookie", header)
        if headers or accessed:
            vary = with_cookie(response.headers.getlist("Vary"))
            if vary is not None:
                response.headers["Vary"] = vary

    def _headers(self, app: Flask, session: Any) -> list[str]:
        """The Set-Cookie headers that *session* needs."""
        changed, data = self._session_cookie(app, _ANY_SCOPE)._state(session)
        if changed:
            session.modified = True
        if not dict.__len__(session):
            if not changed:
                return []
            return self._session_cookie(app, self._scope(app))._deleted(session)
        if not self.should_set_cookie(app, session):
            return []
        expires = self.get_expiration_time(app, session)
        return self._session_cookie(app, self._scope(app))._written(session, data, expires)

    def _signs_in_another_way(self) -> bool:
        """Whether a subclass has signatures made that `SessionCookie` can't make."""
        theirs = SecureCookieSessionInterface.get_signing_serializer
        return (
            type(self).get_signing_serializer is not theirs
            or self.key_derivation != "hmac"
            or _digest(self.digest_method) not in DIGESTS
        )

    def _session_cookie(self, app: Flask, scope: _Scope) -> SessionCookie:
        """The one for this configuration; keys are derived once for each."""
        writer, is_json = self._writer(app)
        signing = self._signing(app, (id(writer), is_json))
        cookie = _remembered.get((signing, scope))
        if cookie is None:
            options = {**signing._asdict(), **scope._asdict()}
            options["serializer"] = _FlaskJSON(writer) if is_json else writer
            cookie = SessionCookie.flask(**options)
            if len(_remembered) >= _MAX_REMEMBERED:
                _remembered.clear()
            _remembered[signing, scope] = cookie
        return cookie

    def _signing(self, app: Flask, writer: tuple[int, bool]) -> _Signing:
        """All that a session is read by, as it is configured now."""
        fallbacks = app.config["SECRET_KEY_FALLBACKS"] or ()
        if not isinstance(fallbacks, (str, bytes)):  # which `Signer` refuses
            fallbacks = tuple(key for key in fallbacks if key)
        return _Signing(
            app.secret_key,  # type: ignore[arg-type] # there is one
            fallbacks,
            self.get_cookie_name(app),
            app.permanent_session_lifetime,
            self.salt,
            _digest(self.digest_method),
            bool(self.chunked),
            writer,
        )

    def _writer(self, app: Flask) -> tuple[Any, bool]:
        """What decides about a session's text: a serializer, or (True) an app's JSON."""
        own = self.serializer
        if own is not session_json_serializer or len(own.order) != len(own.default_tags):
            return own, False  # another one, or tags have been registered
        return (tagged_json, False) if _is_plain(app.json) else (app.json, True)

    def _scope(self, app: Flask) -> _Scope:
        """All that its cookie is written by, as it is configured now."""
        return _Scope(
            self.get_cookie_path(app),
            self.get_cookie_domain(app) or None,
            self.get_cookie_secure(app),
            self.get_cookie_httponly(app),
            self.get_cookie_samesite(app),
            self.get_cookie_partitioned(app),
            int(app.config["MAX_COOKIE_SIZE"] or 0),
        )


class _FlaskJSON:
    """What Flask's `TaggedJSONSerializer` writes and reads, with the JSON of one app."""

    def __init__(self, provider: JSONProvider) -> None:
        self.provider = provider

    def dumps(self, obj: object) -> str:
        return self.provider.dumps(tagged_json._tag(obj), separators=(",", ":"))

    def loads(self, text: str) -> Any:
        return tagged_json._untag(self.provider.loads(text))


_default = DefaultJSONProvider.default


def _is_plain(provider: JSONProvider) -> bool:
    """Whether *provider* writes and reads as Flask's default one, and so as `tagged_json`."""
    return (
        type(provider) is DefaultJSONProvider
        and provider.sort_keys is True
        and provider.ensure_ascii is True
        and provider.default is _default
        and not vars(provider).keys() & _METHODS
    )


_METHODS = {"dumps", "loads"}


class _Signing(NamedTuple):
    """All that a session is read by."""

    secret_key: str | bytes
    fallbacks: str | bytes | tuple[str | bytes, ...]
    name: str
    lifetime: timedelta
    salt: str | bytes
    digest: str
    chunked: bool
    serializer: tuple[int, bool]  # by identity: it may have no hash, or share one


class _Scope(NamedTuple):
    """All that its cookie is written by."""

    path: str
    domain: str | None
    secure: bool
    httponly: bool
    samesite: str | None
    partitioned: bool
    max_size: int


# For reading alone: any name prefix may have it.
_ANY_SCOPE = _Scope("/", None, True, True, None, False, 0)

# Bounded, since applications may decide about names and domains by the request.
_MAX_REMEMBERED = 64
_remembered: dict[tuple[_Signing, _Scope], SessionCookie] = {}


@functools.lru_cache(maxsize=16)
def _digest(method: Callable[[], Any]) -> str:
    return str(method().name)
