"""``routeplanner schema``: the JSON Schema of a request or an itinerary."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeplanner.cli._common import OK, command, json_argument, json_text, write_all

if TYPE_CHECKING:
    import argparse

__all__ = ["add"]


def add(commands: Any) -> None:  # noqa: ANN401 - argparse has no public name for it
    """Add the command to the parser."""
    parser = command(commands, "schema", _schema, "print the JSON Schema of a request or an itinerary")
    parser.add_argument("what", metavar="WHAT", help="request or itinerary")
    json_argument(parser, default="-")


def _schema(arguments: argparse.Namespace) -> int:
    from routeplanner.cli._common import require_folders
    from routeplanner.export import json_schema

    require_folders([arguments.json])
    write_all({arguments.json: json_text(json_schema(arguments.what))})
    return OK
