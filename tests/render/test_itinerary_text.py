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
        (0, "0 m"),
        (2, "10 m"),
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
    last = next(line for line in timetable(trip, "en").splitlines() if line.startswith("Total: "))
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


def with_stops(trip: Itinerary, **changes: object) -> Itinerary:
    days = [
        dataclasses.replace(day, stops=tuple(dataclasses.replace(s, **changes) for s in day.stops))
        for day in trip.days
    ]
    return dataclasses.replace(trip, days=tuple(days))


@pytest.mark.parametrize(
    ("changes", "words", "key"),
    [
        ({"certainty": "assumed"}, "≈ hours assumed", "≈ hours assumed: nobody"),
        ({"visit_certainty": "assumed"}, "≈ visit time assumed", "≈ visit time assumed: a judgement"),
        ({"position": "commune"}, "≈ position up to 3 km off", "≈ position off: "),
        ({"certainty": "needs_confirmation"}, "? hours to be confirmed", "? hours to be confirmed: by"),
    ],
)
def test_each_row_says_what_of_it_is_not_sure_and_a_key_what_that_means(
    changes: dict[str, str], words: str, key: str
) -> None:
    sure = with_stops(trips.south_trip(), certainty="known", visit_certainty="known", position="site")
    assert "≈" not in timetable(sure, "en")
    assert "?" not in timetable(sure, "en")
    doubtful = with_stops(sure, **changes)
    for text in (timetable(doubtful, "en"), timetable_html(doubtful, "en")):
        assert text.count(words) >= len(doubtful.stops)
        assert text.count(key) == 1


def test_the_cost_says_what_it_holds_and_what_it_leaves_out() -> None:
    trip = trips.three_city_trip()
    measures = {"cost_vnd_per_person": 451_200}
    text = timetable(dataclasses.replace(trip, measures=measures), "en")
    assert "451,200 VND a person (without flights, trains, lodging, meals)" in text
    for words in (
        "Not counted: 1 flight; 1 train ride; 2 nights' lodging",
        f"fees of 0 of {len(trip.stops)}",
    ):
        assert words in text
    short = timetable(dataclasses.replace(trips.south_trip(), measures=measures), "vi")
    assert "(chưa gồm bữa ăn)" in short
    assert "máy bay" not in short
    unpriced = dataclasses.replace(trips.boat_trip(), measures={"cost_vnd_per_person": None})
    assert "Cost: not reckoned, since no present price of the boat is known" in timetable(unpriced, "en")
    assert "300,000 VND" in timetable(unpriced, "en")


def test_a_night_is_named_after_its_city_and_says_that_no_lodging_is_chosen() -> None:
    first, second = trips.two_day_trip().days
    station = {
        "site_id": "ga-hue", "name_vi": "Ga Huế", "name_en": "Hue railway station", "lon": 107.57854,
        "lat": 16.45639,
    }  # fmt: skip
    days = (
        dataclasses.replace(first, end=dataclasses.replace(first.end, **station)),
        dataclasses.replace(second, start=dataclasses.replace(second.start, **station)),
    )
    trip = dataclasses.replace(trips.two_day_trip(), days=days)
    text = timetable(trip, "en")
    assert re.search(
        r"\d\d:\d\d +Hue +overnight: lodging not chosen \(times are to Hue railway station\)", text
    )
    assert re.search(r"\d\d:\d\d +Hue +departure from the lodging", text)
    assert re.search(r"\d\d:\d\d +Huế +nghỉ đêm: chưa chọn chỗ ở", timetable(trip, "vi"))
    assert "lodging" not in timetable(trips.two_day_trip(), "en")  # a village is where its guests sleep
    last = dataclasses.replace(second, end=dataclasses.replace(second.end, **station))
    assert "Hue railway station  " in timetable(dataclasses.replace(trip, days=(first, last)), "en")
