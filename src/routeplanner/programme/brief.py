"""What a programme of routes is asked for: one frozen value, checked with all faults at once."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, time, timedelta
from typing import TYPE_CHECKING, Any

from routeplanner._text import did_you_mean
from routeplanner.errors import RequestError
from routeplanner.planning.request import Lunch, TripRequest
from routeplanner.planning.resolve import unknown_words
from routeplanner.programme.places import known_corridors, places_named

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["FORMS", "ProgrammeBrief", "form_counts", "least_days", "unknown_names", "usual_date"]

FORMS: Mapping[str, int] = {"half_day": 1, "day": 1, "two_day": 2, "three_day": 3}
"""Forms of a route, with their days."""

MAX_ROUTES = 60
_SHARE_OF_HALF_DAYS, _SHARE_OF_TWO_DAYS = 4, 6
HALF_DAY = (time(12, 30), time(13))
"""When a morning ends and an afternoon begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeBrief:
    """The brief of a programme: how many routes, where, of which form, under which rules.

    Parameters
    ----------
    year
        Year of the programme: its departures are dated within it.
    routes
        Number of routes, 1 to 60.
    corridors
        Keys of the corridors that share the routes; by default all that the road reaches (not ``national``).
    themes
        Weights between 0 and 1 by theme, as in a trip's request.
    mix
        Number of routes by form, ``{"half_day": 1, "day": 4, "two_day": 1}``; by default a quarter of them are
        half days and a sixth two-day trips, rounded down. A corridor of several cities (Hanoi–Huế–Saigon) takes
        routes of the form ``three_day``, by default its share of the routes; other corridors only where the mix
        names that form.
    cover
        Share of the `villages` that have to be shown at least once, 0 to 1.
    villages
        Ids of the places to be covered; by default the recognised craft villages of the corridors.
    routes_per_site
        On how many routes one place may be.
    shared_sites
        How many places any two routes may have in common.
    theme_routes
        By theme the least number of routes that show it: routes on which at least a quarter of the prize comes
        from its places; a route may show several. By default, for each theme asked for, half of an equal share.
    departures_a_week
        How often each route departs in a week of the season.
    quiet_months, quiet_departures_a_week
        Months of the quiet season, and the departures a week in them. The default (May to August: heat and
        rain) is a judgement.
    people
        Visitors of a departure.
    capacity_a_day
        Most visitors of the programme by place and day.
    usual_capacity
        The same for places that are not named: a judgement, to be replaced by what the villages say.
    first_day
        Date on which the routes are timed, in the year of the programme; by default the second Saturday of March.
    start, day_start, day_end, lunch, mode, vehicle, pace, forbidden, festivals
        As in `TripRequest`, for all routes. `mode` is ``"road"`` or ``"river"``.
    overnight
        Overnight place of the two-day trips by corridor; elsewhere they return to the start for the night: the group
        sleeps at home, and no lodging is reckoned. If none is named, northwest trips stay at Đường Lâm,
        where homestays are known.

    Raises
    ------
    RequestError
        With all faults that can be seen without the catalogue.

    Examples
    --------
    >>> brief = ProgrammeBrief(year=2027, corridors=("south",), routes=6)
    >>> form_counts(brief)
    {'half_day': 1, 'day': 4, 'two_day': 1}
    """

    year: int
    routes: int = 6
    corridors: tuple[str, ...] = ()
    themes: Mapping[str, float] = field(default_factory=dict)
    mix: Mapping[str, int] | None = None
    cover: float = 1.0
    villages: tuple[str, ...] | None = None
    routes_per_site: int = 2
    shared_sites: int = 1
    theme_routes: Mapping[str, int] | None = None
    departures_a_week: int = 2
    quiet_months: tuple[int, ...] = (5, 6, 7, 8)
    quiet_departures_a_week: int = 1
    people: int = 12
    capacity_a_day: Mapping[str, int] = field(default_factory=dict)
    usual_capacity: int = 60
    first_day: date | None = None
    start: str = "ho-hoan-kiem"
    day_start: time = time(8)
    day_end: time = time(17, 30)
    lunch: Lunch | None = field(default_factory=Lunch)
    mode: str = "road"
    vehicle: str = "minibus16"
    pace: str = "normal"
    forbidden: tuple[str, ...] = ()
    festivals: str = "accept"
    overnight: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Turn lists into tuples and gather the faults."""
        faults = [*_normalise(self), *_count_faults(self), *_form_faults(self), *_map_faults(self)]
        told = {_field(fault) for fault in faults}
        try:
            _trip(self)
        except RequestError as error:
            faults += [fault for fault in error.faults if _field(fault) not in told]
        if faults:
            raise RequestError(faults, subject="brief")

    def to_dict(self) -> dict[str, Any]:
        """Return the brief in JSON types; `from_dict` reads it back."""
        plain: dict[str, Any] = {f.name: getattr(self, f.name) for f in fields(self)}
        trip = _trip(self).to_dict()
        plain |= {name: trip[name] for name in ("day_start", "day_end", "lunch", "themes")}
        plain["first_day"] = None if self.first_day is None else self.first_day.isoformat()
        for name in _TUPLES:
            plain[name] = None if plain[name] is None else list(plain[name])
        for name in _MAPPINGS:
            plain[name] = (
                None if plain[name] is None else {key: plain[name][key] for key in sorted(plain[name])}
            )
        return plain

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], *, sites: gpd.GeoDataFrame | None = None) -> ProgrammeBrief:
        """Build a brief from JSON types.

        Parameters
        ----------
        data
            Fields and their values.
        sites
            The catalogue that the brief is for: corridors, themes and places that it does not know are faults then.
            Without one they are found when the programme is designed.

        Raises
        ------
        RequestError
            With all faults: unknown fields, those of the class, and names that the catalogue does not know.

        Examples
        --------
        >>> import routeplanner as rp
        >>> ProgrammeBrief.from_dict({"year": 2027, "routes": 0, "corridors": ["souht"]}, sites=rp.load_sites())
        Traceback (most recent call last):
        routeplanner.errors.RequestError: brief: 2 faults
          - routes: 0 is out of range; give a whole number from 1 to 60
          - corridors: 'souht' is unknown; did you mean 'south' or 'southwest'?
        """
        if not isinstance(data, Mapping):
            raise RequestError(
                [f"{data!r} is {type(data).__name__}; give an object of fields"], subject="brief"
            )
        known = {f.name for f in fields(cls)}
        faults = [
            f"{key}: no such field{did_you_mean(str(key), known) or f'; fields are {sorted(known)}'}"
            for key in data
            if key not in known
        ]
        values = {key: value for key, value in data.items() if key in known}
        clocks: dict[str, Any] = {
            key: values[key] for key in ("day_start", "day_end", "lunch") if key in values
        }
        if values.get("first_day") is not None:
            clocks["first_day"] = values["first_day"]
        try:
            trip = TripRequest.from_dict({"first_day": "2027-03-13", **clocks})
            values |= {key: getattr(trip, key) for key in clocks}
        except RequestError as error:
            faults += error.faults
            values = {key: value for key, value in values.items() if key not in clocks}
        if "year" not in values:
            faults.append("year: missing; give the year of the programme, as 2027")
            values["year"] = USUAL_YEAR
        made = None
        try:
            made = cls(**values)
        except RequestError as error:
            told = {_field(fault) for fault in faults}
            faults += [fault for fault in error.faults if _field(fault) not in told]
        if sites is not None:
            faults += unknown_names(data, sites)
        if faults or made is None:
            raise RequestError(list(dict.fromkeys(faults)), subject="brief")
        return made


USUAL_YEAR = 2027
"""Stands in for a year that is missing, so that the other faults are found as well."""

_TUPLES = ("corridors", "villages", "quiet_months", "forbidden")
_MAPPINGS = ("mix", "theme_routes", "capacity_a_day", "overnight", "themes")
_OR_NONE = ("mix", "theme_routes")
_COUNTS = {
    "routes": (1, MAX_ROUTES),
    "routes_per_site": (1, MAX_ROUTES),
    "shared_sites": (0, 10),
    "departures_a_week": (1, 7),
    "quiet_departures_a_week": (0, 7),
    "people": (1, 1000),
    "usual_capacity": (1, 1_000_000),
    "year": (1900, 2100),
}


_EXAMPLES = {
    "corridors": "'south'",
    "villages": "'bat-trang'",
    "quiet_months": "6, 7",
    "forbidden": "'bat-trang'",
}
_STAND_INS = {"first_day": None, "day_start": time(8), "day_end": time(17, 30)}


def _field(fault: str) -> str:
    """Return the field that a fault is of."""
    return re.split(r"[:\[]", fault, maxsplit=1)[0]


def _normalise(brief: ProgrammeBrief) -> list[str]:
    faults = []
    for name in _TUPLES:
        value = getattr(brief, name)
        if value is None and name == "villages":
            continue
        if isinstance(value, str) or not isinstance(value, Sequence):
            faults.append(f"{name}: {value!r} is not a list; give [{_EXAMPLES[name]}]")
            object.__setattr__(brief, name, ())
        else:
            object.__setattr__(brief, name, tuple(dict.fromkeys(value)))
            faults += [
                f"{name}: {item!r} is no text; give keys, as {_EXAMPLES[name]}"
                for item in getattr(brief, name)
                if name in ("corridors", "villages") and not isinstance(item, str)
            ]
    for name in _MAPPINGS:
        value = getattr(brief, name)
        if (value is not None or name not in _OR_NONE) and not isinstance(value, Mapping):
            faults.append(f"{name}: {value!r} is {type(value).__name__}; give a mapping of keys to values")
            object.__setattr__(brief, name, {})
    for name, kinds, words in (
        ("first_day", date, "a date"),
        ("day_start", time, "a clock time"),
        ("day_end", time, "a clock time"),
    ):
        value = getattr(brief, name)
        if not isinstance(value, kinds) and not (value is None and name == "first_day"):
            faults.append(f"{name}: {value!r} is {type(value).__name__}; give {words}")
            object.__setattr__(brief, name, _STAND_INS[name])
    return faults


def _count_faults(brief: ProgrammeBrief) -> list[str]:
    faults = []
    for name, (least, most) in _COUNTS.items():
        value = getattr(brief, name)
        if type(value) is not int or not least <= value <= most:
            faults.append(f"{name}: {value!r} is out of range; give a whole number from {least} to {most}")
    cover: object = brief.cover
    if isinstance(cover, bool) or not isinstance(cover, int | float) or not 0 <= cover <= 1:
        faults.append(f"cover: {cover!r} is out of range; give a share from 0 to 1")
    faults += [
        f"quiet_months: {month!r} is no month; give numbers from 1 to 12"
        for month in brief.quiet_months
        if type(month) is not int or not 1 <= month <= 12
    ]
    if brief.first_day is not None and type(brief.year) is int and brief.first_day.year != brief.year:
        faults.append(
            f"first_day: {brief.first_day.isoformat()} is not in the year {brief.year}; give a date of that year"
        )
    if brief.mode not in ("road", "river"):
        hint = did_you_mean(str(brief.mode), ("road", "river")) or "; give 'road' or 'river'"
        faults.append(f"mode: {brief.mode!r} is not for programmes{hint}")
    return faults


def _form_faults(brief: ProgrammeBrief) -> list[str]:
    if brief.mix is None:
        return []
    faults = [
        f"mix[{form!r}]: no such form{did_you_mean(str(form), FORMS)}; forms are {', '.join(FORMS)}"
        for form in brief.mix
        if form not in FORMS
    ]
    faults += [
        f"mix[{form!r}]: {count!r} is no number of routes; give 0 or more"
        for form, count in brief.mix.items()
        if type(count) is not int or count < 0
    ]
    if not faults and sum(brief.mix.values()) != brief.routes:
        faults.append(
            f"mix: its forms make {sum(brief.mix.values())} routes, routes says {brief.routes}; let them agree"
        )
    longest = max((FORMS[form] for form, count in brief.mix.items() if form in FORMS and count), default=0)
    faults += [
        f"mix: {corridor!r} leads through {least_days(corridor)} cities and takes as many days; give three_day 1 or "
        "more, or leave the corridor out"
        for corridor in brief.corridors
        if isinstance(corridor, str) and 0 < longest < least_days(corridor)
    ]
    return faults


def _map_faults(brief: ProgrammeBrief) -> list[str]:
    faults = []
    for name, least in (("theme_routes", 0), ("capacity_a_day", 1)):
        faults += [
            f"{name}[{key!r}]: {value!r} is no count; give a whole number, {least} or more"
            for key, value in (getattr(brief, name) or {}).items()
            if type(value) is not int or value < least
        ]
    faults += [
        f"theme_routes[{key!r}]: {value} of {brief.routes} routes cannot be; give at most {brief.routes}"
        for key, value in (brief.theme_routes or {}).items()
        if type(value) is int and type(brief.routes) is int and value > brief.routes
    ]
    faults += [
        f"overnight[{key!r}]: {value!r} is no place; give the id of a site"
        for key, value in brief.overnight.items()
        if not isinstance(value, str)
    ]
    return faults


def _trip(brief: ProgrammeBrief) -> TripRequest:
    """Return a day of the brief as a trip's request: it finds the faults that both share."""
    return TripRequest(
        first_day=brief.first_day or date(2027, 3, 13),
        start=brief.start,
        day_start=brief.day_start,
        day_end=brief.day_end,
        themes=brief.themes,
        forbidden=brief.forbidden,
        mode=brief.mode,
        vehicle=brief.vehicle,
        pace=brief.pace,
        people=brief.people,
        lunch=brief.lunch,
        festivals=brief.festivals,
    )


