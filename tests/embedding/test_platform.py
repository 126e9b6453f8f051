"""The two halves of the platform: what one answers, so does the other.

On CPython the half for MicroPython would never run. Here it does (`stand_in`), beside
the standard library's, and each property holds them together. Where they differ on
purpose, or since MicroPython can't do better, a test says so.
"""

import contextlib
import hashlib
import hmac
import importlib.util
import io
import math
import sys
import time
import warnings
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, strategies as st

from cookiecodec import _platform, chunks, codec, dates, limits, signing
from cookiecodec._core import grammar, hosts, quotings, wire
from cookiecodec._platform import crypto

from ..support import devices, stand_in
from ..support.stand_in import Device
from ..support.strategies import any_text, cookie_names, cookie_values, native_headers

DEVICE = Device()
DEVICE_CRYPTO = DEVICE.module("_platform.crypto")
DEVICE_GRAMMAR = DEVICE.module("_core.grammar")
DEVICE_HOSTS = DEVICE.module("_core.hosts")
DEVICE_QUOTING = DEVICE.module("_core.quotings")
DEVICE_WIRE = DEVICE.module("_core.wire")
QUOTINGS = ("octal", "percent", "none")
NOW = 1700000000

#: Texts that are one character per octet.
native_texts = st.text(alphabet=st.characters(max_codepoint=255), max_size=30)
# The edges of the Unicode Standard's table 3-7, and octets of no sequence.
_SEQUENCES = (
    [b"a", b"%", b"\\", b'"', b"\x7f", b"\x80", b"\xbf", b"\xc0", b"\xc1\x80", b"\xc2\x80"]
    + [b"\xc3", b"\xdf\xbf", b"\xe0\x9f\xbf", b"\xe0\xa0\x80", b"\xe2\x82", b"\xe2\x82\xac"]
    + [b"\xed\x9f\xbf", b"\xed\xa0\x80", b"\xed\xbf\xbf", b"\xef\xbf\xbd", b"\xf0\x8f\xbf\xbf"]
    + [b"\xf0\x90\x80\x80", b"\xf0\x9f\x98", b"\xf4\x8f\xbf\xbf", b"\xf4\x90\x80\x80"]
    + [b"\xf5\x80\x80\x80", b"\xf7\xbf\xbf\xbf", b"\xf8\x88\x80\x80\x80", b"\xfe", b"\xff"]
)
octets = st.lists(st.sampled_from(_SEQUENCES), max_size=8).map(b"".join) | st.binary(
    max_size=30
)


