"""The grammar: each character set has the ranges that the RFC gives for it."""

import string

import pytest

from cookiecodec._core import grammar


def ranges(*pairs: "tuple[int, int]") -> "set[str]":
    return {chr(code) for low, high in pairs for code in range(low, high + 1)}


_ALNUM = string.ascii_letters + string.digits


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
        # ECMA-262, 19.2.6.5: uriReserved and DecodeURISet are encoded.
        (grammar.URI_UNRESERVED, set(_ALNUM + "-_.!~*'()")),
        # URL code points of ASCII (URL, 2) but "?", which ends a path, and with "%"
        (grammar.PATH_TEXT, set(_ALNUM + "!$&'()*+,-./:=@_~%")),
        (grammar.WSP, {" ", "\t"}),
    ],
    ids=["token", "cookie-octet", "av-octet", "quoted", "uri", "path", "blanks"],
)
def test_each_character_set_is_the_one_in_the_rfc(
    characters: str, expected: "set[str]"
) -> None:
    assert set(characters) == expected
    assert len(characters) == len(expected)


def test_characters_that_are_not_encoded_are_valid_where_they_are_written() -> None:
    assert set(grammar.URI_UNRESERVED) <= set(grammar.COOKIE_OCTETS)
    assert set(grammar.PATH_TEXT) <= set(grammar.AV_OCTETS)
