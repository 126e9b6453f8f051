"""Why a user agent keeps or drops a cookie, in words for whoever wrote its header.

Every rule is a code here: what it found, in which section it stands, what to change. The
rules themselves are those of `set_cookie` and `_store`, so jar and explanation cannot
differ; what two browsers do otherwise than each other is in `_browsers`.

A finding is an ``"error"`` where the cookie is not kept (one that deletes another is not
kept either), a ``"warning"`` where it is another cookie than its author may think, and
``"info"`` where all is well but worth knowing.
"""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Iterator
from typing import Callable, NamedTuple

from . import _browsers, _grammar, _store, matching, set_cookie
from ._cookie_date import cookie_date
from ._store import PublicSuffix, StoredCookie
from .dates import format_cookie_date
from .limits import MAX_AGE_SECONDS, MAX_ATTRIBUTE_VALUE, MAX_NAME_VALUE
from .set_cookie import Octets, SetCookie

__all__ = ["Finding", "Verdict", "explain_set_cookie"]


class Finding(NamedTuple):
    """One thing to know about a cookie.

    *code* is a constant word for the cause, *severity* ``"error"``, ``"warning"`` or
    ``"info"``. *message* says what was found and what to change; foreign text in it is
    quoted as Python quotes it. *reference* is the section that has the rule. *browsers*
    is None, or, where Chromium and Firefox read this differently, whether each keeps the
    cookie: ``{"chromium": True, "firefox": False}``; both may, and yet hold another one.
    """

    code: str
    severity: str
    message: str
    reference: str
    browsers: dict[str, bool] | None = None


class Verdict:
    """What becomes of a cookie: ``accepted``, ``cookie`` and ``findings``.

    ``accepted`` is true where a user agent keeps it. ``cookie`` is the `SetCookie` that
    was understood, None where the header is ignored as a whole. ``findings`` is a list of
    `Finding`, the gravest first; one of them is an error if and only if the cookie is
    not accepted. They are worked out when they are first asked for.
    """

    __slots__ = ("_explain", "_findings", "accepted", "cookie")

    def __init__(
        self, accepted: bool, cookie: SetCookie | None, explain: Callable[[], list[Finding]]
    ) -> None:
        self.accepted = accepted
        self.cookie = cookie
        self._explain = explain
        self._findings: list[Finding] | None = None

    @property
    def findings(self) -> list[Finding]:
        if self._findings is None:
            self._findings = self._explain()
        return self._findings

    def __repr__(self) -> str:
        codes = [finding.code for finding in self.findings]
        return f"<Verdict accepted={self.accepted} findings={codes}>"


def explain_set_cookie(
    header: str | Octets,
    url: str = "https://example.com/",
    *,
    is_public_suffix: PublicSuffix = None,
) -> Verdict:
    """What a browser makes of a Set-Cookie *header* in a response from *url*, and why.

    *header* is what `parse_set_cookie` takes. The response is that to a navigation of
    the user's, to a browser without cookies: nothing is cross-site, and no other cookie
    is in the way; ask a `CookieJar` for those. *is_public_suffix* says whether
    a domain is one that sites of many owners share; without it, those of a single label
    are.

    Only a *header* of the wrong type raises, `TypeError`.

    >>> verdict = explain_set_cookie("sid=31d4; SameSite=None", "https://example.com/")
    >>> verdict.accepted, verdict.findings[0].code
    (False, 'samesite-none-insecure')
    """
    case = Case(
        set_cookie.native(header),
        matching.read_url(url),
        time.time(),
        is_public_suffix=is_public_suffix,
    )
    judged = judge(case)
    return Verdict(not judged.codes, judged.cookie, lambda: findings(case, judged))


# --- the judgement ------------------------------------------------------------------


class Case(NamedTuple):
    """A header, and all that it depends on; `request` is None for a URL without cookies."""

    text: str
    request: matching.Request | None
    now: float
    http_api: bool = True
    cross_site: bool = False
    is_public_suffix: PublicSuffix = None


