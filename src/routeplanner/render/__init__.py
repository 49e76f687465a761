"""What people see: maps that a website can publish. Nothing heavy loads before the first map is made."""

from __future__ import annotations

from routeplanner.render.maps import map_itinerary, map_network, map_programme, map_sites
from routeplanner.render.picture import to_png, to_svg
from routeplanner.render.publish import embed_snippet, save_assets, save_html, to_html

__all__ = [
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
]
