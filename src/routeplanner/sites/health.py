"""How complete, how sure and how old a catalogue is: by field, corridor and district."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from routeplanner._clock import TIMEZONE
from routeplanner._given import refuse_others
from routeplanner.sites.days import plain_date
from routeplanner.sites.model import CERTAINTIES, FIELDS, PRECISIONS
from routeplanner.sites.provenance import provenance

if TYPE_CHECKING:
    from collections.abc import Iterable

    import geopandas as gpd

__all__ = ["FieldHealth", "GroupHealth", "Health", "catalogue_health"]

VISITOR_FIELDS = (
    "opening_hours",
    "fee_vnd",
    "booking_required",
    "visit_min",
    "look_min",
    "workshop_min",
    "most_visitors",
    "coach_access",
    "wheelchair",
    "phone",
    "page",
    "summary_en",
)
"""What a planner asks of every place; a group's completeness is the share of these that is known, on average."""

_ALWAYS = frozenset({"unverified", "provenance", "sources", "coord_source", "coord_precision"})


@dataclass(frozen=True, slots=True)
class FieldHealth:
    """One field over all sites: how many have it, how sure, and when it was last looked at.

    Parameters
    ----------
    field
        Its name, or ``geometry``.
    known
        Number of sites that have it.
    certainty
        Number of sites by certainty (`routeplanner.sites.model.CERTAINTIES`).
    own_source
        Number of sites that name a source for this very field.
    oldest, newest
        First and last day on which one of those sources was seen; None where there is none.
    """

    field: str
    known: int
    certainty: dict[str, int]
    own_source: int
    oldest: str | None
    newest: str | None


@dataclass(frozen=True, slots=True)
class GroupHealth:
    """The sites of one corridor or district.

    Parameters
    ----------
    key
        Corridor, or old district; ``""`` for sites of none.
    sites
        How many there are.
    precision
        Number of sites by `coord_precision`.
    completeness
        Share of `VISITOR_FIELDS` that are known, 0 to 1.
    sources
        Sources a record, on average.
    """

    key: str
    sites: int
    precision: dict[str, int]
    completeness: float
    sources: float


