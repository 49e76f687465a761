"""Roads: the bundled graph of the Hanoi region, and any other graph with osmnx's conventions.

Roads are a `networkx.MultiDiGraph`: nodes with ``x`` (longitude) and ``y`` (latitude), directed edges
with ``length`` in metres and, where known, ``travel_time`` in seconds, ``highway``, ``name``,
``geometry``, ``bridge`` and our own ``restriction``; ``graph["crs"]`` names geographic coordinates.
"""

from __future__ import annotations

import ast
import csv
import io
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from routeplanner._files import read_text
from routeplanner._resources import data_path
from routeplanner.errors import NetworkError
from routeplanner.network.speeds import DEFAULT_SPEEDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    import networkx as nx
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["RoadTable", "check_roads", "combine", "combine_roads", "keep_largest", "load_roads", "road_table"]

_log = logging.getLogger("routeplanner.network")
_NAMED_PARTS = 10

_SHOWN_FAULTS = 20
_URBAN_NODES_PER_KM2 = 40
_SAME_S = 0.01
_DEGREE_M = 111_195.0  # length of a degree of latitude on a sphere of radius 6,371 km


def load_roads() -> nx.MultiDiGraph:
    """Return the bundled road graph of Hanoi and the Red River delta.

    Some 700 nodes and 1,290 roads, each in both directions: highways, ring roads, main streets, district
    roads, the bridges and ferries of the Red River. Half of the kilometres follow OpenStreetMap geometry
    (© OpenStreetMap contributors, ODbL), the rest are estimates: the edge attribute ``accuracy`` says
    which (``measured``, ``mixed``, ``estimated``, ``ferry``). Attributes follow osmnx, so that osmnx's
    functions and plots work on the graph.

    Returns
    -------
    networkx.MultiDiGraph
        Nodes are numbers. Node attributes ``key`` (a short text such as ``"cd_s"``), ``x``, ``y`` (degrees,
        EPSG:4326), ``name_vi``, ``name_en``, ``kind``. Edge
        attributes ``length`` (m), ``travel_time`` (s, a car without boarding), ``speed_kph``, ``times``
        (``"classes"`` where these two follow the default table of `Speeds`, and another table goes before them),
        ``highway``, ``name``, ``geometry`` (`shapely.LineString`), ``oneway``, ``bridge`` (where it is
        one), ``restriction`` (where there is one), ``urban``, ``accuracy``, ``edge_id``.

    Raises
    ------
    DataFileError
        When the bundled files are missing.

    Examples
    --------
    >>> roads = load_roads()
    >>> roads.graph["crs"]
    'epsg:4326'
    >>> ends = [node for node, key in roads.nodes(data="key") if key in ("cd_s", "cd_n")]
    >>> roads.edges[*ends, 0]["name"]
    'Cầu Chương Dương'
    """
    import networkx as nx
    import shapely

    roads = nx.MultiDiGraph(
        crs="epsg:4326",
        created_with="routeplanner",
        attribution="© OpenStreetMap contributors, ODbL 1.0",
        source="bundled",
    )
    # osmnx takes node identifiers that are text for lists of nodes: they are numbers here too.
    number: dict[str, int] = {}
    for row in _rows("nodes.csv"):
        number[row["id"]] = len(number) + 1
        roads.add_node(
            number[row["id"]],
            key=row["id"],
            x=float(row["lon"]),
            y=float(row["lat"]),
            name_vi=row["name_vi"],
            name_en=row["name_en"],
            kind=row["kind"],
        )
    shapes = list(_rows("shapes.csv"))
    lines = shapely.from_wkt([row["wkt"] for row in shapes])
    line_of = {row["edge_id"]: line for row, line in zip(shapes, lines, strict=True)}
    backwards = dict(zip(line_of, shapely.reverse(list(line_of.values())), strict=True))
    for row in _rows("edges.csv"):
        shared = _edge_attributes(row)
        edge_id = row["edge_id"]
        roads.add_edge(
            number[row["u"]], number[row["v"]], **shared, reversed=False, geometry=line_of[edge_id]
        )
        roads.add_edge(
            number[row["v"]], number[row["u"]], **shared, reversed=True, geometry=backwards[edge_id]
        )
    return roads


def _rows(name: str) -> Iterator[dict[str, str]]:
    return csv.DictReader(io.StringIO(read_text(data_path("network", name))))


