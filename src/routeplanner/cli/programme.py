"""``routeplanner programme``: a set of routes that are designed together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeplanner.cli._common import (
    OK,
    STDOUT,
    command,
    network_arguments,
    network_for,
    network_settings,
    require_folders,
    whole,
    working,
    write_all,
)
from routeplanner.errors import DataFileError, RequestError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    import pandas as pd

__all__ = ["add"]


def add(commands: Any) -> None:  # noqa: ANN401 - argparse has no public name for it
    """Add the command to the parser."""
    parser = command(
        commands, "programme", _programme, "design a set of routes that together show the villages"
    )
    what = parser.add_argument_group("what")
    what.add_argument(
        "--corridor", metavar="KEY", action="append", default=[], help="repeatable; without: all by road"
    )
    what.add_argument("--routes", metavar="N", default="6", help="number of routes (%(default)s)")
    what.add_argument("--year", metavar="YYYY", help="year of the departures (the next one)")
    what.add_argument(
        "--date", metavar="YYYY-MM-DD", help="date on which routes are timed (a Saturday in March)"
    )
    what.add_argument(
        "--theme", metavar="NAME=WEIGHT", action="append", default=[], help="weight 0 to 1; repeatable"
    )
    what.add_argument(
        "--mix",
        metavar="FORM=N",
        action="append",
        default=[],
        help="half_day, day, two_day, three_day; repeatable",
    )
    what.add_argument("--cover", metavar="SHARE", default="1", help="of recognised villages (%(default)s)")
    what.add_argument(
        "--village", metavar="SITE", action="append", default=[], help="to be covered instead; repeatable"
    )
    rules = parser.add_argument_group("rules")
    rules.add_argument(
        "--routes-per-site", metavar="N", default="2", help="most routes at a place (%(default)s)"
    )
    rules.add_argument(
        "--shared-sites", metavar="N", default="1", help="most places two routes share (%(default)s)"
    )
    rules.add_argument("--departures", metavar="N", default="2", help="of each route a week (%(default)s)")
    rules.add_argument("--people", metavar="N", default="12", help="visitors of a departure (%(default)s)")
    rules.add_argument(
        "--capacity", metavar="SITE=N", action="append", default=[], help="visitors a day at most; repeatable"
    )
    rules.add_argument(
        "--usual-capacity", metavar="N", default="60", help="of the other places (%(default)s)"
    )
    rules.add_argument("--forbid", metavar="SITE", action="append", default=[], help="repeatable")
    how = parser.add_argument_group("how")
    how.add_argument(
        "--start", metavar="PLACE", default="ho-hoan-kiem", help="site or 'lat,lon' (%(default)s)"
    )
    how.add_argument("--mode", default="road", metavar="MODE", help="road or river (%(default)s)")
    how.add_argument("--vehicle", default="minibus16", metavar="KEY", help="minibus16, coach29, car7, …")
    how.add_argument(
        "--pace", default="normal", metavar="PACE", help="relaxed, normal or intense (%(default)s)"
    )
    network_arguments(how)
    out = parser.add_argument_group("search and output")
    out.add_argument("--seed", metavar="N", default="0", help="same seed, same programme (%(default)s)")
    out.add_argument(
        "--rounds", metavar="N", default="10", help="rounds of prices: more, better (%(default)s)"
    )
    out.add_argument("--proof", action="store_true", help="a closer bound on two-day trips; takes minutes")
    out.add_argument("--catalogue", metavar="PATH", help="own catalogue: a folder or file of GeoJSON")
    out.add_argument(
        "--json", metavar="FILE.json", nargs="?", const=STDOUT, help="write the programme; - prints it"
    )
    out.add_argument(
        "--report",
        metavar="FILE.html",
        help="write the report, in both languages (opens in that of --lang), ready to be printed",
    )
    out.add_argument(
        "--parameters", metavar="FILE.csv", help="own prices and shares for the report's cost and impact"
    )
    out.add_argument("--map", metavar="FILE.html", help="write the map of all routes")
    out.add_argument(
        "--lang",
        choices=("en", "vi"),
        default="en",
        help="language of text and map, and in which the report opens (%(default)s)",
    )


def _programme(arguments: argparse.Namespace) -> int:
    faults: list[str] = []
    brief = _brief(arguments, faults)
    seed = whole("seed", arguments.seed, faults)
    rounds = whole("rounds", arguments.rounds, faults)
    if rounds is not None and rounds < 1:
        faults.append(f"--rounds: {rounds} is out of range; give 1 or more")
    network_settings(arguments, faults)
    made = None
    try:
        from routeplanner.programme.brief import ProgrammeBrief
        from routeplanner.sites.catalog import load_sites

        made = ProgrammeBrief.from_dict(brief, sites=load_sites(arguments.catalogue))
    except RequestError as error:
        faults += error.faults
    to_screen = arguments.json == "-"
    try:
        require_folders([None if to_screen else arguments.json], report=arguments.report, map=arguments.map)
    except RequestError as error:
        faults += error.faults
    parameters = _parameters(arguments.parameters, faults)
    if faults or made is None:
        raise RequestError(faults, subject="programme")
    from routeplanner.programme.design import design_programme

    network = network_for(arguments)
    with working("đang thiết kế…" if arguments.lang == "vi" else "designing…"):
        found = design_programme(network, made, seed=seed or 0, rounds=rounds or 1, proof=arguments.proof)
    outputs: dict[str, str | bytes] = {}
    if arguments.json and not to_screen:
        outputs[arguments.json] = found.to_json()
    if arguments.report:
        from routeplanner.programme.report import programme_report

        outputs[arguments.report] = programme_report(
            found, network, opens=arguments.lang, parameters=parameters
        )
    if arguments.map:
        from routeplanner.render import map_programme, to_html

        outputs[arguments.map] = to_html(map_programme(found, lang=arguments.lang))
    write_all(outputs, lang=arguments.lang)
    print(found.to_json() if to_screen else found.to_text(arguments.lang))
    return OK


def _parameters(path: str | None, faults: list[str]) -> pd.DataFrame | None:
    from routeplanner.programme.impact import load_parameters

    if path is None:
        return None
    try:
        return load_parameters(path)
    except DataFileError as error:
        faults += [f"--parameters: {fault}" for fault in error.faults]
        return None


def _brief(arguments: argparse.Namespace, faults: list[str]) -> dict[str, Any]:
    from datetime import UTC, datetime, timedelta

    year = whole("year", arguments.year, faults)
    if year is None:  # Vietnam is seven hours ahead, on New Year's Eve too
        year = (datetime.now(UTC) + timedelta(hours=7)).year + 1
    data: dict[str, Any] = {
        "year": year,
        "routes": whole("routes", arguments.routes, faults),
        "corridors": arguments.corridor,
        "themes": _pairs("theme", arguments.theme, float, faults),
        "cover": _share(arguments.cover, faults),
        "routes_per_site": whole("routes-per-site", arguments.routes_per_site, faults),
        "shared_sites": whole("shared-sites", arguments.shared_sites, faults),
        "departures_a_week": whole("departures", arguments.departures, faults),
        "people": whole("people", arguments.people, faults),
        "capacity_a_day": _pairs("capacity", arguments.capacity, int, faults, alone=None),
        "usual_capacity": whole("usual-capacity", arguments.usual_capacity, faults),
        "forbidden": arguments.forbid,
        "start": arguments.start,
        "mode": arguments.mode,
        "vehicle": arguments.vehicle,
        "pace": arguments.pace,
        "first_day": arguments.date,
    }
    if arguments.mix:
        data["mix"] = _pairs("mix", arguments.mix, int, faults)
    if arguments.village:
        data["villages"] = arguments.village
    return {key: value for key, value in data.items() if value is not None}


def _pairs(
    name: str, texts: list[str], kind: Callable[[str], Any], faults: list[str], *, alone: str | None = "1"
) -> dict[str, Any]:
    """Read NAME=NUMBER; a name alone has the number `alone`, or is refused where that is None."""
    pairs = {}
    for text in texts:
        key, _, value = text.partition("=")
        if not value and alone is None:
            faults.append(
                f"--{name}: {text!r} names no number; give {key.strip() or 'SITE'}=N, as {key.strip()}=40"
            )
            continue
        try:
            pairs[key.strip()] = kind(value or alone or "")
        except ValueError:
            faults.append(f"--{name}: {text!r} is not NAME=NUMBER")
    return pairs


def _share(text: str, faults: list[str]) -> float | None:
    try:
        return float(text)
    except ValueError:
        faults.append(f"--cover: {text!r} is not a share from 0 to 1")
        return None
