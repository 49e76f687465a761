from __future__ import annotations

import math
import os
import pickle
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from routeplanner.errors import NetworkError
from routeplanner.network import (
    DEFAULT_SPEEDS,
    PROFILES,
    Network,
    River,
    build_network,
    load_river,
    load_roads,
)
from routeplanner.sites.catalog import load_sites

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd

_CLOSED = {"no_car", "no_car_unverified", "boat_only", "foot_only", "closed"}


def _sample(network: Network, count: int, seed: int = 0) -> list[str]:
    known = [key for key in network if network.access(key) is not None]
    return [known[i] for i in np.random.default_rng(seed).choice(len(known), count, replace=False)]


def test_networkx_finds_the_same_times_by_car(network: Network) -> None:
    """An independent computation: the roads as a plain graph, with places spliced in by hand."""
    roads = load_roads()
    graph = nx.DiGraph()
    for u, v, data in roads.edges(data=True):
        seconds = data["travel_time"] + (600 if data["highway"] == "ferry" else 0)
        if (
            data.get("restriction") not in _CLOSED
            and seconds < graph.get_edge_data(u, v, {"s": math.inf})["s"]
        ):
            graph.add_edge(u, v, s=seconds)
    # Places far from one another, so that nobody walks to a neighbour's door.
    places: list[str] = []
    for key in _sample(network, 60):
        here = network.place(key)
        apart = all(
            math.hypot(here.lon - (p := network.place(other)).lon, here.lat - p.lat) > 0.01
            for other in places
        )
        if apart and not network.access(key).on_foot:  # type: ignore[union-attr]
            places.append(key)
    network = build_network(load_sites().loc[places])
    for key in places:
        access = network.access(key)
        assert access is not None
        u, v, _ = access.edge  # type: ignore[misc]
        whole = roads.edges[access.edge]["travel_time"]
        walk = access.distance_m <= 250 * 1.3
        door = access.distance_m / (4.5 if walk else 15) * 3.6 + 90
        graph.add_edge(key, v, s=door + whole * (1 - access.share))
        graph.add_edge(key, u, s=door + whole * access.share)
        graph.add_edge(u, key, s=door + whole * access.share)
        graph.add_edge(v, key, s=door + whole * (1 - access.share))
    ours = network.matrix(places, "car").duration_s
    compared = 0
    for i, a in enumerate(places):
        theirs = nx.single_source_dijkstra_path_length(_without_passing(graph, places, a), a, weight="s")
        for j, b in enumerate(places):
            if i == j or _share_road(network, a, b):  # the peer does not splice two places into one road
                continue
            assert ours[i, j] == pytest.approx(theirs[b], abs=2), (a, b)
            compared += 1
    assert compared > 1_500


def _without_passing(graph: nx.DiGraph, places: list[str], start: str) -> nx.DiGraph:
    """Return the graph in which no way leads through a place other than its start."""
    through = [(p, v) for p in places if p != start for v in graph.successors(p)]
    return nx.restricted_view(graph, [], through)


def _share_road(network: Network, a: str, b: str) -> bool:
    return set(network.access(a).edge[:2]) == set(network.access(b).edge[:2])  # type: ignore[union-attr,index]


@pytest.mark.parametrize("profile", ["coach", "car", "motorbike", "bicycle", "foot", "river"])
def test_times_obey_the_triangle_inequality(network: Network, profile: str) -> None:
    seconds = network.matrix(list(network), profile).duration_s.astype(float)
    seconds[seconds < 0] = math.inf
    assert np.isfinite(seconds).sum() > 5_000
    for middle in range(len(seconds)):
        assert (seconds <= seconds[:, [middle]] + seconds[[middle], :]).all()


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_paths_agree_with_the_matrix_and_join(network: Network, data: st.DataObject) -> None:
    places = list(network)
    a, b = data.draw(st.sampled_from(places)), data.draw(st.sampled_from(places))
    profile = data.draw(st.sampled_from(PROFILES))
    matrix = network.matrix([a, b], profile)
    if a == b:
        assert network.path(a, b, profile) == ()
        assert matrix.duration_s[0, 1] == 0
        return
    if matrix.duration_s[0, 1] < 0:
        with pytest.raises(NetworkError, match="no way"):
            network.path(a, b, profile)
        return
    legs = network.path(a, b, profile)
    assert sum(leg.duration_s for leg in legs) == matrix.duration_s[0, 1]
    assert sum(leg.distance_m for leg in legs) == matrix.distance_m[0, 1]
    assert (legs[0].from_id, legs[-1].to_id) == (a, b)
    for before, after in pairwise(legs):
        assert before.to_id == after.from_id
        assert before.geometry[-1] == after.geometry[0]
    for leg in legs:
        start, end = network.place(leg.from_id), network.place(leg.to_id)
        assert leg.geometry[0] == (start.lon, start.lat)
        assert leg.geometry[-1] == (end.lon, end.lat)
        assert all(round(x, 5) == x for point in leg.geometry for x in point)
        assert shapely.LineString(leg.geometry).is_valid or leg.distance_m == 0
        assert _length_m(leg.geometry) <= leg.distance_m * 1.05 + 5


