# Records of arrays have no static types.
# mypy: disable-error-code="no-any-return"
"""Days as routes: earliest and latest times by position, and insertion tests in constant time."""

from __future__ import annotations

import numpy as np

from routeplanner.planning.schedule import NEVER, arrive, last_start, leave_by, ride, serve
from routeplanner.planning.search._compile import inlined, kernel
from routeplanner.planning.search._laws import in_order
from routeplanner.planning.search._plain import time_plain_day
from routeplanner.planning.search._trip import ROUTE, STOP, State, Trip

__all__ = [
    "NOWHERE",
    "advance",
    "close_day",
    "copy_day",
    "copy_days",
    "detour_of",
    "empty_state",
    "fits",
    "insert",
    "meal_at",
    "metres_more",
    "reach",
    "recompute",
    "remove",
    "spent",
]

NOWHERE = -1
HASH_FACTOR = 0x5851F42D4C957F2D  # Knuth's multiplier; numbers wrap around


def empty_state(trip: Trip) -> State:
    """Return days without a stop, their times not worked out yet."""
    days = len(trip.days)
    cap = int(trip.days["max_stops"].max(initial=0)) + 4
    state = State(
        stops=np.zeros((days, cap), STOP),
        routes=np.zeros(days, ROUTE),
        where=np.full(len(trip.sites), NOWHERE, np.int64),
    )
    state.stops["place"][:, 0] = trip.days["origin"]
    state.stops["place"][:, 1] = trip.days["destination"]
    return state


@kernel
def recompute(trip: Trip, state: State, day: int) -> None:
    """Work out all times and sums of a day after a change of its route."""
    stops = state.routes[day].length
    place = state.stops[day, 0].place
    travel, metres, worth, musts, version = 0, 0, 0, 0, stops * HASH_FACTOR + place
    for position in range(1, stops + 2):
        before, place = place, state.stops[day, position].place
        travel += trip.travel[before, place]
        version = version * HASH_FACTOR + place
        if trip.budget < NEVER:
            metres += trip.metres[before, place]
        if position <= stops:
            musts += trip.sites[place].must
            if trip.sites[place].group < 0:
                worth += trip.sites[place].prize
    finish = time_plain_day(trip, state, day) if trip.days[day].plain == 1 else _time_day(trip, state, day)
    if travel > trip.days[day].max_travel or stops > trip.days[day].max_stops:
        finish = NEVER
    state.routes[day].travel = travel
    state.routes[day].metres = metres
    state.routes[day].worth = worth
    state.routes[day].musts = musts
    state.routes[day].version = version
    state.routes[day].finish = finish


@kernel
def _time_day(trip: Trip, state: State, day: int) -> int:
    """Write the earliest and latest times of a day; return its end."""
    _set_out(trip, state, day)
    for position in range(1, state.routes[day].length + 1):
        advance(trip, state, day, position)
    _latest(trip, state, day)
    return close_day(trip, state, day)


@kernel
def _set_out(trip: Trip, state: State, day: int) -> None:
    """Lay the start of a day: before lunch if it has one, and a day without stops has none."""
    start = trip.days[day].start
    eats = trip.days[day].has_lunch == 1 and state.routes[day].length > 0
    state.stops[day, 0].hungry = start if eats else NEVER
    state.stops[day, 0].fed = NEVER if eats else start


@inlined
def meal_at(trip: Trip, day: int, place: int) -> tuple[int, int, int]:
    """Return duration, first and last start of the lunch at a place, a span without a moment where it cannot be."""
    if len(trip.meals) == 0 or trip.meals[day, place] == 1:
        return trip.lunch
    return (0, NEVER, -NEVER)


@kernel
def _timed_arrival(trip: Trip, here: int, there: int, leave: int) -> int:
    return arrive(leave, trip.timed[here, there], trip.moments, trip.step, trip.own[here, there])


@kernel
def _timed_departure(trip: Trip, here: int, there: int, arrival: int) -> int:
    return leave_by(arrival, trip.timed[here, there], trip.moments, trip.step, trip.own[here, there])


