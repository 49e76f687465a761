"""Statistics of a programme by cultural field, as a cultural index needs them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeplanner.planning.prizes import NO_PRIZE_KINDS
from routeplanner.programme.arguments import refuse_wrong
from routeplanner.programme.brief import ProgrammeBrief
from routeplanner.programme.design import RECOGNISED, corridors_of
from routeplanner.programme.impact import FIELDS, field_of
from routeplanner.programme.impact import impact as reckon
from routeplanner.programme.places import in_corridors
from routeplanner.programme.wholes import wholes_of

if TYPE_CHECKING:
    import pandas as pd

    from routeplanner.network import Network
    from routeplanner.programme.impact import Impact
    from routeplanner.programme.model import Programme

__all__ = ["field_statistics"]


def field_statistics(programme: Programme, network: Network, *, impact: Impact | None = None) -> pd.DataFrame:
    """Return a programme by cultural field: handicraft, cuisine, performing arts, …; index `field`.

    Each place counts in exactly one field, so that columns may be added up (but `routes`: a route shows several).

    Parameters
    ----------
    programme
        With its departures.
    network
        That it was designed on.
    impact
        Of the programme (`routeplanner.impact`); by default with the bundled parameters.

    Returns
    -------
    pandas.DataFrame
        name_vi, name_en, places (of the programme's corridors, but for the start), on_routes (of them), share_shown,
        recognised (craft villages), recognised_on_routes (also by a visit to a part, or to the whole), routes (with a
        place of the field), visits (of visitors at places, a year), visitor_hours, share_of_hours, and spend and local
        spend in VND a year as low, mid and high.
        Fields without a place and without spend are left out.

    Examples
    --------
    >>> import routeplanner as rp
    >>> network = rp.build_network(rp.load_sites())
    >>> brief = rp.ProgrammeBrief(year=2027, corridors=("northwest",), routes=2)
    >>> table = rp.field_statistics(rp.design_programme(network, brief, rounds=1), network)
    >>> bool((table["on_routes"] <= table["places"]).all())
    True
    """
    import pandas as pd

    refuse_wrong("statistics", optional=["impact"], programme=programme, network=network, impact=impact)
    made = reckon(programme, network) if impact is None else impact
    sites = network.sites
    brief = ProgrammeBrief.from_dict(programme.brief)
    visited = {stop.site_id for route in programme.routes for stop in route.stops}
    inside = sites[in_corridors(sites, corridors_of(brief, sites))]
    inside = inside[
        inside.index.isin(list(visited)) | (inside.index != brief.start)
    ]  # where they start is no sight
    rows = inside[inside.index.isin(list(visited)) | ~inside["kind"].isin(NO_PRIZE_KINDS)]
    field = pd.Series(
        [
            field_of(kind, themes or (), crafts or ())
            for kind, themes, crafts in zip(rows["kind"], rows["themes"], rows["crafts"], strict=True)
        ],
        index=rows.index,
        dtype=object,
    )
    village = rows["status"].map(lambda words: RECOGNISED in (words or ())).astype(bool)
    shown = pd.Series(rows.index.isin(list(visited)), index=rows.index)
    calls = pd.DataFrame(
        [
            (card.key, field[stop.site_id], int(programme.brief["people"]) * sum(card.departures))
            for card, route in zip(programme.cards, programme.routes, strict=True)
            for stop in route.stops
        ],
        columns=["route", "field", "visits"],
    )
    table = pd.DataFrame({"places": field.value_counts()}).reindex(list(FIELDS)).rename_axis("field")
    table["on_routes"] = field[shown].value_counts()
    table["recognised"] = field[village].value_counts()
    seen = pd.Series(rows.index.isin(list(wholes_of(sites).covers(visited))), index=rows.index)
    table["recognised_on_routes"] = field[village & seen].value_counts()
    table["routes"] = calls.groupby("field")["route"].nunique()
    table["visits"] = calls.groupby("field")["visits"].sum()
    table = table.join(made.by("field")).fillna(0)
    table = table[(table["places"] > 0) | (table["spend_high"] > 0)]
    counts = ["places", "on_routes", "recognised", "recognised_on_routes", "routes", "visits"]
    table[counts] = table[counts].astype(int)
    table.insert(
        2, "share_shown", (table["on_routes"] / table["places"].where(table["places"] > 0)).fillna(0.0)
    )
    hours = float(table["visitor_hours"].sum())
    table.insert(8, "share_of_hours", table["visitor_hours"] / hours if hours else 0.0)
    table.insert(0, "name_vi", [FIELDS[key][0] for key in table.index])
    table.insert(1, "name_en", [FIELDS[key][1] for key in table.index])
    return table
