"""`Signer`: what verifies, and everything that must not verify."""

import base64
import copy
import dataclasses
import datetime
import hashlib
import hmac
import json
import pickle
import string
import sys
import threading
import traceback
import warnings
import zlib
from pathlib import Path
from typing import Any, Callable

import pytest
from hypothesis import example, given, strategies as st

from cookiecodec import (
    BadPayload,
    BadSignature,
    SignatureExpired,
    Signer,
    dump_cookie,
    parse_cookie,
    signing,
    tagged_json,
)
from cookiecodec._platform import crypto

from ..support.peers import peer
from ..support.strategies import any_text, cookie_names

KEY = "correct horse battery staple, 32 octets or more"
NOW = 1_700_000_000
VECTORS: "dict[str, Any]" = json.loads(
    (Path(__file__).parents[1] / "support" / "data" / "signing.json").read_text("utf-8")
)


def signer(key: Any = KEY, **options: Any) -> Signer:
    return Signer(key, **{"clock": lambda: NOW, **options})


def encode(data: bytes) -> str:
    return crypto.encode_base64(data).decode()


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=4)
    ),
    max_leaves=12,
)
plain_text = st.text(st.characters(exclude_categories=["Cs"]))
options = st.fixed_dictionaries(
    {
        "digest": st.sampled_from(["sha1", "sha256", "sha384", "sha512"]),
        "key_derivation": st.sampled_from(["hmac", "django-concat", "concat"]),
        "timed": st.booleans(),
        "compress": st.booleans(),
        "salt": st.text(max_size=8, alphabet="ab\xe9.") | st.binary(max_size=8),
    }
)


# --- round trip -----------------------------------------------------------------------


@given(options, plain_text, json_values, st.none() | cookie_names)
def test_a_signed_value_reads_as_the_same_value(
    settings: "dict[str, Any]", value: str, obj: Any, cookie: "str | None"
) -> None:
    one = signer(**settings)
    if cookie is not None:
        one = one.for_cookie(cookie)
    for form in (str, str.encode):
        assert one.unsign(form(one.sign(value))) == value
        assert one.loads(form(one.dumps(obj))) == obj
    other = signer(**{**settings, "compress": not settings["compress"]})
    if cookie is None:
        assert other.loads(one.dumps(obj)) == obj, "both compressed and plain tokens are read"


@given(json_values)
def test_a_token_is_a_valid_cookie_value(obj: Any) -> None:
    token = signer().dumps(obj)
    assert set(token) <= set(string.ascii_letters + string.digits + "-_.")
    assert parse_cookie(dump_cookie("k", token).split(";")[0]) == {"k": token}


def test_a_serializer_may_write_text_or_bytes() -> None:
    for serializer in (json, tagged_json, pickle):
        one = signer(serializer=serializer)
        assert one.loads(one.dumps({"a": [1, 2]})) == {"a": [1, 2]}


# --- nothing else verifies ------------------------------------------------------------

TOKENS: "dict[str, tuple[Callable[[str], Any], str]]" = {}
for _name, _signer in {
    "plain": signer(),
    "untimed": signer(timed=False),
    "bound": signer().for_cookie("session"),
    "sha1": signer(digest="sha1"),
    "fallback": signer("new key", fallbacks=[KEY]),
}.items():
    _writer = signer() if _name == "fallback" else _signer
    TOKENS[f"{_name} value"] = (_signer.unsign, _writer.sign("user-42"))
    TOKENS[f"{_name} object"] = (_signer.loads, _writer.dumps({"id": 42}))
    TOKENS[f"{_name} compressed"] = (_signer.loads, _writer.dumps("compress me" * 9))


@pytest.mark.parametrize("kind", TOKENS)
def test_a_token_with_one_changed_character_does_not_verify(kind: str) -> None:
    read, token = TOKENS[kind]
    read(token)
    for at in range(len(token)):
        for char in string.ascii_letters + string.digits + "-_.=+/ \n\0é":
            if char != token[at]:
                with pytest.raises(BadSignature) as caught:
                    read(token[:at] + char + token[at + 1 :])
                assert type(caught.value) is BadSignature
                assert caught.value.payload is None
                assert caught.value.signed_at is None


@pytest.mark.parametrize("kind", TOKENS)
def test_a_shortened_or_extended_token_does_not_verify(kind: str) -> None:
    read, token = TOKENS[kind]
    changed = [token[:at] for at in range(len(token))] + [
        token[at:] for at in range(1, len(token))
    ]
    for piece in (".", "=", "==", "A", "AA", " ", "\n", "\0", "." + token, token):
        changed += [token + piece, piece + token]
    for at in range(len(token)):
        changed.append(token[:at] + token[at + 1 :])
        changed.append(token[:at] + "A" + token[at:])
    for other in changed:
        with pytest.raises(BadSignature):
            read(other)


