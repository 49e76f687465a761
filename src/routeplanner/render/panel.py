"""The text beside the map: title, figures and the ordered timetable in two languages, as escaped HTML.

Every sentence stands there twice, once in Vietnamese and once in English; the style sheet shows the one of
the page's language. The panel is the map's accessible twin, its print view and its view without scripts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from routeplanner._escape import HTML, escape_for_leaflet
from routeplanner._text import nfc
from routeplanner.itinerary_text import (
    Row,
    clock,
    date_words,
    day_rows,
    distance_words,
    duration_words,
    lunar_words,
    mode_words,
    thousands,
)

if TYPE_CHECKING:
    from routeplanner.itinerary import Day, Itinerary, Leg, Stop, Terminal

__all__ = [
    "Pair",
    "Titles",
    "both",
    "credit",
    "day_class",
    "legend",
    "names",
    "panel",
    "short_names",
    "stop_mark",
]

Pair = tuple[str, str]
"""A text in Vietnamese and in English."""

DAY_COLOURS = 7
"""Colours of the style sheet; an eighth day begins again with the first."""

_BRACKETS = re.compile(r"\s*\([^)]*\)")
_VILLAGE_VI = re.compile(r"^Làng (nghề )?(?=[a-zà-ỹđ])")
_VILLAGE_EN = re.compile(r" (craft )?village$")
_LONGEST_LABEL = 34

_ICONS = {
    "coach": "M2 11V4.5A1.5 1.5 0 0 1 3.500 3h9A1.500 1.500 0 0 1 14 4.500V11zM2 7.500h12M4.500 11v1.500M11.500 11v1.500",
    "boat": "M2 10.500h12l-1.500 3h-9zM8 10.500V2.500l4.500 6H8",
    "foot": "M8 3.200v.1M8 6v4l2 3.500M8 10l-2 3.500M5.500 8 8 6l2.500 2",
    "bicycle": "M4 13a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5M12 13a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5M4 10.500 6.500 5h4l1.500 5.500",
    "rail": "M4 2.500h8v8.500H4zM4 7h8M5.500 13.500 7 11M10.500 13.500 9 11",
    "air": "M8 2v12M2 9l6-3 6 3M5.500 14 8 12.500l2.500 1.500",
}
_ICON_OF = {"car": "coach", "motorbike": "bicycle", "ferry": "boat"}


@dataclass(frozen=True, slots=True)
class Titles:
    """Title and subtitle of the page in both languages."""

    title: Pair
    lead: Pair


def both(text: Pair, tag: str = "span", name: str = "") -> HTML:
    """Return a text in both languages; the style sheet hides the one that is not wanted."""
    e, cls = escape_for_leaflet, f"t {name}".strip()
    vi, en = (e(part) for part in text)
    return HTML(f'<{tag} class="{cls}" lang="vi">{vi}</{tag}><{tag} class="{cls}" lang="en">{en}</{tag}>')


def names(place: Stop | Terminal) -> Pair:
    """Return both names of a place; one stands in for the other where it is missing."""
    vi, en = nfc(place.name_vi), nfc(place.name_en)
    return (vi or en or place.site_id, en or vi or place.site_id)


def short_names(place: Stop | Terminal) -> Pair:
    """Return names short enough to stand beside a marker.

    Brackets go, and the word for village where a craft follows it.
    """
    vi, en = (_BRACKETS.sub("", name) for name in names(place))
    if " - " in vi:
        vi = vi.rsplit(" - ", 1)[1]
    vi = _VILLAGE_VI.sub("", vi)
    return (_cut(vi[:1].upper() + vi[1:]), _cut(_VILLAGE_EN.sub("", en)))


def _cut(text: str) -> str:
    if len(text) <= _LONGEST_LABEL:
        return text
    return text[:_LONGEST_LABEL].rsplit(" ", 1)[0].rstrip(" ,–-") + "…"


def stop_mark(day_number: int, order: int, day_count: int) -> str:
    """Return the number of a stop: ``"3"`` on a trip of one day, ``"2.3"`` on the second of several."""
    return str(order) if day_count == 1 else f"{day_number}.{order}"


def day_class(day_number: int) -> str:
    """Return the style class that gives a day its colour."""
    return f"d{(day_number - 1) % DAY_COLOURS + 1}"


def credit(attribution: str) -> HTML:
    """Return the credit with a link to OpenStreetMap's terms, escaped."""
    text = escape_for_leaflet(attribution)
    link = '<a href="https://www.openstreetmap.org/copyright" rel="noopener">OpenStreetMap contributors</a>'
    return HTML(text.replace("OpenStreetMap contributors", link))


