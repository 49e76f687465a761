"""An itinerary as people read it: a timetable by day, as plain text and as an HTML table."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from routeplanner._clock import MONTHS_EN
from routeplanner._escape import escape_for_leaflet
from routeplanner._text import nfc
from routeplanner.errors import RequestError
from routeplanner.itinerary_remarks import (
    cost_left_out,
    cost_remark,
    doubt_keys,
    doubt_words,
    from_lodging,
    lodging_name,
    lodging_words,
    to_lodging,
)

if TYPE_CHECKING:
    from datetime import date, datetime

    from routeplanner.itinerary import Break, Day, Itinerary, Leg, Stop, Terminal

__all__ = [
    "LANGUAGES",
    "Row",
    "clock",
    "date_words",
    "day_rows",
    "distance_words",
    "duration_words",
    "leg_words",
    "lunar_words",
    "mode_words",
    "remark_words",
    "span_words",
    "thousands",
    "timetable",
    "timetable_html",
]

LANGUAGES = ("vi", "en")
"""Languages of everything that people read."""

_WEEKDAYS_VI = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ Nhật")
# `calendar` and `strftime` follow the locale of the process; these must not.
_WEEKDAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_LUNAR_MONTHS_VI = (
    "Giêng",
    "Hai",
    "Ba",
    "Tư",
    "Năm",
    "Sáu",
    "Bảy",
    "Tám",
    "Chín",
    "Mười",
    "Mười Một",
    "Chạp",
)
_MODES = {
    "coach": ("xe du lịch", "coach"),
    "car": ("ô tô", "car"),
    "motorbike": ("xe máy", "motorbike"),
    "bicycle": ("xe đạp", "bicycle"),
    "foot": ("đi bộ", "walk"),
    "boat": ("thuyền", "boat"),
    "ferry": ("phà", "ferry"),
    "rail": ("tàu hỏa", "train"),
    "air": ("máy bay", "plane"),
}
_WORDS = {
    "day": ("Ngày", "Day"),
    "lunch": ("Ăn trưa", "Lunch"),
    "check_in": (" (gồm thủ tục; giờ bay tự chọn)", " (check-in included; choose the flight)"),
    "estimated": (" (ước tính: chưa rõ đường)", " (estimated: road unknown)"),
    "aboard": ("Ăn trưa trên thuyền", "Lunch aboard"),
    "break": ("Nghỉ", "Break"),
    "night": ("Đêm trên tàu", "Night aboard"),
    "start": ("xuất phát", "start"),
    "end": ("về tới", "arrive"),
    "until": ("đến", "until"),
    "confirm": ("giờ mở cửa cần xác nhận", "hours to be confirmed"),
    "wait": ("chờ", "wait"),
    "total": ("Tổng cộng", "Total"),
    "stops": ("điểm dừng", "stops"),
    "stop": ("điểm dừng", "stop"),
    "road": ("di chuyển", "travelling"),
    "road_aside": ("di chuyển, trừ đêm trên tàu", "travelling, nights aboard aside"),
    "person": ("đ một người", "VND a person"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a timetable.

    Parameters
    ----------
    kind
        ``"start"``, ``"legs"``, ``"stop"``, ``"break"``, ``"end"`` or ``"night"`` (aboard a train).
    time
        When it begins; aware.
    order
        Number of the stop within its day, from 1; 0 for the other kinds.
    stop, pause, legs
        What the row is about.
    wait_min
        Minutes between arrival and the visit that are no break.
    """

    kind: Literal["start", "legs", "stop", "break", "end", "night"]
    time: datetime
    order: int = 0
    stop: Stop | None = None
    pause: Break | None = None
    legs: tuple[Leg, ...] = ()
    wait_min: int = 0

    @property
    def pause_s(self) -> int:
        """Seconds of the break, 0 for the other kinds."""
        return 0 if self.pause is None else round((self.pause.end - self.pause.start).total_seconds())


def day_rows(day: Day) -> tuple[Row, ...]:
    """Return the lines of a day in the order of the clock.

    The legs between two stops are one row, however often the way changes its mode.
    """
    rows: list[tuple[datetime, int, Row]] = []
    taken = 0
    for order, stop in enumerate(day.stops, 1):
        legs = tuple(leg for leg in day.legs[taken:] if leg.arrival <= stop.arrival)
        taken += len(legs)
        if legs:
            rows.append((legs[0].departure, 2, Row(kind="legs", time=legs[0].departure, legs=legs)))
        eaten = _break_within(day, stop)
        wait_min = round((stop.start - stop.arrival).total_seconds() / 60) - eaten
        time = stop.start if eaten else stop.arrival
        rows.append((time, 1, Row(kind="stop", time=time, order=order, stop=stop, wait_min=max(0, wait_min))))
    night = day.night
    last = day.legs[taken : -1 if night else None]
    if last:
        rows.append((last[0].departure, 2, Row(kind="legs", time=last[0].departure, legs=last)))
    aboard = () if night is None else (Row(kind="night", time=night.departure, legs=(night,)),)
    at_home = [b for b in day.breaks if b.start >= day.end.time]
    rows += [(b.start, 0, Row(kind="break", time=b.start, pause=b)) for b in day.breaks if b not in at_home]
    ordered = [row for *_, row in sorted(rows, key=lambda item: item[:2])]
    start, end = Row(kind="start", time=day.start.time), Row(kind="end", time=day.end.time)
    return (start, *ordered, end, *(Row(kind="break", time=b.start, pause=b) for b in at_home), *aboard)


