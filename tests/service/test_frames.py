"""Chromium on several sites: who may frame a plan, and the example pages as a stranger opens them."""

from __future__ import annotations

import http.server
import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import routeplanner as rp
from routeplanner.cli import main
from standing import SOUTH, free_port, served

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.browser

EXAMPLES = Path(__file__).parents[2] / "examples"
ADDED = ("id", "url", "embed_url")


@contextmanager
def site(port: int, page: str) -> Iterator[str]:
    """Serve one page at every path."""

    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = page.encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Page)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{port}/"
    server.shutdown()
    server.server_close()
    thread.join()


def framed(browser: Any, address: str) -> bool:
    """Open a page and say whether the plan in its frame is shown."""
    page = browser.new_page()
    page.goto(address)
    shown = False
    for _ in range(200):
        inner = [frame for frame in page.frames if frame != page.main_frame]
        if inner and inner[0].url.startswith("chrome-error:"):
            break
        if inner and "/embed/" in inner[0].url:
            shown = bool(inner[0].query_selector(".leaflet-container"))
        if shown:
            break
        page.wait_for_timeout(50)
    page.close()
    return shown


@dataclass(frozen=True)
class Standing:
    """A service, a port whose site it knows, and a plan."""

    base: str
    friend: int
    plan: dict[str, Any]


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standing]:
    import httpx

    from routeplanner.service import Settings

    port = free_port()
    settings = Settings(
        database=str(tmp_path_factory.mktemp("frames") / "plans.sqlite"),
        workers=1,
        frame_ancestors=(f"http://127.0.0.1:{port}",),
        cors_origins=(f"http://127.0.0.1:{port}",),
    )
    with served(settings) as base:
        yield Standing(base, port, httpx.post(f"{base}/plans", json=SOUTH, timeout=300).json())


def test_only_the_site_named_in_the_settings_frames_a_plan(browser: Any, standing: Standing) -> None:
    import httpx

    base, plan = standing.base, standing.plan
    snippet = httpx.get(f"{base}/oembed", params={"url": plan["embed_url"]}).json()["html"]
    page = "<!doctype html><title>x</title>" + snippet.replace('loading="lazy"', "")
    with site(standing.friend, page) as friend, site(free_port(), page) as stranger:
        assert framed(browser, friend)
        assert not framed(browser, stranger)
    alone = browser.new_page()
    errors: list[str] = []
    alone.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    for address in (plan["embed_url"], plan["url"] + ".html"):
        alone.goto(address)
        alone.wait_for_selector(".leaflet-container")
    alone.close()
    assert [text for text in errors if "favicon" not in text and "404" not in text] == []


def test_the_page_that_asks_shows_a_plan_and_every_fault(browser: Any, standing: Standing) -> None:
    source = (EXAMPLES / "ask.html").read_text(encoding="utf-8")
    assert 'value="http://127.0.0.1:8000"' in source
    with site(standing.friend, source.replace("http://127.0.0.1:8000", standing.base)) as address:
        page = browser.new_page()
        page.goto(address)
        page.wait_for_function("document.querySelectorAll('select option').length > 5")
        assert page.input_value("select[name=corridor]") == "south"
        page.fill("input[name=first_day]", SOUTH["first_day"])
        page.click("button")
        frame = page.wait_for_selector("iframe").content_frame()
        frame.wait_for_selector(".leaflet-container")
        stops = sum(len(day["stops"]) for day in standing.plan["days"])
        assert page.inner_text("#state").startswith(f"{stops} ")
        links = [link.get_attribute("href") for link in page.query_selector_all("#files a")]
        assert links == [f"{standing.plan['url']}.{kind}" for kind in ("gpx", "kml", "ics", "csv", "geojson")]
        page.eval_on_selector(
            "select[name=corridor]", "list => list.add(new Option('<b>x</b>', '<b>x</b>', true, true))"
        )
        page.click("button")
        page.wait_for_selector("#faults li")
        assert "'<b>x</b>'" in page.inner_text("#faults")
        assert page.query_selector("#faults b, #map iframe") is None
        page.fill("input[name=service]", "http://127.0.0.1:1")
        page.click("button")
        page.wait_for_function("document.getElementById('state').textContent.includes('does not answer')")
        page.close()


def test_the_page_that_embeds_shows_a_saved_file(browser: Any, standing: Standing, tmp_path: Path) -> None:
    trip = rp.Itinerary.from_dict({key: value for key, value in standing.plan.items() if key not in ADDED})
    trip.to_file(tmp_path / "south.json")
    line = ["embed", str(tmp_path / "south.json"), str(tmp_path / "south.html"), "--lang", "vi"]
    assert main([*line, "--json", str(tmp_path / "told.json")]) == 0
    told = json.loads((tmp_path / "told.json").read_text(encoding="utf-8"))
    assert (told["url"], told["page"]) == ("south.html", str(tmp_path / "south.html"))
    assert told["snippet"] == rp.embed_snippet("south.html")
    (tmp_path / "embed.html").write_bytes((EXAMPLES / "embed.html").read_bytes())
    page = browser.new_page()
    page.goto((tmp_path / "embed.html").as_uri())  # from disk, without a server
    frame = page.wait_for_selector("iframe").content_frame()
    frame.wait_for_selector(".leaflet-container")
    assert trip.stops[0].name_vi in frame.inner_text("body")
    page.close()
