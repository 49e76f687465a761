"""Where a place joins the roads: at the nearest point of a road, and never across the river."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from routeplanner._files import read_text
from routeplanner._resources import data_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import numpy as np
    import shapely
    from numpy.typing import NDArray

    from routeplanner.network.river import River
    from routeplanner.network.roads import RoadTable

__all__ = ["Access", "Place", "attach_places", "joinable_edges"]

_RADII_M = (1_000, 4_000, 15_000)
_NOT_JOINED = frozenset(
    {"motorway", "motorway_link", "footway", "path", "steps", "pedestrian", "cycleway", "corridor"}
)


@dataclass(frozen=True, slots=True)
class Place:
    """A node of the network: a site, a start, or a landing between two modes.

    Parameters
    ----------
    site_id
        Key of the place; landings that are no site begin with ``via:``.
    name_vi, name_en
        Names; the second may be missing.
    lon, lat
        Position, degrees (EPSG:4326), five decimals as in every geometry.
    kind
        Kind of the site; ``"start"`` for a place that was added, ``"via"`` for a landing.
    """

    site_id: str
    name_vi: str
    name_en: str | None
    lon: float
    lat: float
    kind: str


@dataclass(frozen=True, slots=True)
class Access:
    """How a place joins the roads.

    Parameters
    ----------
    site_id
        The place.
    edge
        ``(u, v, key)`` of the road that is joined; ``None`` where a place is entered at a node.
    road
        Name of the road, empty where it has none.
    lon, lat
        The point of the road, degrees.
    distance_m
        Metres from that point to the door.
    on_foot
        Whether these metres are walked whatever the vehicle (an island, a mountain path).
    node
        Name of the road node, for a place that is entered at one.
    edge_index, twin_index, share
        Position in the road table: the edge, the same road in the other direction (-1 where one-way), and
        the share of the edge's length before the point.
    parked
        Whether the vehicle stays there and the group goes on by itself (a large coach outside a village).
    """

    site_id: str
    edge: tuple[Any, Any, Any] | None
    road: str
    lon: float
    lat: float
    distance_m: float
    on_foot: bool = False
    node: str | None = None
    edge_index: int = -1
    twin_index: int = -1
    share: float = 0.0
    parked: bool = False


def joinable_edges(
    table: RoadTable,
    *,
    barred: frozenset[str] = frozenset(),
    but: frozenset[str] = frozenset({"", "no_coach"}),
) -> NDArray[np.int64]:
    """Return the edges that a place may join.

    `barred` are highway classes that do not count, `but` the restrictions that do no harm.

    Left out are bridges, ferries, motorways, paths without vehicles, roads under a restriction, and
    whatever lies outside the largest part of the graph in which every road leads to every other.
    """
    import numpy as np
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import connected_components

    size = len(table.nodes)
    open_road = np.array(
        [
            r in but and h not in _NOT_JOINED and h not in barred and not ferry
            for r, h, ferry in zip(table.restriction, table.highway, table.ferry, strict=True)
        ]
    )
    ones = np.ones(int(open_road.sum()))
    graph = csr_matrix((ones, (table.tail[open_road], table.head[open_road])), shape=(size, size))
    _, part = connected_components(graph, directed=True, connection="strong")
    main = np.bincount(part).argmax()
    inside = (part[table.tail] == main) & (part[table.head] == main)
    return np.flatnonzero(open_road & ~table.bridge & inside)


def attach_places(
    places: Sequence[Place],
    table: RoadTable,
    river: River,
    *,
    local_factor: float,
    edges: NDArray[np.int64] | None = None,
) -> dict[str, Access]:
    """Return how each place joins the roads; a place farther than 15 km from all roads is left out.

    The nearest point of the nearest road wins whose straight line to the place does not cross a river. A
    few places have their access written down in the bundled data (the middle of Long Biên bridge, the
    pagodas behind the Yến stream): these are entered on foot at a road node.

    Parameters
    ----------
    places
        What to attach.
    table
        The roads.
    river
        The lines that must not be crossed.
    local_factor
        Length of the way over the straight line.
    edges
        What may be joined, as from `joinable_edges`.
    """
    known = {node: i for i, node in enumerate(table.nodes)}
    written = {row["site_id"]: row for row in _written() if row["node"] in known}
    found = {p.site_id: _at_node(p, written[p.site_id], table, known) for p in places if p.site_id in written}
    rest = [p for p in places if p.site_id not in written]
    if rest:
        free = joinable_edges(table) if edges is None else edges
        found.update(_nearest(rest, table, river, local_factor, free))
    return found


def _written() -> Iterable[dict[str, str]]:
    return csv.DictReader(io.StringIO(read_text(data_path("network", "access.csv"))))


def _at_node(place: Place, row: dict[str, str], table: RoadTable, known: dict[str, int]) -> Access:
    node = known[row["node"]]
    return Access(
        site_id=place.site_id,
        edge=None,
        road=row["note"],
        lon=round(float(table.x[node]), 5),
        lat=round(float(table.y[node]), 5),
        distance_m=float(row["length_m"]),
        on_foot=True,
        node=row["node"],
    )


def _nearest(
    places: Sequence[Place],
    table: RoadTable,
    river: River,
    local_factor: float,
    edges: NDArray[np.int64],
) -> Iterator[tuple[str, Access]]:
    import numpy as np
    import shapely

    scale = np.array(table.scale)
    twin = _twins(table, edges)
    edges = edges[(twin[edges] < 0) | (twin[edges] > edges)]  # each two-way road once
    if len(edges) == 0:
        return
    coords = np.concatenate([table.lines[e] for e in edges]) * scale
    owner = np.repeat(np.arange(len(edges)), [len(table.lines[e]) for e in edges])
    lines = shapely.linestrings(coords, indices=owner)
    tree = shapely.STRtree(lines)
    water = shapely.multilinestrings([shapely.linestrings(s.lonlat * scale) for s in river.streams])
    shapely.prepare(water)
    todo = list(places)
    for radius in _RADII_M:
        points = shapely.points(np.array([[p.lon, p.lat] for p in todo]) * scale)
        left = []
        for place, point, near in _candidates(todo, points, tree, radius):
            choice = _dry(point, lines, near, water, last=radius == _RADII_M[-1])
            if choice is None:
                left.append(place)
                continue
            line = lines[choice]
            share = shapely.line_locate_point(line, point, normalized=True)
            joint = (
                shapely.get_coordinates(shapely.line_interpolate_point(line, share, normalized=True))[0]
                / scale
            )
            e = int(edges[choice])
            yield (
                place.site_id,
                Access(
                    site_id=place.site_id,
                    edge=table.keys[e],
                    road=table.name[e],
                    lon=round(float(joint[0]), 5),
                    lat=round(float(joint[1]), 5),
                    distance_m=float(shapely.distance(line, point)) * local_factor,
                    edge_index=e,
                    twin_index=int(twin[e]),
                    share=float(share),
                ),
            )
        todo = left
        if not todo:
            return


def _candidates(
    places: Sequence[Place], points: NDArray[Any], tree: shapely.STRtree, radius: float
) -> Iterator[tuple[Place, Any, NDArray[np.int64]]]:
    """Yield each place with the roads within the radius, nearest first."""
    import numpy as np
    import shapely

    which, edge = tree.query(points, predicate="dwithin", distance=radius)
    distance = shapely.distance(points[which], tree.geometries[edge])
    order = np.lexsort((distance, which))
    which, edge = which[order], edge[order]
    bounds = np.searchsorted(which, np.arange(len(places) + 1))
    for i, place in enumerate(places):
        yield place, points[i], edge[bounds[i] : bounds[i + 1]]


def _dry(
    point: shapely.Point, lines: NDArray[Any], near: NDArray[np.int64], water: shapely.Geometry, *, last: bool
) -> int | None:
    """Return the first road whose connector stays on this bank; in the last round, any road for an island."""
    import shapely

    for choice in near:
        if not shapely.intersects(water, shapely.shortest_line(point, lines[choice])):
            return int(choice)
    return int(near[0]) if last and len(near) else None


def _twins(table: RoadTable, edges: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return for each edge the same road in the other direction, -1 where it is one-way."""
    import numpy as np

    twin = np.full(len(table.keys), -1, dtype=np.int64)
    by_ends: dict[tuple[int, int, int], int] = {}
    for e in edges:
        key = (int(table.tail[e]), int(table.head[e]), round(float(table.length_m[e])))
        other = by_ends.pop((key[1], key[0], key[2]), None)
        if other is None:
            by_ends[key] = int(e)
        else:
            twin[e], twin[other] = other, int(e)
    return twin
