"""Spans of days that come back each year by the lunar or the solar calendar: festivals, closures, seasons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from routeplanner.errors import RequestError
from routeplanner.sites.lunar import FIRST_YEAR, LAST_YEAR, solar_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["Span", "days_between", "occurrences", "span_on", "spans_of", "spans_on"]

_SHORT, _LONG = 29, 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Days in a row, dated in one of the two calendars.

    Parameters
    ----------
    name_vi, name_en
        What people call it; the English name may be missing.
    calendar
        ``"lunar"`` or ``"solar"``: the calendar of `month` and `day`.
    month, day
        The first day. In a lunar year the ordinary month is meant, never its leap month.
    days
        Length, the first day included.
    year
        The year of a single event; None for one that comes back each year.
    only
        Of a season: outside of it the site is closed.
    sure
        Of a closure: False where its dates change from year to year, so that it must be asked.
    closes
        Of a festival: visitors are not let in on its days.
    hours
        Of days with hours of their own: these, in OpenStreetMap's syntax.
    source
        A page that says so.
    """

    name_vi: str
    name_en: str | None = None
    calendar: str
    month: int
    day: int
    days: int
    year: int | None = None
    only: bool = False
    sure: bool = True
    closes: bool = False
    hours: str | None = None
    source: str | None = None


def spans_of(entries: Iterable[Mapping[str, Any]] | None) -> tuple[Span, ...]:
    """Return the spans of a cell of the catalogue (a list of mappings that passed its checks).

    Examples
    --------
    >>> entry = {"name_vi": "Hội Lim", "calendar": "lunar", "month": 1, "day": 12, "days": 2}
    >>> spans_of([entry])[0].days
    2
    """
    return tuple(Span(**entry) for entry in entries) if isinstance(entries, list | tuple) else ()


def spans_on(spans: Iterable[Span], day: date) -> list[tuple[Span, date, date]]:
    """Return all spans that hold a day, each with its first and last day: the shortest first, then the earliest.

    The order in which they are given does not count: a village's day within its region's season comes first.

    Examples
    --------
    >>> lim = Span(name_vi="Hội Lim", calendar="lunar", month=1, day=12, days=2)
    >>> spring = Span(name_vi="Mùa xuân", calendar="lunar", month=1, day=1, days=60)
    >>> [span.name_vi for span, _, _ in spans_on([spring, lim], date(2024, 2, 22))]
    ['Hội Lim', 'Mùa xuân']
    """
    found = {
        (span, *pair)
        for span in spans
        for year in (day.year, day.year - 1)
        for pair in _in_calendar_year(span, year)
        if pair[0] <= day <= pair[1]
    }
    return sorted(found, key=lambda held: (held[0].days, held[1], held[0].name_vi, held[0].name_en or ""))


def span_on(spans: Iterable[Span], day: date) -> tuple[Span, date, date] | None:
    """Return the span that holds a day, of several the first of `spans_on`, with its first and last day.

    Examples
    --------
    >>> lim = Span(name_vi="Hội Lim", calendar="lunar", month=1, day=12, days=2)
    >>> span_on([lim], date(2024, 2, 22))[1:]
    (datetime.date(2024, 2, 21), datetime.date(2024, 2, 22))
    """
    return next(iter(spans_on(spans, day)), None)


def occurrences(span: Span, year: int) -> list[tuple[date, date]]:
    """Return first and last day of each time that a span touches a solar year, in order.

    A festival late in the twelfth lunar month may fall twice into one solar year and not at all into the next.
    """
    first, last = date(year, 1, 1), date(year, 12, 31)
    found = {pair for own in (year - 1, year) for pair in _in_calendar_year(span, own)}
    return sorted(pair for pair in found if pair[0] <= last and pair[1] >= first)


@lru_cache(maxsize=65_536)
def _in_calendar_year(span: Span, year: int) -> tuple[tuple[date, date], ...]:
    """Return the times that begin in the lunar or solar year; a lunar year reaches into the next solar one."""
    if span.year is not None and span.year != year:
        return ()
    first = _first_day(span, year)
    if first is None:
        return ()
    try:
        return ((first, first + timedelta(days=span.days - 1)),)
    except OverflowError:
        return ()


def _first_day(span: Span, year: int) -> date | None:
    """Return the first day; the 30th of a short month and 29 February fall back to the month's last day."""
    if not FIRST_YEAR - 1 <= year <= LAST_YEAR:
        return None
    if span.calendar == "solar":
        try:
            return date(year, span.month, span.day)
        except ValueError:
            return date(year, span.month, 28)
    for day in (span.day, _SHORT) if span.day == _LONG else (span.day,):
        try:
            return solar_of(day, span.month, year)
        except RequestError:
            continue
    return None


def days_between(first: date, last: date) -> list[date]:
    """Return all dates from `first` to `last`, both included.

    Examples
    --------
    >>> len(days_between(date(2027, 2, 1), date(2027, 2, 28)))
    28
    """
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
