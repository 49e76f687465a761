"""Problems that differ in little: what the solution of one says of another.

A problem restricts another where every solution of it is one of the other too, and worth no more there: the same
ways, limits and must-visits, the same sites or fewer of them, open no longer, worth no more, visited no shorter.
The optimum of the other is then a bound on it; and a solution that reaches the other's optimum and keeps the
restriction, for the same worth, is optimal under it. Dates of a season mostly restrict one another.
"""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

import numpy as np

from routeplanner.planning.problem import NO_GROUP
from routeplanner.planning.schedule import schedule, trip_faults

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from routeplanner.planning.problem import Problem

__all__ = ["carried_over", "open_seconds", "restricts", "same"]

_BY_PLACES = ("travel_s", "travel_m", "aboard_s", "timed_travel_s")
_BY_SITES = ("cost_vnd", "must")
_OWN_TEST = frozenset(
    {*_BY_PLACES, *_BY_SITES, "place_ids", "n_sites", "service_s", "prize", "windows", "group", "exclusive"}
    | {"origin", "destination"}
)
_JOINT_RULES = ("resource_use", "labels", "before", "lunch_at", "nights")


def same(one: object, other: object) -> bool:
    """Return whether two fields of problems are equal, arrays and None among them.

    Examples
    --------
    >>> same(np.array([1, 2]), np.array([1, 2])), same(None, np.array([1])), same(3, 3)
    (True, False, True)
    """
    if isinstance(one, np.ndarray) or isinstance(other, np.ndarray):
        return one is not None and other is not None and bool(np.array_equal(one, other))  # type: ignore[arg-type]
    return one == other


def open_seconds(problem: Problem) -> int:
    """Return how long the sites are open for a start in all; a problem restricts none that is less open."""
    first, last = np.moveaxis(_in_reach(problem), 3, 0)
    return int(np.maximum(last - first + 1, 0).sum())


def restricts(narrow: Problem, wide: Problem) -> bool:
    """Return whether every solution of `narrow` is one of `wide`, and worth at least as much there.

    True is certain; problems with rules that join visits (labels, orders, shared limits) are not compared.

    Parameters
    ----------
    narrow, wide
        Two problems, of any sites.
    """
    at = _places_in(narrow, wide)
    if at is None or any(getattr(p, name) is not None for p in (narrow, wide) for name in _JOINT_RULES):
        return False
    sites = at[: narrow.n_sites]
    names = [item.name for item in fields(narrow) if item.name not in _OWN_TEST]
    return (
        all(same(getattr(narrow, name), getattr(wide, name)) for name in names)
        and all(_same_ways(getattr(narrow, name), getattr(wide, name), at, name) for name in _BY_PLACES)
        and all(same(getattr(narrow, name), getattr(wide, name)[sites]) for name in _BY_SITES)
        and int(narrow.must.sum()) == int(wide.must.sum())
        and bool((_by_day(narrow, "service_s") >= _by_day(wide, "service_s")[:, sites]).all())
        and bool((_by_day(narrow, "prize") <= _by_day(wide, "prize")[:, sites]).all())
        and _same_groups(narrow.group, wide.group[sites])
        and _excluded(wide, sites) <= _excluded(narrow, np.arange(narrow.n_sites))
        and _holds(_in_reach(wide)[:, sites], _in_reach(narrow))
    )


def carried_over(
    days: Sequence[Sequence[int]], wide: Problem, narrow: Problem
) -> tuple[tuple[int, ...], ...] | None:
    """Return a solution of `wide` in the indices of `narrow`, for the same worth, or None if it is none there."""
    at = {place: index for index, place in enumerate(narrow.place_ids[: narrow.n_sites])}
    moved = []
    for day, order in enumerate(days):
        names = [wide.place_ids[site] for site in order]
        if not all(name in at for name in names):
            return None
        moved.append(tuple(at[name] for name in names))
        if any(
            narrow.prize_on(day, there) != wide.prize_on(day, here)
            for here, there in zip(order, moved[-1], strict=True)
        ):
            return None
    kept = not trip_faults(narrow, moved) and all(times.feasible for times in schedule(narrow, moved))
    return tuple(moved) if kept else None


def _places_in(narrow: Problem, wide: Problem) -> npt.NDArray[np.int64] | None:
    """Return where each place of one problem stands in the other, or None where one is missing there."""
    sites = {place: index for index, place in enumerate(wide.place_ids[: wide.n_sites])}
    if narrow.place_ids[narrow.n_sites :] != wide.place_ids[wide.n_sites :]:
        return None
    own = narrow.place_ids[: narrow.n_sites]
    if not all(place in sites for place in own):
        return None
    ends = range(wide.n_sites, len(wide.place_ids))
    return np.array([*(sites[place] for place in own), *ends], np.int64)


def _same_ways(
    narrow: npt.NDArray[np.int64] | None,
    wide: npt.NDArray[np.int64] | None,
    at: npt.NDArray[np.int64],
    name: str,
) -> bool:
    if narrow is None or wide is None:
        return narrow is wide
    there = wide[:, at][:, :, at] if name == "timed_travel_s" else wide[at][:, at]
    return bool(np.array_equal(narrow, there))


def _by_day(problem: Problem, name: str) -> npt.NDArray[np.int64]:
    table: npt.NDArray[np.int64] = np.broadcast_to(getattr(problem, name), problem.windows.shape[:2])
    return table


def _same_groups(narrow: npt.NDArray[np.int64], wide: npt.NDArray[np.int64]) -> bool:
    """Whether the same sites share a group; the numbers of the groups do not matter."""
    pairs = set(zip(narrow.tolist(), wide.tolist(), strict=True))
    alone = all((a == NO_GROUP) == (b == NO_GROUP) for a, b in pairs)
    return alone and len({a for a, _ in pairs}) == len({b for _, b in pairs}) == len(pairs)


def _excluded(problem: Problem, sites: npt.NDArray[np.int64]) -> set[frozenset[str]]:
    """Return the pairs of sites that exclude each other, among some."""
    ids = problem.place_ids
    wanted = {ids[site] for site in sites}
    pairs = {frozenset((ids[a], ids[b])) for a, b in problem.exclusive}
    return {pair for pair in pairs if pair <= wanted}


def _in_reach(problem: Problem) -> npt.NDArray[np.int64]:
    """Return the windows within the day's span; what lies outside cannot be used."""
    first = np.maximum(problem.windows[..., 0], problem.day_start_s[:, None, None])
    latest = problem.day_end_s[:, None] - _by_day(problem, "service_s")
    last = np.minimum(problem.windows[..., 1], latest[:, :, None])
    usable = first <= last
    table: npt.NDArray[np.int64] = np.stack([np.where(usable, first, 1), np.where(usable, last, 0)], axis=3)
    return table


def _holds(wide: npt.NDArray[np.int64], narrow: npt.NDArray[np.int64]) -> bool:
    """Whether each window lies in one of the other's windows of the same day and site."""
    within = (wide[:, :, None, :, 0] <= narrow[:, :, :, None, 0]) & (
        narrow[:, :, :, None, 1] <= wide[:, :, None, :, 1]
    )
    closed = narrow[..., 0] > narrow[..., 1]
    return bool((within.any(axis=3) | closed).all())
