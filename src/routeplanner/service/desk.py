"""Where requests become plans: equal ones share a search, and every finished plan is kept before it is told."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import math
from concurrent.futures import CancelledError
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from routeplanner._version import __version__
from routeplanner.pool import Answer, PlanningPool, Task

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from concurrent.futures import Future

    from routeplanner.network import Network
    from routeplanner.service.metrics import Metrics
    from routeplanner.service.settings import Settings
    from routeplanner.service.store import PlanStore

__all__ = ["BusyError", "Desk", "GoneError"]

_LOG = logging.getLogger(__name__)
_GLANCE_S = 0.2
"""How often to look whether the client is still there."""

_GRACE_S = 2.0
"""How long a running search may go on when nobody waits for it any more: most are over by then."""


class BusyError(Exception):
    """The queue is full; `retry_s` says when to come again."""

    def __init__(self, retry_s: int) -> None:
        super().__init__(retry_s)
        self.retry_s = retry_s


class GoneError(Exception):
    """The client went away."""


@dataclass(slots=True)
class _Flight:
    """A search under way, and how many wait for it."""

    plan_id: str
    order: Future[Answer]
    done: asyncio.Task[Answer]
    waiters: int = 0


class Desk:
    """The searches of one service.

    Parameters
    ----------
    network
        Places and legs.
    store
        Where plans are kept.
    settings
        With processes, queue and time budget.
    ground
        A mark of the catalogue: plans on another one have other ids.
    """

    def __init__(self, network: Network, store: PlanStore, settings: Settings, *, ground: str) -> None:
        self._store, self._settings, self._ground = store, settings, ground
        self._flights: dict[str, _Flight] = {}
        self._mean_s = 1.0
        first = Task(
            request={"first_day": "2027-03-13", "corridor": "south"}
        )  # without a deadline: it may compile
        self.pool = PlanningPool(network, workers=settings.workers, warm=first)
        self.metrics: Metrics | None = None

    def _task(self, request: dict[str, Any], seed: int) -> Task:
        budget = self._settings.time_budget_s
        return Task(request=request, seed=seed, time_limit_s=budget, deadline_s=3 * budget + 20)

    def plan_id(self, request: dict[str, Any], seed: int) -> str:
        """Return the id of the plan for a request: the same for equal ones."""
        text = json.dumps([request, seed, __version__, self._ground], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:24]

    async def plan(
        self, request: dict[str, Any], seed: int, gone: Callable[[], Awaitable[bool]]
    ) -> tuple[str, Answer]:
        """Return id and answer of a request: from the store, from a search under way, or from a new one.

        Raises
        ------
        BusyError
            When too many wait already.
        GoneError
            When the client left meanwhile.
        """
        plan_id = self.plan_id(request, seed)
        kept = await asyncio.to_thread(self._store.get, plan_id)
        if kept is not None:
            self._count("stored")
            return plan_id, Answer(itinerary=kept[0])
        flight = self._flights.get(plan_id)
        if flight is None:
            flight = self._take_off(plan_id, self._task(request, seed))
        else:
            self._count("shared")
        return plan_id, await self._wait(flight, gone)

    def _take_off(self, plan_id: str, task: Task) -> _Flight:
        waiting = self.pool.waiting
        # who would find a process free does not wait: with a queue of 0 there are still the processes
        free = self._settings.workers - self.pool.running
        if waiting >= self._settings.queue + max(0, free):
            self._count("refused")
            raise BusyError(max(1, math.ceil(self._mean_s * (waiting + 1) / self._settings.workers)))
        order = self.pool.submit(task)
        flight = _Flight(plan_id, order, asyncio.create_task(self._land(plan_id, task, order)))
        self._flights[plan_id] = flight
        return flight

    async def _land(self, plan_id: str, task: Task, order: Future[Answer]) -> Answer:
        """Wait for a search and keep its plan; only then do those who wait hear of it."""
        try:
            found = await asyncio.wrap_future(order)
            if found.itinerary is not None:
                request = json.dumps(task.request, ensure_ascii=False)
                await asyncio.to_thread(self._store.put, plan_id, request, found.itinerary)
                self._mean_s += 0.1 * (found.seconds - self._mean_s)
            elif found.kind == "WorkerError":
                _LOG.error("plan %s failed: %s", plan_id, "; ".join(found.faults))
            self._count("searched" if found.itinerary is not None else found.kind)
        except (asyncio.CancelledError, CancelledError):
            self._count("cancelled")
            return Answer(kind="WorkerError", subject="cancelled", faults=("the search was cancelled",))
        else:
            return found
        finally:
            self._forget(plan_id, order)

    def _forget(self, plan_id: str, order: Future[Answer]) -> None:
        flight = self._flights.get(plan_id)
        if flight is not None and flight.order is order:  # and not one that took off after it
            del self._flights[plan_id]

    async def _wait(self, flight: _Flight, gone: Callable[[], Awaitable[bool]]) -> Answer:
        flight.waiters += 1
        try:
            while not flight.done.done():
                await asyncio.wait({flight.done}, timeout=_GLANCE_S)
                if not flight.done.done() and await gone():
                    raise GoneError
            return flight.done.result()
        finally:
            flight.waiters -= 1
            if flight.waiters == 0 and not flight.done.done():
                # one that waits is dropped at once, one that runs may be over any moment
                delay = _GRACE_S if flight.order.running() else 0.0
                asyncio.get_running_loop().call_later(delay, self._drop, flight)

    def _drop(self, flight: _Flight) -> None:
        if flight.waiters == 0 and not flight.done.done():
            self._forget(flight.plan_id, flight.order)  # who asks now gets a search of his own
            self.pool.cancel(flight.order)

    def _count(self, outcome: str) -> None:
        if self.metrics is not None:
            self.metrics.plans.labels(outcome).inc()

    async def close(self) -> None:
        """Let what is under way come to its end for a while, keep it, and end the processes."""
        flights = {flight.done for flight in self._flights.values()}
        if flights:
            await asyncio.wait(flights, timeout=self._settings.drain_s)
        await asyncio.to_thread(self.pool.close)
        rest = {flight.done for flight in self._flights.values()}
        if rest:
            await asyncio.wait(rest, timeout=5)
