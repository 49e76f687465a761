"""``routeplanner calendar``: the festivals and national days of a year."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeplanner.cli._common import (
    OK,
    STDOUT,
    command,
    json_argument,
    json_text,
    require_folders,
    whole,
    write_all,
)
from routeplanner.errors import RequestError

if TYPE_CHECKING:
    import argparse

__all__ = ["add"]


def add(commands: Any) -> None:  # noqa: ANN401 - argparse has no public name for it
    """Add the command to the parser."""
    _calendar_arguments(
        command(commands, "calendar", _calendar, "list the festivals and national days of a year")
    )


def _calendar_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("year", metavar="YEAR", help="1900 to 2100")
    parser.add_argument("--ics", metavar="FILE.ics", help="write it for phones and calendar programmes")
    parser.add_argument("--html", metavar="FILE.html", help="write a page to print")
    json_argument(parser)
    parser.add_argument("--lang", choices=("en", "vi"), default="en", help="language (%(default)s)")
    parser.add_argument("--catalogue", metavar="PATH", help="own catalogue: a folder or file of GeoJSON")


def _calendar(arguments: argparse.Namespace) -> int:
    faults: list[str] = []
    year = whole("year", arguments.year, faults)
    if year is None:
        raise RequestError([faults[0].replace("--year", "year")], subject="calendar")
    require_folders([arguments.ics, arguments.json], html=arguments.html)
    from routeplanner.sites.catalog import load_sites
    from routeplanner.sites.festivals import festival_calendar

    found = festival_calendar(year, load_sites(arguments.catalogue))
    outputs = {}
    if arguments.ics:
        from routeplanner.render.ical import calendar_to_ics

        outputs[arguments.ics] = calendar_to_ics(found, lang=arguments.lang)
    if arguments.html:
        from routeplanner.render.almanac import calendar_to_html

        outputs[arguments.html] = calendar_to_html(found, year, lang=arguments.lang)
    if arguments.json:
        from routeplanner.export.listings import calendar_rows

        outputs[arguments.json] = json_text(calendar_rows(found))
    write_all(outputs, lang=arguments.lang)
    for row in found.itertuples() if STDOUT not in outputs else ():
        until = f" – {row.end:%d/%m/%Y}" if row.end != row.start else ""
        name = row.festival_vi if arguments.lang == "vi" else row.festival_en
        where = f"  [{row.site_id}]" if row.site_id else ""
        print(f"{row.start:%d/%m/%Y}{until:<13}  {row.lunar_start or '':>10}  {name}{where}")
    return OK
