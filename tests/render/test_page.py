"""Small things that a visitor of the page meets: phones, quick clicks, links, languages, no scripts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

import routeplanner
import sample_trips as trips
from conftest import until
from routeplanner.render.maps import map_itinerary, map_sites

if TYPE_CHECKING:
    from conftest import Opened

Show = Callable[..., "Opened"]
pytestmark = pytest.mark.browser

IN_VIEW = """node => { const r = node.getBoundingClientRect();
    return r.top >= 0 && r.bottom <= innerHeight + 1 && r.left >= 0 && r.right <= innerWidth + 1; }"""


def test_on_a_phone_a_stop_of_the_list_brings_its_card_into_view_and_closing_leads_back(show: Show) -> None:
    trip = trips.two_day_trip()
    page = show(map_itinerary(trip), viewport={"width": 360, "height": 780}, has_touch=True).page
    row = page.locator("li.stop").nth(4)
    row.locator("button.name").tap()
    card = page.locator(".card").filter(has=page.get_by_role("heading", name=trip.stops[4].name_vi))
    card.wait_for()
    assert card.evaluate(IN_VIEW)
    page.locator(".leaflet-popup-close-button").tap()
    until(page, "!document.querySelector('.card')")
    assert row.locator("button.name").evaluate("node => node === document.activeElement")
    assert row.evaluate(IN_VIEW)


def test_by_keyboard_a_card_takes_the_focus_and_gives_it_back(show: Show) -> None:
    page = show(map_itinerary(trips.south_trip())).page
    button = page.locator("button.name").nth(2)
    button.focus()
    page.keyboard.press("Enter")
    until(page, "document.activeElement.classList.contains('card')")
    page.keyboard.press("Escape")
    until(page, "!document.querySelector('.card')")
    assert button.evaluate("node => node === document.activeElement")


def test_of_two_quick_clicks_the_last_counts(show: Show) -> None:
    trip = trips.two_day_trip()
    page = show(map_itinerary(trip), reduced_motion="no-preference").page
    page.evaluate("for (const n of [0, 3, 1]) document.querySelectorAll('button.name')[n].click()")
    page.locator(".card").wait_for()
    page.wait_for_timeout(1500)
    assert page.locator("li.here").count() == 1
    assert trip.stops[1].name_vi in page.locator("li.here").inner_text()
    assert [node.inner_text() for node in page.locator(".card h2").all()] == [trip.stops[1].name_vi]


def test_the_switch_of_language_keeps_the_card_open_and_turns_the_buttons(show: Show) -> None:
    trip = trips.south_trip()
    page = show(map_itinerary(trip)).page
    zoom = page.locator(".leaflet-control-zoom-in")
    assert (zoom.get_attribute("title"), zoom.get_attribute("aria-label")) == ("Lại gần", "Lại gần")
    page.locator("button.name").nth(1).click()
    page.locator(".card h2").wait_for()
    assert page.locator(".leaflet-popup-close-button").get_attribute("aria-label") == "Đóng"
    page.locator("[data-tongue]").click()
    assert page.locator(".card h2").inner_text() == trip.stops[1].name_en
    assert page.locator("li.here").count() == 1
    assert (zoom.get_attribute("title"), zoom.get_attribute("aria-label")) == ("Zoom in", "Zoom in")
    assert page.locator(".leaflet-popup-close-button").get_attribute("aria-label") == "Close"


@pytest.mark.parametrize("basemap", ["bundled", "OpenTopoMap"])
def test_no_link_leads_away_inside_the_frame(show: Show, basemap: str) -> None:
    page = show(map_itinerary(trips.south_trip(), basemap=basemap)).page
    page.locator("button.name").first.click()
    page.locator(".card h2").wait_for()
    page.evaluate("document.addEventListener('click', event => event.preventDefault())")
    links = page.evaluate(
        """[...document.querySelectorAll('a[href^="http"]')].map(link => { link.click();
            return [link.href, link.target, link.rel]; })"""
    )
    assert len(links) >= 4
    assert [link for link in links if link[1] != "_blank" or "noopener" not in link[2]] == []


@pytest.mark.parametrize(("lang", "words"), [("vi", "toàn bộ kế hoạch"), ("en", "the whole plan")])
def test_without_scripts_the_page_says_that_the_list_is_all(
    browser: Any, tmp_path: Any, lang: str, words: str
) -> None:
    file = tmp_path / "map.html"
    map_itinerary(trips.two_day_trip(), lang=lang).save(str(file))
    context = browser.new_context(
        java_script_enabled=False, offline=True, viewport={"width": 1280, "height": 800}
    )
    page = context.new_page()
    page.goto(file.as_uri())
    shown = page.locator("noscript").inner_text()
    assert words in shown
    assert len(shown) < 120
    assert page.locator("noscript p:visible").evaluate(IN_VIEW)
    assert page.locator(".days").is_hidden()
    assert page.locator(".legend").is_hidden()
    context.close()


def test_a_card_of_a_site_says_what_is_not_sure(show: Show) -> None:
    sites = routeplanner.load_sites()
    unsure = sites[(sites["coord_precision"] == "commune") & sites["visit_min"].notna()]
    doubted = [key for key, fields in unsure["unverified"].items() if "visit_min" in fields]
    known = sites[sites["unverified"].map(len).eq(0) & sites["coord_precision"].eq("site")]
    page = show(map_sites(sites.loc[[doubted[0], known.index[0]]], lang="en")).page
    cards = []
    for key in (doubted[0], known.index[0]):
        page.locator(f"#site-{key} button").click()
        page.locator(".card").filter(has=page.get_by_role("heading", name=sites.name_en[key])).wait_for()
        cards.append(page.locator(".card").last.inner_text())
        page.keyboard.press("Escape")
        page.locator(".card").first.wait_for(state="detached")
    assert "min (assumed)" in cards[0]
    assert "up to 3 km off" in cards[0]
    assert "assumed" not in cards[1]
    assert "Position" not in cards[1]


def test_lines_take_no_turn_with_the_tabulator(show: Show) -> None:
    opened = show(map_itinerary(trips.two_day_trip()))
    page, seen = opened.page, set()
    for _ in range(40):
        page.keyboard.press("Tab")
        seen.add(page.evaluate("document.activeElement.tagName.toLowerCase()"))
    assert "path" not in seen
    assert len(seen) > 1
