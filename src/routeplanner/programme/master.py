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

**Bound.** With prices :math:`\mu_s, \pi_v \ge 0` on the place limits and the covers, and the rule on shared places and
the themes left out, for *any* set of routes

.. math:: \sum_s k_s \mu_s - \min_{|Z| = C} \sum_{v \in Z} \pi_v
          + \max_{n} \sum_t n_t \max_{r \in t} \Big( w_r - \sum_s a_{rs} (\mu_s - \pi_s) \Big)^+

is no less than the worth of any programme; the inner maximum over all routes of a template t is bounded by the
search's own proof (`routeplanner.programme.pool.priced`), the outer one over the numbers :math:`n_t` of routes by
template is a small integer programme. Column generation chooses the prices.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt
    from scipy.sparse import csr_matrix

    from routeplanner.programme.pool import Route, Template

__all__ = ["Prices", "Rules", "choose", "programme_bound", "relax"]

MILP_SECONDS = 60.0
"""Safety cap; the programmes of the tests and the notebook take a second or two."""

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
    shows
        For each place its themes, for the shares of a route's prize.
    """

    forms: Mapping[str, int]
    corridors: Mapping[str, int]
    most_at: Mapping[str, int]
    shared_sites: int
    to_cover: tuple[str, ...]
    cover_least: int
    themes: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Prices:
    """Prices of the relaxed programme: of a call at a place, and what the cover of a place is worth."""

    call: Mapping[str, float]
    cover: Mapping[str, float]

    @property
    def net(self) -> dict[str, float]:
        """Price of a call less the worth of its cover."""
        return {
            site: self.call.get(site, 0.0) - self.cover.get(site, 0.0) for site in {*self.call, *self.cover}
        }


@dataclass(frozen=True, slots=True)
class _Model:
    """Rows of the programme: columns are the routes, then a cover for each place."""

    rows: csr_matrix
    low: npt.NDArray[np.float64]
    high: npt.NDArray[np.float64]
    names: tuple[tuple[str, str], ...]
    routes: int
    places: tuple[str, ...]


def _model(
    routes: Sequence[Route], templates: Sequence[Template], rules: Rules, *, cover: int, shared: bool
) -> _Model:
    """Write the rows down."""
    from scipy.sparse import coo_matrix

    by_row: dict[tuple[str, str], list[int]] = defaultdict(list)
    for index, route in enumerate(routes):
        own = templates[route.template]
        by_row["form", own.form].append(index)
        by_row["corridor", own.corridor].append(index)
        for site in route.sites:
            by_row["site", site].append(index)
    limits: dict[tuple[str, str], float] = {}
    for kind, key in by_row:
        most = {"form": rules.forms, "corridor": rules.corridors}.get(kind)
        limits[kind, key] = float(most.get(key, 0) if most is not None else rules.most_at[key])
    cells = [(row, column, 1.0) for row, columns in by_row.items() for column in columns]
    if shared:
        alike = _alike(routes, rules.shared_sites)
        cells += [
            (("shared", str(number)), column, 1.0) for number, own in enumerate(alike) for column in own
        ]
        limits |= {("shared", str(number)): 1.0 for number in range(len(alike))}
    low = dict.fromkeys(limits, -np.inf)
    for number, place in enumerate(rules.to_cover):
        column = len(routes) + number
        row = ("cover", place)
        cells += [(row, column, 1.0), (("covers", ""), column, 1.0)]
        cells += [(row, index, -1.0) for index in by_row.get(("site", place), ())]
        limits[row], low[row] = 0.0, -np.inf
    if rules.to_cover:
        limits["covers", ""], low["covers", ""] = np.inf, float(cover)
    names = tuple(limits)
    at = {name: number for number, name in enumerate(names)}
    size = len(names), len(routes) + len(rules.to_cover)
    entry = [value for _, _, value in cells]
    at_row, at_column = [at[row] for row, _, _ in cells], [column for _, column, _ in cells]
    return _Model(
        coo_matrix((entry, (at_row, at_column)), shape=size).tocsr(),
        np.array([low[name] for name in names]),
        np.array([limits[name] for name in names]),
        names,
        len(routes),
        rules.to_cover,
    )


def _alike(routes: Sequence[Route], shared: int) -> list[list[int]]:
    """Return the sets of routes of which one at most may be chosen: same places, or too many in common."""
    groups: dict[frozenset[str], list[int]] = defaultdict(list)
    for index, route in enumerate(routes):
        keys = combinations(sorted(route.sites), shared + 1) if len(route.sites) > shared else [()]
        for key in {frozenset(key) or route.sites for key in keys}:
            groups[key].append(index)
    return list({tuple(own): own for own in groups.values() if len(own) > 1}.values())


def relax(
    routes: Sequence[Route], templates: Sequence[Template], rules: Rules, *, cover: int, shared: bool
) -> tuple[float, Prices] | None:
    """Solve the programme with fractions of routes; return its value and prices, None if it cannot be kept.

    The prices of shared places are spread over the places that are shared.
    """
    from scipy.optimize import linprog

    model = _model(routes, templates, rules, cover=cover, shared=shared)
    worth = np.concatenate([[route.worth for route in routes], np.zeros(len(model.places))])
    sign = np.where(np.isinf(model.high), -1.0, 1.0)
    limit = np.where(np.isinf(model.high), -model.low, model.high)
    rows = model.rows.multiply(sign[:, None]).tocsr()
    found = linprog(-worth, A_ub=rows, b_ub=limit, bounds=(0, 1), method="highs")
    if found.status != 0:
        return None
    dual = np.maximum(-found.ineqlin.marginals, 0.0)
    call, worth_of_cover = Counter[str](), {}
    for number, (kind, key) in enumerate(model.names):
        if kind == "site":
            call[key] += dual[number]
        elif kind == "cover":
            worth_of_cover[key] = float(dual[number])
        elif kind == "shared" and dual[number] > 0:
            own = rows.getrow(number).indices
            common = frozenset.intersection(*(routes[column].sites for column in own))
            for site in common:
                call[site] += dual[number] / len(common)
    return -float(found.fun), Prices({site: float(price) for site, price in call.items()}, worth_of_cover)


def choose(
    routes: Sequence[Route],
    templates: Sequence[Template],
    rules: Rules,
    shown: Sequence[frozenset[str]],
    *,
    keep: str | None = None,
) -> tuple[list[int], int, bool]:
    """Choose routes: cover first, then themes, then worth.

    Parameters
    ----------
    routes, templates, rules
        The pool and the rules.
    shown
        For each route the themes that it shows.
    keep
        A place that has to be covered.

    Returns
    -------
    tuple
        Numbers of the chosen routes, how many places could be covered of those asked for, and whether the
        choice is proved to be the best of the pool.
    """
    covers = np.zeros(len(rules.to_cover))
    if keep is not None:
        covers[rules.to_cover.index(keep)] = 1.0
    cover, first = 0, True
    if rules.to_cover and rules.cover_least:
        found = _solve(routes, templates, rules, shown, cover=0, at_least=covers, covering=True)
        if found is None:
            return [], 0, True
        cover, first = min(round(found[1]), rules.cover_least), found[2]
    found = _solve(routes, templates, rules, shown, cover=cover, at_least=covers, covering=False)
    return ([], cover, True) if found is None else (found[0], cover, found[2] and first)


def _solve(
    routes: Sequence[Route],
    templates: Sequence[Template],
    rules: Rules,
    shown: Sequence[frozenset[str]],
    *,
    cover: int,
    at_least: npt.NDArray[np.float64],
    covering: bool,
) -> tuple[list[int], float, bool] | None:
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import hstack, vstack

    if not routes:
        return None
    model = _model(routes, templates, rules, cover=cover, shared=True)
    themes = [] if covering else list(rules.themes)
    size, places = model.routes, len(model.places)
    # a lack of routes for each theme, as many columns as themes
    goal = np.zeros((len(themes), size + places + len(themes)))
    for number, theme in enumerate(themes):
        goal[number, :size] = [theme in own for own in shown]
        goal[number, size + places + number] = 1.0
    empty = np.zeros((model.rows.shape[0], len(themes)))
    rows = vstack([hstack([model.rows, empty]), goal]).tocsr() if themes else model.rows
    low = np.concatenate([model.low, [float(rules.themes[theme]) for theme in themes]])
    high = np.concatenate([model.high, np.full(len(themes), np.inf)])
    worths = np.array([route.worth for route in routes])
    penalty = THEME_PENALTY * float(worths.max(initial=1.0))
    worth = np.concatenate([np.zeros(size) if covering else worths, np.full(places, float(covering))])
    worth = np.concatenate([worth, np.full(len(themes), -penalty)])
    found = milp(
        -worth,
        constraints=LinearConstraint(rows, low, high),
        integrality=np.concatenate([np.ones(size), np.zeros(places), np.ones(len(themes))]),
        bounds=Bounds(
            np.concatenate([np.zeros(size), at_least, np.zeros(len(themes))]),
            np.concatenate([np.ones(size + places), np.full(len(themes), np.inf)]),
        ),
        options={"time_limit": MILP_SECONDS, "mip_rel_gap": 1e-7},
    )
    if found.x is None:
        return None
    chosen = np.flatnonzero(found.x[:size] > 0.5).tolist()
    return chosen, float(found.x[size : size + places].sum()), found.status == 0


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
