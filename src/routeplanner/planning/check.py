"""The judge: every rule of a request recomputed from network and catalogue, without the search.

It shares with the planner only what the request means (`request`, `resolve`, `prizes`), the catalogue's
hours and the network's ways. It imports neither the search nor its clock nor its arrays.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from routeplanner._clock import at, seconds_of, seconds_since_midnight
from routeplanner._given import refuse_others
from routeplanner.errors import NetworkError
from routeplanner.itinerary import sails_out
from routeplanner.planning.calendar import opening_asked, trip_days, visit_minutes
from routeplanner.planning.frames import DayFrame, day_frames, eats_out
from routeplanner.planning.prizes import (
    NO_PRIZE_KINDS,
    PrizeRule,
    prize_groups,
    prizes_by_day,
    repeat_factors,
)
from routeplanner.planning.request import (
    PACES,
    TripRequest,
    nights_taken,
    parse_place,
    traffic_moment,
    travel_limit_s,
    travel_profile,
    vehicle_cost,
    with_nights,
)
from routeplanner.planning.resolve import resolve
from routeplanner.sites.words import corridor_keys

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from routeplanner.itinerary import Break, Day, Itinerary, Leg, Stop, Terminal
    from routeplanner.network import Network
    from routeplanner.network.travel import PathLeg

__all__ = ["Violation", "check"]

POINT_TOLERANCE_DEG = 2e-5
_NEAR_SHARE, _NEAR_S = 0.88, 240  # how much less than the drive's the time of a table may be
"""Geometry is written with five decimals: ends may differ from the catalogue by two of the last."""


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule that an itinerary breaks.

    Parameters
    ----------
    rule
        Short name of the rule.
    day
        Number of the day, from 1; 0 for the whole trip.
    text
        What is wrong, with the figures.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from datetime import date
    >>> import routeplanner as rp
    >>> network = rp.build_network(rp.load_sites())
    >>> request = rp.TripRequest(corridor="south", first_day=date(2027, 3, 13))
    >>> trip = rp.plan(network, request)
    >>> false = replace(trip, prize=trip.prize + 1)
    >>> [violation.rule for violation in rp.check(false, network, request)]
    ['prize', 'bound']
    """

    rule: str
    day: int
    text: str

    def __str__(self) -> str:
        """Return day, rule and text in a line."""
        where = f"day {self.day}" if self.day else "trip"
        return f"{where}: {self.rule}: {self.text}"


@dataclass(frozen=True, slots=True)
class _Case:
    """What the rules are checked against."""

    network: Network
    request: TripRequest
    rows: dict[str, Any]
    profile: str
    frames: tuple[DayFrame, ...]

    def frame(self, day: Day) -> DayFrame:
        """Return what a day must keep to; days of other dates are a fault of their own."""
        number = (day.date - self.request.first_day).days
        return self.frames[min(max(number, 0), len(self.frames) - 1)]


