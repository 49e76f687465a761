"""The clock of a day: when a given order of stops arrives, starts, lunches and comes home.

`schedule` is the only place of the planning side that turns orders into times. The functions below it
that walk the clock (`first_start`, `last_start`, `serve`) are plain Python on scalars and arrays;
the search compiles these very functions, so that both mean the same by "feasible".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    import numpy.typing as npt

    from routeplanner.planning.problem import Problem

__all__ = ["DayTimes", "Lunch", "first_start", "last_start", "schedule", "serve"]

NEVER = 1 << 50
"""A moment after all days; its negative lies before all days."""

BEST_LUNCH_S = (11 * 3600 + 1800, 12 * 3600 + 900)
"""Where operators put the lunch: it starts between 11:30 and 12:15 if the day allows."""

DEPARTURE_STEP_S = 300
"""A day that may leave later leaves at a moment that people can remember: whole five minutes."""

When = Literal["before", "after", "end"]


@dataclass(frozen=True, slots=True)
class Lunch:
    """The break of a day.

    Parameters
    ----------
    start_s, end_s
        Seconds after midnight.
    position
        Index of the stop where it is taken; the number of stops for the end place.
    when
        "before" the service of that stop (on arrival), "after" it, or at the "end" place on return.
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
        if self.lunch is None or self.lunch.when == "end":
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


def serve(
    hungry: int,
    fed: int,
    windows: npt.NDArray[np.int64],
    service_s: int,
    lunch_s: int,
    lunch_earliest_s: int,
    lunch_latest_s: int,
) -> tuple[int, int]:
    """Return the earliest departures from a stop, before and after lunch.

    Waiting is allowed and windows are first-in-first-out, so that of two arrivals in the same state the
    earlier is never worse: the pair (not yet lunched, lunched) says all about the past of a day.

    Parameters
    ----------
    hungry, fed
        Earliest arrivals before lunch and after it, `NEVER` for a state that cannot be.
    windows, service_s
        Of the stop: intervals in which the service may start, and its duration.
    lunch_s, lunch_earliest_s, lunch_latest_s
        Duration of the break, first and last moment at which it starts.

    Returns
    -------
    tuple of int
        Earliest departures not yet lunched and lunched; `NEVER` or later for impossible ones.
    """
    leave_fed = first_start(windows, fed) + service_s
    if hungry >= NEVER:
        return NEVER, leave_fed
    lunch = max(hungry, lunch_earliest_s)
    if lunch <= lunch_latest_s:
        leave_fed = min(leave_fed, first_start(windows, lunch + lunch_s) + service_s)
    leave_hungry = first_start(windows, hungry) + service_s
    lunch = max(leave_hungry, lunch_earliest_s)
    if lunch <= lunch_latest_s:
        leave_fed = min(leave_fed, lunch + lunch_s)
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
    """Times of one day with its best place for lunch."""
    options = [_walk(problem, day, order, where) for where in _lunch_places(problem, day, order)]
    return _leave_late(problem, day, order, min(options, key=_preference))


def _lunch_places(problem: Problem, day: int, order: tuple[int, ...]) -> Iterator[tuple[int, When] | None]:
    """Places where the break can be, those that a group prefers first."""
    if not order or not problem.lunch[day]:
        yield None
        return
    yield from ((position, "before") for position in range(len(order)))
    yield from ((position, "after") for position in range(len(order)))
    yield len(order), "end"


def _preference(times: DayTimes) -> tuple[bool, int, int, int]:
    """Feasible first (of infeasible ones that which came furthest), then a lunch at noon, an early end."""
    if times.violation is not None or times.lunch is None:
        return times.violation is not None, -len(times.end_s), 0, times.arrival_end_s
    early, late = BEST_LUNCH_S
    off = max(early - times.lunch.start_s, times.lunch.start_s - late, 0)
    return False, 0, off + times.waiting_s, times.arrival_end_s


