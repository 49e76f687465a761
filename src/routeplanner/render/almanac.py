"""Printable pages of dates: the festival calendar with lunar beside solar days, and the heat map of best dates."""

from __future__ import annotations

import calendar as months
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from routeplanner._escape import HTML, escape_for_leaflet, safe_url
from routeplanner._given import refuse_others
from routeplanner.sites.lunar import FIRST_YEAR, LAST_YEAR, to_lunar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import pandas as pd

__all__ = ["calendar_to_html", "heat_to_html", "heat_to_text"]

_WEEKDAYS = {
    "vi": ("T2", "T3", "T4", "T5", "T6", "T7", "CN"),
    "en": ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"),
}
_UNSURE = (
    {"vi": "chưa công bố", "en": "not announced yet"},
    {"vi": "chưa có nguồn", "en": "no source found"},
)
_STYLE = """
body{font:14px/1.45 system-ui,sans-serif;color:#1b1b1b;background:#fff;margin:1.5rem auto;max-width:70rem;
padding:0 1rem}
h1{font-size:1.4rem;margin:0 0 .6rem}
h2{font-size:1rem;margin:0 0 .3rem}
.year{display:grid;grid-template-columns:repeat(auto-fit,minmax(15rem,1fr));gap:1.2rem}
.month{break-inside:avoid}
table{border-collapse:collapse;width:100%}
.month table{table-layout:fixed}
.month th{font-weight:500;font-size:.75rem;color:#555}
.month td{text-align:center;
padding:.1rem;height:2.1rem;vertical-align:top}
.month small{display:block;font-size:.68rem;color:#595959}
td.off{background:#fbe3df}
td.on{font-weight:700;box-shadow:inset 0 -3px #9a3412}
td.first small{font-weight:700;color:#9a3412}
td.none{color:#767676;
background:repeating-linear-gradient(45deg,#fff 0 4px,#eee 4px 8px)}
.list{margin-top:1.4rem;font-size:.85rem}
.list td,.list th{
border-top:1px solid #ddd;padding:.25rem .4rem;text-align:left;vertical-align:top}
.list td:first-child{white-space:nowrap}.list td:nth-child(2){min-width:9rem}
a{color:#7c2d12}
.note{color:#555;font-size:.8rem}
.scale i{display:inline-block;width:1.6em;height:1em;vertical-align:-.15em;print-color-adjust:exact}
.list tr{break-inside:avoid}
@media print{body{margin:0;max-width:none;font-size:10.5px}
h1{font-size:1.2rem}h2{font-size:.85rem}.list{break-before:page}
.year{grid-template-columns:repeat(3,1fr);gap:.45rem .9rem}
.month td{height:1.7rem;padding:0 0 3px;line-height:1.3}.month small{font-size:.6rem}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}
a{color:inherit;text-decoration:none}}
"""


def calendar_to_html(calendar: pd.DataFrame, year: int, *, lang: str = "vi") -> str:
    """Return a printable page of a year: twelve months with lunar dates beside solar ones, and the list of festivals.

    Parameters
    ----------
    calendar
        As `festival_calendar` gives it for the year.
    year
        The year of the months.
    lang
        ``"vi"`` or ``"en"``.

    Examples
    --------
    >>> import routeplanner as rp
    >>> page = calendar_to_html(rp.festival_calendar(2027), 2027)
    >>> "<td class='off on first' title='Nghỉ Tết Âm lịch; Tết Nguyên đán'>6<small>1/1</small></td>" in page
    True
    """
    refuse_others("calendar_to_html", calendar=calendar, lang=lang)
    refuse_others("calendar_to_html", year=year)
    held: dict[date, list[str]] = {}
    off: set[date] = set()
    for row in calendar.itertuples():
        name = row.festival_vi if lang == "vi" else row.festival_en
        span = [row.start + timedelta(days=n) for n in range((row.end - row.start).days + 1)]
        for day in span if len(span) <= 31 else span[:1]:  # a season of months would mark every day
            held.setdefault(day, []).append(name)
        if row.kind == "public_holiday":
            off.update(span)

    def cell(day: date) -> HTML:
        lunar = to_lunar(day)
        words = ["off"] * (day in off) + ["on"] * (day in held) + ["first"] * (lunar.day == 1)
        shown = str(lunar) if lunar.day == 1 or day.day == 1 else str(lunar.day)
        return _cell(day, words, "; ".join(held.get(day, ())), shown)

    title = f"Lịch lễ hội {year}" if lang == "vi" else f"Festival calendar {year}"
    note = {
        "vi": "Số nhỏ: ngày âm lịch. Nền hồng: ngày nghỉ. Gạch dưới: có lễ hội; lễ hội dài hơn một tháng chỉ "
        "đánh dấu ngày khai hội.",
        "en": "Small: the lunar day. Tinted: days off. Underlined: a festival; one longer than a month is marked "
        "on its first day only.",
    }[lang]
    grid = _months([(year, month) for month in range(1, 13)], cell, lang)
    return _page(
        title, HTML(f"<p class='note'>{escape_for_leaflet(note)}</p>{grid}{_list(calendar, lang)}"), lang
    )


