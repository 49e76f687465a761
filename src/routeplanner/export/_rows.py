"""An itinerary as flat rows: stops, places between the days, legs; and the texts that formats share."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

from routeplanner._text import nfc
from routeplanner.itinerary_text import (
    LANGUAGES,
    clock,
    date_words,
    distance_words,
    duration_words,
    mode_words,
    remark_words,
    thousands,
)
from routeplanner.render.maps import titles_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from routeplanner.itinerary import Day, Itinerary, Leg, Stop, Terminal

__all__ = [
    "headline",
    "leg_rows",
    "name_of",
    "place_rows",
    "scalar",
    "stop_rows",
    "stop_words",
    "way_words",
    "ways",
    "xml_text",
]

Row = dict[str, Any]

_TIMES = frozenset({"arrival", "start", "departure", "end", "time"})
_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def stop_rows(trip: Itinerary) -> list[Row]:
    """Return a row a stop: day, order, and its fields as `Itinerary.to_dict` names them."""
    return [
        {"day": number, "order": order, "date": day["date"], **stop}
        for number, day in _days(trip)
        for order, stop in enumerate(day["stops"], 1)
    ]


def place_rows(trip: Itinerary) -> list[Row]:
    """Return a row for each start and each end of a day, with its ``time``."""
    rows = []
    for number, day in _days(trip):
        for role, key in (("start", "departure"), ("end", "arrival")):
            place = dict(day[role])
            rows.append({"day": number, "role": role, "time": place.pop(key), **place})
    return rows


def leg_rows(trip: Itinerary) -> list[Row]:
    """Return a row a leg; ``from_id`` and ``to_id`` instead of words that SQL keeps for itself."""
    rows = []
    for number, day in _days(trip):
        for order, leg in enumerate(day["legs"], 1):
            ends = {"from_id": leg["from"], "to_id": leg["to"]}
            rest = {key: value for key, value in leg.items() if key not in ("from", "to")}
            rows.append({"day": number, "order": order, **ends, **rest})
    return rows


def scalar(key: str, value: Any) -> Any:  # noqa: ANN401 - JSON in, a cell out
    """Return a JSON value as one cell of a table: times as datetimes, lists as text."""
    if key in _TIMES and isinstance(value, str):
        return datetime.fromisoformat(value)
    if isinstance(value, list | tuple):
        if all(isinstance(item, str) for item in value):
            return ", ".join(value)
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    return value


def headline(trip: Itinerary, lang: str) -> str:
    """Return the trip's title and first date in a line."""
    title = titles_of(trip, None).title[LANGUAGES.index(lang)]
    return nfc(f"{title} · {date_words(trip.days[0].date, lang)}")


def name_of(place: Stop | Terminal, lang: str) -> str:
    """Return the name of a place; the other language stands in where one is missing."""
    names = (place.name_vi, place.name_en)
    at = LANGUAGES.index(lang)
    return nfc(names[at] or names[1 - at] or place.site_id)


def stop_words(stop: Stop, lang: str) -> str:
    """Return what a traveller wants to know of a stop, a line each."""
    other = name_of(stop, "en" if lang == "vi" else "vi")
    why = stop.why_vi if lang == "vi" else stop.why
    certainty = {
        "known": ("giờ mở cửa đã biết", "opening hours known"),
        "assumed": ("giờ mở cửa là giả định", "opening hours assumed"),
        "needs_confirmation": ("giờ mở cửa cần xác nhận", "opening hours to be confirmed"),
    }.get(stop.certainty, (stop.certainty,) * 2)[LANGUAGES.index(lang)]
    fee = None
    if stop.fee_vnd is not None:
        fee = f"{'Vé' if lang == 'vi' else 'Entrance'}: {thousands(stop.fee_vnd, lang)} VND"
    lines = (
        other if other != name_of(stop, lang) else None,
        f"{clock(stop.start)}–{clock(stop.departure)} ({duration_words(stop.visit_min * 60, lang)})",
        stop.summary_en,
        why,
        fee,
        certainty,
    )
    return "\n".join(nfc(line) for line in lines if line)


def ways(day: Day) -> Iterator[tuple[str, str, tuple[Leg, ...]]]:
    """Yield (from, to, legs) of each way from door to door, however often its mode changes."""
    doors = {stop.site_id for stop in day.stops} | {day.end.site_id}
    legs: list[Leg] = []
    for leg in day.legs:
        legs.append(leg)
        if leg.to_id in doors:
            yield legs[0].from_id, leg.to_id, tuple(legs)
            legs = []
    if legs:
        yield legs[0].from_id, legs[-1].to_id, tuple(legs)


def way_words(legs: Sequence[Leg], lang: str) -> str:
    """Return the legs of a way in a line."""
    return " + ".join(
        f"{mode_words(leg.mode, lang)} {distance_words(leg.distance_m, lang)}, {duration_words(leg.duration_s, lang)}"
        f"{remark_words(leg, lang)}"
        for leg in legs
    )


def xml_text(text: object) -> str:
    """Return text without the characters that no XML file may hold."""
    return _NOT_XML.sub("", nfc(str(text)))


def _days(trip: Itinerary) -> Iterator[tuple[int, Mapping[str, Any]]]:
    return enumerate(_clean(trip.to_dict()["days"]), 1)


def _clean(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Drop control characters from all texts: XML forbids them, and GDAL ends a text at the first NUL."""
    if isinstance(value, str):
        return _NOT_XML.sub("", value)
    if isinstance(value, dict):
        return {key: _clean(item) for key, item in value.items()}
    return [_clean(item) for item in value] if isinstance(value, list) else value
