"""A login on a device: one socket and a signed cookie, on MicroPython or CPython.

    micropython device_login.py 8080

Then http://localhost:8080/. The password is ``let me in``, or what ``password.txt`` has.
The key is made at the first start and kept in ``secret.key``, so that a restart logs
nobody out.
"""

import os
import socket
import sys

from cookiecodec import BadSignature, Signer, delete_cookie, dump_cookie, parse_cookie

PAGE = """<!doctype html><meta charset="utf-8"><title>Device</title>%s"""
LOGIN = """<form method="post" action="/login">
<input type="password" name="password"><button>Log in</button></form>"""
INSIDE = """<p id="visits">Visit %d.</p>
<form method="post" action="/logout"><button>Log out</button></form>"""
SEE_OTHER = "303 See Other\r\nLocation: /"
LONGEST = 8192  # octets of a request
DAY = 86400


def kept(name, make):
    """The content of a file, which is made if there is none."""
    try:
        with open(name, "rb") as file:
            return file.read()
    except OSError:
        data = make()
        with open(name, "wb") as file:
            file.write(data)
        return data


KEY = kept("secret.key", lambda: os.urandom(32))
SIGNER = Signer(KEY).for_cookie("sid")
# What the right password is followed by; verified in a time that tells nothing of it.
PASSWORDS = Signer(KEY, salt="password", timed=False)
SIGNATURE = PASSWORDS.sign(kept("password.txt", lambda: b"let me in").decode().strip())
SIGNATURE = SIGNATURE[SIGNATURE.rindex(".") :].encode()


def answer(method, path, cookies, body):
    """The status, the Set-Cookie header or None, and the page."""
    if method == "POST" and path == "/login":
        try:
            PASSWORDS.unsign(form_value(body, b"password") + SIGNATURE)
        except BadSignature:
            return "403 Forbidden", None, LOGIN
        return SEE_OTHER, sid(0), ""
    if method == "POST" and path == "/logout":
        return SEE_OTHER, delete_cookie("sid", httponly=True, samesite="Strict"), ""
    if path != "/":
        return "404 Not Found", None, ""
    try:
        visits = SIGNER.loads(cookies.get("sid", ""), max_age=DAY)["visits"] + 1
    except BadSignature:
        return "200 OK", None, LOGIN
    return "200 OK", sid(visits), INSIDE % visits


def sid(visits):
    # With TLS: secure=True. SameSite keeps the forms of other sites out.
    return dump_cookie(
        "sid", SIGNER.dumps({"visits": visits}), httponly=True, samesite="Strict"
    )


def form_value(body, name):
    """The octets of a field in a form (application/x-www-form-urlencoded)."""
    for field in body.split(b"&"):
        if field.startswith(name + b"="):
            first, *parts = field[len(name) + 1 :].replace(b"+", b" ").split(b"%")
            return first + b"".join([octet(part) for part in parts])
    return b""


def octet(part):
    try:
        return bytes([int(part[:2], 16)]) + part[2:]
    except ValueError:
        return b"%" + part


def read_request(connection):
    """Method, path, the Cookie headers and the body; ValueError for what is no request."""
    data = b""
    while b"\r\n\r\n" not in data and len(data) < LONGEST:
        more = connection.recv(512)
        if not more:
            break
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    method, path, _ = lines[0].decode().split(" ")
    fields = [line.partition(b":") for line in lines[1:]]
    cookies = [value for name, _, value in fields if name.lower() == b"cookie"]
    sizes = [int(value) for name, _, value in fields if name.lower() == b"content-length"]
    size = sizes[0] if sizes else 0
    while len(body) < size <= LONGEST:
        more = connection.recv(512)
        if not more:
            break
        body += more
    return method, path, cookies, body


def serve(port):
    server = socket.socket()
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind(socket.getaddrinfo("0.0.0.0", port)[0][-1])  # noqa: S104 - for the network
    server.listen(4)
    print("serving on port", port)
    while True:
        connection, _ = server.accept()
        connection.settimeout(5)
        try:
            method, path, cookies, body = read_request(connection)
            status, cookie, inner = answer(method, path, parse_cookie(cookies), body)
            page = (PAGE % inner).encode()
            head = "HTTP/1.0 %s\r\nContent-Type: text/html\r\nContent-Length: %d\r\n"
            head %= (status, len(page))
            if cookie is not None:
                head += "Set-Cookie: %s\r\nCache-Control: no-store\r\n" % cookie
            connection.send(head.encode() + b"\r\n" + page)
        except (OSError, ValueError) as error:
            print("dropped:", error)
        finally:
            connection.close()


if __name__ == "__main__":
    serve(int(sys.argv[1]) if len(sys.argv) > 1 else 8080)
