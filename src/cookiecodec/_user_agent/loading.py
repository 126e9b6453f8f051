"""The checks of a cookie that no response brought: of a file, or of a program.

It is written as the header in which its own host would set it over https, and that header is
judged. For most cookies of a file nothing can change on this way, so they do without.
"""

from __future__ import annotations

import re

from .._formats import urls
from .._formats.urls import Request
from ..errors import CookieError
from ..limits import MAX_AGE_SECONDS, MAX_ATTRIBUTE_VALUE, MAX_COOKIE_HEADER, MAX_NAME_VALUE
from ..set_cookie import SetCookie, find_control, write_header
from . import storing
from .files import Contents, Problem
from .judgement import Case, Judgement, judge_by_text
from .storing import PublicSuffix, StoredCookie


def judge_stored(
    cookie: StoredCookie, now: float, given: PublicSuffix
) -> tuple[Case, Judgement]:
    """Return the header that sets *cookie*, and the judgement on it, with the cookie's times.

    Raises CookieError for a field that no header can express, TypeError for another type.
    """
    path = cookie.path
    if urls.canonical_host(cookie.domain) != cookie.domain:
        raise CookieError("domain is not a host in its canonical form", "domain")
    invalid = find_control(path) or "\t" in path or len(path) > MAX_COOKIE_HEADER
    if invalid or path[:1] != "/" or max(path) > "\xff":
        raise CookieError("path can't be in a header, or does not start with '/'", "path")
    # A default-path may have what a Path attribute can't: then the request has that path.
    attribute = path if len(path) <= MAX_ATTRIBUTE_VALUE and ";" not in path else None
    fields = {field: getattr(cookie, field) for field in storing.SHARED_FIELDS}
    fields.update(domain=None if cookie.host_only else cookie.domain, path=attribute)
    request = Request(True, cookie.domain, path + "/")
    case = Case(write_header(SetCookie(**fields)), request, now, is_public_suffix=given)
    judged = judge_by_text(case)
    codes, stored = list(judged.codes), _with_times(judged.stored or cookie, cookie, now)
    if stored.host_only != cookie.host_only and not urls.is_ip_address(cookie.domain):
        codes.append("domain-public-suffix")
    if storing.is_expired(stored.expiry_time, now):
        codes.append("expired")
    return case, judged._replace(stored=stored, codes=codes)


def _with_times(stored: StoredCookie, given: StoredCookie, now: float) -> StoredCookie:
    """Return *stored* with the times of *given*, within limits. (NaN gives the limit.)"""
    expiry = given.expiry_time
    return stored._replace(
        expiry_time=None if expiry is None else min(now + MAX_AGE_SECONDS, expiry),
        creation_time=min(now, given.creation_time),
        last_access_time=min(now, given.last_access_time),
    )


# A pair and a path that are the same after they are written and read. Names with a prefix have
# rules of their own.
_is_plain = re.compile(r"(?!__[HShs])[!-:<>-~]+=[!-:<-~]*;/[!-:<-~]*").fullmatch


def check(contents: Contents, now: float, given: PublicSuffix, typed: bool) -> Contents:
    """Return the cookies that a response could have set, and all problems.

    They are in the order of their creation, without the expired ones. *typed* tells that all
    fields have their types.
    """
    hosts: dict[tuple[str, bool], bool] = {}
    checked = Contents([], [], list(contents.problems))
    latest = now + MAX_AGE_SECONDS
    pairs = zip(contents.cookies, contents.lines)
    for cookie, line in sorted(pairs, key=lambda pair: pair[0].creation_time):
        name, value, host, path, host_only, secure, _, samesite, partitioned, *times, _ = cookie
        usual = hosts.get((host, host_only))
        if usual is None:
            usual = hosts[host, host_only] = typed and _is_usual_host(host, host_only, given)
        text, code, stored = f"{name}={value};{path}", "", cookie
        if (
            not usual
            or not (secure or (not partitioned and samesite != "None"))
            or not _is_plain(text)
            or len(text) > MAX_NAME_VALUE
            or len(path) > MAX_ATTRIBUTE_VALUE
        ):
            try:
                _, judged = judge_stored(cookie, now, given)
                stored, code = judged.stored or cookie, "".join(judged.codes[:1])
            except CookieError as error:
                code = error.part + "-invalid"
        elif cookie.expiry_time is not None and cookie.expiry_time <= now:
            code = "expired"
        elif times[1:] != [now, now] or not (times[0] or 0) <= latest:
            stored = _with_times(cookie, cookie, now)
        if not code:
            checked.cookies.append(stored)
            checked.lines.append(line)
        else:
            reason = "no response could have set this cookie: " + code
            reason = "the cookie has expired" if code == "expired" else reason
            checked.problems.append(Problem(line, reason, code, cookie.name))
    return checked


def _is_usual_host(host: str, host_only: bool, given: PublicSuffix) -> bool:
    """Whether a response that sets a cookie for this host makes nothing else of it."""
    shared = urls.is_ip_address(host) or storing.is_public_suffix(host, given)
    return urls.canonical_host(host) == host and (host_only or not shared)
