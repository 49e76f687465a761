r"""Problems of very many sites: most of them cannot matter, and that is proved or said.

A search over a shortlist gives a trip of value v. A day whose farthest site (there and back) takes R seconds travels
R seconds at the least, and as much as half of the shortest ways to and from each of its sites. For a class of days with
:math:`R \in [R_-, R_+]`, T seconds left for visits and k stops, any prices :math:`\lambda, \mu \ge 0` of a second and
of a stop give a bound

.. math:: L = \lambda T + \mu k + \max_S \Big[ \mathrm{value}(S) - \sum_{i \in S} c_i \Big],
          \qquad c_i = \lambda n_i + \mu

where S is drawn from the sites within :math:`R_+`, and either :math:`n_i` is the service of i and :math:`R_-` is
taken off T, or :math:`n_i` has half of the shortest ways as well; the maximum falls apart by groups.
A day that visits i is worth at most :math:`L + \min(0, p_i - c_i)` (Lagrangian fixing), and days add up to trips.
Where that is no more than v, the site can go and nothing is lost. Of the others the most promising are searched; what
is laid aside of them is counted, and the bound of the solution covers them.
"""

from __future__ import annotations

from dataclasses import fields, replace
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from routeplanner.planning.problem import NO_GROUP, quickest_s, settled
from routeplanner.planning.search._nights import with_any_night

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
PROBES = 10
ROUNDS = 3
CLASSES = 8  # of days by their farthest site
MOST_MEMBERS = 200  # of a group that are told apart by rank
COPIES = 2  # likes of a site that a list takes before others
NEIGHBOURS = 15
GOLDEN = (5**0.5 - 1) / 2

_SITES_AXIS = {"prize": -1, "service_s": -1, "cost_vnd": 0, "group": 0, "must": 0, "windows": 1}
_SITES_AXIS |= {"resource_use": 1, "labels": 1}
_BY_DAY = ("day_start_s", "day_end_s", "max_stops", "max_travel_s", "lunch", "departure_s")
_BY_NOTHING = ("resource_limit", "label_kind", "least_labels")


class _Needs(NamedTuple):
    """What a visit takes at the least, what the days have, and what each site can add at the most."""

    prize: Floats  # (n,)
    service: Floats  # (n,) seconds
    ways: Floats  # (n,) half of the shortest ways to it and from it
    there: Floats  # (n,) seconds from the nearest origin and on to the nearest destination
    can: npt.NDArray[np.bool_]  # (n,) whether some day can hold it
    spans: Floats  # (d,) seconds of each day, less lunch
    stops: Ints  # (d,)
    group: Ints  # (n,)
    rho: float


class _Class(NamedTuple):
    """Days of one kind: their sites by falling prize, what each needs, and what the day has."""

    sites: Ints
    need: Floats  # as long as sites
    prize: Floats
    groups: list[Ints]  # positions in sites
    single: Ints  # positions in sites
    span: float
    stops: int
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
    needs = _needs(with_any_night(problem))
    wanted = problem.must.copy()
    wanted[[int(site) for order in start or () for site in order]] = True
    first = _shortlist(needs, wanted)
    found = _searched(problem, first, start, run)
    reach, bound = _reaches(needs)
    threshold = found.prize if not found.missing else -1
    matters = (reach > threshold + 0.5) & needs.can
    wanted |= _near(problem, needs, found)
    wanted[[site for order in found.days for site in order]] = True
    chosen = _finalists(needs, matters, wanted, bound - reach)
    again = _searched(settled(problem, found.nights, keep_choices=True), chosen, found.days, run)
    better = min((again, found), key=lambda solution: (len(solution.missing), -solution.prize))
    matters[chosen] = False
    aside = matters & (reach > (better.prize if not better.missing else -1) + 0.5)
    if again.bound is None:
        return replace(better, bound=None, left_aside=int(aside.sum()))
    highest = int(np.ceil(reach[aside].max())) if aside.any() else 0
    return replace(better, bound=max(better.prize, again.bound, highest), left_aside=int(aside.sum()))


def large_bound(problem: Problem) -> int:
    """Return the bound of the module's head alone."""
    return int(np.ceil(_reaches(_needs(with_any_night(problem)))[1]))


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
        nights=tuple(_back(place, chosen, problem.n_sites) for place in found.nights),
    )


