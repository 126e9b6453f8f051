"""Dates as browsers read them: recordings, the facts of Firefox's parser, the RFC's text.

`tests/support/data/browser_dates.json` has texts of `Expires`, and what Chromium 156 and
Firefox 153 made of each on 2026-11-25: the Unix time at which the cookie expires, "past" or
"later" (both cap a lifetime at 400 days), or null, where they ignored the attribute.

The facts are those of PR_ParseTimeString (mozilla/nspr, pr/src/misc/prtime.c).
"""

import calendar
import datetime
import itertools
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Optional, Union

import pytest

from cookiecodec import parse_cookie_date
from cookiecodec._formats.cookie_date import FAR, chromium_date, cookie_date
from cookiecodec._formats.firefox_date import firefox_date

DATA = Path(__file__).parents[1] / "support" / "data"

#: The first and the last of the recordings, within a day, and what both add at most.
RECORDED = 1795623666
CAP = 400 * 86400

ROWS: "list[list[Union[str, int, None]]]" = json.loads(
    (DATA / "browser_dates.json").read_text("utf-8")
)

Reading = Union[str, int, None]


def second(moment: "Optional[datetime.datetime]") -> "Optional[int]":
    return None if moment is None else int(moment.timestamp())


def as_recorded(reading: "Optional[int]") -> Reading:
    if reading is None:
        return None
    return "past" if reading < RECORDED else "later" if reading > RECORDED + CAP else reading


def test_dates_are_read_as_chromium_was_seen_to_read_them() -> None:
    read = {row[0]: as_recorded(second(chromium_date(str(row[0])))) for row in ROWS}
    assert read == {text: chromium for text, chromium, _ in ROWS}


def test_dates_are_read_as_firefox_was_seen_to_read_them() -> None:
    read = {row[0]: as_recorded(firefox_date(str(row[0]))) for row in ROWS}
    assert read == {text: firefox for text, _, firefox in ROWS}


def test_a_date_that_both_read_alike_is_that_date() -> None:
    alike = {text: reading for text, reading, other in ROWS if reading == other}
    assert {text: as_recorded(second(cookie_date(str(text)))) for text in alike} == alike


def test_the_recordings_are_varied() -> None:
    kinds = {(type(one).__name__, type(other).__name__) for _, one, other in ROWS}
    assert len(ROWS) == len({row[0] for row in ROWS}) > 300
    assert kinds >= set(itertools.product(["int", "NoneType"], repeat=2))


# --- Firefox: what the recordings don't have ----------------------------------------------


def at(*fields: int) -> int:
    """The Unix time of year, month, day, hour, minute and second; these carry over."""
    year, month, day, hour, minute, seconds = (*fields, 0, 0, 0)[:6]
    start = calendar.timegm((year, month, 1, 0, 0, 0))
    return start + ((day - 1) * 24 + hour) * 3600 + minute * 60 + seconds


ZONES = {
    "PST": -8, "PDT": -7, "MST": -7, "MDT": -6, "CST": -6, "CDT": -5, "EST": -5, "EDT": -4,
    "AST": -4, "NST": -3.5, "GMT": 0, "UT": 0, "BST": 1, "MET": 1, "EET": 2, "JST": 9,
}  # fmt: skip


@pytest.mark.parametrize("zone", ZONES)
def test_firefox_knows_the_time_of_these_zones(zone: str) -> None:
    east = int(ZONES[zone] * 3600)
    for text in (zone, zone.lower(), f"({zone})", zone + "\t", zone + "(x)"):
        assert firefox_date(f"1 Jan 2027 12:00:00 {text}") == at(2027, 1, 1, 12) - east
    # The first of two counts, and an offset only after GMT.
    assert firefox_date(f"1 Jan 2027 {zone} JST 12:00:00") == at(2027, 1, 1, 12) - east
    offset = 5 * 3600 if zone in ("GMT", "UT") else east
    assert firefox_date(f"1 Jan 2027 12:00:00 {zone} +0500") == at(2027, 1, 1, 12) - offset


