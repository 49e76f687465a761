"""The network of places and legs: a read-only `networkx.MultiDiGraph` whose legs are computed when read."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeVar, overload

import networkx as nx

from routeplanner._text import did_you_mean, nfc
from routeplanner.errors import NetworkError
from routeplanner.network.attach import Access, Place, attach_places
from routeplanner.network.long_legs import load_long_legs
from routeplanner.network.river import River, load_river
from routeplanner.network.roads import load_roads, road_table
from routeplanner.network.speeds import DEFAULT_SPEEDS, Speeds
from routeplanner.network.travel import (
    VEHICLES,
    Ground,
    PathLeg,
    RiverRouter,
    RoadRouter,
    TravelMatrix,
)

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["PROFILES", "Network", "build_network"]

FLYING = ("coach+air", "car+air")
PROFILES = (*VEHICLES, *FLYING, "river", "river-out", "mixed")
_EDGE_MODES = (*VEHICLES, "boat")
_PATHS_KEPT = 4_096

T = TypeVar("T")


def build_network(
    sites: gpd.GeoDataFrame,
    roads: nx.MultiDiGraph | None = None,
    river: River | None = None,
    *,
    speeds: Speeds | None = None,
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
    places = _places(sites)
    ground = Ground(
        table=road_table(load_roads() if roads is None else roads),
        river=load_river() if river is None else river,
        speeds=speeds or DEFAULT_SPEEDS,
        places=places,
        access={},
        long_legs=load_long_legs(),
    )
    return Network(_attached(ground, places), sites)


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
    """

    def __init__(self, ground: Ground | None = None, sites: gpd.GeoDataFrame | None = None) -> None:
        super().__init__()
        self._ground = ground
        self._sites = sites
        if ground is None:  # networkx makes empty graphs of a graph's own class
            return
        self._routers: dict[str, Any] = {}
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

    def access(self, place_id: str) -> Access | None:
        """Return how a place joins the roads, or ``None`` where no road is within 15 km.

        Raises
        ------
        NetworkError
            When no place has this key.
        """
        self._position(place_id)
        return self._world.access.get(place_id)

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
        self, site_id: str, lon: float, lat: float, *, name_vi: str | None = None, name_en: str | None = None
    ) -> Network:
        """Return this network with one place more: a hotel, a meeting point.

        Parameters
        ----------
        site_id
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
        if site_id in ground.index:
            faults.append(f"place {site_id!r} is already in the network; choose another key")
        if not (-180 <= lon <= 180 and -90 <= lat <= 90):
            faults.append(
                f"place {site_id!r}: lon={lon}, lat={lat} are not degrees; give longitude, then latitude"
            )
        if faults:
            raise NetworkError(faults, subject="network")
        name = nfc(name_vi) if name_vi else site_id
        place = Place(site_id, name, name_en, round(float(lon), 5), round(float(lat), 5), "start")
        wider = replace(ground, places=(*ground.places, place))
        return Network(_attached(wider, [place]), self._sites)

    # -- travel ------------------------------------------------------------------------------------

    def matrix(self, places: Sequence[str], profile: str) -> TravelMatrix:
        """Return times and distances between places.

        Parameters
        ----------
        places
            Keys, in the order of rows and columns.
        profile
            ``coach``, ``car``, ``motorbike``, ``bicycle`` or ``foot``: this vehicle, and on foot or by
            boat what lies beyond the road's end. ``river``: by boat between piers, on foot (1.2 km) or by
            coach (6 km, 12 km for a start) to them. ``river-out``: by boat between different piers where one
            end is a walk and the other at most a ride of 3 km from its pier, by coach otherwise.
            ``mixed``: the same, by boat only downstream. ``coach+air``, ``car+air``: by road, and by air
            between the airports of `load_long_legs`.

        Returns
        -------
        TravelMatrix
            Times obey the triangle inequality within one profile, except in ``river-out`` and ``mixed``:
            there a boat is taken because it is a boat, though the coach would be sooner.

        Raises
        ------
        NetworkError
            For an unknown place or profile.
        """
        import numpy as np

        faults = [self._unknown(p) for p in places if p not in self._world.index]
        if faults:
            raise NetworkError(faults, subject="network")
        at = np.array([self._world.index[p] for p in places], dtype=np.int64)
        duration_s, distance_m = self._tables(at, profile)
        return TravelMatrix(tuple(places), profile, duration_s, distance_m)

    def _tables(self, at: NDArray[np.int64], profile: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        import numpy as np

        cut = np.ix_(at, at)
        if profile in {"river-out", "mixed"}:
            coach_s, coach_m = self._tables(at, "coach")
            boat_s, boat_m = self._tables(at, "river")
            river = self._river()
            down = profile == "mixed"
            sail = np.array([[river.by_boat(i, j, downstream=down) for j in at] for i in at], dtype=bool)
            sail = sail.reshape(len(at), len(at)) & (boat_s >= 0)
            return np.where(sail, boat_s, coach_s), np.where(sail, boat_m, coach_m)
        duration_s, distance_m = self._router(profile).rows(at.tolist())
        return duration_s[cut], distance_m[cut]

    def path(self, from_id: str, to_id: str, profile: str) -> tuple[PathLeg, ...]:
        """Return the legs of the way from door to door; empty for a place and itself.

        Durations and distances of the legs sum to the entry of `matrix`.

        Raises
        ------
        NetworkError
            For an unknown place or profile, or where there is no way.
        """
        a, b = self._position(from_id), self._position(to_id)
        if a == b:
            self._router("coach" if profile in {"river-out", "mixed"} else profile)
            return ()
        legs: tuple[PathLeg, ...] = self._path(a, b, profile)
        if not legs:
            fault = f"no way from {from_id!r} to {to_id!r} by {profile!r}; choose another profile or another place"
            raise NetworkError([fault], subject="network")
        return legs

    def _find_path(self, a: int, b: int, profile: str) -> tuple[PathLeg, ...]:
        if profile in {"river-out", "mixed"}:
            sail = self._river().by_boat(a, b, downstream=profile == "mixed")
            profile = "river" if sail else "coach"
        legs: tuple[PathLeg, ...] = self._router(profile).path(a, b)
        return legs

    # -- inside ------------------------------------------------------------------------------------

    @property
    def _world(self) -> Ground:
        if self._ground is None:
            raise NetworkError(["an empty Network; make one with build_network"], subject="network")
        return self._ground

    def _router(self, profile: str) -> RoadRouter | RiverRouter:
        if profile == "river":
            return self._river()
        if profile in FLYING:
            return self._road(profile)
        if profile not in VEHICLES:
            fault = f"profile {profile!r} is unknown; use one of {', '.join(PROFILES)}{did_you_mean(profile, PROFILES)}"
            raise NetworkError([fault], subject="network")
        return self._road(profile)

    def _road(self, vehicle: str) -> RoadRouter:
        if vehicle not in self._routers:
            wheels, _, wings = vehicle.partition("+")
            self._routers[vehicle] = RoadRouter(self._world, wheels, flying=bool(wings))
        router: RoadRouter = self._routers[vehicle]
        return router

    def _river(self) -> RiverRouter:
        if "river" not in self._routers:
            self._routers["river"] = RiverRouter(self._world, self._road("coach"), self._road("foot"))
        router: RiverRouter = self._routers["river"]
        return router

    def _position(self, place_id: str) -> int:
        if place_id not in self._world.index:
            raise NetworkError([self._unknown(place_id)], subject="network")
        return self._world.index[place_id]

    def _unknown(self, place_id: str) -> str:
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

    def copy(self, as_view: bool = False) -> nx.MultiDiGraph:  # noqa: FBT001, FBT002 - networkx's signature
        """Return a plain graph of all legs, or a view of one."""
        return self._plain() if as_view else nx.MultiDiGraph(self._plain())

    def subgraph(self, nodes: Iterable[Hashable]) -> nx.MultiDiGraph:
        """Return a view of the legs between some places."""
        return self._plain().subgraph(nodes)

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
