"""When a site is open on a date, how sure that is, and why not.

What the catalogue says is taken in this order: days with hours of their own, lunar market days, closures of the year,
weekdays, seasons, festivals that close, hours, show times, Tết, booking. Where the hours of a site are not known, those
of its kind are assumed (`ASSUMED_HOURS`), in the open air within daylight, and marked so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from routeplanner._clock import MONTHS_EN, at
from routeplanner.sites.days import plain_date
from routeplanner.sites.holidays import is_public_holiday
from routeplanner.sites.lunar import FIRST_YEAR, LAST_YEAR, is_tet, meets_on, next_lunar_day, tet, to_lunar
from routeplanner.sites.opening_rules import (
    OPEN_AIR,
    Rules,
    cells_of,
    rules_of_catalogue,
    rules_of_hours,
    rules_of_site,
)
from routeplanner.sites.osm_hours import (
    DayHours,
    Intervals,
    evaluate,
    hours_fault,
    speaks_of_holidays,
    speaks_of_tet,
)
from routeplanner.sites.spans import Span, span_on, spans_of, spans_on
from routeplanner.sites.sun import daylight_s

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import geopandas as gpd
    import pandas as pd

__all__ = [
    "ASSUMED_HOURS",
    "OPEN_AIR",
    "Certainty",
    "Opening",
    "clock_text",
    "festival_on",
    "festivals_on",
    "hours_fault",
    "next_market_day",
    "open_sites",
    "opening",
    "opening_by",
    "openings",
    "season_on",
]

Certainty: TypeAlias = Literal["known", "assumed", "needs_confirmation"]

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
_LAST_DAY_OF_A_MONTH, _SHORT_MONTH = 30, 29
_AHEAD_DAYS = 400  # a market that does not open within a year and a month has no next day


@dataclass(frozen=True, slots=True)
class Opening:
    """The opening of one site on one date.

    Parameters
    ----------
    day
        The date.
    intervals_s
        Pairs (opens, closes) in seconds after midnight; past 86,400 where it closes after midnight. Empty: closed.
    certainty
        ``known`` (from the catalogue), ``assumed`` (of its kind, or marked as unverified) or
        ``needs_confirmation`` (by appointment or booking, open end, show times unknown, known hours during Tết,
        the rule of a public holiday that is not announced yet).
    reason_vi, reason_en
        Why it is closed, or what must be confirmed; None where there is nothing to say.
    starts_s
        Of guided visits and shows: the moments at which one can begin, seconds after midnight.
    last_admission_s
        Seconds before closing time after which nobody is let in.

    Examples
    --------
    >>> day = Opening(date(2027, 3, 16), ((28800, 41400), (48600, 61200)), "known")
    >>> [closes.isoformat() for _, closes in day.intervals]
    ['2027-03-16T11:30:00+07:00', '2027-03-16T17:00:00+07:00']
    >>> day.windows(3600)
    ((28800, 37800), (48600, 57600))
    """

    day: date
    intervals_s: Intervals
    certainty: Certainty
    reason_vi: str | None = None
    reason_en: str | None = None
    starts_s: tuple[int, ...] = ()
    last_admission_s: int = 0

    @property
    def intervals(self) -> tuple[tuple[datetime, datetime], ...]:
        """Pairs (opens, closes), aware in Asia/Ho_Chi_Minh; empty means closed."""
        return _moments(self.day, self.intervals_s)

    @property
    def is_open(self) -> bool:
        """Whether it opens at all on that date."""
        return bool(self.intervals_s)

    def windows(self, service_s: int) -> Intervals:
        """Return the time windows in which a visit of `service_s` seconds may start, both ends included.

        A visit ends by closing time and begins by last admission; intervals shorter than the visit give no
        window. A guided visit or a show begins at its fixed times only, whatever its length.
        """
        if self.starts_s:
            return tuple((start, start) for start in self.starts_s)
        margin_s = max(service_s, self.last_admission_s)
        return tuple(
            (opens, closes - margin_s) for opens, closes in self.intervals_s if closes - opens >= margin_s
        )


@lru_cache(maxsize=16_384)
def _moments(day: date, intervals_s: Intervals) -> tuple[tuple[datetime, datetime], ...]:
    return tuple((at(day, opens), at(day, closes)) for opens, closes in intervals_s)


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
    >>> [f"{a:%H:%M}-{b:%H:%M}" for a, b in opening(museum, date(2027, 3, 16)).intervals]
    ['08:00-11:30', '13:30-17:00']
    >>> market = {"kind": "market", "lunar_days": [4, 10, 14, 20, 24, 30]}
    >>> opening(market, date(2027, 3, 13)).reason_en
    'market meets on lunar days 4, 10, 14, 20, 24, 30; next: 17 March'
    """
    return _opening(rules_of_site(site), plain_date(day))


