"""Corrected headers: for each code, edits that may remove the finding, the best one first."""

from __future__ import annotations

import datetime
import functools
import re
from collections.abc import Callable
from typing import Union
from urllib.parse import quote

from .._core import grammar, hosts
from .._core.attributes import find_keyword, split_attribute, split_pair
from .._formats.cookie_date import cookie_date
from .._formats.firefox_date import firefox_date
from ..errors import CookieError
from ..limits import MAX_ATTRIBUTE_VALUE, MAX_COOKIE_HEADER
from . import quirks
from .attributes import FLAGS, KNOWN, last_values, read_attributes
from .findings import ATTRIBUTE, find, percent_encoded, reachable
from .judgement import Case, judge
from .messages import Finding

# To judge a header with more attributes again for each edit would take too long.
_MAX_ATTRIBUTES = 50


def correct(case: Case, found: list[Finding]) -> list[Finding]:
    """Add a corrected header to each finding, if an edit removes it and adds no problem."""
    if len(case.text) > MAX_COOKIE_HEADER or case.text.count(";") > _MAX_ATTRIBUTES:
        return found
    before = {finding.code for finding in found}

    @functools.lru_cache(maxsize=None)
    def left(text: str) -> set[str]:
        """Return the codes of what there was, and of new problems."""
        again = case._replace(text=text)
        after = find(again, judge(again))
        return {each.code for each in after if each.code in before or each.severity != "info"}

    corrected: dict[str, str] = {}
    for code in before:
        for edit in _EDITS.get(code, ()):
            text = _edited(case.text, edit)
            if code not in left(text) <= before:
                corrected[code] = text
                break
    return [finding._replace(suggestion=corrected.get(finding.code)) for finding in found]


# A text: "+Name" and "+Name=value" set an attribute, "-Name" removes it. Or the name of an
# attribute, "value", "attributes" or "header", and a function that changes it.
_Edit = Union[str, tuple[str, Callable[[str], str]]]


def _edited(text: str, edit: _Edit) -> str:
    pair, *attributes = text.split(";")
    if isinstance(edit, str):
        for step in edit.split("; "):
            removed = step[1:].partition("=")[0].lower()
            attributes = [each for each in attributes if split_attribute(each)[0] != removed]
            attributes += [step[1:]] if step.startswith("+") else []
        return _join([pair, *attributes])
    part, change = edit
    if part == "header":
        return change(text)
    if part == "attributes":
        return _join([pair, *filter(None, map(change, attributes))])
    if part == "value":
        name, value = split_pair(pair)
        return _join([f"{name}={change(value)}", *attributes])
    value = change(last_values(read_attributes(text)).get(part.lower(), ""))
    return _edited(text, f"+{part}={value}") if value else text


def _join(parts: list[str]) -> str:
    return "; ".join([part.strip(grammar.WSP) for part in parts])


def _host(domain: str) -> str:
    """Return the first text that looks like a host, or the A-labels of one in Unicode."""
    found = re.search(r"[a-z0-9_-]+(?:[.][a-z0-9_-]+)+", domain, re.IGNORECASE | re.ASCII)
    try:
        labels = "" if domain.isascii() else hosts.a_labels(domain.encode("latin-1").decode())
    except (CookieError, UnicodeDecodeError):
        return ""
    return labels or (found.group() if found else "")


def _seconds(text: str) -> str:
    """Return the seconds that a browser reads, or that are there without a quote or a dot."""
    found = re.fullmatch(r"['\"]?([0-9]{1,10})(?:[.][0-9]*)?['\"]?", text)
    read = [quirks.chromium_max_age(text), quirks.firefox_max_age(text)]
    seconds = [str(max(0, each)) for each in read if each is not None]
    return found.group(1) if found else "".join(seconds[:1])


def _date(text: str) -> str:
    """Return a date that a browser reads, Unix time, or a date of ISO 8601 as an RFC date."""
    text = text.strip("'\"")
    if re.fullmatch("[0-9]{9,10}", text):
        return quirks.fixdate(int(text))
    try:
        iso = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
        moments = [iso.replace(tzinfo=iso.tzinfo or datetime.timezone.utc)]
    except ValueError:
        moments = [moment for moment in [cookie_date(text)] if moment is not None]
    seconds = [int(moment.timestamp()) for moment in moments]
    read = [*seconds, quirks.chromium_second(text), firefox_date(text)]
    return "".join([quirks.fixdate(each) for each in read if each is not None][:1])


