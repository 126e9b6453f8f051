"""Exceptions and warnings.

Two rules hold in the whole package:

1. A header that would be malformed, or that could carry an injection, is never written:
   the caller gets a `CookieError` that names the argument.
2. A header that is well-formed, but not what the caller wants, is written with one
   `CookieWarning`, the most serious that applies.

Reading never raises an exception and never warns, whatever a client sends. A broken file is a
`CookieError` too, and what a jar leaves out of a file, or a file format out of a jar, is one
`CookieWarning`.
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

    ``part`` names the part of the cookie: ``"name"`` (the argument *key*), ``"value"``,
    ``"domain"``, ``"path"``, ``"expires"``, ``"max_age"``, ``"samesite"`` or
    ``"quoting"``. It is ``""`` for a file that can't be read.

    >>> from cookiecodec import dump_cookie
    >>> try:
    ...     dump_cookie("lang", quoting="base64")
    ... except CookieError as error:
    ...     print(error.part, "-", error)
    quoting - cookie 'lang': quoting must be 'octal', 'percent' or 'none', not 'base64'
    """

    def __init__(self, message: str = "", part: str = "") -> None:
        super().__init__(message)
        self.part = part


class CookieWarning(_platform.WarningBase):
    """A cookie that is written, but is not what the caller wants.

    ``name`` is the cookie-name, ``code`` a short constant word for the cause. The message
    says what happens and what to change. It never contains the value.
    """

    def __init__(self, message: str, name: str = "", code: str = "") -> None:
        super().__init__(message)
        self.name = name
        self.code = code


class CookieRejectedWarning(CookieWarning):
    """Browsers drop this cookie.

    Codes: ``samesite-none-insecure``, ``prefix-secure``, ``prefix-host``, ``prefix-http``,
    ``prefix-host-http``, ``domain-public-suffix``, ``domain-invalid``. For a cookie that a
    jar leaves out of a file: the code of any error of `explain_set_cookie`, and
    ``name-invalid``, ``value-invalid``, ``path-invalid``.
    """


class CookieIgnoredWarning(CookieWarning):
    """Browsers ignore an attribute, so the cookie has another scope or lifetime.

    Codes: ``path-relative``, ``attribute-too-long``, ``domain-localhost``,
    ``expires-invalid``, ``expires-before-1601``; and ``cookies-txt``, for cookies that this
    file format can't hold.
    """


class CookieSizeWarning(CookieWarning):
    """A cookie, or everything that a client sends, is close to a limit or over it.

    ``size`` and ``limit`` count octets, or cookies for ``header-count``. ``largest`` holds
    ``(cookie-name, octets)`` of the largest cookies, where a whole header was checked, and
    ``(key, octets)`` of the largest entries, where a session was saved.

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


if _platform.TYPE_CHECKING or not _platform.MICROPYTHON:  # 160 octets of a device
    __all__ += ["WeakKeyWarning"]

    class WeakKeyWarning(_platform.WarningBase):
        """A secret key that others can guess, with which they can forge what it signs.

        It has fewer than 16 octets (NIST SP 800-131A, 10; RFC 2104, 3), is a regular
        sequence, or is a published sample, such as those of documentation. The warning comes
        once for each key in a process, and never contains it. MicroPython does not have it.

        >>> import warnings
        >>> from cookiecodec import Signer
        >>> with warnings.catch_warnings(record=True) as caught:
        ...     warnings.simplefilter("always")
        ...     signer = Signer("changeme")
        >>> [warning.category.__name__ for warning in caught]
        ['WeakKeyWarning']
        """


def emit_warning(warning: "CookieWarning | WeakKeyWarning", stacklevel: int) -> None:
    """Pass *warning* to `warnings.warn`, or, on MicroPython, to `print`.

    To handle warnings elsewhere, replace ``errors.emit_warning`` with a function of the
    same two arguments. *stacklevel* is the one to use in a `warnings.warn` right inside of
    that function: it points to the first line outside of this package.
    """
    _platform.warn(warning, stacklevel)


def warn(warning: "CookieWarning | WeakKeyWarning") -> None:
    """Emit *warning* for the first line outside of this package that led to it."""
    emit_warning(warning, _platform.caller_level() + 1)
