r"""Several days: an upper bound by column generation, and the best choice among the days that it saw.

Days share nothing but the rule that a site is visited once and that the second visit of a group is worth less.
With a price :math:`\pi_i \ge 0` for a visit of site i, for any prices

.. math:: L(\pi) = \max_S \Big[ \mathrm{value}(S) - \sum_{i \in S} \pi_i \Big]
          + \sum_d \max_{R_d} \sum_{i \in R_d} \pi_i

is an upper bound on every trip; the first part falls apart by groups, the second by days (`best_day`). Prices go
down Polyak's steps, first with days found quickly, then with the best ones; the last ones come from the linear
programme over the days seen so far, smoothed towards those of the best bound (Wentges, "Weighted
Dantzig-Wolfe decomposition for linear mixed-integer programming", International Transactions in Operational
Research 4, 1997). A set packing over the same days gives a trip that may be better than the annealed one.
"""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from routeplanner.planning.search._bound import bound
from routeplanner.planning.search._exact import Room, best_day, make_room, metric
from routeplanner.planning.search._pack import pack, pieces, relax, twins
from routeplanner.planning.search._price import Pricer
from routeplanner.planning.search._trip import WORTH_ONE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from routeplanner.planning.problem import Problem
    from routeplanner.planning.search._compile import Floats, Ints
    from routeplanner.planning.search._trip import Trip

__all__ = ["Generated", "generate"]

SMOOTH = 0.5  # how much of the price is that of the best bound so far
CLOSE = 2e-4  # gap between bound and linear programme that ends the generation
QUICK_ROUNDS = 200  # of the linear programme between two exact days
QUICK_SHARE = 0.2  # of the time that is left goes into the quick descent
DESCENT, KEPT = 150, 2  # its steps, and days that each of them keeps
STEP, LEAST_STEP, PATIENCE = 1.0, 0.05, 6  # shorter by half after so many steps without a better bound
SHORT = 0.9999  # days worth this share of the best one known are of interest
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
        self.memory: list[set[tuple[int, int]]] = [set() for _ in self.days]
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
    master, pricer = _Master(trip), Pricer(trip)
    highest, centre = master.prize, bound(problem, trip).prices
    quickly = partial(_quickly, pool, master, pricer)
    soon = time.thread_time() + QUICK_SHARE * max(deadline - time.thread_time(), 0.0)
    _, centre = _descend(quickly, centre, highest, value, steps=DESCENT, deadline=soon)

    def exactly(prices: Floats) -> _Height:
        return _lagrange(trip, pool, prices, master, room, deadline)

    best, centre = _descend(exactly, centre, highest, value, steps=rounds, deadline=deadline)
    weight = SMOOTH
    for _ in range(rounds):
        ceiling, prices = _settle(pool, master, pricer, deadline)
        if best - ceiling <= CLOSE * best or best <= value + 0.5 or time.thread_time() > deadline:
            break
        smooth = weight * centre + (1 - weight) * prices
        seen = len(pool.routes)
        if weight and _look(pool, pricer, smooth):
            continue
        found = exactly(smooth).value
        if weight == 0.0 and len(pool.routes) == seen and found >= best:
            break  # no day is worth more than those known: neither prices nor bound will change
        weight = SMOOTH if len(pool.routes) > seen else 0.0
        if found < best:
            best, centre = found, smooth
    if best <= value + 0.5:
        return Generated(best, None)
    return Generated(best, pack(trip, pieces(pool.of_sites(trip)), nodes=PACK_NODES))


class _Height(NamedTuple):
    """The bound for given prices, and its slope."""

    value: float
    slope: Floats


def _descend(
    look: Callable[[Floats], _Height],
    prices: Floats,
    highest: Floats,
    value: float,
    *,
    steps: int,
    deadline: float,
) -> tuple[float, Floats]:
    """Go down towards the least bound by Polyak's steps; return the lowest one met and its prices.

    B. T. Polyak, "Minimization of unsmooth functionals", USSR Computational Mathematics 9 (1969). The value of the
    trip stands for the unknown least bound; where the steps no longer help, they get shorter.
    """
    best, lowest, step, idle = prices, np.inf, STEP, 0
    for _ in range(steps):
        height, slope = look(prices)
        if height < lowest - 1e-6:
            best, lowest, idle = prices, height, 0
        elif (idle := idle + 1) == PATIENCE:
            prices, step, idle = best, step / 2, 0
        norm = float(slope @ slope)
        if norm == 0.0 or step < LEAST_STEP or time.thread_time() > deadline or lowest <= value + 0.5:
            break
        prices = np.clip(prices - step * max(height - value, 0.1) / norm * slope, 0.0, highest)
    return lowest, best


def _quickly(pool: _Pool, master: _Master, pricer: Pricer, prices: Floats) -> _Height:
    """Return the bound as far as days found quickly tell, which may be too low."""
    height, free = master.free(prices)
    slope = -free
    for kind, day in enumerate(pool.days):
        days = list(pricer.days(day, prices, 0.0, keep=0))
        for route in days[:KEPT]:
            pool.add(kind, route)
        if days:
            times = pool.kinds.count(kind)
            slope[list(days[0])] += times
            height += times * float(prices[list(days[0])].sum())
    return _Height(height, slope)


