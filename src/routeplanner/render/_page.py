"""The page as Folium's own elements: a figure that renders the same bytes each time, and its map.

Imported only from inside functions, because it imports Folium.
"""

from __future__ import annotations

import base64
import html
import json
import os
import re
from collections import OrderedDict
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import folium
from branca.element import Element, Figure
from folium.template import Template

from routeplanner._files import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Features", "Page", "Script", "SheetMap", "asset"]

_CSS_URL = re.compile(r"url\((images/[\w.-]+)\)")
_JSON_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')
_IN_SCRIPT = str.maketrans({char: f"\\u{ord(char):04x}" for char in "<>&'{}\u2028\u2029"})
_SOURCE_MAP = re.compile(r"^//# sourceMappingURL=.*$", re.MULTILINE)


@lru_cache
def asset(name: str) -> str:
    """Return a bundled script or style sheet, made fit to stand inside a page.

    Pictures of a style sheet become data URIs, and a script cannot end its own element.
    """
    folder = files("routeplanner.render") / "assets"
    path = folder.joinpath(*name.split("/"))
    text = path.read_text(encoding="utf-8").strip()
    if name.endswith(".js"):
        return _SOURCE_MAP.sub("", text).replace("</script", "<\\/script").strip()
    parent = folder.joinpath(*name.split("/")[:-1])
    return _CSS_URL.sub(lambda match: f"url({_data_uri(parent.joinpath(*match[1].split('/')))})", text)


def _data_uri(path: Any) -> str:  # noqa: ANN401 - a Traversable, whose home moves between Python versions
    return "data:image/png;base64," + base64.b64encode(path.read_bytes()).decode("ascii")


class Page(Figure):  # type: ignore[misc]  # branca is untyped
    """A figure with our page around the map.

    Parameters
    ----------
    lang, title_vi, title_en, description
        Language at first, titles and meta description; already escaped.
    panel, legend
        Markup left of the map and on it; already escaped.
    """

    _template = Template("""<!DOCTYPE html>
<html lang="{{ this.lang }}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="referrer" content="strict-origin-when-cross-origin">
<meta name="description" content="{{ this.description }}">
<title data-vi="{{ this.titles['vi'] }}" data-en="{{ this.titles['en'] }}">{{ this.titles[this.lang] }}</title>
<style>{{ this.leaflet_css }}</style>
<script>{{ this.leaflet_js }}</script>
{{ this.header.render(**kwargs) }}
<style>{{ this.sheet_css }}</style>
<script>{{ this.sheet_js }}</script>
</head>
<body>
{{ this.panel }}
<section class="chart" data-aria-vi="Bản đồ" data-aria-en="Map"
    aria-label="{{ 'Bản đồ' if this.lang == 'vi' else 'Map' }}">
{{ this.html.render(**kwargs) }}
{{ this.legend }}
</section>
</main>
<script>
{{ this.script.render(**kwargs) }}
</script>
</body>
</html>
""")

    def __init__(
        self, *, lang: str, title_vi: str, title_en: str, description: str, panel: str, legend: str
    ) -> None:
        super().__init__(height="680px")
        self.header = _part(self)
        self.lang = lang
        self.titles = {"vi": title_vi, "en": title_en}
        self.title = self.titles[lang]
        self.description = description
        self.panel = panel
        self.legend = legend
        self.digest = ""

    @property
    def leaflet_css(self) -> str:
        """Leaflet's style sheet."""
        return asset("leaflet/leaflet.css")

    @property
    def leaflet_js(self) -> str:
        """Leaflet itself."""
        return asset("leaflet/leaflet.js")

    @property
    def sheet_css(self) -> str:
        """Our style sheet."""
        return asset("sheet.css")

    @property
    def sheet_js(self) -> str:
        """Our script, and the default marker picture for markers that a user adds."""
        icon, shadow = (f"images/marker-{name}.png" for name in ("icon", "shadow"))
        folder = files("routeplanner.render") / "assets" / "leaflet"
        uris = [_data_uri(folder.joinpath(*name.split("/"))) for name in (icon, shadow)]
        default = (
            'L.Icon.Default.imagePath="";L.Icon.Default.mergeOptions('
            f'{{iconUrl:"{uris[0]}",iconRetinaUrl:"{uris[0]}",shadowUrl:"{uris[1]}"}});'
        )
        return "\n".join([default, *self._shims(), asset("sheet.js")])

    def _shims(self) -> Iterator[str]:
        # folium.Popup uses one thing of jQuery: $(markup)[0]. Five lines replace its 88 kB.
        if any(isinstance(element, folium.Popup) for element in _tree(self)):
            yield (
                "window.$=window.$||function(markup){var t=document.createElement('template');"
                "t.innerHTML=String(markup).trim();return [t.content.firstChild];};"
            )

    def render(self, **kwargs: Any) -> str:  # noqa: ANN401 - branca's signature
        """Return the page. Rendering again gives the same bytes; branca would grow it each time."""
        before = [(element, element._children.copy()) for element in _tree(self)]  # noqa: SLF001
        try:
            text = str(super().render(**kwargs))
            return _with_stable_ids(text, self)
        finally:
            for element, children in before:
                element._children = children  # noqa: SLF001

    def save(self, outfile: Any, close_file: bool = True, **kwargs: Any) -> None:  # noqa: ANN401, FBT001, FBT002 - branca's
        """Write the page to a path whole or not at all, or to an open binary file.

        Raises
        ------
        DataFileError
            When the folder is missing or cannot be written.
        """
        if isinstance(outfile, bytes):
            outfile = os.fsdecode(outfile)
        if isinstance(outfile, str | os.PathLike):
            write_whole(outfile, self.render(**kwargs))
        else:
            super().save(outfile, close_file=close_file, **kwargs)

    def _repr_html_(self, **kwargs: Any) -> str:  # noqa: ANN401 - branca's signature
        """Return an inline frame for a notebook."""
        return (
            f'<div style="width:{self.width}"><iframe srcdoc="{html.escape(self.render(**kwargs))}" '
            f'title="{self.title}" style="width:100%;height:{self.height};border:1px solid #8884;'
            'border-radius:6px" allowfullscreen></iframe></div>'
        )


