"""A login on a device: one socket and a signed cookie, on MicroPython or CPython.

    micropython device_login.py 8080

Then http://localhost:8080/. At the first start a key is made and kept in ``secret.key``,
and a password, which is printed, in ``password.txt``: put your own there. A restart logs
nobody out; another password, or another key, logs out everybody. Nothing else ends a
copy of a cookie before its day is over: see "Concepts". Without TLS whoever listens on the
network has the password too.
"""

import binascii
import os
import socket
import sys
import time

from cookiecodec import BadSignature, Signer, delete_cookie, dump_cookie, parse_cookie

PAGE = """<!doctype html><meta charset="utf-8"><title>Device</title>%s"""
LOGIN = """<form method="post" action="/login">
<input type="password" name="password"><button>Log in</button></form>"""
INSIDE = """<p id="visits">Visit %d.</p>
<form method="post" action="/logout"><button>Log out</button></form>"""
SEE_OTHER = "303 See Other\r\nLocation: /"
LONGEST = 3072  # octets of a request
SECONDS = 5  # that a request may take
DAY = 86400


def kept(name, size):
    """The content of a file of at least *size* octets; without one, random digits."""
    try:
        with open(name, "rb") as file:
            data = file.read().strip()
            if len(data) >= size:
                return data
    except OSError:
        pass
    data = binascii.hexlify(os.urandom(32))[: max(size, 12)]
    with open(name + ".new", "wb") as file:
        file.write(data)
    os.rename(name + ".new", name)  # at once: the power may go at any time
    return data


KEY = kept("secret.key", 64)
PASSWORD = kept("password.txt", 4)
SIGNER = Signer(KEY, salt=b"sid" + PASSWORD).for_cookie("sid")
# The right password is what this signature belongs to. Verifying it takes a time that
# tells nothing of how much was right.
PASSWORDS = Signer(KEY, salt="password", timed=False)
SIGNATURE = PASSWORDS.sign(PASSWORD.decode())[len(PASSWORD.decode()) :].encode()


def answer(method, path, cookies, body):
    """The status, the Set-Cookie header or None, and the page."""
    if method == "POST" and path == "/login":
        if not is_password(form_value(body, b"password")):
            time.sleep(1)  # a thousand guesses take a quarter of an hour
            return "403 Forbidden", None, LOGIN
        return SEE_OTHER, sid(0, int(time.time()) + DAY), ""
    session = session_of(cookies)
    if session is None:  # or the form of another site, without the cookie
        return "200 OK", None, LOGIN
    if method == "POST" and path == "/logout":
        return SEE_OTHER, delete_cookie("sid", httponly=True, samesite="Strict"), ""
    if path != "/":
        return "404 Not Found", None, ""
    visits = session["visits"] + 1
    return "200 OK", sid(visits, session["until"]), INSIDE % visits


def session_of(cookies):
    """What the cookie says, if it is one of ours and its day is not over."""
    try:
        session = SIGNER.loads(cookies.get("sid", ""))
    except BadSignature:
        return None
    return session if session["until"] >= time.time() else None


def sid(visits, until):
    # With TLS: secure=True. By SameSite the forms of other sites come without it.
    token = SIGNER.dumps({"visits": visits, "until": until})
    return dump_cookie("sid", token, httponly=True, samesite="Strict")


def is_password(given):
    try:
        return given is not None and PASSWORDS.unsign(given + SIGNATURE) is not None
    except BadSignature:
        return False


def form_value(body, name):
    """The octets of a field in a form (application/x-www-form-urlencoded), or None."""
    at = (b"&" + body).find(b"&" + name + b"=")
    if at < 0:
        return None
    first, *parts = body[at + len(name) + 1 :].split(b"&", 1)[0].replace(b"+", b" ").split(b"%")
    return first + b"".join([octet(part) for part in parts])


def octet(part):
    try:
        return bytes([int(part[:2], 16)]) + part[2:]
    except ValueError:
        return b"%" + part


def read_request(connection):
    """Method, path, the Cookie headers and the body; ValueError for what is no request."""
    deadline = time.time() + SECONDS
    data, end, size = b"", -1, 0
    while end < 0 or len(data) < end + size:
        connection.settimeout(max(0.1, deadline - time.time()))
        more = connection.recv(512)
        data += more
        if not more or len(data) > LONGEST or time.time() > deadline:
            raise ValueError("too short, too long or too slow")
        if end < 0 and b"\r\n\r\n" in data:
            end = data.find(b"\r\n\r\n") + 4
            sizes = header_values(data[:end], b"content-length")
            size = int(sizes[0].decode()) if sizes else 0
    method, path = data[: data.find(b"\r\n")].decode().split(" ", 2)[:2]
    return method, path, header_values(data[:end], b"cookie"), data[end:]


def header_values(head, name):
    """The values of the lines of this name; one by one, as a list of all may be large."""
    values = []
    at = head.find(b"\r\n") + 2
    while at < len(head):
        end = head.find(b"\r\n", at)
        if head[at : at + len(name) + 1].lower() == name + b":":
            values.append(head[at + len(name) + 1 : end])
        at = end + 2
    return values


def send(connection, text):
    data = text.encode()
    while data:
        data = data[connection.send(data) :]


def serve(port):
    server = socket.socket()
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind(socket.getaddrinfo("0.0.0.0", port)[0][-1])  # noqa: S104 - for the network
    server.listen(4)
    print("serving on port", port)
    while True:
        connection, _ = server.accept()
        try:
            method, path, cookies, body = read_request(connection)
            status, cookie, inner = answer(method, path, parse_cookie(cookies), body)
            page = PAGE % inner
            head = (
                "HTTP/1.0 %s\r\nContent-Type: text/html\r\nCache-Control: no-store\r\n" % status
            )
            if cookie is not None:
                head += "Set-Cookie: %s\r\n" % cookie
            send(connection, "%sContent-Length: %d\r\n\r\n%s" % (head, len(page), page))
        except (OSError, ValueError, MemoryError) as error:
            print("dropped:", type(error).__name__)  # nothing of what somebody sent
        finally:
            connection.close()


if __name__ == "__main__":
    print("the password is", PASSWORD.decode())
    serve(int(sys.argv[1]) if len(sys.argv) > 1 else 8080)
