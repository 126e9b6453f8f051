"""Sessions for any ASGI application, including Starlette and FastAPI.

The HTTP and WebSocket message format of ASGI 3. No framework is imported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._session.place import SessionPlace
from ._vary import check_middleware, with_lines

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping

    from ..session import SessionCookie

    _Message = MutableMapping[str, Any]
    _Receive = Callable[[], Awaitable[_Message]]
    _Send = Callable[[_Message], Awaitable[None]]
    _Application = Callable[[_Message, _Receive, _Send], Awaitable[None]]

__all__ = ["CookieCheck", "SessionMiddleware"]

# The messages that carry the headers of a response, including that of a refused WebSocket.
_STARTS = ("http.response.start", "websocket.http.response.start")


class SessionMiddleware:
    """Opens a session for each request and WebSocket, and saves it with the headers.

    The session is ``scope["session"]``, a `Session`, and so ``request.session`` in Starlette,
    FastAPI and Litestar. You may put another `Session` or a mapping in its place, which is
    the new content. An empty one logs out, and so does Litestar's ``Empty``. Do so in this
    scope: in a copy of it, as another middleware may make, only changes to the session itself
    (``clear``) are seen. To look the key up is an access, which adds ``Vary: Cookie``.

    The session is saved when the first piece of the body is sent: until then the start of
    the response is held back, so that what is read or changed after it counts too. With a
    WebSocket the session is saved when the connection is accepted. Later changes, while the
    body is sent or the socket is open, are lost, which is logged once for each line of code.
    A stream whose first piece comes late can send an empty one first, to send its headers.
    What `SessionCookie.save` raises for a value that can't be saved is raised by ``send``.

    Raises TypeError for an *app* or a *session_cookie* of the wrong type.

    >>> import asyncio
    >>> from cookiecodec import SessionCookie
    >>> async def app(scope, receive, send):
    ...     await send({"type": "http.response.start", "status": 200})
    ...     scope["session"]["user"] = 42
    >>> async def send(message):
    ...     print(message["headers"][0][1][:24], message["headers"][1])
    >>> app = SessionMiddleware(app, SessionCookie("a secret key of 32 octets or more"))
    >>> asyncio.run(app({"type": "http", "headers": []}, None, send))
    b'session=eyJ1c2VyIjo0Mn0.' (b'vary', b'Cookie')
    """

    def __init__(self, app: _Application, session_cookie: SessionCookie) -> None:
        check_middleware(app, session_cookie)
        self._app = app
        self._session_cookie = session_cookie

    async def __call__(self, scope: _Message, receive: _Receive, send: _Send) -> None:
        """Send the application's messages, with the session's header lines."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        lines = [value for name, value in scope["headers"] if name.lower() == b"cookie"]
        header = b"; ".join(lines).decode("latin-1")  # RFC 9113, 8.2.3
        # In the scope itself, as Starlette does: what runs outside of us may look at it.
        place = SessionPlace(scope, "scope", "session", self._session_cookie, header)
        held: _Message | None = None

        async def send_with_session(message: _Message) -> None:
            nonlocal held
            if held is not None:  # of two starts the server tells that the second is too much
                start, held = held, None
                await send(_with_session(start, place))
            kind = message["type"]
            if kind in _STARTS:
                place.held()  # raises for what can't be saved before the application goes on
                held = message
                return
            if kind == "websocket.accept":
                message = _with_session(message, place)
            await send(message)

        await self._app(scope, receive, send_with_session)
        if held is not None:
            await send(_with_session(held, place))


def _with_session(message: _Message, place: SessionPlace) -> _Message:
    """Return the *message* with the session's lines, in octets and lower case."""
    headers, lines = list(message.get("headers", ())), place.save()
    if lines:
        own = [value for name, value in headers if name.lower() == b"vary"]
        if own:
            headers = [line for line in headers if line[0].lower() != b"vary"]
            lines = with_lines([("vary", value.decode("latin-1")) for value in own], lines)
        headers += [(name.lower().encode(), value.encode("latin-1")) for name, value in lines]
    return {**message, "headers": headers}


class CookieCheck:
    """Logs what browsers would drop, ignore or read differently, as `ext.wsgi.CookieCheck`.

    In Starlette and FastAPI: ``app.add_middleware(CookieCheck)``, as the last one.
    """

    def __init__(self, app: _Application) -> None:
        from ._check import AsgiLog

        self._app = app
        self._log = AsgiLog()

    async def __call__(self, scope: _Message, receive: _Receive, send: _Send) -> None:
        """Send the application's messages."""

        async def checked(message: _Message) -> None:
            headers = message.get("headers", ())
            lines = [value for name, value in headers if name.lower() == b"set-cookie"]
            if lines:
                self._log.check_response(lines, scope)
            await send(message)

        await self._app(scope, receive, checked)
