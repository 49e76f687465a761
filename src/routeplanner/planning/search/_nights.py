# Records of arrays have no static types.
# mypy: disable-error-code="no-any-return"
"""Nights that may be spent at one of several places: a move of the search, and what all of them have in common.

Choosing where to sleep together with what to see is orienteering with hotel selection (Divsalar, Vansteenwegen and
Cattrysse, "A variable neighborhood search method for the orienteering problem with hotel selection", International
Journal of Production Economics 145, 2013).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from routeplanner.planning.problem import quickest_s
from routeplanner.planning.schedule import NEVER, arrive
from routeplanner.planning.search._compile import kernel, random_below, whole
from routeplanner.planning.search._route import recompute, remove

if TYPE_CHECKING:
    from routeplanner.planning.problem import Problem
    from routeplanner.planning.search._compile import Ints
    from routeplanner.planning.search._desk import Desk
    from routeplanner.planning.search._trip import Trip

__all__ = ["draw_nights", "first_nights", "move_night", "night_faults", "with_any_night"]

FAR = 10**12  # metres: a way that its day cannot hold


@kernel
def move_night(trip: Trip, desk: Desk) -> None:
    """Spend a night elsewhere, and take stops out of the days around it until they can be kept."""
    state, random = desk.state, desk.random
    night = random_below(random, len(trip.nights))
    place = trip.nights[night, random_below(random, trip.nights.shape[1])]
    if place < 0 or place == state.stops[night + 1, 0].place:
        return
    state.stops[night, state.routes[night].length + 1].place = place
    state.stops[night + 1, 0].place = place
    for day in range(night, night + 2):
        desk.touched[day] = 1
        recompute(trip, state, day)
        while state.routes[day].finish >= NEVER and state.routes[day].length > 0:
            remove(trip, state, day, 1 + random_below(random, state.routes[day].length), whole(1))


def draw_nights(trip: Trip, random: np.random.Generator) -> list[int]:
    """Draw places for the nights such that each day can hold its bare way, each such choice as likely as any other."""
    rows = [row[row >= 0].tolist() for row in trip.nights]
    lists = [[int(trip.days["origin"][0])], *rows, [int(trip.days["destination"][-1])]]
    ways = [np.ones(len(lists[-1]))]  # how many choices lead on from each place, the last night first
    for day in range(len(lists) - 2, 0, -1):
        holds = np.array([[_holds(trip, day, a, b) for b in lists[day + 1]] for a in lists[day]])
        ways.append(holds @ ways[-1])
    drawn, here = [], lists[0][0]
    for day, row in enumerate(rows):
        odds = np.array([_holds(trip, day, here, there) for there in row]) * ways[-1 - day]
        odds = odds if odds.any() else np.ones(len(row))
        here = int(random.choice(row, p=odds / odds.sum()))
        drawn.append(here)
    return drawn


def first_nights(trip: Trip) -> list[int] | None:
    """Return the nights of the shortest bare ways where those given break the budget, else None: they stand."""
    limits = trip.days
    bare = int(sum(trip.metres[a, b] for a, b in zip(limits["origin"], limits["destination"], strict=True)))
    if len(trip.nights) == 0 or bare * trip.per_metre <= trip.budget:
        return None
    best: dict[int, tuple[int, list[int]]] = {int(limits["origin"][0]): (0, [])}
    rows = [row[row >= 0].tolist() for row in trip.nights]
    for day, row in enumerate([*rows, [int(limits["destination"][-1])]]):
        best = {
            there: min(
                (
                    metres + int(trip.metres[here, there]) + FAR * (not _holds(trip, day, here, there)),
                    [*way, there],
                )
                for here, (metres, way) in best.items()
            )
            for there in row
        }
    return next(iter(best.values()))[1][:-1]


def _holds(trip: Trip, day: int, here: int, there: int) -> bool:
    """Whether a day can hold the bare way between two places."""
    limits = trip.days[day]
    start, arrival = int(limits["start"]), int(limits["start"] + trip.travel[here, there])
    if len(trip.moments):
        arrival = arrive(start, trip.timed[here, there], trip.moments, trip.step, trip.own[here, there])
    return arrival <= int(limits["end"]) and int(trip.travel[here, there]) <= int(limits["max_travel"])


def night_faults(problem: Problem) -> list[str]:
    """Return what is wrong with the nights to choose from: kernels do not look."""
    nights = problem.nights
    if nights is None:
        return []
    places = len(problem.place_ids)
    if nights.ndim != 2 or len(nights) != max(problem.n_days - 1, 0):
        return [f"nights has shape {nights.shape}, give ({problem.n_days - 1}, h)"]
    low, used = problem.n_sites, nights != -1
    if not used.any(axis=1).all() or ((nights < low) | (nights >= places))[used].any():
        return [
            (
                f"nights has to name a place {low}..{places - 1} for each night, and -1 where a row is shorter; "
                "a site with beds stands among these places once more"
            )
        ]
    ends, starts = problem.destination[:-1], problem.origin[1:]
    if (ends != starts).any() or not (nights == ends[:, None]).any(axis=1).all():
        return [
            "where nights are to be chosen, each day has to begin where the one before ends, at one of the choices"
        ]
    return []


def with_any_night(problem: Problem) -> Problem:
    """Return a relaxation: each night is spent at a place of its own, as near to all others as its nearest choice.

    Without nights to choose it is the problem itself.
    """
    if problem.nights is None or len(problem.nights) == 0:
        return replace(problem, nights=None)
    lists = [row[row >= 0] for row in problem.nights]
    places = len(problem.place_ids)
    at = np.arange(places, places + len(lists))
    return replace(
        problem,
        place_ids=(*problem.place_ids, *(f"night {night}" for night in range(1, len(lists) + 1))),
        travel_s=_least(problem.travel_s, lists),
        travel_m=_least(problem.travel_m, lists),
        timed_travel_s=_timed(problem, lists),
        own_departure_s=None
        if problem.own_departure_s is None
        else _without_own(problem.own_departure_s, lists),
        own_travel_s=None if problem.own_travel_s is None else _without_own(problem.own_travel_s, lists),
        aboard_s=None if problem.aboard_s is None else _aboard(problem.aboard_s, lists),
        lunch_at=None
        if problem.lunch_at is None
        else np.column_stack([problem.lunch_at, *(problem.lunch_at[:, own].any(axis=1) for own in lists)]),
        origin=np.r_[problem.origin[:1], at],
        destination=np.r_[at, problem.destination[-1:]],
        nights=None,
    )


def _least(table: Ints, lists: list[Ints]) -> Ints:
    """Return a table of ways with a row and a column more for each list of places: the least of theirs."""
    rows = np.vstack([table, *(table[own].min(axis=0) for own in lists)])
    return np.column_stack([rows, *(rows[:, own].min(axis=1) for own in lists)])


def _timed(problem: Problem, lists: list[Ints]) -> Ints | None:
    """Return the ways by moment; where ways jump at moments of their own, those of the nights are at their best."""
    if problem.timed_travel_s is None:
        return None
    tables = np.stack([_least(table, lists) for table in problem.timed_travel_s])
    if problem.own_travel_s is not None:
        best, places = _least(quickest_s(problem), lists), len(problem.place_ids)
        tables[:, places:], tables[:, :, places:] = best[places:], best[:, places:]
    return tables


def _without_own(table: Ints, lists: list[Ints]) -> Ints:
    return np.pad(table, ((0, 0), (0, len(lists)), (0, len(lists))), constant_values=-1)


def _aboard(table: Ints, lists: list[Ints]) -> Ints:
    """Return the ways on which one may eat, before and after the boat as short as for any of the choices."""
    never = np.iinfo(np.int64).max
    parts = [_least(np.where(table[..., part] < 0, never, table[..., part]), lists) for part in (0, 1)]
    return np.stack([np.where(part == never, -1, part) for part in parts], axis=2)
