"""Itineraries and sites as Folium maps that a website can publish: whole in one file, offline, bilingual."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from routeplanner.errors import RequestError
from routeplanner.itinerary_text import LANGUAGES, span_words
from routeplanner.render._spec import layer_spec
from routeplanner.render.features import (
    collection,
    cut_meridian,
    leg_features,
    pin_features,
    positions,
    route_features,
)
from routeplanner.render.gazetteer import dot_features, facets, site_legend, site_panel, spot_features
from routeplanner.render.given import (
    BUNDLED,
    checked,
    graph_faults,
    itinerary_faults,
    placed,
    programme_faults,
    route_faults,
    text_faults,
    title_faults,
)
from routeplanner.render.pairs import Pair, credit, names, pair, twice
from routeplanner.render.panel import Titles, legend, panel, programme_panel
from routeplanner.render.roadmap import node_features, way_features, way_legend, way_panel, ways_of
from routeplanner.render.sections import sections_of, sections_of_all

if TYPE_CHECKING:
    import folium
    import geopandas as gpd
    import networkx as nx

    from routeplanner.itinerary import Itinerary
    from routeplanner.render._page import Ground

__all__ = [
    "ground_for",
    "map_itinerary",
    "map_network",
    "map_programme",
    "map_sites",
    "titles_of",
]


class _Programme(Protocol):
    """Routes that were designed together, with a card for each."""

    @property
    def routes(self) -> Sequence[Itinerary]: ...
    @property
    def cards(self) -> Sequence[Any]: ...


_DESCRIPTION_LETTERS = 240

CREDIT = "© OpenStreetMap contributors (ODbL)"
"""Credit of the bundled catalogue and roads."""


def map_itinerary(
    trip: Itinerary,
    *,
    lang: str = "vi",
    basemap: str | folium.TileLayer | None = BUNDLED,
    title: str | Pair | None = None,
    sites: gpd.GeoDataFrame | None = None,
) -> folium.Map:
    """Return the itinerary as a map beside its timetable.

    The page needs nothing but itself: it opens from disk and without a network. It speaks Vietnamese and
    English and has a switch between them. The same itinerary gives the same bytes.

    Parameters
    ----------
    trip
        The itinerary.
    lang
        Language at first, ``"vi"`` or ``"en"``.
    basemap
        ``"bundled"`` draws rivers, lakes, roads, borders and names from the library's data; the name of a tile provider
        known to xyzservices (``"OpenTopoMap"``) or a `folium.TileLayer` loads tiles from the web; None draws
        neither. OpenStreetMap's own tiles refuse a page that is opened from disk.
    title
        Headline, one text or a pair (Vietnamese, English); by default the name of the corridor.
    sites
        Other places to show as faint dots, as for `map_sites`.

    Returns
    -------
    folium.Map
        Save it with ``.save(path)``, show it in a notebook, or add Folium layers to it. A `folium.Icon`
        brings Folium's web assets back into the page; other markers, popups and tooltips do not.

    Raises
    ------
    RequestError
        When `lang` or `basemap` is unknown, the itinerary is none or has no day, or `title` or `sites` is no such
        thing.

    Examples
    --------
    >>> from datetime import date
    >>> import routeplanner as rp
    >>> network = rp.build_network(rp.load_sites())
    >>> trip = rp.plan(network, rp.TripRequest(corridor="south", first_day=date(2027, 3, 13)))
    >>> rp.map_itinerary(trip).save("trip.html")
    """
    faults = itinerary_faults(trip)
    faults += [] if title is None else title_faults("title", title)
    others = None if sites is None else placed(sites, faults)
    checked(lang, basemap, faults)
    titles = titles_of(trip, title)
    sections = sections_of(trip)
    canvas = _sheet(
        lang=lang,
        titles=pair(lambda code: f"{titles.title[LANGUAGES.index(code)]} · {span_words(trip, code)}"),
        description=_description(trip),
        panel=panel(trip, titles),
        legend=legend(sections),
        attribution=trip.attribution,
        where=list(positions(trip)),
        content=[trip.to_dict(), titles.title, basemap if isinstance(basemap, str) else None],
        basemap=basemap,
    )
    if others is not None:
        visited = {stop.site_id for stop in trip.stops}
        _add_layer(canvas, "sites", dot_features(others, visited), point="dot")
    _add_layer(canvas, "legs", leg_features(sections), each="bindLeg")
    _add_layer(canvas, "stops", pin_features(sections), point="pin")
    return canvas


def map_programme(
    trips: Sequence[Itinerary] | _Programme,
    *,
    lang: str = "vi",
    basemap: str | folium.TileLayer | None = BUNDLED,
    title: str | Pair = ("Chương trình các tuyến", "Programme of routes"),
    names: Sequence[str | Pair] | None = None,
) -> folium.Map:
    """Return several routes as one map beside their timetables.

    Each route has a number, a colour and a button that shows it alone; a route of several days has one for each.
    The printed page has a route on each sheet.

    Parameters
    ----------
    trips
        The routes, or a programme that holds them as its `routes`.
    lang, basemap
        As for `map_itinerary`.
    title
        Headline, one text or a pair (Vietnamese, English).
    names
        A name for each route; by default those of the programme's cards, else the corridor's.

    Returns
    -------
    folium.Map
        As for `map_itinerary`.

    Raises
    ------
    RequestError
        When `lang` or `basemap` is unknown, there is no route, one has no day, or `names` are not as many as the
        routes.

    Examples
    --------
    >>> from datetime import date
    >>> import routeplanner as rp
    >>> network, day = rp.build_network(rp.load_sites()), date(2027, 3, 13)
    >>> south, west = (rp.plan(network, rp.TripRequest(corridor=c, first_day=day)) for c in ("south", "west"))
    >>> rp.map_programme([south, west], names=["South", "West"]).save("programme.html")
    """
    routes = _routes_in(trips)
    checked(lang, basemap, [*programme_faults(routes, names), *title_faults("title", title)])
    called = list(zip(_route_names(trips, routes, names), routes, strict=True))
    sections = sections_of_all(called)
    headline = _pair(title)
    credited = " · ".join(dict.fromkeys(route.attribution for route in routes))
    canvas = _sheet(
        lang=lang,
        titles=headline,
        description=pair(
            lambda code: (
                f"{headline[LANGUAGES.index(code)]}: "
                + ", ".join(name[LANGUAGES.index(code)] for name, _ in called)
            )
        ),
        panel=programme_panel(sections, Titles(headline, ("", "")), len(routes), credit(credited)),
        legend=legend(sections),
        attribution=credited,
        where=[position for route in routes for position in positions(route)],
        content=[
            [route.to_dict() for route in routes],
            [name for name, _ in called],
            headline,
            basemap if isinstance(basemap, str) else None,
        ],
        basemap=basemap,
    )
    _add_layer(canvas, "legs", leg_features(sections), each="bindLeg")
    _add_layer(canvas, "stops", pin_features(sections), point="pin")
    return canvas


def _routes_in(source: Sequence[Itinerary] | _Programme) -> list[Itinerary]:
    routes = source if isinstance(source, Sequence) else getattr(source, "routes", None)
    if not isinstance(routes, Sequence):
        kind = type(source).__name__
        fault = f"trips: {kind} is neither a list of itineraries nor a programme; give [trip, …]"
        raise RequestError([fault], subject="map")
    return list(routes)


def _route_names(
    source: object, routes: Sequence[Itinerary], names: Sequence[str | Pair] | None
) -> list[Pair]:
    """Return a name for each route: as given, of the programme's cards, or of the corridor."""
    cards = getattr(source, "cards", ())
    if names is not None:
        return [_pair(name) for name in names]
    if len(cards) == len(routes):
        return [(card.name_vi, card.name_en) for card in cards]
    return [titles_of(route, None).title for route in routes]


