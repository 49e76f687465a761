"""What a site is, as data: the fields of the catalogue, their types, and the words that they may hold."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

__all__ = [
    "CALENDARS",
    "FIELDS",
    "FIELD_NAMES",
    "KINDS",
    "PRECISIONS",
    "Corridor",
    "Field",
    "Term",
    "Theme",
    "Vocabulary",
]

KINDS = (
    "craft_village",
    "heritage_site",
    "waterway_stop",
    "museum",
    "market",
    "food",
    "performance",
    "nature",
    "creative_space",
    "gateway",
)
"""The kinds of site; each has its default opening hours and its file in the bundled catalogue."""

PRECISIONS = ("site", "village", "commune")
"""How far a coordinate may be from the truth: within 150 m, within 1 km, or a commune's centroid (2–3 km)."""

CALENDARS = ("lunar", "solar")
"""The calendars by which a festival is dated."""


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the catalogue with its names in two languages.

    Parameters
    ----------
    key
        What the catalogue and a request hold.
    name_vi, name_en
        What people read.
    """

    key: str
    name_vi: str
    name_en: str


Theme = Term
"""A theme of interest is a term: key and two names."""


@dataclass(frozen=True, slots=True)
class Corridor:
    """A named route of the city's programme.

    Parameters
    ----------
    key
        What the catalogue and a request hold, for example ``"south"``.
    name_vi, name_en
        Its stations.
    summary_vi, summary_en
        One sentence on what it offers.
    headline_site_ids
        Sites that carry a day by themselves.
    start_site_id
        Where a day starts unless the request says otherwise.
    """

    key: str
    name_vi: str
    name_en: str
    summary_vi: str
    summary_en: str
    headline_site_ids: tuple[str, ...]
    start_site_id: str


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words that a catalogue may use.

    Parameters
    ----------
    themes, crafts, statuses, kinds
        Terms by key.
    corridors
        Corridors by key.
    """

    themes: dict[str, Term] = field(default_factory=dict)
    crafts: dict[str, Term] = field(default_factory=dict)
    kinds: dict[str, Term] = field(default_factory=dict)
    statuses: dict[str, Term] = field(default_factory=dict)
    corridors: dict[str, Corridor] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a site.

    Parameters
    ----------
    name
        Column and property name.
    type
        ``text``, ``integer``, ``boolean``, ``texts`` (a list of text), ``integers`` or ``festivals``.
    meaning
        One sentence for the data dictionary.
    required
        Must be there and not null.
    vocabulary
        Name of the `Vocabulary` field, or of a tuple in this module, whose words are allowed.
    lowest, highest
        Allowed range of numbers, both ends included.
    unit
        Unit of numbers.
    null
        What null (or an empty list) means.
    """

    name: str
    type: Literal["text", "integer", "boolean", "texts", "integers", "festivals"]
    meaning: str
    required: bool = False
    vocabulary: str | None = None
    lowest: int | None = None
    highest: int | None = None
    unit: str | None = None
    null: str = "not known"


FIELDS = (
    Field("name_vi", "text", "Name in Vietnamese, in Unicode's composed form (NFC).", required=True),
    Field("name_en", "text", "Name in English.", required=True),
    Field("kind", "text", "What it is in the first place.", required=True, vocabulary="kinds"),
    Field(
        "crafts", "texts", "Crafts practised or shown, the main one first.", vocabulary="crafts", null="none"
    ),
    Field("themes", "texts", "Themes that it serves, the main one first.", vocabulary="themes", null="none"),
    Field(
        "coord_precision",
        "text",
        "How far the point may be off: site (150 m), village (1 km), commune (a centroid, 2–3 km).",
        vocabulary="precisions",
    ),
    Field("coord_source", "text", "Where the point comes from."),
    Field("province_2024", "text", "Province before July 2025."),
    Field("province_2025", "text", "Province since July 2025."),
    Field("district_2024", "text", "District before July 2025, when districts ended."),
    Field(
        "commune_2024",
        "text",
        "Commune or ward before July 2025 (some already after the mergers of January 2025).",
    ),
    Field("commune_2025", "text", "Commune or ward since July 2025."),
    Field("corridors", "texts", "Corridors that it belongs to.", vocabulary="corridors", null="none"),
    Field(
        "visit_min",
        "integer",
        "Usual length of a visit.",
        required=True,
        lowest=1,
        highest=600,
        unit="min",
    ),
    Field(
        "opening_hours",
        "text",
        "Opening hours in OpenStreetMap's opening_hours syntax, without Tết, which `hours` adds.",
        null="not known; the default of its kind is assumed and said to be",
    ),
    Field("fee_vnd", "integer", "Entrance fee of an adult.", lowest=0, highest=10_000_000, unit="VND"),
    Field("booking_required", "boolean", "A visit must be booked ahead."),
    Field(
        "festivals",
        "festivals",
        "Yearly festivals by lunar or solar date, with their length in days.",
        null="none known",
    ),
    Field("status", "texts", "Official recognitions.", vocabulary="statuses", null="none known"),
    Field(
        "status_detail",
        "text",
        "The recognitions in words, with year and number where known.",
        null="nothing to add",
    ),
    Field(
        "significance",
        "integer",
        "How much it means to a visitor: 1 (local) to 5 (a reason to come). A judgement.",
        required=True,
        lowest=1,
        highest=5,
    ),
    Field("summary_en", "text", "One or two sentences in English."),
    Field(
        "sources",
        "texts",
        "Pages (http, https) or named data from which the record was made.",
        null="none yet",
    ),
    Field(
        "unverified", "texts", "Names of the fields that are a guess or rest on one weak source.", null="none"
    ),
    Field(
        "part_of", "text", "Identifier of the site whose visit covers this one.", null="a place of its own"
    ),
    Field(
        "lunar_days",
        "integers",
        "Days of the lunar month on which it meets; closed on all others; a month of 29 has no day 30.",
        lowest=1,
        highest=30,
        null="does not follow the lunar month",
    ),
)
"""All fields of a site in the order of the files, without `site_id` and the geometry."""

FIELD_NAMES = tuple(item.name for item in FIELDS)
"""Names of `FIELDS`, the columns of a catalogue in their order."""