def opening_by(hours: str, site: Any, day: date) -> Opening:  # noqa: ANN401 - as in `opening`
    """Return when a site is open on a date by hours that outrank all that the catalogue says, Tết included.

    Parameters
    ----------
    hours
        OpenStreetMap's opening_hours text.
    site
        A row of the catalogue; of it only the place counts, where the hours follow the sun.
    day
        The date, in Vietnam.

    Examples
    --------
    >>> museum = {"kind": "museum", "opening_hours": "Mo-Su 08:00-17:00"}
    >>> new_year = date(2027, 2, 6)
    >>> opening(museum, new_year).is_open, opening_by("Mo-Su 14:00-16:00", museum, new_year).is_open
    (False, True)
    """
    return _from_text(hours, rules_of_hours(hours, site), plain_date(day), guessed=False)


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
    plain = plain_date(day)
    rules_of_all = rules_of_catalogue(sites)
    return {site_id: _opening(rules, plain) for site_id, rules in zip(sites.index, rules_of_all, strict=True)}


def open_sites(sites: gpd.GeoDataFrame, day: date | Iterable[date]) -> pd.DataFrame:
    """Return what is open on a date, or on each of several, for a whole catalogue in one pass.

    Sites with the same rules share the work, so that a year of the bundled catalogue takes about a second.

    Parameters
    ----------
    sites
        A catalogue as `load_sites` gives it.
    day
        The date, in Vietnam, or several.

    Returns
    -------
    pandas.DataFrame
        One row a site, in the order of `sites`, index ``site_id`` (for several dates: ``date``, ``site_id``);
        columns ``is_open``, ``intervals`` (pairs of aware datetimes; an empty tuple means closed),
        ``certainty``, ``reason_vi``, ``reason_en``.

    Raises
    ------
    RequestError
        When a date lies outside 1900 to 2100.

    Examples
    --------
    >>> from routeplanner.sites.catalog import load_sites
    >>> found = open_sites(load_sites(), date(2027, 3, 15))
    >>> found.loc["bao-tang-lich-su", "reason_en"]
    'closed on Mondays'
    >>> bool(found.loc["ho-hoan-kiem", "is_open"])
    True
    """
    import pandas as pd

    one_day = isinstance(day, date | str) or not hasattr(day, "__iter__")
    days = [plain_date(day)] if one_day else [plain_date(one) for one in day]  # type: ignore[union-attr]
    number: dict[Rules, int] = {}
    codes = [number.setdefault(rules, len(number)) for rules in rules_of_catalogue(sites)]
    cells: dict[str, list[object]] = {name: [] for name in _COLUMNS}
    for one in days:
        found = [_cells(_opening(rules, one)) for rules in number]
        for column, values in zip(_COLUMNS, zip(*found, strict=True), strict=True):
            cells[column].extend([values[code] for code in codes])
    index = sites.index if one_day else pd.MultiIndex.from_product([days, sites.index])
    frame = pd.DataFrame({name: _column(name, values, index) for name, values in cells.items()})
    return frame.rename_axis("site_id" if one_day else ["date", "site_id"])


_COLUMNS = ("is_open", "intervals", "certainty", "reason_vi", "reason_en")


def _column(name: str, values: list[object], index: pd.Index) -> pd.Series[Any]:
    """Hold tuples and None as they are."""
    import numpy as np
    import pandas as pd

    array = np.empty(len(values), dtype=bool if name == "is_open" else object)
    array[:] = values
    return pd.Series(array, index=index, dtype=array.dtype)


def _cells(found: Opening) -> tuple[object, ...]:
    return found.is_open, found.intervals, found.certainty, found.reason_vi, found.reason_en


