"""From files and frames to plain records, and back to the catalogue's own GeoJSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from routeplanner._files import read_text
from routeplanner.errors import DataFileError
from routeplanner.sites.coordinates import metres_fault
from routeplanner.sites.model import FIELD_NAMES, FIELDS, SPARSE_NAMES
from routeplanner.sites.provenance import FieldSources
from routeplanner.sites.tables import TEXT_SUFFIXES, fetch, is_url, read_csv, read_excel, rename_columns

if TYPE_CHECKING:
    import os

    import geopandas as gpd

__all__ = ["Record", "Source", "frame_of", "geojson_text", "read_records", "records_of_frame"]

Source: TypeAlias = "str | os.PathLike[str] | Mapping[str, Any] | gpd.GeoDataFrame"
_DECIMALS = 6  # about 0.1 m


@dataclass(slots=True)
class Record:
    """One site as it was read, not yet checked.

    Parameters
    ----------
    where
        File and feature, or row: for messages.
    site_id
        As found; None where missing.
    coordinates
        As found: a pair (lon, lat) where all is well.
    geometry_type
        ``Point`` where all is well.
    fields
        All other properties as found.
    """

    where: str
    site_id: Any
    coordinates: Any
    geometry_type: Any
    fields: dict[str, Any] = field(default_factory=dict)


def read_records(source: Source, faults: list[str], *, crs: str | None = None) -> list[Record]:
    """Read records from a folder, a file, an address, a FeatureCollection or a GeoDataFrame.

    Parameters
    ----------
    source
        A folder of ``*.geojson``, one file, an address (http, https, postgresql), a FeatureCollection as a mapping,
        or a GeoDataFrame.
    faults
        Takes what could not be read; the rest is still returned.
    crs
        Coordinate system of a table that does not name its own.
    """
    if isinstance(source, Mapping):
        return _records_of_collection(source, "collection", faults)
    if hasattr(source, "columns"):
        return records_of_frame(source, faults, crs=crs)
    if isinstance(source, str) and "://" in source:
        return _records_of_address(source, faults, crs)
    try:
        path = Path(source)
    except TypeError:
        faults.append(
            f"cannot read a {type(source).__name__}; give a path, a FeatureCollection or a GeoDataFrame"
        )
        return []
    return _records_of_path(path, faults, crs)


def _records_of_address(url: str, faults: list[str], crs: str | None) -> list[Record]:
    from tempfile import TemporaryDirectory

    try:
        if is_url(url):
            with TemporaryDirectory() as folder:
                return _records_of_path(fetch(url, Path(folder)), faults, crs)
        from routeplanner.sites.store import is_database, read_database

        if is_database(url):
            return records_of_frame(rename_columns(read_database(url)), faults, name="database")
    except DataFileError as error:
        faults.extend(error.faults)
        return []
    faults.append(
        f"{url.split('://', maxsplit=1)[0]}:// cannot be read; give a path, or an http, https or postgresql address"
    )
    return []


def _records_of_path(path: Path, faults: list[str], crs: str | None = None) -> list[Record]:
    if path.is_dir():
        files = sorted(path.glob("*.geojson"))
        if not files:
            faults.append(f"{path}: no *.geojson file in this folder; name another folder or a file")
        return [record for file in files for record in _records_of_path(file, faults)]
    if path.suffix.lower() in {".geojson", ".json"} or not path.is_file():
        return _records_of_text(path, faults)
    return _records_of_other(path, faults, crs)


def _records_of_text(path: Path, faults: list[str]) -> list[Record]:
    try:
        document = json.loads(read_text(path))
    except DataFileError as error:
        faults.extend(f"{path}: {fault}" for fault in error.faults)
        return []
    except json.JSONDecodeError as error:
        faults.append(
            f"{path.name}: not JSON at line {error.lineno}, column {error.colno}: {error.msg}; mend it there"
        )
        return []
    except RecursionError:
        faults.append(f"{path.name}: nested too deeply to be a catalogue")
        return []
    return _records_of_collection(document, path.name, faults)


def _records_of_collection(document: Any, where: str, faults: list[str]) -> list[Record]:  # noqa: ANN401
    features = document.get("features") if isinstance(document, Mapping) else None
    if not isinstance(features, list):
        kind = document.get("type") if isinstance(document, Mapping) else type(document).__name__
        faults.append(
            f"{where}: {kind!r} is not a GeoJSON FeatureCollection; give one with a list of features"
        )
        return []
    records = []
    for number, feature in enumerate(features, start=1):
        place = f"{where}, feature {number}"
        properties = feature.get("properties") if isinstance(feature, Mapping) else None
        if not isinstance(properties, Mapping):
            faults.append(f"{place}: not a GeoJSON Feature with properties; see the data dictionary")
            continue
        values = dict(properties)
        site_id = values.pop("site_id", feature.get("id"))
        geometry = feature.get("geometry")
        geometry = geometry if isinstance(geometry, Mapping) else {}
        records.append(Record(place, site_id, geometry.get("coordinates"), geometry.get("type"), values))
    return records


def _records_of_other(path: Path, faults: list[str], crs: str | None = None) -> list[Record]:
    suffix = path.suffix.lower()
    try:
        frame = _frame_of_file(path, suffix)
    except DataFileError as error:
        faults.extend(f"{path.name}: {fault}" for fault in error.faults)
        return []
    except Exception as error:  # noqa: BLE001 - every driver has its own errors
        why = str(error).split(". ", maxsplit=1)[0].split(".;", maxsplit=1)[0]
        remedy = "give GeoJSON, GeoPackage, GeoParquet, CSV or Excel"
        faults.append(f"{path.name}: geopandas cannot read it ({why}); {remedy}")
        return []
    return records_of_frame(rename_columns(frame), faults, name=path.name, crs=crs)


def _frame_of_file(path: Path, suffix: str) -> Any:  # noqa: ANN401 - a table, with geometry or without
    if suffix in TEXT_SUFFIXES:
        return read_csv(path)
    if suffix in {".xlsx", ".xlsm"}:
        return read_excel(path)
    import geopandas as gpd

    if suffix not in {".parquet", ".geoparquet"}:
        return gpd.read_file(path)
    try:
        return gpd.read_parquet(path)
    except ValueError:  # no geometry in it: a table with lon and lat
        import pandas as pd

        return pd.read_parquet(path)


def records_of_frame(
    frame: Any,  # noqa: ANN401
    faults: list[str],
    *,
    name: str = "frame",
    crs: str | None = None,
) -> list[Record]:
    """Take the records out of a GeoDataFrame of any CRS, or a table with ``lon`` and ``lat`` columns."""
    table = frame if "site_id" in frame.columns else frame.reset_index(names="site_id")
    points = _points_of(table, faults, name, crs)
    if points is None:
        return []
    skip = {
        "site_id",
        "geometry",
        getattr(getattr(table, "geometry", None), "name", "geometry"),
        "lon",
        "lat",
    }
    readers = {item.name: _READERS[item.type] for item in FIELDS}
    columns = {
        str(key): [readers.get(str(key), _plain)(_plain(value)) for value in table[key]]
        for key in table.columns
        if key not in skip
    }
    records = []
    for position, site_id in enumerate(table["site_id"]):
        coordinates, kind = points[position]
        values = {key: column[position] for key, column in columns.items()}
        records.append(Record(f"{name}, row {position + 1}", _plain(site_id), coordinates, kind, values))
    return records


def _points_of(table: Any, faults: list[str], name: str, crs: str | None) -> list[tuple[Any, Any]] | None:  # noqa: ANN401
    """Return (coordinates, geometry type) by row, in degrees."""
    if not hasattr(table, "crs"):
        if not {"lon", "lat"} <= set(table.columns):
            faults.append(f"{name}: no geometry; give a point geometry or columns lon and lat in degrees")
            return None
        pairs = [[_number(lon), _number(lat)] for lon, lat in zip(table["lon"], table["lat"], strict=True)]
        pairs = pairs if crs is None else _from_metres(pairs, crs, faults, name)
        return [(None, None) if pair == [None, None] else (pair, "Point") for pair in pairs]
    if table.crs is None and crs is None:
        faults.append(f"{name}: no coordinate system; call set_crs('EPSG:4326') where the points are degrees")
        return None
    geometry = table.geometry if table.crs is not None else table.geometry.set_crs(crs)
    geometry = geometry if geometry.crs.to_epsg() == 4326 else geometry.to_crs(4326)
    return [_point_of(shape) for shape in geometry]


def _from_metres(pairs: list[Any], crs: str, faults: list[str], name: str) -> list[Any]:
    """Turn metres of a projection into degrees; Vietnamese surveys write the northing as X."""
    from pyproj import CRS, Transformer
    from pyproj.exceptions import CRSError

    try:
        system = CRS.from_user_input(crs)
        turn = Transformer.from_crs(system, "EPSG:4326", always_xy=True).transform
    except CRSError:
        faults.append(f"{name}: crs {crs!r} is not known; give one as EPSG:5897 (VN-2000 TM-3 105°00')")
        return pairs
    if system.is_geographic and any(metres_fault(*pair) for pair in pairs if _are_numbers(pair)):
        faults.append(
            f"{name}: crs {crs!r} counts in degrees, the points are metres; name a projection, as EPSG:5897 (VN-2000 "
            "TM-3 105°00')"
        )
        return pairs
    turned = []
    for first, second in pairs:
        if not _are_numbers((first, second)):
            turned.append([first, second])
            continue
        northing_first = first > 900_000 > second
        turned.append(list(turn(second, first) if northing_first else turn(first, second)))
    return turned


def _are_numbers(pair: Iterable[Any]) -> bool:
    return all(isinstance(value, float) for value in pair)


def _point_of(shape: Any) -> tuple[Any, Any]:  # noqa: ANN401
    if shape is None or shape.is_empty:
        return None, None
    return ([shape.x, shape.y] if shape.geom_type == "Point" else []), shape.geom_type


def _plain(value: Any) -> Any:  # noqa: ANN401
    """Turn numpy and pandas values into Python's; a frame's NaN means missing."""
    if isinstance(value, str | bool | int | list | dict) or value is None:
        return value
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, tuple):
        return list(value)
    missing = not isinstance(value, list | dict) and value != value  # noqa: PLR0124 - NaN differs from itself
    return None if missing is not False else value


def _number(value: Any) -> Any:  # noqa: ANN401
    try:
        return float(value)
    except (TypeError, ValueError):
        return value


def _text(value: Any) -> Any:  # noqa: ANN401
    return None if value == "" else value


def _integer(value: Any) -> Any:  # noqa: ANN401
    """Read what tables make of whole numbers: 60.0 and "60"."""
    number = _number(value) if isinstance(value, float | str) else value
    return int(number) if isinstance(number, float) and number.is_integer() else _text(number)


_TRUTHS = {
    "true": True,
    "false": False,
    "có": True,
    "không": False,
    "yes": True,
    "no": False,
    "1": True,
    "0": False,
}


def _boolean(value: Any) -> Any:  # noqa: ANN401
    """Read what tables make of true and false: text in two languages, and 1.0 where a cell is empty elsewhere."""
    if isinstance(value, float) and value in {0.0, 1.0}:
        return bool(value)
    return _text(_TRUTHS.get(value.strip().lower(), value)) if isinstance(value, str) else value


def _list(value: Any) -> Any:  # noqa: ANN401
    """Read a list that a table holds as text: JSON, or parts between semicolons."""
    if not isinstance(value, str):
        return value
    if value.lstrip().startswith("["):
        try:
            return json.loads(value)
        except json.JSONDecodeError:
            return value
    return [part.strip() for part in value.split(";") if part.strip()]


def _table(value: Any) -> Any:  # noqa: ANN401
    """Read a table that a cell holds as JSON."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value) if value.strip() else None
    except json.JSONDecodeError:
        return value


