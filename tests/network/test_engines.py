"""The engines give the times that networkx gives, turn bans and one-way streets included."""

from __future__ import annotations

import math
import threading
from itertools import pairwise
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routeplanner.errors import NetworkError
from routeplanner.network import DEFAULT_SPEEDS, build_network, load_river
from routeplanner.network.engines import Graph, cch_is_installed, choose_engine
from routeplanner.network.roads import road_table
from routeplanner.network.travel import Ground, RoadRouter

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import geopandas as gpd
    from numpy.typing import NDArray

    from routeplanner.network import Network, River

ENGINES = ["scipy", "routingkit-cch"] if cch_is_installed() else ["scipy"]


def _random_arcs(seed: int) -> tuple[int, NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """A graph with parts that are not joined, one-way arcs, and equal times."""
    rng = np.random.default_rng(seed)
    size = int(rng.integers(2, 40))
    ends = np.unique(rng.integers(0, size, (int(rng.integers(1, 4 * size)), 2)), axis=0)
    ends = ends[ends[:, 0] != ends[:, 1]]
    return size, ends[:, 0], ends[:, 1], rng.integers(1, 9, len(ends)) * 1000.0


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_engines_agree_with_networkx_on_random_graphs(seed: int) -> None:
    size, tail, head, ms = _random_arcs(seed)
    if len(ms) == 0:
        return
    metres = np.random.default_rng(seed).integers(0, 500, len(ms)).astype(float)
    plain = nx.DiGraph()
    plain.add_nodes_from(range(size))
    for t, h, cost, length in zip(tail.tolist(), head.tolist(), ms, metres, strict=True):
        plain.add_edge(t, h, ms=cost, both=(cost * 1e6 + length))
    nodes = np.arange(size)
    wanted = np.full((size, size), math.inf)
    both = np.full((size, size), math.inf)
    for i in range(size):
        for j, cost in nx.single_source_dijkstra_path_length(plain, i, weight="ms").items():
            wanted[i, j] = cost
        for j, cost in nx.single_source_dijkstra_path_length(plain, i, weight="both").items():
            both[i, j] = cost
    lonlat = np.random.default_rng(seed).uniform(20, 21, (size, 2))
    for engine in ENGINES:
        graph = Graph(size, tail, head, ms, metres, lonlat=lonlat, engine=engine)
        assert np.array_equal(graph.milliseconds(nodes, nodes), wanted), engine
    # Of equally quick ways the shorter one is counted.
    _, found = Graph(size, tail, head, ms, metres, lonlat=lonlat).ways(nodes, nodes)
    there = np.isfinite(wanted)
    assert np.array_equal(np.isfinite(found), there)
    assert np.array_equal(found[there], both[there] - wanted[there] * 1e6)


def test_long_ways_stay_exact() -> None:
    """Ten days on foot and 4,000 km: sums beyond what a naive pair of digits would hold."""
    size = 4_001
    tail, head = np.arange(size - 1), np.arange(1, size)
    ms, metres = np.full(size - 1, 240_001.0), np.full(size - 1, 1_001.0)
    lonlat = np.column_stack([np.linspace(100, 140, size), np.full(size, 21.0)])
    graph = Graph(size, tail, head, ms, metres, lonlat=lonlat)
    found_ms, found_m = graph.ways(np.array([0]), np.array([size - 1]))
    assert (found_ms[0, 0], found_m[0, 0]) == (240_001 * 4_000, 1_001 * 4_000)


@pytest.mark.skipif(not cch_is_installed(), reason="routingkit-cch is not installed")
def test_both_engines_give_one_network(network: Network) -> None:
    by_cch = build_network(network.sites, engine="routingkit-cch")
    places = list(network)[::4]
    for profile in ("car", "motorbike", "coach45"):
        ours, theirs = (n.matrix(places, profile) for n in (network, by_cch))
        assert np.array_equal(ours.duration_s, theirs.duration_s)
        assert np.array_equal(ours.distance_m, theirs.distance_m)
    ends = "ho-hoan-kiem", "duong-lam-ancient-village"
    assert by_cch.path(*ends, "car") == network.path(*ends, "car")


@pytest.mark.skipif(not cch_is_installed(), reason="routingkit-cch is not installed")
def test_the_engine_answers_in_any_thread(network: Network) -> None:
    """Its objects panic outside the thread that made them, and while an answer is alive: none is kept."""
    by_cch = build_network(network.sites, engine="routingkit-cch")
    found: list[NDArray[np.int64]] = [by_cch.matrix(list(network)[:9], "car").duration_s]

    def ask() -> None:
        found.append(by_cch.matrix(list(network)[9:18], "car").duration_s)

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 3
    assert np.array_equal(found[1], network.matrix(list(network)[9:18], "car").duration_s)
    assert np.array_equal(found[1], found[2])


def test_an_engine_that_is_none_is_refused(places_at: Callable[..., gpd.GeoDataFrame]) -> None:
    with pytest.raises(NetworkError, match="engine 'osrm' is unknown; use one of auto, scipy"):
        build_network(places_at(a=(105.85, 21.03)), engine="osrm")  # type: ignore[arg-type]


def test_the_large_graph_takes_the_quick_engine() -> None:
    assert choose_engine("auto", 700) == "scipy"
    assert choose_engine("auto", 300_000) == ENGINES[-1]


# -- turns -----------------------------------------------------------------------------------------


def _grid(seed: int) -> nx.MultiDiGraph:
    """Streets of four by four junctions, some one-way, with random banned turns."""
    rng = np.random.default_rng(seed)
    roads = nx.MultiDiGraph(crs="epsg:4326")
    for n in range(16):
        roads.add_node(n, x=105.8 + n % 4 / 200, y=21.0 + n // 4 / 200)
    for a in range(16):
        for b in (a + 1, a + 4):
            if b > 15 or (b == a + 1 and b % 4 == 0):
                continue
            metres = int(rng.integers(300, 900))
            for u, v in ((a, b), (b, a)):
                if rng.random() < 0.85:
                    roads.add_edge(u, v, length=metres, highway="primary", travel_time=metres / 10)
    turns = [(u, v, w) for u, v in roads.edges() for w in roads.successors(v)]
    picked = rng.choice(len(turns), len(turns) // 4, replace=False)
    roads.graph["banned_turns"] = [(*turns[i], 0, 0) for i in picked]
    walks = [(u, v, w, x) for u, v, w in turns for x in roads.successors(w)]
    walks += [(*walk, x) for walk in walks[::7] for x in roads.successors(walk[-1])]
    picked = rng.choice(len(walks), len(walks) // 6, replace=False)
    roads.graph["banned_ways"] = [tuple((a, b, 0) for a, b in pairwise(walks[i])) for i in picked]
    return roads


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_turn_bans_agree_with_a_search_over_edges(seed: int) -> None:
    """Bans over one junction and over streets between: the peer's nodes are the last three streets driven."""
    roads = _grid(seed)
    banned = {(u, v, w) for u, v, w, _, _ in roads.graph["banned_turns"]}
    banned |= {(way[0][0], *(edge[1] for edge in way)) for way in roads.graph["banned_ways"]}
    driven = nx.DiGraph()
    todo = [edge[:2] for edge in roads.edges()]
    driven.add_nodes_from(todo)
    while todo:
        way = todo.pop()
        for w in roads.successors(way[-1]):
            longer = (*way, w)
            if not any(longer[start:] in banned for start in range(len(longer) - 2)):
                after = longer[-4:]
                if after not in driven:
                    todo.append(after)
                driven.add_edge(way, after, s=roads.edges[way[-1], w, 0]["travel_time"])
    table = road_table(roads)
    ground = Ground(table=table, river=load_river(), speeds=DEFAULT_SPEEDS, places=(), access={})
    router = RoadRouter(ground, "car")
    junction = np.array([int(table.nodes[n]) for n in router._junction])
    for start in range(0, 16, 5):
        ms, _ = router.graph.tree(start)
        least = dict.fromkeys(range(16), math.inf)
        for v in roads.successors(start):
            first_s = roads.edges[start, v, 0]["travel_time"]
            for way, seconds in nx.single_source_dijkstra_path_length(driven, (start, v), weight="s").items():
                least[way[-1]] = min(least[way[-1]], first_s + seconds)
        for goal in range(16):
            ours = ms[junction == goal].min()
            wanted = 0.0 if goal == start else least[goal] * 1000
            assert ours == pytest.approx(wanted, abs=20), (start, goal)


def test_a_place_on_the_way_of_a_ban_can_be_reached_but_is_no_way_round_it(
    places_at: Callable[..., gpd.GeoDataFrame], far_river: River
) -> None:
    """0 → 1 → 2 → 3 is banned, and the place stands between 1 and 2: it is reached, 3 is not."""
    roads = nx.MultiDiGraph(crs="epsg:4326")
    for n, (x, y) in enumerate([(0, 0), (1, 0), (2, 0), (2, 1), (3, 0), (0, -1)]):
        roads.add_node(n, x=105.8 + x / 100, y=21.0 + y / 100)
    for u, v in [(0, 1), (1, 2), (2, 3), (2, 4), (4, 2), (3, 0), (5, 0), (0, 5)]:
        roads.add_edge(u, v, length=1000, highway="primary", travel_time=100)
    sites = places_at(a=(105.80, 20.995), b=(105.815, 21.0001), c=(105.82, 21.005))
    free = build_network(sites, roads, far_river).matrix(list("abc"), "car").distance_m
    roads.graph["banned_ways"] = [((0, 1, 0), (1, 2, 0), (2, 3, 0))]
    held = build_network(sites, roads, far_river)
    metres = held.matrix(list("abc"), "car").distance_m
    assert metres[0, 1] == free[0, 1]
    assert metres[1, 2] == free[1, 2]  # who starts there has not come from 0
    assert metres[0, 2] == free[0, 2] + 2000  # on to 4, and back
    assert sum(leg.distance_m for leg in held.path("a", "c", "car")) == metres[0, 2]


# -- kept on disk ----------------------------------------------------------------------------------


def test_tables_are_kept_by_what_they_were_computed_from(
    tmp_path: Path, block: nx.MultiDiGraph, places_at: Callable[..., gpd.GeoDataFrame], far_river: River
) -> None:
    sites = places_at(a=(105.802, 21.0), b=(105.809, 21.0044), c=(105.81, 21.002))
    first = build_network(sites, block, far_river, cache=tmp_path / "tables").matrix(list("abc"), "car")
    wanted_m = first.distance_m.tolist()
    (kept,) = (tmp_path / "tables").iterdir()
    # A second network reads what the first one kept: proved by a kept number that no road would give.
    with np.load(kept) as archive:
        tables = {name: archive[name].copy() for name in archive.files}
    tables["duration_s"][0, 1] = 4_321
    np.savez(kept.with_suffix(".new.npz"), **tables)
    whole = kept.read_bytes()
    kept.with_suffix(".new.npz").replace(kept)
    again = build_network(sites, block, far_river, cache=tmp_path / "tables").matrix(list("abc"), "car")
    assert again.duration_s[0, 1] == 4_321
    # One that was cut off is not believed.
    kept.write_bytes(whole[:-30])
    mended = build_network(sites, block, far_river, cache=tmp_path / "tables").matrix(list("abc"), "car")
    assert mended.duration_s.tolist() == first.duration_s.tolist()
    assert mended.distance_m.tolist() == wanted_m
    # Other roads, other tables.
    block.edges[1, 2, 0]["travel_time"] = 999
    other = build_network(sites, block, far_river, cache=tmp_path / "tables").matrix(list("abc"), "car")
    assert other.duration_s[0, 1] != first.duration_s[0, 1]
    assert len(list((tmp_path / "tables").iterdir())) == 2
