"""What is handed in by mistake: each fault names the argument, the value and the way out, all in one error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import Point

import routeplanner
import sample_trips as trips
from routeplanner.errors import RequestError
from routeplanner.render.maps import map_itinerary, map_network, map_programme, map_sites
from routeplanner.render.picture import to_png, to_svg
from routeplanner.render.publish import embed_snippet, save_html, to_html
from test_maps import decoded, page_data

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def few() -> gpd.GeoDataFrame:
    return routeplanner.load_sites().head(4)


def moved(**changes: Any) -> gpd.GeoDataFrame:
    return few().assign(**changes)


trip = trips.south_trip

WRONG: dict[str, tuple[Callable[[], Any], str]] = {
    "title": (lambda: map_itinerary(trip(), title=5), r"title: 5 is no text; give a string or a pair"),  # type: ignore[arg-type]
    "title of three": (lambda: map_sites(few(), title=("a", "b", "c")), r"title: .* pair"),  # type: ignore[arg-type]
    "title of a graph": (
        lambda: map_network(routeplanner.load_roads(), title=None),
        r"title: None is no text",
    ),  # type: ignore[arg-type]
    "title of a programme": (lambda: map_programme([trip()], title=b"x"), r"title: b'x' is no text"),  # type: ignore[arg-type]
    "title of a picture": (lambda: to_svg(trip(), title=5), r"title: 5 is no text"),  # type: ignore[arg-type]
    "title of a frame": (lambda: embed_snippet("a.html", title=None), r"title: None is no text"),  # type: ignore[arg-type]
    "names": (lambda: map_programme([trip(), trip()], names="ab"), r"names: 'ab' is no list"),
    "one name": (lambda: map_programme([trip(), trip()], names=["a", 5]), r"names: number 2: 5 is no text"),  # type: ignore[list-item]
    "JSON for a trip": (
        lambda: map_itinerary(trip().to_dict()),
        r"trip: this dict .* Itinerary.from_dict",
    ),  # type: ignore[arg-type]
    "nothing for a trip": (lambda: map_itinerary(None), r"trip: None is no itinerary"),  # type: ignore[arg-type]
    "a dict for a map": (
        lambda: to_html({}),
        r"map: this dict is no map of this library; give what map_itinerary",
    ),  # type: ignore[arg-type]
    "a map for a picture": (
        lambda: to_svg(map_programme([trip()])),
        r"is a map; give the itinerary that it was",
    ),
    "a map for a PNG": (lambda: to_png(map_itinerary(trip())), r"is a map; give the itinerary that it was"),
    "a trip among sites": (
        lambda: map_sites(few(), trips=[5]),
        r"trips: number 1: 5 is no itinerary",
    ),  # type: ignore[list-item]
    "one trip for a list": (
        lambda: map_sites(few(), trips=trip()),
        r"trips: .* no list of itineraries",
    ),  # type: ignore[arg-type]
    "no graph": (
        lambda: map_network(few()),
        r"graph: this GeoDataFrame is no graph of networkx; give load_roads",
    ),
    "credit": (lambda: map_network(routeplanner.load_roads(), attribution=5), r"attribution: 5 is no text"),  # type: ignore[arg-type]
    "lang": (lambda: map_sites(few(), lang="VN"), r"lang: 'VN' .* choose one of \('vi', 'en'\)"),
    "no lang": (lambda: to_html(map_itinerary(trip()), lang=""), r"lang: '' is no language"),
    "lang of a list": (lambda: map_sites(few(), lang=["vi"]), r"lang: \['vi'\] is no language"),  # type: ignore[arg-type]
    "basemap": (
        lambda: map_sites(few(), basemap="openstreetmapp"),
        r"basemap: 'openstreetmapp' is no tile provider",
    ),
    "basemap of another type": (
        lambda: map_sites(few(), basemap=5),
        r"basemap: 5 is no basemap; give 'bundled'",
    ),  # type: ignore[arg-type]
    "a provider with a key": (
        lambda: to_html(map_itinerary(trip()), basemap="Jawg.Streets"),
        r"basemap: 'Jawg.Streets' asks for a key of its provider; give folium.TileLayer",
    ),
    "assets": (lambda: to_html(map_itinerary(trip()), assets=None), r"assets: None is no address"),  # type: ignore[arg-type]
    "csp": (lambda: to_html(map_itinerary(trip()), csp="no"), r"csp: 'no' is neither True nor False"),  # type: ignore[arg-type]
    "path": (lambda: save_html(map_itinerary(trip()), 5), r"path: 5 is no path"),  # type: ignore[arg-type]
    "height": (lambda: embed_snippet("a.html", height_px=True), r"height_px: True is not a whole number"),
    "width": (lambda: to_png(trip(), width_px=True), r"width_px: True is no whole number"),
    "a table": (lambda: map_sites(pd.DataFrame({"a": [1]})), r"sites: .* GeoDataFrame; give load_sites\(\)"),
    "no geometry": (lambda: map_sites(gpd.GeoDataFrame({"name_vi": ["a"]})), r"sites: it has no geometry"),
    "no sites": (lambda: map_sites(few().head(0)), r"sites: there is none"),
    "no coordinate system": (
        lambda: map_sites(few().set_crs(None, allow_override=True)),
        r"sites: no coordinate system is set; say .set_crs\('EPSG:4326'\)",
    ),
    "no names": (
        lambda: map_sites(few().drop(columns=["name_vi", "name_en"])),
        r"neither column name_vi nor",
    ),
    "metres taken for degrees": (
        lambda: map_sites(few().to_crs(32648).set_crs(4326, allow_override=True)),
        r"which is no \(lon, lat\) in degrees; swap the two",
    ),
    "a site without a place": (
        lambda: map_itinerary(trip(), sites=moved(geometry=[None, Point(), Point(105, 21), Point(105, 21)])),
        rf"sites: '{'.*'}', '{'.*'}' have no geometry; fill it in",
    ),
    "an id twice": (lambda: map_sites(pd.concat([few(), few()])), r"stand twice in the index"),
}


@pytest.mark.filterwarnings("ignore:Overriding the CRS")
@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_told_in_one_clear_sentence(name: str) -> None:
    call, words = WRONG[name]
    with pytest.raises(RequestError, match=words):
        call()


def test_all_faults_come_together() -> None:
    with pytest.raises(RequestError) as caught:
        map_sites(few().head(0), lang="fr", basemap="Jawg.Streets", title=5, trips=[None])  # type: ignore[arg-type, list-item]
    assert len(caught.value.faults) == 5


def test_an_unknown_option_of_a_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match=r"save_html.*lagn"):
        save_html(map_itinerary(trip()), tmp_path / "a.html", lagn="vi")  # type: ignore[call-arg]


def test_other_coordinates_and_areas_are_drawn_where_they_lie() -> None:
    def drawn(sites: gpd.GeoDataFrame) -> list[tuple[float, float]]:
        return decoded(page_data(to_html(map_sites(sites)))["layers"]["stops"]["points"])

    given = drawn(few())
    metres = few().to_crs(32648)
    for other in (metres, metres.set_geometry(metres.buffer(30))):
        for there, here in zip(drawn(other), given, strict=True):
            assert there == pytest.approx(here, abs=3e-5)


def test_a_table_of_ones_own_needs_names_and_places_only() -> None:
    table = pd.DataFrame({"name_vi": ["Chợ", None], "name_en": [None, float("nan")]}, index=["a", "b"])
    sites = gpd.GeoDataFrame(
        table, geometry=gpd.points_from_xy([105.8, 105.9], [21.0, 21.1]), crs="EPSG:4326"
    )
    page = to_html(map_sites(sites), assets="/static")
    assert "Chợ" in page
    assert "<li id=site-b><button>b</button>" in page  # its id where it has no name
    assert len(page_data(to_html(map_itinerary(trip(), sites=sites)))["layers"]["sites"]["rows"]) == 2