def test_a_token_with_swapped_parts_does_not_verify() -> None:
    one = signer()
    a, b = one.sign("a").split("."), signer(clock=lambda: NOW + 1).sign("b").split(".")
    for at in range(2):
        for mixed in (
            [*a[:at], b[at], *a[at + 1 :]],
            [*b[:at], a[at], *b[at + 1 :]],
            [a[1], a[0], a[2]],
        ):
            with pytest.raises(BadSignature):
                one.unsign(".".join(mixed))


@given(
    st.one_of(
        any_text,
        st.binary(),
        st.sampled_from([t for _, t in TOKENS.values()]).flatmap(
            lambda token: st.builds(
                lambda at, junk: token[:at] + junk + token[at:],
                st.integers(0, len(token)),
                any_text.filter(bool),
            )
        ),
    )
)
@example("")
@example(".")
@example("..")
@example("...")
@example(b"\xff.\xff.\xff")
@example("\ud800.\ud800")
@example("a." * 100_000)
def test_junk_raises_bad_signature(junk: Any) -> None:
    for one in (signer(), signer(timed=False), signer().for_cookie("k")):
        for read in (one.unsign, one.loads):
            with pytest.raises(BadSignature):
                read(junk)


KINDS: "dict[str, tuple[Callable[[], str], Callable[[str], Any]]]" = {}
for _timed in (True, False):
    for _bound in (None, "a", "b"):
        _one = signer(timed=_timed)
        _one = _one if _bound is None else _one.for_cookie(_bound)
        _label = f"{'timed' if _timed else 'untimed'} {_bound}"
        KINDS[f"{_label} value"] = (lambda one=_one: one.sign("MQ"), _one.unsign)  # type: ignore[misc]
        KINDS[f"{_label} object"] = (lambda one=_one: one.dumps(1), _one.loads)  # type: ignore[misc]


# Plain signers can't tell their four kinds apart, since they follow itsdangerous.
DIFFERENT_KINDS = [
    (writer, reader)
    for writer in KINDS
    for reader in KINDS
    if writer != reader and not ("None" in writer and "None" in reader)
]


@pytest.mark.parametrize(("writer", "reader"), DIFFERENT_KINDS)
def test_a_token_does_not_verify_as_another_kind(writer: str, reader: str) -> None:
    """Kinds are values and objects, timed and untimed, plain and bound to each cookie."""
    with pytest.raises(BadSignature) as caught:
        KINDS[reader][1](KINDS[writer][0]())
    assert type(caught.value) is BadSignature


@pytest.mark.parametrize("kind", KINDS)
def test_a_token_verifies_as_its_own_kind(kind: str) -> None:
    write, read = KINDS[kind]
    assert read(write()) in ("MQ", 1)


CHANGES = [
    {"salt": "other"},
    {"digest": "sha512"},
    {"key": KEY + "!"},
    {"key_derivation": "concat"},
    {"key_derivation": "django-concat"},
    {"key_derivation": "none"},
]


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_a_token_does_not_verify_with_other_settings(change: "dict[str, Any]") -> None:
    with pytest.raises(BadSignature):
        signer(**change).unsign(signer().sign("v"))
    if change.get("key_derivation") != "none":
        with pytest.raises(BadSignature):
            signer(**change).for_cookie("k").unsign(signer().for_cookie("k").sign("v"))


# --- keys of bound signers: unique, documented, pinned ---------------------------------


def netstring(data: bytes) -> bytes:
    return b"%d:%b," % (len(data), data)


@given(options, st.binary(min_size=1), cookie_names, plain_text)
def test_a_bound_key_is_derived_as_documented(
    settings: "dict[str, Any]", secret: bytes, cookie: str, value: str
) -> None:
    """Reimplemented here from the docstring of `for_cookie`."""
    digest, salt = settings["digest"], settings["salt"]
    salt = salt.encode() if isinstance(salt, str) else salt
    kind = b"timed value" if settings["timed"] else b"value"
    parts = (kind, settings["key_derivation"].encode(), salt, cookie.encode())
    hashed = hashlib.new(digest, netstring(secret)).digest()
    key = hmac.new(hashed, b"".join(map(netstring, parts)), digest).digest()
    token = signer(secret, **settings).for_cookie(cookie).sign(value).encode()
    data, _, signature = token.rpartition(b".")
    assert signature.decode() == encode(hmac.new(key, data, digest).digest())


