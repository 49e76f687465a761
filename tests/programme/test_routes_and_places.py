"""Corridors, named routes, clusters and centres: against what is published, against every choice tried."""

from __future__ import annotations

import itertools
import math
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely

import routeplanner as rp
from routeplanner.programme.clusters import _hdbscan

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

SATURDAY = date(2027, 3, 13)


def test_the_corridors_of_the_city_are_there(sites: gpd.GeoDataFrame) -> None:
    table = rp.corridors(sites)
    assert {
        "south",
        "southwest",
        "west",
        "northwest",
        "river",
        "inner",
        "east_north",
        "delta",
        "national",
    } <= set(table.index)
    for key in table.index:
        keys = {"inner", "national"} if key == "hanoi-hue-saigon" else {key}
        own = sites[sites["corridors"].map(lambda listed, keys=keys: bool(keys & set(listed)))]
        assert table.at[key, "sites"] == len(own)
        assert own.empty or table.at[key, "geometry"].buffer(1e-9).covers(own.geometry.union_all())


def test_corridors_name_their_pages(sites: gpd.GeoDataFrame) -> None:
    for key, source in rp.corridors(sites)["source"].items():
        assert source, key
        assert all(page.startswith("http") for page in source.split()), key


def test_a_route_of_ones_own_is_rebuilt(few: rp.Network) -> None:
    ids = ["quat-dong-embroidery", "ha-thai-lacquer"]
    listed = rp.add_named_route(few.sites, "mine", places=ids, themes=["handicraft"])
    both = rp.as_published(few, "mine", first_day=SATURDAY, routes=listed, better=True)
    assert both.published is not None
    assert both.better is not None
    assert [stop.site_id for stop in both.published.stops] == ids
    assert both.better.prize >= both.published.prize
    points = few.sites.geometry
    line = [(points[site].x, points[site].y) for site in ids[::-1]]
    passed = rp.add_named_route(few.sites, "line", line=line, within_km=0.1, routes=listed)
    stops = [stop["site_id"] for stop in passed.loc["line", "stops"]]
    assert [site for site in stops if site in ids] == ids[::-1]
    box = shapely.box(105.8, 20.7, 105.9, 20.95)
    inside = rp.add_named_route(few.sites, "box", polygon=box, routes=passed)
    assert not inside.loc["box", "ordered"]
    assert {stop["site_id"] for stop in inside.loc["box", "stops"]} == {
        site
        for site in few.sites.index
        if box.covers(points[site]) and few.sites.loc[site, "kind"] != "gateway"
    }
    assert "mine" not in rp.named_routes().index


def test_wrong_routes_of_ones_own_are_named_together(few: rp.Network) -> None:
    with pytest.raises(rp.RequestError) as caught:
        rp.add_named_route(
            few.sites, "red-river-gtc-day", places=["lang-cu"], line=[(1, 1), (2, 2)], days=9, themes=["silk"]
        )
    words = " ".join(caught.value.faults)
    for word in ("is there already", "did you mean 'lang-cuu'", "exactly one", "days: 9", "silk"):
        assert word in words
    with pytest.raises(rp.RequestError, match="no sight lies there"):
        rp.add_named_route(few.sites, "far", line=[(1, 1), (2, 2)])
    with pytest.raises(rp.RequestError, match="named route") as caught:
        rp.add_named_route(few.sites, "point", line=[(105.8, 21.0)])
    assert list(caught.value.faults) == ["line: too few different points (1); give 2 or more, as (lon, lat)"]


def test_a_corridor_from_a_line_holds_what_lies_near_it(sites: gpd.GeoDataFrame) -> None:
    line = [(105.86, 20.95), (105.88, 20.80)]
    made = rp.add_corridor(sites, "my_line", line=line, within_km=2)
    inside = set(made.index[made["corridors"].map(lambda keys: "my_line" in keys)])
    for site, point in sites.geometry.items():
        # by hand: degrees to kilometres at this latitude, distance to the segment
        (ax, ay), (bx, by), (px, py) = (
            (x * 111.32 * math.cos(math.radians(20.9)), y * 110.7) for x, y in (*line, (point.x, point.y))
        )
        t = max(
            0, min(1, ((px - ax) * (bx - ax) + (py - ay) * (by - ay)) / ((bx - ax) ** 2 + (by - ay) ** 2))
        )
        km = math.hypot(px - ax - t * (bx - ax), py - ay - t * (by - ay))
        if abs(km - 2) > 0.05:
            assert (site in inside) == (km < 2), (site, km)
    assert "my_line" not in {key for keys in sites["corridors"] for key in keys}


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        ({"line": [(105.8, 21.0), (105.8, 21.0)]}, "line: too few different points (1)"),
        ({"line": [(105.8, 21.0), None, (105.9, 21.0)]}, "line: None is no point; give (lon, lat)"),
        ({"line": [(105.8, 21.0), (105.9, float("nan"))]}, "line: (105.9, nan) is no point"),
        ({"polygon": [(105.8, 20.8), (105.9, 20.9)]}, "polygon: too few different points (2)"),
        (
            {"polygon": [(105.8, 20.8), (105.9, 20.9), (105.9, 20.8), (105.8, 20.9)]},
            "crosses or touches itself",
        ),
        (
            {"polygon": shapely.Polygon([(105.8, 20.8), (105.9, 20.9), (105.9, 20.8), (105.8, 20.9)])},
            "crosses or touches itself",
        ),
    ],
)
def test_shapes_that_are_none_are_told_in_words(
    shape: dict[str, Any], words: str, sites: gpd.GeoDataFrame
) -> None:
    for make in (rp.add_corridor, rp.add_named_route):
        with pytest.raises(rp.RequestError) as caught:
            make(sites, "mine", **shape)
        assert len(caught.value.faults) == 1
        assert words in caught.value.faults[0]


