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
from collections.abc import Callable, Iterable
from typing import Any

from . import _platform, chunks, codec, dates, errors, tagged_json
from ._core import grammar, lint, wire
from ._core.attributes import CookieAttributes
from ._platform import crypto
from ._session.mapping import Session
from ._session.payload import Payloads, describe_entries, snapshot
from .errors import CookieError
from .limits import MAX_NAME_VALUE, MAX_SET_COOKIE
from .signing import BadSignature, Signer, check_seconds

if _platform.TYPE_CHECKING:
    from . import _types

    _Pairs = list[tuple[str, str]]

__all__ = ["Session", "SessionCookie"]

#: How many tokens are tried: each costs an HMAC for each key. That is more than fit into one
#: header line of `MAX_COOKIE_HEADER` octets, and more than a browser keeps for a site.
_MAX_TRIED = 200

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
        max_lifetime: datetime.timedelta | float | None = None,
        refresh_after: datetime.timedelta | float | None = None,
        permanent: bool = False,
        leeway: float = 60,
        readers: Iterable[_types.SessionReader] = (),
    ) -> None:
        self._name = codec.cookie_name(grammar.check_text(name, "name"))
        self._unbound = Signer(
            secret_key,
            fallbacks=fallbacks,
            salt=salt,
            digest=digest,
            serializer=serializer,
            clock=clock,
            leeway=leeway,
        )
        # Base64 of what the digest makes: the length of each signature.
        self._signature_size = len(crypto.encode_base64(crypto.hash_of(digest, b"")))
        self._signer = self._unbound.for_cookie(self._name)
        self._payloads = Payloads(self._unbound)
        self._clock = clock
        self._lifetime = min(check_seconds(lifetime, "lifetime"), dates.LAST_SECOND)
        self._max_lifetime = _check_optional(max_lifetime, "max_lifetime")
        # Only of what JSON and its tags can hold: of a buffer it is told too little.
        self._snapshots = serializer is tagged_json
        self._permanent = bool(permanent)
        self._has_more_rules = (
            self._permanent or max_lifetime is not None or self._signer.has_fallbacks
        )
        self._refresh = bool(refresh_each_request) or refresh_after is not None
        self._refresh_after = _check_optional(refresh_after, "refresh_after") or 0
        self._readers = _check_readers(readers)
        self._attributes = CookieAttributes(
            self._name, path, domain, secure, httponly, samesite, partitioned
        )
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
                session = None if token is None else self._verify(token)
                return self._new() if session is None else session
        pairs = codec.parse_cookie_pairs(header)
        return self._search([pair for pair in pairs if pair[0] in self._names])

    def _new(self) -> Session:
        session = Session()
        if self._permanent:
            session.permanent_by_default = True
        return session

    def _search(self, pairs: _Pairs) -> Session:
        plain = [value for name, value in pairs if name == self._name]
        sets = chunks.complete_sets(pairs, self._name) if self._chunked else ()
        verified = []
        for token in self._candidates([*sets, *plain]):
            session = self._verify(token)
            if session is not None:
                verified.append(session)
        if verified:
            newest = max(verified, key=lambda session: session.signature_time or 0)
        else:
            newest = self._read_others(plain)
        newest.verified = len(verified)
        if self._chunked:
            newest.cookie_names = tuple({name for name, _ in pairs})
        return newest

    def _candidates(self, values: list[str]) -> list[str]:
        """Return the values that may be tokens, each once, up to a limit.

        Anybody can plant some that look right, but they fill the header before they reach the
        limit.
        """
        size = self._signature_size
        tokens = [
            value
            for value in dict.fromkeys(values)
            if value.count(".") >= 2 and len(value) - value.rfind(".") - 1 == size
        ]
        return tokens[:_MAX_TRIED]

    def _verify(self, token: str) -> Session | None:
        try:
            content, payload, signed_at = self._signer.read(token, None)
        except BadSignature:
            return None
        if not isinstance(content, dict) or signed_at is None:
            return None
        own = _take_lifetimes(content) if _LIFETIMES in content else None
        session = Session(content)
        if own is not None:
            session.own_lifetime, session.first_signed_at = own
        now, lifetime = int(self._clock()), session.own_lifetime
        if now - signed_at > (self._lifetime if lifetime is None else lifetime):
            return None
        session.payload, session.signature_time = payload, signed_at
        if tagged_json.is_plain(content.values()):
            session.snapshot = b""
        elif self._snapshots:
            session.snapshot = snapshot(content)
        return self._verify_more(session, token, now) if self._has_more_rules else session

    def _verify_more(self, session: Session, token: str, now: int) -> Session | None:
        """Apply the options that few have."""
        session.permanent_by_default = self._permanent
        session.stale = not self._signer.is_current(token)
        if self._max_lifetime is None:
            return session
        if session.first_signed_at is None:  # it is from before there was a *max_lifetime*
            session.first_signed_at = session.signature_time
            session.stale = True
        age = now - (session.first_signed_at or 0)
        return None if age > self._max_lifetime else session

    def _read_others(self, values: list[str]) -> Session:
        """Return the session that a reader finds in one of *values*, or a new one."""
        session = self._new()
        for reader in self._readers:
            for value in list(dict.fromkeys(values))[:_MAX_TRIED]:
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
        if not dict.__len__(session):
            if changed:
                headers = self.deletions(session)
        else:
            permanent = dict.get(session, "_permanent", self._permanent)
            if changed or (permanent and self._refresh and self._is_due(session)):
                expires = self._expires(session) if permanent else None
                headers = self.write(session, payload, expires)
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
        if taken == b"" or (taken and snapshot(dict(iter(dict.items(session)))) == taken):
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
        headers = [self._attributes.deletion(name) for name in self._names]
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
        if self._max_lifetime is not None and session.first_signed_at is None:
            session.first_signed_at, payload = int(self._clock()), None
        token = self._signer.seal(self._encode(session) if payload is None else payload)
        if expires is not None and (
            session.own_lifetime is not None or self._max_lifetime is not None
        ):
            expires = self._expires(session)
        lifetime = "" if expires is None else f"; Expires={dates.format_cookie_date(expires)}"
        if self._chunked:
            return self._write_chunks(session, token, lifetime)
        header = self._attributes.header(self._name, token, lifetime)
        if self._max_size and len(header) > self._max_size:
            self._warn_of_size(session, len(token), len(header))
        return [header]

    def _expires(self, session: Session) -> float:
        own, first = session.own_lifetime, session.first_signed_at
        end = self._clock() + (self._lifetime if own is None else own)
        if self._max_lifetime is not None and first is not None:
            end = min(end, first + self._max_lifetime)
        return min(end, dates.LAST_SECOND)

    def _write_chunks(self, session: Session, token: str, lifetime: str) -> list[str]:
        limit = self._max_size or MAX_SET_COOKIE
        try:
            written = chunks.write_chunks(self._attributes, token, token, lifetime, limit)
        except CookieError as error:
            entries = describe_entries(self._payloads.largest(session))
            message = f"{error}; the largest entries are {entries}"
            raise CookieError(message, error.part) from None
        # Plain cookie and first chunk whether they were seen or not: another response may have
        # set them meanwhile. Without them no older value is whole.
        older = {*self._names[:2], *session.cookie_names} if session.cookie_names else ()
        left_over = [name for name in self._names if name in older and name not in written]
        return [*written.values(), *map(self._attributes.deletion, left_over)]

    def _encode(self, session: Session) -> bytes:
        # By `dict.items`: a copy would call the session's own methods, which record it. By
        # `iter`: PyPy first computes the length of a view.
        content = dict(iter(dict.items(session)))
        own, first = session.own_lifetime, session.first_signed_at
        if own is not None or first is not None:
            content[_LIFETIMES] = [own, first]
        return self._payloads.encode(content)

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


def _check_optional(seconds: datetime.timedelta | float | None, what: str) -> float | None:
    return None if seconds is None else check_seconds(seconds, what)


def _check_readers(readers: Iterable[_types.SessionReader]) -> list[_types.SessionReader]:
    """Return the readers in a list, or raise TypeError if one can't be called."""
    checked = list(readers)
    if not all(map(callable, checked)):
        raise TypeError("readers must be functions")
    return checked


def _twins_of(cookie: CookieAttributes) -> list[CookieAttributes]:
    """Return the attributes that a cookie of this name may have been set with before."""
    flags = (cookie.secure, cookie.httponly, cookie.samesite)
    return [
        CookieAttributes(cookie.name, cookie.path, domain, *flags, partitioned)
        for domain in dict.fromkeys([cookie.domain, None])
        for partitioned in (False, True)
        if (domain, partitioned) != (cookie.domain, cookie.partitioned)
    ]


def _take_lifetimes(content: dict[str, Any]) -> list[Any] | None:
    """Take the entry of lifetimes out of *content* and return it, if it is one of ours."""
    entry = content[_LIFETIMES]
    if isinstance(entry, list) and len(entry) == 2 and all(map(_is_time, entry)):
        del content[_LIFETIMES]
        return entry
    return None


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
