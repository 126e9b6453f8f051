"""HMAC-signed values, in the format of itsdangerous 2.2.

Only those who have the key can write or change a signed value. A signature hides nothing
(everybody can read the payload), can't be revoked, and does not tell a copy from the
original: see "Concepts" in the documentation.

This module's rules:

1. The signature is verified, in constant time, before anything else is done with a value.
   No algorithm, key or format is taken from the value itself.
2. Keys are derived once, when the signer is made.
3. What a client sends raises `BadSignature` or a child of it, and nothing else. A mistake of
   the caller raises ValueError or TypeError at once.
"""

import math as _math

from . import _platform
from ._core import grammar
from ._platform import crypto

if _platform.TYPE_CHECKING:
    from typing import Literal

    from . import _types

    Digest = Literal["sha1", "sha256", "sha384", "sha512"]
    KeyDerivation = Literal["hmac", "django-concat", "concat", "none"]

__all__ = ["BadPayload", "BadSignature", "SignatureExpired", "Signer"]

#: Octets of a payload, once decompressed.
MAX_PAYLOAD = 2**20

_DERIVATIONS = ("hmac", "django-concat", "concat", "none")


class BadSignature(ValueError):
    """A value that does not verify, and the parent of the other errors of signed values.

    ``payload`` (bytes) is what was signed, and ``signed_at`` (Unix time) when. Both are None
    if the signature did not verify.
    """

    def __init__(
        self, message: str, payload: "bytes | None" = None, signed_at: "int | None" = None
    ) -> None:
        super().__init__(message)
        self.payload = payload
        self.signed_at = signed_at


class SignatureExpired(BadSignature):
    """The signature verifies, but is older than *max_age*, or from the future."""


class BadPayload(BadSignature):
    """The signature verifies, but the payload can't be read."""


