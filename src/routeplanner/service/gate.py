"""What every request passes: limits on its body, headers on its answer, a count of both."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

from starlette.exceptions import HTTPException

from routeplanner.service.headers import wishes

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping, Sequence

    from routeplanner.service.metrics import Metrics
    from routeplanner.service.settings import Settings

    Message = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]

__all__ = ["Gate"]

_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
)
_HANG_UP = {"Connection": "close"}  # else the rest of the body would still be taken
_NO_FRAME = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")


class Gate:
    """An ASGI application around another one.

    Parameters
    ----------
    app
        The application within.
    settings
        With the limits.
    metrics
        Where answers are counted.
    """

    def __init__(self, app: Any, *, settings: Settings, metrics: Metrics) -> None:  # noqa: ANN401
        self._app, self._settings, self._metrics = app, settings, metrics

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Let a request pass."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        method = "GET" if scope["method"] == "HEAD" else scope["method"]  # the server leaves the body out
        scope = {**scope, "method": method, "headers": _unpacked(scope["headers"])}
        began, status = time.monotonic(), 500

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = _with_headers(message.get("headers", ()))
            await send(message)

        try:
            await self._app(scope, self._limited(scope, receive), answer)
        finally:
            route = getattr(
                scope.get("route"), "path", "other"
            )  # never the path itself: it is the stranger's
            self._metrics.answered(route, status, time.monotonic() - began)

    def _limited(self, scope: Message, receive: Receive) -> Receive:
        """Return `receive` with the limits on size and time of a body."""
        limit, until = self._settings.max_body_bytes, time.monotonic() + self._settings.body_timeout_s
        announced = dict(scope["headers"]).get(b"content-length", b"0")
        too_large = f"the body is larger than {limit} bytes; ask for less in one request"
        taken, whole = 0, False

        async def limited() -> Message:
            nonlocal taken, whole
            if whole:
                return await receive()
            if not announced.isdigit() or int(announced) > limit:
                raise HTTPException(413, too_large, headers=_HANG_UP)
            try:
                message = await asyncio.wait_for(receive(), max(0.0, until - time.monotonic()))
            except TimeoutError:
                seconds = self._settings.body_timeout_s
                fault = f"the body did not arrive within {seconds:g} s; send it at once"
                raise HTTPException(408, fault, headers=_HANG_UP) from None
            taken += len(message.get("body", b""))
            whole = message["type"] != "http.request" or not message.get("more_body", False)
            if taken > limit:
                raise HTTPException(413, too_large, headers=_HANG_UP)
            return message

        return limited


def _unpacked(headers: Sequence[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Return a request's headers without an `Accept-Encoding` that refuses gzip: what packs only seeks the word."""
    return [
        (name, value)
        for name, value in headers
        if name != b"accept-encoding" or "gzip" in wishes(value.decode("latin-1"))
    ]


def _with_headers(headers: Any) -> list[tuple[bytes, bytes]]:  # noqa: ANN401 - pairs of bytes
    named = {name.lower() for name, _ in headers}
    extra = [*_HEADERS, _NO_FRAME]
    return [*headers, *(pair for pair in extra if pair[0] not in named)]
