"""The clock: known days by hand, and agreement with the referee on random ones."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from routeplanner import Itinerary, TripRequest, check, plan
from routeplanner.planning.problem import UNREACHABLE, make_problem
from routeplanner.planning.schedule import Lunch, arrive, leave_by, schedule
from trips import day_is_feasible, day_travel, problems, reached

if TYPE_CHECKING:
    from routeplanner.network import Network
    from routeplanner.planning.problem import Problem
    from routeplanner.planning.schedule import DayTimes

HOUR, MINUTE = 3600, 60
HALF_HOUR = timedelta(minutes=30)
THOROUGH = settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))


def day(windows: list[list[tuple[int, int]]], service: list[int], **fields: Any) -> Problem:
    """One day from 8 to 18 o'clock; every way takes half an hour."""
    places = len(service) + 1
    travel = np.full((places, places), 30 * MINUTE)
    np.fill_diagonal(travel, 0)
    given_fields: dict[str, Any] = {"lunch": [True], **fields}
    return make_problem(
        travel_s=travel.tolist(),
        prize=[1] * len(service),
        windows=[windows],
        day_start_s=[8 * HOUR],
        day_end_s=[18 * HOUR],
        service_s=service,
        **given_fields,
    )


OPEN = [(8 * HOUR, 17 * HOUR)]


def test_lunch_comes_on_arrival_near_noon() -> None:
    times = schedule(day([OPEN, OPEN], [3 * HOUR, HOUR]), [[0, 1]])[0]
    assert times.lunch == Lunch(12 * HOUR, 13 * HOUR, 1, "before")
    assert times.arrival_s == (8 * HOUR + 30 * MINUTE, 12 * HOUR)
    assert times.end_s == (11 * HOUR + 30 * MINUTE, 14 * HOUR)
    assert times.arrival_end_s == 14 * HOUR + 30 * MINUTE
    assert times.travel_s == 90 * MINUTE
    assert times.feasible


def test_lunch_comes_after_the_service_if_the_next_place_is_too_late() -> None:
    times = schedule(day([OPEN, [(14 * HOUR, 15 * HOUR)]], [3 * HOUR + 15 * MINUTE, HOUR]), [[0, 1]])[0]
    assert times.lunch is not None
    assert (times.lunch.when, times.lunch.position) == ("before", 1)
    tight = day([OPEN, [(8 * HOUR, 13 * HOUR)]], [2 * HOUR + 45 * MINUTE, HOUR])
    assert schedule(tight, [[0, 1]])[0].lunch == Lunch(
        11 * HOUR + 45 * MINUTE, 12 * HOUR + 45 * MINUTE, 1, "before"
    )


def test_a_half_day_lunches_on_return() -> None:
    times = schedule(day([OPEN], [2 * HOUR], lunch_earliest_s=11 * HOUR), [[0]])[0]
    assert times.lunch is not None
    assert times.lunch.start_s == 11 * HOUR
    assert times.lunch.when == "end"


def test_the_group_does_not_wait_at_the_first_door() -> None:
    times = schedule(day([[(9 * HOUR + 17 * MINUTE, 17 * HOUR)]], [HOUR], lunch=[False]), [[0]])[0]
    assert times.departure_s == 8 * HOUR + 45 * MINUTE
    assert times.arrival_s[0] == 9 * HOUR + 15 * MINUTE
    assert times.start_s[0] == 9 * HOUR + 17 * MINUTE


@pytest.mark.parametrize(
    ("fields", "order", "words"),
    [
        ({"max_stops": [1]}, [0, 1], "at most 1"),
        ({"max_travel_s": [80 * MINUTE]}, [0, 1], "of travel"),
        ({"lunch_latest_s": 8 * HOUR}, [0, 1], "lunch would start"),
        ({"day_end": 10}, [0, 1], "it ends at"),
        ({}, [0, 2], "is closed"),
        ({}, [0, 0, 3], "its last start is"),
    ],
)
def test_the_broken_rule_is_named(fields: dict[str, Any], order: list[int], words: str) -> None:
    end = fields.pop("day_end", 18)
    problem = day([OPEN, OPEN, [], [(8 * HOUR, 9 * HOUR)]], [HOUR] * 4, **fields)
    problem = replace(problem, day_end_s=np.array([end * HOUR]))
    violation = schedule(problem, [order])[0].violation
    assert violation is not None
    assert words in violation


def test_no_way_is_named() -> None:
    problem = make_problem(
        travel_s=[[0, 60, 60], [60, 0, 60], [60, UNREACHABLE, 0]],
        prize=[1, 1],
        windows=[[[(0, 9000)], [(0, 9000)]]],
        day_start_s=[0],
        day_end_s=[9999],
    )
    assert "there is no way from place 2 to place 1" in str(schedule(problem, [[1]])[0].violation)


def test_orders_and_days_have_to_match() -> None:
    with pytest.raises(ValueError, match="2 orders for 1 days"):
        schedule(day([OPEN], [HOUR]), [[0], []])


@THOROUGH
@given(problems(most_sites=4))
def test_feasible_is_what_the_referee_calls_feasible(problem: Problem) -> None:
    for number in range(problem.n_days):
        for order in itertools.permutations(range(problem.n_sites), min(3, problem.n_sites)):
            orders = [order if index == number else () for index in range(problem.n_days)]
            times = schedule(problem, orders)[number]
            assert times.feasible == day_is_feasible(problem, number, order)
            if times.feasible:
                keeps_its_own_clock(problem, number, order)


