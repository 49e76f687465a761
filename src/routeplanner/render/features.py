"""What is drawn of an itinerary, as GeoJSON: its legs and its pins, with their texts in two languages."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from routeplanner._escape import safe_url
from routeplanner.itinerary_remarks import lodging_name, off_words
from routeplanner.itinerary_text import (
    clock,
    distance_words,
    duration_words,
    leg_seconds,
    mode_words,
    remark_words,
    thousands,
)
from routeplanner.render.pairs import (
    Pair,
    day_class,
    lower_first,
    names,
    opening_spans,
    pair,
    short_names,
    twice,
    what_words,
)
from routeplanner.render.sections import is_way_home, sections_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from routeplanner.itinerary import Day, Itinerary, Leg, Stop, Terminal
    from routeplanner.render.sections import Section

__all__ = [
    "collection",
    "cut_meridian",
    "leg_features",
    "pin_features",
    "point",
    "positions",
    "route_features",
]


def positions(itinerary: Itinerary) -> Iterator[tuple[float, float]]:
    """Yield all positions of an itinerary, (lon, lat)."""
    for day in itinerary.days:
        yield (day.start.lon, day.start.lat)
        yield from ((stop.lon, stop.lat) for stop in day.stops)
        for leg in day.legs:
            yield from leg.geometry
        yield (day.end.lon, day.end.lat)


def cut_meridian(lons: Sequence[float]) -> float | None:
    """Return the longitude at which a map is cut, or None where that is the edge of the map at 180 degrees.

    Places on both sides of that edge, as in Fiji, lie side by side on a map that is cut elsewhere: in the middle of
    the widest gap between them. What lies west of the cut is moved east by 360 degrees.

    Examples
    --------
    >>> cut_meridian([178.4, -175.2, -171.8])
    3.3
    >>> cut_meridian([105.8, 107.6])
    """
    ordered = sorted(set(lons))
    gap, west = max(((b - a, a) for a, b in itertools.pairwise(ordered)), default=(0.0, 0.0))
    if gap <= 360 - (ordered[-1] - ordered[0]):
        return None
    return round(west + gap / 2, 2)


def point(lon: float, lat: float, properties: dict[str, Any]) -> dict[str, Any]:
    """Return a point feature with 5 decimals."""
    where = [round(lon, 5), round(lat, 5)]
    return {"type": "Feature", "properties": properties, "geometry": {"type": "Point", "coordinates": where}}


def collection(features: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return a FeatureCollection."""
    return {"type": "FeatureCollection", "features": list(features)}


def leg_features(sections: Sequence[Section]) -> dict[str, Any]:
    """Return the legs as lines, those of the way home first, so that they lie below."""
    home: list[dict[str, Any]] = []
    out: list[dict[str, Any]] = []
    for section in sections:
        for leg in section.day.legs:
            last = is_way_home(section, [leg])
            (home if last else out).append(_leg_feature(leg, section, home=last))
    return collection([*home, *out])


def _leg_feature(leg: Leg, section: Section, *, home: bool) -> dict[str, Any]:
    text = pair(lambda lang: f"{clock(leg.departure)}–{clock(leg.arrival)} · {_leg_words(leg, lang)}")
    number, dash = section.number, f" {section.dash}".rstrip()
    style = f"leg {leg.mode} {day_class(number)}{dash}{' home' * home}{' guess' * leg.estimated}"
    return {
        "type": "Feature",
        "properties": {"class": style, "day": number, "text": text},
        "geometry": {"type": "LineString", "coordinates": list(leg.geometry)},
    }


def _leg_words(leg: Leg, lang: str) -> str:
    figures = f"{distance_words(leg.distance_m, lang)}, {duration_words(leg_seconds(leg), lang)}"
    about = "≈ " if leg.estimated else ""
    return f"{about}{figures} ({mode_words(leg.mode, lang)}){remark_words(leg, lang)}"


def route_features(routes: Sequence[tuple[Pair, Itinerary]]) -> dict[str, Any]:
    """Return the legs of several itineraries, each in the colour of its number and with its title."""
    found = []
    for number, (title, itinerary) in enumerate(routes, 1):
        for feature in leg_features(sections_of(itinerary))["features"]:
            properties = feature["properties"]
            text = tuple(f"{number}. {title[i]} · {properties['text'][i]}" for i in (0, 1))
            style = re.sub(r"\bd\d+\b", day_class(number), properties["class"])
            found.append({**feature, "properties": {**properties, "class": style, "text": text}})
    return collection(found)


def pin_features(sections: Sequence[Section]) -> dict[str, Any]:
    """Return starts and ends, then the stops, as points."""
    terminals = _terminals(sections)
    stops = [
        _stop_pin(section, order, terminals)
        for section in sections
        for order in range(1, len(section.day.stops) + 1)
    ]
    visited = {stop.site_id for section in sections for stop in section.day.stops}
    ends = [_terminal_pin(end) for site_id, end in terminals.items() if site_id not in visited]
    return collection([*ends, *stops])


def _stop_pin(section: Section, order: int, terminals: Mapping[str, _Terminal]) -> dict[str, Any]:
    day, number = section.day, section.number
    stop = day.stops[order - 1]
    mark, name = section.mark(order), names(stop)
    end = terminals.get(stop.site_id)  # an overnight place that is visited as well has one pin
    span = f"{clock(stop.start)} – {clock(stop.departure)}"
    properties = {
        "class": f"stop {day_class(number)}",
        "key": f"stop-{number}-{order}",
        "days": sorted({number, *(end.days if end else ())}),
        "mark": mark,
        "label": short_names(stop),
        "name": name,
        "aria": [f"{mark} {text}, {clock(stop.start)}" for text in _spoken(stop)],
        "what": what_words(stop.kind, stop.crafts),
        "hours": pair(lambda lang: f"{span} · {duration_words(stop.visit_min * 60, lang)}"),
        "about": stop.summary_en,
        "facts": [*_facts(day, order), *(end.facts if end else ())],
    }
    photo = safe_url(stop.photo_url)
    return point(stop.lon, stop.lat, properties | ({"photo": photo} if photo else {}))


