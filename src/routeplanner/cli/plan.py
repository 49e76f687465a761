"""``routeplanner plan``: a trip of one or many days."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from routeplanner.cli._common import (
    OK,
    STDOUT,
    command,
    json_text,
    network_arguments,
    network_for,
    network_settings,
    number,
    output_faults,
    to_screen,
    whole,
    working,
    write_all,
)
from routeplanner.errors import RequestError, RoutePlannerError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence

    from routeplanner.itinerary import Itinerary

__all__ = ["add"]


def add(commands: Any) -> None:  # noqa: ANN401 - argparse has no public name for it
    """Add the command to the parser."""
    _plan_arguments(command(commands, "plan", _plan, "plan a trip of one or many days"))


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
    where.add_argument(
        "--overnight-from",
        metavar="PLACE",
        action="append",
        default=[],
        help="choose each night among these; repeatable",
    )
    when = parser.add_argument_group("when")
    when.add_argument("--date", metavar="YYYY-MM-DD", required=True, help="the first day")
    when.add_argument("--days", metavar="N", default="1", help="number of days (%(default)s)")
    when.add_argument(
        "--day-start", metavar="HH:MM", default="08:00", help="earliest departure (%(default)s)"
    )
    when.add_argument("--day-end", metavar="HH:MM", default="17:30", help="latest return (%(default)s)")
    when.add_argument(
        "--day-span",
        metavar="DAY=HH:MM-HH:MM",
        action="append",
        default=[],
        help="other hours of a day: 1=13:00-17:30; repeatable",
    )
    when.add_argument(
        "--lunch-at",
        metavar="DAY=SITE",
        action="append",
        default=[],
        help="where a day's lunch is taken, as 2=bat-trang; several of a day are a choice",
    )
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
    how.add_argument(
        "--long-way", metavar="WAY", help="air or rail: how the trip goes between Hà Nội, Huế and Sài Gòn"
    )
    network_arguments(how)
    how.add_argument("--people", metavar="N", default="12", help="size of the group (%(default)s)")
    how.add_argument("--budget-vnd", metavar="N", help="limit of hire and known fees for the whole group")
    search = parser.add_argument_group("search and output")
    search.add_argument("--seed", metavar="N", default="0", help="same seed, same plan (%(default)s)")
    search.add_argument(
        "--time-limit", metavar="S", default="10", help="cap on the search in seconds (%(default)s)"
    )
    search.add_argument(
        "--seeds", metavar="N", default="1", help="searches to do, the best counts (%(default)s)"
    )
    search.add_argument("--workers", metavar="N", default="1", help="processes for them (%(default)s)")
    search.add_argument(
        "--alternatives",
        metavar="K",
        default="1",
        help="plans that really differ, to choose from (%(default)s)",
    )
    search.add_argument("--catalogue", metavar="PATH", help="own catalogue: a folder or file of GeoJSON")
    search.add_argument("--map", metavar="FILE.html", help="write the map")
    search.add_argument("--svg", metavar="FILE.svg", help="write a still picture; needs matplotlib")
    search.add_argument("--png", metavar="FILE.png", help="the same in pixels")
    search.add_argument("--json", metavar="FILE.json", help="write the itinerary; - for standard output")
    search.add_argument(
        "--lang", choices=("en", "vi"), default="en", help="language of the timetable (%(default)s)"
    )
    search.add_argument("--why", action="store_true", help="print the reason for each site left out")


def _plan(arguments: argparse.Namespace) -> int:
    faults: list[str] = []
    seed = whole("seed", arguments.seed, faults)
    limit = number("time-limit", arguments.time_limit, faults)
    network_settings(arguments, faults)
    seeds = whole("seeds", arguments.seeds, faults)
    workers = whole("workers", arguments.workers, faults)
    count = _count(arguments, faults)
    request = _request(arguments, faults)
    from routeplanner.planning.planner import plan

    network = network_for(arguments)
    search: dict[str, Any] = {"seed": seed or 0, "time_limit_s": limit or 10.0}
    with working("đang tìm…" if arguments.lang == "vi" else "searching…"):
        if count != 1:
            from routeplanner.planning.alternatives import alternatives

            trips = alternatives(network, request, k=count, **search)
        else:
            trips = (plan(network, request, seeds=_or(seeds, 1), workers=_or(workers, 1), **search),)
    outputs = _all_outputs(arguments, trips)
    write_all(outputs, lang=arguments.lang)
    for trip in trips:
        to_screen(_heading(trip, arguments.lang) + trip.to_text(arguments.lang), outputs)
        _say_why(arguments, trip, outputs)
    return OK


def _count(arguments: argparse.Namespace, faults: list[str]) -> int:
    """Return how many plans are asked for, and look at the names of all their files."""
    count = _or(whole("alternatives", arguments.alternatives, faults), 1)
    if count != 1 and (arguments.seeds, arguments.workers) != ("1", "1"):
        faults.append("--alternatives: goes with one seed; leave out --seeds and --workers")
    numbers = range(1, min(count, 9) + 1)
    faults += output_faults([name for number in numbers for name in _files(arguments, number)])
    return count


def _say_why(arguments: argparse.Namespace, trip: Itinerary, outputs: Mapping[str, object]) -> None:
    if not trip.stops:
        print(_why_empty(trip, arguments.lang), file=sys.stderr)
    if arguments.why:
        lines = [
            f"  {skipped.site_id}: {skipped.reason}: "
            f"{skipped.detail_vi if arguments.lang == 'vi' else skipped.detail}"
            for skipped in trip.skipped
        ]
        to_screen("\n".join(["", *lines]), outputs)


def _heading(trip: Itinerary, lang: str) -> str:
    """Return the line above one of several plans."""
    said = trip.measures.get("alternative")
    if said is None:
        return ""
    others = [away for number, away in enumerate(said["distances"], 1) if number != said["number"]]
    away = ", ".join(f"{distance:.2f}" for distance in others) or "-"
    if lang == "vi":
        return (
            f"== Phương án {said['number']} / {said['of']}: {100 * said['prize_share']:.0f} % giá trị cao nhất; "
            f"khác các phương án kia {away} ==\n"
        )
    return (
        f"== Plan {said['number']} of {said['of']}: {100 * said['prize_share']:.0f} % of the highest prize; "
        f"distance to the others {away} ==\n"
    )


def _files(arguments: argparse.Namespace, number: int) -> list[str | None]:
    """Return the names of the map, the two pictures and the JSON of one of several plans: trip.html, trip-2.html."""
    from pathlib import Path

    names = [arguments.map, arguments.svg, arguments.png, arguments.json]
    if number == 1:
        return names
    return [
        None
        if not name or name == STDOUT or not Path(name).name
        else str(Path(name).with_stem(f"{Path(name).stem}-{number}"))
        for name in names
    ]


def _all_outputs(arguments: argparse.Namespace, trips: Sequence[Itinerary]) -> dict[str, str | bytes]:
    outputs: dict[str, str | bytes] = {}
    for index, trip in enumerate(trips, 1):
        page, svg, png, data = _files(arguments, index)
        outputs |= _outputs(trip, arguments.lang, page=page, svg=svg, png=png, data=data)
    if arguments.json == STDOUT and len(trips) > 1:
        outputs[STDOUT] = json_text([trip.to_dict() for trip in trips])
    return outputs


def _or(value: int | None, default: int) -> int:
    return default if value is None else value


def _why_empty(trip: Itinerary, lang: str) -> str:
    """Say in a line why a plan has no stop."""
    from collections import Counter

    reasons = Counter(skipped.reason for skipped in trip.skipped)
    if not reasons:
        if lang == "vi":
            return "Không có điểm dừng: không điểm nào của danh mục nằm trong tuyến hay vùng đã chọn; hãy mở rộng."
        return "No stop: no site of the catalogue lies in the corridor or area asked for; widen it."
    counts = ", ".join(f"{count} {reason}" for reason, count in reasons.most_common())
    if lang == "vi":
        return f"Không có điểm dừng: {len(trip.skipped)} ứng viên: {counts}; --why nêu lý do từng điểm."
    return f"No stop: of {len(trip.skipped)} candidates {counts}; --why gives each reason."


def _outputs(
    trip: Itinerary, lang: str, *, page: str | None, svg: str | None, png: str | None, data: str | None
) -> dict[str, str | bytes]:
    outputs: dict[str, str | bytes] = {}
    if page:
        from routeplanner.render import map_itinerary, to_html

        outputs[page] = to_html(map_itinerary(trip, lang=lang))
    if svg or png:
        from routeplanner.render import to_png, to_svg

        if svg:
            outputs[svg] = to_svg(trip, lang=lang)
        if png:
            outputs[png] = to_png(trip, lang=lang)
    if data:
        outputs[data] = trip.to_json()
    return outputs


def _request(arguments: argparse.Namespace, faults: list[str]) -> Any:  # noqa: ANN401 - imported where used
    from routeplanner.planning.request import TripRequest

    data: dict[str, Any] = {
        "first_day": arguments.date,
        "start": arguments.start,
        "end": arguments.end,
        "days": whole("days", arguments.days, faults),
        "corridor": arguments.corridor,
        "area": _box(arguments.area, faults),
        "overnight": arguments.overnight,
        "overnight_from": arguments.overnight_from,
        "day_spans": {
            day: texts[-1].split("-")
            for day, texts in _pairs(
                "day-span", arguments.day_span, "DAY=HH:MM-HH:MM, as 1=13:00-17:30", faults
            ).items()
        },
        "lunch_at": _pairs("lunch-at", arguments.lunch_at, "DAY=SITE, as 2=bat-trang", faults),
        "day_start": arguments.day_start,
        "day_end": arguments.day_end,
        "themes": _themes(arguments.theme, faults),
        "must_visit": arguments.must_visit,
        "forbidden": arguments.forbid,
        "mode": arguments.mode,
        "vehicle": arguments.vehicle,
        "pace": arguments.pace,
        "people": whole("people", arguments.people, faults),
        "budget_vnd": whole("budget-vnd", arguments.budget_vnd, faults),
        "max_stops": whole("max-stops", arguments.max_stops, faults),
        "festivals": arguments.festivals,
        "closed": _pairs("closed", arguments.closed, "SITE=DATE, as bat-trang=2027-03-13", faults),
        "hours": {site: texts[-1] for site, texts in _hours_asked(arguments, faults).items()},
        "rain": arguments.rain,
        "long_way": arguments.long_way,
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
