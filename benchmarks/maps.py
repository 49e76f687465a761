"""Bytes, seconds to render and seconds to first paint of maps with many sites, beside plain Folium and Lonboard.

Run ``python benchmarks/maps.py [50 500 5000]``; it prints a table. Each map has 20 routes of 400 points.
Sites are those of the catalogue, repeated with their positions shifted where more are asked for. Paint is
timed in Chromium from the start of navigation to the second frame after the first marker stands. Plain
Folium's web assets are answered from this machine (Leaflet) or left empty (the rest), so that its times hold
no download: in use they would be longer. Lonboard stands in the table where it is installed; its page loads two
scripts from the web and draws with WebGL, so that its paint cannot be timed offline. Seconds to render are processor
time, the median of three runs.
"""

from __future__ import annotations

import argparse
import gzip
import math
import random
import re
import shutil
import statistics
import tempfile
import time
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import folium
import pandas as pd

import routeplanner as rp
from routeplanner._clock import at
from routeplanner._escape import escape_for_leaflet
from routeplanner.render._page import asset_files

if TYPE_CHECKING:
    import geopandas as gpd

ROUTES, POINTS, RUNS = 20, 400, 3
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
SHIM = (
    "window.$=m=>{const t=document.createElement('template');"
    "t.innerHTML=String(m).trim();return [t.content.firstChild]};"
)
PAINTED = """
(() => { const look = () => document.querySelector('.leaflet-marker-icon')
    ? requestAnimationFrame(() => requestAnimationFrame(() => { window.painted = performance.now(); }))
    : setTimeout(look, 5); look(); })();
"""


def main(sizes: list[int]) -> None:
    """Print the table."""
    routes = make_routes()
    print("| sites | way | kB raw | kB gzip | kB whole file | render s | paint s |")
    print("|---|---|---|---|---|---|---|")
    for size in sizes:
        sites = make_sites(size)
        for name, make in (("routeplanner", ours), ("plain Folium", plain), ("Lonboard", lonboard)):
            if name == "Lonboard" and find_spec("lonboard") is None:
                continue
            bare, whole, seconds = make(sites, routes)
            painted = "needs the web" if name == "Lonboard" else f"{paint(whole):.2f}"
            print(
                f"| {size:,} | {name} | {kilobytes(bare)} | {kilobytes(gzip.compress(bare.encode()))} "
                f"| {kilobytes(whole)} | {seconds:.2f} | {painted} |",
                flush=True,
            )


def kilobytes(text: str | bytes) -> str:
    """Thousands of bytes."""
    return f"{len(text.encode() if isinstance(text, str) else text) / 1000:,.0f}"


def make_sites(size: int) -> gpd.GeoDataFrame:
    """As many sites as asked for."""
    rng = random.Random(0)  # noqa: S311 - no secret
    own = rp.load_sites()
    parts = [own]
    while sum(map(len, parts)) < size:
        copy = own.copy()
        copy["geometry"] = own.geometry.translate(rng.uniform(-0.2, 0.2), rng.uniform(-0.2, 0.2))
        copy.index = [f"{key}-{len(parts)}" for key in own.index]
        parts.append(copy)
    return pd.concat(parts).head(size)


def make_routes() -> list[rp.Itinerary]:
    """Routes that wander like roads."""
    rng = random.Random(1)  # noqa: S311
    return [route(rng) for _ in range(ROUTES)]


def route(rng: random.Random) -> rp.Itinerary:
    """One route of one leg."""
    lon, lat, heading = 105.85, 21.03, rng.uniform(0, 2 * math.pi)
    line = []
    for _ in range(POINTS):
        heading += rng.gauss(0, 0.25)
        lon, lat = lon + 0.0012 * math.cos(heading), lat + 0.0012 * math.sin(heading)
        line.append((round(lon, 5), round(lat, 5)))
    day = date(2027, 3, 13)
    start, end = (
        rp.Terminal(site_id=f"p{i}", name_vi="Hồ", name_en="Lake", lon=p[0], lat=p[1], time=at(day, clock))
        for i, (p, clock) in enumerate([(line[0], 28800), (line[-1], 36000)])
    )
    leg = rp.Leg(
        from_id="p0",
        to_id="p1",
        mode="coach",
        distance_m=50_000,
        duration_s=7200,
        departure=start.time,
        arrival=end.time,
        geometry=tuple(line),
    )
    whole = rp.Day(date=day, start=start, stops=(), breaks=(), legs=(leg,), end=end)
    return rp.Itinerary(version="0", seed=0, request={}, prize=0.0, bound=None, days=(whole,))


