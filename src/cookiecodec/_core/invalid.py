"""Errors about arguments: what is wrong, why it matters, and what to pass instead.

The checks are where an argument is used. They load this module when one fails.
"""

from .. import _platform
from ..errors import CookieError
from . import grammar, hosts

if _platform.TYPE_CHECKING:
    from .. import _types

_ASCII = bytes(range(128)).decode()

# How many characters of an argument a message shows.
_SHOWN = 60

# For each part: its characters, its rule, and why it matters and what to pass instead.
_RULES = {
    "name": (
        grammar.TCHAR,
        "cookie-name %s must be a token (RFC 9110, 5.6.2)",
        "Readers would see another name; use letters, digits, '-', '_' or '.'",
    ),
    "value": (
        grammar.COOKIE_OCTETS,
        "value %s must be made of cookie-octets (layered 4.1.1)",
        "Readers would see another value; encode it, or use quoting='octal' or 'percent'",
    ),
    "expires": (
        grammar.AV_OCTETS,
        "expires %s must be made of av-octets (layered 4.1.1)",
        "The rest could be read as another attribute; pass a datetime or Unix time",
    ),
}

# For each part: what its value must be.
_VALUES = {
    "expires": "expires %s must lie in the years 1 to 9999; pass seconds since 1970",
    "max_age": "max_age %s must fit in 64 bits; browsers limit it to 400 days anyway",
    "samesite": "SameSite must be 'Strict', 'Lax', or 'None', not %s; browsers know no others",
    "quoting": "quoting must be 'octal', 'percent' or 'none', not %s",
}

# What to pass instead of a value of the wrong type.
_CONVERSIONS = {
    "max_age": "pass whole seconds, such as 3600, or a timedelta",
    "header": "pass the value of the Cookie header, or the environ or scope of the request",
    "samesite": "pass 'Strict', 'Lax', 'None', or None to leave it out",
    "value": "pass str(value), or what your reader expects",
}


def show(value: object) -> str:
    """Return a value for a message: escaped, and cut. Only plain types are shown."""
    if isinstance(value, (str, bytes)):
        return repr(value[:_SHOWN]) + ("..." if len(value) > _SHOWN else "")
    if type(value) is int and not -(10**20) < value < 10**20:
        return "of over 20 digits"
    return repr(value) if type(value) in (bool, int, float, type(None)) else ""


def show_character(text: str, at: int) -> str:
    """Return a character of *text* for a message: escaped, with its number and its index."""
    char = text[at : at + 1]  # a slice: MicroPython keeps each `text[at]` for good
    return "%r (U+%04X) at index %d" % (char, ord(char), at)


def wrong_type(argument: str, value: object, expected: str) -> TypeError:
    """Return the error about an argument of another type than *expected*."""
    shown = (argument + " " + show(value)).strip()
    message = "%s must be %s, not %s" % (shown, expected, type(value).__name__)
    if isinstance(value, (bytes, bytearray)):
        message += "; decode it first"
    elif argument in _CONVERSIONS:
        message += "; " + _CONVERSIONS[argument]
    return TypeError(message)


def mapping() -> TypeError:
    """Return the error about a mapping that is not a header."""
    return TypeError(
        "this mapping is neither a WSGI environ nor an ASGI scope, so its cookies can't be"
        " found; pass the value of its Cookie header (str or bytes), or a list of several"
    )


def wrong_value(value: object, part: str) -> CookieError:
    """Return the error about an argument of the right type that has another value."""
    return CookieError(_VALUES[part] % show(value), part)


def characters(text: str, part: str) -> CookieError:
    """Return the error about the first character that a part of a cookie can't contain."""
    if not text:
        return CookieError("cookie-name must not be empty: servers ignore such a cookie", part)
    allowed, rule, advice = _RULES[part]
    quoted = part == "value" and len(text) > 1 and text[:1] == text[-1:] == '"'
    at = _first_outside(text, allowed, int(quoted))
    message = "%s; not allowed: %s. %s" % (rule % show(text), show_character(text, at), advice)
    return CookieError(message, part)


