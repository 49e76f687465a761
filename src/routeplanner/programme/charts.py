"""Charts and small maps of programmes, drawn by matplotlib so that they read in black and white."""

from __future__ import annotations

import io
import math
from typing import TYPE_CHECKING, Any

from routeplanner._escape import HTML
from routeplanner.errors import RequestError
from routeplanner.programme.model import Programme
from routeplanner.render import basemap

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from routeplanner.itinerary import Itinerary

__all__ = ["bars", "departure_grid", "figure_html", "figure_svg", "load_grid", "programme_map", "small_maps"]

INK, WATER, ROAD = "#1b2530", "#bcd3de", "#dcd8cc"
HATCHES = ("", "////", "....", "xxxx", "\\\\\\\\", "++++")
GREYS = ("#2b2b2b", "#8a8a8a", "#c9c9c9", "#e8e8e8")
DASHES: tuple[Any, ...] = (
    "solid",
    (0, (5, 2)),
    (0, (1.2, 1.4)),
    (0, (7, 2, 1.2, 2)),
    (0, (3, 1, 1, 1, 1, 1)),
)
COLOURS = ("#8c2d19", "#0b4f8a", "#00695c", "#6a2c80", "#705400", "#333f4d")
MARGIN_DEG = 0.03
ASPECTS = (0.62, 1.18)
"""Least and greatest height of the map by its width."""

LANES, LANE_PT = 7, 1.5
"""Routes that are drawn beside each other on one road, and how far apart, in points."""

KEYS_A_ROW = 8
KEY_SIZE = 0.07, 0.03
"""Width and height of a route's key by those of the map."""

MOST_PLACES = 16
"""Places in the chart of the load; a report says how many more there are."""


def _figure(width: float, height: float) -> Figure:
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError as error:
        raise RequestError(
            ['matplotlib is not installed; install it with pip install "routeplanner[programme]"'],
            subject="charts",
        ) from error
    figure = Figure(figsize=(width, height), layout="constrained", facecolor="white")
    FigureCanvasAgg(figure)
    return figure


def figure_svg(figure: Figure) -> str:
    """Return a figure as SVG; the same figure gives the same text, letters are drawn as outlines."""
    import matplotlib as mpl

    stream = io.BytesIO()
    with mpl.rc_context({"svg.hashsalt": "routeplanner", "svg.fonttype": "path", "text.parse_math": False}):
        figure.savefig(stream, format="svg", metadata={"Date": None})
    return stream.getvalue().decode("utf-8")


def figure_html(figure: Figure, *, alt: str) -> HTML:
    """Return a figure as an image that carries itself, with a text for those who cannot see it."""
    import base64

    from routeplanner._escape import escape_for_leaflet

    data = base64.b64encode(figure_svg(figure).encode()).decode()
    return HTML(f'<img alt="{escape_for_leaflet(alt)}" src="data:image/svg+xml;base64,{data}">')


def _plain(axes: Axes) -> None:
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.tick_params(colors=INK, labelsize=8)


def bars(
    names: Sequence[str],
    values: Mapping[str, Sequence[float]],
    *,
    unit: str,
    errors: Sequence[tuple[float, float]] | None = None,
) -> Figure:
    """Return bars side by side, one hatch a series; `errors` are low and high values of the first series."""
    import numpy as np

    count, series = len(names), len(values)
    figure = _figure(7.2, 0.6 + 0.34 * count * max(1, series * 0.8))
    axes = figure.subplots()
    tall = 0.8 / series
    at = np.arange(count)[::-1]
    for number, (label, own) in enumerate(values.items()):
        axes.barh(
            at + 0.4 - tall * (number + 0.5),
            own,
            height=tall * 0.92,
            color=GREYS[(2 * number) % len(GREYS)] if number else GREYS[1],
            edgecolor=INK,
            linewidth=0.6,
            hatch=HATCHES[number % len(HATCHES)],
            label=label,
        )
    if errors is not None:
        first = np.array(next(iter(values.values())))
        low, high = np.array(errors).T
        axes.errorbar(
            first,
            at + 0.4 - tall * 0.5,
            xerr=[first - low, high - first],
            fmt="none",
            ecolor=INK,
            capsize=2.5,
            lw=1,
        )
    axes.set_yticks(at, names)
    axes.set_xlabel(unit, fontsize=8)
    if series > 1:
        axes.legend(fontsize=8, frameon=False)
    _plain(axes)
    return figure


