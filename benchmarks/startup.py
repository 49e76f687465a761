"""Time and memory of a user's first minutes: import, first plan, plans of one and three days.

Each row is a fresh process; the median of several runs is printed, with its ratio to a process that only
imports geopandas (what any program of this kind pays).

    python benchmarks/startup.py [--runs 5] [--cold]
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time

PLAN = """
from datetime import date
import routeplanner as rp
network = rp.build_network(rp.load_sites())
trip = rp.plan(network, rp.TripRequest(first_day=date(2027, 3, 13), days={days}, corridor={corridor}))
assert not rp.check(trip, network, rp.TripRequest.from_dict(trip.request))
"""

ROWS = {
    "import geopandas": "import geopandas",
    "import routeplanner": "import routeplanner",
    "load the catalogue": "import routeplanner as rp; rp.load_sites()",
    "build the network": "import routeplanner as rp; rp.build_network(rp.load_sites())",
    "one day, corridor south": PLAN.format(days=1, corridor="'south'"),
    "one day, whole catalogue": PLAN.format(days=1, corridor=None),
    "three days, whole catalogue": PLAN.format(days=3, corridor=None),
}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--runs", type=int, default=5, help="runs of each row (%(default)s)")
    parser.add_argument("--cold", action="store_true", help="add a first plan with an empty compile cache")
    arguments = parser.parse_args()
    run(ROWS["one day, corridor south"], {})
    print(f"{'fresh process':<30} {'seconds':>8} {'ratio':>6} {'peak MB':>8}")
    base = None
    for name, code in ROWS.items():
        results = [run(code, {}) for _ in range(arguments.runs)]
        seconds = statistics.median(r[0] for r in results)
        base = base or seconds
        print(f"{name:<30} {seconds:>8.2f} {seconds / base:>6.2f} {max(r[1] for r in results):>8.0f}")
    if arguments.cold:
        with tempfile.TemporaryDirectory() as folder:
            seconds, memory = run(ROWS["one day, corridor south"], {"NUMBA_CACHE_DIR": folder})
        print(
            f"{'the same, nothing compiled':<30} {seconds:>8.2f} {seconds / (base or 1):>6.2f} {memory:>8.0f}"
        )


def run(code: str, extra: dict[str, str]) -> tuple[float, float]:
    """Return seconds and peak megabytes of a fresh process."""
    begin = time.perf_counter()
    child = subprocess.Popen([sys.executable, "-c", code], env={**os.environ, **extra})
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"the process failed with code {child.returncode}:\n{code}")
    peak = usage.ru_maxrss / (1024 if sys.platform == "linux" else 1024**2)
    return time.perf_counter() - begin, peak


if __name__ == "__main__":
    main()
