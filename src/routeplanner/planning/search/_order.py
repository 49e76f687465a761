# ruff: noqa: PLR0917 - a compiled kernel takes its arguments by position
"""The order of the stops of a day: shorter ways for the same visits."""

from __future__ import annotations

import numpy as np

from routeplanner.planning.schedule import NEVER, serve
from routeplanner.planning.search._compile import Ints, compiled
from routeplanner.planning.search._route import close_day, recompute, walk
from routeplanner.planning.search._trip import State, Trip

__all__ = ["best_order", "improve_order"]

LONGEST_SEGMENT = 3
MOST_PASSES = 20
EXACT_STOPS = 9


@compiled
def improve_order(trip: Trip, state: State, day: int) -> bool:
    """Move segments of up to three stops while that shortens the day; tell whether it did."""
    improved = False
    trial = state.route[day].copy()
    for _ in range(MOST_PASSES):
        if not _move_segment(trip, state, day, trial):
            break
        improved = True
    return improved


@compiled
def _move_segment(trip: Trip, state: State, day: int, trial: Ints) -> bool:
    """Do the first move of a segment that shortens the day."""
    route, stops = state.route[day], state.length[day]
    for count in range(1, min(LONGEST_SEGMENT, stops - 1) + 1):
        for first in range(1, stops - count + 2):
            head, tail = route[first], route[first + count - 1]
            before, after = route[first - 1], route[first + count]
            gain = trip.travel[before, head] + trip.travel[tail, after] - trip.travel[before, after]
            if gain <= 0:
                continue
            for target in range(stops + 1):
                if first - 1 <= target < first + count:
                    continue
                left, right = route[target], route[target + 1]
                loss = trip.travel[left, head] + trip.travel[tail, right] - trip.travel[left, right]
                if loss < gain and _try_move(trip, state, day, trial, first, count, target):
                    return True
    return False


@compiled
def _try_move(trip: Trip, state: State, day: int, trial: Ints, first: int, count: int, target: int) -> bool:
    """Move a segment behind position `target` if the day stays feasible and affordable."""
    route, stops = state.route[day], state.length[day]
    into = 0
    for position in range(stops + 2):
        if not first <= position < first + count:
            trial[into] = route[position]
            into += 1
        if position == target:
            for index in range(first, first + count):
                trial[into] = route[index]
                into += 1
    _, finish = walk(trip, trial, stops, day)
    if finish >= NEVER or (trip.budget < NEVER and _metres(trip, trial, stops) > state.metres[day]):
        return False
    state.route[day, : stops + 2] = trial[: stops + 2]
    recompute(trip, state, day)
    return True


@compiled
def _metres(trip: Trip, order: Ints, stops: int) -> int:
    metres = 0
    for position in range(stops + 1):
        metres += trip.metres[order[position], order[position + 1]]
    return metres


@compiled
def best_order(trip: Trip, state: State, day: int) -> None:
    """Give a day of at most nine stops the order of least travel, of these the one that ends first."""
    stops = state.length[day]
    if stops < 2 or stops > EXACT_STOPS or state.finish[day] >= NEVER:
        return
    best = np.array([state.travel[day], state.finish[day]])
    order = state.route[day, : stops + 2].copy()
    found = order.copy()
    hungry, fed = np.zeros(stops + 1, np.int64), np.zeros(stops + 1, np.int64)
    hungry[0] = trip.day_start[day] if trip.has_lunch[day] else NEVER
    fed[0] = NEVER if trip.has_lunch[day] else trip.day_start[day]
    travel, choice = np.zeros(stops + 1, np.int64), np.zeros(stops + 2, np.int64)
    depth, choice[1] = 1, 1
    while depth >= 1:
        if choice[depth] > 1:  # undo the swap of the branch that was just explored
            swap = choice[depth] - 1
            order[depth], order[depth + swap - 1] = order[depth + swap - 1], order[depth]
        if choice[depth] > stops - depth + 1:
            depth -= 1
            continue
        pick = depth + choice[depth] - 1
        order[depth], order[pick] = order[pick], order[depth]
        choice[depth] += 1
        if not _step(trip, day, order, depth, travel, hungry, fed) or travel[depth] > best[0]:
            continue
        if depth < stops:
            depth += 1
            choice[depth] = 1
            continue
        leg = trip.travel[order[stops], order[stops + 1]]
        total, finish = travel[stops] + leg, close_day(trip, day, hungry[stops] + leg, fed[stops] + leg)
        cheap = trip.budget >= NEVER or _metres(trip, order, stops) <= state.metres[day]
        if finish < NEVER and cheap and (total, finish) < (best[0], best[1]):
            best[0], best[1] = total, finish
            found[:] = order
    state.route[day, : stops + 2] = found
    recompute(trip, state, day)


@compiled
def _step(trip: Trip, day: int, order: Ints, depth: int, travel: Ints, hungry: Ints, fed: Ints) -> bool:
    """Go on to the stop at position `depth`; tell whether it is reached in time."""
    site = order[depth]
    leg = trip.travel[order[depth - 1], site]
    travel[depth] = travel[depth - 1] + leg
    hungry[depth], fed[depth] = serve(
        hungry[depth - 1] + leg, fed[depth - 1] + leg, trip.windows[day, site], trip.service[site], trip.lunch
    )
    return min(hungry[depth], fed[depth]) <= trip.day_end[day]
