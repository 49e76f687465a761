# ruff: noqa: PLR0917 - a compiled kernel takes its arguments by position
"""Annealed ruin-and-recreate over all days at once.

After Schrimpf et al., "Record breaking optimization results using the ruin and recreate principle",
Journal of Computational Physics 159 (2000), and Christiaens and Vanden Berghe, "Slack induction by
string removals for vehicle routing problems", Transportation Science 54 (2020).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from routeplanner.planning.schedule import NEVER
from routeplanner.planning.search._compile import Floats, Ints, Random, compiled, random_below, random_unit
from routeplanner.planning.search._order import best_order, improve_order
from routeplanner.planning.search._route import (
    DETOUR,
    best_insertion,
    copy_days,
    empty_state,
    insert,
    remove,
    spent,
)
from routeplanner.planning.search._trip import WORTH_ONE, State, Trip
from routeplanner.planning.search._value import gain_of, total_value

__all__ = ["Desk", "anneal", "make_desk", "polish", "rate"]

STRING_SHARE = 0.75  # of the ruins, the others are scattered
LONGEST_RUIN = 20
MUST_FIRST = 1e9  # weight of must-visits among the candidates for insertion
MUSTS, VALUE, TRAVEL, FINISH = 0, 1, 2, 3


class Desk(NamedTuple):
    """Room to work in: the state under change, the accepted one, the best one, and tables."""

    state: State
    accepted: State
    best: State
    rating: Ints  # (3, 4) must-visits, value, travel, sum of ends of the three states
    position: Ints  # (n, d) best insertion
    cost: Ints  # (n, d)
    weight: Floats  # (n,) of the candidates that wait
    bonus: Floats  # (n,) factor of the weight
    waiting: Ints  # (n,) candidates that are still to be tried
    touched: Ints  # (d,) 1 where a day was changed
    random: Random


def make_desk(trip: Trip, seed: int) -> Desk:
    """Lay out empty states and tables."""
    n, days = len(trip.prize), len(trip.day_start)
    return Desk(
        state=empty_state(trip),
        accepted=empty_state(trip),
        best=empty_state(trip),
        rating=np.zeros((3, 4), np.int64),
        position=np.full((n, days), -1, np.int64),
        cost=np.full((n, days), NEVER, np.int64),
        weight=np.zeros(n, np.float64),
        bonus=np.ones(n, np.float64),
        waiting=np.zeros(n, np.int64),
        touched=np.zeros(days, np.int64),
        random=np.array([seed], np.uint64),
    )


@compiled
def rate(trip: Trip, state: State, rating: Ints) -> None:
    """Write the objectives of a state: must-visits kept, value, travel, sum of the ends of days."""
    musts = 0
    for index in range(len(trip.candidates)):
        site = trip.candidates[index]
        if trip.must[site] and state.where[site] >= 0:
            musts += 1
    rating[MUSTS] = musts
    rating[VALUE] = total_value(trip, state)
    rating[TRAVEL] = state.travel.sum()
    rating[FINISH] = state.finish.sum()


@compiled
def better(one: Ints, other: Ints) -> bool:
    """Whether the first rating is better, objective by objective."""
    if one[MUSTS] != other[MUSTS]:
        return one[MUSTS] > other[MUSTS]
    if one[VALUE] != other[VALUE]:
        return one[VALUE] > other[VALUE]
    if one[TRAVEL] != other[TRAVEL]:
        return one[TRAVEL] < other[TRAVEL]
    return one[FINISH] < other[FINISH]


@compiled
def anneal(
    trip: Trip,
    desk: Desk,
    first: int,
    last: int,
    cycle: int,
    hot: float,
    cold: float,
    must_worth: float,
    price: float,
) -> None:
    """Do the steps `first`..`last` - 1; in each cycle the temperature falls from `hot` to `cold`.

    Values are in units of 1 / WORTH_ONE prizes, `price` is per second of travel. A cycle begins at the
    best state so far.
    """
    for step in range(first, last):
        if step % cycle == 0:
            _load(desk.best, desk.accepted, desk.rating[2], desk.rating[1])
        copy_days(desk.accepted, desk.state)
        temperature = hot * (cold / hot) ** ((step % cycle) / cycle)
        site = _ruin(trip, desk)
        if not _sound(trip, desk.state):
            continue
        _favour(trip, desk, site)
        recreate(trip, desk, _mood(desk.random))
        rate(trip, desk.state, desk.rating[0])
        new, old = desk.rating[0], desk.rating[1]
        change = float(new[VALUE] - old[VALUE]) + must_worth * float(new[MUSTS] - old[MUSTS])
        if change >= -0.05 * float(desk.rating[2, VALUE]):
            _tidy(trip, desk)
            change = float(new[VALUE] - old[VALUE]) + must_worth * float(new[MUSTS] - old[MUSTS])
        change -= price * float(new[TRAVEL] - old[TRAVEL])
        if change >= 0.0 or random_unit(desk.random) < math.exp(change / temperature):
            _load(desk.state, desk.accepted, new, old)
            if better(new, desk.rating[2]):
                _load(desk.state, desk.best, new, desk.rating[2])


@compiled
def _load(source: State, target: State, rating: Ints, target_rating: Ints) -> None:
    copy_days(source, target)
    target_rating[:] = rating


@compiled
def _sound(trip: Trip, state: State) -> bool:
    """Whether the ruin left a feasible trip.

    It may not: way lengths need not keep the triangle inequality, and a day of a single long drive has no
    place for lunch.
    """
    for day in range(len(state.length)):
        if state.finish[day] >= NEVER:
            return False
    return trip.budget >= NEVER or spent(trip, state) <= trip.budget


@compiled
def _ruin(trip: Trip, desk: Desk) -> int:
    """Take stops out: strings of the routes near a site, or scattered ones. Return the site or -1."""
    state, random = desk.state, desk.random
    desk.touched[:] = 0
    total = state.length.sum()
    if len(trip.candidates) == 0:
        return -1
    if total == 0 or random_unit(random) < STRING_SHARE:
        site = trip.candidates[random_below(random, len(trip.candidates))]
        _evict_rivals(trip, desk, site)
        _cut_strings(trip, desk, site)
        return site
    for _ in range(1 + random_below(random, min(LONGEST_RUIN, total))):
        day = random_below(random, len(state.length))
        if state.length[day] > 0:
            remove(trip, state, day, 1 + random_below(random, state.length[day]), 1)
            desk.touched[day] = 1
    return -1


@compiled
def _evict_rivals(trip: Trip, desk: Desk, site: int) -> None:
    """Every other time make room for a site that another one excludes."""
    state = desk.state
    for index in range(trip.rival_start[site], trip.rival_start[site + 1]):
        day = state.where[trip.rivals[index]]
        if day >= 0 and random_unit(desk.random) < 0.5:
            remove(trip, state, day, _position_of(state, trip.rivals[index], day), 1)
            desk.touched[day] = 1


@compiled
def _position_of(state: State, site: int, day: int) -> int:
    position = 1
    while state.route[day, position] != site:
        position += 1
    return position


@compiled
def _cut_strings(trip: Trip, desk: Desk, centre: int) -> None:
    """Take a string of neighbouring stops out of each of some days that pass near a site."""
    state, random = desk.state, desk.random
    left = 1 + random_below(random, LONGEST_RUIN)
    days = 1 + random_below(random, len(state.length))
    for index in range(-1, trip.near.shape[1]):
        site = centre if index < 0 else trip.near[centre, index]
        day = state.where[site]
        if day < 0 or desk.touched[day] == 1:
            continue
        stops = state.length[day]
        count = min(left, 1 + random_below(random, min(stops, LONGEST_RUIN)))
        first = _position_of(state, site, day) - random_below(random, count)
        first = max(1, min(first, stops + 1 - count))
        remove(trip, state, day, first, count)
        desk.touched[day] = 1
        left -= count
        days -= 1
        if days == 0 or left == 0:
            return


class Mood(NamedTuple):
    """How one recreation chooses."""

    how: int
    power: float
    noise: float
    blink: float


CALM = Mood(how=DETOUR, power=1.0, noise=0.0, blink=0.0)


@compiled
def _mood(random: Random) -> Mood:
    """Draw a way to choose."""
    how = random_below(random, 3)
    power = 0.5 + 1.5 * random_unit(random)
    noise = 0.6 * random_unit(random) if random_unit(random) < 0.7 else 0.0
    blink = 0.05 if random_unit(random) < 0.5 else 0.0
    return Mood(how, power, noise, blink)


@compiled
def _favour(trip: Trip, desk: Desk, centre: int) -> None:
    """Every other time give the sites around the ruin a random bonus."""
    desk.bonus[:] = 1.0
    if centre < 0 or random_unit(desk.random) < 0.5:
        return
    bonus = 1.0 + 2.0 * random_unit(desk.random)
    desk.bonus[centre] = bonus
    for index in range(min(random_below(desk.random, 8), trip.near.shape[1])):
        desk.bonus[trip.near[centre, index]] = bonus


@compiled
def recreate(trip: Trip, desk: Desk, mood: Mood) -> bool:
    """Insert the best site at its best place until nothing fits; tell whether anything did."""
    state = desk.state
    waiting = _gather(trip, desk, mood)
    changed = False
    while waiting > 0:
        index, day = _choose(desk, waiting, len(state.length), mood.noise)
        if index < 0:
            break
        site = desk.waiting[index]
        position = desk.position[site, day]
        if trip.budget < NEVER:
            room = trip.budget - spent(trip, state)
            position, _ = best_insertion(trip, state, site, day, room, mood.how, 0.0, desk.random)
            if position < 0:
                desk.position[site, day] = -1
                continue
        insert(trip, state, site, day, position)
        desk.touched[day] = 1
        changed = True
        waiting -= 1
        desk.waiting[index] = desk.waiting[waiting]
        waiting = _renew(trip, desk, waiting, site, day, mood)
    return changed


@compiled
def _gather(trip: Trip, desk: Desk, mood: Mood) -> int:
    """List the candidates that fit somewhere, with their weights and best insertions; return their number."""
    waiting = 0
    room = trip.budget - spent(trip, desk.state)
    for index in range(len(trip.candidates)):
        site = trip.candidates[index]
        if desk.state.where[site] >= 0 or _excluded(trip, desk.state, site):
            continue
        desk.weight[site] = _weight(trip, desk, site, mood.power)
        if desk.weight[site] <= 0.0:
            continue
        fits = False
        for day in range(len(desk.state.length)):
            fits = _test(trip, desk, site, day, room, mood) or fits
        if fits:
            desk.waiting[waiting] = site
            waiting += 1
    return waiting


@compiled
def _test(trip: Trip, desk: Desk, site: int, day: int, room: int, mood: Mood) -> bool:
    """Find the best insertion of a site in a day, if it has one."""
    state = desk.state
    if trip.last[day, site] == -NEVER or state.dead[site, day] == state.version[day]:
        desk.position[site, day] = -1
        return False
    position, cost = best_insertion(trip, state, site, day, room, mood.how, mood.blink, desk.random)
    desk.position[site, day] = position
    desk.cost[site, day] = cost
    return position >= 0


@compiled
def _excluded(trip: Trip, state: State, site: int) -> bool:
    """Whether a rival of a site is in the trip."""
    for index in range(trip.rival_start[site], trip.rival_start[site + 1]):
        if state.where[trip.rivals[index]] >= 0:
            return True
    return False


@compiled
def _weight(trip: Trip, desk: Desk, site: int, power: float) -> float:
    """Weight of a candidate: a power of its gain, and must-visits before all others."""
    gain = gain_of(trip, desk.state, site) / WORTH_ONE
    weight = desk.bonus[site] * gain**power if gain > 0.0 else 0.0
    return (weight + 1.0) * MUST_FIRST if trip.must[site] else weight


@compiled
def _choose(desk: Desk, waiting: int, days: int, noise: float) -> tuple[int, int]:
    """Return the most worthy candidate per cost as (index in the list, day)."""
    best_index, best_day, best_merit = -1, -1, -1.0
    for index in range(waiting):
        site = desk.waiting[index]
        for day in range(days):
            if desk.position[site, day] >= 0:
                merit = desk.weight[site] / desk.cost[site, day]
                if noise > 0.0:
                    merit *= 1.0 - noise * random_unit(desk.random)
                if merit > best_merit:
                    best_index, best_day, best_merit = index, day, merit
    return best_index, best_day


@compiled
def _renew(trip: Trip, desk: Desk, waiting: int, inserted: int, changed: int, mood: Mood) -> int:
    """Bring the list up to date after an insertion; return its new length."""
    room = trip.budget - spent(trip, desk.state)
    group = trip.group[inserted]
    index = 0
    while index < waiting:
        site = desk.waiting[index]
        if desk.position[site, changed] >= 0:
            _test(trip, desk, site, changed, room, mood)
        if group >= 0 and trip.group[site] == group:
            desk.weight[site] = _weight(trip, desk, site, mood.power)
        if (
            desk.weight[site] > 0.0
            and desk.position[site].max() >= 0
            and not _excluded(trip, desk.state, site)
        ):
            index += 1
        else:
            waiting -= 1
            desk.waiting[index] = desk.waiting[waiting]
    return waiting


@compiled
def _tidy(trip: Trip, desk: Desk) -> None:
    """Shorten the ways of the changed days, and fill what time that gives."""
    moved = False
    for day in range(len(desk.touched)):
        if desk.touched[day] == 1 and improve_order(trip, desk.state, day):
            moved = True
    if moved:
        recreate(trip, desk, CALM)
        rate(trip, desk.state, desk.rating[0])


@compiled
def polish(trip: Trip, desk: Desk) -> None:
    """Give each day of the best state its shortest order, and fill what time that gives."""
    copy_days(desk.best, desk.state)
    desk.bonus[:] = 1.0
    for day in range(len(desk.touched)):
        desk.state.version[-1] += 1
        best_order(trip, desk.state, day)
        improve_order(trip, desk.state, day)
    recreate(trip, desk, CALM)
    rate(trip, desk.state, desk.rating[0])
    if _sound(trip, desk.state) and better(desk.rating[0], desk.rating[2]):
        _load(desk.state, desk.best, desk.rating[0], desk.rating[2])
