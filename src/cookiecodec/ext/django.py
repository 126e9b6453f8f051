"""Django's sessions in a signed cookie, and cookies that Django's own functions can't set::

    SESSION_ENGINE = "cookiecodec.ext.django"

and, in ``MIDDLEWARE``, ``cookiecodec.ext.django.SessionMiddleware`` in the place of Django's.
The settings are Django's own, and ``SESSION_COOKIE_CHUNKED``. Cookies of Django's
``signed_cookies`` engine are not read: their users have to log in once more. Django 4.2 and
later.
"""

from __future__ import annotations

import datetime
import functools
import time
from collections.abc import Callable, Iterable
from http import cookies
from typing import Any

from django import conf  # type: ignore[import-untyped]
from django.contrib.sessions import middleware  # type: ignore[import-untyped]
from django.contrib.sessions.backends.base import SessionBase  # type: ignore[import-untyped]
from django.utils.cache import patch_vary_headers  # type: ignore[import-untyped]
from django.utils.deprecation import MiddlewareMixin  # type: ignore[import-untyped]

from .. import codec
from .._session.payload import candidates
from ..dates import LAST_SECOND
from ..limits import MAX_NAME_VALUE
from ..session import Session, SessionCookie
from ..signing import BadSignature, Signer, check_seconds
from ._check import Log, address

__all__ = ["CookieCheck", "SessionMiddleware", "SessionStore", "add_headers",
           "get_signed_cookie", "set_cookie", "set_signed_cookie"]  # fmt: skip

_SALT = "cookiecodec.ext.django."
_SIGNATURE_SIZE = 43  # SHA-256 in base64url


