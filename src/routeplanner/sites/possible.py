"""Rules of a record that are sound one by one and yet cannot all hold: it never opens, or no visit ever fits."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import chain
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from routeplanner.sites.hours import Opening, opening
from routeplanner.sites.model import WEEKDAYS
from routeplanner.sites.osm_hours import rules_without_effect
from routeplanner.sites.spans import days_between, occurrences, spans_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = ["CALENDAR_FIELDS", "calendar_faults"]

CALENDAR_FIELDS = (
    *("kind", "visit_min", "opening_hours", "lunar_days", "short_month", "closed_weekdays", "closures"),
    *("seasons", "special_hours", "start_times", "last_admission_min", "booking_required"),
    *("booking_lead_days", "festivals", "themes", "unverified"),
)
"""Fields that decide when a place can be visited."""

_FROM = date(2027, 3, 17)
_DAYS = 400  # more than a year: a lunar year may begin late


def calendar_faults(fields: Mapping[str, Any], point: tuple[float, float] | None) -> Iterator[str]:
    """Return what cannot be among the calendar's fields of a record, each of which is sound by itself.

    Parameters
    ----------
    fields
        A record's properties.
    point
        (lon, lat), for hours that follow the sun.

    Examples
    --------
    >>> list(calendar_faults({"kind": "museum", "visit_min": 90, "opening_hours": "Mo-Su 09:00-10:00"}, None))
    ['field visit_min: 90 min do not fit into any opening of the year (60 min at most); correct it or the hours']
    """
    yield from _lost_rules(fields)
    if fields.get("booking_lead_days") is not None and fields.get("booking_required") is not True:
        yield "field booking_lead_days: given though booking_required is not true; set it, or leave the days out"
    if set(WEEKDAYS) <= set(fields.get("closed_weekdays") or ()):
        yield "field closed_weekdays: names all seven weekdays, so that it never opens; leave out some"
    elif any(fields.get(name) for name in CALENDAR_FIELDS[2:11]):
        yield from _no_visit(fields, point)


def _lost_rules(fields: Mapping[str, Any]) -> Iterator[str]:
    texts = [("opening_hours", fields.get("opening_hours"))]
    texts += [("special_hours", span.hours) for span in spans_of(fields.get("special_hours"))]
    for name, text in texts:
        for rule in rules_without_effect(text) if text else ():
            yield (
                f"field {name}: {rule!r} is replaced by what follows the semicolon; put a comma between two ranges "
                "of a day, as 'Mo-Su 08:00-11:30,13:30-17:00', or take it out"
            )


def _no_visit(fields: Mapping[str, Any], point: tuple[float, float] | None) -> Iterator[str]:
    """Say why no visit is possible on any day of more than a year, if none is."""
    row = {**fields, "geometry": SimpleNamespace(x=point[0], y=point[1]) if point else None}
    service_s = 60 * int(fields["visit_min"])
    longest_s, last = 0, None
    for day in _days_to_try(fields):
        last = opening(row, day)
        if last.windows(service_s):
            return
        longest_s = max(longest_s, *(closes - opens for opens, closes in last.intervals_s), 0)
    if last is not None and (longest_s == 0 or fields.get("opening_hours")):
        yield _why_none(fields, longest_s // 60, last)


def _why_none(fields: Mapping[str, Any], longest_min: int, last: Opening) -> str:
    if longest_min == 0 and fields.get("start_times") and fields.get("opening_hours"):
        return (
            f"field start_times: none of {', '.join(fields['start_times'])} lies within the opening hours with its "
            f"{fields['visit_min']} min and last admission; correct them or the hours"
        )
    if longest_min == 0:
        return (
            f"field opening_hours: it is never open in a year ({last.reason_en}); correct the hours, market days, "
            "weekdays, closures or seasons"
        )
    if (fields.get("last_admission_min") or 0) > longest_min:
        return (
            f"field last_admission_min: {fields['last_admission_min']} min before closing is before it opens "
            f"({longest_min} min at most); correct it or the hours"
        )
    return (
        f"field visit_min: {fields['visit_min']} min do not fit into any opening of the year ({longest_min} min at "
        "most); correct it or the hours"
    )


def _days_to_try(fields: Mapping[str, Any]) -> Iterable[date]:
    """Return more than a year of days, and those of seasons that were, or will be, held once."""
    once = [span for span in spans_of(fields.get("seasons")) if span.only and span.year is not None]
    ends = [pair for span in once for pair in occurrences(span, int(str(span.year)))]
    return chain(
        (_FROM + timedelta(days=n) for n in range(_DAYS)),
        *(days_between(first, last) for first, last in ends),
    )
