# ruff: noqa: PLR0917 - a compiled kernel takes its arguments by position
"""Days as routes: earliest and latest times by position, and insertion tests in constant time."""

from __future__ import annotations

import numpy as np

from routeplanner.planning import schedule as clock
from routeplanner.planning.schedule import NEVER
from routeplanner.planning.search._compile import Random, compiled, random_unit
from routeplanner.planning.search._trip import State, Trip

__all__ = ["best_insertion", "empty_state", "insert", "recompute", "remove", "serve", "spent"]

# The clock of the planning side, compiled from its only source. `serve` finds `first_start` among the
# globals of its own module, where it is plain Python; so each is compiled under the name that it calls.
first_start = compiled(clock.first_start)
last_start = compiled(clock.last_start)
