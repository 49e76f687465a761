"""One kind of trip with ever more candidates: seconds of the processor, memory, and what the reduction gave up.

The candidates are those of the catalogue without a corridor; beyond their number the catalogue is tiled: each tile
repeats all sites, five minutes away from their likes. Each row is a fresh process. The matrix is made beforehand and
is not counted in the seconds; it is in the memory.

    python benchmarks/growth.py [--days 1 3] [--sizes 50 100 200 500 2000 20000]
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from routeplanner.planning.problem import Problem

SIZES = (50, 100, 200, 500, 2000, 20_000)
BETWEEN_TILES_S = 300


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--days", type=int, nargs="+", default=[1, 3], help="days of the trip (%(default)s)")
    parser.add_argument(
        "--sizes", type=int, nargs="+", default=SIZES, help="numbers of candidates (%(default)s)"
    )
    parser.add_argument("--one", nargs=2, type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        print(json.dumps(measured(*arguments.one)))
        return
    print(
        f"{'days':>4} {'candidates':>10} {'matrix s':>9} {'search s':>9} {'peak MB':>8} {'prize':>8} {'bound':>8} "
        f"{'gap %':>6} {'aside':>6}"
    )
    for days in arguments.days:
        for size in arguments.sizes:
            row = fresh(days, size)
            gap = 100 * (1 - row["prize"] / row["bound"]) if row["bound"] else 0.0
            print(
                f"{days:>4} {size:>10} {row['matrix_s']:>9.2f} {row['search_s']:>9.2f} {row['peak_mb']:>8.0f} "
                f"{row['prize']:>8.2f} {row['bound']:>8.2f} {gap:>6.2f} {row['aside']:>6}",
                flush=True,
            )


def fresh(days: int, size: int) -> dict[str, float]:
    """Return the row of a fresh process."""
    done = subprocess.run(
        [sys.executable, __file__, "--one", str(days), str(size)], capture_output=True, check=True, text=True
    )
    row: dict[str, float] = json.loads(done.stdout)
    return row


def measured(days: int, size: int) -> dict[str, float]:
    """Search once to load the machine code, then for the row."""
    from routeplanner.planning.problem import PRIZE_SCALE
    from routeplanner.planning.schedule import schedule
    from routeplanner.planning.search import search

    base = catalogue_problem(days)
    search(tiled(base, 30), iterations=5)
    begin = time.process_time()
    problem = tiled(base, size)
    matrix_s = time.process_time() - begin
    begin = time.process_time()
    found = search(problem)
    search_s = time.process_time() - begin
    for day in schedule(problem, found.days):
        if not day.feasible:
            raise SystemExit(f"{size} candidates: {day.violation}")
    visited = [site for order in found.days for site in order]
    if len(visited) != len(set(visited)):
        raise SystemExit(f"{size} candidates: a site is visited twice")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "matrix_s": matrix_s,
        "search_s": search_s,
        "peak_mb": peak,
        "prize": found.prize / PRIZE_SCALE,
        "bound": (found.bound or 0) / PRIZE_SCALE,
        "aside": found.left_aside,
    }


def catalogue_problem(days: int) -> Problem:
    """Return the problem of the whole catalogue."""
    import routeplanner as rp
    from routeplanner.planning.assemble import assemble

    network = rp.build_network(rp.load_sites())
    return assemble(network, rp.TripRequest(first_day=date(2027, 3, 13), days=days)).problem


def tiled(base: Problem, size: int) -> Problem:
    """Return a problem with `size` candidates: a sample of the catalogue, or the catalogue several times."""
    n = base.n_sites
    own = (
        np.sort(np.random.default_rng(0).choice(n, size, replace=False)) if size <= n else np.arange(size) % n
    )
    tile = np.arange(size) // n
    places = np.r_[own, np.arange(n, len(base.place_ids))]
    tiles = np.r_[tile, np.zeros(len(base.place_ids) - n, np.int64)]
    travel = np.empty((len(places), len(places)), np.int64)
    for low in range(0, len(places), 1000):
        rows = places[low : low + 1000]
        part = base.travel_s[rows][:, places]
        part[:, :size] += np.where(tiles[low : low + 1000, None] != tiles[None, :size], BETWEEN_TILES_S, 0)
        travel[low : low + 1000] = part
    at = {(int(o), int(t)): i for i, (o, t) in enumerate(zip(own, tile, strict=True))}
    pairs = [
        (at[a, t], at[b, t])
        for a, b in base.exclusive.tolist()
        for t in range(int(tile.max()) + 1)
        if (a, t) in at and (b, t) in at
    ]
    by_day = {name: getattr(base, name)[..., own] for name in ("prize", "service_s")}
    return replace(
        base,
        place_ids=tuple(f"{base.place_ids[p]}/{t}" for p, t in zip(places, tiles, strict=True)),
        n_sites=size,
        travel_s=travel,
        travel_m=np.broadcast_to(np.int64(0), travel.shape),  # no budget: lengths do not matter
        **by_day,
        cost_vnd=base.cost_vnd[own],
        group=base.group[own],
        must=base.must[own],
        exclusive=np.array(pairs, np.int64).reshape(-1, 2),
        windows=base.windows[:, own],
        origin=base.origin - n + size,
        destination=base.destination - n + size,
    )


if __name__ == "__main__":
    main()
