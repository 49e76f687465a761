"""Trips and programmes beside each other: a table, and small maps of the same scale."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from routeplanner.errors import RequestError
from routeplanner.itinerary import Itinerary
from routeplanner.programme.arguments import refuse_wrong
from routeplanner.programme.impact import checked_parameters, full_cost
from routeplanner.programme.model import Programme
from routeplanner.programme.words import checked_lang

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

__all__ = ["Comparison", "compare"]

_PATTERNS = ("solid", (0, (5, 2)), (0, (1.5, 1.5)), (0, (6, 2, 1, 2)))
MOST = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Trips or programmes side by side.

    Parameters
    ----------
    names
        What they are called, in order.
    items
        The trips or programmes.
    table
        One row each, index `names`: value, gap, routes, days, places, villages, road_hours, distance_km,
        full_cost_vnd_per_person with full_cost_low and full_cost_high, hire_and_fees_vnd_per_person, peak_load,
        kg_co2e_per_person. Of a programme hours, distance, cost and CO2e are means over its routes, weighted by
        departures; `peak_load` is the most visitors at a place on a day: of a trip, its group.

        The *full cost* is that of `routeplanner.impact` and of the report: vehicle, guide, boat, ferries, flights,
        trains, fees, workshops, meals and nights of the group asked for, by the table of parameters; no purchases.
        *Hire and fees* is the trip's own figure (``measures["cost_vnd_per_person"]``), part of it.
    """

    names: tuple[str, ...]
    items: tuple[Itinerary | Programme, ...]
    table: pd.DataFrame

    def to_svg(self, *, lang: str = "vi") -> str:
        """Return small maps of the same area, one each, as SVG that reads in black and white.

        Raises
        ------
        RequestError
            When `lang` is unknown or matplotlib is not installed.
        """
        from routeplanner.programme.charts import figure_svg, small_maps

        checked_lang(lang)
        return figure_svg(small_maps(self.names, self.items, lang=lang))

    def to_png(self, *, lang: str = "vi", dpi: int = 144) -> bytes:
        """Return the same small maps in pixels."""
        from routeplanner.programme.charts import small_maps

        checked_lang(lang)
        stream = io.BytesIO()
        small_maps(self.names, self.items, lang=lang).savefig(stream, format="png", dpi=dpi)
        return stream.getvalue()

    def _repr_html_(self) -> str:
        """Return the table, for notebooks."""
        from routeplanner.programme.tables import frame_html

        return frame_html(self.table)


def compare(
    items: Sequence[Itinerary | Programme],
    *,
    names: Sequence[str] | None = None,
    parameters: pd.DataFrame | None = None,
) -> Comparison:
    """Set trips or programmes side by side: ``rp.compare([a, b, c])``.

    Parameters
    ----------
    items
        Itineraries, programmes, or some of each; 1 to 24.
    names
        What to call them; by default A, B, C, …
    parameters
        Of the full cost, as `load_parameters` gives them.

    Returns
    -------
    Comparison
        Its `table`, and small maps by ``to_svg()`` and ``to_png()``.

    Raises
    ------
    RequestError
        When something else is given, names do not fit, or a parameter is missing.

    Examples
    --------
    >>> from datetime import date
    >>> import routeplanner as rp
    >>> network = rp.build_network(rp.load_sites())
    >>> trips = [rp.plan(network, rp.TripRequest(corridor=c, first_day=date(2027, 3, 13))) for c in ("west", "south")]
    >>> bool(rp.compare(trips, names=["west", "south"]).table.loc["west", "villages"] >= 0)
    True
    """
    import pandas as pd

    refuse_wrong("compare", optional=["names", "parameters"], items=items, names=names, parameters=parameters)
    faults = [
        f"items[{number}]: {type(item).__name__} given; give an Itinerary or a Programme"
        for number, item in enumerate(items)
        if not isinstance(item, Itinerary | Programme)
    ]
    if not 1 <= len(items) <= MOST:
        faults.append(f"items: {len(items)} given; give 1 to {MOST}")
    called = (
        [chr(ord("A") + number) for number in range(len(items))] if names is None else [str(n) for n in names]
    )
    if len(called) != len(items) or len(set(called)) != len(called):
        faults.append(f"names: {called} do not fit {len(items)} items; give one each, all different")
    if faults:
        raise RequestError(faults, subject="compare")
    table = checked_parameters(parameters, subject="compare")
    rows = [
        _of_programme(item, table) if isinstance(item, Programme) else _of_trip(item, table) for item in items
    ]
    return Comparison(
        names=tuple(called), items=tuple(items), table=pd.DataFrame(rows, index=pd.Index(called, name="name"))
    )


def _of_trip(trip: Itinerary, parameters: pd.DataFrame) -> dict[str, Any]:
    places = {stop.site_id: stop.kind for stop in trip.stops}
    return {
        "value": round(trip.prize, 2),
        "gap": None if trip.gap is None else round(trip.gap, 4),
        "routes": 1,
        "days": len(trip.days),
        "places": len(places),
        "villages": sum(kind == "craft_village" for kind in places.values()),
        "road_hours": round(trip.measures["travel_min"] / 60, 2),
        "distance_km": trip.measures["distance_km"],
        **_costs(trip, parameters),
        "peak_load": trip.request["people"] if trip.stops else 0,
        "kg_co2e_per_person": trip.measures["kg_co2e_per_person"],
    }


def _costs(trip: Itinerary, parameters: pd.DataFrame) -> dict[str, Any]:
    people, vehicle = int(trip.request["people"]), str(trip.request["vehicle"])
    full = full_cost(trip, parameters, people=people, vehicle=vehicle) if trip.stops else (0.0, 0.0, 0.0)
    low, mid, high = (round(value) for value in full)
    return {
        "full_cost_vnd_per_person": mid,
        "full_cost_low": low,
        "full_cost_high": high,
        "hire_and_fees_vnd_per_person": trip.measures["cost_vnd_per_person"],
    }


def _of_programme(programme: Programme, parameters: pd.DataFrame) -> dict[str, Any]:
    rows = [_of_trip(route, parameters) for route in programme.routes]
    weights = [sum(card.departures) or 1 for card in programme.cards]
    places = {stop.site_id: stop.kind for route in programme.routes for stop in route.stops}

    def mean(name: str) -> float | None:
        known = [
            (row[name], weight) for row, weight in zip(rows, weights, strict=True) if row[name] is not None
        ]
        if not known:
            return None
        total: float = round(
            sum(value * weight for value, weight in known) / sum(weight for _, weight in known),
            0 if name.startswith(("full_cost", "hire")) else 2,
        )
        return total

    return {
        "value": round(programme.value, 2),
        "gap": round(programme.gap, 4),
        "routes": len(rows),
        "days": sum(row["days"] for row in rows),
        "places": len(places),
        "villages": sum(kind == "craft_village" for kind in places.values()),
        "road_hours": mean("road_hours"),
        "distance_km": mean("distance_km"),
        **{
            name: mean(name)
            for name in (
                "full_cost_vnd_per_person",
                "full_cost_low",
                "full_cost_high",
                "hire_and_fees_vnd_per_person",
            )
        },
        "peak_load": max((load.peak for load in programme.load), default=0),
        "kg_co2e_per_person": mean("kg_co2e_per_person"),
    }
