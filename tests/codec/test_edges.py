"""Edge cases of the codec from bug reports, each with a typical value."""

import datetime
import os
import subprocess
import sys
import time
import warnings
from typing import Any

import pytest

from cookiecodec import (
    CookieIgnoredWarning,
    CookieJar,
    CookieRejectedWarning,
    SetCookie,
    codec,
    dump_cookie,
    explain_set_cookie,
    parse_set_cookie,
)

SOON = datetime.datetime(2027, 6, 9, 10, 18, 14, tzinfo=datetime.timezone.utc)


@pytest.mark.parametrize("text", [SOON.isoformat(), str(SOON), "3600", "tomorrow", "", "GMT"])
def test_an_expires_text_that_is_not_a_date_warns(text: str) -> None:
    with pytest.warns(CookieIgnoredWarning) as caught:
        assert dump_cookie("k", expires=text).startswith(f"k=; Expires={text}; ")
    warning = caught[0].message
    assert isinstance(warning, CookieIgnoredWarning)
    assert (warning.name, warning.code) == ("k", "expires-invalid")


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "text",
    [
        "Wed, 09 Jun 2027 10:18:14 GMT",
        "Wednesday, 09-Jun-27 10:18:14 GMT",
        "9 Jun 2027",  # for Firefox
        "12 Aug 2027 10:18:14 x",
    ],
)
def test_an_expires_text_that_a_browser_reads_does_not_warn(text: str) -> None:
    dump_cookie("k", expires=text)
    dump_cookie("k", expires="tomorrow", max_age=5)  # Max-Age has precedence


@pytest.mark.parametrize(
    ("domain", "code"),
    [
        ("com", "domain-public-suffix"),
        (".com", "domain-public-suffix"),
        ("intranet:8000", "domain-public-suffix"),
        ("10.0.0.256", "domain-invalid"),
        ("1.2.3", "domain-invalid"),
        ("1.2.3.4.5", "domain-invalid"),
        ("1.2.3.04", "domain-invalid"),
        ("a.0xFF", "domain-invalid"),
        ("example.1.", "domain-invalid"),
    ],
)
def test_a_domain_that_browsers_refuse_warns(domain: str, code: str) -> None:
    with pytest.warns(CookieRejectedWarning) as caught:
        dump_cookie("k", domain=domain)
    warning = caught[0].message
    assert isinstance(warning, CookieRejectedWarning)
    assert warning.code == code
    assert not explain_set_cookie(f"a=b; Domain={domain}", "https://www.example.com/").accepted


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "domain", ["example.com", "1.2.3.4", "255.0.0.1", "localhost", "0x.example", "4.example."]
)
def test_a_valid_domain_does_not_warn(domain: str) -> None:
    dump_cookie("k", domain=domain)


class Caseless(str):
    """Equal to every text that differs in case only."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, str) and self.lower() == other.lower()

    def __hash__(self) -> int:
        return hash(self.lower())


class Equal(str):
    """Equal to everything."""

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return hash("Lax")


def test_options_that_are_equal_but_different_are_not_mixed_up() -> None:
    assert dump_cookie(Caseless("sid"), path=Caseless("/A")) == "sid=; Path=/A"
    assert dump_cookie(Caseless("SID"), path=Caseless("/a")) == "SID=; Path=/a"
    assert dump_cookie("sid", path="/a") == "sid=; Path=/a"
    assert dump_cookie("k", samesite="Lax").endswith("SameSite=Lax")
    strict: Any = Equal("Strict")
    assert dump_cookie("k", samesite=strict).endswith("SameSite=Strict")
    assert dump_cookie("k", samesite="Lax").endswith("SameSite=Lax")
    assert dump_cookie("k", secure=1) == "k=; Secure; Path=/"  # type: ignore[arg-type]
    assert dump_cookie("k", secure=True) == "k=; Secure; Path=/"


def test_an_option_of_another_type_is_not_cached() -> None:
    codec._cache.clear()
    codec._last.clear()
    for option in ("path", "domain", "samesite"):
        text = {"path": "/p", "domain": "d.test", "samesite": "Lax"}[option]
        dump_cookie("k", **{option: Equal(text)})  # type: ignore[arg-type]
    assert not codec._cache
    assert not codec._last


class Markup(str):
    """As in MarkupSafe: joining escapes the other string, or adds to it."""

    def __add__(self, other: object) -> str:
        raise AssertionError("joined by its own method")

    def __radd__(self, other: str) -> str:
        return f"{other}; Domain=evil.example"


def test_subclasses_are_converted_before_they_are_joined() -> None:
    texts: "dict[str, Any]" = {"path": "/p", "domain": "d.test", "samesite": "Lax"}
    marked: "dict[str, Any]" = {name: Markup(text) for name, text in texts.items()}
    cookie = SetCookie(Markup("a"), Markup("b"), **marked)
    assert cookie.to_header() == SetCookie("a", "b", **texts).to_header()


NUMBERS = [
    "a=b; Max-Age=" + "9" * 1000,
    "a=b; Max-Age=-" + "9" * 1000,
    "a=b; Expires=1 Jan 2030 0:0:" + "9" * 900,
    "a=b; Expires=" + "9" * 900 + " Jan 2030 0:0:0",
    "a=b; Domain=" + "9" * 900 + ".1",
    "a=b; Domain=0x" + "9" * 900,
    "a=b; Domain=0" + "7" * 900,
]


@pytest.mark.parametrize("limit", ["640", "0"])
def test_numbers_of_many_digits_are_read_with_any_limit_of_python(limit: str) -> None:
    code = f"""
from cookiecodec import CookieJar, explain_set_cookie, parse_set_cookie
for header in {NUMBERS!r}:
    parse_set_cookie(header)
    explain_set_cookie(header).findings
    CookieJar().receive(header, "https://example.com/").findings
    CookieJar().cookie_header("https://" + "9" * 5000 + "/")
print("read")
"""
    environment = {**os.environ, "PYTHONINTMAXSTRDIGITS": limit}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("read\n", "")


def test_a_long_number_has_the_meaning_of_a_large_one() -> None:
    cookies = [parse_set_cookie(header, now=time.time()) for header in NUMBERS[:2]]
    assert [cookie and cookie.max_age for cookie in cookies] == [34560000, -34560000]


FOLDS = [chr(number) for number in range(128, 0x110000) if chr(number).lower().isascii()]
FOLDS += [chr(n) for n in range(128, 0x110000) if chr(n).upper().isascii()]


def test_characters_that_fold_into_ascii_are_not_ascii() -> None:
    """`re.IGNORECASE` and `str.upper` map U+017F to s, and `str.lower` maps U+212A to k."""
    assert {"\u017f", "\u212a"} <= set(FOLDS)
    for char in FOLDS:
        for url in (f"http{char}://example.com/", f"w{char}://example.com/"):
            jar = CookieJar()
            jar.receive("a=b", "https://example.com/")
            assert jar.cookie_header(url) == ""
        line = f"example.com\tFAL{char}E\t/\tTRUE\t0\ta\tb\n"
        with pytest.raises(ValueError, match="line 1"):
            CookieJar.from_cookies_txt(line, strict=True)
        with pytest.raises(ValueError, match="SameSite"):
            dump_cookie("k", samesite=f"{char}trict")  # type: ignore[arg-type]


def test_a_name_prefix_is_recognized_in_ascii_only() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for char in FOLDS:
            name = f"__Ho{char}t-a".encode().decode("latin-1")
            assert parse_set_cookie(f"{name}=b") is not None
            assert CookieJar().receive(f"{name}=b", "https://example.com/").accepted
