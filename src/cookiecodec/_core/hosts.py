"""The name of a host, as the Domain attribute has it.

domain-value = <subdomain> (layered 4.1.1): labels of letters, digits and hyphens (RFC 1034,
3.5; RFC 1123, 2.1), and the underscore, which real names have. A name in Unicode is
converted to A-labels, unless browsers would convert it to another one.
"""

from .. import _platform
from ..errors import CookieError
from . import grammar

# A hyphen must not stand at either end of a label.
_LABEL_TEXT = "-_" + grammar.DIGIT + grammar.ALPHA
_is_label_text = _platform.charset_matcher(_LABEL_TEXT)
_is_digits = _platform.charset_matcher(grammar.DIGIT)

# RFC 1035, 2.3.4: 63 octets a label, 255 a name with its length octets, so 253 as text.
MAX_LABEL = 63
MAX_NAME = 253


def domain_value(domain: object) -> str:
    """Return the value of a Domain attribute: without port and leading dots, in A-labels.

    Raise CookieError (part ``"domain"``) if *domain* is not a valid host name, and TypeError
    if it is not a `str`.
    """
    text = grammar.check_text(domain, "domain")
    host, _, port = text.partition(":")
    host = host.lstrip(".")
    if not _platform.isascii(host):
        host = a_labels(host)
    name = host[:-1] if host.endswith(".") else host
    _check_length(name)
    for label in name.split("."):
        _check_label(label)
    if not _is_digits(port):
        rule = "domain must be a host name, with no more than a port of digits behind it"
        raise grammar.disallowed(port, grammar.DIGIT, rule, "domain")
    return host


def has_valid_lengths(name: str) -> bool:
    """Whether a name without its trailing dot and each of its labels have a valid length."""
    if len(name) > MAX_NAME:
        return False
    return all(1 <= len(label) <= MAX_LABEL for label in name.split("."))


def _check_length(name: str) -> None:
    if len(name) > MAX_NAME:
        raise CookieError("domain must have at most %d octets" % MAX_NAME, "domain")


def _check_label(label: str) -> None:
    rule = "a label of domain must have letters, digits, hyphens or underscores"
    if not _is_label_text(label):
        raise grammar.disallowed(label, _LABEL_TEXT, rule, "domain")
    if not 1 <= len(label) <= MAX_LABEL:
        raise CookieError("a label of domain must have 1 to %d octets" % MAX_LABEL, "domain")
    if label.startswith("-") or label.endswith("-"):
        raise CookieError("a label of domain must not start or end with '-'", "domain")


# Where IDNA 2003, which the standard library has, and the browsers' UTS 46 (nontransitional)
# give two domains, which may have two owners: sharp s in both cases, final sigma, zero width
# (non-)joiner (UTS 46, 7, "IDNA Comparison"); the soft hyphen of Todo, which only IDNA 2003
# drops; five ideographs that have another normal form in Unicode 3.2 (Unicode Corrigendum 4).
DEVIATIONS = (
    "\xdf\u1e9e\u03c2\u200c\u200d\u1806\U0002f868\U0002f874\U0002f91f\U0002f95f\U0002f9bf"
)

_ASCII = bytes(range(128)).decode()


def a_labels(host: str) -> str:
    """Return a host in Unicode in A-labels, or raise CookieError (part ``"domain"``)."""
    # The codec below takes quadratic time on long labels in unpatched Pythons
    # (CVE-2022-45061), and no name of this length has A-labels that fit.
    _check_length(host)
    for char in DEVIATIONS:
        if char in host:
            message = (
                "domain has %s, which browsers and IDNA 2003 convert to different domains;"
                " write the A-label, which starts with xn--"
            )
            raise CookieError(message % grammar.show(char), "domain")
    try:
        labels = host.encode("idna").decode("ascii")
        if not _platform.isascii(labels):  # MicroPython encodes to UTF-8, whatever the name
            labels = ""
    except (UnicodeError, LookupError):
        labels = ""
    # Four characters separate labels (RFC 3490, 3.1). IDNA 2003 converts others to a dot,
    # too, inside of a label, such as U+2024. Browsers refuse those.
    dots = sum([host.count(dot) for dot in ".\u3002\uff0e\uff61"])
    if not labels or labels.count(".") != dots:
        at = len(host) - len(host.lstrip(_ASCII))
        message = (
            "domain can't be converted by IDNA 2003, from %s at index %d on; write the"
            " A-label, which starts with xn--"
        )
        raise CookieError(message % (grammar.show(host[at : at + 1]), at), "domain")
    return labels