def map_sites(
    sites: gpd.GeoDataFrame,
    *,
    lang: str = "vi",
    basemap: str | folium.TileLayer | None = BUNDLED,
    title: str | Pair = ("Các điểm văn hóa", "Cultural sites"),
    trips: Sequence[Itinerary] = (),
) -> folium.Map:
    """Return sites as a map by kind beside their list.

    Parameters
    ----------
    sites
        Places in the shape of `load_sites` (index ``site_id``); a selection of it, as from `filter_sites`, reads
        best. Of a table of one's own only names (``name_vi`` or ``name_en``) and geometry are needed; another
        coordinate system is reprojected, and an area stands as a point inside it.
    lang, basemap
        As for `map_itinerary`.
    title
        Headline, one text or a pair (Vietnamese, English).
    trips
        Routes to draw among the sites, numbered in the legend.

    Returns
    -------
    folium.Map
        As for `map_itinerary`. More than 250 sites gather in clusters, which open as one comes nearer. The list
        can be filtered by kind, craft, theme, corridor and text (with and without Vietnamese marks), and the map
        follows; ``#craft=lacquer&q=ha+thai`` after the page's address opens it filtered, ``#site-bat-trang`` at a site.
        It opens on where nearly all the sites lie, says how many lie outside, and shows them all on a click.

    Raises
    ------
    RequestError
        When `lang`, `basemap`, `title` or a route is no such thing, or there is no site, or one has no position.

    Examples
    --------
    >>> from routeplanner.sites.catalog import load_sites
    >>> sites = load_sites()
    >>> map_sites(sites[sites["kind"] == "museum"], lang="en").save("museums.html")
    """
    faults = [*title_faults("title", title), *route_faults(trips)]
    points = placed(sites, faults)
    checked(lang, basemap, faults)
    headline = _pair(title)
    spots = spot_features(points)
    where = [tuple(feature["geometry"]["coordinates"]) for feature in spots["features"]]
    routes = [(titles_of(trip, None).title, trip) for trip in trips]
    ways = route_features(routes)
    canvas = _sheet(
        lang=lang,
        titles=headline,
        description=headline,
        panel=site_panel(spots, headline, credit(CREDIT)),
        legend=site_legend(spots, routes),
        attribution=CREDIT,
        where=where,
        content=[spots, headline, ways, basemap if isinstance(basemap, str) else None],
        basemap=basemap,
        facets=facets(points),
    )
    if routes:
        _add_layer(canvas, "legs", ways, each="bindLeg")
    _add_layer(canvas, "stops", spots, point="pin", omit=("name", "key"))
    return canvas


