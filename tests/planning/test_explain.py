"""Every reason for a site left out is worked out again from network, hours and catalogue, in plain minutes."""

from __future__ import annotations

import math
import re
from collections import Counter
from datetime import date, time
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest

import routeplanner as rp
from routeplanner._clock import seconds_of
from routeplanner.planning.calendar import visit_minutes
from routeplanner.planning.prizes import prize_groups, prizes_by_day, repeat_factors
from routeplanner.planning.request import PACES, travel_limit_s, travel_profile, vehicle_cost

if TYPE_CHECKING:
    from routeplanner.itinerary import Itinerary, Skipped

SATURDAY = date(2027, 3, 13)

WISHES = {
    **{
        corridor: rp.TripRequest(first_day=SATURDAY, corridor=corridor)
        for corridor in ("south", "southwest", "west")
    },
    "northwest, two days": rp.TripRequest(
        first_day=SATURDAY,
        corridor="northwest",
        days=2,
        overnight=["duong-lam-ancient-village"],
        pace="intense",
    ),
    "river": rp.TripRequest(first_day=SATURDAY, corridor="river", mode="river"),
    "inner, on a Monday on foot": rp.TripRequest(
        first_day=date(2027, 3, 15), corridor="inner", vehicle="foot", people=2, max_stops=9
    ),
    "east, little money": rp.TripRequest(
        first_day=SATURDAY, corridor="east_north", budget_vnd=1_150_000, max_stops=12, people=2
    ),
    "delta, by bicycle": rp.TripRequest(
        first_day=SATURDAY, corridor="delta", vehicle="bicycle", people=2, start="son-tay-bus-station"
    ),
    "delta, a short day": rp.TripRequest(
        first_day=SATURDAY, corridor="delta", day_start=time(9), day_end=time(16), pace="relaxed"
    ),
    "all, at Tết": rp.TripRequest(
        first_day=date(2027, 2, 6), lunch=None, forbidden=["bat-trang", "thay-pagoda"]
    ),
    "from Hanoi to the south of the country": rp.TripRequest(first_day=SATURDAY, area=(105, 10, 108, 20.8)),
    "two stops at most": rp.TripRequest(first_day=SATURDAY, corridor="east_north", max_stops=2),
    "whole and parts": rp.TripRequest(
        first_day=SATURDAY, corridor="northwest", must_visit=["duong-lam-ancient-village"]
    ),
}


_PLANNED: dict[str, rp.Itinerary] = {}


def planned(network: rp.Network, name: str) -> rp.Itinerary:
    """Return the plan of a wish, searched for once."""
    if name not in _PLANNED:
        _PLANNED[name] = rp.plan(network, WISHES[name], iterations=400)
    return _PLANNED[name]


