"""Compare road distances and times of the network with published ones.

Usage: ``python benchmarks/distances.py --published FILE [--graph STREETS]``, where FILE holds one JSON object
a line with
``from``, ``to``, ``km``, ``min``, ``mode``, ``suspect``, ``from_id``, ``from_lon``, ``from_lat``,
``to_id``, ``to_lon``, ``to_lat`` and ``source``. Rows of mode ``road`` that are not suspect are compared;
the summary is over rows of 3 km and more. Boats and paths beyond the road's end do not count as road.

With ``--graph`` (any file that `routeplanner.roads_from_file` reads) the same is done on these streets alone, for
rows with both ends within 1 km of a street, and on the streets combined with the bundled roads; a table at
the end sets the three side by side, over all rows of each and over the rows that all three have.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import statistics
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import networkx as nx

from routeplanner.network import (
    DEFAULT_SPEEDS,
    Network,
    build_network,
    combine_roads,
    load_roads,
    roads_from_file,
)
from routeplanner.sites.catalog import load_sites

_MIN_KM = 3.0
_EVEN_KMH = 36.0
_NEAR_STREETS_M = 1_000.0

# Published values shown to be wrong: set aside, each with its evidence.
SET_ASIDE: dict[tuple[str, str, float], str] = {
    (
        "Trung tâm Hà Nội (Hoàn Kiếm)",
        "Chùa Phật Tích",
        20.0,
    ): "19.5 km as the crow flies; another page gives 28",
    (
        "Thái Bình",
        "Chùa Keo",
        22.0,
    ): "10.8 km as the crow flies; another source gives 14.8 from the cathedral",
    ("Ba La junction (Hà Đông)", "phu-vinh-rattan", 20.0): (
        "10.8 km as the crow flies; another page gives 27 from the centre, which lies 12 before Ba La"
    ),
}
_SPLITS = 1_000

# Why a row is far off, where someone has looked.
CAUSES: dict[tuple[str, str], str] = {
    ("Sơn Tây town", "duong-lam-ancient-village"): "rounded value; 4.8 km as the crow flies",
    ("Ninh Bình", "Tràng An"): "probably from the railway station; ours starts at the town's point",
    (
        "Trung tâm Hà Nội (Hoàn Kiếm)",
        "Thổ Hà",
    ): "a motorcyclist's ride, nearly twice the straight line (28 km)",
    ("Trung tâm Hà Nội (Hoàn Kiếm)", "Trung tâm Tinh hoa làng nghề Việt (Bát Tràng)"): (
        "probably by Thanh Trì bridge; the shortest way takes Chương Dương bridge and the dyke"
    ),
    ("Chùa Phật Tích", "Chùa Dâu"): "approaches of the bridge of 2023 are estimated",
    ("Trung tâm huyện Phú Xuyên", "son-ha-leather-bags"): "rounded value; the end is a commune's point",
    (
        "Lăng Chủ tịch Hồ Chí Minh",
        "Đền Ngọc Sơn",
    ): "the bundled roads know no one-way streets, which lengthen ways in the centre",
    ("Trung tâm Hà Nội (Hoàn Kiếm)", "Đồng Kỵ"): "rounded value, probably by the highway",
    ("Trung tâm Hà Nội (Hoàn Kiếm)", "Cổ Loa"): "published as 16, 17 and 24 km",
    (
        "Trung tâm Hà Nội (Hoàn Kiếm)",
        "Lim",
    ): "rounded value, probably by the expressway; the shortest way is the old road",
    ("Hanoi centre", "van-phuc-silk-village"): "rounded value, next to the straight line (9.8 km)",
    ("Trung tâm Hà Nội (Hoàn Kiếm)", "Bắc Ninh"): "rounded value; another page gives 31",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A published distance beside ours."""

    start: str
    end: str
    corridor: str
    km: float
    minutes: float | None
    shortest_km: float
    fastest_km: float
    fastest_min: float
    source: str
    crow_km: float
    empty_roads: bool

    @property
    def error_pct(self) -> float:
        """Error of the shortest way, percent of the published length."""
        return (self.shortest_km / self.km - 1) * 100


