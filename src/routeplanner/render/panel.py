"""The text beside the map of an itinerary: title, figures, ordered timetable, legend, as escaped HTML.

The panel is the map's accessible twin, its print view and its view without scripts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from routeplanner._escape import HTML, escape_for_leaflet
from routeplanner.itinerary_remarks import (
    cost_left_out,
    cost_remark,
    doubt_keys,
    doubt_words,
    lodging_name,
    lodging_words,
)
from routeplanner.itinerary_text import (
    Row,
    clock,
    date_words,
    day_rows,
    distance_words,
    duration_words,
    leg_words,
    lunar_words,
    mode_words,
    pause_words,
    span_words,
    thousands,
)
from routeplanner.render.pairs import (
    Pair,
    both,
    credit,
    day_class,
    names,
    opening_spans,
    other_name,
    pair,
    twice,
    upper_first,
    what_words,
)
from routeplanner.render.sections import is_way_home, sections_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from routeplanner.itinerary import Day, Itinerary, Leg, Stop
    from routeplanner.render.sections import Section

__all__ = [
    "Titles",
    "frame",
    "guess_sample",
    "legend",
    "legend_box",
    "line_sample",
    "open_and_fee",
    "opening_words",
    "panel",
    "programme_panel",
    "special_rows",
]

_ICONS = {
    "coach": "M2 11V4.5A1.5 1.5 0 0 1 3.5 3h9A1.5 1.5 0 0 1 14 4.5V11zM2 7.5h12M4.5 11v1.5M11.5 11v1.5",
    "boat": "M2 10.5h12l-1.5 3h-9zM8 10.5V2.5l4.5 6H8",
    "foot": "M8 3.2v.1M8 6v4l2 3.5M8 10l-2 3.5M5.5 8 8 6l2.5 2",
    "bicycle": "M4 13a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5M12 13a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5"
    "M4 10.5 6.5 5h4l1.5 5.5",
    "rail": "M4 2.5h8v8.5H4zM4 7h8M5.5 13.5 7 11M10.5 13.5 9 11",
    "air": "M8 2v12M2 9l6-3 6 3M5.5 14 8 12.5l2.5 1.5",
}
_CONVENTIONS = {
    "air": (" (vẽ thành cung)", " (drawn as an arc)"),
    "rail": (" (vẽ thẳng)", " (drawn straight)"),
}
_LEAST_SHARE = 90
_ICON_OF = {"car": "coach", "motorbike": "bicycle", "ferry": "boat"}


@dataclass(frozen=True, slots=True)
class Titles:
    """Headline of a page, and a sentence below it (or two empty texts)."""

    title: Pair
    lead: Pair


def frame(kicker: Pair, titles: Titles, head: str, body: str) -> HTML:
    """Return the panel's frame: skip link, kicker with the switch of language, headline, then `body`."""
    lead = both(titles.lead, "p", "lead") if any(titles.lead) else ""
    return HTML(
        f'<a class="skip" href="#plan-rows">{both(("Tới danh sách", "Skip to the list"))}</a>'
        f'<main class="sheet"><div class="plan"><header><div class="top">{both(kicker)}'
        '<button type="button" class="tongue" data-tongue="1">'
        '<span class="t" lang="vi"><span lang="en">English</span></span>'
        '<span class="t" lang="en"><span lang="vi">Tiếng Việt</span></span></button></div>'
        f"<h1>{both(titles.title)}</h1>{lead}{head}</header>{body}</div>"
    )


def panel(itinerary: Itinerary, titles: Titles) -> HTML:
    """Return the panel of an itinerary."""
    sections = sections_of(itinerary)
    return frame(
        _length_words(itinerary),
        titles,
        _when(itinerary),
        f"{_facts(itinerary)}{_buttons(sections, ('Cả chuyến', 'Whole trip'))}"
        f"{_sections(sections)}{_notes(itinerary)}",
    )


def programme_panel(sections: Sequence[Section], titles: Titles, count: int, credit: HTML) -> HTML:
    """Return the panel of several routes: a button and a timetable for each."""
    notes = "".join(f"<p>{both(note)}</p>" for note in doubt_keys([s for x in sections for s in x.day.stops]))
    return frame(
        (f"{count} tuyến", f"{count} route{'s' * (count != 1)}"),
        titles,
        "",
        f"{_programme_facts(sections)}{_route_buttons(sections)}{_sections(sections)}"
        f'<footer class="notes">{notes}<p>{credit}</p></footer>',
    )


