"""Travel between places: times, distances and paths, one router for each profile.

A profile is a way of travelling: a vehicle with what it needs beyond the road's end (``"coach"``,
``"car"``, ``"motorbike"``, ``"bicycle"``, ``"foot"``), or a boat with the ways to its piers (``"river"``).

Times are exact. Every stretch of road costs whole milliseconds, a path their sum, and a matrix entry that
sum rounded up to seconds: rounding up is subadditive, so that times obey the triangle inequality.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

from routeplanner.network.long_legs import ride_distance_m

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    from routeplanner.network.attach import Access, Place
    from routeplanner.network.long_legs import LongLeg
    from routeplanner.network.river import Berth, River
    from routeplanner.network.roads import RoadTable
    from routeplanner.network.speeds import ModeSpeed, Speeds

__all__ = ["VEHICLES", "Ground", "PathLeg", "RiverRouter", "RoadRouter", "TravelMatrix"]

VEHICLES = ("coach", "car", "motorbike", "bicycle", "foot")
_MODES = (*VEHICLES, "boat", "ferry", "air")
_BATCH_CELLS = 1_000_000  # nodes times sources whose trees are held at once: some 40 MB
_NEAR_WALK_M = 800.0
_UNMAPPED_M = 60_000.0  # how far apart places without any road may be to be joined by an estimate
_ON_THE_LINE_DEG = 2e-5  # about 2 m
_PARKING_WALK_M = 400.0  # a walk to or from the vehicle that is part of its leg
_LEAST_WALK_MS = 1_000.0
_PIER_WALK_M = 1_200
_PIER_RIDE_M = 6_000
_START_RIDE_M = 12_000
_SHORT_RIDE_M = 3_000
_STARTS = frozenset({"gateway", "start"})


@dataclass(frozen=True, slots=True, eq=False)
class TravelMatrix:
    """Times and distances between places.

    Parameters
    ----------
    places
        Keys of rows and columns.
    profile
        How one travels.
    duration_s, distance_m
        Whole seconds and metres from row to column, int64; -1 where there is no way.
    """

    places: tuple[str, ...]
    profile: str
    duration_s: NDArray[np.int64]
    distance_m: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class PathLeg:
    """A part of a way by one mode.

    Parameters
    ----------
    from_id, to_id
        Places at its ends; ``via:`` marks a landing that is no site.
    mode
        coach, car, motorbike, bicycle, foot, boat or ferry.
    distance_m, duration_s
        Whole metres and seconds, boarding and waiting included.
    geometry
        Line from end to end as (lon, lat), five decimals.
    """

    from_id: str
    to_id: str
    mode: str
    distance_m: int
    duration_s: int
    geometry: tuple[tuple[float, float], ...]


@dataclass(frozen=True, eq=False)
class Ground:
    """What all routers of a network share: roads, river, speeds, and the places with their access."""

    table: RoadTable
    river: River
    speeds: Speeds
    places: tuple[Place, ...]
    access: dict[str, Access]
    long_legs: tuple[LongLeg, ...] = ()

    @cached_property
    def index(self) -> dict[str, int]:
        """Position of each place by key."""
        return {place.site_id: i for i, place in enumerate(self.places)}

    @cached_property
    def lonlat(self) -> NDArray[np.float64]:
        """Coordinates of the places, shape (n, 2), degrees."""
        import numpy as np

        return np.array([[p.lon, p.lat] for p in self.places]).reshape(-1, 2)

    @cached_property
    def berths(self) -> dict[int, Berth]:
        """Piers: position of each waterway stop that lies on a river, with its place on the line."""
        found = {
            i: self.river.berth(p.lon, p.lat) for i, p in enumerate(self.places) if p.kind == "waterway_stop"
        }
        return {i: berth for i, berth in found.items() if berth is not None}

    @cached_property
    def walks(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
        """Pairs of places that one walks between directly, with metres: near, and on one bank."""
        import numpy as np
        import shapely
        from scipy.spatial import cKDTree

        scale = np.array(self.table.scale)
        points = self.lonlat * scale
        pairs = cKDTree(points).query_pairs(_NEAR_WALK_M, output_type="ndarray").reshape(-1, 2)
        # A place that is entered at a node (an island, a mountain path) has no lane to its neighbours.
        entry = [a.node if (a := self.access.get(p.site_id)) else None for p in self.places]
        pairs = pairs[np.array([entry[i] == entry[j] for i, j in pairs], dtype=bool)]
        if len(pairs):
            water = shapely.multilinestrings(
                [shapely.linestrings(s.lonlat * scale) for s in self.river.streams]
            )
            shapely.prepare(water)
            pairs = pairs[~shapely.intersects(water, shapely.linestrings(points[pairs]))]
        metres = np.hypot(*(points[pairs[:, 0]] - points[pairs[:, 1]]).T) * self.speeds.local_factor
        return pairs[:, 0], pairs[:, 1], metres

    @cached_property
    def joint_of(self) -> list[int]:
        """For each place, the first place that joins the same road at the same point: they share a joint."""
        first: dict[tuple[int, float], int] = {}
        joints = []
        for i, place in enumerate(self.places):
            access = self.access.get(place.site_id)
            if access is None or access.node is not None:
                joints.append(i)
            else:
                joints.append(first.setdefault((access.edge_index, round(access.share, 6)), i))
        return joints

    def landing(self, node: int) -> str:
        """Return the key of a road node where the mode changes: the site that stands there, or ``via:``."""
        here = (round(float(self.table.x[node]), 5), round(float(self.table.y[node]), 5))
        return self._site_at.get(here, f"via:{self.table.nodes[node]}")

    @cached_property
    def _site_at(self) -> dict[tuple[float, float], str]:
        return {(p.lon, p.lat): p.site_id for p in self.places if p.kind == "waterway_stop"}


@dataclass(frozen=True, slots=True, eq=False)
class _Arcs:
    """Stretches of way as arrays, sorted by (tail, head), the fastest of parallels only."""

    size: int
    tail: NDArray[np.int64]
    head: NDArray[np.int64]
    ms: NDArray[np.float64]
    metres: NDArray[np.float64]
    mode: NDArray[np.int64]
    edge: NDArray[np.int64]
    share: NDArray[np.float64]  # (k, 2): part of the edge's line

    def find(self, tail: NDArray[np.int64], head: NDArray[np.int64]) -> NDArray[np.int64]:
        import numpy as np

        return np.searchsorted(self.tail * self.size + self.head, tail * self.size + head)


_Row = tuple[int, int, float, float, int, int, float, float]


def _arcs(size: int, rows: Sequence[_Row]) -> _Arcs:
    import numpy as np

    table = np.array(rows, dtype=np.float64).reshape(-1, 8)
    tail, head = table[:, 0].astype(np.int64), table[:, 1].astype(np.int64)
    ms = np.maximum(np.round(table[:, 2]), 1.0)  # a sparse matrix drops zeros
    order = np.lexsort((ms, head, tail))
    key = (tail * size + head)[order]
    # A sparse matrix would add up parallel arcs; the fastest is kept instead.
    keep = order[np.r_[True, key[1:] != key[:-1]]] if len(order) else order
    return _Arcs(
        size,
        tail[keep],
        head[keep],
        ms[keep],
        table[keep, 3],
        table[keep, 4].astype(np.int64),
        table[keep, 5].astype(np.int64),
        table[keep, 6:8],
    )


class _Router:
    """Shortest ways over arcs; nodes are numbered so that place i is node `first_place + i`."""

    def __init__(self, arcs: _Arcs, *, first_place: int, places: int) -> None:
        import numpy as np

        self.arcs = arcs
        self._first, self._count = first_place, places
        self._done = np.zeros(places, dtype=bool)
        self._duration_s = np.full((places, places), -1, dtype=np.int64)
        self._distance_m = np.full((places, places), -1, dtype=np.int64)

    @cached_property
    def _graph(self) -> csr_matrix:
        import numpy as np
        from scipy.sparse import csr_matrix

        start = np.searchsorted(self.arcs.tail, np.arange(self.arcs.size + 1))
        return csr_matrix((self.arcs.ms, self.arcs.head, start), shape=(self.arcs.size, self.arcs.size))

    def rows(self, sources: Iterable[int]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return seconds and metres between all places; only the rows of `sources` are sure to be filled."""
        import numpy as np

        todo = np.array([i for i in dict.fromkeys(sources) if not self._done[i]], dtype=np.int64)
        batch = _BATCH_CELLS // (self.arcs.size + 1) + 1
        for start in range(0, len(todo), batch):
            self._fill(todo[start : start + batch])
        return self._duration_s, self._distance_m

    def _fill(self, sources: NDArray[np.int64]) -> None:
        import numpy as np
        from scipy.sparse.csgraph import dijkstra

        own = slice(self._first, self._first + self._count)
        ms, before = dijkstra(self._graph, indices=self._first + sources, return_predecessors=True)
        metres = self._metres(before.astype(np.int64))[:, own]
        seconds, there = ms[:, own], np.isfinite(ms[:, own])
        self._duration_s[sources] = np.where(there, np.ceil(np.where(there, seconds, 0) / 1000), -1)
        self._distance_m[sources] = np.where(there, np.round(metres), -1)
        self._done[sources] = True

    def _metres(self, before: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return metres along each shortest path tree, by doubling the reach of every pointer."""
        import numpy as np

        node = np.broadcast_to(np.arange(self.arcs.size), before.shape)
        known = before >= 0
        metres = np.zeros(before.shape)
        metres[known] = self.arcs.metres[self.arcs.find(before[known], node[known])]
        pointer = np.where(known, before, node)
        while True:
            further = np.take_along_axis(pointer, pointer, axis=1)
            metres += np.take_along_axis(metres, pointer, axis=1)
            if (further == pointer).all():
                return metres
            pointer = further

    def way(self, a: int, b: int) -> list[int]:
        """Return the arcs from place a to place b; empty where there is no way."""
        import numpy as np
        from scipy.sparse.csgraph import dijkstra

        goal, source = self._first + b, self._first + a
        _, before = dijkstra(self._graph, indices=source, return_predecessors=True)
        nodes = [goal]
        while nodes[-1] != source:
            previous = int(before[nodes[-1]])
            if previous < 0:
                return []
            nodes.append(previous)
        steps = np.array(nodes[::-1], dtype=np.int64)
        return [int(i) for i in self.arcs.find(steps[:-1], steps[1:])]


class RoadRouter(_Router):
    """Ways by one vehicle over the roads, by boat or on foot beyond their end, and by air if asked to.

    Where no roads are known (beyond 15 km from all of them), places within 60 km of each other are joined by
    an estimate: the straight line times `Speeds.unmapped_factor` at the speeds of `Speeds.unmapped_s`.
    """

    def __init__(self, ground: Ground, vehicle: str, *, flying: bool = False) -> None:
        self.ground = ground
        self.vehicle = vehicle
        self._road_nodes = len(ground.table.nodes)
        self._places = len(ground.places)
        rows = [*_road_rows(ground, vehicle), *_access_rows(ground, vehicle), *_walk_rows(ground)]
        rows += _unmapped_rows(ground, vehicle)
        if flying:
            rows += _air_rows(ground)
        arcs = _arcs(self._road_nodes + 2 * self._places, rows)
        super().__init__(arcs, first_place=self._road_nodes, places=self._places)

    def path(self, a: int, b: int) -> tuple[PathLeg, ...]:
        """Return the legs from place a to place b, cut where the mode changes."""
        import numpy as np

        way = self.way(a, b)
        if not way:
            return ()
        modes = self._shown_modes(way)
        cuts = [0, *(i for i in range(1, len(way)) if modes[i] != modes[i - 1]), len(way)]
        clock = np.ceil(np.r_[0, np.cumsum(self.arcs.ms[way])] / 1000).astype(int)
        metres = np.round(np.r_[0, np.cumsum(self.arcs.metres[way])]).astype(int)
        return tuple(
            PathLeg(
                self._id(int(self.arcs.tail[way[i]])),
                self._id(int(self.arcs.head[way[j - 1]])),
                _MODES[modes[i]],
                int(metres[j] - metres[i]),
                int(clock[j] - clock[i]),
                self._line(way[i:j]),
            )
            for i, j in pairwise(cuts)
        )

    def _shown_modes(self, way: Sequence[int]) -> NDArray[np.int64]:
        """Return the mode of each arc, a short walk past a neighbour's door counted to the ride it belongs to."""
        modes = self.arcs.mode[way].copy()
        vehicle = _MODES.index(self.vehicle)
        first_door, last_door = self._road_nodes, self._road_nodes + self._places
        for i, arc in enumerate(way):
            ends = (int(self.arcs.tail[arc]), int(self.arcs.head[arc]))
            lane = all(first_door <= end < last_door for end in ends)
            beside = vehicle in (modes[max(i - 1, 0)], modes[min(i + 1, len(way) - 1)])
            if lane and beside and self.arcs.metres[arc] <= _PARKING_WALK_M:
                modes[i] = vehicle
        return modes

    def _id(self, node: int) -> str:
        if node < self._road_nodes:
            return self.ground.landing(node)
        return self.ground.places[node - self._road_nodes].site_id

    def _point(self, node: int) -> tuple[float, float]:
        table, first_joint = self.ground.table, self._road_nodes + self._places
        if node < self._road_nodes:
            return round(float(table.x[node]), 5), round(float(table.y[node]), 5)
        place = self.ground.places[(node - self._road_nodes) % self._places]
        if node < first_joint:
            return place.lon, place.lat
        access = self.ground.access[place.site_id]
        return access.lon, access.lat

    def _line(self, way: Sequence[int]) -> tuple[tuple[float, float], ...]:
        points = [self._point(int(self.arcs.tail[way[0]]))]
        for arc in way:
            edge = int(self.arcs.edge[arc])
            if edge >= 0:
                start, end = self.arcs.share[arc]
                points.extend(_inner(self.ground.table.lines[edge], float(start), float(end)))
            points.append(self._point(int(self.arcs.head[arc])))
        line = _without_spurs([points[0], *(q for p, q in pairwise(points) if p != q)])
        return tuple(line if len(line) > 1 else [*line, *line])


def _without_spurs(line: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Drop the points at which a line turns back over itself.

    The bundled roads join at junctions that can lie a little past the turn-off: a way then runs to the
    junction and back over the same road. The length keeps these metres, the drawing need not.
    """
    kept = line[:1]
    for point in line[1:]:
        while len(kept) > 1 and _is_spur(kept[-2], kept[-1], point):
            kept.pop()
        if point != kept[-1]:
            kept.append(point)
    return kept


def _is_spur(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> bool:
    """Whether the way from a over b to c runs back over the way to b."""
    import math

    shrink = math.cos(math.radians(b[1]))
    there = (b[0] - a[0]) * shrink, b[1] - a[1]
    back = (c[0] - b[0]) * shrink, c[1] - b[1]
    along = there[0] * back[0] + there[1] * back[1]
    aside = abs(there[0] * back[1] - there[1] * back[0]) / (max(math.hypot(*there), math.hypot(*back)) or 1.0)
    return along < 0 and aside < _ON_THE_LINE_DEG


def _inner(line: NDArray[np.float64], start: float, end: float) -> list[tuple[float, float]]:
    """Return the vertices strictly between two shares of a line's length, five decimals."""
    import numpy as np

    east = np.cos(np.radians(line[:, 1].mean()))
    along = np.r_[0, np.cumsum(np.hypot(*(np.diff(line, axis=0) * [east, 1.0]).T))]
    share = along / max(float(along[-1]), 1e-12)
    inside = line[(share > start + 1e-9) & (share < end - 1e-9)]
    return [(round(float(lon), 5), round(float(lat), 5)) for lon, lat in inside]


def _road_rows(ground: Ground, vehicle: str) -> list[_Row]:
    """Return the arcs of all roads open to the vehicle, cut where places join them."""
    table = ground.table
    rule = ground.speeds.modes[vehicle]
    joints: dict[int, list[tuple[float, int]]] = {}
    first_joint = len(table.nodes) + len(ground.places)
    for i, place in enumerate(ground.places):
        if ground.joint_of[i] != i:
            continue
        access = ground.access.get(place.site_id)
        if access is None or access.node is not None:
            continue
        joints.setdefault(access.edge_index, []).append((access.share, first_joint + i))
        if access.twin_index >= 0:
            joints.setdefault(access.twin_index, []).append((1 - access.share, first_joint + i))
    rows: list[_Row] = []
    for e in range(len(table.keys)):
        cost = _edge_cost(ground, e, vehicle, rule)
        if cost is None:
            continue
        mode, ms = cost
        tail, head, metres = int(table.tail[e]), int(table.head[e]), float(table.length_m[e])
        if e not in joints:
            rows.append((tail, head, ms, metres, mode, e, 0.0, 1.0))
            continue
        stops = [(0.0, tail), *sorted(joints[e]), (1.0, head)]
        for (s, u), (t, v) in pairwise(stops):
            rows.append((u, v, ms * (t - s), metres * (t - s), mode, e, s, t))
    return rows


def _edge_cost(ground: Ground, e: int, vehicle: str, rule: ModeSpeed) -> tuple[int, float] | None:
    """Return mode and milliseconds of an edge, or ``None`` where the vehicle may not go."""
    table, speeds = ground.table, ground.speeds
    restriction, highway, length_m = table.restriction[e], table.highway[e], float(table.length_m[e])
    own_s = float(table.car_s[e])
    if own_s != own_s:  # noqa: PLR0124 - NaN: the graph does not say
        own_s = length_m / speeds.car(highway, urban=bool(table.urban[e])) * 3.6
    if restriction == "boat_only":
        return _MODES.index("boat"), (own_s + speeds.rowing_boarding_s) * 1000
    if restriction == "foot_only":
        return _MODES.index("foot"), own_s * 1000
    if restriction in rule.barred_restrictions or highway in rule.barred_highways:
        return None
    if table.ferry[e]:
        return _MODES.index("ferry"), (own_s + speeds.ferry_wait_s) * 1000
    kmh = rule.cap_kmh
    if rule.of_car is not None:
        kmh = min(kmh, length_m / max(own_s, 1e-9) * 3.6 * rule.of_car)
    return _MODES.index(vehicle), length_m / max(kmh, 1.0) * 3600


def _access_rows(ground: Ground, vehicle: str) -> list[_Row]:
    """Return the arcs between doors and roads; each carries half of the time for boarding."""
    rule, speeds = ground.speeds.modes[vehicle], ground.speeds
    road_nodes, places = len(ground.table.nodes), len(ground.places)
    node_index = {node: i for i, node in enumerate(ground.table.nodes)}
    rows: list[_Row] = []
    for i, place in enumerate(ground.places):
        access = ground.access.get(place.site_id)
        if access is None:
            continue
        walked = access.on_foot or access.distance_m <= 250 * speeds.local_factor
        kmh = speeds.walk_kmh if walked else rule.access_kmh
        ms = (access.distance_m / kmh * 3.6 + rule.terminal_s / 2) * 1000
        mode = _MODES.index("foot" if access.on_foot else vehicle)
        door, joint = road_nodes + i, road_nodes + places + ground.joint_of[i]
        if access.node is not None:
            joint = node_index[access.node]
        rows.append((door, joint, ms, access.distance_m, mode, -1, 0.0, 0.0))
        rows.append((joint, door, ms, access.distance_m, mode, -1, 0.0, 0.0))
    return rows


def _walk_rows(ground: Ground) -> list[_Row]:
    first = len(ground.table.nodes)
    foot = _MODES.index("foot")
    rows: list[_Row] = []
    for i, j, metres in zip(*ground.walks, strict=True):
        # Never nothing, so that no ride begins with a step to a neighbour on the same spot.
        ms = max(float(metres) / ground.speeds.walk_kmh * 3600, _LEAST_WALK_MS)
        rows.append((first + int(i), first + int(j), ms, float(metres), foot, -1, 0.0, 0.0))
        rows.append((first + int(j), first + int(i), ms, float(metres), foot, -1, 0.0, 0.0))
    return rows


def _unmapped_rows(ground: Ground, vehicle: str) -> list[_Row]:
    """Return estimated arcs from door to door between places that no road is known to reach."""
    import numpy as np
    from scipy.spatial import cKDTree

    lost = np.array(
        [i for i, p in enumerate(ground.places) if p.site_id not in ground.access], dtype=np.int64
    )
    if len(lost) < 2:
        return []
    rule, speeds = ground.speeds.modes[vehicle], ground.speeds
    first, mode = len(ground.table.nodes), _MODES.index(vehicle)
    shrink = np.cos(np.radians(ground.lonlat[lost, 1]))
    rows: list[_Row] = []
    around = cKDTree(ground.lonlat[lost] * 111_195.0).query_pairs(_UNMAPPED_M * 1.1, output_type="ndarray")
    for a, b in around.reshape(-1, 2):
        i, j = int(lost[a]), int(lost[b])
        east, north = (ground.lonlat[j] - ground.lonlat[i]) * 111_195.0 * [(shrink[a] + shrink[b]) / 2, 1.0]
        metres = float(np.hypot(east, north)) * speeds.unmapped_factor
        if metres > _UNMAPPED_M * speeds.unmapped_factor:
            continue
        ms = (speeds.unmapped_s(metres, rule.cap_kmh) + rule.terminal_s) * 1000
        rows += [
            (first + i, first + j, ms, metres, mode, -1, 0.0, 0.0),
            (first + j, first + i, ms, metres, mode, -1, 0.0, 0.0),
        ]
    return rows


def _air_rows(ground: Ground) -> list[_Row]:
    """Return the flights, from airport to airport, check-in and the way out of the building included."""
    first, air = len(ground.table.nodes), _MODES.index("air")
    rows: list[_Row] = []
    for leg in ground.long_legs:
        if leg.mode == "air" and leg.from_id in ground.index and leg.to_id in ground.index:
            i, j = ground.index[leg.from_id], ground.index[leg.to_id]
            metres = ride_distance_m("air", ground.places[i], ground.places[j])
            rows.append((first + i, first + j, leg.door_to_door_s * 1000.0, metres, air, -1, 0.0, 0.0))
    return rows


def _without_standing(legs: Sequence[PathLeg]) -> tuple[PathLeg, ...]:
    """Return the legs with those of no length joined to their neighbours: a temple may stand at its pier."""
    kept: list[PathLeg] = []
    wait_s, start = 0, None
    for leg in legs:
        if leg.distance_m == 0 and len(legs) > 1:
            wait_s += leg.duration_s
            if kept:
                kept[-1] = replace(kept[-1], to_id=leg.to_id, duration_s=kept[-1].duration_s + wait_s)
                wait_s = 0
            else:
                start = start or leg.from_id
            continue
        kept.append(replace(leg, from_id=start or leg.from_id, duration_s=leg.duration_s + wait_s))
        wait_s, start = 0, None
    return tuple(kept) or tuple(legs)


class RiverRouter(_Router):
    """Ways by boat between piers, on foot or by coach between a place and its own pier.

    Each place has one pier, the quickest to reach: on foot within 1.2 km, by coach within 6 km of road
    (12 km for a start). One pier a place keeps the boat the main mode: with two, the coach that serves the
    piers would overtake the boat.
    """

    def __init__(self, ground: Ground, coach: RoadRouter, foot: RoadRouter) -> None:
        self.ground, self._coach, self._foot = ground, coach, foot
        count = len(ground.places)
        self.pier: dict[int, int] = {}
        self._walks_to_pier: set[int] = set()
        self._near_pier: set[int] = set()
        self._assign(count)
        arcs = _arcs(count, [*self._local_rows(), *self._boat_rows(sorted(ground.berths))])
        super().__init__(arcs, first_place=0, places=count)

    def _assign(self, count: int) -> None:
        piers = sorted(self.ground.berths)
        if not piers:
            return
        near = self._candidates(count, piers)
        for i in near:
            found = [(ride[2], ride[1], ride[0], p) for p in piers if (ride := self._local(i, p)) is not None]
            if not found:
                continue
            _, metres, by_foot, pier = min(found)
            limit = _START_RIDE_M if self.ground.places[i].kind in _STARTS else _PIER_RIDE_M
            if metres <= limit and self._local(pier, i) is not None:
                self.pier[i] = pier
                if by_foot:
                    self._walks_to_pier.add(i)
                if metres <= _SHORT_RIDE_M:
                    self._near_pier.add(i)

    def _candidates(self, count: int, piers: list[int]) -> list[int]:
        """Return the places near enough to a pier as the crow flies, and fill the rows they need."""
        import numpy as np

        points = self.ground.lonlat * np.array(self.ground.table.scale)
        gap = np.hypot(*(points[:, None, :] - points[None, piers, :]).transpose(2, 0, 1)).min(axis=1)
        near = [
            i
            for i in range(count)
            if gap[i] <= (_START_RIDE_M if self.ground.places[i].kind in _STARTS else _PIER_RIDE_M)
        ]
        self._coach.rows(near)
        self._foot.rows(near)
        return near

    def _local(self, i: int, j: int) -> tuple[bool, int, int] | None:
        """Return (on foot?, metres, seconds) of the way between two places of one bank."""
        if i == j:
            return True, 0, 0
        foot_s, foot_m = self._foot.rows(())
        if 0 <= foot_m[i, j] <= _PIER_WALK_M:
            return True, int(foot_m[i, j]), int(foot_s[i, j])
        coach_s, coach_m = self._coach.rows(())
        if coach_s[i, j] >= 0:
            return False, int(coach_m[i, j]), int(coach_s[i, j])
        return None

    def _local_rows(self) -> list[_Row]:
        rows: list[_Row] = []
        by_pier: dict[int, list[int]] = {}
        for i, pier in self.pier.items():
            by_pier.setdefault(pier, []).append(i)
        for members in by_pier.values():
            for i in members:
                for j in members:
                    ride = self._local(i, j) if i != j else None
                    if ride is not None:
                        mode = _MODES.index("foot" if ride[0] else "coach")
                        rows.append((i, j, ride[2] * 1000.0, float(ride[1]), mode, -1, 0.0, 0.0))
        return rows

    def _boat_rows(self, piers: list[int]) -> list[_Row]:
        import math

        boat, river, berths = _MODES.index("boat"), self.ground.river, self.ground.berths
        rows: list[_Row] = []
        if river.suspended:
            return rows
        for i in piers:
            # Piers are places of their own group; a boat leads from pier to pier in one arc.
            for j in piers:
                if i != j:
                    seconds = math.ceil(river.duration_s(berths[i], berths[j]))
                    metres = river.distance_m(berths[i], berths[j])
                    rows.append((i, j, seconds * 1000.0, metres, boat, -1, 0.0, 0.0))
        return rows

    def by_boat(self, i: int, j: int, *, downstream: bool) -> bool:
        """Return whether a group that likes boats goes from i to j by boat.

        It does between different piers when one end is a walk and the other at most a short ride (3 km) from
        its pier, and, if asked, only where j lies downstream.
        """
        walk, near = self._walks_to_pier, self._near_pier
        if (
            self.ground.river.suspended
            or not ((i in walk and j in near) or (i in near and j in walk))
            or self.pier[i] == self.pier[j]
        ):
            return False
        berths = self.ground.berths
        return not downstream or self.ground.river.is_downstream(berths[self.pier[i]], berths[self.pier[j]])

    def path(self, a: int, b: int) -> tuple[PathLeg, ...]:
        """Return the legs from place a to place b."""
        legs: list[PathLeg] = []
        for arc in self.way(a, b):
            i, j = int(self.arcs.tail[arc]), int(self.arcs.head[arc])
            if _MODES[self.arcs.mode[arc]] == "boat":
                legs.append(self._sail(i, j, arc))
            else:
                router = self._foot if _MODES[self.arcs.mode[arc]] == "foot" else self._coach
                legs.extend(router.path(i, j))
        return _without_standing(legs)

    def _sail(self, i: int, j: int, arc: int) -> PathLeg:
        a, b = self.ground.places[i], self.ground.places[j]
        river = self.ground.river.line(self.ground.berths[i], self.ground.berths[j])
        inner = [(round(lon, 5), round(lat, 5)) for lon, lat in river]
        points = [(a.lon, a.lat), *inner, (b.lon, b.lat)]
        line = (points[0], *(q for p, q in pairwise(points) if p != q))
        return PathLeg(
            a.site_id, b.site_id, "boat", round(self.arcs.metres[arc]), int(self.arcs.ms[arc]) // 1000, line
        )
