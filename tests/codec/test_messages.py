"""Messages about arguments: they name the cookie, show the value, and say what to pass."""

import re
import warnings
from typing import Any

import pytest
from hypothesis import given, strategies as st

from cookiecodec import (
    CookieError,
    CookieIgnoredWarning,
    CookieRejectedWarning,
    CookieWarning,
    delete_cookie,
    dump_cookie,
    format_cookie_date,
)

_ADVICE = {
    "name": "use letters, digits, '-', '_' or '.'",
    "encode": "encode it, or use quoting='octal' or 'percent'",
    "text": "pass str(value), or what your reader expects",
    "decode": "decode it first",
    "surrogate": "Decode the text that it comes from without 'surrogateescape'",
    "seconds": "pass whole seconds, such as 3600, or a timedelta",
    "date": "pass a datetime or Unix time",
    "none": "pass None for a host-only cookie, or a name such as 'example.com'",
    "example": "pass 'example.com'",
    "a-label": "write its A-label, which starts with xn--",
    "samesite": "pass 'Strict', 'Lax', 'None', or None to leave it out",
}
_THREE = "'Strict', 'Lax', or 'None'"
_DATES = "datetime, date, struct_time or Unix time"
_LABEL = "has a label that is empty, has over 63 octets, or starts or ends with '-'"

