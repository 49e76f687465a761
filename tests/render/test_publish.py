"""A map on a website: under a strict policy, in a frame, in a sandbox, on a phone and on a desk."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import folium
import pytest

import routeplanner
import sample_trips as trips
from conftest import Opened
from routeplanner._escape import escape_for_leaflet
from routeplanner.errors import DataFileError, RequestError
from routeplanner.render._page import asset_files
from routeplanner.render.maps import map_itinerary, map_sites
from routeplanner.render.publish import embed_snippet, save_assets, save_html, to_html
from test_maps import page_data

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

BROWSER = pytest.mark.browser
STRICT = {"Content-Security-Policy": "default-src 'self'"}
TYPES = {"html": "text/html; charset=utf-8", "js": "text/javascript", "css": "text/css", "png": "image/png"}

Files = dict[str, tuple[str | bytes, dict[str, str]]]
"""Content and headers by path."""

Visit = Callable[..., Opened]


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    """Serve files on this machine and open the first of them."""
    servers, contexts = [], []

    def opener(files: Files, **options: Any) -> Opened:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                content, headers = files.get(self.path, (b"", {}))
                self.send_response(200 if self.path in files else 404)
                self.send_header("Content-Type", TYPES.get(self.path.rpartition(".")[2], "text/plain"))
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content.encode() if isinstance(content, str) else content)

            def log_message(self, *_: object) -> None:
                """Keep the test's output clean."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        context = browser.new_context(**{"reduced_motion": "reduce", **options})
        contexts.append(context)
        opened = Opened(context.new_page())
        opened.page.goto(f"http://127.0.0.1:{server.server_port}{next(iter(files))}")
        return opened

    yield opener
    for context in contexts:
        context.close()
    for server in servers:
        server.shutdown()
        server.server_close()


def framed(page: str, *, sandbox: str = "") -> Files:
    snippet = embed_snippet("map.html", title="Bản đồ").replace("<iframe", f"<iframe {sandbox}".rstrip())
    host = f'<!doctype html><html lang="vi"><meta charset="utf-8"><title>Trang</title>{snippet}'
    return {"/host.html": (host, STRICT), "/map.html": (page, {}), "/favicon.ico": ("", {})}


def strict_files(page: str) -> Files:
    files: Files = {"/map.html": (page, STRICT), "/favicon.ico": ("", {})}
    return files | {f"/static/{name}": (content, STRICT) for name, content in asset_files()}


SETTINGS: dict[str, Callable[[Any], Files]] = {
    "frame on a strict page": lambda canvas: framed(to_html(canvas)),
    "strict header on every file": lambda canvas: strict_files(to_html(canvas, assets="static")),
    "sandbox": lambda canvas: framed(to_html(canvas), sandbox='sandbox="allow-scripts"'),
}


@BROWSER
@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize("setting", SETTINGS)
def test_the_map_is_painted_whole_on_a_strict_site(visit: Visit, setting: str, width: int) -> None:
    trip = trips.two_day_trip()
    files = SETTINGS[setting](map_itinerary(trip))
    opened = visit(files, viewport={"width": width, "height": 800})
    inside: Any = opened.page.frame_locator("iframe") if "/host.html" in files else opened.page
    inside.locator(".pin.stop").first.wait_for()
    assert inside.locator(".pin.stop").count() == len(trip.stops)
    assert inside.locator("path.river").count() > 0
    assert inside.locator("path.road").count() > 0
    inside.locator("[data-tongue]").click()
    assert inside.locator("html").get_attribute("lang") == "en"
    inside.locator("[data-day='2']").click()
    inside.locator("[data-rows='2'] button.name").first.click()
    inside.locator(".card h2").wait_for()
    assert inside.locator(".card h2").inner_text() == trip.days[1].stops[0].name_en
    assert inside.locator("li.here").count() == 1
    style = "node => [getComputedStyle(node).position, node.getBoundingClientRect().width]"
    position, wide = inside.locator(".folium-map").evaluate(style)
    assert position == "absolute"
    assert 300 < wide <= width
    assert opened.errors == []
    assert {url.split("/")[2].split(":")[0] for url in opened.requests if url.startswith("http")} == {
        "127.0.0.1"
    }


