"""The tourist trip design problem with opening hours by weekday (TTDP), solved and checked.

The instances of Gavalas, Konstantopoulos, Mastakas, Pantziou and Tasoulas, "Cluster-based heuristics for the team
orienteering problem with time windows" (SEA 2013): sites with hours for each day of the week, tours on consecutive
days from a given weekday on. No values are published with the files; a table can be given (CSV: instance,
value), and the bound of the search is shown beside. Each solution is checked by a walk in exact integers that
shares nothing with the search.

    python benchmarks/ttdp.py --instances DIR --seconds 1 [--days 1 2 3 4] [--solutions OUT.json]
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

SCALE = 100
WEEK = 7


class Vertex(NamedTuple):
    """A site in hundredths of a minute; hours by weekday, opening after closing where it is closed."""

    service: int
    score: int
    hours: tuple[tuple[int, int], ...]


class Instance(NamedTuple):
    """An instance: the first weekday, the span of a tour, sites, and distances with the depot first."""

    name: str
    tours: int
    weekday: int
    span: tuple[int, int]
    sites: list[Vertex]
    distance: np.ndarray


def read(path: Path) -> Instance:
    """Read an instance; distances are floored to two decimals."""
    lines = [line.split() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    _, tours, weekday, *_ = (int(word) for word in lines[0])
    rows = [[Fraction(word) for word in line] for line in lines[1:]]
    xy = [(int(row[1] * 1000), int(row[2] * 1000)) for row in rows]
    sites = []
    for row in rows[1:]:
        times = [int(value * SCALE) for value in row[6 : 6 + 2 * WEEK]]
        # a site that opens and closes at 0 is closed on that day
        hours = [
            (times[k], times[k + 1]) if times[k + 1] > times[k] else (1, 0) for k in range(0, 2 * WEEK, 2)
        ]
        sites.append(Vertex(int(row[3] * SCALE), int(row[4]), tuple(hours)))
    span = int(rows[0][5] * SCALE), int(rows[0][6] * SCALE)
    return Instance(path.stem, tours, weekday, span, sites, floor_distances(xy, 1000, SCALE))


def state(instance: Instance, tours: int) -> Problem:
    """State an instance as a problem; service has to start within the hours."""
    order = [*range(1, len(instance.sites) + 1), 0]
    windows = [
        [[hours] if hours[0] <= hours[1] else [] for hours in (site.hours[day] for site in instance.sites)]
        for day in ((instance.weekday + tour) % WEEK for tour in range(tours))
    ]
    return make_problem(
        travel_s=instance.distance[order][:, order].tolist(),
        prize=[site.score for site in instance.sites],
        windows=windows,
        day_start_s=[instance.span[0]] * tours,
        day_end_s=[instance.span[1]] * tours,
        service_s=[site.service for site in instance.sites],
    )


def checked(instance: Instance, routes: Sequence[Sequence[int]]) -> int:
    """Return the score of routes (sites from 1) after walking each by the rules of the instance."""
    visited = [site for route in routes for site in route]
    if len(set(visited)) < len(visited):
        raise AssertionError(f"{instance.name}: a site is visited twice")
    for tour, route in enumerate(routes):
        weekday = (instance.weekday + tour) % WEEK
        now, here = instance.span[0], 0
        for number in route:
            site = instance.sites[number - 1]
            opening, closing = site.hours[weekday]
            now = max(now + int(instance.distance[here, number]), opening)
            if now > closing:
                raise AssertionError(f"{instance.name}: site {number} is closed on tour {tour + 1}")
            now, here = now + site.service, number
        if now + int(instance.distance[here, 0]) > instance.span[1]:
            raise AssertionError(f"{instance.name}: tour {tour + 1} is back too late")
    return sum(instance.sites[number - 1].score for number in visited)


def main() -> int:
    """Solve all instances and print the table."""
    parser = options(__doc__)
    parser.add_argument("--days", type=int, nargs="+", help="numbers of tours, instead of the file's")
    parser.add_argument("--values", type=Path, help="CSV of published values: instance, value")
    asked = parser.parse_args()
    published: dict[str, float] = {}
    if asked.values:
        with asked.values.open(encoding="utf-8", newline="") as file:
            published = {row["instance"]: float(row["value"]) for row in csv.DictReader(file)}
    warm_up()
    cases = []
    for path in sorted(asked.instances.rglob("*.txt")):
        if not re.fullmatch(r"t\d{3}", path.stem) or asked.only not in path.stem:
            continue
        instance = read(path)
        for tours in asked.days or [instance.tours]:
            found, seconds = solve(state(instance, tours), seconds=asked.seconds, seed=asked.seed, proof=None)
            routes = [[site + 1 for site in route] for route in found.days]
            score = checked(instance, routes)
            value = published.get(path.stem) if tours == instance.tours else None
            family = f"{path.stem[:2]}xx m={tours}"
            cases.append(Case(family, path.stem, score, value, found.bound, seconds, routes))
    report(sorted(cases, key=lambda case: case.family), asked.solutions)
    return 0 if cases else 1


if __name__ == "__main__":
    sys.exit(main())
