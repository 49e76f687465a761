"""How far two itineraries lie apart: which stops are kept, which are new, gone, or on another day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from routeplanner._given import refuse_others

if TYPE_CHECKING:
    from routeplanner.itinerary import Itinerary

__all__ = ["Change", "difference"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What lies between two itineraries.

    Parameters
    ----------
    kept
        Sites that both visit, in the order of the second.
    added, removed
        Sites that only the second or only the first visits, in their order there.
    moved
        Of those kept, the sites that are visited on another day.
    reordered
        Of those kept on their day, the least number that has to be taken out so that the rest stand in the same
        order.
    distance
        Jaccard distance of the sets of visited sites: 1 - shared / all, 0 for the same set, 1 for no shared site.

    Examples
    --------
    >>> from datetime import date
    >>> import routeplanner as rp
    >>> network = rp.build_network(rp.load_sites())
    >>> request = rp.TripRequest(corridor="south", first_day=date(2027, 3, 13))
    >>> trip = rp.plan(network, request)
    >>> other = rp.replan(trip, network, remove=[trip.stops[0].site_id])
    >>> change = rp.difference(trip, other)
    >>> change.removed == (trip.stops[0].site_id,), 0 < change.distance < 1
    (True, True)
    >>> sorted(change.to_dict())
    ['added', 'distance', 'kept', 'moved', 'removed', 'reordered']
    """

    kept: tuple[str, ...]
    added: tuple[str, ...]
    removed: tuple[str, ...]
    moved: tuple[str, ...]
    reordered: int
    distance: float

    def to_dict(self) -> dict[str, Any]:
        """Return the change in JSON types."""
        return {
            "kept": list(self.kept),
            "added": list(self.added),
            "removed": list(self.removed),
            "moved": list(self.moved),
            "reordered": self.reordered,
            "distance": self.distance,
        }

    def __str__(self) -> str:
        """Say the change in a line."""
        parts = [f"{len(self.kept)} kept"]
        for word, sites in (("added", self.added), ("removed", self.removed), ("moved", self.moved)):
            parts.append(f"{len(sites)} {word}" + (f" ({', '.join(sites)})" if sites else ""))
        return f"{', '.join(parts)}; distance {self.distance:g}"


def difference(before: Itinerary, after: Itinerary) -> Change:
    """Return what lies between two itineraries.

    Parameters
    ----------
    before, after
        Two trips, of the same request or not. Days are compared by their number.

    Examples
    --------
    >>> from datetime import date
    >>> import routeplanner as rp
    >>> network = rp.build_network(rp.load_sites())
    >>> trip = rp.plan(network, rp.TripRequest(corridor="south", first_day=date(2027, 3, 13)))
    >>> rp.difference(trip, trip).distance
    0.0
    """
    refuse_others("difference", kinds={"before": "trip", "after": "trip"}, before=before, after=after)
    was = {stop.site_id: day for day, of_day in enumerate(before.days) for stop in of_day.stops}
    now = {stop.site_id: day for day, of_day in enumerate(after.days) for stop in of_day.stops}
    kept = tuple(site for site in now if site in was)
    moved = tuple(site for site in kept if now[site] != was[site])
    together = len({*was, *now})
    return Change(
        kept=kept,
        added=tuple(site for site in now if site not in was),
        removed=tuple(site for site in was if site not in now),
        moved=moved,
        reordered=_reordered([s for s in was if s in now and s not in moved], was, list(now)),
        distance=round(1 - len(kept) / together, 4) if together else 0.0,
    )


def _reordered(sites: list[str], day_of: dict[str, int], order: list[str]) -> int:
    """Return how many sites are not in the longest rising sequences of their days."""
    place = {site: index for index, site in enumerate(order)}
    longest: dict[str, int] = {}
    for index, site in enumerate(sites):
        before = [
            longest[other]
            for other in sites[:index]
            if day_of[other] == day_of[site] and place[other] < place[site]
        ]
        longest[site] = 1 + max(before, default=0)
    best: dict[int, int] = {}
    for site, length in longest.items():
        best[day_of[site]] = max(best.get(day_of[site], 0), length)
    return len(sites) - sum(best.values())
