r"""The routes that are worth most at given prices, and how much no route is worth.

A route of a template that visits the places S is worth :math:`f(S) - \sum_{s \in S} c_s`, where f is its prize: within
a group (a craft) the q-th visit, by prize, is worth :math:`\rho^q p_s`; :math:`c_s` is what the call costs less what
its cover is worth. The search knows prizes by place and groups, so it is given *relaxed* problems, worth at least as
much for every S:

- **A day** is branched on: either a place t is visited, and then all places of its group that rank below it are worth
  :math:`\rho p_s - c_s` at most (after q such places :math:`\rho^q p_s - c_s`), or it is not. In groups without such
  places, one with a reward (:math:`c_s < 0`) counts in full, and the others as if :math:`p_s - c_s` were their prizes.
  The branch whose bound is highest is parted by the best place of the group that the relaxed day makes most of. The
  search's own proof bounds each branch; a handful closes most days.
- **The days of a longer trip** are sought apart. With any :math:`\kappa_K \ge 0` for the sets K of which a trip visits
  one place at most (each place; each whole with a part of it) a visit pays the :math:`\kappa_K` of its sets, and their
  sum comes back once. As :math:`\rho^q p \le \rho p` for all visits but the best one of a group g,
  :math:`f(S) \le \sum_s \rho p_s + (1 - \rho) \sum_g \max_{s \in g} p_s`, and with any :math:`\lambda_g \ge 0` the
  second part is at most :math:`(1 - \rho) (\sum_g \lambda_g + \sum_s (p_s - \lambda_{g(s)})^+)`. Both multipliers are
  the prices of a linear programme over the days seen so far, half-way to the best ones.
"""

from __future__ import annotations

import heapq
import itertools
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from routeplanner.planning.problem import NO_GROUP, PRIZE_SCALE
from routeplanner.planning.search import search, upper_bound
from routeplanner.programme.pool import Pool, add_route, worth_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt
    from scipy.sparse import csr_array

    from routeplanner.planning.problem import Problem, Solution

    Floats = npt.NDArray[np.float64]

__all__ = ["NEVER", "Ease", "hunt", "route_bound"]

QUICK_STEPS, FURTHER_STEPS = 500, 150
"""Steps of a search that only looks for one more route, and of one that begins with a good one."""

SAFETY_S = 600.0
"""Seconds of the processor after which a search would stop where it is: so many that steps alone end it."""

NEVER = 1e6
"""Price of a call that cannot be: above any prize that matters."""

MOST_BRANCHES = 30
"""Of a day at given prices; a handful is the rule."""

SLACK = 0.02 * PRIZE_SCALE
"""A bound that lies no more than that above what is wanted is close enough."""


def hunt(
    pool: Pool, template: int, prices: Mapping[str, float], *, seed: int, grouped: bool = False
) -> Solution:
    """Search the route that is worth most at the prices (what a call costs, by place), and put it into the pool.

    With `grouped` places with a reward stay in their groups: too little is made of their rewards then, without it
    too much of their prizes.
    """
    own = pool.templates[template]
    problem = _as_branched(own.case.problem, _costs(own.sites, prices), Branch())
    if grouped:
        problem = replace(problem, group=own.case.problem.group)
    found = search(
        problem,
        seed=seed,
        iterations=QUICK_STEPS,
        proof=None,
        bounded=False,
        time_limit_s=SAFETY_S,
    )
    add_route(pool, template, found.days)
    return found


def _costs(sites: Sequence[str], prices: Mapping[str, float]) -> Floats:
    return np.array([prices.get(site, 0.0) for site in sites]) * PRIZE_SCALE


