"""Nights to choose, hours of single days and places for lunch, as a request asks for them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

import pytest

import routeplanner as rp
from routeplanner.errors import InfeasibleError, RequestError

SATURDAY = date(2027, 3, 13)
INNS = ("duong-lam-ancient-village", "ba-vi-national-park", "ho-hoan-kiem")


def rules(found: rp.Itinerary, network: rp.Network, request: rp.TripRequest) -> set[str]:
    return {violation.rule for violation in rp.check(found, network, request)}


@pytest.fixture(scope="module")
def west() -> rp.TripRequest:
    return rp.TripRequest(first_day=SATURDAY, corridor="west", days=3, overnight_from=INNS)


@pytest.fixture(scope="module")
def chosen(network: rp.Network, west: rp.TripRequest) -> rp.Itinerary:
    return rp.plan(network, west)


def test_nights_are_chosen_at_least_as_well_as_any_fixed_ones(
    network: rp.Network, west: rp.TripRequest, chosen: rp.Itinerary
) -> None:
    assert rp.check(chosen, network, west) == []
    assert chosen.bound is not None
    for inn in INNS:
        fixed = replace(west, overnight_from=(), overnight=(inn,))
        other = rp.plan(network, fixed)
        assert chosen.prize >= other.prize
        assert chosen.bound >= other.prize


def test_the_itinerary_says_which_nights_were_chosen_and_plans_the_same_again(
    network: rp.Network, west: rp.TripRequest, chosen: rp.Itinerary
) -> None:
    asked = rp.TripRequest.from_dict(chosen.request)
    nights = [day.end.site_id for day in chosen.days[:-1]]
    assert list(asked.overnight) == nights
    assert asked.overnight_from == INNS
    assert [day.start.site_id for day in chosen.days[1:]] == nights
    assert rp.check(chosen, network, asked) == []
    assert rp.Itinerary.from_dict(chosen.to_dict()) == chosen
    assert rp.plan(network, west).to_json() == chosen.to_json()


def test_a_night_elsewhere_is_noticed(
    network: rp.Network, west: rp.TripRequest, chosen: rp.Itinerary
) -> None:
    others = tuple(
        inn for inn in (*INNS, "thay-pagoda") if inn not in {d.end.site_id for d in chosen.days[:-1]}
    )
    wrong = rp.check(chosen, network, replace(west, overnight_from=others))
    assert any(v.rule == "terminal" and "asked for one of" in v.text for v in wrong)


def test_a_trip_with_chosen_nights_is_replanned_and_explained(
    network: rp.Network, west: rp.TripRequest, chosen: rp.Itinerary
) -> None:
    tired_of = chosen.stops[0].site_id
    other = rp.replan(chosen, network, remove=[tired_of])
    assert tired_of not in {stop.site_id for stop in other.stops}
    assert [day.end.site_id for day in other.days] == [day.end.site_id for day in chosen.days]
    assert rp.check(other, network, rp.TripRequest.from_dict(other.request)) == []
    again = rp.replan(chosen, network, remove=[tired_of], request=west)
    assert again.stops == other.stops
    first, second = rp.alternatives(network, west, k=2)
    assert rp.check(first, network, west) == rp.check(second, network, west) == []


def test_days_have_hours_of_their_own(network: rp.Network) -> None:
    spans = {1: (time(13), time(17, 30)), 2: (time(8), time(12))}
    request = rp.TripRequest(first_day=SATURDAY, corridor="south", days=2, day_spans=spans)
    found = rp.plan(network, request)
    assert rp.check(found, network, request) == []
    assert found.days[0].start.time.time() >= time(13)
    assert found.days[1].end.time.time() <= time(12)
    assert [len(day.breaks) for day in found.days] == [0, 0]
    assert all(day.stops for day in found.days)
    assert rp.TripRequest.from_dict(request.to_dict()) == request
    whole_days = replace(request, day_spans={})
    assert "day span" in rules(rp.plan(network, whole_days), network, request)


def test_lunch_is_taken_where_it_is_asked_for(network: rp.Network) -> None:
    usual = rp.TripRequest(first_day=SATURDAY, corridor="south", days=2)
    free = rp.plan(network, usual)
    taken = {day.breaks[0].site_id for day in free.days}
    place = next(stop.site_id for stop in free.stops if stop.site_id not in taken)
    request = replace(usual, lunch_at={2: (place,)})
    found = rp.plan(network, request)
    assert rp.check(found, network, request) == []
    assert found.days[1].breaks[0].site_id == place
    assert rp.TripRequest.from_dict(request.to_dict()) == request
    if free.days[1].breaks[0].site_id != place:
        assert "lunch" in rules(free, network, request)


def test_what_cannot_be_is_said(network: rp.Network) -> None:
    with pytest.raises(RequestError) as error:
        rp.TripRequest(
            first_day=SATURDAY,
            days=2,
            day_spans={3: (time(8), time(9)), 1: (time(9), time(8))},
            lunch_at={0: ("bat-trang",), 2: "bat-trang"},  # type: ignore[dict-item]
            overnight=("ba-vi",),
            overnight_from=("duong-lam",),
        )
    text = str(error.value)
    for part in (
        "day_spans[3]: the trip has no such day; its days are 1 to 2",
        "day_spans[1]: 08:00 is not after 09:00",
        "lunch_at[0]: the trip has no such day",
        "lunch_at[2]: 'bat-trang' is not a list of site ids; give ['bat-trang']",
        "overnight: 'ba-vi' is none of overnight_from",
    ):
        assert part in text
    with pytest.raises(
        RequestError, match="overnight_from: 'ba-vi' given, but a trip of one day has no night"
    ):
        rp.TripRequest(first_day=SATURDAY, overnight_from=("ba-vi",))
    with pytest.raises(RequestError, match="overnight_from: not with mode 'mixed'"):
        rp.TripRequest(first_day=SATURDAY, days=2, mode="mixed", overnight_from=("ba-vi",))
    with pytest.raises(RequestError, match="lunch_at: goes with a lunch and mode 'road'"):
        rp.TripRequest(first_day=SATURDAY, mode="river", lunch_at={1: ("bat-trang",)})
    afternoon = rp.TripRequest(first_day=SATURDAY, corridor="south", day_spans={1: (time(13), time(17))})
    short = replace(afternoon, lunch_at={1: ("van-phuc-silk-village",)})
    with pytest.raises(InfeasibleError, match=r"lunch_at\[1\]: day 1 is too short for a lunch"):
        rp.plan(network, short)
    far = rp.TripRequest(first_day=SATURDAY, corridor="south", days=2, overnight_from=("hue-kinh-thanh",))
    with pytest.raises((InfeasibleError, RequestError)):
        rp.plan(network, far)
