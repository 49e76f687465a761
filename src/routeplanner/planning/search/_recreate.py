# ruff: noqa: SIM110 - generators do not compile
# Records of arrays have no static types.
# mypy: disable-error-code="no-any-return"
"""Filling days again: the most worthy site at its cheapest place, with some chance in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from routeplanner.planning.schedule import NEVER
from routeplanner.planning.search._compile import Random, inlined, kernel, random_below, random_unit
from routeplanner.planning.search._laws import admits, brings_variety
from routeplanner.planning.search._route import NOWHERE, detour_of, fits, insert, metres_more, spent
from routeplanner.planning.search._trip import WORTH_ONE, State, Trip
from routeplanner.planning.search._value import gain_of

if TYPE_CHECKING:
    from routeplanner.planning.search._desk import Desk

__all__ = ["CALM", "Mood", "draw_mood", "favour", "recreate"]

MUST_FIRST = 1e9  # weight of must-visits among the candidates
ENOUGH = 80  # candidates for most recreations; the others look at all
SHIFT, DETOUR, DELAY = 0, 1, 2
"""An insertion costs the time until the next place, or way and service, or the push on the next stop."""


class Mood(NamedTuple):
    """How one recreation chooses."""

    how: int
    power: float
    noise: float
    blink: float  # probability that a position is overlooked
    skip: float  # probability that a candidate is left out


CALM = Mood(how=DETOUR, power=1.0, noise=0.0, blink=0.0, skip=0.0)


@kernel
def draw_mood(random: Random, candidates: int) -> Mood:
    """Draw a way to choose."""
    how = random_below(random, 3)
    power = 0.5 + 1.5 * random_unit(random)
    noise = 0.6 * random_unit(random) if random_unit(random) < 0.7 else 0.0
    blink = 0.05 if random_unit(random) < 0.5 else 0.0
    skip = max(0.0, 1.0 - ENOUGH / candidates) if random_unit(random) < 0.8 else 0.0
    return Mood(how, power, noise, blink, skip)


@kernel
def favour(trip: Trip, desk: Desk, centre: int) -> None:
    """Every other time give the sites around the ruin a random bonus."""
    for index in range(len(trip.candidates)):
        desk.bonus[trip.candidates[index]] = 1.0
    if centre < 0 or random_unit(desk.random) < 0.5:
        return
    bonus = 1.0 + 2.0 * random_unit(desk.random)
    desk.bonus[centre] = bonus
    for index in range(min(random_below(desk.random, 8), trip.near.shape[1])):
        desk.bonus[trip.near[centre, index]] = bonus


@kernel
def recreate(trip: Trip, desk: Desk, mood: Mood) -> bool:
    """Insert the best site at its best place until nothing fits; tell whether anything did."""
    state = desk.state
    waiting = _gather(trip, desk, mood)
    changed = False
    while waiting > 0:
        index, day = _choose(desk, waiting, len(state.routes), mood.noise)
        if index < 0:
            break
        site = desk.waiting[index]
        if trip.budget < NEVER and not _offer(trip, desk, site, day, trip.budget - spent(trip, state), mood):
            continue  # an insertion in between took the money
        insert(trip, state, site, day, desk.offers[site, day].position)
        desk.touched[day] = 1
        changed = True
        waiting -= 1
        desk.waiting[index] = desk.waiting[waiting]
        waiting = _renew(trip, desk, waiting, site, day, mood)
    return changed


@kernel
def _gather(trip: Trip, desk: Desk, mood: Mood) -> int:
    """List the candidates that fit somewhere, with their weights and best insertions; return their number."""
    waiting = 0
    room = trip.budget - spent(trip, desk.state)
    for index in range(len(trip.candidates)):
        site = trip.candidates[index]
        if desk.state.where[site] >= 0 or _excluded(trip, desk.state, site):
            continue
        if mood.skip > 0.0 and trip.sites[site].must == 0 and random_unit(desk.random) < mood.skip:
            continue
        possible = False
        for day in range(len(desk.state.routes)):
            desk.offers[site, day].position = NOWHERE
            if desk.offers[site, day].dead != desk.state.routes[day].version:
                possible = _offer(trip, desk, site, day, room, mood) or possible
        if possible:
            desk.weight[site] = _weight(trip, desk, site, mood.power)
            if desk.weight[site] > 0.0:
                desk.waiting[waiting] = site
                waiting += 1
    return waiting


@kernel
def _offer(trip: Trip, desk: Desk, site: int, day: int, room: int, mood: Mood) -> bool:
    """Find the cheapest insertion of a site in a day, if it has one; `room` is the money left.

    A site that fits nowhere is remembered until the day changes.
    """
    state, offer = desk.state, desk.offers[site, day]
    offer.position, offer.cost, overlooked = NOWHERE, NEVER, False
    stops = state.routes[day].length
    if trip.last[day, site] == -NEVER or stops >= trip.days[day].max_stops:
        offer.dead = state.routes[day].version
        return False
    if stops == 0:
        room -= trip.day_cost
    spare = trip.days[day].max_travel - state.routes[day].travel
    for position in range(stops + 1):
        detour = detour_of(trip, state, site, day, position)
        if detour > spare:
            continue
        arrival = fits(trip, state, site, day, position)
        if arrival >= NEVER:
            continue
        price = trip.sites[site].cost + metres_more(trip, state, site, day, position) * trip.per_metre
        if price > room or (mood.blink > 0.0 and random_unit(desk.random) < mood.blink):
            overlooked = True
            continue
        cost = _effort(trip, state, day, position, detour + trip.sites[site].service, arrival, mood.how)
        if cost < offer.cost:
            offer.cost, offer.position = cost, position
    if offer.position == NOWHERE and not overlooked and trip.sites[site].ordered == 0:
        offer.dead = state.routes[day].version
    return offer.position != NOWHERE


@inlined
def _effort(trip: Trip, state: State, day: int, position: int, needs: int, arrival: int, how: int) -> int:
    """Return what an insertion costs whose way and service need some time, the next arrival being known."""
    if how == DETOUR:
        return max(needs, 1)
    ready = min(state.stops[day, position].hungry, state.stops[day, position].fed)
    after = state.stops[day, position + 1].place
    direct = ready + trip.travel[state.stops[day, position].place, after]
    if how == SHIFT or position == state.routes[day].length:
        return max(arrival - direct, 1)
    begin = min(state.stops[day, position + 1].hungry, state.stops[day, position + 1].fed)
    push = arrival - begin + trip.sites[after].service
    return max(push, 0) + max(needs // 4, 1)


@inlined
def _excluded(trip: Trip, state: State, site: int) -> bool:
    """Whether a rival of a site is in the trip, or what it takes is used up."""
    if not admits(trip, state, site):
        return True
    for index in range(trip.sites[site].rivals, trip.sites[site].rivals_end):
        if state.where[trip.rivals[index]] >= 0:
            return True
    return False


@kernel
def _weight(trip: Trip, desk: Desk, site: int, power: float) -> float:
    """Weight of a candidate: a power of its gain, and must-visits before all others."""
    gain = gain_of(trip, desk.state, site) / WORTH_ONE
    weight = desk.bonus[site] * gain**power if gain > 0.0 else 0.0
    first = trip.sites[site].must == 1 or brings_variety(trip, desk.state, site)
    return (weight + 1.0) * MUST_FIRST if first else weight


@kernel
def _choose(desk: Desk, waiting: int, days: int, noise: float) -> tuple[int, int]:
    """Return the most worthy candidate per cost as (index in the list, day)."""
    best_index, best_day, best_merit = -1, -1, -1.0
    for index in range(waiting):
        site = desk.waiting[index]
        for day in range(days):
            if desk.offers[site, day].position >= 0:
                merit = desk.weight[site] / desk.offers[site, day].cost
                if noise > 0.0:
                    merit *= 1.0 - noise * random_unit(desk.random)
                if merit > best_merit:
                    best_index, best_day, best_merit = index, day, merit
    return best_index, best_day


@kernel
def _renew(trip: Trip, desk: Desk, waiting: int, inserted: int, changed: int, mood: Mood) -> int:
    """Bring the list up to date after an insertion; return its new length."""
    room = trip.budget - spent(trip, desk.state)
    group = trip.sites[inserted].group
    index = 0
    while index < waiting:
        site = desk.waiting[index]
        if desk.offers[site, changed].position >= 0:
            _offer(trip, desk, site, changed, room, mood)
        if (group >= 0 and trip.sites[site].group == group) or len(trip.labels) > 0:
            desk.weight[site] = _weight(trip, desk, site, mood.power)
        if desk.weight[site] > 0.0 and _wanted(desk, site) and not _excluded(trip, desk.state, site):
            index += 1
        else:
            waiting -= 1
            desk.waiting[index] = desk.waiting[waiting]
    return waiting


@kernel
def _wanted(desk: Desk, site: int) -> bool:
    """Whether a day has an offer for a site."""
    for day in range(desk.offers.shape[1]):
        if desk.offers[site, day].position != NOWHERE:
            return True
    return False
