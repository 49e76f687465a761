"""One problem solved whole: by boat first where that is asked for, by a longer way if need be, by several seeds.

Several seeds run in processes of their own. Each is a fresh interpreter that reads its problems from its standard
input, so that a script needs no ``if __name__ == "__main__"`` and a notebook no special start.
"""

from __future__ import annotations

import hashlib
import pickle
import subprocess
import sys
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from routeplanner.errors import RoutePlannerError
from routeplanner.planning.problem import settled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routeplanner.planning.problem import Problem, Solution

__all__ = ["Effort", "Memory", "Solved", "solve", "solve_seeds"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How long and how thoroughly to search; see `routeplanner.planning.search.search`.

    A `ceiling` is a bound on the prize that is known beforehand, as that of a problem with fewer restrictions.
    """

    time_limit_s: float = 10.0
    iterations: int | None = None
    proof: bool | None = False
    start: tuple[tuple[int, ...], ...] | None = None
    ceiling: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Solved:
    """A solution, the problem that it keeps (limits on travel give way to must-visits), and whether it sails out."""

    problem: Problem
    solution: Solution
    sails: bool

    @property
    def rank(self) -> tuple[int, int, int]:
        """Order of solutions of one request: fewest must-visits missing, highest prize, least travel."""
        travel = 0
        for day, order in enumerate(self.solution.days):
            route = [int(self.problem.origin[day]), *order, int(self.problem.destination[day])]
            travel += sum(int(self.problem.travel_s[a, b]) for a, b in pairwise(route))
        return len(self.solution.missing), -self.solution.prize, travel


def solve(problem: Problem, *, boat_first: frozenset[int], seed: int, effort: Effort) -> Solved:
    """Search; if a must-visit is missing, once more by a longer way, and if need be without the boat.

    Parameters
    ----------
    problem
        What to solve.
    boat_first
        Sites of which one should be the first stop; empty for a trip that begins as it likes.
    seed
        Of the random numbers.
    effort
        Iterations, cap on the seconds, proof, and days to begin with.
    """
    from routeplanner.planning.sailing import search_boat_first
    from routeplanner.planning.search import search

    longer = _longer(problem)
    ways = (
        (problem, longer) if problem.must.any() else (problem,)
    )  # only a must-visit may need the longer way
    for tried in ways if boat_first else ():
        sailed = search_boat_first(
            tried, boat_first, seed=seed, time_limit_s=effort.time_limit_s, iterations=effort.iterations
        )
        if sailed is not None and not sailed.missing:
            return Solved(problem=tried, solution=sailed, sails=True)
    for tried in (problem, longer):
        found = search(
            tried,
            seed=seed,
            time_limit_s=effort.time_limit_s,
            iterations=effort.iterations,
            proof=effort.proof,
            start=effort.start,
            ceiling=effort.ceiling if tried is problem else None,
        )
        if not found.missing:
            break
    return Solved(problem=settled(tried, found.nights), solution=found, sails=False)


def _longer(problem: Problem) -> Problem:
    """Return the problem without a limit on travel but the day itself."""
    return replace(problem, max_travel_s=problem.day_end_s - problem.day_start_s)


class Memory:
    """Solves as `solve` does, each problem once: requests of many days come to the same problem again and again.

    Parameters
    ----------
    most
        Solutions that are kept, the latest used.

    Examples
    --------
    >>> from routeplanner.planning.problem import make_problem
    >>> problem = make_problem(travel_s=[[0, 9, 9], [9, 0, 9], [9, 9, 0]], prize=[5, 7],
    ...     windows=[[[(20, 25)], [(20, 25)]]], day_start_s=[0], day_end_s=[60])
    >>> memory = Memory()
    >>> first = memory.solve(problem, boat_first=frozenset(), seed=0, effort=Effort())
    >>> again = memory.solve(problem, boat_first=frozenset(), seed=0, effort=Effort())
    >>> first.solution.days, again.solution is first.solution
    (((1,),), True)
    """

    def __init__(self, most: int = 4096) -> None:
        self._most = most
        self._known: OrderedDict[str, tuple[Solution, bool, bool]] = OrderedDict()

    def solve(self, problem: Problem, *, boat_first: frozenset[int], seed: int, effort: Effort) -> Solved:
        """Return what `solve` returns, from memory where the same was asked before."""
        import numpy as np

        key = _mark(problem, sorted(boat_first), seed, effort)
        known = self._known.pop(key, None)
        if known is None:
            solved = solve(problem, boat_first=boat_first, seed=seed, effort=effort)
            usual = np.array_equal(solved.problem.max_travel_s, problem.max_travel_s)
            known = solved.solution, solved.sails, not usual
            while len(self._known) >= self._most:
                self._known.popitem(last=False)
        self._known[key] = known
        solution, sails, by_longer_way = known
        kept = settled(_longer(problem) if by_longer_way else problem, solution.nights)
        return Solved(problem=kept, solution=solution, sails=sails)


def _mark(problem: Problem, *others: object) -> str:
    """Return a mark that two problems share only if they are the same."""
    import numpy as np

    mark = hashlib.sha256(repr(others).encode())
    for field in fields(problem):
        value = getattr(problem, field.name)
        if isinstance(value, np.ndarray):
            mark.update(f"{field.name}{value.dtype}{value.shape}".encode() + value.tobytes())
        else:
            mark.update(f"{field.name}{value!r}".encode())
    return mark.hexdigest()


def solve_seeds(
    problem: Problem, *, boat_first: frozenset[int], seeds: Sequence[int], workers: int, effort: Effort
) -> list[Solved]:
    """Return what each seed finds, in the order of the seeds, whatever the number of processes.

    The proof of several days is left out: it comes after the search and is worth its time for the best alone.

    Raises
    ------
    RoutePlannerError
        When a process ends without an answer.
    """
    if problem.n_days > 1:
        effort = replace(effort, proof=None)
    if workers <= 1 or len(seeds) <= 1:
        return [solve(problem, boat_first=boat_first, seed=seed, effort=effort) for seed in seeds]
    shares = [list(seeds)[worker::workers] for worker in range(min(workers, len(seeds)))]
    with ThreadPoolExecutor(len(shares)) as pool:  # each thread waits for a process
        answers = pool.map(lambda share: _elsewhere((problem, boat_first, share, effort)), shares)
        found = {
            seed: solved
            for share, answer in zip(shares, answers, strict=True)
            for seed, solved in zip(share, answer, strict=True)
        }
    return [found[seed] for seed in seeds]


_Task = tuple["Problem", frozenset[int], "list[int]", Effort]


def _elsewhere(task: _Task) -> list[Solved]:
    """Let a fresh process do its share of the seeds."""
    done = subprocess.run(  # noqa: S603 - this very interpreter and module
        [sys.executable, "-c", _WORKER, *sys.path], input=pickle.dumps(task), capture_output=True, check=False
    )
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().rsplit("\n", 1)[-1]
        raise RoutePlannerError(
            f"a process of the search ended with code {done.returncode} ({said}); plan with workers=1"
        )
    answer: list[Solved] = pickle.loads(done.stdout)  # noqa: S301 - written by our own process
    return answer


_WORKER = "import sys; sys.path[:] = sys.argv[1:]; from routeplanner.planning.solve import work; work()"


def work() -> None:
    """Do a share of the seeds: problems come in by standard input, solutions go out by standard output."""
    problem, boat_first, seeds, effort = pickle.load(sys.stdin.buffer)  # noqa: S301 - written by our own parent
    found = [solve(problem, boat_first=boat_first, seed=seed, effort=effort) for seed in seeds]
    sys.stdout.buffer.write(pickle.dumps(found))
