"""The examples of the page on user agents, and its jars in real HTTP clients."""

import doctest
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Callable

import pytest

from ..support import pages
from ..support.peers import peer

PAGE = Path(__file__).parents[2] / "docs" / "user-agent.md"


def example(tag: str) -> "dict[str, Any]":
    return pages.example("docs/user-agent.md", tag)


def test_the_examples_of_the_page_run() -> None:
    failed, tried = doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8")
    assert (failed, tried > 10) == (0, True)


def test_the_example_with_a_public_suffix_list_works() -> None:
    peer("publicsuffixlist")
    jar = example("psl")["jar"]
    assert jar.receive("id=1; Domain=example.co.uk", "https://www.example.co.uk/").accepted
    assert not jar.receive("id=1; Domain=github.io", "https://me.github.io/").accepted


class Site(BaseHTTPRequestHandler):
    """`/in` sets cookies and redirects to `/`, which returns the cookies that it receives."""

    def do_GET(self) -> None:
        cookies = self.headers.get_all("Cookie", [])
        body = " | ".join(cookies).encode("latin-1")
        self.send_response(302 if self.path == "/in" else 200)
        if self.path == "/in":
            self.send_header("Location", "/")
            self.send_header("Set-Cookie", "sid=31d4; HttpOnly; SameSite=Lax")
            self.send_header(
                "Set-Cookie", "utf8=\xc3\xa9; Expires=Fri, 31 Dec 9999 23:59:59 GMT"
            )
            self.send_header("Set-Cookie", "elsewhere=1; Domain=example.org")
            self.send_header("Set-Cookie", "hidden=1; Path=/hidden")
        if self.path == "/out":
            self.send_header("Set-Cookie", "sid=; Max-Age=0")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def site() -> "Iterator[str]":
    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def visits(get: "Callable[[str], bytes]", site: str) -> None:
    """Log in, come back, and log out. The redirected request has the cookies already."""
    here = b"sid=31d4; utf8=\xc3\xa9"
    assert get(site + "/") == b""
    assert get(site + "/in") == here
    assert get(site + "/hidden") == b"hidden=1; " + here
    assert get(site + "/out") == here
    assert get(site + "/") == b"utf8=\xc3\xa9"


def test_the_example_for_urllib_works(site: str) -> None:
    opener = example("urllib")["opener"]

    def get(url: str) -> bytes:
        with opener.open(url) as answer:
            return bytes(answer.read())

    visits(get, site)


def test_the_example_for_requests_works(site: str) -> None:
    peer("requests")
    session = example("requests")["session"]
    session.trust_env = False
    with session:
        visits(lambda url: bytes(session.get(url).content), site)
    assert list(session.cookies) == []


def test_the_example_for_httpx_works(site: str) -> None:
    httpx = peer("httpx")
    names = example("httpx")
    with names["client"] as client:
        visits(lambda url: bytes(client.get(url, follow_redirects=True).content), site)
    assert isinstance(client, httpx.Client)
