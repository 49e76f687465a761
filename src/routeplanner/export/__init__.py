"""Itineraries as files that the world already reads, and the JSON Schemas of what we read and write."""

from __future__ import annotations

from routeplanner.export._rows import headline
from routeplanner.export.faults_vi import fault_in_vietnamese, subject_in_vietnamese
from routeplanner.export.formats import FORMATS, Format, save_trip, trip_bytes
from routeplanner.export.schema import json_schema

__all__ = [
    "FORMATS",
    "Format",
    "fault_in_vietnamese",
    "headline",
    "json_schema",
    "save_trip",
    "subject_in_vietnamese",
    "trip_bytes",
]
