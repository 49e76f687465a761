"""The lunar calendar against published dates and itself."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routeplanner.errors import RequestError
from routeplanner.sites.lunar import (
    LunarDate,
    hung_kings_day,
    is_tet,
    next_lunar_day,
    solar_of,
    tet,
    to_lunar,
)

# Tết as kept in Vietnam; 1968 (north), 1985, 2007 and 2030 differ from the Chinese new year.
TET = {
    1968: date(1968, 1, 29),
    1985: date(1985, 1, 21),
    2007: date(2007, 2, 17),
    2024: date(2024, 2, 10),
    2025: date(2025, 1, 29),
    2026: date(2026, 2, 17),
    2027: date(2027, 2, 6),
    2028: date(2028, 1, 26),
    2029: date(2029, 2, 13),
    2030: date(2030, 2, 2),
    2053: date(2053, 2, 18),
}

FESTIVALS = [
    ((6, 1, 2026), date(2026, 2, 22)),  # Hương pagoda opens; Cổ Loa
    ((9, 4, 2026), date(2026, 5, 25)),  # Gióng at Phù Đổng
    ((10, 3, 2026), date(2026, 4, 26)),  # Hùng Kings
    ((15, 8, 2026), date(2026, 9, 25)),  # mid-autumn
    ((10, 3, 2024), date(2024, 4, 18)),
    ((10, 3, 2025), date(2025, 4, 7)),
]

DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 30))


@pytest.mark.parametrize(("year", "day"), TET.items())
def test_tet_falls_where_vietnam_keeps_it(year: int, day: date) -> None:
    assert tet(year) == day
    assert to_lunar(day) == LunarDate(year=year, month=1, leap=False, day=1)


@pytest.mark.parametrize(("lunar", "solar"), FESTIVALS)
def test_festivals_fall_on_their_published_dates(lunar: tuple[int, int, int], solar: date) -> None:
    assert solar_of(*lunar) == solar


def test_the_example_day_of_the_project() -> None:
    assert str(to_lunar(date(2027, 3, 13))) == "6/2"


def test_every_date_there_and_back() -> None:
    day, last, days = date(1900, 1, 1), date(2100, 12, 31), 0
    while day <= last:
        found = to_lunar(day)
        assert solar_of(found.day, found.month, found.year, leap=found.leap) == day
        day += timedelta(days=1)
        days += 1
    assert days == 73_414


@given(DAYS)
def test_days_follow_each_other(day: date) -> None:
    today, tomorrow = to_lunar(day), to_lunar(day + timedelta(days=1))
    assert today < tomorrow
    if tomorrow.day != 1:
        assert tomorrow == LunarDate(today.year, today.month, today.leap, today.day + 1)
    else:
        assert today.day in {29, 30}


def test_day_30_of_a_short_month_is_refused() -> None:
    for year in range(2020, 2035):
        for month in range(1, 13):
            first = solar_of(1, month, year)
            long = to_lunar(first + timedelta(days=29)).day == 30
            if long:
                assert solar_of(30, month, year) == first + timedelta(days=29)
            else:
                with pytest.raises(RequestError, match="the month has 29 days"):
                    solar_of(30, month, year)


def test_leap_months_are_told_apart() -> None:
    assert solar_of(1, 6, 2025) == date(2025, 6, 25)
    assert solar_of(1, 6, 2025, leap=True) == date(2025, 7, 25)  # 2025 has two sixth months
    with pytest.raises(RequestError, match="does not exist"):
        solar_of(1, 7, 2025, leap=True)
    with pytest.raises(RequestError, match="does not exist"):
        solar_of(1, 1, 2026, leap=True)


@pytest.mark.parametrize("numbers", [(0, 1, 2026), (31, 1, 2026), (1, 13, 2026), (1, 0, 2026)])
def test_impossible_dates_are_refused(numbers: tuple[int, int, int]) -> None:
    with pytest.raises(RequestError, match="does not exist"):
        solar_of(*numbers)


@pytest.mark.parametrize("year", [1899, 2101])
def test_the_range_is_stated(year: int) -> None:
    with pytest.raises(RequestError, match="give 1900 to 2100"):
        to_lunar(date(year, 6, 1))
    with pytest.raises(RequestError, match="give 1900 to 2100"):
        tet(year)


@settings(deadline=None)
@given(st.integers(1901, 2099))
def test_tet_lasts_four_days_a_year(year: int) -> None:
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(365)]
    kept = [day for day in days if is_tet(day)]
    assert kept == [tet(year) + timedelta(days=n) for n in (-1, 0, 1, 2)]
    assert date(year, 3, 28) <= hung_kings_day(year) <= date(year, 5, 1)


@given(DAYS, st.sets(st.integers(1, 30), min_size=1).map(lambda days: tuple(sorted(days))))
def test_the_next_market_day_is_the_next(day: date, lunar_days: tuple[int, ...]) -> None:
    found = next_lunar_day(day, lunar_days)
    if found is None:
        assert day.year == 2100
        return
    assert to_lunar(found).day in lunar_days
    between = [day + timedelta(days=n) for n in range(1, (found - day).days)]
    assert not any(to_lunar(other).day in lunar_days for other in between)
