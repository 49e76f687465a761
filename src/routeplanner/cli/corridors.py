"""``routeplanner corridors``: list the corridors."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from routeplanner.cli._common import OK, command

if TYPE_CHECKING:
    import argparse

__all__ = ["add"]


def add(commands: Any) -> None:  # noqa: ANN401 - argparse has no public name for it
    """Add the command to the parser."""
    corridors = command(commands, "corridors", _corridors, "list the corridors")
    corridors.add_argument("--json", action="store_true", help="print JSON instead of a table")


def _corridors(arguments: argparse.Namespace) -> int:
    from routeplanner.sites.catalog import load_sites
    from routeplanner.sites.words import load_corridors

    sites = load_sites()
    rows = [
        {
            "key": key,
            "name_vi": corridor.name_vi,
            "name_en": corridor.name_en,
            "sites": int(sites["corridors"].map(lambda keys, key=key: key in keys).sum()),
        }
        for key, corridor in load_corridors().items()
    ]
    if arguments.json:
        print(json.dumps(rows, ensure_ascii=False, indent=1))
        return OK
    for row in rows:
        print(f"{row['key']:<12} {row['sites']:>4} sites  {row['name_vi']}\n{'':<24}{row['name_en']}")
    return OK