def _programme_facts(sections: Sequence[Section]) -> str:
    places = {stop.site_id for section in sections for stop in section.day.stops}
    metres = sum(section.day.distance_m for section in sections)
    return _facts_box(
        [
            (twice(str(sum(section.last for section in sections))), ("tuyến", "routes")),
            (twice(str(len(places))), ("địa điểm", "places")),
            (pair(lambda lang: distance_words(metres, lang)), ("đường đi", "of ways")),
        ]
    )


def _sections(sections: Sequence[Section]) -> str:
    single = ' class="single"' if len(sections) == 1 else ""  # one sheet of paper, together with the map
    return f'<div id="plan-rows"{single} tabindex="-1">{"".join(map(_day, sections))}</div>'


def _length_words(itinerary: Itinerary) -> Pair:
    count = len(itinerary.days)
    if count == 1:
        return ("Hành trình một ngày", "One-day itinerary")
    return (f"Hành trình {count} ngày {count - 1} đêm", f"{count} days, {count - 1} night{'s' * (count > 2)}")


def _when(itinerary: Itinerary) -> str:
    first, last = itinerary.days[0].date, itinerary.days[-1].date
    lunar = both(pair(lambda lang: lunar_words(first, lang)))
    below = f"<small>{lunar}</small>" if first == last else ""
    return f'<p class="when">{both(pair(lambda lang: span_words(itinerary, lang)))}{below}</p>'


def _facts(itinerary: Itinerary) -> str:
    travel_s = sum(day.travel_s for day in itinerary.days)
    metres = sum(day.distance_m for day in itinerary.days)
    facts = [(twice(str(len(itinerary.stops))), _stop_word(itinerary))]
    if any(day.legs for day in itinerary.days):
        facts += [
            (pair(lambda lang: duration_words(travel_s, lang)), _on_the_way(itinerary)),
            (pair(lambda lang: distance_words(metres, lang)), _vehicle(itinerary)),
        ]
    cost = itinerary.measures.get("cost_vnd_per_person")
    if isinstance(cost, int | float) and cost > 0:
        facts.append(
            (
                (f"≈ {thousands(cost, 'vi')} đ", f"≈ {thousands(cost, 'en')} VND"),
                _cost_label(itinerary),
            )
        )
    share = _share_of_bound(itinerary)
    if share is not None:
        facts.append(
            (twice(f"{share} %" if share >= 100 else f"≥ {share} %"), ("so với tối ưu*", "of the best*"))
        )
    return _facts_box(facts)


def _cost_label(itinerary: Itinerary) -> Pair:
    vi, en = cost_left_out(itinerary)
    return (f"mỗi người: xe, vé; {vi}†", f"a person: vehicle, fees; {en}†")


def _on_the_way(itinerary: Itinerary) -> Pair:
    if any(day.night for day in itinerary.days):
        return ("di chuyển, trừ đêm trên tàu", "on the way, nights aboard aside")
    return ("di chuyển", "on the way")


def _facts_box(facts: Sequence[tuple[Pair, Pair]]) -> str:
    body = "".join(f"<div><dt>{both(word)}</dt><dd>{both(value)}</dd></div>" for value, word in facts)
    return f'<dl class="facts">{body}</dl>'


def _share_of_bound(itinerary: Itinerary) -> int | None:
    """Return the prize in per cent of the bound, rounded down, where it is worth telling.

    A low figure says more of the bound, which is loose for some requests, than of the plan.
    """
    if itinerary.bound is None or itinerary.bound <= 0:
        return None
    share = min(100, int(100 * itinerary.prize / itinerary.bound + 1e-9))
    return share if share >= _LEAST_SHARE else None


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
    words += [_mode(mode) for mode in sorted(modes)] or ([] if words else [("đi bộ", "on foot")])
    return (_listed([vi for vi, _ in words], "và"), _listed([en for _, en in words], "and"))


def _listed(words: Sequence[str], last: str) -> str:
    return f" {last} ".join(part for part in (", ".join(words[:-1]), words[-1]) if part)


def _mode(mode: str) -> Pair:
    return pair(lambda lang: mode_words(mode, lang))


