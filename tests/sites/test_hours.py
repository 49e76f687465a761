"""Opening on a date: known answers, the parser's traps, Tết, lunar markets."""

from __future__ import annotations

import pickle
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routeplanner.sites.catalog import load_sites
from routeplanner.sites.hours import ASSUMED_HOURS, Opening, hours_fault, opening, openings
from routeplanner.sites.lunar import is_tet, tet, to_lunar
from routeplanner.sites.model import KINDS

SITES = load_sites()
MONDAY, TUESDAY, SATURDAY = date(2027, 3, 15), date(2027, 3, 16), date(2027, 3, 13)
DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))


def clock(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 3600 + int(minutes) * 60


def spans(text: str) -> tuple[tuple[int, int], ...]:
    pairs = [part.split("-") for part in text.split(",")] if text else []
    return tuple((clock(opens), clock(closes)) for opens, closes in pairs)


# Published: the mausoleum's at funfunvietnam.com/explore/2019-03-31-ho-chi-minh-mausoleum-hanoi.html and
# serenitydentalclinic.com/ho-chi-minh-mausoleum; the Museum of Ethnology's at tourtravelworld.com/vietnam/ha-noi/
# vietnam-museumof-ethnology.htm; the History Museum's at alittlenomad.wordpress.com (4 November 2013, which has it
# closed on the first Monday only); Chuông's market days at fr.vietnamplus.vn, post96656. The others: as their records
# cite.
@pytest.mark.parametrize(
    ("site_id", "day", "expected"),
    [
        ("bao-tang-dan-toc-hoc", MONDAY, ""),
        ("bao-tang-dan-toc-hoc", TUESDAY, "8:30-17:30"),
        ("bao-tang-lich-su", MONDAY, ""),
        ("bao-tang-lich-su", TUESDAY, "8:00-12:00,13:30-17:00"),  # closed at noon
        ("hoang-thanh-thang-long", MONDAY, ""),
        ("lang-chu-tich-ho-chi-minh", MONDAY, ""),
        ("lang-chu-tich-ho-chi-minh", date(2027, 3, 19), ""),  # Friday
        ("lang-chu-tich-ho-chi-minh", SATURDAY, "8:00-11:30"),  # in the cold season
        ("lang-chu-tich-ho-chi-minh", TUESDAY, "8:00-11:00"),
        ("lang-chu-tich-ho-chi-minh", date(2027, 4, 3), "7:30-11:00"),
        ("lang-chu-tich-ho-chi-minh", date(2027, 4, 6), "7:30-10:30"),
        ("lang-chu-tich-ho-chi-minh", date(2024, 9, 2), "7:30-11:00"),  # a Monday, but the National Day
        ("k9-da-chong", SATURDAY, "8:00-11:00"),  # winter hours until the end of March
        ("k9-da-chong", date(2027, 4, 3), "7:30-10:30"),
        ("cho-dem-pho-co", date(2027, 3, 14), "18:00-24:00"),
        ("cho-dem-pho-co", MONDAY, ""),
        ("ho-hoan-kiem", MONDAY, "7:00-17:30"),
        ("phung-hung-mural", MONDAY, "0:00-24:00"),
        ("bao-tang-gom-bat-trang", TUESDAY, "8:00-17:30"),
        ("bao-tang-gom-bat-trang", date(2027, 9, 2), "8:00-18:00"),  # a Thursday, but the National Day
        ("chuong-hat-market", SATURDAY, ""),  # lunar 6/2
        ("chuong-hat-market", date(2027, 3, 17), "5:00-9:00"),  # lunar 10/2
    ],
)
def test_published_hours_hold(site_id: str, day: date, expected: str) -> None:
    assert opening(SITES.loc[site_id], day).intervals_s == spans(expected)


def test_a_lunar_market_says_when_it_meets_next() -> None:
    found = opening(SITES.loc["chuong-hat-market"], SATURDAY)
    assert found.reason_en == "market meets on lunar days 4, 10, 14, 20, 24, 30; next: 17 March"
    assert found.reason_vi == "chợ họp vào các ngày âm lịch 4, 10, 14, 20, 24, 30; phiên tới: 17/3"


@settings(deadline=None)
@given(DAYS)
def test_a_lunar_market_meets_on_its_days_only(day: date) -> None:
    found = opening({"kind": "market", "lunar_days": [4, 10, 14, 20, 24, 30]}, day)
    meets = to_lunar(day).day in {4, 10, 14, 20, 24, 30} and not is_tet(day)
    assert found.is_open is meets
    assert bool(found.reason_en) is not meets


def test_closing_days_are_named_in_two_languages() -> None:
    found = opening({"kind": "museum", "opening_hours": "Mo off; Tu-Su 08:00-12:00"}, MONDAY)
    assert (found.reason_en, found.reason_vi) == ("closed on Mondays", "đóng cửa thứ Hai")
    season = opening({"kind": "museum", "opening_hours": "Apr-Oct 08:00-12:00"}, MONDAY)
    assert season.reason_en == "closed on this date (opening hours: Apr-Oct 08:00-12:00)"


@pytest.mark.parametrize("kind", KINDS)
def test_hours_of_a_kind_are_assumed_and_said_to_be(kind: str) -> None:
    found = opening({"kind": kind}, MONDAY)
    assert found.intervals_s == ASSUMED_HOURS[kind]
    assert found.certainty == ("needs_confirmation" if kind == "performance" else "assumed")


def test_marked_guesses_are_assumed() -> None:
    row = {"kind": "museum", "opening_hours": "Mo-Su 08:00-17:00"}
    assert opening(row, MONDAY).certainty == "known"
    assert opening({**row, "unverified": ["opening_hours"]}, MONDAY).certainty == "assumed"


@pytest.mark.parametrize(
    "text",
    ['Mo-Su 08:00-17:00 "by appointment"', '"by appointment"', "08:00+", "Mo-Su 08:00-12:00 unknown"],
)
def test_what_the_parser_takes_for_open_must_be_confirmed(text: str) -> None:
    found = opening({"kind": "museum", "opening_hours": text}, MONDAY)
    assert found.certainty == "needs_confirmation"
    assert found.is_open
    assert "confirmed" in str(found.reason_en)


@pytest.mark.parametrize(
    ("text", "day", "expected"),
    [
        (
            "Mo-Su 08:00-17:00; PH off",
            date(2026, 4, 26),
            "",
        ),  # Hùng Kings' day, which the parser does not know
        ("Mo-Su 08:00-17:00; PH off", date(2026, 4, 27), ""),  # in lieu of it, a Sunday
        ("Mo-Su 08:00-17:00; PH off", date(2026, 4, 28), "8:00-17:00"),
        ("Mo-Su 08:00-17:00; PH off", date(2026, 2, 17), ""),  # Tết
        ("Mo-Su 08:00-17:00; PH off", date(2026, 9, 2), ""),
        ("Mo-Fr 08:00-17:00; PH 09:00-12:00", date(2027, 4, 30), "9:00-12:00"),
        ('Mo-Su 08:00-17:00 "not on PH"', date(2027, 4, 30), "8:00-17:00"),
        ("Fr-Sa 18:00-02:00", SATURDAY, "18:00-26:00"),  # Friday's night is Friday's
        ("Fr-Sa 18:00-02:00", SATURDAY + timedelta(days=1), ""),
        ("Fr 18:00-24:00; Sa 00:00-24:00; Su 00:00-12:00", SATURDAY, "0:00-24:00"),  # cut at midnight
        ("Fr 18:00-24:00; Sa 00:00-24:00; Su 00:00-12:00", SATURDAY + timedelta(days=1), "0:00-12:00"),
        ("Sa 00:00-02:00,20:00-24:00", SATURDAY, "0:00-2:00,20:00-24:00"),
        ("24/7", SATURDAY, "0:00-24:00"),
        ("off", SATURDAY, ""),
    ],
)
def test_traps_of_the_syntax(text: str, day: date, expected: str) -> None:
    assert opening({"kind": "museum", "opening_hours": text}, day).intervals_s == spans(expected)


def test_daylight_is_that_of_the_place() -> None:
    row = SITES.loc["ho-tay"].copy()
    row["opening_hours"] = "sunrise-sunset"
    summer = opening(row, date(2027, 6, 21)).intervals_s[0]
    winter = opening(row, date(2027, 12, 21)).intervals_s[0]
    # Almanacs for Hanoi: 05:16 to 18:40 at midsummer, 06:30 to 17:20 at midwinter.
    assert summer == pytest.approx((clock("5:16"), clock("18:40")), abs=300)
    assert winter == pytest.approx((clock("6:30"), clock("17:20")), abs=300)


@pytest.mark.parametrize("year", [2026, 2027, 2030])
def test_tet_shuts_what_is_assumed_and_leaves_pagodas_and_nature_open(year: int) -> None:
    for shift in (-1, 0, 1, 2):
        found = openings(SITES, tet(year) + timedelta(days=shift))
        assert "Tết" in str(found["ha-thai-lacquer"].reason_en)
        assert not found["ha-thai-lacquer"].is_open
        assert found["chua-tran-quoc"].is_open
        assert found["ho-tay"].is_open
        assert found["ga-ha-noi"].is_open
        # published everyday hours do not speak of Tết: closed at first, then to be asked for
        assert found["hoa-lo"].is_open is (shift > 0)
        assert found["hoa-lo"].certainty == ("needs_confirmation" if shift > 0 else "assumed")
        assert "Tết" in str(found["hoa-lo"].reason_vi)
        assert found["phung-hung-mural"].certainty == "known"  # a street
    assert openings(SITES, tet(year) + timedelta(days=3))["ha-thai-lacquer"].is_open
    assert openings(SITES, tet(year) - timedelta(days=2))["ha-thai-lacquer"].is_open


@pytest.mark.parametrize(
    ("site_id", "day", "is_open"),
    [
        # Thăng Long: closed 26 to 28 January 2017 (the first day of Tết is the 28th)
        # https://hanoitimes.vn/lunar-new-year-celebration-2017-10242.html
        ("hoang-thanh-thang-long", date(2017, 1, 27), False),
        ("hoang-thanh-thang-long", date(2017, 1, 28), False),
        # in 2025 it welcomed visitors from the second day on
        # https://vietnamnews.vn/life-style/1691381/many-historical-sites-open-for-free-during-tet.html
        ("hoang-thanh-thang-long", date(2025, 1, 28), False),
        ("hoang-thanh-thang-long", date(2025, 1, 30), True),
        # the Museum of Ethnology reopened on the fourth day, 29 January 2009
        # https://www.vietnamtourism.org.vn/news/vietnam-museum-offers-tet-programme.html
        ("bao-tang-dan-toc-hoc", date(2009, 1, 27), False),
        ("bao-tang-dan-toc-hoc", date(2009, 1, 28), False),
        ("bao-tang-dan-toc-hoc", date(2009, 1, 29), True),
    ],
)
def test_tet_as_it_was(site_id: str, day: date, is_open: bool) -> None:  # noqa: FBT001
    assert opening(SITES.loc[site_id], day).is_open is is_open


def test_hours_that_speak_of_holidays_hold_at_tet_but_are_asked_for() -> None:
    row = {"kind": "museum", "opening_hours": "Mo-Su 08:00-17:00; PH 14:00-16:00"}
    found = opening(row, tet(2027))
    assert (found.intervals_s, found.certainty) == (spans("14:00-16:00"), "needs_confirmation")


def test_festivals_do_not_close() -> None:
    first = date(2026, 2, 22)
    assert opening(SITES.loc["perfume-pagoda-complex"], first).is_open


def test_visits_start_in_time_to_end_before_closing() -> None:
    found = Opening(MONDAY, ((28_800, 41_400), (48_600, 50_400)), "known")
    assert found.windows(3600) == ((28_800, 37_800),)
    assert found.windows(1800) == ((28_800, 39_600), (48_600, 48_600))  # the last one instant
    assert found.windows(90_000) == ()


@settings(deadline=None)
@given(DAYS, st.integers(0, 20_000))
def test_every_answer_is_well_formed(day: date, service_s: int) -> None:
    for found in openings(SITES, day).values():
        assert all(0 <= opens < closes <= opens + 86_400 for opens, closes in found.intervals_s)
        assert all(opens < 86_400 for opens, _ in found.intervals_s)
        assert all(a[1] < b[0] for a, b in zip(found.intervals_s, found.intervals_s[1:], strict=False))
        assert found.is_open or (found.reason_vi and found.reason_en)
        for first, last in found.windows(service_s):
            if found.starts_s:
                assert first == last
                assert any(opens <= first < closes for opens, closes in found.intervals_s)
                continue
            assert any(opens <= first <= last <= closes - service_s for opens, closes in found.intervals_s)


@settings(deadline=None, max_examples=40)
@given(DAYS)
def test_the_whole_catalogue_agrees_with_each_row(day: date) -> None:
    found = openings(SITES, day)
    assert list(found) == list(SITES.index)
    rows = zip(SITES.index, SITES.itertuples(), strict=True)
    assert all(found[site_id] == opening(row, day) for site_id, row in rows)


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"]), min_size=1, unique=True),
    st.integers(0, 20),
    st.integers(1, 3),
    DAYS,
)
def test_weekday_hours_against_a_hand_reckoning(days: list[str], opens: int, length: int, day: date) -> None:
    text = f"{','.join(days)} {opens:02d}:00-{opens + length:02d}:00"
    name = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"][day.weekday()]
    expected = ((opens * 3600, (opens + length) * 3600),) if name in days else ()
    assert opening({"kind": "nature", "opening_hours": text}, day).intervals_s == expected


