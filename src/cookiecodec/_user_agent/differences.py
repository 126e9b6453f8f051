"""Where Chromium and Firefox differ about a cookie: each cause, in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from .. import matching
from .._core import prefixes
from .._core.attributes import split_pair
from .._formats.firefox_date import firefox_date, utf8_only
from ..dates import format_cookie_date
from ..limits import MAX_ATTRIBUTE_VALUE
from . import quirks
from .attributes import last_values, read_attributes
from .findings import LAYERED, Finding, quoted
from .judgement import BY_BOTH, Case, Judgement, outcomes


class _Cause(NamedTuple):
    """Something that the two browsers read differently."""

    code: str
    message: str
    reference: str = LAYERED + "5.4.2"
    drops: bool = True  #: whether it can be why a browser drops the cookie


def find(case: Case, judged: Judgement) -> list[Finding]:
    """Return a finding for each cause: errors, if each browser drops the cookie for its own.

    Of a cookie that both of them drop as the text does, only a tab is worth reporting:
    Chromium names it before everything else.
    """
    causes = list(_causes(case))
    if BY_BOTH in judged.codes:
        return [_finding(cause, "error") for cause in causes if cause.drops]
    browsers = outcomes(case) if causes else {}
    if not any(browsers.values()):
        return [_finding(cause, "warning") for cause in causes if cause.code == "tab"]
    differ = len(set(browsers.values())) > 1
    return [
        _finding(cause, "warning", browsers)
        for cause in causes
        if differ or cause.code != "prefix-differs"
    ]


def _finding(cause: _Cause, severity: str, browsers: dict[str, bool] | None = None) -> Finding:
    return Finding(cause.code, severity, cause.message, cause.reference, browsers)


def _causes(case: Case) -> Iterator[_Cause]:
    pair = case.text.partition(";")[0]
    name, value = split_pair(pair)
    attributes = read_attributes(case.text)
    last = last_values(attributes)
    if not name and "=" not in pair:
        yield _Cause(
            "nameless",
            "There is no '=': Chromium reads a nameless cookie and sends {0}, Firefox reads a"
            " cookie with the name {0} and an empty value. Write name=value.".format(
                quoted(value)
            ),
        )
    elif not name:
        yield _Cause(
            "nameless",
            "The name is empty: Chromium keeps a nameless cookie, Firefox drops it. Write a"
            " name.",
        )
    if quirks.has_inner_tab(case.text):
        yield _Cause(
            "tab",
            "There is a tab inside of the header: Chromium refuses the header, Firefox accepts"
            " it. Remove the tab, or write %09.",
        )
    path = last.get("path", "")
    kept = value + (path if path.startswith("/") else "")
    if utf8_only(kept) != kept:
        yield _Cause(
            "not-utf8",
            "The value or the path has octets that are not UTF-8: Chromium keeps them, Firefox"
            " replaces them with U+FFFD. Encode the text as UTF-8, or by percent-encoding.",
            drops=False,
        )
    prefix = prefixes.name_prefix(name)
    if prefix and prefix.host:
        yield _Cause(
            "prefix-differs",
            "The name prefix requires Path=/ and no Domain. Firefox also accepts a default-path"
            " of '/', and a Domain that leaves the cookie to this host. Chromium does not."
            " Write Path=/ and no Domain.",
            LAYERED + "5.4.3",
        )
    directory = matching.default_path(case.request.path if case.request else "/")
    if not path.startswith("/") and len(directory) > MAX_ATTRIBUTE_VALUE:
        yield _Cause(
            "default-path-long",
            "There is no Path, and the directory of the request's path has more than"
            f" {MAX_ATTRIBUTE_VALUE} octets: Chromium uses it, Firefox sends the cookie to no"
            " page. Write Path=/ or another path.",
            LAYERED + "5.3.3",
            drops=False,
        )
    if quirks.long_flags_differ(attributes):
        yield _Cause(
            "attribute-long-flag",
            f"A flag or SameSite has a value of over {MAX_ATTRIBUTE_VALUE} octets: Chromium"
            " ignores the attribute, Firefox does not. Leave the value out.",
        )
    yield from _lifetime_causes(case, last)


def _lifetime_causes(case: Case, last: dict[str, str]) -> Iterator[_Cause]:
    max_age = last.get("max-age", "")
    by_chromium = quirks.chromium_max_age(max_age)
    by_firefox = quirks.firefox_max_age(max_age)
    if not quirks.is_same_moment(_after(by_chromium, case), _after(by_firefox, case), case.now):
        yield _Cause(
            "max-age-differs",
            f"Max-Age={quoted(max_age)} means {_seconds(by_chromium)} to Chromium and"
            f" {_seconds(by_firefox)} to Firefox. Write digits only.",
        )
    if by_chromium is not None and by_firefox is not None:
        return
    expires = last.get("expires", "")
    chromium, firefox = quirks.chromium_second(expires), firefox_date(expires)
    if by_chromium is by_firefox and not quirks.is_same_moment(chromium, firefox, case.now):
        yield _Cause(
            "expires-differs",
            f"Expires={quoted(expires, 60)} means {_date(chromium)} to Chromium and"
            f" {_date(firefox)} to Firefox. Write it as {example_date(case)}.",
            LAYERED + "5.3.1",
        )


def example_date(case: Case) -> str:
    """Return a date in the future, as an example of how to write one."""
    return format_cookie_date(int(case.now) + 30 * 86400)


def _after(seconds: int | None, case: Case) -> int | None:
    return None if seconds is None else int(case.now) + seconds


def _seconds(seconds: int | None) -> str:
    if seconds is None:
        return "nothing"
    return "a time in the past" if seconds <= 0 else f"{seconds} s"


def _date(second: int | None) -> str:
    return "nothing" if second is None else quirks.fixdate(second)