@inlined
def reach(trip: Trip, here: int, there: int, leave: int) -> int:
    """Return the arrival at a place of who leaves another one at a moment."""
    if len(trip.moments) == 0:
        return leave + trip.travel[here, there]
    return _timed_arrival(trip, here, there, leave)


@inlined
def set_out(trip: Trip, here: int, there: int, arrival: int) -> int:
    """Return the latest departure from a place that reaches another one by a moment."""
    if len(trip.moments) == 0:
        return arrival - trip.travel[here, there]
    return _timed_departure(trip, here, there, arrival)


@inlined
def go(trip: Trip, hungry: int, fed: int, here: int, there: int) -> tuple[int, int]:
    """Return the earliest arrivals, hungry and fed, of a group that leaves a place for another one."""
    arrivals = (reach(trip, here, there, hungry), reach(trip, here, there, fed))
    if len(trip.aboard) == 0:
        return arrivals
    aboard = (trip.aboard[here, there, 0], trip.aboard[here, there, 1])
    return ride(hungry, arrivals, aboard, trip.lunch)


@inlined
def latest_meal(trip: Trip, here: int, there: int, fed: int) -> int:
    """Return the latest departure with lunch aboard that arrives by `fed`, -NEVER if there is none."""
    if len(trip.aboard) == 0 or trip.aboard[here, there, 0] < 0:
        return -NEVER
    duration, earliest, latest = trip.lunch
    before, after = trip.aboard[here, there, 0], trip.aboard[here, there, 1]
    begin = min(latest, fed - after - duration)
    if begin < earliest:
        return -NEVER
    return min(set_out(trip, here, there, fed), begin - before)


@inlined
def advance(trip: Trip, state: State, day: int, position: int) -> bool:
    """Go on to the stop at a position; tell whether the day is not over by then."""
    site = state.stops[day, position].place
    before = state.stops[day, position - 1]
    hungry, fed = go(trip, before.hungry, before.fed, before.place, site)
    hungry, fed = serve(
        hungry, fed, trip.windows[day, site], trip.sites[site].service, meal_at(trip, day, site)
    )
    state.stops[day, position].hungry = hungry
    state.stops[day, position].fed = fed
    return min(hungry, fed) <= trip.days[day].end


@inlined
def close_day(trip: Trip, state: State, day: int) -> int:
    """Return the arrival with which a day ends, lunch at the end place included, NEVER if too late."""
    stops = state.routes[day].length
    before = state.stops[day, stops]
    home = state.stops[day, stops + 1].place
    hungry, finish = go(trip, before.hungry, before.fed, before.place, home)
    duration, earliest, latest = meal_at(trip, day, home)
    if hungry <= latest and max(hungry, earliest) + duration <= trip.days[day].end:
        finish = min(finish, hungry)
    return finish if finish <= trip.days[day].end else NEVER


@kernel
def _latest(trip: Trip, state: State, day: int) -> None:
    """Work out the latest arrivals by position from which the rest of the day can be kept."""
    stops = state.routes[day].length
    duration, earliest, latest = meal_at(trip, day, state.stops[day, stops + 1].place)
    fed = trip.days[day].end
    hungry = min(latest, fed - duration)
    if hungry < earliest:
        hungry = -NEVER
    state.stops[day, stops + 1].late_fed = fed
    state.stops[day, stops + 1].late_hungry = hungry
    for position in range(stops, 0, -1):
        site = state.stops[day, position].place
        onward = state.stops[day, position + 1].place
        duration, earliest, latest = meal_at(trip, day, site)
        service = trip.sites[site].service
        windows = trip.windows[day, site]
        leave_fed = set_out(trip, site, onward, fed)
        lunch = min(latest, leave_fed - duration)  # after the service
        hungry = last_start(windows, set_out(trip, site, onward, hungry) - service)
        if lunch >= earliest:
            hungry = max(hungry, last_start(windows, lunch - service))
        hungry = max(hungry, last_start(windows, latest_meal(trip, site, onward, fed) - service))
        fed = last_start(windows, leave_fed - service)
        lunch = min(latest, fed - duration)  # on arrival
        if lunch >= earliest:
            hungry = max(hungry, lunch)
        state.stops[day, position].late_fed = fed
        state.stops[day, position].late_hungry = hungry


