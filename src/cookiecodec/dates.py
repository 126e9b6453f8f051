"""Dates in cookies: written as IMF-fixdate (RFC 9110, 5.6.7), read as browsers read them."""

from . import _platform
from ._core import calendar
from .errors import CookieError

if _platform.TYPE_CHECKING:
    import datetime

    from . import _types

__all__ = ["format_cookie_date", "parse_cookie_date"]

# The seconds that a year of four digits can express.
FIRST_SECOND = -62135596800  # 0001-01-01T00:00:00Z
LAST_SECOND = 253402300799  # 9999-12-31T23:59:59Z
_EPOCH_ORDINAL = 719163  # of 1970-01-01, as `date.toordinal` counts

# Expiry seconds repeat from call to call, and their dates more so: the last ones are cached.
_CACHE_LIMIT = 64
_cache: dict[int, str] = {}
_dates: dict[int, str] = {}


def format_cookie_date(moment: "_types.Moment") -> str:
    """Return *moment* as an IMF-fixdate, the value of the Expires attribute.

    *moment* is a `datetime.datetime` (a naive one is in UTC), a `datetime.date` (its
    midnight in UTC), a `time.struct_time` (in UTC, as `time.gmtime` returns it; values out
    of range carry over, so a leap second is the start of the next minute), or Unix time in
    seconds, `int` or `float` (fractions are rounded down).

    Raises `CookieError` (part ``"expires"``) outside of the years 1 to 9999, and for NaN
    and infinities. Raises TypeError for any other type.

    >>> format_cookie_date(0)
    'Thu, 01 Jan 1970 00:00:00 GMT'
    >>> import datetime
    >>> format_cookie_date(datetime.datetime(2021, 6, 9, 10, 18, 14))
    'Wed, 09 Jun 2021 10:18:14 GMT'
    """
    if type(moment) is int:
        return _format_second(moment)
    if isinstance(moment, _platform.datetime):
        return _format_second(_platform.utc_second(moment))
    if isinstance(moment, _platform.date):
        return _format_second(86400 * (moment.toordinal() - _EPOCH_ORDINAL))
    if isinstance(moment, _platform.struct_time) and len(moment) > 5:
        year, month, day, hour, minute, second = moment[:6]
        year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
        days = calendar.days_before(year, month) + day - 1
        return _format_second(days * 86400 + hour * 3600 + minute * 60 + second)
    if not isinstance(moment, float):
        expected = "datetime, date, struct_time or Unix time"
        return _format_second(whole_number(moment, "expires", expected))
    if moment - moment != 0:  # NaN or an infinity
        message = "expires must be a finite number of seconds, not %r" % moment
        raise CookieError(message, "expires")
    return _format_second(int(moment // 1))


def whole_number(value: object, argument: str, expected: str) -> int:
    """Return *value*, an integer but no `bool`. TypeError says that *expected* is needed."""
    try:
        return _platform.index(value)
    except TypeError:
        from ._core import invalid

        raise invalid.wrong_type(argument, value, expected) from None


def parse_cookie_date(text: "str | bytes") -> "datetime.datetime | None":
    """Return the moment that an Expires attribute denotes to user agents (layered 5.3.1).

    *text* is the attribute's value, in nearly any form: the algorithm looks for a time, a
    day, a month and a year among its words, and ignores weekdays and time zones. The result
    is in UTC. It is None if *text* is not a date, or is a date past the year 9999, which
    `datetime` can't express. (`parse_set_cookie` reads these too: browsers use the farthest
    date that they know.)

    Raises TypeError for a *text* of the wrong type, and nothing else. Not on MicroPython.

    >>> parse_cookie_date("Wed, 09-Jun-21 10:18:14 GMT").isoformat()
    '2021-06-09T10:18:14+00:00'
    >>> parse_cookie_date("Wed, 31 Jun 2021 10:18:14 GMT") is None
    True
    """
    from ._formats import cookie_date

    if isinstance(text, (bytes, bytearray, memoryview)):
        text = _platform.from_latin1(bytes(text))
    elif not isinstance(text, str):
        raise TypeError("text must be str or bytes, not " + type(text).__name__)
    moment = cookie_date.cookie_date(text)
    return None if moment is cookie_date.FAR else moment


def _format_second(second: int) -> str:
    """IMF-fixdate = day-name "," SP date1 SP time-of-day SP GMT (RFC 9110, 5.6.7)"""
    text = _cache.get(second)
    if text is None:
        if not FIRST_SECOND <= second <= LAST_SECOND:
            from ._core import invalid

            raise invalid.wrong_value(second, "expires")
        days, rest = divmod(second, 86400)
        date = _dates.get(days)
        if date is None:
            year, month, day = calendar.date_of(days)
            # 1970-01-01 was a Thursday.
            weekday, name = calendar.DAY_NAMES[(days + 3) % 7], calendar.MONTH_NAMES[month - 1]
            date = "%s, %02d %s %04d" % (weekday, day, name, year)
            _remember(_dates, days, date)
        text = "%s %02d:%02d:%02d GMT" % (date, rest // 3600, rest // 60 % 60, rest % 60)
        _remember(_cache, second, text)
    return text


def _remember(cache: dict[int, str], key: int, text: str) -> None:
    if len(cache) >= _CACHE_LIMIT:
        cache.clear()
    cache[key] = text
