"""What Chromium and Firefox make of a cookie where they differ: each cause, in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from .. import set_cookie
from .._core import prefixes as _prefix
from ..dates import format_cookie_date
from ..limits import MAX_AGE_SECONDS, MAX_ATTRIBUTE_VALUE
from . import quirks as _browsers
from .findings import LAYERED, Finding
from .judgement import BY_BOTH, Attribute, Case, Judgement, attributes, outcomes


class _Cause(NamedTuple):
    """Something of which the two browsers make something else."""

    code: str
    message: str
    reference: str
    drops: bool = True  #: whether it can be why a browser drops the cookie


def differences(case: Case, judged: Judgement) -> list[Finding]:
    """A finding for each cause; an error, where each browser drops the cookie for its own.

    Of a cookie that both of them drop as the text does, only a tab is worth telling:
    Chromium names it before all else.
    """
    causes = list(_causes(case))
    if BY_BOTH in judged.codes:
        return [
            Finding(cause.code, "error", cause.message, cause.reference)
            for cause in causes
            if cause.drops
        ]
    browsers = outcomes(case) if causes else {}
    if not any(browsers.values()):
        return [
            Finding(cause.code, "warning", cause.message, cause.reference)
            for cause in causes
            if cause.code == "tab"
        ]
    differ = len(set(browsers.values())) > 1
    return [
        Finding(cause.code, "warning", cause.message, cause.reference, browsers)
        for cause in causes
        if differ or cause.code != "prefix-differs"
    ]


def _causes(case: Case) -> Iterator[_Cause]:
    pair, *pieces = case.text.split(";")
    name, value = set_cookie._split_pair(pair)
    if not name and "=" not in pair:
        yield _Cause(
            "nameless",
            "There is no '=': the cookie is nameless for Chromium, which sends {0}, and named"
            " {0} with an empty value for Firefox. Write name=value.".format(ascii(value[:40])),
            LAYERED + "5.4.2",
        )
    elif not name:
        yield _Cause(
            "nameless",
            "The name is empty: Chromium keeps a nameless cookie, Firefox none. Write a name.",
            LAYERED + "5.4.2",
        )
    if _browsers.has_inner_tab(case.text):
        yield _Cause(
            "tab",
            "There is a tab inside of the header: Chromium refuses it, Firefox does not. Take"
            " it out, or write %09.",
            LAYERED + "5.4.2",
        )
    path = _browsers.last_value(pieces, "path")
    kept = value + (path if path.startswith("/") else "")
    if _browsers.utf8_only(kept) != kept:
        yield _Cause(
            "not-utf8",
            "The value or the path has octets that are not UTF-8: Chromium keeps them, Firefox"
            " puts U+FFFD in their place. Encode the text as UTF-8, or by percent-encoding.",
            LAYERED + "5.4.2",
            drops=False,
        )
    prefix = _prefix.name_prefix(name)
    if prefix and prefix[3]:
        yield _Cause(
            "prefix-differs",
            "Its name prefix asks for Path=/ and no Domain: Firefox is content with a"
            " default-path of '/', and with a Domain that leaves the cookie to this host;"
            " Chromium is not. Write Path=/, and no Domain.",
            LAYERED + "5.4.3",
        )
    if any(is_unlimited(item) for item in attributes(case.text)):
        yield _Cause(
            "attribute-long-flag",
            f"A flag or SameSite has a value of over {MAX_ATTRIBUTE_VALUE} octets: Chromium"
            " ignores it, Firefox does not. Leave the value out.",
            LAYERED + "5.4.2",
        )
    yield from _lifetime_causes(case, pieces)


def is_unlimited(attribute: Attribute) -> bool:
    return attribute.key in _browsers.UNLIMITED and len(attribute.value) > MAX_ATTRIBUTE_VALUE


def _lifetime_causes(case: Case, pieces: list[str]) -> Iterator[_Cause]:
    max_age = _browsers.last_value(pieces, "max-age")
    by_chromium = _browsers.chromium_max_age(max_age)
    by_firefox = _browsers.firefox_max_age(max_age)
    if not _is_same_moment(_after(by_chromium, case), _after(by_firefox, case), case):
        yield _Cause(
            "max-age-differs",
            "Max-Age={} is {} for Chromium and {} for Firefox. Write digits alone.".format(
                ascii(max_age[:40]), _seconds(by_chromium), _seconds(by_firefox)
            ),
            LAYERED + "5.4.2",
        )
    if by_chromium is not None and by_firefox is not None:
        return
    expires = _browsers.last_value(pieces, "expires")
    chromium, firefox = _browsers.chromium_second(expires), _browsers.firefox_second(expires)
    if by_chromium is by_firefox and not _is_same_moment(chromium, firefox, case):
        yield _Cause(
            "expires-differs",
            "Expires={} is {} for Chromium and {} for Firefox. Write it as {}.".format(
                ascii(expires[:60]), _date(chromium), _date(firefox), good_date(case)
            ),
            LAYERED + "5.3.1",
        )


def good_date(case: Case) -> str:
    """A date to come, as an example of how to write one."""
    return format_cookie_date(int(case.now) + 30 * 86400)


def _after(seconds: int | None, case: Case) -> int | None:
    return None if seconds is None else int(case.now) + seconds


def _is_same_moment(first: int | None, second: int | None, case: Case) -> bool:
    return _browsers.is_same_moment(first, second, case.now, MAX_AGE_SECONDS)


def _seconds(seconds: int | None) -> str:
    return "nothing" if seconds is None else "in the past" if seconds <= 0 else "%d s" % seconds


def _date(second: int | None) -> str:
    return "no date" if second is None else _browsers.fixdate(second)