class Signer:
    """Signs and verifies values and objects.

    - *secret_key*: text (its UTF-8) or bytes, not empty. Use 32 random octets: a key that
      others can guess gives a `WeakKeyWarning`, once in a process. An object that hides one,
      with ``get_secret_value`` (pydantic's `SecretStr`), or Starlette's `Secret`, is a key
      too. (No other: the text of such an object may be asterisks.) *fallbacks*: an iterable
      of older keys, which verify and do not sign.
    - *salt*: text or bytes. It separates purposes: never use one salt for two of them.
    - *digest*: ``"sha1"``, ``"sha256"``, ``"sha384"`` or ``"sha512"``. *key_derivation*:
      ``"hmac"``, ``"django-concat"``, ``"concat"`` or ``"none"``, as in itsdangerous.
    - *timed*: whether the value contains the time of signing, so that it can expire.
    - *compress*: whether `dumps` tries to compress. `loads` reads both forms.
    - *serializer*: an object with ``dumps`` and ``loads`` (default: JSON).
    - *leeway*: how many seconds a value may come from the future, since the clocks of two
      servers never agree. *clock*: a function that returns Unix time.

    The bytes are those of itsdangerous 2.2: `sign` is its ``TimestampSigner``, `dumps` its
    ``URLSafeTimedSerializer``; without *timed*, its ``Signer`` and ``URLSafeSerializer``.

    Raises ValueError for an empty key, an unknown *digest* or *key_derivation*, and an
    invalid *leeway*. Raises TypeError for the wrong type, including a single text or bytes
    as *fallbacks*, each of whose letters would be a key. Threads may share a signer. A
    copy of one is the same object.

    >>> signer = Signer("a secret key of 32 octets or more", clock=lambda: 1700000000)
    >>> signer.sign("user-42")
    'user-42.ZVPxAA.KdK6L2GHitupzZVXNJoef_LfUp8EUc3Vdl9OdUUkbeU'
    >>> signer.unsign(signer.sign("user-42"), max_age=3600)
    'user-42'
    >>> signer.loads(signer.dumps({"id": 42}))
    {'id': 42}
    """

    def __init__(
        self,
        secret_key: "_types.Key",
        *,
        salt: "_types.Key" = "cookiecodec",
        fallbacks: "_types.Iterable[_types.Key]" = (),
        digest: "Digest" = "sha256",
        key_derivation: "KeyDerivation" = "hmac",
        timed: bool = True,
        compress: bool = True,
        serializer: "_types.Serializer | None" = None,
        leeway: float = 60,
        clock: "_types.Callable[[], float]" = _platform.now,
    ) -> None:
        if digest not in crypto.DIGESTS:
            raise ValueError("digest must be one of " + ", ".join(sorted(crypto.DIGESTS)))
        if key_derivation not in _DERIVATIONS:
            raise ValueError("key_derivation must be one of " + ", ".join(_DERIVATIONS))
        one_key = isinstance(fallbacks, (str, bytes, bytearray, memoryview))
        if one_key or hasattr(fallbacks, "keys"):
            # Its letters, or the names of its keys, would each become a key.
            raise TypeError("fallbacks must be an iterable of keys, not one key or a mapping")
        if not callable(clock):
            raise TypeError("clock must be a function that gives Unix time")
        self._keys = [_key(key, "a key") for key in [secret_key] + list(fallbacks)]
        if not all(self._keys):
            raise ValueError("a key must not be empty")
        if not _platform.MICROPYTHON:
            from . import _weak_keys

            _weak_keys.warn_of(self._keys)
        self._salt = _key(salt, "salt")
        self.has_fallbacks: bool = len(self._keys) > 1
        self.digest = digest
        self._derivation = key_derivation
        self.timed: bool = bool(timed)
        self._compress = bool(compress)
        self._leeway = check_seconds(leeway, "leeway")
        self._clock = clock
        self._bound_to: "str | None" = None
        try:
            crypto.hash_of(digest, b"")
        except ValueError as error:
            message = "this platform does not have the digest '%s' (%s); pass another *digest*"
            raise ValueError(message % (digest, error)) from None
        derived = [_derive(digest, key_derivation, key, self._salt) for key in self._keys]
        macs = [crypto.mac_function(digest, key) for key in derived]
        self._value_macs = self._object_macs = macs
        self._encode, decode = _codec_of(serializer)
        self.from_payload: "_types.Callable[[bytes], _types.Any]" = decode

    def __repr__(self) -> str:
        if not hasattr(self, "_bound_to"):  # in the traceback of an invalid option
            return "<Signer>"
        bound = "" if self._bound_to is None else ", for_cookie=%r" % self._bound_to
        return "<Signer digest=%r, timed=%r%s>" % (self.digest, self.timed, bound)

    def __deepcopy__(self, memo: object = None) -> "Signer":
        """Return the same object, which never changes: frameworks copy their configuration."""
        return self

    __copy__ = __deepcopy__

    def __reduce__(self) -> str:
        raise TypeError("a Signer holds keys and can't be pickled; make another one")

    def for_cookie(self, name: str) -> "Signer":
        """Return a signer with the same settings whose values belong to one cookie.

        A value that is moved to another cookie does not verify. Nor does a value of `sign`
        that is given to `loads`, or the other way round, or a timed one that is given to an
        untimed signer. (A plain signer can't keep these apart, since its bytes are those of
        itsdangerous.)

        The key of each kind of value is ``HMAC(H(n(secret)), n(kind) n(derivation)
        n(salt) n(name))``, where ``n`` writes a netstring (length, ``:``, octets, ``,``),
        ``H`` is the *digest*, and *kind* is ``value``, ``object``, ``timed value`` or
        ``timed object``. No two bound signers that differ in any of these give the same
        octets to the hash.

        Raises ValueError for a name that is not a token, for ``key_derivation="none"``, and
        for a signer that is bound already. Raises TypeError for a name that is not a `str`.

        >>> signer = Signer("a secret key of 32 octets or more")
        >>> signer.for_cookie("a").unsign(signer.for_cookie("b").sign("v"))
        Traceback (most recent call last):
        ...
        cookiecodec.signing.BadSignature: the signature does not match
        """
        name = grammar.check_text(name, "name")
        if not name or not grammar.is_tchars(name):
            raise ValueError("name must be a cookie-name, a token (RFC 9110, 5.6.2)")
        if self._derivation == "none":
            raise ValueError("key_derivation='none' leaves no key to bind; use another")
        if self._bound_to is not None:
            raise ValueError("this signer is bound to a cookie already")
        bound: Signer = object.__new__(Signer)
        for attribute, setting in self.__dict__.items():
            setattr(bound, attribute, setting)
        bound._bound_to = name
        bound._value_macs = self._bound_macs("value", name)
        bound._object_macs = self._bound_macs("object", name)
        return bound

    def _bound_macs(self, kind: str, name: str) -> "list[_types.Callable[[bytes], bytes]]":
        kind = "timed " + kind if self.timed else kind
        parts = [kind.encode(), self._derivation.encode(), self._salt, name.encode()]
        message = b"".join([_netstring(part) for part in parts])
        macs = []
        for secret in self._keys:
            hashed = crypto.hash_of(self.digest, _netstring(secret))
            key = crypto.mac_function(self.digest, hashed)(message)
            macs.append(crypto.mac_function(self.digest, key))
        return macs

    def sign(self, value: str) -> str:
        """Return *value*, a dot, the time (if *timed*), a dot, and the signature.

        Raises TypeError if *value* is not a `str`, and ValueError for a lone surrogate.
        """
        data = _platform.to_utf8(grammar.check_text(value, "value"))
        return self._sign(data, self._value_macs[0]).decode()

    def unsign(self, signed: "str | bytes", max_age: "_types.Age" = None) -> str:
        """Return the value that `sign` was given.

        *max_age* (seconds, or a `timedelta`) is how old the signature may be. 0 is a limit
        like any other. Raises `SignatureExpired` for an older one, and for one from more
        than *leeway* seconds in the future. Raises `BadSignature` for everything else that a
        client can send. Raises ValueError for a *max_age* that is negative or not a number,
        or that is given to an untimed signer.
        """
        limit = self._limit(max_age)
        payload, signed_at = self._verify(signed, limit, self._value_macs)
        value = _platform.from_utf8(payload)
        if value is None:
            raise BadPayload("the value is not UTF-8", payload, signed_at)
        return value

    def dumps(self, obj: object) -> str:
        """Return a signed token with *obj*, which is safe in cookies and URLs.

        Raises whatever the serializer raises (TypeError or ValueError for JSON). Raises
        ValueError for what could not be read again: nested too deeply, or over 1 MiB.
        """
        return self.seal(self.to_payload(obj))

    def to_payload(self, obj: object) -> bytes:
        """Return the payload for *obj*: what the serializer writes, if it is not too large."""
        try:
            data = self._encode(obj)
        except _platform.TooDeep:
            raise ValueError("the object is nested too deeply") from None
        if len(data) > MAX_PAYLOAD:
            raise ValueError("the payload has %d octets, over %d" % (len(data), MAX_PAYLOAD))
        return data

    def seal(self, payload: bytes) -> str:
        """Return the token with a *payload* that `to_payload` returned."""
        if self._compress:
            compressed = crypto.compress(payload)
            if compressed is not None and len(compressed) < len(payload) - 1:
                data = b"." + crypto.encode_base64(compressed)
                return self._sign(data, self._object_macs[0]).decode()
        return self._sign(crypto.encode_base64(payload), self._object_macs[0]).decode()

    def loads(self, token: "str | bytes", max_age: "_types.Age" = None) -> "_types.Any":
        """Return the object that `dumps` was given. *max_age* is that of `unsign`.

        Raises what `unsign` raises, and `BadPayload` for a token that verifies, but whose
        payload can't be read.
        """
        obj, _, _ = self.read(token, self._limit(max_age))
        return obj

    def read(
        self, token: "str | bytes", limit: "float | None"
    ) -> "tuple[_types.Any, bytes, int | None]":
        """Return the object in *token*, its payload, and when it was signed.

        *limit* is a number of seconds that was checked already.
        """
        payload, signed_at = self._verify(token, limit, self._object_macs)
        data = payload_data(payload)
        if data is None:
            raise BadPayload("the payload is not base64url, or not zlib", payload, signed_at)
        try:
            return self.from_payload(data), data, signed_at
        except Exception as error:
            # Whatever the serializer raises for a client's data: depth, huge integers.
            kind = type(error).__name__
            raise BadPayload("the payload can't be read: " + kind, payload, signed_at) from None

    def is_current(self, token: str) -> bool:
        """Return whether a *token* that verifies is of the *secret_key*, not of a fallback."""
        data, _, signature = token.encode().rpartition(b".")
        return crypto.same(crypto.encode_base64(self._object_macs[0](data)), signature)

    def _sign(self, data: bytes, mac: "_types.Callable[[bytes], bytes]") -> bytes:
        if self.timed:
            moment = int(self._clock())
            if not 0 <= moment < 2**64:
                raise ValueError("the clock must give a time from 1970 on")
            octets = moment.to_bytes(8, "big").lstrip(b"\0")
            data = data + b"." + crypto.encode_base64(octets)
        return data + b"." + crypto.encode_base64(mac(data))

    def _verify(
        self,
        signed: "str | bytes",
        limit: "float | None",
        macs: "list[_types.Callable[[bytes], bytes]]",
    ) -> "tuple[bytes, int | None]":
        """Return payload and time of a value that verifies. The signature comes first."""
        if isinstance(signed, str):
            octets = _platform.to_utf8_lax(signed)
        elif isinstance(signed, (bytes, bytearray, memoryview)):
            octets = bytes(signed)
        else:
            raise TypeError("a signed value must be str or bytes, not " + type(signed).__name__)
        data, dot, signature = octets.rpartition(b".")
        for mac in macs:
            # As text: of all base64 texts for these octets only the canonical one is equal.
            if crypto.same(crypto.encode_base64(mac(data)), signature) and dot:
                break
        else:
            raise BadSignature("the signature does not match")
        return self._split_time(data, limit) if self.timed else (data, None)

    def _split_time(self, data: bytes, limit: "float | None") -> tuple[bytes, int]:
        payload, dot, text = data.rpartition(b".")
        signed_at = _decode_second(text) if dot else None
        if signed_at is None:
            raise BadPayload("there is no time of signing", data)
        age = int(self._clock()) - signed_at
        if age < -self._leeway:
            raise SignatureExpired("signed in the future", payload, signed_at)
        if limit is not None and age > limit:
            raise SignatureExpired("signed %d seconds ago" % age, payload, signed_at)
        return payload, signed_at

    def _limit(self, max_age: "_types.Age") -> "float | None":
        if max_age is None:
            return None
        if not self.timed:
            raise ValueError("max_age needs a timed signer")
        return check_seconds(max_age, "max_age")


