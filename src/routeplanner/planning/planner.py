"""The way from a request to an itinerary: assemble, search, put on the clock, explain."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from routeplanner._clock import at
from routeplanner._given import count_faults, kind_faults
from routeplanner._version import __version__
from routeplanner.errors import Fault, InfeasibleError, RequestError
from routeplanner.itinerary import Break, Day, Itinerary, Leg, Note, Stop, Terminal, sails_out
from routeplanner.planning.assemble import assemble, lunch_faults, variety_faults
from routeplanner.planning.calendar import crowding_on, festival_name, why_that_day
from routeplanner.planning.explain import explain_missing, explain_skipped, explain_stops
from routeplanner.planning.frames import day_frames
from routeplanner.planning.measures import measures
from routeplanner.planning.prizes import PrizeRule, prize_groups, repeat_factors
from routeplanner.planning.problem import NO_GROUP, PRIZE_SCALE
from routeplanner.planning.request import traffic_moment, with_nights
from routeplanner.planning.schedule import labels_shown, schedule, trip_faults
from routeplanner.planning.solve import Effort, solve, solve_seeds
from routeplanner.planning.swap import improved, worth
from routeplanner.planning.tidy import split_wholes, tidied
from routeplanner.sites.hours import festival_on

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date, datetime

    from routeplanner.network import Network
    from routeplanner.planning.assemble import Assembled
    from routeplanner.planning.frames import DayFrame
    from routeplanner.planning.problem import Problem, Solution
    from routeplanner.planning.request import TripRequest
    from routeplanner.planning.schedule import DayTimes
    from routeplanner.planning.solve import Solved

    Solver = Callable[..., Solved]

__all__ = [
    "as_solved",
    "compose",
    "infeasible",
    "plan",
    "plan_case",
    "plan_with",
    "refuse_wrong_types",
    "solve_case",
]

POLISHING = 50
"""Steps of a search that only has to shorten the ways of a plan that is given."""


def plan(
    network: Network,
    request: TripRequest,
    *,
    seed: int = 0,
    time_limit_s: float = 10.0,
    iterations: int | None = None,
    prizes: str | PrizeRule | None = None,
    proof: bool | None = False,
    seeds: int = 1,
    workers: int = 1,
) -> Itinerary:
    """Return the best itinerary found for a request.

    Parameters
    ----------
    network
        Places and legs (`build_network`).
    request
        What is asked for.
    seed
        Of the search: the same seed, request and data give the same itinerary, byte for byte in JSON,
        as long as the time limit does not cut the search short.
    time_limit_s
        Safety cap on the search's seconds. The search ends by itself after a number of iterations that
        depends on the size of the problem only; over a single day as soon as the trip is proved the best.
    iterations
        Another number of iterations.
    prizes
        None for the documented formula (`default_prizes`), the name of a catalogue column, or a
        function ``(sites, request) -> Series``.
    proof
        Whether the bound on several days is worked out by column generation: some 0.3-2 % above the trip
        instead of 4-5 %, and seconds to half a minute more. One day is held against its optimum anyway.
    seeds
        How many searches to do, with the seeds `seed`, `seed` + 1, …; the best trip is returned, and its `seed`
        alone gives it again.
    workers
        In how many processes at a time. The answer does not depend on it.

    Returns
    -------
    Itinerary
        With every candidate that is left out in `skipped`.

    Raises
    ------
    RequestError
        When the request names what is not in the catalogue; all faults at once.
    InfeasibleError
        When no plan can keep the request: a must-visit is closed, out of reach or does not fit.

    Examples
    --------
    >>> from datetime import date
    >>> import routeplanner as rp
    >>> network = rp.build_network(rp.load_sites())
    >>> request = rp.TripRequest(corridor="south", first_day=date(2027, 3, 13), themes={"handicraft": 1.0})
    >>> trip = rp.plan(network, request)
    >>> rp.check(trip, network, request)
    []
    """
    return plan_with(
        solve,
        network,
        request,
        seed=seed,
        time_limit_s=time_limit_s,
        iterations=iterations,
        prizes=prizes,
        proof=proof,
        seeds=seeds,
        workers=workers,
    )


def plan_with(
    solver: Solver,
    network: Network,
    request: TripRequest,
    *,
    seed: int = 0,
    time_limit_s: float = 10.0,
    iterations: int | None = None,
    prizes: str | PrizeRule | None = None,
    proof: bool | None = False,
    seeds: int = 1,
    workers: int = 1,
) -> Itinerary:
    """Return what `plan` returns, by a solver of one's own, such as `Memory.solve`."""
    refuse_wrong_types(
        network,
        request,
        time_limit_s=time_limit_s,
        numbers={"seed": (seed, 0), "seeds": (seeds, 1), "workers": (workers, 1)},
        iterations=iterations,
    )
    case = assemble(network, request, prizes=prizes)
    effort = Effort(time_limit_s=time_limit_s, iterations=iterations, proof=proof)
    return plan_case(
        case,
        seeds=range(int(seed), int(seed) + int(seeds)),
        workers=int(workers),
        effort=effort,
        solver=solver,
    )


