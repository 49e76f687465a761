"""Nights to be chosen from lists: as good as the best of all choices, and never a wrong bound."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from routeplanner.planning.problem import make_problem, settled
from routeplanner.planning.schedule import schedule
from routeplanner.planning.search import search, upper_bound
from routeplanner.planning.search._reduce import search_large
from trips import best_by_trying_all, goals, problems, value, violations

if TYPE_CHECKING:
    from collections.abc import Iterator

    from routeplanner.planning.problem import Problem

SOME = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@st.composite
def nightly(draw: st.DrawFn, *, musts: bool = True, most_sites: int = 4, most_days: int = 3) -> Problem:
    """Draw a problem of several days with one to three places to choose from for each night."""
    problem = draw(
        problems(most_sites=most_sites, most_days=most_days, musts=musts).filter(lambda p: p.n_days > 1)
    )
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    problem = with_inns(problem, rng.integers(0, len(problem.place_ids), 2))
    nights = rng.integers(problem.n_sites, len(problem.place_ids), (problem.n_days - 1, 3))
    nights[:, 1:][rng.random((len(nights), 2)) < 0.3] = -1
    return settled(replace(problem, nights=nights), nights[:, 0].tolist(), keep_choices=True)


def with_inns(problem: Problem, beside: np.ndarray) -> Problem:
    """Return a problem with more places, each beside one that is there."""
    at = np.r_[np.arange(len(problem.place_ids)), beside]
    both = np.ix_(at, at)
    timed = problem.timed_travel_s
    return replace(
        problem,
        place_ids=(*problem.place_ids, *(f"inn {inn}" for inn in range(len(beside)))),
        travel_s=problem.travel_s[both],
        travel_m=problem.travel_m[both],
        timed_travel_s=None if timed is None else timed[:, at][:, :, at],
        **{
            name: getattr(problem, name)[:, at][:, :, at]
            for name in ("own_departure_s", "own_travel_s")
            if getattr(problem, name) is not None
        },
        aboard_s=None if problem.aboard_s is None else problem.aboard_s[both],
        lunch_at=None if problem.lunch_at is None else problem.lunch_at[:, at],
    )


def choices(problem: Problem) -> Iterator[Problem]:
    """Return the problem of each choice of nights."""
    assert problem.nights is not None
    for nights in itertools.product(*(row[row >= 0].tolist() for row in problem.nights)):
        yield settled(problem, nights)


def best_of_all(problem: Problem) -> tuple[int, float, int] | None:
    found = [best_by_trying_all(choice) for choice in choices(problem)]
    return max((best for best in found if best is not None), default=None)


@SOME
@given(nightly())
def test_nights_are_chosen_as_well_as_stops(problem: Problem) -> None:
    best = best_of_all(problem)
    assume(best is not None)
    assert best is not None
    solution = search(problem, time_limit_s=60)
    chosen = settled(problem, solution.nights)
    assert problem.nights is not None
    assert all(night in row for night, row in zip(solution.nights, problem.nights.tolist(), strict=True))
    assert violations(chosen, solution.days) == []
    assert (goals(chosen, solution.days), solution.prize) == (best[0], pytest.approx(best[1], abs=1))
    assert solution.prize == pytest.approx(value(chosen, solution.days), abs=1)
    assert solution.bound is None or solution.bound >= solution.prize


@SOME
@given(nightly(musts=False))
def test_no_choice_of_nights_is_above_the_bound(problem: Problem) -> None:
    best = best_of_all(problem)
    assume(best is not None)
    assert best is not None
    for proof in (False, True):
        assert upper_bound(problem, proof=proof) >= best[1] - 1e-6


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(nightly(most_sites=30, most_days=4), st.integers(0, 2**32))
def test_larger_ones_keep_the_rules_and_repeat(problem: Problem, seed: int) -> None:
    assume(any(not violations(choice, ((),) * problem.n_days) for choice in choices(problem)))
    one, other = (search(problem, seed=seed, iterations=300, time_limit_s=60) for _ in range(2))
    assert one == other
    chosen = settled(problem, one.nights)
    assert violations(chosen, one.days) == []
    assert all(times.feasible for times in schedule(chosen, one.days))


def two_valleys(**fields: object) -> Problem:
    """Three sites in one valley, three of less worth in another, an inn in each, and home far from both."""
    spots = [0, 1, 2, 100, 101, 102, 1, 101, 50]  # sites 0-5, inns 6 and 7, home 8
    ways = [[abs(a - b) for b in spots] for a in spots]
    return make_problem(
        travel_s=ways,
        prize=[5, 5, 5, 4, 4, 4],
        windows=[[[(0, 200)]] * 6] * 2,
        day_start_s=[0, 0],
        day_end_s=[75, 75],
        service_s=[10] * 6,
        nights=[[6, 7]],
        origin=[8, 7],
        destination=[7, 8],
        max_stops=[2, 2],
        **fields,
    )


def test_the_better_valley_is_slept_in() -> None:
    problem = two_valleys()
    solution = search(problem)
    assert (solution.nights, solution.prize) == ((6,), 15)
    assert search(settled(problem, [7])).prize == 12


def test_many_sites_are_reduced_alike() -> None:
    problem = two_valleys()
    found = search_large(problem, None, lambda few, start: search(few, start=start))
    assert (found.nights, found.prize) == ((6,), 15)
    assert found.bound is not None
    assert 15 <= found.bound <= 27


def test_wrong_lists_are_named() -> None:
    problem = two_valleys()
    with pytest.raises(ValueError, match=r"nights has shape \(2, 2\), give \(1, h\)"):
        search(replace(problem, nights=np.array([[6, 7], [6, 7]])))
    with pytest.raises(ValueError, match=r"a place 6\.\.8 for each night"):
        search(replace(problem, nights=np.array([[9, 7]])))
    with pytest.raises(ValueError, match="begin where the one before ends"):
        search(replace(problem, nights=np.array([[6, 6]])))


def test_nights_that_only_some_money_pays_for_are_found() -> None:
    """The search begins at the far inn, whose bare ways alone cost more than there is."""
    far = two_valleys(cost_per_km_vnd=1000, budget_vnd=1000, must=[False] * 5 + [True])
    found = search(replace(far, max_stops=np.array([0, 0])), iterations=1)
    assert violations(settled(far, found.nights), found.days) == []
    assert found.nights == (6,)