def _part(parent: Element) -> Element:
    part = Element()
    part._parent = parent  # noqa: SLF001 - branca has no other way
    return part


def _tree(element: Element) -> Iterator[Element]:
    """All elements below, those in the parts of a figure or a popup as well."""
    yield element
    children = list(element._children.values())  # noqa: SLF001
    parts = [getattr(element, name, None) for name in ("header", "html", "script")]
    for child in [*children, *(part for part in parts if isinstance(part, Element))]:
        yield from _tree(child)


def _with_stable_ids(text: str, page: Page) -> str:
    """Replace the random ids that branca gave to layers of a user by numbers in order."""
    ids: OrderedDict[str, str] = OrderedDict()
    for element in _tree(page):
        old = element._id  # noqa: SLF001
        if not old.startswith(page.digest) and old in text:
            ids.setdefault(old, f"{page.digest}u{len(ids)}")
    for old, new in ids.items():
        text = text.replace(old, new)
    return text


class SheetMap(folium.Map):  # type: ignore[misc]  # Folium is untyped
    """A `folium.Map` on a `Page`, without the assets and the viewport lock of Folium's own."""

    _template = Template("""
        {% macro header(this, kwargs) %}
        <style>#{{ this.get_name() }} { position: {{ this.position }};
            width: {{ this.width[0] }}{{ this.width[1] }}; height: {{ this.height[0] }}{{ this.height[1] }}; }</style>
        <script>L_NO_TOUCH = {{ this.global_switches.no_touch | tojson }};
            L_DISABLE_3D = {{ this.global_switches.disable_3d | tojson }};</script>
        {% endmacro %}
        {% macro html(this, kwargs) %}<div class="folium-map" id={{ this.get_name() | tojson }}></div>{% endmacro %}
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = L.map({{ this.get_name() | tojson }}, {
                center: {{ this.location | tojson }}, crs: L.CRS.{{ this.crs }}, ...{{ this.options | tojavascript }}
            });
            {% if this.control_scale %}L.control.scale({imperial: false}).addTo({{ this.get_name() }});{% endif %}
            {%- if this.zoom_control_position %}
            L.control.zoom({ position: {{ this.zoom_control | tojson }} }).addTo({{ this.get_name() }});
            {%- endif %}
            routeplanner.prepare({{ this.get_name() }});
            {% for text in this.attributions %}
            {{ this.get_name() }}.attributionControl.addAttribution({{ text | tojson }});{% endfor %}
        {% endmacro %}
        """)

    def __init__(self, page: Page, *, digest: str, attributions: tuple[str, ...], **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(tiles=None, zoom_control="topright", control_scale=True, **kwargs)
        self._id = digest
        self.global_switches._id = f"{digest}s"  # noqa: SLF001
        self.attributions = attributions
        page.digest = digest
        page.add_child(self)
        # On the instance only: Folium's own helpers edit the lists of the class.
        self.default_js: list[tuple[str, str]] = []
        self.default_css: list[tuple[str, str]] = []

    def save(self, outfile: Any, close_file: bool = True, **kwargs: Any) -> None:  # noqa: ANN401, FBT001, FBT002 - branca's
        """Write the page (see `Page.save`)."""
        self.get_root().save(outfile, close_file=close_file, **kwargs)

    def render(self, **kwargs: Any) -> None:  # noqa: ANN401 - branca's signature
        """Render into the page; Folium's own assets come back where a layer of the user needs them."""
        if any(isinstance(element, folium.Icon) for element in _icons(self)):
            self.default_js = [link for link in folium.Map.default_js if link[0] != "leaflet"]
            self.default_css = [link for link in folium.Map.default_css if link[0] != "leaflet_css"]
        super().render(**kwargs)


def _icons(element: Element) -> Iterator[object]:
    for child in _tree(element):
        yield getattr(child, "icon", None)


class Features(folium.GeoJson):  # type: ignore[misc]  # Folium is untyped
    """A `folium.GeoJson` that our script styles.

    branca reads a rendered script as a template once more, so that ``{{ … }}`` in a name would run in
    Python. Here no brace of the data survives, and the JSON is compact.

    Parameters
    ----------
    data
        A FeatureCollection.
    functions
        Options of Leaflet's GeoJSON layer whose values are names of functions of our script.
    options
        Other options, JSON types.
    """

    _template = Template("""
        {% macro script(this, kwargs) %}
        var {{ this.get_name() }} = L.geoJson(null, {
            {%- for key, value in this.functions.items() %}{{ key }}: routeplanner.{{ value }}, {% endfor -%}
            ...{{ this.settings | tojson }}
        });
        {{ this.get_name() }}.addData({{ this.embedded() }});
        {% endmacro %}
        """)

    def __init__(
        self,
        data: dict[str, Any],
        *,
        name: str,
        digest: str,
        functions: dict[str, str],
        options: dict[str, Any],
    ) -> None:
        super().__init__(data, name=name, control=False)
        self._id = digest + name
        self.functions = functions
        self.settings = options

    def embedded(self) -> str:
        """Return the data as JSON that neither HTML nor a template can misread."""
        text = json.dumps(self.data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        return _JSON_TEXT.sub(lambda match: match[0].translate(_IN_SCRIPT), text)


class Script(folium.MacroElement):  # type: ignore[misc]  # Folium is untyped
    """Script of ours that runs after the layers it names.

    Parameters
    ----------
    layers
        Layers by the name under which the script knows them.
    """

    _template = Template("""
        {% macro script(this, kwargs) %}
        routeplanner.start({
            {%- for key, layer in this.layers.items() %}{{ key | tojson }}: {{ layer.get_name() }}, {% endfor -%}
        });
        {% endmacro %}
        """)

    def __init__(self, layers: dict[str, Element], *, digest: str) -> None:
        super().__init__()
        self._name = "Start"
        self._id = f"{digest}z"
        self.layers = layers
