"""`dump_cookie`, `delete_cookie`, `parse_cookie`: the contract, as properties and tables."""

import array
import datetime
import faulthandler
import functools
import os
import sys
import time
import warnings
from enum import Enum
from types import MappingProxyType
from typing import Any, Callable

import pytest
from hypothesis import assume, given, strategies as st

import cookiecodec
from cookiecodec import (
    CookieError,
    CookieIgnoredWarning,
    CookieRejectedWarning,
    CookieSizeWarning,
    CookieWarning,
    check_cookie_header,
    codec,
    delete_cookie,
    dump_cookie,
    parse_cookie,
    parse_cookie_pairs,
)
from cookiecodec._core import attributes, quotings

from ..support.grammar import FIXDATE, NAME, assert_in_grammar, split_set_cookie
from ..support.strategies import any_text, cookie_names, cookie_values, native_headers

quiet = pytest.mark.filterwarnings("ignore::cookiecodec.CookieWarning")
any_quoting = st.sampled_from(["octal", "percent", "none"])


# --- round trip -------------------------------------------------------------------


@quiet
@given(cookie_names, cookie_values, st.sampled_from(["octal", "percent"]))
def test_parse_cookie_reads_what_dump_cookie_writes(key: str, value: str, quoting: Any) -> None:
    pair = dump_cookie(key, value, quoting=quoting).split(";")[0]
    assert parse_cookie(pair, quoting=quoting) == {key: value}
    assert parse_cookie(pair.encode(), quoting=quoting) == {key: value}


@quiet
@given(st.lists(st.tuples(cookie_names, cookie_values), max_size=6))
def test_a_header_with_several_cookies_reads_as_all_of_them(
    cookies: "list[tuple[str, str]]",
) -> None:
    header = "; ".join(dump_cookie(key, value).split("; ")[0] for key, value in cookies)
    assert parse_cookie_pairs(header) == cookies
    assert parse_cookie(header) == dict(reversed(cookies))


@quiet
@given(cookie_names, cookie_values)
def test_quoting_none_sends_the_value_unchanged(key: str, value: str) -> None:
    try:
        pair = dump_cookie(key, value, quoting="none").split(";")[0]
    except CookieError as error:
        assert error.part == "value"
        return
    assert pair == f"{key}={value}"
    assert parse_cookie(pair, quoting="none") == {key: value}


# --- every header matches the grammar -----------------------------------------------


class Word(str):
    """A `str` subclass with its own string methods, such as Markup or a string enum."""

    def __str__(self) -> str:
        return "a; injected=1"

    def __format__(self, spec: str) -> str:
        return "a; injected=1"

    def __add__(self, other: str) -> str:
        return "a; injected=1"


class Color(str, Enum):
    RED = "red"


anything = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    any_text,
    any_text.map(Word),
    st.binary(max_size=8),
    st.datetimes(),
    st.datetimes(timezones=st.just(datetime.timezone(datetime.timedelta(hours=-14)))),
    st.dates(),
    st.timedeltas(),
    st.lists(st.integers(), max_size=2),
    st.builds(time.struct_time, st.tuples(*[st.integers(-99999, 99999)] * 9)),
)
_falsy_or_not: "list[Any]" = [0, 1, None, "", "yes", []]
flags = st.one_of(st.booleans(), st.sampled_from(_falsy_or_not))


valid = {
    "key": cookie_names,
    "value": cookie_values,
    "max_age": st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1), st.timedeltas()),
    "expires": st.one_of(st.none(), st.datetimes(), st.integers(-(10**9), 10**10), any_text),
    "path": st.one_of(st.none(), any_text),
    "domain": st.sampled_from([None, None, "a.test", ".a.test:80", "bücher.test"]),
    "secure": flags,
    "httponly": flags,
    "sync_expires": flags,
    "samesite": st.sampled_from([None, "Lax", "sTRICT", "NONE"]),
    "partitioned": flags,
    "quoting": any_quoting,
}


@quiet
@given(
    st.fixed_dictionaries(valid),
    st.dictionaries(st.sampled_from(list(valid)), anything, max_size=2),
)
def test_every_header_matches_the_grammar(
    good: "dict[str, Any]", odd: "dict[str, Any]"
) -> None:
    arguments = {**good, **odd}
    try:
        header = dump_cookie(**arguments)
    except CookieError as error:
        part = "key" if error.part == "name" else error.part
        assert part in arguments
        return
    except TypeError:
        return
    written = assert_in_grammar(header, arguments["quoting"])
    expected = {
        "Domain": arguments["domain"] is not None,
        "Expires": arguments["expires"] is not None
        or (arguments["max_age"] is not None and arguments["sync_expires"]),
        "Max-Age": arguments["max_age"] is not None,
        "Secure": arguments["secure"] or arguments["partitioned"],
        "HttpOnly": arguments["httponly"],
        "Path": arguments["path"] is not None,
        "SameSite": arguments["samesite"] is not None,
        "Partitioned": arguments["partitioned"],
    }
    assert {attribute for attribute, present in expected.items() if present} == set(written)


@quiet
@given(
    key=st.one_of(cookie_names, st.text(max_size=10)),
    path=any_text,
    domain=st.one_of(st.none(), any_text),
)
def test_every_deletion_matches_the_grammar(key: str, path: str, domain: "str | None") -> None:
    try:
        header = delete_cookie(key, path, domain)
    except CookieError:
        return
    name, value, attributes = split_set_cookie(header)
    assert value == ""
    assert name
    assert not [c for c in header if c < " " or c == "\x7f" or c > "\xff"]
    assert name.encode("latin-1").decode() == key
    expected = (
        ["Expires", "Max-Age", "Path"]
        if domain is None
        else ["Domain", "Expires", "Max-Age", "Path"]
    )
    assert [attribute for attribute, _ in attributes] == expected


def test_a_str_subclass_is_written_as_its_text() -> None:
    assert dump_cookie(Word("k"), Word("v"), path=Word("/p"), domain=Word("d.test")) == (
        "k=v; Domain=d.test; Path=/p"
    )
    assert dump_cookie("k", Color.RED) == "k=red; Path=/"
    assert dump_cookie("k", expires=Word("1 Jan 2030 0:0:0")).startswith("k=; Expires=1 Jan")


