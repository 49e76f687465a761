"""The river: lines with kilometres, the piers on them, and how long a boat takes."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from routeplanner._files import read_text
from routeplanner._resources import data_path
from routeplanner.errors import NetworkError
from routeplanner.network.boats import boat_of, current_kmh, refuse_no_level, suspension, usual_water_level_m

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from routeplanner.network.boats import Boat

__all__ = ["Berth", "River", "Stream", "load_river"]

DAY_BOAT = "tau-du-lich"

_DEGREE_M = 111_195.0


@dataclass(frozen=True)
class Stream:
    """One river as a line whose kilometres increase downstream.

    Parameters
    ----------
    name
        Key of the river: ``"red"``, ``"duong"``.
    km
        River kilometre of each vertex, increasing.
    lonlat
        Vertices, shape (k, 2), degrees.
    """

    name: str
    km: NDArray[np.float64]
    lonlat: NDArray[np.float64]

    @cached_property
    def _plane(self) -> NDArray[np.float64]:
        import numpy as np

        east = np.cos(np.radians(self.lonlat[:, 1].mean())) * _DEGREE_M
        return np.asarray(self.lonlat * np.array([east, _DEGREE_M]))

    def locate(self, lon: float, lat: float) -> tuple[float, float]:
        """Return the river kilometre of the nearest point of the line, and its distance in metres."""
        import numpy as np

        east = np.cos(np.radians(self.lonlat[:, 1].mean())) * _DEGREE_M
        point = np.array([lon * east, lat * _DEGREE_M])
        start, along = self._plane[:-1], np.diff(self._plane, axis=0)
        share = np.clip(
            ((point - start) * along).sum(axis=1) / np.maximum((along**2).sum(axis=1), 1e-9), 0, 1
        )
        offset_m = np.hypot(*(start + share[:, None] * along - point).T)
        i = int(offset_m.argmin())
        return float(self.km[i] + share[i] * (self.km[i + 1] - self.km[i])), float(offset_m[i])

    def at(self, km: float) -> tuple[float, float]:
        """Return (lon, lat) of a river kilometre."""
        import numpy as np

        lon = float(np.interp(km, self.km, self.lonlat[:, 0]))
        return lon, float(np.interp(km, self.km, self.lonlat[:, 1]))

    def between(self, from_km: float, to_km: float) -> list[tuple[float, float]]:
        """Return the line from one kilometre to another, in the direction of travel."""
        low, high = sorted((from_km, to_km))
        inner = self.lonlat[(self.km > low) & (self.km < high)]
        line = [self.at(low), *((float(lon), float(lat)) for lon, lat in inner), self.at(high)]
        return line if from_km <= to_km else line[::-1]


@dataclass(frozen=True, slots=True)
class Berth:
    """Where a pier lies on the river: stream, river kilometre, and metres from the line."""

    stream: str
    km: float
    offset_m: float


@dataclass(frozen=True)
class River:
    """The rivers that boats run on, with the boat's speeds.

    Speeds reproduce published boat days from Chương Dương Độ: Đa Hòa in two hours (25 km downstream),
    Đại Lộ–Đa Hòa in half an hour, Phù Đổng in two hours (7 km up the Red River, then 17 km down the
    Đuống), calls included. Pages disagree: Đền Dầm is given as 30 min, over one and over two hours.

    Parameters
    ----------
    streams
        The main river first; every other one leaves it at its own kilometre 0.
    down_kmh, up_kmh
        Speed over ground with and against the current, km/h.
    call_s
        Seconds for boarding and again for landing.
    max_offset_m
        A pier farther from the line than this is not on the river.
    suspended
        Why no boat sails, Vietnamese and English; None if boats do.
    boat, water_level_m
        Key of the boat and water level at the Hà Nội gauge that the speeds belong to; None for the low water of
        the published boat days.
    seats, draught_m
        The boat's, None where they are not known.

    Examples
    --------
    >>> river = load_river()
    >>> berth = river.berth(105.9292, 20.88074)
    >>> berth.stream, round(berth.km)
    ('red', 89)
    """

    streams: tuple[Stream, ...]
    down_kmh: float = 14.0
    up_kmh: float = 11.5
    call_s: int = 300
    max_offset_m: float = 1500.0
    suspended: tuple[str, str] | None = None
    boat: str = DAY_BOAT
    water_level_m: float | None = None
    seats: int | None = field(default=None, compare=False)
    draught_m: float | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        """Refuse a line or a speed that cannot be used."""
        import numpy as np

        faults = [
            f"stream {s.name!r}: needs two or more vertices and increasing kilometres; order them downstream"
            for s in self.streams
            if len(s.km) < 2 or len(s.km) != len(s.lonlat) or bool((np.diff(s.km) <= 0).any())
        ]
        if not self.streams:
            faults.append("no stream given; pass one Stream at least")
        if min(self.down_kmh, self.up_kmh) <= 0 or self.call_s < 0:
            faults.append("speeds must be above 0 km/h and call_s not below 0")
        if faults:
            raise NetworkError(faults, subject="river")

    def sailed_by(self, boat: str | Boat, *, water_level_m: float) -> River:
        """Return the river as a boat meets it at a water level.

        Parameters
        ----------
        boat
            Key of a bundled boat (`load_boats`), or a `Boat` of one's own.
        water_level_m
            Water level at the Hà Nội gauge, metres: it sets the current (`current_kmh`), and whether boats
            sail at all (`suspension`).

        Raises
        ------
        NetworkError
            When the boat is unknown or cannot make way against the current, or the level is none.

        Examples
        --------
        >>> flood = load_river().sailed_by("tau-du-lich", water_level_m=6.0)
        >>> flood.down_kmh, round(flood.up_kmh, 2)
        (15.05, 10.45)
        """
        own = boat_of(boat)
        refuse_no_level(water_level_m)
        current = current_kmh(water_level_m)
        if own.through_water_kmh <= current:
            fault = (
                f"boat {own.key!r}: {own.through_water_kmh:g} km/h through the water make no way against a current "
                f"of {current:g} km/h; choose a faster boat or another day"
            )
            raise NetworkError([fault], subject="river")
        return replace(
            self,
            down_kmh=own.through_water_kmh + current,
            up_kmh=own.through_water_kmh - current,
            suspended=suspension(own, water_level_m),
            boat=own.key,
            water_level_m=float(water_level_m),
            seats=own.seats,
            draught_m=own.draught_m,
        )

    def stream(self, name: str) -> Stream:
        """Return a stream by name."""
        return next(s for s in self.streams if s.name == name)

    @cached_property
    def _fork_km(self) -> dict[str, float]:
        main, *others = self.streams
        return {s.name: main.locate(*s.at(float(s.km[0])))[0] for s in others}

    def berth(self, lon: float, lat: float) -> Berth | None:
        """Return where a point lies on the nearest stream, or ``None`` if it is too far from all."""
        found = [(s.locate(lon, lat), s.name) for s in self.streams]
        (km, offset_m), name = min(found, key=lambda item: item[0][1])
        return Berth(name, km, offset_m) if offset_m <= self.max_offset_m else None

    def _reaches(self, a: Berth, b: Berth) -> list[tuple[str, float, float]]:
        """Return the reaches from a to b: stream, from km, to km."""
        if a.stream == b.stream:
            return [(a.stream, a.km, b.km)]
        main = self.streams[0].name
        reaches = []
        here = a.km
        if a.stream != main:
            reaches.append((a.stream, a.km, float(self.stream(a.stream).km[0])))
            here = self._fork_km[a.stream]
        last = b.km if b.stream == main else self._fork_km[b.stream]
        reaches.append((main, here, last))
        if b.stream != main:
            reaches.append((b.stream, float(self.stream(b.stream).km[0]), b.km))
        return reaches

    def distance_m(self, a: Berth, b: Berth) -> float:
        """Return metres by boat from pier to pier, the way from bank to mid-river included."""
        reaches = self._reaches(a, b)
        return sum(abs(to - start) for _, start, to in reaches) * 1000 + a.offset_m + b.offset_m

    def duration_s(self, a: Berth, b: Berth) -> float:
        """Return seconds by boat from pier to pier, boarding and landing included."""
        hours = (a.offset_m + b.offset_m) / 1000 / self.up_kmh
        for _, start, to in self._reaches(a, b):
            hours += abs(to - start) / (self.down_kmh if to >= start else self.up_kmh)
        return hours * 3600 + 2 * self.call_s

    def line(self, a: Berth, b: Berth) -> list[tuple[float, float]]:
        """Return the boat's way along the river as (lon, lat), without the piers themselves."""
        return [
            point for name, start, to in self._reaches(a, b) for point in self.stream(name).between(start, to)
        ]

    def is_downstream(self, a: Berth, b: Berth) -> bool:
        """Return whether the greater part of the way from a to b runs with the current."""
        down = sum(to - start for _, start, to in self._reaches(a, b))
        return down > 0