def check(
    trip: Itinerary, network: Network, request: TripRequest, *, prizes: str | PrizeRule | None = None
) -> list[Violation]:
    """Return every rule that an itinerary breaks; an empty list says that it is right.

    Parameters
    ----------
    trip
        The itinerary, also one read from a file or edited by hand.
    network
        The network that it was planned on; on another one the rule ``network`` is broken, with what differs. A plan
        that does not say on which it was made (`Itinerary.network`) is judged on any.
    request
        What was asked for.
    prizes
        The same prize rule as given to `plan`.

    Raises
    ------
    RequestError
        When the request itself names what is not in the catalogue.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from datetime import date
    >>> import routeplanner as rp
    >>> network = rp.build_network(rp.load_sites())
    >>> request = rp.TripRequest(corridor="west", first_day=date(2027, 3, 13))
    >>> trip = rp.plan(network, request)
    >>> [violation.rule for violation in rp.check(replace(trip, prize=0.0), network, request)]
    ['prize']
    """
    refuse_others("check", trip=trip, network=network, request=request)
    catalogue = network.sites
    request = resolve(request, catalogue)
    request = with_nights(request, nights_taken(trip, request))
    for text in {*request.terminals}:
        position = parse_place(text)
        if position is not None and text not in network:
            network = network.with_place(text, position[0], position[1])
    visited = [stop.site_id for stop in trip.stops]
    unknown = [site for site in visited if site not in catalogue.index]
    if unknown:
        return [Violation("unknown site", 0, f"{site!r} is not in the catalogue") for site in unknown]
    rows = {row.Index: row for row in catalogue.loc[list(dict.fromkeys(visited))].itertuples()}
    if request.mode != "road":
        network = network.sailing_on(trip_days(request))
    frames = day_frames(request, network.long_legs)
    case = _Case(network, request, rows, travel_profile(request), frames)
    found = [*_network_rule(trip, case), *_trip_rules(trip, case), *_prize_rules(trip, case, prizes)]
    for number, day in enumerate(trip.days, 1):
        found += [Violation(rule, number, text) for rule, text in _day_rules(day, case)]
    return found


def _network_rule(trip: Itinerary, case: _Case) -> Iterator[Violation]:
    """Say when a plan was made on other roads, hours, boats or timetables than it is judged on.

    What boats do is nothing to a trip by road, and flights and trains are nothing to one that takes none.
    """
    made, here = trip.network, case.network.origin
    if not made or made.get("content") == here["content"]:
        return
    parts = ("roads", "speeds", "river", "traffic", "sailings")
    others = [part for part in parts if made.get(part) != here[part]]
    if others and case.request.mode == "road" and set(others) <= {"river", "sailings"}:
        return
    if not others and case.request.long_way is None:
        return
    said = [f"{part} {_origin_words(made.get(part))}, here {_origin_words(here[part])}" for part in others]
    text = "; ".join(said) or "flights and trains differ"
    yield Violation("network", 0, f"made on another network: {text}; judge it on its own, or plan anew")


def _origin_words(part: Any) -> str:  # noqa: ANN401 - JSON, also of a file that was edited
    """Return the source of a part of the network and the mark of its content."""
    if not isinstance(part, Mapping):
        return "none" if part is None else repr(part)
    names = [
        f"{key} {value}"
        for key, value in part.items()
        if key not in {"source", "content"} and value is not None
    ]
    return f"{part.get('source') or ', '.join(names) or 'unnamed'} ({str(part.get('content', '?'))[:8]})"


def _trip_rules(trip: Itinerary, case: _Case) -> Iterator[Violation]:
    request = case.request
    dates = [day.date for day in trip.days]
    expected = [request.first_day + timedelta(days=d) for d in range(request.days)]
    if dates != expected:
        yield Violation("dates", 0, f"days are {list(map(str, dates))}, asked for {list(map(str, expected))}")
    for number, (day, frame) in enumerate(zip(trip.days, case.frames, strict=False), 1):
        for terminal, asked, word in ((day.start, frame.start, "starts"), (day.end, frame.end, "ends")):
            if terminal.site_id != asked:
                night = request.nights_are_open and (
                    number > 1 if word == "starts" else number < request.days
                )
                words = f"one of {list(request.overnight_from)}" if night else repr(asked)
                yield Violation("terminal", number, f"{word} at {terminal.site_id!r}, asked for {words}")
    said = any(note.kind == "no_boat" for note in trip.notes)
    if request.mode == "mixed" and trip.days and sails_out(trip.days[0]) == said:
        words = "begins by boat, but says that it does not" if said else "begins by road and does not say so"
        yield Violation("boat first", 1, f"a mixed trip {words}")
    yield from _choice_rules(trip, case)
    yield from _joint_rules(trip, case)
    cost = _cost_vnd(trip, case)
    if request.budget_vnd is not None and cost is not None and cost > request.budget_vnd:
        yield Violation("budget", 0, f"costs {cost} VND, the limit is {request.budget_vnd}")


