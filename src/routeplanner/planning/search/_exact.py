"""One day to the optimum, or to a bound near it, by labels under rules that are tightened step by step.

Decremental state-space relaxation: at first sites may be visited again and again, each time for the full prize.
The best day under these rules bounds all real days. If it breaks a rule, the sites and groups concerned become
critical, and the labels are built anew, until the best day is a real one or the room for labels runs out.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from routeplanner.planning.problem import UNREACHABLE
from routeplanner.planning.schedule import NEVER
from routeplanner.planning.search._label import LABEL, NOTHING, Hunt, Tails, completions, label

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from routeplanner.planning.search._compile import Floats, Ints, Records
    from routeplanner.planning.search._trip import Trip

__all__ = [
    "MOST_BITS",
    "BestDay",
    "Room",
    "best_day",
    "make_hunt",
    "make_room",
    "metric",
    "path_of",
    "remember_near",
]

MOST_BITS = 128
MOMENTS = (72, 400)  # least and most moments of a day for the bound on what can still be earned
NEAR = 8  # nodes at which each node is remembered from the beginning, where memory is short
TOPS = 100  # days whose repeated visits are ruled out at a time
COUNTED_STOPS = 12  # up to so many stops a day that bound counts them
NO_TAILS = Tails(
    np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0), np.zeros(0, np.uint64), np.zeros(0, np.uint64)
)


class Room(NamedTuple):
    """Space for labels, for use by many days one after the other."""

    labels: Records
    head: Ints
    heap: Ints


class BestDay(NamedTuple):
    """What is known of the best day: its stops (empty if none is above the target), and a bound.

    `proved` says that the bound holds with the rules that matter: it is the value of `sites`, or the target.
    """

    sites: tuple[int, ...]
    value: float
    bound: float
    proved: bool
    labels: int  # in all
    built: int  # those of the last rules, which stand in the room
    path: tuple[int, ...] = ()  # nodes of the best day under the last rules, real or not


def make_room(trip: Trip, labels: int) -> Room:
    """Lay out space for so many labels."""
    return Room(np.zeros(labels, LABEL), np.zeros(len(trip.candidates), np.int64), np.zeros(labels, np.int64))


def metric(trip: Trip) -> Trip:
    """Return the trip with every way as short as one over other places: a relaxation, and no stop pays a way."""
    travel, metres, least = trip.travel.copy(), trip.metres.copy(), trip.least.copy()
    for ways in (travel, metres, least):
        for via in range(len(ways)):
            np.minimum(ways, ways[:, [via]] + ways[[via], :], out=ways)
        np.minimum(ways, UNREACHABLE, out=ways)
    return trip._replace(travel=travel, metres=metres, least=least)


def best_day(
    trip: Trip,
    day: int,
    worth: Floats,
    target: float,
    room: Room,
    *,
    grouped: bool,
    memory: set[tuple[int, int]] | None = None,
    turns: int = 1000,
    deadline: float = np.inf,
) -> BestDay:
    """Look for the best day above a target.

    Parameters
    ----------
    trip
        With metric ways.
    day
        Number of the day.
    worth
        What a visit of each candidate earns.
    target
        Days that earn no more are of no interest.
    room
        Space; where it runs out, the bound is what it is by then.
    grouped
        Whether further visits of a group are worth less; if so, worth is the prize.
    memory
        Without groups: which nodes are remembered at which others, (node, at), beside those nearest; what has to
        be remembered besides is added to it. None: critical nodes are remembered everywhere.
    turns
        How often the labels are built at most, under tighter rules where the best day is no real one.
    deadline
        Moment of the clock of this thread's processor time after which the labels are not built once more.
    """
    hunt = make_hunt(trip, day, worth, target)
    if memory is not None:
        hunt = hunt._replace(skips=0)  # with short memories the looser dominance costs more than it saves
        remember_near(trip, hunt, memory)
    bound, total = np.inf, 0
    for turn in range(1, turns + 1):
        last, most, count = label(trip, hunt, *room)
        total += count
        bound = min(bound, most)
        path = path_of(room.labels, last)
        if count == len(room.labels):
            real = [] if _broken(trip, hunt, path, grouped=grouped) else path
            sites = tuple(int(trip.candidates[node]) for node in real)
            return BestDay(sites, target, bound, proved=False, labels=total, built=count, path=tuple(path))
        again = _broken(trip, hunt, path, grouped=grouped)
        if not again:
            sites = tuple(int(trip.candidates[node]) for node in path)
            return BestDay(sites, most, bound, proved=True, labels=total, built=count, path=tuple(path))
        if memory is None:
            tighter = _tighten(trip, hunt, again, grouped=grouped)
        else:
            tighter = (
                sum(_remember_more(trip, hunt, other, memory) for other in _tops(room.labels[:count])) > 0
            )
        if not tighter or turn == turns or time.thread_time() > deadline:
            break
    return BestDay((), target, bound, proved=False, labels=total, built=count, path=tuple(path))


def remember_near(trip: Trip, hunt: Hunt, memory: set[tuple[int, int]]) -> None:
    """Make the nodes worth most critical, and let each node be remembered near itself and where `memory` says."""
    count = len(hunt.worth)
    dear = np.sort(np.argsort(-hunt.worth, kind="stable")[:MOST_BITS])
    hunt.bit[dear] = np.arange(len(dear))
    for node in dear:
        site = trip.sites[trip.candidates[node]]
        rivals = hunt.node_of[trip.rivals[site["rivals"] : site["rivals_end"]]]
        hunt.loss[hunt.bit[node]] = hunt.worth[node] + hunt.worth[rivals[rivals >= 0]].sum()
    hunt.keeps[:] = 0
    sites = trip.candidates
    way = trip.least[np.ix_(sites, sites)]
    near = np.argsort(way + way.T, axis=0, kind="stable")[: min(NEAR, count)]
    for at in range(count):
        for node in near[:, at]:
            _remember(hunt, int(node), at)
    for node, at in memory:
        _remember(hunt, node, at)


def _remember(hunt: Hunt, node: int, at: int) -> bool:
    """Let a label that comes to a node remember another one; tell whether that is new and can be."""
    bit = int(hunt.bit[node])
    if bit < 0:
        return False
    word, mark = bit // 64, np.uint64(1 << bit % 64)
    known = bool(hunt.keeps[at, word] & mark)
    hunt.keeps[at, word] |= mark
    return not known


def _tops(labels: Records) -> Iterator[list[int]]:
    """Yield the days that earn most under the last rules."""
    worth = labels["value"] * labels["ends"] * labels["alive"]
    for index in np.argsort(-worth, kind="stable")[:TOPS]:
        if worth[index] > 0.0:
            yield path_of(labels, int(index))


def _remember_more(trip: Trip, hunt: Hunt, path: Sequence[int], memory: set[tuple[int, int]]) -> bool:
    """Let what a day visits twice, or visits in spite of a rival, be remembered in between; tell whether it can be."""
    tighter = False
    for last, node in enumerate(path):
        site = trip.sites[trip.candidates[node]]
        bars = {node, *hunt.node_of[trip.rivals[site["rivals"] : site["rivals_end"]]].tolist()}
        first = next((k for k in range(last - 1, -1, -1) if path[k] in bars), None)
        for at in path[first + 1 : last] if first is not None else ():
            if _remember(hunt, path[first or 0], at):
                memory.add((path[first or 0], at))
                tighter = True
    return tighter


def make_hunt(trip: Trip, day: int, worth: Floats, target: float) -> Hunt:
    """Lay out the loosest rules, and the bounds on what can still be earned."""
    limits = trip.days[day]
    span = int(limits["end"] - limits["start"])
    sites = trip.candidates
    node_of = np.full(len(trip.sites), -1, np.int64)
    node_of[sites] = np.arange(len(sites))
    counted = int(limits["max_stops"]) <= COUNTED_STOPS
    legs = trip.least[np.ix_(sites, sites)] + trip.sites["service"][sites][None, :]
    pace = int(np.where(np.eye(len(sites), dtype=np.bool_), NEVER, legs).min(initial=NEVER))
    moments = int(np.clip(span // max(pace, 1) + 2, *MOMENTS))
    step = span // (moments - 1) + 1
    rest = np.full((int(limits["max_stops"]) + 1 if counted else 1, 2, len(sites), moments), NOTHING)
    if step <= pace:
        completions(trip, day, worth, rest, step)
    else:
        rest[:] = np.inf
    return Hunt(
        day=day,
        worth=worth,
        bit=np.full(len(sites), -1, np.int64),
        loss=np.zeros(MOST_BITS),
        keen=np.zeros(len(trip.groups), np.int64),
        node_of=node_of,
        keeps=np.full((len(sites), 2), ~np.uint64(0)),
        counts_stops=int(counted),
        counts_travel=int(int(limits["max_travel"]) < span),
        skips=trip.skips,
        rest=rest,
        step=step,
        target=target,
        apart=0,
        tails=NO_TAILS,
    )


def path_of(labels: Records, last: int) -> list[int]:
    """Return the nodes of a label, the first stop first."""
    nodes = []
    while last > 0:
        nodes.append(int(labels[last]["node"]))
        last = int(labels[last]["parent"])
    return nodes[::-1]


def _broken(trip: Trip, hunt: Hunt, path: Sequence[int], *, grouped: bool) -> list[int]:
    """Return the nodes whose rules a day breaks."""
    nodes, times = np.unique(np.array(path, np.int64), return_counts=True)
    broken = {int(node) for node in nodes[times > 1]}
    sites = trip.sites[trip.candidates[nodes]]
    for node, site in zip(nodes, sites, strict=True):
        rivals = hunt.node_of[trip.rivals[site["rivals"] : site["rivals_end"]]]
        if np.isin(rivals, nodes).any():
            broken |= {int(node), *(int(rival) for rival in rivals if rival >= 0)}
    if grouped:
        labels, members = np.unique(sites["group"], return_counts=True)
        for group in labels[(members > 1) & (labels >= 0)]:
            if not hunt.keen[group]:
                own = hunt.node_of[trip.members[slice(*trip.groups[group])]]
                broken |= {int(node) for node in own if node >= 0}
    return sorted(broken)


def _tighten(trip: Trip, hunt: Hunt, nodes: Sequence[int], *, grouped: bool) -> bool:
    """Make nodes critical, and groups keen all of whose members are; tell whether there was room for that."""
    new = [node for node in nodes if hunt.bit[node] < 0]
    used = int((hunt.bit >= 0).sum())
    if used + len(new) > MOST_BITS:
        return False
    hunt.bit[new] = np.arange(used, used + len(new))
    for node in np.flatnonzero(hunt.bit >= 0):
        site = trip.sites[trip.candidates[node]]
        rivals = hunt.node_of[trip.rivals[site["rivals"] : site["rivals_end"]]]
        hunt.loss[hunt.bit[node]] = hunt.worth[node] + hunt.worth[rivals[rivals >= 0]].sum()
    for group, (first, last) in enumerate(trip.groups if grouped else ()):
        own = hunt.node_of[trip.members[first:last]]
        hunt.keen[group] = int((hunt.bit[own[own >= 0]] >= 0).all())
    return True
