"""Days worth their price, found quickly: the labels of a start, with the prices of visits instead of prizes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from routeplanner.planning.problem import NO_GROUP
from routeplanner.planning.search._desk import make_desk
from routeplanner.planning.search._refill import make_slate, refill

if TYPE_CHECKING:
    from collections.abc import Iterator

    from routeplanner.planning.search._compile import Floats
    from routeplanner.planning.search._trip import Trip

__all__ = ["Pricer"]

LABELS = 120_000
REACH = 12
HARVEST = 12  # days that one price may add
UNIT = 1000.0  # prices are whole numbers of 1 / UNIT prizes


class Pricer:
    """Looks for days whose visits are worth more than the best known ones; misses some."""

    def __init__(self, trip: Trip) -> None:
        self.trip = trip
        self.desk, self.slate = make_desk(trip, 0), make_slate(trip, LABELS)

    def days(self, day: int, prices: Floats, above: float, *, keep: int) -> Iterator[tuple[int, ...]]:
        """Return the best days found, as nodes, one for each last stop, that are worth more than `above`.

        With `keep` 0 twice as quick, and more often wrong.
        """
        sites = self.trip.sites.copy()
        sites["prize"], sites["group"], sites["must"] = 0, NO_GROUP, 0
        sites["prize"][self.trip.candidates] = np.rint(np.maximum(prices, 0.0) * UNIT)
        labels = refill(self.trip._replace(sites=sites), self.desk, self.slate, day, 0.0, REACH, keep)
        self.desk.state.where[:] = -1
        marks = self.slate.marks[:labels]
        lasts: set[int] = set()
        for index in np.argsort(-marks["value"], kind="stable")[: 20 * HARVEST]:
            if len(lasts) == HARVEST or marks[index]["value"] <= above * UNIT:
                return
            if int(marks[index]["site"]) not in lasts:
                lasts.add(int(marks[index]["site"]))
                yield self._route(int(index))

    def _route(self, mark: int) -> tuple[int, ...]:
        sites = []
        while mark > 0:
            sites.append(int(self.slate.marks[mark]["site"]))
            mark = int(self.slate.marks[mark]["parent"])
        return tuple(np.searchsorted(self.trip.candidates, sites[::-1]).tolist())
