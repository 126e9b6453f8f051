"""The login of `examples/device_login.py`, on MicroPython and on this Python, by a jar."""

import contextlib
import http.client
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cookiecodec import CookieJar, Signer
from cookiecodec._vendor import copies, disk

from ..project.test_package import ROOT
from ..support.devices import unix_command
from ..support.pages import block
from ..support.peers import peer

ONLY = ["codec", "signing"]
# With twice the heap of a device that this is meant for: a pointer has eight octets there.
SERVERS = {"micropython": ["-X", "heapsize=160k"], "this python": []}


class Client:
    """A browser, as far as cookies go."""

    def __init__(self, port: int) -> None:
        self.port, self.jar = port, CookieJar()

    def request(self, method: str, path: str, body: str = "") -> "tuple[int, str]":
        url = f"http://127.0.0.1:{self.port}{path}"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        headers = {"Cookie": self.jar.cookie_header(url)}
        connection.request(method, path, body.encode(), headers if headers["Cookie"] else {})
        response = connection.getresponse()
        for header in response.headers.get_all("Set-Cookie", ()):
            assert self.jar.receive(header, url).cookie is not None
        page = response.read().decode()
        connection.close()
        return response.status, page

    @property
    def sid(self) -> str:
        return next(cookie.value for cookie in self.jar)


@pytest.fixture(params=SERVERS)
def client(request: pytest.FixtureRequest, tmp_path: Path) -> "Iterator[Client]":
    options = SERVERS[request.param]
    start = unix_command() if request.param == "micropython" else [sys.executable]
    shutil.copy(ROOT / "examples" / "device_login.py", tmp_path)
    disk.write(tmp_path / "cookiecodec", copies.files(ONLY, stripped=True))
    (tmp_path / "password.txt").write_text("let me in\n")
    with served([*start, *options, "device_login.py", "{port}"], tmp_path) as found:
        yield found


