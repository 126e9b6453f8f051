"""What is in a session, as its serializer has it: written, compared, weighed.

Nothing here knows of cookies but the warning that one is too large.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from .. import _platform
from ..errors import CookieSizeWarning
from ..limits import MAX_NAME_VALUE

if _platform.TYPE_CHECKING:
    from ..signing import Signer

#: How deep the path to a value that can't be saved is followed.
_MAX_STEPS = 100

#: How many entries a warning or an error names as the largest.
_LARGEST = 3


def largest(signer: Signer, session: dict[str, Any]) -> list[tuple[str, int]]:
    """Keys and octets of the largest entries, as the serializer has them."""
    sizes = [(str(key), len(signer._data({key: value}))) for key, value in dict.items(session)]
    return sorted(sizes, key=lambda entry: -entry[1])[:_LARGEST]


def told(entries: list[tuple[str, int]]) -> str:
    """Which entries take the space, in words: rounded, so that they are often the same."""
    return ", ".join(f"{key[:40]!r} ({-(-size // 1000)} KB)" for key, size in entries)


def size_warning(
    name: str, pair: int, size: int, limit: int, entries: list[tuple[str, int]]
) -> CookieSizeWarning:
    """In the words of `dump_cookie`'s, but for the sizes: those are attributes alone.

    Clients often decide about them, and `warnings` remembers each text that it shows.
    """
    if pair > MAX_NAME_VALUE:
        fate = f"Browsers drop it outright: name and value have over {MAX_NAME_VALUE} bytes."
    else:
        fate = "Browsers may drop it or others; their limits differ."
    message = (
        f"The {name!r} cookie is too large: the limit is {limit} bytes. {fate} The session"
        f" is taken by {told(entries)}. Store less in it, keep it on the server, or let it"
        " travel in chunks."
    )
    return CookieSizeWarning(message, name, "size", size, limit, tuple(entries))


def encoded(signer: Signer, content: dict[str, Any]) -> bytes:
    """*content* as the serializer has it; its errors name the path to what it can't write.

    Where the value was put in is long over, and not on the stack.
    """
    try:
        return signer._data(content)
    except Exception as error:
        kind = TypeError if isinstance(error, TypeError) else ValueError
        path = _path_to_failure(content, signer._data)
        raise kind(f"{path} can't be saved: {error}") from error


def same(signer: Signer, payload: bytes, data: bytes) -> bool:
    """Whether *data*, of our serializer, says what *payload* said.

    Another writer's formatting, or order, is no change: so ours are compared. A
    serializer that never writes the same twice, since it encrypts, is asked to read.
    """
    if payload == data:
        return True
    try:
        before = signer._decode(payload)
        again = signer._data(before)
        if again == data:
            return True
        return again != signer._data(before) and bool(before == signer._decode(data))
    except Exception:  # of another `SessionCookie`, with another serializer
        return False


def is_read_only(signer: Signer, payload: bytes) -> bool:
    """Whether the serializer reads *payload*, and could not have written it."""
    try:
        content = signer._decode(payload)
    except Exception:
        return False
    try:
        signer._data(content)
    except Exception:
        return True
    return False


def _path_to_failure(content: dict[str, Any], encode: Callable[[object], bytes]) -> str:
    """Where in a session the innermost value is that *encode* fails for."""
    path = "session"
    value: Any = content
    passed: set[int] = set()
    while id(value) not in passed and len(passed) < _MAX_STEPS:
        passed.add(id(value))
        for step, member, alone in _members(value):
            try:
                encode(alone)
            except Exception:
                path, value = path + step, member
                break
    return path


def _members(value: object) -> Iterator[tuple[str, Any, Any]]:
    """Of each member of a container: its index, itself, and a container of it alone."""
    if isinstance(value, dict):
        for key, member in dict.items(value):
            yield f"[{_shown(key)}]", member, {key: member}
    elif isinstance(value, (list, tuple)):
        for index, member in enumerate(value):
            yield f"[{index}]", member, [member]


def _shown(key: object) -> str:
    if isinstance(key, str):
        return json.dumps(key, ensure_ascii=False)
    try:
        return repr(key)
    except Exception:
        return f"a {type(key).__name__}"