def _known(part: str) -> str:
    """Correct the name of an attribute that is not known, or remove it."""
    import difflib

    if split_attribute(part)[0] in KNOWN:
        return part
    name, _, value = part.partition(":" if ":" in part else "=")
    key = re.sub("[^a-z]", "", name[:20].lower())
    known = KNOWN.get("".join(difflib.get_close_matches(key, KNOWN, 1)), "")
    return f"{known}={value.strip()}" if known and known.lower() not in FLAGS else known


def _flag(part: str) -> str:
    """Remove the value of a flag, or a flag whose value says that it is not meant."""
    key, value = split_attribute(part)
    if key not in FLAGS or not value:
        return part
    off = value.lower().strip("'\"") in ("0", "false", "no", "none", "off")
    return "" if off else KNOWN[key]


def _last_of_each(text: str) -> str:
    return _join(list({split_attribute(part)[0]: part for part in text.split(";")}.values()))


def _octets(value: str) -> str:
    quotes = '"' if len(value) > 1 and value[0] == value[-1] == '"' else ""
    inner = value[1:-1] if quotes else value
    return quotes + re.sub(r"[^!#-+\--:<-\[\]-~]", percent_encoded, inner) + quotes


_swallowed = re.compile(
    r"[ \t,]+" + ATTRIBUTE + r"(?=[ \t]*(?:[=,;]|\Z)|[ \t])", re.IGNORECASE | re.ASCII
).sub
_tab = re.compile(r"(?<=[^;=\s])[ \t]*\t[ \t]*(?=[^;=\s])").sub
_HOST_PREFIX = "+Secure; +Path=/; -Domain"

_EDITS: dict[str, list[_Edit]] = {
    "attribute-long-flag": [
        (
            "attributes",
            lambda text: text.split("=")[0] if len(text) > MAX_ATTRIBUTE_VALUE else text,
        ),
        "-SameSite",
    ],
    "attribute-repeated": [("header", _last_of_each)],
    "attribute-swallowed": [("header", lambda text: _swallowed(r"; \1", text))],
    "attribute-unknown": [("attributes", _known)],
    "control-character": [
        ("header", lambda text: re.sub(r"[\x00-\x08\x0a-\x1f\x7f]", percent_encoded, text))
    ],
    "domain-empty": ["-Domain"],
    "domain-host-only": ["-Domain"],
    "domain-invalid": [("Domain", _host), "-Domain"],
    "domain-mismatch": ["-Domain"],
    "domain-non-ascii": [("Domain", _host), "-Domain"],
    "domain-public-suffix": ["-Domain"],
    "expires-before-1601": ["+Expires=Thu, 01 Jan 1970 00:00:00 GMT"],
    "expires-differs": [("Expires", _date)],
    "expires-invalid": [("Expires", _date)],
    "flag-value": [("attributes", _flag)],
    "httponly-not-http": ["-HttpOnly"],
    "max-age-differs": [("Max-Age", _seconds)],
    "max-age-invalid": [("Max-Age", _seconds)],
    "nameless-equals": [("header", lambda text: text.lstrip("= \t"))],
    "not-utf8": [
        ("header", lambda text: re.sub("[\x80-\xff]+", lambda each: quote(each[0]), text))
    ],
    "partitioned-insecure": ["+Secure", "-Partitioned"],
    "path-relative": [("Path", lambda path: "/" + path.strip("'\"").lstrip("/"))],
    "path-tab": [("Path", lambda path: path.replace("\t", "%09"))],
    "path-unreachable": [("Path", reachable)],
    "prefix-differs": [_HOST_PREFIX],
    "prefix-host": [_HOST_PREFIX],
    "prefix-host-http": [_HOST_PREFIX + "; +HttpOnly"],
    "prefix-http": ["+Secure; +HttpOnly"],
    "prefix-secure": ["+Secure"],
    "priority-unknown": ["-Priority"],
    "samesite-cross-site": ["+SameSite=None; +Secure"],
    "samesite-none-insecure": ["+Secure", "+SameSite=Lax"],
    "samesite-unknown": [
        ("SameSite", lambda text: find_keyword("samesite", text.strip("'\"")) or "Lax")
    ],
    "tab": [("header", lambda text: _tab("%09", text))],
    "value-not-octets": [("value", _octets)],
    "value-quoted": [("value", lambda value: value.strip('"'))],
}
