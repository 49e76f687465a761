"""The answer: an itinerary of days, stops and legs, and its way to JSON and back.

An itinerary is data only. It is made by `routeplanner.plan`, judged by `routeplanner.check` and drawn
by `routeplanner.map_itinerary`; it needs neither network nor catalogue once it exists.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime  # noqa: TC003 - `read_record` looks the types of the fields up
from typing import TYPE_CHECKING, Any

from routeplanner._files import read_json
from routeplanner._records import first_faults, json_fault, read_record
from routeplanner.errors import DataFileError

if TYPE_CHECKING:
    import os
    from pathlib import Path

    import geopandas as gpd

__all__ = [
    "MODES",
    "SCHEMA",
    "Break",
    "Day",
    "Itinerary",
    "Leg",
    "Note",
    "Skipped",
    "Stop",
    "Terminal",
    "sails_out",
]

SCHEMA = "routeplanner/itinerary/1"
"""Name and version of the JSON shape."""

MODES = ("coach", "car", "motorbike", "bicycle", "foot", "boat", "ferry", "rail", "air")
"""Ways to travel, as a leg names them."""

Position = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """Where a day starts or ends: a gateway, a hotel or an overnight place.

    Parameters
    ----------
    site_id
        Site of the catalogue, or ``"lat,lon"`` for a free coordinate.
    name_vi, name_en
        Names in both languages.
    lon, lat
        Position in degrees, EPSG:4326.
    time
        Departure of a start, arrival of an end; aware, Asia/Ho_Chi_Minh.

    Examples
    --------
    >>> from datetime import date
    >>> import routeplanner as rp
    >>> network = rp.build_network(rp.load_sites())
    >>> request = rp.TripRequest(corridor="south", first_day=date(2027, 3, 13), must_visit=["ha-thai-lacquer"])
    >>> trip = rp.plan(network, request)
    >>> hotel = trip.days[0].start
    >>> hotel.site_id, hotel.time.isoformat()
    ('ho-hoan-kiem', '2027-03-13T08:00:00+07:00')
    """

    site_id: str
    name_vi: str
    name_en: str
    lon: float
    lat: float
    time: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A site as visited.

    Parameters
    ----------
    site_id, name_vi, name_en, kind, crafts
        As in the catalogue.
    lon, lat
        Position in degrees, EPSG:4326.
    arrival, start, departure
        Arrival, begin and end of the visit; aware, Asia/Ho_Chi_Minh. Between arrival and start lies
        waiting, or lunch.
    prize
        What this visit adds to the prize of the trip.
    certainty
        ``"known"``, ``"assumed"`` or ``"needs_confirmation"``: how sure the opening hours are.
    position
        How good its point is: ``"site"`` (within 150 m), ``"village"`` (within 1 km), ``"commune"`` (within
        3 km: the middle of its commune), or an empty string where the catalogue does not say.
    visit_certainty
        ``"known"`` (the length of the visit has a source), ``"assumed"`` (it is a judgement), or an empty string
        where the catalogue does not say.
    summary_en
        One sentence of the catalogue, or an empty string.
    fee_vnd
        Entrance fee a person, or None where it is not known.
    significance
        1 to 5, or None for a place that is no sight.
    opening
        Pairs (opens, closes) of that date, aware; empty where they were not looked up.
    festival_vi, festival_en
        Festival held there on that date, or empty strings.
    crowding
        ``"usual"``, ``"busy"`` (a festival of more than two weeks) or ``"packed"`` (a shorter one).
    photo_url
        Address of a picture (http, https), if the catalogue has a column ``photo_url``; else an empty string.
    why, why_vi
        Why it lies on this day, where the calendar has a say: a market or festival day, a season, the only
        day of the trip on which it is open, what must be confirmed. Else an empty string.
    figures
        The numbers behind the visit, in JSON types: its ``worth`` to the trip, the minutes of way that it adds
        (``detour_min``), and the candidate of most worth that could take its place (``instead``,
        ``instead_worth``). Empty where no reasons were asked for.

    Examples
    --------
    >>> from datetime import date
    >>> import routeplanner as rp
    >>> network = rp.build_network(rp.load_sites())
    >>> request = rp.TripRequest(corridor="south", first_day=date(2027, 3, 13), must_visit=["ha-thai-lacquer"])
    >>> trip = rp.plan(network, request)
    >>> stop = next(stop for stop in trip.stops if stop.site_id == "ha-thai-lacquer")
    >>> stop.name_vi, stop.crafts
    ('Làng sơn mài Hạ Thái', ('lacquer',))
    >>> stop.arrival <= stop.start < stop.departure
    True
    >>> stop.visit_min == (stop.departure - stop.start).total_seconds() / 60
    True
    """

    site_id: str
    name_vi: str
    name_en: str
    kind: str
    crafts: tuple[str, ...] = ()
    lon: float
    lat: float
    arrival: datetime
    start: datetime
    departure: datetime
    prize: float
    certainty: str = "assumed"
    position: str = ""
    visit_certainty: str = ""
    summary_en: str = ""
    fee_vnd: int | None = None
    significance: int | None = None
    why: str = ""
    why_vi: str = ""
    opening: tuple[tuple[datetime, datetime], ...] = ()
    festival_vi: str = ""
    festival_en: str = ""
    crowding: str = "usual"
    photo_url: str = ""
    figures: Mapping[str, Any] = field(default_factory=dict)

    @property
    def visit_min(self) -> int:
        """Minutes spent at the site."""
        return round((self.departure - self.start).total_seconds() / 60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """A pause: lunch.

    Parameters
    ----------
    kind
        ``"lunch"``.
    start, end
        Aware, Asia/Ho_Chi_Minh.
    site_id
        The stop or terminal at which it is taken, or from which the boat comes.
    aboard
        Whether it is taken on the boat: it begins at boarding or later, and the boat waits at the landing
        if the meal outlasts its way.

    Examples
    --------
    >>> from datetime import date
    >>> import routeplanner as rp
    >>> network = rp.build_network(rp.load_sites())
    >>> request = rp.TripRequest(corridor="south", first_day=date(2027, 3, 13), must_visit=["ha-thai-lacquer"])
    >>> trip = rp.plan(network, request)
    >>> lunch = trip.days[0].breaks[0]
    >>> lunch.kind, (lunch.end - lunch.start).total_seconds() / 60, lunch.aboard
    ('lunch', 60.0, False)
    >>> 11 <= lunch.start.hour <= 13
    True
    """

    kind: str
    start: datetime
    end: datetime
    site_id: str
    aboard: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """The way between two places by one mode, from door to door.

    Parameters
    ----------
    from_id, to_id
        Site ids; a pier, landing or road's end that is no site has an id that begins with ``via:``.
    mode
        One of `MODES`.
    distance_m, duration_s
        Length in metres and time in seconds.
    departure, arrival
        Aware, Asia/Ho_Chi_Minh; whole minutes.
    geometry
        (lon, lat) positions from the one place to the other, 5 decimals.
    estimated
        Whether it leads, wholly or in part, where no road is known: time and line are then guesses.
    service
        The sailing or train that it is, where it goes by a timetable; ``departure`` and ``arrival`` are then the
        published ones.

    Examples
    --------
    >>> from datetime import date
    >>> import routeplanner as rp
    >>> network = rp.build_network(rp.load_sites())
    >>> request = rp.TripRequest(corridor="south", first_day=date(2027, 3, 13), must_visit=["ha-thai-lacquer"])
    >>> trip = rp.plan(network, request)
    >>> leg = trip.days[0].legs[0]
    >>> leg.from_id, leg.mode
    ('ho-hoan-kiem', 'coach')
    >>> 0 <= (leg.arrival - leg.departure).total_seconds() - leg.duration_s < 60  # whole minutes
    True
    >>> lon, lat = leg.geometry[0]  # the first point lies at the first door
    >>> round(lon, 2), round(lat, 2)
    (105.85, 21.03)
    """

    from_id: str = field(metadata={"json": "from"})
    to_id: str = field(metadata={"json": "to"})
    mode: str = field(metadata={"words": MODES})
    distance_m: int
    duration_s: int
    departure: datetime
    arrival: datetime
    geometry: tuple[Position, ...]
    estimated: bool = False
    service: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One day, from its start to its end or overnight place.

    Examples
    --------
    >>> from datetime import date
    >>> import routeplanner as rp
    >>> network = rp.build_network(rp.load_sites())
    >>> request = rp.TripRequest(corridor="south", first_day=date(2027, 3, 13), must_visit=["ha-thai-lacquer"])
    >>> trip = rp.plan(network, request)
    >>> day = trip.days[0]
    >>> day.date.isoformat(), day.start.site_id == day.end.site_id, day.night
    ('2027-03-13', True, None)
    >>> day.travel_s == sum(leg.duration_s for leg in day.legs)
    True
    >>> 20_000 < day.distance_m < 150_000
    True
    """

    date: date
    start: Terminal = field(metadata={"fields": (("time", "departure"),)})
    stops: tuple[Stop, ...]
    breaks: tuple[Break, ...]
    legs: tuple[Leg, ...]
    end: Terminal = field(metadata={"fields": (("time", "arrival"),)})

    @property
    def night(self) -> Leg | None:
        """The train in which the night after the day is spent, the last of its legs; None for a night at the end."""
        last = self.legs[-1] if self.legs else None
        aboard = last is not None and last.from_id == self.end.site_id and last.departure >= self.end.time
        return last if aboard else None

    @property
    def travel_s(self) -> int:
        """Seconds on the way, without a night aboard."""
        return sum(leg.duration_s for leg in self.legs if leg is not self.night)

    @property
    def distance_m(self) -> int:
        """Metres travelled by all modes."""
        return sum(leg.distance_m for leg in self.legs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A candidate that is not visited, and why.

    Parameters
    ----------
    site_id
        Site of the catalogue.
    reason
        A word that programs can rely on: ``closed``, ``unreachable``, ``forbidden``, ``part_of``,
        ``no_time``, ``max_stops``, ``travel_limit``, ``budget``, ``lower_prize``, ``locked``.
    detail
        A sentence with the figures, in English; they can be verified from the plan.
    detail_vi
        The same in Vietnamese.
    figures
        The numbers of the sentence, in JSON types: minutes (``added_min``, ``spare_min``, ``late_min``,
        ``over_min``), the ``day`` from 1, VND, prizes, and the stop whose place it could take (``instead_of``) with
        what it ``would_add`` and what that stop ``adds``.
    name_vi, name_en
        As in the catalogue.

    Examples
    --------
    >>> from datetime import date
    >>> import routeplanner as rp
    >>> network = rp.build_network(rp.load_sites())
    >>> request = rp.TripRequest(corridor="south", first_day=date(2027, 3, 13), must_visit=["ha-thai-lacquer"])
    >>> trip = rp.plan(network, request)
    >>> left = trip.skipped[0]
    >>> left.site_id in {stop.site_id for stop in trip.stops}
    False
    >>> left.reason in ("lower_prize", "no_time", "closed", "part_of", "max_stops", "travel_limit")
    True
    >>> len(left.detail) > 10
    True
    """

    site_id: str
    reason: str
    detail: str
    detail_vi: str = ""
    figures: Mapping[str, Any] = field(default_factory=dict)
    name_vi: str = ""
    name_en: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something about a trip that its reader has to know.

    Parameters
    ----------
    kind
        A word that programs can rely on: ``no_boat`` (a mixed trip begins by road), ``empty_days``, ``split_place``
        (parts of one place are visited on several days), ``no_night_train`` (by rail, but none leads there),
        ``draught_unknown`` (whether the boat clears the shoals is not judged).
    text, text_vi
        A sentence in English and in Vietnamese.

    Examples
    --------
    >>> from datetime import date
    >>> import routeplanner as rp
    >>> network = rp.build_network(rp.load_sites())
    >>> request = rp.TripRequest(corridor="south", first_day=date(2027, 3, 13), days=2, forbidden=[
    ...     key for key in network.sites.index if key != "ha-thai-lacquer"
    ... ])
    >>> [note.kind for note in rp.plan(network, request).notes]
    ['empty_days']
    """

    kind: str
    text: str
    text_vi: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Itinerary:
    """A trip of one or many days.

    Parameters
    ----------
    version
        Version of the library that made it.
    seed
        Seed of the search.
    request
        The request in JSON types (`TripRequest.to_dict`).
    prize
        Sum of the prizes of all stops.
    bound
        Upper bound on the prize of any plan for this request, or None.
    days
        The days in order.
    skipped
        Candidates left out, each with a reason.
    measures
        Figures of the whole trip (see ``docs/measures.md``), JSON types.
    notes
        What the reader has to know about the trip.
    network
        The roads, hours, boat, water level and timetable that it was made on (`Network.origin`), JSON types; empty
        where it was not recorded.
    attribution
        Credit that has to be shown wherever the itinerary is published.

    Examples
    --------
    >>> from datetime import date
    >>> import routeplanner as rp
    >>> network = rp.build_network(rp.load_sites())
    >>> request = rp.TripRequest(corridor="south", first_day=date(2027, 3, 13), must_visit=["ha-thai-lacquer"])
    >>> trip = rp.plan(network, request)
    >>> [stop.site_id for stop in trip.stops].count("ha-thai-lacquer")
    1
    >>> trip.prize <= trip.bound, trip.proved_optimal, trip.gap
    (True, True, 0.0)
    >>> trip.to_frame()["day"].unique().tolist()
    [1]
    >>> print(trip.to_text().splitlines()[0])
    Saturday, 13 March 2027 · day 6 of lunar month 2
    >>> rp.Itinerary.from_dict(trip.to_dict()) == trip
    True
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = trip.to_file(f"{folder}/trip.json")
    ...     path.read_text(encoding="utf-8") == trip.to_json(), rp.Itinerary.from_file(path) == trip
    (True, True)
    """

    version: str
    seed: int
    request: Mapping[str, Any]
    prize: float
    bound: float | None = None
    days: tuple[Day, ...]
    skipped: tuple[Skipped, ...] = ()
    measures: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    network: Mapping[str, Any] = field(default_factory=dict)
    attribution: str = "© OpenStreetMap contributors (ODbL)"

    @property
    def gap(self) -> float | None:
        """Share of the bound that the prize may fall short of it, or None without a bound."""
        if self.bound is None:
            return None
        return 0.0 if self.bound <= 0 else max(0.0, 1.0 - self.prize / self.bound)

    @property
    def proved_optimal(self) -> bool:
        """Whether the bound proves that no plan for this request has a higher prize."""
        return self.bound is not None and self.bound <= self.prize

    @property
    def stops(self) -> tuple[Stop, ...]:
        """All stops in order."""
        return tuple(stop for day in self.days for stop in day.stops)

    def to_dict(self) -> dict[str, Any]:
        """Return the itinerary in JSON types; `from_dict` reads it back unchanged."""
        return {
            "schema": SCHEMA,
            "version": self.version,
            "seed": self.seed,
            "request": _plain(self.request),
            "prize": self.prize,
            "bound": self.bound,
            "gap": None if self.gap is None else round(self.gap, 4),
            "proved_optimal": self.proved_optimal,
            "days": [_day_to_dict(day) for day in self.days],
            "skipped": [
                {
                    "site_id": s.site_id,
                    "reason": s.reason,
                    "detail": s.detail,
                    "detail_vi": s.detail_vi,
                    "figures": _plain(s.figures),
                    "name_vi": s.name_vi,
                    "name_en": s.name_en,
                }
                for s in self.skipped
            ],
            "measures": _plain(self.measures),
            "notes": [{"kind": n.kind, "text": n.text, "text_vi": n.text_vi} for n in self.notes],
            "network": _plain(self.network),
            "attribution": self.attribution,
        }

    def to_json(self) -> str:
        """Return the JSON text; the same itinerary gives the same bytes."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=1, allow_nan=False) + "\n"

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Itinerary:
        """Read an itinerary from JSON types.

        Raises
        ------
        DataFileError
            When it is not of the schema `SCHEMA`, with every field that is missing or malformed.
        """
        if not isinstance(data, Mapping) or data.get("schema") != SCHEMA:
            found = data.get("schema") if isinstance(data, Mapping) else type(data).__name__
            raise DataFileError(
                [
                    f"schema: expected {SCHEMA!r}, found {found!r}; give a file that `routeplanner plan --json` wrote"
                ],
                subject="itinerary",
            )
        faults: list[str] = []
        trip = read_record(cls, data, faults)
        if isinstance(measures := data.get("measures"), Mapping):
            faults += _measure_faults(measures)
        if data.get("days") == []:
            faults.append(json_fault(("days",), [], "list of one day or more", "danh sách từ một ngày"))
        if trip is None or faults:
            raise DataFileError(first_faults(faults), subject="itinerary")
        return trip

    @classmethod
    def from_file(cls, path: str | os.PathLike[str]) -> Itinerary:
        """Read an itinerary from a JSON file.

        Raises
        ------
        DataFileError
            When the file is missing, not JSON, or no itinerary.
        """
        return cls.from_dict(read_json(path))

    def to_file(self, path: str | os.PathLike[str], *, lang: str = "en") -> Path:
        """Write the itinerary in the format that the suffix of `path` names, whole or not at all.

        Parameters
        ----------
        path
            ``.json .geojson .gpkg .parquet .csv .gpx .kml .ics .jsonld .zip`` (GTFS of the sailings)
            ``.html .svg .png .txt``.
        lang
            ``"en"`` or ``"vi"``: titles and texts.

        Raises
        ------
        RequestError
            When the suffix or the language is unknown, or a library that the format needs is missing.
        DataFileError
            When the file cannot be written.
        """
        from importlib import import_module

        # By name, as the facade fetches its rooms: the answer knows nothing of the rooms above it.
        written: Path = import_module("routeplanner.export.formats").save_trip(self, path, lang=lang)
        return written

    def to_frame(self) -> gpd.GeoDataFrame:
        """Return the stops as a table, EPSG:4326, one row a stop, in order.

        Columns: day, order, site_id, name_vi, name_en, kind, crafts, arrival, start, departure, prize,
        certainty, geometry.
        """
        import geopandas as gpd
        import shapely

        rows = [
            {
                "day": number,
                "order": order,
                "site_id": stop.site_id,
                "name_vi": stop.name_vi,
                "name_en": stop.name_en,
                "kind": stop.kind,
                "crafts": ", ".join(stop.crafts),
                "arrival": stop.arrival,
                "start": stop.start,
                "departure": stop.departure,
                "prize": stop.prize,
                "certainty": stop.certainty,
                "geometry": shapely.Point(stop.lon, stop.lat),
            }
            for number, order, stop in self._numbered()
        ]
        columns = (
            "day order site_id name_vi name_en kind crafts arrival start departure prize certainty geometry"
        )
        return gpd.GeoDataFrame(rows, columns=columns.split(), geometry="geometry", crs="EPSG:4326")

    def to_text(self, lang: str = "en") -> str:
        """Return the timetable as plain text, `lang` ``"en"`` or ``"vi"``."""
        from routeplanner.itinerary_text import timetable

        return timetable(self, lang=lang)

    def _repr_html_(self) -> str:
        """Return the timetable as an escaped HTML table, for notebooks."""
        from routeplanner.itinerary_text import timetable_html

        return timetable_html(self)

    def _numbered(self) -> Iterator[tuple[int, int, Stop]]:
        for number, day in enumerate(self.days, 1):
            for order, stop in enumerate(day.stops, 1):
                yield number, order, stop

    def __repr__(self) -> str:
        """Say the size of the trip in a line."""
        dates = (
            f"{self.days[0].date} … {self.days[-1].date}" if len(self.days) > 1 else f"{self.days[0].date}"
        )
        count = len(self.stops)
        return (
            f"<Itinerary {dates}: {count} stop{'s' * (count != 1)}, prize {self.prize:g}, seed {self.seed}>"
        )


def sails_out(day: Day) -> bool:
    """Return whether the way from a day's start to its first stop is by boat, wholly or in part."""
    for leg in day.legs:
        if leg.mode == "boat":
            return bool(day.stops)
        if day.stops and leg.to_id == day.stops[0].site_id:
            return False
    return False


def _plain(value: Any) -> Any:  # noqa: ANN401 - JSON is any of its types
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(item) for item in value]
    return value


