"""GeoJSON (RFC 7946): stops first, then the places between the days, then the legs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from routeplanner.export._rows import headline, leg_rows, place_rows, stop_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routeplanner.itinerary import Itinerary

__all__ = ["to_geojson"]


def to_geojson(trip: Itinerary, *, lang: str = "en") -> str:
    """Return one FeatureCollection; the member ``itinerary`` holds the trip whole, for `Itinerary.from_dict`.

    Each feature says in ``feature`` what it is: ``stop``, ``start``, ``end`` or ``leg``.
    """
    features = [_point("stop", row) for row in stop_rows(trip)]
    features += [_point(row["role"], row) for row in place_rows(trip)]
    features += [_line(row) for row in leg_rows(trip)]
    collection = {
        "type": "FeatureCollection",
        "name": headline(trip, lang),
        "attribution": trip.attribution,
        "features": features,
        "itinerary": trip.to_dict(),
    }
    return json.dumps(collection, ensure_ascii=False, allow_nan=False) + "\n"


def _point(what: str, row: dict[str, Any]) -> dict[str, Any]:
    properties = {key: value for key, value in row.items() if key not in ("lon", "lat", "role")}
    return _feature(what, properties, {"type": "Point", "coordinates": [row["lon"], row["lat"]]})


def _line(row: dict[str, Any]) -> dict[str, Any]:
    properties = {key: value for key, value in row.items() if key != "geometry"}
    return _feature("leg", properties, _line_geometry(row["geometry"]))


def _line_geometry(points: Sequence[Sequence[float]]) -> dict[str, Any] | None:
    """Return a line; GeoJSON wants two positions at least."""
    if not points:
        return None
    return {"type": "LineString", "coordinates": list(points) if len(points) > 1 else [points[0]] * 2}


def _feature(what: str, properties: dict[str, Any], geometry: dict[str, Any] | None) -> dict[str, Any]:
    return {"type": "Feature", "properties": {"feature": what, **properties}, "geometry": geometry}
