"""The timetable of a still picture: names wrapped to its width, as much said and as large as there is room for."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from routeplanner._text import nfc
from routeplanner.itinerary_remarks import ABOUT, doubt_words, lodging_name
from routeplanner.itinerary_text import (
    LANGUAGES,
    clock,
    date_words,
    day_rows,
    distance_words,
    duration_words,
    leg_words,
    pause_words,
    span_words,
    thousands,
)
from routeplanner.render import basemap
from routeplanner.render.features import positions
from routeplanner.render.pairs import names, stop_mark
from routeplanner.render.panel import open_and_fee
from routeplanner.render.sections import sections_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from routeplanner.itinerary import Itinerary, Stop, Terminal
    from routeplanner.itinerary_text import Row
    from routeplanner.render.sections import Section

__all__ = ["DAY_COLOURS", "INK", "PAPER", "SOFT", "draw_timetable"]

INK, SOFT, PAPER = "#1b2530", "#4e5b67", "#fcfbf8"
DAY_COLOURS = (
    "#b3402a",
    "#0b5fa5",
    "#00705c",
    "#8a3f9b",
    "#806000",
    "#3c4657",
    "#a9286b",
    "#007a8a",
    "#3d7022",
)
"""Colours of days, as on the pages; a tenth day begins again with the first."""

# Points of 1/72 inch from the left and from the top of a sheet of 921.6 by 648.
_SHEET = (921.6, 648.0)
_LEFT, _RIGHT, _TOP, _BOTTOM, _BETWEEN = 23.0, 301.0, 28.0, 634.0, 12.0
_MARK, _TIME, _TEXT, _AT_SIZE = 10.0, 26.0, 62.0, 9.5
_NAME_LINE, _NOTE_LINE, _NOTE_SIZE = 1.34, 1.32, 0.84
_LEAST_GAP, _MOST_GAP = 0.5, 1.9
_LEAST_BADGE = 8.0
"""Least size of the letters, in points, at which numbers stand in circles."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """How a timetable is set: size of its letters, columns, and whether hours and ways are said."""

    size: float
    columns: int = 1
    notes: bool = False
    ways: bool = False


_PLANS = (
    *(_Plan(size, notes=True, ways=True) for size in (10.5, 9.5, 8.8)),
    *(_Plan(size, notes=True) for size in (9.5, 8.8, 8.2)),
    _Plan(7.8, columns=2, notes=True),
    _Plan(7.2, columns=2, notes=True),
    *(_Plan(size) for size in (9.5, 8.5, 7.5)),
    *(_Plan(size, columns=2) for size in (7.5, 7.0, 6.5, 6.0, 5.5, 5.0, 4.5, 4.0, 3.5)),
)
"""From what says most to what still fits; the first that fits is taken."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """An entry; ``mark`` is the number in its circle, ``sign`` says that something is not sure."""

    text: str
    time: str = ""
    mark: str = ""
    colour: str = INK
    style: str = "plain"
    sign: str = ""
    note: str = ""


@dataclass(slots=True)
class _Block:
    """An entry whose lines are broken, and what it takes of the height."""

    entry: _Entry
    lines: list[str]
    notes: list[str] = field(default_factory=list)
    height: float = 0.0


def draw_timetable(figure: Any, itinerary: Itinerary, headline: str, lang: str) -> None:  # noqa: ANN401
    """Write headline, dates, figures and timetable into the left part of a picture, and key and credit below."""
    top = _draw_head(figure, itinerary, headline, lang)
    bottom = _draw_foot(figure, itinerary, lang)
    entries = list(_entries(itinerary, lang))
    for plan in _PLANS:
        columns = _columns(entries, plan, bottom - top)
        if columns:
            break
    for number, blocks in enumerate(columns or [[]]):
        left = _LEFT + number * (_column_width(plan) + _BETWEEN)
        used = sum(block.height for block in blocks)
        spare = (bottom - top - used) / max(1, len(blocks))
        gap = min(_MOST_GAP * plan.size, _LEAST_GAP * plan.size + spare) - _LEAST_GAP * plan.size
        y = top
        for block in blocks:
            _draw_block(figure, block, left, y, plan)
            y += block.height + max(0.0, gap)


def _column_width(plan: _Plan) -> float:
    return (_RIGHT - _LEFT - _BETWEEN * (plan.columns - 1)) / plan.columns


def _columns(entries: Sequence[_Entry], plan: _Plan, room: float) -> list[list[_Block]]:
    """Return the blocks of each column, or nothing where they do not fit."""
    said = [entry for entry in entries if plan.ways or entry.style != "way"]
    blocks = [_block(entry, plan) for entry in said]
    share = max(room * (plan.columns == 1), sum(block.height for block in blocks) / plan.columns)
    columns: list[list[_Block]] = [[]]
    filled = 0.0
    for block in blocks:
        full = filled + block.height > room or (filled >= share and len(columns) < plan.columns)
        if columns[-1] and full:
            columns.append([])
            filled = 0.0
        columns[-1].append(block)
        filled += block.height
    return columns if len(columns) <= plan.columns else []


def _block(entry: _Entry, plan: _Plan) -> _Block:
    scale, width = plan.size / _AT_SIZE, _column_width(plan)
    wide = width if entry.style == "head" else width - _TEXT * scale
    bold, small = entry.style in ("stop", "head"), entry.style == "way"
    size = plan.size * (_NOTE_SIZE if small else 1)
    sign = f"\N{NO-BREAK SPACE}\N{NO-BREAK SPACE}{entry.sign}" if entry.sign else ""
    lines = _wrapped(entry.text + sign, wide, size, bold=bold)
    notes = (
        _wrapped(entry.note, wide, plan.size * _NOTE_SIZE, bold=False) if plan.notes and entry.note else []
    )
    height = len(lines) * size * _NAME_LINE + len(notes) * plan.size * _NOTE_SIZE * _NOTE_LINE
    return _Block(entry, lines, notes, height + _LEAST_GAP * plan.size)


def _wrapped(text: str, width: float, size: float, *, bold: bool) -> list[str]:
    """Break a text into lines of at most so many points."""
    lines: list[str] = []
    for word in nfc(text).split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and _width(longer, bold=bold) * size > width:
            lines.append(word)
        else:
            lines[-1:] = [longer]
    return lines


@lru_cache(maxsize=4096)
def _width(text: str, *, bold: bool) -> float:
    """Return the width of a text in points, for letters of one point."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    font = FontProperties(size=100, weight="bold" if bold else "normal")
    wide, _, _ = text_to_path.get_text_width_height_descent(text, font, ismath=False)
    return float(wide) / 100


