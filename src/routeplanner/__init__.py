"""Themed cultural itineraries for Hanoi and the Red River: a graph of places, plans by date, maps.

Nothing heavy is loaded on import: each name below is fetched from its room when it is first used.

Examples
--------
>>> import routeplanner as rp
>>> rp.load_sites().loc["ho-hoan-kiem", "kind"]
'nature'
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from routeplanner._version import __version__

if TYPE_CHECKING:
    from routeplanner.batch import PlanResult, plan_many
    from routeplanner.errors import (
        CatalogueError,
        DataFileError,
        InfeasibleError,
        NetworkError,
        RequestError,
        RoutePlannerError,
        WorkerError,
    )
    from routeplanner.export import json_schema, save_trip, trip_bytes
    from routeplanner.itinerary import Break, Day, Itinerary, Leg, Note, Skipped, Stop, Terminal
    from routeplanner.network import (
        Network,
        OsmService,
        Traffic,
        build_network,
        combine_roads,
        isochrones,
        load_boats,
        load_river,
        load_roads,
        load_sailings,
        load_traffic,
        roads_from_file,
        roads_from_osm,
        save_sailings,
        usual_water_level_m,
    )
    from routeplanner.planning.alternatives import alternatives
    from routeplanner.planning.best_dates import best_dates
    from routeplanner.planning.check import Violation, check
    from routeplanner.planning.compare import Change, difference
    from routeplanner.planning.edit import replan
    from routeplanner.planning.planner import plan
    from routeplanner.planning.prizes import default_prizes
    from routeplanner.planning.request import Lunch, TripRequest
    from routeplanner.planning.why import Explanation, explain
    from routeplanner.programme.brief import ProgrammeBrief
    from routeplanner.programme.clusters import clusters, visitor_centres
    from routeplanner.programme.compare import compare
    from routeplanner.programme.corridors import add_corridor, corridors
    from routeplanner.programme.design import design_programme
    from routeplanner.programme.gaps import gaps
    from routeplanner.programme.impact import impact, load_parameters
    from routeplanner.programme.model import Programme
    from routeplanner.programme.named import add_named_route, as_published, named_routes
    from routeplanner.programme.report import programme_report
    from routeplanner.programme.statistics import field_statistics
    from routeplanner.programme.verify import check_programme
    from routeplanner.programme.what_if import what_if
    from routeplanner.render import (
        embed_snippet,
        map_itinerary,
        map_network,
        map_programme,
        map_sites,
        save_assets,
        save_html,
        to_html,
        to_png,
        to_svg,
    )
    from routeplanner.render.almanac import calendar_to_html, heat_to_html, heat_to_text
    from routeplanner.render.health import health_to_html, health_to_svg, health_to_text
    from routeplanner.render.ical import calendar_to_ics
    from routeplanner.render.isochrones import isochrone_layer
    from routeplanner.sites.catalog import load_sites, save_sites, validate_sites
    from routeplanner.sites.communes import CommuneChange, communes_before_2025, communes_since_2025
    from routeplanner.sites.festivals import festival_calendar
    from routeplanner.sites.find import filter_sites, find_site
    from routeplanner.sites.health import Health, catalogue_health
    from routeplanner.sites.hours import Opening, open_sites, opening
    from routeplanner.sites.merge import diff_sites, match_sites, merge_sites
    from routeplanner.sites.osm import accept_candidates, osm_candidates
    from routeplanner.sites.provenance import Provenance, get_site, provenance
    from routeplanner.sites.schema import catalogue_schema
    from routeplanner.sites.store import delete_site, migrate_store, site_history, write_store
    from routeplanner.sites.words import load_corridors, load_crafts, load_themes

__all__ = [
    "Break",
    "CatalogueError",
    "Change",
    "CommuneChange",
    "DataFileError",
    "Day",
    "Explanation",
    "Health",
    "InfeasibleError",
    "Itinerary",
    "Leg",
    "Lunch",
    "Network",
    "NetworkError",
    "Note",
    "Opening",
    "OsmService",
    "PlanResult",
    "Programme",
    "ProgrammeBrief",
    "Provenance",
    "RequestError",
    "RoutePlannerError",
    "Skipped",
    "Stop",
    "Terminal",
    "Traffic",
    "TripRequest",
    "Violation",
    "WorkerError",
    "__version__",
    "accept_candidates",
    "add_corridor",
    "add_named_route",
    "alternatives",
    "as_published",
    "best_dates",
    "build_network",
    "calendar_to_html",
    "calendar_to_ics",
    "catalogue_health",
    "catalogue_schema",
    "check",
    "check_programme",
    "clusters",
    "combine_roads",
    "communes_before_2025",
    "communes_since_2025",
    "compare",
    "corridors",
    "default_prizes",
    "delete_site",
    "design_programme",
    "diff_sites",
    "difference",
    "embed_snippet",
    "explain",
    "festival_calendar",
    "field_statistics",
    "filter_sites",
    "find_site",
    "gaps",
    "get_site",
    "health_to_html",
    "health_to_svg",
    "health_to_text",
    "heat_to_html",
    "heat_to_text",
    "impact",
    "isochrone_layer",
    "isochrones",
    "json_schema",
    "load_boats",
    "load_corridors",
    "load_crafts",
    "load_parameters",
    "load_river",
    "load_roads",
    "load_sailings",
    "load_sites",
    "load_themes",
    "load_traffic",
    "map_itinerary",
    "map_network",
    "map_programme",
    "map_sites",
    "match_sites",
    "merge_sites",
    "migrate_store",
    "named_routes",
    "open_sites",
    "opening",
    "osm_candidates",
    "plan",
    "plan_many",
    "programme_report",
    "provenance",
    "replan",
    "roads_from_file",
    "roads_from_osm",
    "save_assets",
    "save_html",
    "save_sailings",
    "save_sites",
    "save_trip",
    "site_history",
    "to_html",
    "to_png",
    "to_svg",
    "trip_bytes",
    "usual_water_level_m",
    "validate_sites",
    "visitor_centres",
    "what_if",
    "write_store",
]

_ROOMS = {
    "batch": ("PlanResult", "plan_many"),
    "errors": (
        "CatalogueError",
        "DataFileError",
        "InfeasibleError",
        "NetworkError",
        "RequestError",
        "RoutePlannerError",
        "WorkerError",
    ),
    "export": ("json_schema", "save_trip", "trip_bytes"),
    "itinerary": ("Break", "Day", "Itinerary", "Leg", "Note", "Skipped", "Stop", "Terminal"),
    "network": (
        "Network",
        "OsmService",
        "Traffic",
        "build_network",
        "combine_roads",
        "isochrones",
        "load_boats",
        "load_river",
        "load_roads",
        "load_sailings",
        "load_traffic",
        "roads_from_file",
        "roads_from_osm",
        "save_sailings",
        "usual_water_level_m",
    ),
    "planning.alternatives": ("alternatives",),
    "planning.best_dates": ("best_dates",),
    "planning.check": ("Violation", "check"),
    "planning.compare": ("Change", "difference"),
    "planning.edit": ("replan",),
    "planning.planner": ("plan",),
    "planning.prizes": ("default_prizes",),
    "planning.request": ("Lunch", "TripRequest"),
    "programme.brief": ("ProgrammeBrief",),
    "programme.clusters": ("clusters", "visitor_centres"),
    "programme.compare": ("compare",),
    "programme.corridors": ("add_corridor", "corridors"),
    "programme.design": ("design_programme",),
    "programme.gaps": ("gaps",),
    "programme.impact": ("impact", "load_parameters"),
    "programme.statistics": ("field_statistics",),
    "programme.named": ("add_named_route", "as_published", "named_routes"),
    "programme.model": ("Programme",),
    "programme.what_if": ("what_if",),
    "programme.report": ("programme_report",),
    "programme.verify": ("check_programme",),
    "planning.why": ("Explanation", "explain"),
    "render": (
        "embed_snippet",
        "map_itinerary",
        "map_network",
        "map_programme",
        "map_sites",
        "save_assets",
        "save_html",
        "to_html",
        "to_png",
        "to_svg",
    ),
    "render.almanac": ("calendar_to_html", "heat_to_html", "heat_to_text"),
    "render.ical": ("calendar_to_ics",),
    "render.isochrones": ("isochrone_layer",),
    "sites.catalog": ("load_sites", "save_sites", "validate_sites"),
    "sites.communes": ("CommuneChange", "communes_before_2025", "communes_since_2025"),
    "sites.festivals": ("festival_calendar",),
    "sites.hours": ("Opening", "open_sites", "opening"),
    "sites.find": ("filter_sites", "find_site"),
    "sites.provenance": ("Provenance", "get_site", "provenance"),
    "render.health": ("health_to_svg", "health_to_text", "health_to_html"),
    "sites.health": ("Health", "catalogue_health"),
    "sites.merge": ("diff_sites", "match_sites", "merge_sites"),
    "sites.osm": ("accept_candidates", "osm_candidates"),
    "sites.schema": ("catalogue_schema",),
    "sites.store": ("delete_site", "migrate_store", "site_history", "write_store"),
    "sites.words": ("load_corridors", "load_crafts", "load_themes"),
}
_MODULES = {"roads": "network.roads"}  # rp.roads.combine(local, bundled)
_ROOM_OF = {name: room for room, names in _ROOMS.items() for name in names}
_RENAMED: dict[str, tuple[str, str]] = {}
"""By old name that still works the new one, and the version with which the old goes (CONTRIBUTING.md, "Versions")."""


def __getattr__(name: str) -> object:
    """Fetch a public name from its room."""
    if name in _MODULES:
        return import_module(f"{__name__}.{_MODULES[name]}")
    if name in _RENAMED:
        from warnings import warn

        new, version = _RENAMED[name]
        text = f"routeplanner.{name} is now called {new}; the old name goes with version {version}"
        warn(text, DeprecationWarning, stacklevel=2)
        name = new
    if name not in _ROOM_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_ROOM_OF[name]}"), name)


def __dir__() -> list[str]:
    """List the public names."""
    return sorted(__all__)