def _numbers(value: Any) -> Any:  # noqa: ANN401
    items = _list(value)
    return [_integer(item) for item in items] if isinstance(items, list) and items else items or None


_READERS: dict[str, Callable[[Any], Any]] = {
    "text": _text,
    "integer": _integer,
    "boolean": _boolean,
    "texts": _list,
    "integers": _numbers,
    "times": _list,
    "spans": _list,
    "provenance": _table,
}


def frame_of(records: Iterable[Record]) -> gpd.GeoDataFrame:
    """Make the GeoDataFrame of checked records: EPSG:4326, index ``site_id``, columns as in the model."""
    import geopandas as gpd
    import numpy as np
    import pandas as pd
    import shapely

    rows = list(records)
    extra = dict.fromkeys(key for row in rows for key in row.fields if key not in FIELD_NAMES)
    columns: dict[str, Any] = {}
    for item in FIELDS:
        if item.type == "provenance":
            columns[item.name] = _objects([FieldSources.of(row.fields, row.site_id) for row in rows])
            continue
        lists = item.type in {"texts", "times", "spans"}
        values = [row.fields.get(item.name) for row in rows]
        values = [value if value is not None else [] for value in values] if lists else values
        whole = item.type == "integer" and item.required
        columns[item.name] = np.array(values, dtype=np.int64) if whole else _objects(values)
    for key in extra:
        columns[key] = _objects([row.fields.get(key) for row in rows], infer=True)
    index = pd.Index([row.site_id for row in rows], name="site_id", dtype=object)
    points = np.array([row.coordinates[:2] for row in rows], dtype=float).reshape(-1, 2)
    frame = pd.DataFrame(columns).set_axis(index, axis="index")
    return gpd.GeoDataFrame(frame, geometry=shapely.points(points), crs="EPSG:4326")


