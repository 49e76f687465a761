"""One door for all formats: a suffix says which."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from routeplanner._files import path_of, write_whole
from routeplanner._given import refuse_others
from routeplanner._text import did_you_mean
from routeplanner.errors import RequestError
from routeplanner.itinerary_text import LANGUAGES

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from pathlib import Path

    from routeplanner.itinerary import Itinerary

__all__ = ["FORMATS", "Format", "save_trip", "trip_bytes"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A file format.

    Parameters
    ----------
    suffix
        With its dot, in lower case.
    media_type
        For the header of an answer.
    words
        What it holds.
    write
        Takes a trip, a language and the moment of writing (None: now), returns text or bytes.
    """

    suffix: str
    media_type: str
    words: str
    write: Callable[[Itinerary, str, datetime | None], str | bytes]


def _json(trip: Itinerary, _lang: str, _stamp: datetime | None) -> str:
    return trip.to_json()


def _text(trip: Itinerary, lang: str, _stamp: datetime | None) -> str:
    return trip.to_text(lang) + "\n"


def _geojson(trip: Itinerary, lang: str, _stamp: datetime | None) -> str:
    from routeplanner.export.geojson import to_geojson

    return to_geojson(trip, lang=lang)


def _geopackage(trip: Itinerary, lang: str, _stamp: datetime | None) -> bytes:
    from routeplanner.export.tables import to_geopackage

    return to_geopackage(trip, lang=lang)


def _geoparquet(trip: Itinerary, lang: str, _stamp: datetime | None) -> bytes:
    from routeplanner.export.tables import to_geoparquet

    return to_geoparquet(trip, lang=lang)


def _csv(trip: Itinerary, lang: str, _stamp: datetime | None) -> bytes:
    from routeplanner.export.tables import to_csv

    return to_csv(trip, lang=lang)


def _gpx(trip: Itinerary, lang: str, _stamp: datetime | None) -> bytes:
    from routeplanner.export.gpx import to_gpx

    return to_gpx(trip, lang=lang)


def _kml(trip: Itinerary, lang: str, _stamp: datetime | None) -> bytes:
    from routeplanner.export.kml import to_kml

    return to_kml(trip, lang=lang)


def _ics(trip: Itinerary, lang: str, stamp: datetime | None) -> str:
    from routeplanner.export.ics import to_ics

    return to_ics(trip, lang=lang, stamp=stamp)


def _jsonld(trip: Itinerary, lang: str, _stamp: datetime | None) -> str:
    from routeplanner.export.jsonld import to_jsonld

    return to_jsonld(trip, lang=lang)


def _gtfs(trip: Itinerary, lang: str, _stamp: datetime | None) -> bytes:
    from routeplanner.export.gtfs import to_gtfs

    return to_gtfs(trip, lang=lang)


def _html(trip: Itinerary, lang: str, _stamp: datetime | None) -> str:
    from routeplanner.render import map_itinerary, to_html

    return to_html(map_itinerary(trip, lang=lang))


def _svg(trip: Itinerary, lang: str, _stamp: datetime | None) -> str:
    from routeplanner.render import to_svg

    return to_svg(trip, lang=lang)


def _png(trip: Itinerary, lang: str, _stamp: datetime | None) -> bytes:
    from routeplanner.render import to_png

    return to_png(trip, lang=lang)


def _format(
    suffix: str,
    media_type: str,
    words: str,
    write: Callable[[Itinerary, str, datetime | None], str | bytes],
) -> tuple[str, Format]:
    return suffix, Format(suffix=suffix, media_type=media_type, words=words, write=write)