# --- dump_cookie: the arguments, one by one -----------------------------------------

WRITTEN: "list[tuple[dict[str, Any], str]]" = [
    # The attributes are written in Werkzeug's order.
    (
        {"max_age": 5, "expires": 0, "path": "/p", "domain": "d.test", "secure": True,
         "httponly": True, "samesite": "lax", "partitioned": True},
        "k=v; Domain=d.test; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=5; Secure;"
        " HttpOnly; Path=/p; SameSite=Lax; Partitioned",
    ),
    ({"path": None}, "k=v"),
    ({"path": "/ä b;c%20%zz"}, "k=v; Path=/%C3%A4%20b%3Bc%20%zz"),
    ({"path": "/a\r\nSet-Cookie: x=1"}, "k=v; Path=/a%0D%0ASet-Cookie:%20x=1"),
    ({"partitioned": True, "path": None}, "k=v; Secure; Partitioned"),
    ({"samesite": "NoNe", "secure": True, "path": None}, "k=v; Secure; SameSite=None"),
    ({"max_age": 0, "sync_expires": False, "path": None}, "k=v; Max-Age=0"),
    ({"max_age": -1, "sync_expires": False, "path": None}, "k=v; Max-Age=-1"),
    ({"max_age": 2**63 - 1, "sync_expires": False, "path": None}, f"k=v; Max-Age={2**63 - 1}"),
    ({"max_age": -(2**63), "sync_expires": False, "path": None}, f"k=v; Max-Age={-(2**63)}"),
    # Expires is limited to the years 1 to 9999.
    ({"max_age": 2**63 - 1, "path": None},
     f"k=v; Expires=Fri, 31 Dec 9999 23:59:59 GMT; Max-Age={2**63 - 1}"),
    ({"max_age": -(2**63), "path": None},
     f"k=v; Expires=Mon, 01 Jan 0001 00:00:00 GMT; Max-Age={-(2**63)}"),
    ({"max_age": datetime.timedelta(days=1, microseconds=-1), "sync_expires": False,
      "path": None}, "k=v; Max-Age=86399"),
    ({"expires": "Thu, 01-Jan-70 00:00:01 GMT", "path": None},
     "k=v; Expires=Thu, 01-Jan-70 00:00:01 GMT"),
    ({"expires": datetime.date(2021, 6, 9), "path": None},
     "k=v; Expires=Wed, 09 Jun 2021 00:00:00 GMT"),
    ({"domain": ".example.com:8080", "path": None}, "k=v; Domain=example.com"),
    ({"domain": "..Example.COM.", "path": None}, "k=v; Domain=Example.COM."),
    ({"domain": "example.com:", "path": None}, "k=v; Domain=example.com"),
    ({"domain": "localhost", "path": None}, "k=v; Domain=localhost"),
    ({"domain": "127.0.0.1", "path": None}, "k=v; Domain=127.0.0.1"),
    ({"domain": "_dmarc.a-b.test", "path": None}, "k=v; Domain=_dmarc.a-b.test"),
    ({"domain": "bücher.test", "path": None}, "k=v; Domain=xn--bcher-kva.test"),
    ({"domain": "例。test", "path": None}, "k=v; Domain=xn--fsq.test"),
    ({"domain": "a" * 63 + ".test", "path": None}, "k=v; Domain=" + "a" * 63 + ".test"),
    ({"domain": "a." * 126 + "b", "path": None}, "k=v; Domain=" + "a." * 126 + "b"),
    # Any type with `__index__` is an integer, for example those of numpy.
    ({"max_age": type("Index", (), {"__index__": lambda self: 7})(), "sync_expires": False,
      "path": None}, "k=v; Max-Age=7"),
]  # fmt: skip


@quiet
@pytest.mark.parametrize(("arguments", "header"), WRITTEN)
def test_each_argument_is_written_as_expected(arguments: "dict[str, Any]", header: str) -> None:
    assert dump_cookie("k", "v", **arguments) == header


def test_max_age_adds_a_matching_expires() -> None:
    before = int(time.time())
    header = dump_cookie("k", max_age=3600)
    after = int(time.time())
    expected = [
        f"k=; Expires={cookiecodec.format_cookie_date(now + 3600)}; Max-Age=3600; Path=/"
        for now in range(before, after + 1)
    ]
    assert header in expected


VALUES = [
    # value, octal, percent. The octal column follows http.cookies and Werkzeug. The
    # percent column is what encodeURIComponent returns in a browser's console.
    ("abc", "abc", "abc"),
    ("", "", ""),
    ("a b", '"a b"', "a%20b"),
    ("a,b;c", r'"a\054b\073c"', "a%2Cb%3Bc"),
    ('say "hi"', r'"say \"hi\""', "say%20%22hi%22"),
    ("back\\slash", r'"back\\slash"', "back%5Cslash"),
    ("\r\n\0\t\x1a\x1f\x7f", r'"\015\012\000\011\032\037\177"', "%0D%0A%00%09%1A%1F%7F"),
    ("é€😀", r'"\303\251\342\202\254\360\237\230\200"', "%C3%A9%E2%82%AC%F0%9F%98%80"),
    ("-_.!~*'()", "-_.!~*'()", "-_.!~*'()"),
    ("a%20b", "a%20b", "a%2520b"),
    ("a+b/c=", "a+b/c=", "a%2Bb%2Fc%3D"),
    ('"', r'"\""', "%22"),
]


@pytest.mark.parametrize(("value", "octal", "percent"), VALUES)
def test_each_quoting_writes_values_as_expected(value: str, octal: str, percent: str) -> None:
    assert dump_cookie("k", value, path=None) == f"k={octal}"
    assert dump_cookie("k", value, path=None, quoting="percent") == f"k={percent}"


@pytest.mark.parametrize("value", ["abc", "", '"abc"', '""', "a%20b", "-._~:/?#[]@!$&'()*+="])
def test_quoting_none_writes_valid_values_unchanged(value: str) -> None:
    assert dump_cookie("k", value, path=None, quoting="none") == f"k={value}"


