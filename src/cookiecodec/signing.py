"""HMAC-signed values, in the format of itsdangerous 2.2.

Who holds the key can write a value that only he can change. He can't hide it (the
payload is there to read), take it back, or tell a copy from the first: see "Concepts"
in the documentation.

Rules of this module:

1. The signature is verified, in constant time, before anything else is done with a
   value. No algorithm, key or format is taken from the value itself.
2. Keys are derived once, when the signer is made.
3. What a client sends raises `BadSignature` or a child of it, and nothing else; what
   a caller does wrong raises `ValueError` or `TypeError`, at once.
"""

import math as _math

from . import _platform
from ._core import grammar as _grammar
from ._platform import crypto as _crypto

if _platform.TYPE_CHECKING:
    from . import _types

__all__ = ["BadPayload", "BadSignature", "SignatureExpired", "Signer"]

#: Octets of a payload, once decompressed.
_MAX_PAYLOAD = 2**20

_DERIVATIONS = ("hmac", "django-concat", "concat", "none")


class BadSignature(ValueError):
    """A value that does not verify; and the parent of what else can be wrong with one.

    ``payload`` (bytes) is what was signed, and ``signed_at`` (Unix time) when, where
    the signature itself verified; both are None where it did not.
    """

    def __init__(
        self,
        message: str,
        payload: "bytes | None" = None,
        signed_at: "int | None" = None,
    ) -> None:
        super().__init__(message)
        self.payload = payload
        self.signed_at = signed_at


class SignatureExpired(BadSignature):
    """Signed by this signer, but longer ago than *max_age*, or in the future."""


class BadPayload(BadSignature):
    """Signed by this signer, but no value can be made of it."""


