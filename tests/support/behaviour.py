"""Write ``docs/behaviour.md``: what this package and others do with the same inputs.

``python -m tests.support.behaviour`` runs all of them. The test of the page compares.
"""

import http.cookiejar
import http.cookies
import importlib.metadata
import json
import os
import platform
import re
import subprocess
import textwrap
import urllib.request
import warnings
from email.message import Message
from pathlib import Path
from typing import Any, Callable

from yarl import URL

import cookiecodec

from .peers import django, peer

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "behaviour.md"
NODE_MODULES = Path(
    os.environ.get("COOKIECODEC_NODE_MODULES", ROOT / ".venv-node/node_modules")
)
NOW = 1_700_000_000

Column = Callable[[Any], object]

INTRODUCTION = """# How others behave

What this package and other libraries do with the same inputs. This page is made by running
them, and a test runs them again. An exception is shown by its name. *Nothing* means no cookie
or no header. [Switching](switching.md) says what to change in a program, and
`fuzz/DIFFERENCES.md` in the repository has all differences that fuzzers found.

{versions}
"""

#: Headers with a character for each octet, as WSGI has them.
READ = {
    "two cookies": "a=1; b=2",
    "a name twice": "a=1; a=2",
    "a quoted value": r'a="x\054 y"',
    "a quote that holds a `;` (the cookie sandwich)": 'a="x; sid=1; b=y"',
    "an odd cookie before a good one": "[x]=1; sid=2",
    "JSON in a value": 'a={"x": 1}; b=2',
    "no `=` (CVE-2023-23934)": "=sid=1; sid",
    "U+00A0 before a prefix": "\xa0__Host-a=1",
    "percent-encoding": "a=%C3%A9",
    "UTF-8": "a=\xc3\xa9",
    "not UTF-8": "a=\xe9",
}

WRITE: "dict[str, dict[str, Any]]" = {
    "a plain value": {"value": "b"},
    "a comma and a blank": {"value": "b, c"},
    "UTF-8": {"value": "\u00e9"},
    "CR LF in the value": {"value": "b\r\nX: 1"},
    "`;` in the path": {"value": "b", "path": "/; Secure"},
    "`;` in the domain": {"value": "b", "domain": "a.test; Secure"},
    "`samesite` of any word": {"value": "b", "samesite": "sometimes"},
    "SameSite=None without Secure": {"value": "b", "samesite": "None"},
    "a `__Host-` name without Secure": {"name": "__Host-a", "value": "b"},
    "a value of 5,000 octets": {"value": "x" * 5000},
    "a blank in the name": {"name": "a b", "value": "c"},
}

STORE = {
    "a cookie for the host": ("a=1", "https://a.test/", "https://a.test/"),
    "the host's subdomain": ("a=1", "https://a.test/", "https://b.a.test/"),
    "Domain, and a subdomain": ("a=1; Domain=a.test", "https://a.test/", "https://b.a.test/"),
    "Domain of another site": ("a=1; Domain=b.test", "https://a.test/", "https://b.test/"),
    "Domain above IP addresses": ("a=1; Domain=0.0.1", "http://10.0.0.1/", "http://20.0.0.1/"),
    "Domain that is a suffix": ("a=1; Domain=test", "https://a.test/", "https://b.test/"),
    "Secure, set over http": ("a=1; Secure", "http://a.test/", "https://a.test/"),
    "Secure, sent over http": ("a=1; Secure", "https://a.test/", "http://a.test/"),
    "a path, and another with its letters": (
        "a=1; Path=/x",
        "https://a.test/x",
        "https://a.test/xy",
    ),
    "`__Host-` with a Domain": (
        "__Host-a=1; Secure; Path=/; Domain=a.test",
        "https://a.test/",
        "https://b.a.test/",
    ),
    "SameSite=None without Secure": (
        "a=1; SameSite=None",
        "https://a.test/",
        "https://a.test/",
    ),
    "an odd date in the future": (
        "a=1; Expires=9 Jun 2099 10:18",
        "https://a.test/",
        "https://a.test/",
    ),
    "Max-Age in quotes": ('a=1; Max-Age="0"', "https://a.test/", "https://a.test/"),
    "a quoted value": ('a="x y"', "https://a.test/", "https://a.test/"),
}

SIGNED = {
    "a token of now": lambda token: token(0),
    "a token that is too old": lambda token: token(-7200),
    "a token from 30 seconds ahead": lambda token: token(30),
    "a token from an hour ahead": lambda token: token(3600),
    "another last character with the same octets": lambda token: _same_octets(token(0)),
    "a changed payload": lambda token: "x" + token(0)[1:],
    "text that is not ASCII": lambda token: "\u00e9." + token(0),
}


