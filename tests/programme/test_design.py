"""Programmes against every choice tried, against the judge, and against what their rules say."""

from __future__ import annotations

import itertools
import json
import random
from collections import Counter
from dataclasses import replace
from datetime import date, time, timedelta
from typing import TYPE_CHECKING

import pytest

import routeplanner as rp
from few_places import SOUTH
from routeplanner.export import fault_in_vietnamese
from routeplanner.planning.planner import compose
from routeplanner.programme.brief import form_counts, usual_date
from routeplanner.programme.pool import make_templates
from routeplanner.programme.verify import _most_of_forms

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import geopandas as gpd

    Key = tuple[str, frozenset[str]]

RECOGNISED = "recognised_craft_village"


def small_network(sites: gpd.GeoDataFrame, ids: Sequence[str]) -> rp.Network:
    return rp.build_network(sites.loc[["ho-hoan-kiem", *ids]])


def all_routes(network: rp.Network, brief: rp.ProgrammeBrief) -> dict[Key, float]:
    """Every set of places that some order of some template can visit, with its prize, by the judge's leave."""
    found = {}
    templates, _ = make_templates(network, brief, brief.corridors)
    for template in templates:
        for count in range(1, len(template.sites) + 1):
            for chosen in itertools.combinations(range(len(template.sites)), count):
                key = template.form, frozenset(template.sites[i] for i in chosen)
                if key[1] & set(network.sites.loc[list(key[1]), "part_of"]):
                    continue  # a place and a part of it
                for order in itertools.permutations(chosen):
                    try:
                        trip = compose(template.case, [order])
                    except rp.InfeasibleError:
                        continue
                    assert rp.check(trip, network, rp.TripRequest.from_dict(trip.request)) == []
                    found[key] = max(trip.prize, found.get(key, 0.0))
                    break
    return found