def map_network(
    graph: nx.MultiDiGraph,
    *,
    lang: str = "vi",
    basemap: str | folium.TileLayer | None = BUNDLED,
    title: str | Pair = ("Mạng lưới", "Network"),
    attribution: str = CREDIT,
) -> folium.Map:
    """Return a graph as a map: roads by class, or the legs between places by mode.

    Modes between the same places are drawn side by side, each with its colour and dashes, and a button shows each
    class or mode alone. A line says its length and time, a place its name.

    Parameters
    ----------
    graph
        Roads as `load_roads` or OSMnx give them (nodes with ``x`` and ``y`` in degrees, edges with
        ``highway``), or a part of a `Network` (``network.subgraph(["bat-trang", "ho-hoan-kiem"])``). A whole
        `Network` has an edge for each pair of places and mode, too many to draw.
    lang, basemap
        As for `map_itinerary`: by default rivers, lakes, roads and towns lie below the graph; None draws it alone.
    title
        Headline, one text or a pair (Vietnamese, English).
    attribution
        Credit of the graph's data.

    Raises
    ------
    RequestError
        When `lang` or `basemap` is unknown, the graph has no edge or more than 20,000, or its coordinates
        are no degrees.

    Examples
    --------
    >>> from routeplanner.network import load_roads
    >>> map_network(load_roads(), lang="en").save("roads.html")
    """
    checked(
        lang,
        basemap,
        [*graph_faults(graph), *title_faults("title", title), *text_faults("attribution", attribution)],
    )
    ways = ways_of(graph)
    headline = _pair(title)
    canvas = _sheet(
        lang=lang,
        titles=headline,
        description=headline,
        panel=way_panel(ways, headline, credit(attribution)),
        legend=way_legend(ways),
        attribution=attribution,
        where=[position for way in ways for position in way.line],
        content=[ways, headline, attribution, basemap if isinstance(basemap, str) else None],
        basemap=basemap,
    )
    _add_layer(canvas, "legs", way_features(ways), each="bindLeg")
    nodes = node_features(graph, ways)
    if nodes["features"]:
        _add_layer(canvas, "stops", nodes, point="pin")
    return canvas


