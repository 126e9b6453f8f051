"""A shop in plain WSGI: `python examples/wsgi_app.py`, then http://localhost:8000/.

Safari needs https, since it refuses Secure cookies, and so ``__Host-``, on http://localhost/.
"""

import os
import sys
from urllib.parse import parse_qs
from wsgiref.simple_server import make_server

from page import page

from cookiecodec import SessionCookie
from cookiecodec.ext.wsgi import SessionMiddleware

ROUTES = [("GET", "/"), ("POST", "/login"), ("POST", "/cart"), ("POST", "/logout")]


def shop(environ, start_response):
    session, path = environ["cookiecodec.session"], environ["PATH_INFO"]
    if (environ["REQUEST_METHOD"], path) not in ROUTES:
        start_response("404 Not Found", [])
        return []
    if path == "/":
        if "user" in session:
            session["visits"] = session.get("visits", 0) + 1
        start_response("200 OK", [("Content-Type", "text/html; charset=utf-8")])
        return [page(session).encode()]
    form = parse_qs(
        environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)).decode("latin-1")
    )
    if path == "/cart":
        session.setdefault("cart", []).append(
            form.get("item", [""])[0]
        )  # deep inside, and saved
    else:
        session.clear()  # logged out; or about to be logged in, with nothing from before
    if path == "/login":
        session["user"], session.permanent = form.get("user", ["somebody"])[0], True
    start_response("303 See Other", [("Location", "/")])
    return []


key = os.environ.get("SECRET_KEY") or os.urandom(32)
app = SessionMiddleware(shop, SessionCookie(key, name="__Host-session", secure=True))

if __name__ == "__main__":
    make_server("localhost", int((*sys.argv[1:], "8000")[0]), app).serve_forever()
