"""Chromium and Firefox as peers: what their jars make of `Set-Cookie` headers.

One loopback server plays every host. Each browser takes it for its proxy, so that a case may
name any host, `localhost` and IP literals too, without a resolver and without ports 80 and
443. It writes the octets of a header as they are and keeps the `Cookie` header that comes.

All text of headers and cookies has one character per octet (latin-1).
"""

from __future__ import annotations

import json
import os
import select
import shlex
import shutil
import signal
import socket
import socketserver
import ssl
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any, NamedTuple, TypedDict, Union
from urllib.parse import urljoin

#: Seconds that a browser may take to start, and then for each answer.
START_TIME = 60.0
ANSWER_TIME = 20.0

PROGRAMS = {
    "chromium": ("chromium", "chromium-browser", "google-chrome"),
    "firefox": ("firefox-esr", "firefox"),
}

Cookie = dict[str, Any]


class Case(NamedTuple):
    """Visits, as first-party top-level navigations, that begin with an empty jar."""

    url: str  #: the visit whose response has `headers`; http or https, no fragment
    headers: tuple[str, ...]  #: values of Set-Cookie, in this order
    read_url: str = ""  #: the visit after it; by default `/dir/page2` at its host
    before: tuple[tuple[str, tuple[str, ...]], ...] = ()  #: visits before it, with headers


class Outcome(TypedDict):
    """What a browser does with a case."""

    stored: bool  #: after the visit to `url` the jar holds a cookie
    sent: str | None  #: the Cookie header of the visit to `read_url`
    #: That jar: name, value, domain (without a leading dot), host_only, path, secure,
    #: httpOnly, sameSite ("Strict", "Lax", "None" or None), session, partitioned, lifetime_s
    #: (seconds from the response to the expiry, None for a session).
    cookies: list[Cookie]
    blocked: list[str]  #: why Chromium refused cookies of `headers`, in DevTools' words
    error: str  #: why a visit failed, or ""


class BrowserError(Exception):
    """A browser did not start or did not answer."""


def available(browser: str) -> str:
    """Why `browser` ("chromium" or "firefox") can't be driven here; "" if it can."""
    if not program(browser):
        return f"{browser} is not installed"
    if not find_spec("trustme"):
        return "trustme, which makes the certificate, is not installed"
    return ""


def outcomes(browser: str, cases: Sequence[Case]) -> list[Outcome]:
    """What `browser` does with each case. Raises `BrowserError`."""
    start = {"chromium": _chromium, "firefox": firefox}[browser]
    with _running_server() as server, start(server.port) as driver:
        return [_outcome(server, driver, case) for case in cases]


def _outcome(server: _Server, driver: _Driver, case: Case) -> Outcome:
    driver.clear()
    errors = [_visit(server, driver, url, headers)[0] for url, headers in case.before]
    error, blocked = _visit(server, driver, case.url, case.headers)
    stored_at = server.answered
    cookies = driver.jar()
    read_url = case.read_url or urljoin(case.url, "/dir/page2")
    errors += [error, _visit(server, driver, read_url, [])[0]]
    headers = [each for _, earlier in case.before for each in earlier] + list(case.headers)
    pairs = (server.cookie or "").split("; ") + [header.split(";")[0] for header in headers]
    for cookie in cookies:
        _restore_octets(cookie, pairs)
        expires = cookie.pop("expires")
        cookie["lifetime_s"] = None if expires is None else expires - stored_at
    return {
        "stored": bool(cookies),
        "sent": server.cookie,
        "cookies": cookies,
        "blocked": blocked,
        "error": next(filter(None, errors), ""),
    }


def _visit(
    server: _Server, driver: _Driver, url: str, headers: Sequence[str]
) -> tuple[str, list[str]]:
    error, blocked = driver.visit(server.expect(url, headers))
    return error or ("" if server.answered else "the request did not arrive"), blocked


def _restore_octets(cookie: Cookie, pairs: Sequence[str]) -> None:
    """Undo that DevTools drops octets that are not UTF-8, though its `size` counts them.

    The cookie is the pair, sent or received, of that size in which all that is left occurs.
    """
    size = cookie.pop("size", 0)
    if size <= len(cookie["name"] + cookie["value"]):
        return
    for pair in pairs:
        name, equals, value = pair.partition("=")
        name, value = (name.strip(" \t"), value.strip(" \t")) if equals else ("", name.strip())
        left = _is_left(cookie["name"], name) and _is_left(cookie["value"], value)
        if left and len(name + value) == size:
            cookie.update(name=name, value=value)
            return


