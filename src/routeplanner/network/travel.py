"""Travel between places: times, distances and paths, one router for each profile.

A profile is a way of travelling: a vehicle with what it needs beyond the road's end (``"coach"``,
``"car"``, ``"motorbike"``, ``"bicycle"``, ``"foot"``), or a boat with the ways to its piers (``"river"``).

Times are exact. Every stretch of road costs whole milliseconds, a path their sum, and a matrix entry that
sum rounded up to seconds: rounding up is subadditive, so that times obey the triangle inequality.

With traffic by hour a vehicle crosses each stretch at the speed of the minute at which it is there: a
stretch begun before a change of speed is finished at the new one, so that who leaves later never arrives
earlier.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from routeplanner.network.attach import attach_places, joinable_edges
from routeplanner.network.engines import Graph, choose_engine
from routeplanner.network.keep import KeptTables
from routeplanner.network.long_legs import ride_distance_m
from routeplanner.network.speeds import DEFAULT_SPEEDS
from routeplanner.network.timetable import hops_of
from routeplanner.network.traffic import AT_ALL_HOURS, Conditions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from routeplanner.network.attach import Access, Place
    from routeplanner.network.long_legs import LongLeg
    from routeplanner.network.river import Berth, River
    from routeplanner.network.roads import RoadTable
    from routeplanner.network.sailings import Sailing
    from routeplanner.network.speeds import ModeSpeed, Speeds
    from routeplanner.network.traffic import Traffic

__all__ = [
    "PARKING",
    "VEHICLES",
    "DayMatrix",
    "Ground",
    "PathLeg",
    "RiverRouter",
    "RoadRouter",
    "Stretches",
    "TravelMatrix",
]

VEHICLES = ("coach", "coach29", "coach45", "car", "motorbike", "bicycle", "foot")
_MODES = ("coach", "car", "motorbike", "bicycle", "foot", "boat", "ferry", "air")
_PARKED = frozenset({"coach29", "coach45"})  # too large for lanes: they park, the group goes on
_NEAR_WALK_M = 800.0
_UNMAPPED_M = 60_000.0  # how far apart places without any road may be to be joined by an estimate
_ON_THE_LINE_DEG = 2e-5  # about 2 m
_PARKING_WALK_M = 400.0  # a walk to or from the vehicle that is part of its leg
_LEAST_WALK_MS = 1_000.0
_PIER_WALK_M = 1_200
_PIER_RIDE_M = 6_000
_START_RIDE_M = 12_000
_SHORT_RIDE_M = 3_000
PARKING = "via:parking:"
_STARTS = frozenset({"gateway", "start"})
_NO_EDGE, _ESTIMATED = -1, -2
"""Edges of arcs that are no road of the table: doors, lanes and flights; and those that no road is known for."""
GUESSED_ACCESS_M = 3_000.0
"""Metres between road and door from which the way there is a guess."""


@dataclass(frozen=True, eq=False)
class TravelMatrix:
    """Times and distances between places.

    Parameters
    ----------
    places
        Keys of rows and columns.
    profile
        How one travels.
    duration_s
        Whole seconds from row to column, int64; -1 where there is no way.
    distances
        Finds the distances when they are first asked for.
    """

    places: tuple[str, ...]
    profile: str
    duration_s: NDArray[np.int64]
    distances: Callable[[], NDArray[np.int64]] = field(repr=False)

    @cached_property
    def distance_m(self) -> NDArray[np.int64]:
        """Whole metres of the quickest way from row to column, int64; -1 where there is no way."""
        return self.distances()

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle with the distances found: what finds them holds the whole network."""
        return _travel_matrix, (self.places, self.profile, self.duration_s, self.distance_m)


@dataclass(frozen=True, slots=True, eq=False)
class DayMatrix:
    """Times between places over a day.

    Parameters
    ----------
    departures
        Seconds after midnight, ascending, shape (k,).
    duration_s
        Whole minutes, in seconds, of who leaves then; shape (k, n, n), -1 where there is no way.
    own_departures, own_duration_s
        Moments that some ways have besides, the minutes before and after a jump, and the times of who leaves then;
        shape (q, n, n), -1 where a way has none.
    distance_m
        Metres of the longest way that is taken at some hour; shape (n, n).
    """

    departures: tuple[int, ...]
    duration_s: NDArray[np.int64]
    own_departures: NDArray[np.int64]
    own_duration_s: NDArray[np.int64]
    distance_m: NDArray[np.int64]


