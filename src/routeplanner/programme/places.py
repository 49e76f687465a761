"""Places that a user names: by their ids, along a line or inside a polygon."""

from __future__ import annotations

import math
from numbers import Real
from typing import TYPE_CHECKING

from routeplanner._text import did_you_mean
from routeplanner.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import geopandas as gpd
    import shapely

__all__ = [
    "area_faults",
    "area_of",
    "in_corridors",
    "known_corridors",
    "lie_in",
    "places_named",
    "unknown_places",
]

METRES_CRS = "EPSG:32648"


def in_corridors(sites: gpd.GeoDataFrame, corridors: Iterable[str]) -> gpd.pd.Series[bool]:
    """Return which places belong to some corridors; one of several cities has the places of those that it joins.

    Examples
    --------
    >>> from routeplanner.sites.catalog import load_sites
    >>> sites = load_sites()
    >>> in_corridors(sites, ["hanoi-hue-saigon"]).sum() == in_corridors(sites, ["inner", "national"]).sum()
    np.True_
    """
    from routeplanner.sites.words import corridor_keys

    wanted = frozenset().union(*map(corridor_keys, corridors))
    return sites["corridors"].map(lambda keys: not wanted.isdisjoint(keys)).astype(bool)


def known_corridors(sites: gpd.GeoDataFrame) -> set[str]:
    """Return the keys of the corridors of a catalogue, the bundled ones among them."""
    from routeplanner.sites.words import load_corridors

    return set(load_corridors()).union(*sites["corridors"])


def unknown_places(sites: gpd.GeoDataFrame, named: Iterable[str], *, field: str = "") -> list[str]:
    """Return a fault for each id that the catalogue lacks.

    Examples
    --------
    >>> from routeplanner.sites.catalog import load_sites
    >>> unknown_places(load_sites(), ["bat-trang", "zzzz"], field="places")
    ["places: 'zzzz' is no site of the catalogue"]
    """
    head = f"{field}: " if field else ""
    return [
        f"{head}{site!r} is no site of the catalogue{did_you_mean(site, sites.index)}"
        for site in dict.fromkeys(named)
        if site not in sites.index
    ]


def places_named(
    sites: gpd.GeoDataFrame, named: Iterable[str], *, field: str
) -> tuple[dict[str, str], list[str]]:
    """Return the ids of places by the texts that name them (an id, or a name, also without marks), and the faults.

    Examples
    --------
    >>> from routeplanner.sites.catalog import load_sites
    >>> places_named(load_sites(), ["bat-trang", "Văn Miếu - Quốc Tử Giám"], field="villages")
    ({'bat-trang': 'bat-trang', 'Văn Miếu - Quốc Tử Giám': 'van-mieu-quoc-tu-giam'}, [])
    """
    from routeplanner.sites.find import find_site

    found: dict[str, str] = {}
    faults: list[str] = []
    for text in dict.fromkeys(named):
        try:
            found[text] = text if text in sites.index else str(find_site(sites, text))
        except RequestError as error:
            faults += [f"{field}: {fault}" for fault in error.faults]
    return found, faults


def area_faults(
    sites: gpd.GeoDataFrame, *, line: object, polygon: object, places: Iterable[str] | None, within_km: object
) -> list[str]:
    """Return the faults of places that are given in one of three ways."""
    import shapely

    faults = _point_faults("line", line, 2) + _point_faults("polygon", polygon, 3)
    if isinstance(polygon, shapely.Polygon) and not polygon.is_valid:
        faults.append(CROSSES)
    if sum(value is not None for value in (line, polygon, places)) != 1:
        faults.append("give exactly one of line, polygon and places")
    if isinstance(within_km, bool) or not isinstance(within_km, int | float) or not 0 < within_km < math.inf:
        faults.append(f"within_km: {within_km!r} is no number above 0")
    return faults + unknown_places(sites, places or (), field="places")


CROSSES = (
    "polygon: its outline crosses or touches itself; give the corners in their order round the area, or "
    "several areas one by one"
)


def _point_faults(name: str, points: object, least: int) -> list[str]:
    """Return the faults of a list of (lon, lat) points; other values are judged as shapes."""
    import shapely

    if not isinstance(points, list | tuple):
        return []
    read = [_lon_lat(point) for point in points]
    faults = [
        f"{name}: {point!r} is no point; give (lon, lat) in degrees, as (105.85, 21.03)"
        for point, own in zip(points, read, strict=True)
        if own is None
    ]
    if faults:
        return faults
    if len(set(read)) < least:
        return [f"{name}: too few different points ({len(set(read))}); give {least} or more, as (lon, lat)"]
    return [CROSSES] if name == "polygon" and not shapely.Polygon(points).is_valid else []


def _lon_lat(point: object) -> tuple[float, ...] | None:
    """Return the numbers of a point, None where it is none."""
    import shapely

    try:
        own = tuple(point.coords[0] if isinstance(point, shapely.Point) else point)  # type: ignore[arg-type]
    except (TypeError, IndexError):
        return None
    numbers = all(type(n) is not bool and isinstance(n, Real) and math.isfinite(n) for n in own)
    return own if numbers and len(own) in (2, 3) else None


def area_of(
    line: Sequence[tuple[float, float]] | shapely.LineString | None,
    polygon: Sequence[tuple[float, float]] | shapely.Polygon | None,
    *,
    subject: str,
) -> shapely.LineString | shapely.Polygon:
    """Return the shape of a line or, where there is none, of a polygon: (lon, lat) in degrees.

    Raises
    ------
    RequestError
        Of `subject`, when the points make no shape.
    """
    import shapely

    try:
        if line is not None:
            shape = line if isinstance(line, shapely.LineString) else shapely.LineString(line)
        else:
            shape = polygon if isinstance(polygon, shapely.Polygon) else shapely.Polygon(polygon)
        return _on_earth(shape)
    except (ValueError, TypeError, shapely.errors.ShapelyError) as error:
        fault = f"{str(error).strip()}; give (lon, lat) points, as [(105.85, 21.03), (105.9, 20.9)]"
        raise RequestError([f"line or polygon: {fault}"], subject=subject) from None


def _on_earth(shape: shapely.LineString | shapely.Polygon) -> shapely.LineString | shapely.Polygon:
    """Return a shape whose corners are longitudes and latitudes."""
    if not shape.is_empty:
        west, south, east, north = shape.bounds
        if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
            corner = shape.bounds[:2]
            words = (
                "; latitude and longitude seem to be swapped" if max(map(abs, (south, north))) > 90 else ""
            )
            raise ValueError(f"{corner} is no (lon, lat) of this world{words}")
    return shape


def lie_in(
    sites: gpd.GeoDataFrame, shape: shapely.LineString | shapely.Polygon, *, within_km: float
) -> gpd.pd.Series[bool]:
    """Return which places lie inside a polygon, or within some kilometres of a line."""
    import geopandas as gpd
    import shapely

    if isinstance(shape, shapely.Polygon):
        return sites.geometry.within(shape) | sites.geometry.touches(shape)
    metres = gpd.GeoSeries([shape], crs="EPSG:4326").to_crs(METRES_CRS).iloc[0]
    return sites.geometry.to_crs(METRES_CRS).distance(metres) <= 1000 * within_km
