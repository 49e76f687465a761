from __future__ import annotations

import json
import pickle
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import routeplanner as rp
from routeplanner.planning.request import (
    MODES,
    PACES,
    VEHICLES,
    lunch_applies,
    parse_place,
    service_min,
    travel_limit_s,
    travel_profile,
    vehicle_cost,
)
from routeplanner.planning.resolve import place_id, resolve
from wishes import refused, trip_requests

if TYPE_CHECKING:
    import geopandas as gpd

DAY = date(2027, 3, 13)


@given(data=st.data())
def test_a_request_comes_back_from_json_unchanged(data: st.DataObject, sites: gpd.GeoDataFrame) -> None:
    request = data.draw(trip_requests(sites))
    text = json.dumps(request.to_dict(), ensure_ascii=False, allow_nan=False)
    assert rp.TripRequest.from_dict(json.loads(text)) == request


@given(minute=st.integers(0, 24 * 60 - 1))
def test_every_minute_of_the_day_comes_back_from_json(minute: int) -> None:
    lunch = rp.Lunch(duration_min=30, earliest=time(minute // 60, minute % 60), latest=time(23, 59))
    request = rp.TripRequest(first_day=DAY, lunch=lunch)
    assert rp.TripRequest.from_dict(request.to_dict()) == request


FAULTS: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({"days": 0}, "days: 0", "give 1 to 31"),
    ({"days": 32}, "days: 32", "give 1 to 31"),
    ({"days": 1.5}, "days: 1.5 is float", "a whole number"),
    ({"days": True}, "days: True is bool", "a whole number"),
    ({"people": 0}, "people: 0", "give 1 or more"),
    ({"budget_vnd": -5}, "budget_vnd: -5", "give the limit in VND"),
    ({"max_stops": 0}, "max_stops: 0", "give 1 or more"),
    ({"day_start": time(18)}, "day_end: 17:30 is not after day_start 18:00", "give a later day_end"),
    ({"day_start": time(17, 30)}, "day_end: 17:30 is not after day_start 17:30", "give a later day_end"),
    ({"day_end": "17:30"}, "day_end: '17:30' is str", "give a clock time"),
    ({"mode": "rver"}, "mode: 'rver'", "did you mean 'river'?"),
    ({"vehicle": "minibus"}, "vehicle: 'minibus'", "did you mean 'minibus16'"),
    ({"pace": "hectic"}, "pace: 'hectic'", "known are relaxed, normal, intense"),
    ({"area": (105.0, 20.0, 106.0)}, "area: (105.0, 20.0, 106.0)", "give (west, south, east, north)"),
    ({"area": (20.0, 105.0, 21.0, 106.0)}, "area: (20.0, 105.0, 21.0, 106.0)", "check the order (lon, lat)"),
    ({"area": (106.0, 20.0, 105.0, 21.0)}, "area: (106.0, 20.0, 105.0, 21.0)", "west < east"),
    ({"area": (105.0, 20.0, float("nan"), 21.0)}, "area: (105.0, 20.0, nan, 21.0)", "degrees"),
    ({"themes": {"handicraft": 2}}, "themes['handicraft']: weight 2", "between 0 and 1"),
    ({"themes": {"handicraft": -0.1}}, "themes['handicraft']: weight -0.1", "between 0 and 1"),
    ({"themes": {"handicraft": float("nan")}}, "themes['handicraft']: weight nan", "between 0 and 1"),
    ({"themes": {"handicraft": "1"}}, "themes['handicraft']: weight '1'", "between 0 and 1"),
    ({"themes": {"handicraft": 0.0}}, "themes: every weight is 0", "give one a weight above 0"),
    ({"themes": ["handicraft"]}, "themes: ['handicraft'] is list", "a mapping of theme to weight"),
    ({"must_visit": "bat-trang"}, "must_visit: 'bat-trang' is one text", "give a list, ['bat-trang']"),
    ({"must_visit": [1]}, "must_visit: [1]", "list of site ids"),
    ({"must_visit": None}, "must_visit: None", "list of site ids"),
    ({"must_visit": ["x"], "forbidden": ["x"]}, "forbidden: 'x' is a must-visit", "take it off one"),
    ({"overnight": ["a"]}, "overnight: 'a' given, but a trip of one day", "raise days"),
    ({"days": 4, "overnight": ["a", "b"]}, "overnight: 2 places for 3 nights", "one for each"),
    ({"lunch": rp.Lunch(duration_min=5)}, "lunch.duration_min: 5", "give 10 to 240 minutes"),
    (
        {"lunch": rp.Lunch(earliest=time(14))},
        "lunch.latest: 13:00 is before lunch.earliest 14:00",
        "swap them",
    ),
    ({"first_day": "2027-03-13"}, "first_day: '2027-03-13' is str", "give a date"),
    ({"first_day": None}, "first_day: None is NoneType", "give a date"),
    ({"start": (21.0, 105.8)}, "start: (21.0, 105.8) is tuple", "'lat,lon'"),
    ({"corridor": 3}, "corridor: 3 is int", "a corridor key"),
)


@pytest.mark.parametrize(("fields", "what", "remedy"), FAULTS, ids=[what for _, what, _ in FAULTS])
def test_a_fault_names_field_value_and_remedy(fields: dict[str, Any], what: str, remedy: str) -> None:
    faults = refused(rp.TripRequest, **({"first_day": DAY} | fields))
    assert len(faults) == 1
    assert faults[0].startswith(what)
    assert remedy in faults[0]


HARD_TYPES: tuple[dict[str, Any], ...] = (
    {"first_day": datetime(2027, 3, 13, 8, tzinfo=UTC)},
    {"day_start": time(8, 0, 30)},
    {"day_end": time(17, 30, tzinfo=UTC)},
    {"lunch": rp.Lunch(earliest="11:00")},  # type: ignore[arg-type]
    {"lunch": rp.Lunch(earliest=time(11, 0, 1))},
    {"lunch": rp.Lunch(duration_min=True)},
    {"themes": {1: 0.5}},
    {"area": ("105", "20", "106", "21")},
    {"first_day": date(9999, 12, 30), "days": 5},
    {"people": 10**13},
    {"budget_vnd": 10**30},
)


@pytest.mark.parametrize("fields", HARD_TYPES, ids=str)
def test_what_cannot_be_kept_to_the_minute_is_refused_not_rounded(fields: dict[str, Any]) -> None:
    """A request that is accepted must survive JSON, so what JSON would change has to be a fault."""
    faults = refused(rp.TripRequest, **({"first_day": DAY} | fields))
    assert all(any(name in fault for name in fields) for fault in faults)


def test_all_faults_of_a_request_come_at_once() -> None:
    values = [
        fields for fields, _, _ in FAULTS if set(fields) <= {"days", "people", "mode", "pace", "themes"}
    ]
    one_each: dict[str, Any] = {}
    for fields in values:
        if all(
            isinstance(value, str | dict) or not isinstance(value, float | bool) for value in fields.values()
        ):
            one_each.setdefault(*next(iter(fields.items())))
    faults = refused(rp.TripRequest, first_day=DAY, **one_each)
    assert {fault.split(":")[0].split("[")[0] for fault in faults} == set(one_each)
    assert len(one_each) == 5


def test_faults_of_reading_and_of_meaning_come_at_once() -> None:
    faults = refused(
        rp.TripRequest.from_dict,
        {"first_day": "2027-02-30", "day_start": "8 o'clock", "dayz": 3, "people": 0, "mode": "sea"},
    )
    text = "\n".join(faults)
    assert len(faults) == 5
    for part in (
        "first_day: '2027-02-30' is not a date; write it as 2027-03-13",
        'day_start: "8 o\'clock" is not a clock time; write it as 08:00',
        "dayz: no such field; did you mean 'days'",
        "people: 0 is out of range",
        "mode: 'sea' is unknown",
    ):
        assert part in text


@pytest.mark.parametrize(
    "data",
    [{}, {"first_day": None}, {"first_day": "13/03/2027"}, {"first_day": ""}],
    ids=str,
)
def test_a_request_without_a_date_says_how_to_give_one(data: dict[str, Any]) -> None:
    faults = refused(rp.TripRequest.from_dict, data)
    assert len(faults) == 1
    assert faults[0].startswith("first_day: ")
    assert "2027-03-13" in faults[0]


@pytest.mark.parametrize(
    "lunch", [{"duration": 45}, {"earliest": "noon"}, "12:00", 60, {"duration_min": "60"}]
)
def test_a_lunch_that_is_none_is_refused(lunch: object) -> None:
    faults = refused(rp.TripRequest.from_dict, {"first_day": "2027-03-13", "lunch": lunch})
    assert len(faults) == 1
    assert faults[0].startswith("lunch")


def test_a_request_needs_an_object() -> None:
    for data in ([], "south", None, 3):
        with pytest.raises(rp.RequestError):
            rp.TripRequest.from_dict(data)  # type: ignore[arg-type]


def test_a_request_is_a_value() -> None:
    themes = {"handicraft": 1.0}
    request = rp.TripRequest(
        first_day=DAY, themes=themes, must_visit=["b", "a", "b"], area=[105, 20, 106, 21]
    )
    assert request.must_visit == ("b", "a")
    assert request.area == (105, 20, 106, 21)
    assert pickle.loads(pickle.dumps(request)) == request  # noqa: S301 - our own bytes
    themes["handicraft"] = 7.0
    assert request.themes["handicraft"] == 1.0
    with pytest.raises(AttributeError):
        request.days = 3  # type: ignore[misc]


def test_whole_numbers_of_numpy_are_whole_numbers() -> None:
    assert rp.TripRequest(first_day=DAY, days=np.int64(3)).days == 3  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fields", "places"),
    [
        ({}, ["s", "s"]),
        ({"end": "e"}, ["s", "e"]),
        ({"days": 3}, ["s", "s", "s", "s"]),
        ({"days": 3, "overnight": ["n"]}, ["s", "n", "n", "s"]),
        ({"days": 3, "overnight": ["n", "m"], "end": "e"}, ["s", "n", "m", "e"]),
        ({"days": 3, "end": "e"}, ["s", "s", "s", "e"]),
    ],
)
def test_days_hang_together_by_their_terminals(fields: dict[str, Any], places: list[str]) -> None:
    assert rp.TripRequest(first_day=DAY, start="s", **fields).terminals == places


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("21.03,105.85", (105.85, 21.03)),
        (" 21.03 , 105.85 ", (105.85, 21.03)),
        ("-6.2,106.8", (106.8, -6.2)),
        ("21.03", None),
        ("21.03,105.85,3", None),
        ("nan,105.85", None),
        ("inf,105.85", None),
        ("Hà Nội, Việt Nam", None),
        ("", None),
    ],
)
def test_coordinates_are_told_from_names(text: str, position: tuple[float, float] | None) -> None:
    assert parse_place(text) == position


