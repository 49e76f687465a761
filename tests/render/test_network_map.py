"""Maps of graphs: bundled roads, a part of the place graph, and graphs in OSMnx's shape."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import networkx as nx
import pytest
import shapely
from shapely.geometry import LineString

import routeplanner
import sample_trips as trips
from routeplanner.errors import RequestError
from routeplanner.render.maps import map_itinerary, map_network
from routeplanner.render.publish import to_html
from test_accessible import faults
from test_maps import decoded, page_data

if TYPE_CHECKING:
    from conftest import Opened

Show = Callable[..., "Opened"]


def street_graph(**edge: Any) -> nx.MultiDiGraph:
    graph = nx.MultiDiGraph(crs="EPSG:4326")
    graph.add_node(1, x=105.80, y=21.00)
    graph.add_node(2, x=105.81, y=21.01)
    graph.add_edge(1, 2, highway="primary", length=1500.0, **edge)
    graph.add_edge(2, 1, highway="primary", length=1500.0, **edge)
    return graph


def test_opposite_directions_are_one_line_and_a_missing_course_is_straight() -> None:
    layer = page_data(to_html(map_network(street_graph())))["layers"]["legs"]
    assert [decoded(row["line"]) for row in layer["features"]] == [[(105.8, 21.0), (105.81, 21.01)]]


def test_lists_that_osmnx_makes_and_links_and_unknown_classes_find_their_class() -> None:
    line = LineString([(105.80, 21.0), (105.805, 21.02), (105.81, 21.01)])
    graph = street_graph(geometry=line, name=["Phố Huế", "Bà Triệu"])
    graph.add_edge(1, 2, highway=["trunk_link", "primary"], length=10.0)
    graph.add_edge(1, 2, highway="bridleway", length=10.0)
    rows = page_data(to_html(map_network(graph)))["layers"]["legs"]["features"]
    assert sorted(row["class"] for row in rows) == ["way w-other", "way w-primary", "way w-trunk"]
    assert any("Phố Huế" in row["text"][0] for row in rows)


def test_the_table_counts_the_kilometres_of_the_bundled_roads() -> None:
    roads = routeplanner.load_roads()
    lines = {}
    for start, end, data in roads.edges(data=True):
        if data["highway"] == "motorway":
            lines[data["edge_id"]] = data["length"]
            assert start != end
    page = to_html(map_network(roads, lang="en"), assets="/static")
    km = round(sum(lines.values()) / 1000)
    assert f"{km} km" in page.split("<table")[1].split("Motorway")[1][:400]
    assert len(page.encode()) < 400_000


def test_a_leg_whose_road_is_not_known_and_a_flight_are_drawn_and_named_as_such() -> None:
    graph = street_graph()
    for node, name in ((1, "Ga Huế"), (2, "Phú Bài")):
        graph.nodes[node].update(name_vi=name, name_en=name)
    straight_m = 1_520.0
    graph.add_edge(1, 2, mode="coach", distance_m=1.3 * straight_m)
    graph.add_edge(1, 2, mode="bicycle", distance_m=straight_m)
    graph.add_edge(1, 2, mode="air", distance_m=straight_m)
    page = to_html(map_network(graph, lang="en"))
    rows = page_data(page)["layers"]["legs"]["features"]
    assert [row["class"] for row in rows if "guess" in row["class"]] == ["leg net coach d1 guess"]
    assert ["≈" in row["text"][1] for row in rows if "coach" in row["class"]] == [True]
    assert "estimated: road unknown" in page
    assert '<path class="leg net air d9" d="M1 9Q18 1 35 9"/>' in page


@pytest.mark.browser
def test_roads_and_a_part_of_the_place_graph_are_drawn_without_a_fault(show: Show) -> None:
    roads = show(map_network(routeplanner.load_roads(), lang="en"))
    assert roads.errors == []
    drawn = roads.page.evaluate("routeplanner.layers.legs.getLayers().length")
    painted = roads.page.locator(".leaflet-pane path.way, .leaflet-pane path.leg").count()
    assert drawn == painted > 1000
    assert faults(roads.page) == []
    network = routeplanner.build_network(routeplanner.load_sites())
    part = network.subgraph(["bat-trang", "ho-hoan-kiem", "den-dai-lo"])
    places = show(map_network(part, basemap="bundled"))
    assert places.errors == []
    assert places.page.locator(".pin.node").count() == 3
    assert places.page.locator(".legend li").count() == len(
        {data["mode"] for *_, data in part.edges(data=True)}
    )
    assert faults(places.page) == []


def place_graph() -> nx.MultiDiGraph:
    """Two places with two modes on one course, the boat slower on the way back; and a third by car."""
    graph = nx.MultiDiGraph(crs="EPSG:4326")
    for node, name, x, y in (
        (1, "Bến A", 105.80, 21.0),
        (2, "Bến B", 105.90, 21.05),
        (3, "Chợ C", 105.9, 20.95),
    ):
        graph.add_node(node, x=x, y=y, name_vi=name, name_en=name.upper(), kind="market")
    course = [(105.80, 21.0), (105.85, 21.03), (105.90, 21.05)]
    for mode, there_s, back_s in (("boat", 3600, 4500), ("bicycle", 3000, 3000)):
        graph.add_edge(1, 2, mode=mode, distance_m=12_000, duration_s=there_s, geometry=course)
        graph.add_edge(2, 1, mode=mode, distance_m=12_000, duration_s=back_s, geometry=course[::-1])
    graph.add_edge(1, 3, mode="car", distance_m=15_000, duration_s=1500)
    return graph


def test_a_line_says_length_and_minutes_of_both_ways_and_so_does_the_table() -> None:
    page = to_html(map_network(place_graph(), lang="en"))
    texts = {row["text"][1] for row in page_data(page)["layers"]["legs"]["features"]}
    assert texts == {
        "BẾN A – BẾN B · Boat · 12 km · 1 h there, 1 h 15 back",
        "BẾN A – BẾN B · Bicycle · 12 km · 50 min",
        "BẾN A – CHỢ C · Car · ≈ 15 km · 25 min",
    }
    assert page.count("1 h there, 1 h 15 back") == page.count("đi 1 giờ, về 1 giờ 15") == 2


@pytest.mark.browser
def test_modes_on_one_course_lie_side_by_side_and_each_can_be_shown_alone(show: Show) -> None:
    opened = show(map_network(place_graph(), lang="en"))
    page = opened.page
    apart = page.evaluate(
        """() => { const middle = mode => { const path = document.querySelector('.leaflet-pane path.leg.' + mode);
            return path.getPointAtLength(path.getTotalLength() / 2); };
          const a = middle('boat'), b = middle('bicycle'); return Math.hypot(a.x - b.x, a.y - b.y); }"""
    )
    assert apart > 4.5  # two strokes of 3.2 px do not touch
    looks = page.evaluate(
        "['boat', 'bicycle', 'car'].map(mode => { const s = getComputedStyle(document.querySelector("
        "'.leaflet-pane path.leg.' + mode)); return [s.stroke, s.strokeDasharray]; })"
    )
    assert len({colour for colour, _ in looks}) == len({dash for _, dash in looks}) == 3
    names = [node.get_attribute("aria-label") for node in page.locator(".pin.node").all()]
    assert sorted(names) == ["BẾN A", "BẾN B", "CHỢ C"]
    assert page.locator(".pin.node i:visible").count() == 3
    page.locator(".pin.node").first.hover()
    assert page.locator(".leaflet-tooltip").inner_text() == "BẾN A"
    page.get_by_role("button", name="Boat", exact=True).click()
    assert page.locator(".leaflet-pane path.leg:not(.dim)").count() == 1
    assert page.locator("details.kind:visible").count() == 1
    assert [p.get_attribute("aria-hidden") for p in page.locator(".pin.node").all()].count("true") == 1
    assert opened.errors == []


def test_graphs_that_cannot_be_drawn_are_refused() -> None:
    network = routeplanner.build_network(routeplanner.load_sites())
    with pytest.raises(RequestError, match="too many"):
        map_network(network)
    with pytest.raises(RequestError, match="no edge"):
        map_network(nx.MultiDiGraph())
    metres = street_graph()
    metres.nodes[1]["x"] = 586_000.0
    with pytest.raises(RequestError, match="degrees") as caught:
        map_network(metres, lang="fr")
    assert len(caught.value.faults) == 2


@pytest.mark.browser
def test_areas_of_equal_time_lie_below_the_way_and_say_their_minutes(show: Show) -> None:
    near, far = shapely.Point(105.85, 21.02).buffer(0.05), shapely.Point(105.85, 20.95).buffer(0.2)
    mixed = shapely.GeometryCollection([far, shapely.LineString([(105.8, 21.0), (105.9, 21.1)])])
    areas = gpd.GeoDataFrame(
        {
            "minutes": [20.0, 40.0],
            "from_id": ["ho-hoan-kiem"] * 2,
            "profile": ["car"] * 2,
            "area_km2": [95.0, 1500.0],
            "places": [("a",), ("a", "b")],
        },
        geometry=[near, mixed],
        crs="EPSG:4326",
    )
    canvas = map_itinerary(trips.south_trip(), lang="en")
    routeplanner.isochrone_layer(areas, lang="en").add_to(canvas)
    opened = show(canvas)
    page = opened.page
    assert opened.errors == []
    assert page.locator(".area-key").inner_text().split("\n") == ["by car", "≤ 20 min", "≤ 40 min"]
    colours = [
        page.locator(".leaflet-rp-areas-pane path").nth(place).get_attribute("fill") for place in (0, 1)
    ]
    shown = page.locator(".area-key span").evaluate_all("nodes => nodes.map(n => n.style.backgroundColor)")
    assert [f"rgb({int(c[1:3], 16)}, {int(c[3:5], 16)}, {int(c[5:7], 16)})" for c in colours] == shown[::-1]
    panes = "name => Number(document.querySelector(`.leaflet-rp-${name}-pane`).style.zIndex)"
    assert page.evaluate(panes, "areas") < page.evaluate(panes, "roads") < page.evaluate(panes, "legs")
    area = page.locator(".leaflet-rp-areas-pane path").first
    box = area.bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.7, box["y"] + box["height"] * 0.8)
    assert area.evaluate("node => getComputedStyle(node).outlineStyle") == "none"
    assert routeplanner.to_html(canvas) == routeplanner.to_html(canvas)


def test_by_default_a_network_lies_on_the_bundled_ground_with_its_credit() -> None:
    layers = page_data(to_html(map_network(street_graph(), attribution="My own survey")))["layers"]
    assert {"river", "lakes", "roads", "towns"} <= layers.keys()
    page = to_html(map_network(street_graph(), attribution="My own survey"))
    assert "My own survey" in page
    assert "OpenStreetMap contributors" in page
    bare = page_data(to_html(map_network(street_graph(), basemap=None)))["layers"]
    assert bare.keys() == {"legs"}


def test_a_map_of_the_bundled_roads_shows_no_crossings() -> None:
    assert "stops" not in page_data(to_html(map_network(routeplanner.load_roads())))["layers"]
