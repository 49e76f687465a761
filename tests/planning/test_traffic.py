"""Plans under traffic: the clock, the search and the judge reckon with the same hours."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest

import routeplanner as rp
from routeplanner._clock import TIMEZONE
from routeplanner.planning.request import traffic_moment

MONDAY = date(2027, 3, 15)


@pytest.fixture(scope="module")
def busy() -> rp.Network:
    return rp.build_network(rp.load_sites(), traffic=rp.load_traffic())


@pytest.mark.parametrize(
    ("corridor", "vehicle", "days", "mode"),
    [
        ("south", "minibus16", 1, "road"),
        ("west", "car4", 2, "road"),
        ("southwest", "coach45", 1, "road"),
        ("river", "minibus16", 1, "mixed"),
        ("inner", "motorbike", 1, "road"),
    ],
)
def test_a_plan_in_traffic_is_right(
    busy: rp.Network, corridor: str, vehicle: str, days: int, mode: str
) -> None:
    request = rp.TripRequest(corridor=corridor, first_day=MONDAY, days=days, vehicle=vehicle, mode=mode)
    trip = rp.plan(busy, request, iterations=200, proof=None)
    assert trip.stops
    assert rp.check(trip, busy, request) == []


def test_the_rush_hour_costs_time_that_the_judge_knows(busy: rp.Network, network: rp.Network) -> None:
    request = rp.TripRequest(
        corridor="south",
        first_day=MONDAY,
        day_start=time(7),
        day_end=time(18, 30),
        must_visit=("ha-thai-lacquer",),
    )
    calm = rp.plan(network, request, iterations=200, proof=None)
    assert rp.check(calm, network, request) == []
    # The same plan under traffic does not keep its clock.
    assert {v.rule for v in rp.check(calm, busy, request)} >= {"clock"}
    trip = rp.plan(busy, request, iterations=200, proof=None)
    first = trip.days[0].legs[0]
    usual = network.path(first.from_id, first.to_id, "coach")[0].duration_s
    assert first.departure.hour in {7, 8}
    assert first.duration_s > usual


def test_hours_of_a_trip_are_those_of_its_first_working_day() -> None:
    saturday = rp.TripRequest(corridor="south", first_day=date(2027, 3, 13), days=3)
    moment = datetime(2027, 3, 13, 8, 30, tzinfo=TIMEZONE)
    assert traffic_moment(saturday, moment) == datetime(2027, 3, 15, 8, 30, tzinfo=TIMEZONE)
    weekend = rp.TripRequest(corridor="south", first_day=date(2027, 3, 13), days=2)
    assert traffic_moment(weekend, moment) == moment
