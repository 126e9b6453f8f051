"""`Session`: a dict that records whether it was accessed and changed."""

from __future__ import annotations

import datetime
import functools
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .. import _platform
from ..dates import LAST_SECOND
from ..signing import check_seconds

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
        if self.sent:
            report_late_change()
        return result

    return write


class Session(dict[str, Any]):  # noqa: PLW1641 - a dict has no hash
    """The session of one request: a `dict` that records what happens to it.

    - ``modified``: something was set or removed. You may set it: with True the cookie is
      sent in any case. False does not undo a change, since `SessionCookie.save` compares.
    - ``accessed``: something was read or written, so the response depends on the cookie. You
      may set it: do so before C code (orjson, msgspec) reads the session, which calls
      none of its methods. The middlewares do it for you.
    - ``new``: no cookie of the request verified. ``signed_at``: when it was signed (Unix
      time), or None. To read one is an access.
    - ``permanent``: whether the cookie outlives the browser's session. It is kept in the
      session as ``"_permanent"``, as Flask does.
    - ``lifetime``: a lifetime of its own: seconds, a `timedelta`, or None. It is kept in the
      cookie, and counts from each time that it is signed.

    `clear` starts a new session: these two are reset, and *max_lifetime* begins again.

    >>> session = Session(user=42)
    >>> session.modified, session.accessed, session.new
    (False, False, True)
    >>> session["cart"] = ["apples"]
    >>> session.modified, session.accessed
    (True, True)
    """

    modified: bool = False
    accessed: bool = False
    # The rest is for those that open and save sessions.
    #: Whether a method that writes was called. Unlike `modified` it can't be reset.
    mutated: bool = False
    #: What the request's cookie held, as the serializer wrote it. None: no cookie verified.
    #: Empty: it had the format of a reader.
    payload: bytes | None = None
    #: The token in that cookie.
    token: str | None = None
    #: What `payload.snapshot` returned for the content, empty if there are no containers.
    snapshot: bytes | None = None
    #: What the properties `signed_at` and `lifetime` return.
    signature_time: int | None = None
    own_lifetime: float | None = None
    #: When this session was signed for the first time, if *max_lifetime* is set.
    first_signed_at: int | None = None
    #: Whether it has to be written again: a fallback key verified it, for example.
    stale: bool = False
    #: Whether it is permanent if it does not say so.
    permanent_by_default: bool = False
    #: How many cookies of the request verified.
    verified: int = 0
    #: The names of the request's cookies that hold this session, or chunks of one.
    cookie_names: tuple[str, ...] = ()
    #: The `place.Owner` that saves it, so that no other one does.
    owner: Any = None
    #: Whether its header lines have been sent, so that changes are lost.
    sent: bool = False

    @property
    def new(self) -> bool:
        """Whether no cookie of the request verified."""
        self.accessed = True
        return self.payload is None

    @property
    def signed_at(self) -> int | None:
        """When the request's cookie was signed, in Unix time."""
        self.accessed = True
        return self.signature_time

    @property
    def permanent(self) -> bool:
        """Whether the cookie outlives the browser's session."""
        return bool(self.get("_permanent", self.permanent_by_default))

    @permanent.setter
    def permanent(self, value: bool) -> None:
        # An unspoken False is written, as in Flask: the default may be True.
        spoken = "_permanent" in self or self.permanent_by_default
        if not spoken or self.permanent is not bool(value):
            self["_permanent"] = bool(value)

    @property
    def lifetime(self) -> float | None:
        """How old this session may be, in seconds. None: as its `SessionCookie` says."""
        self.accessed = True
        return self.own_lifetime

    @lifetime.setter
    def lifetime(self, value: datetime.timedelta | float | None) -> None:
        seconds = None if value is None else min(check_seconds(value, "lifetime"), LAST_SECOND)
        self.accessed = True
        if seconds != self.own_lifetime:
            self.own_lifetime = seconds
            if dict.__len__(self):  # or it would look like one that was emptied
                self._record_change()

    def __reduce__(self) -> tuple[Any, ...]:
        """Support `copy` and `pickle`. A copy is not modified by being made."""
        state = {k: v for k, v in vars(self).items() if k not in ("owner", "sent")}
        return type(self), (dict(self),), state

    if not TYPE_CHECKING:  # they have the types of those of `dict`

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

    def __str__(self) -> str:
        self.accessed = True  # the text may be in the page
        return repr(self)

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)

    def clear(self) -> None:
        """Like that of `dict`. What is stored afterwards is a new session."""
        self.own_lifetime = self.first_signed_at = None
        _clear(self)

    def __eq__(self, other: object) -> bool:
        for operand in (self, other):
            if isinstance(operand, Session):
                operand.accessed = True
        return dict.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def get(self, key: str, default: Any = None) -> Any:
        """Like that of `dict`. *default* may be named, as in Werkzeug."""
        self.accessed = True
        return super().get(key, default)

    def pop(self, key: str, default: Any = _MISSING) -> Any:
        """Like that of `dict`. A missing key leaves the session unmodified."""
        if key in self:
            self._record_change()
        return super().pop(key) if default is _MISSING else super().pop(key, default)

    def setdefault(self, key: str, default: Any = None) -> Any:
        """Like that of `dict`. A key that is there leaves the session unmodified."""
        if key not in self:
            self._record_change()
        return super().setdefault(key, default)

    def _record_change(self) -> None:
        self.modified = self.mutated = True
        if self.sent:
            report_late_change()

    def mark_accessed(self) -> None:
        """Record an access. Starlette's ``request.session`` calls this."""
        self.accessed = True


_clear = _writing(dict.clear)

for _name in ("__getitem__", "__contains__", "__iter__", "__reversed__", "__len__", "__or__",
              "keys", "values", "items", "copy"):  # fmt: skip
    setattr(Session, _name, _reading(getattr(dict, _name)))
for _name in ("__setitem__", "__delitem__", "__ior__", "popitem", "update"):
    setattr(Session, _name, _writing(getattr(dict, _name)))


#: The lines of code that `report_late_change` has reported.
_reported: set[tuple[str, int]] = set()


def report_late_change() -> None:
    """Log that a change is lost, once for each line of code that makes such a change."""
    level = _platform.caller_level()
    frame = sys._getframe(level - 1)
    place = frame.f_code.co_filename, frame.f_lineno
    if place not in _reported:
        _reported.add(place)
        import logging

        message = (
            "%s:%d changes a session after its response has started, so the change is lost: the"
            " cookie is sent with the headers; change the session before the body begins"
        )
        logging.getLogger("cookiecodec").warning(message, *place, stacklevel=level)
