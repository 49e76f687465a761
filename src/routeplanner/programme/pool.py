"""Good routes to choose from: one problem for each form and corridor, and the routes that were found for it.

A *template* is the request of one kind of route: a corridor, a form, its hours. A *route* is any plan that keeps the
request of its template; its worth is what `routeplanner.plan` would say of it. Prices change what the search looks
for, never what a route is worth.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import TYPE_CHECKING

from routeplanner.errors import InfeasibleError
from routeplanner.planning.assemble import Assembled, assemble
from routeplanner.planning.calendar import opening_asked
from routeplanner.planning.problem import NO_GROUP, PRIZE_SCALE
from routeplanner.planning.request import TripRequest
from routeplanner.planning.schedule import schedule, trip_faults
from routeplanner.programme.brief import FORMS, HALF_DAY, ProgrammeBrief, form_counts, least_days, usual_date
from routeplanner.programme.wholes import Wholes, wholes_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from routeplanner.itinerary import Skipped
    from routeplanner.network import Network
    from routeplanner.planning.problem import Problem
    from routeplanner.planning.schedule import DayTimes
    from routeplanner.sites.hours import Opening

__all__ = ["Pool", "Route", "Template", "add_route", "empty_pool", "make_templates"]

SAMPLE_DATES, SAMPLE_STEP = 28, 13
"""Dates of the year on which it is tried whether a route can run: each weekday four times, all seasons."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """The request of one kind of route, with its problem.

    Parameters
    ----------
    corridor, form
        Key of the corridor, form of the route.
    case
        The request and its problem.
    """

    corridor: str
    form: str
    case: Assembled

    @property
    def sites(self) -> tuple[str, ...]:
        """Ids of the places that may be visited, in the order of the problem."""
        return self.case.problem.place_ids[: self.case.problem.n_sites]


@dataclass(frozen=True, slots=True)
class Route:
    """A plan that keeps the request of a template.

    Parameters
    ----------
    template
        Its number.
    days
        Orders of the problem's sites by day.
    sites
        Ids of the places visited.
    worth
        Its prize.
    travel_s
        Seconds on the way.
    places, calls, shows
        What the sites count as: for overlap, for the load, and for the cover (`Wholes`); by default the sites.
    """

    template: int
    days: tuple[tuple[int, ...], ...]
    sites: frozenset[str]
    worth: float
    travel_s: int
    places: frozenset[str] = frozenset()
    calls: frozenset[str] = frozenset()
    shows: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """Let sites be places of their own where nothing else is said."""
        for name in ("places", "calls", "shows"):
            if not getattr(self, name):
                object.__setattr__(self, name, self.sites)


@dataclass(frozen=True, slots=True)
class Pool:
    """Templates, the routes found for them, and what cannot be visited at all.

    Parameters
    ----------
    templates
        Kinds of route.
    routes
        Routes by form, corridor and places: of several orders the best one is kept.
    closed_out
        By site the reason why no template has it as a candidate.
    openings
        Openings that were looked up, by place and date.
    year
        Of the programme.
    wholes
        Which sites are parts of others.
    """

    templates: tuple[Template, ...]
    routes: dict[tuple[str, str, frozenset[str]], Route]
    closed_out: Mapping[str, Skipped]
    openings: dict[tuple[str, date], Opening]
    year: int
    wholes: Wholes


def empty_pool(network: Network, brief: ProgrammeBrief, corridors: Sequence[str]) -> Pool:
    """Lay out a pool with its templates, without routes."""
    templates, closed = make_templates(network, brief, corridors)
    seen = {site for template in templates for site in template.sites}
    return Pool(
        templates,
        {},
        {site: why for site, why in closed.items() if site not in seen},
        {},
        brief.year,
        wholes_of(network.sites, brief.capacity_a_day),
    )


def make_templates(
    network: Network, brief: ProgrammeBrief, corridors: Sequence[str]
) -> tuple[tuple[Template, ...], dict[str, Skipped]]:
    """Return the kinds of route that the brief asks for, and what none of them can visit.

    Raises
    ------
    RequestError
        When the brief names what is not in the catalogue.
    InfeasibleError
        When no corridor can be visited at all from the start.
    """
    wanted = {form for form, count in form_counts(brief).items() if count}
    templates: list[Template] = []
    closed: dict[str, Skipped] = {}
    lost: list[str] = []
    for corridor in corridors:
        for form in sorted(wanted & _forms_of(brief, corridor), key=tuple(FORMS).index):
            for hours in _hours(brief, form):
                request = trip_request(brief, corridor, form, hours)
                try:
                    case = assemble(network, request)
                except InfeasibleError as error:
                    lost += [f"{corridor}, {form}: {fault}" for fault in error.faults]
                    continue
                closed |= {skipped.site_id: skipped for skipped in case.left_out}
                if case.problem.n_sites:
                    templates.append(Template(corridor=corridor, form=form, case=case))
    if not templates and lost:
        raise InfeasibleError(list(dict.fromkeys(lost)), subject="programme")
    return tuple(templates), closed


def _forms_of(brief: ProgrammeBrief, corridor: str) -> set[str]:
    """Return the forms of a corridor's routes: long enough for its cities, and of three days only where asked for."""
    days = least_days(corridor)
    most = max(days, 2) if brief.mix is None else max(FORMS.values())
    return {form for form, own in FORMS.items() if days <= own <= most}


