"""The search: nothing infeasible, nothing missed where everything can be tried, the same for the same seed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from trips import best_by_trying_all, problems, value, violations

from routeplanner.planning.schedule import schedule
from routeplanner.planning.search import search

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
    assert (sum(bool(problem.must[s]) for s in visited), solution.prize) == (
        best[0],
        pytest.approx(best[1], abs=1),
    )
    assert solution.prize == pytest.approx(value(problem, visited), abs=1)
    assert set(solution.missing) == {s for s in np.flatnonzero(problem.must) if s not in visited}
    assert solution.bound is None or solution.bound >= solution.prize
