"""The service of the tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from standing import served

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One worker, no place in the queue beyond four, small bodies, little patience."""
    from routeplanner.service import Settings

    folder: Path = tmp_path_factory.mktemp("service")
    settings = Settings(
        database=str(folder / "plans.sqlite"),
        workers=1,
        queue=4,
        body_timeout_s=1.5,
        frame_ancestors=("http://127.0.0.1:1",),
        cors_origins=("https://hanoi.example",),
    )
    with served(settings) as address:
        yield address


@pytest.fixture
def client(base: str) -> Iterator[httpx.Client]:
    import httpx

    with httpx.Client(base_url=base, timeout=300) as made:
        yield made
