"""From a request and a network to the arrays of a problem: who may be visited, when, at what worth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from routeplanner._clock import at, clock_text, seconds_of
from routeplanner.errors import Fault, InfeasibleError
from routeplanner.itinerary import Skipped
from routeplanner.planning.calendar import opening_asked, trip_days, visit_minutes
from routeplanner.planning.frames import DayFrame, day_frames, eats_out
from routeplanner.planning.prizes import NO_PRIZE_KINDS, REPEAT_WORTH, PrizeRule, prize_groups, prizes_by_day
from routeplanner.planning.problem import NO_GROUP, PRIZE_SCALE, UNREACHABLE, Problem
from routeplanner.planning.request import (
    PACES,
    TripRequest,
    parse_place,
    traffic_moment,
    travel_limit_s,
    travel_profile,
    vehicle_cost,
)
from routeplanner.planning.resolve import resolve
from routeplanner.sites.words import corridor_keys

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import geopandas as gpd
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    from routeplanner.network import Network
    from routeplanner.sites.hours import Opening

__all__ = ["VARIETIES", "Assembled", "assemble", "lunch_faults", "travel_times", "variety_faults"]

VARIETIES = ("crafts", "themes")
"""Columns of the catalogue whose words a trip may be asked to show several of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembled:
    """A problem together with what its indices mean.

    Parameters
    ----------
    request
        The request with names resolved to site ids.
    network
        The network, with a place for each free coordinate of the request.
    sites
        Catalogue rows of the candidates, in the order of the problem's indices.
    problem
        The arrays.
    openings
        For each day the opening of each candidate.
    left_out
        Sites of the corridor or area that cannot be candidates, with the reason.
    profile
        The network's travel profile.
    boat_first
        Candidates that a boat reaches from the start, where the trip is to begin on the water.
    locked_days
        Days of an edited plan, from 0, that take no other stops.
    """

    request: TripRequest
    network: Network
    sites: gpd.GeoDataFrame
    problem: Problem
    openings: tuple[tuple[Opening, ...], ...]
    left_out: tuple[Skipped, ...]
    profile: str
    boat_first: frozenset[int] = frozenset()
    locked_days: frozenset[int] = frozenset()


def assemble(network: Network, request: TripRequest, *, prizes: str | PrizeRule | None = None) -> Assembled:
    """Build the problem of a request on a network.

    Parameters
    ----------
    network
        Places and legs (`build_network`); it carries its catalogue.
    request
        What is asked for.
    prizes
        None for `default_prizes`, the name of a column of the catalogue, or a function.

    Raises
    ------
    RequestError
        When the request names what is not there.
    InfeasibleError
        When a start, end, overnight place or must-visit can not be kept, with each reason.
    """
    catalogue = network.sites
    request = resolve(request, catalogue)
    if request.mode != "road" and network.river.suspended:
        why_vi, why = network.river.suspended
        fault = Fault(
            f"mode {request.mode!r}: {why}; choose another day or mode 'road'",
            f"mode {request.mode!r}: {why_vi}; hãy chọn ngày khác hoặc mode 'road'",
        )
        raise InfeasibleError([fault], subject="plan")
    _refuse_too_many_aboard(network, request)
    network = _with_coordinates(_with_boats(network, request), request)
    profile = travel_profile(request)
    frames = _frames(network, request)
    rows = catalogue.loc[_candidate_ids(catalogue, request)]
    worth = prizes_by_day(rows, request, prizes)
    left_out = _forbidden(rows, request)
    rows, openings, closed = _open_rows(rows.drop(index=[s.site_id for s in left_out]), request)
    rows, openings, unreachable = _reachable_rows(network, rows, openings, request, frames)
    left_out += closed + unreachable
    _raise_if_lost(request, left_out, network)
    problem = _problem(network, request, rows, worth, openings, frames, profile)
    _raise_if_the_bare_way_is_too_dear(problem)
    _raise_without_lunch(request, problem)
    return Assembled(
        request=request,
        network=network,
        sites=rows,
        problem=problem,
        openings=openings,
        left_out=tuple(left_out),
        profile=profile,
        boat_first=_boat_first(network, problem) if request.mode == "mixed" else frozenset(),
    )


