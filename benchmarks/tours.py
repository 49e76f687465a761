"""Plan published tours anew: can they be kept in their hours, in what order, at what times.

Each tour's known stops become must-visits of a request with the tour's hours; nothing else has a prize.
Printed are, by tour: whether a plan exists, how its order differs from the published one and what the
published order would cost on our roads, the clock differences where times are published, and the cause
of each difference. A second table holds our default plans' measures against what operators sell.

    python benchmarks/tours.py --tours published_tours.jsonl [--graph STREETS [--alone]]

With ``--graph`` (any file that `routeplanner.roads_from_file` reads) the roads are these streets combined with
the bundled ones, or with ``--alone`` the streets by themselves.
"""

from __future__ import annotations

import argparse
import itertools
import json
import re
import statistics
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

import routeplanner as rp
from routeplanner.planning.assemble import assemble
from routeplanner.planning.schedule import DayTimes, schedule

if TYPE_CHECKING:
    import networkx as nx

FIRST_DATE = date(2027, 3, 13)
MAX_DAYS = 3
TRANSFER_KINDS = {"waterway_stop", "gateway"}
OPERATOR_HOURS = {"road": (time(7, 30), time(17, 30)), "river": (time(7, 30), time(17, 30))}
START = "ho-hoan-kiem"


@dataclass(frozen=True)
class Tour:
    """A published tour in our words."""

    name: str
    mode: str
    days: int
    stops: tuple[str, ...]
    clock: dict[str, int]
    hours: tuple[time, time]
    hours_published: bool
    notes: tuple[str, ...]


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--tours", required=True, type=Path, help="JSON lines of published tours")
    parser.add_argument("--graph", type=Path, help="streets to combine with the bundled roads")
    parser.add_argument("--alone", action="store_true", help="plan on the streets by themselves")
    arguments = parser.parse_args()
    sites = rp.load_sites()
    network = rp.build_network(sites, roads_of(arguments.graph, alone=arguments.alone))
    rows = [json.loads(line) for line in arguments.tours.read_text(encoding="utf-8").splitlines() if line]
    compare(rows, network)
    defaults(network, rows)


def roads_of(streets: Path | None, *, alone: bool) -> nx.MultiDiGraph | None:
    """Return the roads to plan on; nothing for the bundled ones."""
    if streets is None:
        return None
    detailed = rp.roads_from_file(streets, times="classes")
    return detailed if alone else rp.combine_roads(detailed)


def compare(rows: list[dict[str, Any]], network: rp.Network) -> None:
    """Print one block a tour and a summary."""
    kept, same, cheaper, offsets, lost = 0, 0, 0, [], 0
    for row in rows:
        tour, why = read_tour(row, network.sites)
        if tour is None:
            print(f"\n{row['name'][:60]}\n  left out: {why}")
            continue
        print(f"\n{tour.name[:60]}  [{tour.mode}, {tour.days} day, {hours_text(tour)}]")
        for note in tour.notes:
            print(f"  note: {note}")
        outcome = rebuild(tour, network)
        if outcome is None:
            lost += 1
            continue
        kept += 1
        same += outcome[0]
        cheaper += not outcome[0]
        offsets += outcome[1]
    print(f"\n{kept} of {kept + lost} tours kept; order as published in {same}, another order in {cheaper}.")
    if offsets:
        late = statistics.median(abs(o) for o in offsets)
        print(f"clock: {len(offsets)} published times, median |ours - published| = {late:.0f} min")


def hours_text(tour: Tour) -> str:
    """Say the hours and whether they are the page's or an operator's usual ones."""
    begin, end = (t.strftime("%H:%M") for t in tour.hours)
    return f"{begin}-{end} {'published' if tour.hours_published else 'usual'}"


def read_tour(row: dict[str, Any], sites: pd.DataFrame) -> tuple[Tour | None, str]:
    """Return the tour, or why it cannot be compared."""
    if row.get("mode") == "ferry":
        return None, "a ferry line, not a tour"
    days = max(1, round(row.get("days") or 1))
    if days > MAX_DAYS:
        return None, f"{days} days by train or ship: its stops lie beyond the bundled roads and river"
    mode = "road" if row["kind"] == "tour" or row.get("mode") == "land" else "river"
    if "coach" in (row.get("mode") or "") or ("river" in row["name"].lower() and row["kind"] == "tour"):
        mode = "mixed"
    notes, stops, clock = [], [], {}
    for stop in row["stops"]:
        site = stop.get("site_id")
        if site is None or site == START or sites.loc[site, "kind"] in TRANSFER_KINDS:
            continue
        if site not in stops:
            stops.append(site)
            moment = minutes(stop.get("time") or stop.get("arrive"))
            if moment is not None:
                clock[site] = moment
    stops, dropped = without_parts(stops, sites)
    notes += dropped
    if not stops:
        return None, "no stop of it is a sight of the catalogue"
    hours, published = hours_of(row, days, mode)
    return Tour(row["name"], mode, days, tuple(stops), clock, hours, published, tuple(notes)), ""


