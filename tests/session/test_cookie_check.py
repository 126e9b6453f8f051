"""`CookieCheck` in WSGI, ASGI and Django, and `assert_cookies_kept` for each client."""

import asyncio
import http.server
import importlib
import logging
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from cookiecodec import testing
from cookiecodec.ext import asgi, wsgi
from cookiecodec.ext._check import Log, problems
from cookiecodec.testing import assert_cookies_kept

from ..support.peers import django, peer
from ..support.strategies import set_cookie_headers
from ..user_agent.test_explain import CODES

GOOD = "sid=31d4; Path=/; HttpOnly; SameSite=Lax"
BAD = "sid=s3cr3t; SameSite=None"
REMEDY = "Add Secure, or write SameSite=Lax."


def wsgi_app(*lines: str) -> Any:
    def app(environ: Any, start_response: Any) -> "list[bytes]":
        start_response("200 OK", [("X", "y"), *[("Set-Cookie", line) for line in lines]])
        return [b"body"]

    return app


def request(app: Any, **environ: str) -> "list[bytes]":
    full = {
        "wsgi.url_scheme": "https",
        "HTTP_HOST": "example.com",
        "PATH_INFO": "/x",
        **environ,
    }
    return list(app(full, lambda status, headers, exc_info=None: lambda data: None))


def test_each_cause_is_logged_once_for_a_name(caplog: pytest.LogCaptureFixture) -> None:
    app = wsgi.CookieCheck(wsgi_app(BAD, "other=s3cr3t; SameSite=None; Domain=com", GOOD))
    for path in ("/x", "/y"):
        assert request(app, PATH_INFO=path, QUERY_STRING="q=1") == [b"body"]
    assert [record.name for record in caplog.records] == ["cookiecodec"] * 3
    assert [record.levelno for record in caplog.records] == [logging.WARNING] * 3
    first, second, third = [record.getMessage() for record in caplog.records]
    assert first == (
        "Set-Cookie 'sid' of https://example.com/x: samesite-none-insecure: SameSite=None"
        f" requires Secure. {REMEDY}"
    )
    assert "'other' of https://example.com/x: domain-public-suffix: " in second
    assert "'other' of https://example.com/x: samesite-none-insecure: " in third


def test_good_cookies_and_deletions_are_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    app = wsgi.CookieCheck(wsgi_app(GOOD, "old=; Max-Age=0; Path=/", 'a="b c"'))
    request(app)
    request(app, HTTP_HOST="exa mple.com")
    assert caplog.records == []


def test_the_address_is_built_from_what_the_server_says(
    caplog: pytest.LogCaptureFixture,
) -> None:
    app = wsgi.CookieCheck(wsgi_app("a=b; Secure"))
    request(app, **{"wsgi.url_scheme": "http", "HTTP_HOST": "", "SERVER_NAME": "a.test",
                    "SCRIPT_NAME": "/app", "PATH_INFO": "/\xc3\xa9 \r\n"})  # fmt: skip
    assert "of http://a.test/app/%C3%A9%20%0D%0A: secure-insecure" in caplog.text


def test_memory_is_bounded_for_what_clients_choose(caplog: pytest.LogCaptureFixture) -> None:
    log = Log()
    for number in range(200):
        name = f"n{number}" + "x" * 1000
        url = f"https://h{number}.example.com/" + "p" * 5000
        log.check([f"{name}=1; SameSite=None"], url)
    assert len(caplog.records) <= 64
    assert max(len(record.getMessage()) for record in caplog.records) < 1000


VALUES = ["s3cr3t", "s3cr3t;s3cr3t", "s3cr3t=s3cr3t;s3cr3t=1;Httpsecret", "s3cr3t\t", '"s3cr3t']
VALUES += ["s3cr3t; Path=/, s3cr3t=s3cr3t", "__Host-s3cr3t", "s3cr3t Path=/"]