def _edge_attributes(row: dict[str, str]) -> dict[str, Any]:
    length_m, urban = float(row["length_m"]), row["urban"] == "true"
    by_class = not row["speed_kmh"]
    speed_kmh = DEFAULT_SPEEDS.car(row["highway"], urban=urban) if by_class else float(row["speed_kmh"])
    attributes: dict[str, Any] = {
        "edge_id": row["edge_id"],
        "length": length_m,
        "travel_time": length_m / speed_kmh * 3.6,
        "speed_kph": speed_kmh,
        "highway": row["highway"],
        "oneway": False,
        "urban": urban,
        "accuracy": row["accuracy"],
    }
    if by_class:
        attributes["times"] = "classes"
    if row["name"]:
        attributes["name"] = row["name"]
    if row["bridge"] == "true":
        attributes["bridge"] = "yes"
    if row["restriction"]:
        attributes["restriction"] = row["restriction"]
    return attributes


@dataclass(frozen=True, slots=True, eq=False)
class RoadTable:
    """A road graph as arrays, one entry a directed edge: what attaching and routing read.

    Parameters
    ----------
    nodes
        Names of the road nodes: their ``key`` where they have one, else the graph's identifier as text.
    x, y
        Longitude and latitude of the nodes, degrees.
    keys
        ``(u, v, key)`` of every directed edge in the graph.
    tail, head
        Index of the node where an edge begins and ends.
    length_m, car_s
        Length in metres; seconds by car, NaN where the graph does not say.
    highway, restriction, name
        Text attributes, empty where absent.
    urban, bridge, ferry
        Whether the edge lies in a built-up area, on a bridge, or is a ferry.
    lines
        Geometry from tail to head as arrays of (lon, lat), shape (k, 2).
    node_names
        Vietnamese and English names of the nodes that have one.
    estimated
        Whether the course of the road is a guess (``accuracy="estimated"``).
    wait_s, max_kmh
        Seconds of waiting at a ferry; signposted speed limit in km/h. NaN where the graph does not say.
    banned
        Ways that no vehicle may take: (edge in, edge out), from ``graph["banned_turns"]``, or more edges one after
        another, from ``graph["banned_ways"]``.
    source
        Where the roads come from, from ``graph["source"]``: ``"bundled"``, a file's name, an area of OpenStreetMap.
    """

    nodes: tuple[str, ...]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    keys: tuple[tuple[Any, Any, Any], ...]
    tail: NDArray[np.int64]
    head: NDArray[np.int64]
    length_m: NDArray[np.float64]
    car_s: NDArray[np.float64]
    highway: tuple[str, ...]
    restriction: tuple[str, ...]
    name: tuple[str, ...]
    urban: NDArray[np.bool_]
    bridge: NDArray[np.bool_]
    ferry: NDArray[np.bool_]
    lines: tuple[NDArray[np.float64], ...]
    node_names: dict[str, tuple[str | None, str | None]]
    estimated: NDArray[np.bool_]
    wait_s: NDArray[np.float64]
    max_kmh: NDArray[np.float64]
    banned: tuple[tuple[int, ...], ...]
    source: str = ""

    @property
    def scale(self) -> tuple[float, float]:
        """Metres per degree of longitude and of latitude in the middle of the graph."""
        import numpy as np

        return float(np.cos(np.radians(self.y.mean())) * _DEGREE_M), _DEGREE_M


def check_roads(roads: nx.MultiDiGraph) -> None:
    """Raise one error with all reasons why a graph cannot serve as roads.

    Raises
    ------
    NetworkError
        For a graph that is empty, undirected, projected, or lacks ``x``, ``y``, ``length`` or ``crs``.

    Examples
    --------
    >>> import networkx as nx
    >>> check_roads(nx.MultiDiGraph(crs="epsg:4326"))
    Traceback (most recent call last):
    routeplanner.errors.NetworkError: roads: 1 fault
      - the graph has no edges; load a graph of streets
    """
    if not (hasattr(roads, "is_multigraph") and roads.is_multigraph() and roads.is_directed()):
        fault = f"expected a networkx.MultiDiGraph, got {type(roads).__name__}; convert it with networkx.MultiDiGraph"
        raise NetworkError([fault], subject="roads")
    faults = [*_crs_faults(roads), *_node_faults(roads), *_edge_faults(roads)]
    if roads.number_of_edges() == 0:
        faults.append("the graph has no edges; load a graph of streets")
    if faults:
        more = len(faults) - _SHOWN_FAULTS
        shown = faults[:_SHOWN_FAULTS] + ([f"and {more} more of this kind"] if more > 0 else [])
        raise NetworkError(shown, subject="roads")