@pytest.mark.parametrize("vector", VECTORS["tokens"], ids=lambda v: str(v)[:60])
def test_pinned_tokens_verify(vector: "dict[str, Any]") -> None:
    one = signer(vector["secret_key"], clock=lambda: vector["now"], **vector["options"])
    if vector["cookie"] is not None:
        one = one.for_cookie(vector["cookie"])
    if "value" in vector:
        assert one.sign(vector["value"]) == vector["token"]
        assert one.unsign(vector["token"]) == vector["value"]
    else:
        assert one.dumps(vector["object"]) == vector["token"]
        assert one.loads(vector["token"]) == vector["object"]


@pytest.mark.parametrize("vector", VECTORS["compressed"], ids=lambda v: str(v)[:60])
def test_pinned_compressed_tokens_verify(vector: "dict[str, Any]") -> None:
    one = signer(vector["secret_key"], clock=lambda: vector["now"], **vector["options"])
    if vector["cookie"] is not None:
        one = one.for_cookie(vector["cookie"])
    assert one.loads(vector["token"]) == vector["object"]


@pytest.mark.parametrize("vector", VECTORS["forged"], ids=lambda v: str(v)[:60])
def test_pinned_forgeries_do_not_verify(vector: "dict[str, Any]") -> None:
    one = signer(vector["secret_key"], clock=lambda: vector["now"], **vector["options"])
    if vector["cookie"] is not None:
        one = one.for_cookie(vector["cookie"])
    with pytest.raises(BadSignature):
        (one.unsign if vector["reads"] == "value" else one.loads)(vector["token"])


@pytest.mark.parametrize(
    ("left", "right"),
    [
        # HMAC pads a short key with zeros, and hashes one longer than a block (RFC 2104).
        ({"key": "k"}, {"key": "k\0"}),
        ({"key": b"k" * 65}, {"key": hashlib.sha256(b"k" * 65).digest()}),
        # `concat` puts the salt right before the key.
        ({"salt": "ab", "key": "c", "key_derivation": "concat"},
         {"salt": "a", "key": "bc", "key_derivation": "concat"}),
        ({"salt": "a", "key": "b", "key_derivation": "concat"},
         {"salt": "a", "key": "b", "key_derivation": "hmac"}),
    ],
)  # fmt: skip
def test_no_two_bound_signers_share_a_key(
    left: "dict[str, Any]", right: "dict[str, Any]"
) -> None:
    token = signer(**left).for_cookie("k").sign("v")
    with pytest.raises(BadSignature):
        signer(**right).for_cookie("k").unsign(token)


# --- time -----------------------------------------------------------------------------


def at(offset: float, **settings: Any) -> Signer:
    return signer(clock=lambda: NOW + offset, **settings)


@pytest.mark.parametrize(
    ("offset", "max_age", "verifies"),
    [
        (0, None, True), (10**9, None, True),
        (0, 0, True), (0.9, 0, True), (1, 0, False),
        (60, 60, True), (61, 60, False), (60.9, 60, True),
        (1, 0.5, False), (2, datetime.timedelta(seconds=2), True),
        (3, datetime.timedelta(seconds=2), False), (10**9, 10**12, True),
        # From the future: accepted up to the leeway, whatever max_age is.
        (-1, 0, True), (-60, 0, True), (-61, 0, False), (-61, 10**9, False),
        (-60, None, True), (-61, None, False),
    ],
)  # fmt: skip
def test_a_token_verifies_up_to_its_max_age(
    offset: float, max_age: Any, verifies: bool
) -> None:
    for one in (signer(), signer().for_cookie("k")):
        reader = at(offset) if one._bound_to is None else at(offset).for_cookie("k")
        for read, token in ((reader.unsign, one.sign("v")), (reader.loads, one.dumps("v"))):
            if verifies:
                assert read(token, max_age=max_age) == "v"
            else:
                with pytest.raises(SignatureExpired) as caught:
                    read(token, max_age=max_age)
                assert caught.value.signed_at == NOW
                assert caught.value.payload in (b"v", b"InYi")


def test_leeway_never_lengthens_max_age() -> None:
    with pytest.raises(SignatureExpired):
        at(11, leeway=1000).unsign(signer().sign("v"), max_age=10)
    assert at(-1000, leeway=1000).unsign(signer().sign("v"), max_age=10) == "v"
    with pytest.raises(SignatureExpired):
        at(-1, leeway=0).unsign(signer().sign("v"), max_age=10)


def test_a_clock_may_start_at_zero() -> None:
    early = signer(clock=lambda: 0)
    assert early.sign("v").startswith("v..")
    assert early.unsign(early.sign("v"), max_age=0) == "v"


# --- verified, but unreadable ---------------------------------------------------------


def signed(payload: str) -> str:
    """Return a valid token with any payload."""
    return signer().sign(payload)


