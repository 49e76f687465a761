"""Texts in two languages: every sentence of a page is a pair (Vietnamese, English)."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

from routeplanner._escape import HTML, escape_for_leaflet
from routeplanner._text import nfc
from routeplanner.itinerary_text import LANGUAGES, clock

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from routeplanner.itinerary import Stop

__all__ = [
    "Pair",
    "both",
    "credit",
    "day_class",
    "lower_first",
    "names",
    "opening_spans",
    "other_name",
    "pair",
    "short_names",
    "stop_mark",
    "twice",
    "upper_first",
    "what_words",
]

Pair = tuple[str, str]
"""A text in Vietnamese and in English."""

DAY_COLOURS = 9
"""Colours of the style sheet; a tenth day begins again with the first, with square marks and edged lines."""

_BRACKETS = re.compile(r"\s*\([^)]*\)")
# The word for village goes where a craft follows it; an old village keeps it.
_VILLAGE_VI = re.compile(r"^Làng (?!cổ |nghề |du lịch |văn hóa )(?=[a-zà-ỹđ])")
_VILLAGE_EN = re.compile(r"(?<! ancient)( craft)? village$")
_LONGEST_LABEL = 34
_MOST_CRAFTS = 3


class _Named(Protocol):
    @property
    def site_id(self) -> str: ...
    @property
    def name_vi(self) -> str: ...
    @property
    def name_en(self) -> str: ...


class _Word(Protocol):
    @property
    def name_vi(self) -> str: ...
    @property
    def name_en(self) -> str: ...


def pair(text: Callable[[str], str]) -> Pair:
    """Return what `text` gives for each language."""
    vi, en = (text(lang) for lang in LANGUAGES)
    return (vi, en)


def twice(text: str) -> Pair:
    """Return a text that is the same in both languages."""
    return (text, text)


def both(text: Pair, tag: str = "span", name: str = "") -> HTML:
    """Return a text in both languages as escaped HTML; the style sheet hides the one that is not wanted."""
    vi, en = (escape_for_leaflet(part) for part in text)
    if vi == en and tag == "span" and not name:
        return vi
    style = f"t {name}".strip()
    return HTML(f'<{tag} class="{style}" lang="vi">{vi}</{tag}><{tag} class="{style}" lang="en">{en}</{tag}>')


def names(place: _Named) -> Pair:
    """Return both names of a place; one stands in for the other where it is missing."""
    vi, en = nfc(place.name_vi), nfc(place.name_en)
    return (vi or en or place.site_id, en or vi or place.site_id)


def other_name(name: Pair) -> HTML:
    """Return the name in the language that the page is not in, as escaped HTML."""
    if name[0] == name[1]:
        return HTML()
    vi, en = (escape_for_leaflet(part) for part in name)
    return HTML(
        f'<span class="sub"><span class="t" lang="vi"><span lang="en">{en}</span></span>'
        f'<span class="t" lang="en"><span lang="vi">{vi}</span></span></span>'
    )


def short_names(place: _Named) -> Pair:
    """Return names short enough to stand beside a marker.

    Brackets go, what follows a dash, and the word for village where a craft goes with it.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> place = SimpleNamespace(name_vi="Làng thêu Quất Động", name_en="Quất Động village", site_id="q")
    >>> short_names(place)
    ('Thêu Quất Động', 'Quất Động')
    """
    vi, en = (_BRACKETS.sub("", name) for name in names(place))
    parts = vi.split(" - ")
    vi = _VILLAGE_VI.sub("", parts[-1 if vi.startswith("Bến") else 0])  # a pier's own name comes last
    return (_cut(upper_first(vi)), _cut(_VILLAGE_EN.sub("", en)))


def _cut(text: str) -> str:
    if len(text) <= _LONGEST_LABEL:
        return text
    return text[:_LONGEST_LABEL].rsplit(" ", 1)[0].rstrip(" ,–-") + "…"


def what_words(kind: str, crafts: tuple[str, ...] | list[str]) -> Pair:
    """Return crafts in words, or the kind of place where there are none."""
    known, kinds = _vocabularies()
    terms = [known[key] for key in crafts[:_MOST_CRAFTS] if key in known]
    if not terms and kind in kinds:
        terms = [kinds[kind]]
    return (
        ", ".join(lower_first(t.name_vi) for t in terms),
        ", ".join(lower_first(t.name_en) for t in terms),
    )


@lru_cache(maxsize=1)
def _vocabularies() -> tuple[Mapping[str, _Word], Mapping[str, _Word]]:
    """Crafts and kinds of place; looked up for each of thousands of sites."""
    from routeplanner.sites.words import load_crafts, load_kinds

    return load_crafts(), load_kinds()


def lower_first(text: str) -> str:
    """Return `text` with a small first letter."""
    return text[:1].lower() + text[1:]


def upper_first(text: str) -> str:
    """Return `text` with a capital first letter."""
    return text[:1].upper() + text[1:]


def opening_spans(stop: Stop) -> str:
    """Return the hours of a stop's date, as ``"08:00–11:30, 13:30–17:00"``; empty where they are not known."""
    return ", ".join(f"{clock(opens)}–{_closing(opens, closes)}" for opens, closes in stop.opening)


def _closing(opens: datetime, closes: datetime) -> str:
    """Midnight at the end of a day is 24:00."""
    midnight = closes.hour == closes.minute == 0 and closes.date() > opens.date()
    return "24:00" if midnight else clock(closes)


def stop_mark(day_number: int, order: int, day_count: int) -> str:
    """Return the number of a stop: ``"3"`` on a trip of one day, ``"2.3"`` on the second of several.

    Examples
    --------
    >>> stop_mark(1, 3, 1), stop_mark(2, 3, 2)
    ('3', '2.3')
    """
    return str(order) if day_count == 1 else f"{day_number}.{order}"


def day_class(day_number: int) -> str:
    """Return the style class that gives a day its colour, and another where the colour was there before.

    Examples
    --------
    >>> day_class(9), day_class(10)
    ('d9', 'd1 again')
    """
    again = " again" if (day_number - 1) // DAY_COLOURS % 2 else ""
    return f"d{(day_number - 1) % DAY_COLOURS + 1}{again}"


def credit(attribution: str) -> HTML:
    """Return the credit with a link to OpenStreetMap's terms, escaped."""
    # In a tab of its own: the page may stand in the frame of another.
    link = (
        '<a href="https://www.openstreetmap.org/copyright" target="_blank" rel="noopener">'
        "OpenStreetMap contributors</a>"
    )
    return HTML(escape_for_leaflet(attribution).replace("OpenStreetMap contributors", link))
