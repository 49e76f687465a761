"""How far one gets, as a layer for any Folium map."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeplanner._escape import escape_for_leaflet
from routeplanner._given import kind_faults
from routeplanner.errors import RequestError

if TYPE_CHECKING:
    import folium
    import geopandas as gpd
    import shapely
    from branca.element import MacroElement

__all__ = ["isochrone_layer"]

_COLUMNS = ("minutes", "from_id", "profile", "area_km2", "places")
# From near to far: one hue that darkens towards the start, told apart in black and white.
_PAINT = ("#08519c", "#3182bd", "#6baed6", "#9ecae1", "#c6dbef")
_FILL = 0.42
# Above a basemap, below the roads, ways and names of our pages (see sheet.js).
_PANE, _HEIGHT = "rp-areas", 225
# Texts enter by textContent, colours by the style object: a strict policy allows both.
_KEY = """
{% macro script(this, kwargs) %}
(function (map, group, key) {
    // A click brings the focus, and browsers frame it.
    var plain = function (area) {
        if (area.getElement && area.getElement()) { area.getElement().style.outline = "none"; }
    };
    group.eachLayer(function (layer) { if (layer.eachLayer) { layer.eachLayer(function (area) {
        plain(area);
        area.on("add", function () { plain(area); });
    }); } });
    var control = L.control({position: "bottomright"});
    control.onAdd = function () {
        var box = L.DomUtil.create("div", "area-key");
        Object.assign(box.style, {background: "var(--paper,#fff)", color: "var(--ink,#222)", padding: "5px 10px",
            font: "12.5px/1.5 system-ui,sans-serif", borderRadius: "8px", border: "1px solid #8886"});
        box.appendChild(document.createElement("b")).textContent = key.title;
        key.rows.forEach(function (row) {
            var line = box.appendChild(document.createElement("div"));
            var patch = line.appendChild(document.createElement("span"));
            Object.assign(patch.style, {display: "inline-block", width: "22px", height: "11px", marginRight: "8px",
                backgroundColor: row.colour, opacity: key.fill, border: "1.5px solid " + row.colour});
            line.appendChild(document.createTextNode(row.text));
        });
        return box;
    };
    group.on("add", function () { control.addTo(map); }).on("remove", function () { control.remove(); });
    if (map.hasLayer(group)) { control.addTo(map); }
})({{ this.map_name() }}, {{ this._parent.get_name() }}, {{ this.key | tojson }});
{% endmacro %}
"""
_MAKE_PANE = """
{% macro script(this, kwargs) %}
if (!{{ this.map_name() }}.getPane({{ this.pane | tojson }})) {
    {{ this.map_name() }}.createPane({{ this.pane | tojson }}).style.zIndex = {{ this.height }};
}
{% endmacro %}
"""


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
        Add it to a map with ``add_to``. It lies below ways, pins and names, and brings a key with the minutes of
        each colour, which goes with it where a layer control hides it.

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
    import geopandas as gpd

    if not isinstance(areas, gpd.GeoDataFrame):
        fault = f"areas: a value of type {type(areas).__name__} is no table of areas; give what isochrones returns"
        raise RequestError([fault], subject="isochrone_layer")
    faults = [
        f"column {name!r} is missing; give what isochrones returns" for name in _COLUMNS if name not in areas
    ]
    faults += kind_faults(lang=lang)
    if not faults and len(areas) == 0:
        faults.append("there is no area; give one row at least")
    if faults:
        raise RequestError(faults, subject="isochrone_layer")
    ordered = areas.sort_values("minutes")
    group = folium.FeatureGroup(name=escape_for_leaflet(_title(ordered, lang)))
    group.add_child(_on_map(_MAKE_PANE, pane=_PANE, height=_HEIGHT))
    colours = [_PAINT[rank * len(_PAINT) // len(ordered)] for rank in range(len(ordered))]
    for colour, row in reversed(list(zip(colours, ordered.itertuples(), strict=True))):
        words = _words(row.minutes, len(row.places), row.area_km2, lang)
        folium.GeoJson(
            _surfaces(row.geometry).__geo_interface__,
            style_function=lambda _, colour=colour: {
                "fillColor": colour,
                "color": colour,
                "weight": 1.2,
                "opacity": 0.7,
                "fillOpacity": _FILL,
            },
            tooltip=folium.Tooltip(escape_for_leaflet(words)),
            pane=_PANE,
        ).add_to(group)
    rows = [
        {"colour": colour, "text": f"≤ {row.minutes:g} {'phút' if lang == 'vi' else 'min'}"}
        for colour, row in zip(colours, ordered.itertuples(), strict=True)
    ]
    group.add_child(_on_map(_KEY, key={"title": _by(ordered, lang), "rows": rows, "fill": _FILL + 0.2}))
    return group


def _on_map(template: str, **values: object) -> MacroElement:
    """Return an element whose script knows the map that it comes to lie on."""
    import folium
    from branca.element import MacroElement
    from folium.template import Template
    from folium.utilities import get_obj_in_upper_tree

    class OnMap(MacroElement):  # type: ignore[misc]  # branca is untyped
        _template = Template(template)

        def map_name(self) -> str:
            return str(get_obj_in_upper_tree(self, folium.Map).get_name())

    element = OnMap()
    for name, value in values.items():
        setattr(element, name, value)
    return element


def _surfaces(shape: shapely.Geometry) -> shapely.Geometry:
    """Return the surfaces of a shape without lines and points, which mixed shapes hold."""
    import shapely

    parts = [part for part in shapely.get_parts(shape) if part.geom_type.endswith("Polygon")]
    return shape if shape.geom_type.endswith("Polygon") else shapely.union_all(parts)


def _title(areas: gpd.GeoDataFrame, lang: str) -> str:
    limits = [f"{minutes:g}" for minutes in (areas["minutes"].iloc[0], areas["minutes"].iloc[-1])]
    span = "–".join(dict.fromkeys(limits))
    start = str(areas["from_id"].iloc[0])
    by = _by(areas, lang)
    return f"{span} phút {by} từ {start}" if lang == "vi" else f"{span} min {by} from {start}"


def _by(areas: gpd.GeoDataFrame, lang: str) -> str:
    from routeplanner.itinerary_text import mode_words

    profile = str(areas["profile"].iloc[0])
    mode = mode_words("coach" if profile.startswith("coach") else profile, lang)
    return f"bằng {mode}" if lang == "vi" else f"by {mode}"


def _words(minutes: float, places: int, area_km2: float, lang: str) -> str:
    if lang == "vi":
        return f"trong {minutes:g} phút: {places} điểm, {area_km2:,.0f} km²".replace(",", ".")
    return f"within {minutes:g} min: {places} places, {area_km2:,.0f} km²"
