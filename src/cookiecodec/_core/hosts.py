"""The name of a host, as the Domain attribute has it.

domain-value = <subdomain> (layered 4.1.1): labels of letters, digits and hyphens (RFC 1034,
3.5; RFC 1123, 2.1), and the underscore, which real names have. A name in Unicode is
converted to A-labels, unless browsers would convert it to another one.
"""

from .. import _platform
from . import grammar

# A hyphen must not stand at either end of a label.
LABEL_TEXT = "-_" + grammar.DIGIT + grammar.ALPHA
_is_label_text = _platform.charset_matcher(LABEL_TEXT)
_is_digits = _platform.charset_matcher(grammar.DIGIT)

# RFC 1035, 2.3.4: 63 octets a label, 255 a name with its length octets, so 253 as text.
MAX_LABEL = 63
MAX_NAME = 253


def find_host(text: str) -> "str | None":
    """Return the host in a *domain* argument, in A-labels, or None if it is not valid.

    A port and leading dots are removed.
    """
    host, _, port = text.partition(":")
    host = host.lstrip(".")
    if not _platform.isascii(host):
        host = a_labels(host) or ""
    name = host[:-1] if host.endswith(".") else host
    if not (has_valid_lengths(name) and _is_digits(port)):
        return None
    for label in name.split("."):
        if not _is_label_text(label) or label[:1] == "-" or label[-1:] == "-":
            return None
    return host


def has_valid_lengths(name: str) -> bool:
    """Whether a name without its trailing dot and each of its labels have a valid length."""
    if len(name) > MAX_NAME:
        return False
    return all(1 <= len(label) <= MAX_LABEL for label in name.split("."))


# Where IDNA 2003, which the standard library has, and the browsers' UTS 46 (nontransitional)
# give two domains, which may have two owners: sharp s in both cases, final sigma, zero width
# (non-)joiner (UTS 46, 7, "IDNA Comparison"); the soft hyphen of Todo, which only IDNA 2003
# drops; five ideographs that have another normal form in Unicode 3.2 (Unicode Corrigendum 4).
DEVIATIONS = (
    "\xdf\u1e9e\u03c2\u200c\u200d\u1806\U0002f868\U0002f874\U0002f91f\U0002f95f\U0002f9bf"
)


def a_labels(host: str) -> "str | None":
    """Return a host in Unicode in A-labels, or None if browsers may convert it otherwise."""
    # The codec below takes quadratic time on long labels in unpatched Pythons
    # (CVE-2022-45061), and no name of this length has A-labels that fit.
    if len(host) > MAX_NAME or [char for char in DEVIATIONS if char in host]:
        return None
    try:
        labels = host.encode("idna").decode("ascii")
    except (UnicodeError, LookupError):
        return None
    # Four characters separate labels (RFC 3490, 3.1). IDNA 2003 converts others to a dot,
    # too, inside of a label, such as U+2024. Browsers refuse those.
    dots = sum([host.count(dot) for dot in ".\u3002\uff0e\uff61"])
    # MicroPython encodes to UTF-8, whatever the name of the encoding.
    return labels if labels.count(".") == dots and _platform.isascii(labels) else None
