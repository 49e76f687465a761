"""A soak of the service on loopback: requests a second, median and 99th percentile, memory; then kills.

    python benchmarks/service.py --seconds 600 --clients 4 --kills 50

Starts `routeplanner serve` on a free port with a database of its own, lets clients ask for kept plans (19 of 20
requests) and for new ones, and prints a table; every answer that is neither a plan nor 429 counts as wrong. Then kills
the service with SIGKILL while clients write without a pause, by turns at the moment at which the database's log changes
and at any moment, starts it anew, and looks for every plan that was ever acknowledged.
Everything is bounded in time and number and stays on 127.0.0.1.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import itertools
import json
import random
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

START_S = 600


class Service:
    """The service as a process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.start()

    def start(self) -> None:
        """Start it and wait until it is ready."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        line = ["serve", "--port", str(self.port), "--database", str(self.folder / "plans.sqlite")]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "routeplanner", *line],
            stderr=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        until = time.monotonic() + START_S
        while time.monotonic() < until and self.process.poll() is None:
            with contextlib.suppress(OSError, http.client.HTTPException):
                if self.ask("GET", "/readyz")[0] == 200:
                    return
            time.sleep(0.1)
        sys.exit("the service did not start")

    def ask(self, method: str, path: str, wish: object = None) -> tuple[int, bytes]:
        """Return status and body of an answer."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            body = None if wish is None else json.dumps(wish)
            line.request(method, path, body, {"Content-Type": "application/json", "Connection": "close"})
            answer = line.getresponse()
            return answer.status, answer.read()
        finally:
            line.close()

    def memory_mb(self) -> float:
        """Return the resident memory of the service and its processes."""
        listing = subprocess.run(["ps", "-eo", "pid=,ppid=,rss="], capture_output=True, text=True, check=True)  # noqa: S607
        rows = [tuple(map(int, line.split())) for line in listing.stdout.splitlines()]
        return sum(rss for pid, parent, rss in rows if self.process.pid in (pid, parent)) / 1024


def wish(number: int) -> dict[str, Any]:
    """Return a request that differs from all others."""
    day = date(2027, 1, 1) + timedelta(days=number % 700)
    corridor = ("southwest", "river", "west", "northwest")[number % 4]
    return {"first_day": day.isoformat(), "corridor": corridor, "people": 1 + number // 700 % 400}


class Tally:
    """What the clients of a soak saw."""

    def __init__(self) -> None:
        self.took: dict[str, list[float]] = {"kept": [], "new": []}
        self.wrong: list[int] = []
        self.busy = 0
        self.numbers = itertools.count()


def be_a_client(service: Service, tally: Tally, seed: int, until: float) -> None:
    """Ask for kept plans, and now and then for a new one."""
    dice = random.Random(seed)  # noqa: S311 - which request comes next
    known: list[str] = []
    while time.monotonic() < until:
        new = not known or dice.random() < 0.05
        began = time.perf_counter()
        if new:
            status, body = service.ask("POST", "/plans", wish(next(tally.numbers)))
        else:
            status, body = service.ask("GET", f"/plans/{dice.choice(known)}")
        if status == 429:
            tally.busy += 1
            time.sleep(0.2)
        elif status not in (200, 201):
            tally.wrong.append(status)
        else:
            tally.took["new" if new else "kept"].append(time.perf_counter() - began)
            known += [json.loads(body)["id"]] if new else []


def soak(service: Service, seconds: float, clients: int) -> None:
    """Let clients ask for a while and print what they saw."""
    tally, memory = Tally(), []
    until = time.monotonic() + seconds
    threads = [
        threading.Thread(target=be_a_client, args=(service, tally, seed, until)) for seed in range(clients)
    ]
    for thread in threads:
        thread.start()
    while time.monotonic() < until:
        memory.append(service.memory_mb())
        time.sleep(min(5.0, max(0.1, until - time.monotonic())))
    for thread in threads:
        thread.join()
    wrong = tally.wrong
    print(
        f"{seconds:g} s, {clients} clients, {tally.busy} answers 429, {len(wrong)} wrong {sorted(set(wrong))}"
    )
    print("plans      n     a second   median ms   99 % ms")
    for name, times in tally.took.items():
        if len(times) > 1:
            cuts = statistics.quantiles(times, n=100)
            print(
                f"{name:<6} {len(times):6} {len(times) / seconds:10.1f} {1000 * cuts[49]:11.1f} {1000 * cuts[98]:9.1f}"
            )
    third = max(1, len(memory) // 3)
    first, last = statistics.mean(memory[:third]), statistics.mean(memory[-third:])
    print(f"memory: {first:.0f} MB in the first third, {last:.0f} in the last")


def kills(service: Service, count: int) -> None:
    """Kill the service in the middle of writes, again and again, and look for what it had acknowledged."""
    told: set[str] = set()
    numbers = itertools.count(100_000)
    for turn in range(count):
        began = time.monotonic()
        stop = threading.Event()

        def write(stop: threading.Event = stop) -> None:
            while not stop.is_set():
                with contextlib.suppress(OSError, http.client.HTTPException, ValueError):
                    status, body = service.ask("POST", "/plans", wish(next(numbers)))
                    if status in (200, 201):
                        told.add(json.loads(body)["id"])

        writers = [threading.Thread(target=write) for _ in range(3)]
        for writer in writers:
            writer.start()
        before, until = len(told), time.monotonic() + 60
        while len(told) == before and time.monotonic() < until:
            time.sleep(0.001)
        if turn % 2:
            time.sleep(0.5 * random.Random(turn).random())  # noqa: S311
        else:
            await_write(service.folder / "plans.sqlite-wal", until)
        service.process.kill()
        service.process.wait()
        stop.set()
        for writer in writers:
            writer.join()
        with contextlib.closing(sqlite3.connect(service.folder / "plans.sqlite")) as kept:
            there = {row[0] for row in kept.execute("SELECT id FROM routeplanner_plans")}
            whole = kept.execute("PRAGMA integrity_check").fetchone()[0]
        if whole != "ok" or not told <= there:
            sys.exit(f"kill {turn + 1}: {len(told - there)} of {len(told)} lost, database {whole}")
        service.start()
        print(
            f"kill {turn + 1}: {len(told)} acknowledged, all there, {len(there - told)} more that nobody was told of; "
            f"{time.monotonic() - began:.1f} s",
            flush=True,
        )


def await_write(log: Path, until: float) -> None:
    """Return as soon as a file changes."""
    before = log.stat().st_mtime_ns
    while log.stat().st_mtime_ns == before and time.monotonic() < until:
        pass


def main() -> None:
    """Run the soak, then the kills."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--kills", type=int, default=0)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        service = Service(Path(folder))
        try:
            if arguments.seconds > 0:
                soak(service, arguments.seconds, arguments.clients)
            kills(service, arguments.kills)
        finally:
            service.process.terminate()
            service.process.wait(timeout=60)


if __name__ == "__main__":
    main()
