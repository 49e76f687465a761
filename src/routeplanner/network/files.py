"""A network from what a command line names: files of roads, hours and timetables, a boat, a water level."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import os

    from routeplanner.network.build import Network

__all__ = ["BUNDLED", "network_of"]

BUNDLED = "bundled"
"""Stands for the file that comes with the library."""


def network_of(
    catalogue: str | os.PathLike[str] | None = None,
    *,
    roads: str | os.PathLike[str] | None = None,
    traffic: str | os.PathLike[str] | None = None,
    boat: str | None = None,
    water_level_m: float | None = None,
    sailings: str | os.PathLike[str] | None = None,
) -> Network:
    """Return the network of files.

    Parameters
    ----------
    catalogue
        Of `load_sites`; the bundled one by default.
    roads
        A file of streets (`roads_from_file`); the bundled roads lie around them.
    traffic
        ``"bundled"`` or a file of `load_traffic`; by default times do not change by hour.
    boat, water_level_m
        Of `load_river`.
    sailings
        ``"bundled"``, or a GTFS file or folder of `load_sailings`: boats sail by it; by default they are chartered.

    Raises
    ------
    DataFileError
        When a file is missing or unreadable.
    NetworkError
        When roads, hours or the boat cannot be used.

    Examples
    --------
    >>> from datetime import date
    >>> network_of(traffic="bundled").periods("car", date(2027, 3, 8))[:2]
    (0, 21600)
    """
    from routeplanner.network.build import build_network
    from routeplanner.network.river import load_river
    from routeplanner.network.roadfiles import roads_from_file
    from routeplanner.network.roads import combine_roads
    from routeplanner.network.sailings import load_sailings
    from routeplanner.network.traffic import load_traffic
    from routeplanner.sites.catalog import load_sites

    return build_network(
        load_sites(catalogue),
        combine_roads(roads_from_file(roads)) if roads else None,
        load_river(boat, water_level_m=water_level_m),
        traffic=load_traffic(None if traffic == BUNDLED else traffic) if traffic else None,
        sailings=load_sailings(None if sailings == BUNDLED else sailings) if sailings else None,
    )
