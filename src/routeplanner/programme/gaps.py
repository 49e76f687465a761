"""What no route reaches in a day and why, and which missing facts stand in the way of which places."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from routeplanner._clock import clock_text
from routeplanner.errors import InfeasibleError
from routeplanner.planning.assemble import Assembled, assemble
from routeplanner.planning.prizes import NO_PRIZE_KINDS, VAGUE_POINT_FACTOR
from routeplanner.planning.problem import PRIZE_SCALE, UNREACHABLE
from routeplanner.planning.schedule import schedule
from routeplanner.programme.arguments import refuse_wrong
from routeplanner.programme.brief import usual_date
from routeplanner.programme.design import corridors_of
from routeplanner.programme.places import in_corridors
from routeplanner.programme.pool import trip_request
from routeplanner.programme.wholes import wholes_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import geopandas as gpd
    import pandas as pd

    from routeplanner.itinerary import Itinerary
    from routeplanner.network import Network
    from routeplanner.programme.brief import ProgrammeBrief
    from routeplanner.programme.model import Programme

__all__ = ["gaps"]

OTHER_DATES = (4, 7, 11, 30)
"""Days after the brief's date that are tried as well for what is closed on it: another weekday, another lunar day."""


def gaps(network: Network, brief: ProgrammeBrief, *, programme: Programme | None = None) -> gpd.GeoDataFrame:
    """Return every place of a brief's corridors: on a route, within reach of a day, or not, and what facts are missing.

    A place is within reach if a day that visits it alone keeps the brief: hours, opening, lunch, time on the way.
    It is *blocked* by facts that are missing: its point is only a commune's centre, or its hours must be confirmed.
    Routes may stop there all the same; then the facts have to be found before the route is sold.

    Parameters
    ----------
    network
        Places and legs.
    brief
        Its corridors, hours, mode and themes count.
    programme
        Whose routes count as `on_routes`.

    Returns
    -------
    geopandas.GeoDataFrame
        Index `site_id`, EPSG:4326: name_vi, name_en, kind, corridors, status (``on_a_route``: a route stops there;
        ``shown``: no route does, but one stops at the place that it is part of, or at a part of it; ``in_reach``,
        ``out_of_reach``), on_routes (number of routes that stop), reason and reason_vi (of what is out of reach),
        there_and_back_min, prize, blocked_by (tuple of ``"point"``, ``"hours"``), hours (certainty), would_add: the
        prize that the missing facts could add **at most**. Where a route stops already it is the difference that the
        fact makes to the prize (none for hours); elsewhere the whole prize with the facts known, as if a route had
        room for it and lost nothing. First what is blocked, by falling `would_add`. Gateways and piers are no sights
        and are left out.

    Examples
    --------
    >>> import routeplanner as rp
    >>> network = rp.build_network(rp.load_sites())
    >>> table = rp.gaps(network, rp.ProgrammeBrief(year=2027, corridors=("northwest",)))
    >>> sorted(set(table["status"]) - {"in_reach", "out_of_reach"})
    []
    """
    import geopandas as gpd

    refuse_wrong("gaps", optional=["programme"], network=network, brief=brief, programme=programme)
    rows: dict[str, dict[str, Any]] = {}
    for corridor, base in _days_asked(brief, corridors_of(brief, network.sites)):
        for turn, shift in enumerate((0, *OTHER_DATES)):
            waiting = {site for site, row in rows.items() if row["status"] == "out_of_reach"}
            if turn and not waiting:
                break
            day = (brief.first_day or usual_date(brief.year)) + timedelta(days=shift)
            for site, row in _judged(network, base, corridor, day).items():
                if site not in rows or (site in waiting and row["status"] == "in_reach"):
                    rows[site] = row
    visits = Counter(site for route in programme.routes for site in _stops(route)) if programme else Counter()
    shown = wholes_of(network.sites).covers(visits)
    for site, row in rows.items():
        row["on_routes"] = visits[site]
        if row["on_routes"]:
            row["status"] = "on_a_route"
        elif site in shown:
            row["status"] = "shown"
    sites = network.sites.loc[list(rows)]
    table = gpd.GeoDataFrame(
        [{"site_id": site, **_facts(sites.loc[site], row)} for site, row in rows.items()],
        geometry="geometry",
        crs=sites.crs,
        columns=_COLUMNS,
    ).set_index("site_id")
    free = table["blocked_by"].map(len) == 0
    order = sorted(zip(-table["would_add"], free, range(len(table)), strict=True))
    return table.iloc[[at for _, _, at in order]]


def _days_asked(brief: ProgrammeBrief, corridors: Sequence[str]) -> Iterator[tuple[str, ProgrammeBrief]]:
    """Yield the corridors with the brief of a day in them; in those of several cities a day begins in each."""
    from routeplanner.sites.words import load_corridors

    bundled = load_corridors()
    for key in corridors:
        own = bundled.get(key)
        if own is None or not own.bases:
            yield key, brief
        else:
            yield from ((part, replace(brief, start=base)) for base in own.bases for part in own.joins)


