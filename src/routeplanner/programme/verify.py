"""The judge of a programme: every rule of its brief recounted from the routes, without the design's code."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from itertools import combinations, pairwise
from math import ceil
from typing import TYPE_CHECKING

from routeplanner.planning.check import Violation, check
from routeplanner.planning.request import TripRequest
from routeplanner.programme.arguments import refuse_wrong
from routeplanner.programme.brief import ProgrammeBrief, form_counts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from routeplanner.itinerary import Itinerary
    from routeplanner.network import Network
    from routeplanner.programme.model import Programme, RouteCard

__all__ = ["check_programme"]


def check_programme(programme: Programme, network: Network) -> list[Violation]:
    """Return every rule that a programme breaks; an empty list says that it is right.

    Each route is judged by `routeplanner.check` against its own request; cover, overlap, forms, corridors, weekdays,
    load and sums are counted anew from the routes. `Violation.day` is 0 for the programme, else the number of the
    route.

    Parameters
    ----------
    programme
        Also one read from a file or edited by hand.
    network
        The network that it was designed on.

    Examples
    --------
    >>> from dataclasses import replace
    >>> import routeplanner as rp
    >>> network = rp.build_network(rp.load_sites())
    >>> brief = rp.ProgrammeBrief(year=2027, corridors=("northwest",), routes=2)
    >>> programme = rp.design_programme(network, brief, rounds=1)
    >>> [fault.rule for fault in rp.check_programme(replace(programme, value=0.0), network)]
    ['value']
    """
    refuse_wrong("programme", programme=programme, network=network)
    brief = ProgrammeBrief.from_dict(programme.brief)
    found = []
    for number, (route, card) in enumerate(zip(programme.routes, programme.cards, strict=False), 1):
        request = TripRequest.from_dict(route.request)
        found += [Violation(f"route: {v.rule}", number, v.text) for v in check(route, network, request)]
        found += [Violation(rule, number, text) for rule, text in _card_rules(route, card, brief, network)]
    for rules in (_count_rules, _overlap_rules, _cover_rules, _load_rules, _sum_rules):
        found += [Violation(rule, 0, text) for rule, text in rules(programme, brief, network)]
    return found


def _whole(site: str, network: Network) -> str:
    """Return the place of which a site is part, in the end; itself where it is none."""
    whole = network.sites.at[site, "part_of"]
    return _whole(whole, network) if whole in network.sites.index and whole != site else site


def _card_rules(
    route: Itinerary, card: RouteCard, brief: ProgrammeBrief, network: Network
) -> Iterator[tuple[str, str]]:
    from routeplanner.sites.words import corridor_keys

    days = {"half_day": 1, "day": 1, "two_day": 2, "three_day": 3}.get(card.form)
    if len(route.days) != days:
        yield "form", f"{card.form!r} has {len(route.days)} days"
    if route.request["corridor"] != card.corridor:
        yield "corridor", f"the card says {card.corridor!r}, the request {route.request['corridor']!r}"
    keys = corridor_keys(card.corridor)
    outside = [s.site_id for s in route.stops if keys.isdisjoint(network.sites.at[s.site_id, "corridors"])]
    if outside:
        yield "corridor", f"{outside} lie outside {card.corridor!r}"
    long_day = (brief.day_start, brief.day_end)
    for day in route.days:
        if day.start.time.time() < long_day[0] or day.end.time.time() > long_day[1]:
            yield "hours", f"{day.start.time:%H:%M} to {day.end.time:%H:%M} is outside the brief's day"
    yield from _date_rules(route, card, brief, network)


def _date_rules(
    route: Itinerary, card: RouteCard, brief: ProgrammeBrief, network: Network
) -> Iterator[tuple[str, str]]:
    """Recount the departures of the year from the weekdays and the opening hours."""
    from routeplanner.sites.hours import opening

    if (
        len(card.weekdays) > brief.departures_a_week
        or len(card.quiet_weekdays) > brief.quiet_departures_a_week
    ):
        yield "departures", f"departs on {card.weekdays} and {card.quiet_weekdays}, more often than asked for"
    counts, day = [0] * 12, date(brief.year, 1, 1)
    while day.year == brief.year:
        quiet = day.month in brief.quiet_months
        if day.weekday() in (card.quiet_weekdays if quiet else card.weekdays):
            shift = day - route.days[0].date
            open_all = all(
                any(
                    opens <= stop.start + shift and stop.departure + shift <= closes
                    for opens, closes in opening(
                        network.sites.loc[stop.site_id], stop.start.date() + shift
                    ).intervals
                )
                for stop in route.stops
            )
            counts[day.month - 1] += open_all
        day += timedelta(days=1)
    wrong = [
        m for m, (ours, theirs) in enumerate(zip(counts, card.departures, strict=True), 1) if ours != theirs
    ]
    if wrong:
        yield "departures", f"months {wrong}: the card says {card.departures}, open on {tuple(counts)} dates"


def _most_of_forms(brief: ProgrammeBrief, forms: Mapping[str, int]) -> dict[str, int]:
    """Return the most routes of each form; without a mix in the brief, days may stand in for others that are few."""
    most = dict(form_counts(brief))
    if brief.mix is None:
        most["day"] += sum(
            max(0, count - forms.get(form, 0)) for form, count in most.items() if form != "day"
        )
    return most


def _count_rules(programme: Programme, brief: ProgrammeBrief, network: Network) -> Iterator[tuple[str, str]]:
    if len(programme.cards) != len(programme.routes):
        yield "cards", f"{len(programme.cards)} cards for {len(programme.routes)} routes"
    forms = Counter(card.form for card in programme.cards)
    for form, most in _most_of_forms(brief, forms).items():
        if forms[form] > most:
            yield "mix", f"{forms[form]} routes of the form {form!r}, asked for {most}"
    corridors = Counter(card.corridor for card in programme.cards)
    asked = brief.corridors or _by_road(network)
    for corridor, count in corridors.items():
        if corridor not in asked:
            yield "corridor", f"{corridor!r} was not asked for"
        if count > ceil(brief.routes / len(asked)):
            yield "balance", f"{count} of {brief.routes} routes in {corridor!r}"


def _by_road(network: Network) -> tuple[str, ...]:
    """Return the corridors of a brief that names none: the bundled ones of the catalogue around Hanoi."""
    from routeplanner.sites.words import load_corridors

    present = set().union(*network.sites["corridors"]) - {"national"}
    return tuple(key for key in load_corridors() if key in present)


def _overlap_rules(
    programme: Programme, brief: ProgrammeBrief, network: Network
) -> Iterator[tuple[str, str]]:
    """Count the places that routes have in common; parts of a place are that place."""
    visited = [frozenset(_whole(stop.site_id, network) for stop in route.stops) for route in programme.routes]
    for site, count in Counter(site for own in visited for site in own).items():
        if count > brief.routes_per_site:
            yield "overlap", f"{site!r} is on {count} routes, at most {brief.routes_per_site}"
    for (a, one), (b, two) in combinations(zip((c.key for c in programme.cards), visited, strict=False), 2):
        if len(one & two) > brief.shared_sites or one == two:
            yield "overlap", f"{a} and {b} share {sorted(one & two)}, at most {brief.shared_sites}"


def _cover_rules(programme: Programme, brief: ProgrammeBrief, network: Network) -> Iterator[tuple[str, str]]:
    """Recount the cover: a place is shown by a visit to it, to its whole, or to a part of it."""
    visited = {stop.site_id for route in programme.routes for stop in route.stops}
    wholes = {_whole(site, network) for site in visited}
    covered = {
        site for site in programme.to_cover if site in visited | wholes or _whole(site, network) in visited
    }
    if covered != set(programme.covered):
        yield "cover", f"the routes cover {sorted(covered ^ set(programme.covered))} otherwise than stated"
    told = {place.site_id for place in programme.uncovered}
    if told != set(programme.to_cover) - covered:
        yield "cover", f"{sorted(told ^ (set(programme.to_cover) - covered))}: reasons do not fit the routes"
    silent = [place.site_id for place in programme.uncovered if not (place.reason and place.detail)]
    if silent:
        yield "cover", f"{silent} have no reason"
    if brief.villages is not None and set(brief.villages) != set(programme.to_cover):
        yield "cover", "the places to be covered are not those of the brief"


def _load_rules(programme: Programme, brief: ProgrammeBrief, network: Network) -> Iterator[tuple[str, str]]:
    """Walk through a week of the season, departure by departure; parts of a place on one day are one visit to it."""
    load: Counter[tuple[str, int]] = Counter()
    for card, route in zip(programme.cards, programme.routes, strict=False):
        for weekday in card.weekdays:
            for number, day in enumerate(route.days):
                sites = {stop.site_id for stop in day.stops}
                own = {site for site in sites if site in brief.capacity_a_day}
                for site in own | {_whole(site, network) for site in sites}:
                    load[site, (weekday + number) % 7] += brief.people
    for (site, weekday), visitors in load.items():
        if visitors > brief.capacity_a_day.get(site, brief.usual_capacity):
            yield "capacity", f"{site!r} gets {visitors} visitors on weekday {weekday}"
    told = {(own.site_id, w): n for own in programme.load for w, n in enumerate(own.by_weekday) if n}
    if told != dict(load):
        yield "load", "the visitors by place and weekday are not those of the routes"


def _sum_rules(programme: Programme, brief: ProgrammeBrief, network: Network) -> Iterator[tuple[str, str]]:
    del brief, network
    total = sum(route.prize for route in programme.routes)
    if abs(total - programme.value) > 1e-3:
        yield "value", f"{programme.value} stated, the routes add up to {total:.4f}"
    if programme.value > programme.bound + 1e-6:
        yield "bound", f"value {programme.value} is above the bound {programme.bound}"
    for number, route in enumerate(programme.routes, 1):
        order: Sequence[date] = [day.date for day in route.days]
        if any((b - a).days != 1 for a, b in pairwise(order)):
            yield "dates", f"route {number} has gaps between its days"
