"""Small random problems with all features, an independent referee, and every solution tried."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import strategies as st

from routeplanner.planning.problem import UNREACHABLE, Problem

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

MINUTE = 60
DAY = (8 * 60, 17 * 60)


@st.composite
def problems(draw: st.DrawFn, *, most_sites: int = 6, most_days: int = 2, musts: bool = True) -> Problem:
    """Draw a problem of a few sites on a plane of minutes, with every feature switched on at random."""
    n = most_sites - draw(st.integers(0, most_sites - 1))  # the simplest example is the largest
    days = draw(st.integers(1, most_days))
    terminals = draw(st.integers(1, 2))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    hard = {
        name: draw(st.booleans())
        for name in (
            "windows",
            "lunch",
            "groups",
            "rivals",
            "budget",
            "roads",
            "limits",
            "boats",
            "festival",
            "rush",
            "stock",
            "order",
            "variety",
            "legs",
            "meals",
        )
    }
    places = n + terminals
    hard["boats"] &= not hard["meals"]
    travel, metres = _ways(rng, places, broken=hard["roads"])
    moments, timed = _rush(rng, travel) if hard["rush"] else (None, None)
    own = np.random.default_rng(int(travel.sum()))  # of its own, so that what else is drawn stays as it was
    jumps = _jumps(own, moments, timed) if moments is not None and own.random() < 0.5 else (None, None)
    start = rng.integers(7 * 60, 9 * 60, days) * MINUTE
    end = start + rng.integers(3 * 60, 9 * 60, days) * MINUTE
    ends = rng.integers(n, places, (2, days))
    return Problem(
        place_ids=tuple(f"p{place}" for place in range(places)),
        n_sites=n,
        travel_s=travel,
        travel_m=metres,
        service_s=rng.integers(10, 100, n) * MINUTE
        if not hard["festival"]
        else _by_day(rng, days, rng.integers(10, 100, n)) * MINUTE,
        prize=_by_day(rng, days, rng.integers(0, 12, n)) * 1000
        if hard["festival"]
        else rng.integers(0, 12, n) * 1000,
        cost_vnd=rng.integers(0, 80, n) * 1000,
        group=rng.integers(-1, 2, n) if hard["groups"] else np.full(n, -1),
        must=rng.random(n) < 0.2 if musts else np.zeros(n, np.bool_),
        exclusive=rng.integers(0, n, (2, 2)) if hard["rivals"] and n > 1 else np.zeros((0, 2), np.int64),
        windows=_windows(rng, days, n, hard=hard["windows"]),
        day_start_s=start,
        day_end_s=end,
        origin=ends[0],
        destination=ends[1],
        max_stops=rng.integers(1, 5, days) if hard["limits"] else np.full(days, 9),
        max_travel_s=rng.integers(30, 240, days) * MINUTE if hard["limits"] else np.full(days, 10**6),
        lunch=rng.random(days) < 0.8 if hard["lunch"] else np.zeros(days, np.bool_),
        lunch_s=60 * MINUTE,
        aboard_s=_boats(rng, travel) if hard["boats"] else None,
        day_cost_vnd=100_000 if hard["budget"] else 0,
        cost_per_km_vnd=2000 if hard["budget"] else 0,
        budget_vnd=int(rng.integers(50, 600)) * 1000 if hard["budget"] else -1,
        repeat_worth=float(rng.choice([0.0, 0.5, 0.8, 1.0])),
        departure_s=moments,
        timed_travel_s=timed,
        own_departure_s=jumps[0],
        own_travel_s=jumps[1],
        clock_step_s=int(rng.choice([1, MINUTE])),
        resource_use=rng.integers(0, 3, (2, n)) if hard["stock"] else None,
        resource_limit=rng.integers(1, 4, 2) if hard["stock"] else None,
        before=rng.permutation(n)[: n // 2 * 2].reshape(-1, 2)[:2] if hard["order"] else None,
        labels=rng.random((3, n)) < 0.4 if hard["variety"] else None,
        label_kind=np.array([0, 0, 1]) if hard["variety"] else None,
        least_labels=np.array([2, 1]) if hard["variety"] else None,
        max_leg_s=int(rng.integers(40, 90)) * MINUTE if hard["legs"] else UNREACHABLE - 1,
        lunch_at=(rng.random((days, places)) < 0.8) | (np.arange(places) >= n) if hard["meals"] else None,
    )


def _by_day(rng: np.random.Generator, days: int, usual: np.ndarray) -> np.ndarray:
    """Every third visit is worth something else, or takes longer, than it usually does."""
    return np.where(rng.random((days, len(usual))) < 0.3, rng.integers(1, 100, (days, len(usual))), usual)


def _ways(rng: np.random.Generator, places: int, *, broken: bool) -> tuple[np.ndarray, np.ndarray]:
    """Asymmetric times that keep the triangle inequality, some of them missing."""
    xy = rng.integers(0, 70, (places, 2))
    minutes = np.abs(xy[:, None] - xy[None]).sum(axis=2) + rng.integers(0, 20, (places, places))
    travel = minutes * MINUTE
    if broken:
        travel[rng.random((places, places)) < 0.15] = UNREACHABLE
    np.fill_diagonal(travel, 0)
    travel = _closed(travel)
    return travel, np.where(travel >= UNREACHABLE, UNREACHABLE, travel * rng.integers(5, 15))


def _rush(rng: np.random.Generator, travel: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Ways that take longer, or less long, at some hours; nobody overtakes by leaving later."""
    moments = np.sort(rng.choice(np.arange(6, 19), rng.integers(1, 5), replace=False)) * 3600
    timed: list[np.ndarray] = []
    for moment in range(len(moments)):
        slow = rng.integers(80, 200, travel.shape) * travel // 100
        here = _closed(np.where(travel >= UNREACHABLE, UNREACHABLE, slow))
        wait = moments[moment] - moments[moment - 1] if moment else 0
        timed.append(np.maximum(here, timed[-1] - wait) if moment else here)
    return moments, np.array(timed)


