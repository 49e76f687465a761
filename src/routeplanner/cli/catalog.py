"""``routeplanner catalog``: health, validate, merge, diff, candidates, schema, and the shared store."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from routeplanner._resources import data_path
from routeplanner.cli._common import (
    BAD_INPUT,
    EXIT_CODES,
    FOUND,
    OK,
    STDOUT,
    command,
    json_argument,
    json_text,
    lang_argument,
    number,
    require_folders,
    to_screen,
    write_all,
)
from routeplanner.errors import RequestError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from routeplanner.sites.merge import Merged

__all__ = ["add"]

_PATH = (
    "catalogue: folder, GeoJSON, GeoPackage, GeoParquet, CSV, Excel, http(s) or postgresql address; "
    "bundled: the one of this library"
)


_PUSHED = {"added": "thêm", "changed": "sửa", "unchanged": "giữ nguyên"}
_STEPS = {
    "sites, each with a version, and the history of every change": "các điểm có phiên bản, và lịch sử mọi thay đổi",
    "versions and history kept by the database itself, whoever writes": "phiên bản và lịch sử do cơ sở dữ liệu giữ",
    "a view with columns, for desktop GIS": "một khung nhìn có cột, cho GIS máy bàn",
}
_OPERATIONS = {"insert": "thêm", "update": "sửa", "delete": "xóa"}


def add(commands: Any) -> None:  # noqa: ANN401 - argparse has no public name for it
    """Add the command to the parser."""
    parser = commands.add_parser(
        "catalog",
        help="health of a catalogue, merge, diff, validate",
        description="Work on catalogues of sites.",
        epilog=EXIT_CODES,
    )
    under = parser.add_subparsers(required=True, metavar="ACTION")
    for name, run, words, arguments in (
        ("health", _health, "how complete, sure and old a catalogue is", _health_arguments),
        ("validate", _validate, "list every fault with row, field, value and remedy", _validate_arguments),
        ("merge", _merge, "make one catalogue of two, with a report of conflicts", _merge_arguments),
        ("diff", _diff, "list what differs between two catalogues", _diff_arguments),
        (
            "convert",
            _convert,
            "write a catalogue as GeoJSON, GeoPackage, GeoParquet, CSV or Excel",
            _convert_arguments,
        ),
        ("candidates", _candidates, "make candidates of OpenStreetMap features", _candidates_arguments),
        ("accept", _accept, "add the candidates that a person accepted", _accept_arguments),
        ("schema", _schema, "print the JSON Schema of a catalogue", _schema_arguments),
        ("migrate", _migrate, "make or update the shared store in a PostGIS database", _migrate_arguments),
        ("push", _push, "write a catalogue into the shared store", _push_arguments),
        ("history", _history, "list who changed what in the shared store", _history_arguments),
    ):
        _action(under, name, run, words, arguments)


def _action(
    under: Any,  # noqa: ANN401
    name: str,
    run: Callable[[argparse.Namespace], int],
    words: str,
    arguments: Callable[[argparse.ArgumentParser], None],
) -> None:
    arguments(command(under, name, run, words))


def _in(lang: str, english: str, vietnamese: str) -> str:
    return vietnamese if lang == "vi" else english


def _crs(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--crs", metavar="EPSG:N", help="coordinate system of a table in metres (EPSG:5897)")


def _health_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--catalogue", metavar="PATH", help=_PATH)
    parser.add_argument("--html", metavar="FILE.html", help="write a page with tables and map")
    parser.add_argument("--map", metavar="FILE.svg", help="write the map of precision alone")
    json_argument(parser)
    lang_argument(parser)


def _health(arguments: argparse.Namespace) -> int:
    require_folders([arguments.map, arguments.json], html=arguments.html)
    from routeplanner.render.health import health_to_html, health_to_svg, health_to_text
    from routeplanner.sites.catalog import load_sites
    from routeplanner.sites.health import catalogue_health

    sites = load_sites(_bundled(arguments.catalogue))
    health = catalogue_health(sites)
    outputs: dict[str, str | bytes] = {}
    if arguments.html:
        outputs[arguments.html] = health_to_html(health, sites, lang=arguments.lang)
    if arguments.map:
        svg = health_to_svg(sites, lang=arguments.lang)
        outputs[arguments.map] = svg.replace("<svg ", "<svg xmlns='http://www.w3.org/2000/svg' ", 1)
    if arguments.json:
        outputs[arguments.json] = json.dumps(health.to_dict(), ensure_ascii=False, indent=1) + "\n"
    write_all(outputs, lang=arguments.lang)
    to_screen(health_to_text(health, lang=arguments.lang).rstrip("\n"), outputs)
    return FOUND if health.without_source else OK


def _validate_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", metavar="FILE", help=_PATH)
    _crs(parser)
    json_argument(parser)
    lang_argument(parser)


def _validate(arguments: argparse.Namespace) -> int:
    from routeplanner.sites.catalog import validate_sites

    require_folders([arguments.json])
    found = {
        name: list(validate_sites(_source(name), crs=arguments.crs, lang=arguments.lang))
        for name in arguments.files
    }
    if arguments.json:
        write_all({arguments.json: json_text(found)}, lang=arguments.lang)
    for name, faults in found.items() if arguments.json != STDOUT else ():
        print(f"{name}: {_counted(len(faults), arguments.lang)}")
        for fault in faults:
            print(f"  - {fault}")
    return BAD_INPUT if any(found.values()) else OK


def _counted(count: int, lang: str) -> str:
    if not count:
        return _in(lang, "no faults", "không có lỗi")
    return _in(lang, f"{count} fault{'s' * (count != 1)}", f"{count} lỗi")


def _merge_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "mine", metavar="MINE", help="the catalogue that is kept; bundled: the one of this library"
    )
    parser.add_argument("theirs", metavar="THEIRS", help="the catalogue that is merged into it")
    parser.add_argument("--out", required=True, metavar="FILE", help="where to write the merged catalogue")
    parser.add_argument("--report", metavar="FILE.json", help="write matches, filled fields and conflicts")
    parser.add_argument(
        "--within-m",
        default="500",
        metavar="M",
        help="largest distance of two points of one place (%(default)s)",
    )
    parser.add_argument(
        "--take",
        choices=("mine", "theirs"),
        default="mine",
        help="whose value stays in a conflict (%(default)s)",
    )
    _crs(parser)
    lang_argument(parser)


def _merge(arguments: argparse.Namespace) -> int:
    require_folders([arguments.report, arguments.out])
    from routeplanner.sites.catalog import load_sites, save_sites
    from routeplanner.sites.merge import merge_sites

    faults: list[str] = []
    within = number("within-m", arguments.within_m, faults)
    if within is None:
        raise RequestError(faults, subject="merge")
    lang = arguments.lang
    mine = load_sites(_bundled(arguments.mine))
    theirs = load_sites(_bundled(arguments.theirs), crs=arguments.crs)
    merged = merge_sites(mine, theirs, within_m=within, take=arguments.take)
    save_sites(merged.sites, arguments.out)
    print(f"{_in(lang, 'wrote', 'đã ghi')} {arguments.out}", file=sys.stderr)
    if arguments.report:
        report = json.dumps(_report(merged), ensure_ascii=False, indent=1) + "\n"
        write_all({arguments.report: report}, lang=lang)
    for line in _merge_lines(merged, len(mine), len(theirs), lang):
        print(line)
    return FOUND if merged.conflicts else OK


def _merge_lines(merged: Merged, mine: int, theirs: int, lang: str) -> list[str]:
    total, added, filled = len(merged.sites), len(merged.added), len(merged.filled)
    conflicts = len(merged.conflicts)
    lines = [
        _in(
            lang,
            f"{mine} + {theirs} sites make {total}: {added} added, {filled} fields filled, {conflicts} conflicts",
            f"{mine} + {theirs} điểm thành {total}: thêm {added}, điền {filled} trường, {conflicts} mâu thuẫn",
        )
    ]
    for other, site in merged.matched.items():
        matched = _in(lang, "matched by name and distance", "khớp theo tên và khoảng cách")
        lines.append(f"  {matched}: {other} {_in(lang, 'is', 'là')} {site}")
    for found in merged.conflicts:
        ours, other = _short(found.mine), _short(found.theirs)
        taken = {"mine": "của ta", "theirs": "của họ"}[found.taken]
        lines.append(
            _in(
                lang,
                f"  conflict: {found.site_id} {found.field}: mine {ours}, theirs {other}; took {found.taken}",
                f"  mâu thuẫn: {found.site_id} {found.field}: của ta {ours}, của họ {other}; giữ {taken}",
            )
        )
    return lines


def _bundled(name: str | None) -> str | None:
    """Return the name of a catalogue as `load_sites` takes it: the word ``bundled`` stands for the library's own."""
    return None if name == "bundled" else name


