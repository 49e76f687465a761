"""Set packing: the best trip that can be made of whole days that a search has seen."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from routeplanner.planning.schedule import NEVER
from routeplanner.planning.search._trip import WORTH_ONE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from scipy.sparse import csc_matrix

    from routeplanner.planning.search._compile import Floats, Ints
    from routeplanner.planning.search._trip import Trip

__all__ = [
    "Packed",
    "Pieces",
    "Relaxed",
    "join",
    "pack",
    "pack_all",
    "pairs",
    "pieces",
    "relax",
    "twins",
    "unions",
]


MOST_UNIONS = 200
BEGINNINGS = 60  # sets of days that are gone on with at a time
INFEASIBLE = 2  # status of scipy.optimize.milp


class Packed(NamedTuple):
    """The best trip found, None if there is none, and a bound on those sought."""

    days: tuple[tuple[int, ...], ...] | None
    bound: float


class Pieces(NamedTuple):
    """Whole days by column: the kinds of days that they fit, and their sites one list behind the other."""

    fits: tuple[frozenset[int], ...]
    fit: Ints  # (r,) which of `fits`
    column: Ints  # (v,) of each visit
    site: Ints  # (v,) of each visit


def pieces(routes: Sequence[tuple[int | frozenset[int], Sequence[int]]]) -> Pieces:
    """Gather days given as (kind or kinds, sites)."""
    counts = [len(sites) for _, sites in routes]
    kinds = [frozenset({kind}) if isinstance(kind, int) else kind for kind, _ in routes]
    fits = tuple(sorted(set(kinds), key=sorted))
    number = {fit: index for index, fit in enumerate(fits)}
    return Pieces(
        fits,
        np.array([number[kind] for kind in kinds], np.int64),
        np.repeat(np.arange(len(routes)), counts),
        np.array([site for _, sites in routes for site in sites], np.int64),
    )


def unions(fits: Iterable[frozenset[int]]) -> list[frozenset[int]] | None:
    """Return all unions of sets of kinds that hang together; None if there are very many.

    Of days that fit only kinds of such a union no more can be chosen than it has days, and no other rule is needed
    for each of them to find its own (P. Hall, "On representatives of subsets", Journal of the London Mathematical
    Society 10, 1935): a union that falls apart says no more than its parts.
    """
    found: set[frozenset[int]] = set()
    for fit in sorted(set(fits), key=sorted):
        reached, grown = {fit}, {fit}
        while grown:  # what joins one of these may hang together with more
            grown = {one | other for one in grown for other in found if one & other} - reached
            reached |= grown
            if len(found | reached) > MOST_UNIONS:
                return None
        found |= reached
    return sorted(found, key=lambda kinds: (len(kinds), sorted(kinds)))


def pack(
    trip: Trip, days: Pieces, *, seconds: float = 10.0, nodes: int = 200
) -> tuple[tuple[int, ...], ...] | None:
    """Return the best trip of whole days, a site that two of them visit left to the first; None if none is found.

    Parameters
    ----------
    trip
        What the days are days of.
    days
        To choose from.
    seconds, nodes
        Limits of the branch and bound (HiGHS).
    """
    if len(days.fit) == 0:
        return None
    bonus = 10.0 * float(trip.sites["prize"][trip.candidates].sum()) + 1.0
    programme = _programme(trip, days, np.unique(days.site), bonus=bonus)
    return _branch(trip, days, programme, seconds=seconds, nodes=nodes).days


def join(trip: Trip, days: Pieces) -> tuple[tuple[int, ...], ...] | None:
    """Return a good trip of whole days, a site that two of them visit left to the first: day by day what adds most.

    The best `BEGINNINGS` sets of days are gone on with. Takes milliseconds where `pack` may take seconds, and proves
    nothing; None where sites or days are bound by more than that each counts once.
    """
    bound = (trip.sites["group"] >= 0) | (trip.sites["must"] > 0)
    if bound[trip.candidates].any() or len(trip.rivals) or trip.budget < NEVER or len(days.fits) != 1:
        return None
    sites = np.unique(days.site)
    shows = np.zeros((len(days.fit), len(sites)))
    shows[days.column, np.searchsorted(sites, days.site)] = 1.0
    worth = trip.sites["prize"][sites].astype(np.float64)
    chosen = np.argsort(-(shows @ worth), kind="stable")[:BEGINNINGS, None]
    for _ in range(min(len(trip.days), len(shows)) - 1):
        left = np.prod(1.0 - shows[chosen], axis=1)
        value = (1.0 - left) @ worth
        total = (value[:, None] + (left * worth) @ shows.T).ravel()
        best = np.argsort(-total, kind="stable")[: 4 * BEGINNINGS]
        longer = np.column_stack([chosen[best // len(shows)], best % len(shows)])
        _, first = np.unique(np.sort(longer, axis=1), axis=0, return_index=True)
        chosen = longer[np.sort(first)][:BEGINNINGS]
    return _deal(trip, days, chosen[0])


def pack_all(trip: Trip, days: Pieces, *, above: float, seconds: float, nodes: int) -> Packed:
    """Return the best trip of whole days that is worth more than a value, and a bound on all such trips.

    Without must-visits and the budget; parameters as of `pack`.
    """
    if len(days.fit) == 0:
        return Packed(None, -np.inf)
    programme = _programme(trip, days, np.unique(days.site), bonus=0.0, alone=True)
    return _branch(trip, days, programme, seconds=seconds, nodes=nodes, above=above)


def _branch(
    trip: Trip,
    days: Pieces,
    programme: tuple[csc_matrix, Floats, Floats],
    *,
    seconds: float,
    nodes: int,
    above: float | None = None,
) -> Packed:
    """Hand a programme to HiGHS."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    rows, high, worth = programme
    size = len(days.fit)
    rules = [LinearConstraint(rows, -np.inf, high)]
    if above is not None:
        rules.append(LinearConstraint(worth[None, :], above, np.inf))
    found = milp(
        -worth,
        constraints=rules,
        integrality=np.concatenate([np.ones(size), np.zeros(len(worth) - size)]),
        bounds=Bounds(0, 1),
        options={"node_limit": nodes, "time_limit": seconds, "presolve": True},
    )
    if found.status == INFEASIBLE and above is not None:
        return Packed(None, -np.inf)
    bound = np.inf if found.mip_dual_bound is None else -float(found.mip_dual_bound)
    return Packed(None if found.x is None else _deal(trip, days, np.flatnonzero(found.x[:size] > 0.5)), bound)


