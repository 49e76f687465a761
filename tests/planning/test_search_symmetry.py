"""What must not change an optimum, and what must not lower it; days filled by labels; trips packed of whole days."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from routeplanner.planning.problem import make_problem
from routeplanner.planning.schedule import schedule
from routeplanner.planning.search import search
from routeplanner.planning.search._pack import Pieces, join, pack, pieces
from routeplanner.planning.search._trip import Trip, prepare
from trips import problems, violations

if TYPE_CHECKING:
    from collections.abc import Callable

    from routeplanner.planning.problem import Problem

SOME = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
HOUR = 3600


def optimum(problem: Problem) -> int:
    """Return the prize of a tiny problem, which the search is shown to solve (see test_search)."""
    return search(problem, time_limit_s=60).prize


def possible(problem: Problem) -> bool:
    return violations(problem, ((),) * problem.n_days) == []


@SOME
@given(problems(most_sites=5, musts=False), st.randoms(use_true_random=False))
def test_the_numbers_of_sites_do_not_matter(problem: Problem, random: object) -> None:
    order = list(range(problem.n_sites))
    random.shuffle(order)  # type: ignore[attr-defined]
    places = [*order, *range(problem.n_sites, len(problem.place_ids))]
    number = np.argsort(places)
    both = np.ix_(places, places)
    other = replace(
        problem,
        travel_s=problem.travel_s[both],
        travel_m=problem.travel_m[both],
        service_s=problem.service_s[..., order],
        prize=problem.prize[..., order],
        cost_vnd=problem.cost_vnd[order],
        group=problem.group[order],
        must=problem.must[order],
        exclusive=number[problem.exclusive].reshape(-1, 2),
        windows=problem.windows[:, order],
        aboard_s=None if problem.aboard_s is None else problem.aboard_s[both],
        timed_travel_s=None
        if problem.timed_travel_s is None
        else problem.timed_travel_s[:, places][:, :, places],
        **{
            name: getattr(problem, name)[:, places][:, :, places]
            for name in ("own_departure_s", "own_travel_s")
            if getattr(problem, name) is not None
        },
        resource_use=None if problem.resource_use is None else problem.resource_use[:, order],
        before=number[problem.before].reshape(-1, 2) if problem.before is not None else None,
        labels=None if problem.labels is None else problem.labels[:, order],
        lunch_at=None if problem.lunch_at is None else problem.lunch_at[:, places],
    )
    if possible(problem):
        assert abs(optimum(other) - optimum(problem)) <= 1


@SOME
@given(problems(most_sites=5, musts=False), st.integers(-5, 5))
def test_the_hour_does_not_matter(problem: Problem, hours: int) -> None:
    by, own = hours * HOUR, problem.own_departure_s
    later = replace(
        problem,
        windows=problem.windows + by,
        day_start_s=problem.day_start_s + by,
        day_end_s=problem.day_end_s + by,
        lunch_earliest_s=problem.lunch_earliest_s + by,
        lunch_latest_s=problem.lunch_latest_s + by,
        departure_s=None if problem.departure_s is None else problem.departure_s + by,
        own_departure_s=None if own is None else np.where(own < 0, -1, own + by),
    )
    if possible(problem):
        assert optimum(later) == optimum(problem)


@SOME
@given(problems(most_sites=5, musts=False), st.integers(2, 9))
def test_the_unit_of_prizes_does_not_matter(problem: Problem, factor: int) -> None:
    if possible(problem):
        scaled = optimum(replace(problem, prize=problem.prize * factor))
        assert scaled == pytest.approx(factor * optimum(problem), abs=factor)


@SOME
@given(problems(most_sites=5, musts=False), st.data())
def test_one_site_more_never_hurts(problem: Problem, data: st.DataObject) -> None:
    site = data.draw(st.integers(0, problem.n_sites - 1))
    closed = problem.windows.copy()
    closed[:, site] = (1, 0)
    if possible(problem):
        assert optimum(replace(problem, windows=closed)) <= optimum(problem) + 1


@SOME
@given(problems(most_sites=5, musts=False), st.data())
def test_longer_opening_hours_never_hurt(problem: Problem, data: st.DataObject) -> None:
    site = data.draw(st.integers(0, problem.n_sites - 1))
    wide = problem.windows.copy()
    wide[:, site, 0], wide[:, site, 1:] = (0, 24 * HOUR), (1, 0)
    if problem.prize.ndim == problem.service_s.ndim == 1 and possible(problem):
        assert optimum(replace(problem, windows=wide)) >= optimum(problem) - 1


@SOME
@given(problems(most_sites=40, most_days=4), st.integers(0, 2**63))
def test_seconds_give_trips_that_keep_all_rules(problem: Problem, seed: int) -> None:
    if not possible(problem):
        return
    solution = search(problem, seed=seed, seconds=0.05, proof=None)
    assert violations(problem, solution.days) == []
    assert all(times.feasible for times in schedule(problem, solution.days))
    assert solution.bound is not None
    assert solution.bound >= solution.prize


def long_days(sites: int, days: int, seed: int) -> Problem:
    """Sites on a square of an hour, open for some hours each, and days of many stops."""
    rng = np.random.default_rng(seed)
    xy = rng.integers(0, HOUR, (sites + 1, 2))
    travel = np.floor(np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))).astype(int)
    opens = rng.integers(6 * HOUR, 14 * HOUR, sites)
    return make_problem(
        travel_s=travel.tolist(),
        prize=rng.integers(1, 30, sites).tolist(),
        windows=[[[(int(first), int(first) + 3 * HOUR)] for first in opens]] * days,
        day_start_s=[6 * HOUR] * days,
        day_end_s=[18 * HOUR] * days,
        service_s=rng.integers(300, 1200, sites).tolist(),
    )


@pytest.mark.parametrize("days", [1, 2])
def test_days_of_many_stops_repeat_exactly(days: int) -> None:
    problem = long_days(40, days, seed=days)
    one, other = (search(problem, seed=3, iterations=400, proof=None, time_limit_s=60) for _ in range(2))
    assert one == other
    assert violations(problem, one.days) == []
    assert max(map(len, one.days)) > 12


def test_a_day_found_by_labels_is_as_good_as_the_best_order_of_its_stops() -> None:
    problem = long_days(8, 1, seed=5)
    found = search(problem, seconds=0.3, proof=None)
    orders = (
        (order,)
        for count in range(9)
        for subset in itertools.combinations(range(8), count)
        if problem.prize[list(subset)].sum() > found.prize
        for order in itertools.permutations(subset)
    )
    assert not any(schedule(problem, order)[0].feasible for order in orders)


@pytest.mark.parametrize("packed", [pack, join])
def test_packing_picks_the_best_days(packed: Callable[[Trip, Pieces], tuple[tuple[int, ...], ...]]) -> None:
    trip = prepare(long_days(6, 2, seed=1))
    worth = trip.sites["prize"]
    routes = [(0, route) for route in ([0, 1], [2, 3], [1, 2, 4], [4], [0, 5], [3, 5])]
    best = max(
        sum(int(worth[site]) for site in {*one, *other})
        for (_, one), (_, other) in itertools.combinations(routes, 2)
    )
    days = packed(trip, pieces(routes))
    assert days is not None
    assert sum(int(worth[site]) for day in days for site in day) == best
    assert len({site for day in days for site in day}) == sum(map(len, days))


def test_days_that_more_than_their_sites_binds_are_left_to_the_programme() -> None:
    problem = long_days(6, 2, seed=1)
    bound = (
        replace(problem, group=np.array([0, 0, -1, -1, -1, -1])),
        replace(problem, must=np.arange(6) == 2),
        replace(problem, budget_vnd=10_000),
        replace(problem, exclusive=np.array([[0, 3]])),
    )
    routes = pieces([(0, [0, 1]), (0, [2, 3])])
    assert join(prepare(problem), routes) is not None
    assert [join(prepare(other), routes) for other in bound] == [None] * 4
