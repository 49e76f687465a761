"""Rounds of the search: a start or a kick, annealing, and now and then the best choice among the days seen."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from routeplanner.planning.search._anneal import BEGIN, GO_ON, POLISH, RETURN, Plan, anneal
from routeplanner.planning.search._desk import BEST, VALUE
from routeplanner.planning.search._nights import draw_nights
from routeplanner.planning.search._pack import join, pack, pieces
from routeplanner.planning.search._trip import WORTH_ONE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routeplanner.planning.search._desk import Desk
    from routeplanner.planning.search._refill import Slate
    from routeplanner.planning.search._trip import State, Trip

__all__ = ["Effort", "climb", "days_seen", "lay_out", "nights_of"]

CHUNK = 50
HOT, COLD = 0.7, 0.03  # temperatures as a share of the mean value of a stop
ENDS_OF_NIGHTS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.85, 1.0)
ENDS_OF_ONE_DAY, ENDS = (0.25, 0.5, 0.7, 0.85, 1.0), (0.35, 0.7, 0.85, 1.0)
"""Shares of the effort at which a round ends; the last two begin at the best trip, those before anew."""
AGAIN = 2
DRAWS = 20  # of places for the nights, until a trip without a stop can be kept
REHEAT = 0.5  # temperature of the later rounds against the first
FRESH = 0.3  # share of the rounds that start anew, the others kick the best trip
NOISE = 0.3  # most that a kick takes off the worth of a site
MANY = 120  # candidates of a single day from which on starts matter most
LABELS, LABELS_OF_MANY = 60_000, 400_000  # room for the labels of a start, by second; for many candidates
WAYS = ((12, 0), (25, 0), (25, 1))  # to how many sites labels lead on, and how many of them stay
LONG_DAY = 12  # stops from which on days are filled by labels
PACK_SHARE, PACK_NODES = 0.06, 40
PACK_MOST, PACK_FEW = 1500, 200  # days that are packed where seconds are given, and else


class Effort(NamedTuple):
    """How much to do: steps in all, or seconds of the processor (infinite if steps alone count)."""

    steps: int
    seconds: float
    limit_s: float  # safety cap in seconds


def _use_labels(trip: Trip, effort: Effort) -> bool:
    """Whether starts and kicks by labels pay: on long days, or where there is time for anything."""
    if any(map(len, (trip.before, trip.limit, trip.labels, trip.nights))):
        return False  # rules of which these labels know nothing
    return bool(np.isfinite(effort.seconds)) or int(trip.days["max_stops"].max(initial=0)) > LONG_DAY


def climb(trip: Trip, desk: Desk, effort: Effort, seed: int) -> tuple[float, int]:
    """Search; the best trip is left in `desk.best`. Return when the clock started, and the steps done."""
    climbing = _Climb(trip, desk, effort, seed)
    return climbing.begin, climbing.run()


def days_seen(trip: Trip, desk: Desk, most: int) -> list[tuple[int, list[int]]]:
    """Return the most worthy of the days on the shelf, each with a day like it."""
    rows = desk.shelf[desk.shelf[:, 0] >= 0]
    inside = np.arange(rows.shape[1] - 3)[None, :] < rows[:, 1:2]
    worth = (trip.sites["prize"][np.maximum(rows[:, 3:], 0)] * inside).sum(axis=1)
    return [
        (int(row[0]), row[3 : 3 + row[1]].tolist()) for row in rows[np.argsort(-worth, kind="stable")[:most]]
    ]


def lay_out(
    trip: Trip, desk: Desk, days: Sequence[Sequence[int]], nights: Sequence[int] | None = None
) -> None:
    """Write days into the state under change, and where the nights are spent if that is chosen."""
    desk.state.where[:] = -1
    first, last = trip.days["origin"].tolist(), trip.days["destination"].tolist()
    if nights is not None:
        first, last = [first[0], *nights], [*nights, last[-1]]
    for day, route in enumerate(days):
        desk.state.stops["place"][day, : len(route) + 2] = (first[day], *route, last[day])
        desk.state.routes["length"][day] = len(route)
        desk.state.where[list(route)] = day


def nights_of(state: State) -> list[int]:
    """Return the places where the days of a state begin, but for the first."""
    return [int(place) for place in state.stops["place"][1:, 0]]


class _Climb:
    """One search with its clock."""

    def __init__(self, trip: Trip, desk: Desk, effort: Effort, seed: int) -> None:
        must_worth = 10.0 * float(trip.sites["prize"].max(initial=1)) * WORTH_ONE
        self.trip, self.desk, self.effort = trip, desk, effort
        self.plan = Plan(HOT, must_worth)
        self.random = np.random.default_rng(seed)
        self.slate: Slate | None = None
        self.total = float(trip.sites["prize"][trip.candidates].sum()) * WORTH_ONE
        self.done, self.ways = 0, list(WAYS)
        if effort.steps > 0 and _use_labels(trip, effort):
            self.slate = _make_slate(trip, effort)
        anneal(trip, desk, self.plan, BEGIN, 0)  # compiles or loads, before the clock starts
        for _ in range(DRAWS if len(trip.nights) else 0):
            if desk.ratings[BEST, VALUE] >= 0:
                break
            lay_out(trip, desk, [()] * len(trip.days), self.nights(anew=True))
            anneal(trip, desk, self.plan, BEGIN, 0)
        if self.slate is not None:
            _warm_up(trip, desk)
            lay_out(trip, desk, self.routes())
        self.begin = time.thread_time()

    def run(self) -> int:
        """Do all rounds."""
        steps = self.effort.steps if len(self.trip.candidates) else 0
        ends: tuple[float, ...] = ENDS_OF_ONE_DAY if len(self.trip.days) == 1 else ENDS
        ends = ENDS_OF_NIGHTS if len(self.trip.nights) else ends
        number, given = 0, self.desk.ratings[BEST, VALUE] > 0
        while self.share() < 1.0 and steps and not self.complete():
            anew = number < len(ends) - AGAIN and not given
            self.kick(anew=anew)
            anneal(self.trip, self.desk, self.plan, BEGIN, 0)
            self.cool(ends[min(number, len(ends) - 1)], 1.0 if anew else REHEAT)
            if len(self.desk.shelf) and not len(self.trip.nights) and self.share() < 1.0:
                self.join()
            number += 1
        anneal(self.trip, self.desk, self.plan, POLISH, 0)
        return self.done

    def share(self) -> float:
        """Return the share of the effort that is spent."""
        spent = time.thread_time() - self.begin
        if spent >= self.effort.limit_s:
            return 1.0
        return max(self.done / max(self.effort.steps, 1), spent / max(self.effort.seconds, 1e-9))

    def complete(self) -> bool:
        """Whether the best trip has all there is."""
        return float(self.desk.ratings[BEST, VALUE]) >= self.total

    def cool(self, end: float, reheat: float) -> None:
        """Anneal from hot to cold until a share of the effort is spent."""
        begin = self.share()
        span = max(end - begin, 1e-9)
        while True:
            now = self.share()
            if now >= end or self.complete():
                return
            heat = HOT * reheat * (COLD / (HOT * reheat)) ** ((now - begin) / span)
            heat /= max(int(self.desk.best.routes["length"].sum()), 1)
            steps = min(CHUNK, self.effort.steps - self.done)
            anneal(self.trip, self.desk, self.plan._replace(heat=heat), GO_ON, steps)
            self.done += steps

    def kick(self, *, anew: bool) -> None:
        """Lay out a trip to begin with: an empty one, the best one, or some of its days filled by labels."""
        days = len(self.trip.days)
        kept = [()] * days if anew else self.routes()
        lay_out(self.trip, self.desk, kept, self.nights(anew=anew) if len(self.trip.nights) else None)
        if self.slate is None:
            return
        chosen = self.random.permutation(days).tolist()
        if not anew and self.random.random() >= FRESH:
            chosen = chosen[: 1 + int(self.random.random() < 0.5)]
        lay_out(self.trip, self.desk, [() if day in chosen else route for day, route in enumerate(kept)])
        for day in chosen:
            self.refill(day, NOISE * self.random.random())

    def refill(self, day: int, noise: float) -> None:
        """Fill one day of the state by labels, in a way for which the room was enough so far."""
        from routeplanner.planning.search._refill import refill

        if self.slate is None:
            return
        reach, keep = self.ways[int(self.random.integers(len(self.ways)))]
        labels = refill(self.trip, self.desk, self.slate, day, noise, reach, keep)
        if labels == len(self.slate.heap):  # what is here now is half a day
            self.ways = [way for way in self.ways if way[0] * (way[1] + 1) < reach * (keep + 1)]
            self.slate = self.slate if self.ways else None

    def routes(self) -> list[tuple[int, ...]]:
        """Return the days of the best trip."""
        best = self.desk.best
        return [
            tuple(best.stops["place"][day, 1 : best.routes["length"][day] + 1].tolist())
            for day in range(len(self.trip.days))
        ]

    def nights(self, *, anew: bool) -> list[int]:
        """Return where the nights of the best trip are spent, or draw other places for them."""
        if not anew:
            return nights_of(self.desk.best)
        return draw_nights(self.trip, self.random)

    def join(self) -> None:
        """Pack days seen, and take the trip that this gives if it is the best."""
        timed = bool(np.isfinite(self.effort.seconds))
        most = PACK_MOST if timed else PACK_FEW
        seen: list[tuple[int, Sequence[int]]] = [*days_seen(self.trip, self.desk, most)]
        seen += [(int(self.trip.days[day]["kind"]), list(route)) for day, route in enumerate(self.routes())]
        seconds = PACK_SHARE * self.effort.seconds if timed else 10.0
        days = join(self.trip, pieces(seen)) if timed else None
        if days is None:
            days = pack(self.trip, pieces(seen), seconds=seconds, nodes=PACK_NODES)
        if days is not None:
            lay_out(self.trip, self.desk, days)
            anneal(self.trip, self.desk, self.plan, BEGIN, 0)
            anneal(self.trip, self.desk, self.plan, RETURN, 0)


def _warm_up(trip: Trip, desk: Desk) -> None:
    """Compile or load the labels before the clock starts."""
    from routeplanner.planning.search._refill import make_slate, refill

    tiny = make_slate(trip, 2)
    refill(trip, desk, tiny, 0, 0.0, 1, 0)


def _make_slate(trip: Trip, effort: Effort) -> Slate:
    from routeplanner.planning.search._refill import make_slate

    labels = int(LABELS * min(max(effort.seconds, 0.5), 5.0))
    many = len(trip.days) == 1 and len(trip.candidates) > MANY
    return make_slate(trip, LABELS_OF_MANY if many else labels)
