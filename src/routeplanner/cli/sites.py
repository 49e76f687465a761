"""``routeplanner sites``: look places up."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from routeplanner.cli._common import (
    OK,
    STDOUT,
    command,
    json_argument,
    json_text,
    lang_argument,
    number,
    require_folders,
    write_all,
)
from routeplanner.errors import RequestError

if TYPE_CHECKING:
    import argparse

    import geopandas as gpd

__all__ = ["add"]


def add(commands: Any) -> None:  # noqa: ANN401 - argparse has no public name for it
    """Add the command to the parser."""
    _sites_arguments(command(commands, "sites", _sites, "look places up"))


def _sites_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("text", nargs="*", help="part of a name, with or without diacritics")
    parser.add_argument("--kind", metavar="KIND", help="craft_village, heritage_site, museum, …")
    parser.add_argument("--craft", metavar="CRAFT", help="lacquer, pottery, …")
    parser.add_argument("--theme", metavar="THEME", help="handicraft, spiritual, …")
    parser.add_argument("--corridor", metavar="KEY", help="south, river, …")
    parser.add_argument("--near", metavar="LAT,LON", help="sort by distance from here")
    parser.add_argument("--within-km", metavar="KM", help="only so far from --near")
    parser.add_argument("--catalogue", metavar="PATH", help="own catalogue: a folder or file of GeoJSON")
    json_argument(parser)
    lang_argument(parser)


def _sites(arguments: argparse.Namespace) -> int:
    from routeplanner.sites.catalog import load_sites, to_geojson
    from routeplanner.sites.find import filter_sites

    faults: list[str] = []
    near = _near(arguments.near, faults)
    within = None if arguments.within_km is None else number("within-km", arguments.within_km, faults)
    if arguments.within_km is not None and arguments.near is None:
        faults.append("--within-km: needs --near LAT,LON to measure from")
    require_folders([arguments.json])
    found = load_sites(arguments.catalogue)
    try:
        found = filter_sites(
            found,
            kind=arguments.kind,
            craft=arguments.craft,
            theme=arguments.theme,
            corridor=arguments.corridor,
            near=near,
            within_km=within if near else None,
            text=" ".join(arguments.text) or None,
        )
    except RequestError as error:
        faults += error.faults
    if faults:
        raise RequestError(faults, subject="search for sites")
    if arguments.json:
        write_all({arguments.json: json_text(to_geojson(found))}, lang=arguments.lang)
    if arguments.json != STDOUT:
        _print_sites(found, arguments.lang)
    return OK


def _near(text: str | None, faults: list[str]) -> tuple[float, float] | None:
    from routeplanner.planning.request import parse_place

    if text is None:
        return None
    position = parse_place(text)
    if position is None:
        faults.append(f"--near: {text!r} is not LAT,LON in degrees, as 20.90,105.87")
        return None
    return position[1], position[0]


def _print_sites(found: gpd.GeoDataFrame, lang: str) -> None:
    width = max((len(site) for site in found.index), default=0)
    names = max((len(name) for name in found["name_vi"]), default=0)
    for row in found.itertuples():
        away = f"  {row.distance_km:5.1f} km" if "distance_km" in found.columns else ""
        crafts = ", ".join(row.crafts)
        print(
            f"{row.Index:<{width}}  {row.name_vi:<{names}}  {row.kind:<14} {row.significance}{away}  {crafts}".rstrip()
        )
    count = f"{len(found)} điểm" if lang == "vi" else f"{len(found)} site{'s' * (len(found) != 1)}"
    print(count, file=sys.stderr)