def _frames(network: Network, request: TripRequest) -> tuple[DayFrame, ...]:
    """Return start, end and hours of each day.

    Raises
    ------
    InfeasibleError
        When a night train leaves no day before it or after it.
    """
    frames = day_frames(request, network.long_legs)
    faults = [
        f"day {number}: the night train leaves only {clock_text(f.earliest_s)} to {clock_text(f.latest_s)}; "
        "give another day_start or day_end, or long_way 'air'"
        for number, f in enumerate(frames, 1)
        if f.earliest_s >= f.latest_s
    ]
    if faults:
        raise InfeasibleError(faults, subject="plan")
    return frames


def _boat_first(network: Network, problem: Problem) -> frozenset[int]:
    """Return the candidates to which a boat leads from the start of the trip.

    A group that asks for boat and road wants to sail, though the coach is quicker: the trip begins on the
    water, and the vehicle meets it at the landing.
    """
    import numpy as np

    n = problem.n_sites
    road_s = travel_times(network, problem.place_ids, "coach")[0][n, :n]
    return frozenset(np.flatnonzero(problem.travel_s[n, :n] != road_s).tolist())


def _with_boats(network: Network, request: TripRequest) -> Network:
    """Return the network with the sailings of a timetable that run on every day of the trip.

    Raises
    ------
    InfeasibleError
        When the trip is to go by boat and none runs.
    """
    if request.mode == "road" or network.sailings is None:
        return network
    days = trip_days(request)
    sailing = network.sailing_on(days)
    if sailing.sailings:
        return sailing
    runs = "; ".join(
        dict.fromkeys(
            f"{s.name or s.key!r} runs {s.first_day} to {s.last_day}, {_weekdays(s.weekdays)}"
            for s in network.sailings
        )
    )
    span = f"{days[0]}" if len(days) == 1 else f"each day of {days[0]} to {days[-1]}"
    fault = (
        f"mode {request.mode!r}: no sailing of the timetable runs on {span} ({runs or 'it is empty'}); "
        "choose another date or timetable, or leave the timetable out to charter a boat"
    )
    raise InfeasibleError([fault], subject="plan")


def _refuse_too_many_aboard(network: Network, request: TripRequest) -> None:
    """Refuse a group that the boat has no seats for.

    Raises
    ------
    InfeasibleError
        With the seats that it has.
    """
    seats, boat = network.river.seats, network.river.boat
    # A timetable says nothing of its boats.
    if request.mode == "road" or network.sailings is not None or seats is None or request.people <= seats:
        return
    fault = Fault(
        f"people: {request.people} for the {seats} seats of the boat {boat!r}; choose a larger boat, a "
        "smaller group or mode 'road'",
        f"people: {request.people} người, tàu {boat!r} chỉ có {seats} chỗ; hãy chọn tàu lớn hơn, đoàn nhỏ hơn "
        "hoặc mode 'road'",
    )
    raise InfeasibleError([fault], subject="plan")


def _weekdays(runs: Sequence[bool]) -> str:
    names = [name for name, day in zip(("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"), runs, strict=True) if day]
    return "daily" if len(names) == 7 else ", ".join(names) or "never"


def _with_coordinates(network: Network, request: TripRequest) -> Network:
    for text in dict.fromkeys([*request.terminals, *request.overnight_from]):
        position = parse_place(text)
        if position is not None and text not in network:
            name = f"{position[1]:g}, {position[0]:g}"
            network = network.with_place(text, position[0], position[1], name_vi=name, name_en=name)
    return network


