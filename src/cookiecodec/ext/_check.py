"""What `CookieCheck` and `testing.assert_cookies_kept` say about the cookies of a response."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple
from urllib.parse import quote

from .._core.attributes import split_pair
from .._formats import urls
from .._user_agent.attributes import KNOWN, read_attributes
from .._user_agent.findings import Finding, quoted
from .._user_agent.suggestions import spelled
from ..explain import explain_response
from ..set_cookie import native_string

# For each code, as many names are remembered. A client may choose them.
_MAX_NAMES = 32
_MAX_URL = 200
_MAX_LINES = 100

_logger = logging.getLogger("cookiecodec")


class Problem(NamedTuple):
    """A finding on one cookie, in words that do not contain its value."""

    name: str
    finding: Finding
    words: str

    @property
    def is_drop(self) -> bool:
        """Whether a browser drops the cookie."""
        drops = self.finding.browsers is not None and not all(self.finding.browsers.values())
        return drops or self.finding.severity == "error"


def problems(lines: Iterable[str | bytes], url: str) -> Iterator[Problem]:
    """Yield what is wrong with the Set-Cookie *lines* of a response. To delete is not wrong."""
    kept = list(lines)[:_MAX_LINES]
    for line, verdict in zip(kept, explain_response(kept, url)):
        text = native_string(line)
        for finding in verdict.findings:
            if finding.severity != "info" and finding.code != "expired":
                name, value = split_pair(text.partition(";")[0])
                yield Problem(name, finding, _without_value(finding.message, text, name, value))


def _without_value(message: str, text: str, name: str, value: str) -> str:
    """Remove the value of a nameless cookie, and what may be a part of it behind a ``;``."""
    hidden = [] if name else [value]
    hidden += [
        each.name
        for each in read_attributes(text)
        if each.key not in KNOWN and not (each.key.isalpha() and spelled(each.key))
    ]
    for secret in hidden:
        message = message.replace(quoted(secret), "(hidden)")
    # Lines that were joined by a comma have another cookie's value in an attribute.
    return re.sub(r"(['\"])[^'\"]*=.*?\1", "(hidden)", message)


class Log:
    """Logs each problem once for a name and a code, in bounded memory."""

    def __init__(self) -> None:
        self._seen: dict[str, set[str]] = {}

    def check(self, lines: Iterable[str | bytes], url: str) -> None:
        """Log the problems of a response from *url*, as warnings of ``cookiecodec``."""
        if urls.read_url(url) is None:
            return  # a client may send any Host
        for name, finding, words in problems(lines, url):
            names = self._seen.setdefault(finding.code, set())
            if name[:_MAX_NAMES] not in names and len(names) < _MAX_NAMES:
                names.add(name[:_MAX_NAMES])
                where = ascii(url.partition("?")[0][:_MAX_URL])[1:-1]
                message = "Set-Cookie %s of %s: %s: %s"
                _logger.warning(message, quoted(name), where, finding.code, words)


def address(scheme: str, host: str, path: bytes) -> str:
    """Return the URL of a request, with its path percent-encoded."""
    return f"{scheme}://{host}{quote(path, safe='/:@!$&,;=*%')}"


class WsgiLog(Log):
    """A log for responses to requests of WSGI."""

    def check_response(self, lines: list[str], environ: dict[str, Any]) -> None:
        host = environ.get("HTTP_HOST") or environ.get("SERVER_NAME", "")
        path = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
        scheme = environ.get("wsgi.url_scheme", "http")
        self.check(lines, address(scheme, host, path.encode("latin-1")))


class AsgiLog(Log):
    """A log for responses to requests of ASGI."""

    def check_response(self, lines: list[bytes], scope: Any) -> None:
        fields = {name.lower(): value for name, value in scope["headers"]}
        host, port = scope.get("server") or ("", None)
        host = fields.get(b"host", f"{host}:{port or ''}".encode()).decode("latin-1")
        path = scope["path"].encode("utf-8", "surrogatepass")
        self.check(lines, address(scope["scheme"], host, path))
