"""The search: nothing infeasible, nothing missed where everything can be tried, the same for the same seed."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from routeplanner.planning.problem import UNREACHABLE, make_problem
from routeplanner.planning.schedule import schedule
from routeplanner.planning.search import search, upper_bound
from trips import best_by_trying_all, goals, problems, value, violations

if TYPE_CHECKING:
    from routeplanner.planning.problem import Problem

THOROUGH = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))


@THOROUGH
@given(problems())
def test_small_problems_are_solved_to_the_optimum(problem: Problem) -> None:
    best = best_by_trying_all(problem)
    solution = search(problem, time_limit_s=60)
    if best is None:
        assert not all(day.feasible for day in schedule(problem, solution.days)) or violations(
            problem, solution.days
        )
        return
    visited = frozenset(site for day in solution.days for site in day)
    assert violations(problem, solution.days) == []
    assert (goals(problem, solution.days), solution.prize) == (
        best[0],
        pytest.approx(best[1], abs=1),
    )
    assert solution.prize == pytest.approx(value(problem, solution.days), abs=1)
    assert set(solution.missing) == {s for s in np.flatnonzero(problem.must) if s not in visited}
    assert solution.bound is None or solution.bound >= solution.prize


@THOROUGH
@given(problems(musts=False))
def test_the_bound_is_never_below_the_optimum(problem: Problem) -> None:
    best = best_by_trying_all(problem)
    if best is not None:
        assert upper_bound(problem, proof=False) >= best[1] - 1e-6
        assert upper_bound(problem, proof=True) >= best[1] - 1e-6


@THOROUGH
@given(problems(most_days=1, musts=False))
def test_one_day_is_proved_optimal(problem: Problem) -> None:
    best = best_by_trying_all(problem)
    if best is not None:
        assert upper_bound(problem) >= best[1] - 1e-6
        joint = (problem.resource_use, problem.before, problem.labels, problem.aboard_s)
        if problem.budget_vnd < 0 and all(
            rule is None for rule in joint
        ):  # else the relaxation may stay above
            assert upper_bound(problem) <= best[1] + 1


@THOROUGH
@given(problems(most_sites=5, most_days=3))
def test_a_proof_takes_nothing_away(problem: Problem) -> None:
    best = best_by_trying_all(problem)
    proved, plain_one = (
        search(problem, proof=proof, iterations=20, time_limit_s=60) for proof in (True, False)
    )
    if best is None:
        return
    assert violations(problem, proved.days) == []
    assert (goals(problem, proved.days), proved.prize) >= (goals(problem, plain_one.days), plain_one.prize)
    assert proved.bound is not None
    if not problem.must.any() and problem.labels is None:
        assert proved.bound >= best[1] - 1e-6


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(problems(most_sites=40, most_days=4), st.integers(0, 2**63))
def test_larger_problems_get_what_schedule_and_referee_accept(problem: Problem, seed: int) -> None:
    solution = search(problem, seed=seed, iterations=300, time_limit_s=60)
    if best_day_is_possible(problem):
        assert violations(problem, solution.days) == []
        assert all(times.feasible for times in schedule(problem, solution.days))
        assert solution.bound is not None
        assert solution.bound >= solution.prize
    again = search(problem, seed=seed, iterations=300, time_limit_s=60)
    assert again == solution


def best_day_is_possible(problem: Problem) -> bool:
    """Whether at least the trip without a stop keeps all rules."""
    return violations(problem, ((),) * problem.n_days) == []


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(problems(most_sites=6, musts=False))
def test_longer_days_and_more_money_never_hurt(problem: Problem) -> None:
    wider = replace(problem, day_end_s=problem.day_end_s + 3600, budget_vnd=-1)
    if best_day_is_possible(problem) and problem.labels is None:
        assert search(wider, time_limit_s=60).prize >= search(problem, time_limit_s=60).prize


def plain(**fields: Any) -> Problem:
    """Three sites an hour from the lake and from each other, a day of ten hours."""
    travel = [[0 if a == b else 3600 for b in range(4)] for a in range(4)]
    windows = [[[(0, 36000)]] * 3] * fields.pop("days", 1)
    days = len(windows)
    return make_problem(
        travel_s=travel,
        prize=[30, 20, 10],
        windows=windows,
        day_start_s=[0] * days,
        day_end_s=[36000] * days,
        **{"service_s": [3600] * 3, **fields},
    )


def test_known_answers() -> None:
    assert search(plain()).prize == 60
    assert search(plain(max_stops=[1])).days == ((0,),)
    assert search(plain(exclusive=[(0, 1)])).prize == 40
    assert search(plain(group=[0, 0, 0])).prize == pytest.approx(30 + 10 + 2.5, abs=0.5)
    assert search(plain(group=[0, 0, 0], repeat_worth=0.0)).days == ((0,),)
    assert search(plain(cost_vnd=[9, 4, 4], budget_vnd=8)).prize == 30
    assert search(plain(max_travel_s=[7200])).prize == 30
    assert search(plain(days=2, max_stops=[1, 1])).prize == 50


def test_must_visits_come_before_prizes_and_missing_ones_are_named() -> None:
    assert search(plain(must=[False, False, True], max_stops=[1])).days == ((2,),)
    closed = replace(
        plain(must=[False, True, True]), windows=np.array([[[[0, 36000]], [[1, 0]], [[0, 36000]]]])
    )
    solution = search(closed)
    assert solution.missing == (1,)
    assert 2 in solution.days[0]


def test_sites_without_prize_are_left_alone() -> None:
    assert search(replace(plain(), prize=np.array([0, 0, 0]))).days == ((),)


def test_nothing_to_choose() -> None:
    nothing = make_problem(travel_s=[[0]], prize=[], windows=[[]], day_start_s=[0], day_end_s=[9])
    assert search(nothing).days == ((),)
    no_days = make_problem(
        travel_s=[[0, 1], [1, 0]], prize=[3], windows=[], day_start_s=[], day_end_s=[], must=[1]
    )
    assert search(no_days).missing == (0,)
    unreachable = replace(plain(), travel_s=np.where(np.eye(4) == 1, 0, UNREACHABLE))
    assert search(unreachable).days == ((),)


def test_shapes_that_do_not_fit_are_named() -> None:
    with pytest.raises(ValueError, match=r"service_s has shape \(2,\), give \(3,\)"):
        search(replace(plain(), service_s=np.array([1, 2])))


def test_a_start_is_kept_or_bettered() -> None:
    problem = plain(max_stops=[2])
    best = search(problem)
    assert search(problem, start=best.days, iterations=1).prize == best.prize
    poor = search(problem, start=[best.days[0][:1]], iterations=50)
    assert poor.prize == best.prize


def test_of_a_start_that_breaks_the_rules_the_rest_is_used() -> None:
    problem = plain(max_stops=[1])
    solution = search(problem, start=[[0, 1, 2]], iterations=1)
    assert len(solution.days[0]) == 1
    for wrong in ([[0, 0]], [[7]], [[0], [1]]):
        with pytest.raises(ValueError, match="start"):
            search(problem, start=wrong)


def test_another_process_finds_the_same() -> None:
    code = (
        "from test_search import plain; from routeplanner.planning.search import search;"
        "print(search(plain(days=2, max_stops=[2, 1], group=[0, 0, 0]), seed=7))"
    )
    other = subprocess.run(
        [sys.executable, "-c", code], cwd=Path(__file__).parent, capture_output=True, text=True, check=True
    )
    assert other.stdout.strip() == str(search(plain(days=2, max_stops=[2, 1], group=[0, 0, 0]), seed=7))


def test_a_memory_tells_problems_apart_by_every_array() -> None:
    """The same again comes from memory; whatever differs, in whichever array, is solved for itself."""
    from routeplanner.planning.solve import Effort, Memory

    memory, effort = Memory(most=3), Effort()
    others = [
        replace(plain(), prize=np.array([1, 2, 3])),
        plain(must=[False, False, True], max_stops=[1]),
        plain(exclusive=[(0, 1)]),
        plain(cost_vnd=[9, 4, 4], budget_vnd=8),
        plain(days=2, max_stops=[1, 1]),
        plain(),
    ]
    for problem in [*others, *others[::-1]]:
        found = memory.solve(problem, boat_first=frozenset(), seed=0, effort=effort)
        assert found.problem is problem
        assert found.solution == search(problem, time_limit_s=effort.time_limit_s)
    again = memory.solve(plain(), boat_first=frozenset(), seed=1, effort=effort)
    assert again.solution == search(plain(), seed=1, time_limit_s=effort.time_limit_s)


@pytest.mark.parametrize("seed", range(3))
def test_the_proof_of_several_days_comes_near_the_trip(seed: int) -> None:
    """A bound may be valid and worth nothing: two days with tight windows, held against the quick bound too."""
    rng = np.random.default_rng(seed)
    xy = rng.integers(0, 60, (41, 2))
    opens = rng.integers(0, 400, 40)
    problem = make_problem(
        travel_s=np.abs(xy[:, None] - xy[None]).sum(axis=2).tolist(),
        prize=rng.integers(5, 40, 40).tolist(),
        windows=[[[(int(first), int(first) + 40)] for first in opens]] * 2,
        day_start_s=[0, 0],
        day_end_s=[500, 500],
        service_s=[10] * 40,
    )
    found = search(problem, iterations=3000, proof=True, time_limit_s=60)
    assert violations(problem, found.days) == []
    assert found.bound is not None
    assert found.prize <= found.bound <= 1.01 * found.prize
    assert found.bound < 0.95 * upper_bound(problem, proof=False)


def test_of_a_site_that_differs_by_day_one_version_counts_in_the_proof() -> None:
    ways = [[0, 9, 9], [9, 0, 9], [9, 9, 0]]
    festive = make_problem(
        travel_s=ways,
        prize=[[10, 4], [8, 4]],
        windows=[[[(0, 50)], [(0, 50)]]] * 2,
        day_start_s=[0, 0],
        day_end_s=[90, 90],
    )
    assert search(festive, proof=True).prize == 14
    assert upper_bound(festive, proof=True) == 14


@pytest.mark.parametrize("tried", [700, 1])  # 1: there are more sites than are tried as such stops
def test_a_way_over_a_stop_that_is_shorter_than_the_direct_one_is_used_and_bounded(
    tried: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("routeplanner.planning.search._trip.MOST_STOPS", tried)
    problem = make_problem(
        travel_s=[[0, 10, 26], [26, 0, 15], [15, 26, 0]],
        prize=[5, 7],
        windows=[[[(0, 60)], [(0, 60)]]],
        day_start_s=[0],
        day_end_s=[40],  # each alone takes 41, both together 40
    )
    assert search(problem, proof=True).days == ((0, 1),)
    assert upper_bound(problem, proof=True) >= 12
    assert upper_bound(problem, proof=False) >= 12


def test_what_no_problem_can_hold_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"travel_s holds 9\.5.*prize holds -5.*before names site 7"):
        make_problem(
            travel_s=[[0, 9.5], [9.5, 0]],  # type: ignore[list-item]
            prize=[-5],
            windows=[[[(0, 9)]]],
            day_start_s=[0],
            day_end_s=[40],
            before=[(0, 7)],
        )
