r"""Problems of very many sites: most of them cannot matter, and that is proved or said.

A search over a shortlist gives a trip of value v. For prices :math:`\lambda, \mu \ge 0` of a second and of a stop

.. math:: L = \sum_d (\lambda T_d + \mu k_d) + \max_S \Big[ \mathrm{value}(S) - \sum_{i \in S} c_i \Big],
          \qquad c_i = \lambda (s_i + w_i) + \mu

bounds every trip: :math:`T_d` is the span of day d less its lunch and the shortest ways at its ends,
:math:`s_i` the service of i, :math:`w_i` half of the shortest ways to it and from it, and the maximum falls apart
by groups. A trip that visits i is worth at most :math:`L + \min(0, p_i - c_i)` (Lagrangian fixing): where that is
no more than v, the site can go and nothing is lost. Of the others the most promising are searched; what is laid
aside of them is counted, and the bound of the solution covers them.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from routeplanner.planning.problem import NO_GROUP

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt

    from routeplanner.planning.problem import Problem, Solution
    from routeplanner.planning.search._compile import Floats, Ints

__all__ = ["LARGE", "large_bound", "restricted", "search_large"]

LARGE = 1000
"""More sites than this are reduced before the search."""

SHORTLIST = 300
FINALISTS = 600
ROWS = 500  # rows of the matrix that are looked at together
CLOSED = 1e15
PROBES = 14
ROUNDS = 4
MOST_MEMBERS = 400
GOLDEN = (5**0.5 - 1) / 2

_SITES_AXIS = {"prize": -1, "service_s": -1, "cost_vnd": 0, "group": 0, "must": 0, "windows": 1}
_BY_DAY = ("day_start_s", "day_end_s", "max_stops", "max_travel_s", "lunch", "departure_s")


class _Needs(NamedTuple):
    """What a visit takes at the least, what the days have, and what each site can add at the most."""

    prize: Floats  # (n,)
    time: Floats  # (n,) seconds, CLOSED where no day can hold it
    there: Floats  # (n,) seconds from the nearest origin and on to the nearest destination
    span: float  # seconds of all days
    stops: int  # of all days
    groups: list[Ints]  # sites by falling prize
    single: Ints  # sites without a group
    rho: float


def search_large(
    problem: Problem,
    start: Sequence[Sequence[int]] | None,
    run: Callable[[Problem, list[list[int]] | None], Solution],
) -> Solution:
    """Search a problem of many sites by way of a shortlist.

    Parameters
    ----------
    problem
        With one prize and one service for each site.
    start
        Days to begin with, or None.
    run
        The search for a problem of few sites, and days to begin with.
    """
    needs = _needs(problem)
    wanted = problem.must.copy()
    wanted[[int(site) for order in start or () for site in order]] = True
    first = _shortlist(needs, wanted)
    found = _searched(problem, first, start, run)
    reach, bound = _reaches(needs)
    threshold = found.prize if not found.missing else -1
    matters = (reach > threshold + 0.5) & (needs.time < CLOSED)
    wanted[[site for order in found.days for site in order]] = True
    chosen = _finalists(needs, matters, wanted, bound - reach)
    again = _searched(problem, chosen, found.days, run)
    better = min((again, found), key=lambda solution: (len(solution.missing), -solution.prize))
    matters[chosen] = False
    aside = matters & (reach > (better.prize if not better.missing else -1) + 0.5)
    if again.bound is None:
        return replace(better, bound=None, left_aside=int(aside.sum()))
    highest = int(np.ceil(reach[aside].max())) if aside.any() else 0
    return replace(better, bound=max(better.prize, again.bound, highest), left_aside=int(aside.sum()))


def large_bound(problem: Problem) -> int:
    """Return the bound of the module's head alone."""
    return int(np.ceil(_reaches(_needs(problem))[1] * (1 + 1e-9)))


def _searched(
    problem: Problem,
    chosen: Ints,
    start: Sequence[Sequence[int]] | None,
    run: Callable[[Problem, list[list[int]] | None], Solution],
) -> Solution:
    """Search among chosen sites; return the solution in terms of all."""
    at = {int(site): index for index, site in enumerate(chosen)}
    begin = None if start is None else [[at[site] for site in order if site in at] for order in start]
    found = run(restricted(problem, chosen), begin)
    return replace(
        found,
        days=tuple(tuple(int(chosen[site]) for site in order) for order in found.days),
        missing=tuple(int(chosen[site]) for site in found.missing),
    )


