"""Vary (RFC 9110, 12.5.5), merged with what the response has already."""

from __future__ import annotations

from collections.abc import Iterable


def with_cookie(values: Iterable[str]) -> str | None:
    """The Vary of a response whose Vary lines are *values*, with ``Cookie`` in it.

    None: leave them as they are, since ``*`` or ``Cookie`` is there.

    >>> with_cookie(["Accept-Encoding", "Origin"]), with_cookie([])
    ('Accept-Encoding, Origin, Cookie', 'Cookie')
    >>> with_cookie(["accept-encoding, cookie"]) is None
    True
    """
    members = [member.strip() for value in values for member in value.split(",")]
    if any(member.lower() in ("*", "cookie") for member in members):
        return None
    return ", ".join([member for member in members if member] + ["Cookie"])
