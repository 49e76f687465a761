"""Team orienteering with several time windows a day and limits on attributes (MCTOPMTW), solved and checked.

The instances of Souffriau, Vansteenwegen, Vanden Berghe and Van Oudheusden, "The multiconstraint team
orienteering problem with multiple time windows", Transportation Science 47 (2013): up to four windows a vertex of
which every other one is open on odd and on even tours, a budget of entrance fees, and at most so many vertices
of each of ten types. They were made around a good solution of the plain instance with as many tours, whose score stands
in no instance file; the best known value of the plain instance (CSV: instance, m, bks) is what can be held against.
Each solution is checked by a walk in exact integers that shares nothing with the search.

    python benchmarks/mctopmtw.py --instances DIR --seconds 1 [--best-known FILE.csv] [--solutions OUT.json]
"""

from __future__ import annotations

import csv
import re
import sys
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from _orienteering import Case, floor_distances, options, report, solve, warm_up
from routeplanner.planning.problem import make_problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from routeplanner.planning.problem import Problem

TYPES = 10


class Vertex(NamedTuple):
    """A line of an instance, times in units of its scale; the depot is the first."""

    number: int
    service: int
    score: int
    cuts: tuple[int, ...]  # bounds of the four windows; of the depot opening and closing
    normal: bool
    fee: int
    types: tuple[int, ...]


class Instance(NamedTuple):
    """An instance: vertices with the depot first, and distances in units of 1 / scale."""

    name: str
    tours: int
    budget: int
    most: tuple[int, ...]
    vertices: list[Vertex]
    distance: np.ndarray


def read(path: Path) -> Instance:
    """Read an instance; distances are floored to one decimal (Solomon) or two (Cordeau)."""
    lines = [line.split() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    scale = 100 if "pr" in path.stem else 10
    tours, _, budget, *most = (int(Fraction(word)) for word in lines[0])
    vertices, xy = [], []
    for row in lines[1:]:
        number, values = int(row[0]), [Fraction(word) for word in row[1:]]
        xy.append((int(values[0] * 1000), int(values[1] * 1000)))
        depot = not vertices
        cuts = tuple(int(v * scale) for v in ((values[-2], values[-1]) if depot else values[4:9]))
        tail = [int(v) for v in ([1, 0, *[0] * TYPES] if depot else values[9:])]
        vertices.append(
            Vertex(
                number,
                int(values[2] * scale),
                int(values[3]),
                cuts,
                tail[0] == 1,
                tail[1],
                tuple(tail[2 : 2 + TYPES]),
            )
        )
    return Instance(path.stem, tours, budget, tuple(most[:TYPES]), vertices, floor_distances(xy, 1000, scale))


def windows(vertex: Vertex, tour: int) -> list[tuple[int, int]]:
    """Return the spans in which a vertex may be served on a tour (counted from 0)."""
    first = 0 if vertex.normal == (tour % 2 == 0) else 1
    return [(vertex.cuts[k], vertex.cuts[k + 1]) for k in (first, first + 2)]


def state(instance: Instance) -> Problem:
    """State an instance as a problem: the depot behind the sites, fees and types as resources."""
    sites, depot = instance.vertices[1:], instance.vertices[0]
    order = [*range(1, len(instance.vertices)), 0]
    travel = instance.distance[order][:, order]
    tours = range(instance.tours)
    return make_problem(
        travel_s=travel.tolist(),
        prize=[vertex.score for vertex in sites],
        windows=[[windows(vertex, tour) for vertex in sites] for tour in tours],
        day_start_s=[depot.cuts[0]] * instance.tours,
        day_end_s=[depot.cuts[1]] * instance.tours,
        service_s=[vertex.service for vertex in sites],
        resource_use=[
            [vertex.fee for vertex in sites],
            *([vertex.types[kind] for vertex in sites] for kind in range(TYPES)),
        ],
        resource_limit=[instance.budget, *instance.most],
    )


def checked(instance: Instance, routes: Sequence[Sequence[int]]) -> int:
    """Return the score of routes of vertex positions after walking each by the rules of the instance."""
    visited = [position for route in routes for position in route]
    used = [instance.vertices[position] for position in visited]
    if len(set(visited)) < len(visited) or 0 in visited:
        raise AssertionError(f"{instance.name}: a vertex is visited twice")
    if sum(vertex.fee for vertex in used) > instance.budget:
        raise AssertionError(f"{instance.name}: over the budget")
    for kind in range(TYPES):
        if sum(vertex.types[kind] for vertex in used) > instance.most[kind]:
            raise AssertionError(f"{instance.name}: too many of type {kind + 1}")
    for tour, route in enumerate(routes):
        _walk(instance, tour, route)
    return sum(vertex.score for vertex in used)


def _walk(instance: Instance, tour: int, route: Sequence[int]) -> None:
    now, here = instance.vertices[0].cuts[0], 0
    for position in route:
        vertex = instance.vertices[position]
        now += int(instance.distance[here, position])
        starts = [max(now, opening) for opening, closing in windows(vertex, tour) if now <= closing]
        if not starts:
            raise AssertionError(
                f"{instance.name}: vertex {vertex.number} is served too late on tour {tour + 1}"
            )
        now, here = min(starts) + vertex.service, position
    if now + int(instance.distance[here, 0]) > instance.vertices[0].cuts[1]:
        raise AssertionError(f"{instance.name}: tour {tour + 1} is back too late")


def main() -> int:
    """Solve all instances and print the table."""
    parser = options(__doc__)
    parser.add_argument("--best-known", type=Path, help="CSV of the plain instances: instance, m, bks")
    asked = parser.parse_args()
    published: dict[str, float] = {}
    if asked.best_known:
        with asked.best_known.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        published = {f"MCTOPMTW-{row['m']}-{row['instance']}": float(row["bks"]) for row in rows}
    warm_up()
    cases = []
    for path in sorted(asked.instances.rglob("*.txt")):
        name = re.fullmatch(r"MCTOPMTW-(\d)-([a-z]+)\d+", path.stem)
        if name is None or asked.only not in path.stem:
            continue
        instance = read(path)
        found, seconds = solve(state(instance), seconds=asked.seconds, seed=asked.seed, proof=None)
        routes = [[site + 1 for site in route] for route in found.days]
        score = checked(instance, routes)
        numbers = [[instance.vertices[position].number for position in route] for route in routes]
        cases.append(
            Case(
                f"{name[2]} m={name[1]}",
                path.stem,
                score,
                published.get(path.stem),
                found.bound,
                seconds,
                numbers,
            )
        )
    report(sorted(cases, key=lambda case: case.family), asked.solutions)
    return 0 if cases else 1


if __name__ == "__main__":
    sys.exit(main())
