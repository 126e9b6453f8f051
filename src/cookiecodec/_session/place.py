"""The place where an application finds its session: an entry of an environ or a scope."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from enum import Enum
from typing import Any, NamedTuple

from .. import _platform
from .mapping import Session

if _platform.TYPE_CHECKING:
    from ..session import SessionCookie


class _Key(str):
    """A key of a `dict` that records an access to its session when it is looked up.

    C code reads a session (`orjson.dumps`, an empty one by `json.dumps`) without calling any
    of its methods, so what counts is that the application gets hold of it. PEP 3333 allows
    only a plain `dict`, but this compares the key that it holds with the one it is given.
    """

    session = Session()
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        if type(other) is not _Key:
            self.session.accessed = True
        return str.__eq__(self, other)


class Owner(NamedTuple):
    """The middleware that saves a session: its cookie, in one request."""

    cookie: SessionCookie
    request: object


class SessionPlace:
    """A session that was opened for an application, which may put another one in its place.

    *name* is what the mapping is called, *key* where in it the session is, and *header* the
    Cookie header.
    """

    __slots__ = ("_key", "_mapping", "_name", "_opened", "_owner")

    def __init__(
        self,
        mapping: MutableMapping[str, Any],
        name: str,
        key: str,
        cookie: SessionCookie,
        header: str | None,
    ) -> None:
        self._mapping = mapping
        self._name = name
        self._key = _Key(key)
        outer = mapping.pop(self._key, None)  # with its key: a dict keeps the key that it has
        around = outer.owner if isinstance(outer, Session) else None
        self._owner = Owner(cookie, around.request if around else object())
        self._opened = self._key.session = mapping[self._key] = cookie.open(header)
        self._opened.owner = self._owner

    def held(self) -> Session:
        """Return the session to save: the one opened, or what the application replaced it by.

        A replacement deletes the cookies of the one opened. A session of another middleware
        is that one's to save, unless an earlier request left it. Raises TypeError for anything
        that is neither a mapping nor Litestar's ``Empty`` (by `request.clear_session`).
        """
        opened = self._opened
        held: object = self._mapping.get(self._key, opened)
        if held is opened:
            return opened
        if isinstance(held, Session):
            session = held
        elif isinstance(held, Mapping) or (isinstance(held, Enum) and held.name == "EMPTY"):
            session = Session(held if isinstance(held, Mapping) else {})
        else:
            raise TypeError(
                f'{self._name}["{self._key}"] must be a Session or a mapping, not'
                f" {type(held).__name__}; to log out, call the session's clear()"
            )
        owner, own = session.owner or self._owner, self._owner
        if owner is not own and (
            owner.request is own.request or owner.cookie is not own.cookie
        ):
            return opened
        session.modified, session.sent, session.owner = True, False, own
        session.cookie_names, session.verified = opened.cookie_names, opened.verified
        return session

    def save(self) -> list[tuple[str, str]]:
        """Return the header lines for the session to save. It is sent with them."""
        session = self.held()
        lines = self._owner.cookie.save(session)
        session.sent = True
        return lines
