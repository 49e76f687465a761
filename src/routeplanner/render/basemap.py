"""The basemap drawn from bundled data: rivers, lakes, borders, main roads and names, as GeoJSON.

© OpenStreetMap contributors (ODbL) for roads, lakes and borders; coast and borders of the country are Natural Earth's
(public domain), its names GeoNames' (CC BY 4.0), coast and rivers near Huế and Saigon those of GSHHG (LGPL): see the
sources of ``data/network``.
"""

from __future__ import annotations

import csv
import io
import itertools
import math
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from routeplanner._files import read_text
from routeplanner._resources import data_path

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

__all__ = [
    "CITY_CREDIT",
    "COUNTRY",
    "COUNTRY_CREDIT",
    "STREETS",
    "Bounds",
    "border_features",
    "bounds_around",
    "city_boxes",
    "city_sea_features",
    "country_name_features",
    "district_features",
    "is_country_wide",
    "is_in_vietnam",
    "lake_features",
    "lake_name_features",
    "outline_features",
    "river_features",
    "road_features",
    "street_name_features",
    "town_features",
]

Position = tuple[float, float]
Bounds = tuple[float, float, float, float]
"""West, south, east, north in degrees."""

COUNTRY_CREDIT = "Natural Earth, GeoNames (CC BY 4.0)"
"""Credit of coast, borders and names of the country."""

CITY_CREDIT = "GSHHG (LGPL 3)"
"""Credit of coast and rivers near Huế, Saigon and the mouths of the Red River."""

STREETS: Bounds = (104.9, 19.85, 106.75, 21.65)
"""Where the bundled roads lie."""

COUNTRY: Bounds = (101.0, 7.5, 117.5, 24.5)
"""Vietnam and its seas, roughly."""

_KM_PER_DEGREE = 111.2
_COUNTRY_FROM_DEG = 1.6
_COARSE_DEG = 0.0008
_HERE = "Hà Nội"
"""City whose name is among those of the towns as one comes nearer."""
_COMMUNES_UP_TO_DEG = 1.3
_CLASSES = {
    "motorway": "major",
    "trunk": "major",
    "primary": "middle",
    "secondary": "middle",
    "tertiary": "minor",
    "residential": "minor",
}
_WEIGHTS = ("sketch", "minor", "middle", "major")
_RIVER_NAMES = {"red": ["Sông Hồng", "Red River"], "duong": ["Sông Đuống", "Đuống River"]}
_CITIES = ("ha_dong", "son_tay", "bac_ninh", "viet_tri", "vinh_yen", "hoa_binh", "phu_ly", "hung_yen")
_CITIES_FAR = ("nam_dinh", "ninh_binh", "thai_binh")
_HANOI = "hoan_kiem"
_BRACKETS = re.compile(r"\s*\([^)]*\)")
_STREET_RANKS = {"major": 5.5, "middle": 6.5}
"""From which zoom less 6.5 the names of roads stand."""
_LEAST_NAMED_KM = 0.5
_SAME_NAME_KM = 4.0
_MOST_STREETS = 120
_ROAD_NUMBER = re.compile(r"^(?:QL|CT|ĐT)\.?\s?\d+\w?\s+(?=\D)")
_NO_STREET = re.compile(r"$|Đường (?:nối|trong|gom)|Cầu vượt|Ngõ|ĐLTL|ĐT |Nút|.*(?:ước lượng|–ĐT|\d–)")
_STREETS_UP_TO_DEG = 1.3


@dataclass(frozen=True, slots=True)
class _Line:
    weight: str
    bounds: Bounds
    positions: list[list[float]]
    name: str = ""


def bounds_around(positions: Sequence[Position], *, margin: float = 0.75, least_km: float = 9.0) -> Bounds:
    """Return a square around positions, wide enough for a map of any shape.

    Parameters
    ----------
    positions
        (lon, lat) in degrees, EPSG:4326.
    margin
        Share of the larger side that is added on each side.
    least_km
        Least distance from the middle to a side.
    """
    lons, lats = [p[0] for p in positions], [p[1] for p in positions]
    lon, lat = (min(lons) + max(lons)) / 2, (min(lats) + max(lats)) / 2
    shrink = math.cos(math.radians(lat))
    side_km = max((max(lons) - min(lons)) * shrink, max(lats) - min(lats)) * _KM_PER_DEGREE
    half = max(least_km, side_km * (0.5 + margin)) / _KM_PER_DEGREE
    return (lon - half / shrink, lat - half, lon + half / shrink, lat + half)


