"""Trips made by hand from real places, so that what is drawn does not depend on what a planner finds."""

from __future__ import annotations

import itertools
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from routeplanner._clock import at
from routeplanner.itinerary import Break, Day, Itinerary, Leg, Stop, Terminal
from sample_ways import PLACES, WAYS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SOUTH = (
    "ho-hoan-kiem",
    "chuon-ngo-mother-of-pearl",
    "quat-dong-embroidery",
    "thuy-ung-horn",
    "nhi-khe-wood-turning",
    "ha-thai-lacquer",
    "ho-hoan-kiem",
)
OUT_WEST = ("ho-hoan-kiem", "thay-pagoda", "tay-phuong-pagoda", "duong-lam-ancient-village")
BACK_EAST = (
    "duong-lam-ancient-village",
    "son-tay-citadel",
    "son-dong-statues",
    "van-phuc-silk-village",
    "ho-hoan-kiem",
)
BOAT = ("ben-chuong-duong-do", "den-dai-lo", "den-da-hoa", "bat-trang", "ben-chuong-duong-do")


def terminal(key: str, time: datetime) -> Terminal:
    name_vi, name_en, _, _, lon, lat, *_ = PLACES[key]
    return Terminal(site_id=key, name_vi=name_vi, name_en=name_en, lon=lon, lat=lat, time=time)


_OF_ITS_DATE: dict[str, Any] = {
    "festival_vi": "Hội làng",
    "festival_en": "Village fair",
    "crowding": "packed",
    "why": "Village fair; very crowded",
    "why_vi": "Hội làng; rất đông",
    "photo_url": "https://example.org/a.jpg",
}


def stop(key: str, arrival: datetime, start: datetime, minutes: int, certainty: str) -> Stop:
    name_vi, name_en, kind, crafts, lon, lat, summary, fee, significance = PLACES[key]
    return Stop(
        site_id=key,
        name_vi=name_vi,
        name_en=name_en,
        kind=kind,
        crafts=crafts,
        lon=lon,
        lat=lat,
        arrival=arrival,
        start=start,
        departure=start + timedelta(minutes=minutes),
        prize=float(significance or 1),
        certainty=certainty,
        summary_en=summary,
        fee_vnd=fee,
        significance=significance,
        **(_OF_ITS_DATE if certainty == "known" else {}),
        opening=((at(arrival.date(), 7 * 3600), at(arrival.date(), 18 * 3600)),),
    )


def make_day(when: date, keys: Sequence[str], visits: Sequence[int], *, lunch_after: int) -> Day:
    """A day that starts at 08:00 and has lunch after the stop of that number."""
    now = at(when, 8 * 3600)
    start = terminal(keys[0], now)
    stops, legs, breaks = [], [], []
    for order, (origin, goal) in enumerate(itertools.pairwise(keys), 1):
        mode, metres, seconds, line = WAYS[origin, goal]
        arrival = now + timedelta(seconds=seconds)
        legs.append(
            Leg(
                from_id=origin,
                to_id=goal,
                mode=mode,
                distance_m=metres,
                duration_s=seconds,
                departure=now,
                arrival=arrival,
                geometry=line,
            )
        )
        now = arrival
        if order < len(keys) - 1:
            certainty = ("assumed", "known", "needs_confirmation")[order % 3]
            stops.append(stop(goal, arrival, arrival, visits[order - 1], certainty))
            now = stops[-1].departure
            if order == lunch_after:
                breaks.append(Break(kind="lunch", start=now, end=now + timedelta(minutes=60), site_id=goal))
                now = breaks[-1].end
    end = terminal(keys[-1], now)
    return Day(date=when, start=start, stops=tuple(stops), breaks=tuple(breaks), legs=tuple(legs), end=end)


def make_trip(
    days: Sequence[Day], request: Mapping[str, Any], *, bound_share: float | None = 0.97
) -> Itinerary:
    prize = sum(s.prize for day in days for s in day.stops)
    return Itinerary(
        version="0.1.0",
        seed=0,
        request=request,
        prize=prize,
        bound=None if bound_share is None else prize / bound_share,
        days=tuple(days),
    )


def south_trip() -> Itinerary:
    day = make_day(date(2027, 3, 13), SOUTH, (75, 60, 45, 45, 75), lunch_after=2)
    return make_trip([day], {"corridor": "south", "vehicle": "minibus16"})


def two_day_trip() -> Itinerary:
    first = make_day(date(2027, 3, 13), OUT_WEST, (60, 45), lunch_after=2)
    second = make_day(date(2027, 3, 14), BACK_EAST, (45, 60, 60), lunch_after=1)
    return make_trip([first, second], {"corridor": "northwest", "vehicle": "minibus16"})


def boat_trip() -> Itinerary:
    day = make_day(date(2027, 3, 13), BOAT, (40, 40, 60), lunch_after=2)
    return make_trip([day], {"corridor": "river", "mode": "river", "vehicle": "minibus16"}, bound_share=None)
