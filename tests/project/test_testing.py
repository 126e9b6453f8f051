"""The strategies for others' tests: what each holds, and how often."""

import inspect
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, Callable

import pytest
from hypothesis import HealthCheck, Phase, event, given, settings, strategies as st

from cookiecodec import parse_cookie_pairs, parse_set_cookie, testing
from cookiecodec._core import grammar
from cookiecodec._core.attributes import split_pair

from ..support.grammar import NAME, VALUE

_PAIR = rf"{NAME.pattern}=(?:{VALUE['none'].pattern})"
COOKIE_STRING = re.compile(rf"{_PAIR}(?:; {_PAIR})*")  # layered 4.2.1
_AV = (
    r"Domain=[a-z0-9.-]+|Expires=\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT|Max-Age=[0-9]+"
    r"|Secure|HttpOnly|Path=[\x20-\x3A\x3C-\x7E]*|SameSite=(?:Strict|Lax|None)|Partitioned"
)
SET_COOKIE_STRING = re.compile(rf"{_PAIR}(?:; (?:{_AV}))*")  # layered 4.1.1
PREFIX = re.compile("__(?:Host-|Secure-|Http-)", re.IGNORECASE)
CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


def octets(text: str) -> int:
    return len(text.encode("utf-8"))


def is_nameless(header: str) -> bool:
    """Some pair of a Cookie header has no name."""
    return any(not pair.partition("=")[0].strip(" \t") for pair in header.split(";"))


def kinds_of_name(name: str) -> "dict[str, bool]":
    return {
        "valid": bool(NAME.fullmatch(name)),
        "prefixed": bool(PREFIX.match(name)),
        "long": len(name) > 64,
    }


def kinds_of_value(value: str) -> "dict[str, bool]":
    return {
        "valid": grammar.is_cookie_octets(value),
        "quoted": value[:1] == value[-1:] == '"',
        "oversized": octets(value) >= 4096,
        "non-ASCII": not value.isascii(),
        "control": bool(CONTROL.search(value)),
        "separators": any(char in value for char in ";,"),
        "empty": not value,
    }


def kinds_of_cookies(header: str) -> "dict[str, bool]":
    names = [name for name, _ in parse_cookie_pairs(header)]
    return {
        "valid": bool(COOKIE_STRING.fullmatch(header)),
        "quoted": '="' in header,
        "escaped": bool(re.search(r'\\[0-3"\\]|%[0-9A-F]', header)),
        "nameless": is_nameless(header),
        "oversized": len(header) > 8190 or len(names) > 50,
        "prefixed": any(PREFIX.match(name) for name in names),
        "non-ASCII": not header.isascii(),
        "twice": len(set(names)) < len(names),
        "several": len(names) > 1,
    }


def kinds_of_set_cookie(header: str) -> "dict[str, bool]":
    pair, _, attributes = header.partition(";")
    name, value = split_pair(pair)
    return {
        "valid": bool(SET_COOKIE_STRING.fullmatch(header)),
        "kept": parse_set_cookie(header) is not None,
        "attributes": bool(attributes),
        "quoted": value[:1] == '"',
        "nameless": not name,
        "oversized": len(name + value) > 4096
        or any(len(av) > 1029 for av in header.split(";")),
        "prefixed": bool(PREFIX.match(name)),
        "non-ASCII": not header.isascii(),
    }


def kinds_of_hostile(header: str) -> "dict[str, bool]":
    return {
        "control": bool(CONTROL.search(header)),
        "a line end": any(char in header for char in "\r\n"),
        "quoted": '="' in header,
        "open quote": header.count('"') % 2 == 1,
        "nameless": is_nameless(header),
        "long": len(header) > 4096,
        "prefixed": bool(PREFIX.search(header)),
        "not UTF-8": not _is_utf8(header.encode("latin-1")),
    }


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


Kinds = Callable[[str], "dict[str, bool]"]