class Judge:
    """A plan seen with plain minutes: ways from the network, hours from the catalogue."""

    def __init__(self, network: rp.Network, request: rp.TripRequest, trip: Itinerary) -> None:
        self.network, self.request, self.trip = network, request, trip
        self.rows = network.sites
        self.routes = [[d.start.site_id, *[s.site_id for s in d.stops], d.end.site_id] for d in trip.days]
        places = list(dict.fromkeys([p for r in self.routes for p in r] + [s.site_id for s in trip.skipped]))
        matrix = network.matrix(places, travel_profile(request))
        self.at = {place: index for index, place in enumerate(places)}
        self.minutes = np.where(matrix.duration_s < 0, -1, -(-matrix.duration_s // 60))
        self.metres = matrix.distance_m
        self.first, self.last = seconds_of(request.day_start) // 60, seconds_of(request.day_end) // 60
        self.visits: dict[str, int] = {}
        self.prizes = prizes_by_day(network.sites, request)
        lunch = request.lunch
        self.meal = lunch is not None and (
            request.day_start <= lunch.earliest
            and self.last >= seconds_of(lunch.latest) // 60 + lunch.duration_min
        )

    def way(self, a: str, b: str) -> int:
        """Return minutes from a to b, -1 for no way."""
        return int(self.minutes[self.at[a], self.at[b]])

    def visit(self, site: str) -> int:
        if site not in self.visits:
            (row,) = self.rows.loc[[site]].itertuples()
            self.visits[site] = visit_minutes(row, self.request)
        return self.visits[site]

    def gaps(self, site: str, day: int) -> list[int]:
        """Return what each insertion into a day adds, in minutes."""
        return [
            self.way(a, site) + self.way(site, b) - self.way(a, b) + self.visit(site)
            for a, b in pairwise(self.routes[day])
            if self.way(a, site) >= 0 and self.way(site, b) >= 0
        ]

    def spare(self, day: int) -> int:
        """Return the minutes of a day's span that are spent neither on the way, nor at a site, nor at lunch."""
        route = self.routes[day]
        busy = sum(self.way(a, b) for a, b in pairwise(route)) + sum(map(self.visit, route[1:-1]))
        lunch = self.request.lunch.duration_min if self.meal and self.request.mode != "river" else 0  # type: ignore[union-attr]
        return self.last - self.first - busy - lunch  # aboard, lunch may cost no time

    def hours(self, site: str, day: int) -> tuple[tuple[int, int], ...]:
        return rp.opening(self.rows.loc[site], self.trip.days[day].date).intervals_s

    def is_open(self, site: str, day: int) -> bool:
        """Whether a whole visit fits into the opening and the day's span."""
        return any(
            min(b // 60, self.last) - max(-(-a // 60), self.first) >= self.visit(site)
            for a, b in self.hours(site, day)
        )

    def fits(self, site: str, day: int) -> list[list[str]]:
        """Return the routes of a day with the site in every place where the clock allows it."""
        route = self.routes[day]
        routes = [[*route[:i], site, *route[i:]] for i in range(1, len(route))]
        return [r for r in routes if all(self.way(a, b) >= 0 for a, b in pairwise(r)) and self.walk(r, day)]

    def walk(self, route: list[str], day: int) -> bool:
        """Whether lunch at some place lets the route end in time."""
        if not self.meal:
            return self.ends(route, day, None) is not None
        moments = [(i, side) for i in range(1, len(route)) for side in ("before", "after")]
        moments.remove((len(route) - 1, "after"))  # at the end place one eats on return
        return any(self.ends(route, day, moment) is not None for moment in moments)

    def ends(self, route: list[str], day: int, lunch: tuple[int, str] | None) -> int | None:
        now = self.first
        for i, (a, b) in enumerate(pairwise(route), 1):
            now += self.way(a, b)
            if lunch == (i, "before") and (now := self.eat(now)) < 0:
                return None
            if i == len(route) - 1:
                break
            starts = [
                max(now, -(-o // 60))
                for o, c in self.hours(b, day)
                if max(now * 60, o) + 60 * self.visit(b) <= c
            ]
            if not starts:
                return None
            now = min(starts) + self.visit(b)
            if lunch == (i, "after") and (now := self.eat(now)) < 0:
                return None
        return now if now <= self.last else None

    def eat(self, now: int) -> int:
        lunch = self.request.lunch
        assert lunch is not None
        begin = max(now, seconds_of(lunch.earliest) // 60)
        return begin + lunch.duration_min if begin <= seconds_of(lunch.latest) // 60 else -1

    def travel(self, route: list[str]) -> int:
        return sum(self.way(a, b) for a, b in pairwise(route))

    def cost(self, site: str, day: int, route: list[str]) -> float:
        """Return what the trip costs with this route on this day."""
        routes = [route if d == day else r for d, r in enumerate(self.routes)]
        rates = vehicle_cost(self.request) or (0, 0)
        metres = sum(self.metres[self.at[a], self.at[b]] for r in routes for a, b in pairwise(r))
        visited = [s for r in routes for s in r[1:-1]]
        assert site in visited
        fees = sum(self.request.people * (self.rows.at[s, "fee_vnd"] or 0) for s in visited)
        return float(fees + rates[0] * sum(len(r) > 2 for r in routes) + rates[1] * metres / 1000)

    def value(self, visits: dict[str, int]) -> float:
        """Return what a trip is worth that visits these sites on these days."""
        prize = {site: float(self.prizes.loc[site, day]) for site, day in visits.items()}
        factor = repeat_factors(prize, prize_groups(self.rows.loc[list(prize)]))
        return sum(prize[site] * factor[site] for site in prize)

    def net_loss(self, site: str, out: str, visits: dict[str, int]) -> float:
        """Return what the trip loses if a site takes the place of a stop."""
        rest = {s: d for s, d in visits.items() if s != out}
        return self.value(visits) - self.value({**rest, site: visits[out]})

    def could_take(self, site: str, out: str, day: int) -> bool:
        """Whether a site fits into a day without one of its stops, the order of the others kept."""
        kept = [place for place in self.routes[day][1:-1] if place != out]
        ends = self.routes[day][0], self.routes[day][-1]
        wholes = self.rows["part_of"]
        others = {stop.site_id for stop in self.trip.stops} - {out}
        if wholes[site] in others or site in {wholes[other] for other in others}:
            return False
        routes = [[ends[0], *kept[:i], site, *kept[i:], ends[1]] for i in range(len(kept) + 1)]
        limit = travel_limit_s(self.request, 0)
        money = self.request.budget_vnd
        return any(
            all(self.way(a, b) >= 0 for a, b in pairwise(route))
            and 60 * self.travel(route) <= max(limit, 60 * self.way(*ends))
            and self.walk(route, day)
            and (money is None or self.cost(site, day, route) <= money)
            for route in routes
        )


def verify(judge: Judge, left: Skipped) -> bool:
    """Return whether what is said of a site left out is so."""
    return getattr(Claims, left.reason)(judge, left)  # type: ignore[no-any-return]


class Claims:
    """One check for each reason."""

    @staticmethod
    def forbidden(judge: Judge, left: Skipped) -> bool:
        return left.site_id in judge.request.forbidden

    @staticmethod
    def part_of(judge: Judge, left: Skipped) -> bool:
        visited = {stop.site_id: stop for stop in judge.trip.stops}
        wholes = judge.rows["part_of"]
        if "It is part of" in left.detail:
            return visited[wholes[left.site_id]].name_en in left.detail
        return any(wholes[s] == left.site_id and stop.name_en in left.detail for s, stop in visited.items())

    @staticmethod
    def unreachable(judge: Judge, left: Skipped) -> bool:
        ends = {place for route in judge.routes for place in (route[0], route[-1])}
        no_way_out = all(judge.way(end, left.site_id) < 0 for end in ends)
        no_way_back = all(judge.way(left.site_id, end) < 0 for end in ends)
        nowhere = all(
            not judge.gaps(left.site_id, day)
            for day in range(len(judge.routes))
            if judge.is_open(left.site_id, day)
        )
        return no_way_out or no_way_back or nowhere

    @staticmethod
    def no_time(judge: Judge, left: Skipped) -> bool:
        if "too late" in left.detail or "the hours of the other stops" in left.detail:
            return not any(judge.fits(left.site_id, day) for day in range(len(judge.routes)))
        found = re.search(r"adds at least (\d+) min to day (\d+) .*; (-?\d+) are left", left.detail)
        assert found, left.detail
        added, day, spare = map(int, found.groups())
        days = [d for d in range(len(judge.routes)) if judge.is_open(left.site_id, d)]
        short = {
            d: min(judge.gaps(left.site_id, d)) - judge.spare(d) for d in days if judge.gaps(left.site_id, d)
        }
        return (
            added == min(judge.gaps(left.site_id, day - 1))
            and spare == judge.spare(day - 1)
            and short[day - 1] == min(short.values()) > 0
        )

    @staticmethod
    def closed(judge: Judge, left: Skipped) -> bool:
        days = range(len(judge.routes))
        if not any(judge.is_open(left.site_id, day) for day in days):
            return all(f"{judge.trip.days[day].date}: " in left.detail for day in days)
        return (
            not any(judge.fits(left.site_id, day) for day in days)
            and "reaches it while it is open" in left.detail
        )

    @staticmethod
    def timely(judge: Judge, left: Skipped) -> dict[int, list[list[str]]]:
        found = {day: judge.fits(left.site_id, day) for day in range(len(judge.routes))}
        return {day: routes for day, routes in found.items() if routes}

    @staticmethod
    def max_stops(judge: Judge, left: Skipped) -> bool:
        limit = judge.request.max_stops or PACES[judge.request.pace].max_stops
        days = Claims.timely(judge, left)
        return (
            bool(days)
            and all(len(judge.routes[day]) - 2 == limit for day in days)
            and f"{limit} stops" in left.detail
        )

    @staticmethod
    def travel_limit(judge: Judge, left: Skipped) -> bool:
        found = re.search(r"at least (\d+) min longer on the way", left.detail)
        assert found, left.detail
        limit = judge.request.max_stops or PACES[judge.request.pace].max_stops
        free = {d: r for d, r in Claims.timely(judge, left).items() if len(judge.routes[d]) - 2 < limit}
        over = [
            60 * judge.travel(route) - travel_limit_s(judge.request, 0)
            for routes in free.values()
            for route in routes
        ]
        return int(found[1]) == -(-min(over) // 60) > 0

    @staticmethod
    def budget(judge: Judge, left: Skipped) -> bool:
        limit = judge.request.budget_vnd
        assert limit is not None
        ways = [
            judge.cost(left.site_id, day, route)
            for day, routes in Claims.timely(judge, left).items()
            for route in routes
            if 60 * judge.travel(route) <= travel_limit_s(judge.request, 0)
        ]
        found = re.search(r"costs at least ([\d,]+) VND; the budget is ([\d,]+)", left.detail)
        assert found, left.detail
        least, said = (int(number.replace(",", "")) for number in found.groups())
        return bool(ways) and said == limit < min(ways) and least == math.ceil(min(ways) - 1e-6)

    @staticmethod
    def lower_prize(judge: Judge, left: Skipped) -> bool:
        """A site with a prize that fits would have been taken: only worthless ones may stay out."""
        return float(rp.default_prizes(judge.rows.loc[[left.site_id]], judge.request).iloc[0]) == 0


@pytest.mark.parametrize("name", WISHES)
def test_each_reason_is_true(name: str, network: rp.Network) -> None:
    request_, trip = WISHES[name], planned(network, name)
    assert rp.check(trip, network, request_) == []
    judge = Judge(network, request_, trip)
    false = [(left.reason, left.site_id, left.detail) for left in trip.skipped if not verify(judge, left)]
    assert false == []


@pytest.mark.parametrize("name", WISHES)
def test_the_stop_whose_place_a_site_could_take_is_named_truly(name: str, network: rp.Network) -> None:
    request_, trip = WISHES[name], planned(network, name)
    judge = Judge(network, request_, trip)
    visits = {stop.site_id: day for day, of_day in enumerate(trip.days) for stop in of_day.stops}
    free = [site for site in visits if site not in request_.must_visit]
    named = [left for left in trip.skipped if "instead_of" in left.figures]
    for left in named[::3]:
        out, site = left.figures["instead_of"], left.site_id
        loss = left.figures["adds"] - left.figures["would_add"]
        assert loss >= -1e-9, "an exchange would better the plan"
        assert loss == pytest.approx(judge.net_loss(site, out, visits), abs=2e-3)
        assert trip_stop(trip, out).name_en in left.detail
        assert trip_stop(trip, out).name_vi in left.detail_vi
        if request_.mode == "river":
            continue  # lunch aboard is beyond these plain minutes
        assert judge.could_take(site, out, visits[out])
        dearer = [s for s in free if judge.net_loss(site, s, visits) < loss - 2e-3]
        assert not any(judge.could_take(site, s, visits[s]) for s in dearer)
    for left in trip.skipped:
        if "No one stop would make room" in left.detail and request_.mode != "river":
            assert not any(judge.could_take(left.site_id, out, visits[out]) for out in free)


def trip_stop(trip: Itinerary, site: str) -> rp.Stop:
    return next(stop for stop in trip.stops if stop.site_id == site)


def test_the_figures_of_a_visit_are_true(network: rp.Network) -> None:
    for name in ("south", "west", "delta, a short day"):
        trip = planned(network, name)
        judge = Judge(network, WISHES[name], trip)
        visits = {stop.site_id: day for day, of_day in enumerate(trip.days) for stop in of_day.stops}
        for day, route in enumerate(judge.routes):
            for before, site, after in zip(route, route[1:], route[2:], strict=False):
                figures = trip_stop(trip, site).figures
                detour = judge.way(before, site) + judge.way(site, after) - judge.way(before, after)
                assert figures["detour_min"] == detour
                rest = {s: d for s, d in visits.items() if s != site}
                assert figures["worth"] == pytest.approx(judge.value(visits) - judge.value(rest), abs=2e-3)
                gains = {
                    left.site_id: judge.value({**rest, left.site_id: day}) - judge.value(rest)
                    for left in trip.skipped
                    if left.reason not in ("forbidden", "unreachable")
                    and judge.could_take(left.site_id, site, day)
                }
                most = max(gains.values(), default=0.0)
                if figures["instead"] is None:
                    assert most < 1e-6
                else:
                    assert gains[figures["instead"]] == pytest.approx(most, abs=2e-3)
                    assert figures["instead_worth"] == pytest.approx(most, abs=2e-3)


def test_the_wishes_above_meet_most_reasons(network: rp.Network) -> None:
    """The test before this one must have something to verify."""
    seen: Counter[str] = Counter()
    for name in WISHES:
        seen.update(left.reason for left in planned(network, name).skipped)
    wanted = {
        "closed",
        "forbidden",
        "part_of",
        "no_time",
        "max_stops",
        "travel_limit",
        "budget",
        "unreachable",
    }
    assert wanted - set(seen) == set()


def test_figures_stand_in_the_vietnamese_sentence_too(network: rp.Network) -> None:
    trip = planned(network, "south")
    for left in trip.skipped:
        if left.reason in ("no_time", "max_stops", "travel_limit"):
            assert re.findall(r"\d+(?:\.\d+)?", left.detail) == re.findall(r"\d+(?:\.\d+)?", left.detail_vi)
