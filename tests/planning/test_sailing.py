"""Trips by boat and road: they begin on the water, the rest is free, and the bound is a bound."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta
from itertools import takewhile
from typing import Any

import pytest

import routeplanner as rp
from routeplanner.itinerary_text import day_rows, leg_seconds

SATURDAY = date(2027, 3, 13)


def first_way(trip: rp.Itinerary) -> list[str]:
    day = trip.days[0]
    before = list(takewhile(lambda leg: leg.departure < day.stops[0].arrival, day.legs))
    return [leg.mode for leg in before]


@pytest.mark.parametrize("corridor", ["river", "delta", "east_north"])
def test_a_mixed_trip_begins_on_the_water_and_goes_on_by_road(corridor: str, network: rp.Network) -> None:
    wish = rp.TripRequest(first_day=SATURDAY, corridor=corridor, mode="mixed")
    trip = rp.plan(network, wish)
    assert rp.check(trip, network, wish) == []
    assert "boat" in first_way(trip)
    assert "coach" in {leg.mode for leg in trip.days[0].legs[len(first_way(trip)) :]}
    assert not [skipped for skipped in trip.skipped if skipped.reason == "lower_prize"]


def test_a_must_visit_inland_does_not_cost_the_boat(network: rp.Network) -> None:
    wish = rp.TripRequest(first_day=SATURDAY, corridor="river", mode="mixed", must_visit=["den-ghenh"])
    trip = rp.plan(network, wish)
    assert rp.check(trip, network, wish) == []
    assert "boat" in first_way(trip)


def test_no_sailing_trip_with_a_must_visit_beats_the_bound_of_the_free_one(network: rp.Network) -> None:
    free = rp.plan(network, rp.TripRequest(first_day=SATURDAY, corridor="delta", mode="mixed"))
    assert free.bound is not None
    for must in ("den-da-hoa", "dong-ho", "chua-but-thap"):
        wish = rp.TripRequest(first_day=SATURDAY, corridor="delta", mode="mixed", must_visit=[must])
        bound = rp.plan(network, wish, proof=None)
        if "boat" in first_way(bound):
            assert bound.prize <= free.bound + 1e-6


def test_printed_minutes_add_up_to_the_printed_clock(network: rp.Network) -> None:
    trip = rp.plan(network, rp.TripRequest(first_day=SATURDAY, corridor="south", days=2), proof=None)
    for day in trip.days:
        for leg in day.legs:
            assert leg.departure + timedelta(seconds=leg_seconds(leg)) == leg.arrival


def test_a_lunch_at_home_is_printed_after_the_return(network: rp.Network) -> None:
    wish = rp.TripRequest(
        first_day=date(2027, 3, 15),
        corridor="inner",
        must_visit=["den-ngoc-son"],
        pace="relaxed",
        max_stops=1,
    )
    trip = rp.plan(
        network, wish, prizes=lambda sites, _: sites["significance"] * (sites.index == "den-ngoc-son")
    )
    (day,) = trip.days
    assert day.end.time <= day.breaks[0].start or day.breaks[0].site_id == "den-ngoc-son"
    times = [row.time for row in day_rows(day)]
    assert times == sorted(times)


TWO = ("den-rung-long-bien", "den-da-hoa")


@pytest.fixture(scope="module")
def two_temples(network: rp.Network) -> rp.TripRequest:
    """A day on which a boat may lead to one of two temples, and a coach to both."""
    every = network.sites.index[network.sites["corridors"].map(lambda keys: "river" in keys)]
    banned = tuple(site for site in every if site not in TWO)
    return rp.TripRequest(first_day=SATURDAY, corridor="river", mode="mixed", lunch=None, forbidden=banned)


@pytest.mark.parametrize(
    "change",
    [
        {"day_end": time(12, 45)},
        {"before": (TWO,)},
        {"before": (TWO,), "must_visit": TWO},
        {"at_most": {"heritage_site": 1}},
    ],
    ids=["a day too short for the boat", "order", "order of must-visits", "kinds"],
)
def test_the_boat_does_not_cost_a_rule(
    change: dict[str, Any], two_temples: rp.TripRequest, network: rp.Network
) -> None:
    free = rp.plan(network, two_temples, iterations=100)
    assert [stop.site_id for stop in free.stops] == list(TWO[::-1])
    wish = replace(two_temples, **change)
    trip = rp.plan(network, wish, iterations=100)
    assert trip.stops
    assert rp.check(trip, network, wish) == []