def titles_of(itinerary: Itinerary, title: str | Pair | None) -> Titles:
    """Return the headline that is asked for, or that of the corridor, and a sentence below it."""
    from routeplanner.sites.words import load_corridors

    corridor = load_corridors().get(str(itinerary.request.get("corridor")))
    lead = ("", "")
    if corridor is not None:  # what the corridor holds, which is more than one trip visits
        lead = f"Trên tuyến này: {corridor.summary_vi}", f"On this corridor: {corridor.summary_en}"
    if title is not None:
        return Titles(_pair(title), lead)
    if corridor is not None:
        return Titles((corridor.name_vi, corridor.name_en), lead)
    start = names(itinerary.days[0].start)
    return Titles((f"Hành trình từ {start[0]}", f"Itinerary from {start[1]}"), lead)


def _description(itinerary: Itinerary) -> Pair:
    """Return when it is and what it visits, for search engines and link previews, which show some 200 letters."""

    def text(lang: str) -> str:
        said, called = (
            span_words(itinerary, lang),
            [names(stop)[LANGUAGES.index(lang)] for stop in itinerary.stops],
        )
        for number, name in enumerate(called):
            if len(said) + len(name) > _DESCRIPTION_LETTERS:
                more = len(called) - number
                return f"{said}… (+{more})"
            said += f"{', ' if number else ': '}{name}"
        return said

    return pair(text)


def _pair(title: str | Pair) -> Pair:
    return twice(title) if isinstance(title, str) else (title[0], title[1])


def _sheet(
    *,
    lang: str,
    titles: Pair,
    description: Pair,
    panel: str,
    legend: str,
    attribution: str,
    where: Sequence[tuple[float, ...]],
    content: object,
    basemap: str | folium.TileLayer | None,
    facets: Sequence[dict[str, Any]] = (),
) -> Any:  # noqa: ANN401 - our subclass of folium.Map, defined where Folium is imported
    """Return an empty map on its page, with an id made from the content."""
    from routeplanner.render._page import Page, SheetMap

    text = json.dumps([content, lang], ensure_ascii=False, sort_keys=True)
    page = Page(
        lang=lang,
        titles=titles,
        description=description,
        panel=panel,
        legend=legend,
    )
    cut = cut_meridian([position[0] for position in where])
    where = [(_east_of(cut, position[0]), position[1]) for position in where]
    lon, lat = (sum(axis) / len(axis) for axis in zip(*where, strict=True))
    ground = ground_for(basemap, where)
    owed = [CREDIT] if ground.layers and "OpenStreetMap" not in attribution else []
    return SheetMap(
        page,
        digest=hashlib.sha256(text.encode()).hexdigest()[:12],
        attributions=tuple(credit(text) for text in (attribution, *owed) if text),
        ground=ground,
        where=where,
        facets=facets,
        cut=cut,
        location=[round(lat, 5), round(lon, 5)],
        zoom_start=10,
        min_zoom=4,
        zoom_snap=0.25 if basemap in (BUNDLED, None) else 1,  # tiles between two zoom levels are blurred
    )


