"""``routeplanner embed``: a saved itinerary as a page for a website, and the line that shows it there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeplanner.cli._common import (
    OK,
    STDOUT,
    command,
    json_argument,
    json_text,
    lang_argument,
    read_trip,
    require_folders,
    write_all,
)

if TYPE_CHECKING:
    import argparse

__all__ = ["add"]


def add(commands: Any) -> None:  # noqa: ANN401 - argparse has no public name for it
    """Add the command to the parser."""
    parser = command(
        commands, "embed", _embed, "write a page for a website and print the line that embeds it"
    )
    parser.add_argument(
        "file", metavar="IN.json", help="an itinerary that `plan --json` wrote; - for standard input"
    )
    parser.add_argument("out", metavar="OUT.html", help="the page")
    parser.add_argument(
        "--url", metavar="URL", help="address at which the page will be served (the file's name)"
    )
    parser.add_argument(
        "--assets",
        metavar="WHERE",
        default="inline",
        help="inline, cdn, or the address of a folder that --save-assets wrote (%(default)s)",
    )
    parser.add_argument("--save-assets", metavar="FOLDER", help="write Leaflet, style and script there")
    parser.add_argument("--title", metavar="TEXT", help="what a screen reader says of the frame")
    parser.add_argument("--height-px", metavar="N", default="680", help="height of the frame (%(default)s)")
    json_argument(parser)
    lang_argument(parser)


def _embed(arguments: argparse.Namespace) -> int:
    from pathlib import Path

    from routeplanner.cli._common import whole
    from routeplanner.errors import RequestError
    from routeplanner.render import embed_snippet, map_itinerary, save_assets, to_html

    faults: list[str] = []
    height = whole("height-px", arguments.height_px, faults)
    if faults:
        raise RequestError(faults, subject="embed")
    require_folders([arguments.json], page=arguments.out)
    trip = read_trip(arguments.file)
    options = {"title": arguments.title} if arguments.title else {}
    url = arguments.url or Path(arguments.out).name
    snippet = embed_snippet(url, height_px=height or 0, **options)
    page = to_html(map_itinerary(trip, lang=arguments.lang), assets=arguments.assets)
    if arguments.save_assets:
        save_assets(arguments.save_assets)
    told = {"page": arguments.out, "url": url, "snippet": snippet}
    write_all(
        {arguments.out: page, **({arguments.json: json_text(told)} if arguments.json else {})},
        lang=arguments.lang,
    )
    if STDOUT not in (arguments.out, arguments.json):
        print(snippet)
    return OK
