"""Ways through areas that are shut to a vehicle for hours: walked stretch by stretch, not reckoned as a whole.

Who comes too late for the last stretch of such an area waits until it is open again: the arrival jumps by hours from
one minute of departure to the next. A way's own minutes before and after each jump are found here, so that arrivals
may be linear everywhere else.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from routeplanner.network.engines import Graph
from routeplanner.network.hours import whole_minutes
from routeplanner.network.traffic import DAY_S as _LATE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from routeplanner.network.hours import Hours
    from routeplanner.network.travel import RoadRouter, Stretches

__all__ = ["BarredWays"]

_FIXED, _RURAL, _URBAN = range(3)
_MINUTE_MS = 60_000.0
_JUMP_S = 120  # a later arrival than this from one minute to the next is a jump
_PAIRS = 20_000  # walked at once
_WARY = 20.0  # how much more a stretch under a ban counts of who keeps out of the area
_AFTER = (0.05, 0.3)  # how much the time behind the last stretch under a ban counts of who hurries through
_CELLS = 4_000_000  # nodes times sources searched at once


@dataclass(frozen=True, slots=True)
class _Kind:
    """How runs of stretches are covered: their class, by which bans they are shut, and whether at every metre."""

    road: int
    bans: tuple[int, ...] = ()
    stops: bool = False  # a run of stretches under a ban stops when it begins; a single one is finished


class _Clock:
    """What a kind of run covers over the time of the day, in milliseconds, and back."""

    def __init__(self, hours: Hours, kind: _Kind, period_of: NDArray[np.int64]) -> None:
        import numpy as np

        self.start = np.array(hours.starts)
        share = {
            _FIXED: [1.0] * len(hours.conditions),
            _RURAL: [now.rural for now in hours.conditions],
            _URBAN: [now.urban for now in hours.conditions],
        }[kind.road]
        self.simple = kind.road == _FIXED
        self.shut = np.array([bool(set(kind.bans) & set(now.bans)) for now in hours.conditions])
        self.free = np.array(share)
        self.speed = np.where(self.shut & kind.stops, 0.0, self.free)
        self.speed[-1] = self.free[-1]
        self.done = np.r_[0.0, np.cumsum(np.diff(self.start) * self.speed[:-1])]
        self.opens = self.start.copy()
        for period in range(len(self.shut) - 2, -1, -1):
            if self.shut[period]:
                self.opens[period] = self.opens[period + 1]
        self.never = self.start[-1] if self.shut[-1] else np.inf  # when what is shut for days is given up
        self.ends = np.r_[self.done[1:], np.inf]
        self.period = period_of

    def _period(self, at: NDArray[np.float64]) -> NDArray[np.int64]:
        import numpy as np

        second = np.minimum(at / 1000.0, len(self.period) - 1.0)
        return np.asarray(self.period[second.astype(np.int64)])

    def cross(self, at: NDArray[np.float64], ms: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return when a run begun at a moment is behind one."""
        import numpy as np

        if self.simple:
            return at + ms
        period = self._period(at)
        if self.shut.any():
            at = np.maximum(at, self.opens[period])
            period = self._period(at)
        wanted = self.done[period] + (at - self.start[period]) * self.speed[period] + ms
        while (later := wanted > self.ends[period]).any():
            period[later] += 1
        behind = self.start[period] + (wanted - self.done[period]) / self.speed[period]
        return np.where(behind < self.never, behind, np.inf)

    def begun(self, at: NDArray[np.float64], ms: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return when a run that is behind one at a moment was begun, without any ban; negative before midnight."""
        import numpy as np

        done = np.r_[0.0, np.cumsum(np.diff(self.start) * self.free[:-1])]
        period = np.maximum(np.searchsorted(self.start, at, side="right") - 1, 0)
        wanted = done[period] + (at - self.start[period]) * self.free[period] - ms
        first = np.maximum(np.searchsorted(done, wanted, side="right") - 1, 0)
        return np.asarray(self.start[first] + (wanted - done[first]) / self.free[first])


@dataclass(frozen=True, slots=True, eq=False)
class _Runs:
    """Ways of some pairs of places over one graph as runs of stretches alike.

    `rows` numbers the pairs, `kind` and `ms` have shape (pairs, runs), kind -1 for none.
    """

    net: int
    rows: NDArray[np.int64]
    kind: NDArray[np.int64]
    ms: NDArray[np.float64]

    def columns(self) -> list[list[tuple[int, NDArray[np.int64]]]]:
        """Return for each place in the order of runs the kinds that stand there, and in which rows."""
        import numpy as np

        return [
            [(n, np.flatnonzero(column == n)) for n in np.unique(column).tolist() if n >= 0]
            for column in self.kind.T
        ]


class BarredWays:
    """Times of the ways between places that lead through areas shut for hours on a day.

    Parameters
    ----------
    routers
        Of the vehicle at the table's speeds: first without any ban, then one for each set of bans in force together.
        Each way of theirs may be taken at any hour, and those that are through a barred area soonest or hardly in it;
        the one that arrives first is.
    at
        Positions of the places.
    hours
        The conditions from midnight of the day.
    """

    def __init__(self, routers: Sequence[RoadRouter], at: NDArray[np.int64], hours: Hours) -> None:
        import numpy as np

        self._at, self._hours = at, hours
        self._in_force = frozenset(ban for now in hours.conditions for ban in now.bans)
        self._kinds: dict[_Kind, int] = {}
        free = routers[0]
        under = np.zeros(len(free.arcs.tail), dtype=bool)
        under[list(_under(free.stretches, self._in_force))] = True
        hurried = [(free, _hurrying(free.graph, under, weight)) for weight in _AFTER]
        wary = (free, free.graph.weighted(np.where(under, _WARY, 1.0)))
        self._nets = [(free, free.graph), *hurried, wary, *((router, router.graph) for router in routers[1:])]
        self.held: NDArray[np.bool_] = np.zeros((len(at), len(at)), dtype=bool)
        self.held.flat[self._through(under)] = True
        """Which ways, from row to column, lead through an area that is shut at some hour."""

    def _through(self, under: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Return the pairs whose quickest way leads over a stretch under a ban."""
        import numpy as np

        every = np.arange(len(self._at) ** 2 if under.any() else 0)
        found = np.zeros(len(every), dtype=bool)
        for _, pairs, arcs in _steps(*self._nets[0], self._at, every):
            found[pairs] |= under[arcs]
        return np.flatnonzero(found)

    @cached_property
    def _ways(self) -> tuple[tuple[_Runs, ...], NDArray[np.int64]]:
        """Ways as runs, a few at once and none twice, and metres of all, shape (graphs, pairs), -1 for no way."""
        import numpy as np

        pairs, parts, metres = np.flatnonzero(self.held), [], []
        first: tuple[NDArray[np.int64], NDArray[np.float64]] | None = None
        for net in range(len(self._nets)):
            kind, ms, length_m = self._runs(net, pairs)
            there = (kind >= 0).any(axis=1)
            new = there & ~_same_rows(first, (kind, ms))
            first = first or (kind, ms)
            metres.append(np.where(there, length_m, -1))
            rows = np.flatnonzero(new)
            parts += [
                _Runs(net, some, kind[some], ms[some])
                for some in np.array_split(rows, -(-len(rows) // _PAIRS) or 1)
            ]
        return tuple(parts), np.stack(metres)

    @cached_property
    def _columns(self) -> list[list[list[tuple[int, NDArray[np.int64]]]]]:
        return [part.columns() for part in self._ways[0]]

    def _runs(
        self, net: int, pairs: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int64]]:
        """Return kinds and milliseconds of the runs of the ways of some pairs over one graph, and their metres."""
        import numpy as np

        router, graph = self._nets[net]
        stretches = router.stretches
        bans = _under(stretches, self._in_force)
        road = np.where(stretches.slowed, np.where(stretches.urban, _URBAN, _RURAL), _FIXED)
        kind = np.array([self._number(_Kind(int(r), bans.get(arc, ()))) for arc, r in enumerate(road)])
        steps = list(_steps(router, graph, self._at, pairs))
        most = max((step for step, _, _ in steps), default=-1)
        arcs = np.full((len(pairs), most + 1), -1, dtype=np.int64)
        for step, of, arc in steps:
            arcs[np.searchsorted(pairs, of), most - step] = arc
        there = arcs >= 0
        of_arc = np.where(there, kind[arcs], -1)
        after = np.c_[of_arc[:, 1:], np.full(len(pairs), -2)]
        banned = np.isin(of_arc, [n for k, n in self._kinds.items() if k.bans])
        single = banned & (after != of_arc)  # the last stretch under a ban is finished if it was begun
        merged = {n: self._number(replace(k, stops=True)) for k, n in list(self._kinds.items()) if k.bans}
        for plain, stopping in merged.items():
            of_arc[(of_arc == plain) & ~single] = stopping
        changes = np.c_[np.ones(len(pairs), dtype=bool), of_arc[:, 1:] != of_arc[:, :-1]]
        number = np.cumsum(changes[:, : most + 1] & there, axis=1) - 1
        width = int(number.max(initial=0)) + 1
        rows = np.broadcast_to(np.arange(len(pairs))[:, None], arcs.shape)
        kinds = np.full((len(pairs), width), -1, dtype=np.int64)
        kinds[rows[there], number[there]] = of_arc[there]
        ms = np.zeros((len(pairs), width))
        np.add.at(ms, (rows[there], number[there]), router.arcs.ms[arcs[there]])
        metres = np.where(there, router.arcs.metres[arcs], 0).sum(axis=1).astype(np.int64)
        return kinds, ms, metres

    def _number(self, kind: _Kind) -> int:
        return self._kinds.setdefault(kind, len(self._kinds))

    @cached_property
    def _clocks(self) -> dict[int, _Clock]:
        import numpy as np

        # Conditions change at whole seconds: a table of them is quicker than a search.
        seconds = np.arange(self._hours.starts[-1] / 1000.0 + 1) * 1000.0
        period = np.searchsorted(self._hours.starts, seconds, side="right") - 1
        return {number: _Clock(self._hours, kind, period) for kind, number in self._kinds.items()}

    def _walk(self, number: int, leave_s: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return arrivals by some of the ways; departures have shape (pairs, q)."""
        import numpy as np

        part, at = self._ways[0][number], (leave_s * 1000).astype(np.float64)
        for column, groups in enumerate(self._columns[number]):
            for kind, rows in groups:
                at[rows] = self._clocks[kind].cross(at[rows], part.ms[rows, column][:, None])
        return at

    def _arrive(self, leave_s: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Return the first arrivals of pairs, milliseconds, for departures of shape (pairs, q), and by which graph."""
        import numpy as np

        first, net = np.full(leave_s.shape, np.inf), np.zeros(leave_s.shape, dtype=np.int64)
        for number, part in enumerate(self._ways[0]):
            arrival = self._walk(number, leave_s[part.rows])
            sooner = arrival < first[part.rows]
            net[part.rows] = np.where(sooner, part.net, net[part.rows])
            first[part.rows] = np.where(sooner, arrival, first[part.rows])
        return first, net

    def seconds(self, moments: Sequence[int]) -> NDArray[np.int64]:
        """Return the seconds of the ways of `held`, in order, of who leaves at moments; shape (pairs, moments)."""
        import numpy as np

        leave = np.broadcast_to(np.array(moments, dtype=np.int64), (int(self.held.sum()), len(moments)))
        return _seconds(self._arrive(leave)[0], leave)

    @cached_property
    def longest_m(self) -> NDArray[np.int64]:
        """Metres of the longest way that is taken at some hour, of the ways of `held`."""
        import numpy as np

        return np.asarray(self._ways[1].max(axis=0))

    @cached_property
    def jumps(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The last minutes before jumps and those after them, in order, and the seconds of who leaves then.

        Both have shape (q, n, n), with -1 behind the last one of each way.
        """
        import numpy as np

        found = [self._jump(net, *ban) for ban in self._beginnings() for net in range(len(self._nets))]
        row, minute, seconds = (np.concatenate(part) for part in zip(*found, strict=True))
        row, at = np.repeat(row, 2), (minute[:, None] + np.array([0, 60])).ravel()
        _, first = np.unique(row * _LATE + at, return_index=True)  # in the order of pairs and minutes
        row, at, seconds = row[first], at[first], seconds.ravel()[first]
        number = np.arange(len(row)) - np.searchsorted(row, row)
        shape = int(number.max(initial=-1)) + 1, int(self.held.sum())
        packed = np.full((2, *shape), -1, dtype=np.int64)
        packed[0, number, row], packed[1, number, row] = at, seconds
        table = np.full((2, shape[0], *self.held.shape), -1, dtype=np.int64)
        table[:, :, self.held] = packed
        return table[0], table[1]

    def _beginnings(self) -> Iterator[tuple[float, frozenset[int]]]:
        """Return the moments of the day at which bans begin, and which."""
        before: frozenset[int] = frozenset()
        for start, now in zip(self._hours.starts, self._hours.conditions, strict=True):
            if start < _LATE * 1000.0 and (begun := frozenset(now.bans) - before):
                yield start, begun
            before = frozenset(now.bans)

    def _jump(
        self, net: int, begins: float, bans: frozenset[int]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Return which ways over a graph jump when some bans begin, the last minutes before, and seconds around it."""
        import numpy as np

        last = np.full(int(self.held.sum()), -1)
        for part in self._ways[0]:
            if part.net == net:
                last[part.rows] = self._last_minute(part, begins, bans)
        leave = np.where(last >= 0, last, 0)[:, None] + np.array([0, 60])
        taken = whole_minutes(_seconds(self._arrive(leave)[0], leave))
        rows = np.flatnonzero((last >= 0) & (taken[:, 0] >= 0) & (taken[:, 1] - taken[:, 0] > _JUMP_S))
        return rows, last[rows], taken[rows]

    def _last_minute(self, way: _Runs, begins: float, bans: frozenset[int]) -> NDArray[np.int64]:
        """Return the last minute, seconds after midnight, of who begins the last stretch under bans before they do."""
        import numpy as np

        under = np.isin(way.kind, [n for k, n in self._kinds.items() if bans & set(k.bans)])
        last = np.where(under.any(axis=1), under.shape[1] - 1 - np.argmax(under[:, ::-1], axis=1), -1)
        at = np.full(len(last), begins)
        for column in range(way.kind.shape[1] - 1, -1, -1):
            for number in np.unique(way.kind[:, column]).tolist():
                rows = np.flatnonzero((way.kind[:, column] == number) & (column < last))
                if number >= 0 and len(rows):
                    at[rows] = self._clocks[number].begun(at[rows], way.ms[rows, column])
        minute = (np.ceil((at - 1e-3) / _MINUTE_MS) - 1).astype(np.int64) * 60
        return np.where((last >= 0) & (minute >= 0), minute, -1)

    def _taken(self, leave_s: int) -> NDArray[np.int64]:
        """Return over which graph leads the way that arrives first of who leaves at a moment, of those of `held`."""
        import numpy as np

        return self._arrive(np.full((int(self.held.sum()), 1), leave_s))[1][:, 0]

    def way(self, leave_s: int) -> tuple[RoadRouter, list[int]]:
        """Return the first way of `held` that is taken of who leaves at a moment: its router, and the arcs."""
        import numpy as np

        router, graph = self._nets[int(self._taken(leave_s)[0])]
        steps = list(_steps(router, graph, self._at, np.flatnonzero(self.held)[:1]))
        return router, [int(arcs[0]) for _, _, arcs in reversed(steps)]

    def metres(self, leave_s: int) -> NDArray[np.int64]:
        """Return metres of the ways of `held` that are taken of who leaves at a moment."""
        import numpy as np

        return np.asarray(np.take_along_axis(self._ways[1], self._taken(leave_s)[None], axis=0)[0])


def _same_rows(
    one: tuple[NDArray[np.int64], NDArray[np.float64]] | None,
    other: tuple[NDArray[np.int64], NDArray[np.float64]],
) -> NDArray[np.bool_]:
    """Return which rows of two tables of runs are alike."""
    import numpy as np

    if one is None:
        return np.zeros(len(other[0]), dtype=bool)
    width = min(one[0].shape[1], other[0].shape[1])
    same = (one[0][:, :width] == other[0][:, :width]) & (one[1][:, :width] == other[1][:, :width])
    longer = [(table[0][:, width:] >= 0).any(axis=1) for table in (one, other)]
    return np.asarray(same.all(axis=1) & ~longer[0] & ~longer[1])


def _under(stretches: Stretches, in_force: frozenset[int]) -> dict[int, tuple[int, ...]]:
    """Return the stretches in areas of bans that are in force at some hour, with these bans."""
    found = {arc: tuple(ban for ban in bans if ban in in_force) for arc, bans in stretches.bans.items()}
    return {arc: bans for arc, bans in found.items() if bans and stretches.slowed[arc]}


def _hurrying(graph: Graph, under: NDArray[np.bool_], weight: float) -> Graph:
    """Return a graph in which the time up to the last stretch under a ban counts more than that from it on.

    Every node stands in it twice: as it was, and behind the last such stretch.
    """
    import numpy as np

    before, on, after = np.arange(len(graph.tail)), np.flatnonzero(under), np.flatnonzero(~under)
    arc = np.concatenate([before, on, after])
    tail = np.concatenate([graph.tail, graph.tail[on], graph.tail[after] + graph.size])
    head = np.concatenate([graph.head, graph.head[on] + graph.size, graph.head[after] + graph.size])
    ms = np.where(np.arange(len(arc)) < len(before), graph.ms[arc], np.maximum(graph.ms[arc] * weight, 1.0))
    order = np.lexsort((head, tail))
    return Graph(
        2 * graph.size,
        tail[order],
        head[order],
        np.round(ms)[order],
        graph.metres[arc][order],
        lonlat=np.concatenate([graph.lonlat, graph.lonlat]),
    )


def _steps(
    router: RoadRouter, graph: Graph, at: NDArray[np.int64], pairs: NDArray[np.int64]
) -> Iterator[tuple[int, NDArray[np.int64], NDArray[np.int64]]]:
    """Yield the arcs of the quickest ways of pairs of places: steps back from the end, the pairs, and an arc of each.

    Pairs are numbered by row and column; those without a way, and a place with itself, have no arcs.
    """
    import numpy as np

    count = len(at)
    nodes = np.array([router.node_of(int(place)) for place in at], dtype=np.int64)
    at_once = max(_CELLS // (graph.size + 1), 1)
    for first in range(0, count, at_once):
        some = pairs[(pairs >= first * count) & (pairs < (first + at_once) * count)]
        sources, row = np.unique(nodes[some // count], return_inverse=True)
        before = graph.before(sources)
        size = router.graph.size
        node, source = nodes[some % count], nodes[some // count]
        going = np.flatnonzero(node != source)
        node = node + graph.size - size  # behind all bans, where the graph knows of that
        going, step = going[before[row[going], node[going]] >= 0], 0
        while len(going):
            earlier = before[row[going], node[going]].astype(np.int64)
            yield step, some[going], router.arcs.find(earlier % size, node[going] % size)
            node[going] = earlier
            going, step = going[earlier != source[going]], step + 1


def _seconds(arrive_ms: NDArray[np.float64], leave_s: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return seconds on the way, rounded up, -1 for none."""
    import numpy as np

    there = np.isfinite(arrive_ms)
    ms = np.where(there, arrive_ms, 0.0) - leave_s * 1000.0
    return np.where(there, np.ceil(np.round(ms / 1000.0, 6)), -1).astype(np.int64)
