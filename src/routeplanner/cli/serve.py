"""``routeplanner serve``: plans over HTTP."""

from __future__ import annotations

import signal
import socket
from typing import TYPE_CHECKING, Any

from routeplanner.cli._common import (
    OK,
    command,
    lang_argument,
    network_arguments,
    network_settings,
    number,
    whole,
)
from routeplanner.errors import RequestError

if TYPE_CHECKING:
    import argparse

__all__ = ["add"]


def add(commands: Any) -> None:  # noqa: ANN401 - argparse has no public name for it
    """Add the command to the parser."""
    parser = command(commands, "serve", _serve, "serve plans over HTTP; needs the extra service")
    where = parser.add_argument_group("where")
    where.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    where.add_argument("--port", metavar="N", default="8000", help="port (%(default)s)")
    where.add_argument("--public-url", metavar="URL", help="address at which the world sees the service")
    work = parser.add_argument_group("work")
    work.add_argument(
        "--database",
        metavar="FILE|URL",
        default="plans.sqlite",
        help="SQLite file or postgresql://… (%(default)s)",
    )
    work.add_argument("--catalogue", metavar="PATH", help="own catalogue: a folder or file of GeoJSON")
    network_arguments(work)
    work.add_argument("--workers", metavar="N", default="2", help="processes that search (%(default)s)")
    work.add_argument("--queue", metavar="N", default="32", help="searches that may wait (%(default)s)")
    work.add_argument(
        "--time-budget", metavar="S", default="10", help="cap on a search in seconds (%(default)s)"
    )
    work.add_argument("--keep-days", metavar="N", help="delete older plans (keep all)")
    guard = parser.add_argument_group("who may ask")
    guard.add_argument("--api-key-file", metavar="FILE", help="file with the key that is asked for")
    guard.add_argument(
        "--cors", metavar="ORIGIN", action="append", default=[], help="site whose scripts may ask; repeatable"
    )
    guard.add_argument(
        "--frame",
        metavar="ORIGIN",
        action="append",
        default=[],
        help="site that may frame /embed pages; repeatable",
    )
    guard.add_argument("--max-body", metavar="BYTES", default="65536", help="largest body (%(default)s)")
    parser.add_argument("--access-log", action="store_true", help="print a line for each answer")
    lang_argument(parser)


def _serve(arguments: argparse.Namespace) -> int:
    try:
        import uvicorn

        from routeplanner.service import Settings, create_app
        from routeplanner.service.serving import server_options
    except ImportError as error:
        remedy = 'install it with pip install "routeplanner[service]"'
        raise RequestError([f"{error.name} is not installed; {remedy}"], subject="serve") from None
    faults: list[str] = []
    port = whole("port", arguments.port, faults)
    values: dict[str, Any] = {
        "workers": whole("workers", arguments.workers, faults),
        "queue": whole("queue", arguments.queue, faults),
        "max_body_bytes": whole("max-body", arguments.max_body, faults),
        "time_budget_s": number("time-budget", arguments.time_budget, faults),
        "keep_days": whole("keep-days", arguments.keep_days, faults),
        **network_settings(arguments, faults),
    }
    if port is not None and not 0 <= port <= 65_535:
        faults.append(f"--port: {port} is no port; give 1 to 65535")
    settings = Settings()
    try:
        settings = Settings(
            database=arguments.database,
            catalogue=arguments.catalogue,
            api_key=_key(arguments.api_key_file),
            cors_origins=tuple(arguments.cors),
            frame_ancestors=tuple(arguments.frame),
            public_url=arguments.public_url,
            **{name: value for name, value in values.items() if value is not None},
        )
    except RequestError as error:
        faults += error.faults
    if faults:
        raise RequestError(faults, subject="serve")
    _try(settings.database, arguments.host, port or 0)
    # uvicorn stops gracefully and then raises the signal once more, which would end us with its number
    signal.signal(signal.SIGTERM, lambda _number, _frame: None)
    uvicorn.run(
        create_app(settings),
        host=arguments.host,
        port=port or 0,
        access_log=arguments.access_log,
        **server_options(settings),
    )
    return OK


def _try(database: str, host: str, port: int) -> None:
    """Refuse a database or an address that cannot be had, before uvicorn meets it and ends in a trace of its own."""
    from routeplanner.service.store import PlanStore

    PlanStore(database).close()
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        fault = f"{host}:{port} cannot be listened at ({error.strerror or error}); choose another --host or --port"
        raise RequestError([fault], subject="serve") from None


def _key(file: str | None) -> str | None:
    """Return the key of a file, or of the environment: on a command line everybody could read it."""
    import os

    from routeplanner._files import read_text

    return read_text(file).strip() if file else os.environ.get("ROUTEPLANNER_API_KEY") or None
