"""The jar in HTTP clients, over real connections, and the examples of the page about it."""

import asyncio
import copy
import doctest
import http.cookiejar
import importlib
import pickle
import subprocess
import sys
import threading
import urllib.request
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Callable, Optional
from urllib.parse import urlsplit

import pytest

from cookiecodec import CookieError, CookieJar
from cookiecodec.ext import urllib as ext_urllib

from ..support import client_suites, pages
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


def test_the_example_for_clients_gives_each_of_them_the_jar(site: str) -> None:
    for client in ("requests", "httpx", "aiohttp"):
        peer(client)
    names = example("clients")
    names["jar"].receive("a=1", site)

    async def fetch() -> "list[bytes]":
        async with names["async_client"] as client:
            return [(await client.get(site)).content, await names["fetch"](site)]

    with names["opener"].open(site) as answer, names["session"] as session:
        session.trust_env = False
        found = [answer.read(), session.get(site).content]
    with names["client"] as client:
        found += [client.get(site).content, *asyncio.run(fetch())]
    assert found == [b"a=1"] * 5


def test_the_page_lists_the_tests_of_clients_that_fail() -> None:
    """In `nox -s client_suites`, which runs them."""
    rows = [
        "| {} | `{}` | {} |".format(
            client_suites.SUITES[name.partition(":")[0]].release.replace("==", " "),
            name.split("::")[-1].partition("[")[0],
            reason,
        )
        for name, reason in client_suites.EXPECTED.items()
    ]
    head = "| client | test | why it fails |\n| --- | --- | --- |\n"
    assert head + "\n".join(rows) + "\n\n" in PAGE.read_text("utf-8")


def run(code: str) -> str:
    result = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        cwd=PAGE.parent,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.mark.program
def test_the_example_for_scrapy_works(site: str) -> None:
    """In a process of its own, as its reactor can't be started twice."""
    peer("scrapy")
    code = pages.block("docs/user-agent.md", "python scrapy")
    code += f"""
from scrapy import Request
from scrapy.crawler import CrawlerProcess

found = []

class Visits(MySpider):
    start_urls = [{site + "/in"!r}]

    def parse(self, response):
        found.append(response.body)
        paths = ["hidden", "to/localhost", "out", "again"]
        if len(found) <= len(paths):
            yield Request({site + "/"!r} + paths[len(found) - 1], dont_filter=True)

process = CrawlerProcess({{"LOG_LEVEL": "ERROR", "TELNETCONSOLE_ENABLED": False}})
process.crawl(Visits)
process.start()
print(found)
"""
    here = b"sid=31d4; utf8=\xc3\xa9"
    expected = [here, b"hidden=1; " + here, b"", here + b"; seen=1", b"utf8=\xc3\xa9; seen=1"]
    assert run(code) == f"{expected}\n"


@pytest.mark.program
def test_the_example_for_yt_dlp_works(site: str, tmp_path: Path) -> None:
    peer("yt_dlp")
    film = tmp_path / "film.mp4"
    code = pages.block("docs/user-agent.md", "python yt-dlp")
    code += f"""
jar = CookieJar()
jar.receive("sid=31d4", {site!r})
jar.receive("utf8=\\xc3\\xa9; Max-Age=3600", {site!r})
options = {{"outtmpl": {str(film)!r}, "quiet": True, "proxy": ""}}
jar = download([{site + "/film.mp4"!r}], jar, **options)
print(ascii(sorted(f"{{cookie.name}}={{cookie.value}}" for cookie in jar)))
"""
    expected = ["film=\xc3\xbc", "sid=31d4", "utf8=\xc3\xa9"]
    assert run(code).splitlines()[-1] == ascii(expected)
    assert film.read_bytes() == b"sid=31d4; utf8=\xc3\xa9; film=\xc3\xbc"  # the second request


