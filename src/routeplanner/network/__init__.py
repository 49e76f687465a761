"""Getting about: roads, rivers, and the network of places with its times and paths."""

from routeplanner.network.attach import Access, Place
from routeplanner.network.boats import Boat, current_kmh, load_boats, suspension, usual_water_level_m
from routeplanner.network.build import PROFILES, Network, build_network
from routeplanner.network.isochrones import isochrones
from routeplanner.network.long_legs import LongLeg, load_long_legs, ride_distance_m
from routeplanner.network.overpass import OsmService, roads_from_osm
from routeplanner.network.river import Berth, River, Stream, load_river
from routeplanner.network.roadfiles import roads_from_file
from routeplanner.network.roads import combine_roads, load_roads
from routeplanner.network.sailings import Sailing, load_sailings, save_sailings
from routeplanner.network.speeds import DEFAULT_SPEEDS, ModeSpeed, Speeds
from routeplanner.network.traffic import CoachBan, Traffic, TrafficPeriod, load_traffic
from routeplanner.network.travel import PathLeg, TravelMatrix

__all__ = [
    "DEFAULT_SPEEDS",
    "PROFILES",
    "Access",
    "Berth",
    "Boat",
    "CoachBan",
    "LongLeg",
    "ModeSpeed",
    "Network",
    "OsmService",
    "PathLeg",
    "Place",
    "River",
    "Sailing",
    "Speeds",
    "Stream",
    "Traffic",
    "TrafficPeriod",
    "TravelMatrix",
    "build_network",
    "combine_roads",
    "current_kmh",
    "isochrones",
    "load_boats",
    "load_long_legs",
    "load_river",
    "load_roads",
    "load_sailings",
    "load_traffic",
    "ride_distance_m",
    "roads_from_file",
    "roads_from_osm",
    "save_sailings",
    "suspension",
    "usual_water_level_m",
]
