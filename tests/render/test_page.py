"""Small things that a visitor of the page meets: phones, quick clicks, links, languages, no scripts."""

from __future__ import annotations

import dataclasses
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
    two = sites.loc[[doubted[0], known.index[0]]].assign(
        photo_url=["https://example.org/a.jpg", "javascript:alert(1)"]
    )
    page = show(map_sites(two, lang="en")).page
    cards = []
    for key in (doubted[0], known.index[0]):
        page.locator(f"#site-{key} button").click()
        page.locator(".card").filter(has=page.get_by_role("heading", name=sites.name_en[key])).wait_for()
        cards.append(page.locator(".card").last.inner_text())
        photos = page.locator(".card").last.get_by_role("link", name="See a photo")
        links = [link.get_attribute("href") for link in photos.all()]
        assert links == (["https://example.org/a.jpg"] if key == doubted[0] else [])
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


@pytest.mark.parametrize(("width", "height"), [(360, 740), (740, 360), (500, 900)])
@pytest.mark.parametrize("make", [trips.south_trip, trips.boat_trip, trips.three_city_trip])
def test_a_phone_held_either_way_shows_every_pin_and_nothing_lies_over_one(
    show: Show, make: Callable[[], Any], width: int, height: int
) -> None:
    page = show(map_itinerary(make()), viewport={"width": width, "height": height}, has_touch=True).page
    chart, plan = page.locator(".chart").bounding_box(), page.locator(".plan").bounding_box()
    beside = width > height
    assert (plan["x"] + plan["width"] <= chart["x"] + 1) is beside
    assert chart["height"] == height if beside else chart["height"] > 0.6 * height
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    hidden = page.evaluate("""() => {
        const box = node => node.getBoundingClientRect(), frame = box(document.querySelector(".chart"));
        const signs = ".legend,.leaflet-control-zoom,.leaflet-control-attribution";
        const over = [...document.querySelectorAll(signs)].map(box);
        const shown = [...document.querySelectorAll(".pin:not(.held) b,.heap .days-of,.pin:not(.held) i")]
            .filter(node => getComputedStyle(node).visibility !== "hidden");
        return shown.filter(node => { const r = box(node);
            return r.left < frame.left || r.right > frame.right || r.top < frame.top || r.bottom > frame.bottom ||
                over.some(o => o.left < r.right && r.left < o.right && o.top < r.bottom && r.top < o.bottom); })
            .map(node => node.textContent);
    }""")
    assert hidden == []
    assert page.locator(".legend[open]").count() == 0
    page.locator(".legend summary").tap()
    assert page.locator(".legend ul").evaluate(IN_VIEW)


def test_a_site_chosen_in_the_list_is_never_under_a_cluster(show: Show) -> None:
    sites = routeplanner.load_sites()
    page = show(map_sites(sites, lang="en")).page
    assert {"den-ngoc-son", "pho-ta-hien"} <= set(sites.index)  # within a street or two of a dozen others
    crowded = sites[sites["kind"] == "craft_village"].index[:40:8]
    for key in (*crowded, "den-ngoc-son", "pho-ta-hien"):
        page.evaluate(f"document.querySelector('#site-{key} button').click()")
        until(
            page,
            f"document.querySelector('#site-{key}.here') && document.querySelector('.pin.open b') !== null",
        )
        assert page.locator(f"#site-{key}").get_attribute("class") == "here"
        page.evaluate("document.querySelector('.leaflet-popup-pane').style.visibility = 'hidden'")
        seen = page.evaluate("""() => { const r = document.querySelector(".pin.open b").getBoundingClientRect();
            return [0.25, 0.5, 0.75].flatMap(x => [0.25, 0.5, 0.75].map(y => {
                const top = document.elementFromPoint(r.left + x * r.width, r.top + y * r.height);
                return Boolean(top && top.closest(".pin.open")); })); }""")
        assert all(seen), key


def test_rows_price_and_nights_of_the_page_say_what_is_not_sure_and_not_in(show: Show) -> None:
    trip = trips.three_city_trip()
    stop = dataclasses.replace(
        trip.days[0].stops[0], certainty="assumed", visit_certainty="assumed", position="commune"
    )
    sure = [
        dataclasses.replace(s, certainty="known", visit_certainty="known", position="site")
        for s in trip.days[0].stops[1:]
    ]
    station = {
        "site_id": "ga-hue",
        "name_vi": "Ga Huế",
        "name_en": "Hue railway station",
        "lon": 107.57854,
        "lat": 16.45639,
    }
    first = dataclasses.replace(
        trip.days[0], stops=(stop, *sure), end=dataclasses.replace(trip.days[0].end, **station)
    )
    second = dataclasses.replace(trip.days[1], start=dataclasses.replace(trip.days[1].start, **station))
    trip = dataclasses.replace(
        trip, days=(first, second, trip.days[2]), measures={"cost_vnd_per_person": 450_000}
    )
    page = show(map_itinerary(trip, lang="en")).page
    rows = page.locator("[data-rows='1'] li.stop")
    assert "≈ hours, visit time assumed; position up to 3 km off" in rows.first.inner_text()
    assert "≈" not in rows.nth(1).inner_text()
    notes, facts = page.locator(".notes").inner_text(), page.locator(".facts").inner_text()
    assert "without flights, trains, lodging, meals" in facts
    assert "Not counted: 1 flight; 1 train ride; 2 nights' lodging" in notes
    assert "visit time assumed: a judgement" in notes
    night = page.locator("[data-rows='1'] li.end").inner_text()
    assert night.split("\n")[1].startswith("Hue")
    assert "lodging not chosen (times are to Hue railway station)" in night
    page.locator("[data-tongue]").click()
    assert "Nghỉ đêm: chưa chọn chỗ ở" in page.locator("[data-rows='1'] li.end").inner_text()
    assert page.locator(".pin.end[aria-label*='Ga Huế']").count() == 0
    assert page.locator(".pin.end[aria-label*='Huế']").count() == 1