def plan_case(
    case: Assembled,
    *,
    seeds: Sequence[int],
    effort: Effort,
    workers: int = 1,
    solver: Solver = solve,
) -> Itinerary:
    """Return the itinerary of a request that is assembled already.

    Parameters
    ----------
    case
        The problem and what its indices mean; an editor may have changed its arrays.
    seeds
        Of the searches of which the best is taken.
    effort
        How thoroughly to search.
    workers
        In how many processes at a time.
    solver
        What solves the problem.

    Raises
    ------
    InfeasibleError
        When a must-visit cannot be kept.
    """
    case, seed, solution = solve_case(case, seeds=seeds, effort=effort, workers=workers, solver=solver)
    return compose(case, solution.days, seed=seed, solution=solution, reasons=True)


def solve_case(
    case: Assembled,
    *,
    seeds: Sequence[int],
    effort: Effort,
    workers: int = 1,
    solver: Solver = solve,
) -> tuple[Assembled, int, Solution]:
    """Return the solution of an assembled request, with the problem that it keeps and the seed that found it.

    Parameters
    ----------
    case, seeds, effort, workers, solver
        As for `plan_case`.

    Raises
    ------
    InfeasibleError
        When a must-visit cannot be kept.
    """
    seed = seeds[0] if len(seeds) == 1 else _best_seed(case, seeds=seeds, effort=effort, workers=workers)
    solved = solver(case.problem, boat_first=case.boat_first, seed=seed, effort=effort)
    solution = solved.solution
    case = as_solved(case, solved)
    if solution.missing:
        raise infeasible(case, seed=seed, effort=effort)
    faults = variety_faults(case.problem, case.request, solution.days)
    faults += lunch_faults(case.request, solution.days)
    if faults:
        raise InfeasibleError(faults, subject="plan")
    solution = _exchanged(case, solution, seed=seed)
    tidy = tidied(case, solution.days)
    if _keeps_rules(case.problem, solution.days, tidy):
        solution = replace(solution, days=tidy)
    return case, seed, solution


def as_solved(case: Assembled, solved: Solved) -> Assembled:
    """Return the case with the problem that its solution keeps, and in its request the nights that it chose."""
    return replace(
        case,
        request=with_nights(
            case.request, [case.problem.place_ids[place] for place in solved.solution.nights]
        ),
        problem=solved.problem,
        boat_first=case.boat_first if solved.sails else frozenset(),
    )


def _best_seed(case: Assembled, *, seeds: Sequence[int], effort: Effort, workers: int) -> int:
    """Return the seed whose trip is best after the exchanges that follow the search, the first of equal ones."""
    found = solve_seeds(case.problem, boat_first=case.boat_first, seeds=seeds, workers=workers, effort=effort)
    ranks = []
    for seed, solved in zip(seeds, found, strict=True):
        whole = not solved.solution.missing
        done = _exchanged(as_solved(case, solved), solved.solution, seed=seed) if whole else solved.solution
        ranks.append(replace(solved, solution=done).rank)
    return min(zip(ranks, seeds, strict=True))[1]