def _crs_faults(roads: nx.MultiDiGraph) -> Iterator[str]:
    crs = roads.graph.get("crs")
    if crs is None:
        yield 'graph["crs"] is missing; set it to "epsg:4326" if x and y are longitude and latitude'
        return
    if str(crs).lower() in {"epsg:4326", "wgs84", "wgs 84", "ogc:crs84"}:
        return
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        geographic = bool(CRS.from_user_input(crs).is_geographic)
    except CRSError:
        yield f'graph["crs"] is {str(crs)!r}, which no one knows; set it to "epsg:4326"'
        return
    if not geographic:
        yield f'the graph is projected ({crs}); project it back with osmnx.project_graph(G, to_crs="epsg:4326")'


def _node_faults(roads: nx.MultiDiGraph) -> Iterator[str]:
    for node, data in roads.nodes(data=True):
        x, y = _number(data.get("x")), _number(data.get("y"))
        if x is None or y is None:
            yield f"node {node!r}: x or y is missing or not a number; give longitude and latitude"
        elif not (-180 <= x <= 180 and -90 <= y <= 90):
            yield f"node {node!r}: x={x:g}, y={y:g} are not degrees; give longitude and latitude (EPSG:4326)"


def _edge_faults(roads: nx.MultiDiGraph) -> Iterator[str]:
    for u, v, key, data in roads.edges(keys=True, data=True):
        length_m = _number(data.get("length"))
        if length_m is None or length_m < 0:
            yield (
                f"edge {(u, v, key)!r}: length is {data.get('length')!r}; give metres"
                " (osmnx.distance.add_edge_lengths adds them)"
            )


def _number(value: object) -> float | None:
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
    return number if abs(number) < float("inf") else None


def road_table(roads: nx.MultiDiGraph) -> RoadTable:
    """Return a checked road graph as arrays.

    An edge without ``urban`` counts as urban where forty or more nodes share its square kilometre.

    Raises
    ------
    NetworkError
        As `check_roads`.
    """
    import numpy as np

    check_roads(roads)
    nodes = tuple(roads.nodes)
    labels = tuple(str(key) if key is not None else str(node) for node, key in roads.nodes(data="key"))
    index = {node: i for i, node in enumerate(nodes)}
    x = np.array([float(roads.nodes[n]["x"]) for n in nodes])
    y = np.array([float(roads.nodes[n]["y"]) for n in nodes])
    edges = [(u, v, k, d) for u, v, k, d in roads.edges(keys=True, data=True) if u != v]
    tail = np.array([index[u] for u, *_ in edges], dtype=np.int64)
    head = np.array([index[v] for _, v, *_ in edges], dtype=np.int64)
    data = [edge[3] for edge in edges]
    highway = tuple(_first(d.get("highway")) or "unclassified" for d in data)
    dense = _dense(x, y)
    named = {
        label: (d.get("name_vi"), d.get("name_en"))
        for label, (_, d) in zip(labels, roads.nodes(data=True), strict=True)
        if d.get("name_vi")
    }
    return RoadTable(
        nodes=labels,
        x=x,
        y=y,
        keys=tuple(edge[:3] for edge in edges),
        tail=tail,
        head=head,
        length_m=np.array([float(d["length"]) for d in data]),
        car_s=np.array([_own_seconds(d) for d in data]),
        highway=highway,
        restriction=tuple(_first(d.get("restriction")) for d in data),
        name=tuple(_first(d.get("name")) for d in data),
        urban=np.array([bool(d.get("urban", dense[t])) for d, t in zip(data, tail, strict=True)]),
        bridge=np.array([_is_set(d.get("bridge")) for d in data]),
        ferry=np.array(
            [h == "ferry" or _first(d.get("route")) == "ferry" for h, d in zip(highway, data, strict=True)]
        ),
        lines=_lines(data, x, y, tail, head),
        node_names=named,
        estimated=np.array([_first(d.get("accuracy")) == "estimated" for d in data]),
        wait_s=np.array([_number_or_nan(d.get("wait_s")) for d in data]),
        max_kmh=np.array([_limit_kmh(d.get("maxspeed")) for d in data]),
        banned=_banned(roads, [edge[:3] for edge in edges]),
        source=_first(roads.graph.get("source")),
    )


