"""`parse_cookie` beside other readers: every difference has a name in DIFFERENCES.md.

- What Werkzeug, Django, aiohttp and `http.cookies` read differs from what we read only as
  the classes of `_readers` foretell, to the letter.
- Without these classes each of them reads what we read.
"""

from __future__ import annotations

from collections.abc import Callable

import harness
from _difference import named, need

need(__name__, "aiohttp", "django", "werkzeug")

import _readers  # noqa: E402 - after it is clear that its peers are there

with harness.instrumented(__name__):
    from cookiecodec import parse_cookie


def differences(header: bytes) -> dict[str, Callable[[], list[str]]]:
    """By peer, what gives the names of the classes in which it differs here."""
    ours: _readers.Reading = list(parse_cookie(header).items())
    return {
        name: named(
            name,
            header,
            (ours, peer.read(header)),
            [each.name for each in peer.classes],
            lambda on, name=name: _readers.model(header, name, on),  # type: ignore[misc]
        )
        for name, peer in _readers.PEERS.items()
    }


def one_input(data: bytes) -> None:
    differences(data)


if __name__ == "__main__":
    harness.fuzz(one_input)
