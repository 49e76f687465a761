# ruff: noqa: PLR0917 - a compiled kernel takes its arguments by position
"""Days as routes: earliest and latest times by position, and insertion tests in constant time."""

from __future__ import annotations

import numpy as np

from routeplanner.planning.schedule import NEVER, last_start, serve
from routeplanner.planning.search._compile import Ints, Random, compiled, random_unit
from routeplanner.planning.search._trip import State, Trip

__all__ = [
    "best_insertion",
    "close_day",
    "copy_days",
    "empty_state",
    "insert",
    "recompute",
    "remove",
    "spent",
    "walk",
]

NOWHERE = -1
SHIFT, DETOUR, DELAY = 0, 1, 2
"""How an insertion is costed: time until the next arrival, way and service, push on the next arrival."""


def empty_state(trip: Trip) -> State:
    """Return days without a stop."""
    n, days = len(trip.prize), len(trip.day_start)
    cap = int(trip.max_stops.max(initial=0)) + 3
    state = State(
        route=np.zeros((days, cap), np.int64),
        length=np.zeros(days, np.int64),
        where=np.full(n, NOWHERE, np.int64),
        hungry=np.zeros((days, cap), np.int64),
        fed=np.zeros((days, cap), np.int64),
        late_hungry=np.zeros((days, cap), np.int64),
        late_fed=np.zeros((days, cap), np.int64),
        travel=np.zeros(days, np.int64),
        metres=np.zeros(days, np.int64),
        finish=np.zeros(days, np.int64),
        version=np.zeros(days + 1, np.int64),
        dead=np.full((n, days), -1, np.int64),
    )
    state.route[:, 0] = trip.origin
    state.route[:, 1] = trip.destination
    for day in range(days):
        recompute(trip, state, day)
    return state


@compiled
def recompute(trip: Trip, state: State, day: int) -> None:
    """Work out all times of a day after a change of its route."""
    state.version[-1] += 1
    state.version[day] = state.version[-1]
    route, stops = state.route[day], state.length[day]
    eats = trip.has_lunch[day] and stops > 0
    state.hungry[day, 0] = trip.day_start[day] if eats else NEVER
    state.fed[day, 0] = NEVER if eats else trip.day_start[day]
    travel, metres = 0, 0
    for position in range(1, stops + 1):
        before, site = route[position - 1], route[position]
        leg = trip.travel[before, site]
        travel += leg
        metres += trip.metres[before, site]
        hungry, fed = serve(
            state.hungry[day, position - 1] + leg,
            state.fed[day, position - 1] + leg,
            trip.windows[day, site],
            trip.service[site],
            trip.lunch,
        )
        state.hungry[day, position] = hungry
        state.fed[day, position] = fed
    before, end = route[stops], route[stops + 1]
    leg = trip.travel[before, end]
    travel += leg
    state.travel[day] = travel
    state.metres[day] = metres + trip.metres[before, end]
    state.finish[day] = close_day(trip, day, state.hungry[day, stops] + leg, state.fed[day, stops] + leg)
    if travel > trip.max_travel[day] or stops > trip.max_stops[day]:
        state.finish[day] = NEVER
    _latest(trip, state, day)


@compiled
def close_day(trip: Trip, day: int, hungry: int, fed: int) -> int:
    """Return the arrival with which a day ends, lunch at the end place included, NEVER if too late."""
    duration, earliest, latest = trip.lunch
    finish = fed
    if hungry <= latest and max(hungry, earliest) + duration <= trip.day_end[day]:
        finish = min(finish, hungry)
    return finish if finish <= trip.day_end[day] else NEVER


@compiled
def _latest(trip: Trip, state: State, day: int) -> None:
    """Latest arrivals by position from which the rest of the day can be kept."""
    route, stops = state.route[day], state.length[day]
    duration, earliest, latest = trip.lunch
    fed = trip.day_end[day]
    hungry = min(latest, fed - duration)
    if hungry < earliest:
        hungry = -NEVER
    state.late_fed[day, stops + 1] = fed
    state.late_hungry[day, stops + 1] = hungry
    for position in range(stops, 0, -1):
        site = route[position]
        leg = trip.travel[site, route[position + 1]] + trip.service[site]
        windows = trip.windows[day, site]
        lunch = min(latest, fed - leg + trip.service[site] - duration)
        eat_after = last_start(windows, lunch - trip.service[site]) if lunch >= earliest else -NEVER
        fed = last_start(windows, fed - leg)
        eat_before = min(latest, fed - duration)
        if eat_before < earliest:
            eat_before = -NEVER
        hungry = max(last_start(windows, hungry - leg), eat_after, eat_before)
        state.late_fed[day, position] = fed
        state.late_hungry[day, position] = hungry


@compiled
def insert(trip: Trip, state: State, site: int, day: int, position: int) -> None:
    """Put a site behind a position of a day."""
    stops = state.length[day]
    for index in range(stops + 1, position, -1):
        state.route[day, index + 1] = state.route[day, index]
    state.route[day, position + 1] = site
    state.length[day] = stops + 1
    state.where[site] = day
    recompute(trip, state, day)


@compiled
def remove(trip: Trip, state: State, day: int, first: int, count: int) -> None:
    """Take out `count` stops from position `first` on (positions count from 1)."""
    stops = state.length[day]
    for index in range(first, first + count):
        state.where[state.route[day, index]] = NOWHERE
    for index in range(first + count, stops + 2):
        state.route[day, index - count] = state.route[day, index]
    state.length[day] = stops - count
    recompute(trip, state, day)