def _terminal_to_dict(terminal: Terminal, key: str) -> dict[str, Any]:
    return {
        "site_id": terminal.site_id,
        "name_vi": terminal.name_vi,
        "name_en": terminal.name_en,
        "lon": terminal.lon,
        "lat": terminal.lat,
        key: terminal.time.isoformat(),
    }


def _day_to_dict(day: Day) -> dict[str, Any]:
    return {
        "date": day.date.isoformat(),
        "start": _terminal_to_dict(day.start, "departure"),
        "stops": [_stop_to_dict(stop) for stop in day.stops],
        "breaks": [
            {
                "kind": b.kind,
                "start": b.start.isoformat(),
                "end": b.end.isoformat(),
                "site_id": b.site_id,
                "aboard": b.aboard,
            }
            for b in day.breaks
        ],
        "legs": [_leg_to_dict(leg) for leg in day.legs],
        "end": _terminal_to_dict(day.end, "arrival"),
    }


def _stop_to_dict(stop: Stop) -> dict[str, Any]:
    return {
        "site_id": stop.site_id,
        "name_vi": stop.name_vi,
        "name_en": stop.name_en,
        "kind": stop.kind,
        "crafts": list(stop.crafts),
        "lon": stop.lon,
        "lat": stop.lat,
        "arrival": stop.arrival.isoformat(),
        "start": stop.start.isoformat(),
        "departure": stop.departure.isoformat(),
        "prize": stop.prize,
        "certainty": stop.certainty,
        "position": stop.position,
        "visit_certainty": stop.visit_certainty,
        "summary_en": stop.summary_en,
        "fee_vnd": stop.fee_vnd,
        "significance": stop.significance,
        "why": stop.why,
        "why_vi": stop.why_vi,
        "opening": [[opens.isoformat(), closes.isoformat()] for opens, closes in stop.opening],
        "festival_vi": stop.festival_vi,
        "festival_en": stop.festival_en,
        "crowding": stop.crowding,
        "photo_url": stop.photo_url,
        "figures": _plain(stop.figures),
    }


