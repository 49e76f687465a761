"""Why a site was left out: reasons with figures that anybody can verify from the plan."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from routeplanner._clock import clock_text
from routeplanner.itinerary import Skipped
from routeplanner.planning.problem import PRIZE_SCALE, UNREACHABLE
from routeplanner.planning.schedule import NEVER, ride, schedule, serve

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routeplanner.planning.assemble import Assembled
    from routeplanner.planning.problem import Problem
    from routeplanner.planning.schedule import DayTimes

__all__ = ["explain_missing", "explain_skipped"]


@dataclass(frozen=True, slots=True)
class _Plan:
    """A plan in the search's own terms."""

    case: Assembled
    orders: tuple[tuple[int, ...], ...]
    times: tuple[DayTimes, ...]

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
    plan = _Plan(case, tuple(tuple(order) for order in orders), tuple(times))
    visited = {site for order in plan.orders for site in order}
    found = list(case.left_out)
    found += [_skipped(plan, site, visited) for site in range(case.problem.n_sites) if site not in visited]
    return tuple(sorted(found, key=lambda skipped: skipped.site_id))


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
    plan = _Plan(case, tuple(tuple(order) for order in orders), tuple(times))
    visited = {site for order in plan.orders for site in order}
    faults = []
    for site in missing:
        why, remedy = (
            _alone(plan, site) or _alone_in_hours(plan, site) or (_skipped(plan, site, visited), _FEWER)
        )
        name = case.sites.iloc[site]["name_vi"]
        together = " together with the other must-visits" if remedy is _FEWER and visited else ""
        faults.append(
            f"must_visit {why.site_id!r} ({name}) cannot be kept{together} ({why.reason}): {why.detail} {remedy}"
        )
    return faults


_LONGER = "Give a longer day, or nearer start and end places"
_FEWER = "Give a longer day, more days, or fewer must-visits"


def _alone_in_hours(plan: _Plan, site: int) -> tuple[Skipped, str] | None:
    """Say that its hours cannot be met even by going there first, if they cannot."""
    problem = plan.problem
    empty = _Plan(plan.case, ((),) * problem.n_days, ())
    days = [d for d in _open_days(plan, site) if problem.travel_s[problem.origin[d], site] < UNREACHABLE]
    if not days or any(_end(empty, site, day, 0) <= problem.day_end_s[day] for day in days):
        return None
    parts = []
    latest = 0
    for day in days:
        start, way = int(problem.day_start_s[day]), int(problem.travel_s[problem.origin[day], site])
        rows = [(int(a), int(b)) for a, b in problem.windows[day, site] if a <= b]
        spans = ", ".join(f"{clock_text(a)}–{clock_text(b)}" for a, b in rows)
        parts.append(
            f"day {day + 1} reaches it at {clock_text(start + way)} or later, and a visit may begin {spans}"
        )
        latest = max(latest, max(b for _, b in rows) - way)
    reached_late = all(
        problem.day_start_s[d] + problem.travel_s[problem.origin[d], site]
        > problem.windows[d, site, :, 1].max()
        for d in days
    )
    remedy = f"Start the day by {clock_text(latest)}, or choose another date" if reached_late else _LONGER
    detail = f"Even alone: {'; '.join(parts)}."
    return Skipped(site_id=problem.place_ids[site], reason="closed", detail=detail), remedy


def _alone(plan: _Plan, site: int) -> tuple[Skipped, str] | None:
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
    reason, detail, detail_vi = (
        _related(plan, site, visited)
        or _worthless(plan, site)
        or _no_room(plan, site)
        or _no_way_in(plan, site)
    )
    return Skipped(site_id=plan.problem.place_ids[site], reason=reason, detail=detail, detail_vi=detail_vi)


Reason = tuple[str, str, str]


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
            )
        return (
            "part_of",
            f"A part of it, {name_en}, is visited.",
            f"Một phần của nơi này, {name_vi}, đã có trong lịch.",
        )
    return None


