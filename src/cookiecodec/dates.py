"""Dates in cookies: written as IMF-fixdate (RFC 9110, 5.6.7), read as browsers do.

The calendar is worked out here, in integers, so that every platform writes the
same text for the same second, whatever its C library, clock or epoch.
"""

import math as _math

from . import _platform
from .errors import CookieError

if _platform.TYPE_CHECKING:
    import datetime
    import time

    from . import _types

__all__ = ["format_cookie_date", "parse_cookie_date"]

# Split here, since MicroPython keeps a short literal for good in a table of names.
_DAY_NAMES = tuple("Mon Tue Wed Thu Fri Sat Sun".split())  # noqa: SIM905
_MONTHS = tuple("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split())  # noqa: SIM905

# The seconds that four digits of a year can say.
FIRST_SECOND = -62135596800  # 0001-01-01T00:00:00Z
LAST_SECOND = 253402300799  # 9999-12-31T23:59:59Z

# Expiry seconds repeat from call to call; the last few are kept as text.
_KNOWN_LIMIT = 64
_known: dict[int, str] = {}


def format_cookie_date(moment: "_types.Moment") -> str:
    """*moment* as an IMF-fixdate, the value of the Expires attribute.

    *moment* is a `datetime.datetime` (a naive one is in UTC), a `datetime.date`
    (its midnight in UTC), a `time.struct_time` (in UTC, as `time.gmtime` gives;
    values out of range carry over, so a leap second is the next minute's
    start), or Unix time in seconds, `int` or `float` (fractions are cut off
    downwards).

    Raises `CookieError` (part ``"expires"``) outside of the years 1 to 9999,
    for NaN and infinities, and `TypeError` for any other type.

    >>> format_cookie_date(0)
    'Thu, 01 Jan 1970 00:00:00 GMT'
    >>> import datetime
    >>> format_cookie_date(datetime.datetime(2021, 6, 9, 10, 18, 14))
    'Wed, 09 Jun 2021 10:18:14 GMT'
    """
    if type(moment) is int:
        return _format_second(moment)
    if isinstance(moment, _platform.datetime):
        try:
            return _fixdate(*_platform.utc_fields(moment))
        except OverflowError:
            raise CookieError("expires must lie in the years 1 to 9999", "expires") from None
    if isinstance(moment, _platform.date):
        return _fixdate(moment.year, moment.month, moment.day, 0, 0, 0, moment.weekday())
    if isinstance(moment, _platform.struct_time) and len(moment) > 5:
        return _format_second(_second_of(moment))
    if isinstance(moment, bool):
        raise TypeError("expires must be a moment, not bool")
    if isinstance(moment, float):
        if not _math.isfinite(moment):
            raise CookieError("expires must be a finite number of seconds", "expires")
        return _format_second(_math.floor(moment))
    try:
        return _format_second(int(_platform.index(moment)))
    except TypeError:
        raise TypeError(
            "expires must be datetime, date, struct_time or Unix time, not "
            + type(moment).__name__
        ) from None


def parse_cookie_date(text: "str | bytes") -> "datetime.datetime | None":
    """The moment that an Expires attribute denotes, as user agents read it (layered 5.3.1).

    *text* is the attribute's value, in nearly any form: the algorithm looks for a
    time, a day, a month and a year among its words, and takes no notice of weekdays
    and zones. The result is in UTC, or None where it is no date, or one past the
    year 9999, which `datetime` can't say (`parse_set_cookie` reads these too: browsers
    take them for the farthest date).

    Only a *text* of the wrong type raises, `TypeError`. Not on MicroPython.

    >>> parse_cookie_date("Wed, 09-Jun-21 10:18:14 GMT").isoformat()
    '2021-06-09T10:18:14+00:00'
    >>> parse_cookie_date("Wed, 31 Jun 2021 10:18:14 GMT") is None
    True
    """
    from ._formats import cookie_date as _cookie_date  # noqa: PLC0415 - only for those who read

    if isinstance(text, (bytes, bytearray, memoryview)):
        text = _platform.from_latin1(bytes(text))
    elif not isinstance(text, str):
        raise TypeError("text must be str or bytes, not " + type(text).__name__)
    moment = _cookie_date.cookie_date(text)
    return None if moment is _cookie_date.FAR else moment


def _format_second(second: int) -> str:
    text = _known.get(second)
    if text is None:
        if not FIRST_SECOND <= second <= LAST_SECOND:
            raise CookieError("expires must lie in the years 1 to 9999", "expires")
        days, rest = divmod(second, 86400)
        year, month, day = _civil(days)
        # 1970-01-01 was a Thursday.
        text = _fixdate(
            year, month, day, rest // 3600, rest // 60 % 60, rest % 60, (days + 3) % 7
        )
        if len(_known) >= _KNOWN_LIMIT:
            _known.clear()
        _known[second] = text
    return text


def _fixdate(
    year: int,
    month: int,
    day: int,
    hour: int,
    minute: int,
    second: int,
    weekday: int,
) -> str:
    """IMF-fixdate = day-name "," SP date1 SP time-of-day SP GMT (RFC 9110, 5.6.7)."""
    # By `%`: a third faster than an f-string here.
    return "%s, %02d %s %04d %02d:%02d:%02d GMT" % (
        _DAY_NAMES[weekday],
        day,
        _MONTHS[month - 1],
        year,
        hour,
        minute,
        second,
    )


def _second_of(moment: "time.struct_time") -> int:
    year, month, day, hour, minute, second = moment[:6]
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return (_days_before(year, month) + day - 1) * 86400 + hour * 3600 + minute * 60 + second


def _days_before(year: int, month: int) -> int:
    """Days from 1970-01-01 to the first of *month*, in the proleptic Gregorian calendar.

    The year is counted from March, so that the leap day is its last.
    """
    if month < 3:
        year -= 1
        month += 12
    leap_days = year // 4 - year // 100 + year // 400
    return year * 365 + leap_days + (153 * month - 457) // 5 - 719468


def _civil(days: int) -> tuple[int, int, int]:
    """Year, month and day, *days* after 1970-01-01: what `_days_before` undoes."""
    # 400 years have 146097 days; guess the year, and correct the guess by one.
    year = 1970 + days * 400 // 146097
    if _days_before(year + 1, 1) <= days:
        year += 1
    elif _days_before(year, 1) > days:
        year -= 1
    month = 12
    while _days_before(year, month) > days:
        month -= 1
    return year, month, days - _days_before(year, month) + 1