@compiled
def spent(trip: Trip, state: State) -> int:
    """Return all costs of the trip, in thousandths of a dong."""
    total = 0
    for day in range(len(state.length)):
        total += state.metres[day] * trip.per_metre
        if state.length[day] > 0:
            total += trip.day_cost
        for position in range(1, state.length[day] + 1):
            total += trip.cost[state.route[day, position]]
    return total


@compiled
def _fits(trip: Trip, state: State, site: int, day: int, position: int) -> tuple[int, int]:
    """Return the arrival at the next position if a site goes behind `position`, and its slack (< 0: no).

    On a day that is still empty the state before lunch has not been laid out yet.
    """
    before, after = state.route[day, position], state.route[day, position + 1]
    hungry, fed = state.hungry[day, position], state.fed[day, position]
    if state.length[day] == 0 and trip.has_lunch[day]:
        hungry, fed = fed, NEVER
    leg = trip.travel[before, site]
    if min(hungry, fed) + leg > trip.last[day, site]:
        return NEVER, -NEVER
    hungry, fed = serve(hungry + leg, fed + leg, trip.windows[day, site], trip.service[site], trip.lunch)
    leg = trip.travel[site, after]
    spare_hungry = state.late_hungry[day, position + 1] - hungry - leg
    spare_fed = state.late_fed[day, position + 1] - fed - leg
    if spare_hungry > spare_fed:
        return hungry + leg, spare_hungry
    return fed + leg, spare_fed


@compiled
def best_insertion(
    trip: Trip, state: State, site: int, day: int, room: int, how: int, blink: float, random: Random
) -> tuple[int, int]:
    """Return the cheapest feasible position of a site in a day and its cost, (-1, NEVER) if there is none.

    `room` is the money left; `how` one of the ways to cost an insertion; with probability `blink` a
    position is overlooked. A site that fits nowhere is remembered until the day changes.
    """
    best_position, best_cost, overlooked = NOWHERE, NEVER, False
    stops = state.length[day]
    if trip.cost[site] + (trip.day_cost if stops == 0 else 0) > room or stops >= trip.max_stops[day]:
        return NOWHERE, NEVER
    for position in range(stops + 1):
        before, after = state.route[day, position], state.route[day, position + 1]
        detour = trip.travel[before, site] + trip.travel[site, after] - trip.travel[before, after]
        if state.travel[day] + detour > trip.max_travel[day]:
            continue
        arrival, slack = _fits(trip, state, site, day, position)
        if slack < 0:
            continue
        if blink > 0.0 and random_unit(random) < blink:
            overlooked = True
            continue
        if not _affordable(trip, state, site, day, position, room):
            overlooked = True
            continue
        cost = _insertion_cost(trip, state, day, position, detour + trip.service[site], arrival, how)
        if cost < best_cost:
            best_position, best_cost = position, cost
    if best_position == NOWHERE and not overlooked:
        state.dead[site, day] = state.version[day]
    return best_position, best_cost


@compiled
def _affordable(trip: Trip, state: State, site: int, day: int, position: int, room: int) -> bool:
    """Whether the money left pays for the visit and the way to it."""
    before, after = state.route[day, position], state.route[day, position + 1]
    metres = trip.metres[before, site] + trip.metres[site, after] - trip.metres[before, after]
    cost = trip.cost[site] + metres * trip.per_metre
    return cost + (trip.day_cost if state.length[day] == 0 else 0) <= room


@compiled
def _insertion_cost(
    trip: Trip, state: State, day: int, position: int, effort: int, arrival: int, how: int
) -> int:
    """Cost of an insertion whose way and service take `effort` and that reaches the next place at `arrival`."""
    if how == DETOUR:
        return max(effort, 1)
    leg = trip.travel[state.route[day, position], state.route[day, position + 1]]
    ready = min(state.hungry[day, position], state.fed[day, position])
    if how == SHIFT:
        return max(arrival - ready - leg, 1)
    following = state.route[day, position + 1]
    service = trip.service[following] if position < state.length[day] else 0
    leave = min(state.hungry[day, position + 1], state.fed[day, position + 1]) - service
    if position == state.length[day]:
        leave = ready + leg
    return max(arrival - leave, 0) + max(effort // 4, 1)


@compiled
def walk(trip: Trip, order: Ints, stops: int, day: int) -> tuple[int, int]:
    """Return travel and arrival at the end for an order with terminals, NEVER where it is not feasible."""
    eats = trip.has_lunch[day] and stops > 0
    hungry = trip.day_start[day] if eats else NEVER
    fed = NEVER if eats else trip.day_start[day]
    travel = 0
    for position in range(1, stops + 1):
        site = order[position]
        leg = trip.travel[order[position - 1], site]
        travel += leg
        hungry, fed = serve(hungry + leg, fed + leg, trip.windows[day, site], trip.service[site], trip.lunch)
        if min(hungry, fed) > trip.day_end[day]:
            return travel, NEVER
    leg = trip.travel[order[stops], order[stops + 1]]
    travel += leg
    if travel > trip.max_travel[day]:
        return travel, NEVER
    return travel, close_day(trip, day, hungry + leg, fed + leg)


@compiled
def copy_days(source: State, target: State) -> None:
    """Copy all days of a state, their times and the numbers of their contents."""
    target.where[:] = source.where
    target.length[:] = source.length
    target.travel[:] = source.travel
    target.metres[:] = source.metres
    target.finish[:] = source.finish
    for day in range(len(source.length)):
        target.version[day] = source.version[day]
        for position in range(source.length[day] + 2):
            target.route[day, position] = source.route[day, position]
            target.hungry[day, position] = source.hungry[day, position]
            target.fed[day, position] = source.fed[day, position]
            target.late_hungry[day, position] = source.late_hungry[day, position]
            target.late_fed[day, position] = source.late_fed[day, position]
