"""Draw the pictures of the README: ``python tools/pictures.py [FOLDER]`` (by default docs/images); needs Chromium.

The first is the trip of ``make demo``. Run it when roads, catalogue or the page have changed how these trips look.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import routeplanner as rp

if TYPE_CHECKING:
    import folium

FEBRUARY, MARCH = date(2027, 2, 12), date(2027, 3, 13)
ROUTES = {
    "Pottery and the old citadel": rp.TripRequest(
        first_day=FEBRUARY, must_visit=("bat-trang", "co-loa"), max_stops=3, festivals="seek"
    ),
    "Crafts south of the city": rp.TripRequest(first_day=MARCH, corridor="south", themes={"handicraft": 1.0}),
    "Pagodas and villages of the west": rp.TripRequest(first_day=MARCH, corridor="west", days=2),
    "Hats and incense": rp.TripRequest(
        first_day=MARCH, must_visit=("chuong-conical-hat-village", "quang-phu-cau-incense")
    ),
}


def pages() -> dict[str, tuple[folium.Map, tuple[int, int]]]:
    """Return the maps by file name, each with the size of its picture."""
    network = rp.build_network(rp.load_sites())
    trips = {name: rp.plan(network, request) for name, request in ROUTES.items()}
    south = trips["Crafts south of the city"]
    long = rp.plan(network, rp.TripRequest(corridor="hanoi-hue-saigon", first_day=MARCH, days=6))
    title = ("Bốn tuyến quanh Hà Nội", "Four routes around Hanoi")
    names = list(trips)
    return {
        "south.png": (rp.map_itinerary(south, lang="en"), (1280, 960)),
        "programme.png": (
            rp.map_programme(list(trips.values()), lang="en", title=title, names=names),
            (1440, 900),
        ),
        "three-cities.png": (rp.map_itinerary(long, lang="en"), (1440, 900)),
    }


def main(to: Path) -> None:
    """Write the pictures, in 256 colours."""
    from PIL import Image
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play, tempfile.TemporaryDirectory() as folder:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, (canvas, (width, height)) in pages().items():
            file = rp.save_html(canvas, Path(folder) / f"{name}.html")
            page = browser.new_page(viewport={"width": width, "height": height})
            page.goto(file.as_uri())
            page.wait_for_timeout(1500)
            page.screenshot(path=Path(folder) / name)
            with Image.open(Path(folder) / name) as picture:
                picture.convert("RGB").quantize(256).save(to / name, optimize=True)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/images"))
