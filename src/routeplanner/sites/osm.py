"""Features of OpenStreetMap as candidates for the catalogue: a person accepts each, nothing enters by itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from routeplanner._given import refuse_others
from routeplanner._text import fold, nfc
from routeplanner.errors import Fault, RequestError
from routeplanner.sites.merge import match_sites

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import geopandas as gpd

__all__ = ["OSM_TAGS", "accept_candidates", "osm_candidates"]

OSM_TAGS: dict[str, bool | list[str]] = {
    "tourism": ["attraction", "museum", "gallery", "artwork", "viewpoint", "theme_park"],
    "historic": True,
    "craft": True,
    "amenity": ["place_of_worship", "marketplace", "theatre", "ferry_terminal", "arts_centre"],
}
"""What to ask osmnx for: ``osmnx.features_from_place("Hà Nội", OSM_TAGS)``."""

_KINDS = (
    ("tourism", {"museum", "gallery"}, "museum", 60),
    ("amenity", {"marketplace"}, "market", 45),
    ("amenity", {"theatre", "arts_centre"}, "performance", 60),
    ("amenity", {"ferry_terminal"}, "waterway_stop", 15),
    ("amenity", {"place_of_worship"}, "heritage_site", 30),
    ("tourism", {"viewpoint"}, "nature", 30),
)
_VILLAGE = re.compile(r"^(lang|pho) (nghe|gom|lua|non|huong|theu|moc|son|quat|det|may)\b|lang nghe")


def osm_candidates(
    features: gpd.GeoDataFrame, sites: gpd.GeoDataFrame, *, seen: str, within_m: float = 300
) -> gpd.GeoDataFrame:
    """Turn OpenStreetMap features into candidate sites, without those that the catalogue has.

    Parameters
    ----------
    features
        As osmnx's ``features_from_place`` gives them (index ``element``, ``id``; one column a tag), of any geometry;
        areas and lines become a point on them.
    sites
        The catalogue.
    seen
        Day of the extract, for the provenance: ``2026-11-22``.
    within_m
        As for `match_sites`.

    Returns
    -------
    geopandas.GeoDataFrame
        In the catalogue's shape with a further column ``accepted``, False throughout: a person sets it, and
        `accept_candidates` adds those. Names, kind, hours, telephone, page and wheelchair are OpenStreetMap's;
        length of visit and significance are guesses and marked so.

    Raises
    ------
    RequestError
        When the frame has no names or no coordinate system.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import Point
    >>> features = gpd.GeoDataFrame(
    ...     {"name": ["Bảo tàng thử"], "tourism": ["museum"], "osm_id": [1]}, geometry=[Point(105.8, 21.0)], crs=4326
    ... )
    >>> from routeplanner.sites.catalog import load_sites
    >>> found = osm_candidates(features, load_sites(), seen="2026-11-22")
    >>> found.index[0], found.at["bao-tang-thu", "kind"], bool(found["accepted"].any())
    ('bao-tang-thu', 'museum', False)
    """
    refuse_others("osm_candidates", sites=sites)
    from routeplanner.sites.records import Record, frame_of

    if "name" not in features.columns or features.crs is None:
        raise RequestError(
            ["features: no column name or no coordinate system; give what osmnx returns"], subject="OSM"
        )
    named = features[features["name"].notna()].to_crs(4326)
    taken: set[str] = set(sites.index)
    records = []
    for index, row in zip(named.index, named.to_dict("records"), strict=True):
        fields = _fields(row, _osm_id(index, row), seen)
        if fields is None:
            continue
        point = row[named.geometry.name].representative_point()
        site_id = _identifier(fields["name_vi"], taken)
        records.append(Record("OSM", site_id, [point.x, point.y], "Point", fields))
    found = frame_of(records)
    known = match_sites(sites, found, within_m=within_m) if records else {}
    found = found[~found.index.isin(known)]
    return found.assign(accepted=False)


def accept_candidates(candidates: gpd.GeoDataFrame, sites: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the catalogue with the candidates whose ``accepted`` is True.

    Parameters
    ----------
    candidates
        As `osm_candidates` gives them, some of them accepted by a person.
    sites
        The catalogue.

    Raises
    ------
    RequestError
        When an accepted identifier is already in the catalogue, or nothing says what is accepted.

    Examples
    --------
    >>> from routeplanner.sites.catalog import load_sites
    >>> sites = load_sites()
    >>> candidates = sites.head(1).rename(index={sites.index[0]: "x"}).assign(accepted=True)
    >>> len(accept_candidates(candidates, sites)) - len(sites)
    1
    """
    refuse_others("accept_candidates", candidates=candidates, sites=sites)
    import pandas as pd

    if "accepted" not in candidates.columns:
        fault = Fault(
            "accepted: the column is missing; keep it as osm_candidates makes it, and write true where you accept one",
            "accepted: thiếu cột này; hãy giữ nguyên cột như osm_candidates đã tạo và ghi true ở điểm được chấp nhận",
        )
        raise RequestError([fault], subject="OSM")
    chosen = candidates[
        candidates["accepted"].map(lambda value: value is True or str(value).lower() == "true")
    ]
    twice = [key for key in chosen.index if key in sites.index]
    if twice:
        raise RequestError(
            [f"site {key!r} is already in the catalogue; merge it instead" for key in twice], subject="OSM"
        )
    return pd.concat([sites, chosen.drop(columns=["accepted"])]).sort_index()


