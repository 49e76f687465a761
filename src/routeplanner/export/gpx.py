"""GPX 1.1: stops as waypoints, a route a day through its places, a track a day along its ways."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from routeplanner.export._rows import headline, name_of, stop_rows, stop_words, xml_text
from routeplanner.itinerary_text import date_words, mode_words

if TYPE_CHECKING:
    from datetime import datetime

    from routeplanner.itinerary import Day, Itinerary, Leg, Stop, Terminal

__all__ = ["to_gpx"]

NAMESPACE = "http://www.topografix.com/GPX/1/1"
OURS = "urn:routeplanner:gpx:1"
"""Namespace of the fields of a stop for which GPX has no element of its own."""

_FIELDS = (
    "day",
    "order",
    "site_id",
    "name_vi",
    "name_en",
    "arrival",
    "start",
    "departure",
    "prize",
    "certainty",
)
_OPTIONAL = ("crafts", "fee_vnd", "significance")


def to_gpx(trip: Itinerary, *, lang: str = "en") -> bytes:
    """Return GPX 1.1 in UTF-8.

    Waypoints are the stops, in order, with the arrival as their time. The first and last point of each
    segment of a track carry departure and arrival of a leg.
    """
    root = ET.Element(
        "gpx", {"xmlns": NAMESPACE, "xmlns:rp": OURS, "version": "1.1", "creator": "routeplanner"}
    )
    metadata = ET.SubElement(root, "metadata")
    _add(metadata, "name", headline(trip, lang))
    credit = ET.SubElement(metadata, "copyright", {"author": xml_text(trip.attribution)})
    _add(credit, "license", "https://opendatacommons.org/licenses/odbl/1-0/")
    for row, stop in zip(stop_rows(trip), trip.stops, strict=True):
        waypoint = _point(root, "wpt", stop.lon, stop.lat, stop.arrival)
        _add(waypoint, "name", name_of(stop, lang))
        _add(waypoint, "cmt", name_of(stop, "en" if lang == "vi" else "vi"))
        _add(waypoint, "desc", stop_words(stop, lang))
        _add(waypoint, "sym", "Flag, Blue")
        _add(waypoint, "type", stop.kind)
        extra = ET.SubElement(waypoint, "extensions")
        for key in (*_FIELDS, *(key for key in _OPTIONAL if row.get(key))):
            value = ", ".join(row[key]) if isinstance(row[key], list) else row[key]
            _add(extra, f"rp:{key}", value)
    for number, day in enumerate(trip.days, 1):
        _route(root, number, day, lang)
    for number, day in enumerate(trip.days, 1):
        _track(root, number, day, lang)
    ET.indent(root, " ")
    body: str = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'.encode()


def _day_name(number: int, day: Day, lang: str) -> str:
    return f"{'Ngày' if lang == 'vi' else 'Day'} {number} · {date_words(day.date, lang)}"


def _route(root: ET.Element, number: int, day: Day, lang: str) -> None:
    route = ET.SubElement(root, "rte")
    _add(route, "name", _day_name(number, day, lang))
    _add(route, "number", number)
    places: list[tuple[Stop | Terminal, datetime]] = [
        (day.start, day.start.time),
        *((stop, stop.arrival) for stop in day.stops),
        (day.end, day.end.time),
    ]
    for place, moment in places:
        _add(_point(route, "rtept", place.lon, place.lat, moment), "name", name_of(place, lang))


def _track(root: ET.Element, number: int, day: Day, lang: str) -> None:
    legs = [leg for leg in day.legs if leg.geometry]
    if not legs:
        return
    track = ET.SubElement(root, "trk")
    _add(track, "name", _day_name(number, day, lang))
    _add(track, "desc", " · ".join(dict.fromkeys(mode_words(leg.mode, lang) for leg in legs)))
    _add(track, "number", number)
    for leg in legs:
        _segment(ET.SubElement(track, "trkseg"), leg)


def _segment(segment: ET.Element, leg: Leg) -> None:
    last = len(leg.geometry) - 1
    for at, (lon, lat) in enumerate(leg.geometry):
        moment = leg.departure if at == 0 else leg.arrival if at == last else None
        _point(segment, "trkpt", lon, lat, moment)
    extra = ET.SubElement(segment, "extensions")
    for key, value in (
        ("mode", leg.mode),
        ("from_id", leg.from_id),
        ("to_id", leg.to_id),
        ("distance_m", leg.distance_m),
        ("duration_s", leg.duration_s),
        ("estimated", str(leg.estimated).lower()),
        ("service", leg.service),
    ):
        _add(extra, f"rp:{key}", value)


def _point(parent: ET.Element, tag: str, lon: float, lat: float, moment: datetime | None) -> ET.Element:
    point = ET.SubElement(parent, tag, {"lat": repr(lat), "lon": repr(lon)})
    if moment is not None:
        _add(point, "time", f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}")
    return point


def _add(parent: ET.Element, tag: str, text: object) -> None:
    ET.SubElement(parent, tag).text = xml_text(text)
