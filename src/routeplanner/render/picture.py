"""An itinerary as a still picture for print, reports and README: no browser, no network.

Needs matplotlib: ``pip install "routeplanner[picture]"``. Imported only where a picture is asked for.
"""

from __future__ import annotations

import io
import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from routeplanner._text import nfc
from routeplanner.errors import RequestError
from routeplanner.itinerary_remarks import lodging_name
from routeplanner.itinerary_text import LANGUAGES, mode_words
from routeplanner.render import basemap
from routeplanner.render.features import leg_features, positions
from routeplanner.render.given import checked, itinerary_faults, title_faults
from routeplanner.render.maps import titles_of
from routeplanner.render.pairs import short_names, stop_mark, upper_first
from routeplanner.render.picture_list import DAY_COLOURS, INK, PAPER, SOFT, draw_timetable
from routeplanner.render.picture_marks import (
    Box,
    Sample,
    apart,
    arrow_places,
    draw_legend,
    draw_north,
    draw_scale,
    keep_right,
    overlap,
)
from routeplanner.render.sections import is_way_home, sections_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from routeplanner.itinerary import Itinerary, Stop, Terminal
    from routeplanner.render.pairs import Pair

__all__ = ["to_png", "to_svg"]

_LAND = "#f2f0e8"
_WATER, _SEA, _HALO = "#b6d7e6", "#d1e3e8", "#f7f5ee"
_ROADS = {
    "sketch": ("#d6d1c3", 0.5),
    "minor": ("#d6d1c3", 0.6),
    "middle": ("#d6d1c3", 1.0),
    "major": ("#c9c2b0", 1.6),
}
_DASHES: dict[str, Any] = {
    "boat": (0, (4, 2.4)),
    "ferry": (0, (4, 2.4)),
    "foot": (0, (0.1, 2)),
    "bicycle": (0, (0.1, 2)),
    "air": (0, (4, 2)),
    "rail": (0, (5, 1, 1, 1)),
    "guess": (0, (2.4, 2)),
}
_INCHES = (12.8, 9.0)
_SPLIT = 0.34
"""Share of the width that the timetable takes."""

_MARGIN = 0.14
_ASIDE = 2.0
"""How many points a way lies to the right of its course."""

_PIN_GAP = 19.5
"""Least distance of two pins in points."""

_MOST_HIDDEN = 0.12
"""Share of a name that may lie over something else; beyond it the number and the timetable must do."""

_HEAP_POINTS, _HEAP_FROM = 13, 5
"""From how many stops within how many points of each other a heap is one sign."""


def to_svg(trip: Itinerary, *, lang: str = "vi", title: str | Pair | None = None) -> str:
    """Return the itinerary as a picture in SVG: its timetable beside its map.

    Letters are drawn as outlines, so that Vietnamese reads the same with any fonts. The same itinerary gives
    the same text with the same matplotlib.

    Parameters
    ----------
    trip
        The itinerary.
    lang
        ``"vi"`` or ``"en"``.
    title
        Headline, one text or a pair (Vietnamese, English); by default as on the map.

    Raises
    ------
    RequestError
        When `lang` is unknown, the itinerary has no day, or matplotlib is not installed.

    Examples
    --------
    >>> from pathlib import Path
    >>> from datetime import date
    >>> import routeplanner as rp
    >>> network = rp.build_network(rp.load_sites())
    >>> trip = rp.plan(network, rp.TripRequest(corridor="south", first_day=date(2027, 3, 13)))
    >>> Path("trip.svg").write_text(rp.to_svg(trip, lang="en"), encoding="utf-8") > 50_000
    True
    """
    stream = io.BytesIO()
    _write(trip, stream, lang=lang, title=title, form="svg", dpi=72)
    return stream.getvalue().decode("utf-8")