@given(lat=st.floats(20, 22).map(lambda x: round(x, 5)), lon=st.floats(105, 107).map(lambda x: round(x, 5)))
def test_a_coordinate_keeps_its_metre(lat: float, lon: float) -> None:
    """The id of a hotel has to lead back to the hotel's door, five decimals, not to the next street."""
    assert parse_place(place_id(f"{lat},{lon}")) == pytest.approx((lon, lat), abs=6e-6)


def test_places_and_words_are_resolved_with_all_faults_at_once(sites: gpd.GeoDataFrame) -> None:
    request = rp.TripRequest(
        first_day=DAY,
        start="ho-hoan-kim",
        end="chuaa thay",
        corridor="souht",
        themes={"handicrafts": 1},
        must_visit=["bat-trang", "cho-gom-bat-trang", "nowhere-at-all-xyz"],
    )
    text = "\n".join(refused(resolve, request, sites))
    for part in (
        "start: no site is called 'ho-hoan-kim'; did you mean 'ho-hoan-kiem'",
        "end: no site is called 'chuaa thay'; did you mean",
        "corridor: 'souht' is unknown; did you mean 'south'",
        "themes: 'handicrafts' is unknown; did you mean 'handicraft'",
        "must_visit: no site is called 'nowhere-at-all-xyz'",
        "must_visit: 'cho-gom-bat-trang' is part of 'bat-trang', which is a must-visit as well",
    ):
        assert part in text


