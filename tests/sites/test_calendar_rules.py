"""What the catalogue can say of closures, seasons, shows and appointments, each on dates reckoned by hand."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from datetime import UTC, date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routeplanner._clock import at
from routeplanner.sites.catalog import load_sites, validate_sites
from routeplanner.sites.hours import OPEN_AIR, festival_on, open_sites, opening, openings
from routeplanner.sites.lunar import to_lunar

SITES = load_sites()
SATURDAY = date(2027, 3, 13)
DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))
HOUR = 3600


def museum(**rules: object) -> dict[str, Any]:
    return {"kind": "museum", "opening_hours": "Mo-Su 08:00-17:00", **rules}


def span(month: int, day: int, days: int, **more: object) -> dict[str, Any]:
    return {
        "name_vi": "Sửa",
        "name_en": "Repairs",
        "calendar": "solar",
        "month": month,
        "day": day,
        "days": days,
        **more,
    }


def test_intervals_are_moments_in_vietnam() -> None:
    found = opening(museum(opening_hours="Sa 18:00-02:00"), SATURDAY)
    assert [[end.isoformat() for end in pair] for pair in found.intervals] == [
        ["2027-03-13T18:00:00+07:00", "2027-03-14T02:00:00+07:00"]
    ]
    assert opening(museum(opening_hours="off"), SATURDAY).intervals == ()


@pytest.mark.parametrize(
    ("day", "is_open"),
    [
        (date(2024, 6, 9), True),
        (date(2024, 6, 10), False),
        (date(2024, 8, 12), False),
        (date(2024, 8, 13), True),
    ],
)
def test_the_mausoleum_was_shut_in_the_summer_of_2024_as_announced(day: date, is_open: bool) -> None:  # noqa: FBT001
    # https://en.sggp.org.vn/president-ho-chi-minh-mausoleum-to-suspend-visits-for-maintenance-from-june-10-post110420.html
    found = opening(SITES.loc["lang-chu-tich-ho-chi-minh"], day)
    assert found.is_open is (is_open and day.weekday() not in {0, 4})
    if not is_open:
        assert found.reason_en == "closed from 10 June to 12 August: yearly maintenance"


def test_a_closure_not_announced_yet_is_asked_for() -> None:
    found = opening(SITES.loc["lang-chu-tich-ho-chi-minh"], date(2027, 7, 4))
    assert found.is_open
    assert found.certainty == "needs_confirmation"
    assert "yearly maintenance" in str(found.reason_en)
    assert opening(SITES.loc["lang-chu-tich-ho-chi-minh"], date(2027, 9, 5)).certainty == "known"


@given(DAYS, st.lists(st.sampled_from(["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"]), unique=True, min_size=1))
def test_closed_weekdays_close_on_these_days_only(day: date, shut: list[str]) -> None:
    found = opening({"kind": "creative_space", "opening_hours": "24/7", "closed_weekdays": shut}, day)
    name = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"][day.weekday()]
    assert found.is_open is (name not in shut)
    assert found.certainty == "known"


def test_a_season_with_only_closes_the_rest_of_the_year() -> None:
    lotus = {"kind": "nature", "seasons": [span(6, 1, 90, name_vi="mùa sen", name_en="lotus", only=True)]}
    assert opening(lotus, date(2027, 6, 1)).is_open
    assert opening(lotus, date(2027, 8, 29)).is_open
    assert opening(lotus, date(2027, 8, 30)).reason_en == "out of season (lotus)"
    best = {"kind": "nature", "seasons": [span(6, 1, 90)]}
    assert opening(best, date(2027, 1, 1)).is_open


def test_shows_begin_at_their_times_and_no_other() -> None:
    theatre = SITES.loc["mua-roi-thang-long"]
    found = opening(theatre, SATURDAY)
    starts = [15 * HOUR, 16 * HOUR + 600, 17 * HOUR + 1200, 18 * HOUR + 1800, 20 * HOUR]
    assert found.windows(50 * 60) == tuple((start, start) for start in starts)
    assert found.windows(10 * HOUR) == found.windows(60)  # a show lasts as long as it lasts
    assert found.certainty == "needs_confirmation"
    weekend = {"kind": "performance", "opening_hours": "Sa,Su 18:00-22:00", "start_times": ["15:00", "20:00"]}
    assert opening(weekend, SATURDAY).starts_s == (20 * HOUR,)
    assert not opening(weekend, SATURDAY - timedelta(days=1)).is_open
    assert "starts: 15:00" in str(opening({**weekend, "start_times": ["15:00"]}, SATURDAY).reason_en)


def test_last_admission_bounds_the_start_of_a_visit() -> None:
    found = opening(museum(last_admission_min=60), SATURDAY)
    assert found.windows(30 * 60) == ((8 * HOUR, 16 * HOUR),)
    assert found.windows(90 * 60) == ((8 * HOUR, 15 * HOUR + 1800),)


def test_an_appointment_names_the_last_day_to_book() -> None:
    found = opening(museum(booking_lead_days=3), SATURDAY)
    assert found.certainty == "needs_confirmation"
    assert found.reason_en == "by appointment; book by 10 March 2027"
    assert found.reason_vi == "chỉ đón khách hẹn trước; đặt chậm nhất 10/3/2027"


@given(DAYS)
def test_a_market_of_the_30th_meets_on_the_29th_where_that_is_the_custom(day: date) -> None:
    custom = {"kind": "market", "opening_hours": "24/7", "lunar_days": [10, 20, 30], "short_month": "day_29"}
    lunar = to_lunar(day)
    last = to_lunar(day + timedelta(days=1)).day == 1
    assert opening(custom, day).is_open is (lunar.day in {10, 20} or (last and lunar.day in {29, 30}))
    assert opening({**custom, "short_month": None}, day).is_open is (lunar.day in {10, 20, 30})


def test_a_festival_may_shut_its_site() -> None:
    festival = {"name_vi": "Hội", "name_en": "Fair", "calendar": "lunar", "month": 2, "day": 6, "days": 1}
    assert (
        opening(museum(festivals=[{**festival, "closes": True}]), SATURDAY).reason_en
        == "closed to visitors during Fair"
    )
    assert opening(museum(festivals=[festival]), SATURDAY).is_open
    assert festival_on(museum(festivals=[festival]), SATURDAY) is not None


@given(DAYS)
def test_the_open_air_is_never_entered_in_the_dark_on_assumed_hours(day: date) -> None:
    import ephem

    found = openings(SITES, day)
    place = ephem.Observer()
    place.lat, place.lon, place.pressure, place.horizon = "21.03", "105.85", 0, "-0:50"
    place.date = ephem.Date(at(day, 0).astimezone(tz=UTC).replace(tzinfo=None))
    sunset = place.next_setting(ephem.Sun(), use_center=True).datetime() + timedelta(hours=7)
    sunset_s = sunset.hour * HOUR + sunset.minute * 60
    for site_id in ("ho-tay", "ho-hoan-kiem", "co-loa"):
        row = SITES.loc[site_id]
        assert row["kind"] in OPEN_AIR
        assert row["opening_hours"] is None
        assert all(closes <= sunset_s + 120 for _, closes in found[site_id].intervals_s)


def test_one_pass_over_the_catalogue_says_what_each_row_says() -> None:
    days = [date(2027, 2, 5), SATURDAY, date(2027, 6, 20)]
    table = open_sites(SITES, days)
    assert len(table) == len(days) * len(SITES)
    for day in days:
        own = open_sites(SITES, day)
        assert own.equals(table.loc[day])
        for site_id, found in openings(SITES, day).items():
            row = own.loc[site_id]
            assert tuple(row) == (
                found.is_open,
                found.intervals,
                found.certainty,
                found.reason_vi,
                found.reason_en,
            )


def test_a_changed_catalogue_has_a_changed_answer() -> None:
    mine = SITES.copy()
    assert openings(mine, SATURDAY)["bao-tang-ha-noi"].is_open
    mine.loc["bao-tang-ha-noi", "opening_hours"] = "Su 08:00-12:00"
    assert not openings(mine, SATURDAY)["bao-tang-ha-noi"].is_open


IMPOSSIBLE: dict[str, Any] = {
    "lunar_days": [4, 31, 0],
    "opening_hours": "25:00-26:00",
    "closed_weekdays": ["T2"],
    "start_times": ["25:00", "9h"],
    "last_admission_min": -5,
    "booking_lead_days": "three",
    "short_month": "29",
    "festivals": [
        {"name_vi": "Hội", "calendar": "lunar", "month": 1, "day": 31, "days": 1},
        {"name_vi": "Hội", "calendar": "moon", "month": 13, "day": 1, "days": 0},
    ],
    "seasons": [{"name_vi": "sen", "calendar": "solar", "month": 2, "day": 30, "days": 400, "olny": True}],
}
HOURS = {
    "Mo-Fr 17:00-08:00": ("closes before it opens", "đóng cửa trước khi mở"),
    "Mo-Fr 08:00-25:00": ("a clock time ends at 24:00", "chỉ đến 24:00"),
    "hàng ngày 8h-17h": ("write times with a colon", "dấu hai chấm"),
    "Xx-Yy 08:00-17:00": ("not understood", "không hiểu được"),
    "Mo-Su 08:00 to 17:00": ("not understood", "không hiểu được"),
}


def faulty(**rules: object) -> dict[str, Any]:
    place = {"site_id": "cho", "name_vi": "Chợ", "name_en": "Market", "kind": "market", "visit_min": 60}
    point = {"type": "Point", "coordinates": [105.8, 21.0]}
    properties = {**place, "significance": 2, **rules}
    return {"features": [{"type": "Feature", "geometry": point, "properties": properties}]}


def test_impossible_rules_are_named_all_at_once_in_two_languages() -> None:
    english, vietnamese = (validate_sites(faulty(**IMPOSSIBLE), lang=lang) for lang in ("en", "vi"))
    told = "\n".join(english)
    for words in (
        *("lunar_days: 31 is out of range; give 1 to 30", "lunar_days: 0 is out", "'T2' is not known"),
        *("a clock time ends at 24:00", "'25:00' is not a clock time", "'9h' is not a clock time"),
        *(
            "-5 is out of range; give 0 to 240 (min)",
            "'three' is not a whole number",
            "did you mean 'day_29'",
        ),
        *("day 31 does not exist in lunar month 1", "'moon' is not known", "month 13 is not 1 to 12"),
        *("days 0 is not a length", "day 30 does not exist in solar month 2", "did you mean 'only'"),
    ):
        assert words in told
    assert len(english) == len(vietnamese) == 16
    for fault in vietnamese:
        plain = re.sub(r"'[^']*'|trường \w+|site_id|features?|lunar|solar|calendar", "", fault)
        assert not re.search(
            r"\b(is|are|not|give|write|known|the|out|range|does|exist|month|day)\b", plain
        ), fault


@pytest.mark.parametrize("text", HOURS)
def test_impossible_hours_are_explained_in_two_languages(text: str) -> None:
    for lang, words in zip(("en", "vi"), HOURS[text], strict=True):
        (fault,) = validate_sites(faulty(opening_hours=text), lang=lang)
        assert words in fault


WEEK = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"]
ALL_YEAR = span(1, 1, 366)
CANNOT_BE = {
    "a visit longer than any opening": (
        {"opening_hours": "Mo-Su 08:00-11:00,13:00-16:30", "visit_min": 240},
        "visit_min: 240 min do not fit into any opening of the year (210 min at most)",
    ),
    "all weekdays": ({"closed_weekdays": WEEK}, "closed_weekdays: names all seven weekdays"),
    "its only weekday": (
        {"opening_hours": "Mo 08:00-17:00", "closed_weekdays": ["Mo"]},
        "opening_hours: it is never open in a year",
    ),
    "closed all year": ({"closures": [ALL_YEAR]}, "opening_hours: it is never open in a year (closed from"),
    "a season within a closure": (
        {"seasons": [span(6, 1, 30, only=True)], "closures": [span(5, 1, 90)]},
        "opening_hours: it is never open in a year",
    ),
    "off": ({"opening_hours": "off"}, "opening_hours: it is never open in a year"),
    "a lost morning": (
        {"opening_hours": "Mo-Su 08:00-11:30; Mo-Su 13:30-17:00"},
        "opening_hours: 'Mo-Su 08:00-11:30' is replaced by what follows the semicolon; put a comma",
    ),
    "a lost morning of months": (
        {"opening_hours": "Apr-Oct 08:00-11:30; Apr-Oct 13:30-17:00; Nov-Mar 09:00-16:00"},
        "opening_hours: 'Apr-Oct 08:00-11:30' is replaced",
    ),
    "last admission before opening": (
        {"opening_hours": "Mo-Su 08:00-10:00", "last_admission_min": 180},
        "last_admission_min: 180 min before closing is before it opens (120 min at most)",
    ),
    "shows after closing": (
        {"opening_hours": "Mo-Su 08:00-17:00", "start_times": ["16:30", "20:00"]},
        "start_times: none of 16:30, 20:00 lies within the opening hours with its 60 min",
    ),
    "a lead time without booking": (
        {"booking_required": False, "booking_lead_days": 2},
        "booking_lead_days: given though booking_required is not true",
    ),
    "special hours with a lost morning": (
        {"special_hours": [span(9, 2, 1, hours="08:00-11:00; 13:00-17:00")]},
        "special_hours: '08:00-11:00' is replaced",
    ),
    "special hours without hours": (
        {"special_hours": [span(9, 2, 1)]},
        "special_hours: special 1: hours None are not opening hours",
    ),
    "special hours that cannot be": (
        {"special_hours": [span(9, 2, 1, hours="8h-11h")]},
        "special_hours: special 1: hours '8h-11h' are not opening hours; write times with a colon",
    ),
}


@pytest.mark.parametrize("name", CANNOT_BE)
def test_rules_that_cannot_hold_together_are_named_in_two_languages(name: str) -> None:
    rules, words = CANNOT_BE[name]
    (fault,) = validate_sites(faulty(**rules))
    assert words in fault
    (told,) = validate_sites(faulty(**rules), lang="vi")
    plain = re.sub(r"'[^']*'|trường \w+:|site_id|features?|Mo-Su|booking_required|true", "", told)
    assert not re.search(r"\b(is|are|not|give|correct|leave|out|the|min|hours|never|open)\b", plain), told


@pytest.mark.parametrize(
    "rules",
    [
        {"opening_hours": "Mo-Su 08:00-17:00; Sa 13:30-17:00"},  # Saturday differs
        {"opening_hours": "Mo-Su 08:00-11:30; Sa 13:30-17:00"},
        {"opening_hours": "Mo off; Tu-Su 08:00-12:00,13:30-17:00"},
        {"opening_hours": "Apr-Oct 07:30-10:30; Nov-Mar 08:00-11:00"},
        {"opening_hours": "Mo-Su 08:00-17:00; PH off"},
        {"lunar_days": [4, 10], "closed_weekdays": ["Mo"]},
        {"seasons": [span(6, 1, 30, only=True, year=2031)]},  # to be held once
        {"closures": [span(6, 1, 366, year=2026)]},  # repairs of a year
        {"visit_min": 600},  # no hours of its own to hold it against
        {"opening_hours": "sunrise-sunset", "visit_min": 300},
        {"opening_hours": "18:00-02:00", "start_times": ["00:30"]},
    ],
)
def test_rules_that_can_hold_are_let_pass(rules: dict[str, Any]) -> None:
    assert validate_sites(faulty(**rules)) == []


def test_all_faults_of_a_site_come_at_once() -> None:
    told = validate_sites(
        faulty(
            lunar_days=[31],
            opening_hours="08:00-12:00;13:00-17:00",
            start_times=["20:00"],
            booking_lead_days=3,
        )
    )
    for part in (
        "lunar_days",
        "'08:00-12:00' is replaced",
        "start_times: none of 20:00",
        "booking_lead_days",
    ):
        assert any(part in fault for fault in told), (part, told)


PROGRAMME = """
import json, datetime as dt, routeplanner as rp
sites = rp.load_sites()
days = [dt.date(2027, 2, 5), dt.date(2027, 3, 13), dt.date(2027, 12, 31)]
found = [[site, [[a.isoformat(), b.isoformat()] for a, b in row.intervals], row.certainty, row.reason_vi]
         for (_, site), row in zip(rp.open_sites(sites, days).index, rp.open_sites(sites, days).itertuples())]
