"""Parse a Date (layered 5.3.1): how a user agent reads an Expires attribute.

Sections of "layered" are those of draft-ietf-httpbis-layered-cookies. Where Chromium and
Firefox read the same date, that is the date, whatever the text says: so ``12th`` is not a
day and ``2027x`` is not a year, a year of four digits before 1601 is long past, and one of
five digits is far away. Where they differ, the text's algorithm decides.

Dates past the year 9999, which `datetime` can't express, are `FAR`.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from typing import Any

from .firefox_date import MONTHS, firefox_date, full_year

# date-token = 1*non-delimiter, where
# delimiter = %x09 / %x20-2F / %x3B-40 / %x5B-60 / %x7B-7E
_date_tokens = re.compile(r"[^\t\x20-\x2f\x3b-\x40\x5b-\x60\x7b-\x7e]+").findall

# time = hms-time [ non-digit *OCTET ]; hms-time = 1*2DIGIT ":" 1*2DIGIT ":" 1*2DIGIT
# day-of-month = 1*2DIGIT [ non-digit *OCTET ]; year = 2*4DIGIT [ non-digit *OCTET ]
_time = re.compile(r"([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?![0-9])").match
_month = re.compile("|".join(MONTHS), re.IGNORECASE | re.ASCII).match
_day_of_month = re.compile(r"[0-9]{1,2}(?![0-9])").match
_year = re.compile(r"[0-9]{2,4}(?![0-9])").match

# The same in Chromium: whole tokens, of more digits or fewer.
_chromium_time = re.compile(r"([0-9]+):([0-9]+):([0-9]+)").fullmatch
_chromium_day = re.compile(r"[0-9]{1,2}").fullmatch
_chromium_year = re.compile(r"[0-9]{1,5}").fullmatch

# The forms that servers write and everybody reads alike: IMF-fixdate (RFC 9110, 5.6.7), and
# Netscape's with hyphens.
USUAL_DATE = (
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6}, ([0-9]{1,2})[ -]([A-Za-z]{3})[ -]"
    r"(20[0-9]{2}|19[0-9]{2}|[0-9]{2}) ([0-9]{2}):([0-9]{2}):([0-9]{2}) GMT"
)
_usual = re.compile(USUAL_DATE).fullmatch

_UTC = datetime.timezone.utc
#: Stands for every moment that is too late for `datetime`.
FAR = datetime.datetime(9999, 12, 31, 23, 59, 59, tzinfo=_UTC)
_LAST_SECOND = int(FAR.timestamp())

Find = Callable[[str], "re.Match[str] | None"]


def cookie_date(text: str) -> datetime.datetime | None:
    """Return the moment that *text* denotes: `FAR` past the year 9999, None for no date.

    >>> cookie_date("Thursday, 01-Jan-70 00:00:01 GMT").isoformat()
    '1970-01-01T00:00:01+00:00'
    >>> cookie_date("tomorrow") is None, cookie_date("1 Jan 20270 0:0:0") is FAR
    (True, True)
    """
    usual = _usual(text)
    if usual is not None:
        return _moment(*usual.groups())
    chromium, firefox = chromium_date(text), firefox_date(text)
    second = None if chromium is None else int(chromium.timestamp())
    if second == (None if firefox is None else min(firefox, _LAST_SECOND)):
        return chromium
    fields = _fields(text, _time, _day_of_month, _year)
    if fields is None:
        return None
    moment = _moment(*fields)
    return None if moment is None or moment.year < 1601 else moment


def chromium_date(text: str) -> datetime.datetime | None:
    """Return what Chromium reads in *text*, as `cookie_date` does."""
    fields = _fields(text, _chromium_time, _chromium_day, _chromium_year)
    return None if fields is None else _moment(*fields)


def _fields(text: str, time: Find, day: Find, year: Find) -> tuple[Any, ...] | None:
    """Step 2: each token is the first of time, day, month and year that it can be.

    Return day, month, year, hour, minute and second, as they are written.
    """
    finds: dict[str, Find] = {"time": time, "day": day, "month": _month, "year": year}
    found = {}
    for token in _date_tokens(text):
        for part, find in finds.items():
            match = find(token)
            if match is not None:
                found[part] = match
                del finds[part]
                break
    if finds:
        return None
    date = [found[part].group() for part in ("day", "month", "year")]
    return (*date, *found["time"].groups())


def _to_int(digits: str) -> int:
    """Read a number of a date. One of many digits is out of range, whichever it is."""
    return int(digits.lstrip("0")[:6] or "0")


def _moment(
    day: str, month: str, digits: str, hour: str, minute: str, second: str
) -> datetime.datetime | None:
    """Steps 3 to 7: return the moment, if that date and that time exist."""
    year = full_year(_to_int(digits))
    # The calendar repeats every 400 years.
    near = year if year <= 9999 else year % 400 + 2000
    try:
        time = _to_int(hour), _to_int(minute), _to_int(second)
        moment = datetime.datetime(near, MONTHS[month.lower()], int(day), *time, tzinfo=_UTC)
    except (ValueError, KeyError, OverflowError):
        return None
    return moment if near == year else FAR