def route_bound(
    pool: Pool,
    template: int,
    prices: Mapping[str, float],
    *,
    seed: int,
    proof: bool = False,
    turns: int = 1,
    enough: float = 0.0,
    eases: dict[int, Ease] | None = None,
) -> float:
    """Return what no route of a template exceeds at the prices; the routes found on the way go into the pool.

    Parameters
    ----------
    pool, template, prices
        Whose routes, and what a call costs by place.
    seed
        Of the searches.
    proof
        Whether trips of several days are bounded by the search's column generation as well.
    turns
        Steps of the multipliers of longer trips: more of them, a closer bound.
    enough
        A bound that is as good as any below it.
    eases
        By template the multipliers to begin with; those that were best are left there for prices to come.
    """
    own = pool.templates[template]
    cost = _costs(own.sites, prices)
    if own.case.problem.n_days == 1:
        return _best_day(pool, template, cost, enough=enough * PRIZE_SCALE, seed=seed) / PRIZE_SCALE
    best = np.inf
    if proof:
        whole = _as_branched(own.case.problem, cost, Branch())
        found = search(whole, seed=seed, iterations=QUICK_STEPS, proof=True, time_limit_s=SAFETY_S)
        add_route(pool, template, found.days)
        best = float(upper_bound(whole, proof=True) if found.bound is None else found.bound)
    known = {} if eases is None else eases
    apart = _days_apart(pool, template, cost, known, turns=turns, enough=enough * PRIZE_SCALE, seed=seed)
    return min(best, apart) / PRIZE_SCALE


# --- one day: branch and bound over the first visits of each group ------------------------------------


@dataclass(frozen=True, slots=True)
class Branch:
    """Part of all days: which sites they visit for sure and which never."""

    firsts: frozenset[int] = frozenset()
    never: frozenset[int] = frozenset()


def _best_day(pool: Pool, template: int, cost: Floats, *, enough: float, seed: int) -> float:
    """Return a bound on the best day, exact where the branches suffice; good days go into the pool."""
    problem = pool.templates[template].case.problem
    found, leaf = _best_known(pool, template, cost), 0.0
    todo: list[tuple[float, int, Branch, tuple[int, ...]]] = []
    count = itertools.count()

    def look(branch: Branch, start: Sequence[int] = ()) -> None:
        nonlocal found
        bound, day = _bounded(_as_branched(problem, cost, branch), seed, start=start)
        own = _worthwhile(problem, cost, day)
        found = max(found, _net(problem, cost, [own]))
        add_route(pool, template, [own])
        heapq.heappush(todo, (-bound, next(count), branch, day))

    look(Branch())
    for _ in range(MOST_BRANCHES):
        if not todo or -todo[0][0] <= max(found, leaf, enough) + SLACK:
            break
        bound, _, branch, day = heapq.heappop(todo)
        site = _to_branch_on(problem, branch, day)
        if site is None:
            leaf = max(leaf, -bound)
        else:
            look(replace(branch, firsts=branch.firsts | {site}), day)
            look(replace(branch, never=branch.never | {site}), day)
    return max(found, leaf, -todo[0][0] if todo else 0.0)


def _to_branch_on(problem: Problem, branch: Branch, day: Sequence[int]) -> int | None:
    """Return of the group that is visited most often beyond its first visits the next one in rank."""
    further: dict[int, list[int]] = defaultdict(list)
    for site in day:
        if problem.group[site] != NO_GROUP and site not in branch.firsts:
            further[int(problem.group[site])].append(site)
    firsts = {int(problem.group[site]) for site in branch.firsts}
    wrong = [(len(own), -group) for group, own in further.items() if len(own) > 1 or group in firsts]
    if not wrong:
        return None
    prize = _whole_prize(problem)
    return max(further[-max(wrong)[1]], key=lambda site: (prize[site], -site))


def _as_branched(problem: Problem, cost: Floats, branch: Branch) -> Problem:
    r"""Return the problem in which calls are paid for, worth no less for any day of a branch.

    A visit of site s that is the q-th of its group is worth :math:`\rho^q p_s - c_s`, and as q first visits of
    a branch that rank above s come before it, at most :math:`\rho^q p_s - c_s` with that q. In groups without first
    visits, a place with a reward leaves its group; where :math:`c_s \ge 0`,
    :math:`\rho^q p_s - c_s \le \rho^q (p_s - c_s)`, and ranking the visits by :math:`p_s - c_s` only adds to the sum.
    No worth falls below 0.
    """
    prize, group = problem.prize.astype(float), problem.group.copy()
    rank = _whole_prize(problem)
    for first in branch.firsts:
        own = problem.group == problem.group[first]
        later = own & ((rank < rank[first]) | ((rank == rank[first]) & (np.arange(len(own)) > first)))
        prize = np.where(later, problem.repeat_worth * prize, prize)
        group[own] = NO_GROUP
    worth = np.where(np.isin(np.arange(problem.n_sites), list(branch.never)), 0.0, prize - cost)
    return _with_worth(problem, worth, np.where(cost < 0, NO_GROUP, group))


