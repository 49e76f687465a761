"""What the planner is asked for: one frozen value, checked with all faults at once."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime, time, timedelta
from numbers import Integral
from typing import TYPE_CHECKING, Any

from routeplanner._clock import seconds_of
from routeplanner._text import did_you_mean
from routeplanner.errors import Fault, RequestError

if TYPE_CHECKING:
    from routeplanner.itinerary import Itinerary

__all__ = [
    "FESTIVALS",
    "LONG_WAYS",
    "MODES",
    "PACES",
    "VEHICLES",
    "Lunch",
    "Pace",
    "TripRequest",
    "Vehicle",
    "cycle_faults",
    "lunch_applies",
    "nights_taken",
    "parse_place",
    "service_min",
    "traffic_moment",
    "travel_limit_s",
    "travel_profile",
    "vehicle_cost",
    "with_nights",
]

MAX_DAYS = 31
MAX_PEOPLE = 10_000
MAX_VND = 10**13
_SEED_ELSEWHERE = Fault(
    "seed: no field of a request; give it beside the request: plan(..., seed=7), --seed 7, POST /plans?seed=7",
    "seed: không phải trường của yêu cầu; hãy ghi bên ngoài: plan(..., seed=7), --seed 7, POST /plans?seed=7",
)
MOST_STRANGE = 20  # unknown fields that are each named

SHORTEST_VISIT_MIN = 20
"""No visit is cut below this (nor below the catalogue's own time where that is shorter)."""

WATER_TRAVEL_SHARE = 0.65
"""On a boat the way is part of the sight: more of the day may be spent on it."""

Position = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Vehicle:
    """A vehicle with its hire price: `day_vnd` for a day plus `km_vnd` a kilometre, for the vehicle.

    The prices are lines through the middles of the distance bands of one undated firm's table (16
    seats: 1,300,000 VND for 50-75 km, 100,000 more for each further 25 km): an estimate, marked so
    wherever it is shown. None where no price was found.
    """

    key: str
    mode: str
    seats: int
    day_vnd: int | None = None
    km_vnd: int | None = None
    name_vi: str = ""
    name_en: str = ""


def _vehicle(
    key: str, mode: str, seats: int, price: tuple[int, int] | None, name_vi: str, name_en: str
) -> tuple[str, Vehicle]:
    day_vnd, km_vnd = price or (None, None)
    return key, Vehicle(
        key=key, mode=mode, seats=seats, day_vnd=day_vnd, km_vnd=km_vnd, name_vi=name_vi, name_en=name_en
    )


VEHICLES: Mapping[str, Vehicle] = dict(
    (
        _vehicle("minibus16", "coach", 16, (1_050_000, 4_000), "xe 16 chỗ", "16-seat minibus"),
        _vehicle("coach29", "coach", 29, (1_200_000, 8_000), "xe 29 chỗ", "29-seat coach"),
        _vehicle("coach45", "coach", 45, (2_030_000, 10_700), "xe 45 chỗ", "45-seat coach"),
        _vehicle("car4", "car", 4, (640_000, 3_800), "xe 4 chỗ", "4-seat car"),
        _vehicle("car7", "car", 7, (750_000, 4_000), "xe 7 chỗ", "7-seat car"),
        _vehicle("motorbike", "motorbike", 2, None, "xe máy", "motorbike"),
        _vehicle("bicycle", "bicycle", 1, None, "xe đạp", "bicycle"),
        _vehicle("foot", "foot", 1, (0, 0), "đi bộ", "on foot"),
    )
)
"""Vehicles by key. One's own two wheels carry one group member or two: the group takes several."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How dense a day is.

    Parameters
    ----------
    max_stops
        Most stops of a day.
    stretch
        Factor on the catalogue's visit times.
    travel_share
        Most of the day's span that may be spent on the way.
    """

    max_stops: int
    stretch: float
    travel_share: float


PACES: Mapping[str, Pace] = {
    "relaxed": Pace(max_stops=3, stretch=1.25, travel_share=0.40),
    "normal": Pace(max_stops=5, stretch=1.0, travel_share=0.40),
    "intense": Pace(max_stops=7, stretch=0.8, travel_share=0.50),
}
"""Paces by name. Three to five stops and at most 40 % of the day on the road are what operators sell."""

MODES: Mapping[str, str] = {
    "road": "by road all day",
    "river": "by boat; road and foot to the pier and where no boat goes",
    "mixed": "out by boat, downstream; the vehicle drives round, meets the group and takes it on",
}
"""Main modes of a trip."""

LONG_WAYS: Mapping[str, str] = {
    "air": "by air between airports, several flights a day",
    "rail": "by night train where one leaves in the evening (Hà Nội to Huế), by air elsewhere",
    "all-rail": "by train all the way: Huế to Sài Gòn takes a day and a night",
}
"""Ways between cities that no road trip of a day joins."""

FESTIVALS: Mapping[str, str] = {
    "seek": "visits on festival days are worth more",
    "accept": "take festivals as they come: the crowd makes visits longer",
    "avoid": "keep away on festival days, which count as closed",
}
"""What a trip makes of festivals."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lunch:
    """The midday break: how long, and between which times it begins.

    Examples
    --------
    >>> from datetime import date, time
    >>> import routeplanner as rp
    >>> late = rp.Lunch(duration_min=90, earliest=time(11, 30), latest=time(13, 30))
    >>> rp.TripRequest(first_day=date(2027, 3, 13), lunch=late).lunch.duration_min
    90
    >>> rp.TripRequest(first_day=date(2027, 3, 13), lunch=None).lunch is None  # no pause
    True
    """

    duration_min: int = 60
    earliest: time = time(11)
    latest: time = time(13)


def parse_place(text: str) -> Position | None:
    """Return (lon, lat) when `text` is a coordinate ``"lat,lon"``, else None.

    Examples
    --------
    >>> parse_place("21.03,105.85")
    (105.85, 21.03)
    >>> parse_place("ho-hoan-kiem") is None
    True
    """
    parts = text.split(",")
    if len(parts) != 2:
        return None
    try:
        lat, lon = (float(part) for part in parts)
    except ValueError:
        return None
    return (lon, lat) if math.isfinite(lat) and math.isfinite(lon) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class TripRequest:
    """A trip to be planned.

    Parameters
    ----------
    first_day
        Date of the first day; what is open follows from it.
    start
        Site id, name, or coordinate ``"lat,lon"`` where the trip starts.
    end
        Where it ends; by default the start.
    days
        Number of days, 1 to 31.
    corridor
        Key of a corridor (`routeplanner.load_corridors`) whose sites are candidates.
    area
        Instead of a corridor, or to narrow it: (west, south, east, north) in degrees, EPSG:4326.
    overnight
        Places where the nights are spent: one for all nights, or one for each. Without, each day
        returns to the start.
    overnight_from
        Places among which each night is chosen, so that the whole trip is worth most; instead of `overnight`.
        An itinerary's own request says in `overnight` which were taken.
    day_start, day_end
        Earliest departure and latest return.
    day_spans
        Days with other hours than these, by number from 1: ``{1: (time(13), time(17, 30))}``.
    themes
        Weights between 0 and 1 by theme; without, all themes count alike.
    must_visit, forbidden
        Site ids.
    mode
        ``"road"``, ``"river"`` or ``"mixed"`` (`MODES`).
    vehicle
        Key of `VEHICLES`.
    pace
        ``"relaxed"``, ``"normal"`` or ``"intense"`` (`PACES`).
    people
        Size of the group.
    budget_vnd
        Limit for the whole group and trip: vehicle hire and entrance fees as far as known. Boats are
        not priced.
    lunch
        The midday break, or None for none.
    lunch_at
        Sites at one of which the lunch of a day is taken, by number of the day from 1: ``{2: ["bat-trang"]}``. On
        other days it is taken at whichever stop it suits. A site named here is a candidate wherever it lies.
    max_stops
        Most stops a day, instead of the pace's.
    festivals
        ``"seek"``, ``"accept"`` or ``"avoid"``: what a festival at a site means for its prize, visit and days
        (the table is in `routeplanner.planning.calendar`).
    closed
        Dates by site on which it is closed, whatever the catalogue says: ``{"bat-trang": [date(2027, 3, 13)]}``.
    hours
        Opening hours by site instead of the catalogue's, as OpenStreetMap writes them.
    rain
        Plan for rain: indoor places weigh more, what needs the sun next to nothing.
    long_way
        ``"air"`` where the trip may fly between cities (`LONG_WAYS`); None for by road alone. A corridor of
        several cities (``"hanoi-hue-saigon"``) flies unless told otherwise, and its nights are spread evenly
        over its cities unless `overnight` says where they are spent. ``"rail"``: a night whose place is a station with
        a night train to the next night's place (``"ga-ha-noi"`` before ``"ga-hue"``) is spent aboard. ``"all-rail"``:
        so is one before which the train leaves by day (``"ga-hue"`` before ``"ga-sai-gon"``); nothing is flown there.
    max_leg_min
        Longest single way between two stops in minutes without traffic, or None.
    at_most
        Most visits in the whole trip by kind of site: ``{"museum": 2}``.
    before
        Pairs of sites of which the first is visited before the second, on the same day or an earlier one, where both
        are visited: ``[("van-mieu", "hoa-lo")]``. Must-visits in a ring are refused.
    min_crafts, min_themes
        Least number of different crafts, and of different themes, that the trip is to show.

    Raises
    ------
    RequestError
        With all faults that can be seen without the catalogue.

    Examples
    --------
    >>> from datetime import date
    >>> request = TripRequest(first_day=date(2027, 3, 13), corridor="south", themes={"handicraft": 1.0})
    >>> request.day_start.isoformat()
    '08:00:00'
    >>> longer = TripRequest(first_day=date(2027, 3, 13), days=2, overnight=["duong-lam-ancient-village"])
    >>> longer.nights, longer.nights_are_open
    (1, False)
    >>> longer.terminals
    ['ho-hoan-kiem', 'duong-lam-ancient-village', 'ho-hoan-kiem']
    >>> TripRequest(first_day=date(2027, 3, 13), day_spans={1: (time(13), time(18))}).span(0)
    (datetime.time(13, 0), datetime.time(18, 0))
    """

    first_day: date
    start: str = "ho-hoan-kiem"
    end: str | None = None
    days: int = 1
    corridor: str | None = None
    area: tuple[float, float, float, float] | None = None
    overnight: tuple[str, ...] = ()
    overnight_from: tuple[str, ...] = ()
    day_start: time = time(8)
    day_end: time = time(17, 30)
    day_spans: Mapping[int, tuple[time, time]] = field(default_factory=dict)
    themes: Mapping[str, float] = field(default_factory=dict)
    must_visit: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    mode: str = "road"
    vehicle: str = "minibus16"
    pace: str = "normal"
    people: int = 12
    budget_vnd: int | None = None
    lunch: Lunch | None = field(default_factory=Lunch)
    lunch_at: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    max_stops: int | None = None
    festivals: str = "accept"
    closed: Mapping[str, tuple[date, ...]] = field(default_factory=dict)
    hours: Mapping[str, str] = field(default_factory=dict)
    rain: bool = False
    long_way: str | None = None
    max_leg_min: int | None = None
    at_most: Mapping[str, int] = field(default_factory=dict)
    before: tuple[tuple[str, str], ...] = ()
    min_crafts: int = 0
    min_themes: int = 0

    def __post_init__(self) -> None:
        """Normalise sequences and gather the faults."""
        faults = list(_normalise(self))
        faults += _type_faults(self)
        if not faults:
            faults += [*_value_faults(self), *_theme_faults(self), *_list_faults(self)]
        if faults:
            raise RequestError(faults, subject="request")

    @property
    def nights(self) -> int:
        """Number of nights."""
        return self.days - 1

    @property
    def terminals(self) -> list[str]:
        """Places between the days: where day 1 starts, where the nights are spent, where the trip ends.

        While the nights are to be chosen, the first choice stands for each.
        """
        if not self.overnight:
            nights = [*self.overnight_from[:1], self.start][:1] * self.nights
        elif len(self.overnight) == 1:
            nights = [self.overnight[0]] * self.nights
        else:
            nights = list(self.overnight)
        return [self.start, *nights, self.end or self.start]

    @property
    def nights_are_open(self) -> bool:
        """Whether the places of the nights are still to be chosen."""
        return bool(self.overnight_from) and not self.overnight and self.nights > 0

    def span(self, day: int) -> tuple[time, time]:
        """Return the earliest departure and the latest return of a day, counted from 0."""
        return self.day_spans.get(day + 1, (self.day_start, self.day_end))

    def to_dict(self) -> dict[str, Any]:
        """Return the request in JSON types; `from_dict` reads it back."""
        lunch = self.lunch
        return {
            "first_day": self.first_day.isoformat(),
            "start": self.start,
            "end": self.end,
            "days": self.days,
            "corridor": self.corridor,
            "area": None if self.area is None else list(self.area),
            "overnight": list(self.overnight),
            "overnight_from": list(self.overnight_from),
            "day_start": self.day_start.isoformat("minutes"),
            "day_end": self.day_end.isoformat("minutes"),
            "day_spans": {
                str(day): [moment.isoformat("minutes") for moment in self.day_spans[day]]
                for day in sorted(self.day_spans)
            },
            "themes": {key: self.themes[key] for key in sorted(self.themes)},
            "must_visit": list(self.must_visit),
            "forbidden": list(self.forbidden),
            "mode": self.mode,
            "vehicle": self.vehicle,
            "pace": self.pace,
            "people": self.people,
            "budget_vnd": self.budget_vnd,
            "lunch": None
            if lunch is None
            else {
                "duration_min": lunch.duration_min,
                "earliest": lunch.earliest.isoformat("minutes"),
                "latest": lunch.latest.isoformat("minutes"),
            },
            "lunch_at": {str(day): list(self.lunch_at[day]) for day in sorted(self.lunch_at)},
            "max_stops": self.max_stops,
            "festivals": self.festivals,
            "closed": {site: [day.isoformat() for day in self.closed[site]] for site in sorted(self.closed)},
            "hours": {site: self.hours[site] for site in sorted(self.hours)},
            "rain": self.rain,
            "long_way": self.long_way,
            "max_leg_min": self.max_leg_min,
            "at_most": {kind: self.at_most[kind] for kind in sorted(self.at_most)},
            "before": [list(pair) for pair in self.before],
            "min_crafts": self.min_crafts,
            "min_themes": self.min_themes,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> TripRequest:
        """Build a request from JSON types: dates and times as ISO text.

        Raises
        ------
        RequestError
            With all faults: unknown fields, values that are no date or time, and those of the class.
        """
        if not isinstance(data, Mapping):
            raise RequestError(
                [
                    f"{data!r} is {type(data).__name__}; give an object of fields, {{'first_day': '2027-03-13'}}"
                ],
                subject="request",
            )
        known = {f.name for f in fields(cls)}
        strange = [key for key in data if key not in known]
        faults = [
            _SEED_ELSEWHERE
            if key == "seed"
            else f"{key}: no such field{did_you_mean(key, known) or f'; fields are {sorted(known)}'}"
            for key in strange[:MOST_STRANGE]
        ]
        if len(strange) > MOST_STRANGE:
            faults.append(f"{len(strange) - MOST_STRANGE} further fields do not exist; leave them out")
        values: dict[str, Any] = {}
        for key, value in data.items():
            if key not in known:
                continue
            try:
                values[key] = _from_json(key, value)
            except (TypeError, ValueError, AttributeError) as error:
                faults.append(f"{key}: {error}")
                values[key] = _STAND_INS.get(key)
        if "first_day" not in values:
            faults.append("first_day: missing; give a date such as 2027-03-13")
            values["first_day"] = _STAND_INS["first_day"]
        values = {key: value for key, value in values.items() if value is not None or key in _NULLABLE}
        try:
            request = cls(**values)
        except RequestError as error:
            raise RequestError([*faults, *error.faults], subject="request") from None
        if faults:
            raise RequestError(faults, subject="request")
        return request


_STAND_INS: Mapping[str, Any] = {"first_day": date(2027, 3, 13)}
"""Values that stand in for unreadable ones, so that the other faults can still be gathered."""

_NULLABLE = frozenset({"end", "corridor", "area", "budget_vnd", "lunch", "max_stops", "max_leg_min"})
_TUPLES = ("overnight", "overnight_from", "must_visit", "forbidden")


def _from_json(key: str, value: Any) -> Any:  # noqa: ANN401 - JSON in, field value out
    if key == "first_day" and not isinstance(value, date):
        return _date(value)
    if key == "closed" and isinstance(value, Mapping):
        return {site: _dates(days) for site, days in value.items()}
    if key in ("day_spans", "lunch_at") and isinstance(value, Mapping):
        return {_day_number(day): _of_day(key, of_day) for day, of_day in value.items()}
    if key in ("day_start", "day_end") and not isinstance(value, time):
        return _time(value)
    if key == "lunch" and isinstance(value, Mapping):
        unknown = sorted(set(value) - {"duration_min", "earliest", "latest"})
        if unknown:
            raise ValueError(f"no such field as {unknown}; fields are duration_min, earliest, latest")
        return Lunch(
            duration_min=value.get("duration_min", 60),
            earliest=_time(value.get("earliest", "11:00")),
            latest=_time(value.get("latest", "13:00")),
        )
    return value


def _day_number(text: object) -> object:
    """Return a number that JSON can only say as a text."""
    return int(text) if isinstance(text, str) and text.isdecimal() else text


def _of_day(key: str, value: object) -> object:
    if key == "day_spans" and isinstance(value, Sequence) and not isinstance(value, str):
        return tuple(moment if isinstance(moment, time) else _time(moment) for moment in value)
    return value


def _dates(days: object) -> tuple[date, ...]:
    if isinstance(days, str) or not isinstance(days, Sequence):
        raise TypeError(f"{days!r} is not a list of dates; write ['2027-03-13']")
    return tuple(day if isinstance(day, date) else _date(day) for day in days)


def _date(text: object) -> date:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        raise ValueError(f"{text!r} is not a date; write it as 2027-03-13 (year-month-day)") from None


def _time(text: object) -> time:
    try:
        return time.fromisoformat(str(text).zfill(5))
    except ValueError:
        raise ValueError(f"{text!r} is not a clock time; write it as 08:00") from None


def _normalise(request: TripRequest) -> list[str]:
    """Turn lists into tuples; a lone string for a list of ids is a fault worth a word of its own."""
    faults = []
    for name in _TUPLES:
        value = getattr(request, name)
        if isinstance(value, str):
            faults.append(f"{name}: {value!r} is one text; give a list, [{value!r}]")
            object.__setattr__(request, name, (value,))
        elif isinstance(value, Sequence) and all(isinstance(item, str) for item in value):
            object.__setattr__(
                request, name, tuple(dict.fromkeys(value)) if name != "overnight" else tuple(value)
            )
        else:
            faults.append(f"{name}: {value!r} is not a list of site ids")
            object.__setattr__(request, name, ())
    if isinstance(request.area, Sequence) and not isinstance(request.area, str):
        object.__setattr__(request, "area", tuple(request.area))
    if isinstance(request.themes, Mapping):
        object.__setattr__(request, "themes", dict(request.themes))
    if isinstance(request.closed, Mapping):
        object.__setattr__(request, "closed", {s: _as_dates(d) for s, d in request.closed.items()})
    if isinstance(request.hours, Mapping):
        object.__setattr__(request, "hours", dict(request.hours))
    _normalise_rules(request)
    for name in ("days", "people", "budget_vnd", "max_stops", "max_leg_min", "min_crafts", "min_themes"):
        number: object = getattr(request, name)
        if not isinstance(number, bool) and isinstance(number, Integral):
            object.__setattr__(request, name, int(number))
    return faults


def _normalise_rules(request: TripRequest) -> None:
    """Turn what is asked for single days and the pairs of an order into tuples, and copy the limits by kind."""
    for name in ("day_spans", "lunch_at"):
        by_day: object = getattr(request, name)
        if isinstance(by_day, Mapping):
            object.__setattr__(
                request,
                name,
                {day: tuple(v) if isinstance(v, list | tuple) else v for day, v in by_day.items()},
            )
    if isinstance(request.at_most, Mapping):
        object.__setattr__(request, "at_most", dict(request.at_most))
    pairs: object = request.before
    if isinstance(pairs, Sequence) and not isinstance(pairs, str):
        listed = [tuple(pair) if isinstance(pair, list) else pair for pair in pairs]
        object.__setattr__(request, "before", tuple(listed))


def _as_dates(days: object) -> object:
    """Return dates in order; a moment counts as its day. What is no list of dates stays for the fault."""
    listed = [days] if isinstance(days, date) else days
    if isinstance(listed, str | Mapping) or not isinstance(listed, Iterable):
        return days
    found = list(listed)
    if not all(isinstance(day, date) for day in found):
        return days
    return tuple(sorted({date(day.year, day.month, day.day) for day in found}))


def _type_faults(request: TripRequest) -> list[str]:
    expected: dict[str, tuple[Any, str]] = {
        "first_day": (date, "a date"),
        "start": (str, "a site id or 'lat,lon'"),
        "end": ((str, type(None)), "a site id, 'lat,lon' or None"),
        "days": (int, "a whole number"),
        "corridor": ((str, type(None)), "a corridor key or None"),
        "area": ((tuple, type(None)), "(west, south, east, north) or None"),
        "day_start": (time, "a clock time"),
        "day_end": (time, "a clock time"),
        "themes": (Mapping, "a mapping of theme to weight"),
        "day_spans": (Mapping, "a mapping of day to two clock times"),
        "lunch_at": (Mapping, "a mapping of day to site ids"),
        "mode": (str, f"one of {sorted(MODES)}"),
        "vehicle": (str, f"one of {sorted(VEHICLES)}"),
        "pace": (str, f"one of {sorted(PACES)}"),
        "people": (int, "a whole number"),
        "budget_vnd": ((int, type(None)), "a whole number of VND or None"),
        "lunch": ((Lunch, type(None)), "a Lunch or None"),
        "max_stops": ((int, type(None)), "a whole number or None"),
        "max_leg_min": ((int, type(None)), "a whole number of minutes or None"),
        "at_most": (Mapping, "a mapping of kind to number"),
        "before": (tuple, "a list of pairs of site ids"),
        "min_crafts": (int, "a whole number"),
        "min_themes": (int, "a whole number"),
        "festivals": (str, f"one of {sorted(FESTIVALS)}"),
        "closed": (Mapping, "a mapping of site to dates"),
        "hours": (Mapping, "a mapping of site to opening hours"),
        "long_way": ((str, type(None)), f"one of {sorted(LONG_WAYS)} or None"),
    }
    return [
        f"{name}: {value!r} is {type(value).__name__}; give {words}"
        for name, (types, words) in expected.items()
        if not isinstance(value := getattr(request, name), types) or isinstance(value, bool | datetime)
    ] + [
        fault
        for name in ("day_start", "day_end")
        if isinstance(value := getattr(request, name), time) and (fault := _clock_fault(name, value))
    ]


def _read_times(span: object) -> str:
    """Return clock times as people write them, in quotes; anything else as Python does."""
    if isinstance(span, tuple) and all(isinstance(moment, time) for moment in span):
        return repr("-".join(f"{moment:%H:%M}" for moment in span))
    return repr(span)


def _clock_fault(name: str, value: object) -> str | None:
    """Refuse what a timetable in whole minutes of Vietnam cannot hold."""
    if not isinstance(value, time):
        return f"{name}: {value!r} is {type(value).__name__}; give a clock time"
    if value.second or value.microsecond or value.tzinfo is not None:
        return f"{name}: '{value}' is not a whole minute of Vietnam's clock; leave out seconds and time zone"
    return None


def _value_faults(request: TripRequest) -> list[str]:
    faults = []
    if not 1 <= request.days <= MAX_DAYS:
        faults.append(f"days: {request.days} is out of range; give 1 to {MAX_DAYS}")
    elif request.first_day > date.max - timedelta(days=MAX_DAYS):
        faults.append(f"first_day: {request.first_day} is too late; give a date before the year 2100")
    if not 1 <= request.people <= MAX_PEOPLE:
        faults.append(f"people: {request.people} is out of range; give 1 or more, at most {MAX_PEOPLE}")
    if request.budget_vnd is not None and request.budget_vnd < 0:
        faults.append(f"budget_vnd: {request.budget_vnd} is negative; give the limit in VND")
    elif request.budget_vnd is not None and request.budget_vnd > MAX_VND:
        faults.append(
            f"budget_vnd: {request.budget_vnd} is out of range; give at most {MAX_VND}, or leave it out"
        )
    if request.max_stops is not None and request.max_stops < 1:
        faults.append(f"max_stops: {request.max_stops} is out of range; give 1 or more")
    if request.day_end <= request.day_start:
        faults.append(
            f"day_end: {request.day_end:%H:%M} is not after day_start {request.day_start:%H:%M}; "
            "give a later day_end"
        )
    for name, known in (("mode", MODES), ("vehicle", VEHICLES), ("pace", PACES), ("festivals", FESTIVALS)):
        value = getattr(request, name)
        if value not in known:
            faults.append(
                f"{name}: {value!r} is unknown{did_you_mean(value, known)}; known are {', '.join(known)}"
            )
    faults += _day_faults(request)
    faults += _area_faults(request.area)
    faults += _lunch_faults(request.lunch)
    faults += _long_way_faults(request)
    return faults + _rule_faults(request) + _override_faults(request)


def _day_faults(request: TripRequest) -> list[str]:
    """Return what is wrong with what is asked for single days."""
    faults = [
        f"{name}[{day!r}]: the trip has no such day; its days are 1 to {request.days}"
        for name in ("day_spans", "lunch_at")
        for day in getattr(request, name)
        if type(day) is not int or not 1 <= day <= request.days
    ]
    spans: Mapping[Any, object] = request.day_spans
    for day, span in spans.items():
        if type(span) is not tuple or len(span) != 2 or not all(isinstance(moment, time) for moment in span):
            faults.append(
                f"day_spans[{day!r}]: {_read_times(span)} is not two clock times; give two, as 13:00 and 17:30"
            )
            continue
        clock = [fault for moment in span if (fault := _clock_fault(f"day_spans[{day!r}]", moment))]
        faults += clock
        if not clock and span[1] <= span[0]:
            faults.append(
                f"day_spans[{day!r}]: {span[1]:%H:%M} is not after {span[0]:%H:%M}; give the earlier time first"
            )
    places: Mapping[Any, object] = request.lunch_at
    faults += [
        f"lunch_at[{day!r}]: {sites!r} is not a list of site ids; give ['bat-trang']"
        for day, sites in places.items()
        if type(sites) is not tuple or not sites or not all(isinstance(site, str) for site in sites)
    ]
    if request.lunch_at and (request.lunch is None or request.mode != "road"):
        faults.append("lunch_at: goes with a lunch and mode 'road'; leave it out, or choose these")
    return faults


def _long_way_faults(request: TripRequest) -> list[str]:
    way = request.long_way
    if way is None:
        return []
    if way not in LONG_WAYS:
        return [
            f"long_way: {way!r} is unknown{did_you_mean(way, LONG_WAYS)}; known are {', '.join(LONG_WAYS)}"
        ]
    vehicle = VEHICLES.get(request.vehicle)
    if request.mode != "road" or (vehicle is not None and vehicle.mode not in ("coach", "car")):
        return [
            f"long_way: {way!r} goes with mode 'road' and a coach or car; choose these, or leave long_way out"
        ]
    return []


def _rule_faults(request: TripRequest) -> list[str]:
    """Return what is wrong with the rules that join the visits of a trip."""
    faults = [
        f"{name}: {value} is out of range; give {least} or more"
        for name, value, least in (
            ("max_leg_min", request.max_leg_min, 1),
            ("min_crafts", request.min_crafts, 0),
            ("min_themes", request.min_themes, 0),
        )
        if value is not None and value < least
    ]
    faults += [
        f"at_most[{kind!r}]: {number!r} is no whole number of 0 or more; give {{'museum': 2}}"
        for kind, number in request.at_most.items()
        if not isinstance(kind, str) or type(number) is not int or number < 0
    ]
    pairs = [
        f"before: {pair!r} is no pair of two different sites; give [('first', 'second')]"
        for pair in request.before
        if type(pair) is not tuple
        or len(pair) != 2
        or not all(isinstance(site, str) for site in pair)
        or pair[0] == pair[1]
    ]
    return faults + (pairs or cycle_faults(request.before, request.must_visit))


def cycle_faults(before: Sequence[tuple[str, str]], must: Sequence[str]) -> list[str]:
    """Return the ring of must-visits of which each is to come before the next, if there is one.

    Optional sites may stand in a ring: a trip visits some of them.

    Examples
    --------
    >>> cycle_faults([("a", "b"), ("b", "a")], ["a", "b"])
    ["before: 'a' before 'b' before 'a': must-visits in a ring, which no trip can keep; take one pair out"]
    >>> cycle_faults([("a", "b"), ("b", "a")], ["a"])
    []
    """
    from graphlib import CycleError, TopologicalSorter

    order: TopologicalSorter[str] = TopologicalSorter()
    for first, second in before:
        if first in must and second in must:
            order.add(second, first)
    try:
        order.prepare()
    except CycleError as error:
        ring = error.args[1]
        start = ring.index(min(ring))
        ring = [*ring[start:-1], *ring[:start], min(ring)]
        text = " before ".join(map(repr, ring))
        return [f"before: {text}: must-visits in a ring, which no trip can keep; take one pair out"]
    return []


def _override_faults(request: TripRequest) -> list[str]:
    closed: Mapping[Any, object] = request.closed
    faults = [
        f"closed[{site!r}]: {days!r} is not a list of dates; give [date(2027, 3, 13)]"
        for site, days in closed.items()
        if not isinstance(site, str) or not isinstance(days, tuple)
    ]
    for site, text in request.hours.items():
        fault = _hours_fault(text)
        if fault or not isinstance(site, str):
            faults.append(f"hours[{site!r}]: {fault or 'give the id of a site'}")
    rain: object = request.rain
    if not isinstance(rain, bool):
        faults.append(f"rain: {rain!r} is {type(rain).__name__}; give True or False")
    return faults


def _hours_fault(text: object) -> str | None:
    if not isinstance(text, str) or not text.strip():
        return f"{text!r} are not opening hours; write 'Mo-Su 08:00-17:00'"
    from routeplanner.sites.osm_hours import hours_fault

    return hours_fault(text)


def _area_faults(area: tuple[float, ...] | None) -> list[str]:
    if area is None:
        return []
    if len(area) != 4 or not all(isinstance(x, int | float) and math.isfinite(x) for x in area):
        return [f"area: {area!r} is not four numbers; give (west, south, east, north) in degrees"]
    west, south, east, north = area
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        return [f"area: {area!r} is not west < east and south < north in degrees; check the order (lon, lat)"]
    return []


def _lunch_faults(lunch: Lunch | None) -> list[str]:
    if lunch is None:
        return []
    faults = [
        fault
        for name in ("earliest", "latest")
        if (fault := _clock_fault(f"lunch.{name}", getattr(lunch, name)))
    ]
    if faults:
        return faults
    if type(lunch.duration_min) is not int or not 10 <= lunch.duration_min <= 240:
        faults.append(f"lunch.duration_min: {lunch.duration_min!r} is out of range; give 10 to 240 minutes")
    if seconds_of(lunch.latest) < seconds_of(lunch.earliest):
        faults.append(
            f"lunch.latest: {lunch.latest:%H:%M} is before lunch.earliest {lunch.earliest:%H:%M}; swap them"
        )
    return faults


def _theme_faults(request: TripRequest) -> list[str]:
    faults = [
        f"themes[{theme!r}]: weight {weight!r} is out of range; give a number between 0 and 1"
        for theme, weight in request.themes.items()
        if isinstance(theme, str)
        and (isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 <= weight <= 1)
    ]
    faults += [
        f"themes[{theme!r}]: {theme!r} is {type(theme).__name__}; give the name of a theme"
        for theme in request.themes
        if not isinstance(theme, str)
    ]
    if not faults and request.themes and not any(request.themes.values()):
        faults.append(
            "themes: every weight is 0, so that nothing is worth a visit; give one a weight above 0"
        )
    return faults


def _list_faults(request: TripRequest) -> list[str]:
    faults = [
        f"forbidden: {site!r} is a must-visit as well; take it off one of the two lists"
        for site in request.forbidden
        if site in request.must_visit
    ]
    if len(request.overnight) > 1 and len(request.overnight) != request.nights:
        faults.append(
            f"overnight: {len(request.overnight)} places for {request.nights} nights; "
            "give one for all nights or one for each"
        )
    faults += _open_night_faults(request)
    if request.overnight and request.nights == 0:
        faults.append(
            f"overnight: {request.overnight[0]!r} given, but a trip of one day has no night; raise days or leave it out"
        )
    return faults


def _open_night_faults(request: TripRequest) -> list[str]:
    """Return what is wrong with the places to choose the nights from."""
    if not request.overnight_from:
        return []
    if request.nights == 0:
        night = request.overnight_from[0]
        return [
            f"overnight_from: {night!r} given, but a trip of one day has no night; raise days or leave it out"
        ]
    if request.overnight:
        return [
            f"overnight: {night!r} is none of overnight_from; give one of them, or leave one of the two out"
            for night in dict.fromkeys(request.overnight)
            if night not in request.overnight_from
        ]
    if request.mode == "mixed" or request.long_way is not None:
        return [
            "overnight_from: not with mode 'mixed' or long_way; say in overnight where the nights are spent"
        ]
    return []


def travel_profile(request: TripRequest) -> str:
    """Return the network's profile for the request's mode and vehicle."""
    if request.mode != "road":
        return request.mode
    vehicle = VEHICLES[request.vehicle]
    if request.long_way is not None:
        return f"{vehicle.mode}+air"
    # Large coaches have profiles of their own: they keep out of lanes and park outside.
    return vehicle.key if vehicle.key in {"coach29", "coach45"} else vehicle.mode


def traffic_moment(request: TripRequest, moment: datetime) -> datetime:
    """Return the moment whose traffic holds at a moment of a trip: the same hour of its first working day.

    A trip of several days has one table of travel times, that of its first day from Monday to Friday, or of
    its first day where it has none.
    """
    days = [request.first_day + timedelta(days=k) for k in range(request.days)]
    day = next((day for day in days if day.weekday() < 5), days[0])
    return datetime.combine(day, moment.timetz())


def service_min(visit_min: int, pace: str) -> int:
    """Return the minutes of a visit at a pace, a multiple of five where it was stretched or cut.

    Examples
    --------
    >>> service_min(60, "normal"), service_min(60, "relaxed"), service_min(90, "intense"), service_min(15, "intense")
    (60, 75, 70, 15)
    """
    stretch = PACES[pace].stretch
    if stretch == 1:
        return visit_min
    stretched = 5 * round(visit_min * stretch / 5)
    return max(stretched, min(visit_min, SHORTEST_VISIT_MIN))


def lunch_applies(request: TripRequest, day: int) -> bool:
    """Return whether a day, counted from 0, is long enough to hold the whole time in which lunch may be."""
    lunch = request.lunch
    if lunch is None:
        return False
    end = seconds_of(lunch.latest) + lunch.duration_min * 60
    first, last = request.span(day)
    return seconds_of(first) <= seconds_of(lunch.earliest) and seconds_of(last) >= end


def travel_limit_s(request: TripRequest, day: int) -> int:
    """Return how many seconds of a day, counted from 0, may be spent on the way."""
    share = PACES[request.pace].travel_share if request.mode == "road" else WATER_TRAVEL_SHARE
    first, last = request.span(day)
    return int(share * (seconds_of(last) - seconds_of(first)))


def with_nights(request: TripRequest, nights: Sequence[str]) -> TripRequest:
    """Return a request whose open nights are spent at given places; without any it is the request itself."""
    return replace(request, overnight=tuple(nights)) if nights and request.nights_are_open else request


def nights_taken(trip: Itinerary, request: TripRequest) -> list[str]:
    """Return where the nights of a trip are spent, nothing if not all of them are among the request's choices."""
    nights = [day.end.site_id for day in trip.days[:-1]]
    fit = len(nights) == request.nights and all(night in request.overnight_from for night in nights)
    return nights if fit else []


def vehicle_cost(request: TripRequest) -> tuple[int, int] | None:
    """Return the hire of all vehicles in VND, by day and by kilometre; None where no price is known.

    Boats are not priced: a day by boat has no known cost.
    """
    vehicle = VEHICLES[request.vehicle]
    if request.mode != "road" or vehicle.day_vnd is None or vehicle.km_vnd is None:
        return None
    count = -(-request.people // vehicle.seats)
    return count * vehicle.day_vnd, count * vehicle.km_vnd
