"""A pytest plugin: each client that a test makes has a jar of cookiecodec.

Loaded by `client_suites.py` into the runs of the clients' own tests.
"""

import functools
from typing import Any

import aiohttp.client
import httpx
import requests

import cookiecodec
from cookiecodec.ext import aiohttp as ext_aiohttp, httpx as ext_httpx, requests as ext_requests


def pytest_configure() -> None:
    """Before the clients' tests are imported."""
    _with_jar(requests.Session, ext_requests.use_jar)
    _with_jar(httpx.Client, ext_httpx.use_jar)
    _with_jar(httpx.AsyncClient, ext_httpx.use_jar)
    vars(aiohttp.client)["CookieJar"] = _aiohttp_jar


def _aiohttp_jar(**options: Any) -> ext_aiohttp.CookieJar:
    return ext_aiohttp.CookieJar(cookiecodec.CookieJar())


def _with_jar(client: Any, use_jar: Any) -> None:
    theirs = client.__init__

    @functools.wraps(theirs)
    def init(self: Any, *args: Any, **options: Any) -> None:
        theirs(self, *args, **options)
        use_jar(self, cookiecodec.CookieJar())

    client.__init__ = init
