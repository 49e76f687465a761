"""Set packing: the best trip that can be made of whole days that a search has seen."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from routeplanner.planning.schedule import NEVER
from routeplanner.planning.search._trip import WORTH_ONE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scipy.sparse import csc_matrix

    from routeplanner.planning.search._compile import Floats, Ints
    from routeplanner.planning.search._trip import Trip

__all__ = ["Packed", "Pieces", "pack", "pack_all", "pieces", "relax", "twins"]


INFEASIBLE = 2  # status of scipy.optimize.milp


class Packed(NamedTuple):
    """The best trip found, None if there is none, and a bound on those sought."""

    days: tuple[tuple[int, ...], ...] | None
    bound: float


class Pieces(NamedTuple):
    """Whole days by column: their kind, and their sites one list behind the other."""

    kind: Ints  # (r,)
    column: Ints  # (v,) of each visit
    site: Ints  # (v,) of each visit


def pieces(routes: Sequence[tuple[int, Sequence[int]]]) -> Pieces:
    """Gather days given as (kind, sites)."""
    counts = [len(sites) for _, sites in routes]
    return Pieces(
        np.array([kind for kind, _ in routes], np.int64),
        np.repeat(np.arange(len(routes)), counts),
        np.array([site for _, sites in routes for site in sites], np.int64),
    )


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
    if len(days.kind) == 0:
        return None
    bonus = 10.0 * float(trip.sites["prize"][trip.candidates].sum()) + 1.0
    programme = _programme(trip, days, np.unique(days.site), bonus=bonus)
    return _branch(trip, days, programme, seconds=seconds, nodes=nodes).days


def pack_all(trip: Trip, days: Pieces, *, above: float, seconds: float, nodes: int) -> Packed:
    """Return the best trip of whole days that is worth more than a value, and a bound on all such trips.

    Without must-visits and the budget; parameters as of `pack`.
    """
    if len(days.kind) == 0:
        return Packed(None, -np.inf)
    programme = _programme(trip, days, np.unique(days.site), bonus=0.0, pairs=True)
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
    size = len(days.kind)
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


def relax(
    trip: Trip, days: Pieces, near: Floats | None = None, *, reach: float = 0.0, pairs: bool = False
) -> tuple[float, Floats, Floats] | None:
    """Return the most that shares of days are worth, the price of a visit of each candidate, and that of each kind.

    Without must-visits and the budget, which bind days together. None if there are no days.

    Parameters
    ----------
    trip, days
        As of `pack`.
    near, reach
        Prices by candidate: up to so large a share of a visit may be bought and sold for them besides, so that the
        prices of the programme stay near them (du Merle, Villeneuve, Desrosiers and Hansen, "Stabilized column
        generation", Discrete Mathematics 194, 1999).
    pairs
        Whether sites that exclude each other do so on different days too.
    """
    from scipy.optimize import linprog
    from scipy.sparse import csc_matrix, hstack, identity, vstack

    if len(days.kind) == 0:
        return None
    sites = trip.candidates
    rows, high, worth = _programme(trip, days, sites, bonus=0.0, pairs=pairs)
    most = np.full(rows.shape[1], np.inf)
    most[len(days.kind) :] = 1.0
    if near is not None:
        share = vstack([identity(len(sites)), csc_matrix((rows.shape[0] - len(sites), len(sites)))])
        rows = hstack([rows, -share, share]).tocsc()
        worth, most = np.r_[worth, -near, near], np.r_[most, np.full(2 * len(sites), reach)]
    found = linprog(
        -worth,
        A_ub=rows,
        b_ub=high,
        bounds=np.column_stack([np.zeros(len(most)), most]),
        method="highs-ds",
    )
    if found.status != 0:
        return None
    prices = np.maximum(-found.ineqlin.marginals, 0.0)
    kinds = np.unique(days.kind)
    of_kind = np.zeros(int(kinds.max()) + 1)
    of_kind[kinds] = prices[2 * len(sites) : 2 * len(sites) + len(kinds)]
    return -float(found.fun), prices[: len(sites)], of_kind


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
    trip: Trip, days: Pieces, sites: Ints, *, bonus: float, pairs: bool = False
) -> tuple[csc_matrix, Floats, Floats]:
    """Return rows, their limits, and the worth of the columns: whole days, then visits of sites that count.

    A must-visit is worth a bonus; with one, the rows that bind days together are there.
    """
    from scipy.sparse import coo_matrix

    row_of = np.searchsorted(sites, days.site)
    item, key, worth = _items(trip, sites)
    size, n = len(days.kind), len(sites)
    columns = size + np.arange(len(item))
    item_row = np.searchsorted(sites, item)
    kinds, kind_row = np.unique(days.kind, return_inverse=True)
    ranks, rank_row = np.unique(key[key >= 0], return_inverse=True)
    likes, like_row = np.unique(twins(trip)[item], return_inverse=True)
    blocks = [
        (row_of, days.column, np.full(len(row_of), -1.0)),  # a visit counts if a chosen day has it
        (item_row, columns, np.ones(len(item))),
        (n + item_row, columns, np.ones(len(item))),  # and once
        (2 * n + kind_row, np.arange(size), np.ones(size)),  # as many days of a kind as there are
        (2 * n + len(kinds) + rank_row, columns[key >= 0], np.ones(len(rank_row))),  # one visit a rank
        (2 * n + len(kinds) + len(ranks) + like_row, columns, np.ones(len(item))),  # one of twins
    ]
    limits = [
        np.zeros(n),
        np.ones(n),
        np.array([float((trip.days["kind"] == kind).sum()) for kind in kinds]),
        np.ones(len(ranks)),
        np.ones(len(likes)),
    ]
    if pairs:
        _exclude(trip, sites, item, size, blocks, limits)
    height = sum(map(len, limits))
    for row, (where, what, limit) in enumerate(_joint(trip, days, sites) if bonus else []):
        blocks.append((np.full(len(where), height + row), where, what))
        limits.append(np.array([limit]))
    at, of, value = (np.concatenate(part) for part in zip(*blocks, strict=True))
    high = np.concatenate(limits)
    matrix = coo_matrix((value, (at, of)), shape=(len(high), size + len(item))).tocsc()
    worth = worth + bonus * trip.sites["must"][item]
    return matrix, high, np.concatenate([np.zeros(size), worth])


def _exclude(
    trip: Trip,
    sites: Ints,
    item: Ints,
    size: int,
    blocks: list[tuple[Ints, Ints, Floats]],
    limits: list[Floats],
) -> None:
    """Add a row for each pair of sites that exclude each other: the visits of one of them count."""
    here = set(sites.tolist())
    for site in sites.tolist():
        first, last = trip.sites[site]["rivals"], trip.sites[site]["rivals_end"]
        for rival in trip.rivals[first:last].tolist():
            if rival > site and rival in here:
                columns = size + np.flatnonzero((item == site) | (item == rival))
                blocks.append((np.full(len(columns), sum(map(len, limits))), columns, np.ones(len(columns))))
                limits.append(np.ones(1))


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
        costs = np.array([_cost(trip, kind, route) for kind, route in _routes(days)], np.float64)
        bare = np.array([_cost(trip, kind, []) for kind in trip.days["kind"].tolist()], np.float64)
        empty = np.array([_cost(trip, kind, []) for kind in days.kind.tolist()], np.float64)
        rules.append((np.arange(len(costs)), costs - empty, trip.budget - float(bare.sum())))
    return rules


def _routes(days: Pieces) -> list[tuple[int, list[int]]]:
    ends = np.searchsorted(days.column, np.arange(len(days.kind) + 1))
    return [(int(kind), days.site[ends[row] : ends[row + 1]].tolist()) for row, kind in enumerate(days.kind)]


def _cost(trip: Trip, day: int, route: Sequence[int]) -> float:
    """Return what a day costs, in thousandths of a dong."""
    stops = [int(trip.days[day]["origin"]), *route, int(trip.days[day]["destination"])]
    metres = sum(int(trip.metres[a, b]) for a, b in pairwise(stops))
    visits = int(trip.sites["cost"][list(route)].sum())
    return float(metres * trip.per_metre + (trip.day_cost if len(route) else 0) + visits)


def _deal(trip: Trip, days: Pieces, chosen: Ints) -> tuple[tuple[int, ...], ...]:
    """Give the chosen days to days of their kind; a site that two of them visit stays with the first."""
    routes = _routes(days)
    waiting = [routes[index] for index in chosen]
    visited: set[int] = set()
    dealt = []
    for kind in trip.days["kind"].tolist():
        own = next((pair for pair in waiting if pair[0] == kind), None)
        if own is not None:
            waiting.remove(own)
        route = [] if own is None else [site for site in own[1] if site not in visited]
        visited.update(route)
        dealt.append(tuple(route))
    return tuple(dealt)
