from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

import routeplanner as rp

if TYPE_CHECKING:
    from collections.abc import Iterator

    import geopandas as gpd
    from playwright.sync_api import Browser

# The suite draws the same examples each time, so that a failure is the change's fault and not the dice's.
# To look for new ones: pytest --hypothesis-profile=explore
_LENIENT = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large]}
settings.register_profile("same", derandomize=True, **_LENIENT)
settings.register_profile("explore", max_examples=1000, print_blob=True, **_LENIENT)
settings.load_profile("same")


FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def sites() -> gpd.GeoDataFrame:
    return rp.load_sites()


@pytest.fixture(scope="session")
def network(sites: gpd.GeoDataFrame) -> rp.Network:
    return rp.build_network(sites)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all rooms: Playwright does not start twice in a process."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("no Chromium found: install the package chromium")
        pytest.skip("no Chromium found")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield launched
        launched.close()
