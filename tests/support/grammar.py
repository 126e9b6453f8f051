"""The grammar once more, from the RFC's text, for tests and for fuzzing.

The regular expressions are written from the ABNF, not from the package, so that a
mistake there is no mistake here.
"""

import re
import string

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
