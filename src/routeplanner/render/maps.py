"""Itineraries and sites as Folium maps that a website can publish: whole in one file, offline, bilingual."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from routeplanner._escape import escape_for_leaflet
from routeplanner._text import did_you_mean
from routeplanner.errors import RequestError
from routeplanner.itinerary_text import (
    LANGUAGES,
    clock,
    date_words,
    distance_words,
    duration_words,
    mode_words,
    thousands,
)
from routeplanner.render.panel import (
    Pair,
    Titles,
    credit,
    day_class,
    legend,
    names,
    panel,
    short_names,
    stop_mark,
    what_words,
)

if TYPE_CHECKING:
    import folium
    import geopandas as gpd

    from routeplanner.itinerary import Day, Itinerary, Leg, Stop, Terminal

__all__ = ["map_itinerary"]

BUNDLED = "bundled"
"""Basemap drawn from the library's own data."""


def map_itinerary(
    itinerary: Itinerary,
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
    itinerary
        The trip.
    lang
        Language at first, ``"vi"`` or ``"en"``.
    basemap
        ``"bundled"`` draws rivers, roads and towns from the library's data; the name of a tile provider
        known to xyzservices (``"CartoDB positron"``) or a `folium.TileLayer` loads tiles from the web;
        None draws neither.
    title
        Headline, one text or a pair (Vietnamese, English); by default the name of the corridor.
    sites
        Other places to show as faint dots, in the shape of `load_sites` (EPSG:4326).

    Returns
    -------
    folium.Map
        Save it with ``.save(path)``, show it in a notebook, or add Folium layers to it. A
        `folium.Icon` brings Folium's web assets back into the page; other markers do not.

    Raises
    ------
    RequestError
        When `lang` or `basemap` is unknown, or the itinerary has no day.

    Examples
    --------
    >>> map_itinerary(trip).save("trip.html")  # doctest: +SKIP
    """
    _check(itinerary, lang, basemap)
    from routeplanner.render._page import Page, Script, SheetMap

    titles = _titles(itinerary, title)
    digest = _digest(itinerary, lang, str(basemap), titles)
    page = Page(
        lang=lang,
        title_vi=escape_for_leaflet(f"{titles.title[0]} · {date_words(itinerary.days[0].date, 'vi')}"),
        title_en=escape_for_leaflet(f"{titles.title[1]} · {date_words(itinerary.days[0].date, 'en')}"),
        description=escape_for_leaflet(_description(itinerary, lang)),
        panel=panel(itinerary, titles),
        legend=legend(itinerary),
    )
    positions = list(_positions(itinerary))
    middle = [sum(axis) / len(axis) for axis in zip(*positions, strict=True)]
    canvas = SheetMap(
        page,
        digest=digest,
        attributions=(credit(itinerary.attribution),),
        location=[round(middle[1], 5), round(middle[0], 5)],
        zoom_start=10,
        min_zoom=7,
    )
    layers = _add_basemap(canvas, basemap, positions)
    if sites is not None:
        _add_sites(canvas, sites)
    layers["legs"] = _layer(canvas, "legs", _leg_features(itinerary), pane="rp-legs", each="bindLeg")
    layers["stops"] = _layer(canvas, "stops", _pin_features(itinerary), point="pin")
    canvas.add_child(Script(layers, digest=digest))
    return canvas


def _check(itinerary: Itinerary, lang: str, basemap: object) -> None:
    faults = []
    if lang not in LANGUAGES:
        faults.append(f"lang: {lang!r} is no language of this library; choose one of {LANGUAGES}")
    if not itinerary.days:
        faults.append("itinerary: it has no day; plan at least one")
    if isinstance(basemap, str) and basemap != BUNDLED:
        faults += _provider_faults(basemap)
    if faults:
        raise RequestError(faults, subject="map")


def _provider_faults(name: str) -> Iterator[str]:
    import xyzservices  # type: ignore[import-untyped]

    known = {key.replace(".", " "): key for key in xyzservices.providers.flatten()}
    try:
        xyzservices.providers.query_name(name)
    except ValueError:
        remedy = did_you_mean(name, [BUNDLED, *known]) or "; see xyzservices.providers"
        yield f"basemap: {name!r} is no tile provider{remedy}; 'bundled' needs none"


def _titles(itinerary: Itinerary, title: str | Pair | None) -> Titles:
    from routeplanner.sites.words import load_corridors

    corridor = load_corridors().get(str(itinerary.request.get("corridor")))
    if title is not None:
        pair = (title, title) if isinstance(title, str) else (title[0], title[1])
    elif corridor is not None:
        pair = (corridor.name_vi, corridor.name_en)
    else:
        start = names(itinerary.days[0].start)
        pair = (f"Hành trình từ {start[0]}", f"Itinerary from {start[1]}")
    lead = ("", "") if corridor is None else (corridor.summary_vi, corridor.summary_en)
    return Titles(pair, lead)


def _digest(itinerary: Itinerary, lang: str, basemap: str, titles: Titles) -> str:
    # A tile layer has no lasting text; its class is enough, as the digest only names elements.
    shown = basemap.split(" object at ")[0]
    text = json.dumps([itinerary.to_dict(), lang, shown, titles.title], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _description(itinerary: Itinerary, lang: str) -> str:
    column = LANGUAGES.index(lang)
    stops = ", ".join(names(stop)[column] for stop in itinerary.stops)
    return f"{date_words(itinerary.days[0].date, lang)}: {stops}"


def _positions(itinerary: Itinerary) -> Iterator[tuple[float, float]]:
    for day in itinerary.days:
        yield (day.start.lon, day.start.lat)
        yield from ((stop.lon, stop.lat) for stop in day.stops)
        for leg in day.legs:
            yield from leg.geometry
        yield (day.end.lon, day.end.lat)


def _add_basemap(
    canvas: Any,  # noqa: ANN401 - our subclass of folium.Map, defined where Folium is imported
    basemap: str | folium.TileLayer | None,
    positions: Sequence[tuple[float, float]],
) -> dict[str, Any]:
    if basemap is None:
        return {}
    if basemap != BUNDLED:
        _add_tiles(canvas, basemap)
        return {}
    from routeplanner.render import basemap as ground

    bounds = ground.bounds_around(positions)
    river = _layer(canvas, "river", ground.river_features(), pane="rp-river", smooth=0.5)
    _layer(canvas, "roads", ground.road_features(bounds), pane="rp-roads")
    _layer(canvas, "towns", ground.town_features(bounds), point="word")
    return {"river": river}


def _add_tiles(canvas: Any, basemap: str | folium.TileLayer) -> None:  # noqa: ANN401
    import folium

    tiles = basemap
    if isinstance(basemap, str):
        # OpenStreetMap's servers, and those that fall back to them, refuse requests without a referrer.
        tiles = folium.TileLayer(basemap, referrer_policy="strict-origin-when-cross-origin")
        tiles._id = f"{canvas._id}t"  # noqa: SLF001 - branca's ids are random
    canvas.add_child(tiles)


def _layer(
    canvas: Any,  # noqa: ANN401
    name: str,
    features: dict[str, Any],
    *,
    pane: str | None = None,
    point: str | None = None,
    each: str | None = None,
    smooth: float = 1.0,
) -> Any:  # noqa: ANN401
    """Add a GeoJSON layer that our script styles."""
    import folium
    from folium.utilities import JsCode

    options: dict[str, Any] = {"style": JsCode("routeplanner.lineStyle")}
    if pane is not None:
        options["pane"] = pane
        options["interactive"] = each is not None
    if point is not None:
        options["pointToLayer"] = JsCode(f"routeplanner.{point}")
    handler = None if each is None else JsCode(f"routeplanner.{each}")
    layer = folium.GeoJson(
        features, name=name, control=False, smooth_factor=smooth, on_each_feature=handler, **options
    )
    layer._id = canvas._id + name  # noqa: SLF001 - branca's ids are random
    canvas.add_child(layer)
    return layer


def _add_sites(canvas: Any, sites: gpd.GeoDataFrame) -> None:  # noqa: ANN401
    features = [
        _point(site.geometry.x, site.geometry.y, {"name": (site.name_vi, site.name_en)})
        for site in sites.itertuples()
    ]
    _layer(canvas, "sites", _collection(features), point="dot")


def _leg_features(itinerary: Itinerary) -> dict[str, Any]:
    home: list[dict[str, Any]] = []
    out: list[dict[str, Any]] = []
    for number, day in enumerate(itinerary.days, 1):
        for leg in day.legs:
            last = leg is day.legs[-1] and len(day.legs) > 1
            (home if last else out).append(_leg_feature(leg, number, home=last))
    return _collection([*home, *out])  # the way home lies below the way out


def _leg_feature(leg: Leg, number: int, *, home: bool) -> dict[str, Any]:
    figures = f"{distance_words(leg.distance_m)} · {duration_words(leg.duration_s)}"
    times = f"{clock(leg.departure)}–{clock(leg.arrival)}"
    text = [f"{times} · {figures} · {mode_words(leg.mode, lang)}" for lang in LANGUAGES]
    style = f"leg {leg.mode} {day_class(number)}{' home' * home}"
    line = [[round(lon, 5), round(lat, 5)] for lon, lat in leg.geometry]
    return {
        "type": "Feature",
        "properties": {"class": style, "day": number, "text": text},
        "geometry": {"type": "LineString", "coordinates": line},
    }


def _pin_features(itinerary: Itinerary) -> dict[str, Any]:
    count = len(itinerary.days)
    ends = _terminal_pins(itinerary)
    stops = [
        _stop_pin(stop, day, number, order, count)
        for number, day in enumerate(itinerary.days, 1)
        for order, stop in enumerate(day.stops, 1)
    ]
    return _collection([*ends, *stops])


def _stop_pin(stop: Stop, day: Day, number: int, order: int, count: int) -> dict[str, Any]:
    mark = stop_mark(number, order, count)
    name = names(stop)
    span = f"{clock(stop.start)} – {clock(stop.departure)}"
    length = duration_words(stop.visit_min * 60)
    return _point(
        stop.lon,
        stop.lat,
        {
            "class": f"stop {day_class(number)}",
            "key": f"stop-{number}-{order}",
            "days": [number],
            "mark": mark,
            "label": short_names(stop),
            "name": name,
            "aria": [f"{mark}. {text}, {clock(stop.arrival)}" for text in name],
            "what": what_words(stop),
            "hours": [f"{span} · {length}"] * 2,
            "about": stop.summary_en,
            "facts": list(_facts(stop, day)),
            "link": _directions(stop),
        },
    )


def _facts(stop: Stop, day: Day) -> Iterator[tuple[Pair, Pair]]:
    if stop.start > stop.arrival:
        yield ("Đến nơi", "Arrival"), (clock(stop.arrival),) * 2
    if stop.fee_vnd is not None:
        paid = (f"{thousands(stop.fee_vnd, 'vi')} đ", f"{thousands(stop.fee_vnd, 'en')} VND")
        yield ("Vé", "Entrance"), paid if stop.fee_vnd else ("miễn phí", "free")
    if stop.certainty != "known":
        words = ("cần xác nhận", "to be confirmed")
        yield (
            ("Giờ mở cửa", "Opening hours"),
            words if stop.certainty == "needs_confirmation" else ("ước định", "assumed"),
        )
    legs = _legs_after(stop, day)
    if legs:
        goal = _place_after(stop, day)
        ways = [
            " + ".join(
                f"{distance_words(g.distance_m)}, {duration_words(g.duration_s)} ({mode_words(g.mode, lang)})"
                for g in legs
            )
            for lang in LANGUAGES
        ]
        yield ("Chặng tiếp", "Next leg"), (f"{ways[0]} → {goal[0]}", f"{ways[1]} → {goal[1]}")


def _legs_after(stop: Stop, day: Day) -> list[Leg]:
    at = day.stops.index(stop)
    until = day.stops[at + 1].arrival if at + 1 < len(day.stops) else day.end.time
    return [leg for leg in day.legs if leg.departure >= stop.departure and leg.arrival <= until]


def _place_after(stop: Stop, day: Day) -> Pair:
    at = day.stops.index(stop)
    place: Stop | Terminal = day.stops[at + 1] if at + 1 < len(day.stops) else day.end
    return short_names(place)


def _directions(place: Stop | Terminal) -> dict[str, Any]:
    url = f"https://www.openstreetmap.org/?mlat={place.lat:.5f}&mlon={place.lon:.5f}#map=16/{place.lat:.5f}/{place.lon:.5f}"
    return {"url": url, "text": ("Xem trên OpenStreetMap", "Open in OpenStreetMap")}


def _terminal_pins(itinerary: Itinerary) -> list[dict[str, Any]]:
    """One pin a place where days start or end, with all that happens there."""
    visited = {stop.site_id for stop in itinerary.stops}
    found: dict[str, tuple[Terminal, list[int], list[tuple[Pair, Pair]]]] = {}
    count = len(itinerary.days)
    for number, day in enumerate(itinerary.days, 1):
        for terminal, words in ((day.start, ("Xuất phát", "Departure")), (day.end, ("Đến nơi", "Arrival"))):
            if terminal.site_id in visited:
                continue
            _, days, facts = found.setdefault(terminal.site_id, (terminal, [], []))
            days.append(number)
            tail = (f", ngày {number}", f", day {number}") if count > 1 else ("", "")
            facts.append(((words[0] + tail[0], words[1] + tail[1]), (clock(terminal.time),) * 2))
    return [_terminal_pin(*entry) for entry in found.values()]


def _terminal_pin(terminal: Terminal, days: list[int], facts: list[tuple[Pair, Pair]]) -> dict[str, Any]:
    name = names(terminal)
    return _point(
        terminal.lon,
        terminal.lat,
        {
            "class": "end",
            "key": "",
            "days": sorted(set(days)),
            "mark": "",
            "label": short_names(terminal),
            "name": name,
            "aria": [f"Nơi đi, nơi về: {name[0]}", f"Start or end: {name[1]}"],
            "facts": facts,
            "link": _directions(terminal),
        },
    )


def _point(lon: float, lat: float, properties: dict[str, Any]) -> dict[str, Any]:
    position = [round(lon, 5), round(lat, 5)]
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": "Point", "coordinates": position},
    }


def _collection(features: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features)}