def departure_grid(programme: Programme, *, lang: str) -> Figure:
    """Return routes by month: the darker and the larger the number, the more departures."""
    import numpy as np

    grid = np.array([card.departures for card in programme.cards], dtype=float)
    from routeplanner._clock import MONTHS_EN

    months = [f"Th. {m}" for m in range(1, 13)] if lang == "vi" else [name[:3] for name in MONTHS_EN]
    return _grid(grid, [card.key for card in programme.cards], months)


def load_grid(
    programme: Programme, names: Mapping[str, str], *, lang: str, most: int = MOST_PLACES
) -> Figure:
    """Return places by weekday: visitors in a week of the season, the busiest places first."""
    import numpy as np

    from routeplanner.programme.words import WEEKDAYS

    shown = programme.load[:most]
    grid = np.array([load.by_weekday for load in shown], dtype=float)
    return _grid(grid, [names[load.site_id] for load in shown], list(WEEKDAYS[lang]))


def _grid(grid: Any, rows: Sequence[str], columns: Sequence[str]) -> Figure:  # noqa: ANN401 - an array
    figure = _figure(7.2, 0.5 + 0.26 * len(rows))
    axes = figure.subplots()
    top = max(1.0, float(grid.max(initial=0)))
    axes.imshow(grid, cmap="Greys", vmin=0, vmax=2.6 * top, aspect="auto")
    for (row, column), value in _cells(grid):
        if value:
            axes.text(column, row, f"{value:.0f}", ha="center", va="center", fontsize=7.5, color=INK)
    axes.set_xticks(range(len(columns)), columns)
    axes.set_yticks(range(len(rows)), rows)
    axes.tick_params(length=0, labelsize=8, colors=INK, labelbottom=False, labeltop=True)
    for side in axes.spines.values():
        side.set_visible(False)
    return figure


def _cells(grid: Any) -> Any:  # noqa: ANN401 - of an array
    import numpy as np

    return np.ndenumerate(grid)


def small_maps(names: Sequence[str], items: Sequence[Itinerary | Programme], *, lang: str) -> Figure:
    """Return one small map an item, all of the same area and scale."""
    routes = [list(item.routes) if isinstance(item, Programme) else [item] for item in items]
    columns = min(3, len(items))
    rows = math.ceil(len(items) / columns)
    west, south, east, north = _bounds([route for own in routes for route in own])
    aspect = (north - south) / ((east - west) * math.cos(math.radians((south + north) / 2)))
    width = 9.6 / columns
    figure = _figure(9.6, rows * (width * min(max(aspect, 0.5), 1.6) + 0.35))
    grid = figure.subplots(rows, columns, squeeze=False)
    for axes in grid.flat:
        axes.set_axis_off()
    for axes, name, own in zip(grid.flat, names, routes, strict=False):
        _draw(axes, own, (west, south, east, north), keys=None)
        axes.set_title(f"{name} · {sum(route.prize for route in own):.1f}", fontsize=9, color=INK)
    del lang
    return figure


def programme_map(programme: Programme, *, lang: str) -> Figure:
    """Return one map of all routes: each with its own dash, explained below it, and its key at a main place of it."""
    from matplotlib.lines import Line2D

    bounds = _filled(_bounds(programme.routes), *ASPECTS)
    keys = [card.key for card in programme.cards]
    rows = math.ceil(len(keys) / KEYS_A_ROW)
    figure = _figure(7.2, 7.2 * _aspect(bounds) + 0.2 * rows)
    axes = figure.subplots()
    axes.set_axis_off()
    _draw(axes, programme.routes, bounds, keys=keys)
    start = programme.routes[0].days[0].start
    name = start.name_vi if lang == "vi" else start.name_en
    _label(axes, name, (start.lon, start.lat), size=7.5, weight="normal")
    lines = [Line2D([], [], color=_colour(n), ls=_dash(n), lw=1.6, label=key) for n, key in enumerate(keys)]
    figure.legend(
        handles=lines,
        loc="outside lower center",
        ncols=min(KEYS_A_ROW, len(keys)),
        frameon=False,
        fontsize=7.5,
        handlelength=3.2,
    )
    return figure


def _aspect(bounds: Bounds) -> float:
    west, south, east, north = bounds
    return (north - south) / ((east - west) * math.cos(math.radians((south + north) / 2)))


def _filled(bounds: Bounds, flattest: float, tallest: float) -> Bounds:
    """Return bounds widened so that the map fills its frame: height by width between two shapes."""
    west, south, east, north = bounds
    aspect = _aspect(bounds)
    if aspect > tallest:
        more = (east - west) * (aspect / tallest - 1) / 2
        return west - more, south, east + more, north
    more = (north - south) * max(0.0, flattest / aspect - 1) / 2
    return west, south - more, east, north + more