def test_a_corridor_of_ones_own_is_planned_in(sites: gpd.GeoDataFrame) -> None:
    box = shapely.box(105.80, 20.70, 105.95, 20.90)
    made = rp.add_corridor(sites, "box", polygon=box)
    network = rp.build_network(made)
    request = rp.TripRequest(first_day=SATURDAY, corridor="box")
    trip = rp.plan(network, request, iterations=200, proof=None)
    assert trip.stops
    assert all(box.covers(shapely.Point(stop.lon, stop.lat)) for stop in trip.stops)
    assert rp.check(trip, network, request) == []
    assert rp.corridors(made).at["box", "source"] == "user"


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ({"key": "south", "places": ["bat-trang"]}, "already"),
        ({"key": "My Key", "places": ["bat-trang"]}, "lower-case"),
        ({"key": "mine"}, "exactly one"),
        ({"key": "mine", "places": ["bat-trng"]}, "did you mean"),
        ({"key": "mine", "line": [(1, 1), (2, 2)]}, "no site lies there"),
        ({"key": "mine", "line": [(1, 1)]}, "lon, lat"),
        ({"key": "mine", "line": [(21.03, 105.85), (20.9, 105.87)]}, "seem to be swapped"),
        ({"key": "mine", "line": [(105, 21), (106, 21)], "within_km": 0}, "within_km"),
    ],
)
def test_wrong_corridors_are_refused(
    arguments: dict[str, object], word: str, sites: gpd.GeoDataFrame
) -> None:
    with pytest.raises(rp.RequestError, match=word):
        rp.add_corridor(sites, **arguments)  # type: ignore[arg-type]


def test_named_routes_have_sources_and_known_places(sites: gpd.GeoDataFrame) -> None:
    routes = rp.named_routes()
    assert routes.index.is_unique
    assert len(routes) >= 80
    themes = set(rp.load_themes())
    for key, row in routes.iterrows():
        assert row["source"], key
        assert all(str(source).strip() for source in row["source"])
        assert row["corridor"] is None or row["corridor"] in rp.load_corridors()
        assert set(row["themes"]) <= themes
        for stop in row["stops"]:
            assert stop["name"]
            assert stop["site_id"] is None or stop["site_id"] in sites.index


@pytest.mark.parametrize(
    "key",
    [
        "nam-thang-long-origins-2024",
        "nam-thang-long-crafts-2025",
        "red-river-gtc-day",
        "van-mieu-night-2023",
        "thach-that-survey",
    ],
)
def test_a_launched_route_is_rebuilt_in_its_order_and_improved(key: str, network: rp.Network) -> None:
    both = rp.as_published(network, key, first_day=SATURDAY, better=True)
    row = rp.named_routes().loc[key]
    assert both.published is not None
    assert both.better is not None
    for trip in (both.published, both.better):
        assert rp.check(trip, network, rp.TripRequest.from_dict(trip.request)) == []
    told = [stop["site_id"] for stop in row["stops"]]
    kept = [stop.site_id for stop in both.published.stops]
    assert kept
    assert set(kept) <= set(told)
    if row["ordered"] and not any("order" in change for change in both.changes):
        assert [site for site in dict.fromkeys(told) if site in kept] == kept
    assert both.better.prize >= both.published.prize
    asked = ("day_start", "day_end", "pace", "themes", "mode", "start")
    assert [both.better.request[name] for name in asked] == [both.published.request[name] for name in asked]
    assert list(both.to_frame().index) == ["published", "better"]


