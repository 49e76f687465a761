"""Maps of Huế, Saigon and elsewhere: coast, rivers, what is said of what is not drawn, both sides of 180 degrees."""

from __future__ import annotations

import csv
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pytest
import shapely

import routeplanner as rp
from routeplanner._resources import data_path
from routeplanner.render import basemap
from routeplanner.render.maps import map_sites
from routeplanner.render.publish import to_html
from test_maps import page_data

if TYPE_CHECKING:
    from conftest import Opened

Show = Callable[..., "Opened"]
BROWSER = pytest.mark.browser


def city_lines(kind: str) -> list[tuple[str, Any]]:
    with (data_path("network", "gshhg/cities.csv")).open(encoding="utf-8") as file:
        return [
            (row["name_en"] or row["box"], shapely.from_wkt(row["wkt"]))
            for row in csv.DictReader(file)
            if row["kind"] == kind
        ]


def test_near_the_cities_the_sea_lies_where_the_sea_is() -> None:
    features = basemap.city_sea_features(["hue", "saigon", "delta"])["features"]
    seas = [f for f in features if f["properties"]["class"] == "sea fine"]
    rings = [shapely.Polygon(ring) for sea in seas for ring in sea["geometry"]["coordinates"]]

    def wet(lon: float, lat: float) -> bool:
        return sum(ring.contains(shapely.Point(lon, lat)) for ring in rings) % 2 == 1

    sites = rp.load_sites()
    assert [key for key, at in sites.geometry.items() if wet(at.x, at.y)] == []
    assert wet(107.9, 16.6)
    assert wet(107.85, 16.33)  # the lagoon of Cầu Hai
    assert wet(106.95, 10.3)
    assert wet(106.8, 20.1)


def test_rivers_of_the_cities_pass_the_places_on_their_banks() -> None:
    sites, rivers = rp.load_sites(), dict(city_lines("river"))
    at = sites.geometry
    for river, keys, most_m in (
        ("Perfume River", ["hue-thien-mu", "hue-dien-hon-chen"], 350),
        ("Saigon River", ["ben-nha-rong"], 350),
    ):
        for key in keys:
            assert rivers[river].distance(at[key]) * 111_000 < most_m
    lagoon = shapely.Point(107.58, 16.53)  # below Thanh Tiên, where the river ends
    assert rivers["Perfume River"].distance(lagoon) * 111_000 < 800
    confluence = rivers["Saigon River"].distance(rivers["Đồng Nai River"])
    assert confluence * 111_000 < 300


def test_lakes_lie_where_the_catalogue_has_them_and_are_as_large_as_is_known() -> None:
    with data_path("network", "lakes.csv").open(encoding="utf-8") as file:
        lakes = {
            row["name_vi"]: shapely.Polygon(shapely.from_wkt(row["wkt"])) for row in csv.DictReader(file)
        }
    at = rp.load_sites().geometry
    for name, key in (
        ("Hồ Tây", "ho-tay"),
        ("Hồ Hoàn Kiếm", "ho-hoan-kiem"),
        ("Hồ Trúc Bạch", "ho-truc-bach"),
    ):
        assert lakes[name].distance(at[key]) * 111_000 < 200  # the point of Hồ Tây is on its peninsula
    hectares = {
        name: area / 1e4
        for name, area in gpd.GeoSeries(lakes, crs="EPSG:4326").to_crs("EPSG:32648").area.items()
    }
    assert 500 < hectares["Hồ Tây"] < 560  # hanoi.gov.vn: over 500 ha
    assert 11 < hectares["Hồ Hoàn Kiếm"] < 13  # 12 ha
    drawn = basemap.lake_features((105.7, 20.9, 106.0, 21.2))["features"]
    assert sum(len(ring) for ring in drawn[0]["geometry"]["coordinates"]) < 400
    for feature in basemap.lake_name_features((105.7, 20.9, 106.0, 21.2))["features"]:
        assert lakes[feature["properties"]["name"][0]].contains(
            shapely.Point(feature["geometry"]["coordinates"])
        )
    assert basemap.lake_features((107.2, 16.1, 108.2, 16.8))["features"] == []


