"""What a new pier, a bridge, longer hours or a shuttle would add to the best programme."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from routeplanner._text import nfc
from routeplanner.errors import RequestError
from routeplanner.programme.arguments import refuse_wrong
from routeplanner.programme.design import corridors_of, design_programme
from routeplanner.programme.gaps import gaps
from routeplanner.programme.places import in_corridors, unknown_places

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    import networkx as nx
    import pandas as pd

    from routeplanner.network import Network
    from routeplanner.programme.brief import ProgrammeBrief
    from routeplanner.programme.model import Programme

__all__ = ["WhatIf", "what_if"]

BRIDGE_KMH = 50.0
LONG_BRIDGE_M = 5_000.0
"""Longer ones are said to be reckoned as straight new roads."""

DAY_MIN = 24 * 60
METRES_A_DEGREE = 111_320.0

A_POSITION = "give (lon, lat) in degrees, as (105.87, 20.98)"

Position = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """The best programme before and after a change.

    Parameters
    ----------
    changes, changes_vi
        What was changed, in words.
    before, after
        The programmes, of the same brief, seed and rounds. The routes of the first are in the pool of the second
        where they still can be kept.
    network
        The network after the change.
    table
        Index: prize, bound, covered, places, in_reach (places that a day of the brief reaches), routes, visitors (a
        year), visitor_hours (at places, a year), travel_hours (of visitors, a year); columns: before, after, adds.
        The bound has no `adds` (NaN): how close a bound comes is the search's doing, not the change's.
    gained, lost
        Ids of places that are on a route only after, or only before.
    reached
        Ids of places that a day reaches only after.
    """

    changes: tuple[str, ...]
    changes_vi: tuple[str, ...]
    before: Programme
    after: Programme
    network: Network
    table: pd.DataFrame
    gained: tuple[str, ...]
    lost: tuple[str, ...]
    reached: tuple[str, ...]

    def _repr_html_(self) -> str:
        """Return the table, for notebooks."""
        from routeplanner.programme.tables import frame_html

        return frame_html(self.table.astype(object).where(self.table.notna(), ""))


def what_if(
    network: Network,
    brief: ProgrammeBrief,
    *,
    pier: Mapping[str, Position] | None = None,
    bridge: Sequence[tuple[Position, Position]] = (),
    hours: Mapping[str, str] | None = None,
    shuttle: Sequence[tuple[str, str, float]] = (),
    before: Programme | None = None,
    roads: nx.MultiDiGraph | None = None,
    seed: int = 0,
    rounds: int = 10,
) -> WhatIf:
    """Return what a change adds to the best programme of a brief: prize, visitors, hours.

    Both programmes are designed with the routes of the other in hand, where they can be kept, so that what the search
    comes upon by the way counts for both. A bridge or a shuttle lengthens no way: places join the roads where they
    did before.

    Parameters
    ----------
    network
        Places and legs as they are.
    brief
        Of the programme. A pier counts only with ``mode="river"``.
    pier
        New piers: name and (lon, lat) in degrees, near a river that boats run on. Places nearest to one board there,
        so that some ways by boat may be longer than from the pier before.
    bridge
        New bridges or roads: their two ends, (lon, lat) in degrees. Each end joins the nearest road node; driven at
        50 km/h in a straight line; of one above 5 km `changes` says so.
    hours
        Other opening hours by site, as OpenStreetMap writes them: ``{"den-dam": "Mo-Su 06:00-19:00"}``. The sites
        belong to the brief's corridors.
    shuttle
        Shuttles: from a site, to a site, minutes, both ways.
    before
        The programme without the change, if it is at hand: it is taken as it is. By default it is designed.
    roads
        The road graph that the network was built on; by default the bundled one.
    seed, rounds
        Of both designs.

    Raises
    ------
    RequestError
        With all faults; also when nothing is changed.

    Examples
    --------
    >>> import routeplanner as rp
    >>> network = rp.build_network(rp.load_sites())
    >>> brief = rp.ProgrammeBrief(year=2027, corridors=("northwest",), routes=1)
    >>> found = rp.what_if(network, brief, hours={"k9-da-chong": "Mo-Su 07:00-18:00"}, rounds=1)
    >>> bool(found.table.loc["prize", "adds"] >= 0)
    True
    """
    refuse_wrong(
        "what if",
        optional=["pier", "hours", "before"],
        network=network,
        brief=brief,
        pier=pier,
        bridge=bridge,
        hours=hours,
        shuttle=shuttle,
        before=before,
        seed=seed,
        rounds=rounds,
    )
    faults = _faults(network, brief, pier or {}, bridge, hours or {}, shuttle)
    if pier and brief.mode != "river":
        faults.append(f"pier: the brief's mode is {brief.mode!r}, by which nobody lands; give mode='river'")
    if faults:
        raise RequestError(faults, subject="what if")
    first = design_programme(network, brief, seed=seed, rounds=rounds) if before is None else before
    changed = _changed(network, pier or {}, bridge, hours or {}, shuttle, roads)
    after = design_programme(changed, brief, seed=seed, rounds=rounds, start_from=first)
    if before is None:
        again = design_programme(network, brief, seed=seed, rounds=rounds, start_from=after)
        first = max(first, again, key=_rank)
    if _rank(first) > _rank(after):
        anew = design_programme(changed, brief, seed=seed, rounds=rounds, start_from=first)
        after = max(after, anew, key=_rank)
    was, now = _places(first), _places(after)
    near, nearer = _in_reach(network, brief), _in_reach(changed, brief)
    words = list(_words(network.sites, pier or {}, bridge, hours or {}, shuttle))
    return WhatIf(
        changes=tuple(en for en, _ in words),
        changes_vi=tuple(vi for _, vi in words),
        before=first,
        after=after,
        network=changed,
        table=_table(first, after, in_reach=(len(near), len(nearer))),
        gained=tuple(sorted(now - was)),
        lost=tuple(sorted(was - now)),
        reached=tuple(sorted(nearer - near)),
    )


def _rank(programme: Programme) -> tuple[int, float]:
    """Return by what the better of two programmes is known: first its cover, then its value."""
    return len(programme.covered), programme.value


def _in_reach(network: Network, brief: ProgrammeBrief) -> set[str]:
    """Return the ids of places that a day of the brief reaches."""
    table = gaps(network, brief)
    return set(table.index[table["status"] == "in_reach"])


def _faults(
    network: Network,
    brief: ProgrammeBrief,
    pier: Mapping[str, Position],
    bridge: Sequence[tuple[Position, Position]],
    hours: Mapping[str, str],
    shuttle: Sequence[tuple[str, str, float]],
) -> list[str]:
    if not (pier or bridge or hours or shuttle):
        return ["nothing is changed; give a pier, a bridge, hours or a shuttle"]
    faults = _shape_faults(bridge, shuttle)
    if faults:
        return faults
    faults = _pier_faults(network, pier)
    faults += [
        f"bridge {number}: {end!r} is no position; {A_POSITION}"
        for number, both in enumerate(bridge, 1)
        for end in both
        if not _is_position(end)
    ]
    faults += _named_faults(network.sites, "shuttle", [site for a, b, _ in shuttle for site in (a, b)])
    faults += _hours_faults(network.sites, brief, hours)
    faults += [
        f"shuttle {a!r} to {b!r}: {minutes!r} min is no time of a day above 0"
        for a, b, minutes in shuttle
        if isinstance(minutes, bool) or not isinstance(minutes, int | float) or not 0 < minutes < DAY_MIN
    ]
    return faults


def _pier_faults(network: Network, pier: Mapping[str, Position]) -> list[str]:
    """Return the faults of new piers: their names, their positions, and how far they lie from the river."""
    river, sites = network.river, network.sites
    taken = {*sites.index, *sites["name_vi"]}
    faults = []
    for name, at in pier.items():
        if not isinstance(name, str) or not name.strip():
            faults.append(f"pier: {name!r} is no name; give a text, as 'Bến Xâm Thị'")
        elif nfc(name).strip() in taken:
            faults.append(
                f"pier {name!r}: a site of the catalogue is called so; give the new pier another name"
            )
        if not _is_position(at):
            faults.append(f"pier {name!r}: {at!r} is no position; {A_POSITION}")
        elif river.berth(*at) is None:
            far_m = min(stream.locate(*at)[1] for stream in river.streams)
            faults.append(
                f"pier {name!r}: {far_m / 1000:.1f} km from the nearest river that boats run on; a pier lies within "
                f"{river.max_offset_m / 1000:g} km of one"
            )
    return faults


def _named_faults(sites: gpd.GeoDataFrame, field: str, named: Iterable[object]) -> list[str]:
    """Return a fault for each thing that is no id of a site."""
    texts = [site for site in named if isinstance(site, str)]
    others = [f"{field}: {site!r} is no site id; give a text" for site in named if not isinstance(site, str)]
    return others + unknown_places(sites, texts, field=field)


def _hours_faults(sites: gpd.GeoDataFrame, brief: ProgrammeBrief, hours: Mapping[str, str]) -> list[str]:
    """Return the faults of new hours: the sites, the texts, and sites where no route of the brief calls."""
    from routeplanner.sites.osm_hours import hours_fault

    faults = _named_faults(sites, "hours", hours)
    known = [site for site in hours if isinstance(site, str)]
    for site in known:
        text: object = hours[site]
        fault = (
            hours_fault(text)
            if isinstance(text, str)
            else f"{text!r} is no text; give OpenStreetMap's form, as 'Mo-Su 08:00-17:00'"
        )
        faults += [f"hours[{site!r}]: {fault}"] if fault else []
    corridors, own = corridors_of(brief, sites), sites["corridors"].to_dict()
    inside = set(sites.index[in_corridors(sites, corridors)])
    return faults + [
        f"hours[{site!r}]: no route of this brief calls there, as its corridors are {', '.join(corridors)}; "
        f"add one of {', '.join(own[site])}"
        for site in known
        if site in own and site not in inside
    ]


def _is_position(at: object) -> bool:
    """Whether it is a (lon, lat) of Vietnam or near it."""
    if isinstance(at, str) or not isinstance(at, Sequence) or len(at) != 2:
        return False
    numbers = all(isinstance(x, int | float) and not isinstance(x, bool) for x in at)
    return numbers and 100 <= at[0] <= 110 and 7 <= at[1] <= 24


def _shape_faults(bridge: Sequence[Any], shuttle: Sequence[Any]) -> list[str]:
    """Return what of bridges and shuttles has not as many parts as it should have."""
    faults = []
    for name, given, parts, words in (
        ("bridge", bridge, 2, "its two ends, ((lon, lat), (lon, lat))"),
        ("shuttle", shuttle, 3, "(site, site, minutes)"),
    ):
        faults += [
            f"{name} {number}: {one!r} given; give {words}"
            for number, one in enumerate(given, 1)
            if isinstance(one, str) or not isinstance(one, Sequence) or len(one) != parts
        ]
    return faults


def _changed(
    network: Network,
    pier: Mapping[str, Position],
    bridge: Sequence[tuple[Position, Position]],
    hours: Mapping[str, str],
    shuttle: Sequence[tuple[str, str, float]],
    roads: nx.MultiDiGraph | None,
) -> Network:
    from routeplanner.network import build_network, load_roads

    sites = network.sites.copy()
    for site, text in hours.items():
        sites.loc[site, "opening_hours"] = text
        sites.at[site, "unverified"] = [f for f in sites.at[site, "unverified"] or [] if f != "opening_hours"]  # noqa: PD008 - a list
    if pier:
        sites = _with_piers(sites, pier)
    graph = (load_roads() if roads is None else roads).copy()
    for number, (one, two) in enumerate(bridge, 1):
        _join(graph, one, two, name=f"new bridge {number}", kmh=BRIDGE_KMH, highway="secondary")
    for a, b, minutes in shuttle:
        ends = [(float(sites.loc[s, "geometry"].x), float(sites.loc[s, "geometry"].y)) for s in (a, b)]
        _join(graph, ends[0], ends[1], name=f"shuttle {a} – {b}", minutes=minutes, highway="tertiary")
    return build_network(sites, graph, network.river)


def _with_piers(sites: gpd.GeoDataFrame, pier: Mapping[str, Position]) -> gpd.GeoDataFrame:
    """Add piers as rows like those of the catalogue's piers."""
    import geopandas as gpd
    import pandas as pd
    import shapely

    like = sites[sites["kind"] == "waterway_stop"].iloc[0].to_dict()
    rows = []
    former = sum(str(site).startswith("new-pier-") for site in sites.index)
    for number, (name, at) in enumerate(pier.items(), former + 1):
        blank: dict[str, Any] = {key: [] if isinstance(value, list) else None for key, value in like.items()}
        rows.append(
            blank
            | {
                "name_vi": name,
                "name_en": name,
                "kind": "waterway_stop",
                "corridors": ["river"],
                "themes": ["river"],
            }
            | {"visit_min": 10, "significance": 1, "coord_precision": "site", "geometry": shapely.Point(at)}
            | {"site_id": f"new-pier-{number}"}
        )
    ids = [row.pop("site_id") for row in rows]
    index = pd.Index([*sites.index, *ids], name=sites.index.name)
    columns = {}
    for name in sites.columns.drop("geometry"):
        values = pd.Series([*sites[name], *(row[name] for row in rows)], index=index, dtype=object)
        whole = sites[name].dtype != object and not values.isna().any()
        columns[name] = values.astype(sites[name].dtype) if whole else values
    points = [*sites.geometry, *(row["geometry"] for row in rows)]
    return gpd.GeoDataFrame(columns, index=index, geometry=points, crs=sites.crs)