def without_parts(stops: list[str], sites: pd.DataFrame) -> tuple[list[str], list[str]]:
    """Keep of a whole and its parts what the page lists more of."""
    notes = []
    for whole in [s for s in stops if any(sites.loc[p, "part_of"] == s for p in stops)]:
        parts = [p for p in stops if sites.loc[p, "part_of"] == whole]
        gone = [whole] if len(parts) > 1 else parts
        stops = [s for s in stops if s not in gone]
        notes.append(f"{', '.join(gone)}: counted once ({whole} and its parts are one place)")
    return stops, notes


def minutes(text: str | None) -> int | None:
    """Return minutes after midnight of the first clock time in a text."""
    found = re.search(r"(\d{1,2}):(\d{2})", text or "")
    return int(found[1]) * 60 + int(found[2]) if found else None


def hours_of(row: dict[str, Any], days: int, mode: str) -> tuple[tuple[time, time], bool]:
    """Return the published hours of a day tour, the usual ones where the page has none."""
    begin, end = OPERATOR_HOURS["road" if mode == "road" else "river"]
    times = [
        m
        for s in row["stops"]
        for key in ("time", "depart", "arrive")
        if (m := minutes(s.get(key))) is not None
    ]
    if days > 1 or not times:
        return (begin, end), False
    first = min(times)
    final = row["stops"][-1]  # only a time of the last line says when the day ends
    last = max(
        (m for key in ("time", "arrive", "depart") if (m := minutes(final.get(key))) is not None), default=0
    )
    ended = last if last >= first + 240 else end.hour * 60 + end.minute
    if row.get("days") and row["days"] < 1 and last < first + 240:
        ended = min(first + 300, 23 * 60 + 55)
    return (time(first // 60, first % 60), time(ended // 60, ended % 60)), last >= first + 240


def rebuild(tour: Tour, network: rp.Network) -> tuple[bool, list[int]] | None:
    """Plan the tour and print what differs; None when no plan exists."""
    for pace, extra in (("normal", 0), ("intense", 0), ("normal", 120)):
        request = request_of(tour, pace, extra, network)
        if isinstance(request, str):
            print(f"  not kept: {request}")
            return None
        trip, why = attempt(request, network)
        if trip is not None:
            break
        print(f"  {pace} visits{f', {extra} min longer' if extra else ''}: {why}")
    else:
        print(f"  not kept; cause: {shortfall(tour, network)}")
        return None
    if pace != "normal" or extra:
        print(
            "  cause: the operator's visits are shorter, or the day longer, than the catalogue's visit times"
        )
    return report(tour, trip, network, request)


def shortfall(tour: Tour, network: rp.Network) -> str:
    """Say what the catalogue's visits, the way in the published order and lunch add up to."""
    places = [START, *tour.stops, START]
    profile = "coach" if tour.mode == "road" else tour.mode
    seconds = network.matrix(list(dict.fromkeys(places)), profile)
    at = {place: i for i, place in enumerate(seconds.places)}
    way = sum(int(seconds.duration_s[at[a], at[b]]) for a, b in itertools.pairwise(places)) // 60
    visits = [int(network.sites.loc[stop, "visit_min"]) for stop in tour.stops]
    begin, end = (t.hour * 60 + t.minute for t in tour.hours)
    if tour.days > 1:
        return "the page's group spends the night on the way; ours returns to Hanoi, as the page does not say where"
    return (
        f"visits {'+'.join(map(str, visits))} = {sum(visits)} min, {way} on the way, 60 of lunch: "
        f"{sum(visits) + way + 60} min; the page has {end - begin}: its visits are shorter"
    )


def request_of(tour: Tour, pace: str, extra: int, network: rp.Network) -> rp.TripRequest | str:
    """Return the request on the first date on which every stop is open, or why there is none."""
    begin, end = tour.hours
    late = min(end.hour * 60 + end.minute + extra, 23 * 60 + 55)
    for offset in range(45):
        day = FIRST_DATE + timedelta(days=offset)
        closed = [s for s in tour.stops if not rp.opening(network.sites.loc[s], day).intervals_s]
        if not closed:
            break
    else:
        return f"never open on one date within 45 days: {', '.join(closed)}"
    half = late - begin.hour * 60 - begin.minute < 360
    return rp.TripRequest(
        first_day=day,
        days=tour.days,
        start=START,
        must_visit=tour.stops,
        mode=tour.mode,
        pace=pace,
        day_start=begin,
        day_end=time(late // 60, late % 60),
        max_stops=len(tour.stops),
        lunch=None if half else rp.Lunch(),
    )


def only_musts(sites: pd.DataFrame, request: rp.TripRequest) -> pd.Series:
    """Return a prize of 1 for the tour's own stops."""
    return pd.Series([float(s in request.must_visit) for s in sites.index], index=sites.index)


def attempt(request: rp.TripRequest, network: rp.Network) -> tuple[rp.Itinerary | None, str]:
    """Return the plan, or the first line of why there is none."""
    try:
        trip = rp.plan(network, request, prizes=only_musts)
    except rp.InfeasibleError as error:
        return None, error.faults[0]
    violations = rp.check(trip, network, request, prizes=only_musts)
    if violations:
        raise SystemExit(f"the checker found: {violations[0]}")
    return trip, ""


def report(
    tour: Tour, trip: rp.Itinerary, network: rp.Network, request: rp.TripRequest
) -> tuple[bool, list[int]]:
    """Print order and clock differences with their causes."""
    ours = [stop.site_id for stop in trip.stops]
    same = ours == list(tour.stops)
    road = trip.measures["travel_min"]
    print(f"  kept on {request.first_day}: {road} min on the way, back {trip.days[-1].end.time:%H:%M}")
    if not same:
        print(f"  order: ours {' > '.join(ours)}")
        print(f"  cause: {order_cause(tour, road, network, request)}")
    times = walk(tour, network, request)
    offsets = []
    if times is not None and times.violation is None:
        arrivals = dict(zip(tour.stops, times.arrival_s, strict=True))
        offsets = [arrivals[stop] // 60 - clock for stop, clock in tour.clock.items() if stop in arrivals]
    if offsets:
        print(f"  clock: ours minus published in the published order, min: {offsets}")
        print(f"  cause: {clock_cause(offsets)}")
    return same, offsets


def clock_cause(offsets: list[int]) -> str:
    """Say in which way the clocks part."""
    if max(map(abs, offsets)) <= 20:
        return "within twenty minutes"
    grown = offsets[-1] - offsets[0]
    if grown < -20:
        return "the page allows longer visits or more rest than the catalogue's visit times"
    if grown > 20:
        return "the page's visits are shorter than the catalogue's visit times"
    return "pick-up round the hotels and traffic: the page leaves more time before the first stop"


def order_cause(tour: Tour, road_min: int, network: rp.Network, request: rp.TripRequest) -> str:
    """Compare the published order with ours on the same clock."""
    times = walk(tour, network, request)
    if times is None:
        return "the page does not say which stop is on which day"
    if times.violation:
        return f"the published order cannot be kept with the catalogue's visits and hours ({in_clock(times.violation)})"
    more = times.travel_s // 60 - road_min
    if more > 0:
        return f"the published order takes {more} min more on the way; the page puts lunch or a sight's hour first"
    return "both orders take the same time on the way"


def walk(tour: Tour, network: rp.Network, request: rp.TripRequest) -> DayTimes | None:
    """Return the clock of the published order; None for a tour of several days."""
    if tour.days > 1:
        return None
    case = assemble(network, request, prizes=only_musts)
    problem = replace(case.problem, max_travel_s=case.problem.max_travel_s * 9)
    at = {site: i for i, site in enumerate(problem.place_ids[: problem.n_sites])}
    return schedule(problem, [[at[site] for site in tour.stops]])[0]


def in_clock(text: str) -> str:
    """Return a violation with its seconds written as clock times."""
    return re.sub(r"(\d{4,6}) s", lambda m: f"{int(m[1]) // 3600:02d}:{int(m[1]) % 3600 // 60:02d}", text)


def defaults(network: rp.Network, rows: list[dict[str, Any]]) -> None:
    """Print the measures of our default plans beside the published tours' own."""
    counts = [
        len({s["site_id"] for s in row["stops"] if s.get("site_id") and s["site_id"] != START})
        for row in rows
        if row.get("days") == 1
    ]
    print("\nmeasures         stops  road_share  longest_leg  lunch  theme  variety  backtrack  headline")
    print(
        f"published tours  {min(counts)}-{max(counts)} (median {statistics.median(counts):g}); "
        "yardstick: 2-5 stops, road share <= 0.40, lunch 11:30-12:30"
    )
    for corridor in ("south", "southwest", "west", "northwest", "river"):
        mode = "river" if corridor == "river" else "road"
        trip = rp.plan(network, rp.TripRequest(corridor=corridor, mode=mode, first_day=FIRST_DATE))
        m = trip.measures
        lunch = m["lunch_at"][0]["at"] if m["lunch_at"][0] else "-"
        print(
            f"{corridor:<16} {m['stops_per_day'][0]:>5}  {m['road_share']:>10}  {m['longest_leg_min']:>11}  {lunch:>5}"
            f"  {m['theme_share']:>5}  {m['variety']:>7}  {m['backtracking'] or 0:>9}  {m['headline']}"
        )


if __name__ == "__main__":
    main()