def _key(key: object, what: str) -> bytes:
    if isinstance(key, str):
        octets = _platform.to_utf8_lax(key)
        # Not by an exception of the encoder, which would contain the key.
        if _platform.from_utf8(octets) is None:
            raise ValueError(what + " has a lone surrogate, which UTF-8 can't encode")
        return octets
    if isinstance(key, bytes):
        return bytes(key)
    if hasattr(key, "get_secret_value"):
        return _key(key.get_secret_value(), what)
    kind = type(key)
    if kind.__name__ == "Secret" and kind.__module__ == "starlette.datastructures":
        return _key(str(key), what)
    raise TypeError(what + " must be str or bytes, not " + type(key).__name__)


def check_seconds(value: object, what: str) -> float:
    """Return a number of seconds, or raise TypeError or ValueError if it is not one."""
    if isinstance(value, _platform.timedelta):
        seconds: float = value.total_seconds()
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        seconds = value
    else:
        raise TypeError(what + " must be a number of seconds, not " + type(value).__name__)
    if isinstance(seconds, float) and not _math.isfinite(seconds):
        raise ValueError(what + " must be finite")
    if seconds < 0:
        raise ValueError(what + " must not be negative")
    return seconds


def _derive(digest: str, derivation: str, secret: bytes, salt: bytes) -> bytes:
    if derivation == "hmac":
        return crypto.mac_function(digest, secret)(salt)
    if derivation == "django-concat":
        return crypto.hash_of(digest, salt + b"signer" + secret)
    if derivation == "concat":
        return crypto.hash_of(digest, salt + secret)
    return secret


