"""``routeplanner validate``: check catalogue files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeplanner.cli._common import BAD_INPUT, OK, command

if TYPE_CHECKING:
    import argparse

__all__ = ["add"]


def add(commands: Any) -> None:  # noqa: ANN401 - argparse has no public name for it
    """Add the command to the parser."""
    _validate_arguments(command(commands, "validate", _validate, "check catalogue files"))


def _validate_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", metavar="FILE", help="catalogue file or folder")


def _validate(arguments: argparse.Namespace) -> int:
    from routeplanner.sites.catalog import validate_sites

    bad = 0
    for name in arguments.files:
        faults = validate_sites(name)
        bad += len(faults)
        print(
            f"{name}: {'no faults' if not faults else f'{len(faults)} fault{chr(115) * (len(faults) != 1)}'}"
        )
        for fault in faults:
            print(f"  - {fault}")
    return BAD_INPUT if bad else OK
