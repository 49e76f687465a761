"""A sample of the catalogue's places in Hà Nội against second sources: borders, old and new names, OpenStreetMap.

``python benchmarks/catalogue_sample.py COMMUNES.geojson[.gz] PLACES.geojson[.gz] [--sample 60] [--seed 9]``: the
borders of today's communes (property ``name``) and points of OpenStreetMap (properties ``name``, ``osm_id``). Three
checks a record, each only where its second source knows the place: does the point lie in the commune that the record
names; did the old commune become the new one; does the nearest OpenStreetMap point of the same name, if it is not the
one that the record was made from, lie within the stated precision (150 m, 1 km, 3 km).
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
from pathlib import Path
from typing import Protocol

import geopandas as gpd
import numpy as np
import shapely

import routeplanner as rp
from routeplanner._text import fold

LIMIT_M = {"site": 150.0, "village": 1000.0, "commune": 3000.0}
FAR_M = 3000.0  # farther off it is likely another place of the name
METRES = np.array([103_900.0, 110_700.0])
KINDS = re.compile(r"\b(lang|chua|dinh|den|mieu|bao tang|nha tho|cho|khu|pho|ben)\b")


class Site(Protocol):
    """The columns of a row that are checked."""

    name_vi: str
    commune_2024: str | None
    commune_2025: str | None
    district_2024: str | None
    coord_source: str
    geometry: shapely.Point


def features(path: str) -> gpd.GeoDataFrame:
    """Read GeoJSON, packed or not."""
    data = Path(path).read_bytes()
    text = gzip.decompress(data) if path.endswith(".gz") else data
    return gpd.GeoDataFrame.from_features(json.loads(text)["features"], crs="EPSG:4326")


def inside(row: Site, communes: gpd.GeoDataFrame) -> bool | None:
    """Tell whether the point lies in the commune that the record names."""
    if not row.commune_2025:
        return None
    of_name = communes[[fold(str(name)) == fold(row.commune_2025) for name in communes["name"]]]
    return None if of_name.empty else bool(of_name.contains(row.geometry).any())


def became(row: Site) -> bool | None:
    """Tell whether the old commune became the new one."""
    if not (row.commune_2024 and row.commune_2025):
        return None
    try:
        changes = rp.communes_since_2025(row.commune_2024, district=row.district_2024, province="Hà Nội")
    except rp.RequestError:
        return None
    return any(fold(change.commune_2025).endswith(fold(row.commune_2025)) for change in changes)


def core(name: str) -> str:
    """Fold a name and leave out the word for its kind and what stands in brackets."""
    return " ".join(KINDS.sub(" ", fold(re.sub(r"\(.*?\)", "", name))).split())


def apart_m(row: Site, names: list[str], points: np.ndarray, ids: list[str]) -> float | None:
    """Return the metres to the nearest point of the same name that the record was not made from."""
    here = np.array([row.geometry.x, row.geometry.y])
    distance = np.hypot(*((points - here) * METRES).T)
    wanted = core(row.name_vi)
    near = [
        float(distance[i])
        for i in np.flatnonzero(distance < FAR_M)
        if names[i] == wanted and ids[i] not in str(row.coord_source) and distance[i] > 1
    ]
    return min(near) if near and wanted else None


def main() -> None:
    """Run."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("communes")
    parser.add_argument("places")
    parser.add_argument("--sample", type=int, default=60)
    parser.add_argument("--seed", type=int, default=9)
    arguments = parser.parse_args()
    communes, places = features(arguments.communes), features(arguments.places)
    places = places[places["name"].notna()]
    names = [core(str(name)) for name in places["name"]]
    points = shapely.get_coordinates(places.geometry.to_numpy())
    ids = [str(value) for value in places["osm_id"]]
    sites = rp.load_sites()
    hanoi = sites[sites["province_2025"] == "Hà Nội"]
    chosen = hanoi.sample(min(arguments.sample, len(hanoi)), random_state=arguments.seed).sort_index()
    print("| place | precision | in its commune | old commune became it | same name in OpenStreetMap |")
    print("|---|---|---|---|---|")
    word = {True: "yes", False: "**no**", None: "–"}
    wrong, checked = [], {"commune": 0, "names": 0, "OpenStreetMap": 0}
    for row in chosen.itertuples():
        limit = LIMIT_M[row.coord_precision]
        metres = apart_m(row, names, points, ids)
        near = None if metres is None else metres <= limit
        found = {"commune": inside(row, communes), "names": became(row), "OpenStreetMap": near}
        for key, value in found.items():
            checked[key] += value is not None
        if False in found.values():
            wrong.append(row.Index)
        distance = "–" if metres is None else f"{metres:.0f} m{'' if near else ' **too far**'}"
        marks = f"{word[found['commune']]} | {word[found['names']]} | {distance}"
        print(f"| {row.Index} | {row.coord_precision} | {marks} |")
    print(
        f"\n{len(wrong)} of {len(chosen)} with a fault ({len(wrong) / len(chosen):.0%}): {', '.join(wrong)}"
    )
    print("checked: " + ", ".join(f"{key} {value}" for key, value in checked.items()))


if __name__ == "__main__":
    main()