def panel(itinerary: Itinerary, titles: Titles) -> HTML:
    """Return the whole panel, from the skip link to the notes."""
    count = len(itinerary.days)
    days = "".join(_day(day, number, count) for number, day in enumerate(itinerary.days, 1))
    return HTML(
        f'<a class="skip" href="#plan-rows">{both(("Tới lịch trình", "Skip to the timetable"))}</a>'
        '<main class="sheet"><div class="plan"><header><div class="top">'
        f"{both(_length_words(itinerary))}"
        '<button type="button" class="tongue" data-tongue="1">'
        '<span class="t" lang="vi"><span lang="en">English</span></span>'
        '<span class="t" lang="en"><span lang="vi">Tiếng Việt</span></span></button></div>'
        f"{_headline(titles)}{_when(itinerary)}</header>"
        f"{_facts(itinerary)}{_day_buttons(count)}"
        f'<div id="plan-rows" tabindex="-1">{days}</div>{_notes(itinerary)}</div>'
    )


def _headline(titles: Titles) -> str:
    lead = both(titles.lead, "p", "lead") if any(titles.lead) else ""
    return f"<h1>{both(titles.title)}</h1>{lead}"


def _length_words(itinerary: Itinerary) -> Pair:
    count = len(itinerary.days)
    if count == 1:
        return ("Hành trình một ngày", "One-day itinerary")
    return (f"Hành trình {count} ngày {count - 1} đêm", f"{count} days, {count - 1} night{'s' * (count > 2)}")  # noqa: PLR2004


def _when(itinerary: Itinerary) -> str:
    first, last = itinerary.days[0].date, itinerary.days[-1].date
    if first != last:
        dates = both(
            (
                f"{date_words(first, 'vi')} – {date_words(last, 'vi')}",
                f"{date_words(first, 'en')} – {date_words(last, 'en')}",
            )
        )
        return f'<p class="when">{dates}</p>'
    lunar = both((lunar_words(first, "vi"), lunar_words(first, "en")))
    return (
        f'<p class="when">{both((date_words(first, "vi"), date_words(first, "en")))} '
        f'<span class="lunar">· {lunar}</span></p>'
    )


def _facts(itinerary: Itinerary) -> str:
    travel = duration_words(sum(day.travel_s for day in itinerary.days))
    way = distance_words(sum(day.distance_m for day in itinerary.days))
    facts: list[tuple[Pair, Pair]] = [
        ((str(len(itinerary.stops)),) * 2, _stop_word(itinerary)),
        ((travel,) * 2, ("di chuyển", "on the way")),
        ((way,) * 2, _vehicle(itinerary)),
    ]
    cost = itinerary.measures.get("cost_vnd_per_person")
    if isinstance(cost, int | float) and cost > 0:
        facts.append(
            ((f"≈ {thousands(cost, 'vi')} đ", f"≈ {thousands(cost, 'en')} VND"), ("một người", "a person"))
        )
    share = _share_of_bound(itinerary)
    if share is not None:
        facts.append(((f"{share} %",) * 2, ("của tốt nhất có thể*", "of the best possible*")))
    body = "".join(f"<div><dt>{both(word)}</dt><dd>{both(value)}</dd></div>" for value, word in facts)
    return f'<dl class="facts">{body}</dl>'


def _share_of_bound(itinerary: Itinerary) -> int | None:
    if itinerary.bound is None or itinerary.bound <= 0:
        return None
    # Rounded down: 99.6 % is not "the best possible".
    return min(100, int(100 * itinerary.prize / itinerary.bound + 1e-9))


def _stop_word(itinerary: Itinerary) -> Pair:
    stops = itinerary.stops
    plural = "s" * (len(stops) != 1)
    if stops and all(stop.kind == "craft_village" for stop in stops):
        return ("làng nghề", f"craft village{plural}")
    return ("điểm dừng", f"stop{plural}")


