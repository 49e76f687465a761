"""What the OpenAPI document says of bodies and answers."""

from __future__ import annotations

from typing import Any

from routeplanner.export import FORMATS, json_schema

__all__ = ["PLAN_BODY", "PLAN_ID", "answers"]

PLAN_ID = r"[0-9a-f]{24}"
"""Shape of a plan's id."""

Schema = dict[str, Any]

_ERROR: Schema = {
    "type": "object",
    "properties": {
        "detail": {"type": "string", "description": "What is wrong, in a line."},
        "faults": {
            "type": "array",
            "items": {"type": "string"},
            "description": "Each fault, with its remedy.",
        },
    },
    "required": ["detail", "faults"],
}

_WORDS = {
    200: "The plan was there already.",
    304: "Not changed since.",
    401: "The key is missing or wrong.",
    404: "There is no such thing.",
    408: "The body did not arrive in time.",
    413: "The body is too large.",
    415: "The body is not JSON.",
    422: "The request has faults; all are named.",
    429: "Too many searches wait; the header Retry-After says when to come again.",
    500: "The planner failed.",
    501: "Not spoken here.",
    503: "Not ready; the header Retry-After says when to come again.",
    504: "The search took too long.",
}


def _inner(what: str) -> Schema:
    schema = json_schema(what)
    return {key: value for key, value in schema.items() if key not in ("$schema", "$id", "examples")}


def _plan() -> Schema:
    schema = _inner("itinerary")
    extra = {key: {"type": "string"} for key in ("id", "url", "embed_url")}
    return {
        **schema,
        "properties": {**extra, **schema["properties"]},
        "required": [*extra, *schema["required"]],
    }


def _json(schema: Schema, media_type: str = "application/json") -> Schema:
    return {"content": {media_type: {"schema": schema}}}


_OBJECT: Schema = {"type": "object"}
_ROWS: Schema = {"type": "array", "items": _OBJECT}
_FILE: Schema = {"type": "string", "format": "binary"}


def _good(kind: str) -> Schema:
    """Return the content of an answer of success."""
    if kind == "export":
        others = {form.media_type.partition(";")[0]: {"schema": _FILE} for form in FORMATS.values()}
        return {"content": {**others, "application/json": {"schema": _inner("itinerary")}}}
    if kind == "calendar":
        return {
            "content": {
                "application/json": {"schema": _ROWS},
                "text/calendar": {"schema": {"type": "string"}},
            }
        }
    if kind == "oembed":
        return {
            "content": {
                "application/json": {"schema": _OBJECT},
                "text/xml": {"schema": {"type": "string"}},
            }
        }
    return {
        "plan": lambda: _json(_plan()),
        "sites": lambda: _json(_OBJECT, "application/geo+json"),
        "corridors": lambda: _json(_ROWS),
        "embed": lambda: _json({"type": "string"}, "text/html"),
        "schema": lambda: _json(_OBJECT, "application/schema+json"),
        "metrics": lambda: _json({"type": "string"}, "text/plain"),
    }.get(kind, lambda: _json(_OBJECT))()


def answers(kind: str, *others: int) -> dict[int | str, Schema]:
    """Return the documented answers of a route: success of a kind, and other status codes."""
    first = 201 if kind == "plan" else 200
    found: dict[int | str, Schema] = {first: {"description": "Here it is.", **_good(kind)}}
    for status in others:
        told = {} if status == 304 else _good(kind) if status == 200 else _json(_ERROR)
        found[status] = {"description": _WORDS[status], **told}
    return found


PLAN_BODY: Schema = {
    "required": True,
    "description": "A request, as `TripRequest` has it.",
    "content": {
        "application/json": {
            "schema": _inner("request"),
            "example": {"first_day": "2027-03-13", "corridor": "south", "themes": {"handicraft": 1.0}},
        }
    },
}
"""Body of ``POST /plans``."""
