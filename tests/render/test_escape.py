"""No text of the data runs, breaks the page, or reads otherwise than it was given."""

from __future__ import annotations

import dataclasses
import html
import string
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import folium
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sample_trips as trips
from routeplanner._escape import HTML, escape_for_leaflet, safe_url
from routeplanner._text import nfc
from routeplanner.itinerary_text import timetable_html
from routeplanner.render.maps import map_itinerary, map_sites
from routeplanner.render.publish import to_html

if TYPE_CHECKING:
    from conftest import Opened
    from routeplanner.itinerary import Itinerary

Show = Callable[..., "Opened"]

PAYLOADS = {
    "script": "<script>window.PWN=1</script>",
    "onerror": "<img src=x onerror=window.PWN=1>",
    "backtick": "`+(window.PWN=1)+`",
    "template": "${window.PWN=1}",
    "backslash": "\\`;window.PWN=1;//",
    "close script": "</script><script>window.PWN=1</script>",
    "attribute": '" onmouseover="window.PWN=1" autofocus onfocus="window.PWN=1',
    "quote": "'-(window.PWN=1)-'",
    "svg": "<svg onload=window.PWN=1><animate onbegin=window.PWN=1 attributeName=x dur=1s>",
    "braces": "{{ 7*7 }}{% raw %} {window.PWN=1}",
    "bidi": "Làng \u202egnuhc\u202c \u200b\u2066x\u2069",
    "css": "x;background:url(javascript:window.PWN=1)}</style><script>window.PWN=1</script>",
}
HARMLESS = ["Làng `Bát Tràng`", r"C:\new\u00", "Trần & Lê <i> 'gốm' \"sứ\" $5 {6}"]


