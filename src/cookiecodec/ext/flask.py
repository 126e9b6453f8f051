"""Flask's sessions: the same cookies and the same configuration, in less time.

    app.session_interface = CookieSessionInterface()

This is the whole change. Users stay logged in, in both directions.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from flask.json.provider import DefaultJSONProvider
from flask.sessions import SecureCookieSessionInterface, SessionMixin, session_json_serializer

from .. import tagged_json
from .._platform.crypto import DIGESTS
from ..session import Session, SessionCookie
from ._vary import with_cookie

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask, Request, Response
    from flask.json.provider import JSONProvider

__all__ = ["CookieSessionInterface"]

SessionMixin.register(Session)


class CookieSessionInterface(SecureCookieSessionInterface):
    """A replacement for Flask's own ``app.session_interface``.

    It reads Flask's configuration (``SECRET_KEY``, ``SECRET_KEY_FALLBACKS``,
    ``SESSION_COOKIE_...``, ``PERMANENT_SESSION_LIFETIME``, ``SESSION_REFRESH_EACH_REQUEST``,
    ``MAX_COOKIE_SIZE``) when Flask does, with Flask's methods (``get_cookie_domain``,
    ``get_expiration_time``, ``should_set_cookie``, ...), so that a subclass may override
    them. It writes with ``app.json``. You may set ``salt``, ``digest_method`` and
    ``serializer`` as in Flask's class, and register tags with the latter. A subclass that
    signs in another way (``get_signing_serializer``, another ``key_derivation``, a hash that
    `Signer` does not have) gets Flask's sessions, unchanged.

    More than Flask's: a change deep inside (``session["cart"].append(1)``) is saved,
    whatever ``modified`` is set to; of several cookies of the name the first that verifies
    counts; ``new`` is reliable. ``flask.session`` is a `cookiecodec.Session`.
    ``session_class`` and ``Response.set_cookie`` are not used. Set ``chunked = True``, on
    the instance or in a subclass, for sessions that are too large for one cookie.

    Raises `CookieError`, ValueError or TypeError at the first request for an invalid
    configuration: a name that is not a token, a negative lifetime, a single text as
    ``SECRET_KEY_FALLBACKS``, each of whose letters would be a key.

    >>> import flask
    >>> app = flask.Flask("shop")
    >>> app.secret_key = "a secret key of 32 octets or more"
    >>> app.session_interface = CookieSessionInterface()
    """

    #: Whether a large session travels in several cookies.
    chunked = False

    session_class = Session  # type: ignore[assignment] # for those who look at it

    def open_session(self, app: Flask, request: Request) -> Any:
        """Return the request's session, or None without a secret key, as Flask expects."""
        if self._signs_differently():
            return super().open_session(app, request)
        if not app.secret_key:
            return None
        return self._session_cookie(app, _ANY_SCOPE).open(request.environ)

    def save_session(self, app: Flask, session: Any, response: Response) -> None:
        """Add the session's headers to *response*, as `SessionCookie.save` does."""
        if hasattr(session, "_get_current_object"):  # `flask.session` itself
            session = session._get_current_object()
        if self._signs_differently() or not isinstance(session, Session):
            super().save_session(app, session, response)
            return
        accessed = session.accessed
        headers = self._headers(app, session)
        session.accessed = accessed  # Flask's methods have looked at `permanent`
        for header in headers:
            response.headers.add("Set-Cookie", header)
        if headers or accessed:
            vary = with_cookie(response.headers.getlist("Vary"))
            if vary is not None:
                response.headers["Vary"] = vary

    def _headers(self, app: Flask, session: Any) -> list[str]:
        changed, payload = self._session_cookie(app, _ANY_SCOPE).find_change(session)
        if changed:
            session.modified = True
        if not dict.__len__(session):
            if not changed:
                return []
            return self._session_cookie(app, self._writing_options(app)).deletions(session)
        if not self.should_set_cookie(app, session):
            return []
        expires = self.get_expiration_time(app, session)
        return self._session_cookie(app, self._writing_options(app)).write(
            session, payload, expires
        )

    def _signs_differently(self) -> bool:
        theirs = SecureCookieSessionInterface.get_signing_serializer
        return (
            type(self).get_signing_serializer is not theirs
            or self.key_derivation != "hmac"
            or _digest(self.digest_method) not in DIGESTS
        )

    def _session_cookie(self, app: Flask, scope: dict[str, Any]) -> SessionCookie:
        """Return the one for this configuration. Keys are derived once for each."""
        writer, is_json = self._writer(app)
        options = {**self._reading_options(app), **scope, "serializer": writer}
        # The serializer by identity: it may have no hash, or not its own.
        key = (*list(options.values())[:-1], id(writer), is_json)
        cookie = _cache.get(key)
        if cookie is None:
            if is_json:
                options["serializer"] = _FlaskJSON(writer)
            if len(_cache) >= _CACHE_LIMIT:
                _cache.clear()
            cookie = _cache[key] = SessionCookie.flask(**options)
        return cookie

    def _reading_options(self, app: Flask) -> dict[str, Any]:
        fallbacks = app.config["SECRET_KEY_FALLBACKS"] or ()
        if not isinstance(fallbacks, (str, bytes)):  # which `Signer` refuses
            fallbacks = tuple(key for key in fallbacks if key)
        return {
            "secret_key": app.secret_key,
            "fallbacks": fallbacks,
            "name": self.get_cookie_name(app),
            "lifetime": app.permanent_session_lifetime,
            "salt": self.salt,
            "digest": _digest(self.digest_method),
            "chunked": bool(self.chunked),
        }

    def _writer(self, app: Flask) -> tuple[Any, bool]:
        """Return what writes a session's text: a serializer, or (with True) an app's JSON."""
        own = self.serializer
        if own is not session_json_serializer or len(own.order) != len(own.default_tags):
            return own, False  # another one, or tags have been registered
        return (tagged_json, False) if _is_plain(app.json) else (app.json, True)

    def _writing_options(self, app: Flask) -> dict[str, Any]:
        return {
            "path": self.get_cookie_path(app),
            "domain": self.get_cookie_domain(app) or None,
            "secure": self.get_cookie_secure(app),
            "httponly": self.get_cookie_httponly(app),
            "samesite": self.get_cookie_samesite(app),
            "partitioned": self.get_cookie_partitioned(app),
            "max_size": int(app.config["MAX_COOKIE_SIZE"] or 0),
        }


