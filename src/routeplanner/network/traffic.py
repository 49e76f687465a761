"""Time of day: how fast traffic moves by hour and weekday, and when coaches are kept out of the city."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from routeplanner._files import read_text, refuse_no_path
from routeplanner._resources import data_path
from routeplanner.errors import NetworkError

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

__all__ = ["AT_ALL_HOURS", "CoachBan", "Conditions", "Traffic", "TrafficPeriod", "load_traffic"]

DAY_S = 86_400
_DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_FELT = MappingProxyType({"coach": 1.0, "coach29": 1.0, "coach45": 1.0, "car": 1.0, "motorbike": 0.6})


@dataclass(frozen=True, slots=True)
class TrafficPeriod:
    """A part of the day with one speed.

    Parameters
    ----------
    days
        Weekdays, 0 for Monday to 6 for Sunday.
    start_s
        When it begins, seconds after midnight; it lasts until the next one of the day.
    urban, rural
        Speed as a share of the speed table's, in built-up areas and outside.
    """

    days: frozenset[int]
    start_s: int
    urban: float
    rural: float


@dataclass(frozen=True, slots=True)
class CoachBan:
    """Hours in which large coaches may not drive in an area.

    Parameters
    ----------
    name
        What the area is called.
    days
        Weekdays, 0 for Monday to 6 for Sunday.
    start_s, end_s
        From when until when, seconds after midnight.
    min_seats
        Vehicles with this many seats or more are kept out.
    wkt
        The area as a polygon, degrees.
    """

    name: str
    days: frozenset[int]
    start_s: int
    end_s: int
    min_seats: int
    wkt: str


@dataclass(frozen=True, slots=True)
class Conditions:
    """What holds on the roads at one time: speed shares, and the bans in force by position.

    Examples
    --------
    >>> Conditions() == AT_ALL_HOURS
    True
    """

    urban: float = 1.0
    rural: float = 1.0
    bans: tuple[int, ...] = ()


AT_ALL_HOURS = Conditions()


@dataclass(frozen=True, slots=True)
class Traffic:
    """Speeds by hour and weekday, and bans of coaches.

    Parameters
    ----------
    periods
        Every weekday needs one that begins at midnight.
    bans
        When coaches are kept out of where.
    felt_by
        How much of a slow-down each vehicle feels: 1 all, 0 nothing. A motorbike threads through (0.6, a
        judgement); bicycles and walkers are not slowed.
    source
        Where it comes from, for the record: ``"bundled"`` or the names of the files.

    Raises
    ------
    NetworkError
        For a share that is not above 0, an hour outside the day, or a weekday without its first period.

    Examples
    --------
    >>> every_day = frozenset(range(7))
    >>> slow_morning = Traffic((TrafficPeriod(every_day, 0, 1.0, 1.0), TrafficPeriod(every_day, 8 * 3600, 0.5, 0.9)))
    >>> slow_morning.at("car", 2, 8 * 3600)
    Conditions(urban=0.5, rural=0.9, bans=())
    >>> slow_morning.at("bicycle", 2, 8 * 3600)
    Conditions(urban=1.0, rural=1.0, bans=())
    >>> slow_morning.starts("car", 2)  # when something changes, seconds after midnight
    (0, 28800)
    """

    periods: tuple[TrafficPeriod, ...]
    bans: tuple[CoachBan, ...] = ()
    felt_by: Mapping[str, float] = field(default_factory=lambda: _FELT)
    source: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        """Refuse a table that leaves an hour open or stops traffic."""
        faults = [
            f"traffic: {_DAYS[day]} has no period from midnight; add one with from = 00:00"
            for day in range(7)
            if not any(day in p.days and p.start_s == 0 for p in self.periods)
        ]
        for period in self.periods:
            if min(period.urban, period.rural) <= 0:
                faults.append(f"traffic: shares {period.urban:g} and {period.rural:g}; give numbers above 0")
            if not 0 <= period.start_s < DAY_S:
                faults.append(f"traffic: a period begins at {period.start_s} s; give 0 to {DAY_S - 1}")
        if faults:
            raise NetworkError(faults, subject="traffic")

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle with a plain dictionary: a read-only view of one cannot be pickled."""
        return Traffic, (self.periods, self.bans, dict(self.felt_by), self.source)

    def at(self, vehicle: str, weekday: int, second: int, *, seats: int = 0) -> Conditions:
        """Return what holds for a vehicle at a second of a weekday (0 for Monday)."""
        own = [p for p in self.periods if weekday in p.days and p.start_s <= second]
        now = max(own, key=lambda p: p.start_s)
        felt = self.felt_by.get(vehicle, 0.0)
        bans = tuple(
            i
            for i, ban in enumerate(self.bans)
            if weekday in ban.days and ban.start_s <= second < ban.end_s and 0 < ban.min_seats <= seats
        )
        return Conditions(_felt(now.urban, felt), _felt(now.rural, felt), bans)

    def starts(self, vehicle: str, weekday: int, *, seats: int = 0) -> tuple[int, ...]:
        """Return when conditions change for a vehicle on a weekday, seconds after midnight, first 0."""
        edges = {p.start_s for p in self.periods if weekday in p.days}
        edges |= {second for ban in self.bans if weekday in ban.days for second in (ban.start_s, ban.end_s)}
        kept: list[int] = []
        for second in sorted(edge for edge in edges if edge < DAY_S):
            here = self.at(vehicle, weekday, second, seats=seats)
            if not kept or here != self.at(vehicle, weekday, kept[-1], seats=seats):
                kept.append(second)
        return tuple(kept)


