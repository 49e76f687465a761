"""The filter of a map of sites, and where such a map opens."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

import routeplanner as rp
from routeplanner.render.maps import map_sites
from routeplanner.render.publish import to_html
from test_accessible import faults
from test_maps import page_data

if TYPE_CHECKING:
    import geopandas as gpd

    from conftest import Opened

Show = Callable[..., "Opened"]
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def every() -> gpd.GeoDataFrame:
    return rp.load_sites()


@pytest.fixture(scope="module")
def sites(every: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Half of the catalogue, which is enough for clusters."""
    return every[every.index.isin([*every.index[::2], "bat-trang", "ho-hoan-kiem"])]


def listed(page: Any) -> set[str]:
    """Sites in the list that are not hidden."""
    rows = page.locator("#plan-rows li[id]:not([hidden])")
    return {key.removeprefix("site-") for key in rows.evaluate_all("rows => rows.map(row => row.id)")}


def on_map(page: Any) -> int:
    """Sites that the map shows in its frame or beyond, those in clusters counted."""
    return int(
        page.evaluate(
            "routeplanner.layers.stops.getLayers().reduce((n, m) => n + (m.options.icon.options.className === 'bunch'"
            " ? Number(m.getElement().textContent) : 1), 0)"
        )
    )


def choose(page: Any, label: str, value: str) -> None:
    page.get_by_label(label, exact=True).select_option(value)


@pytest.mark.parametrize("many", [True, False])
def test_list_map_and_counts_follow_each_filter(show: Show, sites: gpd.GeoDataFrame, *, many: bool) -> None:
    given = sites if many else sites[sites["kind"].isin(["craft_village", "museum"])].head(120)
    opened = show(map_sites(given, lang="en"))
    page = opened.page
    tests = {
        "Kind": ("museum", given["kind"] == "museum"),
        "Craft": ("pottery", given["crafts"].map(lambda row: "pottery" in row)),
        "Theme": ("history", given["themes"].map(lambda row: "history" in row)),
        "Corridor": ("south", given["corridors"].map(lambda row: "south" in row)),
    }
    for label, (value, expected) in tests.items():
        choose(page, label, value)
        keys = set(given.index[expected])
        assert listed(page) == keys != set()
        assert on_map(page) == len(keys)
        assert page.get_by_role("status").inner_text() == f"{len(keys)} of {len(given)} sites"
        option = page.get_by_label(label, exact=True).locator("option:checked").inner_text()
        assert option.endswith(f"({len(keys)})")
        page.get_by_role("button", name="Clear the filter").click()
        page.wait_for_timeout(30)
        assert listed(page) == set(given.index)
    both = given["kind"].eq("craft_village") & tests["Corridor"][1]
    choose(page, "Kind", "craft_village")
    choose(page, "Corridor", "south")
    assert listed(page) == set(given.index[both]) != set()
    assert opened.errors == []


def test_words_are_found_with_and_without_marks(show: Show, sites: gpd.GeoDataFrame) -> None:
    page = show(map_sites(sites, lang="vi")).page
    box = page.get_by_role("searchbox")
    box.fill("bat trang")
    assert "bat-trang" in listed(page)
    loose = listed(page)
    box.fill("Bát Tràng")
    assert listed(page) <= loose
    assert "bat-trang" in listed(page)
    box.fill("đào")  # with marks: these and no others
    names = sites.loc[sorted(listed(page)), ["name_vi", "name_en", "district_2024"]].fillna("")
    assert len(names) > 0
    assert all("đào" in " ".join(row).lower() for row in names.itertuples(index=False))
    box.fill("nothing is called so")
    assert listed(page) == set()
    assert page.get_by_role("status").inner_text() == "Không có địa điểm nào"
    assert on_map(page) == 0


