"""All short inputs, beside readers and a grammar of a few lines, written from the RFC's text.

Five symbols at most, or as many as the session `exhaustive` of nox says.
"""

import itertools
import os
import re
from collections.abc import Iterator
from typing import Any, Optional

import pytest

from cookiecodec import (
    CookieError,
    dump_cookie,
    parse_cookie,
    parse_cookie_pairs,
    parse_set_cookie,
)

SYMBOLS = int(os.environ.get("COOKIECODEC_SYMBOLS", "5"))

# One of each class of octets: what a name has, digits of an octal escape and others, what
# separates, blanks, quotes, the escape, a control character, and the octets of an "é".
OCTETS = [b"a", b"1", b"8", b"=", b";", b",", b" ", b"\t", b'"', b"\\", b"\0", b"\xc3", b"\xa9"]


def up_to(count: int, symbols: "list[bytes]") -> "Iterator[bytes]":
    for length in range(count + 1):
        yield from map(b"".join, itertools.product(symbols, repeat=length))


# --- Cookie, read -------------------------------------------------------------------------


def pairs_of(header: bytes) -> "Iterator[tuple[str, str]]":
    """The cookies of a header, by API and RFC: split, trim, decode, unescape."""
    for part in header.split(b";"):
        name, equals, value = part.partition(b"=")
        name = name.strip(b" \t")
        if not equals or not name:
            continue
        try:
            text = name.decode()
        except UnicodeDecodeError:
            text = name.decode("latin-1")
        yield text, unquoted(value.strip(b" \t").decode(errors="replace"))


def unquoted(value: str) -> str:
    if len(value) < 2 or value[0] != '"' or value[-1] != '"':
        return value
    escape = rb"\\(?:([0-3][0-7][0-7])|([^\\])|(\\))"
    octets = re.sub(escape, unescaped, value[1:-1].encode(), flags=re.DOTALL)
    return octets.decode(errors="replace")


def unescaped(escape: "re.Match[bytes]") -> bytes:
    octal, char, backslash = escape.groups()
    return bytes([int(octal, 8)]) if octal else char or backslash


def check_reading(header: bytes) -> None:
    pairs = list(pairs_of(header))
    cookies = dict(reversed(pairs))  # the first of a name wins
    native = header.decode("latin-1")
    assert parse_cookie(native) == cookies, header
    if len(header) < SYMBOLS:  # octets take the slow path, which these take too
        assert parse_cookie(header) == cookies, header
        assert list(parse_cookie(native)) == list(dict(pairs)), header
        assert parse_cookie_pairs(header) == pairs, header


@pytest.mark.slow
def test_every_short_cookie_header_is_read_by_the_rules() -> None:
    for header in up_to(SYMBOLS, OCTETS):
        check_reading(header)


def test_every_short_quoted_value_is_read_by_the_rules() -> None:
    for value in up_to(SYMBOLS - 1, OCTETS):
        check_reading(b'a="' + value + b'"')
    for value in up_to(SYMBOLS - 3, OCTETS):
        check_reading(b'a="\\303' + value + b'"; b="' + value + b'\\251"; c=' + value)


# --- Set-Cookie, read ---------------------------------------------------------------------

# What the algorithm of layered 5.4.2 distinguishes.
PARTS = [b"a", b"=", b";", b" ", b"\t", b'"', b"\x01", b"\xe9"]
PARTS += [b"Secure", b"pATH", b"/", b"Max-Age", b"1"]

Fields = tuple[str, str, bool, Optional[str], Optional[int]]


def fields_of(header: str) -> "Optional[Fields]":
    """Name, value, Secure, Path and Max-Age (layered 5.4.2), or None."""
    if re.search(r"[\x00-\x08\x0a-\x1f\x7f]", header):
        return None
    pair, *avs = header.split(";")
    name, equals, value = pair.partition("=")
    if not equals:
        name, value = "", name
    name, value = name.strip(" \t"), value.strip(" \t")
    if not name and (not value or "=" in value):  # the second is the browsers' rule
        return None
    secure, path, max_age = False, None, None
    for av in avs:
        attribute, _, text = (piece.strip(" \t") for piece in av.partition("="))
        if attribute.lower() == "secure":
            secure = True
        elif attribute.lower() == "path" and "\t" in text:
            return None  # the browsers' rule
        elif attribute.lower() == "path":
            path = text if text.startswith("/") else None
        elif attribute.lower() == "max-age" and re.fullmatch("-?[0-9]+", text):
            max_age = int(text)
    return name, value, secure, path, max_age


@pytest.mark.slow
def test_every_short_set_cookie_is_read_by_the_rules() -> None:
    for octets in up_to(SYMBOLS, PARTS):
        header = octets.decode("latin-1")
        cookie = parse_set_cookie(header, now=0)
        got = cookie and (cookie.name, cookie.value, cookie.secure, cookie.path, cookie.max_age)
        assert got == fields_of(header), header


# --- Set-Cookie, written ------------------------------------------------------------------

# The grammar of layered 4.1.1, with the value in quotes that `octal` writes.
TOKEN = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
COOKIE_OCTET = r"[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]"
QUOTED = r'"(?:[\x20\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]|\\["\\]|\\[0-3][0-7][0-7])*"'
AV = r"(?:; [A-Za-z-]+(?:=[\x20-\x3a\x3c-\x7e]*)?)*"
GRAMMARS = {
    "octal": re.compile(f"{TOKEN}=(?:{COOKIE_OCTET}*|{QUOTED}){AV}").fullmatch,
    "percent": re.compile(f"{TOKEN}={COOKIE_OCTET}*{AV}").fullmatch,
    "none": re.compile(f'{TOKEN}=(?:{COOKIE_OCTET}*|"{COOKIE_OCTET}*"){AV}').fullmatch,
}


@pytest.mark.parametrize("quoting", GRAMMARS)
def test_every_short_value_is_written_inside_of_the_grammar(quoting: Any) -> None:
    for octets in up_to(SYMBOLS - 1, OCTETS):
        value = octets.decode("latin-1")
        try:
            header = dump_cookie("k", value, quoting=quoting)
        except CookieError as error:
            assert (error.part, quoting) == ("value", "none")
            continue
        assert GRAMMARS[quoting](header), value
        pair, rest = header[: -len("; Path=/")], header[-len("; Path=/") :]
        assert (rest, pair.count(";")) == ("; Path=/", 0)
        assert parse_cookie(pair, quoting=quoting) == {"k": value}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("argument", ["key", "path", "domain", "samesite", "expires"])
def test_every_short_argument_is_written_inside_of_the_grammar(argument: str) -> None:
    symbols = [*OCTETS, b"/", b".", b":", b"-"]
    for octets in up_to(SYMBOLS - 2, symbols):
        text = octets.decode("latin-1")
        try:
            header = dump_cookie(**{"key": "k", argument: text})  # type: ignore[arg-type]
        except CookieError:
            continue
        assert GRAMMARS["octal"](header), text
        assert header.count(";") == (1 if argument in ("key", "path") else 2)
