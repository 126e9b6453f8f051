"""Store a Cookie (layered 5.4.3), as far as it needs no store: may this host set it?

Sections of "layered" are those of draft-ietf-httpbis-layered-cookies. A refusal is a
code; what the codes mean to a developer stands in `_why_dropped`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple, Union

from .. import matching, set_cookie
from .._core import prefixes as _prefix
from .._formats import urls as _urls
from .._formats.urls import Request
from ..set_cookie import SetCookie

PublicSuffix = Union[Callable[[str], bool], None]


class StoredCookie(NamedTuple):
    """A cookie in a jar (layered 5.1.2): all that it was set with, and where it belongs.

    Texts are native strings, times are Unix times. *domain* is the cookie's host, which
    alone gets it if *host_only* is true; *expiry_time* is None for a session cookie;
    *samesite* is ``"Strict"``, ``"Lax"``, ``"None"``, or None for "unset".
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


def is_public_suffix(host: str, given: PublicSuffix) -> bool:
    """Whether *host* is a public suffix, by the caller's function or the list's default rule.

    A trailing dot makes another host of the same domain; an IP address has no suffix.
    """
    if _urls.is_ip_address(host):
        return False
    domain = host[:-1] if host.endswith(".") else host
    return "." not in domain if given is None else bool(given(domain))


def resolve_host(cookie: SetCookie, host: str, given: PublicSuffix) -> tuple[str, bool] | str:
    """The cookie's host and host-only, or the code of why this *host* may not set it."""
    domain = cookie.domain
    if domain is None:
        return host, True
    if not domain:
        return "domain-invalid"
    if is_public_suffix(domain, given):
        return (host, True) if domain == host else "domain-public-suffix"
    if not _urls.host_matches(host, domain):
        return "domain-mismatch"
    return domain, _urls.is_ip_address(domain)


def expiry_time(cookie: SetCookie, now: float) -> float | None:
    """When the cookie expires: by Max-Age before Expires, None with the session."""
    if cookie.max_age is not None:
        return now + cookie.max_age
    return None if cookie.expires is None else cookie.expires.timestamp()


def is_expired(expiry: float | None, now: float) -> bool:
    """Whether a cookie is expired; at its last second it is, as in browsers."""
    return expiry is not None and expiry <= now


def refusals(
    cookie: SetCookie,
    request: Request,
    host: tuple[str, bool] | str,
    http_api: bool,
    cross_site: bool,
) -> Iterator[str]:
    """The codes of all that speaks against this cookie, in the order of the text.

    *host* is what `resolve_host` says.
    """
    if isinstance(host, str):
        yield host
    if set_cookie._has_path_tab(cookie):
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
    prefix = _prefix.name_prefix(cookie.name or cookie.value)
    if prefix is not None:
        if not cookie.name:
            yield "nameless-prefix"
        elif not _keeps_prefix(cookie, host, prefix):
            yield "prefix-" + prefix[0].strip("_-")


def _keeps_prefix(
    cookie: SetCookie, host: tuple[str, bool] | str, prefix: tuple[str, bool, bool, bool]
) -> bool:
    """Whether the cookie has what its name prefix asks for (layered 5.1.2).

    "Http-prefix compatible" means that http-only is true: its text is in error.
    """
    _, secure, httponly, host_prefix = prefix
    if (secure and not cookie.secure) or (httponly and not cookie.httponly):
        return False
    host_only = cookie.domain is None or (not isinstance(host, str) and host[1])
    return not host_prefix or (host_only and cookie.path == "/")


def stored(
    cookie: SetCookie, request: Request, host: tuple[str, bool], now: float
) -> StoredCookie:
    """The cookie as it is kept, with what its header left to the request."""
    path = matching.default_path(request.path) if cookie.path is None else cookie.path
    return StoredCookie(
        name=cookie.name,
        value=cookie.value,
        domain=host[0],
        path=path,
        host_only=host[1],
        secure=cookie.secure,
        httponly=cookie.httponly,
        samesite=cookie.samesite,
        partitioned=cookie.partitioned,
        expiry_time=expiry_time(cookie, now),
        creation_time=now,
        last_access_time=now,
    )
