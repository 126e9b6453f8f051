"""Sessions for any WSGI application (PEP 3333). No framework is imported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._session.place import SessionPlace
from ._vary import check_middleware, with_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from ..session import SessionCookie

__all__ = ["CookieCheck", "SessionMiddleware"]

_KEY = "cookiecodec.session"


class SessionMiddleware:
    """Opens a session for each request, and saves it with the response's headers.

    The session is ``environ["cookiecodec.session"]``, a `Session`. You may put another
    `Session` or a mapping in its place, which is the new content. An empty one logs out.
    To look the key up is an access, which adds ``Vary: Cookie``.

    The session is saved when the application has returned, or, if it is a generator, has
    yielded the first piece of its body: until then the headers are held back, so that what
    is read or changed after ``start_response`` counts too. Later changes, while the body is
    sent, are lost, which is logged once for each line of code. What `SessionCookie.save`
    raises for a value that can't be saved is raised by the call, and the server answers 500.

    Raises TypeError for an *app* or a *session_cookie* of the wrong type.

    >>> from cookiecodec import SessionCookie
    >>> def app(environ, start_response):
    ...     start_response("200 OK", [("Vary", "Accept")])
    ...     environ["cookiecodec.session"]["user"] = 42
    ...     return [b"logged in"]
    >>> app = SessionMiddleware(app, SessionCookie("a secret key of 32 octets or more"))
    >>> app({}, lambda status, headers, exc_info: print(headers[0][1][:24], headers[1]))
    session=eyJ1c2VyIjo0Mn0. ('Vary', 'Accept, Cookie')
    [b'logged in']
    """

    def __init__(self, app: WSGIApplication, session_cookie: SessionCookie) -> None:
        check_middleware(app, session_cookie)
        self._app = app
        self._session_cookie = session_cookie

    def __call__(
        self, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Return the application's response, with the session's header lines."""
        header = environ.get("HTTP_COOKIE")
        place = SessionPlace(environ, "environ", _KEY, self._session_cookie, header)
        response = _Response(place.save, start_response)
        body = self._app(environ, response.start)
        if response.held is None:
            return _Body(body, response.release)
        try:
            response.release()
        except BaseException:
            _close(body)
            raise
        return body


class _Response:
    """The start of a response, held back until there is something to send."""

    def __init__(self, save: Callable[[], list[tuple[str, str]]], start: StartResponse) -> None:
        self.held: tuple[str, list[tuple[str, str]], Any] | None = None
        self._save = save
        self._start = start
        self._write: Callable[[bytes], object] | None = None

    def start(
        self, status: str, headers: list[tuple[str, str]], exc_info: Any = None
    ) -> Callable[[bytes], object]:
        """The application's ``start_response``, which it may call again after an error."""
        if self.held is not None and exc_info is None:
            raise AssertionError("start_response was called already")  # PEP 3333
        self.held = status, headers, exc_info
        if self._write is not None:  # the server tells whether it is too late
            self.release()
        return self.write

    def write(self, data: bytes) -> object:
        """The function that ``start_response`` returns: the old way to send a body."""
        self.release()
        assert self._write is not None  # there is no `write` without a start
        return self._write(data)

    def release(self) -> None:
        """Save the session and start the response, if it is held back."""
        if self.held is not None:
            status, headers, exc_info = self.held
            self.held = None
            self._write = self._start(status, with_lines(headers, self._save()), exc_info)


class _Body:
    """The body of an application that starts its response with the first piece."""

    def __init__(self, body: Iterable[bytes], release: Callable[[], None]) -> None:
        # A generator by itself closes nothing if the server never requests a piece.
        self._body = body
        self._pieces = self._send(release)

    def __iter__(self) -> Iterator[bytes]:
        return self._pieces

    def _send(self, release: Callable[[], None]) -> Iterator[bytes]:
        try:
            for piece in self._body:
                release()
                yield piece
            release()
        finally:
            self.close()

    def close(self) -> None:
        """Close the application's body, once."""
        body, self._body = self._body, ()
        _close(body)


def _close(body: Iterable[bytes]) -> None:
    if hasattr(body, "close"):
        body.close()


class CookieCheck:
    """Logs what browsers would drop, ignore or read differently, while you develop.

    Each cause is logged once for a cookie-name, as a warning of the logger ``cookiecodec``:
    with the name, the URL, the finding of `explain_set_cookie` and what to change, never with
    the value. Put it around everything that sets cookies. In Flask:
    ``app.wsgi_app = CookieCheck(app.wsgi_app)``.

    >>> def app(environ, start_response):
    ...     start_response("200 OK", [("Set-Cookie", "sid=31d4; SameSite=None")])
    ...     return []
    >>> app = CookieCheck(app)  # logs samesite-none-insecure
    """

    def __init__(self, app: WSGIApplication) -> None:
        from ._check import WsgiLog

        self._app = app
        self._log = WsgiLog()

    def __call__(
        self, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Return the application's response."""

        def start(status: str, headers: list[tuple[str, str]], *exc_info: Any) -> Any:
            lines = [value for name, value in headers if name.lower() == "set-cookie"]
            self._log.check_response(lines, environ)
            return start_response(status, headers, *exc_info)

        return self._app(environ, start)