def _buttons(sections: Sequence[Section], whole: Pair) -> str:
    if len(sections) == 1:
        return ""
    words = [(0, whole), *((section.number, section.word) for section in sections)]
    buttons = "".join(
        f'<button type="button" class="{day_class(n) if n else ""}" data-day="{n}" '
        f'aria-pressed="{"false" if n else "true"}">{both(text)}</button>'
        for n, text in words
    )
    return f'<div class="days">{buttons}</div>'


def _route_buttons(sections: Sequence[Section]) -> str:
    """Return a button for each route that shows it alone: its line, name, date and length; on paper the overview."""
    if len(sections) == 1:
        return ""
    buttons = "".join(
        f'<button type="button" class="{day_class(section.number)}" data-day="{section.number}" '
        f'aria-pressed="false">{_route_sample(section)}<span>{both(section.word)}'
        f"<small>{both(pair(lambda lang, section=section: _route_figures(section, lang)))}</small></span></button>"  # type: ignore[misc]
        for section in sections
    )
    every = both(("Tất cả các tuyến", "All routes"))
    whole = (
        f'<button type="button" data-day="0" aria-pressed="true"><span class="all"></span>{every}</button>'
    )
    return f'<div class="days routes">{whole}{buttons}</div>'


def _route_sample(section: Section) -> str:
    """Return the line of a route as it is drawn, with its number, so that colour is not alone."""
    line = f'<path class="leg {section.dash} {day_class(section.number)}" d="M0 9h36"/>'
    dot = f'<circle cx="18" cy="9" r="9"/><text x="18" y="12.5">{section.number}</text>'
    return f'<svg aria-hidden="true" viewBox="0 0 36 18">{line}{dot}</svg>'


def _route_figures(section: Section, lang: str) -> str:
    day, count = section.day, len(section.day.stops)
    stops = f"{count} điểm" if lang == "vi" else f"{count} stop{'s' * (count != 1)}"
    figures = (distance_words(day.distance_m, lang), f"{clock(day.start.time)}–{clock(day.end.time)}")
    return " · ".join([date_words(day.date, lang), stops, *figures])


def _day(section: Section) -> str:
    rows = "".join(_row(section, row) for row in _with_line_styles(section.day))
    head = _day_head(section) if section.count > 1 else ""
    number = section.number
    return f'<section class="day {day_class(number)}" data-rows="{number}">{head}<ol class="rows">{rows}</ol></section>'


def _day_head(section: Section) -> str:
    day = section.day
    lunar = both(pair(lambda lang: lunar_words(day.date, lang)))
    metres = day.distance_m - (day.night.distance_m if day.night else 0)
    figures = pair(lambda lang: f"{distance_words(metres, lang)} · {duration_words(day.travel_s, lang)}")
    way = both((f"di chuyển {figures[0]}", f"{figures[1]} on the way"))
    return f'<h2 class="head">{both(section.title)}<small>{lunar}<br>{way}</small></h2>'


def _with_line_styles(day: Day) -> list[tuple[Row, str]]:
    """Rows with the style of the line beside them: that of the way which leads from or to the row."""
    rows = day_rows(day)
    styles = [_line_style(row.legs) if row.legs else "" for row in rows]
    ways = [style for style in styles if style]
    if ways:
        styles[0], styles[-1] = ways[0], ways[-1]
    return list(zip(rows, styles, strict=True))


def _line_style(legs: Sequence[Leg]) -> str:
    longest = max(legs, key=lambda leg: leg.duration_s)
    return _ICON_OF.get(longest.mode, longest.mode) + " guess" * longest.estimated


def _row(section: Section, styled: tuple[Row, str]) -> str:
    row, style = styled
    if row.stop is not None:
        return _stop_row(row, row.stop, section)
    if row.pause is not None:
        pause = row.pause
        word = pair(lambda lang: pause_words(pause, lang))
        length = both(pair(lambda lang: duration_words(row.pause_s, lang)))
        return (
            f'<li class="stay"><span class="dot meal"></span><time>{clock(row.time)}</time>'
            f"<div>{both(word)}<small>{length}</small></div></li>"
        )
    home = " home" if row.kind != "start" and is_way_home(section, row.legs) else ""
    if row.kind == "legs":
        ways = "".join(_leg_row(leg) for leg in row.legs)
        return f'<li class="legs {escape_for_leaflet(style)}{home}"><span></span><span class="way">{ways}</span></li>'
    if row.kind == "night":
        night = both(pair(lambda lang: leg_words(row.legs[0], lang)))
        return (
            f'<li class="stay rail"><span class="dot"></span><time>{clock(row.time)}</time>'
            f"<div>{both(('Đêm trên tàu', 'Night aboard'))}<small>{night}</small></div></li>"
        )
    return _terminal_row(row, section, f"{escape_for_leaflet(style)}{home}")


