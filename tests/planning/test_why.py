"""A trip answers for each of its stops, and for each site that it leaves out."""

from __future__ import annotations

import re
from datetime import date

import pytest

import routeplanner as rp

WISH = rp.TripRequest(
    corridor="south",
    first_day=date(2027, 3, 13),
    must_visit=["ha-thai-lacquer"],
    forbidden=["lang-cuu"],
)


@pytest.fixture(scope="module")
def trip(network: rp.Network) -> rp.Itinerary:
    return rp.plan(network, WISH, iterations=300)


def test_a_trip_answers_for_all_its_stops_and_candidates_by_itself(trip: rp.Itinerary) -> None:
    again = rp.Itinerary.from_dict(trip.to_dict())  # what a file holds is enough
    for stop in trip.stops:
        answer = rp.explain(again, stop.site_id)
        assert (answer.visited, answer.reason) == (True, "visited")
        assert answer.figures["prize"] == stop.prize
        for text, name in ((answer.text, stop.name_en), (answer.text_vi, stop.name_vi)):
            assert name in text
            assert f"{stop.start:%H:%M}–{stop.departure:%H:%M}" in text
        share = re.search(r"\((\d+) %\)", answer.text)
        assert share
        assert int(share[1]) == round(100 * stop.prize / trip.prize)
    for left in trip.skipped:
        answer = rp.explain(again, left.site_id)
        assert (answer.visited, answer.reason) == (False, left.reason)
        assert left.detail in answer.text
        assert left.detail_vi in answer.text_vi
        assert left.name_vi in answer.text_vi
        assert answer.figures == left.figures


def test_what_was_asked_for_is_given_as_the_reason(trip: rp.Itinerary) -> None:
    wanted, banned = (rp.explain(trip, site) for site in ("ha-thai-lacquer", "lang-cuu"))
    assert "must-visit" in wanted.text
    assert "bắt buộc" in wanted.text_vi
    assert banned.reason == "forbidden"


def test_names_are_as_good_as_identifiers(trip: rp.Itinerary, network: rp.Network) -> None:
    for place in (trip.stops[0], trip.skipped[0]):
        assert rp.explain(trip, place.name_vi) == rp.explain(trip, place.site_id)
    assert rp.explain(trip, "lang son mai ha thai", network=network).site_id == "ha-thai-lacquer"


@pytest.mark.parametrize(
    ("site", "reason", "word"),
    [
        ("van-mieu-quoc-tu-giam", "not_asked", "outside of the corridor 'south'"),
        ("ho-hoan-kiem", "terminal", "where a day starts"),
        ("ga-ha-noi", "not_asked", "a way to a sight"),
    ],
)
def test_a_site_that_was_no_candidate_is_told_why(
    site: str, reason: str, word: str, trip: rp.Itinerary, network: rp.Network
) -> None:
    answer = rp.explain(trip, site, network=network)
    assert (answer.visited, answer.reason) == (False, reason)
    assert word in str(answer)
    assert rp.explain(trip, site).reason == reason  # without the network the answer is shorter, not another


def test_a_misspelt_site_is_met_with_a_guess(trip: rp.Itinerary, network: rp.Network) -> None:
    assert "'ha-thai-lacquer'" in rp.explain(trip, "ha-thai-laquer").text
    assert rp.explain(trip, "nope").text.startswith("'nope' is unknown to the trip.")
    assert "'nope'" in rp.explain(trip, "nope").text_vi
    with pytest.raises(rp.RequestError, match="no site is called"):
        rp.explain(trip, "zzzz", network=network)
    with pytest.raises(rp.RequestError, match="site_id: 7 is int"):
        rp.explain(trip, 7)  # type: ignore[arg-type]
