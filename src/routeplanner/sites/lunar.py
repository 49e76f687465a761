"""The Vietnamese lunar calendar, 1900 to 2100, at UTC+7.

The arithmetic is the `lunar-vn` package's (after Hồ Ngọc Đức). It takes day 30 of a month of 29 days for day 1
of the next without a word; here every date is checked by the way back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from routeplanner.errors import RequestError

__all__ = ["LunarDate", "hung_kings_day", "is_public_holiday", "is_tet", "solar_of", "tet", "to_lunar"]

FIRST_YEAR, LAST_YEAR = 1900, 2100
_LONGEST_MONTH = 30
_SOLAR_HOLIDAYS = {(1, 1), (4, 30), (5, 1), (9, 2)}


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


@lru_cache(maxsize=4096)
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
    _check_year(year)
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


def is_public_holiday(day: date) -> bool:
    """Return whether a day is a public holiday of Vietnam.

    Counted are 1 January, the eve and the first three days of Tết, the tenth of the third lunar month, 30 April,
    1 May and 2 September (Labour Code 2019, article 112). The fifth day of Tết and the second day of the
    National Day, which the government sets anew each year, and days moved in lieu are not.

    Parameters
    ----------
    day
        A solar date of 1900 to 2100.

    Examples
    --------
    >>> is_public_holiday(date(2026, 4, 26)), is_public_holiday(date(2026, 4, 27))
    (True, False)
    """
    return (day.month, day.day) in _SOLAR_HOLIDAYS or is_tet(day) or day == hung_kings_day(day.year)


def next_lunar_day(day: date, lunar_days: tuple[int, ...]) -> date | None:
    """Return the first day after `day` whose lunar day is one of `lunar_days`, within two months."""
    for ahead in range(1, 2 * _LONGEST_MONTH + 1):
        later = day + timedelta(days=ahead)
        if later.year > LAST_YEAR:
            return None
        if to_lunar(later).day in lunar_days:
            return later
    return None


def _check_year(year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        fault = f"year {year} is outside the lunar calendar's range; give {FIRST_YEAR} to {LAST_YEAR}"
        raise RequestError([fault], subject="lunar date")
