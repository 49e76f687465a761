"""The network of places and legs: a read-only `networkx.MultiDiGraph` whose legs are computed when read."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from datetime import datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, overload

import networkx as nx

from routeplanner._clock import TIMEZONE
from routeplanner._given import kind_faults
from routeplanner._text import did_you_mean, nfc
from routeplanner.errors import NetworkError
from routeplanner.network.attach import Access, Place, attach_places
from routeplanner.network.barred import BarredWays
from routeplanner.network.engines import EngineName, choose_engine
from routeplanner.network.hours import (
    Hours,
    at_that_hour,
    between,
    departures,
    timed_legs,
    walked_legs,
    whole_minutes,
)
from routeplanner.network.long_legs import LongLeg, load_long_legs
from routeplanner.network.river import River, load_river
from routeplanner.network.roads import load_roads, road_table
from routeplanner.network.sailings import Sailing
from routeplanner.network.speeds import DEFAULT_SPEEDS, Speeds
from routeplanner.network.timetable import RiverClock, hops_of, sailings_at_piers
from routeplanner.network.traffic import AT_ALL_HOURS, CoachBan, Conditions, Traffic
from routeplanner.network.travel import (
    PARKING,
    VEHICLES,
    DayMatrix,
    Ground,
    PathLeg,
    RiverRouter,
    RoadRouter,
    TravelMatrix,
)

if TYPE_CHECKING:
    import os
    from datetime import date

    import geopandas as gpd
    import numpy as np
    from numpy.typing import NDArray


__all__ = ["PROFILES", "Network", "build_network"]

FLYING = ("coach+air", "car+air")
PROFILES = (*VEHICLES, *FLYING, "river", "river-out", "mixed")
_EDGE_MODES = ("coach", "car", "motorbike", "bicycle", "foot", "boat")
_ON_WATER = frozenset({"river", "river-out", "mixed"})
_PATHS_KEPT = 4_096

T = TypeVar("T")


def build_network(
    sites: gpd.GeoDataFrame,
    roads: nx.MultiDiGraph | None = None,
    river: River | None = None,
    *,
    speeds: Speeds | None = None,
    traffic: Traffic | None = None,
    sailings: Sequence[Sailing] | None = None,
    engine: EngineName = "auto",
    cache: str | os.PathLike[str] | None = None,
) -> Network:
    """Return the network of all places of a catalogue: a graph whose edges are legs.

    Building attaches each place to the roads; times are computed when they are first asked for.

    Parameters
    ----------
    sites
        Places as from `routeplanner.load_sites`: index ``site_id``, point geometry (EPSG:4326), columns
        ``name_vi`` and ``kind``, and ``name_en`` where known. A ``kind`` of ``waterway_stop`` near a
        river is a pier.
    roads
        A road graph with osmnx's conventions; the bundled one by default. See `load_roads`.
    river
        Rivers that boats run on; the bundled ones by default. See `load_river`.
    speeds
        Speeds and access rules; `DEFAULT_SPEEDS` by default.
    traffic
        Speeds by hour and weekday and bans of coaches, see `load_traffic`; by default none: the same speed
        at all hours.
    sailings
        Boats that sail by a timetable (`load_sailings`); by default boats are chartered and leave
        at once. With a timetable no boat is chartered: one waits for the next sailing and lands as published, without
        a change of boats.
    engine
        What computes tables of times: ``"scipy"``, ``"routingkit-cch"`` (the extra ``fast``) or ``"auto"``,
        which takes the second on graphs of 10,000 nodes and more where it is installed. The times are the
        same.
    cache
        Folder in which tables of times are kept by the content of roads, speeds, hours and places; ``None``
        keeps none.

    Returns
    -------
    Network
        Places beyond 15 km from all roads are nodes without legs by road.

    Raises
    ------
    NetworkError
        When the roads cannot be used, or a place has no position; all faults at once.

    Examples
    --------
    >>> import geopandas as gpd
    >>> sites = gpd.GeoDataFrame(
    ...     {"name_vi": ["Hồ Hoàn Kiếm", "Làng nón Chuông"], "kind": ["gateway", "craft_village"]},
    ...     index=["lake", "chuong"],
    ...     geometry=gpd.points_from_xy([105.8522, 105.76128], [21.0287, 20.82922]),
    ...     crs="EPSG:4326",
    ... )
    >>> network = build_network(sites)
    >>> 20_000 < network["lake"]["chuong"]["coach"]["distance_m"] < 40_000
    True
    """
    _refuse_wrong_kinds(sites, roads, river, speeds=speeds, traffic=traffic, sailings=sailings, cache=cache)
    places = _places(sites)
    choose_engine(engine, 0)
    ground = Ground(
        table=road_table(load_roads() if roads is None else roads),
        river=load_river() if river is None else river,
        speeds=speeds or DEFAULT_SPEEDS,
        places=places,
        access={},
        long_legs=load_long_legs(),
        traffic=traffic,
        sailings=None if sailings is None else sailings_at_piers(sailings, places),
        engine=engine,
        cache=None if cache is None else Path(cache).expanduser(),
    )
    return Network(_attached(ground, places), sites)


def _refuse_wrong_kinds(
    sites: object, roads: object, river: object, *, sailings: object, cache: object, **others: object
) -> None:
    """Refuse arguments of another kind than `build_network` takes, all at once."""
    import geopandas as gpd

    faults = []
    if not isinstance(sites, gpd.GeoDataFrame):
        faults.append(f"sites: {_short(sites)} is no GeoDataFrame; give what load_sites() returns")
    if isinstance(roads, str | Path):
        faults.append(f"roads: {str(roads)!r} is the name of a file; give roads_from_file({str(roads)!r})")
    elif roads is not None and not isinstance(roads, nx.Graph):
        faults.append(
            f"roads: {_short(roads)} is no graph; give what load_roads(), roads_from_osm or a file returns"
        )
    kinds = (
        ("river", river, River, "load_river()"),
        ("speeds", others["speeds"], Speeds, "a Speeds, or DEFAULT_SPEEDS"),
        ("traffic", others["traffic"], Traffic, "load_traffic()"),
    )
    faults += [
        f"{name}: {_short(value)} is no {kind.__name__}; give {remedy}, or nothing"
        for name, value, kind, remedy in kinds
        if value is not None and not isinstance(value, kind)
    ]
    given = list(sailings) if isinstance(sailings, list | tuple) else None
    if sailings is not None and (given is None or not all(isinstance(sailing, Sailing) for sailing in given)):
        faults.append(f"sailings: {_short(sailings)} are no sailings; give load_sailings(), or nothing")
    if cache is not None and (not isinstance(cache, str | PathLike) or not str(cache)):
        faults.append(f"cache: {_short(cache)} names no folder; give the name of one, or nothing")
    if faults:
        raise NetworkError(faults, subject="build_network")


def _short(value: object) -> str:
    """Return a value as a message shows it."""
    text = repr(value)
    return text if len(text) <= 40 else f"a value of type {type(value).__name__}"


def _attached(ground: Ground, places: Sequence[Place]) -> Ground:
    """Return the ground with the access of `places` added."""
    found = attach_places(places, ground.table, ground.river, local_factor=ground.speeds.local_factor)
    return replace(ground, access={**ground.access, **found})


def _places(sites: gpd.GeoDataFrame) -> tuple[Place, ...]:
    import numpy as np

    faults = [
        f"column {name!r} is missing; load the sites with load_sites"
        for name in ("name_vi", "kind")
        if name not in sites
    ]
    if sites.crs is not None and not sites.crs.is_geographic:
        faults.append(f"the sites are projected ({sites.crs}); use sites.to_crs('EPSG:4326')")
    twice = sites.index[sites.index.duplicated()]
    faults += [f"site {key!r}: the key stands twice; keys must be unique" for key in dict.fromkeys(twice)]
    points = sites.geometry.representative_point() if len(sites) else sites.geometry
    lon, lat = np.asarray(points.x, dtype=float), np.asarray(points.y, dtype=float)
    bad = ~(np.isfinite(lon) & np.isfinite(lat) & (np.abs(lat) <= 90) & (np.abs(lon) <= 180))
    faults += [f"site {key!r}: no usable position; give a point in degrees" for key in sites.index[bad]]
    if faults:
        raise NetworkError(faults, subject="sites")
    english = sites["name_en"] if "name_en" in sites else [None] * len(sites)
    return tuple(
        Place(str(key), str(vi), en if isinstance(en, str) else None, round(x, 5), round(y, 5), str(kind))
        for key, vi, en, kind, x, y in zip(
            sites.index, sites["name_vi"], english, sites["kind"], lon.tolist(), lat.tolist(), strict=True
        )
    )


class Network(nx.MultiDiGraph):  # type: ignore[misc]
    """Places and the legs between them; a `networkx.MultiDiGraph` that cannot be changed.

    Nodes are site keys with ``name_vi``, ``name_en``, ``kind``, ``lon``, ``lat`` (also as ``x`` and ``y``)
    and ``access_m``, the metres between road and door (absent where no road is near). Edges are keyed by
    mode (``coach``, ``car``, ``motorbike``, ``bicycle``, ``foot``, ``boat``) with ``mode``,
    ``duration_s``, ``distance_m`` and ``geometry``, a sequence of (lon, lat). All pairs of places have
    edges; they are computed when read, the geometry when its points are read. ``nx.MultiDiGraph(network)``
    gives a plain graph, best of a subgraph of a few places.

    Make one with `build_network`.

    Examples
    --------
    >>> import routeplanner as rp
    >>> network = rp.build_network(rp.load_sites())
    >>> len(network) == len(network.sites), network.nodes["bat-trang"]["kind"]
    (True, 'craft_village')
    >>> leg = network["ho-hoan-kiem"]["bat-trang"]["coach"]
    >>> leg["duration_s"] == int(network.matrix(["ho-hoan-kiem", "bat-trang"], "coach").duration_s[0, 1])
    True
    >>> [leg.mode for leg in network.path("ho-hoan-kiem", "bat-trang", "coach")]
    ['coach']
    >>> nx.MultiDiGraph(network.subgraph(["ho-hoan-kiem", "bat-trang"])).number_of_nodes()
    2

    What is known of a place, and of boats:

    >>> network.place("bat-trang").kind, network.position("bat-trang") == list(network).index("bat-trang")
    ('craft_village', True)
    >>> network.access("bat-trang").distance_m < 1_000  # from the road to the door
    True
    >>> network.river_km("ben-bat-trang") is None, network.river.suspended is None
    (False, True)
    >>> network.sailings is network.sailing_on([]).sailings is None  # boats are chartered
    True
    >>> sorted({leg.mode for leg in network.long_legs})
    ['air', 'rail']

    A hotel joins as one place more; times at an hour need `load_traffic`:

    >>> from datetime import date, datetime
    >>> wider = network.with_place("hotel", 105.85, 21.03, name_en="Hotel")
    >>> len(wider) - len(network), wider.content == network.content
    (1, True)
    >>> network.departures("coach", date(2027, 3, 13))
    (0,)
    >>> legs = wider.drive("hotel", "bat-trang", "car", depart=datetime(2027, 3, 13, 8))
    >>> legs[0].mode, network.router("car").vehicle
    ('car', 'car')
    """

    def __init__(self, ground: Ground | None = None, sites: gpd.GeoDataFrame | None = None) -> None:
        super().__init__()
        self._ground = ground
        self._sites = sites
        if ground is None:  # networkx makes empty graphs of a graph's own class
            return
        self._routers: dict[Any, Any] = {}
        self._moments: dict[tuple[date, str], tuple[int, ...]] = {}
        self._clock: tuple[tuple[tuple[int, ...], date], RiverClock] | None = None
        self._bars: tuple[tuple[tuple[int, ...], str, int], BarredWays | None] | None = None
        self._path = lru_cache(maxsize=_PATHS_KEPT)(self._find_path)
        self.graph.update(crs="epsg:4326", created_with="routeplanner")
        for place in ground.places:
            access = ground.access.get(place.site_id)
            self._node[place.site_id] = {
                "name_vi": place.name_vi,
                "name_en": place.name_en,
                "kind": place.kind,
                "lon": place.lon,
                "lat": place.lat,
                "x": place.lon,
                "y": place.lat,
                **({} if access is None else {"access_m": round(access.distance_m)}),
            }
        self._adj = _neighbours(self, forward=True)
        self._pred = _neighbours(self, forward=False)
        nx.freeze(self)

    def __str__(self) -> str:
        """Say the size without counting a million legs one by one."""
        if self._ground is None:
            return str(super().__str__())
        return f"Network of {len(self._ground.places)} places, legs by {', '.join(_EDGE_MODES)}"

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle by what was built; times are computed anew."""
        return Network, (self._ground, self._sites)

    # -- places ------------------------------------------------------------------------------------

    @property
    def sites(self) -> gpd.GeoDataFrame:
        """The catalogue that the network was built from; places added later are not in it.

        Raises
        ------
        NetworkError
            On an empty graph that networkx made of this class.
        """
        if self._sites is None:
            raise NetworkError(
                ["it holds no catalogue; make it with build_network(sites)"], subject="network"
            )
        return self._sites

    @property
    def content(self) -> str:
        """A mark of what times depend on besides the places: roads, river, speeds of vehicles and of the hours."""
        return self._world.content

    @property
    def origin(self) -> dict[str, Any]:
        """What the ways rest on, in JSON types, as an itinerary records it (`Itinerary.network`).

        ``content`` is the mark `content` of all sailings; ``roads``, ``speeds``, ``traffic`` and ``sailings`` have a
        ``source`` (``"bundled"``, a file's name, an area of OpenStreetMap, ``"own"``) and a ``content`` of their own,
        ``river`` its ``boat`` and ``water_level_m``. ``traffic`` and ``sailings`` are null where times do not change by
        hour and boats are chartered.

        Examples
        --------
        >>> from routeplanner.sites.catalog import load_sites
        >>> build_network(load_sites()).origin["roads"]["source"]
        'bundled'
        """
        return deepcopy(self._world.origin)

    @property
    def long_legs(self) -> tuple[LongLeg, ...]:
        """Flights and night trains between cities."""
        return self._world.long_legs

    @property
    def sailings(self) -> tuple[Sailing, ...] | None:
        """The boats that sail by a timetable; None where boats are chartered."""
        return self._world.sailings

    def sailing_on(self, days: Iterable[date]) -> Network:
        """Return this network with the sailings that run on each of some days; itself where boats are chartered."""
        ground, wanted = self._world, list(days)
        if ground.sailings is None:
            return self
        kept = tuple(s for s in ground.sailings if all(s.runs_on(day) for day in wanted))
        return (
            self
            if kept == ground.sailings
            else Network(replace(ground, sailings=kept, whole=ground.whole or ground), self._sites)
        )

    @property
    def river(self) -> River:
        """The river that boats run on, at the water level and with the boat that it was built for."""
        return self._world.river

    def place(self, place_id: str) -> Place:
        """Return a place of the network, or a landing named by a leg (``via:...``).

        Raises
        ------
        NetworkError
            When no place has this key.
        """
        ground = self._world
        if place_id in ground.index:
            return ground.places[ground.index[place_id]]
        if place_id.startswith(PARKING):
            return self._parking(place_id)
        landings = (
            {f"via:{node}": i for i, node in enumerate(ground.table.nodes)}
            if place_id.startswith("via:")
            else {}
        )
        if place_id not in landings:
            raise NetworkError([self._unknown(place_id)], subject="network")
        i = landings[place_id]
        name_vi, name_en = ground.table.node_names.get(ground.table.nodes[i], (None, None))
        lon, lat = round(float(ground.table.x[i]), 5), round(float(ground.table.y[i]), 5)
        return Place(place_id, name_vi or str(ground.table.nodes[i]), name_en, lon, lat, "via")

    def _parking(self, place_id: str) -> Place:
        """Return the parking place that a leg names, ``via:parking:<vehicle>:<site>``."""
        vehicle, _, site_id = place_id.removeprefix(PARKING).partition(":")
        ground = self._world
        if vehicle not in VEHICLES or site_id not in ground.access_of(vehicle):
            raise NetworkError([self._unknown(place_id)], subject="network")
        own, site = ground.access_of(vehicle)[site_id], ground.places[ground.index[site_id]]
        english = f"Coach park for {site.name_en or site.name_vi}"
        return Place(place_id, f"Điểm đỗ xe {site.name_vi}", english, own.lon, own.lat, "via")

    def access(self, place_id: str, vehicle: str = "car") -> Access | None:
        """Return how a place joins the roads, or ``None`` where no road is within 15 km.

        With a large coach as the vehicle, that is where it parks: ``parked`` says that the group goes on from
        there, ``distance_m`` how far.

        Raises
        ------
        NetworkError
            When no place has this key, or the vehicle is unknown.
        """
        self._position(place_id)
        if vehicle not in VEHICLES:
            fault = f"vehicle {vehicle!r} is unknown; use one of {', '.join(VEHICLES)}"
            raise NetworkError([fault], subject="network")
        return self._world.access_of(vehicle).get(place_id)

    def periods(self, profile: str, day: date) -> tuple[int, ...]:
        """Return when traffic changes on a day, seconds after midnight; the first is 0.

        Without `traffic` there is one period.

        Raises
        ------
        NetworkError
            For an unknown profile.
        """
        self._known(profile, day)
        traffic, vehicle = self._world.traffic, self._vehicle_of(profile)
        if traffic is None or not self._is_slowed(profile):
            return (0,)
        return traffic.starts(vehicle, day.weekday(), seats=self._world.speeds.modes[vehicle].seats)

    def bans(self, profile: str, day: date) -> tuple[CoachBan, ...]:
        """Return the bans of coaches that keep a profile's vehicle out of an area for hours of a day.

        Raises
        ------
        NetworkError
            For an unknown profile.

        Examples
        --------
        >>> from datetime import date
        >>> from routeplanner.network import load_traffic
        >>> from routeplanner.sites.catalog import load_sites
        >>> busy = build_network(load_sites(), traffic=load_traffic())
        >>> {ban.name for ban in busy.bans("coach29", date(2027, 3, 15))}
        {'Old Quarter and Hoàn Kiếm lake'}
        """
        self._known(profile, day)
        traffic, seats = self._world.traffic, self._world.speeds.modes[self._vehicle_of(profile)].seats
        return tuple(
            ban
            for ban in (() if traffic is None else traffic.bans)
            if day.weekday() in ban.days and 0 < ban.min_seats <= seats
        )

    def far_from_road(self, *, over_m: float = 3_000) -> tuple[str, ...]:
        """Return the places whose door is farther than this from the road they join, or near no road.

        Their times are guesses: either the roads or the coordinates of the place need mending.

        Examples
        --------
        >>> from routeplanner.sites.catalog import load_sites
        >>> "hue-ngo-mon" in build_network(load_sites()).far_from_road()
        True
        """
        access = self._world.access
        return tuple(key for key in self if key not in access or access[key].distance_m > over_m)

    def river_km(self, place_id: str) -> float | None:
        """Return the river kilometre of a pier on the Red River or the Đuống, ``None`` for any other place.

        Raises
        ------
        NetworkError
            When no place has this key.
        """
        berth = self._world.berths.get(self._position(place_id))
        return None if berth is None else berth.km

    def with_place(
        self, place_id: str, lon: float, lat: float, *, name_vi: str | None = None, name_en: str | None = None
    ) -> Network:
        """Return this network with one place more: a hotel, a meeting point.

        Parameters
        ----------
        place_id
            Key of the new place; not one that the network has.
        lon, lat
            Position, degrees.
        name_vi, name_en
            Names; the key stands in for a missing Vietnamese name.

        Raises
        ------
        NetworkError
            When the key is taken or the position is no position.
        """
        ground = self._world
        faults = []
        if place_id in ground.index:
            faults.append(f"place {place_id!r} is already in the network; choose another key")
        if not (-180 <= lon <= 180 and -90 <= lat <= 90):
            faults.append(
                f"place {place_id!r}: lon={lon}, lat={lat} are not degrees; give longitude, then latitude"
            )
        if faults:
            raise NetworkError(faults, subject="network")
        name = nfc(name_vi) if name_vi else place_id
        place = Place(place_id, name, name_en, round(float(lon), 5), round(float(lat), 5), "start")
        wider = replace(ground, places=(*ground.places, place))
        return Network(_attached(wider, [place]), self._sites)

    # -- travel ------------------------------------------------------------------------------------

    def departures(self, profile: str, day: date) -> tuple[int, ...]:
        """Return the moments of a day for which `matrix` makes tables, seconds after midnight, first 0.

        They are the changes of `periods` and some moments before each, from two hours to five minutes; by boats of
        a timetable also the last minute at which a sailing is reached from each place near its pier, and the next
        one. One moment, 0, means that times do not change.

        Raises
        ------
        NetworkError
            For an unknown profile.
        """
        self._known(profile, day)
        if (day, profile) not in self._moments:
            found = set(departures(self.periods(profile, day)))
            if self._by_timetable(profile):
                clock = self._river_clock(range(len(self._world.places)), day)
                found |= {m for last in clock.last_minutes() for m in (last, last + 60)}
            self._moments[day, profile] = tuple(sorted(found))
        return self._moments[day, profile]

    def matrix(self, places: Sequence[str], profile: str, *, depart: datetime | None = None) -> TravelMatrix:
        """Return times and distances between places.

        Parameters
        ----------
        places
            Keys, in the order of rows and columns.
        profile
            ``coach`` (of 16 seats), ``coach29``, ``coach45``, ``car``, ``motorbike``, ``bicycle`` or ``foot``:
            this vehicle, and on foot or by boat what lies beyond the road's end, or beyond the place where a
            large coach parks. ``river``: by boat between piers, on foot (1.2 km) or by
            coach (6 km, 12 km for a start) to them. ``river-out``: by boat between different piers where one
            end is a walk and the other at most a ride of 3 km from its pier, by coach otherwise.
            ``mixed``: the same, by boat only downstream. ``coach+air``, ``car+air``: by road, and by air
            between the airports of `load_long_legs`.
        depart
            Moment of departure, Asia/Ho_Chi_Minh. Of each way the share is covered in every period that the
            period's own table of times allows; where a ban leaves no way, its end is waited for. Tables are
            made for the moments of `departures`, arrivals are linear between them and times whole minutes:
            who departs later never arrives earlier. By default, and without ``traffic``, the times of the
            speed table.

        Returns
        -------
        TravelMatrix
            Times obey the triangle inequality within one profile, except in ``river-out`` and ``mixed``:
            there a boat is taken because it is a boat, though the coach would be sooner. Distances are
            found when first asked for.

        Raises
        ------
        NetworkError
            For an unknown place or profile.
        """
        _refuse_no_moment(depart)
        at = self._positions(places)
        self._known(profile)
        timed = depart if depart is not None and self._is_timed(profile) else None
        return TravelMatrix(
            tuple(places),
            profile,
            self._table(at, profile, AT_ALL_HOURS, metres=False)
            if timed is None
            else self._departing(at, profile, timed),
            lambda: self._metres(at, profile, timed),
        )

    def day_matrix(self, places: Sequence[str], profile: str, day: date) -> DayMatrix:
        """Return times between places of who leaves at the moments of `departures`, and where arrivals jump.

        Between two moments arrivals are linear; a way that a ban of coaches holds up has moments of its own besides:
        the last minute at which one still comes through before the ban begins, and the next one. `matrix` at any
        minute of the day follows from this table.

        Parameters
        ----------
        places, profile
            As of `matrix`.
        day
            The date.

        Raises
        ------
        NetworkError
            For an unknown place or profile.

        Examples
        --------
        >>> from datetime import date
        >>> from routeplanner.network import load_traffic
        >>> from routeplanner.sites.catalog import load_sites
        >>> busy = build_network(load_sites(), traffic=load_traffic())
        >>> table = busy.day_matrix(["bat-trang", "ho-hoan-kiem"], "coach45", date(2027, 3, 15))
        >>> [f"{s // 3600:02}:{s // 60 % 60:02}" for s in table.own_departures[:, 0, 1].tolist()]
        ['05:31', '05:32', '05:35', '05:36', '15:25', '15:26', '15:29', '15:30']
        """
        self._known(profile, day)
        import numpy as np

        moments = self.departures(profile, day)
        midnight = datetime.combine(day, time(), TIMEZONE)
        at = self._positions(places)
        barred = None if profile in _ON_WATER else self._barred(at, profile, day)
        if barred is None:
            tables = [
                self.matrix(places, profile, depart=midnight + timedelta(seconds=moment)).duration_s
                for moment in moments
            ]
            metres = self._metres(at, profile, None)
            none = np.zeros((0, len(at), len(at)), dtype=np.int64)
            return DayMatrix(moments, np.stack(tables), none, none, metres)
        hours = self._hours(profile, day)
        seconds = np.stack(
            [
                hours.over_periods(moment, lambda now: self._table(at, profile, now, metres=False))
                for moment in moments
            ]
        )
        seconds[:, barred.held] = barred.seconds(moments).T
        metres = self._metres(at, profile, None)
        metres[barred.held] = barred.longest_m
        return DayMatrix(moments, whole_minutes(seconds), *barred.jumps, metres)

    def _positions(self, places: Sequence[str]) -> NDArray[np.int64]:
        """Return the positions of places by key.

        Raises
        ------
        NetworkError
            For each key that is not in the network.
        """
        import numpy as np

        if isinstance(places, str):
            raise NetworkError([f"places: {places!r} is one key; give a list of keys"], subject="network")
        if not isinstance(places, Iterable):
            raise NetworkError(
                [f"places: {_short(places)} is no list; give a list of keys"], subject="network"
            )
        faults = [self._unknown(p) for p in places if not isinstance(p, str) or p not in self._world.index]
        if faults:
            raise NetworkError(faults, subject="network")
        return np.array([self._world.index[p] for p in places], dtype=np.int64)

    def _metres(self, at: NDArray[np.int64], profile: str, depart: datetime | None) -> NDArray[np.int64]:
        """Return metres of the ways between places: of the speed table's, or of those that a ban leaves."""
        metres = self._table(at, profile, AT_ALL_HOURS, metres=True)
        barred = (
            None if depart is None or profile in _ON_WATER else self._barred(at, profile, _day_of(depart))
        )
        if barred is not None and depart is not None:
            metres[barred.held] = barred.metres(_whole_minute(_hour_of(depart)[1]))
        return metres

    def _barred(self, at: NDArray[np.int64], profile: str, day: date) -> BarredWays | None:
        """Return the ways that bans hold up on a day, those asked for last at once; None where there are none."""
        asked = tuple(at.tolist()), profile, day.weekday()
        if self._bars is None or self._bars[0] != asked:
            self._bars = asked, self._find_barred(at, profile, day)
        return self._bars[1]

    def _find_barred(self, at: NDArray[np.int64], profile: str, day: date) -> BarredWays | None:
        import numpy as np

        hours = self._hours(profile, day)
        areas = self._world.ban_areas if any(now.bans for now in hours.conditions) else ()
        together: dict[bytes, tuple[int, ...]] = {}  # bans of the same streets leave the same ways
        for bans in sorted({now.bans for now in hours.conditions if now.bans}):
            together.setdefault(np.any([areas[ban] for ban in bans], axis=0).tobytes(), bans)
        if not together:
            return None
        routers = [self._road(profile, Conditions(bans=bans)) for bans in ((), *together.values())]
        ways = BarredWays(routers, at, hours)
        return ways if ways.held.any() else None

    def _hours(self, profile: str, day: date) -> Hours:
        """Return the conditions of a profile from midnight of a day on."""
        slowed, vehicle = self._world.traffic if self._is_slowed(profile) else None, self._vehicle_of(profile)
        return Hours(slowed, vehicle, day.weekday(), seats=self._world.speeds.modes[vehicle].seats)

    def _departing(self, at: NDArray[np.int64], profile: str, depart: datetime) -> NDArray[np.int64]:
        """Return seconds between places of who leaves at a moment, over all periods that the way meets."""
        import numpy as np

        day, second, early_s = _day_of(depart), _hour_of(depart)[1], 0
        barred = None if profile in _ON_WATER else self._barred(at, profile, day)
        if self._by_timetable(profile) or barred is not None:
            early_s = (
                _whole_minute(second) - second
            )  # boats and those who have to be early leave at whole minutes
            second += early_s
        by_road = "coach" if profile in _ON_WATER else profile
        drive = self._driving(by_road, day)
        if profile not in _ON_WATER:
            moments = self.departures(profile, day)
            jumps = None if barred is None or second in moments else barred.jumps
            found = between(second, moments, lambda moment: drive(at, moment), jumps)
            return np.where(found < 0, -1, found + early_s)
        clock = self._river_clock(at.tolist(), day)
        sails = True if profile == "river" else self._sails(at, down=profile == "mixed")

        def table(moment: int) -> NDArray[np.int64]:
            by_boat = clock.seconds(moment)
            if profile == "river":
                return by_boat
            return np.where(sails, by_boat, drive(at, moment))

        found = between(second, self.departures(profile, day), table)
        return np.where(found < 0, -1, found + early_s)

    def _driving(self, profile: str, day: date) -> Callable[[NDArray[np.int64], int], NDArray[np.int64]]:
        """Return what gives the seconds between places of who leaves by road at a moment of a day."""
        hours = self._hours(profile, day)

        def drive(at: NDArray[np.int64], moment: int) -> NDArray[np.int64]:
            seconds = hours.over_periods(moment, lambda now: self._table(at, profile, now, metres=False))
            barred = self._barred(at, profile, day)
            if barred is not None:
                seconds[barred.held] = barred.seconds([moment])[:, 0]
            return seconds

        return drive

    def _river_clock(self, at: Sequence[int], day: date) -> RiverClock:
        """Return the ways on the river on a day, the one asked for last at once: tables of all moments need it."""
        asked = (tuple(at), day)
        if self._clock is None or self._clock[0] != asked:
            self._clock = asked, self._make_river_clock(at, day)
        return self._clock[1]

    def _make_river_clock(self, at: Sequence[int], day: date) -> RiverClock:
        """Return the ways on the river on a day, with the hours of traffic and the boats of the timetable."""
        ground = self._world
        hops = None if ground.sailings is None or ground.river.suspended else hops_of(ground.sailings, day)
        if ground.sailings is not None and ground.river.suspended:
            hops = {}
        return RiverClock(
            self._river(),
            at,
            moments=departures(self.periods("river", day)),
            coach=self._driving("coach", day),
            hops=None
            if hops is None
            else {(ground.index[a], ground.index[b]): boats for (a, b), boats in hops.items()},
        )

    def _table(
        self, at: NDArray[np.int64], profile: str, now: Conditions, *, metres: bool
    ) -> NDArray[np.int64]:
        """Return seconds, or metres, between places by position."""
        import numpy as np

        if profile in {"river-out", "mixed"}:
            by_coach = self._table(at, "coach", now, metres=metres)
            by_boat = self._table(at, "river", now, metres=metres)
            return np.where(self._sails(at, down=profile == "mixed") & (by_boat >= 0), by_boat, by_coach)
        router = self._router(profile, now)
        table = router.rows(at.tolist())[1] if metres else router.seconds(at.tolist())
        return table[np.ix_(at, at)]

    def _sails(self, at: NDArray[np.int64], *, down: bool) -> NDArray[np.bool_]:
        """Return between which places a group that likes boats sails."""
        import numpy as np

        return np.asarray(self._river().sails[int(down)][np.ix_(at, at)])

    def path(
        self, from_id: str, to_id: str, profile: str, *, depart: datetime | None = None
    ) -> tuple[PathLeg, ...]:
        """Return the legs of the way from door to door; empty for a place and itself.

        Durations and distances of the legs sum to the entry of `matrix`, with or without a moment of
        departure. The way is that of the speed table at all hours; `drive` finds the one that is quickest at
        an hour.

        Parameters
        ----------
        from_id, to_id
            Places.
        profile, depart
            As of `matrix`.

        Raises
        ------
        NetworkError
            For an unknown place or profile, or where there is no way.
        """
        _refuse_no_moment(depart)
        a, b = self._position(from_id), self._position(to_id)
        self._known(profile)
        if a == b:
            return ()
        legs: tuple[PathLeg, ...] = self._path(a, b, profile)
        if not legs:
            raise NetworkError([_no_way(from_id, to_id, profile)], subject="network")
        if depart is None or not self._is_timed(profile):
            return legs
        total_s = int(self.matrix([from_id, to_id], profile, depart=depart).duration_s[0, 1])
        if total_s < 0:
            raise NetworkError(
                [_no_way(from_id, to_id, profile) + f"; none leaves after {depart:%H:%M}"], subject="network"
            )
        if (taken := self._held_up(a, b, profile, depart)) is not None:
            return at_that_hour(taken, total_s)
        if not (self._by_timetable(profile) and any(leg.mode == "boat" for leg in legs)):
            return at_that_hour(legs, total_s)
        return self._river_clock((a, b), _day_of(depart)).legs(_hour_of(depart)[1], total_s)

    def _held_up(self, a: int, b: int, profile: str, depart: datetime) -> tuple[PathLeg, ...] | None:
        """Return the legs of a way that a ban holds up at some hour, None where none does."""
        import numpy as np

        day, second = _day_of(depart), _whole_minute(_hour_of(depart)[1])
        barred = None if profile in _ON_WATER else self._barred(np.array([a, b]), profile, day)
        if barred is None or not barred.held[0, 1]:
            return None
        return walked_legs(*barred.way(second), self._hours(profile, day), depart_s=second)

    def drive(self, from_id: str, to_id: str, vehicle: str, *, depart: datetime) -> tuple[PathLeg, ...]:
        """Return the legs of the way that arrives first when one departs at a moment.

        Each stretch of road is driven at the speed of its minute, a ban waited for where that is sooner
        than the way round, and who departs later never arrives earlier. Plans use `path` and `matrix`,
        which reckon with whole ways; this is the closer look.

        Parameters
        ----------
        from_id, to_id
            Places.
        vehicle
            ``coach``, ``coach29``, ``coach45``, ``car``, ``motorbike``, ``bicycle`` or ``foot``.
        depart
            Moment of departure, Asia/Ho_Chi_Minh.

        Raises
        ------
        NetworkError
            For an unknown place or vehicle, or where there is no way.
        """
        _refuse_no_moment(depart, needed=True)
        a, b = self._position(from_id), self._position(to_id)
        router = self.router(vehicle)
        if a == b:
            return ()
        weekday, second = _hour_of(depart)
        legs = timed_legs(router, a, b, weekday=weekday, depart_s=second)
        if not legs:
            raise NetworkError([_no_way(from_id, to_id, vehicle)], subject="network")
        return legs

    def _find_path(self, a: int, b: int, profile: str) -> tuple[PathLeg, ...]:
        legs: tuple[PathLeg, ...] = self._router(self._taken(a, b, profile), AT_ALL_HOURS).path(a, b)
        return legs

    def _taken(self, a: int, b: int, profile: str) -> str:
        """Return how a group that likes boats goes from a to b: on the river or by coach."""
        if profile not in {"river-out", "mixed"}:
            return profile
        sail = self._river().by_boat(a, b, downstream=profile == "mixed")
        return "river" if sail else "coach"

    def router(self, vehicle: str, *, depart: datetime | None = None) -> RoadRouter:
        """Return the router of a vehicle at the speeds of a moment: arcs, and ways from node to node.

        Raises
        ------
        NetworkError
            For an unknown vehicle.
        """
        if vehicle not in VEHICLES:
            fault = f"vehicle {vehicle!r} is unknown; use one of {', '.join(VEHICLES)}"
            raise NetworkError([fault], subject="network")
        _refuse_no_moment(depart)
        return self._road(vehicle, self._now(vehicle, depart))

    def position(self, place_id: str) -> int:
        """Return the position of a place in the tables of a router.

        Raises
        ------
        NetworkError
            When no place has this key.
        """
        return self._position(place_id)

    # -- inside ------------------------------------------------------------------------------------

    @property
    def _world(self) -> Ground:
        if self._ground is None:
            raise NetworkError(["an empty Network; make one with build_network"], subject="network")
        return self._ground

    def _known(self, profile: str, *days: date) -> None:
        faults = [fault for day in days for fault in kind_faults(day=day)]
        if profile not in PROFILES:
            meant = did_you_mean(str(profile), PROFILES)
            faults.append(f"profile {profile!r} is unknown; use one of {', '.join(PROFILES)}{meant}")
        if faults:
            raise NetworkError(faults, subject="network")

    def _vehicle_of(self, profile: str) -> str:
        wheels = profile.partition("+")[0]
        return wheels if wheels in VEHICLES else "coach"

    def _is_slowed(self, profile: str) -> bool:
        """Return whether traffic slows a profile at some hour; by river that is the way to the pier."""
        traffic, vehicle = self._world.traffic, self._vehicle_of(profile)
        if traffic is None:
            return False
        seats = self._world.speeds.modes[vehicle].seats
        return traffic.felt_by.get(vehicle, 0) > 0 or any(0 < ban.min_seats <= seats for ban in traffic.bans)

    def _by_timetable(self, profile: str) -> bool:
        """Return whether a profile has boats that one waits for."""
        return profile in _ON_WATER and bool(self._world.sailings)

    def _is_timed(self, profile: str) -> bool:
        """Return whether the times of a profile change by hour."""
        return self._is_slowed(profile) or self._by_timetable(profile)

    def _now(self, profile: str, depart: datetime | None) -> Conditions:
        """Return what holds for a profile at a moment."""
        self._known(profile)
        traffic, vehicle = self._world.traffic, self._vehicle_of(profile)
        if traffic is None or depart is None:
            return AT_ALL_HOURS
        seats = self._world.speeds.modes[vehicle].seats
        weekday, second = _hour_of(depart)
        return traffic.at(vehicle, weekday, second, seats=seats)

    def _router(self, profile: str, now: Conditions = AT_ALL_HOURS) -> RoadRouter | RiverRouter:
        self._known(profile)
        return self._river() if profile == "river" else self._road(profile, now)

    def _road(self, vehicle: str, now: Conditions = AT_ALL_HOURS) -> RoadRouter:
        if (vehicle, now) not in self._routers:
            wheels, _, wings = vehicle.partition("+")
            self._routers[vehicle, now] = RoadRouter(self._world, wheels, now, flying=bool(wings))
        router: RoadRouter = self._routers[vehicle, now]
        return router

    def _river(self) -> RiverRouter:
        if "river" not in self._routers:
            self._routers["river"] = RiverRouter(self._world, self._road("coach"), self._road("foot"))
        router: RiverRouter = self._routers["river"]
        return router

    def _position(self, place_id: str) -> int:
        if not isinstance(place_id, str) or place_id not in self._world.index:
            raise NetworkError([self._unknown(place_id)], subject="network")
        return self._world.index[place_id]

    def _unknown(self, place_id: object) -> str:
        remedy = did_you_mean(str(place_id), self._world.index) or "; list(network) names all"
        return f"place {place_id!r} is not in the network{remedy}"

    def _leg(self, a: int, b: int, mode: str) -> tuple[int, int] | None:
        """Return (seconds, metres) of a leg, or ``None`` where the mode has none."""
        if mode == "boat":
            river = self._river()
            if not river.by_boat(a, b, downstream=False):
                return None
        elif a == b:
            return None
        duration_s, distance_m = self._router("river" if mode == "boat" else mode).rows([a])
        return (int(duration_s[a, b]), int(distance_m[a, b])) if duration_s[a, b] >= 0 else None

    # -- networkx ----------------------------------------------------------------------------------

    def size(self, weight: str | None = None) -> float:
        """Return the number of legs, or the sum of one of their numbers, as networkx does.

        Legs are counted in the tables of times, without making a single one.
        """
        if weight is not None or self._ground is None:
            return float(super().size(weight))
        count, everywhere = 0, range(len(self._ground.places))
        for mode in _EDGE_MODES:
            reached = self._router("river" if mode == "boat" else mode).rows(everywhere)[0] >= 0
            if mode == "boat":
                river = self._river()
                count += int((river.sails[0] & reached).sum())
            else:
                count += int(reached.sum()) - int(reached.diagonal().sum())
        return count

    def copy(self, as_view: bool = False) -> nx.MultiDiGraph:  # noqa: FBT001, FBT002 - networkx's signature
        """Return a plain graph of all legs, or a view of one."""
        return self._plain() if as_view else nx.MultiDiGraph(self._plain())

    def subgraph(self, nodes: Iterable[Hashable]) -> nx.MultiDiGraph:
        """Return a view of the legs between some places.

        Raises
        ------
        NetworkError
            For each key that is not in the network; networkx would pass over it in silence.
        """
        keys = [nodes] if isinstance(nodes, str) else list(nodes)
        faults = [self._unknown(key) for key in keys if key not in self._world.index]
        if faults:
            raise NetworkError(faults, subject="network")
        return self._plain().subgraph(keys)

    def edge_subgraph(self, edges: Iterable[tuple[Hashable, Hashable, Hashable]]) -> nx.MultiDiGraph:
        """Return a view of some legs."""
        return self._plain().edge_subgraph(edges)

    def reverse(self, copy: bool = True) -> nx.MultiDiGraph:  # noqa: FBT001, FBT002 - networkx's signature
        """Return the graph with all legs turned round."""
        return self._plain().reverse(copy=copy)

    def _plain(self) -> nx.MultiDiGraph:
        """Return a plain frozen graph that reads the same legs: networkx derives others from its class."""
        view = nx.MultiDiGraph()
        view.graph = self.graph
        view._node = self._node  # noqa: SLF001 - as networkx's own views are made
        view._adj = self._adj  # noqa: SLF001
        view._pred = self._pred  # noqa: SLF001
        return nx.freeze(view)