REFUSED: "list[tuple[str, str, dict[str, Any]]]" = [
    # part, a piece of the message, arguments
    ("name", "' ' (U+0020) at index 1", {"key": "a b"}),
    ("name", "';' (U+003B) at index 1", {"key": "a;b"}),
    ("name", "'=' (U+003D) at index 1", {"key": "a=b"}),
    ("name", r"'\n' (U+000A) at index 0", {"key": "\n"}),
    ("name", "U+00E9", {"key": "é"}),
    ("name", "U+D800", {"key": "\ud800"}),
    ("name", "empty", {"key": ""}),
    ("value", "U+D800) at index 1", {"value": "a\ud800"}),
    ("value", "surrogate", {"value": "a\udcff", "quoting": "percent"}),
    ("value", "' ' (U+0020) at index 1", {"value": "a b", "quoting": "none"}),
    ("value", "','", {"value": '"a,b"', "quoting": "none"}),
    ("value", "';'", {"value": '";a"', "quoting": "none"}),
    ("value", "';'", {"value": '"a;"', "quoting": "none"}),
    ("value", "'\"'", {"value": '"', "quoting": "none"}),
    ("value", "'\"'", {"value": 'a"b"', "quoting": "none"}),
    ("value", "U+00E9", {"value": "é", "quoting": "none"}),
    ("domain", "';'", {"domain": "a.test; HttpOnly"}),
    ("domain", r"'\r'", {"domain": "a.test\r\nX: 1"}),
    ("domain", "pass 'a.test'", {"domain": "https://a.test"}),
    ("domain", "'a' (U+0061) at index 9", {"domain": "a.test:80a"}),
    ("domain", "U+0663) at index 7", {"domain": "a.test:٣"}),
    ("domain", "IPv6", {"domain": "[::1]"}),
    ("domain", "wildcard", {"domain": "*.a.test"}),
    ("domain", "'/'", {"domain": "a.test/path"}),
    ("domain", "empty", {"domain": ""}),
    ("domain", "empty", {"domain": "."}),
    ("domain", "empty", {"domain": "a..test"}),
    ("domain", "empty", {"domain": "a.test.."}),
    ("domain", "63 octets", {"domain": "a" * 64 + ".test"}),
    ("domain", "253", {"domain": "a." * 127 + "test"}),
    ("domain", "253", {"domain": "ü." * 127 + "test"}),
    ("domain", "'-'", {"domain": "-a.test"}),
    ("domain", "'-'", {"domain": "a-.test"}),
    ("domain", "A-label", {"domain": "straße.test"}),
    ("domain", "A-label", {"domain": "STRAẞE.test"}),
    ("domain", "A-label", {"domain": "σς.test"}),
    ("domain", "A-label", {"domain": "a\u200db.test"}),
    ("domain", "A-label", {"domain": "a\u200cb.test"}),
    ("domain", "A-label", {"domain": "\u0378" * 60 + "ü"}),
    ("path", "surrogate", {"path": "/\ud800"}),
    ("expires", "';'", {"expires": "Thu, 01 Jan 1970; HttpOnly"}),
    ("expires", "U+00E9", {"expires": "é"}),
    ("expires", "years", {"expires": 253402300800}),
    ("expires", "years", {"expires": -62135596801}),
    ("expires", "finite", {"expires": float("nan")}),
    ("expires", "finite", {"expires": float("inf")}),
    ("expires", "finite", {"expires": float("-inf")}),
    ("max_age", "64 bits", {"max_age": 2**63}),
    ("max_age", "64 bits", {"max_age": -(2**63) - 1}),
    ("samesite", "'Strict', 'Lax', or 'None', not 'Foo'", {"samesite": "Foo"}),
    ("samesite", "'Strict', 'Lax', or 'None'", {"samesite": ""}),
    ("samesite", "'Strict', 'Lax', or 'None'", {"samesite": "ſtrict"}),
    ("samesite", "'Strict', 'Lax', or 'None'", {"samesite": "Lax; Secure"}),
    ("quoting", "'octal', 'percent' or 'none'", {"quoting": "base64"}),
]


@pytest.mark.parametrize(("part", "shown", "arguments"), REFUSED)
def test_an_invalid_argument_is_refused(
    part: str, shown: str, arguments: "dict[str, Any]"
) -> None:
    with pytest.raises(CookieError) as caught:
        dump_cookie(**{"key": "k", "value": "v", **arguments})
    assert caught.value.part == part
    assert shown in str(caught.value)
    assert not [char for char in str(caught.value) if char < " "], (
        "one line, without control characters"
    )


WRONG_TYPES: "list[tuple[str, dict[str, Any]]]" = [
    ("key", {"key": b"k"}),
    ("key", {"key": None}),
    ("value", {"value": b"v"}),
    ("value", {"value": 1}),
    ("value", {"value": None}),
    ("max_age", {"max_age": True}),
    ("max_age", {"max_age": 1.0}),
    ("max_age", {"max_age": "60"}),
    ("expires", {"expires": False}),
    ("expires", {"expires": b"now"}),
    ("expires", {"expires": []}),
    ("path", {"path": b"/"}),
    ("path", {"path": ["/"]}),
    ("domain", {"domain": b"a.test"}),
    ("samesite", {"samesite": True}),
    ("quoting", {"quoting": None}),
]


@pytest.mark.parametrize(("argument", "arguments"), WRONG_TYPES)
def test_an_argument_of_the_wrong_type_raises_type_error(
    argument: str, arguments: "dict[str, Any]"
) -> None:
    with pytest.raises(TypeError, match=argument):
        dump_cookie(**{"key": "k", "value": "v", **arguments})


@quiet
def test_cached_options_are_never_mixed_up() -> None:
    """The same arguments always write the same header, and the cache stays bounded."""
    rounds = [
        dump_cookie(f"k{n}", "v", path=f"/{m}", domain=d, secure=s, samesite="Lax")
        for _ in range(2)
        for n in range(9)
        for m in range(9)
        for d in (None, "a.test", "b.test")
        for s in (False, True)
    ]
    half = len(rounds) // 2
    assert rounds[:half] == rounds[half:]
    assert len(set(rounds)) == half
    assert len(codec._cache) <= codec._CACHE_LIMIT


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> "list[object]":
    """The arguments that attributes were computed from, starting with an empty cache."""
    calls: list[object] = []
    original = attributes.CookieAttributes

    def recording(*arguments: Any) -> Any:
        calls.append(arguments)
        return original(*arguments)

    monkeypatch.setattr(attributes, "CookieAttributes", recording)
    monkeypatch.setattr(codec, "_cache", {})
    return calls


