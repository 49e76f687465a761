"""What the dates of a request do to its sites: openings, festivals, seasons, rain.

It is part of what a request means, and so shared by the planner and its judge. Prizes and visits are
those of the day of the visit: `visit_minutes` and `calendar_factor` take the date, `assemble` writes them by day and site into
`Problem.service_s` and `Problem.prize`, and the search weighs the festival's day against the others.

========  ===========================  ================================  ==========================
festival  prize                        visit                             days
========  ===========================  ================================  ==========================
seek      × 1.5, × 1.2 over 14 days    × 1.25, in steps of 5 min         on its festival days only
accept    × 1                          × 1.25 on its festival days       as open
avoid     × 1                          × 1                               not on its festival days
========  ===========================  ================================  ==========================

A festival that closes its site (`closes` in the catalogue) does so whatever was asked for. A site in its season
on the day of the visit is worth 1.2 times as much. With ``rain=True`` indoor places are worth 1.25 times, open-air
places 0.6 times and what needs the sun 0.1 times as much. All factors are judgements.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from routeplanner.planning.request import TripRequest, service_min
from routeplanner.sites.hours import Opening, clock_text, festival_on, opening, opening_by, season_on
from routeplanner.sites.lunar import to_lunar

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from routeplanner.sites.spans import Span

__all__ = [
    "INDOOR_KINDS",
    "calendar_factor",
    "festival_name",
    "opening_asked",
    "trip_days",
    "visit_minutes",
    "why_that_day",
]

FESTIVAL_PRIZE, LONG_FESTIVAL_PRIZE, LONG_FESTIVAL_DAYS = 1.5, 1.2, 14
FESTIVAL_STRETCH = 1.25
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
    return _by_wish(row, found, request) if found.is_open else found


def _by_wish(row: Any, found: Opening, request: TripRequest) -> Opening:  # noqa: ANN401
    if request.festivals == "accept":
        return found
    held = festival_on(row, found.day)
    if request.festivals == "avoid" and held is not None:
        name_vi, name_en = held[0].name_vi, festival_name(held[0])
        return replace(
            found,
            intervals_s=(),
            starts_s=(),
            reason_vi=f"ngày {name_vi}; yêu cầu tránh lễ hội",
            reason_en=f"{name_en} on this day, and the request avoids festivals",
        )
    if request.festivals == "seek" and held is None and _festival_ahead(row, request):
        return replace(
            found,
            intervals_s=(),
            starts_s=(),
            reason_vi="yêu cầu tìm lễ hội; ghé vào ngày hội của nơi này",
            reason_en="the request seeks festivals: visited on a day of its festival only",
        )
    return found


def _festival_ahead(row: Any, request: TripRequest) -> bool:  # noqa: ANN401
    """Whether a day of the trip is a festival day on which the site receives visitors."""
    return any(
        festival_on(row, day) is not None
        and day not in request.closed.get(str(row.Index), ())
        and opening(row, day).is_open
        for day in trip_days(request)
    )


def festival_name(span: Span) -> str:
    """Return the English name of a festival, or the Vietnamese one where there is none."""
    return span.name_en or span.name_vi


def visit_minutes(row: Any, request: TripRequest, day: date | None = None) -> int:  # noqa: ANN401 - a named tuple
    """Return the minutes of a visit at the request's pace, longer in a festival's crowd.

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
    minutes = service_min(row.visit_min, request.pace)
    if request.festivals == "avoid" or not getattr(row, "festivals", None):
        return minutes
    if day is not None:
        return minutes if festival_on(row, day) is None else 5 * round(minutes * FESTIVAL_STRETCH / 5)
    open_days = [day for day in trip_days(request) if opening_asked(row, day, request).is_open]
    if not open_days or any(festival_on(row, day) is None for day in open_days):
        return minutes
    return 5 * round(minutes * FESTIVAL_STRETCH / 5)


def calendar_factor(row: Any, request: TripRequest, day: date | None = None) -> float:  # noqa: ANN401 - as above
    """Return by what the dates and the weather multiply a site's prize.

    On a day of the trip what holds on that day counts; without a day what holds on any day of the trip.
    """
    factor = _weather_factor(row) if request.rain else 1.0
    days = trip_days(request) if day is None else [day]
    if getattr(row, "seasons", None) and any(season_on(row, day) for day in days):
        factor *= SEASON_PRIZE
    if request.festivals == "seek" and getattr(row, "festivals", None):
        held = [found[0].days for day in days if (found := festival_on(row, day))]
        if held:
            factor *= FESTIVAL_PRIZE if min(held) <= LONG_FESTIVAL_DAYS else LONG_FESTIVAL_PRIZE
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
    for held in (festival_on(row, day), season_on(row, day)):
        if held is not None:
            yield (
                f"{festival_name(held[0])}{_dates(held, ' to ')}",
                f"{held[0].name_vi}{_dates(held, ' đến ')}",
            )
    if found.starts_s:
        starts = ", ".join(clock_text(start) for start in found.starts_s)
        yield f"starts at {starts}", f"các suất {starts}"
    if found.reason_en and found.reason_vi:
        yield found.reason_en, found.reason_vi


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