def _settle(pool: _Pool, master: _Master, pricer: Pricer, deadline: float) -> tuple[float, Floats]:
    """Add days found quickly until there are none; return value and prices of the linear programme over all."""
    for _ in range(QUICK_ROUNDS):
        ceiling, prices = master.solve(pool)
        if not _look(pool, pricer, prices) or time.thread_time() > deadline:
            break
    return ceiling, prices


def _look(pool: _Pool, pricer: Pricer, prices: Floats) -> bool:
    """Add days found quickly that are worth more than all known ones; tell whether there are any."""
    seen = len(pool.routes)
    for kind, day in enumerate(pool.days):
        known = [sum(prices[list(route)]) for own, route in pool.routes if own == kind]
        for route in pricer.days(day, prices, max(known, default=0.0) * (1 + 1e-6) + 1e-3, keep=1):
            pool.add(kind, route)
    return len(pool.routes) > seen


def _lagrange(
    trip: Trip, pool: _Pool, prices: Floats, master: _Master, room: Room, deadline: float
) -> _Height:
    """Return the bound for given prices; days worth their price go into the pool."""
    total, free = master.free(prices)
    slope = -free
    for kind, day in enumerate(pool.days):
        nodes = np.flatnonzero((prices > 1e-9) | (trip.skips == 0))
        small = trip._replace(candidates=trip.candidates[nodes])
        known = [(sum(prices[list(route)]), route) for own, route in pool.routes if own == kind]
        dearest, visits = max(known, default=(0.0, ()))
        target = SHORT * dearest * WORTH_ONE
        at = {int(node): index for index, node in enumerate(nodes)}
        memory = {(at[a], at[b]) for a, b in pool.memory[kind] if a in at and b in at}
        before = len(pool.routes)
        for patient in (False, True):
            found = best_day(
                small,
                day,
                prices[nodes] * WORTH_ONE,
                target,
                room,
                grouped=False,
                memory=memory,
                patient=patient,
                deadline=deadline,
            )
            for route in _harvest(room, found.built):
                pool.add(kind, tuple(int(node) for node in nodes[list(route)]))
            if found.proved or len(pool.routes) > before:
                break
        pool.memory[kind] |= {(int(nodes[a]), int(nodes[b])) for a, b in memory}
        times = pool.kinds.count(kind)
        total += max(found.bound, 0.0) / WORTH_ONE * times
        visits = tuple(nodes[list(found.path)].tolist()) if found.path else visits
        np.add.at(slope, list(visits), times)
    return _Height(total, slope)


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
    """The programme that joins days to trips: which days, which visits count, at what rank in their group.

    Of sites that exclude each other and the same others (a site as it is on different days) one counts at most.
    """

    def __init__(self, trip: Trip) -> None:
        sites = trip.sites[trip.candidates]
        self.trip, self.prize = trip, sites["prize"].astype(float)
        self.worth = trip.worth / WORTH_ONE
        alike = twins(trip)[trip.candidates]
        self.groups: list[list[Ints]] = []
        for first, last in trip.groups:
            own = np.flatnonzero(np.isin(trip.candidates, trip.members[first:last]))
            classes = [own[alike[own] == kind] for kind in np.unique(alike[own])]
            if not classes:  # none of them can be visited
                continue
            self.groups.append(sorted(classes, key=lambda nodes: -float(self.prize[nodes].max())))
        self.single = np.flatnonzero(sites["group"] < 0)
        self.kind_of_single = np.unique(alike[self.single], return_inverse=True)[1]

    def free(self, prices: Floats) -> tuple[float, Floats]:
        """Return the most that visits are worth less their prices, days aside, and these visits as ones and zeros."""
        taken = np.zeros(len(prices))
        gain = self.prize[self.single] - prices[self.single]
        order = np.lexsort((-gain, self.kind_of_single))
        first = order[np.r_[True, np.diff(self.kind_of_single[order]) > 0][: len(order)]]
        chosen = first[gain[first] > 0.0]
        taken[self.single[chosen]] = 1.0
        total = float(gain[chosen].sum())
        for classes in self.groups:
            total += self._free_group(classes, prices, taken)
        return total, taken

    def _free_group(self, classes: Sequence[Ints], prices: Floats, taken: Floats) -> float:
        """Choose the visits of a group: ranks are dealt out as they earn most, which is by falling prize."""
        from scipy.optimize import linear_sum_assignment

        ranks = self.worth[: len(classes)]
        gains = [self.prize[nodes][:, None] * ranks - prices[nodes][:, None] for nodes in classes]
        gain = np.array([of_class.max(axis=0) for of_class in gains])
        rows, columns = linear_sum_assignment(-np.maximum(gain, 0.0))
        for row, rank in zip(rows.tolist(), columns.tolist(), strict=True):
            if gain[row, rank] > 0.0:
                taken[classes[row][int(gains[row][:, rank].argmax())]] = 1.0
        return float(np.maximum(gain[rows, columns], 0.0).sum())

    def solve(self, pool: _Pool) -> tuple[float, Floats]:
        """Return the value of the linear programme and the price of a visit of each node."""
        prices = self.prize.copy()  # what no day visits would be worth a day of its own
        found = relax(self.trip, pieces(pool.of_sites(self.trip)))
        if found is None:
            return -np.inf, prices
        value, sites, price = found
        prices[np.searchsorted(self.trip.candidates, sites)] = price
        return value, prices
