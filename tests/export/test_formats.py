"""What we write, others read: each format is opened by the library that its users open it with."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import routeplanner as rp
from routeplanner.cli import main
from routeplanner.export import FORMATS

HOSTILE = "Làng <b>&\"gốm\"</b> ]]> '${alert(1)}' \x00\x0b ;,\\ \n =1+1 – Đường Lâm 🏺"
EXCHANGE = (".geojson", ".gpkg", ".parquet", ".csv", ".gpx", ".kml", ".ics", ".jsonld", ".zip")


@pytest.fixture(scope="module", params=["road", "boat"])
def trip(request: pytest.FixtureRequest, network: rp.Network) -> rp.Itinerary:
    """Two days by road with a night, and a day by boat."""
    wish = {
        "road": {"corridor": "northwest", "days": 2, "overnight": ["duong-lam-ancient-village"]},
        "boat": {"corridor": "river", "mode": "river"},
    }[request.param]
    asked = rp.TripRequest(first_day=date(2027, 3, 13), **wish)  # type: ignore[arg-type]
    planned = rp.plan(network, asked)
    assert rp.check(planned, network, asked) == []
    assert planned.stops
    return planned


@pytest.fixture(scope="module")
def hostile(trip: rp.Itinerary) -> rp.Itinerary:
    """The trip with names that try to break out of every format."""
    days = []
    for day in trip.days:
        stops = tuple(replace(stop, name_vi=HOSTILE, summary_en=HOSTILE, why=HOSTILE) for stop in day.stops)
        days.append(replace(day, stops=stops))
    return replace(trip, days=tuple(days))


@pytest.fixture(scope="module")
def empty(trip: rp.Itinerary) -> rp.Itinerary:
    """A trip that visits nothing."""
    day = trip.days[0]
    return replace(trip, prize=0.0, days=(replace(day, stops=(), legs=(), breaks=()),))


def written(trip: rp.Itinerary, folder: Path, suffix: str, lang: str = "vi") -> Path:
    return trip.to_file(folder / f"trip{suffix}", lang=lang)


def layer(path: Path, **options: Any) -> Any:
    import pyogrio

    return pyogrio.read_dataframe(path, **options)


def test_geojson_is_read_by_gdal_and_gives_the_trip_back(trip: rp.Itinerary, tmp_path: Path) -> None:
    path = written(trip, tmp_path, ".geojson")
    data = json.loads(path.read_text(encoding="utf-8"))
    assert rp.Itinerary.from_dict(data["itinerary"]) == trip
    table = layer(path)
    stops = table[table["feature"] == "stop"]
    assert list(table["feature"][: len(trip.stops)]) == ["stop"] * len(trip.stops)
    assert list(stops["name_vi"]) == [stop.name_vi for stop in trip.stops]
    assert [(p.x, p.y) for p in stops.geometry] == [(stop.lon, stop.lat) for stop in trip.stops]
    legs = [leg for day in trip.days for leg in day.legs]
    lines = table[table["feature"] == "leg"].geometry
    assert [len(line.coords) for line in lines] == [max(2, len(leg.geometry)) for leg in legs]


def test_geopackage_has_the_stops_as_its_first_layer(trip: rp.Itinerary, tmp_path: Path) -> None:
    import pyogrio

    path = written(trip, tmp_path, ".gpkg")
    assert pyogrio.list_layers(path)[:, 0].tolist() == ["stops", "legs", "places", "itinerary"]
    stops = layer(path, layer=0)
    assert list(stops["name_vi"]) == [stop.name_vi for stop in trip.stops]
    assert stops.crs.to_epsg() == 4326
    for name in ("arrival", "start", "departure"):
        assert list(stops[name]) == [getattr(stop, name) for stop in trip.stops]
    assert list(layer(path, layer="legs")["mode"]) == [leg.mode for day in trip.days for leg in day.legs]
    whole = layer(path, layer="itinerary", read_geometry=False)["json"][0]
    assert rp.Itinerary.from_dict(json.loads(whole)) == trip
    assert path.read_bytes() == rp.trip_bytes(trip, ".gpkg", lang="vi")


def test_geoparquet_holds_stops_and_the_itinerary(trip: rp.Itinerary, tmp_path: Path) -> None:
    import geopandas as gpd
    import pyarrow.parquet as pq

    path = written(trip, tmp_path, ".parquet")
    stops = gpd.read_parquet(path)
    assert list(stops["site_id"]) == [stop.site_id for stop in trip.stops]
    assert list(stops["arrival"]) == [stop.arrival for stop in trip.stops]
    assert str(stops["arrival"].dt.tz) == "Asia/Ho_Chi_Minh"
    fees = [
        None if fee is None else int(fee)
        for fee in stops["fee_vnd"].astype(object).where(lambda s: s.notna(), None)
    ]
    assert fees == [stop.fee_vnd for stop in trip.stops]
    metadata = pq.read_schema(path).metadata
    assert rp.Itinerary.from_dict(json.loads(metadata[b"routeplanner"])) == trip


def test_csv_tells_the_day_in_the_order_of_the_clock(trip: rp.Itinerary, tmp_path: Path) -> None:
    raw = written(trip, tmp_path, ".csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))
    stops = [row for row in rows if row["what"] == "stop"]
    assert [row["name_vi"] for row in stops] == [stop.name_vi for stop in trip.stops]
    assert [(row["from"], row["until"]) for row in stops] == [
        (f"{stop.start:%H:%M}", f"{stop.departure:%H:%M}") for stop in trip.stops
    ]
    clock = [(row["day"], row["from"]) for row in rows]
    assert clock == sorted(clock)
    metres = sum(leg.distance_m for day in trip.days for leg in day.legs)
    assert sum(float(row["km"] or 0) for row in rows) == pytest.approx(metres / 1000, abs=0.005 * len(rows))
    assert sum(row["what"] == "lunch" for row in rows) == sum(len(day.breaks) for day in trip.days)


def test_gpx_is_read_by_gpxpy_and_gdal(trip: rp.Itinerary, tmp_path: Path) -> None:
    import gpxpy

    path = written(trip, tmp_path, ".gpx")
    gpx = gpxpy.parse(path.read_text(encoding="utf-8"))
    assert [point.name for point in gpx.waypoints] == [stop.name_vi for stop in trip.stops]
    assert [point.time for point in gpx.waypoints] == [stop.arrival for stop in trip.stops]
    assert [(p.longitude, p.latitude) for p in gpx.waypoints] == [(s.lon, s.lat) for s in trip.stops]
    assert [len(route.points) for route in gpx.routes] == [len(day.stops) + 2 for day in trip.days]
    segments = [segment for track in gpx.tracks for segment in track.segments]
    legs = [leg for day in trip.days for leg in day.legs if leg.geometry]
    assert [[(p.longitude, p.latitude) for p in segment.points] for segment in segments] == [
        list(leg.geometry) for leg in legs
    ]
    assert [(s.points[0].time, s.points[-1].time) for s in segments if len(s.points) > 1] == [
        (leg.departure, leg.arrival) for leg in legs if len(leg.geometry) > 1
    ]
    extras = {node.tag.rpartition("}")[2]: node.text for node in gpx.waypoints[0].extensions}
    assert extras["site_id"] == trip.stops[0].site_id
    assert datetime.fromisoformat(extras["departure"]) == trip.stops[0].departure
    assert list(layer(path, layer="waypoints")["name"]) == [stop.name_vi for stop in trip.stops]


def test_kml_is_read_by_libkml_with_the_stops_first(trip: rp.Itinerary, tmp_path: Path) -> None:
    import pyogrio

    if "LIBKML" not in pyogrio.list_drivers():
        pytest.skip("this GDAL has no LIBKML")
    path = written(trip, tmp_path, ".kml")
    names = pyogrio.list_layers(path)[:, 0].tolist()
    assert names == ["Điểm dừng", "Chặng đường", "Xuất phát và kết thúc"]
    stops = layer(path, layer=0)
    assert list(stops["Name"]) == [stop.name_vi for stop in trip.stops]
    assert list(stops["site_id"]) == [stop.site_id for stop in trip.stops]
    assert [(p.x, p.y) for p in stops.geometry] == [(stop.lon, stop.lat) for stop in trip.stops]
    assert list(stops["begin"]) == [stop.start for stop in trip.stops]
    legs = [leg for day in trip.days for leg in day.legs]
    lines = layer(path, layer=1)
    assert list(lines["mode"]) == [leg.mode for leg in legs]
    assert [len(line.coords) for line in lines.geometry] == [max(2, len(leg.geometry)) for leg in legs]


def events(trip: rp.Itinerary, **options: Any) -> dict[str, Any]:
    import icalendar

    calendar = icalendar.Calendar.from_ical(rp.trip_bytes(trip, ".ics", lang="vi", **options))
    assert [zone["TZID"] for zone in calendar.walk("VTIMEZONE")] == ["Asia/Ho_Chi_Minh"]
    found = {str(event["UID"]): event for event in calendar.walk("VEVENT")}
    assert len(found) == len(calendar.walk("VEVENT")), "a UID twice"
    return found


def test_icalendar_reads_visits_lunches_and_ways(trip: rp.Itinerary) -> None:
    found = list(events(trip).values())
    visits = [event for event in found if "X-ROUTEPLANNER-SITE" in event]
    assert [str(event["SUMMARY"]) for event in visits] == [stop.name_vi for stop in trip.stops]
    assert [(e["DTSTART"].dt, e["DTEND"].dt) for e in visits] == [(s.start, s.departure) for s in trip.stops]
    assert visits[0]["DTSTART"].dt.utcoffset() == timedelta(hours=7)
    lunches = [event for event in found if "lunch" in event["CATEGORIES"].to_ical().decode()]
    assert [(e["DTSTART"].dt, e["DTEND"].dt) for e in lunches] == [
        (pause.start, pause.end) for day in trip.days for pause in day.breaks
    ]
    ways = [event for event in found if event.get("TRANSP") == "TRANSPARENT"]
    assert len(ways) >= len(trip.stops)
    text = rp.trip_bytes(trip, ".ics").decode()
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))


def test_a_changed_plan_updates_its_events(trip: rp.Itinerary) -> None:
    """The same trip with a later visit keeps the UID, and the newer file has the higher sequence."""
    first = trip.days[0]
    late = replace(first.stops[0], departure=first.stops[0].departure + timedelta(minutes=5))
    changed = replace(trip, days=(replace(first, stops=(late, *first.stops[1:])), *trip.days[1:]))
    moment = datetime(2027, 1, 1, tzinfo=UTC)
    old, new = events(trip, stamp=moment), events(changed, stamp=moment + timedelta(days=1))
    assert set(old) == set(new)
    assert all(new[uid]["SEQUENCE"] > old[uid]["SEQUENCE"] for uid in old)
    elsewhere = replace(trip, request={**trip.request, "start": "noi-bai"})
    assert set(events(elsewhere)).isdisjoint(old)


def schema_org(url: str, _options: object = None) -> dict[str, Any]:
    """Answer pyld's wish for the context without the web: every word is one of schema.org."""
    return {
        "contextUrl": None,
        "documentUrl": url,
        "document": {"@context": {"@vocab": "https://schema.org/"}},
    }


