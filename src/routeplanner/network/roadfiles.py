"""Roads from files: GraphML, OpenStreetMap extracts, GeoPackage and GeoParquet, all as one shape of graph."""

from __future__ import annotations

import ast
import gzip
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from routeplanner._files import refuse_no_path
from routeplanner._text import did_you_mean
from routeplanner.errors import DataFileError, NetworkError
from routeplanner.network.osm import Detail, read_elements, roads_from_elements
from routeplanner.network.roads import check_roads, keep_largest

if TYPE_CHECKING:
    import os
    from collections.abc import Callable

    import geopandas as gpd
    import networkx as nx

__all__ = ["roads_from_file"]

_NUMBERS = ("x", "y", "length", "travel_time", "speed_kph", "wait_s")
_TRUTHS = {"True": True, "False": False, "true": True, "false": False}
_DECIMALS = 6  # of a degree, some 10 cm: ends of lines that meet


def roads_from_file(
    path: str | os.PathLike[str],
    *,
    detail: Detail = "roads",
    times: Literal["file", "classes"] = "file",
) -> nx.MultiDiGraph:
    """Return the roads of a file as a graph for `routeplanner.build_network`.

    Parameters
    ----------
    path
        Told apart by its name:

        - ``.graphml``, ``.graphml.gz``: a graph as osmnx or networkx writes it;
        - ``.osm``, ``.osm.gz``, ``.xml``: an OpenStreetMap document; ``.json``, ``.json.gz``: an Overpass
          answer. Ferries, one-way streets and turn restrictions are kept;
        - ``.gpkg``: a GeoPackage with layers ``nodes`` and ``edges`` as osmnx writes it, or one layer of lines;
        - ``.parquet``, ``.geoparquet``: lines, with ``u``, ``v`` and ``key`` if they are directed edges; a file
          ``nodes.parquet`` beside an ``edges.parquet`` is read with it. Needs ``routeplanner[files]``.

        Lines without ``u`` and ``v`` join where their ends meet and lead both ways unless ``oneway``.
    detail
        Of an OpenStreetMap document: ``"roads"`` for vehicles and ferries, ``"all"`` with lanes and paths.
    times
        ``"file"`` keeps a file's own ``travel_time``; ``"classes"`` drops it, so that speeds follow the
        table of `routeplanner.network.Speeds` (osmnx's own times come from speed limits: empty roads).

    Returns
    -------
    networkx.MultiDiGraph
        The largest part in which every road leads to every other; what was dropped stands in
        ``graph["dropped"]`` and is logged as a warning.

    Raises
    ------
    DataFileError
        When the file is missing, of another format, damaged or cut off, or holds no road.
    NetworkError
        When its graph cannot serve as roads.

    Examples
    --------
    >>> roads_from_file("streets.pbf")
    Traceback (most recent call last):
    routeplanner.errors.DataFileError: streets.pbf: 1 fault
      - this format is not read; give .graphml, .osm, .json, .gpkg or .parquet (osmium cat turns .pbf into .osm)
    """
    refuse_no_path(path, "give a .graphml, .osm, .json, .gpkg or .parquet file")
    target = Path(path)
    reader = _reader(target.name.lower(), detail)
    if reader is None:
        known = "give .graphml, .osm, .json, .gpkg or .parquet (osmium cat turns .pbf into .osm)"
        fault = f"this format is not read; {known}"
        raise DataFileError([fault], subject=str(path))
    if not target.is_file():
        near = [p.name for p in target.parent.iterdir()] if target.parent.is_dir() else []
        fault = f"the file does not exist; check the name and the folder{did_you_mean(target.name, near)}"
        raise DataFileError([fault], subject=str(path))
    roads = reader(target)
    if times == "classes":
        for *_, data in roads.edges(data=True):
            if data.get("highway") != "ferry":
                data.pop("travel_time", None)
    check_roads(roads)
    roads.graph["source"] = target.name
    kept = keep_largest(roads)
    if kept.number_of_edges() == 0:
        fault = "no street leads to another one and back; two-way streets need an edge in each direction"
        raise NetworkError([fault], subject=str(path))
    return kept


def _reader(name: str, detail: Detail) -> Callable[[Path], nx.MultiDiGraph] | None:
    def elements(path: Path) -> nx.MultiDiGraph:
        return roads_from_elements(read_elements(_bytes(path), name=str(path)), detail=detail, name=str(path))

    bare = name.removesuffix(".gz")
    for endings, reader in (
        ((".graphml",), _graphml),
        ((".osm", ".xml", ".json"), elements),
        ((".gpkg",), _geopackage),
        ((".parquet", ".geoparquet"), _geoparquet),
    ):
        if bare.endswith(endings):
            return reader
    return None


