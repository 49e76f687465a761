"""How far one gets, as a layer for any Folium map."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeplanner._escape import escape_for_leaflet
from routeplanner.errors import RequestError
from routeplanner.itinerary_text import LANGUAGES

if TYPE_CHECKING:
    import folium
    import geopandas as gpd

__all__ = ["isochrone_layer"]

_COLUMNS = ("minutes", "from_id", "profile", "area_km2", "places")
# From near to far: one hue that darkens towards the start, told apart in black and white.
_PAINT = ("#08519c", "#3182bd", "#6baed6", "#9ecae1", "#c6dbef")


def isochrone_layer(areas: gpd.GeoDataFrame, *, lang: str = "vi") -> folium.FeatureGroup:
    """Return areas of equal travel time as a layer, the nearest on top.

    Parameters
    ----------
    areas
        As from `routeplanner.isochrones`.
    lang
        Language of the layer's name and of the words on it, ``"vi"`` or ``"en"``.

    Returns
    -------
    folium.FeatureGroup
        Add it to a map with ``add_to``.

    Raises
    ------
    RequestError
        When `lang` is unknown, or the table is not of that kind or empty.

    Examples
    --------
    >>> import folium
    >>> import routeplanner as rp
    >>> areas = rp.isochrones(rp.build_network(rp.load_sites()), "ho-hoan-kiem", [20, 40])
    >>> canvas = folium.Map([21.03, 105.85], tiles=None)
    >>> rp.isochrone_layer(areas, lang="en").add_to(canvas).layer_name
    '20–40 min by car from ho-hoan-kiem'
    """
    import folium

    faults = [
        f"column {name!r} is missing; give what isochrones returns" for name in _COLUMNS if name not in areas
    ]
    if lang not in LANGUAGES:
        faults.append(f"lang {lang!r} is unknown; use one of {', '.join(LANGUAGES)}")
    if not faults and len(areas) == 0:
        faults.append("there is no area; give one row at least")
    if faults:
        raise RequestError(faults, subject="isochrone_layer")
    ordered = areas.sort_values("minutes")
    group = folium.FeatureGroup(name=escape_for_leaflet(_title(ordered, lang)))
    for rank, row in reversed(list(enumerate(ordered.itertuples()))):
        colour = _PAINT[min(rank * len(_PAINT) // len(ordered), len(_PAINT) - 1)]
        words = _words(row.minutes, len(row.places), row.area_km2, lang)
        folium.GeoJson(
            row.geometry.__geo_interface__,
            style_function=lambda _, colour=colour: {
                "fillColor": colour,
                "color": colour,
                "weight": 1.5,
                "fillOpacity": 0.35,
            },
            tooltip=folium.Tooltip(escape_for_leaflet(words)),
        ).add_to(group)
    return group


def _title(areas: gpd.GeoDataFrame, lang: str) -> str:
    from routeplanner.itinerary_text import mode_words

    limits = [f"{minutes:g}" for minutes in (areas["minutes"].iloc[0], areas["minutes"].iloc[-1])]
    span = "–".join(dict.fromkeys(limits))
    profile, start = str(areas["profile"].iloc[0]), str(areas["from_id"].iloc[0])
    mode = "coach" if profile.startswith("coach") else profile
    by = mode_words(mode, lang)
    return f"{span} phút bằng {by} từ {start}" if lang == "vi" else f"{span} min by {by} from {start}"


def _words(minutes: float, places: int, area_km2: float, lang: str) -> str:
    if lang == "vi":
        return f"trong {minutes:g} phút: {places} điểm, {area_km2:,.0f} km²".replace(",", ".")
    return f"within {minutes:g} min: {places} places, {area_km2:,.0f} km²"
