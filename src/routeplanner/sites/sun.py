"""Sunrise and sunset of a place on a date, in local clock time."""

from __future__ import annotations

import math
from datetime import date
from functools import lru_cache

__all__ = ["daylight_s"]

_UTC_OFFSET_MIN = 420
_ZENITH_DEG = 90.833  # the sun's upper edge on the horizon, refraction included


@lru_cache(maxsize=65_536)
def daylight_s(lat: float, lon: float, day: date) -> tuple[int, int]:
    """Return sunrise and sunset in seconds after midnight at UTC+7, to about a minute.

    The equations are those of the NOAA solar calculator (after Meeus, *Astronomical Algorithms*), evaluated
    at local noon.

    Parameters
    ----------
    lat, lon
        Degrees, EPSG:4326, between the polar circles.
    day
        The date.

    Examples
    --------
    >>> sunrise, sunset = daylight_s(21.03, 105.85, date(2027, 12, 21))
    >>> f"{sunrise // 3600}:{sunrise // 60 % 60:02d} to {sunset // 3600}:{sunset // 60 % 60:02d}"
    '6:29 to 17:20'
    """
    century = (day.toordinal() - date(2000, 1, 1).toordinal() + 5 / 24) / 36_525
    anomaly = math.radians(357.52911 + century * (35_999.05029 - 0.0001537 * century))
    mean_long = 280.46646 + century * (36_000.76983 + 0.0003032 * century)
    centre = (
        math.sin(anomaly) * (1.914602 - century * (0.004817 + 0.000014 * century))
        + math.sin(2 * anomaly) * (0.019993 - 0.000101 * century)
        + math.sin(3 * anomaly) * 0.000289
    )
    node = math.radians(125.04 - 1934.136 * century)
    apparent = math.radians(mean_long + centre - 0.00569 - 0.00478 * math.sin(node))
    tilt = math.radians(23.439291 - 0.0130042 * century + 0.00256 * math.cos(node))
    declination = math.asin(math.sin(tilt) * math.sin(apparent))
    noon_min = 720 - 4 * lon - _equation_of_time_min(math.radians(mean_long), anomaly, tilt, century)
    phi = math.radians(lat)
    half = math.degrees(
        math.acos(
            math.cos(math.radians(_ZENITH_DEG)) / (math.cos(phi) * math.cos(declination))
            - math.tan(phi) * math.tan(declination)
        )
    )
    noon_s = 60 * (noon_min + _UTC_OFFSET_MIN)
    return round(noon_s - 240 * half), round(noon_s + 240 * half)


def _equation_of_time_min(mean_long: float, anomaly: float, tilt: float, century: float) -> float:
    eccentricity = 0.016708634 - century * (0.000042037 + 0.0000001267 * century)
    y = math.tan(tilt / 2) ** 2
    return 4 * math.degrees(
        y * math.sin(2 * mean_long)
        - 2 * eccentricity * math.sin(anomaly)
        + 4 * eccentricity * y * math.sin(anomaly) * math.cos(2 * mean_long)
        - 0.5 * y * y * math.sin(4 * mean_long)
        - 1.25 * eccentricity**2 * math.sin(2 * anomaly)
    )
