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
from typing import Any, NamedTuple

from django import conf  # type: ignore[import-untyped]
from django.contrib.sessions import middleware  # type: ignore[import-untyped]
from django.contrib.sessions.backends.base import SessionBase  # type: ignore[import-untyped]
from django.utils.cache import patch_vary_headers  # type: ignore[import-untyped]
from django.utils.deprecation import MiddlewareMixin  # type: ignore[import-untyped]

from .. import chunks, codec, errors
from .._core import lint
from .._session.payload import Payloads
from .._session.snapshot import snapshot
from ..limits import MAX_NAME_VALUE
from ..signing import BadSignature, Signer, check_seconds
from ._check import Log, address

__all__ = ["CookieCheck", "SessionMiddleware", "SessionStore", "add_headers",
           "get_signed_cookie", "set_cookie", "set_signed_cookie"]  # fmt: skip

_MISSING = object()
_SALT = "cookiecodec.ext.django."

# More than fit into a header line that servers accept: see `limits.MAX_COOKIE_HEADER`.
_MAX_TRIED = 200
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
    _payload: bytes | None = None
    _before: bytes | None = None
    _modified = False
    #: The request's cookies of this session, as `SessionMiddleware` has found them.
    pairs: list[tuple[str, str]] = []  # noqa: RUF012 - replaced, and never changed

    @property
    def modified(self) -> bool:
        """Whether anything was changed, at any depth. Django's middleware asks."""
        if self._modified or self._payload is None or not hasattr(self, "_session_cache"):
            return self._modified
        if self._before is not None and self._before == snapshot(self._session_cache):
            return False
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
        name, key = conf.settings.SESSION_COOKIE_NAME, conf.settings.SECRET_KEY
        return _bound_signer("session", name, key, _fallbacks(), self.serializer)

    @property
    def session_key(self) -> Any:
        """The value of the cookie. To read it is an access."""
        self.accessed = True
        return self._session_key

    def load(self) -> dict[str, Any]:
        """Return the newest session in the cookies, or an empty one if none verifies."""
        name = conf.settings.SESSION_COOKIE_NAME
        chunked = len(self.pairs) > 1 and _is_chunked()
        values = chunks.complete_sets(self.pairs, name) if chunked else []
        values = [*values, *(value for each, value in self.pairs if each == name)]
        found = [
            token
            for token in _verified(self._signer(), values or [self._session_key], None)
            if isinstance(token.content, dict) and not self._is_expired(token)
        ]
        if not found:
            self._session_key = None  # so that the middleware deletes the cookie
            return {}
        newest = max(found, key=lambda each: each.signed_at)
        self._session_key, self._payload = newest.text, newest.payload
        if _fallbacks() and not self._signer().is_current(newest.text):
            self.modified = True
        self._before = snapshot(newest.content)
        return dict(newest.content)

    def _is_expired(self, token: _Token) -> bool:
        now, expiry = time.time(), token.content.get("_session_expiry")
        if isinstance(expiry, str):  # as `set_expiry` keeps a date
            expiry = datetime.datetime.fromisoformat(expiry)
        if isinstance(expiry, datetime.datetime):  # naive ones are in local time
            return now > expiry.timestamp()
        return bool(now - token.signed_at > (expiry or self.get_session_cookie_age()))

    def is_empty(self) -> bool:
        """Return whether there is no session. That is an access too."""
        self.accessed = True
        return bool(super().is_empty())

    def save(self, must_create: bool = False) -> None:
        """Write the session into the key, which the middleware sends as the cookie."""
        signer = self._signer()
        payloads = Payloads(signer)
        token = signer.seal(payloads.encode(self._session))
        name = conf.settings.SESSION_COOKIE_NAME
        size = len(name) + len(token)
        if size > MAX_NAME_VALUE and not _is_chunked():
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
        session, names = request.session, _session_names()
        pairs = [pair for pair in _pairs(request) if pair[0] in names]
        if pairs and isinstance(session, SessionStore):
            session.pairs = pairs
            # One that Django takes for a key, and not a short one, so that it calls `load`.
            session._session_key = max([value for _, value in pairs], key=len)

    def process_response(self, request: Any, response: Any) -> Any:
        """Save the session, and send or delete its cookies."""
        response = super().process_response(request, response)
        session = getattr(request, "session", None)
        if isinstance(session, SessionStore) and (response.cookies or session.is_empty()):
            headers = _more_headers(session, response)
            add_headers(response, [("Set-Cookie", header) for header in headers])
            if any(name in response.cookies for name in _session_names()):
                patch_vary_headers(response, ("Cookie",))
        return response


def _more_headers(session: SessionStore, response: Any) -> list[str]:
    """Return what Django's middleware does not write: chunks, and what it does not delete."""
    settings = conf.settings
    name, path, domain = (
        *(settings.SESSION_COOKIE_NAME, settings.SESSION_COOKIE_PATH),
        settings.SESSION_COOKIE_DOMAIN or None,
    )
    flags = bool(settings.SESSION_COOKIE_SECURE), bool(settings.SESSION_COOKIE_HTTPONLY)
    samesite = settings.SESSION_COOKIE_SAMESITE or None
    if session.pairs and hasattr(session, "_session_cache") and session.is_empty():
        scopes = [(each, domain) for each in _session_names() if each not in response.cookies]
        if domain and len(session.pairs) > 1:
            scopes += [(each, None) for each in _session_names()]
        return [codec.delete_cookie(each, path, at, *flags, samesite) for each, at in scopes]
    if not (_is_chunked() and name in response.cookies):
        return []
    cookie = response.cookies.pop(name)
    lifetime = [None if cookie[each] == "" else cookie[each] for each in ("max-age", "expires")]
    scope = path, domain, *flags
    return chunks.dump_cookie_chunks(
        name, cookie.value, *lifetime, *scope, samesite=samesite, cookies=dict(session.pairs)
    )


def _is_chunked() -> bool:
    return bool(getattr(conf.settings, "SESSION_COOKIE_CHUNKED", False))


def _session_names() -> list[str]:
    name = conf.settings.SESSION_COOKIE_NAME
    return chunks.chunk_names(name) if _is_chunked() else [name]


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
    found = _verified(_cookie_signer(name), values or [request.COOKIES.get(name)], limit)
    return max(found, key=lambda each: each.signed_at).content if found else default


def _pairs(request: Any) -> list[tuple[str, str]]:
    # Under ASGI older releases of Django join several lines with a comma in META.
    scope = getattr(request, "scope", None)
    return codec.parse_cookie_pairs(scope or request.META.get("HTTP_COOKIE"))


class _Token(NamedTuple):
    content: Any
    payload: bytes
    signed_at: int
    text: str


def _verified(signer: Signer, values: list[Any], limit: float | None) -> list[_Token]:
    """Return those of *values* that verify. What can't be a token is not tried."""
    found = []
    tokens = [each for each in dict.fromkeys(values) if each and each.count(".") > 1]
    size = -_SIGNATURE_SIZE - 1
    for token in [each for each in tokens if each[size : size + 1] == "."][:_MAX_TRIED]:
        try:
            content, payload, signed_at = signer.read(token, limit)
        except BadSignature:
            continue
        found.append(_Token(content, payload, signed_at or 0, token))
    return found


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
