"""Wrong kinds of arguments: one clear error each, that names the argument and what to give."""

# ruff: noqa: ARG005 - each call takes what it needs of the network and the programme
from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

import routeplanner as rp

if TYPE_CHECKING:
    from collections.abc import Callable

BRIEF = rp.ProgrammeBrief(year=2027, corridors=("south",), routes=1)
DAY = date(2027, 3, 13)
ROUTE = "nam-thang-long-crafts-2025"

Call = tuple[str, "Callable[[rp.Network, rp.Programme, Any], object]"]
CALLS: list[Call] = [
    ("network", lambda few, made, wrong: rp.design_programme(wrong, BRIEF)),
    ("brief", lambda few, made, wrong: rp.design_programme(few, wrong)),
    ("rounds", lambda few, made, wrong: rp.design_programme(few, BRIEF, rounds=wrong)),
    ("seed", lambda few, made, wrong: rp.design_programme(few, BRIEF, seed=wrong)),
    ("start_from", lambda few, made, wrong: rp.design_programme(few, BRIEF, start_from=wrong)),
    ("programme", lambda few, made, wrong: rp.check_programme(wrong, few)),
    ("network", lambda few, made, wrong: rp.check_programme(made, wrong)),
    ("sites", lambda few, made, wrong: rp.corridors(wrong)),
    ("sites", lambda few, made, wrong: rp.add_corridor(wrong, "mine", places=["lang-cuu"])),
    ("places", lambda few, made, wrong: rp.add_corridor(few.sites, "mine", places=wrong)),
    ("within_km", lambda few, made, wrong: rp.add_named_route(few.sites, "r", polygon=[], within_km=wrong)),
    ("themes", lambda few, made, wrong: rp.add_named_route(few.sites, "r", places=[], themes=wrong)),
    ("days", lambda few, made, wrong: rp.add_named_route(few.sites, "r", places=[], days=wrong)),
    ("routes", lambda few, made, wrong: rp.as_published(few, ROUTE, first_day=DAY, routes=wrong)),
    ("route_id", lambda few, made, wrong: rp.as_published(few, wrong, first_day=DAY)),
    ("first_day", lambda few, made, wrong: rp.as_published(few, ROUTE, first_day=wrong)),
    ("people", lambda few, made, wrong: rp.as_published(few, ROUTE, first_day=DAY, people=wrong)),
    ("least_sites", lambda few, made, wrong: rp.clusters(few, least_sites=wrong)),
    ("count", lambda few, made, wrong: rp.visitor_centres(few, wrong)),
    ("within_min", lambda few, made, wrong: rp.visitor_centres(few, 2, within_min=wrong)),
    ("weights", lambda few, made, wrong: rp.visitor_centres(few, 2, weights=wrong)),
    ("brief", lambda few, made, wrong: rp.gaps(few, wrong)),
    ("pier", lambda few, made, wrong: rp.what_if(few, BRIEF, pier=[wrong])),
    ("bridge", lambda few, made, wrong: rp.what_if(few, BRIEF, bridge=[wrong])),
    ("shuttle", lambda few, made, wrong: rp.what_if(few, BRIEF, shuttle=[("lang-cuu", "lang-cuu", wrong)])),
    ("group_sizes", lambda few, made, wrong: rp.impact(made, few, group_sizes=wrong)),
    ("parameters", lambda few, made, wrong: rp.impact(made, few, parameters=wrong)),
    ("impact", lambda few, made, wrong: rp.field_statistics(made, few, impact=wrong)),
    ("title", lambda few, made, wrong: rp.programme_report(made, few, title=wrong)),
    ("lang", lambda few, made, wrong: rp.programme_report(made, few, lang=wrong)),
    ("items", lambda few, made, wrong: rp.compare(wrong)),
    ("names", lambda few, made, wrong: rp.compare([made], names=wrong)),
]


@pytest.mark.parametrize(("name", "call"), CALLS)
@pytest.mark.parametrize("wrong", [-1, float("nan"), True, {"a": 1}])
def test_wrong_kinds_are_named(
    name: str, call: Callable[..., object], wrong: object, few: rp.Network, programme: rp.Programme
) -> None:
    with pytest.raises(rp.RequestError) as caught:
        call(few, programme, wrong)
    assert any(fault.startswith((name, f"{name} ")) for fault in caught.value.faults), caught.value


def test_a_programme_of_another_network_is_refused(programme: rp.Programme, few: rp.Network) -> None:
    other = rp.build_network(few.sites.loc[["ho-hoan-kiem", "lang-cuu", "hong-van-bonsai"]])
    with pytest.raises(rp.RequestError, match="give the one that it was designed on"):
        rp.impact(programme, other)
