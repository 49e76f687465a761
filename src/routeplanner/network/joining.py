"""Two road graphs made one: detailed streets in their own area, the wide network around it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import networkx as nx
    import numpy as np
    import shapely
    from numpy.typing import NDArray

__all__ = ["joined"]

_DEGREE_M = 111_195.0
_CELL_M = 500.0
_SAME_CLASS_M = 400.0
_ANY_CLASS_M = 1_500.0
_FACTOR = 1.3
_JOINTS = 2  # both carriageways of a divided road lie near its end
_KEPT_ANYWHERE = frozenset({"boat_only", "foot_only"})
_NO_JOINT = frozenset(
    {"motorway", "motorway_link", "footway", "path", "steps", "pedestrian", "cycleway", "ferry"}
)


def joined(local: nx.MultiDiGraph, wide: nx.MultiDiGraph) -> nx.MultiDiGraph:
    """Return both graphs as one; see `routeplanner.network.roads.combine`."""
    import networkx as nx

    east = _east_m(local)
    covered = _Cover(local, east)
    wide = nx.convert_node_labels_to_integers(wide, first_label=_free_label(local))
    outside = {n: not covered.holds(float(d["x"]), float(d["y"])) for n, d in wide.nodes(data=True)}
    kept = [
        (u, v, k)
        for u, v, k, data in wide.edges(keys=True, data=True)
        if outside[u] or outside[v] or _goes_anywhere(data) or not covered.holds_line(_line(wide, u, v, data))
    ]
    rest = wide.edge_subgraph(kept).copy()
    both = nx.compose(local, rest)
    both.graph = {**wide.graph, **local.graph, "crs": "epsg:4326"}
    sources = (roads.graph.get("source") or "streets" for roads in (local, wide))
    both.graph["source"] = " + ".join(dict.fromkeys(sources))
    both.graph["attribution"] = "© OpenStreetMap contributors, ODbL 1.0"
    ends = [n for n in rest if not outside[n]]
    both.add_edges_from(_joints(local, rest, ends, east))
    return both


def _goes_anywhere(data: dict[str, Any]) -> bool:
    return data.get("highway") == "ferry" or data.get("restriction") in _KEPT_ANYWHERE


def _free_label(roads: nx.MultiDiGraph) -> int:
    """Return a number above every number that is a node."""
    return max((n for n in roads if isinstance(n, int)), default=0) + 1


def _east_m(roads: nx.MultiDiGraph) -> float:
    """Return metres per degree of longitude in the middle of a graph."""
    import numpy as np

    return float(np.cos(np.radians(np.mean([float(y) for _, y in roads.nodes(data="y")]))) * _DEGREE_M)


def _line(roads: nx.MultiDiGraph, u: int, v: int, data: dict[str, Any]) -> NDArray[np.float64]:
    import numpy as np
    import shapely

    shape = data.get("geometry")
    if shape is None:
        ends = [(float(roads.nodes[n]["x"]), float(roads.nodes[n]["y"])) for n in (u, v)]
        return np.array(ends)
    return np.asarray(shapely.get_coordinates(shapely.from_wkt(shape) if isinstance(shape, str) else shape))


class _Cover:
    """The squares in which a graph has streets, and those enclosed by them."""

    def __init__(self, roads: nx.MultiDiGraph, east_m: float) -> None:
        import numpy as np
        from scipy.ndimage import binary_closing, binary_fill_holes

        lonlat = np.array([[float(d["x"]), float(d["y"])] for _, d in roads.nodes(data=True)])
        self._step = np.array([_CELL_M / east_m, _CELL_M / _DEGREE_M])
        self._corner = lonlat.min(axis=0) - 3 * self._step
        at = ((lonlat - self._corner) / self._step).astype(int)
        cells = np.zeros(at.max(axis=0) + 4, dtype=bool)
        cells[at[:, 0], at[:, 1]] = True
        self._cells = binary_fill_holes(binary_closing(cells, structure=np.ones((3, 3))))

    def holds(self, lon: float, lat: float) -> bool:
        """Return whether a point lies in the area."""
        column, row = (int(v) for v in ((lon, lat) - self._corner) // self._step)
        columns, rows = self._cells.shape
        return 0 <= column < columns and 0 <= row < rows and bool(self._cells[column, row])

    def holds_line(self, line: NDArray[np.float64]) -> bool:
        """Return whether a line lies in the area, looked at every half square."""
        import numpy as np

        share = np.abs(np.diff(line, axis=0) / self._step).max(axis=1, initial=0.0)
        points = [
            line[i] + (line[i + 1] - line[i]) * t
            for i in range(len(line) - 1)
            for t in np.linspace(0, 1, int(share[i] * 2) + 2)
        ]
        return all(self.holds(float(x), float(y)) for x, y in points)


def _joints(
    local: nx.MultiDiGraph, rest: nx.MultiDiGraph, ends: list[int], east_m: float
) -> list[tuple[Any, Any, dict[str, Any]]]:
    """Return the edges that join the inner ends of wide roads to the streets."""
    import numpy as np
    import shapely
    from scipy.spatial import cKDTree

    from routeplanner.network.river import load_river

    scale = np.array([east_m, _DEGREE_M])
    classes = _classes(local)
    streets = [n for n, own in classes.items() if own - _NO_JOINT]
    if not streets or not ends:
        return []
    points = np.array([[float(local.nodes[n]["x"]), float(local.nodes[n]["y"])] for n in streets]) * scale
    tree = cKDTree(points)
    water = shapely.multilinestrings([shapely.linestrings(s.lonlat * scale) for s in load_river().streams])
    wanted = _classes(rest)
    edges: list[tuple[Any, Any, dict[str, Any]]] = []
    for end in ends:
        here = np.array([float(rest.nodes[end]["x"]), float(rest.nodes[end]["y"])]) * scale
        near = [
            (float(np.hypot(*(points[i] - here))), int(i)) for i in tree.query_ball_point(here, _ANY_CLASS_M)
        ]
        same = [(d, i) for d, i in sorted(near) if d <= _SAME_CLASS_M and classes[streets[i]] & wanted[end]]
        dry = [(d, i) for d, i in [*same, *sorted(near)] if _is_dry(here, points[i], water)][:_JOINTS]
        for metres, i in dry:
            data = {
                "length": max(metres, 1.0) * _FACTOR,
                "highway": "tertiary",
                "accuracy": "estimated",
                "oneway": False,
            }
            edges += [(end, streets[i], data), (streets[i], end, dict(data))]
    return edges


def _is_dry(a: NDArray[np.float64], b: NDArray[np.float64], water: shapely.Geometry) -> bool:
    import shapely

    return not shapely.intersects(water, shapely.linestrings([a, b]))


def _classes(roads: nx.MultiDiGraph) -> dict[Any, set[str]]:
    """Return the highway classes of the edges at each node."""
    found: dict[Any, set[str]] = {n: set() for n in roads}
    for u, v, highway in roads.edges(data="highway"):
        own = highway if isinstance(highway, (list, tuple)) else [highway]
        for node in (u, v):
            found[node].update(h for h in own if isinstance(h, str))
    return found
