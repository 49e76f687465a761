from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import networkx as nx
import pytest

from routeplanner.network import Network, River, Stream, build_network
from routeplanner.sites.catalog import load_sites

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(scope="session")
def network() -> Network:
    return build_network(load_sites())


@pytest.fixture(scope="session")
def places_at() -> Callable[..., gpd.GeoDataFrame]:
    """Make a small catalogue from keyword arguments ``key=(lon, lat)`` or ``key=(lon, lat, kind)``."""

    def make(**points: tuple[object, ...]) -> gpd.GeoDataFrame:
        return gpd.GeoDataFrame(
            {
                "name_vi": list(points),
                "kind": [point[2] if len(point) > 2 else "craft_village" for point in points.values()],
            },
            index=list(points),
            geometry=gpd.points_from_xy([p[0] for p in points.values()], [p[1] for p in points.values()]),
            crs="EPSG:4326",
        )

    return make


@pytest.fixture
def far_river() -> River:
    """A river that is nowhere near."""
    import numpy as np

    return River((Stream("far", np.array([0.0, 10.0]), np.array([[107.0, 22.0], [107.0, 21.9]])),))


@pytest.fixture
def block() -> nx.MultiDiGraph:
    """A hand-made block of streets with integer nodes, as osmnx gives them.

    ::

        4 ---- 3        1 → 2 one-way, 1000 m; 2 ↔ 3 two parallel streets, 800 m and 500 m;
        |      |        3 ↔ 4, 1000 m; 4 ↔ 1, 500 m. Every street is residential at 36 km/h (travel_time).
        1 ---> 2
    """
    graph = nx.MultiDiGraph(crs="epsg:4326")
    for node, (x, y) in {
        1: (105.8, 21.0),
        2: (105.81, 21.0),
        3: (105.81, 21.0045),
        4: (105.8, 21.0045),
    }.items():
        graph.add_node(node, x=x, y=y)
    streets = [(1, 2, 1000), (2, 3, 800), (3, 2, 800), (2, 3, 500), (3, 2, 500)]
    streets += [(3, 4, 1000), (4, 3, 1000), (4, 1, 500), (1, 4, 500)]
    for u, v, metres in streets:
        graph.add_edge(
            u,
            v,
            length=str(metres) if metres == 800 else metres,  # a graph read from a file may hold text
            travel_time=metres / 10,
            highway=["residential", "living_street"],
            name=["Phố A", "Phố B"],
            oneway=(u, v) == (1, 2),
        )
    return graph
