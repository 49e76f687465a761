"""Measure the planner's desk: programmes from 5 to 50 routes with their gap, and each published route improved.

    python benchmarks/programme.py [--routes 5 10 20 30 50] [--corridor south] [--rounds 6] [--named]

The first table has a row for each number of routes: routes asked for and made, candidate routes in the pool, seconds of
the processor, value, bound, gap, villages covered and not covered, faults found by the judge (0). Without --corridor it
is the whole catalogue that the road reaches. With --named a second table sets each launched or sold route, rebuilt as
published, beside what the optimiser makes of the same theme and hours: value and minutes on the way before and after,
and what had to give.
"""

from __future__ import annotations

import argparse
import time
from datetime import date

import routeplanner as rp

FIRST_DAY = date(2027, 3, 13)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--routes", type=int, nargs="*", default=[5, 10, 20, 30, 50])
    parser.add_argument("--corridor", action="append", default=[])
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--named", action="store_true")
    options = parser.parse_args()
    network = rp.build_network(rp.load_sites())
    if options.routes:
        scaling(network, options.routes, tuple(options.corridor), options.rounds)
    if options.named:
        named(network)


def scaling(network: rp.Network, counts: list[int], corridors: tuple[str, ...], rounds: int) -> None:
    """Design programmes of several sizes."""
    warm = rp.ProgrammeBrief(year=2027, corridors=("northwest",), routes=1)
    rp.design_programme(network, warm, rounds=1)  # compiles the search
    print("| routes | made | candidates | seconds | value | bound | gap % | covered | uncovered | faults |")
    print("|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|", flush=True)
    for count in counts:
        brief = rp.ProgrammeBrief(year=2027, corridors=corridors, routes=count)
        begin = time.process_time()
        found = rp.design_programme(network, brief, rounds=rounds)
        seconds = time.process_time() - begin
        faults = len(rp.check_programme(found, network))
        print(
            f"| {count} | {len(found.routes)} | {found.measures['routes_tried']} | {seconds:.0f} | "
            f"{found.value:.1f} | {found.bound:.1f} | {100 * found.gap:.1f} | "
            f"{len(found.covered)}/{len(found.to_cover)} | {len(found.uncovered)} | {faults} |",
            flush=True,
        )


def named(network: rp.Network) -> None:
    """Rebuild each named route, and improve it."""
    print("\n| route | value | better | way, min | better | stops | better | what had to give |")
    print("|---|---:|---:|---:|---:|---:|---:|---|")
    kept, faults, lost = 0, 0, []
    for key in rp.named_routes().index:
        both = rp.as_published(network, str(key), first_day=FIRST_DAY, better=True)
        if both.published is None or both.better is None:
            lost.append(f"{key}: {both.changes[0]}")
            continue
        kept += 1
        for trip in (both.published, both.better):
            faults += len(rp.check(trip, network, rp.TripRequest.from_dict(trip.request)))
        before, after = both.published, both.better
        print(
            f"| {key} | {before.prize:.1f} | {after.prize:.1f} | {before.measures['travel_min']} | "
            f"{after.measures['travel_min']} | {len(before.stops)} | {len(after.stops)} | "
            f"{'; '.join(both.changes) or '–'} |"
        )
    print(f"\n{kept} routes rebuilt, {faults} faults; not rebuilt:")
    for line in lost:
        print(f"- {line}")


if __name__ == "__main__":
    main()
