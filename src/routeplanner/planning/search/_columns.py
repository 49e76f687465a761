r"""Several days: an upper bound by column generation, and the best choice among the days that it saw.

Days share nothing but the rule that a site is visited once and that the second visit of a group is worth less.
With a price :math:`\pi_i \ge 0` for a visit of site i, for any prices

.. math:: L(\pi) = \max_S \Big[ \mathrm{value}(S) - \sum_{i \in S} \pi_i \Big]
          + \sum_d \max_{R_d} \sum_{i \in R_d} \pi_i

is an upper bound on every trip; the first part falls apart by groups, the second by days (`best_day`). Prices begin
with a few of Polyak's steps over days found quickly. Then a linear programme over the days seen so far sets them, near
those of the best bound (`relax`), and the best days for them are added. A trip with the day R falls short of the bound
by what R falls short of the best day of its kind, at least. Once the gap between bound and trip is small, few enough
days are left that can be part of a better trip: they are written down (`all_days`), and a set packing over them finds
that trip or proves that there is none (Baldacci, Christofides and Mingozzi 2008, as in `_every`).
"""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from routeplanner.planning.search._bound import bound
from routeplanner.planning.search._every import all_days
from routeplanner.planning.search._exact import best_day, make_room, metric, path_of
from routeplanner.planning.search._pack import pack, pack_all, pairs, pieces, relax, twins, unions
from routeplanner.planning.search._price import Pricer
from routeplanner.planning.search._trip import WORTH_ONE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from routeplanner.planning.problem import Problem
    from routeplanner.planning.search._compile import Floats, Ints
    from routeplanner.planning.search._exact import Room
    from routeplanner.planning.search._trip import Trip

__all__ = ["Generated", "close", "generate", "lagrange", "least_gain", "start_work"]

REACH, LEAST_REACH = 0.3, 1e-3  # share of a visit for which prices may stay where the best bound is
CLOSE = 2e-4  # gap between bound and linear programme at which prices are let go further
QUICK_ROUNDS = 20  # of the linear programme between two exact days
QUICK_SHARE = 0.08  # of the time that is left goes into the quick descent
DESCENT, KEPT = 150, 2  # its steps, and days that each of them keeps
STEP, LEAST_STEP, PATIENCE = 1.0, 0.05, 6  # shorter by half after so many steps without a better bound
LEFT_TO_CLOSE = 0.25  # of the time, for all days at the end
TURNS = 3  # of labels at most where the best day is no real one and no other is new
SHORT = 0.9999  # days worth this share of the best one known are of interest
PACK_NODES, PACK_NODES_ALL = 200, 20_000  # nodes of the branch and bound of the packing
PROVED = 0.49  # a bound by so much above a prize is that prize
HARVEST, LOOKED_AT = 40, 600  # days that one search may add, of so many
ALIKE = 2  # so many of them have the same node, unless they have a rarer one
NARROW = 0.04  # share of a day that the gap is when all days are asked for
NARROWER = 0.6  # share of that gap at which they are asked for again
EASY, EASILY = 8000, 0.1  # labels of a day up to which they are asked for at so large a share
LAST_SHARES = (1.0, 0.5, 0.25)  # of the gap, at the end
MOST_DAYS, MOST_IN_TIME = 60_000, 20_000  # to choose from, without and with a deadline
LIFT_SECONDS = 1.0  # of a packing on the way
LEAST_SECONDS, MOST_SECONDS = 0.2, 8.0  # of a programme, however little time is left, or where none is given


Days = tuple[tuple[int, ...], ...]


class Generated(NamedTuple):
    """A bound in units of prizes, and the best trip that the days seen can make (None if not asked for)."""

    bound: float
    days: Days | None


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

    def memory_of(self, kind: int, nodes: Ints) -> set[tuple[int, int]]:
        """Return what days of a kind have to remember, by positions among given nodes."""
        at = {int(node): index for index, node in enumerate(nodes)}
        return {(at[a], at[b]) for a, b in self.memory[kind] if a in at and b in at}

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
    work = start_work(trip, value, labels=labels, deadline=deadline)
    node_of = {int(site): node for node, site in enumerate(trip.candidates)}
    for day, route in start:
        work.pool.add(work.pool.kinds[day], tuple(node_of[site] for site in route))
    found = _converge(work, _quick_prices(problem, work), rounds)
    work = found.work
    if found.closed is not None:
        return found.closed
    best = found.best.value
    for share in LAST_SHARES:
        gap = share * (best - work.goal)
        if gap > NARROWER * found.tried or time.thread_time() > deadline:
            continue
        goal, below = (work.goal, work.value + PROVED) if share == 1.0 else (best - gap, best - gap)
        if (closed := close(work, found.best, found.prices, goal, below)) is not None:
            return closed._replace(days=closed.days or found.days)
    return Generated(
        best, pack(trip, pieces(work.pool.of_sites(trip)), seconds=_seconds_left(work), nodes=PACK_NODES)
    )