def festival_on(site: Any, day: date) -> tuple[Span, date, date] | None:  # noqa: ANN401 - as in `opening`
    """Return the festival of a site that is held on a date, with its first and last day, or None.

    Of several the shortest is returned, of equally long ones the earliest (`festivals_on` has them all).

    Examples
    --------
    >>> lim = {"festivals": [{"name_vi": "Hội Lim", "calendar": "lunar", "month": 1, "day": 12, "days": 2}]}
    >>> festival_on(lim, date(2024, 2, 21))[0].name_vi
    'Hội Lim'
    """
    return next(iter(festivals_on(site, day)), None)


def festivals_on(site: Any, day: date) -> list[tuple[Span, date, date]]:  # noqa: ANN401 - as in `opening`
    """Return all festivals of a site that are held on a date, the shortest first, with their first and last days."""
    return _spans_of_site(site, "festivals", day)


def season_on(site: Any, day: date) -> tuple[Span, date, date] | None:  # noqa: ANN401 - as in `opening`
    """Return the season of a site that a date lies in, of several the shortest, with first and last day, or None."""
    return next(iter(_spans_of_site(site, "seasons", day)), None)


def _spans_of_site(site: Any, field: str, day: date) -> list[tuple[Span, date, date]]:  # noqa: ANN401
    entries = cells_of(site)(field)
    return spans_on(spans_of(entries), plain_date(day)) if entries is not None else []


def clock_text(seconds: int) -> str:
    """Return seconds after midnight as people write them.

    Examples
    --------
    >>> clock_text(27_000)
    '07:30'
    """
    return f"{seconds // _HOUR:02d}:{seconds % _HOUR // 60:02d}"


@lru_cache(maxsize=65_536)
def _opening(rules: Rules, day: date) -> Opening:
    """Decide one site's date; equal sites share the answer."""
    special = _at_special_hours(rules, day)
    shut = None if special is not None else _shut(rules, day)
    if shut is not None:
        return shut
    found = _at_hours(rules, day) if special is None else special
    if rules.starts_s and found.is_open:
        found = _at_starts(rules, found)
    if special is None and is_tet(day) and not (rules.held and span_on(rules.held, day)):
        found = _at_tet(rules, found)
    if rules.closures:
        found = _maybe_closed(rules, found)
    if rules.lead_days is not None or rules.booking:
        found = _by_appointment(found, rules.lead_days)
    return replace(found, last_admission_s=rules.last_admission_s) if rules.last_admission_s else found


def _shut(rules: Rules, day: date) -> Opening | None:
    """Return why it is closed all day whatever its hours, or None."""
    return (
        _not_a_market_day(rules, day)
        or _in_a_closure(rules, day)
        or _closed_weekday(rules, day)
        or _out_of_season(rules, day)
        or _shut_for_a_festival(rules, day)
    )


def _sure(rules: Rules, field: str) -> Certainty:
    return "assumed" if field in rules.guessed else "known"


def _ask(found: Opening, vi: str, en: str) -> Opening:
    """Say that an opening must be confirmed, besides what is to be said of it already."""
    return replace(
        found,
        certainty="needs_confirmation",
        reason_vi=f"{found.reason_vi}; {vi}" if found.reason_vi else vi,
        reason_en=f"{found.reason_en}; {en}" if found.reason_en else en,
    )


def _at_special_hours(rules: Rules, day: date) -> Opening | None:
    """Return the opening on a day that has hours of its own, unless the site is closed for repairs or the like."""
    held = span_on(rules.special, day) if rules.special else None
    if held is None or _in_a_closure(rules, day) is not None:
        return None
    return _from_text(str(held[0].hours), rules, day, guessed="special_hours" in rules.guessed)


def next_market_day(site: Any, found: Opening, is_open: Callable[[date], bool]) -> Opening:  # noqa: ANN401
    """Return the answer for a day on which a lunar market does not meet, its next day judged by `is_open`.

    Parameters
    ----------
    site
        A row of the catalogue.
    found
        Its opening; one that is not closed for its lunar days is returned as it is.
    is_open
        Whether it is open on a later date, as a request with overrides sees it.
    """
    rules = rules_of_site(site)
    if not rules.lunar_days or found != _not_a_market_day(rules, found.day):
        return found
    return _no_market(rules, found.day, is_open)


def _not_a_market_day(rules: Rules, day: date) -> Opening | None:
    if not rules.lunar_days or meets_on(day, rules.lunar_days, short_month=rules.short_month):
        return None
    return _no_market(rules, day, lambda later: _opening(rules, later).is_open)