def _jumps(
    rng: np.random.Generator, moments: np.ndarray, timed: np.ndarray
) -> tuple[np.ndarray, np.ndarray] | tuple[None, None]:
    """Ways on which one waits for the next moment who leaves after a minute between two of them."""
    if len(moments) < 2:
        return None, None
    gap = int(rng.integers(len(moments) - 1))
    minute = moments[gap] + MINUTE * rng.integers(1, 59, timed.shape[1:])
    before = np.minimum(minute + timed[gap], moments[gap + 1] + timed[gap + 1])
    after = moments[gap + 1] + timed[gap + 1]
    some = (rng.random(timed.shape[1:]) < 0.5) & (timed[gap] < UNREACHABLE)
    np.fill_diagonal(some, val=False)  # from a place to itself there is no way to be held up on
    own = np.stack([minute, minute + MINUTE]), np.stack([before - minute, after - minute - MINUTE])
    return np.where(some, own[0], -1), np.where(some, own[1], -1)


def _closed(travel: np.ndarray) -> np.ndarray:
    """Ways over other places where those are shorter: the triangle inequality holds."""
    for via in range(len(travel)):
        travel = np.minimum(travel, travel[:, [via]] + travel[[via], :])
    return np.where(travel >= UNREACHABLE, UNREACHABLE, travel)


def reached(problem: Problem, here: int, there: int, leave: int) -> int:
    """When one arrives: exact fractions between the moments, then whole steps."""
    if problem.timed_travel_s is None or problem.departure_s is None:
        return leave + int(problem.travel_s[here, there])
    moments = [int(moment) for moment in problem.departure_s]
    ways = [int(way) for way in problem.timed_travel_s[:, here, there]]
    if problem.own_departure_s is not None and problem.own_travel_s is not None:
        own = zip(problem.own_departure_s[:, here, there], problem.own_travel_s[:, here, there], strict=True)
        known = {**dict(zip(moments, ways, strict=True)), **{int(m): int(s) for m, s in own if m >= 0}}
        moments, ways = sorted(known), [known[moment] for moment in sorted(known)]
    way = Fraction(ways[0] if leave <= moments[0] else ways[-1])
    for k in range(len(moments) - 1):
        if moments[k] <= leave <= moments[k + 1]:
            share = Fraction(leave - moments[k], moments[k + 1] - moments[k])
            way = ways[k] + share * (ways[k + 1] - ways[k])
    return math.ceil((leave + way) / problem.clock_step_s) * problem.clock_step_s