def test_by_keyboard_and_reader_the_filter_can_be_used_and_has_no_fault(
    show: Show, sites: gpd.GeoDataFrame
) -> None:
    page = show(map_sites(sites, lang="en"), viewport={"width": 360, "height": 740}).page
    page.get_by_role("searchbox", name="Find by name, craft or place").focus()
    page.keyboard.type("lacquer")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.labels[0].textContent").startswith("Kind")
    assert f"of {len(sites)} sites" in page.get_by_role("status").inner_text()
    assert faults(page) == []
    page.locator("[data-tongue]").click()
    assert page.get_by_role("search", name="Lọc địa điểm").is_visible()
    assert f"trong {len(sites)} địa điểm" in page.get_by_role("status").inner_text()
    page.keyboard.press("Escape")
    page.locator("#plan-rows li:not([hidden]) button").first.click()
    page.locator(".card h2").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_map_opens_on_nearly_all_and_says_what_lies_outside(
    show: Show, every: gpd.GeoDataFrame, sites: gpd.GeoDataFrame
) -> None:
    page = show(map_sites(sites, lang="en")).page
    hint = page.get_by_role("button", name="outside this view")
    outside = int(re.match(r"\d+", hint.inner_text())[0])
    assert 0 < outside < 0.1 * len(sites)
    assert on_map(page) <= len(sites) - outside
    hint.click()
    assert not hint.is_visible()
    assert on_map(page) == len(sites)
    museums = every[every["kind"] == "museum"]  # a quarter of them in Hue and Saigon: all are shown
    page = show(map_sites(museums, lang="en")).page
    assert not page.get_by_role("button", name="outside this view").is_visible()


def test_on_paper_folded_lists_are_unfolded(show: Show, sites: gpd.GeoDataFrame) -> None:
    page = show(map_sites(sites, lang="en")).page
    folded = page.locator("details.kind:not([open])").count()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details.kind:not([open])").count() == 0 < folded
    assert page.locator("#plan-rows li:visible").count() == len(sites)
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("details.kind:not([open])").count() == folded


@pytest.mark.parametrize("many", [True, False])
def test_the_address_can_ask_for_a_filter_and_for_a_site(
    show: Show, sites: gpd.GeoDataFrame, *, many: bool
) -> None:
    few = [key for key in sites.index if key in {"bat-trang", "ho-hoan-kiem"}]
    page = show(
        map_sites(
            sites if many else sites.loc[[*few, *sites.index[:20]]].drop_duplicates("name_vi"), lang="en"
        )
    ).page
    page.evaluate("location.hash = 'craft=pottery&q=trang'")
    page.wait_for_timeout(50)
    pottery = set(sites.index[sites["crafts"].map(lambda row: "pottery" in row)])
    assert "bat-trang" in listed(page)
    assert listed(page) <= pottery
    page.evaluate("location.hash = 'craft=lacqer'")  # a slip of the pen is told, not passed over
    page.wait_for_timeout(50)
    assert "craft=lacqer: not known" in page.locator(".sift [role=status]").inner_text()
    page.evaluate("location.hash = 'site-ho-hoan-kiem'")
    page.locator(".card h2").wait_for()
    assert page.locator(".card h2").inner_text() == sites.loc["ho-hoan-kiem", "name_en"]


def test_rows_and_points_are_in_step_for_any_id(show: Show, sites: gpd.GeoDataFrame) -> None:
    given = sites.head(30).copy()
    given.index = [f'a b"<{n}>' for n in range(30)]
    given["kind"] = ["museum", "my kind", "market"] * 10
    opened = show(map_sites(given, lang="en"))
    rows = page_data(to_html(map_sites(given)))["layers"]["stops"]["features"]
    assert len(rows) == 30
    shown = opened.page.evaluate(
        "routeplanner.layers.stops.getLayers().map(m => { const p = m.feature.properties;"
        " return [p.key, p.name[1], m.getLatLng().lat]; })"
    )
    for key, name, lat in shown:
        site = given.loc[key.removeprefix("site-")]
        assert (name, lat) == (site["name_en"], round(site.geometry.y, 5))
