"""What of a site's record decides when it is open, read once a catalogue and shared by sites that are alike."""

from __future__ import annotations

import pickle
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from routeplanner.errors import RequestError
from routeplanner.sites.model import WEEKDAYS
from routeplanner.sites.osm_hours import hours_fault, needs_sun_times
from routeplanner.sites.spans import Span, spans_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import geopandas as gpd

__all__ = ["OPEN_AIR", "Rules", "cells_of", "rules_of_catalogue", "rules_of_hours", "rules_of_site"]

OPEN_AIR = frozenset({"heritage_site", "nature", "waterway_stop"})
"""Kinds whose assumed hours end at sunset and begin at sunrise at the latest."""

_HOUR = 3600
_FIELDS = (
    *("kind", "opening_hours", "lunar_days", "unverified", "themes", "visit_min"),
    *("short_month", "closed_weekdays", "closures", "seasons", "start_times"),
    *("last_admission_min", "booking_lead_days", "booking_required", "special_hours", "festivals"),
)
_COMMON = 6  # of those; few sites have one of the others
_DECISIVE = frozenset(_FIELDS[1:3]) | frozenset(_FIELDS[_COMMON:])
_GRID_DEG = 0.25  # places this near see the sun rise within a minute of each other
_USUAL_SHOW_MIN = 60


@dataclass(frozen=True, slots=True, eq=False)
class Rules:
    """All that decides a site's opening. Equal sites share one object, and so the work.

    Parameters
    ----------
    kind, text
        Kind of site, and its opening hours in OpenStreetMap's syntax.
    lunar_days, short_month, closed_weekdays
        As in the catalogue.
    guessed
        Names of the fields that are a guess or rest on one weak source.
    worship
        Whether people pray there.
    place
        (lat, lon), where the sun counts.
    closures, seasons, special, festivals
        Of the seasons those outside of which it is closed, of the festivals those that close it.
    held
        The other festivals: on their days it is open, Tết or not.
    starts_s, show_s
        Moments at which a show or guided visit begins, and how long it lasts.
    last_admission_s
        Seconds before closing time after which nobody is let in.
    lead_days, booking
        Days ahead by which to book; whether it must be booked at all.
    """

    kind: str
    text: str | None
    lunar_days: tuple[int, ...]
    guessed: frozenset[str]
    worship: bool
    place: tuple[float, float] | None
    short_month: str | None
    closed_weekdays: tuple[str, ...]
    closures: tuple[Span, ...]
    seasons: tuple[Span, ...]
    starts_s: tuple[int, ...]
    show_s: int
    last_admission_s: int
    lead_days: int | None
    booking: bool
    special: tuple[Span, ...]
    festivals: tuple[Span, ...]
    held: tuple[Span, ...]


def cells_of(site: Any) -> Callable[[str], Any]:  # noqa: ANN401 - told apart here
    """Return what reads a field of a row of the catalogue, in any of its shapes.

    Raises
    ------
    RequestError
        When it is no row: an identifier, a frame.
    """
    if isinstance(site, str | bytes):
        fault = f"site: {site!r} is text; give the site's row, as sites.loc[{site!r}]"
    elif hasattr(site, "columns"):
        fault = f"site: a frame of {len(site)} rows; give one row, as sites.loc['ho-hoan-kiem'], or ask open_sites"
    elif callable(getattr(site, "get", None)):
        return site.get  # type: ignore[no-any-return]
    elif hasattr(site, "opening_hours") or hasattr(site, "kind") or hasattr(site, "festivals"):
        return lambda name: getattr(site, name, None)
    else:
        fault = f"site: {type(site).__name__} given; give the site's row, as sites.loc['ho-hoan-kiem']"
    raise RequestError([fault], subject="opening")


def rules_of_site(site: Any) -> Rules:  # noqa: ANN401 - a row in any of pandas' shapes
    """Return the rules of one row.

    Raises
    ------
    RequestError
        When it is no row, or its fields cannot be read.
    """
    get = cells_of(site)
    cells = [get(name) for name in _FIELDS]
    shape: Any = get("geometry")
    point = (shape.x, shape.y) if hasattr(shape, "x") else None
    if not isinstance(cells[0], str) and not any(isinstance(cell, str | list | tuple) for cell in cells[1:3]):
        fault = "site: it has neither a kind nor opening hours; give a row of the catalogue with its columns"
        raise RequestError([fault], subject="opening")
    try:
        return _rules(*cells, point=point)
    except (TypeError, ValueError, AttributeError) as error:
        fault = f"site: its calendar cannot be read ({error}); validate_sites names the field and the remedy"
        raise RequestError([fault], subject="opening") from error


def rules_of_hours(hours: str, site: Any) -> Rules:  # noqa: ANN401 - as in `rules_of_site`
    """Return the rules of hours that outrank all that the catalogue says; of the row only the place counts."""
    get = cells_of(site)
    shape: Any = get("geometry")
    point = (shape.x, shape.y) if hasattr(shape, "x") else None
    plain = {"kind": str(get("kind")), "opening_hours": hours}
    return _rules(*(plain.get(name) for name in _FIELDS), point=point)


@dataclass(frozen=True, slots=True)
class _Columns:
    """The columns that decide the hours, equal by what they say."""

    content: bytes
    cells: list[list[Any]] = field(compare=False)