def _refuse_no_moment(depart: object, *, needed: bool = False) -> None:
    if not isinstance(depart, datetime) and (needed or depart is not None):
        fault = f"depart: {depart!r} is no moment; give a datetime, such as datetime(2027, 3, 15, 8, 0)"
        raise NetworkError([fault], subject="network")


def _no_way(from_id: str, to_id: str, profile: str) -> str:
    return f"no way from {from_id!r} to {to_id!r} by {profile!r}; choose another profile or another place"


def _day_of(moment: datetime) -> date:
    """Return the date in Hanoi; a moment without a zone is taken as Hanoi's."""
    return (moment if moment.tzinfo is None else moment.astimezone(TIMEZONE)).date()


def _whole_minute(second: int) -> int:
    """Return the whole minute that a second belongs to who leaves no earlier."""
    return second + -second % 60


def _hour_of(moment: datetime) -> tuple[int, int]:
    """Return weekday and seconds after midnight in Hanoi; a moment without a zone is taken as Hanoi's."""
    local = moment if moment.tzinfo is None else moment.astimezone(TIMEZONE)
    return local.weekday(), local.hour * 3600 + local.minute * 60 + local.second


class _Lazy(Mapping[str, T]):
    """A read-only mapping over keys, whose values are made when read."""

    __slots__ = ("_keys", "_make")

    def __init__(self, keys: Callable[[], Sequence[str]], make: Callable[[str], T | None]) -> None:
        self._keys, self._make = keys, make

    def __getitem__(self, key: str) -> T:
        value = self._make(key)
        if value is None:
            raise KeyError(key)
        return value

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys())

    def __len__(self) -> int:
        return len(self._keys())