def restricted(problem: Problem, sites: Ints) -> Problem:
    """Return a problem with some of its sites, and all of its terminals.

    Raises
    ------
    TypeError
        When the problem has a field of arrays that this function does not know.
    """
    n = problem.n_sites
    places = np.concatenate([sites, np.arange(n, len(problem.place_ids))])
    changed: dict[str, object] = {
        "n_sites": len(sites),
        "place_ids": tuple(problem.place_ids[place] for place in places),
        "exclusive": _pairs(problem.exclusive, sites, n),
        "origin": _moved(problem.origin, sites, n),
        "destination": _moved(problem.destination, sites, n),
    }
    for field in fields(problem):
        value = getattr(problem, field.name)
        if field.name in _SITES_AXIS:
            changed[field.name] = np.take(value, sites, axis=_SITES_AXIS[field.name])
        elif field.name in ("travel_s", "travel_m", "aboard_s") and value is not None:
            changed[field.name] = value[np.ix_(places, places)]
        elif field.name == "timed_travel_s" and value is not None:
            changed[field.name] = value[:, places[:, None], places]
        elif isinstance(value, np.ndarray) and field.name not in (*changed, *_BY_DAY):
            raise TypeError(f"{field.name}: no rule for sites that are left out")
    return replace(problem, **changed)  # type: ignore[arg-type]


def _moved(ends: Ints, sites: Ints, n: int) -> Ints:
    """Return terminals by their new numbers; a terminal may be a site that is kept."""
    return np.array(
        [len(sites) + int(end) - n if end >= n else int(np.searchsorted(sites, end)) for end in ends],
        np.int64,
    )


def _pairs(exclusive: Ints, sites: Ints, n: int) -> Ints:
    at = np.full(n, -1, np.int64)
    at[sites] = np.arange(len(sites))
    pairs = at[exclusive.reshape(-1, 2)]
    return np.ascontiguousarray(pairs[(pairs >= 0).all(axis=1)])


def _needs(problem: Problem) -> _Needs:
    n = problem.n_sites
    travel = problem.travel_s
    timed = getattr(problem, "timed_travel_s", None)
    outward, homeward = _between_terminals(problem, timed)
    into, out_of = _shortest(travel, timed, n)
    into, out_of = np.minimum(into, outward.min(axis=0)), np.minimum(out_of, homeward.min(axis=0))
    ends = (outward.min(axis=1) + homeward.min(axis=1)) / 2
    lunch = np.where(problem.lunch, problem.lunch_s if problem.aboard_s is None else 0, 0)
    span = np.maximum(problem.day_end_s - problem.day_start_s - lunch - ends, 0.0).sum()
    time = problem.service_s + (into + out_of) / 2
    prize = problem.prize.astype(float)
    order = np.lexsort((np.arange(n), -prize))
    group = problem.group[order]
    return _Needs(
        prize=prize,
        time=np.where(_can_be_visited(problem, outward, homeward), time, CLOSED),
        there=outward.min(axis=0) + homeward.min(axis=0),
        span=float(span),
        stops=int(np.minimum(problem.max_stops, n).sum()),
        groups=[order[group == label] for label in np.unique(group[group != NO_GROUP])],
        single=np.flatnonzero(problem.group == NO_GROUP),
        rho=float(problem.repeat_worth),
    )


def _between_terminals(problem: Problem, timed: Ints | None) -> tuple[Floats, Floats]:
    """Return the shortest seconds from each day's origin to each site, and from there to its destination."""
    n = problem.n_sites
    if timed is None:
        out, home = problem.travel_s[problem.origin, :n], problem.travel_s[:n, problem.destination].T
    else:
        out = timed[:, problem.origin, :n].min(axis=0)
        home = timed[:, :n, problem.destination].min(axis=0).T
    return out.astype(float), home.astype(float)


def _shortest(travel: Ints, timed: Ints | None, n: int) -> tuple[Floats, Floats]:
    """Return the shortest way to each site from another one, and from it; a few rows at a time."""
    into, out_of = np.full(n, CLOSED), np.full(n, CLOSED)
    for low in range(0, n, ROWS):
        high = min(low + ROWS, n)
        rows = travel[low:high, :n].copy() if timed is None else timed[:, low:high, :n].min(axis=0)
        rows[np.arange(high - low), np.arange(low, high)] = np.iinfo(rows.dtype).max
        out_of[low:high] = rows.min(axis=1)
        np.minimum(into, rows.min(axis=0), out=into)
    return np.minimum(into, CLOSED), np.minimum(out_of, CLOSED)


