"""Corrected headers: for each code, edits that may remove the finding, the best one first."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator
from urllib.parse import quote

from .._core import grammar, hosts
from .._core.attributes import find_keyword, split_attribute, split_pair
from .._formats import urls
from .._formats.cookie_date import cookie_date
from .._formats.firefox_date import firefox_date
from ..errors import CookieError
from . import quirks
from .attributes import FLAGS, KNOWN, last_values, read_attributes
from .judgement import Case

# "+Name" and "+Name=value" set an attribute, "-Name" removes it.
_WITHOUT_DOMAIN = "invalid non-ascii public-suffix mismatch empty host-only"
_EDITS = {
    **{f"domain-{kind}": ["-Domain"] for kind in _WITHOUT_DOMAIN.split()},
    "prefix-host": ["+Secure; +Path=/; -Domain"],
    "prefix-differs": ["+Secure; +Path=/; -Domain"],
    "prefix-secure": ["+Secure"],
    "prefix-http": ["+Secure; +HttpOnly"],
    "prefix-host-http": ["+Secure; +HttpOnly; +Path=/; -Domain"],
    "httponly-not-http": ["-HttpOnly"],
    "samesite-cross-site": ["+SameSite=None; +Secure"],
    "samesite-none-insecure": ["+Secure", "+SameSite=Lax"],
    "samesite-unknown": ["+SameSite=Lax"],
    "partitioned-insecure": ["+Secure", "-Partitioned"],
    "priority-unknown": ["-Priority"],
    "attribute-long-flag": ["-SameSite"],
    "expires-before-1601": ["+Expires=Thu, 01 Jan 1970 00:00:00 GMT"],
}
Severities = dict[str, str]  #: the severity of each code that a header has


def correct(
    code: str, case: Case, present: Severities, severities: Callable[[str], Severities]
) -> str | None:
    """Return a header without the finding *code*, and with no new problem, or None."""
    for header in _candidates(code, case.text):
        found = severities(header)
        new = [each for each in found if found[each] != "info" and each not in present]
        if code not in found and not new:
            return header
    return None


def _candidates(code: str, text: str) -> Iterator[str]:
    if code in _REWRITE:
        yield _REWRITE[code](text)
    key, change = _VALUES.get(code, ("", str))
    value = change(last_values(read_attributes(text)).get(key, ""))
    edits = [f"+{KNOWN[key]}={value}"] if key and value else []
    for edit in edits + _EDITS.get(code, []):
        parts = text.split(";")
        for step in edit.split("; "):
            removed = step[1:].partition("=")[0].lower()
            parts[1:] = [part for part in parts[1:] if split_attribute(part)[0] != removed]
            parts += [step[1:]] if step.startswith("+") else []
        yield _join(parts)


def _join(parts: list[str]) -> str:
    return "; ".join([part.strip(grammar.WSP) for part in parts])


# --- another value for an attribute, or "" ------------------------------------------------


def _host(domain: str) -> str:
    """Return the first text that looks like a host, or the A-labels of one in Unicode."""
    found = re.search(r"[a-z0-9_-]+(?:[.][a-z0-9_-]+)+", domain, re.IGNORECASE | re.ASCII)
    try:
        labels = "" if domain.isascii() else hosts.a_labels(domain.encode("latin-1").decode())
    except (CookieError, UnicodeDecodeError):
        return ""
    return labels or (found.group() if found else "")


def _percent(found: re.Match[str]) -> str:
    return "".join(["%%%02X" % ord(octet) for octet in found.group()])


_is_plain_path = re.compile(r"(?:/(?![.%])[\w!$&'()*+,:=@|~.%-]*)+", re.ASCII).fullmatch


def reachable(path: str) -> str:
    """Return *path* as browsers request it (URL Standard, 4.4): percent-encoded, normalized."""
    if _is_plain_path(path):
        return path
    sent = re.sub(r'[^!-~]|["<>\\^`{}]', _percent, re.split("[?#]", path)[0])
    request = urls.read_url("https://a" + sent)
    assert request is not None  # nothing in it is ambiguous any more
    return request.path


def _seconds(text: str) -> str:
    """Return the seconds that a browser reads, or that are there without a quote or a dot."""
    found = re.fullmatch(r"['\"]?([0-9]{1,10})(?:[.][0-9]*)?['\"]?", text)
    read = [quirks.chromium_max_age(text), quirks.firefox_max_age(text)]
    seconds = [str(max(0, each)) for each in read if each is not None]
    return found.group(1) if found else "".join(seconds[:1])


def _date(text: str) -> str:
    """Return the date that a browser reads, or Unix time or a date of ISO 8601, as RFC date."""
    text = text.strip("'\"")
    if re.fullmatch("[0-9]{9,10}", text):
        return quirks.fixdate(int(text))
    found = _iso_date(text)
    if found:
        year, month, day, time = found.groups()
        text = f"{day} {_MONTHS[int(month) * 3 :][:3]} {year} {time or '00:00:00'}"
    moment = cookie_date(text)
    if moment is not None:
        return quirks.fixdate(int(moment.timestamp()))
    read = [quirks.chromium_second(text), firefox_date(text)]
    return "".join([quirks.fixdate(each) for each in read if each is not None][:1])


_iso_date = re.compile(r"([0-9]{4})-([01][0-9])-([0-9]{2})[T ]?([0-9:]{8})?").match
_MONTHS = "   JanFebMarAprMayJunJulAugSepOctNovDec"

_samesite = functools.partial(find_keyword, "samesite")

_VALUES: dict[str, tuple[str, Callable[[str], str]]] = {
    "domain-invalid": ("domain", _host),
    "domain-non-ascii": ("domain", _host),
    "path-tab": ("path", lambda path: path.replace("\t", "%09")),
    "path-relative": ("path", lambda path: "/" + path.strip("'\"").lstrip("/")),
    "path-unreachable": ("path", reachable),
    "max-age-invalid": ("max-age", _seconds),
    "max-age-differs": ("max-age", _seconds),
    "expires-invalid": ("expires", _date),
    "expires-differs": ("expires", _date),
    "samesite-unknown": (
        "samesite",
        lambda text: find_keyword("samesite", text.strip("'\"")) or "",
    ),
}

# --- the whole header ---------------------------------------------------------------------

_ATTRIBUTE = "(" + "|".join(KNOWN) + ")"
_FLAGS = re.IGNORECASE | re.ASCII
#: An attribute after a comma, or after a blank, inside of a value that ends too late.
comma_attribute = re.compile(r",[ \t]*" + _ATTRIBUTE + r"[ \t]*(?=[=,]|\Z)", _FLAGS).search
blank_attribute = re.compile(r"[ \t]" + _ATTRIBUTE + r"(?=[= \t]|\Z)", _FLAGS).search
_swallowed = re.compile(r"[ \t,]+" + _ATTRIBUTE + r"(?=[ \t]*(?:[=,;]|\Z)|[ \t])", _FLAGS).sub


def spelled(name: str) -> str:
    """Return the attribute that an unknown *name* is a misspelling of, or ``""``."""
    import difflib

    key = re.sub("[^a-z]", "", name[:20].lower())
    return KNOWN.get((difflib.get_close_matches(key, KNOWN, 1) or [""])[0], "")


def _only_known(part: str) -> str:
    """Correct the name of an attribute that is not known, or remove it."""
    if split_attribute(part)[0] in KNOWN:
        return part
    name, _, value = part.partition(":" if ":" in part else "=")
    known = spelled(name)
    return f"{known}={value.strip()}" if known and known.lower() not in FLAGS else known


def _as_flag(part: str) -> str:
    """Remove the value of a flag, or a flag whose value says that it is not meant."""
    key, value = split_attribute(part)
    if key not in FLAGS or not value:
        return part
    off = value.lower().strip("'\"") in ("0", "false", "no", "none", "off")
    return "" if off else KNOWN[key]


def _each(change: Callable[[str], str]) -> Callable[[str], str]:
    """Return a function that changes each attribute, and leaves those out that are empty."""

    def rewrite(text: str) -> str:
        pair, *attributes = text.split(";")
        return _join([pair, *filter(None, map(change, attributes))])

    return rewrite


def _of_value(change: Callable[[str], str]) -> Callable[[str], str]:
    """Return a function that changes the cookie's value."""

    def rewrite(text: str) -> str:
        pair, semicolon, rest = text.partition(";")
        name, value = split_pair(pair)
        return f"{name}={change(value)}{semicolon}{rest}"

    return rewrite