def _candidate_ids(catalogue: gpd.GeoDataFrame, request: TripRequest) -> list[str]:
    """Return the sites of the corridor and area that may earn a prize, and all must-visits."""
    mask = ~catalogue["kind"].isin(NO_PRIZE_KINDS)
    if request.corridor is not None:
        own = corridor_keys(request.corridor)
        mask &= catalogue["corridors"].map(lambda keys: not own.isdisjoint(keys))
    if request.area is not None:
        west, south, east, north = request.area
        x, y = catalogue.geometry.x, catalogue.geometry.y
        mask &= x.between(west, east) & y.between(south, north)
    if request.corridor is None and request.area is None:
        mask &= catalogue["corridors"].map(lambda keys: keys != ["national"])
    mask &= ~catalogue.index.isin([request.start, request.end])  # the lake as a start is no sight
    mask |= catalogue.index.isin(
        [*request.must_visit, *(site for sites in request.lunch_at.values() for site in sites)]
    )
    return list(catalogue.index[mask])


def _forbidden(rows: gpd.GeoDataFrame, request: TripRequest) -> list[Skipped]:
    return [
        Skipped(
            site_id=site,
            reason="forbidden",
            detail="Forbidden by the request.",
            detail_vi="Yêu cầu không cho ghé nơi này.",
        )
        for site in request.forbidden
        if site in rows.index
    ]


def _open_rows(
    rows: gpd.GeoDataFrame, request: TripRequest
) -> tuple[gpd.GeoDataFrame, tuple[tuple[Opening, ...], ...], list[Skipped]]:
    """Return the rows that can be visited on some day within its span, their openings, and the others."""
    days = trip_days(request)
    records = list(rows.itertuples())
    table = [tuple(opening_asked(row, day, request) for row in records) for day in days]
    spans = [tuple(map(seconds_of, request.span(day))) for day in range(request.days)]
    keep, closed = [], []
    for index, row in enumerate(records):
        service_s = [60 * visit_minutes(row, request, day) for day in days]
        at_site = [of_day[index] for of_day in table]
        on_days = zip(at_site, service_s, spans, strict=True)
        if any(_usable(found.windows(s), s, span) for found, s, span in on_days):
            keep.append(index)
        else:
            closed.append(_closed(str(row.Index), at_site, days, service_s))
    return rows.iloc[keep], tuple(tuple(day[i] for i in keep) for day in table), closed


def _usable(windows: Sequence[tuple[int, int]], service_s: int, span: Sequence[int]) -> bool:
    return any(first <= span[1] - service_s and last >= span[0] for first, last in windows)


def _closed(
    site: str, openings: Sequence[Opening], days: Sequence[date], services_s: Sequence[int]
) -> Skipped:
    """Say for each day why the site cannot be visited on it."""
    parts, parts_vi = [], []
    for day, at_site, service_s in zip(days, openings, services_s, strict=True):
        if at_site.intervals_s:
            hours = ", ".join(f"{clock_text(start)}–{clock_text(end)}" for start, end in at_site.intervals_s)
            visit = service_s // 60
            parts.append(
                f"{day}: open {hours}; a visit of {visit} min does not fit into that and the day's span"
            )
            parts_vi.append(f"{day}: mở {hours}; không đủ cho {visit} phút tham quan trong giờ đi")
        else:
            parts.append(f"{day}: {at_site.reason_en or 'closed'}")
            parts_vi.append(f"{day}: {at_site.reason_vi or 'đóng cửa'}")
    return Skipped(
        site_id=site, reason="closed", detail="; ".join(parts) + ".", detail_vi="; ".join(parts_vi) + "."
    )


