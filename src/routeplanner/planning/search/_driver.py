"""From a `Problem` to a `Solution`: sizes, temperatures, the clock of the processor."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from routeplanner.planning.problem import Solution
from routeplanner.planning.schedule import labels_shown, schedule, trip_faults
from routeplanner.planning.search._bound import bound
from routeplanner.planning.search._climb import Effort, climb, days_seen, lay_out, nights_of
from routeplanner.planning.search._columns import generate, least_gain
from routeplanner.planning.search._desk import BEST, VALUE, Desk, make_desk
from routeplanner.planning.search._every import all_days
from routeplanner.planning.search._exact import BestDay, best_day, make_room, metric
from routeplanner.planning.search._nights import first_nights, night_faults, with_any_night
from routeplanner.planning.search._trip import WORTH_ONE, Trip, law_faults, prepare, timed_faults

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routeplanner.planning.problem import Problem

__all__ = ["run", "upper_bound"]

MOST_STEPS = 1 << 60
LABELS_OF_ONE_DAY = 60_000  # room for the proof of one day
FIRST_LOOK = 0.25  # share of the steps after which a single day is held against its optimum
PROOF_AFTER = 0.15  # share of the seconds that the search takes where the rest is for a proof
START_DAYS = 200  # days of good trips with which the proof begins
LABELS, ROUNDS = 300_000, 60  # room for one day, and rounds of prices, of the proof of several


def run(
    problem: Problem,
    *,
    seed: int,
    time_limit_s: float,
    iterations: int | None,
    proof: bool | None,
    seconds: float | None = None,
    start: Sequence[Sequence[int]] | None = None,
    ceiling: int | None = None,
    bounded: bool = True,
) -> Solution:
    """Search until the iterations are done or the time is up."""
    _check(problem)
    if problem.n_sites == 0 or problem.n_days == 0:
        missing = tuple(int(site) for site in np.flatnonzero(problem.must))
        nights = () if problem.nights is None else tuple(problem.origin[1:].tolist())
        return Solution(
            days=((),) * problem.n_days, prize=0, bound=0, missing=missing, iterations=0, nights=nights
        )
    trip = prepare(problem)
    begun = _sound_start(problem, start)
    first = None
    if problem.n_days == 1 and proof is not None and seconds is None and iterations is None:
        first = _first_look(problem, trip, begun, seed=seed, time_limit_s=time_limit_s)
        if _closed(trip, first):
            return first
    desk = make_desk(trip, seed)
    lay_out(trip, desk, begun, None if any(begun) else first_nights(trip))
    share = PROOF_AFTER if proof and seconds is not None else 1.0
    begin, done = climb(trip, desk, _effort(trip, iterations, seconds, time_limit_s, share), seed)
    deadline = np.inf if seconds is None else begin + seconds
    days = days_seen(trip, desk, START_DAYS) if proof else []
    found = _solution(problem, desk, done)
    if not bounded:
        return found
    found = _prove(problem, trip, found, days, proof=proof, deadline=deadline, ceiling=ceiling)
    return found if first is None else _best_of_both(problem, found, first)


def _first_look(
    problem: Problem, trip: Trip, begun: Sequence[Sequence[int]], *, seed: int, time_limit_s: float
) -> Solution:
    """Search a single day for a moment and hold it against its optimum: most days are closed by that."""
    desk = make_desk(trip, seed)
    lay_out(trip, desk, begun)
    _, done = climb(trip, desk, Effort(int(FIRST_LOOK * _steps(trip)), np.inf, time_limit_s), seed)
    return _prove(problem, trip, _solution(problem, desk, done), [], proof=False, deadline=np.inf)


def _closed(trip: Trip, found: Solution) -> bool:
    """Whether nothing can be better: all must-visits, a prize that reaches its bound, no wish for variety."""
    return not found.missing and not len(trip.labels) and found.bound == found.prize


def _best_of_both(problem: Problem, one: Solution, other: Solution) -> Solution:
    """Return the better of two solutions, with the lower bound."""
    ranks = [(_reached(problem, found), found.prize) for found in (one, other)]
    bounds = [found.bound for found in (one, other) if found.bound is not None]
    return replace(one if ranks[0] >= ranks[1] else other, bound=min(bounds, default=None))


def upper_bound(problem: Problem, *, proof: bool) -> int:
    """Return a number that the prize of no solution exceeds."""
    _check(problem)
    trip = prepare(problem)
    nothing = Solution(days=((),) * problem.n_days, prize=0, bound=None, missing=(), iterations=0)
    return int(_prove(problem, trip, nothing, [], proof=proof, deadline=np.inf).bound or 0)


def _prove(
    problem: Problem,
    trip: Trip,
    found: Solution,
    known: Sequence[tuple[int, Sequence[int]]],
    *,
    proof: bool | None,
    deadline: float,
    ceiling: int | None = None,
) -> Solution:
    """Add the best bound that is to be had, and take a better trip if the proof comes upon one."""
    if problem.nights is not None:
        return _prove_for_any_night(problem, found, deadline=deadline, proof=proof)
    best = bound(problem, trip).value
    if ceiling is not None:
        best = min(best, float(ceiling))
    days: tuple[tuple[int, ...], ...] | None = None
    if proof is not None and len(trip.candidates) and best > found.prize + 0.5:
        if problem.n_days == 1:
            exact = _exact_day(trip, found, thorough=bool(proof))
            best, days = min(best, exact.bound / WORTH_ONE), (exact.sites,)
        elif proof:
            columns = generate(
                problem,
                trip,
                [*enumerate(found.days), *known],
                value=found.prize,
                rounds=ROUNDS,
                labels=LABELS,
                deadline=deadline,
            )
            best, days = min(best, columns.bound), columns.days
    better = found if days is None else _better(problem, trip, days, found)
    whole = int(np.floor(best * (1 + 1e-9) + 0.5 + 1e-6))  # a prize is rounded half up
    return replace(better, bound=max(whole, better.prize))


def _prove_for_any_night(
    problem: Problem, found: Solution, *, proof: bool | None, deadline: float
) -> Solution:
    """Add the bound of the problem whose nights are near to everything; its days are nobody's."""
    free = with_any_night(problem)
    bounded = _prove(free, prepare(free), replace(found, nights=()), [], proof=proof, deadline=deadline)
    return replace(found, bound=bounded.bound)


