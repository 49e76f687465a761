"""Many plans at once: on local processes, or on any Dask cluster; every answer the same as one by one."""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
import uuid
from collections import deque
from concurrent.futures import FIRST_COMPLETED, wait
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from routeplanner._given import count_faults, kind_faults
from routeplanner._version import __version__
from routeplanner.errors import RequestError, RoutePlannerError
from routeplanner.pool import Answer, PlanningPool, Task, error_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from routeplanner.itinerary import Itinerary
    from routeplanner.network import Network
    from routeplanner.planning.request import TripRequest

    Progress = Callable[[int, int], None]

__all__ = ["PlanResult", "fingerprint", "plan_many", "processors", "progress_bar"]

_AHEAD = 4
"""Tasks in flight for each process: enough that none waits, few enough that memory stays flat."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanResult:
    """What came of one request of many.

    Parameters
    ----------
    index
        Place of the request among those given, from 0.
    request
        The request in JSON types, as it was given.
    itinerary
        The trip, or None when there is an error.
    error
        The error that `routeplanner.plan` would have raised, or None.
    seconds
        Processor time of the planning; 0 for what a results file already held.

    Examples
    --------
    >>> import routeplanner as rp
    >>> error = rp.RequestError(["first_day: 'tomorrow' is no date"], subject="request")
    >>> results = [rp.PlanResult(index=0, request={"first_day": "tomorrow"}, itinerary=None, error=error)]
    >>> for result in results:  # as `plan_many` yields them
    ...     if result.itinerary is None:
    ...         print(result.index, result.error.faults[0])
    0 first_day: 'tomorrow' is no date
    """

    index: int
    request: Any
    itinerary: Itinerary | None
    error: RoutePlannerError | None
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class _Job:
    """A request that is searched once, with all the places at which it stands."""

    key: str
    task: Task
    places: tuple[int, ...]


def plan_many(
    network: Network,
    requests: Iterable[TripRequest | Mapping[str, Any]],
    client: Any = None,  # noqa: ANN401 - a distributed.Client, which is not imported here
    *,
    workers: int | None = None,
    seed: int = 0,
    time_limit_s: float = 60.0,
    iterations: int | None = None,
    ordered: bool = True,
    results: str | os.PathLike[str] | None = None,
    progress: bool | Progress = False,
) -> Iterator[PlanResult]:
    """Plan many requests and yield their results as they come.

    Equal requests are searched once; each process solves a problem to which several requests come (ordinary Tuesdays of
    a season, say) once. An error stays with its request and ends nothing else; a request whose
    process dies is given to another one, three times at most.

    Parameters
    ----------
    network
        Sent once to each process.
    requests
        `TripRequest` objects, or requests in JSON types; one that cannot be read gives a result with its error.
    client
        A `distributed.Client`; by default local processes are used.
    workers
        Number of local processes, by default one for each processor.
    seed, iterations
        As for `routeplanner.plan`, for each request.
    time_limit_s
        Safety cap on the seconds of a search; higher than that of `routeplanner.plan`, since the processors
        are busy and a search that is cut short may differ.
    ordered
        Whether results come in the order of the requests, or each as soon as it is there.
    results
        A Parquet file that takes the results. What it, or what is left of an interrupted run beside it, already
        holds for the same request, seed, catalogue and version is not searched again.
    progress
        True for a bar on standard error, or a function ``(done, total)``.

    Raises
    ------
    RequestError
        When an argument is no such thing, or the results file belongs to other requests.
    DataFileError
        When the results file is no results file or cannot be written.

    Examples
    --------
    >>> import routeplanner as rp
    >>> network = rp.build_network(rp.load_sites())
    >>> wishes = [{"first_day": "2027-03-13", "corridor": key} for key in ("south", "souht")]
    >>> for found in rp.plan_many(network, wishes, workers=1):
    ...     print(found.index, found.itinerary is not None, type(found.error).__name__)
    0 True NoneType
    1 False RequestError
    """
    _refuse_wrong_types(network, client, workers)
    asked = [_plain(request) for request in requests]
    options = {"seed": seed, "time_limit_s": time_limit_s, "iterations": iterations}
    jobs = _jobs(asked, network, options)
    book = _book(results, {job.key for job in jobs})
    show = _progress(progress)

    def run() -> Iterator[tuple[_Job, Answer]]:
        left = []
        for job in jobs:
            known = book.get(job.key)
            if known is None:
                left.append(job)
            else:
                yield job, known
        search = _on_cluster(client, network, left) if client is not None else _here(network, left, workers)
        for job, found in search:
            book.add(job.key, job.places, asked[job.places[0]], found)
            yield job, found

    def come() -> Iterator[PlanResult]:
        done = 0
        try:
            for job, found in run():
                done += len(job.places)
                show(done, len(asked))
                for index in job.places:
                    yield _result(index, asked[index], found)
        finally:  # also where the caller stops half way
            book.flush()
        book.close([(index, job.key, asked[index]) for job in jobs for index in job.places])

    return _in_order(come()) if ordered else come()


def _refuse_wrong_types(network: object, client: object, workers: object) -> None:
    faults = kind_faults(network=network)
    if client is not None and not hasattr(client, "register_plugin"):
        faults.append(f"client: {type(client).__name__} given; give a distributed.Client, or none")
    if workers is not None:
        faults += count_faults("workers", workers, 1)
    if faults:
        raise RequestError(faults, subject="plan_many")


def _plain(request: Any) -> Any:  # noqa: ANN401 - whatever the caller took for a request
    return request.to_dict() if hasattr(request, "to_dict") else request


def _jobs(asked: list[Any], network: Network, options: Mapping[str, Any]) -> list[_Job]:
    """Return what has to be searched, equal requests once."""
    ground = fingerprint(network)
    places: dict[str, list[int]] = {}
    for index, request in enumerate(asked):
        text = _text([request, options["seed"], options["iterations"], __version__, ground])
        key = hashlib.sha256(text.encode()).hexdigest()[:32]
        places.setdefault(key, []).append(index)
    return [
        _Job(key, Task(request=asked[where[0]], **options), tuple(where)) for key, where in places.items()
    ]


def _text(value: object) -> str:
    try:
        return json.dumps(value, sort_keys=True, default=repr)
    except (
        TypeError,
        ValueError,
    ):  # keys that cannot be compared, circles: it will be refused where it is read
        return repr(value)


def fingerprint(network: Network) -> str:
    """Return a mark of catalogue, roads, river and hours, by which results of others are told apart."""
    import pandas as pd

    sites = network.sites
    text = (
        pd.DataFrame(sites.drop(columns="geometry"))
        .assign(at=sites.geometry.to_wkt())
        .to_json(default_handler=str)
    )
    return hashlib.sha256(f"{text}|{len(network)}|{network.content}".encode()).hexdigest()[:16]


def _result(index: int, request: object, found: Answer) -> PlanResult:
    from routeplanner.itinerary import Itinerary

    trip = None if found.itinerary is None else Itinerary.from_dict(json.loads(found.itinerary))
    return PlanResult(
        index=index, request=request, itinerary=trip, error=error_of(found), seconds=found.seconds
    )


def _in_order(results: Iterator[PlanResult]) -> Iterator[PlanResult]:
    waiting: dict[int, PlanResult] = {}
    due = 0
    for result in results:
        waiting[result.index] = result
        while due in waiting:
            yield waiting.pop(due)
            due += 1


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


# --- where the searches run --------------------------------------------------------------------------


def _here(network: Network, jobs: list[_Job], workers: int | None) -> Iterator[tuple[_Job, Answer]]:
    if not jobs:
        return
    count = min(workers or processors(), len(jobs))
    waiting = deque(jobs)
    with PlanningPool(network, workers=count) as pool:
        flying: dict[Any, _Job] = {}
        while waiting or flying:
            while waiting and len(flying) < _AHEAD * count:
                job = waiting.popleft()
                flying[pool.submit(job.task)] = job
            for future in wait(flying, return_when=FIRST_COMPLETED).done:
                yield flying.pop(future), future.result()


def _on_cluster(client: Any, network: Network, jobs: list[_Job]) -> Iterator[tuple[_Job, Answer]]:  # noqa: ANN401
    """Search on a Dask cluster. A plugin carries the network to each worker once, also to those that join later."""
    if not jobs:
        return
    from distributed import as_completed

    from routeplanner._dask import NetworkPlugin, plan_there

    name = f"routeplanner-{uuid.uuid4().hex}"
    client.register_plugin(NetworkPlugin(name, network))
    waiting = deque(jobs)
    flying: dict[str, _Job] = {}

    def next_one() -> Any:  # noqa: ANN401 - a distributed.Future
        job = waiting.popleft()
        key = f"{name}-{job.key}"
        flying[key] = job
        return client.submit(plan_there, name, job.task, key=key, pure=False)

    try:
        window = min(len(waiting), _AHEAD * max(1, sum(client.nthreads().values())))
        coming = as_completed([next_one() for _ in range(window)], loop=client.loop)
        for future in coming:
            job = flying.pop(future.key)
            found = _gathered(future)
            future.release()
            if waiting:
                coming.add(next_one())
            yield job, found
    finally:
        client.unregister_worker_plugin(name)


def _gathered(future: Any) -> Answer:  # noqa: ANN401 - a distributed.Future
    error = future.exception()
    if error is None:
        found: Answer = future.result()
        return found
    fault = f"{type(error).__name__}: {error}"
    return Answer(kind="WorkerError", subject="worker", faults=(fault,))


# --- what is kept, what is shown ---------------------------------------------------------------------


def _book(results: str | os.PathLike[str] | None, keys: set[str]) -> Any:  # noqa: ANN401 - one of two
    from routeplanner._results import NoBook, ResultsBook

    return NoBook() if results is None else ResultsBook(results, keys)


def _progress(progress: bool | Progress) -> Progress:  # noqa: FBT001 - handed on
    if callable(progress):
        return progress
    return progress_bar() if progress else lambda _done, _total: None


def progress_bar() -> Progress:
    """Return a function that draws how far a piece of work is, on standard error.

    On a terminal a bar in one line, elsewhere a line at each tenth.
    """
    began, state = time.monotonic(), {"tenth": -1}
    live = sys.stderr.isatty()

    def show(done: int, total: int) -> None:
        tenth = 10 * done // max(total, 1)
        passed = time.monotonic() - began
        text = f"{done:,}/{total:,}  {passed:.0f} s"
        if (
            tenth or done >= 20
        ):  # the first plans wait for the processes to start: nothing can be told from them
            text += f", {passed / done * (total - done):.0f} s left"
        if live:
            sys.stderr.write(f"\r[{'#' * (3 * tenth):<30}] {text}   " + ("\n" if done == total else ""))
            sys.stderr.flush()
        elif tenth > state["tenth"]:
            state["tenth"] = tenth
            sys.stderr.write(text + "\n")

    return show
