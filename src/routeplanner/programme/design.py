"""From a brief to a programme: prices, routes, choice, bound, departures, reasons."""

from __future__ import annotations

import math
import random
from collections import Counter
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, TypeVar

from routeplanner._version import __version__
from routeplanner.errors import RequestError
from routeplanner.planning.planner import compose
from routeplanner.planning.resolve import resolve
from routeplanner.programme.arguments import refuse_wrong
from routeplanner.programme.brief import (
    FORMS,
    ProgrammeBrief,
    corridor_most,
    form_counts,
    theme_least,
    unknown_names,
)
from routeplanner.programme.departures import departures, loads
from routeplanner.programme.dive import dive
from routeplanner.programme.impact import sleeps_at_home
from routeplanner.programme.master import (
    EXACT,
    Known,
    Prices,
    Rules,
    choose,
    enough_by_template,
    programme_bound,
    relax,
)
from routeplanner.programme.model import Programme, RouteCard
from routeplanner.programme.places import in_corridors, places_named
from routeplanner.programme.pool import Pool, Route, add_route, empty_pool, trip_request
from routeplanner.programme.pricing import NEVER, Ease, hunt, route_bound
from routeplanner.programme.uncovered import explain_uncovered
from routeplanner.programme.words import FORM_WORDS, counted, month_words, theme_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import geopandas as gpd

    from routeplanner.itinerary import Itinerary
    from routeplanner.network import Network

_Key = TypeVar("_Key")

__all__ = ["RECOGNISED", "design_programme", "rules_of", "shown_themes"]

RECOGNISED = "recognised_craft_village"
NOT_BY_ROAD = ("national", "hanoi-hue-saigon")
USUAL_NIGHTS = {"northwest": "duong-lam-ancient-village"}
THEME_SHARE = 0.25
"""A route shows a theme from whose places at least this share of its prize comes."""

SPREAD = 0.35
"""What a place keeps of its prize for the next route of the first, greedy rounds."""

SHAKE = (0.6, 1.4)
"""Every other route of a round is sought at prices that are off by a factor between these: the pool grows wider."""

ROUNDS, GROW_ROUNDS = 10, 6
IMPROVEMENTS, DIVES = 3, 2
"""Most choices between which routes are priced out, and dives before each of them."""

ON_THE_WAY = 3, 0.01
"""Rounds of prices before a choice, and the gap of bound and relaxed programme at which they end."""

NEARLY, ROUGHLY = 0.005, 0.02
"""Relative gap of the choices on the way, and of those that only tell what a place costs; the last one is exact."""

STALL, SLOW = 2, 0.003
"""Rounds of prices end where so many of them have not brought the bound down by this share."""

COVERS = 2
"""How often bound and choice follow each other where the choice covers more than the one before."""

TURNS, CLOSE_TURNS = 2, 12
"""Steps of the multipliers of longer trips, in a round of prices and in the last bound."""

NEAR_ENOUGH = 0.002

MOST_CANCELLED = 0.25
"""A route of whose dates more than this share are left out is not sold without a note."""