@kernel
def insert(trip: Trip, state: State, site: int, day: int, position: int) -> None:
    """Put a site behind a position of a day."""
    stops = state.routes[day].length
    for index in range(stops + 1, position, -1):
        state.stops[day, index + 1].place = state.stops[day, index].place
    state.stops[day, position + 1].place = site
    state.routes[day].length = stops + 1
    state.where[site] = day
    recompute(trip, state, day)


@kernel
def remove(trip: Trip, state: State, day: int, first: int, count: int) -> None:
    """Take out `count` stops from position `first` on (positions count from 1)."""
    stops = state.routes[day].length
    for index in range(first, first + count):
        state.where[state.stops[day, index].place] = NOWHERE
    for index in range(first + count, stops + 2):
        state.stops[day, index - count].place = state.stops[day, index].place
    state.routes[day].length = stops - count
    recompute(trip, state, day)


@kernel
def spent(trip: Trip, state: State) -> int:
    """Return all costs of the trip, in thousandths of a dong."""
    total = 0
    for day in range(len(state.routes)):
        stops = state.routes[day].length
        total += state.routes[day].metres * trip.per_metre
        if stops > 0:
            total += trip.day_cost
        for position in range(1, stops + 1):
            total += trip.sites[state.stops[day, position].place].cost
    return total


@inlined
def fits(trip: Trip, state: State, site: int, day: int, position: int) -> int:
    """Return the arrival at the next position if a site goes behind `position`, NEVER if it cannot.

    Constant time, by the earliest departure before it and the latest arrival behind it, in both states.
    """
    hungry, fed = state.stops[day, position].hungry, state.stops[day, position].fed
    if state.routes[day].length == 0 and trip.days[day].has_lunch == 1:
        hungry, fed = fed, NEVER  # the first stop of a day brings the lunch with it
    before, after = state.stops[day, position].place, state.stops[day, position + 1].place
    leg, onward = trip.least[before, site], trip.least[site, after]
    service = trip.sites[site].service
    late_hungry, late_fed = (
        state.stops[day, position + 1].late_hungry,
        state.stops[day, position + 1].late_fed,
    )
    if trip.sites[site].ordered == 1 and not in_order(trip, state, site, day, position):
        return NEVER
    arrival = min(hungry, fed) + leg
    if arrival > trip.last[day, site] or arrival + service + onward > max(late_hungry, late_fed):
        return NEVER
    hungry, fed = go(trip, hungry, fed, before, site)
    hungry, fed = serve(hungry, fed, trip.windows[day, site], service, meal_at(trip, day, site))
    hungry, fed = go(trip, hungry, fed, site, after)
    if hungry <= late_hungry:
        return hungry
    if fed <= late_fed:
        return fed
    return NEVER


@inlined
def detour_of(trip: Trip, state: State, site: int, day: int, position: int) -> int:
    """Return the seconds of travel that a site behind a position adds."""
    before, after = state.stops[day, position].place, state.stops[day, position + 1].place
    return trip.travel[before, site] + trip.travel[site, after] - trip.travel[before, after]


@inlined
def metres_more(trip: Trip, state: State, site: int, day: int, position: int) -> int:
    """Return the metres of travel that a site behind a position adds."""
    before, after = state.stops[day, position].place, state.stops[day, position + 1].place
    return trip.metres[before, site] + trip.metres[site, after] - trip.metres[before, after]


@kernel
def copy_day(source: State, target: State, day: int) -> None:
    """Copy one day of a state, but not which sites it holds."""
    target.routes[day] = source.routes[day]
    for position in range(source.routes[day].length + 2):
        target.stops[day, position] = source.stops[day, position]


@kernel
def copy_days(source: State, target: State) -> None:
    """Copy all days of a state."""
    for site in range(len(source.where)):
        target.where[site] = source.where[site]
    for day in range(len(source.routes)):
        copy_day(source, target, day)
