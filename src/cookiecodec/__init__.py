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
    "CookieJar": "jar",
    "CookieRejectedWarning": "errors",
    "CookieSizeWarning": "errors",
    "CookieWarning": "errors",
    "Finding": "explain",
    "MAX_AGE_SECONDS": "limits",
    "MAX_ATTRIBUTE_VALUE": "limits",
    "MAX_COOKIES_PER_HOST": "limits",
    "MAX_COOKIE_HEADER": "limits",
    "MAX_NAME_VALUE": "limits",
    "MAX_SET_COOKIE": "limits",
    "Session": "session",
    "SessionCookie": "session",
    "SetCookie": "set_cookie",
    "SignatureExpired": "signing",
    "Signer": "signing",
    "StoredCookie": "jar",
    "Verdict": "explain",
    "check_cookie_header": "limits",
    "default_path": "matching",
    "delete_cookie": "codec",
    "domain_match": "matching",
    "dump_cookie": "codec",
    "dump_cookie_chunks": "chunks",
    "explain_set_cookie": "explain",
    "format_cookie_date": "dates",
    "join_cookie_chunks": "chunks",
    "parse_cookie": "codec",
    "parse_cookie_date": "dates",
    "parse_cookie_pairs": "codec",
    "parse_set_cookie": "set_cookie",
    "path_match": "matching",
}

# MicroPython asks `__getattr__` for these too, in `from . import codec`.
_SUBMODULES = (
    "_browsers",
    "_cli_explain",
    "_contents",
    "_cookie_date",
    "_crypto",
    "_finding",
    "_grammar",
    "_host",
    "_jar_files",
    "_judge",
    "_nspr_date",
    "_platform",
    "_quoting",
    "_remarks",
    "_store",
    "_urls",
    "_why_differs",
    "_why_dropped",
    "_wire",
    "chunks",
    "codec",
    "dates",
    "errors",
    "explain",
    "ext",
    "jar",
    "limits",
    "matching",
    "session",
    "set_cookie",
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
    "CookieJar",
    "CookieRejectedWarning",
    "CookieSizeWarning",
    "CookieWarning",
    "Finding",
    "Session",
    "SessionCookie",
    "SetCookie",
    "SignatureExpired",
    "Signer",
    "StoredCookie",
    "Verdict",
    "check_cookie_header",
    "default_path",
    "delete_cookie",
    "domain_match",
    "dump_cookie",
    "dump_cookie_chunks",
    "explain_set_cookie",
    "format_cookie_date",
    "join_cookie_chunks",
    "parse_cookie",
    "parse_cookie_date",
    "parse_cookie_pairs",
    "parse_set_cookie",
    "path_match",
    "tagged_json",
]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from . import tagged_json
    from .chunks import dump_cookie_chunks, join_cookie_chunks
    from .codec import delete_cookie, dump_cookie, parse_cookie, parse_cookie_pairs
    from .dates import format_cookie_date, parse_cookie_date
    from .errors import (
        CookieError,
        CookieIgnoredWarning,
        CookieRejectedWarning,
        CookieSizeWarning,
        CookieWarning,
    )
    from .explain import Finding, Verdict, explain_set_cookie
    from .jar import CookieJar, StoredCookie
    from .limits import (
        MAX_AGE_SECONDS,
        MAX_ATTRIBUTE_VALUE,
        MAX_COOKIE_HEADER,
        MAX_COOKIES_PER_HOST,
        MAX_NAME_VALUE,
        MAX_SET_COOKIE,
        check_cookie_header,
    )
    from .matching import default_path, domain_match, path_match
    from .session import Session, SessionCookie
    from .set_cookie import SetCookie, parse_set_cookie
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
