"""Remarks: attributes that are not what they seem, and what a cookie's scope comes to."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from .. import matching, set_cookie
from .._core import grammar as _grammar
from .._formats import urls as _urls
from .._formats.cookie_date import cookie_date
from ..limits import MAX_AGE_SECONDS, MAX_ATTRIBUTE_VALUE
from ..set_cookie import SetCookie
from .differences import good_date, is_unlimited
from .findings import LAYERED, SEEN, Finding
from .judgement import FLAGS, KNOWN, Attribute, Case, Judgement, attributes, written
from .storing import StoredCookie

_TOKEN = "[" + re.escape(_grammar.TCHAR) + "]+"
_ATTRIBUTE = "(" + "|".join(KNOWN) + ")"

# A comma, and what looks like another cookie's name, or like an attribute of this one.
_joined = re.compile(r",[ \t]*" + _TOKEN + "=").search
_joined_value = re.compile(r",[ \t]+" + _TOKEN + "=").search
_comma_attribute = re.compile(
    r",[ \t]*" + _ATTRIBUTE + r"[ \t]*(?=[=,]|\Z)", re.IGNORECASE
).search

# An attribute behind a blank, inside of a value that ends too late.
_blank_attribute = re.compile(r"[ \t]" + _ATTRIBUTE + r"(?=[= \t]|\Z)", re.IGNORECASE).search


def remarks(case: Case, judged: Judgement) -> Iterator[Finding]:
    """All that was written and is not what it seems, and what is worth knowing."""
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
    swallowed = _comma_attribute(attribute.name + "=" + attribute.value)
    if is_unlimited(attribute):
        return  # the browsers differ there
    if len(attribute.value) > MAX_ATTRIBUTE_VALUE:
        yield _remark(
            "attribute-too-long",
            f"The attribute {name} has {len(attribute.value)} octets; with more than"
            f" {MAX_ATTRIBUTE_VALUE} it is ignored. Shorten it.",
        )
    elif swallowed:
        yield _swallowed(swallowed)
    elif _joined(attribute.name + "=" + attribute.value):
        yield _remark("joined", _JOINED, "RFC 9110, section 5.3")
    elif attribute.key == "priority":
        yield _remark(
            "attribute-priority",
            "Priority is an attribute of Chromium's; other browsers ignore it.",
            severity="info",
        )
    elif attribute.key not in KNOWN:
        yield _remark(
            "attribute-unknown",
            f"The attribute {name} is none that browsers know, so it is ignored. See how it is"
            " spelled (with '=', not ':'), or take it out; if it was to be part of the value,"
            " encode its ';'.",
        )
    elif attribute.key in seen and attribute.key not in FLAGS:
        yield _remark(
            "attribute-repeated",
            f"{KNOWN[attribute.key]} is there again; only the last counts. Write it once.",
        )
    elif attribute.key in FLAGS and attribute.value:
        yield _remark(
            "flag-value",
            f"{FLAGS[attribute.key]}={attribute.value[:20]!a} sets"
            f" {FLAGS[attribute.key]}, whatever the value is. Write"
            f" {FLAGS[attribute.key]} alone; or, not to set it, nothing.",
        )


_JOINED = (
    "This looks like several cookies, joined by a comma: browsers read one. Send a Set-Cookie"
    " line for each."
)


def _swallowed(found: re.Match[str]) -> Finding:
    """An attribute that is part of a value, since no semicolon is before it."""
    attribute = KNOWN[found.group(1).lower()]
    return _remark(
        "attribute-swallowed",
        f"{attribute} is not before a ';' of its own, so it is part of what is before it, and"
        " not set. Write '; ' between attributes.",
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
    if max_age is not None and set_cookie._max_age_seconds(max_age) is None:
        yield _remark(
            "max-age-invalid",
            f"Max-Age={max_age[:40]!a} is no number of seconds, so it is ignored; without"
            " Expires the cookie ends with the session. Write digits alone.",
        )
        max_age = None
    expires = last.get("expires")
    if expires is not None:
        yield from _expires_remarks(expires, max_age is not None, case)
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
    yield from _pair_remarks(*set_cookie._split_pair(case.text.partition(";")[0]))


def _pair_remarks(name: str, value: str) -> Iterator[Finding]:
    """What the server's side of the text (layered 4.1.1) has to say of name and value."""
    swallowed = _blank_attribute(value) or _comma_attribute(value)
    if swallowed:
        yield _swallowed(swallowed)
    elif _joined_value(value):
        yield _remark("joined", _JOINED, "RFC 9110, section 5.3")
    if not _grammar.is_tchars(name):
        yield _remark(
            "name-not-token",
            f"The name {name[:40]!a} is not a token: browsers keep it, servers and tools may"
            " not read it. Write letters, digits, '-' and '_'.",
            LAYERED + "4.1.1",
            "info",
        )
    unquoted = value[1:-1] if value[:1] == value[-1:] == '"' else value
    if not _grammar.is_cookie_octets(unquoted):
        yield _remark(
            "value-not-octets",
            "The value has a blank, a comma, a quote, a backslash or what is not ASCII:"
            " browsers send it back as it is, servers may read it otherwise. Encode it, by"
            " percent-encoding or base64.",
            LAYERED + "4.1.1",
            "info",
        )
    if value.startswith('"'):
        yield _remark(
            "value-quoted",
            "The value starts with a quote, which is part of it and is sent back. Many servers"
            " take quotes off; a script sees them.",
            LAYERED + "4.1.1",
            "info",
        )


def _expires_remarks(expires: str, overridden: bool, case: Case) -> Iterator[Finding]:
    moment = cookie_date(expires)
    if overridden:
        yield _remark(
            "expires-overridden", "Max-Age has precedence over Expires.", severity="info"
        )
    elif moment is None:
        yield _remark(
            "expires-invalid",
            f"Expires={expires[:60]!a} is no date by the text, so the cookie ends with the"
            f" session. Write it as {good_date(case)}, or use Max-Age (0 to delete it).",
            LAYERED + "5.3.1",
        )
    elif moment.year < 1601:
        yield _remark(
            "expires-before-1601",
            "Expires is before 1601: the text ignores it, browsers delete the cookie.",
            SEEN + "5.3.1",
        )


def _scope_remarks(
    cookie: SetCookie, stored: StoredCookie, request: _urls.Request
) -> Iterator[Finding]:
    """What the cookie's host, path and lifetime come to."""
    if not matching.path_match(request.path, stored.path):
        yield _remark(
            "path-elsewhere",
            f"The cookie goes to {stored.path[:40]!a} and below; the page that sets it,"
            f" {request.path[:40]!a}, never sees it. See whether that is meant.",
            LAYERED + "5.3.4",
            "info",
        )
    is_ip = _urls.is_ip_address(stored.domain)
    if cookie.domain is not None and stored.host_only:
        yield _remark(
            "domain-host-only",
            f"{cookie.domain} is {'an IP address' if is_ip else 'a public suffix'}, so the"
            " cookie is for this host alone, in spite of Domain.",
            LAYERED + "5.4.3",
            "info",
        )
    lifetime = cookie.max_age
    if lifetime is None and cookie.expires is not None:
        lifetime = int(cookie.expires.timestamp() - stored.creation_time) + 1
    if lifetime is not None and lifetime >= MAX_AGE_SECONDS:
        yield _remark(
            "lifetime-capped",
            "Browsers keep a cookie for 400 days at the most.",
            LAYERED + "5.1.1",
            "info",
        )


def _remark(
    code: str, message: str, reference: str = LAYERED + "5.4.2", severity: str = "warning"
) -> Finding:
    return Finding(code, severity, message, reference)
