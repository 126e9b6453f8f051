"""Django's signed values (``django.core.signing``), byte for byte, without Django.

Names and arguments are Django's, but the key is an argument, since there are no settings.
What one side signs the other verifies. Differences: the exceptions are those of ``signing``,
what verifies and can't be read is `BadPayload`, and a payload has at most 1 MiB.

>>> from cookiecodec.compat import django_signing
>>> token = django_signing.dumps({"user": 42}, "a secret key of 32 octets or more")
>>> django_signing.loads(token, "a secret key of 32 octets or more", max_age=60)
{'user': 42}
"""

from __future__ import annotations

import functools
import json
import re
from typing import TYPE_CHECKING, Any

from .. import _platform, signing
from .._platform import crypto
from ..signing import BadPayload, BadSignature, SignatureExpired, check_seconds

if TYPE_CHECKING:
    from .._types import Age, Iterable, Key
    from ..signing import Digest

__all__ = ["BadPayload", "BadSignature", "JSONSerializer", "SignatureExpired", "Signer",
           "TimestampSigner", "dumps", "get_cookie_signer", "loads"]  # fmt: skip

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_MAX_DIGITS = 11  # of 64 bits
_UNSAFE_SEPARATOR = re.compile(r"^[A-z0-9\-_=]*$")  # Django's own rule


class JSONSerializer:
    """JSON in ASCII, without spaces."""

    def dumps(self, obj: object) -> bytes:
        """Return *obj* as JSON."""
        return json.dumps(obj, separators=(",", ":")).encode("latin-1")

    def loads(self, data: bytes) -> Any:
        """Return the object in *data*."""
        return json.loads(data.decode("latin-1"))


class Signer:
    """Signs text with a key that is derived from *key* and *salt*.

    *key* and *fallback_keys* are those of `signing.Signer`, *algorithm* is its digest. *sep*
    is written before the signature. Raises ValueError or TypeError for invalid ones.

    >>> Signer(key="a secret key", salt="salt").sign("value")
    'value:mWJWcSuv29DVjpbHuwt9WoBFv1K6TU12J_wSBisKbio'
    """

    _default_salt = "django.core.signing.Signer"

    def __init__(
        self,
        *,
        key: Key,
        sep: str = ":",
        salt: str | None = None,
        algorithm: Digest = "sha256",
        fallback_keys: Iterable[Key] = (),
    ) -> None:
        if _UNSAFE_SEPARATOR.match(sep):
            raise ValueError(f"sep must not be empty, or consist of only A-z0-9-_=: {sep!r}")
        self.sep = sep
        self._signer = signing.Signer(
            key,
            salt=salt or self._default_salt,
            fallbacks=fallback_keys,
            digest=algorithm,
            key_derivation="django-concat",
            timed=False,
        )

    def sign(self, value: str) -> str:
        """Return *value*, the separator, and the signature."""
        return value + self.sep + self._signer.sign(value).rpartition(".")[2]

    def unsign(self, signed_value: str) -> str:
        """Return the value that `sign` was given, or raise `BadSignature`."""
        value, separator, signature = signed_value.rpartition(self.sep)
        if not separator or "." in signature:
            raise BadSignature("there is no separator and signature")
        return self._signer.unsign(f"{value}.{signature}")

    def sign_object(
        self, obj: object, serializer: Any = JSONSerializer, compress: bool = False
    ) -> str:
        """Return a signed token with *obj*. *compress*: with zlib, if that is shorter."""
        data = serializer().dumps(obj)
        if len(data) > signing.MAX_PAYLOAD:
            raise ValueError(f"the payload has {len(data)} octets, over {signing.MAX_PAYLOAD}")
        compressed = crypto.compress(data) if compress else None
        if compressed is not None and len(compressed) < len(data) - 1:
            return self.sign("." + crypto.encode_base64(compressed).decode())
        return self.sign(crypto.encode_base64(data).decode())

    def unsign_object(
        self, signed_obj: str, serializer: Any = JSONSerializer, **max_age: Any
    ) -> Any:
        """Return the object that `sign_object` was given, or raise `BadSignature`."""
        payload = self.unsign(signed_obj, **max_age).encode()
        data = signing.payload_data(payload)
        try:
            if data is not None:
                return serializer().loads(data)
        except Exception:  # whatever the serializer raises
            data = None
        raise BadPayload("the payload can't be read", payload)


class TimestampSigner(Signer):
    """Signs text and the time, in base 62."""

    _default_salt = "django.core.signing.TimestampSigner"

    def sign(self, value: str) -> str:
        """Return *value*, the time, and the signature, with separators."""
        moment, text = int(_platform.now()), ""
        while moment > 0:
            moment, digit = divmod(moment, 62)
            text = _DIGITS[digit] + text
        return super().sign(value + self.sep + (text or "0"))

    def unsign(self, signed_value: str, max_age: Age = None) -> str:
        """Return the value that `sign` was given at most *max_age* (seconds) ago."""
        limit = None if max_age is None else check_seconds(max_age, "max_age")
        signed = super().unsign(signed_value)
        value, _, text = signed.rpartition(self.sep)
        if not 0 < len(text) <= _MAX_DIGITS or not set(text) <= set(_DIGITS):
            raise BadPayload("there is no time of signing", signed.encode())
        signed_at = functools.reduce(lambda n, digit: n * 62 + _DIGITS.index(digit), text, 0)
        age = _platform.now() - signed_at
        if limit is not None and age > limit:
            raise SignatureExpired(f"signed {age:.0f} seconds ago", value.encode(), signed_at)
        return value


def dumps(
    obj: object,
    key: Key,
    salt: str = "django.core.signing",
    serializer: Any = JSONSerializer,
    compress: bool = False,
) -> str:
    """Return *obj* in a signed token with the time, which is safe in cookies and URLs."""
    return TimestampSigner(key=key, salt=salt).sign_object(obj, serializer, compress)


def loads(
    s: str,
    key: Key,
    salt: str = "django.core.signing",
    serializer: Any = JSONSerializer,
    max_age: Age = None,
    fallback_keys: Iterable[Key] = (),
) -> Any:
    """Return the object that `dumps` was given, or raise `BadSignature`."""
    signer = TimestampSigner(key=key, salt=salt, fallback_keys=fallback_keys)
    return signer.unsign_object(s, serializer, max_age=max_age)


def get_cookie_signer(
    name: str, key: Key, salt: str = "", fallback_keys: Iterable[Key] = (), legacy: bool = False
) -> TimestampSigner:
    """Return the signer of a cookie's value: of ``set_signed_cookie``, ``get_signed_cookie``.

    *legacy*: as releases before 5.2.19 did, which joined name and salt without a mark. (Their
    ``a`` with the salt ``bc`` verifies as ``ab`` with the salt ``c``.)

    >>> signer = get_cookie_signer("basket", "a secret key")
    >>> signer.unsign(signer.sign("apples"), max_age=60)
    'apples'
    """
    marked = name + salt if legacy else f"django.http.cookies.v2:{len(salt)}:{salt}{name}"
    if not isinstance(fallback_keys, (str, bytes)):  # which `Signer` refuses
        fallback_keys = [_cookie_key(each) for each in fallback_keys]
    return TimestampSigner(key=_cookie_key(key), salt=marked, fallback_keys=fallback_keys)


def _cookie_key(key: Any) -> Any:
    prefix = "django.http.cookies"
    return prefix + key if isinstance(key, str) else prefix.encode() + key