class Site(BaseHTTPRequestHandler):
    """Returns the Cookie headers that it receives, and sets cookies by the path.

    It is any host, and a proxy, too: for that, the path is an absolute URL.
    """

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        status, location, lines = 200, "", []
        if path == "/in":
            status, location = 302, "/"
            lines = ["sid=31d4; HttpOnly; SameSite=Lax", "elsewhere=1; Domain=example.org"]
            lines += ["utf8=\xc3\xa9; Expires=Fri, 31 Dec 9999 23:59:59 GMT"]
            lines += ["hidden=1; Path=/hidden"]
        elif path == "/out":
            lines = ["sid=; Max-Age=0"]
        elif path.startswith("/to/"):  # to another host, which the response has a cookie for
            host = path[len("/to/") :]
            status, location = 302, f"http://{host}:{self.connection.getsockname()[1]}/"
            lines = [f"planted=1; Domain={host}", "seen=1; Path=/"]
        elif path == "/odd":
            lines = ["n\xc3\xa4me=\xc3\xbc", "b=\xff", 'q="a\\054 b, c=d"', "=nameless", "a=1"]
            lines += ["a=2; Path=/odd", "sess[id]=x"]
        elif path == "/domain":
            lines = ["d=1; Domain=app.example"]
        elif path == "/digest" and "Authorization" not in self.headers:
            status, lines = 401, ["nonce=7"]
        elif path == "/film.mp4":
            lines = ["film=\xc3\xbc; Max-Age=3600"]
        elif path.startswith("/number/"):
            lines = ["n{0}={0}; Path=/".format(path[len("/number/") :])]
        cookies = self.headers.get_all("Cookie", [])
        self.answer(status, location, lines, " | ".join(cookies).encode("latin-1"))

    def answer(self, status: int, location: str, lines: "list[str]", body: bytes) -> None:
        self.send_response(status)
        if location:
            self.send_header("Location", location)
        if status == 401:
            self.send_header("WWW-Authenticate", 'Digest realm="r", nonce="n", qop="auth"')
        for line in lines:
            self.send_header("Set-Cookie", line)
        if self.path == "/film.mp4":
            self.send_header("Content-Type", "video/mp4")
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


class Visitor:
    """A client with a jar. `get` returns the Cookie header that the server received."""

    client: Any
    cookie_jar: Any

    def __init__(self, jar: CookieJar, proxy: "Optional[str]" = None) -> None:
        self.jar = jar
        self.proxy = proxy
        self.start()

    def start(self) -> None:
        """Make the client, and give it the jar."""

    def get(self, url: str, **options: Any) -> bytes:
        raise NotImplementedError

    def close(self) -> None:
        pass


class Urllib(Visitor):
    def start(self) -> None:
        proxies = urllib.request.ProxyHandler({"http": self.proxy} if self.proxy else {})
        self.client = urllib.request.build_opener(proxies)
        assert ext_urllib.use_jar(self.client, self.jar) is self.client

    def get(self, url: str, **options: Any) -> bytes:
        with self.client.open(urllib.request.Request(url, **options)) as answer:
            return bytes(answer.read())


class Requests(Visitor):
    def start(self) -> None:
        self.client = peer("requests").Session()
        self.client.trust_env = False
        self.client.proxies = {"http": self.proxy} if self.proxy else {}
        assert peer("cookiecodec.ext.requests").use_jar(self.client, self.jar) is self.client

    def get(self, url: str, **options: Any) -> bytes:
        return bytes(self.client.get(url, **options).content)

    def close(self) -> None:
        self.client.close()


class Httpx(Visitor):
    kind = "Client"

    def start(self) -> None:
        make = getattr(peer("httpx"), self.kind)
        self.client = make(follow_redirects=True, trust_env=False, proxy=self.proxy)
        assert peer("cookiecodec.ext.httpx").use_jar(self.client, self.jar) is self.client

    def get(self, url: str, **options: Any) -> bytes:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # per-request cookies
            return bytes(self.finish(self.client.get(url, **options)).content)

    def finish(self, result: Any) -> Any:
        return result

    def close(self) -> None:
        self.finish(self.client.close())


class HttpxAsync(Httpx):
    kind = "AsyncClient"

    def start(self) -> None:
        if sys.platform == "emscripten":
            pytest.skip("on WebAssembly no loop but Node's can wait")
        super().start()
        self.loop = asyncio.new_event_loop()

    def finish(self, result: Any) -> Any:
        return self.loop.run_until_complete(result)

    def close(self) -> None:
        self.finish(self.client.aclose())
        self.loop.close()


