"""Compatibility with Werkzeug, Django, `http.cookies`, Starlette, and Tornado."""

import datetime
import http.cookies
import inspect
import sys
import unicodedata
import warnings
from typing import Any

import pytest
from hypothesis import assume, given, strategies as st

import cookiecodec
from cookiecodec import CookieError, delete_cookie, dump_cookie, parse_cookie
from cookiecodec._core import hosts

from ..support.grammar import AV_VALUE
from ..support.peers import peer
from ..support.strategies import cookie_names, cookie_values

werkzeug_http = peer("werkzeug.http")
werkzeug_response = peer("werkzeug.wrappers").Response
django_cookie = peer("django.http.cookie")
starlette_requests = peer("starlette.requests")
tornado_httputil = peer("tornado.httputil")
idna = peer("idna")

pytestmark = [
    pytest.mark.interop,
    pytest.mark.filterwarnings("ignore::cookiecodec.CookieWarning"),
    pytest.mark.filterwarnings("ignore:The .* cookie is too large"),
]

# --- Werkzeug: the same bytes for every input that gives a valid header ---------------

# Werkzeug writes 0x1A to 0x1F raw, which browsers refuse.
values = st.one_of(
    cookie_values, st.text(max_size=40, alphabet=st.characters(exclude_categories=["Cs"]))
).filter(lambda value: not set(value) & set("\x1a\x1b\x1c\x1d\x1e\x1f"))
_label_end = st.text("abcXYZ019_", min_size=1, max_size=5)
labels = st.one_of(
    st.builds("{}-{}".format, _label_end, _label_end),
    _label_end,
    st.text("aüñé日本κ", min_size=1, max_size=8),
)
domains = st.builds(
    lambda dots, parts, dot, port: dots + ".".join(parts) + dot + port,
    st.sampled_from(["", ".", ".."]),
    st.lists(labels, min_size=1, max_size=4),
    st.sampled_from(["", "."]),
    st.sampled_from(["", ":", ":80", ":8080"]),
)
# Seconds in the years 1 to 9999, with a margin for rounding and the clock.
seconds = st.integers(-62135596800 + 5, 253402300799 - 5)
moments = st.one_of(
    st.none(),
    seconds,
    # Werkzeug rounds to microseconds before it drops the fraction.
    st.builds(
        lambda whole, half: whole + half / 2, st.integers(-(2**35), 2**37), st.integers(0, 1)
    ),
    st.datetimes(),
    st.datetimes(
        datetime.datetime(2, 1, 1),
        datetime.datetime(9998, 12, 31),
        timezones=st.integers(-1439, 1439).map(
            lambda minutes: datetime.timezone(datetime.timedelta(minutes=minutes))
        ),
    ),
    st.dates(),
    st.from_regex(AV_VALUE, fullmatch=True).filter(bool),
)
scopes = {
    "path": st.one_of(
        st.none(), st.text(max_size=20, alphabet=st.characters(exclude_categories=["Cs"]))
    ),
    "domain": st.one_of(st.none(), domains),
    "secure": st.booleans(),
    "httponly": st.booleans(),
    "samesite": st.sampled_from([None, "Strict", "lax", "NONE", "sTrIcT"]),
    "partitioned": st.booleans(),
}


POSITIONAL = list(inspect.signature(werkzeug_http.dump_cookie).parameters)


@given(
    key=cookie_names,
    value=values,
    max_age=st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1), st.timedeltas()),
    expires=moments,
    sync_expires=st.just(False),
    max_size=st.integers(0, 5000),
    **scopes,
)
def test_dump_cookie_writes_the_same_bytes_as_werkzeug(**arguments: Any) -> None:
    assert dump_cookie(**arguments) == werkzeug_http.dump_cookie(**arguments)
    positional = [arguments[name] for name in POSITIONAL]
    assert dump_cookie(*positional) == werkzeug_http.dump_cookie(*positional)


