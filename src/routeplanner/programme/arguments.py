"""What the functions of this room are handed: whether each argument is of its kind, all faults at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Sized
from datetime import date
from numbers import Integral

from routeplanner.errors import RequestError
from routeplanner.programme.brief import ProgrammeBrief
from routeplanner.programme.model import Programme

__all__ = ["refuse_wrong"]


def _is_network(value: object) -> bool:
    from routeplanner.network import Network

    return isinstance(value, Network)


def _is_catalogue(value: object) -> bool:
    import geopandas as gpd

    return isinstance(value, gpd.GeoDataFrame) and "corridors" in value.columns


def _is_table(value: object) -> bool:
    import pandas as pd

    return isinstance(value, pd.DataFrame)


def _is_column(value: object) -> bool:
    import pandas as pd

    return isinstance(value, pd.Series)


def _is_impact(value: object) -> bool:
    from routeplanner.programme.impact import Impact

    return isinstance(value, Impact)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_title(value: object) -> bool:
    return isinstance(value, str) or (_is_listed(value) and len(value) == 2 and all(map(_is_text, value)))  # type: ignore[arg-type, call-overload]


def _is_listed(value: object) -> bool:
    return isinstance(value, Sized) and hasattr(value, "__iter__") and not isinstance(value, str | Mapping)


def _are_texts(value: object) -> bool:
    return _is_listed(value) and all(map(_is_text, value))  # type: ignore[call-overload]


def _are_numbers(value: object) -> bool:
    return _is_listed(value) and all(type(number) is int for number in value)  # type: ignore[attr-defined]


def _is_mapping(value: object) -> bool:
    return isinstance(value, Mapping)


_KINDS: Mapping[str, tuple[Callable[[object], bool], str]] = {
    "network": (_is_network, "make one with build_network(load_sites())"),
    "brief": (
        lambda value: isinstance(value, ProgrammeBrief),
        "make a ProgrammeBrief(year=...), or ProgrammeBrief.from_dict(programme.brief) of a programme",
    ),
    "sites": (_is_catalogue, "give a catalogue as load_sites() returns it"),
    "routes": (_is_table, "give a table as named_routes() returns it"),
    "parameters": (_is_table, "give a table as load_parameters() returns it"),
    "impact": (_is_impact, "give what impact(programme, network) returns"),
    "weights": (_is_column, "give a pandas.Series of numbers by site id"),
    "first_day": (lambda value: isinstance(value, date), "give a date, as date(2027, 3, 13)"),
    "lang": (_is_text, "give 'vi', 'en' or 'both'"),
    "title": (_is_title, "give a text, or a pair of texts (Vietnamese, English)"),
    "names": (_are_texts, "give a list of texts"),
    "items": (_is_listed, "give a list, each an Itinerary or a Programme: compare([a, b])"),
    "group_sizes": (_are_numbers, "give a list of whole numbers"),
    "pier": (_is_mapping, "give a mapping of names to (lon, lat)"),
    "hours": (_is_mapping, "give a mapping of site ids to hours"),
    **dict.fromkeys(
        ("programme", "start_from", "before"),
        (
            lambda value: isinstance(value, Programme),
            "make one with design_programme, or read one with Programme.from_file",
        ),
    ),
    **dict.fromkeys(
        ("corridor", "start", "profile", "method", "route_id", "name_vi", "name_en"),
        (_is_text, "give a text"),
    ),
    **dict.fromkeys(("places", "candidates", "themes", "source"), (_are_texts, "give a list of texts")),
    **dict.fromkeys(("bridge", "shuttle"), (_is_listed, "give a list")),
}
"""By name of an argument whether a value is of its kind, and what to give."""

_COUNTS: Mapping[str, int] = {"seed": 0, "rounds": 1, "people": 1, "least_sites": 2, "repeats": 1}


def refuse_wrong(subject: str, *, optional: Sequence[str] = (), **given: object) -> None:
    """Raise for arguments that are not of their kind; those that are optional may be None.

    Raises
    ------
    RequestError
        With a fault for each of them.

    Examples
    --------
    >>> refuse_wrong("clusters", optional=["corridor"], corridor=None, seed=-1)
    Traceback (most recent call last):
    routeplanner.errors.RequestError: clusters: 1 fault
      - seed: -1 is no whole number of 0 or more
    """
    faults = [
        fault
        for name, value in given.items()
        if not (value is None and name in optional)
        for fault in _faults(name, value)
    ]
    faults = faults or _stray_places(given.get("programme"), given.get("network"))
    if faults:
        raise RequestError(faults, subject=subject)


def _stray_places(programme: object, network: object) -> list[str]:
    """Return a fault where a programme calls at places that the catalogue of a network lacks."""
    if not isinstance(programme, Programme) or not _is_network(network):
        return []
    known = set(network.sites.index)  # type: ignore[attr-defined]
    stray = sorted({stop.site_id for route in programme.routes for stop in route.stops} - known)
    if not stray:
        return []
    shown = f"{', '.join(stray[:3])}{', …' if len(stray) > 3 else ''}"
    return [f"programme: it calls at {shown}, unknown to this network; give the one that it was designed on"]


def _faults(name: str, value: object) -> list[str]:
    if name in _COUNTS:
        least = _COUNTS[name]
        if isinstance(value, bool) or not isinstance(value, Integral) or int(value) < least:
            return [f"{name}: {value!r} is no whole number of {least} or more"]
        return []
    fits, remedy = _KINDS[name]
    shown = repr(value) if value is None or isinstance(value, str | int | float) else type(value).__name__
    return [] if fits(value) else [f"{name}: {shown} given; {remedy}"]