def keeps_its_own_clock(problem: Problem, number: int, order: tuple[int, ...]) -> None:
    times = schedule(problem, [order if index == number else () for index in range(problem.n_days)])[number]
    assert times.travel_s == day_travel(problem, number, order)
    assert times.departure_s >= problem.day_start_s[number]
    assert (times.lunch is not None) == bool(problem.lunch[number])
    now, here = times.departure_s, int(problem.origin[number])
    for position, site in enumerate(order):
        now = arrival(problem, times, here, site, position, now)
        assert times.arrival_s[position] == now
        if times.lunch is not None and (times.lunch.position, times.lunch.when) == (position, "before"):
            assert times.lunch.start_s >= now
            now = times.lunch.end_s
        assert times.start_s[position] >= now
        assert any(a <= times.start_s[position] <= b for a, b in problem.windows[number, site])
        now = times.end_s[position]
        assert now == times.start_s[position] + problem.service_on(number, site)
        if times.lunch is not None and (times.lunch.position, times.lunch.when) == (position, "after"):
            assert times.lunch.start_s >= now
            now = times.lunch.end_s
        here = site
    assert times.arrival_end_s == arrival(
        problem, times, here, int(problem.destination[number]), len(order), now
    )
    assert times.arrival_end_s <= problem.day_end_s[number]


def arrival(problem: Problem, times: DayTimes, here: int, there: int, position: int, now: int) -> int:
    """Return when who leaves now arrives, lunch aboard included if it is taken on this way."""
    way = reached(problem, here, there, now)
    if times.lunch is None or (times.lunch.position, times.lunch.when) != (position, "aboard"):
        return way
    assert problem.aboard_s is not None
    board, landed = (int(seconds) for seconds in problem.aboard_s[here, there])
    assert times.lunch.start_s >= now + board >= now
    return max(way, times.lunch.end_s + landed)


def test_lunch_aboard_takes_no_time_of_its_own() -> None:
    """On the longer boat it costs nothing, on a shorter one what the meal outlasts it."""
    aboard = np.full((3, 3, 2), -1)
    aboard[0, 1] = (5 * MINUTE, 10 * MINUTE)
    problem = day([OPEN, OPEN], [3 * HOUR, HOUR], aboard_s=aboard)
    times = schedule(problem, [[0, 1]])[0]
    assert times.lunch == Lunch(11 * HOUR + 35 * MINUTE, 12 * HOUR + 35 * MINUTE, 1, "aboard")
    assert times.arrival_s[1] == 12 * HOUR + 45 * MINUTE
    travel = problem.travel_s.copy()
    travel[0, 1] = 2 * HOUR
    longer = schedule(replace(problem, travel_s=travel), [[0, 1]])[0]
    assert longer.lunch == times.lunch
    assert longer.arrival_s[1] == 13 * HOUR + 30 * MINUTE


def test_a_boat_day_eats_aboard_and_the_judge_agrees(network: Network) -> None:
    request = TripRequest(corridor="river", mode="river", first_day=date(2027, 3, 13))
    trip = plan(network, request)
    assert check(trip, network, request) == []
    assert Itinerary.from_dict(trip.to_dict()) == trip
    (pause,) = trip.days[0].breaks
    assert pause.aboard
    assert "Lunch aboard" in trip.to_text("en")
    assert "Ăn trưa trên thuyền" in trip.to_text("vi")
    for wrong in (
        replace(pause, aboard=False),
        replace(pause, start=pause.start - HALF_HOUR, end=pause.end - HALF_HOUR),
        replace(pause, start=pause.start + 2 * HALF_HOUR, end=pause.end + 2 * HALF_HOUR),
    ):
        edited = replace(trip, days=(replace(trip.days[0], breaks=(wrong,)),))
        assert [v.rule for v in check(edited, network, request)]


@given(
    st.lists(st.tuples(st.integers(1, 9), st.integers(0, 12)), min_size=1, max_size=8),
    st.integers(0, 150),
    st.booleans(),
)
def test_the_latest_departure_is_the_latest_where_arrivals_stand_still(
    steps: list[tuple[int, int]],
    limit: int,
    apart: bool,  # noqa: FBT001 - drawn
) -> None:
    """Boats of a timetable: who leaves at any minute before one arrives with it, and jumps to the next."""
    moments = 60 * np.cumsum([0, *(gap for gap, _ in steps)])
    arrivals = 60 * (np.cumsum([20, *(jump for _, jump in steps)]))
    arrivals = np.maximum(arrivals, moments)
    durations = arrivals - moments
    # Every other moment within may be one that this way alone has: nothing changes by that.
    alone = slice(1, -1, 2) if apart else slice(0)
    own = np.stack([moments[alone], durations[alone]], axis=1)
    moments, durations = (np.delete(table, alone) for table in (moments, durations))
    last = leave_by(60 * limit, durations, moments, 60, own)
    reached_by = [
        m for m in range(-60 * 30, 60 * 180, 60) if arrive(m, durations, moments, 60, own) <= 60 * limit
    ]
    assert last // 60 * 60 == max(reached_by)
