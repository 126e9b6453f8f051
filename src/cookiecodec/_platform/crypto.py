"""What signing needs of a platform: HMAC, constant time, base64url, inflation, JSON.

CPython, PyPy and Pyodide use the first branch of each block, MicroPython 1.27 the second. Its
``hashlib`` has sha256 (and others in some ports), it has no ``hmac``, ``deflate`` replaces
``zlib`` where a port has it, and its ``json`` writes texts that no other platform can read.

A hash is used by its name only, and only if it is one of `DIGESTS`.
"""

import binascii as _binascii
import hashlib as _hashlib
import json as _json

from .. import _platform

if _platform.TYPE_CHECKING:
    from .. import _types

#: Name of each hash that may sign, and the octets of its block (FIPS 180-4, 1).
DIGESTS = {"sha1": 64, "sha256": 64, "sha384": 128, "sha512": 128}


def hash_of(digest: str, data: bytes) -> bytes:
    """Return the hash of *data*, or raise ValueError if the platform does not have it.

    SHA-1 is missing from FIPS builds, for example. There only its own use fails.
    """
    return _new(digest, data).digest()  # type: ignore[no-any-return]


def mac_function(digest: str, key: bytes) -> "_types.Callable[[bytes], bytes]":
    """Return HMAC (RFC 2104) with *key* as a function of the message.

    The two blocks of the key are hashed here, once. Where a hash can be copied, each message
    starts from a copy: this takes half the time of `hmac.digest`.
    """
    size = DIGESTS[digest]
    if len(key) > size:
        key = hash_of(digest, key)
    key += bytes(size - len(key))
    inner_pad = bytes([octet ^ 0x36 for octet in key])
    outer_pad = bytes([octet ^ 0x5C for octet in key])
    return _mac(digest, inner_pad, outer_pad)


def encode_base64(data: bytes) -> bytes:
    """Return the base64url of *data* without padding (RFC 4648, 5)."""
    text = _binascii.b2a_base64(data).rstrip(b"=\n")
    return text.replace(b"+", b"-").replace(b"/", b"_")


def decode_base64(text: bytes) -> "bytes | None":
    """Return the octets in base64url without padding, or None if it is invalid.

    Only the canonical text (RFC 4648, 3.5) is valid: no two texts stand for the same octets.
    """
    padded = text.replace(b"-", b"+").replace(b"_", b"/") + b"=" * (-len(text) % 4)
    try:
        data = _binascii.a2b_base64(padded)
    except ValueError:
        return None
    return data if encode_base64(data) == text else None


if _platform.TYPE_CHECKING or not _platform.MICROPYTHON:
    import hmac as _hmac

    try:
        import zlib as _zlib
    except ImportError:  # a Python built without it
        _zlib = None  # type: ignore[assignment]

    same = _hmac.compare_digest
    _to_json = _json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

    def encode_json(obj: object) -> bytes:
        """Return JSON as itsdangerous writes it: in UTF-8, without spaces."""
        return _to_json(obj).encode()

    def decode_json(data: bytes) -> "_types.Any":
        """Return the object in *data*. Raise ValueError or RecursionError if it is invalid."""
        return _json.loads(data.decode())

    def _new(digest: str, data: bytes) -> "_types.Any":
        return _hashlib.new(digest, data)

    def _mac(
        digest: str, inner_pad: bytes, outer_pad: bytes
    ) -> "_types.Callable[[bytes], bytes]":
        copy_inner = _new(digest, inner_pad).copy
        copy_outer = _new(digest, outer_pad).copy

        def mac(message: bytes) -> bytes:
            inner = copy_inner()
            inner.update(message)
            outer = copy_outer()
            outer.update(inner.digest())
            return outer.digest()  # type: ignore[no-any-return]

        return mac

    def compress(data: bytes) -> "bytes | None":
        """Return zlib's format (RFC 1950) of *data*, or None without a compressor."""
        return None if _zlib is None else _zlib.compress(data)

    def decompress(data: bytes, limit: int) -> "bytes | None":
        """Return what *data* holds, or None if it is invalid or over *limit* octets."""
        if _zlib is None:
            return None
        inflate = _zlib.decompressobj()
        try:
            inflated = inflate.decompress(data, limit + 1)
        except _zlib.error:
            return None
        whole = inflate.eof and not inflate.unused_data and len(inflated) <= limit
        return inflated if whole else None

else:
    import io as _io
    import math as _math

    try:
        import deflate as _deflate
    except ImportError:
        _deflate = None

    def same(left, right):
        if len(left) != len(right):
            return False
        difference = 0
        for at in range(len(left)):
            difference |= left[at] ^ right[at]
        return difference == 0

    def encode_json(obj):
        _check_json(obj)
        return _platform.to_utf8(_json.dumps(obj, separators=(",", ":")))

    def decode_json(data):
        text = _platform.from_utf8(data)
        if text is None:
            raise ValueError("not UTF-8")
        return _json.loads(text)

    def _check_json(obj):
        if isinstance(obj, dict):
            if [name for name in obj if not isinstance(name, str)]:
                raise TypeError("the keys of an object must be str")
            obj = list(obj.values())
        if isinstance(obj, (list, tuple)):
            for item in obj:
                _check_json(item)
        elif isinstance(obj, float):
            if not _math.isfinite(obj):
                raise ValueError("JSON has no NaN and no infinities")
        elif not (obj is None or isinstance(obj, (bool, int, str))):
            raise TypeError("JSON has no " + type(obj).__name__)

    def _new(digest, data):
        try:
            return getattr(_hashlib, digest)(data)
        except AttributeError:
            raise ValueError("this platform does not have the digest '%s'" % digest) from None

    def _mac(digest, inner_pad, outer_pad):
        return lambda message: hash_of(digest, outer_pad + hash_of(digest, inner_pad + message))

    def compress(data):
        return None

    def decompress(data, limit):
        if _deflate is None:
            return None
        pieces = []
        try:
            stream = _deflate.DeflateIO(_io.BytesIO(data), _deflate.ZLIB)
            while limit >= 0:
                piece = stream.read(512)  # a read takes all its memory at once
                if not piece:
                    return b"".join(pieces)
                pieces.append(piece)
                limit -= len(piece)
        except (OSError, EOFError, ValueError, MemoryError):
            pass
        return None
