"""What callers hand to the map functions: checked before anything is drawn, with all faults in one error."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from routeplanner._text import did_you_mean
from routeplanner.errors import RequestError
from routeplanner.itinerary import Itinerary
from routeplanner.itinerary_text import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterator

    import geopandas as gpd

__all__ = [
    "BUNDLED",
    "MOST_EDGES",
    "checked",
    "flag_faults",
    "graph_faults",
    "itinerary_faults",
    "name_faults",
    "placed",
    "programme_faults",
    "route_faults",
    "text_faults",
    "title_faults",
]

BUNDLED = "bundled"
"""Basemap drawn from the library's own data."""

MOST_EDGES = 20_000
"""More lines than a browser draws with ease."""

_TEXTS = ("name_vi", "name_en", "kind", "summary_en", "district_2024", "opening_hours", "coord_precision")
_LISTS = ("crafts", "themes", "corridors", "unverified")
_OTHERS = (*_LISTS, "significance", "visit_min", "fee_vnd")
_NAMED, _SHORT = 5, 40


def checked(lang: object, basemap: object, faults: list[str]) -> None:
    """Raise with all faults, those of the language and the basemap among them."""
    if lang not in LANGUAGES:
        faults.append(f"lang: {lang!r} is no language of this library; choose one of {LANGUAGES}")
    faults += _basemap_faults(basemap)
    if faults:
        raise RequestError(faults, subject="map")


def _basemap_faults(basemap: object) -> Iterator[str]:
    if basemap is None or basemap == BUNDLED:
        return
    if isinstance(basemap, str):
        yield from _provider_faults(basemap)
        return
    import folium

    if not isinstance(basemap, folium.TileLayer):
        remedy = "give 'bundled', a name of xyzservices, a folium.TileLayer or None"
        yield f"basemap: {_shown(basemap)} is no basemap; {remedy}"


def _provider_faults(name: str) -> Iterator[str]:
    import xyzservices  # type: ignore[import-untyped]  # it has no types

    known = [BUNDLED, *(key.replace(".", " ") for key in xyzservices.providers.flatten())]
    try:
        provider = xyzservices.providers.query_name(name)
    except ValueError:
        remedy = did_you_mean(name, known) or "; see xyzservices.providers"
        yield f"basemap: {name!r} is no tile provider{remedy}; 'bundled' needs none"
        return
    if provider.requires_token():
        yield (
            f"basemap: {name!r} asks for a key of its provider; give folium.TileLayer(tiles=<address with your key>, "
            "attr=<its credit>), or 'bundled', which needs none"
        )


def _shown(value: object) -> str:
    """Return a value in an error: itself where it is short, else its type."""
    text = repr(value)
    return text if len(text) <= _SHORT and "\n" not in text else f"this {type(value).__name__}"


def text_faults(name: str, value: object) -> list[str]:
    """Return what is wrong with a text."""
    return [] if isinstance(value, str) else [f"{name}: {_shown(value)} is no text; give a string"]


def flag_faults(name: str, value: object) -> list[str]:
    """Return what is wrong with a switch."""
    return [] if isinstance(value, bool) else [f"{name}: {_shown(value)} is neither True nor False"]


def title_faults(name: str, value: object) -> list[str]:
    """Return what is wrong with a text, or a pair of texts in both languages."""
    if isinstance(value, str):
        return []
    pair = isinstance(value, Sequence) and len(value) == len(LANGUAGES)
    if pair and all(isinstance(part, str) for part in value):  # type: ignore[attr-defined]  # a Sequence
        return []
    return [f"{name}: {_shown(value)} is no text; give a string or a pair (Vietnamese, English)"]


def itinerary_faults(value: object, name: str = "trip") -> list[str]:
    """Return what is wrong with an itinerary."""
    if isinstance(value, Itinerary):
        return [] if value.days else [f"{name}: it has no day; plan at least one"]
    if hasattr(value, "_repr_html_") and hasattr(value, "get_root"):
        remedy = "give the itinerary that it was drawn from (of a programme, one of its routes)"
        return [f"{name}: this {type(value).__name__} is a map; {remedy}"]
    remedy = "give what plan returned, or read a saved one with Itinerary.from_dict"
    return [f"{name}: {_shown(value)} is no itinerary; {remedy}"]


def route_faults(values: object) -> Iterator[str]:
    """Yield what is wrong with a list of itineraries that may be empty."""
    if isinstance(values, str) or not isinstance(values, Sequence):
        yield f"trips: {_shown(values)} is no list of itineraries; give [trip, …]"
        return
    for number, value in enumerate(values, 1):
        yield from itinerary_faults(value, f"trips: number {number}")


def name_faults(names: object, routes: Sequence[object]) -> Iterator[str]:
    """Yield what is wrong with the names of routes."""
    if names is None:
        return
    if isinstance(names, str) or not isinstance(names, Sequence):
        yield f"names: {_shown(names)} is no list; give one name for each route"
        return
    if len(names) != len(routes):
        yield f"names: {len(names)} names for {len(routes)} routes; give one for each"
    for number, name in enumerate(names, 1):
        yield from title_faults(f"names: number {number}", name)