def _keeps_rules(problem: Problem, before: Sequence[Sequence[int]], after: Sequence[Sequence[int]]) -> bool:
    """Whether a changed trip keeps the rules that join its visits, and shows no less variety."""
    if trip_faults(problem, after) or labels_shown(problem, after) < labels_shown(problem, before):
        return False
    return all(times.feasible for times in schedule(problem, after))


def _exchanged(case: Assembled, solution: Solution, *, seed: int) -> Solution:
    """Return the solution bettered by single exchanges, so that no reason names a stop of less worth."""
    better = improved(case, solution.days)
    if better is None or not _keeps_rules(case.problem, solution.days, better):
        return solution
    effort = Effort(iterations=POLISHING, proof=None, start=better)
    again = solve(case.problem, boat_first=frozenset(), seed=seed, effort=effort).solution
    if case.boat_first or again.missing or again.prize < solution.prize:
        prize = worth(case.problem, [(day, site) for day, order in enumerate(better) for site in order])
        again = replace(solution, days=better, prize=prize)
    bound = None if solution.bound is None else max(solution.bound, again.prize)
    return replace(again, bound=bound, iterations=solution.iterations)


def compose(
    case: Assembled,
    orders: Sequence[Sequence[int]],
    *,
    seed: int = 0,
    bound: float | None = None,
    solution: Solution | None = None,
    reasons: bool = False,
) -> Itinerary:
    """Put given orders of stops on the clock, without a search.

    Parameters
    ----------
    case
        A request and its problem (`routeplanner.planning.assemble.assemble`).
    orders
        For each day the indices of the problem's sites in the order of their visits.
    seed
        Of the search that found the orders, for the record.
    bound
        An upper bound on the prize of any plan for the request, if one is known.
    solution
        The solution that the orders are of, with its bound.
    reasons
        Whether each candidate that is left out is given its reason.

    Raises
    ------
    InfeasibleError
        When a day cannot be kept in that order.
    """
    orders = [tuple(order) for order in orders]
    times = schedule(case.problem, orders)
    faults = [
        f"day {number}: the order cannot be kept: {clock.violation}"
        for number, clock in enumerate(times, 1)
        if not clock.feasible
    ]
    if faults:
        raise InfeasibleError(faults, subject="itinerary")
    days = _days(case, orders, times)
    if reasons:
        figures = explain_stops(case, orders)
        days = tuple(
            replace(day, stops=tuple(replace(stop, figures=figures[stop.site_id]) for stop in day.stops))
            for day in days
        )
    prize = round(sum(stop.prize for day in days for stop in day.stops), 4)
    if solution is not None:
        bound = _bound(solution, prize)
    return Itinerary(
        version=__version__,
        seed=seed,
        request=case.request.to_dict(),
        prize=prize,
        bound=None if bound is None else max(prize, bound),
        days=days,
        skipped=explain_skipped(case, orders, times) if reasons else (),
        measures=measures(days, case.network.sites, case.request),
        notes=_notes(case, orders, days),
        network=case.network.origin,
    )