def test_names_become_identifiers_once(sites: gpd.GeoDataFrame) -> None:
    request = rp.TripRequest(
        first_day=DAY,
        start="21.030, 105.850",
        must_visit=["Làng gốm Bát Tràng", "bat-trang"],
        forbidden=["Chùa Thầy"],
    )
    found = resolve(request, sites)
    assert found.start == place_id("21.03,105.85")
    assert found.must_visit == ("bat-trang",)
    assert len(found.forbidden) == 1
    assert found.forbidden[0] in sites.index
    assert resolve(found, sites) == found


def test_a_name_that_is_forbidden_and_demanded_is_seen_through(sites: gpd.GeoDataFrame) -> None:
    request = rp.TripRequest(first_day=DAY, must_visit=["bat-trang"], forbidden=["Làng gốm Bát Tràng"])
    assert "take it off one of the two lists" in refused(resolve, request, sites)[0]


def test_paces_stretch_visits_to_five_minutes_and_keep_short_ones() -> None:
    for pace, minutes in {
        "relaxed": (20, 40, 75, 225),
        "normal": (15, 30, 60, 180),
        "intense": (15, 25, 50, 145),
    }.items():
        assert tuple(service_min(minutes, pace) for minutes in (15, 30, 60, 180)) == pytest.approx(
            minutes, abs=5
        )
    for pace in PACES:
        times = [service_min(minutes, pace) for minutes in range(5, 300, 5)]
        assert times == sorted(times)
        assert all(minutes % 5 == 0 and minutes > 0 for minutes in times)
    assert [service_min(15, pace) for pace in ("normal", "intense")] == [15, 15]


