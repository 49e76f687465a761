"""What a catalogue must keep: every fault of every record, named with its remedy."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from routeplanner._text import did_you_mean, nfc
from routeplanner.sites.coordinates import LAT_RANGE, LON_RANGE, metres_fault
from routeplanner.sites.model import (
    ACCESSES,
    CALENDARS,
    CERTAINTIES,
    FIELD_NAMES,
    FIELDS,
    PRECISIONS,
    SHORT_MONTHS,
    WEEKDAYS,
    Field,
    Vocabulary,
)
from routeplanner.sites.osm_hours import hours_fault
from routeplanner.sites.possible import CALENDAR_FIELDS, calendar_faults

if TYPE_CHECKING:
    from routeplanner.sites.records import Record

__all__ = ["faults_of"]

_SITE_ID = re.compile(r"[a-z0-9][a-z0-9_-]*")
_SCHEME = re.compile(r"\s*[a-zA-Z][a-zA-Z0-9+.-]*:\S")
_WEB = re.compile(r"https?://\S", re.IGNORECASE)
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_SPAN_KEYS = {"name_vi", "name_en", "calendar", "month", "day", "days", "year", "source"}
_OWN_KEYS = {"festivals": "closes", "closures": "sure", "seasons": "only", "special_hours": "hours"}
_SPAN_WORDS = {
    "festivals": "festival",
    "closures": "closure",
    "seasons": "season",
    "special_hours": "special",
}
_UNVERIFIABLE = {*FIELD_NAMES, "geometry"}
_MONTH_DAYS = {"lunar": [30] * 12, "solar": [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]}
_MANY_DAYS = {
    "festivals": 120,
    "closures": 366,
    "seasons": 366,
    "special_hours": 366,
}  # Chùa Hương's festival has three lunar months
_SHOWN = 60
_PROVENANCE_KEYS = ("source", "seen", "certainty", "note")
_SEEN = re.compile(r"(19|20)\d\d(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")


def faults_of(
    records: Sequence[Record],
    vocabulary: Vocabulary,
    *,
    elsewhere: Callable[[], Collection[str]] = tuple,
) -> list[str]:
    """Return all faults of `records`, in their order; an empty list means that they make a catalogue.

    Parameters
    ----------
    records
        What was read.
    vocabulary
        The words that may be used.
    elsewhere
        Asked for the sites beyond `records` that a part may belong to, when one is not among them.
    """
    faults: list[str] = []
    allowed = _allowed_words(vocabulary)
    for record in records:
        label = f"{record.where}, site {record.site_id!r}"
        faults.extend(f"{label}: {fault}" for fault in _faults_within(record, allowed))
    faults.extend(_identity_faults(records))
    faults.extend(_part_faults(records, elsewhere))
    return faults


def _faults_within(record: Record, allowed: Mapping[str, Iterable[str]]) -> list[str]:
    """Return the faults of one record: of each field, and of those of the calendar together that are sound."""
    found = list(_record_faults(record, allowed))
    faulty = {
        name
        for name in CALENDAR_FIELDS
        if any(fault.startswith((f"field {name}:", f"field {name}[")) for fault in found)
    }
    if "visit_min" not in faulty and "kind" not in faulty:
        sound = {name: None if name in faulty else value for name, value in record.fields.items()}
        placed = record.geometry_type == "Point" and not any(f.startswith("geometry:") for f in found)
        found.extend(calendar_faults(sound, record.coordinates[:2] if placed else None))
    return found


def _allowed_words(vocabulary: Vocabulary) -> dict[str, Iterable[str]]:
    return {
        "kinds": vocabulary.kinds,
        "themes": vocabulary.themes,
        "crafts": vocabulary.crafts,
        "statuses": vocabulary.statuses,
        "corridors": vocabulary.corridors,
        "precisions": PRECISIONS,
        "weekdays": WEEKDAYS,
        "short_months": SHORT_MONTHS,
        "accesses": ACCESSES,
    }


def _record_faults(record: Record, allowed: Mapping[str, Iterable[str]]) -> Iterable[str]:
    yield from _point_faults(record)
    for item in FIELDS:
        value = record.fields.get(item.name)
        if value is not None:
            yield from (f"field {item.name}: {fault}" for fault in _value_faults(item, value, allowed))
        elif item.required:
            yield _missing(item, record)
    for key in record.fields:
        if key not in FIELD_NAMES:
            yield from _stray(key, record)


def _missing(item: Field, record: Record) -> str:
    strays = [key for key in record.fields if key not in FIELD_NAMES]
    near = did_you_mean(item.name, strays, count=1)
    hint = near.replace("did you mean", "is it").rstrip("?") + "?" if near else ""
    return f"field {item.name}: missing; give {item.meaning[0].lower()}{item.meaning[1:].rstrip('.')}{hint}"


def _stray(key: str, record: Record) -> Iterable[str]:
    """Own columns are welcome; one that looks like a misspelt field is not."""
    if nfc(key) != key or not key:
        yield f"field {key!r}: a field name must be text in Unicode's composed form (NFC)"
    near = [name for name in FIELD_NAMES if name not in record.fields and _one_slip(key, name)]
    if near:
        yield f"field {key!r}: not a field of the catalogue; did you mean {near[0]!r}?"


def _one_slip(key: str, name: str) -> bool:
    """Whether two names differ in case, in separators or in a plural s only."""

    def bare(text: str) -> str:
        return re.sub(r"[^a-z0-9]", "", text.lower()).rstrip("s")

    return bare(key) == bare(name)


def _point_faults(record: Record) -> Iterable[str]:
    point = record.coordinates
    if record.geometry_type != "Point":
        found = "missing" if record.geometry_type is None else f"a {record.geometry_type}"
        yield f"geometry: {found}; give a Point with coordinates [lon, lat]"
        return
    numbers = isinstance(point, list | tuple) and len(point) in {2, 3} and all(_is_number(v) for v in point)
    if not numbers:
        yield f"geometry: coordinates {_shown(point)} are not two numbers; give [lon, lat] in degrees"
        return
    lon, lat = point[:2]
    if _within(lon, LON_RANGE) and _within(lat, LAT_RANGE):
        return
    if _within(lat, LON_RANGE) and _within(lon, LAT_RANGE):
        yield f"geometry: longitude and latitude are swapped in [{lon}, {lat}]; write [{lat}, {lon}]"
    elif (fault := metres_fault(lon, lat)) is not None:
        yield f"geometry: {fault}"
    else:
        yield (
            f"geometry: [{lon}, {lat}] lies outside Vietnam (longitude {LON_RANGE[0]:g} to {LON_RANGE[1]:g}, "
            f"latitude {LAT_RANGE[0]:g} to {LAT_RANGE[1]:g}); give [lon, lat] in degrees (EPSG:4326)"
        )


def _within(value: float, span: tuple[float, float]) -> bool:
    return span[0] <= value <= span[1]


def _is_number(value: Any) -> bool:  # noqa: ANN401
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _shown(value: Any) -> str:  # noqa: ANN401
    text = repr(value)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _value_faults(item: Field, value: Any, allowed: Mapping[str, Iterable[str]]) -> Iterable[str]:  # noqa: ANN401
    if isinstance(value, float) and math.isnan(value):
        yield "NaN is not a value; write null for what is not known"
        return
    words = allowed[item.vocabulary] if item.vocabulary else None
    yield from _CHECKS[item.type](item, value, words)


def _text_faults(item: Field, value: Any, words: Iterable[str] | None) -> Iterable[str]:  # noqa: ANN401
    if not isinstance(value, str) or not value.strip():
        yield f"{_shown(value)} is not text; write text" + ("" if item.required else " or null")
    elif not unicodedata.is_normalized("NFC", value):
        yield f"{_shown(value)} is not in Unicode's composed form; save it as NFC"
    elif words is not None and value not in words:
        yield _unknown(value, words)
    elif item.name == "opening_hours":
        fault = hours_fault(value)
        if fault:
            yield fault
    elif item.name == "page":
        yield from _page_faults(value)
    elif item.name == "part_of" and not _SITE_ID.fullmatch(value):
        yield f"{_shown(value)} is not a site id"


def _page_faults(value: str) -> Iterable[str]:
    if not _WEB.match(value):
        yield f"{_shown(value)} is not an http or https address; give one or null"


def _unknown(value: str, words: Iterable[str]) -> str:
    known = list(words)
    listed = known if tuple(known) == WEEKDAYS else sorted(known)[:12]
    hint = did_you_mean(value, known) or f"; known are {', '.join(listed)}"
    return f"{_shown(value)} is not known{hint}"


def _integer_faults(item: Field, value: Any, _words: Iterable[str] | None) -> Iterable[str]:  # noqa: ANN401
    unit = f" ({item.unit})" if item.unit else ""
    if not isinstance(value, int) or isinstance(value, bool):
        yield f"{_shown(value)} is not a whole number{unit}; write digits only, without quotes"
    elif not _in_range(item, value):
        yield f"{value} is out of range; give {item.lowest} to {item.highest}{unit}"


def _in_range(item: Field, value: int) -> bool:
    low = item.lowest is None or value >= item.lowest
    return low and (item.highest is None or value <= item.highest)


def _boolean_faults(_item: Field, value: Any, _words: Iterable[str] | None) -> Iterable[str]:  # noqa: ANN401
    if not isinstance(value, bool):
        yield f"{_shown(value)} is neither true nor false; write true, false or null"


def _texts_faults(item: Field, value: Any, words: Iterable[str] | None) -> Iterable[str]:  # noqa: ANN401
    if not isinstance(value, list):
        yield f'{_shown(value)} is not a list; write ["..."] or []'
        return
    for entry in value:
        yield from _text_faults(item, "" if entry is None else entry, words)
    texts = [entry for entry in value if isinstance(entry, str)]
    yield from (
        f"{_shown(entry)} stands twice; keep one" for entry in dict.fromkeys(texts) if texts.count(entry) > 1
    )
    if item.name == "unverified":
        yield from (_unknown(entry, _UNVERIFIABLE) for entry in texts if entry not in _UNVERIFIABLE)
    if item.name == "sources":
        yield from _source_faults(texts)


def _source_faults(texts: Iterable[str]) -> Iterable[str]:
    for text in texts:
        if _SCHEME.match(text) and not _WEB.match(text):
            yield f"{_shown(text)} is not an http or https address; give one, or the source in words"


def _integers_faults(item: Field, value: Any, _words: Iterable[str] | None) -> Iterable[str]:  # noqa: ANN401
    if not isinstance(value, list) or not value:
        yield f"{_shown(value)} is not a list of whole numbers; write [4, 10] or null"
        return
    for entry in value:
        yield from _integer_faults(item, entry, None)
    if len(set(map(repr, value))) < len(value):
        yield f"{_shown(value)} names a day twice; keep one"


def _times_faults(_item: Field, value: Any, _words: Iterable[str] | None) -> Iterable[str]:  # noqa: ANN401
    if not isinstance(value, list):
        yield f'{_shown(value)} is not a list of clock times; write ["09:00", "15:00"] or []'
        return
    for entry in value:
        if not isinstance(entry, str) or not _CLOCK.fullmatch(entry):
            yield f"{_shown(entry)} is not a clock time; write hours and minutes as 09:00, at most 23:59"
    if len(set(map(repr, value))) < len(value):
        yield f"{_shown(value)} names a time twice; keep one"


def _spans_faults(item: Field, value: Any, _words: Iterable[str] | None) -> Iterable[str]:  # noqa: ANN401
    word = _SPAN_WORDS[item.name]
    if not isinstance(value, list):
        yield f"{_shown(value)} is not a list; write [] or a list of {item.name}"
        return
    for number, entry in enumerate(value, start=1):
        found = (
            _span_faults(entry, item.name)
            if isinstance(entry, Mapping)
            else [f"{_shown(entry)} is not a {word}"]
        )
        yield from (f"{word} {number}: {fault}" for fault in found)


def _span_faults(entry: Mapping[str, Any], field: str) -> Iterable[str]:
    own = _OWN_KEYS[field]
    for key in entry:
        if key not in {*_SPAN_KEYS, own}:
            yield _unknown(str(key), {*_SPAN_KEYS, own})
    if own == "hours":
        yield from _own_hours_faults(entry.get(own))
    elif not isinstance(entry.get(own, False), bool):
        yield f"{own} {_shown(entry[own])} is neither true nor false"
    yield from _span_text_faults(entry)
    calendar = entry.get("calendar")
    if calendar not in CALENDARS:
        yield f"calendar {_shown(calendar)} is not known; write 'lunar' or 'solar'"
    yield from _date_faults(entry, str(calendar), _MANY_DAYS[field])


def _own_hours_faults(text: Any) -> Iterable[str]:  # noqa: ANN401
    if not isinstance(text, str) or not text.strip():
        yield f"hours {_shown(text)} are not opening hours; write OpenStreetMap's form, for example '08:00-11:30'"
        return
    fault = hours_fault(text)
    if fault:
        yield f"hours {fault}"


def _span_text_faults(entry: Mapping[str, Any]) -> Iterable[str]:
    for key in ("name_vi", "name_en", "source"):
        text = entry.get(key)
        if text is None and key != "name_vi":
            continue
        if not isinstance(text, str) or not text.strip() or nfc(text) != text:
            yield f"{key} {_shown(text)} is not text in Unicode's composed form (NFC)"
        elif key == "source":
            yield from _source_faults([text])


def _date_faults(entry: Mapping[str, Any], calendar: str, most_days: int) -> Iterable[str]:
    month, day, days = (entry.get(key) for key in ("month", "day", "days"))
    lengths = _MONTH_DAYS.get(calendar, [31] * 12)
    if not _whole(month, 1, 12):
        yield f"month {_shown(month)} is not 1 to 12"
        if not _whole(day, 1, max(lengths)):
            yield f"day {_shown(day)} does not exist in any month (1 to {max(lengths)})"
    elif not _whole(day, 1, lengths[int(str(month)) - 1]):
        last = lengths[int(str(month)) - 1]
        named = f"{calendar} month" if calendar in CALENDARS else "month"
        yield f"day {_shown(day)} does not exist in {named} {month} (1 to {last})"
    if not _whole(days, 1, most_days):
        yield f"days {_shown(days)} is not a length of 1 to {most_days} days"
    if entry.get("year") is not None and not _whole(entry["year"], 1900, 2100):
        yield f"year {_shown(entry['year'])} is not 1900 to 2100; leave it out for what comes back each year"


def _provenance_faults(_item: Field, value: Any, _words: Iterable[str] | None) -> Iterable[str]:  # noqa: ANN401
    if not isinstance(value, Mapping):
        yield f'{_shown(value)} is not a table by field; write {{"fee_vnd": {{"source": "https://…"}}}} or leave it out'
        return
    for name, entry in value.items():
        if name not in _UNVERIFIABLE:
            yield _unknown(str(name), _UNVERIFIABLE)
        elif not isinstance(entry, Mapping):
            yield f'{name}: {_shown(entry)} is not a table; write {{"source": "…", "seen": "2026-11-22"}}'
        else:
            yield from (f"{name}: {fault}" for fault in _entry_faults(entry))


def _entry_faults(entry: Mapping[str, Any]) -> Iterable[str]:
    """Name what is wrong with where one field comes from."""
    for key in entry:
        if key not in _PROVENANCE_KEYS:
            yield _unknown(str(key), _PROVENANCE_KEYS)
    source, seen, certainty, note = (entry.get(key) for key in _PROVENANCE_KEYS)
    if not isinstance(source, str) or not source.strip():
        yield f"source {_shown(source)} is not text; give a page or the source in words"
    else:
        yield from _source_faults([source])
    if seen is not None and not (isinstance(seen, str) and _SEEN.fullmatch(seen)):
        yield f"seen {_shown(seen)} is not a day; write 2026-11-22, 2026-11 or 2026"
    if certainty is not None and certainty not in CERTAINTIES:
        yield f"certainty {_unknown(str(certainty), CERTAINTIES)}"
    if note is not None and not (isinstance(note, str) and note.strip()):
        yield f"note {_shown(note)} is not text"


def _whole(value: Any, low: int, high: int) -> bool:  # noqa: ANN401
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


_CHECKS: dict[str, Callable[[Field, Any, Iterable[str] | None], Iterable[str]]] = {
    "text": _text_faults,
    "integer": _integer_faults,
    "boolean": _boolean_faults,
    "texts": _texts_faults,
    "integers": _integers_faults,
    "times": _times_faults,
    "spans": _spans_faults,
    "provenance": _provenance_faults,
}


def _identity_faults(records: Sequence[Record]) -> Iterable[str]:
    seen: dict[str, str] = {}
    for record in records:
        site_id = record.site_id
        if not isinstance(site_id, str) or not _SITE_ID.fullmatch(site_id):
            remedy = "give one of small letters, digits and hyphens, for example 'ha-thai-lacquer'"
            yield f"{record.where}: site_id {_shown(site_id)} is missing or not an identifier; {remedy}"
        elif site_id in seen:
            yield f"{record.where}: site_id {site_id!r} is also at {seen[site_id]}; rename or remove one"
        else:
            seen[site_id] = record.where


def _part_faults(records: Sequence[Record], elsewhere: Callable[[], Collection[str]]) -> Iterable[str]:
    whole_of = {r.site_id: r.fields.get("part_of") for r in records if isinstance(r.site_id, str)}
    for record in records:
        whole = record.fields.get("part_of")
        if not isinstance(whole, str) or not _SITE_ID.fullmatch(whole):
            continue
        label = f"{record.where}, site {record.site_id!r}: field part_of"
        if whole not in whole_of and whole not in elsewhere():
            yield f"{label}: {whole!r} is not a site of this catalogue{did_you_mean(whole, whole_of)}"
        elif _is_cycle(str(record.site_id), whole_of):
            yield f"{label}: {whole!r} leads back to {record.site_id!r}; a part cannot hold its whole"


def _is_cycle(site_id: str, whole_of: Mapping[str, Any]) -> bool:
    seen = {site_id}
    here: Any = whole_of.get(site_id)
    while isinstance(here, str) and here in whole_of:
        if here in seen:
            return True
        seen.add(here)
        here = whole_of[here]
    return False
