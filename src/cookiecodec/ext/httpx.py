"""A `CookieJar` for the clients of ``httpx``, synchronous and asynchronous."""

from typing import Any, TypeVar

import httpx

from ..jar import CookieJar
from ._clients import Cookies, adopt, cookies_of

__all__ = ["use_jar"]

Client = TypeVar("Client", httpx.Client, httpx.AsyncClient)


def use_jar(client: Client, jar: CookieJar) -> Client:
    """Make *client* send and store the cookies of *jar*, and return it.

    ``client.cookies`` then reads from *jar*. A request's own cookies are sent along, but not
    to other hosts. A Host header counts. Each request is one that the user makes: it gets
    every SameSite (layered 5.4.5). To pickle the client is a TypeError.

    >>> import httpx
    >>> client = use_jar(httpx.AsyncClient(), CookieJar())
    """
    adopt(client, _Sending)
    client._cookies = _Cookies(jar)
    return client


class _Cookies(Cookies, httpx.Cookies):
    def __init__(self, jar: CookieJar) -> None:
        httpx.Cookies.__init__(self)  # an empty jar, from which the client copies
        Cookies.__init__(self, jar)

    def __iter__(self) -> Any:
        return (cookie.name for cookie in self.ours)

    def extract_cookies(self, response: httpx.Response) -> None:
        address = response.request.extensions["cookiecodec"].address
        for name, value in response.headers.raw:
            if name.lower() == b"set-cookie":
                self.ours.receive(value, address)


class _Sending:
    def _send_single_request(self: Any, request: httpx.Request) -> Any:
        if isinstance(self.cookies, Cookies):
            url, raw = str(request.url), request.headers.raw
            cookies = cookies_of(request.extensions, "cookiecodec", self.cookies.ours, url)
            present = b"; ".join([value for name, value in raw if name.lower() == b"cookie"])
            header = cookies.header(url, request.headers.get("Host"), present)
            if header or present:  # new headers, which detect their encoding again
                kept = [pair for pair in raw if pair[0].lower() != b"cookie"]
                kept += [(b"Cookie", header.encode("latin-1"))] if header else []
                request.headers = httpx.Headers(kept)
        return super()._send_single_request(request)  # type: ignore[misc] # sync or async
