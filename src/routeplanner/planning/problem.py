r"""The problem that the search solves: several days of a themed trip, as arrays.

Statement
---------
A *tourist trip design problem* over several days: a team orienteering problem with multiple time
windows, terminals by day (given, or nights to be chosen from lists), a sliding lunch break, mutual
exclusion and diminishing returns.

Sets
    :math:`V = \{0..n-1\}` candidate sites; :math:`P = \{0..p-1\}` places, :math:`V \subseteq P`, the
    others being terminals; :math:`D` days; :math:`M \subseteq V` must-visits; :math:`G` groups
    (crafts); :math:`X \subset V \times V` exclusive pairs (a whole and its part).
Data
    :math:`t_{ij}` travel time from place i to place j (integer seconds, triangle inequality holds,
    asymmetric, `UNREACHABLE` where there is no way), :math:`m_{ij}` metres of the same way;
    where traffic changes over the day :math:`a_{ij}(t)`, the arrival at j of who leaves i at t: piecewise
    linear between given moments :math:`\tau_1 < \dots < \tau_k`, non-decreasing (nobody overtakes by leaving
    later), with :math:`t_{ij}` as the measure of the way only; without traffic :math:`a_{ij}(t) = t + t_{ij}`;
    :math:`s_{di}` service duration and :math:`p_{di} \ge 0` prize of a visit of i on day d (a festival
    changes both; mostly the same on all days); :math:`W_{di}` the set of closed intervals
    in which service of i may *start* on day d (empty: closed); :math:`[a_d, b_d]` span of day d with
    terminals :math:`o_d, e_d`; lunch of :math:`\ell` seconds that starts in
    :math:`[\lambda^-, \lambda^+]` on the days with lunch; :math:`A \subseteq P \times P` ways by boat, on which
    one boards :math:`\alpha_{ij}` seconds after leaving and lands :math:`\omega_{ij}` before arriving;
    :math:`k_d` most stops, :math:`r_d` most seconds of travel of day d; :math:`c_i` cost of a visit,
    :math:`u_{qi}` what a visit of i takes of resource q and :math:`U_q` what there is of it in the whole trip
    (two museums at most: u = 1 for museums, U = 2); :math:`O \subset V \times V` pairs of which the first comes
    before the second; labels (themes, crafts) of several kinds, :math:`L_l \subseteq V` the sites that show label
    l, and :math:`v_k` the least number of labels of kind k; :math:`t^{\max}` the longest single way;
    :math:`E_d \subseteq P` the places where the lunch of day d may be taken (mostly all);
    :math:`H_d \subseteq P` the places where the night after day d may be spent (mostly one);
    :math:`c_d` fixed cost of a day that leaves its terminal, :math:`\kappa` cost per metre, :math:`B`
    budget; :math:`g_i` the group of i or none;
    :math:`\rho \in [0, 1]` the worth of each further visit of one group relative to the one before.
Decision
    For each day an ordered list of distinct sites; every site at most once in the trip. For each night a
    place of :math:`H_d`, where day d ends and the next one begins: :math:`e_d = o_{d+1} \in H_d`.
Constraints
    The clock runs from :math:`a_d` at :math:`o_d`: arrive, wait for a window if early, serve for
    :math:`s_i`, go on, arrive at :math:`e_d` not later than :math:`b_d`. On a day with lunch and at least
    one stop exactly one break of :math:`\ell` seconds starts within its interval, at a stop before its
    service or after it, at the end place on return, where it ends by :math:`b_d`, or aboard on a way of A: it
    starts at boarding or later, and who leaves i at t arrives at j at
    :math:`\max(a_{ij}(t), \max(t + \alpha_{ij}, \lambda^-) + \ell + \omega_{ij})`, the boat being moored
    where the way is shorter than the meal.
    Every must-visit is served; of an exclusive pair at most one; :math:`k_d`, :math:`r_d`, :math:`B`,
    :math:`U_q` and :math:`t^{\max}` hold (a way from the start of a day to its end may be longer: it has no
    choice); where both sites of a pair of O are visited, the first is visited on an earlier day or
    earlier that day; the visits show at least :math:`v_k` labels of each kind; lunch is at a place of
    :math:`E_d` where there is a choice, and not aboard then; sites without a prize are visited only where they must be.
Objective
    Lexicographic: (1) maximise :math:`\sum_{g} \sum_{q \ge 0} \rho^{q} p_{g,(q)}` plus the prizes of
    visited sites without a group, where :math:`p_{g,(q)}` are the prizes of the visited sites of group g on
    the days of their visits, in descending order; (2) minimise total travel seconds; (3) minimise the hours
    at which the days end.
    Must-visits earn their prizes too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import numpy.typing as npt

__all__ = ["NO_GROUP", "PRIZE_SCALE", "UNREACHABLE", "Problem", "Solution", "make_problem", "settled"]

UNREACHABLE = 1 << 40
"""Travel time that stands for "no way": larger than any day."""

PRIZE_SCALE = 10_000
"""Prizes are integers inside: one unit of the planner's prize is this many."""

