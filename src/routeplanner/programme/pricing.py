r"""The routes that are worth most at given prices, and how much no route is worth.

A route of a template that visits the places S is worth :math:`f(S) - \sum_{s \in S} c_s`, where f is its prize: within
a group (a craft) the q-th visit is worth :math:`\rho^q p_s`; :math:`c_s` is what the call costs less what its cover is
worth. The search knows prizes by place and groups, so it is given a *relaxed* problem, worth at least as much for
every S. What is relaxed is paid for:

- A place with a reward (:math:`c_s < 0`) leaves its group. As :math:`\rho^q p \le \rho p` for all visits but the best
  one of a group g, :math:`f(S) \le \sum_s \rho p_s + (1 - \rho) \sum_g \max_{s \in g} p_s`, and with any
  :math:`\lambda_g \ge 0` the second part is at most
  :math:`(1 - \rho) (\sum_g \lambda_g + \sum_s (p_s - \lambda_{g(s)})^+)`.
- The days of a longer trip are sought apart. With any :math:`\kappa_s \ge 0` each of them pays :math:`\kappa_s` for a
  visit of s, and :math:`\sum_s \kappa_s` comes back once: a place that both days visit loses by it.

Both are Lagrangian relaxations; a few steps along the subgradient, of the length that Polyak gives, bring the bound
down.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from routeplanner.planning.problem import NO_GROUP, PRIZE_SCALE
from routeplanner.planning.search import search, upper_bound
from routeplanner.programme.pool import Pool, add_route

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from routeplanner.planning.problem import Problem, Solution

    Floats = npt.NDArray[np.float64]

__all__ = ["Ease", "hunt", "priced", "route_bound"]

QUICK_STEPS = 500
"""Steps of a search that only looks for one more route."""

STRIDE = 0.8
"""Share of Polyak's step that is gone: the best route known is a guess at the best there is."""


def hunt(
    pool: Pool, template: int, prices: Mapping[str, float], *, seed: int, grouped: bool = False
) -> Solution:
    """Search the route that is worth most at the prices (what a call costs, by place), and put it into the pool.

    With `grouped` places with a reward stay in their groups: too little is made of their rewards then, without it
    too much of their prizes.
    """
    own = pool.templates[template]
    problem = priced(own.case.problem, _costs(own.sites, prices))
    if grouped:
        problem = replace(problem, group=own.case.problem.group)
    found = search(problem, seed=seed, iterations=QUICK_STEPS, proof=None)
    add_route(pool, template, found.days)
    return found


def _costs(sites: Sequence[str], prices: Mapping[str, float]) -> Floats:
    return np.array([prices.get(site, 0.0) for site in sites]) * PRIZE_SCALE


def priced(problem: Problem, cost: Floats, like: Floats | None = None) -> Problem:
    r"""Return the problem in which calls are paid for, worth no less for any set of visits of a day.

    A visit of site s that is the q-th of its group is worth :math:`\rho^q p_s - c_s`. Where :math:`c_s \ge 0`,
    :math:`\rho^q p_s - c_s \le \rho^q (p_s - c_s)`, and ranking the visits by :math:`p_s - c_s` only adds to the sum;
    a place with a reward leaves its group, which lifts the others' ranks; no worth falls below 0.

    Parameters
    ----------
    problem
        Of a template.
    cost
        By site, in units of a prize.
    like
        By site, the multiplier of its group; `like` once for each group, times 1 less the worth of a repeat, has
        to be added to what the problem is worth.
    """
    free = (cost < 0) & (problem.group != NO_GROUP)
    prize = problem.prize.astype(float)
    if like is not None:
        rho = problem.repeat_worth
        prize = np.where(free, rho * prize + (1 - rho) * np.maximum(prize - like, 0.0), prize)
    worth = np.ceil(np.maximum(prize - cost, 0.0) - 1e-6).astype(
        np.int64
    )  # upwards, so that the bound stays one
    return replace(
        problem,
        prize=worth,
        group=np.where(cost < 0, NO_GROUP, problem.group),
        must=np.zeros(problem.n_sites, np.bool_),
    )