@BROWSER
def test_the_policy_of_the_page_stops_what_someone_else_puts_into_it(visit: Visit) -> None:
    attack = "<img src=x onerror=window.PWN=1><script>window.PWN=2</script>"
    for csp, ran in ((True, None), (False, True)):
        page = to_html(map_itinerary(trips.south_trip()), csp=csp).replace("<h1>", f"<h1>{attack}")
        opened = visit({"/map.html": (page, {}), "/favicon.ico": ("", {})})
        opened.page.locator(".pin.stop").first.wait_for()
        assert bool(opened.page.evaluate("window.PWN")) is bool(ran)


@BROWSER
def test_markers_and_popups_of_folium_work_under_the_policy_of_the_page(visit: Visit) -> None:
    canvas = map_sites(routeplanner.load_sites().head(5))
    folium.Marker([20.9, 105.8], popup=escape_for_leaflet("Nón lá"), tooltip="Chợ").add_to(canvas)
    folium.Circle([20.9, 105.8], radius=500).add_to(canvas)
    opened = visit(framed(to_html(canvas)))
    inside = opened.page.frame_locator("iframe")
    inside.locator("img.leaflet-marker-icon").dispatch_event("click")
    inside.locator(".leaflet-popup-content").wait_for()
    assert inside.locator(".leaflet-popup-content").inner_text() == "Nón lá"
    assert opened.errors == []


@BROWSER
def test_layers_of_folium_work_where_every_file_has_the_strict_header(visit: Visit, tmp_path: Path) -> None:
    canvas = map_sites(routeplanner.load_sites().head(5))
    folium.Marker([20.9, 105.8], popup=escape_for_leaflet("Nón lá"), tooltip="Chợ").add_to(canvas)
    folium.PolyLine([(20.9, 105.8), (21.0, 105.9)], color="#b3402a").add_to(canvas)
    save_html(canvas, tmp_path / "bản đồ.html", assets="static")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bản đồ.html", "bản đồ.js"]
    page = (tmp_path / "bản đồ.html").read_text(encoding="utf-8")
    assert re.findall(r"<script(?! src| type)[^>]*>|<style", page) == []
    script = (tmp_path / "bản đồ.js").read_text(encoding="utf-8")
    opened = visit(strict_files(page) | {f"/{quote('bản đồ.js')}": (script, STRICT)})
    marker = opened.page.locator("img.leaflet-marker-icon")
    marker.dispatch_event("click")
    opened.page.locator(".leaflet-popup-content").wait_for()
    assert opened.page.locator(".leaflet-popup-content").inner_text() == "Nón lá"
    assert marker.evaluate("node => node.naturalWidth") == 25
    assert opened.page.locator("path[stroke='#b3402a']").count() == 1
    # Folium writes style attributes into its popups, which such a site leaves out; all else runs.
    assert all(error.startswith("Applying inline style") for error in opened.errors)


def test_leaflet_from_the_web_comes_with_the_hashes_that_its_makers_publish() -> None:
    page = to_html(map_itinerary(trips.south_trip()), assets="cdn")
    links = re.findall(r'(?:href|src)="(https://cdn[^"]+)" integrity="([^"]+)" crossorigin', page)
    assert dict(links) == {
        "https://cdn.jsdelivr.net/npm/leaflet@1.9.4/dist/leaflet.css": (
            "sha256-p4NxAoJBhIIN+hmNHrzRCf9tD/miZyoHS5obTRR9BMY="
        ),
        "https://cdn.jsdelivr.net/npm/leaflet@1.9.4/dist/leaflet.js": (
            "sha256-20nQCchB9co0qIjJZRGuk2/Z9VM+kNiyxNV1lvTlZBo="
        ),
    }