def _write(figure: Any, x: float, y: float, text: str, size: float, **style: Any) -> None:  # noqa: ANN401
    at = {"va": "top", "linespacing": 1.2, "color": INK} | style
    figure.text(x / _SHEET[0], 1 - y / _SHEET[1], text, fontsize=size, **at)


def _draw_head(figure: Any, itinerary: Itinerary, headline: str, lang: str) -> float:  # noqa: ANN401
    """Write headline, dates and figures, and return where the timetable may begin."""
    y, width = _TOP, _RIGHT - _LEFT
    lines = _wrapped(headline, width, 15, bold=True)
    _write(figure, _LEFT, y, "\n".join(lines), 15, fontweight="bold")
    y += 21 * len(lines) + 1
    when = _wrapped(span_words(itinerary, lang), width, 10, bold=False)
    _write(figure, _LEFT, y, "\n".join(when), 10, color=SOFT)
    y += 14 * len(when)
    said = _wrapped(_figures(itinerary, lang), width, 10, bold=False)
    _write(figure, _LEFT, y, "\n".join(said), 10, color=SOFT)
    return y + 14 * len(said) + 13


def _figures(itinerary: Itinerary, lang: str) -> str:
    count, metres = len(itinerary.stops), sum(day.distance_m for day in itinerary.days)
    parts = [f"{count} điểm dừng" if lang == "vi" else f"{count} stop{'s' * (count != 1)}"]
    parts += [distance_words(metres, lang)] if metres else []
    cost = itinerary.measures.get("cost_vnd_per_person")
    if isinstance(cost, int | float) and cost > 0:
        money = thousands(cost, lang)
        parts.append(f"≈ {money} đ mỗi người" if lang == "vi" else f"≈ {money} VND a person")
    return " · ".join(parts)


def _draw_foot(figure: Any, itinerary: Itinerary, lang: str) -> float:  # noqa: ANN401
    """Write what the signs mean and the credit, and return where the timetable must end."""
    credited = itinerary.attribution
    if basemap.is_country_wide(list(positions(itinerary))):
        credited = f"{basemap.COUNTRY_CREDIT}, {credited}"
    lines = [_key(itinerary, lang)] if _key(itinerary, lang) else []
    broken = [_wrapped(line, _RIGHT - _LEFT, 7.5, bold=False) for line in (*lines, credited)]
    y = _BOTTOM - 10.5 * sum(map(len, broken))
    ends = y - 8
    for part, line in zip(broken, (*lines, credited), strict=True):
        _write(figure, _LEFT, y, "\n".join(part) if len(part) > 1 else line, 7.5, color=SOFT)
        y += 10.5 * len(part)
    return ends


