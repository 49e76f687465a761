"""Several good plans that really differ, for people who want to choose."""

from __future__ import annotations

from dataclasses import replace
from numbers import Real
from typing import TYPE_CHECKING

from routeplanner.errors import RequestError
from routeplanner.planning.assemble import assemble
from routeplanner.planning.compare import difference
from routeplanner.planning.planner import as_solved, compose, plan_case, refuse_wrong_types
from routeplanner.planning.solve import Effort, solve

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routeplanner.itinerary import Itinerary
    from routeplanner.network import Network
    from routeplanner.planning.assemble import Assembled
    from routeplanner.planning.prizes import PrizeRule
    from routeplanner.planning.request import TripRequest

__all__ = ["alternatives"]

HALVINGS = 6
"""How finely the mildest worth of sites that earlier plans visit is sought with which a plan differs enough."""


def alternatives(
    network: Network,
    request: TripRequest,
    *,
    k: int = 3,
    distance: float = 0.5,
    trip: Itinerary | None = None,
    seed: int = 0,
    time_limit_s: float = 10.0,
    iterations: int | None = None,
    prizes: str | PrizeRule | None = None,
) -> tuple[Itinerary, ...]:
    """Return k good plans that really differ, the most valuable first.

    Parameters
    ----------
    network, request, seed, time_limit_s, iterations, prizes
        As for `plan`.
    k
        How many plans.
    distance
        Least distance between any two of them, 0 to 1: the Jaccard distance of the sets of visited sites,
        1 - shared / all (`difference`). 0.5 lets two plans of five stops share three.
    trip
        A plan for this request that is to be one of them, in place of the best one.

    Returns
    -------
    tuple of Itinerary
        Fewer than k where must-visits or a short catalogue leave no others, in falling order of their prizes (with
        the same prize, as found). Each says in ``measures["alternative"]`` its ``number``, ``of`` how many,
        its ``distances`` to all plans in order (0 to itself), and ``prize_share``, its prize as a share of the
        highest. The bound of each is that of the request: what no plan at all can exceed.

    Raises
    ------
    RequestError
        When an argument is not what it should be, or the request names what is not there.
    InfeasibleError
        When there is no plan at all.

    Examples
    --------
    >>> from datetime import date
    >>> import routeplanner as rp
    >>> network = rp.build_network(rp.load_sites())
    >>> request = rp.TripRequest(corridor="west", first_day=date(2027, 3, 13))
    >>> first, second = rp.alternatives(network, request, k=2)
    >>> rp.difference(first, second).distance >= 0.5
    True
    """
    refuse_wrong_types(
        network,
        request,
        time_limit_s=time_limit_s,
        numbers={"k": (k, 1), "seed": (seed, 0)},
        iterations=iterations,
    )
    _refuse_wrong_distance(distance)
    case = assemble(network, request, prizes=prizes)
    effort = Effort(time_limit_s=time_limit_s, iterations=iterations)
    best = plan_case(case, seeds=[int(seed)], effort=effort)
    found = [best if trip is None else trip]
    while len(found) < k:
        other = _another(
            case, found, distance, seed=int(seed), effort=replace(effort, proof=None), bound=best.bound
        )
        if other is None:
            break
        found.append(other)
    found.sort(key=lambda plan: -plan.prize)
    return tuple(_numbered(plan, number, found) for number, plan in enumerate(found, 1))


def _refuse_wrong_distance(distance: object) -> None:
    wrong = isinstance(distance, bool) or not isinstance(distance, Real) or not 0 < float(distance) <= 1
    if wrong:
        raise RequestError(
            [f"distance: {distance!r} is no number above 0 and at most 1"], subject="alternatives"
        )


def _another(
    case: Assembled,
    found: Sequence[Itinerary],
    distance: float,
    *,
    seed: int,
    effort: Effort,
    bound: float | None,
) -> Itinerary | None:
    """Return the best plan that lies far enough from all found so far, None if none does.

    The sites of earlier plans are made worth less in its search, as little as is enough: halving by halving.
    """
    nothing, enough = 1.0, 0.0
    best: Itinerary | None = None
    for halving in range(HALVINGS + 1):
        worth = 0.0 if best is None and halving == HALVINGS else (nothing + enough) / 2
        plan = _with_worth(case, found, worth, seed=seed, effort=effort, bound=bound)
        if plan is not None and all(difference(other, plan).distance >= distance for other in found):
            best = plan if best is None or plan.prize > best.prize else best
            enough = worth
        else:
            nothing = worth
    return best


def _with_worth(
    case: Assembled,
    found: Sequence[Itinerary],
    worth: float,
    *,
    seed: int,
    effort: Effort,
    bound: float | None,
) -> Itinerary | None:
    """Return the best plan if each earlier plan multiplies the prizes of its sites."""
    import numpy as np

    at = {site: index for index, site in enumerate(case.problem.place_ids[: case.problem.n_sites])}
    factor = np.ones(case.problem.n_sites)
    for plan in found:
        for stop in plan.stops:
            if stop.site_id in at:
                factor[at[stop.site_id]] *= worth
    prize = np.rint(case.problem.prize * factor).astype(np.int64)
    solved = solve(replace(case.problem, prize=prize), boat_first=case.boat_first, seed=seed, effort=effort)
    if solved.solution.missing:
        return None
    kept = replace(solved, problem=replace(solved.problem, prize=case.problem.prize))
    return compose(
        as_solved(case, kept),
        solved.solution.days,
        seed=seed,
        bound=bound,
        reasons=True,
    )


def _numbered(plan: Itinerary, number: int, plans: Sequence[Itinerary]) -> Itinerary:
    highest = max(other.prize for other in plans)
    said = {
        "number": number,
        "of": len(plans),
        "distances": [difference(other, plan).distance for other in plans],
        "prize_share": round(plan.prize / highest, 4) if highest > 0 else 1.0,
    }
    return replace(plan, measures={**plan.measures, "alternative": said})