def _bytes(path: Path) -> bytes:
    try:
        content = path.read_bytes()
        return gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataFileError(
            [f"the compressed file is cut off or damaged ({error}); fetch it again"], subject=str(path)
        ) from error
    except OSError as error:
        raise DataFileError(
            [f"cannot be read: {error.strerror or error}; check its permissions"], subject=str(path)
        ) from error


# -- GraphML ----------------------------------------------------------------------------------------


def _graphml(path: Path) -> nx.MultiDiGraph:
    from xml.etree.ElementTree import ParseError

    import networkx as nx

    content = _bytes(path)
    try:
        raw = nx.parse_graphml(content.decode("utf-8"), force_multigraph=True)
    except (ParseError, UnicodeDecodeError, nx.NetworkXError, StopIteration) as error:
        raise DataFileError(
            [f"the file is cut off or no GraphML ({error}); save it again"], subject=str(path)
        ) from error
    if not raw.is_directed():
        raw = nx.MultiDiGraph(raw)
    if all(str(n).lstrip("-").isdigit() for n in raw):
        raw = nx.relabel_nodes(raw, {n: int(n) for n in raw})
    for data in (*(d for _, d in raw.nodes(data=True)), *(d for *_, d in raw.edges(data=True))):
        for key, value in data.items():
            data[key] = _value(key, value)
    for drop in ("node_default", "edge_default"):
        raw.graph.pop(drop, None)
    roads: nx.MultiDiGraph = raw
    return roads


def _value(key: str, value: Any) -> Any:  # noqa: ANN401 - GraphML holds text
    """Return a GraphML value as osmnx would hold it."""
    if not isinstance(value, str):
        return value
    if key == "geometry":
        import shapely

        return shapely.from_wkt(value, on_invalid="ignore")
    try:
        if key in _NUMBERS:
            return float(value)
        if value.startswith("[") and value.endswith("]"):
            return ast.literal_eval(value)
    except (ValueError, SyntaxError):
        return value
    return _TRUTHS.get(value, value)


# -- tables of lines --------------------------------------------------------------------------------


def _geopackage(path: Path) -> nx.MultiDiGraph:
    import pyogrio
    from pyogrio.errors import DataSourceError

    try:
        layers = [str(name) for name, _ in pyogrio.list_layers(path)]
    except (DataSourceError, ValueError) as error:
        raise DataFileError(
            [f"the file is damaged or no GeoPackage ({error}); save it again"], subject=str(path)
        ) from error
    lines = "edges" if "edges" in layers else layers[0] if len(layers) == 1 else None
    if lines is None:
        remedy = "one must be called 'edges' (and one 'nodes'), as osmnx.io.save_graph_geopackage writes them"
        fault = f"layers {', '.join(layers)}: {remedy}"
        raise DataFileError([fault], subject=str(path))
    edges = pyogrio.read_dataframe(path, layer=lines)
    nodes = pyogrio.read_dataframe(path, layer="nodes") if "nodes" in layers else None
    return _from_frames(edges, nodes, path)


def _geoparquet(path: Path) -> nx.MultiDiGraph:
    import geopandas as gpd

    beside = path.with_name(path.name.replace("edges", "nodes"))
    try:
        edges = gpd.read_parquet(path)
        nodes = gpd.read_parquet(beside) if beside != path and beside.exists() else None
    except ImportError as error:
        raise DataFileError(
            ["reading it needs pyarrow; pip install 'routeplanner[files]'"], subject=str(path)
        ) from error
    except (OSError, ValueError) as error:
        raise DataFileError(
            [f"the file is damaged or no GeoParquet ({error}); save it again"], subject=str(path)
        ) from error
    return _from_frames(edges, nodes, path)


def _from_frames(edges: gpd.GeoDataFrame, nodes: gpd.GeoDataFrame | None, path: Path) -> nx.MultiDiGraph:
    """Return a graph of a table of lines and, where there is one, a table of nodes."""
    edges = edges.reset_index() if edges.index.names != [None] else edges
    faults = []
    kinds = set(edges.geom_type.dropna()) if len(edges) else set()
    if kinds - {"LineString", "MultiLineString"} or not kinds:
        faults.append(f"the roads are {', '.join(sorted(kinds)) or 'missing'}; give lines")
    if edges.crs is None:
        faults.append("no coordinate system; save it with one (EPSG:4326)")
    if faults:
        raise DataFileError(faults, subject=str(path))
    edges = edges.to_crs("EPSG:4326").explode(index_parts=False, ignore_index=True)
    directed = {"u", "v"} <= set(edges.columns)
    roads = _directed(edges, nodes) if directed else _undirected(edges)
    _measure(roads)
    return roads


