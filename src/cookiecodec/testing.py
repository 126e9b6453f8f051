"""For tests of web applications: Hypothesis strategies, and an assertion on cookies.

The strategies are for frameworks that fuzz their own cookie code. Hypothesis is imported when
one of them is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .ext._check import problems

if TYPE_CHECKING:
    from ._strategies import (
        cookie_headers,
        cookie_names,
        cookie_values,
        hostile_headers,
        set_cookie_headers,
    )

__all__ = ["assert_cookies_kept", "cookie_headers", "cookie_names", "cookie_values"]
__all__ += ["hostile_headers", "set_cookie_headers"]


def __getattr__(name: str) -> Any:
    """Load the strategies when one of them is first used (PEP 562)."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from . import _strategies

    return getattr(_strategies, name)


def assert_cookies_kept(response: Any, url: str | None = None) -> None:
    """Raise AssertionError if a browser would drop a cookie that *response* sets.

    *response* is one of Flask's, Django's or Starlette's test client, of httpx or of requests.
    Those that redirected to it are checked as well, if it knows them. *url* is the address of
    the response, if it is not that of its request. The message names each cookie, the cause
    and what to change, and never contains the value. A cookie that is deleted is not dropped.

    Plain http to ``testserver``, the host of test clients, counts as https. So a cookie of
    your production settings passes. For a Domain of your own, pass its *url*.

    >>> class Response:
    ...     headers, url = {"Set-Cookie": "sid=31d4; SameSite=None"}, "https://example.com/"
    >>> assert_cookies_kept(Response())
    Traceback (most recent call last):
    ...
    AssertionError: browsers drop cookies of this response:
    - 'sid' of https://example.com/: SameSite=None requires Secure. Add Secure, or write \
SameSite=Lax. (samesite-none-insecure)
    """
    __tracebackhide__ = True  # pytest shows the line of the test
    wrong = []
    for each in [*getattr(response, "history", ()), response]:
        where = url or _url(each)
        if where.startswith(("http://testserver/", "http://testserver:")):
            where = "https" + where[4:]
        shown = ascii(where.partition("?")[0])[1:-1]
        for problem in problems(_lines(each), where):
            if problem.is_drop:
                code, words = problem.finding.code, problem.finding.message
                wrong.append(f"\n- {problem.name[:40]!a} of {shown}: {words} ({code})")
    if wrong:
        raise AssertionError("browsers drop cookies of this response:" + "".join(wrong))


def _url(response: Any) -> str:
    request: Any = getattr(response, "request", None)
    if isinstance(request, dict):  # Django's client: the environ, without the defaults
        request = getattr(response, "wsgi_request", None)
    if hasattr(request, "build_absolute_uri"):
        return str(request.build_absolute_uri())
    return str(
        getattr(response, "url", None) or getattr(request, "url", "https://example.com/")
    )


def _lines(response: Any) -> list[str | bytes]:
    """Return the Set-Cookie lines, in octets where the client would decode them."""
    raw = getattr(response, "raw", None)  # of requests: its own headers are joined by commas
    headers = getattr(raw, "headers", None) or response.headers
    if isinstance(getattr(headers, "raw", None), list):  # of httpx
        return [value for name, value in headers.raw if name.lower() == b"set-cookie"]
    for method in ("getlist", "get_list", "getall", "get_all"):
        if hasattr(headers, method):
            return list(getattr(headers, method)("Set-Cookie") or ())
    lines = [value for name, value in headers.items() if name.lower() == "set-cookie"]
    cookies: Any = getattr(response, "cookies", None)
    if hasattr(cookies, "output"):  # of Django: a SimpleCookie
        lines += [each.OutputString() for each in cookies.values()]
    return lines