def _with_worth(problem: Problem, worth: Floats, group: npt.NDArray[np.int64]) -> Problem:
    """Return the problem with other prizes, rounded upwards so that bounds stay bounds."""
    whole = np.ceil(np.maximum(worth, 0.0) - 1e-6).astype(np.int64)
    return replace(problem, prize=whole, group=group, must=np.zeros(problem.n_sites, np.bool_))


def _bounded(day: Problem, seed: int, *, start: Sequence[int] = ()) -> tuple[float, tuple[int, ...]]:
    """Return the bound of a day, and a good one; a search first, as proving a good day best is quicker."""
    steps = FURTHER_STEPS if start else QUICK_STEPS
    found = search(day, seed=seed, iterations=steps, proof=False, start=[start], time_limit_s=SAFETY_S)
    return float(upper_bound(day) if found.bound is None else found.bound), found.days[0]


def _whole_prize(problem: Problem) -> Floats:
    """Return by site the prize of a first visit on its best day."""
    return (problem.prize if problem.prize.ndim == 1 else problem.prize.max(axis=0)).astype(float)


def _net(problem: Problem, cost: Floats, days: Sequence[Sequence[int]]) -> float:
    """Return what days are worth less what their calls cost."""
    return worth_of(problem, days) * PRIZE_SCALE - float(sum(cost[site] for day in days for site in day))


def _worthwhile(problem: Problem, cost: Floats, day: Sequence[int]) -> tuple[int, ...]:
    """Return a day without the visits that cost more than they are worth beside the others."""
    best = tuple(day)
    while True:
        shorter = [best[:at] + best[at + 1 :] for at in range(len(best))]
        better = max(shorter, key=lambda own: _net(problem, cost, [own]), default=())
        if _net(problem, cost, [better]) < _net(problem, cost, [best]):
            return best
        if not best:
            return best
        best = better


def _best_known(pool: Pool, template: int, cost: Floats) -> float:
    at = {site: float(cost[i]) for i, site in enumerate(pool.templates[template].sites)}
    return max(
        (
            route.worth * PRIZE_SCALE - sum(at[site] for site in sorted(route.sites))
            for route in pool.routes.values()
            if route.template == template
        ),
        default=0.0,
    )


# --- several days: multipliers ------------------------------------------------------------------------


@dataclass(slots=True)
class Ease:
    """Multipliers of a template and the days that they follow from.

    Parameters
    ----------
    again
        By row of `_once_rows`, of more than one visit.
    like
        By group, of more than one best visit.
    seen
        Days found, with their number.
    """

    again: Floats
    like: Floats
    seen: dict[tuple[int, frozenset[int]], None]


def _days_apart(
    pool: Pool,
    template: int,
    cost: Floats,
    eases: dict[int, Ease],
    *,
    turns: int,
    enough: float,
    seed: int,
) -> float:
    """Return a bound on a trip of several days from the bounds of its days."""
    problem = pool.templates[template].case.problem
    ease = eases.get(template)
    if ease is None:
        groups = int(problem.group.max(initial=NO_GROUP)) + 1
        ease = eases[template] = Ease(np.zeros(_once_rows(problem).shape[0]), np.zeros(groups), {})
    for route in pool.routes.values():
        if route.template == template:
            ease.seen |= {(day, frozenset(own)): None for day, own in enumerate(route.days) if own}
    best = np.inf
    for turn in range(turns):
        value, again, like = _multipliers(problem, cost, ease)
        if turn > 0:  # half-way to the best ones: those of the days seen so far jump to and fro
            again, like = (again + ease.again) / 2, (like + ease.like) / 2
        bound, days = _day_by_day(problem, cost, again, like, seed)
        ease.seen |= {(day, frozenset(own)): None for day, own in enumerate(days) if own}
        add_route(pool, template, _once(problem, days))
        if bound < best:
            best, ease.again, ease.like = bound, again, like
        if best <= max(value, enough) + SLACK:
            break
    return best


def _once_rows(problem: Problem) -> csr_array:
    """Return the sets of sites of which a trip visits one at most, as rows: each site, each exclusive pair."""
    from scipy.sparse import csr_array, eye_array, vstack

    pairs = np.zeros((len(problem.exclusive), problem.n_sites))
    for row, pair in zip(pairs, problem.exclusive, strict=True):
        row[pair] = 1.0
    return csr_array(vstack([eye_array(problem.n_sites), csr_array(pairs)]))


