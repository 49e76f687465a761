# Records of arrays have no static types.
# mypy: disable-error-code="no-any-return"
"""Rules that join the days of a trip, beside budget and excluded pairs: resources, order, variety.

Whoever adds a move: `admits` and `in_order` tell before an insertion whether it may be, and a state that is not
`lawful` is never accepted, so that a move that asks neither is merely wasteful.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeplanner.planning.search._compile import kernel

if TYPE_CHECKING:
    from routeplanner.planning.search._trip import State, Trip

__all__ = ["admits", "brings_variety", "in_order", "lawful", "variety"]


@kernel
def _used(trip: Trip, state: State, resource: int) -> int:
    """Return how much of a resource all visits take."""
    total = 0
    for day in range(len(state.routes)):
        for position in range(1, state.routes[day].length + 1):
            total += trip.use[state.stops[day, position].place, resource]
    return total


@kernel
def admits(trip: Trip, state: State, site: int) -> bool:
    """Whether the resources suffice for one more site."""
    for resource in range(len(trip.limit)):
        use = trip.use[site, resource]
        if use > 0 and _used(trip, state, resource) + use > trip.limit[resource]:
            return False
    return True


@kernel
def _position(state: State, day: int, site: int) -> int:
    position = 1
    while state.stops[day, position].place != site:
        position += 1
    return position


@kernel
def in_order(trip: Trip, state: State, site: int, day: int, position: int) -> bool:
    """Whether a site behind a position of a day comes after all that it has to come after, and before the others."""
    for pair in range(len(trip.before)):
        first, second = trip.before[pair, 0], trip.before[pair, 1]
        if site == second and state.where[first] >= 0:
            other = state.where[first]
            if other > day or (other == day and _position(state, day, first) > position):
                return False
        if site == first and state.where[second] >= 0:
            other = state.where[second]
            if other < day or (other == day and _position(state, day, second) <= position):
                return False
    return True


@kernel
def lawful(trip: Trip, state: State) -> bool:
    """Whether a trip keeps the rules that join its days, budget and excluded pairs aside."""
    for resource in range(len(trip.limit)):
        if _used(trip, state, resource) > trip.limit[resource]:
            return False
    for pair in range(len(trip.before)):
        first, second = trip.before[pair, 0], trip.before[pair, 1]
        one, other = state.where[first], state.where[second]
        if one < 0 or other < 0 or one < other:
            continue
        if one > other or _position(state, one, first) > _position(state, one, second):
            return False
    return True


@kernel
def _shown(trip: Trip, state: State, label: int) -> bool:
    for index in range(len(trip.candidates)):
        site = trip.candidates[index]
        if trip.labels[label, site] == 1 and state.where[site] >= 0:
            return True
    return False


@kernel
def _kind_shown(trip: Trip, state: State, kind: int) -> int:
    """Return how many labels of a kind the visits show."""
    shown = 0
    for label in range(len(trip.labels)):
        if trip.label_kind[label] == kind and _shown(trip, state, label):
            shown += 1
    return shown


@kernel
def variety(trip: Trip, state: State) -> int:
    """Return how many of the labels asked for the visits show, those beyond the least number aside."""
    total = 0
    for kind in range(len(trip.least_labels)):
        total += min(trip.least_labels[kind], _kind_shown(trip, state, kind))
    return total


@kernel
def brings_variety(trip: Trip, state: State, site: int) -> bool:
    """Whether a site shows a label that is still wanted."""
    for label in range(len(trip.labels)):
        kind = trip.label_kind[label]
        if (
            trip.labels[label, site] == 1
            and not _shown(trip, state, label)
            and _kind_shown(trip, state, kind) < trip.least_labels[kind]
        ):
            return True
    return False