def test_lunch_is_due_only_where_its_whole_time_lies_within_the_day() -> None:
    def due(**fields: Any) -> bool:
        return lunch_applies(rp.TripRequest(first_day=DAY, **fields), 0)

    assert due()
    assert due(day_start=time(11), day_end=time(14))
    assert not due(day_start=time(11, 5))
    assert not due(day_end=time(13, 55))
    assert not due(lunch=None)


def test_a_group_takes_as_many_vehicles_as_it_needs() -> None:
    def cost(**fields: Any) -> tuple[int, int] | None:
        return vehicle_cost(rp.TripRequest(first_day=DAY, **fields))

    one = cost(people=16)
    two = cost(people=17)
    assert one is not None
    assert two == (2 * one[0], 2 * one[1])
    assert cost(vehicle="motorbike") is None
    assert cost(mode="river") is None


@pytest.mark.parametrize("mode", MODES)
def test_every_vehicle_and_mode_has_a_profile_of_the_network(mode: str, network: rp.Network) -> None:
    for vehicle in VEHICLES:
        request = rp.TripRequest(first_day=DAY, mode=mode, vehicle=vehicle)
        profile = travel_profile(request)
        assert network.matrix(["ho-hoan-kiem", "bat-trang"], profile).duration_s[0, 0] == 0
        assert 0 < travel_limit_s(request, 0) < 9.5 * 3600


def test_must_visits_in_a_ring_are_refused_by_name(sites: gpd.GeoDataFrame) -> None:
    two = ("chua-quang-an", "ha-thai-lacquer")
    day = date(2027, 3, 13)
    ring = "'chua-quang-an' before 'ha-thai-lacquer' before 'chua-quang-an'"
    with pytest.raises(rp.RequestError, match=ring):
        rp.TripRequest(first_day=day, must_visit=two, before=(two, two[::-1]))
    by_name = rp.TripRequest(
        first_day=day, must_visit=two, before=((two[0], "Làng sơn mài Hạ Thái"), two[::-1])
    )
    with pytest.raises(rp.RequestError, match=ring):
        resolve(by_name, sites)
    resolve(rp.TripRequest(first_day=day, must_visit=two[:1], before=(two, two[::-1])), sites)
