"""Make ``data/network/lakes.csv``: lakes of the inner city that streets run around.

Run ``python tools/lakes.py hanoi_inner_osm_overpass.json.gz data/network`` with an answer of Overpass that holds the
streets of the inner city (OpenStreetMap, ODbL). A lake is the face between its streets, less the strip from their
middle to the water: half a street, and the park where there is one. That strip is a judgement, checked against the
area that is published; ``area_ha`` is what comes out.
"""

from __future__ import annotations

import csv
import gzip
import json
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import shapely
from shapely.affinity import affine_transform

if TYPE_CHECKING:
    from collections.abc import Iterator


class Lake(NamedTuple):
    """Names, a position on the water, and the strip between its streets and its shore in metres."""

    name_vi: str
    name_en: str
    lon: float
    lat: float
    strip_m: float


LAKES = (
    Lake("Hồ Tây", "West Lake", 105.822, 21.055, 12),
    Lake("Hồ Trúc Bạch", "Trúc Bạch Lake", 105.8395, 21.0465, 9),
    Lake("Hồ Hoàn Kiếm", "Hoàn Kiếm Lake", 105.8522, 21.0288, 26),
    Lake("Hồ Thiền Quang", "Thiền Quang Lake", 105.8455, 21.0185, 24),
    Lake("Hồ Đống Đa", "Đống Đa Lake", 105.8195, 21.0165, 14),
)
LON, LAT = 105.85, 21.03
METRES_PER_DEGREE = 111_200
THIN_M = 9.0


def main(answer: Path, out: Path) -> None:
    """Write the table."""
    east_m = METRES_PER_DEGREE * math.cos(math.radians(LAT))
    to_metres = [east_m, 0, 0, METRES_PER_DEGREE, -LON * east_m, -LAT * METRES_PER_DEGREE]
    to_degrees = [1 / east_m, 0, 0, 1 / METRES_PER_DEGREE, LON, LAT]
    with gzip.open(answer) as raw:
        streets = [affine_transform(line, to_metres) for line in lines(json.load(raw)["elements"])]
    faces = list(shapely.get_parts(shapely.polygonize([shapely.union_all(streets)])))
    with (out / "lakes.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("name_vi", "name_en", "lon", "lat", "area_ha", "wkt"))
        for lake in LAKES:
            inside = affine_transform(shapely.Point(lake.lon, lake.lat), to_metres)
            face = next(face for face in faces if face.contains(inside))
            parts = shapely.get_parts(shapely.Polygon(face.exterior).buffer(-lake.strip_m))
            shore = max(parts, key=lambda part: part.area).simplify(THIN_M)
            place = affine_transform(shapely.maximum_inscribed_circle(shore, 10), to_degrees).coords[0]
            ring = affine_transform(shore, to_degrees).exterior.coords
            text = ", ".join(f"{x:.5f} {y:.5f}" for x, y in ring)
            row = (lake.name_vi, lake.name_en, *(f"{axis:.4f}" for axis in place), f"{shore.area / 1e4:.1f}")
            writer.writerow((*row, f"LINESTRING ({text})"))


def lines(elements: list[dict[str, object]]) -> Iterator[shapely.LineString]:
    """Yield the streets."""
    nodes = {e["id"]: (e["lon"], e["lat"]) for e in elements if e["type"] == "node"}
    for way in elements:
        if way["type"] == "way" and "highway" in way.get("tags", {}):  # type: ignore[operator]
            course = [nodes[node] for node in way["nodes"] if node in nodes]  # type: ignore[attr-defined]
            if len(course) > 1:
                yield shapely.LineString(course)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
