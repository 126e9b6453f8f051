"""How long the user agent's side takes, as ratios against named peers.

python benchmarks/user_agent.py            # the tables of benchmarks/README.md
python benchmarks/user_agent.py --quick    # coarser, in a few seconds
"""

from __future__ import annotations

import argparse
import http.client
import http.cookiejar
import itertools
import multiprocessing
import os
import platform
import socket
import tempfile
import threading
import time
import urllib.request
from http.cookies import SimpleCookie
from typing import Callable

import httpx
import requests
from aiohttp._cookie_helpers import parse_set_cookie_headers

from _timing import Call, best, head, row
from cookiecodec import CookieJar, explain_set_cookie, parse_set_cookie
from cookiecodec.ext import httpx as ext_httpx, requests as ext_requests

# Ten kinds of headers as real sites and frameworks send them; the values are made up.
REAL = {
    "PHP": "PHPSESSID=n1d4e0v5rq2m8k3o7c6f9b0a1s; path=/",
    "Django": "csrftoken=p7Kq2m0eB5wXfYzRt3Uj9LdNc6Vb1G; expires=Mon, 22 Nov 2027 10:18:14 GMT;"
    " Max-Age=31449600; Path=/; SameSite=Lax",
    "Flask": "session=eyJ1c2VyX2lkIjo0Mn0.ZkX0Ew.q0cY3m7wG1u5Yx2r9tLhQ8sVb4k; HttpOnly; Path=/",
    "Express": "connect.sid=s%3A3b1f0f2e9c7d.Kq9Wc2m7%2Bx8Yv; Path=/; HttpOnly",
    "Rails": "_app_session=dGhpcyBpcyBub3QgYSBzZWNyZXQ%3D--1b2f3c; path=/; HttpOnly; Secure;"
    " SameSite=Lax",
    "ASP.NET": "ASP.NET_SessionId=k2v4jq55oqx0zr45m1yqg3ab; path=/; HttpOnly; SameSite=Lax",
    "Google": "NID=511=abcDEF123_-xyz; expires=Tue, 25-May-2027 10:18:14 GMT; path=/;"
    " domain=.google.com; Secure; HttpOnly; SameSite=none",
    "Cloudflare": "__cf_bm=Jx2.f0aQ9n3-1716890123-1.0.1.1-A8s; path=/; expires=Tue, 28-May-27"
    " 10:48:43 GMT; domain=.example.com; HttpOnly; Secure; SameSite=None",
    "AWS": "AWSALBCORS=m0n1o2p3q4r5s6t7u8v9; Expires=Tue, 04 May 2027 10:18:14 GMT; Path=/;"
    " SameSite=None; Secure",
    "delete": "sid=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/",
}

HOSTS, PER_HOST = 300, 10


def simple_cookie(header: str) -> Call:
    return lambda: SimpleCookie(header)


def ours(header: str) -> Call:
    return lambda: parse_set_cookie(header)


def aiohttp(header: str) -> Call:
    return lambda: parse_set_cookie_headers([header])


def varying(parse: Callable[[str], object], header: str) -> Call:
    """Another value and another second each time, as a crawler meets them."""
    variants = [
        header.replace("=", f"={number:04x}", 1).replace(
            "10:18:14", "10:%02d:%02d" % divmod(number % 3600, 60)
        )
        for number in range(2000)
    ]
    following = itertools.cycle(variants).__next__
    return lambda: parse(following())


