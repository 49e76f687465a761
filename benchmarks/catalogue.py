"""The catalogue before and after, and what 100,000 sites cost: time of this process, memory, size by form of file.

python benchmarks/catalogue.py                    # figures of the bundled catalogue, and 100,000 sites
python benchmarks/catalogue.py --before FOLDER    # beside those of an older one (git worktree add FOLDER TAG)
python benchmarks/catalogue.py --sites 10000      # another number of sites
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
import tracemalloc
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import routeplanner as rp
from routeplanner.sites.catalog import to_geojson
from routeplanner.sites.health import GroupHealth

if TYPE_CHECKING:
    from collections.abc import Callable

FIELDS = (
    "opening_hours", "fee_vnd", "booking_required", "festivals", "status", "summary_en", "lunar_days", "closures",
    "seasons", "coach_access", "commune_2025", "province_2025",
)  # fmt: skip


def measured(work: Callable[[], Any]) -> tuple[Any, float, float]:
    """Return the result, seconds of processor time, and the peak of memory in MB (a second run)."""
    start = time.process_time()
    result = work()
    seconds = time.process_time() - start
    tracemalloc.start()
    work()
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    return result, seconds, peak


def compare(before: rp.Health, after: rp.Health) -> None:
    """Print the table before and after."""
    old = {group.key: group for group in before.corridors}
    print("| corridor | sites | within 150 m | within 1 km | commune | complete | sources a record |")
    print("|---|---|---|---|---|---|---|")
    for group in after.corridors:
        was = old.get(group.key) or GroupHealth(group.key, 0, {}, 0.0, 0.0)
        counts = [
            f"{was.precision.get(p, 0)} → {group.precision.get(p, 0)}" for p in ("site", "village", "commune")
        ]
        share = f"{was.completeness:.0%} → {group.completeness:.0%}"
        sites = f"{was.sites} → {group.sites}"
        sources = f"{was.sources} → {group.sources}"
        print(f"| {group.key or '(none)'} | {sites} | {' | '.join(counts)} | {share} | {sources} |")
    print("\n| field | known | confirmed | with a source of its own |\n|---|---|---|---|")
    olds = {one.field: one for one in before.fields}
    for one in after.fields:
        if one.field in ("geometry", *FIELDS):
            was_one = olds.get(one.field, one)
            print(
                f"| {one.field} | {was_one.known} → {one.known} | {was_one.certainty['confirmed']} → "
                f"{one.certainty['confirmed']} | {was_one.own_source} → {one.own_source} |"
            )
    for name in ("without_source", "on_one_point", "vague_headlines"):
        print(f"\n{name}: {len(getattr(before, name))} → {len(getattr(after, name))}", end="")
    print()


def many(count: int) -> dict[str, Any]:
    """Make a collection of so many sites out of the bundled ones, scattered and renamed."""
    features = to_geojson(rp.load_sites())["features"]
    rng = np.random.default_rng(0)
    shift = rng.normal(0, 0.05, (count, 2)).round(6)
    made = []
    for number in range(count):
        feature = features[number % len(features)]
        lon, lat = feature["geometry"]["coordinates"]
        fields = {**feature["properties"], "site_id": f"s{number}", "part_of": None}
        point = [round(lon + float(shift[number, 0]), 6), round(lat + float(shift[number, 1]), 6)]
        made.append(
            {"type": "Feature", "geometry": {"type": "Point", "coordinates": point}, "properties": fields}
        )
    return {"type": "FeatureCollection", "features": made}


def import_many(count: int) -> None:
    """Print what it costs to read, check and write so many sites."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "many.geojson"
        source.write_text(json.dumps(many(count), ensure_ascii=False), encoding="utf-8")
        sites, seconds, peak = measured(lambda: rp.load_sites(source))
        print(
            f"\n| {count:,} sites | read and check, s | peak MB | write, s | file MB |\n|---|---|---|---|---|"
        )
        print(f"| .geojson | {seconds:.1f} | {peak:.0f} | | {source.stat().st_size / 1e6:.0f} |")
        for suffix in (".gpkg", ".parquet", ".csv"):
            path = folder / f"many{suffix}"
            start = time.process_time()
            rp.save_sites(sites, path)
            write = time.process_time() - start
            again, seconds, peak = measured(lambda path=path: rp.load_sites(path))
            if len(again) != count:
                raise SystemExit(f"{suffix}: {len(again)} of {count} sites came back")
            print(
                f"| {suffix} | {seconds:.1f} | {peak:.0f} | {write:.1f} | {path.stat().st_size / 1e6:.0f} |"
            )


def main() -> None:
    """Run."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--before", metavar="FOLDER", help="an older catalogue, or a checkout of an older version"
    )
    parser.add_argument(
        "--sites", type=int, default=100_000, metavar="N", help="how many to import (%(default)s)"
    )
    arguments = parser.parse_args()
    after = rp.catalogue_health(rp.load_sites())
    before = after
    if arguments.before:
        folder = Path(arguments.before)
        nested = folder / "data" / "sites"
        before = rp.catalogue_health(rp.load_sites(nested if nested.is_dir() else folder))
    compare(before, after)
    if arguments.sites:
        import_many(arguments.sites)


if __name__ == "__main__":
    main()