class Aiohttp(Visitor):
    def start(self) -> None:
        peer("aiohttp")
        self.loop = asyncio.new_event_loop()
        self.cookie_jar = peer("cookiecodec.ext.aiohttp").CookieJar(self.jar)

    async def fetch(self, url: str, options: "dict[str, Any]") -> bytes:
        session = peer("aiohttp").ClientSession(cookie_jar=self.cookie_jar)
        async with session, session.get(url, proxy=self.proxy, **options) as answer:
            return bytes(await answer.read())

    def get(self, url: str, **options: Any) -> bytes:
        return self.loop.run_until_complete(self.fetch(url, options))

    def close(self) -> None:
        self.loop.close()


CLIENTS = [Urllib, Requests, Httpx, HttpxAsync, Aiohttp]
all_clients = pytest.mark.parametrize("kind", CLIENTS)
#: All but urllib, which has no `cookies=`.
with_cookies = pytest.mark.parametrize("kind", CLIENTS[1:])
#: All but aiohttp, whose jars are not told the Host header.
with_host = pytest.mark.parametrize("kind", CLIENTS[:-1])

Make = Callable[..., Visitor]


@pytest.fixture
def make() -> "Iterator[Make]":
    made = []

    def make(kind: "type[Visitor]", jar: "Optional[CookieJar]" = None, **options: Any) -> Any:
        made.append(kind(CookieJar() if jar is None else jar, **options))
        return made[-1]

    yield make
    for visitor in made:
        visitor.close()


@all_clients
def test_it_logs_in_comes_back_and_logs_out(kind: Any, make: Make, site: str) -> None:
    """The redirected request has the cookies already."""
    visitor = make(kind)
    here = b"sid=31d4; utf8=\xc3\xa9"
    assert visitor.get(site + "/") == b""
    assert visitor.get(site + "/in") == here
    assert visitor.get(site + "/hidden") == b"hidden=1; " + here
    assert visitor.get(site + "/out") == here
    assert visitor.get(site + "/") == b"utf8=\xc3\xa9"
    assert [cookie.name for cookie in visitor.jar] == ["utf8", "hidden"]


@all_clients
def test_a_redirect_to_another_host_takes_no_cookie_along(
    kind: Any, make: Make, site: str
) -> None:
    visitor = make(kind)
    localhost = site.replace("127.0.0.1", "localhost")
    visitor.get(site + "/in")
    assert visitor.get(site + "/to/localhost") == b""
    assert visitor.get(localhost + "/number/1") == b""
    assert visitor.get(site + "/to/localhost") == b"n1=1"
    assert visitor.get(localhost + "/to/127.0.0.1") == b"sid=31d4; utf8=\xc3\xa9; seen=1"
    own = {"Cookie": "own=1"}
    assert visitor.get(site + "/to/localhost", headers=own) == b"n1=1; seen=1"
    sent = visitor.get(site + "/to/127.0.0.1", headers=own).split(b"; ")
    assert sorted(sent) == [b"own=1", b"seen=1", b"sid=31d4", b"utf8=\xc3\xa9"]
    assert own == {"Cookie": "own=1"}


@all_clients
def test_each_octet_survives_in_both_directions(kind: Any, make: Make, site: str) -> None:
    visitor = make(kind)
    visitor.get(site + "/odd")
    sent = visitor.get(site + "/odd/page")
    assert visitor.jar.cookie_header(site + "/odd/page").count("; ") == 6
    pairs = visitor.jar.cookie_header(site + "/odd/page").encode("latin-1").split(b"; ")
    if kind is Aiohttp:  # it can send UTF-8 only
        pairs.remove(b"b=\xff")
    assert sent == b"; ".join(pairs)
    assert sent.startswith(b"a=2; n\xc3\xa4me=\xc3\xbc; ")
    assert b'; q="a\\054 b, c=d"; nameless; a=1; sess[id]=x' in sent


@all_clients
def test_a_nameless_cookie_alone_has_no_other_name(kind: Any, make: Make, site: str) -> None:
    visitor = make(kind)
    visitor.jar.receive("=nameless", site)
    assert visitor.get(site) == (b"=nameless" if kind is Aiohttp else b"nameless")


