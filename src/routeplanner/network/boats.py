"""Boats and water: which boats there are, how fast the river runs at a level, and when no boat sails.

No page gives the speed of a boat or of the current, nor the draught of a boat: what stands here is fitted to
published legs or a judgement, and says so. Water levels are those of the Hà Nội gauge at Long Biên, metres.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date
from numbers import Real
from typing import cast

from routeplanner._files import read_text
from routeplanner._resources import data_path
from routeplanner._text import did_you_mean
from routeplanner.errors import Fault, NetworkError

__all__ = ["ALARM_1_M", "Boat", "current_kmh", "load_boats", "suspension", "usual_water_level_m"]

ALARM_1_M = 9.5
"""Alarm level 1 at the Hà Nội gauge (evn.com.vn). Boats are forbidden case by case; in September 2024 they
were once the river stood there, and no boat is planned at or above it."""

_LOW_M, _LOW_KMH, _KMH_PER_M = 3.0, 1.25, 0.35
_FLOOD_MONTHS = range(6, 11)
_SHOAL_BED_M = -1.1
"""Bed of the shoal at Võng La, the highest between Chèm and Phố Hiến that a channel notice names
(cangvu2.gov.vn, November 2015); the bed moves."""

_UNDER_KEEL_M = 0.3
_HIGHEST_M = 15.0


@dataclass(frozen=True, slots=True)
class Boat:
    """A kind of boat.

    Parameters
    ----------
    key
        What a request names: ``"tau-du-lich"``.
    name_vi, name_en
        Names.
    seats
        Passengers.
    draught_m
        Metres under water, or None where no page gives them: then shallow water is not judged.
    through_water_kmh
        Speed through the water.
    price_person_vnd, price_year
        Price of a day for one person and the year it is of, or None.
    source, note
        Where it comes from and what to know of it.
    """

    key: str
    name_vi: str
    name_en: str
    seats: int
    draught_m: float | None
    through_water_kmh: float
    price_person_vnd: int | None
    price_year: int | None
    source: str
    note: str


def load_boats() -> dict[str, Boat]:
    """Return the bundled kinds of boat by key.

    Raises
    ------
    DataFileError
        When the bundled file is missing.

    Examples
    --------
    >>> load_boats()["ngoc-song-hong"].seats
    99
    """
    rows = csv.DictReader(io.StringIO(read_text(data_path("network", "boats.csv"))))
    return {
        row["key"]: Boat(
            key=row["key"],
            name_vi=row["name_vi"],
            name_en=row["name_en"],
            seats=int(row["seats"]),
            draught_m=float(row["draught_m"]) if row["draught_m"] else None,
            through_water_kmh=float(row["through_water_kmh"]),
            price_person_vnd=int(row["price_person_vnd"]) if row["price_person_vnd"] else None,
            price_year=int(row["price_year"]) if row["price_year"] else None,
            source=row["source"],
            note=row["note"],
        )
        for row in rows
    }


def boat_of(boat: str | Boat) -> Boat:
    """Return a boat by key, or the boat itself.

    Raises
    ------
    NetworkError
        When no bundled boat has the key.
    """
    if isinstance(boat, Boat):
        return boat
    if not isinstance(boat, str):
        raise NetworkError(
            [f"boat {boat!r} is no key; give a key of load_boats(), or a Boat"], subject="river"
        )
    boats = load_boats()
    if boat not in boats:
        hint = did_you_mean(boat, boats) or f"; boats are {', '.join(boats)}"
        raise NetworkError([f"boat {boat!r} is unknown{hint}, or give a Boat"], subject="river")
    return boats[boat]


def usual_water_level_m(month: int | date) -> float:
    """Return a usual water level of a month, metres at the Hà Nội gauge.

    From readings under today's reservoirs: 1.6 to 3.0 m in November 2015 and 0.4 to 2.3 m in February 2016
    (channel notices) give 2.0 m for November to May; 3.0 to 6.1 m in flood-season bulletins give 4.2 m for
    June to October. Older textbooks have higher means; a level of the day is better than this.

    Parameters
    ----------
    month
        1 to 12, or a date or moment in the month.

    Raises
    ------
    NetworkError
        For anything else.

    Examples
    --------
    >>> from datetime import date
    >>> usual_water_level_m(3), usual_water_level_m(8), usual_water_level_m(date(2027, 8, 2))
    (2.0, 4.2, 4.2)
    """
    number = month.month if isinstance(month, date) else month
    if isinstance(number, bool) or number not in range(1, 13) or not hasattr(number, "__index__"):
        fault = f"month: {month!r} is none; give 1 to 12, or a date"
        raise NetworkError([fault], subject="river")
    return 4.2 if number in _FLOOD_MONTHS else 2.0


def refuse_no_level(water_level_m: object) -> None:
    """Refuse what is no water level of the Hà Nội gauge.

    Since 1902 it has stood between 0.1 m (2010) and 14.1 m (1971); a larger number is mostly one of centimetres.

    Raises
    ------
    NetworkError
        For anything but a number of metres from 0 to 15.
    """
    number = isinstance(water_level_m, Real) and not isinstance(water_level_m, bool)
    if not number or not 0 <= float(cast("float", water_level_m)) <= _HIGHEST_M:
        fault = Fault(
            f"water_level_m: {water_level_m!r} is no water level; give metres at the Hà Nội gauge, 0 to {_HIGHEST_M:g}",
            f"water_level_m: {water_level_m!r} không phải mực nước; hãy ghi số mét ở trạm Hà Nội, 0 đến {_HIGHEST_M:g}",
        )
        raise NetworkError([fault], subject="river")


def current_kmh(water_level_m: float) -> float:
    """Return the speed of the current at a water level, km/h: a judgement, no page gives it.

    1.25 km/h up to 3 m, which with 12.75 km/h through the water reproduces published boat legs of the low
    season; 0.35 km/h more for each metre above.

    Examples
    --------
    >>> current_kmh(2.0), round(current_kmh(5.0), 2)
    (1.25, 1.95)
    """
    return _LOW_KMH + _KMH_PER_M * max(0.0, water_level_m - _LOW_M)


def suspension(boat: Boat, water_level_m: float) -> tuple[str, str] | None:
    """Return why a boat does not sail at a water level, Vietnamese and English, or None if it does.

    Examples
    --------
    >>> boat = load_boats()["tau-du-lich"]
    >>> suspension(boat, 2.0) is None
    True
    >>> suspension(boat, 10.0)[1]
    'no boat sails: the river stands at 10 m in Hà Nội, alarm level 1 is 9.5 m'
    """
    if water_level_m >= ALARM_1_M:
        return (
            f"tàu thuyền ngừng chạy: mực nước tại Hà Nội {water_level_m:g} m, báo động 1 là {ALARM_1_M:g} m",
            f"no boat sails: the river stands at {water_level_m:g} m in Hà Nội, alarm level 1 is {ALARM_1_M:g} m",
        )
    depth_m = water_level_m - _SHOAL_BED_M
    if boat.draught_m is not None and depth_m < boat.draught_m + _UNDER_KEEL_M:
        need = boat.draught_m + _UNDER_KEEL_M
        return (
            f"{boat.name_vi} không chạy được: nước trên bãi cạn sâu {depth_m:.1f} m, tàu cần {need:.1f} m",
            f"the {boat.name_en} cannot sail: the water over the shoals is {depth_m:.1f} m deep, it needs {need:.1f} m",
        )
    return None
