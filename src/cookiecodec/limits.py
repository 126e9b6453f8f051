"""How large cookies may be, each limit with its source, and a check against them.

Sections of "layered" are those of draft-ietf-httpbis-layered-cookies.
"""

from . import _platform

if _platform.TYPE_CHECKING:
    from . import _types

__all__ = [
    "MAX_AGE_SECONDS",
    "MAX_ATTRIBUTE_VALUE",
    "MAX_COOKIES_PER_HOST",
    "MAX_COOKIE_HEADER",
    "MAX_NAME_VALUE",
    "MAX_SET_COOKIE",
    "check_cookie_header",
]

#: Octets of cookie-name plus cookie-value; with more, the user agent ignores the
#: whole cookie (layered 5.4.2).
MAX_NAME_VALUE = 4096

#: Octets of an attribute's value; a longer attribute is ignored (layered 5.4.2).
MAX_ATTRIBUTE_VALUE = 1024

#: Octets of a whole Set-Cookie value: the smallest of the limits that older
#: browsers had (4093 to 5117), which Werkzeug took as its own.
MAX_SET_COOKIE = 4093

#: Cookies that a user agent should hold for a host, at the least (RFC 6265, 6.1;
#: layered 5.1.1).
MAX_COOKIES_PER_HOST = 50

#: Seconds that a user agent should hold a cookie, at the most: 400 days (layered
#: 5.1.1).
MAX_AGE_SECONDS = 400 * 86400

#: Octets of a request's header line that Apache (LimitRequestFieldSize) and
#: gunicorn (limit_request_field_size) take by default; nginx takes 8 KiB
#: (large_client_header_buffers).
MAX_COOKIE_HEADER = 8190


def check_cookie_header(
    header: "_types.Header",
    *,
    max_size: int = MAX_COOKIE_HEADER,
    max_count: int = MAX_COOKIES_PER_HOST,
) -> int:
    """How many octets of cookies this client sends, with a warning in good time.

    *header* is what `parse_cookie` takes; of several lines the octets are added
    up; the field's name and the line's end, ten octets that some servers count, are
    not. From three quarters of *max_size* or of
    *max_count* on, one `CookieSizeWarning` comes, for the limit that is nearer:
    its ``code`` is ``"header-size"`` or ``"header-count"``, ``size`` and
    ``limit`` are octets or cookies, ``largest`` holds the names and octets of
    the five largest, ``name`` the first of these. A limit of 0 is not checked.

    The message is always the same, so that what clients send never adds up in
    the registry that `warnings` keeps.

    Call it where a growing jar should be seen before servers answer 400 or 431:
    in a test client, or in a middleware for a sample of the requests. Only a
    *header* of the wrong type raises, `TypeError`.

    >>> check_cookie_header("sid=31d4d96e407aad42; lang=en-US")
    32
    """
    from ._core import header_size as _header_size  # noqa: PLC0415 - the limits alone are small: devices

    return _header_size.check(header, max_size, max_count)
