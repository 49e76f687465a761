"""Proofs: all days above a target are all of them, and what is called optimal is the best of everything tried."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from routeplanner.planning.problem import make_problem, settled
from routeplanner.planning.schedule import schedule
from routeplanner.planning.search import _driver, search, upper_bound
from routeplanner.planning.search._columns import close, lagrange, least_gain, start_work
from routeplanner.planning.search._every import all_days
from routeplanner.planning.search._exact import make_room, metric
from routeplanner.planning.search._pack import pack_all, pieces, relax, unions
from routeplanner.planning.search._trip import WORTH_ONE, prepare
from trips import best_by_trying_all, problems, violations

if TYPE_CHECKING:
    from routeplanner.planning.problem import Problem

THOROUGH = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
JOINT = ("resource_use", "resource_limit", "before", "labels", "label_kind", "least_labels")
"""Rules that bind days together and that proofs leave out, as they do must-visits and the budget."""


def every_day(problem: Problem, target: float) -> set[frozenset[int]]:
    """Return the sets of sites worth more than a target that a first day can visit, by all labels."""
    trip = metric(prepare(problem))
    worth = trip.sites["prize"][trip.candidates].astype(float)
    found = all_days(trip, 0, worth, target, make_room(trip, 50_000), set())
    assert found is not None
    return {frozenset(trip.candidates[list(nodes)].tolist()) for nodes in found}


def possible_days(problem: Problem, target: float) -> set[frozenset[int]]:
    """Return the same by trying all orders."""
    nobody: list[tuple[int, ...]] = [()] * (problem.n_days - 1)
    return {
        frozenset(sites)
        for count in range(1, problem.n_sites + 1)
        for sites in itertools.combinations(range(problem.n_sites), count)
        if problem.prize[list(sites)].sum() > target
        and any(schedule(problem, [order, *nobody])[0].feasible for order in itertools.permutations(sites))
    }


@THOROUGH
@given(problems(most_sites=4, musts=False), st.integers(0, 20))
def test_no_day_above_the_target_is_left_out(problem: Problem, target: int) -> None:
    by_day = {name: getattr(problem, name) for name in ("prize", "service_s")}
    first = {name: values[0] if values.ndim == 2 else values for name, values in by_day.items()}
    problem = replace(problem, budget_vnd=-1, **first)  # money is a limit of a single day as well
    found = every_day(problem, 1000.0 * target)
    alone = [tuple(sites) for sites in possible_days(problem, 1000.0 * target)]
    allowed = [
        set(sites) for sites in alone if not any(set(pair) <= set(sites) for pair in problem.exclusive)
    ]
    wanted = [sites - set(np.flatnonzero(problem.prize == 0)) for sites in allowed]
    left_out = [sites for sites in wanted if not any(sites <= other for other in found)]
    assert left_out == []


def tight(n: int, days: int, *, seed: int, far: int = 0) -> Problem:
    """Sites on a plane with windows of forty minutes; the last ones are hardly worth anything."""
    rng = np.random.default_rng(seed)
    xy = rng.integers(0, 60, (n + 1, 2))
    opens = rng.integers(0, 300, n)
    prize = rng.integers(5, 40, n)
    prize[n - far :] = 1
    return make_problem(
        travel_s=np.abs(xy[:, None] - xy[None]).sum(axis=2).tolist(),
        prize=prize.tolist(),
        windows=[[[(int(first), int(first) + 40)] for first in opens]] * days,
        day_start_s=[0] * days,
        day_end_s=[400] * days,
        service_s=[10] * n,
    )


@pytest.mark.parametrize("seed", range(4))
def test_all_days_are_those_of_trying_all_orders(seed: int) -> None:
    problem = tight(7, 1, seed=seed)
    target = 0.4 * float(problem.prize.sum())
    everything = possible_days(problem, target)
    assert every_day(problem, target) == {
        sites for sites in everything if not any(sites < other for other in everything)
    }


def test_where_there_are_very_many_sites_those_of_no_use_fall_away() -> None:
    many = tight(160, 1, seed=5, far=120)
    best = search(many, iterations=20_000).prize
    found = every_day(many, best - 3.0)
    assert found
    used = sorted(frozenset().union(*found))
    closed = many.windows.copy()
    closed[:, [site for site in range(160) if site not in used]] = (1, 0)
    assert len(used) <= 128
    assert every_day(replace(many, windows=closed), best - 3.0) == found


@THOROUGH
@given(problems(most_sites=5, most_days=3, musts=False))
def test_small_trips_are_proved_optimal(problem: Problem) -> None:
    """Where no rule binds days together that the bound leaves out, it is the optimum."""
    problem = replace(problem, budget_vnd=-1, **dict.fromkeys(JOINT))
    best = best_by_trying_all(problem)
    if best is None:
        return
    found = search(problem, iterations=200, proof=True, time_limit_s=60)
    assert violations(problem, found.days) == []
    assert found.prize == pytest.approx(best[1], abs=1)
    assert found.bound == pytest.approx(best[1], abs=1)


@pytest.mark.parametrize("days", [1, 2, 3])
def test_longer_trips_are_proved_optimal(days: int) -> None:
    problem = tight(48 - 8 * days, days, seed=days)
    found = search(problem, iterations=2000, proof=True, time_limit_s=60)
    assert violations(problem, found.days) == []
    assert found.bound == found.prize


@st.composite
def day_choices(draw: st.DrawFn) -> list[tuple[frozenset[int], list[int]]]:
    """Draw days of some of seven sites, each with those of four kinds of days that it fits."""
    kinds = st.frozensets(st.integers(0, 3), min_size=1)
    sites = st.lists(st.integers(0, 6), min_size=1, max_size=3, unique=True)
    return draw(st.lists(st.tuples(kinds, sites), min_size=1, max_size=8))


def four_days(*, exclusive: list[tuple[int, int]]) -> Problem:
    """Seven sites anywhere, four days that differ by a minute."""
    return make_problem(
        travel_s=[[0 if a == b else 1 for b in range(8)] for a in range(8)],
        prize=[8, 7, 6, 5, 4, 3, 2],
        windows=[[[(0, 100)]] * 7] * 4,
        day_start_s=[0] * 4,
        day_end_s=[100, 101, 102, 103],
        exclusive=exclusive or np.zeros((0, 2), np.int64),
    )


@settings(max_examples=80, deadline=None)
@given(day_choices(), st.sampled_from([[], [(0, 1), (1, 2)]]))
def test_days_that_fit_several_kinds_are_chosen_as_trying_all_would(
    routes: list[tuple[frozenset[int], list[int]]], exclusive: list[tuple[int, int]]
) -> None:
    problem = four_days(exclusive=exclusive)
    trip = prepare(problem)

    def worth(visited: frozenset[int]) -> int:
        sound = [
            set(own)
            for count in range(len(visited) + 1)
            for own in itertools.combinations(visited, count)
            if not any(set(pair) <= set(own) for pair in problem.exclusive.tolist())
        ]
        return max(sum(int(problem.prize[site]) for site in own) for own in sound)

    best = 0
    for dealt in itertools.product(
        range(-1, len(routes)), repeat=4
    ):  # which route each day takes, -1 for none
        if all(one < 0 or kind in routes[one][0] for kind, one in enumerate(dealt)):
            best = max(best, worth(frozenset().union(*(routes[one][1] for one in dealt if one >= 0))))
    packed = pack_all(trip, pieces(routes), above=0.0, seconds=20, nodes=10_000)
    assert packed.days is not None
    assert packed.bound == pytest.approx(best)
    relaxed = relax(trip, pieces(routes))
    assert relaxed is not None
    assert relaxed.value >= best - 1e-6
    for day, sites in enumerate(packed.days):
        assert not sites or any(day in fit and set(sites) <= set(route) for fit, route in routes)


def test_kinds_that_do_not_overlap_need_no_rule_together() -> None:
    alone = [frozenset({kind}) for kind in range(14)]
    assert unions(alone) == alone
    chain = [frozenset({0, 1}), frozenset({1, 2}), frozenset({5})]
    assert set(unions(chain) or []) == {*chain, frozenset({0, 1, 2})}


def test_nine_days_of_different_hours() -> None:
    problem = replace(tight(12, 9, seed=3), day_end_s=np.arange(120, 129))
    found = search(problem, iterations=300, proof=True, time_limit_s=60)
    assert violations(problem, found.days) == []
    assert found.bound == found.prize


@pytest.mark.parametrize("nights", [None, [[20]]])
@pytest.mark.parametrize("turn", [1, -1])
def test_days_with_lunch_at_other_places_are_not_alike(nights: list[list[int]] | None, turn: int) -> None:
    """One day has its lunch at its end, and so four stops at most; the other anywhere, and eight."""
    problem = make_problem(
        travel_s=[[0 if a == b else 10 for b in range(21)] for a in range(21)],
        prize=[5] * 20,
        windows=[[[(0, 100)]] * 20] * 2,
        day_start_s=[0, 0],
        day_end_s=[100, 100],
        lunch=[True, True],
        lunch_s=10,
        lunch_earliest_s=30,
        lunch_latest_s=50,
        lunch_at=[[False] * 20 + [True], [True] * 21][::turn],
        nights=nights,
    )
    found = search(problem, iterations=2000, proof=True)
    assert violations(problem if nights is None else settled(problem, found.nights), found.days) == []
    assert found.prize == found.bound == 60
    assert upper_bound(problem, proof=True) == 60


@THOROUGH
@given(problems(most_sites=5, most_days=2, musts=False), st.integers(0, 9999))
def test_a_better_trip_is_found_or_allowed_for(problem: Problem, seed: int) -> None:
    """Whatever the prices, all days within the gap hold the best trip: they are held against one that is worse."""
    problem = replace(problem, budget_vnd=-1, **dict.fromkeys(JOINT))
    best = best_by_trying_all(problem)
    if best is None or best[1] == 0 or problem.prize.ndim == 2 or problem.service_s.ndim == 2:
        return
    trip = metric(prepare(problem))
    work = start_work(trip, best[1] - least_gain(trip))
    shares = np.random.default_rng(seed).uniform(0.0, 1.5, len(work.master.prize))
    prices = np.concatenate([shares * work.master.prize, np.zeros(len(work.master.pairs))])
    closed = close(work, lagrange(work, prices), prices, work.goal, work.value)
    assert closed is not None
    assert closed.bound >= best[1] - 1e-6
    assert closed.days is not None


def test_what_a_better_trip_is_worth_more_at_least() -> None:
    plain = replace(four_days(exclusive=[]), prize=np.array([10, 20, 40, 30, 10, 50, 0]))
    assert least_gain(prepare(plain)) == 10
    assert least_gain(prepare(replace(plain, prize=plain.prize + 7))) == 1
    assert least_gain(prepare(replace(plain, group=np.zeros(7, np.int64)))) == 0.5


@pytest.mark.parametrize("seed", range(3))
def test_a_single_day_that_labels_leave_open_is_settled_by_all_days(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem = tight(25, 1, seed=seed)
    best = search(problem, iterations=4000, proof=True)
    assert best.bound == best.prize
    monkeypatch.setattr(_driver, "LABELS_OF_ONE_DAY", 3)
    poor = replace(best, days=(best.days[0][:1],), prize=int(problem.prize[best.days[0][0]]), bound=None)
    better = _driver._exact_day(prepare(problem), poor, thorough=True)
    assert better.bound == best.prize * WORTH_ONE
    assert sum(problem.prize[list(better.sites)]) == best.prize
