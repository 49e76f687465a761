"""Things of another kind than a function takes are refused in a word that names what makes the right one."""

from __future__ import annotations

from routeplanner.errors import Fault, RequestError

__all__ = ["refuse_others"]

_KINDS = {
    "trip": ("Itinerary", "plan one with plan(network, request)"),
    "network": ("Network", "make one with build_network(load_sites())"),
    "request": ("TripRequest", "make one with TripRequest(first_day=date(2027, 3, 13))"),
    "sites": ("GeoDataFrame", "read them with load_sites()"),
    "candidates": ("GeoDataFrame", "make them with osm_candidates"),
    "calendar": ("DataFrame", "make one with festival_calendar(2027)"),
    "found": ("DataFrame", "make it with best_dates"),
    "health": ("Health", "make one with catalogue_health(load_sites())"),
    "text": ("str", "give a text"),
    "commune": ("str", "give its name"),
}
"""By argument: name of the class that it, or one it comes from, must have, and where to have one."""

_AS = {
    "before": "",
    "after": "",
    "mine": "sites",
    "theirs": "sites",
    **dict.fromkeys(("kind", "craft", "theme", "corridor"), "text"),
}
"""Arguments that are of a kind with another one; an empty word where the function says of which."""


def refuse_others(subject: str, *, of: str = "", **given: object) -> None:
    """Refuse arguments of another kind.

    Classes are known by their names, so that nothing heavy is imported for it.

    Parameters
    ----------
    subject
        The function.
    of
        The argument with which ``before`` and ``after`` are of a kind.
    given
        Arguments by name.

    Raises
    ------
    RequestError
        With a fault for each.

    Examples
    --------
    >>> refuse_others("explain", trip="south.json")
    Traceback (most recent call last):
    routeplanner.errors.RequestError: explain: 1 fault
      - trip: str given; plan one with plan(network, request)
    """
    faults = []
    for name, value in given.items():
        wanted, remedy = _KINDS[_AS.get(name, name) or of]
        if not any(parent.__name__ == wanted for parent in type(value).__mro__):
            what = type(value).__name__
            faults.append(Fault(f"{name}: {what} given; {remedy}", f"{name}: là {what}; cần {wanted}"))
    if faults:
        raise RequestError(faults, subject=subject)
