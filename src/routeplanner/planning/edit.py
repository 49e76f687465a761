"""A plan that people have changed their mind about: keep this, drop that, and as little else as possible."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from numbers import Integral
from typing import TYPE_CHECKING

from routeplanner._clock import seconds_since_midnight
from routeplanner._text import did_you_mean
from routeplanner.errors import RequestError
from routeplanner.planning.assemble import assemble
from routeplanner.planning.compare import difference
from routeplanner.planning.planner import compose, infeasible, refuse_wrong_types
from routeplanner.planning.request import TripRequest, nights_taken, with_nights
from routeplanner.planning.resolve import resolve
from routeplanner.planning.schedule import NEVER
from routeplanner.planning.solve import Effort, solve

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np
    import numpy.typing as npt

    from routeplanner.itinerary import Day, Itinerary
    from routeplanner.network import Network
    from routeplanner.planning.assemble import Assembled
    from routeplanner.planning.prizes import PrizeRule
    from routeplanner.planning.problem import Problem

__all__ = ["replan"]

KEEP_WORTH = 30
"""What a stop that stays on its day is worth on top, in units of the highest prize: more than any new stops."""

MOVE_WORTH = 20
"""The same for a stop that stays, but on another day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    """What is to be kept, in ids and in numbers of days from 0."""

    locked: tuple[str, ...]
    days: tuple[int, ...]
    order: tuple[tuple[str, ...], ...]  # sequences that stand as they are
    gone: tuple[str, ...]


def replan(
    trip: Itinerary,
    network: Network,
    request: TripRequest | None = None,
    *,
    lock: Sequence[str] = (),
    remove: Sequence[str] = (),
    add: Sequence[str] = (),
    lock_days: Sequence[int] = (),
    lock_order: bool | Sequence[str] = False,
    seed: int = 0,
    time_limit_s: float = 10.0,
    iterations: int | None = None,
    prizes: str | PrizeRule | None = None,
) -> Itinerary:
    """Return a trip with what is asked for changed, and as little else as possible.

    First as many of the present stops are kept as can be, on their days where that can be; then what time is
    left is filled with the best that fits. The search begins with the present trip.

    Parameters
    ----------
    trip
        The present plan.
    network
        The network that it was planned on.
    request
        What is asked for now; by default the request of `trip`. It may differ from it in hours, pace,
        themes, budget, even in dates.
    lock
        Stops of `trip` that stay, each on its day.
    remove
        Stops that go, and do not come back.
    add
        Sites that come in, on whatever day suits.
    lock_days
        Numbers of days, from 1, that stay as they are: the same stops at the same hours, and no others.
    lock_order
        True: stops that stay on a day keep their order there. Or ids of stops that stay, on their days and in the
        order in which they stand. Each visit then begins nearer to its present hour than to its neighbours'.
    seed, time_limit_s, iterations, prizes
        As for `plan`.

    Returns
    -------
    Itinerary
        Its request has `add` among the must-visits and `remove` among the forbidden; locks are of this call alone.
        ``measures["change"]`` says what was kept, added, removed and moved, and how far the trips lie apart
        (`difference`).

    Raises
    ------
    RequestError
        When a wish names what is not there or contradicts another; all faults at once.
    InfeasibleError
        When no plan can keep all wishes.

    Examples
    --------
    >>> from datetime import date
    >>> import routeplanner as rp
    >>> network = rp.build_network(rp.load_sites())
    >>> trip = rp.plan(network, rp.TripRequest(corridor="south", first_day=date(2027, 3, 13)))
    >>> tired_of = trip.stops[1].site_id
    >>> other = rp.replan(trip, network, remove=[tired_of])
    >>> tired_of in {stop.site_id for stop in other.stops}
    False
    >>> rp.difference(trip, other).removed == (tired_of,)
    True
    """
    request = TripRequest.from_dict(trip.request) if request is None else request
    refuse_wrong_types(
        network, request, time_limit_s=time_limit_s, numbers={"seed": (seed, 0)}, iterations=iterations
    )
    wish, request = _read(
        trip, network, request, lock=lock, remove=remove, add=add, lock_days=lock_days, lock_order=lock_order
    )
    request = with_nights(request, nights_taken(trip, request))
    case = assemble(network, request, prizes=prizes)
    held = replace(case, problem=_hold(case, trip, wish), locked_days=frozenset(wish.days))
    effort = Effort(time_limit_s=time_limit_s, iterations=iterations, proof=None, start=_orders(held, trip))
    solved = solve(held.problem, boat_first=case.boat_first, seed=int(seed), effort=effort)
    sails = case.boat_first if solved.sails else frozenset()
    if solved.solution.missing:
        raise infeasible(
            replace(held, problem=solved.problem, boat_first=sails), seed=int(seed), effort=effort
        )
    # the clock and the reasons know the true prizes and the true hours, the bound the limits that were kept
    plain = replace(case.problem, max_travel_s=solved.problem.max_travel_s)
    case = replace(case, problem=plain, boat_first=sails, locked_days=frozenset(wish.days))
    after = compose(case, solved.solution.days, seed=int(seed), bound=_bound(plain), reasons=True)
    return replace(after, measures={**after.measures, "change": difference(trip, after).to_dict()})