def to_png(
    trip: Itinerary, *, lang: str = "vi", title: str | Pair | None = None, width_px: int = 1920
) -> bytes:
    """Return the itinerary as a picture in PNG (see `to_svg`).

    Parameters
    ----------
    trip, lang, title
        As for `to_svg`.
    width_px
        Width in pixels, 320 to 10,000; the height is 9/12.8 of it.

    Raises
    ------
    RequestError
        As `to_svg`, and when the width is out of range.

    Examples
    --------
    >>> from pathlib import Path
    >>> from datetime import date
    >>> import routeplanner as rp
    >>> network = rp.build_network(rp.load_sites())
    >>> trip = rp.plan(network, rp.TripRequest(corridor="south", first_day=date(2027, 3, 13)))
    >>> Path("trip.png").write_bytes(rp.to_png(trip, width_px=640)) > 20_000
    True
    """
    if not isinstance(width_px, int) or not 320 <= width_px <= 10_000:
        raise RequestError(
            [f"width_px: {width_px!r} is no whole number from 320 to 10000"], subject="picture"
        )
    stream = io.BytesIO()
    _write(trip, stream, lang=lang, title=title, form="png", dpi=width_px / _INCHES[0])
    return stream.getvalue()


def _write(
    trip: Itinerary, stream: io.BytesIO, *, lang: str, title: str | Pair | None, form: str, dpi: float
) -> None:
    faults = itinerary_faults(trip)
    checked(lang, None, faults if title is None else [*faults, *title_faults("title", title)])
    try:
        import matplotlib as mpl
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError as error:
        remedy = 'install it with pip install "routeplanner[picture]"'
        raise RequestError([f"matplotlib: it is not installed; {remedy}"], subject="picture") from error
    with mpl.rc_context({"svg.hashsalt": "routeplanner", "svg.fonttype": "path", "text.parse_math": False}):
        figure = Figure(figsize=_INCHES, dpi=dpi, facecolor=PAPER)
        FigureCanvasAgg(figure)
        headline = titles_of(trip, title).title[LANGUAGES.index(lang)]
        draw_timetable(figure, trip, nfc(headline), lang)
        _draw_map(figure, trip, lang)
        metadata = {"Date": None, "Title": nfc(headline)} if form == "svg" else {"Title": nfc(headline)}
        figure.savefig(stream, format=form, dpi=dpi, facecolor=PAPER, metadata=metadata)


# --- the map ---------------------------------------------------------------------------------------


def _draw_map(figure: Any, itinerary: Itinerary, lang: str) -> None:  # noqa: ANN401
    axes = figure.add_axes((_SPLIT, 0, 1 - _SPLIT, 1))
    axes.set(facecolor=_LAND, xticks=[], yticks=[])
    axes.spines[:].set_visible(False)
    lat = _frame(axes, list(positions(itinerary)))
    axes.set_aspect(1 / math.cos(math.radians(lat)), adjustable="box", anchor="C")
    (west, east), (south, north) = axes.get_xlim(), axes.get_ylim()
    wide = basemap.is_country_wide(list(positions(itinerary)))
    if wide:
        _draw_country(axes)
    _draw_ground(axes, (west, south, east, north))
    for feature in leg_features(sections_of(itinerary))["features"]:
        _draw_leg(axes, feature)
    heaps = _heaps(axes, itinerary)
    hidden = {pin for heap in heaps for pin in heap}
    spots = _spots(axes, itinerary, hidden)
    taken = [*_draw_pins(axes, itinerary, spots), *_draw_heaps(axes, heaps, lang)]
    crossed = list(_along(axes, itinerary))
    title = ("Chú giải", "Legend")[LANGUAGES.index(lang)]
    samples = _samples(itinerary, lang, heaped=bool(heaps))
    taken += [draw_north(axes, "B" if lang == "vi" else "N")]
    taken += [draw_legend(axes, title, samples, [*taken, *crossed])]
    heaped = {stop.site_id for heap in heaps for stop in heap.values()} | _beside(axes, itinerary, heaps)
    busy = _Busy(taken, crossed)
    _draw_labels(axes, itinerary, lang, busy, spots, heaped)
    towns = basemap.country_name_features() if wide else basemap.town_features((west, south, east, north))
    _draw_towns(axes, towns, lang, busy)
    draw_scale(axes, lat)


def _frame(axes: Any, where: Sequence[tuple[float, float]]) -> float:  # noqa: ANN401
    """Set the limits so that they fill the axes whole, and return the latitude of the middle."""
    lons, lats = zip(*where, strict=True)
    lon: float = (min(lons) + max(lons)) / 2
    lat: float = (min(lats) + max(lats)) / 2
    shrink = math.cos(math.radians(lat))
    wide, high = (1 - _SPLIT) * _INCHES[0], _INCHES[1]
    least = 0.05  # degrees: some 5 km
    span = max((max(lons) - min(lons)) * shrink / wide, (max(lats) - min(lats)) / high, least / high)
    half_x, half_y = (span * side * (0.5 + _MARGIN) for side in (wide / shrink, high))
    axes.set_xlim(lon - half_x, lon + half_x)
    axes.set_ylim(lat - half_y, lat + half_y)
    return lat