def _undirected(edges: gpd.GeoDataFrame) -> nx.MultiDiGraph:
    """Return lines that join where their ends meet, in both directions unless one-way."""
    import networkx as nx
    import shapely

    roads = nx.MultiDiGraph(crs="epsg:4326", created_with="routeplanner")
    number: dict[tuple[float, float], int] = {}
    for record in edges.to_dict("records"):
        line = record.pop("geometry")
        data = _plain(record)
        ends = []
        for x, y, *_ in (line.coords[0], line.coords[-1]):
            point = (round(x, _DECIMALS), round(y, _DECIMALS))
            ends.append(number.setdefault(point, len(number) + 1))
            roads.add_node(ends[-1], x=point[0], y=point[1])
        oneway = str(data.get("oneway", "")).lower() in {"true", "yes", "1", "1.0"}
        data["oneway"] = oneway
        roads.add_edge(ends[0], ends[1], **data, geometry=line, reversed=False)
        if not oneway:
            roads.add_edge(ends[1], ends[0], **data, geometry=shapely.reverse(line), reversed=True)
    return roads


def _directed(edges: gpd.GeoDataFrame, nodes: gpd.GeoDataFrame | None) -> nx.MultiDiGraph:
    """Return directed edges from u to v; nodes without a table stand at the ends of their lines."""
    import networkx as nx

    roads = nx.MultiDiGraph(crs="epsg:4326", created_with="routeplanner")
    if nodes is not None:
        nodes = (nodes.reset_index() if nodes.index.names != [None] else nodes).to_crs("EPSG:4326")
        name = next((c for c in ("osmid", "id", "node") if c in nodes), nodes.columns[0])
        for record in nodes.to_dict("records"):
            point = record.pop("geometry")
            roads.add_node(record[name], **{**_plain(record), "x": point.x, "y": point.y})
    edges = _as_driven(edges)
    for record in [*edges.to_dict("records"), *_ways_back(edges)]:
        line = record.pop("geometry")
        u, v, key = record.pop("u"), record.pop("v"), record.pop("key", None)
        for node, (x, y, *_) in ((u, line.coords[0]), (v, line.coords[-1])):
            if "x" not in roads.nodes.get(node, {}):
                roads.add_node(node, x=x, y=y)
        roads.add_edge(u, v, key=key, **_plain(record), geometry=line)
    return roads


def _as_driven(edges: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return edges that lead from u to v; osmnx keeps the direction of undirected ones in ``from`` and ``to``."""
    if not {"from", "to"} <= set(edges.columns):
        return edges
    turned = (edges["from"] == edges["v"]) & (edges["to"] == edges["u"])
    edges = edges.copy()
    edges.loc[turned, ["u", "v"]] = edges.loc[turned, ["v", "u"]].to_numpy()
    edges.loc[turned, "key"] = None
    return edges


def _ways_back(edges: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    """Return the other direction of two-way streets of which the table holds one: osmnx writes them so unless asked.

    Such a street says ``oneway=False``, and no other one leads back along its line.
    """
    import shapely

    if "oneway" not in edges:
        return []
    both_ways = ~edges["oneway"].astype(str).str.lower().isin({"true", "yes", "1", "1.0", "none", "nan", ""})
    rows = edges[both_ways & (edges["u"] != edges["v"])].to_dict("records")
    there = {(row["u"], row["v"], round(row["geometry"].length, 7)) for row in rows}
    return [
        {**row, "u": row["v"], "v": row["u"], "key": None, "geometry": shapely.reverse(row["geometry"])}
        for row in rows
        if (row["v"], row["u"], round(row["geometry"].length, 7)) not in there
    ]


def _plain(record: dict[str, Any]) -> dict[str, Any]:
    """Return a row without its gaps, lists that were written as text read back."""
    import pandas as pd

    kept = {}
    for key, value in record.items():
        if value is None or (not hasattr(value, "__len__") and pd.isna(value)):
            continue
        kept[str(key)] = _value(str(key), value)
    return kept


def _measure(roads: nx.MultiDiGraph) -> None:
    """Give edges without a length the length of their line."""
    import numpy as np
    import osmnx

    for *_, data in roads.edges(data=True):
        if "length" in data:
            continue
        lon, lat = np.array(data["geometry"].coords)[:, :2].T
        data["length"] = float(osmnx.distance.great_circle(lat[:-1], lon[:-1], lat[1:], lon[1:]).sum())