def _same_octets(token: str) -> str:
    """Change the bits of the last character that base64 doesn't use."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return token[:-1] + letters[letters.index(token[-1]) ^ 1]


# --- the libraries -------------------------------------------------------------------------


def readers() -> "dict[str, Column]":
    from aiohttp._cookie_helpers import parse_cookie_header

    django_parse = peer("django.http.cookie").parse_cookie
    from starlette.requests import cookie_parser
    from werkzeug.http import parse_cookie as werkzeug_parse

    return {
        "cookiecodec": cookiecodec.parse_cookie,
        "Werkzeug": lambda text: dict(werkzeug_parse(text)),
        "http.cookies": lambda text: _values(http.cookies.SimpleCookie(text)),
        "Django": lambda text: django_parse(text.encode("latin-1").decode("utf-8", "replace")),
        "Starlette": cookie_parser,
        "aiohttp": lambda text: _values(
            dict(parse_cookie_header(text.encode("latin-1").decode("utf-8", "surrogateescape")))
        ),
        "cookie (npm)": lambda text: node(
            "console.log(JSON.stringify(require('cookie').parseCookie(input)))", text
        ),
    }


def writers() -> "dict[str, Column]":
    from aiohttp.web import Response as AiohttpResponse
    from starlette.responses import Response as StarletteResponse
    from werkzeug.http import dump_cookie as werkzeug_dump

    def by_aiohttp(given: "dict[str, Any]") -> str:
        response = AiohttpResponse()
        response.set_cookie(given.get("name", "a"), **_without_name(given))
        return response.cookies.output(header="").strip()

    def by_django(given: "dict[str, Any]") -> str:
        response = peer("django.http").HttpResponse()
        response.set_cookie(given.get("name", "a"), **_without_name(given))
        return str(response.cookies.output(header="").strip())

    def by_starlette(given: "dict[str, Any]") -> str:
        response = StarletteResponse()
        response.set_cookie(
            given.get("name", "a"), **{"samesite": None, **_without_name(given)}
        )
        return response.headers["set-cookie"]

    def by_standard(given: "dict[str, Any]") -> str:
        cookies: http.cookies.SimpleCookie = http.cookies.SimpleCookie()
        name = given.get("name", "a")
        cookies[name] = given["value"]
        cookies[name].update({"path": "/", **_without_name(given, "value")})
        return cookies.output(header="").strip()

    code = "console.log(JSON.stringify(require('cookie').stringifySetCookie(input)))"
    return {
        "cookiecodec": lambda given: cookiecodec.dump_cookie(
            given.get("name", "a"), **_without_name(given)
        ),
        "Werkzeug": lambda given: werkzeug_dump(given.get("name", "a"), **_without_name(given)),
        "http.cookies": by_standard,
        "Django": by_django,
        "Starlette": by_starlette,
        "aiohttp": by_aiohttp,
        "cookie (npm)": lambda given: node(
            code,
            {
                "name": "a",
                "path": "/",
                **{"sameSite" if k == "samesite" else k: v for k, v in given.items()},
            },
        ),
    }


def jars() -> "dict[str, Column]":
    from aiohttp import CookieJar as AiohttpJar

    def ours(case: "tuple[str, str, str]") -> str:
        jar = cookiecodec.CookieJar()
        jar.receive(case[0], case[1])
        return jar.cookie_header(case[2])

    def standard(case: "tuple[str, str, str]") -> "str | None":
        jar = http.cookiejar.CookieJar()
        message = Message()
        message["Set-Cookie"] = case[0]
        response: Any = type("Response", (), {"info": lambda self: message})()
        jar.extract_cookies(response, urllib.request.Request(case[1]))
        request = urllib.request.Request(case[2])
        jar.add_cookie_header(request)
        return request.get_header("Cookie")

    def aiohttps(case: "tuple[str, str, str]") -> str:
        import asyncio

        async def run() -> str:
            jar = AiohttpJar()
            jar.update_cookies_from_headers([case[0]], URL(case[1]))
            sent = jar.filter_cookies(URL(case[2]))
            return sent.output(header="", sep="; ").strip()

        return asyncio.run(run())

    code = """
        const jar = new (require('tough-cookie').CookieJar)();
        jar.setCookieSync(input[0], input[1], {ignoreError: true});
        console.log(JSON.stringify(jar.getCookieStringSync(input[2])));
    """
    return {
        "cookiecodec": ours,
        "http.cookiejar": standard,
        "aiohttp": aiohttps,
        "tough-cookie (npm)": lambda case: node(code, case),
    }


def signers() -> "dict[str, Column]":
    import itsdangerous

    key = os.urandom(32)

    class Timed(itsdangerous.TimestampSigner):
        moment = NOW

        def get_timestamp(self) -> int:
            return self.moment

    def theirs() -> "Any":
        return itsdangerous.URLSafeTimedSerializer(
            key, signer=Timed, signer_kwargs={"key_derivation": "hmac"}, salt="cookiecodec"
        )

    def token(offset: int) -> str:
        signer = cookiecodec.Signer(key, digest="sha1", clock=lambda: NOW + offset)
        return signer.dumps({"user": 42})

    ours = cookiecodec.Signer(key, digest="sha1", clock=lambda: NOW)
    return {
        "cookiecodec": lambda make: ours.loads(make(token), max_age=3600),
        "itsdangerous": lambda make: theirs().loads(make(token), max_age=3600),
    }


def node(code: str, given: object) -> object:
    """Return what a script prints as JSON; its global `input` is *given*."""
    script = f"const input = JSON.parse(process.argv[1]);\n{code}"
    result = subprocess.run(
        ["node", "-e", script, json.dumps(given)],
        env={**os.environ, "NODE_PATH": str(NODE_MODULES)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if result.returncode:
        found = re.search(r"^(\w*Error)\b", result.stderr, re.MULTILINE)
        assert found, result.stderr
        return Failure(found.group(1))
    return json.loads(result.stdout)


class Failure(str):
    """The name of an exception."""


def _values(cookies: "dict[str, Any]") -> "dict[str, str]":
    return {name: morsel.value for name, morsel in cookies.items()}


def _without_name(given: "dict[str, Any]", *more: str) -> "dict[str, Any]":
    return {key: value for key, value in given.items() if key not in ("name", *more)}


# --- the page ------------------------------------------------------------------------------


def table(rows: "dict[str, Any]", columns: "dict[str, Column]", shown: "Column") -> str:
    """Return a table: an input in each row, with the libraries by what they do with it."""
    lines = []
    for title, given in rows.items():
        outcomes: dict[str, list[str]] = {}
        for name, call in columns.items():
            outcomes.setdefault(outcome(call, given), []).append(name)
        lines.append(f"**{title}** {shown(given)}".strip() + "\n")
        lines += ["| library | result |", "| --- | --- |"]
        lines += [f"| {', '.join(names)} | {each} |" for each, names in outcomes.items()]
        lines.append("")
    return "\n".join(lines)


def outcome(call: "Column", given: Any) -> str:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            result = call(given)
        except Exception as error:
            return f"*{type(error).__name__}*"
    if isinstance(result, Failure):
        return f"*{result}*"
    if not result:
        return "*nothing*"
    text = code(result)
    ours = [each for each in caught if issubclass(each.category, cookiecodec.CookieWarning)]
    return text + "".join(f" with a `{each.category.__name__}`" for each in ours)


def code(value: object) -> str:
    """Return text in a cell: cut, on one line, and escaped."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    text = ascii(text)[1:-1].replace("\\\\", "\\").replace("\\'", "'")
    text = text if len(text) <= 70 else text[:50] + "..."
    return "`` " + text.replace("|", "\\|") + " ``"


def page() -> str:
    django()
    named = ("Werkzeug", "Django", "Starlette", "aiohttp", "itsdangerous")
    versions = [f"{name} {importlib.metadata.version(name.lower())}" for name in named]
    versions.append(f"http.cookies and http.cookiejar of Python {platform.python_version()}")
    for name in ("cookie", "tough-cookie"):
        package = json.loads((NODE_MODULES / name / "package.json").read_text("utf-8"))
        versions.append(f"{name} {package['version']} from npm")
    parts = [
        INTRODUCTION.format(versions=textwrap.fill(f"Versions: {', '.join(versions)}.", 96)),
        "## Reading a Cookie header\n",
        table(READ, readers(), code),
        "## Writing a Set-Cookie header\n",
        table(WRITE, writers(), code),
        "## A client's jar\n\nA response from one URL, and the Cookie header for another.\n",
        table(STORE, jars(), lambda case: f"{code(case[0])} from {case[1]}, for {case[2]}"),
        "## Signatures\n\nTokens are signed with the same key, and may be an hour old.\n",
        table(SIGNED, signers(), lambda make: ""),
    ]
    return "\n".join(parts).rstrip() + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
