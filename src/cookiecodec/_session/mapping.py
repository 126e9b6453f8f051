"""`Session`: a dict that records whether it was accessed and changed."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from .. import _platform

_MISSING = object()


def _reading(method: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap a *method* of `dict` that reads, so that it records the access."""

    @functools.wraps(method)
    def read(self: Session, /, *args: Any) -> Any:
        self.accessed = True
        return method(self, *args)

    return read


def _writing(method: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap a *method* of `dict` that writes, so that it records the change."""

    @functools.wraps(method)
    def write(self: Session, /, *args: Any, **items: Any) -> Any:
        self.accessed = self.mutated = True  # though it may fail half-way
        result = method(self, *args, **items)
        self.modified = True
        return result

    return write


class Session(dict[str, Any]):  # noqa: PLW1641 - a dict has no hash
    """The session of one request: a `dict` that records what happens to it.

    - ``modified``: something was set or removed. You may set it: with True the cookie is
      sent in any case. False does not undo a change, since `SessionCookie.save` compares.
    - ``accessed``: something was read or written, so the response depends on the cookie. You
      may set it.
    - ``new``: no cookie of the request verified.
    - ``permanent``: whether the cookie outlives the browser's session. It is kept in the
      session as ``"_permanent"``, as Flask does.

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
    # The rest is for those that open and save sessions.
    #: Whether a method that writes was called. Unlike `modified` it can't be reset.
    mutated: bool = False
    #: What the request's cookie held, as the serializer wrote it. None: no cookie verified.
    payload: bytes | None = None
    #: The names of the request's cookies that hold this session, or chunks of one.
    cookie_names: tuple[str, ...] = ()
    #: The request of the middleware that opened the session, so that no other one saves it.
    owner: object = None

    @property
    def permanent(self) -> bool:
        """Whether the cookie outlives the browser's session."""
        return bool(self.get("_permanent", False))

    @permanent.setter
    def permanent(self, value: bool) -> None:
        self["_permanent"] = bool(value)

    def __reduce__(self) -> tuple[Any, ...]:
        """Support `copy` and `pickle`. A copy is not modified by being made."""
        state = {name: value for name, value in vars(self).items() if name != "owner"}
        return type(self), (dict(self),), state

    if not _platform.TYPE_CHECKING:  # for type checkers they stay those of `dict`
        __getitem__ = _reading(dict.__getitem__)
        __contains__ = _reading(dict.__contains__)
        __iter__ = _reading(dict.__iter__)
        __reversed__ = _reading(dict.__reversed__)
        __len__ = _reading(dict.__len__)
        __or__ = _reading(dict.__or__)
        keys = _reading(dict.keys)
        values = _reading(dict.values)
        items = _reading(dict.items)
        copy = _reading(dict.copy)

        __setitem__ = _writing(dict.__setitem__)
        __delitem__ = _writing(dict.__delitem__)
        __ior__ = _writing(dict.__ior__)
        clear = _writing(dict.clear)
        popitem = _writing(dict.popitem)
        update = _writing(dict.update)

        def __ror__(self, other: object) -> Any:
            # Not that of `dict`, which PyPy does not have.
            self.accessed = True
            return dict.__or__(other, self) if isinstance(other, dict) else NotImplemented

    def __repr__(self) -> str:
        # Showing a session is not an access, though PyPy computes its length.
        accessed = self.accessed
        try:
            return super().__repr__()
        finally:
            self.accessed = accessed

    def __eq__(self, other: object) -> bool:
        _record_access(self, other)
        return dict.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        _record_access(self, other)
        return dict.__ne__(self, other)

    def get(self, key: str, default: Any = None) -> Any:
        """Like that of `dict`. *default* may be named, as in Werkzeug."""
        self.accessed = True
        return super().get(key, default)

    def pop(self, key: str, default: Any = _MISSING) -> Any:
        """Like that of `dict`. A missing key leaves the session unmodified."""
        if key in self:
            self.modified = self.mutated = True
        return super().pop(key) if default is _MISSING else super().pop(key, default)

    def setdefault(self, key: str, default: Any = None) -> Any:
        """Like that of `dict`. A key that is there leaves the session unmodified."""
        if key not in self:
            self.modified = self.mutated = True
        return super().setdefault(key, default)

    def mark_accessed(self) -> None:
        """Record an access. Starlette's ``request.session`` calls this."""
        self.accessed = True


def _record_access(*operands: object) -> None:
    for operand in operands:
        if isinstance(operand, Session):
            operand.accessed = True


def session_to_save(opened: Session, held: object) -> Any:
    """Return the session to save if an application holds *held* in place of *opened*.

    A session that the application put there replaces the one opened, and deletes its
    cookies. One that another middleware opened belongs to the cookie of that middleware.
    """
    if held is opened or not isinstance(held, Session):
        return held
    if held.owner not in (None, opened.owner):
        return opened
    held.modified, held.cookie_names, held.owner = True, opened.cookie_names, opened.owner
    return held
