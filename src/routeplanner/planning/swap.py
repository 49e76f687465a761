"""One stop for another: whether a candidate could take the place of a stop, and what either is worth to the trip."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from routeplanner.planning.problem import NO_GROUP, quickest_s
from routeplanner.planning.schedule import NEVER, reach, ride, serve

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np
    import numpy.typing as npt

    from routeplanner.planning.assemble import Assembled
    from routeplanner.planning.problem import Problem

__all__ = [
    "Ledger",
    "Swap",
    "best_replacement",
    "best_swap",
    "day_ends",
    "improved",
    "make_ledger",
    "trip_cost",
    "worth",
]


MOST_SWAPS = 40
"""Exchanges after which a plan is let alone."""


@dataclass(frozen=True, slots=True)
class Swap:
    """A candidate in the place of a stop, the order of the others kept; worth in units of 1 / `PRIZE_SCALE`."""

    day: int
    out: int
    site: int
    gain: int
    loss: int


@dataclass(frozen=True, slots=True)
class Ledger:
    """What is worked out once for a plan: which candidates each day could hold without one of its stops.

    Parameters
    ----------
    loss
        What the trip would lose without each stop.
    room
        By day and stop taken out, for each position in the rest of the order and candidate: whether the travel,
        visits and lunch of the day would still fit into its span, waiting aside. Shape (positions, n).
    """

    loss: dict[int, int]
    room: dict[tuple[int, int], npt.NDArray[np.bool_]]


def make_ledger(case: Assembled, orders: Sequence[Sequence[int]]) -> Ledger:
    """Work out the losses, and the room without each stop."""
    problem = case.problem
    visits = _visits(orders)
    total = worth(problem, visits)
    loss = {site: total - worth(problem, [v for v in visits if v[1] != site]) for _, site in visits}
    room = {
        (day, site): _room(problem, day, [s for s in order if s != site])
        for day, order in enumerate(orders)
        if day not in case.locked_days
        for site in order
        if not problem.must[site]
    }
    return Ledger(loss, room)


def _visits(orders: Sequence[Sequence[int]]) -> list[tuple[int, int]]:
    return [(day, int(site)) for day, order in enumerate(orders) for site in order]


def _room(problem: Problem, day: int, order: Sequence[int]) -> npt.NDArray[np.bool_]:
    """Tell by position and site whether the minutes of the day suffice, waiting aside."""
    import numpy as np

    n = problem.n_sites
    route = [int(problem.origin[day]), *order, int(problem.destination[day])]
    travel, service = problem.travel_s, problem.service_s
    service = service[day] if service.ndim == 2 else service
    lunch = problem.lunch_s if problem.lunch[day] and problem.aboard_s is None else 0
    span = int(problem.day_end_s[day] - problem.day_start_s[day]) - lunch
    if problem.timed_travel_s is not None:
        travel = np.minimum(travel, quickest_s(problem))
    way = sum(int(travel[a, b]) for a, b in pairwise(route))
    busy = sum(problem.service_on(day, site) for site in order)
    table = np.zeros((len(route) - 1, n), dtype=np.bool_)
    for position, (a, b) in enumerate(pairwise(route)):
        longer = way + travel[a, :n] + travel[:n, b] - travel[a, b]
        table[position] = (longer + busy + service <= span) & (longer <= problem.max_travel_s[day])
    return table


def best_swap(case: Assembled, orders: Sequence[Sequence[int]], site: int, *, ledger: Ledger) -> Swap | None:
    """Return the stop whose place a candidate can take at the least net loss, None if no one stop makes room.

    Parameters
    ----------
    case, orders
        The problem, and its plan by day.
    site
        A candidate that is not visited.
    ledger
        Of this plan.
    """
    problem = case.problem
    visits = _visits(orders)
    options = []
    for (day, out), room in ledger.room.items():
        if (
            room[:, site].any()
            and (problem.windows[day, site, :, 0] <= problem.windows[day, site, :, 1]).any()
        ):
            gain = _gain(problem, visits, out, day, site)
            options.append(Swap(day, out, site, gain, ledger.loss[out]))
    options.sort(key=lambda swap: (swap.loss - swap.gain, swap.loss, swap.day, swap.out))
    return next((swap for swap in options if _order_with(case, orders, swap, ledger) is not None), None)


def best_replacement(
    case: Assembled, orders: Sequence[Sequence[int]], day: int, out: int, *, ledger: Ledger
) -> Swap | None:
    """Return the most valuable candidate that could take the place of a stop, None if none could."""
    import numpy as np

    problem, room = case.problem, ledger.room.get((day, out))
    if room is None:
        return None
    visits = _visits(orders)
    seen = {site for _, site in visits}
    open_ = (problem.windows[day, :, :, 0] <= problem.windows[day, :, :, 1]).any(axis=1)
    options = [
        Swap(day, out, int(site), _gain(problem, visits, out, day, int(site)), ledger.loss[out])
        for site in np.flatnonzero(room.any(axis=0) & open_)
        if int(site) not in seen
    ]
    options.sort(key=lambda swap: (-swap.gain, swap.site))
    return next(
        (swap for swap in options if swap.gain > 0 and _order_with(case, orders, swap, ledger) is not None),
        None,
    )


def improved(case: Assembled, orders: Sequence[Sequence[int]]) -> tuple[tuple[int, ...], ...] | None:
    """Return the plan with the best exchanges of one stop for one candidate, None if no exchange betters it."""
    found: tuple[tuple[int, ...], ...] | None = None
    now = tuple(tuple(order) for order in orders)
    for _ in range(MOST_SWAPS):
        ledger = make_ledger(case, now)
        visited = {site for order in now for site in order}
        swaps = [
            swap
            for site in range(case.problem.n_sites)
            if site not in visited and (swap := best_swap(case, now, site, ledger=ledger)) is not None
        ]
        best = max(swaps, key=lambda swap: swap.gain - swap.loss, default=None)
        if best is None or best.gain <= best.loss:
            break
        now = found = _swapped(case, now, best, ledger)
    return found


def _swapped(
    case: Assembled, orders: tuple[tuple[int, ...], ...], swap: Swap, ledger: Ledger
) -> tuple[tuple[int, ...], ...]:
    order = _order_with(case, orders, swap, ledger)
    return tuple(order if day == swap.day and order else kept for day, kept in enumerate(orders))


def _gain(problem: Problem, visits: list[tuple[int, int]], out: int, day: int, site: int) -> int:
    """Return what the site adds to the trip once the stop is out."""
    group = problem.group[site]
    if group == NO_GROUP:
        return problem.prize_on(day, site)
    others = [v for v in visits if v[1] != out and problem.group[v[1]] == group]
    return worth(problem, [*others, (day, site)]) - worth(problem, others)


def _order_with(
    case: Assembled, orders: Sequence[Sequence[int]], swap: Swap, ledger: Ledger
) -> tuple[int, ...] | None:
    """Return the day's order after the swap at its first position that clock and rules allow, None for none."""
    problem = case.problem
    rest = [site for site in orders[swap.day] if site != swap.out]
    if _excluded(problem, swap.site, (s for order in orders for s in order if s != swap.out)):
        return None
    landing = swap.day == 0 and swap.out == orders[0][0] and swap.out in case.boat_first
    if landing:
        return None  # the stop to which the boat leads
    first = int(swap.day == 0 and bool(rest) and rest[0] in case.boat_first)
    for position, fits in enumerate(ledger.room[swap.day, swap.out][:, swap.site]):
        order = (*rest[:position], swap.site, *rest[position:])
        if not fits or position < first or day_ends(problem, swap.day, order) > problem.day_end_s[swap.day]:
            continue
        trip = [*orders[: swap.day], order, *orders[swap.day + 1 :]]
        if problem.budget_vnd < 0 or trip_cost(problem, trip) <= 1000 * problem.budget_vnd:
            return order
    return None


