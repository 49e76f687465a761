"""Plans of the same worth that people like better: a village on one day, and days without a stop at the end."""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING

from routeplanner.planning.schedule import schedule
from routeplanner.planning.swap import trip_cost, worth

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from routeplanner.planning.assemble import Assembled

__all__ = ["split_wholes", "tidied"]

MOST_MOVES = 40

Orders = tuple[tuple[int, ...], ...]


def tidied(case: Assembled, orders: Sequence[Sequence[int]]) -> Orders:
    """Return the plan with parts of one place on one day, and empty days last, as far as nothing is lost.

    The visited sites stay the same, the prize does not fall, and every day keeps its rules.

    Parameters
    ----------
    case
        The problem and its catalogue rows.
    orders
        For each day the indices of its stops.
    """
    now: Orders = tuple(tuple(order) for order in orders)
    if case.problem.n_days == 1:
        return now
    for _ in range(MOST_MOVES):
        split = split_wholes(case, now)
        joined = next((other for whole in split.values() for other in _joined(case, now, whole)), None)
        if joined is None:
            break
        now = joined
    return _empty_last(case, now)


def split_wholes(case: Assembled, orders: Sequence[Sequence[int]]) -> dict[str, dict[int, list[int]]]:
    """Return the places whose parts are visited on several days: their stops by day."""
    whole_of = case.sites["part_of"].tolist()
    found: dict[str, dict[int, list[int]]] = {}
    for day, order in enumerate(orders):
        for site in order:
            if isinstance(whole_of[site], str):
                found.setdefault(whole_of[site], {}).setdefault(day, []).append(site)
    return {whole: by_day for whole, by_day in found.items() if len(by_day) > 1}


def _joined(case: Assembled, orders: Orders, by_day: dict[int, list[int]]) -> Iterator[Orders]:
    """Yield plans in which one more part of a place lies on the day of the others."""
    for home, away in permutations(by_day, 2):
        for part in by_day[away]:
            rest = tuple(site for site in orders[away] if site != part)
            for filled in _with(orders[home], part):
                yield from _if_sound(case, orders, {home: filled, away: rest})
            others = [site for site in orders[home] if site not in by_day[home]]
            for other in others:
                left = tuple(site for site in orders[home] if site != other)
                for filled in _with(left, part):
                    for refilled in _with(rest, other):
                        yield from _if_sound(case, orders, {home: filled, away: refilled})


def _with(order: Sequence[int], site: int) -> Iterator[tuple[int, ...]]:
    for position in range(len(order) + 1):
        yield (*order[:position], site, *order[position:])


def _if_sound(case: Assembled, orders: Orders, changed: dict[int, tuple[int, ...]]) -> Iterator[Orders]:
    """Yield the changed plan if it keeps the rules, and what the old one was worth and kept together."""
    problem = case.problem
    new = tuple(changed.get(day, order) for day, order in enumerate(orders))
    if any(not day.feasible for day in schedule(problem, new)):
        return
    sails = not case.boat_first or (bool(new[0]) and new[0][0] in case.boat_first)
    dear = problem.budget_vnd >= 0 and trip_cost(problem, new) > 1000 * problem.budget_vnd
    if not sails or dear or _worth(case, new) < _worth(case, orders):
        return
    if _scattered(case, new) < _scattered(case, orders):
        yield new


def _worth(case: Assembled, orders: Orders) -> int:
    return worth(case.problem, [(day, site) for day, order in enumerate(orders) for site in order])


def _scattered(case: Assembled, orders: Orders) -> tuple[int, int]:
    """Return by how many days too many places are spread, and how many days are empty before one that is not."""
    spread = sum(len(by_day) - 1 for by_day in split_wholes(case, orders).values())
    last = max((day for day, order in enumerate(orders) if order), default=0)
    return spread, sum(not order for order in orders[:last])


def _empty_last(case: Assembled, orders: Orders) -> Orders:
    """Move days forward to where days without a stop lie, between the same terminals."""
    ends = [
        (case.problem.place_ids[int(a)], case.problem.place_ids[int(b)])
        for a, b in zip(case.problem.origin, case.problem.destination, strict=True)
    ]
    now = orders
    for empty in range(len(now)):
        if now[empty]:
            continue
        for later in range(empty + 1, len(now)):
            if now[later] and ends[later] == ends[empty]:
                moved = next(_if_sound(case, now, {empty: now[later], later: ()}), None)
                if moved is not None:
                    now = moved
                    break
    return now
