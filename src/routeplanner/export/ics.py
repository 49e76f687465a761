"""iCalendar (RFC 5545) of a trip: visits, lunches and ways as events, with UIDs that stay."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from routeplanner._version import __version__
from routeplanner.export._rows import headline, name_of, stop_words, way_words, ways
from routeplanner.itinerary_text import mode_words, pause_words
from routeplanner.render.ical import escaped, folded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from routeplanner.itinerary import Break, Day, Itinerary, Leg, Stop, Terminal

__all__ = ["to_ics"]

_ZONE = (
    "BEGIN:VTIMEZONE",
    "TZID:Asia/Ho_Chi_Minh",
    "BEGIN:STANDARD",
    "DTSTART:19750613T000000",  # as the time zone database has it; no summer time since
    "TZOFFSETFROM:+0800",
    "TZOFFSETTO:+0700",
    "TZNAME:+07",
    "END:STANDARD",
    "END:VTIMEZONE",
)
_IDENTITY = ("first_day", "start", "end", "corridor", "area", "mode")


def to_ics(trip: Itinerary, *, lang: str = "en", stamp: datetime | None = None) -> str:
    """Return iCalendar text: an event a visit, lunch and way, times in Asia/Ho_Chi_Minh.

    A UID follows from what makes the trip another trip (first day, start, end, corridor or area, mode), from
    the date and from the place: a plan that was changed and is imported once more updates its events.

    Parameters
    ----------
    trip
        The trip.
    lang
        ``"vi"`` or ``"en"``.
    stamp
        Moment of writing, by which a calendar tells a newer import from an older one; by default now.
    """
    moment = (stamp or datetime.now(UTC)).astimezone(UTC)
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//routeplanner//{__version__}//{lang.upper()}",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escaped(headline(trip, lang))}",
        "X-WR-TIMEZONE:Asia/Ho_Chi_Minh",
        *_ZONE,
    ]
    key = json.dumps([trip.request.get(name) for name in _IDENTITY], ensure_ascii=False, default=str)
    names: dict[str, str] = {}
    for day in trip.days:
        places: list[Stop | Terminal] = [day.start, day.end, *day.stops]
        names |= {place.site_id: name_of(place, lang) for place in places}
    for day in trip.days:
        for uid, event in _events(day, names, lang):
            digest = hashlib.sha256(f"{key}|{day.date}|{uid}".encode()).hexdigest()[:32]
            head = (f"UID:{digest}@routeplanner", f"DTSTAMP:{moment:%Y%m%dT%H%M%SZ}")
            lines += ["BEGIN:VEVENT", *head, f"SEQUENCE:{_sequence(moment)}", *event, "END:VEVENT"]
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in folded(_one_line(line)))


def _sequence(moment: datetime) -> int:
    """Return a number that grows with the time of writing: seconds since 2020."""
    return max(0, int((moment - datetime(2020, 1, 1, tzinfo=UTC)).total_seconds()))


def _one_line(line: str) -> str:
    """Drop control characters: a line break was escaped, any other could end a line early."""
    return "".join(c for c in line if c.isprintable() or c == " ")


def _events(day: Day, names: dict[str, str], lang: str) -> Iterator[tuple[str, list[str]]]:
    for stop in day.stops:
        yield f"stop|{stop.site_id}", _visit(stop, lang)
    for number, pause in enumerate(day.breaks):
        yield f"break|{number}", _pause(pause, names, lang)
    seen: dict[str, int] = {}
    for origin, goal, legs in ways(day):
        pair = f"{origin}|{goal}"
        seen[pair] = seen.get(pair, 0) + 1
        yield f"way|{pair}|{seen[pair]}", _way(legs, names.get(origin, ""), names.get(goal, ""), lang)


def _visit(stop: Stop, lang: str) -> list[str]:
    return [
        *_span(stop.start, stop.departure),
        f"SUMMARY:{escaped(name_of(stop, lang))}",
        f"LOCATION:{escaped(name_of(stop, 'vi'))}",
        f"GEO:{stop.lat:.6f};{stop.lon:.6f}",
        f"DESCRIPTION:{escaped(stop_words(stop, lang))}",
        f"CATEGORIES:{escaped(stop.kind or 'stop')}",
        f"STATUS:{'TENTATIVE' if stop.certainty == 'needs_confirmation' else 'CONFIRMED'}",
        f"X-ROUTEPLANNER-SITE:{escaped(stop.site_id)}",
    ]


def _pause(pause: Break, names: dict[str, str], lang: str) -> list[str]:
    where = names.get(pause.site_id, pause.site_id)
    return [
        *_span(pause.start, pause.end),
        f"SUMMARY:{escaped(pause_words(pause, lang))}",
        f"LOCATION:{escaped(where)}",
        f"CATEGORIES:{escaped(pause.kind)}",
    ]


def _way(legs: tuple[Leg, ...], origin: str, goal: str, lang: str) -> list[str]:
    modes = " + ".join(dict.fromkeys(mode_words(leg.mode, lang) for leg in legs))
    return [
        *_span(legs[0].departure, legs[-1].arrival),
        f"SUMMARY:{escaped(f'{origin} → {goal} ({modes})')}",
        f"DESCRIPTION:{escaped(way_words(legs, lang))}",
        "CATEGORIES:way",
        "TRANSP:TRANSPARENT",
    ]


def _span(start: datetime, end: datetime) -> tuple[str, str]:
    zone = "TZID=Asia/Ho_Chi_Minh"
    return f"DTSTART;{zone}:{start:%Y%m%dT%H%M%S}", f"DTEND;{zone}:{end:%Y%m%dT%H%M%S}"
