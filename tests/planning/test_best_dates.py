"""The best dates of a season against plans made one by one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import routeplanner as rp
from routeplanner.planning.assemble import assemble
from routeplanner.planning.best_dates import _signature
from routeplanner.planning.problem import make_problem
from routeplanner.planning.restriction import carried_over, open_seconds, restricts
from routeplanner.planning.schedule import schedule
from routeplanner.planning.search import search

WEEK = (date(2027, 3, 12), date(2027, 3, 18))  # Friday to Thursday
STEPS = 200


@pytest.fixture(scope="module")
def request_inner() -> rp.TripRequest:
    return rp.TripRequest(first_day=WEEK[0], corridor="inner")


def test_each_date_has_the_plan_that_it_has_alone(network: rp.Network, request_inner: rp.TripRequest) -> None:
    found = rp.best_dates(network, request_inner, within=WEEK, iterations=STEPS)
    assert list(found.index) == [WEEK[0] + timedelta(days=n) for n in range(7)]
    for day in (date(2027, 3, 12), date(2027, 3, 13), date(2027, 3, 15), date(2027, 3, 18)):
        request = replace(request_inner, first_day=day)
        trip = rp.plan(network, request, iterations=STEPS)
        assert rp.check(trip, network, request) == []
        assert found.at[day, "prize"] == trip.prize
        assert set(found.at[day, "site_ids"]) == {stop.site_id for stop in trip.stops}
    monday = found.loc[date(2027, 3, 15)]
    assert monday["rank"] == 7
    assert "Imperial Citadel of Thăng Long: closed on Mondays" in monday["why"]
    assert "đóng cửa thứ Hai" in monday["why_vi"]
    assert found["prize"].max() == found[found["rank"] == 1]["prize"].iloc[0]


def test_dates_without_a_plan_say_why(network: rp.Network) -> None:
    request = rp.TripRequest(
        first_day=WEEK[0],
        corridor="southwest",
        day_start=time(5),
        must_visit=["chuong-hat-market"],
    )
    found = rp.best_dates(network, request, within=WEEK, iterations=STEPS)
    market = date(2027, 3, 17)  # lunar 10/2
    assert list(found.index[found["prize"].notna()]) == [market]
    assert "market day (lunar 10/2)" in found.at[market, "why"]
    assert found.at[market, "fault"] is None
    assert "market meets on lunar days" in found.at[date(2027, 3, 16), "fault"]
    page = rp.heat_to_html(found, lang="en")
    assert page.count("class='none'") == 6
    assert "market day (lunar 10/2)" in page


@pytest.mark.parametrize(
    ("within", "words"),
    [
        ((WEEK[1], WEEK[0]), "swap them"),
        ((date(2027, 1, 1), date(2037, 1, 1)), "give at most 731"),
        ("2027", "is not two dates"),
        ((1, 2), "is not two dates"),
        (("2027-03-12", "soon"), "is not two dates"),
        ((date(1899, 12, 30), date(1900, 1, 3)), "outside the calendar; give a date from 1900-01-01"),
        ((date(2100, 12, 30), date(2101, 1, 2)), "outside the calendar; give a date from 1900-01-01"),
    ],
)
def test_a_span_that_is_none_is_refused(
    network: rp.Network, request_inner: rp.TripRequest, within: tuple[date, date], words: str
) -> None:
    with pytest.raises(rp.RequestError, match=words):
        rp.best_dates(network, request_inner, within=within)


def test_dates_out_of_range_are_refused_before_any_work(request_inner: rp.TripRequest) -> None:
    nothing: rp.Network = None  # type: ignore[assignment]
    with pytest.raises(rp.RequestError, match="outside the calendar"):
        rp.best_dates(nothing, request_inner, within=(date(2100, 12, 30), date(2101, 1, 2)))
    long = replace(request_inner, days=3)
    with pytest.raises(rp.RequestError, match="3 days from 2100-12-30 ends after 2100-12-31"):
        rp.best_dates(nothing, long, within=(date(2100, 12, 28), date(2100, 12, 30)))


def test_dates_of_other_traffic_are_not_taken_for_alike() -> None:
    busy = rp.build_network(rp.load_sites(), traffic=rp.load_traffic())
    asked = rp.TripRequest(first_day=date(2027, 3, 17), area=(105.86, 20.88, 105.91, 20.93))
    wednesday, saturday = (
        assemble(busy, replace(asked, first_day=day)) for day in (date(2027, 3, 17), date(2027, 3, 20))
    )
    for name in ("windows", "prize", "service_s", "place_ids"):
        assert np.array_equal(getattr(wednesday.problem, name), getattr(saturday.problem, name))
    assert not np.array_equal(wednesday.problem.timed_travel_s, saturday.problem.timed_travel_s)  # type: ignore[arg-type]
    assert _signature(wednesday) != _signature(saturday)
    assert not restricts(wednesday.problem, saturday.problem)
    assert _signature(wednesday) == _signature(assemble(busy, asked))


SPANS = st.tuples(st.integers(0, 200), st.integers(0, 200))
CASES = st.integers(3, 6).flatmap(
    lambda n: st.fixed_dictionaries(
        {
            "travel": st.lists(
                st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=n + 1, max_size=n + 1
            ),
            "prize": st.lists(st.integers(1, 50), min_size=n, max_size=n),
            "windows": st.lists(st.lists(SPANS, max_size=2), min_size=n, max_size=n),
            "cut": st.lists(st.tuples(st.integers(-20, 40), st.integers(-20, 40)), min_size=n, max_size=n),
            "worth": st.lists(st.integers(0, 10), min_size=n, max_size=n),
        }
    )
)


def _windows(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return disjoint windows in order."""
    found: list[tuple[int, int]] = []
    for first, last in sorted((min(pair), max(pair)) for pair in spans):
        if not found or first > found[-1][1]:
            found.append((first, last))
    return found


@given(CASES)
def test_a_restriction_is_worth_no_more_and_is_told_from_what_is_none(case: dict[str, Any]) -> None:
    points = np.array(case["travel"])
    travel = np.abs(points[:, None] - points[None]).sum(axis=2).tolist()
    wide_windows = [_windows(spans) for spans in case["windows"]]
    cut_windows = [
        [(first + a, last - b) for first, last in spans if first + a <= last - b and first + a >= 0]
        for spans, (a, b) in zip(wide_windows, case["cut"], strict=True)
    ]
    day = {"travel_s": travel, "day_start_s": [0], "day_end_s": [240]}
    wide = make_problem(prize=case["prize"], windows=[wide_windows], **day)
    less = [max(prize - drop, 0) for prize, drop in zip(case["prize"], case["worth"], strict=True)]
    narrow = make_problem(prize=less, windows=[cut_windows], **day)
    best = {name: search(problem, iterations=60) for name, problem in (("wide", wide), ("narrow", narrow))}
    if all(a >= 0 and b >= 0 for a, b in case["cut"]):
        assert restricts(narrow, wide)
        assert open_seconds(narrow) <= open_seconds(wide)
    if restricts(narrow, wide):
        assert best["narrow"].prize <= int(best["wide"].bound or 0)
        helped = search(narrow, iterations=60, ceiling=best["wide"].bound)
        assert (helped.prize, helped.missing) == (best["narrow"].prize, best["narrow"].missing)
        assert best["narrow"].prize <= int(helped.bound or 0)
    carried = carried_over(best["wide"].days, wide, narrow)
    if carried is not None:
        assert carried == best["wide"].days
        assert all(times.feasible for times in schedule(narrow, carried))
        assert best["wide"].prize == sum(less[site] for site in carried[0])
