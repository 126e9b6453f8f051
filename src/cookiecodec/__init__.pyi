"""The public names for type checkers; at run time each is loaded when it is first used."""

from . import (
    chunks as chunks,
)
from . import (
    codec as codec,
)
from . import (
    dates as dates,
)
from . import (
    errors as errors,
)
from . import (
    explain as explain,
)
from . import (
    ext as ext,
)
from . import (
    jar as jar,
)
from . import (
    limits as limits,
)
from . import (
    matching as matching,
)
from . import (
    session as session,
)
from . import (
    set_cookie as set_cookie,
)
from . import (
    signing as signing,
)
from . import (
    tagged_json as tagged_json,
)
from . import (
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
from .testing import (
    cookie_headers as cookie_headers,
)
from .testing import (
    cookie_names as cookie_names,
)
from .testing import (
    cookie_values as cookie_values,
)
from .testing import (
    hostile_headers as hostile_headers,
)
from .testing import (
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