def test_firefox_knows_no_other_zones() -> None:
    zones = {zone.lower() for zone in ZONES}
    names = map("".join, itertools.product("abcdefghijklmnopqrstuvwxyz", repeat=3))
    moved = {name for name in names if firefox_date(f"1 Aug 2027 {name}") != at(2027, 8, 1)}
    assert moved == zones - {"gmt", "ut"}
    for other in ("UTx", "UTC", "UTX", "utz", "uta"):
        assert firefox_date(f"1 Jan 2027 {other} EST") == at(2027, 1, 1, 5)
    for same in ("UT", "UT1", "UT_", "UT@", "UT[", "UT`", "UT{", "UT\xe9"):
        assert firefox_date(f"1 Jan 2027 {same} EST") == at(2027, 1, 1)


@pytest.mark.parametrize("number", range(1, 13))
def test_both_browsers_know_twelve_months(number: int) -> None:
    name = calendar.month_name[number]
    for month in (name[:3], name, name.upper(), name[:3].lower() + "x"):
        text = f"1 {month} 2027 0:0:0"
        assert firefox_date(text) == second(chromium_date(text)) == at(2027, number, 1), text
    # The first of two counts.
    assert firefox_date(f"1 {name} Jan Dec 2027") == at(2027, number, 1)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("+5", -5 * 3600), ("-5", 5 * 3600), ("+05", -5 * 3600), ("-12", 12 * 3600),
        ("+0", 0), ("+0130", -5400), ("-0130", 5400), ("+1399", -(13 * 60 + 99) * 60),
        # Neither three digits nor five, nor none
        ("+130", 0), ("+00130", 0), ("+", 0), ("-", 0), ("+x5", 0),
        # An offset that is not one leaves room for the next, one that is does not.
        ("+130 +0200", -7200), ("+ +0200", -7200), ("+1 +0200", -3600), ("-3 -0200", 10800),
        # After an offset, a zone does not count.
        ("+0200 EST", -7200), ("+130 EST", 5 * 3600), ("+05:30", -5 * 3600),
    ],
)  # fmt: skip
def test_firefox_reads_an_offset_of_one_two_or_four_digits(text: str, seconds: int) -> None:
    assert firefox_date("1 Jan 2027 12:00:00 " + text) == at(2027, 1, 1, 12) + seconds


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("1:2:3", (1, 2, 3)), ("01:02:03", (1, 2, 3)), ("99:99:99", (99, 99, 99)),
        # Of a part with three digits, there is no time.
        ("001:2:3", (0, 0, 0)), ("1:002:3", (0, 0, 0)), ("1:2:003", (0, 0, 0)),
        ("1::2", (0, 0, 0)), (":1:2", (0, 0, 0)), ("1:", (0, 0, 0)),
        # The first of two counts; one that is not a time leaves room for the next.
        ("1:2:3 4:5:6", (1, 2, 3)), ("1:2:003 4:5:6", (4, 5, 6)), ("0:0:0 4:5:6", (0, 0, 0)),
        # A second that is missing is the next character, less 48, and "0" stands for nothing.
        ("1:2:", (1, 2, -48)), ("1:2", (1, 2, -48)), ("1:2 x", (1, 2, 32 - 48)),
        ("1:2:x", (1, 2, 120 - 48)), ("1:2;", (1, 2, 59 - 48)),
    ],
)  # fmt: skip
def test_firefox_reads_a_time_of_one_or_two_digits_each(
    text: str, time: "tuple[int, int, int]"
) -> None:
    assert firefox_date("1 Jan 2027 " + text) == at(2027, 1, 1, *time)


@pytest.mark.parametrize("hour", range(25))
def test_firefox_adds_half_a_day_for_pm(hour: int) -> None:
    morning = 0 if hour == 12 else hour
    evening = morning + 12 if hour <= 12 else hour
    for half, read in [
        ("AM", morning), ("PM", evening), (" \t pm", evening), ("pM", evening), ("aM", morning),
        (" Pmx", evening), (" P M", hour), (" p.m.", hour), (" M", hour), ("  xPM", hour),
        ("\nPM", hour), (",PM", hour), ("/AM", hour), (" P\xb5", hour),
    ]:  # fmt: skip
        assert firefox_date(f"1 Jan 2027 {hour}:1:2{half}") == at(2027, 1, 1, read, 1, 2), half