def outcome(function: "Callable[..., Any]", *arguments: Any, **named: Any) -> "list[Any]":
    """What comes of a call, to be compared: the result, or what is wrong with the call."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            try:
                result = function(*arguments, **named)
            except (ValueError, TypeError) as error:
                told = [getattr(error, name, None) for name in ("part", "payload", "signed_at")]
                return [type(error).__name__, *told, str(error)]
    warned = [f"{item.category.__name__}: {item.message}\n" for item in caught]
    return [result, "".join(warned) + printed.getvalue()]


# --- texts and octets -------------------------------------------------------------------


def test_a_device_takes_the_other_half() -> None:
    assert DEVICE._platform.MICROPYTHON
    assert not _platform.MICROPYTHON
    assert not hasattr(DEVICE._platform, "utc_fields")


@given(any_text)
def test_a_text_is_ascii_for_both(text: str) -> None:
    assert DEVICE._platform.isascii(text) == _platform.isascii(text)
    assert DEVICE._platform.can_split_at_once(text) == _platform.can_split_at_once(text)


def test_a_device_does_not_hurry_with_thousands_of_pieces() -> None:
    """All at once they would fill its heap."""
    header = "; ".join(["a=b"] * 64)
    assert DEVICE._platform.can_split_at_once(header)
    assert not DEVICE._platform.can_split_at_once(header + ";")
    assert _platform.can_split_at_once(header + ";")


@given(st.lists(any_text, max_size=5))
@example(["a", "b;c"])
def test_they_find_a_separator_in_the_same_texts(texts: "list[str]") -> None:
    halves = (DEVICE._platform, _platform)
    texts_found = [half.find_separators(texts) for half in halves]
    found = [any(char in text for char in "; \t") for text in texts_found]
    assert found[0] == found[1] == any(char in text for text in texts for char in "; \t")


@given(native_headers | any_text)
@example("a=b;; c=d;")
def test_they_see_the_same_pieces(text: str) -> None:
    """A device leaves out what is empty, which is no cookie."""
    assert [p for p in DEVICE._platform.split_at_semicolons(text) if p] == [
        p for p in _platform.split_at_semicolons(text) if p
    ]


@given(any_text, st.sampled_from([grammar.TCHAR, grammar.COOKIE_OCTETS, "-]^\\"]))
def test_a_text_is_made_of_the_same_characters(text: str, characters: str) -> None:
    for some in (text, "".join([char for char in text if char in characters])):
        here = _platform.charset_matcher(characters)(some)
        assert bool(DEVICE._platform.charset_matcher(characters)(some)) == bool(here)


@given(any_text)
@example("e\xe9")
@example("e\xe9\u20ac")
def test_a_text_has_the_same_octets(text: str) -> None:
    def to_utf8(half: Any) -> "tuple[Any, ...]":
        try:
            return (half.to_utf8(text),)
        except UnicodeError as error:  # of which `_grammar` shows the place
            return error.args[:3]  # not up to where: a device names but the first

    assert to_utf8(DEVICE._platform) == to_utf8(_platform)
    assert DEVICE._platform.to_utf8_lax(text) == _platform.to_utf8_lax(text)
    assert DEVICE._platform.to_latin1(text) == _platform.to_latin1(text)


@pytest.mark.parametrize("text", ["\ud7ff", "\ue000", "한\ud800", "😀é\udfff", "\ud83d\ude00"])
def test_a_lone_surrogate_is_found_at_its_place(text: str) -> None:
    """The octet that surrogates start with starts the last syllables of Hangul too."""
    here = outcome(grammar.to_utf8, text, "value")
    assert outcome(DEVICE_GRAMMAR.to_utf8, text, "value") == here
    assert ("surrogate" in here[-1]) == any("\ud800" <= char <= "\udfff" for char in text)


@given(octets)
@example("aé\u20ac😀".encode())
@example(b"a\xff\xc3\xa9\xe2\x82b")
@example(b"\xed\xa0\x80")
def test_octets_are_the_same_text(data: bytes) -> None:
    assert DEVICE._platform.from_utf8(data) == _platform.from_utf8(data)
    assert DEVICE._platform.from_latin1(data) == _platform.from_latin1(data)
    native = data.decode("latin-1")
    assert DEVICE._platform.native_to_text(native) == _platform.native_to_text(native)
    assert DEVICE_WIRE.decode_line(data) == wire.decode_line(data)


@given(octets)
@example(data=b"a b")
@pytest.mark.parametrize("form", ["%%%02X", "\\%03o"])
def test_octets_are_escaped_alike(form: str, data: bytes) -> None:
    plain = grammar.URI_UNRESERVED
    assert DEVICE._platform.escaper(plain, form)(data) == _platform.escaper(plain, form)(data)


_escaped = st.lists(
    any_text
    | native_texts
    | st.builds("%{:02x}".format, st.integers(0, 255))
    | st.builds("%{:02X}".format, st.integers(0, 255))
    | st.builds("\\{:03o}".format, st.integers(0, 511))
    | st.sampled_from(["\\", "\\\\", '\\"', '"', "%", "%2", "%g0", "%0g", "\\01", "\\08"]),
    max_size=6,
).map("".join)


@given(_escaped)
@example("a%C3%a9")
@example("%4")
@example("%g0")
def test_percent_escapes_are_undone_alike(value: str) -> None:
    """Down to what is said of a broken one."""
    assert DEVICE._platform.percent_octets(value) == _platform.percent_octets(value)


@given(_escaped)
@example('\\303\\251\\"\\8\\400\\')
@example("\\081\\108")
def test_a_value_is_unquoted_alike(value: str) -> None:
    for wrapped in (value, f'"{value}"', f'"{value}'):
        for quoting in QUOTINGS:
            there = DEVICE_QUOTING.UNQUOTE[quoting](wrapped)
            assert there == quotings.UNQUOTE[quoting](wrapped)


@given(_escaped)
def test_escapes_are_undone_alike(value: str) -> None:
    """CPython undoes the regular ones all at once, and others one by one."""
    assert DEVICE._platform.unescape(value) == _platform.unescape(value)


# --- numbers and moments ----------------------------------------------------------------


@given(st.integers() | st.floats() | st.booleans() | st.none() | st.text())
@example(5)
@example("5")
def test_they_take_the_same_for_a_number(number: object) -> None:
    here, there = [outcome(half.index, number) for half in (_platform, DEVICE._platform)]
    assert there[:-1] == here[:-1]


def test_a_device_takes_for_a_number_what_is_an_int_alone() -> None:
    """Nothing there asks for ``__index__``."""

    class Number:
        def __index__(self) -> int:
            return 5

    assert _platform.index(Number()) == 5
    with pytest.raises(TypeError):
        DEVICE._platform.index(Number())


@pytest.mark.parametrize("year", [1970, 2000])
def test_the_clock_counts_from_1970_whatever_the_platform_does(year: int) -> None:
    device = Device(time=stand_in.clock_from(year, lambda: NOW + 0.5))
    assert device._platform.now() == NOW + 0.5
    header = device.codec.dump_cookie("k", max_age=60)
    assert f"Expires={dates.format_cookie_date(NOW + 60)};" in header
    signed = device.signing.Signer("key").sign("v")
    assert signing.Signer("key", clock=lambda: NOW).unsign(signed, max_age=0) == "v"


@given(
    st.integers(dates.FIRST_SECOND - 2, dates.LAST_SECOND + 2)
    | st.floats()
    | st.booleans()
    | st.none()
    | st.text(max_size=3)
)
def test_a_moment_is_written_alike(moment: Any) -> None:
    here = outcome(dates.format_cookie_date, moment)
    assert outcome(DEVICE.dates.format_cookie_date, moment) == here


@given(st.integers(-(10**9), 4 * 10**9))
def test_a_tuple_of_the_clock_is_a_moment(second: int) -> None:
    """MicroPython's ``gmtime`` gives a plain one, which no other platform takes."""
    fields = tuple(time.gmtime(second))
    here = dates.format_cookie_date(second)
    assert DEVICE.dates.format_cookie_date(fields) == here
    assert dates.format_cookie_date(time.struct_time(fields)) == here
    with pytest.raises(TypeError):
        dates.format_cookie_date(fields)  # type: ignore[arg-type]