def _octets_only(value: str) -> str:
    quotes = '"' if len(value) > 1 and value[0] == value[-1] == '"' else ""
    inner = value[1:-1] if quotes else value
    return quotes + re.sub(r"[^!#-+\--:<-\[\]-~]", _percent, inner) + quotes


_REWRITE: dict[str, Callable[[str], str]] = {
    "control-character": lambda text: re.sub(r"[\x00-\x08\x0a-\x1f\x7f]", _percent, text),
    "nameless-equals": lambda text: text.lstrip("= \t"),
    "tab": lambda text: re.sub(r"(?<=[^;=\s])[ \t]*\t[ \t]*(?=[^;=\s])", "%09", text),
    "not-utf8": lambda text: re.sub("[\x80-\xff]+", lambda found: quote(found.group()), text),
    "attribute-repeated": lambda text: _join(
        list({split_attribute(part)[0]: part for part in text.split(";")}.values())
    ),
    "attribute-unknown": _each(_only_known),
    "flag-value": _each(_as_flag),
    "attribute-long-flag": _each(lambda part: part if len(part) < 1024 else part.split("=")[0]),
    "attribute-swallowed": lambda text: _swallowed(r"; \1", text),
    "value-not-octets": _of_value(_octets_only),
    "value-quoted": _of_value(lambda value: value.strip('"')),
}
