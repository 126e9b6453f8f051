"""The public names for type checkers; at run time each is loaded when it is first used."""

from . import (
    chunks as chunks,
    codec as codec,
    compat as compat,
    dates as dates,
    errors as errors,
    explain as explain,
    ext as ext,
    jar as jar,
    limits as limits,
    matching as matching,
    session as session,
    session_readers as session_readers,
    set_cookie as set_cookie,
    signing as signing,
    tagged_json as tagged_json,
    testing as testing,
)
from .chunks import dump_cookie_chunks, join_cookie_chunks
from .codec import delete_cookie, dump_cookie, parse_cookie, parse_cookie_pairs
from .dates import format_cookie_date, parse_cookie_date
from .errors import (
    CookieError,
    CookieIgnoredWarning,
    CookieRejectedWarning,
    CookieSizeWarning,
    CookieWarning,
    WeakKeyWarning,
)
from .explain import (
    Finding,
    Sending,
    Verdict,
    explain_cookie_header,
    explain_response,
    explain_set_cookie,
)
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
from .set_cookie import SetCookie, parse_set_cookie, split_set_cookie
from .signing import BadPayload, BadSignature, SignatureExpired, Signer
from .testing import (
    assert_cookies_kept as assert_cookies_kept,
    cookie_headers as cookie_headers,
    cookie_names as cookie_names,
    cookie_values as cookie_values,
    hostile_headers as hostile_headers,
    set_cookie_headers as set_cookie_headers,
)

__version__: str
_PUBLIC: dict[str, str]

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
    "Sending",
    "Session",
    "SessionCookie",
    "SetCookie",
    "SignatureExpired",
    "Signer",
    "StoredCookie",
    "Verdict",
    "WeakKeyWarning",
    "check_cookie_header",
    "default_path",
    "delete_cookie",
    "domain_match",
    "dump_cookie",
    "dump_cookie_chunks",
    "explain_cookie_header",
    "explain_response",
    "explain_set_cookie",
    "format_cookie_date",
    "join_cookie_chunks",
    "parse_cookie",
    "parse_cookie_date",
    "parse_cookie_pairs",
    "parse_set_cookie",
    "path_match",
    "session_readers",
    "split_set_cookie",
    "tagged_json",
]
