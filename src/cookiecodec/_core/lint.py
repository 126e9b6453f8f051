"""What is wrong with a Set-Cookie header that is well-formed: rule 2 of `errors`.

Most headers have nothing of the kind. So `codec` looks for the conditions, and this
is loaded when one of them is met: a device that never meets one does without.
Sections of "layered" are those of draft-ietf-httpbis-layered-cookies.
"""

from .. import _platform, errors
from ..limits import MAX_ATTRIBUTE_VALUE, MAX_NAME_VALUE
from . import prefixes as _prefix

if _platform.TYPE_CHECKING:
    from .. import _types


def of_scope(
    name: str,
    path: "str | None",
    domain: "str | None",
    secure: bool,
    httponly: bool,
    samesite: "str | None",
) -> "_types.Concern | None":
    """The gravest that these have together: what drops the cookie comes first."""
    return (
        _of_prefix(name, path, domain, secure, httponly)
        or _of_samesite(samesite, secure)
        or _of_path(path)
    )


def _of_prefix(
    name: str,
    path: "str | None",
    domain: "str | None",
    secure: bool,
    httponly: bool,
) -> "_types.Concern | None":
    """A name prefix without what it asks for (layered 4.1.3, 5.4.3)."""
    prefix = _prefix.name_prefix(name)
    if prefix is None:
        return None
    start, needs_secure, needs_httponly, needs_host = prefix
    missing = []
    if needs_secure and not secure:
        missing.append("secure=True")
    if needs_httponly and not httponly:
        missing.append("httponly=True")
    if needs_host and path != "/":
        missing.append('path="/"')
    if needs_host and domain is not None:
        missing.append("domain=None")
    if not missing:
        return None
    return (
        errors.CookieRejectedWarning,
        "prefix-" + start.strip("_-"),
        "is dropped by browsers: its name prefix asks for " + ", ".join(missing),
    )


def _of_samesite(samesite: "str | None", secure: bool) -> "_types.Concern | None":
    """SameSite=None asks for Secure (layered 5.4.3)."""
    if samesite != "None" or secure:
        return None
    return (
        errors.CookieRejectedWarning,
        "samesite-none-insecure",
        "is dropped by browsers: SameSite=None asks for secure=True",
    )


def _of_path(path: "str | None") -> "_types.Concern | None":
    """A Path that is ignored: too long, or not from the root (layered 5.4.2)."""
    if path is None:
        return None
    if len(path) > MAX_ATTRIBUTE_VALUE:
        return _too_long("Path", len(path))
    if path.startswith("/"):
        return None
    return (
        errors.CookieIgnoredWarning,
        "path-relative",
        "has a Path that browsers ignore, since it does not start with '/': they take the"
        " directory of the request's path; write an absolute path",
    )


def of_expires(date: str) -> "_types.Concern":
    """An Expires that is ignored, too long (layered 5.4.2), or else before 1601."""
    if len(date) > MAX_ATTRIBUTE_VALUE:
        return _too_long("Expires", len(date))
    return (
        errors.CookieIgnoredWarning,
        "expires-before-1601",
        "has an Expires before 1601: by the RFC it is ignored, and the cookie lives"
        " as long as the session; browsers delete it; write 1970 to delete it",
    )


def _too_long(attribute: str, size: int) -> "_types.Concern":
    return (
        errors.CookieIgnoredWarning,
        "attribute-too-long",
        "has an attribute that browsers ignore: %s has %d octets, over %d; shorten it"
        % (attribute, size, MAX_ATTRIBUTE_VALUE),
    )


def warn(
    concern: "_types.Concern | None",
    name: str,
    value: str,
    header: str,
    max_size: int,
) -> None:
    """Emit the gravest: dropped before too large before ignored.

    The warning points at the line that called the function which calls this one: so
    only public functions do.
    """
    too_large = max_size and len(header) > max_size
    if concern is None or (too_large and concern[0] is errors.CookieIgnoredWarning):
        warning = _of_size(name, value, header, max_size)
    else:
        category, code, message = concern
        warning = category("The %r cookie %s." % (name, message), name, code)
    errors.emit_warning(warning, 4)


def _of_size(name: str, value: str, header: str, max_size: int) -> "errors.CookieWarning":
    """In Werkzeug's words as far as they go: other suites look for them."""
    pair = len(name) + len(value)
    if pair > MAX_NAME_VALUE:
        fate = "Browsers drop it outright: name and value have %d bytes, over %d."
        fate %= (pair, MAX_NAME_VALUE)
    else:
        fate = "Browsers may drop it or others; their limits differ."
    message = (
        "The %r cookie is too large: the value was %d bytes but the header required %d"
        " extra bytes. The final size was %d bytes but the limit is %d bytes. %s Store less"
        " in it, or keep the data on the server."
    )
    size = len(header)
    message %= (name, len(value), size - len(value), size, max_size, fate)
    return errors.CookieSizeWarning(message, name, "size", size, max_size)