def heat_to_html(found: pd.DataFrame, *, lang: str = "vi") -> str:
    """Return a page that shows which dates are best: darker is worth more, hatched has no plan.

    Parameters
    ----------
    found
        As `best_dates` gives it.
    lang
        ``"vi"`` or ``"en"``.

    Examples
    --------
    >>> import pandas as pd
    >>> found = pd.DataFrame(
    ...     {"prize": [40.0, 50.0], "rank": [2, 1], "why": ["", "market day"], "why_vi": ["", "chợ phiên"]},
    ...     index=[date(2027, 3, 16), date(2027, 3, 17)],
    ... )
    >>> "50.0 · market day" in heat_to_html(found, lang="en")
    True
    """
    refuse_others("heat_to_html", found=found, lang=lang)
    prizes = found["prize"].dropna()
    low, high = (float(prizes.min()), float(prizes.max())) if len(prizes) else (0.0, 0.0)
    rows = {row.Index: row for row in found.itertuples()}

    def cell(day: date) -> HTML:
        row = rows.get(day)
        if row is None:
            return HTML(f"<td class='out'>{day.day}</td>")
        lunar = to_lunar(day)
        shown = str(lunar) if lunar.day == 1 else str(lunar.day)
        if row.prize != row.prize:  # NaN: no plan
            return _cell(day, ["none"], _why(row, lang), shown)
        share = 1.0 if high <= low else (float(row.prize) - low) / (high - low)
        words = ["on"] if row.rank == 1 else []
        return _cell(day, words, f"{float(row.prize):.1f} · {_why(row, lang)}", shown, share=share)

    wanted = sorted({(day.year, day.month) for day in rows})
    title = "Ngày nào đi tốt nhất" if lang == "vi" else "Which dates are best"
    table = _groups(list(found.itertuples()), lang)
    scale = _scale(low, high, lang) if len(prizes) else HTML()
    return _page(title, HTML(scale + _months(wanted, cell, lang) + table), lang)


_SHADES = "░▒▓█"
_REASONS_SHOWN = 5


def heat_to_text(found: pd.DataFrame, *, lang: str = "en") -> str:
    """Return the heat map for a terminal: darker is worth more, an asterisk is best, a dash has no plan.

    Parameters
    ----------
    found
        As `best_dates` gives it.
    lang
        ``"vi"`` or ``"en"``.

    Examples
    --------
    >>> import pandas as pd
    >>> found = pd.DataFrame(
    ...     {"prize": [40.0, 50.0], "rank": [2, 1], "why": ["", "market day"], "why_vi": ["", "chợ phiên"]},
    ...     index=[date(2027, 3, 16), date(2027, 3, 17)],
    ... )
    >>> print(heat_to_text(found, lang="en"))
    March 2027
      Mo  Tu  We  Th  Fr  Sa  Su
         16░ 17*
    <BLANKLINE>
    40.0 ░▒▓█ 50.0   * best   – no plan
    <BLANKLINE>
    50.0  17/03  market day
    40.0  16/03
    """
    refuse_others("heat_to_text", found=found, lang=lang)
    prizes = found["prize"].dropna()
    low, high = (float(prizes.min()), float(prizes.max())) if len(prizes) else (0.0, 0.0)
    marks = {row.Index: _mark(row, low, high) for row in found.itertuples()}
    months_shown = sorted({(day.year, day.month) for day in marks})
    blocks = [_month_in_text(year, month, marks, lang) for year, month in months_shown]
    words = "* tốt nhất   – không có lịch" if lang == "vi" else "* best   – no plan"
    scale = f"{low:.1f} {_SHADES} {high:.1f}   {words}"
    return "\n\n".join([*blocks, scale, _reasons_in_text(found, lang)])


