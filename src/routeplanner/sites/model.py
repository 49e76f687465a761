"""What a site is, as data: the fields of the catalogue, their types, and the words that they may hold."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

__all__ = [
    "ACCESSES",
    "CALENDARS",
    "CERTAINTIES",
    "FIELDS",
    "FIELD_NAMES",
    "KINDS",
    "PRECISIONS",
    "SHORT_MONTHS",
    "SPARSE_NAMES",
    "WEEKDAYS",
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

WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
"""Days of the week as opening hours write them."""

ACCESSES = ("yes", "limited", "no")
"""Whether a coach or a wheelchair gets there, in the words of OpenStreetMap's ``wheelchair``."""

CERTAINTIES = ("confirmed", "reported", "weak", "guess", "unknown")
"""How sure a value is: two sources or an official one, one source, a doubtful or undated one, a judgement, no value."""

SHORT_MONTHS = ("day_29", "none")
"""What becomes of a market of the 30th in a month of 29 days: it meets on the 29th, or not at all."""


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
    joins
        Corridors whose sites are its own: a trip through several cities.
    bases
        Where the nights of such a trip are spent, in order, unless the request says otherwise.
    """

    key: str
    name_vi: str
    name_en: str
    summary_vi: str
    summary_en: str
    headline_site_ids: tuple[str, ...]
    start_site_id: str
    joins: tuple[str, ...] = ()
    bases: tuple[str, ...] = ()


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
        ``text``, ``integer``, ``boolean``, ``texts`` (a list of text), ``integers``, ``times`` (a list of clock
        times), ``spans`` (a list of days in a row by the lunar or solar calendar) or ``provenance`` (by name of
        field: source, day seen, certainty).
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
    sparse
        Few sites have it: left out of the written files where it is null or empty.
    """

    name: str
    type: Literal["text", "integer", "boolean", "texts", "integers", "times", "spans", "provenance"]
    meaning: str
    required: bool = False
    vocabulary: str | None = None
    lowest: int | None = None
    highest: int | None = None
    unit: str | None = None
    null: str = "not known"
    sparse: bool = False


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
        "spans",
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
        "Days of the lunar month on which it meets; closed on all others; for a month of 29 days see `short_month`.",
        lowest=1,
        highest=30,
        null="does not follow the lunar month",
    ),
    Field(
        "short_month",
        "text",
        "Where `lunar_days` holds 30: whether it meets on the 29th of a month without a 30th (day_29) or not (none).",
        vocabulary="short_months",
        null="not known; not counted on",
        sparse=True,
    ),
    Field(
        "closed_weekdays",
        "texts",
        "Weekdays on which it is closed, where `opening_hours` does not say so.",
        vocabulary="weekdays",
        null="none known",
        sparse=True,
    ),
    Field(
        "closures",
        "spans",
        "Days in a row on which it is closed, each year or in one.",
        null="none known",
        sparse=True,
    ),
    Field(
        "special_hours",
        "spans",
        "Days on which it keeps other hours, whatever its weekdays, seasons and Tết are otherwise.",
        null="none known",
        sparse=True,
    ),
    Field(
        "seasons",
        "spans",
        "When it is at its best, or (with `only`) to be seen at all: lotus, rice, drying incense, low water.",
        null="the same all year, as far as known",
        sparse=True,
    ),
    Field(
        "start_times",
        "times",
        "Clock times at which guided visits or shows begin, on the days on which it is open; a visit begins then only.",
        null="a visit begins at any time",
        sparse=True,
    ),
    Field(
        "last_admission_min",
        "integer",
        "How long before closing time the last visitors are let in.",
        lowest=0,
        highest=240,
        unit="min",
        null="a visit must only end by closing time",
        sparse=True,
    ),
    Field(
        "booking_lead_days",
        "integer",
        "Open by appointment only, made so many days ahead.",
        lowest=0,
        highest=365,
        unit="days",
        null="no appointment needed, as far as known",
        sparse=True,
    ),
    Field(
        "indoor",
        "boolean",
        "Whether a visit is worth as much in rain.",
        null="as its kind: museums, performances, creative spaces and food are indoors",
        sparse=True,
    ),
    Field(
        "needs_sun",
        "boolean",
        "Whether what one comes for is seen in dry weather only (incense, noodles or hats drying).",
        null="no, as far as known",
        sparse=True,
    ),
    Field(
        "look_min",
        "integer",
        "Length of a short look, without trying the craft.",
        lowest=1,
        highest=600,
        unit="min",
        sparse=True,
    ),
    Field(
        "workshop_min",
        "integer",
        "Length of a visit in which guests try the craft themselves.",
        lowest=1,
        highest=600,
        unit="min",
        sparse=True,
    ),
    Field(
        "most_visitors",
        "integer",
        "How many visitors it takes at a time.",
        lowest=1,
        highest=100_000,
        unit="persons",
        sparse=True,
    ),
    Field(
        "coach_access",
        "text",
        "Whether a coach gets to the door: yes, limited (hours, size, or a walk from the coach park) or no.",
        vocabulary="accesses",
        sparse=True,
    ),
    Field(
        "wheelchair",
        "text",
        "Whether it can be visited in a wheelchair: yes, limited (parts of it, or with help) or no.",
        vocabulary="accesses",
        sparse=True,
    ),
    Field("phone", "text", "Telephone number for visitors, as published.", sparse=True),
    Field("page", "text", "Its own page on the web (http, https).", sparse=True),
    Field(
        "provenance",
        "provenance",
        "By name of field (or `geometry`): source, the day on which it was seen, certainty, note.",
        null="no more than `sources`, `unverified` and `coord_source` say",
        sparse=True,
    ),
)
"""All fields of a site in the order of the files, without `site_id` and the geometry."""

FIELD_NAMES = tuple(item.name for item in FIELDS)
"""Names of `FIELDS`, the columns of a catalogue in their order."""

SPARSE_NAMES = frozenset(item.name for item in FIELDS if item.sparse)
"""Names of the fields that the written files leave out where they are null or empty."""
