"""Compilation of the kernels, with types that a checker can follow, and random numbers for them."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
import numpy as np
import numpy.typing as npt
from numba.extending import register_jitable

from routeplanner.planning import schedule
from routeplanner.planning.search._parts import Inlined, Part, Whole

__all__ = [
    "Bits",
    "Floats",
    "Ints",
    "Random",
    "Records",
    "entry",
    "inlined",
    "kernel",
    "random_below",
    "random_unit",
    "sources",
    "whole",
]

Function = TypeVar("Function", bound=Callable[..., object])
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bits = npt.NDArray[np.uint64]
Random = npt.NDArray[np.uint64]
Records = npt.NDArray[Any]


_KERNEL = re.compile(r"^ *@(entry|kernel|inlined)$", re.MULTILINE)


def sources() -> str:
    """Return a text that changes with any file of kernels.

    Numba looks only at the file of the function that it loads from disk, and would go on using machine code
    of an older state of the others.
    """
    files = [file for file in Path(__file__).parent.glob("*.py") if _KERNEL.search(file.read_text("utf-8"))]
    tools = [Path(__file__).with_name(name) for name in ("_lend.py", "_parts.py")]
    files = sorted([Path(schedule.__file__), *tools, *files])
    return " ".join(f"{file.name}:{file.stat().st_size}:{file.stat().st_mtime_ns}" for file in files)


LATEST = (0, 68)
"""Numba up to which kernels are made into parts by `_parts`, which knows how numba is built; a later one, not tried
so far, compiles each kernel by itself, which gives the same answers and takes about twice as long."""

BARE = {"nogil": True, "_nrt": False, "error_model": "numpy"}
"""Kernels own no arrays: without counting who holds one, loops that call kernels are up to thirty times as quick.

So none may make or return an array; what they write on is laid out before.
"""


def _by(pipeline: type, **plain: bool) -> dict[str, Any]:
    """Return the options of a function: the pipeline that makes it a part, or plain ones for an unknown numba."""
    known = tuple(int(part) for part in numba.__version__.split(".")[:2]) <= LATEST
    return {**BARE, "pipeline_class": pipeline} if known else {**BARE, **plain}


def entry(function: Function) -> Function:
    """Compile a function that Python calls, on first use, and keep the machine code on disk where that can be."""
    compiled = numba.njit(**_by(Whole, no_cfunc_wrapper=True))(function)
    with suppress(RuntimeError):  # neither the package's folder nor the user's can be written
        compiled.enable_caching()
    return cast("Function", compiled)


def kernel(function: Function) -> Function:
    """Compile a function that only compiled functions call: it needs no door to Python and no file."""
    return cast("Function", numba.njit(**_by(Part, no_cpython_wrapper=True, no_cfunc_wrapper=True))(function))


def inlined(function: Function) -> Function:
    """Compile a small function into each of its callers."""
    return cast("Function", numba.njit(**_by(Inlined, no_cpython_wrapper=True, forceinline=True))(function))


# The clock of the planning side has one source: kernels call these very functions.
for _step in (
    schedule.arrive,
    schedule.first_start,
    schedule.last_start,
    schedule.leave_by,
    schedule.ride,
    schedule.serve,
):
    register_jitable(**_by(Part))(_step)


@inlined
def whole(value: int) -> int:
    """Return a number that is not part of a type: functions called with a bare 1 are compiled anew for it."""
    return value + 0


@inlined
def random_unit(random: Random) -> float:
    """Return the next number of [0, 1) of a splitmix64 generator whose state is `random[0]`.

    Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
    """
    random[0] += np.uint64(0x9E3779B97F4A7C15)
    mixed = random[0]
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    return float(mixed >> np.uint64(11)) * 2.0**-53


@inlined
def random_below(random: Random, limit: int) -> int:
    """Return a whole number of 0..limit-1, or 0 where there is none."""
    return int(random_unit(random) * limit)