# Typical mistakes: the arguments, how the message starts, and what it advises.
MISTAKES: "list[tuple[dict[str, Any], str, str]]" = [
    ({"value": 123}, "value 123 must be str, not int; ", "text"),
    ({"value": None}, "value None must be str, not NoneType; ", "text"),
    ({"value": ["v"]}, "value must be str, not list; ", "text"),
    ({"value": b"v"}, "value b'v' must be str, not bytes; ", "decode"),
    (
        {"value": "a b", "quoting": "none"},
        "value 'a b' must be made of cookie-octets (layered 4.1.1); not allowed: ' ' (U+0020)"
        " at index 1. ",
        "encode",
    ),
    (
        {"value": '"a,b"', "quoting": "none"},
        """value '"a,b"' must be made of cookie-octets (layered 4.1.1); not allowed: ','"""
        " (U+002C) at index 2. ",
        "encode",
    ),
    (
        {"value": "x" * 99 + ",", "quoting": "none"},
        f"value '{'x' * 60}'... must be made of cookie-octets (layered 4.1.1); not allowed:"
        " ',' (U+002C) at index 99. ",
        "encode",
    ),
    (
        {"value": "a\ud800b"},
        r"value 'a\ud800b' must not have a lone surrogate, which UTF-8 can't encode:"
        r" '\ud800' (U+D800) at index 1. ",
        "surrogate",
    ),
    ({"max_age": "3600"}, "max_age '3600' must be an integer or timedelta, not str", "seconds"),
    ({"max_age": 1.5}, "max_age 1.5 must be an integer or timedelta, not float", "seconds"),
    ({"max_age": True}, "max_age True must be an integer or timedelta, not bool", "seconds"),
    ({"max_age": 2**63}, "max_age 9223372036854775808 must fit in 64 bits; ", ""),
    ({"max_age": 10**30}, "max_age of over 20 digits must fit in 64 bits; ", ""),
    ({"expires": []}, f"expires must be {_DATES}, not list", ""),
    ({"expires": False}, f"expires False must be {_DATES}, not bool", ""),
    ({"expires": b"now"}, f"expires b'now' must be {_DATES}, not bytes; ", "decode"),
    (
        {"expires": "now; HttpOnly"},
        "expires 'now; HttpOnly' must be made of av-octets (layered 4.1.1); not allowed:"
        " ';' (U+003B) at index 3. ",
        "date",
    ),
    ({"expires": 1e400}, "expires must be a finite number of seconds, not inf", ""),
    ({"expires": 1_800_000_000_000}, "expires 1800000000000 must lie in the years 1 to", ""),
    ({"path": ["/"]}, "path must be str, not list", ""),
    ({"path": "/\ud800"}, r"path '/\ud800' must not have a lone surrogate", "surrogate"),
    ({"domain": "http://example.com"}, "domain 'http://example.com' is a URL, but ", "example"),
    (
        {"domain": "https://me@example.com:8000/x?y"},
        "domain 'https://me@example.com:8000/x?y' is a URL, but browsers compare Domain with a",
        "example",
    ),
    ({"domain": "http://"}, "domain 'http://' is a URL, but ", "none"),
    (
        {"domain": "example.com/"},
        "domain 'example.com/' has '/' (U+002F) at index 11, which a host name can't contain",
        "example",
    ),
    (
        {"domain": "example.com:80/x"},
        "domain 'example.com:80/x' has '/' (U+002F) at",
        "example",
    ),
    ({"domain": "example.com:80x"}, "domain 'example.com:80x' has 'x' (U+0078) at", "example"),
    ({"domain": ".exa mple.com"}, "domain '.exa mple.com' has ' ' (U+0020) at index 4", "none"),
    ({"domain": '"example.com"'}, """domain '"example.com"' has '"' (U+0022) at""", "none"),
    ({"domain": "ü/x.de"}, "domain 'ü/x.de' has '/' (U+002F) at index 1", "none"),
    ({"domain": "::1"}, "domain '::1' is an IPv6 address, which has no subdomains", "none"),
    ({"domain": "[::1]:8000"}, "domain '[::1]:8000' is an IPv6 address", "none"),
    ({"domain": "[example.com]"}, "domain '[example.com]' has '[' (U+005B) at index 0", "none"),
    (
        {"domain": "a." * 126 + "ab"},
        f"domain '{'a.' * 30}'... has more than 253 octets",
        "none",
    ),
    ({"domain": ""}, "domain '' is empty, which browsers take for a missing Domain", "none"),
    ({"domain": "..."}, "domain '...' is empty, ", "none"),
    ({"domain": "*.example.com"}, "domain '*.example.com' has a wildcard, but ", "example"),
    ({"domain": "example..com"}, f"domain 'example..com' {_LABEL}", "example"),
    ({"domain": "example.com.."}, f"domain 'example.com..' {_LABEL}", "example"),
    ({"domain": "-a.example.com"}, f"domain '-a.example.com' {_LABEL}", "none"),
    (
        {"domain": "http://example.comX/y"},
        "domain 'http://example.comX/y' is a URL, but browsers compare Domain with a",
        "pass 'example.comX'",
    ),
    ({"domain": "https://example.com//x"}, "domain 'https://example.com//x' is a", "example"),
    ({"domain": "https://example.com#/x@y"}, "domain 'https://example.com#/x@y' is", "example"),
    ({"domain": "https://example.com\\@y"}, r"domain 'https://example.com\\@y' is", "example"),
    ({"domain": "http://a@b@example.com:1:2"}, "domain 'http://a@b@example.com:1", "example"),
    ({"domain": "//example.com?x/y"}, "domain '//example.com?x/y' is a URL, but ", "example"),
    ({"domain": "[v1.x]"}, "domain '[v1.x]' has '[' (U+005B) at index 0", "none"),
    ({"domain": "a:0:0"}, "domain 'a:0:0' is an IPv6 address, which has no", "none"),
    ({"domain": ".*.example.com"}, "domain '.*.example.com' has a wildcard, but ", "example"),
    ({"domain": "X*.example.com"}, "domain 'X*.example.com' has '*' (U+002A) at", "none"),
    ({"domain": "example.com?x:y"}, "domain 'example.com?x:y' has '?' (U+003F) at", "example"),
    ({"domain": "example.com#x y"}, "domain 'example.com#x y' has '#' (U+0023) at", "example"),
    ({"domain": "example.com x/y"}, "domain 'example.com x/y' has ' ' (U+0020) at", "none"),
    (
        {"domain": "example.com:" + "8" * 4 + "/8"},
        "domain 'example.com:8888/8' has '/'",
        "example",
    ),
    ({"domain": "example.com:/"}, "domain 'example.com:/' has '/' (U+002F) at", "example"),
    (
        {"domain": "exämple.com:x"},
        "domain 'exämple.com:x' has 'x' (U+0078) at index 12",
        "none",
    ),
    ({"domain": "ü.de/x/y"}, "domain 'ü.de/x/y' has '/' (U+002F) at index 4", "none"),
    ({"domain": "(a.com"}, "domain '(a.com' has '(' (U+0028) at index 0", "none"),
    ({"domain": "..Xa.com/"}, "domain '..Xa.com/' has '/' (U+002F) at", "pass 'Xa.com'"),
    ({"domain": "ßß.de"}, "domain 'ßß.de' has 'ß' (U+00DF) at index 0", "a-label"),
    ({"domain": "example..X"}, f"domain 'example..X' {_LABEL}", "pass 'example.X'"),
    ({"domain": "x" * 253}, f"domain '{'x' * 60}'... {_LABEL}", "none"),
    ({"domain": "x" * 253 + "."}, f"domain '{'x' * 60}'... {_LABEL}", "none"),
    ({"domain": "X(.com:80"}, "domain 'X(.com:80' has '(' (U+0028) at index 1", "none"),
    ({"domain": "..example..com:80"}, f"domain '..example..com:80' {_LABEL}", "example"),
    ({"domain": "x" * 64 + ".com"}, f"domain '{'x' * 60}'... {_LABEL}", "none"),
    ({"domain": "a-.example.com"}, f"domain 'a-.example.com' {_LABEL}", "none"),
    (
        {"domain": "straße.de:80"},
        "domain 'straße.de:80' has 'ß' (U+00DF) at index 4",
        "a-label",
    ),
    (
        {"domain": "x" * 253 + ".."},
        f"domain '{'x' * 60}'... has more than 253 octets, which no host name has",
        "none",
    ),
    (
        {"domain": "a." * 127 + "com"},
        f"domain '{'a.' * 30}'... has more than 253 octets",
        "none",
    ),
    (
        {"domain": ".straße.de"},
        "domain '.straße.de' has 'ß' (U+00DF) at index 5, which browsers and IDNA 2003 convert"
        " to different domains; ",
        "a-label",
    ),
    (
        {"domain": "aü..de"},
        "domain 'aü..de' can't be converted by IDNA 2003, from 'ü' (U+00FC) at index 1 on; ",
        "a-label",
    ),
    ({"domain": b"a.test"}, "domain b'a.test' must be str, not bytes; ", "decode"),
    ({"samesite": True}, "samesite True must be str, not bool; ", "samesite"),
    ({"samesite": "Foo"}, "SameSite must be 'Strict', 'Lax', or 'None', not 'Foo'; ", ""),
    ({"samesite": "x" * 99}, f"SameSite must be {_THREE}, not '{'x' * 60}'...;", ""),
    ({"quoting": "base64"}, "quoting must be 'octal', 'percent' or 'none', not 'base64'", ""),
    ({"quoting": None}, "quoting None must be str, not NoneType", ""),
    ({"max_size": "4093"}, "max_size '4093' must be int, not str", ""),
]


