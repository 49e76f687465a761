"""Ways on the clock: each stretch driven at the speed of the minute at which it is driven."""

from __future__ import annotations

import heapq
from bisect import bisect_right
from dataclasses import replace
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from routeplanner.network.traffic import AT_ALL_HOURS, DAY_S, Conditions

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from routeplanner.network.traffic import Traffic
    from routeplanner.network.travel import PathLeg, RoadRouter

__all__ = ["Hours", "at_that_hour", "between", "departures", "timed_legs", "walked_legs", "whole_minutes"]

_RIDES = frozenset({"coach", "car", "motorbike"})
_LEADS_MIN = (120, 90, 60, 45, 30, 20, 15, 10, 5)
_DAYS_AHEAD = 4  # a way of the region takes hours; a ban may hold it up until the next day


def departures(starts: Sequence[int]) -> tuple[int, ...]:
    """Return the moments for which tables are made: each change of traffic, and some before it, closer and closer.

    Examples
    --------
    >>> departures((0, 3600))
    (0, 900, 1800, 2400, 2700, 3000, 3300, 3600)
    """
    found = {0}
    for before, start in pairwise(starts):
        found |= {start, *(m for lead in _LEADS_MIN if (m := start - 60 * lead) > before)}
    return tuple(sorted(found))


