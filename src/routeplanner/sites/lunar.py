"""The Vietnamese lunar calendar, 1900 to 2100, at UTC+7.

The arithmetic is the `lunar-vn` package's (after Hồ Ngọc Đức). It takes day 30 of a month of 29 days for day 1
of the next without a word; here every date is checked by the way back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from routeplanner.errors import RequestError

__all__ = [
    "LunarDate",
    "hung_kings_day",
    "is_tet",
    "meets_on",
    "next_lunar_day",
    "solar_of",
    "tet",
    "to_lunar",
]

FIRST_YEAR, LAST_YEAR = 1900, 2100
_SHORT_MONTH, _LONGEST_MONTH = 29, 30
_MONTHS_OF_1899_BEFORE_1900 = 10  # the days of January 1900 belong to the lunar year before


@dataclass(frozen=True, slots=True, order=True)
class LunarDate:
    """A date of the Vietnamese lunar calendar.

    Parameters
    ----------
    year
        Lunar year, named by the solar year in which it begins.
    month
        1 to 12.
    leap
        Whether the month is the leap month that follows the month of the same number.
    day
        1 to 30.
    """

    year: int
    month: int
    leap: bool
    day: int

    def __str__(self) -> str:
        """Return day/month as people write it, for example ``6/2``."""
        return f"{self.day}/{self.month}{' nhuận' if self.leap else ''}"


@lru_cache(maxsize=16_384)
def to_lunar(day: date) -> LunarDate:
    """Return the lunar date of a day.

    Parameters
    ----------
    day
        A solar date of 1900 to 2100.

    Raises
    ------
    RequestError
        When the date lies outside those years.

    Examples
    --------
    >>> to_lunar(date(2027, 2, 6))
    LunarDate(year=2027, month=1, leap=False, day=1)
    >>> str(to_lunar(date(2027, 3, 13)))
    '6/2'
    """
    from lunar_vn import solar_to_lunar

    _check_year(day.year)
    try:
        found = solar_to_lunar(date(day.year, day.month, day.day))
    except ValueError as error:
        raise RequestError([f"{day} has no lunar date here: {error}"], subject="lunar date") from error
    return LunarDate(year=found.year, month=found.month, leap=found.leap, day=found.day)


def solar_of(day: int, month: int, year: int, *, leap: bool = False) -> date:
    """Return the solar date of a lunar one.

    Parameters
    ----------
    day, month
        Lunar day (1 to 30) and month (1 to 12).
    year
        Lunar year, named by the solar year in which it begins.
    leap
        The leap month of that number.

    Raises
    ------
    RequestError
        When the year has no such day or no such leap month.

    Examples
    --------
    >>> solar_of(6, 1, 2026)  # the Perfume Pagoda's festival begins
    datetime.date(2026, 2, 22)
    """
    from lunar_vn import LunarDate as Theirs
    from lunar_vn import lunar_to_solar

    wanted = LunarDate(year=year, month=month, leap=leap, day=day)
    label = f"lunar {wanted} of {year}"
    _check_year(year + 1 if year == FIRST_YEAR - 1 and month > _MONTHS_OF_1899_BEFORE_1900 else year)
    try:
        found: date = lunar_to_solar(Theirs(day=day, month=month, year=year, leap=leap))
        back = to_lunar(found)
    except ValueError as error:
        raise RequestError([f"{label} does not exist: {error}"], subject="lunar date") from error
    if back != wanted:
        remedy = "the month has 29 days; give 29" if day == _LONGEST_MONTH else "that year has no such month"
        raise RequestError([f"{label} does not exist: {remedy}"], subject="lunar date")
    return found


@lru_cache(maxsize=256)
def tet(year: int) -> date:
    """Return the first day of the lunar year, Tết Nguyên đán.

    Parameters
    ----------
    year
        1900 to 2100.

    Raises
    ------
    RequestError
        When the year lies outside.

    Examples
    --------
    >>> tet(2030)
    datetime.date(2030, 2, 2)
    """
    return solar_of(1, 1, year)


def is_tet(day: date) -> bool:
    """Return whether a day is the eve of Tết or one of its first three days, when most places are shut.

    Parameters
    ----------
    day
        A solar date of 1900 to 2100.

    Examples
    --------
    >>> [is_tet(date(2027, 2, n)) for n in (4, 5, 8, 9)]
    [False, True, True, False]
    """
    return -1 <= (day - tet(day.year)).days <= 2


@lru_cache(maxsize=256)
def hung_kings_day(year: int) -> date:
    """Return Giỗ Tổ Hùng Vương, the tenth day of the third lunar month.

    Parameters
    ----------
    year
        1900 to 2100.

    Examples
    --------
    >>> hung_kings_day(2026)
    datetime.date(2026, 4, 26)
    """
    return solar_of(10, 3, year)


@lru_cache(maxsize=16_384)
def meets_on(day: date, lunar_days: tuple[int, ...], *, short_month: str | None = None) -> bool:
    """Return whether a market of those lunar days meets on a day.

    Parameters
    ----------
    day
        A solar date of 1900 to 2100.
    lunar_days
        Days of the lunar month, 1 to 30.
    short_month
        ``"day_29"`` where the market of the 30th meets on the 29th of a month that has no 30th.

    Examples
    --------
    >>> last_of_a_short_month = date(2027, 5, 5)
    >>> meets_on(last_of_a_short_month, (10, 20, 30))
    False
    >>> meets_on(last_of_a_short_month, (10, 20, 30), short_month="day_29")
    True
    """
    number = to_lunar(day).day
    if number in lunar_days:
        return True
    falls_back = short_month == "day_29" and number == _SHORT_MONTH and _LONGEST_MONTH in lunar_days
    return falls_back and to_lunar(day + timedelta(days=1)).day == 1


def next_lunar_day(day: date, lunar_days: tuple[int, ...], *, short_month: str | None = None) -> date | None:
    """Return the first day after `day` on which a market of `lunar_days` meets, within two months.

    Examples
    --------
    >>> next_lunar_day(date(2027, 3, 13), (4, 10, 14, 20, 24, 30))
    datetime.date(2027, 3, 17)
    """
    for ahead in range(1, 2 * _LONGEST_MONTH + 1):
        later = day + timedelta(days=ahead)
        if later.year > LAST_YEAR:
            return None
        if meets_on(later, lunar_days, short_month=short_month):
            return later
    return None


def _check_year(year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        fault = f"year {year} is outside the lunar calendar's range; give {FIRST_YEAR} to {LAST_YEAR}"
        raise RequestError([fault], subject="lunar date")
