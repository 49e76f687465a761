"""How far one gets: the area within some minutes of a place, and the sites in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from numbers import Real
from typing import TYPE_CHECKING, Any, TypeGuard

from routeplanner.errors import NetworkError
from routeplanner.network.travel import VEHICLES

if TYPE_CHECKING:
    from datetime import datetime

    import geopandas as gpd
    import numpy as np
    import shapely
    from numpy.typing import NDArray

    from routeplanner.network.build import Network
    from routeplanner.network.travel import RoadRouter

__all__ = ["isochrones"]

_SHORE_M = 1.0
_MAX_MINUTES = 24 * 60


def isochrones(
    network: Network,
    from_: str | tuple[float, float],
    minutes: float | Iterable[float],
    profile: str = "car",
    *,
    depart: datetime | None = None,
    reach_m: float = 250.0,
) -> gpd.GeoDataFrame:
    """Return the areas that are reached from a place within some minutes, smallest first.

    An area is every stretch of road that is reached in time, and what lies within `reach_m` of it on the
    same bank of the river. Boarding and alighting count, as in every travel time of the network.

    Parameters
    ----------
    network
        The network.
    from_
        A place of the network, or (lon, lat) in degrees.
    minutes
        One limit or several.
    profile
        A vehicle: ``coach``, ``coach29``, ``coach45``, ``car``, ``motorbike``, ``bicycle`` or ``foot``.
    depart
        A moment: as if traffic stayed as it is then (a network built with ``traffic``).
    reach_m
        Metres beside a road that count as reached.

    Returns
    -------
    geopandas.GeoDataFrame
        One row a limit, EPSG:4326: ``minutes``, ``from_id``, ``profile``, ``area_km2``, ``places`` (tuple of
        the sites whose door is reached in time, nearest first), ``geometry``. An area holds all smaller ones.

    Raises
    ------
    NetworkError
        For an unknown place or profile, a limit that is none, or a place that no road leads to.

    Examples
    --------
    >>> from routeplanner.network import build_network
    >>> from routeplanner.sites.catalog import load_sites
    >>> areas = isochrones(build_network(load_sites()), "ho-hoan-kiem", [15, 30])
    >>> areas["minutes"].tolist(), bool(areas["area_km2"].is_monotonic_increasing)
    ([15.0, 30.0], True)
    """
    import geopandas as gpd

    limits = _limits(network, minutes, profile, reach_m)
    network, place_id = _started(network, from_)
    router = network.router(profile, depart=depart)
    source = network.position(place_id)
    if place_id not in router.access:
        fault = (
            f"place {place_id!r}: no road within 15 km, so that no area can be drawn; choose another place"
        )
        raise NetworkError([fault], subject="isochrones")
    ms, _ = router.graph.tree(router.node_of(source), limit_ms=limits[-1] * 60_000)
    seconds = router.seconds([source])[source]
    shapes = [_area(router, ms, limit * 60_000, reach_m) for limit in limits]
    for i in range(1, len(shapes)):
        shapes[i] = shapes[i].union(shapes[i - 1])
    near = sorted(
        (int(s), key) for s, key in zip(seconds, network, strict=True) if s >= 0 and key != place_id
    )
    scale = router.ground.table.scale
    return gpd.GeoDataFrame(
        {
            "minutes": limits,
            "from_id": place_id,
            "profile": profile,
            "area_km2": [round(shape.area / 1e6, 2) for shape in shapes],
            "places": [tuple(key for s, key in near if s <= limit * 60) for limit in limits],
        },
        geometry=[_degrees(shape, scale) for shape in shapes],
        crs="EPSG:4326",
    )


def _limits(network: object, minutes: object, profile: str, reach_m: object) -> list[float]:
    from routeplanner.network.build import Network

    faults = []
    if not isinstance(network, Network):
        faults.append(f"network: {type(network).__name__} is none; make one with build_network(sites)")
    given = list(minutes) if isinstance(minutes, Iterable) and not isinstance(minutes, str) else [minutes]
    limits = sorted({float(m) for m in given if _is_number(m) and 0 < m <= _MAX_MINUTES})
    if not limits or not all(_is_number(m) for m in given) or len(limits) != len(set(given)):
        faults.append(f"minutes: {minutes!r}; give one or more numbers above 0 and up to {_MAX_MINUTES}")
    if profile not in VEHICLES:
        faults.append(f"profile {profile!r}: give a vehicle, one of {', '.join(VEHICLES)}")
    if not _is_number(reach_m) or not 0 < reach_m <= 5_000:
        faults.append(f"reach_m: {reach_m!r}; give metres above 0 and up to 5000")
    if faults:
        raise NetworkError(faults, subject="isochrones")
    return limits


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, Real) and not isinstance(value, bool)


def _started(network: Network, from_: str | tuple[float, float]) -> tuple[Network, str]:
    """Return the network with the start in it, and its key."""
    if isinstance(from_, str):
        return network, from_
    if not (isinstance(from_, Sequence) and len(from_) == 2 and all(_is_number(part) for part in from_)):
        fault = f"from_: {from_!r} is no place; give the key of one, or (lon, lat) in degrees"
        raise NetworkError([fault], subject="isochrones")
    lon, lat = float(from_[0]), float(from_[1])
    key = f"{lat:.5f},{lon:.5f}"
    return network.with_place(key, lon, lat), key


def _area(router: RoadRouter, ms: NDArray[np.float64], limit_ms: float, reach_m: float) -> shapely.Geometry:
    """Return the area reached, in metres east and north."""
    import numpy as np
    import shapely

    arcs, table = router.arcs, router.ground.table
    scale = np.array(table.scale)
    start = ms[arcs.tail]
    reached = np.flatnonzero((arcs.edge >= 0) & (start < limit_ms))
    share = np.minimum((limit_ms - start[reached]) / arcs.ms[reached], 1.0)
    parts = [
        _stretch(table.lines[arcs.edge[arc]] * scale, arcs.share[arc], float(t))
        for arc, t in zip(reached.tolist(), share, strict=True)
    ]
    door = shapely.points(router.graph.lonlat[int(np.argmin(ms))] * scale)
    lines = np.array([*parts, door], dtype=object)
    area = shapely.union_all(shapely.buffer(lines, reach_m, quad_segs=3)).simplify(reach_m / 10)
    return _one_bank(area, shapely.union_all(lines), router, scale)


def _stretch(line: NDArray[np.float64], part: NDArray[np.float64], share: float) -> shapely.Geometry:
    """Return the piece of an edge that an arc covers up to a share of it."""
    import shapely
    from shapely.ops import substring

    first, last = float(part[0]), float(part[1])
    whole = shapely.linestrings(line)
    return substring(whole, first, first + (last - first) * share, normalized=True)


def _one_bank(area: Any, roads: Any, router: RoadRouter, scale: NDArray[np.float64]) -> shapely.Geometry:  # noqa: ANN401 - geometry
    """Return what of an area lies on a bank that was reached by road: water is not walked on."""
    import shapely

    streams = [shapely.linestrings(stream.lonlat * scale) for stream in router.ground.river.streams]
    water = shapely.buffer(shapely.multilinestrings(streams), _SHORE_M, quad_segs=1)
    pieces = shapely.get_parts(shapely.difference(area, water))
    return shapely.union_all(pieces[shapely.intersects(pieces, roads)])


def _degrees(shape: shapely.Geometry, scale: tuple[float, float]) -> shapely.Geometry:
    import numpy as np
    import shapely

    whole = shapely.make_valid(shapely.transform(shape, lambda points: np.round(points / np.array(scale), 5)))
    parts = shapely.get_parts(shapely.get_parts(whole))  # rounding can leave lines beside the areas
    return shapely.union_all(parts[shapely.get_dimensions(parts) == 2])