def design_programme(
    network: Network,
    brief: ProgrammeBrief,
    *,
    seed: int = 0,
    rounds: int = ROUNDS,
    proof: bool = False,
    start_from: Programme | None = None,
) -> Programme:
    """Design a set of routes that together are worth most under the rules of a brief.

    A pool of good routes is grown by column generation, each route by the search that `routeplanner.plan` uses;
    the set is chosen by an integer programme (HiGHS); a bound that holds beyond the pool comes with it. First goes
    how many of the places to be covered are on a route, then the themes asked for, then the sum of the prizes.

    Parameters
    ----------
    network
        Places and legs (`build_network`).
    brief
        What is asked for.
    seed
        Of all searches: the same seed, brief and data give the same programme. Nothing in the design is ended by a
        clock.
    rounds
        Most rounds of prices, before and again after the cover is known: more of them, a better pool and bound.
    proof
        Whether two-day trips are bounded by column generation: a closer bound, seconds to minutes more.
    start_from
        A programme whose routes go into the pool where they still can be kept, so that the new one is at least
        as good under the same rules.

    Returns
    -------
    Programme
        Fewer routes than asked for where the rules allow no more; `notes` say so.

    Raises
    ------
    RequestError
        When the brief names what is not in the catalogue; all faults at once.
    InfeasibleError
        When no route can be made at all.

    Examples
    --------
    >>> import routeplanner as rp
    >>> network = rp.build_network(rp.load_sites())
    >>> brief = rp.ProgrammeBrief(year=2027, corridors=("northwest",), routes=2)
    >>> programme = rp.design_programme(network, brief, rounds=1)
    >>> rp.check_programme(programme, network), programme.value <= programme.bound
    ([], True)
    """
    refuse_wrong(
        "programme",
        optional=["start_from"],
        network=network,
        brief=brief,
        seed=seed,
        rounds=rounds,
        start_from=start_from,
    )
    brief = _resolved(network, brief)
    corridors = corridors_of(brief, network.sites)
    pool = empty_pool(network, brief, corridors)
    rules = rules_of(brief, network.sites, pool, corridors)
    _first_routes(pool, rules, seed=seed)
    _former_routes(pool, start_from)
    _grow(pool, rules, seed=seed, rounds=min(rounds, GROW_ROUNDS))
    first = _choose(pool, rules, network.sites, gap=NEARLY)
    rules, choice = _fitted(brief, pool, rules, first, network.sites)
    work = _Bounding({})
    choice = _improve(pool, rules, choice, network.sites, work, seed=seed, rounds=rounds)
    choice, bounds = _prove(pool, rules, network.sites, choice, work, seed=seed, rounds=rounds, proof=proof)
    return _programme(network, brief, pool, rules, choice, bounds, seed=seed, rounds=rounds)


@dataclass(frozen=True, slots=True)
class _Choice:
    routes: tuple[Route, ...]
    cover: int
    lack: int  # of routes for the themes
    proved: bool

    @property
    def worth(self) -> float:
        return sum(route.worth for route in self.routes)


def _resolved(network: Network, brief: ProgrammeBrief) -> ProgrammeBrief:
    """Return the brief with names turned into ids, all unknown words refused at once."""
    sites = network.sites
    faults = unknown_names({field.name: getattr(brief, field.name) for field in fields(brief)}, sites)
    if faults:
        raise RequestError(faults, subject="brief")
    request = resolve(trip_request(brief, None, "day", (brief.day_start, brief.day_end)), sites)
    usual = {corridor: site for corridor, site in USUAL_NIGHTS.items() if site in sites.index}
    named = [*(brief.villages or ()), *brief.capacity_a_day, *brief.overnight.values()]
    ids = places_named(sites, named, field="places")[0]
    return replace(
        brief,
        start=request.start,
        forbidden=request.forbidden,
        villages=None if brief.villages is None else tuple(ids[text] for text in brief.villages),
        capacity_a_day={ids[text]: most for text, most in brief.capacity_a_day.items()},
        overnight={key: ids[text] for key, text in brief.overnight.items()} or usual,
    )


def corridors_of(brief: ProgrammeBrief, sites: gpd.GeoDataFrame) -> tuple[str, ...]:
    """Return the corridors of a programme: those named, or all that the road reaches."""
    if brief.corridors:
        return brief.corridors
    from routeplanner.sites.words import load_corridors

    present = set().union(*sites["corridors"])
    return tuple(key for key in load_corridors() if key in present and key not in NOT_BY_ROAD)