def test_names_of_streets_stand_on_their_streets_and_only_near() -> None:
    near = (105.75, 20.95, 105.95, 21.1)
    found = basemap.street_name_features(near)["features"]
    names = {feature["properties"]["name"] for feature in found}
    assert {"Nguyễn Trãi", "Cầu Chương Dương", "Đường Láng"} <= names
    assert not any("/" in name or "ước lượng" in name or name[0].islower() for name in names)
    roads = shapely.MultiLineString(
        [
            line
            for feature in basemap.road_features(near)["features"]
            for line in feature["geometry"]["coordinates"]
        ]
    )
    for feature in found:
        place = shapely.Point(feature["geometry"]["coordinates"])
        assert roads.distance(place) < 2e-4
        assert -90 <= feature["properties"]["angle"] <= 90
    assert basemap.street_name_features((104.0, 19.0, 107.0, 22.0))["features"] == []


def test_a_page_carries_the_coast_of_a_city_only_where_it_shows_it() -> None:
    sites = rp.load_sites()
    hue = page_data(to_html(map_sites(sites.cx[107.4:107.8, 16.3:16.6])))
    assert {"sea", "coast", "districts"} <= set(hue["layers"])
    assert any("GSHHG" in text for text in hue["credits"])
    names = {row["name"][0] for row in hue["layers"]["river"]["features"]}
    assert names == {"Sông Hương"}
    south = page_data(to_html(map_sites(sites[sites["kind"] == "craft_village"].cx[105.6:106.0, 20.8:21.1])))
    assert not {"sea", "coast", "districts"} & set(south["layers"])
    assert not any("GSHHG" in text for text in south["credits"])


@BROWSER
def test_a_map_says_in_words_that_it_draws_no_streets_there(show: Show) -> None:
    sites = rp.load_sites()
    page = show(map_sites(sites.cx[107.4:107.8, 16.3:16.6], lang="en")).page
    assert page.get_by_role("note").inner_text().startswith("Streets are not drawn here")
    assert page.locator("path.river.lesser").count() == 1
    assert page.locator(".water:visible").all_inner_texts() in (["Perfume River"], [])
    page.locator("[data-tongue]").click()
    assert page.get_by_role("note").inner_text().startswith("Đường phố không được vẽ ở đây")
    hanoi = show(map_sites(sites.cx[105.8:105.9, 21.0:21.1], lang="en")).page
    assert not hanoi.locator(".bare").is_visible()


@BROWSER
def test_places_on_both_sides_of_180_degrees_lie_side_by_side(show: Show) -> None:
    table = {
        "Fiji": (178.4, -18.1),
        "Taveuni": (-179.97, -16.8),
        "Tonga": (-175.2, -21.1),
        "Samoa": (-171.8, -13.8),
    }
    points = gpd.points_from_xy(*zip(*table.values(), strict=True))
    sites = gpd.GeoDataFrame({"name_en": [*table]}, index=[*table], geometry=points, crs="EPSG:4326")
    opened = show(map_sites(sites, lang="en"))
    page = opened.page
    frame = page.locator(".folium-map").bounding_box()
    across = {}
    for pin in page.locator(".pin").all():
        across[pin.get_attribute("aria-label")] = pin.bounding_box()["x"] - frame["x"]
    assert sorted(across, key=across.get) == ["Fiji", "Taveuni", "Tonga", "Samoa"]
    assert 0 < min(across.values()) < max(across.values()) < frame["width"]
    assert across["Samoa"] - across["Fiji"] > frame["width"] / 4
    assert page.locator("path.sea").count() == 0
    assert page.get_by_role("note").inner_text() == "The bundled base map does not cover this area"
    page.locator("#site-Tonga button").click()
    page.locator(".card h2").wait_for()
    assert "mlon=-175.20000" in page.locator(".card a").first.get_attribute("href")
    assert opened.errors == []
