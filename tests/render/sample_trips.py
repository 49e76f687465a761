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


CITIES: dict[str, tuple[tuple[str, str, float, float], ...]] = {
    "hanoi": (
        ("Văn Miếu – Quốc Tử Giám", "Temple of Literature", 105.8356, 21.0281),
        ("Hoàng thành Thăng Long", "Imperial Citadel", 105.84044, 21.03629),
        ("Nhà tù Hỏa Lò", "Hoa Lo prison", 105.84643, 21.02538),
        ("Đền Ngọc Sơn", "Ngoc Son temple", 105.85238, 21.03073),
        ("Chùa Trấn Quốc", "Tran Quoc pagoda", 105.83673, 21.04795),
        ("Phủ Tây Hồ", "Tay Ho palace", 105.81964, 21.05573),
    ),
    "hue": (
        ("Lăng Minh Mạng", "Minh Mang tomb", 107.56783, 16.38779),
        ("Chùa Thiên Mụ", "Thien Mu pagoda", 107.54556, 16.45327),
        ("Làng Sình", "Sinh village", 107.57748, 16.52176),
        ("Duyệt Thị Đường", "Royal theatre", 107.57848, 16.4703),
        ("Ngọ Môn", "Ngo Mon gate", 107.57918, 16.46768),
    ),
    "saigon": (
        ("Nhà thờ Đức Bà", "Notre-Dame cathedral", 106.69906, 10.77977),
        ("Bảo tàng Chứng tích Chiến tranh", "War Remnants Museum", 106.69219, 10.77938),
        ("Dinh Độc Lập", "Independence Palace", 106.6954, 10.77702),
        ("Chợ Bến Thành", "Ben Thanh market", 106.69802, 10.77257),
        ("Bảo tàng Áo dài", "Ao Dai museum", 106.84976, 10.80975),
    ),
}
BETWEEN = ("", "air", "rail")
"""How each city is reached from the one before."""


def three_city_trip() -> Itinerary:
    """A day in each of three cities, with a flight and a train between; no roads are known."""
    days: list[Day] = []
    for number, (city, places) in enumerate(CITIES.items()):
        when = date(2027, 3, 13 + number)
        stops = [
            Stop(
                site_id=f"{city}-{order}",
                name_vi=vi,
                name_en=en,
                kind="heritage_site",
                lon=lon,
                lat=lat,
                arrival=at(when, (9 + order) * 3600),
                start=at(when, (9 + order) * 3600),
                departure=at(when, (9 + order) * 3600 + 1800),
                prize=1.0,
            )
            for order, (vi, en, lon, lat) in enumerate(places, 1)
        ]
        home = days[-1].end if days else stops[0]
        ends = [
            Terminal(site_id=s.site_id, name_vi=s.name_vi, name_en=s.name_en, lon=s.lon, lat=s.lat, time=time)
            for s, time in ((home, at(when, 8 * 3600)), (stops[-1], at(when, 18 * 3600)))
        ]
        legs = [straight(a, b, BETWEEN[number]) for a, b in [(ends[0], stops[0])] if BETWEEN[number]]
        legs += [straight(a, b, "coach") for a, b in itertools.pairwise(stops)]
        days.append(
            Day(date=when, start=ends[0], stops=tuple(stops), breaks=(), legs=tuple(legs), end=ends[1])
        )
    return make_trip(days, {"corridor": "hanoi-hue-saigon", "vehicle": "minibus16"})


def straight(origin: Terminal | Stop, goal: Stop, mode: str) -> Leg:
    """A leg whose course is not known, in the half hour before its goal; by land 1.3 times the straight line."""
    metres = 111_200 * ((goal.lon - origin.lon) ** 2 * 0.9 + (goal.lat - origin.lat) ** 2) ** 0.5
    arrival = goal.arrival
    return Leg(
        from_id=origin.site_id,
        to_id=goal.site_id,
        mode=mode,
        distance_m=round(metres * (1.3 if mode == "coach" else 1)),
        duration_s=1800,
        departure=arrival - timedelta(minutes=30),
        arrival=arrival,
        geometry=((origin.lon, origin.lat), (goal.lon, goal.lat)),
        estimated=mode == "coach",
    )