calendar = rp.festival_calendar(2027, sites)
print(json.dumps([found, rp.calendar_to_ics(calendar), rp.calendar_to_html(calendar, 2027)]))
"""


def test_the_answer_is_that_of_vietnam_in_any_time_zone() -> None:
    answers = set()
    for zone in ("America/Los_Angeles", "Asia/Ho_Chi_Minh", "Pacific/Kiritimati"):
        done = subprocess.run(
            [sys.executable, "-c", PROGRAMME],
            env={**os.environ, "TZ": zone},
            capture_output=True,
            check=True,
            text=True,
        )
        answers.add(done.stdout)
    (answer,) = answers
    assert "2027-03-13T08:00:00+07:00" in json.dumps(json.loads(answer)[0])


def test_a_wrong_month_and_a_wrong_day_are_both_named() -> None:
    told = validate_sites(faulty(closures=[span(13, 32, 1)]))
    assert any("month 13 is not 1 to 12" in fault for fault in told)
    assert any("day 32 does not exist in any month (1 to 31)" in fault for fault in told)


def test_a_festival_at_tet_opens_its_place_on_its_own_days_only() -> None:
    fair = {"name_vi": "Hội", "name_en": "Fair", "calendar": "lunar", "month": 1, "day": 2, "days": 1}
    village = {"kind": "craft_village", "opening_hours": None, "festivals": [fair]}
    days = [date(2027, 2, 5) + timedelta(days=number) for number in range(5)]  # from the eve of Tết
    assert [opening(village, day).is_open for day in days] == [False, False, True, False, True]
