"""Hypothesis strategies for cookies: for frameworks that fuzz their own cookie code.

Each contains a share of everything that has been a bug somewhere and, most of all, plain
valid text. `cookie_names` and `cookie_values` are for what a framework *writes*, the three
strategies of headers for what it *reads*. These are values of one header line, as native
strings (latin-1, PEP 3333): ``header.encode("latin-1")`` gives the octets. Only
`hostile_headers` may contain what no server should accept (CR, LF, NUL).

No other module of the package imports Hypothesis. `testing` has these names. Sections of
"layered" are those of draft-ietf-httpbis-layered-cookies.
"""

from __future__ import annotations

import datetime
from typing import Any
from urllib.parse import quote

from hypothesis import strategies as st

from . import codec, dates, limits
from ._core import grammar, prefixes

__all__ = ["cookie_headers", "cookie_names", "cookie_values"]
__all__ += ["hostile_headers", "set_cookie_headers"]

Text = st.SearchStrategy[str]


@st.composite
def cookie_names(draw: st.DrawFn) -> str:
    """Generate names that a server may give its cookies: tokens (layered 4.1.1).

    One in four starts with a name prefix, in any case (layered 5.4.3). Others are words that
    have a meaning elsewhere in a header (``path``, ``$Version``), or are long.

    >>> from hypothesis import given
    >>> @given(cookie_names(), cookie_values())
    ... def what_is_written_is_read(name, value):
    ...     header = codec.dump_cookie(name, value, secure=True, httponly=True, max_size=0)
    ...     assert codec.parse_cookie(header.split(";")[0]) == {name: value}
    >>> what_is_written_is_read()
    """
    return _shown_as_text(draw(_names))


@st.composite
def cookie_values(draw: st.DrawFn) -> str:
    r"""Generate values that an application may store in a cookie: any text that has UTF-8.

    Half of them are what cookies usually contain (identifiers, base64, JSON, URLs). The
    others contain separators, quotes, backslashes, escapes that must stay as they are
    (``\054``, ``%2C``), control characters, blanks at the ends, all of Unicode, or more octets
    than user agents keep (`limits.MAX_NAME_VALUE`).

    >>> from hypothesis import given
    >>> @given(cookie_values())
    ... def each_fits_a_header(value):
    ...     assert codec.dump_cookie("k", value, max_size=0).isascii()
    >>> each_fits_a_header()
    """
    return _shown_as_text(draw(_values))


@st.composite
def cookie_headers(draw: st.DrawFn) -> str:
    """Generate ``Cookie`` headers of user agents, and of careless clients (layered 4.2).

    Two in three are a valid cookie-string. The others contain what servers receive: escaped
    values, plain JSON, cookies without ``=`` or without a name, a name twice, octets of UTF-8
    and of latin-1, unusual blanks and separators, and more than
    `limits.MAX_COOKIES_PER_HOST` cookies or `limits.MAX_COOKIE_HEADER` octets.

    >>> from hypothesis import given
    >>> @given(cookie_headers())
    ... def no_cookie_is_nameless(header):
    ...     assert "" not in codec.parse_cookie(header)
    >>> no_cookie_is_nameless()
    """
    return _shown_as_text(draw(_cookie_headers))


@st.composite
def set_cookie_headers(draw: st.DrawFn) -> str:
    """Generate ``Set-Cookie`` headers of careful and of careless servers (layered 4.1).

    Two in three are a valid set-cookie-string. The others have repeated, unknown, empty or
    malformed attributes, the date formats that exist since Netscape, name prefixes without
    what they require, no name, octets of UTF-8 and of latin-1, and names, values and
    attributes around `limits.MAX_NAME_VALUE` and `limits.MAX_ATTRIBUTE_VALUE`.

    >>> from cookiecodec import parse_set_cookie
    >>> from hypothesis import given
    >>> @given(set_cookie_headers())
    ... def none_is_kept_that_is_too_large(header):
    ...     cookie = parse_set_cookie(header)
    ...     assert cookie is None or len(cookie.name + cookie.value) <= 4096
    >>> none_is_kept_that_is_too_large()
    """
    return _shown_as_text(draw(_set_cookie_headers))


