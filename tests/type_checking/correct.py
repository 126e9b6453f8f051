"""Uses every public name as the documentation says. No type checker may find anything here."""

from __future__ import annotations

import datetime
import time
from typing import Any

import flask
import httpx
import requests

import cookiecodec
from cookiecodec import (
    MAX_AGE_SECONDS,
    MAX_ATTRIBUTE_VALUE,
    MAX_COOKIE_HEADER,
    MAX_COOKIES_PER_HOST,
    MAX_NAME_VALUE,
    MAX_SET_COOKIE,
    BadPayload,
    BadSignature,
    CookieError,
    CookieIgnoredWarning,
    CookieJar,
    CookieRejectedWarning,
    CookieSizeWarning,
    CookieWarning,
    Finding,
    Sending,
    Session,
    SessionCookie,
    SetCookie,
    SignatureExpired,
    Signer,
    StoredCookie,
    Verdict,
    WeakKeyWarning,
    check_cookie_header,
    default_path,
    delete_cookie,
    domain_match,
    dump_cookie,
    dump_cookie_chunks,
    explain_cookie_header,
    explain_response,
    explain_set_cookie,
    format_cookie_date,
    join_cookie_chunks,
    parse_cookie,
    parse_cookie_date,
    parse_cookie_pairs,
    parse_set_cookie,
    path_match,
    session_readers,
    split_set_cookie,
    tagged_json,
)
from cookiecodec.compat import django_signing, http_cookies
from cookiecodec.ext import (
    aiohttp as ext_aiohttp,
    asgi,
    flask as ext_flask,
    httpx as ext_httpx,
    requests as ext_requests,
    wsgi,
)
from cookiecodec.testing import assert_cookies_kept

LIMITS: list[int] = [
    MAX_AGE_SECONDS,
    MAX_ATTRIBUTE_VALUE,
    MAX_COOKIES_PER_HOST,
    MAX_COOKIE_HEADER,
    MAX_NAME_VALUE,
    MAX_SET_COOKIE,
]
NOW = datetime.datetime.now(datetime.timezone.utc)


def use_the_codec(environ: dict[str, Any], header: bytes) -> list[str]:
    cookies: dict[str, str] = parse_cookie(environ)
    cookies.update(parse_cookie(header, quoting="percent"))
    cookies.update(parse_cookie([header, "a=1"], quoting="none"))
    pairs: list[tuple[str, str]] = parse_cookie_pairs(None)
    octets: int = check_cookie_header("a=1", max_size=100, max_count=3)
    lines = [dump_cookie("a", "b", 60, NOW), dump_cookie("a", expires=NOW.date())]
    lines += [dump_cookie("a", expires=time.gmtime()), dump_cookie("a", expires=octets)]
    lines += [dump_cookie("a", expires="Thu, 01 Jan 1970 00:00:00 GMT", path=None)]
    lines += [dump_cookie("a", max_age=datetime.timedelta(days=1), samesite="Lax")]
    lines += [dump_cookie(name, value, quoting="octal") for name, value in pairs]
    lines += dump_cookie_chunks("a", "b", secure=True, samesite="none", cookies=cookies)
    joined: str | None = join_cookie_chunks(cookies, "a")
    lines += [delete_cookie("a", "/", "example.com", samesite="Strict"), joined or ""]
    return lines + [format_cookie_date(NOW)]


def use_signatures(keys: list[str | bytes]) -> object:
    signer = Signer("key", fallbacks=keys, digest="sha512", key_derivation="django-concat")
    signer = Signer(b"key", salt=b"salt", serializer=tagged_json, leeway=0).for_cookie("a")
    try:
        signed: str = signer.sign("value")
        value: str = signer.unsign(signed.encode(), max_age=datetime.timedelta(hours=1))
        return signer.loads(signer.dumps({"a": value}), max_age=60)
    except SignatureExpired as error:
        moment: int | None = error.signed_at
        return moment
    except BadPayload as error:
        payload: bytes | None = error.payload
        return payload
    except BadSignature:
        return None


