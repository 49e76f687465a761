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
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import folium
from branca.element import Element, Figure
from folium.template import Template
from folium.utilities import camelize

from routeplanner._escape import escape_for_leaflet
from routeplanner._files import write_whole
from routeplanner.itinerary_text import LANGUAGES
from routeplanner.render._policy import fingerprint, policy
from routeplanner.render._spec import block, layer_spec
from routeplanner.render.pairs import both

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from routeplanner.render.pairs import Pair

__all__ = ["ASSETS", "Features", "Ground", "Page", "SheetMap", "asset", "asset_files"]

ASSETS = ("leaflet/leaflet.css", "sheet.css", "leaflet/leaflet.js", "sheet.js")
"""Files that a page needs, in the order of its head."""

_WITHOUT_MAP = (
    "Bản đồ cần JavaScript. Danh sách trên trang này là toàn bộ kế hoạch, không thiếu gì.",
    "The map needs JavaScript. The list on this page is the whole plan; nothing is missing from it.",
)
_CSS_URL = re.compile(r"url\((images/[\w.-]+)\)")
_CDN = "https://cdn.jsdelivr.net/npm/leaflet@1.9.4/dist/"
_SCRIPT_END = re.compile("</script", re.IGNORECASE)
_NO_SCRIPT = f"<noscript>{both(_WITHOUT_MAP, 'p')}</noscript>"
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


def _marker_picture(name: str, assets: str) -> str:
    """Return the address of a picture of Leaflet's own marker: on the server of the assets, or the picture itself."""
    path = f"leaflet/images/marker-{name}.png"
    if assets not in ("inline", "cdn"):
        return f"{assets.rstrip('/')}/{path}"
    return _data_uri(files("routeplanner.render").joinpath("assets", *path.split("/")))


def asset_files() -> Iterator[tuple[str, bytes]]:
    """Yield the files that a server needs, with their paths: those of `ASSETS`, Leaflet's pictures and licence."""
    folder = files("routeplanner.render") / "assets"
    pictures = [f"leaflet/images/{path.name}" for path in folder.joinpath("leaflet", "images").iterdir()]
    for name in (*ASSETS, "leaflet/LICENSE", *sorted(pictures)):
        yield name, folder.joinpath(*name.split("/")).read_bytes()


@dataclass(frozen=True, slots=True)
class Ground:
    """A basemap.

    Parameters
    ----------
    layers
        Layers that our script draws (see `layer_spec`).
    tiles
        Address and options of a tile layer, or None.
    credits
        What has to be said of its data beside the map's own credit; escaped where it is shown.
    areas
        Where it draws streets, and where it draws only waters (west, south, east, north): the page says so elsewhere.
    """

    layers: tuple[dict[str, Any], ...] = ()
    tiles: dict[str, Any] | None = None
    credits: tuple[str, ...] = ()
    areas: dict[str, Any] | None = None

    @property
    def addresses(self) -> list[str]:
        """Addresses that the tiles come from."""
        return [] if self.tiles is None else [self.tiles["url"]]


def _asset_tags(assets: str) -> str:
    """Return links to the scripts and styles of a page, or these themselves."""
    return "\n".join(_asset_tag(name, assets) for name in ASSETS)


def _asset_tag(name: str, assets: str) -> str:
    style = name.endswith(".css")
    if assets == "inline" or (assets == "cdn" and not name.startswith("leaflet/")):
        return f"<style>{asset(name)}</style>" if style else f"<script>{asset(name)}</script>"
    if assets == "cdn":
        raw = files("routeplanner.render").joinpath("assets", *name.split("/")).read_bytes()
        url = _CDN + name.removeprefix("leaflet/")
        guard = f' integrity="{fingerprint(raw)}" crossorigin="anonymous"'
    else:
        url, guard = escape_for_leaflet(f"{assets.rstrip('/')}/{name}"), ""
    return (
        f'<link rel="stylesheet" href="{url}"{guard}>' if style else f'<script src="{url}"{guard}></script>'
    )


