"""The festival calendar as iCalendar (RFC 5545): for phones and calendar programmes, without a library."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from routeplanner._given import refuse_others
from routeplanner._version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

__all__ = ["calendar_to_ics", "escaped", "folded"]

_LONGEST_LINE = 75  # octets, RFC 5545, section 3.1


def calendar_to_ics(calendar: pd.DataFrame, *, lang: str = "en") -> str:
    r"""Return a festival calendar as iCalendar text with all-day events.

    The same calendar gives the same text: the time stamp of an event is the first day of its year.

    Parameters
    ----------
    calendar
        As `festival_calendar` gives it; parts of it and several years put together are welcome.
    lang
        ``"vi"`` or ``"en"``: the language of the summaries; the other one stands in the description.

    Examples
    --------
    >>> import routeplanner as rp
    >>> text = calendar_to_ics(rp.festival_calendar(2027).head(1), lang="en")
    >>> [line for line in text.split("\r\n") if line.startswith(("DTSTART", "SUMMARY"))]
    ['DTSTART;VALUE=DATE:20270101', "SUMMARY:New Year's Day"]
    """
    refuse_others("calendar_to_ics", calendar=calendar, lang=lang)
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//routeplanner//{__version__}//{lang.upper()}",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{'Lịch lễ hội' if lang == 'vi' else 'Festival calendar'}",
        "X-WR-TIMEZONE:Asia/Ho_Chi_Minh",
    ]
    for row in calendar.itertuples():
        lines.extend(_event(row, lang))
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in folded(line))


def _event(row: Any, lang: str) -> Iterator[str]:  # noqa: ANN401 - a named tuple of the calendar
    names = row.festival_vi, row.festival_en
    summary, other = names if lang == "vi" else names[::-1]
    key = f"{row.site_id}|{row.festival_vi}|{row.start}".encode()
    yield "BEGIN:VEVENT"
    yield f"UID:{hashlib.sha256(key).hexdigest()[:24]}@routeplanner"
    yield f"DTSTAMP:{row.start.year}0101T000000Z"
    yield f"DTSTART;VALUE=DATE:{row.start:%Y%m%d}"
    if row.end < date.max:
        yield f"DTEND;VALUE=DATE:{row.end + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{escaped(summary)}"
    yield f"DESCRIPTION:{escaped(_description(row, other, lang))}"
    if row.site_id is not None:
        place = (row.site_vi if lang == "vi" else row.site_en) or row.site_vi or row.site_id
        yield f"LOCATION:{escaped(place)}"
    yield f"STATUS:{'CONFIRMED' if row.certain else 'TENTATIVE'}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _description(row: Any, other: str, lang: str) -> str:  # noqa: ANN401
    lunar = f"{row.lunar_start} âm lịch" if lang == "vi" else f"lunar {row.lunar_start}"
    source = getattr(row, "source", None)
    return "\n".join([other, *([lunar] if row.lunar_start else []), *([source] if source else [])])


def escaped(text: str) -> str:
    r"""Escape what RFC 5545, section 3.3.11, asks for: backslash, semicolon, comma and line breaks."""
    for plain, safe in (
        ("\\", "\\\\"),
        (";", "\\;"),
        (",", "\\,"),
        ("\r\n", "\\n"),
        ("\n", "\\n"),
        ("\r", "\\n"),
    ):
        text = text.replace(plain, safe)
    return text


def folded(line: str) -> Iterator[str]:
    """Cut a line at 75 octets without cutting a letter; what follows begins with a space."""
    rest, start = line, ""
    while len((start + rest).encode()) > _LONGEST_LINE:
        cut = len(rest)
        while len((start + rest[:cut]).encode()) > _LONGEST_LINE:
            cut -= 1
        yield start + rest[:cut]
        rest, start = rest[cut:], " "
    yield start + rest
