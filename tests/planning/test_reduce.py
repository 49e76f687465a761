"""Problems of many sites: what is laid aside is proved to be of no use, or counted and within the bound."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routeplanner.planning.problem import make_problem
from routeplanner.planning.search import _reduce, search, upper_bound
from trips import best_by_trying_all, problems, value, violations

if TYPE_CHECKING:
    from routeplanner.planning.problem import Problem


@pytest.fixture(scope="module", autouse=True)
def _few_is_many() -> object:
    """Let a handful of sites count as very many, of which few are looked at."""
    with pytest.MonkeyPatch.context() as patch:
        for name, number in (("LARGE", 1), ("SHORTLIST", 3), ("FINALISTS", 4), ("NEIGHBOURS", 1)):
            patch.setattr(_reduce, name, number)
        yield


@settings(max_examples=max(40, settings.default.max_examples // 3))
@given(problem=problems(musts=False))
def test_the_bound_holds_for_what_was_laid_aside_too(problem: Problem) -> None:
    solution = search(problem, iterations=60)
    best = best_by_trying_all(problem)
    if best is None:
        return  # not even empty days can be kept
    assert violations(problem, solution.days) == []
    assert solution.bound is not None
    assert solution.bound >= best[1] - 0.5
    assert upper_bound(problem) >= best[1] - 0.5
    if solution.left_aside == 0 and solution.bound <= solution.prize:
        assert solution.prize == pytest.approx(best[1], abs=1)


@given(data=st.data())
@settings(max_examples=max(20, settings.default.max_examples // 5))
def test_a_part_of_a_problem_is_worth_in_it_what_it_is_worth_in_the_whole(data: st.DataObject) -> None:
    problem = data.draw(problems(musts=False))
    keep = [site for site in range(problem.n_sites) if data.draw(st.booleans())]
    sites = np.array(keep, np.int64)
    part = _reduce.restricted(problem, sites)
    found = search(part, iterations=40, proof=None)
    days = tuple(tuple(keep[site] for site in order) for order in found.days)
    if violations(problem, ((),) * problem.n_days) == []:
        assert violations(problem, days) == []
    assert found.prize == pytest.approx(value(problem, days), abs=1)


def test_sites_that_cannot_matter_are_proved_away() -> None:
    """Two dear sites fill the day; the many cheap ones are of no use, and that is certain."""
    n = 50
    prize = [1] * (n - 2) + [1000, 900]
    solution = search(
        make_problem(
            travel_s=[[0 if a == b else 600 for b in range(n + 1)] for a in range(n + 1)],
            service_s=[3600] * n,
            prize=prize,
            windows=[[[(0, 86400)]] * n],
            day_start_s=[0],
            day_end_s=[9000],
        )
    )
    assert set(solution.days[0]) == {n - 2, n - 1}
    assert (solution.prize, solution.bound, solution.left_aside) == (1900, 1900, 0)