def _reachable_rows(
    network: Network,
    rows: gpd.GeoDataFrame,
    openings: tuple[tuple[Opening, ...], ...],
    request: TripRequest,
    frames: Sequence[DayFrame],
) -> tuple[gpd.GeoDataFrame, tuple[tuple[Opening, ...], ...], list[Skipped]]:
    """Drop the sites to which or from which no way leads, after checking the terminals themselves."""
    import numpy as np

    profile = travel_profile(request)
    choices = _ends_by_day(request, frames)
    ends = list(dict.fromkeys(place for of_day in choices for side in of_day for place in side))
    places = [*rows.index, *(end for end in ends if end not in rows.index)]
    duration = network.matrix(places, profile).duration_s
    at = {place: index for index, place in enumerate(places)}
    faults = [
        fault
        for day, (here, there) in enumerate(choices)
        if (
            fault := _bare_way_fault(
                day,
                frames[day],
                (here, there),
                duration[np.ix_([at[a] for a in here], [at[b] for b in there])],
                profile,
            )
        )
    ]
    if faults:
        raise InfeasibleError(faults, subject="plan")
    columns = [at[end] for end in ends]
    joined = [
        any(duration[i, c] >= 0 for c in columns) and any(duration[c, i] >= 0 for c in columns)
        for i in range(len(rows))
    ]
    gone = [_unreachable(site, ends, profile) for site, ok in zip(rows.index, joined, strict=True) if not ok]
    if gone and len(gone) == len(rows):
        raise InfeasibleError(
            [
                (
                    f"none of the {len(gone)} candidate sites can be reached from {' or '.join(map(repr, ends))} by "
                    f"{profile!r}; start nearer, choose another mode, or give roads that reach there"
                )
            ],
            subject="plan",
        )
    keep = [i for i, ok in enumerate(joined) if ok]
    return rows.iloc[keep], tuple(tuple(day[i] for i in keep) for day in openings), gone


def _ends_by_day(
    request: TripRequest, frames: Sequence[DayFrame]
) -> list[tuple[Sequence[str], Sequence[str]]]:
    """Return the places where each day may begin and end: all choices of a night that is still open."""
    nights, last = request.overnight_from if request.nights_are_open else (), len(frames) - 1
    return [
        (
            nights if nights and day > 0 else (frame.start,),
            nights if nights and day < last else (frame.end,),
        )
        for day, frame in enumerate(frames)
    ]


def _bare_way_fault(
    day: int,
    frame: DayFrame,
    ends: tuple[Sequence[str], Sequence[str]],
    seconds: npt.NDArray[np.int64],
    profile: str,
) -> str | None:
    """Say why a day cannot lead from any of its starts (rows of seconds) to any of its ends (columns)."""
    here, there = (" or ".join(map(repr, places)) for places in ends)
    if len(ends[0]) == 1 and ends[0] == ends[1]:
        return None
    if (seconds < 0).all():
        return (
            f"day {day + 1}: no way by {profile!r} from {here} to {there}; "
            "choose another start, end or overnight place, or another mode"
        )
    span, minutes = (frame.latest_s - frame.earliest_s) // 60, -(-int(seconds[seconds >= 0].min()) // 60)
    if minutes <= span:
        return None
    return (
        f"day {day + 1}: the way from {here} to {there} takes {minutes} min, but from day_start to day_end there are "
        f"{span}; give a longer day, nearer places or a faster vehicle"
    )


def _unreachable(site: str, ends: Sequence[str], profile: str) -> Skipped:
    return Skipped(
        site_id=site,
        reason="unreachable",
        detail=f"No way by {profile!r} leads from {' or '.join(ends)} to it and back on this network.",
        detail_vi=f"Mạng lưới này không có đường ({profile}) từ {' hoặc '.join(ends)} tới đây và quay về.",
    )


def _raise_if_lost(request: TripRequest, left_out: Sequence[Skipped], network: Network) -> None:
    lost = [s for s in left_out if s.site_id in request.must_visit]
    if lost:
        names = network.sites["name_vi"]
        raise InfeasibleError(
            [
                Fault(
                    f"must_visit {s.site_id!r} ({names[s.site_id]}) is {s.reason}: {s.detail} "
                    "Choose another date, mode or span, or take it off the list",
                    f"must_visit {s.site_id!r} ({names[s.site_id]}) không đến được: {s.detail_vi} "
                    "Hãy chọn ngày, cách đi hoặc giờ khác, hoặc bỏ khỏi danh sách",
                )
                for s in lost
            ],
            subject="plan",
        )


