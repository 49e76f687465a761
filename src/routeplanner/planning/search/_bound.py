r"""An upper bound on the prize, by Lagrangian relaxation.

What ties visits to days is loosened: instead of an order in time, a visit of site i on day d takes its
service and half of the shortest legs that can lead to it and away from it, and the visits of a day share
its span less lunch (time), its limit of stops and its limit of travel; all days share the budget. With
prices :math:`\lambda, \mu, \theta, \beta \ge 0` on these resources

.. math:: L = \sum_d (\lambda R_d + \mu k_d + \theta r_d)^+ + \beta B
          + \max_S \Big[ \mathrm{value}(S) - \sum_{i \in S} \min_d c_{id}(\lambda, \mu, \theta, \beta) \Big]

is an upper bound for any prices, and the inner maximum falls apart by groups, where it is exact by dynamic
programming: of the members by falling prize the q-th that is taken is worth :math:`\rho^q p`. Must-visits and
exclusive pairs are left out, which only raises L. The prices are found by search along each of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from routeplanner.planning.schedule import NEVER
from routeplanner.planning.search._trip import WORTH_ONE

if TYPE_CHECKING:
    from collections.abc import Callable

    from routeplanner.planning.problem import Problem
    from routeplanner.planning.search._trip import Trip

__all__ = ["Bound", "bound"]

Array = npt.NDArray[np.float64]

CLOSED = 1e15  # need of a visit that cannot be, finite so that it may be free of charge
ROUNDS = 3
PROBES = 10
GOLDEN = (5**0.5 - 1) / 2


class Loose(NamedTuple):
    """The relaxed problem: needs by day and candidate, and what there is of each resource."""

    time: Array  # (d, c) service and half the shortest legs, CLOSED where it cannot be
    travel: Array  # (d, c)
    money: Array  # (c,) thousandths of a dong
    has: Array  # (3, d) time, stops and travel of a day
    budget: float
    prize: Array  # (c,)
    single: npt.NDArray[np.int64]  # candidates without a group
    members: npt.NDArray[np.int64]  # (g, m) candidates of a group by falling prize, c where there is none
    worth: Array  # (q,) of the q-th visit of a group


class Bound(NamedTuple):
    """A number that the prize of no solution exceeds, and the price of a visit of each candidate behind it."""

    value: float
    prices: Array


def bound(problem: Problem, trip: Trip) -> Bound:
    """Work out the bound."""
    if len(trip.candidates) == 0:
        return Bound(0.0, np.zeros(0))
    loose = _loosen(problem, trip)
    prices = np.zeros(4)
    best = _relaxed(loose, prices)
    amount = np.maximum(1.0, [*loose.has.sum(axis=1), loose.budget])
    for _ in range(ROUNDS):
        before = best
        for axis in range(4):
            prices, best = _along(loose, prices, axis, 1.2 * best / amount[axis], best)
        if best > before * 0.999:
            break
    return Bound(best, _costs(loose, prices))


def _along(loose: Loose, prices: Array, axis: int, highest: float, best: float) -> tuple[Array, float]:
    """Search a better price along one axis; the bound is convex in it."""

    def at(price: float) -> float:
        return _relaxed(loose, np.where(np.arange(4) == axis, price, prices))

    price, value = _golden(at, highest)
    if value < best:
        return np.where(np.arange(4) == axis, price, prices), value
    return prices, best


def _golden(function: Callable[[float], float], high: float) -> tuple[float, float]:
    """Return the least of the values seen in a golden-section search of [0, high], and where it is."""
    low = 0.0
    left, right = high * (1 - GOLDEN), high * GOLDEN
    seen = [(function(left), left), (function(right), right)]
    at_left, at_right = seen[0][0], seen[1][0]
    for _ in range(PROBES):
        if at_left <= at_right:
            high, right, at_right = right, left, at_left
            left = high - GOLDEN * (high - low)
            at_left = function(left)
            seen.append((at_left, left))
        else:
            low, left, at_left = left, right, at_right
            right = low + GOLDEN * (high - low)
            at_right = function(right)
            seen.append((at_right, right))
    value, place = min(seen)
    return place, value


def _relaxed(loose: Loose, prices: Array) -> float:
    """Return the bound for given prices of time, stops, travel and money."""
    days = float(np.maximum(prices[:3] @ loose.has, 0.0).sum())
    cost = _costs(loose, prices)
    single = np.maximum(loose.prize[loose.single] - cost[loose.single], 0.0).sum()
    total = days + float(prices[3]) * loose.budget + float(single)
    return total + _grouped(loose, np.append(cost, CLOSED)) if loose.members.size else total


def _costs(loose: Loose, prices: Array) -> Array:
    """Return what a visit of each candidate costs at given prices of time, stops, travel and money."""
    time, stop, travel, money = (float(price) for price in prices)
    cost = (time * loose.time + travel * loose.travel).min(axis=0) + stop + money * loose.money
    return np.asarray(cost)


def _grouped(loose: Loose, cost: Array) -> float:
    """Return the most that visits of groups are worth less their cost."""
    # value[g, q]: best of the members seen so far if q of them are taken
    value = np.full((len(loose.members), len(loose.worth) + 1), -CLOSED)
    value[:, 0] = 0.0
    for member in loose.members.T:
        prize = np.append(loose.prize, 0.0)[member]
        taken = prize[:, None] * loose.worth - cost[member][:, None]
        value[:, 1:] = np.maximum(value[:, 1:], value[:, :-1] + taken)
    return float(value.max(axis=1).sum())


def _loosen(problem: Problem, trip: Trip) -> Loose:
    """Work out the needs of visits and what days have."""
    sites = trip.candidates
    legs = [_legs(trip, day) for day in range(problem.n_days)]
    service = trip.sites["service"][sites].astype(float)
    travel = np.array([need for need, _ in legs])
    ways = np.array([way for _, way in legs])
    span = (
        problem.day_end_s
        - problem.day_start_s
        - np.where(problem.lunch & (len(trip.aboard) == 0), problem.lunch_s, 0)
    ).astype(float)
    limit = np.minimum(trip.days["max_travel"].astype(float), span)
    limited = trip.budget < NEVER
    members = _by_group(trip)
    return Loose(
        time=travel + service,
        travel=travel,
        money=trip.sites["cost"][sites].astype(float) if limited else np.zeros(len(sites)),
        has=np.array([span - ways, trip.days["max_stops"].astype(float), limit - ways]),
        budget=float(trip.budget) if limited else 0.0,
        prize=trip.sites["prize"][sites].astype(float),
        single=np.flatnonzero(trip.sites["group"][sites] < 0),
        members=members,
        worth=trip.worth[: max(1, min(int(trip.days["max_stops"].sum()), members.shape[1]))] / WORTH_ONE,
    )


def _legs(trip: Trip, day: int) -> tuple[Array, float]:
    """Return half the shortest legs to and from each candidate, and half those at the ends of the day.

    A leg counts where it can be driven: from the earliest departure to the last start of service.
    """
    sites = trip.candidates
    start, end = int(trip.days[day]["start"]), int(trip.days[day]["end"])
    origin, destination = int(trip.days[day]["origin"]), int(trip.days[day]["destination"])
    last = trip.last[day, sites]
    windows = trip.windows[day, sites]
    first = np.where(windows[..., 0] <= windows[..., 1], windows[..., 0], NEVER).min(axis=1)
    soonest = trip.least[origin, sites]
    if not trip.skips:  # a way over other stops may be quicker than the direct one
        apart = trip.least + np.where(np.eye(len(trip.least), dtype=np.bool_), NEVER, 0)
        soonest = apart.min(axis=0)[sites]
    leave = np.maximum(first, start + soonest) + trip.sites["service"][sites]
    between = trip.least[np.ix_(sites, sites)].astype(float)
    between[leave[:, None] + between > last[None, :]] = CLOSED
    np.fill_diagonal(between, CLOSED)
    outward = trip.least[origin, sites].astype(float)
    homeward = trip.least[sites, destination].astype(float)
    outward[start + outward > last] = CLOSED
    homeward[leave + homeward > end] = CLOSED
    need = (np.minimum(between.min(axis=0), outward) + np.minimum(between.min(axis=1), homeward)) / 2
    ends = (outward.min() + homeward.min()) / 2
    return np.where(last > -NEVER, need, CLOSED), min(float(ends), CLOSED)


def _by_group(trip: Trip) -> npt.NDArray[np.int64]:
    """Return the candidates of each group, the most valued first, in rows of one length."""
    prize, group = trip.sites["prize"][trip.candidates], trip.sites["group"][trip.candidates]
    lists = [np.flatnonzero(group == label) for label in np.unique(group[group >= 0])]
    members = np.full((len(lists), max(map(len, lists), default=0)), len(prize))
    for row, indices in enumerate(lists):
        members[row, : len(indices)] = indices[np.argsort(-prize[indices], kind="stable")]
    return members