def _no_market(rules: Rules, day: date, is_open: Callable[[date], bool]) -> Opening:
    listed = ", ".join(str(number) for number in sorted(rules.lunar_days))
    after = _next_open(rules, day, is_open)
    shut = Opening(
        day,
        (),
        _sure(rules, "lunar_days"),
        reason_vi=f"chợ họp vào các ngày âm lịch {listed}",
        reason_en=f"market meets on lunar days {listed}",
    )
    if _may_meet_instead(rules, day):
        shut = _ask(
            shut,
            "chưa rõ tháng thiếu có họp ngày 29 thay ngày 30 không; cần hỏi trước",
            "whether it meets on the 29th of a month without a 30th is not known: ask ahead",
        )
    if after is None:
        return shut
    return replace(
        shut,
        reason_vi=f"{shut.reason_vi}; phiên tới: {after.day}/{after.month}",
        reason_en=f"{shut.reason_en}; next: {_date_en(after)}",
    )


def _may_meet_instead(rules: Rules, day: date) -> bool:
    """Whether a market of the 30th, of whose custom nothing is known, may meet on this 29th, the month's last day."""
    if rules.short_month is not None or _LAST_DAY_OF_A_MONTH not in rules.lunar_days:
        return False
    return to_lunar(day).day == _SHORT_MONTH and meets_on(day, (_LAST_DAY_OF_A_MONTH,), short_month="day_29")


def _next_open(rules: Rules, day: date, is_open: Callable[[date], bool]) -> date | None:
    """Return the next market day on which it is open indeed, or None where there is none within a year."""
    after = next_lunar_day(day, rules.lunar_days, short_month=rules.short_month)
    while after is not None and (after - day).days <= _AHEAD_DAYS:
        if is_open(after):
            return after
        after = next_lunar_day(after, rules.lunar_days, short_month=rules.short_month)
    return None


def _date_en(day: date) -> str:
    return f"{day.day} {MONTHS_EN[day.month - 1]}"


def _in_a_closure(rules: Rules, day: date) -> Opening | None:
    found = span_on((span for span in rules.closures if span.sure), day) if rules.closures else None
    if found is None:
        return None
    span, first, last = found
    return Opening(
        day,
        (),
        _sure(rules, "closures"),
        reason_vi=f"đóng cửa từ {first.day}/{first.month} đến {last.day}/{last.month}: {span.name_vi}",
        reason_en=f"closed from {_date_en(first)} to {_date_en(last)}: {span.name_en or span.name_vi}",
    )


def _maybe_closed(rules: Rules, found: Opening) -> Opening:
    """Say that a yearly closure, whose dates are set anew each year, may fall on this day."""
    span = span_on((span for span in rules.closures if not span.sure), found.day) if found.is_open else None
    if span is None:
        return found
    return _ask(
        found,
        f"có thể đóng cửa vào dịp này: {span[0].name_vi}; cần hỏi trước",
        f"may be closed at this time of the year: {span[0].name_en or span[0].name_vi}; ask ahead",
    )


def _closed_weekday(rules: Rules, day: date) -> Opening | None:
    if _WEEKDAYS[day.weekday()] not in rules.closed_weekdays:
        return None
    return _closed_on_weekday(day, _sure(rules, "closed_weekdays"))


def _closed_on_weekday(day: date, certainty: Certainty) -> Opening:
    vi, en = _WEEKDAYS_VI[day.weekday()], _WEEKDAYS_EN[day.weekday()]
    return Opening(day, (), certainty, reason_vi=f"đóng cửa {vi}", reason_en=f"closed on {en}")


def _out_of_season(rules: Rules, day: date) -> Opening | None:
    if not rules.seasons or span_on(rules.seasons, day) is not None:
        return None
    names_vi = ", ".join(span.name_vi for span in rules.seasons)
    names_en = ", ".join(span.name_en or span.name_vi for span in rules.seasons)
    return Opening(
        day,
        (),
        _sure(rules, "seasons"),
        reason_vi=f"ngoài mùa ({names_vi})",
        reason_en=f"out of season ({names_en})",
    )