#: Strategy, how its texts are sorted, and the least and most of each kind in a hundred.
SHARES: "list[tuple[Callable[[], st.SearchStrategy[str]], Kinds, dict[str, tuple[int, int]]]]"
SHARES = [
    (
        testing.cookie_names,
        kinds_of_name,
        {"valid": (100, 100), "prefixed": (15, 40), "long": (1, 15)},
    ),
    (
        testing.cookie_values,
        kinds_of_value,
        {
            "valid": (35, 65),
            "quoted": (5, 25),
            "oversized": (1, 10),
            "non-ASCII": (15, 50),
            "control": (10, 40),
            "separators": (8, 50),
            "empty": (0, 10),
        },
    ),
    (
        testing.cookie_headers,
        kinds_of_cookies,
        {
            "valid": (40, 85),
            "quoted": (20, 60),
            "escaped": (8, 50),
            "nameless": (5, 35),
            "oversized": (2, 15),
            "prefixed": (20, 60),
            "non-ASCII": (5, 35),
            "twice": (5, 65),
            "several": (40, 90),
        },
    ),
    (
        testing.set_cookie_headers,
        kinds_of_set_cookie,
        {
            "valid": (40, 85),
            "kept": (60, 98),
            "attributes": (50, 95),
            "quoted": (5, 30),
            "nameless": (5, 40),
            "oversized": (2, 15),
            "prefixed": (3, 35),
            "non-ASCII": (5, 35),
        },
    ),
    (
        testing.hostile_headers,
        kinds_of_hostile,
        {
            "control": (20, 60),
            "a line end": (5, 50),
            "quoted": (8, 40),
            "open quote": (8, 50),
            "nameless": (15, 75),
            "long": (4, 25),
            "prefixed": (10, 50),
            "not UTF-8": (20, 65),
        },
    ),
]


@pytest.fixture(params=SHARES, ids=[row[0].__name__ for row in SHARES])
def row(request: pytest.FixtureRequest) -> "Iterator[Any]":
    """A row of `SHARES`, with what was counted; in the end each kind had its share."""
    strategy, kinds, shares = request.param
    counted: Counter[str] = Counter()
    distinct: set[str] = set()
    yield strategy(), kinds, counted, distinct
    assert len(distinct) > 500
    for kind, (least, most) in shares.items():
        assert least * 10 <= counted[kind] <= most * 10, (kind, counted)


@pytest.mark.slow
@settings(
    max_examples=1000,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(st.data())
def test_each_kind_has_its_share(row: Any, data: st.DataObject) -> None:
    """``pytest --hypothesis-show-statistics tests/project/test_testing.py`` shows them."""
    strategy, kinds, counted, distinct = row
    text = data.draw(strategy)
    distinct.add(text)
    for kind, is_so in kinds(text).items():
        if is_so:
            event(kind)
            counted[kind] += 1


def test_headers_are_native_strings() -> None:
    @given(testing.cookie_headers() | testing.set_cookie_headers() | testing.hostile_headers())
    def one_character_is_one_octet(header: str) -> None:
        assert header.encode("latin-1").decode("latin-1") == header

    one_character_is_one_octet()


@given(testing.cookie_headers() | testing.set_cookie_headers())
def test_what_is_not_hostile_has_no_control_character(header: str) -> None:
    """But HTAB: it may go through any server and any client that tests send it with."""
    assert not CONTROL.search(header)


@given(testing.cookie_values())
def test_every_value_has_utf8(value: str) -> None:
    value.encode("utf-8")


@pytest.mark.slow
def test_a_failure_shrinks_to_something_short() -> None:
    """What a user sees is the least header that shows his bug, not a large one."""
    found: "list[str]" = []

    @settings(database=None, derandomize=True, phases=[Phase.generate, Phase.shrink])
    @given(testing.cookie_headers())
    def no_quotes(header: str) -> None:
        if '"' in header:
            found.append(header)
            raise AssertionError

    with pytest.raises(AssertionError):
        no_quotes()
    assert len(found[-1]) <= 12, found[-1]


def test_they_are_documented() -> None:
    for name in testing.__all__[1:]:
        strategy = getattr(testing, name)
        assert not inspect.signature(strategy).parameters
        assert ">>> " in strategy.__doc__


def test_a_message_names_the_strategy_in_a_word() -> None:
    for name in testing.__all__[1:]:
        assert repr(getattr(testing, name)()) == f"{name}()"
