"""What a still picture's map needs beside places: ways that keep to the right, arrows, a legend, north, the scale.

Everything is measured in points (1/72 inch) and drawn in pixels of the canvas; matplotlib is imported by the caller.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from routeplanner.render.picture_list import INK, PAPER, SOFT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = [
    "Box",
    "Sample",
    "apart",
    "arrow_places",
    "draw_legend",
    "draw_north",
    "draw_scale",
    "keep_right",
    "overlap",
]

Box = tuple[float, float, float, float]
"""Left, bottom, right, top in pixels of the canvas."""

Spot = tuple[float, float]

_ARROW_EVERY, _SHORTEST_WITH_ARROW = 95.0, 26.0
_ROW, _PAD, _LINE = 14.0, 9.0, 26.0


def keep_right(line: Sequence[Spot], reach: float) -> list[Spot]:
    """Return a line moved to the right of its direction, so that a way out and the same way back lie side by side.

    Parameters
    ----------
    line
        Positions in pixels, y upwards.
    reach
        How far, in pixels; the ends stay on their places.

    Examples
    --------
    >>> keep_right([(0, 0), (10, 0), (20, 0)], 2.0)[1], keep_right([(20, 0), (10, 0), (0, 0)], 2.0)[1]
    ((10.0, -2.0), (10.0, 2.0))
    """
    thinned = _thinned(line, 0.6 * reach)
    moved = [_moved(*three, reach) for three in zip(thinned, thinned[1:], thinned[2:], strict=False)]
    if len(thinned) == 2:  # a straight way bends aside at its quarters
        (x, y), (u, v) = thinned
        inner = [(x + (u - x) * share, y + (v - y) * share) for share in (0.12, 0.5, 0.88)]
        return (
            keep_right([thinned[0], *inner, thinned[1]], reach)
            if math.dist(*thinned) > 8 * reach
            else thinned
        )
    return [thinned[0], *moved, thinned[-1]]


def _moved(before: Spot, here: Spot, after: Spot, reach: float) -> Spot:
    ux, uy = _unit(before, here)
    vx, vy = _unit(here, after)
    nx, ny = uy + vy, -(ux + vx)
    length = math.hypot(nx, ny)
    if length < 0.3:  # a hairpin has no right-hand side
        return (float(here[0]), float(here[1]))
    share = reach * min(1.6, 2 / length) / length
    return (here[0] + nx * share, here[1] + ny * share)


def _unit(start: Spot, end: Spot) -> Spot:
    length = math.dist(start, end)
    return ((end[0] - start[0]) / length, (end[1] - start[1]) / length) if length else (0.0, 0.0)


def _thinned(line: Sequence[Spot], least: float) -> list[Spot]:
    """Return a line without positions closer than that, which would bend wildly when moved."""
    kept = [line[0]]
    for spot in line[1:-1]:
        if math.dist(spot, kept[-1]) >= least:
            kept.append(spot)
    while len(kept) > 1 and math.dist(kept[-1], line[-1]) < least:
        kept.pop()
    return [*kept, line[-1]]


def arrow_places(line: Sequence[Spot], pixel: float) -> Iterator[tuple[Spot, float]]:
    """Yield where arrows stand on a line and the angle in degrees at which they point; short lines have none.

    Examples
    --------
    >>> list(arrow_places([(0, 0), (0, 60)], 1.0))
    [((0.0, 30.0), 90.0)]
    """
    total = sum(math.dist(a, b) for a, b in itertools.pairwise(line))
    if total < _SHORTEST_WITH_ARROW * pixel:
        return
    count = max(1, round(total / (_ARROW_EVERY * pixel)))
    wanted = [total * (number + 0.5) / count for number in range(count)]
    gone = 0.0
    for a, b in itertools.pairwise(line):
        length = math.dist(a, b)
        while wanted and gone + length >= wanted[0] and length:
            share = (wanted.pop(0) - gone) / length
            spot = (a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share)
            yield spot, math.degrees(math.atan2(b[1] - a[1], b[0] - a[0]))
        gone += length


def apart(spots: Sequence[Spot], gap: float) -> list[Spot]:
    """Return positions moved so that no two are closer than a gap; those that are free stay where they are.

    Examples
    --------
    >>> import math
    >>> a, b, c = apart([(0, 0), (0, 0), (100, 0)], 20)
    >>> round(math.dist(a, b)) >= 20, c
    (True, (100, 0))
    """
    at = list(spots)
    for _ in range(80):
        still = True
        for i, j in itertools.combinations(range(len(at)), 2):
            away = math.dist(at[i], at[j])
            if away >= gap:
                continue
            ux, uy = _unit(at[i], at[j]) if away > 0.5 else (math.cos(j), math.sin(j))
            step = (gap - away) / 2 + 0.2
            at[j] = (at[j][0] + ux * step, at[j][1] + uy * step)
            at[i] = (at[i][0] - ux * step, at[i][1] - uy * step)
            still = False
        if still:
            break
    return at


def overlap(a: Box, b: Box) -> float:
    """Return the area that two boxes share."""
    wide, high = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    return wide * high if wide > 0 and high > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Sample:
    """A row of the legend.

    Parameters
    ----------
    text
        What it means.
    style
        Options of a line as it is drawn on the map, or nothing.
    mark
        Number in a circle, or nothing.
    colour
        Of the circle.
    arrow
        Whether an arrow stands on the line.
    """

    text: str
    style: tuple[tuple[str, Any], ...] = ()
    mark: str = ""
    colour: str = INK
    arrow: bool = False


def draw_legend(axes: Any, title: str, samples: Sequence[Sample], busy: Sequence[Box]) -> Box:  # noqa: ANN401
    """Draw the legend in the corner of the map in which it covers least, and return its place."""
    from matplotlib.transforms import IdentityTransform

    pixel = axes.figure.dpi / 72
    texts = [
        axes.text(0, 0, text, fontsize=8, color=INK, va="center", transform=IdentityTransform(), zorder=12,
                  fontweight="bold" if text is title else "normal")
        for text in (title, *(sample.text for sample in samples))
    ]  # fmt: skip
    widest = max(text.get_window_extent().width for text in texts)
    wide = widest + (2 * _PAD + _LINE + 7) * pixel
    high = ((len(texts)) * _ROW + 2 * _PAD - 4) * pixel
    place = _corner(axes, (wide, high), busy, pixel)
    _draw_frame(axes, place, pixel)
    for number, text in enumerate(texts):
        y = place[3] - (_PAD - 2 + (number + 0.5) * _ROW) * pixel
        text.set_position((place[0] + (_PAD + (_LINE + 7) * bool(number)) * pixel, y))
        if number:
            _draw_sample(axes, samples[number - 1], place[0] + _PAD * pixel, y, pixel)
    return place


def _corner(axes: Any, size: Spot, busy: Sequence[Box], pixel: float) -> Box:  # noqa: ANN401
    frame, edge, low = axes.get_window_extent(), 12 * pixel, 46 * pixel  # the scale stands below
    lefts = (frame.x0 + edge, frame.x1 - edge - size[0])
    bottoms = (frame.y0 + low, frame.y1 - edge - size[1])
    places = [(x, y, x + size[0], y + size[1]) for y in bottoms for x in lefts]
    return min(places, key=lambda place: sum(overlap(place, box) for box in busy))


def _draw_frame(axes: Any, place: Box, pixel: float) -> None:  # noqa: ANN401
    from matplotlib.patches import FancyBboxPatch
    from matplotlib.transforms import IdentityTransform

    axes.add_patch(
        FancyBboxPatch(
            place[:2], place[2] - place[0], place[3] - place[1],
            boxstyle=f"round,pad=0,rounding_size={5 * pixel}", transform=IdentityTransform(), facecolor=PAPER,
            edgecolor="#c9c2b0", linewidth=0.8, zorder=11,
        )
    )  # fmt: skip


def _draw_sample(axes: Any, sample: Sample, x: float, y: float, pixel: float) -> None:  # noqa: ANN401
    from matplotlib.transforms import IdentityTransform

    plain = {"transform": IdentityTransform(), "zorder": 12}
    middle = x + _LINE * pixel / 2
    if sample.style:
        axes.plot([x, x + _LINE * pixel], [y, y], **dict(sample.style), **plain)
    if sample.arrow:
        axes.plot([middle], [y], marker=(3, 0, -90), ms=6.5, color=sample.colour, mec=PAPER, mew=0.7, **plain)
    if sample.mark:
        axes.plot([middle], [y], "o", ms=11, color=sample.colour, mec=PAPER, mew=1, **plain)
        axes.text(middle, y - 0.4 * pixel, sample.mark, fontsize=6.5, color="white", ha="center", va="center",
                  fontweight="bold", transform=IdentityTransform(), zorder=13)  # fmt: skip
    elif not sample.style and not sample.arrow:
        axes.plot([middle], [y], "o", ms=7, color=sample.colour, mec=PAPER, mew=1, **plain)


def draw_north(axes: Any, letter: str) -> Box:  # noqa: ANN401
    """Draw an arrow to the north in the upper left corner, and return its place."""
    from matplotlib.transforms import IdentityTransform

    pixel, frame = axes.figure.dpi / 72, axes.get_window_extent()
    x, y = frame.x0 + 20 * pixel, frame.y1 - 20 * pixel
    plain = {"transform": IdentityTransform(), "zorder": 10}
    axes.plot([x, x], [y - 14 * pixel, y + 2 * pixel], color=SOFT, lw=1.3, **plain)
    axes.plot([x], [y + 2 * pixel], marker=(3, 0, 0), ms=8, color=SOFT, **plain)
    axes.text(x, y - 21 * pixel, letter, fontsize=8.5, color=SOFT, ha="center", va="center", **plain)
    return (x - 9 * pixel, y - 28 * pixel, x + 9 * pixel, y + 8 * pixel)


def draw_scale(axes: Any, lat: float) -> None:  # noqa: ANN401
    """Draw the scale in the lower left corner."""
    west, east = axes.get_xlim()
    km = (east - west) * 111.2 * math.cos(math.radians(lat))
    length = max(step for step in (0.5, 1, 2, 5, 10, 20, 50, 100, 200) if step <= max(km / 5, 0.5))
    share = length / km
    axes.plot([0.03, 0.03 + share], [0.03, 0.03], color=SOFT, lw=1.5, transform=axes.transAxes, zorder=9)
    axes.text(0.03, 0.036, f"{length:g} km", transform=axes.transAxes, fontsize=8.5, color=SOFT, zorder=9)
