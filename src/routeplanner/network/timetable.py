"""Ways on the river on the clock: a ride to the pier at its hour, a boat that is waited for, and a ride from it."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from routeplanner.errors import NetworkError
from routeplanner.network.hours import at_that_hour

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    import numpy as np
    from numpy.typing import NDArray

    from routeplanner.network.attach import Place
    from routeplanner.network.sailings import Call, Sailing
    from routeplanner.network.travel import PathLeg, RiverRouter

__all__ = ["Hop", "RiverClock", "hops_of", "sailings_at_piers"]

NEAR_M = 500.0
"""A landing of a timetable is the catalogue's pier that lies this near, where no site has its id."""

_MINUTE = 60
_DAY_S = 86_400


@dataclass(frozen=True, slots=True, order=True)
class Hop:
    """A boat from one landing to a later one of the same sailing, seconds after midnight."""

    depart_s: int
    arrive_s: int
    service: str


def sailings_at_piers(sailings: Sequence[Sailing], places: Sequence[Place]) -> tuple[Sailing, ...]:
    """Return sailings whose landings are piers of the catalogue, by id or, within 500 m, by position.

    Raises
    ------
    NetworkError
        For each landing where the catalogue has no pier, all at once.
    """
    piers = {place.site_id: place for place in places if place.kind == "waterway_stop"}
    faults: dict[str, None] = {}

    def at_pier(sailing: Sailing, call: Call) -> Call:
        if call.stop_id in piers:
            return call
        found = min(piers.values(), key=lambda pier: _metres(call, pier), default=None)
        if found is None or _metres(call, found) > NEAR_M:
            faults[
                f"sailing {sailing.key!r}: {call.stop_id!r} ({call.name}) is no pier of the catalogue, and none lies "
                f"within {NEAR_M:.0f} m; add the pier as a waterway_stop, or mend stop_lat and stop_lon"
            ] = None
            return call
        return replace(call, stop_id=found.site_id)

    moored = tuple(replace(s, calls=tuple(at_pier(s, call) for call in s.calls)) for s in sailings)
    if faults:
        raise NetworkError(list(faults), subject="sailings")
    return moored


def _metres(call: Call, pier: Place) -> float:
    import math

    east = (call.lon - pier.lon) * math.cos(math.radians(pier.lat))
    return math.hypot(east, call.lat - pier.lat) * 111_195.0


def hops_of(sailings: Sequence[Sailing], day: date | None = None) -> dict[tuple[str, str], tuple[Hop, ...]]:
    """Return the boats between two landings, those of a day or of all days, in the order of the clock.

    Calls whose times the timetable leaves open take nobody aboard. A boat that another one overtakes is left
    out: who waits for the later boat would arrive earlier.

    Examples
    --------
    >>> from routeplanner.network.sailings import load_sailings
    >>> hops_of(load_sailings())["ben-phu-dong", "ben-chuong-duong-do"][0].depart_s // 3600
    14
    """
    found: dict[tuple[str, str], list[Hop]] = {}
    for sailing in sailings:
        if day is not None and not sailing.runs_on(day):
            continue
        for number, call in enumerate(sailing.calls):
            for later in sailing.calls[number + 1 :]:
                if call.depart_s is not None and later.arrive_s is not None and call.stop_id != later.stop_id:
                    hop = Hop(call.depart_s, later.arrive_s, sailing.name or sailing.key)
                    found.setdefault((call.stop_id, later.stop_id), []).append(hop)
    return {ends: _unovertaken(hops) for ends, hops in found.items()}


def _unovertaken(hops: Sequence[Hop]) -> tuple[Hop, ...]:
    kept: list[Hop] = []
    for hop in sorted(hops, key=lambda hop: (-hop.depart_s, hop.arrive_s)):
        if not kept or hop.arrive_s < kept[-1].arrive_s:
            kept.append(hop)
    return tuple(reversed(kept))