@pytest.mark.parametrize(
    ("arguments", "start", "advice"), MISTAKES, ids=lambda value: ascii(value)[:40]
)
def test_the_message_names_the_cookie_shows_the_value_and_advises(
    arguments: "dict[str, Any]", start: str, advice: str
) -> None:
    with pytest.raises((CookieError, TypeError)) as caught:
        dump_cookie(**{"key": "sid", "value": "v", **arguments})
    message = str(caught.value)
    assert message.startswith("cookie 'sid': " + start)
    assert message.endswith(_ADVICE.get(advice, advice))
    assert message.isprintable()
    assert len(message) < 350


_TOKEN = "must be a token (RFC 9110, 5.6.2); not allowed: "
_HELD = (
    "must have no control character, ';', '=' or blank at its ends; not allowed: %s. No user"
    " agent holds such a cookie; pass a name from parse_cookie"
)
_EMPTY = "cookie-name must not be empty: servers ignore such a cookie"


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("my cookie", f"cookie-name 'my cookie' {_TOKEN}' ' (U+0020) at index 2. Readers would"
         " see another name; use letters, digits, '-', '_' or '.'"),
        ("", _EMPTY),
        (b"k", "key b'k' must be str, not bytes; decode it first"),
        (None, "key None must be str, not NoneType"),
    ],
)  # fmt: skip
def test_the_message_about_a_name_that_cannot_be_set(key: Any, message: str) -> None:
    with pytest.raises((CookieError, TypeError)) as caught:
        dump_cookie(key)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("", _EMPTY),
        ("a;b", "cookie-name 'a;b' " + _HELD % "';' (U+003B) at index 1"),
        ("éa=", "cookie-name 'éa=' " + _HELD % "'=' (U+003D) at index 2"),
        (" a", "cookie-name ' a' " + _HELD % "' ' (U+0020) at index 0"),
        ("a\t", r"cookie-name 'a\t' " + _HELD % r"'\t' (U+0009) at index 1"),
        ("€\x7f", r"cookie-name '€\x7f' " + _HELD % r"'\x7f' (U+007F) at index 1"),
        ("a\ud800", r"name 'a\ud800' must not have a lone surrogate, which UTF-8 can't encode:"
         r" '\ud800' (U+D800) at index 1. " + _ADVICE["surrogate"]),
        (b"k", "key b'k' must be str, not bytes; decode it first"),
    ],
    ids=lambda value: ascii(value)[-20:],
)  # fmt: skip
def test_the_message_about_a_name_that_cannot_be_deleted(key: Any, message: str) -> None:
    with pytest.raises((CookieError, TypeError)) as caught:
        delete_cookie(key)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"value": "é", "quoting": "none"},
            "value 'é' must be made of cookie-octets (layered 4.1.1); not allowed: 'é' (U+00E9)"
            " at index 0. Readers would see another value; encode it, or use quoting='octal' or"
            " 'percent'",
        ),
        (
            {"expires": "é"},
            "expires 'é' must be made of av-octets (layered 4.1.1); not allowed: 'é' (U+00E9)"
            " at index 0. The rest could be read as another attribute; pass a datetime or Unix"
            " time",
        ),
        (
            {"domain": "*.a"},
            "domain '*.a' has a wildcard, but Domain includes all subdomains anyway; pass 'a'",
        ),
        (
            {"domain": "//a"},
            "domain '//a' is a URL, but browsers compare Domain with a host name; pass 'a'",
        ),
        (
            {"domain": "."},
            "domain '.' is empty, which browsers take for a missing Domain; pass None for a"
            " host-only cookie, or a name such as 'example.com'",
        ),
        (
            {"domain": "::"},
            "domain '::' is an IPv6 address, which has no subdomains to share a cookie with;"
            " pass None for a host-only cookie, or a name such as 'example.com'",
        ),
        (
            {"domain": "a,b"},
            "domain 'a,b' has ',' (U+002C) at index 1, which a host name can't contain; pass"
            " None for a host-only cookie, or a name such as 'example.com'",
        ),
        (
            {"domain": "a-"},
            "domain 'a-' has a label that is empty, has over 63 octets, or starts or ends with"
            " '-', which no host name has; pass None for a host-only cookie, or a name such as"
            " 'example.com'",
        ),
        (
            {"domain": "ß"},
            "domain 'ß' has 'ß' (U+00DF) at index 0, which browsers and IDNA 2003 convert to"
            " different domains; write its A-label, which starts with xn--",
        ),
        (
            {"domain": "ü.."},
            "domain 'ü..' can't be converted by IDNA 2003, from 'ü' (U+00FC) at index 0 on;"
            " write its A-label, which starts with xn--",
        ),
    ],
    ids=lambda value: ascii(value)[:30],
)
def test_a_whole_message_is_a_sentence_or_two(
    arguments: "dict[str, str]", message: str
) -> None:
    with pytest.raises(CookieError) as caught:
        dump_cookie("sid", **{"value": "v", **arguments})  # type: ignore[arg-type]
    assert str(caught.value) == "cookie 'sid': " + message


