"""`parse_cookie_date`: any text is a date as the specification or the browsers read it.

- Nothing raises. What is read is the reading of the text (layered 5.3.1), written here once
  more in the plainest way, octet by octet; or, where both browsers read otherwise than the
  text, Chromium's, that takes whole words.
- A date that is read is written, and read again as the same.
- `parse_set_cookie` takes it for Expires, no further away than 400 days.
"""

from __future__ import annotations

import datetime

import harness

with harness.instrumented(__name__):
    from cookiecodec import format_cookie_date, parse_cookie_date, parse_set_cookie

MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
DIGITS = "0123456789"
NOW = 1_700_000_000
FARTHEST = datetime.datetime.fromtimestamp(NOW + 400 * 86400, datetime.timezone.utc)


def is_delimiter(char: str) -> bool:
    """delimiter = %x09 / %x20-2F / %x3B-40 / %x5B-60 / %x7B-7E"""
    at = ord(char)
    return (
        at == 9
        or 0x20 <= at <= 0x2F
        or 0x3B <= at <= 0x40
        or 0x5B <= at <= 0x60
        or (0x7B <= at <= 0x7E)
    )


def words(text: str) -> list[str]:
    found, word = [], ""
    for char in text + " ":
        if not is_delimiter(char):
            word += char
        elif word:
            found.append(word)
            word = ""
    return found


def number(word: str, least: int, most: int, whole: bool) -> int | None:
    """least*mostDIGIT [ non-digit *OCTET ], or, by whole words, nothing behind the digits."""
    digits = 0
    while digits < len(word) and word[digits] in DIGITS:
        digits += 1
    if not least <= digits <= most or (whole and digits < len(word)):
        return None
    return int(word[:digits].lstrip("0")[:9] or "0")


def time_of(word: str, whole: bool) -> tuple[int, ...] | None:
    hour, _, rest = word.partition(":")
    minute, colon, second = rest.partition(":")
    most = len(word) if whole else 2
    fields = [number(hour, 1, most, True), number(minute, 1, most, True)]
    fields.append(number(second, 1, most, whole))
    if not colon or None in fields:
        return None
    return tuple(field for field in fields if field is not None)


def plain_date(text: str, whole: bool) -> datetime.datetime | str | None:
    """By the algorithm: a moment, None, or ``"far"`` past what `datetime` can say.

    *whole*: as Chromium has it, that knows only whole words, and years of one to five digits.
    """
    time = day = month = year = None
    for word in words(text):
        if time is None:
            time = time_of(word, whole)
            if time is not None:
                continue
        if day is None:
            day = number(word, 1, 2, whole)
            if day is not None:
                continue
        if month is None and word[:3].lower() in MONTHS:
            month = MONTHS.index(word[:3].lower()) + 1
        elif year is None:
            year = number(word, 1 if whole else 2, 5 if whole else 4, whole)
    if time is None or day is None or month is None or year is None:
        return None
    year += 1900 if 70 <= year <= 99 else 2000 if year <= 69 else 0
    try:
        said = datetime.datetime(
            year if year <= 9999 else 2000 + year % 400,
            month,
            day,
            time[0],
            time[1],
            time[2],
            tzinfo=datetime.timezone.utc,
        )
        return said if year <= 9999 else "far"
    except (ValueError, OverflowError):
        return None


def by_the_text(text: str) -> datetime.datetime | str | None:
    moment = plain_date(text, False)
    if isinstance(moment, datetime.datetime) and moment.year < 1601:
        return None
    return moment


def one_input(data: bytes) -> None:
    text = data.decode("latin-1")
    moment = parse_cookie_date(data)
    assert parse_cookie_date(text) == moment
    readings = [by_the_text(text), plain_date(text, True)]
    assert moment in [None if reading == "far" else reading for reading in readings], readings
    if moment is not None:
        assert parse_cookie_date(format_cookie_date(moment)) == moment or moment.year < 100
    check_expires(text, moment, readings)


def check_expires(
    text: str, moment: datetime.datetime | None, readings: list[datetime.datetime | str | None]
) -> None:
    """As the attribute; what can't stand in one, or is too long for one, aside."""
    odd = any(char in ";\x7f" or char < " " for char in text)
    if odd or len(text) > 1024 or text != text.strip(" "):
        return
    cookie = parse_set_cookie("a=1; Expires=" + text, now=NOW)
    assert cookie is not None
    if moment is not None:
        assert cookie.expires == min(moment, FARTHEST)
    else:
        assert cookie.expires is None or (cookie.expires == FARTHEST and "far" in readings)


if __name__ == "__main__":
    harness.fuzz(one_input)
