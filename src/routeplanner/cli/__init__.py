"""The command line: one module a command, each with a function `add` that puts it into the parser.

Exit codes: 0 done, 1 a check, a comparison or a batch found something, 2 bad input, a catalogue with faults, or no
feasible plan, 130 stopped by the keyboard.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from routeplanner._version import __version__
from routeplanner.cli import (
    batch,
    best_dates,
    calendar,
    catalog,
    check,
    completion,
    convert,
    corridors,
    embed,
    explain,
    open_on,
    plan,
    programme,
    replan,
    schema,
    serve,
    sites,
    validate,
    warmup,
)
from routeplanner.cli._common import BAD_INPUT, EXIT_CODES, OK, STOPPED, error_text
from routeplanner.cli._parser import asked_language, parser_in
from routeplanner.errors import RoutePlannerError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

__all__ = ["main", "parser"]

COMMANDS = (
    plan,
    replan,
    explain,
    programme,
    check,
    sites,
    validate,
    catalog,
    corridors,
    calendar,
    open_on,
    best_dates,
    convert,
    embed,
    batch,
    serve,
    schema,
    warmup,
    completion,
)
"""Modules of the commands, in the order in which ``--help`` lists them."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    Parameters
    ----------
    argv
        Arguments without the program's name; by default those of the process.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    given = sys.argv[1:] if argv is None else list(argv)
    arguments = parser(asked_language(given)).parse_args(given)
    try:
        return int(arguments.run(arguments))
    except RoutePlannerError as error:
        told = error_text(error, getattr(arguments, "lang", "en"), arguments.options)
        print(f"routeplanner: {told}", file=sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:
        print("routeplanner: đã dừng · stopped", file=sys.stderr)
        return STOPPED
    except BrokenPipeError:
        sys.stderr.close()
        return OK


def parser(lang: str = "en") -> argparse.ArgumentParser:
    """Return the parser with all commands, which complains in a language."""
    made = parser_in(lang)(
        prog="routeplanner",
        description="Themed cultural itineraries for Hanoi and the Red River.",
        epilog=EXIT_CODES,
    )
    made.add_argument("--version", action="version", version=f"routeplanner {__version__}")
    commands = made.add_subparsers(required=True, metavar="COMMAND")
    for module in COMMANDS:
        module.add(commands)
    return made
