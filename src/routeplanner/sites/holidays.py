"""Public holidays of Vietnam: as decreed where the decree is known, by the law's rule elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache

from routeplanner.sites.lunar import hung_kings_day, tet

__all__ = [
    "DECREED",
    "TET_DAYS_OFF",
    "PublicHoliday",
    "is_public_holiday",
    "may_be_off",
    "public_holiday_on",
    "public_holidays",
]

TET_DAYS_OFF = "Nghỉ Tết Âm lịch"
_EXCHANGED = "Nghỉ hoán đổi", "Day off by exchange"

_SATURDAY = 5
_NATIONAL_DAY_SINCE, _REUNIFICATION_SINCE, _LABOUR_CODE_SINCE = 1945, 1976, 1995
_HUNG_KINGS_SINCE, _SECOND_NATIONAL_DAY_SINCE, _CULTURE_DAY_SINCE = 2007, 2021, 2026


@dataclass(frozen=True, slots=True, order=True)
class PublicHoliday:
    """One day off.

    Parameters
    ----------
    day
        The date.
    name_vi, name_en
        The holiday; a day in lieu names the holiday that it makes good.
    in_lieu
        Whether it makes good a holiday on a weekend, or was exchanged for a working Saturday.
    certain
        True where law or decree fix it; False where the government will still decide (the days around
        Tết beyond its eve and first three days, the second day of the National Day, days in lieu).
    """

    day: date
    name_vi: str
    name_en: str
    in_lieu: bool = False
    certain: bool = True

    @property
    def exchanged(self) -> bool:
        """Whether it was exchanged for a working Saturday: public servants have it off, others as they like."""
        return self.name_vi == _EXCHANGED[0]


@dataclass(frozen=True, slots=True)
class _Decree:
    """What the government set for a year: Tết with days in lieu, the other National Day, exchanged days."""

    tet: tuple[date, date]
    national: date | None
    exchanged: tuple[date, ...] = ()


def _decree(
    year: int, tet_days: tuple[int, int, int, int], national: int, *exchanged: tuple[int, int]
) -> _Decree:
    first_month, first, last_month, last = tet_days
    return _Decree(
        tet=(date(year, first_month, first), date(year, last_month, last)),
        national=date(year, 9, national) if national else None,
        exchanged=tuple(date(year, month, day) for month, day in exchanged),
    )


DECREED = {
    2019: _decree(2019, (2, 4, 2, 8), 0, (4, 29)),
    2020: _decree(2020, (1, 23, 1, 29), 0),
    2021: _decree(2021, (2, 10, 2, 16), 3),
    2022: _decree(2022, (1, 31, 2, 4), 1),
    2023: _decree(2023, (1, 20, 1, 26), 1),
    2024: _decree(2024, (2, 8, 2, 14), 3, (4, 29)),
    2025: _decree(2025, (1, 27, 1, 31), 1, (5, 2)),
    2026: _decree(2026, (2, 16, 2, 20), 1, (1, 2), (8, 31)),
}
"""Days off as the government announced them; the announcements of other years are not known here.

