"""How the service is run: what uvicorn is told, and patience with slow clients that has an end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from uvicorn.protocols.http.auto import AutoHTTPProtocol

if TYPE_CHECKING:
    import asyncio

    from routeplanner.service.settings import Settings

__all__ = ["server_options"]


def server_options(settings: Settings) -> dict[str, Any]:
    """Return the arguments of `uvicorn.run` that do not depend on where the service listens.

    Parameters
    ----------
    settings
        With the time that the head of a request may take (as its body), and that a stop may.

    Examples
    --------
    >>> from routeplanner.service import Settings
    >>> server_options(Settings())["timeout_graceful_shutdown"]
    25
    """
    return {
        "http": _patient(settings.body_timeout_s),
        "ws": "none",
        "server_header": False,
        "timeout_keep_alive": 10,
        "timeout_graceful_shutdown": int(settings.drain_s),
        "limit_concurrency": 1000,
        "h11_max_incomplete_event_size": 32_768,
    }


def _patient(patience_s: float) -> type:
    """Return a protocol that hangs up on who does not send the head of a request within one to two times a time.

    uvicorn itself waits without end, and some thousand such clients would shut everybody else out.
    """

    class Patient(AutoHTTPProtocol):  # type: ignore[misc]
        _looked_at: object = None

        def connection_made(self, transport: asyncio.Transport) -> None:
            super().connection_made(transport)
            self.loop.call_later(patience_s, self._look)

        def _look(self) -> None:
            """Hang up where neither an answer nor the next request has come along since the last look."""
            if self.transport.is_closing():
                return
            at_work = self.cycle is not None and not self.cycle.response_complete
            resting = self.timeout_keep_alive_task is not None  # uvicorn hangs up then
            waits_for_head = not at_work and not resting
            now = ("head after", id(self.cycle)) if waits_for_head else None
            if now is not None and now == self._looked_at:
                self.transport.close()
                return
            self._looked_at = now
            self.loop.call_later(patience_s, self._look)

    return Patient
