from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date, time, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest

import routeplanner as rp
from routeplanner.network.long_legs import load_long_legs
from routeplanner.planning.assemble import assemble
from routeplanner.planning.resolve import resolve, unknown_words

if TYPE_CHECKING:
    from routeplanner.network import Network

THREE_CITIES = rp.TripRequest(corridor="hanoi-hue-saigon", first_day=date(2027, 3, 9), days=6)


@pytest.fixture(scope="module")
def network() -> Network:
    return rp.build_network(rp.load_sites())


@pytest.fixture(scope="module")
def trip(network: Network) -> rp.Itinerary:
    return rp.plan(network, THREE_CITIES, iterations=1500)


def _city(lat: float) -> str:
    return "hanoi" if lat > 19 else "hue" if lat > 14 else "saigon"


def test_one_request_plans_six_days_over_three_cities(network: Network, trip: rp.Itinerary) -> None:
    assert rp.check(trip, network, THREE_CITIES) == []
    cities = [_city(stop.lat) for stop in trip.stops]
    assert set(cities) == {"hanoi", "hue", "saigon"}
    assert cities == sorted(cities, key=["hanoi", "hue", "saigon"].index)  # never back
    assert min(len([c for c in cities if c == city]) for city in set(cities)) >= 3


def test_it_flies_twice_with_time_to_check_in(trip: rp.Itinerary) -> None:
    flights = [leg for leg in trip.days for leg in leg.legs if leg.mode == "air"]
    assert [(f.from_id, f.to_id) for f in flights] == [
        ("noi-bai", "san-bay-phu-bai"),
        ("san-bay-phu-bai", "san-bay-tan-son-nhat"),
    ]
    published_min = {"noi-bai": 70, "san-bay-phu-bai": 80}
    for flight in flights:
        assert flight.duration_s == 60 * (90 + published_min[flight.from_id] + 30)
    # 570 km and 630 km as the crow flies (airmilescalculator.com has 570 for the first)
    assert [round(f.distance_m, -4) for f in flights] == [570_000, 630_000]


def test_the_airports_lie_between_rides(trip: rp.Itinerary) -> None:
    for day in trip.days:
        for before, after in pairwise(day.legs):
            if after.mode == "air":
                assert before.mode == "coach"
                assert before.to_id == after.from_id


def test_ways_without_known_roads_are_marked_everywhere(trip: rp.Itinerary) -> None:
    """The bundled roads end in the delta: rides in Huế and Saigon are estimates, none in Hanoi, no flight."""
    for day in trip.days:
        for leg in day.legs:
            south = min(lat for _, lat in leg.geometry) < 19
            assert leg.estimated == (south and leg.mode == "coach"), leg
    assert rp.Itinerary.from_dict(trip.to_dict()) == trip
    written = [leg for day in trip.to_dict()["days"] for leg in day["legs"]]
    guessed = sum(leg["estimated"] for leg in written)
    assert 0 < guessed < len(written)
    assert trip.to_text("en").count("(estimated: road unknown)") == guessed
    assert trip.to_text("vi").count("(ước tính: chưa rõ đường)") == guessed
    gpx = rp.trip_bytes(trip, "gpx").decode()
    assert gpx.count(">true</rp:estimated>") == guessed


def test_the_judge_sees_an_estimate_that_is_not_said(network: Network, trip: rp.Itinerary) -> None:
    data = trip.to_dict()
    leg = next(leg for day in data["days"] for leg in day["legs"] if leg["estimated"])
    leg["estimated"] = False
    rules = {v.rule for v in rp.check(rp.Itinerary.from_dict(data), network, THREE_CITIES)}
    assert rules == {"legs"}


def test_flights_are_not_hired_by_the_kilometre_and_weigh_on_the_climate(trip: rp.Itinerary) -> None:
    driven_km = sum(g.distance_m for day in trip.days for g in day.legs if g.mode == "coach") / 1000
    hire = 6 * 1_050_000 + 4_000 * driven_km
    assert trip.measures["cost_is_partial"]
    assert trip.measures["cost_vnd_per_person"] * 12 > hire  # fees come on top
    assert trip.measures["cost_vnd_per_person"] * 12 < hire + 12 * 1_500_000
    assert trip.measures["kg_co2e_per_person"] > 0.24 * 1_200


@pytest.mark.parametrize(
    ("days", "nights"),
    [
        (3, ["ho-hoan-kiem", "ga-hue"]),
        (6, ["ho-hoan-kiem", "ho-hoan-kiem", "ga-hue", "ga-hue", "ga-sai-gon"]),
        (7, ["ho-hoan-kiem"] * 3 + ["ga-hue"] * 2 + ["ga-sai-gon"]),
    ],
)
def test_nights_are_spread_over_the_cities(network: Network, days: int, nights: list[str]) -> None:
    request = rp.TripRequest(corridor="hanoi-hue-saigon", first_day=date(2027, 3, 9), days=days)
    read = resolve(request, network.sites)
    assert list(read.overnight) == nights
    assert read.end == "ga-sai-gon"
    assert read.long_way == "air"