# --- cookies ----------------------------------------------------------------------------


@given(native_headers | any_text | octets, st.sampled_from(QUOTINGS))
def test_a_header_has_the_same_cookies(header: "str | bytes", quoting: Any) -> None:
    for read in ("parse_cookie", "parse_cookie_pairs"):
        here = getattr(codec, read)(header, quoting=quoting)
        there = getattr(DEVICE.codec, read)(header, quoting=quoting)
        assert (there, list(there)) == (here, list(here))


@given(
    cookie_names | any_text,
    cookie_values | any_text,
    st.fixed_dictionaries({}, optional={
        "quoting": st.sampled_from(QUOTINGS),
        "path": any_text,
        "domain": st.sampled_from(["a.test", ".A.test:80", "a_b", "a b", "-"]),
        "max_age": st.integers(-5, 5) | st.floats(0, 5),
        # A text that is not a date warns here. Devices do not read dates.
        "expires": st.integers(-(10**10), 10**10) | st.just("9 Jun 2021 10:18:14 GMT"),
        "secure": st.booleans(),
        "samesite": st.sampled_from(["Strict", "lax", "none", "some"]),
        "max_size": st.integers(0, 40),
    }),
)  # fmt: skip
def test_a_cookie_is_written_alike(name: str, value: str, attributes: "dict[str, Any]") -> None:
    """Refused alike, and warned of, which a device does by printing."""
    attributes["sync_expires"] = False
    here = outcome(codec.dump_cookie, name, value, **attributes)
    there = outcome(DEVICE.codec.dump_cookie, name, value, **attributes)
    if here[0] == "TypeError":  # in other words, for what is no int
        here, there = here[:-1], there[:-1]
    assert there == here


