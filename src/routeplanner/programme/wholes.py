"""Places and their parts: a part of a village is the village, for overlap, load and cover."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import geopandas as gpd

__all__ = ["Wholes", "wholes_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wholes:
    """Which sites are parts of others.

    Parameters
    ----------
    whole_of
        By part its whole, the outermost one.
    parts
        By whole its parts.
    counted
        Parts that have a capacity of their own.
    """

    whole_of: Mapping[str, str] = field(default_factory=dict)
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    counted: frozenset[str] = frozenset()

    def place(self, site: str) -> str:
        """Return the place that a site counts as: its whole, or itself."""
        return self.whole_of.get(site, site)

    def places(self, sites: Iterable[str]) -> frozenset[str]:
        """Return the places that some sites count as, for overlap."""
        return frozenset(map(self.place, sites))

    def calls(self, sites: Iterable[str]) -> frozenset[str]:
        """Return the places at which visitors are counted: wholes, and parts with a capacity of their own."""
        own = frozenset(sites)
        return self.places(own) | (own & self.counted)

    def covers(self, sites: Iterable[str]) -> frozenset[str]:
        """Return what some sites show: themselves, their wholes, and the parts of a whole that is visited."""
        own = frozenset(sites)
        return own.union(self.places(own), *(self.parts.get(site, ()) for site in own))

    def sites_of(self, place: str) -> tuple[str, ...]:
        """Return the sites that count as a place: itself and its parts."""
        return (place, *self.parts.get(place, ()))

    def shown_by(self, site: str) -> tuple[str, ...]:
        """Return the sites of which each shows a place: itself, its parts, and the whole that it is part of."""
        whole = self.whole_of.get(site)
        return (*self.sites_of(site), *(() if whole is None else (whole,)))


def wholes_of(sites: gpd.GeoDataFrame, counted: Iterable[str] = ()) -> Wholes:
    """Return the wholes and parts of a catalogue; a part whose whole is missing from it is a place of its own.

    Examples
    --------
    >>> from routeplanner.sites.catalog import load_sites
    >>> found = wholes_of(load_sites())
    >>> found.place("mia-pagoda"), found.place("bat-trang")
    ('duong-lam-ancient-village', 'bat-trang')
    >>> "xa-cau-hamlet" in found.covers(["quang-phu-cau-incense"])
    True
    """
    above = {
        str(part): whole for part, whole in sites["part_of"].items() if whole in sites.index and whole != part
    }
    whole_of: dict[str, str] = {}
    for part in above:
        whole, seen = part, {part}
        while whole in above and above[whole] not in seen:
            whole = above[whole]
            seen.add(whole)
        whole_of[part] = whole
    parts: dict[str, tuple[str, ...]] = {}
    for part in sorted(whole_of):
        parts[whole_of[part]] = (*parts.get(whole_of[part], ()), part)
    return Wholes(whole_of=whole_of, parts=parts, counted=frozenset(counted) & frozenset(whole_of))
