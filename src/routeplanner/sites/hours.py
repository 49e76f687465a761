"""When a site is open on a date, how sure that is, and why not.

Opening hours are OpenStreetMap's ``opening_hours`` text. The parser knows no Tết and no Hùng Kings' day, takes
``"by appointment"`` for open and ``08:00+`` for open until midnight; all four are set right here. Where the
hours of a site are not known, those of its kind are assumed (`ASSUMED_HOURS`) and marked so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from routeplanner._clock import TIMEZONE
from routeplanner.sites.lunar import is_public_holiday, is_tet, next_lunar_day, to_lunar

if TYPE_CHECKING:
    import geopandas as gpd
    from opening_hours import OpeningHours

__all__ = ["ASSUMED_HOURS", "Certainty", "Opening", "hours_fault", "opening", "openings"]

Certainty: TypeAlias = Literal["known", "assumed", "needs_confirmation"]
Intervals: TypeAlias = tuple[tuple[int, int], ...]

_HOUR = 3600
_DAY = 86_400

ASSUMED_HOURS: dict[str, Intervals] = {
    kind: ((round(opens * _HOUR), round(closes * _HOUR)),)
    for kind, opens, closes in (
        ("craft_village", 8, 17),
        ("heritage_site", 7.5, 17.5),
        ("waterway_stop", 6, 18),
        ("museum", 8, 17),
        ("market", 6, 18),
        ("food", 9, 21),
        ("performance", 14, 21),
        ("nature", 7, 17.5),
        ("creative_space", 9, 21),
        ("gateway", 0, 24),
    )
}
"""Hours assumed by kind where none are known, seconds after midnight.

Judgements, not facts: daylight for open-air places, working hours for workshops and museums (no closing day is
invented), afternoon and evening for performances, whose show times must always be confirmed.
"""

_MARKET_OF_LUNAR_DAYS: Intervals = ((6 * _HOUR, 9 * _HOUR),)
_WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_WEEKDAYS_VI = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
_WEEKDAYS_EN = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")
_MONTHS_EN = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_PUBLIC_HOLIDAY = re.compile(r'\bPH\b(?=[^"]*(?:"[^"]*"[^"]*)*$)')  # not inside quotes
_OPEN_END = re.compile(r"\d\+")
_SUN = re.compile(r"sun(rise|set)|dawn|dusk")


@dataclass(frozen=True, slots=True)
class Opening:
    """The opening of one site on one date.

    Parameters
    ----------
    intervals
        Pairs (opens, closes) in seconds after midnight; past 86,400 where it closes after midnight. Empty: closed.
    certainty
        ``known`` (from the catalogue), ``assumed`` (of its kind, or marked as unverified) or
        ``needs_confirmation`` (by appointment, open end, show times unknown, known hours during Tết).
    reason_vi, reason_en
        Why it is closed, or what must be confirmed; None where there is nothing to say.

    Examples
    --------
    >>> day = Opening(intervals=((28800, 41400), (48600, 61200)), certainty="known")
    >>> day.windows(3600)
    ((28800, 37800), (48600, 57600))
    """

    intervals: Intervals
    certainty: Certainty
    reason_vi: str | None = None
    reason_en: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether it opens at all on that date."""
        return bool(self.intervals)

    def windows(self, service_s: int) -> Intervals:
        """Return the time windows in which a visit of `service_s` seconds may start, both ends included.

        A visit ends by closing time, so the latest start is closing less service duration; intervals shorter
        than the visit give no window.
        """
        return tuple(
            (opens, closes - service_s) for opens, closes in self.intervals if closes - opens >= service_s
        )


def opening(site: Any, day: date) -> Opening:  # noqa: ANN401 - a row in any of pandas' shapes
    """Return when a site is open on a date.

    Parameters
    ----------
    site
        A row of the catalogue: ``sites.loc[site_id]``, a named tuple of ``sites.itertuples()`` or a mapping.
    day
        The date, in Vietnam.

    Raises
    ------
    RequestError
        When the date lies outside 1900 to 2100.

    Examples
    --------
    >>> museum = {"kind": "museum", "opening_hours": "Tu-Su 08:00-11:30,13:30-17:00"}
    >>> opening(museum, date(2027, 3, 15)).reason_en
    'closed on Mondays'
    >>> opening(museum, date(2027, 3, 16)).intervals
    ((28800, 41400), (48600, 61200))
    >>> market = {"kind": "market", "lunar_days": [4, 10, 14, 20, 24, 30]}
    >>> opening(market, date(2027, 3, 13)).reason_en
    'meets on lunar days 4, 10, 14, 20, 24, 30; next: 17 March'
    """
    get = site.get if hasattr(site, "get") else lambda name: getattr(site, name, None)
    return _opening(
        kind=str(get("kind")),
        text=_text_or_none(get("opening_hours")),
        lunar_days=_tuple_of(get("lunar_days")),
        guessed="opening_hours" in _tuple_of(get("unverified")),
        worship="spiritual" in _tuple_of(get("themes")),
        place=_place_of(get("geometry")),
        day=date(day.year, day.month, day.day),
    )


