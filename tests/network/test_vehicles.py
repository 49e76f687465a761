"""Large coaches, hours of the day, and how far one gets."""

from __future__ import annotations

import math
import pickle
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import routeplanner as rp
from routeplanner._clock import TIMEZONE
from routeplanner.errors import NetworkError
from routeplanner.network import DEFAULT_SPEEDS, CoachBan, Traffic, TrafficPeriod, build_network, load_river
from routeplanner.network.travel import PARKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import geopandas as gpd

    from routeplanner.network import Network, River

MONDAY = datetime(2027, 3, 15, tzinfo=TIMEZONE)
EVERY_DAY = frozenset(range(7))


@pytest.fixture(scope="module")
def busy(network: Network) -> Network:
    """The bundled network with the bundled traffic."""
    return build_network(network.sites, traffic=rp.load_traffic())


# -- large coaches ---------------------------------------------------------------------------------


def test_coaches_keep_out_of_lanes_and_walk_the_rest(network: Network) -> None:
    arcs, table = network.router("coach45").arcs, network.router("coach45").ground.table
    driven = {table.highway[e] for e, m in zip(arcs.edge, arcs.mode, strict=True) if e >= 0 and m == 0}
    assert driven.isdisjoint({"residential", "living_street", "service", "track"})
    places = [p for p in network if network.access(p) is not None]
    parked = [p for p in places if (a := network.access(p, "coach45")) is not None and a.parked]
    assert 50 < len(parked) < len(places)
    near = [p for p in parked if 450 < network.access(p, "coach45").distance_m < 950]  # type: ignore[union-attr]
    ways = {p: network.path("ho-hoan-kiem", p, "coach45") for p in near[:12]}
    far, legs = next((p, way) for p, way in ways.items() if way[-1].from_id.startswith(PARKING))
    assert [leg.mode for leg in legs][-2:] == ["coach", "foot"]
    stop = network.place(legs[-1].from_id)
    assert legs[-1].from_id == f"{PARKING}coach45:{far}"
    assert (stop.lon, stop.lat) == legs[-1].geometry[0]
    assert stop.kind == "via"
    assert stop.name_en
    assert stop.name_en.startswith("Coach park")


def test_beyond_a_walk_a_shuttle_waits(network: Network) -> None:
    far = max(
        (p for p in network if (a := network.access(p, "coach45")) is not None and a.parked),
        key=lambda p: network.access(p, "coach45").distance_m,  # type: ignore[union-attr]
    )
    last = network.path("ho-hoan-kiem", far, "coach45")[-1]
    assert last.mode == "car"
    assert last.distance_m > DEFAULT_SPEEDS.park_walk_m
    assert last.duration_s > DEFAULT_SPEEDS.shuttle_wait_s


def test_the_larger_the_vehicle_the_longer_it_takes(network: Network) -> None:
    places = [p for p in list(network)[::5] if network.access(p) is not None]
    tables = [network.matrix(places, v).duration_s for v in ("car", "coach", "coach29", "coach45")]
    medians = [np.median(table[table > 0]) for table in tables]
    assert medians == sorted(medians)


def test_a_small_coach_drives_where_a_large_one_parks(network: Network) -> None:
    parked = {
        v: sum(network.access(p, v).parked for p in network if network.access(p, v))
        for v in ("car", "coach29", "coach45")
    }  # type: ignore[union-attr]
    assert parked["car"] == 0
    assert parked["coach29"] < parked["coach45"]


def test_an_unknown_vehicle_is_named(network: Network) -> None:
    with pytest.raises(NetworkError, match="vehicle 'tram' is unknown"):
        network.access("ho-hoan-kiem", "tram")
    with pytest.raises(NetworkError, match="vehicle 'tram' is unknown"):
        network.router("tram")


# -- hours -----------------------------------------------------------------------------------------


def _street(places_at: Callable[..., gpd.GeoDataFrame], river: River, traffic: Traffic) -> Network:
    """One street of 3,600 m at 36 km/h, a place at either end."""
    roads = nx.MultiDiGraph(crs="epsg:4326")
    for node, lon in ((1, 105.80), (2, 105.84)):
        roads.add_node(node, x=lon, y=21.0)
    for u, v in ((1, 2), (2, 1)):
        roads.add_edge(u, v, length=3_600, travel_time=360, highway="primary", urban=True)
    return build_network(places_at(a=(105.80, 21.0), b=(105.84, 21.0)), roads, river, traffic=traffic)


