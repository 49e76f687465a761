"""What the dates of a request do to its sites: openings, festivals, seasons, rain.

It is part of what a request means, and so shared by the planner and its judge. Prizes and visits are those of the
day of the visit: `visit_minutes` and `calendar_factor` take the date, `assemble` writes them by day and site into
`Problem.service_s` and `Problem.prize`, and the search weighs the festival's day against the others.

========  =========================  ===================================  =========================
festival  prize on its days          visit on its days                    closures
========  =========================  ===================================  =========================
seek      × 1.5, × 1.2 where it is   by the crowd: × 1.25 where it is     as the catalogue says
          busy                       packed, × 1.1 where it is busy
accept    × 1                        by the crowd, as above               as the catalogue says
avoid     × 1                        × 1                                  its days are closed as well
========  =========================  ===================================  =========================

Crowding: on the days of a festival of at most 14 days a site is packed, on those of a longer one busy. Visits are
stretched in steps of 5 minutes.

A festival that closes its site (`closes` in the catalogue) does so whatever `festivals` says; only hours that the
request gives for the site (`hours`) open it. What the request itself rules out, by `closed` or by
``festivals="avoid"``, stays closed whatever its `hours` say. Of several festivals on one day the shortest sets the
crowd, and so the prize and the visit. Shows and guided visits last as long as they last, at any pace and in any crowd.
A site in its season on the day of the visit is worth 1.2 times as much. With ``rain=True`` indoor places are worth
1.25 times, open-air places 0.6 times and what needs the sun 0.1 times as much. All factors are judgements.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from routeplanner.planning.request import TripRequest, service_min
from routeplanner.sites.hours import (
    Opening,
    clock_text,
    festival_on,
    festivals_on,
    next_market_day,
    opening,
    opening_by,
    season_on,
)
from routeplanner.sites.lunar import to_lunar

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from routeplanner.sites.spans import Span

__all__ = [
    "INDOOR_KINDS",
    "Crowding",
    "calendar_factor",
    "crowding_on",
    "festival_name",
    "opening_asked",
    "trip_days",
    "visit_minutes",
    "why_that_day",
]

Crowding: TypeAlias = Literal["usual", "busy", "packed"]

LONG_FESTIVAL_DAYS = 14
FESTIVAL_PRIZE, LONG_FESTIVAL_PRIZE = 1.5, 1.2
FESTIVAL_STRETCH, LONG_FESTIVAL_STRETCH = 1.25, 1.1
_PRIZE_IN: Mapping[Crowding, float] = {
    "usual": 1.0,
    "busy": LONG_FESTIVAL_PRIZE,
    "packed": FESTIVAL_PRIZE,
}
_STRETCH_IN: Mapping[Crowding, float] = {
    "usual": 1.0,
    "busy": LONG_FESTIVAL_STRETCH,
    "packed": FESTIVAL_STRETCH,
}
SEASON_PRIZE = 1.2
RAIN_INDOORS, RAIN_OUTDOORS, RAIN_ON_WHAT_NEEDS_SUN = 1.25, 0.6, 0.1
INDOOR_KINDS = frozenset({"museum", "performance", "creative_space", "food"})
"""Kinds taken to be indoors where the catalogue's `indoor` does not say."""


def trip_days(request: TripRequest) -> list[date]:
    """Return the dates of a trip."""
    return [request.first_day + timedelta(days=number) for number in range(request.days)]


def opening_asked(row: Any, day: date, request: TripRequest) -> Opening:  # noqa: ANN401 - a row of the catalogue
    """Return the opening of a site on a date as the request sees it: with its overrides and its wish for festivals.

    Parameters
    ----------
    row
        A named tuple of the catalogue's ``itertuples()``.
    day
        The date.
    request
        Its `closed`, `hours` and `festivals` count.
    """
    site = str(row.Index)
    if day in request.closed.get(site, ()):
        return Opening(
            day,
            (),
            "known",
            reason_vi="yêu cầu ghi là đóng cửa ngày này",
            reason_en="closed on this date, says the request",
        )
    text = request.hours.get(site)
    found = opening(row, day) if text is None else opening_by(text, row, day)
    if found.is_open:
        return _by_wish(row, found, request)
    if text is None and (site in request.closed or request.festivals == "avoid"):
        return next_market_day(row, found, lambda later: opening_asked(row, later, request).is_open)
    return found


def _by_wish(row: Any, found: Opening, request: TripRequest) -> Opening:  # noqa: ANN401
    held = festival_on(row, found.day) if request.festivals == "avoid" else None
    if held is not None:
        name_vi, name_en = held[0].name_vi, festival_name(held[0])
        return replace(
            found,
            intervals_s=(),
            starts_s=(),
            reason_vi=f"ngày {name_vi}; yêu cầu tránh lễ hội",
            reason_en=f"{name_en} on this day, and the request avoids festivals",
        )
    return found


def festival_name(span: Span) -> str:
    """Return the English name of a festival, or the Vietnamese one where there is none."""
    return span.name_en or span.name_vi