UNREADABLE = {
    "not base64": "!",
    "an impossible length": "A",
    "padding": encode(b'{"a":1}') + "=",
    "not canonical": "MR",  # 0x31 and stray bits; MQ is canonical
    "the other alphabet": "+/+/",
    "white space inside": "MQ ",
    "not JSON": encode(b"{"),
    "an empty payload": "",
    "two values": encode(b"1 2"),
    "not UTF-8": encode(b'"\xff"'),
    "too deep": encode(b"[" * 200_000 + b"]" * 200_000),
    "a huge integer": encode(b"1" * 100_000),
    "not zlib": "." + encode(b"x"),
    "truncated zlib": "." + encode(zlib.compress(b'"' + b"a" * 100 + b'"')[:-3]),
    "extra data after zlib": "." + encode(zlib.compress(b"1") + b"x"),
    "raw deflate": "." + encode(zlib.compress(b"1")[2:-4]),
    "a decompression bomb": "." + encode(zlib.compress(b'"' + b" " * 50_000_000 + b'"')),
    "one octet too large": "." + encode(zlib.compress(b'"' + b" " * (2**20 - 1) + b'"')),
    "two dots": ".." + encode(zlib.compress(b"1")),
}


#: Whether JSON has no limit on nesting. In Pyodide, the limit is the stack of Node.
ANY_DEPTH = sys.platform == "emscripten"


@pytest.mark.parametrize("kind", UNREADABLE)
def test_a_verified_but_unreadable_payload_raises_bad_payload(kind: str) -> None:
    if kind == "a huge integer" and not hasattr(sys, "set_int_max_str_digits"):
        pytest.skip("this Python reads integers of any length")
    if kind == "too deep" and ANY_DEPTH:
        pytest.skip("this Python reads JSON of any depth")
    with pytest.raises(BadPayload) as caught:
        signer().loads(signed(UNREADABLE[kind]))
    assert caught.value.payload == UNREADABLE[kind].encode()
    assert caught.value.signed_at == NOW


def test_a_value_that_is_not_utf8_raises_bad_payload() -> None:
    data = b"\xff." + crypto.encode_base64(NOW.to_bytes(4, "big"))
    with pytest.raises(BadPayload) as caught:
        signer().unsign(data + b"." + crypto.encode_base64(signer()._value_macs[0](data)))
    assert caught.value.payload == b"\xff"
    assert caught.value.signed_at == NOW


@pytest.mark.parametrize("time", ["", "!", "A", "MR", encode(b"x" * 9), " "])
def test_an_invalid_time_of_signing_raises_bad_signature(time: str) -> None:
    token = signer(timed=False).sign(f"v.{time}")
    if time == "":  # no octets mean the first second of 1970
        assert signer().unsign(token) == "v"
        return
    with pytest.raises(BadSignature) as caught:
        signer().unsign(token)
    assert caught.value.payload == f"v.{time}".encode()


def test_a_token_without_a_time_of_signing_raises_bad_payload() -> None:
    for value in ("v", "ZVPxAA"):  # the second looks like a time, but has no dot before it
        with pytest.raises(BadPayload) as caught:
            signer().unsign(signer(timed=False).sign(value))
        assert (caught.value.payload, caught.value.signed_at) == (value.encode(), None)


@pytest.mark.parametrize("now", [0, 0x58, 0x58585858, 0x58000000, 2**32, 2**63, 2**64 - 1])
def test_any_time_of_up_to_64_bits_is_signed_and_read(now: int) -> None:
    """Including octets that are ASCII letters, and zeros at either end."""
    one = signer(clock=lambda: now)
    assert one.unsign(one.sign("v"), max_age=0) == "v"
    assert one.sign("v").split(".")[1] == encode(now.to_bytes(8, "big").lstrip(b"\0"))
    with pytest.raises(ValueError, match="from 1970 on"):
        signer(clock=lambda: 2**64).sign("v")


def test_a_payload_that_could_not_be_read_is_not_written() -> None:
    one = signer()
    largest = "x" * (2**20 - 2)
    assert one.loads(one.dumps(largest)) == largest
    for settings in ({}, {"compress": False}):
        with pytest.raises(ValueError, match="over 1048576"):
            signer(**settings).dumps(largest + "x")


# --- keys -----------------------------------------------------------------------------


def test_tokens_of_fallback_keys_verify() -> None:
    old, new = signer("old"), signer("new", fallbacks=["old"])
    newer = signer(b"newer", fallbacks=iter([b"new", "old"]))
    for name in (None, "k"):
        signers = [s if name is None else s.for_cookie(name) for s in (old, new, newer)]
        assert signers[1].unsign(signers[0].sign("v")) == "v"
        assert [s.unsign(signers[1].sign("v")) for s in signers[1:]] == ["v", "v"]
        assert signers[2].loads(signers[0].dumps([1])) == [1]
        with pytest.raises(BadSignature):
            signers[0].unsign(signers[1].sign("v"))


