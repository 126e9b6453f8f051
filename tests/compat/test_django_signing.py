"""Django's signed values: the same bytes as from Django, and each side reads the other's."""

import datetime
import pickle
import time
import zlib
from typing import Any

import pytest
from hypothesis import given, strategies as st

from cookiecodec import signing
from cookiecodec.compat import django_signing as ours

from ..support.peers import django, peer

django()
theirs = peer("django.core.signing")
conf = peer("django.conf")
http = peer("django.http")
test = peer("django.test")

pytestmark = pytest.mark.interop

KEY = "a secret key of 32 octets or more"
NOW = 1_700_000_000

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
keys = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1), st.binary(min_size=1)
)
scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), texts)
objects = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
)
separators = st.sampled_from([":", "::", ".", "|", "~", "é", ":a"])


@pytest.fixture(autouse=True)
def _stop_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: NOW)


@given(
    texts, keys, separators, texts.filter(bool), st.sampled_from(["sha1", "sha256", "sha512"]),
    st.sampled_from(["Signer", "TimestampSigner"]),
)  # fmt: skip
def test_both_write_the_same_text_and_read_it(
    value: str, key: "str | bytes", sep: str, salt: str, algorithm: str, kind: str
) -> None:
    options: "dict[str, Any]" = {"key": key, "sep": sep, "salt": salt, "algorithm": algorithm}
    mine = getattr(ours, kind)(**options)
    django_s = getattr(theirs, kind)(**options, fallback_keys=[])
    signed = mine.sign(value)
    assert signed == django_s.sign(value)
    assert mine.unsign(signed) == django_s.unsign(signed) == value
    other = getattr(ours, kind)(**{**options, "key": "new"}, fallback_keys=[key])
    assert other.unsign(signed) == value


@given(objects, st.booleans(), texts.filter(bool))
def test_both_write_the_same_tokens_and_read_them(obj: Any, compress: bool, salt: str) -> None:
    token = ours.dumps(obj, KEY, salt, compress=compress)
    assert token == theirs.dumps(obj, KEY, salt, compress=compress)
    assert ours.loads(token, KEY, salt, max_age=0) == obj == theirs.loads(token, KEY, salt)
    assert ours.loads(token, "new", salt, fallback_keys=[KEY]) == obj
    untimed = ours.Signer(key=KEY, salt=salt).sign_object(obj, compress=compress)
    assert untimed == theirs.Signer(key=KEY, salt=salt).sign_object(obj, compress=compress)


def test_what_is_long_is_compressed_as_django_does() -> None:
    for size in range(0, 200, 7):
        obj = "ab" * size
        token = ours.dumps(obj, KEY, compress=True)
        assert token == theirs.dumps(obj, KEY, compress=True)
        assert ours.loads(token, KEY) == obj
    assert token.startswith(".")


def test_the_salts_are_those_of_django() -> None:
    for kind in ("Signer", "TimestampSigner"):
        signed = getattr(ours, kind)(key=KEY).sign("v")
        assert getattr(theirs, kind)(key=KEY).unsign(signed) == "v"
    assert theirs.loads(ours.dumps([1], KEY), KEY) == [1]


@pytest.mark.parametrize("moment", [0, 1, 61, 62, 3843, 3844, NOW, 2**32, 2**40])
def test_times_are_in_base_62(moment: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: moment + 0.75)
    signer = ours.TimestampSigner(key=KEY)
    signed = signer.sign("v")
    assert signed.split(":")[1] == theirs.b62_encode(moment)
    assert theirs.TimestampSigner(key=KEY).unsign(signed, max_age=1) == "v"
    assert signer.unsign(signed, 1) == "v"
    with pytest.raises(signing.SignatureExpired) as caught:
        signer.unsign(signed, datetime.timedelta(seconds=0.5))
    assert (caught.value.signed_at, caught.value.payload) == (moment, b"v")


def test_a_clock_before_1970_ends_at_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: -5)
    assert ours.TimestampSigner(key=KEY).sign("v").startswith("v:0:")


@given(st.text(max_size=80) | st.builds(":".join, st.lists(st.text(max_size=9), max_size=5)))
def test_nothing_else_verifies_or_raises(text: str) -> None:
    for reader in (ours.Signer(key=KEY).unsign, ours.TimestampSigner(key=KEY).unsign,
                   lambda token: ours.loads(token, KEY),
                   ours.get_cookie_signer("a", KEY).unsign):  # fmt: skip
        with pytest.raises(signing.BadSignature):
            reader(text)


def test_each_change_of_a_token_is_refused() -> None:
    token = ours.dumps({"user": 42}, KEY)
    for at in range(len(token)):
        for changed in (token[:at], token[:at] + "A" * (token[at] != "A") + token[at + 1 :]):
            with pytest.raises(signing.BadSignature):
                ours.loads(changed, KEY)
    signed = ours.Signer(key=KEY).sign("a.b")
    with pytest.raises(signing.BadSignature):
        ours.Signer(key=KEY).unsign("a:" + signed.replace("a.b:", "b."))


@pytest.mark.parametrize(
    "time_of_signing",
    ["", "-1", "1-", "é", "z" * 12, "0" * 60_000, "1 ", "\N{ARABIC-INDIC DIGIT ONE}"],
)
def test_a_time_that_is_signed_and_is_not_one_is_refused(time_of_signing: str) -> None:
    """A plain `Signer` of the same salt may have signed a client's text."""
    plain = ours.Signer(key=KEY, salt="same")
    timed = ours.TimestampSigner(key=KEY, salt="same")
    for value in (f"v:{time_of_signing}", time_of_signing):
        with pytest.raises(signing.BadPayload):
            timed.unsign(plain.sign(value))


