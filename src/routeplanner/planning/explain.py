"""Why a site was left out: reasons with figures that anybody can verify from the plan."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from routeplanner._clock import clock_text
from routeplanner.errors import Fault
from routeplanner.itinerary import Skipped
from routeplanner.planning.problem import PRIZE_SCALE, UNREACHABLE
from routeplanner.planning.schedule import NEVER, schedule
from routeplanner.planning.swap import Ledger, best_replacement, best_swap, day_ends, make_ledger, trip_cost

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routeplanner.planning.assemble import Assembled
    from routeplanner.planning.problem import Problem
    from routeplanner.planning.schedule import DayTimes

__all__ = ["explain_missing", "explain_skipped", "explain_stops"]


@dataclass(frozen=True, slots=True)
class _Plan:
    """A plan in the search's own terms."""

    case: Assembled
    orders: tuple[tuple[int, ...], ...]
    times: tuple[DayTimes, ...]
    ledger: Ledger

    @property
    def problem(self) -> Problem:
        return self.case.problem


@dataclass(frozen=True, slots=True)
class _Insertion:
    """The least time that a site adds to a day when the order of the others stays."""

    day: int
    position: int
    added_s: int
    spare_s: int


def explain_skipped(
    case: Assembled, orders: Sequence[Sequence[int]], times: Sequence[DayTimes]
) -> tuple[Skipped, ...]:
    """Return each candidate that is not visited, with the reason, in the order of site ids.

    Reasons are about the plan as it stands: *the order of the other stops kept*, no insertion is
    possible, and the figures say by how much it fails.
    """
    kept = tuple(tuple(order) for order in orders)
    plan = _Plan(case, kept, tuple(times), make_ledger(case, kept))
    visited = {site for order in plan.orders for site in order}
    found = list(case.left_out)
    for site in range(case.problem.n_sites):
        if site not in visited:
            left = _skipped(plan, site, visited)
            found.append(_with_swap(plan, site, left) if left.reason in _SWAPPED else left)
    return tuple(sorted((_named(case, left) for left in found), key=lambda left: left.site_id))


def _named(case: Assembled, left: Skipped) -> Skipped:
    row = case.network.sites.loc[left.site_id]
    return replace(left, name_vi=row["name_vi"], name_en=row["name_en"] or row["name_vi"])


def explain_stops(case: Assembled, orders: Sequence[Sequence[int]]) -> dict[str, dict[str, Any]]:
    """Return the figures behind each visit, in JSON types.

    Returns
    -------
    dict
        By site: ``worth``, what the trip would lose without the visit; ``detour_min``, what it adds to the day's way
        (None where no way leads past it); ``instead``, the candidate of most worth that could take its place, the
        order of the other stops kept (None for none), and ``instead_worth``, what that would add.
    """
    problem, kept = case.problem, tuple(tuple(order) for order in orders)
    ledger = make_ledger(case, kept)
    found = {}
    for day, order in enumerate(kept):
        route = [int(problem.origin[day]), *order, int(problem.destination[day])]
        for position, site in enumerate(order):
            a, b = route[position], route[position + 2]
            past = int(problem.travel_s[a, b])
            more = int(problem.travel_s[a, site] + problem.travel_s[site, b]) - past
            swap = best_replacement(case, kept, day, site, ledger=ledger)
            found[problem.place_ids[site]] = {
                "worth": round(ledger.loss[site] / PRIZE_SCALE, 4),
                "detour_min": None if past >= UNREACHABLE else more // 60,
                "instead": None if swap is None else problem.place_ids[swap.site],
                "instead_worth": None if swap is None else round(swap.gain / PRIZE_SCALE, 4),
            }
    return found


