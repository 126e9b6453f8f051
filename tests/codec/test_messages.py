"""Messages about arguments: they name the cookie, show the value, and say what to pass."""

from typing import Any

import pytest

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
    ({"domain": ""}, "domain '' is empty, which browsers take for a missing Domain", "none"),
    ({"domain": "..."}, "domain '...' is empty, ", "none"),
    ({"domain": "*.example.com"}, "domain '*.example.com' has a wildcard, but ", "example"),
    ({"domain": "example..com"}, f"domain 'example..com' {_LABEL}", "example"),
    ({"domain": "example.com.."}, f"domain 'example.com..' {_LABEL}", "example"),
    ({"domain": "-a.example.com"}, f"domain '-a.example.com' {_LABEL}", "none"),
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
    assert message.endswith(_ADVICE.get(advice, ""))
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
