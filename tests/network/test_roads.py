from __future__ import annotations

import networkx as nx
import numpy as np
import osmnx
import pytest
import shapely

from routeplanner.errors import NetworkError
from routeplanner.network import load_river, load_roads
from routeplanner.network.roads import check_roads, road_table


@pytest.fixture(scope="module")
def roads() -> nx.MultiDiGraph:
    return load_roads()


def test_osmnx_finds_the_nearest_node(roads: nx.MultiDiGraph) -> None:
    node, metres = osmnx.distance.nearest_nodes(
        _projected(roads), *_project(105.8555, 21.0357), return_dist=True
    )
    assert roads.nodes[node]["key"] == "cd_s"
    assert metres < 100


def _projected(roads: nx.MultiDiGraph) -> nx.MultiDiGraph:
    return osmnx.project_graph(roads, to_crs="EPSG:32648")


def _project(lon: float, lat: float) -> tuple[float, float]:
    point, _ = osmnx.projection.project_geometry(shapely.Point(lon, lat), to_crs="EPSG:32648")
    return point.x, point.y


def test_osmnx_routes_over_the_bridge(roads: nx.MultiDiGraph) -> None:
    number = {key: node for node, key in roads.nodes(data="key")}
    lake, bridge = number["hoan_kiem"], number["cd_n"]
    route = osmnx.routing.shortest_path(roads, lake, bridge, weight="length")
    assert number["cd_s"] in route
    assert osmnx.routing.route_to_gdf(roads, route)["length"].sum() == nx.shortest_path_length(
        roads, lake, bridge, weight="length"
    )


def test_osmnx_makes_frames_and_back(roads: nx.MultiDiGraph) -> None:
    nodes, edges = osmnx.convert.graph_to_gdfs(roads)
    assert len(nodes) == len(roads)
    assert edges.crs.to_epsg() == 4326
    back = osmnx.convert.graph_from_gdfs(nodes, edges)
    assert back.number_of_edges() == roads.number_of_edges()


def test_measured_lengths_agree_with_their_geometry(roads: nx.MultiDiGraph) -> None:
    for u, v, data in roads.edges(data=True):
        if data["accuracy"] != "measured":
            continue
        lon, lat = np.array(data["geometry"].coords).T
        metres = float(osmnx.distance.great_circle(lat[:-1], lon[:-1], lat[1:], lon[1:]).sum())
        assert data["length"] == pytest.approx(metres, rel=0.05), (u, v)


def test_every_line_joins_its_nodes(roads: nx.MultiDiGraph) -> None:
    for u, v, line in roads.edges(data="geometry"):
        ends = [(roads.nodes[n]["x"], roads.nodes[n]["y"]) for n in (u, v)]
        assert np.allclose([line.coords[0], line.coords[-1]], ends, atol=1.1e-5), (u, v)


def test_only_bridges_and_ferries_cross_the_rivers(roads: nx.MultiDiGraph) -> None:
    water = shapely.MultiLineString([s.lonlat for s in load_river().streams])
    crossing = {
        data["edge_id"]
        for _, _, data in roads.edges(data=True)
        if data["geometry"].intersects(water) and "bridge" not in data and data["highway"] != "ferry"
    }
    assert crossing == set()
    named = {
        data.get("name", "")
        for _, _, data in roads.edges(data=True)
        if data["geometry"].intersects(water) and "bridge" in data
    }
    for bridge in ("Chương Dương", "Long Biên", "Nhật Tân", "Thăng Long", "Thanh Trì", "Vĩnh Tuy"):
        assert any(bridge in name for name in named), bridge


def test_the_whole_region_is_connected_for_cars(roads: nx.MultiDiGraph) -> None:
    closed = {"no_car", "no_car_unverified", "boat_only", "foot_only", "closed"}
    by_car = nx.DiGraph((u, v) for u, v, d in roads.edges(data=True) if d.get("restriction") not in closed)
    assert nx.is_strongly_connected(by_car)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda g: g.graph.pop("crs"), ["crs", "epsg:4326"]),
        (lambda g: g.graph.update(crs="epsg:32648"), ["projected", "project_graph"]),
        (lambda g: g.graph.update(crs="nonsense"), ["nonsense"]),
        (lambda g: g.nodes[1].pop("x"), ["node 1", "x or y"]),
        (lambda g: g.nodes[1].update(x=587_000.0), ["node 1", "not degrees"]),
        (lambda g: g.edges[1, 2, 0].update(length=None), ["edge (1, 2, 0)", "add_edge_lengths"]),
        (lambda g: g.edges[1, 2, 0].update(length=-5), ["edge (1, 2, 0)", "-5"]),
        (lambda g: g.remove_edges_from(list(g.edges)), ["no edges"]),
    ],
)
def test_a_graph_that_cannot_serve_is_named(block: nx.MultiDiGraph, spoil: object, words: list[str]) -> None:
    spoil(block)  # type: ignore[operator]
    with pytest.raises(NetworkError) as caught:
        check_roads(block)
    assert all(word in str(caught.value) for word in words)


def test_all_faults_come_at_once(block: nx.MultiDiGraph) -> None:
    block.graph.pop("crs")
    block.nodes[2].pop("y")
    block.edges[3, 4, 0]["length"] = "long"
    with pytest.raises(NetworkError) as caught:
        check_roads(block)
    assert len(caught.value.faults) == 3


def test_a_plain_graph_is_refused() -> None:
    with pytest.raises(NetworkError, match="MultiDiGraph"):
        check_roads(nx.Graph())


def test_lists_text_and_missing_geometry_are_read(block: nx.MultiDiGraph) -> None:
    table = road_table(block)
    assert set(table.highway) == {"residential"}
    assert table.name[0] == "Phố A"
    assert sorted(set(table.length_m)) == [500, 800, 1000]
    assert all(len(line) == 2 for line in table.lines)


def test_a_line_drawn_backwards_is_turned(block: nx.MultiDiGraph) -> None:
    block.edges[1, 2, 0]["geometry"] = shapely.LineString([(105.81, 21.0), (105.805, 21.001), (105.8, 21.0)])
    table = road_table(block)
    edge = table.keys.index((1, 2, 0))
    assert table.lines[edge][0].tolist() == [105.8, 21.0]


def test_a_table_of_speeds_holds_on_the_bundled_roads_but_for_roads_with_times_of_their_own() -> None:
    roads = load_roads()
    u, v, key = next(
        (u, v, k) for u, v, k, d in roads.edges(keys=True, data=True) if d["highway"] == "primary"
    )
    by_table = road_table(roads)
    at = by_table.keys.index((u, v, key))
    assert np.isnan(by_table.car_s[at])
    assert not np.isnan(by_table.car_s[np.array(by_table.highway) == "ferry"]).any()
    roads.edges[u, v, key]["travel_time"] *= 2
    assert road_table(roads).car_s[at] == roads.edges[u, v, key]["travel_time"]
