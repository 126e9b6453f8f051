"""Known vulnerabilities of cookie libraries, one test each, named after their CVE or issue.

Each docstring says which library was affected, and what went wrong. The inputs are the
published ones, if there are any, or follow the description.
"""

import time
import warnings
from typing import Any, Callable

import pytest

from cookiecodec import (
    CookieError,
    CookieJar,
    CookieRejectedWarning,
    CookieSizeWarning,
    check_cookie_header,
    delete_cookie,
    dump_cookie,
    dump_cookie_chunks,
    explain_set_cookie,
    format_cookie_date,
    parse_cookie,
    parse_cookie_pairs,
    parse_set_cookie,
)

INJECTIONS = [
    "; HttpOnly",
    "\r\nSet-Cookie: x=1",
    "\n",
    "\r",
    "\0",
    "\x0b",
    "\x1a",
    "\x1f",
    "\x7f",
]


def refused(call: "Callable[[], object]", part: str) -> None:
    with pytest.raises(CookieError) as caught:
        call()
    assert caught.value.part == part


# --- reading: names that are taken for other names -----------------------------------


def test_cve_2023_23934_werkzeug_nameless_cookie() -> None:
    """Werkzeug before 2.2.3 read `=__Host-test=bad` as `__Host-test`: a browser keeps
    a nameless cookie from a sibling host, and applies no prefix rule to it."""
    assert parse_cookie("=__Host-test=bad") == {}
    assert parse_cookie("==__Host-test=bad; __Host-test=good") == {"__Host-test": "good"}


def test_werkzeug_pull_1965_quoted_prefix_names() -> None:
    """Werkzeug before 2.0 unquoted names: `"__Host-id"` was read as `__Host-id`."""
    assert parse_cookie('"__Host-id"=evil; "__Secure-id"=evil; __Host-id=good') == {
        '"__Host-id"': "evil",
        '"__Secure-id"': "evil",
        "__Host-id": "good",
    }


@pytest.mark.parametrize("quoting", ["octal", "percent", "none"])
def test_cve_2020_8184_rack_and_cve_2020_7070_php_decoded_names(quoting: Any) -> None:
    """Rack before 2.2.3 and PHP before 7.4.11 percent-decoded names: `__%48ost-foo`
    became `__Host-foo`. So did ASP.NET Core (CVE-2020-1045), Ruby's cgi (CVE-2021-41819),
    and ReactPHP (CVE-2022-36032)."""
    header = "__%48ost-foo=evil; __%53ecure-foo=evil; %5F%5FHost-foo=evil"
    assert set(parse_cookie(header, quoting=quoting)) == {
        "__%48ost-foo",
        "__%53ecure-foo",
        "%5F%5FHost-foo",
    }


def test_cve_2022_31629_and_cve_2024_2756_php_rewritten_names() -> None:
    """PHP replaces characters that variable names can't have with `_`: `..Host-test` and,
    after the fix, `_[Host-x` became `__Host-...`."""
    header = "..Host-test=evil; _[Host-x=evil;  _ Host-y=evil"
    assert list(parse_cookie(header)) == ["..Host-test", "_[Host-x", "_ Host-y"]


@pytest.mark.parametrize("space", ["\u2000", "\u0085", "\u00a0", "\u3000", "\u001c", "\u000b"])
def test_white_space_before_a_prefix(space: str) -> None:
    """ "Cookie Chaos" (PortSwigger, 2025): a browser trims spaces and tabs only, so it sees
    no prefix after other white space. `str.strip` on the server, as in Django, reveals
    the prefix. Hono had the same problem with U+00A0 (CVE-2026-39410)."""
    text = f"{space}__Host-name=evil; __Host-name=good"
    for header in (text.encode(), text, text.encode().decode("latin-1")):
        cookies = parse_cookie(header)
        assert list(cookies.values()) == ["evil", "good"]
        assert cookies["__Host-name"] == "good"
    # A single 0x85 or 0xA0 is not UTF-8, but is white space in latin-1.
    assert parse_cookie(b"\x85__Host-a=evil; \xa0__Host-b=evil") == {
        "\x85__Host-a": "evil",
        "\xa0__Host-b": "evil",
    }


def test_two_names_with_invalid_utf8_stay_different() -> None:
    """If names were decoded with U+FFFD, both of these would be the same key."""
    assert parse_cookie(b"id\xfe=evil; id\xff=good") == {"id\xfe": "evil", "id\xff": "good"}


# --- reading: where a cookie ends -----------------------------------------------------