def test_everything_except_the_value_is_computed_once(computed: "list[object]") -> None:
    usual: "list[dict[str, Any]]" = [
        {},
        {"path": None},
        {"domain": "a.test"},
        {"secure": True, "httponly": True, "samesite": "Lax", "partitioned": True},
        {"path": "/" + "p" * 510},
        {"path": "/" + "p" * 504, "domain": "a.test"},
    ]
    for value in ("v", "w"):
        for arguments in usual:
            dump_cookie("k", value, **arguments)
    assert len(computed) == len(usual)


@pytest.mark.parametrize(
    "arguments",
    [
        {"key": Word("k")},
        {"path": Word("/p")},
        {"domain": Word("a.test")},
        {"secure": 1},
        {"httponly": 1},
        {"partitioned": 1},
        {"path": "/" + "p" * 511},
        {"path": "/" + "p" * 505, "domain": "a.test"},
    ],
    ids=str,
)
def test_only_small_plain_options_are_cached(
    arguments: "dict[str, Any]", computed: "list[object]"
) -> None:
    for _ in range(2):
        dump_cookie(**{"key": "k", **arguments})
    assert len(computed) == 2
    assert codec._cache == {}


def test_a_full_cache_is_cleared() -> None:
    codec._cache.clear()
    for n in range(64):
        dump_cookie(f"k{n}")
    assert len(codec._cache) == 64
    dump_cookie("another")
    assert len(codec._cache) == 1


def test_a_str_subclass_that_equals_other_strings_is_not_mixed_up() -> None:
    class Caseless(str):
        def __eq__(self, other: object) -> bool:
            return isinstance(other, str) and self.lower() == other.lower()

        def __hash__(self) -> int:
            return hash(self.lower())

    class Flag:
        truth = False

        def __bool__(self) -> bool:
            return self.truth

    assert dump_cookie(Caseless("CASELESS")) == "CASELESS=; Path=/"
    assert dump_cookie("caseless") == "caseless=; Path=/"
    flag: Any = Flag()
    assert dump_cookie("k", secure=flag) == "k=; Path=/"
    flag.truth = True
    assert dump_cookie("k", secure=flag) == "k=; Secure; Path=/"


@quiet
def test_hostile_paths_are_not_kept_in_memory(tracemalloc: Any) -> None:
    tracemalloc.start()
    for n in range(200):
        dump_cookie("k", path="/" + "x" * 100_000 + str(n))
        dump_cookie("k", domain="." * 100_000 + f"a{n}.test")
        dump_cookie("k", secure=bytes([n]) * 100_000)  # type: ignore[arg-type]
    assert tracemalloc.get_traced_memory()[0] < 1_000_000


# --- warnings -----------------------------------------------------------------------


def warned(call: "Callable[[], object]") -> "list[warnings.WarningMessage]":
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        call()
    return caught


WARNED: "list[tuple[type[CookieWarning], str, dict[str, Any]]]" = [
    (CookieRejectedWarning, "samesite-none-insecure", {"samesite": "None"}),
    (CookieRejectedWarning, "prefix-secure", {"key": "__Secure-k"}),
    (CookieRejectedWarning, "prefix-secure", {"key": "__sECURE-k"}),
    (CookieRejectedWarning, "prefix-host", {"key": "__Host-k"}),
    (CookieRejectedWarning, "prefix-host", {"key": "__Host-k", "secure": True, "path": None}),
    (CookieRejectedWarning, "prefix-host", {"key": "__Host-k", "secure": True, "path": "/p"}),
    (CookieRejectedWarning, "prefix-host",
     {"key": "__Host-k", "secure": True, "domain": "a.test"}),
    (CookieRejectedWarning, "prefix-http", {"key": "__Http-k", "secure": True}),
    (CookieRejectedWarning, "prefix-http", {"key": "__Http-k", "httponly": True}),
    (CookieRejectedWarning, "prefix-host-http", {"key": "__Host-Http-k", "secure": True}),
    (CookieRejectedWarning, "prefix-host-http",
     {"key": "__HOST-HTTP-k", "secure": True, "httponly": True, "path": "/p"}),
    (CookieSizeWarning, "size", {"value": "x" * 5000}),
    (CookieSizeWarning, "size", {"value": "x", "max_size": 5}),
    (CookieIgnoredWarning, "path-relative", {"path": "p"}),
    (CookieIgnoredWarning, "path-relative", {"path": ""}),
    (CookieIgnoredWarning, "attribute-too-long", {"path": "/" + "p" * 1024}),
    (CookieIgnoredWarning, "attribute-too-long", {"expires": "e" * 1025}),
    (CookieIgnoredWarning, "expires-before-1601", {"expires": datetime.date(1600, 12, 31)}),
    (CookieIgnoredWarning, "expires-before-1601", {"expires": -62135596800}),
    # The most serious of several problems.
    (CookieRejectedWarning, "samesite-none-insecure",
     {"samesite": "None", "value": "x" * 5000, "path": "p"}),
    (CookieSizeWarning, "size", {"value": "x" * 5000, "path": "p"}),
    (CookieIgnoredWarning, "path-relative", {"path": "p", "expires": "e" * 1025}),
    (CookieIgnoredWarning, "path-relative",
     {"path": "p", "value": "x", "max_size": len("k=x; Path=p")}),
]  # fmt: skip


@pytest.mark.parametrize(("category", "code", "arguments"), WARNED)
def test_a_problem_warns_once(
    category: "type[CookieWarning]", code: str, arguments: "dict[str, Any]"
) -> None:
    arguments = {"key": "k", "value": "secret-value", **arguments}
    (item,) = warned(lambda: dump_cookie(**arguments))
    warning = item.message
    assert type(warning) is category
    assert isinstance(warning, UserWarning)
    assert (warning.name, warning.code) == (arguments["key"], code)
    assert arguments["key"] in str(warning)
    assert arguments["value"] == "x" or arguments["value"] not in str(warning)


