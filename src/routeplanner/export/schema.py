"""JSON Schemas (draft 2020-12) of a request and of an itinerary, made from the dataclasses themselves.

A field's type, default and description come from the class, so that schema and code cannot part. What types
do not say (formats, limits, words to choose from) stands in tables below.
"""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Mapping
from dataclasses import MISSING, fields
from datetime import date, datetime, time
from typing import Any

from routeplanner._text import did_you_mean
from routeplanner.errors import RequestError

__all__ = ["REQUEST_VERSION", "SCHEMAS", "json_schema"]

REQUEST_VERSION = "routeplanner/request/1"
"""Name and version of the JSON shape of a request."""

SCHEMAS = ("itinerary", "request")
"""What there is a schema of."""

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_CLOCK = {"type": "string", "pattern": r"^([01]\d|2[0-3]):[0-5]\d$", "examples": ["08:00"]}
_DAY = {"type": "string", "format": "date", "examples": ["2027-03-13"]}
_MOMENT = {"type": "string", "format": "date-time", "examples": ["2027-03-13T08:00:00+07:00"]}
_POSITION = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}

Schema = dict[str, Any]


def json_schema(what: str = "itinerary") -> Schema:
    """Return the JSON Schema of an itinerary (`Itinerary.to_dict`) or of a request (`TripRequest.from_dict`).

    A request's schema refuses unknown fields, as `TripRequest.from_dict` does. An itinerary's admits them:
    later versions may add some within the same number.

    Parameters
    ----------
    what
        ``"itinerary"`` or ``"request"``.

    Raises
    ------
    RequestError
        For another word.

    Examples
    --------
    >>> json_schema("request")["required"]
    ['first_day']
    >>> json_schema("itinerary")["$id"]
    'urn:routeplanner:itinerary:1'
    """
    if what not in SCHEMAS:
        remedy = did_you_mean(str(what), SCHEMAS)
        raise RequestError(
            [f"what: {what!r} has no schema; choose one of {', '.join(SCHEMAS)}{remedy}"], subject="schema"
        )
    return _request() if what == "request" else _itinerary()


def _request() -> Schema:
    from routeplanner.planning.request import (
        FESTIVALS,
        MAX_DAYS,
        MAX_PEOPLE,
        MODES,
        PACES,
        VEHICLES,
        TripRequest,
    )

    schema = _object(TripRequest, closed=True)
    limits: Mapping[str, Schema] = {
        "days": {"minimum": 1, "maximum": MAX_DAYS},
        "people": {"minimum": 1, "maximum": MAX_PEOPLE},
        "budget_vnd": {"minimum": 0},
        "max_stops": {"minimum": 1},
        "mode": {"enum": list(MODES)},
        "vehicle": {"enum": list(VEHICLES)},
        "pace": {"enum": list(PACES)},
        "festivals": {"enum": list(FESTIVALS)},
        "start": {"minLength": 1},
        "themes": {"additionalProperties": {"type": "number", "minimum": 0, "maximum": 1}},
    }
    for name, limit in limits.items():
        _refine(schema["properties"].get(name), limit)
    return {
        "$schema": _DIALECT,
        "$id": "urn:routeplanner:request:1",
        "title": "TripRequest",
        **schema,
        "examples": [{"first_day": "2027-03-13", "corridor": "south", "themes": {"handicraft": 1.0}}],
    }


def _refine(field: Schema | None, limit: Schema) -> None:
    """Add limits to a field, inside its alternatives if it may be null."""
    if field is None:
        return
    for part in field.get("anyOf", [field]):
        if part.get("type") != "null":
            part.update(limit)


def _itinerary() -> Schema:
    from routeplanner.itinerary import MODES, SCHEMA, Break, Day, Itinerary, Leg, Skipped, Stop, Terminal

    leg = _object(Leg, renamed={"from_id": "from", "to_id": "to"})
    leg["properties"]["mode"]["enum"] = list(MODES)
    leg["properties"]["geometry"]["items"] = _POSITION
    places = {
        role: _object(Terminal, renamed={"time": clock})
        for role, clock in (("start", "departure"), ("end", "arrival"))
    }
    day = _object(Day)
    day["properties"] |= {
        **places,
        "stops": _list(_object(Stop)),
        "breaks": _list(_object(Break)),
        "legs": _list(leg),
    }
    trip = _object(Itinerary)
    trip["properties"] |= {
        "schema": {"const": SCHEMA, "description": "Name and version of this shape."},
        "gap": {
            "type": ["number", "null"],
            "minimum": 0,
            "description": "Share by which the prize may fall short.",
        },
        "proved_optimal": {"type": "boolean", "description": "Whether the prize equals its bound."},
        "request": {"type": "object", "description": "The request, as the schema `request` has it."},
        "measures": {"type": "object"},
        "days": _list(day) | {"minItems": 1},
        "skipped": _list(_object(Skipped)),
    }
    trip["properties"]["network"] |= {"properties": _origin()}
    trip["required"] = ["schema", *trip["required"], "skipped"]
    return {"$schema": _DIALECT, "$id": "urn:routeplanner:itinerary:1", "title": "Itinerary", **trip}