NUMBERED = {
    # Month, day, year, if there can be such a month
    "8/12/27": (2027, 8, 12), "8-12-27": (2027, 8, 12), "8/12-27": (2027, 8, 12),
    "12/12/27": (2027, 12, 12), "12/13/27": (2027, 12, 13), "1/99/27": (2027, 1, 99),
    "08/012/27": None, "008/12/27": None, "8/12/027": None, "8/12/2027": (2027, 8, 12),
    "8/12/02027": (2027, 8, 12), "8/12/002027": None, "8/12/7": (2007, 8, 12),
    # Day, month, year, if there can't
    "13/8/27": (2027, 8, 13), "31/12/27": (2027, 12, 31), "13/13/27": None,
    "13/0/27": (2026, 12, 13), "31/13/27": None,
    # Year, month, day, if there can't be such a day
    "32/8/12": (2032, 8, 12), "0/8/12": (2000, 8, 12), "00/12/31": (2000, 12, 31),
    "32/13/1": None, "32/12/32": None, "32/12/31": (2032, 12, 31), "99/1/0": (1999, 1, 0),
    "69/1/2": (2069, 1, 2), "70/1/2": (1970, 1, 2),
    # Years of two digits are near; of three, four and five they are what they say.
    "8/12/69": (2069, 8, 12), "8/12/70": (1970, 8, 12), "8/12/99": (1999, 8, 12),
    "8/12/0099": (1999, 8, 12), "8/12/0100": (100, 8, 12), "8/12/32767": (32767, 8, 12),
    "8/12/32768": None,
    # What follows
    "8/12/27x": None, "8/12/27Z": None, "8/12/27_": (2027, 8, 12), "8/12/27:": (2027, 8, 12),
    "8/12/27/1": (2027, 8, 12), "8/12": None, "8/12/": None, "8/": None, "8/12/x": None,
    "8//12/27": None, "8/x/27": None, "8.12.27": None, "8 / 12 / 27": None,
}  # fmt: skip


@pytest.mark.parametrize("text", NUMBERED)
def test_firefox_reads_a_date_in_three_numbers(text: str) -> None:
    date = NUMBERED[text]
    assert firefox_date(text) == (date and days_since_1970(*date) * 86400)


def days_since_1970(year: int, month: int, day: int) -> int:
    # 400 years have 146,097 days.
    cycles, year = divmod(year, 400)
    first = datetime.date(year + 400, month, 1).toordinal() - 719163
    return first + (cycles - 1) * 146097 + day - 1


