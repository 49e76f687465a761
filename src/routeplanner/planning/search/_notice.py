"""A word on the screen while machine code is made: it takes seconds, once on a machine."""

from __future__ import annotations

import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["counted_compilations", "said_once"]

NOTICE = (
    "routeplanner: đang biên dịch phần tìm kiếm cho máy này, mất chừng hai mươi giây, chỉ một lần"
    " · compiling the search for this machine; this takes about twenty seconds, once"
)
ADVICE = (
    "routeplanner: không có thư mục nào ghi được để giữ mã máy, nên lần chạy nào cũng phải biên dịch lại;"
    " hãy đặt NUMBA_CACHE_DIR là một thư mục ghi được"
    " · no folder can be written to keep the machine code, so that each process makes it anew;"
    " set NUMBA_CACHE_DIR to a folder that can"
)
_said: list[str] = []


@contextmanager
def counted_compilations(at_first: Callable[[object], object] = lambda _: None) -> Iterator[list[str]]:
    """Gather the names of what is compiled meanwhile (not what is loaded from disk); call back with the first."""
    from numba.core import event

    names: list[str] = []

    class Listener(event.Listener):  # type: ignore[misc]
        def on_start(self, told: event.Event) -> None:
            compiled = (told.data or {}).get("dispatcher", "")
            if not names:
                at_first(compiled)
            names.append(str(compiled))

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


def _say(compiled: object) -> None:
    """Say that a function is compiled, and what to do where the machine code cannot be kept."""
    if _said:
        return
    _said.append(NOTICE)
    kept = getattr(compiled, "stats", None)
    lines = [NOTICE] if kept is None or kept.cache_path else [NOTICE, ADVICE]
    if sys.stderr is not None:  # programs without a console have none
        with suppress(OSError, ValueError):  # nobody reads it any more
            print(*lines, sep="\n", file=sys.stderr, flush=True)  # noqa: T201 - the one word that a user waits for