FORMATS: Mapping[str, Format] = dict(
    (
        _format(".json", "application/json", "the itinerary itself", _json),
        _format(".geojson", "application/geo+json", "stops, places, legs; the itinerary whole", _geojson),
        _format(".gpkg", "application/geopackage+sqlite3", "layers stops, legs, places", _geopackage),
        _format(".parquet", "application/vnd.apache.parquet", "GeoParquet of the stops", _geoparquet),
        _format(".csv", "text/csv; charset=utf-8", "timetable for spreadsheets", _csv),
        _format(".gpx", "application/gpx+xml", "waypoints, routes, tracks", _gpx),
        _format(".kml", "application/vnd.google-earth.kml+xml", "folders of stops, ways, places", _kml),
        _format(".ics", "text/calendar; charset=utf-8", "iCalendar: visits, lunches, ways", _ics),
        _format(".jsonld", "application/ld+json", "schema.org TouristTrip", _jsonld),
        _format(".zip", "application/zip", "GTFS of the sailings", _gtfs),
        _format(".html", "text/html; charset=utf-8", "the map, one self-contained page", _html),
        _format(".svg", "image/svg+xml", "still picture", _svg),
        _format(".png", "image/png", "still picture", _png),
        _format(".txt", "text/plain; charset=utf-8", "timetable to read", _text),
    )
)
"""Formats by suffix."""


def trip_bytes(trip: Itinerary, suffix: str, *, lang: str = "en", stamp: datetime | None = None) -> bytes:
    """Return an itinerary in a file format.

    Parameters
    ----------
    trip
        The trip.
    suffix
        One of `FORMATS`, with or without its dot, in any case.
    lang
        ``"vi"`` or ``"en"``: language of titles and texts, where the format does not hold both.
    stamp
        Moment of writing that an iCalendar names; by default now.

    Raises
    ------
    RequestError
        When the suffix or the language is unknown, the trip has no day, or a library that the format needs
        is not installed.

    Examples
    --------
    >>> from datetime import date
    >>> import routeplanner as rp
    >>> network = rp.build_network(rp.load_sites())
    >>> trip = rp.plan(network, rp.TripRequest(corridor="south", first_day=date(2027, 3, 13)))
    >>> rp.trip_bytes(trip, "gpx")[:38]
    b'<?xml version="1.0" encoding="UTF-8"?>'
    """
    refuse_others("trip_bytes", trip=trip)
    key = f".{str(suffix).removeprefix('.').lower()}"
    faults = []
    if key not in FORMATS:
        remedy = did_you_mean(key, FORMATS)
        faults.append(f"format: {suffix!r} is unknown; use one of {' '.join(FORMATS)}{remedy}")
    if lang not in LANGUAGES:
        faults.append(f"lang: {lang!r} is no language of this library; choose one of {LANGUAGES}")
    if not trip.days:
        faults.append("itinerary: it has no day; plan at least one")
    if faults:
        raise RequestError(faults, subject="export")
    content = FORMATS[key].write(trip, lang, stamp)
    return content.encode() if isinstance(content, str) else content


def save_trip(trip: Itinerary, path: str | os.PathLike[str], *, lang: str = "en") -> Path:
    """Write an itinerary to a file, in the format that its suffix names, whole or not at all.

    Parameters
    ----------
    trip
        The trip.
    path
        The file; its folder must exist.
    lang
        ``"vi"`` or ``"en"``.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    RequestError
        As `trip_bytes`.
    DataFileError
        When the folder is missing or cannot be written.

    Examples
    --------
    >>> from datetime import date
    >>> import routeplanner as rp
    >>> network = rp.build_network(rp.load_sites())
    >>> trip = rp.plan(network, rp.TripRequest(corridor="south", first_day=date(2027, 3, 13)))
    >>> rp.save_trip(trip, "south.gpx", lang="vi").name
    'south.gpx'
    """
    refuse_others("save_trip", trip=trip)
    suffix = path_of(path).suffix
    if not suffix:
        remedy = f"end it in one of {' '.join(FORMATS)}"
        raise RequestError(
            [f"{path}: the name has no suffix that says the format; {remedy}"], subject="export"
        )
    return write_whole(path, trip_bytes(trip, suffix, lang=lang))