def _back(place: int, chosen: Ints, n: int) -> int:
    """Return the number that a place of the smaller problem has in the whole one."""
    return int(chosen[place]) if place < len(chosen) else place - len(chosen) + n


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
    if problem.nights is not None:
        changed["nights"] = np.array([_moved(row, sites, n) for row in problem.nights]).reshape(
            problem.nights.shape
        )
    for field in fields(problem):
        value = getattr(problem, field.name)
        if value is None:
            continue
        if field.name in _SITES_AXIS:
            changed[field.name] = np.take(value, sites, axis=_SITES_AXIS[field.name])
        elif field.name in ("travel_s", "travel_m", "aboard_s"):
            changed[field.name] = value[np.ix_(places, places)]
        elif field.name in ("timed_travel_s", "own_departure_s", "own_travel_s"):
            changed[field.name] = value[:, places[:, None], places]
        elif field.name == "lunch_at":
            changed[field.name] = value[:, places]
        elif field.name == "before":
            changed[field.name] = _pairs(value, sites, n)
        elif isinstance(value, np.ndarray) and field.name not in (*changed, *_BY_DAY, *_BY_NOTHING):
            raise TypeError(f"{field.name}: no rule for sites that are left out")
    return replace(problem, **changed)  # type: ignore[arg-type]


def _moved(ends: Ints, sites: Ints, n: int) -> Ints:
    """Return terminals by their new numbers; a terminal may be a site that is kept."""
    return np.array(
        [
            len(sites) + int(end) - n if end >= n else int(np.searchsorted(sites, end)) if end >= 0 else -1
            for end in ends
        ],
        np.int64,
    )


def _pairs(exclusive: Ints, sites: Ints, n: int) -> Ints:
    at = np.full(n, -1, np.int64)
    at[sites] = np.arange(len(sites))
    pairs = at[exclusive.reshape(-1, 2)]
    return np.ascontiguousarray(pairs[(pairs >= 0).all(axis=1)])


def _needs(problem: Problem) -> _Needs:
    n = problem.n_sites
    travel = quickest_s(problem)
    outward, homeward = _between_terminals(problem, travel)
    into, out_of = _shortest(travel, n)
    into, out_of = np.minimum(into, outward.min(axis=0)), np.minimum(out_of, homeward.min(axis=0))
    lunch = np.where(problem.lunch, problem.lunch_s if problem.aboard_s is None else 0, 0)
    return _Needs(
        prize=problem.prize.astype(float),
        service=problem.service_s.astype(float),
        ways=(into + out_of) / 2,
        there=(outward + homeward).min(axis=0),
        can=_can_be_visited(problem, outward, homeward),
        spans=(problem.day_end_s - problem.day_start_s - lunch).astype(float),
        stops=np.minimum(problem.max_stops, n),
        group=problem.group,
        rho=float(problem.repeat_worth),
    )


def _between_terminals(problem: Problem, travel: Ints) -> tuple[Floats, Floats]:
    """Return the shortest seconds from each day's origin to each site, and from there to its destination."""
    n = problem.n_sites
    out, home = travel[problem.origin, :n], travel[:n, problem.destination].T
    return out.astype(float), home.astype(float)


def _shortest(travel: Ints, n: int) -> tuple[Floats, Floats]:
    """Return the shortest way to each site from another one, and from it; a few rows at a time."""
    into, out_of = np.full(n, CLOSED), np.full(n, CLOSED)
    for low in range(0, n, ROWS):
        high = min(low + ROWS, n)
        rows = travel[low:high, :n].copy()
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


def _near(problem: Problem, needs: _Needs, found: Solution) -> npt.NDArray[np.bool_]:
    """Tell which sites lie beside a stop of a trip and pay for the way best."""
    near = np.zeros(problem.n_sites, np.bool_)
    for site in (site for order in found.days for site in order):
        way = problem.travel_s[site, : problem.n_sites] + problem.travel_s[: problem.n_sites, site]
        rate = np.where(needs.can, needs.prize / (needs.service + way + 1.0), -1.0)
        near[np.argsort(-rate, kind="stable")[:NEIGHBOURS]] = True
    return near & needs.can


