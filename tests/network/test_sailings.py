from __future__ import annotations

import zipfile
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import gtfs_kit
import hypothesis.strategies as st
import pytest
from hypothesis import given

from routeplanner.errors import DataFileError
from routeplanner.network.sailings import Call, Sailing, load_sailings, save_sailings

if TYPE_CHECKING:
    from pathlib import Path

FEED = {
    "agency.txt": "agency_id,agency_name,agency_url,agency_timezone\na,Sông Hồng,https://e.vn,Asia/Ho_Chi_Minh\n",
    "stops.txt": "stop_id,stop_name,stop_lat,stop_lon\nx,Bến X,21.0,105.8\ny,Bến Y,20.9,105.9\n",
    "routes.txt": "route_id,route_long_name,route_type\nr,X – Y,4\nbus,Bus,3\n",
    "trips.txt": "route_id,service_id,trip_id\nr,s,t\nbus,s,b\n",
    "stop_times.txt": "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
    "t,08:00:00,08:05:00,x,1\nt,09:00:00,09:00:00,y,2\n",
    "calendar.txt": "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
    "s,0,0,0,0,0,1,1,20270101,20271231\n",
}


def _feed(folder: Path, **changed: str) -> Path:
    path = folder / "feed.zip"
    with zipfile.ZipFile(path, "w") as feed:
        for name, text in FEED.items():
            feed.writestr(name, changed.get(name.removesuffix(".txt"), text))
    return path


def test_the_published_day_to_phu_dong() -> None:
    out, back = load_sailings()
    assert (out.calls[0].depart_s, out.calls[-1].arrive_s) == (8 * 3600, 10 * 3600)
    assert (back.calls[0].depart_s, back.calls[-1].arrive_s) == (14 * 3600, 16 * 3600 + 900)
    assert back.calls[1].arrive_s is None  # Bồ Đề: the page gives no time
    assert out.runs_on(date(2017, 1, 14))
    assert not out.runs_on(date(2027, 1, 14))


def test_gtfs_kit_reads_what_we_write(tmp_path: Path) -> None:
    feed = gtfs_kit.read_feed(save_sailings(load_sailings(), tmp_path / "boats.zip"), dist_units="km")
    assert sorted(feed.trips["trip_id"]) == ["phu-dong-back", "phu-dong-out"]
    assert set(feed.routes["route_type"]) == {4}
    assert "Bến Phù Đổng (sông Đuống)" in set(feed.stops["stop_name"])
    assert list(feed.agency["agency_timezone"]) == ["Asia/Ho_Chi_Minh"]
    assert feed.get_dates()[0] == "20170101"


def test_other_modes_are_passed_over_and_weekdays_kept(tmp_path: Path) -> None:
    (sailing,) = load_sailings(_feed(tmp_path))
    assert sailing.key == "t"
    assert sailing.operator == "Sông Hồng"
    assert sailing.runs_on(date(2027, 3, 13))
    assert not sailing.runs_on(date(2027, 3, 15))


_CALLS = st.lists(st.integers(0, 30 * 3600), min_size=2, max_size=5).map(sorted)


@given(
    times=_CALLS,
    weekdays=st.lists(st.booleans(), min_size=7, max_size=7),
    name=st.text("ạ,\"Đ –'x", min_size=1),
)
def test_what_is_written_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, times: list[int], weekdays: list[bool], name: str
) -> None:
    calls = tuple(Call(f"s{i}", f"Bến {i}", 105.8 + i / 10, 21.0, t, t) for i, t in enumerate(times))
    sailing = Sailing(
        key="t",
        route_id="r",
        name=name.strip() or "x",
        operator="Tàu",
        url="https://e.vn",
        calls=calls,
        weekdays=tuple(weekdays),
        first_day=date(2027, 1, 1),
        last_day=date(2027, 2, 28),
    )
    path = tmp_path_factory.mktemp("feed") / "f.zip"
    save_sailings([sailing], path)
    first = path.read_bytes()
    assert load_sailings(path) == (sailing,)
    save_sailings([sailing], path)
    assert path.read_bytes() == first


@pytest.mark.parametrize(
    ("table", "old", "new", "words"),
    [
        ("stop_times", "09:00:00,09", "25:61:00,09", "'25:61:00' is no time; write HH:MM:SS"),
        ("stop_times", "t,09:00:00,09:00:00,y,2", "t,07:00:00,07:00:00,y,2", "times run backwards"),
        ("stop_times", ",y,2", ",z,2", "stop_id is not in stops.txt"),
        ("stop_times", "08:00:00,08:05:00", ",", "the first and the last call need times"),
        ("stop_times", ",x,1", ",x,one", "stop_sequence 'one' is no whole number"),
        ("calendar", "20270101", "2027-1-1", "start_date '2027-1-1' is no date; write YYYYMMDD"),
        ("stops", "21.0,105.8", "north,105.8", "stop_lat, stop_lon are no numbers"),
        ("trips", "r,s,t", "q,s,t", "route_id 'q' is not in routes.txt"),
        ("trips", "r,s,t", "r,q,t", "service_id 'q' is not in calendar.txt"),
        ("routes", "route_type", "type", "column route_type is missing"),
    ],
)
def test_a_broken_feed_names_file_row_and_remedy(
    tmp_path: Path, table: str, old: str, new: str, words: str
) -> None:
    text = FEED[f"{table}.txt"]
    assert old in text
    with pytest.raises(DataFileError) as error:
        load_sailings(_feed(tmp_path, **{table: text.replace(old, new)}))
    assert words in str(error.value)
    assert f"{table}.txt" in str(error.value) or table in ("stops", "trips")


def test_what_is_no_feed_is_said(tmp_path: Path) -> None:
    broken = tmp_path / "broken.zip"
    broken.write_bytes(b"PK\x03\x04 cut off")
    with pytest.raises(DataFileError, match="no GTFS zip file"):
        load_sailings(broken)
    with pytest.raises(DataFileError, match="does not exist"):
        load_sailings(tmp_path / "none.zip")
    with pytest.raises(DataFileError, match=r"stops\.txt is missing"):
        load_sailings(tmp_path)


def test_two_sailings_of_one_key_are_not_written(tmp_path: Path) -> None:
    sailing = load_sailings()[0]
    with pytest.raises(DataFileError, match="'phu-dong-out' stands twice"):
        save_sailings([sailing, replace(sailing, name="x")], tmp_path / "f.zip")
    assert list(tmp_path.iterdir()) == []
