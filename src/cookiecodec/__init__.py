"""HTTP cookies by the RFC: write Set-Cookie, read Cookie, with no dependency.

Every public name can be imported from here; the module that holds it is loaded
when the name is first used.
"""

__version__ = "0.1.0"

# Public name to the module that holds it. The names stand again in `__all__` and
# below, where type checkers look for them.
_MODULES = {
    "BadPayload": "signing",
    "BadSignature": "signing",
    "CookieError": "errors",
    "CookieIgnoredWarning": "errors",
    "CookieRejectedWarning": "errors",
    "CookieSizeWarning": "errors",
    "CookieWarning": "errors",
    "MAX_AGE_SECONDS": "limits",
    "MAX_ATTRIBUTE_VALUE": "limits",
    "MAX_COOKIES_PER_HOST": "limits",
    "MAX_COOKIE_HEADER": "limits",
    "MAX_NAME_VALUE": "limits",
    "MAX_SET_COOKIE": "limits",
    "SignatureExpired": "signing",
    "Signer": "signing",
    "check_cookie_header": "limits",
    "delete_cookie": "codec",
    "dump_cookie": "codec",
    "dump_cookie_chunks": "chunks",
    "format_cookie_date": "dates",
    "join_cookie_chunks": "chunks",
    "parse_cookie": "codec",
    "parse_cookie_pairs": "codec",
}

# MicroPython asks `__getattr__` for these too, in `from . import codec`.
_SUBMODULES = (
    "_crypto",
    "_grammar",
    "_host",
    "_platform",
    "_quoting",
    "_wire",
    "chunks",
    "codec",
    "dates",
    "errors",
    "limits",
    "signing",
    "tagged_json",
)

__all__ = [
    "MAX_AGE_SECONDS",
    "MAX_ATTRIBUTE_VALUE",
    "MAX_COOKIES_PER_HOST",
    "MAX_COOKIE_HEADER",
    "MAX_NAME_VALUE",
    "MAX_SET_COOKIE",
    "BadPayload",
    "BadSignature",
    "CookieError",
    "CookieIgnoredWarning",
    "CookieRejectedWarning",
    "CookieSizeWarning",
    "CookieWarning",
    "SignatureExpired",
    "Signer",
    "check_cookie_header",
    "delete_cookie",
    "dump_cookie",
    "dump_cookie_chunks",
    "format_cookie_date",
    "join_cookie_chunks",
    "parse_cookie",
    "parse_cookie_pairs",
    "tagged_json",
]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from . import tagged_json
    from .chunks import dump_cookie_chunks, join_cookie_chunks
    from .codec import delete_cookie, dump_cookie, parse_cookie, parse_cookie_pairs
    from .dates import format_cookie_date
    from .errors import (
        CookieError,
        CookieIgnoredWarning,
        CookieRejectedWarning,
        CookieSizeWarning,
        CookieWarning,
    )
    from .limits import (
        MAX_AGE_SECONDS,
        MAX_ATTRIBUTE_VALUE,
        MAX_COOKIE_HEADER,
        MAX_COOKIES_PER_HOST,
        MAX_NAME_VALUE,
        MAX_SET_COOKIE,
        check_cookie_header,
    )
    from .signing import BadPayload, BadSignature, SignatureExpired, Signer


def __getattr__(name: "str") -> "object":
    """Load the module that holds *name* (PEP 562), or that has it for its own name."""
    module = _MODULES.get(name, name)
    if name not in _MODULES and name not in _SUBMODULES:
        raise AttributeError("module '%s' has no attribute '%s'" % (__name__, name))
    loaded = __import__(__name__ + "." + module, None, None, [name])
    value = globals()[name] = getattr(loaded, name) if name in _MODULES else loaded
    return value


def __dir__() -> "list[str]":
    return sorted(set(globals()) | set(__all__))