class Judgement(NamedTuple):
    """What was read, what would be stored, and the codes of why it is not kept."""

    cookie: SetCookie | None
    stored: StoredCookie | None
    codes: list[str]


def judge(case: Case) -> Judgement:
    """Parse a Cookie and Store a Cookie (layered 5.4.2, 5.4.3), but for the store itself."""
    read = set_cookie.read(case.text, case.now)
    if isinstance(read, str):
        codes = set_cookie.header_refusals(case.text)
        return Judgement(None, None, codes if case.request else ["url", *codes])
    cookie = None if set_cookie.attribute_refusal(read) else read
    request = case.request
    if request is None:
        return Judgement(cookie, None, ["url"])
    host = _store.resolve_host(read, request.host, case.is_public_suffix)
    codes = list(_store.refusals(read, request, host, case.http_api, case.cross_site))
    if isinstance(host, str) or cookie is None:
        return Judgement(cookie, None, codes)
    stored = _store.stored(cookie, request, host, case.now)
    if _store.is_expired(stored.expiry_time, case.now):
        codes.append("expired")
    return Judgement(cookie, stored, codes)


def findings(case: Case, judged: Judgement) -> list[Finding]:
    """All that is to be said, the gravest first."""
    found = [_error(code, case, judged.cookie) for code in judged.codes]
    if not isinstance(set_cookie.read(case.text, case.now), str):
        found += _differences(case, bool(judged.codes))
        found += _remarks(case, judged)
    order = ("error", "warning", "info")
    return sorted(found, key=lambda finding: order.index(finding.severity))


# --- errors: the cookie is not kept ---------------------------------------------------

_LAYERED = "draft-ietf-httpbis-layered-cookies, section "
_SEEN = "Chromium 156 and Firefox 153 agree, against " + _LAYERED

# Code, section, and what is wrong with what to change.
_ERRORS = {
    "url": (
        _LAYERED + "5.5.1",
        "No cookie is kept for this URL: it is no http, https, ws or wss address with a host,"
        " or it has blanks, controls or a backslash. Give the address of the request.",
    ),
    "control-character": (
        _LAYERED + "5.4.2",
        "The control character {char} at index {index} makes browsers ignore the whole header."
        " Encode the value, by percent-encoding or base64.",
    ),
    "empty": (
        _LAYERED + "5.4.2",
        "There is neither a name nor a value. Write name=value.",
    ),
    "size": (
        _LAYERED + "5.4.2",
        "Name and value have {size} octets together; with more than {most} the cookie is"
        " ignored. Store less in it, or keep the data on the server.",
    ),
    "nameless-equals": (
        _SEEN + "5.4.2",
        "The name is empty and the value {value} has '=': sent back, it would be another"
        " cookie. Write the name before the first '='.",
    ),
    "domain-invalid": (
        _LAYERED + "5.4.2",
        "Domain={domain} is no host name, so the cookie is ignored. Write the host alone,"
        " without scheme, port or path; or leave Domain out.",
    ),
    "domain-non-ascii": (
        _LAYERED + "5.4.2",
        "Domain={domain} is not ASCII, so the cookie is ignored (Chromium converts it, if it"
        " is UTF-8). Write the A-label, which starts with xn--.",
    ),
    "path-tab": (
        _SEEN + "5.4.2",
        "Path={path} has a tab in it. Write %09 for it, or another path.",
    ),
    "domain-public-suffix": (
        _LAYERED + "5.4.3",
        "Domain={domain} is a public suffix, under which sites of many owners live; no host"
        " but itself may set a cookie for it. Name your own domain, or leave Domain out.",
    ),
    "domain-mismatch": (
        _LAYERED + "5.3.2",
        "The host {host} may not set a cookie for {domain}: that is neither this host nor a"
        " domain above it. Leave Domain out, or name a domain that {host} is under.",
    ),
    "httponly-not-http": (
        _LAYERED + "5.4.3",
        "HttpOnly can't be set from a script. Set it in a response, or leave it out.",
    ),
    "secure-insecure": (
        _LAYERED + "5.4.3",
        "Secure can't be set over plain http from {host}. Use https; only localhost needs"
        " none.",
    ),
    "secure-overlay": (
        _LAYERED + "5.4.3",
        "A Secure cookie of this name is there already, and plain http may not overlay it."
        " Use https.",
    ),
    "httponly-overlay": (
        _LAYERED + "5.4.3",
        "An HttpOnly cookie of this name is there already, which a script may not overwrite."
        " Set it in a response, or take another name.",
    ),
    "samesite-cross-site": (
        _LAYERED + "5.4.3",
        "The response is cross-site, and the cookie has no SameSite=None. Add SameSite=None"
        " and Secure if other sites are to use it.",
    ),
    "samesite-none-insecure": (
        _LAYERED + "5.4.3",
        "SameSite=None asks for Secure. Add Secure, or take SameSite=Lax.",
    ),
    "partitioned-insecure": (
        _SEEN + "5.4.3",
        "Partitioned asks for Secure. Add Secure.",
    ),
    "nameless-prefix": (
        _LAYERED + "5.4.3",
        "The cookie has no name, and its value {value} starts as a name with a prefix does."
        " Write name=value.",
    ),
    "expired": (
        _LAYERED + "5.2.1",
        "It is expired ({expiry}), so it deletes the cookie of this name, host and path, and"
        " none is kept. To set a cookie, give a time to come.",
    ),
    "evicted": (
        _LAYERED + "5.2",
        "The store is full of cookies that stay before this one. Set fewer cookies.",
    ),
}