Bounds = tuple[float, float, float, float]


def _bounds(routes: Sequence[Itinerary]) -> Bounds:
    points = [p for route in routes for day in route.days for leg in day.legs for p in leg.geometry]
    points += [(stop.lon, stop.lat) for route in routes for stop in route.stops] or [(105.85, 21.03)]
    lon, lat = [p[0] for p in points], [p[1] for p in points]
    return min(lon) - MARGIN_DEG, min(lat) - MARGIN_DEG, max(lon) + MARGIN_DEG, max(lat) + MARGIN_DEG


def _draw(axes: Axes, routes: Sequence[Itinerary], bounds: Bounds, *, keys: Sequence[str] | None) -> None:
    west, south, east, north = bounds
    _ground(axes, bounds)
    for number, route in enumerate(routes):
        style, colour = _dash(number), _colour(number)
        beside = _beside(axes, number, len(routes))
        for day in route.days:
            for leg in day.legs:
                line = zip(*leg.geometry, strict=True)
                axes.plot(*line, color=colour, lw=1.3, ls=style, zorder=3, transform=beside)
        axes.plot(
            [stop.lon for stop in route.stops],
            [stop.lat for stop in route.stops],
            "o",
            ms=3.6,
            mfc="white",
            mec=colour,
            zorder=4,
        )
    if keys is not None:
        for at, own in _key_places(routes, keys, bounds).items():
            _label(axes, ", ".join(own), at, size=8, weight="bold")
    start = routes[0].days[0].start if routes else None
    if start is not None:
        axes.plot([start.lon], [start.lat], "s", ms=6, color=INK, zorder=5)
    axes.set_xlim(west, east)
    axes.set_ylim(south, north)
    axes.set_aspect(1 / math.cos(math.radians((south + north) / 2)))


def _key_places(
    routes: Sequence[Itinerary], keys: Sequence[str], bounds: Bounds
) -> dict[tuple[float, float], list[str]]:
    """Return where the keys of routes stand: at the main place of each that no other key covers."""
    west, south, east, north = bounds
    made: dict[tuple[float, float], list[str]] = {}

    def apart(one: tuple[float, float], other: tuple[float, float]) -> float:
        across, up = abs(one[0] - other[0]) / (east - west), abs(one[1] - other[1]) / (north - south)
        return max(across / KEY_SIZE[0], up / KEY_SIZE[1])

    for key, route in zip(keys, routes, strict=True):
        main = sorted(route.stops, key=lambda stop: (-(stop.significance or 0), -stop.prize))
        spots = [(stop.lon, stop.lat) for stop in main]
        free = [spot for spot in spots if all(apart(spot, other) >= 1 for other in made)]
        if spots:
            best = free[0] if free else max(spots, key=lambda at: min(apart(at, other) for other in made))
            made.setdefault(best, []).append(key)
    return made


def _beside(axes: Axes, number: int, routes: int) -> Any:  # noqa: ANN401 - of matplotlib
    """Return where a route is drawn: a little beside the others, so that a road that several take shows each dash."""
    from matplotlib.transforms import ScaledTranslation

    lanes = min(routes, LANES)
    points = LANE_PT * (number % lanes - (lanes - 1) / 2) / 72
    return axes.transData + ScaledTranslation(points, -points, axes.figure.dpi_scale_trans)


def _dash(number: int) -> Any:  # noqa: ANN401 - of matplotlib
    return DASHES[number % len(DASHES)]


def _colour(number: int) -> str:
    return COLOURS[number % len(COLOURS)]


def _label(axes: Axes, text: str, at: tuple[float, float], *, size: float, weight: str) -> None:
    import matplotlib.patheffects as effects

    axes.annotate(
        text,
        at,
        xytext=(4, 4),
        textcoords="offset points",
        fontsize=size,
        weight=weight,
        color=INK,
        zorder=6,
        path_effects=[effects.withStroke(linewidth=2.4, foreground="white")],
    )


def _ground(axes: Axes, bounds: Bounds) -> None:
    """Draw rivers and main roads faintly, from the library's own data."""
    for features, colour, width in (
        (basemap.road_features(bounds), ROAD, 0.6),
        (basemap.river_features(), WATER, 1.8),
    ):
        for feature in features["features"]:
            shape = feature["geometry"]
            lines = shape["coordinates"] if shape["type"].startswith("Multi") else [shape["coordinates"]]
            for line in lines:
                ring = line[0] if shape["type"] == "Polygon" else line
                if ring and isinstance(ring[0], list | tuple):
                    axes.plot([p[0] for p in ring], [p[1] for p in ring], color=colour, lw=width, zorder=1)