class Relaxed(NamedTuple):
    """The most that shares of days are worth, and the prices behind it."""

    value: float
    prices: Floats  # (c + q,) of a visit of each candidate, and of each of `pairs`
    tops: dict[frozenset[int], float]  # of a day by the kinds that it fits


def relax(
    trip: Trip,
    days: Pieces,
    near: Floats | None = None,
    *,
    reach: float = 0.0,
    seconds: float = 60.0,
) -> Relaxed | None:
    """Solve the linear programme over whole days; None if there are no days, or it takes too long.

    Must-visits and the budget, which bind days together, are left out.

    Parameters
    ----------
    trip, days
        As of `pack`.
    near, reach
        Prices as in `Relaxed`: up to so large a share of a visit may be bought and sold for them besides, so that
        the prices of the programme stay near them (du Merle, Villeneuve, Desrosiers and Hansen, "Stabilized column
        generation", Discrete Mathematics 194, 1999).
    seconds
        Limit by the clock.
    """
    from scipy.optimize import linprog
    from scipy.sparse import coo_matrix, hstack

    if len(days.fit) == 0:
        return None
    sites = trip.candidates
    rows, high, worth = _programme(trip, days, sites, bonus=0.0, alone=True)
    height = rows.shape[0]
    priced = np.r_[np.arange(len(sites)), height - len(pairs(trip)) + np.arange(len(pairs(trip)))]
    most = np.full(rows.shape[1], np.inf)
    most[len(days.fit) :] = 1.0
    if near is not None:
        share = coo_matrix(
            (np.ones(len(priced)), (priced, np.arange(len(priced)))), shape=(height, len(priced))
        )
        rows = hstack([rows, -share, share]).tocsc()
        worth, most = np.r_[worth, -near, near], np.r_[most, np.full(2 * len(priced), reach)]
    found = linprog(
        -worth,
        A_ub=rows,
        b_ub=high,
        bounds=np.column_stack([np.zeros(len(most)), most]),
        method="highs-ds",
        options={"time_limit": seconds},
    )
    if found.status != 0:
        return None
    prices = np.maximum(-found.ineqlin.marginals, 0.0)
    paid = dict(zip(unions(days.fits) or [], prices[2 * len(sites) :].tolist(), strict=False))
    tops = {fit: sum(price for kinds, price in paid.items() if fit <= kinds) for fit in days.fits}
    return Relaxed(-float(found.fun), prices[priced], tops)


