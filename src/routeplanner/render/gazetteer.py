"""What is drawn of a catalogue: sites by kind, their list and their legend."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from routeplanner._escape import HTML, escape_for_leaflet, safe_url
from routeplanner._text import nfc
from routeplanner.render.features import collection, point
from routeplanner.render.pairs import Pair, both, day_class, names, short_names, twice, what_words
from routeplanner.render.panel import Titles, frame, legend_box, special_rows

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    import geopandas as gpd

    from routeplanner.itinerary import Itinerary

__all__ = ["dot_features", "facets", "site_legend", "site_panel", "spot_features"]

_ICONS = {
    "craft_village": "M6 2.5h4M6.5 2.5c0 2-3 3-3 6.5 0 3 2 4.5 4.5 4.5s4.5-1.5 4.5-4.5c0-3.5-3-4.5-3-6.5",
    "heritage_site": "M1.5 6.5 8 2.5l6.5 4zM4 6.5v7M8 6.5v7M12 6.5v7M2 13.5h12",
    "waterway_stop": "M2 10.5h12l-1.5 3h-9zM8 10.5v-8l4.5 6H8",
    "museum": "M2.5 3h11v10h-11zM4.5 10.5 7 7l2 2.5 1-1.2 1.5 2.2",
    "market": "M2 7h12l-1.5 6.5h-9zM5 7l2-4.5M11 7 9 2.5",
    "food": "M2 8h12a6 5.5 0 0 1-12 0M6 2.5v3M9.5 2.5v3",
    "performance": "M6 12V3.5l6-1V11M6 12a1.8 1.8 0 1 1-3.6 0A1.8 1.8 0 0 1 6 12"
    "M12 11a1.8 1.8 0 1 1-3.6 0 1.8 1.8 0 0 1 3.6 0",
    "nature": "M8 14V9.5M8 2 4 9.5h8z",
    "creative_space": "M8 2v12M2 8h12M4 4l8 8M12 4l-8 8",
    "other": "M8 5v6M5 8h6",
    "gateway": "M4 14V2.5h8l-2 3 2 3H4",
}
"""A drawing for each kind, 16 × 16; the script copies it from the legend to the pins."""

_PLAIN = re.compile(r"[A-Za-z0-9_.-]+")
_LONG_LIST = 12
"""Longer lists unfold on demand."""


def dot_features(sites: gpd.GeoDataFrame, visited: Collection[str]) -> dict[str, Any]:
    """Return sites that are not visited as points with their names."""
    return collection(
        [
            point(site.geometry.x, site.geometry.y, {"class": "near", "name": names(site)})
            for site in _rows(sites)
            if site.site_id not in visited
        ]
    )


def spot_features(sites: gpd.GeoDataFrame) -> dict[str, Any]:
    """Return sites as points with what a card says of them, in the order of the list: by kind, then significance."""
    places = {term: place for place, term in enumerate(_terms(sites))}
    counts = Counter(_style(kind) for kind in sites["kind"])
    ordered = sorted(
        _rows(sites),
        key=lambda site: (
            -counts[_style(site.kind)],
            _style(site.kind),
            -_number(site.significance),
            site.site_id,
        ),
    )
    return collection(
        [point(site.geometry.x, site.geometry.y, _properties(site, places)) for site in ordered]
    )


_FACETS = {
    "craft": ("crafts", ("Nghề", "Craft")),
    "theme": ("themes", ("Chủ đề", "Theme")),
    "corridor": ("corridors", ("Tuyến", "Corridor")),
}


def facets(sites: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    """Return what a list of sites can be filtered by: each with its words and its terms, which sites name by number."""
    from routeplanner.sites.words import load_corridors, load_crafts, load_themes

    words: dict[str, Mapping[str, Any]] = {
        "craft": load_crafts(),
        "theme": load_themes(),
        "corridor": load_corridors(),
    }
    found: dict[str, list[tuple[str, str, str]]] = {key: [] for key in _FACETS}
    for facet, term in _terms(sites):
        known = words[facet].get(term)
        name = (nfc(term), nfc(term)) if known is None else (known.name_vi, known.name_en)
        found[facet].append((term, *name))
    return [{"key": key, "name": _FACETS[key][1], "terms": terms} for key, terms in found.items()]


def _terms(sites: gpd.GeoDataFrame) -> list[tuple[str, str]]:
    """Return crafts, themes and corridors of these sites, each with its facet, in a lasting order."""
    return [
        (facet, term)
        for facet, (column, _) in _FACETS.items()
        for term in sorted({str(term) for row in sites[column] for term in row})
    ]


def _rows(sites: gpd.GeoDataFrame) -> Iterator[Any]:
    rows: Iterator[Any] = sites.rename_axis("site_id").reset_index().itertuples(index=False)
    return rows


def _number(value: object) -> int:
    return int(value) if isinstance(value, int | float) and value == value else 0  # noqa: PLR0124 - NaN


def _properties(site: Any, places: Mapping[tuple[str, str], int]) -> dict[str, Any]:  # noqa: ANN401 - a row
    name, label = names(site), short_names(site)
    properties: dict[str, Any] = {
        "key": f"site-{site.site_id}",
        "kind": _style(site.kind),
        "name": name,
        "what": what_words(site.kind, list(site.crafts or ())),
    }
    tags = [
        places[facet, str(term)]
        for facet, (column, _) in _FACETS.items()
        for term in dict.fromkeys(getattr(site, column))
    ]
    if tags:
        properties["tags"] = tags
    if _number(site.significance):
        properties["rank"] = _number(site.significance)
    if label != name:
        properties["label"] = label
    if site.summary_en:
        properties["about"] = site.summary_en
    photo = safe_url(getattr(site, "photo_url", None))
    if photo:
        properties["photo"] = photo
    unsure = sum(bit for bit, doubted in _doubts(site) if doubted)
    if unsure:
        properties["unsure"] = unsure
    # Values only; the script says what they are: district, minutes of a visit, opening hours, fee.
    return properties | {"facts": _facts(site)}


def _doubts(site: Any) -> Iterator[tuple[int, bool]]:  # noqa: ANN401
    """Yield what is not sure of a site as bits that the script words: visit, hours, fee, position."""
    unverified = set(site.unverified)
    yield 1, "visit_min" in unverified
    yield 2, "opening_hours" in unverified
    yield 4, "fee_vnd" in unverified
    yield 8, site.coord_precision == "village"
    yield 16, site.coord_precision == "commune"
    yield 32, "geometry" in unverified


def _style(kind: object) -> str:
    """Return a kind as it may stand in a style name; a kind of the user's own shares one style."""
    return str(kind) if kind in _ICONS else "other"


