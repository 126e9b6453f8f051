"""Sessions for ASGI applications: with the bare protocol, and in Starlette."""

import asyncio
from typing import Any

import pytest

from cookiecodec import Session, SessionCookie
from cookiecodec.ext.asgi import SessionMiddleware

from ..support.peers import peer
from .test_session import KEY, NOISE, Thing, cookie, saved

START = {"type": "http.response.start", "status": 200}
BODY = {"type": "http.response.body", "body": b""}


def run(app: Any, *lines: bytes, kind: str = "http") -> "list[Any]":
    """Return the messages that an application sends for a request with these Cookie lines."""
    headers = [(b"host", b"x"), *[(b"cookie", line) for line in lines], (b"accept", b"*/*")]
    sent: "list[Any]" = []

    async def receive() -> Any:
        return {"type": "http.request"}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(app({"type": kind, "headers": headers}, receive, send))
    return sent


def answering(*messages: Any, act: Any = None) -> Any:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        if act is not None:
            act(scope["session"])
        for message in messages:
            await send(message)

    return app


def cookies(message: Any) -> "list[bytes]":
    return [value for name, value in message["headers"] if name == b"set-cookie"]


def test_a_session_lasts_from_login_to_logout() -> None:
    which = cookie()
    login = SessionMiddleware(answering(START, BODY, act=lambda s: s.update(user=42)), which)
    start, body = run(login)
    assert [name for name, _ in start["headers"]] == [b"set-cookie", b"vary"]
    assert body is BODY
    pair = cookies(start)[0].split(b";")[0]
    seen: "list[Any]" = []
    account = SessionMiddleware(answering(START, act=lambda s: seen.append(s["user"])), which)
    (start,) = run(account, pair)
    assert start["headers"] == [(b"vary", b"Cookie")]
    assert seen == [42]
    logout = SessionMiddleware(answering(START, act=lambda s: s.clear()), which)
    assert b"Max-Age=0" in cookies(run(logout, pair)[0])[0]
    untouched = SessionMiddleware(answering(START, BODY), which)
    assert run(untouched, pair)[0] == {**START, "headers": []}


def test_several_cookie_lines_are_read_as_one_header() -> None:
    """HTTP/2 splits the Cookie header (RFC 9113, 8.2.3), and may separate chunks."""
    which = cookie(chunked=True)
    lines = [value.split(";")[0] for _, value in which.save(Session(data=NOISE[:5000]))[:-1]]
    assert len(lines) == 2
    seen: "list[Any]" = []
    app = SessionMiddleware(answering(START, act=seen.append), which)
    for given in (lines, [*reversed(lines), "a=1"], ["; ".join(lines)], ["a=\xff", *lines]):
        run(app, *[line.encode("latin-1") for line in given])
        assert seen.pop()["data"] == NOISE[:5000]


def test_every_message_with_headers_carries_the_session() -> None:
    which = cookie()
    for kind, first in (
        ("http", START),
        ("websocket", {"type": "websocket.accept"}),
        ("websocket", {"type": "websocket.accept", "headers": []}),
        ("websocket", {"type": "websocket.http.response.start", "status": 403, "headers": []}),
    ):
        before = dict(first)
        rest = {"type": "websocket.send", "text": "x"}
        app = SessionMiddleware(answering(first, rest, act=lambda s: s.update(a=1)), which)
        sent = run(app, kind=kind)
        assert first == before, "the application's message is not changed"
        assert which.open(cookies(sent[0])[0].split(b";")[0]) == {"a": 1}
        assert sent[1] is rest
    refused = {"type": "websocket.close", "code": 1000}
    app = SessionMiddleware(answering(refused, act=lambda s: s.update(a=1)), which)
    assert run(app, kind="websocket") == [refused]


def test_other_scopes_are_passed_on_unchanged() -> None:
    seen: "list[Any]" = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(dict(scope))

    asyncio.run(SessionMiddleware(app, cookie())({"type": "lifespan"}, None, None))  # type: ignore[arg-type]
    assert seen == [{"type": "lifespan"}]