def _length_m(line: tuple[tuple[float, float], ...]) -> float:
    lon, lat = np.radians(np.array(line)).T
    east = np.diff(lon) * np.cos((lat[1:] + lat[:-1]) / 2)
    return float(np.hypot(east, np.diff(lat)).sum() * 6_371_000)


def test_legs_cross_the_rivers_on_bridges_only(network: Network) -> None:
    roads = load_roads()
    water = shapely.MultiLineString([s.lonlat for s in load_river().streams])
    bridges = shapely.union_all(
        [d["geometry"] for _, _, d in roads.edges(data=True) if "bridge" in d]
    ).buffer(2e-5)
    shapely.prepare(water)
    # The river island is walked to along its bridge, in a line of its own.
    places = [key for key in _sample(network, 45, seed=1) if not network.access(key).on_foot]  # type: ignore[union-attr]
    crossings = 0
    for profile in ("coach", "motorbike", "foot"):
        for a in places[:15]:
            for b in places:
                for leg in network.path(a, b, profile) if a != b else ():
                    line = shapely.LineString(leg.geometry)
                    if leg.mode in {"ferry", "boat"} or not water.intersects(line):
                        continue
                    crossings += 1
                    assert bridges.covers(water.intersection(line)), (a, b, leg.mode)
    assert crossings > 300


def test_long_bien_bridge_is_for_two_wheels_and_walkers(network: Network) -> None:
    # Both ends of the bridge: a car goes round by Chương Dương bridge, a bicycle straight over.
    ends = network.with_place("west", 105.8487, 21.0405).with_place("east", 105.8707, 21.0462)
    bridge = shapely.LineString(
        next(d["geometry"] for _, _, d in load_roads().edges(data=True) if d.get("name") == "Cầu Long Biên")
    ).buffer(1e-4)
    middle = bridge.centroid.buffer(5e-4)

    def over(profile: str) -> bool:
        return any(
            shapely.LineString(leg.geometry).intersects(middle) for leg in ends.path("west", "east", profile)
        )

    assert [over(p) for p in ("coach", "car", "bicycle", "foot")] == [False, False, True, True]


def test_motorbikes_keep_off_the_motorway(
    block: nx.MultiDiGraph, places_at: Callable[..., gpd.GeoDataFrame], far_river: River
) -> None:
    # Beside the ends of the motorway 3 ↔ 4, b on the 800 m street: a car goes 33 + 1000 + 53 m, a motorbike
    # 467 m to node 1, 1000 m to node 2, 500 m by the shorter street to node 3 and 53 m back to b.
    for u, v in ((3, 4), (4, 3)):
        block.edges[u, v, 0]["highway"] = "motorway"
    block.add_edge(2, 1, length=1000, highway="residential")
    network = build_network(places_at(a=(105.8, 21.0042), b=(105.81, 21.0042)), block, far_river)
    by_car, by_motorbike = (network.path("a", "b", p)[0].distance_m for p in ("car", "motorbike"))
    assert by_car == pytest.approx(1086, abs=3)
    assert by_motorbike == pytest.approx(2020, abs=3)


def test_a_ferry_is_a_leg_of_its_own(network: Network) -> None:
    legs = network.path("ben-chu-dong-tu", "ninh-so-bamboo", "motorbike")
    ferry = [leg for leg in legs if leg.mode == "ferry"]
    assert len(ferry) == 1
    assert ferry[0].duration_s >= DEFAULT_SPEEDS.ferry_wait_s
    assert network.place(ferry[0].from_id).name_vi
    assert "ferry" not in {leg.mode for leg in network.path("ben-chu-dong-tu", "ninh-so-bamboo", "coach")}


# -- river -----------------------------------------------------------------------------------------