def _can_be_visited(problem: Problem, outward: Floats, homeward: Floats) -> npt.NDArray[np.bool_]:
    """Tell which sites some day can hold, alone and without lunch."""
    can = np.zeros(problem.n_sites, np.bool_)
    for day in range(problem.n_days):
        first, last = problem.windows[day, :, :, 0], problem.windows[day, :, :, 1]
        arrival = problem.day_start_s[day] + outward[day]
        begin = np.where(
            (first <= last) & (last >= arrival[:, None]), np.maximum(first, arrival[:, None]), CLOSED
        ).min(axis=1, initial=CLOSED)
        can |= (begin + problem.service_s + homeward[day] <= problem.day_end_s[day]) & (
            problem.max_stops[day] > 0
        )
    return can


def _shortlist(needs: _Needs, wanted: npt.NDArray[np.bool_]) -> Ints:
    """Return the sites that look best in one of three ways: dear, quickly done, and near."""
    open_ = needs.time < CLOSED
    rates = (
        needs.prize,
        needs.prize / (needs.time + 1.0),
        needs.prize / (needs.time + needs.there + 1.0),
    )
    chosen = wanted.copy()
    for rate in rates:
        order = np.argsort(np.where(open_, -rate, CLOSED), kind="stable")[: SHORTLIST // len(rates)]
        chosen[order[open_[order]]] = True
    return np.flatnonzero(chosen)


def _finalists(
    needs: _Needs, matters: npt.NDArray[np.bool_], wanted: npt.NDArray[np.bool_], short: Floats
) -> Ints:
    """Return the sites that are wanted, and of those that may matter the most promising."""
    order = np.lexsort((np.arange(len(wanted)), -needs.prize, short, ~wanted))
    order = order[(matters | wanted)[order]]
    return np.sort(order[: max(FINALISTS, int(wanted.sum()))])


def _reaches(needs: _Needs) -> tuple[Floats, float]:
    """Return the most that a trip with each site can be worth, and the most that any trip can."""
    price = np.zeros(2)
    best = _relaxed(needs, price)
    for _ in range(ROUNDS):
        before = best
        for axis, amount in enumerate((needs.span, needs.stops)):
            price, best = _along(needs, price, axis, 1.5 * best / max(amount, 1.0), best)
        if best > before * 0.9995:
            break
    cost = price[0] * needs.time + price[1]
    slack = 1e-9 * best
    return best + np.minimum(0.0, needs.prize - cost) + slack, best + slack


def _along(needs: _Needs, price: Floats, axis: int, high: float, best: float) -> tuple[Floats, float]:
    """Search a better price along one axis by golden sections; the bound is convex in it."""
    low, seen = 0.0, [(best, price)]

    def at(value: float) -> float:
        probe = price.copy()
        probe[axis] = value
        seen.append((_relaxed(needs, probe), probe))
        return seen[-1][0]

    left, right = high * (1 - GOLDEN), high * GOLDEN
    at_left, at_right = at(left), at(right)
    for _ in range(PROBES):
        if at_left <= at_right:
            high, right, at_right = right, left, at_left
            left = high - GOLDEN * (high - low)
            at_left = at(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + GOLDEN * (high - low)
            at_right = at(right)
    value, found = min(seen, key=lambda pair: pair[0])
    return found, value


def _relaxed(needs: _Needs, price: Floats) -> float:
    """Return the bound at given prices of a second and of a stop."""
    cost = price[0] * needs.time + price[1]
    gain = np.where(needs.time < CLOSED, needs.prize - cost, -CLOSED)
    total = float(price @ (needs.span, needs.stops)) + float(np.maximum(gain[needs.single], 0.0).sum())
    return total + sum(_of_group(needs, members[gain[members] > 0], cost, gain) for members in needs.groups)


def _of_group(needs: _Needs, members: Ints, cost: Floats, gain: Floats) -> float:
    """Return the most that visits of a group are worth less their cost; members come by falling prize."""
    if len(members) == 0 or needs.rho >= 1.0 or len(members) > MOST_MEMBERS:
        return float(gain[members].sum())
    depth = min(len(members), needs.stops)
    worth = needs.rho ** np.arange(depth)
    value = np.full(depth + 1, -CLOSED)
    value[0] = 0.0
    for site in members:
        value[1:] = np.maximum(value[1:], value[:-1] + needs.prize[site] * worth - cost[site])
    return float(value.max())
