"""What the commands share: exit codes, numbers typed by hand, outputs that are written whole."""

from __future__ import annotations

import re
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from routeplanner.errors import CatalogueError, Fault, RequestError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from routeplanner.itinerary import Itinerary
    from routeplanner.network import Network

__all__ = [
    "BAD_INPUT",
    "EXIT_CODES",
    "FOUND",
    "OK",
    "STDOUT",
    "STOPPED",
    "command",
    "error_text",
    "json_argument",
    "json_text",
    "lang_argument",
    "network_arguments",
    "network_for",
    "network_settings",
    "number",
    "output_faults",
    "read_trip",
    "require_folders",
    "suffix_faults",
    "to_screen",
    "whole",
    "working",
    "write_all",
]

OK, FOUND, BAD_INPUT, STOPPED = 0, 1, 2, 130
"""Exit codes: done; a check, a comparison or a batch found something; bad input or no feasible plan; stopped."""

EXIT_CODES = (
    "Exit codes: 0 done; 1 a check, a comparison or a batch found something; 2 bad input, a catalogue with faults, "
    "or no feasible plan; 130 stopped by the keyboard."
)


_FILES = frozenset({"itinerary", "standard input"})
_WORDS = re.compile(r"[a-z ]+")
"""What a list of faults is about: files have their own name; those of the others are mended by options."""

STDOUT = "-"
"""Name of a file that stands for standard output (or input)."""


def command(
    commands: Any,  # noqa: ANN401 - argparse has no public name for it
    name: str,
    run: Callable[[argparse.Namespace], int],
    words: str,
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        name, help=words, description=words.capitalize() + ".", epilog=EXIT_CODES
    )
    parser.set_defaults(run=run)
    return parser


def _catalogue_fault(fault: str) -> str:
    """Return a fault of a catalogue in Vietnamese: its rules have a translation of their own."""
    from routeplanner.export import fault_in_vietnamese
    from routeplanner.sites.faults_vi import in_vietnamese

    told = fault if isinstance(fault, Fault) else in_vietnamese(fault)
    return fault_in_vietnamese(fault) if told == fault else told


def error_text(error: Exception, lang: str, options: Collection[str] = ()) -> str:
    """Return what is wrong, in English or Vietnamese, with the options of the command for what was typed."""
    faults = getattr(error, "faults", None)
    if faults is None:
        return str(error)
    head, _, _ = str(error).partition("\n")
    subject = getattr(error, "subject", "")
    if lang == "vi":
        from routeplanner.export import fault_in_vietnamese, subject_in_vietnamese

        head = f"{subject_in_vietnamese(subject)}: {len(faults)} lỗi"
        first = _catalogue_fault if isinstance(error, CatalogueError) else fault_in_vietnamese
        faults = [first(fault) for fault in faults]
    if subject not in _FILES and _WORDS.fullmatch(subject):
        from routeplanner.cli._typed import as_typed

        faults = [as_typed(fault, options, lang) for fault in faults]
    return "\n".join([head, *(f"  - {fault}" for fault in faults)])


@contextmanager
def working(words: str) -> Iterator[None]:
    """Show on a terminal, after two seconds, that work goes on; nothing elsewhere."""
    import threading
    import time

    if not sys.stderr.isatty():
        yield
        return
    done, began = threading.Event(), time.monotonic()

    def tell() -> None:
        wait_s = 2.0
        while not done.wait(wait_s):
            wait_s = 0.5
            sys.stderr.write(f"\r{words} {time.monotonic() - began:.0f} s ")
            sys.stderr.flush()

    teller = threading.Thread(target=tell, daemon=True)
    teller.start()
    try:
        yield
    finally:
        done.set()
        teller.join()
        sys.stderr.write("\r\033[K")
        sys.stderr.flush()


def json_argument(parser: argparse.ArgumentParser, *, default: str | None = None) -> None:
    """Add ``--json FILE``; without a file name it means standard output."""
    parser.add_argument(
        "--json",
        metavar="FILE",
        nargs="?",
        const=STDOUT,
        default=default,
        help="write the result as JSON; - for standard output",
    )


def lang_argument(parser: argparse.ArgumentParser, default: str = "en") -> None:
    """Add ``--lang``."""
    parser.add_argument(
        "--lang", choices=("en", "vi"), default=default, help="language of what is written (%(default)s)"
    )


def network_arguments(parser: Any) -> None:  # noqa: ANN401 - a parser or a group of one
    """Add what a network is made from: ``--roads``, ``--traffic``, ``--boat``, ``--water-level``, ``--sailings``."""
    parser.add_argument(
        "--roads",
        metavar="FILE",
        help="streets that join the bundled roads: .graphml, .osm, .json, .gpkg or .parquet",
    )
    parser.add_argument(
        "--traffic",
        metavar="FILE.csv",
        nargs="?",
        const="bundled",
        help="reckon with rush hours and bans of coaches; with a file, by one's own table of hours",
    )
    parser.add_argument("--boat", metavar="KEY", help="kind of boat: tau-du-lich, ngoc-song-hong, pandaw")
    parser.add_argument(
        "--water-level", metavar="M", help="metres at the Hà Nội gauge; from 9.5 no boat sails"
    )
    parser.add_argument(
        "--sailings",
        metavar="GTFS",
        nargs="?",
        const="bundled",
        help="boats sail by a timetable (a GTFS zip or folder) instead of by charter",
    )


