"""Runs the programs that read and write cookies.txt, and writes the documentation's table.

    python -m tests.support.cookies_txt_programs

prints what each installed program sends from our file, and what our jar reads from its file.
It records that in `data/cookies_txt_programs.json`, for the programs that are here.
"""

import json
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

from cookiecodec import CookieJar

RECORDED = Path(__file__).parent / "data" / "cookies_txt_programs.json"
HOSTS = ("127.0.0.1", "localhost", "[::1]")
#: The cookies by what is special about them, as the server sets them, and as it gets them.
COOKIES = {
    "lasting": "lasting=1; Path=/; Max-Age=1000",
    "session": "session=2; Path=/",
    "HttpOnly": "http=3; Path=/; Max-Age=1000; HttpOnly",
    "non-ASCII": "utf8=\xc3\xa9; Path=/; Max-Age=1000",
}
LINES = """\
import http.cookiejar, sys, urllib.request

cookies = http.cookiejar.MozillaCookieJar(sys.argv[2])
cookies.load(ignore_discard=True, ignore_expires=True)
for cookie in cookies:
    if not cookie.expires:  # 0 is a session cookie for all other programs
        cookie.expires, cookie.discard = None, True
handlers = urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(cookies)
urllib.request.build_opener(*handlers).open(sys.argv[1]).read()
cookies.save(ignore_discard=True, ignore_expires=True)
"""
#: The command of each program that requests URL with the cookies of FILE, and saves them there.
PROGRAMS = {
    "curl": "curl -q -sS -g --noproxy * -b FILE -c FILE URL",
    "wget": "wget --no-config --no-proxy -q -O - --keep-session-cookies"
    " --load-cookies FILE --save-cookies FILE URL",
    "aria2c": "aria2c --no-conf -q --all-proxy= --allow-overwrite=true --dir FOLDER --out body"
    " --load-cookies FILE --save-cookies FILE URL",
    "yt-dlp": "yt-dlp --ignore-config -q --no-warnings --proxy= --simulate --cookies FILE URL",
    "http.cookiejar": "LINES URL FILE",
}


class _Server(HTTPServer):
    """Keeps the Cookie headers that it gets."""

    def __init__(self, host: str) -> None:
        self.address_family = socket.AF_INET6 if host == "[::1]" else socket.AF_INET
        self.sent: list[str] = []
        super().__init__(("::1" if host == "[::1]" else "127.0.0.1", 0), _Answer)

    def server_bind(self) -> None:
        self.socket.bind(self.server_address)  # without the look-up of a name
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = "localhost", self.server_address[1]


class _Answer(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        self.server.sent += self.headers.get_all("Cookie", [])
        self.send_response(200)
        for header in COOKIES.values():
            self.send_header("Set-Cookie", header)
        self.send_header("Content-Type", "video/mp4")
        self.send_header("Content-Length", "4")
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(b"body")

    do_HEAD = do_GET

    def log_message(self, *args: object) -> None:
        pass


@contextmanager
def server(host: str) -> Iterator[_Server]:
    with _Server(host) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        try:
            yield running
        finally:
            running.shutdown()
            thread.join()


def command(program: str) -> "list[str] | None":
    """The command, or None if the program is not installed."""
    words = PROGRAMS[program].split()
    if words[0] == "LINES":
        return [sys.executable, "-c", LINES, *words[1:]]
    beside = Path(sys.executable).with_name(words[0])
    found = str(beside) if beside.exists() else shutil.which(words[0])
    return None if found is None else [found, *words[1:]]


def version(program: str) -> str:
    given = command(program)
    assert given is not None
    if program == "http.cookiejar":
        return "Python 3.%d" % sys.version_info.minor
    text = subprocess.run([given[0], "--version"], capture_output=True, check=True).stdout
    return next(w for w in text.decode().split() if w[0].isdigit())


def run(program: str, url: str, file: Path) -> None:
    places = {"URL": url, "FILE": str(file), "FOLDER": str(file.parent)}
    words = [places.get(word, word) for word in command(program) or []]
    subprocess.run(words, capture_output=True, timeout=60, check=False)


def sends(program: str, host: str, file: Path) -> "list[str]":
    """What the program sends from our file: the cookies that arrive as they were set."""
    with server(host) as running:
        url = f"http://{host}:{running.server_port}/video.mp4"
        jar = CookieJar()
        for header in COOKIES.values():
            assert jar.receive(header, url).accepted
        jar.save(file, format="cookies.txt")
        run(program, url, file)
        pairs = re.split("; ?", running.sent[0]) if running.sent else []  # aria2: without
    return [each for each, header in COOKIES.items() if header.split(";")[0] in pairs]


def writes(program: str, host: str, file: Path) -> "list[str]":
    """What our jar sends from the file that the program writes."""
    file.write_text("# Netscape HTTP Cookie File\n\n")
    with server(host) as running:
        url = f"http://{host}:{running.server_port}/video.mp4"
        run(program, url, file)
        pairs = CookieJar.load(file).cookie_header(url).split("; ")
    return [each for each, header in COOKIES.items() if header.split(";")[0] in pairs]


def observe(program: str) -> "dict[str, dict[str, list[str]]]":
    """What happens on each host that this machine has."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "cookies.txt"
        return {
            host: {"sends": sends(program, host, file), "writes": writes(program, host, file)}
            for host in HOSTS
            if host != "[::1]" or _has_ipv6()
        }


def _has_ipv6() -> bool:
    try:
        with _Server("[::1]"):
            return True
    except OSError:
        return False


def table(recorded: "dict[str, Any]") -> str:
    """The table of the documentation: what is lost, by program."""
    rows = ["| program | it does not send, from our file | we do not send, from its file |"]
    rows.append("| --- | --- | --- |")
    for program, row in recorded.items():
        seen = row["observed"]
        cells = [_lost(seen, way) for way in ("sends", "writes")]
        rows.append(f"| {program} {row['version']} | {cells[0]} | {cells[1]} |")
    return "\n".join(rows) + "\n"


def _lost(seen: "dict[str, dict[str, list[str]]]", way: str) -> str:
    whole = [host for host in HOSTS if not seen[host][way]]
    lost = ["cookies of " + " and ".join([f"`{host}`" for host in whole])] if whole else []
    some = [host for host in HOSTS if host not in whole]
    missing = [c for c in COOKIES if any(c not in seen[host][way] for host in some)]
    return ", ".join([*lost, *[f"{cookie} cookies" for cookie in missing]]) or "-"


def main() -> None:
    recorded = json.loads(RECORDED.read_text("utf-8")) if RECORDED.exists() else {}
    for program in PROGRAMS:
        if command(program) is not None:
            recorded[program] = {"version": version(program), "observed": observe(program)}
    lines = [f"{json.dumps(name)}: {json.dumps(row)}" for name, row in recorded.items()]
    RECORDED.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")
    print(table(recorded))


if __name__ == "__main__":
    main()