The exchanged days hold for public servants, and other employers are asked to follow. Sources: the yearly notices
of the Ministry of Labour (from 2025 of Home Affairs); 2024 and 2025 also in official dispatch 2450/VPCP-KGVX and
notice 6150/TB-BLĐTBXH.
"""


@lru_cache(maxsize=256)
def public_holidays(year: int) -> tuple[PublicHoliday, ...]:
    """Return the days off of a year, in order.

    They are 1 January, Tết, Hùng Kings' day (since 2007), 30 April (since 1976), 1 May, 2 September (since 1945, with
    a day beside it since 2021), 24 November (since 2026), and the days in lieu of those on a weekend.

    Parameters
    ----------
    year
        1900 to 2100. Years before 1995 are reckoned by the law of 1995, without days that commemorate what was
        still to come, and none of them is `certain`.

    Notes
    -----
    Labour Code 2019, articles 111 and 112: five days at Tết, two around 2 September; a holiday on a weekly rest
    day is made good on the next working day. For years in `DECREED` the government's days are given. For others
    Tết lasts from its eve to its fourth day, and the National Day's second day joins it to the weekend where it can.

    Examples
    --------
    >>> [str(h.day) for h in public_holidays(2026) if h.name_en == "Hung Kings' Commemoration Day"]
    ['2026-04-26', '2026-04-27']
    """
    found: dict[date, PublicHoliday] = {}
    _add_tet(found, year)
    for day, name_vi, name_en in _single_days(year):
        found.setdefault(day, PublicHoliday(day, name_vi, name_en))
    _add_second_national_day(found, year)
    for holiday in sorted(found.values()):
        if holiday.name_vi != TET_DAYS_OFF:
            _add_in_lieu(found, holiday)
    decree = DECREED.get(year)
    for day in decree.exchanged if decree else ():
        found.setdefault(day, PublicHoliday(day, *_EXCHANGED, in_lieu=True))
    return tuple(_as_sure_as_the_law(found[day]) for day in sorted(found))


def _as_sure_as_the_law(holiday: PublicHoliday) -> PublicHoliday:
    return holiday if holiday.day.year >= _LABOUR_CODE_SINCE else replace(holiday, certain=False)


def is_public_holiday(day: date) -> bool:
    """Return whether a day is a public holiday of Vietnam or a day off in lieu of one.

    Parameters
    ----------
    day
        A solar date of 1900 to 2100.

    Examples
    --------
    >>> [is_public_holiday(date(2026, 4, n)) for n in (26, 27, 28)]
    [True, True, False]
    """
    return public_holiday_on(day) is not None


def public_holiday_on(day: date) -> PublicHoliday | None:
    """Return the public holiday of a day, or None.

    Parameters
    ----------
    day
        A solar date of 1900 to 2100.

    Examples
    --------
    >>> public_holiday_on(date(2027, 4, 30)).name_en
    'Reunification Day'
    """
    return _days_off(day.year).get(day)


@lru_cache(maxsize=256)
def _days_off(year: int) -> dict[date, PublicHoliday]:
    return {holiday.day: holiday for holiday in public_holidays(year)}


def may_be_off(day: date) -> bool:
    """Return whether the government may make a day off of a day that `public_holidays` does not list.

    In a year without a decree that is so of the other day beside 2 September, and of the days next to those off
    at Tết. A day that joins a holiday to the weekend by exchange is set too late to be foreseen, and left out.

    Parameters
    ----------
    day
        A solar date of 1900 to 2100.

    Examples
    --------
    >>> [may_be_off(date(2028, 9, n)) for n in (1, 2, 3, 4)]
    [False, False, True, False]
    """
    if day.year in DECREED or day.year < _LABOUR_CODE_SINCE or is_public_holiday(day):
        return False
    beside = day.year >= _SECOND_NATIONAL_DAY_SINCE and (day.month, day.day) in {(9, 1), (9, 3)}
    return beside or (day - tet(day.year)).days in {-2, 4}


def _single_days(year: int) -> list[tuple[date, str, str]]:
    days = [
        (date(year, 1, 1), "Tết Dương lịch", "New Year's Day"),
        (date(year, 5, 1), "Ngày Quốc tế lao động", "International Labour Day"),
    ]
    if year >= _NATIONAL_DAY_SINCE:
        days.append((date(year, 9, 2), "Quốc khánh", "National Day"))
    if year >= _REUNIFICATION_SINCE:
        days.append((date(year, 4, 30), "Ngày Chiến thắng", "Reunification Day"))
    if year >= _HUNG_KINGS_SINCE:
        days.append((hung_kings_day(year), "Giỗ Tổ Hùng Vương", "Hung Kings' Commemoration Day"))
    if year >= _CULTURE_DAY_SINCE:
        days.append((date(year, 11, 24), "Ngày Văn hóa Việt Nam", "Vietnam Culture Day"))
    return days


def _add_tet(found: dict[date, PublicHoliday], year: int) -> None:
    new_year = tet(year)
    decree = DECREED.get(year)
    first, last = decree.tet if decree else (new_year - timedelta(days=1), new_year + timedelta(days=3))
    sure = {new_year + timedelta(days=n) for n in (-1, 0, 1, 2)}
    days = {first + timedelta(days=n) for n in range((last - first).days + 1)} | sure
    name = TET_DAYS_OFF, "Tet holiday (days off)"
    for day in sorted(days):
        found[day] = PublicHoliday(day, *name, certain=decree is not None or day in sure)
    if decree is None:
        for day in sorted(days):
            _add_in_lieu(found, found[day])


def _add_second_national_day(found: dict[date, PublicHoliday], year: int) -> None:
    """Add the day before or after 2 September; undecreed, the one that joins it to the weekend."""
    decree = DECREED.get(year)
    if year < _SECOND_NATIONAL_DAY_SINCE:
        return
    national = date(year, 9, 2)
    before = national.weekday() in {1, 2, 4, 5}
    guess = national - timedelta(days=1) if before else national + timedelta(days=1)
    day = decree.national if decree and decree.national else guess
    found.setdefault(day, PublicHoliday(day, "Quốc khánh", "National Day", certain=decree is not None))


def _add_in_lieu(found: dict[date, PublicHoliday], holiday: PublicHoliday) -> None:
    if holiday.day.weekday() < _SATURDAY or holiday.in_lieu:
        return
    day = holiday.day
    while day.weekday() >= _SATURDAY or day in found:
        day += timedelta(days=1)
    certain = holiday.certain and day.year in DECREED
    found[day] = PublicHoliday(day, holiday.name_vi, holiday.name_en, in_lieu=True, certain=certain)
