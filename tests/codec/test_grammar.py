"""The grammar: each character set has the ranges that the RFC gives for it."""

import pytest

from cookiecodec._core import grammar


def ranges(*pairs: "tuple[int, int]") -> "set[str]":
    return {chr(code) for low, high in pairs for code in range(low, high + 1)}


@pytest.mark.parametrize(
    ("characters", "expected"),
    [
        # layered 4.1.1; RFC 9110, 5.6.2: any VCHAR, except delimiters
        (grammar.TCHAR, ranges((0x21, 0x7E)) - set('"(),/:;<=>?@[\\]{}')),
        (
            grammar.COOKIE_OCTETS,
            ranges((0x21, 0x21), (0x23, 0x2B), (0x2D, 0x3A), (0x3C, 0x5B), (0x5D, 0x7E)),
        ),
        (grammar.AV_OCTETS, ranges((0x20, 0x3A), (0x3C, 0x7E))),
        (grammar.QUOTED_TEXT, ranges((0x20, 0x2B), (0x2D, 0x3A), (0x3C, 0x7E))),
    ],
    ids=["token", "cookie-octet", "av-octet", "quoted"],
)
def test_each_character_set_is_the_one_in_the_rfc(
    characters: str, expected: "set[str]"
) -> None:
    assert set(characters) == expected
    assert len(characters) == len(expected)


def test_characters_that_are_not_encoded_are_valid_where_they_are_written() -> None:
    assert set(grammar.URI_UNRESERVED) <= set(grammar.COOKIE_OCTETS)
    assert set(grammar.PATH_TEXT) <= set(grammar.AV_OCTETS)