NOT_WARNED: "list[dict[str, Any]]" = [
    {},
    {"samesite": "None", "secure": True},
    {"samesite": "None", "partitioned": True},
    {"key": "__Secure-k", "secure": True, "domain": "a.test", "path": None},
    {"key": "__Host-k", "secure": True},
    {"key": "__Host-k", "partitioned": True},
    {"key": "__Http-k", "secure": True, "httponly": True, "domain": "a.test"},
    {"key": "__Host-Http-k", "secure": True, "httponly": True},
    {"key": "__Hostk"},
    {"key": "_Host-k"},
    {"value": "x" * (4093 - len("k=; Path=/"))},
    {"value": "x" * 5000, "max_size": 0},
    {"value": "x" * 5000, "max_size": None},
    {"value": "x" * 5000, "max_size": 6000},
    {"path": "/" + "p" * 1023},
    {"key": "__Secure-k", "secure": True, "path": "/" + "p" * 1023},
    {"expires": "1 Jan 2030 0:0:0" + " " * 1000},
    {"expires": datetime.date(1601, 1, 1)},
    {"expires": datetime.date(1600, 1, 1), "max_age": 5},  # Max-Age has precedence
    {"max_age": -(10**11)},
]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("arguments", NOT_WARNED)
def test_a_valid_cookie_does_not_warn(arguments: "dict[str, Any]") -> None:
    dump_cookie(**{"key": "k", **arguments})


def test_the_size_warning_has_the_words_that_other_test_suites_match() -> None:
    (item,) = warned(lambda: dump_cookie("k", "x" * 4090, secure=True))
    warning = item.message
    assert isinstance(warning, CookieSizeWarning)
    assert (warning.size, warning.limit) == (4108, 4093)
    for words in ("cookie is too large", "the limit is 4093 bytes"):
        assert words in str(warning)
    assert "drop it outright" not in str(warning)
    (item,) = warned(lambda: dump_cookie("k", "x" * 4096))
    assert "drop it outright: name and value have over 4096 bytes" in str(item.message)
    (item,) = warned(lambda: dump_cookie("k", "é" * 1024))
    assert "about 8200 of about 8200 bytes" in str(item.message), (
        "the size with its escapes, as it is sent"
    )


def test_sizes_that_clients_determine_do_not_fill_the_warning_registry() -> None:
    """The registry keeps each message forever, so messages contain rounded sizes only."""
    sizes = range(5, 20_000, 7)
    messages = set()
    for size in sizes:
        (item,) = warned(functools.partial(dump_cookie, "k", "x" * size, max_size=5))
        messages.add(str(item.message))
    assert len(messages) < 400 < len(sizes)


@pytest.mark.parametrize(
    "call",
    [
        lambda: dump_cookie("k", samesite="None"),
        lambda: dump_cookie("k", "x" * 5000),
        lambda: delete_cookie("__Host-k"),
        lambda: cookiecodec.dump_cookie_chunks("__Host-k", "v"),
        lambda: cookiecodec.dump_cookie_chunks("__Host-k", "v" * 5000),
        lambda: cookiecodec.check_cookie_header("a=" + "b" * 9000),
    ],
)
def test_a_warning_points_at_the_callers_line(call: "Callable[[], object]") -> None:
    (item,) = warned(call)
    assert item.filename == __file__
    assert item.lineno == call.__code__.co_firstlineno


REMEDIES: "list[tuple[str, dict[str, Any]]]" = [
    (
        "The 'k' cookie is dropped by browsers: SameSite=None requires secure=True.",
        {"samesite": "None"},
    ),
    (
        "The '__Secure-k' cookie is dropped by browsers: its name prefix requires secure=True.",
        {"key": "__Secure-k"},
    ),
    (
        "The '__Host-Http-k' cookie is dropped by browsers: its name prefix requires"
        ' secure=True, httponly=True, path="/", domain=None.',
        {"key": "__Host-Http-k", "path": "/p", "domain": "a.test"},
    ),
    (
        "The '__Http-k' cookie is dropped by browsers: its name prefix requires httponly=True.",
        {"key": "__Http-k", "secure": True},
    ),
    (
        "The '__Host-k' cookie is dropped by browsers: its name prefix requires domain=None.",
        {"key": "__Host-k", "secure": True, "domain": "a.test"},
    ),
    (
        "The 'k' cookie has a Path that browsers ignore, since it does not start with '/': they"
        " use the directory of the request's path instead; write an absolute path.",
        {"path": "p"},
    ),
    (
        "The 'k' cookie has an attribute that browsers ignore: Path has 1025 octets, over 1024;"
        " shorten it.",
        {"path": "/" + "p" * 1024},
    ),
    (
        "The 'k' cookie has an attribute that browsers ignore: Expires has 1025 octets, over"
        " 1024; shorten it.",
        {"expires": "e" * 1025},
    ),
    (
        "The 'k' cookie has an Expires before 1601: the RFC ignores it, so that the cookie ends"
        " with the browser's session, but browsers delete the cookie; write 1970 to delete it.",
        {"expires": datetime.date(1600, 12, 31)},
    ),
    (
        "The 'k' cookie is too large: its value has about 4100 of about 4100 bytes, but the"
        " limit is 4093 bytes. Browsers may drop it or other cookies; their limits differ."
        " Store less in it, or keep the data on the server.",
        {"value": "x" * 4095},
    ),
    (
        "The 'k' cookie is too large: its value has about 4100 of about 4100 bytes, but the"
        " limit is 4093 bytes. Browsers drop it outright: name and value have over 4096 bytes."
        " Store less in it, or keep the data on the server.",
        {"value": "x" * 4096},
    ),
]


@pytest.mark.parametrize(("message", "arguments"), REMEDIES)
def test_a_warning_says_what_happens_and_what_to_change(
    message: str, arguments: "dict[str, Any]"
) -> None:
    (item,) = warned(lambda: dump_cookie(**{"key": "k", **arguments}))
    assert str(item.message) == message