def _break_within(day: Day, stop: Stop) -> int:
    """Minutes of breaks between arrival and the visit."""
    spans = [
        (b.end - b.start).total_seconds()
        for b in day.breaks
        if stop.arrival <= b.start and b.end <= stop.start
    ]
    return round(sum(spans) / 60)


def clock(moment: datetime) -> str:
    """Return the clock time to the minute, ``"08:00"``."""
    return f"{moment:%H:%M}"


def date_words(day: date, lang: str) -> str:
    """Return weekday and date.

    Examples
    --------
    >>> from datetime import date
    >>> date_words(date(2027, 3, 13), "vi"), date_words(date(2027, 3, 13), "en")
    ('Thứ Bảy, 13/3/2027', 'Saturday, 13 March 2027')
    """
    if lang == "vi":
        return f"{_WEEKDAYS_VI[day.weekday()]}, {day.day}/{day.month}/{day.year}"
    weekday = _WEEKDAYS_EN[day.weekday()]
    return f"{weekday}, {day.day} {MONTHS_EN[day.month - 1]} {day.year}"


def span_words(itinerary: Itinerary, lang: str) -> str:
    """Return the date of a trip, or its first and last."""
    first, last = itinerary.days[0].date, itinerary.days[-1].date
    return date_words(first, lang) + (f" – {date_words(last, lang)}" if last != first else "")


def lunar_words(day: date, lang: str) -> str:
    """Return the date in the Vietnamese lunar calendar.

    Examples
    --------
    >>> from datetime import date
    >>> lunar_words(date(2027, 3, 13), "vi"), lunar_words(date(2027, 3, 13), "en")
    ('mùng 6 tháng Hai âm lịch', 'day 6 of lunar month 2')
    """
    from lunar_vn import solar_to_lunar

    lunar = solar_to_lunar(day)
    if lang == "vi":
        number = f"mùng {lunar.day}" if lunar.day <= 10 else f"ngày {lunar.day}"
        leap = " nhuận" if lunar.leap else ""
        return f"{number} tháng {_LUNAR_MONTHS_VI[lunar.month - 1]}{leap} âm lịch"
    leap = "leap " if lunar.leap else ""
    return f"day {lunar.day} of {leap}lunar month {lunar.month}"


def distance_words(metres: float, lang: str) -> str:
    """Return a distance as people say it: tens of metres below one kilometre, then kilometres.

    Examples
    --------
    >>> distance_words(246, "en"), distance_words(3960, "vi"), distance_words(41_320, "vi")
    ('250 m', '4,0 km', '41 km')
    """
    if metres < 0.5:
        return "0 m"
    if metres < 995:
        return f"{max(10, round(metres / 10) * 10)} m"
    text = f"{metres / 1000:.1f} km" if metres < 9950 else f"{metres / 1000:.0f} km"
    return text.replace(".", ",") if lang == "vi" else text


def duration_words(seconds: float, lang: str) -> str:
    """Return a duration to the minute; what takes time takes a minute at least.

    Examples
    --------
    >>> duration_words(58 * 60, "vi"), duration_words(10_920, "vi"), duration_words(3600, "en")
    ('58 phút', '3 giờ 02', '1 h')
    """
    hour, minute = ("giờ", "phút") if lang == "vi" else ("h", "min")
    hours, minutes = divmod(max(round(seconds / 60), int(seconds > 0)), 60)
    if not hours:
        return f"{minutes} {minute}"
    return f"{hours} {hour} {minutes:02d}" if minutes else f"{hours} {hour}"


def mode_words(mode: str, lang: str) -> str:
    """Return the name of a way to travel; an unknown one as it is.

    Examples
    --------
    >>> mode_words("boat", "vi"), mode_words("foot", "en")
    ('thuyền', 'walk')
    """
    return _MODES.get(mode, (mode, mode))[_column(lang)]


