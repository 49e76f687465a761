"""The orienteering problem with time windows and travel times that change over the day (TDOPTW), solved and checked.

The instances of Verbeeck, Vansteenwegen and Aghezzaf, "The time-dependent orienteering problem with time windows: a
fast ant colony system", Annals of Operations Research 254 (2017), with travel times by quarter of an hour
(``tt*.TXT``) and one that does not change (``titt*.TXT``). The routes in ``optima/`` keep the windows with the
times that do not change, and not with the others: they are optima of the fixed problem, and are compared with
that. So both problems are solved: *fixed*, against the values of ``optima/`` (some of them not proved by their
makers), and *timed*, where a matrix is there, beside its own bound. Between two quarters the travel time is taken
to be linear. Each solution is checked by a walk in exact fractions of a millisecond that shares nothing with the
search.

    python benchmarks/tdoptw.py --instances DIR --seconds 1 [--kinds fixed timed] [--solutions OUT.json]
"""

from __future__ import annotations

import re
import sys
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from _orienteering import Case, options, report, solve, warm_up
from routeplanner.planning.problem import make_problem

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from routeplanner.planning.problem import Problem

FIRST_MS, SLOT_MS, SLOTS = 6 * 3_600_000, 900_000, 56


class Instance(NamedTuple):
    """An instance in milliseconds: rows of score, service, opening and closing, the first and last being the ends."""

    name: str
    span: int
    rows: list[tuple[int, int, int, int]]
    fixed: np.ndarray  # (n, n)
    timed: np.ndarray | None  # (n, n, slots)


def _numbers(path: Path) -> list[int]:
    return [int(Fraction(word)) for word in re.split(r"[;\s]+", path.read_text(encoding="utf-8")) if word]


def read(path: Path) -> Instance:
    """Read an instance, and the travel times that stand beside it."""
    lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    values = [[int(word) for word in line.split(";")] for line in lines[2:]]
    n = len(values)
    timed = path.parent / f"tt{path.stem.split('.')[0]}.TXT"
    table = np.array(_numbers(timed)).reshape(n, n, SLOTS) if timed.is_file() else None
    fixed = path.parent / f"titt{path.stem.split('.')[0]}.TXT"
    return Instance(
        path.stem,
        int(lines[1]),
        [(row[1], row[3], row[4], row[5]) for row in values],
        np.array(_numbers(fixed)).reshape(n, n),
        table,
    )


def state(instance: Instance, *, timed: bool) -> Problem:
    """State an instance as a problem of one day, the ends behind the sites."""
    n = len(instance.rows)
    order = [*range(1, n - 1), 0, n - 1]
    sites = instance.rows[1:-1]
    start = instance.rows[0][2]
    fields: dict[str, object] = {}
    if timed and instance.timed is not None:
        fields["departure_s"] = FIRST_MS + SLOT_MS * np.arange(SLOTS)
        fields["timed_travel_s"] = _fifo(np.moveaxis(instance.timed[order][:, order], 2, 0))
    return make_problem(
        travel_s=instance.fixed[order][:, order].tolist(),
        prize=[row[0] for row in sites],
        windows=[[[(row[2], row[3])] for row in sites]],
        day_start_s=[start],
        day_end_s=[min(start + instance.span, instance.rows[-1][3])],
        service_s=[row[1] for row in sites],
        origin=[n - 2],
        destination=[n - 1],
        **fields,
    )


def _fifo(timed: np.ndarray) -> np.ndarray:
    """Refuse tables in which somebody who leaves a quarter later arrives earlier."""
    if (np.diff(timed, axis=0) < -SLOT_MS).any():
        raise ValueError("travel times fall by more than a quarter of an hour within one")
    return timed


def checked(instance: Instance, route: Sequence[int], *, timed: bool) -> int:
    """Return the score of a route of rows, the ends aside, after walking it by the rules of the instance."""
    rows, last = instance.rows, len(instance.rows) - 1
    if len(set(route)) < len(route) or {0, last} & set(route):
        raise AssertionError(f"{instance.name}: a vertex is visited twice")
    now, here = Fraction(rows[0][2]), 0
    for vertex in (*route, last):
        now = max(now + _travel(instance, here, vertex, now, timed=timed), Fraction(rows[vertex][2]))
        if now > rows[vertex][3]:
            raise AssertionError(f"{instance.name}: vertex {vertex} is reached too late")
        now, here = now + rows[vertex][1], vertex
    if now > rows[0][2] + instance.span:
        raise AssertionError(f"{instance.name}: the route is too long")
    return sum(rows[vertex][0] for vertex in route)


def _travel(instance: Instance, here: int, there: int, leave: Fraction, *, timed: bool) -> Fraction:
    if not timed or instance.timed is None:
        return Fraction(int(instance.fixed[here, there]))
    slot, past = divmod(leave - FIRST_MS, SLOT_MS)
    slot = int(slot)
    if slot >= SLOTS - 1:
        return Fraction(int(instance.timed[here, there, SLOTS - 1]))
    one, other = (int(value) for value in instance.timed[here, there, slot : slot + 2])
    return one + (other - one) * past / SLOT_MS


def _published(path: Path, instance: Instance) -> float | None:
    """Return the score of the route in ``optima/``, after checking it against the fixed times."""
    known = path.parent / "optima" / path.name
    if not known.is_file():
        return None
    count, *numbers = _numbers(known)
    return float(checked(instance, numbers[1 : count - 1], timed=False))


def main() -> int:
    """Solve all instances and print the table."""
    parser = options(__doc__)
    parser.add_argument("--kinds", nargs="+", choices=["fixed", "timed"], default=["fixed", "timed"])
    asked = parser.parse_args()
    warm_up()
    cases = []
    for path in sorted(asked.instances.rglob("*.TXT")):
        size = re.fullmatch(r"(\d+)\.\d\.\d", path.stem)
        fixed = path.parent / f"titt{path.stem.split('.')[0]}.TXT"
        if size is None or path.parent.name == "optima" or asked.only not in path.stem or not fixed.is_file():
            continue
        instance = read(path)
        for kind in asked.kinds:
            if kind == "timed" and instance.timed is None:
                continue
            timed = kind == "timed"
            found, seconds = solve(state(instance, timed=timed), seconds=asked.seconds, seed=asked.seed)
            route = [site + 1 for site in found.days[0]]
            score = checked(instance, route, timed=timed)
            value = None if timed else _published(path, instance)
            cases.append(Case(f"{kind} n={size[1]}", path.stem, score, value, found.bound, seconds, [route]))
    report(sorted(cases, key=lambda case: case.family), asked.solutions)
    return 0 if cases else 1


if __name__ == "__main__":
    sys.exit(main())