_PREFIX_REFERENCE = _LAYERED + "4.1.3"
_PREFIX_NEEDS = ("Secure", "HttpOnly", "Path=/ and no Domain")


def _error(code: str, case: Case, cookie: SetCookie | None) -> Finding:
    if code.startswith("prefix-"):
        return _prefix_error(code, cookie)
    if code == "domain-invalid":
        return _domain_error(case)
    reference, template = _ERRORS[code]
    return Finding(code, "error", template.format(**_details(case, cookie)), reference)


def _prefix_error(code: str, cookie: SetCookie | None) -> Finding:
    name = "" if cookie is None else cookie.name
    prefix = _grammar.name_prefix(name) or ("", False, False, False)
    needs = [word for word, asked in zip(_PREFIX_NEEDS, prefix[1:]) if asked]
    message = "The name {} has a prefix that asks for {}. Add what is missing, or rename it."
    return Finding(
        code, "error", message.format(ascii(name), ", ".join(needs)), _PREFIX_REFERENCE
    )


def _domain_error(case: Case) -> Finding:
    domain = written(case.text).get("domain", "")
    code = "domain-invalid" if domain.isascii() else "domain-non-ascii"
    reference, template = _ERRORS[code]
    browsers = None
    if _browsers.has_unicode_domain(domain):
        browsers = outcomes(case)
        browsers = browsers if len(set(browsers.values())) > 1 else None
    return Finding(code, "error", template.format(domain=ascii(domain)), reference, browsers)


def _details(case: Case, cookie: SetCookie | None) -> dict[str, object]:
    """What the messages of `_ERRORS` name; foreign text is in ASCII, quoted."""
    control = set_cookie.has_control(case.text)
    name, value = set_cookie.split_pair(case.text.partition(";")[0])
    return {
        "char": "" if control is None else "U+%04X" % ord(control.group()),
        "index": "" if control is None else control.start(),
        "size": len(name) + len(value),
        "most": MAX_NAME_VALUE,
        "value": ascii(value[:40]),
        "path": ascii(written(case.text).get("path", "")[:40]),
        "host": "" if case.request is None else case.request.host,
        "domain": "" if cookie is None else cookie.domain,
        "expiry": "" if cookie is None else _expiry(cookie),
    }


def _expiry(cookie: SetCookie) -> str:
    if cookie.max_age is not None:
        return "Max-Age=%d" % cookie.max_age
    return "Expires is past" if cookie.expires is None else format_cookie_date(cookie.expires)


