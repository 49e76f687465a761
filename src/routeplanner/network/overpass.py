"""Streets of any place from OpenStreetMap's Overpass service: asked politely, kept on disk, never half."""

from __future__ import annotations

import gzip
import hashlib
import json
import logging
import os
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from routeplanner._files import write_whole
from routeplanner._text import did_you_mean
from routeplanner._version import __version__
from routeplanner.errors import DataFileError, NetworkError
from routeplanner.network.osm import PATH_CLASSES, ROAD_CLASSES, Detail, read_elements, roads_from_elements
from routeplanner.network.roads import keep_largest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import networkx as nx
    import shapely

__all__ = ["OsmService", "roads_from_osm"]

_log = logging.getLogger("routeplanner.network")
_CORRIDOR_MARGIN_DEG = 0.02
_BUSY = {429, 502, 503, 504}
_CHUNK = 1 << 16
_DEGREE_KM = 111.195


@dataclass(frozen=True, slots=True, kw_only=True)
class OsmService:
    """Where streets are asked for, and how patiently.

    Parameters
    ----------
    overpass_url
        The Overpass interpreter.
    nominatim_url
        The Nominatim search that finds the border of a named place.
    timeout_s
        Seconds after which an answer that is still coming is given up.
    tries
        Requests that are made before giving up on a server that is busy.
    pause_s
        Least seconds between two requests, and the first pause after "busy"; it doubles each time, up to
        what the server asks for, and never above ``timeout_s``.
    max_answer_mb
        An answer larger than this is not read to its end.
    max_area_km2
        An area larger than this is not asked for.

    Examples
    --------
    >>> import routeplanner as rp
    >>> own = rp.OsmService(overpass_url="http://127.0.0.1:12345/api/interpreter", pause_s=0, tries=1)
    >>> own.timeout_s
    180.0
    >>> streets = rp.roads_from_osm("Hội An, Việt Nam", service=own)  # doctest: +SKIP
    """

    overpass_url: str = "https://overpass-api.de/api/interpreter"
    nominatim_url: str = "https://nominatim.openstreetmap.org/search"
    timeout_s: float = 180.0
    tries: int = 3
    pause_s: float = 2.0
    max_answer_mb: float = 300.0
    max_area_km2: float = 5_000.0


_PUBLIC = OsmService()
_turn = threading.Lock()
_last_request: dict[str, float] = {}


def roads_from_osm(
    area: str | Sequence[float] | shapely.Geometry | None = None,
    *,
    place: str | None = None,
    bbox: Sequence[float] | None = None,
    polygon: shapely.Geometry | None = None,
    corridor: str | None = None,
    detail: Detail = "roads",
    cache: str | os.PathLike[str] | None = "default",
    refresh: bool = False,
    service: OsmService = _PUBLIC,
) -> nx.MultiDiGraph:
    """Return the streets of an area from OpenStreetMap as a road graph for `routeplanner.build_network`.

    Ferries come with their duration and wait, one-way streets and turn restrictions are kept. Of what is
    not joined to the rest only the largest part in which every road leads to every other is kept; what was
    dropped stands in ``graph["dropped"]`` and is logged as a warning.

    The answer is kept on disk by its question: the same area asked again needs no network. An answer that
    is empty, cut off, too large or late raises and is never kept.

    Parameters
    ----------
    area
        A place's name, a box ``(west, south, east, north)``, a polygon in degrees, or the key of a
        corridor; or name which of them it is:
    place
        Name of a place with a border on the map, such as ``"Hội An, Việt Nam"``.
    bbox
        ``(west, south, east, north)``, degrees.
    polygon
        A `shapely.Polygon` or `shapely.MultiPolygon`, degrees (EPSG:4326).
    corridor
        A key of `routeplanner.load_corridors`: the hull of its places and some 2 km around it.
    detail
        ``"roads"`` for vehicles and ferries, ``"all"`` with service lanes, paths and steps.
    cache
        Folder of kept answers; ``"default"`` is ``routeplanner/osm`` in the user's cache folder
        (``XDG_CACHE_HOME``), ``None`` keeps nothing.
    refresh
        Ask again though an answer is kept.
    service
        Addresses, patience and limits.

    Returns
    -------
    networkx.MultiDiGraph
        With osmnx's conventions; © OpenStreetMap contributors, ODbL 1.0.

    Raises
    ------
    NetworkError
        When not exactly one area is given, it is no area or too large.
    DataFileError
        When the service cannot be reached, is busy, too slow, or its answer is empty, too large or cut off.

    Examples
    --------
    >>> roads_from_osm(bbox=(105.9, 21.1, 105.8, 21.0))
    Traceback (most recent call last):
    routeplanner.errors.NetworkError: area: 1 fault
      - bbox (105.9, 21.1, 105.8, 21.0): give (west, south, east, north) in degrees, west < east, south < north
    """
    shape = _shape(
        area, place=place, bbox=bbox, polygon=polygon, corridor=corridor, cache=cache, service=service
    )
    size_km2 = _km2(shape)
    if size_km2 > service.max_area_km2:
        fault = (
            f"{size_km2:,.0f} km² is more than {service.max_area_km2:,.0f} km²; take a smaller area, or load a"
            " regional extract with roads_from_file"
        )
        raise NetworkError([fault], subject="area")
    question = _question(shape, detail, service)
    content = _kept(
        question,
        cache,
        refresh=refresh,
        fetch=lambda: _ask(service.overpass_url, {"data": question}, service),
    )
    roads = roads_from_elements(
        read_elements(content, name=service.overpass_url), detail=detail, name=service.overpass_url
    )
    named = next((text for text in (area, place, corridor) if isinstance(text, str)), None)
    bounds = ", ".join(f"{degrees:.3f}" for degrees in shape.bounds)
    roads.graph["source"] = f"OpenStreetMap: {named or bounds}"
    return keep_largest(roads)


