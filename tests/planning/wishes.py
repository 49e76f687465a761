"""Random trip requests over the real catalogue, and what can be said of them without the planner."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from routeplanner import Lunch, RequestError, TripRequest, load_themes
from routeplanner.planning.request import PACES, VEHICLES

if TYPE_CHECKING:
    import geopandas as gpd

CORRIDORS = ("south", "southwest", "west", "northwest", "river", "inner", "east_north", "delta", "national")
ENDS = (
    "ho-hoan-kiem",
    "ga-ha-noi",
    "noi-bai",
    "thuong-tin-station",
    "bat-trang",
    "duong-lam-ancient-village",
    "21.0341,105.8523",
    "20.95,105.75",
)
"""Gateways, sights and free coordinates as start, end and overnight place."""

NOT_SIGHTS = frozenset({"gateway", "waterway_stop"})


def clocks(first: int, last: int, step: int = 5) -> st.SearchStrategy[time]:
    """Draw a clock time between two minutes after midnight."""
    return st.integers(first // step, last // step).map(lambda n: time(n * step // 60, n * step % 60))


@st.composite
def lunches(draw: st.DrawFn) -> Lunch:
    earliest, latest = sorted(draw(st.tuples(clocks(10 * 60, 14 * 60), clocks(10 * 60, 14 * 60))))
    return Lunch(duration_min=draw(st.integers(10, 120)), earliest=earliest, latest=latest)


@st.composite
def areas(draw: st.DrawFn) -> tuple[float, float, float, float]:
    """Draw a box of some twenty to sixty kilometres around Hanoi."""
    west, south = draw(st.floats(105.2, 105.9)), draw(st.floats(20.6, 21.1))
    return (
        round(west, 3),
        round(south, 3),
        round(west + draw(st.floats(0.15, 0.6)), 3),
        round(south + draw(st.floats(0.15, 0.5)), 3),
    )


@st.composite
def trip_requests(draw: st.DrawFn, sites: gpd.GeoDataFrame, **fixed: Any) -> TripRequest:
    """Draw a well-formed request; one in three or so asks for what cannot be kept."""
    days = draw(st.sampled_from((1, 1, 1, 2, 2, 3, 4)))
    start = draw(clocks(5 * 60, 11 * 60))
    least = draw(st.sampled_from((30, 6 * 60, 8 * 60)))
    end = draw(clocks(start.hour * 60 + start.minute + least, 23 * 60 + 55))
    corridor = draw(st.sampled_from((None, *CORRIDORS)))
    near = sites.index[
        ~sites["kind"].isin(NOT_SIGHTS)
        & sites["corridors"].map(lambda keys: corridor in keys if corridor else keys != ["national"])
    ]
    ids = st.sampled_from(sorted(near))
    must = draw(st.lists(ids, max_size=2, unique=True)) if draw(st.booleans()) else []
    values: dict[str, Any] = {
        "first_day": date(2027, 1, 1) + timedelta(days=draw(st.integers(0, 800))),
        "start": draw(st.sampled_from(ENDS)),
        "end": draw(st.none() | st.none() | st.sampled_from(ENDS)),
        "days": days,
        "corridor": corridor,
        "area": draw(st.none() | st.none() | areas()),
        "overnight": _nights(draw, days),
        "day_start": start,
        "day_end": end,
        "themes": draw(
            st.dictionaries(st.sampled_from(sorted(load_themes())), st.floats(0.01, 1), max_size=3)
        ),
        "must_visit": must,
        "forbidden": [site for site in draw(st.lists(ids, max_size=4, unique=True)) if site not in must],
        "mode": draw(st.sampled_from(("road", "road", "river", "mixed"))),
        "vehicle": draw(st.sampled_from(("minibus16", "coach29", "car7", *sorted(VEHICLES)))),
        "pace": draw(st.sampled_from(sorted(PACES))),
        "people": draw(st.integers(1, 60)),
        "budget_vnd": draw(st.none() | st.none() | st.integers(0, 20_000_000)),
        "lunch": draw(st.just(Lunch()) | st.none() | lunches()),
        "max_stops": draw(st.none() | st.integers(1, 9)),
    }
    return TripRequest(**(values | fixed))


def _nights(draw: st.DrawFn, days: int) -> list[str]:
    if days == 1:
        return []
    place = st.sampled_from(ENDS)
    return draw(
        st.just([])
        | st.lists(place, min_size=1, max_size=1)
        | st.lists(place, min_size=days - 1, max_size=days - 1)
    )


def candidates(request: TripRequest, sites: gpd.GeoDataFrame) -> set[str]:
    """Return the sites that a request is about, as its documentation has it."""
    wanted = set()
    for row in sites.itertuples():
        where = (
            row.corridors != ["national"] if request.corridor is None else request.corridor in row.corridors
        )
        if request.area is not None:
            west, south, east, north = request.area
            inside = west <= row.geometry.x <= east and south <= row.geometry.y <= north
            where = inside and (request.corridor is None or where)
        if where and row.kind not in NOT_SIGHTS and row.Index not in (request.start, request.end):
            wanted.add(row.Index)
    return wanted | set(request.must_visit)


def bad_pairs(request: TripRequest, sites: gpd.GeoDataFrame) -> list[str]:
    """Return the must-visits whose whole is a must-visit too."""
    return [site for site in request.must_visit if sites.at[site, "part_of"] in request.must_visit]


def refused(make: Any, *args: Any, **values: Any) -> tuple[str, ...]:
    """Return the faults of a request that has to be refused."""
    try:
        made = make(*args, **values)
    except RequestError as error:
        return error.faults
    raise AssertionError(f"accepted: {made!r}")
