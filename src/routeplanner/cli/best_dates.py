"""``routeplanner best-dates``: on which dates of a season a trip is worth most, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeplanner.cli._common import (
    OK,
    STDOUT,
    command,
    json_argument,
    json_text,
    lang_argument,
    network_for,
    network_settings,
    require_folders,
    to_screen,
    whole,
    working,
    write_all,
)
from routeplanner.cli._request import request_arguments, request_of
from routeplanner.errors import RequestError

if TYPE_CHECKING:
    import argparse

__all__ = ["add"]

_IN_WORDS = "give (date(2027, 1, 1), date(2027, 3, 31))", "write them as 2027-01-01 2027-03-31"
_ANY_DAY = "2027-03-13"  # stands in where the dates are wrong, so that all other faults are found as well


def add(commands: Any) -> None:  # noqa: ANN401 - argparse has no public name for it
    """Add the command to the parser."""
    _best_dates_arguments(
        command(commands, "best-dates", _best_dates, "say on which dates of a season a trip is worth most")
    )


def _best_dates_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--within",
        metavar=("FROM", "TO"),
        nargs=2,
        required=True,
        help="first and last date of departure, YYYY-MM-DD; at most two years",
    )
    request_arguments(parser, dated=False)
    search = parser.add_argument_group("search and output")
    search.add_argument("--seed", metavar="N", default="0", help="same seed, same plans (%(default)s)")
    search.add_argument("--iterations", metavar="N", default="500", help="steps of each search (%(default)s)")
    search.add_argument("--catalogue", metavar="PATH", help="own catalogue: a folder or file of GeoJSON")
    search.add_argument("--html", metavar="FILE.html", help="write the heat map as a page to print")
    json_argument(parser)
    lang_argument(parser)


def _best_dates(arguments: argparse.Namespace) -> int:
    faults: list[str] = []
    seed = whole("seed", arguments.seed, faults)
    iterations = whole("iterations", arguments.iterations, faults)
    network_settings(arguments, faults)
    from routeplanner.planning.best_dates import best_dates, departures
    from routeplanner.render.almanac import heat_to_html, heat_to_text

    within = arguments.within[0], arguments.within[1]
    first_day = within[0]
    try:
        departures(within, 1)
    except RequestError as error:
        faults += [f"--{fault}".replace(*_IN_WORDS) for fault in error.faults]
        first_day = _ANY_DAY
    request = request_of(arguments, faults, first_day=first_day)
    departures(within, request.days)  # refused before the network is built
    require_folders([arguments.json], html=arguments.html)
    network = network_for(arguments)
    with working("đang tìm…" if arguments.lang == "vi" else "searching…"):
        found = best_dates(network, request, within=within, seed=seed or 0, iterations=iterations)
    outputs = {}
    if arguments.html:
        outputs[arguments.html] = heat_to_html(found, lang=arguments.lang)
    if arguments.json:
        from routeplanner.export.listings import best_date_rows

        outputs[arguments.json] = json_text(best_date_rows(found))
    write_all(outputs, lang=arguments.lang)
    if STDOUT not in outputs:
        to_screen(heat_to_text(found, lang=arguments.lang), outputs)
    return OK
