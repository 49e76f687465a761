"""One problem solved whole: by boat first where that is asked for, by a longer way if need be, by several seeds.

Several seeds run in processes of their own. Each is a fresh interpreter that reads its problems from its standard
input, so that a script needs no ``if __name__ == "__main__"`` and a notebook no special start.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from routeplanner.errors import RoutePlannerError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routeplanner.planning.problem import Problem, Solution

__all__ = ["Effort", "Solved", "solve", "solve_seeds"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How long and how thoroughly to search; see `routeplanner.planning.search.search`."""

    time_limit_s: float = 10.0
    iterations: int | None = None
    proof: bool | None = False
    start: tuple[tuple[int, ...], ...] | None = None


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

    longer = replace(problem, max_travel_s=problem.day_end_s - problem.day_start_s)
    for tried in (problem, longer) if boat_first else ():
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
        )
        if not found.missing:
            break
    return Solved(problem=tried, solution=found, sails=False)


def solve_seeds(
    problem: Problem, *, boat_first: frozenset[int], seeds: Sequence[int], workers: int, effort: Effort
) -> list[Solved]:
    """Return what each seed finds, in the order of the seeds, whatever the number of processes.

    The proof is left out: it comes after the search and is worth its time for the best alone.

    Raises
    ------
    RoutePlannerError
        When a process ends without an answer.
    """
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
