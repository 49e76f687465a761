"""Clock times: integer seconds after local midnight inside, aware datetimes at the surface."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

__all__ = ["MONTHS_EN", "TIMEZONE", "at", "clock_text", "seconds_of", "seconds_since_midnight"]

TIMEZONE = ZoneInfo("Asia/Ho_Chi_Minh")

MONTHS_EN = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
"""`calendar` and `strftime` follow the locale of the process; these must not."""


def at(day: date, seconds: int) -> datetime:
    """Return the aware moment `seconds` after midnight of `day` in Vietnam.

    Examples
    --------
    >>> at(date(2027, 3, 13), 8 * 3600).isoformat()
    '2027-03-13T08:00:00+07:00'
    """
    return datetime.combine(day, time(0), tzinfo=TIMEZONE) + timedelta(seconds=seconds)


def seconds_of(clock: time) -> int:
    """Return seconds after midnight of a clock time."""
    return clock.hour * 3600 + clock.minute * 60 + clock.second


def clock_text(seconds: int) -> str:
    """Return hours and minutes of seconds after midnight.

    Examples
    --------
    >>> clock_text(8 * 3600 + 300)
    '08:05'
    """
    return f"{seconds // 3600:02d}:{seconds % 3600 // 60:02d}"


def seconds_since_midnight(moment: datetime, day: date) -> int:
    """Return seconds from midnight of `day` in Vietnam to `moment` (may exceed one day)."""
    return round((moment - at(day, 0)).total_seconds())