def _origin() -> Schema:
    """Return the properties of `Network.origin`."""
    mark = {"type": "string", "description": "The same for the same content."}
    source = {
        "type": "string",
        "description": "`bundled`, a file's name without its folder, an area of OpenStreetMap, or `own`.",
    }
    part = {"type": "object", "properties": {"source": source, "content": mark}}
    river = {"boat": {"type": "string"}, "water_level_m": {"type": ["number", "null"]}, "content": mark}
    return {
        "content": mark,
        "roads": part,
        "speeds": part,
        "river": {"type": "object", "properties": river},
        "traffic": {**part, "type": ["object", "null"]},
        "sailings": {**part, "type": ["object", "null"]},
    }


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _object(kind: type, *, renamed: Mapping[str, str] | None = None, closed: bool = False) -> Schema:
    """Return the schema of a dataclass in JSON."""
    hints = typing.get_type_hints(kind)
    words = _descriptions(kind)
    properties: Schema = {}
    required = []
    for field in fields(kind):
        name = (renamed or {}).get(field.name, field.name)
        properties[name] = _of(hints[field.name])
        if words.get(field.name):
            properties[name]["description"] = words[field.name]
        if field.default is MISSING and field.default_factory is MISSING:
            required.append(name)
        elif field.default is not MISSING:
            properties[name]["default"] = _plain(field.default)
    schema: Schema = {"type": "object", "properties": properties, "required": required}
    return {**schema, "additionalProperties": False} if closed else schema


_SCALARS: Mapping[object, Schema] = {
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    str: {"type": "string"},
    datetime: _MOMENT,
    date: _DAY,
    time: _CLOCK,
    type(None): {"type": "null"},
    Any: {},
}


def _of(hint: Any) -> Schema:  # noqa: ANN401 - a type, of which typing has many kinds
    """Return the schema of a type."""
    if hint in _SCALARS:
        return dict(_SCALARS[hint])
    if isinstance(hint, type) and hasattr(hint, "__dataclass_fields__"):
        return _object(hint, closed=True)
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        return {"anyOf": [_of(part) for part in arguments]}
    return _of_container(origin, arguments)


def _of_container(origin: object, arguments: tuple[Any, ...]) -> Schema:
    if origin is tuple:
        if len(arguments) == 2 and arguments[1] is Ellipsis:
            return _list(_of(arguments[0]))
        items = [_of(part) for part in arguments]
        # Not prefixItems: readers of OpenAPI documents turn it into a list that is no schema.
        kinds = list({str(item): item for item in items}.values())
        either = kinds[0] if len(kinds) == 1 else {"anyOf": kinds}
        return {"type": "array", "items": either, "minItems": len(items), "maxItems": len(items)}
    if isinstance(origin, type) and issubclass(origin, Mapping):
        values = _of(arguments[1])
        names = {"propertyNames": {"pattern": r"^[1-9]\d*$"}} if arguments[0] is int else {}
        return {"type": "object", **names, **({"additionalProperties": values} if values else {})}
    if isinstance(origin, type) and issubclass(origin, typing.Sequence):
        return _list(_of(arguments[0]))
    return {}


def _plain(value: object) -> object:
    if isinstance(value, time):
        return value.isoformat("minutes")
    return list(value) if isinstance(value, tuple) else value


def _descriptions(kind: type) -> dict[str, str]:
    """Return what the class documents of each parameter, in one line."""
    found: dict[str, str] = {}
    body = (kind.__doc__ or "").partition("Parameters\n")[2]
    body = re.split(r"\n\s*(?:Raises|Examples|Notes|Returns)\n\s*-+", body)[0]
    names: list[str] = []
    for line in body.splitlines()[1:]:
        indent = len(line) - len(line.lstrip())
        if indent == 4 and re.fullmatch(r"[\w, ]+", line.strip()):
            names = [name.strip() for name in line.split(",")]
        elif indent > 4:
            for name in names:
                found[name] = f"{found.get(name, '')} {line.strip()}".strip()
    return found
