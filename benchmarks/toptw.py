"""Measure the search on the public sets of the team orienteering problem with time windows (TOPTW).

    python benchmarks/toptw.py --instances DIR --best-known best_known.csv [--seconds 1] [--days 1 2 3 4]
                               [--grasp grasp_ils.csv] [--seeds 1] [--proof] [--solutions OUT.json] [--peers]

DIR is searched recursively for instances in the format of KU Leuven: Solomon's c, r and rc sets and Cordeau's pr01 to
pr20. Folders named mctopmtw, ttdp and tdoptw hold other problems and are passed over, as are files of another
format. Distances are Euclidean, rounded down to one decimal (Solomon) or two (Cordeau); a service has to start within
its window; waiting is free; a day leaves the depot at its opening and is back by its closing.

--best-known
    CSV with columns instance, m, bks. Cases without a row are solved and counted, but have no gap.
--grasp
    CSV with columns instance, m, best_of_runs, mean_of_runs: wins, ties and losses against both are counted.
--seconds
    Seconds of the processor that a case may take, one thread, after compilation, everything included.
--seeds
    Runs a case, with seeds 0, 1, ...; gaps are means over the runs, the file of solutions has the best one.
--proof
    Spend what time is left on proofs of optimality; without it a bound comes only where it costs nothing.
--solutions
    Where to write a JSON list of {"instance", "days", "routes"}: routes without the depot, vertices as in the file.
--peers
    Solve each case with PyVRP as well, as a vehicle routing problem with prizes, in so many seconds.

Every solution is walked by a checker that shares nothing with the search; one that breaks a rule is reported, and
the exit code is 1.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import re
import statistics
import sys
import time
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from routeplanner.planning.problem import Problem, make_problem
from routeplanner.planning.search import search

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import pyvrp

OTHERS = {"mctopmtw", "ttdp", "tdoptw"}
NAME = re.compile(r"(?:(rc|c|r)([12])\d\d|pr(\d\d))", re.IGNORECASE)
SMALLEST_GAIN = 1e-9


class Vertex(NamedTuple):
    """A row of a file; coordinates in thousandths, times in units of 1 / scale."""

    x: int
    y: int
    service: int
    score: int
    opens: int
    closes: int


class Instance(NamedTuple):
    """An instance: vertex 0 is the depot, `ways` are whole numbers in the unit of the times."""

    name: str
    vertices: list[Vertex]
    ways: list[list[int]]


class Run(NamedTuple):
    """One run on one case."""

    score: int
    bound: int | None
    seconds: float
    routes: list[list[int]]
    peer: float


class Case(NamedTuple):
    """One case with its runs; what is not known is not a number."""

    instance: str
    days: int
    known: float
    grasp_best: float
    grasp_mean: float
    runs: list[Run]

    @property
    def best(self) -> Run:
        """The run of the highest score."""
        return max(self.runs, key=lambda run: run.score)

    @property
    def proved(self) -> bool:
        """Whether a run found as much as a bound of any of them allows."""
        bounds = [run.bound for run in self.runs if run.bound is not None]
        return bool(bounds) and self.best.score >= min(bounds)

    def gap(self, score: float) -> float:
        """Return by how much a score falls short of the best known one, in percent."""
        return 100 * (self.known - score) / self.known


def main() -> int:
    """Solve, check, print a table; return the exit code."""
    options = _options()
    known = _column(options.best_known, "bks")
    best, mean = _column(options.grasp, "best_of_runs"), _column(options.grasp, "mean_of_runs")
    instances = list(_instances(options.instances))
    if not instances:
        print(f"no TOPTW instance below {options.instances}", file=sys.stderr)
        return 2
    if options.verify:
        return _verify(options.verify, instances, known)
    peer = _pyvrp() if options.peers else None
    _warm_up(instances[0], proof=options.proof)
    cases: list[Case] = []
    faults: list[str] = []
    for days in options.days:
        for instance in instances:
            runs = [_run(instance, days, seed, options, peer, faults) for seed in range(options.seeds)]
            key = instance.name.lower(), days
            nothing = float("nan")
            case = Case(
                instance.name,
                days,
                known.get(key, nothing),
                best.get(key, nothing),
                mean.get(key, nothing),
                runs,
            )
            cases.append(case)
            _print_case(case, verbose=options.verbose)
    _print_table(cases)
    if options.solutions:
        _write(options.solutions, cases)
    for fault in faults:
        print(f"FAULT: {fault}", file=sys.stderr)
    return 1 if faults else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--instances", type=Path, required=True, help="folder with instances, at any depth")
    parser.add_argument("--best-known", type=Path, help="CSV: instance, m, bks")
    parser.add_argument("--grasp", type=Path, help="CSV: instance, m, best_of_runs, mean_of_runs")
    parser.add_argument("--days", type=int, nargs="+", default=[1, 2, 3, 4], help="numbers of days")
    parser.add_argument("--seconds", type=float, default=1.0, help="processor seconds a case (%(default)s)")
    parser.add_argument("--seeds", type=int, default=1, help="runs a case (%(default)s)")
    parser.add_argument("--proof", action="store_true", help="spend the time that is left on proofs")
    parser.add_argument("--solutions", type=Path, help="JSON file for the best routes of each case")
    parser.add_argument(
        "--verify", type=Path, help="only walk the routes of such a file, and print their scores"
    )
    parser.add_argument("--peers", action="store_true", help="solve with PyVRP beside it")
    parser.add_argument("--verbose", action="store_true", help="print each case")
    return parser.parse_args()


def _column(path: Path | None, name: str) -> dict[tuple[str, int], float]:
    if path is None:
        return {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {
            (row["instance"].lower(), int(row["m"])): float(row[name])
            for row in csv.DictReader(file)
            if row.get(name)
        }


def _instances(folder: Path) -> Iterator[Instance]:
    """Yield the instances of a folder by name; a second file of the same name is passed over."""
    seen: set[str] = set()
    for path in sorted(folder.rglob("*.txt"), key=lambda path: (path.stem.lower(), str(path))):
        among_others = OTHERS & {part.lower() for part in path.relative_to(folder).parts[:-1]}
        if among_others or not NAME.fullmatch(path.stem) or path.stem.lower() in seen:
            continue
        instance = _read(path)
        if instance is not None:
            seen.add(instance.name.lower())
            yield instance


def _family(name: str) -> str:
    found = NAME.fullmatch(name)
    if found is None:
        return "other"
    if found[3]:
        return "pr01-10" if int(found[3]) <= 10 else "pr11-20"
    return f"{found[1].lower()}{found[2]}00"


def _read(path: Path) -> Instance | None:
    """Read a file; None if it is not in the format of this problem."""
    scale = 100 if path.stem.lower().startswith("pr") else 10
    lines = [line.split() for line in path.read_text(encoding="utf-8", errors="replace").splitlines()]
    lines = [line for line in lines if line]
    try:
        count = int(lines[0][2])
        rows = lines[2 : 3 + count]
        vertices = [
            Vertex(
                _whole(row[1], 1000),
                _whole(row[2], 1000),
                _whole(row[3], scale),
                _whole(row[4], 1),
                _whole(row[-2], scale),
                _whole(row[-1], scale),
            )
            for row in rows
        ]
        numbered = [int(row[0]) for row in rows] == list(range(count + 1))
    except (IndexError, ValueError, ArithmeticError):
        return None
    if not numbered:
        return None
    ways = [[_floor_distance(a, b, scale) for b in vertices] for a in vertices]
    return Instance(path.stem, vertices, ways)


def _whole(text: str, scale: int) -> int:
    """Return a decimal number in units of 1 / scale; raise ValueError where it is finer than that."""
    value = Decimal(text) * scale
    if value != value.to_integral_value():
        raise ValueError(f"{text} is finer than 1 / {scale}")
    return int(value)


def _floor_distance(one: Vertex, other: Vertex, scale: int) -> int:
    """Return the distance in units of 1 / scale, rounded down, by whole numbers alone."""
    return math.isqrt(((one.x - other.x) ** 2 + (one.y - other.y) ** 2) * scale**2) // 1000


def _problem(instance: Instance, days: int) -> Problem:
    """State an instance for the search, the depot behind the sites."""
    depot, sites = instance.vertices[0], instance.vertices[1:]
    order = [*range(1, len(instance.vertices)), 0]
    return make_problem(
        travel_s=[[instance.ways[a][b] for b in order] for a in order],
        prize=[site.score for site in sites],
        windows=[[[(site.opens, site.closes)] for site in sites]] * days,
        day_start_s=[depot.opens] * days,
        day_end_s=[depot.closes] * days,
        service_s=[site.service for site in sites],
    )


def _run(
    instance: Instance,
    days: int,
    seed: int,
    options: argparse.Namespace,
    peer: Callable[[Problem, float, int], list[list[int]]] | None,
    faults: list[str],
) -> Run:
    """Solve a case once, and check what comes out."""
    problem = _problem(instance, days)
    begin = time.process_time()
    found = search(problem, seed=seed, seconds=options.seconds, proof=True if options.proof else None)
    seconds = time.process_time() - begin
    routes = [[site + 1 for site in route] for route in found.days]
    score, broken = check(instance, routes, days)
    if score != found.prize:
        broken.append(f"the search says {found.prize}, the routes are worth {score}")
    theirs = float("nan")
    if peer is not None:
        theirs, worse = check(instance, peer(problem, options.seconds, seed), days)
        broken += [f"PyVRP: {fault}" for fault in worse]
    faults += [f"{instance.name}, {days} days, seed {seed}: {fault}" for fault in broken]
    return Run(score, found.bound if options.proof else None, seconds, routes, theirs)


def check(instance: Instance, routes: Sequence[Sequence[int]], days: int) -> tuple[int, list[str]]:
    """Walk routes by the rules of the instance; return the score and what they break."""
    broken = [] if len(routes) <= days else [f"{len(routes)} routes for {days} days"]
    depot, visited = instance.vertices[0], [vertex for route in routes for vertex in route]
    if len(visited) != len(set(visited)):
        broken.append("a vertex is visited twice")
    unknown = [vertex for vertex in visited if not 0 < vertex < len(instance.vertices)]
    if unknown:
        return 0, [*broken, f"there is no vertex {unknown[0]}"]
    for number, route in enumerate(routes):
        now, here = depot.opens, 0
        for vertex in route:
            rules = instance.vertices[vertex]
            now = max(now + instance.ways[here][vertex], rules.opens)
            if now > rules.closes:
                broken.append(
                    f"route {number}: vertex {vertex} is served at {now}, it closes at {rules.closes}"
                )
            now, here = now + rules.service, vertex
        if now + instance.ways[here][0] > depot.closes:
            broken.append(f"route {number} is back at {now + instance.ways[here][0]}, not by {depot.closes}")
    return sum(instance.vertices[vertex].score for vertex in set(visited)), broken


def _pyvrp() -> Callable[[Problem, float, int], list[list[int]]] | None:
    """Return a function that solves a problem by PyVRP, None where it is not installed."""
    try:
        from pyvrp.stop import MaxRuntime
    except ImportError:
        print("PyVRP is not installed: pip install 'pyvrp>=0.14,<1'; its column stays empty", file=sys.stderr)
        return None

    def solve(problem: Problem, seconds: float, seed: int) -> list[list[int]]:
        best = _vrp(problem).solve(stop=MaxRuntime(seconds), seed=seed, display=False).best
        if not best.is_feasible():
            return []
        return [[visit.idx + 1 for visit in route if visit.is_client()] for route in best.routes()]

    return solve


def _vrp(problem: Problem) -> pyvrp.Model:
    """State a problem for PyVRP: one unit of prize weighs as much as the mean way, so that prizes lead."""
    import pyvrp

    travel, model = problem.travel_s, pyvrp.Model()
    places = [model.add_location(0, 0) for _ in range(len(travel))]
    depot = model.add_depot(places[-1])
    model.add_vehicle_type(
        problem.n_days,
        start_depot=depot,
        end_depot=depot,
        tw_early=int(problem.day_start_s[0]),
        tw_late=int(problem.day_end_s[0]),
    )
    for site in range(problem.n_sites):
        opening, closing = problem.windows[0, site, 0].tolist()
        model.add_client(
            places[site],
            service_duration=int(problem.service_s[site]),
            tw_early=opening,
            tw_late=closing,
            prize=int(travel.mean()) * int(problem.prize[site]),
            required=False,
        )
    for a, one in enumerate(places):
        for b, other in enumerate(places):
            if a != b:
                model.add_edge(one, other, distance=int(travel[a, b]), duration=int(travel[a, b]))
    return model


def _warm_up(instance: Instance, *, proof: bool) -> None:
    """Compile before the clock starts."""
    for days in (1, 2):
        search(_problem(instance, days), seconds=0.05, proof=True if proof else None)


def _print_case(case: Case, *, verbose: bool) -> None:
    best = case.best.score
    if best > case.known + SMALLEST_GAIN:
        print(
            f"NEW: {case.instance}, {case.days} days: {best}, the best known was {case.known:.0f}", flush=True
        )
    if verbose:
        scores = " ".join(str(run.score) for run in case.runs)
        proof = " proved" if case.proved else ""
        print(f"{case.instance:8} {case.days} {scores} of {case.known:.0f}{proof}", flush=True)


def _print_table(cases: Sequence[Case]) -> None:
    print(
        f"{'family':8} {'m':>1} {'cases':>5} {'mean %':>7} {'worst %':>8}"
        f" {'| vs GRASP best':>15} {'w':>3} {'t':>3} {'l':>3} {'| mean':>7} {'w':>3} {'t':>3} {'l':>3}"
        f" {'PyVRP %':>8} {'proved':>6} {'new':>4} {'seconds':>7}"
    )
    rows: dict[tuple[str, str], list[Case]] = defaultdict(list)
    for case in cases:
        for key in ((_family(case.instance), str(case.days)), ("all", str(case.days)), ("all", "")):
            rows[key].append(case)
    order = sorted(rows, key=lambda key: (key[0] == "all", key[1] == "", key))
    for key in order:
        _print_row(*key, rows[key])


def _print_row(family: str, days: str, cases: Sequence[Case]) -> None:
    gaps = [
        statistics.mean(case.gap(run.score) for run in case.runs)
        for case in cases
        if not math.isnan(case.known)
    ]
    peers = [case.gap(run.peer) for case in cases for run in case.runs]
    new = sum(case.best.score > case.known + SMALLEST_GAIN for case in cases)
    print(
        f"{family:8} {days:>1} {len(cases):5} {_number(_mean(gaps), 7)} {_number(max(gaps, default=math.nan), 8)}"
        f" {'':15} {_versus(cases, 'grasp_best')} {'':7} {_versus(cases, 'grasp_mean')}"
        f" {_number(_mean(peers), 8)} {sum(case.proved for case in cases) / len(cases):6.0%} {new:4}"
        f" {statistics.mean(run.seconds for case in cases for run in case.runs):7.2f}",
        flush=True,
    )


def _versus(cases: Sequence[Case], column: str) -> str:
    """Return wins, ties and losses of the mean run against a column of the published results."""
    pairs = [(statistics.mean(run.score for run in case.runs), getattr(case, column)) for case in cases]
    margins = [ours - theirs for ours, theirs in pairs if not math.isnan(theirs)]
    wins, ties = sum(m > SMALLEST_GAIN for m in margins), sum(abs(m) <= SMALLEST_GAIN for m in margins)
    return f"{wins:3} {ties:3} {len(margins) - wins - ties:3}"


def _mean(numbers: Sequence[float]) -> float:
    known = [number for number in numbers if not math.isnan(number)]
    return statistics.mean(known) if known else float("nan")


def _number(value: float, width: int) -> str:
    return f"{'-':>{width}}" if math.isnan(value) else f"{value:{width}.2f}"


def _verify(path: Path, instances: Sequence[Instance], known: Mapping[tuple[str, int], float]) -> int:
    """Walk the routes of a file; print their scores beside the best known, and what they break."""
    by_name = {instance.name.lower(): instance for instance in instances}
    broken = 0
    for row in json.loads(path.read_text(encoding="utf-8")):
        name, days = row["instance"].lower(), row["days"]
        if name not in by_name:
            print(f"{name}: no such instance")
            broken += 1
            continue
        score, faults = check(by_name[name], row["routes"], days)
        broken += bool(faults)
        best = known.get((name, days), float("nan"))
        print(f"{name:6} {days} {score:6} best known {best:6.0f}  {'; '.join(faults) or 'right'}")
    return 1 if broken else 0


def _write(path: Path, cases: Sequence[Case]) -> None:
    rows = [{"instance": case.instance, "days": case.days, "routes": case.best.routes} for case in cases]
    path.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    raise SystemExit(main())
