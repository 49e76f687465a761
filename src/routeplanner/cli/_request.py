"""What the commands that plan share: the options that make a request, and how they are read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeplanner.cli._common import network_arguments, whole
from routeplanner.errors import RequestError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

__all__ = ["request_arguments", "request_of"]


def request_arguments(parser: argparse.ArgumentParser, *, dated: bool = True) -> None:
    """Add the options of a request; without `dated` all but its first day."""
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
    if dated:
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
        "--long-way",
        metavar="WAY",
        help="air, rail or all-rail: how the trip goes between Hà Nội, Huế and Sài Gòn",
    )
    network_arguments(how)
    how.add_argument("--people", metavar="N", default="12", help="size of the group (%(default)s)")
    how.add_argument("--budget-vnd", metavar="N", help="limit of hire and known fees for the whole group")


def request_of(arguments: argparse.Namespace, faults: list[str], *, first_day: str | None = None) -> Any:  # noqa: ANN401 - imported where used
    """Return the request that the options make, with its first day, or raise for all that is wrong with them."""
    from routeplanner.planning.request import TripRequest

    data: dict[str, Any] = {
        "first_day": arguments.date if first_day is None else first_day,
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
        from routeplanner.planning.resolve import unknown_words
        from routeplanner.sites.catalog import load_sites

        more = unknown_words(data, load_sites(arguments.catalogue))
        raise RequestError([*faults, *(fault for fault in more if fault not in faults)], subject="request")
    return request


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