def pairs(trip: Trip) -> Ints:
    """Return the pairs of candidates' classes of twins that exclude each other, shape (q, 2)."""
    kinds = twins(trip)
    of_class = np.full(int(kinds.max(initial=-1)) + 1, -1, np.int64)
    of_class[kinds[trip.candidates]] = trip.candidates
    found: set[tuple[int, int]] = set()
    for kind, site in enumerate(of_class.tolist()):
        if site >= 0:
            row = trip.sites[site]
            others = kinds[trip.rivals[row["rivals"] : row["rivals_end"]]]
            found |= {(kind, int(other)) for other in others if other > kind and of_class[other] >= 0}
    return np.array(sorted(found), np.int64).reshape(-1, 2)


def twins(trip: Trip) -> Ints:
    """Return a number by site that those share which exclude each other and the same others."""
    numbers: dict[tuple[int, ...], int] = {}
    kinds = []
    for site, row in enumerate(trip.sites):
        rivals = trip.rivals[row["rivals"] : row["rivals_end"]].tolist()
        kinds.append(numbers.setdefault(tuple(sorted({site, *rivals})), len(numbers)))
    return np.array(kinds, np.int64)


def _items(trip: Trip, sites: Ints) -> tuple[Ints, Ints, Floats]:
    """Return the visits that may count: the site, the rank in its group, and what it is worth at that rank."""
    group = trip.sites["group"][sites]
    alone, longest = sites[group < 0], int(trip.days["max_stops"].sum())
    owner, rank = [alone], [np.full(len(alone), -1, np.int64)]
    for label in np.unique(group[group >= 0]):
        members = sites[group == label]
        for behind in range(min(len(members), longest)):
            owner.append(members)
            rank.append(np.full(len(members), behind + int(label) * len(trip.sites), np.int64))
    item, key = np.concatenate(owner), np.concatenate(rank)
    place = np.where(key >= 0, key % max(len(trip.sites), 1), 0)
    prize = trip.sites["prize"][item] * (trip.worth[place] / WORTH_ONE)
    return item, key, prize


def _programme(
    trip: Trip, days: Pieces, sites: Ints, *, bonus: float, alone: bool = False
) -> tuple[csc_matrix, Floats, Floats]:
    """Return rows, their limits, and the worth of the columns: whole days, then visits of sites that count.

    A must-visit is worth a bonus; with one, the rows that bind days together are there. `alone` asks for the rows of
    `pairs`, at the end.
    """
    from scipy.sparse import coo_matrix

    row_of = np.searchsorted(sites, days.site)
    item, key, worth = _items(trip, sites)
    size, n = len(days.fit), len(sites)
    columns = size + np.arange(len(item))
    item_row = np.searchsorted(sites, item)
    kinds = unions(days.fits) or []
    bound_by = [
        (row, days.fits.index(fit)) for row, kind in enumerate(kinds) for fit in days.fits if fit <= kind
    ]
    kind_row = np.concatenate([np.full(int((days.fit == fit).sum()), row) for row, fit in bound_by])
    kind_column = np.concatenate([np.flatnonzero(days.fit == fit) for _, fit in bound_by])
    ranks, rank_row = np.unique(key[key >= 0], return_inverse=True)
    likes, like_row = np.unique(twins(trip)[item], return_inverse=True)
    blocks = [
        (row_of, days.column, np.full(len(row_of), -1.0)),  # a visit counts if a chosen day has it
        (item_row, columns, np.ones(len(item))),
        (n + item_row, columns, np.ones(len(item))),  # and once
        (2 * n + kind_row, kind_column, np.ones(len(kind_row))),  # as many days of a kind as there are
        (2 * n + len(kinds) + rank_row, columns[key >= 0], np.ones(len(rank_row))),  # one visit a rank
        (2 * n + len(kinds) + len(ranks) + like_row, columns, np.ones(len(item))),  # one of twins
    ]
    limits = [
        np.zeros(n),
        np.ones(n),
        np.array([float(np.isin(trip.days["kind"], list(kind)).sum()) for kind in kinds]),
        np.ones(len(ranks)),
        np.ones(len(likes)),
    ]
    height = sum(map(len, limits))
    for row, pair in enumerate(pairs(trip) if alone else ()):  # one of those that exclude each other
        where = np.flatnonzero(np.isin(twins(trip)[item], pair))
        blocks.append((np.full(len(where), height + row), columns[where], np.ones(len(where))))
        limits.append(np.ones(1))
    height = sum(map(len, limits))
    for row, (where, what, limit) in enumerate(_joint(trip, days, sites) if bonus else []):
        blocks.append((np.full(len(where), height + row), where, what))
        limits.append(np.array([limit]))
    at, of, value = (np.concatenate(part) for part in zip(*blocks, strict=True))
    high = np.concatenate(limits)
    matrix = coo_matrix((value, (at, of)), shape=(len(high), size + len(item))).tocsc()
    worth = worth + bonus * trip.sites["must"][item]
    return matrix, high, np.concatenate([np.zeros(size), worth])


