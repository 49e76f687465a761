"""``routeplanner open``: what is open on a date, and why the rest is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeplanner.cli._common import OK, STDOUT, command, json_argument, json_text, require_folders, write_all
from routeplanner.errors import RequestError

if TYPE_CHECKING:
    import argparse

__all__ = ["add"]


def add(commands: Any) -> None:  # noqa: ANN401 - argparse has no public name for it
    """Add the command to the parser."""
    _open_arguments(command(commands, "open", _open, "list what is open on a date, and why the rest is not"))


def _open_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("date", metavar="YYYY-MM-DD")
    parser.add_argument("--corridor", metavar="KEY", help="only sites of this corridor")
    parser.add_argument("--closed", action="store_true", help="only what is closed")
    json_argument(parser)
    parser.add_argument("--lang", choices=("en", "vi"), default="en", help="language (%(default)s)")
    parser.add_argument("--catalogue", metavar="PATH", help="own catalogue: a folder or file of GeoJSON")


def _open(arguments: argparse.Namespace) -> int:
    from datetime import date

    from routeplanner.sites.catalog import load_sites
    from routeplanner.sites.find import filter_sites
    from routeplanner.sites.hours import open_sites

    try:
        day = date.fromisoformat(arguments.date)
    except ValueError:
        fault = f"date: {arguments.date!r} is not a date; write it as 2027-03-13 (year-month-day)"
        raise RequestError([fault], subject="open") from None
    require_folders([arguments.json])
    sites = filter_sites(load_sites(arguments.catalogue), corridor=arguments.corridor)
    found = open_sites(sites, day)
    found = found[~found["is_open"]] if arguments.closed else found
    if arguments.json:
        from routeplanner.export.listings import opening_rows

        write_all({arguments.json: json_text(opening_rows(found))}, lang=arguments.lang)
    if arguments.json == STDOUT:
        return OK
    width = max((len(site) for site in found.index), default=0)
    for row in found.itertuples():
        hours = ", ".join(f"{opens:%H:%M}–{closes:%H:%M}" for opens, closes in row.intervals)
        reason = (row.reason_vi if arguments.lang == "vi" else row.reason_en) or row.certainty
        shut = "đóng cửa" if arguments.lang == "vi" else "closed"
        print(f"{row.Index:<{width}}  {hours or shut:<24}  {reason}".rstrip())
    return OK
