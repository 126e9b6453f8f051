"""Flask's sessions and cookies: the same cookies and configuration, in less time::

    app.session_interface = CookieSessionInterface()

This is the whole change. Users stay logged in, in both directions. `Request` and `Response`
read and write all other cookies with this package's codec. Flask 2.3 and later.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import flask
from flask.json.provider import DefaultJSONProvider
from flask.sessions import SecureCookieSessionInterface, SessionMixin, session_json_serializer
from werkzeug.utils import cached_property

from .. import codec, tagged_json
from .._platform.crypto import DIGESTS
from ..session import Session, SessionCookie
from ._vary import with_cookie

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable

    from flask import Flask
    from flask.json.provider import JSONProvider
    from werkzeug.datastructures import ImmutableMultiDict

__all__ = ["CookieSessionInterface", "Request", "Response"]

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

    def get_cookie_partitioned(self, app: Flask) -> bool:
        """Return ``SESSION_COOKIE_PARTITIONED``, which Flask has from 3.1 on."""
        return bool(app.config.get("SESSION_COOKIE_PARTITIONED"))

    def open_session(self, app: Flask, request: flask.Request) -> Any:
        """Return the request's session, or None without a secret key, as Flask expects."""
        if self._signs_differently():
            return super().open_session(app, request)
        if not app.secret_key:
            return None
        return self._session_cookie(app, _ANY_SCOPE).open(request.environ.get("HTTP_COOKIE"))

    def save_session(self, app: Flask, session: Any, response: flask.Response) -> None:
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
        fallbacks = app.config.get("SECRET_KEY_FALLBACKS") or ()  # from Flask 3.1 on
        if fallbacks and not isinstance(fallbacks, (str, *_OCTETS)):
            fallbacks = tuple([_constant(key) for key in fallbacks if key])
        writer, is_json = self._writer(app)
        key = _Configuration(
            (
                _constant(app.secret_key),
                _constant(fallbacks),  # `Signer` refuses a single key
                self.get_cookie_name(app),
                app.permanent_session_lifetime,
                _constant(self.salt),
                _digest(self.digest_method),
                bool(self.chunked),
                *scope.values(),
                # By identity: it may have no hash, or not its own.
                id(writer),
                is_json,
            )
        )
        cookie = _cache.get(key)
        if cookie is None:
            options = dict(zip((*_READING_OPTIONS, *scope), key))
            if len(_cache) >= _CACHE_LIMIT:
                _cache.clear()
            serializer = _FlaskJSON(writer) if is_json else writer
            cookie = _cache[key] = SessionCookie.flask(serializer=serializer, **options)
            cookie.takes_snapshots |= is_json
        return cookie

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
            "samesite": self.get_cookie_samesite(app) or None,
            "partitioned": self.get_cookie_partitioned(app),
            "max_size": int(app.config["MAX_COOKIE_SIZE"] or 0),
        }


class Request(flask.Request):
    """For ``app.request_class``: `cookies` holds what `parse_cookie_pairs` reads.

    It is Werkzeug's ``MultiDict`` of all pairs: ``cookies["a"]`` is the first cookie of a
    name, ``cookies.getlist("a")`` has all of them, ``cookies.get("a", type=int)`` converts.
    """

    @cached_property
    def cookies(self) -> ImmutableMultiDict[str, str]:
        """The cookies of the request, in the client's order."""
        lines = self.headers.getlist("Cookie")
        pairs = codec.parse_cookie_pairs(lines)
        return self.dict_storage_class(pairs)  # type: ignore[return-value] # as Werkzeug's


class Response(flask.Response):
    """For ``app.response_class``: its cookies are written by `dump_cookie`.

    Raises and warns as that does, at the line of the view. ``MAX_COOKIE_SIZE`` is the size
    over which it warns.

    >>> app = flask.Flask("shop")
    >>> app.request_class, app.response_class = Request, Response
    """

    def set_cookie(
        self,
        key: str,
        value: str = "",
        max_age: datetime.timedelta | int | None = None,
        expires: str | datetime.datetime | float | None = None,
        path: str | None = "/",
        domain: str | None = None,
        secure: bool = False,
        httponly: bool = False,
        samesite: Any = None,
        partitioned: bool = False,
    ) -> None:
        """Add the cookie that `dump_cookie` writes, with these arguments."""
        size, rest = int(self.max_cookie_size or 0), (samesite, partitioned)
        scope = (path, domain, secure, httponly)
        header = codec.dump_cookie(key, value, max_age, expires, *scope, True, size, *rest)
        self.headers.add("Set-Cookie", header)

    def delete_cookie(self, key: str, *args: Any, **attributes: Any) -> None:
        """Add the header of `codec.delete_cookie`, with its arguments: any name is deleted."""
        self.headers.add("Set-Cookie", codec.delete_cookie(key, *args, **attributes))


class _Configuration(tuple[Any, ...]):
    """What makes a `SessionCookie`. Its text does not show the keys."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "<configuration>"


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

_READING_OPTIONS = (
    *("secret_key", "fallbacks", "name", "lifetime"),
    *("salt", "digest", "chunked"),
)

# Bounded, since the names and domains of an application may depend on the request.
_CACHE_LIMIT = 64
_cache: dict[_Configuration, SessionCookie] = {}


@functools.lru_cache(maxsize=16)
def _digest(method: Callable[[], Any]) -> str:
    return str(method().name)


_OCTETS = (bytes, bytearray, memoryview)


def _constant(key: Any) -> Any:
    return bytes(key) if isinstance(key, _OCTETS) else key