def _objects(values: list[Any], *, infer: bool = False) -> Any:  # noqa: ANN401
    """Hold Python objects as they are (None stays None); a column of our users' own may be of numbers."""
    import numpy as np
    import pandas as pd

    array = np.empty(len(values), dtype=object)
    array[:] = values
    column = pd.Series(array, dtype=object)  # said, for pandas would else infer text and make None a NaN
    if not infer:
        return column
    numbers = [value for value in values if value is not None]
    numeric = numbers and all(isinstance(v, int | float) and not isinstance(v, bool) for v in numbers)
    return pd.to_numeric(pd.Series(values)) if numeric else column


def geojson_text(features: Iterable[Mapping[str, Any]]) -> str:
    """Write features as the bundled files are written: sorted, one property a line, letters unescaped."""
    ordered = sorted(features, key=lambda feature: str(feature["properties"]["site_id"]))
    body = ",\n".join(_feature_text(feature) for feature in ordered)
    inner = f"\n{body}\n  " if body else ""
    return f'{{\n  "type": "FeatureCollection",\n  "features": [{inner}]\n}}\n'


def _json(value: Any) -> str:  # noqa: ANN401
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _feature_text(feature: Mapping[str, Any]) -> str:
    lon, lat = (round(float(value), _DECIMALS) for value in feature["geometry"]["coordinates"])
    lines = ",\n".join(
        f"        {_json(key)}: {_json(value)}"
        for key, value in feature["properties"].items()
        if key not in SPARSE_NAMES or value not in (None, [], {})
    )
    return (
        '    {\n      "type": "Feature",\n'
        f'      "geometry": {{"type": "Point", "coordinates": [{lon!r}, {lat!r}]}},\n'
        f'      "properties": {{\n{lines}\n      }}\n    }}'
    )