def _notes(case: Assembled, orders: Sequence[Sequence[int]], days: Sequence[Day]) -> tuple[Note, ...]:
    """Return what the reader has to know: a trip that does not sail out, empty days, places on several days."""
    notes = []
    if case.request.mode == "mixed" and not sails_out(days[0]):
        notes.append(
            Note(
                kind="no_boat",
                text="The trip begins by road: no first stop that a boat reaches goes with what was asked for.",
                text_vi="Hành trình bắt đầu bằng đường bộ: không điểm đầu tiên nào đi thuyền tới mà hợp yêu cầu.",
            )
        )
    if case.request.long_way in ("rail", "all-rail") and not any(day.night for day in days):
        notes.append(
            Note(
                kind="no_night_train",
                text="No night is spent aboard a train: no published one leads between the nights of this trip.",
                text_vi="Không đêm nào ngủ trên tàu hỏa: không có tàu đêm nối các nơi nghỉ của hành trình này.",
            )
        )
    river = case.network.river
    sails = any(leg.mode == "boat" for day in days for leg in day.legs)
    if (
        sails
        and case.network.sailings is None
        and river.water_level_m is not None
        and river.draught_m is None
    ):
        notes.append(
            Note(
                kind="draught_unknown",
                text="The boat's draught is not published: whether it clears the shoals at this level is not judged.",
                text_vi="Mớn nước của tàu chưa công bố: chưa xét tàu có qua được bãi cạn ở mực nước này hay không.",
            )
        )
    empty = [number for number, order in enumerate(orders, 1) if not order]
    if empty and len(orders) > 1:
        numbers = ", ".join(map(str, empty))
        notes.append(
            Note(
                kind="empty_days",
                text=f"No stop on day {numbers}: nothing that is left fits there.",
                text_vi=f"Ngày {numbers} không có điểm dừng: không còn nơi nào phù hợp.",
            )
        )
    for whole, by_day in split_wholes(case, orders).items():
        row = case.network.sites.loc[whole] if whole in case.network.sites.index else None
        name_en, name_vi = (whole, whole) if row is None else (row["name_en"], row["name_vi"])
        numbers = ", ".join(str(day + 1) for day in by_day)
        notes.append(
            Note(
                kind="split_place",
                text=f"Parts of {name_en} are visited on days {numbers}: one day does not hold them all.",
                text_vi=f"Các điểm thuộc {name_vi} được chia vào ngày {numbers}: một ngày không đủ cho tất cả.",
            )
        )
    return tuple(notes)


def _bound(solution: Solution, prize: float) -> float | None:
    """Return the bound in the planner's unit; a proof is one whatever the rounding of the stops' prizes."""
    if solution.bound is None:
        return None
    if solution.bound <= solution.prize:
        return prize
    return max(round(prize + 1 / PRIZE_SCALE, 4), round(solution.bound / PRIZE_SCALE, 4))


def refuse_wrong_types(
    network: object,
    request: object,
    *,
    time_limit_s: object,
    numbers: Mapping[str, tuple[object, int]],
    iterations: object = None,
) -> None:
    """Raise for arguments that are not what they should be, all at once."""
    faults = kind_faults(network=network, request=request)
    if iterations is not None:
        numbers = {**numbers, "iterations": (iterations, 1)}
    faults += [
        fault for name, (value, least) in numbers.items() for fault in count_faults(name, value, least)
    ]
    if isinstance(time_limit_s, bool) or not isinstance(time_limit_s, int | float) or not time_limit_s > 0:
        faults.append(f"time_limit_s: {time_limit_s!r} is no number above 0")
    if faults:
        raise RequestError(faults, subject="plan")


def infeasible(case: Assembled, *, seed: int, effort: Effort) -> InfeasibleError:
    """Return the error for must-visits that cannot be kept, judged without the optional sites."""
    import numpy as np

    from routeplanner.planning.search import search

    must = case.problem.must
    only = replace(case.problem, prize=np.where(must, np.maximum(case.problem.prize, 1), 0))
    found = search(
        only, seed=seed, time_limit_s=effort.time_limit_s, iterations=effort.iterations, proof=None
    )
    faults = explain_missing(replace(case, problem=only), found.missing, found.days)
    return InfeasibleError(faults or _kept_apart(case, seed=seed, effort=effort), subject="plan")


