"""The place where an application finds its session: an entry of an environ or a scope."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from enum import Enum
from typing import Any

from .. import _platform
from .mapping import Session

if _platform.TYPE_CHECKING:
    from .. import _types
    from ..session import SessionCookie


class _Key(str):
    """A key of a `dict` that records an access to its session when it is looked up.

    C code reads a session (`orjson.dumps`, an empty one by `json.dumps`) without calling any
    of its methods, so what counts is that the application gets hold of it. PEP 3333 allows
    only a plain `dict`, but this compares the key that it holds with the one it is given.
    """

    session: Session | None = None
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        if self.session is not None and type(other) is not _Key:
            self.session.accessed = True
        return str.__eq__(self, other)


class SessionPlace:
    """A session that was opened for an application, which may put another one in its place.

    *name* is what the mapping is called, and *key* where in it the session is.
    """

    def __init__(
        self, mapping: MutableMapping[str, Any], name: str, key: str, cookie: SessionCookie
    ) -> None:
        self._mapping = mapping
        self._name = name
        self._key = _Key(key)
        self._cookie = cookie
        self._opened = Session()

    def open(self, header: _types.Header) -> bool:
        """Open the session in *header*, unless this cookie's has been opened around us.

        (Then the same middleware was added twice, and the outer one does the work.)
        """
        outer = self._mapping.get(self._key)
        if isinstance(outer, Session) and outer.owner is self._cookie and not outer.sent:
            return False
        self._opened = self._key.session = self._cookie.open(header)
        self._opened.owner = self._cookie
        self._mapping.pop(self._key, None)  # a dict keeps the key that it has
        self._mapping[self._key] = self._opened
        return True

    def held(self) -> Session:
        """Return the session to save: the one opened, or what the application replaced it by.

        A replacement deletes the cookies of the one opened. A session that another middleware
        opened belongs to the cookie of that middleware. Raises TypeError for anything that is
        neither a mapping nor Litestar's ``Empty``, by which `request.clear_session` logs out.
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
        if session.owner not in (None, self._cookie):
            return opened
        session.modified, session.sent, session.owner = True, False, self._cookie
        session.cookie_names, session.verified = opened.cookie_names, opened.verified
        return session

    def save(self) -> list[tuple[str, str]]:
        """Return the header lines for the session to save. It is sent with them."""
        session = self.held()
        lines = self._cookie.save(session)
        session.sent = True
        return lines
