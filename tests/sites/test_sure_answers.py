"""How sure an answer is, what is said with it, and what is refused: holidays not announced, bookings, shows."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from routeplanner.errors import RequestError
from routeplanner.planning.calendar import calendar_factor, crowding_on, visit_minutes
from routeplanner.planning.request import TripRequest
from routeplanner.sites.catalog import load_sites
from routeplanner.sites.festivals import festival_calendar
from routeplanner.sites.holidays import public_holiday_on
from routeplanner.sites.hours import festival_on, festivals_on, open_sites, opening
from routeplanner.sites.lunar import meets_on, tet, to_lunar

SITES = load_sites()
SATURDAY = date(2027, 3, 13)
DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))
HOUR = 3600


def museum(hours: str = "Mo-Su 08:00-17:00", **rules: object) -> dict[str, Any]:
    return {"kind": "museum", "opening_hours": hours, **rules}


@pytest.mark.parametrize(
    ("day", "certainty"),
    [
        (date(2027, 4, 30), "known"),  # fixed by law
        (date(2025, 5, 2), "needs_confirmation"),  # exchanged for a working Saturday: for offices
        (date(2025, 1, 27), "known"),  # as decreed
        (date(2028, 9, 1), "needs_confirmation"),  # the other National Day, not announced
        (date(2028, 9, 3), "needs_confirmation"),  # it may be this one
        (date(2028, 9, 4), "needs_confirmation"),  # in lieu of Saturday the 2nd, not announced
        (date(2028, 9, 5), "known"),
        (tet(2031) + timedelta(days=3), "needs_confirmation"),
        (tet(2031) + timedelta(days=4), "needs_confirmation"),
    ],
)
@pytest.mark.parametrize("rule", ["off", "09:00-12:00"])
def test_hours_that_hang_on_a_day_off_not_announced_must_be_asked_for(
    day: date, certainty: str, rule: str
) -> None:
    found = opening(museum(f"Mo-Su 08:00-17:00; PH {rule}"), day)
    assert found.certainty == certainty
    assert (found.reason_en is not None and "ask ahead" in found.reason_en) is (certainty != "known")
    assert (found.reason_vi is not None and "cần hỏi trước" in found.reason_vi) is (certainty != "known")
    # where the holiday changes nothing, nothing hangs on it
    assert opening(museum(f"Mo-Su {rule}; PH {rule}"), day).certainty == "known" or tet(day.year) <= day


def test_a_closed_holiday_is_called_by_its_name() -> None:
    found = opening(museum("Mo-Su 08:00-17:00; PH off"), date(2027, 4, 30))
    assert found.reason_en == "closed on public holidays (Reunification Day)"
    assert found.reason_vi == "đóng cửa ngày nghỉ lễ (Ngày Chiến thắng)"


@given(st.dates(date(2020, 1, 1), date(2034, 12, 31)))
def test_holidays_on_some_weekdays_are_those_and_no_other_days(day: date) -> None:
    found = opening(museum("Mo-Su 08:00-17:00; PH Mo,Fr 09:00-10:00"), day)
    if abs((day - tet(day.year)).days) <= 5:
        return
    festive = public_holiday_on(day) is not None and day.weekday() in {0, 4}
    assert found.intervals_s == (((9 * HOUR, 10 * HOUR),) if festive else ((8 * HOUR, 17 * HOUR),))


@pytest.mark.parametrize("remark", ['"by appointment"', '"gọi trước"', "unknown"])
def test_a_remark_does_not_shut_a_place_over_tet(remark: str) -> None:
    for shift in (-1, 0, 1, 2):
        day = tet(2027) + timedelta(days=shift)
        plain, remarked = opening(museum(), day), opening(museum(f"Mo-Su 08:00-17:00 {remark}"), day)
        assert remarked.is_open is plain.is_open is (shift > 0)
        if remarked.is_open:
            assert remarked.certainty == "needs_confirmation"
            assert "hours at Tết must be confirmed" in str(remarked.reason_en)


def test_a_remark_on_tet_is_believed_but_asked_for() -> None:
    found = opening(museum('Mo-Su 08:00-17:00 "open at Tết"'), tet(2027))
    assert (found.is_open, found.certainty) == (True, "needs_confirmation")


@given(DAYS)
def test_the_29th_of_a_short_month_is_not_known_where_the_custom_is_not(day: date) -> None:
    market = {"kind": "market", "opening_hours": "24/7", "lunar_days": [10, 20, 30]}
    lunar = to_lunar(day)
    last_of_a_short_month = lunar.day == 29 and to_lunar(day + timedelta(days=1)).day == 1
    found = opening(market, day)
    assert (found.certainty == "needs_confirmation") is last_of_a_short_month
    for custom in ("day_29", "none"):
        assert opening({**market, "short_month": custom}, day).certainty == "known"
    if last_of_a_short_month:
        assert not found.is_open
        assert "29th of a month without a 30th is not known" in str(found.reason_en)
        assert "chưa rõ" in str(found.reason_vi)


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


@given(DAYS, st.sampled_from([[], ["We"], ["Mo", "Tu", "We", "Th", "Fr"]]), st.integers(0, 90))
def test_the_next_market_day_is_the_next_day_on_which_it_is_open(
    day: date, shut: list[str], days: int
) -> None:
    closures = [span(day.month, min(day.day, 28), days)] if days else []
    market = {"kind": "market", "lunar_days": [4, 14, 24], "closed_weekdays": shut, "closures": closures}
    found = opening(market, day)
    if found.is_open or "next: " not in str(found.reason_en):
        return
    later = (day + timedelta(days=ahead) for ahead in range(1, 400))
    after = next(other for other in later if opening(market, other).is_open)
    assert meets_on(after, (4, 14, 24))
    assert str(found.reason_en).endswith(f"next: {after:%-d %B}")


def test_a_market_that_never_opens_names_no_next_day() -> None:
    market = {
        "kind": "market",
        "lunar_days": [4],
        "closed_weekdays": ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"],
    }
    assert opening(market, SATURDAY).reason_en == "market meets on lunar days 4"


@pytest.mark.parametrize(
    ("hours", "starts", "rules", "left"),
    [
        ("18:00-20:00", ["18:00", "19:00", "19:30"], {}, [18, 19]),  # the last would end at 20:30
        ("18:00-20:00", ["18:00", "19:00"], {"visit_min": 90}, [18]),
        ("18:00-22:00", ["18:00", "20:00", "21:00"], {"last_admission_min": 90}, [18, 20]),
        ("18:00-02:00", ["17:00", "23:30", "00:30"], {}, [23.5, 24.5]),  # after midnight of the same night
        ("24/7", ["23:30"], {}, [23.5]),
    ],
)
def test_a_show_ends_by_closing_time_and_begins_by_last_admission(
    hours: str, starts: list[str], rules: dict[str, Any], left: list[float]
) -> None:
    theatre = {"kind": "performance", "opening_hours": hours, "start_times": starts, "visit_min": 60, **rules}
    found = opening(theatre, SATURDAY)
    assert found.starts_s == tuple(round(start * HOUR) for start in left)
    for first, last in found.windows(60 * theatre["visit_min"]):
        assert first == last


def test_a_show_lasts_as_long_at_any_pace_and_in_any_crowd() -> None:
    theatre = next(SITES.loc[["mua-roi-thang-long"]].itertuples())
    assert {
        visit_minutes(theatre, TripRequest(first_day=SATURDAY, pace=pace), SATURDAY)
        for pace in ("relaxed", "normal", "intense")
    } == {theatre.visit_min}


def test_what_must_be_booked_is_asked_for_though_the_lead_time_is_not_known() -> None:
    found = opening(museum(booking_required=True), SATURDAY)
    assert (found.is_open, found.certainty) == (True, "needs_confirmation")
    assert (found.reason_en, found.reason_vi) == ("by booking; book ahead", "phải đặt chỗ trước")
    for unset in (False, None, float("nan")):
        assert opening(museum(booking_required=unset), SATURDAY).certainty == "known"
    both = opening(museum('Mo-Su 08:00-17:00 "groups only"', booking_required=True), SATURDAY)
    assert both.reason_en == "must be confirmed: groups only; by booking; book ahead"
    assert opening(museum("off", booking_required=True), SATURDAY).certainty == "known"


def test_guessed_rules_close_by_assumption() -> None:
    shut = museum(closed_weekdays=["Sa"])
    assert opening(shut, SATURDAY).certainty == "known"
    assert opening({**shut, "unverified": ["closed_weekdays"]}, SATURDAY).certainty == "assumed"
    market = {"kind": "market", "lunar_days": [4], "unverified": ["lunar_days"]}
    assert opening(market, SATURDAY).certainty == "assumed"


@pytest.mark.parametrize(
    ("day", "hours"),
    [
        (date(2027, 5, 19), "7:30-10:30"),  # a Wednesday like others
        (date(2028, 5, 19), "7:30-10:30"),  # a Friday, on which it is closed otherwise
        (date(2030, 9, 2), "7:30-11:00"),  # a Monday
        (date(2027, 2, 6), "8:00-11:30"),  # the first day of Tết, a Saturday
        (date(2029, 2, 13), "8:00-11:30"),  # and a Tuesday
        (date(2028, 5, 22), ""),  # any other Monday
    ],
)
def test_the_mausoleum_opens_on_its_three_days_whatever_the_weekday(day: date, hours: str) -> None:
    # https://infonet.vietnamnet.vn/ngay-mung-1-tet-ky-hoi-2019-lang-bac-co-mo-cua-khong-1548.html
    found = opening(SITES.loc["lang-chu-tich-ho-chi-minh"], day)
    stated = ",".join(f"{opens:%-H:%M}-{closes:%-H:%M}" for opens, closes in found.intervals)
    assert stated == hours
    assert found.certainty == "known"


def test_the_mausoleum_opened_on_other_holidays_by_notice() -> None:
    # Friday 1 January 2021, 8 to 11: https://nhandan.com.vn/bancanbiet/thong-bao-cua-ban-quan-ly-lang-chu-tich-ho-chi-minh-630008/
    found = opening(SITES.loc["lang-chu-tich-ho-chi-minh"], date(2021, 1, 1))
    assert (found.is_open, found.certainty) == (True, "needs_confirmation")


def festival(name: str, month: int, day: int, days: int, **more: object) -> dict[str, Any]:
    return {
        "name_vi": name,
        "name_en": name,
        "calendar": "lunar",
        "month": month,
        "day": day,
        "days": days,
        **more,
    }


OVERLAPPING = [festival("Mùa", 2, 1, 30), festival("Hội", 2, 5, 3), festival("Rước", 2, 6, 1, closes=True)]


def test_festivals_on_one_day_count_alike_in_any_order() -> None:
    answers = set()
    for order in permutations(OVERLAPPING):
        row = pd.Series({"kind": "museum", "festivals": list(order), "visit_min": 60, "start_times": None})
        held = festival_on(row, SATURDAY)
        assert held is not None
        answers.add(
            (
                held[0].name_vi,
                tuple(span.name_vi for span, _, _ in festivals_on(row, SATURDAY)),
                crowding_on(row, SATURDAY),
                calendar_factor(row, TripRequest(first_day=SATURDAY, festivals="seek")),
                opening(row, SATURDAY),
            )
        )
    ((name, names, crowd, factor, found),) = answers
    assert (name, names, crowd, factor) == ("Rước", ("Rước", "Hội", "Mùa"), "packed", 1.5)
    assert found.reason_en == "closed to visitors during Rước"


@pytest.mark.parametrize(
    ("site", "day", "words"),
    [
        ("bat-trang", SATURDAY, "give the site's row, as sites.loc['bat-trang']"),
        (SITES.head(3), SATURDAY, "a frame of 3 rows"),
        (None, SATURDAY, "NoneType given"),
        (7, SATURDAY, "int given"),
        ({}, SATURDAY, "neither a kind nor opening hours"),
        (museum("8h-17h"), SATURDAY, "write times with a colon"),
        ({"kind": "market", "lunar_days": [31]}, SATURDAY, "31 is not a day of the lunar month"),
        ({"kind": "museum", "closed_weekdays": ["T2"]}, SATURDAY, "'T2' is not known"),
        ({"kind": "performance", "start_times": ["9h"]}, SATURDAY, "its calendar cannot be read"),
        ({"kind": "museum", "festivals": ["Tết"]}, SATURDAY, "its calendar cannot be read"),
        (museum(), "13/3/2027", "'13/3/2027' is not a date"),
        (museum(), 2027, "2027 is not a date"),
        (museum(), None, "None is not a date"),
        (museum(), pd.NaT, "is not a date"),
        (museum(), date(1899, 12, 31), "outside the calendar; give a date from 1900-01-01 to 2100-12-31"),
        (museum("Mo off"), date(2101, 1, 1), "outside the calendar"),
    ],
)
def test_what_is_no_site_or_no_date_is_refused_in_words(site: Any, day: Any, words: str) -> None:
    with pytest.raises(RequestError) as caught:
        opening(site, day)
    assert words in "; ".join(caught.value.faults)


@pytest.mark.parametrize(
    "day",
    [
        "2027-03-15",
        datetime(2027, 3, 14, 20, 30, tzinfo=UTC),  # half past three in the morning of the 15th, in Vietnam
        pd.Timestamp(2027, 3, 15, 9),
        np.datetime64("2027-03-15"),
    ],
)
def test_a_date_in_another_dress_is_that_date(day: Any) -> None:
    monday = date(2027, 3, 15)
    row = SITES.loc["bao-tang-ha-noi"]
    assert opening(row, day) == opening(row, monday)
    assert open_sites(SITES.head(9), day).equals(open_sites(SITES.head(9), monday))


def test_open_sites_refuses_what_is_no_catalogue() -> None:
    with pytest.raises(RequestError, match="list given; give a catalogue"):
        open_sites(["bat-trang"], SATURDAY)  # type: ignore[arg-type]


@pytest.mark.parametrize("day", [date(2027, 2, 5), date(2026, 2, 16), date(2028, 1, 25)])
def test_a_flower_market_of_tet_is_open_on_its_last_day(day: date) -> None:
    market = load_sites().loc["pho-hang-luoc"]
    assert festival_on(market, day) is not None
    found = opening(market, day)
    assert found.is_open, found.reason_en
    after = opening(market, day + timedelta(days=1))
    assert not after.is_open or after.certainty != "known"


@pytest.mark.parametrize("year", ["2027", None, date(2027, 1, 1), 2027.5, True])
def test_a_year_is_a_whole_number(year: object) -> None:
    with pytest.raises(RequestError, match=r"year: .* give a whole number, as 2027"):
        festival_calendar(year)  # type: ignore[arg-type]


def museum_with(hours: str) -> dict[str, Any]:
    return {"kind": "museum", "opening_hours": hours, "unverified": ()}


@pytest.mark.parametrize(
    ("hours", "day", "clock", "certainty"),
    [
        ('08:00-17:00 || "call"', date(2027, 3, 16), (8, 17), "known"),
        ('Mo-Fr 09:00-16:00 || "call"', date(2027, 3, 16), (9, 16), "known"),
        ("Mo-Fr 09:00-16:00 || 10:00-12:00", date(2027, 3, 20), (10, 12), "known"),
        ('Mo-Fr 08:00-17:00 "ask || at the door"', date(2027, 3, 16), (8, 17), "needs_confirmation"),
    ],
)
def test_what_holds_otherwise_holds_otherwise(
    hours: str, day: date, clock: tuple[int, int], certainty: str
) -> None:
    found = opening(museum_with(hours), day)
    assert [(opens.hour, closes.hour) for opens, closes in found.intervals] == [clock]
    assert found.certainty == certainty


@pytest.mark.parametrize("hours", ['"by appointment"', 'Tu "theo hẹn"'])
def test_a_remark_alone_opens_no_door_at_night(hours: str) -> None:
    found, usual = (
        opening(museum_with(hours), date(2027, 3, 16)),
        opening({"kind": "museum"}, date(2027, 3, 16)),
    )
    assert found.intervals == usual.intervals
    assert found.certainty == "needs_confirmation"
    assert hours.split('"')[1] in found.reason_en
