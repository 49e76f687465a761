"""The clock of a day: when a given order of stops arrives, starts, lunches and comes home.

`schedule` is the only place of the planning side that turns orders into times. The functions below it
that walk the clock (`first_start`, `last_start`, `ride`, `serve`) are plain Python on scalars and arrays;
the search compiles these very functions, so that both mean the same by "feasible".
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from routeplanner.planning.problem import UNREACHABLE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    import numpy.typing as npt

    from routeplanner.planning.problem import Problem

__all__ = [
    "NEVER",
    "DayTimes",
    "Lunch",
    "arrive",
    "first_start",
    "labels_shown",
    "last_start",
    "leave_by",
    "reach",
    "ride",
    "schedule",
    "serve",
    "set_out",
    "trip_faults",
]

NEVER = 1 << 50
"""A moment after all days; its negative lies before all days."""

BEST_LUNCH_S = (11 * 3600 + 1800, 12 * 3600 + 900)
"""Where operators put the lunch: it starts between 11:30 and 12:15 if the day allows."""

DEPARTURE_STEP_S = 300
"""A day that may leave later leaves at a moment that people can remember: whole five minutes."""

When = Literal["before", "after", "end", "aboard"]


@dataclass(frozen=True, slots=True)
class Lunch:
    """The break of a day.

    Parameters
    ----------
    start_s, end_s
        Seconds after midnight.
    position
        Index of the stop where it is taken, or to which the boat leads; the number of stops for the end
        place.
    when
        "before" the service of that stop (on arrival), "after" it, at the "end" place on return, or
        "aboard" on the way there.
    """

    start_s: int
    end_s: int
    position: int
    when: When


@dataclass(frozen=True, slots=True)
class DayTimes:
    """Clock times of one day, in seconds after midnight.

    Parameters
    ----------
    departure_s
        When the day leaves its origin.
    arrival_s, start_s, end_s
        By stop: arrival, start and end of the service. On an infeasible day they reach as far as the
        clock came.
    lunch
        The break, or None on a day without one (an empty day has none).
    arrival_end_s
        Arrival at the destination.
    travel_s
        Seconds of travel of the whole day.
    violation
        The first rule that the day breaks, in words, or None.
    """

    departure_s: int
    arrival_s: tuple[int, ...]
    start_s: tuple[int, ...]
    end_s: tuple[int, ...]
    lunch: Lunch | None
    arrival_end_s: int
    travel_s: int
    violation: str | None = None

    @property
    def feasible(self) -> bool:
        """Whether the day keeps all its rules."""
        return self.violation is None

    @property
    def waiting_s(self) -> int:
        """Seconds in which nothing happens between the first arrival and the last service."""
        idle = sum(self.start_s) - sum(self.arrival_s)
        if self.lunch is None or self.lunch.when in ("end", "aboard"):
            return idle
        if self.lunch.when == "before":
            return idle - (self.lunch.end_s - self.lunch.start_s)
        return idle + self.lunch.start_s - self.end_s[self.lunch.position]


def first_start(windows: npt.NDArray[np.int64], moment: int) -> int:
    """Return the earliest start of service at `moment` or later, `NEVER` if there is none.

    Parameters
    ----------
    windows
        Closed intervals of one site on one day, shape (w, 2), ascending; (1, 0) is unused.
    moment
        Seconds after midnight.

    Examples
    --------
    >>> import numpy as np
    >>> first_start(np.array([[100, 200], [400, 500]]), 250)
    400
    """
    for row in range(windows.shape[0]):
        opening, closing = windows[row, 0], windows[row, 1]
        if opening <= closing and moment <= closing:
            return max(int(opening), moment)
    return NEVER


def last_start(windows: npt.NDArray[np.int64], moment: int) -> int:
    """Return the latest start of service at `moment` or earlier, ``-NEVER`` if there is none.

    Examples
    --------
    >>> import numpy as np
    >>> last_start(np.array([[100, 200], [400, 500]]), 250)
    200
    """
    for row in range(windows.shape[0] - 1, -1, -1):
        opening, closing = windows[row, 0], windows[row, 1]
        if opening <= closing and moment >= opening:
            return min(int(closing), moment)
    return -NEVER


def arrive(
    leave: int,
    durations_s: npt.NDArray[np.int64],
    moments_s: npt.NDArray[np.int64],
    step_s: int,
    own_s: npt.NDArray[np.int64],
) -> int:
    """Return the arrival of who leaves at a moment, where travel times change over the day.

    Parameters
    ----------
    leave
        Seconds after midnight.
    durations_s, moments_s
        Travel times of who leaves at the moments. Shape (k,), the moments ascending. In between the arrival is
        linear; before the first and after the last moment the travel time stays.
    step_s
        Arrivals are rounded up to whole steps.
    own_s
        Moments of this way alone and travel times of who leaves at them, shape (q, 2); a negative moment is none.

    Examples
    --------
    Between the hours of a way that takes 20 minutes at seven and 40 at eight:

    >>> import numpy as np
    >>> hours, none = (np.array([1200, 2400]), np.array([25200, 28800]), 60), np.zeros((0, 2), int)
    >>> arrive(27000, *hours, none) == 27000 + 1800
    True

    The same where who leaves after half past seven waits until eight:

    >>> arrive(27060, *hours, np.array([[27000, 1200], [27060, 4140]])) == 28800 + 2400
    True
    """
    low, high = 0, len(moments_s) - 1
    if leave <= moments_s[0]:
        arrival = leave + durations_s[0]
    elif leave >= moments_s[high]:
        arrival = leave + durations_s[high]
    else:
        while high - low > 1:
            middle = (low + high) // 2
            if moments_s[middle] <= leave:
                low = middle
            else:
                high = middle
        from_s, from_way = moments_s[low], durations_s[low]
        to_s, to_way = moments_s[high], durations_s[high]
        for number in range(len(own_s)):
            moment = own_s[number, 0]
            if from_s < moment <= leave:
                from_s, from_way = moment, own_s[number, 1]
            elif leave < moment < to_s:
                to_s, to_way = moment, own_s[number, 1]
        growth = to_s - from_s + to_way - from_way
        arrival = from_s + from_way + -(-growth * (leave - from_s) // (to_s - from_s))
    return int(-(-arrival // step_s) * step_s)


def leave_by(
    arrival: int,
    durations_s: npt.NDArray[np.int64],
    moments_s: npt.NDArray[np.int64],
    step_s: int,
    own_s: npt.NDArray[np.int64],
) -> int:
    """Return the latest departure whose arrival is not after a moment: the inverse of `arrive`.

    Examples
    --------
    >>> import numpy as np
    >>> hours, none = (np.array([1200, 2400]), np.array([25200, 28800]), 60), np.zeros((0, 2), int)
    >>> leave_by(27000 + 1800, *hours, none)
    27000
    >>> leave_by(31140, *hours, np.array([[27000, 1200], [27060, 4140]])) // 60 * 60
    27000
    """
    low, high = 0, len(moments_s) - 1
    limit = arrival // step_s * step_s
    if limit < moments_s[0] + durations_s[0]:
        return int(limit - durations_s[0])
    if limit >= moments_s[high] + durations_s[high]:
        return int(limit - durations_s[high])
    while high - low > 1:
        middle = (low + high) // 2
        if moments_s[middle] + durations_s[middle] <= limit:
            low = middle
        else:
            high = middle
    from_s, from_way = moments_s[low], durations_s[low]
    to_s, to_way = moments_s[high], durations_s[high]
    for number in range(len(own_s)):
        moment, way = own_s[number, 0], own_s[number, 1]
        if from_s < moment < to_s:
            if moment + way <= limit:
                from_s, from_way = moment, way
            else:
                to_s, to_way = moment, way
    span = to_s - from_s
    growth = span + to_way - from_way  # not 0: the limit lies between the arrivals
    return int(from_s + (limit - from_s - from_way) * span // growth)


def own_moments(problem: Problem, here: int, there: int) -> npt.NDArray[np.int64]:
    """Return the moments that a way has besides those of all ways, with its travel times then; shape (q, 2)."""
    import numpy as np

    if problem.own_departure_s is None or problem.own_travel_s is None:
        return np.zeros((0, 2), dtype=np.int64)
    return np.stack([problem.own_departure_s[:, here, there], problem.own_travel_s[:, here, there]], axis=1)


def reach(problem: Problem, here: int, there: int, leave: int) -> int:
    """Return the earliest arrival at a place of who leaves another one at a moment (seconds after midnight)."""
    if problem.timed_travel_s is None or problem.departure_s is None:
        return leave + int(problem.travel_s[here, there])
    own = own_moments(problem, here, there)
    return arrive(
        leave, problem.timed_travel_s[:, here, there], problem.departure_s, problem.clock_step_s, own
    )


def set_out(problem: Problem, here: int, there: int, arrival: int) -> int:
    """Return the latest departure from a place that reaches another one by a moment (seconds after midnight)."""
    if problem.timed_travel_s is None or problem.departure_s is None:
        return arrival - int(problem.travel_s[here, there])
    own = own_moments(problem, here, there)
    return leave_by(
        arrival, problem.timed_travel_s[:, here, there], problem.departure_s, problem.clock_step_s, own
    )


def ride(
    hungry: int, arrivals: tuple[int, int], aboard_s: tuple[int, int], lunch: tuple[int, int, int]
) -> tuple[int, int]:
    """Return the earliest arrivals at the end of a way, before lunch and after it, where one may eat on it.

    Parameters
    ----------
    hungry
        Earliest departure before lunch, `NEVER` if that cannot be.
    arrivals
        Earliest arrivals before lunch and after it, of who does not eat on the way.
    aboard_s
        Seconds from leaving to boarding and from landing to arrival; (-1, -1) if nobody can eat on the way.
    lunch
        Duration of the break, first and last moment at which it starts.

    Examples
    --------
    Forty minutes by boat from 11:30, and lunch of an hour aboard, at the mooring in the end:

    >>> ride(41400, (43800, NEVER), (0, 0), (3600, 39600, 46800))[1]
    45000
    """
    before, after = aboard_s
    duration, earliest, latest = lunch
    arrive_hungry, arrive_fed = arrivals
    if before >= 0 and hungry < NEVER:
        begin = max(hungry + before, earliest)
        if begin <= latest:
            arrive_fed = min(arrive_fed, max(arrive_hungry, begin + duration + after))
    return arrive_hungry, arrive_fed


def serve(
    hungry: int,
    fed: int,
    windows: npt.NDArray[np.int64],
    service_s: int,
    lunch: tuple[int, int, int],
) -> tuple[int, int]:
    """Return the earliest departures from a stop, before lunch and after it.

    Waiting is allowed and windows are first-in-first-out, so that of two arrivals in the same state the
    earlier is never worse: the pair (not yet lunched, lunched) says all about the past of a day.

    Parameters
    ----------
    hungry, fed
        Earliest arrivals before lunch and after it, `NEVER` for a state that cannot be.
    windows, service_s
        Of the stop: intervals in which the service may start, and its duration.
    lunch
        Duration of the break, first and last moment at which it starts.

    Returns
    -------
    tuple of int
        Earliest departures not yet lunched and lunched; `NEVER` or later for impossible ones.

    Examples
    --------
    An hour of lunch before a service of half an hour, or after it, from 11:00 at the earliest:

    >>> import numpy as np
    >>> serve(39000, NEVER, np.array([[0, 80000]]), 1800, (3600, 39600, 46800))
    (40800, 44400)
    """
    duration, earliest, latest = lunch
    leave_fed = first_start(windows, fed) + service_s
    if hungry >= NEVER:
        return NEVER, leave_fed
    begin = max(hungry, earliest)
    if begin <= latest:
        leave_fed = min(leave_fed, first_start(windows, begin + duration) + service_s)
    leave_hungry = first_start(windows, hungry) + service_s
    begin = max(leave_hungry, earliest)
    if begin <= latest:
        leave_fed = min(leave_fed, begin + duration)
    return leave_hungry, leave_fed


def schedule(problem: Problem, orders: Sequence[Sequence[int]]) -> list[DayTimes]:
    """Return the clock times of each day for given orders of stops.

    A day leaves at its start, or later where it would only wait at the first stop. Of all places for
    lunch that keep the day feasible the one is taken that costs least idle time and starts nearest to
    11:30-12:15; on arrival rather than after a service, and then the earliest return.

    Parameters
    ----------
    problem
        The arrays; see `routeplanner.planning.problem`.
    orders
        For each day the indices of its stops.

    Returns
    -------
    list of DayTimes
        One a day; `DayTimes.violation` names the first broken rule of an infeasible one.

    Raises
    ------
    ValueError
        If the number of orders is not the number of days.

    Examples
    --------
    An order that reaches a closed door says so:

    >>> from routeplanner.planning.problem import make_problem
    >>> problem = make_problem(travel_s=[[0, 600], [600, 0]], service_s=[1800], prize=[1],
    ...     windows=[[[(30000, 40000)]]], day_start_s=[28800], day_end_s=[61200], origin=[1], destination=[1])
    >>> schedule(problem, [[0]])[0].start_s
    (30000,)
    """
    if len(orders) != problem.n_days:
        raise ValueError(f"{len(orders)} orders for {problem.n_days} days: give one list of stops a day")
    return [_day_times(problem, day, tuple(order)) for day, order in enumerate(orders)]


def _day_times(problem: Problem, day: int, order: tuple[int, ...]) -> DayTimes:
    """Walk the day with its best place for lunch."""
    options = [_walk(problem, day, order, where) for where in _lunch_places(problem, day, order)]
    return _leave_late(problem, day, order, min(options, key=_preference))


def _lunch_places(problem: Problem, day: int, order: tuple[int, ...]) -> Iterator[tuple[int, When] | None]:
    """Places where the break can be, those that a group prefers first."""
    if not order or not problem.lunch[day]:
        yield None
        return
    fit = [position for position, site in enumerate(order) if _eats_at(problem, day, site)]
    yield from ((position, "before") for position in fit)
    yield from ((position, "after") for position in fit)
    if _eats_at(problem, day, int(problem.destination[day])) or not fit:
        yield len(order), "end"
    if problem.aboard_s is not None:
        places = (problem.origin[day], *order, problem.destination[day])
        for position, (a, b) in enumerate(pairwise(places)):
            if problem.aboard_s[a, b, 0] >= 0:
                yield position, "aboard"


def _eats_at(problem: Problem, day: int, place: int) -> bool:
    return problem.lunch_at is None or bool(problem.lunch_at[day, place])


def _preference(times: DayTimes) -> tuple[bool, int, int, int]:
    """Feasible first (of infeasible ones that which came furthest), then a lunch at noon, an early end."""
    if times.violation is not None or times.lunch is None:
        return times.violation is not None, -len(times.end_s), 0, times.arrival_end_s
    early, late = BEST_LUNCH_S
    off = max(early - times.lunch.start_s, times.lunch.start_s - late, 0)
    return False, 0, off + times.waiting_s, times.arrival_end_s


@dataclass(slots=True)
class _Walk:
    """What a walk through one day has seen so far."""

    problem: Problem
    day: int
    now: int
    place: int
    travel_s: int = 0
    arrival_s: list[int] = field(default_factory=list)
    start_s: list[int] = field(default_factory=list)
    end_s: list[int] = field(default_factory=list)
    lunch: Lunch | None = None
    violation: str | None = None

    def sail(self, place: int, position: int) -> None:
        """Travel to a place with the break aboard."""
        aboard = self.problem.aboard_s
        before, after = (0, 0) if aboard is None else aboard[self.place, place].tolist()
        leave = self.now
        self.now += before
        self.eat(position, "aboard")
        landed, self.now = self.now + after, leave
        self.go(place)
        self.now = max(self.now, landed)

    def go(self, place: int) -> None:
        """Travel to a place."""
        leg = int(self.problem.travel_s[self.place, place])
        if leg >= UNREACHABLE:
            names = self.problem.place_ids
            self.blame(f"there is no way from {names[self.place]} to {names[place]}")
        bare = self.place == self.problem.origin[self.day] and place == self.problem.destination[self.day]
        if leg > self.problem.max_leg_s and not bare:
            self.blame(f"the way takes {leg} s, at most {self.problem.max_leg_s} s")
        self.travel_s += leg
        self.now = reach(self.problem, self.place, place, self.now)
        self.place = place

    def visit(self) -> None:
        """Wait for the door to open, and serve."""
        windows = self.problem.windows[self.day, self.place]
        start = first_start(windows, self.now)
        if start >= NEVER:
            self.blame(_closed(self.problem.place_ids[self.place], windows, self.now))
        self.start_s.append(start)
        self.now = start + self.problem.service_on(self.day, self.place)
        self.end_s.append(self.now)

    def eat(self, position: int, when: When) -> None:
        """Take the break here and now, or as soon as it may start."""
        latest = self.problem.lunch_latest_s
        start = max(self.now, self.problem.lunch_earliest_s)
        place = self.place if when != "aboard" else None
        if place is not None and not _eats_at(self.problem, self.day, place):
            self.blame("no stop of the day is one where lunch may be taken")
        if start > latest:
            self.blame(f"lunch would start at {start} s, latest {latest} s")
        self.now = start + self.problem.lunch_s
        self.lunch = Lunch(start, self.now, position, when)

    def blame(self, violation: str) -> None:
        """Keep the first broken rule."""
        self.violation = self.violation or f"day {self.day}: {violation}"


def _walk(problem: Problem, day: int, order: tuple[int, ...], where: tuple[int, When] | None) -> DayTimes:
    """Walk the day from its start with lunch at a given place, as far as the doors are open."""
    departure = int(problem.day_start_s[day])
    walk = _Walk(problem, day, departure, int(problem.origin[day]))
    for position, site in enumerate(order):
        if where == (position, "aboard"):
            walk.sail(site, position)
        else:
            walk.go(site)
        walk.arrival_s.append(walk.now)
        if where == (position, "before"):
            walk.eat(position, "before")
        walk.visit()
        if where == (position, "after"):
            walk.eat(position, "after")
        if walk.violation is not None:
            break
    else:
        if where == (len(order), "aboard"):
            walk.sail(int(problem.destination[day]), len(order))
        else:
            walk.go(int(problem.destination[day]))
    arrival_end = walk.now
    if where is not None and where[1] == "end":
        walk.eat(len(order), "end")
    _limits(walk, len(order))
    return DayTimes(
        departure,
        tuple(walk.arrival_s),
        tuple(walk.start_s),
        tuple(walk.end_s),
        walk.lunch,
        arrival_end,
        walk.travel_s,
        walk.violation,
    )


def _limits(walk: _Walk, stops: int) -> None:
    """Hold the day as a whole against its limits."""
    problem, day = walk.problem, walk.day
    if walk.now > problem.day_end_s[day]:
        walk.blame(f"it ends at {walk.now} s, latest {problem.day_end_s[day]} s")
    if stops > problem.max_stops[day]:
        walk.blame(f"{stops} stops, at most {problem.max_stops[day]}")
    if walk.travel_s > problem.max_travel_s[day]:
        walk.blame(f"{walk.travel_s} s of travel, at most {problem.max_travel_s[day]} s")


def trip_faults(problem: Problem, days: Sequence[Sequence[int]]) -> list[str]:
    """Return the rules that join the days of a trip and that these orders break, in words.

    Excluded pairs, the budget, resources and orders; must-visits and the variety asked for are goals of the
    search, reached as far as they can be.

    Examples
    --------
    >>> from routeplanner.planning.problem import make_problem
    >>> problem = make_problem(travel_s=[[0, 9, 9], [9, 0, 9], [9, 9, 0]], prize=[5, 7], before=[(0, 1)],
    ...     windows=[[[(0, 90)], [(0, 90)]]], day_start_s=[0], day_end_s=[90])
    >>> trip_faults(problem, [[1, 0]])
    ['place 0 comes after place 1']
    """
    names = problem.place_ids
    turn = {site: (day, k) for day, order in enumerate(days) for k, site in enumerate(order)}
    faults = [
        f"{names[a]} and {names[b]} exclude each other"
        for a, b in problem.exclusive.tolist()
        if a != b and a in turn and b in turn
    ]
    pairs = [] if problem.before is None else problem.before.tolist()
    faults += [
        f"{names[a]} comes after {names[b]}"
        for a, b in pairs
        if a in turn and b in turn and turn[a] > turn[b]
    ]
    if problem.resource_use is not None and problem.resource_limit is not None:
        used = problem.resource_use[:, list(turn)].sum(axis=1)
        faults += [
            f"{use} of resource {resource} are used, there are {limit}"
            for resource, (use, limit) in enumerate(zip(used, problem.resource_limit, strict=True))
            if use > limit
        ]
    cost = _thousandths(problem, days)
    if 0 <= 1000 * problem.budget_vnd < cost:
        faults.append(f"costs {cost / 1000:g} VND, the limit is {problem.budget_vnd}")
    return faults


def labels_shown(problem: Problem, days: Sequence[Sequence[int]]) -> int:
    """Return how many of the labels asked for these visits show, those beyond the least number of a kind aside."""
    import numpy as np

    if problem.labels is None or problem.label_kind is None or problem.least_labels is None:
        return 0
    visited = [site for order in days for site in order]
    shown = np.any(problem.labels[:, visited], axis=1)
    counts = np.bincount(problem.label_kind, weights=shown, minlength=len(problem.least_labels))
    return int(np.minimum(counts, problem.least_labels).sum())


def _thousandths(problem: Problem, days: Sequence[Sequence[int]]) -> int:
    """Return all costs in thousandths of a dong."""
    metres = 0
    for day, order in enumerate(days):
        places = int(problem.origin[day]), *order, int(problem.destination[day])
        metres += sum(int(problem.travel_m[a, b]) for a, b in pairwise(places))
    visits = sum(int(problem.cost_vnd[site]) for order in days for site in order)
    return 1000 * (visits + problem.day_cost_vnd * sum(map(bool, days))) + metres * problem.cost_per_km_vnd


def _closed(name: str, windows: npt.NDArray[np.int64], moment: int) -> str:
    last = last_start(windows, NEVER)
    if last == -NEVER:
        return f"{name} is closed"
    return f"{name} is reached at {moment} s, its last start is {last} s"


def _leave_late(problem: Problem, day: int, order: tuple[int, ...], times: DayTimes) -> DayTimes:
    """Leave later where the group would only wait in front of the first stop."""
    if not order or not times.feasible:
        return times
    lunch = times.lunch
    if lunch is not None and (lunch.position, lunch.when) == (0, "aboard"):
        return times
    begin = times.start_s[0]
    if lunch is not None and (lunch.position, lunch.when) == (0, "before"):
        begin = lunch.start_s
    origin = int(problem.origin[day])
    latest = set_out(problem, origin, order[0], begin)
    departure = max(times.departure_s, latest // DEPARTURE_STEP_S * DEPARTURE_STEP_S)
    arrival = reach(problem, origin, order[0], departure)
    return replace(times, departure_s=departure, arrival_s=(arrival, *times.arrival_s[1:]))