def rules_of(brief: ProgrammeBrief, sites: gpd.GeoDataFrame, pool: Pool, corridors: Sequence[str]) -> Rules:
    """Return the brief's rules as counts, over the places that a route can visit."""
    wanted = to_cover(brief, sites, corridors)
    reach = {site for template in pool.templates for site in template.sites}
    least = math.ceil(brief.cover * len(wanted) - 1e-9)
    weekly = brief.people * brief.departures_a_week
    shown = pool.wholes.covers(reach)
    return Rules(
        forms=form_counts(brief),
        corridors=dict.fromkeys(corridors, corridor_most(brief, corridors)),
        most_at={
            site: min(brief.routes_per_site, 7 * capacity(brief, site) // weekly)
            if capacity(brief, site) >= brief.people
            else 0
            for site in sorted(pool.wholes.calls(reach))
        },
        shared_sites=brief.shared_sites,
        to_cover=tuple(site for site in wanted if site in shown),
        cover_least=min(least, sum(site in shown for site in wanted)),
        themes=theme_least(brief),
        wholes=pool.wholes,
    )


def capacity(brief: ProgrammeBrief, site: str) -> int:
    """Return how many visitors of the programme a place takes in a day."""
    return brief.capacity_a_day.get(site, brief.usual_capacity)


def to_cover(brief: ProgrammeBrief, sites: gpd.GeoDataFrame, corridors: Sequence[str]) -> tuple[str, ...]:
    """Return the places that a programme has to show: those named, or the recognised craft villages."""
    if brief.villages is not None:
        return brief.villages
    recognised = sites["status"].map(lambda words: RECOGNISED in (words or ()))
    return tuple(sites.index[in_corridors(sites, corridors) & recognised])


def shown_themes(route: Route, pool: Pool, themes: Mapping[str, Sequence[str]]) -> frozenset[str]:
    """Return the themes from whose places at least a quarter of a route's prize comes, each place counted whole."""
    case = pool.templates[route.template].case
    prizes = case.problem.prize if case.problem.prize.ndim == 1 else case.problem.prize.max(axis=0)
    worth = {case.problem.place_ids[i]: float(prizes[i]) for day in route.days for i in day}
    return themes_of(worth, themes)


def themes_of(worth: Mapping[str, float], themes: Mapping[str, Sequence[str]]) -> frozenset[str]:
    """Return the themes of at least a quarter of the prizes of some places.

    Examples
    --------
    >>> sorted(themes_of({"a": 6.0, "b": 1.0}, {"a": ["history"], "b": ["nature"]}))
    ['history']
    """
    total = sum(worth.values())
    by_theme: dict[str, float] = {}
    for site, own in worth.items():
        for theme in themes[site] or ():
            by_theme[theme] = by_theme.get(theme, 0.0) + own
    return frozenset(theme for theme, own in by_theme.items() if own >= THEME_SHARE * total - 1e-9)


# --- the pool ---------------------------------------------------------------------------------------


def _first_routes(pool: Pool, rules: Rules, *, seed: int) -> None:
    """Fill the pool: the best routes that differ, and for each place to be covered one that holds it."""
    for number, template in enumerate(pool.templates):
        kept: dict[str, float] = {}
        most = max(1, min(rules.forms[template.form], rules.corridors[template.corridor]))
        prizes = _mean_prizes(pool, number)
        for turn in range(most):
            prices = {site: prizes[site] * (1 - share) for site, share in kept.items()}
            found = hunt(pool, number, prices, seed=seed + turn)
            visited = {template.sites[i] for day in found.days for i in day}
            kept = {site: kept.get(site, 1.0) * SPREAD for site in {*visited, *kept}}
            if not visited:
                break
    _reach_out(pool, rules, seed=seed)


def _mean_prizes(pool: Pool, template: int) -> dict[str, float]:
    from routeplanner.planning.problem import PRIZE_SCALE

    own = pool.templates[template]
    prize = own.case.problem.prize
    by_site = prize if prize.ndim == 1 else prize.max(axis=0)
    return {site: float(by_site[i]) / PRIZE_SCALE for i, site in enumerate(own.sites)}


def _reach_out(pool: Pool, rules: Rules, *, seed: int) -> None:
    """Look for a route over each place to be covered that no route holds yet."""
    held = set().union(*(route.shows for route in pool.routes.values()))
    for place in rules.to_cover:
        if place in held:
            continue
        showing = pool.wholes.shown_by(place)
        for number, template in enumerate(pool.templates):
            if not set(showing).isdisjoint(template.sites):
                hunt(pool, number, dict.fromkeys(showing, -_reward(pool, number)), seed=seed)
        held |= set().union(*(route.shows for route in pool.routes.values()))


def _former_routes(pool: Pool, former: Programme | None) -> None:
    """Put the routes of another programme into the pool, where the templates allow them."""
    for route, card in zip(former.routes, former.cards, strict=True) if former else ():
        for number, template in enumerate(pool.templates):
            at = {site: i for i, site in enumerate(template.sites)}
            ids = [[stop.site_id for stop in day.stops] for day in route.days]
            same = (template.form, template.corridor) == (card.form, card.corridor)
            if same and all(site in at for day in ids for site in day):
                add_route(pool, number, [[at[site] for site in day] for day in ids])


def _usable(pool: Pool, rules: Rules) -> list[Route]:
    """Return the routes that can be in a programme at all."""
    return [route for route in pool.routes.values() if all(rules.most_at[place] > 0 for place in route.calls)]


def _grow(pool: Pool, rules: Rules, *, seed: int, rounds: int) -> None:
    """Add the routes that the relaxed programme misses most, by its prices, until it misses none."""
    rng = random.Random(seed)  # noqa: S311 - not for secrets
    for turn in range(rounds):
        before = len(pool.routes)
        prices = _prices(pool, rules, shared=turn % 2 == 0)
        net = {corridor: rules.costs(prices, corridor) for corridor in rules.corridors}
        for number, template in enumerate(pool.templates):
            own = net[template.corridor]
            hunt(pool, number, own, seed=seed + turn, grouped=True)
            shaken = {site: price * rng.uniform(*SHAKE) for site, price in sorted(own.items())}
            hunt(pool, number, shaken, seed=seed + turn)
        if len(pool.routes) == before:
            return


def _fitted(
    brief: ProgrammeBrief, pool: Pool, rules: Rules, choice: _Choice, sites: gpd.GeoDataFrame
) -> tuple[Rules, _Choice]:
    """Let days stand in for half days and two-day trips that cannot be had, unless the brief names the mix."""
    forms = Counter(pool.templates[route.template].form for route in choice.routes)
    lacking = {form: count - forms[form] for form, count in rules.forms.items() if form != "day"}
    if brief.mix is not None or not any(lacking.values()):
        return rules, choice
    mix = {form: min(count, forms[form]) for form, count in rules.forms.items()}
    mix["day"] = rules.forms["day"] + sum(lacking.values())
    fitted = replace(rules, forms=mix)
    return fitted, _choose(pool, fitted, sites, gap=NEARLY)


def _around(pool: Pool, rules: Rules, choice: _Choice, *, seed: int) -> None:
    """Seek each chosen route anew with the others in place, and with one place less."""
    for route in choice.routes:
        _without_one(pool, route)
        beside = [other for other in choice.routes if other is not route]
        others = Counter(place for other in beside for place in other.calls)
        shown = set().union(*(other.shows for other in beside))
        form, corridor = pool.templates[route.template].form, pool.templates[route.template].corridor
        full = _never_at(pool, (place for place, count in others.items() if count >= rules.most_at[place]))
        alone = {
            site: -_reward(pool, route.template)
            for place in (route.shows & set(rules.to_cover)) - shown
            for site in pool.wholes.shown_by(place)
        }
        shared = _never_at(pool, (place for place in others if place not in route.calls))
        for number, template in enumerate(pool.templates):
            if (template.form, template.corridor) == (form, corridor):
                hunt(pool, number, full | alone, seed=seed)
                hunt(pool, number, shared | full | alone, seed=seed)


def _never_at(pool: Pool, places: Iterable[str]) -> dict[str, float]:
    """Return the price of calls that cannot be, at places and their parts."""
    return {site: NEVER for place in places for site in pool.wholes.sites_of(place)}


def _without_one(pool: Pool, route: Route) -> None:
    """Add the routes that leave out one place: they stand beside more others."""
    for place in sorted(route.sites):
        at = pool.templates[route.template].sites.index(place)
        add_route(pool, route.template, [[site for site in day if site != at] for day in route.days])


def _reward(pool: Pool, template: int) -> float:
    return 10 * max(_mean_prizes(pool, template).values(), default=1.0) + 1.0


def _prices(pool: Pool, rules: Rules, *, shared: bool, cover: int | None = None) -> Prices:
    """Return the prices of the relaxed programme with the most cover that its fractions can give."""
    routes = _usable(pool, rules)
    if cover is None:
        held = set().union(*(route.shows for route in routes))
        cover = min(rules.cover_least, len(held & set(rules.to_cover)))
    for least in range(cover, -1, -1):
        found = relax(routes, pool.templates, rules, cover=least, shared=shared) if routes else None
        if found is not None:
            return found.prices
    return Prices({}, {})


def _choose(
    pool: Pool,
    rules: Rules,
    sites: gpd.GeoDataFrame,
    *,
    routes: Sequence[Route] | None = None,
    keep: str | None = None,
    known: _Choice | None = None,
    gap: float = EXACT,
) -> _Choice:
    routes = _usable(pool, rules) if routes is None else routes
    themes = sites["themes"].to_dict()
    shown = (
        [shown_themes(route, pool, themes) for route in routes]
        if rules.themes
        else [frozenset()] * len(routes)
    )
    at_hand = None if known is None else Known(known.cover, known.lack, known.worth)
    chosen, cover, proved = choose(routes, pool.templates, rules, shown, keep=keep, known=at_hand, gap=gap)
    have = Counter(theme for index in chosen for theme in shown[index])
    lack = sum(max(0, least - have[theme]) for theme, least in rules.themes.items())
    return _Choice(tuple(routes[index] for index in chosen), cover, lack, proved)


@dataclass(slots=True)
class _Bounding:
    """What one bound hands on to the next: multipliers by template, the best prices, bounds by template at them."""

    eases: dict[int, Ease]
    prices: Prices | None = None
    best: list[float] = field(default_factory=list)


def _improve(
    pool: Pool,
    rules: Rules,
    choice: _Choice,
    sites: gpd.GeoDataFrame,
    work: _Bounding,
    *,
    seed: int,
    rounds: int,
) -> _Choice:
    """Price routes out, dive for programmes, and choose again, while that helps."""
    for turn in range(min(rounds, IMPROVEMENTS)):
        least, near = ON_THE_WAY
        _price_out(pool, rules, work, cover=choice.cover, seed=seed, rounds=min(rounds, least), near=near)
        for number in range(DIVES):
            more = min(rules.cover_least, choice.cover + 1 - number % 2)
            dive(pool, rules, cover=more, seed=seed + DIVES * turn + number)
        _around(pool, rules, choice, seed=seed + turn)
        better = _choose(pool, rules, sites, known=choice, gap=NEARLY)
        if _rank(better) <= _rank(choice):
            break
        choice = better
    return choice


def _price_out(
    pool: Pool, rules: Rules, work: _Bounding, *, cover: int, seed: int, rounds: int, near: float
) -> float:
    """Add the routes that the relaxed programme of a cover lacks; return the least bound.

    The prices of a round lie between those of the relaxed programme and the best ones so far: the former jump to and
    fro (Pessoa, Sadykov, Uchoa, Vanderbeck, INFORMS Journal on Computing 30, 2018).
    """
    bound, share, seen = math.inf, 0.5, []
    if work.prices is not None:
        bound = programme_bound(work.best, pool.templates, rules, work.prices, cover=cover)
    for turn in range(rounds):
        found = relax(_usable(pool, rules), pool.templates, rules, cover=cover, shared=False)
        if found is None or bound <= found.value * (1 + near):
            break
        prices = found.prices if work.prices is None else _between(work.prices, found.prices, share)
        before = len(pool.routes)
        best = _template_bounds(pool, rules, prices, work.eases, seed=seed + turn)
        here = programme_bound(best, pool.templates, rules, prices, cover=cover)
        share = 0.5 if here < bound or len(pool.routes) > before else share / 2
        if here < bound:
            bound, work.prices, work.best = here, prices, best
        seen.append(bound)
        if len(seen) > STALL and bound > seen[-1 - STALL] * (1 - SLOW):
            break
    return bound


def _between(one: Prices, other: Prices, share: float) -> Prices:
    """Return prices that lie by a share of the way from one to the other."""

    def mean(a: Mapping[_Key, float], b: Mapping[_Key, float]) -> dict[_Key, float]:
        return {
            key: (1 - share) * a.get(key, 0.0) + share * b.get(key, 0.0) for key in dict.fromkeys([*a, *b])
        }

    return Prices(mean(one.call, other.call), mean(one.cover, other.cover), mean(one.again, other.again))


def _prove(
    pool: Pool,
    rules: Rules,
    sites: gpd.GeoDataFrame,
    choice: _Choice,
    work: _Bounding,
    *,
    seed: int,
    rounds: int,
    proof: bool,
) -> tuple[_Choice, dict[str, float]]:
    """Bound the programme by the prices of the relaxed one, and choose anew if routes turn up on the way."""
    bound = math.inf
    for _ in range(COVERS):
        bound = _price_out(pool, rules, work, cover=choice.cover, seed=seed, rounds=rounds, near=NEAR_ENOUGH)
        if work.prices is not None and bound > choice.worth * (1 + NEAR_ENOUGH):
            close = _close(pool, rules, work, work.prices, seed=seed, proof=proof)
            bound = min(bound, programme_bound(close, pool.templates, rules, work.prices, cover=choice.cover))
        before = choice
        choice = max(choice, _choose(pool, rules, sites, known=choice), key=_rank)
        if choice.cover == before.cover:
            break
        if work.prices is not None:  # the bounds by template hold whatever is covered
            bound = programme_bound(work.best, pool.templates, rules, work.prices, cover=choice.cover)
    found = relax(_usable(pool, rules), pool.templates, rules, cover=choice.cover, shared=False)
    loose = _price_out(
        pool, rules, _Bounding({}), cover=0, seed=seed, rounds=min(2, rounds), near=NEAR_ENOUGH
    )
    bounds = {
        "pool": choice.worth,
        "pool_relaxed": max(found.value if found else 0.0, choice.worth),
        "routes": max(bound, choice.worth),
        "any_cover": max(loose, bound, choice.worth),
    }
    return choice, {key: round(value, 4) for key, value in bounds.items()}


def _rank(choice: _Choice) -> tuple[int, int, float]:
    return choice.cover, -choice.lack, round(choice.worth, 6)


def _template_bounds(
    pool: Pool,
    rules: Rules,
    prices: Prices,
    eases: dict[int, Ease],
    *,
    seed: int,
) -> list[float]:
    """Return by template what no route of it exceeds at the prices."""
    enough = enough_by_template(_usable(pool, rules), pool.templates, rules, prices)
    return [
        route_bound(
            pool,
            number,
            rules.costs(prices, own.corridor),
            seed=seed,
            turns=TURNS,
            enough=enough[number],
            eases=eases,
        )
        for number, own in enumerate(pool.templates)
    ]


def _close(
    pool: Pool, rules: Rules, work: _Bounding, prices: Prices, *, seed: int, proof: bool
) -> list[float]:
    """Return the bounds by template with more steps for those of several days."""
    enough = enough_by_template(_usable(pool, rules), pool.templates, rules, prices)
    return [
        bound
        if own.case.problem.n_days == 1
        else min(
            bound,
            route_bound(
                pool,
                number,
                rules.costs(prices, own.corridor),
                seed=seed,
                proof=proof,
                turns=CLOSE_TURNS,
                enough=enough[number],
                eases=work.eases,
            ),
        )
        for number, (own, bound) in enumerate(zip(pool.templates, work.best, strict=True))
    ]


# --- the programme ----------------------------------------------------------------------------------


def _programme(
    network: Network,
    brief: ProgrammeBrief,
    pool: Pool,
    rules: Rules,
    choice: _Choice,
    bounds: dict[str, float],
    *,
    seed: int,
    rounds: int,
) -> Programme:
    sites = network.sites
    corridors = corridors_of(brief, sites)
    order = sorted(
        choice.routes,
        key=lambda r: (
            corridors.index(pool.templates[r.template].corridor),
            tuple(FORMS).index(pool.templates[r.template].form),
            -r.worth,
            sorted(r.sites),
        ),
    )
    routes = [compose(pool.templates[r.template].case, r.days, seed=seed) for r in order]
    cards = [
        _card(number, pool, r, trip, sites)
        for number, (r, trip) in enumerate(zip(order, routes, strict=True), 1)
    ]
    cards = list(departures(network, brief, routes, cards))
    wanted = to_cover(brief, sites, corridors)
    visited = pool.wholes.covers(stop.site_id for trip in routes for stop in trip.stops)
    covered = tuple(site for site in wanted if site in visited)
    value = round(sum(trip.prize for trip in routes), 4)
    missing = tuple(site for site in wanted if site not in visited)
    return Programme(
        version=__version__,
        seed=seed,
        brief=brief.to_dict(),
        routes=tuple(routes),
        cards=tuple(cards),
        value=value,
        bound=max(value, bounds["routes"]),
        bounds=bounds,
        to_cover=wanted,
        covered=covered,
        uncovered=explain_uncovered(
            missing,
            pool,
            rules,
            sites,
            value=value,
            cover=len(covered),
            seed=seed,
            swap=lambda place: _swap(pool, rules, choice, sites, place),
        ),
        load=loads(brief, routes, cards, pool.wholes),
        notes=(*_notes(brief, rules, cards), *_notes_of_choices(brief, routes, cards)),
        measures={
            "routes_tried": len(pool.routes),
            "templates": len(pool.templates),
            "rounds": rounds,
            "best_of_pool": choice.proved,
        },
    )


def _swap(
    pool: Pool, rules: Rules, choice: _Choice, sites: gpd.GeoDataFrame, place: str
) -> tuple[int, float] | None:
    """Return cover and worth of the best programme that holds a place, None if none does; other corridors stay."""
    showing = set(pool.wholes.shown_by(place))
    own = {template.corridor for template in pool.templates if not showing.isdisjoint(template.sites)}
    routes = [
        route
        for route in _usable(pool, rules)
        if pool.templates[route.template].corridor in own or route in choice.routes
    ]
    found = _choose(pool, rules, sites, routes=routes, keep=place, gap=ROUGHLY)
    return (found.cover, found.worth) if any(place in route.shows for route in found.routes) else None


def _card(number: int, pool: Pool, route: Route, trip: Itinerary, sites: gpd.GeoDataFrame) -> RouteCard:
    template = pool.templates[route.template]
    name_vi, name_en = route_name(trip)
    return RouteCard(
        key=f"R{number}",
        name_vi=name_vi,
        name_en=name_en,
        corridor=template.corridor,
        form=template.form,
        themes=tuple(sorted(shown_themes(route, pool, sites["themes"].to_dict()))),
    )


def route_name(trip: Itinerary) -> tuple[str, str]:
    """Return a name in both languages: the two places that carry the route, in the order of the visit."""
    heads = sorted(trip.stops, key=lambda stop: (-(stop.significance or 0), -stop.prize, stop.site_id))[:2]
    shown = [stop for stop in trip.stops if stop in heads]
    return " – ".join(s.name_vi for s in shown), " – ".join(s.name_en or s.name_vi for s in shown)


def _notes(brief: ProgrammeBrief, rules: Rules, cards: Sequence[RouteCard]) -> list[tuple[str, str]]:
    """Say where the programme falls short of the brief."""
    notes = []
    for form, wanted in form_counts(brief).items():
        have = sum(card.form == form for card in cards)
        if have < wanted:
            said_vi, said = FORM_WORDS[form]
            notes.append(
                (
                    (
                        f"{have} of {counted(wanted, 'route', 'routes')} of the form {said}: no more were found. "
                        "It may lie in the limit on the time on the way, the hours of such a route, opening hours, "
                        "capacity, or the rules on corridors and shared places."
                    ),
                    (
                        f"Chỉ có {have}/{wanted} tuyến loại {said_vi}: không tìm được thêm. Có thể do giới hạn thời "
                        "gian trên đường, khung giờ của loại tuyến này, giờ mở cửa, sức đón, hoặc quy định về hành "
                        "lang và điểm trùng."
                    ),
                )
            )
    for theme, least in rules.themes.items():
        have = sum(theme in card.themes for card in cards)
        if have < least:
            name_vi, name_en = theme_words(theme)
            notes.append(
                (
                    (
                        f"Theme {name_en}: {have} of {counted(least, 'route', 'routes')} show it; the routes that were "
                        "found allow no more."
                    ),
                    f"Chủ đề {name_vi}: {have}/{least} tuyến thể hiện; các tuyến tìm được không cho thêm.",
                )
            )
    short = [card.key for card in cards if len(card.weekdays) < brief.departures_a_week]
    if short:
        notes.append(
            (
                f"{', '.join(short)}: fewer departures a week than asked for, as places would be closed or full.",
                f"{', '.join(short)}: ít chuyến mỗi tuần hơn yêu cầu vì có điểm đóng cửa hoặc quá tải.",
            )
        )
    notes += _pauses(brief, cards)
    full = [place for place, most in rules.most_at.items() if most == 0]
    if full:
        notes.append(
            (
                (
                    f"{counted(len(full), 'place takes', 'places take')} fewer visitors a day than one departure "
                    "brings; no route calls there."
                ),
                f"{len(full)} điểm đón ít khách một ngày hơn một chuyến; không tuyến nào ghé.",
            )
        )
    return notes


def _pauses(brief: ProgrammeBrief, cards: Sequence[RouteCard]) -> list[tuple[str, str]]:
    """Say which routes do not run for months of the season, or lose many of their dates."""
    notes = []
    for card in cards:
        empty = [
            month
            for month, count in enumerate(card.departures, 1)
            if count == 0 and month not in brief.quiet_months
        ]
        if empty:
            notes.append(
                (
                    f"{card.key}: no departure in {month_words(empty, 'en')}, as a place would be closed or full.",
                    (
                        f"{card.key}: không có chuyến nào trong {month_words(empty, 'vi')}, vì có điểm đóng cửa "
                        "hoặc quá tải."
                    ),
                )
            )
        dates = card.cancelled + sum(card.departures)
        if card.cancelled > MOST_CANCELLED * dates:
            notes.append(
                (
                    f"{card.key}: {card.cancelled} of {dates} dates of departure are left out, as a place is closed.",
                    f"{card.key}: {card.cancelled}/{dates} ngày khởi hành bị bỏ vì có điểm đóng cửa.",
                )
            )
    return notes


def _notes_of_choices(
    brief: ProgrammeBrief, routes: Sequence[Itinerary], cards: Sequence[RouteCard]
) -> list[tuple[str, str]]:
    """Say what follows from the brief that a reader may not expect: nights at home, nothing to be covered."""
    notes = []
    home = [
        card.key
        for card, trip in zip(cards, routes, strict=True)
        if any(day.night is None and sleeps_at_home(trip, day) for day in trip.days[:-1])
    ]
    if home:
        notes.append(
            (
                (
                    f"{', '.join(home)}: the group returns to the start for the night and sleeps at home; no lodging "
                    "is bought. Name a place in `overnight` for a night in a village."
                ),
                (
                    f"{', '.join(home)}: đoàn về điểm xuất phát ngủ tại nhà; không tính tiền lưu trú. Hãy nêu nơi nghỉ "
                    "ở `overnight` để ngủ lại làng."
                ),
            )
        )
    if brief.villages == ():
        notes.append(
            (
                "`villages` is an empty list: no place had to be covered. Leave it out for the recognised villages.",
                "`villages` là danh sách rỗng: không có điểm nào buộc phải có. Bỏ đi để lấy các làng được công nhận.",
            )
        )
    return notes
