"""``routeplanner warmup``: compile what a plan needs, beforehand."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

from routeplanner.cli._common import OK, STDOUT, command, json_argument, json_text, require_folders, write_all

if TYPE_CHECKING:
    import argparse

__all__ = ["add"]


def add(commands: Any) -> None:  # noqa: ANN401 - argparse has no public name for it
    """Add the command to the parser."""
    words = "compile what a plan needs, so that the first one need not wait (for images and services)"
    json_argument(command(commands, "warmup", _warmup, words))


def _warmup(arguments: argparse.Namespace) -> int:
    require_folders([arguments.json])
    from routeplanner.planning.warm import warmup

    begin = time.perf_counter()
    steps: list[dict[str, Any]] = []
    out = sys.stderr if arguments.json == STDOUT else sys.stdout
    for step in warmup():
        steps.append({"part": step.part, "compiled": step.compiled, "seconds": round(step.seconds, 3)})
        done = f"{step.compiled} functions compiled" if step.compiled else "ready"
        print(f"{step.part:<36} {done:<24} {step.seconds:6.1f} s", flush=True, file=out)
    seconds, compiled = time.perf_counter() - begin, sum(step["compiled"] for step in steps)
    said = f"{compiled} functions compiled" if compiled else "nothing to compile"
    print(f"{said} in {seconds:.1f} s", file=out)
    if arguments.json:
        write_all({arguments.json: json_text({"parts": steps, "seconds": round(seconds, 3)})})
    return OK
