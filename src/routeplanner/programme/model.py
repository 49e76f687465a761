"""The answer of the planner's desk: routes with their bound, cover, departures and load, to JSON and back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from routeplanner._files import read_json
from routeplanner._records import fault_at, first_faults, json_fault, read_record
from routeplanner.errors import DataFileError, Fault, RequestError
from routeplanner.itinerary import Itinerary
from routeplanner.programme.brief import FORMS, ProgrammeBrief

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    import pandas as pd

__all__ = ["SCHEMA", "Programme", "RouteCard", "SiteLoad", "Uncovered"]

SCHEMA = "routeplanner/programme/1"
"""Name and version of the JSON shape."""

MONTHS, WEEKDAYS = 12, 7


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteCard:
    """What a programme says of one of its routes, beside the itinerary.

    Parameters
    ----------
    key
        ``"R1"``, ``"R2"``, … in the order of the routes.
    name_vi, name_en
        Name from its first and its most significant places.
    corridor, form
        Key of the corridor; ``half_day``, ``day``, ``two_day`` or ``three_day``.
    themes
        Themes that it shows: at least a quarter of its prize comes from their places.
    weekdays
        Weekdays of departure in the season, 0 is Monday; fewer than asked for where places would be closed or full.
    quiet_weekdays
        The same in the quiet months.
    departures
        Departures of the year by month, January first: dates on which a place is closed at the time of its
        visit are left out.
    cancelled
        Dates of the pattern that were left out.
    """

    key: str
    name_vi: str
    name_en: str
    corridor: str
    form: str = field(metadata={"words": tuple(FORMS)})
    themes: tuple[str, ...]
    weekdays: tuple[int, ...] = ()
    quiet_weekdays: tuple[int, ...] = ()
    departures: tuple[int, ...] = (0,) * 12
    cancelled: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncovered:
    """A place that should be shown and is on no route, and why.

    Parameters
    ----------
    site_id, name_vi, name_en
        As in the catalogue.
    reason
        A word that programs can rely on: ``forbidden``, ``closed``, ``unreachable``, ``too_far``, ``part_of``,
        ``share_reached``, ``capacity`` (one departure brings more visitors than it takes), ``no_room`` (no route was
        found that adds it without losing others; not proved).
    detail, detail_vi
        A sentence with the figures.
    """

    site_id: str
    name_vi: str
    name_en: str
    reason: str
    detail: str
    detail_vi: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteLoad:
    """Visitors that the programme brings to a place in a week of the season.

    Parameters
    ----------
    site_id
        As in the catalogue. Visits to parts of a place are visits to it, parts on one day one visit; a part has a load
        of its own where the brief names a capacity for it.
    routes
        Keys of the routes that call.
    by_weekday
        Visitors by weekday, Monday first.
    capacity_a_day
        The most that the brief allows.
    """

    site_id: str
    routes: tuple[str, ...]
    by_weekday: tuple[int, ...]
    capacity_a_day: int

    @property
    def peak(self) -> int:
        """Visitors on the busiest day."""
        return max(self.by_weekday)


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """A set of routes that were designed together.

    Parameters
    ----------
    version, seed
        Of the library and the search that made it.
    brief
        What was asked for, in JSON types (`ProgrammeBrief.to_dict`).
    routes
        The itineraries.
    cards
        For each route what the programme says of it.
    value
        Sum of the prizes of all routes.
    bound
        No programme that keeps the brief's rules on forms, corridors and places, and covers as many of the
        places to be covered as this one, is worth more. It holds for all routes that the brief allows, not only
        for those that were tried.
    bounds
        The figures behind it: ``pool`` (best choice among the routes that were tried, proved or not),
        ``pool_relaxed`` (the same with fractions of routes; it bounds nothing but that choice), ``routes``
        (that of `bound`), ``any_cover`` (the same bound without the duty to cover).
    to_cover, covered
        Ids of the places that were to be shown, and of those that are.
    uncovered
        The others, each with a reason.
    load
        Visitors by place.
    notes
        Where the programme falls short of the brief, in words: (English, Vietnamese) pairs.
    measures
        Routes tried, rounds of pricing, seconds: how the programme was found.
    attribution
        Credit that has to be shown wherever the programme is published.

    Examples
    --------
    >>> import routeplanner as rp
    >>> network = rp.build_network(rp.load_sites())
    >>> brief = rp.ProgrammeBrief(year=2027, corridors=("northwest",), routes=2)
    >>> programme = rp.design_programme(network, brief, rounds=1)
    >>> len(programme.routes) == len(programme.cards), programme.value <= programme.bound, programme.gap < 0.2
    (True, True, True)
    >>> programme.to_frame().index.tolist()
    ['R1', 'R2']
    >>> rp.Programme.from_dict(programme.to_dict()).to_json() == programme.to_json()
    True
    >>> print(programme.to_text().partition(",")[0])
    Programme 2027: 2 routes
    """

    version: str
    seed: int
    brief: Mapping[str, Any]
    routes: tuple[Itinerary, ...]
    cards: tuple[RouteCard, ...]
    value: float
    bound: float
    bounds: Mapping[str, float]
    to_cover: tuple[str, ...]
    covered: tuple[str, ...]
    uncovered: tuple[Uncovered, ...]
    load: tuple[SiteLoad, ...]
    notes: tuple[tuple[str, str], ...] = ()
    measures: Mapping[str, Any] = field(default_factory=dict)
    attribution: str = "© OpenStreetMap contributors (ODbL)"

    @property
    def gap(self) -> float:
        """Share of the bound that the value may fall short of it."""
        return 0.0 if self.bound <= 0 else max(0.0, 1.0 - self.value / self.bound)

    def to_dict(self) -> dict[str, Any]:
        """Return the programme in JSON types; `from_dict` reads it back unchanged."""
        return {
            "schema": SCHEMA,
            "version": self.version,
            "seed": self.seed,
            "brief": dict(self.brief),
            "routes": [route.to_dict() for route in self.routes],
            "cards": [_listed(asdict(card)) for card in self.cards],
            "value": self.value,
            "bound": self.bound,
            "gap": round(self.gap, 4),
            "bounds": dict(self.bounds),
            "to_cover": list(self.to_cover),
            "covered": list(self.covered),
            "uncovered": [asdict(place) for place in self.uncovered],
            "load": [_listed(asdict(load)) for load in self.load],
            "notes": [list(note) for note in self.notes],
            "measures": dict(self.measures),
            "attribution": self.attribution,
        }

    def to_json(self) -> str:
        """Return the JSON text."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=1, allow_nan=False) + "\n"

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Programme:
        """Read a programme from JSON types.

        Raises
        ------
        DataFileError
            When it is not of the schema `SCHEMA`, with every field that is missing or malformed.
        """
        if not isinstance(data, Mapping) or data.get("schema") != SCHEMA:
            found = data.get("schema") if isinstance(data, Mapping) else type(data).__name__
            wanted = "give a file that `routeplanner programme --json` wrote"
            raise DataFileError(
                [f"schema: expected {SCHEMA!r}, found {found!r}; {wanted}"], subject="programme"
            )
        faults: list[str] = []
        routes = data.get("routes")
        trips: tuple[Itinerary, ...] = ()
        if isinstance(routes, Sequence) and not isinstance(routes, str):
            trips, data = _trips(routes, faults), {**data, "routes": []}
        made = read_record(cls, data, faults)
        faults += _brief_faults(data.get("brief"))
        if made is not None:
            faults += _count_faults(made, routes=len(trips))
        if made is None or faults:
            raise DataFileError(first_faults(faults), subject="programme")
        return replace(made, routes=trips)

    @classmethod
    def from_file(cls, path: str | os.PathLike[str]) -> Programme:
        """Read a programme from a JSON file.

        Raises
        ------
        DataFileError
            When the file is missing, not JSON, or no programme.
        """
        return cls.from_dict(read_json(path))

    def to_frame(self) -> pd.DataFrame:
        """Return the routes as a table, one row a route, index `key`.

        Columns: name_vi, name_en, corridor, form, stops, value, travel_min, distance_km,
        hire_and_fees_vnd_per_person (the trip's own figure; for the full cost see `routeplanner.impact` and
        `routeplanner.compare`), kg_co2e_per_person, departures_a_year.
        """
        import pandas as pd

        rows = [
            {
                "key": card.key,
                "name_vi": card.name_vi,
                "name_en": card.name_en,
                "corridor": card.corridor,
                "form": card.form,
                "stops": len(route.stops),
                "value": route.prize,
                **{name: route.measures.get(name) for name in ("travel_min", "distance_km")},
                "hire_and_fees_vnd_per_person": route.measures.get("cost_vnd_per_person"),
                "kg_co2e_per_person": route.measures.get("kg_co2e_per_person"),
                "departures_a_year": sum(card.departures),
            }
            for card, route in zip(self.cards, self.routes, strict=True)
        ]
        return pd.DataFrame(rows).set_index("key") if rows else pd.DataFrame()

    def to_text(self, lang: str = "en") -> str:
        """Return the programme as plain text, `lang` ``"en"`` or ``"vi"``."""
        from routeplanner.programme.words import programme_text

        return programme_text(self, lang=lang)

    def _repr_html_(self) -> str:
        """Return the routes as a table, for notebooks."""
        from routeplanner.programme.tables import frame_html

        return frame_html(self.to_frame())

    def __repr__(self) -> str:
        """Say the size of the programme in a line."""
        return (
            f"<Programme {self.brief['year']}: {len(self.routes)} routes, value {self.value:g} of at most "
            f"{self.bound:g}, {len(self.covered)} of {len(self.to_cover)} places covered>"
        )