def _travel_matrix(
    places: tuple[str, ...], profile: str, duration_s: NDArray[np.int64], distance_m: NDArray[np.int64]
) -> TravelMatrix:
    return TravelMatrix(places, profile, duration_s, lambda: distance_m)


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
    estimated
        Whether it leads, wholly or in part, where no road is known: time and line are then guesses.
    service
        The sailing or train that it is, where it goes by a timetable.
    wait_s
        Seconds waited for it, which `duration_s` leaves out.
    """

    from_id: str
    to_id: str
    mode: str
    distance_m: int
    duration_s: int
    geometry: tuple[tuple[float, float], ...]
    estimated: bool = False
    service: str = ""
    wait_s: int = 0


@dataclass(frozen=True, eq=False)
class Ground:
    """What all routers of a network share: roads, river, speeds, and the places with their access.

    `traffic` is what changes by hour (``None``: nothing), `sailings` the boats that sail by a timetable
    (``None``: boats are chartered), `engine` what counts times, `cache` the folder in which tables are kept, `whole`
    the ground that this one is a part of, with the sailings of all days.
    """

    table: RoadTable
    river: River
    speeds: Speeds
    places: tuple[Place, ...]
    access: dict[str, Access]
    long_legs: tuple[LongLeg, ...] = ()
    traffic: Traffic | None = None
    sailings: tuple[Sailing, ...] | None = None
    engine: str = "auto"
    cache: Path | None = None
    whole: Ground | None = None

    @cached_property
    def index(self) -> dict[str, int]:
        """Position of each place by key."""
        return {place.site_id: i for i, place in enumerate(self.places)}

    @cached_property
    def content(self) -> str:
        """A mark of roads, river, speeds, traffic and long legs: what has another mark gives other times."""
        by_clock = (self.traffic, self.long_legs, self.sailings)
        return _mark(self._roads_mark, self.river, self.speeds, *by_clock)

    @cached_property
    def _roads_mark(self) -> str:
        table, digest = self.table, hashlib.sha256()
        for column in (table.tail, table.head, table.x, table.y, table.length_m, table.car_s, table.max_kmh):
            digest.update(column.tobytes())
        for flags in (table.urban, table.wait_s):
            digest.update(flags.tobytes())
        digest.update(repr((table.highway, table.restriction, table.banned)).encode())
        return digest.hexdigest()[:16]

    @cached_property
    def origin(self) -> dict[str, Any]:
        """What the ways rest on, in JSON types; see `routeplanner.network.Network.origin`."""
        if self.whole is not None:
            return self.whole.origin
        river, traffic, sailings = self.river, self.traffic, self.sailings
        feeds = " + ".join(dict.fromkeys(sailing.source or "own" for sailing in sailings or ()))
        return {
            "content": self.content,
            "roads": {"source": self.table.source or "own", "content": self._roads_mark},
            "speeds": {
                "source": "table" if self.speeds == DEFAULT_SPEEDS else "own",
                "content": _mark(self.speeds),
            },
            "river": {"boat": river.boat, "water_level_m": river.water_level_m, "content": _mark(river)},
            "traffic": None
            if traffic is None
            else {"source": traffic.source or "own", "content": _mark(traffic)},
            "sailings": None
            if sailings is None
            else {"source": feeds or "empty", "content": _mark(sailings)},
        }

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
    def _parking(self) -> dict[str, dict[str, Access]]:
        return {}

    def access_of(self, vehicle: str) -> dict[str, Access]:
        """Return how each place is joined for a vehicle: at its door, or at a coach's parking place."""
        if vehicle not in _PARKED:
            return self.access
        if vehicle not in self._parking:
            self._parking[vehicle] = self._parked(vehicle)
        return self._parking[vehicle]

    def _parked(self, vehicle: str) -> dict[str, Access]:
        """Return where a large coach stops for each place: at the place's own road where it may, else near."""
        rule = self.speeds.modes[vehicle]
        free = joinable_edges(
            self.table, barred=rule.barred_highways, but=frozenset({""}) - rule.barred_restrictions
        )
        allowed = set(free.tolist())
        own = {key: a for key, a in self.access.items() if a.node is not None or a.edge_index in allowed}
        rest = [p for p in self.places if p.site_id in self.access and p.site_id not in own]
        parked = attach_places(
            rest, self.table, self.river, local_factor=self.speeds.local_factor, edges=free
        )
        return {**own, **{key: replace(a, parked=True) for key, a in parked.items()}}

    @cached_property
    def ban_areas(self) -> tuple[NDArray[np.bool_], ...]:
        """For each ban of coaches, the edges that lie in its area: those whose middle does."""
        import numpy as np
        import shapely

        bans = self.traffic.bans if self.traffic is not None else ()
        middles = shapely.points(
            [line[len(line) // 2] * 0.5 + line[(len(line) - 1) // 2] * 0.5 for line in self.table.lines]
        )
        return tuple(np.asarray(shapely.contains(shapely.from_wkt(ban.wkt), middles)) for ban in bans)

    def landing(self, node: int) -> str:
        """Return the key of a road node where the mode changes: the site that stands there, or ``via:``."""
        here = (round(float(self.table.x[node]), 5), round(float(self.table.y[node]), 5))
        return self._site_at.get(here, f"via:{self.table.nodes[node]}")

    @cached_property
    def _site_at(self) -> dict[tuple[float, float], str]:
        return {(p.lon, p.lat): p.site_id for p in self.places if p.kind == "waterway_stop"}


def _mark(*parts: object) -> str:
    """Return a mark of some data, the same for equal data in every process."""
    return hashlib.sha256(repr(_plainly(parts)).encode()).hexdigest()[:16]


def _plainly(value: object) -> object:
    """Return a value in lists, the same for equal values in every process: sets have no order of their own."""
    if is_dataclass(value):
        return [_plainly(getattr(value, part.name)) for part in fields(value) if part.compare]
    if isinstance(value, Mapping):
        return sorted((str(key), _plainly(item)) for key, item in value.items())
    if isinstance(value, frozenset):
        return sorted(map(str, value))
    if isinstance(value, list | tuple):
        return [_plainly(item) for item in value]
    return value.tolist() if hasattr(value, "tolist") else value


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


def _arcs(size: int, rows: Sequence[_Row] | NDArray[np.float64]) -> _Arcs:
    import numpy as np

    table = np.asarray(rows, dtype=np.float64).reshape(-1, 8)
    tail, head = table[:, 0].astype(np.int64), table[:, 1].astype(np.int64)
    ms = np.maximum(np.round(table[:, 2]), 1.0)  # a sparse matrix drops zeros
    metres = np.round(table[:, 3])  # whole, so that they can be counted with the time
    order = np.lexsort((metres, ms, head, tail))
    key = (tail * size + head)[order]
    # A sparse matrix would add up parallel arcs; the fastest is kept instead.
    keep = order[np.r_[True, key[1:] != key[:-1]]] if len(order) else order
    return _Arcs(
        size,
        tail[keep],
        head[keep],
        ms[keep],
        metres[keep],
        table[keep, 4].astype(np.int64),
        table[keep, 5].astype(np.int64),
        table[keep, 6:8],
    )


class _Router:
    """Shortest ways over arcs; nodes are numbered so that place i is node `first_place + i`."""

    def __init__(
        self,
        arcs: _Arcs,
        *,
        first_place: int,
        places: int,
        lonlat: NDArray[np.float64],
        engine: str = "scipy",
        cache: Path | None = None,
    ) -> None:

        self.arcs = arcs
        self.graph = Graph(
            arcs.size,
            arcs.tail,
            arcs.head,
            arcs.ms,
            arcs.metres,
            lonlat=lonlat,
            engine=choose_engine(engine, arcs.size),
        )
        self._first = first_place
        self._kept = KeptTables(places, folder=cache, content=(arcs.tail, arcs.head, arcs.ms, arcs.metres))

    def seconds(self, sources: Iterable[int]) -> NDArray[np.int64]:
        """Return seconds between all places; only the rows of `sources` are sure to be filled."""
        import numpy as np

        todo = self._kept.missing(sources, "duration_s")
        if self.graph.engine == "scipy":
            return self.rows(todo)[0]
        if len(todo):
            ms = self.graph.milliseconds(self._first + todo, self._first + np.arange(self._kept.count))
            self._kept.fill(todo, duration_s=_whole_seconds(ms))
        return self._kept.duration_s

    def rows(self, sources: Iterable[int]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return seconds and metres between all places; only the rows of `sources` are sure to be filled."""
        import numpy as np

        todo = self._kept.missing(sources, "distance_m")
        if len(todo):
            ms, metres = self.graph.ways(self._first + todo, self._first + np.arange(self._kept.count))
            there = np.isfinite(metres)
            self._kept.fill(
                todo,
                duration_s=_whole_seconds(ms),
                distance_m=np.where(there, metres, -1).astype(np.int64),
            )
        return self._kept.duration_s, self._kept.distance_m

    def way(self, a: int, b: int) -> list[int]:
        """Return the arcs from place a to place b; empty where there is no way."""
        import numpy as np

        goal, source = self._first + b, self._first + a
        known_s = int(self.seconds([a])[a, b])
        if known_s < 0:
            return []
        _, before = self.graph.tree(source, limit_ms=known_s * 1000.0)
        nodes = [goal]
        while nodes[-1] != source:
            nodes.append(int(before[nodes[-1]]))
        steps = np.array(nodes[::-1], dtype=np.int64)
        return [int(i) for i in self.arcs.find(steps[:-1], steps[1:])]


def _whole_seconds(ms: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return milliseconds rounded up to seconds, -1 where there is no way."""
    import numpy as np

    there = np.isfinite(ms)
    return np.where(there, np.ceil(np.where(there, ms, 0) / 1000), -1).astype(np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Stretches:
    """The arcs of a router as lists, for a search over moments: ends, times, and what traffic does to them."""

    start: list[int]
    tail: list[int]
    head: list[int]
    ms: list[float]
    slowed: list[bool]
    urban: list[bool]
    bans: dict[int, tuple[int, ...]]

    def leaving(self, node: int) -> range:
        """Return the arcs that leave a node."""
        return range(self.start[node], self.start[node + 1])


class RoadRouter(_Router):
    """Ways by one vehicle over the roads, by boat or on foot beyond their end, and by air if asked to.

    Where no roads are known (beyond 15 km from all of them), places within 60 km of each other are joined by
    an estimate: the straight line times `Speeds.unmapped_factor` at the speeds of `Speeds.unmapped_s`.
    """

    def __init__(
        self, ground: Ground, vehicle: str, now: Conditions = AT_ALL_HOURS, *, flying: bool = False
    ) -> None:
        import numpy as np

        self.ground = ground
        self.vehicle = vehicle
        self.mode = ground.speeds.modes[vehicle].shown_as or vehicle
        self.access = ground.access_of(vehicle)
        self._road_nodes = len(ground.table.nodes)
        self._places = len(ground.places)
        joint_of = _joint_of(ground, self.access)
        roads = _road_rows(ground, vehicle, self.access, joint_of, now)
        size = self._road_nodes + 2 * self._places
        roads, split = _without_banned_turns(roads, ground, vehicle, size)
        doors = _access_rows(ground, vehicle, self.access, joint_of)
        joints = [(joint, size + number) for number, joint in enumerate(split) if joint >= self._road_nodes]
        other = [*doors, *_walk_rows(ground)]
        other += [(double, *row[1:]) for joint, double in joints for row in doors if row[0] == joint]
        other += [*_unmapped_rows(ground, vehicle, self.mode), *(_air_rows(ground) if flying else ())]
        rows = np.concatenate([roads, np.array(other, dtype=np.float64).reshape(-1, 8)])
        # The nodes that stand for "came in over this street" lie where the junction does.
        self._junction = np.concatenate([np.arange(size), np.array(split, dtype=np.int64)])
        super().__init__(
            _arcs(size + len(split), rows),
            first_place=self._road_nodes,
            places=self._places,
            lonlat=self._lonlat(),
            engine=ground.engine,
            cache=ground.cache,
        )

    def _lonlat(self) -> NDArray[np.float64]:
        import numpy as np

        table = self.ground.table
        joints = [
            (a.lon, a.lat) if (a := self.access.get(p.site_id)) else (p.lon, p.lat)
            for p in self.ground.places
        ]
        points = np.concatenate(
            [np.column_stack([table.x, table.y]), self.ground.lonlat, np.array(joints).reshape(-1, 2)]
        )
        return np.asarray(points[self._junction])

    def node_of(self, place: int) -> int:
        """Return the node of a place's door."""
        return self._road_nodes + place

    @cached_property
    def stretches(self) -> Stretches:
        """The arcs as lists, with what traffic does to each."""
        import numpy as np

        arcs, table = self.arcs, self.ground.table
        on_road = arcs.edge >= 0
        edge = np.where(on_road, arcs.edge, 0)
        bans: dict[int, tuple[int, ...]] = {}
        for number, area in enumerate(self.ground.ban_areas):
            for arc in np.flatnonzero(on_road & area[edge] & ~table.ferry[edge]).tolist():
                bans[arc] = (*bans.get(arc, ()), number)
        return Stretches(
            np.searchsorted(arcs.tail, np.arange(arcs.size + 1)).tolist(),
            arcs.tail.tolist(),
            arcs.head.tolist(),
            arcs.ms.tolist(),
            (on_road & (arcs.mode == _MODES.index(self.mode))).tolist(),
            table.urban[edge].tolist(),
            bans,
        )

    def path(self, a: int, b: int) -> tuple[PathLeg, ...]:
        """Return the legs from place a to place b, cut where the mode changes."""
        import numpy as np

        way = self.way(a, b)
        return self.legs(way, np.r_[0, np.cumsum(self.arcs.ms[way])]) if way else ()

    def legs(self, way: Sequence[int], ms: NDArray[np.float64]) -> tuple[PathLeg, ...]:
        """Return the legs of a way, `ms` being the clock at its nodes, 0 at the first."""
        import numpy as np

        modes = self._shown_modes(way)
        cuts = [0, *(i for i in range(1, len(way)) if modes[i] != modes[i - 1]), len(way)]
        clock = np.ceil(ms / 1000).astype(int)
        metres = np.r_[0, np.cumsum(self.arcs.metres[way])].astype(int)
        return tuple(
            PathLeg(
                self._id(int(self.arcs.tail[way[i]])),
                self._id(int(self.arcs.head[way[j - 1]])),
                _MODES[modes[i]],
                int(metres[j] - metres[i]),
                int(clock[j] - clock[i]),
                self._line(way[i:j]),
                bool((self.arcs.edge[way[i:j]] == _ESTIMATED).any()),
            )
            for i, j in pairwise(cuts)
        )

    def _shown_modes(self, way: Sequence[int]) -> NDArray[np.int64]:
        """Return the mode of each arc, a short walk past a neighbour's door counted to the ride it belongs to."""
        modes = self.arcs.mode[way].copy()
        vehicle = _MODES.index(self.mode)
        first_door, last_door = self._road_nodes, self._road_nodes + self._places
        for i, arc in enumerate(way):
            ends = (int(self.arcs.tail[arc]), int(self.arcs.head[arc]))
            lane = all(first_door <= end < last_door for end in ends)
            beside = vehicle in (modes[max(i - 1, 0)], modes[min(i + 1, len(way) - 1)])
            if lane and beside and self.arcs.metres[arc] <= _PARKING_WALK_M:
                modes[i] = vehicle
        return modes

    def _id(self, node: int) -> str:
        node = int(self._junction[node])
        if node < self._road_nodes:
            return self.ground.landing(node)
        if node < self._road_nodes + self._places:
            return self.ground.places[node - self._road_nodes].site_id
        return f"{PARKING}{self.vehicle}:{self.ground.places[node - self._road_nodes - self._places].site_id}"

    def _point(self, node: int) -> tuple[float, float]:
        lon, lat = self.graph.lonlat[node]
        return round(float(lon), 5), round(float(lat), 5)

    def _line(self, way: Sequence[int]) -> tuple[tuple[float, float], ...]:
        points = [self._point(int(self.arcs.tail[way[0]]))]
        for arc in way:
            edge = int(self.arcs.edge[arc])
            if edge >= 0:
                start, end = (float(share) for share in self.arcs.share[arc])
                inner = _inner(self.ground.table.lines[edge], min(start, end), max(start, end))
                points.extend(inner if start <= end else inner[::-1])
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


def _joint_of(ground: Ground, access: dict[str, Access]) -> list[int]:
    """Return for each place the first place that joins the same road at the same point: they share a joint."""
    first: dict[tuple[int, float], int] = {}
    joints = []
    for i, place in enumerate(ground.places):
        own = access.get(place.site_id)
        if own is None or own.node is not None:
            joints.append(i)
        else:
            joints.append(first.setdefault((own.edge_index, round(own.share, 6)), i))
    return joints


def _road_rows(
    ground: Ground, vehicle: str, access: dict[str, Access], joint_of: Sequence[int], now: Conditions
) -> NDArray[np.float64]:
    """Return the arcs of all roads open to the vehicle, cut where places join them, as a table of `_Row`."""
    import numpy as np

    table = ground.table
    joints: dict[int, list[tuple[float, int]]] = {}
    first_joint = len(table.nodes) + len(ground.places)
    for i, place in enumerate(ground.places):
        own = access.get(place.site_id)
        if joint_of[i] != i or own is None or own.node is not None:
            continue
        joints.setdefault(own.edge_index, []).append((own.share, first_joint + i))
        if own.twin_index >= 0:
            joints.setdefault(own.twin_index, []).append((1 - own.share, first_joint + i))
    mode, ms = edge_costs(ground, vehicle, now)
    edge = np.flatnonzero(np.isfinite(ms))
    uncut = edge[~np.isin(edge, np.array(list(joints), dtype=np.int64))]
    columns = [table.tail, table.head, ms, table.length_m, mode, np.arange(len(ms))]
    whole = np.column_stack(
        [*(column[uncut] for column in columns), np.zeros(len(uncut)), np.ones(len(uncut))]
    )
    cut: list[_Row] = []
    for e in sorted(set(joints) & set(edge.tolist())):
        stops = [(0.0, int(table.tail[e])), *sorted(joints[e]), (1.0, int(table.head[e]))]
        for (s, u), (t, v) in pairwise(stops):
            metres = float(table.length_m[e]) * (t - s)
            cut.append((u, v, float(ms[e]) * (t - s), metres, int(mode[e]), e, s, t))
    rows = np.concatenate([whole, np.array(cut, dtype=np.float64).reshape(-1, 8)])
    if vehicle != "foot":
        return rows
    # Walkers go either way along a one-way street. Where the other way is a road of its own, that one is as fast.
    against = rows[:, [1, 0, 2, 3, 4, 5, 7, 6]]
    return np.concatenate([rows, against])


def edge_costs(
    ground: Ground, vehicle: str, now: Conditions = AT_ALL_HOURS
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return mode and milliseconds of each edge, NaN where the vehicle may not go."""
    import numpy as np

    table, speeds = ground.table, ground.speeds
    rule = speeds.modes[vehicle]
    own_s = _car_seconds(table, speeds)
    kmh = np.full(len(own_s), rule.cap_kmh)
    if rule.of_car is not None:
        kmh = np.minimum(kmh, table.length_m / np.maximum(own_s, 1e-9) * 3.6 * rule.of_car)
    share = np.where(table.urban, now.urban, now.rural)
    ms = table.length_m / np.maximum(kmh, 1.0) * 3600 / share
    mode = np.full(len(own_s), _MODES.index(rule.shown_as or vehicle), dtype=np.int64)
    wait_s = np.where(np.isnan(table.wait_s), speeds.ferry_wait_s, table.wait_s)
    ms[table.ferry] = (own_s + wait_s)[table.ferry] * 1000
    mode[table.ferry] = _MODES.index("ferry")
    ms[_barred(ground, rule, now)] = np.nan
    restriction = np.array(table.restriction)
    rowed, walked = restriction == "boat_only", restriction == "foot_only"
    ms[rowed] = (own_s[rowed] + speeds.rowing_boarding_s) * 1000
    mode[rowed] = _MODES.index("boat")
    timed = walked & ~np.isnan(table.car_s)
    ms[walked] = table.length_m[walked] / speeds.walk_kmh * 3600
    ms[timed] = table.car_s[timed] * 1000
    mode[walked] = _MODES.index("foot")
    return mode, ms


def _car_seconds(table: RoadTable, speeds: Speeds) -> NDArray[np.float64]:
    """Return a car's seconds on each edge: the road's own, or by class, never above its limit."""
    import numpy as np

    classes = sorted(set(table.highway))
    number = {name: i for i, name in enumerate(classes)}
    pairs = np.array(
        [[speeds.car(name, urban=urban) for urban in (False, True)] for name in classes]
    ).reshape(-1, 2)
    by_class = pairs[[number[name] for name in table.highway], table.urban.astype(int)]
    kmh = np.fmin(by_class, table.max_kmh)
    return np.where(np.isnan(table.car_s), table.length_m / kmh * 3.6, table.car_s)


def _barred(ground: Ground, rule: ModeSpeed, now: Conditions) -> NDArray[np.bool_]:
    """Return the edges that the vehicle may not use under present conditions."""
    import numpy as np

    table = ground.table
    shut = np.isin(np.array(table.restriction), list(rule.barred_restrictions))
    shut |= np.isin(np.array(table.highway), list(rule.barred_highways)) & ~table.ferry
    for ban in now.bans:
        shut |= ground.ban_areas[ban] & ~table.ferry
    return np.asarray(shut)


def _without_banned_turns(
    rows: NDArray[np.float64], ground: Ground, vehicle: str, size: int
) -> tuple[NDArray[np.float64], list[int]]:
    """Return the arcs with banned ways taken out, and the nodes that the added ones stand for.

    Who has driven the first streets of a banned way is at a node of its own, which leads on like the junction but for
    the street that would complete the way: an automaton that remembers the longest beginning of a banned way just
    driven. The points at which places join a street in the midst of such a way are doubled as well; they lead to the
    place, and on. Walkers turn as they like.
    """
    import numpy as np

    if not ground.table.banned or vehicle == "foot":
        return rows, []
    full = set(ground.table.banned)
    begun = {way[:n] for way in full for n in range(1, len(way))}
    head, tail, edge = ground.table.head, rows[:, 0].astype(np.int64), rows[:, 5].astype(np.int64)
    first, last = rows[:, 6] == 0.0, rows[:, 7] == 1.0
    state = {way: size + number for number, way in enumerate(sorted(begun))}
    split = [int(head[way[-1]]) for way in state]
    by_tail = np.flatnonzero(first)[np.argsort(tail[first], kind="stable")]
    rows = rows.copy()
    for row in np.flatnonzero(last & np.isin(edge, [way[0] for way in begun])):
        rows[row, 1] = state.get((int(edge[row]),), rows[row, 1])
    made = []
    for way, node in state.items():
        low, high = np.searchsorted(tail[by_tail], [split[node - size], split[node - size] + 1])
        for row in by_tail[low:high]:
            driven = (*way, int(edge[row]))
            ends = [driven[start:] for start in range(len(driven))]
            if any(end in full for end in ends):
                continue
            kept = next((end for end in ends if end in begun), ())
            parts = rows[edge == edge[row]] if len(kept) > 1 else rows[[row]]
            parts = parts[np.argsort(parts[:, 6], kind="stable")].copy()
            parts[0, 0] = node
            if len(kept) > 1:
                for part in range(len(parts) - 1):
                    joint = size + len(split)
                    split.append(int(parts[part, 1]))
                    parts[part, 1] = parts[part + 1, 0] = joint
                parts[-1, 1] = state[kept]
            made.append(parts)
    return np.concatenate([rows, *made]), split


def _access_rows(
    ground: Ground, vehicle: str, access: dict[str, Access], joint_of: Sequence[int]
) -> list[_Row]:
    """Return the arcs between doors and roads; each carries half of the time for boarding."""
    rule, speeds = ground.speeds.modes[vehicle], ground.speeds
    road_nodes, places = len(ground.table.nodes), len(ground.places)
    node_index = {node: i for i, node in enumerate(ground.table.nodes)}
    rows: list[_Row] = []
    for i, place in enumerate(ground.places):
        own = access.get(place.site_id)
        if own is None:
            continue
        mode, seconds = _last_metres(own, rule, speeds, vehicle)
        ms = (seconds + rule.terminal_s / 2) * 1000
        door, joint = road_nodes + i, road_nodes + places + joint_of[i]
        if own.node is not None:
            joint = node_index[own.node]
        known = _ESTIMATED if own.distance_m > GUESSED_ACCESS_M else _NO_EDGE
        rows.append((door, joint, ms, own.distance_m, mode, known, 0.0, 0.0))
        rows.append((joint, door, ms, own.distance_m, mode, known, 0.0, 0.0))
    return rows


def _last_metres(own: Access, rule: ModeSpeed, speeds: Speeds, vehicle: str) -> tuple[int, float]:
    """Return mode and seconds between road and door: by the vehicle, on foot, or by shuttle."""
    metres = own.distance_m
    if own.parked and metres > speeds.park_walk_m:
        return _MODES.index("car"), metres / speeds.shuttle_kmh * 3.6 + speeds.shuttle_wait_s
    walked = own.on_foot or own.parked
    slow = walked or metres <= 250 * speeds.local_factor
    kmh = speeds.walk_kmh if slow else rule.access_kmh
    own_mode = (
        "foot" if own.on_foot or (own.parked and metres > _PARKING_WALK_M) else rule.shown_as or vehicle
    )
    return _MODES.index(own_mode), metres / kmh * 3.6


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


def _unmapped_rows(ground: Ground, vehicle: str, shown_as: str) -> list[_Row]:
    """Return estimated arcs from door to door between places that no road is known to reach."""
    import numpy as np
    from scipy.spatial import cKDTree

    lost = np.array(
        [i for i, p in enumerate(ground.places) if p.site_id not in ground.access], dtype=np.int64
    )
    if len(lost) < 2:
        return []
    rule, speeds = ground.speeds.modes[vehicle], ground.speeds
    first, mode = len(ground.table.nodes), _MODES.index(shown_as)
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
            (first + i, first + j, ms, metres, mode, _ESTIMATED, 0.0, 0.0),
            (first + j, first + i, ms, metres, mode, _ESTIMATED, 0.0, 0.0),
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

    Where boats sail by a timetable, they lead from each landing of a sailing to the later ones, without a change
    of boats on the way; times are the published ones.
    """

    def __init__(self, ground: Ground, coach: RoadRouter, foot: RoadRouter) -> None:
        self.ground, self._coach, self._foot = ground, coach, foot
        self._hop_s = _shortest_hops(ground)
        count = len(ground.places)
        self.pier: dict[int, int] = {}
        self._walks_to_pier: set[int] = set()
        self._near_pier: set[int] = set()
        self._assign(count)
        arcs = _arcs(count, [*self._local_rows(), *self._boat_rows(sorted(ground.berths))])
        super().__init__(arcs, first_place=0, places=count, lonlat=ground.lonlat)

    def _assign(self, count: int) -> None:
        piers = sorted(self.ground.berths)
        if not piers:
            return
        near = self._candidates(count, piers)
        for i in near:
            found = [(ride[2], ride[1], ride[0], p) for p in piers if (ride := self.local(i, p)) is not None]
            if not found:
                continue
            _, metres, by_foot, pier = min(found)
            limit = _START_RIDE_M if self.ground.places[i].kind in _STARTS else _PIER_RIDE_M
            if metres <= limit and self.local(pier, i) is not None:
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

    def local(self, i: int, j: int) -> tuple[bool, int, int] | None:
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
                    ride = self.local(i, j) if i != j else None
                    if ride is not None:
                        mode = _MODES.index("foot" if ride[0] else "coach")
                        rows.append((i, j, ride[2] * 1000.0, float(ride[1]), mode, -1, 0.0, 0.0))
        return rows

    def _boat_rows(self, piers: list[int]) -> list[_Row]:
        boat, river, berths = _MODES.index("boat"), self.ground.river, self.ground.berths
        rows: list[_Row] = []
        for i in piers:
            # Piers are places of their own group; a boat leads from pier to pier in one arc.
            for j in piers:
                seconds = self.boat_s(i, j) if i != j else None
                if seconds is not None:
                    metres = river.distance_m(berths[i], berths[j])
                    rows.append((i, j, seconds * 1000.0, metres, boat, -1, 0.0, 0.0))
        return rows

    def boat_s(self, i: int, j: int) -> int | None:
        """Return the seconds of a boat between two piers, by charter or as published; None where none sails."""
        import math

        river, berths = self.ground.river, self.ground.berths
        if river.suspended:
            return None
        if self._hop_s is not None:
            return self._hop_s.get((i, j))
        return math.ceil(river.duration_s(berths[i], berths[j]))

    def rows(self, sources: Iterable[int]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return seconds and metres between all places; only the rows of `sources` are sure to be filled."""
        return super().rows(sources) if self._hop_s is None else self._by_timetable

    def seconds(self, sources: Iterable[int]) -> NDArray[np.int64]:
        """Return seconds between all places; only the rows of `sources` are sure to be filled."""
        return self.rows(sources)[0]

    @cached_property
    def _by_timetable(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Seconds and metres between all places with one boat at most: the timetables of two need not meet."""
        import numpy as np

        count, river, berths = len(self.ground.places), self.ground.river, self.ground.berths
        found = np.full((2, count, count), -1, dtype=np.int64)
        for i, j in ((i, j) for i in self.pier for j in self.pier if self.pier[i] == self.pier[j]):
            ride = self.local(i, j)
            found[:, i, j] = (-1, -1) if ride is None else (ride[2], ride[1])
        for a, b in self._hop_s or {}:
            sailed = self.boat_s(a, b)
            out = [i for i, pier in self.pier.items() if pier == a]
            home = [j for j, pier in self.pier.items() if pier == b]
            if sailed is not None:
                boat = np.array([sailed, round(river.distance_m(berths[a], berths[b]))])
                to, away = found[:, out, a], found[:, b, home]
                found[:, np.array(out)[:, None], home] = (
                    boat[:, None, None] + to[:, :, None] + away[:, None, :]
                )
        np.fill_diagonal(found[0], 0)
        np.fill_diagonal(found[1], 0)
        return found[0], found[1]

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
            or self.boat_s(self.pier[i], self.pier[j]) is None
        ):
            return False
        berths = self.ground.berths
        return not downstream or self.ground.river.is_downstream(berths[self.pier[i]], berths[self.pier[j]])

    @cached_property
    def sails(self) -> NDArray[np.bool_]:
        """Between which places `by_boat` sails, shape (2, n, n): anywhere, and downstream only."""
        import numpy as np

        count = len(self.ground.places)
        table = np.zeros((2, count, count), dtype=bool)
        for i in self._near_pier:
            for j in self._near_pier:
                table[0, i, j] = self.by_boat(i, j, downstream=False)
                table[1, i, j] = table[0, i, j] and self.by_boat(i, j, downstream=True)
        return table

    def path(self, a: int, b: int) -> tuple[PathLeg, ...]:
        """Return the legs from place a to place b."""
        legs: list[PathLeg] = []
        for i, j, mode in self._parts(a, b):
            if mode == "boat":
                legs.append(self.sail(i, j))
            else:
                legs.extend((self._foot if mode == "foot" else self._coach).path(i, j))
        return _without_standing(legs)

    def _parts(self, a: int, b: int) -> list[tuple[int, int, str]]:
        """Return the ways by one mode of which the way from a to b is made."""
        if self._hop_s is None:
            ends = [(int(self.arcs.tail[arc]), int(self.arcs.head[arc]), arc) for arc in self.way(a, b)]
            return [(i, j, _MODES[self.arcs.mode[arc]]) for i, j, arc in ends]
        if self.seconds([a])[a, b] < 0:
            return []
        piers = (self.pier[a], self.pier[b])
        stations = (a, b) if piers[0] == piers[1] else (a, *piers, b)
        return [
            (i, j, "boat" if (i, j) == piers else self._local_mode(i, j))
            for i, j in pairwise(stations)
            if i != j
        ]

    def _local_mode(self, i: int, j: int) -> str:
        ride = self.local(i, j)
        return "foot" if ride is not None and ride[0] else "coach"

    def ride(self, i: int, j: int) -> tuple[PathLeg, ...]:
        """Return the legs between a place and its pier, none where they stand at the same spot."""
        ride = self.local(i, j)
        if ride is None or ride[1] == 0:
            return ()
        return (self._foot if ride[0] else self._coach).path(i, j)

    def sail(self, i: int, j: int) -> PathLeg:
        """Return the leg by boat between two piers."""
        a, b = self.ground.places[i], self.ground.places[j]
        own, other = self.ground.berths[i], self.ground.berths[j]
        inner = [(round(lon, 5), round(lat, 5)) for lon, lat in self.ground.river.line(own, other)]
        points = [(a.lon, a.lat), *inner, (b.lon, b.lat)]
        line = (points[0], *(q for p, q in pairwise(points) if p != q))
        metres = round(self.ground.river.distance_m(own, other))
        return PathLeg(a.site_id, b.site_id, "boat", metres, self.boat_s(i, j) or 0, line)


def _shortest_hops(ground: Ground) -> dict[tuple[int, int], int] | None:
    """Return the published seconds of the quickest boat between two piers; None where boats are chartered."""
    if ground.sailings is None:
        return None
    return {
        (ground.index[a], ground.index[b]): min(hop.arrive_s - hop.depart_s for hop in hops)
        for (a, b), hops in hops_of(ground.sailings).items()
    }