@pytest.mark.parametrize(
    ("text", "date"),
    [
        # Day and year: two digits are the day first, if they can be.
        ("31 Jan 69", (2069, 1, 31)), ("32 1 Jan", (2032, 1, 1)), ("31 32 Jan", (2032, 1, 31)),
        ("1 2 Jan 27", (2027, 1, 1)), ("01 02 Jan", (2002, 1, 1)), ("1 70 Jan", (1970, 1, 1)),
        ("1 69 Jan", (2069, 1, 1)), ("1 99 Jan", (1999, 1, 1)), ("0 Jan 2027", (2027, 1, 0)),
        ("00 Jan 2027", (2027, 1, 0)), ("12 8 Jan 2027", (2027, 1, 12)),
        ("1 Jan 0027", (27, 1, 1)), ("1 Jan 02027", (2027, 1, 1)), ("1 Jan 0000", (0, 1, 1)),
        ("1 Jan 2027 2028", (2027, 1, 1)), ("1 Jan 2027 20280", (2027, 1, 1)),
        ("1 Jan 20 30", (2020, 1, 1)), ("1 Jan 2027 30", (2027, 1, 1)),
        ("1 Jan 202", None), ("1 Jan 202027", None), ("001 Jan 2027", None),
        ("1 Jan 2027x", None), ("1x Jan 2027", None), ("1 Jan 2027:", None),
        ("1. Jan 2027.", (2027, 1, 1)), ("1_ Jan 2027_", (2027, 1, 1)),
        ("1\xe9 Jan 2027", (2027, 1, 1)), ("1[ Jan 2027`", (2027, 1, 1)),
        # All three are needed.
        ("Jan 2027", None), ("1 2027", None), ("1 Jan", None), ("10:18:14", None),
        # After the name of a month, there is no date in numbers.
        ("Jan 8/12/27", None), ("Jan 8/12/27 1 28", (2028, 1, 27)),
        ("8/12/27 Jan", (2027, 8, 12)), ("8/12/27 1 Jan 2028", (2027, 8, 12)),
        # One that is illegal is passed over as a whole, another to the next separator.
        ("13/13/2027 Jan 1 28", (2028, 1, 1)), ("32/13/1 Jan 27", (2027, 1, 1)),
        # What a name or a number stops at, and what it does not
        ("1,Jan;2027", (2027, 1, 1)), ("1(Jan)[2027]", (2027, 1, 1)),
        ("1/Jan/2027", (2027, 1, 1)), ("1\tJan\t2027", (2027, 1, 1)),
        ("1-Jan-2027", (2027, 1, 1)), ("1+Jan+2027", None), ("1--Jan--2027", None),
        ("1.Jan.2027", None), ("1\nJan\n2027", None), ("1_Jan_2027", None),
        ("1:Jan 2027", None),
        ("x1 Jan 2027", None), ("xJan 1 2027", None), ("Mayday-1-2027", None),
        ("-1 Jan 2027", None), ("- 1 Jan 2027", (2027, 1, 1)), ("-x- 1 Jan 2027", (2027, 1, 1)),
        # A hyphen behind a word is a separator until the year is there, and then it's a sign.
        ("1 Jan-27", (2027, 1, 1)), ("1 Jan_-27", None), ("2027 x-1 Jan", None),
        ("1 Jan 2027 x-5", (2027, 1, 1, 5)), ("2027 1 Jan -- 5", (2027, 1, 1)),
        ("27 x-01 Jan", (2001, 1, 27)), ("1 \xe9-27 Jan", None),
    ],
)  # fmt: skip
def test_firefox_reads_day_month_and_year_by_their_digits(
    text: str, date: "Optional[tuple[int, ...]]"
) -> None:
    expected = date and days_since_1970(*date[:3]) * 86400 + sum(date[3:]) * 3600
    assert firefox_date(text) == expected


def test_firefox_stops_after_a_thousand_tokens() -> None:
    date = "1 Jan 2027"
    for token in ("x", "+", "5:", "EST", "=,"):
        assert firefox_date(date + f" {token}" * 996) is not None
        assert firefox_date(date + f" {token}" * 1000) is None
        assert firefox_date(date + f" {token}" * 10000) is None
    assert firefox_date(date + " ,;/-()[]\t" * 1000) == at(2027, 1, 1)


# --- Chromium, and the text ---------------------------------------------------------------

# delimiter, non-digit and the productions (layered 5.3.1), as the text has them.
DELIMITERS = {9, *range(0x20, 0x30), *range(0x3B, 0x41), *range(0x5B, 0x61), *range(0x7B, 0x7F)}
MONTHS = [name.lower() for name in calendar.month_abbr][1:]


def by_the_text(text: str) -> "Optional[int]":
    """The date of the RFC's algorithm, step by step; from 1601 on."""
    tokens = "".join(" " if ord(char) in DELIMITERS else char for char in text).split(" ")
    time = day = month = year = None
    for token in filter(None, tokens):
        fields = re.match(r"(\d\d?):(\d\d?):(\d\d?)(?!\d)", token, re.ASCII)
        first = re.match(r"\d*", token, re.ASCII)
        digits = first.group() if first else ""
        if time is None and fields:
            time = [int(field) for field in fields.groups()]
        elif day is None and len(digits) in (1, 2):
            day = int(digits)
        elif month is None and token[:3].lower() in MONTHS:
            month = MONTHS.index(token[:3].lower()) + 1
        elif year is None and len(digits) in (2, 3, 4):
            year = int(digits)
    if time is None or day is None or month is None or year is None:
        return None
    year += 1900 if 70 <= year <= 99 else 2000 if year < 70 else 0
    if year < 1601 or time[0] > 23 or time[1] > 59 or time[2] > 59 or day < 1:
        return None
    if day > calendar.monthrange(year, month)[1]:
        return None
    return at(year, month, day, *time)