def rules_of_catalogue(sites: gpd.GeoDataFrame) -> tuple[Rules, ...]:
    """Return the rules of each row; a catalogue that is asked again, day after day, is read once.

    Raises
    ------
    RequestError
        When it is no catalogue.
    """
    import shapely

    if not hasattr(sites, "columns") or not hasattr(sites, "geometry"):
        fault = f"sites: {type(sites).__name__} given; give a catalogue, as load_sites() returns it"
        raise RequestError([fault], subject="opening")
    columns = [sites[name].tolist() if name in sites.columns else [None] * len(sites) for name in _FIELDS]
    columns[-1] = [_closing(cell) if cell else None for cell in columns[-1]]  # the rest closes nothing
    points = sites.geometry.to_numpy()
    x, y = shapely.get_x(points), shapely.get_y(points)
    content = b"".join([pickle.dumps(columns), x.tobytes(), y.tobytes()])
    return _read_rules(_Columns(content, [*columns, list(zip(x.tolist(), y.tolist(), strict=True))]))


@lru_cache(maxsize=8)
def _read_rules(columns: _Columns) -> tuple[Rules, ...]:
    return tuple(_rules(*cells, point=point) for *cells, point in zip(*columns.cells, strict=True))


def _rules(*cells: Any, point: tuple[float, float] | None) -> Rules:  # noqa: ANN401 - cells of `_FIELDS`, some NaN
    kind, hours, lunar_days, unverified, themes, visit_min = cells[:_COMMON]
    text = _text_or_none(hours)
    rare = cells[_COMMON:]
    decisive = (
        _rare_rules(dict(zip(_FIELDS[_COMMON:], rare, strict=True)), visit_min)
        if any(rare)
        else _NO_RARE_RULES
    )
    texts = (text, *(span.hours for span in decisive[-2]))
    sunny = any(map(needs_sun_times, filter(None, texts))) or (text is None and kind in OPEN_AIR)
    return _shared_rules(
        str(kind),
        text,
        _tuple_of(lunar_days) if lunar_days else (),
        _DECISIVE.intersection(unverified) if isinstance(unverified, list | tuple) else frozenset(),
        isinstance(themes, list | tuple) and "spiritual" in themes,
        _place_of(point, exact=text is not None) if sunny else None,
        *decisive,
    )


_NO_RARE_RULES: tuple[Any, ...] = (None, (), (), (), (), 0, 0, None, False, (), (), ())


def _rare_rules(row: Mapping[str, Any], visit_min: Any) -> tuple[Any, ...]:  # noqa: ANN401 - cells, some NaN
    starts = _tuple_of(row["start_times"])
    return (
        _text_or_none(row["short_month"]),
        _tuple_of(row["closed_weekdays"]),
        spans_of(row["closures"]),
        tuple(span for span in spans_of(row["seasons"]) if span.only),
        tuple(sorted(_seconds(start) for start in starts)),
        60 * (_whole_or_none(visit_min) or _USUAL_SHOW_MIN) if starts else 0,
        60 * (_whole_or_none(row["last_admission_min"]) or 0),
        _whole_or_none(row["booking_lead_days"]),
        row["booking_required"] == True,  # noqa: E712 - a cell may be NaN, or numpy's true
        spans_of(row["special_hours"]),
        spans_of(_closing(row["festivals"])),
        spans_of(_held(row["festivals"])),
    )


def _held(festivals: Any) -> list[Any] | None:  # noqa: ANN401 - a cell may be NaN
    """Return the festivals that do not close their site, or None."""
    return [entry for entry in _tuple_of(festivals) if not entry.get("closes")] or None


def _closing(festivals: Any) -> list[Any] | None:  # noqa: ANN401 - a cell may be NaN
    """Return the festivals that close their site, or None."""
    return [entry for entry in _tuple_of(festivals) if entry.get("closes")] or None


@lru_cache(maxsize=16_384)
def _shared_rules(*cells: Any) -> Rules:  # noqa: ANN401 - the fields of `Rules` in their order
    made = Rules(*cells)
    faults = list(_faults(made))
    if faults:
        raise RequestError(faults, subject="opening")
    return made


def _faults(rules: Rules) -> Iterator[str]:
    """Name what no catalogue that passed its checks holds, but a row that was changed by hand may."""
    for text in (rules.text, *(span.hours for span in rules.special)):
        fault = hours_fault(text) if text else None
        if fault:
            yield f"opening_hours: {fault}"
    for number in rules.lunar_days:
        if not (isinstance(number, int) and 1 <= number <= 30):
            yield f"lunar_days: {number!r} is not a day of the lunar month; give 1 to 30"
    for name in rules.closed_weekdays:
        if name not in WEEKDAYS:
            yield f"closed_weekdays: {name!r} is not known; known are {', '.join(WEEKDAYS)}"


def _seconds(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * _HOUR + int(minutes) * 60


def _text_or_none(value: Any) -> str | None:  # noqa: ANN401 - a cell may be NaN
    return value if isinstance(value, str) and value.strip() else None


def _whole_or_none(value: Any) -> int | None:  # noqa: ANN401 - a cell may be NaN
    return None if value is None or value != value else int(value)  # noqa: PLR0124


def _tuple_of(value: Any) -> tuple[Any, ...]:  # noqa: ANN401 - a cell may be NaN
    return tuple(value) if isinstance(value, list | tuple) else ()


def _place_of(point: tuple[float, float] | None, *, exact: bool) -> tuple[float, float] | None:
    """Return (lat, lon), rounded so that neighbours share the work."""
    if point is None:
        return None
    lon, lat = point
    if exact:
        return round(lat, 2), round(lon, 2)
    return round(lat / _GRID_DEG) * _GRID_DEG, round(lon / _GRID_DEG) * _GRID_DEG
