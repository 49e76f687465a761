"""The timetable as text: what it says, in which order, in which language."""

from __future__ import annotations

import dataclasses
import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

import sample_trips as trips
from routeplanner.errors import RequestError
from routeplanner.itinerary_text import (
    date_words,
    day_rows,
    distance_words,
    duration_words,
    lunar_words,
    thousands,
    timetable,
    timetable_html,
)

if TYPE_CHECKING:
    from routeplanner.itinerary import Itinerary


@pytest.mark.parametrize(
    ("day", "vi", "en"),
    [
        (date(2027, 2, 6), "mùng 1 tháng Giêng âm lịch", "day 1 of lunar month 1"),  # Tết 2027
        (
            date(2030, 2, 2),
            "mùng 1 tháng Giêng âm lịch",
            "day 1 of lunar month 1",
        ),  # a day before the Chinese one
        (date(2026, 9, 25), "ngày 15 tháng Tám âm lịch", "day 15 of lunar month 8"),  # mid-autumn
        (
            date(2025, 7, 25),
            "mùng 1 tháng Sáu nhuận âm lịch",
            "day 1 of leap lunar month 6",
        ),  # 2025 had a leap sixth
        (date(2027, 2, 5), "ngày 29 tháng Chạp âm lịch", "day 29 of lunar month 12"),
    ],
)
def test_lunar_dates_are_those_of_the_vietnamese_calendar(day: date, vi: str, en: str) -> None:
    assert lunar_words(day, "vi") == vi
    assert lunar_words(day, "en") == en


@given(st.dates(date(1950, 1, 1), date(2099, 12, 31)))
def test_a_date_names_the_weekday_that_the_calendar_has(day: date) -> None:
    sunday = day + timedelta(days=6 - day.weekday())
    assert date_words(sunday, "vi").startswith("Chủ Nhật, ")
    assert date_words(sunday, "en").startswith("Sunday, ")
    assert str(day.year) in date_words(day, "en")


@given(st.integers(0, 10**6))
def test_a_duration_reads_back_to_the_minute(minutes: int) -> None:
    hours, rest = re.fullmatch(
        r"(?:(\d+) h ?)?(?:(\d+)(?: min)?)?", duration_words(minutes * 60, "en")
    ).groups()
    assert int(hours or 0) * 60 + int(rest or 0) == minutes


@pytest.mark.parametrize(
    ("metres", "words"),
    [
        (0, "10 m"),
        (94, "90 m"),
        (994, "990 m"),
        (996, "1.0 km"),
        (9949, "9.9 km"),
        (9951, "10 km"),
        (41_500, "42 km"),
    ],
)
def test_distances_are_rounded_as_people_say_them(metres: int, words: str) -> None:
    assert distance_words(metres, "en") == words
    assert distance_words(metres, "vi") == words.replace(".", ",")


def test_thousands_are_parted_as_each_language_does() -> None:
    assert thousands(1_234_567.4, "vi") == "1.234.567"


def test_rows_follow_the_clock_and_hold_each_stop_leg_and_break_once(trip: Itinerary) -> None:
    for day in trip.days:
        rows = day_rows(day)
        assert [row.time for row in rows] == sorted(row.time for row in rows)
        assert (rows[0].kind, rows[-1].kind) == ("start", "end")
        assert [row.stop for row in rows if row.stop] == list(day.stops)
        assert [row.order for row in rows if row.stop] == list(range(1, len(day.stops) + 1))
        assert [leg for row in rows for leg in row.legs] == list(day.legs)
        assert [row.pause for row in rows if row.pause] == list(day.breaks)


def test_a_wait_is_said_and_a_lunch_on_arrival_is_no_wait() -> None:
    trip = trips.south_trip()
    day = trip.days[0]
    late = timedelta(minutes=25)
    first = dataclasses.replace(
        day.stops[0], start=day.stops[0].start + late, departure=day.stops[0].departure + late
    )
    waiting = dataclasses.replace(day, stops=(first, *day.stops[1:]))
    row = next(row for row in day_rows(waiting) if row.order == 1)
    assert row.wait_min == 25
    assert "wait 25 min" in timetable(dataclasses.replace(trip, days=(waiting,)))
    pause = dataclasses.replace(day.breaks[0], start=first.arrival, end=first.arrival + late)
    lunch = dataclasses.replace(waiting, breaks=(pause,))
    kinds = [(row.kind, row.wait_min) for row in day_rows(lunch) if row.kind in ("stop", "break")]
    assert kinds[:2] == [("break", 0), ("stop", 0)]


def test_the_text_names_every_place_and_time_in_both_languages(trip: Itinerary) -> None:
    for lang, name in (("vi", "name_vi"), ("en", "name_en")):
        text = timetable(trip, lang)
        for day in trip.days:
            assert date_words(day.date, lang) in text
            for stop in day.stops:
                line = next(
                    line
                    for line in text.splitlines()
                    if getattr(stop, name) in line and f"{stop.start:%H:%M}" in line
                )
                assert f"{stop.departure:%H:%M}" in line
        assert text == trip.to_text(lang)


def test_columns_are_aligned_whatever_the_letters() -> None:
    lines = [
        line for line in timetable(trips.south_trip(), "vi").splitlines() if re.match(r"  \d\d:\d\d", line)
    ]
    notes = [re.search(r"\s{2}(?=\S+( \S+)*$)", line[12:]).end() for line in lines]
    assert len(set(notes)) == 1


def test_the_total_adds_up(trip: Itinerary) -> None:
    last = timetable(trip, "en").splitlines()[-1]
    assert f"{len(trip.stops)} stops" in last
    assert duration_words(sum(leg.duration_s for day in trip.days for leg in day.legs), "en") in last


def test_cost_is_shown_where_it_is_known() -> None:
    trip = trips.south_trip()
    priced = dataclasses.replace(trip, measures={"cost_vnd_per_person": 451_200})
    assert "451.200 đ một người" in timetable(priced, "vi")
    assert "VND" not in timetable(trip, "en")


def test_an_unknown_language_is_refused() -> None:
    for make in (timetable, timetable_html):
        with pytest.raises(RequestError, match="fr"):
            make(trips.south_trip(), "fr")


def test_the_table_for_a_notebook_has_a_row_a_line(trip: Itinerary) -> None:
    text = timetable_html(trip, "en")
    assert text.count("<tr>") == sum(1 + len(day_rows(day)) for day in trip.days)
    assert trip.attribution in text.replace("&#38;", "&")