@pytest.mark.parametrize(
    ("category", "code", "deletion"),
    [
        (CookieRejectedWarning, "prefix-host", lambda: delete_cookie("__Host-k")),
        (CookieRejectedWarning, "samesite-none-insecure",
         lambda: delete_cookie("k", samesite="None")),
        (CookieIgnoredWarning, "path-relative", lambda: delete_cookie("k", "p")),
    ],
)  # fmt: skip
def test_a_deletion_warns_about_the_same_problems_as_the_cookie(
    category: "type[CookieWarning]", code: str, deletion: "Callable[[], object]"
) -> None:
    """But never about its size, since a deletion has no value."""
    (item,) = warned(deletion)
    assert type(item.message) is category
    assert getattr(item.message, "code", None) == code


def test_a_warning_names_the_cookie_as_the_caller_does() -> None:
    (item,) = warned(lambda: delete_cookie("__Host-\xe9\x9b\u202e"))
    assert isinstance(item.message, CookieWarning)
    assert item.message.name == "__Host-\xe9\x9b\u202e"
    assert "Host" not in str(item.message), "clients choose these names"


# --- delete_cookie ------------------------------------------------------------------


def test_a_deletion_repeats_the_attributes() -> None:
    assert delete_cookie("k", "/p", "a.test", True, True, "Strict", True) == (
        "k=; Domain=a.test; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Secure;"
        " HttpOnly; Path=/p; SameSite=Strict; Partitioned"
    )


@quiet
@given(native_headers)
def test_names_that_parse_cookie_returns_can_be_deleted(header: str) -> None:
    for name in parse_cookie(header):
        if not [char for char in name if char < " " or char == "\x7f"]:
            pair = delete_cookie(name).split(";")[0]
            assert pair.encode("latin-1").decode() == name + "="


@pytest.mark.parametrize(
    "key", ["", "a;b", "a=b", " a", "a ", "a\tb", "a\n", "\x00", "a\x7f", "a\ud800"]
)
def test_a_name_that_no_user_agent_holds_cannot_be_deleted(key: str) -> None:
    with pytest.raises(CookieError) as caught:
        delete_cookie(key)
    assert caught.value.part == "name"


@pytest.mark.parametrize(
    "key", ['"quoted"', "a b", "a,b", "é", "日本", "$Version", "a[0]", "\xa0"]
)
def test_foreign_names_can_be_deleted(key: str) -> None:
    pair = delete_cookie(key).split(";")[0]
    assert pair.encode("latin-1") == key.encode() + b"="


# --- parse_cookie -------------------------------------------------------------------

