"""A request read against a catalogue: names become site ids, unknown words become one clear error."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from routeplanner._text import did_you_mean
from routeplanner.errors import RequestError
from routeplanner.planning.frames import night_station
from routeplanner.planning.request import MAX_DAYS, VEHICLES, TripRequest, cycle_faults, parse_place

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

__all__ = ["place_id", "resolve", "unknown_words"]

_MOST = 20
"""Unknown names that are each given a suggestion; further ones are counted, as each takes a look at every name."""

_NEEDED = (
    "name_vi",
    "name_en",
    "kind",
    "crafts",
    "themes",
    "corridors",
    "visit_min",
    "significance",
    "status",
    "coord_precision",
    "fee_vnd",
    "part_of",
    "summary_en",
)
"""Columns without which a plan cannot be made; a catalogue of `load_sites` has them all."""


def place_id(text: str) -> str:
    """Return the id under which a start, end or overnight place stands in plans.

    Examples
    --------
    >>> place_id("21.03, 105.85")
    '21.03,105.85'
    """
    position = parse_place(text)
    return text if position is None else ",".join(f"{round(x, 5):.10g}" for x in position[::-1])


def resolve(request: TripRequest, sites: gpd.GeoDataFrame) -> TripRequest:
    """Return the request with every place name turned into its site id.

    Raises
    ------
    RequestError
        With all faults: unknown or ambiguous places, unknown corridor or themes, a must-visit that is
        part of another one.
    """
    missing = [name for name in _NEEDED if name not in sites.columns]
    if missing:
        raise RequestError(
            [f"the catalogue has no column {name!r}; read it with load_sites(path)" for name in missing],
            subject="catalogue",
        )
    faults: list[str] = []
    request = _through_cities(request, faults)
    unread = 0

    def site(field: str, text: str, *, coordinate: bool = False) -> str:
        nonlocal unread
        position = parse_place(text) if coordinate else None
        if position is not None:
            if abs(position[0]) > 180 or abs(position[1]) > 90:
                faults.append(
                    f"{field}: {text!r} is no position; write latitude,longitude in degrees, as 21.03,105.85"
                )
            return place_id(text)
        if len(faults) >= _MOST:
            unread += 1
            return text
        return _site_id(sites, field, text, faults)

    resolved = replace(
        request,
        start=site("start", request.start, coordinate=True),
        end=None if request.end is None else site("end", request.end, coordinate=True),
        overnight=tuple(site("overnight", text, coordinate=True) for text in request.overnight),
        overnight_from=tuple(
            dict.fromkeys(site("overnight_from", text, coordinate=True) for text in request.overnight_from)
        ),
        lunch_at={
            day: tuple(dict.fromkeys(site(f"lunch_at[{day}]", text) for text in texts))
            for day, texts in request.lunch_at.items()
        },
    )
    must = tuple(dict.fromkeys(site("must_visit", text) for text in request.must_visit))
    forbidden = tuple(dict.fromkeys(site("forbidden", text) for text in request.forbidden))
    closed = {site("closed", text): days for text, days in request.closed.items()}
    hours = {site("hours", text): value for text, value in request.hours.items()}
    before = tuple((site("before", first), site("before", second)) for first, second in request.before)
    faults += _word_faults(request, sites)
    faults += _pair_faults(must, forbidden, sites)
    faults += cycle_faults(before, must)
    if unread:
        faults.append(f"sites: {unread} further names were not looked at; mend these first")
    if faults:
        raise RequestError(faults, subject="request")
    return replace(resolved, must_visit=must, forbidden=forbidden, closed=closed, hours=hours, before=before)


def unknown_words(data: Mapping[str, Any], sites: gpd.GeoDataFrame) -> list[str]:
    """Return what the catalogue does not know, for a request in JSON types that has other faults as well.

    Values of wrong types are left alone: they have faults of their own.
    """

    def texts(name: str) -> list[str]:
        value = data.get(name)
        return [text for text in value if isinstance(text, str)] if isinstance(value, list | tuple) else []

    known: dict[str, Any] = {
        name: value
        for name in ("start", "end", "corridor")
        if isinstance(value := data.get(name), str) and value
    }
    themes, nights, must = data.get("themes"), texts("overnight"), texts("must_visit")
    if isinstance(themes, Mapping):
        known["themes"] = dict.fromkeys((name for name in themes if isinstance(name, str)), 1.0)
    days = data.get(
        "days"
    )  # where it is wrong itself, as many as there may be: too few would be a fault of ours
    known["days"] = days if type(days) is int and 0 < days <= MAX_DAYS else MAX_DAYS
    if 0 < len(nights) < MAX_DAYS:
        known |= {"overnight": nights, "days": len(nights) + 1}
    known |= {"must_visit": must, "forbidden": [site for site in texts("forbidden") if site not in must]}
    try:
        resolve(TripRequest(first_day=date(2027, 3, 13), **known), sites)
    except RequestError as error:
        return [fault for fault in error.faults if " is part of " not in fault]
    return []


def _through_cities(request: TripRequest, faults: list[str]) -> TripRequest:
    """Return the request with nights and flights of a corridor of several cities filled in."""
    from routeplanner.sites.words import load_corridors

    corridor = load_corridors().get(request.corridor or "")
    if corridor is None or not corridor.bases or request.overnight or request.overnight_from:
        return request
    bases = corridor.bases
    if request.days < len(bases):
        faults.append(
            f"days: {request.days} for the {len(bases)} cities of {corridor.key!r}; give {len(bases)} or more, "
            "or say in overnight where the nights are spent"
        )
        return request
    vehicle = VEHICLES.get(request.vehicle)
    if request.mode == "road" and vehicle is not None and vehicle.mode not in ("coach", "car"):
        faults.append(
            f"vehicle: {request.vehicle!r} does not go from city to city of {corridor.key!r}; choose a coach or a car, "
            "or the corridor of one city"
        )
        return request
    share, more = divmod(request.days, len(bases))
    # The last day of a city ends in it; the next morning leads on, so that its night belongs to it.
    nights = [base for i, base in enumerate(bases) for _ in range(share + (i < more))]
    nights = [request.start if night == bases[0] else night for night in nights]
    if request.long_way in ("rail", "all-rail"):
        nights = _with_trains(nights)
    by_road = request.mode == "road" and request.long_way is None
    return replace(
        request,
        overnight=tuple(nights[: request.nights]),
        end=request.end or nights[-1],
        long_way="air" if by_road else request.long_way,
    )


def _with_trains(nights: Sequence[str]) -> list[str]:
    """Return the nights with the last one before each city that a night train leads to at its station."""
    from routeplanner.network import load_long_legs

    long_legs = load_long_legs()
    stations = [
        night_station(after, long_legs) if night != after else None for night, after in pairwise(nights)
    ]
    return [*(station or night for night, station in zip(nights, stations, strict=False)), nights[-1]]


def _site_id(sites: gpd.GeoDataFrame, field: str, text: str, faults: list[str]) -> str:
    from routeplanner.sites.find import find_site

    if text in sites.index:
        return text
    try:
        return str(find_site(sites, text))
    except RequestError as error:
        if field == "start" and text == TripRequest.__dataclass_fields__["start"].default:
            faults.append(
                f"start: this catalogue has no {text!r}, where trips start unless told otherwise; "
                "give a start, an id or latitude,longitude as 21.03,105.85"
            )
        else:
            faults += [f"{field}: {fault}" for fault in error.faults]
        return text


def _word_faults(request: TripRequest, sites: gpd.GeoDataFrame) -> list[str]:
    from routeplanner.sites.words import load_corridors, load_themes

    corridors = set(load_corridors()).union(*sites["corridors"])
    themes = set(load_themes()).union(*sites["themes"])
    faults = [
        f"themes: {theme!r} is unknown{did_you_mean(theme, themes) or '; themes are ' + ', '.join(sorted(themes))}"
        for theme in request.themes
        if theme not in themes
    ]
    kinds = set(sites["kind"])
    faults += [
        f"at_most: {kind!r} is no kind of site{did_you_mean(kind, kinds) or '; kinds are ' + ', '.join(sorted(kinds))}"
        for kind in request.at_most
        if kind not in kinds
    ]
    if request.corridor is not None and request.corridor not in corridors:
        hint = did_you_mean(request.corridor, corridors) or "; corridors are " + ", ".join(sorted(corridors))
        faults.append(f"corridor: {request.corridor!r} is unknown{hint}")
    return faults


def _pair_faults(must: Sequence[str], forbidden: Sequence[str], sites: gpd.GeoDataFrame) -> list[str]:
    wholes = sites["part_of"].to_dict()
    faults = [
        f"must_visit: {site!r} is part of {wholes[site]!r}, which is a must-visit as well; keep one of them"
        for site in must
        if wholes.get(site) in must
    ]
    faults += [
        f"forbidden: {site!r} is a must-visit as well; take it off one of the two lists"
        for site in must
        if site in forbidden
    ]
    return faults
