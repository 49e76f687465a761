# Records of arrays have no static types.
# mypy: disable-error-code="no-any-return"
"""Taking stops out of the days."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeplanner.planning.search._compile import kernel, random_below, random_unit, whole
from routeplanner.planning.search._route import remove

if TYPE_CHECKING:
    from routeplanner.planning.search._desk import Desk
    from routeplanner.planning.search._trip import State, Trip

__all__ = ["ruin"]


@kernel
def ruin(trip: Trip, desk: Desk, strings: float, longest: int) -> int:
    """Take stops out: strings of the routes near a site, or scattered ones. Return the site or -1."""
    state, random = desk.state, desk.random
    total = 0
    for day in range(len(state.routes)):
        desk.touched[day] = 0
        total += state.routes[day].length
    if total == 0 or random_unit(random) < strings:
        site = trip.candidates[random_below(random, len(trip.candidates))]
        _evict_rivals(trip, desk, site)
        _cut_strings(trip, desk, site, longest)
        return site
    for _ in range(1 + random_below(random, min(longest, total))):
        day = random_below(random, len(state.routes))
        if state.routes[day].length > 0:
            remove(trip, state, day, 1 + random_below(random, state.routes[day].length), whole(1))
            desk.touched[day] = 1
    return -1


@kernel
def _evict_rivals(trip: Trip, desk: Desk, site: int) -> None:
    """Every other time make room for a site that another one excludes."""
    state = desk.state
    for index in range(trip.sites[site].rivals, trip.sites[site].rivals_end):
        day = state.where[trip.rivals[index]]
        if day >= 0 and random_unit(desk.random) < 0.5:
            remove(trip, state, day, _position_of(state, trip.rivals[index], day), whole(1))
            desk.touched[day] = 1


@kernel
def _position_of(state: State, site: int, day: int) -> int:
    position = 1
    while state.stops[day, position].place != site:
        position += 1
    return position


@kernel
def _cut_strings(trip: Trip, desk: Desk, centre: int, longest: int) -> None:
    """Take a string of neighbouring stops out of each of some days that pass near a site."""
    state, random = desk.state, desk.random
    left = 1 + random_below(random, longest)
    days = 1 + random_below(random, len(state.routes))
    for index in range(-1, trip.near.shape[1]):
        site = centre if index < 0 else trip.near[centre, index]
        day = state.where[site]
        if day < 0 or desk.touched[day] == 1:
            continue
        stops = state.routes[day].length
        count = min(left, 1 + random_below(random, min(stops, longest)))
        first = _position_of(state, site, day) - random_below(random, count)
        first = max(1, min(first, stops + 1 - count))
        remove(trip, state, day, first, count)
        desk.touched[day] = 1
        left -= count
        days -= 1
        if days == 0 or left == 0:
            return
