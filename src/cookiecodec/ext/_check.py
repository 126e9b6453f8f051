"""What `CookieCheck` and `testing.assert_cookies_kept` say about the cookies of a response."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, NamedTuple
from urllib.parse import quote

from .._core.attributes import split_pair
from .._formats import urls
from .._user_agent.messages import Finding, quoted
from ..explain import explain_response
from ..set_cookie import native_string

# For each code, as many names are remembered. A client may choose them.
_MAX_NAMES = 32
_MAX_URL = 200
_MAX_LINES = 100

_logger = logging.getLogger("cookiecodec")


class Problem(NamedTuple):
    """A finding on one cookie. Its message does not contain the value."""

    name: str
    finding: Finding

    @property
    def is_drop(self) -> bool:
        """Whether a browser drops the cookie."""
        drops = self.finding.browsers is not None and not all(self.finding.browsers.values())
        return drops or self.finding.severity == "error"


def problems(lines: Iterable[str | bytes], url: str) -> Iterator[Problem]:
    """Yield what is wrong with the Set-Cookie *lines* of a response. To delete is not wrong."""
    texts = [native_string(line) for line in islice(lines, _MAX_LINES)]
    for text, verdict in zip(texts, explain_response(texts, url)):
        for finding in verdict.log_findings():
            if finding.severity != "info" and finding.code != "expired":
                yield Problem(split_pair(text.partition(";")[0])[0], finding)


class Log:
    """Logs each problem once for a name and a code, in bounded memory."""

    def __init__(self) -> None:
        self._seen: dict[str, set[str]] = {}

    def check(self, lines: Iterable[str | bytes], url: str) -> None:
        """Log the problems of a response from *url*, as warnings of ``cookiecodec``."""
        if urls.read_url(url) is None:
            return  # a client may send any Host
        for name, finding in problems(lines, url):
            names = self._seen.setdefault(finding.code, set())
            if name[:_MAX_NAMES] not in names and len(names) < _MAX_NAMES:
                names.add(name[:_MAX_NAMES])
                where = ascii(url.partition("?")[0][:_MAX_URL])[1:-1]
                message = "Set-Cookie %s of %s: %s: %s"
                _logger.warning(message, quoted(name), where, finding.code, finding.message)


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
        self.check(lines, address(scope.get("scheme", "http"), host, path))
