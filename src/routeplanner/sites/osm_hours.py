"""OpenStreetMap's ``opening_hours`` text on a date, with what its parser gets wrong set right.

The parser knows no Tết and no Hùng Kings' day, takes ``"by appointment"`` for open and ``08:00+`` for open until
midnight, lets ``17:00-08:00`` pass for a day's hours, and takes ``PH Mo`` (a holiday on a Monday) for every Monday; all
are set right here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from routeplanner._clock import TIMEZONE
from routeplanner.sites.holidays import PublicHoliday, may_be_off, public_holiday_on

if TYPE_CHECKING:
    from opening_hours import OpeningHours

__all__ = [
    "DayHours",
    "Intervals",
    "evaluate",
    "hours_fault",
    "needs_sun_times",
    "rules_without_effect",
    "speaks_of_holidays",
    "speaks_of_tet",
]

Intervals: TypeAlias = tuple[tuple[int, int], ...]

_DAY = 86_400
_LONGEST_NIGHT = 12  # hours: a range over midnight that is longer was meant the other way round
_WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_WEEKLY = re.compile(r"(?:Mo|Tu|We|Th|Fr|Sa|Su|off|[\d:,;/ -])*")
_A_WEEK = tuple(date(2024, 1, day) for day in range(1, 8))  # from a Monday on
_PUBLIC_HOLIDAY = re.compile(r'\bPH\b(?=[^"]*(?:"[^"]*"[^"]*)*$)')  # not inside quotes
_NAMED = "(?:Mo|Tu|We|Th|Fr|Sa|Su)"
_HOLIDAY_ON = re.compile(
    rf'\bPH\s+({_NAMED}(?:\s*[-,]\s*{_NAMED})*)\b(?=[^"]*(?:"[^"]*"[^"]*)*$)'  # not inside quotes
)
_OPEN_END = re.compile(r"\d\+")
_TET = re.compile(r'"[^"]*\bT[eế]t\b', re.IGNORECASE)
_SUN = re.compile(r"sun(rise|set)|dawn|dusk")
_RANGE = re.compile(r"(?<![\d:])(\d{1,2}):(\d\d)\s*-\s*(\d{1,2}):(\d\d)")


@lru_cache(maxsize=4096)
def needs_sun_times(text: str) -> bool:
    """Return whether the hours follow the sun, so that the place matters."""
    return _SUN.search(text) is not None


@lru_cache(maxsize=4096)
def speaks_of_tet(text: str) -> bool:
    """Return whether a remark of the hours names Tết."""
    return _TET.search(text) is not None


@lru_cache(maxsize=4096)
def speaks_of_holidays(text: str) -> bool:
    """Return whether the hours have a rule of their own for public holidays (``PH``)."""
    return _PUBLIC_HOLIDAY.search(text) is not None


@dataclass(frozen=True, slots=True)
class DayHours:
    """What a text says of one date.

    Parameters
    ----------
    intervals
        Pairs (opens, closes) in seconds after midnight that begin on the date.
    doubtful
        Whether the text itself says that they must be asked for: a remark, ``unknown``, an open end.
    remark
        The remarks on them, joined.
    holiday
        The public holiday, where its rule decides.
    unsure_of_holiday
        Whether the hours hang on a day off that is not certain: not announced, or for offices only.
    """

    intervals: Intervals
    doubtful: bool = False
    remark: str = ""
    holiday: PublicHoliday | None = None
    unsure_of_holiday: bool = False


def evaluate(text: str, place: tuple[float, float] | None, day: date) -> DayHours:
    """Return what hours say of a date: the intervals that begin on it, and how sure they are.

    An interval over midnight belongs to the date on which it begins, so that no hour counts on two dates. What is
    open for longer than a day and night is cut at midnight.

    Examples
    --------
    >>> evaluate("Fr-Sa 18:00-02:00", None, date(2027, 3, 14)).intervals  # a Sunday
    ()
    >>> evaluate("Mo-Su 08:00-17:00; PH off", None, date(2026, 9, 2)).holiday.name_en
    'National Day'
    """
    if _is_weekly(text):
        return _evaluate(text, None, _A_WEEK[day.weekday()])
    rule, otherwise = _alternatives(text)
    if otherwise:
        found = evaluate(rule, place, day)
        return found if found.intervals else evaluate(otherwise, place, day)
    if not speaks_of_holidays(text):
        return _evaluate(text, place, day)
    return _with_holidays(text, place, day)


@lru_cache(maxsize=4096)
def _alternatives(text: str) -> tuple[str, str]:
    """Return a text before ``||`` and what holds where that says nothing, the latter empty without one.

    The parser reads the second as of all other hours of a day: ``08:00-17:00 || "call"`` would never close.
    """
    parts = re.split(r'\s*\|\|\s*(?=(?:[^"]*"[^"]*")*[^"]*$)', text, maxsplit=1)
    return (parts[0], parts[1]) if len(parts) == 2 and all(parts) else (text, "")


def _with_holidays(text: str, place: tuple[float, float] | None, day: date) -> DayHours:
    """Hold the rule for public holidays against the usual one."""
    holiday = public_holiday_on(day)
    usual = _evaluate(_for_the_day(text, day, off=False), place, day)
    if holiday is None and not may_be_off(day):
        return usual
    festive = _evaluate(_for_the_day(text, day, off=True), place, day)
    if festive == usual:
        return usual
    if holiday is None:
        return replace(usual, unsure_of_holiday=True)
    return replace(festive, holiday=holiday, unsure_of_holiday=not holiday.certain or holiday.exchanged)


@lru_cache(maxsize=4096)
def _is_weekly(text: str) -> bool:
    """Return whether weekdays and clock times are all that the text speaks of."""
    return _WEEKLY.fullmatch(text) is not None and not re.search(r"\d{3}", text)


@lru_cache(maxsize=65_536)
def _evaluate(text: str, place: tuple[float, float] | None, day: date) -> DayHours:
    runs = _runs(_parsed(text, place), datetime.combine(day, time(0), tzinfo=TIMEZONE if place else None))
    own = [(span, run) for run in runs if (span := _own_part(run[0].opens, run[-1].closes)) is not None]
    pieces = [piece for span, run in own for piece in run if piece.opens < span[1] and piece.closes > span[0]]
    remarks = dict.fromkeys(piece.remark for piece in pieces if piece.remark)
    doubtful = bool(_OPEN_END.search(text)) or any(piece.doubtful for piece in pieces)
    return DayHours(tuple(span for span, _ in own), doubtful, "; ".join(remarks))


class _Piece(NamedTuple):
    """A time of one state and one remark, seconds after midnight."""

    opens: int
    closes: int
    doubtful: bool
    remark: str


def _runs(hours: OpeningHours, midnight: datetime) -> list[list[_Piece]]:
    """Return the times from two days before to two days after midnight at which it is open, those that touch together.

    The parser parts them at midnight and where only the remark changes.
    """
    runs: list[list[_Piece]] = []
    around = timedelta(days=2)
    for start, end, state, remark in hours.intervals(midnight - around, midnight + around):
        if str(state) == "closed":
            continue
        opens, closes = (round((moment - midnight).total_seconds()) for moment in (start, end))
        piece = _Piece(opens, closes, str(state) == "unknown" or bool(remark), remark)
        if runs and opens <= runs[-1][-1].closes:
            runs[-1].append(piece)
        else:
            runs.append([piece])
    return runs


def _own_part(opens: int, closes: int) -> tuple[int, int] | None:
    """Return what of an unbroken opening belongs to the day that begins at 0, or None."""
    if closes - opens <= _DAY:
        return (opens, closes) if 0 <= opens < _DAY else None
    first, last = max(opens, 0), min(closes, _DAY)
    return (first, last) if first < last else None


def _for_the_day(text: str, day: date, *, off: bool) -> str:
    """Say a public holiday's rule as one for its weekday, since the parser knows neither Tết nor Hùng Kings' day.

    ``PH Mo,Fr`` (a holiday on one of these weekdays) is read by the parser as a holiday or such a weekday; where it
    does not hold it is put on a weekday three days away, which no night reaches.
    """
    own, other = _WEEKDAYS[day.weekday()], _WEEKDAYS[(day.weekday() + 3) % 7]
    changed = _HOLIDAY_ON.sub(lambda rule: own if off and own in _named(rule[1]) else other, text)
    if off:
        changed = _PUBLIC_HOLIDAY.sub(own, changed)
    return text if changed == text or hours_fault(changed) else changed


def _named(weekdays: str) -> set[str]:
    """Return the weekdays of a list such as ``Mo,We-Fr``."""
    found: set[str] = set()
    for part in weekdays.replace(" ", "").split(","):
        first, _, last = part.partition("-")
        a, b = _WEEKDAYS.index(first), _WEEKDAYS.index(last or first)
        found.update(_WEEKDAYS[(a + n) % 7] for n in range((b - a) % 7 + 1))
    return found


@lru_cache(maxsize=4096)
def rules_without_effect(text: str) -> tuple[str, ...]:
    """Return the rules of hours that what follows a semicolon replaces whole, mostly where a comma was meant.

    Examples
    --------
    >>> rules_without_effect("Mo-Su 08:00-11:30; Mo-Su 13:30-17:00")
    ('Mo-Su 08:00-11:30',)
    >>> rules_without_effect("Mo-Su 08:00-17:00; Sa 13:30-17:00")
    ()
    """
    rules = [rule.strip() for rule in text.split(";")]
    if len(rules) == 1 or '"' in text:
        return ()
    times = [_clock_times(rule) for rule in rules]
    return tuple(
        rule
        for number, rule in enumerate(rules[:-1])
        if times[number] and times[number] not in times[number + 1 :] and _is_lost(rules, number)
    )


def _is_lost(rules: list[str], number: int) -> bool:
    """Whether the hours are the same without a rule; beyond weekdays only the same days word for word are compared."""
    text, rest = "; ".join(rules), "; ".join([*rules[:number], *rules[number + 1 :]])
    if _is_weekly(text):
        return all(evaluate(text, None, day) == evaluate(rest, None, day) for day in _A_WEEK)
    days = _RANGE.sub("", rules[number]).strip(", ")
    return any(
        days == _RANGE.sub("", later).strip(", ") and _clock_times(later) for later in rules[number + 1 :]
    )


def _clock_times(rule: str) -> tuple[str, ...]:
    return tuple(match[0] for match in _RANGE.finditer(rule))


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
