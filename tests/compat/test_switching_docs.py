"""What the page on switching shows is what happens."""

import asyncio
import doctest
import subprocess
import sys
from typing import Any

import pytest

from ..support import pages
from ..support.peers import django, peer

PAGE = "docs/switching.md"
THEME = r'theme="dark\054 wide"'
SENT = f"=theme=planted; {THEME}; theme=other"


def example(tag: str) -> "dict[str, Any]":
    return pages.example(PAGE, tag)


def before(tag: str, library: str) -> "dict[str, Any]":
    """The names that an example leaves behind with the import that it had before."""
    names: "dict[str, Any]" = {}
    code = pages.block(PAGE, f"python {tag}")
    assert "# before: " in code
    lines = code.splitlines()
    old = [line.partition("# before: ")[2] for line in lines if "# before: " in line]
    rest = [line for line in lines if "cookiecodec" not in line and "# before" not in line]
    exec("\n".join([f"import {library}", *old, *rest]), names)
    return names


def test_the_page() -> None:
    path = str(pages.ROOT / PAGE)
    flags = doctest.ELLIPSIS | doctest.IGNORE_EXCEPTION_DETAIL
    result = doctest.testfile(path, module_relative=False, encoding="utf-8", optionflags=flags)
    assert (result.failed, result.attempted > 7) == (0, True)


def test_http_cookies() -> None:
    assert example("http-cookies")["header"] == "Set-Cookie: sid=31d4; HttpOnly; Path=/"
    assert before("http-cookies", "http.cookies")["header"] == example("http-cookies")["header"]


@pytest.mark.interop
def test_http_cookies_replaced_in_the_process() -> None:
    """Starlette, which has the module's classes from its import, uses ours."""
    peer("starlette")
    code = pages.block(PAGE, "python replace") + (
        "from starlette.requests import cookie_parser\n"
        "from starlette.responses import Response\n"
        "response = Response()\n"
        "response.set_cookie('a', 'é, b', httponly=True)\n"
        "print(response.headers['set-cookie'])\n"
        "print(ascii(cookie_parser(response.headers['set-cookie'].split(';')[0])))\n"
    )
    command = [sys.executable, "-W", "error", "-c", code]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert result.stdout == (
        'a="\\303\\251\\054 b"; HttpOnly; Path=/; SameSite=lax\n' + "{'a': '\\xe9, b'}\n"
    )


@pytest.mark.interop
def test_werkzeug() -> None:
    peer("werkzeug")
    names, old = example("werkzeug"), before("werkzeug", "werkzeug.http")
    assert names["cookies"] == {"theme": "dark, wide", "sid": "31d4"} == dict(old["cookies"])
    assert names["header"].split("; Expires")[0] == old["header"].split("; Expires")[0] == THEME


@pytest.mark.interop
def test_itsdangerous() -> None:
    itsdangerous = peer("itsdangerous")
    names = example("itsdangerous")
    assert names["user"] == {"user": 42}
    old = itsdangerous.URLSafeTimedSerializer("a secret key", salt="login")
    assert old.loads(names["token"]) == names["serializer"].loads(old.dumps({"user": 42}))


def test_cookiejar() -> None:
    assert example("cookiejar")["header"] == "sid=31d4"


def check(status: int, body: str, headers: "list[str]") -> None:
    assert (status, body) == (200, "dark, wide")
    assert [header.split("; ")[0] for header in headers if header.startswith("theme")] == [
        THEME
    ]


@pytest.mark.interop
@pytest.mark.parametrize("framework", ["starlette", "litestar"])
def test_asgi(framework: str) -> None:
    peer(framework)
    httpx = peer("httpx")
    app = example(framework)["app"]

    async def get() -> Any:
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="https://x"
        ) as client:
            return await client.get("/", headers={"Cookie": SENT})

    answer = asyncio.run(get())
    check(answer.status_code, answer.text, answer.headers.get_list("set-cookie"))


@pytest.mark.interop
@pytest.mark.parametrize("framework", ["falcon", "bottle"])
def test_wsgi(framework: str) -> None:
    peer(framework)
    client = peer("werkzeug.test").Client(example(framework)["app"], use_cookies=False)
    answer = client.get("/", headers={"Cookie": SENT})
    check(answer.status_code, answer.text, answer.headers.getlist("Set-Cookie"))


@pytest.mark.interop
def test_django() -> None:
    django()
    request = peer("django.test").RequestFactory().get("/", HTTP_COOKIE=SENT)
    response = example("django")["view"](request)
    headers = [morsel.OutputString() for morsel in response.cookies.values()]
    check(response.status_code, response.content.decode(), headers)
    assert "lang=en" in headers


@pytest.mark.interop
def test_aiohttp() -> None:
    peer("aiohttp")
    test_utils = peer("aiohttp.test_utils")

    async def get() -> "tuple[int, str, list[str]]":
        server = test_utils.TestServer(example("aiohttp")["app"])
        async with test_utils.TestClient(server) as client:
            answer = await client.get("/", headers={"Cookie": SENT})
            return answer.status, await answer.text(), answer.headers.getall("Set-Cookie")

    check(*asyncio.run(get()))


@pytest.mark.interop
def test_tornado() -> None:
    httpclient, httpserver = peer("tornado.httpclient"), peer("tornado.httpserver")
    bind_sockets = peer("tornado.netutil").bind_sockets

    async def get() -> Any:
        server = httpserver.HTTPServer(example("tornado")["app"])
        (socket,) = bind_sockets(0, "127.0.0.1")
        server.add_sockets([socket])
        url = f"http://127.0.0.1:{socket.getsockname()[1]}/"
        client = httpclient.AsyncHTTPClient(force_instance=True)
        try:
            return await client.fetch(url, headers={"Cookie": SENT})
        finally:
            client.close()
            server.stop()

    answer = asyncio.run(get())
    check(answer.code, answer.body.decode(), answer.headers.get_list("Set-Cookie"))


def test_the_lists_of_differences_are_complete() -> None:
    """The page names each part of CPython's tests, and each framework's test, that differs."""
    from ..support import framework_suites
    from .test_cpython_suite import DIFFERENCES

    page = " ".join((pages.ROOT / PAGE).read_text("utf-8").split())
    for difference in DIFFERENCES:
        assert difference.replace("`", "")[:24].lower() in page.replace("`", "").lower()
    for tests in framework_suites.DIFFERENCES.values():
        for test in tests:
            assert test in page or test.replace("test_parse_set_cookie_headers", "...") in page
