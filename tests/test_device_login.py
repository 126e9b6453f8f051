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

from cookiecodec import CookieJar, Signer, _vendor

from .devices import unix_command
from .pages import block
from .peers import peer
from .test_package import ROOT

ONLY = ["codec", "signing"]
# With twice the heap of a device that this is meant for: a pointer has eight octets there.
# To compile one large file takes more than to compile each module of a folder.
SERVERS = {
    "micropython, folder": (["-X", "heapsize=160k"], False),
    "micropython, one file": (["-X", "heapsize=288k"], True),
    "this python": ([], False),
}


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
    options, single = SERVERS[request.param]
    start = unix_command() if request.param.startswith("micropython") else [sys.executable]
    shutil.copy(ROOT / "examples" / "device_login.py", tmp_path)
    name = "cookiecodec.py" if single else "cookiecodec"
    _vendor.write(tmp_path / name, _vendor.files(ONLY, single, stripped=True))
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
    for wrong in ("password=let+me", "password=", "pass=let+me+in", "password=%ff%00", ""):
        assert client.request("POST", "/login", wrong)[0] == 403
    assert not list(client.jar)

    assert client.request("POST", "/login", "password=let+me%20in")[0] == 303
    assert "Visit 1." in client.request("GET", "/")[1]
    assert "Visit 2." in client.request("GET", "/")[1]
    # What the device has signed verifies here, under its key, and nobody else's.
    signer = Signer((tmp_path / "secret.key").read_bytes()).for_cookie("sid")
    assert signer.loads(client.sid) == {"visits": 2}

    kept = client.sid
    assert client.request("POST", "/logout")[0] == 303
    assert not list(client.jar)
    assert "password" in client.request("GET", "/")[1]

    forged = Signer("another key").for_cookie("sid").dumps({"visits": 9})
    for token in (forged, kept[:-1], kept + "=", "\xff", '"', "x" * 3000):
        client.jar.receive(f"sid={token}", f"http://127.0.0.1:{client.port}/")
        assert "password" in client.request("GET", "/")[1]
    client.jar.receive(f"sid={kept}", f"http://127.0.0.1:{client.port}/")
    assert "Visit 3." in client.request("GET", "/")[1]


@pytest.mark.device
def test_many_visits_do_not_fill_the_heap(client: Client) -> None:
    client.request("POST", "/login", "password=let+me+in")
    for visit in range(1, 120):
        client.jar.receive(
            f"junk={chr(0x3000 + visit)}{'x' * 1000}", f"http://127.0.0.1:{client.port}/"
        )
        assert f"Visit {visit}." in client.request("GET", "/")[1]


@pytest.mark.device
@pytest.mark.parametrize("device", [True, False], ids=["micropython", "this python"])
def test_microdot(tmp_path: Path, device: bool) -> None:
    """The page's example, on the server that devices use."""
    package = Path(str(peer("microdot").__file__)).parent
    shutil.copytree(package, tmp_path / "microdot")
    _vendor.write(tmp_path / "cookiecodec", _vendor.files(ONLY, stripped=True))
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