@pytest.fixture(params=[*PAYLOADS.values(), *HARMLESS], ids=[*PAYLOADS, "backticks", "path", "marks"])
def payload(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def poisoned(value: Any, payload: str, *, keep: tuple[str, ...] = ()) -> Any:
    """A copy of a dataclass with the payload at the end of every text, and in every tuple of texts."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        changed = {
            field.name: poisoned(getattr(value, field.name), payload)
            for field in dataclasses.fields(value)
            if field.init and field.name not in keep
        }
        return dataclasses.replace(value, **changed)
    if isinstance(value, str):
        return value + payload
    if isinstance(value, tuple):
        return tuple(poisoned(item, payload) for item in value)
    if isinstance(value, dict):
        return {key: poisoned(item, payload) for key, item in value.items()}
    return value


def poisoned_trip(payload: str) -> Itinerary:
    trip: Itinerary = poisoned(trips.two_day_trip(), payload)
    return trip


def unharmed(opened: Opened) -> None:
    assert opened.page.evaluate("window.PWN") is None
    assert opened.errors == []
    assert opened.page.locator("path.leg").count() > 0 or opened.page.locator(".pin").count() > 0


@given(st.text())
def test_escaped_text_reads_back_as_given(text: str) -> None:
    escaped = escape_for_leaflet(text)
    assert html.unescape(escaped) == html.unescape(html.escape(text))
    assert not set(escaped.replace("&#", "").replace(";", "")) & set("&<>\"'\\`${}")


def test_html_passes_and_escaping_twice_changes_nothing() -> None:
    once = escape_for_leaflet("<b>&")
    assert escape_for_leaflet(once) == once == "&#60;b&#62;&#38;"
    assert escape_for_leaflet(HTML("<b>")) == "<b>"
    assert escape_for_leaflet(5) == "5"


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        " JaVaScRiPt:alert(1)",
        "java\tscript:alert(1)",
        "\x01javascript:alert(1)",
        "data:text/html,<script>1</script>",
        "vbscript:x",
        "//evil.example",
        "/local",
        "",
        None,
        5,
        "\u202ejavascript:1",
        "file:///etc/passwd",
    ],
)
def test_addresses_that_are_no_web_page_are_refused(url: object) -> None:
    assert safe_url(url) is None


@given(
    st.sampled_from(["http://", "https://", "HTTPS://", "mailto:"]),
    st.text(string.ascii_letters + "/?&=%", max_size=20),
)
def test_web_addresses_pass(scheme: str, rest: str) -> None:
    assert safe_url(scheme + rest) == scheme + rest


@pytest.mark.browser
def test_every_text_of_an_itinerary_is_harmless_and_reads_as_given(show: Show, payload: str) -> None:
    trip = poisoned_trip(payload)
    # Without its policy, so that it is the escaping which is seen to hold.
    opened = show(to_html(map_itinerary(trip, title=("Tên" + payload, "Title" + payload)), csp=False))
    page = opened.page
    unharmed(opened)
    shown = nfc(payload)
    assert page.locator(".pin.stop").count() == len(trip.stops)
    assert page.locator("h1 .t[lang=vi]").text_content() == "Tên" + shown
    assert page.title().startswith(" ".join(("Tên" + payload).split())[:8])
    buttons = page.locator("button.name .t[lang=vi]").all_text_contents()
    assert buttons == [nfc(stop.name_vi) for stop in trip.stops]
    assert page.locator(".leaflet-control-attribution").text_content().endswith(shown)
    page.locator("button.name").first.click()
    page.locator(".leaflet-popup .card h2").wait_for()
    assert page.locator(".card h2").text_content() == nfc(trip.stops[0].name_vi)
    assert nfc(trip.stops[0].name_vi) in page.locator(".pin.stop").first.get_attribute("aria-label")
    page.locator("[data-tongue]").click()
    page.locator("button.name").first.click()
    page.locator(".card h2").wait_for()
    assert page.locator(".card h2").text_content() == nfc(trip.stops[0].name_en)
    assert trip.stops[0].summary_en in page.locator(".card").text_content()
    page.evaluate(
        "document.querySelector('path.leg').dispatchEvent(new MouseEvent('mouseover', {bubbles: true}))"
    )
    unharmed(opened)


EVERY = [*PAYLOADS.values(), *HARMLESS]


@pytest.mark.browser
def test_every_text_of_a_catalogue_is_harmless_and_reads_as_given(show: Show) -> None:
    from routeplanner.sites.catalog import load_sites

    sites = load_sites().head(len(EVERY)).copy()
    for column in ("name_vi", "name_en", "kind", "summary_en", "district_2024", "opening_hours"):
        sites[column] = [f"{value or ''}{bad}" for value, bad in zip(sites[column], EVERY, strict=True)]
    sites["crafts"] = [["pottery", bad] for bad in EVERY]
    sites.index = [f"{key}{bad}" for key, bad in zip(sites.index, EVERY, strict=True)]
    canvas = map_sites(sites, trips=[poisoned_trip(bad) for bad in EVERY[:4]])
    opened = show(to_html(canvas, csp=False))
    page = opened.page
    unharmed(opened)
    assert page.locator(".pin").count() == len(EVERY)
    buttons = page.locator(".kind button [lang=vi]")
    assert sorted(buttons.all_text_contents()) == sorted(nfc(n) for n in sites["name_vi"])
    page.evaluate("document.querySelectorAll('details').forEach(node => { node.open = true; })")
    seen = set()
    for number in range(len(EVERY)):
        buttons.nth(number).click()
        card = page.locator(".leaflet-popup .card")
        name = buttons.nth(number).text_content()
        card.filter(has=page.get_by_role("heading", name=" ".join(name.split()))).wait_for()
        seen.add(card.last.text_content())
        page.keyboard.press("Escape")
        card.first.wait_for(state="detached")
    for row in sites.itertuples():
        own = [text for text in seen if text.startswith(nfc(row.name_vi) + nfc(row.name_en))]
        assert len(own) == 1
        assert row.opening_hours in own[0]
        assert row.district_2024 in own[0]
    unharmed(opened)


@pytest.mark.browser
def test_the_notebook_table_is_harmless_and_reads_as_given(show: Show) -> None:
    poisoned_trips = [poisoned_trip(bad) for bad in EVERY]
    tables = "".join(timetable_html(trip, "vi") for trip in poisoned_trips)
    opened = show(f'<!doctype html><meta charset="utf-8"><div class="leaflet-container"></div>{tables}')
    assert opened.page.evaluate("window.PWN") is None
    assert opened.errors == []
    names = [nfc(stop.name_vi) for trip in poisoned_trips for stop in trip.stops]
    assert opened.page.locator("strong").all_text_contents() == names


@pytest.mark.browser
def test_escaped_text_is_safe_in_the_sinks_of_folium(show: Show) -> None:
    canvas = map_itinerary(trips.south_trip())
    for payload in EVERY:
        add_sinks(canvas, payload)
    folium.LayerControl(collapsed=False).add_to(canvas)
    # Without its policy, so that it is the escaping which is seen to hold.
    opened = show(to_html(canvas, csp=False))
    unharmed(opened)
    page = opened.page
    stripped = [payload.strip() for payload in EVERY]
    given = [text.strip() for text in page.locator(".given").all_text_contents()]
    assert sorted(given) == sorted([*stripped, *stripped])
    tips = page.locator(".leaflet-tooltip").all_text_contents()
    assert sorted(text.strip() for text in tips) == sorted(stripped)
    layers = page.locator(".leaflet-control-layers-overlays label").all_text_contents()
    assert [text.strip() for text in layers] == stripped
    popups = []
    for marker in page.locator("img.leaflet-marker-icon").all():
        marker.dispatch_event("click")
        text = page.locator(".leaflet-popup-content").last.text_content().strip()
        popups.append(text.removeprefix("n\n").strip())  # GeoJsonPopup puts the name of its field first
    assert set(popups) == set(stripped)
    unharmed(opened)


def add_sinks(canvas: Any, payload: str) -> None:
    safe, where = escape_for_leaflet(payload), [20.9, 105.85]
    point = {
        "type": "Feature",
        "properties": {"n": safe},
        "geometry": {"type": "Point", "coordinates": [105.8, 20.9]},
    }
    folium.Marker(where, popup=safe).add_to(canvas)
    folium.Marker(where, popup=folium.Popup(safe, lazy=True), tooltip=safe).add_to(canvas)
    folium.CircleMarker(where, tooltip=folium.Tooltip(safe, permanent=True)).add_to(canvas)
    folium.Marker(where, icon=folium.DivIcon(html=f'<u class="given">{safe}</u>')).add_to(canvas)
    folium.GeoJson(
        {"type": "FeatureCollection", "features": [point]},
        tooltip=folium.GeoJsonTooltip(["n"]),
        popup=folium.GeoJsonPopup(["n"]),
        control=False,
    ).add_to(canvas)
    folium.FeatureGroup(name=safe).add_to(canvas)
    canvas.get_root().html.add_child(folium.Element(f'<h3 class="given">{safe}</h3>'))
