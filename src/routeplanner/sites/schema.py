"""The model as a JSON Schema and as the table of the data dictionary: both are made from `FIELDS`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeplanner.sites.model import (
    ACCESSES,
    CALENDARS,
    CERTAINTIES,
    FIELD_NAMES,
    FIELDS,
    PRECISIONS,
    SHORT_MONTHS,
    WEEKDAYS,
)
from routeplanner.sites.words import words_in

if TYPE_CHECKING:
    from pathlib import Path

    from routeplanner.sites.model import Field, Vocabulary

__all__ = ["catalogue_schema", "dictionary_table"]

_TYPE_WORDS = {
    "text": "text",
    "integer": "whole number",
    "boolean": "true or false",
    "texts": "list of text",
    "integers": "list of whole numbers",
    "times": "list of clock times",
    "spans": "list of spans",
    "provenance": "table by field",
}
_FIXED = {"precisions": PRECISIONS, "weekdays": WEEKDAYS, "short_months": SHORT_MONTHS, "accesses": ACCESSES}
_IN_TABLES = {
    "kinds": "`[kinds]`",
    "themes": "`[themes]`",
    "crafts": "`[crafts]`",
    "statuses": "`[statuses]`",
    "corridors": "`corridors.toml`",
}
_ALLOWED = {"start_times": "00:00–23:59", "page": "http, https", "provenance": "names of fields, `geometry`"}
_MOST_DAYS = {"festivals": 120, "closures": 366, "seasons": 366, "special_hours": 366}
_OWN_KEYS = {"festivals": "closes", "closures": "sure", "seasons": "only", "special_hours": "hours"}
_WEB = "^[hH][tT][tT][pP][sS]?://\\S"
_DAY = "^(19|20)\\d\\d(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\\d|3[01]))?)?$"


def catalogue_schema(folder: str | Path | None = None) -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a catalogue in GeoJSON, with the words of a catalogue folder.

    It says all that a schema can: types, ranges and words. What it cannot say (identifiers that stand twice,
    parts of parts, opening hours that cannot be read) only `validate_sites` finds.

    Parameters
    ----------
    folder
        A catalogue folder with its own words; by default the bundled one.

    Raises
    ------
    CatalogueError
        When the words have faults.
    DataFileError
        When there is no such folder.

    Examples
    --------
    >>> schema = catalogue_schema()
    >>> schema["$defs"]["site"]["properties"]["visit_min"]["maximum"]
    600
    """
    words = words_in(folder)
    site = {
        "type": "object",
        "required": ["site_id", *(item.name for item in FIELDS if item.required)],
        "properties": {
            "site_id": {
                "type": "string",
                "pattern": "^[a-z0-9][a-z0-9_-]*$",
                "description": "Identifier, never reused.",
            },
            **{item.name: _property(item, words) for item in FIELDS},
        },
    }
    point = {
        "type": "object",
        "required": ["type", "coordinates"],
        "properties": {
            "type": {"const": "Point"},
            "coordinates": {
                "type": "array",
                "description": "Longitude, latitude in degrees (EPSG:4326).",
                "prefixItems": [
                    {"type": "number", "minimum": 102, "maximum": 118},
                    {"type": "number", "minimum": 6, "maximum": 23.5},
                ],
                "minItems": 2,
                "maxItems": 3,
            },
        },
    }
    feature = {
        "type": "object",
        "required": ["type", "geometry", "properties"],
        "properties": {
            "type": {"const": "Feature"},
            "geometry": {"$ref": "#/$defs/point"},
            "properties": {"$ref": "#/$defs/site"},
        },
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A catalogue of sites",
        "type": "object",
        "required": ["type", "features"],
        "properties": {
            "type": {"const": "FeatureCollection"},
            "features": {"type": "array", "items": {"$ref": "#/$defs/feature"}},
        },
        "$defs": {"feature": feature, "point": point, "site": site},
    }


def _property(item: Field, words: Vocabulary) -> dict[str, Any]:
    made = _TYPES[item.type](item, words)
    if not item.required:
        made = {"anyOf": [made, {"type": "null"}]}
    text = item.meaning if item.required else f"{item.meaning} Null: {item.null}."
    extra = {"unit": item.unit} if item.unit else {}
    return {"description": text, **extra, **made}


def _words_of(item: Field, words: Vocabulary) -> list[str] | None:
    if item.vocabulary is None:
        return None
    return list(_FIXED[item.vocabulary] if item.vocabulary in _FIXED else getattr(words, item.vocabulary))