class Page(Figure):  # type: ignore[misc]  # branca is untyped
    """A figure with our page around the map.

    Parameters
    ----------
    lang, titles, description
        Language at first, title and meta description in both languages; not escaped.
    panel, legend
        Markup left of the map and on it; already escaped.
    """

    _template = Template("""<!DOCTYPE html>
<html lang="{{ lang }}">
<head>
<meta charset="utf-8">
{% if policy %}<meta http-equiv="Content-Security-Policy" content="{{ policy }}">
{% endif -%}
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="referrer" content="strict-origin-when-cross-origin">
<meta name="description" content="{{ description }}" data-vi="{{ descriptions[0] }}" data-en="{{ descriptions[1] }}">
<title data-vi="{{ titles[0] }}" data-en="{{ titles[1] }}">{{ title }}</title>
{{ head }}
</head>
<body>
{{ this.panel }}
<section class="chart" data-aria-vi="Bản đồ" data-aria-en="Map" aria-label="{{ 'Bản đồ' if lang == 'vi' else 'Map' }}">
{{ html }}
{{ noscript }}
{{ this.legend }}
</section>
</main>
<script type="application/json" id="rp-data">{{ data }}</script>
{% if script %}<script>{{ script }}</script>
{% endif -%}
{% if script_src %}<script src="{{ script_src }}"></script>
{% endif -%}
</body>
</html>
""")

    def __init__(self, *, lang: str, titles: Pair, description: Pair, panel: str, legend: str) -> None:
        super().__init__(height="680px")
        self.header = _part(self)
        self.lang = lang
        self.titles = titles
        self.title = escape_for_leaflet(titles[LANGUAGES.index(lang)])
        self.description = description
        self.panel = panel
        self.legend = legend
        self.digest = ""

    def render(
        self,
        *,
        lang: str | None = None,
        assets: str = "inline",
        ground: Ground | None = None,
        csp: bool = True,
        **kwargs: Any,  # noqa: ANN401 - branca's signature
    ) -> str:
        """Return the page. Rendering again gives the same bytes; branca would grow it each time.

        Parameters
        ----------
        lang, ground
            Language at first and basemap; by default those of the map.
        assets
            ``"inline"``, ``"cdn"`` or the address of a folder.
        csp
            Whether the page carries its policy.
        """
        return self.render_parts(lang=lang, assets=assets, ground=ground, csp=csp, **kwargs)[0]

    def render_parts(
        self,
        *,
        lang: str | None = None,
        assets: str = "inline",
        ground: Ground | None = None,
        csp: bool = True,
        script_src: str | None = None,
        **kwargs: Any,  # noqa: ANN401 - branca's signature
    ) -> tuple[str, str]:
        """Return the page and the script of layers that the user added (or an empty text).

        The script stands in the page, or with `script_src` in a file of that address.
        """
        before = [(element, element._children.copy()) for element in _tree(self)]  # noqa: SLF001
        try:
            for child in list(self._children.values()):
                child.render(**kwargs)
            return self._written(
                lang or self.lang, assets, ground or self.canvas.ground, csp=csp, script_src=script_src
            )
        finally:
            for element, children in before:
                element._children = children  # noqa: SLF001

    @property
    def canvas(self) -> SheetMap:
        """The map on the page."""
        return next(child for child in self._children.values() if isinstance(child, SheetMap))

    def _written(
        self, lang: str, assets: str, ground: Ground, *, csp: bool, script_src: str | None
    ) -> tuple[str, str]:
        parts = [getattr(self, name).render() for name in ("header", "html")]
        header, markup, script = _with_stable_ids([*parts, self._foreign_script(assets)], self)
        src = script_src if script else None
        head = f"{_asset_tags(assets)}\n{header}".strip()
        index = LANGUAGES.index(lang)
        rules = policy(
            head,
            scripts=[script] if script and src is None else [],
            styles=[],
            pictures=ground.addresses,
            foreign=bool(script or header.strip()),
        )
        page = str(
            self._template.render(
                this=self,
                lang=lang,
                policy=rules if csp else "",
                titles=[escape_for_leaflet(title) for title in self.titles],
                title=escape_for_leaflet(self.titles[index]),
                description=escape_for_leaflet(self.description[index]),
                descriptions=[escape_for_leaflet(text) for text in self.description],
                head=head,
                html=markup,
                noscript=_NO_SCRIPT,
                data=block(self._spec(ground)),
                script="" if src else script,
                script_src=None if src is None else escape_for_leaflet(src),
            )
        )
        return page, script

    def _spec(self, ground: Ground) -> dict[str, Any]:
        own = [child.spec() for child in self.canvas._children.values() if isinstance(child, Features)]  # noqa: SLF001
        spec = self.canvas.spec()
        spec["credits"] = [*map(escape_for_leaflet, ground.credits), *spec["credits"]]
        areas = {} if ground.areas is None else {"areas": ground.areas}
        return {**spec, **areas, "tiles": ground.tiles, "layers": [*ground.layers, *own]}

    def _foreign_script(self, assets: str) -> str:
        """Return the script of layers that the user added, or nothing."""
        name = self.canvas.get_name()
        children = {key: child for key, child in self.script._children.items() if key != name}  # noqa: SLF001
        if not children:
            return ""
        # The map's own variable comes first: what was added to the page before the map may name it.
        body = "\n".join(child.render() for child in children.values())
        layers = "".join(
            f"var {child.get_name()}=routeplanner.layers[{json.dumps(child.layer)}];"
            for child in self.canvas._children.values()  # noqa: SLF001
            if isinstance(child, Features)
        )
        shims = "".join(self._shims(assets))
        text = f"{shims}var {name}=routeplanner.boot();{layers}\n{body}"
        return _SCRIPT_END.sub("<\\/script", text)

    def _shims(self, assets: str) -> Iterator[str]:
        """Yield what Leaflet's own markers and Folium's popups need."""
        icon, shadow = (_marker_picture(name, assets) for name in ("icon", "shadow"))
        pictures = json.dumps({"iconUrl": icon, "iconRetinaUrl": icon, "shadowUrl": shadow})
        yield f'L.Icon.Default.imagePath="";L.Icon.Default.mergeOptions({pictures});'
        # folium.Popup uses one thing of jQuery: $(markup)[0]. Five lines replace its 88 kB.
        if any(isinstance(element, folium.Popup) for element in _tree(self)):
            yield (
                "window.$=window.$||function(markup){var t=document.createElement('template');"
                "t.innerHTML=String(markup).trim();return [t.content.firstChild];};"
            )

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


