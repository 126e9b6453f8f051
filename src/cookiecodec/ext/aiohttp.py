"""A `cookiecodec.CookieJar` for the sessions of ``aiohttp``."""

from __future__ import annotations

from http.cookies import Morsel, SimpleCookie
from typing import TYPE_CHECKING, Any

from aiohttp.abc import AbstractCookieJar
from yarl import URL

from ..errors import CookieError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .. import jar as _jar

__all__ = ["CookieJar"]

if not hasattr(AbstractCookieJar, "update_cookies_from_headers"):
    raise ImportError(
        "cookiecodec.ext.aiohttp needs aiohttp 3.13, which hands on Set-Cookie lines"
    )


class CookieJar(AbstractCookieJar):
    """What ``aiohttp.ClientSession(cookie_jar=...)`` takes, around a `cookiecodec.CookieJar`.

    Each request counts as one that the user makes, with the cookies of every SameSite
    (layered 5.4.5). A request's own ``cookies=`` win over the jar's. A Host header does not
    count. Cookies that are not UTF-8 are not sent, since aiohttp can't. To change cookies,
    use *jar*; what names no URL is a TypeError. Needs aiohttp 3.13.

    >>> import cookiecodec
    >>> cookie_jar = CookieJar(cookiecodec.CookieJar())
    """

    unsafe = quote_cookie = True  # as for the cookies of one request

    def __init__(self, jar: _jar.CookieJar) -> None:
        self.jar = jar  # the base class would want a running loop

    def __len__(self) -> int:
        return len(self.jar)

    def __iter__(self) -> Iterator[Morsel[str]]:
        for cookie in self.jar:
            yield _morsel(cookie.name, cookie.value, domain=cookie.domain, path=cookie.path)

    def clear(self, predicate: object = None) -> None:
        if predicate is not None:
            raise TypeError("clear takes no predicate: use the methods of cookiecodec's jar")
        self.jar.clear()

    def update_cookies(self, cookies: Any, response_url: URL | None = None) -> None:
        for name, value in getattr(cookies, "items", lambda: cookies)():
            header = value.OutputString() if isinstance(value, Morsel) else f"{name}={value}"
            if ";" in header and not isinstance(value, Morsel):
                raise CookieError("a cookie's name and value can't contain ';'", "value")
            self.update_cookies_from_headers([header], response_url)

    def update_cookies_from_headers(
        self, headers: Sequence[str], response_url: URL | None
    ) -> None:
        if not response_url:
            raise TypeError("cookies belong to a URL: use the methods of cookiecodec's jar")
        for header in headers:
            self.jar.receive(header.encode("utf-8", "surrogateescape"), str(response_url))

    def filter_cookies(self, request_url: URL) -> SimpleCookie:
        octets = self.jar.cookie_header(str(request_url)).encode("latin-1")
        pairs = [pair.decode("utf-8", "replace") for pair in octets.split(b"; ") if pair]
        return _Header([pair for pair in pairs if "\ufffd" not in pair])

    def clear_domain(self, domain: str) -> None:
        raise TypeError("clear_domain is not available: use the methods of cookiecodec's jar")

    @property
    def cookies(self) -> Any:
        raise TypeError("not available: iterate over the jar, or over cookiecodec's jar")

    host_only_cookies = cookies


class _Header(SimpleCookie):
    """Its items are one cookie: the first, whose value goes on with all others.

    aiohttp would sort the cookies by name, and send one of each name.
    """

    def __init__(self, pairs: list[str]) -> None:
        super().__init__()
        self.pairs = pairs
        for pair in reversed(pairs):
            name, _, value = pair.partition("=")
            self[name] = _morsel(name, value)

    def load(self, rawdata: Any) -> None:
        """Add the cookies of a single request, which win over those of the same name."""
        super().load(rawdata)
        self.pairs = [pair for pair in self.pairs if pair.partition("=")[0] not in rawdata]
        self.pairs += [morsel.OutputString([]) for morsel in rawdata.values()]

    def items(self) -> Any:
        name, equals, value = "; ".join(self.pairs).partition("=")
        return [(name, _morsel(name, value))] if equals else [("", _morsel("", name))]


def _morsel(name: str, value: str, **attributes: str) -> Morsel[str]:
    morsel: Any = Morsel()
    morsel.__setstate__({"key": name, "value": value, "coded_value": value})  # any name
    morsel.update(attributes)
    return morsel  # type: ignore[no-any-return]