def _leg_to_dict(leg: Leg) -> dict[str, Any]:
    return {
        "from": leg.from_id,
        "to": leg.to_id,
        "mode": leg.mode,
        "distance_m": leg.distance_m,
        "duration_s": leg.duration_s,
        "departure": leg.departure.isoformat(),
        "arrival": leg.arrival.isoformat(),
        "geometry": [list(position) for position in leg.geometry],
        "estimated": leg.estimated,
        "service": leg.service,
    }


_MEASURES: Mapping[str, tuple[type, ...]] = {
    **dict.fromkeys(("travel_min", "longest_leg_min", "cost_vnd_per_person"), (int, float)),
    **dict.fromkeys(("distance_km", "road_share", "theme_share", "variety"), (int, float)),
    **dict.fromkeys(("backtracking", "certainty", "kg_co2e_per_person"), (int, float)),
    **dict.fromkeys(("stops_per_day", "lunch_at"), (Sequence,)),
    "headline": (str,),
    "cost_is_partial": (bool,),
}


def _measure_faults(measures: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong of the measures that this library writes; others may be anything."""
    words: dict[tuple[type, ...], tuple[str, str]] = {
        (str,): ("text", "văn bản"),
        (bool,): ("true or false", "true hoặc false"),
        (Sequence,): ("list", "danh sách"),
    }
    for key, value in measures.items():
        kinds = _MEASURES.get(key)
        if kinds is None or value is None:
            continue
        text_for_list = kinds == (Sequence,) and isinstance(value, str)
        truth_for_number = isinstance(value, bool) and kinds != (bool,)
        if not isinstance(value, kinds) or text_for_list or truth_for_number:
            yield json_fault(("measures", key), value, *words.get(kinds, ("number", "số")))
