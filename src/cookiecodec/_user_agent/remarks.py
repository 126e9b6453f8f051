"""Remarks: attributes that do not do what they seem to do, and the scope of a cookie."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from .. import matching
from .._core import grammar
from .._core.attributes import KEYWORDS, find_keyword, split_pair
from .._formats import urls
from .._formats.cookie_date import cookie_date
from ..limits import MAX_AGE_SECONDS, MAX_ATTRIBUTE_VALUE
from ..set_cookie import SetCookie, max_age_seconds
from . import quirks
from .attributes import FLAGS, KNOWN, Attribute, last_values, read_attributes
from .differences import example_date
from .domains import COMMON_SUFFIXES, LIST_DATE
from .findings import LAYERED, SEEN, Finding, quoted
from .judgement import Case, Judgement
from .storing import StoredCookie
from .suggestions import blank_attribute, comma_attribute, reachable

_TOKEN = "[" + re.escape(grammar.TCHAR) + "]+"

# A comma, and what looks like the name of another cookie.
_joined = re.compile(r",[ \t]*" + _TOKEN + "=").search
_joined_value = re.compile(r",[ \t]+" + _TOKEN + "=").search

# A header may have thousands of attributes.
_MAX_REMARKS = 20


def find(case: Case, judged: Judgement) -> Iterator[Finding]:
    """Yield what was written and does not do what it seems to do, and what to know."""
    attributes = read_attributes(case.text)
    yield from itertools.islice(_on_attributes(attributes), _MAX_REMARKS)
    yield from _on_values(case, last_values(attributes))
    yield from _on_pair(*split_pair(case.text.partition(";")[0]))
    if judged.cookie is not None and judged.stored is not None and case.request is not None:
        yield from _on_scope(judged.cookie, judged.stored, case.request)
        hangs_on_list = case.is_public_suffix is None and not judged.stored.host_only
        if hangs_on_list and judged.cookie.domain and not judged.codes:
            yield _on_unchecked(judged.cookie.domain)


def _on_attributes(attributes: list[Attribute]) -> Iterator[Finding]:
    seen: set[str] = set()
    for attribute in attributes:
        if not quirks.is_unlimited(attribute):  # the browsers differ there
            yield from _on_attribute(attribute, seen)
        seen.add(attribute.key)


def _on_attribute(attribute: Attribute, seen: set[str]) -> Iterator[Finding]:
    name = quoted(attribute.name)
    swallowed = comma_attribute(str(attribute))
    if attribute.is_too_long:
        yield _remark(
            "attribute-too-long",
            f"The attribute {name} has {len(attribute.value)} octets. Browsers ignore"
            f" attributes with more than {MAX_ATTRIBUTE_VALUE}. Shorten it.",
        )
    elif swallowed:
        yield _swallowed(swallowed)
    elif _joined(str(attribute)):
        yield _remark("joined", _JOINED, "RFC 9110, section 5.3")
    elif attribute.key not in KNOWN:
        yield _remark(
            "attribute-unknown",
            f"Browsers do not know the attribute {name} and ignore it. Check its spelling (with"
            " '=', not ':'), or remove it. If it belongs to the value, encode the ';' in the"
            " value.",
        )
    elif attribute.key in seen and attribute.key not in FLAGS:
        yield _remark(
            "attribute-repeated",
            f"{KNOWN[attribute.key]} is repeated, and only the last one counts. Write it once.",
        )
    elif attribute.key in FLAGS and attribute.value:
        flag = KNOWN[attribute.key]
        yield _remark(
            "flag-value",
            f"{flag}={quoted(attribute.value, 20)} sets {flag}, whatever the value is. Write"
            f" {flag} only; or leave it out, not to set it.",
        )


_JOINED = (
    "This looks like several cookies that were joined by a comma: browsers read one cookie."
    " Send a Set-Cookie line for each."
)


def _swallowed(found: re.Match[str]) -> Finding:
    attribute = KNOWN[found.group(1).lower()]
    return _remark(
        "attribute-swallowed",
        f"{attribute} has no ';' before it, so it is part of the text before it and not an"
        " attribute. Write '; ' between attributes.",
    )


def _on_values(case: Case, last: dict[str, str]) -> Iterator[Finding]:
    """Yield what is written in an attribute and not understood, or understood differently."""
    path = last.get("path", "/")
    if path.startswith("/") and reachable(path) != path:
        yield _remark(
            "path-unreachable",
            f"No URL can match Path={quoted(path)}: browsers request {quoted(reachable(path))},"
            " percent-encoded and without dot segments and query. So the cookie is kept and"
            " never sent. Write the path as it is requested.",
            LAYERED + "5.3.4",
        )
    elif not path.startswith("/"):
        yield _remark(
            "path-relative",
            f"Path={quoted(path)} does not start with '/', so browsers ignore it and use the"
            " directory of the request's path. Write an absolute path, without quotes.",
        )
    max_age = last.get("max-age")
    if max_age is not None and max_age_seconds(max_age) is None:
        yield _remark(
            "max-age-invalid",
            f"Max-Age={quoted(max_age)} is not a number of seconds, so browsers ignore it."
            " Without Expires the cookie ends with the browser's session. Write digits only.",
        )
        max_age = None
    if "expires" in last:
        yield from _on_expires(last["expires"], max_age is not None, case)
    for key, keywords in KEYWORDS.items():
        if key in last and find_keyword(key, last[key]) is None:
            *first, other = keywords
            yield _remark(
                f"{key}-unknown",
                f"{KNOWN[key]}={quoted(last[key])} is not {', '.join(first)} or {other}, so"
                " browsers ignore it. Write one of these, without quotes.",
            )
    if "priority" in last:
        yield _note(
            "attribute-priority",
            "Priority is an attribute of Chromium. Other browsers ignore it.",
        )
    if last.get("domain") == "":
        yield _note(
            "domain-empty",
            "Domain is empty: the cookie is for this host only. Leave Domain out.",
        )


def _on_pair(name: str, value: str) -> Iterator[Finding]:
    """Yield what the server's side of the text (layered 4.1.1) says about name and value."""
    swallowed = blank_attribute(value) or comma_attribute(value)
    if swallowed:
        yield _swallowed(swallowed)
    elif _joined_value(value):
        yield _remark("joined", _JOINED, "RFC 9110, section 5.3")
    if not grammar.is_tchars(name):
        yield _note(
            "name-not-token",
            f"The name {quoted(name)} is not a token: browsers keep it, but servers and tools"
            " may be unable to read it. Write letters, digits, '-' and '_'.",
            LAYERED + "4.1.1",
        )
    unquoted = value[1:-1] if value[:1] == value[-1:] == '"' else value
    if not grammar.is_cookie_octets(unquoted):
        yield _note(
            "value-not-octets",
            "The value has a blank, a comma, a quote, a backslash or a non-ASCII character:"
            " browsers send it back as it is, but servers may read it differently. Encode it,"
            " by percent-encoding or base64.",
            LAYERED + "4.1.1",
        )
    if value.startswith('"'):
        yield _note(
            "value-quoted",
            "The value starts with a quote, which is part of it and is sent back. Many servers"
            " remove quotes. A script sees them.",
            LAYERED + "4.1.1",
        )