def _draw_country(axes: Any) -> None:  # noqa: ANN401
    sea, borders = basemap.outline_features()["features"]
    axes.set(facecolor=_SEA)
    for ring in sea["geometry"]["coordinates"][1:]:  # the first is the frame of the sea
        axes.fill(*zip(*ring, strict=True), color=_LAND, zorder=0.5, lw=0)
    for line in borders["geometry"]["coordinates"]:
        axes.plot(*zip(*line, strict=True), color=_ROADS["major"][0], lw=0.9, zorder=0.6)


def _draw_ground(axes: Any, bounds: basemap.Bounds) -> None:  # noqa: ANN401
    for feature in basemap.river_features()["features"]:
        axes.plot(*zip(*feature["geometry"]["coordinates"], strict=True), color=_WATER, lw=12, zorder=1,
                  solid_capstyle="round", solid_joinstyle="round")  # fmt: skip
    for feature in basemap.lake_features(bounds)["features"]:
        for ring in feature["geometry"]["coordinates"]:
            axes.fill(*zip(*ring, strict=True), color=_WATER, zorder=1, lw=0)
    for feature in basemap.road_features(bounds)["features"]:
        colour, width = _ROADS[feature["properties"]["class"].removeprefix("road ")]
        for line in feature["geometry"]["coordinates"]:
            axes.plot(*zip(*line, strict=True), color=colour, lw=width, zorder=2)


def _draw_leg(axes: Any, feature: dict[str, Any]) -> None:  # noqa: ANN401
    _, mode, *rest = feature["properties"]["class"].split()
    home, guess = "home" in rest, "guess" in rest
    line, pixel = feature["geometry"]["coordinates"], axes.figure.dpi / 72
    course = [tuple(spot) for spot in axes.transData.transform(_arc(*line) if _flies(mode, line) else line)]
    # As on the right of a road, so that the way out and the way back both show.
    course = course if _flies(mode, line) else keep_right(course, _ASIDE * pixel)
    xs, ys = zip(*axes.transData.inverted().transform(course), strict=True)
    colour = DAY_COLOURS[(feature["properties"]["day"] - 1) % len(DAY_COLOURS)]
    casing = 3.2 if home or guess or mode == "air" else 4.4
    axes.plot(xs, ys, color=_HALO, lw=casing, zorder=3, solid_capstyle="round")
    axes.plot(xs, ys, color=colour, zorder=4, **_line_style(mode, home=home, guess=guess))
    for spot, angle in arrow_places(course, pixel):
        x, y = axes.transData.inverted().transform(spot)
        axes.plot([x], [y], marker=(3, 0, angle - 90), ms=8.5, color=colour, mec=_HALO, mew=0.9, zorder=4.5)


def _flies(mode: str, line: Sequence[Any]) -> bool:
    return mode == "air" and len(line) == 2


def _line_style(mode: str, *, home: bool, guess: bool) -> dict[str, Any]:
    dashes = _DASHES["guess"] if guess and mode not in _DASHES else _DASHES.get(mode, "solid")
    return {
        "lw": 1.5 if home else 1.7 if guess or mode == "air" else 2.3,
        "alpha": 0.75 if home else 1,
        "linestyle": dashes,
        "solid_capstyle": "round",
        "dash_capstyle": "butt" if mode in ("boat", "ferry") else "round",
    }


