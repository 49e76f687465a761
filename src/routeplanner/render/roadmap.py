"""What is drawn of a graph: its roads by class, or the legs between its places by mode."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

from routeplanner._text import nfc
from routeplanner.itinerary_text import distance_words, duration_words, mode_words
from routeplanner.render.features import collection, point
from routeplanner.render.pairs import Pair, both, day_class, pair, twice, upper_first
from routeplanner.render.panel import Titles, frame, guess_sample, legend_box, line_sample

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import networkx as nx

    from routeplanner._escape import HTML

__all__ = ["Way", "node_features", "way_features", "way_legend", "way_panel", "ways_of"]

_CLASSES: dict[str, Pair] = {
    "motorway": ("Cao tốc", "Motorway"),
    "trunk": ("Quốc lộ lớn", "Trunk road"),
    "primary": ("Đường chính", "Primary road"),
    "secondary": ("Đường cấp hai", "Secondary road"),
    "tertiary": ("Đường cấp ba", "Tertiary road"),
    "residential": ("Đường dân sinh", "Residential street"),
    "footway": ("Lối đi bộ", "Footway"),
    "ferry": ("Phà", "Ferry"),
    "other": ("Đường khác", "Other road"),
}
_ALIKE = {
    "unclassified": "tertiary",
    "living_street": "residential",
    "service": "residential",
    "pedestrian": "footway",
    "path": "footway",
    "steps": "footway",
}
_BY_LAND = ("coach", "car", "motorbike", "bicycle", "foot")
_STRAIGHT = 1.02  # a straight street is as long as its line, but for the doors at its ends
_METRES_PER_DEGREE = 111_200
_MODES = ("coach", "car", "motorbike", "bicycle", "foot", "boat", "ferry", "rail", "air")


class Way(NamedTuple):
    """An edge to draw, once for both directions.

    Parameters
    ----------
    style
        Class of road, or mode of a leg.
    name
        Name of a road, or of the two places of a leg.
    line
        Positions (lon, lat).
    length_m, duration_s
        Length and time, or 0 where the graph does not tell.
    """

    style: str
    name: Pair
    line: tuple[tuple[float, float], ...]
    length_m: float
    duration_s: float


def ways_of(graph: nx.MultiDiGraph) -> list[Way]:
    """Return the edges to draw: opposite directions on the same line are one."""
    found: dict[tuple[Any, ...], Way] = {}
    for start, end, data in graph.edges(data=True):
        way = _way(graph, start, end, data)
        key = (way.style, min(way.line, way.line[::-1]))
        found.setdefault(key, way)
    return sorted(found.values(), key=lambda way: (-_rank(way.style), way.line))


def _way(graph: nx.MultiDiGraph, start: object, end: object, data: dict[str, Any]) -> Way:
    mode = data.get("mode")
    return Way(
        style=mode if mode in _MODES else _road_class(data.get("highway")),
        name=_leg_name(graph, start, end) if mode else twice(_first(data.get("name"))),
        line=_line(graph, start, end, data.get("geometry")),
        length_m=_finite(data.get("distance_m", data.get("length"))),
        duration_s=_finite(data.get("duration_s", data.get("travel_time"))),
    )


def _road_class(value: object) -> str:
    text = _first(value).removesuffix("_link")
    text = _ALIKE.get(text, text)
    return text if text in _CLASSES else "other"


def _first(value: object) -> str:
    """Return a text; OSMnx gives a list where it joined edges."""
    if isinstance(value, list | tuple):
        value = value[0] if value else None
    return nfc(value) if isinstance(value, str) else ""


def _leg_name(graph: nx.MultiDiGraph, start: object, end: object) -> Pair:
    ends = [graph.nodes[node] for node in (start, end)]
    vi, en = (" – ".join(_first(node.get(key)) for node in ends) for key in ("name_vi", "name_en"))
    return (vi, en)


def _finite(value: object) -> float:
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else 0.0


def _line(
    graph: nx.MultiDiGraph,
    start: object,
    end: object,
    geometry: Any,  # noqa: ANN401
) -> tuple[tuple[float, float], ...]:
    """Return the course; OSMnx leaves it out where it is straight."""
    if geometry is None:
        ends = (graph.nodes[node] for node in (start, end))
        return tuple((round(float(node["x"]), 5), round(float(node["y"]), 5)) for node in ends)
    positions = geometry.coords if hasattr(geometry, "coords") else geometry
    return tuple((round(float(p[0]), 5), round(float(p[1]), 5)) for p in positions)


def _rank(style: str) -> int:
    order = [*_CLASSES, *_MODES]
    return order.index(style)


def way_features(ways: Sequence[Way]) -> dict[str, Any]:
    """Return the ways as lines with their texts, the slightest first."""
    return collection(
        [
            {
                "type": "Feature",
                "properties": {
                    "class": _class_names(way.style) + " guess" * _is_guess(way),
                    "text": _words(way),
                },
                "geometry": {"type": "LineString", "coordinates": way.line},
            }
            for way in ways
        ]
    )


def _class_names(style: str) -> str:
    if style not in _MODES:
        return f"way w-{style}"
    return f"leg {style} {day_class(_MODES.index(style) + 1)}"


def _is_guess(way: Way) -> bool:
    """Return whether a leg by land is one straight line, shorter than the way is said to be."""
    if way.style not in _BY_LAND or len(way.line) != 2:
        return False
    (west, south), (east, north) = way.line
    shrink = math.cos(math.radians((south + north) / 2))
    straight_m = _METRES_PER_DEGREE * math.hypot((east - west) * shrink, north - south)
    return way.length_m > _STRAIGHT * straight_m + 1


def _style_name(style: str) -> Pair:
    if style in _CLASSES:
        return _CLASSES[style]
    vi, en = pair(lambda lang: mode_words(style, lang))
    return (upper_first(vi), upper_first(en))


def _words(way: Way) -> Pair:
    kind = _style_name(way.style)

    def text(lang: str) -> str:
        index = 0 if lang == "vi" else 1
        parts = [way.name[index], kind[index]]
        about = "≈ " if _is_guess(way) else ""
        parts += [about + distance_words(round(way.length_m), lang)] if way.length_m else []
        parts += [duration_words(round(way.duration_s), lang)] if way.duration_s >= 60 else []
        return " · ".join(part for part in parts if part)

    return pair(text)


def node_features(graph: nx.MultiDiGraph) -> dict[str, Any]:
    """Return the places of a graph of places as points with their names; crossings of roads stay out."""
    if not any("mode" in data for *_, data in graph.edges(data=True)):
        return collection([])
    return collection(
        [
            point(
                float(node["x"]),
                float(node["y"]),
                {"class": "near", "name": (_first(node.get("name_vi")), _first(node.get("name_en")))},
            )
            for _, node in graph.nodes(data=True)
            if node.get("name_vi")
        ]
    )


def _by_style(ways: Sequence[Way]) -> Iterator[tuple[str, list[Way]]]:
    for style in dict.fromkeys(way.style for way in reversed(ways)):
        yield style, [way for way in ways if way.style == style]


def way_panel(ways: Sequence[Way], title: Pair, credit: HTML) -> HTML:
    """Return a table of the kilometres by class."""
    rows = "".join(
        f'<tr><th scope="row">{both(_style_name(style))}</th><td>{len(found):,}</td>'
        f"<td>{both(pair(lambda lang, found=found: _kilometres(found, lang)))}</td></tr>"  # type: ignore[misc]
        for style, found in _by_style(ways)
    )
    head = "".join(
        f'<th scope="col">{both(text)}</th>'
        for text in (("Loại", "Class"), ("Đoạn", "Stretches"), ("Chiều dài", "Length"))
    )
    return frame(
        (f"{len(ways)} đoạn đường", f"{len(ways)} stretches"),
        Titles(title, ("", "")),
        "",
        f'<div id="plan-rows" tabindex="-1"><table class="ways"><thead><tr>{head}</tr></thead>'
        f'<tbody>{rows}</tbody></table></div><footer class="notes"><p>{credit}</p></footer>',
    )


def _kilometres(ways: Sequence[Way], lang: str) -> str:
    return distance_words(round(sum(way.length_m for way in ways)), lang)


def way_legend(ways: Sequence[Way]) -> HTML:
    """Return the legend: classes with their lines, and the line of ways whose road is not known."""
    rows = [line_sample(_class_names(style), _style_name(style)) for style, _ in _by_style(ways)]
    guessed = next((way for way in ways if _is_guess(way)), None)
    return legend_box(rows if guessed is None else [*rows, guess_sample(_class_names(guessed.style))])
