"""What is drawn of a graph: its roads by class, or the legs between its places by mode."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple

from routeplanner._text import nfc
from routeplanner.itinerary_text import distance_words, duration_words, mode_words
from routeplanner.render.features import collection, point
from routeplanner.render.pairs import (
    Pair,
    both,
    day_class,
    names,
    pair,
    short_names,
    twice,
    upper_first,
    what_words,
)
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
_MOST_LISTED = 600  # legs that a table lists
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
    length_m, duration_s, back_s
        Length, and time along the line and back, or 0 where the graph does not tell.
    """

    style: str
    name: Pair
    line: tuple[tuple[float, float], ...]
    length_m: float
    duration_s: float
    back_s: float = 0.0


def ways_of(graph: nx.MultiDiGraph) -> list[Way]:
    """Return the edges to draw: opposite directions on the same line are one.

    A leg between places leads north or east, so that modes which share a road keep to their own side of it.
    """
    found: dict[tuple[Any, ...], Way] = {}
    for start, end, data in graph.edges(data=True):
        way = _way(graph, start, end, data)
        key = (way.style, way.name if way.style in _MODES else None, min(way.line, way.line[::-1]))
        known = found.setdefault(key, way)
        found[key] = known._replace(
            duration_s=known.duration_s or way.duration_s, back_s=known.back_s or way.back_s
        )
    return sorted(found.values(), key=lambda way: (-_rank(way.style), way.line, way.name))


def _way(graph: nx.MultiDiGraph, start: object, end: object, data: dict[str, Any]) -> Way:
    mode = data.get("mode")
    line = _line(graph, start, end, data.get("geometry"))
    length_m = _finite(data.get("distance_m", data.get("length")))
    seconds = _finite(data.get("duration_s", data.get("travel_time")))
    style = mode if mode in _MODES else _road_class(data.get("highway"))
    if not mode:
        return Way(style, twice(_first(data.get("name"))), line, length_m, seconds)
    if _leads_back(line):
        return Way(style, _leg_name(graph, end, start), line[::-1], length_m, 0.0, seconds)
    return Way(style, _leg_name(graph, start, end), line, length_m, seconds)


def _leads_back(line: Sequence[tuple[float, float]]) -> bool:
    """Return whether a line leads south, or west where that is the longer way: both are drawn the other way round."""
    east, north = line[-1][0] - line[0][0], line[-1][1] - line[0][1]
    return (north if abs(north) > abs(east) else east) < 0


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
    """Return the ways as lines with their texts, the slightest first; the modes of legs side by side."""
    numbers = _numbers(ways)
    modes = [style for style in _MODES if style in numbers]
    lanes = {mode: place - (len(modes) - 1) / 2 for place, mode in enumerate(modes)}
    return collection([_feature(way, numbers[way.style], lanes) for way in ways])


def _feature(way: Way, number: int, lanes: dict[str, float]) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "class": _class_names(way.style) + " guess" * _is_guess(way),
        "day": number,
        "text": _words(way),
    }
    if len(lanes) > 1 and way.style in lanes:
        properties["lane"] = lanes[way.style]
    line = {"type": "LineString", "coordinates": way.line}
    return {"type": "Feature", "properties": properties, "geometry": line}


def _numbers(ways: Sequence[Way]) -> dict[str, int]:
    """Return the numbers of classes and modes, in the order of the table; a button shows each alone."""
    return {style: number for number, (style, _) in enumerate(_by_style(ways), 1)}


def _class_names(style: str) -> str:
    if style not in _MODES:
        return f"way w-{style}"
    return f"leg net {style} {day_class(_MODES.index(style) + 1)}"


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
        parts += [_length_words(way, lang)] if way.length_m else []
        parts += [_time_words(way, lang)] if max(way.duration_s, way.back_s) >= 60 else []
        return " · ".join(part for part in parts if part)

    return pair(text)


def _time_words(way: Way, lang: str) -> str:
    """Return the time, or both where the way back takes another."""
    there, back = (duration_words(round(seconds), lang) for seconds in (way.duration_s, way.back_s))
    if there == back or not way.back_s:
        return there
    if not way.duration_s:
        return f"{back} (chiều về)" if lang == "vi" else f"{back} (way back)"
    return f"đi {there}, về {back}" if lang == "vi" else f"{there} there, {back} back"


