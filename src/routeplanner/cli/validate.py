"""``routeplanner validate``: check catalogue files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeplanner.cli._common import (
    BAD_INPUT,
    OK,
    STDOUT,
    command,
    json_argument,
    json_text,
    lang_argument,
    require_folders,
    write_all,
)

if TYPE_CHECKING:
    import argparse

__all__ = ["add"]


def add(commands: Any) -> None:  # noqa: ANN401 - argparse has no public name for it
    """Add the command to the parser."""
    _validate_arguments(command(commands, "validate", _validate, "check catalogue files"))


def _validate_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", metavar="FILE", help="catalogue file or folder")
    json_argument(parser)
    lang_argument(parser)


def _validate(arguments: argparse.Namespace) -> int:
    from routeplanner.sites.catalog import validate_sites

    require_folders([arguments.json])
    found = {name: list(validate_sites(name, lang=arguments.lang)) for name in arguments.files}
    if arguments.json:
        write_all({arguments.json: json_text(found)}, lang=arguments.lang)
    for name, faults in found.items() if arguments.json != STDOUT else ():
        print(f"{name}: {_count(len(faults), arguments.lang)}")
        for fault in faults:
            print(f"  - {fault}")
    return BAD_INPUT if any(found.values()) else OK


def _count(faults: int, lang: str) -> str:
    if lang == "vi":
        return f"{faults} lỗi" if faults else "không có lỗi"
    return f"{faults} fault{'s' * (faults != 1)}" if faults else "no faults"
