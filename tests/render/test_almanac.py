"""The calendar as iCalendar and as a page, read back by others' parsers."""

from __future__ import annotations

from datetime import date, timedelta
from html.parser import HTMLParser

import pandas as pd
import pytest

import routeplanner as rp
from routeplanner.sites.lunar import to_lunar

CALENDAR = rp.festival_calendar(2027)
HOSTILE = "<script>alert(1)</script>; a, b\\c\n`${x}` \"'"


def with_name(name: str) -> pd.DataFrame:
    hostile = CALENDAR.head(1).copy()
    hostile["festival_vi"] = hostile["festival_en"] = name
    return hostile


class Cells(HTMLParser):
    """Gathers the texts of table cells and notes what must not be there."""

    def __init__(self) -> None:
        super().__init__()
        self.cells: list[str] = []
        self.tags: set[str] = set()
        self.inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        assert not any(name.startswith("on") for name, _ in attrs)
        if tag == "td":
            self.inside = True
            self.cells.append("")

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag != "td"

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.cells[-1] += f"{data} "


def parsed(page: str) -> Cells:
    reader = Cells()
    reader.feed(page)
    return reader


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_another_library_reads_every_event_as_it_was(lang: str) -> None:
    icalendar = pytest.importorskip("icalendar")
    events = icalendar.Calendar.from_ical(rp.calendar_to_ics(CALENDAR, lang=lang)).walk("VEVENT")
    assert len(events) == len(CALENDAR)
    assert len({str(event["UID"]) for event in events}) == len(CALENDAR)
    for event, row in zip(events, CALENDAR.itertuples(), strict=True):
        assert str(event["SUMMARY"]) == (row.festival_vi if lang == "vi" else row.festival_en)
        assert event["DTSTART"].dt == row.start
        assert event["DTEND"].dt == row.end + timedelta(days=1)


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_an_event_is_held_at_a_place_with_a_name(lang: str) -> None:
    icalendar = pytest.importorskip("icalendar")
    names = set(rp.load_sites()[f"name_{lang}"])
    events = icalendar.Calendar.from_ical(rp.calendar_to_ics(CALENDAR, lang=lang)).walk("VEVENT")
    places = {str(event["LOCATION"]) for event in events if "LOCATION" in event}
    assert places
    assert places <= names


def test_hostile_names_come_back_whole() -> None:
    icalendar = pytest.importorskip("icalendar")
    (event,) = icalendar.Calendar.from_ical(rp.calendar_to_ics(with_name(HOSTILE * 5))).walk("VEVENT")
    assert str(event["SUMMARY"]) == HOSTILE * 5


def test_lines_keep_75_octets_and_letters_stay_whole() -> None:
    text = rp.calendar_to_ics(with_name("Lễ hội làng nghề truyền thống " * 9))
    lines = text.encode().split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert all(line.decode() or line == b"" for line in lines)
    assert "\n" not in text.replace("\r\n", "")


def test_the_page_shows_each_day_of_the_year_with_its_lunar_day() -> None:
    cells = [cell.split() for cell in parsed(rp.calendar_to_html(CALENDAR, 2027)).cells]
    days = [date(2027, 1, 1) + timedelta(days=n) for n in range(365)]
    shown = [cell for cell in cells if len(cell) == 2 and cell[0].isdigit()][:365]
    for day, (number, lunar) in zip(days, shown, strict=True):
        own = to_lunar(day)
        assert number == str(day.day)
        assert lunar == (f"{own.day}/{own.month}" if own.day == 1 or day.day == 1 else str(own.day))


def test_a_page_of_names_from_anywhere_has_no_script() -> None:
    hostile = with_name(HOSTILE)
    hostile["source"] = "javascript:alert(1)"
    reader = parsed(rp.calendar_to_html(hostile, 2027, lang="en"))
    assert reader.tags.isdisjoint({"script", "a"})
    assert any("<script>alert(1)</script>" in cell for cell in reader.cells)
    dates = pd.DataFrame(
        {
            "prize": [1.0, float("nan")],
            "rank": [1, None],
            "why": [HOSTILE, ""],
            "why_vi": ["", ""],
            "fault": [None, HOSTILE],
        },
        index=[date(2027, 3, 13), date(2027, 3, 14)],
    )
    assert "script" not in parsed(rp.heat_to_html(dates, lang="en")).tags


def test_the_same_calendar_gives_the_same_bytes() -> None:
    again = rp.festival_calendar(2027)
    assert rp.calendar_to_ics(again) == rp.calendar_to_ics(CALENDAR)
    assert rp.calendar_to_html(again, 2027) == rp.calendar_to_html(CALENDAR, 2027)
