"""What the middlewares share: their arguments, and the header lines of a session."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..session import SessionCookie


def check_middleware(app: Any, session_cookie: object) -> None:
    """Raise TypeError for the wrong arguments of a middleware, before its first request."""
    if not callable(app) or isinstance(app, SessionCookie):
        raise TypeError(f"app must be an application, not {type(app).__name__}")
    if not isinstance(session_cookie, SessionCookie):
        is_class = isinstance(session_cookie, type)
        kind = "the class" if is_class else type(session_cookie).__name__
        raise TypeError(
            f"session_cookie must be a SessionCookie(...), not {kind}; the cookie's name is an"
            " argument of SessionCookie"
        )


def with_lines(
    headers: Iterable[tuple[str, str]], lines: list[tuple[str, str]]
) -> list[tuple[str, str]]:
    """Return *headers* and then *lines* in a new list, with one Vary for both.

    >>> with_lines([("vary", "Accept")], [("Set-Cookie", "a=b"), ("Vary", "Cookie")])
    [('Set-Cookie', 'a=b'), ('Vary', 'Accept, Cookie')]
    """
    merged = list(headers)
    for name, value in lines:
        if name.lower() != "vary":
            merged.append((name, value))
            continue
        vary = with_cookie(old for field, old in merged if field.lower() == "vary")
        if vary is not None:
            merged = [line for line in merged if line[0].lower() != "vary"]
            merged.append((name, vary))
    return merged


def with_cookie(values: Iterable[str]) -> str | None:
    """Return the Vary (RFC 9110, 12.5.5) of a response that has *values*, with ``Cookie``.

    None means that they stay as they are, since ``*`` or ``Cookie`` is there.

    >>> with_cookie(["Accept-Encoding", "Origin"]), with_cookie([])
    ('Accept-Encoding, Origin, Cookie', 'Cookie')
    >>> with_cookie(["accept-encoding, cookie"]) is None
    True
    """
    members = [member.strip() for value in values for member in value.split(",")]
    if any(member.lower() in ("*", "cookie") for member in members):
        return None
    return ", ".join([member for member in members if member] + ["Cookie"])
