"""A catalogue as a table in a file: GeoPackage, GeoParquet, CSV, Excel; lists are kept as JSON text."""

from __future__ import annotations

import io
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from routeplanner.errors import DataFileError
from routeplanner.sites.model import FIELDS

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

__all__ = ["TABLE_SUFFIXES", "table_bytes"]

TABLE_SUFFIXES = frozenset({".gpkg", ".parquet", ".csv", ".xlsx"})
_WHOLE = frozenset(item.name for item in FIELDS if item.type == "integer")
_TRUTH = frozenset(item.name for item in FIELDS if item.type == "boolean")


def table_bytes(sites: gpd.GeoDataFrame, suffix: str) -> bytes:
    """Return the file of a catalogue; the suffix says which kind.

    Raises
    ------
    DataFileError
        When the library for that kind of file is not installed.
    """
    flat = _flat(sites)
    try:
        if suffix == ".csv":
            return str(_with_columns(flat).to_csv(index=False)).encode(
                "utf-8-sig"
            )  # the mark: Excel asks for it
        if suffix == ".xlsx":
            return _excel(_with_columns(flat))
        return _by_driver(flat, suffix)
    except ImportError:
        library = "openpyxl" if suffix == ".xlsx" else "pyarrow"
        fault = f"writing {suffix} needs {library}: pip install 'routeplanner[files]'"
        raise DataFileError([fault], subject=suffix) from None


def _flat(sites: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    import pandas as pd

    flat = sites.reset_index()
    for column in flat.columns.drop(flat.geometry.name):
        if column in _WHOLE:
            flat[column] = pd.array(flat[column].tolist(), dtype="Int64")
        elif column in _TRUTH:
            flat[column] = pd.array(flat[column].tolist(), dtype="boolean")
        elif flat[column].dtype == object:
            flat[column] = pd.Series([_cell(value) for value in flat[column]], dtype=object, index=flat.index)
    return flat


def _cell(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False) if value else None
    return value


def _with_columns(flat: gpd.GeoDataFrame) -> pd.DataFrame:
    """Put the points into two columns after the identifier."""
    import pandas as pd

    table = pd.DataFrame(flat.drop(columns=[flat.geometry.name]))
    table.insert(1, "lon", flat.geometry.x.round(6))
    table.insert(2, "lat", flat.geometry.y.round(6))
    return table


def _excel(table: pd.DataFrame) -> bytes:
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("sites")
    sheet.append(list(table.columns))
    for row in table.astype(object).where(table.notna(), None).itertuples(index=False):
        sheet.append([_text_cell(sheet, value) for value in row])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _text_cell(sheet: Any, value: Any) -> Any:  # noqa: ANN401
    """Keep text text: what begins with = would be a formula."""
    if not (isinstance(value, str) and value.startswith("=")):
        return value
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, value=value)
    cell.data_type = "s"
    return cell


def _by_driver(flat: gpd.GeoDataFrame, suffix: str) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"sites{suffix}"
        if suffix == ".parquet":
            flat.to_parquet(path, index=False)
        else:
            flat.to_file(path, driver="GPKG", layer="sites")
        return path.read_bytes()
