"""When a site is open on a date, how sure that is, and why not.

What the catalogue says is taken in this order: lunar market days, closures of the year, weekdays, seasons, hours,
show times, festivals, Tết, booking. Where the hours of a site are not known, those of its kind are assumed
(`ASSUMED_HOURS`), in the open air within daylight, and marked so.
"""

from __future__ import annotations

import pickle
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from routeplanner._clock import at
from routeplanner.sites.holidays import is_public_holiday
from routeplanner.sites.lunar import FIRST_YEAR, LAST_YEAR, is_tet, meets_on, next_lunar_day, tet
from routeplanner.sites.osm_hours import (
    Intervals,
    evaluate,
    hours_fault,
    needs_sun_times,
    speaks_of_holidays,
)
from routeplanner.sites.spans import Span, span_on, spans_of
from routeplanner.sites.sun import daylight_s

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import geopandas as gpd
    import pandas as pd

__all__ = [
    "ASSUMED_HOURS",
    "OPEN_AIR",
    "Certainty",
    "Opening",
    "clock_text",
    "festival_on",
    "hours_fault",
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

OPEN_AIR = frozenset({"heritage_site", "nature", "waterway_stop"})
"""Kinds whose assumed hours end at sunset and begin at sunrise at the latest."""

_MARKET_OF_LUNAR_DAYS: Intervals = ((6 * _HOUR, 9 * _HOUR),)
_WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_WEEKDAYS_VI = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
_WEEKDAYS_EN = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")
_MONTHS_EN = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_FIELDS = (
    *("kind", "opening_hours", "lunar_days", "unverified", "themes", "visit_min"),
    *("short_month", "closed_weekdays", "closures", "seasons", "start_times"),
    *("last_admission_min", "booking_lead_days", "festivals"),
)
_COMMON = 6  # of those; few sites have one of the others
_GRID_DEG = 0.25  # places this near see the sun rise within a minute of each other


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
        ``needs_confirmation`` (by appointment, open end, show times unknown, known hours during Tết).
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


@dataclass(frozen=True, slots=True, eq=False)
class _Rules:
    """All that decides a site's opening. Equal sites share one object (`_shared_rules`), and so the work."""

    kind: str
    text: str | None
    lunar_days: tuple[int, ...]
    hours_guessed: bool
    starts_guessed: bool
    worship: bool
    place: tuple[float, float] | None
    short_month: str | None
    closed_weekdays: tuple[str, ...]
    closures: tuple[Span, ...]
    seasons: tuple[Span, ...]
    starts_s: tuple[int, ...]
    show_s: int
    last_admission_s: int
    lead_days: int | None
    festivals: tuple[Span, ...]


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
    get = site.get if hasattr(site, "get") else lambda name: getattr(site, name, None)
    shape: Any = get("geometry")
    point = (shape.x, shape.y) if hasattr(shape, "x") else None
    return _opening(_rules(*(get(name) for name in _FIELDS), point=point), _plain_date(day))


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
    get = site.get if hasattr(site, "get") else lambda name: getattr(site, name, None)
    shape: Any = get("geometry")
    point = (shape.x, shape.y) if hasattr(shape, "x") else None
    plain = {"kind": str(get("kind")), "opening_hours": hours}
    return _from_text(_rules(*(plain.get(name) for name in _FIELDS), point=point), _plain_date(day))


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
    plain = _plain_date(day)
    return {
        site_id: _opening(rules, plain) for site_id, rules in zip(sites.index, _rules_of(sites), strict=True)
    }


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

    days = [_plain_date(day)] if isinstance(day, date) else [_plain_date(one) for one in day]
    number: dict[_Rules, int] = {}
    codes = [number.setdefault(rules, len(number)) for rules in _rules_of(sites)]
    cells: dict[str, list[object]] = {name: [] for name in _COLUMNS}
    for one in days:
        found = [_cells(_opening(rules, one)) for rules in number]
        for column, values in zip(_COLUMNS, zip(*found, strict=True), strict=True):
            cells[column].extend([values[code] for code in codes])
    index = sites.index if isinstance(day, date) else pd.MultiIndex.from_product([days, sites.index])
    frame = pd.DataFrame({name: _column(name, values, index) for name, values in cells.items()})
    return frame.rename_axis("site_id" if isinstance(day, date) else ["date", "site_id"])


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

    Examples
    --------
    >>> lim = {"festivals": [{"name_vi": "Hội Lim", "calendar": "lunar", "month": 1, "day": 12, "days": 2}]}
    >>> festival_on(lim, date(2024, 2, 21))[0].name_vi
    'Hội Lim'
    """
    return _span_of(site, "festivals", day)


def season_on(site: Any, day: date) -> tuple[Span, date, date] | None:  # noqa: ANN401 - as in `opening`
    """Return the season of a site that a date lies in, with its first and last day, or None."""
    return _span_of(site, "seasons", day)


def _span_of(site: Any, field: str, day: date) -> tuple[Span, date, date] | None:  # noqa: ANN401
    entries = site.get(field) if hasattr(site, "get") else getattr(site, field, None)
    return span_on(spans_of(entries), _plain_date(day)) if entries else None


def clock_text(seconds: int) -> str:
    """Return seconds after midnight as people write them.

    Examples
    --------
    >>> clock_text(27_000)
    '07:30'
    """
    return f"{seconds // _HOUR:02d}:{seconds % _HOUR // 60:02d}"


def _plain_date(day: date) -> date:
    return date(day.year, day.month, day.day)


@dataclass(frozen=True, slots=True)
class _Columns:
    """The columns that decide the hours, equal by what they say."""

    content: bytes
    cells: list[list[Any]] = field(compare=False)


def _rules_of(sites: gpd.GeoDataFrame) -> tuple[_Rules, ...]:
    """Return the rules of each row; a catalogue that is asked again, day after day, is read once."""
    import shapely

    columns = [sites[name].tolist() if name in sites.columns else [None] * len(sites) for name in _FIELDS]
    points = sites.geometry.to_numpy()
    x, y = shapely.get_x(points), shapely.get_y(points)
    content = b"".join([pickle.dumps(columns), x.tobytes(), y.tobytes()])
    return _read_rules(_Columns(content, [*columns, list(zip(x.tolist(), y.tolist(), strict=True))]))


@lru_cache(maxsize=8)
def _read_rules(columns: _Columns) -> tuple[_Rules, ...]:
    return tuple(_rules(*cells, point=point) for *cells, point in zip(*columns.cells, strict=True))


def _rules(*cells: Any, point: tuple[float, float] | None) -> _Rules:  # noqa: ANN401 - cells of `_FIELDS`, some NaN
    kind, hours, lunar_days, unverified, themes, visit_min = cells[:_COMMON]
    text = _text_or_none(hours)
    guessed = unverified if isinstance(unverified, list | tuple) else ()
    rare = cells[_COMMON:]
    return _shared_rules(
        str(kind),
        text,
        _tuple_of(lunar_days) if lunar_days else (),
        "opening_hours" in guessed,
        "start_times" in guessed,
        isinstance(themes, list | tuple) and "spiritual" in themes,
        _place_of(point, exact=text is not None) if _is_sunny(kind, text) else None,
        *(
            _rare_rules(dict(zip(_FIELDS[_COMMON:], rare, strict=True)), visit_min)
            if any(rare)
            else _NO_RARE_RULES
        ),
    )


def _is_sunny(kind: str, text: str | None) -> bool:
    return needs_sun_times(text) if text else kind in OPEN_AIR


_NO_RARE_RULES: tuple[Any, ...] = (None, (), (), (), (), 0, 0, None, ())


def _rare_rules(row: Mapping[str, Any], visit_min: Any) -> tuple[Any, ...]:  # noqa: ANN401 - cells, some NaN
    starts = _tuple_of(row["start_times"])
    return (
        _text_or_none(row["short_month"]),
        _tuple_of(row["closed_weekdays"]),
        spans_of(row["closures"]),
        tuple(span for span in spans_of(row["seasons"]) if span.only),
        tuple(sorted(_seconds(start) for start in starts)),
        60 * (_whole_or_none(visit_min) or 60) if starts else 0,
        60 * (_whole_or_none(row["last_admission_min"]) or 0),
        _whole_or_none(row["booking_lead_days"]),
        _closing_festivals(row["festivals"]),
    )


@lru_cache(maxsize=16_384)
def _shared_rules(*cells: Any) -> _Rules:  # noqa: ANN401 - the fields of `_Rules` in their order
    return _Rules(*cells)


def _closing_festivals(entries: Any) -> tuple[Span, ...]:  # noqa: ANN401 - a cell may be NaN
    return spans_of([entry for entry in _tuple_of(entries) if entry.get("closes")])


def _seconds(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * _HOUR + int(minutes) * 60


def _text_or_none(value: Any) -> str | None:  # noqa: ANN401 - a cell may be NaN
    return value if isinstance(value, str) and value.strip() else None


def _whole_or_none(value: Any) -> int | None:  # noqa: ANN401 - a cell may be NaN
    return None if value is None or value != value else int(value)  # noqa: PLR0124


def _tuple_of(value: Any) -> tuple[Any, ...]:  # noqa: ANN401 - a cell may be NaN
    return tuple(value) if isinstance(value, list | tuple) else ()


def _place_of(point: tuple[float, float] | None, *, exact: bool) -> tuple[float, float] | None:
    """Return (lat, lon), rounded so that neighbours share the work."""
    if point is None:
        return None
    lon, lat = point
    if exact:
        return round(lat, 2), round(lon, 2)
    return round(lat / _GRID_DEG) * _GRID_DEG, round(lon / _GRID_DEG) * _GRID_DEG


@lru_cache(maxsize=65_536)
def _opening(rules: _Rules, day: date) -> Opening:
    """Decide one site's date; equal sites share the answer."""
    shut = _not_a_market_day(rules, day) or _in_a_closure(rules, day) or _closed_weekday(rules, day)
    shut = shut or _out_of_season(rules, day) or _shut_for_a_festival(rules, day)
    if shut is not None:
        return shut
    found = _at_hours(rules, day)
    if rules.starts_s and found.is_open:
        found = _at_starts(rules, found)
    if is_tet(day):
        found = _at_tet(rules, found)
    if rules.closures:
        found = _maybe_closed(rules, found)
    if rules.lead_days is not None:
        found = _by_appointment(found, rules.lead_days)
    return replace(found, last_admission_s=rules.last_admission_s) if rules.last_admission_s else found


def _not_a_market_day(rules: _Rules, day: date) -> Opening | None:
    days = rules.lunar_days
    if not days or meets_on(day, days, short_month=rules.short_month):
        return None
    listed = ", ".join(str(number) for number in sorted(days))
    after = next_lunar_day(day, days, short_month=rules.short_month)
    then_vi = f"; phiên tới: {after.day}/{after.month}" if after else ""
    then_en = f"; next: {_date_en(after)}" if after else ""
    return Opening(
        day,
        (),
        "known",
        reason_vi=f"chợ họp vào các ngày âm lịch {listed}{then_vi}",
        reason_en=f"market meets on lunar days {listed}{then_en}",
    )


def _date_en(day: date) -> str:
    return f"{day.day} {_MONTHS_EN[day.month - 1]}"


def _in_a_closure(rules: _Rules, day: date) -> Opening | None:
    found = span_on((span for span in rules.closures if span.sure), day)
    if found is None:
        return None
    span, first, last = found
    return Opening(
        day,
        (),
        "known",
        reason_vi=f"đóng cửa từ {first.day}/{first.month} đến {last.day}/{last.month}: {span.name_vi}",
        reason_en=f"closed from {_date_en(first)} to {_date_en(last)}: {span.name_en or span.name_vi}",
    )


def _maybe_closed(rules: _Rules, found: Opening) -> Opening:
    """Say that a yearly closure, whose dates are set anew each year, may fall on this day."""
    span = span_on((span for span in rules.closures if not span.sure), found.day) if found.is_open else None
    if span is None:
        return found
    return replace(
        found,
        certainty="needs_confirmation",
        reason_vi=f"có thể đóng cửa vào dịp này: {span[0].name_vi}; cần hỏi trước",
        reason_en=f"may be closed at this time of the year: {span[0].name_en or span[0].name_vi}; ask ahead",
    )


def _closed_weekday(rules: _Rules, day: date) -> Opening | None:
    if _WEEKDAYS[day.weekday()] not in rules.closed_weekdays:
        return None
    return _closed_on_weekday(day, "known")


def _closed_on_weekday(day: date, certainty: Certainty) -> Opening:
    vi, en = _WEEKDAYS_VI[day.weekday()], _WEEKDAYS_EN[day.weekday()]
    return Opening(day, (), certainty, reason_vi=f"đóng cửa {vi}", reason_en=f"closed on {en}")


def _out_of_season(rules: _Rules, day: date) -> Opening | None:
    if not rules.seasons or span_on(rules.seasons, day) is not None:
        return None
    names_vi = ", ".join(span.name_vi for span in rules.seasons)
    names_en = ", ".join(span.name_en or span.name_vi for span in rules.seasons)
    return Opening(
        day, (), "known", reason_vi=f"ngoài mùa ({names_vi})", reason_en=f"out of season ({names_en})"
    )


def _shut_for_a_festival(rules: _Rules, day: date) -> Opening | None:
    found = span_on(rules.festivals, day)
    if found is None:
        return None
    span = found[0]
    return Opening(
        day,
        (),
        "known",
        reason_vi=f"không đón khách trong dịp {span.name_vi}",
        reason_en=f"closed to visitors during {span.name_en or span.name_vi}",
    )


def _at_hours(rules: _Rules, day: date) -> Opening:
    if rules.text:
        return _from_text(rules, day)
    if rules.starts_s:
        return Opening(day, ((0, _DAY),), "known")
    return _assumed(rules, day)


def _assumed(rules: _Rules, day: date) -> Opening:
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


def _from_text(rules: _Rules, day: date) -> Opening:
    text = str(rules.text)
    guessed = rules.hours_guessed
    intervals, doubtful, comment = evaluate(text, rules.place, day)
    if not intervals:
        return _closed_by_text(text, rules.place, day, guessed=guessed)
    if doubtful:
        return Opening(
            day,
            intervals,
            "needs_confirmation",
            reason_vi=f"cần hỏi trước: {comment or text}",
            reason_en=f"must be confirmed: {comment or text}",
        )
    return Opening(day, intervals, "assumed" if guessed else "known")


def _dates_around(day: date, shifts: Sequence[int]) -> list[date]:
    """Return dates so many days away, as far as the calendar reaches."""
    found = (day + timedelta(days=shift) for shift in shifts)
    return [other for other in found if FIRST_YEAR <= other.year <= LAST_YEAR]


def _closed_by_text(text: str, place: tuple[float, float] | None, day: date, *, guessed: bool) -> Opening:
    others = _dates_around(day, (-14, -7, 7, 14))
    near = [
        other for other in others if not is_public_holiday(other)
    ]  # many museums open on a holiday Monday
    weekly = not is_public_holiday(day) and not any(evaluate(text, place, other)[0] for other in near)
    certainty: Certainty = "assumed" if guessed else "known"
    week = _dates_around(day, (1, 2, 3, 4, 5, 6) if day.year < LAST_YEAR else (-1, -2, -3, -4, -5, -6))
    if weekly and any(evaluate(text, place, other)[0] for other in week):
        return _closed_on_weekday(day, certainty)
    return Opening(
        day,
        (),
        certainty,
        reason_vi=f"đóng cửa ngày này (giờ mở cửa: {text})",
        reason_en=f"closed on this date (opening hours: {text})",
    )


def _at_starts(rules: _Rules, found: Opening) -> Opening:
    """Leave the shows that begin while it is open; each lasts as long as a visit."""
    starts = tuple(start for start in rules.starts_s if any(a <= start < b for a, b in found.intervals_s))
    if not starts:
        hours = ", ".join(clock_text(start) for start in rules.starts_s)
        return replace(
            found,
            intervals_s=(),
            reason_vi=f"không có suất trong giờ mở cửa (suất: {hours})",
            reason_en=f"no start lies within the opening hours (starts: {hours})",
        )
    shows = _joined([(start, start + rules.show_s) for start in starts])
    found = replace(found, intervals_s=shows, starts_s=starts)
    if not rules.starts_guessed:
        return found
    return replace(
        found,
        certainty="needs_confirmation",
        reason_vi="giờ bắt đầu theo một nguồn; cần hỏi trước",
        reason_en="the starting times rest on one source; ask ahead",
    )


def _joined(spans: Sequence[tuple[int, int]]) -> Intervals:
    joined: list[tuple[int, int]] = []
    for first, last in spans:
        if joined and first <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return tuple(joined)


def _at_tet(rules: _Rules, found: Opening) -> Opening:
    """Say what holds at Tết, of which everyday hours do not speak.

    From its eve to its third day what is assumed to be open is taken for closed. Published everyday hours do not
    hold on the eve and the first day either, and must be asked for on the next two: museums and citadels reopen
    on the second to the fourth day. Open country, stations, pagodas and what never closes stay open.
    """
    if not found.intervals_s or found.intervals_s == ((0, _DAY),):
        return found
    keeps_open = rules.kind in {"nature", "gateway"} or (rules.kind == "heritage_site" and rules.worship)
    if found.certainty != "known":
        return found if keeps_open else _closed_at_tet(found)
    says_so = rules.text is not None and speaks_of_holidays(rules.text)
    if not (keeps_open or says_so) and found.day <= tet(found.day.year):
        return _closed_at_tet(found)
    return replace(
        found,
        certainty="needs_confirmation",
        reason_vi="giờ mở cửa dịp Tết cần hỏi trước",
        reason_en="hours at Tết must be confirmed",
    )


def _closed_at_tet(found: Opening) -> Opening:
    known = found.certainty == "known"
    return Opening(
        found.day,
        (),
        "assumed",
        reason_vi="nghỉ Tết (30 và mùng 1, giả định)" if known else "nghỉ Tết (từ 30 đến mùng 3, giả định)",
        reason_en="closed for Tết (its eve and first day, assumed)"
        if known
        else "closed for Tết (its eve to its third day, assumed)",
    )


def _by_appointment(found: Opening, lead_days: int) -> Opening:
    if not found.is_open:
        return found
    latest = found.day - timedelta(days=lead_days)
    return replace(
        found,
        certainty="needs_confirmation",
        reason_vi=f"chỉ đón khách hẹn trước; đặt chậm nhất {latest.day}/{latest.month}/{latest.year}",
        reason_en=f"by appointment; book by {_date_en(latest)} {latest.year}",
    )
