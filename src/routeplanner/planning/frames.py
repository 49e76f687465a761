"""Where each day of a trip starts and ends and between which hours: nights in a place, or aboard a train."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from routeplanner._clock import seconds_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routeplanner.network import LongLeg
    from routeplanner.planning.request import TripRequest

__all__ = ["DayFrame", "day_frames", "night_station"]

_DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class DayFrame:
    """What a day must keep to.

    Parameters
    ----------
    start, end
        Places.
    earliest_s, latest_s
        First departure and last return, seconds after midnight.
    train
        The night train after the day, or None.
    """

    start: str
    end: str
    earliest_s: int
    latest_s: int
    train: LongLeg | None = None


def day_frames(request: TripRequest, long_legs: Sequence[LongLeg]) -> tuple[DayFrame, ...]:
    """Return the frame of each day of a resolved request.

    With ``long_way="rail"`` a night is aboard where its place is a station from which a night train leads to the next
    night's: the first train that is caught after `day_end`, or the last one, for which the day ends earlier.
    The next day begins where the train arrives.

    Parameters
    ----------
    request
        With names resolved to site ids.
    long_legs
        Of the network.
    """
    spans = [[seconds_of(moment) for moment in request.span(day)] for day in range(request.days)]
    ends = pairwise(request.terminals)
    frames = [DayFrame(a, b, first, last) for (a, b), (first, last) in zip(ends, spans, strict=True)]
    for number, (day, after) in enumerate(pairwise(frames)):
        train = _train(day.end, after.end, day.latest_s, long_legs) if request.long_way == "rail" else None
        if train is not None and train.departs_s is not None:
            last_s = train.departs_s - train.check_in_s
            frames[number] = replace(frames[number], latest_s=min(day.latest_s, last_s), train=train)
            begins_s = train.departs_s + train.duration_s + train.exit_s - _DAY_S
            frames[number + 1] = replace(after, start=train.to_id, earliest_s=max(after.earliest_s, begins_s))
    return tuple(frames)


def _train(station: str, goal: str, day_end_s: int, long_legs: Sequence[LongLeg]) -> LongLeg | None:
    trains = [
        leg
        for leg in long_legs
        if leg.mode == "rail" and (leg.from_id, leg.to_id) == (station, goal) and leg.departs_s is not None
    ]
    trains.sort(key=lambda leg: leg.departs_s or 0)
    return next(
        (t for t in trains if (t.departs_s or 0) - t.check_in_s >= day_end_s), trains[-1] if trains else None
    )


def night_station(goal: str, long_legs: Sequence[LongLeg]) -> str | None:
    """Return the station from which a night train leads to a place, None if none does.

    Examples
    --------
    >>> from routeplanner.network import load_long_legs
    >>> night_station("ga-hue", load_long_legs())
    'ga-ha-noi'
    """
    return next((leg.from_id for leg in long_legs if leg.mode == "rail" and leg.to_id == goal), None)