class Signer:
    """Signs values and objects, and verifies them.

    - *secret_key*: text (its UTF-8) or bytes, not empty; 32 random octets are a good
      one. *fallbacks*: an iterable of older keys, that verify and don't sign.
    - *salt*: text or bytes. It keeps purposes apart: never use one salt for two.
    - *digest*: ``"sha1"``, ``"sha256"``, ``"sha384"`` or ``"sha512"``.
      *key_derivation*: ``"hmac"``, ``"django-concat"``, ``"concat"`` or ``"none"``,
      as in itsdangerous.
    - *timed*: whether the time of signing goes along, so that values can expire.
    - *compress*: whether `dumps` tries to; `loads` reads both.
    - *serializer*: an object with ``dumps`` and ``loads`` (default: JSON).
    - *leeway*: seconds that a value may come from the future, since two servers'
      clocks never agree. *clock*: a function that gives Unix time.

    The bytes are those of itsdangerous 2.2: `sign` is its ``TimestampSigner``,
    `dumps` its ``URLSafeTimedSerializer``; without *timed*, its ``Signer`` and
    ``URLSafeSerializer``.

    Raises ValueError for an empty key, an unknown *digest* or *key_derivation*, a
    *leeway* that is no time; TypeError for the wrong type, a bare text or bytes as
    *fallbacks* among them: each of its letters would be a key. One signer may be
    shared by threads.

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
        digest: str = "sha256",
        key_derivation: str = "hmac",
        timed: bool = True,
        compress: bool = True,
        serializer: "_types.Serializer | None" = None,
        leeway: float = 60,
        clock: "_types.Callable[[], float]" = _platform.now,
    ) -> None:
        if digest not in _crypto.DIGESTS:
            raise ValueError("digest must be one of " + ", ".join(sorted(_crypto.DIGESTS)))
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
        self._salt = _key(salt, "salt")
        self._digest = digest
        self._derivation = key_derivation
        self._timed = bool(timed)
        self._compress = bool(compress)
        self._leeway = _seconds(leeway, "leeway")
        self._clock = clock
        self._serializer = serializer
        self._bound_to: "str | None" = None
        derived = [_derive(digest, key_derivation, key, self._salt) for key in self._keys]
        macs = [_crypto.mac_function(digest, key) for key in derived]
        self._value_macs = self._object_macs = macs
        self._encode, self._decode = _codec_of(serializer)

    def __repr__(self) -> str:
        bound = "" if self._bound_to is None else ", for_cookie=%r" % self._bound_to
        return "<Signer digest=%r, timed=%r%s>" % (self._digest, self._timed, bound)

    def __reduce__(self) -> str:
        raise TypeError("a Signer holds keys, and is not pickled or copied; make another")

    def for_cookie(self, name: str) -> "Signer":
        """A signer of the same settings whose values belong to one cookie.

        A value that is moved to another cookie does not verify; nor does one of `sign`
        given to `loads`, or the other way round, or a timed one to an untimed signer.
        (A plain signer can't keep these apart, since its bytes are itsdangerous'.)

        The key of each kind of value is ``HMAC(H(n(secret)), n(kind) n(derivation)
        n(salt) n(name))``, where ``n`` writes a netstring (length, ``:``, octets, ``,``),
        ``H`` is the *digest*, and *kind* is ``value``, ``object``, ``timed value`` or
        ``timed object``. No two bound signers that differ in any of these give the same
        octets to the hash.

        Raises ValueError for a name that is no token, for ``key_derivation="none"``, and
        for a signer that is bound already; TypeError for a name that is no `str`.

        >>> signer = Signer("a secret key of 32 octets or more")
        >>> signer.for_cookie("a").unsign(signer.for_cookie("b").sign("v"))
        Traceback (most recent call last):
        ...
        cookiecodec.signing.BadSignature: the signature does not match
        """
        name = _grammar.check_text(name, "name")
        if not name or not _grammar.is_tchars(name):
            raise ValueError("name must be a cookie-name, a token (RFC 9110, 5.6.2)")
        if self._derivation == "none":
            raise ValueError("key_derivation='none' leaves no key to bind; use another")
        if self._bound_to is not None:
            raise ValueError("this signer is bound to a cookie already")
        bound = Signer(
            self._keys[0],
            salt=self._salt,
            fallbacks=self._keys[1:],
            digest=self._digest,
            key_derivation=self._derivation,
            timed=self._timed,
            compress=self._compress,
            serializer=self._serializer,
            leeway=self._leeway,
            clock=self._clock,
        )
        bound._bound_to = name
        bound._value_macs = self._bound_macs("value", name)
        bound._object_macs = self._bound_macs("object", name)
        return bound

    def _bound_macs(self, kind: str, name: str) -> "list[_types.Callable[[bytes], bytes]]":
        kind = "timed " + kind if self._timed else kind
        parts = [kind.encode(), self._derivation.encode(), self._salt, name.encode()]
        message = b"".join([_netstring(part) for part in parts])
        macs = []
        for secret in self._keys:
            hashed = _crypto.hash_of(self._digest, _netstring(secret))
            key = _crypto.mac_function(self._digest, hashed)(message)
            macs.append(_crypto.mac_function(self._digest, key))
        return macs

    def sign(self, value: str) -> str:
        """*value*, a dot, the time (if *timed*), a dot, the signature.

        Raises TypeError for what is no `str`, ValueError for a lone surrogate.
        """
        data = _platform.to_utf8(_grammar.check_text(value, "value"))
        return self._seal(data, self._value_macs[0]).decode()

    def unsign(self, signed: "str | bytes", max_age: "_types.Age" = None) -> str:
        """The value that `sign` was given.

        *max_age* (seconds, or a `timedelta`) is how old the signature may be; 0 is a
        limit like any other. Raises `SignatureExpired` over it, and from more than
        *leeway* seconds in the future, `BadSignature` for all else that a client can
        send. A *max_age* that is negative or no number, or given to an untimed signer,
        is ValueError.
        """
        limit = self._limit(max_age)
        payload, signed_at = self._open(signed, limit, self._value_macs)
        value = _platform.from_utf8(payload)
        if value is None:
            raise BadPayload("the value is not UTF-8", payload, signed_at)
        return value

    def dumps(self, obj: object) -> str:
        """A signed token, safe in cookies and URLs, that holds *obj*.

        Raises whatever the serializer raises (TypeError or ValueError for JSON), and
        ValueError for what could not be read again: nested too deeply, or over 1 MiB.
        """
        return self._token(self._data(obj))

    def _data(self, obj: object) -> bytes:
        """The octets of *obj*, as the serializer has them; bounded."""
        try:
            data = self._encode(obj)
        except _platform.TooDeep:
            raise ValueError("the object is nested too deeply") from None
        if len(data) > _MAX_PAYLOAD:
            raise ValueError("the payload has %d octets, over %d" % (len(data), _MAX_PAYLOAD))
        return data

    def _token(self, data: bytes) -> str:
        """The token that holds *data*."""
        if self._compress:
            compressed = _crypto.compress(data)
            if compressed is not None and len(compressed) < len(data) - 1:
                payload = b"." + _crypto.encode_base64(compressed)
                return self._seal(payload, self._object_macs[0]).decode()
        return self._seal(_crypto.encode_base64(data), self._object_macs[0]).decode()

    def loads(self, token: "str | bytes", max_age: "_types.Age" = None) -> "_types.Any":
        """The object that `dumps` was given. *max_age* and errors are those of `unsign`.

        `BadPayload` is for a token that verifies, but that nothing can be made of.
        """
        return self._read(token, self._limit(max_age))[0]

    def _read(
        self, token: "str | bytes", limit: "float | None"
    ) -> "tuple[_types.Any, bytes, int | None]":
        """The object in *token*, its octets, and when it was signed."""
        payload, signed_at = self._open(token, limit, self._object_macs)
        data = _payload_data(payload)
        if data is None:
            raise BadPayload("the payload is no base64url, or no zlib", payload, signed_at)
        try:
            return self._decode(data), data, signed_at
        except Exception as error:
            # Whatever the serializer says of a client's data: depth, huge integers.
            kind = type(error).__name__
            raise BadPayload("the payload can't be read: " + kind, payload, signed_at) from None

    def _seal(self, data: bytes, mac: "_types.Callable[[bytes], bytes]") -> bytes:
        if self._timed:
            moment = int(self._clock())
            if not 0 <= moment < 2**64:
                raise ValueError("the clock must give a time from 1970 on")
            octets = moment.to_bytes(8, "big").lstrip(b"\0")
            data = data + b"." + _crypto.encode_base64(octets)
        return data + b"." + _crypto.encode_base64(mac(data))

    def _open(
        self,
        signed: "str | bytes",
        limit: "float | None",
        macs: "list[_types.Callable[[bytes], bytes]]",
    ) -> "tuple[bytes, int | None]":
        """Payload and time of a value that verifies. The signature comes first."""
        if isinstance(signed, str):
            octets = _platform.to_utf8_lax(signed)
        elif isinstance(signed, (bytes, bytearray, memoryview)):
            octets = bytes(signed)
        else:
            raise TypeError("a signed value must be str or bytes, not " + type(signed).__name__)
        data, dot, signature = octets.rpartition(b".")
        for mac in macs:
            # As text: of all texts with these octets only the canonical one is equal.
            if _crypto.same(_crypto.encode_base64(mac(data)), signature) and dot:
                break
        else:
            raise BadSignature("the signature does not match")
        return self._dated(data, limit) if self._timed else (data, None)

    def _dated(self, data: bytes, limit: "float | None") -> tuple[bytes, int]:
        payload, dot, text = data.rpartition(b".")
        signed_at = _second(text) if dot else None
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
        if not self._timed:
            raise ValueError("max_age needs a timed signer")
        return _seconds(max_age, "max_age")


def _key(key: object, what: str) -> bytes:
    if isinstance(key, str):
        octets = _platform.to_utf8_lax(key)
        # Not by an exception of the encoder: it would hold the key.
        if _platform.from_utf8(octets) is None:
            raise ValueError(what + " has a lone surrogate, and so no UTF-8")
        return octets
    if isinstance(key, bytes):
        return bytes(key)
    raise TypeError(what + " must be str or bytes, not " + type(key).__name__)


def _seconds(value: object, what: str) -> float:
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
    """The key of a plain signer, as itsdangerous derives it."""
    if derivation == "hmac":
        return _crypto.mac_function(digest, secret)(salt)
    if derivation == "django-concat":
        return _crypto.hash_of(digest, salt + b"signer" + secret)
    if derivation == "concat":
        return _crypto.hash_of(digest, salt + secret)
    return secret


def _netstring(data: bytes) -> bytes:
    return str(len(data)).encode() + b":" + data + b","


def _payload_data(payload: bytes) -> "bytes | None":
    """The octets of a payload, decompressed if it starts with a dot; None: no such."""
    compressed = payload[:1] == b"."
    data = _crypto.decode_base64(payload[1:] if compressed else payload)
    if data is not None and compressed:
        data = _crypto.decompress(data, _MAX_PAYLOAD)
    return data


def _codec_of(
    serializer: "_types.Serializer | None",
) -> "tuple[_types.Callable[[object], bytes], _types.Callable[[bytes], _types.Any]]":
    """Two functions between objects and octets, of a serializer to text or to octets."""
    if serializer is None:
        return _crypto.encode_json, _crypto.decode_json
    if not hasattr(serializer, "dumps") or not hasattr(serializer, "loads"):
        raise TypeError("serializer must have dumps and loads")
    dumps, loads = serializer.dumps, serializer.loads
    if isinstance(dumps({}), str):
        return lambda obj: dumps(obj).encode(), lambda data: loads(data.decode())
    return dumps, loads


def _peek(signed: bytes, timed: bool) -> "tuple[bytes, int | None]":
    """Payload and time of a value, unverified: to be shown as such, never to be used."""
    data = signed.rpartition(b".")[0]
    if not timed:
        return data, None
    payload, _, text = data.rpartition(b".")
    return payload, _second(text)


def _second(text: bytes) -> "int | None":
    """The Unix time that base64url of up to 64 bits says, or None."""
    moment = _crypto.decode_base64(text)
    return None if moment is None or len(moment) > 8 else int.from_bytes(moment, "big")