def explain_missing(case: Assembled, missing: Sequence[int], orders: Sequence[Sequence[int]]) -> list[str]:
    """Return one sentence for each must-visit that cannot be placed, each with its own remedy.

    Parameters
    ----------
    case
        The problem; its optional sites play no part here.
    missing
        Must-visits that no order of the others holds.
    orders
        The must-visits that can be kept together, by day.
    """
    times = schedule(case.problem, orders)
    kept = tuple(tuple(order) for order in orders)
    plan = _Plan(case, kept, tuple(times), make_ledger(case, kept))
    visited = {site for order in plan.orders for site in order}
    faults: list[str] = []
    for site in missing:
        why, remedy = (
            _alone(plan, site) or _alone_in_hours(plan, site) or (_skipped(plan, site, visited), _FEWER)
        )
        name = case.sites.iloc[site]["name_vi"]
        crowded = remedy is _FEWER and visited
        together = " together with the other must-visits" if crowded else ""
        together_vi = " cùng các điểm bắt buộc khác" if crowded else ""
        faults.append(
            Fault(
                f"must_visit {why.site_id!r} ({name}) cannot be kept{together} ({why.reason}): {why.detail} {remedy}",
                f"must_visit {why.site_id!r} ({name}) không giữ được{together_vi}: "
                f"{why.detail_vi or why.detail} {remedy.vi}",
            )
        )
    return faults


_LONGER = Fault(
    "Give a longer day, or nearer start and end places", "Hãy cho ngày dài hơn, hoặc nơi đi và nơi về gần hơn"
)
_FEWER = Fault(
    "Give a longer day, more days, or fewer must-visits",
    "Hãy cho ngày dài hơn, nhiều ngày hơn, hoặc ít điểm bắt buộc hơn",
)


def _alone_in_hours(plan: _Plan, site: int) -> tuple[Skipped, Fault] | None:
    """Say that its hours cannot be met even by going there first, if they cannot."""
    problem = plan.problem
    empty = _Plan(plan.case, ((),) * problem.n_days, (), plan.ledger)
    days = [d for d in _open_days(plan, site) if problem.travel_s[problem.origin[d], site] < UNREACHABLE]
    if not days or any(_end(empty, site, day, 0) <= problem.day_end_s[day] for day in days):
        return None
    parts = []
    latest = 0
    for day in days:
        start, way = int(problem.day_start_s[day]), int(problem.travel_s[problem.origin[day], site])
        rows = [(int(a), int(b)) for a, b in problem.windows[day, site] if a <= b]
        spans = ", ".join(f"{clock_text(a)}–{clock_text(b)}" for a, b in rows)
        reached = clock_text(start + way)
        parts.append(
            Fault(
                f"day {day + 1} reaches it at {reached} or later, and a visit may begin {spans}",
                f"ngày {day + 1} tới nơi sớm nhất lúc {reached}, mà chỉ có thể bắt đầu thăm {spans}",
            )
        )
        latest = max(latest, max(b for _, b in rows) - way)
    reached_late = all(
        problem.day_start_s[d] + problem.travel_s[problem.origin[d], site]
        > problem.windows[d, site, :, 1].max()
        for d in days
    )
    by = clock_text(latest)
    early = Fault(f"Start the day by {by}, or choose another date", f"Hãy đi từ {by}, hoặc chọn ngày khác")
    why = Skipped(
        site_id=problem.place_ids[site],
        reason="closed",
        detail=f"Even alone: {'; '.join(parts)}.",
        detail_vi=f"Dù chỉ đi riêng nơi này: {'; '.join(part.vi for part in parts)}.",
    )
    return why, early if reached_late else _LONGER


