"""A trip through the whole country on one map: coast and names, heaps, flights and trains, ways that nobody knows."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
import shapely

import routeplanner
import sample_trips as trips
from conftest import until
from routeplanner.render import basemap, picture
from routeplanner.render.maps import map_itinerary, map_programme, map_sites
from routeplanner.render.publish import to_html
from test_accessible import faults
from test_maps import decoded, page_data

if TYPE_CHECKING:
    from conftest import Opened

Show = Callable[..., "Opened"]
BROWSER = pytest.mark.browser


def inside(lon: float, lat: float, rings: list[Any]) -> bool:
    """Whether a ray to the east crosses rings an odd number of times."""
    crossings = 0
    for ring in rings:
        for (x1, y1), (x2, y2) in itertools.pairwise(ring):
            if (y1 > lat) != (y2 > lat) and lon < x1 + (lat - y1) * (x2 - x1) / (y2 - y1):
                crossings += 1
    return crossings % 2 == 1


def test_the_sea_lies_where_the_sea_is() -> None:
    layer = page_data(to_html(map_itinerary(trips.three_city_trip())))["layers"]["sea"]
    rings = [decoded(ring, 3) for ring in layer["features"][0]["rings"].split(" ")]
    on_land = {name: (lon, lat) for city in trips.CITIES.values() for name, _, lon, lat in city}
    on_land |= {"Vientiane": (102.6, 17.97), "Phú Quốc": (103.99, 10.25), "Hải Nam": (109.8, 19.2)}
    assert [name for name, where in on_land.items() if inside(*where, rings)] == []
    at_sea = [
        (107.5, 20.2),
        (108.9, 17.0),
        (110.5, 13.0),
        (106.0, 8.3),
        (102.5, 9.5),
        (112.0, 16.3),
        (90.0, 15.0),
    ]
    assert [where for where in at_sea if not inside(*where, rings)] == []


def test_the_country_is_drawn_only_where_a_map_needs_it_and_with_its_credit() -> None:
    near, far = (to_html(map_itinerary(trip)) for trip in (trips.two_day_trip(), trips.three_city_trip()))
    assert {"sea", "country"} <= page_data(far)["layers"].keys()
    assert not {"sea", "country"} & page_data(near)["layers"].keys()
    assert any("Natural Earth" in text for text in page_data(far)["credits"])
    assert not any("Natural Earth" in text for text in page_data(near)["credits"])
    assert far == to_html(map_itinerary(trips.three_city_trip()))


def test_every_name_of_the_country_lies_in_it_or_in_its_seas() -> None:
    rings = basemap.outline_features()["features"][0]["geometry"]["coordinates"]
    for feature in basemap.country_name_features()["features"]:
        lon, lat = feature["geometry"]["coordinates"]
        land = not inside(lon, lat, rings)
        beside = min(math.dist((lon, lat), corner) for ring in rings[1:] for corner in ring)
        # The coast is coarse: a port, or the middle of a delta, may lie some kilometres beyond it.
        assert (land or beside < 0.15) is (feature["properties"]["style"] != "isles"), feature


@BROWSER
@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (360, "dark")])
def test_three_cities_can_be_told_apart(show: Show, width: int, scheme: str) -> None:
    trip = trips.three_city_trip()
    opened = show(map_itinerary(trip), viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = opened.page
    assert page.locator("path.sea").first.is_visible()
    assert page.locator("path.sea.fine").count() == 2  # near Huế and Saigon
    shown = [n.inner_text() for n in page.locator(".place.capital").all() if n.is_visible()]
    assert sorted(shown) == ["HUẾ", "HÀ NỘI", "SÀI GÒN"]
    heaps = page.locator(".heap")
    labels = [node.get_attribute("aria-label") for node in heaps.all()]
    given = [label.split(":")[0] for label in labels]
    assert given == ["1 6 điểm (1.1–1.6)", "2 5 điểm (2.1–2.5)", "3 5 điểm (3.1–3.5)"]
    boxes = page.evaluate(
        "[...document.querySelectorAll('.heap')].map(n => n.getBoundingClientRect().toJSON())"
    )
    assert all(box["left"] >= 0 and box["right"] <= width for box in boxes)
    assert all(a["bottom"] < b["top"] for a, b in itertools.pairwise(boxes))
    assert page.locator(".pin.stop:not(.held)").count() == 0
    assert faults(page) == []
    heaps.nth(1).focus()
    page.keyboard.press("Enter")
    until(page, "document.querySelectorAll('.pin.stop:not(.held)').length >= 5")
    until(page, "(document.activeElement.ariaLabel || '').startsWith('2.1 ')")
    assert opened.errors == []


@BROWSER
def test_a_day_is_shown_where_its_stops_are_and_only_they_are_reached_by_tab(show: Show) -> None:
    trip = trips.three_city_trip()
    page = show(map_itinerary(trip, lang="en")).page
    frame = page.locator(".folium-map").bounding_box()
    page.locator("[data-day='2']").click()
    assert page.evaluate("routeplanner.layers.stops._map.getZoom()") > 10
    for stop in trip.days[1].stops:
        box = page.locator(f".pin[aria-label*='{stop.name_en}']").bounding_box()
        assert frame["x"] < box["x"] < frame["x"] + frame["width"] - box["width"]
        assert frame["y"] < box["y"] < frame["y"] + frame["height"] - box["height"]
    reached = page.evaluate(
        "[...document.querySelectorAll('.pin.stop')].filter(n => n.tabIndex >= 0).map(n => n.ariaLabel)"
    )
    # The last stop of the first day is where the second begins.
    assert [label.split(" ")[0] for label in reached] == ["1.6", *(f"2.{n}" for n in range(1, 6))]
    assert page.locator(".pin.stop.dim:not([aria-hidden])").count() == 0
    page.locator("[data-day='0']").click()
    assert page.locator(".pin.dim, .pin[aria-hidden]").count() == 0


@BROWSER
def test_flights_trains_and_estimates_each_have_a_line_of_their_own(show: Show) -> None:
    trip = trips.three_city_trip()
    page = show(map_itinerary(trip, lang="en")).page
    lines = page.evaluate(
        """() => Object.fromEntries(routeplanner.layers.legs.getLayers().map(l =>
            [l.options.className.split(' ')[1], l.getLatLngs().length]))"""
    )
    assert lines["air"] > 20
    assert lines["rail"] == lines["coach"] == 2
    styles = page.evaluate(
        """['coach', 'coach guess', 'air', 'rail'].map(name => {
            const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
            path.setAttribute('class', 'leg d1 ' + name);
            document.querySelector('.legend svg').append(path);
            const style = getComputedStyle(path);
            return style.strokeDasharray + ' ' + style.stroke; })"""
    )
    assert len(set(styles)) == 4
    legend = page.locator(".legend").inner_text()
    for words in ("Plane (drawn as an arc)", "Train (drawn straight)", "≈ estimated: road unknown"):
        assert words in legend
    rows = page.locator(".legs .way").all_inner_texts()
    assert [row.startswith("≈") for row in rows] == [leg.estimated for day in trip.days for leg in day.legs]
    assert sum(row.endswith("· estimated") for row in rows) == sum(row.startswith("≈") for row in rows) == 13


@BROWSER
def test_no_stop_of_a_programme_lies_half_under_a_heap(show: Show) -> None:
    given = [trips.three_city_trip(), trips.south_trip(), trips.two_day_trip(), trips.boat_trip()]
    page = show(map_programme(given), viewport={"width": 1440, "height": 900}).page
    boxes = page.evaluate(
        """['.heap .days-of', '.pin.stop:not(.held) b'].map(what =>
            [...document.querySelectorAll(what)].map(n => n.getBoundingClientRect().toJSON()))"""
    )
    assert len(boxes[0]) == 3
    for heap in boxes[0]:
        for pin in boxes[1]:
            aside = pin["right"] <= heap["left"] or heap["right"] <= pin["left"]
            assert aside or pin["bottom"] <= heap["top"] or heap["bottom"] <= pin["top"]


def test_the_still_picture_heaps_too_and_shows_the_coast() -> None:
    from test_picture import drawn

    figure = drawn(trips.three_city_trip())
    axes = figure.axes[0]
    texts = [text.get_text() for text in axes.texts]
    assert [text for text in texts if re.fullmatch(r"\d+ điểm", text)] == ["6 điểm", "5 điểm", "5 điểm"]
    assert {"Hà Nội", "Huế", "Sài Gòn"} <= set(texts)
    assert "Chợ Bến Thành" not in texts
    curve = picture._arc((105.8, 21.2), (107.7, 16.4))
    assert (curve[0], curve[-1]) == (pytest.approx((105.8, 21.2)), pytest.approx((107.7, 16.4)))


def test_a_page_of_500_sites_and_20_routes_stays_small_with_the_coast() -> None:
    routes = [trips.south_trip(), trips.two_day_trip(), trips.boat_trip()] * 7
    page = to_html(map_sites(routeplanner.load_sites().head(500), trips=routes[:20]), assets="/static")
    assert "sea" in page_data(page)["layers"]
    assert len(page.encode()) < 250_000


def test_no_border_of_the_126_communes_is_left_out() -> None:
    """Lines widened by 150 m (they are simplified to 130 m) part the city into as many areas as it has communes."""
    box = (105.2, 20.5, 106.1, 21.4)
    lines = {
        feature["properties"]["class"]: [
            shapely.linestrings(line) for line in feature["geometry"]["coordinates"]
        ]
        for feature in basemap.border_features(box)["features"]
    }
    (outline,), within = lines["border city"], lines["border commune"]
    city = shapely.Polygon(outline)

    def areas(borders: Any) -> int:
        left = shapely.difference(city, shapely.union_all(shapely.buffer([outline, *borders], 0.0015)))
        return sum(part.area > 1e-5 for part in shapely.get_parts(left))

    assert areas(within) == 126  # of July 2025
    longest = sorted(range(len(within)), key=lambda i: -within[i].length)
    for gone in longest[:5]:
        assert areas([line for i, line in enumerate(within) if i != gone]) < 126
