"""The long way south: flights and night trains between cities, with what goes before and after them."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from routeplanner._files import read_text
from routeplanner._resources import data_path

if TYPE_CHECKING:
    from routeplanner.network.attach import Place

__all__ = ["LongLeg", "load_long_legs", "ride_distance_m"]

_EARTH_M = 6_371_009.0
_RAIL_DETOUR = 1.27
"""Rails over the great circle: Hà Nội-Huế is published as 688 km by rail, 541 km between its two stations."""


@dataclass(frozen=True, slots=True)
class LongLeg:
    """A flight or a train between two stations of the catalogue, in one direction.

    Parameters
    ----------
    from_id, to_id
        Site ids of the airports or stations.
    mode
        ``"air"`` or ``"rail"``.
    service
        Name of the train, empty for flights.
    duration_s
        Published seconds from departure to arrival.
    check_in_s, exit_s
        Seconds before departure at which one is there, and after arrival until one is on the way: 90 min
        before a flight is what an airline asks for
        (https://www.jetstar.com/vn/vi/help/articles/specific-assistance-checking-in-and-boarding), the
        others are judgements.
    departs_s
        Seconds after midnight of the daily departure; None where there are several a day and the hour is
        the planner's to choose.
    source, source_date, note
        Where duration and departure come from, when they were seen, and what to know of them.
    """

    from_id: str
    to_id: str
    mode: str
    service: str
    duration_s: int
    check_in_s: int
    exit_s: int
    departs_s: int | None
    source: str
    source_date: str
    note: str

    @property
    def door_to_door_s(self) -> int:
        """Seconds from reaching the first station to leaving the second."""
        return self.check_in_s + self.duration_s + self.exit_s


def load_long_legs() -> tuple[LongLeg, ...]:
    """Return the bundled flights (both directions) and night trains between Hà Nội, Huế and Sài Gòn.

    Timetables change each season: durations and departures carry their source and its date.

    Raises
    ------
    DataFileError
        When the bundled file is missing.

    Examples
    --------
    >>> sorted({leg.mode for leg in load_long_legs()})
    ['air', 'rail']
    """
    rows = csv.DictReader(io.StringIO(read_text(data_path("network", "long_legs.csv"))))
    legs: list[LongLeg] = []
    for row in rows:
        leg = _leg(row, row["from_id"], row["to_id"])
        legs.append(leg)
        if leg.mode == "air":
            legs.append(_leg(row, row["to_id"], row["from_id"]))
    return tuple(legs)


def _leg(row: dict[str, str], from_id: str, to_id: str) -> LongLeg:
    hour, _, minute = row["departs"].partition(":")
    return LongLeg(
        from_id=from_id,
        to_id=to_id,
        mode=row["mode"],
        service=row["service"],
        duration_s=60 * int(row["duration_min"]),
        check_in_s=60 * int(row["check_in_min"]),
        exit_s=60 * int(row["exit_min"]),
        departs_s=3600 * int(hour) + 60 * int(minute) if minute else None,
        source=row["source"],
        source_date=row["source_date"],
        note=row["note"],
    )


def ride_distance_m(mode: str, a: Place, b: Place) -> float:
    """Return the length of a flight (great circle) or an estimate of that of a train's way, metres."""
    phi, psi = math.radians(a.lat), math.radians(b.lat)
    across = math.sin((psi - phi) / 2) ** 2
    across += math.cos(phi) * math.cos(psi) * math.sin(math.radians(b.lon - a.lon) / 2) ** 2
    metres = 2 * _EARTH_M * math.asin(math.sqrt(across))
    return metres * (_RAIL_DETOUR if mode == "rail" else 1.0)
