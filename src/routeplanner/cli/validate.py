"""``routeplanner validate``: check catalogue files."""

from __future__ import annotations

import json
import sys
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
from routeplanner.errors import DataFileError

if TYPE_CHECKING:
    import argparse

__all__ = ["add"]


def add(commands: Any) -> None:  # noqa: ANN401 - argparse has no public name for it
    """Add the command to the parser."""
    _validate_arguments(command(commands, "validate", _validate, "check catalogue files"))


def _validate_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "files", nargs="+", metavar="FILE", help="catalogue file or folder; - for GeoJSON from standard input"
    )
    json_argument(parser)
    lang_argument(parser)


def _validate(arguments: argparse.Namespace) -> int:
    from routeplanner.sites.catalog import validate_sites

    require_folders([arguments.json])
    found = {name: list(validate_sites(_source(name), lang=arguments.lang)) for name in arguments.files}
    if arguments.json:
        write_all({arguments.json: json_text(found)}, lang=arguments.lang)
    for name, faults in found.items() if arguments.json != STDOUT else ():
        print(f"{name}: {_count(len(faults), arguments.lang)}")
        for fault in faults:
            print(f"  - {fault}")
    return BAD_INPUT if any(found.values()) else OK


def _source(name: str) -> Any:  # noqa: ANN401 - JSON
    """Return a file's name, or what standard input holds."""
    if name != STDOUT:
        return name
    text = sys.stdin.read()
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        fault = f"not JSON: {error}; pipe in a GeoJSON FeatureCollection"
        raise DataFileError([fault], subject="standard input") from None


def _count(faults: int, lang: str) -> str:
    if lang == "vi":
        return f"{faults} lỗi" if faults else "không có lỗi"
    return f"{faults} fault{'s' * (faults != 1)}" if faults else "no faults"