def test_cookie_sandwich() -> None:
    """PortSwigger, 2025: an opening and a closing quote in two cookies made RFC 2109
    parsers read everything between them as one value, including an HttpOnly session.
    Jetty had the same problem (CVE-2023-26049)."""
    assert parse_cookie('$Version=1; param1="start; sessionId=secret; param2=end"') == {
        "$Version": "1",
        "param1": '"start',
        "sessionId": "secret",
        "param2": 'end"',
    }
    assert parse_cookie('DISPLAY_LANGUAGE="b; JSESSIONID=1337; c=d"')["JSESSIONID"] == "1337"


def test_phantom_version_cookie() -> None:
    """PortSwigger, 2024: `$Version` switched servers to another grammar, with escapes and
    with commas between cookies, which bypassed filters."""
    assert parse_cookie(r'$Version=1; foo=bar, abc = qux; e="\e\v\a\l"; $Path=/') == {
        "$Version": "1",
        "foo": "bar, abc = qux",
        "e": "eval",
        "$Path": "/",
    }


def test_a_cookie_starts_only_after_a_semicolon() -> None:
    """ "Cookie Bugs" (Ankur Sundara): Python's SimpleCookie, Zope and Undertow
    (CVE-2023-4639) started a new cookie after a space, a comma, or a closing quote."""
    assert parse_cookie('a=b csrftoken=evil; c="d"csrftoken=evil; e=f,csrftoken=evil') == {
        "a": "b csrftoken=evil",
        "c": '"d"csrftoken=evil',
        "e": "f,csrftoken=evil",
    }


@pytest.mark.parametrize(
    ("header", "kept"),
    [
        ("a=b; Vendor ID=x; sessionid=abc", {"a": "b", "Vendor ID": "x"}),  # 75637
        ('a1={"b":c}; sessionid=abc', {"a1": '{"b":c}'}),  # 92936
        ("a=b; c=d\td; sessionid=abc", {"a": "b", "c": "d\td"}),  # 127195
        ('a=b; c={"d":"e"}; sessionid=abc', {"a": "b", "c": '{"d":"e"}'}),  # 127195
        ("a=b; /a/b=1; sessionid=abc", {"a": "b", "/a/b": "1"}),  # 157694
        ("a=\x01; \x02=b; sessionid=abc", {"a": "\x01", "\x02": "b"}),
    ],
)
def test_cpython_75637_92936_127195_one_unusual_cookie(
    header: str, kept: "dict[str, str]"
) -> None:
    """`http.cookies.SimpleCookie` drops the whole header, or the rest of it, at the first
    unusual cookie, which logs the user out."""
    assert parse_cookie(header) == {**kept, "sessionid": "abc"}


# --- reading: resource exhaustion -----------------------------------------------------


@pytest.mark.parametrize("escape", [r"\\", r"\"", r"\134", r"\a", r"\400", "\\"])
def test_cve_2024_7592_http_cookies_and_cve_2024_52804_tornado_quadratic_unquoting(
    escape: str,
) -> None:
    """http.cookies, and Tornado before 6.4.2, searched the rest of the value at each
    escape. A million escapes would take hours; `test_codec.py` counts the steps."""
    value = parse_cookie('a="b=' + escape * 10**6 + '"')["a"]
    assert value.startswith("b=")
    assert len(value) >= 10**6 // 2


def test_cve_2025_58186_go_too_many_cookies() -> None:
    """Go's net/http before 1.25.2 allocated for each `a=;` of a header of 1 MB. Here they
    are one entry, and `check_cookie_header` warns about them."""
    header = "a=;" * 300_000
    assert parse_cookie(header) == {"a": ""}
    with pytest.warns(CookieSizeWarning):
        assert check_cookie_header(header) == len(header)


@pytest.mark.parametrize("read", [parse_cookie, parse_cookie_pairs])
def test_cve_2025_69230_aiohttp_a_warning_for_each_cookie(
    read: "Callable[[str], object]", recwarn: pytest.WarningsRecorder
) -> None:
    """aiohttp before 3.13.3 logged each invalid cookie: a header could flood the log.
    emmett-core raised an exception, which caused a status 500 (CVE-2026-25577)."""
    read("; ".join(f"\x01{n}\x7f=\x00" for n in range(10_000)))
    assert len(recwarn) == 0


# --- writing: injection ---------------------------------------------------------------