def test_assets_on_a_server_leave_no_script_and_no_style_in_the_page(tmp_path: Path) -> None:
    page = to_html(map_itinerary(trips.south_trip()), assets="/static/rp/")
    assert "<style" not in page
    assert re.findall(r"<script[^>]*>", page) == [
        '<script src="/static/rp/leaflet/leaflet.js">',
        '<script src="/static/rp/sheet.js">',
        '<script type="application/json" id="rp-data">',
    ]
    assert not re.search(r"\s(style|on\w+)=", page.split("<body>")[1].split('id="rp-data"')[0])
    written = {path.relative_to(tmp_path).as_posix() for path in save_assets(tmp_path)}
    linked = re.findall(r'(?:src|href)="/static/rp/([^"]+)"', page)
    assert set(linked) <= written
    css = (tmp_path / "leaflet" / "leaflet.css").read_text(encoding="utf-8")
    assert {f"leaflet/{name}" for name in re.findall(r"url\((images/[^)]+)\)", css)} <= written


def test_language_and_basemap_can_be_chosen_on_the_way_out() -> None:
    canvas = map_itinerary(trips.south_trip())
    before = to_html(canvas)
    english = to_html(canvas, lang="en", basemap="OpenTopoMap")
    assert '<html lang="en">' in english
    assert "13 March 2027" in re.findall(r'name="description" content="([^"]+)"', english)[0]
    assert "opentopomap" in page_data(english)["tiles"]["url"]
    assert "https://*.tile.opentopomap.org" in re.findall(r'Policy" content="([^"]+)"', english)[0]
    bare = page_data(to_html(canvas, basemap=None))
    assert bare["tiles"] is None
    assert set(bare["layers"]) == {"legs", "stops"}
    assert to_html(canvas) == before == canvas.get_root().render()


def test_a_page_is_saved_whole_or_not_at_all(tmp_path: Path) -> None:
    canvas = map_itinerary(trips.south_trip())
    path = save_html(canvas, tmp_path / "trip.html", lang="en")
    assert path.read_text(encoding="utf-8") == to_html(canvas, lang="en")
    with pytest.raises(DataFileError, match="does not exist"):
        save_html(canvas, tmp_path / "missing" / "trip.html")
    assert [path.name for path in tmp_path.iterdir()] == ["trip.html"]


@pytest.mark.parametrize(
    "address", ["", " ", "javascript:alert(1)", "data:text/html,x", "//evil.example/x", "a b", 5]
)
def test_addresses_that_are_no_place_of_a_website_are_refused(address: Any) -> None:
    with pytest.raises(RequestError, match="relative"):
        embed_snippet(address)
    with pytest.raises(RequestError, match="relative"):
        to_html(map_itinerary(trips.south_trip()), assets=address)


def test_the_frame_says_what_it_is_and_cannot_be_broken_by_its_title() -> None:
    line = embed_snippet("https://example.org/a?b=1&c=2", title='"><script>1</script>')
    assert "<script>" not in line
    assert 'src="https://example.org/a?b=1&#38;c=2"' in line
    for part in ('loading="lazy"', 'referrerpolicy="strict-origin-when-cross-origin"', 'height="680"'):
        assert part in line
    with pytest.raises(RequestError, match="height_px"):
        embed_snippet("a.html", height_px=0)


def test_faults_of_an_export_come_together_and_a_plain_folium_map_is_refused() -> None:
    with pytest.raises(RequestError) as caught:
        to_html(map_itinerary(trips.south_trip()), lang="fr", basemap="OpenTopMap", assets="ftp://x/y")
    assert len(caught.value.faults) == 3
    with pytest.raises(RequestError, match="map_itinerary"):
        to_html(folium.Map())
