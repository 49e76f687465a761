"""Rules that join the visits of a trip: longest way, kinds, order, variety; the judge sees each of them broken."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import routeplanner as rp
from routeplanner.errors import InfeasibleError, RequestError
from routeplanner.planning.problem import make_problem
from routeplanner.planning.search import search

if TYPE_CHECKING:
    from routeplanner.planning.problem import Problem

DAY = date(2027, 3, 13)


def rules(found: rp.Itinerary, network: rp.Network, request: rp.TripRequest) -> set[str]:
    return {violation.rule for violation in rp.check(found, network, request)}


def test_a_plan_keeps_the_rules_asked_for_and_the_judge_misses_none(network: rp.Network) -> None:
    free = rp.TripRequest(first_day=DAY, corridor="west")
    trip = rp.plan(network, free, iterations=200)
    first, last = trip.stops[0].site_id, trip.stops[-1].site_id
    kind = trip.stops[0].kind
    count = sum(stop.kind == kind for stop in trip.stops)
    longest = max(leg.duration_s for day in trip.days for leg in day.legs) // 60 - 1
    shown = {craft for stop in trip.stops for craft in stop.crafts}
    themes = {theme for stop in trip.stops for theme in network.sites.at[stop.site_id, "themes"] or ()}
    wishes: dict[str, tuple[dict[str, Any], str]] = {
        "kind": ({"at_most": {kind: count - 1}}, "at most"),
        "order": ({"before": [(last, first)]}, "order"),
        "leg": ({"max_leg_min": longest}, "leg"),
        "variety": ({"min_crafts": len(shown) + 1}, "variety"),
        "themes": ({"min_themes": len(themes) + 1}, "variety"),
    }
    assert rules(trip, network, replace(free, at_most={kind: count}, before=[(first, last)])) == set()
    for fields, rule in wishes.values():
        asked = replace(free, **fields)
        assert rule in rules(trip, network, asked)
        other = rp.plan(network, asked, iterations=200)
        assert rules(other, network, asked) == set()
        assert rp.TripRequest.from_dict(asked.to_dict()) == asked


def test_what_cannot_be_shown_is_said(network: rp.Network) -> None:
    request = rp.TripRequest(first_day=DAY, corridor="west", min_crafts=40)
    with pytest.raises(InfeasibleError, match="min_crafts"):
        rp.plan(network, request, iterations=60)


def test_faults_of_the_rules_come_together() -> None:
    with pytest.raises(RequestError) as caught:
        rp.TripRequest(
            first_day=DAY, max_leg_min=0, at_most={"museum": -1}, before=[("a", "a")], min_themes=-1
        )
    assert [fault.split(":")[0] for fault in caught.value.faults] == [
        "max_leg_min",
        "min_themes",
        "at_most['museum']",
        "before",
    ]


def three(**fields: Any) -> Problem:
    """Three sites an hour from each other and from the depot, two days of four hours."""
    travel = [[0 if a == b else 3600 for b in range(4)] for a in range(4)]
    return make_problem(
        travel_s=travel,
        prize=[30, 20, 10],
        windows=[[[(0, 14400)]] * 3] * 2,
        day_start_s=[0, 0],
        day_end_s=[14400, 14400],
        service_s=[1800] * 3,
        **fields,
    )


def test_known_answers() -> None:
    assert search(three()).prize == 60
    assert search(three(resource_use=[[1, 1, 0]], resource_limit=[1])).prize == 40
    ordered = search(three(before=[(2, 0), (0, 1)], max_stops=[1, 1]))
    assert ordered.prize == 50
    assert [day for day in ordered.days if day] == [(0,), (1,)]
    shown = search(
        three(labels=[[1, 1, 0], [0, 0, 1]], label_kind=[0, 0], least_labels=[2], max_stops=[1, 1])
    )
    assert sorted(site for day in shown.days for site in day) == [0, 2]
    assert search(three(max_leg_s=3599)).days == ((), ())


def test_rush_hour_shifts_what_fits() -> None:
    """From half an hour to two hours between 0 and 1 o'clock; who leaves at a quarter to one needs 1:37:30."""
    slow = np.where(np.eye(4), 0, 7200)
    timed = [(slow // 4).tolist(), slow.tolist()]
    problem = three(departure_s=[0, 3600], timed_travel_s=timed)
    assert search(problem).prize == 50  # out in half an hour, back in two hours: one site a day
    with pytest.raises(ValueError, match="arrives before"):
        search(three(departure_s=[0, 3600], timed_travel_s=timed[::-1]))


def test_a_place_named_for_lunch_is_asked_for_wherever_it_lies(network: rp.Network) -> None:
    request = rp.TripRequest(first_day=DAY, corridor="south", lunch_at={1: ("bat-trang",)})
    assert "south" not in network.sites.at["bat-trang", "corridors"]
    trip = rp.plan(network, request, iterations=200)
    assert "bat-trang" in [stop.site_id for stop in trip.stops]
    assert rules(trip, network, request) == set()
    assert "outside" in rules(trip, network, replace(request, lunch_at={}))


@pytest.mark.parametrize(
    ("must", "stops", "crafts"),
    [
        (("chua-quang-an",), 1, 1),
        (("chua-quang-an",), 2, 6),
        (("chua-quang-an", "chua-dau-thuong-tin"), 2, 2),
    ],
)
def test_variety_that_the_must_visits_leave_no_room_for_is_said(
    must: tuple[str, ...], stops: int, crafts: int, network: rp.Network
) -> None:
    request = rp.TripRequest(
        first_day=DAY, corridor="south", must_visit=must, max_stops=stops, min_crafts=crafts
    )
    with pytest.raises(
        InfeasibleError, match=rf"keeps every must-visit shows \d of the {crafts} .*fewer must-visits"
    ) as caught:
        rp.plan(network, request, iterations=60)
    assert len(caught.value.faults) == 1
