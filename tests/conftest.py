from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

import routeplanner as rp

if TYPE_CHECKING:
    import geopandas as gpd

# The suite draws the same examples each time, so that a failure is the change's fault and not the dice's.
# To look for new ones: pytest --hypothesis-profile=explore
_LENIENT = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large]}
settings.register_profile("same", derandomize=True, **_LENIENT)
settings.register_profile("explore", max_examples=1000, print_blob=True, **_LENIENT)
settings.load_profile("same")


@pytest.fixture(scope="session")
def sites() -> gpd.GeoDataFrame:
    return rp.load_sites()


@pytest.fixture(scope="session")
def network(sites: gpd.GeoDataFrame) -> rp.Network:
    return rp.build_network(sites)