def test_downstream_is_faster_than_upstream(network: Network) -> None:
    piers = [key for key in network if network.river_km(key) is not None]
    assert len(piers) > 10
    seconds = network.matrix(piers, "river").duration_s
    km = np.array([network.river_km(key) for key in piers])
    red = [i for i, key in enumerate(piers) if key not in {"ben-phu-dong", "ben-le-chi"}]
    for i in red:
        for j in red:
            if km[j] - km[i] > 1:
                assert seconds[i, j] < seconds[j, i]


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("ben-chuong-duong-do", "ben-chu-dong-tu", (120, 120)),
        ("ben-chuong-duong-do", "den-dam", (60, 130)),
        ("den-dai-lo", "den-da-hoa", (30, 30)),
        ("ben-chuong-duong", "ben-bat-trang", (60, 60)),
        ("ben-chuong-duong-do", "ben-phu-dong", (120, 120)),
        ("ben-phu-dong", "ben-chuong-duong-do", (105, 135)),
    ],
)
def test_published_boat_legs_are_met_within_twenty_minutes(
    network: Network, start: str, end: str, minutes: tuple[int, int]
) -> None:
    ours = int(network.matrix([start, end], "river").duration_s[0, 1]) / 60
    assert minutes[0] - 20 <= ours <= minutes[1] + 20


def test_the_river_day_fits_between_eight_and_five(network: Network) -> None:
    day = ["ben-chuong-duong-do", "den-dam", "den-dai-lo", "den-da-hoa", "bat-trang", "ben-chuong-duong-do"]
    legs = [leg for a, b in pairwise(day) for leg in network.path(a, b, "river")]
    assert {leg.mode for leg in legs} == {"boat", "foot"}
    assert 4 < sum(leg.duration_s for leg in legs) / 3600 < 6


def test_a_temple_at_its_pier_boards_at_once(network: Network) -> None:
    (leg,) = network.path("den-dai-lo", "den-da-hoa", "river")
    assert (leg.mode, leg.from_id, leg.to_id) == ("boat", "den-dai-lo", "den-da-hoa")


def test_rides_lead_from_door_to_door_in_one_leg(network: Network) -> None:
    """No ride begins with a step to a neighbour: a walk to the parking place belongs to the leg."""
    places = _sample(network, 40, seed=3)
    ways = [network.path(a, b, "coach") for a in places for b in places if a != b]
    modes = {tuple(leg.mode for leg in way) for way in ways}
    assert ("coach",) in modes
    assert modes <= {
        ("coach",),
        ("foot",),
        ("coach", "foot"),
        ("foot", "coach"),
        ("coach", "boat", "foot"),
        ("foot", "boat", "coach"),
        ("foot", "boat", "coach", "foot"),
        ("foot", "coach", "boat", "foot"),
    }
    assert all(leg.distance_m > 400 for way in ways if len(way) > 1 for leg in way if leg.mode == "foot")


def test_mixed_goes_down_by_boat_and_back_by_coach(network: Network) -> None:
    def modes(a: str, b: str, profile: str) -> set[str]:
        return {leg.mode for leg in network.path(a, b, profile)}

    assert "boat" in modes("ho-hoan-kiem", "den-dam", "mixed")
    assert modes("den-dam", "ho-hoan-kiem", "mixed") == {"coach"}
    assert "boat" in modes("den-dam", "ho-hoan-kiem", "river-out")
    assert modes("ho-hoan-kiem", "chuong-conical-hat-village", "river-out") == {"coach"}


def test_a_place_away_from_the_river_is_out_of_reach_by_boat(network: Network) -> None:
    assert network.matrix(["ho-hoan-kiem", "perfume-pagoda-complex"], "river").duration_s[0, 1] == -1


def test_a_broken_river_is_named() -> None:
    stream = load_river().streams[0]
    with pytest.raises(NetworkError, match="increasing kilometres"):
        River((type(stream)("back", stream.km[::-1], stream.lonlat),))


# -- the graph -------------------------------------------------------------------------------------


def test_networkx_reads_the_network(network: Network) -> None:
    few = ["ho-hoan-kiem", "bat-trang", "den-dam", "chuong-conical-hat-village"]
    assert network.number_of_nodes() == len(network) > 500
    plain = nx.MultiDiGraph(network.subgraph(few))
    assert set(plain) == set(few)
    for a, b, mode, data in plain.edges(keys=True, data=True):
        profile = "river" if mode == "boat" else mode
        assert data["duration_s"] == network.matrix([a, b], profile).duration_s[0, 1]
        assert shapely.LineString(data["geometry"]).length > 0
    assert nx.shortest_path(plain, few[0], few[1], weight="duration_s") == few[:2]
    assert nx.shortest_path_length(network, few[0], few[1], weight="duration_s") == min(
        data["duration_s"] for data in network[few[0]][few[1]].values()
    )


def test_edges_read_both_ways(network: Network) -> None:
    forward = network["ho-hoan-kiem"]["bat-trang"]["coach"]
    assert network.edges["ho-hoan-kiem", "bat-trang", "coach"] == forward
    assert network.pred["bat-trang"]["ho-hoan-kiem"]["coach"]["duration_s"] == forward["duration_s"]
    assert network.has_edge("ho-hoan-kiem", "bat-trang", "coach")
    assert not network.has_edge("ho-hoan-kiem", "bat-trang", "rail")
    assert not network.has_edge("ho-hoan-kiem", "hue-ngo-mon")


