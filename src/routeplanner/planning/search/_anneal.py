"""Annealed ruin-and-recreate over all days at once.

After Schrimpf et al., "Record breaking optimization results using the ruin and recreate principle",
Journal of Computational Physics 159 (2000), and Christiaens and Vanden Berghe, "Slack induction by
string removals for vehicle routing problems", Transportation Science 54 (2020).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from routeplanner.planning.schedule import NEVER
from routeplanner.planning.search._compile import Ints, entry, kernel, random_unit, sources
from routeplanner.planning.search._desk import BEST, FINISH, MUSTS, NEW, OLD, TRAVEL, VALUE, Desk
from routeplanner.planning.search._laws import lawful, variety
from routeplanner.planning.search._lend import lend
from routeplanner.planning.search._nights import move_night
from routeplanner.planning.search._order import best_order, improve_order
from routeplanner.planning.search._recreate import calm_down, draw_mood, favour, recreate
from routeplanner.planning.search._route import NOWHERE, copy_day, copy_days, recompute, spent
from routeplanner.planning.search._ruin import ruin
from routeplanner.planning.search._value import total_value

if TYPE_CHECKING:
    from collections.abc import Callable

    from routeplanner.planning.search._trip import State, Trip

__all__ = ["BEGIN", "GO_ON", "POLISH", "RETURN", "Plan", "anneal"]

GO_ON, BEGIN, RETURN, POLISH = 0, 1, 2, 3
NIGHT_ODDS = 0.3  # of a step that it spends a night elsewhere, where that is free
SHELF_SHARE = 0.97  # days of trips of at least this share of the best value are kept


class Plan(NamedTuple):
    """How to anneal.

    Parameters
    ----------
    heat
        Temperature as a share of the best value.
    must_worth
        What a must-visit weighs, in units of 1 / WORTH_ONE prizes.
    travel_share
        What all travel of the best trip weighs, as a share of its value.
    tidy_share, tidy_odds
        Of the trips that lost no more than this share of the best value, the share whose ways are shortened.
    string_share
        Share of the ruins that take out strings of stops, the others take scattered ones.
    longest_ruin
        Most stops of a ruin.
    skip_share
        Share of the recreations that look at `enough` candidates only.
    enough
        How many those are.
    """

    heat: float
    must_worth: float
    travel_share: float = 0.002
    tidy_share: float = 0.02
    tidy_odds: float = 0.05
    string_share: float = 0.75
    longest_ruin: float = 20.0
    skip_share: float = 0.0
    enough: float = 60.0


@kernel
def _begin(trip: Trip, desk: Desk) -> None:
    """Take the state as the accepted one, and as the best if it is better."""
    for day in range(len(trip.days)):
        recompute(trip, desk.state, day)
        desk.touched[day] = 0
    _rate(trip, desk)
    _keep(desk.state, desk.accepted, desk.ratings, NEW, OLD)
    if (
        _sound(trip, desk.state)
        and lawful(trip, desk.state)
        and (desk.ratings[BEST, VALUE] < 0 or _better(desk.ratings))
    ):
        _keep(desk.state, desk.best, desk.ratings, NEW, BEST)


@kernel
def _judge(trip: Trip, desk: Desk, plan: Plan) -> None:
    """Accept the new state or go back to the accepted one; keep it if it is the best."""
    if not lawful(trip, desk.state):
        _go_back(desk)
        return
    _rate(trip, desk)
    best = float(desk.ratings[BEST, VALUE])
    if _change(desk, plan) >= -plan.tidy_share * best and random_unit(desk.random) < plan.tidy_odds:
        _tidy(trip, desk)
    change = _change(desk, plan)
    change -= plan.travel_share * best / (1.0 + desk.ratings[BEST, TRAVEL]) * _more(desk, TRAVEL)
    if change >= 0.0 or random_unit(desk.random) < math.exp(change / (plan.heat * best + 1.0)):
        _accept(desk)
        if len(desk.shelf) > 0 and desk.ratings[NEW, VALUE] >= SHELF_SHARE * best:
            _shelve(trip, desk)
        if _better(desk.ratings):
            _keep(desk.state, desk.best, desk.ratings, NEW, BEST)
    else:
        _go_back(desk)


@kernel
def _accept(desk: Desk) -> None:
    """Take the changed days over."""
    for column in range(desk.ratings.shape[1]):
        desk.ratings[OLD, column] = desk.ratings[NEW, column]
    for day in range(len(desk.touched)):
        if desk.touched[day] == 1:
            copy_day(desk.state, desk.accepted, day)


@kernel
def _shelve(trip: Trip, desk: Desk) -> None:
    """Put the changed days of a good trip on the shelf, at a place that follows from the set of stops."""
    for day in range(len(desk.touched)):
        stops = desk.state.routes[day].length
        if desk.touched[day] == 0 or stops == 0:
            continue
        mark = np.uint64(trip.days[day].kind + 1)
        for position in range(1, stops + 1):
            mixed = np.uint64(desk.state.stops[day, position].place + 1) * np.uint64(0x9E3779B97F4A7C15)
            mixed ^= mixed >> np.uint64(29)
            mark += mixed * np.uint64(0xBF58476D1CE4E5B9)
        row = desk.shelf[int((mark >> np.uint64(20)) % np.uint64(len(desk.shelf)))]
        row[0], row[1], row[2] = trip.days[day].kind, stops, int(mark >> np.uint64(1))
        for position in range(1, stops + 1):
            row[2 + position] = desk.state.stops[day, position].place


@kernel
def _go_back(desk: Desk) -> None:
    """Give the changed days their accepted stops again."""
    for state in (desk.state, desk.accepted):
        for day in range(len(desk.touched)):
            if desk.touched[day] == 1:
                for position in range(1, state.routes[day].length + 1):
                    site = state.stops[day, position].place
                    desk.state.where[site] = NOWHERE
    for day in range(len(desk.touched)):
        if desk.touched[day] == 1:
            copy_day(desk.accepted, desk.state, day)
            for position in range(1, desk.state.routes[day].length + 1):
                desk.state.where[desk.state.stops[day, position].place] = day


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
    for day in range(len(state.routes)):
        musts += state.routes[day].musts
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
        calm_down(desk)
        recreate(trip, desk)
        _rate(trip, desk)


@kernel
def _polish(trip: Trip, desk: Desk) -> None:
    """Give each day of the best state its shortest order, and fill what time that gives."""
    copy_days(desk.best, desk.state)
    for day in range(len(desk.touched)):
        best_order(trip, desk.state, day, desk.sheet)
        desk.touched[day] = 1
    calm_down(desk)
    recreate(trip, desk)
    _rate(trip, desk)
    if lawful(trip, desk.state) and _better(desk.ratings):
        _keep(desk.state, desk.best, desk.ratings, NEW, BEST)


def _compiled_anneal(state_of_sources: str) -> Callable[[Trip, Desk, Plan, int, int], None]:
    @entry
    def anneal(trip_: Trip, desk_: Desk, plan_: Plan, what: int, steps: int) -> None:
        """Do steps of ruin and recreate, and before or after them what is asked for.

        BEGIN takes the state laid out as the accepted one, RETURN goes back to the best one, POLISH puts the
        best one in order at the end.
        """
        _ = state_of_sources  # a captured value is part of the key under which the machine code is kept
        trip, desk, plan = lend(trip_), lend(desk_), lend(plan_)
        if what == BEGIN:
            _begin(trip, desk)
        elif what == RETURN:
            _keep(desk.best, desk.accepted, desk.ratings, BEST, OLD)
            copy_days(desk.best, desk.state)
        for _step in range(steps):
            site = ruin(trip, desk, plan.string_share, int(plan.longest_ruin))
            if len(trip.nights) > 0 and random_unit(desk.random) < NIGHT_ODDS:
                move_night(trip, desk)
            if _sound(trip, desk.state):
                favour(trip, desk, site)
                draw_mood(desk, len(trip.candidates), plan.skip_share, plan.enough)
                recreate(trip, desk)
                _judge(trip, desk, plan)
            else:
                _go_back(desk)
        if what == POLISH:
            _polish(trip, desk)

    return anneal


anneal = _compiled_anneal(sources())
