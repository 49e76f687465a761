"""The page as people meet it: in a browser, from disk, without a network."""

from __future__ import annotations

import dataclasses
import itertools
import json
import os
import re
import string
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import folium
import pytest

import routeplanner
import sample_trips as trips
from conftest import until
from routeplanner.errors import DataFileError, RequestError
from routeplanner.render.maps import map_itinerary, map_sites
from routeplanner.render.publish import to_html

if TYPE_CHECKING:
    from conftest import Opened
    from routeplanner.itinerary import Itinerary

Show = Callable[..., "Opened"]

BROWSER = pytest.mark.browser

GROUNDS = [
    *(["ink", ground] for ground in ("paper", "land", "chip", "sea")),
    *(["soft", ground] for ground in ("paper", "land", "chip", "sea")),
    *(["on-day", f"d{day}"] for day in range(1, 10)),
    ["focus", "paper"],
    ["water-ink", "land"],
    ["water-ink", "water"],
    ["soft", "water"],
]
"""Names of colours of the style sheet: text and its ground."""


def html_of(trip: Itinerary, **options: Any) -> str:
    text: str = map_itinerary(trip, **options).get_root().render()
    return text


def page_data(page_text: str) -> dict[str, Any]:
    """What the script of a page reads, layers by name."""
    found = re.findall(r'<script type="application/json" id="rp-data">(.*?)</script>', page_text, re.DOTALL)
    assert len(found) == 1
    data: dict[str, Any] = json.loads(found[0])
    for layer in data["layers"]:
        layer["features"] = [dict(zip(layer["columns"], row, strict=False)) for row in layer["rows"]]
    data["layers"] = {layer["name"]: layer for layer in data["layers"]}
    return data


