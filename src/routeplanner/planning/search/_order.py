"""The order of the stops of a day: shorter ways for the same visits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeplanner.planning.schedule import NEVER, serve
from routeplanner.planning.search._compile import Ints, inlined, kernel
from routeplanner.planning.search._laws import lawful
from routeplanner.planning.search._route import advance, close_day, go, meal_at, recompute

if TYPE_CHECKING:
    from routeplanner.planning.search._trip import State, Trip

__all__ = ["best_order", "improve_order"]

LONGEST_SEGMENT = 3
MOST_MOVES = 20
EXACT_STOPS = 9


@kernel
def improve_order(trip: Trip, state: State, day: int) -> bool:
    """Move segments of up to three stops while that shortens the day; tell whether it did."""
    moves = 0
    while moves < MOST_MOVES and _move_segment(trip, state, day):
        moves += 1
    return moves > 0


@kernel
def _move_segment(trip: Trip, state: State, day: int) -> bool:
    """Do the first move of a segment that shortens the day."""
    stops = state.routes[day].length
    for count in range(1, min(LONGEST_SEGMENT, stops - 1) + 1):
        for first in range(1, stops - count + 2):
            gain = _link(trip, state, day, first - 1, first, first + count - 1, first + count)
            if gain <= 0:
                continue
            for target in range(stops + 1):
                if first - 1 <= target < first + count:
                    continue
                loss = _link(trip, state, day, target, first, first + count - 1, target + 1)
                if loss < gain and _try_move(trip, state, day, first, count, target):
                    return True
    return False


@inlined
def _link(trip: Trip, state: State, day: int, before: int, head: int, tail: int, after: int) -> int:
    """Return the travel that a segment head..tail costs between two positions."""
    left, right = state.stops[day, before].place, state.stops[day, after].place
    first, last = state.stops[day, head].place, state.stops[day, tail].place
    return int(trip.travel[left, first] + trip.travel[last, right] - trip.travel[left, right])


@kernel
def _try_move(trip: Trip, state: State, day: int, first: int, count: int, target: int) -> bool:
    """Move a segment behind position `target` if the day stays feasible and costs no more."""
    low, high, steps = first, target, count  # the stops low..high turn left by `steps`
    if target < first:
        low, high, steps = target + 1, first + count - 1, first - target - 1
    if not _keeps(trip, state, day, low, high, steps):
        return False
    metres = state.routes[day].metres
    _turn(state, day, low, high, steps)
    recompute(trip, state, day)
    if (
        state.routes[day].finish < NEVER
        and lawful(trip, state)
        and (trip.budget >= NEVER or state.routes[day].metres <= metres)
    ):
        return True
    _turn(state, day, low, high, high - low + 1 - steps)
    recompute(trip, state, day)
    return False


@kernel
def _keeps(trip: Trip, state: State, day: int, low: int, high: int, steps: int) -> bool:
    """Whether a day is kept if the stops low..high turn left by `steps`: walk them, and look no further."""
    before, size = state.stops[day, low - 1], high - low + 1
    here, hungry, fed = before.place, before.hungry, before.fed
    plain = trip.days[day].plain == 1
    for index in range(size):
        shift = index + steps
        site = state.stops[day, low + (shift if shift < size else shift - size)].place
        if plain:
            fed = max(fed + trip.travel[here, site], trip.windows[day, site, 0, 0])
            if fed > trip.windows[day, site, 0, 1]:
                return False
            fed += trip.sites[site].service
        else:
            hungry, fed = go(trip, hungry, fed, here, site)
            meal = meal_at(trip, day, site)
            hungry, fed = serve(hungry, fed, trip.windows[day, site], trip.sites[site].service, meal)
            if min(hungry, fed) > trip.days[day].end:
                return False
        here = site
    behind = state.stops[day, high + 1]
    hungry, fed = go(trip, hungry, fed, here, behind.place)
    return bool(hungry <= behind.late_hungry or fed <= behind.late_fed)


@kernel
def _turn(state: State, day: int, low: int, high: int, steps: int) -> None:
    """Turn the stops low..high to the left: three reversals."""
    _reverse(state, day, low, low + steps - 1)
    _reverse(state, day, low + steps, high)
    _reverse(state, day, low, high)


@kernel
def _reverse(state: State, day: int, low: int, high: int) -> None:
    while low < high:
        _swap(state, day, low, high)
        low += 1
        high -= 1


@inlined
def _swap(state: State, day: int, one: int, other: int) -> None:
    place = state.stops[day, one].place
    state.stops[day, one].place = state.stops[day, other].place
    state.stops[day, other].place = place


@kernel
def best_order(trip: Trip, state: State, day: int, sheet: Ints) -> None:
    """Give a day of at most nine stops the order of least travel, of these the one that ends first.

    Every order is built stop by stop, and given up where it is late or no shorter than the best. The sheet has
    four rows to write on: the best order between its travel and its end, sums of the way, and branches.
    """
    stops = state.routes[day].length
    if stops < 2 or stops > EXACT_STOPS or state.routes[day].finish >= NEVER:
        return
    best, travel, metres, pick = sheet[0], sheet[1], sheet[2], sheet[3]
    sheet[:] = 0
    best[0], best[stops + 1] = state.routes[day].travel, state.routes[day].finish
    _note(state, day, best, stops)
    depth = 1
    while depth >= 1:
        if pick[depth] > 0:  # undo the branch that was just explored
            _swap(state, day, depth, pick[depth])
        pick[depth] = max(pick[depth] + 1, depth)
        if pick[depth] > stops:
            pick[depth] = 0
            depth -= 1
            continue
        _swap(state, day, depth, pick[depth])
        in_time = advance(trip, state, day, depth)
        _lengthen(trip, state, day, depth, travel, metres)
        if not in_time or travel[depth] > best[0]:
            continue
        if depth < stops:
            depth += 1
        else:
            _finish(trip, state, day, travel, metres, best)
    for position in range(1, stops + 1):
        state.stops[day, position].place = best[position]
    recompute(trip, state, day)


@kernel
def _finish(trip: Trip, state: State, day: int, travel: Ints, metres: Ints, best: Ints) -> None:
    """Note a whole order if it is shorter than the best one and costs no more than the first one."""
    stops = state.routes[day].length
    _lengthen(trip, state, day, stops + 1, travel, metres)
    finish, total = close_day(trip, state, day), travel[stops + 1]
    if (
        finish >= NEVER
        or not lawful(trip, state)
        or (trip.budget < NEVER and metres[stops + 1] > state.routes[day].metres)
    ):
        return
    if total < best[0] or (total == best[0] and finish < best[stops + 1]):
        best[0], best[stops + 1] = total, finish
        _note(state, day, best, stops)


@kernel
def _note(state: State, day: int, best: Ints, stops: int) -> None:
    for position in range(1, stops + 1):
        best[position] = state.stops[day, position].place


@kernel
def _lengthen(trip: Trip, state: State, day: int, position: int, travel: Ints, metres: Ints) -> None:
    """Add the leg that leads to a position to the sums of the way so far."""
    before, place = state.stops[day, position - 1].place, state.stops[day, position].place
    travel[position] = travel[position - 1] + trip.travel[before, place]
    metres[position] = metres[position - 1] + trip.metres[before, place]