def use_sessions() -> list[tuple[str, str]]:
    readers = [session_readers.starlette("key"), session_readers.django("key", max_age=None)]
    cookie = SessionCookie(
        "key",
        fallbacks=["old"],
        name="__Host-session",
        lifetime=datetime.timedelta(days=1),
        refresh_after=0.5,
        max_lifetime=3600,
        secure=True,
        samesite="Strict",
        permanent=True,
        readers=readers,
    )
    flask: SessionCookie = SessionCookie.flask("key", lifetime=60, samesite="Lax")
    session: Session = cookie.open("a=1")
    session["user"] = session.get("user", 42)
    session.update(a=1)
    user: object = session.pop("user") or session.setdefault("b", 1)
    session.permanent, session.lifetime = user is None, datetime.timedelta(hours=1)
    flags: list[bool] = [session.new, session.accessed, session.modified]
    return flask.save(session) if any(flags) else cookie.save(session)


def use_the_jar(path: str) -> Verdict:
    jar = CookieJar(is_public_suffix=lambda domain: domain == "co.uk", max_per_host=50)
    jar.update(CookieJar.load(path, strict=True))
    verdict: Verdict = jar.receive(b"a=1", "https://example.com/", cross_site=True)
    stored: list[StoredCookie] = jar.find("a", url="https://example.com/")
    for cookie in stored:
        jar.add(cookie)
        jar.remove(cookie)
    jar.set("a", "b", "https://example.com/", secure=True)
    jar.clear("example.com")
    jar.clear_session_cookies()
    jar.save(path, format="storage_state")
    text: str = CookieJar.from_json(jar.to_json()).to_cookies_txt()
    header: str = CookieJar.from_cookies_txt(text).cookie_header(
        "https://example.com/", same_site="lax"
    )
    reasons: list[int] = [problem.line for problem in jar.problems]
    return verdict if "a" in jar and reasons else jar.receive(header, "https://example.com/")


def use_explanations(jar: CookieJar, text: str) -> list[Finding]:
    verdict = explain_set_cookie(text, cross_site=True, embedded=False)
    verdicts: list[Verdict] = explain_response({"Set-Cookie": text}, "https://example.com/")
    sendings: list[Sending] = explain_cookie_header(jar, "https://example.com/")
    found: list[Finding] = [finding for each in verdicts for finding in each.findings]
    read: SetCookie | None = verdict.cookie
    kept: list[bool] = [verdict.accepted, *[sending.sent for sending in sendings]]
    suggestion: str | None = found[0].suggestion
    browsers: dict[str, bool] | None = found[0].browsers
    return [found[0]] if read and all(kept) and suggestion and browsers else found


def use_the_rest(text: str) -> SetCookie | None:
    lines: list[str] = split_set_cookie(text)
    cookie: SetCookie | None = parse_set_cookie(lines[0], now=0.0)
    moment: datetime.datetime | None = parse_cookie_date(text)
    matches: bool = domain_match("a.test", "test") and path_match("/a", default_path("/a/b"))
    if cookie is not None and matches:
        same: str | None = cookie.samesite
        return SetCookie("a", same or "b", expires=moment, path="/")
    return cookie


def use_the_integrations(application: Any, jar: CookieJar) -> list[object]:
    cookie = SessionCookie("key", domain="example.com", path=None)
    wsgi_app = wsgi.SessionMiddleware(wsgi.CookieCheck(application), cookie)
    asgi_app = asgi.SessionMiddleware(asgi.CookieCheck(application), session_cookie=cookie)
    app = flask.Flask("shop")
    app.session_interface = ext_flask.CookieSessionInterface()
    app.request_class, app.response_class = ext_flask.Request, ext_flask.Response
    session, client = requests.Session(), httpx.Client()
    ext_requests.use_jar(session, jar)
    ext_httpx.use_jar(client, jar)
    aiohttp_jar = ext_aiohttp.CookieJar(jar)
    assert_cookies_kept(session.get("https://example.com/"))
    cookies: http_cookies.SimpleCookie = http_cookies.SimpleCookie("a=1")
    morsel = cookies["a"]
    text: str = morsel.OutputString() + django_signing.dumps({"a": 1}, "key")
    return [wsgi_app, asgi_app, aiohttp_jar, text]


def use_errors(error: CookieError, warning: CookieWarning) -> list[object]:
    kinds: list[type[Warning]] = [WeakKeyWarning]
    kinds += [CookieIgnoredWarning, CookieRejectedWarning]
    sizes: list[object] = []
    if isinstance(warning, CookieSizeWarning):
        sizes = [warning.size, warning.limit]
    return [error.part, warning.name, warning.code, kinds, sizes, cookiecodec.__version__]
