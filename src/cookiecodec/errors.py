"""What goes wrong, and whose fault it is.

Two rules hold in the whole package:

1. A header that would be malformed, or that could carry an injection, is never
   written: the caller gets a `CookieError` that names the argument.
2. A header that is well-formed but not what the caller wants is written, with
   one `CookieWarning`, the gravest that applies.

Nothing here is for reading: what comes over the wire never raises and never
warns. A file is not the wire: a broken one is a `CookieError` too, and what is left
out of one, or of a jar's, is one `CookieWarning`.
"""

from . import _platform

__all__ = [
    "CookieError",
    "CookieIgnoredWarning",
    "CookieRejectedWarning",
    "CookieSizeWarning",
    "CookieWarning",
]


class CookieError(ValueError):
    """An argument that can't be written into a header.

    ``part`` is the part of the cookie that it is about: ``"name"`` (the argument
    *key*), ``"value"``, ``"domain"``, ``"path"``, ``"expires"``, ``"max_age"``,
    ``"samesite"`` or ``"quoting"``; ``""`` for a file that can't be read.

    >>> from cookiecodec import dump_cookie
    >>> try:
    ...     dump_cookie("a b")
    ... except CookieError as error:
    ...     print(error.part, "-", error)
    name - cookie-name must be a token (RFC 9110, 5.6.2); not allowed: ' ' (U+0020) at index 1
    """

    def __init__(self, message: str, part: str = "") -> None:
        super().__init__(message)
        self.part = part


class CookieWarning(_platform.WarningBase):
    """A cookie that is written, but not what the caller wants.

    ``name`` is the cookie-name, ``code`` a short constant word for the cause.
    The message says what happens and what to change; it never holds the value.
    """

    def __init__(self, message: str, name: str = "", code: str = "") -> None:
        super().__init__(message)
        self.name = name
        self.code = code


class CookieRejectedWarning(CookieWarning):
    """Browsers drop this cookie.

    Codes: ``samesite-none-insecure``, ``prefix-secure``, ``prefix-host``,
    ``prefix-http``, ``prefix-host-http``; of a cookie in a file that a jar leaves out
    any code of an error of `explain_set_cookie`, and ``name-invalid``,
    ``value-invalid``, ``path-invalid``.
    """


class CookieIgnoredWarning(CookieWarning):
    """Browsers ignore an attribute, so the cookie's scope is another one.

    Codes: ``path-relative``, ``attribute-too-long``, ``expires-before-1601``; and
    ``cookies-txt``, for cookies that this format can't carry.
    """


class CookieSizeWarning(CookieWarning):
    """A cookie, or all that a client sends, is near or over a limit.

    ``size`` and ``limit`` are octets, or cookies for ``header-count``.
    ``largest`` holds ``(cookie-name, octets)`` of the largest cookies, where a
    whole header was looked at.

    Codes: ``size``, ``header-size``, ``header-count``.
    """

    def __init__(
        self,
        message: str,
        name: str = "",
        code: str = "",
        size: int = 0,
        limit: int = 0,
        largest: tuple[tuple[str, int], ...] = (),
    ) -> None:
        super().__init__(message, name, code)
        self.size = size
        self.limit = limit
        self.largest = largest


def emit_warning(warning: "CookieWarning", stacklevel: int) -> None:
    """Hand *warning* over: to `warnings.warn`, or, on MicroPython, to `print`.

    An application that wants them elsewhere can replace ``errors.emit_warning``
    by any function of the same two arguments; *stacklevel* counts as it would in
    a `warnings.warn` right inside of that function.
    """
    _platform.warn(warning, stacklevel)