def programme_faults(routes: Sequence[object], names: object) -> Iterator[str]:
    """Yield what is wrong with the routes of a programme and their names."""
    if not routes:
        yield "trips: there is none; give at least one"
    for number, route in enumerate(routes, 1):
        if not (isinstance(route, Itinerary) and route.days):
            yield f"trips: number {number} is no itinerary with a day; give what plan returned"
    yield from name_faults(names, routes)


# --- sites -------------------------------------------------------------------------------------------


def placed(sites: object, faults: list[str]) -> gpd.GeoDataFrame | None:
    """Return sites as points in degrees with every column that a map reads, or None; what is wrong joins `faults`.

    Other coordinate systems are reprojected, areas become a point inside them, and columns that are missing are
    empty: only a name is asked for.
    """
    import geopandas as gpd

    if not isinstance(sites, gpd.GeoDataFrame):
        faults.append(f"sites: {_shown(sites)} is no GeoDataFrame; {_AS_FRAME}")
        return None
    found = list(_frame_faults(sites))
    if not found:
        points = _in_degrees(sites)
        found = list(_point_faults(points))
        if not found:
            return _complete(points)
    faults += found
    return None


_AS_FRAME = (
    "give load_sites(), or a table as geopandas.GeoDataFrame(table, geometry=geopandas.points_from_xy("
    "table.lon, table.lat), crs='EPSG:4326')"
)


def _frame_faults(sites: gpd.GeoDataFrame) -> Iterator[str]:
    if not len(sites):
        yield "sites: there is none; choose a wider filter"
        return
    if sites.active_geometry_name is None:
        yield f"sites: it has no geometry; {_AS_FRAME}"
        return
    if sites.crs is None:
        yield "sites: no coordinate system is set; say .set_crs('EPSG:4326') if the points are (lon, lat) in degrees"
    if not {"name_vi", "name_en"} & set(sites.columns):
        yield "sites: neither column name_vi nor name_en is there; rename the column that holds the names"
    twice = sites.index[sites.index.duplicated()].unique()
    if len(twice):
        yield f"sites: {_listed(twice)} stand twice in the index; give each site an id of its own"
    missing = sites.index[(sites.geometry.isna() | sites.geometry.is_empty).to_numpy()]
    if len(missing):
        yield f"sites: {_listed(missing)} have no geometry; fill it in or leave them out"


def _listed(ids: Sequence[object]) -> str:
    named = ", ".join(repr(key) for key in itertools.islice(ids, _NAMED))
    return named + (f" and {len(ids) - _NAMED} more" if len(ids) > _NAMED else "")


def _in_degrees(sites: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    if sites.crs.to_epsg() != 4326:
        sites = sites.to_crs(4326)
    if (sites.geom_type != "Point").any():
        sites = sites.set_geometry(sites.representative_point())
    return sites


def _point_faults(sites: gpd.GeoDataFrame) -> Iterator[str]:
    lon, lat = sites.geometry.x.to_numpy(), sites.geometry.y.to_numpy()
    for row in itertools.islice((~((abs(lon) <= 180) & (abs(lat) <= 90))).nonzero()[0], _NAMED):
        yield (
            f"sites: {sites.index[row]!r} lies at ({lon[row]:g}, {lat[row]:g}), which is no (lon, lat) in degrees; "
            "swap the two, or name the right coordinate system with .set_crs(…, allow_override=True)"
        )


def _complete(sites: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    lacking: dict[str, Any] = {name: None for name in (*_TEXTS, *_OTHERS) if name not in sites.columns}
    sites = sites.assign(**lacking)
    for name in _TEXTS:
        column = [value if isinstance(value, str) else "" for value in sites[name]]
        sites[name] = column
    for name in _LISTS:
        sites[name] = [list(value) if isinstance(value, list | tuple) else [] for value in sites[name]]
    return sites


# --- graphs ------------------------------------------------------------------------------------------


def graph_faults(graph: Any) -> Iterator[str]:  # noqa: ANN401 - a graph, as is seen here
    """Yield what keeps a graph from being drawn."""
    if not (hasattr(graph, "edges") and hasattr(graph, "nodes") and callable(graph.edges)):
        yield f"graph: {_shown(graph)} is no graph of networkx; give load_roads() or a part of a network"
        return
    # Counted no further than it matters: a whole Network makes its million edges as they are read.
    edges = sum(1 for _ in itertools.islice(graph.edges(), MOST_EDGES + 1))
    if not edges:
        yield "graph: it has no edge; give load_roads() or a part of a network"
    if edges > MOST_EDGES:
        yield f"graph: too many edges to draw, more than {MOST_EDGES:,}; give a subgraph"
    for node, data in graph.nodes(data=True):
        lon, lat = data.get("x"), data.get("y")
        if not (_is_degree(lon, 180) and _is_degree(lat, 90)):
            yield f"graph: node {node!r} has x={lon!r}, y={lat!r}; give degrees (EPSG:4326), not metres"
            return


def _is_degree(value: object, limit: int) -> bool:
    return isinstance(value, int | float) and -limit <= value <= limit