def _entries(itinerary: Itinerary, lang: str) -> Iterator[_Entry]:
    for section in sections_of(itinerary):
        if section.count > 1:
            word = f"{'Ngày' if lang == 'vi' else 'Day'} {section.number}"
            title = f"{word} · {date_words(section.day.date, lang)}"
            yield _Entry(title, colour=_colour(section), style="head")
        for row in day_rows(section.day):
            yield _entry(section, row, lang)
        metres = section.day.distance_m - (section.day.night.distance_m if section.day.night else 0)
        figures = f"{distance_words(metres, lang)} · {duration_words(section.day.travel_s, lang)}"
        yield _Entry(f"Di chuyển {figures}" if lang == "vi" else f"{figures} on the way", style="note")


def _colour(section: Section) -> str:
    return DAY_COLOURS[(section.number - 1) % len(DAY_COLOURS)]


def _entry(section: Section, row: Row, lang: str) -> _Entry:
    day, index = section.day, LANGUAGES.index(lang)
    if row.stop is not None:
        mark = stop_mark(section.number, row.order, section.count)
        time, note = clock(row.stop.start), _note(row.stop, lang)
        return _Entry(names(row.stop)[index], time, mark, _colour(section), "stop", _sign(row.stop), note)
    if row.pause is not None:
        return _Entry(pause_words(row.pause, lang), clock(row.time), style="note")
    if row.kind == "legs":
        return _Entry(" + ".join(leg_words(leg, lang) for leg in row.legs), style="way")
    if row.kind == "night":
        word = "Đêm trên tàu" if lang == "vi" else "Night aboard"
        service = row.legs[0].service if row.legs else ""
        return _Entry(f"{word} {service}".strip(), clock(row.time), style="note")
    starts = row.kind == "start"
    place, lodged = (day.start, section.from_lodging) if starts else (day.end, section.to_lodging)
    return _Entry(_night_or_name(place, index, night=lodged), clock(place.time))


def _note(stop: Stop, lang: str) -> str:
    """Return how long one stays, the hours of the date and the fee, as far as they are known."""
    known = open_and_fee(stop)[LANGUAGES.index(lang)]
    return " · ".join(part for part in (duration_words(stop.visit_min * 60, lang), known) if part)


def _night_or_name(place: Terminal, index: int, *, night: bool) -> str:
    city = lodging_name(place) if night else None
    if city is None:
        return names(place)[index]
    return f"{city[index]} ({('chỗ ở chưa chọn', 'lodging not chosen')[index]})"


def _sign(stop: Stop) -> str:
    """Return the sign of a stop of which something must be asked or is assumed."""
    if stop.certainty == "needs_confirmation":
        return "?"
    return ABOUT if any(doubt_words(stop)) else ""


def _key(itinerary: Itinerary, lang: str) -> str:
    """Return what the signs of the timetable mean, as far as it has them."""
    signs = {_sign(stop) for stop in itinerary.stops}
    words = {
        ABOUT: ("giờ, thời gian thăm hoặc vị trí ước định", "hours, visit time or position assumed"),
        "?": ("giờ cần xác nhận", "hours to be confirmed"),
    }
    index = LANGUAGES.index(lang)
    return " · ".join(f"{sign} {text[index]}" for sign, text in words.items() if sign in signs)


def _draw_block(figure: Any, block: _Block, left: float, y: float, plan: _Plan) -> None:  # noqa: ANN401
    entry, scale = block.entry, plan.size / _AT_SIZE
    small = entry.style == "way"
    size = plan.size * (_NOTE_SIZE if small else 1)
    x = left if entry.style == "head" else left + _TEXT * scale
    if entry.mark:
        _draw_mark(figure, entry, left + _MARK * scale, y + 0.62 * size, plan.size)
    if entry.time:
        _write(figure, left + _TIME * scale, y, entry.time, size, color=SOFT)
    bold = "bold" if entry.style in ("stop", "head") else "normal"
    colour = entry.colour if entry.style == "head" else SOFT if entry.style in ("note", "way") else INK
    _write(figure, x, y, "\n".join(block.lines), size, color=colour, fontweight=bold)
    y += len(block.lines) * size * _NAME_LINE
    if block.notes:
        _write(figure, x, y, "\n".join(block.notes), plan.size * _NOTE_SIZE, color=SOFT)


def _draw_mark(figure: Any, entry: _Entry, x: float, y: float, size: float) -> None:  # noqa: ANN401
    at: dict[str, Any] = {"ha": "center", "va": "center", "fontweight": "bold"}
    if size < _LEAST_BADGE:  # a number in so small a circle could not be read
        _write(figure, x, y, entry.mark, size, color=entry.colour, **at)
        return
    long = len(entry.mark) > 2
    badge = {
        "boxstyle": f"circle,pad={0.1 if long else 0.22}",
        "facecolor": entry.colour,
        "edgecolor": "none",
    }
    _write(figure, x, y, entry.mark, size * (0.7 if long else 0.8), color="white", bbox=badge, **at)