class _Found(NamedTuple):
    """The lowest bound met and its prices, the gap at which all days were last asked for, and what came of it.

    Of `days` the trip is made that `work` has as the best one known, if it is not the one given.
    """

    work: _Work
    best: _Height
    prices: Floats
    tried: float
    closed: Generated | None
    days: Days | None


def _converge(work: _Work, prices: Floats, rounds: int) -> _Found:
    """Go down to the least bound, from the linear programme to the best days and back; stop where the gap closes."""
    soon = work.deadline
    if np.isfinite(soon):
        soon -= LEFT_TO_CLOSE * max(soon - time.thread_time(), 0.0)
    best, centre, reach, tried = _Height(np.inf, prices, ()), prices, REACH, np.inf
    days: Days | None = None
    for _ in range(rounds):
        seen = len(work.pool.routes)
        height = lagrange(work, prices)
        if height.value < best.value:
            best, centre = height, prices
        gap = best.value - work.goal
        if gap < 0.0:
            return _Found(work, best, centre, tried, Generated(work.value + PROVED, days), days)
        if time.thread_time() > soon:
            break
        if gap <= min(_narrow(best), NARROWER * tried):
            work, days = _lifted(work, days)
            tried = gap = best.value - work.goal
            closed = close(work, best, centre, work.goal, work.value + PROVED)
            if closed is not None:
                return _Found(work, best, centre, tried, closed._replace(days=closed.days or days), days)
        ceiling, prices = _settle(work, centre, reach)
        if len(work.pool.routes) == seen or best.value - ceiling <= CLOSE * best.value:
            reach /= 4
            if reach < LEAST_REACH:
                break
    return _Found(work, best, centre, tried, None, days)


def _lifted(work: _Work, days: Days | None) -> tuple[_Work, Days | None]:
    """Pack the days seen; if that is worth more than the best trip known, hold the bound against it from now on.

    Only where a trip is worth the sum of its prizes. A trip that breaks a rule nobody looks at here does no harm: no
    other is worth more than the bound that follows.
    """
    trip = work.trip
    if len(trip.groups) or trip.sites["must"].any():
        return work, days
    seconds = min(LIFT_SECONDS, _seconds_left(work))
    found = pack(trip, pieces(work.pool.of_sites(trip)), seconds=seconds, nodes=PACK_NODES)
    value = float(sum(trip.sites["prize"][site] for route in found or () for site in route))
    if found is None or value <= work.value:
        return work, days
    return work._replace(value=value, goal=value + least_gain(trip)), found


def _narrow(best: _Height) -> float:
    """Return the gap from which on all days within it are not too many."""
    return (EASILY if best.labels <= EASY else NARROW) * max(best.tops, default=0.0)


def least_gain(trip: Trip) -> float:
    """Return what a better trip is worth more at least: prizes of trips are multiples of what all prizes are.

    Where groups make parts of prizes, half a unit, as trips are compared by rounded prizes.
    """
    prizes = trip.sites["prize"][trip.candidates]
    return max(float(np.gcd.reduce(prizes)), 1.0) if len(trip.groups) == 0 else 0.5


class _Work(NamedTuple):
    """What the rounds of a generation share."""

    trip: Trip
    pool: _Pool
    master: _Master
    pricer: Pricer
    room: Room
    value: float  # of the best trip known
    goal: float  # that a better one is worth at least
    deadline: float


def start_work(trip: Trip, value: float, *, labels: int = 100_000, deadline: float = np.inf) -> _Work:
    """Lay out what bounding a trip with metric ways takes, the best one known being worth `value`."""
    goal = value + least_gain(trip)
    return _Work(
        trip, _Pool(trip), _Master(trip), Pricer(trip), make_room(trip, labels), value, goal, deadline
    )


def _quick_prices(problem: Problem, work: _Work) -> Floats:
    """Return prices to begin with: those of days found quickly."""
    left = max(work.deadline - time.thread_time(), 0.0)
    quickly = partial(_quickly, work.pool, work.master, work.pricer)
    prize, more = work.master.prize, np.zeros(len(work.master.pairs))
    begin = np.r_[bound(problem, work.trip).prices, more]
    highest = np.r_[prize, more + prize.max(initial=0.0)]
    soon = time.thread_time() + QUICK_SHARE * left
    return _descend(quickly, begin, highest, work.value, steps=DESCENT, deadline=soon)[1]