def _bound(problem: Problem) -> float:
    """Return what no trip for the request exceeds, whatever is locked."""
    from routeplanner.planning.problem import PRIZE_SCALE
    from routeplanner.planning.search import upper_bound

    return round(upper_bound(problem, proof=problem.n_days == 1) / PRIZE_SCALE, 4)


def _read(
    trip: Itinerary,
    network: Network,
    request: TripRequest,
    *,
    lock: object,
    remove: object,
    add: object,
    lock_days: object,
    lock_order: object,
) -> tuple[_Wish, TripRequest]:
    """Turn what was asked for into ids and numbers, and into a request; raise for all faults at once."""
    request = resolve(request, network.sites)
    day_of = {stop.site_id: number for number, day in enumerate(trip.days) for stop in day.stops}
    names = {stop.name_vi: stop.site_id for stop in trip.stops}
    faults: list[str] = []

    def stops(field: str, texts: object) -> tuple[str, ...]:
        found = []
        for text in _texts(field, texts, faults):
            site = names.get(text, text)
            if site in day_of:
                found.append(site)
            else:
                hint = did_you_mean(text, day_of) or f"; stops are {', '.join(day_of)}"
                faults.append(f"{field}: {text!r} is no stop of the trip{hint}")
        return tuple(dict.fromkeys(found))

    locked, gone = stops("lock", lock), stops("remove", remove)
    ordered = () if isinstance(lock_order, bool) else stops("lock_order", lock_order)
    new = _new_sites(add, network, day_of, faults)
    days = _day_numbers(lock_days, min(len(trip.days), request.days), faults)
    kept_days = [stop.site_id for number in days for stop in trip.days[number].stops]
    faults += [f"remove: {s!r} is locked as well; take it off one of the two" for s in gone if s in locked]
    faults += [
        f"remove: {s!r} is a stop of day {day_of[s] + 1}, which is locked" for s in gone if s in kept_days
    ]
    faults += [
        f"lock: {s!r} is forbidden by the request" for s in (*locked, *kept_days) if s in request.forbidden
    ]
    standing = [site for site in day_of if site in ordered]
    if list(ordered) != standing:
        faults.append(
            f"lock_order: the stops stand in the order {', '.join(standing)}; lock them as they stand"
        )
    faults += [
        f"remove: {s!r} is locked in its order; take it off one of the two" for s in gone if s in ordered
    ]
    if faults:
        raise RequestError(faults, subject="replan")
    sequences = [tuple(s.site_id for s in day.stops if s.site_id not in gone) for day in trip.days]
    order = tuple(sequences)
    if lock_order is not True:
        order = tuple(tuple(site for site in sequence if site in ordered) for sequence in sequences)
    request = replace(
        request,
        must_visit=(
            *(s for s in request.must_visit if s not in gone),
            *(s for s in new if s not in request.must_visit),
        ),
        forbidden=(
            *(s for s in request.forbidden if s not in new),
            *(s for s in gone if s not in request.forbidden),
        ),
    )
    return _Wish(locked=(*locked, *ordered), days=days, order=order, gone=gone), request


def _texts(field: str, texts: object, faults: list[str]) -> list[str]:
    if isinstance(texts, str) or not hasattr(texts, "__iter__"):
        faults.append(f"{field}: {texts!r} is no list; give [{texts!r}]")
        return []
    given: Iterable[object] = texts
    listed = list(given)
    faults += [
        f"{field}: {text!r} is {type(text).__name__}; give a site id"
        for text in listed
        if not isinstance(text, str)
    ]
    return [text for text in listed if isinstance(text, str)]


