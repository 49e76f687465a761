"""The arrays of a problem as the kernels read them, and the state of a search on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from routeplanner.planning.problem import NO_GROUP
from routeplanner.planning.schedule import NEVER
from routeplanner.planning.search._compile import Flags, Ints

if TYPE_CHECKING:
    from routeplanner.planning.problem import Problem

__all__ = ["WORTH_ONE", "State", "Trip", "prepare"]

WORTH_ONE = 1 << 20
"""Worth of a first visit: values inside the search are prizes times this, so that sums are exact."""

NEIGHBOURS = 200
"""How many neighbours of a site its list holds."""


class Trip(NamedTuple):
    """A problem, with what can be worked out once. Costs are in thousandths of a dong."""

    travel: Ints  # (p, p)
    metres: Ints  # (p, p)
    service: Ints  # (n,)
    prize: Ints  # (n,)
    cost: Ints  # (n,)
    group: Ints  # (n,)
    members: Ints  # (n,) sites by group, within a group by falling prize
    member_start: Ints  # (g + 1,)
    worth: Ints  # worth of the q-th visit of a group
    must: Flags  # (n,)
    rivals: Ints  # sites that exclude another, by that other
    rival_start: Ints  # (n + 1,)
    windows: Ints  # (d, n, w, 2)
    last: Ints  # (d, n) last start, -NEVER if closed or never in reach
    near: Ints  # (n, k) other sites by distance
    candidates: Ints  # sites that can be visited and are worth it
    day_start: Ints
    day_end: Ints
    origin: Ints
    destination: Ints
    max_stops: Ints
    max_travel: Ints
    has_lunch: Flags
    lunch: tuple[int, int, int]
    day_cost: int
    per_metre: int
    budget: int  # NEVER without a limit


class State(NamedTuple):
    """Routes with terminals at both ends, and per position what an insertion test needs."""

    route: Ints  # (d, cap) places
    length: Ints  # (d,) stops
    where: Ints  # (n,) day or -1
    hungry: Ints  # (d, cap) earliest departure before lunch
    fed: Ints  # (d, cap) earliest departure after lunch
    late_hungry: Ints  # (d, cap) latest arrival before lunch from which the day can be finished
    late_fed: Ints  # (d, cap) latest arrival after lunch
    travel: Ints  # (d,)
    metres: Ints  # (d,)
    finish: Ints  # (d,) arrival at the end, NEVER or later if the day is infeasible
    version: Ints  # (d + 1,) number of the content of each day, and the last number given
    dead: Ints  # (n, d) version of the day at which the site fits nowhere


def prepare(problem: Problem) -> Trip:
    """Work out what the kernels need."""
    n = problem.n_sites
    starts, members = _groups(problem)
    rival_start, rivals = _rivals(problem)
    last = _last_starts(problem)
    wanted = (last > -NEVER).any(axis=0) & (problem.must | (problem.prize > 0))
    limited = problem.budget_vnd >= 0
    return Trip(
        travel=np.ascontiguousarray(problem.travel_s, np.int64),
        metres=np.ascontiguousarray(problem.travel_m, np.int64),
        service=np.ascontiguousarray(problem.service_s, np.int64),
        prize=np.ascontiguousarray(problem.prize, np.int64),
        cost=np.ascontiguousarray(problem.cost_vnd, np.int64) * 1000,
        group=np.ascontiguousarray(problem.group, np.int64),
        members=members,
        member_start=starts,
        worth=np.array([round(WORTH_ONE * problem.repeat_worth**q) for q in range(n + 2)], np.int64),
        must=np.ascontiguousarray(problem.must, np.bool_),
        rivals=rivals,
        rival_start=rival_start,
        windows=np.ascontiguousarray(problem.windows, np.int64),
        last=last,
        near=_near(problem),
        candidates=np.flatnonzero(wanted).astype(np.int64),
        day_start=np.ascontiguousarray(problem.day_start_s, np.int64),
        day_end=np.ascontiguousarray(problem.day_end_s, np.int64),
        origin=np.ascontiguousarray(problem.origin, np.int64),
        destination=np.ascontiguousarray(problem.destination, np.int64),
        max_stops=np.minimum(np.ascontiguousarray(problem.max_stops, np.int64), n),
        max_travel=np.ascontiguousarray(problem.max_travel_s, np.int64),
        has_lunch=np.ascontiguousarray(problem.lunch, np.bool_),
        lunch=(int(problem.lunch_s), int(problem.lunch_earliest_s), int(problem.lunch_latest_s)),
        day_cost=int(problem.day_cost_vnd) * 1000,
        per_metre=int(problem.cost_per_km_vnd),
        budget=int(problem.budget_vnd) * 1000 if limited else NEVER,
    )


def _groups(problem: Problem) -> tuple[Ints, Ints]:
    """Sites by group, the most valued first."""
    count = int(problem.group.max(initial=NO_GROUP)) + 1
    order = np.lexsort((np.arange(problem.n_sites), -problem.prize, problem.group))
    members = order[problem.group[order] != NO_GROUP].astype(np.int64)
    starts = np.searchsorted(problem.group[members], np.arange(count + 1)).astype(np.int64)
    return starts, members


def _rivals(problem: Problem) -> tuple[Ints, Ints]:
    """Sites that exclude each site, one list behind the other."""
    both = np.concatenate([problem.exclusive, problem.exclusive[:, ::-1]]).astype(np.int64)
    both = np.unique(both[both[:, 0] != both[:, 1]], axis=0)
    starts = np.searchsorted(both[:, 0], np.arange(problem.n_sites + 1)).astype(np.int64)
    return starts, np.ascontiguousarray(both[:, 1])


def _last_starts(problem: Problem) -> Ints:
    """Last start by day and site, -NEVER where the site cannot be visited even alone and without lunch."""
    n = problem.n_sites
    opening, closing = problem.windows[..., 0], problem.windows[..., 1]
    used = opening <= closing
    last = np.where(used, closing, -NEVER).max(axis=2, initial=-NEVER)
    arrival = problem.day_start_s[:, None] + problem.travel_s[problem.origin][:, :n]
    start = np.where(used & (closing >= arrival[..., None]), np.maximum(opening, arrival[..., None]), NEVER)
    onward = problem.travel_s[:n, problem.destination].T
    back = start.min(axis=2, initial=NEVER) + problem.service_s + onward
    reachable = (back <= problem.day_end_s[:, None]) & (problem.max_stops[:, None] > 0)
    return np.where(reachable, last, -NEVER).astype(np.int64)


def _near(problem: Problem) -> Ints:
    """Other sites by the time of the way there and back."""
    n = problem.n_sites
    way = problem.travel_s[:n, :n] + problem.travel_s[:n, :n].T
    way = way + np.where(np.eye(n, dtype=np.bool_), NEVER, 0)
    return np.ascontiguousarray(np.argsort(way, axis=1, kind="stable")[:, : min(n - 1, NEIGHBOURS)], np.int64)
