from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date, time, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import routeplanner as rp
from routeplanner._clock import TIMEZONE, seconds_of, seconds_since_midnight
from routeplanner.planning.prizes import site_prizes
from routeplanner.planning.request import service_min, travel_profile, vehicle_cost
from routeplanner.planning.resolve import resolve
from wishes import CORRIDORS, bad_pairs, candidates, trip_requests

if TYPE_CHECKING:
    import geopandas as gpd

    from routeplanner.itinerary import Itinerary

SATURDAY = date(2027, 3, 13)
STEPS = 40
"""Iterations of the search: validity must not depend on how long it looks."""


@settings(max_examples=3 * settings.default.max_examples // 2)
@given(data=st.data())
def test_a_plan_is_right_in_every_rule_or_an_error_says_why_there_is_none(
    data: st.DataObject, sites: gpd.GeoDataFrame, network: rp.Network
) -> None:
    request = data.draw(trip_requests(sites))
    try:
        trip = rp.plan(network, request, iterations=STEPS, proof=None)
    except rp.RequestError as error:
        refused = error.faults
        assert bad_pairs(request, sites), refused
        return
    except rp.InfeasibleError as error:
        assert_the_error_is_true(error, request, network)
        return
    assert not bad_pairs(request, sites)
    assert rp.check(trip, network, request) == []
    assert_shape(trip, request, sites)
    assert rp.Itinerary.from_dict(json.loads(trip.to_json())) == trip


def assert_shape(trip: Itinerary, request: rp.TripRequest, sites: gpd.GeoDataFrame) -> None:
    """What a plan has to be by its words alone, without the judge."""
    visited = [stop.site_id for stop in trip.stops]
    skipped = [left.site_id for left in trip.skipped]
    assert len(visited) == len(set(visited))
    assert sorted([*visited, *skipped]) == sorted(candidates(request, sites))
    assert set(request.must_visit) <= set(visited)
    assert not set(request.forbidden) & set(visited)
    assert all(left.reason and left.detail and left.detail_vi for left in trip.skipped)
    assert [day.date for day in trip.days] == [
        request.first_day + timedelta(days=d) for d in range(request.days)
    ]
    for before, after in zip(trip.days, trip.days[1:], strict=False):
        assert (before.end.site_id, before.end.lon, before.end.lat) == (
            after.start.site_id,
            after.start.lon,
            after.start.lat,
        )
    for day in trip.days:
        for moment in moments(day):
            assert moment.second == moment.microsecond == 0
            assert moment.tzinfo is TIMEZONE
        assert list(moments(day)) == sorted(moments(day))
        assert request.day_start <= day.start.time.time()
        assert seconds_since_midnight(day.end.time, day.date) <= seconds_of(request.day_end)


def moments(day: rp.Day) -> list:  # type: ignore[type-arg]
    inner = [moment for stop in day.stops for moment in (stop.arrival, stop.start, stop.departure)]
    return [day.start.time, *inner, day.end.time]


def assert_the_error_is_true(error: rp.InfeasibleError, request: rp.TripRequest, network: rp.Network) -> None:
    """Each fault names a must-visit or a way between terminals; a lone must-visit really does not fit."""
    for fault in error.faults:
        assert any(site in fault for site in request.must_visit) or fault.startswith(
            ("day ", "budget_vnd", "none of the ")
        ), fault
    if all(fault.startswith(("day ", "budget_vnd", "none of the ")) for fault in error.faults):
        return
    assert request.must_visit
    if len(request.must_visit) == 1:
        assert not fits_alone(network, request, request.must_visit[0]), error.faults


def fits_alone(network: rp.Network, request: rp.TripRequest, site: str) -> bool:
    """Whether some day can hold this one visit: tried on plain minutes, lunch anywhere it may be."""
    request = resolve(request, network.sites)
    network = with_hotels(network, request)
    row = network.sites.loc[site]
    metres_and_minutes = []
    for number, (a, b) in enumerate(zip(request.terminals, request.terminals[1:], strict=False)):
        way = network.matrix([a, site, b], travel_profile(request))
        out, back = int(way.duration_s[0, 1]), int(way.duration_s[1, 2])
        if min(out, back) < 0:
            continue
        opening = rp.opening(row, request.first_day + timedelta(days=number))
        if lone_visit(
            request, opening, -(-out // 60), -(-back // 60), service_min(row.visit_min, request.pace)
        ):
            metres_and_minutes.append(int(way.distance_m[0, 1] + way.distance_m[1, 2]))
    rates = vehicle_cost(request) or (0, 0)
    cheap = request.budget_vnd is None or any(
        request.people * (row.fee_vnd or 0) + rates[0] + rates[1] * metres / 1000 <= request.budget_vnd - 1
        for metres in metres_and_minutes
    )
    # the empty days of a longer trip may have to be driven as well, and cost too
    return bool(metres_and_minutes) and cheap and (request.budget_vnd is None or request.days == 1)


def with_hotels(network: rp.Network, request: rp.TripRequest) -> rp.Network:
    for text in dict.fromkeys(request.terminals):
        if text not in network:
            lat, lon = (float(part) for part in text.split(","))
            network = network.with_place(text, lon, lat)
    return network


def lone_visit(request: rp.TripRequest, opening: object, out: int, back: int, visit: int) -> bool:
    """Try every minute at which the visit may begin, and lunch before it, after it, or on return."""
    first, last = seconds_of(request.day_start) // 60, seconds_of(request.day_end) // 60
    lunch = request.lunch
    hours = [(-(-a // 60), b // 60) for a, b in opening.intervals_s]  # type: ignore[attr-defined]
    begins = [m for m in range(first + out, last) if any(a <= m and m + visit <= b for a, b in hours)]
    if lunch is None or not lunch_is_due(request):
        return any(m + visit + back <= last for m in begins)
    length, early, late = lunch.duration_min, seconds_of(lunch.earliest) // 60, seconds_of(lunch.latest) // 60
    for m in begins:
        eat_first = max(first + out, early)
        eat_after = max(m + visit, early)
        eat_home = max(m + visit + back, early)
        if eat_first <= late and eat_first + length <= m and m + visit + back <= last:
            return True
        if eat_after <= late and eat_after + length + back <= last:
            return True
        if eat_home <= late and eat_home + length <= last:
            return True
    return False


def lunch_is_due(request: rp.TripRequest) -> bool:
    """Whether the day's span holds the whole time in which lunch may be."""
    lunch = request.lunch
    assert lunch is not None
    return request.day_start <= lunch.earliest and seconds_of(request.day_end) >= (
        seconds_of(lunch.latest) + 60 * lunch.duration_min
    )


@pytest.mark.parametrize("corridor", CORRIDORS[:5])
def test_the_example_days_have_a_headline_lunch_and_three_to_five_stops(
    corridor: str, network: rp.Network
) -> None:
    mode = "river" if corridor == "river" else "road"
    request = rp.TripRequest(first_day=SATURDAY, corridor=corridor, mode=mode)
    trip = rp.plan(network, request, iterations=500)
    assert rp.check(trip, network, request) == []
    assert 3 <= len(trip.stops) <= 5
    assert [pause.kind for pause in trip.days[0].breaks] == ["lunch"]
    best = max(row.significance for row in network.sites.itertuples() if corridor in row.corridors)
    assert max(stop.significance or 0 for stop in trip.stops) >= best - 1


@settings(max_examples=max(5, settings.default.max_examples // 10))
@given(data=st.data())
def test_the_same_seed_gives_the_same_bytes(
    data: st.DataObject, sites: gpd.GeoDataFrame, network: rp.Network
) -> None:
    request = data.draw(trip_requests(sites, must_visit=[]))
    seed = data.draw(st.integers(0, 2**31))

    def answer(net: rp.Network) -> str:
        try:
            return rp.plan(net, request, seed=seed, iterations=STEPS, proof=None).to_json()
        except rp.RoutePlannerError as error:
            return str(error)

    assert answer(network) == answer(network)


PROGRAMME = """
import sys
from datetime import date
import routeplanner as rp
network = rp.build_network(rp.load_sites())
for fields in ({"corridor": "south"}, {"days": 3, "mode": "mixed"}, {"corridor": "river", "mode": "river"}):
    request = rp.TripRequest(first_day=date(2027, 3, 13), themes={"handicraft": 1, "history": 0.4}, **fields)
    sys.stdout.write(rp.plan(network, request, seed=5, iterations=100).to_json())
"""


def test_the_same_seed_gives_the_same_bytes_in_other_processes() -> None:
    outputs = [
        subprocess.run(
            [sys.executable, "-c", PROGRAMME],
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "4711")
    ]
    assert outputs[0].count(b"routeplanner/itinerary/1") == 3
    assert outputs[0] == outputs[1]


def test_a_must_visit_that_is_closed_is_named_with_its_days(network: rp.Network) -> None:
    monday = date(2027, 3, 15)
    request = rp.TripRequest(first_day=monday, must_visit=["bao-tang-lich-su"])
    with pytest.raises(rp.InfeasibleError, match=r"'bao-tang-lich-su'.*2027-03-15: closed on Mondays"):
        rp.plan(network, request, iterations=STEPS, proof=None)


def test_all_must_visits_that_cannot_be_kept_are_named_at_once(network: rp.Network) -> None:
    monday = date(2027, 3, 15)
    lost = ["bao-tang-lich-su", "bao-tang-ha-noi", "cho-hoa-quang-ba"]
    request = rp.TripRequest(first_day=monday, must_visit=lost)
    with pytest.raises(rp.InfeasibleError) as caught:
        rp.plan(network, request, iterations=STEPS, proof=None)
    assert len(caught.value.faults) == 3
    assert all(site in fault for site, fault in zip(sorted(lost), sorted(caught.value.faults), strict=True))


def test_too_many_must_visits_for_the_day_are_named(network: rp.Network) -> None:
    far = ["perfume-pagoda-complex", "duong-lam-ancient-village", "bat-trang"]
    request = rp.TripRequest(first_day=SATURDAY, must_visit=far)
    with pytest.raises(rp.InfeasibleError) as caught:
        rp.plan(network, request, iterations=200)
    assert len(caught.value.faults) in (1, 2)
    assert all("must_visit" in fault and "Give a longer day" in fault for fault in caught.value.faults)


def test_a_wish_to_sail_does_not_lose_a_must_visit_that_the_coach_reaches(network: rp.Network) -> None:
    request = rp.TripRequest(
        first_day=SATURDAY, start="bat-trang", mode="mixed", must_visit=["bac-bo-phu"], max_stops=1
    )
    trip = rp.plan(network, request, iterations=STEPS, proof=None)
    assert [stop.site_id for stop in trip.stops] == ["bac-bo-phu"]
    assert rp.check(trip, network, request) == []


def test_a_night_that_cannot_be_reached_in_the_day_is_said_with_the_minutes(network: rp.Network) -> None:
    request = rp.TripRequest(
        first_day=SATURDAY, start="noi-bai", end="ho-hoan-kiem", vehicle="bicycle", day_end=time(8, 30)
    )
    with pytest.raises(rp.InfeasibleError, match=r"day 1: .*'noi-bai' to 'ho-hoan-kiem' takes \d+ min"):
        rp.plan(network, request, iterations=STEPS, proof=None)


def test_a_budget_that_does_not_pay_the_bare_way_is_said_with_its_price(network: rp.Network) -> None:
    request = rp.TripRequest(first_day=SATURDAY, start="noi-bai", end="ho-hoan-kiem", budget_vnd=1000)
    with pytest.raises(rp.InfeasibleError, match=r"budget_vnd: 1000 .* \d+ VND"):
        rp.plan(network, request, iterations=STEPS, proof=None)


def test_a_place_of_the_night_may_be_visited_too(network: rp.Network) -> None:
    """Lunch on return to a place that was visited in the morning is not a lunch after that visit."""
    place = "duong-lam-ancient-village"
    for latest in (time(11, 30), time(13)):
        request = rp.TripRequest(
            first_day=SATURDAY,
            days=2,
            start=place,
            must_visit=[place],
            corridor="northwest",
            lunch=rp.Lunch(latest=latest),
            day_end=time(14),
        )
        for seed in range(4):
            trip = rp.plan(network, request, seed=seed, iterations=STEPS, proof=None)
            assert rp.check(trip, network, request) == []


def test_names_are_as_good_as_identifiers(network: rp.Network) -> None:
    by_name = rp.TripRequest(
        first_day=SATURDAY, start="Hồ Hoàn Kiếm", corridor="south", must_visit=["chua dau thuong tin"]
    )
    by_id = rp.TripRequest(first_day=SATURDAY, corridor="south", must_visit=["chua-dau-thuong-tin"])
    one, other = (rp.plan(network, request, iterations=STEPS, proof=None) for request in (by_name, by_id))
    assert one.to_json() == other.to_json()


def test_prizes_may_be_a_column_or_a_function(sites: gpd.GeoDataFrame) -> None:
    liked = sites.assign(liking=[float(row.significance == 3) for row in sites.itertuples()])
    network = rp.build_network(liked)
    request = rp.TripRequest(first_day=SATURDAY, corridor="west")
    by_column = rp.plan(network, request, prizes="liking", iterations=STEPS, proof=None)
    by_function = rp.plan(
        network, request, prizes=lambda rows, _: rows["liking"], iterations=STEPS, proof=None
    )
    assert by_column.to_json() == by_function.to_json()
    assert rp.check(by_column, network, request, prizes="liking") == []
    assert {stop.significance for stop in by_column.stops} == {3}
    assert {violation.rule for violation in rp.check(by_column, network, request)} == {"prize"}


def test_a_forbidden_headline_gives_way_to_others(network: rp.Network) -> None:
    free = rp.TripRequest(first_day=SATURDAY, corridor="south")
    headline = max(rp.plan(network, free, iterations=200).stops, key=lambda stop: stop.prize).site_id
    bound = rp.TripRequest(first_day=SATURDAY, corridor="south", forbidden=[headline])
    trip = rp.plan(network, bound, iterations=200)
    assert headline not in {stop.site_id for stop in trip.stops}
    assert {left.site_id: left.reason for left in trip.skipped}[headline] == "forbidden"


def test_the_bound_holds_for_what_longer_searches_find(network: rp.Network) -> None:
    request = rp.TripRequest(first_day=SATURDAY, corridor="southwest", days=2)
    trips = [rp.plan(network, request, seed=seed, iterations=steps) for seed, steps in ((0, 1), (1, 400))]
    best = max(trip.prize for trip in trips)
    for trip in trips:
        assert trip.bound is not None
        assert best <= trip.bound + 1e-9
        assert trip.gap == pytest.approx(1 - trip.prize / trip.bound)


def test_a_day_that_holds_nothing_is_an_empty_day(network: rp.Network) -> None:
    request = rp.TripRequest(
        first_day=SATURDAY, corridor="northwest", day_start=time(8), day_end=time(8, 20), lunch=None
    )
    trip = rp.plan(network, request, iterations=STEPS, proof=None)
    assert trip.stops == ()
    assert trip.prize == 0
    assert rp.check(trip, network, request) == []
    worth = site_prizes(network.sites, request)
    assert {left.site_id for left in trip.skipped} == candidates(request, network.sites)
    assert (worth >= 0).all()


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"seed": "a"}, "seed"),
        ({"seed": None}, "seed"),
        ({"seed": -1}, "seed"),
        ({"seed": 1.5}, "seed"),
        ({"iterations": 0}, "iterations"),
        ({"time_limit_s": float("nan")}, "time_limit_s"),
        ({"time_limit_s": 0}, "time_limit_s"),
        ({"prizes": lambda sites, _: sites["significance"] * 1e15}, "at most"),
    ],
    ids=["text", "none", "negative", "broken", "no steps", "nan", "no time", "prizes too large"],
)
def test_arguments_of_the_search_are_refused_by_name(
    change: dict[str, Any], word: str, network: rp.Network
) -> None:
    with pytest.raises(rp.RequestError, match=word):
        rp.plan(network, rp.TripRequest(first_day=SATURDAY, corridor="west"), **change)


def test_wrong_arguments_are_named_together(network: rp.Network) -> None:
    with pytest.raises(rp.RequestError) as caught:
        rp.plan(network.sites, {"corridor": "west"})  # type: ignore[arg-type]
    assert [fault.split(":")[0] for fault in caught.value.faults] == ["network", "request"]


def test_a_seed_of_numpy_is_a_seed(network: rp.Network) -> None:
    wish = rp.TripRequest(first_day=SATURDAY, corridor="west")
    plans = [rp.plan(network, wish, seed=seed, iterations=STEPS, proof=None) for seed in (3, np.int64(3))]
    assert plans[0].to_json() == plans[1].to_json()


def test_a_table_that_is_no_catalogue_is_refused_with_its_columns(sites: gpd.GeoDataFrame) -> None:
    bare = rp.build_network(sites[["name_vi", "kind", "visit_min", "significance", "geometry"]])
    with pytest.raises(rp.RequestError, match="corridors"):
        rp.plan(bare, rp.TripRequest(first_day=SATURDAY))
