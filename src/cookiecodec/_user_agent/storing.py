"""Store a Cookie (layered 5.4.3), as far as it needs no store: may this host set it?

Sections of "layered" are those of draft-ietf-httpbis-layered-cookies. A refusal is a code.
`messages` says what the codes mean to a developer.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from typing import Literal, NamedTuple, Union

from .. import matching
from .._core import prefixes
from .._formats import urls
from .._formats.urls import Request
from ..set_cookie import SetCookie, has_path_tab

PublicSuffix = Union[Callable[[str], bool], None]


class StoredCookie(NamedTuple):
    """A cookie in a jar (layered 5.1.2): everything that it was set with, and its host.

    Texts are native strings, times are Unix times. *domain* is the cookie's host, which is
    the only one to get it if *host_only* is true. *expiry_time* is None for a session
    cookie. *samesite* is ``"Strict"``, ``"Lax"``, ``"None"``, or None for "unset",
    *priority* is ``"Low"``, ``"Medium"``, ``"High"``, or None.
    """

    name: str
    value: str
    domain: str
    path: str
    host_only: bool
    secure: bool
    httponly: bool
    samesite: str | None
    partitioned: bool
    expiry_time: float | None
    creation_time: float
    last_access_time: float
    priority: str | None = None


#: How close a request is (layered 5.4.5).
SameSite = Union[
    Literal["strict", "lax", "unset", "none"],
    Literal["Strict", "Lax", "Unset", "None"],
    Literal["STRICT", "LAX", "UNSET", "NONE"],
]

#: The requests that get a cookie, by its SameSite.
SENT_WITH = {
    "Strict": ("strict",),
    "Lax": ("strict", "lax"),
    None: ("strict", "lax", "unset"),
    "None": ("strict", "lax", "unset", "none"),
}

#: The fields that a cookie has before it is stored and after that.
SHARED_FIELDS = [field for field in StoredCookie._fields if field in SetCookie._fields]


class CookieHost(NamedTuple):
    """The host of a cookie, or the code of the cause for which it can't have that host."""

    domain: str = ""
    host_only: bool = False
    refusal: str = ""


def is_public_suffix(host: str, given: PublicSuffix) -> bool:
    """Whether *host* is a public suffix, by the caller's function or the list's default rule.

    A trailing dot makes another host of the same domain. An IP address has no suffix.
    """
    if urls.is_ip_address(host):
        return False
    domain = host[:-1] if host.endswith(".") else host
    return "." not in domain if given is None else bool(given(domain))


def site_hosts(host: str, given: PublicSuffix) -> Sequence[str]:
    """Return *host* and the hosts above it within its site, which share cookies with it.

    The last one is the registrable domain, or *host* itself if it is a public suffix or an
    IP address. A public suffix separates a host from everything above it, even from what is
    not a public suffix, as ``amazonaws.com`` above ``s3.amazonaws.com`` (the browsers' rule).
    """
    return _default_site_hosts(host) if given is None else _find_site_hosts(host, given)


def _find_site_hosts(host: str, given: PublicSuffix = None) -> Sequence[str]:
    found, above = [host], host
    while above and not (urls.is_ip_address(host) or is_public_suffix(above, given)):
        above = above.partition(".")[2]
        found.append(above)
    return found[:-1] or found


_default_site_hosts = functools.lru_cache(maxsize=256)(_find_site_hosts)


def resolve_host(cookie: SetCookie, host: str, given: PublicSuffix) -> CookieHost:
    """Return the host of a cookie that *host* sets."""
    domain = cookie.domain
    if domain is None:
        return CookieHost(host, True)
    if not domain:
        return CookieHost(refusal="domain-invalid")
    if domain == host:
        return CookieHost(host, urls.is_ip_address(host) or is_public_suffix(host, given))
    if domain in site_hosts(host, given):
        return CookieHost(domain, False)
    if urls.host_matches(host, domain) or is_public_suffix(domain, given):
        return CookieHost(refusal="domain-public-suffix")
    return CookieHost(refusal="domain-mismatch")


def is_expired(expiry: float | None, now: float) -> bool:
    """Whether a cookie is expired. In its last second it is, as in browsers."""
    return expiry is not None and expiry <= now


def find_refusals(
    cookie: SetCookie, request: Request, host: CookieHost, http_api: bool, cross_site: bool
) -> Iterator[str]:
    """Yield the codes of all causes to refuse this cookie, in the order of the text."""
    if host.refusal:
        yield host.refusal
    if has_path_tab(cookie):
        yield "path-tab"
    if cookie.httponly and not http_api:
        yield "httponly-not-http"
    if cookie.secure and not request.secure:
        yield "secure-insecure"
    if cookie.samesite != "None":
        if cross_site:
            yield "samesite-cross-site"
    elif not cookie.secure:
        yield "samesite-none-insecure"
    if cookie.partitioned and not cookie.secure:
        yield "partitioned-insecure"  # the browsers' rule
    prefix = prefixes.name_prefix(cookie.name or cookie.value)
    if prefix is not None:
        if not cookie.name:
            yield "nameless-prefix"
        elif prefix.missing(cookie, cookie.domain is None or host.host_only):
            yield prefix.code


def to_stored(
    cookie: SetCookie, request: Request, host: CookieHost, now: float
) -> StoredCookie:
    """Return the cookie as it is stored, with what its header left to the request."""
    expiry = None if cookie.expires is None else cookie.expires.timestamp()
    if cookie.max_age is not None:  # it has precedence
        expiry = now + cookie.max_age
    path = cookie.path or matching.default_path(request.path)
    head = cookie.name, cookie.value, host.domain, path, host.host_only, cookie.secure
    tail = (
        cookie.httponly,
        cookie.samesite,
        cookie.partitioned,
        expiry,
        now,
        now,
        cookie.priority,
    )
    return tuple.__new__(StoredCookie, head + tail)


def check_same_site(same_site: str) -> str:
    """Return *same_site* in lower case. Raises ValueError if it is no word of `SENT_WITH`."""
    word = same_site.lower() if isinstance(same_site, str) else ""
    if word not in SENT_WITH["None"]:
        raise ValueError("same_site must be 'strict', 'lax', 'unset' or 'none'")
    return word


def url_mistake(url: str, header: str) -> str:
    """Return a sentence on what is wrong with a *url* without cookies, or ``""``."""
    if urls.read_url(header) is not None:
        return (
            "The header is a URL, and the URL is not, so no cookie is stored. Swap the two"
            " arguments: the header comes first."
        )
    if "://" not in url and (url[:1] == "/" or urls.read_url("https://" + url) is not None):
        return (
            f"The URL {url.partition('?')[0][:60]!a} has no scheme, so no cookie is stored."
            " Give the whole address of the request, such as https://example.com/login."
        )
    return ""