def _samples(itinerary: Itinerary, lang: str, *, heaped: bool) -> list[Sample]:
    """Return the rows of the legend: numbers, days, ways by mode, direction, the way home, start and end."""
    index, count = LANGUAGES.index(lang), len(itinerary.days)
    legs = [leg for day in itinerary.days for leg in day.legs]
    words = [("Điểm dừng, theo thứ tự", "Stops, in their order")] if count == 1 else []
    rows = [Sample(pair[index], mark="1", colour=DAY_COLOURS[0]) for pair in words]
    for number in range(1, count + 1) if count > 1 else ():
        text = (f"Ngày {number} ({number}.1, {number}.2, …)", f"Day {number} ({number}.1, {number}.2, …)")
        colour = DAY_COLOURS[(number - 1) % len(DAY_COLOURS)]
        rows.append(Sample(text[index], mark=str(number), colour=colour))
    if heaped:
        rows.append(
            Sample(
                ("n điểm: nhiều điểm gần nhau", "n stops: many close together")[index], mark="n", colour=SOFT
            )
        )
    for mode in dict.fromkeys(leg.mode for leg in legs):
        style = {"color": DAY_COLOURS[0], **_line_style(mode, home=False, guess=False)}
        rows.append(Sample(upper_first(mode_words(mode, lang)), style=tuple(style.items())))
    if any(leg.estimated for leg in legs):
        style = {"color": DAY_COLOURS[0], **_line_style("coach", home=False, guess=True)}
        rows.append(
            Sample(("Ước tính: chưa rõ đường", "Estimated: road unknown")[index], style=tuple(style.items()))
        )
    if legs and is_way_home(sections_of(itinerary)[-1]):
        style = {"color": DAY_COLOURS[0], **_line_style(legs[-1].mode, home=True, guess=False)}
        rows.append(Sample(("Chặng về", "Way home")[index], style=tuple(style.items())))
    rows.append(Sample(("Hướng đi", "Direction")[index], colour=DAY_COLOURS[0], arrow=True))
    return [*rows, Sample(("Nơi đi, nơi đến", "Start and end")[index])]


def _arc(start: Sequence[float], end: Sequence[float]) -> list[tuple[float, float]]:
    """Return a flight as a curve, which no one takes for a road."""
    bend_x = (start[0] + end[0]) / 2 - 0.16 * (end[1] - start[1])
    bend_y = (start[1] + end[1]) / 2 + 0.16 * (end[0] - start[0])
    shares = [step / 32 for step in range(33)]
    return [
        (
            (1 - t) ** 2 * start[0] + 2 * (1 - t) * t * bend_x + t**2 * end[0],
            (1 - t) ** 2 * start[1] + 2 * (1 - t) * t * bend_y + t**2 * end[1],
        )
        for t in shares
    ]


Pin = tuple[int, int]
"""Number of a day and of a stop within it, both from 1."""

Spot = tuple[float, float]
"""Longitude and latitude of where a pin stands."""


def _heaps(axes: Any, itinerary: Itinerary) -> list[dict[Pin, Stop]]:  # noqa: ANN401
    """Return the stops that would cover each other, since a whole city is a few points wide."""
    reach = _HEAP_POINTS * axes.figure.dpi / 72
    free = {
        (number, order): stop
        for number, day in enumerate(itinerary.days, 1)
        for order, stop in enumerate(day.stops, 1)
    }
    spots = {pin: axes.transData.transform((stop.lon, stop.lat)) for pin, stop in free.items()}
    heaps = []
    while free:
        grown = [next(iter(free))]
        heap = {grown[0]: free.pop(grown[0])}
        for here in grown:
            near = [other for other in free if math.dist(spots[other], spots[here]) < reach]
            grown += near
            heap |= {other: free.pop(other) for other in near}
        if len(heap) >= _HEAP_FROM:
            heaps.append(heap)
    return heaps


def _beside(axes: Any, itinerary: Itinerary, heaps: Sequence[dict[Pin, Stop]]) -> set[str]:  # noqa: ANN401
    """Return the starts and ends that lie within a heap."""
    reach = _HEAP_POINTS * axes.figure.dpi / 72
    stops = [axes.transData.transform((stop.lon, stop.lat)) for heap in heaps for stop in heap.values()]
    ends = {place.site_id: place for day in itinerary.days for place in (day.start, day.end)}
    return {
        key
        for key, place in ends.items()
        if any(math.dist(axes.transData.transform((place.lon, place.lat)), stop) < reach for stop in stops)
    }