def test_the_network_cannot_be_changed(network: Network) -> None:
    with pytest.raises(nx.NetworkXError):
        network.add_node("x")
    with pytest.raises(nx.NetworkXError):
        network.remove_edge("ho-hoan-kiem", "bat-trang")


def test_a_pickle_travels_alike(network: Network) -> None:
    few = ["ho-hoan-kiem", "bat-trang", "den-dam"]
    again = pickle.loads(pickle.dumps(network))  # noqa: S301 - our own bytes
    for profile in PROFILES:
        assert (again.matrix(few, profile).duration_s == network.matrix(few, profile).duration_s).all()
    assert again.path(*few[:2], "coach") == network.path(*few[:2], "coach")


def test_a_hotel_joins_without_changing_the_rest(network: Network) -> None:
    few = ["ho-hoan-kiem", "bat-trang", "den-dam"]
    wider = network.with_place("hotel", 105.8491, 21.0333, name_vi="Khách sạn")
    assert "hotel" not in network
    assert wider.place("hotel").kind == "start"
    assert (wider.matrix(few, "coach").duration_s == network.matrix(few, "coach").duration_s).all()
    assert (wider.matrix(["hotel", *few], "coach").duration_s >= 0).all()
    with pytest.raises(NetworkError, match="already"):
        network.with_place("bat-trang", 105.8, 21.0)
    with pytest.raises(NetworkError, match="longitude"):
        network.with_place("swapped", 21.0, 105.8)


def test_a_misspelt_place_or_profile_has_a_remedy(network: Network) -> None:
    with pytest.raises(NetworkError, match="did you mean 'bat-trang'"):
        network.matrix(["bat-tragn"], "coach")
    with pytest.raises(NetworkError, match="did you mean 'coach'"):
        network.path("bat-trang", "den-dam", "coch")
    with pytest.raises(NetworkError, match="via:nowhere"):
        network.place("via:nowhere")


def test_sites_that_cannot_serve_are_named(places_at: Callable[..., gpd.GeoDataFrame]) -> None:
    with pytest.raises(NetworkError, match="projected"):
        build_network(places_at(a=(105.8, 21.0)).to_crs("EPSG:32648"))
    with pytest.raises(NetworkError, match="column 'kind'"):
        build_network(places_at(a=(105.8, 21.0)).drop(columns="kind"))


def test_slower_speeds_make_longer_ways(places_at: Callable[..., gpd.GeoDataFrame]) -> None:
    from dataclasses import replace

    slow = replace(DEFAULT_SPEEDS.modes["car"], of_car=0.5)
    sites = places_at(a=(105.8522, 21.0287), b=(105.76128, 20.82922))
    speeds = replace(DEFAULT_SPEEDS, modes={**DEFAULT_SPEEDS.modes, "car": slow})
    quick = build_network(sites).matrix(["a", "b"], "car").duration_s[0, 1]
    assert build_network(sites, speeds=speeds).matrix(["a", "b"], "car").duration_s[0, 1] > 1.6 * quick


@pytest.mark.shared
@pytest.mark.slow
def test_a_real_osmnx_graph_stands_in(places_at: Callable[..., gpd.GeoDataFrame]) -> None:
    folder = os.environ.get("ROUTEPLANNER_SHARED")
    if not folder:
        pytest.skip("ROUTEPLANNER_SHARED is not set")
    import gzip

    import osmnx

    packed = Path(folder) / "data" / "osm" / "hanoi_inner_drive.graphml.gz"
    roads = osmnx.io.load_graphml(graphml_str=gzip.decompress(packed.read_bytes()).decode())
    sites = places_at(lake=(105.8522, 21.0287), museum=(105.7985, 21.0405), van_phuc=(105.7710, 20.9800))
    network = build_network(sites, roads)
    ours = network.matrix(list(network), "car").distance_m / 1000
    assert 6 < ours[0, 1] < 11
    assert 10 < ours[0, 2] < 16
    assert all(len(leg.geometry) > 20 for leg in network.path("lake", "van_phuc", "car"))


def test_a_network_says_its_size_without_counting_its_legs(network: Network) -> None:
    assert str(network).startswith(f"Network of {network.number_of_nodes()} places, legs by coach")
    assert "0 edges" in str(Network())


def test_legs_are_counted_without_being_made() -> None:
    few = build_network(load_sites().iloc[:40])  # piers among them
    assert few.number_of_edges() == few.size() == sum(1 for _ in few.edges()) > 0
    a, b = list(few)[:2]
    assert few.number_of_edges(a, b) == len(few[a][b])
