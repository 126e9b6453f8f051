"""Readers of other libraries' sessions, so that a change of library logs nobody out.

A reader returns the session in a cookie's value, or None for whatever does not verify, and
raises nothing. `SessionCookie` calls its *readers* where no cookie of its own verifies, and
writes in its own format what they find. Keep the name of the old cookie. Remove the reader
after the old lifetime: until then the old key can open sessions.

>>> read = starlette("the old key", max_age=None)
>>> read("eyJ1c2VyIjogNDJ9.ZVPxAA.pHUwpgplR1QNNwrb1DXV0uAUAGk")
{'user': 42}
"""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

from .compat.django_signing import TimestampSigner
from .signing import Signer, check_seconds

if TYPE_CHECKING:
    from ._types import Age, Callable, Iterable, Key, SessionReader

__all__ = ["django", "starlette"]

_TWO_WEEKS = 14 * 24 * 60 * 60


def starlette(
    secret_key: Key, *, max_age: Age = _TWO_WEEKS, fallbacks: Iterable[Key] = ()
) -> SessionReader:
    """Return a reader of the sessions of Starlette's ``SessionMiddleware``.

    *secret_key* and *max_age* (seconds; None: no limit) are those that it had. *fallbacks*
    are older keys. Raises ValueError or TypeError for invalid ones.

    >>> starlette("the old key")("eyJ1c2VyIjogNDJ9.ZVPxAA.forged") is None
    True
    """
    unsign = Signer(
        secret_key,
        salt="itsdangerous.Signer",
        fallbacks=fallbacks,
        digest="sha1",
        key_derivation="django-concat",
    ).unsign
    return _reader(lambda value: json.loads(base64.b64decode(unsign(value, max_age))), max_age)


def django(
    secret_key: Key,
    *,
    max_age: Age = _TWO_WEEKS,
    fallbacks: Iterable[Key] = (),
    salt: str = "django.contrib.sessions.backends.signed_cookies",
) -> SessionReader:
    """Return a reader of the sessions of Django's ``signed_cookies`` engine.

    *secret_key*, *fallbacks* and *max_age* are ``SECRET_KEY``, ``SECRET_KEY_FALLBACKS`` and
    ``SESSION_COOKIE_AGE``. Only JSON is read. The sessions of ``PickleSerializer`` are
    refused: who knows the key could run code with a pickle.
    """
    signer = TimestampSigner(key=secret_key, fallback_keys=fallbacks, salt=salt)
    return _reader(lambda value: signer.unsign_object(value, max_age=max_age), max_age)


def _reader(load: Callable[[str], Any], max_age: Age) -> SessionReader:
    if max_age is not None:
        check_seconds(max_age, "max_age")

    def read(value: str) -> dict[str, Any] | None:
        try:
            content = load(value)
        except (ValueError, RecursionError):  # of the signature, base64, JSON, its depth
            return None
        return content if isinstance(content, dict) else None

    return read
