"""Which dates of a season give a request its best plan, and why."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from routeplanner.errors import InfeasibleError, RequestError
from routeplanner.planning.assemble import assemble
from routeplanner.planning.planner import compose, refuse_wrong_types, solve_case
from routeplanner.planning.prizes import PrizeRule, site_prizes
from routeplanner.planning.restriction import carried_over, open_seconds, restricts
from routeplanner.planning.solve import Effort
from routeplanner.sites.days import as_date, range_fault
from routeplanner.sites.spans import days_between

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    import geopandas as gpd
    import pandas as pd

    from routeplanner.itinerary import Itinerary, Skipped, Stop
    from routeplanner.network import Network
    from routeplanner.planning.assemble import Assembled
    from routeplanner.planning.problem import Problem, Solution
    from routeplanner.planning.request import TripRequest

__all__ = ["MOST_DATES", "best_dates", "departures"]

MOST_DATES = 731
"""Two years of dates at a time."""

_COLUMNS = ("prize", "rank", "stops", "site_ids", "why", "why_vi", "fault")
_NAMED = 3
_TIME_LIMIT_S = 10.0
_NO_PLAN: Mapping[str, Any] = {"prize": float("nan"), "stops": 0, "site_ids": (), "why": "", "why_vi": ""}


def best_dates(
    network: Network,
    request: TripRequest,
    *,
    within: tuple[date | str, date | str],
    seed: int = 0,
    iterations: int | None = 500,
    prizes: str | PrizeRule | None = None,
) -> pd.DataFrame:
    """Plan a request on every date of a season and say which dates are best, and why.

    Dates that pose the same problem (the same sites, open at the same times, for the same worth, in the same traffic)
    are planned once. The dates on which most is open come first: a date on which less is open can do no better, so
    that a plan which is proved best and can be kept on it is its best as well, and is not searched for again.

    Parameters
    ----------
    network
        Places and legs (`build_network`).
    request
        What is asked for; its `first_day` is replaced by each date in turn.
    within
        First and last date of departure, both included, as dates or as ``"2027-03-13"``; at most two years.
    seed
        Of the search.
    iterations
        Of each search: 500 compare dates well; None for as many as `plan` takes by itself.
    prizes
        As for `plan`.

    Returns
    -------
    pandas.DataFrame
        Index ``date``, in order; ``prize`` of the best plan (NaN where no plan can keep the request), ``rank``
        (1 is best; equal prizes share it), ``stops`` (number), ``site_ids`` (tuple, in order), ``why`` and
        ``why_vi`` (market and festival days and seasons of the plan, and the sites that would have been worth
        most and are closed) and ``fault`` (why there is no plan, else None). `heat_to_html` draws it.

    Raises
    ------
    RequestError
        When `within` is no span of dates or leaves the calendar (1900 to 2100), said before any work; or the
        request names what is not in the catalogue.

    Examples
    --------
    >>> from datetime import date
    >>> import routeplanner as rp
    >>> network = rp.build_network(rp.load_sites())
    >>> request = rp.TripRequest(first_day=date(2027, 3, 15), corridor="inner")
    >>> found = best_dates(network, request, within=(date(2027, 3, 15), date(2027, 3, 16)), iterations=100)
    >>> int(found.loc[date(2027, 3, 16), "rank"]), "closed on Mondays" in found.loc[date(2027, 3, 15), "why"]
    (1, True)
    """
    import pandas as pd

    days = departures(within, request.days)
    refuse_wrong_types(
        network, request, time_limit_s=_TIME_LIMIT_S, numbers={"seed": (seed, 0)}, iterations=iterations
    )
    asked = {day: replace(request, first_day=day) for day in days}
    faults, cases = _assembled(network, asked, prizes)
    effort = Effort(time_limit_s=_TIME_LIMIT_S, iterations=iterations)
    trips, unkept = _planned(cases, seed=seed, effort=effort)
    sometimes = {site for case in cases.values() for site in case.sites.index}
    rows = {day: _row(cases[day], trip, sometimes, prizes) for day, trip in trips.items()}
    faults |= unkept
    cells = [rows[day] if day in rows else {**_NO_PLAN, "fault": faults[day]} for day in days]
    index = pd.Index(days, name="date", dtype=object)
    frame = pd.DataFrame(cells, columns=list(_COLUMNS), index=index)
    frame["fault"] = pd.Series(
        [cell["fault"] for cell in cells], index=index, dtype=object
    )  # None stays None
    frame["rank"] = frame["prize"].rank(method="min", ascending=False).astype("Int64")
    return frame


def _planned(
    cases: Mapping[date, Assembled], *, seed: int, effort: Effort
) -> tuple[dict[date, Itinerary], dict[date, str]]:
    """Return the plan of each date, and why there is none; equal problems are solved once, the most open ones first.

    What is open for longer is solved first, so that its optimum bounds, or even is, that of its restrictions.
    """
    alike: dict[bytes, list[date]] = {}
    for day, case in cases.items():
        alike.setdefault(_signature(case), []).append(day)
    order = sorted(alike.values(), key=lambda days: (-open_seconds(cases[days[0]].problem), days))
    solved: list[tuple[Problem, Solution]] = []
    trips: dict[date, Itinerary] = {}
    faults: dict[date, str] = {}
    for days in order:
        try:
            trip = _trip(cases[days[0]], solved, seed=seed, effort=effort)
        except InfeasibleError as error:
            faults |= {day: _dated("; ".join(error.faults), days[0], day) for day in days}
        else:
            trips |= dict.fromkeys(days, trip)
    return trips, faults


def _dated(fault: str, told_of: date, day: date) -> str:
    return fault.replace(told_of.isoformat(), day.isoformat())


def _trip(case: Assembled, solved: list[tuple[Problem, Solution]], *, seed: int, effort: Effort) -> Itinerary:
    """Return the plan of one problem, helped by those that it restricts."""
    problem = case.problem
    for wide, solution in solved if not case.boat_first else ():
        if not restricts(problem, wide) or solution.bound is None:
            continue
        days = carried_over(solution.days, wide, problem) if solution.bound <= solution.prize else None
        if days is not None:
            return compose(case, days, seed=seed)
        ceiling = solution.bound if effort.ceiling is None else min(solution.bound, effort.ceiling)
        effort = replace(effort, ceiling=ceiling)
    done, seed, solution = solve_case(case, seeds=(seed,), effort=effort)
    if done.problem is problem and not case.boat_first:
        solved.append((problem, solution))
    return compose(done, solution.days, seed=seed)


def _assembled(
    network: Network, asked: Mapping[date, TripRequest], prizes: str | PrizeRule | None
) -> tuple[dict[date, str], dict[date, Assembled]]:
    """Return why there is no plan on a date, and the problems of the others."""
    faults, cases = {}, {}
    for day, request in asked.items():
        try:
            cases[day] = assemble(network, request, prizes=prizes)
        except InfeasibleError as error:
            faults[day] = "; ".join(error.faults)
    return faults, cases


def departures(within: tuple[date | str, date | str], length: int) -> list[date]:
    """Return the dates of departure of trips of `length` days.

    Raises
    ------
    RequestError
        When one end is no date, they are swapped, too far apart, or the calendar does not reach a trip's end.

    Examples
    --------
    >>> len(departures(("2027-03-01", "2027-03-31"), 2))
    31
    """
    ends = [as_date(day) for day in within] if isinstance(within, list | tuple) else []
    if len(ends) != 2 or ends[0] is None or ends[1] is None:
        fault = f"within: {within!r} is not two dates; give (date(2027, 1, 1), date(2027, 3, 31))"
        raise RequestError([fault], subject="best dates")
    first, last = ends[0], ends[1]
    if last < first:
        fault = f"within: {last} is before {first}; swap them"
        raise RequestError([fault], subject="best dates")
    count = (last - first).days + 1
    if count > MOST_DATES:
        fault = f"within: {count} dates are too many; give at most {MOST_DATES}"
        raise RequestError([fault], subject="best dates")
    outside = [range_fault(day, name="within") for day in (first, last)]
    faults = [fault for fault in outside if fault]
    if not faults and range_fault(last + timedelta(days=length - 1)):
        faults = [
            f"within: a trip of {length} days from {last} ends after 2100-12-31, the calendar's last day; end sooner"
        ]
    if faults:
        raise RequestError(faults, subject="best dates")
    return days_between(first, last)


def _signature(case: Assembled) -> bytes:
    """Return what two dates must share to have the same plan: all of their problems, travel by the hour included."""
    digest = sha256(repr(sorted(case.boat_first)).encode())
    for item in fields(case.problem):
        value = getattr(case.problem, item.name)
        is_array = hasattr(value, "tobytes")
        digest.update(repr((item.name, value.shape if is_array else value)).encode())
        digest.update(value.tobytes() if is_array else b"")
    return digest.digest()


def _row(
    case: Assembled, trip: Itinerary, sometimes: set[str], prizes: str | PrizeRule | None
) -> dict[str, Any]:
    why, why_vi = _reasons(case, trip)
    closed = [s for s in case.left_out if s.reason == "closed" and s.site_id in sometimes]
    for row, skipped in _worth_most(closed, case, prizes):
        why.append(f"without {row['name_en']}: {_short(skipped.detail, case)}")
        why_vi.append(f"không có {row['name_vi']}: {_short(skipped.detail_vi, case)}")
    return {
        "prize": trip.prize,
        "stops": len(trip.stops),
        "site_ids": tuple(stop.site_id for stop in trip.stops),
        "why": " · ".join(why),
        "why_vi": " · ".join(why_vi),
        "fault": None,
    }


def _short(detail: str, case: Assembled) -> str:
    """Leave the date out where the trip has one day."""
    text = detail.rstrip(".")
    return text.removeprefix(f"{case.request.first_day}: ") if case.request.days == 1 else text


def _reasons(case: Assembled, trip: Itinerary) -> tuple[list[str], list[str]]:
    """Say what the calendar has to say of the plan's stops, on this date."""
    from routeplanner.planning.calendar import why_that_day

    at = {site: index for index, site in enumerate(case.sites.index)}
    why, why_vi = [], []
    asked: list[Stop] = []
    for number, day in enumerate(trip.days):
        for stop in day.stops:
            index = at[stop.site_id]
            found = [of_day[index] for of_day in case.openings]
            if found[number].certainty == "needs_confirmation":
                asked.append(stop)
                continue
            en, vi = why_that_day(case.sites.iloc[index], number, found)
            if en:
                why.append(f"{stop.name_en}: {en}")
                why_vi.append(f"{stop.name_vi}: {vi}")
    if asked:
        why.append(f"to be confirmed: {', '.join(stop.name_en for stop in asked)}")
        why_vi.append(f"cần hỏi trước: {', '.join(stop.name_vi for stop in asked)}")
    return why, why_vi


def _worth_most(
    closed: list[Skipped], case: Assembled, prizes: str | PrizeRule | None
) -> list[tuple[Any, Skipped]]:
    """Return the closed candidates that would have been worth most, with their rows."""
    if not closed:
        return []
    rows: gpd.GeoDataFrame = case.network.sites.loc[[skipped.site_id for skipped in closed]]
    worth = site_prizes(rows, case.request, prizes)
    ranked = sorted(closed, key=lambda skipped: (-worth[skipped.site_id], skipped.site_id))
    return [(rows.loc[skipped.site_id], skipped) for skipped in ranked[:_NAMED]]
