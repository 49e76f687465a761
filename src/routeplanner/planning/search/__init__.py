"""The search: the best days for a `Problem`, as orders of stops.

It takes plain arrays and knows nothing of Vietnam, so that it serves any orienteering problem with several
days, time windows, a break, mutual exclusion and diminishing returns; `make_problem` builds one from lists.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeplanner.planning.search._notice import said_once

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routeplanner.planning.problem import Problem, Solution

__all__ = ["search", "upper_bound"]


@said_once()
def search(
    problem: Problem,
    *,
    seed: int = 0,
    time_limit_s: float = 1.0,
    iterations: int | None = None,
    seconds: float | None = None,
    proof: bool | None = False,
    start: Sequence[Sequence[int]] | None = None,
    ceiling: int | None = None,
    bounded: bool = True,
) -> Solution:
    """Return the best days found, by annealed ruin-and-recreate.

    The same seed and number of iterations give the same solution in any process and on any machine.

    Parameters
    ----------
    problem
        What to solve; see `routeplanner.planning.problem`.
    seed
        Start of the random numbers.
    time_limit_s
        Safety cap in seconds of processor time, not counting compilation, after which the search stops where
        it is. It does not steer the search: only where it strikes does the answer depend on the machine.
    iterations
        Steps to do. By default a number that follows from the size of the problem, such that the usual
        request takes well under a second.
    seconds
        Seconds of processor time to search, not counting compilation, for those who would rather spend time than
        repeat a result: they steer the search, and the answer depends on the machine.
    proof
        Whether the bound on several days is worked out by column generation, which takes seconds, and the
        days that it comes upon are packed into a better trip where they can. One day is always held
        against its optimum, as far as a fixed room for labels reaches, unless None asks for the quick bound
        alone.
    start
        Days to begin with instead of empty ones, as orders of stops; what of them does not keep the problem's
        rules is left out first. The solution is never worse than what is left of them.
    ceiling
        A bound on the prize that is known beforehand; a solution that reaches it needs no proof.
    bounded
        Whether a bound is wanted at all. Without one, give `iterations` and no `proof`: the days are the same, and
        `Solution.bound` is None.

    Returns
    -------
    Solution
        With `missing` filled if not all must-visits could be placed; then as many as possible are.

    Raises
    ------
    ValueError
        If arrays of the problem do not fit together.

    Examples
    --------
    Of two sites that are open only at the same hour, the better one:

    >>> from routeplanner.planning.problem import make_problem
    >>> problem = make_problem(travel_s=[[0, 9, 9], [9, 0, 9], [9, 9, 0]], prize=[5, 7],
    ...     windows=[[[(20, 25)], [(20, 25)]]], day_start_s=[0], day_end_s=[60])
    >>> solution = search(problem)
    >>> solution.days, solution.prize
    (((1,),), 7)
    """
    from routeplanner.planning.search._driver import run
    from routeplanner.planning.search._reduce import LARGE, search_large
    from routeplanner.planning.search._versions import split_by_day

    def search_few(few: Problem, begin: Sequence[Sequence[int]] | None) -> Solution:
        return run(
            few,
            seed=seed,
            time_limit_s=time_limit_s,
            iterations=iterations,
            seconds=seconds,
            proof=proof,
            start=begin,
            ceiling=ceiling,
            bounded=bounded,
        )

    def search_all(whole: Problem, begin: Sequence[Sequence[int]] | None) -> Solution:
        if whole.n_sites > LARGE:
            return search_large(whole, begin, search_few)
        return search_few(whole, begin)

    split = split_by_day(problem)
    if split is None:
        return search_all(problem, start)
    begin = None if start is None else split.inward(start)
    return split.outward(search_all(split.problem, begin), problem.must)


@said_once()
def upper_bound(problem: Problem, *, proof: bool = True) -> int:
    """Return a number that the prize of no feasible solution exceeds.

    Parameters
    ----------
    problem
        What to bound; see `routeplanner.planning.problem`.
    proof
        Whether to work several days out by column generation.
    """
    from routeplanner.planning.search import _driver
    from routeplanner.planning.search._reduce import LARGE, large_bound
    from routeplanner.planning.search._versions import split_by_day

    split = split_by_day(problem)
    whole = problem if split is None else split.problem
    return large_bound(whole) if whole.n_sites > LARGE else _driver.upper_bound(whole, proof=proof)
