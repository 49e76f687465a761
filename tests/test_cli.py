from __future__ import annotations

import io
import json
import os
import shutil
import socket
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest

import routeplanner as rp
from routeplanner._resources import data_path
from routeplanner.cli import main

FAST = ("--time-limit", "1")
DATE = ("--date", "2027-03-13")


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder, so that whatever is left behind is seen."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> int:
    """Run the command line in this process; argparse ends by SystemExit."""
    try:
        return main(arguments)
    except SystemExit as end:
        return int(end.code or 0)


def planned(file: str = "trip.json") -> rp.Itinerary:
    return rp.Itinerary.from_file(file)


def is_right(trip: rp.Itinerary, network: rp.Network) -> bool:
    return rp.check(trip, network, rp.TripRequest.from_dict(trip.request)) == []


def test_the_day_south_of_hanoi(
    network: rp.Network, elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = [
        "plan",
        "--corridor",
        "south",
        "--start",
        "ho-hoan-kiem",
        *DATE,
        "--days",
        "1",
        "--theme",
        "handicraft=1",
    ]
    assert run(*line, *FAST, "--map", "south.html", "--json", "south.json") == 0
    trip = planned("south.json")
    assert is_right(trip, network)
    assert sorted(path.name for path in elsewhere.iterdir()) == ["south.html", "south.json"]
    out, err = capsys.readouterr()
    assert all(f"{stop.start:%H:%M}" in out and stop.name_en in out for stop in trip.stops)
    told = [line for line in err.splitlines() if "compiling the search" not in line]  # said where it is new
    assert told == ["wrote south.html", "wrote south.json"]
    page = (elsewhere / "south.html").read_text(encoding="utf-8")
    assert all(stop.name_vi in page for stop in trip.stops)
    assert run("check", "south.json") == 0


def test_two_days_in_the_northwest_with_a_night(network: rp.Network) -> None:
    night = "duong-lam-ancient-village"
    line = ["plan", "--corridor", "northwest", "--days", "2", "--overnight", night, *DATE, *FAST]
    assert run(*line, "--json", "trip.json") == 0
    trip = planned()
    assert is_right(trip, network)
    assert [day.end.site_id for day in trip.days] == [night, "ho-hoan-kiem"]
    assert [day.start.site_id for day in trip.days] == ["ho-hoan-kiem", night]


def test_must_visits(network: rp.Network) -> None:
    must = ("chuong-conical-hat-village", "quang-phu-cau-incense")
    line = ["plan", *DATE, *FAST, "--json", "trip.json"]
    assert run(*line, *[word for site in must for word in ("--must-visit", site)]) == 0
    trip = planned()
    assert is_right(trip, network)
    assert set(must) <= {stop.site_id for stop in trip.stops}


def test_a_day_by_boat(network: rp.Network) -> None:
    assert run("plan", "--corridor", "river", "--mode", "river", *DATE, *FAST, "--json", "trip.json") == 0
    trip = planned()
    assert is_right(trip, network)
    water = sum(leg.distance_m for leg in trip.days[0].legs if leg.mode == "boat")
    assert water > 0.5 * trip.days[0].distance_m


def test_every_option_reaches_the_request(network: rp.Network) -> None:
    line = (
        "plan --area 105.7,20.7,106.1,21.2 --start 21.03,105.85 --end ga-ha-noi --date 2027-03-13 --days 2 "
        "--overnight bat-trang --day-start 07:30 --day-end 18:15 --theme handicraft=1 --theme history=0.4 "
        "--forbid chuong-hat-market --mode mixed --vehicle coach29 --pace relaxed --people 20 --max-stops 2 "
        "--seed 3 --time-limit 1 --json trip.json --no-lunch --lang vi"
    )
    assert run(*line.split()) == 0
    trip = planned()
    assert is_right(trip, network)
    assert trip.seed == 3
    expected = {
        "first_day": "2027-03-13",
        "start": "21.03,105.85",
        "end": "ga-ha-noi",
        "days": 2,
        "area": [105.7, 20.7, 106.1, 21.2],
        "overnight": ["bat-trang"],
        "day_start": "07:30",
        "day_end": "18:15",
        "themes": {"handicraft": 1.0, "history": 0.4},
        "forbidden": ["chuong-hat-market"],
        "mode": "mixed",
        "vehicle": "coach29",
        "pace": "relaxed",
        "people": 20,
        "lunch": None,
        "max_stops": 2,
    }
    assert {key: trip.request[key] for key in expected} == expected


def test_a_budget_is_kept(network: rp.Network) -> None:
    assert (
        run("plan", "--corridor", "west", *DATE, *FAST, "--budget-vnd", "1_500_000", "--json", "trip.json")
        == 0
    )
    trip = planned()
    assert is_right(trip, network)
    assert trip.measures["cost_vnd_per_person"] * 12 <= 1_500_000 + 12


def test_sites_near_a_point(capsys: pytest.CaptureFixture[str]) -> None:
    line = [
        "sites",
        "--kind",
        "craft_village",
        "--craft",
        "lacquer",
        "--near",
        "20.90,105.87",
        "--within-km",
        "10",
    ]
    assert run(*line) == 0
    out, err = capsys.readouterr()
    rows = [row for row in out.splitlines() if row]
    assert err.strip() == f"{len(rows)} site{'s' * (len(rows) != 1)}"
    assert any(row.startswith("ha-thai-lacquer ") for row in rows)
    far = [float(row.split(" km")[0].split()[-1]) for row in rows]
    assert far == sorted(far)
    assert all(km <= 10 for km in far)
    assert run(*line, "--json") == 0
    features = json.loads(capsys.readouterr().out)["features"]
    assert len(features) == len(rows)
    assert all("lacquer" in feature["properties"]["crafts"] for feature in features)


@pytest.mark.parametrize(
    "text", ["Bát Tràng", "bat trang", "BAT TRANG", unicodedata.normalize("NFD", "Bát Tràng")]
)
def test_sites_are_found_with_and_without_diacritics(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("sites", *text.split()) == 0  # quoted or not
    unquoted = capsys.readouterr().out
    assert run("sites", text) == 0
    found = capsys.readouterr().out
    assert "\nbat-trang " in "\n" + found
    assert found == unquoted


def test_the_bundled_catalogue_validates(capsys: pytest.CaptureFixture[str]) -> None:
    files = sorted(map(str, data_path("sites").glob("*.geojson")))
    assert run("validate", *files) == 0
    out, err = capsys.readouterr()
    assert out.splitlines() == [f"{file}: no faults" for file in files]
    assert err == ""


def test_corridors_are_listed_with_their_sites(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("corridors", "--json") == 0
    rows = {row["key"]: row for row in json.loads(capsys.readouterr().out)}
    names = (
        *("south", "southwest", "west", "northwest", "river", "inner", "east_north", "delta", "national"),
        "hanoi-hue-saigon",
    )
    assert tuple(rows) == names
    assert all(row["sites"] > 0 and row["name_vi"] and row["name_en"] for row in rows.values())
    assert run("corridors") == 0
    out = capsys.readouterr().out
    assert all(row["name_vi"] in out for row in rows.values())


def test_why_prints_a_reason_for_each_site_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("plan", "--corridor", "south", *DATE, *FAST, "--why", "--json", "trip.json") == 0
    out = capsys.readouterr().out
    assert all(f"  {left.site_id}: {left.reason}: {left.detail}" in out for left in planned().skipped)


def test_check_finds_what_was_edited_by_hand(elsewhere: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("plan", "--corridor", "west", *DATE, *FAST, "--json", "trip.json") == 0
    data = json.loads(Path("trip.json").read_text(encoding="utf-8"))
    data["days"][0]["breaks"] = []
    (elsewhere / "trip.json").write_text(json.dumps(data), encoding="utf-8")
    capsys.readouterr()
    assert run("check", "trip.json") == 1
    assert "day 1: lunch: 0 lunches, 1 asked for" in capsys.readouterr().out


PLAN = ("plan", *DATE, *FAST)
OUTPUT = ("--map", "trip.html", "--json", "trip.json")

BAD: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "an unknown corridor": (
        (*PLAN, "--corridor", "souht"),
        ("corridor", "'souht'", "did you mean 'south'"),
    ),
    "an unknown start": ((*PLAN, "--start", "ho-hoan-kim"), ("start", "'ho-hoan-kim'", "ho-hoan-kiem")),
    "an unknown must-visit": (
        (*PLAN, "--must-visit", "bat-trag"),
        ("--must-visit", "'bat-trag'", "'bat-trang'"),
    ),
    "an unknown theme": ((*PLAN, "--theme", "handicrafts=1"), ("--theme", "'handicrafts'", "'handicraft'")),
    "a word for a weight": (
        (*PLAN, "--theme", "handicraft=much"),
        ("--theme", "'handicraft=much'", "NAME=WEIGHT"),
    ),
    "a weight of two": (
        (*PLAN, "--theme", "handicraft=2"),
        ("--theme handicraft", "2.0", "between 0 and 1"),
    ),
    "a date that is none": (
        ("plan", "--corridor", "south", "--date", "2027-02-30"),
        ("--date", "'2027-02-30'", "2027-03-13"),
    ),
    "a date the other way round": (
        ("plan", "--corridor", "south", "--date", "13/03/2027"),
        ("--date", "'13/03/2027'", "year-month-day"),
    ),
    "a date of another age": (
        ("plan", "--corridor", "south", "--date", "1066-10-14"),
        ("1066", "1900", "2100"),
    ),
    "a day that ends before it starts": (
        (*PLAN, "--day-start", "18:00"),
        ("--day-end", "17:30 is not after --day-start 18:00", "give a later --day-end"),
    ),
    "a clock that is none": ((*PLAN, "--day-start", "8 Uhr"), ("--day-start", "'8 Uhr'", "08:00")),
    "no days": ((*PLAN, "--days", "0"), ("days", "0", "1 to 31")),
    "days in words": ((*PLAN, "--days", "two"), ("--days", "'two'", "whole number")),
    "an unknown vehicle": ((*PLAN, "--vehicle", "minibus"), ("vehicle", "'minibus'", "minibus16")),
    "an unknown mode": ((*PLAN, "--mode", "boat"), ("mode", "'boat'", "river")),
    "an unknown pace": ((*PLAN, "--pace", "slow"), ("pace", "'slow'", "relaxed")),
    "an area of three": ((*PLAN, "--area", "105,20,106"), ("area", "west")),
    "an area upside down": ((*PLAN, "--area", "20,105,21,106"), ("area", "lon, lat")),
    "a time limit of nothing": ((*PLAN, "--time-limit", "0"), ("--time-limit", "'0'", "above 0")),
    "a seed in words": ((*PLAN, "--seed", "abc"), ("--seed", "'abc'", "whole number")),
    "a start on the moon": (
        (*PLAN, "--corridor", "south", "--start", "200,400"),
        ("start", "200", "degrees"),
    ),
    "a start far from any road": ((*PLAN, "--corridor", "south", "--start", "0,0"), ("0,0", "start")),
    "a night out of reach": (
        (*PLAN, "--corridor", "south", "--days", "2", "--overnight", "san-bay-tan-son-nhat"),
        ("san-bay-tan-son-nhat", "day 1", "choose another"),
    ),
    "a night in another country": (
        (*PLAN, "--corridor", "south", "--days", "2", "--overnight", "48.85,2.35"),
        ("48.85,2.35",),
    ),
    "a night too far to drive": (
        (
            *PLAN,
            "--corridor",
            "south",
            "--days",
            "2",
            "--overnight",
            "noi-bai",
            "--vehicle",
            "foot",
            "--day-end",
            "13:00",
        ),
        ("noi-bai", "day 1"),
    ),
    "a night of one day": ((*PLAN, "--overnight", "bat-trang"), ("overnight", "raise days")),
    "a site both wanted and not": (
        (*PLAN, "--must-visit", "bat-trang", "--forbid", "bat-trang"),
        ("'bat-trang'", "take it off one"),
    ),
    "a museum on its closing day": (
        ("plan", "--date", "2027-03-15", "--must-visit", "bao-tang-lich-su", *FAST),
        ("bao-tang-lich-su", "closed on Mondays", "another date"),
    ),
    "a folder that is missing": (
        (*PLAN, "--json", "no/trip.json"),
        ("no/trip.json", "does not exist", "create it"),
    ),
    "a folder that is missing and a date that is none": (
        ("plan", "--date", "2027-13-40", "--map", "no/trip.html", "--workers", "x"),
        ("no/trip.html", "'2027-13-40' is not a date", "--workers: 'x'"),
    ),
    "a folder for a file": ((*PLAN, "--map", "."), ("folder", "give a file name")),
    "a catalogue that is missing": (
        (*PLAN, "--catalogue", "none.geojson"),
        ("none.geojson", "does not exist"),
    ),
    "sites of an unknown kind": (
        ("sites", "--kind", "craft_vilage"),
        ("kind", "'craft_vilage'", "craft_village"),
    ),
    "sites of an unknown craft": (("sites", "--craft", "laquer"), ("craft", "'laquer'", "lacquer")),
    "sites near a word": (("sites", "--near", "Hanoi"), ("--near", "'Hanoi'", "20.90,105.87")),
    "sites near the pole's other side": (("sites", "--near", "105.87,20.90"), ("near", "105.87")),
    "sites within nothing": (("sites", "--within-km", "3"), ("--within-km", "--near")),
    "a check of nothing": (("check", "none.json"), ("none.json", "does not exist")),
    "no command": ((), ("usage", "COMMAND")),
    "an unknown command": (("plna",), ("plna",)),
}


@pytest.mark.parametrize(("arguments", "words"), BAD.values(), ids=BAD)
def test_bad_input_gets_a_message_with_the_remedy_and_code_2(
    arguments: tuple[str, ...], words: tuple[str, ...], elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if arguments[:1] == ("plan",) and "--json" not in arguments and "--map" not in arguments:
        arguments = (*arguments, *OUTPUT)
    assert run(*arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "Traceback" not in err
    for word in words:
        assert word in err
    assert list(elsewhere.iterdir()) == []


def test_all_faults_of_a_command_line_come_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    line = "plan --date tomorrow --days x --people 0 --theme a=b --mode sea --seed s --day-start 25:00"
    assert run(*line.split()) == 2
    err = capsys.readouterr().err
    for word in ("'tomorrow'", "--days", "people: 0", "--theme", "mode: 'sea'", "--seed", "'25:00'"):
        assert word in err


def feature(**changes: object) -> dict[str, object]:
    """Return a record of the bundled catalogue, changed."""
    record = json.loads((data_path("sites") / "museum.geojson").read_text(encoding="utf-8"))["features"][0]
    record["properties"] |= {key: value for key, value in changes.items() if key != "coordinates"}
    if "coordinates" in changes:
        record["geometry"]["coordinates"] = changes["coordinates"]
    return record  # type: ignore[no-any-return]


def collection(*features: object) -> str:
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)


BROKEN: dict[str, tuple[str, tuple[str, ...]]] = {
    "swapped coordinates": (collection(feature(coordinates=[21.03, 105.85])), ("21.03", "swap")),
    "broken GeoJSON": (collection(feature())[:-40], ("JSON", "line")),
    "no GeoJSON": ('{"type": "Topology"}', ("FeatureCollection",)),
    "an unknown kind": (collection(feature(kind="musem")), ("kind", "'musem'", "museum")),
    "a site twice": (collection(feature(), feature()), ("bao-tang-ao-dai", "also at", "remove one")),
    "hours of another tongue": (
        collection(feature(opening_hours="8h-17h")),
        ("opening_hours", "8h-17h", "08:00"),
    ),
    "an empty file": ("", ("JSON",)),
}


@pytest.mark.parametrize(("content", "words"), BROKEN.values(), ids=BROKEN)
def test_a_broken_catalogue_is_refused_by_validate_and_plan(
    content: str, words: tuple[str, ...], elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (elsewhere / "own.geojson").write_text(content, encoding="utf-8")
    assert run("validate", "own.geojson") == 2
    out, err = capsys.readouterr()
    for word in words:
        assert word.lower() in (out + err).lower()
    assert run(*PLAN, "--catalogue", "own.geojson", *OUTPUT) == 2
    out, err = capsys.readouterr()
    assert "Traceback" not in err
    assert "own.geojson" in err
    for word in words:
        assert word.lower() in err.lower()
    assert [path.name for path in elsewhere.iterdir()] == ["own.geojson"]


def test_validate_counts_the_faults_of_every_file(
    elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (elsewhere / "good.geojson").write_text(collection(feature()), encoding="utf-8")
    (elsewhere / "bad.geojson").write_text(collection(feature(kind="x", visit_min=-3)), encoding="utf-8")
    assert run("validate", "good.geojson", "bad.geojson", "missing.geojson") == 2
    out, err = capsys.readouterr()
    assert "good.geojson: no faults" in out
    assert "visit_min" in out
    assert "-3" in out
    assert "missing.geojson" in out + err
    assert "does not exist" in out + err


def test_an_edited_itinerary_is_refused_without_a_traceback(
    elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("plan", "--corridor", "west", *DATE, *FAST, "--json", "trip.json") == 0
    whole = json.loads((elsewhere / "trip.json").read_text(encoding="utf-8"))
    capsys.readouterr()
    for changes in ({"request": "south"}, {"request": {}}, {"days": []}, {"schema": "x"}, {"days": [{}]}):
        (elsewhere / "trip.json").write_text(json.dumps(whole | changes), encoding="utf-8")
        assert run("check", "trip.json") in (1, 2)
        assert "Traceback" not in capsys.readouterr().err


def test_an_old_file_survives_a_plan_that_fails(elsewhere: Path) -> None:
    (elsewhere / "trip.json").write_text("old", encoding="utf-8")
    assert run(*PLAN, "--must-visit", "bao-tang-gom", "--corridor", "nowhere", *OUTPUT) == 2
    assert (elsewhere / "trip.json").read_text(encoding="utf-8") == "old"
    assert [path.name for path in elsewhere.iterdir()] == ["trip.json"]


def test_a_map_or_a_picture_has_a_name_that_says_so(
    elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*PLAN, "--map", "x.txt", "--svg", "y.html", "--png", "z.png") == 2
    said = capsys.readouterr().err
    assert "--map: x.txt is no name of such a file; end it in .html" in said
    assert "--svg: y.html" in said
    assert "--png" not in said.replace("--png FILE.png", "")
    assert list(elsewhere.iterdir()) == []


def installed(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run the installed command in a process of its own."""
    command = shutil.which("routeplanner", path=str(Path(sys.executable).parent)) or "routeplanner"
    return subprocess.run(
        [command, *arguments], capture_output=True, check=False, env=os.environ | environment, timeout=300
    )


def test_the_installed_command_plans_and_says_what_is_wrong(elsewhere: Path) -> None:
    done = installed("plan", "--corridor", "south", *DATE, *FAST, "--json", "trip.json", "--lang", "vi")
    assert (done.returncode, done.stderr.decode()) == (0, "đã ghi trip.json\n")
    assert all(stop.name_vi in done.stdout.decode() for stop in planned().stops)
    bad = installed("plan", "--corridor", "souht", *DATE, "--json", "other.json")
    assert bad.returncode == 2
    assert bad.stdout == b""
    assert bad.stderr.decode().startswith("routeplanner: request: 1 fault\n")
    assert [path.name for path in elsewhere.iterdir()] == ["trip.json"]


def test_the_installed_command_speaks_utf_8_in_any_locale() -> None:
    done = installed("corridors", LC_ALL="C", PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert "Thường Tín" in done.stdout.decode("utf-8")


def test_the_module_is_the_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "routeplanner", "--version"], capture_output=True, check=True, text=True
    )
    assert done.stdout.split() == ["routeplanner", rp.__version__]


def test_a_reader_that_stops_early_is_no_error() -> None:
    command = f"'{sys.executable}' -m routeplanner sites | head -n 1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, check=False, text=True)
    assert done.stderr == "" or "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
    assert len(done.stdout.splitlines()) == 1


def test_the_calendar_is_listed_and_written(elsewhere: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("calendar", "2027", "--ics", "2027.ics", "--html", "2027.html", "--lang", "vi") == 0
    out = capsys.readouterr().out
    assert "06/02/2027 – 08/02/2027" in out
    assert "Hội Lim  [lang-lim-quan-ho]" in out
    text = (elsewhere / "2027.ics").read_bytes()
    assert text.startswith(b"BEGIN:VCALENDAR\r\n")
    assert text.count(b"BEGIN:VEVENT") == len(out.splitlines())
    assert "Lịch lễ hội 2027" in (elsewhere / "2027.html").read_text(encoding="utf-8")


def test_best_dates_draws_a_heat_map_and_gives_every_date(
    elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    season = (
        "--within",
        "2027-03-13",
        "2027-03-16",
        "--area",
        "105.86,20.88,105.91,20.93",
        "--iterations",
        "20",
    )
    assert run("best-dates", *season, "--json", "dates.json", "--html", "dates.html", "--lang", "vi") == 0
    out = capsys.readouterr().out
    assert out.startswith("Tháng 3 2027\n  T2  T3  T4  T5  T6  T7  CN\n")
    assert "13*" in out
    assert "* tốt nhất   – không có lịch" in out
    rows = json.loads((elsewhere / "dates.json").read_text(encoding="utf-8"))
    assert [row["date"] for row in rows] == ["2027-03-13", "2027-03-14", "2027-03-15", "2027-03-16"]
    assert {"prize", "rank", "stops", "site_ids", "why", "why_vi", "fault"} < set(rows[0])
    assert "Ngày nào đi tốt nhất" in (elsewhere / "dates.html").read_text(encoding="utf-8")
    assert run("best-dates", *season, "--closed", "ha-thai-lacquer=2027-03-13", "--json") == 0
    again = json.loads(capsys.readouterr().out)
    assert "ha-thai-lacquer" not in again[0]["site_ids"]
    assert again[0]["prize"] < again[1]["prize"]


def test_best_dates_names_all_that_is_wrong_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        run("best-dates", "--within", "2027-13-01", "2027-03-15", "--days", "x", "--corridor", "suoth") == 2
    )
    err = capsys.readouterr().err
    for words in (
        "--within: ('2027-13-01'",
        "write them as 2027-01-01",
        "--days: 'x'",
        "did you mean 'south'",
    ):
        assert words in err
    assert run("best-dates", "--within", "2100-12-30", "2101-01-02") == 2
    assert "--within: 2101-01-02 is outside the calendar" in capsys.readouterr().err


@pytest.mark.parametrize("year", ["1899", "năm nay", "2101"])
def test_a_year_that_has_no_calendar_is_refused(year: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("calendar", year) == 2
    err = capsys.readouterr().err
    assert "Traceback" not in err
    assert year in err


def test_open_says_what_is_closed_and_why(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("open", "2027-03-15", "--corridor", "inner", "--closed") == 0
    out = capsys.readouterr().out
    assert "closed on Mondays" in next(line for line in out.splitlines() if "hoang-thanh-thang-long" in line)
    assert "ho-hoan-kiem" not in out
    assert run("open", "2027-03-15", "--corridor", "inner", "--lang", "vi") == 0
    assert "08:00–17:00" in capsys.readouterr().out
    assert run("open", "15/3/2027") == 2
    assert "year-month-day" in capsys.readouterr().err


def test_overrides_reach_the_plan(capsys: pytest.CaptureFixture[str]) -> None:
    closed = ("--closed", "ha-thai-lacquer=2027-03-13", "--must-visit", "ha-thai-lacquer")
    assert run("plan", "--corridor", "south", *DATE, *FAST, *closed) == 2
    assert "closed on this date, says the request" in capsys.readouterr().err
    assert (
        run(
            "plan", "--corridor", "south", *DATE, "--hours", "x", "--closed", "y=soon", "--festivals", "never"
        )
        == 2
    )
    err = capsys.readouterr().err
    for words in ("--hours: 'x' is not SITE=HOURS", "'soon' is not a date", "festivals: 'never' is unknown"):
        assert words in err


def test_alternatives_are_printed_and_written_side_by_side(
    elsewhere: Path, capsys: pytest.CaptureFixture[str], network: rp.Network
) -> None:
    outputs = ("--json", "trip.json", "--map", "trip.html")
    assert run("plan", "--corridor", "west", *DATE, *FAST, "--alternatives", "2", *outputs) == 0
    out = capsys.readouterr().out
    assert out.count("== Plan ") == 2
    names = {"trip.json", "trip-2.json", "trip.html", "trip-2.html"}
    assert {path.name for path in elsewhere.iterdir()} == names
    trips = [rp.Itinerary.from_file(name) for name in ("trip.json", "trip-2.json")]
    assert rp.difference(*trips).distance >= 0.5
    for trip in trips:
        assert rp.check(trip, network, rp.TripRequest.from_dict(trip.request)) == []
    (elsewhere / "t-2.json").mkdir()
    assert run(*PLAN, "--alternatives", "2", "--seeds", "2", "--json", "t.json") == 2
    err = capsys.readouterr().err
    assert "t-2.json is a folder" in err
    assert "goes with one seed" in err


def test_a_written_trip_is_explained_and_changed(
    capsys: pytest.CaptureFixture[str], network: rp.Network
) -> None:
    assert run("plan", "--corridor", "west", *DATE, *FAST, "--json", "trip.json") == 0
    trip = rp.Itinerary.from_file("trip.json")
    first, left = trip.stops[0], trip.skipped[0]
    capsys.readouterr()
    assert run("explain", "trip.json", first.site_id, left.name_vi, "--lang", "vi") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines == [rp.explain(trip, site).text_vi for site in (first.site_id, left.site_id)]
    assert run("replan", "trip.json", "--remove", first.site_id, "--json", "other.json") == 0
    assert f"1 removed ({first.site_id})" in capsys.readouterr().out
    other = rp.Itinerary.from_file("other.json")
    assert rp.check(other, network, rp.TripRequest.from_dict(other.request)) == []
    assert run("replan", "trip.json", "--lock", "nowhere", "--lock-day", "x", "--map", "no/map.html") == 2
    err = capsys.readouterr().err
    assert "--lock-day: 'x' is not a whole number" in err
    assert "no/map.html" in err


def test_roads_hours_and_water_reach_every_command_that_plans_or_judges(
    elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Half the speed by day, and a street of one's own: a plan holds on the network it was made for alone."""
    streets = Path(__file__).parent / "network" / "small.osm"
    hours = "days,from,urban,rural\nMo-Su,00:00,1,1\nMo-Su,06:00,0.5,0.6\nMo-Su,20:00,1,1\n"
    (elsewhere / "own.csv").write_text(hours, encoding="utf-8")
    own = ("--roads", str(streets), "--traffic", "own.csv")
    made = rp.combine_roads(rp.roads_from_file(streets))
    slow = rp.build_network(rp.load_sites(), made, traffic=rp.load_traffic("own.csv"))

    assert run("plan", "--corridor", "west", *DATE, *FAST, *own, "--json", "trip.json") == 0
    trip = planned()
    assert is_right(trip, slow)
    assert run("check", "trip.json", *own) == 0
    assert run("check", "trip.json") == 1
    assert run("check", "trip.json", "--traffic") == 1

    left = trip.skipped[0].site_id
    for line in (("check", "trip.json"), ("replan", "trip.json"), ("explain", "trip.json", left)):
        assert run(*line, "--water-level", "nan") == 2
    capsys.readouterr()
    assert run("explain", "trip.json", left, *own) == 0
    assert capsys.readouterr().out.strip() == rp.explain(trip, left, network=slow).text
    assert run("replan", "trip.json", "--remove", trip.stops[0].site_id, *own, "--json", "other.json") == 0
    assert is_right(planned("other.json"), slow)

    request = json.dumps({"corridor": "west", "first_day": "2027-03-13"})
    (elsewhere / "two.jsonl").write_text(request + "\n", encoding="utf-8")
    line = ("batch", "two.jsonl", "--workers", "1", "--quiet", "--time-limit", "1")
    assert run(*line, *own, "--out", "slow.parquet") == 0
    import pandas as pd

    found = rp.Itinerary.from_dict(json.loads(pd.read_parquet("slow.parquet")["itinerary"].iloc[0]))
    assert is_right(found, slow)
    assert run(*line, "--out", "slow.parquet") != 0  # results of another network are not mixed in


@pytest.mark.parametrize(
    "line",
    [("plan", *DATE), ("programme",), ("batch", "some.jsonl", "--out", "x.parquet"), ("serve",)],
    ids=lambda line: line[0],
)
def test_a_network_that_cannot_be_made_is_refused(
    line: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*line, "--water-level", "deep") == 2
    assert "--water-level: 'deep' is not a number" in capsys.readouterr().err


def test_warmup_says_what_it_did(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("warmup") == 0
    assert run("warmup") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1].startswith("nothing to compile in ")
    assert len(lines) % 2 == 0


def test_a_first_compilation_is_said_once_on_standard_error(tmp_path: Path) -> None:
    code = (
        "import numba; from routeplanner.planning.search._notice import said_once\n"
        "for k in range(2):\n"
        "    with said_once():\n"
        "        numba.njit(lambda x: x + k)(1)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        check=True,
        text=True,
        env=os.environ | {"NUMBA_CACHE_DIR": str(tmp_path)},
    )
    assert done.stderr.count("compiling the search") == done.stderr.count("đang biên dịch") == 1
    assert done.stderr.count("set NUMBA_CACHE_DIR") == 1  # such functions have no file
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (("conv",), "convert"),
        (("plan", "--corr"), "--corridor"),
        (("plan", "--lang", ""), "en vi"),
        (("convert", "sou"), "south.json"),
        (("schema", "re"), "request"),
        (("catalog", "heal"), "health"),
        (("plan", "--theme", "handi"), "handicraft=1"),
        (("plan", "--corridor", "hanoi"), "hanoi-hue-saigon"),
    ],
)
def test_bash_completes_commands_options_and_files(
    words: tuple[str, ...], offered: str, elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (elsewhere / "south.json").write_text("{}", encoding="utf-8")
    assert run("completion", "bash") == 0
    script = capsys.readouterr().out
    line = " ".join(repr(word) for word in ("routeplanner", *words))
    ask = f'{script}\nCOMP_WORDS=({line}); COMP_CWORD={len(words)}; _routeplanner; echo "${{COMPREPLY[@]}}"'
    done = subprocess.run(["bash", "-c", ask], capture_output=True, text=True, check=True, cwd=elsewhere)
    assert done.stdout.strip() == offered
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("conv", {"convert"}),
        ("plan --lang ", {"en", "vi"}),
        ("plan --corridor sou", {"south", "southwest"}),
        ("schema re", {"request"}),
        ("catalog heal", {"health"}),
    ],
)
def test_fish_completes_commands_options_and_words(
    words: str, offered: set[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fish = shutil.which("fish")
    if fish is None:
        pytest.skip("fish is not installed")
    assert run("completion", "fish") == 0
    (tmp_path / "c.fish").write_text(capsys.readouterr().out, encoding="utf-8")
    ask = f"source {tmp_path / 'c.fish'}; complete -C 'routeplanner {words}'"
    done = subprocess.run(
        [fish, "--no-config", "-c", ask], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert {line.partition("\t")[0] for line in done.stdout.splitlines()} == offered


def test_zsh_takes_the_script_with_nothing_loaded(capsys: pytest.CaptureFixture[str]) -> None:
    zsh = shutil.which("zsh")
    if zsh is None:
        pytest.skip("zsh is not installed")
    assert run("completion", "zsh") == 0
    ask = capsys.readouterr().out + '\nprint -r -- "$_comps[routeplanner]"'
    done = subprocess.run([zsh, "-f", "-c", ask], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert "_routeplanner" in done.stdout


def test_each_command_states_its_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    from routeplanner.cli import COMMANDS

    assert len(COMMANDS) > 15
    for module in COMMANDS:
        file = module.__name__.rpartition(".")[2]
        name = {"open_on": "open"}.get(file, file.replace("_", "-"))
        assert run(name, "--help") == 0
        assert "130 stopped by the keyboard" in " ".join(capsys.readouterr().out.split()), name


def test_faults_have_a_vietnamese_head_where_that_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("plan", "--date", "tomorrow", "--lang", "vi") == 2
    assert capsys.readouterr().err.startswith("routeplanner: yêu cầu: 1 lỗi\n  - --date: 'tomorrow'")


def test_results_go_to_standard_output_and_words_beside_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("plan", "--corridor", "south", *DATE, *FAST, "--json", "-") == 0
    out, err = capsys.readouterr()
    trip = rp.Itinerary.from_dict(json.loads(out))
    assert trip.stops[0].name_en in err
    for line in (("corridors",), ("calendar", "2027"), ("open", "2027-03-13", "--corridor", "south")):
        assert run(*line, "--json", "-") == 0
        assert json.loads(capsys.readouterr().out)


def test_villages_of_ones_own_join_the_bundled_catalogue_in_a_shell(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own, both = tmp_path / "villages.csv", tmp_path / "catalogue.geojson"
    own.write_text(
        "site_id,name_vi,name_en,kind,corridors,visit_min,significance,lon,lat\n"
        "lang-mau,Làng Mẫu,Sample village,craft_village,south,60,4,105.87,20.85\n",
        encoding="utf-8",
    )
    assert main(["catalog", "merge", "bundled", str(own), "--out", str(both)]) == 0
    joined = rp.load_sites(both)
    assert set(joined.index) == {*rp.load_sites().index, "lang-mau"}
    assert joined.loc["lang-mau", "corridors"] == ["south"]
    capsys.readouterr()
    alone = ["plan", "--catalogue", str(own), "--corridor", "south", "--date", "2027-03-13"]
    assert main(alone) == 2
    assert "give a start, an id or latitude,longitude" in capsys.readouterr().err
    assert main([*alone, "--lang", "vi"]) == 2
    assert "vĩ độ,kinh độ như 21.03,105.85" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("line", "english", "vietnamese"),
    [
        ("plan", "the following arguments are required: --date", "còn thiếu --date"),
        ("plna", "did you mean 'plan'", "ý bạn là 'plan'"),
        (
            "plan --date 2027-03-13 --corrdor south",
            "unrecognized arguments: --corrdor south",
            "không nhận --corrdor south",
        ),
        ("plan --date 2027-03-13 --corrdor south", "did you mean '--corridor'", "ý bạn là '--corridor'"),
        ("plan --date", "argument --date: expected one argument", "--date: cần một giá trị"),
        ("catalog helth", "did you mean 'health'?", "ý bạn là 'health'"),
        ("convert a.json b.gpx c", "unrecognized arguments: c", "không nhận c"),
    ],
)
def test_what_is_typed_wrong_is_told_in_both_languages(
    line: str, english: str, vietnamese: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*line.split()) == 2
    told = capsys.readouterr().err
    assert english in told
    assert told.startswith(
        f"usage: routeplanner {line.split(maxsplit=1)[0]}" if "plna" not in line else "usage: routeplanner "
    )
    assert run("--lang=vi", *line.split()) == run(*line.split(), "--lang=vi") == 2
    assert vietnamese in capsys.readouterr().err


def test_json_alone_means_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("plan", "--corridor", "south", *DATE, *FAST, "--json") == 0
    assert json.loads(capsys.readouterr().out)["schema"] == "routeplanner/itinerary/1"


def test_validate_reads_standard_input(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    point = {"type": "Point", "coordinates": [20.9, 105.87]}
    whole = {
        "type": "FeatureCollection",
        "features": [{"type": "Feature", "geometry": point, "properties": {}}],
    }
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(whole)))
    assert run("validate", "-", "--json", "-") == 2
    assert any("swapped" in fault for fault in json.loads(capsys.readouterr().out)["-"])
    monkeypatch.setattr("sys.stdin", io.StringIO("{"))
    assert run("validate", "-") == 2
    assert "pipe in a GeoJSON FeatureCollection" in capsys.readouterr().err


def test_the_bundled_catalogue_has_a_name_in_every_action(
    elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("catalog", "convert", "bundled", "all.csv") == 0
    assert run("catalog", "diff", "bundled", "all.csv") == 0
    assert (elsewhere / "all.csv").stat().st_size > 100_000
    assert "0 differences" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("--port x --queue y --cors z", ("--port: 'x'", "--queue: 'y'", "cors_origins: 'z'")),
        ("--database nowhere/plans.sqlite", ("nowhere/plans.sqlite: 1 fault", "unable to open")),
        (
            "--host 127.0.0.1 --port {port}",
            ("127.0.0.1:{port} cannot be listened at", "choose another --host or --port"),
        ),
    ],
)
def test_a_service_that_cannot_stand_is_refused_in_a_word(
    options: str, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert run("serve", *options.format(port=port).split()) == 2
    told = capsys.readouterr().err
    assert [word for word in words if word.format(port=port) not in told] == []
    assert "Traceback" not in told


def test_a_batch_is_lines_of_json_and_its_results_are_parquet(
    elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (elsewhere / "list.json").write_text(
        json.dumps([{"first_day": "2027-03-13"}], indent=1), encoding="utf-8"
    )
    assert run("batch", "list.json", "--out", "plans.parquet") == 2
    assert "each request on a line of its own" in capsys.readouterr().err
    assert run("batch", "list.json", "--out", "plans.csv", "--seed", "x") == 2
    told = capsys.readouterr().err
    assert "'plans.csv' does not end in .parquet" in told
    assert "--seed: 'x'" in told
    assert [file.name for file in elsewhere.iterdir()] == ["list.json"]


def test_all_that_is_wrong_with_a_search_for_places_is_told_at_once(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run("sites", "--near", "zz", "--within-km", "x", "--kind", "y", "--craft", "lacqer") == 2
    told = capsys.readouterr().err
    assert [word for word in ("'zz'", "'x'", "'y'", "'lacquer'") if word not in told] == []


def test_times_that_are_no_span_are_told_as_typed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("plan", *DATE, "--day-span", "1=13:00") == 2
    assert (
        "--day-span 1: '13:00' is not two clock times; give two, as 13:00 and 17:30"
        in capsys.readouterr().err
    )


@pytest.mark.parametrize("lang", ["en", "vi"])
def test_faults_name_the_options_that_were_typed_and_no_fields(
    lang: str, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = [
        *(
            "--day-start",
            "10:00",
            "--day-end",
            "09:00",
            "--must-visit",
            "must_visit",
            "--theme",
            "handicraft=-1",
        ),
        *("--overnight", "bat-trang", "--overnight-from", "dong-ky", "--days", "2", "--budget-vnd", "-5"),
        *("--lunch-at", "7=bat-trang"),
    ]
    assert run("plan", *DATE, *wrong, "--lang", lang) == 2
    told = capsys.readouterr().err
    options = (
        "--day-end:",
        "--day-start 10:00",
        "--theme handicraft:",
        "--lunch-at 7:",
        "--overnight-from;",
        "--budget-vnd:",
    )
    assert all(option in told for option in options), told
    assert "'must_visit'" in told  # what was typed remains
    assert "_" not in told.replace("'must_visit'", "")


def test_faults_of_a_file_name_its_fields(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "request.jsonl").write_text(
        '{"first_day": "2027-03-13", "must_visit": 5}\n', encoding="utf-8"
    )
    assert run("batch", "request.jsonl", "--out", "out.parquet") in {1, 2}
    assert "--must-visit" not in capsys.readouterr().err


@pytest.mark.parametrize(
    "line",
    [
        ("embed", "no.json", "page.txt"),
        ("calendar", "2027", "--html", "page.txt"),
        ("best-dates", "--within", "2027-03-13", "2027-03-14", "--html", "page.txt"),
        ("catalog", "health", "--html", "page.txt"),
        ("programme", "--corridor", "south", "--report", "page.txt"),
        ("programme", "--corridor", "south", "--map", "page.txt"),
    ],
)
def test_a_page_is_not_written_under_another_things_name(
    line: tuple[str, ...], elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*line) == 2
    assert "page.txt is no name of such a file; end it in .html" in capsys.readouterr().err
    assert not (elsewhere / "page.txt").exists()
    assert run(*line, "--lang", "vi") == 2
    assert "page.txt không phải tên của tệp như vậy; hãy đặt đuôi .html" in capsys.readouterr().err


def test_a_capacity_without_a_number_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("programme", "--corridor", "south", "--capacity", "lang-cuu") == 2
    assert (
        "--capacity: 'lang-cuu' names no number; give lang-cuu=N, as lang-cuu=40" in capsys.readouterr().err
    )


def test_an_empty_plan_says_why_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("plan", *DATE, *FAST, "--corridor", "south", "--budget-vnd", "10") in {0, 2}
    assert (
        run("plan", *DATE, *FAST, "--corridor", "south", "--day-end", "08:20", "--no-lunch", "--lang", "vi")
        == 0
    )
    out = capsys.readouterr()
    assert "no_time" not in out.out + out.err
    assert "không đủ thời gian" in out.out + out.err


def test_a_day_that_cannot_be_locked_is_named_by_its_option(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("plan", *DATE, *FAST, "--corridor", "south", "--json", "south.json") == 0
    capsys.readouterr()
    assert run("replan", "south.json", "--lock-day", "9") == 2
    assert "--lock-day: 9 is no day of the trip; give numbers from 1 to 1" in capsys.readouterr().err
    assert run("replan", "south.json", "--lock-day", "9", "--lang", "vi") == 2
    assert "--lock-day: 9 không phải ngày của chuyến đi" in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["south.json"]
