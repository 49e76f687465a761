"""What people see: maps that a website can publish. Nothing heavy loads before the first map is made."""

from __future__ import annotations

from routeplanner.render.maps import map_itinerary, map_sites

__all__ = ["map_itinerary", "map_sites"]
