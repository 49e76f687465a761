r"""Several days: an upper bound by column generation, and the best choice among the days that it saw.

Days share nothing but the rule that a site is visited once and that the second visit of a group is worth less.
With a price :math:`\pi_i \ge 0` for a visit of site i, for any prices

.. math:: L(\pi) = \max_S \Big[ \mathrm{value}(S) - \sum_{i \in S} \pi_i \Big]
          + \sum_d \max_{R_d} \sum_{i \in R_d} \pi_i

is an upper bound on every trip; the first part falls apart by groups, the second by days (`best_day`). Prices come
from the linear programme over the days seen so far, smoothed towards those of the best bound (Wentges, "Weighted
Dantzig-Wolfe decomposition for linear mixed-integer programming", International Transactions in Operational
Research 4, 1997). A set packing over the same days gives a trip that may be better than the annealed one.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from routeplanner.planning.schedule import NEVER
from routeplanner.planning.search._bound import bound
from routeplanner.planning.search._exact import Room, best_day, make_room, metric
from routeplanner.planning.search._trip import WORTH_ONE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from scipy.optimize import LinearConstraint
    from scipy.sparse import csc_matrix

    from routeplanner.planning.problem import Problem
    from routeplanner.planning.search._compile import Floats, Ints
    from routeplanner.planning.search._trip import Trip

__all__ = ["Generated", "generate"]

SMOOTH = 0.5  # how much of the price is that of the best bound so far
CLOSE = 2e-4  # gap between bound and linear programme that ends the generation
SHORT = 0.97  # days worth this share of the best one known are of interest
PACK_NODES = 200  # nodes of the branch and bound of the packing
HARVEST = 12  # days that one search may add


class Generated(NamedTuple):
    """A bound in units of prizes, and the best trip that the days seen can make (None if not asked for)."""

    bound: float
    days: tuple[tuple[int, ...], ...] | None


class _Pool:
    """Days seen, by kind of day: days of a kind have the same hours, terminals and limits."""

    def __init__(self, trip: Trip) -> None:
        self.kinds, self.days = _kinds(trip)
        self.critical: list[set[int]] = [set() for _ in self.days]
        self.routes: list[tuple[int, tuple[int, ...]]] = []
        self._seen: set[tuple[int, frozenset[int]]] = set()

    def add(self, kind: int, route: tuple[int, ...]) -> None:
        """Keep a route of nodes."""
        key = kind, frozenset(route)
        if route and key not in self._seen:
            self._seen.add(key)
            self.routes.append((kind, route))


def _kinds(trip: Trip) -> tuple[list[int], list[int]]:
    """Return the kind of each day, and a day of each kind."""
    keys = [_key(trip, day) for day in range(len(trip.days))]
    first = list(dict.fromkeys(keys))
    return [first.index(key) for key in keys], [keys.index(key) for key in first]


def _key(trip: Trip, day: int) -> tuple[object, ...]:
    limits = trip.days[day]
    out, back = trip.travel[limits["origin"]], trip.travel[:, limits["destination"]]
    bare = tuple(int(limits[name]) for name in ("start", "end", "max_stops", "max_travel", "has_lunch"))
    ends = () if trip.skips else (int(limits["origin"]), int(limits["destination"]))
    here = trip.windows[day][trip.candidates]
    here = np.where((trip.last[day, trip.candidates] > -NEVER)[:, None, None], here, 0)
    return *bare, *ends, out.tobytes(), back.tobytes(), here.tobytes()


def generate(
    problem: Problem, trip: Trip, start: Sequence[Sequence[int]], *, value: float, rounds: int, labels: int
) -> Generated:
    """Bound the prize of a trip of several days.

    Parameters
    ----------
    problem, trip
        What to bound.
    start
        The trip found so far, and its `value` in units of prizes.
    rounds
        Most rounds of prices.
    labels
        Room for the labels of one day.
    """
    trip = metric(trip)
    room, pool = make_room(trip, labels), _Pool(trip)
    node_of = {int(site): node for node, site in enumerate(trip.candidates)}
    for day, route in enumerate(start):
        pool.add(pool.kinds[day], tuple(node_of[site] for site in route))
    master = _Master(trip)
    centre = bound(problem, trip).prices
    best = _lagrange(trip, pool, centre, master, room)
    for _ in range(rounds):
        ceiling, prices = master.solve(pool)
        if best - ceiling <= CLOSE * best or best <= value + 0.5:
            break
        smooth = SMOOTH * centre + (1 - SMOOTH) * prices
        found = _lagrange(trip, pool, smooth, master, room)
        if found < best:
            best, centre = found, smooth
    return Generated(best, master.pack(pool, trip) if best > value + 0.5 else None)


def _lagrange(trip: Trip, pool: _Pool, prices: Floats, master: _Master, room: Room) -> float:
    """Return the bound for given prices; days worth their price go into the pool."""
    total = master.free_value(prices)
    for kind, day in enumerate(pool.days):
        nodes = np.flatnonzero((prices > 1e-9) | (trip.skips == 0))
        small = trip._replace(candidates=trip.candidates[nodes])
        known = [sum(prices[list(route)]) for own, route in pool.routes if own == kind]
        target = SHORT * max(known, default=0.0) * WORTH_ONE
        critical = np.flatnonzero(np.isin(nodes, list(pool.critical[kind]))).tolist()
        found = best_day(
            small, day, prices[nodes] * WORTH_ONE, target, room, grouped=False, critical=critical
        )
        pool.critical[kind] = {int(node) for node in nodes[list(found.critical)]}
        total += max(found.bound, 0.0) / WORTH_ONE * pool.kinds.count(kind)
        for route in _harvest(room, found.built):
            pool.add(kind, tuple(int(node) for node in nodes[list(route)]))
    return total


def _harvest(room: Room, count: int) -> Iterable[tuple[int, ...]]:
    """Return the best days among the labels, one for each last stop, without repeated visits."""
    labels = room.labels[:count]
    order = np.argsort(-labels["value"] * labels["ends"], kind="stable")[: 20 * HARVEST]
    lasts: set[int] = set()
    for index in order:
        if len(lasts) == HARVEST or not labels[index]["ends"]:
            return
        if int(labels[index]["node"]) not in lasts:
            route, here = [], int(index)
            while here > 0:
                route.append(int(labels[here]["node"]))
                here = int(labels[here]["parent"])
            if len(set(route)) == len(route):
                lasts.add(route[0])
                yield tuple(route[::-1])


class _Master:
    """The programme that joins days to trips: which days, which visits count, at what rank in their group."""

    def __init__(self, trip: Trip) -> None:
        sites = trip.sites[trip.candidates]
        self.trip, self.prize = trip, sites["prize"].astype(float)
        self.nodes = len(sites)
        longest = int(min(trip.days["max_stops"].sum(), self.nodes))
        self.worth = trip.worth / WORTH_ONE
        self.item_node: list[int] = []
        self.item_rank: list[tuple[int, int]] = []
        self.members: list[Ints] = []
        for group, (first, last) in enumerate(trip.groups):
            own = np.flatnonzero(np.isin(trip.candidates, trip.members[first:last]))
            own = own[np.argsort(-self.prize[own], kind="stable")]
            self.members.append(own)
            for rank in range(min(len(own), longest)):
                self.item_node += own.tolist()
                self.item_rank += [(group, rank)] * len(own)
        single = np.flatnonzero(sites["group"] < 0)
        self.single = single
        self.item_node += single.tolist()
        self.item_rank += [(-1, 0)] * len(single)
        self.item_value = np.array(
            [
                self.prize[node] * self.worth[rank]
                for node, (_, rank) in zip(self.item_node, self.item_rank, strict=True)
            ]
        )

    def free_value(self, prices: Floats) -> float:
        """Return the most that visits are worth less their prices, days aside."""
        total = float(np.maximum(self.prize[self.single] - prices[self.single], 0.0).sum())
        for own in self.members:
            best = np.full(len(own) + 1, -np.inf)
            best[0] = 0.0
            for node in own:  # by falling prize: the q-th that is taken has rank q
                taken = best[:-1] + self.prize[node] * self.worth[: len(own)] - prices[node]
                best[1:] = np.maximum(best[1:], taken)
            total += float(best.max())
        return total

    def _rows(self, pool: _Pool) -> tuple[csc_matrix, Floats]:
        """Return the rows of the programme: visits by days, one visit a site, days of a kind, one site a rank."""
        from scipy.sparse import coo_matrix

        routes, items = len(pool.routes), len(self.item_node)
        ranks = {key: row for row, key in enumerate(sorted({k for k in self.item_rank if k[0] >= 0}))}
        base = 2 * self.nodes + len(pool.days)
        cells: list[tuple[int, int, float]] = []
        for index, (kind, route) in enumerate(pool.routes):
            cells += [*((node, index, -1.0) for node in route), (2 * self.nodes + kind, index, 1.0)]
        for index, (node, key) in enumerate(zip(self.item_node, self.item_rank, strict=True)):
            cells += [(node, routes + index, 1.0), (self.nodes + node, routes + index, 1.0)]
            if key[0] >= 0:
                cells.append((base + ranks[key], routes + index, 1.0))
        limit = np.concatenate(
            [
                np.zeros(self.nodes),
                np.ones(self.nodes),
                [float(pool.kinds.count(kind)) for kind in range(len(pool.days))],
                np.ones(len(ranks)),
            ]
        )
        shape = len(limit), routes + items
        row, column, entry = zip(*cells, strict=True)
        return coo_matrix((entry, (row, column)), shape=shape).tocsc(), limit

    def solve(self, pool: _Pool) -> tuple[float, Floats]:
        """Return the value of the linear programme and the price of a visit of each node."""
        from scipy.optimize import linprog

        rows, limit = self._rows(pool)
        value = np.concatenate([np.zeros(len(pool.routes)), self.item_value])
        found = linprog(-value, A_ub=rows, b_ub=limit, method="highs-ds")
        if found.status != 0:
            return -np.inf, self.prize.copy()
        return -found.fun, np.maximum(-found.ineqlin.marginals[: self.nodes], 0.0)

    def pack(self, pool: _Pool, trip: Trip) -> tuple[tuple[int, ...], ...] | None:
        """Return the best trip made of days that were seen, must-visits kept, None if there is none."""
        from scipy.optimize import Bounds, LinearConstraint, milp

        rows, limit = self._rows(pool)
        must = np.flatnonzero(trip.sites[trip.candidates]["must"])
        low = np.full(len(limit), -np.inf)
        size = len(pool.routes)
        value = np.concatenate([np.zeros(size), self.item_value])
        kept = np.isin(np.array(self.item_node), must)
        value[size:] += np.where(kept, 10.0 * self.prize.sum(), 0.0)
        found = milp(
            -value,
            constraints=[LinearConstraint(rows, low, limit), *self._joint(pool, trip)],
            integrality=np.concatenate([np.ones(size), np.zeros(len(value) - size)]),
            bounds=Bounds(0, 1),
            options={"node_limit": PACK_NODES},
        )
        if found.x is None:
            return None
        return self._deal(pool, np.flatnonzero(found.x[:size] > 0.5), trip)

    def _joint(self, pool: _Pool, trip: Trip) -> list[LinearConstraint]:
        """Return the rules that join days, beyond those of the bound: excluded pairs and the budget."""
        from scipy.optimize import LinearConstraint

        size, width = len(pool.routes), len(pool.routes) + len(self.item_node)
        visits = np.zeros((self.nodes, width))
        for index, (_, route) in enumerate(pool.routes):
            visits[list(route), index] = 1.0
        node_of = np.full(len(trip.sites), -1)
        node_of[trip.candidates] = np.arange(self.nodes)
        rules = []
        for node, site in enumerate(trip.sites[trip.candidates]):
            others = node_of[trip.rivals[site["rivals"] : site["rivals_end"]]]
            rules += [
                LinearConstraint(visits[node] + visits[other], -np.inf, 1.0)
                for other in others
                if other > node
            ]
        if trip.budget < NEVER:
            costs = [_cost(trip, pool.days[kind], route) for kind, route in pool.routes]
            bare = sum(_cost(trip, pool.days[kind], ()) for kind in pool.kinds)
            extra = [
                cost - _cost(trip, pool.days[kind], ())
                for cost, (kind, _) in zip(costs, pool.routes, strict=True)
            ]
            rules.append(
                LinearConstraint(np.concatenate([extra, np.zeros(width - size)]), -np.inf, trip.budget - bare)
            )
        return rules

    def _deal(self, pool: _Pool, chosen: Ints, trip: Trip) -> tuple[tuple[int, ...], ...]:
        """Give the chosen routes to days of their kind; a site that two of them visit stays with the first."""
        waiting = [pool.routes[index] for index in chosen]
        visited: set[int] = set()
        days = []
        for kind in pool.kinds:
            route = next((route for own, route in waiting if own == kind), ())
            if route:
                waiting.remove((kind, route))
            days.append(tuple(int(trip.candidates[node]) for node in route if node not in visited))
            visited.update(route)
        return tuple(days)


def _cost(trip: Trip, day: int, route: Sequence[int]) -> float:
    """Return what a day costs, in thousandths of a dong."""
    sites = [int(trip.candidates[node]) for node in route]
    stops = [int(trip.days[day]["origin"]), *sites, int(trip.days[day]["destination"])]
    metres = sum(int(trip.metres[a, b]) for a, b in pairwise(stops))
    return float(metres * trip.per_metre + (trip.day_cost if route else 0) + trip.sites["cost"][sites].sum())
