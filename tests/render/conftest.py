"""The sample trips, and a Chromium that cannot reach the network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import sample_trips as trips

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from routeplanner.itinerary import Itinerary


@pytest.fixture(params=["south", "two_day", "boat"])
def trip(request: pytest.FixtureRequest) -> Itinerary:
    make: Callable[[], Itinerary] = getattr(trips, f"{request.param}_trip")
    return make()


def until(page: Page, expression: str) -> None:
    """Wait until an expression holds. Playwright's own way needs eval, which the policy of our pages bars."""
    for _ in range(600):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(25)
    pytest.fail(f"never true: {expression}")


class Opened:
    """A page opened from disk, with what went wrong on it and what it asked for."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.errors: list[str] = []
        self.requests: list[str] = []
        page.on(
            "console", lambda message: self.errors.append(message.text) if message.type == "error" else None
        )
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", lambda request: self.requests.append(request.url))

    def settle(self) -> None:
        until(self.page, "document.querySelector('.leaflet-container') !== null")
        self.page.evaluate(
            "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
        )


@pytest.fixture
def show(browser: Browser, tmp_path: Path) -> Iterator[Callable[..., Opened]]:
    """Save a map or a text as a file and open it with the network cut."""
    contexts = []

    def opener(shown: Any, **options: Any) -> Opened:
        file = tmp_path / f"{len(contexts)}.html"
        if isinstance(shown, str):
            file.write_text(shown, encoding="utf-8")
        else:
            shown.save(str(file))
        context = browser.new_context(
            **{"viewport": {"width": 1280, "height": 900}, "reduced_motion": "reduce", **options},
            offline=True,
        )
        contexts.append(context)
        opened = Opened(context.new_page())
        opened.page.goto(file.as_uri())
        opened.settle()
        return opened

    yield opener
    for context in contexts:
        context.close()