def deep(levels: int) -> "list[Any]":
    nested: list[Any] = []
    for _ in range(levels):
        nested = [nested]
    return nested


USAGE: "list[tuple[type[Exception], Callable[[], object]]]" = [
    (ValueError, lambda: signer("")),
    (ValueError, lambda: signer(b"")),
    (ValueError, lambda: signer("k", fallbacks=[""])),
    (ValueError, lambda: signer("\ud800")),
    (TypeError, lambda: signer(None)),
    (TypeError, lambda: signer(1)),
    (TypeError, lambda: signer(["k"])),
    (TypeError, lambda: signer(bytearray(b"k"))),
    (TypeError, lambda: signer("k", fallbacks="old key")),
    (TypeError, lambda: signer("k", fallbacks=b"old key")),
    (TypeError, lambda: signer("k", fallbacks=bytearray(b"old key"))),
    (TypeError, lambda: signer("k", fallbacks={"key-id": "old key"})),
    (TypeError, lambda: signer("k", serializer=object())),
    (TypeError, lambda: signer("k", clock=5)),
    (TypeError, lambda: pickle.dumps(signer())),
    (ValueError, lambda: signer(clock=lambda: -1).sign("v")),
    (ValueError, lambda: signer(serializer=tagged_json).dumps(deep(101))),
    (TypeError, lambda: signer("k", fallbacks=None)),
    (TypeError, lambda: signer("k", fallbacks=[1])),
    (TypeError, lambda: signer("k", salt=None)),
    (ValueError, lambda: signer("k", digest="md5")),
    (ValueError, lambda: signer("k", digest="SHA256")),
    (ValueError, lambda: signer("k", digest="sha3_256")),
    (ValueError, lambda: signer("k", digest=None)),
    (ValueError, lambda: signer("k", key_derivation="pbkdf2")),
    (ValueError, lambda: signer("k", key_derivation=None)),
    (ValueError, lambda: signer("k", leeway=-1)),
    (ValueError, lambda: signer("k", leeway=float("nan"))),
    (TypeError, lambda: signer("k", leeway=None)),
    (ValueError, lambda: signer().for_cookie("a b")),
    (ValueError, lambda: signer().for_cookie("")),
    (TypeError, lambda: signer().for_cookie(b"k")),  # type: ignore[arg-type]
    (ValueError, lambda: signer().for_cookie("k").for_cookie("k")),
    (ValueError, lambda: signer(key_derivation="none").for_cookie("k")),
    (ValueError, lambda: signer().unsign(signer().sign("v"), max_age=-1)),
    (ValueError, lambda: signer().unsign("junk", max_age=-0.1)),
    (ValueError, lambda: signer().unsign("junk", max_age=float("nan"))),
    (ValueError, lambda: signer().loads("junk", max_age=float("inf"))),
    (ValueError, lambda: signer().loads("junk", max_age=datetime.timedelta(seconds=-1))),
    (ValueError, lambda: signer(timed=False).unsign("junk", max_age=5)),
    (ValueError, lambda: signer(timed=False).loads("junk", max_age=0)),
    (TypeError, lambda: signer().unsign("junk", max_age="5")),  # type: ignore[arg-type]
    (TypeError, lambda: signer().unsign("junk", max_age=True)),
    (TypeError, lambda: signer().unsign(None)),  # type: ignore[arg-type]
    (TypeError, lambda: signer().loads(5)),  # type: ignore[arg-type]
    (TypeError, lambda: signer().sign(b"v")),  # type: ignore[arg-type]
    (ValueError, lambda: signer().sign("\ud800")),
    (TypeError, lambda: signer().dumps(object())),
    (ValueError, lambda: signer().dumps("\ud800")),
]


@pytest.mark.parametrize("case", range(len(USAGE)))
def test_a_mistake_of_the_caller_is_not_a_bad_signature(case: int) -> None:
    expected, call = USAGE[case]
    with pytest.raises(expected) as caught:
        call()
    assert not isinstance(caught.value, BadSignature)


