"""A programme as plain text, in Vietnamese and English, and the words that its tables share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeplanner._clock import MONTHS_EN
from routeplanner.errors import RequestError
from routeplanner.itinerary import MODES
from routeplanner.itinerary_text import mode_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from routeplanner.programme.model import Programme

__all__ = [
    "CATEGORY_WORDS",
    "FORM_WORDS",
    "WEEKDAYS",
    "checked_lang",
    "corridor_words",
    "counted",
    "month_words",
    "parameter_words",
    "programme_text",
    "theme_words",
    "weekday_words",
]

FORM_WORDS: Mapping[str, tuple[str, str]] = {
    "half_day": ("nửa ngày", "half day"),
    "day": ("một ngày", "one day"),
    "two_day": ("hai ngày", "two days"),
    "three_day": ("ba ngày", "three days"),
}
"""Names of the forms in Vietnamese and English."""

CATEGORY_WORDS: Mapping[str, tuple[str, str]] = {
    "fee": ("vé tham quan", "entrance fees"),
    "workshop": ("trải nghiệm nghề", "workshops"),
    "purchase": ("mua sắm", "purchases"),
    "meal": ("bữa ăn", "meals"),
    "lodging": ("lưu trú", "lodging"),
    "boat": ("thuyền", "boats"),
    "ferry": ("phà", "ferries"),
    "flight": ("máy bay", "flights"),
    "train": ("tàu hỏa", "trains"),
    "guide": ("hướng dẫn viên", "guides"),
    "vehicle": ("thuê xe", "vehicles"),
}
"""Names of the kinds of spend in Vietnamese and English."""

_PARAMETER_WORDS: Mapping[str, tuple[str, str]] = {
    "guide_day": ("Hướng dẫn viên, một ngày", "Guide, a day"),
    "meal": ("Một bữa ăn", "A meal"),
    "workshop": ("Trải nghiệm nghề, một khách", "Workshop, a visitor"),
    "workshop_uptake": ("Tỷ lệ khách dự trải nghiệm nghề", "Share of visitors in a workshop"),
    "purchase": ("Mua sắm tại làng nghề, một khách", "Purchases in a craft village, a visitor"),
    "fee_unknown": ("Vé tham quan khi chưa rõ giá", "Entrance where no fee was found"),
    "boat_person": ("Đi thuyền, một khách một ngày", "Boat, a visitor and day"),
    "ferry_person": ("Qua phà, một khách", "Ferry, a visitor"),
    "flight_person": ("Một chặng bay trong nước, một khách", "A flight within Vietnam, a visitor"),
    "train_person": ("Một đêm tàu giường nằm, một khách", "A night in a sleeping car, a visitor"),
    "lodging": ("Một đêm lưu trú, một khách", "A night's lodging, a visitor"),
}

WEEKDAYS = {
    "vi": ("T2", "T3", "T4", "T5", "T6", "T7", "CN"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}


def checked_lang(lang: str) -> int:
    """Return 0 for Vietnamese and 1 for English; refuse anything else."""
    if lang not in WEEKDAYS:
        raise RequestError([f"lang: {lang!r} is unknown; give 'vi' or 'en'"], subject="language")
    return 0 if lang == "vi" else 1


def parameter_words(key: str, lang: str) -> str:
    """Return the name of a parameter of impact; one that is not known keeps its key.

    Examples
    --------
    >>> parameter_words("local_share:meal", "vi"), parameter_words("hire_km:coach29", "en")
    ('Phần ở lại địa phương: bữa ăn', 'Hire of a 29-seat coach, a kilometre')
    """
    from routeplanner.planning.request import VEHICLES

    at = checked_lang(lang)
    head, _, tail = key.partition(":")
    if key in _PARAMETER_WORDS:
        return _PARAMETER_WORDS[key][at]
    if head in ("hire_day", "hire_km") and tail in VEHICLES:
        own, unit = VEHICLES[tail], ("một ngày", "a day") if head == "hire_day" else ("mỗi km", "a kilometre")
        return f"Thuê {own.name_vi}, {unit[0]}" if at == 0 else f"Hire of a {own.name_en}, {unit[1]}"
    if head == "local_share" and tail in CATEGORY_WORDS:
        return f"{('Phần ở lại địa phương', 'Share that stays local')[at]}: {CATEGORY_WORDS[tail][at]}"
    if head == "co2" and tail in MODES:
        return f"{('Phát thải', 'Emissions')[at]}: {mode_words(tail, lang)}"
    return key


def corridor_words(key: str, lang: str) -> str:
    """Return the name of a corridor; one of a user's own keeps its key.

    Examples
    --------
    >>> corridor_words("river", "vi"), corridor_words("mine", "en")
    ('Dọc sông Hồng', 'mine')
    """
    from routeplanner.sites.words import load_corridors

    found = load_corridors().get(key)
    if found is None:
        return key
    return found.name_vi if lang == "vi" else found.name_en


def theme_words(key: str) -> tuple[str, str]:
    """Return the name of a theme in Vietnamese and English; one of a user's own keeps its key.

    Examples
    --------
    >>> theme_words("handicraft"), theme_words("mine")
    (('Nghề thủ công', 'Handicraft'), ('mine', 'mine'))
    """
    from routeplanner.sites.words import load_themes

    found = load_themes().get(key)
    return (found.name_vi, found.name_en) if found else (key, key)


def counted(count: int, one: str, more: str) -> str:
    """Return a number with its English noun.

    Examples
    --------
    >>> counted(1, "route", "routes"), counted(2, "route", "routes")
    ('1 route', '2 routes')
    """
    return f"{count} {one if count == 1 else more}"


def month_words(months: Sequence[int], lang: str) -> str:
    """Return months in words, those that follow each other as a span.

    Examples
    --------
    >>> month_words((2, 4, 5, 6), "en"), month_words((2, 4, 5, 6), "vi")
    ('February, April to June', 'tháng 2, 4–6')
    """
    spans: list[list[int]] = []
    for month in sorted(set(months)):
        if spans and month == spans[-1][-1] + 1:
            spans[-1].append(month)
        else:
            spans.append([month])
    if lang == "vi":
        return "tháng " + ", ".join(f"{s[0]}–{s[-1]}" if len(s) > 1 else f"{s[0]}" for s in spans)
    names = [[MONTHS_EN[month - 1] for month in span] for span in spans]
    return ", ".join(f"{own[0]} to {own[-1]}" if len(own) > 1 else own[0] for own in names)


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

    def said(value: float) -> str:
        return f"{value:.1f}".replace(".", "," if vi else ".")

    lines = [
        (
            f"{'Chương trình' if vi else 'Programme'} {programme.brief['year']}: "
            f"{f'{len(programme.routes)} tuyến' if vi else counted(len(programme.routes), 'route', 'routes')}, "
            f"{'giá trị' if vi else 'value'} {said(programme.value)}, "
            f"{'cận trên' if vi else 'at most'} {said(programme.bound)} ({said(100 * programme.gap)} %)"
        ),
        f"{'Làng nghề được phủ' if vi else 'Villages covered'}: {len(programme.covered)}/{len(programme.to_cover)}",
        "",
    ]
    for card, route in zip(programme.cards, programme.routes, strict=True):
        name = card.name_vi if vi else card.name_en
        lines.append(f"{card.key:<4}{name}")
        lines.append(
            f"    {corridor_words(card.corridor, lang)}, {FORM_WORDS[card.form][at]}; {said(route.prize)}; "
            f"{weekday_words(card.weekdays, lang)}; {_year_words(sum(card.departures), lang)}"
        )
        stops = " → ".join(stop.name_vi if vi else stop.name_en or stop.name_vi for stop in route.stops)
        lines += [f"    {stops}", ""]
    if programme.uncovered:
        lines.append("Chưa phủ được:" if vi else "Not covered:")
        lines += [
            f"  {place.name_vi if vi else place.name_en}: {place.detail_vi if vi else place.detail}"
            for place in programme.uncovered
        ]
    lines += [f"! {note[1] if vi else note[0]}" for note in programme.notes]
    return "\n".join(lines).rstrip()


def _year_words(departures: int, lang: str) -> str:
    if lang == "vi":
        return f"{departures} chuyến/năm"
    return counted(departures, "departure a year", "departures a year")
