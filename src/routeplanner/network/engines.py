"""Many-to-many shortest ways: scipy everywhere, routingkit-cch on large graphs where it is installed.

Both give the same times, whole milliseconds. scipy also counts the metres along the quickest way, in one
search: a cost holds milliseconds in its upper and metres in its lower digits, so that of two equally quick
ways the shorter one is taken, and sums stay exact (up to 24 days and 4,194 km, which no way in Viet Nam
exceeds).

routingkit-cch (BSD-2-Clause, as the RoutingKit that it wraps) orders the graph once and then answers a
row in well under a millisecond. Its objects may not be used from another thread and panic when weights
are changed or a query is run again while an earlier answer is alive: none leaves this module.
"""

from __future__ import annotations

from functools import cached_property
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Literal

from routeplanner.errors import NetworkError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

__all__ = ["ENGINES", "EngineName", "Graph", "cch_is_installed", "choose_engine"]

EngineName = Literal["auto", "scipy", "routingkit-cch"]
ENGINES = ("auto", "scipy", "routingkit-cch")

_CCH_PAYS_FROM = 10_000  # nodes: below, preparing costs more than it saves
_BATCH_CELLS = 4_000_000  # nodes times sources searched at once: 32 MB
_METRES = 2.0**22  # one millisecond in the cost that scipy minimises; metres lie below
_CCH_LIMIT = 2**31 - 1  # its infinity


def cch_is_installed() -> bool:
    """Return whether routingkit-cch can be imported (``pip install 'routeplanner[fast]'``)."""
    return find_spec("routingkit_cch") is not None


def choose_engine(name: str, size: int) -> str:
    """Return the engine for a graph of `size` nodes: the one named, or with ``"auto"`` the quicker one.

    Raises
    ------
    NetworkError
        For an engine that is unknown or not installed.

    Examples
    --------
    >>> choose_engine("auto", 700)
    'scipy'
    """
    if name not in ENGINES:
        raise NetworkError(
            [f"engine {name!r} is unknown; use one of {', '.join(ENGINES)}"], subject="network"
        )
    if name == "routingkit-cch" and not cch_is_installed():
        fault = (
            "engine 'routingkit-cch' is not installed; pip install 'routeplanner[fast]', or use engine='auto'"
        )
        raise NetworkError([fault], subject="network")
    if name != "auto":
        return name
    return "routingkit-cch" if size >= _CCH_PAYS_FROM and cch_is_installed() else "scipy"


class Graph:
    """Arcs with a cost in whole milliseconds and a length in whole decimetres.

    Parameters
    ----------
    size
        Number of nodes.
    tail, head
        Ends of the arcs, sorted by (tail, head), no two alike.
    ms, metres
        Milliseconds (1 or more) and metres of each arc, whole numbers.
    lonlat
        Position of every node, shape (size, 2), degrees: by it the graph is ordered.
    engine
        ``"scipy"`` or ``"routingkit-cch"``: what counts times.
    """

    def __init__(
        self,
        size: int,
        tail: NDArray[np.int64],
        head: NDArray[np.int64],
        ms: NDArray[np.float64],
        metres: NDArray[np.float64],
        *,
        lonlat: NDArray[np.float64],
        engine: str = "scipy",
    ) -> None:
        self.size, self.tail, self.head, self.ms, self.metres = size, tail, head, ms, metres
        self.lonlat, self.engine = lonlat, engine

    @cached_property
    def _matrix(self) -> csr_matrix:
        """The arcs as a sparse matrix of costs that hold milliseconds and metres."""
        import numpy as np
        from scipy.sparse import csr_matrix

        start = np.searchsorted(self.tail, np.arange(self.size + 1))
        cost = self.ms * _METRES + self.metres
        return csr_matrix((cost, self.head, start), shape=(self.size, self.size))

    def milliseconds(self, sources: NDArray[np.int64], targets: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the times from sources to targets, infinite where there is no way."""
        if self.engine == "routingkit-cch":
            return self._by_cch(sources, targets)
        return self.ways(sources, targets)[0]

    def ways(
        self, sources: NDArray[np.int64], targets: NDArray[np.int64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return milliseconds and metres of the quickest ways from sources to targets, always by scipy."""
        import numpy as np

        ms = np.full((len(sources), len(targets)), np.inf)
        metres = np.full((len(sources), len(targets)), np.inf)
        batch = max(_BATCH_CELLS // (self.size + 1), 1)
        for first in range(0, len(sources), batch):
            some = slice(first, first + batch)
            ms[some], metres[some] = self._by_scipy(sources[some], targets)
        return ms, metres

    def _by_scipy(
        self, sources: NDArray[np.int64], targets: NDArray[np.int64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        import numpy as np
        from scipy.sparse.csgraph import dijkstra

        cost = dijkstra(self._matrix, indices=sources)[:, targets]
        there = np.isfinite(cost)
        known = np.where(there, cost, 0.0)
        ms = np.floor(known / _METRES)
        return np.where(there, ms, np.inf), np.where(there, known - ms * _METRES, np.inf)

    def tree(
        self, source: int, *, limit_ms: float = float("inf")
    ) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Return milliseconds from one node to all within a limit, and the node before each (-1 for none)."""
        import numpy as np
        from scipy.sparse.csgraph import dijkstra

        limit = (limit_ms + 1) * _METRES
        cost, before = dijkstra(self._matrix, indices=source, limit=limit, return_predecessors=True)
        return np.floor(cost / _METRES), np.maximum(before.astype(np.int64), -1)

    def weighted(self, factor: NDArray[np.float64]) -> Graph:
        """Return this graph with times that some factors make longer, to be searched by scipy."""
        import numpy as np

        ms = np.round(self.ms * factor)
        return Graph(self.size, self.tail, self.head, ms, self.metres, lonlat=self.lonlat)

    def before(self, sources: NDArray[np.int64]) -> NDArray[np.int32]:
        """Return the node before each on its quickest way from each source, negative for none: (sources, size)."""
        import numpy as np
        from scipy.sparse.csgraph import dijkstra

        return np.asarray(
            dijkstra(self._matrix, indices=sources, return_predecessors=True)[1], dtype=np.int32
        )

    # -- routingkit-cch ----------------------------------------------------------------------------

    @cached_property
    def _metric(self) -> Any:  # noqa: ANN401 - an object of an extra
        import routingkit_cch as cch

        tail, head = self.tail.tolist(), self.head.tolist()
        lon, lat = self.lonlat[:, 0].tolist(), self.lonlat[:, 1].tolist()
        order = cch.compute_order_inertial(self.size, tail, head, lat, lon)
        return cch.CCHMetric(cch.CCH(order, tail, head, False), self.ms.astype("uint32").tolist())  # noqa: FBT003

    def prepare(self) -> None:
        """Do now what the first question would do: sort the arcs, or order the graph."""
        if self.engine == "routingkit-cch":
            self._metric  # noqa: B018 - made when first read
        else:
            self._matrix  # noqa: B018 - the same

    def _by_cch(self, sources: NDArray[np.int64], targets: NDArray[np.int64]) -> NDArray[np.float64]:
        import numpy as np
        import routingkit_cch as cch

        if len(self.ms) == 0 or float(self.ms.max()) >= _CCH_LIMIT:
            return self.ways(sources, targets)[0]
        # Made here and let go here: it belongs to this thread, and holds the weights while it lives.
        query = cch.CCHOneToMany(self._metric, targets.tolist())
        rows = [query.distances_from(source) for source in sources.tolist()]
        ms = np.array([[np.inf if v is None else v for v in row] for row in rows], dtype=np.float64)
        return ms.reshape(len(sources), len(targets))