def _source(name: str) -> str:
    """Return what `validate_sites` reads: a file's name, or the folder of the library's own catalogue."""
    return str(data_path("sites")) if name == "bundled" else name


def _report(merged: Merged) -> dict[str, Any]:
    from dataclasses import asdict

    return {
        "sites": len(merged.sites),
        "added": list(merged.added),
        "matched": merged.matched,
        "filled": [asdict(found) for found in merged.filled],
        "conflicts": [asdict(found) for found in merged.conflicts],
    }


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:59] + "…"


def _diff_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("before", metavar="BEFORE", help=_PATH)
    parser.add_argument("after", metavar="AFTER", help=_PATH)
    json_argument(parser)
    lang_argument(parser)


def _diff(arguments: argparse.Namespace) -> int:
    from dataclasses import asdict

    from routeplanner.sites.catalog import load_sites
    from routeplanner.sites.merge import diff_sites

    require_folders([arguments.json])
    found = diff_sites(load_sites(_bundled(arguments.before)), load_sites(_bundled(arguments.after)))
    if arguments.json:
        write_all({arguments.json: json_text([asdict(one) for one in found])}, lang=arguments.lang)
    for one in found if arguments.json != STDOUT else ():
        print(f"{one.site_id}  {one.field}: {_short(one.before)} -> {_short(one.after)}")
    count = len(found)
    print(
        _in(arguments.lang, f"{count} difference{'s' * (count != 1)}", f"{count} khác biệt"), file=sys.stderr
    )
    return FOUND if found else OK