def test_json_ld_is_a_tourist_trip_for_extruct_and_pyld(trip: rp.Itinerary, hostile: rp.Itinerary) -> None:
    import extruct
    from pyld import jsonld

    for shown in (trip, hostile):
        script = rp.trip_bytes(shown, "jsonld").decode()
        page = f'<html><head><script type="application/ld+json">{script}</script></head><body></body></html>'
        (data,) = extruct.extract(page, syntaxes=["json-ld"])["json-ld"]
        assert data == json.loads(script)
        assert data["@type"] == "TouristTrip"
        assert data["touristType"]
        assert data["itinerary"]["numberOfItems"] == len(shown.stops)
    items = [
        entry["item"]
        for entry in json.loads(rp.trip_bytes(trip, "jsonld", lang="vi"))["itinerary"]["itemListElement"]
    ]
    assert [item["name"] for item in items] == [stop.name_vi for stop in trip.stops]
    (node,) = jsonld.expand(json.loads(rp.trip_bytes(trip, "jsonld")), {"documentLoader": schema_org})
    assert node["@type"] == ["https://schema.org/TouristTrip"]
    assert "https://schema.org/itinerary" in node
    offered = "https://schema.org/offers" in node
    assert offered == (trip.measures["cost_vnd_per_person"] is not None)


