from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

import routeplanner as rp
from routeplanner._clock import TIMEZONE
from routeplanner.planning.measures import measures

if TYPE_CHECKING:
    import geopandas as gpd

SATURDAY = date(2027, 3, 13)
A, B, C = (105.85, 21.0), (105.85, 20.9), (105.80, 20.9)
WISH = rp.TripRequest(first_day=SATURDAY, themes={"handicraft": 1.0}, people=10)


def clock(text: str) -> datetime:
    return datetime.fromisoformat(f"2027-03-13T{text}").replace(tzinfo=TIMEZONE)


def leg(
    a: str, b: str, leaves: str, arrives: str, metres: int, *line: tuple[float, float], **more: Any
) -> rp.Leg:
    minutes = (clock(arrives) - clock(leaves)).total_seconds()
    values: dict[str, Any] = {
        "from_id": a,
        "to_id": b,
        "mode": "coach",
        "distance_m": metres,
        "duration_s": int(minutes) - 20,
        "departure": clock(leaves),
        "arrival": clock(arrives),
        "geometry": line,
    }
    return rp.Leg(**(values | more))


def stop(site: str, start: str, ends: str, prize: float, **more: Any) -> rp.Stop:
    values: dict[str, Any] = {
        "site_id": site,
        "name_vi": site,
        "name_en": site,
        "kind": "craft_village",
        "lon": 0,
        "lat": 0,
        "arrival": clock(start),
        "start": clock(start),
        "departure": clock(ends),
        "prize": prize,
    }
    return rp.Stop(**(values | more))


def place(moment: str) -> Any:
    return rp.Terminal(site_id="hotel", name_vi="", name_en="", lon=0, lat=0, time=clock(moment))


@pytest.fixture(scope="module")
def day() -> rp.Day:
    """Out to two villages and back over the same road, ten hours, two of them on the way."""
    return rp.Day(
        date=SATURDAY,
        start=place("07:00"),
        end=place("17:00"),
        stops=(
            stop(
                "ha-thai-lacquer",
                "08:00",
                "11:00",
                6.0,
                crafts=("lacquer",),
                certainty="known",
                significance=4,
                fee_vnd=20_000,
            ),
            stop("thay-pagoda", "12:20", "16:20", 2.0, significance=5),
        ),
        breaks=(rp.Break(kind="lunch", start=clock("11:00"), end=clock("12:00"), site_id="ha-thai-lacquer"),),
        legs=(
            leg("hotel", "ha-thai-lacquer", "07:00", "08:00", 30_000, A, B),
            leg("ha-thai-lacquer", "thay-pagoda", "12:00", "12:20", 5_000, B, C),
            leg("thay-pagoda", "hotel", "16:20", "17:00", 35_000, C, B, A),
        ),
    )