def _spoken(place: Stop | Terminal) -> Pair:
    """Return what a pin shows and then its whole name, so that one can ask for it by what one sees."""
    vi, en = (
        label if label == name else f"{label} – {name}"
        for label, name in zip(short_names(place), names(place), strict=True)
    )
    return (vi, en)


def _facts(day: Day, order: int) -> Iterator[tuple[Pair, Pair]]:
    stop = day.stops[order - 1]
    if stop.start > stop.arrival:
        yield ("Đến nơi", "Arrival"), twice(clock(stop.arrival))
    if stop.fee_vnd is not None:
        paid = (f"{thousands(stop.fee_vnd, 'vi')} đ", f"{thousands(stop.fee_vnd, 'en')} VND")
        yield ("Vé", "Entrance"), paid if stop.fee_vnd else ("miễn phí", "free")
    yield from _hours_of(stop)
    if stop.visit_certainty == "assumed":
        yield ("Thời gian thăm", "Visit time"), ("ước định", "assumed: a judgement")
    if stop.festival_vi or stop.festival_en:
        crowd = _CROWDS.get(stop.crowding, ("", ""))
        festival = (stop.festival_vi or stop.festival_en, stop.festival_en or stop.festival_vi)
        yield ("Lễ hội", "Festival"), (festival[0] + crowd[0], festival[1] + crowd[1])
    yield from _position_of(stop)
    yield from _next_leg(day, order)


_CERTAINTIES = {
    "known": ("theo nguồn đã công bố", "as published"),
    "assumed": ("ước định", "assumed"),
    "needs_confirmation": ("cần xác nhận", "to be confirmed"),
}
_CROWDS = {
    "busy": (" (đông hơn thường lệ)", " (busier than usual)"),
    "packed": (" (rất đông)", " (very crowded)"),
}


def _hours_of(stop: Stop) -> Iterator[tuple[Pair, Pair]]:
    """Say the hours of the date and how sure they are; hours that nobody looked up only where they are not sure."""
    spans, sure = opening_spans(stop), _CERTAINTIES.get(stop.certainty, twice(stop.certainty))
    if spans:
        yield ("Giờ mở cửa", "Opening hours"), (f"{spans} ({sure[0]})", f"{spans} ({sure[1]})")
    elif stop.certainty != "known":
        yield ("Giờ mở cửa", "Opening hours"), sure


def _position_of(stop: Stop) -> Iterator[tuple[Pair, Pair]]:
    """Say how far off the point may be, where that matters to a driver."""
    off = off_words(stop)
    if off is not None:
        yield ("Vị trí", "Position"), off


def _next_leg(day: Day, order: int) -> Iterator[tuple[Pair, Pair]]:
    stop = day.stops[order - 1]
    goal: Stop | Terminal = day.stops[order] if order < len(day.stops) else day.end
    until = day.stops[order].arrival if order < len(day.stops) else day.end.time
    legs = [leg for leg in day.legs if leg.departure >= stop.departure and leg.arrival <= until]
    if legs:
        ways = pair(lambda lang: " + ".join(_leg_words(leg, lang) for leg in legs))
        name = short_names(goal)
        yield ("Chặng tiếp", "Next leg"), (f"{ways[0]} → {name[0]}", f"{ways[1]} → {name[1]}")


@dataclass(frozen=True, slots=True)
class _Terminal:
    """A place where days start or end, with all that happens there, and whether all of that are nights."""

    place: Terminal
    days: list[int]
    facts: list[tuple[Pair, Pair]]
    nights: list[bool]


def _terminals(sections: Sequence[Section]) -> dict[str, _Terminal]:
    found: dict[str, _Terminal] = {}
    for section in sections:
        day, word = section.day, section.word
        for place, words, night in (
            (day.start, ("Xuất phát", "Departure"), section.from_lodging),
            (day.end, ("Đến nơi", "Arrival"), section.to_lodging),
        ):
            entry = found.setdefault(place.site_id, _Terminal(place, [], [], []))
            entry.days.append(section.number)
            entry.nights.append(night)
            tail = (
                (f", {lower_first(word[0])}", f", {lower_first(word[1])}") if section.count > 1 else ("", "")
            )
            entry.facts.append(((words[0] + tail[0], words[1] + tail[1]), twice(clock(place.time))))
    return found


def _terminal_pin(terminal: _Terminal) -> dict[str, Any]:
    place = terminal.place
    name, spoken, label, facts = names(place), _spoken(place), short_names(place), terminal.facts
    city = lodging_name(place) if any(terminal.nights) else None
    if city is not None:
        facts = [*facts, (("Chỗ ở", "Lodging"), ("chưa chọn", "not chosen"))]
    if city is not None and all(terminal.nights):
        label, spoken = city, city
        name = (f"Nghỉ đêm ở {city[0]}", f"Nights in {city[1]}")
        facts = [*facts, (("Giờ tính tới", "Times are to"), names(place))]
    return point(
        place.lon,
        place.lat,
        {
            "class": "end",
            "days": sorted(set(terminal.days)),
            "mark": "",
            "label": label,
            "name": name,
            "aria": (f"Nơi đi, nơi đến: {spoken[0]}", f"Start or end: {spoken[1]}"),
            "facts": facts,
        },
    )