def test_a_route_that_cannot_be_rebuilt_says_why(network: rp.Network) -> None:
    lost = rp.as_published(network, "sjourney-hanoi-saigon", first_day=SATURDAY)
    assert lost.published is None
    assert "8 days" in lost.changes[0]
    with pytest.raises(rp.RequestError, match="did you mean"):
        rp.as_published(network, "nam-thang-long-craft-2025", first_day=SATURDAY)


def test_broken_files_of_routes_are_named(tmp_path: Path) -> None:
    path = tmp_path / "routes.jsonl"
    path.write_text('{"id": "a", "stops": []}\nno json\n{"name": 1}\n', encoding="utf-8")
    with pytest.raises(rp.DataFileError) as caught:
        rp.named_routes(path)
    assert [fault.split(":")[0] for fault in caught.value.faults] == ["line 2", "line 3"]


def test_clusters_find_groups_that_are_there() -> None:
    rng = np.random.default_rng(1)
    places = np.concatenate([rng.normal(at, 1.0, (8, 2)) for at in ((0, 0), (40, 0), (0, 40))])
    far = np.linalg.norm(places[:, None] - places[None], axis=2)
    labels = _hdbscan(far, 4)
    for group in np.split(labels, 3):
        assert len(set(group)) == 1
    assert len(set(labels)) == 3


def test_clusters_partition_the_places_and_say_how_sure_they_are(network: rp.Network) -> None:
    found = rp.clusters(network, corridor="south", repeats=10)
    counts = found.sites["cluster"].value_counts()
    assert counts.to_dict() == found.table["sites"].to_dict()
    assert found.table["stability"].between(0, 1).all()
    assert found.sites["together"].between(0, 1).all()
    assert (found.table["sure"] == (found.table["stability"] >= 0.75)).all()
    way = network.matrix(list(found.sites.index), "coach").duration_s / 60
    for key in found.table.index:
        inside = (found.sites["cluster"] == key).to_numpy()
        assert np.median(way[np.ix_(inside, inside)]) < np.median(way[np.ix_(inside, ~inside)])
    again = rp.clusters(network, corridor="south", repeats=10)
    assert again.table.equals(found.table)


def test_clusters_are_named_by_what_their_villages_make(network: rp.Network) -> None:
    found = rp.clusters(network, repeats=2)
    names_vi, names_en = set(found.table["name_vi"]), set(found.table["name_en"])
    assert len(names_vi) == len(names_en) == len(found.table)
    assert {"Hương quanh Quảng Phú Cầu", "Gốm quanh Bát Tràng", "Da giày và may quanh làng Cựu"} <= names_vi
    assert {"Incense around Quảng Phú Cầu", "Pottery around Bát Tràng"} <= names_en
    words = rp.load_crafts()
    for key, row in found.table.iterrows():
        members = network.sites.loc[found.sites.index[found.sites["cluster"] == key]]
        made = [crafts[0] for crafts in members[members["kind"] == "craft_village"]["crafts"] if crafts]
        for craft in set(
            made
        ):  # what most of a cluster lives by is in its name, what is one place's alone is not
            said = words[craft].name_en.lower().split(",")[0] in row["name_en"].lower().split(" around ")[0]
            assert said or made.count(craft) <= len(members) / 2
        assert f" {row['stability_en'].split(' of 2')[0][-1]}/2 " in row["stability_vi"]


@pytest.mark.parametrize("method", ["coverage", "p_median"])
@pytest.mark.parametrize("count", [1, 2, 3])
def test_centres_are_the_best_of_all_choices(method: str, count: int, few: rp.Network) -> None:
    found = rp.visitor_centres(few, count, corridor="south", method=method, within_min=15)
    assert found.proved
    served, worth = list(found.assignments.index), found.assignments["weight"].to_numpy()
    where = [site for site in served if few.sites.at[site, "kind"] == "craft_village"]
    minutes = np.asarray(few.matrix(served, "coach").duration_s) / 60

    def value(chosen: tuple[str, ...]) -> float:
        least = minutes[[served.index(site) for site in chosen]].min(axis=0)
        if method == "coverage":
            return float(worth[least <= 15].sum())
        return -float((worth * least).sum() / worth.sum())

    best = max(value(chosen) for chosen in itertools.combinations(where, count))
    assert value(found.sites) == pytest.approx(best)
    assert found.value == pytest.approx(best if method == "coverage" else -best, abs=1e-3)


def test_wrong_questions_about_centres_are_refused(few: rp.Network) -> None:
    with pytest.raises(rp.RequestError) as caught:
        rp.visitor_centres(few, 99, corridor="south", within_min=-1)
    assert len(caught.value.faults) == 2
    with pytest.raises(rp.RequestError, match="p_median"):
        rp.visitor_centres(few, 1, method="guess")
    with pytest.raises(rp.RequestError, match="too few"):
        rp.clusters(few, places=["lang-cuu"])
