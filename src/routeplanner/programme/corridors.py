"""Corridors as a table, and corridors of one's own from a line, a polygon or a list of places."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from routeplanner.errors import RequestError
from routeplanner.programme.arguments import refuse_wrong
from routeplanner.programme.places import area_faults, area_of, in_corridors, known_corridors, lie_in

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd
    import shapely

    from routeplanner.sites.model import Corridor

__all__ = ["add_corridor", "corridors"]

"""UTM zone 48 N, in which distances around Hanoi are metres."""

_KEY = re.compile(r"[a-z][a-z0-9_-]*")


def corridors(sites: gpd.GeoDataFrame | None = None) -> gpd.GeoDataFrame:
    """Return the corridors of a catalogue as a table, EPSG:4326, index `key`.

    The city's four corridors (south, southwest, west, northwest), the river, inner Hanoi, the east and north bank, the
    delta, Hanoi–Huế–Saigon, and those that a user has added (`add_corridor`).

    Parameters
    ----------
    sites
        The catalogue; by default the bundled one.

    Returns
    -------
    geopandas.GeoDataFrame
        name_vi, name_en, summary_vi, summary_en, start_site_id, headline_site_ids, sites, craft_villages, recognised
        (numbers of places), source (addresses of pages on which the city, the region or operators announced routes of
        it, apart by spaces; ``"user"`` for one of your own); geometry is the hull of its places.

    Examples
    --------
    >>> table = corridors()
    >>> table.loc["south", "name_vi"], bool(table.loc["south", "craft_villages"] > 30)
    ('Hà Nội – Thanh Trì – Thường Tín – Phú Xuyên', True)
    """
    import geopandas as gpd

    from routeplanner.sites.catalog import load_sites
    from routeplanner.sites.words import load_corridors

    refuse_wrong("corridors", optional=["sites"], sites=sites)
    catalogue = load_sites() if sites is None else sites
    bundled = load_corridors()
    keys = [*bundled, *sorted(set().union(*catalogue["corridors"]) - set(bundled))]
    pages = _pages(bundled)
    rows = []
    for key in keys:
        own = catalogue[in_corridors(catalogue, [key])]
        told = bundled.get(key)
        villages = own["kind"] == "craft_village"
        recognised = own["status"].map(lambda words: "recognised_craft_village" in (words or ()))
        rows.append(
            {
                "key": key,
                "name_vi": told.name_vi if told else key,
                "name_en": told.name_en if told else key,
                "summary_vi": told.summary_vi if told else "",
                "summary_en": told.summary_en if told else "",
                "start_site_id": told.start_site_id if told else "ho-hoan-kiem",
                "headline_site_ids": told.headline_site_ids if told else (),
                "sites": len(own),
                "craft_villages": int(villages.sum()),
                "recognised": int(recognised.sum()),
                "source": pages[key] if told else "user",
                "geometry": own.geometry.union_all().convex_hull if len(own) else None,
            }
        )
    return gpd.GeoDataFrame(rows, geometry="geometry", crs="EPSG:4326").set_index("key")


def _pages(bundled: Mapping[str, Corridor]) -> dict[str, str]:
    """Return by corridor the addresses of a few routes of it; Hanoi–Huế–Saigon has those of Huế and Saigon."""
    from routeplanner.programme.named import named_routes

    found: dict[str, list[str]] = {key: [] for key in bundled}
    routes = named_routes().sort_values("kind", key=lambda kinds: ~kinds.isin(_OFFICIAL), kind="stable")
    for corridor, pages in zip(routes["corridor"], routes["source"], strict=True):
        for key, told in bundled.items():
            if corridor == key or corridor == (told.joins or (None,))[-1]:
                found[key] += [page for page in pages if str(page).startswith("http")]
    return {key: " ".join(list(dict.fromkeys(pages))[:MOST_PAGES]) for key, pages in found.items()}


_OFFICIAL = ("route", "planned_route", "survey", "river", "train")
MOST_PAGES = 4


def add_corridor(
    sites: gpd.GeoDataFrame,
    key: str,
    *,
    line: Sequence[tuple[float, float]] | shapely.LineString | None = None,
    polygon: Sequence[tuple[float, float]] | shapely.Polygon | None = None,
    places: Sequence[str] | None = None,
    within_km: float = 3.0,
) -> gpd.GeoDataFrame:
    """Return the catalogue with a corridor of one's own: the places along a line, inside a polygon, or named.

    Plans, programmes and maps take its key like that of any other corridor.

    Parameters
    ----------
    sites
        The catalogue (`load_sites`); it is not changed.
    key
        Lower-case letters, digits, hyphens and underscores; not one of the catalogue's corridors.
    line
        (lon, lat) points in degrees, or a shapely line.
    polygon
        (lon, lat) corners in degrees, or a shapely polygon.
    places
        Ids of sites. Exactly one of `line`, `polygon` and `places` is given.
    within_km
        How far from the line a place may lie.

    Raises
    ------
    RequestError
        With all faults.

    Examples
    --------
    >>> import routeplanner as rp
    >>> sites = rp.add_corridor(rp.load_sites(), "silk_road", places=["van-phuc-silk-village", "phung-xa-lotus-silk"])
    >>> int(rp.corridors(sites).loc["silk_road", "sites"])
    2
    """
    refuse_wrong("corridor", optional=["places"], sites=sites, places=places)
    faults = _key_faults(sites, key)
    faults += area_faults(sites, line=line, polygon=polygon, places=places, within_km=within_km)
    if faults:
        raise RequestError(faults, subject="corridor")
    if places is not None:
        inside = sites.index.isin(list(places))
    else:
        inside = lie_in(sites, area_of(line, polygon, subject="corridor"), within_km=within_km)
    if not inside.any():
        raise RequestError(
            [f"{key}: no site lies there; check the order of the coordinates (lon, lat), or widen it"],
            subject="corridor",
        )
    made = sites.copy()
    made["corridors"] = [
        [*keys, key] if chosen else list(keys)
        for keys, chosen in zip(sites["corridors"], inside, strict=True)
    ]
    return made


def _key_faults(sites: gpd.GeoDataFrame, key: object) -> list[str]:
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        return [f"key: {key!r} is no key; use lower-case letters, digits, hyphens and underscores"]
    if key in known_corridors(sites):
        return [f"key: {key!r} is a corridor already; choose another"]
    return []
