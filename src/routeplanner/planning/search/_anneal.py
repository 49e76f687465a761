"""Annealed ruin-and-recreate over all days at once.

After Schrimpf et al., "Record breaking optimization results using the ruin and recreate principle",
Journal of Computational Physics 159 (2000), and Christiaens and Vanden Berghe, "Slack induction by
string removals for vehicle routing problems", Transportation Science 54 (2020).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from routeplanner.planning.schedule import NEVER
from routeplanner.planning.search._compile import Ints, entry, kernel, random_unit, sources
from routeplanner.planning.search._desk import BEST, FINISH, MUSTS, NEW, OLD, TRAVEL, VALUE, Desk
from routeplanner.planning.search._laws import lawful, variety
from routeplanner.planning.search._order import best_order, improve_order
from routeplanner.planning.search._recreate import CALM, draw_mood, favour, recreate
from routeplanner.planning.search._route import copy_days, recompute, spent
from routeplanner.planning.search._ruin import ruin
from routeplanner.planning.search._value import total_value

if TYPE_CHECKING:
    from routeplanner.planning.search._trip import State, Trip

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Plan", "anneal"]


class Plan(NamedTuple):
    """How to anneal: steps in all and in a cycle, temperatures, and what must-visits and travel weigh.

    `hot` and `cold` are shares of the mean value of a stop; `must_worth` is in units of 1 / WORTH_ONE
    prizes; `travel_share` is what all travel of the best trip weighs, as a share of its value.
    """

    steps: int
    cycle: int
    hot: float
    cold: float
    must_worth: float
    travel_share: float


@kernel
def _begin(trip: Trip, desk: Desk) -> None:
    """Rate the trip without a stop."""
    for day in range(len(trip.days)):
        recompute(trip, desk.state, day)
    _rate(trip, desk)
    _keep(desk.state, desk.best, desk.ratings, NEW, BEST)


@kernel
def _judge(trip: Trip, desk: Desk, plan: Plan, heat: float) -> None:
    """Accept the new state or not; keep it if it is the best."""
    if not lawful(trip, desk.state):
        return
    _rate(trip, desk)
    best = float(desk.ratings[BEST, VALUE])
    if _change(desk, plan) >= -0.05 * best:
        _tidy(trip, desk)
    change = _change(desk, plan)
    change -= plan.travel_share * best / (1.0 + desk.ratings[BEST, TRAVEL]) * _more(desk, TRAVEL)
    if change >= 0.0 or random_unit(desk.random) < math.exp(change / (heat * best / _stops(desk.best) + 1.0)):
        _keep(desk.state, desk.accepted, desk.ratings, NEW, OLD)
        if _better(desk.ratings):
            _keep(desk.state, desk.best, desk.ratings, NEW, BEST)


@kernel
def _stops(state: State) -> int:
    """Return the number of stops of a trip, at least one."""
    stops = 0
    for day in range(len(state.routes)):
        stops += state.routes[day].length
    return max(stops, 1)


@kernel
def _change(desk: Desk, plan: Plan) -> float:
    """Return by how much the new state is worth more than the accepted one."""
    return _more(desk, VALUE) + plan.must_worth * _more(desk, MUSTS)


@kernel
def _more(desk: Desk, column: int) -> float:
    return float(desk.ratings[NEW, column] - desk.ratings[OLD, column])


@kernel
def _rate(trip: Trip, desk: Desk) -> None:
    """Write the objectives of the new state: must-visits kept, value, travel, sum of the ends of days."""
    state, musts, travel, finish = desk.state, 0, 0, 0
    for index in range(len(trip.candidates)):
        site = trip.candidates[index]
        if trip.sites[site].must == 1 and state.where[site] >= 0:
            musts += 1
    for day in range(len(state.routes)):
        travel += state.routes[day].travel
        finish += state.routes[day].finish
    desk.ratings[NEW, MUSTS] = musts + variety(trip, state)
    desk.ratings[NEW, VALUE] = total_value(trip, state)
    desk.ratings[NEW, TRAVEL] = travel
    desk.ratings[NEW, FINISH] = finish


@kernel
def _better(ratings: Ints) -> bool:
    """Whether the new state is better than the best, objective by objective."""
    for column in range(TRAVEL):
        if ratings[NEW, column] != ratings[BEST, column]:
            return bool(ratings[NEW, column] > ratings[BEST, column])
    if ratings[NEW, TRAVEL] != ratings[BEST, TRAVEL]:
        return bool(ratings[NEW, TRAVEL] < ratings[BEST, TRAVEL])
    return bool(ratings[NEW, FINISH] < ratings[BEST, FINISH])


@kernel
def _keep(source: State, target: State, ratings: Ints, source_row: int, target_row: int) -> None:
    """Copy a state with its rating."""
    copy_days(source, target)
    for column in range(ratings.shape[1]):
        ratings[target_row, column] = ratings[source_row, column]


@kernel
def _sound(trip: Trip, state: State) -> bool:
    """Whether the ruin left a feasible trip.

    It may not: way lengths need not keep the triangle inequality, and a day of a single long drive has no
    place for lunch.
    """
    for day in range(len(state.routes)):
        if state.routes[day].finish >= NEVER:
            return False
    return trip.budget >= NEVER or spent(trip, state) <= trip.budget


@kernel
def _tidy(trip: Trip, desk: Desk) -> None:
    """Shorten the ways of the changed days, and fill what time that gives."""
    moved = False
    for day in range(len(desk.touched)):
        if desk.touched[day] == 1 and improve_order(trip, desk.state, day):
            moved = True
    if moved:
        recreate(trip, desk, CALM)
        _rate(trip, desk)


@kernel
def _polish(trip: Trip, desk: Desk) -> None:
    """Give each day of the best state its shortest order, and fill what time that gives."""
    copy_days(desk.best, desk.state)
    for day in range(len(desk.touched)):
        best_order(trip, desk.state, day)
    recreate(trip, desk, CALM)
    _rate(trip, desk)
    if lawful(trip, desk.state) and _better(desk.ratings):
        _keep(desk.state, desk.best, desk.ratings, NEW, BEST)


def _compiled_anneal(state_of_sources: str) -> Callable[[Trip, Desk, Plan, int, int], None]:
    @entry
    def anneal(trip: Trip, desk: Desk, plan: Plan, first: int, last: int) -> None:
        """Do the steps `first`..`last` - 1; the temperature falls in each cycle, which begins at the best state.

        Step 0 lays out the empty days first, and the last step polishes the best state.
        """
        _ = state_of_sources  # a captured value is part of the key under which the machine code is kept
        if first == 0:
            _begin(trip, desk)
        for step in range(first, last):
            if step % plan.cycle == 0:
                _keep(desk.best, desk.accepted, desk.ratings, BEST, OLD)
            copy_days(desk.accepted, desk.state)
            site = ruin(trip, desk)
            if _sound(trip, desk.state):
                favour(trip, desk, site)
                recreate(trip, desk, draw_mood(desk.random, len(trip.candidates)))
                _judge(
                    trip, desk, plan, plan.hot * (plan.cold / plan.hot) ** (step % plan.cycle / plan.cycle)
                )
        if last == plan.steps:
            _polish(trip, desk)

    return anneal


anneal = _compiled_anneal(sources())
