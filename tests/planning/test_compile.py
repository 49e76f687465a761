"""Kernels: parts of the functions that Python calls, whoever calls whom, and where nothing can be kept on disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numba
import numpy as np

from routeplanner.planning.search._compile import Ints, entry, inlined, kernel

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest


@inlined
def _twice(value: int) -> int:
    return value * 2


@kernel
def _last(values: Ints) -> int:
    return int(values[len(values) - 1])


@kernel
def _one(values: Ints) -> int:
    return _last(values) + _twice(int(values[0]))


@kernel
def _other(values: Ints) -> int:
    return _one(values) + 10 * _last(values)


@entry
def _both(values: Ints) -> int:
    return 100 * _one(values) + _other(values)


@entry
def _again(values: Ints) -> int:
    return _last(values) + _other(values)


def test_parts_are_shared_by_parts_and_by_doors() -> None:
    values = np.array([3, 5, 7], np.int64)
    one = 7 + 2 * 3
    other = one + 10 * 7
    assert _both(values) == 100 * one + other
    assert _again(values) == 7 + other


def test_what_has_no_place_on_disk_is_compiled_all_the_same() -> None:
    made: dict[str, Callable[[Ints], int]] = {}
    exec(compile("def door(values):\n    return values[0] + 1", "<nowhere>", "exec"), made)  # noqa: S102
    door = entry(made["door"])
    assert door(np.array([41], np.int64)) == 42


def test_a_numba_of_which_nothing_is_known_compiles_each_kernel_by_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(numba, "__version__", "9.1.0")
    halved = kernel(lambda value: value // 2)
    twice = inlined(lambda value: value * 2)
    assert "pipeline_class" not in halved.targetoptions
    door = entry(lambda values: 10 * halved(values[0]) + twice(values[0]))
    assert door(np.array([6], np.int64)) == 42