def _with_stable_ids(texts: Sequence[str], page: Page) -> list[str]:
    """Replace the random ids that branca gave to layers of a user by numbers in order."""
    whole = "\n".join(texts)
    ids: OrderedDict[str, str] = OrderedDict()
    for element in _tree(page):
        old = element._id  # noqa: SLF001
        if not old.startswith(page.digest) and old in whole:
            ids.setdefault(old, f"{page.digest}u{len(ids)}")
    changed = list(texts)
    for old, new in ids.items():
        changed = [text.replace(old, new) for text in changed]
    return changed


class SheetMap(folium.Map):  # type: ignore[misc]  # Folium is untyped
    """A `folium.Map` on a `Page`, without the assets and the viewport lock of Folium's own.

    Our script draws it from the page's data; only what a user adds to it is written as a script.
    """

    _template = Template("""
        {% macro html(this, kwargs) %}<div class="folium-map" id={{ this.get_name() | tojson }}></div>{% endmacro %}
        {% macro script(this, kwargs) %}{% endmacro %}
        """)

    def __init__(
        self,
        page: Page,
        *,
        digest: str,
        attributions: tuple[str, ...],
        ground: Ground,
        where: Sequence[tuple[float, ...]],
        facets: Sequence[dict[str, Any]] = (),
        cut: float | None = None,
        **kwargs: Any,  # noqa: ANN401
    ) -> None:
        super().__init__(tiles=None, zoom_control="topright", control_scale=True, **kwargs)
        self._id = digest
        self.global_switches._id = f"{digest}s"  # noqa: SLF001
        self.attributions = attributions
        self.ground = ground
        self.where = where
        self.facets = facets
        self.cut = cut
        page.digest = digest
        page.add_child(self)
        # On the instance only: Folium's own helpers edit the lists of the class.
        self.default_js: list[tuple[str, str]] = []
        self.default_css: list[tuple[str, str]] = []

    def spec(self) -> dict[str, Any]:
        """Return what our script needs to make the map."""
        return {
            "id": self.get_name(),
            "map": {
                **{camelize(key): value for key, value in self.options.items()},
                "center": self.location,
                "zoomControl": False,
            },
            "credits": self.attributions,
            **({"facets": self.facets} if self.facets else {}),
            **({} if self.cut is None else {"cut": self.cut}),
        }

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
    """A `folium.GeoJson` that our script draws.

    Parameters
    ----------
    data
        A FeatureCollection.
    layer
        What the script calls it.
    functions, options, omit
        See `layer_spec`.
    """

    def __init__(
        self,
        data: dict[str, Any],
        *,
        layer: str,
        digest: str,
        functions: dict[str, str],
        options: dict[str, Any],
        omit: Sequence[str] = (),
    ) -> None:
        super().__init__(data, name=layer, control=False)
        self.omit = omit
        self._id = digest + layer
        self.layer = layer
        self.functions = functions
        self.settings = options

    def spec(self) -> dict[str, Any]:
        """Return the layer as our script reads it."""
        return layer_spec(
            self.data, name=self.layer, functions=self.functions, options=self.settings, omit=self.omit
        )

    def render(self, **kwargs: Any) -> None:  # noqa: ANN401 - branca's signature
        """Write nothing of its own; what a user bound to the layer is a script."""
        for child in self._children.values():
            child.render(**kwargs)
