"""Django's sessions in a signed cookie, and signed cookies that are bound to their names.

    SESSION_ENGINE = "cookiecodec.ext.django"

Django's own middleware does the rest, by Django's own settings. Cookies that Django's
``signed_cookies`` engine wrote are not read: their users log in once more.
"""

from __future__ import annotations

import datetime
import functools
import time
from typing import Any

from django import conf  # type: ignore[import-untyped]
from django.contrib.sessions.backends.base import (  # type: ignore[import-untyped]
    SessionBase,
)

from .._session.payload import encoded, largest, same, size_warning
from ..errors import emit_warning
from ..limits import MAX_NAME_VALUE
from ..signing import BadSignature, Signer

__all__ = ["SessionStore", "get_signed_cookie", "set_signed_cookie"]

_MISSING = object()
_SALT = "cookiecodec.ext.django."


class SessionStore(SessionBase):  # type: ignore[misc] # Django has no types
    """A session engine that keeps the session in its cookie, as `SessionCookie` does.

    Signed with ``SECRET_KEY`` (``SECRET_KEY_FALLBACKS`` verify), bound to
    ``SESSION_COOKIE_NAME``, written by ``SESSION_SERIALIZER``. All of Django's settings
    and methods work; different from its ``signed_cookies`` engine:

    - what is changed deep inside (``request.session["cart"].append(1)``) is saved;
    - ``set_expiry`` is held to on the server's side too, and may go beyond
      ``SESSION_COOKIE_AGE``;
    - a cookie that is forged, expired or broken is deleted once it is looked at.

    ``SESSION_COOKIE_NAME`` has to be a token, as the RFC has it. As there, who copied a
    cookie can use it until it expires, logout or not; and the session has to fit in one
    cookie: `CookieSizeWarning` says when it does not, and what takes the space.
    """

    _session_key: Any  # a property of Django's
    _payload: bytes | None = None
    _modified = False

    @property
    def modified(self) -> bool:
        """Whether anything was changed, at any depth; Django's middleware asks."""
        if self._modified or self._payload is None or not hasattr(self, "_session_cache"):
            return self._modified
        signer = self._signer()
        try:
            data = encoded(signer, self._session_cache)
        except (TypeError, ValueError):
            return True  # `save` will say what can't be saved
        return not same(signer, self._payload, data)

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
        """The session in the cookie; an empty one where none verifies."""
        if self.session_key is None:
            return self._none()
        try:
            content, payload, signed_at = self._signer()._read(self.session_key, None)
        except BadSignature:
            return self._none()
        if not isinstance(content, dict) or self._is_over(content, signed_at):
            return self._none()
        self._payload = payload
        return content

    def _none(self) -> dict[str, Any]:
        """No session; and no key, by which the middleware knows to delete the cookie."""
        self._session_key = None
        return {}

    def _is_over(self, content: dict[str, Any], signed_at: int | None) -> bool:
        """Whether a session that was saved at this Unix time has expired."""
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
        token = signer._token(encoded(signer, self._session))
        self._warn_of_size(signer, token)
        self._session_key = token
        self.modified = True

    def _warn_of_size(self, signer: Signer, token: str) -> None:
        name = conf.settings.SESSION_COOKIE_NAME
        size = len(name) + len(token)
        if size > MAX_NAME_VALUE:
            entries = largest(signer, self._session)
            warning = size_warning(name, size, size, MAX_NAME_VALUE, entries)
            emit_warning(warning, 4)

    def pop(self, key: str, default: Any = _MISSING) -> Any:
        """As that of `dict`. (Django's asks for `modified`, which compares.)"""
        if key in self._session:
            self.modified = True
        return (
            self._session.pop(key) if default is _MISSING else self._session.pop(key, default)
        )

    async def apop(self, key: str, default: Any = _MISSING) -> Any:
        return self.pop(key, default)

    def create(self) -> None:
        """Have the cookie sent with this response."""
        self.modified = True

    def cycle_key(self) -> None:
        """The same session in a new cookie. (Nothing can take back the old one.)"""
        self.save()

    def delete(self, session_key: str | None = None) -> None:
        """Empty the session, so that the middleware deletes its cookie."""
        self._session_key = None
        self._session_cache: dict[str, Any] = {}
        self.modified = True

    def exists(self, session_key: str | None = None) -> bool:
        """No session is kept on the server."""
        return False

    @classmethod
    def clear_expired(cls) -> None:
        """Nothing is kept, so nothing is left behind."""

    # Nothing here waits for anything.

    async def aload(self) -> dict[str, Any]:
        return self.load()

    async def asave(self, must_create: bool = False) -> None:
        self.save(must_create)

    async def acreate(self) -> None:
        self.create()

    async def acycle_key(self) -> None:
        self.cycle_key()

    async def adelete(self, session_key: str | None = None) -> None:
        self.delete(session_key)

    async def aexists(self, session_key: str | None = None) -> bool:
        return self.exists(session_key)

    @classmethod
    async def aclear_expired(cls) -> None:
        cls.clear_expired()


def set_signed_cookie(response: Any, name: str, value: object, **attributes: Any) -> None:
    """`response.set_cookie`, with *value* signed, and bound to the cookie's *name*.

    *value* is anything that JSON can say. *attributes* are those of Django's
    ``set_cookie``. Signed with ``SECRET_KEY``.
    """
    response.set_cookie(name, _cookie_signer(name).dumps(value), **attributes)


def get_signed_cookie(
    request: Any,
    name: str,
    default: Any = None,
    *,
    max_age: float | datetime.timedelta | None = None,
) -> Any:
    """The value that `set_signed_cookie` was given, or *default*.

    The latter for a cookie that is not there, does not verify, or was signed more than
    *max_age* seconds ago. ``SECRET_KEY_FALLBACKS`` verify too.
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
    """As something that can be remembered; a text stays one, which `Signer` refuses."""
    keys = conf.settings.SECRET_KEY_FALLBACKS or ()
    return keys if isinstance(keys, (str, bytes)) else tuple(keys)


@functools.lru_cache(maxsize=64)
def _bound_signer(
    purpose: str, name: str, key: Any, fallbacks: tuple[Any, ...], serializer: Any
) -> Signer:
    """The signer of one cookie; keys are derived once for these settings."""
    made = None if serializer is None else serializer()
    signer = Signer(key, fallbacks=fallbacks, salt=_SALT + purpose, serializer=made)
    return signer.for_cookie(name)