def _neighbours(network: Network, *, forward: bool) -> _Lazy[_Lazy[_Lazy[dict[str, Any]]]]:
    """Return the adjacency of a network: place → place → mode → leg."""
    ground = network._world  # noqa: SLF001
    names = [p.site_id for p in ground.places]

    def row(place_id: str) -> _Lazy[_Lazy[dict[str, Any]]] | None:
        i = ground.index.get(place_id)
        if i is None:
            return None

        def modes(other: str) -> _Lazy[dict[str, Any]] | None:
            j = ground.index.get(other)
            if j is None or j == i:
                return None
            a, b = (i, j) if forward else (j, i)
            found = [m for m in _EDGE_MODES if network._leg(a, b, m) is not None]  # noqa: SLF001
            return _Lazy(lambda: found, lambda m: _leg(network, a, b, m)) if found else None

        return _Lazy(lambda: [other for other in names if modes(other) is not None], modes)

    return _Lazy(lambda: names, row)


def _leg(network: Network, a: int, b: int, mode: str) -> dict[str, Any] | None:
    if mode not in _EDGE_MODES:
        return None
    found = network._leg(a, b, mode)  # noqa: SLF001
    if found is None:
        return None
    return {
        "mode": mode,
        "duration_s": found[0],
        "distance_m": found[1],
        "geometry": LegLine(network, a, b, mode),
    }


class LegLine(Sequence[tuple[float, float]]):
    """The points of a leg as (lon, lat), found when the first one is read."""

    __slots__ = ("_ends", "_mode", "_network")

    def __init__(self, network: Network, a: int, b: int, mode: str) -> None:
        self._network, self._ends, self._mode = network, (a, b), mode

    def _points(self) -> tuple[tuple[float, float], ...]:
        profile = "river" if self._mode == "boat" else self._mode
        legs = self._network._path(*self._ends, profile)  # noqa: SLF001
        points = [point for leg in legs for point in leg.geometry]
        return (*points[:1], *(q for p, q in pairwise(points) if p != q))

    @overload
    def __getitem__(self, at: int) -> tuple[float, float]: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[tuple[float, float], ...]: ...
    def __getitem__(self, at: int | slice) -> tuple[float, float] | tuple[tuple[float, float], ...]:
        return self._points()[at]

    def __len__(self) -> int:
        return len(self._points())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LegLine | tuple | list) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(self._points())

    def __repr__(self) -> str:
        return f"<line of a leg by {self._mode}>"
