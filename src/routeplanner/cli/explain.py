"""``routeplanner explain``: why a site is in an itinerary, or why it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeplanner.cli._common import (
    OK,
    command,
    json_argument,
    json_text,
    lang_argument,
    network_arguments,
    network_for,
    read_trip,
    require_folders,
    to_screen,
    write_all,
)

if TYPE_CHECKING:
    import argparse

__all__ = ["add"]


def add(commands: Any) -> None:  # noqa: ANN401 - argparse has no public name for it
    """Add the command to the parser."""
    parser = command(commands, "explain", _explain, "say why a site is in an itinerary, or why it is not")
    parser.add_argument(
        "file", metavar="FILE.json", help="an itinerary that `plan --json` wrote; - for standard input"
    )
    parser.add_argument("site", metavar="SITE", nargs="+", help="ids or names")
    parser.add_argument("--catalogue", metavar="PATH", help="the catalogue it was planned with")
    network_arguments(parser)
    json_argument(parser)
    lang_argument(parser)


def _explain(arguments: argparse.Namespace) -> int:
    from routeplanner.planning.why import explain

    require_folders([arguments.json])
    trip = read_trip(arguments.file)
    network = network_for(arguments)
    answers = [explain(trip, site, network=network) for site in arguments.site]
    outputs = {arguments.json: json_text([a.to_dict() for a in answers])} if arguments.json else {}
    write_all(outputs, lang=arguments.lang)
    to_screen("\n".join(a.text_vi if arguments.lang == "vi" else a.text for a in answers), outputs)
    return OK
