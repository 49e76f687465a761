"""GTFS of a trip's sailings (and of its trains): the feed that journey planners read."""

from __future__ import annotations

import csv
import io
import zipfile
from typing import TYPE_CHECKING, Any

from routeplanner._clock import seconds_since_midnight
from routeplanner._text import nfc
from routeplanner._version import __version__
from routeplanner.export._rows import headline, name_of
from routeplanner.itinerary_text import mode_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from routeplanner.itinerary import Day, Itinerary, Leg, Stop, Terminal

__all__ = ["ROUTE_TYPES", "to_gtfs"]

ROUTE_TYPES = {"boat": 4, "ferry": 4, "rail": 2, "air": 1100}
"""GTFS route types (air: the extended ones) of the modes that sail or run; roads are not in the feed."""

_AGENCY = "routeplanner"
_NO_CLOCK = (2000, 1, 1, 0, 0, 0)

_COLUMNS: Mapping[str, Sequence[str]] = {
    "stops.txt": ("stop_id", "stop_name", "stop_lat", "stop_lon"),
    "agency.txt": ("agency_id", "agency_name", "agency_url", "agency_timezone", "agency_lang"),
    "routes.txt": ("route_id", "agency_id", "route_short_name", "route_long_name", "route_type"),
    "trips.txt": ("route_id", "service_id", "trip_id", "trip_headsign", "shape_id"),
    "stop_times.txt": (
        "trip_id",
        "arrival_time",
        "departure_time",
        "stop_id",
        "stop_sequence",
        "timepoint",
    ),
    "calendar_dates.txt": ("service_id", "date", "exception_type"),
    "shapes.txt": ("shape_id", "shape_pt_lat", "shape_pt_lon", "shape_pt_sequence"),
    "translations.txt": ("table_name", "field_name", "language", "translation", "field_value"),
    "feed_info.txt": (
        "feed_publisher_name",
        "feed_publisher_url",
        "feed_lang",
        "feed_start_date",
        "feed_end_date",
        "feed_version",
    ),
}

Tables = dict[str, list[dict[str, Any]]]


def to_gtfs(trip: Itinerary, *, lang: str = "en") -> bytes:
    """Return a GTFS feed as a zip: one GTFS trip for each sailing of the itinerary on its date.

    Times are those of the plan, in Asia/Ho_Chi_Minh. An itinerary by road alone gives a feed with its places
    and no trips. The same itinerary gives the same bytes.
    """
    tables = _tables(trip, lang)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, columns in _COLUMNS.items():
            archive.writestr(zipfile.ZipInfo(name, _NO_CLOCK), _csv(columns, tables[name]))
    return stream.getvalue()


def _tables(trip: Itinerary, lang: str) -> Tables:
    tables: Tables = {name: [] for name in _COLUMNS}
    url = "https://schema.org/TouristTrip"  # a feed must name an address; there is no company behind a plan
    tables["agency.txt"].append(
        {
            "agency_id": _AGENCY,
            "agency_name": nfc(headline(trip, lang)),
            "agency_url": url,
            "agency_timezone": "Asia/Ho_Chi_Minh",
            "agency_lang": lang,
        }
    )
    places = _places(trip, lang)
    for mode in sorted({leg.mode for day in trip.days for leg in day.legs} & ROUTE_TYPES.keys()):
        words = {"route_short_name": mode_words(mode, lang), "route_long_name": mode_words(mode, "vi")}
        if words["route_short_name"] == words["route_long_name"]:
            words["route_long_name"] = ""
        tables["routes.txt"].append(
            {"route_id": mode, "agency_id": _AGENCY, "route_type": ROUTE_TYPES[mode], **words}
        )
    for number, day in enumerate(trip.days, 1):
        service = f"day-{number}"
        sailings = [leg for leg in day.legs if leg.mode in ROUTE_TYPES]
        if sailings:
            date = f"{day.date:%Y%m%d}"
            tables["calendar_dates.txt"].append({"service_id": service, "date": date, "exception_type": 1})
        for order, leg in enumerate(sailings, 1):
            _sailing(tables, places, day, leg, (service, f"{service}-{leg.mode}-{order}"))
    tables["stops.txt"] = [
        {"stop_id": key, "stop_name": name, "stop_lat": lat, "stop_lon": lon}
        for key, (name, lon, lat) in places.items()
    ]
    tables["translations.txt"] = list(_translations(trip, lang))
    tables["feed_info.txt"].append(
        {
            "feed_publisher_name": "routeplanner",
            "feed_publisher_url": url,
            "feed_lang": lang,
            "feed_start_date": f"{trip.days[0].date:%Y%m%d}",
            "feed_end_date": f"{trip.days[-1].date:%Y%m%d}",
            "feed_version": __version__,
        }
    )
    return tables


