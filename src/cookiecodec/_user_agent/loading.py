"""The checks of a cookie that no response brought: of a file, or of a program.

It is written as the header in which its own host would set it over https, and that header is
judged. For most cookies of a file nothing can change on this way, so they do without.
"""

from __future__ import annotations

from .._formats import urls
from .._formats.urls import Request
from ..errors import CookieError
from ..limits import MAX_AGE_SECONDS, MAX_ATTRIBUTE_VALUE, MAX_COOKIE_HEADER, MAX_NAME_VALUE
from ..set_cookie import SetCookie, find_control, write_header
from . import storing
from .files import Contents, Problem
from .judgement import Case, Judgement, judge_by_text
from .storing import CookieHost, PublicSuffix, StoredCookie


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
    *fields, _, _, _, priority = stored
    expiry = (
        None if given.expiry_time is None else min(now + MAX_AGE_SECONDS, given.expiry_time)
    )
    times = expiry, min(now, given.creation_time), min(now, given.last_access_time)
    # StoredCookie(...), in a third of the time
    return tuple.__new__(StoredCookie, (*fields, *times, priority))


def check(contents: Contents, now: float, given: PublicSuffix, typed: bool) -> Contents:
    """Return the cookies that a response could have set, and all problems.

    They are in the order of their creation, without the expired ones. *typed* tells that all
    fields have their types.
    """
    hosts: dict[tuple[str, bool], CookieHost | None] = {}
    checked = Contents([], [], list(contents.problems))
    pairs = zip(contents.cookies, contents.lines)
    for cookie, line in sorted(pairs, key=lambda pair: pair[0].creation_time):
        key, code = (cookie.domain, cookie.host_only), ""
        if key not in hosts:
            hosts[key] = _usual_host(*key, given) if typed else None
        stored = cookie
        if not _is_usual(cookie, hosts[key]):
            try:
                _, judged = judge_stored(cookie, now, given)
                stored, code = judged.stored or cookie, "".join(judged.codes[:1])
            except CookieError as error:
                code = error.part + "-invalid"
        elif storing.is_expired(cookie.expiry_time, now):
            code = "expired"
        elif not cookie.creation_time == cookie.last_access_time == now or not (
            (cookie.expiry_time or 0) <= now + MAX_AGE_SECONDS
        ):
            stored = _with_times(cookie, cookie, now)
        if not code:
            checked.cookies.append(stored)
            checked.lines.append(line)
        else:
            reason = "no response could have set this cookie: " + code
            reason = "the cookie has expired" if code == "expired" else reason
            checked.problems.append(Problem(line, reason, code, cookie.name))
    return checked


def _usual_host(host: str, host_only: bool, given: PublicSuffix) -> CookieHost | None:
    """Return the host of cookies, or None if what the wire makes of it has to be seen."""
    special = urls.is_ip_address(host) or storing.is_public_suffix(host, given)
    if urls.canonical_host(host) != host or (special and not host_only):
        return None
    return CookieHost(host, host_only)


_HTTPS = Request(True, "", "/")


def _is_usual(cookie: StoredCookie, host: CookieHost | None) -> bool:
    """Whether writing and reading changes nothing of *cookie*, and no rule refuses it."""
    name, value, path = cookie.name, cookie.value, cookie.path
    text = name + value + path
    if host is None or not (text.isascii() and text.isprintable()) or path[:1] != "/":
        return False
    if not name or "=" in name or ";" in text or " " in text:
        return False
    if len(name) + len(value) > MAX_NAME_VALUE or len(path) > MAX_ATTRIBUTE_VALUE:
        return False
    if cookie.samesite is None and not cookie.partitioned and name[0] != "_":
        return True  # there is no rule for such a cookie
    # A stored cookie has all the fields that the rules look at.
    return not any(storing.find_refusals(cookie, _HTTPS, host, True, False))  # type: ignore[arg-type]