def _own_seconds(data: dict[str, Any]) -> float:
    """Return an edge's own seconds by car, NaN where it has none or they only repeat the table of speeds."""
    own = _number(data.get("travel_time"))
    if own and _first(data.get("times")) == "classes":
        by_table_s = float(data["length"]) / (_number(data.get("speed_kph")) or float("inf")) * 3.6
        own = None if abs(own - by_table_s) < _SAME_S else own  # changed since: it is the road's own now
    return own or float("nan")


def _number_or_nan(value: object) -> float:
    number = _number(value)
    return float("nan") if number is None else number


def _limit_kmh(value: object) -> float:
    """Return a signposted limit in km/h: the lowest where a street has several, NaN where it has none.

    Examples
    --------
    >>> _limit_kmh(["60", "50"]), _limit_kmh("30 mph"), _limit_kmh("VN:urban")
    (50.0, 48.28032, nan)
    """
    found = []
    for part in value if isinstance(value, (list, tuple)) else [value]:
        words = str(part).split()
        number = _number(words[0]) if words else None
        if number is not None and number > 0:
            found.append(number * (1.609344 if words[1:] == ["mph"] else 1.0))
    return min(found, default=float("nan"))


def _banned(roads: nx.MultiDiGraph, keys: list[tuple[Any, Any, Any]]) -> tuple[tuple[int, ...], ...]:
    """Return the banned turns and ways of a graph as edge positions in order."""
    turns, ways = (roads.graph.get(name) or () for name in ("banned_turns", "banned_ways"))
    turns = ast.literal_eval(turns) if isinstance(turns, str) else turns  # read back from GraphML
    ways = ast.literal_eval(ways) if isinstance(ways, str) else ways
    wanted: list[tuple[Any, ...]] = [((u, via, k), (via, w, j)) for u, via, w, k, j in turns]
    wanted += [tuple(tuple(edge) for edge in way) for way in ways]
    if not wanted:
        return ()
    at = {key: i for i, key in enumerate(keys)}
    return tuple(tuple(at[edge] for edge in way) for way in wanted if all(edge in at for edge in way))


def keep_largest(roads: nx.MultiDiGraph) -> nx.MultiDiGraph:
    """Return the largest part of a road graph in which every road leads to every other.

    Largest is the part with the most kilometres. What was dropped is named in ``graph["dropped"]``, a list
    of sentences, largest part first, and logged as a warning.

    Examples
    --------
    >>> import networkx as nx
    >>> roads = nx.MultiDiGraph(crs="epsg:4326")
    >>> roads.add_nodes_from([(n, {"x": 105.8 + n / 100, "y": 21.0}) for n in range(4)])
    >>> ends = [(0, 1), (1, 0), (2, 3), (3, 2)]
    >>> roads.add_edges_from((u, v, {"length": 100 if u < 2 else 50, "name": "Ngõ Huyện"}) for u, v in ends)
    [0, 0, 0, 0]
    >>> keep_largest(roads).graph["dropped"]
    ['Ngõ Huyện: 2 nodes, 0.1 km, near 21.0000, 105.8200']
    """
    import networkx as nx

    parts = [roads.subgraph(nodes) for nodes in nx.strongly_connected_components(roads)]
    metres = [sum(float(m) for *_, m in part.edges(data="length")) for part in parts]
    order = sorted(range(len(parts)), key=lambda i: (-metres[i], -len(parts[i])))
    kept = roads.subgraph(parts[order[0]].nodes).copy() if parts else roads.copy()
    lost = [_part_named(roads, parts[i], metres[i]) for i in order[1 : _NAMED_PARTS + 1]]
    if len(order) - 1 > _NAMED_PARTS:
        lost.append(f"and {len(order) - 1 - _NAMED_PARTS} smaller parts")
    kept.graph["dropped"] = lost
    if lost:
        nodes = len(roads) - len(kept)
        _log.warning(
            "roads: kept the largest connected part, dropped %d of %d nodes in %d other parts: %s",
            nodes,
            len(roads),
            len(order) - 1,
            "; ".join(lost),
        )
    return kept


