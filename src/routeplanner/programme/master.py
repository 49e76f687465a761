r"""The choice among routes as an integer programme, and the bound that holds beyond the routes that were tried.

Sets and data: routes :math:`r \in P` with worth :math:`w_r`, form, corridor and the places that they visit
(:math:`a_{rs} \in \{0, 1\}`); places V to be covered, C of them at least; :math:`k_s` routes at most at place s (the
brief's limit, or fewer where the departures of so many routes would pass a week of the place's capacity);
:math:`n_f` routes of form f, :math:`m_c` of corridor c.

.. math:: \max \sum_r w_r x_r \quad \text{s.t.} \quad
          \sum_r a_{rs} x_r \le k_s,\; z_v \le \sum_r a_{rv} x_r,\; \sum_v z_v \ge C,\;
          \sum_{r \in f} x_r \le n_f,\; \sum_{r \in c} x_r \le m_c,\; x \in \{0, 1\}

and, of all routes that have the same ``shared_sites + 1`` places, at most one; and themes, where asked for, as a
goal. What is covered goes first: C is the most that the pool can cover (up to the share asked for).

**Repeats.** Two routes of a corridor share at most Q (``shared_sites``) places, so that with :math:`v_{cs}` routes
of corridor c at place s, :math:`\sum_s \binom{v_{cs}}{2} \le Q \binom{m_c}{2}`, and as
:math:`(v - 1)^+ \le \binom{v}{2}`, the places of a corridor are called at again :math:`Q \binom{m_c}{2}` times at most.
In the relaxed programme: :math:`v_{cs} \le 1 + u_{cs}`, :math:`0 \le u_{cs} \le k_s - 1`,
:math:`\sum_s u_{cs} \le Q \binom{m_c}{2}`. Without it fractions of the best few routes would be chosen twice.

**Bound.** With prices :math:`\mu_s, \nu_{cs}, \pi_v \ge 0` on the place limits, the repeats and the covers, and the
rest of the rule on shared places and the themes left out, for *any* set of routes

.. math:: \sum_s k_s \mu_s + \sum_{cs} \nu_{cs} + \max_u \sum_{cs} \nu_{cs} u_{cs}
          - \min_{|Z| = C} \sum_{v \in Z} \pi_v
          + \max_{n} \sum_t n_t \max_{r \in t} \Big( w_r - \sum_s a_{rs} (\mu_s + \nu_{c(t)s} - \pi_s) \Big)^+

is no less than the worth of any programme; the inner maximum over all routes of a template t is bounded by the
search's own proof (`routeplanner.programme.pricing`), the outer one over the numbers :math:`n_t` of routes by
template is a small integer programme. Column generation chooses the prices.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import combinations
from math import comb
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from routeplanner.programme.wholes import Wholes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt
    from scipy.optimize import OptimizeResult
    from scipy.sparse import csr_matrix

    from routeplanner.programme.pool import Route, Template

__all__ = [
    "EXACT",
    "Known",
    "Prices",
    "Relaxed",
    "Rules",
    "choose",
    "enough_by_template",
    "programme_bound",
    "relax",
]

MOST_NODES = 1_000
"""Nodes of the search tree of a choice: a count and no clock, so that the answer is the same on any machine. Most
choices are proved at the first node, those of 50 routes after some hundred."""

EXACT = 1e-6
"""Relative gap at which a choice counts as the best."""

FAR_BEHIND = 0.03
"""Share of the relaxed programme that a route may cost and still be tried in a choice that need not be the best."""

THEME_PENALTY = 10.0
"""A route that lacks for a theme weighs more than this many of the best route."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The rules of a programme as counts.

    Parameters
    ----------
    forms, corridors
        Most routes by form and by corridor.
    most_at
        Most routes by place.
    shared_sites
        Most places that two routes may have in common.
    to_cover
        Places that count as cover.
    cover_least
        How many of them are asked for.
    themes
        Least number of routes by theme.
    wholes
        Which sites are parts of others: places are wholes.
    """

    forms: Mapping[str, int]
    corridors: Mapping[str, int]
    most_at: Mapping[str, int]
    shared_sites: int
    to_cover: tuple[str, ...]
    cover_least: int
    themes: Mapping[str, int]
    wholes: Wholes = field(default_factory=Wholes)

    def costs(self, prices: Prices, corridor: str) -> dict[str, float]:
        """Return by site what a call of a corridor's route costs at the prices, less what it shows is worth.

        A route pays for a place once, however many parts of it it visits; each part pays its share of that, and each
        site is paid for all that it shows: no route pays more by its sites than by its places.
        """
        cost: dict[str, float] = defaultdict(float)
        called = [*prices.call.items()]
        called += [(place, price) for (key, place), price in prices.again.items() if key == corridor]
        for place, price in called:
            cost[place] += price
            parts = self.wholes.parts.get(place, ())
            for part in parts:
                cost[part] += price / len(parts)
        for village, price in prices.cover.items():
            for site in self.wholes.shown_by(village):
                cost[site] -= price
        return dict(cost)


@dataclass(frozen=True, slots=True)
class Prices:
    """Prices of the relaxed programme.

    Parameters
    ----------
    call
        Of a call, by place.
    cover
        What the cover of a place is worth.
    again
        Of a call of a corridor's routes, by (corridor, place): what a second route there could not have.
    """

    call: Mapping[str, float]
    cover: Mapping[str, float]
    again: Mapping[tuple[str, str], float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Model:
    """Rows of the programme: columns are the routes, a cover for each place, repeats by corridor and place."""

    rows: csr_matrix
    low: npt.NDArray[np.float64]
    high: npt.NDArray[np.float64]
    names: tuple[tuple[str, str], ...]
    routes: int
    places: tuple[str, ...]
    repeats: tuple[tuple[str, str], ...]


def _model(
    routes: Sequence[Route], templates: Sequence[Template], rules: Rules, *, cover: int, shared: bool
) -> _Model:
    """Write the rows down."""
    from scipy.sparse import coo_matrix

    by_row: dict[tuple[str, str], list[int]] = defaultdict(list)
    at_home: dict[tuple[str, str], list[int]] = defaultdict(list)
    showing: dict[str, list[int]] = defaultdict(list)
    wanted = set(rules.to_cover)
    for index, route in enumerate(routes):
        own = templates[route.template]
        by_row["form", own.form].append(index)
        by_row["corridor", own.corridor].append(index)
        for place in sorted(route.calls):
            by_row["site", place].append(index)
        for place in sorted(route.places):
            at_home[own.corridor, place].append(index)
        for place in route.shows & wanted:
            showing[place].append(index)
    limits: dict[tuple[str, str], float] = {}
    for kind, key in by_row:
        most = {"form": rules.forms, "corridor": rules.corridors}.get(kind)
        limits[kind, key] = float(most.get(key, 0) if most is not None else rules.most_at[key])
    cells = [(row, column, 1.0) for row, columns in by_row.items() for column in columns]
    repeats: tuple[tuple[str, str], ...] = ()
    if shared:
        alike = _alike(routes, rules.shared_sites)
        cells += [
            (("shared", str(number)), column, 1.0) for number, own in enumerate(alike) for column in own
        ]
        limits |= {("shared", str(number)): 1.0 for number in range(len(alike))}
    else:
        repeats = tuple(at_home)
        cells += _repeat_cells(at_home, first=len(routes) + len(rules.to_cover))
        limits |= {(f"again {corridor}", site): 1.0 for corridor, site in repeats}
        limits |= {("repeats", corridor): float(repeats_most(rules, corridor)) for corridor, _ in repeats}
    low = dict.fromkeys(limits, -np.inf)
    for number, place in enumerate(rules.to_cover):
        column = len(routes) + number
        row = ("cover", place)
        cells += [(row, column, 1.0), (("covers", ""), column, 1.0)]
        cells += [(row, index, -1.0) for index in showing[place]]
        limits[row], low[row] = 0.0, -np.inf
    if rules.to_cover:
        limits["covers", ""], low["covers", ""] = np.inf, float(cover)
    names = tuple(limits)
    at = {name: number for number, name in enumerate(names)}
    size = len(names), len(routes) + len(rules.to_cover) + len(repeats)
    entry = [value for _, _, value in cells]
    at_row, at_column = [at[row] for row, _, _ in cells], [column for _, column, _ in cells]
    return _Model(
        coo_matrix((entry, (at_row, at_column)), shape=size).tocsr(),
        np.array([low[name] for name in names]),
        np.array([limits[name] for name in names]),
        names,
        len(routes),
        rules.to_cover,
        repeats,
    )


def _repeat_cells(
    at_home: Mapping[tuple[str, str], Sequence[int]], *, first: int
) -> list[tuple[tuple[str, str], int, float]]:
    """Return the entries of the rows on repeats; their columns begin at `first`."""
    cells = []
    for number, ((corridor, site), columns) in enumerate(at_home.items()):
        row = (f"again {corridor}", site)
        cells += [(row, column, 1.0) for column in columns]
        cells += [(row, first + number, -1.0), (("repeats", corridor), first + number, 1.0)]
    return cells


def repeats_most(rules: Rules, corridor: str) -> int:
    """Return how often, at most, routes of a corridor call where another one calls already."""
    return rules.shared_sites * comb(rules.corridors.get(corridor, 0), 2)


def _alike(routes: Sequence[Route], shared: int) -> list[list[int]]:
    """Return the sets of routes of which one at most may be chosen: same places, or too many in common."""
    groups: dict[frozenset[str], list[int]] = defaultdict(list)
    for index, route in enumerate(routes):
        keys = combinations(sorted(route.places), shared + 1) if len(route.places) > shared else [()]
        for key in dict.fromkeys(frozenset(key) or route.places for key in keys):
            groups[key].append(index)
    return list({tuple(own): own for own in groups.values() if len(own) > 1}.values())


class Relaxed(NamedTuple):
    """The programme with fractions of routes: its value, its prices, and how much of each route is chosen."""

    value: float
    prices: Prices
    shares: npt.NDArray[np.float64]


def relax(
    routes: Sequence[Route], templates: Sequence[Template], rules: Rules, *, cover: int, shared: bool
) -> Relaxed | None:
    """Solve the programme with fractions of routes; return None if it cannot be kept.

    With `shared` all rules are kept, and the prices of shared places are spread over the places that are shared;
    without, the rule on shared places is kept as far as a price for each corridor and place can express it.
    """
    if not routes and not cover:
        return Relaxed(0.0, Prices({}, {}), np.zeros(0))
    model = _model(routes, templates, rules, cover=cover, shared=shared)
    found = _linear(model, routes, rules, shared=shared, least=np.zeros(len(model.places)))
    if found.status != 0:
        return None
    prices = _read_prices(model, np.maximum(-found.ineqlin.marginals, 0.0), routes)
    return Relaxed(-float(found.fun), prices, found.x[: model.routes])


def _linear(
    model: _Model,
    routes: Sequence[Route],
    rules: Rules,
    *,
    shared: bool,
    least: npt.NDArray[np.float64],
) -> OptimizeResult:
    """Solve the relaxed programme; a choice has no route twice, the relaxed one only pays for it."""
    from scipy.optimize import linprog

    width = model.rows.shape[1]
    first, last = model.routes, model.routes + len(model.places)
    worth, most, lowest = np.zeros(width), np.ones(width), np.zeros(width)
    worth[:first] = [route.worth for route in routes]
    most[:first] = 1.0 if shared else np.inf
    most[last:] = [max(0, rules.most_at[site] - 1) for _, site in model.repeats]
    lowest[first:last] = least
    sign = np.where(np.isinf(model.high), -1.0, 1.0)
    limit = np.where(np.isinf(model.high), -model.low, model.high)
    rows = model.rows.multiply(sign[:, None]).tocsr()
    bounds = np.column_stack([lowest, most])
    return linprog(-worth, A_ub=rows, b_ub=limit, bounds=bounds, method="highs")


def _read_prices(model: _Model, dual: npt.NDArray[np.float64], routes: Sequence[Route]) -> Prices:
    call: dict[str, float] = defaultdict(float)
    cover: dict[str, float] = {}
    again: dict[tuple[str, str], float] = {}
    for number, (kind, key) in enumerate(model.names):
        price = float(dual[number])
        if kind == "site":
            call[key] += price
        elif kind == "cover":
            cover[key] = price
        elif price > 0 and kind.startswith("again "):
            again[kind.removeprefix("again "), key] = price
        elif price > 0 and kind == "shared":
            own = model.rows.getrow(number).indices
            common = frozenset.intersection(*(routes[column].places for column in own))
            for site in sorted(common):
                call[site] += price / len(common)
    return Prices(dict(call), cover, again)


def choose(
    routes: Sequence[Route],
    templates: Sequence[Template],
    rules: Rules,
    shown: Sequence[frozenset[str]],
    *,
    keep: str | None = None,
    known: Known | None = None,
    gap: float = EXACT,
) -> tuple[list[int], int, bool]:
    """Choose routes: cover first, then themes, then worth.

    Where a choice is at hand, of the routes only those stay whose reduced cost leaves room for one as good.

    Parameters
    ----------
    routes, templates, rules
        The pool and the rules.
    shown
        For each route the themes that it shows.
    keep
        A place that has to be covered.
    known
        A choice of these routes that is at hand.
    gap
        Share of the worth by which the choice may fall short of the best.

    Returns
    -------
    tuple
        Numbers of the chosen routes, how many places could be covered of those asked for, and whether the
        choice is proved to be the best of the pool.
    """
    if not routes:
        return [], 0, True
    least = np.zeros(len(rules.to_cover))
    if keep is not None:
        least[rules.to_cover.index(keep)] = 1.0
    cover, first = min(rules.cover_least, len(_held(routes) & set(rules.to_cover))), True
    if cover > (0 if known is None else known.cover):
        most = _solve(routes, templates, rules, [], least=least, cover=None, gap=0.9 / cover)
        if most is None:
            return [], 0, True
        cover, first = min(most.covered, cover), most.proved
    at_hand = known.worth if known is not None and known.lack == 0 and cover == known.cover else None
    stay = _worth_keeping(routes, templates, rules, at_hand, least=least, cover=cover, nearly=gap > EXACT)
    found = _among(stay, routes, templates, rules, shown, least=least, cover=cover, gap=gap)
    if found is None and len(stay) < len(routes):
        stay = list(range(len(routes)))
        found = _among(stay, routes, templates, rules, shown, least=least, cover=cover, gap=gap)
    if found is None:
        return [], cover, True
    return [stay[index] for index in found.chosen], cover, found.proved and first


def _among(
    stay: Sequence[int],
    routes: Sequence[Route],
    templates: Sequence[Template],
    rules: Rules,
    shown: Sequence[frozenset[str]],
    *,
    least: npt.NDArray[np.float64],
    cover: int,
    gap: float,
) -> _Found | None:
    """Solve the choice among some of the routes."""
    return _solve(
        [routes[index] for index in stay],
        templates,
        rules,
        [shown[index] for index in stay],
        least=least,
        cover=cover,
        gap=gap,
    )


@dataclass(frozen=True, slots=True)
class Known:
    """What a choice that is at hand has: cover, routes that its themes lack, worth."""

    cover: int
    lack: int
    worth: float


def _held(routes: Sequence[Route]) -> set[str]:
    return set().union(*(route.shows for route in routes))


def _worth_keeping(
    routes: Sequence[Route],
    templates: Sequence[Template],
    rules: Rules,
    floor: float | None,
    *,
    least: npt.NDArray[np.float64],
    cover: int,
    nearly: bool,
) -> list[int]:
    """Return the routes that can be in a choice worth as much as one at hand, by the relaxed programme with them.

    Where the choice need not be the best one, those with which it falls far behind are left out as well.
    """
    everything = list(range(len(routes)))
    if floor is None and (not nearly or rules.themes):
        return everything
    model = _model(routes, templates, rules, cover=cover, shared=True)
    found = _linear(model, routes, rules, shared=True, least=least)
    if found.status != 0:
        return everything
    if nearly and not rules.themes:
        floor = max(0.0 if floor is None else floor, -found.fun * (1 - FAR_BEHIND))
    reach = -found.fun - found.lower.marginals[: model.routes]
    return [index for index in everything if reach[index] >= (floor or 0.0) - 1e-3]


@dataclass(frozen=True, slots=True)
class _Found:
    chosen: list[int]
    covered: int
    proved: bool


def _solve(
    routes: Sequence[Route],
    templates: Sequence[Template],
    rules: Rules,
    shown: Sequence[frozenset[str]],
    *,
    least: npt.NDArray[np.float64],
    cover: int | None,
    gap: float,
) -> _Found | None:
    """Solve the choice: the most cover where none is given, else themes and worth at that cover."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array, hstack, vstack

    model = _model(routes, templates, rules, cover=cover or 0, shared=True)
    themes = list(rules.themes) if cover is not None else []
    size, places = model.routes, len(model.places)
    # a lack of routes for each theme, as many columns as themes
    goal = np.zeros((len(themes), size + places + len(themes)))
    for number, theme in enumerate(themes):
        goal[number, :size] = [theme in own for own in shown]
        goal[number, size + places + number] = 1.0
    rows = vstack([hstack([model.rows, csr_array((model.rows.shape[0], len(themes)))]), csr_array(goal)])
    worths = np.array([route.worth for route in routes])
    penalty = THEME_PENALTY * float(worths.max(initial=1.0))
    covering = cover is None
    worth = np.concatenate([np.zeros(size) if covering else worths, np.full(places, float(covering))])
    found = milp(
        -np.concatenate([worth, np.full(len(themes), -penalty)]),
        constraints=LinearConstraint(
            rows.tocsr(),
            np.concatenate([model.low, [float(rules.themes[theme]) for theme in themes]]),
            np.concatenate([model.high, np.full(len(themes), np.inf)]),
        ),
        integrality=np.ones(size + places + len(themes)),
        bounds=Bounds(
            np.concatenate([np.zeros(size), least, np.zeros(len(themes))]),
            np.concatenate([np.ones(size + places), np.full(len(themes), np.inf)]),
        ),
        options={"node_limit": MOST_NODES, "mip_rel_gap": gap},
    )
    if found.x is None:
        return None
    chosen = np.flatnonzero(found.x[:size] > 0.5).tolist()
    return _Found(
        chosen,
        round(found.x[size : size + places].sum()),
        found.status == 0,
    )


