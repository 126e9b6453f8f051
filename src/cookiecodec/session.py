"""Sessions in a signed cookie, for any framework: Flask's design, without Flask.

`SessionCookie.open` makes a `Session` of the request's Cookie header, the application uses it
as the dict that it is, and `SessionCookie.save` returns the header lines that the response
needs. The state of a request is in its `Session`. A `SessionCookie` holds the key and the
options, and threads share it.

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
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from . import _platform, chunks, codec, dates, errors, tagged_json
from ._core import grammar, lint, wire
from ._core.attributes import CookieAttributes
from ._platform import crypto
from ._session.mapping import Session
from ._session.payload import MAX_TRIED, Payloads, candidates, describe_entries, snapshot
from .errors import CookieError
from .limits import MAX_NAME_VALUE, MAX_SET_COOKIE
from .signing import BadSignature, Signer, check_seconds

if TYPE_CHECKING:
    from typing import Optional, Union

    from typing_extensions import TypedDict, Unpack

    from . import _types
    from .signing import Digest

    _Pairs = list[tuple[str, str]]
    _Seconds = Union[datetime.timedelta, float]

    class _Options(TypedDict, total=False):
        """The options of `SessionCookie`, for its class method."""

        fallbacks: Iterable[_types.Key]
        name: str
        lifetime: _Seconds
        refresh_each_request: bool
        path: Optional[str]
        domain: Optional[str]
        secure: bool
        httponly: bool
        samesite: _types.SameSite
        partitioned: bool
        salt: _types.Key
        digest: Digest
        max_size: int
        chunked: bool
        serializer: _types.Serializer
        clock: Callable[[], float]
        max_lifetime: Optional[_Seconds]
        refresh_after: Optional[_Seconds]
        permanent: bool
        leeway: float
        readers: Iterable[_types.SessionReader]


__all__ = ["Session", "SessionCookie"]

#: Octets of a payload that is not compressed: of less, zlib saves a dozen octets, and takes as
#: long as all the rest. Flask's format leaves no choice.
_SHORT = 200

#: The entry of a payload that holds a session's own lifetime, and when it was first signed.
_LIFETIMES = "_lifetimes"

#: The longest lifetime of a session cookie, as text.
_LONGEST_LIFETIME = "; Expires=Thu, 01 Jan 1970 00:00:00 GMT"


class SessionCookie:
    """Opens and saves the sessions of one cookie.

    - *secret_key*, *fallbacks*, *salt*, *digest*, *serializer*, *clock*: those of `Signer`.
      The values are bound to the cookie's *name* (`Signer.for_cookie`). A session that one
      of the *fallbacks* verified is signed again, with the *secret_key*. A *serializer* that
      never writes the same twice is asked to read again, to compare.
    - *lifetime* (`timedelta`, or seconds): how old a session may be, on the server's side,
      and how long a permanent one stays in the user agent after each time that it is sent.
      ``session.lifetime`` sets another one for a single session.
    - *max_lifetime*: how long a session may exist, from its first signing on, however often
      it is signed again. *leeway*: that of `Signer`.
    - *permanent*: whether sessions are permanent that don't say so themselves.
    - *refresh_each_request*: send a permanent session's cookie with each response.
      *refresh_after*: send it once it has reached this age instead: seconds, a `timedelta`,
      or, below 1, a share of the lifetime.
    - *readers*: functions that read another format. If no cookie of this one verifies, each
      is called with the raw value of each cookie of this *name*. It returns the content of
      a session, or None, and raises nothing for what a client sends. `save` writes what it
      has found in our format.
    - *name*, *path*, *domain*, *secure*, *httponly*, *samesite*, *partitioned*: those of
      `dump_cookie`. Over HTTPS use ``name="__Host-session", secure=True``.
    - *max_size*: octets of a Set-Cookie header over which to warn, or, with *chunked*, to
      continue in the next cookie (``name.0``, ``name.1``, ... are then this session's too).
      0: no warning.

    The options are checked once, here. Raises `CookieError`, ValueError or TypeError for
    invalid ones. Emits one `CookieWarning` for a cookie that browsers drop, or whose path
    they ignore. A copy is the same object: it holds keys.

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
        lifetime: _Seconds = datetime.timedelta(days=31),
        refresh_each_request: bool = True,
        path: str | None = "/",
        domain: str | None = None,
        secure: bool = False,
        httponly: bool = True,
        samesite: _types.SameSite = "Lax",
        partitioned: bool = False,
        salt: _types.Key = "cookie-session",
        digest: Digest = "sha256",
        max_size: int = MAX_SET_COOKIE,
        chunked: bool = False,
        serializer: _types.Serializer = tagged_json,
        clock: Callable[[], float] = _platform.now,
        max_lifetime: _Seconds | None = None,
        refresh_after: _Seconds | None = None,
        permanent: bool = False,
        leeway: float = 60,
        readers: Iterable[_types.SessionReader] = (),
    ) -> None:
        self._name = codec.cookie_name(grammar.check_text(name, "name"))
        same: Any = {"salt": salt, "digest": digest, "clock": clock}
        verifying: Any = {"fallbacks": fallbacks, "serializer": serializer, "leeway": leeway}
        self._unbound = Signer(secret_key, **same, **verifying)
        self._signer = self._unbound.for_cookie(self._name)
        self._short_signer = Signer(secret_key, compress=False, **same).for_cookie(self._name)
        # Base64 of what the digest makes: the length of each signature.
        self._signature_size = len(crypto.encode_base64(crypto.hash_of(digest, b"")))
        self._payloads = Payloads(self._unbound)
        #: Whether `snapshot` may tell what has changed: it writes buffers of all types alike,
        #: so this is for what JSON and its tags can hold.
        self.takes_snapshots: bool = serializer is tagged_json
        self._clock = clock
        self._lifetime = min(check_seconds(lifetime, "lifetime"), dates.LAST_SECOND)
        self._max_lifetime = _check_optional(max_lifetime, "max_lifetime")
        self._permanent = bool(permanent)
        self._has_more_rules = (
            self._permanent or max_lifetime is not None or self._signer.has_fallbacks
        )
        self._refresh = bool(refresh_each_request) or refresh_after is not None
        self._refresh_after = _check_optional(refresh_after, "refresh_after") or 0
        self._readers = list(readers)
        if not all(map(callable, self._readers)):
            raise TypeError("readers must be functions")
        self._attributes = CookieAttributes(
            self._name, path, domain, secure, httponly, samesite, partitioned
        )
        self._max_size = _check_size(max_size)
        #: The names under which a session may travel.
        self.names: list[str] = chunks.chunk_names(self._name) if chunked else [self._name]
        self._chunked = bool(chunked)
        if chunked:
            self._check_room()
        if self._attributes.problem is not None:
            errors.warn(self._attributes.problem.warning(self._name))

    @classmethod
    def flask(cls, secret_key: _types.Key, **same: Unpack[_Options]) -> SessionCookie:
        """Return the session cookie of Flask 3.1: Flask reads it, and it reads Flask's.

        The options are those of `SessionCookie`. Flask's defaults that differ are used:
        ``digest="sha1"`` and ``samesite=None``. The values are not bound to the cookie's
        name, so two such cookies under one key need different salts. Otherwise one could
        stand in for the other.

        >>> SessionCookie.flask("a secret key of 32 octets or more", name="session")
        <SessionCookie name='session', digest='sha1'>
        """
        options: _Options = {"digest": "sha1", "samesite": None, **same}
        cookie = cls(secret_key, **options)
        cookie._signer = cookie._short_signer = cookie._unbound
        return cookie

    def __repr__(self) -> str:
        if not hasattr(self, "_signer"):  # in the traceback of an invalid option
            return "<SessionCookie>"
        return f"<SessionCookie name={self._name!r}, digest={self._signer.digest!r}>"

    def __deepcopy__(self, memo: object = None) -> SessionCookie:
        """Return the same object, which never changes: frameworks copy their configuration."""
        return self

    __copy__ = __deepcopy__

    def open(self, cookie_header: _types.Header) -> Session:
        """Return the session in a request's cookies: in anything that `parse_cookie` takes.

        Each cookie of this name that may be a token is tried, and, with *chunked*, each
        complete set of chunks. Of those that verify the newest counts, so that neither a
        planted one nor one that is left over locks the user out. What is forged, expired,
        broken, or not a `dict` opens as an empty session that is ``new``. Never raises an
        exception and never warns, whatever a client sends.
        """
        header: Any = cookie_header
        if type(header) is not str:
            lines = wire.header_lines(header)  # an iterator can be read only once
            header = lines[0] if len(lines) == 1 else lines
            if isinstance(header, (bytes, bytearray, memoryview)):
                header = _platform.from_latin1(bytes(header))  # which means the same
        if not header:
            return self._new()
        if not self._chunked and type(header) is str:
            # The usual case, in the quickest way: no cookie has this name, or one has it.
            count = header.count(self._name)
            token = codec.parse_cookie(header).get(self._name) if count == 1 else None
            if count <= 1 and (token is None or not self._readers):
                session = self._verify(token) if token else None
                return self._new() if session is None else session
        return self.find(codec.parse_cookie_pairs(header))

    def _new(self) -> Session:
        session = Session()
        if self._permanent:
            session.permanent_by_default = True
        return session

    def find(
        self, pairs: _Pairs, is_alive: Callable[[Session], bool] = lambda session: True
    ) -> Session:
        """Return the session in *pairs*, which are the cookies of a request.

        *is_alive* is asked about each session that verifies.
        """
        own = [pair for pair in pairs if pair[0] in self.names]
        plain = [value for name, value in own if name == self._name]
        sets = chunks.complete_sets(own, self._name) if self._chunked else []
        opened = map(self._verify, candidates([*sets, *plain], self._signature_size))
        verified = [each for each in opened if each is not None and is_alive(each)]
        session = max(verified, key=_signature_time) if verified else self._read_others(plain)
        session.verified = len(verified)
        if self._chunked:
            session.cookie_names = tuple({name for name, _ in own})
        return session

    def _verify(self, token: str) -> Session | None:
        try:
            content, payload, signed_at = self._signer.read(token, None)
        except BadSignature:
            return None
        if not isinstance(content, dict) or signed_at is None:
            return None
        own = first = None
        if _LIFETIMES in content:
            own, first = take_lifetimes(content)
        now = int(self._clock())
        if now - signed_at > (self._lifetime if own is None else own):
            return None
        session = Session(content)
        session.token, session.payload, session.signature_time = token, payload, signed_at
        if own is not None:
            session.own_lifetime = own
        if tagged_json.is_plain(content.values()):
            session.snapshot = b""
        elif self.takes_snapshots:
            session.snapshot = snapshot(content)
        if first is None and not self._has_more_rules:
            return session
        session.first_signed_at = first
        session.permanent_by_default = self._permanent
        session.stale = not self._signer.is_current(token)
        if self._max_lifetime is None:
            return session
        if first is None:  # it is from before there was a *max_lifetime*
            session.first_signed_at = first = signed_at
            session.stale = True
        return None if now - first > self._max_lifetime else session

    def _read_others(self, values: list[str]) -> Session:
        """Return the session that a reader finds in one of *values*, or a new one."""
        session = self._new()
        for reader in self._readers:
            for value in list(dict.fromkeys(values))[:MAX_TRIED]:
                content = reader(value)
                if content is not None:
                    dict.update(session, content)
                    session.payload = b""
                    return session
        return session

    def save(self, session: Session) -> list[tuple[str, str]]:
        """Return the header lines that the response needs for *session*: Set-Cookie, Vary.

        There may be any number of Set-Cookie, to be added, and at most one Vary, to be merged
        with the response's own. A session that was emptied deletes its cookies: all that it
        may have, whether the request held them or not, since another response may have set
        them meanwhile. One that was modified, at any depth, is sent, and so is one that a
        fallback key verified, and a permanent one that has to be refreshed. With *chunked*,
        what is not written again of an older value is deleted. May be called again, and for
        any `Session`.

        Raises TypeError or ValueError for a value that the serializer can't write, and names
        its path. With *chunked*, raises `CookieError` for a session that is too large for a
        request's header. Without, warns over *max_size* with a `CookieSizeWarning`, whose
        ``largest`` has keys and octets of the largest entries.
        """
        if not isinstance(session, Session):
            raise TypeError(f"session must be a Session, not {type(session).__name__}")
        changed, payload = self.find_change(session)
        headers: list[str] = []
        if dict.__len__(session):
            permanent = dict.get(session, "_permanent", self._permanent)
            if changed or (permanent and self._refresh and self._is_due(session)):
                headers = self.write(session, payload, self._expires(session, permanent))
        elif changed:
            headers = self.deletions(session)
        lines = [("Set-Cookie", header) for header in headers]
        if lines or session.accessed:
            lines.append(("Vary", "Cookie"))
        return lines

    def _is_due(self, session: Session) -> bool:
        """Whether a permanent session is old enough to be sent again."""
        after, signed_at = self._refresh_after, session.signature_time
        if not after or signed_at is None:
            return True
        if after < 1:
            lifetime = session.own_lifetime
            after *= self._lifetime if lifetime is None else lifetime
        return int(self._clock()) - signed_at >= after

    def find_change(self, session: Session) -> tuple[bool, bytes | None]:
        """Return whether *session* has to be written, and its payload, if that was needed.

        It has to be if it was changed, if a fallback key or a reader has read it, or if it
        does not tell yet when it was first signed. An unchanged one is encoded only if it has
        values that `snapshot` can't tell apart.
        """
        if session.modified:
            return True, None
        before = session.payload
        if not before:  # no cookie verified, or one in the format of a reader
            return dict.__len__(session) > 0, None
        stale = session.stale and dict.__len__(session) > 0
        taken = None if stale or session.mutated else session.snapshot
        if taken == b"" or (taken and snapshot(session) == taken):
            return False, before
        try:
            payload = self._encode(session)
        except (TypeError, ValueError):
            if session.mutated or not self._payloads.is_read_only(before):
                raise
            return stale, before
        return stale or not self._payloads.is_same(before, payload), payload

    def deletions(self, session: Session) -> list[str]:
        """Return the headers that delete every cookie that the session can have.

        Where another cookie verified too, or may still be read, a cookie of this name was
        set before the Domain was, or before Partitioned was changed: it is deleted as well.
        """
        headers = [self._attributes.deletion(name) for name in self.names]
        if session.verified > 1 or self._readers:
            names = sorted(session.cookie_names) or [self._name]
            twins = _twins_of(self._attributes)
            headers += [twin.deletion(name) for twin in twins for name in names]
        return headers

    def write(
        self, session: Session, payload: bytes | None, expires: _types.Moment | None
    ) -> list[str]:
        """Return the headers for *session*. *payload* is its encoding, if it is known.

        *expires* is when it ends, or None if that is with the browser's session. A lifetime
        of its own, and *max_lifetime*, have precedence.
        """
        token = self.seal(session, payload)
        if expires is not None and (
            session.own_lifetime is not None or self._max_lifetime is not None
        ):
            expires = self._expires(session, True)
        lifetime = "" if expires is None else f"; Expires={dates.format_cookie_date(expires)}"
        return self.headers(session, token, lifetime)

    def seal(self, session: Session, payload: bytes | None = None) -> str:
        """Return the token with *session*. *payload* is its encoding, if it is known."""
        if self._max_lifetime is not None and session.first_signed_at is None:
            session.first_signed_at, payload = int(self._clock()), None
        payload = self._encode(session) if payload is None else payload
        return (self._short_signer if len(payload) < _SHORT else self._signer).seal(payload)

    def headers(self, session: Session, token: str, lifetime: str) -> list[str]:
        """Return the headers that carry the *token* of *session*, and delete what is left over.

        *lifetime* is their text of Expires and Max-Age.
        """
        if not self._chunked:
            header = self._attributes.header(self._name, token, lifetime)
            self.check_size(session, token, len(header), self._max_size)
            return [header]
        try:
            written = self._write_chunks(token, lifetime)
        except CookieError as error:
            entries = describe_entries(self._payloads.largest(session))
            message = f"{error}; the largest entries are {entries}"
            raise CookieError(message, error.part) from None
        # Plain cookie and first chunk whether they were seen or not: another response may have
        # set them meanwhile. Without them no older value is whole.
        older = {*self.names[:2], *session.cookie_names} if session.cookie_names else ()
        left_over = [name for name in self.names if name in older and name not in written]
        return [*written.values(), *map(self._attributes.deletion, left_over)]

    def check_size(self, session: Session, token: str, size: int, limit: int) -> None:
        """Warn if *size* octets are too many for one cookie."""
        if limit and size > limit and not self._chunked:
            entries = self._payloads.largest(session)
            errors.warn(lint.size_warning(self._name, len(token), size, limit, entries))

    def _write_chunks(self, token: str, lifetime: str) -> dict[str, str]:
        limit = self._max_size or MAX_SET_COOKIE
        return chunks.write_chunks(self._attributes, token, token, lifetime, limit)

    def _check_room(self) -> None:
        """Check that chunks have room for anything beside the attributes of each."""
        value = "x" * min(self._max_size or MAX_SET_COOKIE, MAX_NAME_VALUE)
        try:
            self._write_chunks(value, _LONGEST_LIFETIME)
        except CookieError:
            raise ValueError("max_size leaves no room beside the cookie's attributes") from None

    def _expires(self, session: Session, permanent: bool) -> float | None:
        if not permanent:
            return None
        own, first = session.own_lifetime, session.first_signed_at
        now = self._clock()
        end = now + (self._lifetime if own is None else own)
        if self._max_lifetime is not None:
            end = min(end, (now if first is None else first) + self._max_lifetime)
        return min(end, dates.LAST_SECOND)

    def _encode(self, session: Session) -> bytes:
        content = dict(iter(dict.items(session)))  # see `snapshot`
        own, first = session.own_lifetime, session.first_signed_at
        if own is not None or first is not None:
            content[_LIFETIMES] = [own, first]
        return self._payloads.encode(content)


