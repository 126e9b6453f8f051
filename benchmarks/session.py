"""How long a session takes, as a ratio against Flask's own interface.

    python benchmarks/session.py            # the table of benchmarks/README.md
    python benchmarks/session.py --quick    # coarser, in a second

Each row opens the session of the same cookie, reads it, changes it or not, and saves it.
The time that Flask needs to make the request and the response objects, for itself and for
our interface, is taken off both.
"""

from __future__ import annotations

import argparse
import platform
from typing import Any

import flask
from flask.sessions import SecureCookieSessionInterface

from _timing import Call, best, head, row
from cookiecodec import SessionCookie
from cookiecodec.ext.flask import CookieSessionInterface

KEY = "a secret key of 32 octets or more"
SESSIONS: dict[str, dict[str, Any]] = {
    "small": {"user_id": 42, "name": "Müller", "csrf": "5d41402abc4b2a76"},
    "with a cart": {"user_id": 42, "name": "Müller", "cart": [{"id": n} for n in range(5)]},
}


def in_flask(app: flask.Flask, interface: Any, pair: str, change: bool) -> Call:
    environ = {
        "HTTP_COOKIE": pair,
        "REQUEST_METHOD": "GET",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "wsgi.url_scheme": "http",
    }

    def call() -> None:
        request, response = app.request_class(environ), app.response_class()
        session = interface.open_session(app, request)
        session.accessed = True
        session["user_id"]
        if change:
            session["user_id"] = 7
        interface.save_session(app, session, response)

    return call


def alone(which: SessionCookie, pair: str, change: bool) -> Call:
    def call() -> None:
        session = which.open(pair)
        session["user_id"]
        if change:
            session["user_id"] = 7
        which.save(session)

    return call


def compare(name: str, content: dict[str, Any], rounds: int) -> None:
    app = flask.Flask("benchmark")
    app.secret_key = KEY
    which, bound = SessionCookie.flask(KEY), SessionCookie(KEY)
    pairs = []
    for cookie in (which, bound):
        session = cookie.open(None)
        session.update(content)
        pairs.append(cookie.save(session)[0][1].split(";")[0])
    theirs, ours = SecureCookieSessionInterface(), CookieSessionInterface()
    with app.app_context():
        environ = {"HTTP_COOKIE": pairs[0]}
        read = theirs.open_session(app, app.request_class(environ))
        if not dict(read or {}) == content == dict(which.open(pairs[0])):
            raise AssertionError("the two do not read each other")
        for change, target in ((False, 0.5), (True, 0.6)):
            calls: dict[str, Call] = {
                "objects": lambda: (app.request_class(environ), app.response_class()),
                "theirs": in_flask(app, theirs, pairs[0], change),
                "interface": in_flask(app, ours, pairs[0], change),
                "flask": alone(which, pairs[0], change),
                "bound": alone(bound, pairs[1], change),
            }
            took = best(calls, rounds)
            flasks = took["theirs"] - took["objects"]
            row(
                f"{name}, {'changed' if change else 'unchanged'}",
                f"{flasks * 1e6:.1f} µs",
                f"**{took['flask'] / flasks:.2f}**",
                f"**{took['bound'] / flasks:.2f}**",
                f"≤ {target}",
                f"{(took['interface'] - took['objects']) / flasks:.2f}",
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--quick", action="store_true")
    rounds = 5 if parser.parse_args().quick else 60
    bytes(2**22)  # see `signing.py`
    print(
        f"{platform.python_implementation()} {platform.python_version()}, {platform.machine()}"
    )
    print("\n### `open` and `save`: share of the time of Flask's own session interface\n")
    head(
        "session",
        "Flask",
        "`SessionCookie.flask`",
        "`SessionCookie`",
        "target",
        "`CookieSessionInterface`",
    )
    for name, content in SESSIONS.items():
        compare(name, content, rounds)


if __name__ == "__main__":
    main()
