"""Puts this package's parts in the place of those of a framework, and of `http.cookies`.

`framework_suites.py` loads it into the run of a framework's own tests, before the framework is
imported.
"""

import http
import importlib
import os
import sys
from typing import Any

import cookiecodec
from cookiecodec.compat import http_cookies

sys.modules["http.cookies"] = http.cookies = http_cookies


def for_webob() -> None:
    """WebOb has a codec of its own. Its reader is replaced."""
    cookies: Any = importlib.import_module("webob.cookies")

    def parse_cookie(data: bytes) -> "list[tuple[bytes, bytes]]":
        pairs = cookiecodec.parse_cookie_pairs(data)
        octets = [(name.encode("latin-1", "replace"), value.encode()) for name, value in pairs]
        return [pair for pair in octets if cookies._valid_cookie_name(pair[0])]

    cookies.parse_cookie = parse_cookie


def for_itsdangerous() -> None:
    """Signatures are made and checked by our `Signer` where it has the options."""
    import itsdangerous
    import itsdangerous.serializer
    import itsdangerous.signer

    theirs = itsdangerous.Signer

    class Signer(theirs):  # type: ignore[valid-type,misc]
        """The interface of itsdangerous around our signer of the same options."""

        def ours(self, value: Any) -> Any:
            """None for what our `Signer` refuses: other separators, algorithms, octets."""
            if type(self.algorithm) is not itsdangerous.HMACAlgorithm or self.sep != b".":
                return None
            try:
                digest = self.algorithm.digest_method().name
                *older, newest = self.secret_keys
                itsdangerous.want_bytes(value).decode()
                return cookiecodec.Signer(
                    newest, salt=self.salt, fallbacks=older, digest=digest,
                    key_derivation=self.key_derivation, timed=False, compress=False,
                )  # fmt: skip
            except (TypeError, ValueError):
                return None

        def sign(self, value: Any) -> bytes:
            ours = self.ours(value)
            if ours is None:
                return bytes(super().sign(value))
            return bytes(ours.sign(itsdangerous.want_bytes(value).decode()).encode())

        def unsign(self, signed_value: Any) -> bytes:
            ours = self.ours(signed_value)
            if ours is None:
                return bytes(super().unsign(signed_value))
            try:
                return bytes(ours.unsign(signed_value).encode())
            except cookiecodec.BadSignature:
                signed = itsdangerous.want_bytes(signed_value)
                if b"." not in signed:
                    raise itsdangerous.BadSignature("No b'.' found in value") from None
                value, signature = signed.rsplit(b".", 1)
                message = f"Signature {signature!r} does not match"
                raise itsdangerous.BadSignature(message, payload=value) from None

    for module in (itsdangerous, itsdangerous.signer, itsdangerous.serializer):
        setattr(module, "Signer", Signer)  # noqa: B010
    itsdangerous.serializer.Serializer.default_signer = Signer
    itsdangerous.TimestampSigner.__bases__ = (Signer,)


adapter = globals().get("for_" + os.environ.get("COOKIECODEC_SUITE", "").lower())
if adapter is not None:
    adapter()