def _signature_time(session: Session) -> int:
    return session.signature_time or 0


def _check_optional(seconds: _Seconds | None, what: str) -> float | None:
    return None if seconds is None else check_seconds(seconds, what)


def _twins_of(cookie: CookieAttributes) -> list[CookieAttributes]:
    """Return the attributes that a cookie of this name may have been set with before."""
    flags = (cookie.secure, cookie.httponly, cookie.samesite)
    return [
        CookieAttributes(cookie.name, cookie.path, domain, *flags, partitioned)
        for domain in dict.fromkeys([cookie.domain, None])
        for partitioned in (False, True)
        if (domain, partitioned) != (cookie.domain, cookie.partitioned)
    ]


def take_lifetimes(content: dict[str, Any]) -> tuple[float | None, int | None]:
    """Take the entry of lifetimes out of *content*, if it is one of ours, and return it."""
    entry = content.get(_LIFETIMES)
    if isinstance(entry, list) and len(entry) == 2 and all(map(_is_time, entry)):
        own, first = content.pop(_LIFETIMES)
        return own, first
    return None, None


def _is_time(value: Any) -> bool:
    return value is None or (type(value) in (int, float) and 0 <= value <= dates.LAST_SECOND)


def _check_size(max_size: object) -> int:
    if max_size is None:
        return 0
    if not isinstance(max_size, int) or isinstance(max_size, bool):
        raise TypeError(f"max_size must be a number of octets, not {type(max_size).__name__}")
    if max_size < 0:
        raise ValueError("max_size must not be negative")
    return max_size
