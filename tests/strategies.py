"""Hypothesis strategies for cookies, and the grammar once more, from the RFC's text.

The regular expressions are written from the ABNF, not from the package, so that a
mistake there is no mistake here.
"""

import re
import string

from hypothesis import strategies as st

TCHAR = "!#$%&'*+-.^_`|~" + string.digits + string.ascii_letters
_TOKEN = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_COOKIE_OCTET = r"[\x21\x23-\x2B\x2D-\x3A\x3C-\x5B\x5D-\x7E]"
_QUOTED = r'"(?:[\x20\x21\x23-\x2B\x2D-\x3A\x3C-\x5B\x5D-\x7E]|\\["\\]|\\[0-3][0-7]{2})*"'
_DATE = (
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-3][0-9] "
    r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [0-9]{4} "
    r"[0-2][0-9]:[0-5][0-9]:[0-5][0-9] GMT"
)
_LABEL = r"[0-9A-Za-z_](?:[0-9A-Za-z_-]{0,61}[0-9A-Za-z_])?"

#: cookie-value (layered 4.1.1), and what `octal` adds to it.
VALUE = {
    "octal": re.compile(f"{_COOKIE_OCTET}*|{_QUOTED}"),
    "percent": re.compile(f"{_COOKIE_OCTET}*"),
    "none": re.compile(f'{_COOKIE_OCTET}*|"{_COOKIE_OCTET}*"'),
}
NAME = re.compile(_TOKEN)
FIXDATE = re.compile(_DATE)
DOMAIN = re.compile(rf"(?=.{{1,253}}\.?\Z){_LABEL}(?:\.{_LABEL})*\.?")
AV_VALUE = re.compile(r"[\x20-\x3A\x3C-\x7E]*")

#: The attributes in the order that the contract gives them, with their grammar.
ATTRIBUTES = {
    "Domain": DOMAIN,
    "Expires": AV_VALUE,
    "Max-Age": re.compile(r"-?[0-9]+"),
    "Secure": None,
    "HttpOnly": None,
    "Path": AV_VALUE,
    "SameSite": re.compile("Strict|Lax|None"),
    "Partitioned": None,
}

prefixes = st.sampled_from(
    ["", "", "", "__Secure-", "__Host-", "__Http-", "__Host-Http-", "__hOsT-"]
)
cookie_names = st.builds(
    "{}{}".format, prefixes, st.text(alphabet=TCHAR, min_size=1, max_size=20)
)

# Half of the values are what cookies hold, half are trouble.
_plain = st.text(alphabet=string.ascii_letters + string.digits + "-_.=/+", max_size=60)
_trouble = st.text(
    alphabet=st.one_of(
        st.sampled_from('";,\\=% \t\r\n\x00\x1a\x1f\x7f\x80\xa0é€\u2028😀01237'),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=40,
)
cookie_values = st.one_of(_plain, _trouble)

# A `str` of anything, lone surrogates too.
any_text = st.one_of(
    st.text(alphabet=st.characters(), max_size=30),
    st.text(
        alphabet=st.sampled_from('a=;,"\\ \t\r\n\x00\x0b\x1f\x7f\x85\xa0éß\u2000\ud800/.:-_%'),
        max_size=30,
    ),
)

# What a client can send: pieces of headers, well-formed and not, one character
# per octet.
_octets = st.text(alphabet=st.characters(max_codepoint=255), max_size=12)
_pieces = st.one_of(
    st.builds("{}={}".format, cookie_names, _octets),
    st.builds('{}="{}"'.format, cookie_names, _octets),
    st.builds(
        r'{}="\{}\{}"'.format,
        cookie_names,
        st.sampled_from(["", '"', "054", "303", "400", "\\"]),
        _octets,
    ),
    st.builds(
        "{}=%{}%{}".format,
        cookie_names,
        st.sampled_from(["", "2", "2C", "C3", "+f", "zz"]),
        _octets,
    ),
    _octets,
)
native_headers = st.builds(
    lambda pieces, gap: gap.join(pieces),
    st.lists(_pieces, max_size=8),
    st.sampled_from(["; ", "; ", ";", " ;\t", ",", "; ;"]),
)


def split_set_cookie(header: str) -> "tuple[str, str, list[tuple[str, str | None]]]":
    """Name, value and attributes, by the separators that the grammar has."""
    pair, *avs = header.split("; ")
    name, _, value = pair.partition("=")
    attributes: list[tuple[str, str | None]] = []
    for av in avs:
        attribute, equals, text = av.partition("=")
        attributes.append((attribute, text if equals else None))
    return name, value, attributes


def assert_in_grammar(header: str, quoting: str) -> "dict[str, str | None]":
    """The header is a set-cookie-string of ours; gives its attributes."""
    name, value, attributes = split_set_cookie(header)
    assert NAME.fullmatch(name), header
    assert VALUE[quoting].fullmatch(value), header
    seen = [attribute for attribute, _ in attributes]
    assert seen == [known for known in ATTRIBUTES if known in seen], (
        "unknown, twice or out of order"
    )
    for attribute, text in attributes:
        grammar = ATTRIBUTES[attribute]
        if grammar is None:
            assert text is None, header
        else:
            assert text is not None, header
            assert grammar.fullmatch(text), header
    return dict(attributes)


# --- Set-Cookie, as a hostile or careless server sends it ----------------------------

_hosts = st.sampled_from(
    ["example.com", ".Example.com", "com", "", ".", "127.0.0.1", "0x7f.1", "[::1]", "a b", "é"]
)
_dates = st.builds(
    "{}{}{} {} {}{}".format,
    st.sampled_from(["", "Wed, ", "Wednesday, ", "x"]),
    st.sampled_from(["09", "9", "31", "0", "12th", "012"]),
    st.sampled_from(["-Jun-", " jun ", " June "]),
    st.sampled_from(["2021", "26", "1600", "20270", "099", "2021x"]),
    st.sampled_from(["10:18:14", "1:2:3", "24:00:00", "10:18", "10:18:14:99"]),
    st.sampled_from([" GMT", "", " +0200", " PM"]),
)
_attributes = st.one_of(
    st.builds("Expires={}".format, _dates),
    st.builds("Max-Age={}".format, st.integers() | _octets),
    st.builds("Domain={}".format, _hosts),
    st.builds("Path={}".format, st.sampled_from(["/", "/docs", "docs", '"/"']) | _octets),
    st.builds("SameSite={}".format, st.sampled_from(["Lax", "strict", "NONE", "x"])),
    # Numbers past 64 bits, past a C int, and past what `int` reads at all
    st.sampled_from(
        ["Max-Age=" + "9" * 1000, "Max-Age=" + "9" * 5000, "Max-Age=+5", "Max-Age=-"]
    ),
    st.sampled_from(["Expires=1 Jan 2030 0:0:" + "9" * 20, "Expires=1 Jan 99999 0:0:0"]),
    st.sampled_from(["Secure", "secure=0", "HttpOnly", "Partitioned", "Foo", "=", "", "x\ty"]),
    _octets,
)
#: Set-Cookie values, one character per octet: well-formed ones, and all kinds of others.
set_cookie_headers = st.builds(
    lambda pair, attributes, gap: gap.join([pair, *attributes]),
    st.one_of(
        st.builds("{}={}".format, cookie_names, _octets),
        st.builds("{}={}".format, cookie_names, _plain),
        _octets,
    ),
    st.lists(_attributes, max_size=6),
    st.sampled_from(["; ", "; ", ";", " ;\t", ", "]),
)