def _mark(row: Any, low: float, high: float) -> str:  # noqa: ANN401 - a named tuple
    if row.prize != row.prize:  # NaN: no plan
        return "–"
    if row.rank == 1:
        return "*"
    share = 1.0 if high <= low else (float(row.prize) - low) / (high - low)
    return _SHADES[min(int(share * len(_SHADES)), len(_SHADES) - 1)]


def _month_in_text(year: int, month: int, marks: dict[date, str], lang: str) -> str:
    name = f"Tháng {month}" if lang == "vi" else months.month_name[month]
    lines = [f"{name} {year}", "".join(f"{day:>4}" for day in _WEEKDAYS[lang])]
    for week in _weeks(year, month):
        cells = [f"{day.day:>3}{marks[day]}" if day in marks else "    " for day in week]
        lines += ["".join(cells).rstrip()] if any(day in marks for day in week) else []
    return "\n".join(lines)


def _reasons_in_text(found: pd.DataFrame, lang: str) -> str:
    """Return the best groups of dates and the last, each with its reasons; the page and the JSON have all."""
    groups = _alike(list(found.itertuples()), lang)
    shown = groups if len(groups) <= _REASONS_SHOWN else [*groups[: _REASONS_SHOWN - 1], groups[-1]]
    lines = [
        f"{f'{worth:.1f}' if worth >= 0 else '–'}  {', '.join(_runs(days))}  {why}".rstrip()
        for (worth, why), days in shown
    ]
    left = len(groups) - len(shown)
    if left:
        lines.insert(-1, f"… {left} nhóm ngày khác" if lang == "vi" else f"… {left} more groups of dates")
    return "\n".join(lines)


def _scale(low: float, high: float, lang: str) -> HTML:
    """Say what the paint means; the table below gives every figure again in words."""
    steps = "".join(f"<i style='background:{_paint(share / 4)}'></i>" for share in range(5))
    words = {
        "vi": ("Giá trị của lịch tốt nhất mỗi ngày", "gạch dưới: ngày tốt nhất; gạch chéo: không có lịch"),
        "en": ("Worth of each date's best plan", "underlined: the best date; hatched: no plan"),
    }[lang]
    return HTML(
        f"<p class='note scale'>{words[0]}: <b>{low:.1f}</b> {steps} <b>{high:.1f}</b> · {words[1]}</p>"
    )


def _paint(share: float) -> str:
    return f"rgba(194,65,12,{0.05 + 0.5 * share:.2f})"


def _groups(rows: list[Any], lang: str) -> str:
    """Return a table of the dates that are alike, best first, with their reasons."""
    ordered = _alike(rows, lang)
    heads = ("Giá trị", "Ngày", "Vì sao") if lang == "vi" else ("Worth", "Dates", "Why")
    head = "".join(f"<th>{text}</th>" for text in heads)
    items = (
        (f"{worth:.1f}" if worth >= 0 else "–", ", ".join(_runs(days)), why) for (worth, why), days in ordered
    )
    body = "".join(
        f"<tr>{''.join(f'<td>{escape_for_leaflet(cell)}</td>' for cell in item)}</tr>" for item in items
    )
    return f"<table class='list'><tr>{head}</tr>{body}</table>"


def _alike(rows: list[Any], lang: str) -> list[tuple[tuple[float, str], list[date]]]:
    """Return the dates of the same worth for the same reasons, best first; -1 is no plan."""
    alike: dict[tuple[float, str], list[date]] = {}
    for row in rows:
        worth = -1.0 if row.prize != row.prize else float(row.prize)  # NaN: no plan
        alike.setdefault((worth, _why(row, lang)), []).append(row.Index)
    return sorted(alike.items(), key=lambda item: (-item[0][0], item[1][0]))