def test_nights_that_are_given_stay(network: Network) -> None:
    nights = ("ga-hue", "ga-sai-gon", "ga-sai-gon")
    request = rp.TripRequest(
        corridor="hanoi-hue-saigon",
        first_day=date(2027, 3, 9),
        days=4,
        overnight=nights,
        end="ga-sai-gon",
        long_way="air",
    )
    trip = rp.plan(network, request, iterations=800)
    assert rp.check(trip, network, request) == []
    assert [day.end.site_id for day in trip.days] == ["ga-hue", "ga-sai-gon", "ga-sai-gon", "ga-sai-gon"]


def test_too_few_days_and_a_motorbike_that_flies_are_refused(network: Network) -> None:
    short = rp.TripRequest(corridor="hanoi-hue-saigon", first_day=date(2027, 3, 9), days=2)
    with pytest.raises(rp.RequestError, match="2 for the 3 cities"):
        rp.plan(network, short)
    with pytest.raises(rp.RequestError, match="coach or car"):
        rp.TripRequest(first_day=date(2027, 3, 9), vehicle="motorbike", long_way="air")
    with pytest.raises(rp.RequestError, match="'ari' is unknown; did you mean 'air'"):
        rp.TripRequest(first_day=date(2027, 3, 9), long_way="ari")


def test_another_fault_makes_the_days_given_no_fault(network: Network) -> None:
    asked = {"corridor": "hanoi-hue-saigon", "days": 6, "long_way": "train"}
    assert unknown_words(asked, network.sites) == []
    assert "2 for the 3 cities" in unknown_words({**asked, "days": 2}, network.sites)[0]


def test_no_plane_where_none_was_asked_for(network: Network) -> None:
    assert (network.matrix(["ho-hoan-kiem", "ga-hue"], "coach").duration_s[0, 1]) == -1
    assert network.matrix(["ho-hoan-kiem", "ga-hue"], "coach+air").duration_s[0, 1] > 4 * 3600


def test_estimated_ways_obey_the_triangle_inequality(network: Network) -> None:
    far = [site for site in network if network.nodes[site]["lat"] < 19]
    times = network.matrix(far, "coach+air").duration_s
    assert (times >= 0).all()
    for middle in range(len(far)):
        assert (times <= times[:, [middle]] + times[[middle], :]).all()
    assert np.array_equal(times, times.T)


def test_phu_bai_is_as_far_as_published(network: Network) -> None:
    """15 km and 30 to 40 minutes from the centre (vietnamdrive.com/phu-bai-airport)."""
    there = network.matrix(["ga-hue", "san-bay-phu-bai"], "car")
    assert 25 <= there.duration_s[0, 1] / 60 <= 45
    assert 14_000 <= there.distance_m[0, 1] <= 20_000


def test_each_long_leg_has_a_source() -> None:
    legs = load_long_legs()
    assert all(leg.source.startswith("https://") and leg.duration_s > 3600 for leg in legs)
    assert {(leg.from_id, leg.to_id) for leg in legs if leg.mode == "air"} == {
        (a, b)
        for a in ("noi-bai", "san-bay-phu-bai", "san-bay-tan-son-nhat")
        for b in ("noi-bai", "san-bay-phu-bai", "san-bay-tan-son-nhat")
        if a != b
    }


def test_a_budget_pays_for_the_kilometres_driven_not_flown(network: Network) -> None:
    request = rp.TripRequest(
        corridor="hanoi-hue-saigon", first_day=date(2027, 3, 9), days=3, budget_vnd=9_000_000, people=6
    )
    problem = assemble(network, request).problem
    for a, b in itertools.product(range(0, len(problem.place_ids), 9), repeat=2):
        ends = problem.place_ids[a], problem.place_ids[b]
        driven = sum(leg.distance_m for leg in network.path(*ends, "coach+air") if leg.mode != "air")
        assert problem.travel_m[a, b] == pytest.approx(driven, abs=2)
    trip = rp.plan(network, request, iterations=100)  # 1,200 km of flights would cost 4.8 million more
    assert rp.check(trip, network, request) == []
    assert len(trip.stops) > 5


# -- by night train --------------------------------------------------------------------------------

BY_TRAIN = rp.TripRequest(corridor="hanoi-hue-saigon", first_day=date(2027, 3, 9), days=6, long_way="rail")


@pytest.fixture(scope="module")
def by_train(network: Network) -> rp.Itinerary:
    return rp.plan(network, BY_TRAIN, iterations=300)