def _east_of(cut: float | None, lon: float) -> float:
    return lon if cut is None or lon >= cut else lon + 360


def ground_for(basemap: str | folium.TileLayer | None, where: Sequence[tuple[float, ...]]) -> Ground:
    """Return a basemap for a map of these positions."""
    from routeplanner.render._page import Ground

    if basemap is None:
        return Ground()
    if basemap != BUNDLED:
        return Ground(tiles=_tiles(basemap))
    from routeplanner.render import basemap as ground

    places = [(position[0], position[1]) for position in where]
    bounds, cities = ground.bounds_around(places), ground.city_boxes(places)
    layers = [
        _lines("borders", ground.border_features(bounds)),
        _lines("river", ground.river_features(bounds, cities), smooth=0.5),
        _lines("lakes", ground.lake_features(bounds), smooth=0.5, pane="river"),
        _lines("roads", ground.road_features(bounds)),
        _words("towns", _joined(ground.lake_name_features(bounds), ground.town_features(bounds))),
        _words("streets", ground.street_name_features(bounds)),
    ]
    credits_ = [ground.COUNTRY_CREDIT, ground.CITY_CREDIT] if cities else []
    if cities or (ground.is_country_wide(places) and ground.is_in_vietnam(places)):
        country = _words("country", ground.country_name_features())
        layers = [_lines("sea", ground.outline_features(), decimals=3), country, *layers]
        credits_ = credits_ or [ground.COUNTRY_CREDIT]
    if cities:
        coast = _lines("coast", ground.city_sea_features(cities), decimals=3, pane="sea")
        layers = [layers[0], coast, *layers[1:], _words("districts", ground.district_features(cities))]
    layers = [layer for layer in layers if layer["rows"]]
    areas = {"country": ground.COUNTRY, "streets": ground.STREETS, "waters": [*cities.values()]}
    return Ground(tuple(layers), credits=tuple(credits_), areas=areas)


def _joined(*parts: dict[str, Any]) -> dict[str, Any]:
    return collection([feature for part in parts for feature in part["features"]])


def _lines(
    name: str, features: dict[str, Any], *, smooth: float = 1.0, decimals: int = 4, pane: str = ""
) -> dict[str, Any]:
    options = {"pane": f"rp-{pane or name}", "interactive": False, "smoothFactor": smooth}
    functions = {"style": "lineStyle"}
    return layer_spec(features, name=name, functions=functions, options=options, decimals=decimals)


def _words(name: str, features: dict[str, Any]) -> dict[str, Any]:
    return layer_spec(features, name=name, functions={"pointToLayer": "word"}, options={}, decimals=4)


def _tiles(basemap: str | folium.TileLayer) -> dict[str, Any]:
    import folium
    from folium.utilities import camelize

    tiles: Any = basemap
    if isinstance(basemap, str):
        # OpenStreetMap's servers, and those that fall back to them, refuse requests without a referrer.
        tiles = folium.TileLayer(basemap, referrer_policy="strict-origin-when-cross-origin")
    options = {camelize(key): value for key, value in tiles.options.items() if value is not None}
    return {"url": tiles.tiles, "options": options}


def _add_layer(
    canvas: Any,  # noqa: ANN401 - our subclass of folium.Map
    name: str,
    features: dict[str, Any],
    *,
    point: str | None = None,
    each: str | None = None,
    omit: Sequence[str] = (),
) -> None:
    """Add a GeoJSON layer that our script draws."""
    from routeplanner.render._page import Features

    functions = {"style": "lineStyle"}
    options: dict[str, Any] = {}
    if point is not None:
        functions["pointToLayer"] = point
    if each is not None:
        functions["onEachFeature"] = each
        options = {"pane": f"rp-{name}"}
    digest = canvas._id  # noqa: SLF001 - branca has no other way to an id
    canvas.add_child(
        Features(features, layer=name, digest=digest, functions=functions, options=options, omit=omit)
    )
