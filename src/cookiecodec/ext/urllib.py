"""A `CookieJar` for ``urllib.request``, in the place of ``http.cookiejar``."""

from typing import Any
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request

from ..jar import CookieJar
from ._clients import Cookies, cookies_of

__all__ = ["use_jar"]


def use_jar(opener: OpenerDirector, jar: CookieJar) -> OpenerDirector:
    """Make *opener* send and store the cookies of *jar*, and return it.

    If it has an `HTTPCookieProcessor`, this one uses *jar*. A request's own Cookie header is
    sent with the jar's cookies, but not to other hosts. Each request counts as one that the
    user makes, with the cookies of every SameSite (layered 5.4.5).

    >>> import urllib.request
    >>> opener = use_jar(urllib.request.build_opener(), CookieJar())
    """
    ours: Any = _Cookies(jar)
    handlers: Any = vars(opener)["handlers"]
    processors = [one for one in handlers if isinstance(one, HTTPCookieProcessor)]
    for processor in processors:
        processor.cookiejar = ours
    if not processors:
        opener.add_handler(HTTPCookieProcessor(ours))
    return opener


class _Cookies(Cookies):
    def add_cookie_header(self, request: Request) -> None:
        # `HTTPRedirectHandler` hands the `redirect_dict` on.
        cookies = cookies_of(vars(request), "redirect_dict", self.ours, request.full_url)
        present = request.get_header("Cookie")
        header = cookies.header(request.full_url, request.get_header("Host"), present)
        request.remove_header("Cookie")  # a redirect would take it to any host
        if header:
            request.add_unredirected_header("Cookie", header)

    def extract_cookies(self, response: Any, request: Request) -> None:
        cookies = cookies_of(vars(request), "redirect_dict", self.ours, request.full_url)
        cookies.extract_cookies(response, request)
