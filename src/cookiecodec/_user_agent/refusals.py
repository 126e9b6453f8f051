"""Errors: what is wrong for each code of a judgement, in which section, what to change."""

from __future__ import annotations

from .._core import prefixes
from .._core.attributes import split_pair
from ..dates import format_cookie_date
from ..limits import MAX_COOKIE_HEADER, MAX_NAME_VALUE
from ..set_cookie import SetCookie, find_control
from . import quirks
from .attributes import last_values, read_attributes
from .domains import mistake
from .findings import LAYERED, SEEN, Finding, quoted
from .judgement import Case, outcomes
from .storing import is_public_suffix, resolve_host

# What is wrong, and what to change.
_ERRORS = {
    "url": "Cookies are not stored for this URL. It must start with http://, https://, ws://"
    " or wss://, followed by a host, with A-labels where IDNA versions disagree (on a sharp"
    " s, for example). It must not contain a blank, a control character or a backslash. Give"
    " the address of the request.",
    "control-character": "Browsers ignore the whole header because of the control character"
    " {char} at index {index}. Encode the value, by percent-encoding or base64.",
    "empty": "There is neither a name nor a value. Write name=value.",
    "size": "Name and value have {size} octets together. Browsers ignore cookies with more"
    " than {most}. Store less in it, or keep the data on the server.",
    "nameless-equals": "The name is empty and the value {value} contains '=': sent back, it"
    " would be another cookie. Write the name before the first '='.",
    "domain-invalid": "Domain={domain} is not a valid host name, so browsers ignore the"
    " cookie. Write the host only, without scheme, port or path, or leave Domain out.",
    "domain-non-ascii": "Domain={domain} is not ASCII, so browsers ignore the cookie."
    " (Chromium converts it, if it is UTF-8.) Write the A-label, which starts with xn--.",
    "path-tab": "Path={path} contains a tab, so browsers ignore the cookie. Write %09"
    " instead, or use another path.",
    "domain-public-suffix": "Domain={domain} is a public suffix: the hosts under it belong"
    " to different owners, so none of them may set a cookie for all. Write a domain of your"
    " own, or leave Domain out.",
    "domain-mismatch": "The host {host} may not set a cookie for {domain}, which is neither"
    " this host nor a domain above it. Leave Domain out (which is also right for an IP"
    " address), or write a domain above both.",
    "httponly-not-http": "A script can't set HttpOnly. Set the cookie in a response, or"
    " leave HttpOnly out.",
    "secure-insecure": "Secure can't be set over plain http from {host}. Use https. Only"
    " localhost, *.localhost, 127.x and [::1] work without it.",
    "secure-overlay": "There is already a Secure cookie of this name, which a response over"
    " plain http may not overlay. Use https.",
    "httponly-overlay": "There is already an HttpOnly cookie of this name, which a script"
    " may not overwrite. Set the cookie in a response, or use another name.",
    "samesite-cross-site": "The response is cross-site, and the cookie has no SameSite=None."
    " Add SameSite=None and Secure if other sites need the cookie.",
    "samesite-none-insecure": "SameSite=None requires Secure. Add Secure, or write"
    " SameSite=Lax.",
    "partitioned-insecure": "Partitioned requires Secure. Add Secure.",
    "nameless-prefix": "The cookie has no name, and its value {value} starts like a name"
    " with a prefix. Write name=value.",
    "expired": "The cookie is expired ({expiry}), so it deletes the cookie of this name,"
    " host and path. To set a cookie, give a time in the future.",
    "path-too-long": "There is no Path, and the directory of the request's path has more than"
    f" {MAX_COOKIE_HEADER} octets, which servers refuse, so the jar does not store the cookie."
    " Write Path=/ or another path.",
    "deletion-differs": "This header deletes a stored cookie in one browser and not in the"
    " other, since they read it differently. Write name=; Max-Age=0, with the Domain and the"
    " Path of the cookie.",
    "eviction-differs": "The site has too many cookies, or more than 10,240 octets in its"
    " partitioned ones, and Chromium evicts others than Firefox does. Set fewer cookies.",
    "evicted": "The store is full of cookies that take precedence over this one. Set fewer"
    " cookies.",
}

