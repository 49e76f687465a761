"""Boats that sail by a timetable: waited for, never missed by a minute, and landing as published."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest

import routeplanner as rp
from routeplanner._clock import TIMEZONE
from routeplanner._resources import data_path
from routeplanner.errors import NetworkError
from routeplanner.network import Sailing
from routeplanner.network.sailings import Call
from routeplanner.network.timetable import hops_of

DAY = date(2017, 5, 10)
CITY, PHU_DONG = "ben-chuong-duong-do", "ben-phu-dong"


def at(minute: int, day: date = DAY) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=TIMEZONE) + timedelta(minutes=minute)


def sailing(key: str, *calls: tuple[str, int | None], **fields: object) -> Sailing:
    """Make a sailing of (pier, minute after midnight) that lands and sets off in the same minute."""
    days = {"first_day": date(2017, 1, 1), "last_day": date(2017, 12, 31)}
    stops = tuple(
        Call(pier, pier, 0.0, 0.0, *(2 * (None if minute is None else 60 * minute,)))
        for pier, minute in calls
    )
    return Sailing(key=key, route_id="r", name=key, calls=stops, **{**days, **fields})  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def published() -> rp.Network:
    return rp.build_network(rp.load_sites(), sailings=rp.load_sailings())


def test_the_bundled_boat_goes_as_its_page_says(published: rp.Network) -> None:
    """Hours of the feed's own file, read without the library."""
    with data_path("network", "sailings").joinpath("stop_times.txt").open(encoding="utf-8") as file:
        out = [row for row in csv.DictReader(file) if row["trip_id"] == "phu-dong-out"]
    hours = [[int(part) for part in row["departure_time"].split(":")] for row in out]
    sets_off, lands = (60 * hour + minute for hour, minute, _ in hours)
    (boat,) = published.path(CITY, PHU_DONG, "river", depart=at(sets_off - 25))
    assert (boat.mode, boat.wait_s, boat.duration_s) == ("boat", 25 * 60, 60 * (lands - sets_off))
    assert boat.service == rp.load_sailings()[0].name
    with pytest.raises(NetworkError, match="none leaves after 08:01"):
        published.path(CITY, PHU_DONG, "river", depart=at(sets_off + 1))


