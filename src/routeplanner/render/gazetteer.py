"""What is drawn of a catalogue: sites by kind, their list and their legend."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeplanner._escape import HTML, escape_for_leaflet
from routeplanner.itinerary_text import thousands
from routeplanner.render.features import collection, point
from routeplanner.render.pairs import Pair, both, names, other_name, short_names, twice, what_words
from routeplanner.render.panel import Titles, frame, legend_box

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    import geopandas as gpd

__all__ = ["dot_features", "site_legend", "site_panel", "spot_features"]

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
    """Return sites as points with what a card says of them, the most significant first."""
    ordered = sorted(_rows(sites), key=lambda site: (-_number(site.significance), site.site_id))
    return collection([point(site.geometry.x, site.geometry.y, _properties(site)) for site in ordered])


def _rows(sites: gpd.GeoDataFrame) -> Iterator[Any]:
    rows: Iterator[Any] = sites.rename_axis("site_id").reset_index().itertuples(index=False)
    return rows


def _number(value: object) -> int:
    return int(value) if isinstance(value, int | float) and value == value else 0  # noqa: PLR0124 - NaN


def _properties(site: Any) -> dict[str, Any]:  # noqa: ANN401 - a row
    name = names(site)
    return {
        "class": f"spot k-{_style(site.kind)}",
        "kind": _style(site.kind),
        "key": f"site-{site.site_id}",
        "days": [],
        "label": short_names(site),
        "name": name,
        "what": what_words(site.kind, list(site.crafts or ())),
        "about": site.summary_en or "",
        "facts": list(_facts(site)),
    }


def _style(kind: object) -> str:
    """Return a kind as it may stand in a style name; a kind of the user's own shares one style."""
    return str(kind) if kind in _ICONS else "other"


def _facts(site: Any) -> Iterator[tuple[Pair, Pair]]:  # noqa: ANN401
    if site.district_2024:
        yield ("Quận, huyện (2024)", "District (2024)"), twice(str(site.district_2024))
    if _number(site.visit_min):
        minutes = _number(site.visit_min)
        yield ("Thời gian thăm", "Visit"), (f"{minutes} phút", f"{minutes} min")
    if isinstance(site.opening_hours, str) and site.opening_hours:
        yield ("Giờ mở cửa", "Opening hours"), twice(site.opening_hours)
    if site.fee_vnd is not None and _number(site.fee_vnd) == site.fee_vnd:
        paid = (f"{thousands(site.fee_vnd, 'vi')} đ", f"{thousands(site.fee_vnd, 'en')} VND")
        yield ("Vé", "Entrance"), paid if site.fee_vnd else ("miễn phí", "free")


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
    return dict(sorted(kinds.items(), key=lambda item: -len(item[1])))


def _kind_name(kind: str) -> Pair:
    from routeplanner.sites.words import load_kinds

    term = load_kinds().get(kind)
    if kind == "other":
        return ("Khác", "Other")
    return twice(kind) if term is None else (term.name_vi, term.name_en)


def _group(kind: str, found: list[dict[str, Any]], *, opened: bool) -> str:
    e = escape_for_leaflet
    rows = "".join(
        f'<li id="{e(p["key"])}"><button type="button" class="name" data-stop="{e(p["key"])}">{both(p["name"])}'
        f"</button>{other_name(p['name'])}</li>"
        for p in found
    )
    return (
        f'<details class="kind k-{e(kind)}"{" open" * (opened or len(found) <= _LONG_LIST)}><summary>{_icon(kind)}'
        f"{both(_kind_name(kind))} <small>{len(found)}</small></summary><ul>{rows}</ul></details>"
    )


def _icon(kind: str) -> str:
    path = _ICONS[kind]
    return f'<b aria-hidden="true"><svg viewBox="0 0 16 16"><path d="{path}"/></svg></b>'


def site_legend(spots: dict[str, Any]) -> HTML:
    """Return the legend: kinds with their marks."""
    return legend_box(
        [
            f'<li class="k-{escape_for_leaflet(kind)}">{_icon(kind)}{both(_kind_name(kind))}</li>'
            for kind in _kinds(spots)
        ]
    )