PIECES = ["example", "com", ".", "..", "-", "_", ":", "80", "/", "//", "?", "#", "@", " ", "*.",
          "[", "]", "ü", "ß", "\u200d", "x" * 64, "A", "\0", "http://", "\\"]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=8).map("".join))
def test_a_message_about_a_domain_shows_what_is_there_and_advises_what_works(text: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            dump_cookie("sid", domain=text)
        except CookieError as error:
            message = str(error)
        else:
            return
        assert message.startswith(f"cookie 'sid': domain {text[:60]!r}")
        shown = re.search(r" \(U\+[0-9A-F]{4,}\) at index (\d+)", message)
        if shown is not None:
            at = int(shown.group(1))
            assert f"{text[at]!r} (U+{ord(text[at]):04X}) at index {at}" in message
            assert not (text[at].isascii() and text[at].isalnum() and ":" not in text[:at])
        advised = re.search("; pass '(.+)'$", message)
        if advised is not None:
            host = advised.group(1)
            assert host in re.sub(r"\.\.+", ".", text)
            assert f"; Domain={host};" in dump_cookie("sid", domain=host) + ";"


@pytest.mark.parametrize("number", [10**20 - 1, 10**20, -(10**20) + 1, -(10**20)])
def test_a_message_shows_a_number_of_up_to_20_digits(number: int) -> None:
    with pytest.raises(CookieError) as caught:
        dump_cookie("sid", max_age=number)
    shown = str(number) if abs(number) < 10**20 else "of over 20 digits"
    assert str(caught.value).startswith(f"cookie 'sid': max_age {shown} must fit in 64 bits; ")


@pytest.mark.parametrize("size", [59, 60, 61, 62])
def test_a_message_shows_60_characters_of_a_text(size: int) -> None:
    for value in ("," * size, b"," * size):
        with pytest.raises((CookieError, TypeError)) as caught:
            dump_cookie("sid", value, quoting="none")  # type: ignore[arg-type]
        shown = repr(value) if size <= 60 else repr(value[:60]) + "..."
        assert str(caught.value).startswith(f"cookie 'sid': value {shown} must be ")


@pytest.mark.parametrize(
    ("text", "at"),
    [(",a", 0), ("a,", 1), ('"', 0), ('"a', 0), ('a"', 1), ('"a,"', 2), ('"""', 1)],
)
def test_a_message_shows_the_first_character_that_is_wrong(text: str, at: int) -> None:
    with pytest.raises(CookieError, match=rf"\(U\+{ord(text[at]):04X}\) at index {at}\. "):
        dump_cookie("sid", text, quoting="none")


@pytest.mark.parametrize("key", ['"a"', '"', '""', ",a"])
def test_quotes_have_no_meaning_in_a_name(key: str) -> None:
    with pytest.raises(CookieError, match=r"\(U\+002[2C]\) at index 0\. "):
        dump_cookie(key)


def test_an_error_has_the_part_that_is_wrong() -> None:
    for key in ("", "a;b", "\ud800"):
        with pytest.raises(CookieError) as caught:
            delete_cookie(key)
        assert caught.value.part == "name"
    for key in ("", "a b"):
        with pytest.raises(CookieError) as caught:
            dump_cookie(key)
        assert caught.value.part == "name"
    wrong: "list[tuple[str, Any]]" = [
        ("value", "\ud800"), ("path", "\ud800"), ("expires", ";"), ("domain", "/"),
        ("domain", "*.a"), ("domain", ""), ("domain", "::"), ("domain", "//a"), ("domain", "ß"),
    ]  # fmt: skip
    for part, value in wrong:
        with pytest.raises(CookieError) as caught:
            dump_cookie("sid", **{part: value})
        assert caught.value.part == part


def test_other_functions_show_the_value_too() -> None:
    with pytest.raises(CookieError, match=r"^cookie 'a b': domain '' is empty") as caught:
        delete_cookie("a b", domain="")
    assert caught.value.part == "domain"
    with pytest.raises(TypeError, match=r"^expires 'now' must be datetime"):
        format_cookie_date("now")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("domain", "category", "text"),
    [
        ("undefined", CookieRejectedWarning, "its Domain 'undefined' has a single label"),
        ("10.0.0.256", CookieRejectedWarning, "its Domain '10.0.0.256' ends in a number"),
        ("localhost:8000", CookieIgnoredWarning, "has the Domain localhost, which browsers"),
        (".localhost", CookieIgnoredWarning, "has the Domain localhost, which browsers"),
    ],
)
def test_the_warning_shows_the_domain(
    domain: str, category: "type[CookieWarning]", text: str
) -> None:
    with pytest.warns(category, match=text) as caught:
        dump_cookie("sid", domain=domain)
    assert str(caught[0].message).startswith("The 'sid' cookie ")
    assert "None" in str(caught[0].message)
