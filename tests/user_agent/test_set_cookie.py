"""`parse_set_cookie` and `SetCookie`: Set-Cookie as a user agent reads it (layered 5.4.2)."""

import datetime
import re
from typing import Any

import pytest
from hypothesis import assume, example, given, strategies as st

from cookiecodec import (
    MAX_AGE_SECONDS,
    CookieError,
    SetCookie,
    delete_cookie,
    dump_cookie,
    parse_set_cookie,
    set_cookie,
    split_set_cookie,
)
from cookiecodec._formats import urls
from cookiecodec._user_agent import messages

from ..support.strategies import (
    any_text,
    cookie_names,
    cookie_values,
    native_headers,
    set_cookie_headers,
)

UTC = datetime.timezone.utc
NOW = 1750000000  # 2025-06-15T15:06:40Z

# The header, and the fields that are read from it and differ from the default.
TABLE: "list[tuple[str, dict[str, Any] | None]]" = [
    # Name and value (layered 5.4.2, steps 4 to 12)
    ("a=b", {"name": "a", "value": "b"}),
    ("a=", {"name": "a", "value": ""}),
    ("a", {"name": "", "value": "a"}),
    ("=a", {"name": "", "value": "a"}),
    ("a=b=c", {"name": "a", "value": "b=c"}),
    (" \ta\t = \tb c\t ", {"name": "a", "value": "b c"}),
    ("a\tb=c\td", {"name": "a\tb", "value": "c\td"}),
    ('a="b c"', {"name": "a", "value": '"b c"'}),
    ('a="b; c"', {"name": "a", "value": '"b'}),
    ("a=%20", {"name": "a", "value": "%20"}),
    ("a=b, c=d", {"name": "a", "value": "b, c=d"}),
    ("\xa0a=b\x85", {"name": "\xa0a", "value": "b\x85"}),
    ("Path=/", {"name": "Path", "value": "/"}),
    # Other white space is not trimmed anywhere
    ("\xa0a\x85", {"name": "", "value": "\xa0a\x85"}),
    ("a=b; \xa0Secure; HttpOnly\x85", {}),
    ("a=b; Path=/\xa0", {"path": "/\xa0"}),
    ("a=b; SameSite=Lax\x85", {}),
    # Ignored as a whole
    ("", None),
    ("=", None),
    (" = ", None),
    ("; Path=/", None),
    ("a=b\x00", None),
    ("a=b; Path=/\x7f", None),
    ("a=b\n; x", None),
    ("=a=b", None),
    ("==", None),
    ("a=" + "b" * 4095, {"name": "a", "value": "b" * 4095}),
    ("a=" + "b" * 4096, None),
    ("a" * 4096 + "=", {"name": "a" * 4096, "value": ""}),
    ("a" * 4097, None),
    # Expires, Max-Age
    ("a=b; Expires=Mon, 16 Jun 2025 00:00:00 GMT", {"expires": "2025-06-16T00:00:00"}),
    ("a=b; expires=Thu, 01-Jan-70 00:00:00 GMT", {"expires": "1970-01-01T00:00:00"}),
    ("a=b; Expires=Fri, 31 Dec 9999 23:59:59 GMT", {"expires": "2026-07-20T15:06:40"}),
    ("a=b; Expires=Fri, 31 Dec 20270 23:59:59 GMT", {"expires": "2026-07-20T15:06:40"}),
    ("a=b; Expires=Sat, 01 Jan 1600 00:00:00 GMT", {"expires": "1600-01-01T00:00:00"}),
    ("a=b; Expires=junk", {}),
    ("a=b; Expires", {}),
    ("a=b; Max-Age=10", {"max_age": 10}),
    ("a=b; Max-Age=010", {"max_age": 10}),
    ("a=b; Max-Age=0", {"max_age": 0}),
    ("a=b; Max-Age=-1", {"max_age": -1}),
    ("a=b; Max-Age=34560001", {"max_age": MAX_AGE_SECONDS}),
    ("a=b; Max-Age=" + "9" * 1000, {"max_age": MAX_AGE_SECONDS}),
    ("a=b; Max-Age=-" + "9" * 1000, {"max_age": -MAX_AGE_SECONDS}),
    ("a=b; Max-Age=" + "9" * 20 + "x", {"max_age": MAX_AGE_SECONDS}),
    ("a=b; Max-Age=" + "9" * 18 + "x", {}),
    # The first numbers beyond 64 bits, on either side
    ("a=b; Max-Age=9223372036854775807x", {}),
    ("a=b; Max-Age=9223372036854775808x", {"max_age": MAX_AGE_SECONDS}),
    ("a=b; Max-Age=-9223372036854775806x", {}),
    ("a=b; Max-Age=-9223372036854775807x", {"max_age": -MAX_AGE_SECONDS}),
    ("a=b; Max-Age=", {}),
    ("a=b; Max-Age=+5", {}),
    ("a=b; Max-Age=5.5", {}),
    ("a=b; Max-Age=1_0", {}),
    ('a=b; Max-Age="5"', {}),
    ("a=b; Max-Age=\xb2", {}),
    ("a=b; Max-Age=-", {}),
    # Domain
    ("a=b; Domain=example.com", {"domain": "example.com"}),
    ("a=b; Domain=.Example.COM", {"domain": "example.com"}),
    ("a=b; Domain=1.2.3.4", {"domain": "1.2.3.4"}),
    ("a=b; Domain=[::A]", {"domain": "[::a]"}),
    ("a=b; Domain=[0::A]", None),
    ("a=b; Domain=", {}),
    ("a=b; Domain", {}),
    ("a=b; Domain=.", None),
    ("a=b; Domain=..example.com", None),
    ("a=b; Domain=example.com:80", None),
    ("a=b; Domain=exa mple.com", None),
    ("a=b; Domain=b\xc3\xbccher.test", None),
    ("a=b; Domain=0x7f.1", None),
    ("a=b; Domain=256.256.256.256", None),
    # Path
    ("a=b; Path=/docs", {"path": "/docs"}),
    ("a=b; Path = /docs ", {"path": "/docs"}),
    ("a=b; Path=/%64ocs", {"path": "/%64ocs"}),
    ("a=b; Path=docs", {}),
    ("a=b; Path=", {}),
    ('a=b; Path="/"', {}),
    ("a=b; Path=/a\tb", None),
    ("a=b; Path=a\tb", {}),
    ("a=b; Path=/" + "p" * 1023, {"path": "/" + "p" * 1023}),
    ("a=b; Path=/" + "p" * 1024, {}),
    # Flags and SameSite, in any ASCII case
    ("a=b; SECURE; httponly; PaRtItIoNeD", {"secure": 1, "httponly": 1, "partitioned": 1}),
    ("a=b; Secure=false", {"secure": True}),
    ("a=b; Secured; Secure x", {}),
    ("a=b; SameSite=sTRICT", {"samesite": "Strict"}),
    ("a=b; SameSite=lax", {"samesite": "Lax"}),
    ("a=b; SameSite=NONE", {"samesite": "None"}),
    ("a=b; SameSite=x", {}),
    ("a=b; Same\u017fite=Lax", {}),
    ("a=b;;;; ;Secure;", {"secure": True}),
    ("a=b; Foo=bar; =; Version=1", {}),
    # The last of two wins, even if it is invalid; one that is too long is ignored
    ("a=b; Path=/; Path=/docs", {"path": "/docs"}),
    ("a=b; Path=/; Path=docs", {}),
    ("a=b; Path=/; Path=/" + "p" * 1024, {"path": "/"}),
    ("a=b; Max-Age=10; Max-Age=x", {}),
    ("a=b; Max-Age=10; Max-Age=" + "0" * 1025, {"max_age": 10}),
    ("a=b; Expires=Mon, 16 Jun 2025 00:00:00 GMT; Expires=x", {}),
    ("a=b; Domain=example.com; Domain=", {}),
    ("a=b; Domain=.; Domain=example.com", {"domain": "example.com"}),
    ("a=b; SameSite=Lax; SameSite=x", {}),
]


