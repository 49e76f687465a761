"""Which dates of a season give a request its best plan, and why."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from routeplanner.errors import InfeasibleError, RequestError
from routeplanner.planning.assemble import assemble
from routeplanner.planning.planner import plan
from routeplanner.planning.prizes import PrizeRule, site_prizes
from routeplanner.sites.spans import days_between

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    import geopandas as gpd
    import pandas as pd

    from routeplanner.itinerary import Itinerary, Skipped, Stop
    from routeplanner.network import Network
    from routeplanner.planning.assemble import Assembled
    from routeplanner.planning.request import TripRequest

__all__ = ["MOST_DATES", "best_dates"]

MOST_DATES = 731
"""Two years of dates at a time."""

_COLUMNS = ("prize", "rank", "stops", "site_ids", "why", "why_vi", "fault")
_NAMED = 3
_NO_PLAN: Mapping[str, Any] = {"prize": float("nan"), "stops": 0, "site_ids": (), "why": "", "why_vi": ""}


def best_dates(
    network: Network,
    request: TripRequest,
    *,
    within: tuple[date, date],
    seed: int = 0,
    iterations: int | None = 500,
    prizes: str | PrizeRule | None = None,
) -> pd.DataFrame:
    """Plan a request on every date of a season and say which dates are best, and why.

    Dates on which the same sites are open at the same times for the same worth have the same plan; it is searched
    once, so that a season of 90 days needs some 20 searches.

    Parameters
    ----------
    network
        Places and legs (`build_network`).
    request
        What is asked for; its `first_day` is replaced by each date in turn.
    within
        First and last date of departure, both included; at most two years.
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
        most and are closed) and ``fault`` (why there is no plan, else None). `heat_map` draws it.

    Raises
    ------
    RequestError
        When `within` is no span of dates, or the request names what is not in the catalogue.

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

    days = _days(within)
    asked = {day: replace(request, first_day=day) for day in days}
    faults, cases = _assembled(network, asked, prizes)
    known: dict[bytes, Itinerary] = {}
    rows: dict[date, dict[str, Any]] = {}
    sometimes = {site for case in cases.values() for site in case.sites.index}
    for day, case in cases.items():
        key = _signature(case)
        try:
            if key not in known:
                known[key] = plan(network, asked[day], seed=seed, iterations=iterations, prizes=prizes)
            rows[day] = _row(case, known[key], sometimes, prizes)
        except InfeasibleError as error:
            faults[day] = "; ".join(error.faults)
    cells = [rows[day] if day in rows else {**_NO_PLAN, "fault": faults[day]} for day in days]
    index = pd.Index(days, name="date", dtype=object)
    frame = pd.DataFrame(cells, columns=list(_COLUMNS), index=index)
    frame["fault"] = pd.Series(
        [cell["fault"] for cell in cells], index=index, dtype=object
    )  # None stays None
    frame["rank"] = frame["prize"].rank(method="min", ascending=False).astype("Int64")
    return frame


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


def _days(within: tuple[date, date]) -> list[date]:
    try:
        first, last = within
        days = days_between(first, last)
    except (TypeError, ValueError, AttributeError):
        fault = f"within: {within!r} is not two dates; give (date(2027, 1, 1), date(2027, 3, 31))"
        raise RequestError([fault], subject="best dates") from None
    if not days:
        fault = f"within: {last} is before {first}; swap them"
        raise RequestError([fault], subject="best dates")
    if len(days) > MOST_DATES:
        fault = f"within: {len(days)} dates are too many; give at most {MOST_DATES}"
        raise RequestError([fault], subject="best dates")
    return days


def _signature(case: Assembled) -> bytes:
    """Return what two dates must share to have the same plan."""
    problem = case.problem
    ids = "\n".join(problem.place_ids).encode()
    return b"|".join(
        [ids, *(array.tobytes() for array in (problem.windows, problem.prize, problem.service_s))]
    )


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