def test_gtfs_holds_the_sailings(trip: rp.Itinerary, tmp_path: Path) -> None:
    import gtfs_kit

    feed = gtfs_kit.read_feed(written(trip, tmp_path, ".zip"), dist_units="km")
    boats = [(day, leg) for day in trip.days for leg in day.legs if leg.mode in ("boat", "ferry")]
    assert list(feed.stops["stop_id"][: len(trip.stops)]) == list(
        dict.fromkeys(s.site_id for s in trip.stops)
    )
    assert list(feed.stops["stop_name"][: len(trip.stops)]) == [stop.name_vi for stop in trip.stops]
    if not boats:
        assert feed.trips is None or feed.trips.empty
        return
    assert len(feed.trips) == len(boats)
    times = feed.stop_times.sort_values(["trip_id", "stop_sequence"])
    left = times[times["stop_sequence"] == 1].set_index("trip_id")["departure_time"]
    assert sorted(left) == sorted(f"{leg.departure:%H:%M:%S}" for _, leg in boats)
    assert feed.get_dates() == [f"{trip.days[0].date:%Y%m%d}"]
    assert set(feed.stop_times["stop_id"]) <= set(feed.stops["stop_id"])
    lines = feed.get_shapes(as_gdf=True)
    assert len(lines) == len({leg.geometry for _, leg in boats if len(leg.geometry) > 1}) or len(
        lines
    ) == len(boats)
    kilometres = lines.to_crs(3405).length.sum() / 1000
    assert kilometres == pytest.approx(sum(leg.distance_m for _, leg in boats) / 1000, rel=0.05)


