"""``routeplanner replan``: change an itinerary, and as little of it as possible."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeplanner.cli._common import (
    OK,
    command,
    json_argument,
    lang_argument,
    network_arguments,
    network_for,
    output_faults,
    read_trip,
    suffix_faults,
    to_screen,
    whole,
    working,
    write_all,
)
from routeplanner.errors import RequestError

if TYPE_CHECKING:
    import argparse

    from routeplanner.itinerary import Itinerary

__all__ = ["add"]


def add(commands: Any) -> None:  # noqa: ANN401 - argparse has no public name for it
    """Add the command to the parser."""
    parser = command(commands, "replan", _replan, "change an itinerary, and as little of it as possible")
    parser.add_argument(
        "file", metavar="FILE.json", help="an itinerary that `plan --json` wrote; - for standard input"
    )
    many: dict[str, Any] = {"metavar": "SITE", "action": "append", "default": []}
    parser.add_argument("--lock", **many, help="a stop that stays, on its day; repeatable")
    parser.add_argument("--remove", **many, help="a stop that goes; repeatable")
    parser.add_argument("--add", **many, help="a site that comes in; repeatable")
    parser.add_argument(
        "--lock-day", metavar="N", action="append", default=[], help="a day that stays as it is; repeatable"
    )
    parser.add_argument("--lock-order", action="store_true", help="stops that stay on a day keep their order")
    parser.add_argument("--seed", metavar="N", default="0", help="same seed, same plan (%(default)s)")
    parser.add_argument("--catalogue", metavar="PATH", help="the catalogue it was planned with")
    network_arguments(parser)
    parser.add_argument("--map", metavar="FILE.html", help="write the map")
    json_argument(parser)
    lang_argument(parser)


def _replan(arguments: argparse.Namespace) -> int:
    from routeplanner.planning.edit import replan

    faults = suffix_faults(map=arguments.map) + output_faults([arguments.map, arguments.json])
    seed = whole("seed", arguments.seed, faults)
    days = [whole("lock-day", text, faults) for text in arguments.lock_day]
    if faults:
        raise RequestError(faults, subject="replan")
    before = read_trip(arguments.file)
    network = network_for(arguments)
    with working("đang tìm…" if arguments.lang == "vi" else "searching…"):
        after = replan(
            before,
            network,
            lock=arguments.lock,
            remove=arguments.remove,
            add=arguments.add,
            lock_days=[day for day in days if day is not None],
            lock_order=arguments.lock_order,
            seed=seed or 0,
        )
    outputs: dict[str, str | bytes] = {}
    if arguments.map:
        from routeplanner.render import map_itinerary, to_html

        outputs[arguments.map] = to_html(map_itinerary(after, lang=arguments.lang))
    if arguments.json:
        outputs[arguments.json] = after.to_json()
    write_all(outputs, lang=arguments.lang)
    to_screen(f"{after.to_text(arguments.lang)}\n{_change(before, after, arguments.lang)}", outputs)
    return OK


def _change(before: Itinerary, after: Itinerary, lang: str) -> str:
    from routeplanner.planning.compare import difference

    change = difference(before, after)
    if lang == "en":
        return f"Change: {change}"
    counts = (
        ("giữ", change.kept),
        ("thêm", change.added),
        ("bỏ", change.removed),
        ("đổi ngày", change.moved),
    )
    words = ", ".join(f"{word} {len(sites)}" for word, sites in counts)
    return f"Thay đổi: {words}; khoảng cách {change.distance:g}"