_DIGESTS = "digest must be one of sha1, sha256, sha384, sha512"
_DERIVATIONS = "key_derivation must be one of hmac, django-concat, concat, none"
_NOT_ONE_KEY = "fallbacks must be an iterable of keys, not one key or a mapping"
MESSAGES: "list[tuple[str, Callable[[], object]]]" = [
    ("a key must not be empty", lambda: signer("")),
    ("a key must be str or bytes, not NoneType", lambda: signer(None)),
    ("a key must be str or bytes, not int", lambda: signer("k", fallbacks=[1])),
    ("a key has a lone surrogate, which UTF-8 can't encode", lambda: signer("\ud800")),
    ("salt must be str or bytes, not NoneType", lambda: signer(salt=None)),
    ("salt has a lone surrogate, which UTF-8 can't encode", lambda: signer(salt="\ud800")),
    (_NOT_ONE_KEY, lambda: signer(fallbacks="old key")),
    (_NOT_ONE_KEY, lambda: signer(fallbacks=memoryview(b"old key"))),
    (_NOT_ONE_KEY, lambda: signer(fallbacks={"key-id": "old key"})),
    (_DIGESTS, lambda: signer(digest="md5")),
    (_DERIVATIONS, lambda: signer(key_derivation="pbkdf2")),
    ("clock must be a function that gives Unix time", lambda: signer(clock=5)),
    ("serializer must have dumps and loads", lambda: signer(serializer=object())),
    ("leeway must be a number of seconds, not NoneType", lambda: signer(leeway=None)),
    ("leeway must be a number of seconds, not bool", lambda: signer(leeway=True)),
    ("leeway must be finite", lambda: signer(leeway=float("inf"))),
    ("leeway must not be negative", lambda: signer(leeway=-1)),
    ("max_age must not be negative", lambda: signer().unsign("junk", max_age=-1)),
    ("max_age must be finite", lambda: signer().loads("junk", max_age=float("nan"))),
    ("max_age needs a timed signer", lambda: signer(timed=False).unsign("junk", max_age=0)),
    ("a signed value must be str or bytes, not int", lambda: signer().loads(5)),  # type: ignore[arg-type]
    ("value b'v' must be str, not bytes; decode it first", lambda: signer().sign(b"v")),  # type: ignore[arg-type]
    ("name b'k' must be str, not bytes; decode it first", lambda: signer().for_cookie(b"k")),  # type: ignore[arg-type]
    (
        "name must be a cookie-name, a token (RFC 9110, 5.6.2)",
        lambda: signer().for_cookie("a b"),
    ),
    (
        "key_derivation='none' leaves no key to bind; use another",
        lambda: signer(key_derivation="none").for_cookie("k"),
    ),
    (
        "this signer is bound to a cookie already",
        lambda: signer().for_cookie("k").for_cookie("k"),
    ),
    ("the clock must give a time from 1970 on", lambda: signer(clock=lambda: -1).sign("v")),
    (
        "a Signer holds keys and can't be pickled; make another one",
        lambda: pickle.dumps(signer()),
    ),
    ("the object is nested too deeply", lambda: signer().dumps(deep(100_000))),
    ("the payload has 1048577 octets, over 1048576", lambda: signer().dumps("x" * (2**20 - 1))),
    # Errors about what a client sends.
    ("the signature does not match", lambda: signer().unsign("junk")),
    ("there is no time of signing", lambda: signer().unsign(signer(timed=False).sign("v"))),
    ("signed in the future", lambda: at(-61).unsign(signer().sign("v"))),
    ("signed 61 seconds ago", lambda: at(61).unsign(signer().sign("v"), max_age=60)),
    ("the value is not UTF-8", lambda: signer(timed=False).unsign(untimed(b"\xff"))),
    ("the payload is not base64url, or not zlib", lambda: signer().loads(signed("!"))),
    ("the payload can't be read: JSONDecodeError", lambda: signer().loads(signed("ew"))),
]


def untimed(data: bytes) -> bytes:
    """Return the token of an untimed signer, for octets that `sign` does not accept."""
    return data + b"." + encode(signer(timed=False)._value_macs[0](data)).encode()


@pytest.mark.parametrize(("message", "call"), MESSAGES, ids=[row[0][:40] for row in MESSAGES])
def test_a_message_says_what_is_wrong(message: str, call: "Callable[[], object]") -> None:
    if message == "the object is nested too deeply" and ANY_DEPTH:
        pytest.skip("this Python writes JSON of any depth")
    with pytest.raises((ValueError, TypeError)) as caught:
        call()
    assert str(caught.value) == message


@pytest.mark.skipif(ANY_DEPTH, reason="this Python writes JSON of any depth")
def test_an_object_that_is_nested_too_deeply_is_not_written() -> None:
    with pytest.raises(ValueError, match="nested too deeply"):
        signer().dumps(deep(100_000))