def _multipliers(problem: Problem, cost: Floats, ease: Ease) -> tuple[float, Floats, Floats]:
    """Return the value of the relaxed trip over the days seen, and its prices by row of repeats and by group."""
    from scipy.optimize import linprog
    from scipy.sparse import csr_array, hstack, vstack

    days, rho, once = list(ease.seen), problem.repeat_worth, _once_rows(problem)
    visits = np.zeros((problem.n_sites, len(days)))
    of_day = np.zeros((problem.n_days, len(days)))
    for column, (day, own) in enumerate(days):
        visits[list(own), column] = of_day[day, column] = 1.0
    grouped = np.flatnonzero(problem.group != NO_GROUP)
    tops = np.zeros((len(ease.like), len(grouped)))
    tops[problem.group[grouped], np.arange(len(grouped))] = 1.0
    prize = np.broadcast_to(problem.prize, (problem.n_days, problem.n_sites))
    share = np.where(problem.group != NO_GROUP, rho, 1.0)
    by_day = np.array([prize[day] for day, _ in days]).reshape(len(days), problem.n_sites)
    worth = ((share * by_day - cost) * visits.T).sum(axis=1)
    worth = np.concatenate([worth, (1 - rho) * _whole_prize(problem)[grouped]])
    # a day is one, of a row one site is visited, a best visit is a visit, a group has one best visit
    rows = vstack(
        [
            hstack([csr_array(of_day), csr_array((problem.n_days, len(grouped)))]),
            hstack([once @ csr_array(visits), csr_array((once.shape[0], len(grouped)))]),
            hstack([csr_array(-visits[grouped]), csr_array(np.eye(len(grouped)))]),
            hstack([csr_array((len(tops), len(days))), csr_array(tops)]),
        ]
    ).tocsr()
    first, best = problem.n_days, problem.n_days + once.shape[0]
    last = best + len(grouped)
    limit = np.concatenate([np.ones(best), np.zeros(len(grouped)), np.ones(len(tops))])
    found = linprog(-worth, A_ub=rows, b_ub=limit, bounds=(0, None), method="highs")
    dual = np.maximum(-found.ineqlin.marginals, 0.0)
    return -float(found.fun), dual[first:best], dual[last:] / (1 - rho) if rho < 1 else 0 * dual[last:]


def _day_by_day(
    problem: Problem, cost: Floats, again: Floats, like: Floats, seed: int
) -> tuple[float, list[tuple[int, ...]]]:
    """Return the bound at these multipliers, and the best days, which may visit a place twice."""
    rho = problem.repeat_worth
    prize = problem.prize.astype(float)
    of_group = like[np.maximum(problem.group, 0)] if len(like) else np.zeros(problem.n_sites)
    shared = rho * prize + (1 - rho) * np.maximum(prize - of_group, 0.0)
    worth = np.where(problem.group != NO_GROUP, shared, prize) - cost - _once_rows(problem).T @ again
    eased = _with_worth(problem, worth, np.full(problem.n_sites, NO_GROUP))
    total = float(again.sum() + (1 - rho) * like.sum())
    days = []
    for day in range(problem.n_days):
        bound, own = _bounded(_one_day(eased, day), seed)
        total += bound
        days.append(own)
    return total, days


def _once(problem: Problem, days: Sequence[Sequence[int]]) -> list[list[int]]:
    """Return the days with each place on the first one only that visits it, and one of what excludes each other."""
    rivals: dict[int, set[int]] = defaultdict(set)
    for one, other in problem.exclusive.tolist():
        rivals[one].add(other)
        rivals[other].add(one)
    seen: set[int] = set()
    kept = []
    for day in days:
        kept.append([site for site in day if site not in seen and not rivals[site] & seen])
        seen.update(kept[-1])
    return kept


def _one_day(problem: Problem, day: int) -> Problem:
    """Return one day of a problem, as if no other day visited anything: together they bound the trip."""
    fields: dict[str, Any] = {
        name: getattr(problem, name)[day : day + 1]
        for name in (
            "windows",
            "day_start_s",
            "day_end_s",
            "origin",
            "destination",
            "max_stops",
            "max_travel_s",
            "lunch",
        )
    }
    by_day = {
        name: getattr(problem, name)[day : day + 1]
        for name in ("prize", "service_s")
        if getattr(problem, name).ndim > 1
    }
    return replace(problem, **fields, **by_day)
