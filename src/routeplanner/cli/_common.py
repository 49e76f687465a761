"""What the commands share: exit codes, numbers typed by hand, outputs that are written whole."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from routeplanner.errors import RequestError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Mapping, Sequence

__all__ = [
    "BAD_INPUT",
    "FOUND",
    "OK",
    "command",
    "number",
    "output_faults",
    "require_folders",
    "whole",
    "write_all",
]

OK, FOUND, BAD_INPUT = 0, 1, 2
"""Exit codes: done; a check or validation found something; bad input or no feasible plan."""


def command(
    commands: Any,  # noqa: ANN401 - argparse has no public name for it
    name: str,
    run: Callable[[argparse.Namespace], int],
    words: str,
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        name, help=words, description=words.capitalize() + "."
    )
    parser.set_defaults(run=run)
    return parser


def write_all(outputs: Mapping[str, str | bytes]) -> None:
    """Write all outputs or none."""
    from routeplanner._files import write_together

    write_together(outputs)
    for path in outputs:
        print(f"wrote {path}", file=sys.stderr)


def require_folders(paths: Sequence[str | None]) -> None:
    """Say before the work, not after it, that an output cannot be written."""
    faults = output_faults(paths)
    if faults:
        raise RequestError(faults, subject="output")


def output_faults(paths: Sequence[str | None]) -> list[str]:
    """Return why outputs cannot be written, as far as that is seen beforehand."""
    from pathlib import Path

    faults = []
    for path in filter(None, paths):
        try:
            if Path(path).is_dir():
                faults.append(f"{path} is a folder; give a file name")
            elif not Path(path).parent.is_dir():
                faults.append(
                    f"{path}: the folder {Path(path).parent} does not exist; create it or choose another"
                )
        except OSError as error:
            faults.append(f"{path[:60]}…: {error.strerror}; give another file name")
    given = [path for path in paths if path]
    return faults + [
        f"{path} is asked for twice; give two names" for path in dict.fromkeys(given) if given.count(path) > 1
    ]


def whole(name: str, text: str | None, faults: list[str]) -> int | None:
    if text is None:
        return None
    try:
        return int(text.replace("_", ""))
    except ValueError:
        faults.append(f"--{name}: {text!r} is not a whole number")
        return None


def number(name: str, text: str, faults: list[str]) -> float | None:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if value > 0:
        return value
    faults.append(f"--{name}: {text!r} is not a number above 0")
    return None