class _FlaskJSON:
    """Reads and writes as Flask's `TaggedJSONSerializer` does, with the JSON of one app."""

    def __init__(self, provider: JSONProvider) -> None:
        self.provider = provider

    def dumps(self, obj: object) -> str:
        return self.provider.dumps(tagged_json.tag(obj), separators=(",", ":"))

    def loads(self, text: str) -> Any:
        return tagged_json.untag(self.provider.loads(text))


_default = DefaultJSONProvider.default


def _is_plain(provider: JSONProvider) -> bool:
    """Whether *provider* reads and writes as Flask's default one, and so as `tagged_json`."""
    return (
        type(provider) is DefaultJSONProvider
        and provider.sort_keys is True
        and provider.ensure_ascii is True
        and provider.default is _default
        and not vars(provider).keys() & _METHODS
    )


_METHODS = {"dumps", "loads"}


# For reading only: no name prefix warns about these.
_ANY_SCOPE = {"secure": True, "httponly": True, "max_size": 0}

# Bounded, since the names and domains of an application may depend on the request.
_CACHE_LIMIT = 64
_cache: dict[tuple[Any, ...], SessionCookie] = {}


@functools.lru_cache(maxsize=16)
def _digest(method: Callable[[], Any]) -> str:
    return str(method().name)