def _shortlist(needs: _Needs, wanted: npt.NDArray[np.bool_]) -> Ints:
    """Return the sites that look best in one of three ways: dear, quickly done, and near."""
    rates = (
        needs.prize,
        needs.prize / (needs.service + needs.ways + 1.0),
        needs.prize / (needs.service + needs.there + 1.0),
    )
    chosen = wanted.copy()
    for rate in rates:
        order = np.argsort(np.where(needs.can, -rate, CLOSED), kind="stable")
        chosen[_varied(needs, order[needs.can[order]], COPIES)[: SHORTLIST // len(rates)]] = True
    return np.flatnonzero(chosen)


def _varied(needs: _Needs, order: Ints, copies: int) -> Ints:
    """Return an order with the further likes of a site (same prize, service and group) put last."""
    keys = np.column_stack([needs.prize[order], needs.service[order], needs.group[order]])
    _, kind = np.unique(keys, axis=0, return_inverse=True)
    by_kind = np.argsort(kind, kind="stable")
    first = np.r_[True, np.diff(kind[by_kind]) != 0]
    start = np.maximum.accumulate(np.where(first, np.arange(len(order)), 0))
    rank = np.empty(len(order), np.int64)
    rank[by_kind] = np.arange(len(order)) - start
    return order[np.argsort(rank >= copies, kind="stable")]


def _finalists(
    needs: _Needs, matters: npt.NDArray[np.bool_], wanted: npt.NDArray[np.bool_], short: Floats
) -> Ints:
    """Return the sites that are wanted, and of those that may matter the most promising."""
    order = np.lexsort((np.arange(len(wanted)), -needs.prize, short, ~wanted))
    order = _varied(needs, order[(matters | wanted)[order]], COPIES)
    order = order[np.argsort(~wanted[order], kind="stable")]
    return np.sort(order[: max(FINALISTS, int(wanted.sum()))])


def _reaches(needs: _Needs) -> tuple[Floats, float]:
    """Return the most that a trip with each site can be worth, and the most that any trip can."""
    kinds = sorted({(float(span), int(stops)) for span, stops in zip(needs.spans, needs.stops, strict=True)})
    edges = (
        np.unique(np.quantile(needs.there[needs.can], np.linspace(0, 1, CLASSES + 1)))
        if needs.can.any()
        else np.zeros(0)
    )
    total, gain = 0.0, np.full(len(needs.prize), -CLOSED)
    for span, stops in kinds:
        best, with_site = _of_kind(needs, edges, span, stops)
        days = int(((needs.spans == span) & (needs.stops == stops)).sum())
        total += days * best
        gain = np.maximum(gain, with_site - best)  # what the day with the site falls short of the best day
    slack = 1e-9 * total
    return total + gain + slack, total + slack


def _of_kind(needs: _Needs, edges: Floats, span: float, stops: int) -> tuple[float, Floats]:
    """Return the most that a day is worth, and a day with each site."""
    best, with_site = 0.0, np.full(len(needs.prize), -CLOSED)
    for low, high in pairwise(edges) if len(edges) > 1 else [(e, e) for e in edges]:
        sites = np.flatnonzero(needs.can & (needs.there <= high))
        sites = sites[np.argsort(-needs.prize[sites], kind="stable")]
        groups = needs.group[sites]
        made = _Class(
            sites=sites,
            need=needs.service[sites],
            prize=needs.prize[sites],
            groups=[np.flatnonzero(groups == label) for label in np.unique(groups[groups != NO_GROUP])],
            single=np.flatnonzero(groups == NO_GROUP),
            span=max(span - low, 0.0),
            stops=stops,
            rho=needs.rho,
        )
        longer = made._replace(need=made.need + needs.ways[sites], span=span)
        value, gain = min((_bounded(of) for of in (made, longer)), key=lambda pair: pair[0])
        best = max(best, value)
        with_site[sites] = np.maximum(with_site[sites], value + np.minimum(0.0, gain))
    return best, with_site


def _bounded(of: _Class) -> tuple[float, Floats]:
    """Return the bound at good prices, and what each site adds to it."""
    price = np.zeros(2)
    best = _relaxed(of, price)
    for _ in range(ROUNDS):
        before = best
        for axis, amount in enumerate((of.span, of.stops)):
            price, best = _along(of, price, axis, 1.5 * best / max(amount, 1.0), best)
        if best > before * 0.999:
            break
    return best, of.prize - price[0] * of.need - price[1]


def _along(of: _Class, price: Floats, axis: int, high: float, best: float) -> tuple[Floats, float]:
    """Search a better price along one axis by golden sections; the bound is convex in it."""
    low, seen = 0.0, [(best, price)]

    def at(value: float) -> float:
        probe = price.copy()
        probe[axis] = value
        seen.append((_relaxed(of, probe), probe))
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


def _relaxed(of: _Class, price: Floats) -> float:
    """Return the bound at given prices of a second and of a stop."""
    cost = price[0] * of.need + price[1]
    gain = of.prize - cost
    total = float(price @ (of.span, of.stops)) + float(np.maximum(gain[of.single], 0.0).sum())
    return total + sum(_of_group(of, members[gain[members] > 0], cost, gain) for members in of.groups)


def _of_group(of: _Class, members: Ints, cost: Floats, gain: Floats) -> float:
    """Return the most that visits of a group are worth less their cost; members come by falling prize."""
    if len(members) < 2 or of.rho >= 1.0 or len(members) > MOST_MEMBERS:
        return float(gain[members].sum())
    worth = of.rho ** np.arange(min(len(members), of.stops))
    value = np.full(len(worth) + 1, -CLOSED)
    value[0] = 0.0
    for site in members:
        value[1:] = np.maximum(value[1:], value[:-1] + of.prize[site] * worth - cost[site])
    return float(value.max())
