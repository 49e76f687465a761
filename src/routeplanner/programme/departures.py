"""When routes depart: weekdays that keep every place open and below its capacity, and the dates of a year."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from routeplanner._clock import seconds_since_midnight
from routeplanner.planning.calendar import opening_asked
from routeplanner.planning.request import TripRequest
from routeplanner.programme.model import RouteCard, SiteLoad
from routeplanner.programme.wholes import Wholes, wholes_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routeplanner.itinerary import Itinerary
    from routeplanner.network import Network
    from routeplanner.programme.brief import ProgrammeBrief

__all__ = ["departures", "loads", "runs_on"]

RUNS_AT_ALL = 0.2
"""A weekday is offered for a route that runs on more than this share of its dates in the year: a season of it."""


MOST_NODES = 2_000
"""Nodes of the search tree of the weekdays: a count and no clock."""


@dataclass(frozen=True, slots=True)
class _Visits:
    """When a route calls where: (day, site, start and length of the visit in seconds)."""

    stops: tuple[tuple[int, str, int, int], ...]


def _visits(trip: Itinerary) -> _Visits:
    return _Visits(
        tuple(
            (number, stop.site_id, seconds_since_midnight(stop.start, day.date), 60 * stop.visit_min)
            for number, day in enumerate(trip.days)
            for stop in day.stops
        )
    )


def runs_on(trip: Itinerary, network: Network, day: date) -> bool:
    """Return whether a route can depart on a date: every place is open when it is visited.

    Parameters
    ----------
    trip
        The route, timed on any date.
    network
        Its catalogue knows the hours.
    day
        The date of departure.
    """
    request = TripRequest.from_dict(trip.request)
    rows = {row.Index: row for row in network.sites.loc[[s.site_id for s in trip.stops]].itertuples()}
    for number, site, start, length in _visits(trip).stops:
        windows = opening_asked(rows[site], day + timedelta(days=number), request).windows(length)
        if not any(first <= start <= last for first, last in windows):
            return False
    return True


def departures(
    network: Network, brief: ProgrammeBrief, routes: Sequence[Itinerary], cards: Sequence[RouteCard]
) -> tuple[RouteCard, ...]:
    """Return the cards with the weekdays and the departures of the year.

    Weekdays are chosen together, by an integer programme: as many departures as asked for, no place above its
    capacity on any day, days on which the places are open most reliably, and the busiest weekday as quiet as
    can be.
    """
    if not routes:
        return ()
    year = _year(brief.year)
    runs = [_runs(trip, network, year) for trip in routes]
    share = np.array([_shares(own, year) for own in runs])
    wholes = wholes_of(network.sites, brief.capacity_a_day)
    season = _weekdays(brief, routes, share, brief.departures_a_week, wholes)
    quiet = _weekdays(brief, routes, share, brief.quiet_departures_a_week, wholes, within=season)
    made = []
    for card, own, days, few in zip(cards, runs, season, quiet, strict=True):
        by_month, lost = Counter[int](), 0
        for day in year:
            if day.weekday() in (few if day.month in brief.quiet_months else days):
                if own[day]:
                    by_month[day.month] += 1
                else:
                    lost += 1
        made.append(
            replace(
                card,
                weekdays=days,
                quiet_weekdays=few,
                departures=tuple(by_month[month] for month in range(1, 13)),
                cancelled=lost,
            )
        )
    return tuple(made)


def _year(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range((date(year, 12, 31) - first).days + 1)]


def _runs(trip: Itinerary, network: Network, year: Sequence[date]) -> dict[date, bool]:
    request = TripRequest.from_dict(trip.request)
    rows = {row.Index: row for row in network.sites.loc[[s.site_id for s in trip.stops]].itertuples()}
    visits = _visits(trip).stops

    @cache
    def fits(number: int, day: date) -> bool:
        _, site, start, length = visits[number]
        windows = opening_asked(rows[site], day, request).windows(length)
        return any(first <= start <= last for first, last in windows)

    return {
        day: all(fits(i, day + timedelta(days=visit[0])) for i, visit in enumerate(visits)) for day in year
    }


def _shares(runs: dict[date, bool], year: Sequence[date]) -> list[float]:
    """Return by weekday the share of its dates on which a route runs."""
    return [float(np.mean([runs[day] for day in year if day.weekday() == w])) for w in range(7)]


def _weekdays(
    brief: ProgrammeBrief,
    routes: Sequence[Itinerary],
    share: np.ndarray,
    wanted: int,
    wholes: Wholes,
    *,
    within: Sequence[Sequence[int]] | None = None,
) -> list[tuple[int, ...]]:
    from scipy.optimize import Bounds, LinearConstraint, milp

    count = len(routes)
    calls = _calls(routes, wholes)
    allowed = share > RUNS_AT_ALL
    if within is not None:
        allowed &= np.array([[w in own for w in range(7)] for own in within])
    width = 7 * count + 1  # departures by route and weekday, then the busiest weekday
    rows, most = [], []
    for number in range(count):
        row = np.zeros(width)
        row[7 * number : 7 * number + 7] = 1.0
        rows.append(row)
        most.append(float(wanted))
    for weekday in range(7):
        row = np.zeros(width)
        row[[7 * number + weekday for number in range(count)]] = 1.0
        row[-1] = -1.0
        rows.append(row)
        most.append(0.0)
    for site, own in calls.items():
        room = brief.capacity_a_day.get(site, brief.usual_capacity) // brief.people
        for weekday in range(7):
            row = np.zeros(width)
            for number, day in own:
                row[7 * number + (weekday - day) % 7] += 1.0
            rows.append(row)
            most.append(float(room))
    worth = np.concatenate([(10.0 + share + _tie(count)).ravel(), [-0.1]])
    found = milp(
        -worth,
        constraints=LinearConstraint(np.array(rows), -np.inf, np.array(most)),
        integrality=np.ones(width),
        bounds=Bounds(0, np.concatenate([allowed.ravel().astype(float), [float(count)]])),
        options={"node_limit": MOST_NODES},
    )
    if found.x is None:
        return [()] * count
    picked = found.x[:-1].reshape(count, 7) > 0.5
    return [tuple(int(w) for w in np.flatnonzero(own)) for own in picked]


def _tie(count: int) -> np.ndarray:
    """Weekends first, days of one route apart: small differences, so that the choice is the same everywhere."""
    by_day = np.array([0.0, 0.01, 0.02, 0.015, 0.025, 0.05, 0.04])
    tie: np.ndarray = by_day[None, :] + 0.001 * ((np.arange(7)[None, :] + np.arange(count)[:, None]) % 7)
    return tie


def _calls(routes: Sequence[Itinerary], wholes: Wholes) -> dict[str, list[tuple[int, int]]]:
    """Return by place the routes that call, with the day of the route; parts of a place on one day are one call."""
    calls: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for number, trip in enumerate(routes):
        for day, own in enumerate(trip.days):
            keys = [sorted(wholes.calls([stop.site_id])) for stop in own.stops]
            for place in dict.fromkeys(key for listed in keys for key in listed):
                calls[place].append((number, day))
    return dict(calls)


def loads(
    brief: ProgrammeBrief, routes: Sequence[Itinerary], cards: Sequence[RouteCard], wholes: Wholes
) -> tuple[SiteLoad, ...]:
    """Return the visitors by place and weekday in a week of the season, the busiest first."""
    made = []
    for site, own in _calls(routes, wholes).items():
        visitors = [0] * 7
        for number, day in own:
            for weekday in cards[number].weekdays:
                visitors[(weekday + day) % 7] += brief.people
        made.append(
            SiteLoad(
                site_id=site,
                routes=tuple(dict.fromkeys(cards[number].key for number, _ in own)),
                by_weekday=tuple(visitors),
                capacity_a_day=brief.capacity_a_day.get(site, brief.usual_capacity),
            )
        )
    return tuple(sorted(made, key=lambda load: (-sum(load.by_weekday), load.site_id)))