@dataclass(frozen=True, slots=True)
class Health:
    """The state of a catalogue on a day, as `catalogue_health` finds it.

    Parameters
    ----------
    sites
        Number of sites.
    day
        The day.
    precision
        Number of sites by `coord_precision`.
    fields
        Every field that may be known or not.
    corridors, districts
        Groups, the largest first.
    without_source
        Sites that name no source at all.
    on_one_point
        Sites that share a point, though none is part of the other.
    vague_headlines
        Sites of significance 4 and 5 known no better than to their commune.
    median_age_days
        Median age of the sources of fields on that day; None where none is dated.

    Examples
    --------
    >>> import routeplanner as rp
    >>> health = rp.catalogue_health(rp.load_sites())
    >>> health.sites == sum(health.precision.values()), health.without_source
    (True, ())
    >>> {field.field: field.known for field in health.fields}["name_vi"] == health.sites
    True
    >>> health.to_dict()["fields"][0]["known"] == health.fields[0].known
    True
    """

    sites: int
    day: date
    precision: dict[str, int]
    fields: tuple[FieldHealth, ...]
    corridors: tuple[GroupHealth, ...]
    districts: tuple[GroupHealth, ...]
    without_source: tuple[str, ...]
    on_one_point: tuple[tuple[str, ...], ...]
    vague_headlines: tuple[str, ...]
    median_age_days: int | None

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON types."""
        from dataclasses import asdict

        return {**asdict(self), "day": self.day.isoformat()}


def catalogue_health(sites: gpd.GeoDataFrame, *, day: date | str | None = None) -> Health:
    """Return how complete, how sure and how old a catalogue is.

    Parameters
    ----------
    sites
        A catalogue as `load_sites` gives it.
    day
        The day from which ages are counted (a date, or text such as 2026-12-01); by default today in Hà Nội.

    Raises
    ------
    RequestError
        When `day` is no date.

    Examples
    --------
    >>> from routeplanner.sites.catalog import load_sites
    >>> health = catalogue_health(load_sites(), day=date(2026, 12, 1))
    >>> health.without_source, sum(health.precision.values()) == health.sites
    ((), True)
    """
    refuse_others("catalogue_health", sites=sites)
    today = datetime.now(TIMEZONE).date() if day is None else plain_date(day, subject="catalogue_health")
    rows = [{**row._asdict(), "site_id": row.Index} for row in sites.itertuples()]
    names = [item.name for item in FIELDS if item.name not in _ALWAYS]
    by_corridor: dict[str, list[Any]] = defaultdict(list)
    by_district: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        for corridor in row["corridors"] or ("",):
            by_corridor[corridor].append(row)
        by_district[", ".join(filter(None, (row["district_2024"], row["province_2024"])))].append(row)
    fields = tuple(_field_health(name, rows) for name in ("geometry", *names))
    return Health(
        sites=len(rows),
        day=today,
        precision=_precision(rows),
        fields=fields,
        corridors=_groups(by_corridor),
        districts=_groups(by_district),
        without_source=tuple(row["site_id"] for row in rows if not row["sources"]),
        on_one_point=_on_one_point(sites, rows),
        vague_headlines=tuple(
            row["site_id"]
            for row in rows
            if row["significance"] >= 4 and row["coord_precision"] in (None, "commune")
        ),
        median_age_days=_median_age(rows, today),
    )


def _field_health(name: str, rows: Iterable[Any]) -> FieldHealth:
    found = [provenance(row, name) for row in rows]
    certainty = Counter(fact.certainty for fact in found)
    seen = sorted(fact.seen for fact in found if fact.of_field and fact.seen)
    return FieldHealth(
        field=name,
        known=len(found) - certainty["unknown"],
        certainty={word: certainty[word] for word in CERTAINTIES},
        own_source=sum(fact.of_field for fact in found),
        oldest=seen[0] if seen else None,
        newest=seen[-1] if seen else None,
    )


def _precision(rows: Iterable[Any]) -> dict[str, int]:
    count = Counter(row["coord_precision"] or "unknown" for row in rows)
    return {word: count[word] for word in (*PRECISIONS, "unknown") if word in PRECISIONS or count[word]}


def _groups(groups: dict[str, list[Any]]) -> tuple[GroupHealth, ...]:
    made = [
        GroupHealth(
            key=key,
            sites=len(rows),
            precision=_precision(rows),
            completeness=round(sum(_completeness(row) for row in rows) / len(rows), 3),
            sources=round(sum(len(row["sources"]) for row in rows) / len(rows), 1),
        )
        for key, rows in groups.items()
    ]
    return tuple(sorted(made, key=lambda group: (-group.sites, group.key)))


def _completeness(row: Any) -> float:  # noqa: ANN401
    return sum(provenance(row, name).certainty != "unknown" for name in VISITOR_FIELDS) / len(VISITOR_FIELDS)


def _on_one_point(sites: gpd.GeoDataFrame, rows: Iterable[Any]) -> tuple[tuple[str, ...], ...]:
    """Return groups of sites on one point, without those whose whole stands there too."""
    whole_of = {row["site_id"]: row["part_of"] for row in rows}
    at: dict[tuple[float, float], list[str]] = defaultdict(list)
    for site_id, point in zip(sites.index, sites.geometry, strict=True):
        at[round(point.x, 6), round(point.y, 6)].append(site_id)
    groups = (tuple(s for s in group if whole_of[s] not in group) for group in at.values())
    return tuple(sorted(group for group in groups if len(group) > 1))


def _median_age(rows: Iterable[Any], day: date) -> int | None:
    seen = [
        entry["seen"] for row in rows for entry in (row["provenance"] or {}).values() if entry.get("seen")
    ]
    ages = sorted(
        (day - date.fromisoformat(f"{text}-01-01"[:10] if len(text) == 4 else f"{text}-01"[:10])).days
        for text in seen
    )
    return ages[len(ages) // 2] if ages else None