@pytest.fixture(scope="module")
def rows(sites: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Give the two villages fees and themes that are known here."""
    known = sites.loc[["ha-thai-lacquer", "thay-pagoda"]].copy()
    known["fee_vnd"] = [20_000, 10_000]
    known["themes"] = [["handicraft"], ["spiritual"]]
    return known


def test_measures_of_a_day_by_hand(day: rp.Day, rows: gpd.GeoDataFrame) -> None:
    found = measures([day], rows, WISH)
    # a 16-seat minibus costs 1,050,000 a day and 4,000 a kilometre; a coach gives 0.02733 kg a passenger-km
    assert found == {
        "stops_per_day": [2],
        "travel_min": 120,
        "distance_km": 70.0,
        "road_share": 0.2,
        "longest_leg_min": 60,
        "lunch_at": [{"at": "11:00", "site_id": "ha-thai-lacquer"}],
        "theme_share": 0.75,
        "variety": 1.0,
        "backtracking": 0.5,
        "headline": "thay-pagoda",
        "certainty": 0.5,
        "cost_vnd_per_person": (1_050_000 + 70 * 4_000) // 10 + 30_000,
        "cost_is_partial": False,
        "kg_co2e_per_person": pytest.approx(70 * 0.02733, abs=0.005),
    }


def test_an_unknown_fee_makes_the_cost_partial(day: rp.Day, rows: gpd.GeoDataFrame) -> None:
    unknown = rows.copy()
    unknown["fee_vnd"] = [20_000, None]
    unknown["fee_vnd"] = unknown["fee_vnd"].astype(object).where(unknown["fee_vnd"].notna(), None)
    found = measures([day], unknown, WISH)
    assert found["cost_is_partial"] is True
    assert found["cost_vnd_per_person"] == 133_000 + 20_000


def test_two_villages_of_one_craft_are_less_variety(day: rp.Day, rows: gpd.GeoDataFrame) -> None:
    same = replace(day, stops=tuple(replace(s, crafts=("lacquer", "gilding")) for s in day.stops))
    assert measures([same], rows, WISH)["variety"] == 0.5


def test_without_themes_every_prize_is_on_theme(day: rp.Day, rows: gpd.GeoDataFrame) -> None:
    assert measures([day], rows, replace(WISH, themes={}))["theme_share"] == 1.0
    assert measures([day], rows, replace(WISH, themes={"nature": 1.0}))["theme_share"] == 0.0


def test_a_boat_has_neither_price_nor_factor(day: rp.Day, rows: gpd.GeoDataFrame) -> None:
    by_boat = replace(day, legs=(replace(day.legs[0], mode="boat"), *day.legs[1:]))
    found = measures([by_boat], rows, replace(WISH, mode="river"))
    assert found["kg_co2e_per_person"] is None
    assert found["cost_is_partial"] is True
    assert found["cost_vnd_per_person"] is None
    village, road = metres(B, C), metres(A, B)  # the way out was by water: only B to C is driven twice
    assert found["backtracking"] == pytest.approx(village / (2 * village + road), abs=1e-3)


def test_emissions_by_vehicle(day: rp.Day, rows: gpd.GeoDataFrame) -> None:
    def by(mode: str) -> float:
        legs = tuple(replace(part, mode=mode) for part in day.legs)
        return float(measures([replace(day, legs=legs)], rows, WISH)["kg_co2e_per_person"])

    assert by("bicycle") == by("foot") == 0
    assert by("motorbike") == pytest.approx(70 * 0.09083 / 2, abs=0.005)
    assert by("car") == pytest.approx(70 * 0.17048 / 4, abs=0.005)


def test_an_empty_trip_has_measures_too(rows: gpd.GeoDataFrame) -> None:
    idle = rp.Day(date=SATURDAY, start=place("08:00"), end=place("08:00"), stops=(), breaks=(), legs=())
    found = measures([idle], rows.iloc[:0], WISH)
    assert found["stops_per_day"] == [0]
    assert found["road_share"] == found["distance_km"] == found["travel_min"] == 0
    assert found["headline"] is found["variety"] is found["certainty"] is found["theme_share"] is None
    assert found["cost_vnd_per_person"] == 0


@pytest.mark.parametrize("corridor", ["south", "southwest", "west", "northwest", "river"])
def test_measures_of_real_days_agree_with_their_legs_and_stops(corridor: str, network: rp.Network) -> None:
    mode = "river" if corridor == "river" else "road"
    wish = rp.TripRequest(first_day=SATURDAY, corridor=corridor, mode=mode, themes={"history": 0.7})
    trip = rp.plan(network, wish, iterations=100)
    found, one = trip.measures, trip.days[0]
    on_the_way = (one.end.time - one.start.time).total_seconds() / 60 - sum(
        (s.departure - s.arrival).total_seconds() / 60 for s in one.stops
    )
    ashore = [b for b in one.breaks if not b.aboard]  # aboard one eats while the boat goes on
    after = [b for b in ashore for s in one.stops if s.site_id == b.site_id and b.start >= s.departure]
    on_the_way -= sum((b.end - b.start).total_seconds() / 60 for b in after)
    assert found["travel_min"] == on_the_way
    assert found["stops_per_day"] == [len(one.stops)]
    assert found["distance_km"] == pytest.approx(one.distance_m / 1000, abs=0.06)
    assert found["road_share"] == pytest.approx(
        on_the_way * 60 / (one.end.time - one.start.time).total_seconds(), abs=1e-3
    )
    rank = network.sites["significance"]
    assert rank[found["headline"]] == max(rank[s.site_id] for s in one.stops)
    assert 0 <= found["theme_share"] <= 1
    assert 0 < found["variety"] <= 1
    drawn = sum(metres(p, q) for g in one.legs for p, q in pairwise(g.geometry))
    assert drawn == pytest.approx(one.distance_m, rel=0.3)


def metres(p: tuple[float, float], q: tuple[float, float]) -> float:
    return 111_195 * math.hypot((p[0] - q[0]) * math.cos(math.radians(p[1])), p[1] - q[1])