def timetable(itinerary: Itinerary, lang: str = "en") -> str:
    """Return the timetable as plain text, one block a day.

    Parameters
    ----------
    itinerary
        The trip.
    lang
        ``"en"`` or ``"vi"``: words and names.

    Raises
    ------
    RequestError
        When `lang` is another language.
    """
    _column(lang)
    blocks = [_day_text(itinerary, number, lang) for number in range(1, len(itinerary.days) + 1)]
    word = "Lưu ý" if lang == "vi" else "Note"
    notes = [f"{word}: {note.text_vi if lang == 'vi' else note.text}" for note in itinerary.notes]
    return "\n\n".join(
        [*blocks, "\n".join([_total_text(itinerary, lang), *_remarks(itinerary, lang), *notes])]
    )


def _remarks(itinerary: Itinerary, lang: str) -> list[str]:
    """Return what the price holds, and what the signs of the rows mean."""
    said = [cost_remark(itinerary), *doubt_keys(itinerary.stops)]
    return [text for text in (pair[_column(lang)] for pair in said) if text]


def timetable_html(itinerary: Itinerary, lang: str = "en") -> str:
    """Return the timetable as an HTML table, for a notebook; every text is escaped.

    Parameters
    ----------
    itinerary
        The trip.
    lang
        ``"en"`` or ``"vi"``: words and names.

    Raises
    ------
    RequestError
        When `lang` is another language.
    """
    _column(lang)
    e = escape_for_leaflet
    parts = [
        f'<div lang="{e(lang)}" style="max-width:46em"><table style="border-collapse:collapse;width:100%">'
    ]
    for number, day in enumerate(itinerary.days, 1):
        parts.append(
            '<thead><tr><th colspan="3" scope="rowgroup" style="text-align:left;padding:.9em .4em .3em">'
            f"{e(_day_title(day, number, len(itinerary.days), lang))}</th></tr></thead><tbody>"
        )
        parts += [_row_html(line) for line in _lines(itinerary, number, lang)]
        parts.append("</tbody>")
    parts.append(f'</table><p style="margin:.6em .4em">{e(_total_text(itinerary, lang))}</p>')
    parts += [
        f'<p style="margin:.6em .4em"><small>{e(text)}</small></p>' for text in _remarks(itinerary, lang)
    ]
    parts += [
        f'<p style="margin:.6em .4em">{e(note.text_vi if lang == "vi" else note.text)}</p>'
        for note in itinerary.notes
    ]
    parts.append(
        f'<p style="margin:.6em .4em;opacity:.75"><small>{e(itinerary.attribution)}</small></p></div>'
    )
    return "".join(parts)


@dataclass(frozen=True, slots=True)
class _Line:
    time: str
    mark: str
    text: str
    note: str
    kind: str


def _column(lang: str) -> int:
    if lang not in LANGUAGES:
        raise RequestError(
            [f"lang: {lang!r} is no language of this library; choose one of {LANGUAGES}"], subject="text"
        )
    return LANGUAGES.index(lang)


def _word(key: str, lang: str) -> str:
    return _WORDS[key][_column(lang)]


def _name(place: Stop | Terminal, lang: str) -> str:
    names = (place.name_vi, place.name_en)
    return nfc(names[_column(lang)] or names[1 - _column(lang)] or place.site_id)


def _day_title(day: Day, number: int, count: int, lang: str) -> str:
    head = f"{_word('day', lang)} {number} · " if count > 1 else ""
    return f"{head}{date_words(day.date, lang)} · {lunar_words(day.date, lang)}"


def _lines(itinerary: Itinerary, number: int, lang: str) -> list[_Line]:
    """Return the lines of a day; its first and last name the city of a night whose lodging nobody chose."""
    day = itinerary.days[number - 1]
    lines = [_line(row, day, lang) for row in day_rows(day)]
    nights = {"start": day.start} if from_lodging(itinerary.days, number) else {}
    if to_lodging(itinerary.days, number):
        nights["end"] = day.end
    return [_at_lodging(line, nights.get(line.kind), lang) for line in lines]


def _at_lodging(line: _Line, place: Terminal | None, lang: str) -> _Line:
    city = None if place is None else lodging_name(place)
    if place is None or city is None:
        return line
    words = lodging_words(place, leaving=line.kind == "start")[_column(lang)]
    return replace(line, text=city[_column(lang)], note=words[0].lower() + words[1:])


def _line(row: Row, day: Day, lang: str) -> _Line:
    time = clock(row.time)
    if row.stop is not None:
        stop = row.stop
        return _Line(time, str(row.order), _name(stop, lang), _stop_note(row, stop, lang), "stop")
    if row.pause is not None:
        word = pause_words(row.pause, lang)
        return _Line(time, "", word, duration_words(row.pause_s, lang), "break")
    if row.kind == "legs":
        return _Line("", "", "", " + ".join(leg_words(leg, lang) for leg in row.legs), "legs")
    if row.kind == "night":
        return _Line(time, "", _word("night", lang), leg_words(row.legs[0], lang), "night")
    place = day.start if row.kind == "start" else day.end
    return _Line(time, "", _name(place, lang), _word(row.kind, lang), row.kind)