@pytest.mark.parametrize("suffix", EXCHANGE)
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_hostile_names_break_no_format(hostile: rp.Itinerary, tmp_path: Path, suffix: str, lang: str) -> None:
    """Each peer still finds as many stops as there are, and the letters that the format can hold."""
    path = written(hostile, tmp_path, suffix, lang)
    count = len(hostile.stops)
    if suffix == ".csv":
        rows = list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))
        names = [row["name_vi"] for row in rows if row["what"] == "stop"]
    elif suffix == ".ics":
        names = [str(e["LOCATION"]) for e in events(hostile).values() if "X-ROUTEPLANNER-SITE" in e]
    elif suffix == ".jsonld":
        text = path.read_text(encoding="utf-8")
        assert "<" not in text
        items = [entry["item"] for entry in json.loads(text)["itinerary"]["itemListElement"]]
        names = [item["name"] if lang == "vi" else item["alternateName"] for item in items]
    elif suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            table = list(csv.DictReader(io.StringIO(archive.read("stops.txt").decode())))
        assert len(table) >= count
        return
    elif suffix == ".parquet":
        import geopandas as gpd

        names = list(gpd.read_parquet(path)["name_vi"])
    elif suffix == ".geojson":
        table = layer(path)
        names = list(table[table["feature"] == "stop"]["name_vi"])
    else:
        names = list(
            layer(path, layer=0)[
                "Name"
                if suffix == ".kml" and lang == "vi"
                else "name_vi"
                if suffix in (".gpkg", ".kml")
                else "name"
                if lang == "vi"
                else "cmt"
            ]
        )
    assert len(names) == count
    assert all("Đường Lâm 🏺" in name and "${alert(1)}" in name for name in names)


def test_kml_descriptions_are_harmless_html(hostile: rp.Itinerary) -> None:
    from xml.etree import ElementTree as ET

    root = ET.fromstring(rp.trip_bytes(hostile, ".kml"))  # noqa: S314 - our own file
    words = [node.text or "" for node in root.iter("{http://www.opengis.net/kml/2.2}description")]
    assert words
    assert all("<" not in text.replace("<br>", "") for text in words)