def test_a_ride_over_a_change_of_speed_is_reckoned_by_hand(
    places_at: Callable[..., gpd.GeoDataFrame], far_river: River
) -> None:
    slow = Traffic((TrafficPeriod(EVERY_DAY, 0, 1.0, 1.0), TrafficPeriod(EVERY_DAY, 8 * 3600, 0.5, 1.0)))
    network = _street(places_at, far_river, slow)

    def seconds(at: datetime) -> int:
        return sum(leg.duration_s for leg in network.drive("a", "b", "car", depart=at))

    # Boarding takes 90 s at either end. Free: 360 s. At half speed: 720 s.
    assert sum(leg.duration_s for leg in network.path("a", "b", "car")) == 540
    assert seconds(MONDAY.replace(hour=7)) == 540
    assert seconds(MONDAY.replace(hour=8)) == 900
    # Off at 07:54: on the road at 07:55:30, 270 s at full speed; the last 90 s of way take 180 s.
    assert seconds(MONDAY.replace(hour=7, minute=54)) == 90 + 270 + 180 + 90
    assert network.matrix(["a", "b"], "car", depart=MONDAY.replace(hour=9)).duration_s[0, 1] == 900
    assert (
        network.matrix(["a", "b"], "foot", depart=MONDAY.replace(hour=9)).duration_s[0, 1]
        == (network.matrix(["a", "b"], "foot").duration_s[0, 1])
    )
    # Tables reckon with whole ways, in whole minutes: at 07:55 five minutes of nine are done by eight.
    five_to = MONDAY.replace(hour=7, minute=55)
    assert network.matrix(["a", "b"], "car", depart=five_to).duration_s[0, 1] == 60 * math.ceil(
        5 + 4 / 9 * 15
    )
    # A motorbike feels 0.6 of the delay.
    rider = sum(leg.duration_s for leg in network.drive("a", "b", "motorbike", depart=MONDAY.replace(hour=9)))
    assert rider == 120 + 360 * 1.6


def test_a_ban_is_waited_for(places_at: Callable[..., gpd.GeoDataFrame], far_river: River) -> None:
    area = shapely.box(105.79, 20.99, 105.85, 21.01).wkt
    ban = CoachBan("all", EVERY_DAY, 6 * 3600, 9 * 3600, 35, area)
    network = _street(places_at, far_river, Traffic((TrafficPeriod(EVERY_DAY, 0, 1.0, 1.0),), (ban,)))
    at_eight = MONDAY.replace(hour=8)
    free_s = int(network.matrix(["a", "b"], "coach45").duration_s[0, 1])
    held_s = int(network.matrix(["a", "b"], "coach45", depart=at_eight).duration_s[0, 1])
    boarding = DEFAULT_SPEEDS.modes["coach45"].terminal_s // 2
    assert held_s == 60 * math.ceil((3_600 + free_s - boarding) / 60)  # boarded while the ban lasts
    assert network.matrix(["a", "b"], "coach29", depart=at_eight).duration_s[0, 1] > 0
    free = sum(leg.duration_s for leg in network.path("a", "b", "coach45"))
    held = sum(leg.duration_s for leg in network.drive("a", "b", "coach45", depart=at_eight))
    assert held == 3_600 + free - boarding
    assert network.periods("coach45", MONDAY.date()) == (0, 6 * 3600, 9 * 3600)
    assert network.periods("coach29", MONDAY.date()) == (0,)


def test_bundled_bans_keep_the_large_coach_out_of_the_inner_city(busy: Network) -> None:
    traffic = rp.load_traffic()
    for hour, vehicle, banned in (
        (8, "coach45", True),
        (11, "coach45", False),
        (17, "coach45", True),
        (8, "coach", False),
    ):
        router = busy.router(vehicle, depart=MONDAY.replace(hour=hour))
        driven = np.unique(router.arcs.edge[(router.arcs.edge >= 0) & (router.arcs.mode == 0)])
        area = shapely.from_wkt(traffic.bans[0].wkt)
        inside = sum(area.contains(shapely.LineString(router.ground.table.lines[e])) for e in driven)
        assert (inside == 0) is banned, (hour, vehicle)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_who_leaves_later_never_arrives_earlier(busy: Network, data: st.DataObject) -> None:
    places = [p for p in list(busy)[::7] if busy.access(p) is not None]
    a, b = data.draw(st.sampled_from(places)), data.draw(st.sampled_from(places))
    vehicle = data.draw(st.sampled_from(["car", "coach45", "motorbike"]))
    day = MONDAY + timedelta(days=data.draw(st.integers(0, 6)))
    moments = sorted(data.draw(st.lists(st.integers(5 * 60, 21 * 60), min_size=2, max_size=3)))
    if a == b:
        return
    arrivals = []
    for minute in moments:
        legs = busy.drive(a, b, vehicle, depart=day + timedelta(minutes=minute))
        arrivals.append(minute * 60 + sum(leg.duration_s for leg in legs))
    assert arrivals == sorted(arrivals)