def test_each_minute_takes_the_next_boat_that_can_be_reached() -> None:
    """Against a plain search over the timetable, from the lake and from the pier, on every third minute of a day."""
    boats = [(420, 540), (480, 570), (485, 560), (840, 960)]  # the second is overtaken by the third
    network = rp.build_network(
        rp.load_sites(),
        sailings=[sailing(f"b{i}", (CITY, d), (PHU_DONG, a)) for i, (d, a) in enumerate(boats)],
    )
    ride_s = sum(leg.duration_s for leg in network.path("ho-hoan-kiem", CITY, "coach"))
    home_s = sum(leg.duration_s for leg in network.path(PHU_DONG, "chua-kien-so", "foot"))
    places = ["ho-hoan-kiem", CITY, "chua-kien-so"]
    for minute in range(330, 860, 3):
        table = network.matrix(places, "river", depart=at(minute)).duration_s
        for k, to_pier_s in enumerate((ride_s, 0)):
            lands = [a for d, a in boats if 60 * minute + to_pier_s <= 60 * d]
            expected = 60 * (-(-(60 * min(lands) + home_s) // 60) - minute) if lands else -1
            assert table[k, 2] == expected
            if lands:
                legs = network.path(places[k], places[2], "river", depart=at(minute))
                assert sum(leg.wait_s + leg.duration_s for leg in legs) == expected


def test_nobody_overtakes_by_leaving_later(published: rp.Network) -> None:
    places = ["ho-hoan-kiem", CITY, "phu-dong", "ninh-hiep", "den-ngoc-son"]
    for profile in ("river", "river-out", "mixed"):
        moments = published.departures(profile, DAY)
        assert all(moment % 60 == 0 for moment in moments)
        arrivals = []
        for minute in range(440, 860, 7):
            seconds = published.matrix(places, profile, depart=at(minute)).duration_s
            arrivals.append(np.where(seconds < 0, 10**9, 60 * minute + seconds))
        assert all((earlier <= later).all() for earlier, later in pairwise(arrivals))


def test_no_change_of_boats_and_nobody_boards_where_no_time_is_published(published: rp.Network) -> None:
    bo_de = "ben-chua-bo-de"  # a call of the return without a time
    table = published.matrix([CITY, bo_de, PHU_DONG], "river").duration_s
    assert table[0, 2] == 7200
    assert table[2, 0] == 8100
    assert (table[1, [0, 2]] == -1).all()
    two = rp.build_network(
        rp.load_sites(),
        sailings=[sailing("a", (CITY, 480), (bo_de, 500)), sailing("b", (bo_de, 510), (PHU_DONG, 600))],
    )
    assert two.matrix([CITY, PHU_DONG], "river").duration_s[0, 1] == -1
    assert two.matrix([CITY, PHU_DONG], "river", depart=at(450)).duration_s[0, 1] == -1


def test_a_sailing_of_other_days_does_not_run() -> None:
    weekend = sailing("w", (CITY, 480), (PHU_DONG, 600), weekdays=(False,) * 5 + (True,) * 2)
    network = rp.build_network(rp.load_sites(), sailings=[weekend])
    assert network.matrix([CITY, PHU_DONG], "river", depart=at(470)).duration_s[0, 1] == -1
    saturday = at(470, date(2017, 5, 13))
    assert network.matrix([CITY, PHU_DONG], "river", depart=saturday).duration_s[0, 1] == 130 * 60
    assert network.sailing_on([date(2017, 5, 12), date(2017, 5, 13)]).sailings == ()
    assert hops_of([weekend], DAY) == {}


def test_high_water_stops_the_timetable_too() -> None:
    river = rp.load_river(water_level_m=10.0)
    network = rp.build_network(rp.load_sites(), river=river, sailings=rp.load_sailings())
    assert network.matrix([CITY, PHU_DONG], "river", depart=at(470)).duration_s[0, 1] == -1


def test_a_landing_is_found_by_its_position_or_named() -> None:
    sites = rp.load_sites()
    pier = sites.geometry[CITY]
    feed = replace(rp.load_sailings()[0])
    elsewhere = replace(
        feed, calls=(replace(feed.calls[0], stop_id="S1", lon=pier.x + 0.001, lat=pier.y), *feed.calls[1:])
    )
    found = rp.build_network(sites, sailings=[elsewhere]).sailings
    assert found is not None
    assert found[0].calls[0].stop_id == CITY
    lost = replace(feed, calls=(replace(feed.calls[0], stop_id="S1", lon=106.7, lat=20.8), *feed.calls[1:]))
    with pytest.raises(NetworkError, match=r"'S1' .* is no pier of the catalogue"):
        rp.build_network(sites, sailings=[lost])


def test_rush_hours_slow_the_way_to_the_pier() -> None:
    """A charter waits, the coach to it does not go at noon's speed at half past five."""
    busy = rp.build_network(rp.load_sites(), traffic=rp.load_traffic())
    monday = date(2027, 3, 15)
    ways = {
        minute: busy.path("van-mieu-quoc-tu-giam", PHU_DONG, "river", depart=at(minute, monday))
        for minute in (12 * 60, 17 * 60 + 30)
    }
    noon, rush = ([(leg.mode, leg.duration_s) for leg in ways[minute]] for minute in ways)
    assert [mode for mode, _ in noon] == [mode for mode, _ in rush]
    for (mode, before), (_, after) in zip(noon, rush, strict=True):
        assert after > before * 1.1 if mode == "coach" else abs(after - before) < 60
    arrivals = []
    for minute in range(15 * 60, 20 * 60, 10):
        legs = busy.path("van-mieu-quoc-tu-giam", PHU_DONG, "river", depart=at(minute, monday))
        total = busy.matrix(["van-mieu-quoc-tu-giam", PHU_DONG], "river", depart=at(minute, monday))
        assert sum(leg.duration_s for leg in legs) == total.duration_s[0, 1]
        arrivals.append(60 * minute + int(total.duration_s[0, 1]))
    assert arrivals == sorted(arrivals)