def test_keys_are_never_shown() -> None:
    one = Signer("hunter2hunter2", salt="pepper", fallbacks=["swordfish"])
    for shown in (repr(one), str(one), repr(one.for_cookie("k")), f"{one!r:s}"):
        for secret in ("hunter2", "swordfish", "pepper"):
            assert secret not in shown
    for call in (
        lambda: one.unsign("v.x.y"),
        lambda: one.for_cookie("k").loads("v"),
        lambda: Signer("hunter2", fallbacks="swordfish"),
        lambda: Signer("hunter2", digest="md5"),  # type: ignore[arg-type] # the point
        lambda: Signer("hunter2\udc80"),
        lambda: Signer("k", fallbacks=["hunter2\udc80"]),
    ):
        with pytest.raises((BadSignature, ValueError, TypeError)) as caught:
            call()
        error: "BaseException | None" = caught.value
        while error is not None:  # error trackers read the context too
            for shown in (str(error), repr(error), repr(vars(error))):
                assert "hunter2" not in shown
                assert "swordfish" not in shown
            error = error.__context__


def test_a_bound_signer_has_the_settings_of_the_plain_one() -> None:
    one = signer(digest="sha1", compress=False, leeway=0).for_cookie("k")
    assert "digest='sha1'" in repr(one)
    assert one.dumps("x" * 100).startswith(encode(b'"xxx')[:5]), "not compressed"
    with pytest.raises(SignatureExpired):
        signer(leeway=0, clock=lambda: NOW - 1).for_cookie("k").unsign(
            signer(leeway=0).for_cookie("k").sign("v")
        )
    with pytest.raises(ValueError, match="timed signer"):
        signer(timed=False).for_cookie("k").unsign("junk", max_age=0)


def test_a_serializer_must_have_both_functions() -> None:
    for lacks in ({"dumps": json.dumps}, {"loads": json.loads}):
        with pytest.raises(TypeError, match="serializer must have dumps and loads"):
            signer(serializer=type("Half", (), lacks))


def test_a_payload_can_be_read_without_verifying() -> None:
    """For the command line, which says that it is unverified."""
    token = signer().sign("a.b").encode()
    assert signing.peek(token, True) == (b"a.b", NOW)
    assert signing.peek(b"a.b.signature", False) == (b"a.b", None)
    assert signing.peek(b"a.b.!.signature", True) == (b"a.b", None)


def test_a_signer_shows_its_settings() -> None:
    assert repr(signer(digest="sha1")) == "<Signer digest='sha1', timed=True>"
    one = signer(timed=False).for_cookie("k")
    assert repr(one) == "<Signer digest='sha256', timed=False, for_cookie='k'>"


@pytest.mark.parametrize("kind", [BadSignature, SignatureExpired, BadPayload])
def test_errors_are_bad_signatures_and_can_be_pickled(kind: "type[BadSignature]") -> None:
    error = kind("a message", b"payload", NOW)
    restored = pickle.loads(pickle.dumps(error))
    assert (type(restored), str(restored), vars(restored)) == (kind, "a message", vars(error))
    assert isinstance(error, ValueError) and isinstance(error, BadSignature)  # noqa: PT018


def test_threads_share_a_signer() -> None:
    one = Signer(KEY).for_cookie("k")
    failed: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for n in range(300):
                assert one.loads(one.dumps([number, n] * 20)) == [number, n] * 20
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


# --- known vulnerabilities of other libraries -----------------------------------------


def test_flask_secret_key_fallbacks_given_a_string() -> None:
    """Flask extends its list of keys with `SECRET_KEY_FALLBACKS`. If that is a string, each
    letter becomes a key, and a signature with the key "a" verifies."""
    with pytest.raises(TypeError, match="not one key"):
        Signer("new", fallbacks="old-secret")


def test_cve_2022_29217_pyjwt_algorithm_of_the_token() -> None:
    """A JWT names its algorithm, so that the sender chooses it: PyJWT before 2.4.0 used a
    public key as an HMAC key. Here, a token does not say how to verify it."""
    for digest in ("sha1", "sha384", "sha512"):
        with pytest.raises(BadSignature):
            signer().unsign(signer(digest=digest).sign("v"))
    header = encode(b'{"alg":"none"}')
    with pytest.raises(BadSignature):
        signer().loads(f"{header}.{encode(b'{}')}.")


def test_decompression_bombs(tracemalloc: Any) -> None:
    """50 MB in 49 KB are never decompressed in full. Without a valid signature, a payload is
    not decompressed at all."""
    token = signed(UNREADABLE["a decompression bomb"])
    tracemalloc.start()
    with pytest.raises(BadPayload):
        signer().loads(token)
    assert tracemalloc.get_traced_memory()[1] < 4_000_000


def test_sessions_that_never_expire() -> None:
    """aiohttp-session's cookies once had no time of signing (aio-libs/aiohttp-session issue
    325), so a copy was valid forever. Here, the signature covers the time."""
    token = signer().dumps({"user": 1})
    value, _, signature = token.split(".")
    later = encode((NOW + 10**6).to_bytes(4, "big"))
    with pytest.raises(BadSignature):
        at(10**6).loads(f"{value}.{later}.{signature}", max_age=3600)
    with pytest.raises(SignatureExpired):
        at(10**6).loads(token, max_age=3600)


