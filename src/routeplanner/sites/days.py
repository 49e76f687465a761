"""A date as people give it: a date, a moment, or text such as 2027-03-13."""

from __future__ import annotations

from datetime import date, datetime

from routeplanner._clock import TIMEZONE
from routeplanner.errors import RequestError
from routeplanner.sites.lunar import FIRST_YEAR, LAST_YEAR

__all__ = ["as_date", "plain_date", "range_fault"]


def plain_date(day: object, *, name: str = "day", subject: str = "opening") -> date:
    """Return the date in Vietnam that is meant.

    Parameters
    ----------
    day
        A date; a moment, of which an aware one is taken to Asia/Ho_Chi_Minh first; or text as ``2027-03-13``.
    name
        What it is called in the error.
    subject
        What the error is about.

    Raises
    ------
    RequestError
        When it is none of these, or lies outside 1900 to 2100.

    Examples
    --------
    >>> from datetime import timezone
    >>> plain_date("2027-03-13")
    datetime.date(2027, 3, 13)
    >>> plain_date(datetime(2027, 3, 13, 20, tzinfo=timezone.utc))  # 3 o'clock in the morning in Vietnam
    datetime.date(2027, 3, 14)
    """
    found = as_date(day)
    if found is None:
        fault = f"{name}: {day!r} is not a date; give date(2027, 3, 13) or '2027-03-13'"
        raise RequestError([fault], subject=subject)
    fault_of_range = range_fault(found, name=name)
    if fault_of_range:
        raise RequestError([fault_of_range], subject=subject)
    return found


def range_fault(day: date, *, name: str = "day") -> str | None:
    """Return what is wrong with a date that the calendar does not reach, or None.

    Examples
    --------
    >>> range_fault(date(2101, 1, 1))
    'day: 2101-01-01 is outside the calendar; give a date from 1900-01-01 to 2100-12-31'
    """
    if FIRST_YEAR <= day.year <= LAST_YEAR:
        return None
    return f"{name}: {day} is outside the calendar; give a date from {FIRST_YEAR}-01-01 to {LAST_YEAR}-12-31"


def as_date(day: object) -> date | None:
    """Return the date in Vietnam that is meant, or None where it is no date.

    Examples
    --------
    >>> as_date("2027-03-13"), as_date("tomorrow")
    (datetime.date(2027, 3, 13), None)
    """
    if isinstance(day, datetime):
        moment = day.astimezone(TIMEZONE) if day.tzinfo is not None else day
        return date(moment.year, moment.month, moment.day) if moment == moment else None  # noqa: PLR0124 - NaT
    if isinstance(day, date):
        return date(day.year, day.month, day.day)
    if isinstance(day, str):
        try:
            return date.fromisoformat(day.strip())
        except ValueError:
            return None
    item = getattr(day, "item", None)  # numpy's dates
    made = item() if callable(item) else None
    return as_date(made) if isinstance(made, date) else None