def _join(
    graph: nx.MultiDiGraph,
    a: Position,
    b: Position,
    *,
    name: str,
    highway: str,
    kmh: float | None = None,
    minutes: float | None = None,
) -> None:
    """Add a road between the nodes nearest to two positions, in both directions."""
    import shapely

    u, v = (_nearest(graph, at) for at in (a, b))
    if u == v:
        raise RequestError(
            [
                f"{name}: both ends join the same road node {graph.nodes[u].get('key', u)!r}; give ends further apart"
            ],
            subject="what if",
        )
    line = [(graph.nodes[n]["x"], graph.nodes[n]["y"]) for n in (u, v)]
    metres = max(1.0, _metres(line[0], line[1]))
    speed = kmh if kmh is not None else metres / 1000 / (float(minutes or 1.0) / 60)
    for tail, head, points, back in ((u, v, line, False), (v, u, line[::-1], True)):
        graph.add_edge(
            tail,
            head,
            length=metres,
            speed_kph=speed,
            travel_time=round(metres / speed * 3.6, 1),
            highway=highway,
            name=name,
            bridge="yes",  # no place joins it on the way: some ways would be longer else
            oneway=False,
            urban=False,
            accuracy="estimated",
            edge_id=f"{name} ({tail}-{head})",
            reversed=back,
            geometry=shapely.LineString(points),
        )