def trip_request(
    brief: ProgrammeBrief, corridor: str | None, form: str, hours: tuple[time, time]
) -> TripRequest:
    """Return the request of a kind of route."""
    night = brief.overnight.get(corridor or "")
    return TripRequest(
        first_day=_date(brief),
        start=brief.start,
        days=FORMS[form],
        corridor=corridor,
        overnight=(night,) * (FORMS[form] - 1) if night else (),
        day_start=hours[0],
        day_end=hours[1],
        themes=brief.themes,
        forbidden=brief.forbidden,
        mode=brief.mode,
        vehicle=brief.vehicle,
        pace=brief.pace,
        people=brief.people,
        lunch=None if form == "half_day" else brief.lunch,
        festivals=brief.festivals,
    )


def _date(brief: ProgrammeBrief) -> date:
    return brief.first_day or usual_date(brief.year)


def _hours(brief: ProgrammeBrief, form: str) -> list[tuple[time, time]]:
    """Return the hours of a form: half days are mornings or afternoons, where the brief's day has both."""
    if form != "half_day":
        return [(brief.day_start, brief.day_end)]
    noon, after = HALF_DAY
    halves = [(brief.day_start, noon)] if brief.day_start < noon < brief.day_end else []
    halves += [(after, brief.day_end)] if brief.day_start < after < brief.day_end else []
    return halves or [(brief.day_start, brief.day_end)]


def add_route(pool: Pool, template: int, days: Sequence[Sequence[int]]) -> Route | None:
    """Put a plan into the pool if it is feasible, visits something, and is new or shorter than its equal."""
    own = pool.templates[template]
    problem = own.case.problem
    orders = tuple(tuple(int(site) for site in day) for day in days)
    visited = [site for day in orders for site in day]
    if not visited:
        return None
    times = schedule(problem, orders)
    if not all(clock.feasible for clock in times) or trip_faults(problem, orders):
        return None
    if not _runs_at_all(pool, own, orders, times):
        return None
    sites = frozenset(problem.place_ids[site] for site in visited)
    route = Route(
        template,
        orders,
        sites,
        worth_of(problem, orders),
        sum(t.travel_s for t in times),
        pool.wholes.places(sites),
        pool.wholes.calls(sites),
        pool.wholes.covers(sites),
    )
    key = own.form, own.corridor, sites
    known = pool.routes.get(key)
    if known is not None and (known.worth, -known.travel_s) >= (route.worth, -route.travel_s):
        return known
    pool.routes[key] = route
    return route


def _runs_at_all(
    pool: Pool, template: Template, orders: Sequence[Sequence[int]], times: Sequence[DayTimes]
) -> bool:
    """Whether some date of a sample of the year finds every place open when the route calls."""
    case = template.case
    rows = case.sites
    visits = [
        (number, site, start, end - start)
        for number, (order, clock) in enumerate(zip(orders, times, strict=True))
        for site, start, end in zip(order, clock.start_s, clock.end_s, strict=True)
    ]
    for turn in range(SAMPLE_DATES):
        day = date(pool.year, 1, 1) + timedelta(days=SAMPLE_STEP * turn)
        for number, site, start, length in visits:
            key = case.problem.place_ids[site], day + timedelta(days=number)
            if key not in pool.openings:
                row = next(rows.iloc[[site]].itertuples())
                pool.openings[key] = opening_asked(row, key[1], case.request)
            if not any(first <= start <= last for first, last in pool.openings[key].windows(length)):
                break
        else:
            return True
    return False


def worth_of(problem: Problem, days: Sequence[Sequence[int]]) -> float:
    """Return the prize of a plan: within a group each further visit is worth less."""
    groups: dict[int, list[float]] = defaultdict(list)
    total = 0.0
    for number, day in enumerate(days):
        prizes = problem.prize if problem.prize.ndim == 1 else problem.prize[number]
        for site in day:
            worth, group = float(prizes[site]), int(problem.group[site])
            if group == NO_GROUP:
                total += worth
            else:
                groups[group].append(worth)
    for worths in groups.values():
        ranked = sorted(worths, reverse=True)
        total += sum(worth * problem.repeat_worth**rank for rank, worth in enumerate(ranked))
    return round(total / PRIZE_SCALE, 4)
