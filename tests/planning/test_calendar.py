"""What dates do to a plan: festivals, seasons, overrides, rain, reasons; each plan judged as well."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import routeplanner as rp
from routeplanner.planning.calendar import (
    FESTIVAL_STRETCH,
    LONG_FESTIVAL_PRIZE,
    RAIN_INDOORS,
    RAIN_ON_WHAT_NEEDS_SUN,
    RAIN_OUTDOORS,
    SEASON_PRIZE,
    calendar_factor,
    crowding_on,
    visit_minutes,
    why_that_day,
)
from routeplanner.sites.hours import opening

if TYPE_CHECKING:
    import geopandas as gpd

COLOA_DAY = date(2027, 2, 12)  # lunar 7/1: Cổ Loa's festival, days 6 to 16, and Bát Tràng's opening rite
SATURDAY = date(2027, 3, 13)
STEPS = 300


def planned(network: rp.Network, **words: object) -> rp.Itinerary:
    request = rp.TripRequest(**words)  # type: ignore[arg-type]
    trip = rp.plan(network, request, iterations=STEPS)
    assert rp.check(trip, network, request) == []
    assert rp.Itinerary.from_dict(trip.to_dict()) == trip
    return trip


def row(sites: gpd.GeoDataFrame, site_id: str) -> Any:
    return next(sites.loc[[site_id]].itertuples())


def skipped(trip: rp.Itinerary, site_id: str) -> rp.Skipped:
    return next(found for found in trip.skipped if found.site_id == site_id)


def test_sought_festivals_are_visited_longer_and_avoided_ones_not_at_all(network: rp.Network) -> None:
    words = {"first_day": COLOA_DAY, "corridor": "east_north"}
    seek, avoid = (planned(network, festivals=wish, **words) for wish in ("seek", "avoid"))
    (stop,) = (stop for stop in seek.stops if stop.site_id == "co-loa")
    usual = int(network.sites.at["co-loa", "visit_min"])
    assert stop.visit_min == 5 * round(usual * FESTIVAL_STRETCH / 5)
    assert "Cổ Loa festival (11/2 to 21/2); very crowded" in stop.why
    assert "Hội Cổ Loa (11/2 đến 21/2); rất đông" in stop.why_vi
    assert (stop.festival_en, stop.crowding) == ("Cổ Loa festival", "packed")
    assert stop.opening == opening(network.sites.loc["co-loa"], COLOA_DAY).intervals
    assert "co-loa" not in {stop.site_id for stop in avoid.stops}
    assert skipped(avoid, "co-loa").reason == "closed"
    assert "the request avoids festivals" in skipped(avoid, "co-loa").detail
    assert "yêu cầu tránh lễ hội" in skipped(avoid, "co-loa").detail_vi


def test_a_sought_festival_is_visited_on_its_day_of_a_longer_trip(network: rp.Network) -> None:
    # day 1 is lunar 5/1, a day before Cổ Loa's festival begins
    trip = planned(
        network,
        first_day=date(2027, 2, 10),
        days=2,
        corridor="east_north",
        festivals="seek",
        must_visit=["co-loa"],
    )
    assert "co-loa" in {stop.site_id for stop in trip.days[1].stops}
    stop = next(stop for stop in trip.stops if stop.site_id == "co-loa")
    assert (stop.festival_vi, stop.crowding) == ("Hội Cổ Loa", "packed")


def test_a_must_visit_on_an_avoided_festival_is_refused_with_the_reason(network: rp.Network) -> None:
    with pytest.raises(rp.InfeasibleError, match="Cổ Loa festival on this day, and the request avoids"):
        planned(network, first_day=COLOA_DAY, corridor="east_north", festivals="avoid", must_visit=["co-loa"])


@pytest.mark.parametrize(
    ("wish", "day", "factor"),
    [
        ("seek", COLOA_DAY, 1.5),
        ("accept", COLOA_DAY, 1.0),
        ("avoid", COLOA_DAY, 1.0),
        ("seek", SATURDAY, 1.0),
    ],
)
def test_the_prize_of_a_festival_is_that_of_the_table(
    sites: gpd.GeoDataFrame, wish: str, day: date, factor: float
) -> None:
    request = rp.TripRequest(first_day=day, festivals=wish)
    assert calendar_factor(row(sites, "co-loa"), request) == factor


def test_a_festival_of_months_counts_less(sites: gpd.GeoDataFrame) -> None:
    request = rp.TripRequest(first_day=SATURDAY, festivals="seek")
    assert calendar_factor(row(sites, "perfume-pagoda-complex"), request) == LONG_FESTIVAL_PRIZE


def test_a_crowd_makes_the_visit_longer_unless_festivals_are_avoided(sites: gpd.GeoDataFrame) -> None:
    pagoda, citadel = row(sites, "perfume-pagoda-complex"), row(sites, "co-loa")
    assert [
        crowding_on(citadel, SATURDAY),
        crowding_on(pagoda, SATURDAY),
        crowding_on(citadel, COLOA_DAY),
    ] == [*("usual", "busy", "packed")]
    for place, day, stretch in ((pagoda, SATURDAY, 1.1), (citadel, COLOA_DAY, 1.25), (citadel, SATURDAY, 1)):
        usual = place.visit_min
        for wish in ("seek", "accept", "avoid"):
            request = rp.TripRequest(first_day=day, festivals=wish)
            expected = usual if wish == "avoid" else 5 * round(usual * stretch / 5)
            assert visit_minutes(place, request, day) == expected


def test_seasons_and_rain_weigh_as_documented(sites: gpd.GeoDataFrame) -> None:
    autumn, spring = (rp.TripRequest(first_day=day) for day in (date(2027, 11, 13), SATURDAY))
    incense = row(sites, "quang-phu-cau-incense")
    assert (calendar_factor(incense, autumn), calendar_factor(incense, spring)) == (SEASON_PRIZE, 1.0)
    wet = replace(spring, rain=True)
    factors = [
        calendar_factor(row(sites, site), wet) for site in ("hoa-lo", "ho-tay", "quang-phu-cau-incense")
    ]
    assert factors == [RAIN_INDOORS, RAIN_OUTDOORS, RAIN_ON_WHAT_NEEDS_SUN]


def test_a_rainy_day_is_spent_indoors(network: rp.Network) -> None:
    dry, wet = (planned(network, first_day=SATURDAY, corridor="inner", rain=rain) for rain in (False, True))
    indoors = [sum(stop.kind in {"museum", "performance"} for stop in trip.stops) for trip in (dry, wet)]
    assert indoors[1] >= indoors[0]
    assert indoors[1] >= 3


def test_the_request_may_close_a_site_and_set_its_hours(network: rp.Network) -> None:
    words = {"first_day": SATURDAY, "corridor": "south"}
    shut = planned(network, closed={"Làng sơn mài Hạ Thái": [SATURDAY]}, **words)
    assert skipped(shut, "ha-thai-lacquer").detail == "2027-03-13: closed on this date, says the request."
    late = planned(
        network, hours={"ha-thai-lacquer": "Sa 14:00-17:00"}, must_visit=["ha-thai-lacquer"], **words
    )
    stop = next(stop for stop in late.stops if stop.site_id == "ha-thai-lacquer")
    assert stop.start.time() >= time(14)
    assert stop.certainty == "known"


def test_overrides_survive_json_and_are_checked() -> None:
    request = rp.TripRequest(
        first_day=SATURDAY, closed={"a": [SATURDAY]}, hours={"b": "24/7"}, rain=True, festivals="seek"
    )
    assert rp.TripRequest.from_dict(request.to_dict()) == request
    with pytest.raises(rp.RequestError) as caught:
        rp.TripRequest(
            first_day=SATURDAY,
            closed={"a": "soon"},
            hours={"b": "8h-17h"},
            festivals="sek",
            rain="yes",  # type: ignore[arg-type, dict-item]
        )
    told = " ".join(caught.value.faults)
    assert len(caught.value.faults) == 4
    for words in ("closed['a']: 'soon'", "hours['b']: '8h-17h'", "did you mean 'seek'", "rain: 'yes' is str"):
        assert words in told


@pytest.mark.parametrize(
    ("site_id", "corridor", "words"),
    [
        ("bao-tang-ha-noi", "inner", "closed on Mondays"),
        (
            "chuong-hat-market",
            "southwest",
            "market meets on lunar days 4, 10, 14, 20, 24, 30; next: 17 March",
        ),
    ],
)
def test_what_is_left_out_says_when_it_is_open(
    network: rp.Network, site_id: str, corridor: str, words: str
) -> None:
    trip = planned(network, first_day=date(2027, 3, 15), corridor=corridor)
    assert words in skipped(trip, site_id).detail


def test_a_stop_says_why_not_on_the_other_day(network: rp.Network) -> None:
    trip = planned(
        network, first_day=date(2027, 3, 15), days=2, corridor="inner", must_visit=["bao-tang-dan-toc-hoc"]
    )
    stop = next(stop for stop in trip.stops if stop.site_id == "bao-tang-dan-toc-hoc")
    assert stop.why == "not on day 1: closed on Mondays"
    assert stop.why_vi == "không phải ngày 1: đóng cửa thứ Hai"
    assert "closed on Mondays" in trip.to_text("en")


def test_the_visit_is_stretched_only_where_all_open_days_are_festive(sites: gpd.GeoDataFrame) -> None:
    usual = int(sites.at["co-loa", "visit_min"])
    one = rp.TripRequest(first_day=COLOA_DAY)
    two = rp.TripRequest(first_day=date(2027, 2, 10), days=2)
    assert visit_minutes(row(sites, "co-loa"), one) > usual
    assert visit_minutes(row(sites, "co-loa"), two) == usual


def test_each_day_of_a_trip_has_its_own_visit(network: rp.Network) -> None:
    """The last day before the festival and its first: closed on the one, the visit is that of the other."""
    bare, festive = date(2027, 2, 10), date(2027, 2, 11)
    usual = int(network.sites.at["co-loa", "visit_min"])
    for closed_on, minutes in ((bare, 5 * round(usual * FESTIVAL_STRETCH / 5)), (festive, usual)):
        trip = planned(
            network,
            first_day=bare,
            days=2,
            area=(105.86, 21.10, 105.89, 21.13),
            must_visit=["co-loa"],
            closed={"co-loa": [closed_on]},
        )
        assert [stop.visit_min for stop in trip.stops if stop.site_id == "co-loa"] == [minutes]


@settings(max_examples=15)
@given(st.integers(7, 15), st.integers(2, 8), st.sampled_from(["opens", "closes"]))
def test_an_hour_more_never_lowers_the_optimum(
    network: rp.Network, first: int, length: int, side: str
) -> None:
    # few enough places that the search is exact: the proof is in the bound
    area = (105.86, 20.88, 105.91, 20.93)
    last = min(first + length, 19)
    wider = (first - 1, last) if side == "opens" else (first, last + 1)
    prizes = []
    for opens, closes in ((first, last), wider):
        request = rp.TripRequest(
            first_day=SATURDAY, area=area, hours={"ha-thai-lacquer": f"{opens:02d}:00-{closes:02d}:00"}
        )
        trip = rp.plan(network, request, iterations=STEPS)
        assert rp.check(trip, network, request) == []
        assert trip.proved_optimal
        prizes.append(trip.prize)
    assert prizes[1] >= prizes[0] - 1e-9


CORRIDORS = ("south", "southwest", "west", "northwest", "inner", "east_north")


@settings(max_examples=12)
@given(
    st.dates(date(2026, 12, 1), date(2028, 3, 1)),
    st.sampled_from(CORRIDORS),
    st.sampled_from(["seek", "accept", "avoid"]),
    st.integers(1, 2),
)
def test_no_site_is_visited_outside_an_interval_of_its_date(
    network: rp.Network, first_day: date, corridor: str, wish: str, days: int
) -> None:
    request = rp.TripRequest(first_day=first_day, corridor=corridor, festivals=wish, days=days)
    trip = rp.plan(network, request, iterations=60)
    for day in trip.days:
        for stop in day.stops:
            found = opening(network.sites.loc[stop.site_id], day.date)
            assert any(opens <= stop.start <= stop.departure <= closes for opens, closes in found.intervals)
            assert stop.opening == found.intervals
            assert wish != "avoid" or not stop.festival_vi


def closing(network: rp.Network, festival: dict[str, Any]) -> rp.Network:
    """Return the network with a festival that shuts the lacquer village."""
    mine = network.sites.copy()
    mine.at["ha-thai-lacquer", "festivals"] = [festival]
    mine.at["ha-thai-lacquer", "opening_hours"] = "Mo-Su 08:00-17:00"
    return rp.build_network(mine)


def test_hours_of_the_request_outrank_a_closing_festival_and_nothing_else_does(network: rp.Network) -> None:
    fair = {
        "name_vi": "Hội kín",
        "name_en": "Closed fair",
        "calendar": "solar",
        "month": 3,
        "day": 13,
        "days": 1,
    }
    shut = closing(network, {**fair, "closes": True, "source": "https://example.org/"})
    words: dict[str, Any] = {"first_day": SATURDAY, "area": (105.86, 20.88, 105.91, 20.93)}
    for wish in ("seek", "accept", "avoid"):
        assert (
            "closed to visitors during Closed fair"
            in skipped(planned(shut, festivals=wish, **words), "ha-thai-lacquer").detail
            or wish == "avoid"
        )
    own = {"ha-thai-lacquer": "Sa 14:00-17:00"}
    trip = planned(shut, hours=own, must_visit=["ha-thai-lacquer"], **words)
    assert next(stop for stop in trip.stops if stop.site_id == "ha-thai-lacquer").start.time() >= time(14)
    # what the request itself rules out stays out
    avoided = planned(shut, hours=own, festivals="avoid", **words)
    assert "the request avoids festivals" in skipped(avoided, "ha-thai-lacquer").detail
    closed = planned(shut, hours=own, closed={"ha-thai-lacquer": [SATURDAY]}, **words)
    assert "says the request" in skipped(closed, "ha-thai-lacquer").detail


def test_the_next_market_day_is_one_that_the_request_leaves_open(network: rp.Network) -> None:
    words: dict[str, Any] = {"first_day": SATURDAY, "corridor": "southwest"}
    trip = planned(network, closed={"chuong-hat-market": [date(2027, 3, 17)]}, **words)
    assert "next: 21 March" in skipped(trip, "chuong-hat-market").detail
    assert "phiên tới: 21/3" in skipped(trip, "chuong-hat-market").detail_vi


def test_a_festival_without_a_source_is_asked_for(network: rp.Network) -> None:
    row_of_village = row(network.sites, "bat-trang")
    day = COLOA_DAY
    en, vi = why_that_day(row_of_village, 0, [opening(row_of_village, day)])
    assert "no source for its date, ask ahead" in en
    assert "chưa có nguồn" in vi
    en, _ = why_that_day(row(network.sites, "co-loa"), 0, [opening(row(network.sites, "co-loa"), day)])
    assert "no source" not in en
