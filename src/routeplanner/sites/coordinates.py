"""Coordinates as people write them: decimal points and commas, degrees with minutes, N and B, either order."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["LAT_RANGE", "LON_RANGE", "metres_fault", "parse_degrees", "parse_pair", "put_in_order"]

LON_RANGE = (102.0, 118.0)  # Vietnam with its islands
LAT_RANGE = (6.0, 23.5)
_AXES = {"e": "lon", "đ": "lon", "đông": "lon", "n": "lat", "b": "lat", "bắc": "lat"}
_SOUTH_WEST = {"s", "w", "t", "tây", "nam"}
_LETTERS = "|".join(sorted({*_AXES, *_SOUTH_WEST}, key=len, reverse=True))
_NUMBER = r"\d+(?:[.,]\d+)?"
_DEGREES = re.compile(
    rf"(?P<front>{_LETTERS})?\s*(?P<sign>[+-])?(?P<deg>{_NUMBER})\s*(?:°|º|˚|độ|d|\s|$|(?=[{'enbđswt'}]))\s*"
    rf"(?:(?P<min>{_NUMBER})\s*(?:'|′|’|phút|m|\s|$)\s*(?:(?P<sec>{_NUMBER})\s*(?:\"|″|”|''|′′|giây|s(?!\w)|\s|$)?)?)?"
    rf"\s*(?P<back>{_LETTERS})?",
    re.IGNORECASE,
)
_GROUPED = re.compile(
    r"(?P<whole>\d{1,3}(?:(?P<mark>[.,])\d{3})(?:(?P=mark)\d{3})*)(?P<part>(?!(?P=mark))[.,]\d+)?"
)
_METRES = 1_000.0


def parse_degrees(text: Any) -> tuple[float, str | None] | None:  # noqa: ANN401 - a cell of anybody's table
    r"""Read one coordinate.

    Parameters
    ----------
    text
        A number, or text: ``105.87``, ``105,87``, ``105°52'12"E``, ``21 01 42 N``, ``N21°01.7'``, ``105°52'Đ``; or
        metres with their thousands apart: ``2.319.300,5``, ``594,700.25``.

    Returns
    -------
    tuple or None
        Degrees, and ``lon`` or ``lat`` where a letter says which; None where it cannot be read.

    Examples
    --------
    >>> parse_degrees("105,87"), parse_degrees("21°01'30\"B")
    ((105.87, None), (21.025, 'lat'))
    >>> parse_degrees("2.319.300,5"), parse_degrees("594,700.25")
    ((2319300.5, None), (594700.25, None))
    """
    if isinstance(text, bool) or text is None:
        return None
    if isinstance(text, int | float):
        return (float(text), None) if math.isfinite(text) else None
    bare = " ".join(str(text).split()).replace("\u2212", "-")
    metres = _grouped(bare)
    return _angle(bare) if metres is None else (metres, None)


def _angle(text: str) -> tuple[float, str | None] | None:
    """Read degrees, minutes and seconds, with the letter of their side."""
    found = _DEGREES.fullmatch(text)
    if found is None:
        return None
    letter = (found["front"] or found["back"] or "").lower()
    if letter in _SOUTH_WEST or (found["front"] and found["back"]):
        return None
    degrees, minutes, seconds = (
        float((found[key] or "0").replace(",", ".")) for key in ("deg", "min", "sec")
    )
    if minutes >= 60 or seconds >= 60 or (found["min"] and not degrees.is_integer()):
        return None
    value = degrees + minutes / 60 + seconds / 3600
    return (-value if found["sign"] == "-" else value), _AXES.get(letter)


def _grouped(text: str) -> float | None:
    """Read a number with its thousands apart, as offices write metres; 105.912 is one with a decimal point."""
    found = _GROUPED.fullmatch(text)
    if found is None or not (found["part"] or found["whole"].count(found["mark"]) > 1):
        return None
    return float(found["whole"].replace(found["mark"], "") + (found["part"] or "").replace(",", "."))


def parse_pair(text: Any) -> tuple[float, float] | None:  # noqa: ANN401
    """Read longitude and latitude out of one cell, in either order: Vietnam's ranges do not overlap.

    Examples
    --------
    >>> parse_pair("21.03, 105.85"), parse_pair("105,85; 21,03"), parse_pair("POINT (105.85 21.03)")
    ((105.85, 21.03), (105.85, 21.03), (105.85, 21.03))
    """
    bare = re.sub(r"^\s*(?:SRID=4326;)?\s*POINT\s*\((.*)\)\s*$", r"\1", str(text), flags=re.IGNORECASE).strip(
        "()[] "
    )
    for separator in (r"\s*;\s*", r",\s+", r"\s*[|/]\s*", r"\s*,\s*", r"\s+"):
        parts = re.split(separator, bare)
        if len(parts) != 2:
            continue
        first, second = (parse_degrees(part) for part in parts)
        if first is None or second is None:
            continue
        if first[1] == "lat" or second[1] == "lon" or (_is_lat(first[0]) and _is_lon(second[0])):
            return second[0], first[0]
        return first[0], second[0]
    return None


def put_in_order(lons: Sequence[Any], lats: Sequence[Any]) -> tuple[list[Any], list[Any]]:
    """Read two columns of coordinates, and exchange them where every row says that they are swapped.

    What cannot be read stays as it is, for the rules to refuse.
    """
    pairs = [(parse_degrees(lon), parse_degrees(lat)) for lon, lat in zip(lons, lats, strict=True)]
    read = [(a, b) for a, b in pairs if a is not None and b is not None]
    swapped = bool(read) and all(_is_swapped(a, b) for a, b in read)
    x = [raw if a is None else a[0] for raw, (a, _) in zip(lons, pairs, strict=True)]
    y = [raw if b is None else b[0] for raw, (_, b) in zip(lats, pairs, strict=True)]
    return (y, x) if swapped else (x, y)


def _is_swapped(first: tuple[float, str | None], second: tuple[float, str | None]) -> bool:
    by_letter = first[1] == "lat" or second[1] == "lon"
    return by_letter or (_is_lat(first[0]) and _is_lon(second[0]))


def _is_lon(value: float) -> bool:
    return LON_RANGE[0] <= value <= LON_RANGE[1]


def _is_lat(value: float) -> bool:
    return LAT_RANGE[0] <= value <= LAT_RANGE[1]


def metres_fault(x: float, y: float) -> str | None:
    """Return what to do about a pair that can only be metres of a projection, or None.

    Examples
    --------
    >>> "EPSG:5897" in metres_fault(2325000.0, 587000.0)
    True
    >>> metres_fault(105.8, 21.0) is None
    True
    """
    if not (abs(x) > _METRES and abs(y) > _METRES):
        return None
    easting, northing = sorted((abs(x), abs(y)))
    order = "northing first" if abs(x) > abs(y) else "easting first"
    if 650_000 <= northing <= 2_700_000 and 100_000 <= easting <= 900_000:
        return (
            f"[{x:g}, {y:g}] are metres of a projection ({order}), not degrees; name it with crs: EPSG:5897 is VN-2000 "
            "TM-3 105°00' (Hà Nội), EPSG:3405 VN-2000 UTM zone 48N, EPSG:32648 WGS 84 UTM zone 48N"
        )
    return f"[{x:g}, {y:g}] are neither degrees nor metres of a projection of Vietnam; give [lon, lat] in degrees"