def network_settings(arguments: argparse.Namespace, faults: list[str]) -> dict[str, Any]:
    """Return the options of `network_arguments` as `network_of` takes them; gather their faults."""
    return {
        "roads": arguments.roads,
        "traffic": arguments.traffic,
        "boat": arguments.boat,
        "water_level_m": _level(arguments.water_level, faults),
        "sailings": arguments.sailings,
    }


def network_for(arguments: argparse.Namespace) -> Network:
    """Return the network of the catalogue, roads, hours and boat that were asked for.

    Raises
    ------
    RequestError
        When an option is not what it should be.
    """
    from routeplanner.network.files import network_of

    faults: list[str] = []
    settings = network_settings(arguments, faults)
    if faults:
        raise RequestError(faults, subject="network")
    return network_of(arguments.catalogue, **settings)


def _level(text: str | None, faults: list[str]) -> float | None:
    """Return a water level in metres; one below the gauge's zero is a level as well."""
    import math

    try:
        water_level_m = None if text is None else float(text)
    except ValueError:
        water_level_m = math.nan
    if water_level_m is not None and not math.isfinite(water_level_m):
        faults.append(f"--water-level: {text!r} is not a number; give metres at the Hà Nội gauge, as 2.5")
        return None
    return water_level_m


def json_text(data: object) -> str:
    """Return JSON as every command writes it."""
    import json

    return json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def read_trip(name: str) -> Itinerary:
    """Read an itinerary from a file, or from standard input where the name is ``-``."""
    import json

    from routeplanner.errors import DataFileError
    from routeplanner.itinerary import Itinerary

    if name != STDOUT:
        return Itinerary.from_file(name)
    try:
        data = json.loads(sys.stdin.buffer.read().decode("utf-8-sig"))
    except ValueError as error:
        fault = f"not JSON: {error}; pipe in what `routeplanner plan --json -` writes"
        raise DataFileError([fault], subject="standard input") from None
    return Itinerary.from_dict(data)


def to_screen(text: str, outputs: Mapping[str, object] | Sequence[str | None]) -> None:
    """Print text for people: to standard output, or beside it where a result goes there."""
    print(text, file=sys.stderr if STDOUT in outputs else sys.stdout)


def write_all(outputs: Mapping[str, str | bytes], *, lang: str = "en") -> None:
    """Write all outputs or none; ``-`` is standard output."""
    from routeplanner._files import write_together

    files = {path: content for path, content in outputs.items() if path != STDOUT}
    if files:
        write_together(files)
    if STDOUT in outputs:
        content = outputs[STDOUT]
        if isinstance(content, str):
            sys.stdout.write(content)
        else:
            sys.stdout.flush()
            sys.stdout.buffer.write(content)
            sys.stdout.buffer.flush()
    for path in files:
        print(f"{'đã ghi' if lang == 'vi' else 'wrote'} {path}", file=sys.stderr)


def require_folders(paths: Sequence[str | None], **pages: str | None) -> None:
    """Say before the work, not after it, that an output cannot be written, or a page has another thing's name."""
    faults = output_faults([*paths, *pages.values()]) + suffix_faults(**pages)
    if faults:
        raise RequestError(faults, subject="output")


def output_faults(paths: Sequence[str | None]) -> list[str]:
    """Return why outputs cannot be written, as far as that is seen beforehand."""
    from pathlib import Path

    faults = []
    for path in (path for path in paths if path and path != STDOUT):
        try:
            if Path(path).is_dir():
                faults.append(f"{path} is a folder; give a file name")
            elif not Path(path).parent.is_dir():
                faults.append(
                    f"{path}: the folder {Path(path).parent} does not exist; create it or choose another"
                )
        except OSError as error:
            faults.append(f"{path[:60]}…: {error.strerror}; give another file name")
    given = [path for path in paths if path]
    return faults + [
        f"{path} is asked for twice; give two names" for path in dict.fromkeys(given) if given.count(path) > 1
    ]


_SUFFIXES = {"svg": (".svg",), "png": (".png",)}


def suffix_faults(**paths: str | None) -> list[str]:
    """Return which pages and pictures (``svg``, ``png``) have the name of another thing."""
    from pathlib import Path

    faults: list[str] = []
    for option, path in paths.items():
        suffixes = _SUFFIXES.get(option, (".html", ".htm"))
        if path and path != STDOUT and Path(path).suffix.lower() not in suffixes:
            name, name_vi = ("the page", "trang") if option == "page" else (f"--{option}",) * 2
            still = "; a still picture is --svg FILE.svg or --png FILE.png" if option == "map" else ""
            still_vi = "; ảnh tĩnh là --svg FILE.svg hoặc --png FILE.png" if option == "map" else ""
            faults.append(
                Fault(
                    f"{name}: {path} is no name of such a file; end it in {suffixes[0]}{still}",
                    f"{name_vi}: {path} không phải tên của tệp như vậy; hãy đặt đuôi {suffixes[0]}{still_vi}",
                )
            )
    return faults


def whole(name: str, text: str | None, faults: list[str]) -> int | None:
    if text is None:
        return None
    try:
        return int(text.replace("_", ""))
    except ValueError:
        faults.append(f"--{name}: {text!r} is not a whole number")
        return None


def number(name: str, text: str, faults: list[str]) -> float | None:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if value > 0:
        return value
    faults.append(f"--{name}: {text!r} is not a number above 0")
    return None