# --- where the browsers differ ---------------------------------------------------------


def outcomes(case: Case) -> dict[str, bool]:
    """Whether each browser keeps the cookie, by its own reading of the header."""
    if case.request is None:
        return dict.fromkeys(_browsers.BROWSERS, False)
    readings = (
        _browsers.as_chromium(case.text, case.request),
        _browsers.as_firefox(case.text, case.request),
    )
    return {
        browser: text is not None and not judge(case._replace(text=text)).codes
        for browser, text in zip(_browsers.BROWSERS, readings)
    }


def _differences(case: Case, dropped: bool) -> list[Finding]:
    """A finding for each cause of which the two browsers make something else.

    Of a cookie that is dropped, and by both of them, only a tab is worth telling:
    Chromium names it before all else.
    """
    causes = list(_causes(case))
    if not causes:
        return []
    browsers = outcomes(case)
    if dropped and not any(browsers.values()):
        return [
            Finding(cause[0], "warning", *cause[1:]) for cause in causes if cause[0] == "tab"
        ]
    differ = len(set(browsers.values())) > 1
    return [
        Finding(code, "warning", message, reference, browsers)
        for code, message, reference in causes
        if differ or code != "prefix-differs"
    ]


def _causes(case: Case) -> Iterator[tuple[str, str, str]]:
    pair, _, _rest = case.text.partition(";")
    name, value = set_cookie.split_pair(pair)
    if not name and "=" not in pair:
        yield (
            "nameless",
            "There is no '=': the cookie is nameless for Chromium, which sends {0}, and named"
            " {0} with an empty value for Firefox. Write name=value.".format(ascii(value[:40])),
            _LAYERED + "5.4.2",
        )
    elif not name:
        yield (
            "nameless",
            "The name is empty: Chromium keeps a nameless cookie, Firefox none. Write a name.",
            _LAYERED + "5.4.2",
        )
    if any("\t" in part.strip(" \t") for part in re.split("[;=]", case.text)):
        yield (
            "tab",
            "There is a tab inside of the header: Chromium refuses it, Firefox does not. Take"
            " it out, or write %09.",
            _LAYERED + "5.4.2",
        )
    path = written(case.text).get("path", "")
    kept = value + (path if path.startswith("/") else "")
    if _browsers.utf8_only(kept) != kept:
        yield (
            "not-utf8",
            "The value or the path has octets that are not UTF-8: Chromium keeps them, Firefox"
            " puts U+FFFD in their place. Encode the text as UTF-8, or by percent-encoding.",
            _LAYERED + "5.4.2",
        )
    prefix = _grammar.name_prefix(name)
    if prefix and prefix[3]:
        yield (
            "prefix-differs",
            "Its name prefix asks for Path=/ and no Domain: Firefox is content with a"
            " default-path of '/', and with a Domain that leaves the cookie to this host;"
            " Chromium is not. Write Path=/, and no Domain.",
            _PREFIX_REFERENCE,
        )
    yield from _lifetime_causes(case)


def _lifetime_causes(case: Case) -> Iterator[tuple[str, str, str]]:
    attributes = written(case.text)
    max_age, expires = attributes.get("max-age", ""), attributes.get("expires", "")
    by_chromium = _browsers.chromium_max_age(max_age)
    by_firefox = _browsers.firefox_max_age(_browsers.utf8_only(max_age))
    if not _is_same_moment(_after(by_chromium, case), _after(by_firefox, case), case):
        yield (
            "max-age-differs",
            "Max-Age={} is {} for Chromium and {} for Firefox. Write digits alone.".format(
                ascii(max_age[:40]), _seconds(by_chromium), _seconds(by_firefox)
            ),
            _LAYERED + "5.4.2",
        )
    if by_chromium is not None or by_firefox is not None:
        return
    chromium = _browsers.chromium_date(expires)
    firefox = _browsers.firefox_date(_browsers.utf8_only(expires))
    if not _is_same_moment(chromium, firefox, case):
        yield (
            "expires-differs",
            "Expires={} is {} for Chromium and {} for Firefox. Write it as {}.".format(
                ascii(expires[:60]),
                _date(chromium),
                _date(firefox),
                format_cookie_date(int(case.now)),
            ),
            _LAYERED + "5.3.1",
        )


