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

import time
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from routeplanner.planning.search._bound import bound
from routeplanner.planning.search._exact import Room, best_day, make_room, metric
from routeplanner.planning.search._pack import pack, pieces, relax
from routeplanner.planning.search._trip import WORTH_ONE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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

    def of_sites(self, trip: Trip) -> list[tuple[int, list[int]]]:
        """Return all days as sites, each with a day like it."""
        return [(self.days[kind], trip.candidates[list(route)].tolist()) for kind, route in self.routes]


def _kinds(trip: Trip) -> tuple[list[int], list[int]]:
    """Return the kind of each day, and a day of each kind."""
    alike = trip.days["kind"].tolist()
    first = sorted(set(alike))
    return [first.index(day) for day in alike], first


def generate(
    problem: Problem,
    trip: Trip,
    start: Sequence[tuple[int, Sequence[int]]],
    *,
    value: float,
    rounds: int,
    labels: int,
    deadline: float,
) -> Generated:
    """Bound the prize of a trip of several days.

    Parameters
    ----------
    problem, trip
        What to bound.
    start
        Days of good trips found so far, each with a day like it; the best trip has a `value` in units of prizes.
    rounds
        Most rounds of prices.
    labels
        Room for the labels of one day.
    deadline
        Moment of the clock of this thread's processor time at which it ends.
    """
    trip = metric(trip)
    room, pool = make_room(trip, labels), _Pool(trip)
    node_of = {int(site): node for node, site in enumerate(trip.candidates)}
    for day, route in start:
        pool.add(pool.kinds[day], tuple(node_of[site] for site in route))
    master = _Master(trip)
    centre = bound(problem, trip).prices
    best = _lagrange(trip, pool, centre, master, room)
    for _ in range(rounds):
        ceiling, prices = master.solve(pool)
        if best - ceiling <= CLOSE * best or best <= value + 0.5 or time.thread_time() > deadline:
            break
        smooth = SMOOTH * centre + (1 - SMOOTH) * prices
        found = _lagrange(trip, pool, smooth, master, room)
        if found < best:
            best, centre = found, smooth
    if best <= value + 0.5:
        return Generated(best, None)
    return Generated(best, pack(trip, pieces(pool.of_sites(trip)), nodes=PACK_NODES))


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
        self.worth = trip.worth / WORTH_ONE
        self.members: list[Ints] = []
        for first, last in trip.groups:
            own = np.flatnonzero(np.isin(trip.candidates, trip.members[first:last]))
            self.members.append(own[np.argsort(-self.prize[own], kind="stable")])
        self.single = np.flatnonzero(sites["group"] < 0)

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

    def solve(self, pool: _Pool) -> tuple[float, Floats]:
        """Return the value of the linear programme and the price of a visit of each node."""
        prices = self.prize.copy()  # what no day visits would be worth a day of its own
        found = relax(self.trip, pieces(pool.of_sites(self.trip)))
        if found is None:
            return -np.inf, prices
        value, sites, price = found
        prices[np.searchsorted(self.trip.candidates, sites)] = price
        return value, prices
