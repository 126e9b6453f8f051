"""Which requests a cookie is sent with: domain-match, path-match and default-path.

Layered 5.3 (draft-ietf-httpbis-layered-cookies).
"""

from __future__ import annotations

from ._formats.urls import canonical_host, host_matches

__all__ = ["default_path", "domain_match", "path_match"]


def domain_match(host: str, domain: str) -> bool:
    """Whether *host* domain-matches *domain* (layered 5.3.2).

    Both are host names, in any case, in A-labels or in Unicode, or IP addresses in any
    notation (IPv6 with or without brackets). *domain* may start with one dot. An IP address
    matches only itself.

    False for a text that is not a host name, or that browsers might read as another host
    (``ß`` and similar characters). Raises no exceptions.

    >>> domain_match("www.example.com", ".Example.COM")
    True
    >>> domain_match("badexample.com", "example.com"), domain_match("1.2.3.4", "3.4")
    (False, False)
    """
    request_host = canonical_host(_bracketed(host))
    cookie_host = canonical_host(_bracketed(domain[1:] if domain.startswith(".") else domain))
    if request_host is None or cookie_host is None:
        return False
    return host_matches(request_host, cookie_host)


def path_match(request_path: str, cookie_path: str) -> bool:
    """Whether *request_path* path-matches *cookie_path* (layered 5.3.4).

    Both are paths without a query. They are compared octet by octet, and nothing is decoded.
    Raises no exceptions.

    >>> path_match("/docs/web", "/docs"), path_match("/docsets", "/docs")
    (True, False)
    """
    if request_path == cookie_path:
        return True
    if not cookie_path.startswith("/") or not request_path.startswith(cookie_path):
        return False
    return cookie_path.endswith("/") or request_path[len(cookie_path)] == "/"


def default_path(path: str) -> str:
    """Return the path of a cookie that has no Path, from the request's *path* (layered 5.3.3).

    This is everything before the last slash. A query, from ``?`` on, is not part of it.
    Raises no exceptions.

    >>> default_path("/docs/web/index.html"), default_path("/index.html")
    ('/docs/web', '/')
    """
    path = path.partition("?")[0]
    end = path.rfind("/")
    return path[:end] if end > 0 and path.startswith("/") else "/"


def _bracketed(host: str) -> str:
    return f"[{host}]" if host.count(":") > 1 and not host.startswith("[") else host
