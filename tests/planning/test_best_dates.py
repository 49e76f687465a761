"""The best dates of a season against plans made one by one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

import routeplanner as rp

WEEK = (date(2027, 3, 12), date(2027, 3, 18))  # Friday to Thursday
STEPS = 200


@pytest.fixture(scope="module")
def request_inner() -> rp.TripRequest:
    return rp.TripRequest(first_day=WEEK[0], corridor="inner")


def test_each_date_has_the_plan_that_it_has_alone(network: rp.Network, request_inner: rp.TripRequest) -> None:
    found = rp.best_dates(network, request_inner, within=WEEK, iterations=STEPS)
    assert list(found.index) == [WEEK[0] + timedelta(days=n) for n in range(7)]
    for day in (date(2027, 3, 12), date(2027, 3, 15), date(2027, 3, 18)):
        trip = rp.plan(network, replace(request_inner, first_day=day), iterations=STEPS)
        assert found.at[day, "prize"] == trip.prize
        assert found.at[day, "site_ids"] == tuple(stop.site_id for stop in trip.stops)
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
    page = rp.heat_map(found, lang="en")
    assert page.count("class='none'") == 6
    assert "market day (lunar 10/2)" in page


@pytest.mark.parametrize(
    ("within", "words"),
    [
        ((WEEK[1], WEEK[0]), "swap them"),
        ((date(2027, 1, 1), date(2037, 1, 1)), "give at most 731"),
        ("2027", "is not two dates"),
        ((1, 2), "is not two dates"),
    ],
)
def test_a_span_that_is_none_is_refused(
    network: rp.Network, request_inner: rp.TripRequest, within: tuple[date, date], words: str
) -> None:
    with pytest.raises(rp.RequestError, match=words):
        rp.best_dates(network, request_inner, within=within)