# The message for a Domain that is above a public suffix, and not one itself.
_ABOVE_SUFFIX = (
    "The host {host} is a public suffix or below one, and Domain={domain} is above that suffix:"
    " hosts under it belong to different owners, so none of them may set a cookie for all."
    " Leave Domain out."
)

# The sections with their rules. All others are in 5.4.3.
_SECTIONS = {
    "5.5.1": "url",
    "5.4.2": "control-character empty size nameless-equals domain-invalid domain-non-ascii"
    " path-tab deletion-differs",
    "5.3.3": "path-too-long",
    "5.3.2": "domain-mismatch",
    "5.2.1": "expired",
    "5.2": "evicted eviction-differs",
}
_BROWSERS_RULES = ("nameless-equals", "path-tab", "partitioned-insecure")
_WARNINGS = ("deletion-differs", "eviction-differs")


def _reference(code: str) -> str:
    sections = [section for section, codes in _SECTIONS.items() if code in codes.split()]
    origin = SEEN if code in _BROWSERS_RULES else LAYERED
    return origin + (sections[0] if sections else "5.4.3")


def describe(
    code: str, case: Case, cookie: SetCookie | None, browsers: dict[str, bool] | None = None
) -> Finding:
    """Return the finding for a code for which this cookie is not kept, or is kept by one."""
    if code.startswith("prefix-"):
        return _describe_prefix(code, cookie, case)
    if code == "domain-invalid":
        return _describe_domain(case)
    message, reference = _ERRORS[code], _reference(code)
    domain = "" if cookie is None else cookie.domain or ""
    if code == "domain-public-suffix":
        if mistake(domain):
            return Finding(code, "error", mistake(domain), reference)
        if not is_public_suffix(domain, case.is_public_suffix):
            message, reference = _ABOVE_SUFFIX, SEEN + "5.4.3"
    severity = "warning" if code in _WARNINGS else "error"
    details = _details(case, cookie)
    return Finding(code, severity, message.format(**details), reference, browsers)


def _describe_prefix(code: str, cookie: SetCookie | None, case: Case) -> Finding:
    name, _ = split_pair(case.text.partition(";")[0])
    prefix = prefixes.name_prefix(name)
    assert prefix is not None  # that is what the code says
    read = cookie or SetCookie(name)
    host_only = read.domain is None
    if case.request is not None and not host_only:
        host = resolve_host(read, case.request.host, case.is_public_suffix)
        host_only = host.host_only
    missing = ", ".join(prefix.missing(read, host_only))
    message = (
        f"The name {quoted(name)} has a prefix that requires {missing}. Add that, or use"
        " another name."
    )
    return Finding(code, "error", message, _reference(code))


def _describe_domain(case: Case) -> Finding:
    domain = last_values(read_attributes(case.text)).get("domain", "")
    code = "domain-invalid" if domain.isascii() else "domain-non-ascii"
    browsers = None
    if quirks.has_unicode_domain(domain):
        browsers = outcomes(case)
        browsers = browsers if len(set(browsers.values())) > 1 else None
    message = mistake(domain) or _ERRORS[code].format(domain=quoted(domain, 60))
    return Finding(code, "error", message, _reference(code), browsers)


def _details(case: Case, cookie: SetCookie | None) -> dict[str, object]:
    control = find_control(case.text)
    name, value = split_pair(case.text.partition(";")[0])
    return {
        "char": "" if control is None else "U+%04X" % ord(control.group()),
        "index": "" if control is None else control.start(),
        "size": len(name) + len(value),
        "most": MAX_NAME_VALUE,
        "value": quoted(value),
        "path": quoted(last_values(read_attributes(case.text)).get("path", "")),
        "host": "" if case.request is None else case.request.host,
        "domain": "" if cookie is None else cookie.domain,
        "expiry": "" if cookie is None else _expiry(cookie),
    }


def _expiry(cookie: SetCookie) -> str:
    if cookie.max_age is not None:
        return "Max-Age=%d" % cookie.max_age
    if cookie.expires is None:
        return "Expires is in the past"
    return format_cookie_date(cookie.expires)
