"""Retrieve Cookies (layered 5.4.5), for the explanation: why a request has no such cookie."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from .. import matching
from .._formats import urls
from .._formats.urls import Request
from . import storing
from .findings import LAYERED, Finding, quoted
from .storing import PublicSuffix, StoredCookie

#: The words of `CookieJar.cookie_header` for requests that get a cookie, by its SameSite.
SENT_WITH = {
    "Strict": ("strict",),
    "Lax": ("strict", "lax"),
    None: ("strict", "lax", "unset"),
    "None": ("strict", "lax", "unset", "none"),
}

_REASONS = {
    "unsent-host": "The cookie belongs to {domain}{only}, and the request goes to {host}. Set"
    " it with a Domain above both, if there is one.",
    "unsent-suffix": "There is a public suffix between {host} and {domain}, so these sites have"
    " different owners. Set the cookie from {host}.",
    "unsent-path": "The cookie is for {path} and below, and the request goes to {request_path}."
    " Set it with a Path above both, such as Path=/.",
    "unsent-secure": "The cookie is Secure, and the request is not. Use https.",
    "unsent-httponly": "The cookie is HttpOnly, so a script can't read it. Let the server read"
    " it, or leave HttpOnly out.",
    "unsent-samesite": "The request comes from another site, and the cookie has {samesite}. Set"
    " it with SameSite=None and Secure if other sites need it.",
    "unsent-tab": "The cookie contains a tab, which Firefox keeps and Chromium refuses. Write"
    " %09 instead.",
}


class Context(NamedTuple):
    """What decides whether a request to a URL gets a cookie, beside the cookie."""

    request: Request
    is_public_suffix: PublicSuffix
    http_api: bool = True
    same_site: str = "strict"


def find_reasons(cookie: StoredCookie, context: Context) -> Iterator[str]:
    """Yield the codes of all causes for which a request has no such cookie."""
    request = context.request
    host, domain = request.host, cookie.domain
    if host != domain and (cookie.host_only or not urls.host_matches(host, domain)):
        yield "unsent-host"
    elif domain not in storing.site_hosts(host, context.is_public_suffix):
        yield "unsent-suffix"
    if not matching.path_match(request.path, cookie.path):
        yield "unsent-path"
    if cookie.secure and not request.secure:
        yield "unsent-secure"
    if cookie.httponly and not context.http_api:
        yield "unsent-httponly"
    if context.same_site not in SENT_WITH[cookie.samesite]:
        yield "unsent-samesite"
    if "\t" in cookie.name + cookie.value:
        yield "unsent-tab"


def describe(code: str, cookie: StoredCookie, request: Request) -> Finding:
    """Return the finding for a code for which a request has no such cookie."""
    details = {
        "domain": cookie.domain,
        "only": " alone" if cookie.host_only else " and the hosts below it",
        "host": request.host,
        "path": quoted(cookie.path),
        "request_path": quoted(request.path),
        "samesite": f"SameSite={cookie.samesite}"
        if cookie.samesite
        else "no SameSite, which Chromium treats as Lax",
    }
    return Finding(code, "error", _REASONS[code].format(**details), LAYERED + "5.4.5")