def test_vary_is_merged() -> None:
    for own, vary in (
        ([], [b"Cookie"]),
        ([(b"vary", b"Accept")], [b"Accept, Cookie"]),
        ([[b"Vary", b"Accept"], [b"vary", b"Origin"]], [b"Accept, Origin, Cookie"]),
        ([(b"vary", b"accept, cookie")], [b"accept, cookie"]),
        ([(b"vary", b"*")], [b"*"]),
    ):
        start = {**START, "headers": iter([*own, (b"x-last", b"1")])}
        app = SessionMiddleware(answering(start, act=len), cookie())
        headers = run(app)[0]["headers"]
        assert [value for name, value in headers if name.lower() == b"vary"] == vary
        assert (b"x-last", b"1") in headers


def test_a_change_after_the_start_of_a_stream_is_not_saved() -> None:
    """The session is saved with the start message. A later change is not an error."""
    which = cookie()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        scope["session"]["user"] = 42
        await send(START)
        for _ in range(3):
            await send({**BODY, "more_body": True})
            scope["session"]["late"] = True
        await send(BODY)

    sent = run(SessionMiddleware(app, which))
    assert len(sent) == 5
    assert which.open(cookies(sent[0])[0].split(b";")[0]) == {"user": 42}


def test_access_after_the_start_is_in_vary() -> None:
    """A session that is read for the body must be in `Vary` too."""
    seen: "list[Any]" = []

    async def late(scope: Any, receive: Any, send: Any) -> None:
        await send(START)
        seen.append(scope["session"].get("user"))
        await send(BODY)

    async def no_body(scope: Any, receive: Any, send: Any) -> None:
        await send(START)
        seen.append(scope["session"].get("user"))

    async def fails(scope: Any, receive: Any, send: Any) -> None:
        await send(START)
        raise KeyError

    which = cookie()
    pair = saved(which, {"user": 42}).encode()
    for app in (late, no_body):
        assert run(SessionMiddleware(app, which), pair)[0]["headers"] == [(b"vary", b"Cookie")]
    assert seen == [42, 42]
    with pytest.raises(KeyError):
        run(SessionMiddleware(fails, which), pair)


def test_a_value_that_cannot_be_saved_raises_in_send() -> None:
    app = SessionMiddleware(answering(START, act=lambda s: s.update(x=[Thing()])), cookie())
    with pytest.raises(TypeError, match=r'session\["x"\]\[0\] can\'t be saved'):
        run(app)


def test_a_session_can_be_replaced_by_another() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        scope["session"] = Session(user=43)
        await send(START)

    which = cookie()
    sent = run(SessionMiddleware(app, which), saved(which, {"user": 42}).encode())
    assert which.open(cookies(sent[0])[0].split(b";")[0]) == {"user": 43}


def test_a_mapping_in_its_place_is_the_sessions_new_content() -> None:
    which = cookie()
    for replacement in ({}, {"user": 43}, Session(user=43)):

        async def app(scope: Any, receive: Any, send: Any) -> None:
            scope["session"] = dict(replacement)  # noqa: B023
            await send(START)
            await send(BODY)

        start, _ = run(SessionMiddleware(app, which), saved(which, {"user": 42}).encode())
        assert which.open(cookies(start)[0].split(b";")[0]) == replacement


def test_anything_else_in_its_place_is_an_error_before_a_header_is_sent() -> None:
    wrong: "list[Any]" = [None, 42, "user"]
    for replacement in wrong:
        raised: "list[str]" = []

        async def app(scope: Any, receive: Any, send: Any) -> None:
            scope["session"] = replacement  # noqa: B023
            try:
                await send(START)
            except TypeError as error:
                raised.append(str(error))  # noqa: B023

        assert run(SessionMiddleware(app, cookie())) == []
        (message,) = raised
        assert message.startswith('scope["session"] must be a Session or a mapping, not ')


def test_of_two_starts_none_is_dropped() -> None:
    """It is a mistake, which the server reports if it gets to see both."""
    error = {**START, "status": 500}
    for rest in ([BODY], []):
        app = SessionMiddleware(answering(START, error, *rest, act=len), cookie())
        sent = run(app)
        assert [message.get("status") for message in sent] == [200, 500] + [None] * len(rest)
        assert all(message["headers"] == [(b"vary", b"Cookie")] for message in sent[:2])


