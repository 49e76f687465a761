"""Forty fixed requests over all corridors, one to five days: seconds, gap to the bound, and PyVRP beside them.

Every trip is held against `routeplanner.check`. With --peers PyVRP (if installed) solves what it can express of each
request in the same run: no lunch, no diminishing worth, no parts of a place, and only sites with one window that is the
same on all days. Both sides solve that smaller problem, ours by its default steps, PyVRP for --peer-seconds of the wall
clock, and the days of both are walked by the same clock. Seconds are those of the processor.

    python benchmarks/requests.py [--proof] [--peers] [--peer-seconds 2] [--first 40]
"""

from __future__ import annotations

import argparse
import statistics
import time
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

import routeplanner as rp
from routeplanner.planning.assemble import assemble
from routeplanner.planning.problem import NO_GROUP, PRIZE_SCALE, UNREACHABLE
from routeplanner.planning.schedule import schedule
from routeplanner.planning.search import search

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routeplanner.planning.problem import Problem

THEMES = (
    {},
    {"handicraft": 1.0},
    {"spiritual": 1.0, "architecture": 0.5},
    {"handicraft": 0.6, "nature": 1.0},
)
PACES = ("normal", "normal", "relaxed", "intense")
MODES = {"river": "river"}
LEAST_DAYS = {"hanoi-hue-saigon": 3}
STARTS = {"national": "ga-sai-gon"}  # most of its sites lie there


class Row(NamedTuple):
    """What is printed of a request."""

    name: str
    candidates: int
    seconds: float
    prize: float
    bound: float | None
    proved: bool


