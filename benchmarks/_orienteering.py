"""What the benchmarks of orienteering share: options, exact distances, times, tables, and solutions as files."""

from __future__ import annotations

import argparse
import json
import statistics
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from routeplanner.planning.problem import make_problem
from routeplanner.planning.search import search

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from routeplanner.planning.problem import Problem, Solution

MOST_STEPS = 10_000_000


@dataclass(slots=True)
class Case:
    """A solved instance: its family, its score, the value published for it (None: none), and the bound."""

    family: str
    instance: str
    score: int
    published: float | None
    bound: int | None
    seconds: float
    routes: list[list[int]] = field(default_factory=list)

    @property
    def gap(self) -> float | None:
        """Percent below the published value; negative where it is beaten."""
        return None if not self.published else 100 * (self.published - self.score) / self.published


def options(description: str | None) -> argparse.ArgumentParser:
    """Return the options that all these benchmarks have."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--instances", type=Path, required=True, help="folder of the instances")
    parser.add_argument("--seconds", type=float, default=1.0, help="processor seconds a case")
    parser.add_argument("--solutions", type=Path, metavar="OUT.json", help="write the routes found")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="", help="instances whose name contains this text")
    return parser


def floor_distances(xy: Iterable[tuple[int, int]], unit: int, scale: int) -> np.ndarray:
    """Return Euclidean distances in units of 1 / scale, rounded down by exact integers; xy in units of 1 / unit."""
    points = np.array(list(xy), np.int64)
    squares = ((points[:, None] - points[None]) ** 2).sum(axis=2) * scale**2 // unit**2
    root = np.sqrt(squares).astype(np.int64)
    root -= root * root > squares
    return root + ((root + 1) * (root + 1) <= squares)


def solve(
    problem: Problem, *, seconds: float, seed: int, proof: bool | None = False
) -> tuple[Solution, float]:
    """Search for so many seconds of the processor; return the solution and the seconds used."""
    begin = time.process_time()
    found = search(problem, seed=seed, time_limit_s=seconds, iterations=MOST_STEPS, proof=proof)
    return found, time.process_time() - begin


def warm_up() -> None:
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


def report(cases: Sequence[Case], solutions: Path | None) -> None:
    """Print a line for each family and all, and write the routes if asked for."""
    print(
        f"{'family':12} {'cases':>5} {'with value':>10} {'mean gap %':>10} {'worst gap %':>11}"
        f" {'better':>6} {'equal':>5} {'worse':>5} {'to bound %':>10} {'optimal':>7} {'seconds':>7}"
    )
    for family in [*dict.fromkeys(case.family for case in cases), "all"]:
        _line(family, [case for case in cases if family in ("all", case.family)])
    if solutions is not None:
        rows = [
            {"instance": case.instance, "days": len(case.routes), "routes": case.routes} for case in cases
        ]
        solutions.write_text(json.dumps(rows), encoding="utf-8")


def _line(family: str, cases: Sequence[Case]) -> None:
    gaps = [case.gap for case in cases if case.gap is not None]
    room = [100 * (c.bound - c.score) / c.bound for c in cases if c.bound]
    proved = sum(case.bound == case.score for case in cases)
    print(
        f"{family:12} {len(cases):5} {len(gaps):10} {_number(gaps, statistics.mean, 10)}"
        f" {_number(gaps, max, 11)} {sum(g < 0 for g in gaps):6} {sum(g == 0 for g in gaps):5}"
        f" {sum(g > 0 for g in gaps):5} {_number(room, statistics.mean, 10)} {proved:7}"
        f" {statistics.mean(case.seconds for case in cases):7.2f}",
        flush=True,
    )


def _number(values: Sequence[float], function: Callable[[Sequence[float]], float], width: int) -> str:
    return f"{function(values):{width}.2f}" if values else f"{'-':>{width}}"