@pytest.mark.parametrize("profile", ["car", "coach45", "mixed", "bicycle"])
def test_paths_at_any_hour_agree_with_the_matrix(busy: Network, profile: str) -> None:
    places = [p for p in list(busy)[::23] if busy.access(p) is not None][:8]
    for moment in (
        MONDAY.replace(hour=6, minute=50),
        MONDAY.replace(hour=12),
        MONDAY.replace(hour=17, minute=3),
    ):
        matrix = busy.matrix(places, profile, depart=moment)
        for i, a in enumerate(places):
            for j, b in enumerate(places):
                if i == j or matrix.duration_s[i, j] < 0:
                    continue
                legs = busy.path(a, b, profile, depart=moment)
                assert sum(leg.duration_s for leg in legs) == matrix.duration_s[i, j]
                assert all(leg.duration_s >= 0 for leg in legs)
                assert sum(leg.distance_m for leg in legs) == busy.matrix([a, b], profile).distance_m[0, 1]


def test_rush_hour_is_slower_and_night_is_quicker(busy: Network) -> None:
    places = [p for p in list(busy)[::23] if busy.access(p) is not None]
    night, noon, rush = (
        busy.matrix(places, "car", depart=MONDAY.replace(hour=h)).duration_s for h in (2, 12, 17)
    )
    table = busy.matrix(places, "car").duration_s
    near = (table > 0) & (table < 2 * 3600)  # within the period
    assert (night[near] <= noon[near]).all()
    assert (noon[near] <= rush[near]).all()
    assert (-(-table[near] // 60) * 60 == noon[near]).all()
    assert (night[table > 0] > 0).all()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_tables_let_nobody_overtake_and_stay_near_the_drive(busy: Network, data: st.DataObject) -> None:
    places = [p for p in list(busy)[::40] if busy.access(p) is not None]
    vehicle = data.draw(st.sampled_from(["car", "coach", "coach45"]))
    moments = sorted(data.draw(st.lists(st.integers(5 * 60, 21 * 60), min_size=2, max_size=3)))
    arrivals, tables = [], []
    for minute in moments:
        seconds = busy.matrix(places, vehicle, depart=MONDAY + timedelta(minutes=minute)).duration_s
        tables.append(seconds)
        arrivals.append(np.where(seconds < 0, math.inf, minute * 60 + seconds))
    assert all((a <= b).all() for a, b in pairwise(arrivals))
    if vehicle == "coach45":  # test_bans.py
        return
    i, j = data.draw(st.sampled_from(np.argwhere((tables[0] > 0) & (tables[0] < 3 * 3600)).tolist()))
    legs = busy.drive(places[i], places[j], vehicle, depart=MONDAY + timedelta(minutes=moments[0]))
    driven = sum(leg.duration_s for leg in legs)
    assert driven == pytest.approx(int(tables[0][i, j]), rel=0.12, abs=240)


def test_periods_follow_the_weekday(busy: Network, network: Network) -> None:
    monday, sunday = date(2027, 3, 15), date(2027, 3, 14)
    assert busy.periods("car", monday)[0] == busy.periods("car", sunday)[0] == 0
    assert 7 * 3600 in busy.periods("car", monday)
    assert busy.periods("car", monday) != busy.periods("car", sunday)
    assert busy.periods("bicycle", monday) == network.periods("car", monday) == (0,)
    assert 6 * 3600 in busy.periods("coach45", sunday)  # the ban holds on Sundays too


def test_a_network_with_traffic_is_pickled(busy: Network) -> None:
    again = pickle.loads(pickle.dumps(busy))  # noqa: S301 - made here
    at = MONDAY.replace(hour=18)
    places = list(busy)[:5]
    assert again.matrix(places, "car", depart=at).duration_s.tolist() == (
        busy.matrix(places, "car", depart=at).duration_s.tolist()
    )


def test_an_own_table_replaces_the_bundled_one(tmp_path: Path) -> None:
    own = tmp_path / "own.csv"
    own.write_text("days,from,urban,rural\nMo-Su,00:00,1,1\nMo-Fr,08:00,0.5,0.9\n", "utf-8")
    traffic = rp.load_traffic(own)
    assert traffic.at("car", 0, 9 * 3600).urban == 0.5
    assert traffic.at("car", 6, 9 * 3600).urban == 1.0
    assert traffic.bans == rp.load_traffic().bans


def test_a_table_with_faults_names_every_line(tmp_path: Path) -> None:
    own = tmp_path / "own.csv"
    own.write_text(
        "days,from,urban,rural\nMo-Su,00:00,1,1\nMonday,08:00,1,1\nMo,8,1,1\nMo,09:00,x,1\n", "utf-8"
    )
    with pytest.raises(NetworkError) as caught:
        rp.load_traffic(own)
    assert [fault.split(":")[0] for fault in caught.value.faults] == ["line 3", "line 4", "line 5"]
    own.write_text("days,from,urban,rural\nMo-Fr,00:00,1,0\n", "utf-8")
    with pytest.raises(NetworkError) as caught:
        rp.load_traffic(own)
    assert len(caught.value.faults) == 3
    assert "Sa has no period from midnight" in str(caught.value)


# -- how far one gets ------------------------------------------------------------------------------


def test_areas_hold_one_another_and_the_places_in_reach(network: Network) -> None:
    areas = rp.isochrones(network, "ho-hoan-kiem", [45, 15, 30], "car")
    assert areas["minutes"].tolist() == [15, 30, 45]
    assert areas.geometry.is_valid.all()
    assert areas.crs.to_epsg() == 4326
    for small, large in zip(areas.geometry[:-1], areas.geometry[1:], strict=True):
        assert small.difference(large.buffer(2e-4)).is_empty
    start = network.place("ho-hoan-kiem")
    assert areas.geometry.iloc[0].intersects(shapely.Point(start.lon, start.lat).buffer(1e-3))
    seconds = dict(
        zip(
            network,
            network.matrix(list(network), "car").duration_s[network.position("ho-hoan-kiem")],
            strict=True,
        )
    )
    for _, row in areas.iterrows():
        wanted = {p for p, s in seconds.items() if 0 <= s <= row["minutes"] * 60 and p != "ho-hoan-kiem"}
        assert set(row["places"]) == wanted
        assert len(row["places"]) == len(wanted)
    # A place whose road is reached in time lies near the area; one reached much later does not lie in the smallest.
    late = [p for p, s in seconds.items() if s > 45 * 60]
    smallest = areas.geometry.iloc[0]
    inside = [p for p in late if smallest.covers(shapely.Point(network.place(p).lon, network.place(p).lat))]
    assert inside == []


def test_an_area_does_not_swim(network: Network) -> None:
    """Ten minutes on foot from a landing do not reach the other bank."""
    areas = rp.isochrones(network, (105.8790, 20.9965), [12], "foot", reach_m=1_500)
    west = areas.geometry.iloc[0]
    streams = [shapely.LineString(s.lonlat) for s in load_river().streams]
    assert any(stream.distance(west) < 1e-3 for stream in streams)
    assert not any(west.buffer(-1e-5).intersects(stream) for stream in streams)


def test_a_larger_share_of_time_is_a_larger_area_at_noon(busy: Network) -> None:
    rush, noon = (
        rp.isochrones(busy, "ho-hoan-kiem", 30, depart=MONDAY.replace(hour=h))["area_km2"].iloc[0]
        for h in (18, 12)
    )
    assert rush < noon


@pytest.mark.parametrize(
    ("given_", "words"),
    [
        ({"minutes": []}, "minutes"),
        ({"minutes": [10, -1]}, "minutes"),
        ({"minutes": 10, "profile": "boat"}, "give a vehicle"),
        ({"minutes": 10, "reach_m": 0}, "reach_m"),
    ],
)
def test_a_question_that_is_none_is_refused(network: Network, given_: dict[str, object], words: str) -> None:
    with pytest.raises(NetworkError, match=words):
        rp.isochrones(network, "ho-hoan-kiem", **given_)  # type: ignore[arg-type]