@pytest.mark.parametrize(("header", "expected"), TABLE, ids=lambda value: ascii(value)[:60])
def test_a_header_is_read_as_expected(header: str, expected: "dict[str, Any] | None") -> None:
    read = parse_set_cookie(header, now=NOW)
    if expected is None:
        assert read is None
        return
    fields = {"name": "a", "value": "b", **expected}
    if "expires" in fields:
        fields["expires"] = datetime.datetime.fromisoformat(fields["expires"] + "+00:00")
    assert read == SetCookie(**fields)


@given(st.one_of(set_cookie_headers, native_headers, any_text))
def test_every_result_is_a_cookie_that_a_user_agent_can_hold(header: str) -> None:
    read = parse_set_cookie(header, now=NOW)
    if read is None:
        return
    assert 0 < len(read.name) + len(read.value) <= 4096
    texts = [read.name, read.value, read.path or ""]
    assert not [text for text in texts if set_cookie.find_control(text) or ";" in text]
    assert all(text == text.strip(" \t") and max(text, default="") <= "\xff" for text in texts)
    assert read.name or "=" not in read.value
    assert read.domain is None or urls.canonical_host(read.domain) == read.domain
    assert read.path is None or read.path.startswith("/")
    assert read.samesite in (None, "Strict", "Lax", "None")
    assert read.max_age is None or abs(read.max_age) <= MAX_AGE_SECONDS
    assert read.expires is None or read.expires.timestamp() <= NOW + MAX_AGE_SECONDS
    assert parse_set_cookie(set_cookie.write_header(read), now=NOW) == read
    if "\t" not in read.name + read.value:
        assert parse_set_cookie(read.to_header(), now=NOW) == read


