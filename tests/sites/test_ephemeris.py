"""The lunar calendar and the daylight against an ephemeris, which knows nothing of our arithmetic."""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta
from functools import cache
from itertools import pairwise

import ephem
import pytest
from hypothesis import given
from hypothesis import strategies as st

from routeplanner.sites.lunar import tet, to_lunar
from routeplanner.sites.sun import daylight_s

UTC_OFFSET = timedelta(hours=7)
YEARS = range(1900, 2101)

# Of the 2,485 months, those that the ephemeris begins a day before us: its new moon falls less than two minutes before
# midnight at UTC+7, nearer than the arithmetic (after Hồ Ngọc Đức) can tell. None of them holds a new year. Official is
# neither yet for 2072 and 2077, for which no almanac has been decreed; in 1944 almanacs were still reckoned for
# Beijing (UTC+8; UTC+7 is the law since 1968), where that new moon falls on 21 June as we have it.
APART = {
    date(1944, 6, 20): date(1944, 6, 21),  # 23:59:32
    date(2072, 12, 9): date(2072, 12, 10),  # 23:58:28
    date(2077, 11, 15): date(2077, 11, 16),  # 23:59:34
}


def vietnam_day(moment: ephem.Date) -> date:
    return (moment.datetime() + UTC_OFFSET).date()


def sun_longitude_deg(day: date) -> float:
    """Return the sun's apparent longitude at the end of a day at UTC+7, equinox of date."""
    midnight = datetime(day.year, day.month, day.day) + timedelta(days=1) - UTC_OFFSET  # noqa: DTZ001 - UTC
    sun = ephem.Sun(ephem.Date(midnight))
    return math.degrees(ephem.Ecliptic(sun, epoch=ephem.Date(midnight)).lon)


def term(day: date) -> int:
    """Return how many major terms (every 30°) have passed by the end of a day, 0 to 11."""
    return int(sun_longitude_deg(day) // 30)


@cache
def new_moons() -> tuple[date, ...]:
    found, moment = [], ephem.Date("1898/10/1")
    while moment.datetime().year < 2102:
        moment = ephem.next_new_moon(moment)
        found.append(vietnam_day(moment))
        moment = ephem.Date(moment + 1)
    return tuple(found)


@cache
def month_starts() -> dict[date, tuple[int, bool]]:
    """Return number and leap mark of each lunar month by its first day.

    Month 11 holds the winter solstice. Where thirteen months lie between two of them, the first without a major term
    is the leap month.
    """
    moons = new_moons()
    solstices = [vietnam_day(ephem.next_winter_solstice(f"{year}/12/1")) for year in range(1898, 2101)]
    elevenths = [max(k for k, moon in enumerate(moons) if moon <= day) for day in solstices]
    found = {}
    for here, there in pairwise(elevenths):
        leap_at = None
        if there - here == 13:
            leap_at = next(
                k
                for k in range(here + 1, there)
                if term(moons[k] - timedelta(days=1)) == term(moons[k + 1] - timedelta(days=1))
            )
        number = 11
        for k in range(here, there):
            if k not in {here, leap_at}:
                number = number % 12 + 1
            found[moons[k]] = (number, k == leap_at)
    return found


def test_new_year_1900_to_2100_is_that_of_the_sky() -> None:
    theirs = {day.year: day for day, month in month_starts().items() if month == (1, False)}
    assert {year: tet(year) for year in YEARS} == {year: theirs[year] for year in YEARS}


def test_all_months_begin_with_the_new_moon_save_on_the_days_listed() -> None:
    starts = {
        day: month for day, month in month_starts().items() if date(1900, 2, 1) <= day <= date(2100, 11, 1)
    }
    apart = {}
    for day, (number, leap) in starts.items():
        ours = to_lunar(day)
        if (ours.day, ours.month, ours.leap) != (1, number, leap):
            near = [day + timedelta(days=shift) for shift in (-1, 1)]
            apart[day] = next(
                (other for other in near if (to_lunar(other).day, to_lunar(other).month) == (1, number)), None
            )
    assert apart == APART


@given(st.floats(8, 23.5), st.floats(102.5, 110), st.dates(date(1990, 1, 1), date(2060, 12, 31)))
def test_the_sun_rises_and_sets_when_the_ephemeris_says(lat: float, lon: float, day: date) -> None:
    place = ephem.Observer()
    place.lat, place.lon, place.pressure, place.horizon = str(lat), str(lon), 0, "-0:50"
    midnight = datetime(day.year, day.month, day.day) - UTC_OFFSET  # noqa: DTZ001 - UTC
    place.date = ephem.Date(midnight)
    theirs = [
        place.next_rising(ephem.Sun(), use_center=True).datetime(),
        place.next_setting(ephem.Sun(), use_center=True).datetime(),
    ]
    seconds = [(moment - midnight).total_seconds() for moment in theirs]
    assert daylight_s(lat, lon, day) == pytest.approx(seconds, abs=60)
