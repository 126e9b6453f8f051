"""What the HTTP clients share: a stand-in for their jars, and the cookies of one request."""

from __future__ import annotations

import http.cookiejar
from typing import Any
from urllib.parse import urlsplit

from ..jar import CookieJar
from ..set_cookie import native_string


class Cookies:
    """Stands in for a client's own jar. It reads from ours; any change needs a URL."""

    def __init__(self, jar: CookieJar) -> None:
        self.ours = jar

    def __iter__(self) -> Any:
        return iter(self.ours)

    def __len__(self) -> int:
        return len(self.ours)

    def __contains__(self, name: object) -> bool:
        return name in self.get_dict()

    def __getitem__(self, name: str) -> Any:
        return self.get_dict()[name]

    def get(self, name: str, default: Any = None, domain: Any = None, path: Any = None) -> Any:
        return self.get_dict(domain, path).get(name, default)

    def get_dict(self, domain: Any = None, path: Any = None) -> dict[str, str]:
        """Return values by names, as the jar holds them; the newest of each name."""
        return {
            cookie.name: cookie.value
            for cookie in self.ours
            if domain in (None, cookie.domain) and path in (None, cookie.path)
        }

    def _refuse(self, *args: object, **options: object) -> Any:
        raise TypeError("cookies belong to a URL: use the methods of the cookiecodec.CookieJar")

    set = set_cookie = update = delete = clear = __setitem__ = _refuse


class RequestCookies(dict, http.cookiejar.CookieJar):  # type: ignore[type-arg, misc]
    """The Cookie header of a request and of its redirects.

    The request's own cookies, and what its Host header says, are for the host of its URL. No
    other host gets these cookies, nor does http get what was for https. urllib and requests
    hand a dict or a `CookieJar` on from request to request.
    """

    def __init__(self, jar: CookieJar, url: str) -> None:
        self.ours, self.first, self.address = jar, urlsplit(url), url
        self.own, self.sent = "", {""}  # no header that was sent is the request's own
        self.received: object = None

    def __reduce__(self) -> Any:
        return http.cookiejar.CookieJar, ()  # requests can be pickled, without the jar

    def header(self, url: str, host: str | bytes | None, present: str | bytes | None) -> str:
        """Return the header for *url*, given what Host and Cookie are now."""
        text, host = native_string(present or ""), native_string(host or "")
        if text not in self.sent:
            self.own = text
        target = urlsplit(url)
        same_host = target.hostname == self.first.hostname
        self.address = target._replace(netloc=host).geturl() if host and same_host else url
        header = self.ours.cookie_header(self.address)
        if self.own and same_host and (self.first.scheme, target.scheme) != ("https", "http"):
            # Of two cookies of one name, the request's own is sent.
            names = {pair.partition("=")[0].strip() for pair in self.own.split(";")}
            pairs = [pair for pair in header.split("; ") if pair.partition("=")[0] not in names]
            header = "; ".join(filter(None, [*pairs, self.own]))
        self.sent.add(header)
        return header

    def extract_cookies(self, response: Any, request: object) -> None:
        """Store the cookies of the response to what was last sent. Clients ask repeatedly."""
        message = response.info()
        lines = () if message is self.received else message.get_all("Set-Cookie", ())
        self.received = message
        for line in lines:
            self.ours.receive(line, self.address)

    def add_cookie_header(self, request: Any) -> None:
        """Add the header to what answers a 401, in `requests`."""
        url, headers = request._r.url, request._r.headers
        header = self.header(url, headers.get("Host"), headers.get("Cookie"))
        if header:
            request.add_unredirected_header("Cookie", header)

    def copy(self) -> Any:
        """Return the same object, which goes on to redirected requests."""
        return self


def cookies_of(holder: dict[str, Any], key: str, jar: CookieJar, url: str) -> RequestCookies:
    """Return the cookies that *holder*, a part of a request, has or gets."""
    found = holder.get(key)
    if not isinstance(found, RequestCookies) or found.ours is not jar:
        found = holder[key] = RequestCookies(jar, url)
    return found


def adopt(client: Any, mixin: type) -> None:
    """Mix *mixin* into the class of *client*."""
    cls = type(client)
    if not issubclass(cls, mixin):
        names = {"__reduce_ex__": _refuse, "__module__": cls.__module__, "__doc__": cls.__doc__}
        client.__class__ = type(cls.__name__, (mixin, cls), names)


def _refuse(client: object, protocol: object) -> None:
    raise TypeError(
        "a client with cookiecodec's jar can't be pickled or copied, since threads share the"
        " jar: make a new client, and call use_jar for it. To keep the cookies, use to_json"
    )