def _is_left(text: str, of: str) -> bool:
    rest = iter(of)
    return all(octet in rest for octet in text)


def _octets(text: str) -> str:
    return text.encode().decode("latin-1")


def program(browser: str) -> str:
    return next(filter(None, map(shutil.which, PROGRAMS[browser])), "")


# --- The server -----------------------------------------------------------------------


class _Server(socketserver.ThreadingTCPServer):
    """A proxy that answers everything itself, over TLS after CONNECT.

    A visit has a mark in the query, which no rule about cookies looks at. It tells the visit
    from what browsers ask for on their own.
    """

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, tls: ssl.SSLContext) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self.port: int = self.server_address[1]
        self.tls = tls
        self.visits = 0

    def expect(self, url: str, headers: Sequence[str]) -> str:
        """Prepare the response to the next visit. Returns the URL with the visit's mark."""
        self.visits += 1
        self.mark = f"visit-{self.visits}-"
        self.headers = headers
        self.cookie: str | None = None
        self.answered = 0.0
        return f"{url}{'&' if '?' in url else '?'}{self.mark}"

    def handle_error(self, *_: Any) -> None:
        """A browser may drop a connection."""


class _Connection(socketserver.StreamRequestHandler):
    server: _Server
    disable_nagle_algorithm = True

    def handle(self) -> None:
        while head := self._head():
            method, target = head[0].split(" ")[:2]
            if method == "CONNECT":
                self._start_tls()
            elif target.endswith(self.server.mark):
                self._answer(head[1:])
            else:
                self._write("404 Not Found", [])

    def finish(self) -> None:
        try:
            super().finish()
        finally:
            self.request.close()

    def _head(self) -> list[str]:
        lines = []
        while (line := self.rfile.readline()).strip():
            lines.append(line.decode("latin-1").rstrip("\r\n"))
        return lines

    def _start_tls(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
        self.request = self.server.tls.wrap_socket(self.request, server_side=True)
        self.setup()

    def _answer(self, fields: list[str]) -> None:
        for field in fields:
            name, _, value = field.partition(": ")
            if name.lower() == "cookie":
                self.server.cookie = value
        self.server.answered = time.time()
        self._write("200 OK", [f"Set-Cookie: {header}" for header in self.server.headers])

    def _write(self, status: str, fields: list[str]) -> None:
        head = [f"HTTP/1.1 {status}", "Content-Type: text/html", "Content-Length: 0"]
        head += ["Cache-Control: no-store", *fields, "", ""]
        self.wfile.write("\r\n".join(head).encode("latin-1"))


@contextmanager
def _running_server() -> Iterator[_Server]:
    import trustme

    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("example.test").configure_cert(tls)
    with _Server(tls) as server:
        server.expect("", [])
        threading.Thread(target=server.serve_forever, args=[0.05], daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()


# --- Processes ------------------------------------------------------------------------


@contextmanager
def _directory() -> Iterator[Path]:
    """A home and profile, which goes even if a dying browser still writes to it."""
    home = Path(tempfile.mkdtemp(prefix="cookiecodec-"))
    try:
        yield home
    finally:
        for _ in range(50):
            shutil.rmtree(home, ignore_errors=True)
            if not home.exists():
                break
            time.sleep(0.1)


@contextmanager
def _process(
    home: Path, command: Sequence[str], pipes: Sequence[int] = ()
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a browser in a process group of its own, to end all of it."""
    log = home / "stderr"
    with log.open("wb") as stderr:
        process = subprocess.Popen(
            command,
            env={**os.environ, "HOME": str(home), "TMPDIR": str(home)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
            start_new_session=True,
            pass_fds=pipes,
        )
    try:
        yield process
    except (BrowserError, OSError) as error:
        raise BrowserError(f"{error}\n{log.read_text(errors='replace')[-2000:]}") from error
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(ANSWER_TIME)


# --- Chromium -------------------------------------------------------------------------

CHROMIUM_OPTIONS = shlex.split("""
    --headless=new --no-sandbox --no-first-run --disable-gpu --remote-debugging-pipe
    --ignore-certificate-errors --proxy-bypass-list=<-loopback> --disable-quic
    --disable-auto-reload --disable-background-networking --disable-breakpad
    --disable-component-update
    --disable-features=HttpsUpgrades,HttpsFirstBalancedModeAutoEnable
""")


class _Chromium:
    """The DevTools protocol over pipes: JSON with a NUL after each message."""

    def __init__(self, commands: IO[bytes], messages: IO[bytes]) -> None:
        self.commands = commands
        self.messages = messages
        self.target: dict[str, str] = {}
        self.number = 0
        self.buffer = b""
        self.events: list[dict[str, Any]] = []
        page = self.call("Target.createTarget", START_TIME, url="about:blank")
        attach = self.call("Target.attachToTarget", targetId=page["targetId"], flatten=True)
        self.target = {"sessionId": attach["sessionId"]}
        self.call("Network.enable")

    def clear(self) -> None:
        self.call("Storage.clearCookies")

    def visit(self, url: str) -> tuple[str, list[str]]:
        self.events.clear()
        answer = self.send("Page.navigate", url=url)
        if error := answer.get("error", {}).get("message") or answer["result"].get("errorText"):
            return error, []
        # The event may come before the answer or after it.
        deadline = time.monotonic() + ANSWER_TIME
        while (cookies := self.blocked_cookies(answer["result"]["loaderId"])) is None:
            self.events.append(self.receive(deadline))
        return "", [reason for cookie in cookies for reason in cookie["blockedReasons"]]

    def blocked_cookies(self, request: str) -> list[Any] | None:
        for event in self.events:
            if event.get("method") == "Network.responseReceivedExtraInfo":
                params: dict[str, Any] = event["params"]
                if params["requestId"] == request:
                    blocked: list[Any] = params["blockedCookies"]
                    return blocked
        return None

    def jar(self) -> list[Cookie]:
        return [
            {
                "name": _octets(cookie["name"]),
                "value": _octets(cookie["value"]),
                "domain": _octets(cookie["domain"].removeprefix(".")),
                "host_only": not cookie["domain"].startswith("."),
                "path": _octets(cookie["path"]),
                "secure": cookie["secure"],
                "httpOnly": cookie["httpOnly"],
                "sameSite": cookie.get("sameSite"),
                "session": cookie["session"],
                "partitioned": "partitionKey" in cookie,
                "expires": None if cookie["session"] else cookie["expires"],
                "size": cookie["size"],
            }
            for cookie in self.call("Storage.getCookies")["cookies"]
        ]

    def call(self, method: str, seconds: float = ANSWER_TIME, **params: Any) -> Any:
        answer = self.send(method, seconds, **params)
        if "error" in answer:
            raise BrowserError(f"Chromium: {method}: {answer['error']}")
        return answer["result"]

    def send(self, method: str, seconds: float = ANSWER_TIME, **params: Any) -> dict[str, Any]:
        self.number += 1
        command = {"id": self.number, "method": method, "params": params, **self.target}
        self.commands.write(json.dumps(command).encode() + b"\0")
        deadline = time.monotonic() + seconds
        while (message := self.receive(deadline)).get("id") != self.number:
            self.events.append(message)
        return message

    def receive(self, deadline: float) -> dict[str, Any]:
        while b"\0" not in self.buffer:
            rest = max(0, deadline - time.monotonic())
            if not select.select([self.messages], [], [], rest)[0]:
                raise BrowserError("Chromium does not answer")
            data = os.read(self.messages.fileno(), 1 << 16)
            if not data:
                raise BrowserError("Chromium has ended")
            self.buffer += data
        line, _, self.buffer = self.buffer.partition(b"\0")
        message: dict[str, Any] = json.loads(line)
        return message


def _pipe(stack: ExitStack) -> list[IO[bytes]]:
    ends = zip(os.pipe(), ("rb", "wb"))
    return [stack.enter_context(os.fdopen(end, mode, buffering=0)) for end, mode in ends]


@contextmanager
def _chromium(port: int) -> Iterator[_Driver]:
    with ExitStack() as stack:
        home = stack.enter_context(_directory())
        (its_commands, commands), (messages, its_messages) = _pipe(stack), _pipe(stack)
        theirs = its_commands.fileno(), its_messages.fileno()
        # Chromium reads from descriptor 3 and writes to 4.
        shell = 'exec "$@" 3</dev/fd/{} 4>/dev/fd/{}'.format(*theirs)
        command = ["sh", "-c", shell, "sh", program("chromium"), *CHROMIUM_OPTIONS]
        command += [f"--user-data-dir={home}", f"--proxy-server=127.0.0.1:{port}"]
        stack.enter_context(_process(home, command, theirs))
        # Once its ends are only its own, its end is the end of the messages.
        its_commands.close()
        its_messages.close()
        yield _Chromium(commands, messages)


# --- Firefox --------------------------------------------------------------------------

FIREFOX_OPTIONS = ["--headless", "--no-remote", "--marionette", "--remote-allow-system-access"]

FIREFOX_PREFS = {
    "marionette.port": 0,
    "network.proxy.type": 1,
    "network.proxy.http": "127.0.0.1",
    "network.proxy.ssl": "127.0.0.1",
    "network.proxy.allow_hijacking_localhost": True,
    "dom.security.https_first": False,
    "browser.chrome.site_icons": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "media.gmp-manager.updateEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,",
}

FIREFOX_JAR = """
const sameSite = new Map([[0, "None"], [1, "Lax"], [2, "Strict"]]);
return Services.cookies.cookies.map(cookie => ({
  name: cookie.name, value: cookie.value,
  domain: cookie.host.replace(/^[.]/, ""), host_only: !cookie.isDomain, path: cookie.path,
  secure: cookie.isSecure, httpOnly: cookie.isHttpOnly,
  sameSite: sameSite.get(cookie.sameSite) ?? null, partitioned: cookie.isPartitioned,
  session: cookie.isSession, expires: cookie.isSession ? null : cookie.expiry / 1000,
}));
"""


class _Firefox:
    """The Marionette protocol: JSON lists, before each its length and a colon."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.number = 0
        self.buffer = b""
        self.receive()
        self.call(
            "WebDriver:NewSession",
            acceptInsecureCerts=True,
            pageLoadStrategy="eager",
            timeouts={"pageLoad": int(ANSWER_TIME * 1000)},
        )

    def clear(self) -> None:
        self.script("Services.cookies.removeAll();")

    def visit(self, url: str) -> tuple[str, list[str]]:
        error, _ = self.send("WebDriver:Navigate", url=url)
        return (error["message"].split("&")[0] if error else ""), []

    def jar(self) -> list[Cookie]:
        rows = self.script(FIREFOX_JAR)
        # A name comes as octets, the rest as text.
        return [
            {**row, **{key: _octets(row[key]) for key in ("value", "domain", "path")}}
            for row in rows
        ]

    def script(self, script: str) -> Any:
        """Run JavaScript with the rights of the browser itself."""
        self.call("Marionette:SetContext", value="chrome")
        value = self.call("WebDriver:ExecuteScript", script=script, args=[])["value"]
        self.call("Marionette:SetContext", value="content")
        return value

    def asynchronous(self, script: str) -> Any:
        """Run JavaScript as `script` does, which calls its last argument with the result."""
        self.call("Marionette:SetContext", value="chrome")
        value = self.call("WebDriver:ExecuteAsyncScript", script=script, args=[])["value"]
        self.call("Marionette:SetContext", value="content")
        return value

    def call(self, name: str, **params: Any) -> Any:
        error, result = self.send(name, **params)
        if error:
            raise BrowserError(f"Firefox: {name}: {error['message']}")
        return result

    def send(self, name: str, **params: Any) -> tuple[Any, Any]:
        self.number += 1
        message = json.dumps([0, self.number, name, params]).encode()
        self.connection.sendall(b"%d:%s" % (len(message), message))
        _, _, error, result = self.receive()
        return error, result

    def receive(self) -> Any:
        while True:
            length, colon, rest = self.buffer.partition(b":")
            if colon and len(rest) >= int(length):
                self.buffer = rest[int(length) :]
                return json.loads(rest[: int(length)])
            try:
                data = self.connection.recv(1 << 16)
            except socket.timeout as error:
                raise BrowserError("Firefox does not answer") from error
            if not data:
                raise BrowserError("Firefox has ended")
            self.buffer += data


@contextmanager
def firefox(port: int) -> Iterator[_Firefox]:
    with ExitStack() as stack:
        home = stack.enter_context(_directory())
        prefs = {**FIREFOX_PREFS, "network.proxy.http_port": port}
        prefs["network.proxy.ssl_port"] = port
        lines = [f"user_pref({json.dumps(key)}, {json.dumps(prefs[key])});\n" for key in prefs]
        (home / "user.js").write_text("".join(lines))
        command = [program("firefox"), *FIREFOX_OPTIONS, "--profile", str(home)]
        process = stack.enter_context(_process(home, command))
        address = "127.0.0.1", _marionette_port(process, home / "MarionetteActivePort")
        # Longer than a page may load, so that a page that does not is an error of its visit.
        connection = socket.create_connection(address, ANSWER_TIME + 10)
        yield _Firefox(stack.enter_context(connection))


def _marionette_port(process: subprocess.Popen[bytes], file: Path) -> int:
    deadline = time.monotonic() + START_TIME
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(FileNotFoundError, ValueError):
            return int(file.read_text())
        time.sleep(0.05)
    raise BrowserError("Firefox did not start")


_Driver = Union[_Chromium, _Firefox]
