"""``routeplanner plan``: a trip of one or many days."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from routeplanner.cli._common import (
    OK,
    STDOUT,
    command,
    json_text,
    network_for,
    network_settings,
    number,
    output_faults,
    suffix_faults,
    to_screen,
    whole,
    working,
    write_all,
)
from routeplanner.cli._request import request_arguments, request_of

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence

    from routeplanner.itinerary import Itinerary

__all__ = ["add"]


def add(commands: Any) -> None:  # noqa: ANN401 - argparse has no public name for it
    """Add the command to the parser."""
    _plan_arguments(command(commands, "plan", _plan, "plan a trip of one or many days"))


def _plan_arguments(parser: argparse.ArgumentParser) -> None:
    request_arguments(parser)
    search = parser.add_argument_group("search and output")
    search.add_argument("--seed", metavar="N", default="0", help="same seed, same plan (%(default)s)")
    search.add_argument(
        "--time-limit", metavar="S", default="10", help="cap on the search in seconds (%(default)s)"
    )
    search.add_argument(
        "--seeds", metavar="N", default="1", help="searches to do, the best counts (%(default)s)"
    )
    search.add_argument("--workers", metavar="N", default="1", help="processes for them (%(default)s)")
    search.add_argument(
        "--alternatives",
        metavar="K",
        default="1",
        help="plans that really differ, to choose from (%(default)s)",
    )
    search.add_argument("--catalogue", metavar="PATH", help="own catalogue: a folder or file of GeoJSON")
    search.add_argument("--map", metavar="FILE.html", help="write the map")
    search.add_argument("--svg", metavar="FILE.svg", help="write a still picture; needs matplotlib")
    search.add_argument("--png", metavar="FILE.png", help="the same in pixels")
    search.add_argument(
        "--json",
        metavar="FILE.json",
        nargs="?",
        const=STDOUT,
        help="write the itinerary; - for standard output",
    )
    search.add_argument(
        "--lang", choices=("en", "vi"), default="en", help="language of the timetable (%(default)s)"
    )
    search.add_argument("--why", action="store_true", help="print the reason for each site left out")


def _plan(arguments: argparse.Namespace) -> int:
    faults: list[str] = []
    seed = whole("seed", arguments.seed, faults)
    limit = number("time-limit", arguments.time_limit, faults)
    network_settings(arguments, faults)
    seeds = whole("seeds", arguments.seeds, faults)
    workers = whole("workers", arguments.workers, faults)
    count = _count(arguments, faults)
    request = request_of(arguments, faults)
    from routeplanner.planning.planner import plan

    network = network_for(arguments)
    search: dict[str, Any] = {"seed": seed or 0, "time_limit_s": limit or 10.0}
    with working("đang tìm…" if arguments.lang == "vi" else "searching…"):
        if count != 1:
            from routeplanner.planning.alternatives import alternatives

            trips = alternatives(network, request, k=count, **search)
        else:
            trips = (plan(network, request, seeds=_or(seeds, 1), workers=_or(workers, 1), **search),)
    outputs = _all_outputs(arguments, trips)
    write_all(outputs, lang=arguments.lang)
    for trip in trips:
        to_screen(_heading(trip, arguments.lang) + trip.to_text(arguments.lang), outputs)
        _say_why(arguments, trip, outputs)
    return OK


def _count(arguments: argparse.Namespace, faults: list[str]) -> int:
    """Return how many plans are asked for, and look at the names of all their files."""
    count = _or(whole("alternatives", arguments.alternatives, faults), 1)
    if count != 1 and (arguments.seeds, arguments.workers) != ("1", "1"):
        faults.append("--alternatives: goes with one seed; leave out --seeds and --workers")
    numbers = range(1, min(count, 9) + 1)
    faults += suffix_faults(map=arguments.map, svg=arguments.svg, png=arguments.png)
    faults += output_faults([name for number in numbers for name in _files(arguments, number)])
    return count


def _say_why(arguments: argparse.Namespace, trip: Itinerary, outputs: Mapping[str, object]) -> None:
    if not trip.stops:
        print(_why_empty(trip, arguments.lang), file=sys.stderr)
    if arguments.why:
        lines = [
            f"  {skipped.site_id}: {skipped.reason}: "
            f"{skipped.detail_vi if arguments.lang == 'vi' else skipped.detail}"
            for skipped in trip.skipped
        ]
        to_screen("\n".join(["", *lines]), outputs)


def _heading(trip: Itinerary, lang: str) -> str:
    """Return the line above one of several plans."""
    said = trip.measures.get("alternative")
    if said is None:
        return ""
    others = [away for number, away in enumerate(said["distances"], 1) if number != said["number"]]
    away = ", ".join(f"{distance:.2f}" for distance in others) or "-"
    if lang == "vi":
        return (
            f"== Phương án {said['number']} / {said['of']}: {100 * said['prize_share']:.0f} % giá trị cao nhất; "
            f"khác các phương án kia {away} ==\n"
        )
    return (
        f"== Plan {said['number']} of {said['of']}: {100 * said['prize_share']:.0f} % of the highest prize; "
        f"distance to the others {away} ==\n"
    )


def _files(arguments: argparse.Namespace, number: int) -> list[str | None]:
    """Return the names of the map, the two pictures and the JSON of one of several plans: trip.html, trip-2.html."""
    from pathlib import Path

    names = [arguments.map, arguments.svg, arguments.png, arguments.json]
    if number == 1:
        return names
    return [
        None
        if not name or name == STDOUT or not Path(name).name
        else str(Path(name).with_stem(f"{Path(name).stem}-{number}"))
        for name in names
    ]


def _all_outputs(arguments: argparse.Namespace, trips: Sequence[Itinerary]) -> dict[str, str | bytes]:
    outputs: dict[str, str | bytes] = {}
    for index, trip in enumerate(trips, 1):
        page, svg, png, data = _files(arguments, index)
        outputs |= _outputs(trip, arguments.lang, page=page, svg=svg, png=png, data=data)
    if arguments.json == STDOUT and len(trips) > 1:
        outputs[STDOUT] = json_text([trip.to_dict() for trip in trips])
    return outputs


def _or(value: int | None, default: int) -> int:
    return default if value is None else value


_REASONS = {
    "budget": ("vượt ngân sách", "beyond the budget"),
    "closed": ("không mở cửa khi đến được", "closed when it could be reached"),
    "forbidden": ("bị loại theo yêu cầu", "left out as asked"),
    "locked": ("không được thêm", "not to be added"),
    "lower_prize": ("không đáng đường đi", "not worth the way"),
    "max_stops": ("quá số điểm mỗi ngày", "beyond the stops of a day"),
    "no_time": ("không đủ thời gian", "without the time"),
    "part_of": ("là một phần của nơi khác", "part of another"),
    "travel_limit": ("quá thời gian đi đường", "beyond the time on the way"),
    "unreachable": ("không có đường tới", "out of reach"),
}
"""By `Skipped.reason`."""


def _why_empty(trip: Itinerary, lang: str) -> str:
    """Say in a line why a plan has no stop."""
    from collections import Counter

    reasons = Counter(skipped.reason for skipped in trip.skipped)
    if not reasons:
        if lang == "vi":
            return "Không có điểm dừng: không điểm nào của danh mục nằm trong tuyến hay vùng đã chọn; hãy mở rộng."
        return "No stop: no site of the catalogue lies in the corridor or area asked for; widen it."
    counts = ", ".join(f"{count} {_REASONS[reason][lang == 'en']}" for reason, count in reasons.most_common())
    if lang == "vi":
        return f"Không có điểm dừng. Trong {len(trip.skipped)} ứng viên: {counts}; --why nêu lý do từng điểm."
    return f"No stop. Of {len(trip.skipped)} candidates: {counts}; --why gives each reason."


def _outputs(
    trip: Itinerary, lang: str, *, page: str | None, svg: str | None, png: str | None, data: str | None
) -> dict[str, str | bytes]:
    outputs: dict[str, str | bytes] = {}
    if page:
        from routeplanner.render import map_itinerary, to_html

        outputs[page] = to_html(map_itinerary(trip, lang=lang))
    if svg or png:
        from routeplanner.render import to_png, to_svg

        if svg:
            outputs[svg] = to_svg(trip, lang=lang)
        if png:
            outputs[png] = to_png(trip, lang=lang)
    if data:
        outputs[data] = trip.to_json()
    return outputs