def _felt(share: float, felt: float) -> float:
    """Return the share of speed that a vehicle keeps which feels only a part of the delay."""
    return round(1.0 / (1.0 + (1.0 / share - 1.0) * felt), 6)


def load_traffic(
    path: str | os.PathLike[str] | None = None, *, bans: str | os.PathLike[str] | None = None
) -> Traffic:
    """Return traffic by hour and weekday: the bundled table, or one's own.

    The bundled shares are a judgement: the hours are those that the city itself calls rush hours (06:00–09:00
    and 16:00–19:30, Decision 24/2020/QĐ-UBND), the depths are guessed. The speed table holds for
    the middle of a working day. The bans follow Decision 24/2020 (35 seats and more in the inner city) and
    the rule of March 2025 for the Old Quarter (over 16 seats); the polygons are drawn roughly.

    Parameters
    ----------
    path
        A CSV file with columns ``days`` (``Mo-Fr``, ``Sa,Su``), ``from`` (``HH:MM``), ``urban`` and
        ``rural`` (shares of the table's speed); other columns are ignored.
    bans
        A CSV file with columns ``name, days, from, to, min_seats, wkt``; by default the bundled one.

    Raises
    ------
    DataFileError
        When a file is missing or unreadable.
    NetworkError
        For every row that cannot be used, all at once.

    Examples
    --------
    >>> traffic = load_traffic()
    >>> rush, noon = traffic.at("car", 0, 8 * 3600), traffic.at("car", 0, 12 * 3600)
    >>> rush.urban < noon.urban
    True
    """
    for given in (path, bans):
        if given is not None:
            refuse_no_path(given, "give a CSV file, or nothing for the bundled table")
    own = data_path("network", "traffic.csv") if path is None else path
    ban_source = data_path("network", "coach_bans.csv") if bans is None else bans
    faults: list[str] = []
    periods = [_period(row, n, faults) for n, row in _rows(own, ("days", "from", "urban", "rural"))]
    banned = [
        _ban(row, n, faults)
        for n, row in _rows(ban_source, ("name", "days", "from", "to", "min_seats", "wkt"))
    ]
    if faults:
        raise NetworkError(faults, subject="traffic")
    names = dict.fromkeys("bundled" if given is None else Path(given).name for given in (path, bans))
    return Traffic(tuple(p for p in periods if p), tuple(b for b in banned if b), source=" + ".join(names))


def _rows(path: str | os.PathLike[str], columns: tuple[str, ...]) -> list[tuple[int, dict[str, str]]]:
    reader = csv.DictReader(io.StringIO(read_text(path).removeprefix("\ufeff")))
    missing = [name for name in columns if name not in (reader.fieldnames or ())]
    if missing:
        fault = (
            f"no column {', '.join(missing)}; the first line has to be {','.join(columns)}, others may follow"
        )
        raise NetworkError([fault], subject=str(path))
    return [
        (number, {k: (v or "").strip() for k, v in row.items() if k}) for number, row in enumerate(reader, 2)
    ]


def _period(row: Mapping[str, str], line: int, faults: list[str]) -> TrafficPeriod | None:
    try:
        days, start_s = _days(row["days"]), _second(row["from"])
        return TrafficPeriod(days, start_s, float(row["urban"]), float(row["rural"]))
    except (KeyError, ValueError) as error:
        faults.append(f"line {line}: {_said(error)}; give days, from (HH:MM), urban and rural")
        return None


def _ban(row: Mapping[str, str], line: int, faults: list[str]) -> CoachBan | None:
    import shapely

    try:
        shapely.from_wkt(row["wkt"])
        hours = _second(row["from"]), _second(row["to"])
        return CoachBan(row["name"], _days(row["days"]), *hours, int(row["min_seats"]), row["wkt"])
    except (KeyError, ValueError, shapely.errors.ShapelyError) as error:
        faults.append(f"line {line}: {_said(error)}; give name, days, from, to, min_seats and wkt")
        return None


def _said(error: Exception) -> str:
    return f"column {error} is missing" if isinstance(error, KeyError) else str(error)


def _days(text: str) -> frozenset[int]:
    """Return weekdays of ``Mo-Fr`` or ``Sa,Su``.

    Examples
    --------
    >>> sorted(_days("Mo-We,Su"))
    [0, 1, 2, 6]
    """
    found: set[int] = set()
    for part in text.split(","):
        first, _, last = part.strip().partition("-")
        ends = [_DAYS.index(day) if day in _DAYS else -1 for day in (first, last or first)]
        if -1 in ends or ends[0] > ends[1]:
            raise ValueError(f"days {text!r}: write Mo-Fr or Sa,Su")
        found.update(range(ends[0], ends[1] + 1))
    return frozenset(found)


def _second(text: str) -> int:
    hour, _, minute = text.partition(":")
    if not (
        hour.isdigit() and minute.isdigit() and int(minute) < 60 and int(hour) * 60 + int(minute) <= 1_440
    ):
        raise ValueError(f"time {text!r}: write HH:MM")
    return int(hour) * 3600 + int(minute) * 60
