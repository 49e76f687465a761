"""A place stays on one day, empty days come last, and what a reader has to know stands on the trip."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

import routeplanner as rp
from routeplanner.planning.assemble import assemble
from routeplanner.planning.sailing import search_boat_first
from routeplanner.planning.schedule import schedule
from routeplanner.planning.swap import worth
from routeplanner.planning.tidy import split_wholes, tidied

SATURDAY = date(2027, 3, 13)


def orders_of(trip: rp.Itinerary, case: Any) -> list[tuple[int, ...]]:
    at = {site: index for index, site in enumerate(case.problem.place_ids[: case.problem.n_sites])}
    return [tuple(at[stop.site_id] for stop in day.stops) for day in trip.days]


def value(case: Any, orders: Any) -> int:
    return worth(case.problem, [(day, site) for day, order in enumerate(orders) for site in order])


def test_a_long_trip_has_its_empty_days_last_and_says_so(network: rp.Network) -> None:
    wish = rp.TripRequest(first_day=SATURDAY, corridor="west", days=20)
    trip = rp.plan(network, wish, iterations=200, proof=None)
    assert rp.check(trip, network, wish) == []
    full = [bool(day.stops) for day in trip.days]
    assert full == sorted(full, reverse=True)
    (note,) = trip.notes
    empty = [str(number) for number, day in enumerate(trip.days, 1) if not day.stops]
    assert note.kind == "empty_days"
    assert f"day {', '.join(empty)}:" in note.text
    assert note.text in trip.to_text()
    assert note.text_vi in trip.to_text("vi")
    assert rp.Itinerary.from_dict(trip.to_dict()) == trip


@pytest.mark.parametrize("dice", range(4))
def test_days_in_any_order_are_tidied_without_loss(dice: int, network: rp.Network) -> None:
    case = assemble(network, rp.TripRequest(first_day=SATURDAY, corridor="northwest", days=6))
    trip = rp.plan(network, rp.TripRequest(first_day=SATURDAY, corridor="northwest", days=3), iterations=100)
    orders = [*orders_of(trip, case), (), (), ()]
    random.Random(dice).shuffle(orders)  # noqa: S311 - no secret
    if not all(day.feasible for day in schedule(case.problem, orders)):
        return
    tidy = tidied(case, orders)
    assert all(day.feasible for day in schedule(case.problem, tidy))
    assert value(case, tidy) >= value(case, orders)
    assert sorted(s for order in tidy for s in order) == sorted(s for order in orders for s in order)
    assert len(split_wholes(case, tidy)) <= len(split_wholes(case, orders))


def test_parts_of_a_village_are_brought_together(network: rp.Network) -> None:
    whole = "duong-lam-ancient-village"
    wish = rp.TripRequest(first_day=SATURDAY, corridor="northwest", days=2, forbidden=[whole])
    case = assemble(network, wish)
    parts = [i for i, of in enumerate(case.sites["part_of"]) if of == whole]
    others = [i for i, of in enumerate(case.sites["part_of"]) if of is None]
    tried = 0
    for one, other in itertools.pairwise(parts):
        for company in others[:6]:
            orders = ((one, company), (other,))
            if not all(day.feasible for day in schedule(case.problem, orders)):
                continue
            tried += 1
            tidy = tidied(case, orders)
            assert split_wholes(case, tidy) == {}
            assert {s for order in tidy for s in order} == {one, other, company}
            assert all(day.feasible for day in schedule(case.problem, tidy))
    assert tried


def test_a_place_that_stays_on_two_days_is_named(network: rp.Network) -> None:
    whole = "duong-lam-ancient-village"
    parts = [s for s, of in network.sites["part_of"].items() if of == whole][:4]
    wish = rp.TripRequest(
        first_day=SATURDAY, corridor="northwest", days=2, must_visit=parts, max_stops=2, forbidden=[whole]
    )
    trip = rp.plan(network, wish, iterations=200, proof=None)
    assert rp.check(trip, network, wish) == []
    assert [note.kind for note in trip.notes] == ["split_place"]
    assert network.sites.loc[whole, "name_vi"] in trip.notes[0].text_vi


def test_a_mixed_trip_that_goes_by_road_says_so_and_the_judge_asks_for_it(network: rp.Network) -> None:
    wish = rp.TripRequest(
        first_day=SATURDAY, start="bat-trang", mode="mixed", must_visit=["bac-bo-phu"], max_stops=1
    )
    trip = rp.plan(network, wish, iterations=50, proof=None)
    assert [note.kind for note in trip.notes] == ["no_boat"]
    silent = replace(trip, notes=())
    assert [v.rule for v in rp.check(silent, network, wish)] == ["boat first"]
    wish = rp.TripRequest(first_day=SATURDAY, corridor="delta", mode="mixed")
    sailed = rp.plan(network, wish, iterations=100, proof=None)
    assert sailed.notes == ()
    wrong = replace(sailed, notes=trip.notes)
    assert [v.rule for v in rp.check(wrong, network, wish)] == ["boat first"]


def test_a_landing_can_be_first_where_lunch_may_be_aboard(network: rp.Network) -> None:
    case = assemble(network, rp.TripRequest(first_day=SATURDAY, corridor="river", mode="river"))
    assert case.problem.aboard_s is not None
    landings = list(range(case.problem.n_sites))
    found = search_boat_first(case.problem, landings, seed=0, time_limit_s=9.0, iterations=30)
    assert found is not None
    assert all(day.feasible for day in schedule(case.problem, found.days))


@pytest.mark.parametrize(
    ("key", "value"),
    [("travel_min", "90"), ("cost_vnd_per_person", [1]), ("lunch_at", "12:00"), ("road_share", True),
     ("stops_per_day", 3), ("headline", 5), ("distance_km", float("nan"))],
)  # fmt: skip
def test_a_measure_of_the_wrong_type_is_named(key: str, value: object, network: rp.Network) -> None:
    wish = rp.TripRequest(first_day=SATURDAY, corridor="west", max_stops=1)
    data = rp.plan(network, wish, iterations=10, proof=None).to_dict()
    data["measures"] = {**data["measures"], key: value}
    with pytest.raises(rp.DataFileError, match=rf"measures\.{key}: "):
        rp.Itinerary.from_dict(data)
    with pytest.raises(rp.DataFileError, match="measures: a list is no object"):
        rp.Itinerary.from_dict({**data, "measures": [1]})