@with_cookies
def test_cookies_of_one_request_win_and_are_not_kept(kind: Any, make: Make, site: str) -> None:
    visitor = make(kind)
    visitor.get(site + "/in")
    cookies = {"sid": "mine", "extra": "1"}
    sent = visitor.get(site, cookies=cookies)
    assert sent.startswith(b"utf8=\xc3\xa9; ")
    assert sorted(sent.split(b"; ")) == [b"extra=1", b"sid=mine", b"utf8=\xc3\xa9"]
    sent = visitor.get(site + "/to/127.0.0.1", cookies=cookies)
    assert sorted(sent.split(b"; ")) == [b"extra=1", b"seen=1", b"sid=mine", b"utf8=\xc3\xa9"]
    if kind is not Aiohttp or not peer("aiohttp").__version__.startswith("3.13."):
        # That release, the last for Python 3.9, takes them to any host.
        assert b"mine" not in visitor.get(site + "/to/localhost", cookies=cookies)
    assert visitor.get(site) == b"sid=31d4; utf8=\xc3\xa9; seen=1"


@with_cookies
def test_cookies_of_one_request_are_sent_without_any_of_the_jar(
    kind: Any, make: Make, site: str
) -> None:
    sent = make(kind).get(site, cookies={"a": "1", "b": "2"})
    assert sorted(sent.split(b"; ")) == [b"a=1", b"b=2"]


@with_host
def test_a_host_header_names_the_host_whose_cookies_are_meant(
    kind: Any, make: Make, site: str
) -> None:
    visitor = make(kind)
    host = {"Host": "app.example"}
    assert visitor.get(site + "/domain", headers=host) == b""
    assert [cookie.domain for cookie in visitor.jar] == ["app.example"]
    assert visitor.get(site, headers=host) == b"d=1"
    assert visitor.get(site) == b""
    # Where the redirect leads, the host is another one, whatever the client's header says.
    assert visitor.get(site + "/to/localhost", headers=host) == b""
    assert visitor.get(site, headers=host) == b"d=1; seen=1"


@all_clients
def test_a_proxy_gets_the_cookies_of_the_host_behind_it(
    kind: Any, make: Make, site: str
) -> None:
    visitor = make(kind, proxy=site)
    here = b"sid=31d4; utf8=\xc3\xa9"
    assert visitor.get("http://app.example/in") == here
    assert visitor.get("http://other.example/") == b""
    assert visitor.get("http://app.example/to/other.example") == b""
    assert {cookie.domain for cookie in visitor.jar} == {"app.example"}


@pytest.mark.parametrize("kind", [Requests, Httpx, Urllib])
def test_threads_share_a_jar(kind: Any, make: Make, site: str) -> None:
    visitor = make(kind)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: visitor.get(f"{site}/number/{n}"), range(40)))
    assert visitor.get(site) != b""
    assert {cookie.name for cookie in visitor.jar} == {f"n{n}" for n in range(40)}


def test_tasks_share_a_jar(make: Make, site: str) -> None:
    jar = CookieJar()
    httpx_: Any = make(HttpxAsync, jar)
    aiohttp_: Any = make(Aiohttp, jar)

    async def visit_all() -> None:
        urls = [f"{site}/number/{n}" for n in range(20)]
        await asyncio.gather(*[httpx_.client.get(url) for url in urls[:10]])
        await asyncio.gather(*[aiohttp_.fetch(url, {}) for url in urls[10:]])

    httpx_.finish(visit_all())
    assert {cookie.name for cookie in jar} == {f"n{n}" for n in range(20)}


@pytest.mark.parametrize("kind", [Requests, Httpx, HttpxAsync])
def test_the_answer_to_a_401_has_its_cookie(kind: Any, make: Make, site: str) -> None:
    visitor = make(kind)
    auths = peer("requests").auth.HTTPDigestAuth, peer("httpx").DigestAuth
    auth = auths[kind is not Requests]("user", "password")
    visitor.get(site + "/number/1")
    assert visitor.get(site + "/digest", auth=auth) == b"n1=1; nonce=7"