def _kept_apart(case: Assembled, *, seed: int, effort: Effort) -> list[str]:
    """Say that the must-visits can be kept, but not with the variety or the other rules that join the trip."""
    import numpy as np

    from routeplanner.planning.search import search

    problem = case.problem
    faults: list[str] = []
    if problem.labels is not None:
        shows = PRIZE_SCALE * problem.labels.sum(axis=0) + problem.must
        varied = replace(
            problem,
            prize=np.broadcast_to(shows, problem.prize.shape).astype(np.int64),
            group=np.full_like(problem.group, NO_GROUP),
            labels=None,
            label_kind=None,
            least_labels=None,
        )
        found = search(
            varied, seed=seed, time_limit_s=effort.time_limit_s, iterations=effort.iterations, proof=None
        )
        if not found.missing:
            faults = variety_faults(problem, case.request, found.days)
    return faults or [
        Fault(
            "must_visit: no trip was found that keeps all must-visits together with the order, variety and limits "
            "asked for; take one of these back, or give fewer must-visits",
            "must_visit: không tìm được lịch giữ mọi điểm bắt buộc cùng thứ tự, sự đa dạng và các giới hạn đã yêu "
            "cầu; hãy bỏ một yêu cầu, hoặc bớt điểm bắt buộc",
        )
    ]


def _days(case: Assembled, orders: Sequence[Sequence[int]], times: Sequence[DayTimes]) -> tuple[Day, ...]:
    worth = {
        case.problem.place_ids[i]: case.problem.prize_on(day, i) / PRIZE_SCALE
        for day, order in enumerate(orders)
        for i in order
    }
    groups = prize_groups(case.sites.loc[list(worth)])
    factor = repeat_factors(worth, groups)
    earned = {site: round(value * factor[site], 4) for site, value in worth.items()}
    return tuple(
        _day(case, number, tuple(order), clock, earned)
        for number, (order, clock) in enumerate(zip(orders, times, strict=True))
    )


def _day(
    case: Assembled, number: int, order: tuple[int, ...], clock: DayTimes, earned: dict[str, float]
) -> Day:
    day = case.request.first_day + timedelta(days=number)
    frame = day_frames(case.request, case.network.long_legs)[number]
    first, last = frame.start, frame.end
    stops = tuple(
        _stop(case, number, site, (at(day, a), at(day, s), at(day, e)), earned)
        for site, a, s, e in zip(order, clock.arrival_s, clock.start_s, clock.end_s, strict=True)
    )
    start = _terminal(case, first, at(day, clock.departure_s))
    end = _terminal(case, last, at(day, clock.arrival_end_s))
    breaks = _breaks(clock, (first, *(stop.site_id for stop in stops), last), lambda s: at(day, s))
    return Day(
        date=day,
        start=start,
        stops=stops,
        breaks=breaks,
        legs=(*_legs(case, start, stops, breaks, end), *_night(case, frame, day)),
        end=end,
    )


def _night(case: Assembled, frame: DayFrame, day: date) -> tuple[Leg, ...]:
    """Return the train in which the night after a day is spent, nothing where that is at a place."""
    from routeplanner.network import ride_distance_m

    train = frame.train
    if train is None or train.departs_s is None:
        return ()
    ends = case.network.place(train.from_id), case.network.place(train.to_id)
    return (
        Leg(
            from_id=train.from_id,
            to_id=train.to_id,
            mode=train.mode,
            distance_m=round(ride_distance_m(train.mode, *ends)),
            duration_s=train.duration_s,
            departure=at(day, train.departs_s),
            arrival=at(day, train.departs_s + train.duration_s),
            geometry=tuple((place.lon, place.lat) for place in ends),
            service=train.service,
        ),
    )


def _terminal(case: Assembled, place: str, moment: datetime) -> Terminal:
    found = case.network.place(place)
    return Terminal(
        site_id=place,
        name_vi=found.name_vi,
        name_en=found.name_en or found.name_vi,
        lon=found.lon,
        lat=found.lat,
        time=moment,
    )


