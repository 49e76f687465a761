"""What runs on the workers of a Dask cluster."""

from __future__ import annotations

import pickle
import threading
from typing import TYPE_CHECKING, Any

from distributed import WorkerPlugin, get_worker

from routeplanner.planning.solve import Memory
from routeplanner.pool import Answer, Task, answer

if TYPE_CHECKING:
    from routeplanner.network import Network

__all__ = ["NetworkPlugin", "plan_there"]

_LOCK = threading.Lock()


class NetworkPlugin(WorkerPlugin):  # type: ignore[misc] # distributed is not typed
    """Brings a network to each worker, once.

    Parameters
    ----------
    name
        Of the plugin, and of the network on the worker.
    network
        The network.
    """

    def __init__(self, name: str, network: Network) -> None:
        self.name = name
        self._payload = pickle.dumps(network)

    def setup(self, worker: Any) -> None:  # noqa: ANN401 - a distributed.Worker
        """Unpack the network on a worker that starts."""
        network = pickle.loads(self._payload)  # noqa: S301 - from our own client
        _networks(worker)[self.name] = network, Memory()

    def teardown(self, worker: Any) -> None:  # noqa: ANN401
        """Drop the network."""
        _networks(worker).pop(self.name, None)


def plan_there(name: str, task: Task) -> Answer:
    """Plan a request with the network that the plugin of this name brought; one at a time in a process."""
    with _LOCK:
        network, memory = _networks(get_worker())[name]
        return answer(network, task, memory)


def _networks(worker: Any) -> dict[str, tuple[Network, Memory]]:  # noqa: ANN401
    found: dict[str, tuple[Network, Memory]] = worker.__dict__.setdefault("_routeplanner_networks", {})
    return found