@st.composite
def hostile_headers(draw: st.DrawFn) -> str:
    """Generate headers of an attacker, for readers of ``Cookie`` and of ``Set-Cookie``.

    Header injection, cookies that are mistaken for others (nameless ``=__Host-sid=1``:
    CVE-2023-23934; ``__Host-`` after a blank of Unicode), the cookie sandwich (a quote that
    is not closed), truncated quotes and escapes (CVE-2024-7592), broken UTF-8, dates and
    numbers of thousands of digits, foreign domains, and the same text a thousand times. None
    of them may raise an exception, take long, or be read under another name.

    >>> from hypothesis import given
    >>> @given(hostile_headers())
    ... def reading_never_raises(header):
    ...     codec.parse_cookie(header)
    ...     codec.parse_cookie(header.encode("latin-1"), quoting="percent")
    >>> reading_never_raises()
    """
    return _shown_as_text(draw(_hostile_headers))


# --- their parts -------------------------------------------------------------------


def _shown_as_text(text: str) -> str:
    """Return the same text, which Hypothesis then shows instead of the call that made it."""
    return "".join([text[:1], text[1:]])


def _shares(*table: tuple[int, Text]) -> Text:
    """Choose among strategies, each as often as its number says. It shrinks to the first.

    (`one_of` ignores repetitions. The inner function keeps the `repr` short.)
    """
    chosen = [strategy for share, strategy in table for _ in range(share)]

    @st.composite
    def shares(draw: st.DrawFn) -> str:
        return draw(chosen[draw(st.integers(0, len(chosen) - 1))])

    return shares()


def _fill(form: str, *parts: st.SearchStrategy[Any]) -> Text:
    return st.builds(form.format, *parts)


def _times(pieces: Text, counts: st.SearchStrategy[int]) -> Text:
    return st.builds(lambda piece, count: piece * count, pieces, counts)


def _native(text: str) -> str:
    return text.encode().decode("latin-1")


def _in_any_case(word: str) -> Text:
    cases = (str, str.upper, str.lower, str.swapcase, str.title)
    return st.sampled_from([case(word) for case in cases])


def _around(limit: int) -> st.SearchStrategy[int]:
    return st.sampled_from([limit, limit + 1, limit - 1, 2 * limit])


def _either(*texts: str, words: str = "") -> Text:
    return st.sampled_from([*words.split(), *texts])


_HEX = "0123456789abcdef"
_BASE64 = grammar.ALPHA + grammar.DIGIT + "-_"

_PREFIXES = [each.text.title() for each in reversed(prefixes.NAME_PREFIXES)]
_prefixes = st.sampled_from(_PREFIXES) | st.sampled_from(_PREFIXES).flatmap(_in_any_case)

_tokens = st.text(grammar.TCHAR, min_size=1, max_size=20)
_names = _shares(
    (9, _tokens),
    (2, _either("sid", "session", "csrftoken", "theme", "_ga", "a", "A")),
    (4, _fill("{}{}", _prefixes, _tokens)),
    (1, _either("path", "Domain", "EXPIRES", "$Version", "$Path", "__proto__", "__Host")),
    (1, _times(_tokens, st.integers(2, 60))),
)

# --- values, as text ----------------------------------------------------------------

_identifiers = st.text(_HEX, min_size=1, max_size=32) | st.text(_BASE64, max_size=60)
_plain_values = st.one_of(
    _identifiers,
    st.text(grammar.COOKIE_OCTETS, max_size=30),
    _either("1", "en-US", "GA1.1.1555562220.1718000001", "eyJhIjoxfQ.ZmS-Hg.c2ln", "a=b="),
)
_texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
_TROUBLE = '";,\\=% \t\r\n\x00\x1a\x1f\x7f\x80\xa0éß€\u2028\ufeff😀0127'
_trouble = st.text(st.sampled_from(_TROUBLE), max_size=20)
_whole_values = _either("dark, wide", '{"a":1,"b":[2,"c"]}', "https://x.test/?a=1&b=2")
_large_values = st.builds(
    lambda char, octets: char * (octets // len(char.encode())),
    _either("a", "é", "€", ";", '"'),
    _around(limits.MAX_NAME_VALUE),
)
_values = _shares(
    (8, _plain_values),
    (6, _trouble),
    (3, _texts),
    (2, _whole_values),
    (2, _fill('"{}"', _trouble | _plain_values)),
    (1, _either('"\\054"', "\\303\\251", "%2C", "%C3%A9", "%", "%zz", "%+f", "+")),
    (2, _large_values),
)

# --- values, as they travel ---------------------------------------------------------

_octets = st.text(st.characters(max_codepoint=255), max_size=12)
# What a header line may contain: the field-value of RFC 9110, 5.5.
_octets_of_utf8 = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20).map(
    _native
)
_field_octets = st.text(
    st.characters(min_codepoint=0x20, max_codepoint=255, exclude_characters="\x7f"), max_size=20
)
_quoted_octets = st.text(grammar.COOKIE_OCTETS, max_size=20).map('"{}"'.format)
_valid_values = _shares((4, _plain_values), (1, _quoted_octets), (1, st.just("")))
_escaped = st.builds(
    lambda value: codec.dump_cookie("k", value, path=None, max_size=0)[2:], _trouble | _texts
)
_sent_values = _shares(
    (4, _plain_values),
    (3, _escaped),
    (2, (_trouble | _texts).map(quote)),
    (2, _octets_of_utf8 | _field_octets),
    (1, _whole_values),
    (1, _fill('"{}"', _field_octets)),
)