def programme_bound(
    best: Sequence[float], templates: Sequence[Template], rules: Rules, prices: Prices, *, cover: int
) -> float:
    """Return what no programme is worth more than, from the most that a route of each template is worth at the prices.

    Parameters
    ----------
    best
        By template the most that a route of it is worth less its price.
    templates, rules
        As everywhere.
    prices
        Any prices >= 0.
    cover
        How many places the programme covers at least.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp

    paid = sum(rules.most_at[site] * price for site, price in prices.call.items() if site in rules.most_at)
    paid += sum(_repeats_paid(rules, prices, corridor) for corridor in rules.corridors)
    rewards = sorted(prices.cover.get(place, 0.0) for place in rules.to_cover)[:cover]
    worth = np.maximum(np.array(best), 0.0)
    forms, corridors = list(rules.forms), list(rules.corridors)
    rows = np.array(
        [[float(t.form == form) for t in templates] for form in forms]
        + [[float(t.corridor == corridor) for t in templates] for corridor in corridors]
    )
    most = np.array(
        [float(rules.forms[form]) for form in forms] + [float(rules.corridors[c]) for c in corridors]
    )
    found = milp(
        -worth,
        constraints=LinearConstraint(rows, -np.inf, most),
        integrality=np.ones(len(worth)),
        bounds=Bounds(0, np.inf),
    )
    return paid - sum(rewards) - float(found.fun)


def enough_by_template(
    routes: Sequence[Route], templates: Sequence[Template], rules: Rules, prices: Prices
) -> list[float]:
    """Return by template a bound on its routes that is as good as any below it, by what the known routes are worth.

    With prices for forms and corridors that pay for every known route, no template below them lifts the bound.
    """
    from scipy.optimize import linprog

    net = {corridor: rules.costs(prices, corridor) for corridor in rules.corridors}
    kinds = list(dict.fromkeys((t.form, t.corridor) for t in templates))
    most = dict.fromkeys(kinds, 0.0)
    for route in routes:
        own = templates[route.template]
        worth = route.worth - sum(net[own.corridor].get(site, 0.0) for site in sorted(route.sites))
        most[own.form, own.corridor] = max(most[own.form, own.corridor], worth)
    forms, corridors = list(rules.forms), list(rules.corridors)
    rows = np.zeros((len(kinds), len(forms) + len(corridors)))
    for number, (form, corridor) in enumerate(kinds):
        rows[number, forms.index(form)] = rows[number, len(forms) + corridors.index(corridor)] = 1.0
    counts = [float(count) for count in (*rules.forms.values(), *rules.corridors.values())]
    found = linprog(counts, A_ub=-rows, b_ub=[-most[kind] for kind in kinds], method="highs")
    paid = dict(zip(kinds, (rows @ found.x).tolist(), strict=True))
    return [paid[t.form, t.corridor] for t in templates]


def _repeats_paid(rules: Rules, prices: Prices, corridor: str) -> float:
    """Return what a corridor's calls pay at most: one at each place, and the dearest repeats that it may have."""
    own = {site: price for (key, site), price in prices.again.items() if key == corridor}
    room, paid = repeats_most(rules, corridor), sum(own.values())
    for site in sorted(own, key=lambda site: (-own[site], site)):
        again = min(room, max(0, rules.most_at[site] - 1))
        room, paid = room - again, paid + again * own[site]
    return paid