def _choice_rules(trip: Itinerary, case: _Case) -> Iterator[Violation]:
    request = case.request
    counts = Counter(stop.site_id for stop in trip.stops)
    named = {*request.must_visit, *(site for sites in request.lunch_at.values() for site in sites)}
    for site, count in counts.items():
        if count > 1:
            yield Violation("visited twice", 0, f"{site!r} is visited {count} times")
        if site in request.forbidden:
            yield Violation("forbidden", 0, f"{site!r} is forbidden")
        if site not in named and not _is_asked_for(case.rows[site], request):
            yield Violation("outside", 0, f"{site!r} is no sight of the corridor or area asked for")
        if case.rows[site].part_of in counts:
            yield Violation(
                "part and whole", 0, f"{site!r} is part of {case.rows[site].part_of!r}, both visited"
            )
    for site in request.must_visit:
        if site not in counts:
            yield Violation("must-visit", 0, f"{site!r} is not visited")


def _joint_rules(trip: Itinerary, case: _Case) -> Iterator[Violation]:
    """Hold kinds, order and variety of the visits against what was asked for."""
    request = case.request
    visits = [stop.site_id for stop in trip.stops]
    for kind, most in request.at_most.items():
        count = sum(case.rows[site].kind == kind for site in visits)
        if count > most:
            yield Violation("at most", 0, f"{count} of kind {kind!r}, at most {most}")
    for first, second in request.before:
        if first in visits and second in visits and visits.index(first) > visits.index(second):
            yield Violation("order", 0, f"{first!r} is visited after {second!r}")
    for name, least in (("crafts", request.min_crafts), ("themes", request.min_themes)):
        shown = {word for site in visits for word in getattr(case.rows[site], name) or ()}
        if len(shown) < least:
            yield Violation("variety", 0, f"{len(shown)} {name}, at least {least} asked for")


def _is_asked_for(row: Any, request: TripRequest) -> bool:  # noqa: ANN401 - a named tuple of the catalogue
    """Whether a site is a candidate of the request (a gateway, a pier or the start is none)."""
    if row.kind in NO_PRIZE_KINDS or row.Index in (request.start, request.end):
        return False
    if request.corridor is not None and corridor_keys(request.corridor).isdisjoint(row.corridors):
        return False
    if request.area is not None:
        west, south, east, north = request.area
        return bool(west <= row.geometry.x <= east and south <= row.geometry.y <= north)
    return request.corridor is not None or row.corridors != ["national"]


def _cost_vnd(trip: Itinerary, case: _Case) -> int | None:
    """Return the hire and the known fees of the whole group; None where the vehicle has no price."""
    fees = sum(case.request.people * (case.rows[stop.site_id].fee_vnd or 0) for stop in trip.stops)
    rates = vehicle_cost(case.request)
    if rates is None:
        return fees
    days = sum(1 for day in trip.days if day.stops)
    metres = sum(leg.distance_m for day in trip.days for leg in day.legs if leg.mode != "air")
    return int(fees + rates[0] * days + rates[1] * metres / 1000)


def _prize_rules(trip: Itinerary, case: _Case, rule: str | PrizeRule | None) -> Iterator[Violation]:
    visited = [stop.site_id for stop in trip.stops]
    rows = case.network.sites.loc[list(dict.fromkeys(visited))]
    table = prizes_by_day(rows, case.request, rule)
    number = {
        stop.site_id: min(d, case.request.days - 1) for d, day in enumerate(trip.days) for stop in day.stops
    }
    worth = {site: float(table.at[site, number[site]]) for site in rows.index}
    factor = repeat_factors(worth, prize_groups(rows))
    for stop in trip.stops:
        expected = worth[stop.site_id] * factor[stop.site_id]
        if abs(stop.prize - expected) > 1e-3:
            yield Violation("prize", 0, f"{stop.site_id!r} has prize {stop.prize}, computed {expected:.4f}")
    total = sum(stop.prize for stop in trip.stops)
    if abs(total - trip.prize) > 1e-3 * max(1, len(visited)):
        yield Violation("prize", 0, f"the trip claims {trip.prize}, its stops sum to {total:.4f}")
    if trip.bound is not None and trip.prize > trip.bound + 1e-3:
        yield Violation("bound", 0, f"prize {trip.prize} exceeds the bound {trip.bound}")