def test_a_moment_counts_as_its_day() -> None:
    row = SITES.loc["bao-tang-ha-noi"]
    assert opening(row, datetime(2027, 3, 15, 9, 30)) == opening(row, MONDAY)  # noqa: DTZ001 - any datetime is a date


def test_answers_can_be_pickled() -> None:
    found = openings(SITES, MONDAY)
    assert pickle.loads(pickle.dumps(found)) == found  # noqa: S301 - our own bytes


@pytest.mark.parametrize("text", sorted({text for text in SITES["opening_hours"] if text}))
def test_all_hours_of_the_catalogue_parse_and_open_some_day(text: str) -> None:
    assert hours_fault(text) is None
    week = [opening({"kind": "museum", "opening_hours": text}, MONDAY + timedelta(days=n)) for n in range(7)]
    assert any(found.is_open for found in week)


@pytest.mark.parametrize("day", [date(1900, 1, 1), date(1900, 1, 8), date(2100, 12, 20), date(2100, 12, 31)])
def test_the_first_and_the_last_days_of_the_calendar_are_judged(day: date) -> None:
    museum = {"kind": "museum", "opening_hours": "Tu-Su 08:00-17:00"}
    assert opening(museum, day).intervals_s in ((), ((8 * 3600, 17 * 3600),))
    weekday = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")[day.weekday()]
    shut = {"kind": "museum", "opening_hours": f"Mo-Su 08:00-17:00; {weekday} off"}
    assert opening(shut, day).intervals_s == ()