def unknown_names(brief: Mapping[str, Any], sites: gpd.GeoDataFrame) -> list[str]:
    """Return what of a brief's fields the catalogue does not know; values of wrong types have faults of their own.

    Examples
    --------
    >>> from routeplanner.sites.catalog import load_sites
    >>> unknown_names({"corridors": ["south"], "theme_routes": {"handicarft": 1}}, load_sites())
    ["theme_routes: 'handicarft' is unknown; did you mean 'handicraft'?"]
    """
    from routeplanner.sites.words import load_themes

    def texts(name: str) -> list[str]:
        value = brief.get(name)
        listed = isinstance(value, list | tuple | Mapping)
        return [text for text in value if isinstance(text, str)] if listed else []  # type: ignore[union-attr]

    corridors = known_corridors(sites)
    themes = set(load_themes()).union(*sites["themes"])
    faults = [
        f"{name}: {word!r} is unknown{did_you_mean(word, known) or '; known are ' + ', '.join(sorted(known))}"
        for name, known in (("corridors", corridors), ("overnight", corridors), ("theme_routes", themes))
        for word in texts(name)
        if word not in known
    ]
    nights = brief.get("overnight")
    lodgings = (
        [text for text in nights.values() if isinstance(text, str)] if isinstance(nights, Mapping) else []
    )
    for name, named in (
        ("villages", texts("villages")),
        ("capacity_a_day", texts("capacity_a_day")),
        ("overnight", lodgings),
    ):
        faults += places_named(sites, named, field=name)[1]
    trip = {name: brief[name] for name in ("start", "themes", "forbidden") if name in brief}
    return faults + unknown_words(trip, sites)