def _new_sites(add: object, network: Network, day_of: dict[str, int], faults: list[str]) -> list[str]:
    from routeplanner.sites.find import find_site

    found = []
    for text in _texts("add", add, faults):
        try:
            site = str(find_site(network.sites, text))
        except RequestError as error:
            faults += [f"add: {fault}" for fault in error.faults]
            continue
        if site in day_of:
            faults.append(f"add: {site!r} is a stop of the trip already; lock it to keep it")
        found.append(site)
    return list(dict.fromkeys(found))


def _day_numbers(lock_days: object, days: int, faults: list[str]) -> tuple[int, ...]:
    if isinstance(lock_days, str) or not hasattr(lock_days, "__iter__"):
        faults.append(f"lock_days: {lock_days!r} is no list of numbers; give [1]")
        return ()
    given: Iterable[object] = lock_days
    numbers = []
    for number in given:
        if isinstance(number, bool) or not isinstance(number, Integral) or not 1 <= int(number) <= days:
            faults.append(f"lock_days: {number!r} is no day of the trip; give numbers from 1 to {days}")
        else:
            numbers.append(int(number) - 1)
    return tuple(dict.fromkeys(numbers))


def _hold(case: Assembled, trip: Itinerary, wish: _Wish) -> Problem:
    """Return the problem with the wishes in it, and stops worth the more for staying."""
    import numpy as np

    problem, at = case.problem, _index(case)
    windows, must = problem.windows.copy(), problem.must.copy()
    prize = np.broadcast_to(problem.prize, windows.shape[:2]).copy()
    highest = max(1, int(problem.prize.max(initial=1)))
    faults = []
    for number, day in enumerate(trip.days[: problem.n_days]):
        for stop in day.stops:
            site = at.get(stop.site_id)
            whole = number in wish.days
            if site is None:
                if whole or stop.site_id in wish.locked:
                    faults.append(_lost(case, stop.site_id))
                continue
            stays = np.arange(problem.n_days) == number
            prize[:, site] += np.where(stays, KEEP_WORTH, MOVE_WORTH) * highest
            if whole or stop.site_id in wish.locked:
                must[site] = True
                windows[~stays, site] = (1, 0)
            if whole:
                start = seconds_since_midnight(stop.start, day.date)
                windows[number, site] = (1, 0)
                windows[number, site, 0] = (start, start)
        if number in wish.days:
            here = {at[stop.site_id] for stop in day.stops if stop.site_id in at}
            windows[number, [s for s in range(problem.n_sites) if s not in here]] = (1, 0)
        if number not in wish.days:
            _hold_order(
                windows[number],
                [(s, d) for s, d in _starts(day, at) if case.problem.place_ids[s] in wish.order[number]],
            )
    if faults:
        raise RequestError(faults, subject="replan")
    return replace(problem, windows=windows, must=must, prize=prize)


def _starts(day: Day, at: dict[str, int]) -> list[tuple[int, int]]:
    """Return the stops of a day that are candidates still, with the moments at which they begin."""
    return [
        (at[stop.site_id], seconds_since_midnight(stop.start, day.date))
        for stop in day.stops
        if stop.site_id in at
    ]


def _hold_order(windows: npt.NDArray[np.int64], starts: Sequence[tuple[int, int]]) -> None:
    """Narrow the windows of stops in a row so that they do not overlap: cut half-way between their starts."""
    import numpy as np

    if len(starts) < 2:
        return
    cuts = [(one + other) // 2 for (_, one), (_, other) in pairwise(starts)]
    for (site, _), first, last in zip(
        starts, [-NEVER, *(cut + 1 for cut in cuts)], [*cuts, NEVER], strict=True
    ):
        opening, closing = windows[site, :, 0], windows[site, :, 1]
        low, high = np.maximum(opening, first), np.minimum(closing, last)
        used = (opening <= closing) & (low <= high)
        windows[site] = np.where(used[:, None], np.stack([low, high], axis=1), (1, 0))


def _index(case: Assembled) -> dict[str, int]:
    return {site: index for index, site in enumerate(case.problem.place_ids[: case.problem.n_sites])}


def _lost(case: Assembled, site: str) -> str:
    why = next(
        (left.detail for left in case.left_out if left.site_id == site), "it is outside of what is asked for"
    )
    return f"lock: {site!r} cannot stay: {why}"


def _orders(case: Assembled, trip: Itinerary) -> tuple[tuple[int, ...], ...]:
    """Return the present days as indices, as far as they are candidates still."""
    at = _index(case)
    days = [tuple(at[stop.site_id] for stop in day.stops if stop.site_id in at) for day in trip.days]
    days += [()] * case.problem.n_days
    return tuple(days[: case.problem.n_days])