def _day_rules(day: Day, case: _Case) -> Iterator[tuple[str, str]]:
    yield from _span_rules(day, case)
    yield from _travel_rules(day, case)
    for stop in day.stops:
        yield from _stop_rules(stop, day, case)
    yield from _lunch_rules(day, case)


def _number(day: Day, case: _Case) -> int:
    """Return the number of a day of the trip, from 0."""
    return (day.date - case.request.first_day).days


def _span_rules(day: Day, case: _Case) -> Iterator[tuple[str, str]]:
    request = case.request
    frame = case.frame(day)
    earliest, latest = at(day.date, frame.earliest_s), at(day.date, frame.latest_s)
    if day.start.time < earliest:
        yield "day span", f"leaves at {day.start.time:%H:%M}, not before {earliest:%H:%M} asked for"
    if day.end.time > latest:
        yield "day span", f"ends at {day.end.time:%H:%M}, latest {latest:%H:%M}"
    limit = request.max_stops or PACES[request.pace].max_stops
    if len(day.stops) > limit:
        yield "stops", f"{len(day.stops)} stops, at most {limit}"


def _travel_rules(day: Day, case: _Case) -> Iterator[tuple[str, str]]:
    """Follow the clock along the legs and compare them with the network's own way."""
    legs = list(day.legs)
    travel_s = 0
    places: list[Terminal | Stop] = [day.start, *day.stops, day.end]
    for a, b in pairwise(places):
        own = _take(legs, b.site_id) if a.site_id != b.site_id else []
        leave, arrive = _ready(a, day), _reached(b)
        hour = traffic_moment(case.request, leave)
        try:
            way = case.network.path(a.site_id, b.site_id, case.profile, depart=hour)
        except NetworkError as error:
            yield "legs", "; ".join(error.faults)
            return
        if [_facts(g) for g in own] != [_facts(g) for g in way]:
            yield "legs", f"the legs from {a.site_id!r} to {b.site_id!r} are not the network's way"
        minutes = -(-sum(g.wait_s + g.duration_s for g in way) // 60)
        # The limit is one of distance, so to speak: it counts the way at the speed of the table at all hours.
        usual = case.network.path(a.site_id, b.site_id, case.profile)
        travel_s += 60 * -(-sum(g.duration_s for g in usual) // 60)
        yield from _leg_limit(a, b, sum(g.duration_s for g in usual), day, case)
        meal = _meal_aboard(day, a, leave, arrive)
        fed = leave if meal is None else meal.end + _ashore(way)
        if arrive != max(leave + timedelta(minutes=minutes), fed):
            yield (
                "clock",
                f"{a.site_id!r} {leave:%H:%M} + {minutes} min does not give {b.site_id!r} {arrive:%H:%M}",
            )
        moored = meal is not None and bool(own) and own[-1].mode == "boat" and arrive == fed
        waited = timedelta(seconds=way[0].wait_s if way else 0)
        yield from _leg_rules(own, a, b, leave + waited, min(arrive, own[-1].arrival) if moored else arrive)
        yield from _timetable_rules(own, way, leave)
        yield from _ban_rules(a, b, hour, arrive - leave, case)
        if len(own) == len(way) and [tuple(g.geometry) for g in own] != [tuple(g.geometry) for g in way]:
            yield "geometry", f"the line from {a.site_id!r} to {b.site_id!r} is not that of the network's way"
    yield from _night_rules(legs, day, case)
    direct = case.network.path(day.start.site_id, day.end.site_id, case.profile)
    share_s = travel_limit_s(case.request, _number(day, case))
    direct_s = 60 * -(-sum(g.duration_s for g in direct) // 60)
    flown = any(g.mode == "air" for g in direct)  # a flight between the ends of a day is no sightseeing drive
    limit = share_s + direct_s if flown else max(share_s, direct_s)
    if travel_s > limit and not case.request.must_visit:  # a must-visit may need the longer way
        yield "travel limit", f"{travel_s // 60} min on the way, at most {limit // 60}"


def _night_rules(rest: Sequence[Leg], day: Day, case: _Case) -> Iterator[tuple[str, str]]:
    """Hold what comes after the end of a day against the night train, if the night is to be aboard."""
    from routeplanner.network import ride_distance_m

    train = case.frame(day).train
    if train is None or train.departs_s is None:
        if rest:
            yield "legs", f"{len(rest)} legs lead nowhere"
        return
    ends = case.network.place(train.from_id), case.network.place(train.to_id)
    departure = at(day.date, train.departs_s)
    hours = departure, departure + timedelta(seconds=train.duration_s), train.duration_s
    ride = (
        train.from_id,
        train.to_id,
        train.mode,
        train.service,
        *hours,
        round(ride_distance_m("rail", *ends)),
    )
    said = [
        (g.from_id, g.to_id, g.mode, g.service, g.departure, g.arrival, g.duration_s, g.distance_m)
        for g in rest
    ]
    if said != [ride]:
        yield (
            "night",
            f"the night is aboard {train.service!r}, {departure:%H:%M} from {train.from_id!r}: the day does not say so",
        )
    elif [tuple(point) for point in rest[0].geometry] != [(place.lon, place.lat) for place in ends]:
        yield "geometry", "the line of the night train does not lead from station to station"


def _ban_rules(
    a: Terminal | Stop, b: Terminal | Stop, leave: datetime, taken: timedelta, case: _Case
) -> Iterator[tuple[str, str]]:
    """Hold a way by a large coach against the drive itself, stretch by stretch: no ban is driven through."""
    from routeplanner.network.travel import VEHICLES

    # By boat or air as well, only the whole way is known.
    barred = case.profile in VEHICLES and bool(case.network.bans(case.profile, leave.date()))
    if a.site_id == b.site_id or not barred:
        return
    drive_s = sum(
        leg.duration_s for leg in case.network.drive(a.site_id, b.site_id, case.profile, depart=leave)
    )
    if taken.total_seconds() < min(_NEAR_SHARE * drive_s, drive_s - _NEAR_S):
        yield (
            "coach ban",
            (
                f"{a.site_id!r} {leave:%H:%M} to {b.site_id!r} in {taken.total_seconds() / 60:.0f} min: the coach "
                f"needs {drive_s / 60:.0f} min, hours barred to it included"
            ),
        )


def _timetable_rules(
    own: Sequence[Leg], way: Sequence[PathLeg], leave: datetime
) -> Iterator[tuple[str, str]]:
    """Hold what goes by a timetable against its published hours."""
    passed_s = 0
    for leg, part in zip(own, way, strict=False):
        passed_s += part.wait_s
        departs = leave + timedelta(minutes=-(-passed_s // 60))
        passed_s += part.duration_s
        arrives = leave + timedelta(minutes=-(-passed_s // 60))
        if part.service and (leg.departure, leg.arrival) != (departs, arrives):
            yield (
                "timetable",
                f"{part.service!r} goes {departs:%H:%M}–{arrives:%H:%M}, not {leg.departure:%H:%M}–{leg.arrival:%H:%M}",
            )


def _leg_limit(
    a: Terminal | Stop, b: Terminal | Stop, seconds: int, day: Day, case: _Case
) -> Iterator[tuple[str, str]]:
    """Hold a way against the longest that was asked for; a day without a stop has no choice."""
    most = case.request.max_leg_min
    if most is not None and day.stops and -(-seconds // 60) > most:
        yield "leg", f"{a.site_id!r} to {b.site_id!r} takes {-(-seconds // 60)} min, at most {most}"


def _meal_aboard(day: Day, place: Terminal | Stop, leave: datetime, arrive: datetime) -> Break | None:
    """Return the lunch that is said to be taken on the boat from a place."""
    meals = [b for b in day.breaks if b.aboard and b.site_id == place.site_id]
    return next((b for b in meals if leave <= b.start and b.end <= arrive), None)


def _ashore(way: Sequence[PathLeg]) -> timedelta:
    """Return what is left of a way after the last boat, in the minutes of its clock."""
    boats = [k for k, leg in enumerate(way) if leg.mode == "boat"]
    if not boats:
        return timedelta(0)
    landed = sum(leg.duration_s for leg in way[: boats[-1] + 1])
    return timedelta(minutes=-(-sum(leg.duration_s for leg in way) // 60) - -(-landed // 60))


def _facts(leg: Leg | PathLeg) -> tuple[object, ...]:
    ends = leg.from_id, leg.to_id, leg.mode, leg.service
    return *ends, leg.duration_s, leg.distance_m, leg.estimated


def _take(legs: list[Leg], destination: str) -> list[Leg]:
    """Remove and return the legs up to the one that arrives at `destination`."""
    taken = []
    while legs:
        taken.append(legs.pop(0))
        if taken[-1].to_id == destination:
            break
    return taken


def _ready(place: Terminal | Stop, day: Day) -> datetime:
    """Return the moment of leaving: after the visit, and after a lunch that is taken behind it."""
    if not hasattr(place, "departure"):
        return place.time
    later = [
        b.end
        for b in day.breaks
        if not b.aboard
        and b.site_id == place.site_id
        and b.start >= place.departure
        and b.end <= day.end.time
    ]
    return max([place.departure, *later])


def _reached(place: Terminal | Stop) -> datetime:
    return place.arrival if hasattr(place, "arrival") else place.time


def _leg_rules(
    legs: Sequence[Leg], a: Terminal | Stop, b: Terminal | Stop, leave: datetime, arrive: datetime
) -> Iterator[tuple[str, str]]:
    if not legs:
        return
    if legs[0].departure != leave or legs[-1].arrival != arrive:
        yield "clock", f"the legs from {a.site_id!r} to {b.site_id!r} do not keep the times of their ends"
    here, clock = (a.lon, a.lat), leave
    for leg in legs:
        if len(leg.geometry) < 2:
            yield "geometry", f"the leg {leg.from_id!r} to {leg.to_id!r} has no line"
            return
        if not _same_point(leg.geometry[0], here):
            yield (
                "geometry",
                f"the leg {leg.from_id!r} to {leg.to_id!r} starts at {leg.geometry[0]}, not at {here}",
            )
        if leg.departure < clock or leg.arrival < leg.departure:
            yield "clock", f"the leg {leg.from_id!r} to {leg.to_id!r} leaves before the one before arrives"
        here, clock = leg.geometry[-1], leg.arrival
    if not _same_point(here, (b.lon, b.lat)):
        yield "geometry", f"the way to {b.site_id!r} ends at {here}, not at its door"


def _same_point(p: Sequence[float], q: Sequence[float]) -> bool:
    return all(abs(x - y) <= POINT_TOLERANCE_DEG for x, y in zip(p, q, strict=True))


def _stop_rules(stop: Stop, day: Day, case: _Case) -> Iterator[tuple[str, str]]:
    row = case.rows[stop.site_id]
    if not _same_point((stop.lon, stop.lat), (row.geometry.x, row.geometry.y)):
        yield "position", f"{stop.site_id!r} is not where the catalogue has it"
    expected = visit_minutes(row, case.request, day.date)
    if stop.departure - stop.start != timedelta(minutes=expected):
        yield "service", f"{stop.site_id!r} is visited {stop.visit_min} min, {expected} at this pace"
    if stop.start < stop.arrival:
        yield (
            "clock",
            f"{stop.site_id!r} starts at {stop.start:%H:%M} before the arrival {stop.arrival:%H:%M}",
        )
    begin, end = (seconds_since_midnight(moment, day.date) for moment in (stop.start, stop.departure))
    asked = opening_asked(row, day.date, case.request)
    windows = asked.windows(end - begin)
    if not any(first <= begin <= last for first, last in windows):
        yield (
            "closed",
            f"{stop.site_id!r} cannot be visited {stop.start:%H:%M}–{stop.departure:%H:%M} on that date",
        )
    elif stop.opening and stop.opening != asked.intervals:
        yield "opening", f"{stop.site_id!r} is said to be open at other hours than on that date"


def _lunch_rules(day: Day, case: _Case) -> Iterator[tuple[str, str]]:
    lunches = [b for b in day.breaks if b.kind == "lunch"]
    lunch = case.request.lunch
    number = _number(day, case)
    needed = eats_out(case.request, case.frame(day), number) and bool(day.stops)
    if len(lunches) != needed:
        yield "lunch", f"{len(lunches)} lunches, {int(needed)} asked for"
    if lunch is None:
        return
    asked = case.request.lunch_at.get(number + 1)
    for pause in lunches:
        if asked is not None and pause.site_id not in asked:
            yield "lunch", f"is taken at {pause.site_id!r}, asked for {' or '.join(map(repr, asked))}"
        if pause.end - pause.start != timedelta(minutes=lunch.duration_min):
            yield (
                "lunch",
                f"lasts {(pause.end - pause.start).total_seconds() / 60:g} min, not {lunch.duration_min}",
            )
        first, last = at(day.date, seconds_of(lunch.earliest)), at(day.date, seconds_of(lunch.latest))
        if not first <= pause.start <= last:
            yield "lunch", f"begins at {pause.start:%H:%M}, not between {first:%H:%M} and {last:%H:%M}"
        if not _is_at(pause, day):
            yield (
                "lunch",
                f"{pause.start:%H:%M}–{pause.end:%H:%M} is said to be at {pause.site_id!r}: nobody is there",
            )
        if any(_overlap(pause, span) for span in _busy(day, boats=not pause.aboard)):
            yield "lunch", f"{pause.start:%H:%M}–{pause.end:%H:%M} overlaps a visit or a leg"


def _is_at(pause: Break, day: Day) -> bool:
    """Whether the group is at the place of the break while it lasts."""
    if pause.aboard:
        return _is_aboard(pause, day)
    if pause.site_id == day.end.site_id and pause.start >= day.end.time:
        return True
    return any(
        stop.site_id == pause.site_id
        and stop.arrival <= pause.start
        and not any(stop.departure <= leg.departure < pause.end for leg in day.legs)
        for stop in day.stops
    )


def _is_aboard(pause: Break, day: Day) -> bool:
    """Whether the group is on a boat from the place of the break, or on it at its mooring, while it lasts."""
    places: list[Terminal | Stop] = [day.start, *day.stops, day.end]
    for place, after in pairwise(places):
        if place.site_id == pause.site_id:
            leave, arrive = _ready(place, day), _reached(after)
            boats = [g for g in day.legs if g.mode == "boat" and leave <= g.departure and g.arrival <= arrive]
            if boats and boats[0].departure <= pause.start and pause.end <= arrive:
                return True
    return False


def _busy(day: Day, *, boats: bool = True) -> Iterable[tuple[datetime, datetime]]:
    yield from ((stop.start, stop.departure) for stop in day.stops)
    yield from ((leg.departure, leg.arrival) for leg in day.legs if boats or leg.mode != "boat")


def _overlap(pause: Break, span: tuple[datetime, datetime]) -> bool:
    return pause.start < span[1] and span[0] < pause.end
