# Records of arrays have no static types.
# mypy: disable-error-code="no-any-return"
"""What a set of visits is worth: prizes, diminished within a group, as exact integers."""

from __future__ import annotations

from routeplanner.planning.search._compile import inlined, kernel
from routeplanner.planning.search._trip import WORTH_ONE, State, Trip

__all__ = ["gain_of", "total_value"]


@inlined
def gain_of(trip: Trip, state: State, site: int) -> int:
    """Return by how much a visit more raises the value of the trip, in units of 1 / WORTH_ONE prizes."""
    group, prize = trip.sites[site].group, trip.sites[site].prize
    if group < 0:
        return prize * WORTH_ONE
    gain, rank, behind = 0, 0, False
    for index in range(trip.groups[group, 0], trip.groups[group, 1]):
        member = trip.members[index]
        if member == site:
            gain += prize * trip.worth[rank]
            rank += 1
            behind = True
        elif state.where[member] >= 0:
            if behind:  # each visit of less value moves one rank down
                gain += trip.sites[member].prize * (trip.worth[rank] - trip.worth[rank - 1])
            rank += 1
    return gain


@kernel
def total_value(trip: Trip, state: State) -> int:
    """Return the value of all visits, in units of 1 / WORTH_ONE prizes."""
    value = 0
    for group in range(len(trip.groups)):
        rank = 0
        for index in range(trip.groups[group, 0], trip.groups[group, 1]):
            member = trip.members[index]
            if state.where[member] >= 0:
                value += trip.sites[member].prize * trip.worth[rank]
                rank += 1
    for day in range(len(state.routes)):
        value += state.routes[day].worth * WORTH_ONE
    return value
