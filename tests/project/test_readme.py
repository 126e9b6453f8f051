"""What the README shows is what happens."""

import doctest
import re
import subprocess
import sys
import threading
import urllib.request
import wsgiref.simple_server
from pathlib import Path
from typing import Any

import pytest

import cookiecodec
from cookiecodec import CookieError, CookieRejectedWarning, dump_cookie, parse_cookie

from ..support import pages
from ..support.peers import django, peer

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
THEME = r'theme="dark\054 wide"'


def block(tag: str) -> str:
    return pages.block("README.md", tag)


def application(tag: str) -> "dict[str, Any]":
    return pages.example("README.md", tag)


def test_the_first_example() -> None:
    code = block("python")
    assert len(code.strip().splitlines()) == 10
    good, bad = code.split("\ndump_cookie(")[0], code.split("\ndump_cookie(")[1:]
    exec(good)
    injection, dropped = ("dump_cookie(" + line for line in bad)
    with pytest.raises(CookieError, match=r"has ';' \(U\+003B\)"):
        exec(injection)
    with pytest.warns(CookieRejectedWarning, match="requires secure=True"):
        exec(dropped)


def test_the_table_of_quotings() -> None:
    rows = re.findall(r'^\| `"(\w+)"`[^|]*\| `?(.*?)`? \|', README, re.MULTILINE)
    assert [quoting for quoting, _ in rows] == ["octal", "percent", "none"]
    for quoting, shown in rows[:2]:
        assert dump_cookie("k", "a, é", path=None, quoting=quoting) == f"k={shown}"
    with pytest.raises(CookieError):
        dump_cookie("k", "a, é", quoting="none")


def test_the_table_of_names() -> None:
    table = README.split("## What is in it")[1].split("Everything can be")[0]
    rows = [line for line in table.splitlines() if line.startswith("| `")]
    named = set(re.findall(r"`(\w+)`", " ".join(row.split("|")[1] for row in rows)))
    listed = {name for name in cookiecodec.__all__ if not name.startswith("MAX_")}
    children = {name for name in listed if name.endswith("Warning")} - {"CookieWarning"}
    children |= {"SignatureExpired", "BadPayload"}
    assert named - {"MAX_"} == listed - children


def test_the_shell_commands() -> None:
    """The parts behind the installation; `.ci/run` runs the whole lines."""
    lines = re.findall(r"(?:cookiecodec|-m cookiecodec) ((?:dump|parse) .*)", README)
    assert len(lines) == 2
    for line in lines:
        result = subprocess.run(
            f"{sys.executable} -m cookiecodec {line}",
            shell=True,
            capture_output=True,
            check=False,
        )
        assert (result.returncode, result.stderr) == (0, b"")
        assert result.stdout


def test_the_example_of_fuzzing() -> None:
    flask = peer("flask")
    app = application("flask")["app"]
    names: dict[str, Any] = {"app": app}
    exec(block("python fuzz"), names)
    names["test_no_header_is_a_server_error"]()

    def break_on_a_quote() -> None:
        if '"' in flask.request.environ.get("HTTP_COOKIE", ""):
            flask.abort(500)

    app.before_request_funcs = {None: [break_on_a_quote]}
    with pytest.raises(AssertionError):
        names["test_no_header_is_a_server_error"]()


def test_signing_and_sessions() -> None:
    exec(block("python signing"))
    exec(block("python sessions"))


def test_the_page_on_concepts() -> None:
    page = Path(__file__).parents[2] / "docs" / "concepts.md"
    failed, tried = doctest.testfile(str(page), module_relative=False, encoding="utf-8")
    assert (failed, tried > 5) == (0, True)


