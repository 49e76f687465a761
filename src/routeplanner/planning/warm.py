"""Making the search's machine code beforehand, for images and services."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from routeplanner.planning.problem import Problem

__all__ = ["Warmed", "warmup"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Warmed:
    """One part of the search, ready to run.

    Parameters
    ----------
    part
        What it plans.
    compiled
        How many functions were compiled; 0 where all was on disk already.
    seconds
        Time that it took.
    """

    part: str
    compiled: int
    seconds: float


def warmup() -> Iterator[Warmed]:
    """Compile what a plan needs, so that the first one of a user need not wait.

    The machine code is kept on disk, where later processes of the same user and version find it (beside the
    package, or in the folder that the environment variable ``NUMBA_CACHE_DIR`` names).

    Yields
    ------
    Warmed
        Each part when it is ready.

    Examples
    --------
    >>> [step.part for step in warmup()]
    ['trips of one day, with their proof', 'trips of several days', 'bounds on several days']
    """
    from routeplanner.planning.search import search, upper_bound
    from routeplanner.planning.search._notice import counted_compilations

    def warmed(part: str, run: object) -> Warmed:
        begin = time.perf_counter()
        with counted_compilations() as names:
            run()  # type: ignore[operator]
        return Warmed(part=part, compiled=len(names), seconds=time.perf_counter() - begin)

    yield warmed("trips of one day, with their proof", lambda: search(_sample(1), iterations=2))
    yield warmed("trips of several days", lambda: search(_sample(2), iterations=2))
    yield warmed("bounds on several days", lambda: upper_bound(_sample(2)))


def _sample(days: int) -> Problem:
    """Return a small problem with lunch, groups and limits, of which nothing is proved without a search."""
    from routeplanner.planning.problem import make_problem

    n, hour = 12, 3600
    travel = [
        [0 if a == b else 900 + 240 * ((a * b + a + b) % 7) for b in range(n + 1)] for a in range(n + 1)
    ]
    windows = [[(8 * hour, (13 + (site + day) % 4) * hour)] for day in range(days) for site in range(n)]
    return make_problem(
        travel_s=travel,
        service_s=[2400] * n,
        prize=[1000 * (3 + site % 5) for site in range(n)],
        group=[site % 4 - 1 for site in range(n)],
        windows=[windows[day * n : (day + 1) * n] for day in range(days)],
        day_start_s=[8 * hour] * days,
        day_end_s=[17 * hour] * days,
        lunch=[True] * days,
    )