def _worthless(plan: _Plan, site: int) -> Reason | None:
    if plan.problem.prize[..., site].any() or plan.problem.must[site]:
        return None
    return "lower_prize", "It has no prize for what was asked.", "Không có giá trị cho chủ đề được yêu cầu."


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
        )
    if any(option.added_s <= option.spare_s for option in options):
        return None
    best = min(options, key=lambda option: option.added_s - option.spare_s)
    added, spare, day = best.added_s // 60, best.spare_s // 60, best.day + 1
    return (
        "no_time",
        f"Inserting it adds at least {added} min to day {day} ({_kept(plan)}); {spare} are left.",
        f"Thêm nơi này tốn ít nhất {added} phút vào ngày {day} (giữ nguyên thứ tự); chỉ còn {spare} phút.",
    )


def _locked(plan: _Plan) -> Reason:
    numbers = ", ".join(str(day + 1) for day in sorted(plan.case.locked_days))
    return (
        "locked",
        f"The days on which it is open are locked (locked: {numbers}).",
        f"Những ngày có thể ghé đã được giữ cố định (ngày {numbers}).",
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
        )
    minutes = -(-over // 60)
    return (
        "no_time",
        f"At its best place in the order day {day + 1} would end {minutes} min too late, waits and lunch included.",
        f"Ở vị trí tốt nhất, ngày {day + 1} sẽ kết thúc muộn {minutes} phút, kể cả chờ và ăn trưa.",
    )


def _end(plan: _Plan, site: int, day: int, position: int, *, always_open: bool = False) -> int:
    """Return when the day ends with the site inserted there, limits on stops and travel aside.

    The walk knows two states, lunch to come and lunch taken, as `schedule.serve` defines them; `NEVER` or
    later where a door is closed.
    """
    import numpy as np

    problem, all_day = plan.problem, np.array([[0, NEVER - 1]], dtype=np.int64)
    order = [*plan.orders[day][:position], site, *plan.orders[day][position:]]
    start, lunch = int(problem.day_start_s[day]), bool(problem.lunch[day])
    hungry, fed = (start, NEVER) if lunch else (NEVER, start)
    meal = (problem.lunch_s, problem.lunch_earliest_s, problem.lunch_latest_s)
    here = int(problem.origin[day])
    for place in order:
        hungry, fed = ride(hungry, fed, *_leg(problem, here, place), meal)
        windows = all_day if always_open and place == site else problem.windows[day, place]
        hungry, fed = serve(hungry, fed, windows, problem.service_on(day, place), meal)
        if min(hungry, fed) >= NEVER:
            return NEVER
        here = place
    hungry, fed = ride(hungry, fed, *_leg(problem, here, int(problem.destination[day])), meal)
    if hungry <= problem.lunch_latest_s:
        fed = min(fed, max(hungry, problem.lunch_earliest_s) + problem.lunch_s)
    return fed


def _leg(problem: Problem, here: int, there: int) -> tuple[int, tuple[int, int]]:
    """Return the seconds of a way, and those before boarding and after landing ((-1, -1) without a boat)."""
    aboard = (-1, -1)
    if problem.aboard_s is not None:
        aboard = int(problem.aboard_s[here, there, 0]), int(problem.aboard_s[here, there, 1])
    return int(problem.travel_s[here, there]), aboard


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
        )
    free = [(day, position) for day, position in timely if day not in full]
    over = min(_travel_over(plan, site, day, position) for day, position in free)
    if over > 0:
        minutes = -(-over // 60)
        return (
            "travel_limit",
            f"With it the day is at least {minutes} min longer on the way than the limit.",
            f"Nếu ghé, thời gian đi đường vượt giới hạn ít nhất {minutes} phút.",
        )
    if problem.budget_vnd >= 0:
        return "budget", "It fits the clock, but not the budget.", "Đủ thời gian nhưng vượt ngân sách."
    return (
        "lower_prize",
        f"It fits, but adds nothing to the best plan found (prize {worth:g}).",
        f"Có thể ghé nhưng không làm lịch tốt hơn (giá trị {worth:g}).",
    )


def _travel_over(plan: _Plan, site: int, day: int, position: int) -> int:
    problem = plan.problem
    route = [int(problem.origin[day]), *plan.orders[day], int(problem.destination[day])]
    a, b = route[position], route[position + 1]
    travel = problem.travel_s
    more = int(travel[a, site] + travel[site, b] - travel[a, b])
    return plan.times[day].travel_s + more - int(problem.max_travel_s[day])