def _asynchronous(method: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(method)
    async def call(self: SessionStore, *args: Any, **named: Any) -> Any:
        return method(self, *args, **named)

    return call


class SessionStore(SessionBase):  # type: ignore[misc] # Django has no types
    """A session engine that keeps the session in its cookie, as `SessionCookie` does.

    It signs with ``SECRET_KEY`` (``SECRET_KEY_FALLBACKS`` verify), binds the value to
    ``SESSION_COOKIE_NAME``, and writes it with ``SESSION_SERIALIZER``. All of Django's
    settings and methods work. Differences from its ``signed_cookies`` engine:

    - a change deep inside (``request.session["cart"].append(1)``) is saved;
    - ``set_expiry`` is enforced on the server's side too, and may exceed
      ``SESSION_COOKIE_AGE``;
    - a cookie that is forged, expired or broken is deleted once it is read;
    - a session that a fallback key verified is signed again once it is read.

    ``SESSION_COOKIE_NAME`` must be a token, as in the RFC. As with ``signed_cookies``, a copy
    of a cookie is valid until it expires, even after a logout. ``session_key`` is the value of
    the cookie: do not log it or store it. It is None in a new session until that is saved, it
    changes with the content, and it has any length. A session that does not fit into one
    cookie gives a `CookieSizeWarning`, whose ``largest`` tells why.
    """

    _session_key: Any  # a property of Django's
    _modified: bool = False
    _opened = Session()
    _cookie: SessionCookie | None = None
    #: The request's cookies of this session, as `SessionMiddleware` has found them.
    pairs: list[tuple[str, str]] = []  # noqa: RUF012 - replaced, and never changed

    @property  # no `functools.cached_property`: its frame would be taken for the caller's
    def cookie(self) -> SessionCookie:
        """What opens and writes the sessions of these settings."""
        if self._cookie is None:
            settings = conf.settings
            self._cookie = _session_cookie(
                settings.SECRET_KEY,
                _fallbacks(),
                self.serializer,
                settings.SESSION_COOKIE_NAME,
                settings.SESSION_COOKIE_PATH,
                settings.SESSION_COOKIE_DOMAIN or None,
                bool(settings.SESSION_COOKIE_SECURE),
                bool(settings.SESSION_COOKIE_HTTPONLY),
                settings.SESSION_COOKIE_SAMESITE or None,
                bool(getattr(settings, "SESSION_COOKIE_CHUNKED", False)),
            )
        return self._cookie

    @property
    def modified(self) -> bool:
        """Whether anything was changed, at any depth. Django's middleware asks."""
        content = getattr(self, "_session_cache", None)
        if self._modified or content is not self._opened or self._opened.payload is None:
            return self._modified
        try:
            return self.cookie.find_change(self._opened)[0]
        except (TypeError, ValueError):
            return True  # `save` raises the exception

    @modified.setter
    def modified(self, value: bool) -> None:
        self._modified = value

    @property
    def session_key(self) -> Any:
        """The value of the cookie. To read it is an access."""
        self.accessed = True
        return self._session_key

    def load(self) -> dict[str, Any]:
        """Return the newest session in the cookies, or an empty one if none verifies."""
        key = self._session_key
        pairs = self.pairs or ([(conf.settings.SESSION_COOKIE_NAME, key)] if key else [])
        self._opened = self.cookie.find(pairs, self._is_alive)
        self._session_key = self._opened.token  # None: the middleware deletes the cookie
        return self._opened

    def _is_alive(self, session: Session) -> bool:
        now, expiry = time.time(), dict.get(session, "_session_expiry")
        if isinstance(expiry, str):  # as `set_expiry` keeps a date
            expiry = datetime.datetime.fromisoformat(expiry)
        if isinstance(expiry, datetime.datetime):  # naive ones are in local time
            return now <= expiry.timestamp()
        age = now - (session.signature_time or 0)
        return bool(age <= (expiry or self.get_session_cookie_age()))

    def is_empty(self) -> bool:
        """Return whether there is no session. That is an access too."""
        self.accessed = True
        return bool(super().is_empty())

    def save(self, must_create: bool = False) -> None:
        """Write the session into the key, which the middleware sends as the cookie."""
        content = self._session
        own = content if isinstance(content, Session) else Session(content)
        self._session_key = self.cookie.seal(own)
        self.modified = True
        size = len(conf.settings.SESSION_COOKIE_NAME) + len(self._session_key)
        self.cookie.check_size(own, self._session_key, size, MAX_NAME_VALUE)

    def create(self) -> None:
        """Send the cookie with this response."""
        self.modified = True

    def cycle_key(self) -> None:
        """Write the same session into a new cookie. (The old one can't be revoked.)"""
        self.save()

    def delete(self, session_key: str | None = None) -> None:
        """Empty the session, so that the middleware deletes its cookie."""
        self._session_key = None
        self._session_cache: dict[str, Any] = {}
        self.modified = True

    def exists(self, session_key: str | None = None) -> bool:
        """Return False: no session is kept on the server."""
        return False

    @classmethod
    def clear_expired(cls) -> None:
        """Do nothing: no session is kept on the server."""

    # None of these waits for anything.
    aload: Callable[..., Any] = _asynchronous(load)
    asave: Callable[..., Any] = _asynchronous(save)
    acreate: Callable[..., Any] = _asynchronous(create)
    acycle_key: Callable[..., Any] = _asynchronous(cycle_key)
    adelete: Callable[..., Any] = _asynchronous(delete)
    aexists: Callable[..., Any] = _asynchronous(exists)
    apop: Callable[..., Any] = _asynchronous(SessionBase.pop)

    @classmethod
    async def aclear_expired(cls) -> None:
        cls.clear_expired()


class SessionMiddleware(middleware.SessionMiddleware):  # type: ignore[misc] # see above
    """Django's own, but it gives `SessionStore` all cookies of the name.

    Django itself keeps the last one, so that a planted cookie logs the user out and the good
    one is deleted. Here the newest that verifies counts. With ``SESSION_COOKIE_CHUNKED =
    True`` in the settings a large session travels in several cookies (``sessionid.0``, ...).
    A logout deletes all of them, and, if there were several, the one that was set before
    ``SESSION_COOKIE_DOMAIN`` was. Each response that sets a cookie varies on Cookie.
    """

    def process_request(self, request: Any) -> None:
        """Put the session into the request."""
        super().process_request(request)
        session = request.session
        if isinstance(session, SessionStore):
            session.pairs = [
                pair for pair in _pairs(request) if pair[0] in session.cookie.names
            ]
            if session.pairs:
                # One that Django takes for a key, and not a short one, so that it calls `load`.
                session._session_key = max([value for _, value in session.pairs], key=len)

    def process_response(self, request: Any, response: Any) -> Any:
        """Save the session, and send or delete its cookies."""
        response = super().process_response(request, response)
        session = getattr(request, "session", None)
        if isinstance(session, SessionStore) and (response.cookies or session.is_empty()):
            headers = _more_headers(session, response)
            add_headers(response, [("Set-Cookie", header) for header in headers])
            if any(name in response.cookies for name in session.cookie.names):
                patch_vary_headers(response, ("Cookie",))
        return response


def _more_headers(session: SessionStore, response: Any) -> list[str]:
    """Return what Django's middleware does not write: chunks, and what it does not delete."""
    settings, names = conf.settings, session.cookie.names
    domain = settings.SESSION_COOKIE_DOMAIN or None
    if session.pairs and hasattr(session, "_session_cache") and session.is_empty():
        scopes = [(each, domain) for each in names if each not in response.cookies]
        if domain and len(session.pairs) > 1:
            scopes += [(each, None) for each in names]
        flags = bool(settings.SESSION_COOKIE_SECURE), bool(settings.SESSION_COOKIE_HTTPONLY)
        rest = (*flags, settings.SESSION_COOKIE_SAMESITE or None)
        path = settings.SESSION_COOKIE_PATH
        return [codec.delete_cookie(each, path, at, *rest) for each, at in scopes]
    if len(names) == 1 or names[0] not in response.cookies:
        return []
    cookie = response.cookies.pop(names[0])
    max_age = None if cookie["max-age"] == "" else cookie["max-age"]
    lifetime, _ = codec.lifetime(max_age, None, True)
    written = Session(session._session)
    written.cookie_names = tuple({name for name, _ in session.pairs})
    return session.cookie.headers(written, cookie.value, lifetime)


class _Cookie(cookies.Morsel[str]):
    """A cookie of a response, written as the header that it was made of."""

    def __init__(self, header: str) -> None:
        super().__init__()
        self.header = header
        pair, *attributes = header.split("; ")
        name, _, coded = pair.partition("=")
        value = codec.parse_cookie(pair).get(name, coded)
        # Not by `set`, which refuses the names of some cookies that others have set.
        self._key, self._value, self._coded_value = name, value, coded
        for attribute in attributes:
            field, _, text = attribute.partition("=")
            dict.__setitem__(self, field.lower(), int(text) if text.isdigit() else text or True)

    def __reduce__(self) -> Any:
        return type(self), (self.header,)

    def OutputString(self, attrs: Any = None) -> str:  # noqa: N802 - that of `Morsel`
        return self.header


def set_cookie(response: Any, key: str, value: str = "", *args: Any, **attributes: Any) -> None:
    """Add the cookie that `dump_cookie` writes, with its arguments, to *response*.

    There may be any number, with one name too if Domain, Path or Partitioned differ. They are
    in ``response.cookies``, where Django's test client finds them.
    """
    header = codec.dump_cookie(key, value, *args, **attributes)
    add_headers(response, [("Set-Cookie", header)])


def add_headers(response: Any, lines: Iterable[tuple[str, str]]) -> None:
    """Add *lines* of ``Set-Cookie`` and ``Vary`` to those that *response* has.

    *lines* are, for example, what `SessionCookie.save` returns.
    """
    for field, value in lines:
        if field.lower() == "vary":
            patch_vary_headers(response, [value])
            continue
        cookie = _Cookie(value)
        key, scope = cookie.key, _scope(cookie)
        while key in response.cookies and _scope(response.cookies[key]) != scope:
            key += " "  # Django has one cookie for each key, and does not send the key
        response.cookies[key] = cookie


def _scope(cookie: cookies.Morsel[str]) -> tuple[object, ...]:
    return cookie["domain"], cookie["path"], bool(cookie.get("partitioned"))


def set_signed_cookie(response: Any, name: str, value: object, **attributes: Any) -> None:
    """Call ``response.set_cookie`` with *value* signed and bound to the cookie's *name*.

    *value* is anything that JSON can express. *attributes* are those of Django's
    ``set_cookie``. It is signed with ``SECRET_KEY``.
    """
    response.set_cookie(name, _cookie_signer(name).dumps(value), **attributes)


def get_signed_cookie(
    request: Any,
    name: str,
    default: Any = None,
    *,
    max_age: float | datetime.timedelta | None = None,
) -> Any:
    """Return the value that `set_signed_cookie` was given, or *default*.

    *default* is returned for a cookie that is missing, does not verify, or was signed more
    than *max_age* seconds ago. Of several cookies of this name the newest that verifies
    counts. ``SECRET_KEY_FALLBACKS`` verify too.
    """
    limit = None if max_age is None else check_seconds(max_age, "max_age")
    values = [value for each, value in _pairs(request) if each == name]
    signer, found = _cookie_signer(name), dict[int, Any]()
    for token in candidates(values or [request.COOKIES.get(name, "")], _SIGNATURE_SIZE):
        try:
            content, _, signed_at = signer.read(token, limit)
        except BadSignature:
            continue
        found.setdefault(signed_at or 0, content)
    return found[max(found)] if found else default


def _pairs(request: Any) -> list[tuple[str, str]]:
    # Under ASGI older releases of Django join several lines with a comma in META.
    scope = getattr(request, "scope", None)
    return codec.parse_cookie_pairs(scope or request.META.get("HTTP_COOKIE"))


def _cookie_signer(name: str) -> Signer:
    return _bound_signer(name, conf.settings.SECRET_KEY, _fallbacks())


def _fallbacks() -> Any:
    """Return the keys in a form that can be cached. `Signer` refuses a single text."""
    keys = conf.settings.SECRET_KEY_FALLBACKS or ()
    return keys if isinstance(keys, (str, bytes)) else tuple(keys)


@functools.lru_cache(maxsize=64)
def _bound_signer(name: str, key: Any, fallbacks: Any) -> Signer:
    return Signer(key, fallbacks=fallbacks, salt=_SALT + "signed_cookie").for_cookie(name)


@functools.lru_cache(maxsize=64)
def _session_cookie(key: Any, fallbacks: Any, serializer: Any, *scope: Any) -> SessionCookie:
    fields = ("name", "path", "domain", "secure", "httponly", "samesite", "chunked")
    options: dict[str, Any] = dict(zip(fields, scope))
    options.update(lifetime=LAST_SECOND, salt=_SALT + "session", serializer=serializer())
    cookie = SessionCookie(key, fallbacks=fallbacks, **options)
    cookie.takes_snapshots = True
    return cookie


class CookieCheck(MiddlewareMixin):  # type: ignore[misc] # Django has no types
    """Logs what browsers would drop, ignore or read differently, as `ext.wsgi.CookieCheck`.

    Put ``"cookiecodec.ext.django.CookieCheck"`` first in ``MIDDLEWARE``, while you develop.
    """

    def __init__(self, get_response: Callable[..., Any]) -> None:
        super().__init__(get_response)
        self._log = Log()

    def process_response(self, request: Any, response: Any) -> Any:
        """Look at the cookies of the response."""
        lines = [cookie.OutputString() for cookie in response.cookies.values()]
        host = request.META.get("HTTP_HOST") or request.META.get("SERVER_NAME", "")
        self._log.check(lines, address(request.scheme, host, request.path.encode()))
        return response
