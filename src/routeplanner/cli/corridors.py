"""``routeplanner corridors``: list the corridors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeplanner.cli._common import (
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
    corridors = command(commands, "corridors", _corridors, "list the corridors")
    json_argument(corridors)
    lang_argument(corridors)


def _corridors(arguments: argparse.Namespace) -> int:
    from routeplanner.export.listings import corridor_rows
    from routeplanner.sites.catalog import load_sites

    require_folders([arguments.json])
    rows = corridor_rows(load_sites())
    write_all({arguments.json: json_text(rows)} if arguments.json else {}, lang=arguments.lang)
    word = "điểm" if arguments.lang == "vi" else "sites"
    for row in rows if arguments.json != STDOUT else ():
        print(
            f"{row['key']:<16} {row['sites']:>4} {word}  {row['name_vi']}\n{'':<{24 + len(word) - 1}}{row['name_en']}"
        )
    return OK
