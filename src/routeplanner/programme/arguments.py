"""What the functions of this room are handed: whether each argument is of its kind, and of one catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeplanner._given import kind_faults
from routeplanner.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["refuse_wrong"]

_KINDS = {"before": "programme", "candidates": "texts", "lang": "languages", "sites": "catalogue"}


def refuse_wrong(subject: str, *, optional: Sequence[str] = (), **given: object) -> None:
    """Raise for arguments that are not of their kind; those that are optional may be None.

    Raises
    ------
    RequestError
        With a fault for each of them; else where a programme calls at places that the network lacks.

    Examples
    --------
    >>> refuse_wrong("clusters", optional=["corridor"], corridor=None, seed=-1)
    Traceback (most recent call last):
    routeplanner.errors.RequestError: clusters: 1 fault
      - seed: -1 is no whole number of 0 or more
    """
    faults = kind_faults(optional=optional, kinds=_KINDS, **given)
    faults = faults or _stray_places(given.get("programme"), given.get("network"))
    if faults:
        raise RequestError(faults, subject=subject)


def _stray_places(programme: object, network: object) -> list[str]:
    """Return a fault where a programme calls at places that the catalogue of a network lacks."""
    if programme is None or network is None:
        return []
    known = set(network.sites.index)  # type: ignore[attr-defined]
    stray = sorted({stop.site_id for route in programme.routes for stop in route.stops} - known)  # type: ignore[attr-defined]
    if not stray:
        return []
    shown = f"{', '.join(stray[:3])}{', …' if len(stray) > 3 else ''}"
    return [f"programme: it calls at {shown}, unknown to this network; give the one that it was designed on"]
