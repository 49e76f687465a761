from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import routeplanner as rp
from few_places import SOUTH

if TYPE_CHECKING:
    import geopandas as gpd


@pytest.fixture(scope="session")
def few(sites: gpd.GeoDataFrame) -> rp.Network:
    """A network of a dozen places in the south, so that a programme takes a second or two."""
    return rp.build_network(sites.loc[["ho-hoan-kiem", *SOUTH]])


@pytest.fixture(scope="session")
def programme(few: rp.Network) -> rp.Programme:
    brief = rp.ProgrammeBrief(
        year=2027, corridors=("south",), routes=4, themes={"handicraft": 1.0, "history": 0.6}
    )
    return rp.design_programme(few, brief, rounds=2)