def _vehicle(itinerary: Itinerary) -> Pair:
    from routeplanner.planning.request import VEHICLES

    modes = {leg.mode for day in itinerary.days for leg in day.legs} - {"foot", "ferry"}
    words: list[Pair] = []
    vehicle = VEHICLES.get(str(itinerary.request.get("vehicle", "")))
    if vehicle is not None and modes & {"coach", vehicle.mode}:
        words.append((vehicle.name_vi, vehicle.name_en))
        modes -= {"coach", vehicle.mode}
    words += [(mode_words(mode, "vi"), mode_words(mode, "en")) for mode in sorted(modes)]
    if not words:
        return ("đi bộ", "on foot")
    return (" và ".join(vi for vi, _ in words), " and ".join(en for _, en in words))


def _day_buttons(count: int) -> str:
    if count == 1:
        return ""
    buttons = [_day_button(0, "true", ("Cả chuyến", "Whole trip"), "")]
    buttons += [_day_button(n, "false", (f"Ngày {n}", f"Day {n}"), day_class(n)) for n in range(1, count + 1)]
    return f'<div class="days">{"".join(buttons)}</div>'


def _day_button(number: int, pressed: str, text: Pair, name: str) -> str:
    return f'<button type="button" class="{name}" data-day="{number}" aria-pressed="{pressed}">{both(text)}</button>'


def _day(day: Day, number: int, count: int) -> str:
    rows = "".join(_row(row, day, number, count) for row in day_rows(day))
    return f'<div class="{day_class(number)}" data-rows="{number}">{_day_head(day, number, count)}<ol class="rows">{rows}</ol></div>'


def _day_head(day: Day, number: int, count: int) -> str:
    if count == 1:
        return ""
    lunar = both((lunar_words(day.date, "vi"), lunar_words(day.date, "en")))
    figures = f"{duration_words(day.travel_s)} · {distance_words(day.distance_m)}"
    title = both(
        (f"Ngày {number} · {date_words(day.date, 'vi')}", f"Day {number} · {date_words(day.date, 'en')}")
    )
    way = both((f"di chuyển {figures}", f"{figures} on the way"))
    return f'<h2 class="head">{title}<small>{lunar} · {way}</small></h2>'


def _row(row: Row, day: Day, number: int, count: int) -> str:
    if row.stop is not None:
        return _stop_row(row, row.stop, number, count)
    if row.pause is not None:
        minutes = duration_words((row.pause.end - row.pause.start).total_seconds())
        word = ("Ăn trưa", "Lunch") if row.pause.kind == "lunch" else ("Nghỉ", "Break")
        return (
            f'<li class="stay"><span class="dot meal"></span><time>{clock(row.time)}</time>'
            f"<div>{both(word)}<small>{minutes}</small></div></li>"
        )
    if row.kind == "legs":
        return _legs_row(row.legs, home=row.legs[-1] is day.legs[-1])
    return _terminal_row(row, day, number, count)


def _stop_row(row: Row, stop: Stop, number: int, count: int) -> str:
    name = names(stop)
    mark = stop_mark(number, row.order, count)
    key = f"stop-{number}-{row.order}"
    notes = [
        both(
            (
                f"{duration_words(stop.visit_min * 60)}, đến {clock(stop.departure)}",
                f"{duration_words(stop.visit_min * 60)}, until {clock(stop.departure)}",
            )
        )
    ]
    if row.wait_min:
        notes.append(both((f"chờ {row.wait_min} phút", f"wait {row.wait_min} min")))
    what = what_words(stop)
    if any(what):
        notes.insert(0, both(what))
    ask = both(("giờ mở cửa: cần xác nhận", "opening hours: to be confirmed"), "small", "ask")
    return (
        f'<li class="stay stop" id="{key}"><span class="mark{" long" * (len(mark) > 2)}">{mark}</span>'  # noqa: PLR2004
        f'<time>{clock(row.time)}</time><div><button type="button" class="name" data-stop="{key}">{both(name)}</button>'
        f"{_other_name(name)}<small>{' · '.join(notes)}</small>"
        f"{ask if stop.certainty == 'needs_confirmation' else ''}</div></li>"
    )


def _other_name(name: Pair) -> str:
    """Return the name in the language that the page is not in."""
    if name[0] == name[1]:
        return ""
    vi, en = (escape_for_leaflet(part) for part in name)
    return f'<span class="sub"><span class="t" lang="vi"><span lang="en">{en}</span></span><span class="t" lang="en"><span lang="vi">{vi}</span></span></span>'


