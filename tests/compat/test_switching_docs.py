"""What the page on switching shows is what happens."""

import asyncio
import doctest
import subprocess
import sys
import urllib.request
import warnings
from pathlib import Path
from typing import Any

import pytest

import cookiecodec

from ..support import pages, suites
from ..support.peers import django, peer
from .test_cpython_suite import DIFFERENCES

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


#: Applications that set and read cookies through their framework, which uses `http.cookies`.
APPLICATIONS = {
    "starlette": """
from starlette.requests import cookie_parser
from starlette.responses import Response
response = Response()
response.set_cookie("a", "é, b", httponly=True)
response.delete_cookie("b")
headers = response.headers.getlist("set-cookie")
cookies = cookie_parser(sent)
""",
    "django": """
from django.conf import settings
settings.configure()
from django.http import HttpResponse, parse_cookie
response = HttpResponse()
response.set_cookie("a", "é, b", httponly=True, samesite="lax")
response.delete_cookie("b")
headers = [morsel.OutputString() for morsel in response.cookies.values()]
cookies = parse_cookie(sent)
""",
    "aiohttp": """
import asyncio
from aiohttp import CookieJar, web
from aiohttp.test_utils import make_mocked_request
from yarl import URL
response = web.Response()
response.set_cookie("a", "é, b", httponly=True, samesite="lax")
response.del_cookie("b")
headers = [morsel.OutputString() for morsel in response.cookies.values()]
request = make_mocked_request("GET", "/", {"Cookie": sent})
async def received():
    jar = CookieJar()
    jar.update_cookies({"a": "é, b"}, URL("https://example.com/"))
    return jar.filter_cookies(URL("https://example.com/"))
assert asyncio.run(received()).output(header="") == r' a="\\303\\251\\054 b"'
cookies = request.cookies
""",
}


@pytest.mark.interop
@pytest.mark.parametrize("framework", APPLICATIONS)
def test_http_cookies_replaced_in_the_process(framework: str) -> None:
    """Frameworks that have the module's classes from their import use ours."""
    peer(framework)
    sent = r'a="\303\251\054 b"; [odd]=1; c={"x": 1}; d=é'
    code = (
        pages.block(PAGE, "python replace")
        + f"sent = {sent!r}\n{APPLICATIONS[framework]}"
        + "assert http.cookies.Morsel.__module__ == 'cookiecodec.compat.http_cookies'\n"
        + "print(headers[0], headers[1].partition(';')[0])\nprint(ascii(dict(cookies)))\n"
    )
    command = [sys.executable, "-W", "error", "-c", code]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert not result.stderr
    # aiohttp undoes escapes with its own code, which takes octets for latin-1.
    text = "Ã©, b" if framework == "aiohttp" else "é, b"
    read = {"a": text, "[odd]": "1", "c": '{"x": 1}', "d": "é"}
    assert result.stdout.splitlines() == [
        r'a="\303\251\054 b"; HttpOnly; Path=/; SameSite=lax b=""', ascii(read)
    ]  # fmt: skip


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


@pytest.mark.interop
def test_flask() -> None:
    """The same views, sessions and cookies in both; a warning is at the line of the view."""
    flask, session = peer("flask"), ""
    seen: "list[Any]" = []
    for tag in ("flask-before", "flask"):
        app = example(tag)["app"]

        def view() -> Any:
            flask.session["visits"] = flask.session.get("visits", 0) + 1
            cookies = flask.request.cookies
            shown = [cookies.get("n", type=int), cookies.getlist("n"), flask.session["visits"]]
            response = flask.jsonify(shown)
            response.set_cookie("theme", "dark, wide")
            response.set_cookie("__Host-sid", "31d4", path="/shop")
            return response

        app.add_url_rule("/", view_func=view)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            client = app.test_client(use_cookies=False)
            answer = client.get("/", headers={"Cookie": f"n=1; n=2; {session}"})
        headers = answer.headers.getlist("Set-Cookie")
        session = headers.pop().partition(";")[0]
        seen.append((answer.json, headers, [(one.filename, one.category) for one in caught]))
    headers = [f"{THEME}; Path=/", "__Host-sid=31d4; Path=/shop"]
    warning = (__file__, cookiecodec.CookieRejectedWarning)
    assert seen == [([1, ["1", "2"], 1], headers, []), ([1, ["1", "2"], 2], headers, [warning])]


