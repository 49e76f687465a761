"""A service on a port of this machine, in a thread of this process; and how to read its figures."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from routeplanner.service import Settings

SOUTH = {"first_day": "2027-03-13", "corridor": "south"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until_ready(base: str, *, alive: Callable[[], bool] = lambda: True) -> None:
    import httpx

    end = time.monotonic() + 400
    while time.monotonic() < end and alive():
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(f"{base}/readyz", timeout=5).status_code == 200:
                return
        time.sleep(0.05)
    pytest.fail("the service never became ready")


@contextlib.contextmanager
def served(settings: Settings, *, wait: bool = True) -> Iterator[str]:
    """Serve in a thread and yield the address."""
    import uvicorn

    from routeplanner.service import create_app
    from routeplanner.service.serving import server_options

    port = free_port()
    server = uvicorn.Server(
        uvicorn.Config(create_app(settings), port=port, log_level="critical", **server_options(settings))
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    base = f"http://127.0.0.1:{port}"
    try:
        if wait:
            until_ready(base, alive=thread.is_alive)
        yield base
    finally:
        server.should_exit = True
        thread.join(timeout=60)
        assert not thread.is_alive()


def figure(client: Any, name: str) -> float:
    """Return a figure of /metrics, 0 where it is not there yet."""
    lines = client.get("/metrics").text.splitlines()
    return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(name))