def usual_date(year: int) -> date:
    """Return the date on which routes are timed if none is asked for: the second Saturday of March.

    Examples
    --------
    >>> usual_date(2027).isoformat()
    '2027-03-13'
    """
    first = date(year, 3, 1)
    return first + timedelta(days=(5 - first.weekday()) % 7 + 7)


def form_counts(brief: ProgrammeBrief) -> dict[str, int]:
    """Return how many routes of each form are asked for."""
    if brief.mix is not None:
        return {form: brief.mix.get(form, 0) for form in FORMS if form != "three_day" or brief.mix.get(form)}
    far = sum(least_days(corridor) > 1 for corridor in brief.corridors)
    if not far:
        three, left = 0, brief.routes
    elif far == len(brief.corridors):
        three, left = brief.routes, 0
    else:
        three = max(1, brief.routes * far // len(brief.corridors))
        left = brief.routes - three
    half, two = left // _SHARE_OF_HALF_DAYS, left // _SHARE_OF_TWO_DAYS
    counts = {"half_day": half, "day": left - half - two, "two_day": two}
    return counts | {"three_day": three} if three else counts


def least_days(corridor: str) -> int:
    """Return the fewest days of a route of a corridor: one for each of its cities.

    Examples
    --------
    >>> least_days("south"), least_days("hanoi-hue-saigon")
    (1, 3)
    """
    from routeplanner.sites.words import load_corridors

    found = load_corridors().get(corridor)
    return max(1, len(found.bases)) if found else 1


def theme_least(brief: ProgrammeBrief) -> dict[str, int]:
    """Return the least number of routes that have to show each theme."""
    if brief.theme_routes is not None:
        return dict(brief.theme_routes)
    asked = [theme for theme, weight in brief.themes.items() if weight > 0]
    return dict.fromkeys(asked, brief.routes // (2 * len(asked))) if asked else {}


def corridor_most(brief: ProgrammeBrief, corridors: Sequence[str]) -> int:
    """Return the most routes of one corridor: an equal share, rounded up."""
    return math.ceil(brief.routes / max(1, len(corridors)))