def _draw_heaps(axes: Any, heaps: Sequence[dict[Pin, Stop]], lang: str) -> Iterator[Box]:  # noqa: ANN401
    """Write a heap as the numbers of its days, each in its colour, and how many stops there are."""
    pixel = axes.figure.dpi / 72
    for heap in heaps:
        where = tuple(
            sum(axis) / len(heap) for axis in zip(*((s.lon, s.lat) for s in heap.values()), strict=True)
        )
        days = sorted({number for number, _ in heap})
        text = f"{len(heap)} {'điểm' if lang == 'vi' else 'stops'}"
        half = (17 * len(days) + 6.6 * len(text) + 14) / 2
        _draw_pill(axes, where, half)
        for place, number in enumerate(days):
            badge = {
                "boxstyle": "circle,pad=0.3",
                "facecolor": DAY_COLOURS[(number - 1) % len(DAY_COLOURS)],
                "edgecolor": "none",
            }
            offset = (-half + 12 + 17 * place, 0)
            axes.annotate(str(number), where, offset, textcoords="offset points", color="white", fontsize=8.5,
                          fontweight="bold", ha="center", va="center", bbox=badge, zorder=9)  # fmt: skip
        axes.annotate(text, where, (half - 8, 0), textcoords="offset points", color=INK, fontsize=9,
                      fontweight="bold", ha="right", va="center", zorder=9)  # fmt: skip
        x, y = axes.transData.transform(where)
        yield (x - half * pixel, y - 11 * pixel, x + half * pixel, y + 11 * pixel)


def _draw_pill(axes: Any, where: Sequence[float], half: float) -> None:  # noqa: ANN401
    from matplotlib.patches import FancyBboxPatch
    from matplotlib.transforms import IdentityTransform

    pixel = axes.figure.dpi / 72
    x, y = axes.transData.transform(where)
    pill = FancyBboxPatch(
        (x - (half - 11) * pixel, y - 0.5 * pixel), 2 * (half - 11) * pixel, pixel,
        boxstyle=f"round,pad={10.5 * pixel},rounding_size={10.5 * pixel}",
        transform=IdentityTransform(), facecolor=PAPER, edgecolor=SOFT, linewidth=1, zorder=8.5,
    )  # fmt: skip
    axes.add_patch(pill)


def _spots(axes: Any, itinerary: Itinerary, hidden: Collection[Pin]) -> dict[Pin, tuple[Stop, Spot]]:  # noqa: ANN401
    """Return the stops that have a pin of their own, each with where it stands, so that none covers another."""
    free = {
        (number, order): stop
        for number, day in enumerate(itinerary.days, 1)
        for order, stop in enumerate(day.stops, 1)
        if (number, order) not in hidden
    }
    homes = [tuple(axes.transData.transform((stop.lon, stop.lat))) for stop in free.values()]
    moved = apart(homes, _PIN_GAP * axes.figure.dpi / 72)
    return {
        pin: (
            stop,
            (stop.lon, stop.lat) if home == spot else tuple(axes.transData.inverted().transform(spot)),
        )
        for (pin, stop), home, spot in zip(free.items(), homes, moved, strict=True)
    }


def _draw_pins(axes: Any, itinerary: Itinerary, spots: Mapping[Pin, tuple[Stop, Spot]]) -> list[Box]:  # noqa: ANN401
    pixel = axes.figure.dpi / 72
    taken: list[Box] = []
    for day in itinerary.days:
        for place in (day.start, day.end):
            axes.plot(place.lon, place.lat, "o", ms=8, color=INK, mec=_HALO, mew=1.6, zorder=5)
            taken.append(_around(axes, (place.lon, place.lat), 5 * pixel))
    for pin, (stop, spot) in spots.items():
        if spot != (stop.lon, stop.lat):
            axes.plot(*zip((stop.lon, stop.lat), spot, strict=True), color=INK, lw=1.2, alpha=0.7, zorder=5.5)
        colour, mark = DAY_COLOURS[(pin[0] - 1) % len(DAY_COLOURS)], stop_mark(*pin, len(itinerary.days))
        axes.plot(*spot, "o", ms=18, color=colour, mec=_HALO, mew=1.8, zorder=6)
        axes.annotate(mark, spot, color="white", fontsize=8 if len(mark) > 2 else 9,
                      fontweight="bold", ha="center", va="center_baseline", zorder=7)  # fmt: skip
        taken.append(_around(axes, spot, 10 * pixel))
    return taken


def _around(axes: Any, spot: Spot, reach: float) -> Box:  # noqa: ANN401
    x, y = axes.transData.transform(spot)
    return (x - reach, y - reach, x + reach, y + reach)


def _along(axes: Any, itinerary: Itinerary) -> Iterator[Box]:  # noqa: ANN401
    """Yield small boxes along the way, which names rather do not cover."""
    reach = 2 * axes.figure.dpi / 72
    for leg in (leg for day in itinerary.days for leg in day.legs):
        ends = axes.transData.transform(leg.geometry).tolist()
        for (x, y), (u, v) in itertools.pairwise(ends):
            parts = max(1, round(math.hypot(u - x, v - y) / (3 * reach)))
            for part in range(parts):
                px, py = x + (u - x) * part / parts, y + (v - y) * part / parts
                yield (px - reach, py - reach, px + reach, py + reach)