def _after(seconds: int | None, case: Case) -> int | None:
    return None if seconds is None else int(case.now) + seconds


def _is_same_moment(first: int | None, second: int | None, case: Case) -> bool:
    return _browsers.is_same_moment(first, second, case.now, MAX_AGE_SECONDS)


def _seconds(seconds: int | None) -> str:
    return "nothing" if seconds is None else "in the past" if seconds <= 0 else "%d s" % seconds


def _date(second: int | None) -> str:
    return "no date" if second is None else _browsers.fixdate(second)


# --- remarks: attributes that are not what they seem -------------------------------------

_FLAGS = {"secure": "Secure", "httponly": "HttpOnly", "partitioned": "Partitioned"}
_KNOWN = {
    "expires": "Expires",
    "max-age": "Max-Age",
    "domain": "Domain",
    "path": "Path",
    "samesite": "SameSite",
    **_FLAGS,
}

# A comma, and what looks like another cookie's name.
_joined = re.compile(r",[ \t]*[!#$%&'*+\-.^_`|~0-9A-Za-z]+=").search


class Attribute(NamedTuple):
    """A cookie-av as it is written, its blanks taken off; `key` is its name in lower case."""

    key: str
    name: str
    value: str
    has_value: bool


def attributes(text: str) -> list[Attribute]:
    """The attributes of a header, in their order, empty ones left out."""
    found = []
    for piece in text.split(";")[1:]:
        name, equals, value = piece.partition("=")
        name = name.strip(" \t")
        if name or equals:
            found.append(Attribute(name.lower(), name, value.strip(" \t"), bool(equals)))
    return found


def written(text: str) -> dict[str, str]:
    """The last value of each attribute that user agents know, those too long left out."""
    return {
        attribute.key: attribute.value
        for attribute in attributes(text)
        if attribute.key in _KNOWN and len(attribute.value) <= MAX_ATTRIBUTE_VALUE
    }


def _remarks(case: Case, judged: Judgement) -> Iterator[Finding]:
    yield from itertools.islice(_all_attribute_remarks(case.text), _MOST_REMARKS)
    last = written(case.text)
    yield from _value_remarks(case, last)
    if judged.cookie is not None and judged.stored is not None and case.request is not None:
        yield from _scope_remarks(judged.cookie, judged.stored, case.request)


# Of a header with thousands of attributes, some will do.
_MOST_REMARKS = 20


def _all_attribute_remarks(text: str) -> Iterator[Finding]:
    seen: set[str] = set()
    for attribute in attributes(text):
        yield from _attribute_remarks(attribute, seen)
        seen.add(attribute.key)


def _attribute_remarks(attribute: Attribute, seen: set[str]) -> Iterator[Finding]:
    name = ascii(attribute.name[:40])
    if len(attribute.value) > MAX_ATTRIBUTE_VALUE:
        yield _remark(
            "attribute-too-long",
            f"The attribute {name} has {len(attribute.value)} octets; with more than"
            f" {MAX_ATTRIBUTE_VALUE} it is ignored. Shorten it.",
        )
    elif attribute.key not in _KNOWN:
        yield _remark(
            "attribute-unknown",
            f"The attribute {name} is none that browsers know, so it is ignored. Take it out,"
            " or see how it is spelled.",
        )
    elif attribute.key in seen and attribute.key not in _FLAGS:
        yield _remark(
            "attribute-repeated",
            f"{_KNOWN[attribute.key]} is there again; only the last counts. Write it once.",
        )
    elif attribute.key in _FLAGS and attribute.value:
        yield _remark(
            "flag-value",
            f"{_FLAGS[attribute.key]}={attribute.value[:20]!a} sets"
            f" {_FLAGS[attribute.key]}, whatever its value. Leave the value out, or all of it.",
        )
    if _joined(attribute.value):
        yield _remark(
            "joined",
            "This looks like several cookies, joined by a comma: browsers read one. Send a"
            " Set-Cookie line for each.",
            "RFC 9110, section 5.3",
        )