def decoded(text: str, decimals: int = 5) -> list[tuple[float, float]]:
    """Positions of an encoded line, read as Google's polyline format is described."""
    letters = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"
    numbers, group = [], []
    for letter in text:
        chunk = letters.index(letter)
        group.append(chunk & 0x1F)
        if chunk < 0x20:
            value = sum(bits << (5 * place) for place, bits in enumerate(group))
            numbers.append(-((value + 1) // 2) if value % 2 else value // 2)
            group = []
    lons, lats = (list(itertools.accumulate(numbers[axis::2])) for axis in (0, 1))
    return [(lon / 10**decimals, lat / 10**decimals) for lon, lat in zip(lons, lats, strict=True)]


def test_the_map_is_a_folium_map_that_holds_itself_whole(trip: Itinerary) -> None:
    canvas = map_itinerary(trip)
    text = canvas.get_root().render()
    assert isinstance(canvas, folium.Map)
    assert not re.search(r"<(script|link|img|iframe)[^>]+(src|href)=", text)
    assert "@import" not in text
    assert len(text.encode()) < 600_000


def test_the_same_itinerary_gives_the_same_bytes_however_often_it_is_rendered(trip: Itinerary) -> None:
    canvas = map_itinerary(trip)
    first = canvas.get_root().render()
    canvas._repr_html_()
    assert canvas.get_root().render() == first
    assert html_of(type(trip).from_dict(trip.to_dict())) == first


def test_another_process_gives_the_same_bytes(tmp_path: Path) -> None:
    here = Path(__file__).parent
    code = (
        "import sys, sample_trips as trips; from routeplanner.render.maps import map_itinerary;"
        "map_itinerary(trips.two_day_trip()).save(sys.argv[1])"
    )
    for seed in ("1", "2"):
        env = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(here)}
        subprocess.run([sys.executable, "-c", code, str(tmp_path / seed)], check=True, env=env)
    assert (tmp_path / "1").read_bytes() == (tmp_path / "2").read_bytes()


def test_layers_that_a_user_adds_get_lasting_ids_and_do_not_pile_up() -> None:
    def with_marker() -> Any:
        canvas = map_itinerary(trips.south_trip())
        folium.Marker([20.9, 105.8], popup="Chợ", tooltip="Chợ").add_to(canvas)
        return canvas.get_root()

    page = with_marker()
    assert page.render() == page.render() == with_marker().render()


def test_nothing_is_changed_for_maps_made_with_folium_alone() -> None:
    before = folium.Map().get_root().render()
    map_itinerary(trips.south_trip()).get_root().render()
    after = folium.Map().get_root().render()
    assert re.sub(r"[0-9a-f]{32}", "", before) == re.sub(r"[0-9a-f]{32}", "", after)


def test_positions_are_rounded_to_a_metre_and_lie_where_the_itinerary_says(trip: Itinerary) -> None:
    layer = page_data(html_of(trip))["layers"]["stops"]
    points = decoded(layer["points"])[-len(trip.stops) :]
    assert points == [(round(s.lon, 5), round(s.lat, 5)) for s in trip.stops]


def test_every_leg_is_drawn_along_its_own_geometry(trip: Itinerary) -> None:
    lines = [
        (properties["class"].split()[1], tuple(decoded(properties["line"])))
        for properties in page_data(html_of(trip))["layers"]["legs"]["features"]
    ]
    legs = [
        (leg.mode, tuple((round(lon, 5), round(lat, 5)) for lon, lat in leg.geometry))
        for day in trip.days
        for leg in day.legs
    ]
    assert sorted(lines) == sorted(legs)


def test_without_a_bound_nothing_is_said_of_the_best_possible() -> None:
    assert "tối ưu" in html_of(trips.south_trip())
    assert "tối ưu" not in html_of(trips.boat_trip())


def test_a_share_of_the_bound_is_rounded_down() -> None:
    trip = trips.make_trip(trips.south_trip().days, {}, bound_share=0.998)
    assert "99 %" in html_of(trip)


def test_unknown_language_and_basemap_come_in_one_error() -> None:
    with pytest.raises(RequestError) as caught:
        map_itinerary(trips.south_trip(), lang="fr", basemap="OpenTopMap")
    assert len(caught.value.faults) == 2
    assert "OpenTopoMap" in str(caught.value)


def test_an_itinerary_without_days_and_an_empty_catalogue_are_refused() -> None:
    with pytest.raises(RequestError, match="no day"):
        map_itinerary(trips.make_trip([], {}, bound_share=None))
    sites = routeplanner.load_sites()
    with pytest.raises(RequestError, match="none"):
        map_sites(sites[sites["kind"] == "nothing"])


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    canvas = map_itinerary(trips.south_trip())
    with pytest.raises(DataFileError, match="does not exist"):
        canvas.save(str(tmp_path / "missing" / "map.html"))
    with (tmp_path / "open.html").open("wb") as handle:
        canvas.save(handle, close_file=False)
    canvas.save(tmp_path / "map.html")
    assert (tmp_path / "map.html").read_bytes() == (tmp_path / "open.html").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["map.html", "open.html"]


def test_tiles_come_with_their_credit_and_a_referrer_policy() -> None:
    text = html_of(trips.south_trip(), basemap="OpenTopoMap")
    tiles = page_data(text)["tiles"]
    assert "tile.opentopomap.org" in tiles["url"]
    assert "OpenStreetMap" in tiles["options"]["attribution"]
    assert tiles["options"]["referrerPolicy"] == "strict-origin-when-cross-origin"
    assert "river" not in page_data(text)["layers"]
    assert html_of(trips.south_trip(), basemap="OpenTopoMap") == text


@BROWSER
def test_the_page_opens_from_disk_without_a_request_or_an_error(show: Show, trip: Itinerary) -> None:
    opened = show(map_itinerary(trip))
    assert opened.errors == []
    assert [url for url in opened.requests if not url.startswith(("file:", "data:"))] == []
    page = opened.page
    assert page.locator(".pin.stop").count() == len(trip.stops)
    assert page.locator("path.leg").count() - page.locator(".legend path.leg").count() == sum(
        len(day.legs) for day in trip.days
    )
    assert page.locator("path.river").count() > 0
    assert page.locator("path.road").count() > 0
    assert "OpenStreetMap contributors" in page.locator(".leaflet-control-attribution").inner_text()
    assert page.locator("html").get_attribute("lang") == "vi"
    assert page.title()


@BROWSER
def test_stops_stand_on_the_map_where_they_are_and_none_hides_behind_the_edge(
    show: Show, trip: Itinerary
) -> None:
    page = show(map_itinerary(trip)).page
    frame = page.locator(".folium-map").bounding_box()
    for pin in page.locator(".pin").all():
        box = pin.bounding_box()
        assert frame["x"] <= box["x"] <= frame["x"] + frame["width"] - box["width"]
        assert frame["y"] <= box["y"] <= frame["y"] + frame["height"] - box["height"]


@BROWSER
def test_names_on_the_map_do_not_lie_over_each_other(show: Show, trip: Itinerary) -> None:
    page = show(map_itinerary(trip)).page
    boxes = page.evaluate(
        """() => [...document.querySelectorAll('.pin i, .pin b, .place')]
            .filter(n => getComputedStyle(n).visibility === 'visible' && n.offsetWidth)
            .map(n => [n.textContent, n.getBoundingClientRect()])
            .map(([text, r]) => [text, r.left, r.top, r.right, r.bottom])"""
    )
    names = [box for box in boxes if not re.fullmatch(r"[\d.]*", box[0])]
    assert len(names) >= len(trip.stops) + 1
    for i, a in enumerate(boxes):
        for b in boxes[i + 1 :]:
            wide, high = min(a[3], b[3]) - max(a[1], b[1]), min(a[4], b[4]) - max(a[2], b[2])
            assert wide <= 2 or high <= 2, (a, b)


@BROWSER
def test_the_panel_is_the_timetable_in_order(show: Show, trip: Itinerary) -> None:
    page = show(map_itinerary(trip)).page
    rows = page.locator("ol.rows li").all_inner_texts()
    text = "\n".join(rows)
    where = [text.index(stop.name_vi) for stop in trip.stops if trip.stops.count(stop) == 1]
    assert where == sorted(where)
    for day in trip.days:
        assert f"{day.start.time:%H:%M}" in text
        assert f"{day.end.time:%H:%M}" in text
        for stop in day.stops:
            assert f"{stop.arrival:%H:%M}" in text
    assert text.count("Ăn trưa") == sum(len(day.breaks) for day in trip.days)
    assert sum("xe du lịch" in row or "thuyền" in row for row in rows) == sum(
        len(day.legs) for day in trip.days
    )


@BROWSER
def test_a_click_in_the_list_opens_the_stop_and_the_map_marks_the_row(show: Show) -> None:
    trip = trips.two_day_trip()
    page = show(map_itinerary(trip)).page
    page.locator("button.name").nth(3).click()
    page.locator(".card h2").wait_for()
    stop = trip.stops[3]
    assert page.locator(".card h2").inner_text() == stop.name_vi
    assert f"{stop.start:%H:%M} – {stop.departure:%H:%M}" in page.locator(".card").inner_text()
    assert page.locator("li.here").count() == 1
    assert stop.name_vi in page.locator("li.here").inner_text()
    page.keyboard.press("Escape")
    until(page, "!document.querySelector('li.here')")


@BROWSER
def test_every_stop_can_be_reached_and_opened_by_keyboard(show: Show) -> None:
    trip = trips.south_trip()
    page = show(map_itinerary(trip)).page
    seen: list[str] = []
    for _ in range(40):
        page.keyboard.press("Tab")
        label = page.evaluate(
            "document.activeElement.classList.contains('pin') ? document.activeElement.ariaLabel : ''"
        )
        if label:
            seen.append(label)
    stops = [label for label in seen if not label.startswith("Nơi")][:5]
    assert [label.split(" ")[0] for label in stops] == list("12345")
    assert all(stop.name_vi in label for label, stop in zip(stops, trip.stops, strict=True))
    page.locator(".pin.stop").first.focus()
    page.keyboard.press("Enter")
    page.locator(".card h2").wait_for()
    assert page.locator(".card h2").inner_text() == trip.stops[0].name_vi


@BROWSER
def test_one_switch_turns_the_whole_page_to_the_other_language(show: Show) -> None:
    trip = trips.south_trip()
    page = show(map_itinerary(trip)).page
    assert page.locator(".pin.stop i").first.inner_text() == "Khảm trai Chuôn Ngọ"
    page.locator("[data-tongue]").click()
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.title().startswith("Hanoi")
    assert page.locator("button.name").first.inner_text() == trip.stops[0].name_en
    assert trip.stops[0].name_en in page.locator(".pin.stop").first.get_attribute("aria-label")
    text = page.locator(".plan").inner_text()
    assert "Lunch" in text
    assert "Ăn trưa" not in text
    assert html_of(trip, lang="en") != html_of(trip)
    assert (
        show(map_itinerary(trip, lang="en")).page.locator("button.name").first.inner_text()
        == trip.stops[0].name_en
    )


@BROWSER
def test_a_day_can_be_shown_alone(show: Show) -> None:
    page = show(map_itinerary(trips.two_day_trip())).page
    page.locator("[data-day='2']").click()
    assert page.locator("[data-rows='1']").is_hidden()
    assert page.locator("[data-rows='2']").is_visible()
    assert page.locator(".pin.stop.dim").count() == 2
    page.locator("[data-day='0']").click()
    assert page.locator(".pin.stop.dim").count() == 0


@BROWSER
@pytest.mark.parametrize("width", [360, 768])
def test_the_page_fits_a_narrow_screen_with_the_panel_below(show: Show, trip: Itinerary, width: int) -> None:
    page = show(map_itinerary(trip), viewport={"width": width, "height": 844}).page
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    if width < 760:
        assert (
            page.locator(".plan").bounding_box()["y"]
            >= page.locator(".folium-map").bounding_box()["height"] - 1
        )
    assert page.locator(".pin.stop").first.is_visible()


def sheets(page: Any, paper: str) -> int:
    """Print, and count the sheets."""
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(format=paper, print_background=True)))


