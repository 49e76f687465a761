"""Hours in which coaches are kept out of the inner city: nobody arrives there in them, and nobody overtakes."""

from __future__ import annotations

import math
from datetime import date, datetime, time, timedelta
from itertools import pairwise

import numpy as np
import pytest
import shapely

import routeplanner as rp
from routeplanner._clock import TIMEZONE
from routeplanner.network import DEFAULT_SPEEDS, CoachBan, Network, Traffic, TrafficPeriod, build_network

MONDAY = datetime(2027, 3, 15, tzinfo=TIMEZONE)
EVERY_DAY = frozenset(range(7))


@pytest.fixture(scope="module")
def busy(network: Network) -> Network:
    """The bundled network with the bundled traffic."""
    return build_network(network.sites, traffic=rp.load_traffic())


def _minutes(network: Network, a: str, b: str, vehicle: str, at: datetime) -> int:
    return int(network.matrix([a, b], vehicle, depart=at).duration_s[0, 1]) // 60


def _driven(network: Network, a: str, b: str, vehicle: str, at: datetime) -> float:
    return sum(leg.duration_s for leg in network.drive(a, b, vehicle, depart=at)) / 60


def _walked(network: Network, a: str, b: str, vehicle: str, at: datetime) -> float:
    """Minutes of the quickest way at all hours, each stretch followed by a clock of seconds: a referee of its own."""
    router, traffic = network.router(vehicle), rp.load_traffic()
    stretches, seats = router.stretches, {"coach29": 29, "coach45": 45}[vehicle]
    areas = [shapely.from_wkt(ban.wkt) for ban in traffic.bans]
    table = router.ground.table

    def shut(arc: int, second: float) -> bool:
        line = table.lines[router.arcs.edge[arc]]
        middle = shapely.Point((line[len(line) // 2] + line[(len(line) - 1) // 2]) / 2)
        return any(
            ban.start_s <= second < ban.end_s and ban.min_seats <= seats and area.contains(middle)
            for ban, area in zip(traffic.bans, areas, strict=True)
        )

    def share(arc: int, second: float) -> float:
        now = traffic.at(vehicle, at.weekday(), min(int(second), 86_399), seats=seats)
        return now.urban if stretches.urban[arc] else now.rural

    clock = float(at.hour * 3600 + at.minute * 60)
    for arc in router.way(network.position(a), network.position(b)):
        left = stretches.ms[arc] / 1000
        if not stretches.slowed[arc]:
            clock += left
            continue
        while shut(arc, clock):
            clock = math.floor(clock / 60 + 1) * 60  # bans end at whole minutes
        while left > 0:  # to the next whole minute, or to the end of the stretch
            step = min(left / share(arc, clock), math.floor(clock / 60 + 1) * 60 - clock)
            left -= step * share(arc, clock)
            clock += step
            left = 0 if left < 1e-9 else left
    return clock / 60 - (at.hour * 60 + at.minute)


@pytest.mark.parametrize(
    ("a", "b", "vehicle"),
    [
        ("bat-trang", "ho-hoan-kiem", "coach45"),
        ("ho-hoan-kiem", "bat-trang", "coach45"),
        ("ha-thai-lacquer", "van-mieu-quoc-tu-giam", "coach45"),
        ("dong-ho", "ho-hoan-kiem", "coach29"),
    ],
)
def test_the_table_keeps_to_the_drive_around_every_edge(busy: Network, a: str, b: str, vehicle: str) -> None:
    edges = sorted({s // 60 for ban in rp.load_traffic().bans for s in (ban.start_s, ban.end_s)})
    moments = sorted({edge + off for edge in edges for off in (-60, -40, -30, -20, -10, 0, 10)})
    arrivals, off = [], 0
    for minute in moments:
        at = MONDAY + timedelta(minutes=minute)
        found, driven = _minutes(busy, a, b, vehicle, at), _driven(busy, a, b, vehicle, at)
        arrivals.append(minute + found)
        assert found >= driven - max(0.12 * driven, 4), at  # never a promise that the road does not keep
        assert found <= _walked(busy, a, b, vehicle, at) * 1.12 + 4, at
        off += abs(found - driven) > max(0.12 * driven, 4)
    assert off <= 2  # close to an edge there may be a quicker way with a longer walk
    assert all(one <= other for one, other in pairwise(arrivals))


def test_around_a_jump_the_table_is_right_to_the_minute(busy: Network) -> None:
    """The jump by hours of who comes too late lies at one minute, and at the same one as of the drive."""
    day = busy.day_matrix(["bat-trang", "ho-hoan-kiem"], "coach45", MONDAY.date())
    jumps = [s for s in day.own_departures[:, 0, 1].tolist() if s >= 0]
    assert jumps
    assert all(later - last == 60 for last, later in zip(jumps[::2], jumps[1::2], strict=True))
    for second in jumps:
        for seconds in (0, 1, 30, 59):
            at = MONDAY + timedelta(seconds=second - seconds)
            found, driven = (
                _minutes(busy, "bat-trang", "ho-hoan-kiem", "coach45", at),
                _driven(busy, "bat-trang", "ho-hoan-kiem", "coach45", at),
            )
            assert found >= driven - 1


@pytest.mark.parametrize("vehicle", ["coach29", "coach45"])
def test_nobody_overtakes_and_nobody_arrives_in_barred_hours(busy: Network, vehicle: str) -> None:
    area = shapely.from_wkt(
        rp.load_traffic().bans[2].wkt if vehicle == "coach29" else rp.load_traffic().bans[0].wkt
    )
    doors = {p: busy.access(p, vehicle) for p in busy}
    inside = [
        p for p, a in doors.items() if a and not a.parked and area.contains(shapely.Point(a.lon, a.lat))
    ]
    places = [*inside[::6][:6], "bat-trang", "ha-thai-lacquer", "chua-dau", "dong-ho"]
    day = busy.day_matrix(places, vehicle, MONDAY.date())
    table, clock = day.duration_s, np.array(day.departures)
    assert (np.diff(clock[:, None, None] + table, axis=0) >= 0).all()
    later = day.own_departures[1:] >= 0
    assert (np.diff(day.own_departures + day.own_duration_s, axis=0)[later] >= 0).all()
    assert later.any()
    shut = (6 * 60 + 30, 8 * 60 + 30) if vehicle == "coach29" else (16 * 60, 19 * 60 + 30)
    for minute in range(shut[0] - 120, shut[1], 7):
        seconds = busy.matrix(places, vehicle, depart=MONDAY + timedelta(minutes=minute)).duration_s
        for i, j in np.argwhere(seconds > 0).tolist():
            arrival = minute + seconds[i, j] / 60
            if shut[0] + 10 < arrival <= shut[1] and places[j] in inside and places[i] not in inside:
                # only where the last stretch was begun before, and the door lies a walk behind it
                at = MONDAY + timedelta(minutes=minute)
                driven = _driven(busy, places[i], places[j], vehicle, at)
                assert arrival - minute >= driven - max(0.12 * driven, 4), (places[i], places[j], at)


def test_who_waits_for_a_ban_and_who_goes_round_it(places_at, far_river) -> None:  # type: ignore[no-untyped-def] # noqa: ANN001
    """A street of two parts, the second one shut 08:00 to 10:00, and a long way round: by hand."""
    import networkx as nx

    roads = nx.MultiDiGraph(crs="epsg:4326")
    for node, lon, lat in ((1, 105.80, 21.0), (2, 105.84, 21.0), (3, 105.88, 21.0), (4, 105.84, 21.1)):
        roads.add_node(node, x=lon, y=lat)
    for u, v, minutes in ((1, 2, 10), (2, 3, 10), (1, 4, 45), (4, 3, 45)):
        for ends in ((u, v), (v, u)):
            roads.add_edge(
                *ends, length=600 * minutes, travel_time=60 * minutes, highway="primary", urban=False
            )
    area = shapely.box(105.841, 20.99, 105.879, 21.01).wkt
    ban = CoachBan("second part", EVERY_DAY, 8 * 3600, 10 * 3600, 35, area)
    network = build_network(
        places_at(a=(105.80, 21.0), b=(105.88, 21.0)),
        roads,
        far_river,
        traffic=Traffic((TrafficPeriod(EVERY_DAY, 0, 1.0, 1.0),), (ban,)),
    )
    (through,) = network.path("a", "b", "coach45")
    direct_s, free_m = through.duration_s, through.distance_m
    board_s = DEFAULT_SPEEDS.modes["coach45"].terminal_s // 2
    (way,) = network.path("a", "b", "coach45", depart=MONDAY.replace(hour=9, minute=58))
    assert (way.distance_m, way.duration_s) == (
        free_m,
        60 * math.ceil(direct_s / 60),
    )  # open when it is there
    half_s = (direct_s - 2 * board_s) // 2
    # At eight the way round is sooner than a wait until ten.
    (way,) = network.path("a", "b", "coach45", depart=MONDAY.replace(hour=8))
    assert way.distance_m > 4 * free_m
    assert way.duration_s < 7200 + half_s + board_s
    # At half past nine waiting at the edge is.
    (way,) = network.path("a", "b", "coach45", depart=MONDAY.replace(hour=9, minute=30))
    assert way.distance_m == free_m
    assert way.duration_s == 60 * math.ceil((1800 + half_s + board_s) / 60)
    # The last minute: boarded and over the first part before eight.
    last = (8 * 3600 - half_s - board_s) // 60 * 60 - (60 if (half_s + board_s) % 60 == 0 else 0)
    day = network.day_matrix(["a", "b"], "coach45", MONDAY.date())
    assert day.own_departures[:2, 0, 1].tolist() == [last, last + 60]
    assert network.matrix(["a", "b"], "coach45", depart=MONDAY.replace(hour=8)).distance_m[0, 1] > 4 * free_m


def test_a_ban_without_an_end_is_no_way(places_at, far_river) -> None:  # type: ignore[no-untyped-def] # noqa: ANN001
    import networkx as nx

    roads = nx.MultiDiGraph(crs="epsg:4326")
    for node, lon in ((1, 105.80), (2, 105.84)):
        roads.add_node(node, x=lon, y=21.0)
    for ends in ((1, 2), (2, 1)):
        roads.add_edge(*ends, length=3_600, travel_time=360, highway="primary", urban=True)
    ban = CoachBan("always", EVERY_DAY, 0, 86_400, 35, shapely.box(105.79, 20.99, 105.85, 21.01).wkt)
    traffic = Traffic((TrafficPeriod(EVERY_DAY, 0, 1.0, 1.0),), (ban,))
    network = build_network(places_at(a=(105.80, 21.0), b=(105.84, 21.0)), roads, far_river, traffic=traffic)
    at = MONDAY.replace(hour=8)
    assert network.matrix(["a", "b"], "coach45", depart=at).duration_s[0, 1] == -1
    for way in (network.path, network.drive):
        with pytest.raises(rp.NetworkError, match="no way"):
            way("a", "b", "coach45", depart=at)


@pytest.mark.parametrize(("vehicle", "start"), [("coach45", time(8)), ("coach29", time(13))])
def test_a_planned_day_in_the_inner_city_keeps_to_the_drive(busy: Network, vehicle: str, start: time) -> None:
    request = rp.TripRequest(
        corridor="inner",
        first_day=date(2027, 3, 15),
        vehicle=vehicle,
        day_start=start,
        day_end=time(21),
        pace="intense",
    )
    trip = rp.plan(busy, request, iterations=150, proof=None)
    assert trip.stops
    assert rp.check(trip, busy, request) == []
    ends = [trip.days[0].start, *trip.days[0].stops, trip.days[0].end]
    for a, b in pairwise(ends):
        leave = a.departure if hasattr(a, "departure") else a.time
        arrive = b.arrival if hasattr(b, "arrival") else b.time
        if a.site_id != b.site_id and not any(pause.site_id == a.site_id for pause in trip.days[0].breaks):
            driven = _driven(busy, a.site_id, b.site_id, vehicle, leave)
            assert (arrive - leave).total_seconds() / 60 >= driven - max(0.12 * driven, 4)


def test_the_judge_refuses_a_drive_through_barred_hours(busy: Network, network: Network) -> None:
    """A plan for roads without bans arrives within them: the drive itself shows that it cannot."""
    free = Traffic(rp.load_traffic().periods, ())
    request = rp.TripRequest(
        corridor="inner",
        first_day=date(2027, 3, 15),
        vehicle="coach45",
        start="bat-trang",
        day_start=time(14, 50),
        day_end=time(20),
        must_visit=("van-mieu-quoc-tu-giam",),
        lunch=None,
    )
    trip = rp.plan(build_network(network.sites, traffic=free), request, iterations=20, proof=None)
    found = rp.check(trip, busy, request)
    assert {"coach ban", "clock"} <= {fault.rule for fault in found}
    assert "hours barred to it included" in next(fault.text for fault in found if fault.rule == "coach ban")