def test_a_device_prints_its_warnings(capsys: "pytest.CaptureFixture[str]") -> None:
    header = DEVICE.codec.dump_cookie("k", "v", samesite="None")
    assert header == "k=v; Path=/; SameSite=None"
    told = (
        "CookieRejectedWarning: The 'k' cookie is dropped by browsers: SameSite=None requires"
    )
    assert capsys.readouterr().out.startswith(told)


def test_a_device_asks_for_the_a_label() -> None:
    """It knows no IDNA, and takes that for another name of UTF-8."""
    assert hosts.a_labels("bücher.test") == "xn--bcher-kva.test"
    refused = outcome(DEVICE.codec.dump_cookie, "k", domain="bücher.test")
    assert refused[:2] == ["CookieError", "domain"]
    assert "A-label" in refused[-1]
    assert DEVICE_HOSTS.a_labels("xn--bcher-kva.test") == "xn--bcher-kva.test"


@given(any_text, st.integers(1, 3000), st.sampled_from(["octal", "percent"]))
def test_chunks_are_cut_alike(unit: str, times: int, quoting: Any) -> None:
    value = unit * times
    here = outcome(chunks.dump_cookie_chunks, "k", value, quoting=quoting)
    there = outcome(DEVICE.chunks.dump_cookie_chunks, "k", value, quoting=quoting)
    assert there == here
    if isinstance(here[0], list):
        header = "; ".join([line.split(";")[0] for line in here[0]])
        cookies = codec.parse_cookie(header, quoting=quoting)
        assert DEVICE.chunks.join_cookie_chunks(cookies, "k") == value


@given(native_headers | octets, st.integers(0, 60), st.integers(0, 4))
def test_a_header_is_measured_alike(
    header: "str | bytes", max_size: int, max_count: int
) -> None:
    bounds = {"max_size": max_size, "max_count": max_count}
    here = outcome(limits.check_cookie_header, header, **bounds)
    assert outcome(DEVICE.limits.check_cookie_header, header, **bounds) == here


# --- what signing needs -----------------------------------------------------------------


@given(st.binary(max_size=8), st.binary(max_size=8))
def test_two_octet_strings_are_the_same_or_not(left: bytes, right: bytes) -> None:
    for half in (crypto, DEVICE_CRYPTO):
        assert half.same(left, right) == (left == right)
        assert half.same(left, bytearray(left))


@given(st.binary(max_size=300), st.binary(max_size=300))
@example(key=b"longer than a block" * 8, message=b"")
@pytest.mark.parametrize("digest", list(crypto.DIGESTS))
def test_a_mac_is_that_of_the_standard_library(digest: str, key: bytes, message: bytes) -> None:
    for half in (crypto, DEVICE_CRYPTO):
        mac = half.mac_function(digest, key)
        assert [mac(message), mac(b"")] == [
            hmac.digest(key, message, digest),
            hmac.digest(key, b"", digest),
        ]
        assert half.hash_of(digest, message) == hashlib.new(digest, message).digest()


def test_a_hash_that_a_port_lacks_is_refused_by_its_name() -> None:
    device = Device(hashlib=stand_in.SHA256)
    assert device.signing.Signer("key").unsign(signing.Signer("key").sign("v")) == "v"
    with pytest.raises(ValueError, match="does not have the digest 'sha512'"):
        device.signing.Signer("key", digest="sha512")