def test_a_request_that_is_sent_again_has_the_cookies_of_that_moment(
    make: Make, site: str
) -> None:
    session, client, opener = make(Requests), make(Httpx), make(Urllib)
    prepared = peer("requests").Request("GET", site + "/in", cookies={"own": "1"}).prepare()
    built = client.client.build_request("GET", site + "/in", headers={"Cookie": "own=1"})
    request = urllib.request.Request(site + "/in", headers={"Cookie": "own=1"})

    def sent() -> "list[bytes]":
        with opener.client.open(request) as answer:
            answers = [session.client.send(prepared), client.client.send(built)]
            return [answer.read(), *[answer.content for answer in answers]]

    assert sent() == [b"sid=31d4; utf8=\xc3\xa9; own=1"] * 3
    for visitor in (session, client, opener):
        visitor.jar.clear()
        visitor.jar.receive("fresh=1; Path=/in", site)
    assert sent() == [b"sid=31d4; utf8=\xc3\xa9; own=1"] * 3
    assert prepared.headers["Cookie"] == built.headers["Cookie"] == "fresh=1; own=1"
    for visitor in (session, client, opener):
        visitor.jar.clear()
    prepared.headers["Cookie"] = built.headers["Cookie"] = "other=1"
    for item in (prepared, built):
        item.url = item.url.join("/") if item is built else site + "/"
    assert session.client.send(prepared).content == b"other=1"
    assert client.client.send(built).content == b"other=1"


def test_what_was_for_https_is_not_redirected_to_http() -> None:
    """Of the request's own cookies, as the jar's have Secure for this."""
    clients = peer("cookiecodec.ext._clients")
    cookies = clients.RequestCookies(CookieJar(), "https://app.example/")
    assert cookies.header("https://app.example/", None, "own=1") == "own=1"
    assert cookies.header("http://app.example/", None, None) == ""
    assert cookies.header("https://app.example:8443/", None, None) == "own=1"
    assert cookies.header("https://app.example.evil.test/", "app.example", None) == ""


def test_with_urllib_a_present_processor_uses_the_jar(site: str) -> None:
    theirs = http.cookiejar.CookieJar()
    processor = urllib.request.HTTPCookieProcessor(theirs)
    opener = urllib.request.build_opener(processor)
    jar = CookieJar()
    ext_urllib.use_jar(opener, CookieJar())
    ext_urllib.use_jar(opener, jar)
    with opener.open(site + "/in") as answer:
        assert answer.read() == b"sid=31d4; utf8=\xc3\xa9"
    assert (len(theirs), len(jar)) == (0, 3)
    cookies: Any = processor.cookiejar
    assert [cookie.name for cookie in cookies] == ["sid", "utf8", "hidden"]


@pytest.mark.parametrize("kind", [Requests, Httpx, HttpxAsync])
def test_the_clients_own_cookies_read_from_the_jar(kind: Any, make: Make, site: str) -> None:
    visitor = make(kind)
    visitor.get(site + "/in")
    cookies = visitor.client.cookies
    assert (cookies.get("sid"), cookies["sid"], "sid" in cookies) == ("31d4", "31d4", True)
    assert (cookies.get("absent"), cookies.get("absent", "x"), len(cookies)) == (None, "x", 3)
    assert cookies.get("hidden", path="/") is None
    assert cookies.get("hidden", domain="127.0.0.1", path="/hidden") == "1"
    with pytest.raises(KeyError):
        cookies["absent"]
    if kind is Requests:
        as_dict = peer("requests").utils.dict_from_cookiejar(cookies)
        assert as_dict == {"sid": "31d4", "utf8": "\xc3\xa9", "hidden": "1"}
    else:
        assert dict(cookies) == {"sid": "31d4", "utf8": "\xc3\xa9", "hidden": "1"}


@pytest.mark.parametrize("kind", [Requests, Httpx])
def test_what_names_no_url_is_refused_with_a_sentence(kind: Any, make: Make) -> None:
    cookies = make(kind).client.cookies
    attempts: "list[Callable[[], object]]" = [
        lambda: cookies.set("a", "b"),
        lambda: cookies.update({"a": "b"}),
        lambda: cookies.__setitem__("a", "b"),
        lambda: cookies.delete("a"),
        lambda: cookies.clear("app.example"),
    ]
    for attempt in attempts:
        with pytest.raises(TypeError, match=r"belong to a URL.*of the cookiecodec.CookieJar"):
            attempt()


@pytest.mark.parametrize("kind", [Requests, Httpx, HttpxAsync])
@pytest.mark.parametrize("attempt", [pickle.dumps, copy.copy, copy.deepcopy])
def test_pickling_and_copying_fail_early_with_a_sentence(
    attempt: Any, kind: Any, make: Make
) -> None:
    with pytest.raises(TypeError, match=r"can't be pickled or copied.*call use_jar"):
        attempt(make(kind).client)