@dataclass(frozen=True, slots=True)
class _Busy:
    """What names keep clear of: pins, signs and other names, which they must not cover, and ways, which they may."""

    solid: list[Box]
    crossed: list[Box]

    def price(self, box: Box) -> float:
        """Return what a name there would cover; what is solid weighs more."""
        return 4 * self.hidden(box) + sum(overlap(box, other) for other in self.crossed)

    def hidden(self, box: Box) -> float:
        """Return the area of a name that lies over something solid."""
        return sum(overlap(box, other) for other in self.solid)


def _draw_labels(
    axes: Any,  # noqa: ANN401
    itinerary: Itinerary,
    lang: str,
    busy: _Busy,
    spots: Mapping[Pin, tuple[Stop, Spot]],
    heaped: Collection[str],
) -> None:
    index = LANGUAGES.index(lang)
    ends = {
        place.site_id: (_end_label(place, night=night)[index], (place.lon, place.lat), "normal")
        for section in sections_of(itinerary)
        for place, night in (
            (section.day.start, section.from_lodging),
            (section.day.end, section.to_lodging),
        )
        if place.site_id not in heaped
    }
    stops = {stop.site_id: (short_names(stop)[index], spot, "bold") for stop, spot in spots.values()}
    for text, where, weight in (ends | stops).values():
        _place_text(axes, where, text, busy, fontweight=weight, fontsize=10, must=True)


def _end_label(place: Terminal, *, night: bool) -> Pair:
    return (lodging_name(place) if night else None) or short_names(place)


def _draw_towns(axes: Any, towns: dict[str, Any], lang: str, busy: _Busy) -> None:  # noqa: ANN401
    (west, east), (south, north) = axes.get_xlim(), axes.get_ylim()
    for feature in sorted(towns["features"], key=lambda town: town["properties"].get("rank", 0)):
        text = feature["properties"]["name"][LANGUAGES.index(lang)]
        where = feature["geometry"]["coordinates"]
        if not (west < where[0] < east and south < where[1] < north):
            continue
        capital = feature["properties"].get("style") in ("capital", "here")
        loud = (
            {"color": INK, "fontsize": 9.5, "fontweight": "bold"}
            if capital
            else {"color": SOFT, "fontsize": 8}
        )
        _place_text(axes, where, text, busy, must=capital, **loud)


def _place_text(
    axes: Any,  # noqa: ANN401
    where: Sequence[float],
    text: str,
    busy: _Busy,
    *,
    must: bool,
    **style: Any,  # noqa: ANN401
) -> None:
    """Write a name beside its place where it covers nothing; a name without need or room gives way."""
    from matplotlib.patheffects import withStroke

    halo = [withStroke(linewidth=2.6, foreground=_HALO)]
    shown = axes.annotate(
        text,
        where,
        (0, 0),
        textcoords="offset points",
        zorder=8,
        path_effects=halo,
        **({"color": INK} | style),
    )
    size = shown.get_window_extent(axes.figure.canvas.get_renderer())
    pixel = axes.figure.dpi / 72
    wide, high = size.width / pixel, size.height / pixel
    offsets = [(13, -high / 2), (-13 - wide, -high / 2), (-wide / 2, 12), (-wide / 2, -12 - high)]
    offsets += [(9, 8), (9, -8 - high), (-9 - wide, 8), (-9 - wide, -8 - high)]
    frame = axes.get_window_extent()
    choices = []
    for rank, (dx, dy) in enumerate(offsets if must else [(-wide / 2, -high / 2)]):
        x, y = axes.transData.transform(where)
        left, low = x + dx * pixel, y + dy * pixel
        box = (left, low, left + size.width, low + size.height)
        outside = box[0] < frame.x0 or box[2] > frame.x1 or box[1] < frame.y0 or box[3] > frame.y1
        choices.append((busy.price(box) + 1e6 * outside, rank, (dx, dy), box))
    cost, _, offset, box = min(choices)
    if (cost > 0 and not must) or busy.hidden(box) > _MOST_HIDDEN * size.width * size.height:
        shown.remove()
        return
    shown.set_position(offset)
    busy.solid.append(box)