@BROWSER
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_on_paper_each_day_is_one_sheet(show: Show, lang: str) -> None:
    south = trips.south_trip()
    said = "open until noon only, by appointment; ask ahead"
    why = {"why": said, "why_vi": said, "certainty": "needs_confirmation", "position": "commune"}
    full = [dataclasses.replace(stop, **why) for stop in south.days[0].stops]
    many = [dataclasses.replace(s, site_id=f"{n}-{s.site_id}") for n in "abc" for s in full]  # fifteen stops
    for stops in (full, many):
        day = dataclasses.replace(south.days[0], stops=tuple(stops))
        trip = dataclasses.replace(
            trips.make_trip([day], {"corridor": "south", "people": 12}),
            bound=south.prize,
            measures={"cost_vnd_per_person": 400_000},
        )
        page = show(map_itinerary(trip, lang=lang)).page
        assert [sheets(page, paper) for paper in ("A4", "Letter")] == [1, 1], len(stops)
        page.set_viewport_size({"width": 688, "height": 950})  # what margins leave of the smaller of both
        page.emulate_media(media="print")
        until(
            page, "(n => n.scrollHeight <= n.clientHeight + 1)(document.querySelector('.sheet'))"
        )  # nothing cut off
        assert page.locator(".chart").bounding_box()["height"] > 150
        page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        legend, lines = (page.locator(part).bounding_box()["height"] for part in (".legend", ".legend ul"))
        assert 0 < lines < legend < lines + 60  # open, and no taller than what it says
    longer = trips.three_city_trip() if lang == "vi" else trips.two_day_trip()
    page = show(map_itinerary(longer, lang=lang)).page  # the overview, then a sheet for each day
    assert [sheets(page, paper) for paper in ("A4", "Letter")] == [1 + len(longer.days)] * 2
    page.emulate_media(media="print")
    assert page.locator(".days").is_hidden()
    assert page.locator(".leaflet-control-zoom").is_hidden()
    notes, rows = (page.locator(part).bounding_box()["y"] for part in (".notes", "#plan-rows"))
    assert notes < rows  # the key stands on the overview, not on a sheet of its own