def visit_minutes(row: Any, request: TripRequest, day: date | None = None) -> int:  # noqa: ANN401 - a named tuple
    """Return the minutes of a visit at the request's pace, longer in a festival's crowd; a show keeps its length.

    Parameters
    ----------
    row
        A named tuple of the catalogue's ``itertuples()``.
    request
        Its pace and its wish for festivals count.
    day
        The date of the visit. Without, the visit is stretched only where every day of the trip on which the
        site can be visited is a festival day.
    """
    if getattr(row, "start_times", None):
        return int(row.visit_min)
    minutes = service_min(row.visit_min, request.pace)
    if request.festivals == "avoid" or not getattr(row, "festivals", None):
        return minutes
    if day is not None:
        return _stretched(minutes, crowding_on(row, day))
    open_days = [day for day in trip_days(request) if opening_asked(row, day, request).is_open]
    crowds = [_STRETCH_IN[crowding_on(row, day)] for day in open_days]
    least = min(range(len(crowds)), key=crowds.__getitem__, default=None)
    return minutes if least is None else _stretched(minutes, crowding_on(row, open_days[least]))


def _stretched(minutes: int, crowd: Crowding) -> int:
    return minutes if crowd == "usual" else 5 * round(minutes * _STRETCH_IN[crowd] / 5)


def crowding_on(row: Any, day: date) -> Crowding:  # noqa: ANN401 - as above
    """Return how full a site is on a date: packed at a festival, busy at one of more than 14 days.

    Examples
    --------
    >>> from routeplanner.sites.catalog import load_sites
    >>> sites = load_sites()
    >>> [crowding_on(sites.loc["co-loa"], date(2027, 2, n)) for n in (10, 11)]
    ['usual', 'packed']
    >>> crowding_on(sites.loc["perfume-pagoda-complex"], date(2027, 3, 13))
    'busy'
    """
    held = festival_on(row, day)
    if held is None:
        return "usual"
    return "packed" if held[0].days <= LONG_FESTIVAL_DAYS else "busy"


def calendar_factor(row: Any, request: TripRequest, day: date | None = None) -> float:  # noqa: ANN401 - as above
    """Return by what the dates and the weather multiply a site's prize.

    On a day of the trip what holds on that day counts; without a day what holds on any day of the trip.
    """
    factor = _weather_factor(row) if request.rain else 1.0
    days = trip_days(request) if day is None else [day]
    if getattr(row, "seasons", None) and any(season_on(row, day) for day in days):
        factor *= SEASON_PRIZE
    if request.festivals == "seek" and getattr(row, "festivals", None):
        factor *= max(_PRIZE_IN[crowding_on(row, day)] for day in days)
    return factor


def _weather_factor(row: Any) -> float:  # noqa: ANN401
    if getattr(row, "needs_sun", None):
        return RAIN_ON_WHAT_NEEDS_SUN
    indoor = getattr(row, "indoor", None)
    indoor = row.kind in INDOOR_KINDS if indoor is None else indoor
    return RAIN_INDOORS if indoor else RAIN_OUTDOORS


def why_that_day(row: Any, number: int, openings: Sequence[Opening]) -> tuple[str, str]:  # noqa: ANN401
    """Return what the calendar says of a visit on a day of the trip, in English and Vietnamese.

    Parameters
    ----------
    row
        The site, a row of the catalogue.
    number
        Index of the day of the visit.
    openings
        The site's opening on each day of the trip.
    """
    parts = [*_day_reasons(row, openings[number]), *_only_then(number, openings)]
    return "; ".join(en for en, _ in parts), "; ".join(vi for _, vi in parts)


def _day_reasons(row: Any, found: Opening) -> Iterator[tuple[str, str]]:  # noqa: ANN401
    day = found.day
    if row.lunar_days:
        lunar = to_lunar(day)
        yield f"market day (lunar {lunar})", f"ngày chợ phiên ({lunar} âm lịch)"
    crowd_en, crowd_vi = _CROWD_WORDS[crowding_on(row, day)]
    season = season_on(row, day)
    for number, held in enumerate([*festivals_on(row, day), *([season] if season else [])]):
        crowd = crowd_en and number == 0  # it is the first, the shortest, that draws it
        asked = held is not season and held[0].source is None
        en = ["", f"; {crowd_en}"][bool(crowd)] + ["", "; no source for its date, ask ahead"][asked]
        vi = ["", f"; {crowd_vi}"][bool(crowd)] + ["", "; ngày chưa có nguồn, cần hỏi trước"][asked]
        yield (
            f"{festival_name(held[0])}{_dates(held, ' to ')}{en}",
            f"{held[0].name_vi}{_dates(held, ' đến ')}{vi}",
        )
    if found.starts_s:
        starts = ", ".join(clock_text(start) for start in found.starts_s)
        yield f"starts at {starts}", f"các suất {starts}"
    if found.reason_en and found.reason_vi:
        yield found.reason_en, found.reason_vi


_CROWD_WORDS: Mapping[Crowding, tuple[str, str]] = {
    "usual": ("", ""),
    "busy": ("busier than usual", "đông hơn thường lệ"),
    "packed": ("very crowded", "rất đông"),
}


def _dates(held: tuple[Span, date, date], word: str) -> str:
    _, first, last = held
    if first == last:
        return ""
    return f" ({first.day}/{first.month}{word}{last.day}/{last.month})"


def _only_then(number: int, openings: Sequence[Opening]) -> Iterator[tuple[str, str]]:
    """Say on which other days of the trip it is closed, and why."""
    shut = [(day, found) for day, found in enumerate(openings) if day != number and not found.is_open]
    if not shut:
        return
    en = ", ".join(f"day {day + 1}: {found.reason_en or 'closed'}" for day, found in shut)
    vi = ", ".join(f"ngày {day + 1}: {found.reason_vi or 'đóng cửa'}" for day, found in shut)
    yield f"not on {en}", f"không phải {vi}"