def _shut_for_a_festival(rules: Rules, day: date) -> Opening | None:
    found = span_on(rules.festivals, day) if rules.festivals else None
    if found is None:
        return None
    span = found[0]
    return Opening(
        day,
        (),
        _sure(rules, "festivals"),
        reason_vi=f"không đón khách trong dịp {span.name_vi}",
        reason_en=f"closed to visitors during {span.name_en or span.name_vi}",
    )


def _at_hours(rules: Rules, day: date) -> Opening:
    if rules.text:
        return _from_text(rules.text, rules, day, guessed="opening_hours" in rules.guessed)
    if rules.starts_s:
        return Opening(day, ((0, _DAY),), "known")
    return _assumed(rules, day)


def _assumed(rules: Rules, day: date) -> Opening:
    kind = rules.kind
    if rules.lunar_days:
        return Opening(day, _MARKET_OF_LUNAR_DAYS, "assumed")
    intervals = ASSUMED_HOURS.get(kind, ASSUMED_HOURS["heritage_site"])
    if kind == "performance":
        return Opening(
            day,
            intervals,
            "needs_confirmation",
            reason_vi="chưa biết giờ diễn; cần hỏi trước",
            reason_en="show times are not known; ask ahead",
        )
    if rules.place is not None:
        sunrise, sunset = (60 * (second // 60) for second in daylight_s(*rules.place, day))
        intervals = tuple((max(opens, sunrise), min(closes, sunset)) for opens, closes in intervals)
    return Opening(day, intervals, "assumed")


def _from_text(text: str, rules: Rules, day: date, *, guessed: bool) -> Opening:
    said = evaluate(text, rules.place, day)
    if not said.intervals:
        found = _closed_by_text(text, rules.place, day, said=said, guessed=guessed)
    else:
        # a remark alone, as "by appointment", is no leave to come at night
        unsaid = said.doubtful and said.remark and said.intervals == ((0, _DAY),)
        found = Opening(
            day,
            _assumed(rules, day).intervals_s if unsaid else said.intervals,
            "assumed" if guessed else "known",
        )
    if said.doubtful and said.intervals:
        found = _ask(
            found, f"cần hỏi trước: {said.remark or text}", f"must be confirmed: {said.remark or text}"
        )
    return _on_an_unsure_holiday(found, said) if said.unsure_of_holiday else found


def _on_an_unsure_holiday(found: Opening, said: DayHours) -> Opening:
    """Say why the hours of a public holiday, or those of every day, may not hold."""
    holiday = said.holiday
    if holiday is not None and holiday.exchanged:
        return _ask(
            found,
            "ngày nghỉ hoán đổi của công chức; cần hỏi trước",
            "a day that offices have off by exchange; ask ahead",
        )
    if holiday is not None:
        return _ask(
            found,
            f"ngày nghỉ lễ ({holiday.name_vi}) chưa được công bố; cần hỏi trước",
            f"not yet announced as a public holiday ({holiday.name_en}); ask ahead",
        )
    return _ask(
        found,
        "có thể thành ngày nghỉ lễ, chưa được công bố; cần hỏi trước",
        "may yet be announced as a public holiday; ask ahead",
    )


def _dates_around(day: date, shifts: Sequence[int]) -> list[date]:
    """Return dates so many days away, as far as the calendar reaches."""
    found = (day + timedelta(days=shift) for shift in shifts)
    return [other for other in found if FIRST_YEAR <= other.year <= LAST_YEAR]


def _closed_by_text(
    text: str, place: tuple[float, float] | None, day: date, *, said: DayHours, guessed: bool
) -> Opening:
    certainty: Certainty = "assumed" if guessed else "known"
    if said.holiday is not None:
        return Opening(
            day,
            (),
            certainty,
            reason_vi=f"đóng cửa ngày nghỉ lễ ({said.holiday.name_vi})",
            reason_en=f"closed on public holidays ({said.holiday.name_en})",
        )
    if not is_public_holiday(day) and _closed_each_week(text, place, day):
        return _closed_on_weekday(day, certainty)
    return Opening(
        day,
        (),
        certainty,
        reason_vi=f"đóng cửa ngày này (giờ mở cửa: {text})",
        reason_en=f"closed on this date (opening hours: {text})",
    )


def _closed_each_week(text: str, place: tuple[float, float] | None, day: date) -> bool:
    """Whether hours close on this weekday in the weeks around, and open on another; many museums open on a holiday."""
    others = [other for other in _dates_around(day, (-14, -7, 7, 14)) if not is_public_holiday(other)]
    week = _dates_around(day, (1, 2, 3, 4, 5, 6) if day.year < LAST_YEAR else (-1, -2, -3, -4, -5, -6))
    weekly = not any(evaluate(text, place, other).intervals for other in others)
    return weekly and any(evaluate(text, place, other).intervals for other in week)


def _at_starts(rules: Rules, found: Opening) -> Opening:
    """Leave the shows that begin before last admission and end by closing time; each lasts as long as a visit."""
    starts = tuple(sorted({moment for start in rules.starts_s for moment in _fitting(rules, found, start)}))
    if not starts:
        hours = ", ".join(clock_text(start) for start in rules.starts_s)
        return replace(
            found,
            intervals_s=(),
            reason_vi=f"không có suất nào trọn trong giờ mở cửa (suất: {hours})",
            reason_en=f"no start lies within the opening hours, to its end (starts: {hours})",
        )
    shows = _joined([(start, start + rules.show_s) for start in starts])
    found = replace(found, intervals_s=shows, starts_s=starts)
    if "start_times" not in rules.guessed:
        return found
    return _ask(
        found, "giờ bắt đầu theo một nguồn; cần hỏi trước", "the starting times rest on one source; ask ahead"
    )


def _fitting(rules: Rules, found: Opening, start: int) -> list[int]:
    """Return a start where it fits the hours: as it is, or after midnight of a night that began on this date."""
    if found.intervals_s == ((0, _DAY),):
        return [start]  # no closing time is known, or it never closes
    margin_s = max(rules.show_s, rules.last_admission_s)
    return [
        moment
        for moment in (start, start + _DAY)
        if any(opens <= moment <= closes - margin_s for opens, closes in found.intervals_s)
    ]


def _joined(spans: Sequence[tuple[int, int]]) -> Intervals:
    joined: list[tuple[int, int]] = []
    for first, last in spans:
        if joined and first <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return tuple(joined)


def _at_tet(rules: Rules, found: Opening) -> Opening:
    """Say what holds at Tết, of which everyday hours do not speak.

    From its eve to its third day what is assumed to be open is taken for closed. Published everyday hours do not
    hold on the eve and the first day either, and must be asked for on the next two: museums and citadels reopen
    on the second to the fourth day. Open country, stations, pagodas and what never closes stay open.
    """
    if not found.intervals_s or found.intervals_s == ((0, _DAY),):
        return found
    keeps_open = rules.kind in {"nature", "gateway"} or (rules.kind == "heritage_site" and rules.worship)
    published = _is_published(rules)
    if not published:
        return found if keeps_open else _closed_at_tet(found, published=False)
    text = rules.text or ""
    says_so = speaks_of_holidays(text) or speaks_of_tet(text)
    if not (keeps_open or says_so) and found.day <= tet(found.day.year):
        return _closed_at_tet(found, published=True)
    return _ask(found, "giờ mở cửa dịp Tết cần hỏi trước", "hours at Tết must be confirmed")


def _is_published(rules: Rules) -> bool:
    """Whether a source gives the hours, or without hours the shows; a remark on them does not make them a guess."""
    if rules.text is not None:
        return "opening_hours" not in rules.guessed
    return bool(rules.starts_s) and "start_times" not in rules.guessed


def _closed_at_tet(found: Opening, *, published: bool) -> Opening:
    days = (
        ("30 và mùng 1", "its eve and first day")
        if published
        else ("từ 30 đến mùng 3", "its eve to its third day")
    )
    return Opening(
        found.day,
        (),
        "assumed",
        reason_vi=f"nghỉ Tết ({days[0]}, giả định)",
        reason_en=f"closed for Tết ({days[1]}, assumed)",
    )


def _by_appointment(found: Opening, lead_days: int | None) -> Opening:
    if not found.is_open:
        return found
    if lead_days is None:
        return _ask(found, "phải đặt chỗ trước", "by booking; book ahead")
    latest = found.day - timedelta(days=lead_days)
    return _ask(
        found,
        f"chỉ đón khách hẹn trước; đặt chậm nhất {latest.day}/{latest.month}/{latest.year}",
        f"by appointment; book by {_date_en(latest)} {latest.year}",
    )
