"""The data of a page: what its script draws, as one block of JSON that is never run.

A block of JSON passes a strict Content-Security-Policy, parses faster than a script, and cannot be misread:
no ``<``, ``&``, quote or brace of the data survives in it. Lines and points are written as differences of
whole units (as in Google's polyline format, in the letters of URL-safe base64), a fifth of GeoJSON's bytes.
"""

from __future__ import annotations

import json
import re
import string
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["block", "encoded", "layer_spec"]

_LETTERS = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"
_MANY, _GROUPS = 24, 8  # positions from which arrays pay; groups of five bits that hold any step
_SHARED = {"what", "kind", "tags"}
_JSON_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')
_IN_SCRIPT = str.maketrans({char: f"\\u{ord(char):04x}" for char in "<>&'{}\u2028\u2029"})


def encoded(positions: Iterable[Sequence[float]], decimals: int = 5) -> str:
    """Return positions as text: differences in units of the last decimal, five bits a letter.

    Parameters
    ----------
    positions
        (lon, lat) in degrees.
    decimals
        Decimals that are kept; 5 are about a metre.

    Examples
    --------
    >>> encoded([(-120.2, 38.5), (-120.95, 40.7)])  # Google's own: "~ps|U_p~iF" and "nnqC_ulL"
    '_x09Wgx_qHvvyEg2tN'
    """
    if isinstance(positions, Sequence) and len(positions) >= _MANY:
        return _encoded_many(positions, decimals)
    scale, letters = 10**decimals, []
    last = [0, 0]
    for position in positions:
        for axis in (0, 1):
            unit = round(position[axis] * scale)
            step, last[axis] = unit - last[axis], unit
            step = ~(step << 1) if step < 0 else step << 1
            while step >= 32:
                letters.append(_LETTERS[32 | (step & 31)])
                step >>= 5
            letters.append(_LETTERS[step])
    return "".join(letters)


def _encoded_many(positions: Sequence[Sequence[float]], decimals: int) -> str:
    """Return the same as `encoded` for long lines, in arrays."""
    import numpy as np

    units = np.rint(np.array(positions, dtype=float)[:, :2] * 10**decimals).astype(np.int64)
    steps = np.diff(units, axis=0, prepend=np.zeros((1, 2), np.int64)).ravel()
    steps = np.where(steps < 0, ~(steps << 1), steps << 1)
    groups = steps[:, None] >> np.arange(0, 5 * _GROUPS, 5)
    more = groups[:, 1:] > 0  # whether a further group follows
    more = np.concatenate([more, np.zeros((len(steps), 1), bool)], axis=1)
    written = np.concatenate([np.ones((len(steps), 1), bool), more[:, :-1]], axis=1)
    letters = np.frombuffer(_LETTERS.encode(), np.uint8)[(groups & 31) | np.where(more, 32, 0)]
    return str(letters[written].tobytes(), "ascii")


def layer_spec(
    data: dict[str, Any],
    *,
    name: str,
    functions: dict[str, str],
    options: dict[str, Any],
    decimals: int = 5,
    omit: Sequence[str] = (),
) -> dict[str, Any]:
    """Return a FeatureCollection of points and lines as the script reads it.

    Parameters
    ----------
    data
        Points, LineStrings, MultiLineStrings, and Polygons (rings by the even-odd rule).
    name
        What the script calls the layer.
    functions
        Options of Leaflet's GeoJSON layer whose values are names of functions of our script.
    options
        Other options, JSON types.
    decimals
        Decimals of the positions that are kept.
    omit
        Properties that the page says elsewhere.
    """
    points = [f["geometry"]["coordinates"] for f in data["features"] if f["geometry"]["type"] == "Point"]
    shared: dict[Any, int] = {}
    columns: dict[str, int] = {}
    rows = []
    for feature in data["features"]:
        properties = {key: value for key, value in feature["properties"].items() if key not in omit}
        for key in _SHARED & properties.keys():  # a few words shared by hundreds of places
            value = properties[key]
            properties[key] = shared.setdefault(
                tuple(value) if isinstance(value, list) else value, len(shared)
            )
        properties |= _line(feature["geometry"], decimals)
        for key in properties:
            columns.setdefault(key, len(columns))
        rows.append([properties.get(key) for key in columns])
    return {
        "name": name,
        "functions": functions,
        "options": options,
        "decimals": decimals,
        "shared": list(shared),
        "points": encoded(points, decimals),
        "columns": list(columns),
        "rows": rows,
    }


def _line(geometry: dict[str, Any], decimals: int) -> dict[str, str]:
    if geometry["type"] == "LineString":
        return {"line": encoded(geometry["coordinates"], decimals)}
    if geometry["type"] in ("MultiLineString", "Polygon"):
        key = "lines" if geometry["type"] == "MultiLineString" else "rings"
        return {key: " ".join(encoded(line, decimals) for line in geometry["coordinates"])}
    return {}


def block(spec: dict[str, Any]) -> str:
    """Return JSON that neither HTML nor a template can misread."""
    text = json.dumps(spec, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return _JSON_TEXT.sub(lambda match: match[0].translate(_IN_SCRIPT), text)