@pytest.mark.parametrize(
    "payload",
    ["", "é", "e30=", "+/", ".", ".e30", "eyI", "-", "WyJh", "W" * 5000 + "A" * 3,
     "." + theirs.b64_encode(zlib.compress(b"[" * 2**21)).decode(),
     theirs.b64_encode(pickle.dumps({"a": 1})).decode(),
     theirs.b64_encode(b"[" * 100_000).decode()],
)  # fmt: skip
def test_a_payload_that_can_not_be_read_is_refused(payload: str) -> None:
    signer = ours.TimestampSigner(key=KEY)
    with pytest.raises(signing.BadPayload) as caught:
        signer.unsign_object(signer.sign(payload))
    assert caught.value.payload == payload.encode()


def test_invalid_arguments_are_refused() -> None:
    for sep in ("", "a", "-", "_", "=", "0A", "^"):
        with pytest.raises(ValueError, match="sep"):
            ours.Signer(key=KEY, sep=sep)
        with pytest.raises(ValueError, match=r"[Ss]ep"):
            theirs.Signer(key=KEY, sep=sep)
    one_key: Any
    for one_key in ("old", b"old"):
        with pytest.raises(TypeError, match="iterable of keys"):
            ours.Signer(key=KEY, fallback_keys=one_key)
        with pytest.raises(TypeError, match="iterable of keys"):
            ours.get_cookie_signer("a", KEY, fallback_keys=one_key)
    with pytest.raises(ValueError, match="must not be empty"):
        ours.dumps(1, "")
    with pytest.raises(ValueError, match="digest"):
        ours.Signer(key=KEY, algorithm="md5")  # type: ignore[arg-type] # the point
    with pytest.raises(ValueError, match="max_age"):
        ours.loads("", KEY, max_age=-1)
    with pytest.raises(ValueError, match="octets"):
        ours.dumps("x" * 2**20, KEY)
    for kind in (ours.Signer, ours.TimestampSigner):
        with pytest.raises(TypeError):
            kind(key=KEY).sign(5)  # type: ignore[arg-type]
    assert KEY not in repr(vars(ours.Signer(key=KEY)))


class Reversed:
    """A custom serializer of octets."""

    def dumps(self, obj: Any) -> bytes:
        return str(obj).encode()[::-1]

    def loads(self, data: bytes) -> Any:
        return data[::-1].decode()


def test_a_custom_serializer_is_used() -> None:
    token = ours.dumps("abc", KEY, serializer=Reversed)
    assert token == theirs.dumps("abc", KEY, serializer=Reversed)
    assert ours.loads(token, KEY, serializer=Reversed) == "abc"


def marks_salts() -> bool:
    """Whether this release of Django keeps name and salt of a cookie apart."""
    return hasattr(theirs, "_cookie_signer_salt")


@given(st.sampled_from(["a", "sid", "v2:1:x"]), texts, st.sampled_from(["", "s", "7:"]), keys)
def test_signed_cookies_of_django_are_written_and_read(
    name: str, value: str, salt: str, key: "str | bytes"
) -> None:
    with test.override_settings(SECRET_KEY=key, SECRET_KEY_FALLBACKS=[]):
        response = http.HttpResponse()
        name = name.replace(":", "-")
        response.set_signed_cookie(name, value, salt=salt)
        written = response.cookies[name].value
        legacy = not marks_salts()
        assert ours.get_cookie_signer(name, key, salt, legacy=legacy).sign(value) == written
        rotated = ours.get_cookie_signer(name, "new", salt, [key], legacy)
        assert rotated.unsign(written, max_age=0) == value
        legacy_is_read = getattr(conf.settings, "SIGNED_COOKIE_LEGACY_SALT_FALLBACK", True)
        for legacy in (*[True] * legacy_is_read, *[False] * marks_salts()):
            signer = ours.get_cookie_signer(name, key, salt, legacy=legacy)
            request = http.HttpRequest()
            request.COOKIES[name] = signer.sign(value)
            assert request.get_signed_cookie(name, salt=salt, max_age=0) == value


def test_cookies_of_older_releases_have_a_signer_of_their_own() -> None:
    """They joined name and salt, so that one cookie could stand in for another."""
    old = ours.get_cookie_signer("a", KEY, "bc", legacy=True).sign("v")
    assert ours.get_cookie_signer("ab", KEY, "c", legacy=True).unsign(old) == "v"
    new = ours.get_cookie_signer("a", KEY, "bc").sign("v")
    for signer in (ours.get_cookie_signer("ab", KEY, "c"), ours.get_cookie_signer("a", KEY)):
        for signed in (old, new):
            with pytest.raises(signing.BadSignature):
                signer.unsign(signed)


def test_an_expired_cookie_is_expired(monkeypatch: pytest.MonkeyPatch) -> None:
    signer = ours.get_cookie_signer("a", KEY)
    signed = signer.sign("v")
    monkeypatch.setattr(time, "time", lambda: NOW + 61)
    assert signer.unsign(signed, max_age=61) == "v"
    with pytest.raises(signing.SignatureExpired):
        signer.unsign(signed, max_age=60)