def best_choice(
    routes: Mapping[Key, float],
    brief: rp.ProgrammeBrief,
    forms: Mapping[str, int],
    villages: Sequence[str],
    *,
    whole: Mapping[str, str] | None = None,
) -> tuple[int, float]:
    """Try every set of routes; return the most places covered and, with them, the most worth."""
    best, whole = (0, 0.0), whole or {}
    items = list(routes.items())
    for count in range(1, brief.routes + 1):
        for chosen in itertools.combinations(items, count):
            keys = [key for key, _ in chosen]
            if any(sum(form == kind for form, _ in keys) > most for kind, most in forms.items()):
                continue
            stops = {site for _, own in keys for site in own}
            places = [{whole.get(site, site) for site in own} for _, own in keys]
            visits = [place for own in places for place in own]
            if any(visits.count(place) > brief.routes_per_site for place in set(visits)):
                continue
            pairs = itertools.combinations(places, 2)
            if any(len(a & b) > brief.shared_sites or a == b for a, b in pairs):
                continue
            shown = [v for v in villages if v in stops | set(visits) or whole.get(v) in stops]
            cover = min(len(shown), -(-int(100 * brief.cover) * len(villages) // 100))
            best = max(best, (cover, sum(prize for _, prize in chosen)))
    return best


@pytest.mark.parametrize("seed", range(6))
def test_small_programmes_are_the_best_of_all_that_there_are(sites: gpd.GeoDataFrame, seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - draws examples
    ids = rng.sample(SOUTH, 5)
    network = small_network(sites, ids)
    mix = rng.choice([{"day": 2}, {"half_day": 1, "day": 1}, {"half_day": 2}])
    brief = rp.ProgrammeBrief(
        year=2027,
        corridors=("south",),
        routes=2,
        mix=mix,
        routes_per_site=rng.choice([1, 2]),
        shared_sites=rng.choice([0, 1]),
        villages=tuple(rng.sample(ids, 3)),
        cover=rng.choice([0.0, 0.6, 1.0]),
        day_end=rng.choice([time(15), time(17, 30)]),
    )
    programme = rp.design_programme(network, brief, seed=seed)
    cover, value = best_choice(all_routes(network, brief), brief, mix, brief.villages)
    reached = min(len(programme.covered), -(-int(100 * brief.cover) * 3 // 100))
    assert (reached, programme.value) == (cover, pytest.approx(value, abs=1e-3))
    assert programme.bound >= value - 1e-3
    assert (
        programme.bounds["any_cover"]
        >= best_choice(all_routes(network, brief), replace(brief, cover=0.0), mix, ())[1] - 1e-3
    )
    assert rp.check_programme(programme, network) == []


DUONG_LAM = ("duong-lam-ancient-village", "mia-pagoda", "mong-phu-gate", "giang-van-minh-house")


@pytest.mark.parametrize("seed", range(4))
def test_parts_of_a_village_are_the_village(sites: gpd.GeoDataFrame, seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - draws examples
    others = ["son-tay-citadel", "va-temple", "k9-da-chong"]
    ids = [*rng.sample(DUONG_LAM, 3), *rng.sample(others, 2)]
    network = small_network(sites, [*ids, *({DUONG_LAM[0]} - set(ids))])
    brief = rp.ProgrammeBrief(
        year=2027,
        corridors=("northwest",),
        routes=2,
        mix={"day": 2},
        routes_per_site=rng.choice([1, 2]),
        shared_sites=rng.choice([0, 1]),
        villages=(DUONG_LAM[0], ids[-1], rng.choice([site for site in ids if site in DUONG_LAM[1:]])),
        forbidden=tuple({DUONG_LAM[0]} - set(ids)),
    )
    whole = dict.fromkeys(DUONG_LAM[1:], DUONG_LAM[0])
    programme = rp.design_programme(network, brief, seed=seed)
    cover, value = best_choice(all_routes(network, brief), brief, {"day": 2}, brief.villages, whole=whole)
    assert (len(programme.covered), programme.value) == (cover, pytest.approx(value, abs=1e-3))
    assert programme.bound >= value - 1e-3
    assert rp.check_programme(programme, network) == []
    assert not {load.site_id for load in programme.load} & set(whole)


def test_the_judge_counts_parts_as_their_village(sites: gpd.GeoDataFrame) -> None:
    network = small_network(sites, DUONG_LAM)
    brief = rp.ProgrammeBrief(year=2027, corridors=("northwest",), routes=1, mix={"day": 1}, villages=())
    made = [
        rp.design_programme(network, replace(brief, forbidden=tuple(set(DUONG_LAM) - {own})), rounds=1)
        for own in DUONG_LAM[1:3]
    ]
    one, two = made
    assert len(one.load) == len(two.load) == 1
    card = replace(two.cards[0], key="R2", weekdays=one.cards[0].weekdays)
    both = replace(
        one,
        routes=(*one.routes, *two.routes),
        cards=(*one.cards, card),
        brief=dict(one.brief) | {"routes": 2, "mix": {"day": 2}},
    )
    texts = [fault.text for fault in rp.check_programme(both, network) if fault.rule == "overlap"]
    assert any("duong-lam-ancient-village" in text for text in texts)
    narrow = replace(both, brief=dict(both.brief) | {"capacity_a_day": {"duong-lam-ancient-village": 20}})
    full = [fault.text for fault in rp.check_programme(narrow, network) if fault.rule == "capacity"]
    assert any("duong-lam-ancient-village" in text for text in full)
    own = replace(brief, capacity_a_day={"mia-pagoda": 5}, forbidden=tuple(set(DUONG_LAM) - {"mia-pagoda"}))
    assert rp.design_programme(network, own, rounds=1).routes == ()


def test_the_programme_keeps_its_brief(programme: rp.Programme, few: rp.Network) -> None:
    assert rp.check_programme(programme, few) == []
    assert [card.form for card in programme.cards].count("half_day") == 1
    assert len(programme.routes) == 4
    assert programme.value == pytest.approx(sum(route.prize for route in programme.routes), abs=1e-3)
    assert programme.value <= programme.bound <= programme.bounds["any_cover"] + 1e-6
    recognised = [s for s in SOUTH if RECOGNISED in few.sites.at[s, "status"]]
    assert set(programme.to_cover) == set(recognised)
    assert set(programme.covered) | {u.site_id for u in programme.uncovered} == set(recognised)


def test_the_judge_sees_what_is_broken(programme: rp.Programme, few: rp.Network) -> None:
    def rules(changed: rp.Programme) -> set[str]:
        return {fault.rule for fault in rp.check_programme(changed, few)}

    card = programme.cards[0]
    other = replace(card, weekdays=(0, 1, 2, 3, 4, 5, 6))
    assert "departures" in rules(replace(programme, cards=(other, *programme.cards[1:])))
    assert {"overlap", "cards"} <= rules(replace(programme, routes=(*programme.routes, programme.routes[0])))
    assert "bound" in rules(replace(programme, bound=1.0))
    assert "cover" in rules(replace(programme, covered=()))
    assert "load" in rules(replace(programme, load=()))
    assert "balance" in rules(
        replace(programme, brief={**programme.brief, "corridors": ["south", "west", "river", "inner"]})
    )
    everywhere = {
        **programme.brief,
        "corridors": [],
    }  # all that the catalogue has: the south alone has its share only
    known = {key for keys in few.sites["corridors"] for key in keys}
    assert len(known) > 1
    assert "balance" in rules(replace(programme, brief=everywhere))
    tight = {**programme.brief, "capacity_a_day": {programme.routes[0].stops[0].site_id: 1}}
    assert "capacity" in rules(replace(programme, brief=tight))


def test_a_programme_reads_back_as_it_was_written(
    programme: rp.Programme, few: rp.Network, tmp_path: Path
) -> None:
    path = tmp_path / "programme.json"
    path.write_text(programme.to_json(), encoding="utf-8")
    again = rp.Programme.from_file(path)
    assert again.to_json() == programme.to_json()
    assert rp.check_programme(again, few) == []
    data = json.loads(programme.to_json())
    assert {"routes", "bound", "uncovered"} <= set(data)
    assert [rp.Itinerary.from_dict(route).prize for route in data["routes"]] == [
        r.prize for r in programme.routes
    ]


def test_all_faults_of_a_file_come_at_once_in_both_languages(programme: rp.Programme) -> None:
    data = json.loads(programme.to_json())
    del data["cards"][0]["form"]
    data["routes"][1]["days"][0]["stops"][0]["prize"] = "much"
    data["brief"]["cover"] = 7
    data["uncovered"] = [{"site_id": 3}]
    data["seed"] = None
    with pytest.raises(rp.DataFileError) as caught:
        rp.Programme.from_dict(data)
    places = {fault.partition(":")[0] for fault in caught.value.faults}
    assert {"cards[0].form", "routes[1].days[0].stops[0].prize", "brief.cover", "seed"} < places
    assert "uncovered[0].site_id" in places
    told = [fault_in_vietnamese(fault) for fault in caught.value.faults]
    assert {fault.partition(":")[0] for fault in told} == places
    assert not [fault for fault in told if " is " in fault or "give " in fault]


@pytest.mark.parametrize(
    ("field", "value", "place"),
    [
        ("cards", [], "cards"),
        ("bounds", {"pool": "x"}, "bounds.pool"),
        ("notes", [["one"]], "notes[0]"),
        ("routes", "R1", "routes"),
        ("routes", [3], "routes[0].schema"),
        ("value", float("nan"), "value"),
    ],
)
def test_malformed_fields_are_named(programme: rp.Programme, field: str, value: object, place: str) -> None:
    with pytest.raises(rp.DataFileError) as caught:
        rp.Programme.from_dict({**programme.to_dict(), field: value})
    assert place in [fault.partition(":")[0] for fault in caught.value.faults]


def test_counts_of_cards_and_load_are_judged(programme: rp.Programme) -> None:
    data = json.loads(programme.to_json())
    data["cards"][0] |= {"weekdays": [9], "departures": [1]}
    data["load"][0]["by_weekday"] = [1, 2]
    with pytest.raises(rp.DataFileError) as caught:
        rp.Programme.from_dict(data)
    assert [fault.partition(":")[0] for fault in caught.value.faults] == [
        "cards[0].departures",
        "load[0].by_weekday",
        "cards[0].weekdays[0]",
    ]


def test_the_same_seed_gives_the_same_programme(programme: rp.Programme, few: rp.Network) -> None:
    brief = rp.ProgrammeBrief.from_dict(programme.brief)
    assert rp.design_programme(few, brief, rounds=2).to_json() == programme.to_json()


def test_capacity_spreads_departures_and_shuts_out_the_too_small(few: rp.Network) -> None:
    brief = rp.ProgrammeBrief(
        year=2027,
        corridors=("south",),
        routes=3,
        mix={"day": 3},
        departures_a_week=3,
        usual_capacity=12,
        capacity_a_day={"lang-cuu": 11},
    )
    programme = rp.design_programme(few, brief, rounds=1)
    assert rp.check_programme(programme, few) == []
    assert all(load.peak <= 12 for load in programme.load)
    assert "lang-cuu" not in {load.site_id for load in programme.load}
    told = {place.site_id: place for place in programme.uncovered}
    if "lang-cuu" in programme.to_cover:
        assert told["lang-cuu"].reason == "capacity"
    assert any("fewer visitors" in note for note, _ in programme.notes)


def test_what_cannot_be_covered_is_listed_with_its_reason(sites: gpd.GeoDataFrame) -> None:
    ids = ["ha-thai-lacquer", "chuon-ngo-mother-of-pearl", "quat-dong-embroidery", "lang-cuu", "bat-trang"]
    network = small_network(sites, ids)
    brief = rp.ProgrammeBrief(
        year=2027,
        corridors=("south",),
        routes=1,
        mix={"half_day": 1},
        villages=tuple(ids),
        forbidden=("quat-dong-embroidery",),
        day_end=time(11),
    )
    programme = rp.design_programme(network, brief, rounds=1)
    reasons = {place.site_id: place.reason for place in programme.uncovered}
    assert reasons["quat-dong-embroidery"] == "forbidden"
    assert reasons["bat-trang"] == "unreachable"
    assert set(reasons) | set(programme.covered) == set(ids)
    for place in programme.uncovered:
        assert place.detail
        assert place.detail_vi
    assert rp.check_programme(programme, network) == []


def test_a_former_programme_is_never_lost(programme: rp.Programme, few: rp.Network) -> None:
    brief = rp.ProgrammeBrief.from_dict(programme.brief)
    poor = rp.design_programme(few, brief, rounds=1, seed=3, start_from=programme)
    key = len(poor.covered), round(poor.value, 3)
    assert key >= (len(programme.covered), round(programme.value, 3))


def test_themes_asked_for_are_shown(programme: rp.Programme) -> None:
    least = {"handicraft": 1, "history": 1}
    for theme, count in least.items():
        assert sum(theme in card.themes for card in programme.cards) >= count


def test_a_brief_names_all_its_faults() -> None:
    with pytest.raises(rp.RequestError) as caught:
        rp.ProgrammeBrief(year=2027, routes=0, cover=2.0, mix={"dya": 1}, departures_a_week=9, mode="mixed")
    words = " ".join(caught.value.faults)
    for name in ("routes", "cover", "mix", "departures_a_week", "mode"):
        assert name in words
    with pytest.raises(rp.RequestError, match="did you mean 'day'"):
        rp.ProgrammeBrief(year=2027, mix={"dya": 6})
    with pytest.raises(rp.RequestError, match="agree"):
        rp.ProgrammeBrief(year=2027, routes=6, mix={"day": 4})
    with pytest.raises(rp.RequestError, match="corridros"):
        rp.ProgrammeBrief.from_dict({"year": 2027, "corridros": []})


def test_what_cannot_be_is_refused_at_once() -> None:
    with pytest.raises(rp.RequestError) as caught:
        rp.ProgrammeBrief(
            year=2027,
            routes=3,
            capacity_a_day=None,  # type: ignore[arg-type]
            first_day=date(2026, 3, 14),
            theme_routes={"handicraft": 4, "history": 3},
        )
    assert [fault.partition(":")[0] for fault in caught.value.faults] == [
        "capacity_a_day",
        "first_day",
        "theme_routes['handicraft']",
    ]
    rp.ProgrammeBrief(
        year=2027, routes=3, theme_routes={"handicraft": 3, "history": 3}
    )  # a route may show both


def test_faults_of_kinds_do_not_hide_others() -> None:
    with pytest.raises(rp.RequestError) as caught:
        rp.ProgrammeBrief(
            year=2027,
            corridors="south",  # type: ignore[arg-type]
            routes=0,
            mix=5,  # type: ignore[arg-type]
            day_start="8",  # type: ignore[arg-type]
            quiet_months=("July",),  # type: ignore[arg-type]
            mode="raod",
            vehicle="minibus",
            themes={"x": 7.0},
        )
    told = {fault.partition(":")[0].partition("[")[0] for fault in caught.value.faults}
    assert told == {"corridors", "routes", "mix", "day_start", "quiet_months", "mode", "vehicle", "themes"}


def test_with_a_catalogue_a_brief_names_faults_and_unknown_names_together(few: rp.Network) -> None:
    wrong = {
        "routs": 3,
        "people": "x",
        "corridors": ["souht"],
        "villages": ["ha-thai-laquer"],
        "capacity_a_day": {"nowhere": 5},
        "overnight": {"wset": "lang-cu"},
        "themes": {"handicarft": 1.0},
        "theme_routes": {"histroy": 1},
        "forbidden": ["lang-cuuu"],
    }
    with pytest.raises(rp.RequestError) as caught:
        rp.ProgrammeBrief.from_dict(wrong, sites=few.sites)
    told = [fault.partition(":")[0] for fault in caught.value.faults]
    assert sorted(told) == sorted([*wrong, "year", "overnight"])
    assert sum("did you mean" in fault for fault in caught.value.faults) >= 7
    right = {"year": 2027, "villages": ["Lang Cuu"], "capacity_a_day": {"Làng Cựu": 40}}
    assert rp.ProgrammeBrief.from_dict(right, sites=few.sites).villages == ("Lang Cuu",)


def test_a_brief_names_what_the_catalogue_does_not_know(few: rp.Network) -> None:
    brief = rp.ProgrammeBrief(
        year=2027,
        corridors=("souht",),
        villages=("ha-thia-lacqer",),
        capacity_a_day={"nowhere": 5},
        themes={"handicarft": 1.0},
    )
    with pytest.raises(rp.RequestError) as caught:
        rp.design_programme(few, brief)
    words = " ".join(caught.value.faults)
    for name in ("souht", "ha-thia-lacqer", "nowhere", "handicarft", "did you mean"):
        assert name in words


def test_a_brief_reads_back_as_it_was_written() -> None:
    brief = rp.ProgrammeBrief(
        year=2030,
        routes=9,
        themes={"handicraft": 1.0},
        first_day=date(2030, 10, 12),
        lunch=None,
        villages=("bat-trang",),
    )
    assert rp.ProgrammeBrief.from_dict(json.loads(json.dumps(brief.to_dict()))) == brief


def test_a_corridor_of_several_cities_has_routes_of_as_many_days(sites: gpd.GeoDataFrame) -> None:
    gates = sites.index[sites["kind"] == "gateway"]
    network = small_network(
        sites,
        [*gates, "van-mieu-quoc-tu-giam", "hoa-lo", "hue-ngo-mon", "hue-thien-mu", "chung-tich-chien-tranh"],
    )
    with pytest.raises(rp.RequestError, match="3 cities"):
        rp.ProgrammeBrief(year=2027, corridors=("hanoi-hue-saigon",), routes=2, mix={"day": 2})
    brief = rp.ProgrammeBrief(year=2027, corridors=("inner", "hanoi-hue-saigon"), routes=2)
    found = rp.design_programme(network, brief, rounds=1)
    assert Counter((card.corridor, card.form) for card in found.cards) == {
        ("inner", "day"): 1,
        ("hanoi-hue-saigon", "three_day"): 1,
    }
    read = rp.Programme.from_dict(json.loads(found.to_json()))
    assert read == found
    assert rp.check_programme(read, network) == []
    flown = read.routes[1]
    assert {leg.mode for day in flown.days for leg in day.legs} >= {"air"}
    later = replace(flown.days[0], date=flown.days[0].date + timedelta(days=1))
    wrong = replace(read, routes=(read.routes[0], replace(flown, days=(later, *flown.days[1:]))))
    assert rp.check_programme(wrong, network)
    paid = rp.impact(found, network)
    flights = sum(leg.mode == "air" for day in flown.days for leg in day.legs)
    fares = (
        paid.parameters.loc["flight_person", "mid"] * flights * brief.people * sum(found.cards[1].departures)
    )
    assert paid.by("category").loc["flight", "spend_mid"] == pytest.approx(fares)
    reach = rp.gaps(network, brief, programme=found)
    assert (
        reach.loc[["hue-ngo-mon", "chung-tich-chien-tranh"], "status"].isin(["in_reach", "on_a_route"]).all()
    )


def test_a_saved_programme_by_road_knows_nothing_of_other_flights(
    programme: rp.Programme, few: rp.Network
) -> None:
    data = json.loads(programme.to_json())
    for route in data["routes"]:
        route["network"]["content"] = "0123456789abcdef"  # as of other flights and trains: no part differs
    assert rp.check_programme(rp.Programme.from_dict(data), few) == []
    data["routes"][0]["network"]["speeds"]["content"] = "0123456789abcdef"
    assert [v.rule for v in rp.check_programme(rp.Programme.from_dict(data), few)] == ["route: network"]


@pytest.mark.parametrize("year", [2026, 2027, 2028, 2031])
def test_routes_are_timed_on_the_second_saturday_of_march(year: int) -> None:
    day = usual_date(year)
    assert (day.month, day.weekday()) == (3, 5)
    assert 8 <= day.day <= 14


def test_the_judge_lets_days_stand_in_for_forms_that_are_few_only_where_no_mix_is_asked_for() -> None:
    free = rp.ProgrammeBrief(year=2027, corridors=("south",), routes=12)
    asked = form_counts(free)
    few = asked | {"half_day": asked["half_day"] - 1, "two_day": 0}
    assert _most_of_forms(free, few)["day"] == asked["day"] + 1 + asked["two_day"]
    assert _most_of_forms(free, asked | {"half_day": asked["half_day"] + 1}) == asked
    assert _most_of_forms(replace(free, mix=asked), few) == asked


def test_a_route_that_pauses_is_noted(sites: gpd.GeoDataFrame) -> None:
    ids = ["ha-thai-lacquer", "lang-cuu"]
    rows = sites.loc[["ho-hoan-kiem", *ids]].copy()
    rows.loc[ids, "opening_hours"] = "Nov-Mar 08:00-17:00"
    network = rp.build_network(rows)
    brief = rp.ProgrammeBrief(
        year=2027, corridors=("south",), routes=1, mix={"day": 1}, quiet_months=(1, 12), cover=0.0
    )
    programme = rp.design_programme(network, brief, rounds=1)
    card = programme.cards[0]
    assert [month for month, count in enumerate(card.departures, 1) if not count] == [4, 5, 6, 7, 8, 9, 10]
    assert card.cancelled > sum(card.departures) / 3
    for lang, months in (("en", "R1: no departure in April to October"), ("vi", "tháng 4–10")):
        assert months in programme.to_text(lang)
        assert months in rp.programme_report(programme, network, lang=lang)
    dates = card.cancelled + sum(card.departures)
    assert f"R1: {card.cancelled} of {dates} dates" in programme.to_text("en")
    assert "1 routes" not in programme.to_text("en")
    assert "1 route, " in programme.to_text("en")


def test_a_programme_that_runs_all_year_has_no_such_note(programme: rp.Programme) -> None:
    for card in programme.cards:
        noted = any(note.startswith(f"{card.key}: no departure") for note, _ in programme.notes)
        assert noted == any(
            not count for month, count in enumerate(card.departures, 1) if month not in (5, 6, 7, 8)
        )


def test_reasons_claim_no_more_than_was_found(few: rp.Network) -> None:
    brief = rp.ProgrammeBrief(year=2027, corridors=("south",), routes=1, mix={"half_day": 1})
    told = rp.design_programme(few, brief, rounds=1).uncovered
    assert "no_room" in {place.reason for place in told}
    for place in told:
        if place.reason == "no_room":
            assert "not proved" in place.detail
            assert "chưa được chứng minh" in place.detail_vi


def test_forms_that_cannot_be_had_name_the_causes_that_can_be(sites: gpd.GeoDataFrame) -> None:
    network = small_network(sites, ["duong-lam-ancient-village"])
    brief = rp.ProgrammeBrief(
        year=2027, corridors=("northwest",), routes=2, mix={"half_day": 1, "day": 1}, cover=0.0
    )
    programme = rp.design_programme(network, brief, rounds=1)
    note, note_vi = next(pair for pair in programme.notes if "half day" in pair[0])
    assert note.startswith("0 of 1 route of")
    assert "time on the way" in note
    assert "trên đường" in note_vi
