"""Sites whose prize or service differs by day, as sites that do not.

A site with a festival on one day of the trip is two candidates to the kernels: the festival's, open on that day
only, and the everyday one, open on the others. They exclude each other and share the group, so that every
other rule holds for them as it does for any site.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from routeplanner.planning.problem import Problem, Solution
    from routeplanner.planning.search._compile import Ints

__all__ = ["Versions", "split_by_day"]


@dataclass(frozen=True, slots=True)
class Versions:
    """A problem in which prizes and services are those of sites alone, and whose sites are whose.

    Parameters
    ----------
    problem
        With a candidate for each version of a site, those of one site excluding each other.
    site_of
        The site of the problem given by candidate. Shape (c,).
    version_on
        The candidate by day and site of the problem given. Shape (d, n).
    """

    problem: Problem
    site_of: Ints
    version_on: Ints

    def outward(self, found: Solution, must: npt.NDArray[np.bool_]) -> Solution:
        """Return a solution in terms of the problem given, whose must-visits are those."""
        days = tuple(tuple(int(self.site_of[version]) for version in day) for day in found.days)
        visited = {site for day in days for site in day}
        missing = tuple(int(site) for site in np.flatnonzero(must) if int(site) not in visited)
        moved = len(self.site_of) - len(must)
        nights = tuple(place - moved if place >= len(self.site_of) else place for place in found.nights)
        return replace(found, days=days, missing=missing, nights=nights)

    def inward(self, days: Sequence[Sequence[int]]) -> tuple[tuple[int, ...], ...]:
        """Return days of the problem given in terms of the candidates."""
        return tuple(
            tuple(int(self.version_on[day, site]) for site in order) for day, order in enumerate(days)
        )


def split_by_day(problem: Problem) -> Versions | None:
    """Return the problem with one prize and one service for each candidate, None if it is so already.

    Raises
    ------
    ValueError
        If prizes or services have another shape than (n,) or (d, n).
    """
    n, days = problem.n_sites, problem.n_days
    faults = [
        f"{name} has shape {np.shape(values)}, give ({n},) or ({days}, {n})"
        for name, values in (("service_s", problem.service_s), ("prize", problem.prize))
        if np.shape(values) not in ((n,), (days, n) if days else (n,))
    ]
    if faults:
        raise ValueError("problem: " + "; ".join(faults))
    if problem.prize.ndim == problem.service_s.ndim == 1:
        return None
    shape = days, n
    prize, service = np.broadcast_to(problem.prize, shape), np.broadcast_to(problem.service_s, shape)
    version_on, owner, first_day = _number(problem, prize, service)
    places = np.concatenate([owner, np.arange(n, len(problem.place_ids))])
    moved = len(owner) - n
    return Versions(
        replace(
            problem,
            n_sites=len(owner),
            place_ids=tuple(problem.place_ids[place] for place in places),
            travel_s=problem.travel_s[np.ix_(places, places)],
            travel_m=problem.travel_m[np.ix_(places, places)],
            aboard_s=None if problem.aboard_s is None else problem.aboard_s[np.ix_(places, places)],
            timed_travel_s=None
            if problem.timed_travel_s is None
            else problem.timed_travel_s[:, places[:, None], places],
            **{
                name: getattr(problem, name)[:, places[:, None], places]
                for name in ("own_departure_s", "own_travel_s")
                if getattr(problem, name) is not None
            },
            prize=prize[first_day, owner],
            service_s=service[first_day, owner],
            cost_vnd=problem.cost_vnd[owner],
            group=problem.group[owner],
            must=problem.must[owner],
            resource_use=None if problem.resource_use is None else problem.resource_use[:, owner],
            before=None if problem.before is None else _pairs(problem.before, owner, own=False),
            labels=None if problem.labels is None else problem.labels[:, owner],
            lunch_at=None if problem.lunch_at is None else problem.lunch_at[:, places],
            windows=_windows(problem, owner, version_on),
            exclusive=_pairs(problem.exclusive, owner),
            origin=_later(problem.origin, n, moved),
            destination=_later(problem.destination, n, moved),
            nights=None if problem.nights is None else _later(problem.nights, n, moved),
        ),
        owner,
        version_on,
    )


def _later(places: Ints, n: int, moved: int) -> Ints:
    """Return places by their new numbers: those behind the sites stand behind all versions of them."""
    return np.where(places >= n, places + moved, places)


def _number(problem: Problem, prize: Ints, service: Ints) -> tuple[Ints, Ints, Ints]:
    """Give numbers to the versions, to each site's first one that of the site.

    Returns the version by day and site, and by version the site and its first day.
    """
    days, n = prize.shape
    is_open = np.any(problem.windows[..., 0] <= problem.windows[..., 1], axis=2)
    version_on = np.tile(np.arange(n), (days, 1))
    owner, first_day = list(range(n)), [0] * n
    differs = np.any((prize != prize[0]) | (service != service[0]), axis=0)
    for site in np.flatnonzero(differs):
        seen: dict[tuple[int, int], int] = {}
        for day in range(days):
            if not is_open[day, site]:
                continue
            key = int(prize[day, site]), int(service[day, site])
            if key not in seen:
                seen[key] = int(site) if not seen else len(owner)
                if len(seen) == 1:
                    first_day[site] = int(day)
                else:
                    owner.append(int(site))
                    first_day.append(int(day))
            version_on[day, site] = seen[key]
    return version_on, np.array(owner, np.int64), np.array(first_day, np.int64)


def _windows(problem: Problem, owner: Ints, version_on: Ints) -> Ints:
    """Open each version on its own days."""
    windows = problem.windows[:, owner].copy()
    own = version_on[:, owner] == np.arange(len(owner))
    windows[~own] = (1, 0)
    return windows


def _pairs(given: Ints, owner: Ints, *, own: bool = True) -> Ints:
    """Return the pairs of versions of pairs of sites, with those of one site if asked for."""
    versions = {int(site): np.flatnonzero(owner == site).tolist() for site in np.unique(owner)}
    pairs = [(a, b) for one, other in given.tolist() for a in versions[one] for b in versions[other]]
    if own:
        pairs += [(a, b) for same in versions.values() for a in same for b in same if a < b]
    return np.array(pairs, np.int64).reshape(-1, 2)