def _convert_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", metavar="SOURCE", help=_PATH)
    parser.add_argument("out", metavar="OUT", help="file name; its ending says which form")
    _crs(parser)
    lang_argument(parser)


def _convert(arguments: argparse.Namespace) -> int:
    from routeplanner.sites.catalog import load_sites, save_sites

    sites = load_sites(_bundled(arguments.source), crs=arguments.crs)
    written = save_sites(sites, arguments.out)
    print(
        _in(arguments.lang, f"wrote {written}: {len(sites)} sites", f"đã ghi {written}: {len(sites)} điểm"),
        file=sys.stderr,
    )
    return OK


def _candidates_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "features", metavar="FEATURES", help="features of OpenStreetMap as GeoJSON or GeoPackage (osmnx)"
    )
    parser.add_argument("--seen", required=True, metavar="YYYY-MM-DD", help="day of the extract")
    parser.add_argument("--out", required=True, metavar="FILE", help="where to write the candidates")
    parser.add_argument("--catalogue", metavar="PATH", help=_PATH)
    lang_argument(parser)


def _candidates(arguments: argparse.Namespace) -> int:
    import geopandas as gpd

    from routeplanner.errors import DataFileError
    from routeplanner.sites.catalog import load_sites, save_sites
    from routeplanner.sites.osm import osm_candidates

    try:
        features = gpd.read_file(arguments.features)
    except Exception as error:  # noqa: BLE001 - every driver has its own errors
        raise DataFileError(
            [f"geopandas cannot read it ({error}); give GeoJSON"], subject=arguments.features
        ) from None
    found = osm_candidates(features, load_sites(_bundled(arguments.catalogue)), seen=arguments.seen)
    save_sites(found, arguments.out)
    print(
        _in(
            arguments.lang,
            f"{len(found)} candidates in {arguments.out}; set accepted to true where you accept one",
            f"{len(found)} điểm đề xuất trong {arguments.out}; hãy ghi accepted là true ở điểm được chấp nhận",
        ),
        file=sys.stderr,
    )
    return OK


