"""Measure the planner's desk: programmes from 5 to 50 routes with their gap, and each published route improved.

    python benchmarks/programme.py [--routes 5 10 20 30 50] [--corridor south] [--rounds 10] [--named]

The first table has a row for each number of routes: routes asked for and made, candidate routes in the pool, seconds of
the processor, value, bound, gap, villages covered and not covered, faults found by the judge (0). Without --corridor it
is the whole catalogue that the road reaches. With --named a second table sets each launched or sold route, rebuilt as
published, beside what the optimiser makes of the same theme and hours: value, hours and minutes on the way before and
after, and what had to give; those that cannot be rebuilt follow with the reason (`docs/named-routes.md`).
"""

from __future__ import annotations

import argparse
import time
from datetime import date, timedelta

import routeplanner as rp

FIRST_DAY = date(2027, 3, 13)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--routes", type=int, nargs="*", default=[5, 10, 20, 30, 50])
    parser.add_argument("--corridor", action="append", default=[])
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--named", action="store_true")
    options = parser.parse_args()
    network = rp.build_network(rp.load_sites())
    if options.named:
        named(network)
    if options.routes:
        scaling(network, options.routes, tuple(options.corridor), options.rounds)


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
    """Print a page: each named route rebuilt, and improved."""
    print(PAGE)
    print(
        "| route | value | better | hours | better | way, min | better | stops | better | what had to give |"
    )
    print("|---|---:|---:|---:|---:|---:|---:|---:|---:|---|")
    kept, better, faults, lost = 0, 0, 0, []
    for key in rp.named_routes().index:
        both, day = on_an_open_day(network, str(key))
        if both.published is None or both.better is None:
            lost.append((both, str(key)))
            continue
        kept += 1
        for trip in (both.published, both.better):
            faults += len(rp.check(trip, network, rp.TripRequest.from_dict(trip.request)))
        before, after = both.published, both.better
        better += after.prize > before.prize + 0.05
        print(
            f"| {both.name_en} (`{key}`) | {before.prize:.1f} | {after.prize:.1f} | {hours(before):.1f} | "
            f"{hours(after):.1f} | {before.measures['travel_min']} | {after.measures['travel_min']} | "
            f"{len(before.stops)} | {len(after.stops)} | {'; '.join([*day, *both.changes]) or '–'} |"
        )
    print(
        f"\n{kept} of {kept + len(lost)} routes rebuilt, {better} of them improved, {faults} faults by `rp.check`.\n"
    )
    print("## Not rebuilt\n\n| route | why |\n|---|---|")
    for both, key in lost:
        print(f"| {both.name_en} (`{key}`) | {why_not(both)} |")


PAGE = """# Named routes, as published and improved

Each route of `rp.named_routes()` on Saturday, 13 March 2027 (or the first day after it on which its places are open):
its published stops on the clock, and beside them what
the optimiser makes of the same theme, hours, pace and corridor
(`rp.as_published(network, key, first_day=..., better=True)`). *Value* has no unit; *hours* are from leaving to
returning, all days; *way* is the time on the road or river of them. A published route often stops at few places that
are in the catalogue, so that much of the gain is places added, not order. What a source says of a route (stops, hours,
price) is in the table `rp.named_routes()`, with its pages.

Printed by `python benchmarks/programme.py --routes --named`.
"""


def on_an_open_day(network: rp.Network, key: str) -> tuple[rp.Rebuilt, list[str]]:
    """Return a route on the first day of a week on which its places are open, and that day if it is not Saturday."""
    first = None
    for shift in range(7):
        day = FIRST_DAY + timedelta(days=shift)
        both = rp.as_published(network, key, first_day=day, better=True)
        if both.published is not None:
            return both, [f"{day:%A}"] * bool(shift)
        first = both if first is None else first
        if not any("is closed" in change for change in both.changes):
            break
    return first or both, []


def hours(trip: rp.Itinerary) -> float:
    """Return the hours from leaving to returning of all days."""
    return sum((day.end.time - day.start.time).total_seconds() for day in trip.days) / 3600


def why_not(both: rp.Rebuilt) -> str:
    """Return why a route cannot be rebuilt: stops that are no places of the catalogue, or rules."""
    names = list(dict.fromkeys(both.not_in_catalogue)) if both.changes[0].startswith("no stop") else []
    told = f" ({'; '.join(names[:4])}{'; …' if len(names) > 4 else ''})" if names else ""
    rules = [change for change in both.changes[1:3] if change not in both.changes[0]]
    return ": ".join([both.changes[0] + told, *rules[:1]]).replace("|", "/")


if __name__ == "__main__":
    main()
