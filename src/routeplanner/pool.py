"""Processes that plan: each is handed the network once, then request after request.

Each process is a fresh interpreter that reads from its standard input, so that a script needs no
``if __name__ == "__main__"``, threads of the caller do no harm, and a single process can be ended without the others:
when its time is over, when nobody waits for its answer any more, or because it died. A request whose process died
is given to another one.
"""

from __future__ import annotations

import logging
import os
import pickle
import queue
import signal
import struct
import subprocess
import sys
import threading
import time
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO, Self

from routeplanner import errors

if TYPE_CHECKING:
    from routeplanner.itinerary import Itinerary
    from routeplanner.network import Network
    from routeplanner.planning.solve import Memory

__all__ = ["ATTEMPTS", "Answer", "PlanningPool", "Task", "answer", "error_of"]

ATTEMPTS = 3
"""How many processes may die over a request before it is given up."""

_WARM_UP = "warm up"
"""What a process is asked in place of a task, to compile all that a plan may need."""

_LOG = logging.getLogger(__name__)
_LENGTH = struct.Struct("!Q")
_START_AGAIN_S = (0.5, 2.0)
"""Pauses after which a process that did not start is tried again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A request to plan.

    Parameters
    ----------
    request
        In JSON types, as `TripRequest.from_dict` reads it.
    seed, time_limit_s, iterations
        As for `routeplanner.plan`.
    deadline_s
        Seconds after which the process is ended, whatever it is at; None for never.
    """

    request: Any
    seed: int = 0
    time_limit_s: float = 10.0
    iterations: int | None = None
    deadline_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of a task: an itinerary as JSON text, or an error.

    Parameters
    ----------
    itinerary
        As `Itinerary.to_json` writes it; None when there is an error.
    kind
        Name of the error's class, an empty string when there is none.
    subject, faults
        Of the error.
    seconds
        Processor time of the planning.
    """

    itinerary: str | None = None
    kind: str = ""
    subject: str = ""
    faults: tuple[str, ...] = ()
    seconds: float = 0.0


def answer(network: Network, task: Task, memory: Memory | None = None) -> Answer:
    """Plan one request in this process; every error becomes an answer.

    Parameters
    ----------
    network
        Places and legs.
    task
        The request.
    memory
        Of the problems that this process has solved before: the same itinerary, sooner.

    Examples
    --------
    >>> import routeplanner as rp
    >>> network = rp.build_network(rp.load_sites())
    >>> answer(network, Task(request={"first_day": "2027-03-13", "corridor": "souht"})).kind
    'RequestError'
    """
    from routeplanner.planning.planner import plan_with
    from routeplanner.planning.request import TripRequest
    from routeplanner.planning.solve import solve

    began = time.thread_time()
    try:
        trip: Itinerary = plan_with(
            solve if memory is None else memory.solve,
            network,
            TripRequest.from_dict(task.request),
            seed=task.seed,
            time_limit_s=task.time_limit_s,
            iterations=task.iterations,
        )
    except errors.RoutePlannerError as error:
        kind, subject = type(error).__name__, getattr(error, "subject", "plan")
        faults = tuple(getattr(error, "faults", (str(error),)))
        return Answer(kind=kind, subject=subject, faults=faults, seconds=time.thread_time() - began)
    except Exception as error:  # noqa: BLE001 - one request must not end the others; the caller gets its name
        fault = f"{type(error).__name__}: {error}"
        return Answer(kind="WorkerError", subject="plan", faults=(fault,), seconds=time.thread_time() - began)
    return Answer(itinerary=trip.to_json(), seconds=time.thread_time() - began)


def error_of(found: Answer) -> errors.RoutePlannerError | None:
    """Return the error of an answer as an exception, None where there is none."""
    if not found.kind:
        return None
    kind = getattr(errors, found.kind, errors.WorkerError)
    error: errors.RoutePlannerError = kind(found.faults, subject=found.subject)
    return error


@dataclass(slots=True)
class _Order:
    task: Task
    future: Future[Answer] = field(default_factory=Future)
    deaths: int = 0
    unwanted: bool = False


class PlanningPool:
    """A number of planning processes behind one queue.

    Parameters
    ----------
    network
        Handed to each process once, when it starts.
    workers
        Number of processes. They start at once, or again when one died.
    warm
        A task that each process does before its first, so that compiled code is loaded; the first process compiles
        all that a plan may need before it. `ready` is released each time a process has come so far.
    """

    def __init__(self, network: Network, *, workers: int = 2, warm: Task | None = None) -> None:
        self._payload = pickle.dumps(network)
        self._warm = warm
        self._queue: queue.SimpleQueue[_Order | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._orders: dict[Future[Answer], _Order] = {}
        self._running: dict[Future[Answer], _Process] = {}
        self._processes: set[_Process] = set()
        self._compiling, self._compiled = threading.Lock(), False
        self._closing = False
        self.ready = threading.Semaphore(0)
        self._threads = [threading.Thread(target=self._serve, daemon=True) for _ in range(workers)]
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> Self:
        """Return the pool."""
        return self

    def __exit__(self, *error: object) -> None:
        """End the processes; what waits is cancelled."""
        self.close()

    @property
    def waiting(self) -> int:
        """Number of tasks that no process has begun."""
        with self._lock:
            return len(self._orders) - len(self._running)

    @property
    def running(self) -> int:
        """Number of tasks that a process is at."""
        with self._lock:
            return len(self._running)

    @property
    def pids(self) -> list[int]:
        """Numbers of the processes that are at a task."""
        with self._lock:
            return [process.pid for process in self._running.values()]

    def submit(self, task: Task) -> Future[Answer]:
        """Put a task at the end of the queue and return its future answer."""
        order = _Order(task)
        with self._lock:
            if self._closing:
                raise errors.WorkerError(["the pool is closed; make another"], subject="pool")
            self._orders[order.future] = order
        self._queue.put(order)
        return order.future

    def cancel(self, future: Future[Answer]) -> None:
        """Take a task back: one that waits is dropped, the process that is at it is ended."""
        with self._lock:
            order, process = self._orders.get(future), self._running.get(future)
            if order is not None:
                order.unwanted = True
        future.cancel()
        if process is not None:
            process.kill()

    def close(self, *, wait_s: float = 0.0) -> None:
        """End the processes, after up to `wait_s` seconds for what is in the queue; cancel the rest."""
        until = time.monotonic() + wait_s
        with self._lock:
            self._closing = True
        while self._orders and time.monotonic() < until:
            time.sleep(0.02)
        for future in list(self._orders):
            self.cancel(future)
        for _ in self._threads:
            self._queue.put(None)
        with self._lock:
            for process in self._processes:
                process.kill()
        for thread in self._threads:
            thread.join(timeout=30)

    def _serve(self) -> None:
        """Be the thread of one process: start it, hand it task after task, start another when it died."""
        process = self._start()
        for pause_s in _START_AGAIN_S:  # else nobody would ask a service that never became ready
            if process is None and not self._closing:
                time.sleep(pause_s)
                process = self._start()
        while (order := self._queue.get()) is not None:
            if order.unwanted or not (order.deaths or order.future.set_running_or_notify_cancel()):
                self._forget(order)
                continue
            if process is None or not process.alive:
                self._end(process)
                process = self._start()
            process = self._do(order, process)
        self._end(process)

    def _start(self) -> _Process | None:
        """Start a process and let it do the first task of all; None where it dies over that."""
        process = None
        try:
            process = _Process()
            with self._lock:
                self._processes.add(process)
                if self._closing:
                    process.kill()
            process.begin(self._payload)
            if self._warm is not None:
                self._warm_up(process, self._warm)
        except (OSError, EOFError) as error:
            if not self._closing:
                reason = (
                    error if isinstance(error, OSError) else "it ended before it had planned its first trip"
                )
                _LOG.error("a planning process did not start: %s", reason)
            self._end(process)
            return None
        self.ready.release()
        return process

    def _warm_up(self, process: _Process, task: Task) -> None:
        """Let a process load its compiled code; the first one compiles, while the others wait for what it keeps."""
        with self._compiling:
            if not self._compiled:
                process.ask(_WARM_UP)
                self._compiled = True
        process.ask(task)

    def _end(self, process: _Process | None) -> None:
        if process is not None:
            process.end()
            with self._lock:
                self._processes.discard(process)

    def _do(self, order: _Order, process: _Process | None) -> _Process | None:
        if process is None:
            self._dead(order, "no process could be started")
            return None
        with self._lock:
            self._running[order.future] = process
        try:
            found = process.ask(order.task)
        except (EOFError, OSError):
            self._end(process)
            with self._lock:
                self._running.pop(order.future, None)
            if process.late:
                limit = f"{order.task.deadline_s:g} s"
                fault = f"the search was ended after {limit}; ask for fewer days or a smaller area"
                self._finish(order, Answer(kind="WorkerError", subject="time", faults=(fault,)))
            else:
                self._dead(order, f"{ATTEMPTS} processes died over it")
            return None
        with self._lock:
            self._running.pop(order.future, None)
        self._finish(order, found)
        return process

    def _dead(self, order: _Order, fault: str) -> None:
        """Give the task of a dead process to another one, a few times."""
        order.deaths += 1
        if order.unwanted:
            self._finish(order, None)
        elif order.deaths < ATTEMPTS:
            self._queue.put(order)
        else:
            self._finish(order, Answer(kind="WorkerError", subject="worker", faults=(fault,)))

    def _finish(self, order: _Order, found: Answer | None) -> None:
        self._forget(order)
        if order.future.done():
            return
        if found is None:
            order.future.set_exception(CancelledError())
        else:
            order.future.set_result(found)

    def _forget(self, order: _Order) -> None:
        with self._lock:
            self._orders.pop(order.future, None)


class _Process:
    """One interpreter that plans what it reads from its standard input."""

    def __init__(self) -> None:
        self.late = False
        self._popen = subprocess.Popen(
            [sys.executable, "-m", "routeplanner.pool"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self.pid = self._popen.pid

    @property
    def alive(self) -> bool:
        return self._popen.poll() is None

    def begin(self, payload: bytes) -> None:
        """Hand the network over."""
        self._send(payload)

    def ask(self, task: Task | str) -> Answer:
        """Hand a task over and wait for its answer; raise EOFError or OSError when the process ends instead."""
        self._send(pickle.dumps(task))
        timer = None
        deadline_s = task.deadline_s if isinstance(task, Task) else None
        if deadline_s is not None:
            timer = threading.Timer(deadline_s, self._too_late)
            timer.daemon = True
            timer.start()
        try:
            found: Answer = pickle.loads(_read(_pipe(self._popen.stdout)))  # noqa: S301 - from our own process
        finally:
            if timer is not None:
                timer.cancel()
        return found

    def kill(self) -> None:
        """End the process at once; who waits for its answer tidies up."""
        self._popen.kill()

    def end(self) -> None:
        """End the process at once and close its pipes."""
        self._popen.kill()
        self._popen.wait()
        for pipe in (self._popen.stdin, self._popen.stdout):
            try:
                _pipe(pipe).close()
            except (OSError, ValueError):
                continue

    def _too_late(self) -> None:
        self.late = True
        self._popen.kill()

    def _send(self, data: bytes) -> None:
        pipe = _pipe(self._popen.stdin)
        pipe.write(_LENGTH.pack(len(data)) + data)
        pipe.flush()


def _pipe(pipe: Any) -> BinaryIO:  # noqa: ANN401 - Popen types it as perhaps none
    found: BinaryIO = pipe
    return found


def _read(pipe: BinaryIO) -> bytes:
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    (length,) = _LENGTH.unpack(head)
    data = pipe.read(length)
    if len(data) < length:
        raise EOFError
    return data


def _warmed() -> Answer:
    """Compile what a plan may need, and say nothing about it."""
    from routeplanner.planning.warm import warmup

    return Answer(seconds=sum(step.seconds for step in warmup()))


def _work() -> None:
    """Read a network, then tasks; write answers; end when the input ends."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # who started us ends us, after what we are at
    source, sink = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints goes to standard error and not among the answers
    network = pickle.loads(_read(source))  # noqa: S301 - from the process that started us
    from routeplanner.planning.solve import Memory

    memory = Memory()
    while True:
        try:
            task = pickle.loads(_read(source))  # noqa: S301 - the same
        except EOFError:
            return
        data = pickle.dumps(_warmed() if task == _WARM_UP else answer(network, task, memory))
        try:
            sink.write(_LENGTH.pack(len(data)) + data)
            sink.flush()
        except BrokenPipeError:
            return


if __name__ == "__main__":
    # under the name by which the parent's pickles know the classes of this module
    from routeplanner.pool import _work as work

    work()
