"""How Firefox reads a date: the parser of NSPR, which was made for mail and news.

It knows time zones, AM and PM, 6/16/95 and dates without a time. Values out of range carry
over. These are facts about a browser, from recordings of Firefox 153. The tests ask a real
one again. `cookie_date` says when they count.
"""

from __future__ import annotations

import re

from .._core.calendar import MONTH_NAMES, days_before

MONTHS = {name.lower(): number for number, name in enumerate(MONTH_NAMES, 1)}

# Minutes east of Greenwich, including summer time.
_ZONES = {
    "pst": -480, "pdt": -420, "mst": -420, "mdt": -360, "cst": -360, "cdt": -300, "est": -300,
    "edt": -240, "ast": -240, "nst": -210, "gmt": 0, "bst": 60, "met": 60, "eet": 120,
    "jst": 540,
}  # fmt: skip

# The rest of a token and what separates it from the next one. A hyphen before a digit is the
# sign of a time zone, but not after a word if there is no year yet.
_REST = r"[^ \t,;\-+/()\[\]]*(?:[ \t,;/()\[\]]|-(?![0-9])%s)*"
_rest = re.compile(_REST % "").match
_rest_before_year = re.compile(_REST % "|(?<=[A-Za-z])-").match
_digits = re.compile(r"[0-9]+").match
_letter = re.compile(r"[A-Za-z]").match
_number = re.compile(r"([0-9]+)(:?)").match
_clock = re.compile(r"([0-9]{1,2}):([0-9]{1,2})(?![0-9]):?([0-9]*)").match
_am_or_pm = re.compile(r"[ \t]*([ap])m", re.IGNORECASE | re.ASCII).match
_slashed = re.compile(
    r"([0-9]{1,2})[/-]([0-9]{1,2})[/-]([0-9]{1,2}|[0-9]{4,5})(?![0-9A-Za-z])"
).match
# The limits of PR_ParseTimeString (mozilla/nspr, pr/src/misc/prtime.c), as are the zones.
_LAST_YEAR = 32767
_MAX_TOKENS = 1000
# Its number for what the text does not have, so -0001 is not an offset.
_UNKNOWN = -1


class _Date:
    """What Firefox has found of a date so far. Its parser keeps the first of each."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    time: tuple[int, int, int] | None = None
    zone: str | None = None
    offset: int | None = None

    def second(self) -> int | None:
        """Return the Unix time. Values out of range carry over."""
        if self.year is None or self.month is None or self.day is None:
            return None
        if self.year > _LAST_YEAR:
            return None
        years, month = divmod(self.month - 1, 12)
        days = days_before(self.year + years, month + 1) + self.day - 1
        hour, minute, second = self.time or (0, 0, 0)
        second = 0 if second == _UNKNOWN else second
        offset = _ZONES[self.zone or "gmt"] if self.offset is None else self.offset
        return days * 86400 + hour * 3600 + (minute - offset) * 60 + second


def utf8_only(text: str) -> str:
    """Return a native string as Firefox holds values: U+FFFD for parts that are not UTF-8."""
    if text.isascii():
        return text
    charset = "latin-1" if max(text) <= "\xff" else "utf-8"
    octets = text.encode(charset, "surrogatepass")
    return octets.decode("utf-8", "replace").encode().decode("latin-1")


def firefox_date(text: str) -> int | None:
    """Return the Unix time that Firefox reads in *text*, a native string, or None.

    >>> firefox_date("9 Jun 2021 10:18:14 PM +0200") == firefox_date("2021 June 9 20:18:14")
    True
    """
    text = utf8_only(text)
    found = _Date()
    at = 0
    for _ in range(_MAX_TOKENS + 1):
        if at >= len(text):
            return found.second()
        at = _read_token(text, at, found)
        rest = (_rest_before_year if found.year is None else _rest)(text, at)
        at = at if rest is None else rest.end()
    return None


def _read_token(text: str, at: int, found: _Date) -> int:
    """Read the token at *at*, and return the place from which to search for its end."""
    word = text[at : at + 3].lower()
    if word in MONTHS and found.month is None:
        found.month = MONTHS[word]
    elif found.zone is None and word in _ZONES:
        found.zone = word
    elif found.zone is None and word[:2] == "ut" and not _letter(word, 2):
        found.zone = "gmt"
    elif text[at] in "+-":
        return _read_offset(text, at + 1, found)
    elif _digits(text, at):
        return _read_number(text, at, found)
    return at


def _read_offset(text: str, at: int, found: _Date) -> int:
    digits = _digits(text, at)
    if digits is None or found.offset is not None or found.zone not in (None, "gmt"):
        return at
    number = digits.group()
    if len(number) in (1, 2, 4):
        hours, minutes = int(number[:2]), int(number[2:] or "0")
        offset = (hours * 60 + minutes) * (1 if text[at - 1] == "+" else -1)
        found.offset = None if offset == _UNKNOWN else offset
        found.zone = "gmt"
    return at


def _read_number(text: str, at: int, found: _Date) -> int:
    number = _number(text, at)
    assert number is not None
    digits, colon = number.groups()
    following = text[number.end(1) : number.end(1) + 2]
    if colon:
        return _read_time(text, at, found)
    if following[:1] in ("/", "-") and _digits(following, 1):
        return _read_slashed(text, at, found)
    if _letter(following):
        return at
    if len(digits) in (4, 5):
        found.year = int(digits) if found.year is None else found.year
    elif len(digits) == 2:
        if found.day is None and int(digits) < 32:
            found.day = int(digits)
        elif found.year is None:
            found.year = full_year(int(digits))
    elif len(digits) == 1 and found.day is None:
        found.day = int(digits)
    return at


def full_year(year: int) -> int:
    """Return the year that one of two digits stands for (layered 5.3.1, steps 3 and 4)."""
    return year + 2000 if year < 70 else year + 1900 if year < 100 else year


def _read_time(text: str, at: int, found: _Date) -> int:
    clock = _clock(text, at)
    if clock is None or found.time is not None or len(clock.group(3)) > 2:
        return at
    hour, minute = int(clock.group(1)), int(clock.group(2))
    # Without seconds, Firefox reads the next character as their digit, whatever it is. In C
    # (on x86), an octet over 0x7F is negative.
    digits = clock.group(3)
    octet = ord(text[clock.end() : clock.end() + 1] or "\0")
    second = int(digits) if digits else octet - 48 - (256 if octet > 0x7F else 0)
    half = _am_or_pm(text, clock.end())
    if half is not None and hour <= 12:
        hour = hour % 12 + (12 if half.group(1) in "pP" else 0)
    found.time = hour, minute, second
    return at


def _read_slashed(text: str, at: int, found: _Date) -> int:
    """Read YY/MM/DD if the first number can't be a day, DD/MM/YY if it can't be a month."""
    date = None if found.month is not None else _slashed(text, at)
    if date is None:
        return at
    first, second, third = [int(number) for number in date.groups()]
    if first > 31 or first == 0:
        if second > 12 or third > 31:
            return at
        found.year, found.month, found.day = full_year(first), second, third
    elif first > 12 and second <= 12:
        found.day, found.month, found.year = first, second, full_year(third)
    elif first <= 12:
        found.month, found.day, found.year = first, second, full_year(third)
    return date.end()
