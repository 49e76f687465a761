"""The judge can say no: a right plan is broken in each way, and the broken rule is named."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import date, time, timedelta
from typing import TYPE_CHECKING, Any

import pytest

import routeplanner as rp

if TYPE_CHECKING:
    from collections.abc import Callable

    from routeplanner.itinerary import Itinerary

SATURDAY = date(2027, 3, 13)
WISH = rp.TripRequest(
    first_day=SATURDAY, corridor="south", themes={"handicraft": 1.0}, days=2, budget_vnd=9_000_000
)


@pytest.fixture(scope="module")
def trip(network: rp.Network) -> Itinerary:
    found = rp.plan(network, WISH, iterations=300)
    assert rp.check(found, network, WISH) == []
    assert all(len(day.stops) >= 4 for day in found.days)
    return found


def with_day(trip: Itinerary, number: int = 0, **changes: Any) -> Itinerary:
    days = list(trip.days)
    days[number] = replace(days[number], **changes)
    return replace(trip, days=tuple(days))


def with_stop(trip: Itinerary, at: int, **changes: Any) -> Itinerary:
    stops = list(trip.days[0].stops)
    stops[at] = replace(stops[at], **changes)
    return with_day(trip, stops=tuple(stops))


def with_leg(trip: Itinerary, at: int, **changes: Any) -> Itinerary:
    legs = list(trip.days[0].legs)
    legs[at] = replace(legs[at], **changes)
    return with_day(trip, legs=tuple(legs))


def with_lunch(trip: Itinerary, **changes: Any) -> Itinerary:
    return with_day(trip, breaks=(replace(trip.days[0].breaks[0], **changes),))


def shifted(trip: Itinerary, minutes: int) -> Itinerary:
    """Move the whole first day, lunch and all."""
    by = timedelta(minutes=minutes)
    day = trip.days[0]
    return with_day(
        trip,
        start=replace(day.start, time=day.start.time + by),
        end=replace(day.end, time=day.end.time + by),
        stops=tuple(
            replace(s, arrival=s.arrival + by, start=s.start + by, departure=s.departure + by)
            for s in day.stops
        ),
        legs=tuple(replace(g, departure=g.departure + by, arrival=g.arrival + by) for g in day.legs),
        breaks=tuple(replace(b, start=b.start + by, end=b.end + by) for b in day.breaks),
    )


MINUTE = timedelta(minutes=1)

BREAKS: dict[str, tuple[str, Callable[[Itinerary], Itinerary]]] = {
    "a stop that starts a minute later": (
        "service",
        lambda t: with_stop(t, 1, start=t.days[0].stops[1].start + MINUTE),
    ),
    "a visit cut by ten minutes": (
        "service",
        lambda t: with_stop(t, 1, departure=t.days[0].stops[1].departure - 10 * MINUTE),
    ),
    "a visit that ends later than its bus leaves": (
        "clock",
        lambda t: with_stop(
            t,
            1,
            start=t.days[0].stops[1].start + MINUTE,
            departure=t.days[0].stops[1].departure + MINUTE,
        ),
    ),
    "an arrival that the road does not give": (
        "clock",
        lambda t: with_stop(t, 2, arrival=t.days[0].stops[2].arrival - MINUTE),
    ),
    "a visit before the arrival": (
        "clock",
        lambda t: with_stop(
            t, 0, start=t.days[0].stops[0].arrival - MINUTE, departure=t.days[0].stops[0].departure
        ),
    ),
    "a leg dropped": ("legs", lambda t: with_day(t, legs=t.days[0].legs[1:])),
    "the last leg dropped": ("legs", lambda t: with_day(t, legs=t.days[0].legs[:-1])),
    "a leg twice": ("legs", lambda t: with_day(t, legs=(*t.days[0].legs, t.days[0].legs[-1]))),
    "legs in another order": ("legs", lambda t: with_day(t, legs=t.days[0].legs[::-1])),
    "two stops swapped": (
        "legs",
        lambda t: with_day(t, stops=(t.days[0].stops[1], t.days[0].stops[0], *t.days[0].stops[2:])),
    ),
    "a leg by another mode": ("legs", lambda t: with_leg(t, 0, mode="boat")),
    "a leg of another length": ("legs", lambda t: with_leg(t, 0, distance_m=1)),
    "a leg of another duration": ("legs", lambda t: with_leg(t, 0, duration_s=60)),
    "a leg that leaves early": (
        "clock",
        lambda t: with_leg(t, 0, departure=t.days[0].legs[0].departure - MINUTE),
    ),
    "a leg that arrives late": (
        "clock",
        lambda t: with_leg(t, 0, arrival=t.days[0].legs[0].arrival + MINUTE),
    ),
    "a line that ends elsewhere": (
        "geometry",
        lambda t: with_leg(t, 0, geometry=(*t.days[0].legs[0].geometry[:-1], (105.0, 21.0))),
    ),
    "a line that begins elsewhere": (
        "geometry",
        lambda t: with_leg(t, 0, geometry=((105.0, 21.0), *t.days[0].legs[0].geometry[1:])),
    ),
    "a line without points": ("geometry", lambda t: with_leg(t, 0, geometry=())),
    "a line that flies straight": (
        "geometry",
        lambda t: with_leg(t, 0, geometry=(t.days[0].legs[0].geometry[0], t.days[0].legs[0].geometry[-1])),
    ),
    "a stop moved on the map": ("position", lambda t: with_stop(t, 0, lon=t.days[0].stops[0].lon + 0.01)),
    "no lunch": ("lunch", lambda t: with_day(t, breaks=())),
    "two lunches": ("lunch", lambda t: with_day(t, breaks=t.days[0].breaks * 2)),
    "a lunch at two": (
        "lunch",
        lambda t: with_lunch(
            t,
            start=t.days[0].end.time.replace(hour=14, minute=0),
            end=t.days[0].end.time.replace(hour=15, minute=0),
        ),
    ),
    "a short lunch": ("lunch", lambda t: with_lunch(t, end=t.days[0].breaks[0].end - MINUTE)),
    "a lunch on the road": (
        "lunch",
        lambda t: with_lunch(
            t,
            start=t.days[0].legs[0].departure.replace(hour=11, minute=0),
            end=t.days[0].legs[0].departure.replace(hour=12, minute=0),
        ),
    ),
    "a lunch somewhere else": ("lunch", lambda t: with_lunch(t, site_id="bat-trang")),
    "a break of another kind": (
        "lunch",
        lambda t: with_lunch(t, kind="nap"),
    ),
    "a departure before the day begins": ("day span", lambda t: shifted(t, -180)),
    "a return after the day ends": ("day span", lambda t: shifted(t, 300)),
    "a site twice": (
        "visited twice",
        lambda t: with_day(t, stops=(*t.days[0].stops, t.days[0].stops[0])),
    ),
    "a site on both days": (
        "visited twice",
        lambda t: with_day(t, 1, stops=(t.days[0].stops[0], *t.days[1].stops[1:])),
    ),
    "a site that is not in the catalogue": ("unknown site", lambda t: with_stop(t, 0, site_id="atlantis")),
    "a prize too high": ("prize", lambda t: with_stop(t, 0, prize=t.days[0].stops[0].prize + 1)),
    "a total too high": ("prize", lambda t: replace(t, prize=t.prize + 5)),
    "a bound below the prize": ("bound", lambda t: replace(t, bound=t.prize - 1)),
    "other dates": (
        "dates",
        lambda t: with_day(t, date=t.days[0].date + timedelta(days=7)),
    ),
    "a day too few": ("dates", lambda t: replace(t, days=t.days[:1])),
    "days in another order": ("dates", lambda t: replace(t, days=t.days[::-1])),
    "another start": (
        "terminal",
        lambda t: with_day(t, start=replace(t.days[0].start, site_id="ga-ha-noi")),
    ),
    "another end": (
        "terminal",
        lambda t: with_day(t, 1, end=replace(t.days[1].end, site_id="ga-ha-noi")),
    ),
    "a night elsewhere": (
        "terminal",
        lambda t: with_day(t, 1, start=replace(t.days[1].start, site_id="ga-ha-noi")),
    ),
    "a start moved on the map": (
        "geometry",
        lambda t: with_day(t, start=replace(t.days[0].start, lat=t.days[0].start.lat + 0.01)),
    ),
}


@pytest.mark.parametrize(("rule", "spoil"), BREAKS.values(), ids=BREAKS)
def test_a_spoilt_plan_is_caught_by_its_rule(
    rule: str, spoil: Callable[[Itinerary], Itinerary], trip: Itinerary, network: rp.Network
) -> None:
    assert rule in {violation.rule for violation in rp.check(spoil(trip), network, WISH)}


def test_the_plan_before_it_was_spoilt_is_right(trip: Itinerary, network: rp.Network) -> None:
    assert rp.check(trip, network, WISH) == []
    assert rp.check(rp.Itinerary.from_dict(trip.to_dict()), network, WISH) == []


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        ("stops", {"max_stops": 3}),
        ("budget", {"budget_vnd": 1_000_000}),
        ("day span", {"day_end": time(14)}),
        ("day span", {"day_start": time(10)}),
        ("service", {"pace": "relaxed"}),
        ("lunch", {"lunch": None}),
        ("lunch", {"lunch": rp.Lunch(duration_min=30)}),
        ("lunch", {"lunch": rp.Lunch(earliest=time(13), latest=time(14))}),
        ("prize", {"themes": {"nature": 0.5}}),
        ("prize", {"themes": {"handicraft": 0.5}}),
        ("outside", {"corridor": "northwest"}),
        ("outside", {"corridor": None, "area": (105.2, 21.1, 105.5, 21.3)}),
        ("dates", {"days": 3}),
        ("dates", {"first_day": date(2027, 3, 20)}),
        ("terminal", {"start": "ga-ha-noi"}),
        ("terminal", {"overnight": ("duong-lam-ancient-village",)}),
        ("legs", {"vehicle": "bicycle"}),
        ("must-visit", {"must_visit": ("duong-lam-ancient-village",)}),
    ],
    ids=str,
)
def test_a_plan_for_another_wish_is_caught(
    rule: str, changes: dict[str, Any], trip: Itinerary, network: rp.Network
) -> None:
    assert rule in {violation.rule for violation in rp.check(trip, network, replace(WISH, **changes))}


def test_a_forbidden_stop_is_caught(trip: Itinerary, network: rp.Network) -> None:
    wish = replace(WISH, forbidden=(trip.stops[2].site_id,))
    assert {violation.rule for violation in rp.check(trip, network, wish)} == {"forbidden"}


def test_a_lost_must_visit_is_caught(trip: Itinerary, network: rp.Network) -> None:
    wish = replace(WISH, must_visit=(trip.stops[0].site_id,))
    assert rp.check(trip, network, wish) == []
    day = trip.days[0]
    assert "must-visit" in {v.rule for v in rp.check(with_day(trip, stops=day.stops[1:]), network, wish)}


def test_too_much_travel_is_caught_unless_a_must_visit_needs_it(network: rp.Network) -> None:
    wish = rp.TripRequest(
        first_day=SATURDAY,
        must_visit=("perfume-pagoda-complex",),
        day_start=time(6, 30),
        day_end=time(19),
        max_stops=1,
    )
    trip = rp.plan(network, wish, iterations=100)
    share = trip.days[0].travel_s / (12.5 * 3600)
    assert 0.40 < share < 0.5
    assert rp.check(trip, network, wish) == []
    free = replace(wish, must_visit=())
    assert {violation.rule for violation in rp.check(trip, network, free)} == {"travel limit"}
    assert "travel limit" not in {v.rule for v in rp.check(trip, network, replace(free, pace="intense"))}


def test_whole_and_part_are_caught(network: rp.Network) -> None:
    """Each of the two is right alone; the day that claims both is not."""
    whole, part = "duong-lam-ancient-village", "mong-phu-gate"
    trips = []
    for site in (whole, part):
        wish = rp.TripRequest(first_day=SATURDAY, corridor="northwest", must_visit=(site,), max_stops=2)
        trips.append(rp.plan(network, wish, iterations=100))
    stops = [
        next(s for s in t.stops if s.site_id == site) for t, site in zip(trips, (whole, part), strict=True)
    ]
    both = with_day(trips[0], stops=tuple(stops))
    wish = rp.TripRequest(first_day=SATURDAY, corridor="northwest")
    assert "part and whole" in {violation.rule for violation in rp.check(both, network, wish)}


def test_a_museum_on_its_closing_day_is_caught(network: rp.Network) -> None:
    sunday, museum = date(2027, 3, 14), "bao-tang-lich-su"
    wish = rp.TripRequest(first_day=sunday, corridor="inner", must_visit=(museum,))
    trip = rp.plan(network, wish, iterations=100)
    assert rp.check(trip, network, wish) == []
    on_monday = monday(trip)
    assert on_monday.days[0].date.strftime("%a") == "Mon"
    found = rp.check(on_monday, network, replace(wish, first_day=sunday + timedelta(days=1)))
    closed = [violation for violation in found if violation.rule == "closed"]
    assert any(museum in violation.text for violation in closed)
    # the hours that the stops carry are those of Sunday
    assert {violation.rule for violation in found} == {"closed", "opening"}


def monday(trip: Itinerary) -> Itinerary:
    day = shifted(trip, 24 * 60).days[0]
    return replace(trip, days=(replace(day, date=day.date + timedelta(days=1)),))


def test_a_violation_says_day_rule_and_figures(trip: Itinerary, network: rp.Network) -> None:
    spoilt = with_day(trip, 1, breaks=())
    found = [violation for violation in rp.check(spoilt, network, WISH) if violation.rule == "lunch"]
    assert [violation.day for violation in found] == [2]
    assert str(found[0]) == "day 2: lunch: 0 lunches, 1 asked for"


def test_the_judge_shares_neither_search_nor_clock_with_the_player() -> None:
    programme = (
        "import sys, routeplanner\n"
        "routeplanner.check, routeplanner.Violation\n"
        "print(*sorted(m for m in sys.modules if m.startswith('routeplanner.planning.')))"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", programme], capture_output=True, check=True, text=True
    ).stdout.split()
    assert "routeplanner.planning.check" in loaded
    for room in ("search", "schedule", "problem", "assemble", "planner", "explain"):
        assert not [name for name in loaded if name.startswith(f"routeplanner.planning.{room}")]


def test_a_plan_says_on_which_network_it_was_made(trip: Itinerary, network: rp.Network) -> None:
    made = trip.network
    assert made["content"] == network.content
    assert (made["roads"]["source"], made["river"]["boat"]) == ("bundled", "tau-du-lich")
    assert made["traffic"] is None
    assert made["sailings"] is None
    assert rp.Itinerary.from_dict(trip.to_dict()) == trip


def test_a_plan_judged_on_another_network_is_caught(trip: Itinerary, network: rp.Network) -> None:
    rush = rp.build_network(network.sites, traffic=rp.load_traffic())
    first = rp.check(trip, rush, WISH)[0]
    assert first.rule == "network"
    assert "traffic none, here bundled" in first.text
    assert "roads" not in first.text
    afloat = rp.build_network(
        network.sites, river=rp.load_river(water_level_m=5.0), sailings=rp.load_sailings()
    )
    assert rp.check(trip, afloat, WISH) == []  # a trip by road
    by_boat = rp.TripRequest(first_day=SATURDAY, corridor="river", mode="river")
    cruise = rp.plan(network, by_boat, iterations=50)
    words = next(v.text for v in rp.check(cruise, afloat, by_boat) if v.rule == "network")
    assert "water_level_m 5" in words
    assert "sailings none, here bundled" in words


def test_other_flights_and_trains_are_nothing_to_a_trip_that_takes_none(
    trip: Itinerary, network: rp.Network
) -> None:
    def older(trip: Itinerary) -> Itinerary:  # all parts alike, but not the whole: of flights and trains
        return replace(trip, network={**trip.network, "content": "0123456789abcdef"})

    assert rp.check(older(trip), network, WISH) == []
    far = rp.TripRequest(first_day=SATURDAY, corridor="hanoi-hue-saigon", days=3)
    flown = rp.plan(network, far, iterations=50)
    assert rp.check(flown, network, far) == []
    assert "flights and trains differ" in rp.check(older(flown), network, far)[0].text


def test_a_plan_that_names_no_network_is_judged_on_any(trip: Itinerary, network: rp.Network) -> None:
    data = trip.to_dict()
    del data["network"]
    assert rp.check(rp.Itinerary.from_dict(data), network, WISH) == []
    data["network"] = {"roads": "mine"}
    assert "roads 'mine', here bundled" in rp.check(rp.Itinerary.from_dict(data), network, WISH)[0].text


def test_a_request_as_a_trip_carries_it_is_told_how_to_be_made_one(
    trip: Itinerary, network: rp.Network
) -> None:
    with pytest.raises(rp.RequestError, match=r"dict given; .*TripRequest\.from_dict\(trip\.request\)"):
        rp.check(trip, network, trip.request)  # type: ignore[arg-type]
    assert rp.check(trip, network, rp.TripRequest.from_dict(trip.request)) == []
