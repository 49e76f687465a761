"""Measure the search on the public orienteering instances with time windows (TOPTW).

    python benchmarks/search.py --instances DIR --best-known best_known.csv [--grasp grasp_ils.csv]
                                [--literature literature.csv] [--days 1 2] [--seconds 1] [--iterations N]
                                [--seed 0] [--sample] [--proof] [--peers]

DIR is searched for the classic files c1, c2, r1, r2, rc1, rc2 (Solomon) and pr01-pr20 (Cordeau) in the format
of KU Leuven. Distances are rounded down to one decimal (Solomon) or two (Cordeau), times are whole numbers in
that unit. Every solution is checked by the plain rules below, which share nothing with the search. Gaps are in
percent of the best known values of the first CSV (instance, m, bks); the column GRASP-ILS is the mean of the
best of its runs in the second one (instance, m, best_of_runs); the column ILS is the mean over the published
family in the third one (algorithm, set, m, avg_gap_pct). With --peers PyVRP solves the same cases in the same run, as a
vehicle routing problem with prizes, in so many seconds of the wall clock. "proved" is the share of cases whose
score equals the upper bound that came with it; the seconds are those of the processor, bound included.
"""

from __future__ import annotations

import argparse
import csv
import math
import re
import statistics
import time
from collections import defaultdict
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from routeplanner.planning.problem import Problem, make_problem
from routeplanner.planning.search import search

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import pyvrp

CLASSIC = re.compile(r"(rc|c|r)[12]\d\d|pr\d\d")
SAMPLE = ("c101", "c203", "r102", "r201", "rc104", "rc205", "pr01", "pr07", "pr14", "pr16")
FAMILIES = {"c1": "c100", "c2": "c200", "r1": "r100", "r2": "r200", "rc1": "rc100", "rc2": "rc200"}


def main() -> None:
    """Solve, check and print one table."""
    options = _options()
    best_known = _column(options.best_known, "bks")
    grasp = _column(options.grasp, "best_of_runs") if options.grasp else {}
    rows: dict[tuple[str, int], list[Case]] = defaultdict(list)
    peer = _pyvrp() if options.peers else None
    _warm_up()
    for path in _instances(options.instances, sample=options.sample):
        vertices, scale = _read(path)
        for days in options.days:
            known = best_known.get((path.stem, days))
            if known is None:
                continue
            problem = _problem(vertices, scale, days)
            begin = time.thread_time()
            found = search(
                problem,
                seed=options.seed,
                time_limit_s=options.seconds,
                iterations=options.iterations,
                proof=options.proof,
            )
            seconds = time.thread_time() - begin
            score = _checked(vertices, scale, found.days)
            theirs = float("nan")
            if peer is not None:
                theirs = _checked(vertices, scale, peer(problem, options.seconds, options.seed))
            grasped = grasp.get((path.stem, days), float("nan"))
            rows[_family(path.stem), days].append(Case(known, score, found.bound, grasped, theirs, seconds))
    _print(rows, _ils(options.literature))


class Case(NamedTuple):
    """One case: scores, bound and processor seconds; what is not known is not a number."""

    known: float
    score: int
    bound: int | None
    grasp: float
    peer: float
    seconds: float

    def gap(self, score: float) -> float:
        """Return by how much a score falls short of the best known one, in percent."""
        return 100 * (self.known - score) / self.known


def _ils(path: Path | None) -> dict[tuple[str, str], float]:
    """Return the published mean gaps of ILS by family and days."""
    if path is None:
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["algorithm"].startswith("ILS")]
    return {(row["set"], row["m"]): float(row["avg_gap_pct"]) for row in rows if row["avg_gap_pct"]}


def _pyvrp() -> Callable[[Problem, float, int], list[list[int]]] | None:
    """Return a function that solves a problem by PyVRP, None where it is not installed."""
    try:
        from pyvrp.stop import MaxRuntime
    except ImportError:
        print("PyVRP is not installed: pip install 'pyvrp>=0.14,<1'; its column stays empty")
        return None

    def solve(problem: Problem, seconds: float, seed: int) -> list[list[int]]:
        best = _vrp(problem).solve(stop=MaxRuntime(seconds), seed=seed, display=False).best
        if not best.is_feasible():
            return []
        return [[visit.idx for visit in route if visit.is_client()] for route in best.routes()]

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


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--instances", type=Path, required=True, help="folder that is searched for instances")
    parser.add_argument("--best-known", type=Path, required=True, help="CSV: instance, m, bks")
    parser.add_argument("--grasp", type=Path, help="CSV: instance, m, best_of_runs of GRASP-ILS")
    parser.add_argument("--literature", type=Path, help="CSV: algorithm, set, m, avg_gap_pct")
    parser.add_argument(
        "--proof", action="store_true", help="bound several days by column generation, and pack"
    )
    parser.add_argument("--peers", action="store_true", help="solve with PyVRP beside it")
    parser.add_argument("--days", type=int, nargs="+", default=[1, 2, 3, 4])
    parser.add_argument("--seconds", type=float, default=1.0, help="processor seconds a case")
    parser.add_argument("--iterations", type=int, default=20_000, help="most steps of the search a case")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--sample", action="store_true", help="ten instances of all families only")
    return parser.parse_args()


def _column(path: Path, name: str) -> dict[tuple[str, int], float]:
    with path.open(encoding="utf-8", newline="") as file:
        return {(row["instance"], int(row["m"])): float(row[name]) for row in csv.DictReader(file)}


