"""The catalogue before and after, and what 100,000 sites cost: time of this process, memory, size by form of file.

python benchmarks/catalogue.py                    # figures of the bundled catalogue, and 100,000 sites
python benchmarks/catalogue.py --before FOLDER    # beside those of an older one (git worktree add FOLDER TAG)
python benchmarks/catalogue.py --sites 10000      # another number of sites
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

import routeplanner as rp
from routeplanner.sites.catalog import to_geojson
from routeplanner.sites.health import GroupHealth
from routeplanner.sites.records import frame_of, read_records

FIELDS = (
    "opening_hours", "fee_vnd", "booking_required", "festivals", "status", "summary_en", "lunar_days", "closures",
    "seasons", "coach_access", "commune_2025", "province_2025", "start_times", "workshop_min", "phone",
    "page", "most_visitors", "wheelchair",
)  # fmt: skip


READ = """
import resource, sys, time
import routeplanner as rp
start = time.process_time()
sites = rp.load_sites(sys.argv[1])
print(len(sites), time.process_time() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def cost(path: Path) -> tuple[int, float, float]:
    """Return how many sites a process of its own reads, its seconds of processor time and its peak memory in MB."""
    done = subprocess.run([sys.executable, "-c", READ, str(path)], capture_output=True, text=True, check=True)
    count, seconds, peak = done.stdout.split()
    return int(count), float(seconds), float(peak)


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
        source = folder / "made.geojson"
        source.write_text(json.dumps(many(count), ensure_ascii=False), encoding="utf-8")
        sites = rp.load_sites(source)
        print(
            f"\n| {count:,} sites | read and check, s | peak MB | write, s | file MB |\n|---|---|---|---|---|"
        )
        for suffix in (".geojson", ".gpkg", ".parquet", ".csv"):
            path = folder / f"many{suffix}"
            start = time.process_time()
            rp.save_sites(sites, path)
            write = time.process_time() - start
            again, seconds, peak = cost(path)
            if again != count:
                raise SystemExit(f"{suffix}: {again} of {count} sites came back")
            print(
                f"| {suffix} | {seconds:.1f} | {peak:.0f} | {write:.1f} | {path.stat().st_size / 1e6:.0f} |",
                flush=True,
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
        place = nested if nested.is_dir() else folder
        # An older catalogue need not pass today's rules.
        before = rp.catalogue_health(frame_of(read_records(place, [])).sort_index())
    compare(before, after)
    if arguments.sites:
        import_many(arguments.sites)


if __name__ == "__main__":
    main()