def node_features(graph: nx.MultiDiGraph, ways: Sequence[Way]) -> dict[str, Any]:
    """Return the places of a graph of places as points with their names; crossings of roads stay out."""
    if not any(mode in _MODES for *_, mode in graph.edges(data="mode")):  # a ferry of a road graph is none
        return collection([])
    numbers = _numbers(ways)
    served: dict[object, set[int]] = {}
    for start, end, data in graph.edges(data=True):
        style = data.get("mode") if data.get("mode") in _MODES else _road_class(data.get("highway"))
        for node in (start, end):
            served.setdefault(node, set()).add(numbers[style])
    return collection(
        [
            _node(data, sorted(served.get(node, ())))
            for node, data in graph.nodes(data=True)
            if data.get("name_vi") or data.get("name_en")
        ]
    )


def _node(data: dict[str, Any], numbers: list[int]) -> dict[str, Any]:
    vi, en = _first(data.get("name_vi")), _first(data.get("name_en"))
    place = SimpleNamespace(site_id="", name_vi=vi or en, name_en=en or vi)
    properties = {
        "class": "end node",
        "node": 1,
        "days": numbers,
        "label": short_names(place),
        "name": names(place),
        "what": what_words(str(data.get("kind") or ""), []),
    }
    return point(float(data["x"]), float(data["y"]), properties)


def _by_style(ways: Sequence[Way]) -> Iterator[tuple[str, list[Way]]]:
    for style in dict.fromkeys(way.style for way in reversed(ways)):
        yield style, [way for way in ways if way.style == style]


def way_panel(ways: Sequence[Way], title: Pair, credit: HTML) -> HTML:
    """Return a button and a row of kilometres for each class or mode, and a table of the legs between places."""
    classes = list(_by_style(ways))
    rows = "".join(
        f'<tr><th scope="row">{both(_style_name(style))}</th><td>{len(found):,}</td>'
        f"<td>{both(pair(lambda lang, found=found: _kilometres(found, lang)))}</td></tr>"  # type: ignore[misc]
        for style, found in classes
    )
    legs = "".join(
        _leg_table(style, found, number)
        for number, (style, found) in enumerate(classes, 1)
        if style in _MODES and len(ways) <= _MOST_LISTED
    )
    return frame(
        (f"{len(ways)} đoạn đường", f"{len(ways)} stretches"),
        Titles(title, ("", "")),
        "",
        f'{_class_buttons([style for style, _ in classes])}<div id="plan-rows" tabindex="-1">'
        f"{_table((('Loại', 'Class'), ('Đoạn', 'Stretches'), ('Chiều dài', 'Length')), rows)}{legs}</div>"
        f'<footer class="notes"><p>{credit}</p></footer>',
    )


def _table(heads: Sequence[Pair], rows: str) -> str:
    head = "".join(f'<th scope="col">{both(text)}</th>' for text in heads)
    return f'<table class="ways"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'


def _class_buttons(styles: Sequence[str]) -> str:
    """Return a button for each class or mode that shows it alone."""
    if len(styles) == 1:
        return ""
    words = [(0, ("Tất cả", "All")), *((n, _style_name(style)) for n, style in enumerate(styles, 1))]
    buttons = "".join(
        f'<button type="button" data-day="{n}" aria-pressed="{"false" if n else "true"}">{both(text)}</button>'
        for n, text in words
    )
    return f'<div class="days">{buttons}</div>'


def _leg_table(style: str, ways: Sequence[Way], number: int) -> str:
    """Return the legs of a mode with their lengths and times: what the lines say, for whoever does not see them."""
    rows = "".join(
        f'<tr><th scope="row">{both(way.name)}</th>'
        f"<td>{both(pair(lambda lang, way=way: _length_words(way, lang)))}</td>"  # type: ignore[misc]
        f"<td>{both(pair(lambda lang, way=way: _time_words(way, lang)))}</td></tr>"  # type: ignore[misc]
        for way in sorted(ways, key=lambda way: way.name)
    )
    heads = (("Giữa", "Between"), ("Chiều dài", "Length"), ("Thời gian", "Time"))
    return (
        f'<details class="kind" data-rows="{number}"><summary>{both(_style_name(style))} '
        f"<small>{len(ways)}</small></summary>{_table(heads, rows)}</details>"
    )


def _length_words(way: Way, lang: str) -> str:
    return ("≈ " if _is_guess(way) else "") + distance_words(round(way.length_m), lang)


def _kilometres(ways: Sequence[Way], lang: str) -> str:
    return distance_words(round(sum(way.length_m for way in ways)), lang)


def way_legend(ways: Sequence[Way]) -> HTML:
    """Return the legend: classes with their lines, and the line of ways whose road is not known."""
    rows = [line_sample(_class_names(style), _style_name(style)) for style, _ in _by_style(ways)]
    guessed = next((way for way in ways if _is_guess(way)), None)
    return legend_box(rows if guessed is None else [*rows, guess_sample(_class_names(guessed.style))])