NO_GROUP = -1
"""Group of a site that shares its craft with nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Arrays of one problem; see the module's statement for their meaning.

    Parameters
    ----------
    place_ids
        Ids of the places, the candidate sites first, terminals behind them. Shape (p,).
    n_sites
        How many of the places are candidate sites.
    travel_s, travel_m
        Travel times and lengths between places. Shape (p, p), int64.
    departure_s, timed_travel_s, clock_step_s
        Moments (k,), ascending, and the travel times of who leaves at them, shape (k, p, p), int64: at another
        moment the arrival lies on the line between those of the moments before and after it, rounded up to
        whole `clock_step_s`; before the first and after the last moment the travel time stays what it is at
        them. An arrival must not be earlier than that of somebody who left before. None: travel times do
        not change, and `travel_s` holds all day. With them `travel_s` is what counts for the limits of
        travel and for objective (2).
    own_departure_s, own_travel_s
        Moments that some ways have besides, and the travel times of who leaves at them: the last minute before an
        arrival jumps and the first one after it. Shape (q, p, p), int64, -1 where a way has none. None: no way has.
    service_s, prize
        By candidate site, shape (n,), or by day and candidate site, shape (d, n), where they differ by
        day; int64. `service_on` and `prize_on` read both.
    cost_vnd, group
        By candidate site. Shape (n,), int64; `group` is `NO_GROUP` or 0..g-1.
    must
        Which sites have to be visited. Shape (n,), bool.
    exclusive
        Pairs of sites of which at most one may be visited. Shape (x, 2), int64.
    windows
        First and last start of service by day and site. Shape (d, n, w, 2), int64; an unused row is
        (1, 0). Rows are disjoint and ascending.
    day_start_s, day_end_s
        Earliest departure and latest return by day, seconds after midnight. Shape (d,), int64.
    origin, destination
        Index of the place where each day starts and ends. Shape (d,), int64.
    max_stops, max_travel_s
        Limits by day. Shape (d,), int64.
    lunch
        Which days need the break. Shape (d,), bool.
    lunch_s, lunch_earliest_s, lunch_latest_s
        Duration of the break, and first and last moment at which it starts.
    aboard_s
        Ways on which the break may be taken aboard: seconds from leaving to boarding and from landing to
        arrival, (-1, -1) on all other ways. Shape (p, p, 2), int64; None if there is no such way.
    day_cost_vnd, cost_per_km_vnd, budget_vnd
        Fixed cost of a day with at least one stop, cost per kilometre travelled, and the limit of all
        costs (-1: no limit).
    resource_use, resource_limit
        What a visit takes of each resource, shape (r, n), and what the whole trip may take, shape (r,), int64.
        None: no such limit.
    before
        Pairs (first, second) of sites: where both are visited, the first comes earlier. Shape (x, 2), int64.
    labels, label_kind, least_labels
        Which sites show each label, shape (l, n), bool; the kind of each label, shape (l,), and the least number
        of labels by kind, shape (k,), int64. Where no trip can show so many, as many as possible are shown.
    max_leg_s
        Longest way between two places, by `travel_s`; the bare way of a day from its start to its end is free.
    lunch_at
        Where the lunch of a day may be taken. Shape (d, p), bool; None: at any stop, and at the end.
    nights
        Places among which the night after each day but the last is chosen, rows filled up with -1. Shape
        (d - 1, h), int64. `destination` and `origin` of the days around it are where the search begins; the
        choice is `Solution.nights`, and `settled` writes it into a problem. None: `origin` and
        `destination` hold.
    repeat_worth
        Worth of each further visit of a group relative to the one before, 0..1.
    """

    place_ids: tuple[str, ...]
    n_sites: int
    travel_s: npt.NDArray[np.int64]
    travel_m: npt.NDArray[np.int64]
    service_s: npt.NDArray[np.int64]
    prize: npt.NDArray[np.int64]
    cost_vnd: npt.NDArray[np.int64]
    group: npt.NDArray[np.int64]
    must: npt.NDArray[np.bool_]
    exclusive: npt.NDArray[np.int64]
    windows: npt.NDArray[np.int64]
    day_start_s: npt.NDArray[np.int64]
    day_end_s: npt.NDArray[np.int64]
    origin: npt.NDArray[np.int64]
    destination: npt.NDArray[np.int64]
    max_stops: npt.NDArray[np.int64]
    max_travel_s: npt.NDArray[np.int64]
    lunch: npt.NDArray[np.bool_]
    lunch_s: int = 3600
    lunch_earliest_s: int = 39600
    lunch_latest_s: int = 46800
    aboard_s: npt.NDArray[np.int64] | None = None
    day_cost_vnd: int = 0
    cost_per_km_vnd: int = 0
    budget_vnd: int = -1
    repeat_worth: float = 0.5
    departure_s: npt.NDArray[np.int64] | None = None
    timed_travel_s: npt.NDArray[np.int64] | None = None
    clock_step_s: int = 1
    own_departure_s: npt.NDArray[np.int64] | None = None
    own_travel_s: npt.NDArray[np.int64] | None = None
    resource_use: npt.NDArray[np.int64] | None = None
    resource_limit: npt.NDArray[np.int64] | None = None
    before: npt.NDArray[np.int64] | None = None
    labels: npt.NDArray[np.bool_] | None = None
    label_kind: npt.NDArray[np.int64] | None = None
    least_labels: npt.NDArray[np.int64] | None = None
    max_leg_s: int = UNREACHABLE - 1
    lunch_at: npt.NDArray[np.bool_] | None = None
    nights: npt.NDArray[np.int64] | None = None

    @property
    def n_days(self) -> int:
        """Number of days."""
        return len(self.day_start_s)

    def service_on(self, day: int, site: int) -> int:
        """Return the seconds that a visit of a site takes on a day."""
        return int(self.service_s[day, site] if self.service_s.ndim == 2 else self.service_s[site])

    def prize_on(self, day: int, site: int) -> int:
        """Return what a visit of a site is worth on a day, its group aside."""
        return int(self.prize[day, site] if self.prize.ndim == 2 else self.prize[site])


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """What a search returns: orders, not times.

    Parameters
    ----------
    days
        For each day the indices of the visited sites in order.
    prize
        Objective (1) as an integer, in units of 1 / `PRIZE_SCALE`.
    bound
        An upper bound on objective (1) that holds for every feasible solution, or None.
    missing
        Must-visits that the search could not place; empty in a feasible solution.
    iterations
        Steps done, for repeats with an iteration budget.
    left_aside
        Of a problem of very many sites, how many were not looked at and are not proved to be of no use; the
        bound covers them.
    nights
        Where the nights are spent, of a problem that leaves that open; else empty.
    """

    days: tuple[tuple[int, ...], ...]
    prize: int
    bound: int | None
    missing: tuple[int, ...]
    iterations: int
    left_aside: int = 0
    nights: tuple[int, ...] = ()


