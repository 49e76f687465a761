"""``routeplanner convert``: an itinerary as another file."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from routeplanner.cli._common import OK, command, lang_argument, read_trip, require_folders, write_all
from routeplanner.errors import RequestError

if TYPE_CHECKING:
    import argparse

__all__ = ["add"]

SUFFIXES = ".json .geojson .gpkg .parquet .csv .gpx .kml .ics .jsonld .zip .html .svg .png .txt"


def add(commands: Any) -> None:  # noqa: ANN401 - argparse has no public name for it
    """Add the command to the parser."""
    parser = command(commands, "convert", _convert, "write an itinerary in another format")
    parser.add_argument(
        "file", metavar="IN.json", help="an itinerary that `plan --json` wrote; - for standard input"
    )
    parser.add_argument(
        "out",
        metavar="OUT.suffix",
        help=f"{SUFFIXES} (GTFS of the sailings); - for standard output, with --to",
    )
    parser.add_argument("--to", metavar="FORMAT", help="the format, where the name's suffix does not say it")
    lang_argument(parser)


def _convert(arguments: argparse.Namespace) -> int:
    from pathlib import Path

    from routeplanner.export import trip_bytes

    suffix = arguments.to or ("" if arguments.out == "-" else Path(arguments.out).suffix)
    if not suffix:
        fault = f"{arguments.out}: its name does not say the format; end it in one of {SUFFIXES}, or give --to gpx"
        raise RequestError([fault], subject="convert")
    require_folders([arguments.out])
    trip = read_trip(arguments.file)
    write_all({arguments.out: trip_bytes(trip, suffix, lang=arguments.lang)}, lang=arguments.lang)
    sailed = any(leg.mode in ("boat", "ferry", "rail", "air") for day in trip.days for leg in day.legs)
    if suffix.lower().endswith("zip") and not sailed:
        words = {
            "en": "no boat, ferry, train or plane in this itinerary: the feed holds its places and no trips",
            "vi": "hành trình này không có thuyền, phà, tàu hay máy bay: tệp chỉ có các điểm, không có chuyến",
        }
        print(words[arguments.lang], file=sys.stderr)
    return OK