def _excluded(problem: Problem, site: int, visited: Iterable[int]) -> bool:
    rivals = {int(b if a == site else a) for a, b in problem.exclusive.tolist() if site in (a, b) and a != b}
    return bool(rivals) and not rivals.isdisjoint(visited)


def worth(problem: Problem, visits: Iterable[tuple[int, int]]) -> int:
    """Return objective (1) of the problem's statement for (day, site) pairs, rounded to whole units."""
    by_group = defaultdict(list)
    total = 0.0
    for day, site in visits:
        if problem.group[site] == NO_GROUP:
            total += problem.prize_on(day, site)
        else:
            by_group[int(problem.group[site])].append(problem.prize_on(day, site))
    for prizes in by_group.values():
        total += sum(p * problem.repeat_worth**q for q, p in enumerate(sorted(prizes, reverse=True)))
    return round(total)


def trip_cost(problem: Problem, orders: Sequence[Sequence[int]]) -> int:
    """Return all costs of a trip, in thousandths of a dong."""
    cost = metres = 0
    for day, order in enumerate(orders):
        route = [int(problem.origin[day]), *order, int(problem.destination[day])]
        metres += sum(int(problem.travel_m[a, b]) for a, b in pairwise(route))
        cost += (problem.day_cost_vnd if order else 0) + sum(int(problem.cost_vnd[site]) for site in order)
    return 1000 * cost + metres * problem.cost_per_km_vnd


def day_ends(problem: Problem, day: int, order: Sequence[int], *, always_open: int | None = None) -> int:
    """Return when a day with these stops ends, limits on stops and travel aside; `NEVER` or later if it cannot be.

    The walk knows two states, lunch to come and lunch taken, as `schedule.serve` defines them. `always_open` is a
    site whose hours are not looked at.
    """
    import numpy as np

    all_day = np.array([[0, NEVER - 1]], dtype=np.int64)
    start, lunch = int(problem.day_start_s[day]), bool(problem.lunch[day]) and bool(order)
    hungry, fed = (start, NEVER) if lunch else (NEVER, start)
    meal = (problem.lunch_s, problem.lunch_earliest_s, problem.lunch_latest_s)
    here = int(problem.origin[day])
    for place in order:
        hungry, fed = ride(hungry, *_leg(problem, here, place, (hungry, fed)), meal)
        windows = all_day if place == always_open else problem.windows[day, place]
        hungry, fed = serve(hungry, fed, windows, problem.service_on(day, place), meal)
        if min(hungry, fed) >= NEVER:
            return NEVER
        here = place
    hungry, fed = ride(hungry, *_leg(problem, here, int(problem.destination[day]), (hungry, fed)), meal)
    if hungry <= problem.lunch_latest_s:
        fed = min(fed, max(hungry, problem.lunch_earliest_s) + problem.lunch_s)
    return fed


def _leg(
    problem: Problem, here: int, there: int, leave: tuple[int, int]
) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return the arrivals by a way, and its seconds before boarding and after landing ((-1, -1) without a boat)."""
    aboard = (-1, -1)
    if problem.aboard_s is not None:
        aboard = int(problem.aboard_s[here, there, 0]), int(problem.aboard_s[here, there, 1])
    return (reach(problem, here, there, leave[0]), reach(problem, here, there, leave[1])), aboard
