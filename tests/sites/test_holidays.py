"""Days off as the government announced them, and the law's rule for other years."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routeplanner.sites.festivals import festival_calendar
from routeplanner.sites.holidays import DECREED as DECREED_YEARS
from routeplanner.sites.holidays import is_public_holiday, may_be_off, public_holiday_on, public_holidays
from routeplanner.sites.lunar import hung_kings_day, tet

# First and last days off of each holiday with its days in lieu, as announced; weekends that only touch them left out.
# 2022: https://en.sggp.org.vn/calendar-of-public-holidays-in-april-may-post94148.html
# 2024: official dispatch 2450/VPCP-KGVX; 2025: notice 6150/TB-BLĐTBXH and
# https://en.baochinhphu.vn/three-days-off-in-celebration-for-hung-kings-commemoration-day-111250304153250976.htm
# other years: the Ministry's yearly notices, as the press repeats them.
DECREED = {
    2021: ["01-01", "02-10..02-16", "04-21", "04-30..05-01", "05-03", "09-02..09-03"],
    2022: ["01-01", "01-03", "01-31..02-04", "04-10..04-11", "04-30..05-03", "09-01..09-02"],
    2023: ["01-01..01-02", "01-20..01-26", "04-29..05-03", "09-01..09-02", "09-04"],
    2024: ["01-01", "02-08..02-14", "04-18", "04-29..05-01", "09-02..09-03"],
    2025: ["01-01", "01-27..01-31", "04-07", "04-30..05-02", "09-01..09-02"],
    2026: ["01-01..01-02", "02-16..02-20", "04-26..04-27", "04-30..05-01", "08-31..09-02", "11-24"],
}


def days_of(year: int, spans: list[str]) -> list[date]:
    found = []
    for span in spans:
        first, _, last = span.partition("..")
        start, end = (date.fromisoformat(f"{year}-{text}") for text in (first, last or first))
        found += [start + timedelta(days=n) for n in range((end - start).days + 1)]
    return found


@pytest.mark.parametrize("year", DECREED)
def test_past_years_are_as_decreed(year: int) -> None:
    assert [holiday.day for holiday in public_holidays(year)] == days_of(year, DECREED[year])
    assert all(holiday.certain for holiday in public_holidays(year))


# Where we differ from the package, and why: the notice for 2025 ends Tết on 31 January, the package counts a
# Saturday more; 2 January 2026 was exchanged for 10 January, which the package does not have.
OURS_ONLY = {date(2026, 1, 2)}
THEIRS_ONLY = {date(2025, 2, 1)}


@pytest.mark.parametrize("year", range(2019, 2027))
def test_the_package_holidays_agrees_save_where_listed(year: int) -> None:
    holidays = pytest.importorskip("holidays")
    theirs = set(holidays.country_holidays("VN", years=year))
    ours = {holiday.day for holiday in public_holidays(year)}
    assert ours - theirs == {day for day in OURS_ONLY if day.year == year}
    assert theirs - ours == {day for day in THEIRS_ONLY if day.year == year}


@given(st.integers(2027, 2099))
def test_a_year_without_a_decree_follows_the_law(year: int) -> None:
    found = public_holidays(year)
    days = {holiday.day for holiday in found}
    fixed = {date(year, 1, 1), date(year, 4, 30), date(year, 5, 1), date(year, 9, 2), date(year, 11, 24)}
    assert days >= fixed | {hung_kings_day(year)} | {tet(year) + timedelta(days=n) for n in (-1, 0, 1, 2)}
    weekend = [holiday for holiday in found if not holiday.in_lieu and holiday.day.weekday() >= 5]
    made_good = [holiday for holiday in found if holiday.in_lieu]
    assert len(made_good) == len(weekend)  # each is made good once, on a working day
    assert all(holiday.day.weekday() < 5 and not holiday.certain for holiday in made_good)
    assert list(found) == sorted(found)
    assert len(days) == len(found)


@given(st.dates(date(1996, 1, 1), date(2099, 12, 31)))
def test_a_day_is_a_holiday_when_the_year_lists_it(day: date) -> None:
    assert is_public_holiday(day) is any(holiday.day == day for holiday in public_holidays(day.year))


def test_a_future_tet_says_that_its_days_off_are_not_announced() -> None:
    calendar = festival_calendar(2031)
    off = calendar[calendar["festival_vi"] == "Nghỉ Tết Âm lịch"]
    fixed, guessed = off[off["certain"]], off[~off["certain"]]
    # its eve and first three days are fixed by law; the fourth, and those in lieu of a weekend, are not joined to them
    assert (fixed["start"].min(), fixed["end"].max()) == (
        tet(2031) - timedelta(days=1),
        tet(2031) + timedelta(days=2),
    )
    assert guessed["start"].min() == tet(2031) + timedelta(days=3)
    kept = calendar[calendar["festival_vi"] == "Tết Nguyên đán"].iloc[0]
    assert (kept["start"], kept["lunar_start"], kept["certain"]) == (tet(2031), "1/1", True)


def test_what_the_law_fixes_is_not_called_tentative_beside_what_it_leaves_open() -> None:
    calendar = festival_calendar(2028)
    rows = calendar[calendar["festival_vi"].str.startswith("Quốc khánh")]
    by_day = {row.start: row.certain for row in rows.itertuples()}
    assert by_day[date(2028, 9, 2)]
    assert not by_day[date(2028, 9, 1)]


def test_no_day_commemorates_what_was_still_to_come() -> None:
    before = {(holiday.day.month, holiday.day.day) for holiday in public_holidays(1930)}
    assert not before & {(4, 30), (9, 2)}
    assert not any(holiday.certain for holiday in public_holidays(1930))
    assert is_public_holiday(date(1976, 4, 30))
    assert not is_public_holiday(date(1975, 4, 30))


@given(st.dates(date(1995, 1, 1), date(2099, 12, 31)))
def test_a_day_that_may_be_off_is_not_listed_and_not_decreed(day: date) -> None:
    if may_be_off(day):
        assert public_holiday_on(day) is None
        assert day.year not in DECREED_YEARS
        assert (day.month, day.day) in {(9, 1), (9, 3)} or (day - tet(day.year)).days in {-2, 4}
