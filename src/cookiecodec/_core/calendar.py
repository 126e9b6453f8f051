"""The proleptic Gregorian calendar, in integers.

So every platform computes the same date for the same second, whatever its C library, clock
or epoch.
"""

# Split here, since MicroPython keeps a short literal for good in a table of names.
DAY_NAMES = tuple("Mon Tue Wed Thu Fri Sat Sun".split())  # noqa: SIM905
MONTH_NAMES = tuple("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split())  # noqa: SIM905


def days_before(year: int, month: int) -> int:
    """Return the days from 1970-01-01 to the first of *month*.

    The year is counted from March, so that the leap day is its last.
    """
    if month < 3:
        year -= 1
        month += 12
    leap_days = year // 4 - year // 100 + year // 400
    return year * 365 + leap_days + (153 * month - 457) // 5 - 719468


def date_of(days: int) -> tuple[int, int, int]:
    """Return year, month and day, *days* after 1970-01-01: the inverse of `days_before`."""
    # 400 years have 146097 days. Guess the year, and correct the guess by one.
    year = 1970 + days * 400 // 146097
    if days_before(year + 1, 1) <= days:
        year += 1
    elif days_before(year, 1) > days:
        year -= 1
    month = 12
    while days_before(year, month) > days:
        month -= 1
    return year, month, days - days_before(year, month) + 1
