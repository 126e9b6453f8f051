"""Sessions in a signed cookie, for any framework: Flask's design, without Flask.

Theory of operation: `SessionCookie.open` makes a `Session` of the request's Cookie
header, the application uses it as the dict that it is, and `SessionCookie.save` says
which header lines the response needs. All state of a request is in its `Session`; a
`SessionCookie` holds the key and the options, and is shared by threads.

Rules of this room:

1. What a client sends opens as a session that this key signed, or as an empty one.
2. Which response depends on the cookie is known: what reads the session says so, and
   what wrote it too (``Vary: Cookie``).
3. A cookie is sent when there is something to say: what was changed, at any depth; a
   date that moves on; that the session is over.

Anybody can read what is in a session, and nobody can take a copy of it back: see
"Concepts" and "Sessions" in the documentation.
"""

from __future__ import annotations

import datetime
import functools
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from . import _platform, chunks, codec, dates, errors, signing, tagged_json
from ._core import grammar as _grammar
from ._core import wire as _wire
from ._session import payload as _contents
from .errors import CookieError
from .limits import MAX_NAME_VALUE, MAX_SET_COOKIE
from .signing import BadSignature, Signer

if _platform.TYPE_CHECKING:
    from ._types import Header, Key, Moment, Serializer

    Pairs = list[tuple[str, str]]

__all__ = ["Session", "SessionCookie"]

#: How many cookies of one name are tried: each costs an HMAC for each key.
_MAX_TRIED = 8

_MISSING = object()

#: The longest that an Expires attribute gets.
_EXPIRES = "; Expires=Thu, 01 Jan 1970 00:00:00 GMT"


def _reads(method: Callable[..., Any]) -> Callable[..., Any]:
    """*method* of `dict`, that notes that the session was accessed."""

    @functools.wraps(method)
    def read(self: Session, /, *args: Any) -> Any:
        self.accessed = True
        return method(self, *args)

    return read


def _writes(method: Callable[..., Any]) -> Callable[..., Any]:
    """*method* of `dict`, that notes that the session was modified."""

    @functools.wraps(method)
    def write(self: Session, /, *args: Any, **items: Any) -> Any:
        self.accessed = self._wrote = True  # though it may fail half-way
        result = method(self, *args, **items)
        self.modified = True
        return result

    return write


class Session(dict[str, Any]):  # noqa: PLW1641 - a dict has no hash
    """The session of one request: a `dict`, and what became of it.

    - ``modified``: something was set or taken away. It may be set: True has the
      cookie sent even so. False doesn't undo a change: `SessionCookie.save` compares.
    - ``accessed``: something was read or written, so that the response depends on the
      cookie. It may be set.
    - ``new``: no cookie of the request verified.
    - ``permanent``: whether the cookie outlives the browser's session. It is kept in
      the session, as ``"_permanent"``, as Flask does.

    >>> session = Session(user=42)
    >>> session.modified, session.accessed, session.new
    (False, False, True)
    >>> session["cart"] = ["apples"]
    >>> session.modified, session.accessed
    (True, True)
    """

    modified: bool = False
    accessed: bool = False
    new: bool = True
    # What the cookie held, as the serializer had it; None: no cookie verified.
    _payload: bytes | None = None
    # The names of the request's cookies that hold this session, or chunks of one.
    _seen: tuple[str, ...] = ()
    # What tells a middleware that it is its own, and no other middleware's.
    _place: object = None
    # That something was set or taken away, or nearly; it can't be taken back.
    _wrote: bool = False

    @property
    def permanent(self) -> bool:
        """Whether the cookie outlives the browser's session."""
        return bool(self.get("_permanent", False))

    @permanent.setter
    def permanent(self, value: bool) -> None:
        self["_permanent"] = bool(value)

    def __reduce__(self) -> tuple[Any, ...]:
        """For `copy` and `pickle`: a copy is not modified by being made."""
        state = {name: value for name, value in vars(self).items() if name != "_place"}
        return type(self), (dict(self),), state

    if not _platform.TYPE_CHECKING:  # for type checkers they stay those of `dict`
        __getitem__ = _reads(dict.__getitem__)
        __contains__ = _reads(dict.__contains__)
        __iter__ = _reads(dict.__iter__)
        __reversed__ = _reads(dict.__reversed__)
        __len__ = _reads(dict.__len__)
        __or__ = _reads(dict.__or__)
        keys = _reads(dict.keys)
        values = _reads(dict.values)
        items = _reads(dict.items)
        copy = _reads(dict.copy)

        __setitem__ = _writes(dict.__setitem__)
        __delitem__ = _writes(dict.__delitem__)
        __ior__ = _writes(dict.__ior__)
        clear = _writes(dict.clear)
        popitem = _writes(dict.popitem)
        update = _writes(dict.update)

        def __ror__(self, other: object) -> Any:
            # Not that of `dict`: PyPy's has none.
            self.accessed = True
            return dict.__or__(other, self) if isinstance(other, dict) else NotImplemented

    def __repr__(self) -> str:
        # Looking at a session is no access, though PyPy asks for its length.
        accessed = self.accessed
        try:
            return super().__repr__()
        finally:
            self.accessed = accessed

    def __eq__(self, other: object) -> bool:
        _note_access(self, other)
        return dict.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        _note_access(self, other)
        return dict.__ne__(self, other)

    def get(self, key: str, default: Any = None) -> Any:
        """As that of `dict`; *default* may be named, as in Werkzeug."""
        self.accessed = True
        return super().get(key, default)

    def pop(self, key: str, default: Any = _MISSING) -> Any:
        """As that of `dict`; a key that was not there leaves the session unmodified."""
        if key in self:
            self.modified = self._wrote = True
        return super().pop(key) if default is _MISSING else super().pop(key, default)

    def setdefault(self, key: str, default: Any = None) -> Any:
        """As that of `dict`; a key that was there leaves the session unmodified."""
        if key not in self:
            self.modified = self._wrote = True
        return super().setdefault(key, default)

    def mark_accessed(self) -> None:
        """Note that the session was accessed: Starlette's ``request.session`` does."""
        self.accessed = True


