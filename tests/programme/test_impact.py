"""Impact: sums that agree, figures reckoned by hand from the routes, parameters that can be replaced."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

import routeplanner as rp
from routeplanner.programme.impact import FIELDS, full_cost

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd


def test_sums_by_route_commune_field_and_category_agree(programme: rp.Programme, few: rp.Network) -> None:
    found = rp.impact(programme, few)
    totals = found.totals
    for column in ("route", "commune", "field", "category"):
        table = found.by(column)
        for name in table.columns:
            assert table[name].sum() == pytest.approx(totals[name]), (column, name)
    assert set(found.by("field").index) <= set(FIELDS)
    by_mode = found.by_mode()
    for level in ("low", "mid", "high"):
        assert by_mode[f"kg_co2e_{level}"].sum() == pytest.approx(totals[f"kg_co2e_{level}"])


def test_hours_and_visitors_are_those_of_the_routes(programme: rp.Programme, few: rp.Network) -> None:
    totals = rp.impact(programme, few).totals
    hours = visitors = 0.0
    for card, route in zip(programme.cards, programme.routes, strict=True):
        year = sum(card.departures)
        visitors += year * 12
        hours += year * 12 * sum((s.departure - s.start).total_seconds() for s in route.stops) / 3600
    assert totals["visitors"] == visitors
    assert totals["visitor_hours"] == pytest.approx(hours)


def test_low_mid_and_high_rise(programme: rp.Programme, few: rp.Network) -> None:
    found = rp.impact(programme, few)
    for table in (found.ledger, found.emissions, found.cost):
        assert (table["low"] <= table["mid"]).all()
        assert (table["mid"] <= table["high"]).all()
    assert (found.ledger["local_high"] <= found.ledger["high"] + 1e-9).all()


def test_the_cost_of_a_day_is_what_its_parts_cost(programme: rp.Programme, few: rp.Network) -> None:
    found = rp.impact(programme, few, group_sizes=(5, 12, 40))
    table = found.parameters["mid"]
    for card, route in zip(programme.cards, programme.routes, strict=True):
        if card.form != "day":
            continue
        km = sum(leg.distance_m for day in route.days for leg in day.legs if leg.mode == "coach") / 1000
        villages = sum(stop.kind == "craft_village" for stop in route.stops)
        fees = sum(table["fee_unknown"] if stop.fee_vnd is None else stop.fee_vnd for stop in route.stops)
        each = fees + villages * table["workshop"] * table["workshop_uptake"] + table["meal"]
        for people, vehicle, count in ((5, "car7", 1), (12, "minibus16", 1), (40, "coach45", 1)):
            shared = table["guide_day"] + count * (
                table[f"hire_day:{vehicle}"] + km * table[f"hire_km:{vehicle}"]
            )
            row = found.cost[(found.cost["route"] == card.key) & (found.cost["people"] == people)].iloc[0]
            assert row["vehicle"] == vehicle
            assert row["mid"] == pytest.approx(shared / people + each, abs=1)


def test_a_seat_each_is_the_drivers_and_the_guides(programme: rp.Programme, few: rp.Network) -> None:
    held = {
        2: ("car4", 1),
        3: ("car7", 1),
        5: ("car7", 1),
        6: ("minibus16", 1),
        14: ("minibus16", 1),
        15: ("coach29", 1),
        27: ("coach29", 1),
        28: ("coach45", 1),
        43: ("coach45", 1),
        44: ("coach45", 2),
        86: ("coach45", 2),
        87: ("coach45", 3),
    }
    cost = rp.impact(programme, few, group_sizes=tuple(held)).cost
    for people, vehicle, count in zip(cost["people"], cost["vehicle"], cost["vehicles"], strict=True):
        assert (vehicle, count) == held[people], people
    trip, table = programme.routes[0], rp.load_parameters()
    full = [full_cost(trip, table, people=people, vehicle="minibus16")[1] * people for people in (13, 14, 15)]
    assert full[2] - full[1] > 1.5 * (full[1] - full[0])  # the fifteenth guest needs a second minibus


def test_a_night_at_the_start_is_not_bought(sites: gpd.GeoDataFrame) -> None:
    villages = ["duong-lam-ancient-village", "mia-pagoda", "va-temple", "chua-thay", "chua-tay-phuong"]
    network = rp.build_network(
        sites.loc[["ho-hoan-kiem", *(site for site in villages if site in sites.index)]]
    )
    brief = rp.ProgrammeBrief(
        year=2027, corridors=("northwest",), routes=1, mix={"two_day": 1}, villages=(), overnight={}
    )
    away = rp.design_programme(network, brief, rounds=1)
    home = rp.design_programme(network, replace(brief, overnight={"northwest": "ho-hoan-kiem"}), rounds=1)
    assert away.routes[0].days[0].end.site_id == "duong-lam-ancient-village"
    assert home.routes[0].days[0].end.site_id == "ho-hoan-kiem"
    for made, nights in ((away, 1), (home, 0)):
        assert rp.check_programme(made, network) == []
        found = rp.impact(made, network)
        ledger = found.ledger
        assert (ledger["category"] == "lodging").sum() == nights
        spent = ledger[~ledger["category"].isin(["hours", "purchase"])]["mid"].sum()
        assert spent == pytest.approx(found.cost.set_index("people").loc[12, "mid"] * 12, abs=12)
        said = [note for note in made.notes if "sleeps at home" in note[0] and "ngủ tại nhà" in note[1]]
        assert len(said) == 1 - nights
        assert any("no place had to be covered" in note[0] for note in made.notes)


def test_the_ledger_of_a_departure_is_what_its_visitors_pay(programme: rp.Programme, few: rp.Network) -> None:
    found = rp.impact(programme, few)
    own = found.ledger[~found.ledger["category"].isin(["hours", "purchase"])]
    for level in ("low", "mid", "high"):
        spent = own.groupby("route")[level].sum()
        paid = found.cost[found.cost["people"] == 12].set_index("route")[level] * 12
        assert spent.to_dict() == pytest.approx(paid.to_dict(), abs=12)


def test_emissions_of_the_middle_are_the_measures(programme: rp.Programme, few: rp.Network) -> None:
    found = rp.impact(programme, few)
    by_route = found.emissions.groupby("route")["mid"].sum() / 12
    for card, route in zip(programme.cards, programme.routes, strict=True):
        assert by_route[card.key] == pytest.approx(route.measures["kg_co2e_per_person"], abs=0.01)


def test_statistics_by_field_are_a_recount(programme: rp.Programme, few: rp.Network) -> None:
    found = rp.impact(programme, few)
    table = rp.field_statistics(programme, few)
    for name in ("visitor_hours", "spend_low", "spend_mid", "spend_high", "local_mid"):
        assert table[name].sum() == pytest.approx(found.totals[name])
    own = few.sites[few.sites["corridors"].map(lambda keys: "south" in keys)]
    visited = {stop.site_id for route in programme.routes for stop in route.stops}
    own = own[(own.index != "ho-hoan-kiem") & ~own["kind"].isin(["gateway", "waterway_stop"])]
    brief = rp.ProgrammeBrief.from_dict(programme.brief)
    assert table["places"].sum() == len(own) == len(rp.gaps(few, brief, programme=programme))
    assert table["on_routes"].sum() == len(visited)
    assert table["recognised"].sum() == len(programme.to_cover)
    assert table["recognised_on_routes"].sum() == len(programme.covered)
    calls = sum(
        12 * sum(card.departures) * len(route.stops)
        for card, route in zip(programme.cards, programme.routes, strict=True)
    )
    assert table["visits"].sum() == calls
    assert table["share_of_hours"].sum() == pytest.approx(1)
    for field in table.index[table["on_routes"] > 0]:
        assert 1 <= table.loc[field, "routes"] <= len(programme.routes)


def test_parameters_say_where_they_come_from() -> None:
    table = rp.load_parameters()
    sourced = table[table["basis"] == "sourced"]
    assert sourced["source"].str.startswith("http").all()
    assert set(table["basis"]) == {"sourced", "judgement"}
    assert (table["unit"] != "").all()


def test_a_user_replaces_parameters(programme: rp.Programme, few: rp.Network, tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text("key,low,mid,high\nmeal,0,0,0\n", encoding="utf-8")
    own = rp.load_parameters(path)
    assert own.loc["meal", "high"] == 0
    assert own.loc["guide_day", "mid"] == rp.load_parameters().loc["guide_day", "mid"]
    rp.load_parameters().to_csv(path)
    assert rp.load_parameters(path).astype(str).equals(rp.load_parameters().astype(str))
    without = rp.impact(programme, few, parameters=own)
    assert "meal" not in without.by("category").query("spend_high > 0").index


def test_faults_of_parameters_are_named_together(
    tmp_path: Path, programme: rp.Programme, few: rp.Network
) -> None:
    path = tmp_path / "own.csv"
    path.write_text("key,low,mid,high\nmeal,3,2,1\n", encoding="utf-8")
    with pytest.raises(rp.DataFileError, match="meal: low, mid and high do not rise"):
        rp.load_parameters(path)
    path.write_text("key,low,mid,high\nmeal,a,2,-1\nmeal,1,2,3\n", encoding="utf-8")
    with pytest.raises(rp.DataFileError) as caught:
        rp.load_parameters(path)
    assert len(caught.value.faults) >= 3
    path.write_text("key,low,mid,high\nlocal_share:meal,0.5,0.9,1.5\n", encoding="utf-8")
    with pytest.raises(rp.DataFileError, match=r"local_share:meal: high is 1\.5; a share is 1 at most"):
        rp.load_parameters(path)
    path.write_text("key,low,mid,high\nmeals,1,2,3\nworkshop,3,2,1\n", encoding="utf-8")
    with pytest.raises(rp.DataFileError) as caught:
        rp.load_parameters(path)
    assert "meals: no such parameter; did you mean 'meal'" in caught.value.faults[0]
    assert "workshop: low, mid and high do not rise" in caught.value.faults[1]
    with pytest.raises(rp.RequestError, match="group_sizes"):
        rp.impact(programme, few, group_sizes=[0])
    with pytest.raises(rp.RequestError, match="missing"):
        rp.impact(programme, few, parameters=rp.load_parameters().drop(index="meal"))


def test_numbers_are_read_as_they_are_written_in_vietnam(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    excel = "\ufeffkey;low;mid;high;unit\nmeal;80.000;100.000;1.234.567,5;VND/person\n"
    excel += "workshop_uptake;0,2;0,5;0,8;\n;;;;\n"
    comma = 'key,low,mid,high\nmeal,"80,000","100.000","1,234,567.5"\nworkshop_uptake,.2,"0,5",8e-1\n'
    for text in (excel, comma, excel.replace(";", "\t")):
        path.write_text(text, encoding="utf-8")
        own = rp.load_parameters(path)
        assert own.loc["meal", ["low", "mid", "high"]].tolist() == [80_000, 100_000, 1_234_567.5]
        assert own.loc["workshop_uptake", ["low", "mid", "high"]].tolist() == [0.2, 0.5, 0.8]
        assert own["unit"].equals(rp.load_parameters()["unit"])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("co2:car,1.500,2,3,", "co2:car: low is 1.500; it can be 1.5 or 1500; write 1500, or 1.5"),
        ("meal,1,2,3,USD/person", "meal: the unit is 'USD/person'; give 'VND/person', and the values in it"),
        ("meal,-1,2,3,", "meal: low is -1; give a number, 0 or more"),
        ("meal,1,,3,", "meal: mid is missing; give a number, 0 or more"),
        ("meal,1,2,1_000,", "meal: high is 1_000; give a number, 0 or more"),
        ("meal,1,5,2,2,5,", "line 2: 7 fields for 5 names; put numbers with a comma in quotes"),
    ],
)
def test_what_cannot_be_read_surely_is_refused_in_words(text: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text(f"key,low,mid,high,unit\n{text}\n", encoding="utf-8")
    with pytest.raises(rp.DataFileError) as caught:
        rp.load_parameters(path)
    assert len(caught.value.faults) == 1
    assert words in caught.value.faults[0]


def test_a_table_of_parameters_is_judged_like_a_file(programme: rp.Programme, few: rp.Network) -> None:
    for column, value, words in (("low", -1, "low is -1; give"), ("unit", "VND", "give 'VND/person'")):
        table = rp.load_parameters()
        table.loc["meal", column] = value
        with pytest.raises(rp.DataFileError, match=words):
            rp.impact(programme, few, parameters=table)
    written = rp.load_parameters().astype({"mid": object})
    written.loc["meal", "mid"] = "100.000"
    assert rp.impact(programme, few, parameters=written).parameters.loc["meal", "mid"] == 100_000


def test_a_file_that_is_not_there_is_told_in_words(tmp_path: Path) -> None:
    with pytest.raises(rp.DataFileError, match="the file does not exist") as caught:
        rp.load_parameters(tmp_path / "none.csv")
    assert "Errno" not in str(caught.value)
