# Records of arrays have no static types.
# mypy: disable-error-code="no-any-return"
"""Filling days again: the most worthy site at its cheapest place, with some chance in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeplanner.planning.problem import UNREACHABLE
from routeplanner.planning.schedule import NEVER
from routeplanner.planning.search._compile import (
    Ints,
    inlined,
    kernel,
    random_below,
    random_unit,
    whole,
)
from routeplanner.planning.search._desk import LEAST_POWER, POWER_STEP, POWERS
from routeplanner.planning.search._laws import admits, brings_variety
from routeplanner.planning.search._route import NOWHERE, fits, insert, metres_more, spent
from routeplanner.planning.search._trip import WORTH_ONE, State, Trip
from routeplanner.planning.search._value import gain_of

if TYPE_CHECKING:
    from routeplanner.planning.search._desk import Desk

__all__ = ["calm_down", "draw_mood", "favour", "recreate"]

MUST_FIRST = 1e9  # weight of must-visits among the candidates
SHIFT, DETOUR, DELAY = 0, 1, 2
"""An insertion costs the time until the next place, or way and service, or the push on the next stop."""
ROUNDING = 2  # seconds by which rounded ways may break the triangle inequality


CALM_POWER = 5  # the number of the power 1
HOW, POWER, NOISE, BLINK, SKIP = 0, 1, 2, 3, 4
"""Of a mood: what an insertion costs, the number of the power of a prize, the noise of the choice, the chances that
a position is overlooked and that a candidate is left out."""


@kernel
def draw_mood(desk: Desk, candidates: int, skip_share: float, enough: float) -> None:
    """Draw a way to choose."""
    random, mood = desk.random, desk.mood
    mood[HOW] = random_below(random, 3)
    mood[POWER] = float(random_below(random, POWERS))
    mood[NOISE] = 0.6 * random_unit(random) if random_unit(random) < 0.7 else 0.0
    mood[BLINK] = 0.05 if random_unit(random) < 0.5 else 0.0
    mood[SKIP] = max(0.0, 1.0 - enough / candidates) if random_unit(random) < skip_share else 0.0


@inlined
def calm_down(desk: Desk) -> None:
    """Choose without chance, by way and service."""
    desk.mood[:] = 0.0
    desk.mood[HOW], desk.mood[POWER] = DETOUR, CALM_POWER


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
def recreate(trip: Trip, desk: Desk) -> bool:
    """Insert the best site at its best place until nothing fits; tell whether anything did."""
    state = desk.state
    waiting, inserted = _line_up(trip, desk), whole(0)
    for day in range(len(state.routes)):
        _price(trip, desk, day, desk.waiting, waiting, NOWHERE)
    while True:
        waiting, site, day = _choose(desk, waiting)
        if site < 0:
            return inserted > 0
        if _excluded(trip, state, site):
            desk.weight[site] = 0.0
            continue
        position = desk.offers[site, day].position
        insert(trip, state, site, day, position)
        inserted += 1
        desk.touched[day] = 1
        desk.weight[site] = 0.0
        _reconsider(trip, desk, site)
        for other in range(len(state.routes)):
            if other == day or trip.budget < NEVER:  # the money left is everybody's
                behind = position if trip.budget >= NEVER else NOWHERE
                _price(trip, desk, other, desk.queue, _offered(desk, waiting, other), behind)


@kernel
def _line_up(trip: Trip, desk: Desk) -> int:
    """List the candidates that are not in the trip and may be, with their weights; return their number."""
    waiting = whole(0)
    for index in range(len(trip.candidates)):
        site = trip.candidates[index]
        desk.weight[site] = 0.0
        if desk.state.where[site] >= 0 or _excluded(trip, desk.state, site):
            continue
        if (
            desk.mood[SKIP] > 0.0
            and trip.sites[site].must == 0
            and random_unit(desk.random) < desk.mood[SKIP]
        ):
            continue
        if trip.sites[site].group < 0 and trip.sites[site].must == 0 and len(trip.labels) == 0:
            desk.weight[site] = desk.bonus[site] * desk.powers[site, int(desk.mood[POWER])]
        else:
            desk.weight[site] = _weight(trip, desk, site)
        if desk.weight[site] > 0.0:
            desk.waiting[waiting] = site
            waiting += 1
    return waiting


@kernel
def _choose(desk: Desk, waiting: int) -> tuple[int, int, int]:
    """Return how many still wait, the most worthy candidate per cost (-1: none) and its day."""
    best_site, best_day, best_merit = whole(NOWHERE), whole(NOWHERE), 0.0
    index, days = 0, desk.offers.shape[1]
    while index < waiting:
        site = desk.waiting[index]
        weight, merit = desk.weight[site], 0.0
        for day in range(days):
            offer = desk.offers[site, day]
            if offer.position >= 0 and weight * offer.yielding > merit:
                merit = weight * offer.yielding
                if merit > best_merit:
                    best_site, best_day, best_merit = site, day, merit
        if merit > 0.0:
            index += 1
        else:
            waiting -= 1
            desk.waiting[index] = desk.waiting[waiting]
            desk.weight[site] = 0.0
    return waiting, best_site, best_day


@kernel
def _reconsider(trip: Trip, desk: Desk, inserted: int) -> None:
    """Weigh those that wait anew which share the group of a site."""
    if len(trip.labels) > 0:
        for index in range(len(trip.candidates)):
            if desk.weight[trip.candidates[index]] > 0.0:
                desk.weight[trip.candidates[index]] = _weight(trip, desk, trip.candidates[index])
        return
    group = trip.sites[inserted].group
    if group < 0:
        return
    for index in range(trip.groups[group, 0], trip.groups[group, 1]):
        site = trip.members[index]
        if desk.weight[site] > 0.0:
            desk.weight[site] = _weight(trip, desk, site)


@kernel
def _offered(desk: Desk, waiting: int, day: int) -> int:
    """Queue those that wait and fitted into a day, as others will not fit later; return their number."""
    count = whole(0)
    for index in range(waiting):
        site = desk.waiting[index]
        if desk.weight[site] > 0.0 and desk.offers[site, day].position >= 0:
            desk.queue[count] = site
            count += 1
    return count


@kernel
def _price(trip: Trip, desk: Desk, day: int, listed: Ints, count: int, new: int) -> None:  # noqa: C901, PLR0912, PLR0915
    """Find the cheapest insertion in a day of listed sites.

    Where a stop was just put behind a position `new`, a site that fitted elsewhere is tried there again and in the two
    new gaps, as all others have become tighter. A site that fits nowhere is remembered until the day changes. All in
    one piece, as here the time of the search is spent: a call by site takes longer than the work.
    """
    state, offers, gaps, random, rows = desk.state, desk.offers, desk.gaps, desk.random, desk.rows
    sites, travel, last, windows = trip.sites, trip.travel, trip.last, trip.windows
    version, changed, plain = state.routes[day].version, desk.touched[day] == 1, trip.days[day].plain == 1
    size, money = _list_gaps(trip, desk, day), _money(trip, desk, day)
    spare = trip.days[day].max_travel - state.routes[day].travel
    noise, blink, how = desk.mood[NOISE], desk.mood[BLINK], int(desk.mood[HOW])
    for index in range(count):
        site = listed[index]
        offer = offers[site, day]
        own = offer.position
        offer.position = NOWHERE
        if version in (offer.dead, offer.doomed):
            continue
        service, closes, opens = sites[site].service, last[day, site], windows[day, site, 0, 0]
        best, cheapest, overlooked = NOWHERE, NEVER, False
        turn, turns = 0 if new < 0 or own == new or size == 0 else -3, size
        while turn < turns:
            row = turn
            if turn == -3:
                row = rows[day, own if own < new else own + 1]
            elif turn == -2 and best == NOWHERE:
                row = turn = 0
            elif turn < 0:
                row, turns = rows[day, new + 2 + turn], 0
            turn += 1
            if row < 0:
                continue
            gap = gaps[day, row]
            if gap.ready > closes or service > gap.room:
                continue
            leg, onward = travel[gap.before, site], travel[site, gap.after]
            detour = leg + onward - gap.direct
            if detour > spare or service + detour > gap.room:
                continue
            if plain:
                arrival = max(gap.ready + leg, opens) + service + onward
                if gap.ready + leg > closes or arrival > gap.late:
                    continue
            else:
                arrival = fits(trip, state, site, day, gap.position)
                if arrival >= NEVER:
                    continue
            if money < NEVER and _price_of(trip, state, site, day, gap.position) > money:
                overlooked = True
                continue
            if blink > 0.0 and random_unit(random) < blink:
                overlooked = True
                continue
            needs = service + detour
            if how == DETOUR:
                cost = needs
            elif how == SHIFT or gap.position == state.routes[day].length:
                cost = arrival - gap.ready - gap.direct
            else:
                cost = max(arrival - gap.begin, 0) + max(needs // 4, 1)
            if cost < cheapest:
                cheapest, best = cost, gap.position
        offer.position = best
        if best != NOWHERE:
            offer.yielding = (1.0 - noise * random_unit(random)) / max(cheapest, 1)
        elif not overlooked and sites[site].ordered == 0:
            if changed:
                offer.doomed = version
            else:
                offer.dead = version


@inlined
def _money(trip: Trip, desk: Desk, day: int) -> int:
    """Return what a visit more on a day may cost."""
    if trip.budget >= NEVER:
        return NEVER
    left = trip.budget - spent(trip, desk.state)
    return left - trip.day_cost if desk.state.routes[day].length == 0 else left


@inlined
def _price_of(trip: Trip, state: State, site: int, day: int, position: int) -> int:
    return trip.sites[site].cost + metres_more(trip, state, site, day, position) * trip.per_metre


@kernel
def _list_gaps(trip: Trip, desk: Desk, day: int) -> int:
    """List the positions of a day that have time for a stop, unless they are; return their number."""
    state = desk.state
    stops = state.routes[day].length
    if desk.listed[day, 0] == state.routes[day].version and desk.listed[day, 1] >= 0:
        return desk.listed[day, 1]
    count = whole(0)
    last = stops + 1 if stops < trip.days[day].max_stops else 0
    for position in range(last):
        desk.rows[day, position] = NOWHERE
        before, after = state.stops[day, position], state.stops[day, position + 1]
        ready, late = min(before.hungry, before.fed), max(after.late_hungry, after.late_fed)
        direct = trip.travel[before.place, after.place]
        room = late - ready + ROUNDING
        if stops > 0 and direct < UNREACHABLE and trip.skips == 1:
            room -= direct
        else:
            room = NEVER
        if room < trip.quickest:
            continue
        gap = desk.gaps[day, count]
        gap.position, gap.before, gap.after = position, before.place, after.place
        gap.ready, gap.late, gap.direct, gap.room = ready, late, direct, room
        gap.begin = min(after.hungry, after.fed) - (
            trip.sites[after.place].service if position < stops else 0
        )
        desk.rows[day, position] = count
        count += 1
    desk.listed[day, 0], desk.listed[day, 1] = state.routes[day].version, count
    return count


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
def _weight(trip: Trip, desk: Desk, site: int) -> float:
    """Weight of a candidate: a power of its gain, and must-visits before all others."""
    power = LEAST_POWER + POWER_STEP * desk.mood[POWER]
    gain = gain_of(trip, desk.state, site) / WORTH_ONE
    weight = desk.bonus[site] * gain**power if gain > 0.0 else 0.0
    first = trip.sites[site].must == 1 or brings_variety(trip, desk.state, site)
    return (weight + 1.0) * MUST_FIRST if first else weight
