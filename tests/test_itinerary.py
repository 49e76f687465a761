from __future__ import annotations

import copy
import json
import pickle
from dataclasses import replace
from datetime import UTC, date
from typing import TYPE_CHECKING, Any

import pytest

import routeplanner as rp
from routeplanner.export import fault_in_vietnamese
from routeplanner.itinerary import MODES, SCHEMA

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SATURDAY = date(2027, 3, 13)

SHAPE: dict[str, Any] = {
    "schema": SCHEMA,
    "version": str,
    "seed": int,
    "request": dict,
    "prize": float,
    "days": [
        {
            "date": str,
            "start": {"site_id": str, "departure": str},
            "stops": [
                {
                    "site_id": str,
                    "name_vi": str,
                    "name_en": str,
                    "lon": float,
                    "lat": float,
                    "arrival": str,
                    "start": str,
                    "departure": str,
                    "prize": float,
                }
            ],
            "breaks": [{"kind": str, "start": str, "end": str}],
            "legs": [
                {
                    "from": str,
                    "to": str,
                    "mode": str,
                    "distance_m": int,
                    "duration_s": int,
                    "geometry": [[float]],
                }
            ],
            "end": {"site_id": str, "arrival": str},
        }
    ],
    "skipped": [{"site_id": str, "reason": str, "detail": str}],
}
"""What other programs rely on: keys may be added, none renamed."""


@pytest.fixture(scope="module", params=["road", "river", "mixed"])
def trip(request: pytest.FixtureRequest, network: rp.Network) -> rp.Itinerary:
    wish = rp.TripRequest(first_day=SATURDAY, corridor="river", mode=request.param, days=2)
    found = rp.plan(network, wish, iterations=100)
    assert found.stops
    return found


def differences(data: object, shape: object, where: str = "") -> list[str]:
    """Return where JSON data lack what the shape says."""
    if isinstance(shape, dict):
        if not isinstance(data, dict):
            return [f"{where} is no object"]
        missing = [f"{where}.{key} is missing" for key in shape if key not in data]
        return missing + [
            d for k in shape if k in data for d in differences(data[k], shape[k], f"{where}.{k}")
        ]
    if isinstance(shape, list):
        if not isinstance(data, list):
            return [f"{where} is no list"]
        return [d for i, item in enumerate(data) for d in differences(item, shape[0], f"{where}[{i}]")]
    if isinstance(shape, type):
        return [] if type(data) is shape else [f"{where} is {type(data).__name__}, not {shape.__name__}"]
    return [] if data == shape else [f"{where} is {data!r}"]


def test_the_json_has_every_key_that_programs_rely_on(trip: rp.Itinerary) -> None:
    data = json.loads(trip.to_json())
    assert differences(data, SHAPE) == []
    assert all(len(day[part]) > 0 for day in data["days"] for part in ("stops", "legs", "breaks"))
    assert data["skipped"]
    assert data == trip.to_dict()


def test_the_json_is_in_the_terms_of_the_catalogue(trip: rp.Itinerary, network: rp.Network) -> None:
    data = trip.to_dict()
    assert rp.TripRequest.from_dict(data["request"]).first_day == SATURDAY
    for day in data["days"]:
        assert all(leg["mode"] in MODES for leg in day["legs"])
        assert all(stop["arrival"].endswith(":00+07:00") for stop in day["stops"])
        for stop in day["stops"]:
            row = network.sites.loc[stop["site_id"]]
            assert (stop["name_vi"], stop["name_en"]) == (row["name_vi"], row["name_en"])
            assert (stop["lon"], stop["lat"]) == (row.geometry.x, row.geometry.y)
        for leg in day["legs"]:
            assert leg["from"] != leg["to"]
            assert len(leg["geometry"]) >= 2
            assert all(round(x, 5) == x for position in leg["geometry"] for x in position)
        for before, after in zip(day["legs"], day["legs"][1:], strict=False):
            assert before["to"] == after["from"]
            assert before["geometry"][-1] == pytest.approx(after["geometry"][0], abs=2e-5)


def test_an_itinerary_comes_back_from_json_unchanged(trip: rp.Itinerary, tmp_path: Path) -> None:
    back = rp.Itinerary.from_dict(json.loads(trip.to_json()))
    assert back == trip
    assert back.to_json() == trip.to_json()
    file = tmp_path / "chuyến đi.json"
    file.write_text(trip.to_json(), encoding="utf-8")
    assert rp.Itinerary.from_file(file) == trip


def test_vietnamese_names_are_written_as_they_are(trip: rp.Itinerary) -> None:
    assert "\\u" not in trip.to_json()
    assert all(stop.name_vi in trip.to_json() for stop in trip.stops)


def test_an_itinerary_is_a_value(trip: rp.Itinerary) -> None:
    assert pickle.loads(pickle.dumps(trip)) == trip  # noqa: S301 - our own bytes
    assert copy.deepcopy(trip) == trip
    with pytest.raises(AttributeError):
        trip.prize = 0.0  # type: ignore[misc]


