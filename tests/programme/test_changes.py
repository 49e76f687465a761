"""Gaps, what-if and comparisons: judged by plans of their own and by counting again."""

from __future__ import annotations

import math
from datetime import date, time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import routeplanner as rp
from routeplanner.programme.what_if import _changed

if TYPE_CHECKING:
    import geopandas as gpd

SATURDAY = date(2027, 3, 13)


def test_what_is_in_reach_has_a_day_and_what_is_not_has_none(network: rp.Network) -> None:
    brief = rp.ProgrammeBrief(year=2027, corridors=("northwest",), day_end=time(15))
    table = rp.gaps(network, brief)
    assert set(table["status"]) == {"in_reach", "out_of_reach"}
    for status in ("in_reach", "out_of_reach"):
        own = table[table["status"] == status]
        for site in list(own.index)[:6]:
            request = rp.TripRequest(
                first_day=SATURDAY, corridor="northwest", day_end=time(15), must_visit=(site,), max_stops=1
            )
            try:
                trip = rp.plan(network, request, iterations=50, proof=None)
            except rp.InfeasibleError:
                assert status == "out_of_reach", site
                continue
            if status == "in_reach":
                assert [stop.site_id for stop in trip.stops] == [site]
            else:  # a must-visit may take a longer way than the brief's pace allows
                assert trip.measures["travel_min"] > 0.4 * 7 * 60, site
    assert (table.loc[table["status"] == "out_of_reach", ["reason", "reason_vi"]] != "").all(axis=None)


def test_gaps_rank_what_missing_facts_hold_back(programme: rp.Programme, few: rp.Network) -> None:
    brief = rp.ProgrammeBrief.from_dict(programme.brief)
    table = rp.gaps(few, brief, programme=programme)
    visited = {stop.site_id for route in programme.routes for stop in route.stops}
    assert set(table.index[table["status"] == "on_a_route"]) == visited
    blocked = table["blocked_by"].map(len) > 0
    vague = few.sites.loc[table.index, "coord_precision"] == "commune"
    assert (blocked >= vague).all()
    assert (table.loc[~blocked, "would_add"] == 0).all()
    assert table["would_add"].is_monotonic_decreasing
    point = table[table["blocked_by"].map(lambda names: names == ("point",))]
    stops, others = point[point["on_routes"] > 0], point[point["on_routes"] == 0]
    assert len(stops)
    assert stops["would_add"].to_numpy() == pytest.approx(stops["prize"] / 4, abs=0.006)
    assert (others["would_add"] > others["prize"]).all()
    alone = rp.gaps(few, brief)
    assert alone.loc[stops.index, "would_add"].to_numpy() == pytest.approx(stops["prize"] * 1.25, abs=0.006)


def test_places_on_a_route_are_those_where_one_stops(programme: rp.Programme, network: rp.Network) -> None:
    table = rp.gaps(network, rp.ProgrammeBrief.from_dict(programme.brief), programme=programme)
    visited = {stop.site_id for route in programme.routes for stop in route.stops}
    assert set(table.index[table["status"] == "on_a_route"]) == visited
    shown = table[table["status"] == "shown"]
    assert len(shown)
    assert set(network.sites.loc[shown.index, "part_of"]) <= visited
    assert (shown["on_routes"] == 0).all()


def test_longer_hours_add_what_the_longer_hours_allow(sites: gpd.GeoDataFrame) -> None:
    ids = ["ha-thai-lacquer", "chuon-ngo-mother-of-pearl", "lang-cuu"]
    closed = sites.loc[["ho-hoan-kiem", *ids]].copy()
    closed.loc["chuon-ngo-mother-of-pearl", "opening_hours"] = "Mo-Su 19:00-21:00"
    network = rp.build_network(closed)
    brief = rp.ProgrammeBrief(year=2027, corridors=("south",), routes=1, mix={"day": 1})
    found = rp.what_if(network, brief, hours={"chuon-ngo-mother-of-pearl": "Mo-Su 08:00-17:00"}, rounds=1)
    assert found.gained == ("chuon-ngo-mother-of-pearl",)
    worth = next(s.prize for s in found.after.routes[0].stops if s.site_id == "chuon-ngo-mother-of-pearl")
    assert found.table.loc["prize", "adds"] == pytest.approx(worth)
    assert rp.check_programme(found.after, found.network) == []
    assert rp.check_programme(found.before, network) == []
    visitors = [12 * sum(own.cards[0].departures) for own in (found.before, found.after)]
    stays = [sum(stop.visit_min for stop in own.routes[0].stops) / 60 for own in (found.before, found.after)]
    assert found.table.loc["visitors", "adds"] == visitors[1] - visitors[0]
    hours = visitors[1] * stays[1] - visitors[0] * stays[0]
    assert found.table.loc["visitor_hours", "adds"] == pytest.approx(hours, abs=0.2)
    assert "Mo-Su 08:00-17:00" in found.changes[0]