def test_responses_can_be_pickled(make: Make, site: str) -> None:
    """Without the jar: a response, with its request, is data."""
    visitor = make(Requests)
    answer = visitor.client.get(site + "/in", cookies={"own": "1"}, headers={"Host": b"a.test"})
    loaded = pickle.loads(pickle.dumps(answer))
    assert loaded.content == answer.content == b"sid=31d4; utf8=\xc3\xa9; own=1"
    assert loaded.request.headers["Cookie"] == "sid=31d4; utf8=\xc3\xa9; own=1"
    assert {cookie.domain for cookie in visitor.jar} == {"a.test"}
    assert visitor.client.send(answer.request.copy()).content == answer.content
    built = make(Httpx).client.get(site + "/in").request
    assert pickle.loads(pickle.dumps(built)).headers["Cookie"] == built.headers["Cookie"]


def test_a_subclass_stays_what_it_is(make: Make, site: str) -> None:
    requests = peer("requests")

    class Session(requests.Session):  # type: ignore[misc, name-defined] # of a peer
        def send(self, request: Any, **options: Any) -> Any:
            assert "Cookie" in request.headers
            return super().send(request, **options)

    jar = CookieJar()
    jar.receive("a=1", site)
    with peer("cookiecodec.ext.requests").use_jar(Session(), jar) as session:
        session.trust_env = False
        assert isinstance(session, Session)
        assert type(session).__name__ == "Session"
        assert session.get(site).content == b"a=1"
        with pytest.raises(ValueError, match="PreparedRequest"):
            requests.Session.send(session, requests.Request("GET", site))
        other = CookieJar()
        other.receive("b=2", site)
        peer("cookiecodec.ext.requests").use_jar(session, other)
        assert session.get(site).content == b"b=2"


@pytest.mark.parametrize("kind", [Requests, Httpx])
def test_cookies_of_its_own_switch_a_client_back(kind: Any, make: Make, site: str) -> None:
    visitor = make(kind)
    visitor.jar.receive("a=1", site)
    visitor.client.cookies = peer("requests").cookies.cookiejar_from_dict({"own": "1"})
    assert visitor.get(site + "/number/1") == b"own=1"
    assert [cookie.name for cookie in visitor.jar] == ["a"]


def test_an_aiohttp_that_parses_cookies_itself_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    abc = peer("aiohttp.abc")
    module = peer("cookiecodec.ext.aiohttp")
    monkeypatch.delattr(abc.AbstractCookieJar, "update_cookies_from_headers")
    with pytest.raises(ImportError, match=r"needs aiohttp 3\.13"):
        importlib.reload(module)


def test_the_jar_of_aiohttp_reads_and_refuses(make: Make, site: str) -> None:
    visitor = make(Aiohttp)
    yarl, cookie_jar = peer("yarl"), visitor.cookie_jar
    url = yarl.URL(site)
    cookie_jar.update_cookies({"a": "\xfc"}, url)
    cookie_jar.update_cookies(peer("http.cookies").SimpleCookie("b=2; Path=/b"), url)
    cookie_jar.update_cookies([("c", "3")], url)
    found = {
        morsel.key: (morsel.value, morsel["domain"], morsel["path"]) for morsel in cookie_jar
    }
    assert found == {
        "a": ("\xc3\xbc", "127.0.0.1", "/"),
        "b": ("2", "127.0.0.1", "/b"),
        "c": ("3", "127.0.0.1", "/"),
    }
    filtered = cookie_jar.filter_cookies(url)
    assert (sorted(filtered), filtered["a"].value, len(cookie_jar)) == (["a", "c"], "\xfc", 3)
    assert len(cookie_jar.filter_cookies(yarl.URL("http://app.example/"))) == 0
    with pytest.raises(TypeError, match="belong to a URL"):
        cookie_jar.update_cookies({"a": "1"})
    with pytest.raises(CookieError, match="can't contain ';'"):
        cookie_jar.update_cookies({"a": "1; Domain=example.com"}, url)
    with pytest.raises(TypeError, match="takes no predicate"):
        cookie_jar.clear(bool)
    with pytest.raises(TypeError, match="clear_domain is not available"):
        cookie_jar.clear_domain("app.example")
    with pytest.raises(TypeError, match="iterate over the jar"):
        _ = cookie_jar.host_only_cookies
    cookie_jar.clear()
    assert len(visitor.jar) == 0