def is_country_wide(positions: Sequence[Position]) -> bool:
    """Return whether positions lie so far apart (some 180 km) that the coast helps to find one's way."""
    lons, lats = zip(*(position[:2] for position in positions), strict=True)
    return bool(max(max(lons) - min(lons), max(lats) - min(lats)) > _COUNTRY_FROM_DEG)


def is_in_vietnam(positions: Sequence[Position]) -> bool:
    """Return whether some positions lie in Vietnam or in its seas, roughly."""
    return any(_holds(COUNTRY, position) for position in positions)


def _holds(bounds: Bounds, position: Position) -> bool:
    return bounds[0] <= position[0] <= bounds[2] and bounds[1] <= position[1] <= bounds[3]


def city_boxes(positions: Sequence[Position]) -> dict[str, Bounds]:
    """Return the boxes near Huế, Saigon and the mouths of the Red River in which some positions lie."""
    return {
        name: box.bounds
        for name, box in _city_maps()["box"]
        if any(_holds(box.bounds, position) for position in positions)
    }


def city_sea_features(names: Collection[str]) -> dict[str, Any]:
    """Return the land and above it the sea within these boxes, finer than the outline of the country below them."""
    rings = {name: [line.positions for own, line in _city_maps()["sea"] if own == name] for name in names}
    boxes = [line.positions for name, line in _city_maps()["box"] if name in names]
    found = [_feature("Polygon", [ring], {"class": "sea land"}) for ring in boxes]
    found += [_feature("Polygon", rings[name], {"class": "sea fine"}) for name in names]
    return _collection(iter(found))


def district_features(names: Collection[str]) -> dict[str, Any]:
    """Return the names of districts and towns within these boxes as points."""
    return _collection(
        _feature("Point", line.positions[0], {"name": list(line.names), "rank": 3.5})
        for name, line in _city_maps()["district"]
        if name in names
    )


@dataclass(frozen=True, slots=True)
class _CityLine:
    names: tuple[str, str]
    bounds: Bounds
    positions: list[list[float]]


@lru_cache(maxsize=1)
def _city_maps() -> dict[str, list[tuple[str, _CityLine]]]:
    """Return boxes, sea, rivers and districts, each with the name of its box."""
    found: dict[str, list[tuple[str, _CityLine]]] = {}
    for row in _rows("gshhg/cities.csv"):
        line = _line("", _positions(row["wkt"]))
        entry = _CityLine((row["name_vi"], row["name_en"]), line.bounds, line.positions)
        found.setdefault(row["kind"], []).append((row["box"], entry))
    return found


def outline_features() -> dict[str, Any]:
    """Return the sea as a Polygon of rings by the even-odd rule, and the borders of the country, both coarse."""
    rings, borders = _outline()
    return _collection(
        iter(
            [
                _feature("Polygon", rings, {"class": "sea"}),
                _feature("MultiLineString", borders, {"class": "border country"}),
            ]
        )
    )


@lru_cache(maxsize=1)
def _outline() -> tuple[list[list[list[float]]], list[list[list[float]]]]:
    lines: dict[str, list[list[list[float]]]] = {"sea": [], "border": []}
    for row in _rows("outline.csv"):
        lines[row["kind"]].append([[lon, lat] for lon, lat in _positions(row["wkt"])])
    return lines["sea"], lines["border"]


def country_name_features() -> dict[str, Any]:
    """Return the names of cities, provinces, neighbours and islands, each with its kind; the great cities first."""
    return _collection(_country_name(row) for row in _rows("country_names.csv"))


def _country_name(row: dict[str, str]) -> dict[str, Any]:
    names = [row["name_vi"], row["name_en"]]
    style = "here" if row["name_vi"] == _HERE else row["kind"]
    properties = {"name": names, "style": style}
    return _feature("Point", [float(row["lon"]), float(row["lat"])], properties)


def river_features(bounds: Bounds | None = None, cities: Collection[str] = ()) -> dict[str, Any]:
    """Return the bundled rivers near `bounds`, or all, and those of some boxes, as lines with their names."""
    rivers = [
        _feature("LineString", line.positions, {"class": "river", "name": _RIVER_NAMES.get(line.weight)})
        for line in _rivers()
        if bounds is None or _meet(line.bounds, bounds)
    ]
    rivers += [
        _feature("LineString", line.positions, {"class": "river lesser", "name": list(line.names)})
        for name, line in _city_maps()["river"]
        if name in cities
    ]
    return _collection(iter(rivers))