def test_title_and_description_hold_the_whole_span_in_few_words_and_turn_with_the_language(
    show: Show,
) -> None:
    trip = trips.three_city_trip()
    page = show(map_itinerary(trip, lang="en")).page
    about = page.locator("meta[name=description]")
    assert page.title() == "Hanoi – Hue – Saigon · Saturday, 13 March 2027 – Monday, 15 March 2027"
    said = about.get_attribute("content")
    assert said.startswith("Saturday, 13 March 2027 – Monday, 15 March 2027: Temple of Literature, ")
    named = sum(stop.name_en in said for stop in trip.stops)
    assert 5 < named < len(trip.stops)
    assert said.endswith(f"… (+{len(trip.stops) - named})")
    assert len(said) < 260
    page.locator("[data-tongue]").click()
    assert "Thứ Bảy, 13/3/2027 – Thứ Hai, 15/3/2027" in page.title()
    assert "Văn Miếu" in about.get_attribute("content")


def test_the_list_says_the_fee_and_a_card_opens_in_three_apps(show: Show) -> None:
    trip = trips.south_trip()
    stop = trip.days[0].stops[0]
    stops = [
        dataclasses.replace(s, fee_vnd=fee)
        for s, fee in zip(trip.stops, (30_000, 0, None, 5, 5), strict=True)
    ]
    trip = dataclasses.replace(trip, days=(dataclasses.replace(trip.days[0], stops=tuple(stops)),))
    page = show(map_itinerary(trip, lang="en")).page
    rows = [row.inner_text() for row in page.locator("li.stop").all()]
    assert "entrance 30,000 VND" in rows[0]
    assert "entrance free" in rows[1]
    assert "entrance" not in rows[2]
    page.locator("button.name").first.click()
    page.locator(".card h2").wait_for()
    links = {link.inner_text(): link.get_attribute("href") for link in page.locator(".card .more a").all()}
    links.pop("See a photo", None)
    assert list(links) == ["OpenStreetMap", "Google Maps", "Apple Maps"]
    for address in links.values():
        assert address.startswith("https://")
        assert f"{stop.lat:.5f}" in address
        assert f"{stop.lon:.5f}" in address


CROSSINGS = """() => {
  const names = [".legend", ".outside", ".bare", ".leaflet-popup-content-wrapper", ".leaflet-control"];
  const seen = [...document.querySelectorAll(names.map(name => ".chart " + name))]
    .filter(node => node.offsetHeight && getComputedStyle(node).visibility === "visible")
    .map(node => [node.className, node.getBoundingClientRect()]);
  const frame = document.querySelector(".chart").getBoundingClientRect(), found = [];
  seen.forEach(([name, a], i) => {
    if (a.left < frame.left - 1 || a.right > frame.right + 1 || a.top < frame.top - 1) { found.push(name); }
    seen.slice(i + 1).forEach(([other, b]) => {
      const w = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const h = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (w > 1 && h > 1) { found.push(name + " lies over " + other); }
    });
  });
  return found;
}"""


@pytest.mark.parametrize(("width", "height"), [(360, 740), (844, 390), (500, 900)])
def test_no_control_lies_over_another_in_any_state(show: Show, width: int, height: int) -> None:
    sites = routeplanner.load_sites()
    for shown in (map_itinerary(trips.south_trip(), lang="en"), map_sites(sites, lang="en")):
        page = show(shown, viewport={"width": width, "height": height}).page
        for _ in range(2):  # the legend open and folded
            assert page.evaluate(CROSSINGS) == []
            page.evaluate("document.querySelector('.legend').toggleAttribute('open')")
            page.wait_for_timeout(50)
        page.evaluate("document.querySelector('.legend').open = true")
        for row in page.locator("#plan-rows li[id] button").all()[:3]:
            row.evaluate("button => button.click()")
            until(page, "document.querySelectorAll('.leaflet-popup').length === 1")
            page.wait_for_timeout(300)  # the map glides until the card is in view
            assert page.evaluate(CROSSINGS) == []
            page.keyboard.press("Escape")
            until(page, "document.querySelectorAll('.leaflet-popup').length === 0")