def test_a_spreadsheet_runs_no_formula(trip: rp.Itinerary) -> None:
    day = trip.days[0]
    bad = replace(
        day,
        stops=(replace(day.stops[0], name_vi='=HYPERLINK("http://x")', name_en="@SUM(1)"), *day.stops[1:]),
    )
    text = rp.trip_bytes(replace(trip, days=(bad, *trip.days[1:])), ".csv").decode("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    assert '\'=HYPERLINK("http://x")' in cells
    assert not [cell for cell in cells if cell.startswith(("=", "@", "+"))]


@pytest.mark.parametrize("suffix", [s for s in FORMATS if s != ".png"])
def test_a_trip_without_stops_can_be_written(empty: rp.Itinerary, tmp_path: Path, suffix: str) -> None:
    path = written(empty, tmp_path, suffix)
    assert path.stat().st_size > 0
    if suffix in (".gpkg", ".geojson"):
        assert (
            (layer(path, layer=0).get("feature", "") != "stop").all()
            if suffix == ".geojson"
            else layer(path, layer=0).empty
        )


def test_itinerary_and_request_keep_to_their_schemas(trip: rp.Itinerary) -> None:
    import jsonschema

    for what, data in (("itinerary", trip.to_dict()), ("request", dict(trip.request))):
        schema = rp.json_schema(what)
        jsonschema.Draft202012Validator.check_schema(schema)
        jsonschema.validate(json.loads(json.dumps(data)), schema)
    broken = trip.to_dict()
    del broken["days"][0]["stops"][0]["arrival"]
    with pytest.raises(jsonschema.ValidationError, match="arrival"):
        jsonschema.validate(broken, rp.json_schema("itinerary"))
    for wrong in (
        {"first_day": "2027-03-13", "dayz": 2},
        {"days": 1},
        {"first_day": "2027-03-13", "days": 99},
    ):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(wrong, rp.json_schema("request"))
        with pytest.raises(rp.RequestError):
            rp.TripRequest.from_dict(wrong)


def test_the_schema_knows_each_field_that_is_written(trip: rp.Itinerary) -> None:
    """A field that is written and not described would be a change of the shape without a word."""
    schema, data = rp.json_schema("itinerary"), trip.to_dict()
    assert set(data) == set(schema["properties"])
    day = schema["properties"]["days"]["items"]["properties"]
    assert set(data["days"][0]) == set(day)
    for key in ("stops", "legs", "breaks"):
        assert set(data["days"][0][key][0]) == set(day[key]["items"]["properties"])
    assert set(trip.request) == set(rp.json_schema("request")["properties"])


def test_convert_writes_what_to_file_writes(trip: rp.Itinerary, tmp_path: Path, capsysbinary: Any) -> None:
    source = str(tmp_path / "in.json")
    trip.to_file(source)
    for suffix in (".geojson", ".gpx", ".kml", ".csv", ".jsonld", ".zip"):
        assert main(["convert", source, str(tmp_path / f"out{suffix}"), "--lang", "vi"]) == 0
        assert (tmp_path / f"out{suffix}").read_bytes() == rp.trip_bytes(trip, suffix, lang="vi")
    capsysbinary.readouterr()
    assert main(["convert", source, "-", "--to", "gpx"]) == 0
    assert capsysbinary.readouterr().out == rp.trip_bytes(trip, "gpx")


def test_unknown_formats_are_refused_with_the_known_ones(
    trip: rp.Itinerary, tmp_path: Path, capsys: Any
) -> None:
    with pytest.raises(rp.RequestError, match=r"\.gpxx.*did you mean '\.gpx'"):
        trip.to_file(tmp_path / "x.gpxx")
    with pytest.raises(rp.RequestError, match="no suffix"):
        trip.to_file(tmp_path / "x")
    with pytest.raises(rp.RequestError, match="lang"):
        trip.to_file(tmp_path / "x.gpx", lang="fr")
    with pytest.raises(rp.RequestError, match="has no schema"):
        rp.json_schema("itinerari")
    assert main(["convert", str(tmp_path / "none.json"), str(tmp_path / "x.gpx")]) == 2
    assert "does not exist" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("what", ["request", "itinerary"])
def test_the_published_schemas_are_those_of_the_code(what: str) -> None:
    published = Path(__file__).parents[2] / "docs" / "schema" / f"{what}-1.json"
    assert json.loads(published.read_text("utf-8")) == rp.json_schema(what)
