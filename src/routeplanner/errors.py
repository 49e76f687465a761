"""What can go wrong, as types that a caller can catch.

Every error of this library is a `RoutePlannerError`. Those caused by a value that was handed in are
`ValueError` as well, so that code which knows nothing of us still catches them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "CatalogueError",
    "DataFileError",
    "Fault",
    "InfeasibleError",
    "NetworkError",
    "RequestError",
    "RoutePlannerError",
    "WorkerError",
]


class Fault(str):
    """A fault that brings its words in Vietnamese along; as a text it is the English one.

    Parameters
    ----------
    text
        What is wrong, with the remedy.
    vi
        The same in Vietnamese.
    """

    __slots__ = ("vi",)
    vi: str

    def __new__(cls, text: str, vi: str) -> Self:
        """Make a text with an attribute."""
        made = super().__new__(cls, text)
        made.vi = vi
        return made

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle both languages, so that the fault crosses process borders."""
        return Fault, (str(self), self.vi)


class RoutePlannerError(Exception):
    """Base of all errors raised on purpose by this library.

    Examples
    --------
    >>> import routeplanner as rp
    >>> try:
    ...     rp.load_corridors("nowhere.toml")
    ... except rp.RoutePlannerError as error:  # whatever of it went wrong
    ...     print(type(error).__name__)
    DataFileError
    """


class _FaultsError(RoutePlannerError, ValueError):
    """Several faults of one input, gathered before raising.

    Parameters
    ----------
    faults
        One sentence a fault, each naming record, field, value and remedy.
    subject
        What was read or checked: a file name, "the request".
    """

    def __init__(self, faults: Sequence[str], *, subject: str = "input") -> None:
        self.faults = tuple(faults)
        self.subject = subject
        count = len(self.faults)
        head = f"{subject}: {count} fault{'s' if count != 1 else ''}"
        super().__init__("\n".join([head, *(f"  - {fault}" for fault in self.faults)]))

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle by faults and subject, so that the error crosses process borders."""
        return _rebuild, (type(self), self.faults, self.subject)


def _rebuild(kind: type[_FaultsError], faults: Sequence[str], subject: str) -> _FaultsError:
    return kind(faults, subject=subject)


class CatalogueError(_FaultsError):
    """A catalogue of sites has faults; `faults` lists all of them.

    Examples
    --------
    >>> import routeplanner as rp
    >>> sites = rp.load_sites().assign(kind="vilage")
    >>> try:
    ...     rp.save_sites(sites, "sites.geojson")  # nothing is written
    ... except rp.CatalogueError as error:
    ...     len(error.faults) == len(sites), error.faults[0].partition("kind: ")[2]
    (True, "'vilage' is not known; did you mean 'craft_village'?")
    """


class RequestError(_FaultsError):
    """A trip request has faults; `faults` lists all of them.

    Examples
    --------
    >>> from datetime import date
    >>> import routeplanner as rp
    >>> try:
    ...     rp.TripRequest(first_day=date(2027, 3, 13), days=0, pace="hasty")
    ... except rp.RequestError as error:
    ...     error.subject, len(error.faults)
    ('request', 2)
    """


class NetworkError(_FaultsError):
    """Roads or a river line cannot be used as given; `faults` lists all reasons.

    Examples
    --------
    >>> import routeplanner as rp
    >>> network = rp.build_network(rp.load_sites())
    >>> try:
    ...     network.matrix(["bat-trang", "bat-trnag"], "coach")
    ... except rp.NetworkError as error:
    ...     print(error.faults[0])
    place 'bat-trnag' is not in the network; did you mean 'bat-trang' or 'ben-bat-trang' or 'cho-gom-bat-trang'?
    """


class InfeasibleError(_FaultsError):
    """The request is well formed, but no plan can keep it; `faults` says which demand and by how much.

    Examples
    --------
    >>> from datetime import date, time
    >>> import routeplanner as rp
    >>> network = rp.build_network(rp.load_sites())
    >>> asked = rp.TripRequest(first_day=date(2027, 3, 13), must_visit=["bat-trang"], day_end=time(9))
    >>> try:
    ...     rp.plan(network, asked)
    ... except rp.InfeasibleError as error:
    ...     "bat-trang" in str(error)
    True
    """


class WorkerError(_FaultsError):
    """A planning process failed: it died, ran out of time, or met an error that is ours; `faults` says which.

    Examples
    --------
    >>> import routeplanner as rp
    >>> error = rp.WorkerError(["the process ended with signal 9"], subject="process")
    >>> print(error)
    process: 1 fault
      - the process ended with signal 9
    """


class DataFileError(_FaultsError):
    """A file is missing, unreadable or not of the format that was expected.

    Examples
    --------
    >>> import routeplanner as rp
    >>> try:
    ...     rp.Itinerary.from_dict({"schema": "routeplanner/itinerary/1", "seed": "one"})
    ... except rp.DataFileError as error:
    ...     error.subject, len(error.faults) > 2
    ('itinerary', True)
    """
