"""What `explain` says about a cookie: for each code the severity, the section, the message.

A message says what was found and what to change. What differs from cookie to cookie is a field
of the message, such as ``{path}``: `findings` and `explain` say what it stands for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from ..limits import MAX_ATTRIBUTE_VALUE, MAX_COOKIE_HEADER, MAX_NAME_VALUE

_LAYERED = "draft-ietf-httpbis-layered-cookies, section "
_BROWSERS = "Chromium 156 and Firefox 153 agree, against " + _LAYERED
_UNCHECKED = (
    " This was not checked. Install the list by pip install 'cookiecodec[psl]', and in Python"
    " pass is_public_suffix, such as PublicSuffixList().is_public."
)


class Finding(NamedTuple):
    """One thing to know about a cookie.

    *code* is a constant word for the cause, *severity* is ``"error"``, ``"warning"`` or
    ``"info"``. *message* says what was found and what to change. Foreign text in it is
    quoted as Python quotes it. *reference* is the section with the rule. *browsers* is None,
    or, where Chromium and Firefox read this differently, whether each of them keeps the
    cookie: ``{"chromium": True, "firefox": False}``. Both may keep it, but with different
    contents. *suggestion* is a corrected header as a native string, which has neither this
    finding nor a new problem, or None.
    """

    code: str
    severity: str
    message: str
    reference: str
    browsers: dict[str, bool] | None = None
    suggestion: str | None = None


def describe(key: str, fields: Mapping[str, Any] = {}, **changes: Any) -> Finding:
    """Return the finding of a code, or of one of its kinds, with *fields* in its message.

    *changes* are other values for what the table has.
    """
    return TEMPLATES[key]._replace(message=TEMPLATES[key].message.format_map(fields), **changes)


def by_severity(findings: Iterable[Finding]) -> list[Finding]:
    """Return *findings*, the most serious first."""
    order = ("error", "warning", "info")
    return sorted(findings, key=lambda finding: order.index(finding.severity))


def quoted(text: str, characters: int = 40) -> str:
    """Return foreign text for a message: in ASCII, quoted, cut."""
    return ascii(text[:characters])


# The codes by their severities and sections. A word after a code tells its kinds apart.
_TABLE = {
    ("error", _LAYERED + "5.5.1"): {
        "url": "Cookies are not stored for this URL. It must start with http://, https://,"
        " ws:// or wss://, followed by a host (in A-labels, if it has a sharp s or the like),"
        " and must not contain a blank, a control character or a backslash. Give the address of"
        " the request."
    },
    ("error", _LAYERED + "5.4.2"): {
        "control-character": "Browsers ignore the whole header because of the control character"
        " {char} at index {index}. Encode the value, by percent-encoding or base64.",
        "empty": "There is neither a name nor a value. Write name=value.",
        "size": "Name and value have {size} octets together. Browsers ignore cookies with more"
        f" than {MAX_NAME_VALUE}. Store less in it, or keep the data on the server.",
        "domain-invalid": "Domain={domain} is not a valid host name, so browsers ignore the"
        " cookie. Write the host only, without scheme, port or path, or leave Domain out.",
        "domain-invalid mistake": "Browsers drop the cookie: Domain={domain} {mistake}",
        "domain-non-ascii": "Domain={domain} is not ASCII, so browsers ignore the cookie."
        " (Chromium converts it, if it is UTF-8.) Write the A-label, which starts with xn--.",
    },
    ("error", _BROWSERS + "5.4.2"): {
        "nameless-equals": "The name is empty and the value {value} contains '=': sent back, it"
        " would be another cookie. Write the name before the first '='.",
        "path-tab": "Path={path} contains a tab, so browsers ignore the cookie. Write %09.",
    },
    ("error", _LAYERED + "5.4.3"): {
        "domain-public-suffix": "Domain={domain} is a public suffix: the hosts under it belong"
        " to different owners, so none of them may set a cookie for all. Write a domain of your"
        " own, or leave Domain out.",
        "domain-public-suffix mistake": "Browsers drop the cookie: Domain={domain} {mistake}",
        "httponly-not-http": "A script can't set HttpOnly. Set the cookie in a response, or"
        " leave HttpOnly out.",
        "secure-insecure": "Secure can't be set over plain http from {host}. Use https. Only"
        " localhost, *.localhost, 127.x and [::1] work without it.",
        "secure-overlay": "There is already a Secure cookie of this name, which a response over"
        " plain http may not overlay. Use https.",
        "httponly-overlay": "There is already an HttpOnly cookie of this name, which a script"
        " may not overwrite. Set the cookie in a response, or use another name.",
        "samesite-cross-site": "The response is cross-site, and the cookie has no"
        " SameSite=None. Add SameSite=None and Secure if other sites need the cookie.",
        "samesite-none-insecure": "SameSite=None requires Secure. Add Secure, or write"
        " SameSite=Lax.",
        "nameless-prefix": "The cookie has no name, and its value {value} starts like a name"
        " with a prefix. Write name=value.",
        **dict.fromkeys(
            ["prefix-secure", "prefix-host", "prefix-http", "prefix-host-http"],
            "The name {name} has a prefix that requires {missing}. {change}, or use another"
            " name.",
        ),
    },
    ("error", _BROWSERS + "5.4.3"): {
        "domain-public-suffix above": "The host {host} is a public suffix or below one, and"
        " Domain={domain} is above that suffix: hosts under it belong to different owners."
        " Leave Domain out.",
        "partitioned-insecure": "Partitioned requires Secure. Add Secure.",
    },
    ("error", _LAYERED + "5.3.2"): {
        "domain-mismatch": "The host {host} may not set a cookie for {domain}, which is neither"
        " this host nor a domain above it. Leave Domain out, or write a domain above both."
    },
    ("error", _LAYERED + "5.3.3"): {
        "path-too-long": "There is no Path, and the directory of the request's path has over"
        f" {MAX_COOKIE_HEADER} octets, which servers refuse. Write Path=/ or another path."
    },
    ("error", _LAYERED + "5.2"): {
        "evicted": "The store is full of cookies that take precedence. Set fewer cookies."
    },
    ("error", _LAYERED + "5.2.1"): {
        "expired": "The cookie is expired ({expiry}), so it deletes the cookie of this name,"
        " host and path. To set a cookie, give a time in the future."
    },
    # --- the browsers differ: an error, if each of them drops the cookie for its own reason
    ("warning", _LAYERED + "5.2"): {
        "eviction-differs": "The site has too many cookies, or more than 10,240 octets in its"
        " partitioned ones, and Chromium evicts others than Firefox does. Set fewer cookies."
    },
    ("warning", _LAYERED + "5.3.3"): {
        "default-path-long": "There is no Path, and the directory of the request's path has"
        f" over {MAX_ATTRIBUTE_VALUE} octets: Chromium uses it, Firefox sends the cookie to no"
        " page. Write Path=/ or another path."
    },
    ("warning", _LAYERED + "5.3.1"): {
        "expires-differs": "Expires={expires} means {chromium} to Chromium and {firefox} to"
        " Firefox. Write it as {date}.",
        "expires-invalid": "Expires={expires} is not a valid date, so the cookie ends with the"
        " browser's session. Write it as {date}, or use Max-Age (0 to delete the cookie).",
    },
    ("warning", _LAYERED + "5.4.2"): {
        "deletion-differs": "This header deletes a stored cookie in one browser only, since"
        " they read it differently. Write name=; Max-Age=0, and the cookie's Domain and Path.",
        "nameless": "There is no '=': Chromium reads a nameless cookie and sends {value},"
        " Firefox reads a cookie with the name {value} and an empty value. Write name=value.",
        "nameless empty": "The name is empty: Chromium keeps a nameless cookie, Firefox drops"
        " it. Write a name.",
        "tab": "There is a tab inside of the header: Chromium refuses the header, Firefox"
        " accepts it. Remove the tab, or write %09.",
        "not-utf8": "The value or the path is not UTF-8: Chromium keeps it, Firefox replaces"
        " octets with U+FFFD. Encode the text as UTF-8, or by percent-encoding.",
        "attribute-long-flag": f"A flag or SameSite has a value of over {MAX_ATTRIBUTE_VALUE}"
        " octets: Chromium ignores the attribute, Firefox does not. Leave the value out.",
        "max-age-differs": "Max-Age={max_age} means {chromium} to Chromium and {firefox} to"
        " Firefox. Write digits only.",
        # --- the cookie is not what its author may expect
        "attribute-too-long": "The attribute {attribute} has {octets} octets. Browsers ignore"
        f" attributes with more than {MAX_ATTRIBUTE_VALUE}. Shorten it.",
        "attribute-swallowed": "{attribute} has no ';' before it, so it is part of the text"
        " before it and not an attribute. Write '; ' between attributes.",
        "attribute-unknown": "Browsers ignore the attribute {attribute}, which they do not"
        " know. Check its spelling (with '=', not ':'), or remove it. If it belongs to the"
        " value, encode the ';' there.",
        "attribute-repeated": "{attribute} is repeated, and only the last one counts. Write it"
        " once.",
        "flag-value": "{attribute}={text} sets {attribute}, whatever the value is. Write"
        " {attribute} only, or leave it out.",
        "path-relative": "Path={path} does not start with '/', so browsers use the directory of"
        " the request's path. Write an absolute path, without quotes.",
        "max-age-invalid": "Max-Age={max_age} is not a number of seconds, so browsers ignore"
        " it. Write digits only.",
        "samesite-unknown": "SameSite={samesite} is not Strict, Lax or None, so browsers ignore"
        " it. Write one of these, without quotes.",
        "priority-unknown": "Priority={priority} is not Low, Medium or High, so browsers ignore"
        " it. Write one of these, without quotes.",
    },
    ("warning", _LAYERED + "5.4.3"): {
        "prefix-differs": "The name prefix requires Path=/ and no Domain. Firefox also accepts"
        " a default-path of '/', and a Domain that leaves the cookie to this host. Write Path=/"
        " and no Domain.",
        "secure-localhost": "Safari does not keep Secure cookies over plain http, not even from"
        " localhost (WebKit bug 281149). Use https to test with Safari.",
        "suffix-unchecked common": "{domain} is on the list of public suffixes (of"
        " {list_date}): browsers drop the cookie, or keep it for this host only, if that is its"
        " name." + _UNCHECKED,
        "third-party": "It is a third-party cookie: Safari and private windows drop it, Firefox"
        " has another one for each embedding site, and Chromium drops it where the user blocks"
        " them. Add Partitioned, so that all of them keep one for each embedding site.",
        "replaced": "A later Set-Cookie line of the response {verb} this cookie, which has the"
        " same name, host and path. Send one line for a cookie.",
    },
    ("warning", _LAYERED + "5.3.4"): {
        "path-unreachable": "No URL can match Path={path}: browsers request {reachable},"
        " percent-encoded and without dot segments and query. So the cookie is kept and never"
        " sent. Write the path as it is requested."
    },
    ("warning", _BROWSERS + "5.3.1"): {
        "expires-before-1601": "Expires is before 1601: the RFC ignores it, but browsers delete"
        " the cookie. Write 1970 to delete it."
    },
    ("warning", "RFC 9110, section 5.3"): {
        "joined": "This looks like several cookies that were joined by a comma: browsers read"
        " one cookie. Send a Set-Cookie line for each."
    },
    # --- good to know
    ("info", _LAYERED + "5.4.2"): {
        "attribute-priority": "Priority is an attribute of Chromium. Other browsers ignore it.",
        "domain-empty": "Domain is empty: the cookie is for this host only. Leave Domain out.",
        "expires-overridden": "Max-Age has precedence over Expires.",
    },
    ("info", _LAYERED + "4.1.1"): {
        "name-not-token": "The name {name} is not a token: browsers keep it, but servers may be"
        " unable to read it. Write letters, digits, '-' and '_'.",
        "value-not-octets": "The value has a blank, a comma, a quote, a backslash or a"
        " non-ASCII character: browsers send it back as it is, but servers may read it"
        " differently. Encode it, by percent-encoding or base64.",
        "value-quoted": "The value starts with a quote, which is part of it and is sent back."
        " Many servers remove quotes. A script sees them.",
    },
    ("info", _LAYERED + "5.3.4"): {
        "path-elsewhere": "The cookie is sent to {stored_path} and below. The page that sets"
        " it, {request_path}, never sees it. Check whether that is intended."
    },
    ("info", _LAYERED + "5.4.3"): {
        "domain-host-only": "{domain} is {kind}, so the cookie is for this host only, in spite"
        " of Domain.",
        "suffix-unchecked": "Browsers drop the cookie if {domain} is a public suffix."
        + _UNCHECKED,
        "third-party partitioned": "It is a third-party cookie in a partition: for the"
        " embedding site only.",
        "replaced elsewhere": "A later Set-Cookie line from {url} {verb} this cookie, which has"
        " the same name, host and path.",
    },
    ("info", _LAYERED + "5.1.1"): {
        "lifetime-capped": "Browsers keep a cookie for 400 days at most."
    },
    # --- not sent
    ("error", _LAYERED + "5.4.5"): {
        "unsent-host": "The cookie belongs to {domain}{only}, and the request goes to {host}."
        " Set it with a Domain above both, if there is one.",
        "unsent-suffix": "There is a public suffix between {host} and {domain}, so these sites"
        " have different owners. Set the cookie from {host}.",
        "unsent-path": "The cookie is for {path} and below, and the request goes to"
        " {request_path}. Set it with a Path above both, such as Path=/.",
        "unsent-secure": "The cookie is Secure, and the request is not. Use https.",
        "unsent-httponly": "The cookie is HttpOnly, so a script can't read it. Let the server"
        " read it, or leave HttpOnly out.",
        "unsent-samesite": "The request comes from another site, and the cookie has {samesite}."
        " Set it with SameSite=None and Secure if other sites need it.",
        "unsent-tab": "The cookie contains a tab, which Chromium refuses. Write %09 instead.",
    },
    ("warning", _LAYERED + "5.4.5"): {
        "never-sent": "By the rules these requests have the cookie, but they do not. See"
        " whether the browser blocks third-party cookies, whether fetch has credentials:"
        " 'include', and whether a script removes the cookie."
    },
    ("info", _LAYERED + "5.4.5"): {
        "never-sent nowhere": "The file has no later request to this site."
    },
}

#: The finding of each code, and of each kind of a code, before its message has its fields.
TEMPLATES = {
    key: Finding(key.partition(" ")[0], severity, message, reference)
    for (severity, reference), messages in _TABLE.items()
    for key, message in messages.items()
}

# What a Domain is that no host matches, as a pattern for all of it, and a sentence on it.
_MISTAKES = {
    r"[.]?(?:undefined|null|none|nil|nan|false|true|\[object \w+\])": "is what programs write"
    " for a variable without a value. Set the variable, or leave Domain out.",
    r".*(?:[$][{(]?\w|%[({s]|\{\{|<\w).*": "looks like a placeholder that was not replaced."
    " Write the host, or leave Domain out.",
    r"[.]?localhost": "is for localhost alone, and the response is from another host. Leave"
    " Domain out, which works on every host.",
    r"[.]?\*.*": "has a wildcard, which browsers do not support. Remove '*.': a Domain includes"
    " its subdomains.",
    r"['\"].*|.*['\"]": "has quotes, which belong to the host for browsers. Remove them.",
    r"\w+://.*": "is a URL. Write the host only, without scheme, port and path.",
    r".*[,\s].*": "has a comma or a blank, but Domain is one host. Send a cookie for each.",
    r"[^:]*:[0-9]*": "has a port. Write the host only: cookies do not depend on the port.",
    r"[^/]*/.*": "has a path. Write the host only, and the path in Path.",
    r".*[.][.].*": "has an empty label. Write the host with single dots.",
}


def domain_mistake(domain: str) -> str:
    """Return the end of a sentence on a Domain with a typical mistake, or ``""``."""
    found = [text for each, text in _MISTAKES.items() if re.fullmatch(each, domain, re.I)]
    return found[0] if found else ""