def pause_words(pause: Break, lang: str) -> str:
    """Return the name of a break: lunch, lunch aboard, or just a break."""
    meal = "aboard" if pause.aboard else "lunch"
    return _word(meal if pause.kind == "lunch" else "break", lang)


def _stop_note(row: Row, stop: Stop, lang: str) -> str:
    parts = [duration_words(stop.visit_min * 60, lang)]
    if row.wait_min:
        parts.append(f"{_word('wait', lang)} {duration_words(row.wait_min * 60, lang)}")
    parts.append(f"{_word('until', lang)} {clock(stop.departure)}")
    if stop.certainty == "needs_confirmation":
        parts.append(f"? {_word('confirm', lang)}")
    doubt = doubt_words(stop)[_column(lang)]
    parts += [doubt] if doubt else []
    why = stop.why_vi if lang == "vi" else stop.why
    return ", ".join(parts) + (f"; {why}" if why else "")


def leg_seconds(leg: Leg) -> int:
    """Return the seconds between the clock times that are printed, so that a reader's sum comes out.

    Where a boat is moored for lunch the leg's own time is returned.
    """
    shown = round((leg.arrival - leg.departure).total_seconds())
    return shown if abs(shown - leg.duration_s) <= 60 else leg.duration_s


def leg_words(leg: Leg, lang: str) -> str:
    """Return a leg in a line: distance, time and mode, as in ``"42 km · 1 h 06 · coach"``."""
    way = (
        distance_words(leg.distance_m, lang),
        duration_words(leg_seconds(leg), lang),
        mode_words(leg.mode, lang) + (_word("check_in", lang) if leg.mode == "air" else ""),
    )
    return " · ".join(way) + remark_words(leg, lang)


def remark_words(leg: Leg, lang: str) -> str:
    """Return what to say behind a leg: its sailing or train with the times, or that its way is a guess."""
    service = f" ({nfc(leg.service)}, {clock(leg.departure)}–{clock(leg.arrival)})" if leg.service else ""
    return service + (_word("estimated", lang) if leg.estimated else "")


def _day_text(itinerary: Itinerary, number: int, lang: str) -> str:
    title = _day_title(itinerary.days[number - 1], number, len(itinerary.days), lang)
    lines = _lines(itinerary, number, lang)
    width = max(len(line.text) for line in lines)
    return "\n".join([title, *(_line_text(line, width) for line in lines)])


def _line_text(line: _Line, width: int) -> str:
    if line.kind == "legs":
        return f"            | {line.note}"
    return f"  {line.time}  {line.mark:>2} {line.text:<{width}}  {line.note}".rstrip()


def _row_html(line: _Line) -> str:
    e = escape_for_leaflet
    cell = '<td style="padding:.15em .4em;text-align:left;vertical-align:top'
    if line.kind == "legs":
        return f'<tr>{cell}"></td>{cell}"></td>{cell};opacity:.75"><small>{e(line.note)}</small></td></tr>'
    text = f"<strong>{e(line.text)}</strong>" if line.kind == "stop" else e(line.text)
    return (
        f'<tr>{cell};white-space:nowrap">{e(line.time)}</td>{cell}">{e(line.mark)}</td>'
        f'{cell}">{text} <small style="opacity:.75">{e(line.note)}</small></td></tr>'
    )


def _total_text(itinerary: Itinerary, lang: str) -> str:
    count = len(itinerary.stops)
    travel = duration_words(sum(day.travel_s for day in itinerary.days), lang)
    parts = [
        f"{count} {_word('stop' if count == 1 else 'stops', lang)}",
        f"{travel} {_word('road_aside' if any(day.night for day in itinerary.days) else 'road', lang)}",
        distance_words(sum(day.distance_m for day in itinerary.days), lang),
    ]
    cost = itinerary.measures.get("cost_vnd_per_person")
    if isinstance(cost, int | float) and cost > 0:
        left_out = cost_left_out(itinerary)[_column(lang)]
        parts.append(f"≈ {thousands(cost, lang)} {_word('person', lang)} ({left_out})")
    return f"{_word('total', lang)}: {' · '.join(parts)}"


def thousands(amount: float, lang: str) -> str:
    """Return a whole number with the language's separator of thousands.

    Examples
    --------
    >>> thousands(1_250_000, "vi"), thousands(1_250_000, "en")
    ('1.250.000', '1,250,000')
    """
    text = f"{round(amount):,}"
    return text.replace(",", ".") if lang == "vi" else text
