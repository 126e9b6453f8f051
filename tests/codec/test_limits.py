"""The limits, and `check_cookie_header`."""

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, strategies as st

import cookiecodec
from cookiecodec import CookieSizeWarning, check_cookie_header, parse_cookie_pairs

from ..support.strategies import any_text, native_headers

quiet = pytest.mark.filterwarnings("ignore::cookiecodec.CookieWarning")


def test_each_limit_has_the_value_in_its_source() -> None:
    # bis 5.6 (twice), Werkzeug's max_cookie_size, RFC 6265 6.1, bis 5.5 in
    # seconds, Apache's LimitRequestFieldSize.
    assert cookiecodec.MAX_NAME_VALUE == 4096
    assert cookiecodec.MAX_ATTRIBUTE_VALUE == 1024
    assert cookiecodec.MAX_SET_COOKIE == 4093
    assert cookiecodec.MAX_COOKIES_PER_HOST == 50
    assert cookiecodec.MAX_AGE_SECONDS == 34_560_000
    assert cookiecodec.MAX_COOKIE_HEADER == 8190


SIZES: "list[tuple[Any, int]]" = [
    (None, 0),
    ("", 0),
    ("a=1; b=2", 8),
    (b"a=1; b=2", 8),
    (memoryview(b"a=1"), 3),
    (["a=1", b"b=22"], 7),
    ({"HTTP_COOKIE": "a=1"}, 3),
    ({}, 0),
    ("k=\xc3\xa9", 4),  # a native string: one character per octet
    ("k=é€", 7),  # text outside latin-1: its UTF-8
    ("k=\ud800", 5),
]


@pytest.mark.parametrize(("header", "octets"), SIZES)
def test_it_returns_the_size_in_octets(header: Any, octets: int) -> None:
    assert check_cookie_header(header) == octets


def caught(header: Any, **limits: int) -> "CookieSizeWarning | None":
    with warnings.catch_warnings(record=True) as items:
        warnings.simplefilter("always")
        check_cookie_header(header, **limits)
    if not items:
        return None
    (item,) = items
    assert isinstance(item.message, CookieSizeWarning)
    return item.message


@pytest.mark.parametrize(("octets", "warns"), [(6142, False), (6143, True), (9000, True)])
def test_it_warns_from_three_quarters_of_the_octets(octets: int, warns: bool) -> None:
    warning = caught("a=" + "b" * (octets - 2))
    assert (warning is not None) == warns
    if warning is not None:
        assert (warning.code, warning.size, warning.limit) == ("header-size", octets, 8190)
        assert warning.largest == (("a", octets),)
        assert warning.name == "a"


@pytest.mark.parametrize(("count", "warns"), [(37, False), (38, True), (60, True)])
def test_it_warns_from_three_quarters_of_the_cookies(count: int, warns: bool) -> None:
    warning = caught("; ".join(f"c{n}=1" for n in range(count)))
    assert (warning is not None) == warns
    if warning is not None:
        assert (warning.code, warning.size, warning.limit) == ("header-count", count, 50)


def cookies_of(octets: int, count: int) -> str:
    """Return a header with this many octets and cookies."""
    rest = "".join(f"; c{n % 10}=1" for n in range(count - 1))
    return "a=" + "b" * (octets - len("a=" + rest)) + rest


def test_it_warns_from_exactly_three_quarters_of_a_limit() -> None:
    """If both limits are equally near, the warning is about the octets."""
    assert caught(cookies_of(74, 1), max_size=100) is None
    assert caught(cookies_of(75, 1), max_size=100).code == "header-size"  # type: ignore[union-attr]
    assert caught(cookies_of(300, 29), max_count=40) is None
    assert caught(cookies_of(300, 29) + ";" * 100, max_count=40) is None, (
        "empty pieces are not cookies"
    )
    assert caught(cookies_of(300, 30), max_count=40).code == "header-count"  # type: ignore[union-attr]
    assert caught(cookies_of(300, 32), max_size=375, max_count=40).code == "header-size"  # type: ignore[union-attr]
    assert caught(cookies_of(300, 33), max_size=375, max_count=40).code == "header-count"  # type: ignore[union-attr]


def test_the_smallest_limits_are_checked() -> None:
    assert caught("a", max_size=1).code == "header-size"  # type: ignore[union-attr]
    assert caught("a=1", max_count=1).code == "header-count"  # type: ignore[union-attr]