def test_the_night_to_hue_is_aboard(network: Network, by_train: rp.Itinerary) -> None:
    """SE3 leaves at 19:20 and takes fourteen hours, as the bundled file has it from its source."""
    assert rp.check(by_train, network, BY_TRAIN) == []
    assert [day.night is not None for day in by_train.days] == [False, True, False, False, False, False]
    evening, morning = by_train.days[1:3]
    train = evening.night
    assert train is not None
    assert (train.service, train.from_id, train.to_id, train.mode) == ("SE3", "ga-ha-noi", "ga-hue", "rail")
    assert (f"{train.departure:%d %H:%M}", f"{train.arrival:%d %H:%M}") == ("10 19:20", "11 09:20")
    assert evening.end.site_id == "ga-ha-noi"
    assert train.departure - evening.end.time >= timedelta(minutes=30)
    assert morning.start.site_id == "ga-hue"
    assert morning.start.time >= train.arrival + timedelta(minutes=15)
    assert {_city(stop.lat) for stop in morning.stops} == {"hue"}
    flights = [leg for day in by_train.days for leg in day.legs if leg.mode == "air"]
    assert [leg.from_id for leg in flights] == ["san-bay-phu-bai"]  # no train of the evening goes to Saigon
    assert rp.Itinerary.from_dict(by_train.to_dict()) == by_train


def test_all_the_way_by_train(network: Network) -> None:
    """SE1 leaves Huế at 12:21 and is in Sài Gòn at 11:57 on the next day, as the railway published for 2021."""
    request = replace(BY_TRAIN, long_way="all-rail")
    trip = rp.plan(network, request, iterations=300)
    assert rp.check(trip, network, request) == []
    aboard = [(day.night.service, day.night.from_id) for day in trip.days if day.night]
    assert aboard == [("SE3", "ga-ha-noi"), ("SE1", "ga-hue")]
    assert not [leg for day in trip.days for leg in day.legs if leg.mode == "air"]
    last, first = trip.days[3:5]
    assert last.night is not None
    assert (f"{last.night.departure:%d %H:%M}", f"{last.night.arrival:%d %H:%M}") == ("12 12:21", "13 11:57")
    assert last.stops
    assert not last.breaks  # lunch is aboard
    assert last.end.time <= last.night.departure - timedelta(minutes=30)
    assert first.start.time >= last.night.arrival + timedelta(minutes=15)
    eaten = replace(last, breaks=first.breaks)
    assert rp.check(replace(trip, days=(*trip.days[:3], eaten, *trip.days[4:])), network, request)


def test_the_night_is_said_everywhere_and_is_no_time_on_the_way(by_train: rp.Itinerary) -> None:
    text = by_train.to_text("vi").splitlines()
    (line,) = [line for line in text if "Đêm trên tàu" in line]
    assert line.split()[0] == "19:20"
    assert "(SE3, 19:20–09:20)" in line
    assert "di chuyển, trừ đêm trên tàu" in next(line for line in text if line.startswith("Tổng cộng"))
    assert "Night aboard" in rp.to_html(rp.map_itinerary(by_train))
    for kind in ("gpx", "kml", "geojson", "csv", "ics"):
        assert "SE3" in rp.trip_bytes(by_train, kind).decode()
    assert by_train.days[1].travel_s < 4 * 3600
    assert by_train.measures["longest_leg_min"] <= 200
    flown = 630 * 0.24587
    assert flown < by_train.measures["kg_co2e_per_person"] < flown + 60


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"service": "SE1"}, "night"),
        ({"departure": "2027-03-10T19:40:00+07:00"}, "night"),
        ({"geometry": [[105.0, 21.0], [107.0, 16.0]]}, "geometry"),
    ],
)
def test_the_judge_knows_the_night_train(
    network: Network, by_train: rp.Itinerary, change: dict[str, object], rule: str
) -> None:
    data = by_train.to_dict()
    data["days"][1]["legs"][-1].update(change)
    assert {v.rule for v in rp.check(rp.Itinerary.from_dict(data), network, BY_TRAIN)} == {rule}
    data["days"][1]["legs"].pop()
    assert {v.rule for v in rp.check(rp.Itinerary.from_dict(data), network, BY_TRAIN)} == {"night"}


def test_a_train_that_is_not_asked_for_is_a_fault(network: Network, by_train: rp.Itinerary) -> None:
    flying = replace(BY_TRAIN, long_way="air")
    assert {"terminal", "legs"} <= {v.rule for v in rp.check(by_train, network, flying)}


@pytest.mark.parametrize(
    ("day_end", "train", "first"),
    [(time(17, 30), "SE3", "09:35"), (time(20), "SE1", "11:25"), (time(22), "SE1", "11:25")],
)
def test_the_train_is_one_that_the_day_lets_catch(
    network: Network, day_end: time, train: str, first: str
) -> None:
    nights = ("ga-ha-noi", "ga-hue")
    request = replace(BY_TRAIN, days=3, overnight=nights, end="ga-sai-gon", day_end=day_end)
    trip = rp.plan(network, request, iterations=100)
    assert rp.check(trip, network, request) == []
    night = trip.days[0].night
    assert night is not None
    assert night.service == train
    assert night.departure - trip.days[0].end.time >= timedelta(minutes=30)
    assert f"{trip.days[1].start.time:%H:%M}" >= first


def test_a_day_before_the_train_comes_in_is_refused(network: Network) -> None:
    request = replace(BY_TRAIN, days=3, overnight=("ga-ha-noi", "ga-hue"), end="ga-hue", day_end=time(9, 30))
    with pytest.raises(rp.InfeasibleError, match="day 2: the night train leaves only 09:35 to 09:30"):
        rp.plan(network, request)
