"""Tables: GeoPackage with layers, GeoParquet of the stops, CSV in the order of the clock."""

from __future__ import annotations

import csv
import io
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from routeplanner.errors import RequestError
from routeplanner.export._rows import leg_rows, name_of, place_rows, scalar, stop_rows, way_words
from routeplanner.itinerary_text import day_rows, pause_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import geopandas as gpd

    from routeplanner.itinerary import Day, Itinerary
    from routeplanner.itinerary_text import Row

__all__ = ["to_csv", "to_geopackage", "to_geoparquet"]

METADATA_KEY = b"routeplanner"
"""Key of a GeoParquet file's metadata under which the itinerary lies as JSON."""

_NO_CLOCK = "2000-01-01T00:00:00.000Z"


def to_geopackage(trip: Itinerary, *, lang: str = "en") -> bytes:
    """Return a GeoPackage: layers ``stops``, ``legs``, ``places``, and a table ``itinerary`` with the JSON.

    The same itinerary gives the same bytes: the time of the last change is left at 1 January 2000.
    """
    import pandas as pd
    import pyogrio

    del lang  # both languages have their columns
    zone = "UTC"  # the only one that a GeoPackage may hold
    layers: dict[str, Any] = {
        "stops": _frame(stop_rows(trip), _points, zone),
        "legs": _frame(leg_rows(trip), _lines, zone),
        "places": _frame(place_rows(trip), _points, zone),
        "itinerary": pd.DataFrame({"json": [trip.to_json()], "attribution": [trip.attribution]}),
    }
    with tempfile.TemporaryDirectory(prefix="routeplanner-") as folder:
        path = Path(folder, "trip.gpkg")
        for number, (name, frame) in enumerate(layers.items()):
            kind = {"legs": {"geometry_type": "LineString"}, "itinerary": {}}.get(
                name, {"geometry_type": "Point"}
            )
            pyogrio.write_dataframe(frame, path, layer=name, driver="GPKG", append=number > 0, **kind)
        with closing(sqlite3.connect(path)) as base:
            base.execute("UPDATE gpkg_contents SET last_change = ?", (_NO_CLOCK,))
            base.commit()
        return path.read_bytes()


def to_geoparquet(trip: Itinerary, *, lang: str = "en") -> bytes:
    """Return the stops as GeoParquet; the file's metadata holds the trip whole, under ``routeplanner``.

    Raises
    ------
    RequestError
        When pyarrow is not installed.
    """
    del lang
    try:
        import pyarrow.parquet as pq
    except ImportError as error:
        remedy = 'install it with pip install "routeplanner[files]"'
        raise RequestError([f"pyarrow: it is not installed; {remedy}"], subject="parquet") from error
    draft = io.BytesIO()
    _frame(stop_rows(trip), _points).to_parquet(draft, index=False)
    draft.seek(0)
    table = pq.read_table(draft)
    metadata = {**table.schema.metadata, METADATA_KEY: trip.to_json().encode()}
    whole = io.BytesIO()
    pq.write_table(table.replace_schema_metadata(metadata), whole)
    return whole.getvalue()


CSV_COLUMNS = (
    "day",
    "date",
    "from",
    "until",
    "what",
    "order",
    "site_id",
    "name_vi",
    "name_en",
    "minutes",
    "km",
    "modes",
    "fee_vnd",
    "certainty",
    "note",
    "lon",
    "lat",
)


def to_csv(trip: Itinerary, *, lang: str = "en") -> bytes:
    """Return the timetable in the order of the clock, one row a start, way, stop, break or end.

    UTF-8 with a byte order mark, commas, CRLF: so that spreadsheet programmes read Vietnamese. A text that
    they would run as a formula gets an apostrophe before it.
    """
    stream = io.StringIO()
    writer = csv.DictWriter(stream, CSV_COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    for number, day in enumerate(trip.days, 1):
        for row in day_rows(day):
            cells = {"day": number, "date": day.date.isoformat(), **_cells(row, day, lang)}
            writer.writerow({key: _harmless(value) for key, value in cells.items()})
    return stream.getvalue().encode("utf-8-sig")


def _cells(row: Row, day: Day, lang: str) -> dict[str, Any]:
    if row.stop is not None:
        stop = row.stop
        span = {"from": stop.start, "until": stop.departure}
        why = stop.why_vi if lang == "vi" else stop.why
        known = {"order": row.order, "fee_vnd": stop.fee_vnd, "certainty": stop.certainty, "note": why}
        return {"what": "stop", **_span(**span), **_place(stop), **known}
    if row.pause is not None:
        span = {"from": row.pause.start, "until": row.pause.end}
        named = {"name_vi": pause_words(row.pause, "vi"), "name_en": pause_words(row.pause, "en")}
        return {"what": row.pause.kind, **_span(**span), "site_id": row.pause.site_id, **named}
    if row.legs:
        first, last = row.legs[0], row.legs[-1]
        way = {
            "km": round(sum(leg.distance_m for leg in row.legs) / 1000, 2),
            "modes": " + ".join(leg.mode for leg in row.legs),
            "site_id": last.to_id,
            "note": way_words(row.legs, lang),
        }
        return {"what": "way", **_span(**{"from": first.departure, "until": last.arrival}), **way}
    place = day.start if row.kind == "start" else day.end
    return {"what": row.kind, "from": f"{place.time:%H:%M}", **_place(place)}


def _span(**span: Any) -> dict[str, Any]:  # noqa: ANN401 - two moments; one of the keys is a word of Python
    start, end = span["from"], span["until"]
    minutes = round((end - start).total_seconds() / 60)
    return {"from": f"{start:%H:%M}", "until": f"{end:%H:%M}", "minutes": minutes}


def _place(place: Any) -> dict[str, Any]:  # noqa: ANN401 - a stop or a terminal
    names = {"name_vi": name_of(place, "vi"), "name_en": name_of(place, "en")}
    return {"site_id": place.site_id, **names, "lon": place.lon, "lat": place.lat}


def _harmless(value: object) -> object:
    """Keep a spreadsheet from running a text as a formula."""
    return (
        f"'{value}"
        if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r"))
        else value
    )


def _frame(
    rows: Sequence[dict[str, Any]],
    shapes: Callable[[Sequence[dict[str, Any]]], Iterator[Any]],
    zone: str = "Asia/Ho_Chi_Minh",
) -> gpd.GeoDataFrame:
    import geopandas as gpd
    import pandas as pd

    # objects first, so that a column of whole numbers with a gap does not turn into one of fractions
    cells = [{k: scalar(k, v) for k, v in row.items() if k not in ("lon", "lat", "geometry")} for row in rows]
    table = (
        pd.DataFrame(cells, dtype=object).convert_dtypes(dtype_backend="numpy_nullable") if cells else None
    )
    if table is None:
        return gpd.GeoDataFrame({"day": pd.Series(dtype="int64")}, geometry=[], crs="EPSG:4326")
    for key in table.columns:
        if key in ("arrival", "start", "departure", "time"):
            table[key] = pd.to_datetime(table[key], utc=True).dt.tz_convert(zone)
    return gpd.GeoDataFrame(table, geometry=list(shapes(rows)), crs="EPSG:4326")


def _points(rows: Sequence[dict[str, Any]]) -> Iterator[Any]:
    import shapely

    return (shapely.Point(row["lon"], row["lat"]) for row in rows)


def _lines(rows: Sequence[dict[str, Any]]) -> Iterator[Any]:
    import shapely

    for row in rows:
        points = row["geometry"]
        yield shapely.LineString(points if len(points) > 1 else [*points] * 2) if points else None
