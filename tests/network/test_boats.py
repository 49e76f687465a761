from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise

import hypothesis.strategies as st
import pytest
from hypothesis import given

import routeplanner as rp
from routeplanner.errors import NetworkError
from routeplanner.network import current_kmh, load_boats, load_river, suspension

DAY_BOAT = load_boats()["tau-du-lich"]


@given(st.floats(0, 9), st.floats(0.01, 3))
def test_more_water_runs_faster_so_that_down_gains_and_up_loses(water_level_m: float, more: float) -> None:
    low, high = (
        load_river().sailed_by(DAY_BOAT, water_level_m=m) for m in (water_level_m, water_level_m + more)
    )
    assert current_kmh(water_level_m) <= current_kmh(water_level_m + more)
    assert low.down_kmh <= high.down_kmh
    assert low.up_kmh >= high.up_kmh
    assert low.down_kmh - low.up_kmh == pytest.approx(2 * current_kmh(water_level_m))


def test_low_water_and_the_day_boat_are_what_the_published_legs_were_fitted_with() -> None:
    plain, river = load_river(), load_river("tau-du-lich", water_level_m=2.0)
    assert (river.down_kmh, river.up_kmh) == (plain.down_kmh, plain.up_kmh) == (14.0, 11.5)


@pytest.mark.parametrize(
    ("water_level_m", "sails"),
    [(8.6, True), (9.49, True), (9.5, False), (10.6, False), (11.3, False)],  # 2024-09-11 and -12: forbidden
)
def test_no_boat_sails_from_alarm_one(water_level_m: float, *, sails: bool) -> None:
    assert (suspension(DAY_BOAT, water_level_m) is None) is sails


def test_a_draught_is_held_against_the_shoals() -> None:
    deep = replace(DAY_BOAT, draught_m=1.8)
    assert suspension(deep, 1.0) is None  # 2.1 m of water, exactly what it needs
    words = suspension(deep, 0.35)  # the reading of 14 February 2016
    assert words is not None
    assert "1.5 m deep, it needs 2.1 m" in words[1]
    assert "cần 2.1 m" in words[0]
    assert suspension(DAY_BOAT, 0.35) is None  # no page gives its draught: not judged


def test_a_suspended_river_is_said_and_a_plan_by_road_goes_on() -> None:
    flood = rp.build_network(rp.load_sites(), river=load_river(water_level_m=11.3))
    river = rp.TripRequest(first_day=date(2027, 9, 11), corridor="river", mode="river")
    with pytest.raises(rp.InfeasibleError, match=r"11\.3 m in Hà Nội, alarm level 1 is 9\.5 m.*road"):
        rp.plan(flood, river)
    with pytest.raises(NetworkError, match="no way"):
        flood.path("ben-chuong-duong-do", "den-dam", "river")
    road = replace(river, mode="road")
    trip = rp.plan(flood, road, iterations=200)
    assert rp.check(trip, flood, road) == []


def test_a_flood_boat_day_is_quicker_down_and_slower_back() -> None:
    sites = rp.load_sites()
    low, high = rp.build_network(sites), rp.build_network(sites, river=load_river(water_level_m=6.0))
    there = [
        network.matrix(["ben-chuong-duong-do", "den-dam"], "river").duration_s for network in (low, high)
    ]
    assert there[1][0, 1] < there[0][0, 1]
    assert there[1][1, 0] > there[0][1, 0]


def test_an_unknown_boat_and_one_that_makes_no_way_are_named() -> None:
    with pytest.raises(NetworkError, match="'ngoc-song' is unknown; did you mean 'ngoc-song-hong'"):
        load_river("ngoc-song")
    rowing = replace(DAY_BOAT, key="do-cheo", through_water_kmh=1.2)
    with pytest.raises(NetworkError, match=r"make no way against a current of 1\.25 km/h"):
        load_river(rowing)


def test_each_boat_has_a_source_and_unknown_figures_stay_unknown() -> None:
    for boat in load_boats().values():
        assert boat.source.startswith("http")
        assert boat.draught_m is None
    assert [b.price_person_vnd for b in load_boats().values()] == [300_000, None, None]


def test_levels_follow_the_seasons() -> None:
    levels = [rp.usual_water_level_m(month) for month in range(1, 13)]
    assert {m for m, (a, b) in enumerate(pairwise(levels), 2) if a != b} == {6, 11}