_valid_pairs = _fill("{}={}", _names, _valid_values)
_nameless = _fill("{}{}", _either("=", "", "= "), _valid_values)
_sent_pairs = _shares(
    (3, _valid_pairs),
    (5, _fill("{}={}", _names, _sent_values)),
    (1, _nameless),
    (1, _valid_pairs.map(lambda pair: pair + "; " + pair[::-1] + "; " + pair)),
    (1, _fill("{}={}", _octets_of_utf8, _sent_values)),
    (1, _either("", "=", "a", " a = b ", "a==b", "A=1; a=2", '$Version="1"', "$Path=/")),
)
_large_pairs = st.builds(
    lambda name, octets: f"{name}={'v' * octets}", _names, _around(limits.MAX_NAME_VALUE)
)
_large_headers = st.one_of(
    _fill("{}; a={}", _valid_pairs, _times(st.just("v"), _around(limits.MAX_COOKIE_HEADER))),
    _around(limits.MAX_COOKIES_PER_HOST).map(
        lambda count: "; ".join([f"c{number}={number}" for number in range(count)])
    ),
    st.lists(_large_pairs, min_size=1, max_size=4).map("; ".join),
)
_separators = _shares((2, st.just("; ")), (2, _either(";", " ;\t", ", ", "; ;", "&")))


def _joined(pairs: Text, separators: Text, least: int = 0) -> Text:
    several = st.lists(pairs, min_size=least, max_size=8)
    return st.builds(lambda separator, each: separator.join(each), separators, several)


_cookie_headers = _shares(
    (9, _joined(_valid_pairs, st.just("; "), 1)),
    (9, _joined(_sent_pairs, _separators)),
    (3, _large_headers),
)

# --- Set-Cookie ---------------------------------------------------------------------

_moments = st.datetimes(datetime.datetime(1601, 1, 1), datetime.datetime(9999, 12, 31))
_hosts = _either("example.com", "www.example.com", "test", "xn--bcher-kva.test")
_segments = st.text(grammar.PATH_TEXT.replace(",", ""), max_size=12)
_valid_attributes = {
    "Path": _fill("Path=/{}", _segments),
    "Secure": st.just("Secure"),
    "Max-Age": _fill("Max-Age={}", st.integers(0, 10**9)),
    "SameSite": _either("SameSite=Lax", "SameSite=Strict", "SameSite=None"),
    "HttpOnly": st.just("HttpOnly"),
    "Domain": _fill("Domain={}", _hosts),
    "Expires": _fill("Expires={}", _moments.map(dates.format_cookie_date)),
    "Partitioned": st.just("Partitioned"),
}


@st.composite
def _valid_set_cookies(draw: st.DrawFn) -> str:
    names = st.lists(st.sampled_from(list(_valid_attributes)), unique=True, max_size=6)
    avs = [draw(_valid_attributes[name]) for name in draw(names)]
    return "; ".join([draw(_valid_pairs), *avs])


