"""How fast each mode travels, and where it may not: one small table that a user can replace."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["DEFAULT_SPEEDS", "ModeSpeed", "Speeds"]

_MOTORWAY = frozenset({"motorway", "motorway_link"})
_WALKERS_ONLY = frozenset({"footway", "path", "pedestrian", "steps", "bridleway", "corridor"})
_LANES = frozenset({"living_street", "service", "track"})
_VILLAGE_LANES = _LANES | {"residential"}

_CAR_KMH: dict[str, tuple[float, float]] = {
    "motorway": (81.0, 70.0),
    "motorway_link": (45.0, 40.0),
    "trunk": (60.0, 48.0),
    "trunk_link": (40.0, 32.0),
    "primary": (54.0, 36.0),
    "primary_link": (36.0, 28.0),
    "secondary": (45.0, 28.0),
    "secondary_link": (32.0, 22.0),
    "tertiary": (38.0, 24.0),
    "tertiary_link": (28.0, 20.0),
    "unclassified": (30.0, 20.0),
    "residential": (25.0, 18.0),
    "living_street": (15.0, 12.0),
    "service": (18.0, 12.0),
    "track": (15.0, 12.0),
    "ferry": (8.0, 8.0),
}


@dataclass(frozen=True, slots=True)
class ModeSpeed:
    """Speed and access of one mode.

    Parameters
    ----------
    of_car
        Speed as a share of the car's on the same road; ``None`` for a mode with its own speed.
    cap_kmh
        The speed that is never exceeded, km/h. With ``of_car=None`` it is the speed on every road.
    terminal_s
        Seconds that every ride costs beside driving: boarding and alighting, half at either end.
    access_kmh
        Speed on the last metres between the road and a door, km/h.
    barred_highways
        OpenStreetMap highway classes that the mode may not use.
    barred_restrictions
        Values of an edge's ``restriction`` that keep the mode out.
    shown_as
        The mode that a leg is named by, where that is not the profile's own name.
    seats
        Seats of the vehicle, for bans that depend on them; 0 where none do.
    """

    of_car: float | None
    cap_kmh: float
    terminal_s: int
    access_kmh: float
    barred_highways: frozenset[str]
    barred_restrictions: frozenset[str]
    shown_as: str = ""
    seats: int = 0


_NO_VEHICLE = frozenset({"closed", "foot_only", "boat_only"})
_NO_CAR = _NO_VEHICLE | {"no_car", "no_car_unverified", "no_motor"}
_NO_COACH = _NO_CAR | {"no_coach"}
_NO_SLOW = _NO_VEHICLE | {"motorway_rules"}


def _default_modes() -> Mapping[str, ModeSpeed]:
    wheels = _WALKERS_ONLY | {"cycleway"}
    return MappingProxyType(
        {
            "coach": ModeSpeed(0.95, 80.0, 240, 15.0, wheels, _NO_CAR, seats=16),
            "coach29": ModeSpeed(0.92, 80.0, 300, 12.0, wheels | _LANES, _NO_COACH, "coach", 29),
            "coach45": ModeSpeed(0.88, 80.0, 480, 12.0, wheels | _VILLAGE_LANES, _NO_COACH, "coach", 45),
            "car": ModeSpeed(1.0, 100.0, 180, 15.0, wheels, _NO_CAR),
            "motorbike": ModeSpeed(1.0, 45.0, 120, 15.0, wheels | _MOTORWAY, _NO_SLOW | {"no_motor"}),
            "bicycle": ModeSpeed(None, 13.0, 60, 12.0, _WALKERS_ONLY | _MOTORWAY, _NO_SLOW),
            "foot": ModeSpeed(None, 4.5, 0, 4.5, _MOTORWAY, _NO_SLOW - {"foot_only"}),
        }
    )


@dataclass(frozen=True, slots=True)
class Speeds:
    """Speeds of all modes; replace what differs with `dataclasses.replace`.

    The car's speeds by class were fitted to some thirty published durations around Hanoi. With three
    minutes of terminal time they miss those published for visitors by 10.5 % in the median, without bias:
    they hold for a day with traffic. The rest are stated judgements: a minibus of 16 seats goes
    at 0.95 of a car with four minutes for boarding and alighting, coaches of 29 and 45 seats at 0.92 and
    0.88 with five and eight minutes, a motorbike like a car up to 45 km/h, a bicycle 13 km/h, a walker
    4.5 km/h. A road's own ``travel_time`` goes before the table, and the table never above a road's
    ``maxspeed``.

    Coaches of 45 seats keep out of village lanes (``residential``, ``living_street``, ``service``,
    ``track``), those of 29 out of the last three: they park at the nearest road that takes them, and the
    group walks on (up to `park_walk_m`) or rides a local shuttle. Who may not pass where is in ``modes``.

    Parameters
    ----------
    car_kmh
        Speed of a car by OpenStreetMap highway class: outside and inside built-up areas, km/h.
    modes
        The rules of each mode.
    walk_kmh
        Walking speed on the flat, km/h.
    local_factor
        Length of the last metres between road and door over the straight line.
    ferry_wait_s
        Waiting, boarding and landing at a ferry, seconds. The ferry at Vạn Phúc leaves every 10–15 minutes.
    rowing_boarding_s
        Time at a wharf where the road ends and a rowing boat begins, seconds.
    park_walk_m
        The longest walk between a coach's parking place and the door, metres; beyond it a shuttle runs.
    shuttle_wait_s, shuttle_kmh
        Waiting for a shuttle, seconds, and its speed, km/h. Judgements.
    unmapped_factor, unmapped_kmh, unmapped_far_kmh, unmapped_near_m
        Between places beyond 15 km from all known roads (Huế and Sài Gòn on the bundled ones): length over
        the straight line, speed on the first metres, beyond them, and how many these are. Judgements, for
        want of streets; Phú Bài airport comes out at 19 km and 37 min from Huế station (published: 15 km,
        30 to 40 min).

    Examples
    --------
    >>> from dataclasses import replace
    >>> replace(DEFAULT_SPEEDS, walk_kmh=4.0).walk_kmh
    4.0
    """

    car_kmh: Mapping[str, tuple[float, float]] = field(default_factory=lambda: MappingProxyType(_CAR_KMH))
    modes: Mapping[str, ModeSpeed] = field(default_factory=_default_modes)
    walk_kmh: float = 4.5
    local_factor: float = 1.3
    ferry_wait_s: int = 600
    rowing_boarding_s: int = 300
    park_walk_m: float = 1_000.0
    shuttle_wait_s: int = 600
    shuttle_kmh: float = 15.0
    unmapped_factor: float = 1.3
    unmapped_kmh: float = 24.0
    unmapped_far_kmh: float = 40.0
    unmapped_near_m: float = 5_000.0

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle with plain dictionaries: a read-only view of one cannot be pickled."""
        common = (self.walk_kmh, self.local_factor, self.ferry_wait_s, self.rowing_boarding_s)
        unmapped = (self.unmapped_factor, self.unmapped_kmh, self.unmapped_far_kmh, self.unmapped_near_m)
        parking = (self.park_walk_m, self.shuttle_wait_s, self.shuttle_kmh)
        return Speeds, (dict(self.car_kmh), dict(self.modes), *common, *parking, *unmapped)

    def unmapped_s(self, metres: float, cap_kmh: float) -> float:
        """Return the estimated seconds of a ride without known roads; longer rides are faster, never shorter.

        The seconds are a concave function of the metres, so that times obey the triangle inequality.
        """
        near = min(metres, self.unmapped_near_m)
        far_kmh = max(self.unmapped_kmh, self.unmapped_far_kmh)
        return 3.6 * (near / min(self.unmapped_kmh, cap_kmh) + (metres - near) / min(far_kmh, cap_kmh))

    def car(self, highway: str, *, urban: bool) -> float:
        """Return the car's speed on a class of road, km/h; an unknown class counts as residential."""
        pair = self.car_kmh.get(highway) or self.car_kmh["residential"]
        return pair[1] if urban else pair[0]


DEFAULT_SPEEDS = Speeds()
