"""The command line: plan, check, sites, validate, corridors, calendar, open.

Exit codes: 0 done, 1 a check or validation found something, 2 bad input or no feasible plan.
"""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any

from routeplanner._version import __version__
from routeplanner.errors import RequestError, RoutePlannerError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import geopandas as gpd

    from routeplanner.itinerary import Itinerary

__all__ = ["main"]

OK, FOUND, BAD_INPUT = 0, 1, 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    Parameters
    ----------
    argv
        Arguments without the program's name; by default those of the process.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    arguments = _parser().parse_args(argv)
    try:
        return int(arguments.run(arguments))
    except RoutePlannerError as error:
        print(f"routeplanner: {error}", file=sys.stderr)
        return BAD_INPUT
    except BrokenPipeError:
        sys.stderr.close()
        return OK


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="routeplanner", description="Themed cultural itineraries for Hanoi and the Red River."
    )
    parser.add_argument("--version", action="version", version=f"routeplanner {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _plan_arguments(_command(commands, "plan", _plan, "plan a trip of one or many days"))
    _check_arguments(_command(commands, "check", _check, "check an itinerary against network and catalogue"))
    _sites_arguments(_command(commands, "sites", _sites, "look places up"))
    _validate_arguments(_command(commands, "validate", _validate, "check catalogue files"))
    corridors = _command(commands, "corridors", _corridors, "list the corridors")
    corridors.add_argument("--json", action="store_true", help="print JSON instead of a table")
    _calendar_arguments(
        _command(commands, "calendar", _calendar, "list the festivals and national days of a year")
    )
    _open_arguments(_command(commands, "open", _open, "list what is open on a date, and why the rest is not"))
    return parser


def _command(
    commands: Any,  # noqa: ANN401 - argparse has no public name for it
    name: str,
    run: Callable[[argparse.Namespace], int],
    words: str,
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        name, help=words, description=words.capitalize() + "."
    )
    parser.set_defaults(run=run)
    return parser


def _plan_arguments(parser: argparse.ArgumentParser) -> None:
    where = parser.add_argument_group("where")
    where.add_argument(
        "--corridor", metavar="KEY", help="sites of this corridor (see `routeplanner corridors`)"
    )
    where.add_argument("--area", metavar="W,S,E,N", help="sites inside this box, degrees")
    where.add_argument(
        "--start", metavar="PLACE", default="ho-hoan-kiem", help="site or 'lat,lon' (%(default)s)"
    )
    where.add_argument("--end", metavar="PLACE", help="where the trip ends (the start)")
    where.add_argument(
        "--overnight", metavar="PLACE", action="append", default=[], help="one for all nights or each"
    )
    when = parser.add_argument_group("when")
    when.add_argument("--date", metavar="YYYY-MM-DD", required=True, help="the first day")
    when.add_argument("--days", metavar="N", default="1", help="number of days (%(default)s)")
    when.add_argument(
        "--day-start", metavar="HH:MM", default="08:00", help="earliest departure (%(default)s)"
    )
    when.add_argument("--day-end", metavar="HH:MM", default="17:30", help="latest return (%(default)s)")
    when.add_argument("--no-lunch", action="store_true", help="no midday break")
    what = parser.add_argument_group("what")
    what.add_argument(
        "--theme", metavar="NAME=WEIGHT", action="append", default=[], help="weight 0 to 1; repeatable"
    )
    what.add_argument("--must-visit", metavar="SITE", action="append", default=[], help="repeatable")
    what.add_argument("--forbid", metavar="SITE", action="append", default=[], help="repeatable")
    what.add_argument(
        "--pace", default="normal", metavar="PACE", help="relaxed, normal or intense (%(default)s)"
    )
    what.add_argument(
        "--festivals", default="accept", metavar="WISH", help="seek, accept or avoid (%(default)s)"
    )
    what.add_argument(
        "--closed", metavar="SITE=DATE", action="append", default=[], help="closed on that date; repeatable"
    )
    what.add_argument(
        "--hours", metavar="SITE=HOURS", action="append", default=[], help="hours instead of the catalogue's"
    )
    what.add_argument("--rain", action="store_true", help="plan for rain: indoor places weigh more")
    what.add_argument("--max-stops", metavar="N", help="most stops a day, instead of the pace's")
    how = parser.add_argument_group("how")
    how.add_argument("--mode", default="road", metavar="MODE", help="road, river or mixed (%(default)s)")
    how.add_argument(
        "--vehicle", default="minibus16", metavar="KEY", help="minibus16, coach29, car4, bicycle, …"
    )
    how.add_argument("--people", metavar="N", default="12", help="size of the group (%(default)s)")
    how.add_argument("--budget-vnd", metavar="N", help="limit of hire and known fees for the whole group")
    search = parser.add_argument_group("search and output")
    search.add_argument("--seed", metavar="N", default="0", help="same seed, same plan (%(default)s)")
    search.add_argument(
        "--time-limit", metavar="S", default="10", help="cap on the search in seconds (%(default)s)"
    )
    search.add_argument("--catalogue", metavar="PATH", help="own catalogue: a folder or file of GeoJSON")
    search.add_argument("--map", metavar="FILE.html", help="write the map")
    search.add_argument("--svg", metavar="FILE.svg", help="write a still picture; needs matplotlib")
    search.add_argument("--png", metavar="FILE.png", help="the same in pixels")
    search.add_argument("--json", metavar="FILE.json", help="write the itinerary")
    search.add_argument(
        "--lang", choices=("en", "vi"), default="en", help="language of the timetable (%(default)s)"
    )
    search.add_argument("--why", action="store_true", help="print the reason for each site left out")


def _plan(arguments: argparse.Namespace) -> int:
    faults: list[str] = []
    seed = _whole("seed", arguments.seed, faults)
    limit = _number("time-limit", arguments.time_limit, faults)
    request = _request(arguments, faults)
    _require_folders([arguments.map, arguments.svg, arguments.png, arguments.json])
    from routeplanner.network import build_network
    from routeplanner.planning.planner import plan
    from routeplanner.sites.catalog import load_sites

    network = build_network(load_sites(arguments.catalogue))
    trip = plan(network, request, seed=seed or 0, time_limit_s=limit or 10.0)
    _write_all(_outputs(arguments, trip))
    print(trip.to_text(arguments.lang))
    if not trip.stops:
        print(_why_empty(trip), file=sys.stderr)
    if arguments.why:
        print()
        for skipped in trip.skipped:
            detail = skipped.detail_vi if arguments.lang == "vi" else skipped.detail
            print(f"  {skipped.site_id}: {skipped.reason}: {detail}")
    return OK


def _why_empty(trip: Itinerary) -> str:
    """Say in a line why a plan has no stop."""
    from collections import Counter

    reasons = Counter(skipped.reason for skipped in trip.skipped)
    if not reasons:
        return "No stop: no site of the catalogue lies in the corridor or area asked for; widen it."
    counts = ", ".join(f"{count} {reason}" for reason, count in reasons.most_common())
    return f"No stop: of {len(trip.skipped)} candidates {counts}; --why gives each reason."


def _outputs(arguments: argparse.Namespace, trip: Itinerary) -> dict[str, str | bytes]:
    outputs: dict[str, str | bytes] = {}
    if arguments.map:
        from routeplanner.render import map_itinerary, to_html

        outputs[arguments.map] = to_html(map_itinerary(trip, lang=arguments.lang))
    if arguments.svg or arguments.png:
        from routeplanner.render import to_png, to_svg

        if arguments.svg:
            outputs[arguments.svg] = to_svg(trip, lang=arguments.lang)
        if arguments.png:
            outputs[arguments.png] = to_png(trip, lang=arguments.lang)
    if arguments.json:
        outputs[arguments.json] = trip.to_json()
    return outputs


def _write_all(outputs: Mapping[str, str | bytes]) -> None:
    from routeplanner._files import write_whole

    for path, text in outputs.items():
        write_whole(path, text)
        print(f"wrote {path}", file=sys.stderr)


def _require_folders(paths: Sequence[str | None]) -> None:
    """Say before the work, not after it, that an output cannot be written."""
    from pathlib import Path

    faults = []
    for path in filter(None, paths):
        try:
            if Path(path).is_dir():
                faults.append(f"{path} is a folder; give a file name")
            elif not Path(path).parent.is_dir():
                faults.append(
                    f"{path}: the folder {Path(path).parent} does not exist; create it or choose another"
                )
        except OSError as error:
            faults.append(f"{path[:60]}…: {error.strerror}; give another file name")
    given = [path for path in paths if path]
    faults += [
        f"{path} is asked for twice; give two names" for path in dict.fromkeys(given) if given.count(path) > 1
    ]
    if faults:
        raise RequestError(faults, subject="output")


def _request(arguments: argparse.Namespace, faults: list[str]) -> Any:  # noqa: ANN401 - imported where used
    from routeplanner.planning.request import TripRequest

    data: dict[str, Any] = {
        "first_day": arguments.date,
        "start": arguments.start,
        "end": arguments.end,
        "days": _whole("days", arguments.days, faults),
        "corridor": arguments.corridor,
        "area": _box(arguments.area, faults),
        "overnight": arguments.overnight,
        "day_start": arguments.day_start,
        "day_end": arguments.day_end,
        "themes": _themes(arguments.theme, faults),
        "must_visit": arguments.must_visit,
        "forbidden": arguments.forbid,
        "mode": arguments.mode,
        "vehicle": arguments.vehicle,
        "pace": arguments.pace,
        "people": _whole("people", arguments.people, faults),
        "budget_vnd": _whole("budget-vnd", arguments.budget_vnd, faults),
        "max_stops": _whole("max-stops", arguments.max_stops, faults),
        "festivals": arguments.festivals,
        "closed": _pairs("closed", arguments.closed, "SITE=DATE, as bat-trang=2027-03-13", faults),
        "hours": {site: texts[-1] for site, texts in _hours_asked(arguments, faults).items()},
        "rain": arguments.rain,
    }
    if arguments.no_lunch:
        data["lunch"] = None
    data = {key: value for key, value in data.items() if value is not None or key == "lunch"}
    try:
        request = TripRequest.from_dict(data)
    except RequestError as error:
        faults += error.faults
    if faults:
        raise RequestError([*faults, *_word_faults(data, arguments.catalogue)], subject="request")
    return request


def _word_faults(data: dict[str, Any], catalogue: str | None) -> list[str]:
    """Return what the catalogue does not know, for a request that has other faults as well."""
    from datetime import date

    from routeplanner.planning.request import TripRequest
    from routeplanner.planning.resolve import resolve
    from routeplanner.sites.catalog import load_sites

    words = {key: data[key] for key in ("start", "end", "corridor") if data.get(key)}
    nights = data["overnight"]
    words |= {"overnight": nights, "days": len(nights) + 1} if nights else {}
    words["themes"] = dict.fromkeys(data["themes"], 1.0)
    words["must_visit"] = [*data["must_visit"], *data["forbidden"]]
    try:
        resolve(TripRequest(first_day=date(2027, 3, 13), **words), load_sites(catalogue))
    except RoutePlannerError as error:
        unknown = [fault for fault in getattr(error, "faults", ()) if "is part of" not in fault]
        return [fault.replace("must_visit:", "site:") for fault in unknown]
    return []


def _whole(name: str, text: str | None, faults: list[str]) -> int | None:
    if text is None:
        return None
    try:
        return int(text.replace("_", ""))
    except ValueError:
        faults.append(f"--{name}: {text!r} is not a whole number")
        return None


def _number(name: str, text: str, faults: list[str]) -> float | None:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if value > 0:
        return value
    faults.append(f"--{name}: {text!r} is not a number above 0")
    return None


def _box(text: str | None, faults: list[str]) -> list[float] | None:
    if text is None:
        return None
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        faults.append(f"--area: {text!r} is not four numbers; write west,south,east,north in degrees")
        return None


def _themes(pairs: Sequence[str], faults: list[str]) -> dict[str, float]:
    weights: dict[str, float] = {}
    for pair in pairs:
        name, _, weight = pair.partition("=")
        try:
            weights[name.strip()] = float(weight or 1)
        except ValueError:
            faults.append(
                f"--theme: {pair!r} is not NAME=WEIGHT with a weight between 0 and 1, as handicraft=1"
            )
    return weights


def _hours_asked(arguments: argparse.Namespace, faults: list[str]) -> dict[str, list[str]]:
    return _pairs("hours", arguments.hours, "SITE=HOURS, as 'bat-trang=Mo-Su 08:00-17:00'", faults)


def _pairs(name: str, pairs: Sequence[str], form: str, faults: list[str]) -> dict[str, list[str]]:
    """Gather the values of each site that is named."""
    found: dict[str, list[str]] = {}
    for pair in pairs:
        site, sign, value = pair.partition("=")
        if sign and site.strip() and value.strip():
            found.setdefault(site.strip(), []).append(value.strip())
        else:
            faults.append(f"--{name}: {pair!r} is not {form}")
    return found


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


def _sites_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("text", nargs="?", help="part of a name, with or without diacritics")
    parser.add_argument("--kind", metavar="KIND", help="craft_village, heritage_site, museum, …")
    parser.add_argument("--craft", metavar="CRAFT", help="lacquer, pottery, …")
    parser.add_argument("--theme", metavar="THEME", help="handicraft, spiritual, …")
    parser.add_argument("--corridor", metavar="KEY", help="south, river, …")
    parser.add_argument("--near", metavar="LAT,LON", help="sort by distance from here")
    parser.add_argument("--within-km", metavar="KM", help="only so far from --near")
    parser.add_argument("--catalogue", metavar="PATH", help="own catalogue: a folder or file of GeoJSON")
    parser.add_argument("--json", action="store_true", help="print GeoJSON instead of a table")


def _sites(arguments: argparse.Namespace) -> int:
    from routeplanner.sites.catalog import load_sites, to_geojson
    from routeplanner.sites.find import filter_sites

    faults: list[str] = []
    near = _near(arguments.near, faults)
    within = None if arguments.within_km is None else _number("within-km", arguments.within_km, faults)
    if arguments.within_km is not None and arguments.near is None:
        faults.append("--within-km: needs --near LAT,LON to measure from")
    if faults:
        raise RequestError(faults, subject="sites")
    found = filter_sites(
        load_sites(arguments.catalogue),
        kind=arguments.kind,
        craft=arguments.craft,
        theme=arguments.theme,
        corridor=arguments.corridor,
        near=near,
        within_km=within,
        text=arguments.text,
    )
    if arguments.json:
        print(json.dumps(to_geojson(found), ensure_ascii=False, indent=1))
    else:
        _print_sites(found)
    return OK


def _near(text: str | None, faults: list[str]) -> tuple[float, float] | None:
    from routeplanner.planning.request import parse_place

    if text is None:
        return None
    position = parse_place(text)
    if position is None:
        faults.append(f"--near: {text!r} is not LAT,LON in degrees, as 20.90,105.87")
        return None
    return position[1], position[0]


def _print_sites(found: gpd.GeoDataFrame) -> None:
    width = max((len(site) for site in found.index), default=0)
    names = max((len(name) for name in found["name_vi"]), default=0)
    for row in found.itertuples():
        away = f"  {row.distance_km:5.1f} km" if "distance_km" in found.columns else ""
        crafts = ", ".join(row.crafts)
        print(
            f"{row.Index:<{width}}  {row.name_vi:<{names}}  {row.kind:<14} {row.significance}{away}  {crafts}".rstrip()
        )
    print(f"{len(found)} site{'s' * (len(found) != 1)}", file=sys.stderr)


def _calendar_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("year", metavar="YEAR", help="1900 to 2100")
    parser.add_argument("--ics", metavar="FILE.ics", help="write it for phones and calendar programmes")
    parser.add_argument("--html", metavar="FILE.html", help="write a page to print")
    parser.add_argument("--lang", choices=("en", "vi"), default="vi", help="language (%(default)s)")
    parser.add_argument("--catalogue", metavar="PATH", help="own catalogue: a folder or file of GeoJSON")


def _calendar(arguments: argparse.Namespace) -> int:
    faults: list[str] = []
    year = _whole("year", arguments.year, faults)
    if year is None:
        raise RequestError([faults[0].replace("--year", "year")], subject="calendar")
    _require_folders([arguments.ics, arguments.html])
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
    _write_all(outputs)
    for row in found.itertuples():
        until = f" – {row.end:%d/%m/%Y}" if row.end != row.start else ""
        name = row.festival_vi if arguments.lang == "vi" else row.festival_en
        where = f"  [{row.site_id}]" if row.site_id else ""
        print(f"{row.start:%d/%m/%Y}{until:<13}  {row.lunar_start or '':>10}  {name}{where}")
    return OK


def _open_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("date", metavar="YYYY-MM-DD")
    parser.add_argument("--corridor", metavar="KEY", help="only sites of this corridor")
    parser.add_argument("--closed", action="store_true", help="only what is closed")
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
    sites = filter_sites(load_sites(arguments.catalogue), corridor=arguments.corridor)
    found = open_sites(sites, day)
    found = found[~found["is_open"]] if arguments.closed else found
    width = max((len(site) for site in found.index), default=0)
    for row in found.itertuples():
        hours = ", ".join(f"{opens:%H:%M}–{closes:%H:%M}" for opens, closes in row.intervals)
        reason = (row.reason_vi if arguments.lang == "vi" else row.reason_en) or row.certainty
        shut = "đóng cửa" if arguments.lang == "vi" else "closed"
        print(f"{row.Index:<{width}}  {hours or shut:<24}  {reason}".rstrip())
    return OK


def _validate_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", metavar="FILE", help="catalogue file or folder")


def _validate(arguments: argparse.Namespace) -> int:
    from routeplanner.sites.catalog import validate_sites

    bad = 0
    for name in arguments.files:
        faults = validate_sites(name)
        bad += len(faults)
        print(
            f"{name}: {'no faults' if not faults else f'{len(faults)} fault{chr(115) * (len(faults) != 1)}'}"
        )
        for fault in faults:
            print(f"  - {fault}")
    return BAD_INPUT if bad else OK


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
