"""A pytest plugin: cookiecodec's codec and sessions in the place of Flask's own.

Loaded by `flask_suite.py` into the run of Flask's own tests.
"""

from typing import Any

import flask
import werkzeug.http
import werkzeug.sansio.request
import werkzeug.sansio.response
import werkzeug.test
from werkzeug.datastructures import MultiDict

import cookiecodec
from cookiecodec.ext.flask import CookieSessionInterface


def _parse_cookie(header: Any = None, cls: Any = None) -> Any:
    """With Werkzeug's arguments and its kind of result."""
    return (cls or MultiDict)(cookiecodec.parse_cookie_pairs(header))


def pytest_configure() -> None:
    """Before Flask's tests are imported."""
    for module in (werkzeug.http, werkzeug.sansio.response, werkzeug.test):
        _replace(module, "dump_cookie", cookiecodec.dump_cookie)
    for module in (werkzeug.http, werkzeug.sansio.request, werkzeug.test):
        _replace(module, "parse_cookie", _parse_cookie)
    _replace(flask.Flask, "session_interface", CookieSessionInterface())


def _replace(holder: object, name: str, ours: object) -> None:
    assert hasattr(holder, name)
    setattr(holder, name, ours)
