"""The arrays of a problem as the kernels read them, and the state of a search on them."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from routeplanner.planning.problem import NO_GROUP, UNREACHABLE, quickest_s
from routeplanner.planning.schedule import NEVER

if TYPE_CHECKING:
    import numpy.typing as npt

    from routeplanner.planning.problem import Problem
    from routeplanner.planning.search._compile import Ints, Records

__all__ = ["ROUTE", "STOP", "WORTH_ONE", "State", "Trip", "law_faults", "prepare", "timed_faults"]

WORTH_ONE = 1 << 20
"""Worth of a first visit: values inside the search are prizes times this, so that sums are exact."""

FAR = 1 << 28
"""Three of these fit into 32 bits."""

MOST_STOPS = 700
"""Sites up to which each is tried as a stop that shortens a way."""

NEIGHBOURS = 200
"""How many neighbours of a site its list holds."""

WAIT_SHARE = 0.4
"""What a second of waiting counts against one of travel where sites are neighbours."""


def _record(*names: str) -> np.dtype[np.void]:
    return np.dtype([(name, np.int64) for name in names])


# Fields that are read together lie together: kernels with few arguments compile faster, too.
SITE = _record("service", "prize", "cost", "group", "must", "rivals", "rivals_end", "ordered")
DAY = _record(
    "start", "end", "origin", "destination", "max_stops", "max_travel", "has_lunch", "plain", "kind"
)
STOP = _record("place", "hungry", "fed", "late_hungry", "late_fed")
ROUTE = _record("length", "travel", "metres", "finish", "version", "worth", "musts")


class Trip(NamedTuple):
    """A problem, with what can be worked out once. Costs are in thousandths of a dong."""

    travel: Ints  # (p, p) what counts for limits of travel
    least: Ints  # (p, p) least seconds of a way at any time of day
    timed: Ints  # (p, p, k) seconds of a way by moment of leaving, or (0, 0, 0) where they do not change
    moments: Ints  # (k,) of leaving
    own: Ints  # (p, p, q, 2) moments that a way has besides, -1 for none, and its seconds then; q may be 0
    step: int  # seconds to which timed arrivals are rounded up
    skips: int  # 1 if a day stays feasible when a stop is left out
    metres: Ints  # (p, p)
    aboard: Ints  # (p, p, 2) as in the problem, or (0, 0, 0) where nobody can eat on a way
    sites: Records  # (n,) of SITE
    days: Records  # (d,) of DAY
    windows: Ints  # (d, n, w, 2)
    last: Ints  # (d, n) last start, -NEVER if closed or never in reach
    near: Ints  # (n, k) other sites by distance
    members: Ints  # sites by group, within a group by falling prize
    groups: Ints  # (g, 2) slice of members
    rivals: Ints  # sites that exclude another, by that other
    candidates: Ints  # sites that can be visited and are worth it
    worth: Ints  # worth of the q-th visit of a group, in units of 1 / WORTH_ONE
    lunch: tuple[int, int, int]  # duration, first and last start
    day_cost: int
    per_metre: int
    budget: int  # NEVER without a limit
    use: Ints  # (n, r) what a visit takes of each resource
    limit: Ints  # (r,)
    before: Ints  # (x, 2) the first comes before the second
    labels: Ints  # (l, n) 1 where a site shows a label
    label_kind: Ints  # (l,)
    least_labels: Ints  # (k,)
    meals: Ints  # (d, p) 1 where lunch may be, or (0, 0) where it may be anywhere
    nights: Ints  # (d - 1, h) places where each night may be spent, -1 for none; (0, 0) where that is given
    quickest: int  # least service duration of a candidate


class State(NamedTuple):
    """Days as routes with terminals at both ends.

    By position (STOP): the place, the earliest departures before and after lunch, and the latest arrivals
    before and after lunch from which the rest of the day can be kept. By day (ROUTE): the number of stops,
    travel, metres, the arrival at the end (NEVER if the day is infeasible), a number that stands for
    the content of the day, what its stops without a group are worth, and its must-visits.
    """

    stops: Records  # (d, cap)
    routes: Records  # (d,)
    where: Ints  # (n,) day or -1


def prepare(problem: Problem) -> Trip:
    """Work out what the kernels need."""
    n = problem.n_sites
    groups, members = _groups(problem)
    starts, rivals = _rivals(problem)
    sites = np.zeros(n, SITE)
    sites["service"], sites["prize"], sites["group"] = problem.service_s, problem.prize, problem.group
    sites["cost"], sites["must"] = problem.cost_vnd * 1000, problem.must
    sites["rivals"], sites["rivals_end"] = starts[:-1], starts[1:]
    if problem.before is not None:
        sites["ordered"][problem.before.reshape(-1)] = 1
    timed, moments = _timed(problem)
    aboard = _aboard(problem)
    travel = _short_ways(problem)
    timed = np.where((travel >= UNREACHABLE)[..., None], UNREACHABLE, timed) if len(moments) else timed
    least = np.minimum(quickest_s(problem), travel) if len(moments) else travel
    least = np.where(travel >= UNREACHABLE, UNREACHABLE, least)
    direct = len(moments) == 0 and problem.max_leg_s >= UNREACHABLE - 1 and _no_stop_pays(problem, travel)
    skips = direct and len(aboard) == 0 and problem.lunch_at is None
    last = _last_starts(problem, least, skips=direct and problem.nights is None)
    wanted = (last > -NEVER).any(axis=0) & (problem.must | (problem.prize > 0))
    return Trip(
        travel=travel,
        least=least,
        timed=timed,
        moments=moments,
        own=_own(problem, travel),
        step=int(problem.clock_step_s),
        skips=int(skips),
        metres=np.ascontiguousarray(problem.travel_m, np.int64),
        aboard=aboard,
        sites=sites,
        days=_days(problem, last),
        windows=np.ascontiguousarray(problem.windows, np.int64),
        last=last,
        near=_near(problem),
        members=members,
        groups=groups,
        rivals=rivals,
        candidates=np.flatnonzero(wanted).astype(np.int64),
        worth=np.array([round(WORTH_ONE * problem.repeat_worth**q) for q in range(n + 2)], np.int64),
        lunch=(int(problem.lunch_s), int(problem.lunch_earliest_s), int(problem.lunch_latest_s)),
        day_cost=int(problem.day_cost_vnd) * 1000,
        per_metre=int(problem.cost_per_km_vnd),
        budget=int(problem.budget_vnd) * 1000 if problem.budget_vnd >= 0 else NEVER,
        use=_array(None if problem.resource_use is None else problem.resource_use.T, (n, 0)),
        limit=_array(problem.resource_limit, (0,)),
        before=_array(problem.before, (0, 2)),
        labels=_array(problem.labels, (0, n)),
        label_kind=_array(problem.label_kind, (0,)),
        least_labels=_array(problem.least_labels, (0,)),
        meals=_array(problem.lunch_at, (0, 0)),
        nights=_array(problem.nights, (0, 0)),
        quickest=int(problem.service_s[wanted].min(initial=NEVER)),
    )


def law_faults(problem: Problem) -> list[str]:
    """Return what is wrong with the shapes of the rules that join days: kernels do not look."""
    n, places, given = problem.n_sites, len(problem.place_ids), {}
    if (problem.resource_use is None) != (problem.resource_limit is None):
        return ["give resource_use and resource_limit together, or neither"]
    if (problem.labels is None) != (problem.least_labels is None or problem.label_kind is None):
        return ["give labels, label_kind and least_labels together, or none of them"]
    if problem.lunch_at is not None and problem.aboard_s is not None:
        return ["lunch_at and aboard_s exclude each other"]
    if problem.resource_use is not None and problem.resource_limit is not None:
        given["resource_use"] = (len(problem.resource_limit), n)
    if problem.before is not None:
        given["before"] = (len(problem.before), 2)
    if problem.labels is not None and problem.label_kind is not None:
        given["labels"] = (len(problem.label_kind), n)
    if problem.lunch_at is not None:
        given["lunch_at"] = (problem.n_days, places)
    return [
        f"{name} has shape {np.shape(getattr(problem, name))}, give {shape}"
        for name, shape in given.items()
        if np.shape(getattr(problem, name)) != shape
    ]


def _array(values: npt.NDArray[Any] | None, empty: tuple[int, ...]) -> Ints:
    """Return an array for kernels, one of the empty shape where there is none."""
    return np.zeros(empty, np.int64) if values is None else np.ascontiguousarray(values, np.int64)


def _short_ways(problem: Problem) -> Ints:
    """Return travel times, `UNREACHABLE` where a way is longer than one may be; bare ways of days may be."""
    travel = np.ascontiguousarray(problem.travel_s, np.int64)
    if problem.max_leg_s >= UNREACHABLE - 1:
        return travel
    short = np.where(travel > problem.max_leg_s, UNREACHABLE, travel)
    if problem.nights is None:
        ends = problem.origin, problem.destination
        short[ends] = travel[ends]
        return short
    rows = [problem.origin[:1], *(row[row >= 0] for row in problem.nights), problem.destination[-1:]]
    for here, there in pairwise(rows):
        short[np.ix_(here, there)] = travel[np.ix_(here, there)]
    return short


def _no_stop_pays(problem: Problem, travel: Ints) -> bool:
    """Whether a way is never longer than over a stop with its service, so that any stop can be left out of a day.

    Of very many sites that is not known, as looking would take minutes: their bounds do without it.
    """
    n = problem.n_sites
    if n > MOST_STOPS:
        return False
    service = (
        problem.service_s.min(axis=0, initial=NEVER) if problem.service_s.ndim > 1 else problem.service_s
    )
    ways, stays = (np.minimum(table, FAR).astype(np.int32) for table in (travel, service))
    onward, over = ways[:n] + stays[:, None], np.empty_like(ways)
    return not any((np.add(ways[:, [stop]], onward[stop], out=over) < ways).any() for stop in range(n))


def timed_faults(problem: Problem) -> list[str]:
    """Return what is wrong with the travel times by moment: kernels do not look."""
    moments, timed = problem.departure_s, problem.timed_travel_s
    if moments is None and timed is None:
        return []
    if moments is None or timed is None:
        return ["give departure_s and timed_travel_s together, or neither"]
    places = len(problem.place_ids)
    shape = len(moments), places, places
    if timed.shape != shape or len(moments) == 0 or (np.diff(moments) <= 0).any():
        return [f"timed_travel_s has shape {timed.shape}, give {shape} with ascending departure_s"]
    if (own := _own_fault(problem, shape[1:])) is not None:
        return [own]
    early = np.diff(moments)[:, None, None] + np.diff(timed, axis=0) < 0
    if early.any():
        moment, here, there = (int(index[0]) for index in np.nonzero(early))
        return [
            (
                f"timed_travel_s: who leaves place {here} for place {there} at {moments[moment + 1]} arrives before "
                f"who left at {moments[moment]}; {int(early.sum())} such, give times with which nobody overtakes"
            )
        ]
    return [] if problem.clock_step_s >= 1 else [f"clock_step_s is {problem.clock_step_s}, give 1 or more"]


def _aboard(problem: Problem) -> Ints:
    if problem.aboard_s is None or not (problem.aboard_s[..., 0] >= 0).any():
        return np.zeros((0, 0, 0), np.int64)
    return np.ascontiguousarray(problem.aboard_s, np.int64)


def _own_fault(problem: Problem, places: tuple[int, ...]) -> str | None:
    """Return what is wrong with the moments that ways have besides."""
    moments, seconds = problem.own_departure_s, problem.own_travel_s
    if moments is None and seconds is None:
        return None
    if moments is None or seconds is None or moments.shape != seconds.shape or moments.shape[1:] != places:
        return f"give own_departure_s and own_travel_s together, both of shape (q, {places[0]}, {places[1]})"
    later = (moments[1:] >= 0) & ((moments[1:] <= moments[:-1]) | (np.diff(moments + seconds, axis=0) < 0))
    return "own_departure_s is not ascending, or own_travel_s lets one overtake" if later.any() else None


def _timed(problem: Problem) -> tuple[Ints, Ints]:
    """Return travel times by pair and moment, and the moments; those of a pair lie together."""
    if problem.timed_travel_s is None or problem.departure_s is None:
        return np.zeros((0, 0, 0), np.int64), np.zeros(0, np.int64)
    timed = np.ascontiguousarray(np.moveaxis(problem.timed_travel_s, 0, 2), np.int64)
    return timed, np.ascontiguousarray(problem.departure_s, np.int64)


def _own(problem: Problem, travel: Ints) -> Ints:
    """Return the moments that ways have besides, and their seconds then, those of a pair together."""
    if problem.timed_travel_s is None or problem.own_departure_s is None or problem.own_travel_s is None:
        places = 0 if problem.timed_travel_s is None else len(problem.place_ids)
        return np.zeros((places, places, 0, 2), np.int64)
    both = np.stack([problem.own_departure_s, problem.own_travel_s])
    both[:, :, travel >= UNREACHABLE] = -1
    return np.ascontiguousarray(np.moveaxis(both, (2, 3, 1, 0), (0, 1, 2, 3)), np.int64)


def _days(problem: Problem, last: Ints) -> Records:
    days = np.zeros(problem.n_days, DAY)
    days["start"], days["end"] = problem.day_start_s, problem.day_end_s
    days["origin"], days["destination"] = problem.origin, problem.destination
    days["max_stops"] = np.minimum(problem.max_stops, problem.n_sites)
    days["max_travel"], days["has_lunch"] = problem.max_travel_s, problem.lunch
    simple = (
        problem.windows.shape[2] == 1
        and problem.timed_travel_s is None
        and np.size(_array(problem.before, (0, 2))) == 0
    )
    days["plain"] = ~problem.lunch & simple
    days["kind"] = _kinds(problem, days, last)
    return days


def _kinds(problem: Problem, days: Records, last: Ints) -> list[int]:
    """Return the first day that is like each day: any route of the one is one of the other."""
    windows = np.where((last > -NEVER)[:, :, None, None], problem.windows, 0)
    limits = [name for name in DAY.names or () if name not in {"origin", "destination", "kind"}]
    keys = [
        (*days[day][limits].tolist(), windows[day].tobytes(), *_ends(problem, day))
        for day in range(problem.n_days)
    ]
    return [keys.index(key) for key in keys]


def _ends(problem: Problem, day: int) -> list[bytes]:
    """Return all ways to and from the terminals of a day, and where its lunch may be."""
    n, origin, destination = problem.n_sites, int(problem.origin[day]), int(problem.destination[day])
    meals = [] if problem.lunch_at is None else [problem.lunch_at[day].tobytes()]
    if problem.nights is not None:  # the ways depend on nights that are still to be chosen
        return [*meals, origin.to_bytes(8), destination.to_bytes(8)]
    tables = [problem.travel_s, problem.travel_m]
    for timed in (problem.timed_travel_s, problem.own_departure_s, problem.own_travel_s):
        tables += [] if timed is None else list(timed)
    tables += [] if problem.aboard_s is None else [problem.aboard_s[..., 0], problem.aboard_s[..., 1]]
    return meals + [
        part.tobytes()
        for table in tables
        for part in (table[origin, :n], table[:n, destination], table[origin, destination])
    ]


def _groups(problem: Problem) -> tuple[Ints, Ints]:
    """Sites by group, the most valued first."""
    count = int(problem.group.max(initial=NO_GROUP)) + 1
    order = np.lexsort((np.arange(problem.n_sites), -problem.prize, problem.group))
    members = order[problem.group[order] != NO_GROUP].astype(np.int64)
    starts = np.searchsorted(problem.group[members], np.arange(count + 1)).astype(np.int64)
    return np.column_stack([starts[:-1], starts[1:]]), members


def _rivals(problem: Problem) -> tuple[Ints, Ints]:
    """Sites that exclude each site, one list behind the other."""
    both = np.concatenate([problem.exclusive, problem.exclusive[:, ::-1]]).astype(np.int64)
    both = np.unique(both[both[:, 0] != both[:, 1]], axis=0)
    starts = np.searchsorted(both[:, 0], np.arange(problem.n_sites + 1)).astype(np.int64)
    return starts, np.ascontiguousarray(both[:, 1])


def _last_starts(problem: Problem, least: Ints, *, skips: bool) -> Ints:
    """Last start by day and site, -NEVER where the site cannot be visited even alone and without lunch.

    Where a way over other stops may be quicker than the direct one (`skips` is false), only the shortest way
    from anywhere and to anywhere counts.
    """
    n = problem.n_sites
    opening, closing = problem.windows[..., 0], problem.windows[..., 1]
    used = opening <= closing
    last = np.where(used, closing, -NEVER).max(axis=2, initial=-NEVER)
    if skips:
        inward, onward = least[problem.origin][:, :n], least[:n, problem.destination].T
    else:
        apart = least + np.where(np.eye(len(least), dtype=np.bool_), NEVER, 0)
        inward, onward = apart.min(axis=0)[:n], apart.min(axis=1)[:n]
    arrival = problem.day_start_s[:, None] + np.broadcast_to(inward, last.shape)
    start = np.where(used & (closing >= arrival[..., None]), np.maximum(opening, arrival[..., None]), NEVER)
    back = start.min(axis=2, initial=NEVER) + problem.service_s + onward
    reachable = (back <= problem.day_end_s[:, None]) & (problem.max_stops[:, None] > 0)
    return np.where(reachable, last, -NEVER).astype(np.int64)


def _near(problem: Problem) -> Ints:
    """Other sites by the time of the way there and back, and a share of the wait that none can avoid."""
    n = problem.n_sites
    opening, closing = problem.windows[..., 0], problem.windows[..., 1]
    used = opening <= closing
    first = np.where(used, opening, NEVER).min(axis=(0, 2), initial=NEVER)
    leave = np.where(used, closing, -NEVER).max(axis=(0, 2), initial=-NEVER) + problem.service_s
    there = problem.travel_s[:n, :n]
    wait = np.clip(first[None, :] - leave[:, None] - there, 0, UNREACHABLE)
    way = there + there.T + WAIT_SHARE * np.minimum(wait, wait.T)
    way = way + np.where(np.eye(n, dtype=np.bool_), float(NEVER), 0.0)
    return np.ascontiguousarray(np.argsort(way, axis=1, kind="stable")[:, : min(n - 1, NEIGHBOURS)], np.int64)