@contextlib.contextmanager
def served(command: "list[str]", tmp_path: Path) -> "Iterator[Client]":
    """A client of the server that *command* starts on the port that it is given."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [part.replace("{port}", str(port)) for part in command]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    log = (tmp_path / "log").open("wb")
    with log, subprocess.Popen(
        command, cwd=tmp_path, stdout=log, stderr=log, env=environment
    ) as server:  # fmt: skip
        for _ in range(200):
            assert server.poll() is None, (tmp_path / "log").read_text("utf-8")
            with socket.socket() as trying:
                if trying.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield Client(port)
        server.terminate()
    assert "Traceback" not in (tmp_path / "log").read_text("utf-8")


@pytest.mark.device
def test_login_and_logout_over_a_socket(client: Client, tmp_path: Path) -> None:
    status, page = client.request("GET", "/")
    assert (status, "password" in page, list(client.jar)) == (200, True, [])
    for wrong in ("password=let+me", "", "pass=let+me+in", "password=let+me+in%00"):
        assert client.request("POST", "/login", wrong)[0] == 403
    assert not list(client.jar)

    assert client.request("POST", "/login", "a=b&password=let+me%20in")[0] == 303
    assert "Visit 1." in client.request("GET", "/")[1]
    assert "Visit 2." in client.request("GET", "/")[1]
    # What the device has signed verifies here, under its key, and nobody else's.
    key = (tmp_path / "secret.key").read_bytes()
    signer = Signer(key, salt=b"sidlet me in").for_cookie("sid")
    session = signer.loads(client.sid)
    assert session["visits"] == 2
    assert 86000 < session["until"] - time.time() <= 86400

    kept = client.sid
    assert client.request("POST", "/logout")[0] == 303
    assert not list(client.jar)
    assert "password" in client.request("GET", "/")[1]

    over = signer.dumps({"visits": 9, "until": int(time.time()) - 1})
    forged = Signer("another key").for_cookie("sid").dumps(session)
    for token in (over, forged, kept[:-1], kept + "=", "\xff", '"', "x" * 1500):
        client.jar.receive(f"sid={token}", f"http://127.0.0.1:{client.port}/")
        assert "password" in client.request("GET", "/")[1]


@pytest.mark.device
def test_no_request_ends_the_server(client: Client) -> None:
    """Nor does one keep others waiting for long."""
    start = b"POST /logout HTTP/1.1\r\n"
    garbage = [
        b"",
        b"\r\n\r\n",
        b"GET\r\n\r\n",
        b"\xff\xfe /\r\n\r\n",
        start + b"Content-Length: -5\r\n\r\n",
        start + b"Content-Length: " + b"9" * 2500 + b"\r\n\r\n",
        start + b"Content-Length: 9000\r\n\r\n" + b"&" * 9000,
        start + b"Content-Length: 2000\r\n\r\n" + b"%" * 2000,
        start + b"Content-Length: 2000\r\n\r\n" + b"&" * 2000,
        start + b"Cookie: " + b"a=;" * 900 + b"\r\n\r\n",
        start + b"Cookie: sid=" + b"[" * 2500 + b"\r\n\r\n",
        start + b"Cookie:\r\n" * 250 + b"\r\n",
        start + b"a:\r\n" * 500 + b"\r\n",
        b"x" * 20_000,
    ]
    for request in garbage:
        address = ("127.0.0.1", client.port)
        with contextlib.suppress(OSError), socket.create_connection(address, 20) as connection:
            connection.sendall(request)
            connection.shutdown(socket.SHUT_WR)
            connection.recv(100)
    slow = socket.create_connection(("127.0.0.1", client.port), 20)
    slow.send(b"G")
    began = time.monotonic()
    assert client.request("GET", "/")[0] == 200
    assert time.monotonic() - began < 15
    slow.close()


@pytest.mark.device
def test_many_visits_do_not_fill_the_heap(client: Client) -> None:
    client.request("POST", "/login", "password=let+me+in")
    for visit in range(1, 120):
        client.jar.receive(
            f"junk={chr(0x3000 + visit)}{'x' * 1000}", f"http://127.0.0.1:{client.port}/"
        )
        assert f"Visit {visit}." in client.request("GET", "/")[1]


@pytest.mark.device
@pytest.mark.parametrize("broken", ["", "abc"])
def test_a_file_that_is_cut_off_lets_nobody_in(tmp_path: Path, broken: str) -> None:
    """As the power may go while it is written."""
    shutil.copy(ROOT / "examples" / "device_login.py", tmp_path)
    disk.write(tmp_path / "cookiecodec", copies.files(ONLY))
    for name in ("secret.key", "password.txt"):
        (tmp_path / name).write_text(broken)
    with served([sys.executable, "device_login.py", "{port}"], tmp_path) as client:
        for field in ("", "password=", f"password={broken}"):
            assert client.request("POST", "/login", field)[0] == 403
        password = (tmp_path / "password.txt").read_text()
        assert client.request("POST", "/login", f"password={password}")[0] == 303
    assert len((tmp_path / "secret.key").read_text()) == 64


@pytest.mark.device
@pytest.mark.parametrize("device", [True, False], ids=["micropython", "this python"])
def test_microdot(tmp_path: Path, device: bool) -> None:
    """The page's example, on the server that devices use."""
    package = Path(str(peer("microdot").__file__)).parent
    shutil.copytree(package, tmp_path / "microdot")
    disk.write(tmp_path / "cookiecodec", copies.files(ONLY, stripped=True))
    (tmp_path / "secret.key").write_bytes(b"a secret key of 32 octets or more")
    (tmp_path / "app.py").write_text(block("docs/embedding.md", "python microdot"))
    code = (
        "import sys\nsys.path.insert(0, '.')\nfrom app import app\napp.run('127.0.0.1', {port})"
    )
    start = [*unix_command(), "-X", "heapsize=512k"] if device else [sys.executable]
    with served([*start, "-c", code], tmp_path) as client:
        for visit in (1, 2, 3):
            assert client.request("GET", "/") == (200, f"visit {visit}")
        client.jar.receive("visits=forged", f"http://127.0.0.1:{client.port}/")
        assert client.request("GET", "/") == (200, "visit 1")
