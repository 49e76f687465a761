"""``routeplanner batch``: many requests from a file, all plans in a Parquet file."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from routeplanner.cli._common import (
    FOUND,
    OK,
    STDOUT,
    command,
    json_argument,
    json_text,
    lang_argument,
    network_arguments,
    network_for,
    network_settings,
    number,
    output_faults,
    whole,
    write_all,
)
from routeplanner.errors import DataFileError, RequestError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

__all__ = ["add"]


def add(commands: Any) -> None:  # noqa: ANN401 - argparse has no public name for it
    """Add the command to the parser."""
    parser = command(commands, "batch", _batch, "plan many requests, one JSON object a line")
    parser.add_argument("file", metavar="REQUESTS.jsonl", help="a request a line; - for standard input")
    parser.add_argument(
        "--out", metavar="PLANS.parquet", required=True, help="the results; run again to go on after a crash"
    )
    parser.add_argument("--scheduler", metavar="ADDRESS", help="of a Dask cluster, as tcp://host:8786 (none)")
    parser.add_argument("--workers", metavar="N", help="local processes (one for each processor)")
    parser.add_argument("--seed", metavar="N", default="0", help="same seed, same plans (%(default)s)")
    parser.add_argument("--time-limit", metavar="S", default="60", help="cap on each search (%(default)s)")
    parser.add_argument("--catalogue", metavar="PATH", help="own catalogue: a folder or file of GeoJSON")
    network_arguments(parser)
    parser.add_argument("--quiet", action="store_true", help="no progress bar")
    json_argument(parser)
    lang_argument(parser)


def _batch(arguments: argparse.Namespace) -> int:
    faults = output_faults([arguments.out, arguments.json])
    if arguments.out == STDOUT:
        faults.append("--out: a Parquet file cannot go to standard output; give a file name")
    elif not arguments.out.lower().endswith(".parquet"):
        faults.append(f"--out: {arguments.out!r} does not end in .parquet, which it will be; name it so")
    seed = whole("seed", arguments.seed, faults)
    workers = whole("workers", arguments.workers, faults)
    limit = number("time-limit", arguments.time_limit, faults)
    network_settings(arguments, faults)
    if faults:
        raise RequestError(faults, subject="batch")
    lines = dict(_requests(arguments.file))
    numbers, requests = list(lines), list(lines.values())
    from routeplanner.batch import plan_many

    network = network_for(arguments)
    bad: list[dict[str, Any]] = []
    with _client(arguments.scheduler) as client:
        for found in plan_many(
            network,
            requests,
            client,
            workers=workers,
            seed=seed or 0,
            time_limit_s=limit or 60.0,
            ordered=False,
            results=arguments.out,
            progress=not arguments.quiet,
        ):
            if found.error is not None:
                kind = type(found.error).__name__
                bad.append({"line": numbers[found.index], "error": kind, "text": str(found.error)})
    bad.sort(key=lambda row: row["line"])
    if arguments.json:
        summary = {"requests": len(requests), "planned": len(requests) - len(bad), "errors": bad}
        write_all({arguments.json: json_text(summary)}, lang=arguments.lang)
    _say(len(requests), bad, arguments)
    return FOUND if bad else OK


def _say(count: int, bad: list[dict[str, Any]], arguments: argparse.Namespace) -> None:
    word = "request" if arguments.lang == "en" else "yêu cầu"
    for row in bad[:20]:
        print(f"{word} {row['line']}: {row['text']}", file=sys.stderr)
    if len(bad) > 20:
        print(f"… {len(bad) - 20}", file=sys.stderr)
    planned = count - len(bad)
    words = {
        "en": f"{planned} of {count} planned, {len(bad)} with errors; {arguments.out}",
        "vi": f"đã lập {planned}/{count} hành trình, {len(bad)} lỗi; {arguments.out}",
    }
    print(words[arguments.lang], file=sys.stderr)


def _requests(name: str) -> Iterator[tuple[int, Any]]:
    """Yield number and content of each line; what is no JSON goes on as text, and comes back with its error."""
    from routeplanner._files import read_text

    text = sys.stdin.read() if name == STDOUT else read_text(name)
    if _is_one_document(text):
        fault = (
            "it is one JSON document over many lines; write each request on a line of its own, as an object"
        )
        raise DataFileError([fault], subject="standard input" if name == STDOUT else name)
    for at, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                yield at, json.loads(line)
            except (ValueError, RecursionError):
                yield at, line


def _is_one_document(text: str) -> bool:
    """Return whether a text is JSON as a whole and not by the line: a list of requests, an itinerary."""
    first = next((line for line in text.split("\n") if line.strip()), "")
    try:
        json.loads(first or "{}")
    except (ValueError, RecursionError):
        try:
            json.loads(text)
        except (ValueError, RecursionError):
            return False
        return True
    return False


def _client(address: str | None) -> AbstractContextManager[Any]:
    from contextlib import nullcontext

    if address is None:
        return nullcontext()
    try:
        from distributed import Client
    except ImportError:
        remedy = 'install it with pip install "routeplanner[distributed]"'
        raise RequestError(
            [f"--scheduler: distributed is not installed; {remedy}"], subject="batch"
        ) from None
    try:
        client: AbstractContextManager[Any] = Client(address, timeout="10s", set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        fault = f"--scheduler: {address!r} does not answer ({error}); start one with `dask scheduler`"
        raise RequestError([fault], subject="batch") from None
    return client
