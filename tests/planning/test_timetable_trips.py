"""Trips on boats of a timetable."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest

import routeplanner as rp

DAY = date(2017, 5, 10)  # the bundled timetable is of 2017
BY_BOAT = rp.TripRequest(
    first_day=DAY, mode="river", start="ben-chuong-duong-do", day_start=time(7, 30), must_visit=["phu-dong"]
)


@pytest.fixture(scope="module")
def published(sites: object) -> rp.Network:
    return rp.build_network(sites, sailings=rp.load_sailings())  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def trip(published: rp.Network) -> rp.Itinerary:
    return rp.plan(published, BY_BOAT, iterations=400)


def test_a_day_out_and_back_on_the_published_boats(published: rp.Network, trip: rp.Itinerary) -> None:
    assert rp.check(trip, published, BY_BOAT) == []
    boats = [leg for leg in trip.days[0].legs if leg.mode == "boat"]
    name = rp.load_sailings()[0].name
    assert [(leg.service, f"{leg.departure:%H:%M}", f"{leg.arrival:%H:%M}") for leg in boats] == [
        (name, "08:00", "10:00"),
        (name, "14:00", "16:15"),
    ]
    assert trip.days[0].start.time.time() == time(8)  # it does not stand at the pier for half an hour
    assert rp.Itinerary.from_dict(trip.to_dict()) == trip
    assert f"({name}, 08:00–10:00)" in trip.to_text("en")


def test_the_judge_knows_the_timetable(
    network: rp.Network, published: rp.Network, trip: rp.Itinerary
) -> None:
    assert rp.check(trip, network, BY_BOAT) != []  # on a network of charters
    data = trip.to_dict()
    leg = next(
        leg
        for leg in data["days"][0]["legs"]
        if leg["service"] and leg["departure"].endswith("14:00:00+07:00")
    )
    leg["departure"] = leg["departure"].replace("14:00", "14:20")
    rules = {v.rule for v in rp.check(rp.Itinerary.from_dict(data), published, BY_BOAT)}
    assert "timetable" in rules
    late = trip.to_dict()
    for part in late["days"][0]["legs"][-1:]:
        part["service"] = "another boat"
    assert {v.rule for v in rp.check(rp.Itinerary.from_dict(late), published, BY_BOAT)} == {"legs"}


def test_a_trip_that_misses_the_last_boat_is_said_to(published: rp.Network, trip: rp.Itinerary) -> None:
    """The visit that ends after the boat has left: no way is left, and the judge says so instead of failing."""
    data = trip.to_dict()
    last = max(
        (s for s in data["days"][0]["stops"] if s["departure"] < f"{DAY}T14:00"), key=lambda s: s["departure"]
    )
    for key in ("start", "departure"):
        moved = rp.Itinerary.from_dict(trip.to_dict()).stops[0].start.fromisoformat(last[key]) + timedelta(
            hours=3
        )
        last[key] = moved.isoformat()
    texts = [v.text for v in rp.check(rp.Itinerary.from_dict(data), published, BY_BOAT) if v.rule == "legs"]
    assert any("none leaves after" in text for text in texts)


def test_mixed_goes_out_by_the_boat_and_home_by_road(published: rp.Network) -> None:
    request = rp.TripRequest(
        first_day=DAY, mode="mixed", day_start=time(7, 15), area=(105.84, 21.0, 106.05, 21.1)
    )
    trip = rp.plan(published, request, iterations=300)
    assert rp.check(trip, published, request) == []
    boats = [leg for leg in trip.days[0].legs if leg.mode == "boat"]
    assert [f"{leg.departure:%H:%M}" for leg in boats] == ["08:00"]
    assert "coach" in {leg.mode for leg in trip.days[0].legs if leg.departure > boats[0].arrival}


def test_a_day_without_sailings_is_refused_with_those_that_have(published: rp.Network) -> None:
    request = rp.TripRequest(first_day=date(2027, 3, 13), mode="river", corridor="river")
    with pytest.raises(rp.InfeasibleError, match=r"2027-03-13 .*runs 2017-01-01 to 2017-12-31, daily"):
        rp.plan(published, request)
    by_road = rp.TripRequest(first_day=date(2027, 3, 13), corridor="west")
    assert rp.check(rp.plan(published, by_road, iterations=200), published, by_road) == []