def _accept_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("candidates", metavar="CANDIDATES", help="candidates with a column accepted")
    parser.add_argument("--out", required=True, metavar="FILE", help="where to write the catalogue with them")
    parser.add_argument("--catalogue", metavar="PATH", help=_PATH)
    lang_argument(parser)


def _accept(arguments: argparse.Namespace) -> int:
    from routeplanner.sites.catalog import load_sites, save_sites
    from routeplanner.sites.osm import accept_candidates

    sites = load_sites(_bundled(arguments.catalogue))
    grown = accept_candidates(load_sites(arguments.candidates), sites)
    save_sites(grown, arguments.out)
    count = len(grown) - len(sites)
    print(
        _in(
            arguments.lang,
            f"wrote {arguments.out}: {count} accepted",
            f"đã ghi {arguments.out}: chấp nhận {count} điểm",
        ),
        file=sys.stderr,
    )
    return OK


def _schema_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--catalogue", metavar="FOLDER", help="folder with its own words (themes.toml, corridors.toml)"
    )
    parser.add_argument(
        "--dictionary", action="store_true", help="print the table of the data dictionary instead"
    )


def _schema(arguments: argparse.Namespace) -> int:
    from routeplanner.sites.schema import catalogue_schema, dictionary_table

    if arguments.dictionary:
        print(dictionary_table(), end="")
    else:
        print(json.dumps(catalogue_schema(arguments.catalogue), ensure_ascii=False, indent=1))
    return OK


def _migrate_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("store", metavar="postgresql://…", help="address of the database")
    lang_argument(parser)


def _migrate(arguments: argparse.Namespace) -> int:
    from routeplanner.sites.store import migrate_store

    taken = migrate_store(arguments.store)
    for description in taken:
        print(
            f"{_in(arguments.lang, 'done', 'đã làm')}: {_in(arguments.lang, description, _STEPS[description])}"
        )
    count = len(taken)
    print(
        _in(arguments.lang, f"{count} step{'s' * (count != 1)} taken", f"đã làm {count} bước"),
        file=sys.stderr,
    )
    return OK


def _push_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", metavar="SOURCE", help=_PATH)
    parser.add_argument("store", metavar="postgresql://…", help="address of the database")
    parser.add_argument("--editor", required=True, metavar="NAME", help="who writes, for the history")
    _crs(parser)
    lang_argument(parser)


def _push(arguments: argparse.Namespace) -> int:
    from routeplanner.sites.catalog import load_sites
    from routeplanner.sites.store import write_store

    sites = load_sites(_bundled(arguments.source), crs=arguments.crs)
    count = write_store(sites, arguments.store, editor=arguments.editor)
    words = _PUSHED if arguments.lang == "vi" else {}
    print(", ".join(f"{number} {words.get(word, word)}" for word, number in count.items()))
    return OK


def _history_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("store", metavar="postgresql://…", help="address of the database")
    parser.add_argument("--site", metavar="SITE_ID", help="only this site")
    json_argument(parser)
    lang_argument(parser)


def _history(arguments: argparse.Namespace) -> int:
    from routeplanner.sites.store import site_history

    require_folders([arguments.json])
    entries = list(site_history(arguments.store, arguments.site))
    if arguments.json:
        write_all(
            {arguments.json: json_text(json.loads(json.dumps(entries, default=str)))}, lang=arguments.lang
        )
    for entry in entries if arguments.json != STDOUT else ():
        before, after = ((entry[key] or {}).get("properties", {}) for key in ("before", "after"))
        changed = sorted(key for key in {*before, *after} if before.get(key) != after.get(key))
        fields = ", ".join(changed) if entry["operation"] == "update" else ""
        operation = _in(
            arguments.lang, entry["operation"], _OPERATIONS.get(entry["operation"], entry["operation"])
        )
        who = f"{entry['changed_at']:%Y-%m-%d %H:%M:%S}  {entry['changed_by']:<12}  {operation:<6}"
        print(f"{who}  {entry['site_id']}  {fields}".rstrip())
    return OK
