"""All days that are worth more than a target: labels that only those of the same sites dominate.

They are few where every end of a day is known that can follow: labels that go backwards in time, with short
memories, tell at each stop what is still to be earned by other sites than those visited. After Baldacci, Christofides
and Mingozzi, "An exact algorithm for the vehicle routing problem based on the set partitioning formulation with
additional cuts", Mathematical Programming 115 (2008).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from routeplanner.planning.schedule import NEVER
from routeplanner.planning.search._exact import MOST_BITS, make_hunt, path_of, remember_near
from routeplanner.planning.search._label import Tails, label

if TYPE_CHECKING:
    from collections.abc import Iterator

    from routeplanner.planning.search._compile import Floats, Ints
    from routeplanner.planning.search._exact import Room
    from routeplanner.planning.search._trip import Trip

__all__ = ["all_days", "mirrored"]

LISTS = 1 << 17  # of labels, by what they have visited


def all_days(
    trip: Trip, day: int, worth: Floats, target: float, room: Room, memory: set[tuple[int, int]]
) -> list[tuple[int, ...]] | None:
    """Return all sets of sites that a day can visit and that earn more than a target, each in a quick order.

    Parameters
    ----------
    trip, day, worth, target
        As of `best_day`.
    room
        Space; None is returned where it does not suffice, or where there are too many candidates.
    memory
        Which nodes are remembered at which others by the labels that go backwards.

    Returns
    -------
    list of tuple of int
        Nodes of each day. Sets within larger ones are left out.
    """
    nodes = np.arange(len(worth))
    tails = _tails(trip, day, worth, target, room, memory)
    if tails is not None and len(nodes) > MOST_BITS:
        nodes = np.flatnonzero(np.diff(tails.of))  # no day of interest goes anywhere else
        trip, worth = trip._replace(candidates=trip.candidates[nodes]), worth[nodes]
        at = {int(node): index for index, node in enumerate(nodes)}
        memory = {(at[a], at[b]) for a, b in memory if a in at and b in at}
        tails = _tails(trip, day, worth, target, room, memory) if len(nodes) <= MOST_BITS else None
    if tails is None:
        return None
    days = _all_with(trip, day, worth, target, room, tails)
    return None if days is None else [tuple(nodes[list(route)].tolist()) for route in days]


def _all_with(
    trip: Trip, day: int, worth: Floats, target: float, room: Room, tails: Tails
) -> list[tuple[int, ...]] | None:
    hunt = make_hunt(trip, day, worth, target)._replace(apart=1, tails=tails)
    hunt.bit[:] = np.arange(len(worth))
    room = room._replace(head=np.empty(LISTS, np.int64))
    _, _, count = label(trip, hunt, *room)
    if count == len(room.labels):
        return None
    labels = room.labels[:count]
    ends = np.flatnonzero((labels["alive"] == 1) & (labels["ends"] == 1) & (labels["value"] > target))
    low, high = labels["low"][ends].tolist(), labels["high"][ends].tolist()
    sets = {one | other << 64: index for one, other, index in zip(low, high, ends.tolist(), strict=True)}
    within = {of & ~(1 << bit) for of in sets for bit in _bits(of)}
    return [tuple(path_of(labels, index)) for of, index in sets.items() if of not in within]


def _bits(number: int) -> Iterator[int]:
    while number:
        yield (number & -number).bit_length() - 1
        number &= number - 1


def _tails(
    trip: Trip, day: int, worth: Floats, target: float, room: Room, memory: set[tuple[int, int]]
) -> Tails | None:
    """Return the ends of all days above a target; None where there is no room for them."""
    mirror = mirrored(trip, day)
    hunt = make_hunt(mirror, day, worth, target)._replace(skips=0)
    remember_near(mirror, hunt, memory)
    _, _, count = label(mirror, hunt, *room)
    if count == len(room.labels):
        return None
    labels = room.labels[1:count]
    labels = labels[labels["alive"] == 1]
    labels = labels[np.lexsort((-labels["value"], labels["node"]))]
    return Tails(
        of=np.searchsorted(labels["node"], np.arange(len(worth) + 1)).astype(np.int64),
        latest=_turn(trip, day) - labels["fed"],
        worth=np.ascontiguousarray(labels["value"]),
        low=np.ascontiguousarray(labels["low"]),
        high=np.ascontiguousarray(labels["high"]),
    )


def _turn(trip: Trip, day: int) -> int:
    return int(trip.days[day]["start"] + trip.days[day]["end"])


def mirrored(trip: Trip, day: int) -> Trip:
    """Return the trip in a mirror of time that leaves the span of a day as it is.

    Ways are as short as they ever are, and there is no lunch: where ways change over the day or it has a lunch, the
    mirror allows more than the trip.
    """
    days = trip.days.copy()
    days["origin"], days["destination"], days["has_lunch"] = (
        days["destination"].copy(),
        days["origin"].copy(),
        0,
    )
    windows = _mirrored_windows(trip, _turn(trip, day))
    last = np.where(windows[..., 0] <= windows[..., 1], windows[..., 1], -NEVER).max(axis=2)
    return trip._replace(
        travel=np.ascontiguousarray(trip.least.T),
        least=np.ascontiguousarray(trip.least.T),
        metres=np.ascontiguousarray(trip.metres.T),
        timed=trip.timed[:0, :0, :0],
        moments=trip.moments[:0],
        own=trip.own[:0, :0, :0],
        aboard=trip.aboard[:0, :0, :0],
        meals=trip.meals[:0, :0],
        days=days,
        windows=windows,
        last=np.where(trip.last > -NEVER, last, -NEVER),
    )


def _mirrored_windows(trip: Trip, turn: int) -> Ints:
    """Return the first and last starts of service in the mirror: its ends, the earliest first."""
    used = trip.windows[..., :1] <= trip.windows[..., 1:]
    service = trip.sites["service"][None, :, None, None]
    windows = np.where(used, turn - service - trip.windows[..., ::-1], NEVER)
    order = np.argsort(windows[..., 0], axis=2, kind="stable")
    windows = np.take_along_axis(windows, order[..., None], axis=2)
    return np.ascontiguousarray(np.where(windows == NEVER, np.array([1, 0]), windows))
