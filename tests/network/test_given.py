"""Arguments of the wrong kind: one clear error each, that names the argument, the value and what to give instead."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

import pytest
import shapely

import routeplanner as rp
from routeplanner._clock import TIMEZONE
from routeplanner.network import load_river, load_sailings, save_sailings, usual_water_level_m
from routeplanner.network.files import network_of
from routeplanner.network.isochrones import _degrees

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from routeplanner.network import Network


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"traffic": True}, r"traffic: True is no Traffic; give load_traffic\(\)"),
        ({"traffic": "own.csv"}, r"traffic: 'own.csv' is no Traffic"),
        ({"sailings": "boats.zip"}, r"sailings: 'boats.zip' are no sailings; give load_sailings\(\)"),
        ({"sailings": 5}, "sailings: 5 are no sailings"),
        ({"speeds": 40}, "speeds: 40 is no Speeds"),
        ({"river": "red"}, r"river: 'red' is no River; give load_river\(\)"),
        ({"cache": 3}, "cache: 3 names no folder"),
        ({"roads": "x.osm"}, r"roads: 'x.osm' is the name of a file; give roads_from_file\('x.osm'\)"),
        ({"roads": 7}, "roads: 7 is no graph"),
        ({"sites": None}, r"sites: None is no GeoDataFrame; give what load_sites\(\) returns"),
    ],
)
def test_a_network_of_wrong_things_is_refused(network: Network, given: dict[str, Any], words: str) -> None:
    with pytest.raises(rp.NetworkError, match=words):
        rp.build_network(**{"sites": network.sites, **given})


def test_all_wrong_things_are_named_at_once(network: Network) -> None:
    with pytest.raises(rp.NetworkError) as caught:
        rp.build_network(network.sites, "x.osm", traffic=1, cache=2)  # type: ignore[arg-type]
    assert [fault.split(":")[0] for fault in caught.value.faults] == ["roads", "traffic", "cache"]


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda n: n.matrix("bat-trang", "car"), "places: 'bat-trang' is one key; give a list of keys"),
        (lambda n: n.matrix(None, "car"), "places: None is no list"),
        (lambda n: n.matrix([1, "bat-trang"], "car"), "place 1 is not in the network"),
        (
            lambda n: n.matrix(["bat-trang"], "car", depart="8:00"),
            "depart: '8:00' is no moment; give a datetime",
        ),
        (lambda n: n.path("bat-trang", "ho-hoan-kiem", "car", depart=time(8)), "depart: datetime.time"),
        (lambda n: n.drive("bat-trang", "ho-hoan-kiem", "car", depart=None), "depart: None is no moment"),
        (lambda n: n.router("car", depart=date(2027, 3, 1)), "depart: datetime.date"),
        (
            lambda n: n.subgraph(["bat-trang", "ho-hoan-kim"]),
            "'ho-hoan-kim' is not in the network; did you mean",
        ),
        (
            lambda _: rp.isochrones(None, "ho-hoan-kiem", 15),
            r"network: NoneType is none; make one with build_network",
        ),
        (lambda n: rp.isochrones(n, "ho-hoan-kiem", "15"), "minutes: '15'; give one or more numbers"),
        (lambda n: rp.isochrones(n, "ho-hoan-kiem", None), "minutes: None"),
        (lambda n: rp.isochrones(n, "ho-hoan-kiem", [15, "30"]), "minutes: "),
        (lambda n: rp.isochrones(n, (105.8,), 15), r"from_: \(105.8,\) is no place"),
        (lambda n: rp.isochrones(n, "ho-hoan-kiem", 15, reach_m="far"), "reach_m: 'far'"),
        (lambda n: rp.isochrones(n, "ho-hoan-kiem", 15, depart="8:00"), "depart: '8:00'"),
        (rp.isochrone_layer, "areas: a value of type Network is no table of areas"),
        (lambda _: load_river(5), "boat 5 is no key"),
        (lambda _: load_river(water_level_m="high"), "water_level_m: 'high' is no water level"),
        (lambda _: load_sailings(5), "path: 5 names no file; give a GTFS zip file or folder"),
        (lambda _: rp.load_traffic(5), "path: 5 names no file; give a CSV file"),
        (lambda _: rp.load_traffic(bans=True), "path: True names no file"),
        (lambda _: rp.roads_from_file(None), "path: None names no file"),
        (lambda _: rp.roads_from_file(""), "path: '' names no file"),
        (lambda _: rp.roads_from_osm(""), "place: '' is no name; give one, such as 'Hội An, Việt Nam'"),
        (lambda _: rp.roads_from_osm(place=5), "place: 5 is no name"),
        (lambda _: save_sailings("boats", "x.zip"), "sailings: 'b' is no Sailing"),
        (lambda _: save_sailings(None, "x.zip"), "sailings: None is no Sailing"),
        (lambda _: save_sailings(load_sailings(), None), "path: None names no file"),
    ],
)
def test_a_wrong_argument_is_named_with_its_remedy(
    network: Network, ask: Callable[[Network], object], words: str
) -> None:
    with pytest.raises((rp.NetworkError, rp.DataFileError, rp.RequestError), match=words):
        ask(network)


def test_a_table_without_its_columns_says_which_they_are(tmp_path: Path) -> None:
    own = tmp_path / "own.csv"
    own.write_text("day,hour\nMo,7\n", "utf-8")
    with pytest.raises(
        rp.NetworkError, match=r"no column days, from, urban, rural; the first line has to be days,from"
    ):
        rp.load_traffic(own)
    own.write_text("\ufeffdays,from,urban,rural\nMo-Su,00:00,1,1\n", "utf-8")  # as a spreadsheet writes it
    assert len(rp.load_traffic(own).periods) == 1


# -- water -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("moment", [date(2027, 8, 2), datetime(2027, 8, 2, 9, tzinfo=TIMEZONE), 8])
def test_a_month_is_taken_from_a_date(moment: Any) -> None:
    assert usual_water_level_m(moment) == 4.2


@pytest.mark.parametrize("wrong", [None, "August", 0, 13, 8.0, True])
def test_what_is_no_month_is_refused(wrong: Any) -> None:
    with pytest.raises(rp.NetworkError, match=r"month: .* give 1 to 12, or a date"):
        usual_water_level_m(wrong)


@pytest.mark.parametrize("level", [-3, float("nan"), float("inf"), True, 50, "2"])
def test_what_is_no_water_level_is_refused(level: Any) -> None:
    with pytest.raises(rp.NetworkError, match=r"water_level_m: .* give metres at the Hà Nội gauge, 0 to 15"):
        load_river(water_level_m=level)
    with pytest.raises(rp.NetworkError, match="water_level_m"):
        load_river().sailed_by("tau-du-lich", water_level_m=level)


def test_a_group_that_the_boat_has_no_seats_for_is_refused(network: Network) -> None:
    wish = {"mode": "river", "first_day": date(2027, 3, 13), "corridor": "river"}
    with pytest.raises(rp.InfeasibleError, match="people: 151 for the 150 seats of the boat 'tau-du-lich'"):
        rp.plan(network, rp.TripRequest(people=151, **wish))
    small = network_of(boat="pandaw")
    with pytest.raises(rp.InfeasibleError, match="33 for the 32 seats"):
        rp.plan(small, rp.TripRequest(people=33, **wish))


def test_a_plan_at_a_water_level_says_what_is_not_known_of_the_boat(network: Network) -> None:
    request = rp.TripRequest(mode="river", first_day=date(2027, 3, 13), corridor="river")
    told = rp.plan(network_of(water_level_m=1.0), request, iterations=20, proof=None)
    assert [note.kind for note in told.notes] == ["draught_unknown"]
    assert "draught" in told.to_text("en")
    assert "draught_unknown" not in {
        note.kind for note in rp.plan(network, request, iterations=20, proof=None).notes
    }


def test_a_long_way_that_leads_nowhere_is_said(network: Network) -> None:
    request = rp.TripRequest(corridor="south", first_day=date(2027, 3, 9), long_way="rail")
    trip = rp.plan(network, request, iterations=20, proof=None)
    assert [note.kind for note in trip.notes] == ["no_night_train"]
    assert rp.check(trip, network, request) == []
    with pytest.raises(
        rp.RequestError, match=r"vehicle: 'bicycle' does not go from city to city .* choose a coach"
    ):
        rp.plan(
            network,
            rp.TripRequest(
                corridor="hanoi-hue-saigon", vehicle="bicycle", days=6, first_day=date(2027, 3, 9)
            ),
        )


def test_areas_are_areas() -> None:
    """Rounding to five decimals can leave a line beside an area: it is no part of it."""
    spike = shapely.Polygon(
        [(0, 0), (400, 0), (400, 300), (900, 300), (900, 300.2), (400, 300.2), (400, 600), (0, 600)]
    )
    scale = (104_000.0, 111_195.0)
    (whole,) = [_degrees(spike, scale)]
    assert whole.geom_type in {"Polygon", "MultiPolygon"}
    assert whole.area == pytest.approx(400 * 600 / (scale[0] * scale[1]), rel=0.01)
