# Records of arrays have no static types.
# mypy: disable-error-code="no-any-return"
"""Days without lunch on which each site opens once: the clock has one state, and costs a fraction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeplanner.planning.schedule import NEVER
from routeplanner.planning.search._compile import kernel

if TYPE_CHECKING:
    from routeplanner.planning.search._trip import State, Trip

__all__ = ["time_plain_day"]


@kernel
def time_plain_day(trip: Trip, state: State, day: int) -> int:
    """Write earliest departures and latest arrivals of a plain day; return its end, NEVER if it cannot be kept."""
    stops = state.routes[day].length
    now, here = trip.days[day].start, state.stops[day, 0].place
    state.stops[day, 0].hungry, state.stops[day, 0].fed = NEVER, now
    feasible = True
    for position in range(1, stops + 1):
        site = state.stops[day, position].place
        now = max(now + trip.travel[here, site], trip.windows[day, site, 0, 0])
        feasible = feasible and now <= trip.windows[day, site, 0, 1]
        now += trip.sites[site].service
        state.stops[day, position].hungry = NEVER
        state.stops[day, position].fed = now
        here = site
    finish = now + trip.travel[here, state.stops[day, stops + 1].place]
    late = trip.days[day].end
    feasible = feasible and finish <= late
    state.stops[day, stops + 1].late_hungry, state.stops[day, stops + 1].late_fed = -NEVER, late
    for position in range(stops, 0, -1):
        site = state.stops[day, position].place
        late -= trip.travel[site, state.stops[day, position + 1].place] + trip.sites[site].service
        late = min(late, trip.windows[day, site, 0, 1])
        state.stops[day, position].late_hungry = -NEVER
        state.stops[day, position].late_fed = late
    return finish if feasible else NEVER
