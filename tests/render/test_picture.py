"""The still picture: what it shows, where, and that it is the same each time."""

from __future__ import annotations

import dataclasses
import itertools
import math
import os
import re
import struct
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
import pytest
from shapely import LineString, Point

import sample_trips as trips
from routeplanner.cli import main
from routeplanner.errors import RequestError
from routeplanner.render import picture
from routeplanner.render.picture import to_png, to_svg

if TYPE_CHECKING:
    from routeplanner.itinerary import Itinerary


def drawn(trip: Itinerary, lang: str = "vi") -> Any:
    """The figure behind a picture."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(12.8, 9.0), dpi=100)
    FigureCanvasAgg(figure)
    picture.draw_timetable(figure, trip, "Tên", lang)
    picture._draw_map(figure, trip, lang)
    return figure


def test_a_png_has_the_width_asked_for(trip: Itinerary) -> None:
    data = to_png(trip, width_px=640)
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", data[16:24]) == (640, 450)


def test_an_svg_is_well_formed_and_the_same_in_another_process() -> None:
    code = "import sys, sample_trips as t; from routeplanner.render.picture import to_svg; print(to_svg(t.boat_trip()))"
    pages = [
        subprocess.run(
            [sys.executable, "-c", code],
            check=True,
            capture_output=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parent)},
        ).stdout
        for seed in ("1", "2")
    ]
    assert pages[0] == pages[1]
    root = ET.fromstring(pages[0])  # noqa: S314 - our own
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert b"Date" not in pages[0].replace(b"<!--", b"")


def test_every_stop_stands_in_the_timetable_and_on_the_map_where_it_is(trip: Itinerary) -> None:
    figure = drawn(trip)
    axes = figure.axes[0]
    rows = [text.get_text().replace("\n", " ") for text in figure.texts]
    for stop in trip.stops:
        assert f"{stop.arrival:%H:%M}" in rows
        assert any(row.startswith(stop.name_vi[:20]) for row in rows)
    pins = [
        (line.get_xdata()[0], line.get_ydata()[0])
        for line in axes.lines
        if line.get_marker() == "o" and line.get_markersize() == 18
    ]
    assert pins == [(stop.lon, stop.lat) for stop in trip.stops]
    (west, east), (south, north) = axes.get_xlim(), axes.get_ylim()
    assert all(west < lon < east and south < lat < north for lon, lat in pins)


def test_a_kilometre_is_as_long_in_both_directions_and_on_the_scale(trip: Itinerary) -> None:
    figure = drawn(trip)
    figure.canvas.draw()
    axes = figure.axes[0]
    lat = trip.stops[0].lat
    x0, y0 = axes.transData.transform((105.8, lat))
    x1, _ = axes.transData.transform((105.8 + 1 / 103.9, lat))  # a km of longitude at 21° N: 111.32 cos 21°
    _, y1 = axes.transData.transform((105.8, lat + 1 / 110.7))
    assert x1 - x0 == pytest.approx(y1 - y0, rel=0.01)
    scale = axes.lines[-1].get_window_extent()
    km = float(re.fullmatch(r"([\d.]+) km", axes.texts[-1].get_text())[1])
    assert scale.width == pytest.approx(km * (x1 - x0), rel=0.03)


def there_and_back() -> Itinerary:
    """The boat's day, home by the very course by which it came."""
    trip = trips.boat_trip()
    day = trip.days[0]
    out, last = day.legs[0], day.legs[-1]
    back = dataclasses.replace(last, geometry=tuple(reversed(out.geometry)))
    return dataclasses.replace(trip, days=(dataclasses.replace(day, legs=(*day.legs[:-1], back)),))


def test_the_way_back_lies_beside_the_way_out_and_arrows_point_along_both() -> None:
    trip = there_and_back()
    figure = drawn(trip)
    axes = figure.axes[0]
    ways = [line for line in axes.lines if line.get_zorder() == 4]
    out, back = (
        next(
            axes.transData.transform(way.get_xydata())
            for way in ways
            if np.allclose(way.get_xydata()[[0, -1]], [leg.geometry[0], leg.geometry[-1]])
        )
        for leg in (trip.days[0].legs[0], trip.days[0].legs[-1])
    )
    pixel = figure.dpi / 72
    course = LineString(out)
    middle = [Point(spot) for spot in back[3:-3]]
    assert len(middle) > 5
    apart = [course.distance(spot) / pixel for spot in middle]
    assert np.median(apart) > 3  # wider than the line, so that land or water shows between
    assert max(apart) < 8
    for way in (out, back):
        for arrow in (line for line in axes.lines if line.get_zorder() == 4.5):
            spot, line = Point(axes.transData.transform(arrow.get_xydata()[0])), LineString(way)
            if line.distance(spot) > 0.5:
                continue
            at = line.project(spot)
            a, b = line.interpolate(at - 1), line.interpolate(at + 1)
            turned = arrow.get_marker()[2] + 90
            assert math.cos(math.radians(turned) - math.atan2(b.y - a.y, b.x - a.x)) > 0.9
    assert sum(line.get_zorder() == 4.5 for line in axes.lines) >= len(trip.days[0].legs)