def _exact_day(trip: Trip, found: Solution, *, thorough: bool) -> BestDay:
    """Return the best day, or a bound on it; thoroughly, all days that are better are looked for."""
    ways = metric(trip)
    worth = trip.sites["prize"][trip.candidates].astype(np.float64) * WORTH_ONE
    target = (found.prize - 0.5) * WORTH_ONE if not found.missing else -1.0
    exact = best_day(ways, 0, worth, target, make_room(trip, LABELS_OF_ONE_DAY), grouped=True)
    if exact.proved or not thorough or len(trip.groups) or found.missing:
        return exact
    least = (found.prize + least_gain(trip)) * WORTH_ONE
    room, memory = make_room(trip, LABELS), set[tuple[int, int]]()
    best_day(ways, 0, worth, least - 1.0, room, grouped=False, memory=memory, turns=2)
    better = all_days(ways, 0, worth, least - 1.0, room, memory)
    if better is None:
        return exact
    best = max(better, key=lambda nodes: float(worth[list(nodes)].sum()), default=())
    sites = tuple(int(trip.candidates[node]) for node in best)
    value = max(float(worth[list(best)].sum()), found.prize * WORTH_ONE)
    return exact._replace(sites=sites or exact.sites, value=value, bound=value, proved=True)


def _better(problem: Problem, trip: Trip, days: tuple[tuple[int, ...], ...], found: Solution) -> Solution:
    """Return the trip of the proof, in its shortest order, if it is feasible and better."""
    if not any(days) or not all(times.feasible for times in schedule(problem, days)):
        return found
    desk = make_desk(trip, 0)
    lay_out(trip, desk, days)
    climb(trip, desk, Effort(0, np.inf, np.inf), 0)  # only puts it in order
    other = _solution(problem, desk, found.iterations)
    gained = _reached(problem, other), other.prize
    return (
        other if _joint(problem, other.days) and gained > (_reached(problem, found), found.prize) else found
    )


def _reached(problem: Problem, found: Solution) -> int:
    """Return how many must-visits and wanted labels a trip has, but for a constant."""
    return labels_shown(problem, found.days) - len(found.missing)