_base64 = st.text(alphabet="AQgwZz09-_+/=. \n\0", max_size=9).map(str.encode)


@given(st.binary(max_size=30), _base64)
def test_base64_is_read_alike(data: bytes, text: bytes) -> None:
    assert DEVICE_CRYPTO.encode_base64(data) == crypto.encode_base64(data)
    assert DEVICE_CRYPTO.decode_base64(crypto.encode_base64(data)) == data
    for sent in (text, crypto.encode_base64(data) + text):
        assert DEVICE_CRYPTO.decode_base64(sent) == crypto.decode_base64(sent)


_floats = st.floats(allow_nan=False, allow_infinity=False)
_leaves = st.none() | st.booleans() | st.integers() | _floats | any_text
objects = st.recursive(
    _leaves,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(any_text, inner, max_size=4),
    max_leaves=12,
)


def _json(half: Any, obj: object) -> "bytes | None":
    """None for what is refused, whichever way."""
    try:
        written: bytes = half.encode_json(obj)
        return written
    except (ValueError, TypeError):
        return None


@given(objects)
def test_json_is_read_as_it_was_written(obj: object) -> None:
    """By either half, of either; what one refuses (a lone surrogate) the other does."""
    here, there = _json(crypto, obj), _json(DEVICE_CRYPTO, obj)
    assert (there is None) == (here is None)
    for data in (here, there):
        if data is not None:
            assert crypto.decode_json(data) == DEVICE_CRYPTO.decode_json(data) == obj


def test_a_device_writes_two_controls_in_digits() -> None:
    """BS and FF. All else, of objects whose names are texts, has the same octets."""
    text = "".join(map(chr, range(0x20))) + '"\\/\x7fé\u2028😀'
    here = crypto.encode_json({text: [1, -0.5, None, True, text]})
    there = DEVICE_CRYPTO.encode_json({text: (1, -0.5, None, True, text)})
    assert here != there
    assert here == there.replace(b"\\u0008", b"\\b").replace(b"\\u000c", b"\\f")


@pytest.mark.parametrize(
    "obj", [math.nan, math.inf, [-math.inf], {1: 2}, {None: 1}, [{"a": {True: 1}}]], ids=repr
)
def test_a_device_refuses_what_is_no_json(obj: object) -> None:
    """CPython writes these as itsdangerous does: ``NaN``, and a name for a number."""
    assert _json(crypto, obj) is not None
    assert _json(DEVICE_CRYPTO, obj) is None


@pytest.mark.parametrize("obj", [b"octets", {1, 2}, object(), ["a", {"b": b""}]], ids=range(4))
def test_both_refuse_what_json_has_no_form_for(obj: object) -> None:
    for half in (crypto, DEVICE_CRYPTO):
        with pytest.raises(TypeError):
            half.encode_json(obj)


@given(octets)
@example(b"\xff")
@example(b"[")
@example(b"[1]")
def test_octets_that_are_no_json_are_an_error_of_value(data: bytes) -> None:
    here, there = (outcome(crypto.decode_json, data), outcome(DEVICE_CRYPTO.decode_json, data))
    if here[0] in ("UnicodeDecodeError", "JSONDecodeError"):
        assert there[0] in ("ValueError", "JSONDecodeError")
    else:
        assert there == here


_long = st.builds(lambda unit, times: unit * times, st.binary(max_size=12), st.integers(0, 300))


@given(_long, st.integers(-2, 2), st.data())
def test_what_is_compressed_is_read_alike(
    data: bytes, more: int, choice: st.DataObject
) -> None:
    """As far as a limit goes, and whole: neither cut nor changed."""
    deflated = zlib.compress(data)
    limit = max(0, len(data) + more)
    expected = data if limit >= len(data) else None
    at = choice.draw(st.integers(0, len(deflated) - 1))
    flipped = bytes([deflated[at] ^ 1 << choice.draw(st.integers(0, 7))])
    changed = deflated[:at] + flipped + deflated[at + 1 :]
    for half in (crypto, DEVICE_CRYPTO):
        assert half.decompress(deflated, limit) == expected
        assert half.decompress(deflated[:at], limit) is None
        assert half.decompress(changed, limit) in (None, expected)
    assert DEVICE_CRYPTO.decompress(changed, limit) == crypto.decompress(changed, limit)


