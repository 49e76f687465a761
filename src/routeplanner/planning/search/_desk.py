"""The tables on which the search works."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from routeplanner.planning.search._route import empty_state

if TYPE_CHECKING:
    from routeplanner.planning.search._compile import Floats, Ints, Random, Records
    from routeplanner.planning.search._trip import State, Trip

__all__ = ["BEST", "FINISH", "MUSTS", "NEW", "OLD", "TRAVEL", "VALUE", "Desk", "make_desk"]

NEW, OLD, BEST = 0, 1, 2  # rows of the ratings
MUSTS, VALUE, TRAVEL, FINISH = 0, 1, 2, 3  # columns of the ratings
OFFER = np.dtype([(name, np.int64) for name in ("position", "cost", "dead")])


class Desk(NamedTuple):
    """Room to work in: the state under change, the accepted one, the best one, and tables.

    An offer is the best insertion of a site in a day: its position or -1, its cost, and the content of the
    day in which the site was found to fit nowhere.
    """

    state: State
    accepted: State
    best: State
    ratings: Ints  # (3, 4) must-visits, value, travel, sum of ends of the three states
    offers: Records  # (n, d) of OFFER
    weight: Floats  # (n,) of the candidates that wait
    bonus: Floats  # (n,) factor of the weight
    waiting: Ints  # (n,) candidates that are still to be tried
    touched: Ints  # (d,) 1 where a day was changed
    random: Random


def make_desk(trip: Trip, seed: int) -> Desk:
    """Lay out empty states and tables."""
    n, days = len(trip.sites), len(trip.days)
    offers = np.full((n, days), -1, np.int64).astype(OFFER)
    return Desk(
        state=empty_state(trip),
        accepted=empty_state(trip),
        best=empty_state(trip),
        ratings=np.zeros((3, 4), np.int64),
        offers=offers,
        weight=np.zeros(n, np.float64),
        bonus=np.ones(n, np.float64),
        waiting=np.zeros(n, np.int64),
        touched=np.zeros(days, np.int64),
        random=np.array([seed % 2**64], np.uint64),
    )