@lru_cache(maxsize=1)
def _rivers() -> tuple[_Line, ...]:
    lines: dict[str, list[Position]] = {}
    for row in _rows("rivers.csv"):
        lines.setdefault(row["river"], []).append((float(row["lon"]), float(row["lat"])))
    return tuple(_line(key, line) for key, line in lines.items())


def lake_features(bounds: Bounds) -> dict[str, Any]:
    """Return the lakes of the inner city near `bounds` as one Polygon of rings by the even-odd rule, or nothing."""
    rings = [lake.positions for lake in _lakes() if _meet(lake.bounds, bounds)]
    return _collection(iter([_feature("Polygon", rings, {"class": "lake"})] if rings else []))


def lake_name_features(bounds: Bounds) -> dict[str, Any]:
    """Return the names of these lakes as points on the water; a wider lake has its name from farther off."""
    return _collection(
        _feature("Point", list(lake.at), {"name": list(lake.names), "rank": lake.rank, "style": "lake"})
        for lake in _lakes()
        if _meet(lake.bounds, bounds)
    )


@dataclass(frozen=True, slots=True)
class _Lake:
    names: tuple[str, str]
    at: Position
    rank: float
    bounds: Bounds
    positions: list[list[float]]


@lru_cache(maxsize=1)
def _lakes() -> tuple[_Lake, ...]:
    return tuple(
        _Lake(
            (row["name_vi"], row["name_en"]),
            (float(row["lon"]), float(row["lat"])),
            round(8.3 - math.log10(float(row["area_ha"])) * 1.2, 1),
            (line := _line("", _positions(row["wkt"]))).bounds,
            line.positions,
        )
        for row in _rows("lakes.csv")
    )


def street_name_features(bounds: Bounds) -> dict[str, Any]:
    """Return names of main roads as points on them, with the angle of the road in degrees clockwise from east.

    At most 120, those of great roads first; none where the bounds are of more than a hundred kilometres.
    """
    if bounds[3] - bounds[1] > _STREETS_UP_TO_DEG:
        return _collection(iter(()))
    taken: dict[str, list[Position]] = {}
    found: list[dict[str, Any]] = []
    for road in sorted(_roads(), key=lambda road: _STREET_RANKS.get(road.weight, 9)):
        if road.weight not in _STREET_RANKS or not road.name or len(found) == _MOST_STREETS:
            continue
        (west, south), (east, north) = max(
            itertools.pairwise(road.positions), key=lambda pair: _apart_km(*pair)
        )
        at = ((west + east) / 2, (south + north) / 2)
        if not _holds(bounds, at) or _apart_km((west, south), (east, north)) < _LEAST_NAMED_KM:
            continue
        if any(_apart_km(at, other) < _SAME_NAME_KM for other in taken.setdefault(road.name, [])):
            continue
        taken[road.name].append(at)
        turn = math.degrees(math.atan2(south - north, (east - west) * math.cos(math.radians(south))))
        angle = round(turn + 90) % 180 - 90  # so that it reads from the left
        found.append(
            _feature(
                "Point",
                _rounded([at])[0],
                {"name": road.name, "rank": _STREET_RANKS[road.weight], "style": "street", "angle": angle},
            )
        )
    return _collection(iter(found))


def _apart_km(a: Sequence[float], b: Sequence[float]) -> float:
    shrink = math.cos(math.radians(a[1]))
    return _KM_PER_DEGREE * math.hypot((b[0] - a[0]) * shrink, b[1] - a[1])


def border_features(bounds: Bounds) -> dict[str, Any]:
    """Return the border of Hanoi near `bounds`, and those of its communes where the bounds are of a few tens of km."""
    near = [line for line in _borders() if _meet(line.bounds, bounds)]
    levels = ("commune", "city") if bounds[3] - bounds[1] <= _COMMUNES_UP_TO_DEG else ("city",)
    return _collection(
        _feature("MultiLineString", lines, {"class": f"border {level}"})
        for level in levels
        if (lines := [line.positions for line in near if line.weight == level])
    )


def road_features(bounds: Bounds) -> dict[str, Any]:
    """Return the bundled roads near `bounds` as one feature a weight, the slightest first.

    Roads whose course is only estimated (a straight line) are drawn faintly, the minor ones of them not at all.
    """
    wide = bounds[3] - bounds[1] > 2 * _COUNTRY_FROM_DEG
    near = [road for road in (_coarse_roads() if wide else _roads()) if _meet(road.bounds, bounds)]
    return _collection(
        _feature(
            "MultiLineString",
            [road.positions for road in near if road.weight == weight],
            {"class": f"road {weight}"},
        )
        for weight in _WEIGHTS
    )