_COLUMNS = [
    "site_id",
    "name_vi",
    "name_en",
    "kind",
    "corridors",
    "status",
    "on_routes",
    "reason",
    "reason_vi",
    "there_and_back_min",
    "prize",
    "blocked_by",
    "hours",
    "would_add",
    "geometry",
]


def _stops(route: Itinerary) -> frozenset[str]:
    return frozenset(stop.site_id for stop in route.stops)


def _judged(network: Network, brief: ProgrammeBrief, corridor: str, day: date) -> dict[str, dict[str, Any]]:
    """Return for each place of a corridor whether a day of its own reaches it on a date."""
    request = replace(trip_request(brief, corridor, "day", (brief.day_start, brief.day_end)), first_day=day)
    try:
        case = assemble(network, request)
    except InfeasibleError as error:
        far = " ".join(error.faults), "Không điểm nào của hành lang này đến được trong ngày từ nơi khởi hành."
        sights = network.sites[in_corridors(network.sites, [corridor])]
        return {
            str(site): _row("out_of_reach", *far)
            for site in sights.index[~sights["kind"].isin(NO_PRIZE_KINDS)]
        }
    judged = {
        skipped.site_id: _row("out_of_reach", skipped.detail, skipped.detail_vi) for skipped in case.left_out
    }
    return judged | {
        site: _alone(case, at) for at, site in enumerate(case.problem.place_ids[: case.problem.n_sites])
    }


def _row(status: str, reason: str = "", reason_vi: str = "") -> dict[str, Any]:
    return {
        "status": status,
        "reason": reason,
        "reason_vi": reason_vi,
        "there_and_back_min": None,
        "prize": None,
        "hours": None,
    }


def _alone(case: Assembled, at: int) -> dict[str, Any]:
    """Judge a day that visits one place alone."""
    problem = case.problem
    out = int(problem.travel_s[problem.origin[0], at])
    home = int(problem.travel_s[at, problem.destination[0]])
    clock = schedule(problem, ((at,),))[0]
    prize = problem.prize if problem.prize.ndim == 1 else problem.prize[0]
    if clock.feasible:
        row = _row("in_reach")
    else:
        row = _row("out_of_reach", *_why_not(case, at, out + home, clock.violation or ""))
    reached = UNREACHABLE not in (out, home)
    return row | {
        "there_and_back_min": (out + home) // 60 if reached else None,
        "prize": float(prize[at]) / PRIZE_SCALE,
        "hours": case.openings[0][at].certainty,
    }


def _why_not(case: Assembled, at: int, way_s: int, violation: str) -> tuple[str, str]:
    """Say in both languages what a day that visits one place alone breaks."""
    problem = case.problem
    if way_s >= UNREACHABLE:
        return "No way leads there and back.", "Không có đường đến đó và quay về."
    service = problem.service_s if problem.service_s.ndim == 1 else problem.service_s[0]
    way, visit, limit = way_s // 60, int(service[at]) // 60, int(problem.max_travel_s[0]) // 60
    end = clock_text(int(problem.day_end_s[0]))
    lunch = clock_text(int(problem.lunch_latest_s))
    if way > limit:
        return (
            f"There and back takes {way} min; a day of this brief allows {limit} min on the way.",
            f"Đi và về mất {way} phút; một ngày theo yêu cầu chỉ cho {limit} phút trên đường.",
        )
    if "lunch" in violation:
        return (
            f"With {way} min on the way and a visit of {visit} min, lunch would begin after {lunch}.",
            f"Đi đường {way} phút và tham quan {visit} phút thì bữa trưa bắt đầu sau {lunch}.",
        )
    return (
        f"With {way} min on the way and a visit of {visit} min in its opening hours, the group is not back by {end}.",
        f"Đi đường {way} phút và tham quan {visit} phút trong giờ mở cửa thì đoàn không về kịp {end}.",
    )


def _facts(site: pd.Series[Any], row: dict[str, Any]) -> dict[str, Any]:
    """Return a row of the table: what is missing, and what it could add at most if it were known."""
    vague = site["coord_precision"] == "commune"
    blocked = tuple(
        name for name, is_so in (("point", vague), ("hours", row["hours"] == "needs_confirmation")) if is_so
    )
    prize = row["prize"] or 0.0
    known = prize / VAGUE_POINT_FACTOR if vague else prize
    gain = known - prize if row["on_routes"] else known
    return {
        **row,
        "name_vi": site["name_vi"],
        "name_en": site["name_en"] or site["name_vi"],
        "kind": site["kind"],
        "corridors": list(site["corridors"]),
        "blocked_by": blocked,
        "would_add": round(gain, 2) if blocked else 0.0,
        "geometry": site["geometry"],
    }