class SecretStr:
    """As pydantic's: its text and its `repr` are asterisks."""

    def __init__(self, key: Any) -> None:
        self.key = key

    def get_secret_value(self) -> Any:
        return self.key

    def __str__(self) -> str:
        return "**********"


def test_a_key_may_be_in_an_object_that_hides_it() -> None:
    token = signer(fallbacks=["old"]).dumps(42)
    for key in (SecretStr(KEY), SecretStr(KEY.encode()), SecretStr(SecretStr(KEY))):
        assert signer(key).dumps(42) == token
        assert signer("new", fallbacks=[key]).loads(token) == 42
        assert signer(key).for_cookie("k").loads(signer().for_cookie("k").dumps(1)) == 1
    for wrong in (SecretStr(5), SecretStr(None), type("Secret", (str,), {}), object()):
        with pytest.raises(TypeError, match="a key must be str or bytes") as caught:
            signer(wrong)
        assert "*" not in str(caught.value)
    with pytest.raises(ValueError, match="must not be empty"):
        signer(SecretStr(""))

    class Secret:  # not Starlette's: its text may be anything
        def __str__(self) -> str:
            return "**********"

    with pytest.raises(TypeError, match="not Secret"):
        signer(Secret())


@pytest.mark.interop
def test_a_key_may_be_a_secret_of_pydantic_or_starlette() -> None:
    secrets = [
        peer("pydantic").SecretStr(KEY),
        peer("pydantic").SecretBytes(KEY.encode()),
        peer("starlette.datastructures").Secret(KEY),
    ]
    for key in secrets:
        assert signer(key).dumps(42) == signer().dumps(42)
        assert KEY not in repr(key)


def test_a_copy_is_the_same_object() -> None:
    """Frameworks copy their configuration: Litestar a router's middleware, `asdict` all."""

    @dataclasses.dataclass
    class Settings:
        one: Signer

    for one in (signer(), signer().for_cookie("k")):
        assert copy.copy(one) is copy.deepcopy(one) is one
        assert copy.deepcopy({"signers": [one]})["signers"][0] is one
        assert dataclasses.asdict(Settings(one))["one"] is one


def test_the_traceback_of_an_invalid_option_can_be_shown() -> None:
    with pytest.raises(ValueError, match="digest") as caught:
        signer(digest="md5")
    shown = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    assert "<Signer>" in "".join(shown.format())


def test_a_token_of_a_fallback_key_is_not_current() -> None:
    for make in (signer, lambda *a, **o: signer(*a, **o).for_cookie("k")):
        both = make("new", fallbacks=[KEY])
        assert both.is_current(both.dumps(42))
        assert not both.is_current(make().dumps(42))
        assert make().is_current(make().dumps(42))


def test_a_python_without_sha1_supports_other_digests(monkeypatch: pytest.MonkeyPatch) -> None:
    """FIPS builds have no SHA-1."""

    def without_sha1(name: str, data: bytes = b"") -> Any:
        if name == "sha1":
            raise ValueError("unsupported hash type")
        return hashlib.new(name, data)

    monkeypatch.setattr(crypto, "_new", without_sha1)
    assert signer().unsign(signer().sign("v")) == "v"
    with pytest.raises(ValueError, match="unsupported hash type") as caught:
        signer(digest="sha1")
    assert str(caught.value) == (
        "this platform does not have the digest 'sha1' (unsupported hash type); pass another"
        " *digest*"
    )


def test_a_python_without_zlib_reads_uncompressed_tokens(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compressed = signer().dumps("x" * 100)
    monkeypatch.setattr(crypto, "_zlib", None)
    assert signer().loads(signer().dumps("x" * 100)) == "x" * 100
    with pytest.raises(BadPayload):
        signer().loads(compressed)


def test_reading_never_warns() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for read, token in TOKENS.values():
            read(token)


@pytest.mark.parametrize("digest", ["sha1", "sha256", "sha384", "sha512"])
def test_keys_around_the_block_of_the_hash_are_those_of_hmac(digest: Any) -> None:
    """RFC 2104, 2: a longer key is hashed, one of that size is not."""
    block = hashlib.new(digest).block_size
    for length in (block - 1, block, block + 1):
        key = bytes(n % 256 for n in range(length))
        made = Signer(key, salt="s", digest=digest, key_derivation="none", timed=False)
        mac = hmac.new(key, b"value", digest).digest()
        signature = base64.urlsafe_b64encode(mac).rstrip(b"=").decode()
        assert made.sign("value") == f"value.{signature}"