@BROWSER
def test_without_scripts_the_timetable_is_there(browser: Any, tmp_path: Path) -> None:
    file = tmp_path / "map.html"
    trip = trips.south_trip()
    map_itinerary(trip).save(str(file))
    context = browser.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    page.goto(file.as_uri())
    for stop in trip.stops:
        assert stop.name_vi in page.locator(".plan").inner_text()
    context.close()


@BROWSER
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(show: Show, scheme: str) -> None:
    page = show(map_itinerary(trips.two_day_trip()), color_scheme=scheme).page
    pairs = page.evaluate(
        """pairs => { const style = getComputedStyle(document.documentElement);
            return pairs.map(pair => pair.map(name => style.getPropertyValue('--' + name).trim())); }""",
        GROUNDS,
    )
    for names, (front, back) in zip(GROUNDS, pairs, strict=True):
        assert contrast(front, back) >= 4.5, (names, front, back)


def contrast(front: str, back: str) -> float:
    """Contrast ratio of WCAG 2.1."""

    def luminance(colour: str) -> float:
        digits = colour.lstrip("#")
        digits = "".join(c * 2 for c in digits) if len(digits) == 3 else digits
        parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(front), luminance(back)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_contrast_knows_black_on_white() -> None:
    assert contrast("#000", "#ffffff") == pytest.approx(21)


@BROWSER
def test_layers_that_a_user_adds_work(show: Show) -> None:
    canvas = map_itinerary(trips.south_trip())
    folium.CircleMarker([20.9, 105.8], radius=9, tooltip="Chợ Chuông").add_to(canvas)
    folium.Marker([20.95, 105.8], popup="Nón lá", tooltip="Chợ").add_to(canvas)
    folium.PolyLine([[20.9, 105.8], [20.95, 105.8]]).add_to(canvas)
    opened = show(canvas)
    page = opened.page
    assert opened.errors == []
    assert [url for url in opened.requests if not url.startswith(("file:", "data:"))] == []
    icon = page.locator("img.leaflet-marker-icon")
    assert icon.evaluate("node => node.naturalWidth") > 0
    icon.dispatch_event("click")
    page.locator(".leaflet-popup-content").wait_for()
    assert page.locator(".leaflet-popup-content").inner_text() == "Nón lá"