def _runs(days: list[date]) -> Iterator[str]:
    """Write days that follow each other as one span."""
    start = previous = days[0]
    for day in [*days[1:], None]:
        if day is not None and (day - previous).days == 1:
            previous = day
            continue
        yield f"{start:%d/%m}" if start == previous else f"{start:%d/%m}–{previous:%d/%m}"
        if day is not None:
            start = previous = day


def _why(row: Any, lang: str) -> str:  # noqa: ANN401 - a named tuple
    fault = getattr(row, "fault", None)
    return fault if isinstance(fault, str) else str(row.why_vi if lang == "vi" else row.why)


def _cell(day: date, words: list[str], title: str, lunar: str, *, share: float | None = None) -> HTML:
    name = f" class='{' '.join(words)}'" if words else ""
    told = f" title='{escape_for_leaflet(title)}'" if title else ""
    paint = "" if share is None else f" style='background:{_paint(share)}'"
    return HTML(f"<td{name}{told}{paint}>{day.day}<small>{escape_for_leaflet(lunar)}</small></td>")


def _months(wanted: Iterable[tuple[int, int]], cell: Callable[[date], HTML], lang: str) -> HTML:
    return HTML(
        f"<div class='year'>{''.join(_month(year, month, cell, lang) for year, month in wanted)}</div>"
    )


def _month(year: int, month: int, cell: Callable[[date], HTML], lang: str) -> str:
    head = "".join(f"<th>{day}</th>" for day in _WEEKDAYS[lang])
    weeks = "".join(f"<tr>{''.join(_week(week, month, cell))}</tr>" for week in _weeks(year, month))
    name = f"Tháng {month}" if lang == "vi" else months.month_name[month]
    return f"<section class='month'><h2>{name} {year}</h2><table><tr>{head}</tr>{weeks}</table></section>"


def _weeks(year: int, month: int) -> list[list[date | None]]:
    first = date(year, month, 1)
    count = months.monthrange(year, month)[1]
    days: list[date | None] = [None] * first.weekday()
    days += [first + timedelta(days=n) for n in range(count)]
    days += [None] * (-len(days) % 7)
    return [days[start : start + 7] for start in range(0, len(days), 7)]


def _week(week: list[date | None], month: int, cell: Callable[[date], HTML]) -> Iterator[str]:
    for day in week:
        known = day is not None and day.month == month and FIRST_YEAR <= day.year <= LAST_YEAR
        yield cell(day) if known and day is not None else "<td></td>"


def _list(calendar: pd.DataFrame, lang: str) -> str:
    heads = ("Ngày", "Âm lịch", "Lễ hội", "Nơi") if lang == "vi" else ("Date", "Lunar", "Festival", "Site")
    head = "".join(f"<th>{text}</th>" for text in heads)
    return f"<table class='list'><tr>{head}</tr>{''.join(_item(row, lang) for row in calendar.itertuples())}</table>"


def _item(row: Any, lang: str) -> str:  # noqa: ANN401 - a named tuple of the calendar
    until = f"–{row.end:%d/%m}" if row.end != row.start else ""
    name = escape_for_leaflet(row.festival_vi if lang == "vi" else row.festival_en)
    url = safe_url(getattr(row, "source", None))
    linked = f"<a href='{escape_for_leaflet(url)}'>{name}</a>" if url else name
    asked = "" if row.certain else f" ({_UNSURE[row.kind == 'festival'][lang]})"
    place = (row.site_vi if lang == "vi" else row.site_en) or ""
    cells = (f"{row.start:%d/%m}{until}", row.lunar_start or "", HTML(linked + asked), place)
    return f"<tr>{''.join(f'<td>{escape_for_leaflet(cell)}</td>' for cell in cells)}</tr>"


def _page(title: str, body: HTML, lang: str) -> str:
    name = escape_for_leaflet(title)
    return (
        f"<!doctype html><html lang='{lang}'><head><meta charset='utf-8'>"
        f"<meta name='viewport' content='width=device-width,initial-scale=1'><title>{name}</title>"
        f"<style>{_STYLE}</style></head><body><main><h1>{name}</h1>{body}</main></body></html>\n"
    )