def _stop_row(row: Row, stop: Stop, section: Section) -> str:
    name, mark, key = names(stop), section.mark(row.order), f"stop-{section.number}-{row.order}"
    ask = both(("giờ mở cửa: cần xác nhận", "opening hours: to be confirmed"), "small", "ask")
    hours, doubt = open_and_fee(stop), doubt_words(stop)
    why = (stop.why_vi or stop.why, stop.why or stop.why_vi)
    return (
        f'<li class="stay stop" id="{key}"><span class="mark{" long" * (len(mark) > 2)}">{mark}</span>'
        f'<time>{clock(row.time)}</time><div><button type="button" class="name">{both(name)}</button>'
        f"{other_name(name)}<small>{both(pair(lambda lang: _stop_note(row, stop, lang)))}</small>"
        f"{both(hours, 'small', 'open') if any(hours) else ''}"
        f"{both(why, 'small', 'why') if any(why) else ''}"
        f"{ask if stop.certainty == 'needs_confirmation' else ''}"
        f"{both(doubt, 'small', 'doubt') if any(doubt) else ''}</div></li>"
    )


def opening_words(stop: Stop) -> Pair:
    """Return the hours of a stop's date, as ``"open 08:00–11:30, 13:30–17:00"``, or two empty texts."""
    spans = opening_spans(stop)
    return (f"mở cửa {spans}", f"open {spans}") if spans else ("", "")


def open_and_fee(stop: Stop) -> Pair:
    """Return hours and entrance fee, as far as they are known."""
    vi, en = ([part] if part else [] for part in opening_words(stop))
    if stop.fee_vnd is not None:
        vi.append(f"vé {thousands(stop.fee_vnd, 'vi')} đ" if stop.fee_vnd else "vào cửa miễn phí")
        en.append(f"entrance {thousands(stop.fee_vnd, 'en')} VND" if stop.fee_vnd else "entrance free")
    return (" · ".join(vi), " · ".join(en))


def _stop_note(row: Row, stop: Stop, lang: str) -> str:
    vi = lang == "vi"
    what = what_words(stop.kind, stop.crafts)[0 if vi else 1]
    until = f"{duration_words(stop.visit_min * 60, lang)}, {'đến' if vi else 'until'} {clock(stop.departure)}"
    wait = f"{'chờ' if vi else 'wait'} {duration_words(row.wait_min * 60, lang)}" if row.wait_min else ""
    return " · ".join(part for part in (what, wait, until) if part)


def _leg_row(leg: Leg) -> str:
    icon = _ICONS.get(_ICON_OF.get(leg.mode, leg.mode), _ICONS["coach"])
    text = both(pair(lambda lang: _leg_text(leg, lang)))
    return f'<span><svg viewBox="0 0 16 16" aria-hidden="true"><path d="{icon}"/></svg>{text}</span>'


def _leg_text(leg: Leg, lang: str) -> str:
    if not leg.estimated:
        return leg_words(leg, lang)
    # In short: the legend says what it means.
    return (
        f"≈ {leg_words(replace(leg, estimated=False), lang)} · {'ước tính' if lang == 'vi' else 'estimated'}"
    )


def _terminal_row(row: Row, section: Section, style: str) -> str:
    day = section.day
    if row.kind == "start":
        place, word = day.start, ("Xuất phát", "Departure")
    elif day.night is not None:
        place, word = day.end, ("Ra ga", "To the station")
    elif not section.last:
        place, word = day.end, ("Nghỉ đêm", "Overnight")
    else:
        place, word = day.end, ("Kết thúc", "End of the trip")
    name = names(place)
    lodged = section.from_lodging if row.kind == "start" else section.to_lodging
    if lodged:
        name, word = lodging_name(place) or name, lodging_words(place, leaving=row.kind == "start")
    return (
        f'<li class="{row.kind} {style}"><span class="dot"></span><time>{clock(row.time)}</time>'
        f"<div>{both(name)}{other_name(name)}<small>{both(word)}</small></div></li>"
    )