_odd_dates = _fill(
    "{}{}{}{} {}{}",
    _either("", "Wed, ", "Wednesday, ", "x", "Wed "),
    _either("09", "9", "31", "0", "12th", "012", "30"),
    _either("-Jun-", " jun ", " June ", "-Feb-", " x "),
    _either("2021", "26", "69", "70", "1600", "20270", "099", "2021x"),
    _either("10:18:14", "1:2:3", "24:00:00", "10:18", "10:18:14:99", "10.18.14"),
    _either(" GMT", "", " +0200", " PM", " UTC", "Z"),
)
_odd_hosts = _either(
    *("", "a b", _native("é"), "a" * 64 + ".test"),
    words=".Example.com com . .. 127.0.0.1 0x7f.1 [::1] example.com. example.com:80 -a- co.uk"
    " evil.test",
)
_odd_numbers = _either("0", "-1", "+5", "1.5", "", "-", "1e3", "9" * 20, "\xb2", "1 2")
_odd_attributes = st.one_of(
    _fill("{}={}", _in_any_case("Expires"), _odd_dates),
    _fill("{}={}", _in_any_case("Max-Age"), _odd_numbers),
    _fill("Domain={}", _odd_hosts),
    _fill("Path={}", _either("docs", '"/"', "/%2e%2e", "/a;b") | _field_octets),
    _fill("SameSite={}", _either("strict", "NONE", "x", "", '"Lax"')),
    _fill("{}={}", _either("Path", "Foo"), _times(st.just("/"), _around(1024))),
    _either("secure=0", "HTTPONLY", "Partitioned=no", "Foo", "=", "", "a\tb", "Priority=High"),
    _field_octets,
)
_all_attributes = st.one_of(
    _odd_attributes, _valid_set_cookies().map(lambda header: header.partition("; ")[2])
)
_odd_set_cookies = st.builds(
    lambda pair, attributes, gap: gap.join([pair, *attributes]),
    _sent_pairs | _nameless,
    st.lists(_all_attributes, max_size=5),
    _shares((3, st.just("; ")), (1, _either(";", " ;\t", ", "))),
)
_set_cookie_headers = _shares(
    (9, _valid_set_cookies()), (9, _odd_set_cookies), (2, _fill("{}; Path=/", _large_pairs))
)

# --- attacks ------------------------------------------------------------------------

_CONTROLS = "".join([chr(octet) for octet in [*range(0x20), 0x7F]])
# str.strip() removes all of them, from octets or from text. Only SP and HTAB are WSP.
_BLANKS = [*" \t\x0b\x0c\x1c\x1f\x85\xa0", *map(_native, "\x85\xa0\u2003")]
_sids = _fill("{}sid=stolen", _prefixes)
_attacks = st.one_of(
    # Another header, another response
    _either("a=1\r\nSet-Cookie: sid=stolen", "a=1\r\n\r\n<script>", "a=1\nb=2", "a=1\x00b"),
    _fill("{}={}{}", _tokens, st.sampled_from(_CONTROLS), _octets),
    # Another name: nameless, after blanks, or with a name that is decoded
    _fill("={}", _sids),
    _fill("{}{}; {}", st.sampled_from(_BLANKS), _sids, _octets),
    _fill("{}{}", _octets, _sids),
    _either("%5F_Host-sid=1", '"__Host-sid"=1', "_\\137Host-sid=1", _native("＿＿Host-sid=1")),
    # The cookie sandwich, and truncated quotes and escapes
    _fill('$Version=1; a="b; {}; c="', _sids),
    _fill('{}="{}', _tokens, _octets),
    _fill(r'{}="\{}{}"', _tokens, _either("", '"', "054", "303", "400", "\\"), _octets),
    # Octets that are not UTF-8: truncated, overlong, a surrogate, past the last character
    _fill("{}={}", _octets, _either("\xc3", "\xc0\xaf", "\xed\xa0\x80", "\xf5\x80")),
    _fill(r'{}="\{}"', _tokens, _either("303", "377\\376", "355\\240\\200")),
    # The scope of another host, attributes of another cookie
    _fill("a=1; Domain={}; Path=/", _odd_hosts),
    _fill("{}=1; Path={}; {}", _tokens, _octets, _octets),
    # Numbers of more than 64 bits, of more digits than `int` reads; dates past all calendars
    _fill("a=1; Max-Age={}{}", _either("", "-", "+"), _times(st.just("9"), _around(4300))),
    _either("a=1; Expires=1 Jan 99999 0:0:0", "a=1; Expires=1 Jan 2030 0:0:" + "9" * 400),
)
_pieces = _either(
    *("a=; ", "\xff", " ", "\t", "a=\xc3;", "1 Jan ", "\xa0"),
    words=r"""; = a=; "=; \\ \x \377 \303\251 %41 % a , Path=/; " 0 ..""",
)
_repeated = st.builds(
    lambda piece, times, end: piece * times + end,
    _pieces,
    st.integers(1, 2000),
    _either("", '"', "; __Host-sid=1", "="),
)
_hostile_headers = _shares(
    (6, _attacks),
    (2, _octets),
    (2, _joined(_attacks, _separators)),
    (2, _fill("{}{}", _either("", 'a="', "a=1; Expires=", "a=1; Domain="), _repeated)),
)
