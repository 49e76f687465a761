"""Plans over HTTP: a service that stands. Needs the extra ``service``."""

from __future__ import annotations

from routeplanner.service.app import create_app
from routeplanner.service.settings import Settings

__all__ = ["Settings", "create_app"]