def _places(trip: Itinerary, lang: str) -> dict[str, tuple[str, float, float]]:
    """Return name and position of the stops, then of starts and ends, then of piers that are no stops."""
    found = {stop.site_id: (name_of(stop, lang), stop.lon, stop.lat) for stop in trip.stops}
    for day in trip.days:
        for place in (day.start, day.end):
            found.setdefault(place.site_id, (name_of(place, lang), place.lon, place.lat))
        for leg in day.legs:
            ends = ((leg.from_id, leg.geometry[:1]), (leg.to_id, leg.geometry[-1:]))
            for key, point in ends:
                if leg.mode in ROUTE_TYPES and point:
                    found.setdefault(key, ("", *point[0]))
    return _with_pier_names(found, lang)


def _with_pier_names(
    found: dict[str, tuple[str, float, float]], lang: str
) -> dict[str, tuple[str, float, float]]:
    """Name the piers at which a boat lands on the way, from the bundled catalogue where it knows them."""
    if all(name for name, _, _ in found.values()):
        return found
    from routeplanner.sites.catalog import load_sites

    sites = load_sites()
    column = sites["name_vi" if lang == "vi" else "name_en"]
    return {
        key: (name or (str(column[key]) if key in column.index else key.removeprefix("via:")), lon, lat)
        for key, (name, lon, lat) in found.items()
    }


def _sailing(
    tables: Tables,
    places: Mapping[str, tuple[str, float, float]],
    day: Day,
    leg: Leg,
    keys: tuple[str, str],
) -> None:
    service, trip_id = keys
    goal = places[leg.to_id][0]
    shape = trip_id if len(leg.geometry) > 1 else ""
    tables["trips.txt"].append(
        {
            "route_id": leg.mode,
            "service_id": service,
            "trip_id": trip_id,
            "trip_headsign": goal,
            "shape_id": shape,
        }
    )
    ends = ((leg.from_id, leg.departure), (leg.to_id, leg.arrival))
    for sequence, (stop, moment) in enumerate(ends, 1):
        clock = _clock(seconds_since_midnight(moment, day.date))
        tables["stop_times.txt"].append(
            {
                "trip_id": trip_id,
                "arrival_time": clock,
                "departure_time": clock,
                "stop_id": stop,
                "stop_sequence": sequence,
                "timepoint": 1,
            }
        )
    if shape:
        tables["shapes.txt"] += [
            {"shape_id": shape, "shape_pt_lat": lat, "shape_pt_lon": lon, "shape_pt_sequence": number}
            for number, (lon, lat) in enumerate(leg.geometry, 1)
        ]


def _clock(seconds: int) -> str:
    """Return a GTFS time, which may lie past 24:00:00."""
    return f"{seconds // 3600:02d}:{seconds % 3600 // 60:02d}:{seconds % 60:02d}"


def _translations(trip: Itinerary, lang: str) -> Iterator[dict[str, Any]]:
    other = "en" if lang == "vi" else "vi"
    places: list[Stop | Terminal] = [*trip.stops, *(p for day in trip.days for p in (day.start, day.end))]
    for name, translated in {name_of(p, lang): name_of(p, other) for p in places}.items():
        if name != translated:
            key = {"table_name": "stops", "field_name": "stop_name", "language": other}
            yield {**key, "translation": translated, "field_value": name}


def _csv(columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> str:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, columns, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()
