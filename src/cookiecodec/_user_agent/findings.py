"""What there is to say about a header: why it is refused, where browsers differ, mistakes."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from .. import matching
from .._core import grammar, prefixes
from .._core.attributes import KEYWORDS, find_keyword, split_pair
from .._formats import urls
from .._formats.cookie_date import cookie_date
from .._formats.firefox_date import firefox_date, utf8_only
from ..dates import format_cookie_date
from ..limits import MAX_AGE_SECONDS, MAX_ATTRIBUTE_VALUE
from ..set_cookie import SetCookie, domain_host, find_control, header_refusals, max_age_seconds
from . import quirks, storing, suffixes
from .attributes import FLAGS, KNOWN, last_values, read_attributes
from .judgement import BY_BOTH, Case, Judgement, find_outcomes
from .messages import Finding, by_severity, describe, domain_mistake, quoted

# A header may have thousands of attributes.
_MAX_REMARKS = 20

#: Any attribute, for a pattern without regard to case.
ATTRIBUTE = "(" + "|".join(KNOWN) + ")"
_IGNORE_CASE = re.IGNORECASE | re.ASCII
# An attribute after a comma, or after a blank, inside of a value that ends too late.
_comma_attribute = re.compile(
    r",[ \t]*" + ATTRIBUTE + r"[ \t]*(?=[=,]|\Z)", _IGNORE_CASE
).search
_blank_attribute = re.compile(r"[ \t]" + ATTRIBUTE + r"(?=[= \t]|\Z)", _IGNORE_CASE).search
# A comma, and what looks like the name of another cookie.
_TOKEN = "[" + re.escape(grammar.TCHAR) + "]+"
_joined = re.compile(r",[ \t]*" + _TOKEN + "=").search
_joined_value = re.compile(r",[ \t]+" + _TOKEN + "=").search
# What can be a word of an attribute, but not another cookie in it.
_word = re.compile(r"[\w./*:+-]*", re.ASCII).fullmatch

# Where browsers differ, but not about whether they keep the cookie.
_HARMLESS = ("not-utf8", "default-path-long")


def find(case: Case, judged: Judgement, *, for_log: bool = False) -> list[Finding]:
    """Return the findings on a header, the most serious first.

    In those *for_log* there is no value, nor another text that may be a part of it.
    """
    header = _Header(case, judged, for_log)
    found = [*header.refusals()]
    if not header_refusals(case.text):
        found += [*header.differences(), *islice(header.on_attributes(), _MAX_REMARKS)]
        found += [*header.on_values(), *header.on_pair(), *header.on_scope()]
    return by_severity(found)


class _Header:
    """A header that was judged: its parts, and the findings on them."""

    def __init__(self, case: Case, judged: Judgement, for_log: bool) -> None:
        self.case, self.judged, self.for_log = case, judged, for_log
        self.name, self.value = split_pair(case.text.partition(";")[0])
        self.attributes = read_attributes(case.text)
        self.last = last_values(self.attributes)

    def show(self, text: str, characters: int = 60, is_word: bool = True) -> str:
        """Quote a text of the header, in a log only a word of an attribute that is known."""
        if self.for_log and not (is_word and _word(text)):
            return "(hidden)"
        return quoted(text, characters)

    def say(self, key: str, **fields: Any) -> Finding:
        return describe(key, {**self.fields, **fields})

    @functools.cached_property
    def fields(self) -> dict[str, Any]:
        """What messages are about."""
        request, stored = self.case.request, self.judged.stored
        control, path = find_control(self.case.text), self.last.get("path", "")
        return {
            "domain": "''",
            **{key.replace("-", "_"): self.show(self.last[key]) for key in self.last},
            "name": quoted(self.name),
            "value": self.show(self.value, 40, False),
            "size": len(self.name) + len(self.value),
            "char": "" if control is None else "U+%04X" % ord(control.group()),
            "index": "" if control is None else control.start(),
            "host": "" if request is None else request.host,
            "request_path": "" if request is None else quoted(request.path),
            "stored_path": "" if stored is None else self.show(stored.path),
            "reachable": self.show(reachable(path)) if path.startswith("/") else "",
            "expiry": _expiry(self.judged.cookie),
            "date": format_cookie_date(int(self.case.now) + 30 * 86400),
            "list_date": suffixes.LIST_DATE,
        }

    # --- why it is refused ------------------------------------------------------------

    def refusals(self) -> Iterator[Finding]:
        """Yield a finding for each code of the judgement."""
        seen = self.judged.seen
        for code in dict.fromkeys([*self.judged.codes, *seen]):
            if code.startswith("prefix-"):
                missing = self.missing()
                added = [each for each in missing if each != "no Domain"]
                changes = ["add " + ", ".join(added)] if added else []
                changes += ["leave Domain out"] if added != missing else []
                change = " and ".join(changes)
                change = change[:1].upper() + change[1:]
                yield self.say(code, missing=", ".join(missing), change=change)
            elif code.startswith("domain-"):
                yield self.on_domain(code)
            elif code != BY_BOTH:
                yield self.say(code)._replace(browsers=seen.get(code))

    def missing(self) -> list[str]:
        """Return what the cookie lacks of what the prefix of its name requires."""
        prefix, stored = prefixes.name_prefix(self.name), self.judged.stored
        cookie = self.judged.cookie or SetCookie(self.name)
        host_only = cookie.domain is None or (stored is not None and stored.host_only)
        return [] if prefix is None else prefix.missing(cookie, host_only)

    def on_domain(self, code: str) -> Finding:
        """Return what is wrong with Domain."""
        domain = self.last.get("domain", "")
        mistake = domain_mistake(domain) if domain.isascii() else ""
        host = domain_host(domain)
        if mistake and code != "domain-mismatch":
            return self.say(code + " mistake", mistake=mistake)
        if host is not None:
            is_suffix = storing.is_public_suffix(host, self.case.is_public_suffix)
            above = code == "domain-public-suffix" and not is_suffix
            return self.say(code + " above" * above, domain=host)
        if domain.isascii():
            return self.say(code)
        found = self.say("domain-non-ascii")
        if not quirks.has_unicode_domain(domain):
            return found
        browsers = find_outcomes(self.case, self.judged)
        return found._replace(browsers=browsers if len(set(browsers.values())) > 1 else None)

    # --- where browsers differ --------------------------------------------------------

    def differences(self) -> Iterator[Finding]:
        """Yield each cause: as errors, if each browser drops the cookie for its own.

        Of a cookie that both of them drop as the text does, only a tab is worth reporting:
        Chromium names it before everything else.
        """
        causes = [*self.read_differently(), *self.different_lifetimes()]
        by_both = BY_BOTH in self.judged.codes
        browsers = find_outcomes(self.case, self.judged) if causes else {}
        differ = len(set(browsers.values())) > 1
        for cause in causes:
            if by_both:
                if cause.code not in _HARMLESS:
                    yield cause._replace(severity="error")
            elif not any(browsers.values()):
                if cause.code == "tab":
                    yield cause
            elif differ or cause.code != "prefix-differs":
                yield cause._replace(browsers=browsers)

    def read_differently(self) -> Iterator[Finding]:
        text, request = self.case.text, self.case.request
        if not self.name:
            yield self.say("nameless empty" if "=" in text.partition(";")[0] else "nameless")
        if quirks.has_inner_tab(text):
            yield self.say("tab")
        path = self.last.get("path", "")
        kept = self.value + (path if path.startswith("/") else "")
        if utf8_only(kept) != kept:
            yield self.say("not-utf8")
        prefix = prefixes.name_prefix(self.name)
        if prefix and prefix.host:
            yield self.say("prefix-differs")
        directory = matching.default_path(request.path if request else "/")
        if not path.startswith("/") and len(directory) > MAX_ATTRIBUTE_VALUE:
            yield self.say("default-path-long")
        if quirks.long_flags_differ(self.attributes):
            yield self.say("attribute-long-flag")

    def different_lifetimes(self) -> Iterator[Finding]:
        now, text = self.case.now, self.last.get("max-age", "")
        ages = quirks.chromium_max_age(text), quirks.firefox_max_age(text)
        first, second = [None if age is None else int(now) + age for age in ages]
        if not quirks.is_same_moment(first, second, now):
            chromium, firefox = [
                "nothing" if age is None else f"{age} s" if age > 0 else "a time in the past"
                for age in ages
            ]
            yield self.say("max-age-differs", chromium=chromium, firefox=firefox)
        if ages == (None, None):
            text = self.last.get("expires", "")
            dates = quirks.chromium_second(text), firefox_date(text)
            if not quirks.is_same_moment(*dates, now):
                chromium, firefox = [
                    "nothing" if date is None else quirks.fixdate(date) for date in dates
                ]
                yield self.say("expires-differs", chromium=chromium, firefox=firefox)

    # --- mistakes, and what is good to know -------------------------------------------

    def on_attributes(self) -> Iterator[Finding]:
        seen: set[str] = set()
        for attribute in self.attributes:
            key, value, text = attribute
            name = KNOWN.get(key) or self.show(attribute.name, 40, False)
            swallowed = _comma_attribute(text) if "," in text else None
            if quirks.is_unlimited(attribute):
                pass  # the browsers differ there
            elif attribute.is_too_long:
                yield self.say("attribute-too-long", attribute=name, octets=len(value))
            elif swallowed:
                yield self.swallowed(swallowed)
            elif "," in text and _joined(text):
                yield self.say("joined")
            elif key not in KNOWN:
                yield self.say("attribute-unknown", attribute=name)
            elif key in FLAGS and value:
                yield self.say("flag-value", attribute=name, text=self.show(value, 20))
            elif key in seen and key not in FLAGS:
                yield self.say("attribute-repeated", attribute=name)
            seen.add(key)

    def swallowed(self, found: re.Match[str]) -> Finding:
        return self.say("attribute-swallowed", attribute=KNOWN[found.group(1).lower()])

    def on_values(self) -> Iterator[Finding]:
        """Yield what is written in an attribute and not understood, or differently."""
        last = self.last
        path, max_age = last.get("path", "/"), last.get("max-age")
        if not path.startswith("/"):
            yield self.say("path-relative")
        elif reachable(path) != path:
            yield self.say("path-unreachable")
        overrides = max_age is not None and max_age_seconds(max_age) is not None
        if max_age is not None and not overrides:
            yield self.say("max-age-invalid")
        if "expires" in last:
            moment = cookie_date(last["expires"])
            if overrides:
                yield self.say("expires-overridden")
            elif moment is None:
                yield self.say("expires-invalid")
            elif moment.year < 1601:
                yield self.say("expires-before-1601")
        for key in KEYWORDS:
            if key in last and find_keyword(key, last[key]) is None:
                yield self.say(f"{key}-unknown")
        if "priority" in last:
            yield self.say("attribute-priority")
        if last.get("domain") == "":
            yield self.say("domain-empty")

    def on_pair(self) -> Iterator[Finding]:
        """Yield what the server's side of the text (layered 4.1.1) says about the pair."""
        value = self.value
        swallowed = _blank_attribute(value) or _comma_attribute(value)
        if swallowed:
            yield self.swallowed(swallowed)
        elif _joined_value(value):
            yield self.say("joined")
        if not grammar.is_tchars(self.name):
            yield self.say("name-not-token")
        unquoted = value[1:-1] if value[:1] == value[-1:] == '"' else value
        if not grammar.is_cookie_octets(unquoted):
            yield self.say("value-not-octets")
        if value.startswith('"'):
            yield self.say("value-quoted")

    def on_scope(self) -> Iterator[Finding]:
        """Yield what the cookie's host, path and lifetime amount to."""
        cookie, stored, request = self.judged.cookie, self.judged.stored, self.case.request
        if cookie is None or stored is None or request is None:
            return
        unreachable = reachable(stored.path) != stored.path  # which is worth its own finding
        if not unreachable and not matching.path_match(request.path, stored.path):
            yield self.say("path-elsewhere")
        if stored.secure and request.plain and request.secure:
            yield self.say("secure-localhost")
        lifetime, domain = cookie.max_age, cookie.domain
        if domain is not None and stored.host_only:
            kind = "a public suffix" if "." in domain else "a single label"
            kind = "an IP address" if urls.is_ip_address(domain) else kind
            yield self.say("domain-host-only", domain=domain, kind=kind)
        elif domain and self.case.is_public_suffix is None and not self.judged.codes:
            is_common = domain.rstrip(".") in suffixes.COMMON_SUFFIXES
            yield self.say("suffix-unchecked" + " common" * is_common, domain=domain)
        if lifetime is None and cookie.expires is not None:
            lifetime = int(cookie.expires.timestamp() - stored.creation_time) + 1
        if lifetime is not None and lifetime >= MAX_AGE_SECONDS:
            yield self.say("lifetime-capped")


def _expiry(cookie: SetCookie | None) -> str:
    if cookie is not None and cookie.max_age is not None:
        return "Max-Age=%d" % cookie.max_age
    if cookie is None or cookie.expires is None:
        return "Expires is in the past"
    return format_cookie_date(cookie.expires)


_is_plain_path = re.compile(r"(?:/(?![.%])[\w!$&'()*+,:=@|~.%-]*)+", re.ASCII).fullmatch


def reachable(path: str) -> str:
    """Return *path* as browsers request it (URL Standard, 4.4): percent-encoded, normalized."""
    if _is_plain_path(path):
        return path
    sent = re.sub(r'[^!-~]|["<>\\^`{}]', percent_encoded, re.split("[?#]", path)[0])
    request = urls.read_url("https://a" + sent)
    assert request is not None  # nothing in it is ambiguous any more
    return request.path


def percent_encoded(found: re.Match[str]) -> str:
    return "".join(["%%%02X" % ord(octet) for octet in found.group()])
