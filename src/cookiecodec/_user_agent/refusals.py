"""Errors: for each code of a judgement, what is wrong, in which section, what to change."""

from __future__ import annotations

from .. import set_cookie
from .._core import prefixes as _prefix
from ..dates import format_cookie_date
from ..limits import MAX_NAME_VALUE
from ..set_cookie import SetCookie
from . import quirks as _browsers
from .findings import LAYERED, SEEN, Finding
from .judgement import Case, outcomes, written

# Code, section, and what is wrong with what to change.
_ERRORS = {
    "url": (
        LAYERED + "5.5.1",
        "No cookie is kept for this URL. It has to start with http://, https://, ws:// or"
        " wss://, then a host, in A-labels where IDNA versions disagree (on a sharp s, say),"
        " and to have no blank, control or backslash. Give the address of the request.",
    ),
    "control-character": (
        LAYERED + "5.4.2",
        "The control character {char} at index {index} makes browsers ignore the whole header."
        " Encode the value, by percent-encoding or base64.",
    ),
    "empty": (
        LAYERED + "5.4.2",
        "There is neither a name nor a value. Write name=value.",
    ),
    "size": (
        LAYERED + "5.4.2",
        "Name and value have {size} octets together; with more than {most} the cookie is"
        " ignored. Store less in it, or keep the data on the server.",
    ),
    "nameless-equals": (
        SEEN + "5.4.2",
        "The name is empty and the value {value} has '=': sent back, it would be another"
        " cookie. Write the name before the first '='.",
    ),
    "domain-invalid": (
        LAYERED + "5.4.2",
        "Domain={domain} is no host name, so the cookie is ignored. Write the host alone,"
        " without scheme, port or path; or leave Domain out.",
    ),
    "domain-non-ascii": (
        LAYERED + "5.4.2",
        "Domain={domain} is not ASCII, so the cookie is ignored (Chromium converts it, if it"
        " is UTF-8). Write the A-label, which starts with xn--.",
    ),
    "path-tab": (
        SEEN + "5.4.2",
        "Path={path} has a tab in it. Write %09 for it, or another path.",
    ),
    "domain-public-suffix": (
        LAYERED + "5.4.3",
        "Domain={domain} is a public suffix: hosts under it have different owners, so none of"
        " them may set a cookie for all. Name a domain of your own under it, or leave Domain"
        " out.",
    ),
    "domain-mismatch": (
        LAYERED + "5.3.2",
        "The host {host} may not set a cookie for {domain}, which is neither this host nor a"
        " domain that it is under. Leave Domain out, which is right for an IP address too, or"
        " name a domain above both.",
    ),
    "httponly-not-http": (
        LAYERED + "5.4.3",
        "HttpOnly can't be set from a script. Set it in a response, or leave it out.",
    ),
    "secure-insecure": (
        LAYERED + "5.4.3",
        "Secure can't be set over plain http from {host}. Use https; only localhost and 127.x"
        " are as good without it.",
    ),
    "secure-overlay": (
        LAYERED + "5.4.3",
        "A Secure cookie of this name is there already, and plain http may not overlay it."
        " Use https.",
    ),
    "httponly-overlay": (
        LAYERED + "5.4.3",
        "An HttpOnly cookie of this name is there already, which a script may not overwrite."
        " Set it in a response, or take another name.",
    ),
    "samesite-cross-site": (
        LAYERED + "5.4.3",
        "The response is cross-site, and the cookie has no SameSite=None. Add SameSite=None"
        " and Secure if other sites are to use it.",
    ),
    "samesite-none-insecure": (
        LAYERED + "5.4.3",
        "SameSite=None asks for Secure. Add Secure, or take SameSite=Lax.",
    ),
    "partitioned-insecure": (
        SEEN + "5.4.3",
        "Partitioned asks for Secure. Add Secure.",
    ),
    "nameless-prefix": (
        LAYERED + "5.4.3",
        "The cookie has no name, and its value {value} starts as a name with a prefix does."
        " Write name=value.",
    ),
    "expired": (
        LAYERED + "5.2.1",
        "It is expired ({expiry}), so it deletes the cookie of this name, host and path, and"
        " none is kept. To set a cookie, give a time to come.",
    ),
    "evicted": (
        LAYERED + "5.2",
        "The store is full of cookies that stay before this one. Set fewer cookies.",
    ),
}

_PREFIX_REFERENCE = LAYERED + "5.4.3"


def error(code: str, case: Case, cookie: SetCookie | None) -> Finding:
    """The finding of a code for which this cookie is not kept."""
    if code.startswith("prefix-"):
        return _prefix_error(code, cookie, case)
    if code == "domain-invalid":
        return _domain_error(case)
    reference, template = _ERRORS[code]
    return Finding(code, "error", template.format(**_details(case, cookie)), reference)


def _prefix_error(code: str, cookie: SetCookie | None, case: Case) -> Finding:
    name, _ = set_cookie._split_pair(case.text.partition(";")[0])
    _, secure, httponly, host = _prefix.name_prefix(name) or ("", False, False, False)
    lacking = []
    if secure and not (cookie and cookie.secure):
        lacking.append("Secure")
    if httponly and not (cookie and cookie.httponly):
        lacking.append("HttpOnly")
    if host and not (cookie and cookie.path == "/"):
        lacking.append("Path=/")
    if host and not (cookie and cookie.domain is None):
        lacking.append("no Domain")
    message = (
        f"The name {name[:40]!a} has a prefix that asks for {', '.join(lacking)}."
        " Write it so, or take another name."
    )
    return Finding(code, "error", message, _PREFIX_REFERENCE)


def _domain_error(case: Case) -> Finding:
    domain = written(case.text).get("domain", "")
    code = "domain-invalid" if domain.isascii() else "domain-non-ascii"
    reference, template = _ERRORS[code]
    browsers = None
    if _browsers.has_unicode_domain(domain):
        browsers = outcomes(case)
        browsers = browsers if len(set(browsers.values())) > 1 else None
    message = template.format(domain=ascii(domain[:60]))
    return Finding(code, "error", message, reference, browsers)


def _details(case: Case, cookie: SetCookie | None) -> dict[str, object]:
    """What the messages of `_ERRORS` name; foreign text is in ASCII, quoted."""
    control = set_cookie._has_control(case.text)
    name, value = set_cookie._split_pair(case.text.partition(";")[0])
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