def openings(sites: gpd.GeoDataFrame, day: date) -> dict[str, Opening]:
    """Return the opening of each site of a catalogue on a date, by ``site_id``.

    Parameters
    ----------
    sites
        A catalogue as `load_sites` gives it.
    day
        The date, in Vietnam.

    Raises
    ------
    RequestError
        When the date lies outside 1900 to 2100.

    Examples
    --------
    >>> from routeplanner.sites.catalog import load_sites
    >>> found = openings(load_sites(), date(2027, 3, 15))
    >>> found["bao-tang-lich-su"].is_open, found["ho-hoan-kiem"].is_open
    (False, True)
    """
    plain = date(day.year, day.month, day.day)
    names = ("kind", "opening_hours", "lunar_days", "unverified", "themes")
    columns = [sites[name] if name in sites.columns else [None] * len(sites) for name in names]
    rows = zip(sites.index, sites.geometry, *columns, strict=True)
    return {
        site_id: _opening(
            kind=kind,
            text=_text_or_none(text),
            lunar_days=_tuple_of(lunar_days),
            guessed="opening_hours" in _tuple_of(unverified),
            worship="spiritual" in _tuple_of(themes),
            place=_place_of(point) if isinstance(text, str) and _SUN.search(text) else None,
            day=plain,
        )
        for site_id, point, kind, text, lunar_days, unverified, themes in rows
    }


def _text_or_none(value: Any) -> str | None:  # noqa: ANN401 - a cell may be NaN
    return value if isinstance(value, str) and value.strip() else None


def _tuple_of(value: Any) -> tuple[Any, ...]:  # noqa: ANN401 - a cell may be NaN
    return tuple(value) if isinstance(value, list | tuple) else ()


def _place_of(point: Any) -> tuple[float, float] | None:  # noqa: ANN401 - any shapely point
    return (round(point.y, 2), round(point.x, 2)) if point is not None and hasattr(point, "x") else None


@lru_cache(maxsize=16_384)
def _opening(
    *,
    kind: str,
    text: str | None,
    lunar_days: tuple[int, ...],
    guessed: bool,
    worship: bool,
    place: tuple[float, float] | None,
    day: date,
) -> Opening:
    """Decide one site's date; equal sites share the answer."""
    if lunar_days and to_lunar(day).day not in lunar_days:
        return _not_a_market_day(day, lunar_days)
    sun = place if text and _SUN.search(text) else None
    found = _from_text(text, sun, day, guessed=guessed) if text else _assumed(kind, market=bool(lunar_days))
    return _at_tet(found, kind=kind, worship=worship) if is_tet(day) else found


def _not_a_market_day(day: date, lunar_days: tuple[int, ...]) -> Opening:
    listed = ", ".join(str(number) for number in sorted(lunar_days))
    after = next_lunar_day(day, lunar_days)
    then_vi = f"; phiên tới: {after.day}/{after.month}" if after else ""
    then_en = f"; next: {after.day} {_MONTHS_EN[after.month - 1]}" if after else ""
    return Opening(
        (),
        "known",
        reason_vi=f"họp vào các ngày âm lịch {listed}{then_vi}",
        reason_en=f"meets on lunar days {listed}{then_en}",
    )


def _assumed(kind: str, *, market: bool) -> Opening:
    intervals = _MARKET_OF_LUNAR_DAYS if market else ASSUMED_HOURS.get(kind, ASSUMED_HOURS["heritage_site"])
    if kind != "performance":
        return Opening(intervals, "assumed")
    return Opening(
        intervals,
        "needs_confirmation",
        reason_vi="chưa biết giờ diễn; cần hỏi trước",
        reason_en="show times are not known; ask ahead",
    )


def _at_tet(found: Opening, *, kind: str, worship: bool) -> Opening:
    """Most places shut from the eve of Tết to its third day; open country, stations and pagodas do not."""
    if not found.intervals or found.intervals == ((0, _DAY),):
        return found
    if found.certainty == "known":
        return Opening(
            found.intervals,
            "needs_confirmation",
            reason_vi="giờ mở cửa dịp Tết cần hỏi trước",
            reason_en="hours at Tết must be confirmed",
        )
    if kind in {"nature", "gateway"} or (kind == "heritage_site" and worship):
        return found
    return Opening(
        (),
        found.certainty,
        reason_vi="nghỉ Tết (từ 30 đến mùng 3, giả định)",
        reason_en="closed for Tết (its eve to its third day, assumed)",
    )


def _from_text(text: str, place: tuple[float, float] | None, day: date, *, guessed: bool) -> Opening:
    intervals, doubtful, comment = _evaluate(text, place, day)
    if not intervals:
        return _closed_by_text(text, place, day, guessed=guessed)
    if doubtful:
        return Opening(
            intervals,
            "needs_confirmation",
            reason_vi=f"cần hỏi trước: {comment or text}",
            reason_en=f"must be confirmed: {comment or text}",
        )
    return Opening(intervals, "assumed" if guessed else "known")


def _closed_by_text(text: str, place: tuple[float, float] | None, day: date, *, guessed: bool) -> Opening:
    near = [day + timedelta(days=shift) for shift in (-14, -7, 7, 14)]
    weekly = not any(_evaluate(text, place, other)[0] for other in near) and not is_public_holiday(day)
    other_days = any(_evaluate(text, place, day + timedelta(days=shift))[0] for shift in range(1, 7))
    certainty: Certainty = "assumed" if guessed else "known"
    if weekly and other_days:
        vi, en = f"đóng cửa {_WEEKDAYS_VI[day.weekday()]}", f"closed on {_WEEKDAYS_EN[day.weekday()]}"
    else:
        vi, en = f"đóng cửa ngày này (giờ mở cửa: {text})", f"closed on this date (opening hours: {text})"
    return Opening((), certainty, reason_vi=vi, reason_en=en)


@lru_cache(maxsize=65_536)
def _evaluate(text: str, place: tuple[float, float] | None, day: date) -> tuple[Intervals, bool, str]:
    """Return the intervals that begin on `day`, whether they need confirmation, and the comment on them."""
    hours = _parsed(_for_the_day(text, day), place)
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
