"""Signers write the same bytes as itsdangerous, and `tagged_json` the same as Flask."""

import dataclasses
import datetime
import decimal
import hashlib
import time
import uuid
import zlib
from typing import Any

import pytest
from hypothesis import given, strategies as st

from cookiecodec import BadSignature, SignatureExpired, Signer, tagged_json

from ..support.peers import peer
from .test_signing import KEY, NOW, encode, json_values, plain_text

itsdangerous = peer("itsdangerous")
flask = peer("flask")
flask_tag = peer("flask.json.tag")
Markup = peer("markupsafe").Markup

pytestmark = pytest.mark.interop

keys = st.one_of(st.text(min_size=1, alphabet="kéK0"), st.binary(min_size=1, max_size=200))
salts = st.one_of(st.text(alphabet="sé."), st.binary(max_size=20))
settings = st.fixed_dictionaries(
    {
        "digest": st.sampled_from(["sha1", "sha256", "sha384", "sha512"]),
        "key_derivation": st.sampled_from(["hmac", "django-concat", "concat", "none"]),
        "salt": salts,
        "timed": st.booleans(),
    }
)


@pytest.fixture(autouse=True)
def frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both sides use the same second. itsdangerous calls `time.time`."""
    monkeypatch.setattr(time, "time", lambda: NOW + 0.7)


def theirs(key: Any, options: "dict[str, Any]", *, objects: bool, older: Any = ()) -> Any:
    """Return the signer or serializer of itsdangerous with the same settings."""
    keyring = [*older, key]
    how = {
        "key_derivation": options["key_derivation"],
        "digest_method": getattr(hashlib, options["digest"]),
    }
    if objects:
        kind = "URLSafeTimedSerializer" if options["timed"] else "URLSafeSerializer"
        return getattr(itsdangerous, kind)(keyring, salt=options["salt"], signer_kwargs=how)
    kind = "TimestampSigner" if options["timed"] else "Signer"
    return getattr(itsdangerous, kind)(keyring, salt=options["salt"], **how)


def ours(key: Any, options: "dict[str, Any]", **more: Any) -> Signer:
    return Signer(key, clock=lambda: NOW, **options, **more)


@given(keys, settings, plain_text)
def test_values_are_signed_and_read_as_in_itsdangerous(
    key: Any, options: "dict[str, Any]", value: str
) -> None:
    peer_signer, signer = theirs(key, options, objects=False), ours(key, options)
    assert signer.sign(value).encode() == peer_signer.sign(value)
    assert signer.unsign(peer_signer.sign(value)) == value
    assert peer_signer.unsign(signer.sign(value)).decode() == value


@given(keys, settings, st.one_of(json_values, st.text("ab", min_size=50)), st.booleans())
def test_objects_are_signed_and_read_as_in_itsdangerous(
    key: Any, options: "dict[str, Any]", obj: Any, compress: bool
) -> None:
    serializer, signer = (
        theirs(key, options, objects=True),
        ours(key, options, compress=compress),
    )
    token = signer.dumps(obj)
    if compress:
        assert token == serializer.dumps(obj)
    assert serializer.loads(token) == obj
    assert signer.loads(serializer.dumps(obj)) == obj


@given(st.lists(keys, max_size=3), keys, settings, json_values)
def test_keys_rotate_as_in_itsdangerous(
    older: "list[Any]", key: Any, options: "dict[str, Any]", obj: Any
) -> None:
    rotated = theirs(key, options, objects=True, older=older)
    signer = ours(key, options, fallbacks=older)
    assert signer.dumps(obj) == rotated.dumps(obj)
    for old in older:
        assert signer.loads(theirs(old, options, objects=True).dumps(obj)) == obj
        assert rotated.loads(ours(old, options).dumps(obj)) == obj


@pytest.mark.parametrize("age", [0, 1, 59, 60, 61, 10**6])
def test_max_age_is_checked_as_in_itsdangerous(
    age: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = {"digest": "sha1", "key_derivation": "hmac", "salt": "s", "timed": True}
    serializer = theirs(KEY, options, objects=True)
    token = serializer.dumps(1)
    monkeypatch.setattr(time, "time", lambda: NOW + age)
    signer = Signer(KEY, clock=time.time, **options)  # type: ignore[arg-type]
    if age <= 60:
        assert serializer.loads(token, max_age=60) == signer.loads(token, max_age=60) == 1
    else:
        with pytest.raises(itsdangerous.SignatureExpired):
            serializer.loads(token, max_age=60)
        with pytest.raises(SignatureExpired):
            signer.loads(token, max_age=60)


def test_non_canonical_base64_verifies_in_itsdangerous_only() -> None:
    """itsdangerous compares decoded signatures: four different last letters verify, and
    invalid characters are ignored. A list of revoked tokens then misses some of them."""
    options = {"digest": "sha256", "key_derivation": "hmac", "salt": "s", "timed": True}
    peer_signer, signer = theirs(KEY, options, objects=False), ours(KEY, options)
    token = signer.sign("v")
    others = [
        token[:-1] + char for char in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    ]
    others += [token + "=", token[:-5] + "!" + token[-5:]]
    accepted = []
    for other in others:
        try:
            peer_signer.unsign(other)
        except itsdangerous.BadSignature:
            continue
        if other != token:
            accepted.append(other)
    assert accepted
    for other in accepted:
        with pytest.raises(BadSignature):
            signer.unsign(other)


# --- Flask's tagged JSON --------------------------------------------------------------

naive_or_aware = st.datetimes(
    min_value=datetime.datetime(1900, 1, 2),
    max_value=datetime.datetime(9999, 12, 30),
    timezones=st.sampled_from([None, datetime.timezone.utc]),
).map(lambda moment: moment.replace(microsecond=0))
tag_like = st.sampled_from([" t", " b", " di", " m", " u", " d", " t__", " x"])
tagged = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=["Cs"]))
    | st.binary(max_size=20)
    | st.uuids()
    | naive_or_aware
    | st.text("<b>é").map(Markup),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text("ab ", max_size=3) | tag_like, inner, max_size=3)
        | st.dictionaries(tag_like, inner, min_size=1, max_size=1)
    ),
    max_leaves=10,
)


def aware(obj: Any) -> Any:
    """Return what is read back: a naive `datetime` becomes one in UTC."""
    if isinstance(obj, datetime.datetime) and obj.tzinfo is None:
        return obj.replace(tzinfo=datetime.timezone.utc)
    if isinstance(obj, dict):
        return {key: aware(value) for key, value in obj.items()}
    if isinstance(obj, (list, tuple)):
        return type(obj)(aware(value) for value in obj)
    return obj


def kinds(obj: Any) -> Any:
    """Return the types of everything in *obj*."""
    if isinstance(obj, dict):
        return {key: kinds(value) for key, value in obj.items()}
    if isinstance(obj, (list, tuple)):
        return type(obj), [kinds(value) for value in obj]
    return type(obj)


@given(tagged)
def test_tagged_json_writes_and_reads_the_same_text_as_flask(obj: Any) -> None:
    serializer = flask_tag.TaggedJSONSerializer()
    with flask.Flask("test").app_context():
        text = serializer.dumps(obj)
        assert tagged_json.dumps(obj) == text
        assert serializer.loads(text) == aware(obj)
    back = tagged_json.loads(text)
    assert back == aware(obj)
    assert kinds(back) == kinds(obj), "the types are the same too"


def test_values_that_flask_writes_but_reads_as_other_types() -> None:
    @dataclasses.dataclass
    class Holder:
        held: Any

    number = uuid.UUID(int=5)
    rows = [
        (Holder(number), {"held": str(number)}),
        (Holder([Holder(Markup("<i>"))]), {"held": [{"held": "<i>"}]}),
        (datetime.date(2021, 6, 9), "Wed, 09 Jun 2021 00:00:00 GMT"),
        (decimal.Decimal("1.50"), "1.50"),
        ({uuid.UUID(int=1).hex: (decimal.Decimal(1),)}, {uuid.UUID(int=1).hex: ("1",)}),
    ]
    for obj, read in rows:
        with flask.Flask("test").app_context():
            assert tagged_json.dumps(obj) == flask_tag.TaggedJSONSerializer().dumps(obj)
        assert tagged_json.loads(tagged_json.dumps(obj)) == read


@given(tagged)
def test_a_session_has_the_same_bytes_as_in_flask(obj: Any) -> None:
    app = flask.Flask("test")
    app.secret_key = KEY
    serializer = flask.sessions.SecureCookieSessionInterface().get_signing_serializer(app)
    signer = Signer(
        KEY, salt="cookie-session", digest="sha1", serializer=tagged_json, clock=lambda: NOW
    )
    with app.app_context():
        assert signer.dumps({"v": obj}) == serializer.dumps({"v": obj})
        assert serializer.loads(signer.dumps({"v": obj})) == {"v": aware(obj)}


def test_compression_is_used_as_in_itsdangerous() -> None:
    """Only if the result is shorter, including the dot that marks it."""
    options = {"digest": "sha1", "key_derivation": "hmac", "salt": "s", "timed": True}
    serializer, signer = theirs(KEY, options, objects=True), ours(KEY, options)
    for size in range(120):
        for unit in ("a", "ab", "é"):
            assert signer.dumps(unit * size) == serializer.dumps(unit * size)
    assert signer.dumps("a" * 100).startswith("." + encode(zlib.compress(b'"aa'))[:4])