@pytest.mark.parametrize("size", [0, 1, 511, 512, 513, 1024, 2000])
def test_a_limit_is_reached_and_not_passed(size: int) -> None:
    """A device inflates 512 octets at a time."""
    deflated = zlib.compress(bytes(size))
    for half in (crypto, DEVICE_CRYPTO):
        assert half.decompress(deflated, size) == bytes(size)
        assert size == 0 or half.decompress(deflated, size - 1) is None
        for at in range(len(deflated)):
            assert half.decompress(deflated[:at], size) is None


@given(octets)
def test_what_was_not_compressed_is_no_data(data: bytes) -> None:
    assert DEVICE_CRYPTO.decompress(data, 100) == crypto.decompress(data, 100)


def test_a_device_does_not_see_what_follows_compressed_data() -> None:
    """``deflate`` can't tell. It has to verify like all else, so a key holder wrote it."""
    deflated = zlib.compress(b"data") + b"more"
    assert crypto.decompress(deflated, 10) is None
    assert DEVICE_CRYPTO.decompress(deflated, 10) == b"data"


@pytest.mark.parametrize("lacks", ["zlib", "deflate"])
def test_a_platform_that_can_not_inflate_reads_and_writes_the_rest(
    lacks: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A small port of MicroPython, or a Python built without zlib."""
    whole = signing.Signer("key", clock=lambda: NOW).dumps("a" * 99)
    assert whole.startswith(".")
    half: Any = signing if lacks == "zlib" else Device(deflate=None).signing
    if lacks == "zlib":
        monkeypatch.setitem(sys.modules, "zlib", None)
        spec = importlib.util.spec_from_file_location(crypto.__name__, crypto.__file__)
        assert spec
        assert spec.loader
        built_without = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(built_without)
        monkeypatch.setattr(signing, "crypto", built_without)
    signer = half.Signer("key", clock=lambda: NOW)
    written = signer.dumps("a" * 99)
    assert not written.startswith(".")
    assert signer.loads(written) == "a" * 99
    with pytest.raises(half.BadPayload, match="not zlib"):
        signer.loads(whole)


# --- signing ----------------------------------------------------------------------------

_options = st.fixed_dictionaries({}, optional={
    "salt": st.sampled_from(["cookiecodec", "é", b"\xff"]),
    "digest": st.sampled_from(list(crypto.DIGESTS)),
    "key_derivation": st.sampled_from(["hmac", "django-concat", "concat"]),
    "timed": st.booleans(),
})  # fmt: skip


@given(any_text | octets, _options, any_text, objects, st.booleans())
def test_what_one_signs_the_other_reads(
    key: "str | bytes", options: "dict[str, Any]", value: str, obj: object, bound: bool
) -> None:
    halves = (signing, DEVICE.signing)
    made = [outcome(half.Signer, key, clock=lambda: NOW, **options) for half in halves]
    if made[0][0] == "ValueError":  # an empty key, or one with a lone surrogate
        assert made[1] == made[0]
        return
    here, there = [made.for_cookie("sid") if bound else made for made, _ in made]
    if _encodes(value):
        assert there.sign(value) == here.sign(value)
        assert there.unsign(here.sign(value)) == here.unsign(there.sign(value)) == value
    if _json(DEVICE_CRYPTO, obj) is not None:
        assert here.loads(there.dumps(obj)) == there.loads(here.dumps(obj)) == obj


@given(st.builds("{}{}{}".format, any_text, st.sampled_from("\ud800\udfff"), any_text))
def test_what_has_no_utf8_is_not_signed(value: str) -> None:
    for signer in _SIGNERS:
        with pytest.raises(UnicodeError):
            signer.sign(value)


def _encodes(value: str) -> bool:
    return not any("\ud800" <= char <= "\udfff" for char in value)


_SIGNERS = [half.Signer("key", clock=lambda: NOW) for half in (signing, DEVICE.signing)]
_payloads = octets | _base64 | st.builds(b".".__add__, _base64)


@given(any_text | octets, _payloads, st.sampled_from([None, 0, 60]))
def test_a_forged_token_is_refused_alike(
    token: "str | bytes", payload: bytes, max_age: "int | None"
) -> None:
    """And one that verifies, but holds no such thing."""
    mac = _SIGNERS[0]._value_macs[0]
    verified = payload + b"." + crypto.encode_base64(mac(payload))
    dated = _SIGNERS[0]._sign(payload, mac)
    for sent in (token, verified, dated):
        for read in ("unsign", "loads"):
            here, there = [outcome(getattr(half, read), sent, max_age) for half in _SIGNERS]
            if here[0] == "BadPayload":  # whose text has the name of the JSON reader's error
                here, there = here[:-1], there[:-1]
            assert there == here


# --- and MicroPython itself -------------------------------------------------------------

_DEFLATED = zlib.compress(b"a" * 2000)
_STREAMS = [
    _DEFLATED, _DEFLATED + b"more", _DEFLATED[:-1], _DEFLATED[:-6], _DEFLATED[:1], b"",
    _DEFLATED[:-1] + b"\0", b"\x79" + _DEFLATED[1:], b"\x78\x9c\xff\xff", b"\x78\xbb\0\0\0\1",
]  # fmt: skip
_INFLATE = """
import deflate, io
stream = deflate.DeflateIO(io.BytesIO({!r}), deflate.ZLIB)
got = [len(stream.read(512)) for _ in range(5)]
"""
#: What the stand-ins stand in for: what comes of each is printed.
PROBES = [
    "got = hasattr(str, 'isascii')",
    *[f"import {module}; got = {module!r}" for module in [*stand_in.LACKING, "deflate"]],
    *[f"got = len({part!r}.decode())" for part in _SEQUENCES],
    *[f"got = len((b'aA' + {part!r} + b'bB').decode('ascii'))" for part in _SEQUENCES],
    *[f"got = '{text}'.encode('latin-1')" for text in ("a", "\\xe9\\u20ac", "\\ud800\\udfff")],
    "got = bytearray(); got.extend('a\\xe9')",
    *[_INFLATE.format(stream) for stream in _STREAMS],
    "import json; got = json.dumps({'a': [1, None, True]}, separators=(',', ':'))",
    *[f"import json; got = json.dumps(chr({n}), separators=(',', ':'))" for n in range(128)],
    "import json; got = json.dumps('\\xe9\\u20ac', separators=(',', ':')).encode()",
    "import hashlib; got = hashlib.sha256(b'').digest()",
    "import hashlib; got = hashlib.sha384(b'').digest()",
    "import time; got = time.gmtime(0)[0] in (1970, 2000)",
]


@pytest.mark.device
def test_the_stand_ins_do_as_micropython_does(tmp_path: Path) -> None:
    """One by one: what is decoded, inflated and written, or which error comes."""
    code = f"""
for probe in {PROBES!r}:
    names = {{}}
    try:
        exec(probe, names)
        print(repr(names["got"]))
    except Exception as error:
        print(type(error).__name__)
"""
    printed = devices.wasi(tmp_path, code)[0].splitlines()
    device = Device(hashlib=stand_in.SHA256)
    said = [_said(device, probe) for probe in PROBES]
    assert dict(zip(PROBES, printed)) == dict(zip(PROBES, said))
    assert len(printed) == len(PROBES)


def _said(device: Device, probe: str) -> str:
    try:
        return repr(device.run(probe)["got"])
    except Exception as error:
        return type(error).__name__