def between(
    second: int,
    moments: Sequence[int],
    table: Callable[[int], NDArray[np.int64]],
    own: tuple[NDArray[np.int64], NDArray[np.int64]] | None = None,
) -> NDArray[np.int64]:
    """Return whole minutes, in seconds, of who leaves at a second: arrivals are linear between two moments.

    `table` gives the seconds of who leaves at a moment, -1 where there is no way; they are rounded up to minutes.
    `own` gives moments that some ways have besides, -1 for none, and the seconds then, both of shape (q, n, n).
    """
    import numpy as np

    i = bisect_right(moments, second) - 1
    low = whole_minutes(table(moments[i]))
    if second == moments[i] or i + 1 == len(moments):
        return low
    high = whole_minutes(table(moments[i + 1]))
    from_s, to_s = np.full(low.shape, moments[i]), np.full(low.shape, moments[i + 1])
    for at, taken in zip(*own, strict=True) if own is not None else ():
        before, after = (from_s < at) & (at <= second), (second < at) & (at < to_s)
        from_s, low = np.where(before, at, from_s), np.where(before, taken, low)
        to_s, high = np.where(after, at, to_s), np.where(after, taken, high)
    span, past = to_s - from_s, second - from_s
    growth = span + high - low
    arrival = from_s + low - (-growth * past // span)
    return np.where(low < 0, -1, -(-arrival // 60) * 60 - second)


def whole_minutes(seconds: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return seconds rounded up to whole minutes, -1 for no way."""
    import numpy as np

    return np.where(seconds < 0, -1, -(-seconds // 60) * 60)


def at_that_hour(legs: Sequence[PathLeg], total_s: int) -> tuple[PathLeg, ...]:
    """Return legs whose durations sum to `total_s`: what is lost or won on the way falls to the rides.

    Without a ride there is only the rounding to minutes, which falls to the last leg.
    """
    rides = [leg.duration_s if leg.mode in _RIDES else 0 for leg in legs]
    if not any(rides):
        rides[-1] = 1
    extra_s, driven_s = total_s - sum(leg.wait_s + leg.duration_s for leg in legs), sum(rides)
    shares = [extra_s * done // driven_s for done in accumulate(rides, initial=0)]
    return tuple(
        replace(leg, duration_s=leg.duration_s + there - here)
        for leg, (here, there) in zip(legs, pairwise(shares), strict=True)
    )


class Hours:
    """Conditions one after another from midnight of the day of departure, in milliseconds."""

    def __init__(self, traffic: Traffic | None, vehicle: str, weekday: int, *, seats: int) -> None:
        self.starts: list[float] = [] if traffic is not None else [0.0]
        self.conditions: list[Conditions] = [] if traffic is not None else [AT_ALL_HOURS]
        for ahead in range(_DAYS_AHEAD if traffic is not None else 0):
            day = (weekday + ahead) % 7
            for second in traffic.starts(vehicle, day, seats=seats):  # type: ignore[union-attr]
                self.starts.append((ahead * DAY_S + second) * 1000.0)
                self.conditions.append(traffic.at(vehicle, day, second, seats=seats))  # type: ignore[union-attr]
        self.ends = [*self.starts[1:], float("inf")]

    def over_periods(
        self, depart_s: int, table: Callable[[Conditions], NDArray[np.int64]]
    ) -> NDArray[np.int64]:
        """Return seconds from a moment, each way covered by shares of what it takes in every period.

        `table` gives the seconds under fixed conditions, -1 where there is no way: then nothing is covered
        until conditions change.
        """
        import numpy as np

        i = bisect_right(self.starts, depart_s * 1000.0) - 1
        at_s = float(depart_s)
        left: NDArray[np.float64] | None = None
        while True:
            whole = table(self.conditions[i]).astype(float)
            if left is None:
                left, spent, done = np.ones(whole.shape), np.zeros(whole.shape), whole == 0
            lasts_s = self.ends[i] / 1000.0 - at_s
            need = np.where(whole >= 0, left * whole, np.inf)
            ends = ~done & np.isfinite(need) & (need <= lasts_s)
            spent[ends] += need[ends]
            done |= ends
            if done.all() or i + 1 == len(self.starts):
                return np.where(done, np.ceil(np.round(spent, 6)), -1).astype(np.int64)
            going = ~done
            spent[going] += lasts_s
            moving = going & (whole > 0)
            left[moving] -= lasts_s / whole[moving]
            at_s, i = self.ends[i] / 1000.0, i + 1

    def crossed(self, at_ms: float, base_ms: float, *, urban: bool, banned_by: Sequence[int]) -> float:
        """Return when a stretch begun at a moment is behind one.

        `base_ms` is its time at the table's speed. A stretch under a ban is begun when the ban ends; one that
        is under way when a ban begins is finished. Infinite where a ban lasts for days.
        """
        i = bisect_right(self.starts, at_ms) - 1
        while banned_by and set(banned_by) & set(self.conditions[i].bans):
            if i + 1 == len(self.starts):
                return float("inf")
            at_ms = self.ends[i]
            i += 1
        left_ms = base_ms
        while True:
            now = self.conditions[i]
            share = now.urban if urban else now.rural
            if left_ms <= (self.ends[i] - at_ms) * share:
                return at_ms + left_ms / share
            left_ms -= (self.ends[i] - at_ms) * share
            at_ms = self.ends[i]
            i += 1


def timed_legs(router: RoadRouter, a: int, b: int, *, weekday: int, depart_s: int) -> tuple[PathLeg, ...]:
    """Return the legs of the way from place a to place b that arrives first, empty where there is none.

    Dijkstra's method over moments: right because no stretch lets who begins later end earlier.

    Parameters
    ----------
    router
        The router of the vehicle at the table's speeds.
    a, b
        Positions of the places.
    weekday, depart_s
        0 for Monday to 6 for Sunday, and seconds after midnight.
    """
    import numpy as np

    seats = router.ground.speeds.modes[router.vehicle].seats
    hours = Hours(router.ground.traffic, router.vehicle, weekday, seats=seats)
    stretches = router.stretches
    source, goal = router.node_of(a), router.node_of(b)
    best = {source: depart_s * 1000.0}
    by: dict[int, int] = {}
    done: set[int] = set()
    queue = [(depart_s * 1000.0, source)]
    while queue:
        at_ms, node = heapq.heappop(queue)
        if node in done:
            continue
        done.add(node)
        if node == goal:
            break
        for arc in stretches.leaving(node):
            other, base_ms = stretches.head[arc], stretches.ms[arc]
            if stretches.slowed[arc]:
                arrives = hours.crossed(
                    at_ms, base_ms, urban=stretches.urban[arc], banned_by=stretches.bans.get(arc, ())
                )
            else:
                arrives = at_ms + base_ms
            if arrives < best.get(other, float("inf")):
                best[other], by[other] = arrives, arc
                heapq.heappush(queue, (arrives, other))
    if goal not in done:
        return ()
    way = []
    while goal != source:
        way.append(by[goal])
        goal = stretches.tail[by[goal]]
    way.reverse()
    clock = np.array([depart_s * 1000.0, *(best[stretches.head[arc]] for arc in way)])
    return router.legs(way, clock - depart_s * 1000.0)


def walked_legs(
    router: RoadRouter, way: Sequence[int], hours: Hours, *, depart_s: int
) -> tuple[PathLeg, ...]:
    """Return the legs of a way, given by its arcs, driven from a moment on."""
    import numpy as np

    stretches, clock = router.stretches, [depart_s * 1000.0]
    for arc in way:
        at_ms, base_ms = clock[-1], stretches.ms[arc]
        clock.append(
            hours.crossed(at_ms, base_ms, urban=stretches.urban[arc], banned_by=stretches.bans.get(arc, ()))
            if stretches.slowed[arc]
            else at_ms + base_ms
        )
    return router.legs(way, np.array(clock) - depart_s * 1000.0)
