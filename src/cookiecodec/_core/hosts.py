"""The name of a host, as the Domain attribute has it.

domain-value = <subdomain> (layered 4.1.1): labels of letters, digits and hyphens
(RFC 1034, 3.5; RFC 1123, 2.1), with the underscore that is seen in real ones. A name
in Unicode is converted to A-labels, except where browsers would convert it to another
one.
"""

from .. import _platform
from ..errors import CookieError
from . import grammar as _grammar

# A label of a host name, and the underscore that is seen in real ones. A hyphen may not
# stand at either end.
_LABEL_TEXT = "-_" + _grammar.DIGIT + _grammar.ALPHA
_is_label_text = _platform.only(_LABEL_TEXT)
_is_digits = _platform.only(_grammar.DIGIT)

# RFC 1035, 2.3.4: 63 octets a label, 255 a name with its length octets, so 253 as text.
_MAX_LABEL = 63
_MAX_NAME = 253


def domain_value(domain: object) -> str:
    """The value of a Domain attribute: without a port, and without leading dots.

    Raises `CookieError` (part ``"domain"``) for what is no host name, TypeError for
    what is no `str`.
    """
    text = _grammar.check_text(domain, "domain")
    host, _, port = text.partition(":")
    host = host.lstrip(".")
    if not _platform.isascii(host):
        host = a_labels(host)
    labels = host[:-1] if host.endswith(".") else host
    _check_length(labels)
    for label in labels.split("."):
        _check_label(label)
    if not _is_digits(port):
        rule = "domain must be a host name, with no more than a port of digits behind it"
        raise _grammar.out_of_place(port, _grammar.DIGIT, rule, "domain")
    return host


def _check_length(name: str) -> None:
    if len(name) > _MAX_NAME:
        raise CookieError("domain must have at most %d octets" % _MAX_NAME, "domain")


def _check_label(label: str) -> None:
    """A label has letters, digits, hyphens inside, underscores; and is not empty."""
    rule = "a label of domain must have letters, digits, hyphens or underscores"
    if not _is_label_text(label):
        raise _grammar.out_of_place(label, _LABEL_TEXT, rule, "domain")
    if not 1 <= len(label) <= _MAX_LABEL:
        raise CookieError("a label of domain must have 1 to %d octets" % _MAX_LABEL, "domain")
    if label.startswith("-") or label.endswith("-"):
        raise CookieError("a label of domain must not start or end with '-'", "domain")


# Where IDNA 2003, the standard library's, and the browsers' (UTS 46,
# nontransitional) name two domains that may have two owners: sharp s in both cases,
# final sigma, zero width (non-)joiner (UTS 46, 7, "IDNA Comparison"); the soft hyphen
# of Todo, which only IDNA 2003 drops; five ideographs of which Unicode 3.2 has another
# normal form (Unicode Corrigendum 4).
DEVIATIONS = (
    "\xdf\u1e9e\u03c2\u200c\u200d\u1806\U0002f868\U0002f874\U0002f91f\U0002f95f\U0002f9bf"
)


_ASCII = bytes(range(128)).decode()


def a_labels(host: str) -> str:
    # The codec below takes quadratic time on long labels in unpatched Pythons
    # (CVE-2022-45061), and no name of this length has A-labels that fit.
    _check_length(host)
    for char in DEVIATIONS:
        if char in host:
            raise CookieError(
                "domain has %s, which browsers and IDNA 2003 convert to different domains;"
                " give the A-label, which starts with xn--" % _grammar.show(char),
                "domain",
            )
    try:
        labels = host.encode("idna").decode("ascii")
        if not _platform.isascii(labels):  # MicroPython encodes by no name but UTF-8
            labels = ""
    except (UnicodeError, LookupError):
        labels = ""
    # Four characters separate labels (RFC 3490, 3.1). IDNA 2003 makes a dot of
    # others too, inside of a label, such as U+2024; browsers refuse those.
    dots = sum([host.count(dot) for dot in ".\u3002\uff0e\uff61"])
    if not labels or labels.count(".") != dots:
        at = len(host) - len(host.lstrip(_ASCII))
        raise CookieError(
            "domain can't be converted by IDNA 2003, from %s at index %d on; give the"
            " A-label, which starts with xn--" % (_grammar.show(host[at : at + 1]), at),
            "domain",
        )
    return labels
