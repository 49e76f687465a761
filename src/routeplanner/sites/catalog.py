"""The catalogue of sites: read, check, search, write."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from routeplanner._files import path_of, write_whole
from routeplanner._resources import data_path
from routeplanner.errors import CatalogueError, DataFileError, Fault, RequestError
from routeplanner.sites.faults_vi import in_vietnamese
from routeplanner.sites.find import filter_sites, find_site
from routeplanner.sites.model import FIELD_NAMES
from routeplanner.sites.records import Source, frame_of, geojson_text, read_records
from routeplanner.sites.rules import faults_of
from routeplanner.sites.table_files import TABLE_SUFFIXES, table_bytes
from routeplanner.sites.words import load_corridors, load_crafts, load_themes, load_vocabulary

if TYPE_CHECKING:
    import os
    from collections.abc import Callable

    import geopandas as gpd

__all__ = [
    "filter_sites",
    "find_site",
    "load_corridors",
    "load_crafts",
    "load_sites",
    "load_themes",
    "save_sites",
    "to_geojson",
    "validate_sites",
]


def load_sites(path: str | os.PathLike[str] | None = None, *, crs: str | None = None) -> gpd.GeoDataFrame:
    """Read and check a catalogue of sites.

    Parameters
    ----------
    path
        A folder of ``*.geojson``, or one file: GeoJSON, GeoPackage, GeoParquet, CSV or Excel; the address of one
        (http, https); or of a PostGIS database (``postgresql://user@host/name?table=schema.table``). By default
        the bundled catalogue of Hanoi and the Red River. Tables have columns of longitude and latitude under any
        usual name (``lon``, ``lng``, ``Kinh độ`` …), with decimal points or commas, or degrees and minutes.
    crs
        Coordinate system of a file that does not name its own, as ``EPSG:5897`` (VN-2000 TM-3 105°00'). Metres
        without it are refused.

    Returns
    -------
    geopandas.GeoDataFrame
        Points in EPSG:4326 (lon, lat), index ``site_id``, one column a field of the model's `FIELDS` in that
        order, then the file's own further columns, then ``geometry``. Lists are Python lists; what is not
        known is None.

    Raises
    ------
    DataFileError
        When the file or folder is missing.
    CatalogueError
        When the catalogue has faults; all of them are listed.

    Examples
    --------
    >>> sites = load_sites()
    >>> sites.loc["ha-thai-lacquer", "name_vi"]
    'Làng sơn mài Hạ Thái'
    >>> sites.crs.to_epsg()
    4326
    """
    faults: list[str] = []
    if isinstance(path, str) and "://" in path:
        records = read_records(path, faults, crs=crs)
        name, folder = path.split("?")[0].rsplit("@", maxsplit=1)[-1], None
    else:
        place = data_path("sites") if path is None else path_of(path)
        if not place.exists():
            raise DataFileError(
                [f"{place} does not exist; check the name and the folder"], subject=str(place)
            )
        records = read_records(place, faults, crs=crs)
        name, folder = str(place), place if place.is_dir() else place.parent
    faults.extend(faults_of(records, load_vocabulary(folder), elsewhere=_sites_elsewhere(folder)))
    if faults:
        raise CatalogueError(faults, subject=name)
    return frame_of(records).sort_index()


def validate_sites(source: Source, *, crs: str | None = None, lang: str = "en") -> list[str]:
    """Return all faults of a catalogue, each with place, field, value and remedy.

    Parameters
    ----------
    source
        Whatever `load_sites` reads, a GeoJSON FeatureCollection as a mapping, or a GeoDataFrame.
    crs
        As for `load_sites`.
    lang
        ``en`` or ``vi``.

    Returns
    -------
    list of str
        Empty when the catalogue may be used.

    Raises
    ------
    RequestError
        When `lang` is neither of the two.

    Examples
    --------
    >>> point = {"type": "Point", "coordinates": [20.9, 105.87]}
    >>> place = {"site_id": "x", "name_vi": "X", "name_en": "X", "kind": "museum", "visit_min": 60}
    >>> place["significance"] = 3
    >>> found = validate_sites({"features": [{"type": "Feature", "geometry": point, "properties": place}]})
    >>> "swapped" in found[0]
    True
    """
    if lang not in {"en", "vi"}:
        fault = Fault(
            f"lang {lang!r} is not known; write 'vi' or 'en'",
            f"lang: không có {lang!r}; hãy ghi 'vi' hoặc 'en'",
        )
        raise RequestError([fault], subject="validate")
    faults: list[str] = []
    folder = _folder_of(source)
    try:
        vocabulary = load_vocabulary(folder)
    except CatalogueError as error:
        faults.extend(error.faults)
        vocabulary = load_vocabulary()
    records = read_records(source, faults, crs=crs)
    faults.extend(faults_of(records, vocabulary, elsewhere=_sites_elsewhere(folder)))
    return [in_vietnamese(fault) for fault in faults] if lang == "vi" else faults


def _sites_elsewhere(folder: Path | None) -> Callable[[], frozenset[str]]:
    """Return a question for the sites beside a file and in the bundled catalogue, answered once when asked.

    One file of a catalogue, or a part of it, is sound though its places lie in places that it leaves out.
    """
    unread: list[str] = []

    @cache
    def ask() -> frozenset[str]:
        folders = {data_path("sites"), *([folder] if folder is not None else [])}
        records = [record for place in folders if place.is_dir() for record in read_records(place, unread)]
        return frozenset(record.site_id for record in records if isinstance(record.site_id, str))

    return ask


def _folder_of(source: Any) -> Path | None:  # noqa: ANN401 - told apart here
    if not isinstance(source, str | Path) or "://" in str(source):
        return None
    path = Path(source)
    return path if path.is_dir() else path.parent


def to_geojson(sites: gpd.GeoDataFrame) -> dict[str, Any]:
    """Return the catalogue as a GeoJSON FeatureCollection, sorted by ``site_id``.

    Parameters
    ----------
    sites
        A catalogue as `load_sites` gives it.

    Examples
    --------
    >>> to_geojson(load_sites().loc[["ha-thai-lacquer"]])["features"][0]["geometry"]["type"]
    'Point'
    """
    names = [*FIELD_NAMES, *(c for c in sites.columns if c not in FIELD_NAMES and c != sites.geometry.name)]
    columns = [[_json_value(value) for value in sites[name]] for name in names]
    points = zip(sites.geometry.x, sites.geometry.y, strict=True)
    features: list[dict[str, Any]] = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [lon, lat]},
            "properties": {"site_id": site_id, **dict(zip(names, values, strict=True))},
        }
        for site_id, (lon, lat), values in zip(sites.index, points, zip(*columns, strict=True), strict=True)
    ]
    features.sort(key=lambda feature: feature["properties"]["site_id"])
    return {"type": "FeatureCollection", "features": features}


def _json_value(value: Any) -> Any:  # noqa: ANN401
    """Turn a cell into a JSON value; a frame's NaN means missing."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    return None if isinstance(value, float) and value != value else value  # noqa: PLR0124


_ENDINGS = (".geojson", ".json", *sorted(TABLE_SUFFIXES))


def _refuse_form(target: Path) -> None:
    """Refuse the name of a file whose ending says a form that is not written: it would hold GeoJSON all the same."""
    if target.suffix.lower() in _ENDINGS:
        return
    named, known = target.suffix or "no ending", ", ".join(_ENDINGS)
    fault = Fault(
        f"{named}: such a form is not written; end the name in one of {known}, or name a folder that exists",
        f"{target.suffix or 'không có đuôi tệp'}: không ghi được dạng này; hãy dùng một trong các đuôi {known}, "
        "hoặc một thư mục đã có",
    )
    raise DataFileError([fault], subject=str(target))


def save_sites(sites: gpd.GeoDataFrame, path: str | os.PathLike[str]) -> Path:
    """Write a catalogue in the form of the bundled one: sorted, one property a line.

    Parameters
    ----------
    sites
        A catalogue as `load_sites` gives it.
    path
        A folder that exists (one file a kind is written) or a file name: ``.geojson``, ``.gpkg`` (GeoPackage, the
        embedded database), ``.parquet`` (GeoParquet), ``.csv`` or ``.xlsx``. Outside of GeoJSON lists are kept as
        JSON text, which `load_sites` reads back.

    Returns
    -------
    Path
        Where it was written.

    Raises
    ------
    CatalogueError
        When `sites` has faults; nothing is written.
    DataFileError
        When the folder is missing or cannot be written, or the ending of the name stands for no form.

    Examples
    --------
    >>> import tempfile
    >>> museums = load_sites().query("kind == 'museum'")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = save_sites(museums, f"{folder}/museums.geojson")
    ...     len(load_sites(file)) == len(museums)
    True
    """
    faults = validate_sites(sites)
    if faults:
        raise CatalogueError(faults, subject="the catalogue to write")
    target = path_of(path)
    if not target.is_dir():
        _refuse_form(target)
    features = to_geojson(sites)["features"]
    if not target.is_dir():
        if target.suffix.lower() in TABLE_SUFFIXES:
            return write_whole(target, table_bytes(sites, target.suffix.lower()))
        return write_whole(target, geojson_text(features))
    kinds = sorted({feature["properties"]["kind"] for feature in features})
    for kind in kinds:
        of_kind = [feature for feature in features if feature["properties"]["kind"] == kind]
        write_whole(target / f"{kind}.geojson", geojson_text(of_kind))
    return target