def test_a_bridge_and_a_shuttle_shorten_the_way(few: rp.Network) -> None:
    brief = rp.ProgrammeBrief(year=2027, corridors=("south",), routes=2, mix={"day": 2})
    found = rp.what_if(
        few,
        brief,
        bridge=[((105.8522, 21.0287), (105.8780, 20.8000))],
        shuttle=[("ho-hoan-kiem", "lang-cuu", 20.0)],
        rounds=1,
    )
    pair = ["ho-hoan-kiem", "lang-cuu"]
    was, now = (net.matrix(pair, "coach").duration_s[0, 1] for net in (few, found.network))
    assert now < was
    assert found.table.loc["prize", "adds"] >= -1e-6
    assert found.after.value >= found.before.value - 1e-6
    assert math.isnan(found.table.loc["bound", "adds"])
    assert found.table.drop(index="bound").notna().all(axis=None)
    assert "nan" not in found._repr_html_()
    assert len(found.changes) == len(found.changes_vi) == 2
    assert "25.6 km (more than 5 km: reckoned as a straight new road)" in found.changes[0]
    assert "tính như một con đường mới" in found.changes_vi[0]
    assert rp.check_programme(found.after, found.network) == []


LONGER_BEFORE = [
    {"shuttle": [("ho-hoan-kiem", "duong-lam-ancient-village", 500)]},
    {"shuttle": [("ho-hoan-kiem", "bat-trang", 600)]},
    {"bridge": [((105.853, 21.028), (105.90, 21.03))]},
    {"bridge": [((105.91, 20.88), (105.95, 20.88))]},
]
"""Additions along which places lie that joined them, to their loss."""


def lengthened(network: rp.Network, wider: rp.Network, profile: str) -> list[tuple[str, str]]:
    ids = list(network.sites.index)
    was, now = (net.matrix(ids, profile).duration_s for net in (network, wider))
    return [(ids[i], ids[j]) for i, j in zip(*((now > was) & (was >= 0)).nonzero(), strict=True)]


@pytest.mark.parametrize("change", LONGER_BEFORE)
def test_an_added_road_lengthens_no_way(
    network: rp.Network, change: dict[str, list[tuple[object, ...]]]
) -> None:
    wider = _changed(network, {}, change.get("bridge", ()), {}, change.get("shuttle", ()), None)  # type: ignore[arg-type]
    for profile in ("coach", "foot"):
        assert lengthened(network, wider, profile) == [], profile


POSITIONS = st.tuples(st.floats(105.5, 106.1), st.floats(20.7, 21.3))


@settings(max_examples=3, deadline=None)
@given(ends=st.tuples(POSITIONS, POSITIONS), minutes=st.integers(5, 600), data=st.data())
def test_no_addition_lengthens_a_way(
    network: rp.Network,
    ends: tuple[tuple[float, float], tuple[float, float]],
    minutes: int,
    data: st.DataObject,
) -> None:
    """Whatever stands at the ends."""
    villages = list(network.sites.index[network.sites["kind"] == "craft_village"])
    site = data.draw(st.sampled_from(villages))
    try:
        wider = _changed(network, {}, [ends], {}, [("ho-hoan-kiem", site, minutes)], None)
    except rp.RequestError as error:
        assert "same road node" in str(error)  # noqa: PT017 - both outcomes are right
        return
    assert lengthened(network, wider, "coach") == []


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"hours": {"lang-cuu": None}}, "None is no text"),
        ({"hours": {"lang-cuu": 5}}, "5 is no text"),
        ({"hours": {None: "Mo-Su 08:00-17:00"}}, "None is no site id"),
        ({"hours": {"den-dam": "Mo-Su 08:00-17:00"}}, "its corridors are northwest"),
        ({"pier": {None: (105.9125, 20.8851)}}, "None is no name"),
        ({"pier": {"den-dam": (105.9125, 20.8851)}}, "give the new pier another name"),
        ({"pier": {"far": (105.45, 20.80)}}, "km from the nearest river"),
        ({"shuttle": [(None, "den-dam", 20)]}, "None is no site id"),
    ],
)
def test_changes_that_change_nothing_here_are_refused(
    network: rp.Network, change: dict[str, object], word: str
) -> None:
    corridor = "northwest" if "den-dam" in str(change) else "south"
    brief = rp.ProgrammeBrief(year=2027, corridors=(corridor,), routes=1, mode="river")
    with pytest.raises(rp.RequestError, match=word):
        rp.what_if(network, brief, rounds=1, **change)  # type: ignore[arg-type]


