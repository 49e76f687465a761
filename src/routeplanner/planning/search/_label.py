# Records of arrays have no static types.
# mypy: disable-error-code="no-any-return"
"""Labels: all days that may be best, stop by stop, without those that others dominate.

A label stands for a day up to a stop: its clock before and after lunch, stops, travel and cost so far, what it
has earned, and which *critical* sites it has visited and still remembers. Only sites remembered are held to one visit,
and only in critical groups is the second visit worth less, so that the best day under the relaxed rules is an upper
bound on all real ones; it is exact when it breaks none of the rules that were left out. After Righini and Salani, "New
dynamic programming algorithms for the resource constrained elementary shortest path problem", Networks 51 (2008), and
Baldacci, Mingozzi and Roberti, "New route relaxation and pricing strategies for the vehicle routing problem",
Operations Research 59 (2011), with multiple windows, a break, and groups.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from routeplanner.planning.schedule import NEVER, serve
from routeplanner.planning.search._compile import (
    Bits,
    Floats,
    Ints,
    Records,
    entry,
    inlined,
    kernel,
    sources,
    whole,
)
from routeplanner.planning.search._lend import lend
from routeplanner.planning.search._route import go, meal_at

if TYPE_CHECKING:
    from collections.abc import Callable

    from routeplanner.planning.search._trip import Trip

__all__ = ["LABEL", "NOTHING", "Hunt", "Tails", "completions", "label"]

NOTHING = -1e300  # earnings of what cannot be

LABEL = np.dtype(
    [
        *((name, np.int64) for name in ("node", "hungry", "fed", "stops", "travel", "cost")),
        *((name, np.int64) for name in ("parent", "next", "alive", "ends")),
        *((name, np.uint64) for name in ("low", "high")),
        ("value", np.float64),
    ]
)


class Tails(NamedTuple):
    """Ends of days by their first node."""

    of: Ints  # (c + 1,) where those of each node begin, or (0,)
    latest: Ints  # (t,) start of service
    worth: Floats  # (t,) falling within a node
    low: Bits  # (t,) what they remember
    high: Bits  # (t,)


class Hunt(NamedTuple):
    """What to look for on one day. Nodes are positions in `trip.candidates`.

    Parameters
    ----------
    day
        Number of the day.
    worth
        What a visit of each node earns, its group and other visits aside.
    bit
        The number of a critical node, -1 for others.
    loss
        What a label that has visited a critical node may lose against one that has not.
    keen
        1 for the groups in which a further visit is worth less; all their members are critical.
    keeps
        Which critical nodes a label that comes to a node goes on to remember, as bits.
    node_of
        Node by site, -1 for sites that are no candidates.
    counts_stops, counts_travel
        1 if the limits of the day may bind.
    skips
        1 if a day stays feasible when a stop is left out.
    rest
        By stops left, before or after lunch, node and moment: the most that can still be earned.
    step
        Seconds between the moments of `rest`.
    target
        Days that earn no more than this are of no interest.
    apart
        1 if labels that remember other sites never dominate each other: all days are wanted, not the best one.
    tails
        Ends of days with their first node, by node: the latest start of service at it, what the end is worth by
        falling worth, and what it remembers. Those of a node are a slice; no slices if they are not known.
    """

    day: int
    worth: Floats  # (c,)
    bit: Ints  # (c,)
    loss: Floats  # (128,)
    keen: Ints  # (g,)
    node_of: Ints  # (n,)
    keeps: Bits  # (c, 2)
    counts_stops: int
    counts_travel: int
    skips: int
    rest: Floats  # (k, 2, c, moments)
    step: int
    target: float
    apart: int
    tails: Tails


@inlined
def _home(trip: Trip, day: int, hungry: int, fed: int, place: int) -> bool:
    """Whether a day can end after a stop."""
    hungry, fed = go(trip, hungry, fed, place, trip.days[day].destination)
    duration, earliest, latest = meal_at(trip, day, trip.days[day].destination)
    end = trip.days[day].end
    return fed <= end or (hungry <= latest and max(hungry, earliest) + duration <= end)


@kernel
def _credit(
    trip: Trip, day: int, rest: Floats, step: int, at: tuple[int, int, int, int, int, int], earned: float
) -> None:
    """Let a day that arrives at a site at given moments earn its visit and what can still be earned from there."""
    state, node, moment, other, hungry, fed = at
    site, start = trip.candidates[other], trip.days[day].start
    rows, moments = len(rest), rest.shape[3]
    if min(hungry, fed) <= trip.last[day, site]:
        h, f = serve(hungry, fed, trip.windows[day, site], trip.sites[site].service, meal_at(trip, day, site))
        h, f = (h - start) // step, (f - start) // step
        for row in range(1 if rows > 1 else 0, rows):
            left, earn = max(row - 1, 0), NOTHING
            if h < moments:
                earn = rest[left, 0, other, h]
            if f < moments:
                earn = max(earn, rest[left, 1, other, f])
            rest[row, state, node, moment] = max(rest[row, state, node, moment], earn + earned)


@kernel
def _go_on(trip: Trip, day: int, worth: Floats, rest: Floats, step: int, at: tuple[int, int, int]) -> None:
    """Go on to each other node."""
    state, node, moment = at
    place, now = trip.candidates[node], trip.days[day].start + moment * step
    hungry, fed = (now, NEVER) if state == 0 else (NEVER, now)
    for other in range(len(worth)):
        site = trip.candidates[other]
        if other != node and trip.last[day, site] != -NEVER:
            h, f = go(trip, hungry, fed, place, site)
            _credit(trip, day, rest, step, (state, node, moment, other, h, f), worth[other])


@kernel
def _worth_going_on(
    trip: Trip, day: int, worth: Floats, rest: Floats, step: int, at: tuple[int, int, int]
) -> None:
    """Let a day in one state at one node and moment end, or go on to each other node."""
    state, node, moment = at
    now = trip.days[day].start + moment * step
    hungry, fed = (now, NEVER) if state == 0 else (NEVER, now)
    ends = 0.0 if _home(trip, day, hungry, fed, trip.candidates[node]) else NOTHING
    for row in range(len(rest)):
        rest[row, state, node, moment] = ends
    if now > trip.days[day].end:
        return
    _go_on(trip, day, worth, rest, step, at)


def _compiled_completions(state_of_sources: str) -> Callable[[Trip, int, Floats, Floats, int], None]:
    @entry
    def complete(trip_: Trip, day: int, worth: Floats, rest: Floats, step: int) -> None:
        """Fill in what days can still earn from each stop and moment on, visits repeated as one likes.

        With one row of `rest` the stops are not counted; `step` has to be shorter than any leg with its visit.
        """
        _ = state_of_sources
        trip = lend(trip_)
        for moment in range(rest.shape[3] - 1, -1, -1):
            for node in range(len(worth)):
                for state in range(2):
                    _worth_going_on(trip, day, worth, rest, step, (state, node, moment))

    return complete


@inlined
def _clock(labels: Records, index: int) -> int:
    return min(labels[index].hungry, labels[index].fed)


@inlined
def _has(labels: Records, index: int, bit: int) -> bool:
    if bit < 64:
        return (labels[index].low >> np.uint64(bit)) & np.uint64(1) != np.uint64(0)
    return (labels[index].high >> np.uint64(bit - 64)) & np.uint64(1) != np.uint64(0)


@inlined
def _still(trip: Trip, hunt: Hunt, labels: Records, index: int) -> float:
    """Return the most that a label can still earn."""
    left = len(hunt.rest) - 1
    if left > 0:
        left = min(left, trip.days[hunt.day].max_stops - labels[index].stops)
    start, node = trip.days[hunt.day].start, labels[index].node
    h, f = (labels[index].hungry - start) // hunt.step, (labels[index].fed - start) // hunt.step
    earn = NOTHING
    if h < hunt.rest.shape[3]:
        earn = hunt.rest[left, 0, node, h]
    if f < hunt.rest.shape[3]:
        earn = max(earn, hunt.rest[left, 1, node, f])
    return earn


@kernel
def _gain(trip: Trip, hunt: Hunt, labels: Records, index: int, node: int) -> float:
    """Return what a visit earns a label, the earlier visits of a keen group considered."""
    site = trip.candidates[node]
    group = trip.sites[site].group
    if group < 0 or hunt.keen[group] == 0:
        return hunt.worth[node]
    gain, rank, behind = 0.0, 0, False
    for position in range(trip.groups[group, 0], trip.groups[group, 1]):
        member = trip.members[position]
        own = hunt.node_of[member]
        if member == site:
            gain += float(trip.sites[site].prize) * trip.worth[rank]
            rank += 1
            behind = True
        elif own >= 0 and _has(labels, index, hunt.bit[own]):
            if behind:
                gain += float(trip.sites[member].prize) * (trip.worth[rank] - trip.worth[rank - 1])
            rank += 1
    return gain


@inlined
def _barred(trip: Trip, hunt: Hunt, labels: Records, index: int, node: int) -> bool:
    """Whether a label may not visit a node: it was there, or at a place that excludes it."""
    if hunt.bit[node] >= 0 and _has(labels, index, hunt.bit[node]):
        return True
    site = trip.candidates[node]
    for position in range(trip.sites[site].rivals, trip.sites[site].rivals_end):
        own = hunt.node_of[trip.rivals[position]]
        if own >= 0 and hunt.bit[own] >= 0 and _has(labels, index, hunt.bit[own]):
            return True
    return False


@inlined
def _dominates(hunt: Hunt, labels: Records, one: int, other: int) -> bool:
    """Whether whatever a label can become, another one can become at least as well."""
    p, n = labels[one], labels[other]
    if p.fed > n.fed or min(p.hungry, p.fed) > n.hungry or p.value < n.value:
        return False
    if p.stops > n.stops or p.travel > n.travel or p.cost > n.cost:
        return False
    low, high = p.low & ~n.low, p.high & ~n.high
    if hunt.apart == 1:
        return p.low == n.low and p.high == n.high and p.node == n.node
    if low | high == np.uint64(0) or hunt.skips == 0:
        return low | high == np.uint64(0)
    spare = p.value - n.value
    for bit in range(128):
        word = low if bit < 64 else high
        if (word >> np.uint64(bit % 64)) & np.uint64(1) != np.uint64(0):
            spare -= hunt.loss[bit]
            if spare < 0.0:
                return False
    return True


@inlined
def _list_of(hunt: Hunt, labels: Records, head: Ints, index: int) -> int:
    """Return the list in which a label stands: that of its node, or of its node and all that it remembers."""
    node = labels[index].node
    if hunt.apart == 0:
        return node
    mixed = labels[index].low * np.uint64(0x9E3779B97F4A7C15) + labels[index].high
    mixed = (mixed ^ (mixed >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9) + np.uint64(node)
    return int(np.int64(mixed >> np.uint64(32)) % np.int64(len(head)))


@kernel
def _settle(hunt: Hunt, labels: Records, head: Ints, index: int) -> bool:
    """Put a new label into its list unless it is dominated there; strike out those that it dominates."""
    own = _list_of(hunt, labels, head, index)
    previous, current = -1, head[own]
    while current >= 0:
        if _dominates(hunt, labels, current, index):
            return False
        following = labels[current].next
        if _dominates(hunt, labels, index, current):
            labels[current].alive = 0
            if previous < 0:
                head[own] = following
            else:
                labels[previous].next = following
        else:
            previous = current
        current = following
    labels[index].next = head[own]
    head[own] = index
    return True


@kernel
def _push(labels: Records, heap: Ints, size: int, index: int) -> None:
    """Put a label into the heap of those to go on from, the earliest first."""
    child = size
    while child > 0:
        parent = (child - 1) // 2
        if _clock(labels, heap[parent]) <= _clock(labels, index):
            break
        heap[child] = heap[parent]
        child = parent
    heap[child] = index


@kernel
def _pop(labels: Records, heap: Ints, size: int) -> int:
    """Take the earliest label out of the heap."""
    top, moved = heap[0], heap[size - 1]
    parent = 0
    while 2 * parent + 1 < size - 1:
        child = 2 * parent + 1
        if child + 1 < size - 1 and _clock(labels, heap[child + 1]) < _clock(labels, heap[child]):
            child += 1
        if _clock(labels, heap[child]) >= _clock(labels, moved):
            break
        heap[parent] = heap[child]
        parent = child
    heap[parent] = moved
    return top


@kernel
def _extend(trip: Trip, hunt: Hunt, labels: Records, here: int, node: int, index: int) -> bool:
    """Write the label of a day that goes on to a node; tell whether it can be of interest."""
    day, site = hunt.day, trip.candidates[node]
    place = trip.days[day].origin if here == 0 else trip.candidates[labels[here].node]
    travel = labels[here].travel + trip.travel[place, site]
    if travel + trip.travel[site, trip.days[day].destination] > trip.days[day].max_travel:
        return False
    hungry, fed = go(trip, labels[here].hungry, labels[here].fed, place, site)
    if min(hungry, fed) > trip.last[day, site]:
        return False
    hungry, fed = serve(
        hungry, fed, trip.windows[day, site], trip.sites[site].service, meal_at(trip, day, site)
    )
    if min(hungry, fed) > trip.days[day].end:
        return False
    cost = 0
    if trip.budget < NEVER and len(trip.days) == 1:
        cost = labels[here].cost + trip.metres[place, site] * trip.per_metre + trip.sites[site].cost
        if cost + trip.metres[site, trip.days[day].destination] * trip.per_metre > trip.budget:
            return False
    labels[index].node, labels[index].hungry, labels[index].fed = node, hungry, fed
    labels[index].stops = labels[here].stops + hunt.counts_stops
    labels[index].travel, labels[index].cost = travel * hunt.counts_travel, cost
    labels[index].parent, labels[index].alive = here, 1
    labels[index].low = labels[here].low & hunt.keeps[node, 0]
    labels[index].high = labels[here].high & hunt.keeps[node, 1]
    bit = hunt.bit[node]
    if 0 <= bit < 64:
        labels[index].low |= np.uint64(1) << np.uint64(bit)
    elif bit >= 64:
        labels[index].high |= np.uint64(1) << np.uint64(bit - 64)
    labels[index].value = labels[here].value + _gain(trip, hunt, labels, here, node)
    if labels[index].value + _still(trip, hunt, labels, index) <= hunt.target:
        return False
    return len(hunt.tails.of) == 0 or _has_tail(trip, hunt, labels, index)


@inlined
def _has_tail(trip: Trip, hunt: Hunt, labels: Records, index: int) -> bool:
    """Whether a known end can follow a label, with visits of other sites, so that the day is of interest."""
    node = labels[index].node
    bit = hunt.bit[node]
    low, high = labels[index].low, labels[index].high
    if bit < 64:
        low ^= np.uint64(1) << np.uint64(bit)
    else:
        high ^= np.uint64(1) << np.uint64(bit - 64)
    start = _clock(labels, index) - trip.sites[trip.candidates[node]].service
    least = hunt.target - labels[index].value + hunt.worth[node]
    for tail in range(hunt.tails.of[node], hunt.tails.of[node + 1]):
        if hunt.tails.worth[tail] <= least:
            return False
        if start <= hunt.tails.latest[tail] and (low & hunt.tails.low[tail]) | (
            high & hunt.tails.high[tail]
        ) == np.uint64(0):
            return True
    return False


@kernel
def _first(trip: Trip, hunt: Hunt, labels: Records) -> None:
    """Write the label of the day that has not begun."""
    eats, start = trip.days[hunt.day].has_lunch == 1, trip.days[hunt.day].start
    labels[0].hungry = start if eats else NEVER
    labels[0].fed = NEVER if eats else start
    labels[0].stops, labels[0].travel, labels[0].parent, labels[0].alive = 0, 0, -1, 1
    labels[0].cost = trip.day_cost if len(trip.days) == 1 else 0
    labels[0].low, labels[0].high, labels[0].value = np.uint64(0), np.uint64(0), 0.0


def _compiled_label(
    state_of_sources: str,
) -> Callable[[Trip, Hunt, Records, Ints, Ints], tuple[int, float, int]]:
    @entry
    def build(trip_: Trip, hunt_: Hunt, labels: Records, head: Ints, heap: Ints) -> tuple[int, float, int]:
        """Build all labels that may lead to a day above the target.

        Returns the best label that can end its day (-1 if there is none above the target), an upper bound on
        all days (the target if none is above it), and the number of labels. Where the room for labels runs out,
        the bound is what the open ones may still earn.
        """
        _ = state_of_sources
        trip, hunt = lend(trip_), lend(hunt_)
        head[:] = -1
        _first(trip, hunt, labels)
        heap[0] = 0
        size, count, best, most = whole(1), whole(1), whole(-1), hunt.target
        while size > 0:
            here = _pop(labels, heap, size)
            size -= 1
            if labels[here].alive == 0 or labels[here].stops >= trip.days[hunt.day].max_stops:
                continue
            for node in range(len(hunt.worth)):
                if count == len(labels):
                    return best, _open_bound(trip, hunt, labels, heap, size, here, most), count
                if not _grow(trip, hunt, labels, head, (here, node, count)):
                    continue
                _push(labels, heap, size, count)
                size += 1
                if labels[count].ends == 1 and labels[count].value > most:
                    best, most = count, labels[count].value
                count += 1
        return best, most, count

    return build


@kernel
def _grow(trip: Trip, hunt: Hunt, labels: Records, head: Ints, what: tuple[int, int, int]) -> bool:
    """Make the label of a day that goes on to a node; tell whether it is to be kept."""
    here, node, index = what
    if (here > 0 and labels[here].node == node) or _barred(trip, hunt, labels, here, node):
        return False
    if not _extend(trip, hunt, labels, here, node, index) or not _settle(hunt, labels, head, index):
        return False
    ends = _home(trip, hunt.day, labels[index].hungry, labels[index].fed, trip.candidates[node])
    labels[index].ends = int(ends)
    return True


@kernel
def _open_bound(
    trip: Trip, hunt: Hunt, labels: Records, heap: Ints, size: int, here: int, most: float
) -> float:
    """Return the most that any label can become that is still to be extended."""
    if here == 0:
        return np.inf
    bound = max(most, labels[here].value + _still(trip, hunt, labels, here))
    for position in range(size):
        index = heap[position]
        if labels[index].alive == 1:
            bound = max(bound, labels[index].value + _still(trip, hunt, labels, index))
    return bound


completions = _compiled_completions(sources())
label = _compiled_label(sources())
