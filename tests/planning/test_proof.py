"""Proofs: all days above a target are all of them, and what is called optimal is the best of everything tried."""

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
from routeplanner.planning.search._every import all_days
from routeplanner.planning.search._exact import make_room, metric
from routeplanner.planning.search._trip import prepare
from trips import best_by_trying_all, problems, violations

if TYPE_CHECKING:
    from routeplanner.planning.problem import Problem

THOROUGH = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
JOINT = ("resource_use", "before", "labels", "aboard_s", "timed_travel_s", "lunch_at")


def every_day(problem: Problem, target: float) -> set[frozenset[int]]:
    """Return the sets of sites worth more than a target that a first day can visit, by all labels."""
    trip = metric(prepare(problem))
    worth = trip.sites["prize"][trip.candidates].astype(float)
    found = all_days(trip, 0, worth, target, make_room(trip, 50_000), set())
    assert found is not None
    return {frozenset(trip.candidates[list(nodes)].tolist()) for nodes in found}


def possible_days(problem: Problem, target: float) -> set[frozenset[int]]:
    """Return the same by trying all orders."""
    nobody: list[tuple[int, ...]] = [()] * (problem.n_days - 1)
    return {
        frozenset(sites)
        for count in range(1, problem.n_sites + 1)
        for sites in itertools.combinations(range(problem.n_sites), count)
        if problem.prize[list(sites)].sum() > target
        and any(schedule(problem, [order, *nobody])[0].feasible for order in itertools.permutations(sites))
    }


@THOROUGH
@given(problems(most_sites=4, musts=False), st.integers(0, 20))
def test_no_day_above_the_target_is_left_out(problem: Problem, target: int) -> None:
    if problem.prize.ndim == 2 or problem.service_s.ndim == 2 or problem.budget_vnd >= 0:
        return  # such days are stated anew, with versions of sites, before they come here; money is a limit as well
    found = every_day(problem, 1000.0 * target)
    alone = [tuple(sites) for sites in possible_days(problem, 1000.0 * target)]
    allowed = [
        set(sites) for sites in alone if not any(set(pair) <= set(sites) for pair in problem.exclusive)
    ]
    wanted = [sites - set(np.flatnonzero(problem.prize == 0)) for sites in allowed]
    left_out = [sites for sites in wanted if not any(sites <= other for other in found)]
    assert left_out == []


def tight(n: int, days: int, *, seed: int, far: int = 0) -> Problem:
    """Sites on a plane with windows of forty minutes; the last ones are hardly worth anything."""
    rng = np.random.default_rng(seed)
    xy = rng.integers(0, 60, (n + 1, 2))
    opens = rng.integers(0, 300, n)
    prize = rng.integers(5, 40, n)
    prize[n - far :] = 1
    return make_problem(
        travel_s=np.abs(xy[:, None] - xy[None]).sum(axis=2).tolist(),
        prize=prize.tolist(),
        windows=[[[(int(first), int(first) + 40)] for first in opens]] * days,
        day_start_s=[0] * days,
        day_end_s=[400] * days,
        service_s=[10] * n,
    )


@pytest.mark.parametrize("seed", range(4))
def test_all_days_are_those_of_trying_all_orders(seed: int) -> None:
    problem = tight(7, 1, seed=seed)
    target = 0.4 * float(problem.prize.sum())
    everything = possible_days(problem, target)
    assert every_day(problem, target) == {
        sites for sites in everything if not any(sites < other for other in everything)
    }


def test_where_there_are_very_many_sites_those_of_no_use_fall_away() -> None:
    many = tight(160, 1, seed=5, far=120)
    best = search(many, iterations=20_000).prize
    found = every_day(many, best - 3.0)
    assert found
    used = sorted(frozenset().union(*found))
    closed = many.windows.copy()
    closed[:, [site for site in range(160) if site not in used]] = (1, 0)
    assert len(used) <= 128
    assert every_day(replace(many, windows=closed), best - 3.0) == found


@THOROUGH
@given(problems(most_sites=5, most_days=3, musts=False))
def test_small_trips_are_proved_optimal(problem: Problem) -> None:
    """Where no rule binds days together that the bound leaves out, it is the optimum."""
    best = best_by_trying_all(problem)
    loose = problem.budget_vnd >= 0 or len(problem.exclusive) or problem.max_leg_s < 10**9
    if best is None or loose or any(getattr(problem, name) is not None for name in JOINT):
        return
    found = search(problem, iterations=200, proof=True, time_limit_s=60)
    assert violations(problem, found.days) == []
    assert found.prize == pytest.approx(best[1], abs=1)
    assert found.bound == pytest.approx(best[1], abs=1)


@pytest.mark.parametrize("days", [1, 2, 3])
def test_longer_trips_are_proved_optimal(days: int) -> None:
    problem = tight(48 - 8 * days, days, seed=days)
    found = search(problem, iterations=2000, proof=True, time_limit_s=60)
    assert violations(problem, found.days) == []
    assert found.bound == found.prize
