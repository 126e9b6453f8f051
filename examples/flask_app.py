"""A shop in Flask: `python examples/flask_app.py`, then http://localhost:8000/.

Safari needs https, since it refuses Secure cookies, and so ``__Host-``, on http://localhost/.
"""

import os
import sys

from flask import Flask, redirect, request, session
from page import page

from cookiecodec.ext.flask import CookieSessionInterface

app = Flask(__name__)
app.secret_key = os.environ.get("SECRET_KEY") or os.urandom(32)
app.config.update(SESSION_COOKIE_NAME="__Host-session", SESSION_COOKIE_SECURE=True)
app.config.update(SESSION_COOKIE_SAMESITE="Lax")
app.session_interface = CookieSessionInterface()


@app.get("/")
def index():
    if "user" in session:
        session["visits"] = session.get("visits", 0) + 1
    return page(session)


@app.post("/login")
def login():
    user = request.form["user"]
    session.clear()  # nothing from before
    session["user"], session.permanent = user, True
    return redirect("/", 303)


@app.post("/cart")
def cart():
    session.setdefault("cart", []).append(request.form["item"])  # deep inside, and saved
    return redirect("/", 303)


@app.post("/logout")
def logout():
    session.clear()
    return redirect("/", 303)


if __name__ == "__main__":
    app.run("localhost", int((*sys.argv[1:], "8000")[0]))