def what_words(stop: Stop) -> Pair:
    """Return the crafts of a stop in words, or its kind where it has none."""
    from routeplanner.sites.words import load_crafts, load_kinds

    crafts, kinds = load_crafts(), load_kinds()
    terms = [crafts[key] for key in stop.crafts[:3] if key in crafts]
    if not terms and stop.kind in kinds:
        terms = [kinds[stop.kind]]
    return (", ".join(_lower(t.name_vi) for t in terms), ", ".join(_lower(t.name_en) for t in terms))


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _legs_row(legs: Sequence[Leg], *, home: bool) -> str:
    modes = {leg.mode for leg in legs}
    main = next((mode for mode in ("boat", "ferry") if mode in modes), legs[0].mode)
    line = {"ferry": "boat"}.get(main, main)
    ways = "".join(f'<span class="way-leg">{_leg_words(leg)}</span>' for leg in legs)
    return f'<li class="legs {line if line in _ICONS else ""}{" home" * home}"><span></span><span class="way">{ways}</span></li>'


def _leg_words(leg: Leg) -> str:
    icon = _ICONS.get(_ICON_OF.get(leg.mode, leg.mode), _ICONS["coach"])
    figures = f"{distance_words(leg.distance_m)} · {duration_words(leg.duration_s)}"
    mode = both((mode_words(leg.mode, "vi"), mode_words(leg.mode, "en")))
    return f'<svg viewBox="0 0 16 16" aria-hidden="true"><path d="{icon}"/></svg>{figures} · {mode}'


def _terminal_row(row: Row, day: Day, number: int, count: int) -> str:
    start = row.kind == "start"
    place = day.start if start else day.end
    name = names(place)
    if start:
        word = ("Xuất phát", "Departure")
    elif number < count:
        word = ("Nghỉ đêm", "Overnight")
    else:
        word = ("Kết thúc", "End of the trip")
    return (
        f'<li class="{"start" if start else "end"}"><span class="dot"></span><time>{clock(row.time)}</time>'
        f"<div>{both(name)}{_other_name(name)}<small>{both(word)}</small></div></li>"
    )


def _notes(itinerary: Itinerary) -> str:
    notes = list(_note_texts(itinerary))
    body = "".join(f"<p>{both(note)}</p>" for note in notes)
    return f'<footer class="foot-note">{body}<p>{credit(itinerary.attribution)}</p></footer>'


def _note_texts(itinerary: Itinerary) -> Iterator[Pair]:
    if _share_of_bound(itinerary) is not None:
        yield (
            "* Tổng điểm của hành trình so với cận trên đã tính: không hành trình nào vượt quá 100 %.",
            "* Prize of this trip against a computed upper bound: no itinerary can exceed 100 %.",
        )
    if any(stop.certainty != "known" for stop in itinerary.stops):
        yield (
            "Giờ mở cửa một số nơi là ước định: xác nhận trước khi đi.",
            "Opening hours of some places are assumed: confirm before you go.",
        )


def legend(itinerary: Itinerary) -> HTML:
    """Return the legend of the map: days, ways to travel, start."""
    modes = [leg.mode for day in itinerary.days for leg in day.legs]
    rows = []
    if len(itinerary.days) > 1:
        rows += [
            f'<li class="{day_class(n)}"><svg aria-hidden="true"><circle cx="18" cy="6" r="6"/></svg>{both((f"Ngày {n}", f"Day {n}"))}</li>'
            for n in range(1, len(itinerary.days) + 1)
        ]
    rows += [
        f'<li class="d1">{_sample("leg " + mode)}{both((_upper(mode_words(mode, "vi")), _upper(mode_words(mode, "en"))))}</li>'
        for mode in dict.fromkeys(modes)
    ]
    if modes:
        rows.append(
            f'<li class="d1">{_sample(f"leg home {modes[-1]}")}{both(("Chặng về", "Last leg of a day"))}</li>'
        )
    rows.append(
        f'<li><svg aria-hidden="true"><circle class="end" cx="18" cy="6" r="5"/></svg>{both(("Nơi đi, nơi về", "Start and end"))}</li>'
    )
    return HTML(
        f'<details class="legend" open><summary>{both(("Chú giải", "Legend"))}</summary><ul>{"".join(rows)}</ul></details>'
    )


def _sample(name: str) -> str:
    return f'<svg aria-hidden="true"><path class="{escape_for_leaflet(name)}" d="M1 6h34"/></svg>'


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