def _netstring(data: bytes) -> bytes:
    return str(len(data)).encode() + b":" + data + b","


def payload_data(payload: bytes) -> "bytes | None":
    """Return the octets of a payload, decompressed if it starts with a dot, or None."""
    compressed = payload[:1] == b"."
    data = crypto.decode_base64(payload[1:] if compressed else payload)
    if data is not None and compressed:
        data = crypto.decompress(data, MAX_PAYLOAD)
    return data


def _codec_of(
    serializer: "_types.Serializer | None",
) -> "tuple[_types.Callable[[object], bytes], _types.Callable[[bytes], _types.Any]]":
    """Return functions from objects to octets and back, for a serializer of text or octets."""
    if serializer is None:
        return crypto.encode_json, crypto.decode_json
    if not hasattr(serializer, "dumps") or not hasattr(serializer, "loads"):
        raise TypeError("serializer must have dumps and loads")
    dumps, loads = serializer.dumps, serializer.loads
    if isinstance(dumps({}), str):
        return lambda obj: dumps(obj).encode(), lambda data: loads(data.decode())
    return dumps, loads


def peek(signed: bytes, timed: bool) -> "tuple[bytes, int | None]":
    """Return payload and time of an unverified value: to be shown as such, never used."""
    data = signed.rpartition(b".")[0]
    if not timed:
        return data, None
    payload, _, text = data.rpartition(b".")
    return payload, _decode_second(text)


def _decode_second(text: bytes) -> "int | None":
    """Return the Unix time in base64url of up to 64 bits, or None."""
    moment = crypto.decode_base64(text)
    return None if moment is None or len(moment) > 8 else int.from_bytes(moment, "big")