def route_bound(
    pool: Pool,
    template: int,
    prices: Mapping[str, float],
    *,
    seed: int,
    proof: bool = False,
    turns: int = 1,
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
        Steps along the subgradient: more of them, a closer bound.
    eases
        By template the multipliers to begin with; those that were best are left there for prices to come.
    """
    own = pool.templates[template]
    problem, cost = own.case.problem, _costs(own.sites, prices)
    best = np.inf
    if problem.n_days > 1:
        whole = priced(problem, cost)
        found = search(whole, seed=seed, iterations=QUICK_STEPS, proof=proof)
        add_route(pool, template, found.days)
        best = float(upper_bound(whole, proof=proof) if found.bound is None else found.bound)
    known = {} if eases is None else eases
    ease = known.get(template) or Ease(
        np.zeros(problem.n_sites), np.zeros(int(problem.group.max(initial=NO_GROUP)) + 1)
    )
    least = np.inf
    for _ in range(turns):
        bound, days = _day_by_day(problem, cost, ease, seed)
        best = min(best, bound)
        add_route(pool, template, _once(days))
        room = bound - _best_known(pool, template, prices) * PRIZE_SCALE
        further = _step(problem, cost, ease, days, room=room)
        if bound < least:
            least, known[template] = bound, ease if turns > 1 or further is None else further
        if further is None:
            break
        ease = further
    return best / PRIZE_SCALE


@dataclass(frozen=True, slots=True)
class Ease:
    """Multipliers: by site of a visit on more than one day, by group of more than one best visit."""

    again: Floats
    like: Floats

    def by_site(self, problem: Problem) -> Floats:
        """Return by site the multiplier of its group."""
        if not len(self.like):
            return np.zeros(problem.n_sites)
        return np.where(problem.group >= 0, self.like[np.maximum(problem.group, 0)], 0.0)


def _day_by_day(problem: Problem, cost: Floats, ease: Ease, seed: int) -> tuple[float, list[tuple[int, ...]]]:
    """Return the bound at these multipliers, and the best days, which may visit a place twice."""
    eased = priced(problem, cost + ease.again, ease.by_site(problem))
    total = float(ease.again.sum() + (1 - problem.repeat_worth) * ease.like.sum())
    days = []
    for day in range(problem.n_days):
        alone = _one_day(eased, day)
        # a search first, as proving a good day best is quicker than bounding from nothing
        found = search(alone, seed=seed, iterations=QUICK_STEPS, proof=False)
        total += upper_bound(alone) if found.bound is None else found.bound
        days.append(found.days[0])
    return total, days


def _once(days: Sequence[Sequence[int]]) -> list[list[int]]:
    """Return the days with each place on the first one only that visits it."""
    seen: set[int] = set()
    kept = []
    for day in days:
        kept.append([site for site in day if site not in seen])
        seen.update(day)
    return kept


def _best_known(pool: Pool, template: int, prices: Mapping[str, float]) -> float:
    return max(
        (
            route.worth - sum(prices.get(site, 0.0) for site in sorted(route.sites))
            for route in pool.routes.values()
            if route.template == template
        ),
        default=0.0,
    )


def _step(
    problem: Problem, cost: Floats, ease: Ease, days: Sequence[Sequence[int]], *, room: float
) -> Ease | None:
    """Return the multipliers one step further along the subgradient, None where it is zero."""
    visits = Counter(site for day in days for site in day)
    again = np.array([float(visits[site] - 1) for site in range(problem.n_sites)])
    again[(again < 0) & (ease.again <= 0)] = 0.0
    if problem.n_days == 1:
        again[:] = 0.0
    like = np.full(len(ease.like), -1.0)
    prize = problem.prize if problem.prize.ndim == 1 else problem.prize.max(axis=0)
    for site, count in visits.items():
        group = int(problem.group[site])
        if group != NO_GROUP and cost[site] + ease.again[site] < 0 and prize[site] > ease.like[group]:
            like[group] += count
    like[(like < 0) & (ease.like <= 0)] = 0.0
    like *= 1 - problem.repeat_worth
    length = float((again**2).sum() + (like**2).sum())
    if length < 1e-9 or room <= 0:
        return None
    stride = STRIDE * room / length
    return Ease(np.maximum(ease.again + stride * again, 0.0), np.maximum(ease.like + stride * like, 0.0))


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