def _boats(rng: np.random.Generator, travel: np.ndarray) -> np.ndarray:
    """Every other way by boat, with some minutes on foot at both ends."""
    walks = np.minimum(rng.integers(0, 4, (*travel.shape, 2)) * MINUTE, travel[..., None] // 2)
    return np.where((rng.random(travel.shape) < 0.5)[..., None], walks, -1)


def _windows(rng: np.random.Generator, days: int, n: int, *, hard: bool) -> np.ndarray:
    """Up to two windows a day, some sites closed."""
    cuts = np.sort(rng.integers(7 * 60, 17 * 60, (days, n, 4)), axis=2).reshape(days, n, 2, 2) * MINUTE
    if not hard:
        cuts[..., 0, :] = (6 * 3600, 16 * 3600)
        cuts[..., 1, :] = (1, 0)
    cuts[..., 1, :] = np.where(cuts[..., 1, :1] > cuts[..., 0, 1:], cuts[..., 1, :], (1, 0))
    cuts[rng.random((days, n)) < 0.15] = (1, 0)
    return cuts


def day_is_feasible(problem: Problem, day: int, order: tuple[int, ...]) -> bool:
    """Try every place for lunch, one clock for each."""
    if len(order) > problem.max_stops[day] or day_travel(problem, day, order) > problem.max_travel_s[day]:
        return False
    if order and any(problem.travel_s[leg] > problem.max_leg_s for leg in _legs(problem, day, order)):
        return False
    slots = range(-1 - len(order), 2 * len(order) + 1) if problem.lunch[day] and order else [None]
    return any(_clock_keeps(problem, day, order, slot) for slot in slots)


def _clock_keeps(problem: Problem, day: int, order: tuple[int, ...], slot: int | None) -> bool:
    """Slots 2k and 2k + 1 are before and after the service of stop k, -1 - k is aboard on the way there."""
    now, here = int(problem.day_start_s[day]), int(problem.origin[day])
    for k, site in enumerate((*order, int(problem.destination[day]))):
        way = reached(problem, here, site, now) - now
        if slot == -1 - k:
            before, after = (-1, -1) if problem.aboard_s is None else problem.aboard_s[here, site].tolist()
            begin = max(now + before, problem.lunch_earliest_s)
            if before < 0 or begin > problem.lunch_latest_s:
                return False
            way = max(way, begin + problem.lunch_s + after - now)
        now += way
        here = site
        elsewhere = problem.lunch_at is not None and not problem.lunch_at[day, site]
        if elsewhere and slot is not None and slot >= 0 and slot // 2 == k:
            return False
        for half in (0, 1):
            if half == 1 and k < len(order):
                now = _served(problem, day, site, now)
            if slot == 2 * k + half:
                now = max(now, problem.lunch_earliest_s)
                if now > problem.lunch_latest_s:
                    return False
                now += problem.lunch_s
    return now <= problem.day_end_s[day]


def _served(problem: Problem, day: int, site: int, now: int) -> int:
    starts = [max(now, int(a)) for a, b in problem.windows[day, site] if a <= b and now <= b]
    return min(starts) + problem.service_on(day, site) if starts else 10**9


def _legs(problem: Problem, day: int, order: tuple[int, ...]) -> list[tuple[int, int]]:
    return list(itertools.pairwise(_way(problem, day, order)))


def day_travel(problem: Problem, day: int, order: tuple[int, ...]) -> int:
    return sum(int(problem.travel_s[a, b]) for a, b in itertools.pairwise(_way(problem, day, order)))


def _way(problem: Problem, day: int, order: tuple[int, ...]) -> tuple[int, ...]:
    return int(problem.origin[day]), *order, int(problem.destination[day])


def day_cost(problem: Problem, day: int, order: tuple[int, ...]) -> float:
    metres = sum(int(problem.travel_m[a, b]) for a, b in itertools.pairwise(_way(problem, day, order)))
    visits = sum(int(problem.cost_vnd[site]) for site in order)
    return visits + (problem.day_cost_vnd if order else 0) + metres / 1000 * problem.cost_per_km_vnd


def value(problem: Problem, days: Sequence[Collection[int]]) -> float:
    """Prizes of the day of the visit, each further one of a group worth less."""
    visits = [(day, site) for day, order in enumerate(days) for site in order]
    total = float(sum(problem.prize_on(day, site) for day, site in visits if problem.group[site] < 0))
    for group in {int(problem.group[site]) for _, site in visits} - {-1}:
        prizes = sorted(
            (problem.prize_on(day, s) for day, s in visits if problem.group[s] == group), reverse=True
        )
        total += sum(prize * problem.repeat_worth**rank for rank, prize in enumerate(prizes))
    return total


def violations(problem: Problem, days: tuple[tuple[int, ...], ...]) -> list[str]:
    """All rules that a solution breaks, missing must-visits apart."""
    broken = [f"day {day}" for day, order in enumerate(days) if not day_is_feasible(problem, day, order)]
    visited = [site for order in days for site in order]
    if len(visited) != len(set(visited)):
        broken.append("twice")
    if any(a != b and a in visited and b in visited for a, b in problem.exclusive.tolist()):
        broken.append("exclusive")
    turns = {site: (day, k) for day, order in enumerate(days) for k, site in enumerate(order)}
    pairs = [] if problem.before is None else problem.before.tolist()
    if any(a in turns and b in turns and turns[a] > turns[b] for a, b in pairs):
        broken.append("order")
    if not _stock_lasts(problem, visited):
        broken.append("stock")
    cost = sum(day_cost(problem, day, order) for day, order in enumerate(days))
    if problem.budget_vnd >= 0 and cost > problem.budget_vnd:
        broken.append("budget")
    return broken


def _stock_lasts(problem: Problem, visited: Collection[int]) -> bool:
    if problem.resource_use is None or problem.resource_limit is None:
        return True
    return all(
        sum(int(use[site]) for site in visited) <= limit
        for use, limit in zip(problem.resource_use, problem.resource_limit, strict=True)
    )


def goals(problem: Problem, days: Sequence[Collection[int]]) -> int:
    """Must-visits kept, and labels shown as far as they are asked for."""
    visited = [site for order in days for site in order]
    shown = 0
    if problem.labels is not None and problem.label_kind is not None and problem.least_labels is not None:
        for kind, least in enumerate(problem.least_labels.tolist()):
            rows = problem.labels[problem.label_kind == kind]
            shown += min(least, sum(bool(row[visited].any()) for row in rows))
    return sum(bool(problem.must[site]) for site in visited) + shown


def best_by_trying_all(problem: Problem) -> tuple[int, float, int] | None:
    """Return (`goals` reached, value, -travel) of the best solution, None if there is none at all."""
    choices = [_cheapest_orders(problem, day) for day in range(problem.n_days)]
    scores = [
        (goals(problem, days), value(problem, days), -travel) for days, travel in _trips(problem, choices)
    ]
    return max(scores) if scores else None


def _trips(
    problem: Problem, choices: list[list[tuple[tuple[int, ...], int, float]]]
) -> Iterator[tuple[tuple[tuple[int, ...], ...], int]]:
    pairs = [(a, b) for a, b in problem.exclusive.tolist() if a != b]
    order = [] if problem.before is None else problem.before.tolist()
    for days in itertools.product(*choices):
        visited = frozenset().union(*(sites for sites, _, _ in days))
        if len(visited) < sum(len(sites) for sites, _, _ in days):
            continue
        if any(a in visited and b in visited for a, b in pairs) or not _stock_lasts(problem, visited):
            continue
        if problem.budget_vnd >= 0 and sum(cost for _, _, cost in days) > problem.budget_vnd:
            continue
        turns = {site: (day, k) for day, (sites, _, _) in enumerate(days) for k, site in enumerate(sites)}
        if any(a in visited and b in visited and turns[a] > turns[b] for a, b in order):
            continue
        yield tuple(sites for sites, _, _ in days), sum(travel for _, travel, _ in days)


def _cheapest_orders(problem: Problem, day: int) -> list[tuple[tuple[int, ...], int, float]]:
    """For each set of sites of a day the undominated of its feasible orders, with (travel, cost)."""
    useful = [s for s in range(problem.n_sites) if problem.prize_on(day, s) > 0 or problem.must[s]]
    pairs = [] if problem.before is None else problem.before.tolist()
    found: dict[object, dict[tuple[int, float], tuple[int, ...]]] = {}
    for count in range(min(len(useful), int(problem.max_stops[day])) + 1):
        for order in itertools.permutations(useful, count):
            if not day_is_feasible(problem, day, order):
                continue
            if any(a in order and b in order and order.index(a) > order.index(b) for a, b in pairs):
                continue
            key = day_travel(problem, day, order), day_cost(problem, day, order)
            found.setdefault(frozenset(order), {})[key] = order
    return [
        (order, travel, cost)
        for keys in found.values()
        for (travel, cost), order in keys.items()
        if not any(t <= travel and c <= cost and (t, c) != (travel, cost) for t, c in keys)
    ]
