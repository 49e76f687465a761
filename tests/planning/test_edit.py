"""Edited plans keep what is locked and lose nothing else without need; alternatives really differ."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, time
from itertools import combinations

import pytest

import routeplanner as rp

SATURDAY = date(2027, 3, 13)
STEPS = 300
WISHES = {
    "one day": rp.TripRequest(first_day=SATURDAY, corridor="west"),
    "three days": rp.TripRequest(
        first_day=SATURDAY, corridor="south", days=3, themes={"handicraft": 1.0, "spiritual": 0.5}
    ),
    "with a must-visit": rp.TripRequest(
        first_day=SATURDAY, corridor="northwest", days=2, must_visit=["duong-lam-ancient-village"]
    ),
    "on the river": rp.TripRequest(first_day=SATURDAY, corridor="river", mode="river"),
}


@pytest.fixture(scope="module")
def trips(network: rp.Network) -> dict[str, rp.Itinerary]:
    return {name: rp.plan(network, wish, iterations=STEPS, proof=None) for name, wish in WISHES.items()}


def asked(trip: rp.Itinerary) -> rp.TripRequest:
    return rp.TripRequest.from_dict(trip.request)


def days_of(trip: rp.Itinerary) -> dict[str, int]:
    return {stop.site_id: number for number, day in enumerate(trip.days, 1) for stop in day.stops}


def jaccard(one: rp.Itinerary, other: rp.Itinerary) -> float:
    a, b = set(days_of(one)), set(days_of(other))
    return 1 - len(a & b) / len(a | b)


@pytest.mark.parametrize("name", WISHES)
def test_nothing_asked_for_is_nothing_changed(
    name: str, trips: dict[str, rp.Itinerary], network: rp.Network
) -> None:
    again = rp.replan(trips[name], network, iterations=STEPS)
    change = rp.difference(trips[name], again)
    assert change.removed == change.moved == ()
    assert again.prize >= trips[name].prize - 1e-9


@pytest.mark.parametrize("name", WISHES)
@pytest.mark.parametrize("dice", range(3))
def test_wishes_are_kept_and_little_else_changes(
    name: str, dice: int, trips: dict[str, rp.Itinerary], network: rp.Network
) -> None:
    trip, rng = trips[name], random.Random(f"{name}{dice}")  # noqa: S311 - no secret
    sites = list(days_of(trip))
    gone = rng.sample(sites, rng.randint(0, 2))
    free = [site for site in sites if site not in gone]
    lock = rng.sample(free, min(len(free), rng.randint(0, 2)))
    whole = [n for n in range(1, len(trip.days) + 1) if not set(gone) & on_day(trip, n)]
    lock_days = rng.sample(whole, min(len(whole), rng.randint(0, 1)))
    after = rp.replan(trip, network, lock=lock, remove=gone, lock_days=lock_days, seed=dice, iterations=STEPS)
    assert rp.check(after, network, asked(after)) == []
    was, now = days_of(trip), days_of(after)
    assert not set(gone) & set(now)
    assert all(now[site] == was[site] for site in lock)
    for number in lock_days:
        assert bare(after.days[number - 1]) == bare(trip.days[number - 1])
    change = rp.difference(trip, after)
    assert after.measures["change"] == change.to_dict()
    assert set(change.removed) == set(gone)  # the others can always stay
    assert change.distance == pytest.approx(jaccard(trip, after), abs=1e-4)
    assert after.bound is None or after.bound >= after.prize


def bare(day: rp.Day) -> list[rp.Stop]:
    """Return the stops without the figures, which say what else could be there."""
    return [replace(stop, figures={}) for stop in day.stops]


def on_day(trip: rp.Itinerary, number: int) -> set[str]:
    return {stop.site_id for stop in trip.days[number - 1].stops}


@pytest.mark.parametrize("name", ["one day", "three days"])
def test_stops_keep_their_order_where_it_is_locked(
    name: str, trips: dict[str, rp.Itinerary], network: rp.Network
) -> None:
    trip = trips[name]
    sites = list(days_of(trip))
    after = rp.replan(trip, network, remove=sites[1:2], lock_order=True, iterations=STEPS)
    assert rp.check(after, network, asked(after)) == []
    change = rp.difference(trip, after)
    assert change.reordered == 0
    assert set(change.removed) == set(sites[1:2])
    first, last = sites[0], sites[-1]
    new = ["bat-trang"] if name == "three days" else []
    held = rp.replan(trip, network, lock_order=[first, last], add=new, iterations=STEPS)
    assert all(days_of(held)[site] == days_of(trip)[site] for site in (first, last))
    assert list(days_of(held)).index(first) < list(days_of(held)).index(last)
    with pytest.raises(rp.RequestError, match="lock them as they stand"):
        rp.replan(trip, network, lock_order=[last, first])


def test_a_site_that_is_added_costs_as_few_stops_as_can_be(
    trips: dict[str, rp.Itinerary], network: rp.Network
) -> None:
    trip = trips["three days"]
    after = rp.replan(trip, network, add=["Bát Tràng"], iterations=STEPS)
    assert "bat-trang" in days_of(after)
    assert asked(after).must_visit == ("bat-trang",)
    assert rp.check(after, network, asked(after)) == []
    assert len(rp.difference(trip, after).removed) <= 2
    back = rp.replan(after, network, remove=["bat-trang"], iterations=STEPS)
    assert asked(back).must_visit == ()
    assert asked(back).forbidden == ("bat-trang",)


def test_the_request_may_change_as_well(trips: dict[str, rp.Itinerary], network: rp.Network) -> None:
    trip = trips["three days"]
    shorter = replace(WISHES["three days"], days=2, day_end=time(16))
    after = rp.replan(trip, network, shorter, iterations=STEPS)
    assert rp.check(after, network, shorter) == []
    change = rp.difference(trip, after)
    assert len(change.kept) > 2 * len(change.added)


def test_wishes_that_cannot_be_are_named_together(
    trips: dict[str, rp.Itinerary], network: rp.Network
) -> None:
    trip = trips["one day"]
    first, second = list(days_of(trip))[:2]
    with pytest.raises(rp.RequestError) as caught:
        rp.replan(trip, network, lock=[first, "no-such"], remove=[first], add=[second], lock_days=[2, True])
    assert [fault.split(":")[0] for fault in caught.value.faults] == [
        "lock",
        "add",
        "lock_days",
        "lock_days",
        "remove",
    ]
    for wrong in ({"lock": "west"}, {"add": 3}, {"lock_days": 1}, {"remove": [4]}, {"lock_order": ["x"]}):
        with pytest.raises(rp.RequestError, match=next(iter(wrong))):
            rp.replan(trip, network, **wrong)  # type: ignore[arg-type]


def test_a_site_for_which_locked_days_leave_no_room_is_named_with_them(
    trips: dict[str, rp.Itinerary], network: rp.Network
) -> None:
    with pytest.raises(rp.InfeasibleError, match=r"bat-trang.*locked"):
        rp.replan(trips["one day"], network, add=["bat-trang"], lock_days=[1], iterations=STEPS)


def test_a_change_is_counted_stop_by_stop(trips: dict[str, rp.Itinerary]) -> None:
    trip = trips["three days"]
    first, second, third = trip.days
    swapped = replace(trip, days=(second, first, third))
    assert rp.difference(trip, swapped).moved == tuple(s.site_id for d in (second, first) for s in d.stops)
    turned = replace(trip, days=(replace(first, stops=first.stops[::-1]), second, third))
    change = rp.difference(trip, turned)
    assert (change.moved, change.distance, change.reordered) == ((), 0.0, len(first.stops) - 1)
    shorter = replace(trip, days=(replace(first, stops=first.stops[1:]), second, third))
    gone = first.stops[0].site_id
    assert rp.difference(trip, shorter).removed == rp.difference(shorter, trip).added == (gone,)
    assert f"1 removed ({gone})" in str(rp.difference(trip, shorter))


@pytest.mark.parametrize("name", WISHES)
def test_alternatives_are_good_and_really_differ(name: str, network: rp.Network) -> None:
    wish = WISHES[name]
    plans = rp.alternatives(network, wish, k=3, distance=0.4, iterations=STEPS)
    assert len(plans) == 3
    for plan in plans:
        assert rp.check(plan, network, wish) == []
        assert plan.bound is None or plan.prize <= plan.bound
    prizes = [plan.prize for plan in plans]
    assert prizes == sorted(prizes, reverse=True)
    assert all(jaccard(one, other) >= 0.4 for one, other in combinations(plans, 2))
    for number, plan in enumerate(plans, 1):
        said = plan.measures["alternative"]
        assert (said["number"], said["of"]) == (number, 3)
        assert said["distances"] == pytest.approx([jaccard(plan, other) for other in plans], abs=1e-4)
        assert said["prize_share"] == pytest.approx(plan.prize / plans[0].prize, abs=1e-4)
    best = rp.plan(network, wish, iterations=STEPS)
    assert max(prizes) >= best.prize
    assert days_of(best) in [days_of(plan) for plan in plans]


def test_alternatives_are_fewer_where_there_are_no_others(network: rp.Network) -> None:
    musts = ["tay-phuong-pagoda", "thay-pagoda"]
    wish = rp.TripRequest(first_day=SATURDAY, corridor="west", must_visit=musts, max_stops=2)
    (only,) = rp.alternatives(network, wish, iterations=STEPS)
    assert set(days_of(only)) == set(musts)
    assert only.measures["alternative"]["of"] == 1


@pytest.mark.parametrize("wrong", [{"k": 0}, {"distance": 0}, {"distance": 2}, {"seed": -1}])
def test_arguments_of_alternatives_are_refused_by_name(wrong: dict[str, int], network: rp.Network) -> None:
    with pytest.raises(rp.RequestError, match=next(iter(wrong))):
        rp.alternatives(network, WISHES["one day"], **wrong)  # type: ignore[arg-type]
