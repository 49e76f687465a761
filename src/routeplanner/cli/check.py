"""``routeplanner check``: an itinerary against network and catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeplanner.cli._common import (
    FOUND,
    OK,
    STDOUT,
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
    _check_arguments(command(commands, "check", _check, "check an itinerary against network and catalogue"))


def _check_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file", metavar="FILE.json", help="an itinerary that `plan --json` wrote; - for standard input"
    )
    parser.add_argument("--catalogue", metavar="PATH", help="the catalogue it was planned with")
    network_arguments(parser)
    json_argument(parser)
    lang_argument(parser)


def _check(arguments: argparse.Namespace) -> int:
    from routeplanner.planning.check import check
    from routeplanner.planning.request import TripRequest

    require_folders([arguments.json])
    trip = read_trip(arguments.file)
    network = network_for(arguments)
    violations = check(trip, network, TripRequest.from_dict(trip.request))
    outputs = {}
    if arguments.json:
        rows = [{"rule": v.rule, "day": v.day, "text": v.text} for v in violations]
        outputs[arguments.json] = json_text({"feasible": not rows, "violations": rows})
    write_all(outputs, lang=arguments.lang)
    for violation in violations if STDOUT not in outputs else ():
        print(violation)
    if not violations:
        words = {
            "en": "right in every rule (times, ways, hours, choice, prizes; not names or measures)",
            "vi": "đúng mọi quy tắc (giờ giấc, đường đi, giờ mở cửa, lựa chọn, điểm số; không xét tên và số đo)",
        }
        to_screen(f"{arguments.file}: {words[arguments.lang]}", outputs)
    return FOUND if violations else OK
