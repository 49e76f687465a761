"""Several routes on one map, and what stop cards say of their date."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

import sample_trips as trips
from routeplanner.errors import RequestError
from routeplanner.render._page import asset
from routeplanner.render.maps import map_itinerary, map_programme
from routeplanner.render.pairs import day_class
from routeplanner.render.picture_list import DAY_COLOURS
from routeplanner.render.publish import to_html
from test_accessible import faults
from test_escape import EVERY, poisoned_trip, unharmed
from test_maps import decoded, page_data

if TYPE_CHECKING:
    from conftest import Opened

Show = Callable[..., "Opened"]
BROWSER = pytest.mark.browser


def routes() -> list[Any]:
    return [trips.south_trip(), trips.two_day_trip(), trips.boat_trip()]


def test_every_stop_and_leg_of_every_route_is_there_with_a_number_of_its_own() -> None:
    layers = page_data(to_html(map_programme(routes())))["layers"]
    stops = [stop for trip in routes() for stop in trip.stops]
    assert decoded(layers["stops"]["points"])[-len(stops) :] == [
        (round(s.lon, 5), round(s.lat, 5)) for s in stops
    ]
    marks = [row["mark"] for row in layers["stops"]["features"] if row.get("mark")]
    sections = [day for trip in routes() for day in trip.days]
    assert marks == [f"{n}.{k + 1}" for n, day in enumerate(sections, 1) for k in range(len(day.stops))]
    assert len(layers["legs"]["features"]) == sum(len(day.legs) for day in sections)


def test_equal_routes_give_equal_bytes_and_names_are_those_of_the_cards() -> None:
    cards = [SimpleNamespace(name_vi=f"Tuyến {n}", name_en=f"Route {n}") for n in "abc"]
    programme = SimpleNamespace(routes=routes(), cards=cards)
    page = to_html(map_programme(programme))
    assert page == to_html(map_programme(programme))
    for words in ("1. Tuyến a", "2. Route b, day 1", "4. Tuyến c"):
        assert words in page


@pytest.mark.parametrize(
    ("given", "names", "words"),
    [
        ([], None, "there is none"),
        (routes(), ["one"], "1 names for 3 routes"),
        ([None], None, "no itinerary"),
    ],
)
def test_what_is_no_programme_is_refused(given: Any, names: Any, words: str) -> None:
    with pytest.raises(RequestError, match=words):
        map_programme(given, names=names)


@BROWSER
def test_routes_can_be_shown_one_by_one_and_each_has_a_sheet_of_paper(show: Show) -> None:
    opened = show(map_programme(routes(), lang="en"), viewport={"width": 1440, "height": 900})
    page = opened.page
    count = sum(len(trip.stops) for trip in routes())
    assert page.locator(".pin.stop").count() == page.locator("button.name").count() == count
    assert page.locator(".days button").count() == 1 + 4
    page.locator("[data-day='4']").click()
    assert page.locator("section.day:visible").count() == 1
    assert page.locator(".pin.stop:not(.dim)").count() == len(trips.boat_trip().stops)
    page.locator("[data-rows='4'] button.name").first.click()
    page.locator(".card h2").wait_for()
    assert page.locator(".card h2").inner_text() == trips.boat_trip().stops[0].name_en
    assert opened.errors == []
    page.locator("[data-day='0']").click()
    sheets = len(re.findall(rb"/Type\s*/Page[^s]", page.pdf(format="A4")))
    assert sheets == 1 + 4  # the overview, then one for each route or day of a route


@BROWSER
def test_on_paper_each_route_has_a_map_of_its_own_that_shows_all_its_stops(show: Show) -> None:
    given = routes()
    opened = show(map_programme(given, lang="en"))
    page = opened.page
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    days = [day for trip in given for day in trip.days]
    for number, day in enumerate(days, 1):
        sketch = page.locator(f"[data-rows='{number}'] .daymap")
        frame = sketch.bounding_box()
        marks = sketch.locator(".dot-of text")
        assert sorted(marks.all_text_contents()) == [f"{number}.{k + 1}" for k in range(len(day.stops))]
        for dot in sketch.locator("circle").all():
            at = dot.bounding_box()
            assert frame["x"] < at["x"]
            assert at["x"] + at["width"] < frame["x"] + frame["width"]
            assert frame["y"] < at["y"]
            assert at["y"] + at["height"] < frame["y"] + frame["height"]
        assert sketch.locator("path.leg").count() == len(day.legs)
        assert sketch.locator("path.road").count() > 0
    assert opened.errors == []


@BROWSER
def test_lines_of_28_routes_differ_in_colour_or_dashes_and_neighbours_in_both(show: Show) -> None:
    trip = trips.boat_trip()
    page = show(map_programme([trip] * 28, lang="en")).page
    looks = page.evaluate(
        "[...document.querySelectorAll('.routes path.leg')].map(p => { const s = getComputedStyle(p);"
        " return [s.stroke, s.strokeDasharray]; })"
    )
    assert len({tuple(look) for look in looks}) == len(looks) == 28
    assert all(a[0] != b[0] and a[1] != b[1] for a, b in itertools.pairwise(looks))
    drawn = page.evaluate(
        "[...document.querySelectorAll('.leaflet-pane path.leg:not(.guess)')].map(p => {"
        " const s = getComputedStyle(p); return [s.stroke, s.strokeDasharray]; })"
    )
    assert {tuple(look) for look in drawn} == {tuple(look) for look in looks}


@BROWSER
@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 360)])
def test_a_programme_has_no_fault(show: Show, scheme: str, width: int) -> None:
    options = {"color_scheme": scheme, "viewport": {"width": width, "height": 900}}
    page = show(map_programme(routes()), **options).page
    assert faults(page) == []
    page.locator("[data-day='2']").click()
    page.locator("[data-rows='2'] button.name").first.click()
    page.locator(".card h2").wait_for()
    assert faults(page) == []


@BROWSER
def test_every_text_of_a_programme_is_harmless(show: Show) -> None:
    given = [poisoned_trip(bad) for bad in EVERY]
    opened = show(to_html(map_programme(given, names=EVERY, title=EVERY[0]), csp=False))
    unharmed(opened)
    days = [day for trip in given for day in trip.days]
    assert opened.page.locator(".days button").count() == 1 + len(days)
    assert opened.page.locator("button.name").count() == sum(len(day.stops) for day in days)


@BROWSER
def test_a_card_says_hours_certainty_and_festival_of_the_date_and_links_the_photo(show: Show) -> None:
    trip = trips.south_trip()
    page = show(map_itinerary(trip, lang="en")).page
    words = {"known": "as published", "assumed": "assumed", "needs_confirmation": "to be confirmed"}
    for number, stop in enumerate(trip.stops):
        row = page.locator("li.stop").nth(number)
        assert "open 07:00–18:00" in row.inner_text()
        assert ("Village fair; very crowded" in row.inner_text()) is bool(stop.why)
        page.locator("button.name").nth(number).click()
        page.locator(".card").filter(has=page.get_by_role("heading", name=stop.name_en)).wait_for()
        card = page.locator(".card").last
        assert f"07:00–18:00 ({words[stop.certainty]})" in card.inner_text()
        assert ("Village fair (very crowded)" in card.inner_text()) is bool(stop.festival_en)
        photos = card.get_by_role("link", name="See a photo")
        assert [link.get_attribute("href") for link in photos.all()] == [stop.photo_url] * bool(
            stop.photo_url
        )
        page.keyboard.press("Escape")
        page.locator(".card").first.wait_for(state="detached")


@BROWSER
def test_a_photo_that_is_no_web_address_has_no_link(show: Show) -> None:
    import dataclasses

    trip = trips.south_trip()
    day = trip.days[0]
    bad = tuple(dataclasses.replace(stop, photo_url="javascript:window.PWN=1") for stop in day.stops)
    page = show(map_itinerary(dataclasses.replace(trip, days=(dataclasses.replace(day, stops=bad),)))).page
    page.locator("button.name").first.click()
    page.locator(".card h2").wait_for()
    assert page.locator(".card a").count() == 3  # the maps apps


def test_eighteen_days_each_have_a_look_of_their_own() -> None:
    looks = [day_class(number) for number in range(1, 19)]
    assert len(set(looks)) == 18
    style = asset("sheet.css")
    assert all(f".{look}{{--day:var(--{look})}}" in style for look in looks[:9])
    assert {look.split()[1] for look in looks[9:]} == {"again"}
    assert "path.casing.again" in style
    assert len({tuple(re.findall(rf"--d{n}:(#\w+)", style)) for n in range(1, 10)}) == 9
    assert len(set(DAY_COLOURS)) == 9
    assert all(colour == re.findall(rf"--d{n}:(#\w+)", style)[0] for n, colour in enumerate(DAY_COLOURS, 1))
