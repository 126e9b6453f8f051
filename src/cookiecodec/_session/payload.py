"""The payload of a session's cookie: encoded, decoded, compared, measured."""

from __future__ import annotations

import json
import marshal
from collections.abc import Callable, Iterator
from typing import Any

from .. import _platform

if _platform.TYPE_CHECKING:
    from ..signing import Signer

#: How many tokens are tried: each costs an HMAC for each key. That is more than fit into one
#: header line of `MAX_COOKIE_HEADER` octets, and more than a browser keeps for a site.
MAX_TRIED = 200

#: How deep the path to a value that can't be saved is followed.
_MAX_STEPS = 100

#: How many entries a warning or an error names as the largest.
_LARGEST = 3


def candidates(values: list[str], size: int) -> list[str]:
    """Return the values that may be tokens, with a signature of *size*, each once.

    There is a limit. Anybody can plant some that look right, but they fill the header before
    they reach it.
    """
    tokens = [
        value
        for value in dict.fromkeys(values)
        if value.count(".") >= 2 and len(value) - value.rfind(".") - 1 == size
    ]
    return tokens[:MAX_TRIED]


def snapshot(content: dict[str, Any]) -> bytes | None:
    """Return octets that are equal for equal content only, at any depth.

    They take a tenth of the time of the payload. Other octets may still be encoded equally.
    None: for what `marshal` can't write (dates, Markup, a thousand levels).
    """
    try:
        # Not by a session's own methods, which record it. By `iter`: PyPy first computes the
        # length of a view. Version 2 does not write which values are shared.
        return marshal.dumps([*iter(dict.items(content))], 2)
    except ValueError:
        return None


class Payloads:
    """Encodes the content of sessions with the serializer of a `Signer`."""

    def __init__(self, signer: Signer) -> None:
        self._encode = signer.to_payload
        self._decode = signer.from_payload

    def encode(self, content: dict[str, Any]) -> bytes:
        """Return the payload for *content*. Errors name the path to what can't be encoded.

        When a session is saved, the code that stored the value is not on the stack any more.
        """
        try:
            return self._encode(content)
        except Exception as error:
            kind = TypeError if isinstance(error, TypeError) else ValueError
            path, reason = _path_to_failure(content, self._encode)
            raise kind(f"{path} can't be saved: {reason or error}") from error

    def is_same(self, before: bytes, after: bytes) -> bool:
        """Whether *after*, which `encode` returned, means what *before* meant.

        Another program may format or order the same content differently, so what is compared
        is always our own encoding. A serializer that never writes the same twice, since it
        encrypts, is asked to read instead.
        """
        if before == after:
            return True
        try:
            content = self._decode(before)
            again = self._encode(content)
            if again == after:
                return True
            return again != self._encode(content) and bool(content == self._decode(after))
        except Exception:  # of another `SessionCookie`, with another serializer
            return False

    def is_read_only(self, payload: bytes) -> bool:
        """Whether the serializer reads *payload*, but could not have written it."""
        try:
            content = self._decode(payload)
        except Exception:
            return False
        try:
            self._encode(content)
        except Exception:
            return True
        return False

    def largest(self, session: dict[str, Any]) -> list[tuple[str, int]]:
        """Return key and octets of the largest entries."""
        entries = dict.items(session)
        sizes = [(str(key), len(self._encode({key: value}))) for key, value in entries]
        return sorted(sizes, key=lambda entry: -entry[1])[:_LARGEST]


def describe_entries(entries: list[tuple[str, int]]) -> str:
    """Name the largest entries for an error message, with rounded sizes."""
    return ", ".join(
        f"{key[:40]!r} ({f'{size} octets' if size < 1000 else f'{-(-size // 1000)} KB'})"
        for key, size in entries
    )


def _path_to_failure(value: Any, encode: Callable[[object], bytes]) -> tuple[str, str]:
    """Return where in *value* it is that can't be encoded, and the reason if it is a key."""
    path = "session"
    passed: set[int] = set()
    while id(value) not in passed and len(passed) < _MAX_STEPS:
        passed.add(id(value))
        for step, member, alone in _members(value):
            try:
                encode(alone)
            except Exception:
                path, value = path + step, member
                break
    keys = dict.keys(value) if isinstance(value, dict) else ()
    for key in keys if len(set(map(type, keys))) > 1 else ():  # they can't be sorted
        if not isinstance(key, str):
            reason = "this key is of type %s, but keys come back as text: use str for each"
            return f"{path}[{_show_key(key)}]", reason % type(key).__name__
    return path, ""


def _members(value: object) -> Iterator[tuple[str, Any, Any]]:
    """Yield the index of each member of a container, itself, and a container of only it."""
    if isinstance(value, dict):
        for key, member in dict.items(value):
            yield f"[{_show_key(key)}]", member, {key: member}
    elif isinstance(value, (list, tuple)):
        for index, member in enumerate(value):
            yield f"[{index}]", member, [member]


def _show_key(key: object) -> str:
    if isinstance(key, str):
        return json.dumps(key, ensure_ascii=False)
    try:
        return repr(key)
    except Exception:
        return f"a {type(key).__name__}"