@given(st.one_of(set_cookie_headers, native_headers))
@example("a=" + "b" * 4095)
@example("a=" + "b" * 4096)
@example("\0")
@example("=a=b\0")
@example("a=b; Domain=.")
@example("a=b; Path=/\ta")
def test_a_header_is_ignored_if_and_only_if_it_has_a_refusal(header: str) -> None:
    """And every refusal has a message in `explain`."""
    read, reasons = set_cookie.read_header(header, NOW), set_cookie.header_refusals(header)
    assert bool(reasons) == (read is None)
    if read is not None:
        refusal = set_cookie.attribute_refusal(read)
        reasons += [refusal] if refusal else []
    assert set(reasons) <= set(messages.TEMPLATES)


@pytest.mark.parametrize(
    ("header", "reasons"),
    [
        ("a=b", []),
        ("=a=b\x00", ["control-character", "nameless-equals"]),
        ("", ["empty"]),
        ("\x7f=" + "b" * 4096, ["control-character", "size"]),
    ],
)
def test_all_refusals_of_a_header_are_returned(header: str, reasons: "list[str]") -> None:
    assert set_cookie.header_refusals(header) == reasons


def test_an_attribute_is_parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Attributes repeat from header to header, so they are cached. A full cache is cleared."""
    parsed: list[str] = []
    attribute = set_cookie._read_attribute

    def recording(piece: str) -> Any:
        parsed.append(piece)
        return attribute(piece)

    monkeypatch.setattr(set_cookie, "_read_attribute", recording)
    monkeypatch.setattr(set_cookie, "_cache", {})
    longest, longer = "Path=/" + "p" * 58, "Path=/" + "p" * 59
    for value in ("b", "c"):
        parse_set_cookie(f"a={value};Secure;{longest};{longer}")
    assert parsed == ["Secure", longest, longer, longer]
    for number in range(254):
        parse_set_cookie(f"a=b;Path=/{number}")
    assert len(set_cookie._cache) == 256
    parse_set_cookie("a=b;HttpOnly")
    assert len(set_cookie._cache) == 1


def test_the_defaults_of_set_cookie_match_a_parsed_header() -> None:
    assert SetCookie("a") == parse_set_cookie("a=") == SetCookie("a", "")


@given(set_cookie_headers)
def test_octets_and_native_strings_read_the_same(header: str) -> None:
    octets = header.encode("latin-1")
    read = parse_set_cookie(header, now=NOW)
    assert parse_set_cookie(octets, now=NOW) == read
    assert parse_set_cookie(bytearray(octets), now=NOW) == read
    assert parse_set_cookie(memoryview(octets), now=NOW) == read


def test_text_outside_latin_1_is_read_as_utf_8() -> None:
    read = parse_set_cookie("a=€")
    assert read == parse_set_cookie("a=€".encode()) == SetCookie("a", "\xe2\x82\xac")


def test_a_lone_surrogate_is_read_as_its_three_octets() -> None:
    """Such text comes from JSON, never from the wire; reading raises nothing."""
    cookie = parse_set_cookie("a=\ud800")
    assert cookie is not None
    assert cookie.value == "\xed\xa0\x80"


def test_now_may_be_any_number() -> None:
    for now in (float("nan"), float("inf"), -1e18, 1e18, 0):
        assert parse_set_cookie("a=b; Expires=Thu, 01 Jan 1970 00:00:00 GMT", now=now)


def test_a_header_that_is_not_str_or_bytes_raises_type_error() -> None:
    for header in (None, 1, ["a=b"], {"a": "b"}):
        with pytest.raises(TypeError, match="header must be str or bytes") as caught:
            parse_set_cookie(header)  # type: ignore[arg-type]
        assert str(caught.value) == (
            f"header must be str or bytes, not {type(header).__name__}; pass the value of one"
            " Set-Cookie header"
        )


@given(
    name=cookie_names,
    value=cookie_values,
    max_age=st.none() | st.integers(-MAX_AGE_SECONDS, MAX_AGE_SECONDS),
    path=st.sampled_from([None, "/", "/docs", "/a b"]),
    domain=st.sampled_from([None, "example.com", ".Example.com", "bücher.test"]),
    flags=st.tuples(st.booleans(), st.booleans(), st.booleans()),
    samesite=st.sampled_from([None, "Strict", "Lax", "None"]),
)
@pytest.mark.filterwarnings("ignore::cookiecodec.errors.CookieWarning")
def test_the_user_agent_reads_what_the_server_writes(
    name: str,
    value: str,
    max_age: "int | None",
    path: "str | None",
    domain: "str | None",
    flags: "tuple[bool, bool, bool]",
    samesite: Any,
) -> None:
    """Both halves of the package agree."""
    secure, httponly, partitioned = flags
    header = dump_cookie(
        name,
        value,
        max_age=max_age,
        path=path,
        domain=domain,
        secure=secure,
        httponly=httponly,
        samesite=samesite,
        partitioned=partitioned,
        sync_expires=False,
        max_size=0,
    )
    assume(len(header) < 4096)
    read = parse_set_cookie(header, now=NOW)
    assert read is not None
    assert f"{read.name}={read.value}" == header.split("; ")[0]
    assert read.max_age == max_age
    assert read.path == (path and path.replace(" ", "%20"))
    host = {"bücher.test": "xn--bcher-kva.test", None: None}.get(domain, "example.com")
    assert read.domain == host
    assert (read.secure, read.httponly) == (secure or partitioned, httponly)
    assert (read.samesite, read.partitioned) == (samesite, partitioned)


def test_a_deletion_is_read_as_expired() -> None:
    read = parse_set_cookie(delete_cookie("sid"))
    assert read is not None
    assert (read.max_age, read.expires) == (0, datetime.datetime(1970, 1, 1, tzinfo=UTC))


@given(st.one_of(any_text, st.just("sid")), any_text, any_text, any_text)
def test_to_header_writes_only_what_reads_as_the_same_cookie(
    name: str, value: str, path: str, domain: str
) -> None:
    cookie = SetCookie(name, value, path=path, domain=domain)
    try:
        header = cookie.to_header()
    except CookieError as error:
        assert error.part in ("name", "value", "path", "domain")
        return
    assert header.isprintable() or not re.search("[\\x00-\\x1f\\x7f]", header)
    assert header.count(";") == 2
    assert parse_set_cookie(header, now=NOW) == cookie


@pytest.mark.parametrize(
    ("cookie", "part"),
    [
        (SetCookie("a;b", "c"), "name"),
        (SetCookie("a=b", "c"), "name"),
        (SetCookie(" a", "c"), "name"),
        (SetCookie("", ""), "name"),
        (SetCookie("a\r\nX: y", "c"), "name"),
        (SetCookie("a", "b; Secure"), "value"),
        (SetCookie("a", "b\n"), "value"),
        (SetCookie("a", "b\tc"), "value"),
        (SetCookie("a\tb", "c"), "name"),
        (SetCookie("a", "b "), "value"),
        (SetCookie("a", "€"), "value"),
        (SetCookie("", "a=b"), "value"),
        (SetCookie("a", "b", domain="x; Secure"), "domain"),
        (SetCookie("a", "b", path="/\x00"), "path"),
        (SetCookie("a", "b", samesite="Lax; Secure"), "samesite"),
        (SetCookie("a", "b", samesite="lax"), "samesite"),
        (SetCookie("a", "b", path="docs"), "path"),
        (SetCookie("a", "b", path=""), "path"),
        (SetCookie("a", "b", path="/\t/"), "path"),
        (SetCookie("a", "b", path="/" + "p" * 1024), "path"),
        (SetCookie("a", "b", domain=""), "domain"),
        (SetCookie("a", "b", domain=".example.com"), "domain"),
        (SetCookie("a", "b", domain="Example.com"), "domain"),
        (SetCookie("a", "b", domain="a b"), "domain"),
        (SetCookie("a", "b" * 4096), "value"),
        (SetCookie("a", "b", expires=datetime.datetime(50, 1, 1)), "expires"),
    ],
)
def test_to_header_refuses_a_cookie_that_no_header_can_contain(
    cookie: SetCookie, part: str
) -> None:
    with pytest.raises(CookieError) as caught:
        cookie.to_header()
    assert caught.value.part == part


def test_to_header_refuses_other_types() -> None:
    for cookie in (
        SetCookie("a", b"b"),  # type: ignore[arg-type]
        SetCookie(1, "b"),  # type: ignore[arg-type]
        SetCookie("a", "b", max_age=1.5),  # type: ignore[arg-type]
        SetCookie("a", "b", max_age=True),
        SetCookie("a", "b", expires=0),  # type: ignore[arg-type]
        SetCookie("a", "b", secure="no"),  # type: ignore[arg-type]
    ):
        with pytest.raises(TypeError):
            cookie.to_header()


OTHER_FORM = "is not in the form in which user agents hold it"


@pytest.mark.parametrize(
    ("message", "cookie"),
    [
        ("cookie-name must not have '=', or be empty alone", SetCookie("a=b", "c")),
        ("cookie-name must not have '=', or be empty alone", SetCookie("", "")),
        ("the value of a nameless cookie must not have '='", SetCookie("", "a=b")),
        ("name must not have a tab", SetCookie("a\tb", "c\td")),
        ("value must not have a tab", SetCookie("a", "b\tc")),
        ("path must not have a tab", SetCookie("a", "b", path="/\t/")),
        ("name can't be in a header: ';' (U+003B) at index 1", SetCookie("a;b", "c")),
        ("value can't be in a header: '€' (U+20AC) at index 2", SetCookie("a", "bc€")),
        ("path can't be in a header: '\\x00' (U+0000) at index 1", SetCookie("a", path="/\0")),
        ("domain can't be in a header: ' ' (U+0020) at index 0", SetCookie("a", domain=" x")),
        ("samesite can't be in a header: ' ' (U+0020) at index 3",
         SetCookie("a", samesite="Lax ")),
        ("user agents ignore this name and value: size", SetCookie("a", "b" * 4096)),
        (f"domain {OTHER_FORM}", SetCookie("a", "b", domain=".example.com")),
        (f"path {OTHER_FORM}", SetCookie("a", "b", path="docs")),
        (f"samesite {OTHER_FORM}", SetCookie("a", "b", samesite="lax")),
        ("expires must not lie in the years before 100",
         SetCookie("a", "b", expires=datetime.datetime(99, 12, 31))),
        ("name must be str, not list", SetCookie(["a"], "b")),  # type: ignore[arg-type]
        ("value b'b' must be str, not bytes; decode it first",
         SetCookie("a", b"b")),  # type: ignore[arg-type]
        ("domain 5 must be str, not int", SetCookie("a", "b", domain=5)),  # type: ignore[arg-type]
        ("path b'/' must be str, not bytes; decode it first",
         SetCookie("a", "b", path=b"/")),  # type: ignore[arg-type]
        ("samesite True must be str, not bool; pass 'Strict', 'Lax', 'None', or None to leave"
         " it out",
         SetCookie("a", "b", samesite=True)),  # type: ignore[arg-type]
        ("expires must be datetime, not int",
         SetCookie("a", "b", expires=0)),  # type: ignore[arg-type]
        ("max_age must be int, not float",
         SetCookie("a", "b", max_age=1.5)),  # type: ignore[arg-type]
        ("max_age must be int, not bool", SetCookie("a", "b", max_age=True)),
        ("secure, httponly and partitioned must be bool",
         SetCookie("a", "b", httponly=1)),  # type: ignore[arg-type]
    ],
    ids=lambda value: ascii(value)[:40],
)  # fmt: skip
def test_to_header_says_what_is_wrong(message: str, cookie: SetCookie) -> None:
    with pytest.raises((CookieError, TypeError)) as caught:
        cookie.to_header()
    assert str(caught.value) == message


@pytest.mark.parametrize("flag", ["secure", "httponly", "partitioned"])
def test_a_flag_that_is_not_bool_raises_type_error(flag: str) -> None:
    with pytest.raises(TypeError, match=flag):
        SetCookie("a", "b", **{flag: "no"}).to_header()  # type: ignore[arg-type]


def test_to_header_writes_all_fields() -> None:
    """In the same order as `dump_cookie`."""
    cookie = SetCookie(
        "a",
        "b",
        datetime.datetime(1970, 1, 1, tzinfo=UTC),
        5,
        "example.com",
        "/p",
        True,
        True,
        "Lax",
        True,
    )
    header = (
        "a=b; Domain=example.com; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=5; Secure;"
        " HttpOnly; Path=/p; SameSite=Lax; Partitioned"
    )
    assert cookie.to_header() == header
    assert parse_set_cookie(header, now=NOW) == cookie


def test_the_year_100_is_the_earliest_that_is_written() -> None:
    """Earlier years would be read as different ones: 99 as 1999."""
    moment = datetime.datetime(100, 1, 1, tzinfo=UTC)
    assert SetCookie("a", "b", expires=moment).to_header() == (
        "a=b; Expires=Fri, 01 Jan 0100 00:00:00 GMT"
    )


def test_any_octet_except_controls_is_written() -> None:
    octets = "".join(chr(code) for code in (*range(0x21, 0x7F), *range(0x80, 0x100)))
    text = octets.replace(";", "").replace("=", "")
    assert SetCookie(text, text).to_header() == f"{text}={text}"


def test_lifetimes_are_written_without_a_limit() -> None:
    moment = datetime.datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    header = SetCookie("a", "b", expires=moment, max_age=10**9).to_header()
    assert header == "a=b; Expires=Fri, 31 Dec 9999 23:59:59 GMT; Max-Age=1000000000"


def test_the_value_of_max_age_is_a_plain_int() -> None:
    """A subclass may write itself in any way."""

    class Verbose(int):
        def __str__(self) -> str:
            return "5 seconds"

    assert SetCookie("a", "b", max_age=Verbose(5)).to_header() == "a=b; Max-Age=5"


# --- several headers in one line ------------------------------------------------------

GMT = "Wed, 09 Jun 2027 10:18:14 GMT"

# The headers that were joined with ", ". Servers and proxies send all of these; the values
# are made up.
JOINED: "list[list[str]]" = [
    ["a=1", "b=2"],
    [f"a=1; Expires={GMT}", "b=2; Path=/"],
    [f"a=1; expires={GMT}; path=/; domain=.google.com", "NID=511=x; expires=" + GMT, "c=3"],
    ["a=1; Expires=Tue, 25-May-2027 10:18:14 GMT", "b=2"],  # RFC 850, and Google
    ["a=1; Expires=Wednesday, 09-Jun-27 10:18:14 GMT", "b=2"],
    ["a=1; Expires=Wed Jun  9 10:18:14 2027", "b=2"],  # asctime
    ["a=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0", "a=1; Path=/; Domain=x.test"],
    ["JSESSIONID=0F1E.node1; Path=/app; HttpOnly", "XSRF-TOKEN=e2; Path=/"],
    ["PHPSESSID=n1d4; path=/", "user[name]=x; path=/", "user[mail]=y%40z; path=/"],
    ["connect.sid=s%3A3b.Kq%2Bx8; Path=/; HttpOnly", "io=AAAC; Path=/; HttpOnly"],
    ["__Host-a=1; Secure; Path=/", "__Secure-b=2; Secure; SameSite=None; Partitioned"],
    ["a=", "b=", "c=d=e=="],
    ['a="x, b=y"; Path=/', 'c="1, 2", d', 'e="\\", f=g"'],  # commas in quotes
    ['a=5" x 4"', "b=2"],  # these quotes are data
    ['a="unbalanced', "b=2; Path=/"],
    ['a="cut here; b="', "c=3"],  # a ";" ends a value, quoted or not
    ["a=1,2,3", "b=4"],
    ["a=1, 2 and 3", "b=4"],
    ["groups=C1:1,C2:0,x=y; Path=/", "b=2"],
    ['prefs={"a":1, "b":"x=y", "c":"=z"}; Path=/', "b=2"],
    ["a=1; Path=/x,y=z", "b=2"],
    ["a=1; Path=/x,", "b=2; Path=/"],
    ["n\xc3\xa0=\xc3\xbc", "\xa0\x85=2"],
    ["a=1"],
    [f"a=1; Expires={GMT}"],
    ["a=1,b=2"],
    ["a=1,"],
    ["nameless; Path=/"],
    [],
]


@pytest.mark.parametrize("headers", JOINED)
def test_headers_joined_by_a_comma_are_split_again(headers: "list[str]") -> None:
    assert split_set_cookie(", ".join(headers)) == headers
    assert split_set_cookie(", ".join(headers).encode("latin-1")) == headers
    assert split_set_cookie(",\t ".join(headers)) == headers


# Texts that others joined, or that have another reading.
SPLIT: "list[tuple[str, list[str]]]" = [
    # A comma alone joins attributes with the next header, but not within a value.
    (f"a=1; Expires={GMT},b=2; Path=/,c=3", [f"a=1; Expires={GMT}", "b=2; Path=/", "c=3"]),
    ("a=1; Secure,b=2,c=3; Secure,d=4", ["a=1; Secure", "b=2,c=3; Secure", "d=4"]),
    # Where one comma with a blank joins, all others are data.
    ("a=1; Path=/,b=2, c=3", ["a=1; Path=/,b=2", "c=3"]),
    # A comma and a blank join even if the first cookie could have such a value.
    ("a=red, b=blue; Path=/", ["a=red", "b=blue; Path=/"]),
    # A nameless cookie could as well be the rest of a value.
    ("a=1, nameless, b=2", ["a=1, nameless", "b=2"]),
    # Blanks around the name
    ("a=1 ,  b =2 , c= 3", ["a=1", "b =2", "c= 3"]),
    # Parts that are empty
    ("", []),
    (" \t", []),
    (", ,, ", []),
    (", a=1", ["a=1"]),
    (",a=1, ", ["a=1"]),
    ("a=1, , ,b=2, ,", ["a=1", "b=2"]),
    ("a=1; Path=/,,b=2; Path=/", ["a=1; Path=/", "b=2; Path=/"]),
]


@pytest.mark.parametrize(("text", "headers"), SPLIT)
def test_a_text_with_several_readings_has_the_documented_one(
    text: str, headers: "list[str]"
) -> None:
    assert split_set_cookie(text) == headers


joined = st.lists(
    st.builds(
        dump_cookie,
        cookie_names,
        cookie_values,
        max_age=st.none() | st.integers(0, 10**6),
        expires=st.none() | st.datetimes(datetime.datetime(1970, 1, 1)),
        path=st.sampled_from([None, "/", "/a/b", "/x,", "/,y=z", "/ \u20ac, a"]),
        domain=st.sampled_from([None, "example.com"]),
        secure=st.booleans(),
        samesite=st.sampled_from([None, "Lax", "None"]),
        max_size=st.just(0),
        quoting=st.sampled_from(["octal", "percent"]),
    )
    | st.builds(delete_cookie, cookie_names),
    max_size=6,
)


@given(joined)
@pytest.mark.filterwarnings("ignore::cookiecodec.CookieWarning")
def test_what_dump_cookie_writes_is_split_as_it_was_joined(headers: "list[str]") -> None:
    """One header alone excepted, if a comma without a blank in its path starts a name."""
    assume(len(headers) != 1 or ",y=z" not in headers[0])
    assert split_set_cookie(", ".join(headers)) == headers


@given(native_headers | set_cookie_headers | any_text)
def test_no_text_makes_splitting_fail(text: str) -> None:
    parts = split_set_cookie(text)
    native = set_cookie.native_string(text)
    assert all(part and part == part.strip(" \t") for part in parts)
    left = 0
    for part in parts:  # in their order, and nothing but commas and blanks is gone
        at = native.index(part, left)
        assert not native[left:at].strip(" \t,")
        left = at + len(part)
    assert not native[left:].strip(" \t,")


def test_splitting_takes_octets_or_text_only() -> None:
    with pytest.raises(TypeError, match="must be str or bytes, not list"):
        split_set_cookie(["a=b"])  # type: ignore[arg-type]


@pytest.mark.slow
def test_splitting_takes_linear_time() -> None:
    """Half a megabyte of any input finishes."""
    for piece in (
        ",",
        " ",
        ", ",
        ",a",
        ', "',
        '="',
        '="\\',
        '="x',
        "= ",
        "; ,a",
        ", a=",
        '="x",',
    ):
        split_set_cookie("a=b" + piece * (5 * 10**5 // len(piece)))


def test_reading_takes_linear_time() -> None:
    """A megabyte of any input finishes, and the cache stays bounded."""
    for piece in (
        ";",
        "=",
        " ",
        "\t",
        ",",
        "a=b;",
        "; Path=/",
        ";Expires=1 ",
        ";a\xa0",
        "\x85",
    ):
        parse_set_cookie("a=b" + piece * (10**6 // len(piece)))
    for number in range(3000):
        parse_set_cookie(f"a=b; Path=/{number}; x{number}; Expires={number} Jan 2020 1:2:3")
    assert len(set_cookie._cache) <= set_cookie._CACHE_LIMIT
    assert max(map(len, set_cookie._cache)) <= set_cookie._CACHED_CHARACTERS
