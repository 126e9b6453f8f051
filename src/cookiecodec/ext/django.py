"""Django's sessions in a signed cookie, and signed cookies that are bound to their names.

    SESSION_ENGINE = "cookiecodec.ext.django"

Django's own middleware does the rest, with Django's own settings. Cookies of Django's
``signed_cookies`` engine are not read: their users have to log in once more.
"""

from __future__ import annotations

import datetime
import functools
import time
from collections.abc import Callable
from typing import Any

from django import conf  # type: ignore[import-untyped]
from django.contrib.sessions.backends.base import SessionBase  # type: ignore[import-untyped]
from django.utils.deprecation import MiddlewareMixin  # type: ignore[import-untyped]

from .. import errors
from .._core import lint
from .._session.payload import Payloads
from ..limits import MAX_NAME_VALUE
from ..signing import BadSignature, Signer
from ._check import Log, address

__all__ = ["CookieCheck", "SessionStore", "get_signed_cookie", "set_signed_cookie"]

_MISSING = object()
_SALT = "cookiecodec.ext.django."


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
    - a cookie that is forged, expired or broken is deleted once it is read.

    ``SESSION_COOKIE_NAME`` must be a token, as in the RFC. As with ``signed_cookies``, a copy
    of a cookie is valid until it expires, even after a logout, and the session must fit into
    one cookie: `CookieSizeWarning` tells when it does not, and its `largest` tells why.
    """

    _session_key: Any  # a property of Django's
    _payload: bytes | None = None
    _modified = False

    @property
    def modified(self) -> bool:
        """Whether anything was changed, at any depth. Django's middleware asks."""
        if self._modified or self._payload is None or not hasattr(self, "_session_cache"):
            return self._modified
        payloads = Payloads(self._signer())
        try:
            payload = payloads.encode(self._session_cache)
        except (TypeError, ValueError):
            return True  # `save` raises the exception
        return not payloads.is_same(self._payload, payload)

    @modified.setter
    def modified(self, value: bool) -> None:
        self._modified = value

    def _signer(self) -> Signer:
        return _bound_signer(
            "session",
            conf.settings.SESSION_COOKIE_NAME,
            conf.settings.SECRET_KEY,
            _fallbacks(),
            self.serializer,
        )

    def load(self) -> dict[str, Any]:
        """Return the session in the cookie, or an empty one if none verifies."""
        if self.session_key is None:
            return self._empty()
        try:
            content, payload, signed_at = self._signer().read(self.session_key, None)
        except BadSignature:
            return self._empty()
        if not isinstance(content, dict) or self._is_expired(content, signed_at):
            return self._empty()
        self._payload = payload
        return content

    def _empty(self) -> dict[str, Any]:
        """Return no session, and reset the key, so that the middleware deletes the cookie."""
        self._session_key = None
        return {}

    def _is_expired(self, content: dict[str, Any], signed_at: int | None) -> bool:
        now, at = time.time(), signed_at or 0
        expiry = content.get("_session_expiry")
        if isinstance(expiry, str):  # as `set_expiry` keeps a date
            expiry = datetime.datetime.fromisoformat(expiry)
        if isinstance(expiry, datetime.datetime):  # naive ones are in local time
            return now > expiry.timestamp()
        return bool(now - at > (expiry or self.get_session_cookie_age()))

    def save(self, must_create: bool = False) -> None:
        """Write the session into the key, which the middleware sends as the cookie."""
        signer = self._signer()
        payloads = Payloads(signer)
        token = signer.seal(payloads.encode(self._session))
        name = conf.settings.SESSION_COOKIE_NAME
        size = len(name) + len(token)
        if size > MAX_NAME_VALUE:
            entries = payloads.largest(self._session)
            errors.warn(lint.size_warning(name, len(token), size, MAX_NAME_VALUE, entries))
        self._session_key = token
        self.modified = True

    def pop(self, key: str, default: Any = _MISSING) -> Any:
        """Like that of `dict`. (Django's reads `modified`, which compares.)"""
        if key in self._session:
            self.modified = True
        return (
            self._session.pop(key) if default is _MISSING else self._session.pop(key, default)
        )

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
    aload, asave, acreate = _asynchronous(load), _asynchronous(save), _asynchronous(create)
    acycle_key, adelete = _asynchronous(cycle_key), _asynchronous(delete)
    aexists, apop = _asynchronous(exists), _asynchronous(pop)

    @classmethod
    async def aclear_expired(cls) -> None:
        cls.clear_expired()


def set_signed_cookie(response: Any, name: str, value: object, **attributes: Any) -> None:
    """Call `response.set_cookie` with *value* signed and bound to the cookie's *name*.

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
    than *max_age* seconds ago. ``SECRET_KEY_FALLBACKS`` verify too.
    """
    token = request.COOKIES.get(name)
    if token is None:
        return default
    try:
        return _cookie_signer(name).loads(token, max_age=max_age)
    except BadSignature:
        return default


def _cookie_signer(name: str) -> Signer:
    return _bound_signer("signed_cookie", name, conf.settings.SECRET_KEY, _fallbacks(), None)


def _fallbacks() -> Any:
    """Return the keys in a form that can be cached. `Signer` refuses a single text."""
    keys = conf.settings.SECRET_KEY_FALLBACKS or ()
    return keys if isinstance(keys, (str, bytes)) else tuple(keys)


@functools.lru_cache(maxsize=64)
def _bound_signer(
    purpose: str, name: str, key: Any, fallbacks: tuple[Any, ...], serializer: Any
) -> Signer:
    instance = None if serializer is None else serializer()
    signer = Signer(key, fallbacks=fallbacks, salt=_SALT + purpose, serializer=instance)
    return signer.for_cookie(name)


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