def _listed(values: dict[str, Any]) -> dict[str, Any]:
    return {key: list(value) if isinstance(value, tuple) else value for key, value in values.items()}


def _trips(routes: Sequence[Any], faults: list[str]) -> tuple[Itinerary, ...]:
    """Return the itineraries that can be read; the faults of the others name their place."""
    trips = []
    for number, route in enumerate(routes):
        try:
            trips.append(Itinerary.from_dict(route))
        except DataFileError as error:
            faults += [fault_at(f"routes[{number}]", fault) for fault in error.faults]
    return tuple(trips)


def _brief_faults(brief: object) -> list[str]:
    if not isinstance(brief, Mapping):
        return []  # said with the other fields
    try:
        ProgrammeBrief.from_dict(brief)
    except RequestError as error:
        return [fault_at("brief", fault) for fault in error.faults]
    return []


def _count_faults(made: Programme, *, routes: int) -> Iterator[str]:
    """Yield what the types of the fields do not say: numbers of things, weekdays, figures among the bounds."""
    if len(made.cards) != routes:
        count = len(made.cards)
        yield Fault(
            f"cards: there are {count} for {routes} routes; mend it, or write the file anew",
            f"cards: có {count} thẻ cho {routes} tuyến; hãy sửa lại, hoặc ghi lại tệp",
        )
    lists = [("cards", n, "departures", card.departures, MONTHS) for n, card in enumerate(made.cards)]
    lists += [("load", n, "by_weekday", load.by_weekday, WEEKDAYS) for n, load in enumerate(made.load)]
    for group, number, name, counts, length in lists:
        if len(counts) != length:
            yield json_fault((group, number, name), [], f"list of {length}", f"danh sách {length} phần")
    for number, card in enumerate(made.cards):
        yield from _weekday_faults(number, card)
    for key, value in made.bounds.items():
        if isinstance(value, bool) or not isinstance(value, int | float):
            yield json_fault(("bounds", key), value, "number", "số")


def _weekday_faults(number: int, card: RouteCard) -> Iterator[str]:
    for name in ("weekdays", "quiet_weekdays"):
        for at, day in enumerate(getattr(card, name)):
            if not 0 <= day < WEEKDAYS:
                yield json_fault(("cards", number, name, at), day, "weekday 0 to 6", "thứ từ 0 đến 6")