def test_wsgi() -> None:
    """Over a real server, with the standard library's client."""
    app = application("wsgi")["application"]

    class Quiet(wsgiref.simple_server.WSGIRequestHandler):
        def log_message(self, *args: object) -> None:
            pass

    with wsgiref.simple_server.make_server("127.0.0.1", 0, app, handler_class=Quiet) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            url = f"http://127.0.0.1:{server.server_port}/"
            opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
            request = urllib.request.Request(url, headers={"Cookie": "visits=junk"})
            with urllib.request.urlopen(request) as answer:
                assert answer.read() == b"visit 1"
                assert answer.headers["Vary"] == "Cookie", "CVE-2023-30861"
            assert [opener.open(url).read() for _ in range(3)] == [
                b"visit 1",
                b"visit 2",
                b"visit 3",
            ]
        finally:
            server.shutdown()
            thread.join()


def test_flask() -> None:
    peer("flask")
    client = application("flask")["app"].test_client()
    first = client.get("/")
    assert first.text == "none"
    (header,) = first.headers.getlist("Set-Cookie")
    assert first.headers["Vary"] == "Cookie", "CVE-2023-30861"
    assert header.startswith(THEME + "; Expires=")
    assert header.endswith("; Path=/; SameSite=Lax")
    assert client.get("/").text == "dark, wide"
    assert client.get("/", headers={"Cookie": "=theme=planted"}).text != "planted"


def test_flask_with_its_arguments_in_order() -> None:
    flask = peer("flask")
    arguments = ("k", "v", None, 0, "/p", "d.test", True, True, "Lax", True)
    headers = []
    for response in (flask.Response, application("flask")["Response"]):
        with flask.Flask("test").app_context():
            answer = response()
            answer.set_cookie(*arguments)
            headers.append(answer.headers.getlist("Set-Cookie"))
    assert headers[0] == headers[1]


def test_flask_sessions_travel_in_it() -> None:
    """Flask's own session, flashes and deletions go through the two classes."""
    flask = peer("flask")
    app = application("flask")["app"]
    app.secret_key = "for this test"

    def login() -> str:
        flask.session["user"] = "müller"
        return ""

    def who() -> Any:
        response = app.make_response(flask.session.get("user", "nobody"))
        response.delete_cookie("theme")
        return response

    app.add_url_rule("/login", view_func=login)
    app.add_url_rule("/who", view_func=who)
    client = app.test_client()
    client.get("/login")
    answer = client.get("/who")
    assert answer.text == "müller"
    assert cookiecodec.delete_cookie("theme") in answer.headers.getlist("Set-Cookie")
    assert client.get("/who", headers={"Cookie": "session=junk"}).status_code == 200


def test_django() -> None:
    django()
    factory = peer("django.test").RequestFactory()
    names = application("django")
    view = names["cookie_middleware"](names["view"])
    response = view(factory.get("/"))
    assert response.content == b"none"
    assert response.headers["Set-Cookie"].startswith(THEME + "; Expires=")
    assert response.headers["Vary"] == "Cookie", "CVE-2023-30861"
    response.set_cookie("other", "1")
    sent = factory.get("/", HTTP_COOKIE=THEME + "; =theme=planted; \x85theme=planted")
    assert view(sent).content == b"dark, wide"


def test_starlette() -> None:
    """By the ASGI protocol itself, with two Cookie lines, as HTTP/2 sends them."""
    peer("starlette")
    app = application("starlette")["app"]
    lines = [(b"cookie", b"a=1"), (b"host", b"testserver"), (b"cookie", THEME.encode())]
    scope = {"type": "http", "method": "GET", "path": "/", "raw_path": b"/", "headers": lines,
             "query_string": b"", "root_path": "", "scheme": "http", "http_version": "2",
             "server": None, "client": None, "asgi": {"version": "3.0"}}  # fmt: skip
    sent: list[Any] = []

    async def receive() -> "dict[str, object]":
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    import asyncio

    asyncio.run(app(scope, receive, send))
    assert sent[0]["status"] == 200
    assert sent[1]["body"] == b"dark, wide"
    assert (b"vary", b"Cookie") in sent[0]["headers"], "CVE-2023-30861"
    (header,) = [value for name, value in sent[0]["headers"] if name.lower() == b"set-cookie"]
    assert parse_cookie(header.split(b";")[0]) == {"theme": "dark, wide"}
