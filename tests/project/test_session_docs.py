"""What the page on sessions shows is what happens, in each of its frameworks."""

import asyncio
import doctest
import io
import wsgiref.util
from pathlib import Path
from typing import Any

import pytest

from cookiecodec import SessionCookie, signing

from ..support import pages
from ..support.peers import peer

PAGE = Path(__file__).parents[2] / "docs" / "sessions.md"


def application(tag: str) -> "dict[str, Any]":
    return pages.example("docs/sessions.md", tag)


def test_the_page() -> None:
    failed, tried = doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8")
    assert (failed, tried > 8) == (0, True)


def test_wsgi() -> None:
    app = application("wsgi")["application"]
    pair = ""
    for visit in (1, 2, 3):
        environ: "dict[str, Any]" = {"HTTP_COOKIE": pair, "wsgi.input": io.BytesIO()}
        wsgiref.util.setup_testing_defaults(environ)
        lines: "dict[str, str]" = {}
        body = app(environ, lambda status, headers, info, into=lines: into.update(headers))
        assert b"".join(body) == f"visit {visit}".encode()
        assert lines["Set-Cookie"].startswith("__Host-session=")
        pair = lines["Set-Cookie"].split(";")[0]


@pytest.mark.interop
def test_encryption() -> None:
    peer("cryptography")
    names = pages.example("docs/howto/encrypt.md", "")
    cookie, encrypted, key = names["cookie"], names["Encrypted"], names["encryption_key"]
    session = cookie.open(None)
    session.update(user="alice", cart=[1])
    pair = cookie.save(session)[0][1].split(";")[0]
    token = pair.partition("=")[2]
    assert pair != cookie.save(session)[0][1].split(";")[0], "a nonce of its own each time"
    hidden = signing.payload_data(signing.peek(token.encode(), True)[0])
    assert hidden is not None
    assert b"alice" not in hidden
    opened = cookie.open(pair)
    assert opened == {"user": "alice", "cart": [1]}
    assert [name for name, _ in cookie.save(opened)] == ["Vary"], "unchanged"
    opened["cart"].append(2)
    changed = cookie.save(opened)[0][1].split(";")[0]
    assert cookie.open(changed)["cart"] == [1, 2]
    secret = names["signing_key"]
    for keys, user in (([key], "alice"), ([bytes(32), key], "alice"), ([bytes(32)], None)):
        other = SessionCookie(
            secret, name="__Host-session", secure=True, serializer=encrypted(*keys)
        )
        assert other.open(pair).get("user") == user
    plain = SessionCookie(secret, name="__Host-session", secure=True)
    assert plain.open(pair).new


@pytest.mark.interop
@pytest.mark.parametrize("example", ["flask", "flask-cookies"])
def test_flask(example: str) -> None:
    peer("flask")
    client = application(example)["app"].test_client()
    assert [client.get("/").text for _ in range(3)] == ["visit 1", "visit 2", "visit 3"]


@pytest.mark.interop
@pytest.mark.parametrize("framework", ["starlette", "fastapi"])
def test_asgi(framework: str) -> None:
    peer(framework)
    httpx = peer("httpx")
    app = application(framework)["app"]

    async def visits() -> "list[str]":
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="https://x") as browser:
            return [(await browser.get("/")).text for _ in range(3)]

    assert asyncio.run(visits()) == ["visit 1", "visit 2", "visit 3"]


@pytest.mark.interop
def test_django() -> None:
    names = application("django-settings")
    engine = peer(names["SESSION_ENGINE"])
    assert hasattr(engine, "SessionStore")
    assert hasattr(engine, "set_signed_cookie")
