"""The choice and its bounds against every set of routes; the bound of a route against every order of its places."""

from __future__ import annotations

import itertools
import random
from typing import TYPE_CHECKING

import pytest

import routeplanner as rp
from few_places import SOUTH
from routeplanner.planning.schedule import schedule, trip_faults
from routeplanner.programme.master import Known, Rules, choose, programme_bound, relax
from routeplanner.programme.pool import Route, Template, empty_pool, worth_of
from routeplanner.programme.pricing import Ease, route_bound

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

    from routeplanner.planning.problem import Problem

FORMS, CORRIDORS, PLACES = ("half_day", "day"), ("south", "west"), "abcdef"
TEMPLATES = [
    Template(corridor=corridor, form=form, case=None)  # type: ignore[arg-type]
    for corridor in CORRIDORS
    for form in FORMS
]


def drawn(rng: random.Random) -> tuple[list[Route], Rules]:
    """Routes over six places, and rules."""
    sets = {
        (rng.randrange(4), frozenset(rng.sample(PLACES, rng.choice([1, 2, 3])))): rng.uniform(1, 10)
        for _ in range(9)
    }
    rules = Rules(
        forms={form: rng.choice([1, 2]) for form in FORMS},
        corridors={corridor: rng.choice([1, 2, 3]) for corridor in CORRIDORS},
        most_at={place: rng.choice([1, 2, 2]) for place in PLACES},
        shared_sites=rng.choice([0, 1]),
        to_cover=tuple(rng.sample(PLACES, 3)),
        cover_least=rng.choice([0, 2, 3]),
        themes={},
    )
    return [Route(number, (), sites, worth, 0) for (number, sites), worth in sets.items()], rules


def kept(chosen: Sequence[Route], rules: Rules) -> bool:
    """Whether a set of routes keeps the rules, counted in the plainest way."""
    own = [TEMPLATES[route.template] for route in chosen]
    return (
        all(sum(t.form == form for t in own) <= most for form, most in rules.forms.items())
        and all(sum(t.corridor == key for t in own) <= most for key, most in rules.corridors.items())
        and all(sum(place in route.sites for route in chosen) <= rules.most_at[place] for place in PLACES)
        and all(
            len(a.sites & b.sites) <= rules.shared_sites and a.sites != b.sites
            for a, b in itertools.combinations(chosen, 2)
        )
    )


def covered(chosen: Sequence[Route], rules: Rules) -> int:
    return min(rules.cover_least, len({p for route in chosen for p in route.sites} & set(rules.to_cover)))


@pytest.mark.parametrize("seed", range(25))
def test_choice_and_bounds_hold_against_every_set_of_routes(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - draws examples
    routes, rules = drawn(rng)
    sets = [
        chosen
        for count in range(5)
        for chosen in itertools.combinations(range(len(routes)), count)
        if kept([routes[i] for i in chosen], rules)
    ]
    best = max(
        (covered(own, rules), sum(r.worth for r in own)) for own in ([routes[i] for i in c] for c in sets)
    )
    shown = [frozenset[str]()] * len(routes)
    for known in (None, Known(best[0], 0, best[1] - 0.5)):
        chosen, cover, proved = choose(routes, TEMPLATES, rules, shown, known=known)
        assert proved
        assert kept([routes[i] for i in chosen], rules)
        assert (cover, sum(routes[i].worth for i in chosen)) == (best[0], pytest.approx(best[1]))
    for shared in (True, False):
        found = relax(routes, TEMPLATES, rules, cover=best[0], shared=shared)
        assert found is not None
        assert found[0] >= best[1] - 1e-6
    prices = found[1]
    most = [
        max(
            (
                r.worth - sum(rules.costs(prices, TEMPLATES[number].corridor).get(p, 0.0) for p in r.sites)
                for r in routes
                if r.template == number
            ),
            default=0.0,
        )
        for number in range(len(TEMPLATES))
    ]
    assert programme_bound(most, TEMPLATES, rules, prices, cover=best[0]) >= best[1] - 1e-6


def sound(problem: Problem, days: Sequence[Sequence[int]]) -> bool:
    return all(clock.feasible for clock in schedule(problem, days)) and not trip_faults(problem, days)


@pytest.mark.parametrize(("form", "seed"), [("two_day", 0), ("two_day", 1), ("day", 2), ("two_day", 3)])
def test_no_order_of_the_places_is_worth_more_than_the_bound(
    form: str, seed: int, sites: gpd.GeoDataFrame
) -> None:
    rng = random.Random(seed)  # noqa: S311 - draws examples
    # two crafts twice, so that groups count
    ids = [
        "quat-dong-embroidery",
        "dong-cuu-royal-embroidery",
        "ha-thai-lacquer",
        "lang-cuu",
        rng.choice(SOUTH[5:]),
    ]
    if seed == 3:  # wholes and their parts, which exclude each other on different days as well
        ids = ["ha-thai-lacquer", "dinh-ha-thai", "lang-cuu", "dinh-lang-cuu", "quat-dong-embroidery"]
    network = rp.build_network(sites.loc[["ho-hoan-kiem", *ids]])
    brief = rp.ProgrammeBrief(year=2027, corridors=("south",), routes=1, mix={form: 1})
    pool = empty_pool(network, brief, ("south",))
    template = pool.templates[0]
    problem = template.case.problem
    prices = {site: rng.choice([-20.0, -5.0, 3.0]) for site in template.sites}
    best = 0.0
    for count in range(1, len(template.sites) + 1):
        for order in itertools.permutations(range(len(template.sites)), count):
            for cut in range(count + 1) if problem.n_days == 2 else [count]:
                days = (order[:cut], order[cut:]) if problem.n_days == 2 else (order,)
                value = worth_of(problem, days) - sum(prices[template.sites[i]] for i in order)
                if value > best and sound(problem, days):
                    best = value
    quick = route_bound(pool, 0, prices, seed=0)
    close = route_bound(pool, 0, prices, seed=0, turns=12)
    eases: dict[int, Ease] = {}
    for _ in range(6):  # multipliers of one price serve another: the bound holds with any
        route_bound(pool, 0, {site: -price for site, price in prices.items()}, seed=0, eases=eases)
    other = route_bound(pool, 0, prices, seed=0, eases=eases)
    assert best - 1e-3 <= close <= quick + 1e-6
    assert other >= best - 1e-3
    assert max(r.worth - sum(prices[s] for s in r.sites) for r in pool.routes.values()) <= best + 1e-3
    if form == "day":  # branched to the optimum
        assert close <= best + 0.05
    assert all(sound(problem, r.days) for r in pool.routes.values())
