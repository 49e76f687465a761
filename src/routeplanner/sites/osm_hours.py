"""OpenStreetMap's ``opening_hours`` text on a date, with what its parser gets wrong set right.

The parser knows no Tết and no Hùng Kings' day, takes ``"by appointment"`` for open and ``08:00+`` for open until
midnight, and lets ``17:00-08:00`` pass for a day's hours; all five are set right here.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from routeplanner._clock import TIMEZONE
from routeplanner.sites.holidays import is_public_holiday

if TYPE_CHECKING:
    from opening_hours import OpeningHours

__all__ = ["Intervals", "evaluate", "hours_fault", "needs_sun_times", "speaks_of_holidays"]

Intervals: TypeAlias = tuple[tuple[int, int], ...]

_DAY = 86_400
_LONGEST_NIGHT = 12  # hours: a range over midnight that is longer was meant the other way round
_WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_WEEKLY = re.compile(r"(?:Mo|Tu|We|Th|Fr|Sa|Su|off|[\d:,;/ -])*")
_A_WEEK = tuple(date(2024, 1, day) for day in range(1, 8))  # from a Monday on
_PUBLIC_HOLIDAY = re.compile(r'\bPH\b(?=[^"]*(?:"[^"]*"[^"]*)*$)')  # not inside quotes
_OPEN_END = re.compile(r"\d\+")
_SUN = re.compile(r"sun(rise|set)|dawn|dusk")
_RANGE = re.compile(r"(?<![\d:])(\d{1,2}):(\d\d)\s*-\s*(\d{1,2}):(\d\d)")


@lru_cache(maxsize=4096)
def needs_sun_times(text: str) -> bool:
    """Return whether the hours follow the sun, so that the place matters."""
    return _SUN.search(text) is not None


@lru_cache(maxsize=4096)
def speaks_of_holidays(text: str) -> bool:
    """Return whether the hours have a rule of their own for public holidays (``PH``)."""
    return _PUBLIC_HOLIDAY.search(text) is not None


def evaluate(text: str, place: tuple[float, float] | None, day: date) -> tuple[Intervals, bool, str]:
    """Return the intervals that begin on `day`, whether they need confirmation, and the comment on them."""
    own = _for_the_day(text, day)
    if own is text and _is_weekly(text):
        return _evaluate(text, None, _A_WEEK[day.weekday()])
    return _evaluate(own, place, day)


@lru_cache(maxsize=4096)
def _is_weekly(text: str) -> bool:
    """Return whether weekdays and clock times are all that the text speaks of."""
    return _WEEKLY.fullmatch(text) is not None and not re.search(r"\d{3}", text)


@lru_cache(maxsize=65_536)
def _evaluate(text: str, place: tuple[float, float] | None, day: date) -> tuple[Intervals, bool, str]:
    hours = _parsed(text, place)
    midnight = datetime.combine(day, time(0), tzinfo=TIMEZONE if place else None)
    found = []
    doubtful = bool(_OPEN_END.search(text))
    comments: list[str] = []
    for start, end, state, comment in hours.intervals(midnight, midnight + timedelta(days=2)):
        opens = round((start - midnight).total_seconds())
        if str(state) == "closed" or opens >= _DAY:
            continue
        closes = min(round((end - midnight).total_seconds()), opens + _DAY)
        found.append((opens, closes))
        doubtful = doubtful or str(state) == "unknown" or bool(comment)
        comments += [comment] if comment else []
    return _joined(found), doubtful, "; ".join(dict.fromkeys(comments))


def _joined(intervals: list[tuple[int, int]]) -> Intervals:
    """Join intervals that touch (the parser parts them where only the comment changes)."""
    joined: list[tuple[int, int]] = []
    for opens, closes in intervals:
        if joined and opens <= joined[-1][1]:
            joined[-1] = (joined[-1][0], min(max(closes, joined[-1][1]), joined[-1][0] + _DAY))
        else:
            joined.append((opens, closes))
    return tuple(joined)


def _for_the_day(text: str, day: date) -> str:
    """Say a public holiday's rule as one for its weekday, since the parser knows neither Tết nor Hùng Kings' day."""
    if not _PUBLIC_HOLIDAY.search(text) or not is_public_holiday(day):
        return text
    changed = _PUBLIC_HOLIDAY.sub(_WEEKDAYS[day.weekday()], text)
    return text if hours_fault(changed) else changed


@lru_cache(maxsize=4096)
def _parsed(text: str, place: tuple[float, float] | None) -> OpeningHours:
    """Parse once a process; the objects cannot be pickled."""
    from opening_hours import OpeningHours

    if place is None:
        return OpeningHours(text)
    # auto_timezone=False would make the sun rise at 07:00 everywhere
    return OpeningHours(text, coords=place, timezone=TIMEZONE, auto_country=False)


_HINTS = (
    (
        re.compile(r"^[^\"]*by appointment[^\"]*$", re.IGNORECASE),
        'put remarks in quotes: Mo-Fr "by appointment"',
    ),
    (
        re.compile(r"\b(T[2-7]|CN|thứ|chủ nhật)\b", re.IGNORECASE),
        "name weekdays Mo Tu We Th Fr Sa Su: 'Mo-Su 08:00-17:00'",
    ),
    (re.compile(r"\d\s*h", re.IGNORECASE), "write times with a colon: '08:00-17:30', not '8h-17h30'"),
    (re.compile(r"\d\.\d\d"), "write times with a colon: '08:00', not '08.00'"),
    (re.compile(r"[–—−]"), "use a plain hyphen: '08:00-17:00'"),
    (re.compile(r"\d\d:\d\d-\d\d:\d\d\s+\d"), "put a comma between two ranges: '08:00-11:30,13:30-17:00'"),
    (re.compile(r"(?<![:\d])\d{1,2}-\d{1,2}(?![:\d])"), "write minutes too: 'Mo 08:00-17:00', not 'Mo 8-17'"),
    (re.compile(r"\b(2[5-9]|[3-9]\d):|:[6-9]\d"), "a clock time ends at 24:00 and has minutes up to 59"),
)


@lru_cache(maxsize=4096)
def hours_fault(text: str) -> str | None:
    """Return what is wrong with an ``opening_hours`` text, with the remedy, or None.

    Parameters
    ----------
    text
        OpenStreetMap's opening_hours syntax.

    Examples
    --------
    >>> hours_fault("Mo-Su 08:00-17:00") is None
    True
    >>> hours_fault("Mo 8-17")
    "'Mo 8-17' are not opening hours; write minutes too: 'Mo 08:00-17:00', not 'Mo 8-17'"
    """
    from opening_hours import ParserError  # type: ignore[attr-defined]

    backwards = _backwards(text)
    if backwards:
        return f"{text!r} are not opening hours; {backwards}"
    try:
        _parsed(text, None)
    except ParserError as error:
        place = re.search(r"--> \d+:(\d+)", str(error))
        where = f" from character {place[1]} on" if place else ""
        known = next((hint for pattern, hint in _HINTS if pattern.search(text)), None)
        remedy = (
            known or f"not understood{where}; write OpenStreetMap's form, for example 'Mo-Su 08:00-17:00'"
        )
        return f"{text!r} are not opening hours; {remedy}"
    return None


def _backwards(text: str) -> str | None:
    """Say which range cannot be: past midnight by the clock's count, or closing before it opens."""
    for match in _RANGE.finditer(re.sub(r'"[^"]*"', "", text)):
        from_h, from_min, to_h, to_min = (int(number) for number in match.groups())
        opens, closes = 60 * from_h + from_min, 60 * to_h + to_min
        if max(opens, closes) > 24 * 60:
            return "a clock time ends at 24:00; write a night as '18:00-02:00'"
        if opens == closes or (closes < opens and closes + 24 * 60 - opens > 60 * _LONGEST_NIGHT):
            return (
                f"{match[0]} closes before it opens; swap the two times "
                "(only a night of less than twelve hours may cross midnight, as 18:00-02:00)"
            )
    return None