def test_a_new_pier_is_a_place_of_the_river(network: rp.Network) -> None:
    brief = rp.ProgrammeBrief(
        year=2027,
        corridors=("river",),
        routes=1,
        mix={"day": 1},
        mode="river",
        start="ben-chuong-duong-do",
        cover=0.0,
    )
    found = rp.what_if(network, brief, pier={"Bến Xâm Thị": (105.9125, 20.8851)}, rounds=1)
    assert "new-pier-1" in found.network
    assert found.network.sites.loc["new-pier-1", "kind"] == "waterway_stop"
    assert "den-xam-thi" in found.reached
    assert rp.gaps(network, brief).loc["den-xam-thi", "status"] == "out_of_reach"
    assert rp.gaps(found.network, brief).loc["den-xam-thi", "status"] == "in_reach"
    assert found.table.loc["in_reach", "adds"] == len(found.reached)
    assert found.table.loc["prize", "adds"] >= -1e-6
    assert rp.check_programme(found.after, found.network) == []


def test_wrong_changes_are_named_together(few: rp.Network) -> None:
    brief = rp.ProgrammeBrief(year=2027, corridors=("south",))
    with pytest.raises(rp.RequestError, match="nothing is changed"):
        rp.what_if(few, brief)
    with pytest.raises(rp.RequestError) as caught:
        rp.what_if(
            few,
            brief,
            pier={"a": (20.9, 105.9)},
            hours={"lang-cu": "Mo-Su 25:00"},
            shuttle=[("lang-cuu", "nowhere", -1.0)],
        )
    words = " ".join(caught.value.faults)
    for word in ("(lon, lat)", "did you mean 'lang-cuu'", "25:00", "nowhere", "-1.0"):
        assert word in words


def test_a_comparison_counts_what_its_trips_say(programme: rp.Programme) -> None:
    items = [programme, *programme.routes[:2]]
    found = rp.compare(items, names=["all", "one", "two"])
    table = found.table
    assert table.loc["all", "value"] == pytest.approx(programme.value, abs=0.01)
    villages = {s.site_id for route in programme.routes for s in route.stops if s.kind == "craft_village"}
    assert table.loc["all", "villages"] == len(villages)
    for name, trip in zip(("one", "two"), programme.routes[:2], strict=True):
        assert table.loc[name, "places"] == len({stop.site_id for stop in trip.stops})
        assert table.loc[name, "road_hours"] == pytest.approx(trip.measures["travel_min"] / 60, abs=0.01)
        assert table.loc[name, "kg_co2e_per_person"] == trip.measures["kg_co2e_per_person"]
    picture = found.to_svg(lang="en")
    assert picture.startswith("<?xml")
    assert picture == rp.compare(items, names=["all", "one", "two"]).to_svg(lang="en")
    assert found.to_png()[:4] == b"\x89PNG"


def test_the_full_cost_of_a_comparison_is_that_of_the_ledger(
    programme: rp.Programme, few: rp.Network
) -> None:
    dear = rp.load_parameters()
    dear.loc["guide_day", ["low", "mid", "high"]] = [1_000_000, 2_000_000, 3_000_000]
    for parameters in (None, dear):
        table = rp.compare([programme, *programme.routes], parameters=parameters).table
        ledger = rp.impact(programme, few, parameters=parameters).ledger
        paid = ledger[~ledger["category"].isin(["hours", "purchase"])]
        visitors = 12 * sum(sum(card.departures) for card in programme.cards)
        for level, column in (
            ("low", "full_cost_low"),
            ("mid", "full_cost_vnd_per_person"),
            ("high", "full_cost_high"),
        ):
            year = (paid[level] * paid["departures"]).sum() / visitors
            assert table.loc["A", column] == pytest.approx(year, abs=1)
            by_route = paid.groupby("route")[level].sum() / 12
            assert table[column].tolist()[1:] == pytest.approx(
                [by_route[card.key] for card in programme.cards], abs=1
            )
    own = [route.measures["cost_vnd_per_person"] for route in programme.routes]
    assert table["hire_and_fees_vnd_per_person"].tolist()[1:] == own
    assert (table["hire_and_fees_vnd_per_person"] < table["full_cost_vnd_per_person"]).all()
    with pytest.raises(rp.RequestError, match="'meal' is missing"):
        rp.compare([programme], parameters=dear.drop(index="meal"))


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ({"items": []}, "1 to"),
        ({"items": ["a"]}, "Itinerary or a Programme"),
        ({"items": "text"}, "Itinerary or a Programme"),
        ({"items": 3}, "give a list"),
    ],
)
def test_wrong_comparisons_are_refused(arguments: dict[str, object], word: str) -> None:
    with pytest.raises(rp.RequestError, match=word):
        rp.compare(**arguments)  # type: ignore[arg-type]