class RiverClock:
    """Arrivals between places by river on one day.

    Parameters
    ----------
    river
        The router; each place has one pier.
    at
        Positions of the places.
    moments
        Seconds after midnight for which `coach` is asked; in between arrivals are linear.
    coach
        Seconds between positions by coach of who leaves at a moment.
    hops
        Boats by the positions of their piers; ``None``: a charter leaves at once.
    """

    def __init__(
        self,
        river: RiverRouter,
        at: Sequence[int],
        *,
        moments: Sequence[int],
        coach: Callable[[NDArray[np.int64], int], NDArray[np.int64]],
        hops: dict[tuple[int, int], tuple[Hop, ...]] | None,
    ) -> None:
        import numpy as np

        self._river, self._coach, self._hops = river, coach, hops
        self.at = np.array(at, dtype=np.int64)
        self._pier = np.array([river.pier.get(int(i), -1) for i in at], dtype=np.int64)
        self._members = {p: np.flatnonzero(self._pier == p) for p in set(self._pier.tolist()) - {-1}}
        self._clock = np.array([*moments, moments[-1] + 2 * _DAY_S], dtype=np.int64)
        shape = (len(self._clock), len(self.at))
        self._out, self._in = np.full(shape, -1, np.int64), np.full(shape, -1, np.int64)
        self._groups = {pier: self._group(pier) for pier in self._members}
        for pier, members in self._members.items():
            for k, moment in enumerate(moments):
                table = self._local(pier, moment)
                self._out[k, members], self._in[k, members] = table[:-1, -1], table[-1, :-1]
        self._out[-1], self._in[-1] = self._out[-2], self._in[-2]

    def _group(self, pier: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
        """Return the places of a pier with the pier itself, seconds between them, and where these hold all day."""
        import numpy as np

        places = np.r_[self.at[self._members[pier]], pier]
        ways = [[self._river.local(int(i), int(j)) for j in places] for i in places]
        still = np.array([[-1 if w is None else w[2] if w[1] else 0 for w in row] for row in ways])
        by_foot = np.array([[w is None or w[0] for w in row] for row in ways])
        return places, still, by_foot | (still <= 0)

    def _local(self, pier: int, moment: int) -> NDArray[np.int64]:
        """Return seconds between the places of a pier: on foot where that is near, else by coach at that hour."""
        import numpy as np

        places, still, all_day = self._groups[pier]
        return still if all_day.all() else np.asarray(np.where(all_day, still, self._coach(places, moment)))

    def to_pier(self, k: int, leave: int) -> int:
        """Return when one who leaves the k-th place at a moment is at its pier."""
        import numpy as np

        return int(np.ceil(np.interp(leave, self._clock, self._clock + self._out[:, k])))

    def from_pier(self, k: int, leave: NDArray[np.int64] | int) -> NDArray[np.int64]:
        """Return when one who leaves the pier at a moment is at the k-th place."""
        import numpy as np

        return np.asarray(np.ceil(np.interp(leave, self._clock, self._clock + self._in[:, k])), np.int64)

    def board(self, ends: tuple[int, int], ready: int) -> tuple[int, int, str] | None:
        """Return (sets off, lands, service) of the boat between two piers that one takes who is ready."""
        if self._hops is None:
            sailed = self._river.boat_s(*ends)
            return None if sailed is None else (ready, ready + sailed, "")
        hops = self._hops.get(ends, ())
        number = bisect_left(hops, ready, key=lambda hop: hop.depart_s)
        return (
            None
            if number == len(hops)
            else (hops[number].depart_s, hops[number].arrive_s, hops[number].service)
        )

    def seconds(self, leave: int) -> NDArray[np.int64]:
        """Return seconds from a moment on between all places, -1 where there is no way any more."""
        import numpy as np

        found = np.full((len(self.at), len(self.at)), -1, dtype=np.int64)
        for pier, members in self._members.items():
            found[np.ix_(members, members)] = self._local(pier, leave)[:-1, :-1]
            ready = [self.to_pier(k, leave) for k in members.tolist()]
            for other, landed in self._members.items():
                boats = [self.board((pier, other), moment) for moment in ready] if other != pier else []
                aboard = members[[k for k, boat in enumerate(boats) if boat is not None]]
                lands = np.array([boat[1] for boat in boats if boat is not None], dtype=np.int64)
                for m in landed.tolist() if len(lands) else ():
                    found[aboard, m] = self.from_pier(m, lands) - leave
        np.fill_diagonal(found, 0)
        return found

    def last_minutes(self) -> set[int]:
        """Return the last minutes at which each boat is still reached from a place of its pier."""
        found = set()
        for (pier, _), hops in (self._hops or {}).items():
            for k in self._members.get(pier, ()):
                for hop in hops:
                    minute = (hop.depart_s - int(self._out[:, k].min())) // _MINUTE * _MINUTE
                    while minute >= 0 and self.to_pier(int(k), minute) > hop.depart_s:
                        minute -= _MINUTE
                    found.add(minute)
        return {minute for minute in found if minute >= 0}

    def legs(self, leave: int, total_s: int) -> tuple[PathLeg, ...]:
        """Return the legs from the first to the second of two places over water.

        Parameters
        ----------
        leave
            Seconds after midnight.
        total_s
            What the whole way takes: what is more than the boat and the rides to and from it falls to the last ride.
        """
        river, (a, b) = self._river, (int(i) for i in self.at)
        pier, other = river.pier[a], river.pier[b]
        leave_s = leave + -leave % _MINUTE
        ready = self.to_pier(0, leave_s)
        boat = self.board((pier, other), ready)
        if boat is None:
            return ()
        sets_off, lands, service = boat
        before, after = river.ride(a, pier), river.ride(other, b)
        places = river.ground.places
        sail = replace(
            river.sail(pier, other),
            from_id=places[pier if before else a].site_id,
            to_id=places[other if after else b].site_id,
            duration_s=lands - sets_off,
            wait_s=sets_off - ready + leave_s - leave,
            service=service,
        )
        return (
            *(at_that_hour(before, ready - leave_s) if before else ()),
            sail,
            *(at_that_hour(after, total_s - (lands - leave)) if after else ()),
        )
