"""The limits on the size of cookies, each with its source, and a check against them.

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

#: Octets of cookie-name plus cookie-value. A user agent ignores a larger cookie as a
#: whole (layered 5.4.2).
MAX_NAME_VALUE = 4096

#: Octets of an attribute's value. A user agent ignores a longer attribute (layered 5.4.2).
MAX_ATTRIBUTE_VALUE = 1024

#: Octets of a whole Set-Cookie value: the lowest of the limits that older browsers had
#: (4093 to 5117). Werkzeug uses the same number.
MAX_SET_COOKIE = 4093

#: Cookies per host that every user agent should be able to hold (RFC 6265, 6.1; layered
#: 5.1.1).
MAX_COOKIES_PER_HOST = 50

#: Seconds that a user agent should hold a cookie at most: 400 days (layered 5.1.1).
MAX_AGE_SECONDS = 400 * 86400

#: Octets of a request's header line that Apache (LimitRequestFieldSize) and gunicorn
#: (limit_request_field_size) accept by default. nginx accepts 8 KiB
#: (large_client_header_buffers).
MAX_COOKIE_HEADER = 8190


def check_cookie_header(
    header: "_types.Header",
    *,
    max_size: int = MAX_COOKIE_HEADER,
    max_count: int = MAX_COOKIES_PER_HOST,
) -> int:
    """Return how many octets of cookies this client sends, and warn early about limits.

    *header* is what `parse_cookie` takes. The octets of several lines are added up. The
    name of the field and the end of the line, ten octets that some servers count, are not
    included. From three quarters of *max_size* or *max_count* on, one `CookieSizeWarning`
    is emitted for the closer limit: its ``code`` is ``"header-size"`` or
    ``"header-count"``, ``size`` and ``limit`` count octets or cookies, ``largest`` holds
    the names and octets of the five largest cookies, and ``name`` is the first of these.
    A limit of 0 is not checked.

    The message is always the same, since `warnings` keeps every text for good.

    Call it where you want to notice growing cookies before servers answer 400 or 431: in a
    test client, or in a middleware for a sample of the requests. Raises TypeError for a
    *header* of the wrong type, and nothing else.

    >>> check_cookie_header("sid=31d4d96e407aad42; lang=en-US")
    32
    """
    from ._core import header_size

    return header_size.check(header, max_size, max_count)