class _Clock:
    """A walk through one day."""

    def __init__(self, problem: Problem, day: int) -> None:
        self.problem, self.day = problem, day
        self.now = int(problem.day_start_s[day])
        self.lunch: Lunch | None = None
        self.violation: str | None = None

    def eat(self, position: int, when: When) -> None:
        """Take the break here and now, or as soon as it may start."""
        problem = self.problem
        start = max(self.now, problem.lunch_earliest_s)
        if start > problem.lunch_latest_s and self.violation is None:
            self.violation = f"day {self.day}: lunch would start at {start} s, latest {problem.lunch_latest_s} s"
        self.now = start + problem.lunch_s
        self.lunch = Lunch(start, self.now, position, when)


def _walk(problem: Problem, day: int, order: tuple[int, ...], where: tuple[int, When] | None) -> DayTimes:
    """Walk the day from its start with lunch at a given place."""
    clock = _Clock(problem, day)
    place, travel = int(problem.origin[day]), 0
    departure = clock.now
    arrivals: list[int] = []
    starts: list[int] = []
    ends: list[int] = []
    for position, site in enumerate(order):
        leg = int(problem.travel_s[place, site])
        travel += leg
        clock.now += leg
        arrival = clock.now
        if where == (position, "before"):
            clock.eat(position, "before")
        start = first_start(problem.windows[day, site], clock.now)
        if start >= NEVER:
            clock.violation = clock.violation or _closed(problem, day, site, clock.now)
            return _times(clock, departure, (arrivals, starts, ends), travel)
        arrivals.append(arrival)
        starts.append(start)
        clock.now = start + int(problem.service_s[site])
        ends.append(clock.now)
        if where == (position, "after"):
            clock.eat(position, "after")
        place = site
    leg = int(problem.travel_s[place, problem.destination[day]])
    clock.now += leg
    times = _times(clock, departure, (arrivals, starts, ends), travel + leg)
    return _judge(problem, day, order, times, clock, where)


def _times(clock: _Clock, departure: int, lists: tuple[list[int], list[int], list[int]], travel: int) -> DayTimes:
    arrivals, starts, ends = (tuple(values) for values in lists)
    return DayTimes(departure, arrivals, starts, ends, clock.lunch, clock.now, travel, clock.violation)


def _judge(
    problem: Problem, day: int, order: tuple[int, ...], times: DayTimes, clock: _Clock, where: tuple[int, When] | None
) -> DayTimes:
    """Add the break at the end place, and the first broken rule of the day as a whole."""
    if where is not None and where[1] == "end":
        clock.eat(len(order), "end")
    violation = clock.violation or _broken(problem, day, len(order), times.travel_s, clock.now)
    return DayTimes(
        times.departure_s,
        times.arrival_s,
        times.start_s,
        times.end_s,
        clock.lunch,
        times.arrival_end_s,
        times.travel_s,
        violation,
    )


def _broken(problem: Problem, day: int, stops: int, travel: int, finish: int) -> str | None:
    if finish > problem.day_end_s[day]:
        return f"day {day}: ends at {finish} s, latest {problem.day_end_s[day]} s"
    if stops > problem.max_stops[day]:
        return f"day {day}: {stops} stops, at most {problem.max_stops[day]}"
    if travel > problem.max_travel_s[day]:
        return f"day {day}: {travel} s of travel, at most {problem.max_travel_s[day]} s"
    return None


def _closed(problem: Problem, day: int, site: int, moment: int) -> str:
    last = last_start(problem.windows[day, site], NEVER)
    name = problem.place_ids[site]
    if last == -NEVER:
        return f"day {day}: {name} is closed"
    return f"day {day}: {name} is reached at {moment} s, its last start is {last} s"


def _leave_late(problem: Problem, day: int, order: tuple[int, ...], times: DayTimes) -> DayTimes:
    """Leave later where the group would only wait in front of the first stop."""
    if not order or not times.feasible:
        return times
    lunch = times.lunch
    begin = times.start_s[0]
    if lunch is not None and (lunch.position, lunch.when) == (0, "before"):
        begin = lunch.start_s
    latest = times.departure_s + begin - times.arrival_s[0]
    departure = max(times.departure_s, latest // DEPARTURE_STEP_S * DEPARTURE_STEP_S)
    arrival = departure + int(problem.travel_s[problem.origin[day], order[0]])
    return DayTimes(
        departure,
        (arrival, *times.arrival_s[1:]),
        times.start_s,
        times.end_s,
        lunch,
        times.arrival_end_s,
        times.travel_s,
        times.violation,
    )
