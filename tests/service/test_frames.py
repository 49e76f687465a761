"""Chromium on three sites: the one named in the settings frames a plan, another one does not."""

from __future__ import annotations

import http.server
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from standing import SOUTH, free_port, served

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.browser


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


def test_only_the_site_named_in_the_settings_frames_a_plan(browser: Any, tmp_path: Path) -> None:
    import httpx

    from routeplanner.service import Settings

    allowed, other = free_port(), free_port()
    settings = Settings(
        database=str(tmp_path / "plans.sqlite"),
        workers=1,
        frame_ancestors=(f"http://127.0.0.1:{allowed}",),
    )
    with served(settings) as base:
        plan = httpx.post(f"{base}/plans", json=SOUTH, timeout=300).json()
        snippet = httpx.get(f"{base}/oembed", params={"url": plan["embed_url"]}).json()["html"]
        page = "<!doctype html><title>x</title>" + snippet.replace('loading="lazy"', "")
        with site(allowed, page) as friend, site(other, page) as stranger:
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
