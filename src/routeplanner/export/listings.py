"""Corridors, festivals and openings as rows of JSON types: what the command line and the service hand out."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

__all__ = ["best_date_rows", "calendar_rows", "corridor_rows", "opening_rows"]

Row = dict[str, Any]


def corridor_rows(sites: gpd.GeoDataFrame) -> list[Row]:
    """Return key, names and number of sites of each corridor."""
    from routeplanner.sites.words import corridor_keys, load_corridors

    return [
        {
            "key": key,
            "name_vi": corridor.name_vi,
            "name_en": corridor.name_en,
            "sites": int((~sites["corridors"].map(corridor_keys(key).isdisjoint)).sum()),
        }
        for key, corridor in load_corridors().items()
    ]


def calendar_rows(calendar: pd.DataFrame) -> list[Row]:
    """Return the rows of `festival_calendar`; dates as ISO text, null where nothing is known."""
    return [{key: _plain(value) for key, value in row.items()} for row in calendar.to_dict("records")]


def opening_rows(found: pd.DataFrame) -> list[Row]:
    """Return the rows of `open_sites`; intervals as pairs of moments."""
    return [
        {"site_id": site, **{key: _plain(value) for key, value in row.items() if key != "geometry"}}
        for site, row in found.to_dict("index").items()
    ]


def best_date_rows(found: pd.DataFrame) -> list[Row]:
    """Return the rows of `best_dates`, in the order of the dates; the prize is null where there is no plan."""
    return [
        {"date": day.isoformat(), **{key: _plain(value) for key, value in row.items()}}
        for day, row in found.to_dict("index").items()
    ]


def _plain(value: Any) -> Any:  # noqa: ANN401 - a cell of a table
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if hasattr(value, "item"):
        value = value.item()
    if value is None or isinstance(value, str | bool | int):
        return value
    return value if isinstance(value, float) and value == value else None  # noqa: PLR0124 - NaN is unknown
