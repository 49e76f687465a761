"""Figures that say what kind of trip an itinerary is; the yardstick is what operators sell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeplanner.planning.request import TripRequest, vehicle_cost

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import geopandas as gpd

    from routeplanner.itinerary import Day, Leg

__all__ = ["KG_CO2E_PER_PASSENGER_KM", "measures"]

_NO_HIRE = frozenset({"air", "rail"})

ROAD_MODES = frozenset({"coach", "car", "motorbike", "bicycle"})

KG_CO2E_PER_PASSENGER_KM = {"coach": 0.02733, "ferry": 0.01874, "foot": 0.0, "air": 0.24587, "rail": 0.03549}
"""UK Government GHG conversion factors 2022 (domestic flight, national rail), for want of Vietnamese ones."""

KG_CO2E_PER_VEHICLE_KM = {"car": (0.17048, 4), "motorbike": (0.09083, 2)}
"""Per vehicle, with the seats it is shared by: petrol car (UK 2022), motorbike (Hanoi fleet,
doi:10.47869/tcsj.74.7.1)."""


def measures(days: Sequence[Day], sites: gpd.GeoDataFrame, request: TripRequest) -> dict[str, Any]:
    """Return the measures of a trip in JSON types.

    Parameters
    ----------
    days
        The planned days.
    sites
        Catalogue rows of at least all stops.
    request
        The request, with its group, vehicle and themes.

    Returns
    -------
    dict
        ``stops_per_day``, ``road_share`` (time on the way ÷ time from start to end), ``longest_leg_min``,
        ``lunch_at`` (clock and place by day), ``theme_share`` (prize from the themes asked for),
        ``variety`` (distinct crafts, a site without craft counting as its own, ÷ stops),
        ``backtracking`` (road km driven twice ÷ road km), ``headline`` (the most significant stop),
        ``certainty`` (share of stops whose hours are known), ``distance_km``, ``travel_min``,
        ``cost_vnd_per_person`` (None where vehicle or boat has no price) with ``cost_is_partial`` (some
        fee, boat, flight or train is not priced) and
        ``kg_co2e_per_person`` (None where a mode has no factor).
    """
    stops = [stop for day in days for stop in day.stops]
    legs = [leg for day in days for leg in day.legs]
    span = sum((day.end.time - day.start.time).total_seconds() for day in days)
    prize = sum(stop.prize for stop in stops)
    on_theme = sum(stop.prize for stop in stops if _asked(sites.at[stop.site_id, "themes"], request))
    best = max(stops, key=lambda stop: (stop.significance or 0, stop.prize), default=None)
    return {
        "stops_per_day": [len(day.stops) for day in days],
        "travel_min": sum(_minutes(day) for day in days),
        "distance_km": round(sum(leg.distance_m for leg in legs) / 1000, 1),
        "road_share": round(60 * sum(_minutes(day) for day in days) / span, 3) if span else 0.0,
        "longest_leg_min": max(
            (-(-leg.duration_s // 60) for day in days for leg in day.legs if leg is not day.night), default=0
        ),
        "lunch_at": [_lunch(day) for day in days],
        "theme_share": round(on_theme / prize, 3) if prize else None,
        "variety": _variety([stop.crafts for stop in stops]),
        "backtracking": _backtracking(legs),
        "headline": None if best is None else best.site_id,
        "certainty": round(sum(s.certainty == "known" for s in stops) / len(stops), 3) if stops else None,
        **_cost(days, sites, request),
        "kg_co2e_per_person": _emissions(legs),
    }


def _minutes(day: Day) -> int:
    """Minutes on the way, each way from door to door rounded up as the clock does; lunch aboard left out."""
    doors = {stop.site_id for stop in day.stops} | {day.end.site_id}
    total = seconds = 0
    for leg in day.legs[: -1 if day.night else None]:
        seconds += leg.duration_s
        if leg.to_id in doors:
            total, seconds = total - (-seconds // 60), 0
    return total - (-seconds // 60)


def _asked(themes: Iterable[str], request: TripRequest) -> bool:
    return not request.themes or any(request.themes.get(theme, 0) > 0 for theme in themes)


def _lunch(day: Day) -> dict[str, str] | None:
    for pause in day.breaks:
        if pause.kind == "lunch":
            return {"at": pause.start.strftime("%H:%M"), "site_id": pause.site_id}
    return None


def _variety(crafts: Sequence[Sequence[str]]) -> float | None:
    if not crafts:
        return None
    kinds = {own[0] for own in crafts if own}
    return round((len(kinds) + sum(not own for own in crafts)) / len(crafts), 3)


def _backtracking(legs: Iterable[Leg]) -> float | None:
    """Share of the road length that is driven more than once, by segments of the drawn line."""
    import math

    length: dict[frozenset[tuple[float, float]], float] = {}
    total = again = 0.0
    for leg in legs:
        if leg.mode not in ROAD_MODES:
            continue
        for p, q in zip(leg.geometry, leg.geometry[1:], strict=False):
            metres = math.hypot((p[0] - q[0]) * math.cos(math.radians(p[1])), p[1] - q[1])
            key = frozenset((p, q))
            total += metres
            if key in length:
                again += metres
            length[key] = metres
    return round(again / total, 3) if total else None


def _cost(days: Sequence[Day], sites: gpd.GeoDataFrame, request: TripRequest) -> dict[str, Any]:
    fees = [sites.at[stop.site_id, "fee_vnd"] for day in days for stop in day.stops]
    rates = vehicle_cost(request)
    hire = 0.0
    if rates is not None:
        metres = sum(leg.distance_m for day in days for leg in day.legs if leg.mode not in _NO_HIRE)
        hire = rates[0] * sum(1 for day in days if day.stops) + rates[1] * metres / 1000
    fares = any(leg.mode in ("boat", "ferry", "air", "rail") for day in days for leg in day.legs)
    per_person = hire / request.people + sum(int(fee) for fee in fees if fee is not None)
    return {
        "cost_vnd_per_person": None if rates is None else 1000 * round(per_person / 1000),
        "cost_is_partial": rates is None or fares or any(fee is None for fee in fees),
    }


def _emissions(legs: Iterable[Leg]) -> float | None:
    total = 0.0
    for leg in legs:
        km = leg.distance_m / 1000
        if leg.mode in KG_CO2E_PER_PASSENGER_KM:
            total += km * KG_CO2E_PER_PASSENGER_KM[leg.mode]
        elif leg.mode in KG_CO2E_PER_VEHICLE_KM:
            factor, seats = KG_CO2E_PER_VEHICLE_KM[leg.mode]
            total += km * factor / seats
        elif leg.mode != "bicycle":
            return None
    return round(total, 2)
