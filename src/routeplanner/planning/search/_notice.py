"""A word on the screen while machine code is made: it takes seconds, once on a machine."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["counted_compilations", "said_once"]

NOTICE = "routeplanner: compiling the search for this machine; this takes some seconds, once"
_said: list[str] = []


@contextmanager
def counted_compilations(at_first: Callable[[], object] = lambda: None) -> Iterator[list[str]]:
    """Gather the names of what is compiled meanwhile (not what is loaded from disk); call back at the first."""
    from numba.core import event

    names: list[str] = []

    class Listener(event.Listener):  # type: ignore[misc]
        def on_start(self, told: event.Event) -> None:
            if not names:
                at_first()
            names.append(str((told.data or {}).get("dispatcher", "")))

        def on_end(self, told: event.Event) -> None:
            del told

    with event.install_listener("numba:compile", Listener()):
        yield names


@contextmanager
def said_once() -> Iterator[None]:
    """Say on standard error, once in a process, that machine code is made, if it is made meanwhile."""
    if _said:
        yield
        return
    with counted_compilations(_say):
        yield


def _say() -> None:
    if not _said:
        _said.append(NOTICE)
        print(NOTICE, file=sys.stderr, flush=True)  # noqa: T201 - the one word that a user waits for