@pytest.mark.parametrize("injected", INJECTIONS, ids=ascii)
def test_cve_2024_47764_npm_cookie_injection(injected: str) -> None:
    """cookie before 0.7.0 allowed `;` in name, path, and domain. cowlib allows CR LF and `;`
    in names and values (CVE-2026-43969). Hono allowed them in SameSite (CVE-2026-47675)."""
    refused(lambda: dump_cookie(f"userName{injected}=1; a", "v"), "name")
    refused(lambda: dump_cookie("k", domain=f"a.test{injected}"), "domain")
    refused(lambda: dump_cookie("k", samesite=f"Lax{injected}"), "samesite")  # type: ignore[arg-type]
    refused(
        lambda: dump_cookie("k", expires=f"Thu, 01 Jan 1970 00:00:00 GMT{injected}"), "expires"
    )
    header = dump_cookie("k", injected, path=f"/{injected}")
    assert header.count(";") == 1
    assert header.isprintable()


def test_cve_2024_47764_as_published() -> None:
    name = "userName=<script>alert('XSS3')</script>; Max-Age=2592000; a"
    refused(lambda: dump_cookie(name, "v"), "name")


@pytest.mark.parametrize("injected", INJECTIONS, ids=ascii)
def test_cve_2026_3644_http_cookies_control_characters(injected: str) -> None:
    """http.cookies wrote control characters in attributes unescaped (CVE-2026-0672), then
    had ways around the check (CVE-2026-3644, and CVE-2026-16052 for `;`). Tornado before
    6.5.5 wrote those in domain, path, and samesite (CVE-2026-35536). Here, deletions and
    chunks pass the same checks."""
    refused(lambda: delete_cookie("k", domain=f"a.test{injected}"), "domain")
    refused(lambda: delete_cookie("k", samesite=f"Lax{injected}"), "samesite")  # type: ignore[arg-type]
    refused(lambda: delete_cookie(f"k{injected}"), "name")
    refused(lambda: dump_cookie_chunks("k", "v" * 5000, domain=f"a.test{injected}"), "domain")
    refused(lambda: dump_cookie_chunks(f"k{injected}", "v"), "name")
    for header in (
        delete_cookie("k", f"/{injected}"),
        *dump_cookie_chunks("k", (injected * 1500)[:1500], path=f"/{injected}"),
    ):
        assert header.isprintable()


@pytest.mark.parametrize("injected", INJECTIONS, ids=ascii)
@pytest.mark.parametrize("quoting", ["octal", "percent"])
def test_cve_2026_43969_cowlib_values(injected: str, quoting: Any) -> None:
    """cow_cookie:cookie/1 joins names and values without a check: `; admin=1` in a value
    becomes another cookie, and CR LF another request."""
    pair = dump_cookie("k", f"v{injected}; admin=1", path=None, quoting=quoting)
    assert parse_cookie(pair, quoting=quoting) == {"k": f"v{injected}; admin=1"}
    assert ";" not in pair
    assert pair.isprintable()
    refused(lambda: dump_cookie("k", f"v{injected}; admin=1", quoting="none"), "value")


def test_werkzeug_raw_control_characters() -> None:
    """Werkzeug 3.1 writes 0x1A to 0x1F in values unescaped; browsers refuse the header."""
    assert dump_cookie("k", "\x19\x1a\x1f", path=None) == r'k="\031\032\037"'


@pytest.mark.parametrize(
    "domain", ["a\uff1bb.test", "a.test\uff0fx", "a\uff1dh.test", "\u2024test", "a\u2100b"]
)
def test_a_fullwidth_semicolon_in_a_domain(domain: str) -> None:
    """IDNA 2003 maps U+FF1B to `;`. If only the text before conversion is checked, the
    domain can contain an attribute: Werkzeug 3.1 writes `Domain=a;b.test`."""
    refused(lambda: dump_cookie("k", domain=domain), "domain")


@pytest.mark.parametrize("domain", ["straße.de", "STRASSE\u1e9e.de", "faß.de", "βόλος.com"])
def test_a_domain_that_belongs_to_another_owner(domain: str) -> None:
    """Python's IDNA 2003 converts `straße.de` to `strasse.de`, but browsers convert it to
    `xn--strae-oqa.de`. The two domains may have different owners."""
    refused(lambda: dump_cookie("k", domain=domain), "domain")
    assert "Domain=xn--strae-oqa.de" in dump_cookie("k", domain="xn--strae-oqa.de")