def settled(problem: Problem, nights: Sequence[int], *, keep_choices: bool = False) -> Problem:
    """Return a problem whose nights are spent at given places.

    Parameters
    ----------
    problem
        With or without nights to choose.
    nights
        A place for each night; none leaves the problem as it is.
    keep_choices
        Whether a search may still change them.

    Examples
    --------
    >>> ways = [[0, 9, 9], [9, 0, 9], [9, 9, 0]]
    >>> open_ended = make_problem(travel_s=ways, prize=[5], windows=[[[(0, 50)]]] * 2, day_start_s=[0, 0],
    ...                           day_end_s=[60, 60], nights=[[1, 2]])
    >>> settled(open_ended, [1]).origin.tolist(), settled(open_ended, [1]).destination.tolist()
    ([2, 1], [1, 2])
    """
    import numpy as np

    choices = problem.nights if keep_choices else None
    if len(nights) == 0:
        return problem if choices is problem.nights else replace(problem, nights=choices)
    where = np.array(nights, np.int64)
    return replace(
        problem,
        origin=np.r_[problem.origin[:1], where],
        destination=np.r_[where, problem.destination[-1:]],
        nights=choices,
    )


def make_problem(
    *,
    travel_s: Sequence[Sequence[int]],
    prize: Sequence[int] | Sequence[Sequence[int]],
    windows: Sequence[Sequence[Sequence[tuple[int, int]]]],
    day_start_s: Sequence[int],
    day_end_s: Sequence[int],
    **fields: Any,  # noqa: ANN401
) -> Problem:
    """Build a problem from plain sequences, with everything that is not given switched off.

    Parameters
    ----------
    travel_s
        Travel times between places in seconds, candidate sites first. Shape (p, p).
    prize
        By candidate site, or for each day by candidate site. Shape (n,) or (d, n).
    windows
        For each day and site the closed intervals in which service may start; an empty list is closed.
    day_start_s, day_end_s
        By day.
    **fields
        Other fields of `Problem`, as sequences. Without them: days lead from the last place to the last
        place, services take no time, nothing costs, nothing is limited, and no day has lunch.

    Raises
    ------
    ValueError
        Naming each table that holds other than whole numbers (scale prizes and times up before), prizes below zero,
        and sites of `before` or `exclusive` that there are none of.

    Examples
    --------
    >>> problem = make_problem(travel_s=[[0, 9], [9, 0]], prize=[5], windows=[[[(0, 50)]]],
    ...                        day_start_s=[0], day_end_s=[60])
    >>> problem.windows.shape, problem.origin.tolist()
    ((1, 1, 1, 2), [1])
    """
    import numpy as np

    n, places, days = np.shape(prize)[-1], len(travel_s), len(day_start_s)
    _raise_for(n, {"travel_s": travel_s, "prize": prize, **fields})
    rows = max([len(of_site) for of_day in windows for of_site in of_day], default=1) or 1
    padded = np.tile(np.array([1, 0], np.int64), (days, n, rows, 1))
    for day, of_day in enumerate(windows):
        for site, of_site in enumerate(of_day):
            padded[day, site, : len(of_site)] = np.array(of_site, np.int64).reshape(-1, 2)
    travel = np.array(travel_s, np.int64).reshape(places, places)
    given: dict[str, Any] = {
        "place_ids": tuple(f"place {place}" for place in range(places)),
        "travel_m": np.where(travel >= UNREACHABLE, UNREACHABLE, travel * 10),
        "service_s": np.zeros(n),
        "cost_vnd": np.zeros(n),
        "group": np.full(n, NO_GROUP),
        "must": np.zeros(n, np.bool_),
        "exclusive": np.zeros((0, 2)),
        "origin": np.full(days, places - 1),
        "destination": np.full(days, places - 1),
        "max_stops": np.full(days, n),
        "max_travel_s": np.full(days, UNREACHABLE - 1),
        "lunch": np.zeros(days, np.bool_),
        **fields,
    }
    for name, value in given.items():
        if value is None:
            continue
        if name in _BOOLEAN:
            given[name] = np.array(value, np.bool_)
        elif not isinstance(value, int | float | tuple) or name in _WHOLE:
            given[name] = np.array(value, np.int64).reshape(
                (-1, 2) if name == "exclusive" else np.shape(value)
            )
    return Problem(
        n_sites=n,
        travel_s=travel,
        prize=np.array(prize, np.int64),
        windows=padded,
        day_start_s=np.array(day_start_s, np.int64),
        day_end_s=np.array(day_end_s, np.int64),
        **given,
    )


