"""The parts of a page: the days of one itinerary, or those of all routes of a programme, numbered through."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from routeplanner.itinerary_remarks import from_lodging, to_lodging
from routeplanner.itinerary_text import date_words
from routeplanner.render.pairs import Pair, pair, stop_mark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routeplanner.itinerary import Day, Itinerary, Leg

__all__ = ["Section", "is_way_home", "sections_of", "sections_of_all"]

DASHES = 4
"""Dashes of the style sheet. Neighbours differ in colour and dashes; with nine colours 36 routes do."""


@dataclass(frozen=True, slots=True)
class Section:
    """A day on the page.

    Parameters
    ----------
    day
        The day.
    number, count
        Its number on the page, from 1, which gives it its colour, its marks and its button; and how many there are.
    title, word
        Its headline, and its short name on button and legend.
    home
        Where its trip began.
    last
        Whether its trip ends with it.
    dash
        Style class that gives a route its dashes; empty for the days of one trip.
    from_lodging, to_lodging
        Whether it begins or ends at the place of a night that is not spent aboard a train.
    """

    day: Day
    number: int
    count: int
    title: Pair
    word: Pair
    home: str
    last: bool
    from_lodging: bool
    to_lodging: bool
    dash: str = ""

    def mark(self, order: int) -> str:
        """Return the number of a stop, as ``"3"`` or ``"2.3"``."""
        return stop_mark(self.number, order, self.count)


def sections_of(itinerary: Itinerary) -> list[Section]:
    """Return the days of an itinerary."""
    days = itinerary.days
    return [
        Section(
            day=day,
            number=number,
            count=len(days),
            title=_day_title(day, number),
            word=(f"Ngày {number}", f"Day {number}"),
            home=days[0].start.site_id,
            last=number == len(days),
            from_lodging=from_lodging(days, number),
            to_lodging=to_lodging(days, number),
        )
        for number, day in enumerate(days, 1)
    ]


def _day_title(day: Day, number: int) -> Pair:
    return (f"Ngày {number} · {date_words(day.date, 'vi')}", f"Day {number} · {date_words(day.date, 'en')}")


def sections_of_all(routes: Sequence[tuple[Pair, Itinerary]]) -> list[Section]:
    """Return the days of several itineraries, each with its title, in order."""
    count = sum(len(itinerary.days) for _, itinerary in routes)
    found: list[Section] = []
    for title, itinerary in routes:
        days = itinerary.days
        for number, day in enumerate(days, 1):
            vi, en = (f", ngày {number}", f", day {number}") if len(days) > 1 else ("", "")
            own = len(found) + 1
            name = (f"{own}. {title[0]}{vi}", f"{own}. {title[1]}{en}")
            when = pair(lambda lang, day=day: date_words(day.date, lang))  # type: ignore[misc]
            found.append(
                Section(
                    day=day,
                    number=own,
                    count=count,
                    title=(f"{name[0]} · {when[0]}", f"{name[1]} · {when[1]}"),
                    word=name,
                    home=days[0].start.site_id,
                    last=number == len(days),
                    dash=f"r{(own - 1) % DASHES}",
                    from_lodging=from_lodging(days, number),
                    to_lodging=to_lodging(days, number),
                )
            )
    return found


def is_way_home(section: Section, legs: Sequence[Leg] = ()) -> bool:
    """Return whether a day leads back to where its trip began, and legs are on that last way."""
    day = section.day
    if not day.stops or day.end.site_id != section.home:
        return False
    return all(leg.departure >= day.stops[-1].departure for leg in legs)
