"""The tables on which the search works."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from routeplanner.planning.search._route import NOWHERE, empty_state

if TYPE_CHECKING:
    from routeplanner.planning.search._compile import Floats, Ints, Random, Records
    from routeplanner.planning.search._trip import State, Trip

__all__ = [
    "BEST",
    "FINISH",
    "LEAST_POWER",
    "MUSTS",
    "NEW",
    "OLD",
    "POWERS",
    "POWER_STEP",
    "TRAVEL",
    "VALUE",
    "Desk",
    "make_desk",
]

NEW, OLD, BEST = 0, 1, 2  # rows of the ratings
MUSTS, VALUE, TRAVEL, FINISH = 0, 1, 2, 3  # columns of the ratings
SHELF = 4096  # days of good trips that are kept
POWERS, LEAST_POWER, POWER_STEP = 16, 0.5, 0.1
OFFER = np.dtype([*((name, np.int64) for name in ("position", "dead", "doomed")), ("yielding", np.float64)])
GAP = np.dtype(
    [(name, np.int64) for name in ("position", "before", "after", "ready", "begin", "late", "direct", "room")]
)


class Desk(NamedTuple):
    """Room to work in: the state under change, the accepted one, the best one, and tables.

    An offer is the best insertion of a site in a day: its position or -1, what a unit of prize yields there by
    its cost, and the contents of the day, as accepted and as changed, in which the site was found to fit nowhere.
    A gap is a position of a day that has room: its neighbours, when one is ready to leave and has to arrive, the
    travel between them and the seconds to spare.
    """

    state: State
    accepted: State
    best: State
    ratings: Ints  # (3, 4) must-visits, value, travel, sum of ends of the three states
    offers: Records  # (n, d) of OFFER
    gaps: Records  # (d, cap) of GAP
    rows: Ints  # (d, cap) number of the gap at a position, -1 for none
    listed: Ints  # (d, 2) content of the day whose gaps are listed, and their number
    weight: Floats  # (n,) of the candidates that wait
    bonus: Floats  # (n,) factor of the weight
    powers: Floats  # (n, POWERS) powers of the prizes
    mood: Floats  # how to choose
    waiting: Ints  # (n,) candidates that are still to be tried
    queue: Ints  # (n,) candidates that are to be priced anew
    sheet: Ints  # (4, cap) to write on
    touched: Ints  # (d,) 1 where a day was changed
    random: Random
    shelf: (
        Ints  # (s, cap) sites of days of good trips, behind their kind, number of stops and a mark of the set
    )


def make_desk(trip: Trip, seed: int) -> Desk:
    """Lay out empty states and tables."""
    n, days = len(trip.sites), len(trip.days)
    state = empty_state(trip)
    offers = np.zeros((n, days), OFFER)
    offers["position"] = offers["dead"] = offers["doomed"] = NOWHERE
    return Desk(
        state=state,
        accepted=empty_state(trip),
        best=empty_state(trip),
        ratings=np.full((3, 4), -1, np.int64),
        offers=offers,
        gaps=np.zeros(state.stops.shape, GAP),
        rows=np.full(state.stops.shape, NOWHERE, np.int64),
        listed=np.full((days, 2), NOWHERE, np.int64),
        weight=np.zeros(n, np.float64),
        bonus=np.ones(n, np.float64),
        powers=trip.sites["prize"].astype(np.float64)[:, None]
        ** (LEAST_POWER + POWER_STEP * np.arange(POWERS)[None, :]),
        mood=np.zeros(5, np.float64),
        waiting=np.zeros(n, np.int64),
        queue=np.zeros(n, np.int64),
        sheet=np.zeros((4, state.stops.shape[1]), np.int64),
        touched=np.zeros(days, np.int64),
        shelf=np.full((SHELF if days > 1 else 0, state.stops.shape[1]), NOWHERE, np.int64),
        random=np.array([seed % 2**64], np.uint64),
    )