def _note_access(*operands: object) -> None:
    for operand in operands:
        if isinstance(operand, Session):
            operand.accessed = True


def _in_place_of(opened: Session, held: object) -> Any:
    """The session to save, where *held* is found in the place of the one *opened*.

    One that the application put there takes over, with the cookies to be expired. One
    of another middleware belongs to that one's cookie.
    """
    if held is opened or not isinstance(held, Session):
        return held
    if held._place not in (None, opened._place):
        return opened
    held.modified, held._seen, held._place = True, opened._seen, opened._place
    return held


class SessionCookie:
    """Opens and saves the sessions of one cookie.

    - *secret_key*, *fallbacks*, *salt*, *digest*, *serializer*, *clock*: those of
      `Signer`. The values are bound to the cookie's *name* (`Signer.for_cookie`). A
      *serializer* that never writes the same twice is asked to read again, to compare.
    - *lifetime* (`timedelta`, or seconds): how old a session may be, on the server's
      side; and how long a permanent one stays in the user agent after each time that
      it is sent.
    - *refresh_each_request*: send a permanent session's cookie with each response.
    - *name*, *path*, *domain*, *secure*, *httponly*, *samesite*, *partitioned*: those
      of `dump_cookie`. Recommended, where there is HTTPS: ``name="__Host-session",
      secure=True``.
    - *max_size*: octets of a Set-Cookie header from which on to warn, or, with
      *chunked*, to go on in the next cookie (``name.0``, ``name.1``, ... are then this
      session's too). 0: no warning.

    Options are checked here, once: `CookieError`, ValueError or TypeError for what
    can't be, one `CookieWarning` for a cookie that browsers drop, or whose path they
    ignore.

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

    _bound = True

    def __init__(
        self,
        secret_key: Key,
        *,
        fallbacks: Iterable[Key] = (),
        name: str = "session",
        lifetime: datetime.timedelta | float = datetime.timedelta(days=31),
        refresh_each_request: bool = True,
        path: str | None = "/",
        domain: str | None = None,
        secure: bool = False,
        httponly: bool = True,
        samesite: str | None = "Lax",
        partitioned: bool = False,
        salt: Key = "cookie-session",
        digest: str = "sha256",
        max_size: int = MAX_SET_COOKIE,
        chunked: bool = False,
        serializer: Serializer = tagged_json,
        clock: Callable[[], float] = _platform.now,
    ) -> None:
        self._name = codec._cookie_name(_grammar.check_text(name, "name"))
        signer = Signer(
            secret_key,
            fallbacks=fallbacks,
            salt=salt,
            digest=digest,
            serializer=serializer,
            clock=clock,
        )
        self._signer = signer.for_cookie(self._name) if self._bound else signer
        self._clock = clock
        self._lifetime = min(signing._seconds(lifetime, "lifetime"), dates.LAST_SECOND)
        self._scope = codec._scope(
            self._name, path, domain, secure, httponly, samesite, partitioned
        )
        self._refresh = bool(refresh_each_request)
        self._max_size = _size(max_size)
        self._chunked = bool(chunked)
        self._names = chunks._names(self._name) if chunked else [self._name]
        if chunked:
            self._check_room()
        if self._scope[3] is not None:
            category, code, message = self._scope[3]
            warning = category(f"The {self._name!r} cookie {message}.", self._name, code)
            errors.emit_warning(warning, 3 if self._bound else 4)

    @classmethod
    def flask(cls, secret_key: Key, **same: Any) -> SessionCookie:
        """The session cookie of Flask 3.1: it reads Flask's, and Flask reads its own.

        Options are those of `SessionCookie`. The defaults that differ are Flask's
        too: ``digest="sha1"`` and ``samesite=None``; and the values are not bound to
        the cookie's name. So two such cookies under one key need different salts, or
        the one is taken for the other.

        >>> SessionCookie.flask("a secret key of 32 octets or more", name="session")
        <SessionCookie name='session', digest='sha1'>
        """
        made = cls.__new__(cls)
        made._bound = False
        SessionCookie.__init__(made, secret_key, **{"digest": "sha1", "samesite": None, **same})
        return made

    def __repr__(self) -> str:
        return f"<SessionCookie name={self._name!r}, digest={self._signer._digest!r}>"

    def open(self, cookie_header: Header) -> Session:
        """The session in a request's cookies: what `parse_cookie` takes, an environ too.

        The first cookie of this name that verifies is it, of at most 8, so that a
        planted one locks nobody out; with *chunked*, complete sets of chunks, 8 at most,
        come before plain cookies. What is forged, expired, broken, or no `dict` opens as an
        empty session, and ``new``. Never raises for what a client sent, and never warns.
        """
        header: Any = cookie_header
        if type(header) is not str:
            lines = _wire.header_lines(header)  # an iterator can be read only once
            header = lines[0] if len(lines) == 1 else lines
        if not self._chunked:
            # The usual case, in the quickest way.
            if type(header) is str and self._name not in header:
                return Session()
            token = codec.parse_cookie(header).get(self._name)
            if token is None:
                return Session()
            session = self._verified(token)
            if session is not None:
                return session
        pairs = codec.parse_cookie_pairs(header)
        return self._search([pair for pair in pairs if pair[0] in self._names])

    def _search(self, pairs: Pairs) -> Session:
        """The session in *pairs*, which are all of this cookie's names."""
        session = None
        for token in self._candidates(pairs):
            session = self._verified(token)
            if session is not None:
                break
        if session is None:
            session = Session()
        if self._chunked:
            session._seen = tuple({name for name, _ in pairs})
        return session

    def _candidates(self, pairs: Pairs) -> Iterator[str]:
        if self._chunked:
            yield from chunks._complete_sets(pairs, self._name, _MAX_TRIED)
        plain = [value for name, value in pairs if name == self._name]
        yield from plain[:_MAX_TRIED]

    def _verified(self, token: str) -> Session | None:
        """The session in *token*, or None."""
        try:
            content, payload, _ = self._signer._read(token, self._lifetime)
        except BadSignature:
            return None
        if not isinstance(content, dict):
            return None
        session = Session(content)
        session.new = False
        session._payload = payload
        return session

    def save(self, session: Session) -> list[tuple[str, str]]:
        """The header lines that the response needs for *session*: Set-Cookie, Vary.

        Any number of Set-Cookie, to be added; at most one Vary, to be merged with the
        response's own. A session that was emptied deletes its cookies; one that was
        modified, at any depth, is sent, and so is a permanent one, with
        *refresh_each_request*; with *chunked*, chunks that the request held and that are
        not written again are deleted. May be called again, and for any `Session`.

        Raises TypeError or ValueError for a value that the serializer can't write,
        naming its path; with *chunked*, `CookieError` for a session that is too large for
        a request's header. Without, a `CookieSizeWarning` over *max_size*, which names
        the largest entries (`largest`: their keys and octets).
        """
        if not isinstance(session, Session):
            raise TypeError(f"session must be a Session, not {type(session).__name__}")
        changed, data = self._state(session)
        headers: list[str] = []
        if not dict.__len__(session):
            if changed:
                headers = self._deleted(session)
        elif changed or (self._refresh and dict.get(session, "_permanent")):
            expires = self._expires() if dict.get(session, "_permanent") else None
            headers = self._written(session, data, expires)
        lines = [("Set-Cookie", header) for header in headers]
        if lines or session.accessed:
            lines.append(("Vary", "Cookie"))
        return lines

    def _state(self, session: Session) -> tuple[bool, bytes | None]:
        """Whether *session* was changed; and its octets, if they were looked at."""
        if session.modified:
            return True, None
        payload = session._payload
        if payload is None:
            return dict.__len__(session) > 0, None
        if not session._wrote and all(
            type(value) in tagged_json._PLAIN for value in dict.values(session)
        ):
            return False, None  # nothing in it that could have been changed inside
        try:
            data = self._data(session)
        except (TypeError, ValueError):
            if session._wrote or not _contents.is_read_only(self._signer, payload):
                raise
            return False, payload
        return not _contents.same(self._signer, payload, data), data

    def _data(self, session: Session) -> bytes:
        # By `dict.items`: a copy would ask the session's own methods, and be noted. By
        # `iter`: PyPy asks for the length of a view first.
        return _contents.encoded(self._signer, dict(iter(dict.items(session))))

    def _expires(self) -> float:
        return min(self._clock() + self._lifetime, dates.LAST_SECOND)

    def _deleted(self, session: Session) -> list[str]:
        """What deletes the cookie, and whatever of it was seen."""
        seen = [name for name in self._names[1:] if name in session._seen]
        return chunks._expired([self._name, *seen], self._scope)

    def _written(
        self, session: Session, data: bytes | None, expires: Moment | None
    ) -> list[str]:
        """What carries *session*, whose octets are *data*, if they are known."""
        token = self._signer._token(self._data(session) if data is None else data)
        lives = "" if expires is None else codec._lifetime(None, expires, True)[0]
        if self._chunked:
            return self._chunks(session, token, lives)
        start, before, after, _ = self._scope
        header = f"{start}{token}{before}{lives}{after}"
        if self._max_size and len(header) > self._max_size:
            pair = len(self._name) + len(token)
            entries = _contents.largest(self._signer, session)
            warning = _contents.size_warning(
                self._name, pair, len(header), self._max_size, entries
            )
            errors.emit_warning(warning, 4)
        return [header]

    def _chunks(self, session: Session, token: str, lives: str) -> list[str]:
        """What carries *token*, and deletes whatever of *session* is left over."""
        try:
            written = self._carry(token, lives)
        except CookieError as error:
            entries = _contents.told(_contents.largest(self._signer, session))
            raise CookieError(f"{error}; it is taken by {entries}", error.part) from None
        seen = [name for name in self._names if name in session._seen]
        left_over = [name for name in seen if name not in written]
        return [*written.values(), *chunks._expired(left_over, self._scope)]

    def _carry(self, token: str, lives: str) -> dict[str, str]:
        limit = self._max_size or MAX_SET_COOKIE
        return chunks._carry(self._name, token, "octal", limit, self._scope, lives)

    def _check_room(self) -> None:
        """Whether chunks have room for anything, beside the attributes of each."""
        some = "x" * min(self._max_size or MAX_SET_COOKIE, MAX_NAME_VALUE)
        try:
            self._carry(some, _EXPIRES)
        except CookieError:
            raise ValueError("max_size leaves no room beside the cookie's attributes") from None


def _size(max_size: object) -> int:
    if max_size is None:
        return 0
    if not isinstance(max_size, int) or isinstance(max_size, bool):
        raise TypeError(f"max_size must be a number of octets, not {type(max_size).__name__}")
    if max_size < 0:
        raise ValueError("max_size must not be negative")
    return max_size
