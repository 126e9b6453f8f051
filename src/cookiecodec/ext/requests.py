"""A `CookieJar` for the sessions of ``requests``."""

from typing import Any

from requests import PreparedRequest, Response, Session

from ..jar import CookieJar
from ._clients import Cookies, adopt, cookies_of

__all__ = ["use_jar"]


def use_jar(session: Session, jar: CookieJar) -> Session:
    """Make *session* send and store the cookies of *jar*, and return it.

    ``session.cookies`` then reads from *jar*. A request's own ``cookies=`` or Cookie header
    is sent along, but not to other hosts. A Host header counts. Each request is one that the
    user makes: it gets every SameSite (layered 5.4.5). To pickle the session is a TypeError.

    >>> import requests
    >>> session = use_jar(requests.Session(), CookieJar())
    """
    adopt(session, _Sending)
    session.cookies = _Cookies(jar)  # type: ignore[assignment] # not one of their jars
    return session


class _Cookies(Cookies):
    def extract_cookies(self, response: Any, request: Any) -> None:
        request._r._cookies.extract_cookies(response, request)


class _Sending(Session):
    def send(self, request: PreparedRequest, **options: Any) -> Response:
        if isinstance(self.cookies, Cookies) and isinstance(request, PreparedRequest):
            url, headers = str(request.url), vars(request)["headers"]
            cookies = cookies_of(vars(request), "_cookies", self.cookies.ours, url)
            header = cookies.header(url, headers.get("Host"), headers.pop("Cookie", None))
            if header:
                headers["Cookie"] = header
        return super().send(request, **options)