def test_times_of_another_offset_are_the_same_moments(trip: rp.Itinerary) -> None:
    data = trip.to_dict()
    moment = trip.days[0].start.time
    data["days"][0]["start"]["departure"] = moment.astimezone(tz=UTC).isoformat()
    assert rp.Itinerary.from_dict(data) == trip


def without(data: dict[str, Any], *path: Any) -> dict[str, Any]:
    changed = copy.deepcopy(data)
    *above, last = path
    inner: Any = changed
    for key in above:
        inner = inner[key]
    del inner[last]
    return changed


def having(data: dict[str, Any], value: object, *path: Any) -> dict[str, Any]:
    changed = copy.deepcopy(data)
    *above, last = path
    inner: Any = changed
    for key in above:
        inner = inner[key]
    inner[last] = value
    return changed


SPOILT: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "another schema": (lambda d: having(d, "routeplanner/itinerary/2", "schema"), "itinerary/2"),
    "no schema": (lambda d: without(d, "schema"), "schema"),
    "a list": (lambda d: [d], "list"),
    "nothing": (lambda _: None, "NoneType"),
    "no days": (lambda d: without(d, "days"), r"  - days: it is missing"),
    "no lon": (
        lambda d: without(d, "days", 0, "stops", 0, "lon"),
        r"days\[0\]\.stops\[0\]\.lon: it is missing",
    ),
    "no legs": (lambda d: without(d, "days", 0, "legs"), r"days\[0\]\.legs: it is missing"),
    "a date that is none": (
        lambda d: having(d, "2027-02-30", "days", 0, "date"),
        r"days\[0\]\.date: '2027-02-30'",
    ),
    "a time without offset": (
        lambda d: having(d, "2027-03-13T08:00:00", "days", 0, "start", "departure"),
        r"days\[0\]\.start\.departure: '2027-03-13T08:00:00' is no time with its offset",
    ),
    "a time that is a number": (
        lambda d: having(d, 8, "days", 0, "stops", 0, "arrival"),
        r"arrival: 8 is no time",
    ),
    "a prize in words": (lambda d: having(d, "much", "prize"), "prize: 'much' is no number"),
    "a position of three numbers": (
        lambda d: having(d, [[105.8, 21.0, 3.0]], "days", 0, "legs", 0, "geometry"),
        r"legs\[0\]\.geometry\[0\]: a list is no list of two numbers",
    ),
    "days that are a number": (lambda d: having(d, 3, "days"), "days: 3 is no list"),
    "stops that are words": (lambda d: having(d, ["a"], "days", 0, "stops"), r"stops\[0\]: 'a' is no object"),
    "no day at all": (lambda d: having(d, [], "days"), "days: a list is no list of one day or more"),
    "an unknown mode": (
        lambda d: having(d, "rocket", "days", 0, "legs", 0, "mode"),
        "mode: 'rocket' is no word of coach",
    ),
    "a request that is a word": (lambda d: having(d, "south", "request"), "request: 'south' is no object"),
    "a longitude that is no number": (
        lambda d: having(d, float("nan"), "days", 0, "stops", 0, "lon"),
        r"stops\[0\]\.lon: nan is no number",
    ),
    "half a letter": (lambda d: having(d, "\ud800", "days", 0, "stops", 0, "name_vi"), "whole characters"),
    "a craft that is none": (
        lambda d: having(d, [None], "days", 0, "stops", 0, "crafts"),
        r"crafts\[0\]: null",
    ),
    "a measure in words": (
        lambda d: having(d, "far", "measures", "distance_km"),
        "measures.distance_km: 'far'",
    ),
    "a network that is a word": (lambda d: having(d, "roads", "network"), "network: 'roads' is no object"),
    "what JSON cannot hold": (
        lambda d: having(d, float("inf"), "network", "roads"),
        "network.roads: inf is no number",
    ),
}


@pytest.mark.parametrize(("spoil", "word"), SPOILT.values(), ids=SPOILT)
def test_a_file_that_is_no_itinerary_is_refused_with_its_field(
    spoil: Callable[[dict[str, Any]], object], word: str, trip: rp.Itinerary
) -> None:
    with pytest.raises(rp.DataFileError, match=word):
        rp.Itinerary.from_dict(spoil(trip.to_dict()))  # type: ignore[arg-type]


def test_all_faults_of_a_file_come_at_once_in_both_languages(trip: rp.Itinerary) -> None:
    data = having(without(having(trip.to_dict(), "x", "seed"), "prize"), 5, "days", 0, "stops", 0, "name_vi")
    with pytest.raises(rp.DataFileError) as caught:
        rp.Itinerary.from_dict(data)
    places = ["seed", "prize", "days[0].stops[0].name_vi"]
    assert [fault.partition(":")[0] for fault in caught.value.faults] == places
    assert [fault_in_vietnamese(fault).partition(":")[0] for fault in caught.value.faults] == places
    assert [fault_in_vietnamese(fault).partition("; ")[0] for fault in caught.value.faults] == [
        "seed: 'x' không phải số nguyên",
        "prize: bị thiếu",
        "days[0].stops[0].name_vi: 5 không phải văn bản",
    ]
    with pytest.raises(rp.DataFileError, match=r"\d+ further faults"):
        rp.Itinerary.from_dict(having(data, [5] * 1000, "skipped"))


