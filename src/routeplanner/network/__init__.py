"""Getting about: roads, rivers, and the network of places with its times and paths."""

from routeplanner.network.attach import Access, Place
from routeplanner.network.build import PROFILES, Network, build_network
from routeplanner.network.river import Berth, River, Stream, load_river
from routeplanner.network.roads import load_roads
from routeplanner.network.speeds import DEFAULT_SPEEDS, ModeSpeed, Speeds
from routeplanner.network.travel import PathLeg, TravelMatrix

__all__ = [
    "DEFAULT_SPEEDS",
    "PROFILES",
    "Access",
    "Berth",
    "ModeSpeed",
    "Network",
    "PathLeg",
    "Place",
    "River",
    "Speeds",
    "Stream",
    "TravelMatrix",
    "build_network",
    "load_river",
    "load_roads",
]