def main() -> None:
    """Print the comparison."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    shared = os.environ.get("ROUTEPLANNER_SHARED")
    default = Path(shared) / "data" / "gazetteer" / "published_distances.jsonl" if shared else None
    parser.add_argument(
        "--published",
        type=Path,
        default=default,
        required=default is None,
        help="JSON lines of published distances (default: those of the research folder ROUTEPLANNER_SHARED)",
    )
    parser.add_argument(
        "--graph", type=Path, help="streets to compare with, and to combine with the bundled roads"
    )
    options = parser.parse_args()
    records = [json.loads(line) for line in options.published.read_text("utf-8").splitlines() if line.strip()]
    compared, aside, homeless = sort_out(records)
    corridors = load_sites()["corridors"].to_dict()
    found: dict[str, dict[int, Row]] = {}
    for name, roads in graphs(options.graph).items():
        print(f"\n== {name}: {roads.number_of_nodes()} nodes, {roads.number_of_edges()} edges ==")
        shortest, fastest = networks([*compared, *(record for record, _ in aside)], roads)
        near = name == "streets alone"
        rows = [compare(record, shortest, fastest, corridors, near=near) for record in compared]
        found[name] = {i: row for i, row in enumerate(rows) if row is not None}
        report(list(found[name].values()), aside, homeless)
        lost = [f"{r['from']} – {r['to']}" for r, row in zip(compared, rows, strict=True) if row is None]
        if lost:
            print("no way by road, or beyond the streets: " + "; ".join(lost))
        wrong = [compare(record, shortest, fastest, corridors, near=near) for record, _ in aside]
        everything = [row for row in [*found[name].values(), *wrong] if row is not None and row.km >= _MIN_KM]
        print("\nwith the rows set aside:", figures(everything))
        print("overall", figures([row for row in found[name].values() if row.km >= _MIN_KM]))
    if len(found) > 1:
        side_by_side(found)


def graphs(streets: Path | None) -> dict[str, nx.MultiDiGraph]:
    """Return the road graphs to compare, by name."""
    bundled = load_roads()
    if streets is None:
        return {"bundled": bundled}
    detailed = roads_from_file(streets, times="classes")
    return {"bundled": bundled, "combined": combine_roads(detailed, bundled), "streets alone": detailed}


def side_by_side(found: dict[str, dict[int, Row]]) -> None:
    """Print the errors of each graph by corridor, and over the rows that all have."""
    shared = set.intersection(*(set(rows) for rows in found.values()))
    print("\n== side by side: median / 90th percentile of the shortest way's error, rows of 3 km and more ==")
    print(f"{'':<12}" + "".join(f"{name:>22}" for name in found))
    wanted = sorted({row.corridor for rows in found.values() for row in rows.values()})
    for corridor in (*wanted, "all", "same rows"):
        cells = []
        for rows in found.values():
            own = [
                abs(row.error_pct)
                for i, row in rows.items()
                if row.km >= _MIN_KM
                and (corridor in {"all", row.corridor} or (corridor == "same rows" and i in shared))
            ]
            cells.append(
                f"{statistics.median(own):.1f} / {percentile(own, 90):.1f} ({len(own)})" if own else "-"
            )
        print(f"{corridor:<12}" + "".join(f"{cell:>22}" for cell in cells))
    cells = []
    for rows in found.values():
        late = [abs(r.fastest_min / r.minutes - 1) * 100 for r in rows.values() if is_timed(r)]
        cells.append(f"{statistics.median(late):.1f} ({len(late)})" if late else "-")
    print(f"{'minutes':<12}" + "".join(f"{cell:>22}" for cell in cells))


def is_timed(row: Row) -> bool:
    """Return whether a row has minutes as published for visitors."""
    return bool(row.minutes) and row.km >= _MIN_KM and not row.empty_roads


def sort_out(
    records: list[dict[str, Any]],
) -> tuple[list[dict[str, Any]], list[tuple[dict[str, Any], str]], list[dict[str, Any]]]:
    """Return the rows to compare, those set aside with the reason, and those without coordinates."""
    compared, aside, homeless = [], [], []
    for record in records:
        if record["mode"] != "road" or record["suspect"] or not record["km"]:
            continue
        reason = SET_ASIDE.get((record["from"], record["to"], float(record["km"])))
        if reason:
            aside.append((record, reason))
        elif any(record[f"{end}_{axis}"] is None for end in ("from", "to") for axis in ("lon", "lat")):
            homeless.append(record)
        else:
            compared.append(record)
            crow = crow_km(record)
            if (
                float(record["km"]) < crow
            ):  # no road is: the length belongs to other end points, or was guessed
                compared.pop()
                aside.append((record, f"{crow:.1f} km as the crow flies"))
    return compared, aside, homeless


def crow_km(record: dict[str, Any]) -> float:
    """Return the straight line between the ends, km."""
    north = math.radians(record["to_lat"] - record["from_lat"])
    east = math.radians(record["to_lon"] - record["from_lon"]) * math.cos(math.radians(record["to_lat"]))
    return math.hypot(north, east) * 6371


def key_of(record: dict[str, Any], end: str) -> str:
    """Return the key of an end: its site, or its coordinates."""
    return record[f"{end}_id"] or f"{record[f'{end}_lon']},{record[f'{end}_lat']}"


def networks(records: list[dict[str, Any]], roads: nx.MultiDiGraph) -> tuple[Network, Network]:
    """Return two networks of all ends: one where time is length, and the one that planners use."""
    ends = {key_of(r, end): (r[f"{end}_lon"], r[f"{end}_lat"]) for r in records for end in ("from", "to")}
    lon, lat = zip(*ends.values(), strict=True)
    sites = gpd.GeoDataFrame(
        {"name_vi": list(ends), "kind": "benchmark"},
        index=list(ends),
        geometry=gpd.points_from_xy(lon, lat),
        crs="EPSG:4326",
    )
    planned = roads
    roads = roads.copy()
    even = {
        edge: length / _EVEN_KMH * 3.6 for edge, length in nx.get_edge_attributes(roads, "length").items()
    }
    nx.set_edge_attributes(roads, even, "travel_time")
    car = replace(DEFAULT_SPEEDS.modes["car"], terminal_s=0, access_kmh=_EVEN_KMH)
    speeds = replace(
        DEFAULT_SPEEDS, modes={**DEFAULT_SPEEDS.modes, "car": car}, walk_kmh=_EVEN_KMH, ferry_wait_s=0
    )
    return build_network(sites, roads, speeds=speeds), build_network(sites, planned)


def compare(
    record: dict[str, Any],
    shortest: Network,
    fastest: Network,
    corridors: dict[str, list[str]],
    *,
    near: bool = False,
) -> Row | None:
    """Return a published row beside ours, or nothing where there is no way."""
    a, b = key_of(record, "from"), key_of(record, "to")
    short, fast = shortest.matrix([a, b], "car"), fastest.matrix([a, b], "car")
    ends = [shortest.access(place) for place in (a, b)]
    if a == b or short.duration_s[0, 1] < 0:
        return None
    if near and any(end is None or end.distance_m > _NEAR_STREETS_M for end in ends):
        return None
    beyond = {"boat"} | ({"foot"} if any(leg.mode == "boat" for leg in shortest.path(a, b, "car")) else set())
    known = [c for end in (b, a) for c in corridors.get(end, []) if c != "inner"]
    return Row(
        start=record["from"],
        end=record["to"],
        corridor=known[0] if known else "inner",
        km=float(record["km"]),
        minutes=record["min"],
        shortest_km=sum(leg.distance_m for leg in shortest.path(a, b, "car") if leg.mode not in beyond)
        / 1000,
        fastest_km=sum(leg.distance_m for leg in fastest.path(a, b, "car") if leg.mode not in beyond) / 1000,
        fastest_min=sum(leg.duration_s for leg in fastest.path(a, b, "car") if leg.mode not in beyond) / 60
        if fast.duration_s[0, 1] >= 0
        else float("nan"),
        source=record["source"],
        crow_km=crow_km(record),
        empty_roads="no traffic" in (record.get("note") or ""),
    )


def report(rows: list[Row], aside: list[tuple[dict[str, Any], str]], homeless: list[dict[str, Any]]) -> None:
    """Print errors by corridor, the ten worst, times, and what was left out."""
    by_corridor = defaultdict(list)
    for row in rows:
        if row.km >= _MIN_KM:
            by_corridor[row.corridor].append(abs(row.error_pct))
    print("shortest way, rows of 3 km and more\ncorridor      n  median %   p90 %")
    for corridor, errors in sorted(by_corridor.items()):
        print(
            f"{corridor:<12}{len(errors):>3}{statistics.median(errors):>10.1f}{percentile(errors, 90):>8.1f}"
        )
    print("\nthe ten worst (published km, ours, straight error)")
    far = sorted((r for r in rows if r.km >= _MIN_KM), key=lambda r: -abs(r.error_pct))
    for row in far[:10]:
        cause = CAUSES.get((row.start, row.end), "not looked into")
        print(
            f"  {row.start} – {row.end}: {row.km:g} → {row.shortest_km:.1f} km ({row.error_pct:+.0f} %): {cause}"
        )
    fast = [abs(row.fastest_km / row.km - 1) * 100 for row in rows if row.km >= _MIN_KM]
    bias = statistics.median(row.error_pct for row in rows if row.km >= _MIN_KM)
    short = sum(row.km < _MIN_KM for row in rows)
    print(f"\n{len(rows)} rows, {short} of them under 3 km; bias of the shortest way {bias:+.1f} %")
    print(f"fastest way: median {statistics.median(fast):.1f} %, p90 {percentile(fast, 90):.1f} %")
    for empty, label in ((False, "as published for visitors"), (True, "a router's, for empty roads")):
        ratios = [
            r.fastest_min / r.minutes
            for r in rows
            if r.minutes and r.km >= _MIN_KM and r.empty_roads is empty
        ]
        late = [abs(ratio - 1) * 100 for ratio in ratios]
        if late:
            middle, off = statistics.median(late), (statistics.median(ratios) - 1) * 100
            print(f"minutes by car, {label}: median {middle:.1f} %, bias {off:+.1f} %, n={len(late)}")
    held_out(rows)
    print(f"\nset aside as wrong: {len(aside)}")
    for record, reason in aside:
        print(f"  {record['from']} – {record['to']}, {record['km']} km: {reason}")
    print(f"\nleft out for want of coordinates: {len(homeless)}")
    for record in homeless:
        print(f"  {record['from']} – {record['to']} ({record['km']} km)")


def held_out(rows: list[Row]) -> None:
    """Print what one factor on all speeds, fitted on half of the timed rows, is worth on the other half."""
    pairs = [(row.fastest_min, row.minutes) for row in rows if is_timed(row) and row.minutes]
    if len(pairs) < 4:
        return
    rng, half = random.Random(0), len(pairs) // 2  # noqa: S311 - halves, no secrets
    as_they_are, fitted = [], []
    for _ in range(_SPLITS):
        rng.shuffle(pairs)
        factor = 1 / statistics.median(ours / published for ours, published in pairs[:half])
        rest = [(ours / published) for ours, published in pairs[half:]]
        as_they_are.append(statistics.median(abs(ratio - 1) * 100 for ratio in rest))
        fitted.append(statistics.median(abs(ratio * factor - 1) * 100 for ratio in rest))
    print(
        f"minutes on the half held out ({_SPLITS} splits): median {statistics.median(as_they_are):.1f} % "
        f"as the speeds are, {statistics.median(fitted):.1f} % with a factor fitted on the other half"
    )


def figures(rows: list[Row]) -> str:
    """Return median, 90th percentile and count of the absolute errors."""
    errors = [abs(row.error_pct) for row in rows]
    return f"median_abs_error_pct={statistics.median(errors):.1f} p90={percentile(errors, 90):.1f} n={len(errors)}"


def percentile(values: list[float], share: float) -> float:
    """Return a percentile by linear interpolation."""
    ordered = sorted(values)
    at = (len(ordered) - 1) * share / 100
    low = int(at)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (at - low)


if __name__ == "__main__":
    main()