@given(st.integers(-62135596800 // 2, 253402300799 // 2))
def test_max_age_adds_the_same_expires_as_in_werkzeug(max_age: int) -> None:
    before = werkzeug_http.dump_cookie("k", "v", max_age)
    header = dump_cookie("k", "v", max_age)
    assert header in (before, werkzeug_http.dump_cookie("k", "v", max_age))


@given(key=cookie_names, **scopes)
def test_delete_cookie_writes_the_same_bytes_as_werkzeug(key: str, **scope: Any) -> None:
    scope = {**scope, "path": scope["path"] or "/"}
    response = werkzeug_response()
    response.delete_cookie(key, **scope)
    assert [delete_cookie(key, **scope)] == response.headers.getlist("Set-Cookie")


def test_the_size_warning_has_the_words_of_werkzeug() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        werkzeug_http.dump_cookie("k", "x" * 5000)
        dump_cookie("k", "x" * 5000)
    theirs, ours = (str(item.message) for item in caught)
    for words in ("The 'k' cookie is too large: ", " bytes, but the limit is 4093 bytes."):
        assert words in ours
        assert words.replace(",", "") in theirs


# --- Each library reads what the other writes -----------------------------------------


@given(cookie_names, values)
def test_werkzeug_and_cookiecodec_read_each_other(key: str, value: str) -> None:
    theirs = werkzeug_http.dump_cookie(key, value, path=None)
    ours = dump_cookie(key, value, path=None)
    assert parse_cookie(theirs) == {key: value}
    assert werkzeug_http.parse_cookie(ours).to_dict() == {key: value}


def morsel(key: str, value: str) -> str:
    """Return what `http.cookies` writes, and therefore Django."""
    cookies: http.cookies.SimpleCookie = http.cookies.SimpleCookie()
    cookies[key] = value
    return cookies[key].OutputString()


# http.cookies writes a character up to U+00FF as one octet, not as UTF-8.
ascii_values = values.filter(str.isascii)


@given(cookie_names, ascii_values)
def test_http_cookies_and_cookiecodec_read_each_other(key: str, value: str) -> None:
    try:
        theirs = morsel(key, value)
    except http.cookies.CookieError:
        # It refuses some names, and since CVE-2026-0672 control characters.
        assume(False)
    assert parse_cookie(theirs) == {key: value}
    ours: http.cookies.SimpleCookie = http.cookies.SimpleCookie()
    try:
        ours.load(dump_cookie(key, value, path=None))
    except http.cookies.CookieError:
        assume(False)
    if (
        key.lower()
        not in (
            "version",
            "path",
            "comment",
            "domain",
            "secure",
            "expires",
            "max-age",
            "httponly",
            "samesite",
            "partitioned",
        )
        and key[0] != "$"
    ):
        assert {name: item.value for name, item in ours.items()} == {key: value}


@pytest.mark.parametrize(
    "read",
    [
        django_cookie.parse_cookie,
        starlette_requests.cookie_parser,
        tornado_httputil.parse_cookie,
    ],
    ids=["django", "starlette", "tornado"],
)
@given(st.dictionaries(cookie_names, values, max_size=5))
def test_django_starlette_and_tornado_read_cookiecodec(
    read: Any, cookies: "dict[str, str]"
) -> None:
    header = "; ".join(dump_cookie(key, value, path=None) for key, value in cookies.items())
    # They decode each octet as one character, so that UTF-8 is read as latin-1.
    assert read(header) == {k: v.encode().decode("latin-1") for k, v in cookies.items()}


@given(cookie_names, ascii_values)
def test_cookiecodec_reads_django(key: str, value: str) -> None:
    cookies = django_cookie.SimpleCookie()
    try:
        cookies[key] = value
    except http.cookies.CookieError:
        assume(False)
    assert parse_cookie(cookies[key].OutputString()) == {key: value}


def test_a_latin_1_octet_from_http_cookies_reads_as_u_fffd() -> None:
    """`http.cookies` itself reads é. Here, an octet that is not UTF-8 reads as U+FFFD."""
    try:
        theirs = morsel("k", "é")
    except http.cookies.CookieError:  # pragma: no cover
        pytest.skip("this http.cookies refuses the value")
    assert theirs == r'k="\351"'
    assert parse_cookie(theirs) == {"k": "\ufffd"}


# --- UTS 46 and IDNA 2003 -----------------------------------------------------------------


def browsers_label(label: str) -> "str | None":
    """Return the A-label that browsers use (UTS 46, nontransitional), or None if invalid."""
    try:
        text = str(idna.uts46_remap(label, std3_rules=False))
    except idna.IDNAError:
        return None
    return text if text.isascii() else "xn--" + text.encode("punycode").decode("ascii")


def registrable(a_label: str) -> bool:
    """Whether the label is valid in IDNA 2008, so that somebody may own it."""
    try:
        idna.ulabel(a_label)
    except idna.IDNAError:
        return False
    return True


def test_no_character_makes_another_domain_of_a_label() -> None:
    """Compare IDNA 2003 in the standard library with UTS 46, for every character.

    A character is refused if the two give different labels and somebody may own the label
    of the standard library: `straße` is not `strasse`.
    """
    refused = []
    for code in range(0x80, sys.maxunicode + 1):
        char = chr(code)
        if unicodedata.category(char) == "Cs":
            continue
        try:
            written = dump_cookie("k", domain=f"a{char}b", path=None)[len("k=; Domain=") :]
        except CookieError:
            if char in hosts.DEVIATIONS:
                refused.append(char)
            continue
        wanted = browsers_label(f"a{char}b")
        if wanted != written:
            assert written.startswith("xn--"), ascii(char)
            assert wanted is None or not registrable(written), ascii(char)
    assert refused == sorted(hosts.DEVIATIONS)


def test_dump_cookie_has_the_parameters_of_werkzeug() -> None:
    theirs = inspect.signature(werkzeug_http.dump_cookie).parameters
    ours = inspect.signature(cookiecodec.dump_cookie).parameters
    assert list(ours)[: len(theirs)] == list(theirs)
    for name, parameter in theirs.items():
        assert ours[name].default == parameter.default
    assert list(ours)[len(theirs) :] == ["quoting"]
