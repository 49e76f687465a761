"""Catalogues as tables: CSV of any delimiter and encoding, Excel, GeoPackage, GeoParquet, a page of the web."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from routeplanner._text import fold
from routeplanner.errors import DataFileError
from routeplanner.sites.coordinates import parse_pair, put_in_order
from routeplanner.sites.encodings import decode_text
from routeplanner.sites.model import FIELD_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

__all__ = ["TEXT_SUFFIXES", "fetch", "is_url", "read_csv", "read_excel", "rename_columns"]

TEXT_SUFFIXES = frozenset({".csv", ".tsv", ".txt"})
_TIMEOUT_S = 30
_MOST_BYTES = 200_000_000
_LON = {"lon", "lng", "long", "longitude", "kinhdo", "kinhdolon", "kinhdox", "xlon", "lonwgs84", "gpslon",
        "gpslongitude"}  # fmt: skip
_LAT = {"lat", "latitude", "vido", "vidolat", "vidoy", "ylat", "latwgs84", "gpslat", "gpslatitude"}
_EAST = {"x", "toadox", "easting", "east", "e"}
_NORTH = {"y", "toadoy", "northing", "north", "n"}
"""Read where no column is called longitude or latitude: surveys give metres beside degrees."""
_MARKS = {"wgs", "wgs84", "84", "gps", "vn", "vn2000", "2000", "utm", "deg", "degree", "degrees", "dd", "decimal", "m",
          "met", "metres", "meters", "coord", "coordinate", "point", "e", "n", "d", "b"}  # fmt: skip
"""What may stand beside the name of a coordinate: its system, its unit, its side."""
_BOTH = {
    "toado",
    "coordinates",
    "coordinate",
    "latlng",
    "latlon",
    "lonlat",
    "lnglat",
    "location",
    "vitri",
    "gps",
    "wkt",
    "wktgeom",
    "geometry",
    "geom",
    "thegeom",
    "point",
    "toadogps",
}
_ALIASES = {
    "id": "site_id",
    "ma": "site_id",
    "madiadiem": "site_id",
    "ten": "name_vi",
    "name": "name_vi",
    "tendiadiem": "name_vi",
    "tentiengviet": "name_vi",
    "tentienganh": "name_en",
    "englishname": "name_en",
    "loai": "kind",
    "loaihinh": "kind",
    "thoigianthamquan": "visit_min",
    "thoigianthamquanphut": "visit_min",
    "mucdoynghia": "significance",
    "giave": "fee_vnd",
    "giavevnd": "fee_vnd",
    "giomocua": "opening_hours",
    "nguon": "sources",
    "dienthoai": "phone",
    "website": "page",
    "trangweb": "page",
}
"""What offices call the fields, without diacritics, spaces and signs."""


def is_url(source: object) -> bool:
    """Whether a source is an address of the web."""
    return isinstance(source, str) and urlsplit(source).scheme in {"http", "https"}


def fetch(url: str, folder: Path) -> Path:
    """Download a catalogue into `folder` and return the file.

    Raises
    ------
    DataFileError
        When the server does not answer within 30 seconds, refuses, or sends more than 200 MB.
    """
    import urllib.request

    name = Path(urlsplit(url).path).name or "catalogue.geojson"
    try:
        with urllib.request.urlopen(url, timeout=_TIMEOUT_S) as answer:  # noqa: S310 - http(s) only, see is_url
            data = answer.read(_MOST_BYTES + 1)
            kind = answer.headers.get_content_type()
    except (OSError, ValueError) as error:
        fault = f"{url} cannot be read: {getattr(error, 'reason', None) or error}; check the address and the network"
        raise DataFileError([fault], subject=url) from None
    if len(data) > _MOST_BYTES:
        raise DataFileError(
            [f"{url} is larger than {_MOST_BYTES // 1_000_000} MB; download it and give the file"],
            subject=url,
        )
    if not Path(name).suffix:
        name += {"text/csv": ".csv"}.get(kind, ".geojson")
    path = folder / name
    path.write_bytes(data)
    return path


def read_csv(path: Path) -> pd.DataFrame:
    """Read a CSV file as text, whatever its delimiter and encoding; empty cells are None.

    Raises
    ------
    DataFileError
        When it cannot be decoded, or a row has more cells than the header.
    """
    import pandas as pd

    text = decode_text(path.read_bytes(), name=path.name).lstrip("\ufeff")
    if "\x00" in text:
        raise DataFileError(["holds zero bytes; this is no text file"], subject=path.name)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True))
    except csv.Error as error:
        raise DataFileError([f"not CSV: {error}; close each quoted cell"], subject=path.name) from None
    rows = [row for row in rows if any(cell.strip() for cell in row)]
    if not rows:
        raise DataFileError(["holds no rows; give a header and one row a site"], subject=path.name)
    header, body = rows[0], rows[1:]
    faults = [
        f"row {number} has {len(row)} cells, the header {len(header)}; put cells that hold the delimiter in quotes"
        for number, row in enumerate(body, start=2)
        if len(row) > len(header)
    ]
    if faults:
        raise DataFileError(faults, subject=path.name)
    cells = [[cell.strip() or None for cell in row] + [None] * (len(header) - len(row)) for row in body]
    return pd.DataFrame(cells, columns=[name.strip() for name in header], dtype=object)


def _delimiter(text: str) -> str:
    """Return what stands between the names of the header, outside of quotes."""
    header = re.sub(r'"[^"]*"', "", text.lstrip().split("\n", maxsplit=1)[0])
    return max(";\t,|", key=header.count)


def read_excel(path: Path) -> pd.DataFrame:
    """Read the first sheet of an Excel file that has a header; empty cells are None.

    Raises
    ------
    DataFileError
        When it is no Excel file, or none of its sheets holds a table.
    """
    try:
        import openpyxl
    except ImportError:
        raise DataFileError(
            ["reading Excel needs: pip install 'routeplanner[files]'"], subject=path.name
        ) from None
    import pandas as pd

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except Exception as error:  # noqa: BLE001 - zip, XML and openpyxl's own errors
        fault = f"openpyxl cannot read it ({str(error).splitlines()[0]}); save it as .xlsx or CSV"
        raise DataFileError([fault], subject=path.name) from None
    try:
        for sheet in book.worksheets:
            rows = [row for row in sheet.iter_rows(values_only=True) if any(cell is not None for cell in row)]
            start = next((n for n, row in enumerate(rows[:20]) if _is_header(row)), None)
            if start is not None:
                names = [
                    str(cell).strip() if cell is not None else f"column {n}"
                    for n, cell in enumerate(rows[start], start=1)
                ]
                wide = len(names)
                body = [[_cell(cell) for cell in (*row, *[None] * wide)[:wide]] for row in rows[start + 1 :]]
                frame = pd.DataFrame(body, columns=names, dtype=object)
                return frame.drop(columns=[c for c in frame.columns if re.fullmatch(r"column \d+", c)])
    finally:
        book.close()
    fault = "no sheet has a header with site_id or names, and longitude and latitude; see the data dictionary"
    raise DataFileError([fault], subject=path.name)


def _is_header(row: Iterable[Any]) -> bool:
    """Whether a row of a sheet names columns of a catalogue (titles may stand above it)."""
    keys = {_key(str(cell)) for cell in row if cell is not None}
    named = keys & ({_key(name) for name in FIELD_NAMES} | {*_ALIASES, "siteid"})
    return len(named) >= 2 or None not in _coordinate_columns([str(cell) for cell in row if cell is not None])


def _cell(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, str):
        return value.strip() or None
    return value.strftime("%H:%M") if hasattr(value, "hour") and not hasattr(value, "year") else value


def rename_columns(table: pd.DataFrame) -> pd.DataFrame:
    """Give a table the catalogue's names of columns, and columns ``lon`` and ``lat`` in degrees.

    Names count without case, diacritics, spaces and signs (``Kinh độ`` is ``lon``, ``Name VI`` is ``name_vi``); two
    columns that mean the same field both stay as they are, so that the rules name them.
    """
    fields = {_key(name): name for name in ("site_id", *FIELD_NAMES)}
    names = {
        column: fields.get(_key(str(column))) or _ALIASES.get(_key(str(column))) for column in table.columns
    }
    chosen = [name for name in names.values() if name]
    renamed = {
        column: name
        for column, name in names.items()
        if name and (column == name or (chosen.count(name) == 1 and name not in table))
    }
    table = table.rename(columns=renamed)
    if hasattr(table, "crs"):  # it has points of its own
        return table
    return _with_degrees(table)


def _with_degrees(table: pd.DataFrame) -> pd.DataFrame:
    lon, lat = _coordinate_columns(table.columns)
    both = next((column for column in table.columns if _key(str(column)) in _BOTH), None)
    if lon is not None and lat is not None:
        x, y = put_in_order(table[lon].tolist(), table[lat].tolist())
        return table.drop(columns=[lon, lat]).assign(lon=_as_objects(x), lat=_as_objects(y))
    if both is None:
        return table
    pairs = [parse_pair(cell) or (cell, None) for cell in table[both]]
    rest = table.drop(columns=[both])
    return rest.assign(lon=_as_objects([x for x, _ in pairs]), lat=_as_objects([y for _, y in pairs]))


def _as_objects(values: list[Any]) -> Any:  # noqa: ANN401 - a column as pandas takes it
    import numpy as np

    made = np.empty(len(values), dtype=object)
    made[:] = values
    return made


def _coordinate_columns(names: Iterable[Any]) -> tuple[Any, Any]:
    """Return the columns of longitude and latitude, or of easting and northing; None where one is missing."""
    found: dict[Any, set[str]] = {name: _bare_keys(str(name)) for name in names}
    for across, along in ((_LON, _LAT), (_EAST, _NORTH)):
        pair = (
            next((name for name, keys in found.items() if keys & across), None),
            next((name for name, keys in found.items() if keys & along), None),
        )
        if None not in pair:
            return pair
    return None, None


def _bare_keys(name: str) -> set[str]:
    """Return the key of a name, and the key of what is left of it without `_MARKS`."""
    words = re.findall(r"[a-z0-9]+", fold(name))
    return {"".join(words), "".join(word for word in words if word not in _MARKS)} - {""}


def _key(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", fold(name))