def foreign_name(name: str, at: int) -> CookieError:
    """Return the error about a character that no user agent holds in a cookie-name."""
    message = (
        "cookie-name %s must have no control character, ';', '=' or blank at its ends;"
        " not allowed: %s. No user agent holds such a cookie; pass a name from parse_cookie"
    )
    return CookieError(message % (show(name), show_character(name, at)), "name")


def surrogate(text: str, at: int, part: str) -> CookieError:
    """Return the error about a lone surrogate."""
    message = (
        "%s %s must not have a lone surrogate, which UTF-8 can't encode: %s. Decode the text"
        " that it comes from without 'surrogateescape'"
    )
    return CookieError(message % (part, show(text), show_character(text, at)), part)


def domain(text: str) -> CookieError:
    """Return the error that says why *text* is not a host name, and what to pass."""
    host = text.lstrip(".")
    if "//" in host:
        fault = "is a URL, but browsers compare Domain with a host name"
        host = host[host.find("//") + 2 :]
        for end in "/?#\\":
            host = host.partition(end)[0]
        host = host.rpartition("@")[2].partition(":")[0]
    elif not host:
        fault = "is empty, which browsers take for a missing Domain"
    elif host.count(":") > 1:
        fault = "is an IPv6 address, which has no subdomains to share a cookie with"
        host = ""
    elif host[:2] == "*.":
        fault = "has a wildcard, but Domain includes all subdomains anyway"
        host = host[2:]
    else:
        fault, host = _name_fault(text, host.partition(":")[0])
    if host == "xn--":
        advice = "write its A-label, which starts with xn--"
    elif hosts.find_host(host) == host:
        advice = "pass " + show(host)
    else:
        advice = "pass None for a host-only cookie, or a name such as 'example.com'"
    return CookieError("domain %s %s; %s" % (show(text), fault, advice), "domain")


def _name_fault(text: str, name: str) -> tuple[str, str]:
    """Return what is wrong with the *name* of a host in *text*, and a better one."""
    end = text.find(":") if ":" in text else len(text)
    at = _first_outside(text, grammar.DIGIT, end + 1)
    if _platform.isascii(name) and _first_outside(text[:end], hosts.LABEL_TEXT + ".") < end:
        at = _first_outside(text, hosts.LABEL_TEXT + ".")
    for char in "/?# ":
        if char in text[:at]:
            at = text.find(char)
    if at < len(text) and at != end:
        fault = "has %s, which a host name can't contain" % show_character(text, at)
        better = text[: min(at, end)].lstrip(".")
        return fault, better if at > end or text[at : at + 1] in "/?#" else ""
    for char in hosts.DEVIATIONS:
        if char in name:
            fault = "has %s, which browsers and IDNA 2003 convert to different domains"
            return fault % show_character(text, text.find(char)), "xn--"
    if len(name[:-1] if name.endswith(".") else name) > hosts.MAX_NAME:
        return "has more than %d octets, which no host name has" % hosts.MAX_NAME, ""
    if not _platform.isascii(name):
        at = _first_outside(text, _ASCII)
        return "can't be converted by IDNA 2003, from %s on" % show_character(text, at), "xn--"
    return (
        "has a label that is empty, has over %d octets, or starts or ends with '-', which no"
        " host name has" % hosts.MAX_LABEL,
        name.replace("..", ".").rstrip("."),
    )


def _first_outside(text: str, allowed: str, start: int = 0) -> int:
    """Return the index of the first character that is not in *allowed*, or the length."""
    return len(text) - len(text[start:].lstrip(allowed))


def named(error: "_types.Any", key: object, max_size: object = 0) -> "_types.Any":
    """Return the error about an argument of `dump_cookie`, with the name of the cookie."""
    if not isinstance(max_size, (int, float, type(None))):
        error = wrong_type("max_size", max_size, "int")
    if not isinstance(key, str) or getattr(error, "part", "") == "name":
        return error
    message = "cookie %s: %s" % (show(key), error)
    if isinstance(error, CookieError):
        return CookieError(message, error.part)
    return TypeError(message)