JUNK: tuple[Any, ...] = (None, 5, "x", [], {}, True, float("nan"), -1, 10**400, [None], {"a": 1}, "\ud800")


def places_in(data: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield where values lie, of lists the first one."""
    parts = data.items() if isinstance(data, dict) else enumerate(data[:1]) if isinstance(data, list) else ()
    for key, value in parts:
        yield (*above, key)
        yield from places_in(value, (*above, key))


def test_whatever_a_file_holds_it_is_written_in_every_format_or_refused(trip: rp.Itinerary) -> None:
    """Each value of an itinerary is another one: it is refused by name, or all that writes bears it."""
    good = trip.to_dict()
    for day in good["days"]:
        for leg in day["legs"]:
            del leg["geometry"][2:]
    good = {**good, "days": good["days"][:1], "skipped": good["skipped"][:1]}
    written, refused = 0, []
    for number, place in enumerate(places_in(good)):
        for junk in (JUNK[number % len(JUNK)], JUNK[(number + 5) % len(JUNK)]):
            try:
                read = rp.Itinerary.from_dict(having(good, junk, *place))
            except rp.DataFileError as error:
                refused.append((place[0], error.faults[0]))
                continue
            written += 1
            assert rp.Itinerary.from_dict(json.loads(read.to_json())) == read
            suffix = (".geojson", ".csv", ".gpx", ".kml", ".ics", ".jsonld", ".zip", ".txt")[written % 8]
            assert rp.trip_bytes(read, suffix, lang="vi")
    assert written > 50
    assert all(fault.startswith(str(place)) for place, fault in refused)


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "not JSON"),
        (b'{"seed": ' + b"1" * 5000 + b"}", "a number too long"),
        (b"[" * 100_000, "lists too deep"),
        (b"{", "line 1, column 2"),
        (b"\xff\xfe", "UTF-8"),
        (b"[]", "schema"),
        (b"null", "schema"),
    ],
)
def test_a_file_that_is_no_json_is_refused_with_its_place(content: bytes, word: str, tmp_path: Path) -> None:
    file = tmp_path / "trip.json"
    file.write_bytes(content)
    with pytest.raises(rp.DataFileError, match=word):
        rp.Itinerary.from_file(file)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(rp.DataFileError, match=r"gone\.json.*\n.*does not exist"):
        rp.Itinerary.from_file(tmp_path / "gone.json")
    with pytest.raises(rp.DataFileError, match="folder"):
        rp.Itinerary.from_file(tmp_path)


def test_the_table_has_a_row_a_stop_in_order(trip: rp.Itinerary) -> None:
    table = trip.to_frame()
    assert table.crs.to_epsg() == 4326
    assert list(table["site_id"]) == [stop.site_id for stop in trip.stops]
    assert list(table["day"]) == [n for n, day in enumerate(trip.days, 1) for _ in day.stops]
    assert list(table["order"]) == [n for day in trip.days for n, _ in enumerate(day.stops, 1)]
    assert list(table.geometry.x) == [stop.lon for stop in trip.stops]
    assert str(table["arrival"].dtype.tz) == "Asia/Ho_Chi_Minh"
    assert json.loads(table.to_json(default=str))["type"] == "FeatureCollection"


def test_the_table_of_an_empty_trip_is_an_empty_table(trip: rp.Itinerary) -> None:
    empty = replace(trip, days=tuple(replace(day, stops=()) for day in trip.days))
    table = empty.to_frame()
    assert len(table) == 0
    assert list(table.columns) == list(trip.to_frame().columns)
    assert table.crs.to_epsg() == 4326


def test_the_gap_is_what_the_prize_falls_short_of_the_bound(trip: rp.Itinerary) -> None:
    assert replace(trip, bound=None).gap is None
    assert replace(trip, bound=trip.prize).gap == 0
    assert replace(trip, bound=2 * trip.prize).gap == pytest.approx(0.5)
    assert replace(trip, prize=0.0, bound=0.0).gap == 0


def test_words_for_people(trip: rp.Itinerary) -> None:
    assert f"{len(trip.stops)} stops" in repr(trip)
    assert "2027-03-13 … 2027-03-14" in repr(trip)
    for lang, name in (("vi", "name_vi"), ("en", "name_en")):
        text = trip.to_text(lang)
        assert all(getattr(stop, name) in text for stop in trip.stops)
        assert all(f"{stop.start:%H:%M}" in text for stop in trip.stops)


def test_a_day_sums_its_legs(trip: rp.Itinerary) -> None:
    for day, data in zip(trip.days, trip.to_dict()["days"], strict=True):
        assert day.distance_m == sum(leg["distance_m"] for leg in data["legs"])
        assert day.travel_s == sum(leg["duration_s"] for leg in data["legs"])
    assert all(stop.visit_min == (stop.departure - stop.start).total_seconds() / 60 for stop in trip.stops)