def reading(rounds: int) -> None:
    print("\n### `parse_set_cookie`: ten real headers, in µs; times faster\n")
    head("header", "cookiecodec", "aiohttp", "http.cookies")
    total: dict[str, float] = {}
    for name, header in REAL.items():
        calls = {
            "cookiecodec": ours(header),
            "aiohttp": aiohttp(header),
            "http.cookies": simple_cookie(header),
        }
        show(name, best(f"parse_set_cookie, {name}", calls, rounds), total)
    show("all ten", total, {}, "≥ 3")
    changing: dict[str, float] = {}
    for header in REAL.values():
        calls = {
            "cookiecodec": varying(parse_set_cookie, header),
            "aiohttp": varying(lambda text: parse_set_cookie_headers([text]), header),
            "http.cookies": varying(SimpleCookie, header),
        }
        for peer, seconds in best(
            f"parse_set_cookie, changing, {header[:20]}", calls, max(1, rounds // 2)
        ).items():
            changing[peer] = changing.get(peer, 0) + seconds
    show("all ten, each time with another value and second", changing, {})


def show(
    name: str, seconds: dict[str, float], total: dict[str, float], target: str = ""
) -> None:
    own = seconds["cookiecodec"]
    cells = [f"**{own * 1e6:.2f}**"]
    for peer, took in seconds.items():
        total[peer] = total.get(peer, 0) + took
        if peer != "cookiecodec":
            cells.append(
                f"{took * 1e6:.2f} ({took / own:.1f}{target and ', target ' + target})"
            )
    row(name, *cells)


def filled(hosts: int) -> tuple[CookieJar, http.cookiejar.CookieJar]:
    """The same cookies in both jars; the standard library's has no limits."""
    jar, theirs = CookieJar(), http.cookiejar.CookieJar()
    for host in range(hosts):
        url = f"https://www.host{host}.test/docs/page"
        for number in range(PER_HOST):
            path = "/docs" if number % 2 else "/"
            header = f"name{number}=value{number}; Path={path}; Max-Age=86400; Secure"
            jar.receive(header, url)
            theirs.extract_cookies(_Response(header), urllib.request.Request(url))  # type: ignore[arg-type]
    return jar, theirs


class _Response:
    """What `http.cookiejar` wants of a response."""

    def __init__(self, header: str) -> None:
        self.headers = http.client.HTTPMessage()
        self.headers["Set-Cookie"] = header

    def info(self) -> http.client.HTTPMessage:
        return self.headers


def sending(rounds: int) -> None:
    print(f"\n### `CookieJar.cookie_header`: {PER_HOST} cookies a host, in µs; times faster\n")
    head("hosts", "cookies", "cookiecodec", "http.cookiejar")
    url = "https://www.host2.test/docs/page"
    for hosts in (3, 30, HOSTS):
        jar, theirs = filled(hosts)

        def send(jar: CookieJar = jar) -> str:
            return jar.cookie_header(url)

        def send_theirs(theirs: http.cookiejar.CookieJar = theirs) -> str | None:
            request = urllib.request.Request(url)
            theirs.add_cookie_header(request)
            return request.get_header("Cookie")

        assert sorted(send().split("; ")) == sorted(str(send_theirs()).split("; "))
        columns: dict[str, Call] = {"cookiecodec": send, "http.cookiejar": send_theirs}
        seconds = best(f"cookie_header, {hosts} hosts", columns, rounds)
        own, took = seconds["cookiecodec"], seconds["http.cookiejar"]
        target = ", target ≥ 50" if hosts == HOSTS else ""
        row(
            hosts,
            hosts * PER_HOST,
            f"**{own * 1e6:.1f}**",
            f"{took * 1e6:.0f} ({took / own:.0f}{target})",
        )


# What the server below answers to each request.
ANSWER = (
    f"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nSet-Cookie: {REAL['Flask']}\r\n"
    f"Set-Cookie: {REAL['delete']}\r\n\r\nok"
).encode()


def serve(listening: socket.socket) -> None:
    """Answer every request on every connection, in a process of its own."""

    def answer(connection: socket.socket) -> None:
        data = b""
        while received := connection.recv(65536):
            data += received
            if data.endswith(b"\r\n\r\n"):
                connection.sendall(ANSWER)
                data = b""

    while True:
        threading.Thread(target=answer, args=[listening.accept()[0]], daemon=True).start()


def clients(rounds: int) -> None:
    """Whole requests over a connection that stays open, each with two Set-Cookie lines."""
    print("\n### Whole requests to a server on this machine, in µs; times faster\n")
    head("client", "cookies in the jar", "cookiecodec's jar", "the client's own jar")
    listening = socket.create_server(("127.0.0.1", 0))
    server = multiprocessing.get_context("fork").Process(target=serve, args=[listening])
    server.start()
    url = f"http://127.0.0.1:{listening.getsockname()[1]}/"
    for hosts in (0, 30):
        session, own_session = requests.Session(), requests.Session()
        session.trust_env = own_session.trust_env = False
        client, own_client = httpx.Client(trust_env=False), httpx.Client(trust_env=False)
        ext_requests.use_jar(session, filled(hosts)[0])
        ext_httpx.use_jar(client, filled(hosts)[0])
        own_session.cookies.update(filled(hosts)[1])
        own_client.cookies.update(filled(hosts)[1])
        calls: dict[str, Call] = {
            "cookiecodec, requests": lambda session=session: session.get(url),  # type: ignore[misc]
            "requests": lambda session=own_session: session.get(url),  # type: ignore[misc]
            "cookiecodec, httpx": lambda client=client: client.get(url),  # type: ignore[misc]
            "httpx": lambda client=own_client: client.get(url),  # type: ignore[misc]
        }
        seconds = best(f"client, {hosts} hosts", calls, rounds)
        for name in ("requests", "httpx"):
            took, own = seconds[f"cookiecodec, {name}"], seconds[name]
            row(
                name,
                hosts * PER_HOST,
                f"**{took * 1e6:.0f}**",
                f"{own * 1e6:.0f} ({own / took:.2f})",
            )
    server.terminate()
    server.join()
    listening.close()


def files(rounds: int) -> None:
    print("\n### `CookieJar.load` of cookies.txt, in milliseconds; times as long\n")
    head("lines", "hosts", "cookiecodec", "http.cookiejar")
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "cookies.txt")
        theirs = http.cookiejar.MozillaCookieJar(path)
        for hosts in (330, 5000):
            lines = [
                f".host{number // 10}.test\tTRUE\t/\tTRUE\t{time.time() + 9999:.0f}"
                f"\tname{number % 10}\tvalue-{number}\n"
                for number in range(10 * hosts)
            ]
            with open(path, "w", encoding="utf-8") as file:
                file.write("# Netscape HTTP Cookie File\n" + "".join(lines))
            seconds = best(
                f"cookies.txt, {hosts} hosts",
                {
                    "cookiecodec": lambda: CookieJar.load(path, max_total=60_000),
                    "http.cookiejar": theirs.load,
                },
                rounds,
            )
            own, took = seconds["cookiecodec"], seconds["http.cookiejar"]
            cell = f"**{own * 1e3:.1f}** ({own / took:.1f}, target ≤ 3)"
            row(10 * hosts, hosts, cell, f"{took * 1e3:.1f}")