@pytest.mark.parametrize("char", ["ü", "\u1100", "\u0660", "\ufdfa"])
def test_cve_2022_45061_quadratic_idna(char: str) -> None:
    """Python's IDNA codec, before 3.11.1, took minutes for a long label. The package idna
    had CVE-2024-3651 and CVE-2026-45409. The length is checked before the conversion."""
    refused(lambda: dump_cookie("k", domain=char * 10**6), "domain")
    refused(lambda: dump_cookie("k", domain="xn--016c" + "a" * 10**6), "domain")
    refused(lambda: dump_cookie("k", domain="xn--016c" + char * 10**6), "domain")


@pytest.mark.parametrize("huge", [10**100_000, -(10**100_000)], ids=["+", "-"])
def test_cve_2020_10735_quadratic_int(huge: int) -> None:
    """Converting a huge integer to decimal takes quadratic time, and raises an exception
    over 4300 digits. A number is checked before it is written, and the message omits it."""
    refused(lambda: dump_cookie("k", max_age=huge), "max_age")
    refused(lambda: dump_cookie("k", expires=huge), "expires")
    refused(lambda: format_cookie_date(huge), "expires")
    huge_year: Any = time.struct_time((huge, 1, 1, 0, 0, 0, 0, 0, 0))
    refused(lambda: dump_cookie("k", expires=huge_year), "expires")


# --- the user agent's side: cookies that go to the wrong host -----------------------------


def kept(header: str, url: str) -> bool:
    return CookieJar().receive(header, url).accepted


def test_cve_2014_3613_curl_parts_of_ip_addresses() -> None:
    """curl before 7.38.0 treated the end of an IP address as a domain: the server at
    129.168.0.1 could set cookies for 168.0.1, which 192.168.0.1 then received."""
    for domain in ("168.0.1", "0.1", "1", ".168.0.1", "192.168.0.1"):
        assert not kept(f"a=b; Domain={domain}", "http://129.168.0.1/")
    jar = CookieJar()
    assert jar.receive("a=b; Domain=129.168.0.1", "http://129.168.0.1/").accepted
    assert jar.cookie_header("http://1.129.168.0.1/") == ""
    assert jar.cookie_header("http://168.0.1/") == ""


def test_ip_addresses_in_unusual_notations() -> None:
    """Every notation of `inet_aton` is valid in a URL, but only one is valid in Domain."""
    jar = CookieJar()
    assert jar.receive("a=b", "http://0x7f.0.0.1/").accepted
    for host in ("127.0.0.1", "127.1", "2130706433", "0177.1", "0x7F000001", "127.0.0.1."):
        assert jar.cookie_header(f"http://{host}/") == "a=b"
        assert kept(f"a=b; Domain={host}", "http://127.0.0.1/") == (host == "127.0.0.1")
    assert jar.cookie_header("http://127.0.0.1.test/") == ""


def test_cve_2016_8625_curl_idna_2003() -> None:
    """curl before 7.51.0 converted host names by IDNA 2003: `straße.de` became another
    owner's `strasse.de`. Here it is not a valid host."""
    jar = CookieJar()
    assert jar.receive("a=b; Domain=strasse.de", "https://strasse.de/").accepted
    assert jar.cookie_header("https://straße.de/") == ""
    assert not kept("a=b", "https://straße.de/")
    assert kept("a=b", "https://bücher.de/")


def test_cve_2022_27779_curl_trailing_dot() -> None:
    """curl 7.82 and 7.83 without a public suffix list looked for a dot in Domain, and
    accepted the one in `me.`: any such site could set cookies for all of them."""
    assert not kept("a=b; Domain=me.", "http://example.me./")
    assert not kept("a=b; Domain=.me.", "http://example.me./")
    assert kept("a=b; Domain=example.me.", "http://www.example.me./")
    jar = CookieJar(is_public_suffix="co.uk".__eq__)
    assert not jar.receive("a=b; Domain=co.uk.", "http://curl.co.uk./").accepted


def test_cve_2023_46218_curl_mixed_case_public_suffix() -> None:
    """curl before 8.5.0 did not convert Domain to lower case, so its list had no `co.UK`."""
    jar = CookieJar(is_public_suffix="co.uk".__eq__)
    for domain in ("co.UK", "CO.uk", ".Co.Uk"):
        assert not jar.receive(f"a=b; Domain={domain}", "https://curl.co.uk/").accepted
    assert jar.cookie_header("https://other.co.uk/") == ""


def test_without_a_list_a_single_label_is_a_public_suffix() -> None:
    """`Domain=com` would be for every site in .com."""
    for domain in ("com", ".com", "COM", "com."):
        assert not kept(f"a=b; Domain={domain}", "https://example.com/")
    assert kept("a=b; Domain=localhost", "http://localhost/")
    jar = CookieJar()
    assert jar.receive("a=b; Domain=localhost", "http://localhost/").accepted
    assert [cookie.host_only for cookie in jar] == [True]