@BROWSER
def test_a_notebook_shows_the_same_page_in_a_frame(show: Show) -> None:
    trip = trips.south_trip()
    inner = map_itinerary(trip)._repr_html_()
    shell = f'<!doctype html><meta charset="utf-8"><div class="leaflet-container"></div>{inner}'
    opened = show(shell)
    frame = opened.page.frame_locator("iframe")
    frame.locator(".pin.stop").first.wait_for()
    assert frame.locator(".pin.stop").count() == len(trip.stops)
    assert opened.errors == []


@BROWSER
def test_sites_stand_on_their_map_by_kind(show: Show) -> None:
    sites = routeplanner.load_sites()
    chosen = sites[sites["kind"].isin(["museum", "craft_village"])].head(60)
    opened = show(map_sites(chosen, lang="en"))
    page = opened.page
    assert opened.errors == []
    assert page.locator(".pin").count() == len(chosen)
    assert page.locator(".pin svg").count() == len(chosen)
    assert page.locator(".legend li").count() == chosen["kind"].nunique()
    page.locator(".pin").first.dispatch_event("click")
    page.locator(".card h2").wait_for()
    assert page.locator(".card h2").inner_text() in set(chosen["name_en"])


@BROWSER
def test_many_sites_gather_in_clusters_that_hold_each_once(show: Show) -> None:
    sites = routeplanner.load_sites()
    opened = show(map_sites(sites, trips=[trips.south_trip(), trips.boat_trip()]))
    page = opened.page
    count = """() => [...document.querySelectorAll('.bunch')].reduce((n, node) => n + Number(node.textContent),
        document.querySelectorAll('.pin.spot').length)"""
    assert 0 < page.locator(".bunch").count() < 120
    assert page.locator("li.d1 path.leg, li.d2 path.leg").count() == 2
    page.evaluate("Object.values(routeplanner.layers)[0]._map.setView([17.5, 106], 6, {animate: false})")
    assert page.evaluate(count) == len(sites)
    bunch = page.locator(".bunch").first
    bunch.focus()
    page.keyboard.press("Enter")
    until(page, "Object.values(routeplanner.layers)[0]._map.getZoom() >= 7")
    until(page, "document.activeElement.matches('.bunch, .pin')")
    page.locator(".kind summary").first.click()
    button = page.locator(".kind button").nth(7)
    button.click()
    page.locator(".card h2").wait_for()
    assert page.locator(".card h2").inner_text() == button.locator("[lang=vi]").inner_text()
    assert page.locator("li.here").count() == 1
    assert opened.errors == []


def test_a_page_of_the_catalogue_stays_small() -> None:
    itineraries = [trips.south_trip(), trips.two_day_trip(), trips.boat_trip()] * 6 + [trips.south_trip()] * 2
    sites = routeplanner.load_sites().iloc[:500]
    page = to_html(map_sites(sites, trips=itineraries), assets="/static")
    assert len(page.encode()) < 250_000


@BROWSER
def test_other_sites_show_as_faint_dots(show: Show) -> None:
    trip = trips.south_trip()
    sites = routeplanner.load_sites()
    south = sites[[("south" in keys) for keys in sites["corridors"]]]
    opened = show(map_itinerary(trip, sites=south))
    visited = {stop.site_id for stop in trip.stops}
    assert opened.page.locator("path.near").count() == len(set(south.index) - visited)
    assert opened.errors == []


def test_a_card_says_how_far_off_its_point_may_be() -> None:
    trip = trips.two_day_trip()
    first = trip.days[0]
    html = {}
    for position in ("site", "village", "commune"):
        stops = (dataclasses.replace(first.stops[0], position=position), *first.stops[1:])
        other = dataclasses.replace(trip, days=(dataclasses.replace(first, stops=stops), *trip.days[1:]))
        html[position] = to_html(map_itinerary(other), assets="/static")  # the script has the words, too
    assert "up to 1 km off" in html["village"]
    assert "up to 3 km off" in html["commune"]
    assert not any(word in html["site"] for word in ("up to 1 km off", "up to 3 km off"))
