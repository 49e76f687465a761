"""A programme by diving: routes that the relaxed one nearly chooses are fixed, and others sought for the rest.

Prices of what is left tell which routes complement those that are fixed; the routes found on the way make the pool one
from which a programme near the relaxed one can be chosen. After Sadykov, Vanderbeck, Pessoa, Tahiri and Uchoa, "Primal
heuristics for branch and price", INFORMS Journal on Computing 31 (2019).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from routeplanner.programme.master import Relaxed, Rules, relax
from routeplanner.programme.pricing import NEVER, hunt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routeplanner.programme.pool import Pool, Route

__all__ = ["dive"]

WHOLE = 0.99
"""Share from which a route counts as chosen."""

HALF, AT_A_TIME = 0.5, 25
"""Of so many routes left one more is fixed at a time, where more than this share of it is chosen."""


def dive(pool: Pool, rules: Rules, *, cover: int, seed: int) -> None:
    """Add to the pool the routes of a programme, and those met on the way to it.

    Parameters
    ----------
    pool, rules
        What there is, under which rules.
    cover
        How many places it should cover; as many as possible where that cannot be.
    seed
        Of the searches.
    """
    fixed: list[Route] = []
    moved = set(rules.corridors)
    for turn in range(sum(rules.forms.values())):
        left = _left(pool, rules, fixed)
        wanted = max(0, cover - len(rules.to_cover) + len(left.to_cover))
        _seek(pool, left, fixed, moved, cover=wanted, seed=seed + turn)
        routes = _beside(pool, left, fixed)
        found = _relaxed(pool, left, routes, cover=wanted)
        if found is None or found.shares.max() < 1 - WHOLE:
            return
        near = [routes[index] for index in np.flatnonzero(found.shares > WHOLE)]
        chosen = near or _largest(found, routes, most=1 + sum(left.forms.values()) // AT_A_TIME)
        fixed += chosen
        moved = {pool.templates[route.template].corridor for route in chosen}


def _largest(found: Relaxed, routes: Sequence[Route], *, most: int) -> list[Route]:
    """Return the routes of the largest shares that can stand beside each other: one, or some above a half."""
    chosen: list[Route] = []
    for index in np.argsort(-found.shares, kind="stable")[:most]:
        if not chosen or (
            found.shares[index] > HALF and all(not routes[index].places & o.places for o in chosen)
        ):
            chosen.append(routes[index])
    return chosen


def _left(pool: Pool, rules: Rules, fixed: Sequence[Route]) -> Rules:
    """Return the rules for the routes that are still to be chosen."""
    forms, corridors = dict(rules.forms), dict(rules.corridors)
    most_at, covered = dict(rules.most_at), set[str]()
    for route in fixed:
        own = pool.templates[route.template]
        forms[own.form] -= 1
        corridors[own.corridor] -= 1
        for place in route.calls:
            most_at[place] -= 1
        covered |= route.shows
    to_cover = tuple(place for place in rules.to_cover if place not in covered)
    return replace(rules, forms=forms, corridors=corridors, most_at=most_at, to_cover=to_cover)


def _open_templates(pool: Pool, left: Rules) -> list[int]:
    return [
        number
        for number, own in enumerate(pool.templates)
        if left.forms[own.form] > 0 and left.corridors[own.corridor] > 0
    ]


def _beside(pool: Pool, left: Rules, fixed: Sequence[Route]) -> list[Route]:
    """Return the routes that can stand beside those that are fixed."""
    kinds = set(_open_templates(pool, left))
    return [
        route
        for route in pool.routes.values()
        if route.template in kinds
        and all(left.most_at[place] > 0 for place in route.calls)
        and all(len(route.places & other.places) <= left.shared_sites for other in fixed)
        and all(route.places != other.places for other in fixed)
    ]


def _relaxed(pool: Pool, left: Rules, routes: Sequence[Route], *, cover: int) -> Relaxed | None:
    """Return the relaxed programme of what is left, with as much cover as its routes allow."""
    for least in range(cover, -1, -1) if routes else ():
        found = relax(routes, pool.templates, left, cover=least, shared=True)
        if found is not None:
            return found
    return None


def _seek(
    pool: Pool, left: Rules, fixed: Sequence[Route], corridors: set[str], *, cover: int, seed: int
) -> None:
    """Look for routes of some corridors at the prices of what is left."""
    found = _relaxed(pool, left, _beside(pool, left, fixed), cover=cover)
    for number in _open_templates(pool, left):
        own = pool.templates[number]
        if own.corridor in corridors:
            full = {
                site: NEVER
                for site in own.sites
                if any(left.most_at[place] <= 0 for place in pool.wholes.calls([site]))
            }
            prices = full if found is None else left.costs(found.prices, own.corridor) | full
            for grouped in (False, True):
                hunt(pool, number, prices, seed=seed, grouped=grouped)