def _shape(
    area: Any,  # noqa: ANN401 - told apart here
    *,
    place: str | None,
    bbox: Sequence[float] | None,
    polygon: shapely.Geometry | None,
    corridor: str | None,
    cache: str | os.PathLike[str] | None,
    service: OsmService,
) -> shapely.Geometry:
    """Return the area that is meant, as a polygon."""
    if sum(value is not None for value in (area, place, bbox, polygon, corridor)) != 1:
        fault = "give one area: a place's name, bbox=(west, south, east, north), polygon= or corridor="
        raise NetworkError([fault], subject="area")
    if area is not None:
        place, bbox, polygon, corridor = _told_apart(area)
    for name, text in (("place", place), ("corridor", corridor)):
        if text is not None and not (isinstance(text, str) and text.strip()):
            known = "Hội An, Việt Nam" if name == "place" else "south"
            fault = f"{name}: {text!r} is no name; give one, such as {known!r}"
            raise NetworkError([fault], subject="area")
    if corridor is not None:
        return _corridor_hull(corridor)
    if place is not None:
        return _border(place, cache, service)
    return _box(bbox) if bbox is not None else _polygon(polygon)


def _told_apart(area: Any) -> tuple[str | None, Sequence[float] | None, Any, str | None]:  # noqa: ANN401 - whatever was given
    from routeplanner.sites.words import load_corridors

    if isinstance(area, str):
        return (None, None, None, area) if area in load_corridors() else (area, None, None, None)
    if hasattr(area, "geom_type"):
        return None, None, area, None
    return None, area, None, None


def _box(bbox: Sequence[float]) -> shapely.Geometry:
    import shapely

    try:
        west, south, east, north = (float(value) for value in bbox)
    except (TypeError, ValueError):
        west = south = east = north = float("nan")
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        shown = tuple(bbox) if isinstance(bbox, (list, tuple)) else repr(bbox)
        fault = f"bbox {shown}: give (west, south, east, north) in degrees, west < east, south < north"
        raise NetworkError([fault], subject="area")
    return shapely.box(west, south, east, north)


def _polygon(shape: Any) -> shapely.Geometry:  # noqa: ANN401 - checked here
    import shapely

    faults = []
    if getattr(shape, "geom_type", None) not in {"Polygon", "MultiPolygon"} or shape.is_empty:
        kind = getattr(shape, "geom_type", type(shape).__name__)
        faults.append(f"polygon: a {kind}; give a shapely Polygon or MultiPolygon in degrees")
    else:
        west, south, east, north = shape.bounds
        if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
            faults.append(f"polygon: bounds {shape.bounds} are not degrees; convert it to EPSG:4326")
    if faults:
        raise NetworkError(faults, subject="area")
    return shapely.make_valid(shape)