def _on_expires(expires: str, overridden: bool, case: Case) -> Iterator[Finding]:
    moment = cookie_date(expires)
    if overridden:
        yield _note("expires-overridden", "Max-Age has precedence over Expires.")
    elif moment is None:
        yield _remark(
            "expires-invalid",
            f"Expires={quoted(expires, 60)} is not a date to the RFC, so the cookie ends with"
            f" the browser's session. Write it as {example_date(case)}, or use Max-Age (0 to"
            " delete the cookie).",
            LAYERED + "5.3.1",
        )
    elif moment.year < 1601:
        yield _remark(
            "expires-before-1601",
            "Expires is before 1601: the RFC ignores it, but browsers delete the cookie. Write"
            " 1970 to delete it.",
            SEEN + "5.3.1",
        )


def _on_scope(
    cookie: SetCookie, stored: StoredCookie, request: urls.Request
) -> Iterator[Finding]:
    """Yield what the cookie's host, path and lifetime amount to."""
    unreachable = reachable(stored.path) != stored.path  # which is worth its own finding
    if not unreachable and not matching.path_match(request.path, stored.path):
        yield _note(
            "path-elsewhere",
            f"The cookie is sent to {quoted(stored.path)} and below. The page that sets it,"
            f" {quoted(request.path)}, never sees it. Check whether that is intended.",
            LAYERED + "5.3.4",
        )
    if stored.secure and request.plain and request.secure:
        yield _remark(
            "secure-localhost",
            "Safari does not keep Secure cookies over plain http, not even from localhost"
            " (WebKit bug 281149). Chromium and Firefox do. Use https to test with Safari.",
            LAYERED + "5.4.3",
        )
    is_ip = urls.is_ip_address(stored.domain)
    if cookie.domain is not None and stored.host_only:
        kind = "a public suffix" if "." in cookie.domain else "a single label"
        yield _note(
            "domain-host-only",
            f"{cookie.domain} is {'an IP address' if is_ip else kind}, so the"
            " cookie is for this host only, in spite of Domain.",
            LAYERED + "5.4.3",
        )
    lifetime = cookie.max_age
    if lifetime is None and cookie.expires is not None:
        lifetime = int(cookie.expires.timestamp() - stored.creation_time) + 1
    if lifetime is not None and lifetime >= MAX_AGE_SECONDS:
        yield _note(
            "lifetime-capped", "Browsers keep a cookie for 400 days at most.", LAYERED + "5.1.1"
        )


def on_third_party(is_partitioned: bool, text: str = "") -> Finding:
    """Return the finding on a cookie that is kept, or sent, in another site's page."""
    if is_partitioned:
        message = "It is a third-party cookie in a partition: for the embedding site only."
        return _note("third-party", message, LAYERED + "5.4.3")
    message = (
        "It is a third-party cookie: Safari and private windows drop it, Firefox has another"
        " one for each embedding site, and Chromium drops it where the user blocks them. Add"
        " Partitioned, so that all of them keep one for each embedding site."
    )
    corrected = f"{text}; Partitioned" if text else None
    return _remark("third-party", message, LAYERED + "5.4.3")._replace(suggestion=corrected)


def _on_unchecked(domain: str, reference: str = LAYERED + "5.4.3") -> Finding:
    """Return the finding on a Domain that only the list of public suffixes could refuse."""
    advice = (
        " This was not checked. Install the list by pip install 'cookiecodec[psl]', and in"
        " Python pass is_public_suffix, such as PublicSuffixList().is_public."
    )
    if domain.rstrip(".") not in COMMON_SUFFIXES:
        message = f"Browsers drop the cookie if {domain} is a public suffix."
        return _note("suffix-unchecked", message + advice, reference)
    message = (
        f"{domain} is on the list of public suffixes (of {LIST_DATE}): browsers drop the"
        " cookie, or keep it for this host only, if that is its name."
    )
    return _remark("suffix-unchecked", message + advice, reference)


def _remark(code: str, message: str, reference: str = LAYERED + "5.4.2") -> Finding:
    return Finding(code, "warning", message, reference)


def _note(code: str, message: str, reference: str = LAYERED + "5.4.2") -> Finding:
    return Finding(code, "info", message, reference)