def _raise_for(n: int, given: dict[str, Any]) -> None:
    """Raise with all that plain sequences hold which a problem cannot."""
    import numpy as np

    faults = []
    for name, value in given.items():
        numbers = np.asarray(value)
        if name not in {"travel_s", "prize", *_WHOLE} or value is None or numbers.dtype.kind != "f":
            continue
        if odd := numbers[numbers != np.trunc(numbers)].ravel().tolist():
            faults.append(f"{name} holds {odd[0]}, give whole numbers: scale all of them up, by 100 say")
    if np.min(given["prize"], initial=0) < 0:
        faults.append(f"prize holds {np.min(given['prize'])}, give 0 or more")
    for name in ("before", "exclusive"):
        pairs = np.asarray([] if given.get(name) is None else given[name])
        if pairs.size and (pairs.min() < 0 or pairs.max() >= n):
            wrong = pairs.min() if pairs.min() < 0 else pairs.max()
            faults.append(f"{name} names site {wrong}, give sites 0..{n - 1}")
    if faults:
        raise ValueError("make_problem: " + "; ".join(faults))


def quickest_s(problem: Problem) -> npt.NDArray[np.int64]:
    """Return the least seconds of each way at any hour of the day; shape (p, p).

    Arrivals are linear between the moments of departure, and so the quickest way begins at one of them.
    """
    import numpy as np

    if problem.timed_travel_s is None:
        return problem.travel_s
    best = problem.timed_travel_s.min(axis=0)
    for moments, seconds in zip(
        () if problem.own_departure_s is None else problem.own_departure_s,
        () if problem.own_travel_s is None else problem.own_travel_s,
        strict=True,
    ):
        best = np.where(moments >= 0, np.minimum(best, seconds), best)
    return np.asarray(best)


_BOOLEAN = ("must", "lunch", "labels", "lunch_at")
_WHOLE = (
    "origin",
    "destination",
    "service_s",
    "cost_vnd",
    "group",
    "exclusive",
    "max_stops",
    "max_travel_s",
    "aboard_s",
    "departure_s",
    "timed_travel_s",
    "own_departure_s",
    "own_travel_s",
    "resource_use",
    "resource_limit",
    "before",
    "label_kind",
    "least_labels",
    "nights",
)