def _corridor_hull(key: str) -> shapely.Geometry:
    import shapely

    from routeplanner.sites.catalog import load_sites
    from routeplanner.sites.words import load_corridors

    known = load_corridors()
    if key not in known:
        fault = f"corridor {key!r} is unknown; use one of {', '.join(known)}{did_you_mean(key, known)}"
        raise NetworkError([fault], subject="area")
    sites = load_sites()
    start = known[key].start_site_id
    own = sites[[key in words or site == start for site, words in sites["corridors"].items()]]
    return shapely.convex_hull(shapely.multipoints(own.geometry.to_numpy())).buffer(_CORRIDOR_MARGIN_DEG)


def _border(place: str, cache: str | os.PathLike[str] | None, service: OsmService) -> shapely.Geometry:
    import shapely
    from shapely.geometry import shape

    query = {"q": place, "format": "jsonv2", "polygon_geojson": "1", "limit": "10"}
    content = _kept(
        json.dumps(query, ensure_ascii=False, sort_keys=True),
        cache,
        refresh=False,
        fetch=lambda: _found(_ask(service.nominatim_url, query, service, get=True), place),
    )
    answers = json.loads(_unzipped(content))
    borders = [
        a["geojson"] for a in answers if a.get("geojson", {}).get("type") in {"Polygon", "MultiPolygon"}
    ]
    return shapely.make_valid(shape(borders[0]))


def _found(content: bytes, place: str) -> bytes:
    """Refuse an answer without a border, before it is kept."""
    try:
        answers = json.loads(content)
        kinds = [answer.get("geojson", {}).get("type") for answer in answers]
    except (ValueError, AttributeError, TypeError) as error:
        raise DataFileError(
            [f"the answer for place {place!r} is cut off or no JSON; try again later"], subject="Nominatim"
        ) from error
    if not set(kinds) & {"Polygon", "MultiPolygon"}:
        what = "only a point, no border" if kinds else "no such place"
        fault = f"place {place!r}: {what}; add district and country, or give bbox="
        raise DataFileError([fault], subject="Nominatim")
    return content


def _km2(shape: shapely.Geometry) -> float:
    import math

    _, south, _, north = shape.bounds
    return float(shape.area) * _DEGREE_KM**2 * math.cos(math.radians((south + north) / 2))


def _question(shape: shapely.Geometry, detail: Detail, service: OsmService) -> str:
    """Return the Overpass query for ways, their nodes and turn restrictions."""
    classes = "|".join(ROAD_CLASSES + (PATH_CLASSES if detail == "all" else ()))
    rings = [ring.simplify(0.0005).coords for ring in (part.exterior for part in _parts(shape))]
    polys = [" ".join(f"{y:.5f} {x:.5f}" for x, y, *_ in ring) for ring in rings]
    ways = "".join(
        f'way["highway"~"^({classes})$"]["area"!="yes"](poly:"{poly}");way["route"="ferry"](poly:"{poly}");'
        for poly in polys
    )
    return (
        f"[out:json][timeout:{int(service.timeout_s)}];({ways})->.w;"
        '.w out body qt;.w > ->.n;.n out skel qt;rel(bw.w)["type"="restriction"];out body qt;'
    )


def _parts(shape: shapely.Geometry) -> list[Any]:
    return [part for part in getattr(shape, "geoms", [shape]) if part.geom_type == "Polygon"]


# -- asking and keeping -----------------------------------------------------------------------------


def _kept(
    question: str, cache: str | os.PathLike[str] | None, *, refresh: bool, fetch: Callable[[], bytes]
) -> bytes:
    """Return the answer kept for a question, or a new one, which is kept once it is known to be whole."""
    if cache is None:
        return fetch()
    path = _folder(cache) / f"{hashlib.sha256(question.encode()).hexdigest()[:32]}.json.gz"
    if path.exists() and not refresh:
        content = path.read_bytes()
        try:
            _unzipped(content)
        except (EOFError, OSError) as error:  # not written by us: a copy that was cut off
            _log.warning("the kept answer %s is damaged (%s) and is asked for again", path, error)
        else:
            return content
    content = gzip.compress(fetch(), mtime=0)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, content)
    return content