def town_features(bounds: Bounds) -> dict[str, Any]:
    """Return the towns within `bounds` as points with names and rank (1 a city, 2 and 3 smaller)."""
    return _collection(
        _feature("Point", _rounded([(lon, lat)])[0], {"name": names, "rank": rank})
        for lon, lat, names, rank in _towns()
        if bounds[0] <= lon <= bounds[2] and bounds[1] <= lat <= bounds[3]
    )


@lru_cache(maxsize=1)
def _borders() -> tuple[_Line, ...]:
    return tuple(_line(row["level"], _positions(row["wkt"])) for row in _rows("borders.csv"))


def _line(weight: str, positions: Sequence[Position], name: str = "") -> _Line:
    lons, lats = zip(*positions, strict=True)
    return _Line(weight, (min(lons), min(lats), max(lons), max(lats)), _rounded(positions), name)


@lru_cache(maxsize=1)
def _roads() -> tuple[_Line, ...]:
    shapes = {row["edge_id"]: row["wkt"] for row in _rows("shapes.csv")}
    roads = []
    for edge in _rows("edges.csv"):
        weight = _CLASSES.get(edge["highway"])
        estimated = edge["accuracy"] == "estimated"
        if weight is None or (estimated and weight == "minor") or edge["edge_id"] not in shapes:
            continue
        name = "" if estimated else _street_name(edge["name"])
        roads.append(_line("sketch" if estimated else weight, _positions(shapes[edge["edge_id"]]), name))
    return tuple(roads)


def _street_name(text: str) -> str:
    """Return the name to write on a road, or nothing: a row that leads along several streets names them all."""
    name = _ROAD_NUMBER.sub("", _BRACKETS.sub("", text).strip())
    if "/" in name or name[:1].islower() or _NO_STREET.match(name):
        return ""
    short = name.removeprefix("Đường ")
    return short if " " in short and short[:1].isupper() else name


@lru_cache(maxsize=1)
def _coarse_roads() -> tuple[_Line, ...]:
    """Return the roads without what a map of many hundred kilometres cannot show."""
    import shapely

    roads = _roads()
    lines = [shapely.linestrings(road.positions) for road in roads]
    thin = shapely.simplify(lines, _COARSE_DEG, preserve_topology=False)
    return tuple(
        _Line(road.weight, road.bounds, [list(position) for position in line.coords])
        for road, line in zip(roads, thin, strict=True)
    )


@lru_cache(maxsize=1)
def _towns() -> tuple[tuple[float, float, list[str], int], ...]:
    towns = []
    for row in _rows("nodes.csv"):
        rank = _rank(row)
        if rank is None:
            continue
        names = [_BRACKETS.sub("", row[key]).removesuffix(" town") for key in ("name_vi", "name_en")]
        if row["id"] == _HANOI:
            names = ["Hà Nội", "Hanoi"]
        towns.append((float(row["lon"]), float(row["lat"]), names, rank))
    return tuple(towns)


def _rank(row: dict[str, str]) -> int | None:
    if row["id"] == _HANOI or row["id"] in _CITIES_FAR:
        return 1
    if row["id"] in _CITIES:
        return 2
    # The gazetteer's towns; other nodes of this kind are villages and sights, which the stops name.
    return 3 if row["kind"] == "town" and "GeoNames" in row["source"] else None


def _rows(name: str) -> Iterator[dict[str, str]]:
    return csv.DictReader(io.StringIO(read_text(data_path("network", name))))


def _positions(wkt: str) -> tuple[Position, ...]:
    """Read ``LINESTRING (lon lat, …)``."""
    pairs = wkt[wkt.index("(") + 1 : wkt.index(")")].split(",")
    return tuple((float(lon), float(lat)) for lon, lat in (pair.split() for pair in pairs))


def _rounded(line: Sequence[Position]) -> list[list[float]]:
    return [[round(lon, 4), round(lat, 4)] for lon, lat in line]  # about 10 m: finer than the line drawn


def _meet(a: Bounds, b: Bounds) -> bool:
    return a[0] <= b[2] and b[0] <= a[2] and a[1] <= b[3] and b[1] <= a[3]


def _feature(kind: str, coordinates: Any, properties: dict[str, Any]) -> dict[str, Any]:  # noqa: ANN401
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": kind, "coordinates": coordinates},
    }


def _collection(features: Iterator[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features)}
