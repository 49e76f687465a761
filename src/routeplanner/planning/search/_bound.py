"""Upper bounds on the prize of a problem."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from routeplanner.planning.search._trip import prepare

if TYPE_CHECKING:
    from routeplanner.planning.problem import Problem

__all__ = ["bound"]


def bound(problem: Problem) -> int:
    """Return the sum of the best prizes that the stops of all days can hold."""
    trip = prepare(problem)
    stops = int(trip.days["max_stops"].sum())
    return int(np.sort(trip.sites["prize"][trip.candidates])[::-1][:stops].sum())