@pytest.mark.parametrize("code", CODES)
def test_the_value_is_never_shown(code: str, caplog: pytest.LogCaptureFixture) -> None:
    header, url = CODES[code]
    pair, _, attributes = header.partition(";")
    name = pair.partition("=")[0]
    for value in VALUES:
        for line in (f"{name}={value};{attributes}", f"{value};{attributes}", f"={value}"):
            Log().check([line], url or "https://example.com/")
            Log().check([line.encode("latin-1")], "http://example.com/")
    for record in caplog.records:
        assert isinstance(record.args, tuple)
        assert "s3cr3t" not in f"{record.args[1]} {record.args[3]}"  # but maybe in a name


JOINED = [
    "Path=x, b=s3cr3t",
    "Path=/, b=s3cr3t?",
    "Domain=a.test, b=s3cr3t",
    "Secure=1, b=s3cr3t",
    "Max-Age=1, b=s3cr3t",
    "Expires=x, b=s3cr3t",
    "SameSite=x, b=s3cr3t",
    "x s3cr3t",
]


@pytest.mark.parametrize("attribute", JOINED)
def test_the_value_of_a_cookie_behind_a_comma_is_not_shown(attribute: str) -> None:
    found = list(problems([f"a=b; {attribute}"], "https://example.com/"))
    assert found
    assert not [each for each in found if "s3cr3t" in each.finding.message]


def test_a_word_of_a_known_attribute_is_shown(caplog: pytest.LogCaptureFixture) -> None:
    """It says which setting of the application is wrong."""
    request(wsgi.CookieCheck(wsgi_app("a=b; Domain=undefined; SameSite=strong; Path=docs")))
    for text in ("Domain='undefined'", "SameSite='strong'", "Path='docs'"):
        assert text in caplog.text


@given(set_cookie_headers)
def test_problems_have_names_and_words_for_any_header(header: str) -> None:
    for problem in problems([header, header.encode("latin-1")], "https://example.com/"):
        assert problem.finding.message.isprintable()
        assert problem.finding.severity != "info"


