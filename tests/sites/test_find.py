"""Finding a site by what people type, and narrowing the catalogue down."""

from __future__ import annotations

import math

import geopandas as gpd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routeplanner._text import fold
from routeplanner.errors import RequestError
from routeplanner.sites.catalog import filter_sites, find_site, load_sites

SITES = load_sites()
NAMES_VI = [fold(name) for name in SITES["name_vi"]]
FORMS = (str, str.upper, str.lower, fold, lambda text: f"  {text} ")


@settings(deadline=None, max_examples=200)
@given(st.sampled_from(list(SITES.index)), st.sampled_from(FORMS))
def test_every_vietnamese_name_finds_its_site_in_any_spelling(site_id: str, form: object) -> None:
    name = SITES.at[site_id, "name_vi"]
    typed = form(name)  # type: ignore[operator]
    twins = NAMES_VI.count(fold(name))
    if typed == fold(name) and twins > 1:
        with pytest.raises(RequestError, match="give one identifier"):
            find_site(SITES, typed)
    else:
        assert find_site(SITES, typed) == site_id


def test_no_two_sites_share_a_name_with_its_diacritics() -> None:
    assert SITES["name_vi"].is_unique


@pytest.mark.parametrize(
    ("typed", "site_id"),
    [
        ("ha-thai-lacquer", "ha-thai-lacquer"),
        ("Hồ Hoàn Kiếm", "ho-hoan-kiem"),
        ("ho hoan kiem", "ho-hoan-kiem"),
        ("Bát Tràng", "bat-trang"),
        ("chùa hương", "perfume-pagoda-complex"),
        ("Hạ Thái", "ha-thai-lacquer"),  # the whole, not its communal house
        ("cau long bien", "cau-long-bien"),
        ("Chùa Đậu", "chua-dau-thuong-tin"),
        ("Chùa Dâu", "chua-dau"),
        ("chua dau", "chua-dau"),
        ("Hà Thái", "ha-thai-lacquer"),  # wrong diacritics, but one place only
    ],
)
def test_what_people_type_finds_what_they_mean(typed: str, site_id: str) -> None:
    assert find_site(SITES, typed) == site_id


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("van mieu", ("fits 4 sites", "van-mieu-quoc-tu-giam", "give one identifier")),
        ("ha-thai-laquer", ("no site is called", "'ha-thai-lacquer'")),
        ("qqqqq", ("no site is called 'qqqqq'",)),
        ("", ("no site is called ''",)),
    ],
)
def test_what_fits_none_or_several_is_one_clear_error(typed: str, words: tuple[str, ...]) -> None:
    with pytest.raises(RequestError) as caught:
        find_site(SITES, typed)
    assert len(caught.value.faults) == 1
    assert all(word in str(caught.value) for word in words)


@settings(deadline=None)
@given(st.text(max_size=30))
def test_any_text_is_found_or_refused(typed: str) -> None:
    try:
        found = find_site(SITES, typed)
    except RequestError:
        return
    assert found in SITES.index


def test_conditions_narrow_down_together() -> None:
    found = filter_sites(SITES, kind="craft_village", craft="lacquer", corridor="south", theme="handicraft")
    assert 0 < len(found) < 20
    assert set(found["kind"]) == {"craft_village"}
    for column, word in (("crafts", "lacquer"), ("corridors", "south"), ("themes", "handicraft")):
        assert all(word in items for items in found[column])
    assert "ha-thai-lacquer" in found.index
    assert isinstance(found, gpd.GeoDataFrame)


@settings(deadline=None)
@given(
    st.floats(20.5, 21.5),
    st.floats(105.2, 106.2),
    st.floats(0.1, 60),
)
def test_distances_are_those_of_the_sphere(lat: float, lon: float, within_km: float) -> None:
    found = filter_sites(SITES, near=(lat, lon), within_km=within_km)
    assert found["distance_km"].is_monotonic_increasing
    here = [math.cos(math.radians(lat)) * math.cos(math.radians(lon))]
    here += [math.cos(math.radians(lat)) * math.sin(math.radians(lon)), math.sin(math.radians(lat))]
    inside = set()
    for site_id, point in SITES.geometry.items():  # an independent way: the chord between unit vectors
        there = [math.cos(math.radians(point.y)) * math.cos(math.radians(point.x))]
        there += [
            math.cos(math.radians(point.y)) * math.sin(math.radians(point.x)),
            math.sin(math.radians(point.y)),
        ]
        distance_km = 2 * 6371.0088 * math.asin(math.dist(here, there) / 2)
        if site_id in found.index:
            assert found.at[site_id, "distance_km"] == pytest.approx(distance_km, abs=1e-6)
        if distance_km <= within_km - 1e-6:
            inside.add(site_id)
    assert inside <= set(found.index)


def test_text_is_searched_in_names_and_summaries_without_diacritics() -> None:
    assert set(filter_sites(SITES, text="son mai ha thai").index) >= {"ha-thai-lacquer"}
    assert (
        filter_sites(SITES, text="SƠN MÀI").index.tolist()
        == filter_sites(SITES, text="son mai").index.tolist()
    )


@pytest.mark.parametrize(
    ("conditions", "words"),
    [
        ({"kind": "museums"}, "kind 'museums' is not known; did you mean 'museum'"),
        ({"craft": "laquer"}, "did you mean 'lacquer'"),
        ({"corridor": "souht"}, "did you mean 'south'"),
        ({"theme": "zzz"}, "theme 'zzz' is not known; known are"),
        ({"within_km": 5}, "needs a point"),
        ({"near": (105.85, 21.03)}, "latitude comes first: (21.03, 105.85)"),
        ({"near": "here"}, "is not a point"),
        ({"near": (21.0, 105.8), "within_km": -1}, "give km above 0"),
        ({"near": (21.0, float("nan"))}, "is not on the globe"),
    ],
)
def test_a_condition_that_cannot_be_met_is_refused(conditions: dict[str, object], words: str) -> None:
    with pytest.raises(RequestError) as caught:
        filter_sites(SITES, **conditions)  # type: ignore[arg-type]
    assert words in str(caught.value)


def test_all_faulty_conditions_come_together() -> None:
    with pytest.raises(RequestError) as caught:
        filter_sites(SITES, kind="x", craft="x", theme="x", corridor="x", within_km=3)
    assert len(caught.value.faults) == 5
