"""Many plans at once: throughput of one process and of several, and what a kill in the middle costs.

    python benchmarks/batch.py --requests 10000 --workers 1 2 [--kill]

Prints wall-clock and processor seconds, plans a second and the efficiency against one process; checks that the answers
of all runs are the same, to the byte. With ``--kill`` a process is killed in the middle of the last run. Everything is
bounded: by the number of requests, and by ``--most-s`` seconds for each run.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import signal
import subprocess
import sys
import time
from datetime import date, timedelta
from typing import Any

import routeplanner as rp

CORRIDORS = ("south", "southwest", "west", "northwest", "river", "inner")
THEMES = ("handicraft", "history", "spiritual", "architecture")


def wishes(count: int) -> list[dict[str, Any]]:
    """Return requests that all differ: by date, corridor and theme."""
    first = date(2027, 1, 1)
    return [
        {
            "first_day": (first + timedelta(days=number // 24 % 365)).isoformat(),
            "corridor": CORRIDORS[number % 6],
            "themes": {THEMES[number // 6 % 4]: round(1 - number // 8760 / 10, 1)},
        }
        for number in range(count)
    ]


def planners() -> list[int]:
    """Return the numbers of this process's planning processes."""
    line = ["ps", "-o", "pid=,args=", "--ppid", str(os.getpid())]
    listing = subprocess.run(line, capture_output=True, text=True, check=True)
    return [int(line.split()[0]) for line in listing.stdout.splitlines() if "routeplanner.pool" in line]


def run(
    network: rp.Network, asked: list[dict[str, Any]], workers: int, *, kill: bool, most_s: float
) -> dict[str, Any]:
    """Plan all requests once and return the figures."""
    began, digest, errors, done, busy = time.perf_counter(), hashlib.sha256(), 0, 0, 0.0
    first = 0.0
    for found in rp.plan_many(network, asked, workers=workers):
        first = first or time.perf_counter()  # what comes before is the start of the processes
        done, busy = done + 1, busy + found.seconds
        digest.update((found.itinerary.to_json() if found.itinerary else str(found.error)).encode())
        errors += found.error is not None
        if kill and done == len(asked) // 2:
            os.kill(planners()[0], signal.SIGKILL)
            print("killed one process", file=sys.stderr, flush=True)
        if done % 1000 == 0:
            passed = time.perf_counter() - began
            print(f"{workers} workers: {done} after {passed:.0f} s", file=sys.stderr, flush=True)
        if time.perf_counter() - began > most_s:
            sys.exit(f"stopped after {most_s:g} s at {done} of {len(asked)}")
    return {
        "workers": workers,
        "wall_s": time.perf_counter() - began,
        "planning_s": busy,
        "per_s": (done - 1) / max(time.perf_counter() - first, 1e-9),
        "errors": errors,
        "answers": digest.hexdigest()[:16],
    }


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--requests", type=int, default=200)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--kill", action="store_true", help="kill a process in the middle of the last run")
    parser.add_argument("--most-s", type=float, default=3600.0)
    arguments = parser.parse_args()
    network, asked = rp.build_network(rp.load_sites()), wishes(arguments.requests)
    rows = [
        run(
            network,
            asked,
            workers,
            kill=arguments.kill and at == len(arguments.workers) - 1,
            most_s=arguments.most_s,
        )
        for at, workers in enumerate(arguments.workers)
    ]
    print(f"{len(asked)} requests, {os.cpu_count()} processors")
    print("workers  wall s  planning s  plans/s  efficiency  errors  answers")
    for row in rows:
        gain = row["per_s"] / rows[0]["per_s"] / (row["workers"] / rows[0]["workers"])
        print(
            f"{row['workers']:7}  {row['wall_s']:6.1f}  {row['planning_s']:10.1f}  {row['per_s']:7.2f}  "
            f"{gain:10.0%}  {row['errors']:6}  {row['answers']}"
        )
    if len({row["answers"] for row in rows}) > 1:
        sys.exit("the answers differ")


if __name__ == "__main__":
    main()
