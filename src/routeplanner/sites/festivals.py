"""The calendar of festivals and national days of a year, lunar dates turned into solar ones."""

from __future__ import annotations

from numbers import Integral
from typing import TYPE_CHECKING, Any

from routeplanner.errors import RequestError
from routeplanner.sites.holidays import TET_DAYS_OFF, PublicHoliday, public_holidays
from routeplanner.sites.lunar import tet, to_lunar
from routeplanner.sites.spans import Span, occurrences, spans_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    import geopandas as gpd
    import pandas as pd

__all__ = ["COLUMNS", "NATIONAL_DAYS", "festival_calendar"]

COLUMNS = (
    *("festival_vi", "festival_en", "site_id", "start", "end", "lunar_start"),
    *("kind", "certain", "source", "site_vi", "site_en"),
)
"""Columns of a festival calendar."""


def _lunar(name_vi: str, name_en: str, month: int, day: int, *, days: int = 1) -> Span:
    return Span(name_vi=name_vi, name_en=name_en, calendar="lunar", month=month, day=day, days=days)


NATIONAL_DAYS = (
    _lunar("Tết Nguyên đán", "Lunar New Year (Tet)", 1, 1, days=3),
    _lunar("Rằm tháng Giêng", "First full moon of the year (Tet Nguyen tieu)", 1, 15),
    _lunar("Tết Hàn thực", "Cold Food Festival", 3, 3),
    _lunar("Lễ Phật đản", "Buddha's birthday", 4, 15),
    _lunar("Tết Đoan ngọ", "Doan ngo (double fifth)", 5, 5),
    _lunar("Vu Lan", "Vu Lan (full moon of the seventh month)", 7, 15),
    _lunar("Tết Trung thu", "Mid-autumn festival", 8, 15),
    _lunar("Ông Công ông Táo", "Kitchen Gods' day", 12, 23),
)
"""Lunar days kept all over the country; the days off at Tết and Hùng Kings' day are public holidays."""

_HUNG_KINGS = _lunar("Giỗ Tổ Hùng Vương", "Hung Kings' Commemoration Day", 3, 10)


def festival_calendar(year: int, sites: gpd.GeoDataFrame | None = None) -> pd.DataFrame:
    """Return the festivals of the sites and the national days that touch a year.

    Parameters
    ----------
    year
        Solar year, 1900 to 2100.
    sites
        A catalogue as `load_sites` gives it; by default the bundled one.

    Returns
    -------
    pandas.DataFrame
        Sorted by `start`, with ``festival_vi``, ``festival_en``, ``site_id`` (None for national days), ``start``
        and ``end`` (dates, both included), ``lunar_start`` (day/month as people write it; a leap month is marked
        ``nhuận``), ``kind`` (``festival``, ``national_day`` or ``public_holiday``), ``certain`` (False where the
        government will still decide, and for a site's festival of whose date no source was found), ``source`` (a
        page, where the festival has one of its own), ``site_vi`` and ``site_en`` (the site's names, None for
        national days). A lunar festival is held in the ordinary month, not in a leap month of the same number; an
        event with a year appears in that year only.

    Raises
    ------
    RequestError
        When the year lies outside 1900 to 2100.

    Examples
    --------
    >>> calendar = festival_calendar(2026)
    >>> huong = calendar[calendar["site_id"] == "perfume-pagoda-complex"].iloc[0]
    >>> str(huong["start"]), huong["lunar_start"]
    ('2026-02-22', '6/1')
    >>> tet_days = calendar[calendar["festival_en"].str.contains("Tet holiday|Lunar New Year")]
    >>> tet_days[["festival_vi", "start", "lunar_start"]].astype(str).to_numpy().tolist()
    [['Nghỉ Tết Âm lịch', '2026-02-16', '29/12'], ['Tết Nguyên đán', '2026-02-17', '1/1']]
    """
    import pandas as pd

    from routeplanner.sites.catalog import load_sites

    given: object = year
    if isinstance(given, bool) or not isinstance(given, Integral):
        raise RequestError(
            [f"year: {year!r} is {type(year).__name__}; give a whole number, as 2027"], subject="calendar"
        )
    year = int(year)
    tet(year)  # says at once when the year is out of range
    catalogue = load_sites() if sites is None else sites
    rows = [*_national_days(year), *_public_holidays(year), *_site_festivals(catalogue, year)]
    rows.sort(key=lambda row: (row["start"], row["end"], row["site_id"] or "", row["festival_vi"]))
    frame = pd.DataFrame(rows, columns=list(COLUMNS), dtype=object)
    return frame.astype({"certain": bool})


def _row(
    name_vi: str,
    name_en: str | None,
    first: date,
    last: date,
    kind: str,
    *,
    site: tuple[str, str, str] | None = None,
    certain: bool = True,
    source: str | None = None,
) -> dict[str, Any]:
    return {
        "festival_vi": name_vi,
        "festival_en": name_en or name_vi,
        "site_id": site and site[0],
        "start": first,
        "end": last,
        "lunar_start": str(to_lunar(first)) if 1900 <= first.year <= 2100 else None,
        "kind": kind,
        "certain": certain,
        "source": source,
        "site_vi": site and site[1],
        "site_en": site and site[2],
    }


def _national_days(year: int) -> Iterator[dict[str, Any]]:
    off = any(holiday.name_vi == _HUNG_KINGS.name_vi for holiday in public_holidays(year))
    for span in (*NATIONAL_DAYS, *(() if off else (_HUNG_KINGS,))):  # before 2007 it was no day off
        for first, last in occurrences(span, year):
            yield _row(span.name_vi, span.name_en, first, last, "national_day")


def _public_holidays(year: int) -> Iterator[dict[str, Any]]:
    """Join the days of one holiday that follow each other; days in lieu that stand apart have their own line."""
    run: list[PublicHoliday] = []
    for holiday in public_holidays(year):
        if run and not _goes_on(run[-1], holiday):
            yield _holiday(run)
            run = []
        run.append(holiday)
    yield _holiday(run)


def _goes_on(before: PublicHoliday, holiday: PublicHoliday) -> bool:
    """Whether a day continues the line of the day before; what the law fixes is not joined to what is guessed."""
    follows = (holiday.day - before.day).days == 1 and holiday.name_vi == before.name_vi
    as_sure = holiday.certain == before.certain
    return follows and as_sure and (holiday.in_lieu == before.in_lieu or holiday.name_vi == TET_DAYS_OFF)


def _holiday(run: list[PublicHoliday]) -> dict[str, Any]:
    first, last = run[0], run[-1]
    lieu = all(holiday.in_lieu and not holiday.exchanged for holiday in run)
    return _row(
        f"{first.name_vi} (nghỉ bù)" if lieu else first.name_vi,
        f"{first.name_en} (day in lieu)" if lieu else first.name_en,
        first.day,
        last.day,
        "public_holiday",
        certain=all(holiday.certain for holiday in run),
    )


def _site_festivals(sites: gpd.GeoDataFrame, year: int) -> Iterator[dict[str, Any]]:
    if "festivals" not in sites.columns:
        return
    columns = sites.index, sites["name_vi"], sites["name_en"], sites["festivals"]
    for site_id, name_vi, name_en, entries in zip(*columns, strict=True):
        site = str(site_id), str(name_vi), str(name_en)
        for span in spans_of(entries):
            for first, last in occurrences(span, year):
                yield _row(
                    span.name_vi,
                    span.name_en,
                    first,
                    last,
                    "festival",
                    site=site,
                    certain=span.source is not None,
                    source=span.source,
                )