def _osm_id(index: Any, row: Mapping[str, Any]) -> str:  # noqa: ANN401 - a pair, or what a file had
    if isinstance(index, tuple):
        return f"{index[0]}/{index[1]}"
    kind = str(row.get("element") or row.get("osm_type") or "node").rstrip("s")
    number = next((row[key] for key in ("id", "osmid", "osm_id", "@id") if row.get(key)), index)
    return str(number) if "/" in str(number) else f"{kind}/{number}"


def _fields(row: Mapping[str, Any], osm_id: str, seen: str) -> dict[str, Any] | None:
    """Return the fields of a candidate, or None for what is no place to visit."""
    kind = _kind(row)
    if kind is None:
        return None
    name = nfc(str(row["name"]).strip())
    page = f"https://www.openstreetmap.org/{osm_id}"
    got = {
        "opening_hours": _hours(row.get("opening_hours")),
        "phone": _text(row.get("contact:phone")) or _text(row.get("phone")),
        "page": _web(_text(row.get("website")) or _text(row.get("contact:website"))),
        "wheelchair": row.get("wheelchair") if row.get("wheelchair") in {"yes", "limited", "no"} else None,
    }
    from_osm = {
        "name_vi": name,
        "geometry": None,
        **{key: value for key, value in got.items() if value is not None},
    }
    return {
        "name_vi": nfc(_text(row.get("name:vi")) or name),
        "name_en": nfc(_text(row.get("name:en")) or name),
        "kind": kind[0],
        "coord_precision": "site",
        "coord_source": f"OpenStreetMap {osm_id}",
        "visit_min": kind[1],
        "significance": 1,
        "sources": [page],
        "unverified": [
            "kind",
            "significance",
            "visit_min",
            *([] if _text(row.get("name:en")) else ["name_en"]),
        ],
        "provenance": {key: {"source": page, "seen": seen, "certainty": "reported"} for key in from_osm},
        **got,
    }


def _kind(row: Mapping[str, Any]) -> tuple[str, int] | None:
    if _text(row.get("craft")) or _VILLAGE.search(fold(str(row["name"]))):
        return ("craft_village", 60) if _VILLAGE.search(fold(str(row["name"]))) else ("creative_space", 45)
    for tag, values, kind, minutes in _KINDS:
        if row.get(tag) in values:
            return kind, minutes
    if _text(row.get("historic")) or row.get("tourism") == "attraction":
        return "heritage_site", 30
    return None


def _text(value: Any) -> str | None:  # noqa: ANN401
    return value.strip() or None if isinstance(value, str) else None


def _web(value: str | None) -> str | None:
    return value if value and re.match(r"https?://\S", value, re.IGNORECASE) else None


def _hours(value: Any) -> str | None:  # noqa: ANN401
    from routeplanner.sites.osm_hours import hours_fault

    text = _text(value)
    return text if text and hours_fault(text) is None else None


def _identifier(name: str, taken: set[str]) -> str:
    bare = re.sub(r"[^a-z0-9]+", "-", fold(name)).strip("-") or "osm"
    site_id = next(s for s in _numbered(bare) if s not in taken)
    taken.add(site_id)
    return site_id


def _numbered(bare: str) -> Iterable[str]:
    yield bare
    number = 1
    while True:
        number += 1
        yield f"{bare}-{number}"