def test_octets_outside_of_cookies_count() -> None:
    warning = caught("   ;", max_size=4)
    assert warning is not None
    assert (warning.name, warning.largest, warning.size) == ("", (), 4)


def test_the_largest_are_named_as_parse_cookie_reads_them() -> None:
    header = "\x1fa\x1f=1; b \t= 23 ; c=d=4567"
    warning = caught(header, max_size=10)
    assert warning is not None
    assert warning.largest == (("c", 8), ("b", 7), ("\x1fa\x1f", 5))
    assert {name for name, _ in parse_cookie_pairs(header)} == {"\x1fa\x1f", "b", "c"}


def test_the_warning_is_about_the_nearer_limit() -> None:
    header = "; ".join(f"c{n}=" + "x" * 100 for n in range(60))
    assert caught(header, max_size=1000, max_count=60).code == "header-size"  # type: ignore[union-attr]
    assert caught(header, max_size=8190, max_count=30).code == "header-count"  # type: ignore[union-attr]


def test_empty_pieces_are_not_cookies() -> None:
    assert caught(";" * 1000) is None


def test_a_limit_of_zero_is_not_checked() -> None:
    header = "; ".join(f"c{n}=" + "x" * 100 for n in range(600))
    assert caught(header, max_size=0, max_count=0) is None
    assert caught(header, max_size=0).code == "header-count"  # type: ignore[union-attr]
    assert caught(header, max_count=0).code == "header-size"  # type: ignore[union-attr]


def test_the_largest_are_named_with_their_sizes() -> None:
    header = "small=1; nameless; =; ; caf\xc3\xa9=12345; big=" + "x" * 50
    warning = caught(header, max_size=10)
    assert warning is not None
    assert warning.largest == (("big", 54), ("café", 11), ("", 8), ("small", 7), ("", 1))


def test_the_largest_are_named_where_a_header_is_not_utf8() -> None:
    """Each name is decoded separately, as in `parse_cookie`."""
    warning = caught(b"caf\xc3\xa9=1; \xe9=22222222; a=\xff", max_size=10)
    assert warning is not None
    assert warning.largest == (("\xe9", 10), ("caf\xe9", 7), ("a", 3))


def test_the_message_is_always_the_same() -> None:
    """So the registry of `warnings` keeps it once. The details are in attributes."""
    for header in ("a=" + "b" * 9000, "; ".join(f"c{n}=1" for n in range(60))):
        assert str(caught(header)) == (
            "This client sends nearly as many octets or cookies as servers accept, or more."
            " Servers answer such requests with an error. Shorten or expire some of its"
            " cookies: the warning's attribute `largest` names the largest ones."
        )


def test_the_five_largest_are_named() -> None:
    warning = caught("; ".join(f"c{n}=" + "x" * n for n in range(9)), max_size=10)
    assert warning is not None
    assert [name for name, _ in warning.largest] == ["c8", "c7", "c6", "c5", "c4"]


@pytest.fixture
def hostile(monkeypatch: pytest.MonkeyPatch) -> "Iterator[Callable[[int], object]]":
    """Check a hostile header with this number; this module has the warning registry."""
    monkeypatch.setitem(globals(), "__warningregistry__", {})
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        warnings.showwarning = lambda *args, **kwargs: None
        check_cookie_header("warm up=" + "x" * 7000)
        yield lambda n: check_cookie_header(f"n{n}={n}" + "x" * 7000)


def test_client_data_does_not_fill_the_warning_registry(
    hostile: "Callable[[int], object]",
) -> None:
    """Ten thousand hostile headers add nothing to the registry."""
    for n in range(10_000):
        hostile(n)
    registry: dict[object, object] = globals()["__warningregistry__"]
    texts = {key[0] for key in registry if isinstance(key, tuple)}
    assert len(texts) == 1


def test_client_data_stays_nowhere(
    hostile: "Callable[[int], object]", tracemalloc: Any
) -> None:
    """Ten thousand hostile headers take no memory."""
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for n in range(10_000):
        hostile(n)
    assert tracemalloc.get_traced_memory()[0] - before < 100_000


@quiet
@given(st.one_of(native_headers, any_text, st.binary(), st.lists(native_headers)))
def test_it_accepts_whatever_parse_cookie_accepts(header: Any) -> None:
    lines = header if isinstance(header, list) else [header]
    size = check_cookie_header(header, max_size=1)
    assert size == sum(check_cookie_header(line) for line in lines)
    assert size >= sum(len(name) for name, _ in parse_cookie_pairs(header))
