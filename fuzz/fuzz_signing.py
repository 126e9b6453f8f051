"""`Signer`: only what this key signed verifies, and what verifies is what was signed.

- No forgery: a token that verifies has the signature that `hmac`, with the key derived as
  itsdangerous documents it, gives for the rest of it; in its canonical form alone.
- A token that was changed in any place, or moved to another cookie, kind or key, does not.
- What is signed is read; what verifies and is no payload is `BadPayload`; nothing else is
  raised, whatever the token.

An input has five fields: options, a cut (two octets: where, how many to leave out), what to
put there, a token of the attacker's own, and the value.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import harness

with harness.instrumented(__name__):
    from cookiecodec import BadPayload, BadSignature, SignatureExpired, Signer

KEY, OLD_KEY, SALT = b"a key of thirty-two octets, or so", b"the key of last year", b"fuzz"
DIGESTS = ("sha1", "sha256", "sha384", "sha512")
DERIVATIONS = ("hmac", "django-concat", "concat", "none")
NOW = 1_700_000_000
MAX_AGE = 3600


def derived(digest: str, derivation: str, key: bytes) -> bytes:
    """As itsdangerous' `Signer.derive_key` has it."""
    if derivation == "hmac":
        return hmac.new(key, SALT, digest).digest()
    if derivation == "none":
        return key
    middle = b"signer" if derivation == "django-concat" else b""
    return hashlib.new(digest, SALT + middle + key).digest()


def is_signed(token: bytes, digest: str, derivation: str) -> bool:
    """Whether the token's last part is the MAC of the rest, in base64url."""
    data, _, signature = token.rpartition(b".")
    for key in (KEY, OLD_KEY):
        mac = hmac.new(derived(digest, derivation, key), data, digest).digest()
        if signature == base64.urlsafe_b64encode(mac).rstrip(b"="):
            return True
    return False


def one_input(data: bytes) -> None:
    options, cut, patch, token, value = harness.fields(data, 5)
    bits = options[0] if options else 0
    digest, derivation = DIGESTS[bits & 3], DERIVATIONS[bits >> 2 & 3]
    timed, compress = bool(bits & 16), bool(bits & 32)
    signer = make(digest, derivation, timed, compress, fallbacks=(OLD_KEY,))
    check_foreign(signer, token, digest, derivation)
    old = make(digest, derivation, timed, compress, key=OLD_KEY)
    assert signer.unsign(old.sign("v")) == "v", "rotation logs out"
    refused(old.unsign, signer.sign("v"))
    check_value(signer, harness.text(value), cut, patch)
    check_object(signer, harness.text(value), cut, patch)
    check_payload(signer, token, timed)
    if derivation != "none":
        check_bound(signer, harness.text(value))


def make(
    digest: Any,  # one of the words that `Signer` knows
    derivation: Any,
    timed: bool,
    compress: bool,
    key: bytes = KEY,
    fallbacks: tuple[bytes, ...] = (),
) -> Signer:
    return Signer(
        key,
        salt=SALT,
        fallbacks=fallbacks,
        digest=digest,
        key_derivation=derivation,
        timed=timed,
        compress=compress,
        clock=lambda: NOW,
    )


def check_foreign(signer: Signer, token: bytes, digest: str, derivation: str) -> None:
    """A token that the attacker made up: read without an error of another kind."""
    for form in (token, token.decode("latin-1"), harness.text(token)):
        for read in (signer.unsign, signer.loads):
            try:
                read(form)
            except BadSignature as error:
                bad = type(error) is BadSignature
                assert not bad or error.payload is None, "nothing unverified is shown"
                octets = token if isinstance(form, bytes) else form.encode("utf-8", "replace")
                assert bad is not is_signed(octets, digest, derivation)
            else:
                octets = token if isinstance(form, bytes) else form.encode()
                assert is_signed(octets, digest, derivation), "forged"


def changed(token: str, cut: bytes, patch: bytes) -> str:
    """The token with a part of it left out, and *patch* in its place."""
    where, count = [*cut, 0, 0][:2]
    at = where * len(token) // 255
    return token[:at] + patch.decode("latin-1") + token[at + count :]


def check_value(signer: Signer, value: str, cut: bytes, patch: bytes) -> None:
    try:
        token = signer.sign(value)
    except ValueError:
        assert any("\ud800" <= char <= "\udfff" for char in value)
        return
    assert signer.unsign(token) == value
    assert signer.unsign(token.encode()) == value
    check_age(signer, token)
    forged = changed(token, cut, patch)
    if forged != token:
        refused(signer.unsign, forged)


def check_age(signer: Signer, token: str) -> None:
    """At its last second it verifies; a second later, and from too far ahead, it is expired."""
    if not signer.timed:
        return
    for now, limit, fresh in (
        (NOW + MAX_AGE, MAX_AGE, True),
        (NOW + MAX_AGE + 1, MAX_AGE, False),
        (NOW - 60, None, True),
        (NOW - 61, None, False),
    ):
        signer._clock = lambda now=now: now  # type: ignore[misc]
        try:
            signer.unsign(token, limit)
        except SignatureExpired:
            assert not fresh
        else:
            assert fresh
    signer._clock = lambda: NOW


def check_object(signer: Signer, value: str, cut: bytes, patch: bytes) -> None:
    obj = {"v": value, "n": [len(value), None, 1.5, True]}
    try:
        token = signer.dumps(obj)
    except ValueError:
        assert any("\ud800" <= char <= "\udfff" for char in value)
        return
    assert token.isascii()
    assert not set(token) & set(' ",;\\%=')
    assert signer.loads(token) == obj
    forged = changed(token, cut, patch)
    if forged != token:
        refused(signer.loads, forged)


def refused(read: Callable[[str], object], token: str) -> None:
    try:
        read(token)
    except BadSignature as error:
        assert type(error) is BadSignature
    else:
        raise AssertionError("a changed token verifies")


def check_payload(signer: Signer, payload: bytes, timed: bool) -> None:
    """Signed by us, whatever it is: read, or `BadPayload`, and linear in its size."""
    token = signer.sign(payload.decode("latin-1"))
    for salted in (token, signer._sign(payload, signer._object_macs[0])):
        try:
            obj = signer.loads(salted)
        except BadPayload as error:
            assert error.payload is not None
        except SignatureExpired:
            assert timed
        else:
            json.dumps(obj)


def check_bound(signer: Signer, value: str) -> None:
    """A value belongs to its cookie, and to its kind."""
    if any("\ud800" <= char <= "\udfff" for char in value):
        return
    bound, other = signer.for_cookie("a"), signer.for_cookie("b")
    signed, dumped = bound.sign(value), bound.dumps(value)
    assert bound.unsign(signed) == value
    assert bound.loads(dumped) == value
    for reader in (other.unsign, signer.unsign, bound.loads, other.loads, signer.loads):
        refused(reader, signed)
    for reader in (other.loads, signer.loads, bound.unsign, other.unsign, signer.unsign):
        refused(reader, dumped)


if __name__ == "__main__":
    harness.fuzz(one_input)
