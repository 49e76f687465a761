"""A programme as plain text, in Vietnamese and English, and the words that its tables share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeplanner.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from routeplanner.programme.model import Programme

__all__ = ["FORM_WORDS", "WEEKDAYS", "checked_lang", "programme_text", "weekday_words"]

FORM_WORDS: Mapping[str, tuple[str, str]] = {
    "half_day": ("nửa ngày", "half day"),
    "day": ("một ngày", "one day"),
    "two_day": ("hai ngày", "two days"),
}
"""Names of the forms in Vietnamese and English."""

WEEKDAYS = {
    "vi": ("T2", "T3", "T4", "T5", "T6", "T7", "CN"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}


def checked_lang(lang: str) -> int:
    """Return 0 for Vietnamese and 1 for English; refuse anything else."""
    if lang not in WEEKDAYS:
        raise RequestError([f"lang: {lang!r} is unknown; give 'vi' or 'en'"], subject="language")
    return 0 if lang == "vi" else 1


def weekday_words(weekdays: tuple[int, ...], lang: str) -> str:
    """Return weekdays in words.

    Examples
    --------
    >>> weekday_words((5, 6), "en")
    'Sat, Sun'
    """
    return ", ".join(WEEKDAYS[lang][day] for day in weekdays) or "–"


def programme_text(programme: Programme, *, lang: str = "en") -> str:
    """Return a programme as lines of text: routes, cover, bound, what is missing and why."""
    at = checked_lang(lang)
    vi = lang == "vi"
    lines = [
        (
            f"{'Chương trình' if vi else 'Programme'} {programme.brief['year']}: "
            f"{len(programme.routes)} {'tuyến' if vi else 'routes'}, "
            f"{'giá trị' if vi else 'value'} {programme.value:.1f}, "
            f"{'cận trên' if vi else 'at most'} {programme.bound:.1f} ({100 * programme.gap:.1f} %)"
        ),
        f"{'Làng nghề được phủ' if vi else 'Villages covered'}: {len(programme.covered)}/{len(programme.to_cover)}",
        "",
    ]
    for card, route in zip(programme.cards, programme.routes, strict=True):
        name = card.name_vi if vi else card.name_en
        lines.append(f"{card.key:<4}{name}")
        lines.append(
            f"    {card.corridor}, {FORM_WORDS[card.form][at]}; {route.prize:.1f}; "
            f"{weekday_words(card.weekdays, lang)}; {sum(card.departures)} "
            f"{'chuyến/năm' if vi else 'departures a year'}"
        )
        stops = " → ".join(stop.name_vi if vi else stop.name_en or stop.name_vi for stop in route.stops)
        lines += [f"    {stops}", ""]
    if programme.uncovered:
        lines.append("Chưa phủ được:" if vi else "Not covered:")
        lines += [
            f"  {place.name_vi if vi else place.name_en} ({place.reason}): "
            f"{place.detail_vi if vi else place.detail}"
            for place in programme.uncovered
        ]
    lines += [f"! {note[1] if vi else note[0]}" for note in programme.notes]
    return "\n".join(lines).rstrip()