@pytest.mark.interop
def test_starlettes_sessions() -> None:
    """Who was logged in before is logged in afterwards; changes in place are saved."""
    peer("starlette")
    peer("itsdangerous")
    httpx, routing = peer("httpx"), peer("starlette.routing")
    responses = peer("starlette.responses")

    async def visit(request: Any) -> Any:
        request.session.setdefault("visits", []).append("x")
        return responses.PlainTextResponse(str(len(request.session["visits"])))

    async def visits() -> "list[tuple[str, bool]]":
        seen, jar = [], httpx.Cookies()
        for tag in ("starlette-sessions-before", "starlette-sessions"):
            app = example(tag)["app"]
            app.router.routes.append(routing.Route("/", visit))
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(
                transport=transport, base_url="https://x", cookies=jar
            ) as client:
                for _ in range(2):
                    answer = await client.get("/")
                    seen.append((answer.text, "set-cookie" in answer.headers))
                jar = client.cookies
        return seen

    # Starlette saves the first list only, and releases before that of this page save each time.
    # Ours goes on with what was saved.
    assert asyncio.run(visits()) in (
        [("1", True), ("2", False), ("2", True), ("3", True)],
        [("1", True), ("2", True), ("3", True), ("4", True)],
    )


@pytest.mark.interop
def test_django_signing() -> None:
    django()
    names = example("django-signing")
    with peer("django.test").override_settings(SECRET_KEY=names["KEY"]):
        old = example("django-signing-before")
        assert old["user"] == names["user"] == {"user": 42}
        assert old["signing"].loads(names["token"]) == {"user": 42}
        response, request = (
            peer("django.http").HttpResponse(),
            peer("django.http").HttpRequest(),
        )
        response.set_signed_cookie("basket", "apples")
        # A Django older than the page joins name and salt.
        legacy = not hasattr(peer("django.core.signing"), "_cookie_signer_salt")
        get_cookie_signer = names["django_signing"].get_cookie_signer
        signer = get_cookie_signer("basket", names["KEY"], legacy=legacy)
        assert signer.unsign(response.cookies["basket"].value, max_age=60) == "apples"
        request.COOKIES["basket"] = signer.sign("pears")
        assert request.get_signed_cookie("basket", max_age=60) == "pears"
    assert names["django_signing"].loads(old["token"], names["KEY"]) == {"user": 42}


def test_cookiejar(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same file, and the same cookies in a request."""
    cookie = f"example.com\tFALSE\t/\tTRUE\t{2**31}\tsid\t31d4"
    (tmp_path / "cookies.txt").write_text(f"# Netscape HTTP Cookie File\n{cookie}\n")
    monkeypatch.chdir(tmp_path)
    for tag in ("cookiejar-before", "cookiejar"):
        request = urllib.request.Request("https://example.com/")
        for handler in example(tag)["opener"].handlers:
            if isinstance(handler, urllib.request.HTTPCookieProcessor):
                handler.https_request(request)
        assert request.unredirected_hdrs["Cookie"] == "sid=31d4"


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
    assert "lang=en; Path=/" in headers


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
    page = (pages.ROOT / PAGE).read_text("utf-8")
    words = " ".join(page.split()).replace("`", "").lower()
    for difference in DIFFERENCES:
        assert difference.replace("`", "")[:24].lower() in words
    rows = [
        f"| {name} | `{test}` | {reason} |\n"
        for name, tests in suites.DIFFERENCES.items()
        for test, reason in tests.items()
    ]
    assert page.endswith("| suite | test | reason |\n| --- | --- | --- |\n" + "".join(rows))
    for name in suites.SUITES:
        assert f"| {suites.release(name).replace('==', ' ')} | " in page
