"""Where each day of a trip starts and ends and between which hours: nights in a place, or aboard a train."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from routeplanner._clock import seconds_of
from routeplanner.planning.request import lunch_applies

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routeplanner.network import LongLeg
    from routeplanner.planning.request import TripRequest

__all__ = ["DayFrame", "day_frames", "eats_out", "night_station"]

_DAY_S = 86_400
_EVENING_S = 16 * 3600  # trains that leave later are taken for the night


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
    night's: the first train that is caught after `day_end`, or the last one, for which the day ends earlier. With
    ``"all-rail"`` the train may leave earlier in the day as well.
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
        train = _train(day, after.end, _legs_by_rail(request, long_legs))
        if train is not None and train.departs_s is not None:
            last_s = train.departs_s - train.check_in_s
            frames[number] = replace(frames[number], latest_s=min(day.latest_s, last_s), train=train)
            begins_s = train.departs_s + train.duration_s + train.exit_s - _DAY_S
            frames[number + 1] = replace(after, start=train.to_id, earliest_s=max(after.earliest_s, begins_s))
    return tuple(frames)


def eats_out(request: TripRequest, frame: DayFrame, day: int) -> bool:
    """Whether a day, counted from 0, has its lunch on the way: not where it is taken aboard a train."""
    if request.lunch is None or not lunch_applies(request, day):
        return False
    over_s = seconds_of(request.lunch.latest) + 60 * request.lunch.duration_min
    return frame.train is None or frame.latest_s >= over_s


def _legs_by_rail(request: TripRequest, long_legs: Sequence[LongLeg]) -> list[LongLeg]:
    first_s = {"rail": _EVENING_S, "all-rail": 0}.get(request.long_way or "", _DAY_S)
    return [
        leg
        for leg in long_legs
        if leg.mode == "rail" and leg.departs_s is not None and leg.departs_s >= first_s
    ]


def _train(day: DayFrame, goal: str, trains: Sequence[LongLeg]) -> LongLeg | None:
    fit = [leg for leg in trains if (leg.from_id, leg.to_id) == (day.end, goal)]
    fit.sort(key=lambda leg: leg.departs_s or 0)
    caught = (leg for leg in fit if (leg.departs_s or 0) - leg.check_in_s >= day.latest_s)
    return next(caught, fit[-1] if fit else None)


def night_station(goal: str, long_legs: Sequence[LongLeg]) -> str | None:
    """Return the station from which a night train leads to a place, None if none does.

    Examples
    --------
    >>> from routeplanner.network import load_long_legs
    >>> night_station("ga-hue", load_long_legs())
    'ga-ha-noi'
    """
    return next((leg.from_id for leg in long_legs if leg.mode == "rail" and leg.to_id == goal), None)