def _stop(
    case: Assembled,
    day: int,
    site: int,
    moments: tuple[datetime, datetime, datetime],
    earned: dict[str, float],
) -> Stop:
    row = case.sites.iloc[site]
    site_id = case.problem.place_ids[site]
    why, why_vi = why_that_day(row, day, [at_day[site] for at_day in case.openings])
    held = festival_on(row, case.openings[day][site].day)
    photo = row.get("photo_url")
    arrival, start, departure = moments
    fee = row["fee_vnd"]
    return Stop(
        site_id=site_id,
        name_vi=row["name_vi"],
        name_en=row["name_en"],
        kind=row["kind"],
        crafts=tuple(row["crafts"]),
        lon=float(row.geometry.x),
        lat=float(row.geometry.y),
        arrival=arrival,
        start=start,
        departure=departure,
        prize=earned[site_id],
        certainty=case.openings[day][site].certainty,
        position=row["coord_precision"] or "",
        visit_certainty=_visit_certainty(row.get("unverified")),
        summary_en=row["summary_en"] or "",
        fee_vnd=None if fee is None else int(fee),
        significance=int(row["significance"]),
        why=why,
        why_vi=why_vi,
        opening=case.openings[day][site].intervals,
        festival_vi=held[0].name_vi if held else "",
        festival_en=festival_name(held[0]) if held else "",
        crowding=crowding_on(row, case.openings[day][site].day),
        photo_url=photo if isinstance(photo, str) else "",
    )


def _visit_certainty(unverified: object) -> str:
    """Return whether the length of a visit has a source; nothing for a table without the column."""
    if not isinstance(unverified, list | tuple):
        return ""
    return "assumed" if "visit_min" in unverified else "known"


def _breaks(clock: DayTimes, places: Sequence[str], moment: Callable[[int], datetime]) -> tuple[Break, ...]:
    lunch = clock.lunch
    if lunch is None:
        return ()
    aboard = lunch.when == "aboard"  # of the place that the boat comes from
    return (
        Break(
            kind="lunch",
            start=moment(lunch.start_s),
            end=moment(lunch.end_s),
            site_id=places[lunch.position if aboard else lunch.position + 1],
            aboard=aboard,
        ),
    )


def _legs(
    case: Assembled, start: Terminal, stops: Sequence[Stop], breaks: Sequence[Break], end: Terminal
) -> tuple[Leg, ...]:
    legs: list[Leg] = []
    here, leave = start.site_id, start.time
    meals = [b for b in breaks if b.aboard]
    for stop in stops:
        legs += _way(case, here, stop.site_id, leave, _aboard(meals, here, leave, stop.arrival))
        here = stop.site_id
        # a lunch on return may be at the very place that was a stop before
        eaten = [
            b.end
            for b in breaks
            if not b.aboard and b.site_id == here and stop.departure <= b.start and b.end <= end.time
        ]
        leave = max([stop.departure, *eaten])
    return (*legs, *_way(case, here, end.site_id, leave, _aboard(meals, here, leave, end.time)))


def _aboard(meals: Sequence[Break], here: str, leave: datetime, arrival: datetime) -> datetime | None:
    """Return the end of the lunch that is taken aboard on the way from a place, None if there is none."""
    ends = [b.end for b in meals if b.site_id == here and leave <= b.start and b.end <= arrival]
    return ends[0] if ends else None


def _way(
    case: Assembled, origin: str, destination: str, leave: datetime, fed: datetime | None = None
) -> list[Leg]:
    """Return the legs of one way; clock times are rounded up to whole minutes on the sum so far.

    A meal aboard that outlasts the boat's way keeps the group at the mooring until it is over (`fed`).
    """
    legs: list[Leg] = []
    seconds, departure = 0, leave
    moored = timedelta(0)
    hour = traffic_moment(case.request, leave)
    for part in case.network.path(origin, destination, case.profile, depart=hour):
        if fed is not None and legs and legs[-1].mode == "boat" and departure < fed:
            moored, departure = fed - departure, fed
        if part.wait_s:
            seconds += part.wait_s
            departure = leave + moored + timedelta(minutes=-(-seconds // 60))
        seconds += part.duration_s
        arrival = leave + moored + timedelta(minutes=-(-seconds // 60))
        legs.append(
            Leg(
                from_id=part.from_id,
                to_id=part.to_id,
                mode=part.mode,
                distance_m=part.distance_m,
                duration_s=part.duration_s,
                departure=departure,
                arrival=arrival,
                geometry=part.geometry,
                estimated=part.estimated,
                service=part.service,
            )
        )
        departure = arrival
    return legs