def _unzipped(content: bytes) -> bytes:
    return gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content


def _folder(cache: str | os.PathLike[str]) -> Path:
    if cache != "default":
        return Path(cache).expanduser()
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser() / "routeplanner" / "osm"


def _ask(url: str, fields: Mapping[str, str], service: OsmService, *, get: bool = False) -> bytes:
    """Return a whole answer, after several tries where the server is busy."""
    pause_s, last = service.pause_s, "it did not answer"
    for attempt in range(max(service.tries, 1)):
        _wait_turn(url, service.pause_s if attempt == 0 else min(pause_s, service.timeout_s))
        content, busy, asked_s = _one_request(url, fields, service, get=get)
        if content is not None:
            if not get:
                _whole(content, url)
            return content
        last = busy
        pause_s = max(pause_s * 2, asked_s)
        _log.info("%s: %s; asked again in %.0f s", url, busy, min(pause_s, service.timeout_s))
    raise DataFileError(
        [f"{last} ({service.tries} tries); try again later or use another service"], subject=url
    )


def _whole(content: bytes, url: str) -> None:
    """Refuse an answer that is cut off, partial or empty, before it is kept."""
    elements = read_elements(content, name=url)
    if not any(element.get("type") == "way" for element in elements):
        raise DataFileError(["the answer is empty: no road in this area; check its coordinates"], subject=url)


def _wait_turn(url: str, pause_s: float) -> None:
    """Keep a pause between two requests of this process to one service."""
    with _turn:
        rest_s = _last_request.get(url, float("-inf")) + pause_s - time.monotonic()
        if rest_s > 0:
            time.sleep(rest_s)
        _last_request[url] = time.monotonic()


def _one_request(
    url: str, fields: Mapping[str, str], service: OsmService, *, get: bool
) -> tuple[bytes | None, str, float]:
    """Return (content, why busy, seconds the server asks to wait)."""
    import requests

    headers = {"User-Agent": f"routeplanner/{__version__}", "Accept-Encoding": "gzip"}
    ends = time.monotonic() + service.timeout_s
    try:
        with requests.request(
            "GET" if get else "POST",
            url,
            params=dict(fields) if get else None,
            data=None if get else dict(fields),
            headers=headers,
            timeout=(min(10.0, service.timeout_s), service.timeout_s),
            stream=True,
        ) as answer:
            if answer.status_code in _BUSY:
                asked = answer.headers.get("Retry-After", "")
                return (
                    None,
                    f"the service is busy (HTTP {answer.status_code})",
                    float(asked) if asked.isdigit() else 0.0,
                )
            if answer.status_code != 200:
                what = f"HTTP {answer.status_code} ({answer.reason})"
                fault = f"the service answered {what}; check the address and the area"
                raise DataFileError([fault], subject=url)
            return _read(answer, ends, url, service), "", 0.0
    except requests.exceptions.Timeout as error:
        raise DataFileError([_late(service)], subject=url) from error
    except requests.exceptions.ChunkedEncodingError as error:
        raise DataFileError(["the answer was cut off on the way; try again"], subject=url) from error
    except requests.exceptions.RequestException as error:
        fault = (
            f"the service cannot be reached ({type(error).__name__}); check the connection, or work offline:"
            " the bundled roads need no network, roads_from_file reads a saved extract"
        )
        raise DataFileError([fault], subject=url) from error


def _read(answer: Any, ends: float, url: str, service: OsmService) -> bytes:  # noqa: ANN401 - a response
    parts, size = [], 0
    for part in answer.iter_content(_CHUNK):
        size += len(part)
        if size > service.max_answer_mb * 1e6:
            limit = f"{service.max_answer_mb:g} MB"
            fault = f"the answer is larger than {limit}; take a smaller area, or raise max_answer_mb"
            raise DataFileError([fault], subject=url)
        if time.monotonic() > ends:
            raise DataFileError([_late(service)], subject=url)
        parts.append(part)
    return b"".join(parts)


def _late(service: OsmService) -> str:
    return f"no whole answer within {service.timeout_s:g} s; take a smaller area, raise timeout_s, or try again later"