def load_river(boat: str | Boat | None = None, *, water_level_m: float | None = None) -> River:
    """Return the bundled Red River (Việt Trì to Nam Định, km 0 at Bạch Hạc) and the Đuống.

    Parameters
    ----------
    boat
        Key of a boat (`load_boats`) or a `Boat`; the day boat by default.
    water_level_m
        Water level at the Hà Nội gauge, metres; a low one by default. See `usual_water_level_m`.

    The Red River follows the administrative line in mid-river (median 30 m, worst 600 m from pairs of
    ferry landings); the Đuống is the midline of its bank polygon, its kilometres counted from the fork.

    Raises
    ------
    DataFileError
        When the bundled file is missing.
    NetworkError
        When the boat is unknown, or the level is none.

    Examples
    --------
    >>> [stream.name for stream in load_river().streams]
    ['red', 'duong']
    """
    import numpy as np

    rows = list(csv.DictReader(io.StringIO(read_text(data_path("network", "rivers.csv")))))
    streams = []
    for name in dict.fromkeys(row["river"] for row in rows):
        own = [row for row in rows if row["river"] == name]
        km = np.array([float(row["km"]) for row in own])
        lonlat = np.array([[float(row["lon"]), float(row["lat"])] for row in own])
        streams.append(Stream(name, km, lonlat))
    usual = boat_of(DAY_BOAT)
    river = River(tuple(streams), seats=usual.seats, draught_m=usual.draught_m)
    if boat is None and water_level_m is None:
        return river
    return river.sailed_by(
        DAY_BOAT if boat is None else boat,
        water_level_m=usual_water_level_m(1) if water_level_m is None else water_level_m,
    )
