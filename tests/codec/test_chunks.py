"""A value split over several cookies: it is read whole, or not at all."""

import inspect
import random
import warnings
from typing import Any

import pytest
from hypothesis import assume, given, strategies as st

from cookiecodec import (
    MAX_COOKIE_HEADER,
    CookieError,
    CookieIgnoredWarning,
    CookieRejectedWarning,
    dump_cookie,
    dump_cookie_chunks,
    join_cookie_chunks,
    parse_cookie,
)

from ..support.grammar import assert_in_grammar
from ..support.strategies import any_text, cookie_names, cookie_values

quiet = pytest.mark.filterwarnings("ignore::cookiecodec.CookieWarning")

# Values of all kinds, around the size at which one cookie is no longer enough.
large_values = st.builds(
    lambda unit, size: (unit * (size // len(unit) + 1))[:size],
    st.one_of(
        st.sampled_from(["x", "ab ", "é", "\\", '"', ";", "😀", "\n", "eyJhbGciOiJIUzI1NiJ9."]),
        st.text(min_size=1, max_size=20, alphabet=st.characters(exclude_categories=["Cs"])),
    ),
    st.integers(0, 3000),
)
quotings = st.sampled_from(["octal", "percent"])


def sent_back(headers: "list[str]") -> str:
    return "; ".join(header.split(";")[0] for header in headers)


@quiet
@given(cookie_names, st.one_of(cookie_values, large_values), st.integers(60, 5000), quotings)
def test_written_chunks_are_joined_to_the_same_value(
    key: str, value: str, max_size: int, quoting: Any
) -> None:
    try:
        headers = dump_cookie_chunks(key, value, max_size=max_size, quoting=quoting)
    except CookieError as error:
        assert error.part == "value"
        return
    for header in headers:
        assert_in_grammar(header, quoting)
        assert len(header) <= max_size
        assert len(header.split(";")[0]) <= 4097, "name, = and value: bis 5.6"
    assert len(headers) <= 10
    assert len(sent_back(headers)) <= MAX_COOKIE_HEADER
    cookies = parse_cookie(sent_back(headers), quoting=quoting)
    assert join_cookie_chunks(cookies, key) == value


@given(cookie_values)
def test_a_value_that_fits_is_written_as_a_plain_cookie(value: str) -> None:
    header = dump_cookie("k", value, max_size=0)
    assume(len(header) <= 4093)
    assert dump_cookie_chunks("k", value) == [header]


def test_arguments_have_the_same_effect_as_in_dump_cookie() -> None:
    positional: "tuple[Any, ...]" = (5, 0, "/p", "d.test", True, True, True, 4093, "Lax", True)
    assert dump_cookie_chunks("k", "v", *positional) == [dump_cookie("k", "v", *positional)]
    for header in dump_cookie_chunks("k", "v" * 5000, *positional):
        assert header.endswith(dump_cookie("k", "", *positional)[len("k=") :])


def test_the_parameters_are_the_same_as_in_dump_cookie() -> None:
    theirs = list(inspect.signature(dump_cookie).parameters.values())[2:]
    ours = list(inspect.signature(dump_cookie_chunks).parameters.values())[2:]
    assert ours.pop().name == "cookies"
    assert [(p.name, p.kind, p.default) for p in ours] == [
        (p.name, p.kind, p.default) for p in theirs
    ]


@pytest.mark.parametrize(
    ("args", "kwargs"),
    [((None,) * 11, {}), ((), {"colour": 1}), ((1,), {"max_age": 1}), ((), {"value": "v"})],
)
def test_wrong_arguments_raise_type_error(
    args: "tuple[Any, ...]", kwargs: "dict[str, Any]"
) -> None:
    with pytest.raises(TypeError):
        dump_cookie_chunks("k", "v", *args, **kwargs)


def test_a_value_is_split_where_it_exceeds_a_limit() -> None:
    """4093 octets for the header, as in `dump_cookie`; 4096 for name and value (bis 5.6)."""
    room = 4093 - len("k=; Path=/")
    assert len(dump_cookie_chunks("k", "x" * room)) == 1
    assert len(dump_cookie_chunks("k", "x" * (room + 1))) == 2
    assert len(dump_cookie_chunks("k", "x" * 4095, max_size=9000)) == 1
    assert len(dump_cookie_chunks("k", "x" * 4096, max_size=9000)) == 2
    assert dump_cookie_chunks("k", "x" * 5000, max_size=0) == dump_cookie_chunks(
        "k", "x" * 5000
    )


def test_a_quoted_value_is_split_by_its_size_as_sent() -> None:
    """For example, a quote or a backslash takes two octets, and a comma takes four."""
    rows: "list[tuple[Any, str, int]]" = [
        ("octal", '"', 2),
        ("octal", "\\", 2),
        ("octal", ",", 4),
        ("octal", " ", 1),
        ("octal", "é", 8),
        ("percent", '"', 3),
        ("percent", "😀", 12),
    ]
    for quoting, char, octets in rows:
        value = char * (3000 // octets)
        headers = dump_cookie_chunks("k", value, quoting=quoting, max_size=1200)
        assert len(headers) == 3
        for header in headers[:2]:
            assert 1200 - len('""') - octets < len(header) <= 1200


def test_a_size_without_room_for_a_character_is_refused() -> None:
    """Never is a header too long, or a character cut in two."""
    outcomes = set()
    for max_size in range(20, 90):
        for value in ("é" * 9, "😀" * 3, "x" * 80, '"' * 30):
            try:
                headers = dump_cookie_chunks("k", value, max_size=max_size)
            except CookieError as error:
                outcomes.add(error.part)
                continue
            outcomes.add("chunks" if len(headers) > 1 else "one")
            assert max(map(len, headers)) <= max_size
            assert join_cookie_chunks(parse_cookie(sent_back(headers)), "k") == value
    assert outcomes == {"value", "chunks", "one"}


CHUNKS = parse_cookie(sent_back(dump_cookie_chunks("k", "x" * 5000, max_size=1000)))
OTHERS = parse_cookie(sent_back(dump_cookie_chunks("k", "x" * 4999 + "y", max_size=1000)))
NAMES = sorted(CHUNKS)


def test_a_missing_chunk_invalidates_the_set() -> None:
    assert len(CHUNKS) == 6
    for name in NAMES:
        cookies = {other: CHUNKS[other] for other in NAMES if other != name}
        assert join_cookie_chunks(cookies, "k") is None


def test_swapped_chunks_invalidate_the_set() -> None:
    for first in NAMES:
        for second in NAMES:
            if first < second:
                cookies = {**CHUNKS, first: CHUNKS[second], second: CHUNKS[first]}
                assert join_cookie_chunks(cookies, "k") is None


def test_chunks_of_two_values_are_not_joined() -> None:
    """Every mixture of two values of the same length that differ in one chunk only."""
    assert sorted(OTHERS) == NAMES
    for mask in range(1, 2 ** len(NAMES) - 1):
        cookies = {
            name: (OTHERS if mask >> n & 1 else CHUNKS)[name] for n, name in enumerate(NAMES)
        }
        assert join_cookie_chunks(cookies, "k") is None


def test_stale_chunks_of_an_older_value_are_ignored() -> None:
    """The value has shrunk or grown, and some of the old chunks are still present."""
    shorter = parse_cookie(sent_back(dump_cookie_chunks("k", "x" * 2000, max_size=1000)))
    assert len(shorter) < len(CHUNKS)
    assert join_cookie_chunks({**CHUNKS, **shorter}, "k") == "x" * 2000
    assert join_cookie_chunks({**shorter, **CHUNKS}, "k") == "x" * 5000
    for name in shorter:
        assert join_cookie_chunks({**CHUNKS, name: shorter[name]}, "k") is None


def test_a_change_of_one_character_invalidates_the_set() -> None:
    random.seed(0)
    for name, text in CHUNKS.items():
        for at in {*range(25), *random.sample(range(len(text)), 25)}:
            for other in "0z.":
                changed = text[:at] + other + text[at + 1 :]
                if changed != text:
                    assert join_cookie_chunks({**CHUNKS, name: changed}, "k") is None


def test_a_complete_set_wins_over_a_plain_cookie() -> None:
    assert join_cookie_chunks({**CHUNKS, "k": "old"}, "k") == "x" * 5000
    broken = {**CHUNKS, "k": "plain"}
    del broken["k.3"]
    assert join_cookie_chunks(broken, "k") == "plain"
    assert join_cookie_chunks({"k": "plain"}, "k") == "plain"
    assert join_cookie_chunks({}, "k") is None


@pytest.mark.parametrize(
    "text",
    ["", ".", "...", "0.1.x.a", "0.2.x", "0.٢.x.a", "0.02.x.a", "0.11.x.a", "0.-1.x.a",
     "0.99999999999999999999.x.a", "1.2.x.a", "0.2..a"],
)  # fmt: skip
def test_malformed_chunks_are_not_joined(text: str) -> None:
    assert join_cookie_chunks({"k.0": text, "k.1": text}, "k") is None


@given(st.dictionaries(st.sampled_from(["k", "k.0", "k.1", "k.2"]), any_text))
def test_joining_never_raises(cookies: "dict[str, str]") -> None:
    assert join_cookie_chunks(cookies, "k") == cookies.get("k")


def names(headers: "list[str]") -> "dict[str, bool]":
    """The cookie-name of each header, and whether the header expires that cookie."""
    return {header.split("=")[0]: "Max-Age=0" in header for header in headers}


def test_leftover_cookies_are_expired() -> None:
    shrunk = dump_cookie_chunks("k", "x" * 1500, max_size=1000, cookies=CHUNKS)
    assert names(shrunk) == {
        "k.0": False,
        "k.1": False,
        **{f"k.{n}": True for n in range(2, 6)},
    }
    plain = dump_cookie_chunks(
        "k", "x", cookies={**CHUNKS, "other": "1", "k.10": "1", "k.x": "1"}
    )
    assert names(plain) == {"k": False, **{f"k.{n}": True for n in range(6)}}
    grown = dump_cookie_chunks("k", "x" * 1500, max_size=1000, cookies={"k": "x"})
    assert names(grown) == {"k.0": False, "k.1": False, "k": True}


def test_the_last_response_wins() -> None:
    """Two requests leave with the same cookies. What the other response sets, neither saw."""
    values = {"small": "x" * 10, "large": "y" * 2500, "larger": "z" * 5000}
    for before in ({}, {"k": "x"}, CHUNKS):
        for first in values.values():
            for last in ["", *values.values()]:
                browser = dict(before)
                for value in (first, last):
                    age = None if value else 0
                    headers = dump_cookie_chunks("k", value, age, max_size=1000, cookies=before)
                    browser = after(browser, headers)
                assert join_cookie_chunks(browser, "k") == (last or None)


def after(browser: "dict[str, str]", headers: "list[str]") -> "dict[str, str]":
    """The cookies of a user agent after a response."""
    received = parse_cookie(sent_back(headers))
    gone = {name for name, expired in names(headers).items() if expired}
    return {k: v for k, v in {**browser, **received}.items() if k not in gone}


def test_without_the_cookies_of_a_request_nothing_is_expired() -> None:
    assert names(dump_cookie_chunks("k", "x")) == {"k": False}
    assert names(dump_cookie_chunks("k", "x", cookies={})) == {"k": False, "k.0": True}


def test_a_deletion_expires_every_chunk() -> None:
    scope: dict[str, Any] = {
        "path": "/p",
        "domain": "d.test",
        "secure": True,
        "samesite": "Lax",
    }
    headers = dump_cookie_chunks(
        "k", "", max_age=0, cookies={"k.0": "broken", "k.7": "?"}, **scope
    )
    assert names(headers) == {"k": True, "k.0": True, "k.7": True}
    for header in headers:
        for part in ("=;", "; Domain=d.test", "; Secure", "; Path=/p", "; SameSite=Lax"):
            assert part in header


def test_it_warns_once_for_all_chunks() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        dump_cookie_chunks("__Host-k", "x" * 5000, cookies={"__Host-k": "old"})
        dump_cookie_chunks("k", "x" * 5000, expires=-(10**11) // 6)
    assert [item.category for item in caught] == [CookieRejectedWarning, CookieIgnoredWarning]


TOO_LARGE: "list[tuple[str, dict[str, Any]]]" = [
    ("x" * 8191, {}),
    ("x" * 10**6, {}),
    ("é" * 2100, {}),
    ("é" * 10**6, {}),
    (" " * 700, {"max_size": 100}),
    ("x" * 700, {"max_size": 100}),
    ("é" * 100, {"max_size": 40}),
    ("x" * 100, {"max_size": 20}),
    ("x" * 100, {"max_size": -1}),
    ("x" * 5000, {"path": "/" + "p" * 4090}),
    ("0\x80\x80\U00010000", {"max_size": 44}),  # the last character is too wide by itself
]


@quiet
@pytest.mark.parametrize(("value", "arguments"), TOO_LARGE, ids=lambda value: ascii(value)[:20])
def test_a_value_that_is_too_large_is_refused(value: str, arguments: "dict[str, Any]") -> None:
    with pytest.raises(CookieError) as caught:
        dump_cookie_chunks("k", value, **arguments)
    assert caught.value.part == "value"


def test_invalid_arguments_are_refused() -> None:
    good: "dict[str, Any]" = {"key": "k", "value": "v"}
    bad = {"key": "a b", "value": "\ud800", "quoting": "x", "domain": "-", "samesite": ""}
    for argument, value in bad.items():
        with pytest.raises(CookieError) as caught:
            dump_cookie_chunks(**{**good, argument: value})
        assert caught.value.part == {"key": "name"}.get(argument, argument)