def test_urls_on_which_parsers_disagree() -> None:
    """`http://good.test\\@evil.test/` is good.test for one parser, evil.test for another."""
    jar = CookieJar()
    jar.receive("a=b", "https://good.test/")
    for url in (
        "https://good.test\\@evil.test/",
        "https://evil.test\\@good.test/",
        "https://good.test\t.evil.test/",
        "https://good.test\r\n/",
        " https://good.test/",
        "https:\\\\good.test/",
        "https:/good.test/",
        "https://good%2etest/",
    ):
        assert jar.cookie_header(url) == ""
        assert not jar.receive("c=d", url).accepted
    assert jar.cookie_header("https://good.test@evil.test/") == ""


# --- the user agent's side: what is sent and saved ----------------------------------------


def test_cve_2022_35252_curl_control_codes() -> None:
    """curl before 7.85.0 kept cookies with control codes. Servers answer them with status
    400, so that a sibling site could lock users out."""
    for code in [*range(9), *range(10, 32), 127]:
        for header in (f"a=b{chr(code)}", f"a{chr(code)}=b", f"a=b; x={chr(code)}"):
            assert parse_set_cookie(header) is None
            assert not kept(header, "https://example.com/")


def test_host_only_cookies_loaded_from_a_file() -> None:
    """A jar that writes or reads the second field incorrectly sends a host's cookies to all
    of its subdomains."""
    jar = CookieJar()
    jar.receive("a=b; Path=/", "https://example.com/")
    with pytest.warns(CookieRejectedWarning, match="dot before the host"):
        dotted = CookieJar.from_cookies_txt(".example.com\tFALSE\t/\tFALSE\t0\ta\tb")
    for loaded in (
        CookieJar.from_cookies_txt(jar.to_cookies_txt()),
        CookieJar.from_json(jar.to_json()),
        dotted,
    ):
        assert loaded.cookie_header("https://example.com/") == "a=b"
        assert loaded.cookie_header("https://www.example.com/") == ""


def test_a_tab_in_a_name_written_to_cookies_txt() -> None:
    """A tab would add fields, and a character that Python treats as a line end, a line."""
    evil = "a\tb\x85.com\tTRUE\t/\tFALSE\t0\tsid\tevil"
    jar = CookieJar()
    assert jar.receive(f"{evil}=x", "https://example.com/").accepted
    assert jar.receive("c=d\xe2\x80\xa8.com\xc2\x85TRUE", "https://example.com/").accepted
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        text = jar.to_cookies_txt()
    loaded = CookieJar.from_cookies_txt(text)
    assert [cookie.name for cookie in loaded] == ["c"]
    assert {cookie.domain for cookie in loaded} == {"example.com"}


def test_a_planted_cookie_file() -> None:
    """A file can't contain a cookie that a response could not set."""
    with pytest.warns(CookieRejectedWarning, match=r"left out \(3\)"):
        jar = CookieJar.from_cookies_txt(
            ".co.uk\tTRUE\t/\tFALSE\t0\ta\tb\n"
            "example.com\tFALSE\t/\tFALSE\t0\t__Secure-a\tb\n"
            ".example.com\tTRUE\t/\tTRUE\t0\t__Host-a\tb\n",
            is_public_suffix={"com", "co.uk"}.__contains__,
        )
    assert len(jar) == 0


def test_terminal_escapes_in_an_explained_header() -> None:
    """Every message is printable ASCII. The command line escapes everything else."""
    for header in ("a=b\x1b[2J", "\x9b31m=b; Path=\x9b; Expires=\x9b; \x9b=x", "a=\u202e"):
        for finding in explain_set_cookie(header, "https://example.com/\x1b[2J").findings:
            assert (finding.message + finding.code).isprintable()
            assert finding.message.isascii()


def test_insecure_responses_do_not_change_secure_cookies() -> None:
    """A network attacker on plain http could overlay, evict, or expire a site's cookies."""
    jar = CookieJar(max_per_host=5)
    jar.receive("sid=good; Path=/; Secure", "https://example.com/")
    for header in ("sid=evil; Path=/", "sid=; Path=/; Max-Age=0", "sid=evil; Path=/x"):
        assert not jar.receive(header, "http://example.com/").accepted
        assert not jar.receive(header, "http://www.example.com/").accepted
    for number in range(50):
        jar.receive(f"filler{number}=x; Path=/", "http://example.com/")
    assert "sid=good" in jar.cookie_header("https://example.com/")
