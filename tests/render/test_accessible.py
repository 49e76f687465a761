"""The page under axe-core, the checker that browsers' own tools use, in both languages and all its states."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import routeplanner
import sample_trips as trips
from routeplanner.render.maps import map_itinerary, map_sites

if TYPE_CHECKING:
    from conftest import Opened

Show = Callable[..., "Opened"]

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")

pytestmark = pytest.mark.browser


def faults(page: Any) -> list[str]:
    """What axe-core finds: rule and element."""
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert len(found["passes"]) > 15
    return [
        f"{violation['id']}: {node['html'][:160]} {node['failureSummary'][:300]}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


def test_the_checker_finds_a_fault_where_there_is_one(show: Show) -> None:
    page = show(map_itinerary(trips.south_trip())).page
    page.evaluate("document.querySelector('.plan').append(document.createElement('img'))")
    assert any(fault.startswith("image-alt") for fault in faults(page))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
def test_an_itinerary_has_no_fault(show: Show, scheme: str, width: int) -> None:
    options = {"color_scheme": scheme, "viewport": {"width": width, "height": 900}}
    page = show(map_itinerary(trips.two_day_trip()), **options).page
    assert faults(page) == []
    page.locator("[data-day='2']").click()
    page.locator("[data-tongue]").click()
    page.locator("[data-rows='2'] button.name").first.click()
    page.locator(".card h2").wait_for()
    assert faults(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_map_of_sites_has_no_fault(show: Show, scheme: str) -> None:
    sites = routeplanner.load_sites()
    page = show(map_sites(sites, trips=[trips.south_trip()]), color_scheme=scheme).page
    assert faults(page) == []
    page.locator(".kind summary").first.click()
    page.locator(".kind button").first.click()
    page.locator(".card h2").wait_for()
    assert faults(page) == []


def test_few_sites_have_no_fault(show: Show) -> None:
    sites = routeplanner.load_sites()
    page = show(map_sites(sites[sites["kind"] == "craft_village"], lang="en")).page
    assert faults(page) == []
