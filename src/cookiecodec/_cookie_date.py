"""Parse a Date (layered 5.3.1): what a user agent makes of an Expires attribute.

Sections of "layered" are those of draft-ietf-httpbis-layered-cookies. Where Chromium
and Firefox agree with each other against its text, the browsers win; both were
recorded and are asked again by the tests. So, other than in the text:

- day-of-month and year are whole tokens: ``12th`` and ``2027x`` are neither;
- a year of four or five digits before 1601 is a date, long past;
- a year may have five digits, up to 32767.

Dates past the year 9999, which `datetime` can't say, are `FAR`.
"""

from __future__ import annotations

import datetime
import re
from typing import Any, Callable

_NAMES = "jan feb mar apr may jun jul aug sep oct nov dec"
_MONTHS = {name: number for number, name in enumerate(_NAMES.split(), 1)}

# date-token = 1*non-delimiter, where
# delimiter = %x09 / %x20-2F / %x3B-40 / %x5B-60 / %x7B-7E
_date_tokens = re.compile(r"[^\t\x20-\x2f\x3b-\x40\x5b-\x60\x7b-\x7e]+").findall

# time = hms-time [ non-digit *OCTET ]; hms-time = 1*2DIGIT ":" 1*2DIGIT ":" 1*2DIGIT
_time = re.compile(r"([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?![0-9])").match

# day-of-month = 1*2DIGIT; year = 2*5DIGIT
_day_of_month = re.compile(r"[0-9]{1,2}").fullmatch
_year = re.compile(r"[0-9]{2,5}").fullmatch

# The forms that servers write, which are those tokens in this order: IMF-fixdate
# (RFC 9110, 5.6.7), and Netscape's with hyphens.
_usual = re.compile(
    r"[A-Za-z]{3,9}, ([0-9]{2})[ -]([A-Za-z]{3})[ -]([0-9]{4}|[0-9]{2}) "
    r"([0-9]{2}):([0-9]{2}):([0-9]{2}) GMT"
).fullmatch

_LAST_YEAR = 32767

_UTC = datetime.timezone.utc
#: All that is later than `datetime` can say.
FAR = datetime.datetime(9999, 12, 31, 23, 59, 59, tzinfo=_UTC)


def cookie_date(text: str) -> datetime.datetime | None:
    """The moment that *text* denotes, `FAR` past the year 9999, or None for no date.

    >>> cookie_date("Thursday, 01-Jan-70 00:00:01 GMT").isoformat()
    '1970-01-01T00:00:01+00:00'
    >>> cookie_date("tomorrow") is None, cookie_date("1 Jan 20270 0:0:0") is FAR
    (True, True)
    """
    usual = _usual(text)
    if usual is not None and text[:3].lower() not in _MONTHS:
        return moment_of(*usual.groups())
    fields = date_fields(text, _time, _is_year)
    # A year of three digits from 100 on is before 1601, and no date for one browser.
    if fields is None or (len(fields[2]) == 3 and int(fields[2]) >= 100):
        return None
    return moment_of(*fields)


def date_fields(
    text: str,
    as_time: Callable[[str], re.Match[str] | None],
    is_year: Callable[[str], object],
) -> tuple[Any, ...] | None:
    """Step 2: each token is the first of time, day, month and year that it can be.

    Gives day, month, year, hour, minute and second, as they are written.
    """
    time: re.Match[str] | None = None
    day = month = year = ""
    for token in _date_tokens(text):
        if time is None:
            time = as_time(token)
            if time is not None:
                continue
        if not day and _day_of_month(token):
            day = token
        elif not month and token[:3].lower() in _MONTHS:
            month = token[:3]
        elif not year and is_year(token):
            year = token
    if time is None or not day or not month or not year:
        return None
    return (day, month, year, *time.groups())


def _is_year(token: str) -> bool:
    if not _year(token):
        return False
    return len(token) < 5 or 100 <= int(token) <= _LAST_YEAR


def moment_of(
    day: str, month: str, digits: str, hour: str, minute: str, second: str
) -> datetime.datetime | None:
    """Steps 3 to 7: the moment, if there are such a date and such a time."""
    year = int(digits)
    if year < 70:
        year += 2000
    elif year < 100:
        year += 1900
    # The calendar repeats every 400 years.
    said = year if year <= 9999 else year % 400 + 2000
    try:
        moment = datetime.datetime(
            said,
            _MONTHS[month.lower()],
            int(day),
            int(hour),
            int(minute),
            int(second),
            tzinfo=_UTC,
        )
    except (ValueError, KeyError):
        return None
    return moment if said == year else FAR
