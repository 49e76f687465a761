"""``routeplanner warmup``: compile what a plan needs, beforehand."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from routeplanner.cli._common import OK, command

if TYPE_CHECKING:
    import argparse

__all__ = ["add"]


def add(commands: Any) -> None:  # noqa: ANN401 - argparse has no public name for it
    """Add the command to the parser."""
    words = "compile what a plan needs, so that the first one need not wait (for images and services)"
    command(commands, "warmup", _warmup, words)


def _warmup(arguments: argparse.Namespace) -> int:
    del arguments
    from routeplanner.planning.warm import warmup

    begin = time.perf_counter()
    compiled = 0
    for step in warmup():
        compiled += step.compiled
        done = f"{step.compiled} functions compiled" if step.compiled else "ready"
        print(f"{step.part:<36} {done:<24} {step.seconds:6.1f} s", flush=True)
    seconds = time.perf_counter() - begin
    print(f"{compiled} functions compiled" if compiled else "nothing to compile", f"in {seconds:.1f} s")
    return OK
