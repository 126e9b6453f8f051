"""Sessions in a signed cookie, for any framework: Flask's design, without Flask.

Theory of operation: `SessionCookie.open` makes a `Session` of the request's Cookie header,
the application uses it as the dict that it is, and `SessionCookie.save` returns the header
lines that the response needs. The state of a request is in its `Session`. A `SessionCookie`
holds the key and the options, and threads share it.

This module's rules:

1. What a client sends opens as a session that this key signed, or as an empty one.
2. A response that depends on the cookie says so (``Vary: Cookie``): one whose session was
   read or written.
3. A cookie is sent when there is something new: a change, at any depth; a later expiry; the
   end of the session.

Everybody can read a session, and a copy of one can't be revoked: see "Concepts" and
"Sessions" in the documentation.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from . import _platform, chunks, codec, dates, errors, tagged_json
from ._core import grammar, lint, wire
from ._core.attributes import CookieAttributes
from ._session.mapping import Session
from ._session.payload import Payloads, describe_entries
from .errors import CookieError
from .limits import MAX_NAME_VALUE, MAX_SET_COOKIE
from .signing import BadSignature, Signer, check_seconds

if _platform.TYPE_CHECKING:
    from . import _types

    _Pairs = list[tuple[str, str]]

__all__ = ["Session", "SessionCookie"]

#: How many cookies of one name are tried: each costs an HMAC for each key.
_MAX_TRIED = 8

#: The longest lifetime of a session cookie, as text.
_LONGEST_LIFETIME = "; Expires=Thu, 01 Jan 1970 00:00:00 GMT"


class SessionCookie:
    """Opens and saves the sessions of one cookie.

    - *secret_key*, *fallbacks*, *salt*, *digest*, *serializer*, *clock*: those of `Signer`.
      The values are bound to the cookie's *name* (`Signer.for_cookie`). A *serializer* that
      never writes the same twice is asked to read again, to compare.
    - *lifetime* (`timedelta`, or seconds): how old a session may be, on the server's side,
      and how long a permanent one stays in the user agent after each time that it is sent.
    - *refresh_each_request*: send a permanent session's cookie with each response.
    - *name*, *path*, *domain*, *secure*, *httponly*, *samesite*, *partitioned*: those of
      `dump_cookie`. Over HTTPS use ``name="__Host-session", secure=True``.
    - *max_size*: octets of a Set-Cookie header over which to warn, or, with *chunked*, to
      continue in the next cookie (``name.0``, ``name.1``, ... are then this session's too).
      0: no warning.

    The options are checked once, here. Raises `CookieError`, ValueError or TypeError for
    invalid ones. Emits one `CookieWarning` for a cookie that browsers drop, or whose path
    they ignore.

    >>> cookie = SessionCookie("a secret key of 32 octets or more", clock=lambda: 1700000000)
    >>> session = cookie.open("theme=dark")
    >>> session["user"] = 42
    >>> for line in cookie.save(session):
    ...     print(*line, sep=": ")  # doctest: +ELLIPSIS
    Set-Cookie: session=...; HttpOnly; Path=/; SameSite=Lax
    Vary: Cookie
    >>> cookie.open(cookie.save(session)[0][1].split(";")[0])
    {'user': 42}
    """

    def __init__(
        self,
        secret_key: _types.Key,
        *,
        fallbacks: Iterable[_types.Key] = (),
        name: str = "session",
        lifetime: datetime.timedelta | float = datetime.timedelta(days=31),
        refresh_each_request: bool = True,
        path: str | None = "/",
        domain: str | None = None,
        secure: bool = False,
        httponly: bool = True,
        samesite: str | None = "Lax",
        partitioned: bool = False,
        salt: _types.Key = "cookie-session",
        digest: str = "sha256",
        max_size: int = MAX_SET_COOKIE,
        chunked: bool = False,
        serializer: _types.Serializer = tagged_json,
        clock: Callable[[], float] = _platform.now,
    ) -> None:
        self._name = codec.cookie_name(grammar.check_text(name, "name"))
        self._unbound = Signer(
            secret_key,
            fallbacks=fallbacks,
            salt=salt,
            digest=digest,
            serializer=serializer,
            clock=clock,
        )
        self._signer = self._unbound.for_cookie(self._name)
        self._payloads = Payloads(self._unbound)
        self._clock = clock
        self._lifetime = min(check_seconds(lifetime, "lifetime"), dates.LAST_SECOND)
        self._attributes = CookieAttributes(
            self._name, path, domain, secure, httponly, samesite, partitioned
        )
        self._refresh = bool(refresh_each_request)
        self._max_size = _check_size(max_size)
        self._chunked = bool(chunked)
        self._names = chunks.chunk_names(self._name) if chunked else [self._name]
        if chunked:
            self._check_room()
        if self._attributes.problem is not None:
            errors.warn(self._attributes.problem.warning(self._name))

    @classmethod
    def flask(cls, secret_key: _types.Key, **same: Any) -> SessionCookie:
        """Return the session cookie of Flask 3.1: Flask reads it, and it reads Flask's.

        The options are those of `SessionCookie`. Flask's defaults that differ are used:
        ``digest="sha1"`` and ``samesite=None``. The values are not bound to the cookie's
        name, so two such cookies under one key need different salts. Otherwise one could
        stand in for the other.

        >>> SessionCookie.flask("a secret key of 32 octets or more", name="session")
        <SessionCookie name='session', digest='sha1'>
        """
        cookie = cls(secret_key, **{"digest": "sha1", "samesite": None, **same})
        cookie._signer = cookie._unbound
        return cookie

    def __repr__(self) -> str:
        return f"<SessionCookie name={self._name!r}, digest={self._signer.digest!r}>"

    def open(self, cookie_header: _types.Header) -> Session:
        """Return the session in a request's cookies: in anything that `parse_cookie` takes.

        The first cookie of this name that verifies counts, of at most 8, so that a planted
        one doesn't lock the user out. With *chunked*, complete sets of chunks, at most 8,
        come before plain cookies. What is forged, expired, broken, or not a `dict` opens as
        an empty session that is ``new``. Never raises an exception and never warns, whatever
        a client sends.
        """
        header: Any = cookie_header
        if type(header) is not str:
            lines = wire.header_lines(header)  # an iterator can be read only once
            header = lines[0] if len(lines) == 1 else lines
        if not self._chunked:
            # The usual case, in the quickest way.
            if type(header) is str and self._name not in header:
                return Session()
            token = codec.parse_cookie(header).get(self._name)
            if token is None:
                return Session()
            session = self._verify(token)
            if session is not None:
                return session
        pairs = codec.parse_cookie_pairs(header)
        return self._search([pair for pair in pairs if pair[0] in self._names])

    def _search(self, pairs: _Pairs) -> Session:
        opened = (self._verify(token) for token in self._candidates(pairs))
        # Not by its truth: asking for that is an access.
        session = next((each for each in opened if each is not None), Session())
        if self._chunked:
            session.cookie_names = tuple({name for name, _ in pairs})
        return session

    def _candidates(self, pairs: _Pairs) -> Iterator[str]:
        if self._chunked:
            yield from chunks.complete_sets(pairs, self._name, _MAX_TRIED)
        plain = [value for name, value in pairs if name == self._name]
        yield from plain[:_MAX_TRIED]

    def _verify(self, token: str) -> Session | None:
        try:
            content, payload, _ = self._signer.read(token, self._lifetime)
        except BadSignature:
            return None
        if not isinstance(content, dict):
            return None
        session = Session(content)
        session.new = False
        session.payload = payload
        return session

    def save(self, session: Session) -> list[tuple[str, str]]:
        """Return the header lines that the response needs for *session*: Set-Cookie, Vary.

        There may be any number of Set-Cookie, to be added, and at most one Vary, to be merged
        with the response's own. A session that was emptied deletes its cookies. One that was
        modified, at any depth, is sent, and so is a permanent one, with
        *refresh_each_request*. With *chunked*, chunks that the request held and that are not
        written again are deleted. May be called again, and for any `Session`.

        Raises TypeError or ValueError for a value that the serializer can't write, and names
        its path. With *chunked*, raises `CookieError` for a session that is too large for a
        request's header. Without, warns over *max_size* with a `CookieSizeWarning`, whose
        `largest` has keys and octets of the largest entries.
        """
        if not isinstance(session, Session):
            raise TypeError(f"session must be a Session, not {type(session).__name__}")
        changed, payload = self.find_change(session)
        headers: list[str] = []
        if not dict.__len__(session):
            if changed:
                headers = self.deletions(session)
        elif changed or (self._refresh and dict.get(session, "_permanent")):
            expires = self._expires() if dict.get(session, "_permanent") else None
            headers = self.write(session, payload, expires)
        lines = [("Set-Cookie", header) for header in headers]
        if lines or session.accessed:
            lines.append(("Vary", "Cookie"))
        return lines

    def find_change(self, session: Session) -> tuple[bool, bytes | None]:
        """Return whether *session* was changed, and its payload, if it was needed for that."""
        if session.modified:
            return True, None
        before = session.payload
        if before is None:
            return dict.__len__(session) > 0, None
        if not session.mutated and tagged_json.is_plain(dict.values(session)):
            return False, None  # nothing that could have been changed inside
        try:
            payload = self._encode(session)
        except (TypeError, ValueError):
            if session.mutated or not self._payloads.is_read_only(before):
                raise
            return False, before
        return not self._payloads.is_same(before, payload), payload

    def deletions(self, session: Session) -> list[str]:
        """Return the headers that delete the cookie, and the chunks that were seen."""
        seen = [name for name in self._names[1:] if name in session.cookie_names]
        return [self._attributes.deletion(name) for name in [self._name, *seen]]

    def write(
        self, session: Session, payload: bytes | None, expires: _types.Moment | None
    ) -> list[str]:
        """Return the headers for *session*. *payload* is its encoding, if it is known."""
        token = self._signer.seal(self._encode(session) if payload is None else payload)
        lifetime = "" if expires is None else f"; Expires={dates.format_cookie_date(expires)}"
        if self._chunked:
            return self._write_chunks(session, token, lifetime)
        header = self._attributes.header(self._name, token, lifetime)
        if self._max_size and len(header) > self._max_size:
            self._warn_of_size(session, len(token), len(header))
        return [header]

    def _write_chunks(self, session: Session, token: str, lifetime: str) -> list[str]:
        limit = self._max_size or MAX_SET_COOKIE
        try:
            written = chunks.write_chunks(self._attributes, token, token, lifetime, limit)
        except CookieError as error:
            entries = describe_entries(self._payloads.largest(session))
            message = f"{error}; the largest entries are {entries}"
            raise CookieError(message, error.part) from None
        seen = [name for name in self._names if name in session.cookie_names]
        left_over = [name for name in seen if name not in written]
        return [*written.values(), *map(self._attributes.deletion, left_over)]

    def _encode(self, session: Session) -> bytes:
        # By `dict.items`: a copy would call the session's own methods, which record it. By
        # `iter`: PyPy first computes the length of a view.
        return self._payloads.encode(dict(iter(dict.items(session))))

    def _expires(self) -> float:
        return min(self._clock() + self._lifetime, dates.LAST_SECOND)

    def _warn_of_size(self, session: Session, value_size: int, size: int) -> None:
        entries = self._payloads.largest(session)
        warning = lint.size_warning(self._name, value_size, size, self._max_size, entries)
        errors.warn(warning)

    def _check_room(self) -> None:
        """Check that chunks have room for anything beside the attributes of each."""
        limit = self._max_size or MAX_SET_COOKIE
        value = "x" * min(limit, MAX_NAME_VALUE)
        try:
            chunks.write_chunks(self._attributes, value, value, _LONGEST_LIFETIME, limit)
        except CookieError:
            raise ValueError("max_size leaves no room beside the cookie's attributes") from None


def _check_size(max_size: object) -> int:
    if max_size is None:
        return 0
    if not isinstance(max_size, int) or isinstance(max_size, bool):
        raise TypeError(f"max_size must be a number of octets, not {type(max_size).__name__}")
    if max_size < 0:
        raise ValueError("max_size must not be negative")
    return max_size