@pytest.mark.parametrize(
    ("lang", "words", "north"),
    [
        ("vi", ["Chú giải", "Thuyền", "Điểm dừng, theo thứ tự", "Hướng đi", "Nơi đi, nơi đến"], "B"),
        ("en", ["Legend", "Boat", "Stops, in their order", "Direction", "Start and end"], "N"),
    ],
)
def test_the_map_has_a_legend_in_its_language_that_covers_no_pin(
    lang: str, words: list[str], north: str
) -> None:
    figure = drawn(trips.boat_trip(), lang)
    axes = figure.axes[0]
    texts = {text.get_text(): text for text in axes.texts}
    assert set(words) <= texts.keys()
    assert north in texts
    assert not {"Xe du lịch", "Coach"} & texts.keys()  # only ways that the trip has
    frame = next(p for p in axes.patches if p.get_zorder() == 11).get_window_extent()
    for word in words:
        inside = texts[word].get_window_extent()
        assert frame.x0 < inside.x0 < inside.x1 < frame.x1
        assert frame.y0 < inside.y0 < inside.y1 < frame.y1
    for stop in trips.boat_trip().stops:
        x, y = axes.transData.transform((stop.lon, stop.lat))
        assert not (frame.x0 < x < frame.x1 and frame.y0 < y < frame.y1)


def test_stops_at_one_place_have_each_a_pin_to_be_seen() -> None:
    trip = trips.south_trip()
    day = trip.days[0]
    first, second, *rest = day.stops
    twin = dataclasses.replace(second, lon=first.lon, lat=first.lat)
    figure = drawn(dataclasses.replace(trip, days=(dataclasses.replace(day, stops=(first, twin, *rest)),)))
    axes = figure.axes[0]
    pins = [
        axes.transData.transform(line.get_xydata()[0]) for line in axes.lines if line.get_markersize() == 18
    ]
    assert len(pins) == len(day.stops)
    gaps = [math.dist(a, b) * 72 / figure.dpi for a, b in itertools.combinations(pins, 2)]
    assert min(gaps) > 18  # points, a pin's own width


def test_the_picture_marks_what_is_not_sure_and_says_what_the_signs_mean() -> None:
    trip = trips.south_trip()
    rows = [re.sub(r"[\n\xa0]", " ", text.get_text()) for text in drawn(trip, "en").texts]
    signs = {"known": "", "assumed": "  ≈", "needs_confirmation": "  ?"}
    for stop in trip.stops:
        row = next(row for row in rows if row.startswith(stop.name_en))
        assert row == stop.name_en + signs[stop.certainty]
    assert "≈ hours, visit time or position assumed · ? hours to be confirmed" in rows


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_timetable_keeps_to_its_part_and_says_hours_and_fee(trip: Itinerary, lang: str) -> None:
    long = dataclasses.replace(
        trip.days[0].stops[0], name_vi="Làng " + "rất dài " * 12, name_en="Very long " * 9
    )
    days = (dataclasses.replace(trip.days[0], stops=(long, *trip.days[0].stops[1:])), *trip.days[1:])
    shown = dataclasses.replace(trip, days=days)
    figure = drawn(shown, lang)
    boxes = [text.get_window_extent() for text in figure.texts]
    assert max(box.x1 for box in boxes) < figure.axes[0].get_window_extent().x0
    assert min(box.y0 for box in boxes) > 0
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[i + 1 :])
    said = " ".join(text.get_text().replace("\n", " ") for text in figure.texts)
    for stop in shown.stops:
        assert all(f"{opens:%H:%M}–" in said for opens, _ in stop.opening)
        assert not stop.fee_vnd or ("vé" if lang == "vi" else "entrance") in said


def test_names_do_not_lie_over_each_other(trip: Itinerary) -> None:
    figure = drawn(trip)
    boxes = [t.get_window_extent() for t in figure.axes[0].texts if len(t.get_text()) > 4]
    assert len(boxes) > len(trip.stops)
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[i + 1 :])


def test_texts_are_no_formulas_and_settings_of_the_user_stay() -> None:
    before = dict(mpl.rcParams)
    trip = trips.south_trip()
    to_svg(trip, title="50 $ \\frac $ {x} <b>", lang="en")
    assert dict(mpl.rcParams) == before


def test_bad_input_is_refused() -> None:
    trip = trips.south_trip()
    for call in (
        lambda: to_svg(trip, lang="fr"),
        lambda: to_png(trip, width_px=5),
        lambda: to_svg(trips.make_trip([], {}, bound_share=None)),
    ):
        with pytest.raises(RequestError):
            call()


def test_the_command_line_writes_map_and_pictures(tmp_path: Path) -> None:
    files = {name: tmp_path / f"trip.{name}" for name in ("html", "svg", "png")}
    line = ["plan", "--corridor", "south", "--date", "2027-03-13", "--max-stops", "2", "--time-limit", "1"]
    outputs = ["--map", files["html"], "--svg", files["svg"], "--png", files["png"]]
    assert main([*line, *map(str, outputs)]) == 0
    assert "Content-Security-Policy" in files["html"].read_text(encoding="utf-8")
    assert ET.fromstring(files["svg"].read_bytes()).tag.endswith("svg")  # noqa: S314 - our own
    assert files["png"].read_bytes()[1:4] == b"PNG"
