"""What a set of visits is worth: prizes, diminished within a group, as exact integers."""

from __future__ import annotations

from routeplanner.planning.search._compile import compiled
from routeplanner.planning.search._trip import WORTH_ONE, State, Trip

__all__ = ["gain_of", "total_value"]


@compiled
def gain_of(trip: Trip, state: State, site: int) -> int:
    """Return by how much a visit more raises the value of the trip, in units of 1 / WORTH_ONE prizes."""
    group = trip.group[site]
    prize = trip.prize[site]
    if group < 0:
        return prize * WORTH_ONE
    gain, rank, behind = 0, 0, False
    for index in range(trip.member_start[group], trip.member_start[group + 1]):
        member = trip.members[index]
        if member == site:
            gain += prize * trip.worth[rank]
            rank += 1
            behind = True
        elif state.where[member] >= 0:
            if behind:  # each visit of less value moves one rank down
                gain += trip.prize[member] * (trip.worth[rank] - trip.worth[rank - 1])
            rank += 1
    return gain


@compiled
def total_value(trip: Trip, state: State) -> int:
    """Return the value of all visits, in units of 1 / WORTH_ONE prizes."""
    value = 0
    for group in range(len(trip.member_start) - 1):
        rank = 0
        for index in range(trip.member_start[group], trip.member_start[group + 1]):
            if state.where[trip.members[index]] >= 0:
                value += trip.prize[trip.members[index]] * trip.worth[rank]
                rank += 1
    for day in range(len(state.length)):
        for position in range(1, state.length[day] + 1):
            site = state.route[day, position]
            if trip.group[site] < 0:
                value += trip.prize[site] * WORTH_ONE
    return value