def _text(item: Field, words: Vocabulary) -> dict[str, Any]:
    known = _words_of(item, words)
    if known is not None:
        return {"type": "string", "enum": known}
    return {"type": "string", "pattern": _WEB if item.name == "page" else "\\S"}


def _integer(item: Field, _words: Vocabulary) -> dict[str, Any]:
    return {"type": "integer", "minimum": item.lowest, "maximum": item.highest}


def _texts(item: Field, words: Vocabulary) -> dict[str, Any]:
    known = _words_of(item, words)
    if item.name == "unverified":
        known = [*FIELD_NAMES, "geometry"]
    one: dict[str, Any] = {"type": "string", "enum": known} if known else {"type": "string", "pattern": "\\S"}
    return {"type": "array", "items": one, "uniqueItems": True}


def _integers(item: Field, words: Vocabulary) -> dict[str, Any]:
    return {"type": "array", "items": _integer(item, words), "minItems": 1, "uniqueItems": True}


def _times(_item: Field, _words: Vocabulary) -> dict[str, Any]:
    one = {"type": "string", "pattern": "^([01]\\d|2[0-3]):[0-5]\\d$"}
    return {"type": "array", "items": one, "uniqueItems": True}


def _spans(item: Field, _words: Vocabulary) -> dict[str, Any]:
    text, own = {"type": "string", "pattern": "\\S"}, _OWN_KEYS[item.name]
    keys = {
        "name_vi": text,
        "name_en": {"anyOf": [text, {"type": "null"}]},
        "calendar": {"type": "string", "enum": list(CALENDARS)},
        "month": {"type": "integer", "minimum": 1, "maximum": 12},
        "day": {"type": "integer", "minimum": 1, "maximum": 31},
        "days": {"type": "integer", "minimum": 1, "maximum": _MOST_DAYS[item.name]},
        "year": {"anyOf": [{"type": "integer", "minimum": 1900, "maximum": 2100}, {"type": "null"}]},
        "source": {"anyOf": [text, {"type": "null"}]},
        own: text if own == "hours" else {"type": "boolean"},
    }
    required = ["name_vi", "calendar", "month", "day", "days", *(["hours"] if own == "hours" else [])]
    one = {"type": "object", "required": required, "properties": keys, "additionalProperties": False}
    return {"type": "array", "items": one}


def _provenance(_item: Field, _words: Vocabulary) -> dict[str, Any]:
    text = {"type": "string", "pattern": "\\S"}
    one = {
        "type": "object",
        "required": ["source"],
        "properties": {
            "source": text,
            "seen": {"anyOf": [{"type": "string", "pattern": _DAY}, {"type": "null"}]},
            "certainty": {"anyOf": [{"type": "string", "enum": list(CERTAINTIES)}, {"type": "null"}]},
            "note": {"anyOf": [text, {"type": "null"}]},
        },
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "propertyNames": {"enum": [*FIELD_NAMES, "geometry"]},
        "additionalProperties": one,
    }


_TYPES = {
    "text": _text,
    "integer": _integer,
    "boolean": lambda _item, _words: {"type": "boolean"},
    "texts": _texts,
    "integers": _integers,
    "times": _times,
    "spans": _spans,
    "provenance": _provenance,
}


def dictionary_table() -> str:
    """Return the table of fields of the data dictionary, in Markdown.

    Examples
    --------
    >>> dictionary_table().splitlines()[0]
    '| Field | Type | Unit | Allowed | Meaning | Null means |'
    """
    rows = ["| Field | Type | Unit | Allowed | Meaning | Null means |", "|---|---|---|---|---|---|"]
    rows += [
        f"| `{item.name}` | {_TYPE_WORDS[item.type]} | {item.unit or ''} | {_allowed(item)} | {item.meaning} "
        f"| {'required' if item.required else item.null} |"
        for item in FIELDS
    ]
    return "\n".join(rows) + "\n"


def _allowed(item: Field) -> str:
    if item.vocabulary in _IN_TABLES:
        return _IN_TABLES[item.vocabulary]
    if item.vocabulary == "weekdays":
        return "`Mo` to `Su`"
    if item.vocabulary is not None:
        return ", ".join(f"`{word}`" for word in _FIXED[item.vocabulary])
    if item.lowest is not None:
        return f"{item.lowest:,}–{item.highest:,}"
    return _ALLOWED.get(item.name, "")