def _sound_start(problem: Problem, start: Sequence[Sequence[int]] | None) -> list[list[int]]:
    """Return the days to begin with; of a day that cannot be kept the later stops are left out."""
    days: list[list[int]] = [[] for _ in range(problem.n_days)]
    if start is None:
        return days
    if len(start) != problem.n_days:
        raise ValueError(f"start has {len(start)} days, give {problem.n_days}")
    seen: set[int] = set()
    for day, route in enumerate(start):
        for site in map(int, route):
            if not 0 <= site < problem.n_sites or site in seen:
                raise ValueError(f"start: {site} is no site or stands there twice")
            seen.add(site)
            longer = [*days[:day], [*days[day], site], *days[day + 1 :]]
            if schedule(problem, longer)[day].feasible and _joint(problem, tuple(map(tuple, longer))):
                days[day].append(site)
    return days


def _joint(problem: Problem, days: tuple[tuple[int, ...], ...]) -> bool:
    """Whether a trip keeps the rules that join sites and days."""
    return not trip_faults(problem, days)


def _check(problem: Problem) -> None:
    """Raise where shapes do not fit, as kernels do not look."""
    n, days, places = problem.n_sites, problem.n_days, len(problem.travel_s)
    by_site = ("service_s", "prize", "cost_vnd", "group", "must")
    by_day = ("day_end_s", "origin", "destination", "max_stops", "max_travel_s", "lunch")
    shapes: dict[str, tuple[int, ...]] = {"travel_s": (places, places), "travel_m": (places, places)}
    shapes |= {"place_ids": (places,)} | dict.fromkeys(by_site, (n,)) | dict.fromkeys(by_day, (days,))
    faults = [
        f"{name} has shape {np.shape(getattr(problem, name))}, give {shape}"
        for name, shape in shapes.items()
        if np.shape(getattr(problem, name)) != shape
    ]
    if problem.windows.shape[:2] != (days, n) or problem.windows.ndim != 4:
        faults.append(f"windows has shape {problem.windows.shape}, give ({days}, {n}, w, 2)")
    if (
        not faults
        and days
        and not all(
            int(ends.min()) >= 0 and int(ends.max()) < places
            for ends in (problem.origin, problem.destination)
        )
    ):
        faults.append(f"origin and destination have to be places 0..{places - 1}")
    if not 0.0 <= problem.repeat_worth <= 1.0:
        faults.append(f"repeat_worth is {problem.repeat_worth}, give 0..1")
    faults += timed_faults(problem) + law_faults(problem) + night_faults(problem)
    if faults:
        raise ValueError("problem: " + "; ".join(faults))


def _steps(trip: Trip) -> int:
    """Return the steps to do by default: more where there is more to choose, fewer where each takes long."""
    stops = float(np.minimum(trip.days["max_stops"], 12).sum())
    seen = min(len(trip.candidates), 150)
    usual = int(np.clip(7e6 / ((seen + 20) * (stops / 2 + 15)), 1000, 1000 + 30 * len(trip.candidates)))
    return 3 * usual if len(trip.nights) else usual


def _effort(
    trip: Trip, iterations: int | None, seconds: float | None, time_limit_s: float, share: float
) -> Effort:
    """Return what to spend: a share of the seconds asked for, or the iterations asked for or fit for the problem."""
    if seconds is not None:
        return Effort(MOST_STEPS if iterations is None else iterations, share * seconds, share * seconds)
    return Effort(_steps(trip) if iterations is None else iterations, np.inf, time_limit_s)


def _solution(problem: Problem, desk: Desk, done: int) -> Solution:
    state = desk.best
    days = tuple(
        tuple(int(site) for site in state.stops["place"][day, 1 : state.routes["length"][day] + 1])
        for day in range(problem.n_days)
    )
    missing = np.flatnonzero(problem.must & (state.where < 0))
    prize = (int(desk.ratings[BEST, VALUE]) + WORTH_ONE // 2) // WORTH_ONE
    return Solution(
        days=days,
        prize=prize,
        bound=None,
        missing=tuple(int(site) for site in missing),
        iterations=done,
        nights=() if problem.nights is None else tuple(nights_of(state)),
    )