PIECES = [
    "10:18:14", "1:2:3", "24:0:0", "0:60:0", "0:0:60", "23:59:59", "010:18:14", "10:18",
    "10:18:140", "10:18:14x", "10:18:14:", "1:2:3:4", "12", "1", "0", "31", "32", "012", "12th",
    "12x", "1601", "1600", "2027", "2027x", "02027", "20270", "27", "69", "70", "99", "099",
    "100", "9999", "10000", "Jan", "feb", "FEBRUAR", "Augx", "Au", "xMar", "Mar", "GMT", "EST",
    "+0200", "PM", "x", "\xe9",
]  # fmt: skip


# Those that are whole numbers, from 1601 on, with as many digits as the text allows.
EXACT = [
    "10:18:14", "1:2:3", "24:0:0", "0:60:0", "0:0:60", "23:59:59", "10:18", "12", "01", "00",
    "31", "32", "1601", "2027", "27", "69", "70", "99", "099", "9999", "Jan", "feb", "FEBRUAR",
    "Augx", "Au", "xMar", "GMT", "+2030", "PM", "x", "\xe9",
]  # fmt: skip


def some_dates(count: int, others: "list[str]") -> "Iterator[str]":
    """Dates with up to three pieces changed, left out, or moved: always the same ones."""
    choose = random.Random(20261125)
    for _ in range(count):
        pieces = ["12", "Aug", "2027", "10:18:14"]
        for _ in range(choose.randrange(4)):
            place = choose.randrange(len(pieces) + 1)
            pieces[place : place + choose.randrange(2)] = [choose.choice(others)]
        if choose.randrange(3) == 0:
            choose.shuffle(pieces)
        yield choose.choice([" "] * 8 + ["-", ",", "/", "\t", "~", "^", "{", "="]).join(pieces)


def test_where_browsers_differ_the_text_decides() -> None:
    differing = 0
    for text in some_dates(4000, PIECES):
        chromium, firefox = second(chromium_date(text)), firefox_date(text)
        differing += chromium != firefox
        far = second(FAR)
        firefox = None if firefox is None else min(firefox, far or 0)
        expected = chromium if chromium == firefox else by_the_text(text)
        assert second(cookie_date(text)) == expected, text
    assert differing > 1000


def test_chromium_reads_exact_dates_by_the_text() -> None:
    for text in some_dates(4000, EXACT):
        if text.count(":") <= 2:  # the hour of a second time would be a day for the RFC
            assert second(chromium_date(text)) == by_the_text(text), text


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("1 Jan 1 10:18:14", (2001, 1, 1)), ("1 Jan 01 10:18:14", (2001, 1, 1)),
        ("1 2 Jan 10:18:14", (2002, 1, 1)), ("1 Jan 069 0010:018:00014", (2069, 1, 1)),
        ("1 Jan 100 10:18:14", (100, 1, 1)), ("1 Jan 099 10:18:14", (1999, 1, 1)),
        ("1 Jan 0 10:18:14", (2000, 1, 1)), ("1 Jan 00000 10:18:14", (2000, 1, 1)),
        ("1 Jan 000000 10:18:14", None), ("1 Jan 09999 10:18:14", (9999, 1, 1)),
        ("001 Jan 2027 10:18:14", None), ("1x Jan 2027 10:18:14", None),
        ("1 Jan 2027x 10:18:14", None), ("1 Jan 2027 10:18:14x", None),
        ("1 Jan 2027 10:18:14x 10:18:14", (2027, 1, 1)), ("1 Jan 2027 10:18", None),
    ],
)  # fmt: skip
def test_chromium_reads_whole_tokens_of_any_digits(
    text: str, date: "Optional[tuple[int, int, int]]"
) -> None:
    expected = date and days_since_1970(*date) * 86400 + (10 * 60 + 18) * 60 + 14
    assert second(chromium_date(text)) == expected


@pytest.mark.parametrize("year", [10000, 10004, 20270, 32767])
def test_a_date_past_the_year_9999_is_far_if_there_is_such_a_day(year: int) -> None:
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    for day, month in [(31, "Jan"), (28, "Feb"), (31, "Dec")]:
        assert cookie_date(f"{day} {month} {year} 23:59:59") is FAR
    assert (chromium_date(f"29 Feb {year} 0:0:0") is FAR) == leap
    assert chromium_date(f"30 Feb {year} 0:0:0") is None
    assert chromium_date(f"1 Jan {year} 24:0:0") is None
    assert parse_cookie_date(f"1 Jan {year} 0:0:0") is None
