"""Cookies in JSON, as browsers' tools write them.

There are lists of objects (Selenium, Puppeteer and the DevTools Protocol, EditThisCookie,
Cookie-Editor), Playwright's ``storage_state``, which has such a list, and HAR 1.2, which has
two for each request. One reader knows the keys of all.
"""

from __future__ import annotations

import contextlib
import datetime
import json
from collections.abc import Iterable
from typing import Any

from ... import matching
from ..._core.attributes import find_keyword
from ..._formats import urls
from ...errors import CookieError
from .. import storing
from ..storing import PublicSuffix, StoredCookie
from . import Contents, Problem, read_host, text_to_native, texts_of
from .jar_json import invalid_field, item_lines, load_json, parse_json

_EXPIRY = ("expires", "expiry", "expirationDate")
_SAME_SITE = {"strict": "Strict", "lax": "Lax", "none": "None", "no_restriction": "None"}


def load_browser_json(text: str, now: float) -> Contents:
    """Return each cookie with its line, and the objects that are not cookies."""
    items, key = parse_json(text), ""
    if isinstance(items, dict) and "version" in items:
        return load_json(text, now)
    if isinstance(items, dict):
        log = items.get("log")
        key = "entries" if isinstance(log, dict) else "cookies"
        items = (log if isinstance(log, dict) else items).get(key)
    if not isinstance(items, list):
        raise CookieError(
            "line 1: this JSON has no list of cookies as browsers' tools write it"
        )
    contents = Contents([], [], [])
    for line, item in zip(item_lines(text, key, len(items)), items):
        for each in _har_cookies(item) if key == "entries" else [item]:
            try:
                contents.cookies.append(_read_cookie(each, now))
                contents.lines.append(line)
            except ValueError as error:
                contents.problems.append(Problem(line, str(error)))
    return contents


def _har_cookies(entry: Any) -> list[Any]:
    """Return what one request sends and its response sets, with what the request tells."""
    cookies: list[Any] = []
    try:
        request: Any = urls.read_url(entry["request"]["url"])
        default = {"request": "/", "response": matching.default_path(request.path)}
        for part, path in default.items():
            for item in entry[part]["cookies"]:
                domain = item.get("domain") or request.host
                host_only = part == "request" and not domain.startswith(".")
                given = {**item, "domain": domain, "path": item.get("path") or path}
                given["hostOnly"] = host_only or not item.get("domain")
                own = urls.host_matches(request.host, read_host(domain))
                cookies.append(given if own else None)
    except (LookupError, TypeError, AttributeError):
        cookies.append(None)
    return cookies


def _read_cookie(data: Any, now: float) -> StoredCookie:
    if not isinstance(data, dict):
        raise ValueError("not a cookie, or not one of the request's host")
    keys = ("domain", "sameSite", "priority")
    texts = [data[key] if isinstance(data.get(key), str) else "" for key in keys]
    domain, same_site, priority = texts
    host_only = data.get("hostOnly")
    host_only = not domain.startswith(".") if host_only is None else host_only
    secure, httponly = (data.get(key) or False for key in ("secure", "httpOnly"))
    samesite = _SAME_SITE.get(same_site.lower())
    if samesite == "None" and not secure:
        samesite = None  # Firefox and WebKit say "None" for unset
    expiry = None if data.get("session") is True else _expiry_time(data)
    head = data.get("name"), data.get("value"), domain or None, data.get("path") or "/"
    flags = host_only, secure, httponly, samesite, bool(data.get("partitionKey"))
    parts: Any = (*head, *flags, expiry, now, now, find_keyword("priority", priority))
    cookie = StoredCookie(*parts)
    invalid = invalid_field(cookie._asdict())
    if invalid:
        raise ValueError(f'no valid "{invalid}"')
    host = read_host(domain)
    name, value, path = map(text_to_native, (cookie.name, cookie.value, cookie.path))
    cookie = cookie._replace(name=name, value=value, path=path, domain=host)
    return cookie._replace(host_only=host_only or "." not in host)


def _expiry_time(data: dict[str, Any]) -> object:
    """Return the Unix time, or None for a session cookie (-1 in Chrome's tools)."""
    expiry = next((data[key] for key in _EXPIRY if data.get(key)), None)
    if isinstance(expiry, str):  # HAR: ISO 8601
        with contextlib.suppress(ValueError, OverflowError):
            moment = datetime.datetime.fromisoformat(expiry.replace("Z", "+00:00"))
            utc = moment if moment.tzinfo else moment.replace(tzinfo=datetime.timezone.utc)
            expiry = utc.timestamp()
    if not isinstance(expiry, (int, float)):
        return expiry
    return min(expiry, 1e14) if expiry > 0 else None


def dump_list(cookies: Iterable[StoredCookie], given: PublicSuffix) -> tuple[str, list[str]]:
    """Return the list of Playwright and the DevTools Protocol."""
    lines, left_out = [], []
    for cookie in cookies:
        texts = texts_of(cookie)
        if not texts:
            left_out.append(cookie.name)
            continue
        # The partition of the site's own pages.
        partition = "https://" + storing.site_hosts(cookie.domain, given)[-1]
        item = {
            **dict(zip(("name", "value", "path"), texts)),
            "domain": ("" if cookie.host_only else ".") + cookie.domain,
            "expires": -1 if cookie.expiry_time is None else cookie.expiry_time,
            "httpOnly": cookie.httponly,
            "secure": cookie.secure,
            "sameSite": cookie.samesite,
            "partitionKey": partition if cookie.partitioned else None,
            "_crHasCrossSiteAncestor": False if cookie.partitioned else None,  # Playwright's
        }
        lines.append(json.dumps({key: item[key] for key in item if item[key] is not None}))
    return "[\n" + ",\n".join(lines) + "\n]", left_out


def dump_storage_state(
    cookies: Iterable[StoredCookie], given: PublicSuffix
) -> tuple[str, list[str]]:
    """Return Playwright's ``storage_state``, without what is not a cookie."""
    text, left_out = dump_list(cookies, given)
    return '{"cookies": %s, "origins": []}' % text, left_out