def _value_remarks(case: Case, last: dict[str, str]) -> Iterator[Finding]:
    """What was written and is not understood, or is understood otherwise."""
    path = last.get("path", "/")
    if not path.startswith("/"):
        yield _remark(
            "path-relative",
            f"Path={path[:40]!a} does not start with '/', so it is ignored, and the"
            " directory of the request's path is taken. Write an absolute path, unquoted.",
        )
    max_age = last.get("max-age")
    if max_age is not None and set_cookie.max_age_seconds(max_age) is None:
        yield _remark(
            "max-age-invalid",
            f"Max-Age={max_age[:40]!a} is no number of seconds, so it is ignored. Write"
            " digits alone.",
        )
        max_age = None
    expires = last.get("expires")
    if expires is not None:
        yield from _expires_remarks(expires, max_age is not None)
    samesite = last.get("samesite", "Lax")
    if samesite.lower() not in ("strict", "lax", "none"):
        yield _remark(
            "samesite-unknown",
            f"SameSite={samesite[:40]!a} is not Strict, Lax or None, so it counts as not"
            " given. Write one of these, unquoted.",
        )
    if last.get("domain") == "":
        yield _remark(
            "domain-empty",
            "Domain is empty: the cookie is for this host alone. Leave Domain out.",
            severity="info",
        )
    value = set_cookie.split_pair(case.text.partition(";")[0])[1]
    if value.startswith('"'):
        yield _remark(
            "value-quoted",
            "The value starts with a quote, which is part of it and is sent back. Many servers"
            " take quotes off; a script sees them.",
            _LAYERED + "4.1.1",
            "info",
        )


def _expires_remarks(expires: str, overridden: bool) -> Iterator[Finding]:
    moment = cookie_date(expires)
    if overridden:
        yield _remark(
            "expires-overridden", "Max-Age has precedence over Expires.", severity="info"
        )
    elif moment is None:
        yield _remark(
            "expires-invalid",
            f"Expires={expires[:60]!a} is no date, so the cookie ends with the session."
            f" Write it as {format_cookie_date(0)}, or use Max-Age.",
            _LAYERED + "5.3.1",
        )
    elif moment.year < 1601:
        yield _remark(
            "expires-before-1601",
            "Expires is before 1601: the text ignores it, browsers delete the cookie.",
            _SEEN + "5.3.1",
        )


def _scope_remarks(
    cookie: SetCookie, stored: StoredCookie, request: matching.Request
) -> Iterator[Finding]:
    """What the cookie's host, path and lifetime come to."""
    if not matching.path_match(request.path, stored.path):
        yield _remark(
            "path-elsewhere",
            f"The cookie goes to {stored.path[:40]!a} and below; the page that sets it,"
            f" {request.path[:40]!a}, never sees it. See whether that is meant.",
            _LAYERED + "5.3.4",
        )
    if cookie.domain is not None and stored.host_only:
        yield _remark(
            "domain-host-only",
            f"{cookie.domain} is an IP address or a public suffix: the cookie is for this host"
            " alone, in spite of Domain.",
            severity="info",
        )
    lifetime = cookie.max_age
    if lifetime is None and cookie.expires is not None:
        lifetime = int(cookie.expires.timestamp() - stored.creation_time) + 1
    if lifetime is not None and lifetime >= MAX_AGE_SECONDS:
        yield _remark(
            "lifetime-capped",
            "Browsers keep a cookie for 400 days at the most.",
            _LAYERED + "5.1.1",
            "info",
        )


def _remark(
    code: str, message: str, reference: str = _LAYERED + "5.4.2", severity: str = "warning"
) -> Finding:
    return Finding(code, severity, message, reference)