def _nearest(graph: nx.MultiDiGraph, at: Position) -> Any:  # noqa: ANN401 - nodes are of any type
    return min(graph.nodes, key=lambda n: (_metres((graph.nodes[n]["x"], graph.nodes[n]["y"]), at), str(n)))


def _metres(p: Position, q: Position) -> float:
    east = (p[0] - q[0]) * math.cos(math.radians((p[1] + q[1]) / 2))
    return METRES_A_DEGREE * math.hypot(east, p[1] - q[1])


def _places(programme: Programme) -> set[str]:
    return {stop.site_id for route in programme.routes for stop in route.stops}


def _table(before: Programme, after: Programme, *, in_reach: tuple[int, int]) -> pd.DataFrame:
    import pandas as pd

    rows = {"before": _sums(before, in_reach[0]), "after": _sums(after, in_reach[1])}
    table = pd.DataFrame(rows)
    table["adds"] = table["after"] - table["before"]
    table.loc["bound", "adds"] = math.nan
    return table


def _sums(programme: Programme, in_reach: int) -> dict[str, float]:
    people = int(programme.brief["people"])
    visitors = hours = travel = 0.0
    for card, route in zip(programme.cards, programme.routes, strict=True):
        own = people * sum(card.departures)
        visitors += own
        hours += own * sum(stop.visit_min for stop in route.stops) / 60
        travel += own * float(route.measures["travel_min"]) / 60
    return {
        "prize": programme.value,
        "bound": programme.bound,
        "covered": float(len(programme.covered)),
        "places": float(len(_places(programme))),
        "in_reach": float(in_reach),
        "routes": float(len(programme.routes)),
        "visitors": visitors,
        "visitor_hours": round(hours, 1),
        "travel_hours": round(travel, 1),
    }