def _facts(site: Any) -> list[str | int | None]:  # noqa: ANN401
    fee = site.fee_vnd
    facts: list[str | int | None] = [
        str(site.district_2024) if site.district_2024 else None,
        _number(site.visit_min) or None,
        site.opening_hours if isinstance(site.opening_hours, str) and site.opening_hours else None,
        _number(fee) if fee is not None and _number(fee) == fee else None,
    ]
    while facts and facts[-1] is None:
        facts.pop()
    return facts


def site_panel(spots: dict[str, Any], title: Pair, credit: HTML) -> HTML:
    """Return the list of sites by kind, each a button that shows it on the map."""
    kinds = _kinds(spots)
    count = sum(len(found) for found in kinds.values())
    groups = "".join(_group(kind, found, opened=len(kinds) == 1) for kind, found in kinds.items())
    return frame(
        (f"{count} địa điểm", f"{count} site{'s' * (count != 1)}"),
        Titles(title, ("", "")),
        "",
        f'<div id="plan-rows" tabindex="-1">{groups}</div><footer class="notes"><p>{credit}</p></footer>',
    )


def _kinds(spots: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Properties by kind, the kind with most sites first."""
    kinds: dict[str, list[dict[str, Any]]] = {}
    for feature in spots["features"]:
        kinds.setdefault(feature["properties"]["kind"], []).append(feature["properties"])
    return kinds


def _kind_name(kind: str) -> Pair:
    from routeplanner.sites.words import load_kinds

    term = load_kinds().get(kind)
    if kind == "other":
        return ("Khác", "Other")
    return twice(kind) if term is None else (term.name_vi, term.name_en)


def _group(kind: str, found: list[dict[str, Any]], *, opened: bool) -> str:
    e = escape_for_leaflet
    # The script knows the sites by the order of these rows; an end tag that may be left out is left out.
    rows = "".join(f"<li id={_attribute(p['key'])}><button>{_both_names(p['name'])}</button>" for p in found)
    return (
        f'<details class="kind k-{e(kind)}"{" open" * (opened or len(found) <= _LONG_LIST)}><summary>{_icon(kind)}'
        f"{both(_kind_name(kind))} <small>{len(found)}</small></summary><ul>{rows}</ul></details>"
    )


def _attribute(text: str) -> str:
    """Return an attribute's value, in quotes where it needs them."""
    return text if _PLAIN.fullmatch(text) else f'"{escape_for_leaflet(text)}"'


def _both_names(name: Pair) -> str:
    """Both names, of which the style sheet puts that of the page's language first."""
    if name[0] == name[1]:
        return escape_for_leaflet(name[0])
    vi, en = (escape_for_leaflet(text) for text in name)
    return f"<i lang=vi>{vi}</i> <i lang=en>{en}</i>"


def _icon(kind: str) -> str:
    path = _ICONS[kind]
    return f'<b aria-hidden="true"><svg viewBox="0 0 16 16"><path d="{path}"/></svg></b>'


def site_legend(spots: dict[str, Any], routes: Sequence[tuple[Pair, Itinerary]] = ()) -> HTML:
    """Return the legend: kinds with their marks, routes with their numbers, lines that are no courses."""
    line = '<svg aria-hidden="true"><path class="leg coach" d="M1 6h34"/></svg>'
    kinds = [
        f'<li class="k-{escape_for_leaflet(kind)}">{_icon(kind)}{both(_kind_name(kind))}</li>'
        for kind in _kinds(spots)
    ]
    ways = [
        f'<li class="{day_class(number)}">{line}<span>{number}. {both(route)}</span></li>'
        for number, (route, _) in enumerate(routes, 1)
    ]
    legs = [leg for _, itinerary in routes for day in itinerary.days for leg in day.legs]
    return legend_box([*kinds, *ways, *special_rows(legs)])
