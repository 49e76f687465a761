from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely

from routeplanner.network import Network, River, Stream, build_network, load_river, load_roads

if TYPE_CHECKING:
    import networkx as nx

Maker = "Callable[..., gpd.GeoDataFrame]"


def test_a_site_joins_in_the_middle_of_a_street(
    block: nx.MultiDiGraph, places_at: Maker, far_river: River
) -> None:
    network = build_network(places_at(a=(105.8025, 20.9991)), block, far_river)
    access = network.access("a")
    assert access is not None
    assert access.edge == (1, 2, 0)
    assert (access.lon, access.lat) == (105.8025, 21.0)
    assert access.distance_m == pytest.approx(0.0009 * 111_195 * 1.3, rel=1e-3)
    assert access.share == pytest.approx(0.25, abs=1e-3)


def test_a_one_way_street_is_obeyed(block: nx.MultiDiGraph, places_at: Maker, far_river: River) -> None:
    # Both on the one-way street 1 → 2, 900 m apart; the way back is 50 + 500 + 1000 + 500 + 50 m round the block.
    sites = places_at(a=(105.8005, 21.0), b=(105.8095, 21.0))
    metres = build_network(sites, block, far_river).matrix(["a", "b"], "bicycle").distance_m
    assert metres[0, 1] == pytest.approx(900, abs=2)
    assert metres[1, 0] == pytest.approx(2100, abs=2)


def test_the_shorter_of_parallel_streets_is_taken(
    block: nx.MultiDiGraph, places_at: Maker, far_river: River
) -> None:
    # 950 m to node 2, 500 m by the shorter parallel (not 1300 m by both), 50 m on.
    network = build_network(places_at(a=(105.8005, 21.0), b=(105.8095, 21.0045)), block, far_river)
    assert network.matrix(["a", "b"], "bicycle").distance_m[0, 1] == pytest.approx(1500, abs=2)


def test_neighbours_walk_rather_than_drive_round(
    block: nx.MultiDiGraph, places_at: Maker, far_river: River
) -> None:
    network = build_network(places_at(a=(105.803, 21.0), b=(105.807, 21.0)), block, far_river)
    (leg,) = network.path("b", "a", "bicycle")
    assert leg.mode == "foot"
    assert leg.distance_m == pytest.approx(0.004 * 111_195 * np.cos(np.radians(21)) * 1.3, rel=0.01)


def test_nothing_joins_a_bridge_a_ferry_or_a_motorway(
    block: nx.MultiDiGraph, places_at: Maker, far_river: River
) -> None:
    block.edges[1, 2, 0]["bridge"] = "yes"
    for u, v in ((3, 4), (4, 3)):
        block.edges[u, v, 0]["highway"] = "motorway"
    network = build_network(places_at(a=(105.805, 21.0), b=(105.805, 21.0045)), block, far_river)
    for key in "ab":
        access = network.access(key)
        assert access is not None
        assert set(access.edge[:2]) in ({1, 4}, {2, 3})  # type: ignore[index]


def test_the_near_bank_wins_over_the_nearer_road(block: nx.MultiDiGraph, places_at: Maker) -> None:
    # The river runs between the site and the street 1 → 2, 220 m away; the street 3 ↔ 4 is 280 m away.
    line = np.array([[105.79, 21.001], [105.82, 21.001]])
    river = River((Stream("between", np.array([0.0, 3.0]), line),))
    access = build_network(places_at(a=(105.805, 21.002)), block, river).access("a")
    assert access is not None
    assert set(access.edge[:2]) == {3, 4}  # type: ignore[index]


def test_a_far_place_has_no_legs(block: nx.MultiDiGraph, places_at: Maker, far_river: River) -> None:
    network = build_network(places_at(a=(105.805, 21.0), far=(107.5, 16.4)), block, far_river)
    assert network.access("far") is None
    assert network.matrix(["a", "far"], "car").duration_s.tolist() == [[0, -1], [-1, 0]]
    assert list(network["far"]) == []


def test_no_bundled_connector_crosses_a_river(network: Network) -> None:
    water = shapely.MultiLineString([s.lonlat for s in load_river().streams])
    shapely.prepare(water)
    for key in network:
        access, place = network.access(key), network.place(key)
        if access is not None and not access.on_foot:
            line = shapely.LineString([(access.lon, access.lat), (place.lon, place.lat)])
            assert not water.intersects(line), key


def test_no_bundled_place_joins_a_bridge_or_a_motorway(network: Network) -> None:
    roads = load_roads()
    joined = [a for key in network if (a := network.access(key)) is not None and a.edge is not None]
    assert len(joined) > 440
    for access in joined:
        road = roads.edges[access.edge]
        assert "bridge" not in road, access
        assert road["highway"] not in {"motorway", "ferry", "footway"}, access
        assert "restriction" not in road, access


@pytest.mark.parametrize("key", ["cau-long-bien", "bai-giua-song-hong", "ben-phuc-tan"])
def test_places_near_chuong_duong_bridge_do_not_join_it(network: Network, key: str) -> None:
    access = network.access(key)
    assert access is not None
    assert "Cầu Chương Dương" not in access.road.split("/")


def test_the_perfume_pagoda_lies_behind_road_boat_and_path(network: Network) -> None:
    legs = network.path("ho-hoan-kiem", "huong-tich-cave", "coach")
    assert [leg.mode for leg in legs] == ["coach", "boat", "foot"]
    assert legs[1].from_id == "yen-stream-duc-wharf"
    assert network.place(legs[1].to_id).kind == "via"


def test_access_is_short_in_the_catalogue(network: Network) -> None:
    far = sum(data.get("access_m", float("inf")) > 3_000 for _, data in network.nodes(data=True))
    assert len(network.far_from_road()) == far
    routed = set(
        network.sites.index[network.sites["corridors"].map(bool)]
    )  # the rest stand on a commune's centre
    metres = [
        data["access_m"] for key, data in network.nodes(data=True) if "access_m" in data and key in routed
    ]
    assert max(metres) < 3_000
    assert network.far_from_road(over_m=0)[:1]
    assert float(np.percentile(metres, 90)) < 600


def test_nobody_walks_straight_over_the_river(
    block: nx.MultiDiGraph, places_at: Maker, far_river: River
) -> None:
    # 500 m apart as the crow flies; without the river a lane of 650 m, with it 1500 m round by the streets.
    sites = places_at(a=(105.805, 21.0), b=(105.805, 21.0045))
    line = np.array([[105.79, 21.002], [105.82, 21.002]])
    river = River((Stream("between", np.array([0.0, 3.0]), line),))
    dry, wet = (
        build_network(sites, block, r).matrix(["a", "b"], "foot").distance_m[0, 1] for r in (far_river, river)
    )
    assert dry == pytest.approx(650, abs=3)
    assert wet == pytest.approx(1500, abs=3)


def test_an_empty_catalogue_makes_an_empty_network(places_at: Maker) -> None:
    network = build_network(places_at(a=(105.8, 21.0)).iloc[:0])
    assert len(network) == 0
    assert network.matrix([], "coach").duration_s.shape == (0, 0)
    assert network.matrix([], "mixed").duration_s.shape == (0, 0)
