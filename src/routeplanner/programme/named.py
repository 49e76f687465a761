"""Routes that the city, the region and operators have launched: rebuilt as published, and beside them what could be."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass, replace
from datetime import date, time
from typing import TYPE_CHECKING, Any

from routeplanner._files import read_text
from routeplanner._resources import data_path
from routeplanner._text import did_you_mean
from routeplanner.errors import InfeasibleError, RequestError
from routeplanner.planning.assemble import assemble
from routeplanner.planning.planner import compose, plan
from routeplanner.planning.prizes import NO_PRIZE_KINDS
from routeplanner.planning.request import PACES, TripRequest
from routeplanner.planning.search import search
from routeplanner.programme.arguments import refuse_wrong
from routeplanner.programme.places import area_faults, area_of, lie_in

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Sequence

    import geopandas as gpd
    import pandas as pd
    import shapely

    from routeplanner.itinerary import Itinerary
    from routeplanner.network import Network
    from routeplanner.planning.assemble import Assembled

__all__ = ["Rebuilt", "add_named_route", "as_published", "named_routes"]

MOST_DAYS, MOST_NAMES = 3, 5
_COLUMNS = (
    "name_vi name_en kind organiser year launched corridor corridor_words days ordered themes theme_words mode "
    "price_vnd stops source source_date confidence note"
)
_DAY, _HALF, _NIGHT = (time(8), time(17, 30)), (time(8), time(12, 30)), (time(18), time(22, 30))
_LONG_DAY, _LONG_HALF, _LONG_NIGHT = (
    (time(7), time(18, 30)),
    (time(7, 30), time(13)),
    (time(17, 30), time(23)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """A named route as published, and beside it what the optimiser makes of the same theme and hours.

    Parameters
    ----------
    route_id, name_vi, name_en
        As in `named_routes`.
    published
        The published stops on the clock, in their order where the source gives one; None where it cannot be.
    better
        What the optimiser would do; None if it was not asked for.
    not_in_catalogue
        Names of published stops that are no site of the catalogue.
    changes
        What had to give so that the published stops could be kept, or why they cannot.
    """

    route_id: str
    name_vi: str
    name_en: str
    published: Itinerary | None
    better: Itinerary | None = None
    not_in_catalogue: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """Return both side by side: one row a plan, index ``published`` and ``better``.

        Columns: value, stops, craft_villages, travel_min, distance_km, leaves, returns, hire_and_fees_vnd_per_person
        (the trip's own figure), kg_co2e_per_person, places.
        """
        import pandas as pd

        plans = {"published": self.published, "better": self.better}
        rows = {name: _figures(trip) for name, trip in plans.items() if trip is not None}
        return pd.DataFrame.from_dict(rows, orient="index")


def _figures(trip: Itinerary) -> dict[str, Any]:
    return {
        "value": round(trip.prize, 2),
        "stops": len(trip.stops),
        "craft_villages": sum(stop.kind == "craft_village" for stop in trip.stops),
        "travel_min": trip.measures["travel_min"],
        "distance_km": trip.measures["distance_km"],
        "leaves": trip.days[0].start.time.strftime("%H:%M"),
        "returns": trip.days[-1].end.time.strftime("%H:%M"),
        "hire_and_fees_vnd_per_person": trip.measures["cost_vnd_per_person"],
        "kg_co2e_per_person": trip.measures["kg_co2e_per_person"],
        "places": [stop.site_id for stop in trip.stops],
    }


def named_routes(path: str | os.PathLike[str] | None = None) -> pd.DataFrame:
    """Return the routes that were launched, planned or sold, each with its sources; index `route_id`.

    Parameters
    ----------
    path
        JSON lines of the same shape; by default the bundled ones (routes of the city and the region since 2019, and
        tours and boat trips of operators).

    Returns
    -------
    pandas.DataFrame
        name_vi, name_en, kind (``route``, ``planned_route``, ``survey``, ``night_tour``, ``train``, ``river``,
        ``recognised_point``, ``tour``, ``boat``, …), organiser, year, launched, corridor (key), corridor_words,
        days, ordered (whether the stops are a sequence), themes (keys), theme_words, mode, price_vnd (low and high,
        or None), stops (list of ``{"name", "site_id", "time"}``), source (list), source_date, confidence, note.

    Raises
    ------
    DataFileError
        When the file cannot be read.

    Examples
    --------
    >>> routes = named_routes()
    >>> routes.loc["nam-thang-long-crafts-2025", "name_en"]
    'South Thang Long Heritage Road - the essence of Vietnamese craft villages'
    """
    import pandas as pd

    from routeplanner.errors import DataFileError

    file = data_path("programme", "named_routes.jsonl") if path is None else path
    rows, faults = [], []
    for number, line in enumerate(read_text(file).splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            rows.append({"route_id": row["id"], **{name: row.get(name) for name in _COLUMNS.split()}})
        except (json.JSONDecodeError, KeyError, TypeError) as error:
            faults.append(f"line {number}: {error!r}; write one object with an 'id' a line")
    if faults:
        raise DataFileError(faults, subject=str(file))
    return pd.DataFrame(rows, columns=["route_id", *_COLUMNS.split()], dtype=object).set_index("route_id")


def add_named_route(
    sites: gpd.GeoDataFrame,
    route_id: str,
    *,
    line: Sequence[tuple[float, float]] | shapely.LineString | None = None,
    polygon: Sequence[tuple[float, float]] | shapely.Polygon | None = None,
    places: Sequence[str] | None = None,
    within_km: float = 1.0,
    name_vi: str | None = None,
    name_en: str | None = None,
    days: float = 1.0,
    themes: Sequence[str] = (),
    source: Sequence[str] = ("user",),
    routes: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return the named routes with one of your own: along a line, inside a polygon, or over a list of places.

    Stops of a line come in the order in which it passes them, those of a list in the order given; those of a polygon
    have none. `as_published` takes the table as `routes`.

    Parameters
    ----------
    sites
        The catalogue (`load_sites`).
    route_id
        A new id.
    line, polygon
        (lon, lat) points in degrees, or a shape.
    places
        Ids of sites. Exactly one of `line`, `polygon` and `places` is given.
    within_km
        How far from the line a place may lie.
    name_vi, name_en
        By default the id.
    days
        Length; 0.5 is a half day.
    themes
        Keys of themes.
    source
        Where the route comes from.
    routes
        The table to add to; by default the bundled one.

    Raises
    ------
    RequestError
        With all faults.

    Examples
    --------
    >>> import routeplanner as rp
    >>> routes = rp.add_named_route(rp.load_sites(), "two-villages", places=["ha-thai-lacquer", "lang-cuu"])
    >>> [stop["site_id"] for stop in routes.loc["two-villages", "stops"]]
    ['ha-thai-lacquer', 'lang-cuu']
    """
    import pandas as pd

    from routeplanner.sites.words import load_themes

    refuse_wrong(
        "named route",
        optional=["places", "routes", "name_vi", "name_en"],
        sites=sites,
        name_vi=name_vi,
        name_en=name_en,
        route_id=route_id,
        places=places,
        themes=themes,
        source=source,
        routes=routes,
    )
    table = named_routes() if routes is None else routes
    faults = [f"route: {route_id!r} is there already; choose another id"] if route_id in table.index else []
    if isinstance(days, bool) or not (isinstance(days, int | float) and 0 < days <= MOST_DAYS):
        faults.append(f"days: {days!r} is out of range; give more than 0, {MOST_DAYS} at most")
    known = set(load_themes()).union(*sites["themes"])
    faults += [
        f"themes: {theme!r} is unknown{did_you_mean(theme, known)}" for theme in themes if theme not in known
    ]
    faults += area_faults(sites, line=line, polygon=polygon, places=places, within_km=within_km)
    if faults:
        raise RequestError(faults, subject="named route")
    if places is not None:
        stops = list(dict.fromkeys(places))
    else:
        shape = area_of(line, polygon, subject="named route")
        inside = sites[lie_in(sites, shape, within_km=within_km) & ~sites["kind"].isin(NO_PRIZE_KINDS)]
        stops = list(inside.index) if line is None else _along(inside, shape)
    if not stops:
        raise RequestError(
            [f"{route_id}: no sight lies there; check the order of the coordinates (lon, lat), or widen it"],
            subject="named route",
        )
    own = [set(sites.loc[site, "corridors"]) for site in stops]
    shared = sorted(set.intersection(*own)) or [None]
    row = dict.fromkeys(_COLUMNS.split()) | {
        "name_vi": name_vi or route_id,
        "name_en": name_en or name_vi or route_id,
        "kind": "route",
        "organiser": "user",
        "corridor": shared[0],
        "days": days,
        "ordered": polygon is None,
        "themes": list(themes),
        "stops": [{"name": sites.loc[site, "name_vi"], "site_id": str(site), "time": None} for site in stops],
        "source": list(source),
    }
    added = pd.DataFrame([row], index=pd.Index([route_id], name=table.index.name), dtype=object)
    return pd.concat([table, added[list(table.columns)]])


def _along(inside: gpd.GeoDataFrame, line: shapely.LineString) -> list[str]:
    """Return places in the order in which a line passes them."""
    at = [(line.project(point), str(site)) for site, point in inside.geometry.items()]
    return [site for _, site in sorted(at)]


def as_published(
    network: Network,
    route_id: str,
    *,
    first_day: date,
    better: bool = False,
    routes: pd.DataFrame | None = None,
    people: int = 12,
    seed: int = 0,
) -> Rebuilt:
    """Rebuild a named route as it was published, and with ``better=True`` what the optimiser would do beside it.

    The published stops are kept in their order, within usual hours (or the published ones); where they do not fit,
    first the visits are made brisk, then the day longer, then the order free, and `changes` says so. The better plan
    has the same themes, hours, pace and corridor, and at least as many stops allowed.

    Parameters
    ----------
    network
        Places and legs.
    route_id
        Index of `named_routes`.
    first_day
        Date of the first day.
    better
        Whether to plan the better route too.
    routes
        A table like `named_routes`, with one's own routes.
    people
        Size of the group.
    seed
        Of the search.

    Raises
    ------
    RequestError
        When there is no such route.

    Examples
    --------
    >>> from datetime import date
    >>> import routeplanner as rp
    >>> network = rp.build_network(rp.load_sites())
    >>> both = rp.as_published(network, "thach-that-survey", first_day=date(2027, 3, 13), better=True)
    >>> bool(both.better.prize >= both.published.prize)
    True
    """
    refuse_wrong(
        "named route",
        optional=["routes"],
        network=network,
        route_id=route_id,
        first_day=first_day,
        routes=routes,
        people=people,
        seed=seed,
    )
    table = named_routes() if routes is None else routes
    if route_id not in table.index:
        hint = did_you_mean(route_id, table.index)
        raise RequestError([f"route: {route_id!r} is no named route{hint}"], subject="named route")
    row = table.loc[route_id]
    stops, missing = _stops(row, network)
    made = Rebuilt(
        route_id=route_id,
        name_vi=row["name_vi"],
        name_en=row["name_en"],
        published=None,
        not_in_catalogue=missing,
    )
    why_not = _why_not(row, stops)
    if why_not:
        return replace(made, changes=(why_not,))
    published, changes = _rebuild(network, row, stops, first_day, people, seed)
    if published is None:
        return replace(made, changes=changes)
    beside = _better(network, row, published, seed) if better else None
    return replace(made, published=published, better=beside, changes=changes)


def _stops(row: pd.Series, network: Network) -> tuple[list[str], tuple[str, ...]]:
    """Return the sights of a route in their order, each once, and the names of stops that are no sites."""
    sites, stops, missing = network.sites, [], []
    for stop in row["stops"]:
        site = stop["site_id"]
        if site is None or site not in sites.index:
            missing.append(stop["name"])
        elif sites.loc[site, "kind"] not in NO_PRIZE_KINDS and site not in stops and site != "ho-hoan-kiem":
            stops.append(site)
    for whole in list(stops):  # of a whole and its parts, what the page lists more of
        parts = [site for site in stops if sites.loc[site, "part_of"] == whole]
        gone = ([whole] if len(parts) > 1 else parts) if parts else []
        stops = [site for site in stops if site not in gone]
    return stops, tuple(missing)


def _why_not(row: pd.Series, stops: Sequence[str]) -> str | None:
    if not row["stops"]:
        return "no stops were published"
    if not stops:
        return "no stop that was published is a sight of the catalogue"
    if _days(row) > MOST_DAYS:
        return f"{_days(row)} days: longer than what is rebuilt here ({MOST_DAYS} days)"
    return None


def _days(row: pd.Series) -> int:
    return max(1, math.ceil(row["days"])) if row["days"] else 1


def _attempts(row: pd.Series) -> Iterator[tuple[tuple[time, time], str, str | None]]:
    """Yield hours and pace to try, with what had to give."""
    share = row["days"] or 1.0
    usual, longer = (_DAY, _LONG_DAY) if share > 0.5 else (_HALF, _LONG_HALF)
    if row["kind"] == "night_tour" or "night" in row["name_en"].lower():
        usual, longer = _NIGHT, _LONG_NIGHT
    told = _published_hours(row)
    if told is not None:
        yield told, "normal", None
        yield told, "intense", "brisk visits (intense pace)"
    yield (
        usual,
        "normal",
        None if told is None else f"hours {usual[0]:%H:%M}–{usual[1]:%H:%M} instead of its own",
    )
    yield usual, "intense", "brisk visits (intense pace)"
    yield longer, "intense", f"a longer day ({longer[0]:%H:%M}–{longer[1]:%H:%M}) and brisk visits"
    if usual is not _NIGHT:
        yield (time(6), time(21)), "intense", "a day from 06:00 to 21:00 and brisk visits"


def _published_hours(row: pd.Series) -> tuple[time, time] | None:
    """Return the first and last clock time of a route whose page gives both ends, in whole quarters."""
    found = [re.search(r"(\d{1,2}):(\d{2})", stop["time"] or "") for stop in row["stops"]]
    if len(found) < 2 or found[0] is None or found[-1] is None or _days(row) > 1:
        return None
    first, last = (time(int(match[1]), int(match[2])) for match in (found[0], found[-1]))
    return (first, last) if first < last else None


def _request(
    row: pd.Series, stops: Sequence[str], hours: tuple[time, time], pace: str, first_day: date, people: int
) -> TripRequest:
    boat = row["kind"] in ("boat", "river") and "coach" not in (row["mode"] or "") and row["mode"] != "land"
    days = _days(row)
    return TripRequest(
        first_day=first_day,
        days=days,
        corridor=row["corridor"] or None,
        day_start=hours[0],
        day_end=hours[1],
        themes=dict.fromkeys(row["themes"] or (), 1.0),
        must_visit=tuple(stops),
        mode="river" if boat else "road",
        start="ben-chuong-duong-do" if boat else "ho-hoan-kiem",
        pace=pace,
        people=people,
        max_stops=max(PACES[pace].max_stops, -(-len(stops) // days)),
    )


def _rebuild(
    network: Network, row: pd.Series, stops: Sequence[str], first_day: date, people: int, seed: int
) -> tuple[Itinerary | None, tuple[str, ...]]:
    faults: tuple[str, ...] = ()
    for keep_order in (True, False):
        for hours, pace, change in _attempts(row):
            request = _request(row, stops, hours, pace, first_day, people)
            try:
                case = assemble(network, request)
                trip = _kept(case, stops, ordered=keep_order and bool(row["ordered"]), seed=seed)
            except InfeasibleError as error:
                faults = error.faults
                continue
            changes = [change] if change else []
            if not keep_order and row["ordered"]:
                changes.append("another order than the published one")
            return trip, tuple(changes)
        if not row["ordered"]:
            break
    return None, ("the published stops cannot be kept in a day", *faults)


def _kept(case: Assembled, stops: Sequence[str], *, ordered: bool, seed: int) -> Itinerary:
    """Return the stops and nothing else on the clock: in their order, or in the best one."""
    import numpy as np

    problem = case.problem
    at = [problem.place_ids.index(site) for site in stops]
    if ordered and problem.n_days == 1:
        return compose(case, [at], seed=seed)
    only = replace(problem, prize=np.where(problem.must, np.maximum(problem.prize, 1), 0))
    found = search(only, seed=seed, proof=None)
    if found.missing:
        names = [problem.place_ids[site] for site in found.missing]
        rest = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
        words = f"no plan holds {', '.join(names[:MOST_NAMES])}{rest} as well"
        raise InfeasibleError([words], subject="named route")
    return compose(case, found.days, seed=seed)


def _better(network: Network, row: pd.Series, published: Itinerary, seed: int) -> Itinerary:
    """Plan without the duty to visit the published stops: same theme, hours, pace and corridor."""
    from routeplanner.sites.words import corridor_keys

    request = TripRequest.from_dict(published.request)
    outside = [
        s.site_id
        for s in published.stops
        if row["corridor"] is None
        or corridor_keys(row["corridor"]).isdisjoint(network.sites.loc[s.site_id, "corridors"])
    ]
    if outside:
        lon, lat = [s.lon for s in published.stops], [s.lat for s in published.stops]
        west, south, east, north = min(lon) - 0.05, min(lat) - 0.05, max(lon) + 0.05, max(lat) + 0.05
        box = (round(west, 4), round(south, 4), round(east, 4), round(north, 4))
        request = replace(request, corridor=None, area=box)
    found = plan(network, replace(request, must_visit=()), seed=seed)
    if found.prize >= published.prize:
        return found
    return plan(network, replace(request, must_visit=tuple(s.site_id for s in published.stops)), seed=seed)