def _words(
    sites: gpd.GeoDataFrame,
    pier: Mapping[str, Position],
    bridge: Sequence[tuple[Position, Position]],
    hours: Mapping[str, str],
    shuttle: Sequence[tuple[str, str, float]],
) -> list[tuple[str, str]]:
    name = sites["name_vi"].to_dict()
    words = [
        (f"new pier {n} at {lat:.4f}, {lon:.4f}", f"bến mới {n} tại {lat:.4f}, {lon:.4f}")
        for n, (lon, lat) in pier.items()
    ]
    words += [_bridge_words(*both) for both in bridge]
    words += [(f"{name[s]}: open {text}", f"{name[s]}: mở cửa {text}") for s, text in hours.items()]
    return words + [
        (f"shuttle {name[a]} – {name[b]}, {m:g} min", f"xe trung chuyển {name[a]} – {name[b]}, {m:g} phút")
        for a, b, m in shuttle
    ]


def _bridge_words(a: Position, b: Position) -> tuple[str, str]:
    metres = _metres(a, b)
    said, said_vi = f"{metres / 1000:.1f} km", f"{metres / 1000:.1f} km".replace(".", ",")
    if metres > LONG_BRIDGE_M:
        said += f" (more than {LONG_BRIDGE_M / 1000:g} km: reckoned as a straight new road)"
        said_vi += f" (dài hơn {LONG_BRIDGE_M / 1000:g} km: tính như một con đường mới, thẳng)"
    return (
        f"new bridge from {a[1]:.4f}, {a[0]:.4f} to {b[1]:.4f}, {b[0]:.4f}, {said}",
        f"cầu mới từ {a[1]:.4f}, {a[0]:.4f} đến {b[1]:.4f}, {b[0]:.4f}, {said_vi}",
    )
