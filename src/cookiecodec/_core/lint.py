"""What browsers drop or ignore in a Set-Cookie header that is well-formed: rule 2 of `errors`.

Most headers have no problem, so their writer looks for the conditions and loads this module
when it meets one. A device that never meets one does without it.
"""

from .. import _platform, errors
from ..limits import MAX_ATTRIBUTE_VALUE, MAX_NAME_VALUE
from . import grammar, prefixes

if _platform.TYPE_CHECKING:
    from .. import _types


class Problem:
    """A problem of a cookie: the class of its warning, its code, and what to say of it."""

    def __init__(self, category: type[errors.CookieWarning], code: str, predicate: str) -> None:
        self.category = category
        self.code = code
        self.predicate = predicate  # "The 'sid' cookie ..."

    def warning(self, name: str, subject: str = "") -> errors.CookieWarning:
        """Return the warning about a cookie. *subject* replaces a name that clients choose."""
        message = "%s %s." % (subject or "The %r cookie" % name, self.predicate)
        return self.category(message, name, self.code)


def _rejected(code: str, reason: str) -> Problem:
    return Problem(errors.CookieRejectedWarning, code, "is dropped by browsers: " + reason)


def _ignored(code: str, predicate: str) -> Problem:
    return Problem(errors.CookieIgnoredWarning, code, predicate)


# The arguments that set what a name prefix requires.
_ARGUMENTS = {
    "Secure": "secure=True",
    "HttpOnly": "httponly=True",
    "Path=/": 'path="/"',
    "no Domain": "domain=None",
}


def attributes_problem(
    cookie: "_types.CookieAttributes", domain: "str | None"
) -> "Problem | None":
    """Return the most serious problem of the attributes: what drops the cookie comes first.

    *domain* is the argument, perhaps with a port.
    """
    prefix = prefixes.name_prefix(cookie.name)
    missing = prefix.missing(cookie, cookie.domain is None) if prefix else None
    if prefix and missing:  # layered 4.1.3, 5.4.3
        arguments = ", ".join([_ARGUMENTS[each] for each in missing])
        return _rejected(prefix.code, "its name prefix requires " + arguments)
    if cookie.samesite == "None" and not cookie.secure:  # layered 5.4.3
        return _rejected("samesite-none-insecure", "SameSite=None requires secure=True")
    problem = None if cookie.domain is None else _domain_problem(cookie.domain)
    if problem is None and cookie.path is not None:
        problem = _path_problem(cookie.path)
    if problem is None and cookie.domain == "localhost" != domain:
        # A Domain for a local server. Browsers keep its cookie for localhost alone.
        predicate = (
            "has the Domain localhost, which browsers ignore, as they ignore ports: hosts below"
            " it do not get the cookie; pass None"
        )
        return _ignored("domain-localhost", predicate)
    return problem


def _domain_problem(domain: str) -> "Problem | None":
    """A Domain that no other host may have (layered 5.4.3; the URL Standard, 3.5)."""
    labels = domain.rstrip(".").split(".")
    if labels == ["localhost"]:
        return None
    if len(labels) == 1:
        code = "domain-public-suffix"
        fault = "has a single label, which hosts of many owners share"
    elif _is_number(labels[-1]) and not (len(labels) == 4 and all(map(_is_octet, labels))):
        code, fault = "domain-invalid", "ends in a number, but is not an IPv4 address"
    else:
        return None
    reason = "its Domain %r %s; pass your site's domain, or None"
    return _rejected(code, reason % (domain[:60], fault))


def _is_number(label: str) -> bool:
    return not label.strip(grammar.DIGIT) or label[:2].lower() == "0x"


def _is_octet(label: str) -> bool:
    """Whether a label is a number of an IPv4 address in its canonical form."""
    return not label.strip(grammar.DIGIT) and str(int(label[:4])) == label and int(label) < 256


def _path_problem(path: str) -> "Problem | None":
    """A Path that is ignored: too long, or not from the root (layered 5.4.2)."""
    if len(path) > MAX_ATTRIBUTE_VALUE:
        return _too_long("Path", len(path))
    if path[:1] == "/":
        return None
    predicate = (
        "has a Path that browsers ignore, since it does not start with '/': they use the"
        " directory of the request's path instead; write an absolute path"
    )
    return _ignored("path-relative", predicate)


def expires_problem(date: str, ready: bool) -> "Problem | None":
    """An Expires that is ignored: too long (layered 5.4.2), not a date, or before 1601.

    *ready* is true for a text that the caller wrote. Devices do not read its date.
    """
    if len(date) > MAX_ATTRIBUTE_VALUE:
        return _too_long("Expires", len(date))
    if not ready:
        predicate = (
            "has an Expires before 1601: the RFC ignores it, so that the cookie ends with the"
            " browser's session, but browsers delete the cookie; write 1970 to delete it"
        )
        return _ignored("expires-before-1601", predicate)
    if _platform.MICROPYTHON or _is_date(date):
        return None
    predicate = (
        "has an Expires that no browser reads as a date, so that it ends with the browser's"
        " session; pass a datetime or Unix time, or use max_age"
    )
    return _ignored("expires-invalid", predicate)


def _is_date(date: str) -> bool:
    """Whether a browser reads a date there."""
    from .._formats import cookie_date, firefox_date

    chromium, firefox = cookie_date.chromium_date(date), firefox_date.firefox_date(date)
    return chromium is not None or firefox is not None


def _too_long(attribute: str, size: int) -> Problem:
    predicate = "has an attribute that browsers ignore: %s has %d octets, over %d; shorten it"
    return _ignored("attribute-too-long", predicate % (attribute, size, MAX_ATTRIBUTE_VALUE))


def warn(problem: "Problem | None", name: str, value: str, header: str, max_size: int) -> None:
    """Warn about the most serious one: dropped, then too large, then ignored."""
    too_large = max_size and len(header) > max_size
    if problem and not (too_large and problem.category is errors.CookieIgnoredWarning):
        errors.warn(problem.warning(name))
    else:
        errors.warn(size_warning(name, len(value), len(header), max_size))


def size_warning(
    name: str,
    value_size: int,
    size: int,
    limit: int,
    entries: "_types.Sequence[tuple[str, int]]" = (),
) -> errors.CookieSizeWarning:
    """Return the warning about a cookie of *size* octets, of which its value takes some.

    Other suites look for "cookie is too large" and "the limit is". Clients often determine
    the sizes, and `warnings` keeps each text that it shows, so the text has rounded ones.
    *entries* are keys and octets of the largest entries, where the value is a session.
    """
    if len(name) + value_size > MAX_NAME_VALUE:
        fate = "Browsers drop it outright: name and value have over %d bytes." % MAX_NAME_VALUE
    else:
        fate = "Browsers may drop it or other cookies; their limits differ."
    advice = "Store less in it, or keep the data on the server."
    if entries:
        advice += " The warning's attribute `largest` names the largest entries."
    message = (
        "The %r cookie is too large: its value has about %d of about %d bytes, but the limit"
        " is %d bytes. %s %s"
    )
    message %= (name, _rounded(value_size), _rounded(size), limit, fate, advice)
    return errors.CookieSizeWarning(message, name, "size", size, limit, tuple(entries))


def _rounded(size: int) -> int:
    unit: int = 10 ** max(0, len(str(size)) - 2)
    return (size + unit // 2) // unit * unit