def test_the_check_for_asgi(caplog: pytest.LogCaptureFixture) -> None:
    sent = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        headers = [(b"Set-Cookie", BAD.encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body"})

    async def send(message: Any) -> None:
        sent.append(message["type"])

    checked = asgi.CookieCheck(app)
    for headers, server in (([(b"host", b"a.test")], None), ([], ("b.test", 443)), ([], None)):
        scope = {"type": "http", "scheme": "https", "path": "/\u00e9", "headers": headers}
        asyncio.run(checked({**scope, "server": server}, None, send))  # type: ignore[arg-type]
    assert sent == ["http.response.start", "http.response.body"] * 3
    assert len(caplog.records) == 1
    assert "'sid' of https://a.test/%C3%A9: samesite-none-insecure" in caplog.text
    last: Any = {
        "type": "http",
        "scheme": "https",
        "path": "/",
        "headers": [],
        "server": ("b.test", 443),
    }
    asyncio.run(asgi.CookieCheck(app)(last, None, send))  # type: ignore[arg-type]
    assert "of https://b.test:443/: samesite" in caplog.text


def test_the_check_for_django(caplog: pytest.LogCaptureFixture) -> None:
    django()
    module = importlib.import_module("cookiecodec.ext.django")
    requests = peer("django.test").RequestFactory()
    response = peer("django.http").HttpResponse()
    response.set_cookie("sid", "s3cr3t", samesite="None")
    check = module.CookieCheck(lambda request: response)
    assert check(requests.get("/é", secure=True)) is response
    check(requests.get("/other", secure=True))
    assert len(caplog.records) == 1
    assert "'sid' of https://testserver/%C3%A9: samesite-none-insecure" in caplog.text


def test_the_check_for_flask_is_one_line(caplog: pytest.LogCaptureFixture) -> None:
    app = flask_app(BAD)
    app.wsgi_app = wsgi.CookieCheck(app.wsgi_app)
    assert app.test_client().get("/").status_code == 200
    assert "'sid' of http://localhost/: samesite-none-insecure" in caplog.text


# --- the example applications ---------------------------------------------------------

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.mark.parametrize(
    ("module", "peers", "client"),
    [
        ("wsgi_app", ["werkzeug.test"], lambda app: app.Client),
        ("flask_app", ["flask"], None),
        ("starlette_app", ["starlette", "uvicorn", "python_multipart"], None),
        ("django_app", ["django"], None),
    ],
)
def test_the_checks_run_in_the_examples(module: str, peers: "list[str]", client: Any) -> None:
    """Their cookies pass, and with Secure left out they do not. Django's in a new process."""
    for each in peers:
        peer(each)
    result = subprocess.run(
        [sys.executable, "-c", RUN_EXAMPLE, str(EXAMPLES), module],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout.split() == ["kept", "prefix-host"]


RUN_EXAMPLE = """
import logging, sys
sys.path.insert(0, sys.argv[1])
name = sys.argv[2]
module = __import__(name)
from cookiecodec import SessionCookie, testing
from cookiecodec.ext import asgi, wsgi
codes = set()
class Handler(logging.Handler):
    def emit(self, record):
        codes.add(record.args[2])
logging.getLogger("cookiecodec").addHandler(Handler())
logging.getLogger("cookiecodec").propagate = False

def responses(secure):
    if name == "wsgi_app":
        from werkzeug.test import Client
        cookie = SessionCookie("k" * 32, name="__Host-session", secure=secure)
        app = wsgi.CookieCheck(wsgi.SessionMiddleware(module.shop, cookie))
        yield Client(app).post("/login", data={"user": "anna"}, base_url="https://localhost")
    elif name == "flask_app":
        app = module.app
        app.config["SESSION_COOKIE_SECURE"] = secure
        app.wsgi_app = wsgi.CookieCheck(app.wsgi_app)
        yield app.test_client().post("/login", data={"user": "anna"}, base_url="https://localhost")
    elif name == "starlette_app":
        from starlette.testclient import TestClient
        module.cookie = SessionCookie("k" * 32, name="__Host-session", secure=secure)
        app = asgi.SessionMiddleware(module.app.router, module.cookie)
        client = TestClient(asgi.CookieCheck(app), base_url="https://localhost")
        yield client.post("/login", data={"user": "anna"}, follow_redirects=False)
    else:
        import django
        from django.conf import settings
        from django.test import Client
        settings.SESSION_COOKIE_SECURE = secure
        settings.ALLOWED_HOSTS = ["*"]
        settings.MIDDLEWARE = ["cookiecodec.ext.django.CookieCheck", *settings.MIDDLEWARE]
        django.setup()
        yield Client().post("/login", {"user": "anna"}, secure=True)

for response in responses(True):
    testing.assert_cookies_kept(response)
    assert not codes, codes
    print("kept")
for response in responses(False):
    try:
        testing.assert_cookies_kept(response)
    except AssertionError as error:
        assert "prefix-host" in str(error)
    else:
        raise SystemExit("not seen")
    print(*codes)
"""

# --- assert_cookies_kept --------------------------------------------------------------


def flask_app(*lines: str) -> Any:
    flask = peer("flask")
    app = flask.Flask("shop")

    def index() -> Any:
        response = flask.make_response("body")
        for line in lines:
            response.headers.add("Set-Cookie", line)
        return response

    app.add_url_rule("/", view_func=index)
    app.add_url_rule("/old", "old", view_func=lambda: flask.redirect("/"))
    return app


def from_flask(*lines: str) -> Any:
    return flask_app(*lines).test_client().get("/")


def from_django(*lines: str) -> Any:
    """Django sets cookies by its own method."""
    django()
    response = peer("django.http").HttpResponse()
    for line in lines:
        response.cookies.load(line)
    request = peer("django.test").RequestFactory().get("/")
    response.request, response.wsgi_request = dict(request.META), request
    return response


def from_starlette(*lines: str) -> Any:
    starlette = peer("starlette.applications")

    async def index(request: Any) -> Any:
        response = peer("starlette.responses").Response()
        response.raw_headers += [(b"set-cookie", line.encode()) for line in lines]
        return response

    app = starlette.Starlette(routes=[peer("starlette.routing").Route("/", index)])
    with warnings.catch_warnings():  # it would rather have another client
        warnings.simplefilter("ignore")
        return peer("starlette.testclient").TestClient(app).get("/")


@pytest.fixture(scope="module")
def server() -> "Iterator[tuple[str, list[str]]]":
    """The address of a server, and the lines that it sends."""
    lines: "list[str]" = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(302 if self.path == "/old" else 200)
            for line in lines if self.path != "/" or not redirects else GOOD.splitlines():
                self.send_header("Set-Cookie", line)
            self.send_header("Location", "/")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    redirects: "list[bool]" = []
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        threading.Thread(target=running.serve_forever, args=[0.05], daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}/", lines
        running.shutdown()


def check(kept: Any, dropped: Any) -> None:
    assert_cookies_kept(kept)
    with pytest.raises(AssertionError) as caught:
        assert_cookies_kept(dropped)
    message = str(caught.value)
    assert "'sid'" in message
    assert REMEDY in message
    assert "samesite-none-insecure" in message
    assert "s3cr3t" not in message


@pytest.mark.parametrize("client", [from_flask, from_django, from_starlette])
def test_a_test_client_s_response_is_checked(client: Any) -> None:
    check(client(GOOD, "b=c; Secure"), client(GOOD, BAD))
    check(client(), client(BAD))
    check(client("old=; Max-Age=0"), client(BAD))


@pytest.mark.parametrize("module", ["httpx", "requests"])
def test_a_client_s_response_is_checked(module: str, server: "tuple[str, list[str]]") -> None:
    url, lines = server
    client = peer(module)
    answers = []
    for sent in ([GOOD, GOOD], [GOOD, BAD]):
        lines[:] = sent
        answers.append(client.get(url))
    check(*answers)


@pytest.mark.parametrize("module", ["httpx", "requests"])
def test_redirects_are_checked(module: str, server: "tuple[str, list[str]]") -> None:
    url, lines = server
    lines[:] = [BAD]
    follow = {"follow_redirects": True} if module == "httpx" else {}
    response = peer(module).get(url + "old", **follow)
    assert len(response.history) == 1
    with pytest.raises(AssertionError, match=r"127[.]0[.]0[.]1:[0-9]+/old"):
        assert_cookies_kept(response)


def test_what_one_browser_drops_is_dropped() -> None:
    for header in ("a=b\tc", "__Host-a=b; Secure"):
        with pytest.raises(AssertionError, match=r"tab|prefix-differs"):
            assert_cookies_kept(from_starlette(header))


def test_the_address_can_be_given() -> None:
    response = from_django("sid=1; Domain=example.com")
    with pytest.raises(AssertionError, match="domain-mismatch"):
        assert_cookies_kept(response)
    assert_cookies_kept(response, "https://www.example.com/")


def test_a_plain_response_has_no_address() -> None:
    response = peer("flask").Response()
    response.headers["Set-Cookie"] = BAD
    with pytest.raises(AssertionError, match=r"https://example[.]com/: SameSite"):
        assert_cookies_kept(response)


def test_testing_needs_no_hypothesis() -> None:
    code = (
        "import sys; sys.modules['hypothesis'] = None\n"
        "from cookiecodec import assert_cookies_kept\n"
        "from cookiecodec.testing import assert_cookies_kept\n"
        "import cookiecodec.testing as testing\n"
        "try: testing.cookie_names()\n"
        "except ImportError: print('needed')\n"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert result.stdout.split() == [b"needed"]
    with pytest.raises(AttributeError, match=r"no attribute"):
        _ = testing.cookies
