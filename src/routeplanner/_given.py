"""What functions are handed: a thing of another kind is refused in a word that names what makes the right one.

One table for every room. Classes are known by their names, so that nothing heavy is imported for it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sized
from datetime import date
from numbers import Integral

from routeplanner.errors import Fault, RequestError

__all__ = ["count_faults", "kind_faults", "refuse_others"]


def _a(wanted: str) -> Callable[[object], bool]:
    return lambda value: any(parent.__name__ == wanted for parent in type(value).__mro__)


def _table_of(*columns: str) -> Callable[[object], bool]:
    is_table = _a("DataFrame")
    return lambda value: is_table(value) and set(columns) <= set(value.columns)  # type: ignore[attr-defined]


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_listed(value: object) -> bool:
    return isinstance(value, Sized) and hasattr(value, "__iter__") and not isinstance(value, str | Mapping)


def _are_texts(value: object) -> bool:
    return _is_listed(value) and all(map(_is_text, value))  # type: ignore[call-overload]


def _is_title(value: object) -> bool:
    return _is_text(value) or (_are_texts(value) and len(value) == 2)  # type: ignore[arg-type]


def _are_numbers(value: object) -> bool:
    return _is_listed(value) and all(type(number) is int for number in value)  # type: ignore[attr-defined]


def _is_mapping(value: object) -> bool:
    return isinstance(value, Mapping)


_KINDS: Mapping[str, tuple[Callable[[object], bool], str, str]] = {
    "trip": (_a("Itinerary"), "plan one with plan(network, request)", "cần Itinerary"),
    "network": (_a("Network"), "make one with build_network(load_sites())", "cần Network"),
    "request": (
        _a("TripRequest"),
        "make one with TripRequest(first_day=date(2027, 3, 13))",
        "cần TripRequest",
    ),
    "brief": (
        _a("ProgrammeBrief"),
        "make a ProgrammeBrief(year=...), or ProgrammeBrief.from_dict(programme.brief) of a programme",
        "cần ProgrammeBrief",
    ),
    "programme": (
        _a("Programme"),
        "make one with design_programme, or read one with Programme.from_file",
        "cần Programme",
    ),
    "impact": (_a("Impact"), "give what impact(programme, network) returns", "cần kết quả của impact"),
    "sites": (_a("GeoDataFrame"), "read them with load_sites()", "cần GeoDataFrame"),
    "catalogue": (
        lambda value: _a("GeoDataFrame")(value) and _table_of("corridors")(value),
        "give a catalogue as load_sites() returns it",
        "cần danh mục như load_sites() trả về",
    ),
    "candidates": (_a("GeoDataFrame"), "make them with osm_candidates", "cần GeoDataFrame"),
    "calendar": (
        _table_of("lunar_start"),
        "make one with festival_calendar(2027)",
        "cần bảng của festival_calendar",
    ),
    "found": (_table_of("prize"), "make it with best_dates", "cần bảng của best_dates"),
    "routes": (_a("DataFrame"), "give a table as named_routes() returns it", "cần bảng của named_routes()"),
    "parameters": (
        _a("DataFrame"),
        "give a table as load_parameters() returns it",
        "cần bảng của load_parameters()",
    ),
    "weights": (_a("Series"), "give a pandas.Series of numbers by site id", "cần pandas.Series theo mã điểm"),
    "health": (_a("Health"), "make one with catalogue_health(load_sites())", "cần Health"),
    "first_day": (lambda value: isinstance(value, date), "give a date, as date(2027, 3, 13)", "cần ngày"),
    "lang": (
        lambda value: _is_text(value) and value in {"vi", "en"},
        "give 'vi' or 'en'",
        "cần 'vi' hoặc 'en'",
    ),
    "languages": (
        lambda value: _is_text(value) and value in {"vi", "en", "both"},
        "give 'vi', 'en' or 'both'",
        "cần 'vi', 'en' hoặc 'both'",
    ),
    "prizes": (
        lambda value: _is_text(value) or callable(value),
        "give the name of a column of the catalogue, or a function of sites and request",
        "cần tên cột của danh mục, hoặc một hàm",
    ),
    "day": (lambda value: isinstance(value, date), "give a date, as date(2027, 3, 13)", "cần ngày"),
    "title": (
        _is_title,
        "give a text, or a pair of texts (Vietnamese, English)",
        "cần chữ, hoặc một cặp (tiếng Việt, tiếng Anh)",
    ),
    "commune": (_is_text, "give its name", "cần tên"),
    "text": (_is_text, "give a text", "cần chữ"),
    "texts": (_are_texts, "give a list of texts", "cần danh sách chữ"),
    "list": (_is_listed, "give a list", "cần danh sách"),
    "items": (
        _is_listed,
        "give a list, each an Itinerary or a Programme: compare([a, b])",
        "cần danh sách Itinerary hoặc Programme",
    ),
    "group_sizes": (_are_numbers, "give a list of whole numbers", "cần danh sách số nguyên"),
    "pier": (_is_mapping, "give a mapping of names to (lon, lat)", "cần bảng tên và (lon, lat)"),
    "hours": (_is_mapping, "give a mapping of site ids to hours", "cần bảng mã điểm và giờ mở cửa"),
}
"""By argument whether a value is of its kind, what to give, and the same in Vietnamese."""

_AS = {
    **dict.fromkeys(("mine", "theirs"), "sites"),
    **dict.fromkeys(("start_from",), "programme"),
    **dict.fromkeys(
        (
            "kind",
            "craft",
            "theme",
            "corridor",
            "start",
            "profile",
            "method",
            "route_id",
            "name_vi",
            "name_en",
        ),
        "text",
    ),
    **dict.fromkeys(("places", "themes", "source", "names"), "texts"),
    **dict.fromkeys(("bridge", "shuttle"), "list"),
}
"""Arguments that are of a kind with another one."""

_COUNTS = {"year": 1900, "seed": 0, "rounds": 1, "people": 1, "least_sites": 2, "repeats": 1}
"""Arguments that are whole numbers: the least."""


def refuse_others(
    subject: str,
    *,
    optional: Collection[str] = (),
    kinds: Mapping[str, str] | None = None,
    **given: object,
) -> None:
    """Refuse arguments of another kind, all at once.

    Parameters
    ----------
    subject
        The function.
    optional
        Those that may be None.
    kinds
        By argument another one whose kind it has here, as ``before`` and ``after``.
    given
        Arguments by name.

    Raises
    ------
    RequestError
        With a fault for each.

    Examples
    --------
    >>> refuse_others("clusters", optional=["corridor"], network="roads.csv", corridor=None, seed=-1)
    Traceback (most recent call last):
    routeplanner.errors.RequestError: clusters: 2 faults
      - network: 'roads.csv' given; make one with build_network(load_sites())
      - seed: -1 is no whole number of 0 or more
    """
    faults = kind_faults(optional=optional, kinds=kinds, **given)
    if faults:
        raise RequestError(faults, subject=subject)


def kind_faults(
    *, optional: Collection[str] = (), kinds: Mapping[str, str] | None = None, **given: object
) -> list[str]:
    """Return what `refuse_others` would raise for, so that a function can add faults of its own.

    Examples
    --------
    >>> kind_faults(optional=["title"], title=None, network=5)
    ['network: int given; make one with build_network(load_sites())']
    """
    faults: list[str] = []
    for name, value in given.items():
        if value is None and name in optional:
            continue
        if name in _COUNTS:
            faults += count_faults(name, value, _COUNTS[name])
            continue
        fits, remedy, vi = _KINDS[(kinds or {}).get(name) or _AS.get(name, name)]
        if not fits(value):
            if name == "request" and _is_mapping(value):
                remedy = "make a TripRequest of it with TripRequest.from_dict(trip.request)"
                vi = "đổi sang TripRequest bằng TripRequest.from_dict(trip.request)"
            what = repr(value) if _is_text(value) and len(str(value)) <= 40 else type(value).__name__
            faults.append(Fault(f"{name}: {what} given; {remedy}", f"{name}: là {what}; {vi}"))
    return faults


def count_faults(name: str, value: object, least: int) -> list[str]:
    """Return what is wrong with a whole number.

    Examples
    --------
    >>> count_faults("workers", 0, 1)
    ['workers: 0 is no whole number of 1 or more']
    """
    if isinstance(value, bool) or not isinstance(value, Integral) or int(value) < least:
        return [f"{name}: {value!r} is no whole number of {least} or more"]
    return []