def _joint(trip: Trip, days: Pieces, sites: Ints) -> list[tuple[Ints, Floats, float]]:
    """Return the rows that join days: excluded pairs and the budget."""
    rules: list[tuple[Ints, Floats, float]] = []
    here = set(sites.tolist())
    for site in sites:
        first, last = trip.sites[site]["rivals"], trip.sites[site]["rivals_end"]
        for rival in trip.rivals[first:last]:
            if rival > site and int(rival) in here:
                where = np.concatenate([days.column[days.site == site], days.column[days.site == rival]])
                rules.append((where, np.ones(len(where)), 1.0))
    if trip.budget < NEVER:
        costs = np.array([_cost(trip, min(kinds), route) for kinds, route in _routes(days)], np.float64)
        bare = np.array([_cost(trip, kind, []) for kind in trip.days["kind"].tolist()], np.float64)
        empty = np.array([_cost(trip, min(days.fits[fit]), []) for fit in days.fit.tolist()], np.float64)
        rules.append((np.arange(len(costs)), costs - empty, trip.budget - float(bare.sum())))
    return rules


def _routes(days: Pieces) -> list[tuple[frozenset[int], list[int]]]:
    ends = np.searchsorted(days.column, np.arange(len(days.fit) + 1))
    return [
        (days.fits[fit], days.site[ends[row] : ends[row + 1]].tolist())
        for row, fit in enumerate(days.fit.tolist())
    ]


def _cost(trip: Trip, day: int, route: Sequence[int]) -> float:
    """Return what a day costs, in thousandths of a dong."""
    stops = [int(trip.days[day]["origin"]), *route, int(trip.days[day]["destination"])]
    metres = sum(int(trip.metres[a, b]) for a, b in pairwise(stops))
    visits = int(trip.sites["cost"][list(route)].sum())
    return float(metres * trip.per_metre + (trip.day_cost if len(route) else 0) + visits)


def _deal(trip: Trip, days: Pieces, chosen: Ints) -> tuple[tuple[int, ...], ...]:
    """Give the chosen days to days that they fit; a site that two of them visit stays with the first."""
    routes = _routes(days)
    waiting = [routes[index] for index in chosen]
    visited: set[int] = set()
    dealt = []
    for own in _match([fit for fit, _ in waiting], trip.days["kind"].tolist()):
        route = [] if own is None else [site for site in waiting[own][1] if site not in visited]
        visited.update(route)
        dealt.append(tuple(route))
    return tuple(dealt)


def _match(fits: Sequence[frozenset[int]], kinds: Sequence[int]) -> list[int | None]:
    """Return which of some sets of kinds each day takes, by augmenting paths; as many as possible are taken."""
    owner: list[int | None] = [None] * len(kinds)

    def place(one: int, tried: set[int]) -> bool:
        for day, kind in enumerate(kinds):
            if kind in fits[one] and day not in tried:
                tried.add(day)
                other = owner[day]
                if other is None or place(other, tried):
                    owner[day] = one
                    return True
        return False

    for one in range(len(fits)):
        place(one, set())
    return owner
