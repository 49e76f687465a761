"""Trips that begin on the water: the first stop is one that a boat reaches, the rest is free.

The search knows no such rule; each landing in turn is made the start of what is left of the first day, and
the best of these trips is taken.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from routeplanner.planning.problem import NO_GROUP, Problem, Solution
from routeplanner.planning.schedule import NEVER, first_start, labels_shown, reach, schedule, trip_faults

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    import numpy.typing as npt

__all__ = ["search_boat_first"]

QUICK_ITERATIONS = 400
"""Steps with which each landing is tried before the best are searched in full."""

LANDINGS_IN_FULL = 3


def search_boat_first(
    problem: Problem, landings: Iterable[int], *, seed: int, time_limit_s: float, iterations: int | None
) -> Solution | None:
    """Return the best solution found whose first stop is one of `landings`, or None if there is none.

    Its bound holds for all such solutions: the highest of the landings' own bounds.
    """
    from routeplanner.planning.search import search

    parts = [
        (landing, part) for landing in sorted(landings) if (part := _after(problem, landing)) is not None
    ]
    tried = []
    for landing, part in parts:
        rest = search(
            part, seed=seed, time_limit_s=time_limit_s, iterations=iterations or QUICK_ITERATIONS, proof=None
        )
        found = _joined(problem, landing, rest)
        if _keeps_rules(problem, found):
            tried.append((found, landing, part))
    if not tried:
        return None
    bounds = [found.bound for found, _, _ in tried]
    tried.sort(key=lambda entry: _rank(problem, entry[0]))
    best = tried[0][0]
    for _, landing, part in tried[:LANDINGS_IN_FULL]:
        rest = search(part, seed=seed, time_limit_s=time_limit_s, iterations=iterations, proof=None)
        found = _joined(problem, landing, rest)
        if _keeps_rules(problem, found):
            best = min(best, found, key=lambda kept: _rank(problem, kept))
    highest = None if any(bound is None for bound in bounds) else max(b for b in bounds if b is not None)
    return replace(best, bound=highest)


def _keeps_rules(problem: Problem, found: Solution) -> bool:
    """Whether a trip keeps the days and what joins them: the search has seen it without its first stop."""
    return not trip_faults(problem, found.days) and all(day.feasible for day in schedule(problem, found.days))


def _rank(problem: Problem, found: Solution) -> tuple[int, int, int, int]:
    """Order solutions: fewest must-visits missing, most variety asked for, highest prize, least travel."""
    travel = 0
    for day, order in enumerate(found.days):
        route = [int(problem.origin[day]), *order, int(problem.destination[day])]
        travel += sum(int(problem.travel_s[a, b]) for a, b in pairwise(route))
    return len(found.missing), -labels_shown(problem, found.days), -found.prize, travel


def _after(problem: Problem, landing: int) -> Problem | None:
    """Return what is left of the problem when the first stop has been served, None if it cannot be."""
    import numpy as np

    sailed = int(problem.travel_s[problem.origin[0], landing])
    landed = reach(problem, int(problem.origin[0]), landing, int(problem.day_start_s[0]))
    begin = first_start(problem.windows[0, landing], landed)
    gone = [int(i) for pair in problem.exclusive if landing in pair for i in pair]
    gone += [int(i) for i, later in ([] if problem.before is None else problem.before) if later == landing]
    if begin >= NEVER or any(problem.must[i] for i in gone if i != landing):
        return None
    done = begin + problem.service_on(0, landing)
    if problem.lunch[0] and done > problem.lunch_latest_s:
        return None
    budget = problem.budget_vnd
    if budget >= 0:
        budget -= int(problem.cost_vnd[landing])
        if budget < 0:
            return None
    here = len(problem.place_ids)
    windows = problem.windows.copy()
    windows[:, [landing, *gone]] = (1, 0)
    return replace(
        problem,
        place_ids=(*problem.place_ids, problem.place_ids[landing]),
        travel_s=_with_place(problem.travel_s, landing),
        travel_m=_with_place(problem.travel_m, landing),
        timed_travel_s=_with_place_each(problem.timed_travel_s, landing),
        own_departure_s=_with_place_each(problem.own_departure_s, landing),
        own_travel_s=_with_place_each(problem.own_travel_s, landing),
        windows=windows,
        must=problem.must & (np.arange(problem.n_sites) != landing),
        origin=np.r_[here, problem.origin[1:]],
        day_start_s=np.r_[done, problem.day_start_s[1:]],
        max_stops=np.r_[problem.max_stops[0] - 1, problem.max_stops[1:]],
        max_travel_s=np.r_[problem.max_travel_s[0] - sailed, problem.max_travel_s[1:]],
        aboard_s=None if problem.aboard_s is None else _with_place(problem.aboard_s, landing),
        budget_vnd=budget,
        **_joint_rules_after(problem, landing),
    )


def _joint_rules_after(problem: Problem, landing: int) -> dict[str, Any]:
    """Return what the first stop leaves of the resources and of the variety asked for."""
    import numpy as np

    left: dict[str, Any] = {}
    if problem.resource_use is not None and problem.resource_limit is not None:
        left["resource_limit"] = np.maximum(problem.resource_limit - problem.resource_use[:, landing], 0)
    if problem.labels is not None and problem.label_kind is not None and problem.least_labels is not None:
        shown = problem.labels[:, landing]
        counts = np.bincount(problem.label_kind[shown], minlength=len(problem.least_labels))
        left["least_labels"] = np.maximum(problem.least_labels - counts, 0)
        left["labels"] = problem.labels & ~shown[:, None]
    return left


def _with_place(matrix: npt.NDArray[np.int64], landing: int) -> npt.NDArray[np.int64]:
    """Return the matrix with the landing once more, as a terminal."""
    import numpy as np

    wider = np.pad(matrix, ((0, 1), (0, 1), *[(0, 0)] * (matrix.ndim - 2)))
    wider[-1, :-1], wider[:-1, -1] = matrix[landing], matrix[:, landing]
    return wider


def _with_place_each(tables: npt.NDArray[np.int64] | None, landing: int) -> npt.NDArray[np.int64] | None:
    """Return each matrix of a stack with the landing once more, None where there is no stack."""
    import numpy as np

    return None if tables is None else np.stack([_with_place(table, landing) for table in tables])


def _joined(problem: Problem, landing: int, rest: Solution) -> Solution:
    """Put the landing before what follows it."""
    days = ((landing, *rest.days[0]), *rest.days[1:])
    bound = None if rest.bound is None else rest.bound + problem.prize_on(0, landing)
    return replace(rest, days=days, prize=_prize(problem, days), bound=bound)


def _prize(problem: Problem, days: tuple[tuple[int, ...], ...]) -> int:
    """Return objective (1) of the problem's statement."""
    by_group = defaultdict(list)
    total = 0.0
    for day, site in ((day, site) for day, order in enumerate(days) for site in order):
        if problem.group[site] == NO_GROUP:
            total += problem.prize_on(day, site)
        else:
            by_group[int(problem.group[site])].append(problem.prize_on(day, site))
    for prizes in by_group.values():
        total += sum(p * problem.repeat_worth**q for q, p in enumerate(sorted(prizes, reverse=True)))
    return round(total)