def close(work: _Work, best: _Height, prices: Floats, goal: float, below: float) -> Generated | None:
    """Gather all days of which a trip can be made that is worth a goal, and choose the best ones.

    A trip falls short of the bound for given prices by at least as much as each of its days falls short of the best
    day of its kind. None if there are too many days.
    """
    trip, pool = work.trip, work.pool
    gap = best.value - goal + 1e-6
    routes: list[tuple[int, list[int]]] = []
    for kind, day in enumerate(pool.days):
        target = (best.tops[kind] - gap) * WORTH_ONE
        worth = prices[: len(trip.candidates)] * WORTH_ONE
        days = all_days(trip, day, worth, target, work.room, pool.memory[kind])
        if days is None or len(days) > (MOST_IN_TIME if np.isfinite(work.deadline) else MOST_DAYS):
            return None
        routes += [(day, trip.candidates[list(route)].tolist()) for route in days]
    return _choose(work, routes, best.value, goal, below)


def _choose(
    work: _Work, routes: list[tuple[int, list[int]]], most: float, goal: float, below: float
) -> Generated:
    """Choose among all days of which a trip worth a goal can be made; `below` is the bound if there is no such trip."""
    trip = work.trip
    order = {(kind, frozenset(sites)): sites for kind, sites in routes}
    days = _merged(routes)
    relaxed = relax(trip, pieces(days), seconds=_seconds_left(work)) if days else None
    if not days or (relaxed is not None and relaxed.value < goal - 1e-6):
        return Generated(below, None)
    if relaxed is not None:
        most = min(most, relaxed.value)
        price = dict(zip(trip.candidates.tolist(), relaxed.prices.tolist(), strict=False))
        least = {fit: top - (relaxed.value - goal) - 1e-6 for fit, top in relaxed.tops.items()}
        days = [(fit, sites) for fit, sites in days if sum(price[site] for site in sites) >= least[fit]]
    seconds = _seconds_left(work)
    packed = pack_all(trip, pieces(days), above=goal - 1e-6, seconds=seconds, nodes=PACK_NODES_ALL)
    kinds = trip.days["kind"].tolist()
    chosen = packed.days and tuple(
        tuple(order.get((kind, frozenset(sites)), sites))
        for kind, sites in zip(kinds, packed.days, strict=True)
    )
    return Generated(min(most, max(packed.bound, below)), chosen)


def _seconds_left(work: _Work) -> float:
    return min(max(work.deadline - time.thread_time(), LEAST_SECONDS), MOST_SECONDS)


def _merged(routes: Sequence[tuple[int, list[int]]]) -> list[tuple[frozenset[int], list[int]]]:
    """Return each set of sites once, with all kinds of days that it fits."""
    kinds: dict[frozenset[int], set[int]] = {}
    orders: dict[frozenset[int], list[int]] = {}
    for kind, sites in routes:
        key = frozenset(sites)
        kinds.setdefault(key, set()).add(kind)
        orders.setdefault(key, sites)
    merged = [(frozenset(kinds[key]), sites) for key, sites in orders.items()]
    if unions({fit for fit, _ in merged}) is None:
        return [(frozenset({kind}), sites) for kind, sites in routes]
    return merged


class _Height(NamedTuple):
    """The bound for given prices, and its slope."""

    value: float
    slope: Floats
    tops: tuple[float, ...]  # what the best day of each kind is worth
    labels: int = 0  # built for a day, at most


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
        height, slope = look(prices)[:2]
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
    height, slope = master.free(prices)
    prices = prices[: len(master.prize)]
    for kind, day in enumerate(pool.days):
        days = list(pricer.days(day, prices, 0.0, keep=0))
        for route in days[:KEPT]:
            pool.add(kind, route)
        if days:
            times = pool.kinds.count(kind)
            slope[list(days[0])] += times
            height += times * float(prices[list(days[0])].sum())
    return _Height(height, slope, ())


def _settle(work: _Work, centre: Floats, reach: float) -> tuple[float, Floats]:
    """Add days found quickly until there are none; return value and prices of the linear programme over all."""
    for _ in range(QUICK_ROUNDS):
        ceiling, prices = work.master.solve(work.pool, centre, reach)
        if not _look(work.pool, work.pricer, prices) or time.thread_time() > work.deadline:
            break
    return ceiling, prices


def _look(pool: _Pool, pricer: Pricer, prices: Floats) -> bool:
    """Add days found quickly that are worth more than all known ones; tell whether there are any."""
    seen, prices = len(pool.routes), prices[: len(pricer.trip.candidates)]
    for kind, day in enumerate(pool.days):
        known = [sum(prices[list(route)]) for own, route in pool.routes if own == kind]
        for route in pricer.days(day, prices, max(known, default=0.0) * (1 + 1e-6) + 1e-3, keep=1):
            pool.add(kind, route)
    return len(pool.routes) > seen


