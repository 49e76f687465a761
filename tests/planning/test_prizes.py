from __future__ import annotations

import math
from datetime import date
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import routeplanner as rp
from routeplanner.planning.prizes import prize_groups, repeat_factors, site_prizes, theme_match
from wishes import refused

if TYPE_CHECKING:
    import geopandas as gpd

ANY = rp.TripRequest(first_day=date(2027, 3, 13))
CRAFT = rp.TripRequest(first_day=date(2027, 3, 13), themes={"handicraft": 0.5})


def a_site(sites: gpd.GeoDataFrame, **values: object) -> float:
    """Return the prize of one made-up site."""
    plain = {
        "kind": "craft_village",
        "themes": ["handicraft"],
        "significance": 3,
        "visit_min": 60,
        "status": [],
        "coord_precision": "site",
        "crafts": [],
        "part_of": None,
    }
    request = values.pop("request", ANY)
    row = gpd_like(sites, plain | values)
    return float(rp.default_prizes(row, request).iloc[0])  # type: ignore[arg-type]


def gpd_like(sites: gpd.GeoDataFrame, values: dict[str, object]) -> gpd.GeoDataFrame:
    row = sites.iloc[[0]].copy()
    for name, value in values.items():
        row[name] = pd.Series([value], index=row.index, dtype=object)
    return row


@pytest.mark.parametrize(
    ("values", "prize"),
    [
        ({}, 0.4 * 9),
        ({"significance": 1}, 0.4),
        ({"significance": 5}, 10.0),
        ({"visit_min": 180}, 3.6 * math.sqrt(3)),
        ({"visit_min": 5}, 3.6 * 0.5),
        ({"visit_min": 600}, 3.6 * 2),
        ({"status": ["unesco"]}, 3.6 * 1.3),
        ({"status": ["national", "special_national"]}, 3.6 * 1.2),
        ({"status": ["recognised_craft_village"]}, 3.6 * 1.15),
        ({"coord_precision": "commune"}, 3.6 * 0.8),
        ({"kind": "gateway"}, 0.0),
        ({"kind": "waterway_stop"}, 0.0),
        ({"request": CRAFT}, 3.6 * 0.5),
        ({"request": CRAFT, "themes": ["nature"]}, 3.6 * 0.15),
    ],
    ids=str,
)
def test_prizes_follow_the_formula_by_hand(
    sites: gpd.GeoDataFrame, values: dict[str, object], prize: float
) -> None:
    assert a_site(sites, **values) == pytest.approx(prize, abs=0.005)


def test_one_place_of_the_first_rank_outweighs_six_of_the_second(sites: gpd.GeoDataFrame) -> None:
    assert a_site(sites, significance=5) > 6 * a_site(sites, significance=2)


def test_a_theme_of_weight_nought_is_not_better_than_none_asked() -> None:
    """Who gives nature no weight must not be led to nature before what was not mentioned at all."""
    weights = {"handicraft": 1.0, "nature": 0.0}
    assert theme_match(["nature"], weights) <= theme_match(["history"], weights)


@given(
    weights=st.dictionaries(st.sampled_from("abcd"), st.floats(0, 1), min_size=1),
    own=st.sets(st.sampled_from("abcdef")),
)
def test_more_weight_never_makes_a_match_worse(weights: dict[str, float], own: set[str]) -> None:
    more = {theme: min(1.0, weight + 0.2) for theme, weight in weights.items()}
    assert 0 <= theme_match(sorted(own), weights) <= theme_match(sorted(own), more) <= 1


@given(
    worth=st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 9).map(float), min_size=1),
    groups=st.dictionaries(st.sampled_from("abcdefgh"), st.sampled_from(("lacquer", "silk"))),
)
def test_repeats_earn_half_of_the_one_before(worth: dict[str, float], groups: dict[str, str]) -> None:
    factor = repeat_factors(worth, groups)
    assert set(factor) == set(worth)
    for group in ("lacquer", "silk"):
        members = sorted((worth[s] for s in worth if groups.get(s) == group), reverse=True)
        total = sum(worth[s] * factor[s] for s in worth if groups.get(s) == group)
        assert total == pytest.approx(sum(value / 2**rank for rank, value in enumerate(members)))
    assert all(factor[s] == 1 for s in worth if s not in groups)


def test_parts_of_a_place_share_its_worth_and_crafts_theirs(sites: gpd.GeoDataFrame) -> None:
    groups = prize_groups(sites)
    assert groups["mong-phu-gate"] == groups["mia-pagoda"] == "part of duong-lam-ancient-village"
    assert groups["ha-thai-lacquer"] == sites.loc["ha-thai-lacquer", "crafts"][0]
    assert "ho-hoan-kiem" not in groups


def test_what_is_famous_leads_the_real_catalogue(sites: gpd.GeoDataFrame) -> None:
    prizes = rp.default_prizes(sites, ANY)
    assert list(prizes.index) == list(sites.index)
    assert (prizes[sites["kind"].isin(["gateway", "waterway_stop"])] == 0).all()
    assert (prizes[~sites["kind"].isin(["gateway", "waterway_stop"])] > 0).all()
    assert (sites.loc[prizes.nlargest(20).index, "significance"] == 5).all()


def test_a_rule_that_gives_no_prizes_is_refused_by_site(sites: gpd.GeoDataFrame) -> None:
    few = sites.iloc[:3]
    good = pd.Series([1.0, 2.0, 3.0], index=few.index)
    assert list(site_prizes(few, ANY, lambda *_: good)) == [1, 2, 3]
    for bad in (-1.0, float("nan"), float("inf"), "much", None):
        values = good.astype(object)
        values.iloc[1] = bad
        faults = refused(site_prizes, few, ANY, lambda *_, values=values: values)
        assert len(faults) == 1
        assert few.index[1] in faults[0]
        assert "give a finite number >= 0" in faults[0]
    missing = refused(site_prizes, few, ANY, lambda *_: good.iloc[:2])
    assert few.index[2] in missing[0]
    assert "missing" in missing[0]
    assert "return a pandas Series" in refused(site_prizes, few, ANY, lambda *_: [1, 2, 3])[0]
    assert (
        "no column 'significanse'; did you mean 'significance'"
        in refused(site_prizes, few, ANY, "significanse")[0]
    )
    assert len(refused(site_prizes, sites, ANY, lambda rows, _: -rp.default_prizes(rows, ANY))) == 21
    assert list(site_prizes(few, ANY, "significance")) == list(few["significance"])