def _alone(plan: _Plan, site: int) -> tuple[Skipped, Fault] | None:
    """Say that a day is too short even for this site alone, if it is."""
    problem = plan.problem
    options = []
    for day in _open_days(plan, site):
        way = int(
            problem.travel_s[problem.origin[day], site] + problem.travel_s[site, problem.destination[day]]
        )
        if way >= UNREACHABLE:
            continue
        lunch = _lunch_s(problem, day)
        span = int(problem.day_end_s[day] - problem.day_start_s[day])
        options.append((way + problem.service_on(day, site) + lunch - span, way, lunch, span, day))
    if not options or min(options)[0] <= 0:
        return None
    _, way, lunch, span = (value // 60 for value in min(options)[:4])
    visit = problem.service_on(min(options)[4], site) // 60
    total = way + visit + lunch
    why = Skipped(
        site_id=problem.place_ids[site],
        reason="no_time",
        detail=f"Alone it needs {total} min ({way} on the way, {visit} of visit, {lunch} of lunch); a day has {span}.",
        detail_vi=f"Riêng nơi này cần {total} phút ({way} đi đường, {visit} thăm, {lunch} ăn); một ngày có {span}.",
    )
    return why, _LONGER


def _skipped(plan: _Plan, site: int, visited: set[int]) -> Skipped:
    reason, detail, detail_vi, figures = (
        _related(plan, site, visited)
        or _worthless(plan, site)
        or _no_room(plan, site)
        or _no_way_in(plan, site)
    )
    return Skipped(
        site_id=plan.problem.place_ids[site],
        reason=reason,
        detail=detail,
        detail_vi=detail_vi,
        figures=figures,
    )


Reason = tuple[str, str, str, dict[str, Any]]

_SWAPPED = frozenset({"no_time", "max_stops", "travel_limit", "budget", "closed", "lower_prize"})
"""Reasons of candidates that might still take the place of a stop."""


def _with_swap(plan: _Plan, site: int, left: Skipped) -> Skipped:
    """Name the stop whose place the site would have to take, with what either is worth to the trip."""
    swap = best_swap(plan.case, plan.orders, site, ledger=plan.ledger)
    if swap is None:
        if left.reason == "lower_prize" or not any(plan.orders):
            return left
        return replace(
            left,
            detail=f"{left.detail} No one stop would make room for it.",
            detail_vi=f"{left.detail_vi} Bỏ một điểm bất kỳ cũng không đủ chỗ.",
        )
    row = plan.case.sites.iloc[swap.out]
    gain, loss = swap.gain / PRIZE_SCALE, swap.loss / PRIZE_SCALE
    return replace(
        left,
        detail=(
            f"{left.detail} It could take the place of {row['name_en']} on day {swap.day + 1}: "
            f"it would add {_number(gain)}, {row['name_en']} adds {_number(loss)}."
        ),
        detail_vi=(
            f"{left.detail_vi} Có thể thay {row['name_vi']} vào ngày {swap.day + 1}: "
            f"nơi này thêm {_number(gain)}, {row['name_vi']} thêm {_number(loss)}."
        ),
        figures={
            **left.figures,
            "instead_of": plan.problem.place_ids[swap.out],
            "would_add": round(gain, 4),
            "adds": round(loss, 4),
        },
    )


def _number(value: float) -> str:
    return f"{value:.4f}".rstrip("0").rstrip(".")


def _related(plan: _Plan, site: int, visited: set[int]) -> Reason | None:
    """Say which whole or part of it is visited already."""
    for whole, part in plan.problem.exclusive:
        other = {int(whole): int(part), int(part): int(whole)}.get(site)
        if other is None or other not in visited:
            continue
        name_vi, name_en = plan.case.sites.iloc[other][["name_vi", "name_en"]]
        if site == part:
            return (
                "part_of",
                f"It is part of {name_en}, which is visited.",
                f"Thuộc {name_vi}, nơi đã có trong lịch.",
                {"whole": plan.problem.place_ids[other]},
            )
        return (
            "part_of",
            f"A part of it, {name_en}, is visited.",
            f"Một phần của nơi này, {name_vi}, đã có trong lịch.",
            {"part": plan.problem.place_ids[other]},
        )
    return None


def _worthless(plan: _Plan, site: int) -> Reason | None:
    if plan.problem.prize[..., site].any() or plan.problem.must[site]:
        return None
    return (
        "lower_prize",
        "It has no prize for what was asked.",
        "Không có giá trị cho chủ đề được yêu cầu.",
        {"prize": 0.0},
    )


def _open_days(plan: _Plan, site: int) -> list[int]:
    windows = plan.problem.windows[:, site]
    return [
        day
        for day in range(plan.problem.n_days)
        if (windows[day, :, 0] <= windows[day, :, 1]).any() and day not in plan.case.locked_days
    ]


def _no_room(plan: _Plan, site: int) -> Reason | None:
    """No day on which it is open has the minutes that the nearest insertion adds."""
    days = _open_days(plan, site)
    if not days:
        return _locked(plan)
    options = [option for day in days if (option := _cheapest(plan, site, day)) is not None]
    if not options:
        return (
            "unreachable",
            "No way leads from the stops of the plan to it and back.",
            "Không có đường từ các điểm trong lịch tới đây và quay về.",
            {},
        )
    if any(option.added_s <= option.spare_s for option in options):
        return None
    best = min(options, key=lambda option: option.added_s - option.spare_s)
    added, spare, day = best.added_s // 60, best.spare_s // 60, best.day + 1
    return (
        "no_time",
        f"Inserting it adds at least {added} min to day {day} ({_kept(plan)}); {spare} are left.",
        f"Thêm nơi này tốn ít nhất {added} phút vào ngày {day} (giữ nguyên thứ tự); chỉ còn {spare} phút.",
        {"day": day, "added_min": added, "spare_min": spare},
    )


def _locked(plan: _Plan) -> Reason:
    numbers = ", ".join(str(day + 1) for day in sorted(plan.case.locked_days))
    return (
        "locked",
        f"The days on which it is open are locked (locked: {numbers}).",
        f"Những ngày có thể ghé đã được giữ cố định (ngày {numbers}).",
        {"days": [day + 1 for day in sorted(plan.case.locked_days)]},
    )


def _kept(plan: _Plan) -> str:
    first = plan.orders[0][0] if plan.orders and plan.orders[0] else -1
    sails = first in plan.case.boat_first
    return "the order of the other stops kept" + (", the first by boat" if sails else "")


def _timely_days(plan: _Plan, site: int) -> list[int]:
    """Days on which it is open and the nearest insertion is not longer than the idle time."""
    options = [(day, _cheapest(plan, site, day)) for day in _open_days(plan, site)]
    return [day for day, option in options if option is not None and option.added_s <= option.spare_s]


def _cheapest(plan: _Plan, site: int, day: int) -> _Insertion | None:
    problem = plan.problem
    route = [int(problem.origin[day]), *plan.orders[day], int(problem.destination[day])]
    travel = problem.travel_s
    best: tuple[int, int] | None = None
    for position, (a, b) in enumerate(pairwise(route)):
        if position not in _positions(plan, site, day):
            continue
        if travel[a, site] >= UNREACHABLE or travel[site, b] >= UNREACHABLE:
            continue
        added = int(travel[a, site] + travel[site, b] - travel[a, b]) + problem.service_on(day, site)
        if best is None or added < best[0]:
            best = added, position
    if best is None:
        return None
    return _Insertion(day, best[1], best[0], _spare_s(plan, day))


def _spare_s(plan: _Plan, day: int) -> int:
    """Seconds of the day's span in which nothing has to happen."""
    problem, order = plan.problem, plan.orders[day]
    busy = int(plan.times[day].travel_s) + sum(problem.service_on(day, site) for site in order)
    busy += _lunch_s(problem, day)
    return int(problem.day_end_s[day] - problem.day_start_s[day]) - busy


def _lunch_s(problem: Problem, day: int) -> int:
    """Seconds that lunch takes from a day for certain; on a boat it may cost none."""
    return problem.lunch_s if problem.lunch[day] and problem.aboard_s is None else 0


def _positions(plan: _Plan, site: int, day: int) -> range:
    """Places in a day's order where the site may stand; the first is the boat's in a trip that sails out."""
    order = plan.orders[day]
    sails = day == 0 and bool(order) and order[0] in plan.case.boat_first and site not in plan.case.boat_first
    return range(1 if sails else 0, len(order) + 1)


def _no_way_in(plan: _Plan, site: int) -> Reason:
    """There would be time: the hours, a limit or the budget forbid it."""
    timely = [
        (day, position)
        for day in _timely_days(plan, site)
        for position in _positions(plan, site, day)
        if _end(plan, site, day, position) <= plan.problem.day_end_s[day]
    ]
    if not timely:
        return _too_late(plan, site) or _hours(plan, site)
    return _limits(plan, site, sorted({day for day, _ in timely}), timely)


def _too_late(plan: _Plan, site: int) -> Reason | None:
    """Say by how much its day would be too long, if that and not its hours is what forbids it."""
    ends = [
        (_end(plan, site, day, position, always_open=True) - int(plan.problem.day_end_s[day]), day)
        for day in _timely_days(plan, site)
        for position in _positions(plan, site, day)
    ]
    over, day = min(ends)
    if over <= 0:
        return None
    if over >= NEVER // 2:
        return (
            "no_time",
            "No place in the order leaves the hours of the other stops and lunch as they must be.",
            "Không vị trí nào giữ được giờ của các điểm khác và bữa trưa.",
            {"day": day + 1},
        )
    minutes = -(-over // 60)
    return (
        "no_time",
        f"At its best place in the order day {day + 1} would end {minutes} min too late, waits and lunch included.",
        f"Ở vị trí tốt nhất, ngày {day + 1} sẽ kết thúc muộn {minutes} phút, kể cả chờ và ăn trưa.",
        {"day": day + 1, "late_min": minutes},
    )


def _end(plan: _Plan, site: int, day: int, position: int, *, always_open: bool = False) -> int:
    """Return when the day ends with the site inserted there, limits on stops and travel aside."""
    order = [*plan.orders[day][:position], site, *plan.orders[day][position:]]
    return day_ends(plan.problem, day, order, always_open=site if always_open else None)


def _hours(plan: _Plan, site: int) -> Reason:
    parts, parts_vi = [], []
    for day in _open_days(plan, site):
        rows = plan.problem.windows[day, site]
        spans = ", ".join(f"{clock_text(a)}–{clock_text(b)}" for a, b in rows if a <= b)
        parts.append(f"day {day + 1}: a visit may begin {spans}")
        parts_vi.append(f"ngày {day + 1}: bắt đầu thăm trong khoảng {spans}")
    return (
        "closed",
        f"No place in the order reaches it while it is open ({'; '.join(parts)}).",
        f"Không vị trí nào trong lịch kịp giờ mở cửa ({'; '.join(parts_vi)}).",
        {"days": [day + 1 for day in _open_days(plan, site)]},
    )


def _limits(plan: _Plan, site: int, days: list[int], timely: list[tuple[int, int]]) -> Reason:
    problem = plan.problem
    worth = max(problem.prize_on(day, site) for day in days) / PRIZE_SCALE
    full = [day for day in days if len(plan.orders[day]) >= problem.max_stops[day]]
    if len(full) == len(days):
        least = min(problem.prize_on(day, s) for day in full for s in plan.orders[day]) / PRIZE_SCALE
        count = int(problem.max_stops[full[0]])
        return (
            "max_stops",
            (
                f"The days on which it fits already have their {count} stops (its prize is {worth:g}, "
                f"the lowest among theirs {least:g})."
            ),
            f"Những ngày có thể ghé đã đủ {count} điểm (giá trị {worth:g}, điểm thấp nhất trong lịch {least:g}).",
            {"limit": count, "prize": worth, "least_prize": least},
        )
    free = [(day, position) for day, position in timely if day not in full]
    over = min(_travel_over(plan, site, day, position) for day, position in free)
    if over > 0:
        minutes = -(-over // 60)
        return (
            "travel_limit",
            f"With it the day is at least {minutes} min longer on the way than the limit.",
            f"Nếu ghé, thời gian đi đường vượt giới hạn ít nhất {minutes} phút.",
            {"over_min": minutes},
        )
    if problem.budget_vnd >= 0:
        allowed = [(day, position) for day, position in free if _travel_over(plan, site, day, position) <= 0]
        least_cost = min(_cost_with(plan, site, day, position) for day, position in allowed)
        if least_cost > problem.budget_vnd:
            return (
                "budget",
                f"With it the trip costs at least {least_cost:,} VND; the budget is {problem.budget_vnd:,}.",
                f"Nếu ghé, chi phí ít nhất {least_cost:,} VND; ngân sách là {problem.budget_vnd:,}.",
                {"cost_vnd": least_cost, "budget_vnd": problem.budget_vnd},
            )
    return (
        "lower_prize",
        f"It fits, but adds nothing to the best plan found (prize {worth:g}).",
        f"Có thể ghé nhưng không làm lịch tốt hơn (giá trị {worth:g}).",
        {"prize": worth},
    )


def _cost_with(plan: _Plan, site: int, day: int, position: int) -> int:
    """Return what the trip costs with the site at a position, in whole VND, rounded up."""
    order = plan.orders[day]
    longer = (*order[:position], site, *order[position:])
    return -(-trip_cost(plan.problem, [*plan.orders[:day], longer, *plan.orders[day + 1 :]]) // 1000)


def _travel_over(plan: _Plan, site: int, day: int, position: int) -> int:
    problem = plan.problem
    route = [int(problem.origin[day]), *plan.orders[day], int(problem.destination[day])]
    a, b = route[position], route[position + 1]
    travel = problem.travel_s
    more = int(travel[a, site] + travel[site, b] - travel[a, b])
    return plan.times[day].travel_s + more - int(problem.max_travel_s[day])
