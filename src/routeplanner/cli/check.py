"""``routeplanner check``: an itinerary against network and catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeplanner.cli._common import FOUND, OK, command

if TYPE_CHECKING:
    import argparse

__all__ = ["add"]


def add(commands: Any) -> None:  # noqa: ANN401 - argparse has no public name for it
    """Add the command to the parser."""
    _check_arguments(command(commands, "check", _check, "check an itinerary against network and catalogue"))


def _check_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE.json", help="an itinerary that `plan --json` wrote")
    parser.add_argument("--catalogue", metavar="PATH", help="the catalogue it was planned with")


def _check(arguments: argparse.Namespace) -> int:
    from routeplanner.itinerary import Itinerary
    from routeplanner.network import build_network
    from routeplanner.planning.check import check
    from routeplanner.planning.request import TripRequest
    from routeplanner.sites.catalog import load_sites

    trip = Itinerary.from_file(arguments.file)
    network = build_network(load_sites(arguments.catalogue))
    violations = check(trip, network, TripRequest.from_dict(trip.request))
    for violation in violations:
        print(violation)
    if not violations:
        print(
            f"{arguments.file}: right in every rule (times, ways, hours, choice, prizes; not names or measures)"
        )
    return FOUND if violations else OK
