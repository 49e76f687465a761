"""Several searches for one trip: the best counts, and how many processes do them does not."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

import routeplanner as rp
from routeplanner.planning import solve

WISH = rp.TripRequest(corridor="west", first_day=date(2027, 3, 13), days=3)
STEPS = 40  # few, so that seeds differ


def test_the_best_of_several_seeds_is_taken_and_its_seed_alone_gives_it_again(network: rp.Network) -> None:
    alone = {seed: rp.plan(network, WISH, seed=seed, iterations=STEPS, proof=None) for seed in range(3, 7)}
    best = rp.plan(network, WISH, seed=3, seeds=4, iterations=STEPS, proof=None)
    assert rp.check(best, network, WISH) == []
    assert len({trip.prize for trip in alone.values()}) > 1
    assert best.prize == max(trip.prize for trip in alone.values())
    assert best.to_json() == alone[best.seed].to_json()


@pytest.mark.parametrize("workers", [2, 5])
def test_the_answer_does_not_depend_on_the_number_of_processes(workers: int, network: rp.Network) -> None:
    here = rp.plan(network, WISH, seeds=3, iterations=STEPS, proof=None)
    there = rp.plan(network, WISH, seeds=3, workers=workers, iterations=STEPS, proof=None)
    assert there.to_json() == here.to_json()


def test_a_process_that_fails_is_an_error_with_its_words(network: rp.Network, monkeypatch: Any) -> None:
    monkeypatch.setattr(solve, "_WORKER", "raise SystemExit('the disk is full')")
    with pytest.raises(rp.RoutePlannerError, match=r"the disk is full.*workers=1"):
        rp.plan(network, WISH, seeds=2, workers=2, iterations=1, proof=None)
