"""Dates: IMF-fixdate written (RFC 9110, 5.6.7), cookie-date read (layered 5.3.1)."""

import datetime
import email.utils
import time
from typing import Any

import pytest
from hypothesis import given, strategies as st

from cookiecodec import CookieError, dates, format_cookie_date, parse_cookie_date
from cookiecodec._core import calendar
from cookiecodec._formats import firefox_date

from ..support.grammar import FIXDATE

EPOCH = datetime.datetime(1970, 1, 1)

TABLE: "list[tuple[Any, str]]" = [
    # RFC 9110, 5.6.7, and RFC 6265, 3.1
    (datetime.datetime(1994, 11, 6, 8, 49, 37), "Sun, 06 Nov 1994 08:49:37 GMT"),
    (datetime.datetime(2021, 6, 9, 10, 18, 14), "Wed, 09 Jun 2021 10:18:14 GMT"),
    # Unix time: its start, the end of 32 bits (RFC 6265bis, 4.1.1), fractions rounded down
    (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
    (2**31, "Tue, 19 Jan 2038 03:14:08 GMT"),
    (0.999999999, "Thu, 01 Jan 1970 00:00:00 GMT"),
    (-0.5, "Wed, 31 Dec 1969 23:59:59 GMT"),
    (-0.0, "Thu, 01 Jan 1970 00:00:00 GMT"),
    # The first and last dates, and leap years
    (datetime.datetime.min, "Mon, 01 Jan 0001 00:00:00 GMT"),
    (datetime.datetime.max, "Fri, 31 Dec 9999 23:59:59 GMT"),
    (datetime.date(2000, 2, 29), "Tue, 29 Feb 2000 00:00:00 GMT"),
    (datetime.date(1900, 3, 1), "Thu, 01 Mar 1900 00:00:00 GMT"),
    (-62135596800, "Mon, 01 Jan 0001 00:00:00 GMT"),
    (253402300799, "Fri, 31 Dec 9999 23:59:59 GMT"),
    # Aware datetimes are converted to UTC. A `date` means midnight in UTC
    (
        datetime.datetime(2021, 6, 9, 1, tzinfo=datetime.timezone(datetime.timedelta(hours=2))),
        "Tue, 08 Jun 2021 23:00:00 GMT",
    ),
    (datetime.date(2021, 6, 9), "Wed, 09 Jun 2021 00:00:00 GMT"),
    # struct_time is UTC; fields that are out of range carry over
    (time.gmtime(1623233894), "Wed, 09 Jun 2021 10:18:14 GMT"),
    (time.struct_time((2016, 12, 31, 23, 59, 60, 5, 366, 0)), "Sun, 01 Jan 2017 00:00:00 GMT"),
    (time.struct_time((2021, 14, 0, -1, 0, 0, 0, 0, 0)), "Sun, 30 Jan 2022 23:00:00 GMT"),
    (time.struct_time((2021, 13, 1, 0, 0, 0, 0, 0, 0)), "Sat, 01 Jan 2022 00:00:00 GMT"),
    (time.struct_time((2021, 12, 1, 0, 0, 0, 0, 0, 0)), "Wed, 01 Dec 2021 00:00:00 GMT"),
    (time.struct_time((2022, 0, 1, 0, 0, 0, 0, 0, 0)), "Wed, 01 Dec 2021 00:00:00 GMT"),
    # Any type with `__index__` is an integer, for example those of numpy
    (type("Index", (), {"__index__": lambda self: 2**31})(), "Tue, 19 Jan 2038 03:14:08 GMT"),
    (type("Second", (int,), {})(2**31), "Tue, 19 Jan 2038 03:14:08 GMT"),
]


@pytest.mark.parametrize(("moment", "text"), TABLE)
def test_a_moment_is_written_as_expected(moment: Any, text: str) -> None:
    assert format_cookie_date(moment) == text


@given(st.datetimes())
def test_a_datetime_is_written_as_email_utils_writes_it(moment: datetime.datetime) -> None:
    aware = moment.replace(tzinfo=datetime.timezone.utc)
    assert format_cookie_date(moment) == email.utils.format_datetime(aware, usegmt=True)
    assert format_cookie_date(aware) == format_cookie_date(moment)
    assert FIXDATE.fullmatch(format_cookie_date(moment))


@given(st.integers(dates.FIRST_SECOND, dates.LAST_SECOND))
def test_a_unix_time_is_written_like_its_datetime(second: int) -> None:
    moment = EPOCH + datetime.timedelta(seconds=second)
    assert format_cookie_date(second) == format_cookie_date(moment)
    assert format_cookie_date(float(second)) == format_cookie_date(moment)
    assert format_cookie_date(moment.timetuple()) == format_cookie_date(moment)


def test_every_day_of_a_gregorian_cycle_is_right() -> None:
    """400 years, day by day. After that, the Gregorian calendar repeats."""
    start = datetime.date(1600, 1, 1).toordinal()
    for ordinal in range(start, start + 146097):
        day = datetime.date.fromordinal(ordinal)
        assert calendar.date_of(ordinal - EPOCH.toordinal()) == (day.year, day.month, day.day)


@given(st.datetimes(), st.integers(-1439, 1439))
def test_an_aware_datetime_is_converted_from_any_zone(
    moment: datetime.datetime, minutes: int
) -> None:
    offset = datetime.timedelta(minutes=minutes)
    aware = moment.replace(tzinfo=datetime.timezone(offset))
    try:
        expected = format_cookie_date(moment - offset)
    except OverflowError:
        with pytest.raises(CookieError):
            format_cookie_date(aware)
    else:
        assert format_cookie_date(aware) == expected


REFUSED: "list[Any]" = [
    253402300800,
    -62135596801,
    10**400,
    -(10**400),
    1e300,
    float("nan"),
    float("inf"),
    float("-inf"),
    time.struct_time((10000, 1, 1, 0, 0, 0, 0, 0, 0)),
    time.struct_time((0, 12, 31, 0, 0, 0, 0, 0, 0)),
    datetime.datetime.max.replace(tzinfo=datetime.timezone(datetime.timedelta(hours=-1))),
    datetime.datetime.min.replace(tzinfo=datetime.timezone(datetime.timedelta(hours=1))),
]


@pytest.mark.parametrize("moment", REFUSED, ids=lambda moment: ascii(moment)[:30])
def test_a_moment_out_of_range_is_refused(moment: Any) -> None:
    with pytest.raises(CookieError) as caught:
        format_cookie_date(moment)
    assert caught.value.part == "expires"
    assert len(str(caught.value)) < 100, (
        "a huge number is not converted to text (CVE-2020-10735)"
    )


@pytest.mark.parametrize("moment", [True, None, "0", b"0", [], (2021, 1, 1), datetime.time(1)])
def test_a_wrong_type_raises_type_error(moment: Any) -> None:
    with pytest.raises(TypeError):
        format_cookie_date(moment)


@pytest.mark.parametrize(
    ("message", "moment"),
    [
        ("expires 253402300800 must lie in the years 1 to 9999; pass seconds since 1970",
         253402300800),
        ("expires of over 20 digits must lie in the years 1 to 9999; pass seconds since 1970",
         10**30),
        ("expires must be a finite number of seconds, not nan", float("nan")),
        ("expires True must be datetime, date, struct_time or Unix time, not bool", True),
        ("expires '0' must be datetime, date, struct_time or Unix time, not str", "0"),
    ],
)  # fmt: skip
def test_the_message_says_what_is_wrong(message: str, moment: Any) -> None:
    with pytest.raises((CookieError, TypeError)) as caught:
        format_cookie_date(moment)
    assert str(caught.value) == message


def test_the_cache_of_seconds_is_bounded() -> None:
    for second in range(1000):
        format_cookie_date(second)
    assert len(dates._cache) <= dates._CACHE_LIMIT


def test_a_date_is_computed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A full cache is cleared."""
    computed: list[int] = []
    date_of = calendar.date_of

    def recording(days: int) -> "tuple[int, int, int]":
        computed.append(days)
        return date_of(days)

    monkeypatch.setattr(calendar, "date_of", recording)
    monkeypatch.setattr(dates, "_cache", {})
    monkeypatch.setattr(dates, "_dates", {})
    first = [format_cookie_date(second) for second in range(64)]
    assert [format_cookie_date(second) for second in range(64)] == first
    assert (len(computed), len(dates._cache)) == (1, 64)
    format_cookie_date(64)
    assert (len(computed), len(dates._cache)) == (1, 1)
    days = [format_cookie_date(86400 * day) for day in range(64)]
    assert [format_cookie_date(86400 * day + 1)[:16] for day in range(64)] == [
        day[:16] for day in days
    ]
    assert len(computed) == len(dates._dates) == 64
    format_cookie_date(86400 * 64)
    assert len(dates._dates) == 1


# --- parse_cookie_date (layered 5.3.1) ---------------------------------------------------

# The text, and the date it denotes; `tests/user_agent/test_http_state.py` has 70 more.
COOKIE_DATES: "list[tuple[str, str | None]]" = [
    ("Wed, 09 Jun 2021 10:18:14 GMT", "2021-06-09T10:18:14"),
    ("Wednesday, 09-Jun-21 10:18:14 GMT", "2021-06-09T10:18:14"),
    ("Wed Jun  9 10:18:14 2021", "2021-06-09T10:18:14"),
    ("10:18:14 2021 9 jUNE", "2021-06-09T10:18:14"),
    ("9 Jun 2021 10:18:14 PM +0200", "2021-06-09T10:18:14"),
    ("9 Jun 2021 10:18:14x", "2021-06-09T10:18:14"),
    ("Marchday, 09 Jun 2021 10:18:14 GMT", "2021-03-09T10:18:14"),  # the first of two months
    ("9 Jun 70 0:0:0", "1970-06-09T00:00:00"),
    ("9 Jun 69 0:0:0", "2069-06-09T00:00:00"),
    ("9 Jun 099 0:0:0", "1999-06-09T00:00:00"),
    ("29 Feb 2024 0:0:0", "2024-02-29T00:00:00"),
    ("29 Feb 2023 0:0:0", None),
    ("31 Jun 2021 0:0:0", None),
    ("0 Jun 2021 0:0:0", None),
    ("9 Jun 2021 24:0:0", None),
    ("9 Jun 2021 23:60:0", None),
    ("9 Jun 2021 23:59:60", None),
    ("9 Jun 2021 10:18", None),
    ("9 Jun 2021 010:18:14", None),
    ("9 Jun 7 10:18:14", None),
    ("9 Jun 100 10:18:14", None),
    ("\u0669 Jun 2021 10:18:14", None),
    ("", None),
    # Where both browsers agree, and differ from the RFC
    ("9th Jun 2021 10:18:14", None),
    ("9 Jun 2021x 10:18:14", None),
    ("9 Jun 02021 10:18:14", "2021-06-09T10:18:14"),
    ("9 Jun 1600 10:18:14", "1600-06-09T10:18:14"),
    ("9 Jun 0100 10:18:14", "0100-06-09T10:18:14"),
    ("31 Dec 9999 23:59:59", "9999-12-31T23:59:59"),
    ("1 Jan 10000 0:0:0", None),  # `datetime` can't represent it: see `parse_set_cookie`
]


@pytest.mark.parametrize(("text", "expected"), COOKIE_DATES)
def test_a_cookie_date_is_read_as_expected(text: str, expected: "str | None") -> None:
    moment = parse_cookie_date(text)
    assert moment == parse_cookie_date(text.encode("latin-1", "replace"))
    if expected is None:
        assert moment is None
    else:
        assert moment == datetime.datetime.fromisoformat(expected + "+00:00")


@given(st.datetimes(datetime.datetime(1601, 1, 1), timezones=st.just(datetime.timezone.utc)))
def test_a_written_date_reads_as_the_same_date(moment: datetime.datetime) -> None:
    assert parse_cookie_date(format_cookie_date(moment)) == moment.replace(microsecond=0)


@given(st.text())
def test_reading_a_date_never_raises(text: str) -> None:
    moment = parse_cookie_date(text)
    assert moment is None or moment.tzinfo is datetime.timezone.utc


# What Firefox reads, by its recordings and by tests with the browser. It applies time zones,
# carries over fields that are out of range, and accepts dates without a time.
FIREFOX_DATES = [
    ("Thu, 12 Aug 2027 10:18:14 GMT", "2027-08-12T10:18:14"),
    ("Thu, 12 Aug 2027 10:18:14 +0200", "2027-08-12T08:18:14"),
    ("Thu, 12 Aug 2027 10:18:14 +020", "2027-08-12T10:18:14"),
    ("Thu, 12 Aug 2027 10:18:14 UTC", "2027-08-12T10:18:14"),
    ("Thu, 12 Aug 2027 10:18:14 UT+0200", "2027-08-12T08:18:14"),
    ("Thu, 12 Aug 2027 10:18:14 -7", "2027-08-12T17:18:14"),
    ("Thu, 12 Aug 2027 10:18:14 PST", "2027-08-12T18:18:14"),
    ("Thu, 12 Aug 2027 10:18:14 PST+0100", "2027-08-12T18:18:14"),
    ("Thu, 12 Aug 2027 10:18:14 PM", "2027-08-12T22:18:14"),
    ("Thu, 12 Aug 2027 10:18:14 AM", "2027-08-12T10:18:14"),
    ("Thu, 12 Aug 2027 12:18:14 AM", "2027-08-12T00:18:14"),
    ("Thu, 12 Aug 2027 12:18:14 PM", "2027-08-12T12:18:14"),
    ("Thu, 12 Aug 2027", "2027-08-12T00:00:00"),
    ("12 Aug 2027 10:18", "2027-08-12T10:17:12"),
    ("12 Aug 2027 10:18 GMT", "2027-08-12T10:17:44"),
    ("Sun, 30 Feb 2027 00:00:00 GMT", "2027-03-02T00:00:00"),
    ("Sun, 00 Aug 2027 24:59:61 GMT", "2027-08-01T01:00:01"),
    ("12/08/2027 10:18:14", "2027-12-08T10:18:14"),
    ("31/08/2027 10:18:14", "2027-08-31T10:18:14"),
    ("95/06/08 10:18:14", "1995-06-08T10:18:14"),
    ("32/13/08 10:18:14", None),
    ("32/08/32 10:18:14", None),
    ("31/13/2027 10:18:14", None),
    ("31/13/2027 9 Jun 2027 10:18:14", "2027-06-09T10:18:14"),
    ("27-Aug-12 10:18:14", "2012-08-27T10:18:14"),
    ("2027-08-12T10:18:14Z", None),
    ("12th Aug 2027 10:18:14", None),
    ("12 Aug 102027 10:18:14", None),
    ("", None),
]


@pytest.mark.parametrize(("text", "expected"), FIREFOX_DATES)
def test_a_date_is_read_as_firefox_reads_it(text: str, expected: "str | None") -> None:
    second = firefox_date.firefox_date(text)
    assert (second and datetime.datetime.fromisoformat(format_iso(second))) == (
        expected and datetime.datetime.fromisoformat(expected)
    )


def format_iso(second: int) -> str:
    return (EPOCH + datetime.timedelta(seconds=second)).isoformat()


def test_firefox_reads_years_up_to_32767() -> None:
    assert firefox_date.firefox_date("1 Jan 32767 0:0:0") == 971859427200
    assert firefox_date.firefox_date("1 Jan 32768 0:0:0") is None


def test_a_date_that_is_not_text_raises_type_error() -> None:
    for thing in (None, 5, 10**12):
        with pytest.raises(TypeError, match="text must be str or bytes") as caught:
            parse_cookie_date(thing)  # type: ignore[arg-type]
        assert str(caught.value) == f"text must be str or bytes, not {type(thing).__name__}"


def test_no_date_takes_long() -> None:
    for piece in ("1", "1:", "a ", "1 ", ":", "Jan", "12:30:", "\x80", "-"):
        assert parse_cookie_date(piece * (10**6 // len(piece))) is None