def _notes(itinerary: Itinerary) -> str:
    body = "".join(f"<p>{both(note)}</p>" for note in _note_texts(itinerary))
    return f'<footer class="notes">{body}<p>{credit(itinerary.attribution)}</p></footer>'


def _note_texts(itinerary: Itinerary) -> Iterator[Pair]:
    yield from ((note.text_vi, note.text) for note in itinerary.notes)
    if _share_of_bound(itinerary) is not None:
        yield (
            "* Tổng điểm so với cận trên đã tính, mà không hành trình nào theo yêu cầu này vượt qua được.",
            "* Prize against a computed upper bound that no itinerary for this request can exceed.",
        )
    if not itinerary.stops:
        yield (
            "Không có điểm dừng nào hợp với yêu cầu này: hãy nới giờ, ngày hoặc chủ đề.",
            "No stop fits this request: give it more hours, another date or other themes.",
        )
    said = cost_remark(itinerary)
    if any(said) and itinerary.stops:
        yield (f"† {said[0]}", f"† {said[1]}")
    yield from doubt_keys(itinerary.stops)


def legend(sections: Sequence[Section]) -> HTML:
    """Return the legend of a map: days or routes, ways to travel, the way home, start and end."""
    legs = [leg for section in sections for leg in section.day.legs]
    rows = []
    if (
        sections and sections[0].dash
    ):  # routes: colour and dashes tell them apart, the timetable says by what one goes
        rows += [
            f'<li class="{day_class(section.number)}">{_route_sample(section)}{both(section.word)}</li>'
            for section in sections
        ]
    else:
        rows += [_numbered(section) for section in sections if len(sections) > 1]
        rows += [line_sample(f"leg {mode}", _drawn(mode)) for mode in dict.fromkeys(leg.mode for leg in legs)]
    if any(leg.estimated for leg in legs):
        rows.append(guess_sample("leg coach"))
    if legs and is_way_home(sections[-1]):
        rows.append(line_sample(f"leg {legs[-1].mode} home", ("chặng về", "way home")))
    rows.append(
        '<li><svg aria-hidden="true"><circle class="end" cx="18" cy="6" r="5"/></svg>'
        f"{both(('Nơi đi, nơi đến', 'Start and end'))}</li>"
    )
    return legend_box(rows)


def guess_sample(style: str) -> str:
    """Return the legend's row of ways whose road is not known."""
    return line_sample(f"{style} guess", ("≈ ước tính: chưa rõ đường", "≈ estimated: road unknown"))


def special_rows(legs: Sequence[Leg]) -> list[str]:
    """Return the legend's rows of lines that are no courses: flights, trains, ways whose road is not known."""
    modes = dict.fromkeys(leg.mode for leg in legs if leg.mode in _CONVENTIONS)
    rows = [line_sample(f"leg {mode}", _drawn(mode)) for mode in modes]
    return [*rows, *([guess_sample("leg coach")] if any(leg.estimated for leg in legs) else [])]


def _drawn(mode: str) -> Pair:
    """Return a way to travel, and that its line is no course where it is none."""
    word = _mode(mode)
    tail = _CONVENTIONS.get(mode, ("", ""))
    return (word[0] + tail[0], word[1] + tail[1])


def _numbered(section: Section) -> str:
    """Return a dot with the number that the marks on the map begin with, so that colour is not alone."""
    dot = '<svg aria-hidden="true"><circle cx="18" cy="6" r="8"/>'
    number = f'<text x="18" y="9.5">{section.number}</text></svg>'
    return f'<li class="{day_class(section.number)}">{dot}{number}{both(section.word)}</li>'


def legend_box(rows: Sequence[str]) -> HTML:
    """Return rows in a box that folds."""
    title = both(("Chú giải", "Legend"))
    return HTML(f'<details class="legend" open><summary>{title}</summary><ul>{"".join(rows)}</ul></details>')


def line_sample(style: str, text: Pair) -> str:
    """Return a row of the legend: a line as it is drawn, and what it means."""
    words = both((upper_first(text[0]), upper_first(text[1])))
    style, names = escape_for_leaflet(style), style.split()
    course = "M1 9Q18 1 35 9" if "air" in names else "M1 6h34"
    casing = f'<path class="{style.replace("leg", "casing", 1)}" d="{course}"/>' if "rail" in names else ""
    line = f'<svg aria-hidden="true">{casing}<path class="{style}" d="{course}"/></svg>'
    return f'<li class="d1">{line}{words}</li>'