def requests(count: int = 40) -> dict[str, rp.TripRequest]:
    """Return the fixed requests: the corridors in turn, days, dates, themes and paces at other rates."""
    corridors = list(rp.load_corridors())
    wishes = {}
    for number in range(count):
        corridor = corridors[number % len(corridors)]
        days = max(1 + (number // len(corridors) + number) % 5, LEAST_DAYS.get(corridor, 1))
        pace = PACES[number % len(PACES)]
        name = f"{number + 1:>2} {corridor}, {days} day{'s' * (days > 1)}, {pace}"
        wishes[name] = rp.TripRequest(
            corridor=corridor,
            start=STARTS.get(corridor, "ho-hoan-kiem"),
            days=days,
            first_day=date(2027, 3, 13) + timedelta(days=17 * number % 270),
            themes=THEMES[number % 4],
            pace=pace,
            mode=MODES.get(corridor, "road"),
        )
    return wishes


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--first", type=int, default=40, help="how many of the requests (%(default)s)")
    parser.add_argument("--proof", action="store_true", help="bound several days by column generation")
    parser.add_argument("--peers", action="store_true", help="solve with PyVRP beside it")
    parser.add_argument("--peer-seconds", type=float, default=2.0, help="for PyVRP a request (%(default)s)")
    options = parser.parse_args()
    network = rp.build_network(rp.load_sites())
    rp.plan(
        network, rp.TripRequest(first_day=date(2027, 3, 13), corridor="west", days=2), proof=options.proof
    )
    print(f"{'request':<36} {'cand.':>5} {'seconds':>7} {'prize':>8} {'bound':>8} {'gap %':>6}")
    rows = []
    for name, wish in requests(options.first).items():
        row = planned(network, name, wish, proof=options.proof)
        if row is None:
            continue
        rows.append(row)
        gap = "" if not row.bound else f"{100 * (1 - row.prize / row.bound):.2f}"
        print(
            f"{name:<36} {row.candidates:>5} {row.seconds:>7.2f} {row.prize:>8.2f} {row.bound or 0:>8.2f} {gap:>6}",
            flush=True,
        )
    summary(rows)
    if options.peers:
        beside_pyvrp(network, requests(options.first), options.peer_seconds)


def planned(network: rp.Network, name: str, wish: rp.TripRequest, *, proof: bool) -> Row | None:
    """Plan a request, and hold the trip against the judge."""
    begin = time.process_time()
    try:
        trip = rp.plan(network, wish, proof=proof)
    except rp.InfeasibleError as error:
        print(f"{name:<36} no plan: {error.faults[0][:70]}")
        return None
    seconds = time.process_time() - begin
    violations = rp.check(trip, network, wish)
    if violations:
        raise SystemExit(f"{name}: {violations[0]}")
    return Row(
        name, len(trip.stops) + len(trip.skipped), seconds, trip.prize, trip.bound, trip.proved_optimal
    )


def summary(rows: Sequence[Row]) -> None:
    """Print a line for the requests of one day, and one for all."""
    for words, of in (("one day", [r for r in rows if ", 1 day," in r.name]), ("all", list(rows))):
        if of:
            gaps = [1 - r.prize / r.bound for r in of if r.bound]
            print(
                f"{words}: {len(of)} requests, median {statistics.median(r.seconds for r in of):.2f} s, most "
                f"{max(r.seconds for r in of):.2f} s; gap mean {100 * statistics.mean(gaps or [0]):.2f} %, most "
                f"{100 * max(gaps, default=0):.2f} %; proved optimal {sum(r.proved for r in of)}"
            )


def beside_pyvrp(network: rp.Network, wishes: dict[str, rp.TripRequest], seconds: float) -> None:
    """Print what both make of the part of each request that PyVRP can express."""
    try:
        import pyvrp  # noqa: F401
    except ImportError:
        print("PyVRP is not installed: pip install 'routeplanner[peers]'")
        return
    print(
        f"\n{'the part that PyVRP can express':<36} {'sites':>5} {'ours':>8} {'s':>6} {'PyVRP':>8} {'s':>6}"
    )
    tally = {"better": 0, "equal": 0, "worse": 0}
    for name, wish in wishes.items():
        try:
            problem = expressible(assemble(network, wish).problem)
        except rp.InfeasibleError:
            continue
        begin = time.process_time()
        found = search(problem)
        ours_s = time.process_time() - begin
        begin = time.process_time()
        theirs = value(problem, by_pyvrp(problem, seconds))
        theirs_s = time.process_time() - begin
        ours = value(problem, found.days)
        tally["equal" if ours == theirs else "better" if ours > theirs else "worse"] += 1
        print(
            f"{name:<36} {problem.n_sites:>5} {ours / PRIZE_SCALE:>8.2f} {ours_s:>6.2f} "
            f"{theirs / PRIZE_SCALE:>8.2f} {theirs_s:>6.2f}",
            flush=True,
        )
    print("ours against PyVRP: " + ", ".join(f"{count} {word}" for word, count in tally.items()))


def expressible(problem: Problem) -> Problem:
    """Return what vehicle routing with prizes can say: sites with one window on all days, nothing that slides."""
    from routeplanner.planning.search._reduce import restricted

    prize = problem.prize if problem.prize.ndim == 1 else problem.prize[0]
    service = problem.service_s if problem.service_s.ndim == 1 else problem.service_s[0]
    problem = replace(problem, prize=prize, service_s=service)
    windows = problem.windows
    used = (windows[..., 0] <= windows[..., 1]).sum(axis=2) == 1
    same = (windows == windows[:1]).all(axis=(0, 2, 3)) & used.all(axis=0)
    n = problem.n_sites
    ways = problem.travel_s[:n, problem.origin[0]] < UNREACHABLE
    parts = np.isin(np.arange(n), problem.exclusive[:, 1])  # of a whole and its parts the whole stays
    few = restricted(problem, np.flatnonzero(same & ways & ~parts))
    return replace(
        few,
        lunch=np.zeros(few.n_days, np.bool_),
        aboard_s=None,
        timed_travel_s=None,
        departure_s=None,
        group=np.full(few.n_sites, NO_GROUP),
        repeat_worth=1.0,
    )


def by_pyvrp(problem: Problem, seconds: float) -> list[list[int]]:
    """Solve by PyVRP; a stop is a unit of load, the limit on travel one on distance."""
    import pyvrp
    from pyvrp.stop import MaxRuntime

    travel, model = np.minimum(problem.travel_s, 10**7), pyvrp.Model()
    places = [model.add_location(0, 0) for _ in range(len(travel))]
    depot = model.add_depot(places[int(problem.origin[0])])
    model.add_vehicle_type(
        problem.n_days,
        capacity=int(problem.max_stops[0]),
        start_depot=depot,
        end_depot=depot,
        tw_early=int(problem.day_start_s[0]),
        tw_late=int(problem.day_end_s[0]),
        max_distance=int(problem.max_travel_s[0]),
    )
    row = np.argmax(problem.windows[0, :, :, 0] <= problem.windows[0, :, :, 1], axis=1)
    for site in range(problem.n_sites):
        opening, closing = problem.windows[0, site, row[site]].tolist()
        model.add_client(
            places[site],
            delivery=1,
            service_duration=int(problem.service_s[site]),
            tw_early=opening,
            tw_late=closing,
            prize=int(travel.mean()) * int(problem.prize[site]) // 100,
            required=False,
        )
    for a, one in enumerate(places):
        for b, other in enumerate(places):
            if a != b:
                model.add_edge(one, other, distance=int(travel[a, b]), duration=int(travel[a, b]))
    best = model.solve(stop=MaxRuntime(seconds), seed=0, display=False).best
    if not best.is_feasible():
        return [[]] * problem.n_days
    days = [[visit.idx for visit in route if visit.is_client()] for route in best.routes()]
    return days + [[]] * (problem.n_days - len(days))


def value(problem: Problem, days: Sequence[Sequence[int]]) -> int:
    """Return the prize of a trip whose days the clock confirms."""
    for day in schedule(problem, days):
        if not day.feasible:
            raise SystemExit(f"a day is not feasible: {day.violation}")
    visited = [site for order in days for site in order]
    if len(visited) != len(set(visited)):
        raise SystemExit("a site is visited twice")
    return int(problem.prize[visited].sum())


if __name__ == "__main__":
    main()