def rest(rounds: int) -> None:
    print("\n### The rest of the user agent's side, in microseconds\n")
    head("call", "µs")
    header, url = REAL["Google"], "https://www.google.com/"
    jar, _ = filled(30)
    calls: dict[str, Call] = {
        "`CookieJar.receive`, a cookie that is kept": lambda: jar.receive(header, url),
        "`explain_set_cookie`, with its findings": lambda: (
            explain_set_cookie(header, url).findings
        ),
        "`to_json`, 300 cookies": jar.to_json,
        "`to_cookies_txt`, 300 cookies": jar.to_cookies_txt,
    }
    for name, seconds in best("the rest", calls, rounds).items():
        row(name, f"{seconds * 1e6:.1f}")
    print("\n### Hostile Set-Cookie headers of 256 KB, received and explained\n")
    head("header", "milliseconds", "times that of 128 KB")
    for name, piece in {
        "semicolons": ";",
        "attributes": "; Path=/",
        "many attributes": ";{}=x",
        "blanks": " ",
        "dates": "; Expires=Wed, 09 Jun 2027 1:2:{}",
        "tabs": "\t",
        "not UTF-8": "\xe9",
    }.items():
        half, whole = (hostile(piece, octets) for octets in (131072, 262144))
        row(name, f"{whole * 1e3:.1f}", f"{whole / half:.2f}")


def hostile(piece: str, octets: int) -> float:
    """Seconds that a header takes to be received and explained."""
    header = "a=b; x=" + "".join([piece.format(n) for n in range(octets // len(piece))])
    start = time.perf_counter()
    _ = CookieJar().receive(header, "https://example.com/").findings
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="coarser, in a few seconds")
    rounds = 3 if parser.parse_args().quick else 40
    version = platform.python_version()
    print(f"{platform.python_implementation()} {version}, {platform.machine()}")
    reading(rounds)
    sending(rounds)
    clients(rounds)
    files(rounds)
    rest(rounds)


if __name__ == "__main__":
    main()