def _instances(folder: Path, *, sample: bool) -> Iterator[Path]:
    for path in sorted(folder.rglob("*.txt")):
        if CLASSIC.fullmatch(path.stem) and (not sample or path.stem in SAMPLE):
            yield path


def _family(name: str) -> str:
    if name.startswith("pr"):
        return "pr01-10" if int(name[2:]) <= 10 else "pr11-20"
    return FAMILIES[name[:-2]]


def _read(path: Path) -> tuple[list[list[Fraction]], int]:
    """Return x, y, service, score, opening, closing of each vertex (the depot first), and the unit of time."""
    lines = [line.split() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    rows = lines[2 : 3 + int(lines[0][2])]
    scale = 100 if path.stem.startswith("pr") else 10
    return [[Fraction(row[k]) for k in (1, 2, 3, 4, -2, -1)] for row in rows], scale


def _travel(vertices: list[list[Fraction]], scale: int) -> np.ndarray:
    """Return distances in units of 1 / scale, rounded down by exact integers."""
    xy = np.array([[int(v[0] * 1000), int(v[1] * 1000)] for v in vertices])
    squares = ((xy[:, None] - xy[None]) ** 2).sum(axis=2) * scale**2 // 1000**2
    root = np.sqrt(squares).astype(np.int64)
    root -= root * root > squares
    return root + ((root + 1) * (root + 1) <= squares)


def _problem(vertices: list[list[Fraction]], scale: int, days: int) -> Problem:
    """State an instance with the depot behind the sites."""
    order = [*range(1, len(vertices)), 0]
    windows = [[(int(v[4] * scale), int(v[5] * scale))] for v in vertices[1:]]
    return make_problem(
        travel_s=_travel(vertices, scale)[np.ix_(order, order)].tolist(),
        prize=[int(v[3]) for v in vertices[1:]],
        windows=[windows] * days,
        day_start_s=[int(vertices[0][4] * scale)] * days,
        day_end_s=[int(vertices[0][5] * scale)] * days,
        service_s=[int(v[2] * scale) for v in vertices[1:]],
    )


def _checked(vertices: list[list[Fraction]], scale: int, days: Sequence[Sequence[int]]) -> int:
    """Return the score of routes after walking each by the rules of the instance."""
    travel = _travel(vertices, scale)
    visited = [site + 1 for route in days for site in route]
    if len(visited) != len(set(visited)):
        raise AssertionError("a vertex is visited twice")
    for route in days:
        now, here = int(vertices[0][4] * scale), 0
        for vertex in [site + 1 for site in route]:
            now = max(now + int(travel[here, vertex]), int(vertices[vertex][4] * scale))
            if now > vertices[vertex][5] * scale:
                raise AssertionError(f"vertex {vertex} is served too late")
            now += int(vertices[vertex][2] * scale)
            here = vertex
        if now + travel[here, 0] > vertices[0][5] * scale:
            raise AssertionError("a route is back too late")
    return sum(int(vertices[vertex][3]) for vertex in visited)


def _warm_up() -> None:
    """Compile before the clock starts."""
    search(
        make_problem(
            travel_s=[[0, 9, 9], [9, 0, 9], [9, 9, 0]],
            prize=[5, 7],
            windows=[[[(20, 25)], [(20, 25)]]],
            day_start_s=[0],
            day_end_s=[60],
        ),
        iterations=2,
    )


def _print(rows: dict[tuple[str, int], list[Case]], ils: dict[tuple[str, str], float]) -> None:
    print(
        f"{'family':8} {'m':>1} {'cases':>5} {'mean %':>7} {'worst %':>8} {'ILS %':>6} {'GRASP-ILS %':>11}"
        f" {'beats':>5} {'ties':>4} {'loses':>5} {'PyVRP %':>8} {'proved':>6} {'seconds':>7}"
    )
    for (family, days), cases in sorted(rows.items()):
        _print_row(family, str(days), cases, ils.get((family, str(days)), float("nan")))
    for days in sorted({days for _, days in rows}):
        _print_row("all", str(days), [case for key in rows if key[1] == days for case in rows[key]])
    _print_row("all", "", [case for cases in rows.values() for case in cases])


def _print_row(family: str, days: str, cases: list[Case], ils: float = float("nan")) -> None:
    gaps = [case.gap(case.score) for case in cases]
    versus = [case.score - case.grasp for case in cases if not math.isnan(case.grasp)]
    proved = sum(case.score == case.bound for case in cases) / len(cases)
    print(
        f"{family:8} {days:>1} {len(cases):5} {statistics.mean(gaps):7.2f} {max(gaps):8.2f} {_number(ils, 6)}"
        f" {_number(_mean(case.gap(case.grasp) for case in cases), 11)}"
        f" {sum(d > 0 for d in versus):5} {sum(d == 0 for d in versus):4} {sum(d < 0 for d in versus):5}"
        f" {_number(_mean(case.gap(case.peer) for case in cases), 8)}"
        f" {proved:6.0%} {statistics.mean(case.seconds for case in cases):7.2f}",
        flush=True,
    )


def _mean(numbers: Iterator[float]) -> float:
    known = [number for number in numbers if not math.isnan(number)]
    return statistics.mean(known) if known else float("nan")


def _number(value: float, width: int) -> str:
    return f"{'-':>{width}}" if math.isnan(value) else f"{value:{width}.2f}"


if __name__ == "__main__":
    main()
