# Records of arrays have no static types.
# mypy: disable-error-code="no-any-return"
"""Labels for a start: one day filled anew, at one stroke, with what the other days leave free.

A label stands for a day up to a stop. Labels are taken up in the order of their clocks, so that those taken up
before at the same stop were there no later: a label is dropped where one of them has earned as much with a
part of its visits, or where more than `keep` of them have earned as much at all. The latter is what makes it
quick and not exact. No label visits a site twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from routeplanner.planning.schedule import NEVER, serve
from routeplanner.planning.search._compile import entry, inlined, kernel, random_unit, sources, whole
from routeplanner.planning.search._lend import lend
from routeplanner.planning.search._route import NOWHERE, go, meal_at, recompute, spent
from routeplanner.planning.search._trip import WORTH_ONE
from routeplanner.planning.search._value import gain_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from routeplanner.planning.search._compile import Floats, Ints, Records
    from routeplanner.planning.search._desk import Desk
    from routeplanner.planning.search._trip import Trip

__all__ = ["Slate", "make_slate", "refill"]

MARK = np.dtype(
    [
        *((name, np.int64) for name in ("site", "hungry", "fed", "stops", "travel", "cost", "parent")),
        ("value", np.float64),
    ]
)
INDEX_BITS = 21
SIZE, COUNT, BEST = 0, 1, 2  # of the heap, of the labels, and the label that has earned most
NO_WAY, OUTDONE, KEPT = 0, 1, 2  # what becomes of a label
MOST_KEPT = 8
MUST_WORTH = 1e6


class Slate(NamedTuple):
    """Room for the labels of a day."""

    marks: Records  # (k,) of MARK
    visits: Ints  # (k, words) bits of the sites visited
    heap: Ints  # (k,) clock and number of the labels to go on from
    tops: Ints  # (n, MOST_KEPT) the best labels taken up at a site
    worth: Floats  # (n,) what a visit earns, 0 where there must be none
    tally: Ints  # (3,) by SIZE, COUNT and BEST


def make_slate(trip: Trip, labels: int) -> Slate:
    """Lay out room for so many labels."""
    n = len(trip.sites)
    return Slate(
        marks=np.zeros(labels, MARK),
        visits=np.zeros((labels, (n + 63) // 64), np.int64),
        heap=np.zeros(labels, np.int64),
        tops=np.zeros((n, MOST_KEPT), np.int64),
        worth=np.zeros(n, np.float64),
        tally=np.zeros(3, np.int64),
    )


@kernel
def _rate_sites(trip: Trip, desk: Desk, slate: Slate, day: int, noise: float) -> None:
    """Work out what a visit of each site would earn, the day being empty."""
    state = desk.state
    slate.worth[:] = 0.0
    for index in range(len(trip.candidates)):
        site = trip.candidates[index]
        if state.where[site] >= 0 or trip.last[day, site] == -NEVER:
            continue
        excluded = False
        for rival in range(trip.sites[site].rivals, trip.sites[site].rivals_end):
            excluded = excluded or state.where[trip.rivals[rival]] >= 0
        if excluded:
            continue
        worth = gain_of(trip, state, site) / WORTH_ONE
        if noise > 0.0:
            worth *= 1.0 - noise * random_unit(desk.random)
        slate.worth[site] = worth + (MUST_WORTH * max(1.0, worth) if trip.sites[site].must == 1 else 0.0)


@inlined
def _visited(slate: Slate, mark: int, site: int) -> bool:
    return (slate.visits[mark, site >> 6] >> (site & 63)) & 1 != 0


@kernel
def _share(trip: Trip, slate: Slate, mark: int, site: int) -> float:
    """Return the share of its worth that a visit earns after those of a label: 0 if it is excluded."""
    for rival in range(trip.sites[site].rivals, trip.sites[site].rivals_end):
        if _visited(slate, mark, trip.rivals[rival]):
            return 0.0
    group, rank = trip.sites[site].group, 0
    if group < 0:
        return 1.0
    while mark > 0:
        if trip.sites[slate.marks[mark].site].group == group:
            rank += 1
        mark = slate.marks[mark].parent
    return trip.worth[rank] / WORTH_ONE


@inlined
def _outdone(slate: Slate, mark: int, keep: int) -> bool:
    """Whether more than `keep` of the labels taken up at a site have earned as much as a new one."""
    site, value, fed = slate.marks[mark].site, slate.marks[mark].value, slate.marks[mark].fed
    for index in range(keep + 1):
        top = slate.tops[site, index]
        if top == NOWHERE or slate.marks[top].value < value or slate.marks[top].fed > fed:
            return False
    return True


@kernel
def _taken_up(slate: Slate, mark: int, keep: int) -> bool:
    """Take a label up unless it is dominated."""
    site, value, fed = slate.marks[mark].site, slate.marks[mark].value, slate.marks[mark].fed
    above, slot, lowest = 0, 0, np.inf
    for index in range(keep + 1):
        top = slate.tops[site, index]
        if top == NOWHERE:
            slot, lowest = index, -1.0
            break
        if slate.marks[top].value < lowest:
            slot, lowest = index, slate.marks[top].value
        if slate.marks[top].value < value or slate.marks[top].fed > fed:
            continue
        above += 1
        within = True
        for word in range(slate.visits.shape[1]):
            within = within and slate.visits[top, word] & ~slate.visits[mark, word] == 0
        if within:
            return False
    if above > keep:
        return False
    slate.tops[site, slot] = mark
    return True


@kernel
def _push(heap: Ints, size: int, key: int) -> None:
    child = size
    while child > 0:
        parent = (child - 1) // 2
        if heap[parent] <= key:
            break
        heap[child] = heap[parent]
        child = parent
    heap[child] = key


@kernel
def _pop(heap: Ints, size: int) -> int:
    top, moved = heap[0], heap[size - 1]
    parent = 0
    while 2 * parent + 1 < size - 1:
        child = 2 * parent + 1
        if child + 1 < size - 1 and heap[child + 1] < heap[child]:
            child += 1
        if heap[child] >= moved:
            break
        heap[parent] = heap[child]
        parent = child
    heap[parent] = moved
    return top


@kernel
def _extend(trip: Trip, slate: Slate, day: int, here: int, site: int, new: int, money: int, keep: int) -> int:
    """Write the label of a day that goes on to a site; tell whether it is of use."""
    mark, limits = slate.marks[here], trip.days[day]
    place = mark.site if here > 0 else limits.origin
    leg, back = trip.travel[place, site], trip.travel[site, limits.destination]
    late = min(mark.hungry, mark.fed) + trip.least[place, site] > trip.last[day, site]
    if late or mark.travel + leg + back > limits.max_travel:
        return NO_WAY
    cost = mark.cost
    if money < NEVER:
        cost += trip.sites[site].cost + trip.metres[place, site] * trip.per_metre
        if cost + trip.metres[site, limits.destination] * trip.per_metre > money:
            return NO_WAY
    if limits.plain == 1:
        hungry, fed = NEVER, max(mark.fed + leg, trip.windows[day, site, 0, 0]) + trip.sites[site].service
        if fed + back > limits.end:
            return NO_WAY
    else:
        hungry, fed = go(trip, mark.hungry, mark.fed, place, site)
        meal = meal_at(trip, day, site)
        hungry, fed = serve(hungry, fed, trip.windows[day, site], trip.sites[site].service, meal)
        late_hungry, late_fed = go(trip, hungry, fed, site, limits.destination)
        duration, earliest, latest = meal_at(trip, day, limits.destination)
        at_home = late_hungry <= latest and max(late_hungry, earliest) + duration <= limits.end
        if late_fed > limits.end and not at_home:
            return NO_WAY
    longer = slate.marks[new]
    longer.site, longer.hungry, longer.fed, longer.parent = site, hungry, fed, here
    longer.stops, longer.travel, longer.cost = mark.stops + 1, mark.travel + leg, cost
    longer.value = mark.value + slate.worth[site] * _share(trip, slate, here, site)
    if _outdone(slate, new, keep):
        return OUTDONE
    for word in range(slate.visits.shape[1]):
        slate.visits[new, word] = slate.visits[here, word]
    slate.visits[new, site >> 6] |= 1 << (site & 63)
    return KEPT if longer.value > mark.value else OUTDONE


@kernel
def _set_out(trip: Trip, slate: Slate, day: int) -> None:
    """Write the label of the day that has not begun."""
    eats, start = trip.days[day].has_lunch == 1, trip.days[day].start
    first = slate.marks[0]
    first.hungry, first.fed = (start, NEVER) if eats else (NEVER, start)
    first.stops, first.travel, first.cost, first.parent, first.value = 0, 0, trip.day_cost, NOWHERE, 0.0
    slate.visits[0, :] = 0
    slate.tops[:] = NOWHERE


@kernel
def _lay_out(trip: Trip, desk: Desk, slate: Slate, day: int, best: int) -> None:
    """Put the stops of a label into the empty day."""
    state, stops = desk.state, 0
    mark = best
    while mark > 0:
        stops += 1
        mark = slate.marks[mark].parent
    mark = best
    for position in range(stops, 0, -1):
        site = slate.marks[mark].site
        state.stops[day, position].place, state.where[site] = site, day
        mark = slate.marks[mark].parent
    state.stops[day, stops + 1].place = trip.days[day].destination
    state.routes[day].length = stops
    recompute(trip, state, day)


@kernel
def _clear(trip: Trip, desk: Desk, day: int) -> None:
    """Take all stops out of a day."""
    state = desk.state
    for position in range(1, state.routes[day].length + 1):
        state.where[state.stops[day, position].place] = NOWHERE
    state.stops[day, 1].place = trip.days[day].destination
    state.routes[day].length = 0
    recompute(trip, state, day)


@kernel
def _go_on(trip: Trip, slate: Slate, day: int, here: int, tally: Ints, how: tuple[int, int, int]) -> None:
    """Write the labels that lead on from one: to the nearest sites that it can go to."""
    reach, keep, money = how
    seen, place = 0, slate.marks[here].site
    onward = len(trip.candidates) if here == 0 else trip.near.shape[1]
    if slate.marks[here].stops >= trip.days[day].max_stops:
        onward = 0
    for index in range(onward):
        if tally[COUNT] == len(slate.heap) or (here > 0 and seen == reach):
            return
        site = trip.candidates[index] if here == 0 else trip.near[place, index]
        if slate.worth[site] <= 0.0 or (here > 0 and _visited(slate, here, site)):
            continue
        new = tally[COUNT]
        outcome = _extend(trip, slate, day, here, site, new, money, keep)
        if outcome != NO_WAY:
            seen += 1
        if outcome == KEPT:
            clock = min(slate.marks[new].hungry, slate.marks[new].fed)
            _push(slate.heap, tally[SIZE], (clock << INDEX_BITS) | new)
            tally[SIZE] += 1
            tally[COUNT] += 1
            if slate.marks[new].value > slate.marks[tally[BEST]].value:
                tally[BEST] = new


def _compiled_refill(state_of_sources: str) -> Callable[[Trip, Desk, Slate, int, float, int, int], int]:
    @entry
    def refill(trip_: Trip, desk_: Desk, slate_: Slate, day: int, noise: float, reach: int, keep: int) -> int:
        """Empty a day of the state and fill it anew; return the number of labels.

        Each label goes on to the nearest `reach` sites that it can, and sites are worth up to the share `noise`
        less than they are.
        """
        _ = state_of_sources
        trip, desk, slate = lend(trip_), lend(desk_), lend(slate_)
        _clear(trip, desk, day)
        _rate_sites(trip, desk, slate, day, noise)
        _set_out(trip, slate, day)
        money = trip.budget if trip.budget >= NEVER else trip.budget - spent(trip, desk.state)
        tally = slate.tally
        tally[SIZE], tally[COUNT], tally[BEST] = 0, 1, 0
        here = whole(0)
        while here != NOWHERE:
            _go_on(trip, slate, day, here, tally, (reach, keep, money))
            here = whole(NOWHERE)
            while tally[SIZE] > 0 and here == NOWHERE:
                next_one = _pop(slate.heap, tally[SIZE]) & ((1 << INDEX_BITS) - 1)
                tally[SIZE] -= 1
                if _taken_up(slate, next_one, keep):
                    here = next_one
        _lay_out(trip, desk, slate, day, tally[BEST])
        return int(tally[COUNT])

    return refill


refill = _compiled_refill(sources())