def _raise_without_lunch(request: TripRequest, problem: Problem) -> None:
    """Refuse a place for lunch that is no candidate on its day, or whose day is too short for a lunch."""
    import numpy as np

    faults = []
    sites = list(problem.place_ids[: problem.n_sites])
    is_open = np.any(problem.windows[..., 0] <= problem.windows[..., 1], axis=2)
    for day, asked in sorted(request.lunch_at.items()):
        can = any(is_open[day - 1, sites.index(site)] for site in asked if site in sites)
        if not problem.lunch[day - 1]:
            faults.append(
                f"lunch_at[{day}]: day {day} is too short for a lunch; give it a longer span, or leave it out"
            )
        elif not can and request.terminals[day] not in asked:
            faults.append(
                f"lunch_at[{day}]: {' or '.join(map(repr, asked))} cannot be visited on day {day}; "
                "choose another place or day"
            )
    if faults:
        raise InfeasibleError(faults, subject="plan")


def _raise_if_the_bare_way_is_too_dear(problem: Problem) -> None:
    """Refuse a budget that does not pay the ways from each day's start to its end, whatever lies between."""
    metres = int(problem.travel_m[problem.origin, problem.destination].sum())
    cost = -(-metres * problem.cost_per_km_vnd // 1000)
    if 0 <= problem.budget_vnd < cost:
        raise InfeasibleError(
            [
                (
                    f"budget_vnd: {problem.budget_vnd} does not pay the bare way between the ends of the days, "
                    f"{cost} VND; raise it, or choose nearer places"
                )
            ],
            subject="plan",
        )


def _problem(
    network: Network,
    request: TripRequest,
    rows: gpd.GeoDataFrame,
    worth: pd.DataFrame,
    openings: tuple[tuple[Opening, ...], ...],
    frames: Sequence[DayFrame],
    profile: str,
) -> Problem:
    import numpy as np

    n, d = len(rows), request.days
    terminals = [frames[0].start, *(frame.end for frame in frames)]
    aside = [day for day in range(1, d) if frames[day].start != frames[day - 1].end]  # behind a night aboard
    others = request.overnight_from[1:] if request.nights_are_open else ()
    places = (*rows.index, *terminals, *(frames[day].start for day in aside), *others)
    origin = np.arange(n, n + d, dtype=np.int64)
    origin[aside] = np.arange(n + d + 1, n + d + 1 + len(aside))
    destination = np.arange(n + 1, n + d + 1, dtype=np.int64)
    travel_s, travel_m = travel_times(network, places, profile)
    by_hour = _by_hour(network, request, places, profile)
    if by_hour is not None:
        # The way round a barred area is paid for as well.
        travel_m = np.maximum(travel_m, by_hour.pop("travel_m"))
    travel_m = _without_flights(network, places, profile, travel_m)
    service_s = np.array(
        [[60 * visit_minutes(row, request, day) for row in rows.itertuples()] for day in trip_days(request)],
        dtype=np.int64,
    )
    prize = np.rint(worth.loc[rows.index].to_numpy().T * PRIZE_SCALE).astype(np.int64)
    pace = PACES[request.pace]
    day_vnd, km_vnd = vehicle_cost(request) or (0, 0)
    return Problem(
        place_ids=tuple(places),
        n_sites=n,
        travel_s=travel_s,
        travel_m=travel_m,
        service_s=_plain(service_s),
        prize=_plain(prize),
        cost_vnd=np.array([request.people * (fee or 0) for fee in rows["fee_vnd"]], dtype=np.int64),
        group=_groups(rows),
        must=np.array([site in request.must_visit for site in rows.index], dtype=np.bool_),
        exclusive=_exclusive(rows),
        windows=_windows(openings, service_s),
        day_start_s=np.array([frame.earliest_s for frame in frames], dtype=np.int64),
        day_end_s=np.array([frame.latest_s for frame in frames], dtype=np.int64),
        origin=origin,
        destination=destination,
        max_stops=np.full(d, request.max_stops or pace.max_stops, dtype=np.int64),
        max_travel_s=_travel_limits(network, request, frames, places, travel_s),
        lunch=np.array([eats_out(request, frame, day) for day, frame in enumerate(frames)], dtype=np.bool_),
        lunch_at=_lunch_places(request, places),
        nights=_nights(request, n),
        lunch_s=60 * request.lunch.duration_min if request.lunch else 0,
        lunch_earliest_s=seconds_of(request.lunch.earliest) if request.lunch else 0,
        lunch_latest_s=seconds_of(request.lunch.latest) if request.lunch else 0,
        # A boat of a timetable does not lie moored for a meal.
        aboard_s=_aboard(network, places, profile)
        if request.mode == "river" and network.sailings is None
        else None,
        day_cost_vnd=day_vnd,
        cost_per_km_vnd=km_vnd,
        budget_vnd=-1 if request.budget_vnd is None else request.budget_vnd,
        repeat_worth=REPEAT_WORTH,
        **(by_hour or {}),
        max_leg_s=UNREACHABLE - 1 if request.max_leg_min is None else 60 * request.max_leg_min,
        **_joint_rules(rows, request),
    )


def _joint_rules(rows: gpd.GeoDataFrame, request: TripRequest) -> dict[str, Any]:
    """Return the rules that join the visits of a trip, as fields of the problem."""
    import numpy as np

    fields: dict[str, Any] = {}
    at = {site: index for index, site in enumerate(rows.index)}
    pairs = [(at[a], at[b]) for a, b in request.before if a in at and b in at]
    if pairs:
        fields["before"] = np.array(pairs, np.int64)
    if request.at_most:
        kinds = list(request.at_most)
        fields["resource_use"] = np.array([rows["kind"] == kind for kind in kinds], np.int64)
        fields["resource_limit"] = np.array([request.at_most[kind] for kind in kinds], np.int64)
    if request.min_crafts or request.min_themes:
        words = [(kind, word) for kind, name in enumerate(VARIETIES) for word in _words(rows, name)]
        fields["labels"] = np.array(
            [[word in (row or ()) for row in rows[VARIETIES[kind]]] for kind, word in words], np.bool_
        ).reshape(-1, len(rows))
        fields["label_kind"] = np.array([kind for kind, _ in words], np.int64)
        fields["least_labels"] = np.array([request.min_crafts, request.min_themes], np.int64)
    return fields


def variety_faults(problem: Problem, request: TripRequest, days: Sequence[Sequence[int]]) -> list[str]:
    """Return which variety asked for the visits do not show, in words."""
    import numpy as np

    if problem.labels is None or problem.label_kind is None:
        return []
    visited = [site for order in days for site in order]
    shown = np.any(problem.labels[:, visited], axis=1)
    asked = ("min_crafts", request.min_crafts), ("min_themes", request.min_themes)
    kept, remedy = "", "ask for fewer, or give more days"
    if request.must_visit:
        kept, remedy = (
            " that keeps every must-visit",
            "ask for fewer, give more stops or days, or fewer must-visits",
        )
    counts = np.bincount(problem.label_kind, weights=shown, minlength=len(asked))
    return [
        f"{name}: the best trip found{kept} shows {int(count)} of the {least} asked for; {remedy}"
        for (name, least), count in zip(asked, counts, strict=True)
        if count < least
    ]


def lunch_faults(request: TripRequest, days: Sequence[Sequence[int]]) -> list[str]:
    """Return the days that could not be led to the place of their lunch, in words."""
    return [
        f"lunch_at[{day}]: no trip was found that comes to {' or '.join(map(repr, request.lunch_at[day]))} for lunch; "
        "choose another place, day or hour of lunch"
        for day in sorted(request.lunch_at)
        if not days[day - 1]
    ]


def _words(rows: gpd.GeoDataFrame, name: str) -> list[str]:
    return sorted({word for row in rows[name] for word in row or ()})


def _lunch_places(request: TripRequest, places: Sequence[str]) -> npt.NDArray[np.bool_] | None:
    """Return where the lunch of each day may be taken, None where nothing is said about it."""
    import numpy as np

    if not request.lunch_at:
        return None
    asked = [request.lunch_at.get(day + 1) for day in range(request.days)]
    return np.array([[at is None or place in at for place in places] for at in asked], dtype=np.bool_)


def _nights(request: TripRequest, n: int) -> npt.NDArray[np.int64] | None:
    """Return by night the places that it may be spent at: the first of them stands among the terminals."""
    import numpy as np

    if not request.nights_are_open:
        return None
    others = n + request.days + 1 + np.arange(len(request.overnight_from) - 1)
    return np.array([[n + 1 + night, *others] for night in range(request.nights)], dtype=np.int64)


def _travel_limits(
    network: Network,
    request: TripRequest,
    frames: Sequence[DayFrame],
    places: Sequence[str],
    travel_s: npt.NDArray[np.int64],
) -> npt.NDArray[np.int64]:
    """Return the most seconds on the way by day: the share of the day, or the bare way where it is longer.

    A flight between the ends of a day does not count against the share. Of nights to be chosen the nearest count.
    """
    import numpy as np

    profile, limits = travel_profile(request), []
    for day, (here, there) in enumerate(_ends_by_day(request, frames)):
        share_s = travel_limit_s(request, day)
        direct_s = min(int(travel_s[places.index(a), places.index(b)]) for a in here for b in there)
        a, b = here[0], there[0]
        alone = len(here) == len(there) == 1
        flown = alone and a != b and any(leg.mode == "air" for leg in network.path(a, b, profile))
        limits.append(direct_s + share_s if flown else max(share_s, direct_s))
    return np.array(limits, dtype=np.int64)


def travel_times(
    network: Network, places: Sequence[str], profile: str
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return travel times in whole minutes (rounded up, as seconds) and metres between places.

    Rounding up keeps the triangle inequality, and nobody reads a timetable to the second.
    """
    import numpy as np

    unique = list(dict.fromkeys(places))
    matrix = network.matrix(unique, profile)
    index = np.array([unique.index(place) for place in places])
    seconds = np.asarray(matrix.duration_s, dtype=np.int64)[np.ix_(index, index)]
    metres = np.asarray(matrix.distance_m, dtype=np.int64)[np.ix_(index, index)]
    minutes = -(-seconds // 60) * 60
    gone = seconds < 0
    return np.where(gone, UNREACHABLE, minutes), np.where(gone, 0, metres)


def _without_flights(
    network: Network, places: Sequence[str], profile: str, travel_m: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """Return the metres that the vehicle drives: a flight on the way is not hired by the kilometre."""
    import numpy as np

    from routeplanner.network import ride_distance_m

    if not profile.endswith("+air"):
        return travel_m
    flights = [
        leg for leg in network.long_legs if leg.mode == "air" and {leg.from_id, leg.to_id} <= set(network)
    ]
    driven = travel_m.copy()
    for flight in flights:
        ends = network.place(flight.from_id), network.place(flight.to_id)
        flown = round(ride_distance_m(flight.mode, *ends))
        all_m = travel_times(network, [*places, flight.from_id, flight.to_id], profile)[1]
        through = all_m[:-2, -2][:, None] + flown + all_m[-1, :-2][None, :]
        # The way by this flight, and no other, has its length to the metre or two of rounding.
        by_it = (travel_m >= flown) & (np.abs(through - travel_m) <= 2)
        driven[by_it] = travel_m[by_it] - flown
    return driven


def _by_hour(
    network: Network, request: TripRequest, places: Sequence[str], profile: str
) -> dict[str, Any] | None:
    """Return the travel times by moment of leaving, as fields of a `Problem`; None where traffic never changes."""
    import numpy as np

    day = traffic_moment(request, at(request.first_day, 0)).date()
    if len(network.departures(profile, day)) == 1:
        return None
    unique = list(dict.fromkeys(places))
    index = np.array([unique.index(place) for place in places])
    found = network.day_matrix(unique, profile, day)
    timed = np.where(found.duration_s < 0, UNREACHABLE, found.duration_s)
    own = found.own_departures, found.own_duration_s
    return {
        "departure_s": np.array(found.departures, dtype=np.int64),
        "timed_travel_s": timed[:, index[:, None], index],
        "own_departure_s": own[0][:, index[:, None], index] if len(own[0]) else None,
        "own_travel_s": own[1][:, index[:, None], index] if len(own[0]) else None,
        "clock_step_s": 60,
        "travel_m": np.maximum(found.distance_m, 0)[np.ix_(index, index)],
    }


def _plain(by_day: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return one row for all days where they do not differ."""
    return by_day[0] if (by_day == by_day[0]).all() else by_day


def _aboard(network: Network, places: Sequence[str], profile: str) -> npt.NDArray[np.int64]:
    """Return what of each way by boat lies before boarding and after landing, as `Problem.aboard_s`.

    Each place of this profile has one pier, so that two ways of a place tell what lies between it and its
    pier. Times are rounded up to minutes along the way, as those of the legs are.
    """
    import numpy as np

    keys = list(dict.fromkeys(places))
    seconds = np.asarray(network.matrix(keys, profile).duration_s, dtype=np.int64)
    pier, before, after = _to_piers(network, keys, profile, seconds)
    landing = seconds - after[None, :]
    aboard = np.stack([np.broadcast_to(before[:, None], seconds.shape), landing], axis=2)
    board, land = np.moveaxis(-(-aboard // 60) * 60, 2, 0)
    by_boat = (seconds >= 0) & (pier[:, None] != pier[None, :]) & (pier[:, None] >= 0) & (pier[None, :] >= 0)
    table: npt.NDArray[np.int64] = np.where(
        by_boat[..., None], np.stack([board, -(-seconds // 60) * 60 - land], axis=2), -1
    )
    index = np.array([keys.index(place) for place in places])
    return np.ascontiguousarray(table[np.ix_(index, index)])


def _to_piers(
    network: Network, keys: Sequence[str], profile: str, seconds: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return for each place the number of its pier (-1: no boat leads there), and the seconds to and from it."""
    import numpy as np

    piers: dict[tuple[float, float], int] = {}  # by position: a site may stand on its pier
    found = np.full((3, len(keys)), -1, dtype=np.int64)
    for i, place in enumerate(keys):
        for j in np.argsort(-seconds[i] * (seconds[:, i] >= 0), kind="stable"):  # the farthest lie over water
            out = network.path(place, keys[j], profile) if i != j and seconds[i, j] >= 0 else ()
            back = network.path(keys[j], place, profile) if out and seconds[j, i] >= 0 else ()
            sails = [[k for k, leg in enumerate(way) if leg.mode == "boat"] for way in (out, back)]
            if all(sails):
                first, last = sails[0][0], sails[1][-1]
                found[:, i] = (
                    piers.setdefault(out[first].geometry[0], len(piers)),
                    sum(leg.duration_s for leg in out[:first]),
                    sum(leg.duration_s for leg in back[last + 1 :]),
                )
                break
            if out:
                break  # not even the farthest place is reached by boat
    return found[0], found[1], found[2]


def _groups(rows: gpd.GeoDataFrame) -> npt.NDArray[np.int64]:
    import numpy as np

    craft_of = prize_groups(rows)
    number = {craft: i for i, craft in enumerate(sorted(set(craft_of.values())))}
    return np.array(
        [number[craft_of[site]] if site in craft_of else NO_GROUP for site in rows.index], dtype=np.int64
    )


def _exclusive(rows: gpd.GeoDataFrame) -> npt.NDArray[np.int64]:
    import numpy as np

    at = {site: i for i, site in enumerate(rows.index)}
    pairs = [(at[whole], at[part]) for part, whole in rows["part_of"].items() if whole in at]
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)


def _windows(
    openings: tuple[tuple[Opening, ...], ...], service_s: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    import numpy as np

    lists = [
        [at_site.windows(int(s)) for at_site, s in zip(day, of_day, strict=True)]
        for day, of_day in zip(openings, service_s, strict=True)
    ]
    width = max((len(windows) for day in lists for windows in day), default=1)
    table = np.tile(np.array([1, 0], dtype=np.int64), (*service_s.shape, max(width, 1), 1))
    for d, day in enumerate(lists):
        for i, windows in enumerate(day):
            for w, window in enumerate(windows):
                table[d, i, w] = window
    return table