READ: "list[tuple[object, dict[str, str]]]" = [
    (None, {}),
    ("", {}),
    ([], {}),
    ({}, {}),
    ({"HTTP_COOKIE": "a=1; b=2"}, {"a": "1", "b": "2"}),
    ({"HTTP_COOKIE": None}, {}),
    ({"REQUEST_METHOD": "GET"}, {}),
    ({"wsgi.input": None}, {}),
    ({"type": "http", "headers": []}, {}),
    ({"type": "http", "headers": [(b"cookie", b"a=1"), (b"x", b"y=1"), (b"Cookie", b"b=2")]},
     {"a": "1", "b": "2"}),
    ("a=1; b=2", {"a": "1", "b": "2"}),
    (b"a=1; b=2", {"a": "1", "b": "2"}),
    (bytearray(b"a=1"), {"a": "1"}),
    (memoryview(b"a=1"), {"a": "1"}),
    (array.array("B", b"a=1"), {"a": "1"}),
    ([array.array("B", b"a=1")], {"a": "1"}),
    (["a=1", b"b=2; a=3", memoryview(b"c=4")], {"a": "1", "b": "2", "c": "4"}),
    (iter(["a=1"]), {"a": "1"}),
    # Blanks, and characters that are not blanks (layered 5.4.2).
    (" a\t= 1 \t;\tb=2", {"a": "1", "b": "2"}),
    ("a=1;b=2;;c=3;", {"a": "1", "b": "2", "c": "3"}),
    ("a=1,b=2", {"a": "1,b=2"}),
    ("\x0ba=1; b=\r\n2; c=3\xa0", {"\x0ba": "1", "b": "\r\n2", "c": "3\ufffd"}),
    ("\x0b__Host-a=1\x1c", {"\x0b__Host-a": "1\x1c"}),
    ("a=\n1; \x1fb=2\r", {"a": "\n1", "\x1fb": "2\r"}),
    ("\ta\t=\t1\t", {"a": "1"}),
    ("a=1; \tb=2", {"a": "1", "b": "2"}),
    ("a=1; b\t=\t2; c=3", {"a": "1", "b": "2", "c": "3"}),
    # No name, no `=`.
    ("=1; a; b=2; =; ;=", {"b": "2"}),
    ("a", {}),
    ("=a=b", {}),
    ("a==b", {"a": "=b"}),
    ("a=; b=", {"a": "", "b": ""}),
    # The first wins.
    ("a=1; a=2; A=3", {"a": "1", "A": "3"}),
    ("a=; a=2", {"a": ""}),
    # Octets: UTF-8 in a native string, in bytes, and text.
    (b"k=\xc3\xa9", {"k": "é"}),
    ("k=\xc3\xa9", {"k": "é"}),
    ("k=é€", {"k": "é€"}),
    (b"k=\xe9", {"k": "\ufffd"}),
    (b"k=\xe2\x82; l=\xe2\x82\xac", {"k": "\ufffd", "l": "€"}),
    (b"\xe9=1; \xe8=2; \xc3\xbc=3", {"é": "1", "è": "2", "ü": "3"}),
    ("a=\ud800", {"a": "\ud800"}),
    # octal
    ('a="b"; c=""; d="', {"a": "b", "c": "", "d": '"'}),
    ('a="b; c=d"; e=f', {"a": '"b', "c": 'd"', "e": "f"}),
    ('a=b"c"; d="e"f', {"a": 'b"c"', "d": '"e"f'}),
    (r'a="\"\\\054\073"', {"a": '"\\,;'}),
    (r'a="\303\251\342\202\254"', {"a": "é€"}),
    (r'a="\303"; b="\377x"', {"a": "\ufffd", "b": "\ufffdx"}),
    (r'a="\400\08\x\1"', {"a": "40008x1"}),
    (r'a="\0X1"; b="\X01"; c="\01X"', {"a": "0X1", "b": "X01", "c": "01X"}),
    (r'a="\\054"; b="\\\054"', {"a": r"\054", "b": "\\,"}),
    ('a="b\\"', {"a": "b\\"}),
    ('a="\\', {"a": '"\\'}),
    (r"a=\054", {"a": r"\054"}),
    ('a="\xc3\xa9\\303\\250"', {"a": "éè"}),
    ('a="€\\303\\250\ud800"', {"a": "€è\ufffd\ufffd\ufffd"}),
    (r'a="\015\012Set-Cookie: x=1\000"', {"a": "\r\nSet-Cookie: x=1\x00"}),
    # Names are never decoded.
    ('"a"=1; a%20b=2; $Version=1', {'"a"': "1", "a%20b": "2", "$Version": "1"}),
    ("a b=1", {"a b": "1"}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("header", "cookies"), READ, ids=lambda value: ascii(value).split(" at 0x")[0][:40]
)
def test_a_header_is_read_as_expected(header: Any, cookies: "dict[str, str]") -> None:
    assert parse_cookie(header) == cookies


READ_PERCENT = [
    ("a=b%20c", "b c"),
    ("a=%C3%A9%e2%82%AC", "é€"),
    ("a=\xc3\xa9%C3%A9", "éé"),
    ("a=100%", "100%"),
    ("a=%2", "%2"),
    ("a=%zz%20", "%zz%20"),
    ("a=%+f%20", "%+f%20"),
    ("a=% 1", "% 1"),
    ("a=%20%", "%20%"),
    ("a=%٣٣", "%٣٣"),
    ("a=%ff%20", "%ff%20"),
    ("a=%ED%A0%80%20", "%ED%A0%80%20"),
    ("a=%C3\ud800%A9", "%C3\ud800%A9"),
    ("a=+", "+"),
    ('a="b%20c"', '"b c"'),
    ("a=%3B%0D%0A%00", ";\r\n\x00"),
]


@pytest.mark.parametrize(("header", "value"), READ_PERCENT)
def test_percent_quoting_is_read_as_expected(header: str, value: str) -> None:
    assert parse_cookie(header, quoting="percent") == {"a": value}


def test_quoting_none_reads_values_unchanged() -> None:
    assert parse_cookie(r'a="b\054"; c=%20', quoting="none") == {"a": r'"b\054"', "c": "%20"}


def test_parse_cookie_pairs_keeps_all_cookies_in_order() -> None:
    lines: "list[str | bytes]" = ["b=1; a=2", "b=3; =4; c", b"a=2"]
    assert parse_cookie_pairs(lines) == [("b", "1"), ("a", "2"), ("b", "3"), ("a", "2")]


@pytest.mark.parametrize("quoting", ["", "OCTAL", "url"])
@pytest.mark.parametrize("header", [None, "", "a=1"])
def test_reading_refuses_an_unknown_quoting(header: "str | None", quoting: Any) -> None:
    for read in (parse_cookie, parse_cookie_pairs):
        with pytest.raises(CookieError) as caught:
            read(header, quoting=quoting)
        assert caught.value.part == "quoting"


@pytest.mark.parametrize("header", [1, 0, True, 1.5, ["a=1", 2], [None], object(), os.environ])
def test_an_argument_that_is_not_a_header_raises_type_error(header: Any) -> None:
    with pytest.raises(TypeError):
        parse_cookie(header)


_NO_HEADER = "%s; pass the value of the Cookie header, or the environ or scope of the request"
_NEITHER = (
    "this mapping is neither a WSGI environ nor an ASGI scope, so its cookies can't be found;"
    " pass the value of its Cookie header (str or bytes), or a list of several"
)


@pytest.mark.parametrize(
    ("message", "header"),
    [
        (_NEITHER, {"Cookie": "a=1"}),
        (_NEITHER, {"headers": {"Cookie": "a=1"}, "body": ""}),
        (_NEITHER, {"version": "2.0", "cookies": ["a=1"], "headers": {}}),
        (_NEITHER, {b"REQUEST_METHOD": 1, "a": 1}),
        (_NEITHER, MappingProxyType({"a": "1"})),
        ("a header line must be str or bytes, not int", ["a=1", 2]),
        ("a header line must be str or bytes, not NoneType", ["a=1", None]),
        (_NO_HEADER % "header 5 must be str, bytes or a list of these, not int", 5),
        (_NO_HEADER % "header True must be str, bytes or a list of these, not bool", True),
        (_NO_HEADER % "header must be str, bytes or a list of these, not object", object()),
        (
            _NO_HEADER % "header 5 must be str, bytes or a list of these, not int",
            {"HTTP_COOKIE": 5},
        ),
    ],
)
def test_the_message_for_an_argument_that_is_not_a_header(message: str, header: Any) -> None:
    for read in (parse_cookie, parse_cookie_pairs, check_cookie_header):
        with pytest.raises(TypeError) as caught:
            read(header)
        assert str(caught.value) == message


@pytest.mark.filterwarnings("error")
@given(
    st.one_of(
        native_headers, any_text, st.binary(), st.lists(st.one_of(native_headers, st.binary()))
    ),
    any_quoting,
)
def test_reading_never_raises_and_never_warns(header: Any, quoting: Any) -> None:
    pairs = parse_cookie_pairs(header, quoting=quoting)
    first: dict[str, str] = {}
    for name, value in pairs:
        first.setdefault(name, value)
    cookies = parse_cookie(header, quoting=quoting)
    assert cookies == first
    assert list(cookies) == list(first), "in the order of the header"


@given(native_headers, any_quoting)
def test_a_native_string_reads_as_its_octets(header: str, quoting: Any) -> None:
    octets = header.encode("latin-1")
    assert parse_cookie_pairs(header, quoting=quoting) == parse_cookie_pairs(
        octets, quoting=quoting
    )


@given(st.lists(native_headers, max_size=4), any_quoting)
def test_several_lines_read_as_one(lines: "list[str]", quoting: Any) -> None:
    # Octets that are not UTF-8 in one line don't change how the others are decoded.
    assume(all(line.isascii() for line in lines))
    joined = parse_cookie_pairs("; ".join(lines), quoting=quoting)
    assert parse_cookie_pairs(lines, quoting=quoting) == joined


@given(native_headers, native_headers)
def test_a_cookie_never_extends_past_a_semicolon(left: str, right: str) -> None:
    assume(left.isascii() and right.isascii())
    both = parse_cookie_pairs(left) + parse_cookie_pairs(right)
    assert parse_cookie_pairs(left + ";" + right) == both


@given(native_headers)
def test_an_ascii_name_is_read_only_where_it_was_sent(header: str) -> None:
    """No quote, escape, white space or broken UTF-8 turns one name into another."""
    sent = [piece.partition("=") for piece in header.split(";")]
    names = [name.strip(" \t") for name, equals, _ in sent if equals]
    assert [name for name in names if name and name.isascii()] == [
        name for name, _ in parse_cookie_pairs(header) if name.isascii()
    ]


WHITE_SPACE = [chr(code) for code in range(sys.maxunicode + 1) if chr(code).isspace()]


@pytest.mark.parametrize("space", [c for c in WHITE_SPACE if c not in " \t"], ids=ascii)
@pytest.mark.parametrize(
    "form",
    [lambda s: s.encode(), lambda s: s.encode().decode("latin-1"), str],
    ids=["octets", "native", "text"],
)
def test_only_spaces_and_tabs_are_trimmed(space: str, form: "Callable[[str], Any]") -> None:
    header = form(f"{space}__Host-a=1; b={space}x; c{space}=2")
    cookies = parse_cookie(header)
    assert "__Host-a" not in cookies
    assert "c" not in cookies
    assert cookies["b"] != "x"


@given(cookie_names, cookie_values)
def test_an_irregular_escape_does_not_change_the_others(key: str, value: str) -> None:
    r"""An irregular escape (`\z`) reads as its character; the others keep their meaning."""
    written = quotings.quote_octal(value)
    assert quotings.UNQUOTE["octal"](written) == value
    assert quotings.UNQUOTE["octal"]('"\\z' + written[1:]) == "z" + value
    assert parse_cookie(f'{key}="\\z{written[1:]}') == {key: "z" + value}


# --- linear time, by counting instructions --------------------------------------------

HOSTILE: "dict[str, Callable[[int], str]]" = {
    "semicolons": lambda n: ";" * n,
    "equals": lambda n: "=" * n,
    "tiny cookies": lambda n: "a=;" * (n // 3),
    "many names": lambda n: "; ".join(f"{i}=" for i in range(n // 7)),
    "one value": lambda n: "a=" + "b" * n,
    "blanks": lambda n: "a" + " " * n + "=1; b=" + " " * n + "2",
    "quotes": lambda n: "a=" + '"' * n,
    "open quote": lambda n: 'a="' + "b" * n,
    # CVE-2024-7592, CVE-2024-52804
    "backslashes": lambda n: 'a="' + "\\" * n + '"',
    "escaped quotes": lambda n: 'a="' + '\\"' * (n // 2) + '"',
    "octal": lambda n: 'a="' + "\\134" * (n // 4) + '"',
    "irregular octal": lambda n: 'a="' + "\\400" * (n // 4) + '"',
    "nearly octal": lambda n: 'a="' + "\\05" * (n // 3) + '8"',
    "utf-8 leads": lambda n: 'a="' + "\\303" * (n // 4) + '"',
    "not utf-8": lambda n: "a=" + "\xe2\x82" * (n // 2),
    "percent": lambda n: "a=" + "%41" * (n // 3),
    "broken percent": lambda n: "a=" + "%" * n,
    "sandwich": lambda n: 'a="; ' * (n // 5),
}  # fmt: skip


def steps(call: "Callable[[], object]") -> int:
    """Count the bytecode instructions that *call* runs: an exactly repeatable cost."""
    count = 0

    def trace(frame: Any, event: str, argument: object) -> Any:
        nonlocal count
        frame.f_trace_opcodes = True
        count += event == "opcode"
        return trace

    before = sys.gettrace()
    # CPython 3.12 counts opcodes only if a frame requests them before `settrace`.
    sys._getframe().f_trace_opcodes = True
    sys.settrace(trace)
    try:
        call()
    finally:
        sys.settrace(before)
    assert count, "nothing was counted"
    return count


@pytest.mark.skipif(sys.implementation.name != "cpython", reason="counts CPython's opcodes")
@pytest.mark.parametrize("quoting", ["octal", "percent"])
@pytest.mark.parametrize("kind", HOSTILE)
def test_reading_takes_linear_steps(kind: str, quoting: Any) -> None:
    small_header, large_header = HOSTILE[kind](3000), HOSTILE[kind](12000)
    small = steps(lambda: parse_cookie(small_header, quoting=quoting))
    large = steps(lambda: parse_cookie(large_header, quoting=quoting))
    assert large <= 4.2 * small + 400


@pytest.mark.parametrize("kind", HOSTILE)
def test_reading_a_megabyte_ends(kind: str) -> None:
    """Quadratic code, even in C, would take hours. Ten minutes is far above the real time."""
    header = HOSTILE[kind](2**20)
    faulthandler.dump_traceback_later(600, exit=True)
    try:
        for quoting in ("octal", "percent", "none"):
            parse_cookie_pairs(header, quoting=quoting)
    finally:
        faulthandler.cancel_dump_traceback_later()


@quiet
def test_writing_a_megabyte_ends() -> None:
    for char in 'a"\\;,\n é':
        for quoting in ("octal", "percent"):
            assert len(dump_cookie("k", char * 2**20, quoting=quoting)) > 2**20
    assert len(dump_cookie("k", path="/" + "é" * 2**20)) > 2**20
    for refused in ("key", "domain", "samesite"):
        arguments: "dict[str, Any]" = {"key": "k", refused: "ü" * 2**20}
        with pytest.raises(CookieError):
            dump_cookie(**arguments)


# --- the tests' own grammar -----------------------------------------------------------


def test_the_grammar_in_these_tests_refuses_invalid_headers() -> None:
    assert NAME.fullmatch("a;b") is None
    assert FIXDATE.fullmatch("Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly") is None
    for header in (
        "k=v; HttpOnly; Secure",
        "k=v; Path=/; Path=/",
        "k=v; X",
        "k=a b",
        "k=v; Domain=-a",
    ):
        with pytest.raises((AssertionError, KeyError)):
            assert_in_grammar(header, "octal")