def ours(sites: gpd.GeoDataFrame, routes: list[rp.Itinerary]) -> tuple[str, str, float]:
    """Page without assets, whole page, seconds of the best run."""

    def render() -> Any:  # noqa: ANN401
        canvas = rp.map_sites(sites, trips=routes)
        return canvas, rp.to_html(canvas, assets="/static")

    (canvas, bare), seconds = best(render)
    return bare, rp.to_html(canvas), seconds


def plain(sites: gpd.GeoDataFrame, routes: list[rp.Itinerary]) -> tuple[str, str, float]:
    """Do the same with markers, popups, tooltips and lines of Folium, on no tiles."""

    def render() -> Any:  # noqa: ANN401
        canvas = folium.Map([21.03, 105.85], zoom_start=10, tiles=None)
        for site in sites.itertuples():
            text = escape_for_leaflet(f"{site.name_vi} / {site.name_en}: {site.kind}. {site.summary_en}")
            where = [round(site.geometry.y, 5), round(site.geometry.x, 5)]
            name = escape_for_leaflet(site.name_vi)
            folium.Marker(where, popup=text, tooltip=name).add_to(canvas)
        for itinerary in routes:
            line = [(lat, lon) for lon, lat in itinerary.days[0].legs[0].geometry]
            folium.PolyLine(line).add_to(canvas)
        return canvas.get_root().render()

    page, seconds = best(render, runs=1 if len(sites) > 1000 else RUNS)
    return page, page, seconds


def lonboard(sites: gpd.GeoDataFrame, routes: list[rp.Itinerary]) -> tuple[str, str, float]:
    """Do the same with Lonboard's points and paths."""
    import geopandas as gpd
    import shapely
    from lonboard import Map, PathLayer, ScatterplotLayer

    columns = ["name_vi", "name_en", "kind", "summary_en", "geometry"]
    lines = [shapely.LineString(itinerary.days[0].legs[0].geometry) for itinerary in routes]
    ways = gpd.GeoDataFrame({"route": range(len(lines))}, geometry=lines, crs="EPSG:4326")

    def render() -> str:
        points = ScatterplotLayer.from_geopandas(sites[columns], radius_min_pixels=4, pickable=True)
        return str(Map([PathLayer.from_geopandas(ways, width_min_pixels=2), points]).to_html())

    page, seconds = best(render)
    return page, page, seconds


def best(work: Any, runs: int = RUNS) -> tuple[Any, float]:  # noqa: ANN401
    """Return what the work gives and its processor time, the median of some runs."""
    times = []
    for _ in range(runs):
        begun = time.process_time()
        result = work()
        times.append(time.process_time() - begun)
    return result, statistics.median(times)


def paint(page_text: str) -> float:
    """Seconds to the first markers on the screen, the best of some runs."""
    from playwright.sync_api import Route, sync_playwright

    files = {name.rpartition("/")[2]: content for name, content in asset_files()}

    def answer(asked: Route) -> None:
        name = asked.request.url.rpartition("/")[2]
        body = files.get(name, SHIM.encode() if "jquery" in name else b"")
        asked.fulfill(body=body, content_type="text/css" if name.endswith("css") else "text/javascript")

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        file = Path(folder, "map.html")
        file.write_text(page_text, encoding="utf-8")
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        times = []
        for _ in range(RUNS):
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.route(re.compile("^https?:"), answer)
            page.add_init_script(PAINTED)
            page.goto(file.as_uri())
            while not page.evaluate(
                "window.painted"
            ):  # a waiting function would need eval, which our policy bars
                page.wait_for_timeout(20)
            times.append(page.evaluate("window.painted") / 1000)
            page.close()
        browser.close()
    return float(min(times))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sizes", nargs="*", type=int, default=[50, 500, 5000], help="numbers of sites")
    main(parser.parse_args().sizes)