def _priced(trip: Trip, prices: Floats) -> Ints:
    """Return the nodes that a best day may visit: those with a price, all if others may shorten a way."""
    return np.flatnonzero((prices > 1e-9) | (trip.skips == 0))


def lagrange(work: _Work, prices: Floats) -> _Height:
    """Return the bound for given prices; days worth their price go into the pool."""
    trip, pool = work.trip, work.pool
    total, slope = work.master.free(prices)
    tops, labels = [], 0
    prices = prices[: len(trip.candidates)]
    nodes = _priced(trip, prices)
    small = trip._replace(candidates=trip.candidates[nodes])
    for kind, day in enumerate(pool.days):
        known = [(sum(prices[list(route)]), route) for own, route in pool.routes if own == kind]
        dearest, visits = max(known, default=(0.0, ()))
        memory = pool.memory_of(kind, nodes)
        before = len(pool.routes)
        for turns in (1, TURNS):
            found = best_day(
                small,
                day,
                prices[nodes] * WORTH_ONE,
                SHORT * dearest * WORTH_ONE,
                work.room,
                grouped=False,
                memory=memory,
                turns=turns,
                deadline=work.deadline,
            )
            for route in _harvest(work.room, found.built):
                pool.add(kind, tuple(int(node) for node in nodes[list(route)]))
            if found.proved or len(pool.routes) > before:
                break
        pool.memory[kind] |= {(int(nodes[a]), int(nodes[b])) for a, b in memory}
        times, top = pool.kinds.count(kind), max(found.bound, 0.0) / WORTH_ONE
        labels = max(labels, found.built)
        total += top * times
        tops.append(top)
        visits = tuple(nodes[list(found.path)].tolist()) if found.path else visits
        np.add.at(slope, list(visits), times)
    return _Height(total, slope, tuple(tops), labels)


def _harvest(room: Room, count: int) -> Iterable[tuple[int, ...]]:
    """Return the best days among the labels, without repeated visits, of each node a few."""
    labels = room.labels[:count]
    order = np.argsort(-labels["value"] * labels["ends"], kind="stable")[:LOOKED_AT]
    times: dict[int, int] = {}
    found = 0
    for index in order:
        if found == HARVEST or not labels[index]["ends"]:
            return
        route = path_of(labels, int(index))
        if len(set(route)) == len(route) and min(times.get(node, 0) for node in route) < ALIKE:
            times.update({node: times.get(node, 0) + 1 for node in route})
            found += 1
            yield tuple(route)


class _Master:
    """The programme that joins days to trips: which days, which visits count, at what rank in their group.

    Of sites that exclude each other and the same others (a site as it is on different days) one counts at most.
    """

    def __init__(self, trip: Trip) -> None:
        sites = trip.sites[trip.candidates]
        self.trip, self.prize = trip, sites["prize"].astype(float)
        self.worth = trip.worth / WORTH_ONE
        alike = twins(trip)[trip.candidates]
        self.kind, self.pairs = alike, pairs(trip)
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
        """Return the most that visits are worth less their prices, days aside, and its slope, by price.

        Prices are those of visits, then those of `pairs`: what one of two sites that exclude each other pays.
        """
        count = len(self.prize)
        of_class = np.zeros(int(self.kind.max(initial=-1)) + 1)
        np.add.at(of_class, self.pairs, prices[count:, None])
        paid = prices[:count] + of_class[self.kind]
        taken = np.zeros(count)
        gain = self.prize[self.single] - paid[self.single]
        order = np.lexsort((-gain, self.kind_of_single))
        first = order[np.r_[True, np.diff(self.kind_of_single[order]) > 0][: len(order)]]
        chosen = first[gain[first] > 0.0]
        taken[self.single[chosen]] = 1.0
        total = float(gain[chosen].sum())
        for classes in self.groups:
            total += self._free_group(classes, paid, taken)
        visits = np.bincount(self.kind, taken, len(of_class))
        return total + float(prices[count:].sum()), np.r_[-taken, 1.0 - visits[self.pairs].sum(axis=1)]

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

    def solve(self, pool: _Pool, near: Floats, reach: float) -> tuple[float, Floats]:
        """Return the value of the linear programme, kept near given prices, and its prices."""
        found = relax(self.trip, pieces(pool.of_sites(self.trip)), near, reach=reach)
        return (-np.inf, near) if found is None else (found.value, found.prices)