def _part_named(roads: nx.MultiDiGraph, part: nx.MultiDiGraph, metres: float) -> str:
    """Return a sentence on a part that is not joined to the rest."""
    inside = list(part.edges(data="name"))
    # A dead end of a one-way street has no edges of its own: it is named by those that touch it.
    touching = inside or [(u, v, n) for node in part for u, v, n in roads.edges(node, data="name")]
    names = list(
        dict.fromkeys(filter(None, (_first(n) or (n if isinstance(n, str) else "") for *_, n in touching)))
    )
    first = next(iter(part.nodes(data=True)))[1]
    where = f"near {float(first['y']):.4f}, {float(first['x']):.4f}"
    count = len(part)
    label = ", ".join(names[:3]) or "streets without a name"
    return f"{label}: {count} node{'s' if count > 1 else ''}, {metres / 2000:.1f} km, {where}"


def combine_roads(local: nx.MultiDiGraph, bundled: nx.MultiDiGraph | None = None) -> nx.MultiDiGraph:
    """Return detailed streets where they exist, joined to the strategic network elsewhere.

    Inside the area that `local` covers (squares of 500 m with a node in them, and squares enclosed by such)
    roads of `bundled` are left out, except ferries, and ways that only boats or walkers take. Roads that
    lead out of the area are joined to the nearest street of the same class or, failing that, to the nearest
    street, within 1.5 km and never across a river. Joints are short edges with ``accuracy="estimated"``.

    Parameters
    ----------
    local
        Detailed streets: `routeplanner.roads_from_osm`, `routeplanner.roads_from_file`, or an osmnx graph.
    bundled
        The wide network; the bundled roads by default.

    Returns
    -------
    networkx.MultiDiGraph
        Nodes keep the identifiers of `local`; those of `bundled` are numbered anew and keep their ``key``.
        What is not joined to the rest is dropped and named, see `keep_largest`.

    Raises
    ------
    NetworkError
        When one of the graphs cannot serve as roads.

    Examples
    --------
    >>> wide = load_roads()
    >>> inner = [node for node, data in wide.nodes(data=True) if 105.84 < data["x"] < 105.86]
    >>> both = combine(wide.subgraph(inner).copy(), wide)
    >>> both.number_of_nodes() >= wide.number_of_nodes() * 0.9
    True
    """
    from routeplanner.network.joining import joined

    wide = load_roads() if bundled is None else bundled
    check_roads(local)
    check_roads(wide)
    return keep_largest(joined(local, wide))


combine = combine_roads


def _first(value: object) -> str:
    """Return the first text of an attribute: osmnx gives lists where it merged several ways."""
    if isinstance(value, (list, tuple)):
        value = value[0] if value else None
    return value if isinstance(value, str) else ""


def _is_set(value: object) -> bool:
    values = value if isinstance(value, (list, tuple)) else [value]
    return any(
        v is True or (isinstance(v, str) and v.lower() not in {"", "no", "false", "nan"}) for v in values
    )


def _dense(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.bool_]:
    import numpy as np

    cells = np.column_stack(
        [np.floor(x * np.cos(np.radians(y.mean())) * _DEGREE_M / 1000), np.floor(y * _DEGREE_M / 1000)]
    )
    _, where, count = np.unique(cells, axis=0, return_inverse=True, return_counts=True)
    return np.asarray(count[where.ravel()] >= _URBAN_NODES_PER_KM2)


def _lines(
    data: list[dict[str, Any]],
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    tail: NDArray[np.int64],
    head: NDArray[np.int64],
) -> tuple[NDArray[np.float64], ...]:
    import numpy as np
    import shapely

    bent = [i for i, d in enumerate(data) if d.get("geometry") is not None]
    shapes = [data[i]["geometry"] for i in bent]
    if any(isinstance(shape, str) for shape in shapes):  # a graph that was read back from GraphML
        shapes = [shapely.from_wkt(shape) if isinstance(shape, str) else shape for shape in shapes]
    coords, owner = shapely.get_coordinates(shapes, return_index=True)
    parts = np.split(coords, np.searchsorted(owner, np.arange(1, len(bent)))) if bent else []
    lines = [np.array([[x[t], y[t]], [x[h], y[h]]]) for t, h in zip(tail, head, strict=True)]
    for i, part in zip(bent, parts, strict=True):
        ends = lines[i]
        # A line drawn against its edge's direction is turned, so that a leg never runs backwards.
        forward = np.abs(part[0] - ends[0]).sum() + np.abs(part[-1] - ends[1]).sum()
        backward = np.abs(part[-1] - ends[0]).sum() + np.abs(part[0] - ends[1]).sum()
        lines[i] = part if forward <= backward else part[::-1]
    return tuple(lines)
