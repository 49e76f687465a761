"""KML 2.2: a folder of stops first, then one of ways, then one of starts and ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from routeplanner._escape import escape_for_leaflet
from routeplanner.export._rows import (
    headline,
    leg_rows,
    name_of,
    place_rows,
    scalar,
    stop_rows,
    stop_words,
    way_words,
    xml_text,
)
from routeplanner.itinerary_text import LANGUAGES, mode_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from routeplanner.itinerary import Itinerary

__all__ = ["to_kml"]

NAMESPACE = "http://www.opengis.net/kml/2.2"

_COLOURS = {  # aabbggrr, as KML writes colours
    "boat": "ffb06a1f",
    "ferry": "ffb06a1f",
    "foot": "ff4c7a3f",
    "bicycle": "ff4c7a3f",
    "rail": "ff5a3f6a",
    "air": "ff808080",
}
_ROAD = "ff2f4fb0"
_FOLDERS = {
    "stops": ("Điểm dừng", "Stops"),
    "legs": ("Chặng đường", "Ways"),
    "places": ("Xuất phát và kết thúc", "Starts and ends"),
}


def to_kml(trip: Itinerary, *, lang: str = "en") -> bytes:
    """Return KML 2.2 in UTF-8. Viewers show a ``description`` as HTML, so texts are escaped for that too."""
    root = ET.Element("kml", {"xmlns": NAMESPACE})
    document = ET.SubElement(root, "Document")
    _add(document, "name", headline(trip, lang))
    _add(document, "description", escape_for_leaflet(trip.attribution))
    for mode in sorted({leg.mode for day in trip.days for leg in day.legs}):
        style = ET.SubElement(document, "Style", {"id": f"way-{mode}"})
        line = ET.SubElement(style, "LineStyle")
        _add(line, "color", _COLOURS.get(mode, _ROAD))
        _add(line, "width", 4)
    _stops(document, trip, lang)
    _legs(document, trip, lang)
    _places(document, trip, lang)
    ET.indent(root, " ")
    body: str = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'.encode()


def _stops(document: ET.Element, trip: Itinerary, lang: str) -> None:
    folder = _folder(document, "stops", lang)
    for row, stop in zip(stop_rows(trip), trip.stops, strict=True):
        mark = _placemark(folder, name_of(stop, lang), stop_words(stop, lang))
        _span(mark, row["start"], row["departure"])
        _data(mark, {k: v for k, v in row.items() if k not in ("lon", "lat")})
        _point(mark, stop.lon, stop.lat)


def _legs(document: ET.Element, trip: Itinerary, lang: str) -> None:
    folder = _folder(document, "legs", lang)
    legs = [leg for day in trip.days for leg in day.legs]
    for row, leg in zip(leg_rows(trip), legs, strict=True):
        mark = _placemark(folder, mode_words(leg.mode, lang), way_words((leg,), lang))
        _span(mark, row["departure"], row["arrival"])
        _add(mark, "styleUrl", f"#way-{leg.mode}")
        _data(mark, {k: v for k, v in row.items() if k != "geometry"})
        points = leg.geometry if len(leg.geometry) > 1 else leg.geometry * 2
        if points:
            line = ET.SubElement(mark, "LineString")
            _add(line, "tessellate", 1)
            _add(line, "coordinates", " ".join(f"{lon!r},{lat!r}" for lon, lat in points))


def _places(document: ET.Element, trip: Itinerary, lang: str) -> None:
    folder = _folder(document, "places", lang)
    places = [place for day in trip.days for place in (day.start, day.end)]
    for row, place in zip(place_rows(trip), places, strict=True):
        mark = _placemark(folder, name_of(place, lang), "")
        ET.SubElement(ET.SubElement(mark, "TimeStamp"), "when").text = row["time"]
        _data(mark, {k: v for k, v in row.items() if k not in ("lon", "lat")})
        _point(mark, place.lon, place.lat)


def _folder(document: ET.Element, key: str, lang: str) -> ET.Element:
    folder = ET.SubElement(document, "Folder", {"id": key})
    _add(folder, "name", _FOLDERS[key][LANGUAGES.index(lang)])
    return folder


def _placemark(folder: ET.Element, name: str, text: str) -> ET.Element:
    mark = ET.SubElement(folder, "Placemark")
    _add(mark, "name", name)
    if text:
        _add(mark, "description", "<br>".join(map(escape_for_leaflet, text.split("\n"))))
    return mark


def _span(mark: ET.Element, begin: str, end: str) -> None:
    span = ET.SubElement(mark, "TimeSpan")
    _add(span, "begin", begin)
    _add(span, "end", end)


def _data(mark: ET.Element, row: Mapping[str, Any]) -> None:
    extended = ET.SubElement(mark, "ExtendedData")
    for key, value in row.items():
        cell = value if isinstance(value, str) else scalar(key, value)
        if cell is not None and cell != "":
            _add(ET.SubElement(extended, "Data", {"name": key}), "value", cell)


def _point(mark: ET.Element, lon: float, lat: float) -> None:
    _add(ET.SubElement(mark, "Point"), "coordinates", f"{lon!r},{lat!r}")


def _add(parent: ET.Element, tag: str, text: object) -> None:
    ET.SubElement(parent, tag).text = xml_text(text)