def test_a_logout_in_a_copied_scope() -> None:
    """What clears the session itself is seen. What replaces it in the copy is not: this leaves
    no more than `Vary`, and the page says so."""
    which = cookie()
    held = saved(which, {"user": 42}).encode()

    async def clears(scope: Any, receive: Any, send: Any) -> None:
        copied = {**scope}
        copied["session"].clear()
        await send(START)

    async def replaces(scope: Any, receive: Any, send: Any) -> None:
        copied = dict(scope)
        copied["session"] = {}
        await send(START)

    assert b"Max-Age=0" in cookies(run(SessionMiddleware(clears, which), held)[0])[0]
    assert run(SessionMiddleware(replaces, which), held)[0]["headers"] == [(b"vary", b"Cookie")]


def test_a_change_that_comes_too_late_is_logged(caplog: Any) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "websocket.accept"})
        scope["session"]["late"] = True

    for _ in range(2):
        run(SessionMiddleware(app, cookie()), kind="websocket")
    assert len(caplog.records) == 1


def test_the_same_middleware_twice_is_one() -> None:
    which = cookie()
    app = SessionMiddleware(answering(START, act=lambda s: s.update(a=1)), which)
    (start,) = run(SessionMiddleware(app, which))
    assert [name for name, _ in start["headers"]] == [b"set-cookie", b"vary"]


def test_two_middlewares_have_separate_sessions() -> None:
    outer, inner = cookie(name="a"), cookie(name="b")
    app = SessionMiddleware(answering(START, act=lambda s: s.update(inner=1)), inner)
    (start,) = run(SessionMiddleware(app, outer), saved(outer, {"outer": 1}).encode())
    (pair,) = [value.split(b";")[0] for value in cookies(start)]
    assert inner.open(pair) == {"inner": 1}
    assert outer.open(pair).new


def test_code_outside_of_the_middleware_sees_the_session() -> None:
    """As with Starlette's middleware: for example, the handler for `Exception`."""
    scope: "dict[str, Any]" = {"type": "http", "headers": []}

    async def app(scope: Any, receive: Any, send: Any) -> None:
        scope["session"]["user"] = 42
        raise KeyError

    with pytest.raises(KeyError):
        asyncio.run(SessionMiddleware(app, cookie())(scope, None, None))  # type: ignore[arg-type]
    assert scope["session"] == {"user": 42}


# --- Starlette -----------------------------------------------------------------------


@pytest.mark.interop
def test_starlette_applications_have_sessions() -> None:
    """With `request.session`, a stream, an error page, and a mounted application."""
    applications, routing = peer("starlette.applications"), peer("starlette.routing")
    middleware, responses = peer("starlette.middleware"), peer("starlette.responses")
    httpx = peer("httpx")

    async def count(request: Any) -> Any:
        request.session.setdefault("seen", []).append(request.url.path)
        headers = {"Vary": "Accept"}
        return responses.JSONResponse(request.session["seen"], headers=headers)

    async def stream(request: Any) -> Any:
        request.session["seen"].append("stream")

        async def body() -> Any:
            yield "one"
            yield "two"

        return responses.StreamingResponse(body())

    async def fail(request: Any) -> Any:
        request.session["seen"].append("fail")
        raise KeyError

    async def sorry(request: Any, error: Any) -> Any:
        return responses.PlainTextResponse("sorry", 500)

    app = applications.Starlette(
        routes=[
            routing.Route("/", count),
            routing.Mount("/shop", routes=[routing.Route("/", count)]),
            routing.Route("/stream", stream),
            routing.Route("/fail", fail),
        ],
        middleware=[
            middleware.Middleware(SessionMiddleware, session_cookie=SessionCookie(KEY))
        ],
        exception_handlers={KeyError: sorry},
    )

    async def visit() -> None:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://x") as browser:
            assert (await browser.get("/")).headers["vary"] == "Accept, Cookie"
            assert (await browser.get("/shop/")).json() == ["/", "/shop/"]
            assert (await browser.get("/stream")).text == "onetwo"
            assert (await browser.get("/fail")).status_code == 500
            assert (await browser.get("/nowhere")).status_code == 404
            seen = ["/", "/shop/", "stream", "fail", "/"]
            assert (await browser.get("/")).json() == seen

    asyncio.run(visit())
